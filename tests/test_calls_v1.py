"""TF 1.x: what `tf.compat.v1` has beside, or otherwise than, TensorFlow 2."""

# ruff: noqa: E501  a line is an expression

from expressions import calls


def names(tf, C, F):  # noqa: N803
    v1 = tf.compat.v1

    def run(function):
        """What a session fetches from a graph that `function` writes down."""
        with tf.Graph().as_default(), v1.Session() as session:
            fetches = function()
            session.run([v1.global_variables_initializer(), v1.local_variables_initializer()])
            return session.run(fetches)

    def metric(function):
        """What the update gives in two runs, and the value after them."""
        with tf.Graph().as_default(), v1.Session() as session:
            value, update = function()
            session.run([v1.global_variables_initializer(), v1.local_variables_initializer()])
            return [session.run(x) for x in (update, update, value)]

    def steps(make):
        """A variable after each of four steps of an optimizer, `make(global_step)`."""
        with tf.Graph().as_default(), v1.Session() as session:
            w = v1.get_variable("w", initializer=[1.0, -2.0])
            count = v1.train.get_or_create_global_step()
            loss = tf.reduce_sum(w * w * [1.0, 2.0] + w)
            train = make(count).minimize(loss, global_step=count)
            session.run(v1.global_variables_initializer())
            return [(session.run(train), session.run(w))[1] for _ in range(4)]

    return dict(v1=v1, run=run, metric=metric, steps=steps, sp=tf.sparse.from_dense([[1, 0]]))


