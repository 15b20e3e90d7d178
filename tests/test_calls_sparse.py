"""Sparse tensors: added, cut, reshaped, multiplied."""

# ruff: noqa: E501  a line is an expression

from expressions import calls


def names(tf, C, F):  # noqa: N803
    return dict(
        P=tf.sparse,
        a=tf.SparseTensor([[0, 0], [1, 2]], [1.0, 2.0], [3, 4]),
        b=tf.SparseTensor([[0, 0], [2, 1]], [5.0, 6.0], [3, 4]),
        d=C([[1.0, 0, 0, 0], [0, 0, 2.0, 0], [0, 0, 0, 0]]),
    )


test_calls = calls(
    names,
    r"""
P.add(a,b)
P.add(a,d)
P.add(a,P.SparseTensor([[0,0]],[1.],[2,2]))
P.add(a,a,threshold=3.)
P.add(d,d)
P.bincount([1,1,2])
P.bincount([[1,1],[2,0]],axis=-1)
P.concat(0,[a,b])
P.concat(1,[a,b])
P.concat(0,[a,P.SparseTensor([[0,0]],[1.],[2,2])])
P.concat(0,[a,P.SparseTensor([[0,0]],[1.],[2,2])],expand_nonconcat_dims=True)
P.expand_dims(a,0)
P.expand_dims(a,-1)
P.eye(2)
P.eye(2,3)
P.fill_empty_rows(a,0.)
P.from_dense([[0,1],[2,0]])
P.from_dense(['a',''])
P.mask(tf.IndexedSlices(C([[1.],[2.]]),C([0,2])),[2])
P.maximum(a,b)
P.minimum(a,b)
P.maximum(a,P.SparseTensor([[0,0]],[1.],[2,2]))
P.reduce_max(a)
P.reduce_max(a,1)
P.reduce_sum(a)
P.reduce_sum(a,0)
P.reduce_sum(a,1,keepdims=True)
P.reduce_sum(a,-1)
P.reduce_sum(a,output_is_sparse=True)
P.reorder(P.SparseTensor([[1,2],[0,0]],[2.,1.],[3,4]))
P.reset_shape(a)
P.reset_shape(a,[5,5])
P.reset_shape(a,[1,1])
P.reshape(a,[4,3])
P.reshape(a,[2,-1])
P.reshape(a,[5,5])
P.retain(a,[True,False])
P.retain(a,[True])
P.segment_sum(C(F(3,2)),[0,1],[0,0])
P.segment_mean(C(F(3,2)),[0,1],[0,0])
P.segment_sqrt_n(C(F(3,2)),[0,1],[0,0])
P.segment_sum(C(F(3,2)),[0,1],[0,1],num_segments=4)
P.segment_sum(C(F(3,2)),[0,5],[0,1])
P.slice(a,[0,0],[2,2])
P.softmax(a)
P.sparse_dense_matmul(a,C(F(4,2)))
P.sparse_dense_matmul(a,C(F(3,2)),adjoint_a=True)
P.sparse_dense_matmul(a,C(F(3,2)))
P.sparse_dense_matmul(C(F(2,3)),a)
P.split(a,2,axis=1)
P.split(a,num_split=3,axis=0)
P.to_dense(a)
P.to_dense(a,default_value=9.)
P.to_dense(P.SparseTensor([[1,2],[0,0]],[2.,1.],[3,4]))
P.to_dense(P.SparseTensor([[5,2]],[2.],[3,4]))
P.to_dense(P.SparseTensor([[1,1],[1,1]],[2.,3.],[3,4]))
P.to_dense(P.SparseTensor([[0]],['a'],[2]))
P.to_indicator(P.SparseTensor([[0,0],[1,0]],C([1,2],tf.int64),[2,2]),4)
P.transpose(a)
P.transpose(a,[1,0])
P.map_values(tf.square,a)
P.map_values(tf.add,a,a)
P.map_values(tf.add,a,b)
P.SparseTensor([[0,0]],[1.,2.],[3,4])
P.SparseTensor([[0]],[1.],[3,4])
P.SparseTensor([0],[1.],[3])
a*2.
a*d
a/2.
2.*a
a+1.
-a
a.shape
a.dtype
a.dense_shape
a.get_shape()
str(a)
a.with_values([7.,8.])
tf.cast(a,tf.int32)
tf.abs(a)
tf.shape(a)
tf.size(a)
tf.reduce_sum(a)
tf.matmul(a,C(F(4,2)))
tf.is_tensor(a)
tf.SparseTensorSpec([3,4],tf.float32)
tf.SparseTensorSpec([3,4],tf.float32).is_compatible_with(a)
tf.function(lambda q:P.to_dense(q))(a)
tf.function(lambda q:P.sparse_dense_matmul(q,tf.ones([4,1])))(a)
list(tf.data.Dataset.from_tensor_slices(a))
list(tf.data.Dataset.from_tensor_slices(a).batch(2))
list(tf.data.Dataset.from_tensors(a).map(P.to_dense))
grad(lambda v:P.to_dense(P.SparseTensor([[0,0],[1,2]],v,[3,4])),C([1.,2.]))
grad(lambda v:P.sparse_dense_matmul(P.SparseTensor([[0,0],[1,2]],v,[3,4]),C(F(4,2))),C([1.,2.]))
grad(lambda v:P.sparse_dense_matmul(a,v),C(F(4,2)))
""",
)
