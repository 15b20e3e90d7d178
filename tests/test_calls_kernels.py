"""Kernels of arrays, sums and layers at their edges, and what a graph knows of their results."""

# ruff: noqa: E501  a line is an expression

from expressions import calls


def names(tf, C, F):  # noqa: N803
    def known(fn, *specs):
        """What a function knows of its result: shapes and dtypes; ... is an unknown shape."""
        specs = [s if isinstance(s, tf.TensorSpec) else tf.TensorSpec(None if s is ... else s, "float32")
                 for s in specs]  # fmt: skip
        concrete = tf.function(fn).get_concrete_function(*specs)
        outputs = tf.nest.flatten(concrete.structured_outputs)
        return [(t.shape, t.dtype) for t in outputs]

    number, ints = tf.TensorSpec([], tf.int32), lambda *shape: tf.TensorSpec(shape, tf.int32)
    traced = lambda fn, *xs: tf.function(fn)(*xs)  # noqa: E731
    return dict(known=known, number=number, ints=ints, traced=traced, raw=tf.raw_ops)


test_calls = calls(
    names,
    r"""
raw.ConcatOffset(concat_dim=1,shape=[[2,3,4],[2,1,4],[2,5,4]])
raw.UniqueV2(x=[[1,2],[1,2],[3,4]],axis=[0])
raw.UniqueV2(x=[[2,2,1],[1,1,0]],axis=[1])
raw.UniqueV2(x=[[1,2],[1,2]],axis=[2])
raw.UniqueV2(x=['b','a','b'],axis=[])
raw.UniqueWithCountsV2(x=[1,1,2],axis=[0])
raw.ScatterNdNonAliasingAdd(input=[1.,2.,3.],indices=[[0],[2]],updates=[5.,6.])
raw.Eig(input=C([[2.,0.],[0.,3.]]),Tout=tf.complex64,compute_v=False)[0]
raw.Eig(input=C([[2.,0.],[0.,3.]]),Tout=tf.complex64)[0]
raw.PopulationCount(x=C([1,3,255,-1]))
tf.saturate_cast(C([1e300,-1e300],tf.float64),tf.complex64)
tf.saturate_cast(C([1e300-1e300j],tf.complex128),tf.complex64)
tf.saturate_cast(C([300+5j],tf.complex64),tf.uint8)
tf.gather_nd(tf.zeros([0,3]),tf.zeros([0,1],tf.int32))
tf.gather_nd(tf.zeros([0,3]),tf.zeros([2,0],tf.int32))
tf.gather_nd(tf.zeros([2,0]),C([[0]]))
traced(lambda a: tf.boolean_mask(F(2,3),[True,False,True],axis=a),C(1))
traced(lambda a: tf.gather(F(2,3),[1,0],axis=a),C(-2))
traced(lambda a: tf.gather(F(2,3),[[1],[0]],axis=a,batch_dims=1),C(1))
traced(lambda a: tf.gather(F(2,3),[[1,5]],axis=a),C(1))
traced(lambda a: tf.gather(F(2,3),[[1,0]],axis=a),C(2))
tf.einsum('ij->iij',F(2,2))
tf.einsum('ii->ii',F(2,2))
tf.linalg.logm(tf.zeros([0,2,2],tf.complex64))
tf.linalg.pinv(F(2,2,2),rcond=[0.1,0.2])
tf.linalg.pinv(F(2,2),rcond=C(0.1))
tf.random.normal([2**40])
tf.ones([2**40])
traced(lambda n: tf.ones([n,2**20]),C(2**20))
known(lambda x,y,a: tf.concat([x,y],a),(2,3),(2,3),number)
known(lambda x,y: tf.concat([x,y],1),...,(2,3))
known(lambda x: tf.pad(x,[[1,1],[2,2]]),...)
known(lambda x,a: tf.gather(x,[[1,0]],axis=a),(2,3),number)
known(lambda x,a: tf.cumsum(x,axis=a),(2,3),number)
known(lambda x,a: tf.argmax(x,axis=a),(2,3),number)
known(lambda x,a: tf.split(x,2,axis=a),(2,4),number)
known(lambda x,a: tf.reverse(x,[a]),(2,4),number)
known(lambda x,a: tf.reverse(x,a),(2,4),ints(None))
known(lambda x,a: tf.transpose(x,a),(2,4,5),ints(3))
known(lambda x,a: tf.transpose(x,a),(2,4),ints(None))
known(lambda x,a: tf.slice(x,[0,0],[2,a]),(2,3),number)
known(lambda x,a: tf.broadcast_to(x,[a,3]),(1,3),number)
known(lambda a: tf.range(0,5,a),number)
known(lambda a: tf.range(a,5),number)
known(lambda a: tf.eye(3,a),number)
tf.batch_to_space(tf.zeros([4,1,2,3]),[2,2],[[3,2],[0,0]])
traced(lambda x: tf.batch_to_space(x,[2,2],[[3,2],[0,0]]),tf.zeros([4,1,2,3]))
tf.concat([F(2,2),F(2,2)],C([[0]]))
tf.constant(10**400,tf.float32)
tf.fill([3,2],[1.,2.])
traced(lambda: tf.fill([3,2],[1.,2.]))
tf.gather_nd(F(2,3),tf.zeros([2,0],tf.int32))
tf.scatter_nd(tf.zeros([2,0],tf.int32),F(2,3),[3])
tf.identity(tf.sparse.from_dense([[1,0]])).values
tf.reshape(F(2,3),(3,tf.compat.v1.Dimension(2)))
tf.reverse_sequence(F(2,3),[1,2],seq_axis=5)
traced(lambda x: tf.compat.v1.required_space_to_batch_paddings(x,[2]),C([5]))
tf.compat.v1.required_space_to_batch_paddings([5,6],[2,4],[[1,0],[0,3]])
tf.stack([1,2.5])
tf.stack([[1,2],[3.5,4]])
tf.stack([np.array([1,2]),[3,4]])
tf.stack([1,2+1j])
tf.reduce_sum(F(2,2),[[0]])
tf.add_n(x for x in [C(1),C(2)])
tf.nn.compute_average_loss(C([1.,2.]),global_batch_size=-1)
tf.nn.compute_average_loss(C([1.,2.]),global_batch_size=[1,2])
tf.ones_initializer()([2,2],partition_shape=[1,2],partition_offset=[0,0])
tf.zeros_initializer()([2],dtpye=tf.float32)
tf.constant_initializer(5)([2,2],partition_shape=[1,2],partition_offset=[0,0])
tf.constant_initializer([1,2,3])([2,2])
tf.compat.v1.orthogonal_initializer(dtype=tf.string)
tf.compat.v1.truncated_normal_initializer(dtype=tf.int32)
traced(lambda n: tf.math.sobol_sample(3,n),C(3))
known(lambda n: tf.math.sobol_sample(3,n),number)
raw.Bincount(arr=[1,2,2],size=4,weights=[])
tf.clip_by_norm(F(2,3),tf.zeros([4,2,3]))
tf.clip_by_norm(F(2,3),C([[1.],[2.]]))
traced(lambda a: tf.math.confusion_matrix(a,[0,1],num_classes=2),C([5,2]))
traced(lambda a: tf.scatter_nd(a,F(2),[4]),C([[1],[4]]))
tf.math.segment_sum(C(1.),[0])
traced(lambda i: tf.math.segment_sum(F(3,2),i),C([0,2,1]))
traced(lambda i: tf.math.segment_max(F(3,2),i),C([-1,0,1]))
traced(lambda i: tf.math.unsorted_segment_sum(F(3,2),i,3),C([0,1,3]))
traced(lambda i: tf.math.unsorted_segment_sum(F(3,2),i,3),C([0,1,-1]))
tf.tensordot(F(2,3),F(3,2),[1])
tf.compat.v1.losses.mean_pairwise_squared_error(F(2,3,3),F(2,3,3)**2,3.)
tf.compat.v1.losses.mean_pairwise_squared_error(F(2,3),F(2,3)**2,0.)
tf.compat.v1.losses.mean_pairwise_squared_error(F(2,3,3),F(2,3,3)**2,C([[[1.]],[[2.]]]))
tf.compat.v1.losses.mean_pairwise_squared_error(F(2,3),F(2,3)**2,C([[1.,0.,2.],[0.,0.,1.]]))
tf.compat.v1.losses.mean_pairwise_squared_error(F(2,3,3),F(2,3,3)**2,C([1.,2.]))
traced(lambda x: tf.compat.v1.losses.mean_pairwise_squared_error(x,x*x,3.),C(F(2,3,3)))
""",
)