test_calls = calls(
    names,
    r"""
v1.convert_to_tensor_or_sparse_tensor([1,2])
v1.convert_to_tensor_or_sparse_tensor(v1.SparseTensorValue([[0,1]],[1.],[2,2]))
v1.convert_to_tensor_or_sparse_tensor(sp) is sp
v1.convert_to_tensor_or_sparse_tensor(sp,tf.float32)
v1.convert_to_tensor_or_sparse_tensor(sp,'int32')
v1.convert_to_tensor_or_sparse_tensor([1],tf.float32)
run(lambda:v1.convert_to_tensor_or_sparse_tensor(v1.SparseTensorValue([[0,1]],[1.],[2,2])).values)
v1.convert_to_tensor_or_indexed_slices([1,2])
v1.convert_to_tensor_or_indexed_slices([1],'float64')
v1.convert_to_tensor_or_indexed_slices(tf.IndexedSlices(C([1.]),C([0])))
v1.convert_to_tensor_or_indexed_slices(tf.IndexedSlices(C([1.]),C([0])),tf.int32)
v1.convert_to_tensor_or_indexed_slices(C([1.]),tf.int32)
v1.convert_to_tensor_or_indexed_slices(tf.Variable(1.))
metric(lambda:v1.metrics.precision_at_thresholds(C([1,0,1,1]),C([.9,.4,.3,.7]),[.2,.5,.8]))
metric(lambda:v1.metrics.recall_at_thresholds(C([1,0,1,1]),C([.9,.4,.3,.7]),[.2,.5,.8],weights=C([1.,2.,3.,4.])))
metric(lambda:v1.metrics.true_positives_at_thresholds(C([1,0,1,1]),C([.9,.4,.3,.7]),[.2,.5,.8]))
metric(lambda:v1.metrics.false_positives_at_thresholds(C([1,0,1,1]),C([.9,.4,.3,.7]),[.2,.5,.8]))
metric(lambda:v1.metrics.true_negatives_at_thresholds(C([[1,0],[1,1]]),C([[.9,.4]),[.3,.7]],[.2,.5,.8],weights=C([[1.],[2.]])))
metric(lambda:v1.metrics.false_negatives_at_thresholds(C([1,0,1,1]),C([.9,.4,.3,.7]),[.2,.5,.8]))
metric(lambda:v1.metrics.sensitivity_at_specificity(C([1,0,1,1,0]),C([.9,.4,.3,.7,.1]),.6))
metric(lambda:v1.metrics.specificity_at_sensitivity(C([1,0,1,1,0]),C([.9,.4,.3,.7,.1]),.6))
metric(lambda:v1.metrics.specificity_at_sensitivity(C([1,0,1,1,0]),C([.9,.4,.3,.7,.1]),.6,num_thresholds=10,weights=C([1.,2.,1.,1.,3.])))
metric(lambda:v1.metrics.sensitivity_at_specificity(C([1,0]),C([.9,.4]),1.6))
metric(lambda:v1.metrics.auc(C([1,0,1,1,0]),C([.9,.4,.3,.7,.1])))
metric(lambda:v1.metrics.auc(C([1,0,1,1,0]),C([.9,.4,.3,.7,.1]),curve='PR'))
metric(lambda:v1.metrics.auc(C([1,0,1,1,0]),C([.9,.4,.3,.7,.1]),curve='PR',summation_method='careful_interpolation'))
metric(lambda:v1.metrics.auc(C([1,0,1,1,0]),C([.9,.4,.3,.7,.1]),summation_method='minoring'))
metric(lambda:v1.metrics.auc(C([1,0,1,1,0]),C([.9,.4,.3,.7,.1]),summation_method='majoring',num_thresholds=5))
metric(lambda:v1.metrics.auc(C([1,0,1,1,0]),C([.9,.4,.3,.7,.1]),thresholds=[.6,.2]))
metric(lambda:v1.metrics.auc(C([1,0]),C([.9,.4]),curve='foo'))
metric(lambda:v1.metrics.auc(C([1,0]),C([.9,.4]),summation_method='foo'))
metric(lambda:v1.metrics.precision_at_k(C([[0,1],[2,3]],tf.int64),[[.1,.2,.7,.3],[.4,.1,.3,.2]],2))
metric(lambda:v1.metrics.recall_at_k(C([[0,1],[2,3]],tf.int64),[[.1,.2,.7,.3],[.4,.1,.3,.2]],2))
metric(lambda:v1.metrics.recall_at_k(C([0,2],tf.int64),[[.1,.2,.7,.3],[.4,.1,.3,.2]],2))
metric(lambda:v1.metrics.recall_at_k(C([[0,0],[2,-1]],tf.int64),[[.1,.2,.7,.3],[.4,.1,.3,.2]],2))
metric(lambda:v1.metrics.recall_at_k(C([[0,1],[2,3]],tf.int64),[[.1,.2,.7,.3],[.4,.1,.3,.2]],2,class_id=2))
metric(lambda:v1.metrics.precision_at_k(C([[0,1],[2,3]],tf.int64),[[.1,.2,.7,.3],[.4,.1,.3,.2]],2,class_id=2))
metric(lambda:v1.metrics.precision_at_k(C([[0,1],[2,3]],tf.int64),[[.1,.2,.7,.3],[.4,.1,.3,.2]],2,weights=C([1.,3.])))
metric(lambda:v1.metrics.precision_at_k(tf.SparseTensor([[0,0],[1,0],[1,1]],C([0,2,3],tf.int64),[2,2]),[[.1,.2,.7,.3],[.4,.1,.3,.2]],2))
metric(lambda:v1.metrics.recall_at_k(tf.SparseTensor([[0,0],[1,0],[1,1]],C([0,2,3],tf.int64),[2,2]),[[.1,.2,.7,.3],[.4,.1,.3,.2]],2))
metric(lambda:v1.metrics.precision_at_top_k(C([[0,1],[2,3]],tf.int64),C([[2,1],[2,0]],tf.int64)))
metric(lambda:v1.metrics.recall_at_top_k(C([[0,1],[2,3]],tf.int64),C([[2,1],[2,0]],tf.int64),k=2))
metric(lambda:v1.metrics.average_precision_at_k(C([[0,1],[2,3]],tf.int64),[[.1,.2,.7,.3],[.4,.1,.3,.2]],3))
metric(lambda:v1.metrics.average_precision_at_k(C([[0,1],[2,9]],tf.int64),[[.1,.2,.7,.3],[.4,.1,.3,.2]],2,weights=C([1.,3.])))
metric(lambda:v1.metrics.average_precision_at_k(tf.SparseTensor([[0,0],[1,0],[1,1]],C([0,2,3],tf.int64),[2,2]),[[.1,.2,.7,.3],[.4,.1,.3,.2]],3))
metric(lambda:v1.metrics.average_precision_at_k(C([[0,1],[2,3]],tf.int64),[[.1,.2,.7,.3],[.4,.1,.3,.2]],0))
metric(lambda:v1.metrics.sparse_average_precision_at_k(C([[0,1],[2,3]],tf.int64),[[.1,.2,.7,.3],[.4,.1,.3,.2]],3))
metric(lambda:v1.metrics.sparse_precision_at_k(C([[0,1],[2,3]],tf.int64),[[.1,.2,.7,.3],[.4,.1,.3,.2]],2))
metric(lambda:v1.metrics.mean_cosine_distance(C([[1.,0.],[.6,.8]]),C([[0.,1.],[.6,.8]]),1))
metric(lambda:v1.metrics.mean_cosine_distance(C([[1.,0.],[.6,.8]]),C([[0.,1.],[.6,.8]]),1,weights=C([[1.],[3.]])))
metric(lambda:v1.metrics.mean_relative_error(C([1.,2.,3.]),C([1.5,2.,2.]),C([1.,0.,3.])))
metric(lambda:v1.metrics.mean_tensor(C([[1.,2.],[3.,4.]])))
metric(lambda:v1.metrics.mean_tensor(C([[1.,2.],[3.,4.]]),weights=C([[1.,0.],[2.,1.]])))
metric(lambda:v1.metrics.mean_tensor(C([[1.,2.],[3.,4.]]),weights=C([[1.],[2.]])))
metric(lambda:v1.metrics.mean_per_class_accuracy(C([0,1,2,1]),C([0,2,2,1]),4))
metric(lambda:v1.metrics.mean_per_class_accuracy(C([0,1,2,1]),C([0,2,2,1]),3,weights=C([1.,2.,3.,4.])))
v1.nn.avg_pool_v2(C(F(1,4,4,1)),2,2,'VALID')
v1.nn.max_pool_v2(C(F(1,4,4,1)),2,2,'VALID')
v1.nn.uniform_candidate_sampler(C([[1]],tf.int64),1,2,True,5,seed=3)[0].shape
v1.nn.log_uniform_candidate_sampler(C([[1]],tf.int64),1,2,True,5,seed=3)[0].shape
steps(lambda g:v1.train.AdagradDAOptimizer(.5,g))
steps(lambda g:v1.train.AdagradDAOptimizer(.5,g,l1_regularization_strength=.1,l2_regularization_strength=.2))
v1.train.AdagradDAOptimizer(.5,None,initial_gradient_squared_accumulator_value=0.)
v1.assert_equal(C([1,2]),C([1,2]),data=['x'])
v1.assert_equal(C([1,2]),C([1,3]),['x',C([5])])
v1.assert_less(C([1,2]),3,data=['x'],summarize=1,message='m')
v1.assert_greater(C([1,2]),3,['x'],1,'m')
run(lambda:[v1.assert_none_equal(C([1,2]),v1.placeholder_with_default(C([3,2]),[2]),data=['shown']),tf.constant(1)])
run(lambda:[v1.assert_less_equal(C([1,2]),v1.placeholder_with_default(C([3,2]),[2]),data=['shown']),tf.constant(1)])
v1.assert_greater_equal(C([1,2]),[0,1],message='m')
""",
    rtol=1e-4,
    atol=1e-5,
)
