"""Ragged tensors: made, cut, joined, reduced; what ops and datasets make of them."""

# ruff: noqa: E501  a line is an expression

from expressions import calls


def names(tf, C, F):  # noqa: N803
    return dict(
        R=tf.ragged.constant([[1, 2], [], [3]]),
        Rf=tf.ragged.constant([[1.0, 2.0], [3.0]]),
        R3=tf.ragged.constant([[[1], [2, 3]], [], [[4]]]),
        S=tf.ragged.constant([["a", "b"], ["c"]]),
    )


test_calls = calls(
    names,
    r"""
tf.size(R)
tf.size(R,out_type=tf.int64)
tf.shape(R)
tf.rank(R3)
R.shape
R.bounding_shape()
R.bounding_shape(axis=1)
R3.bounding_shape()
tf.split(R,3)
tf.split(R,[1,2])
tf.split(R,2)
tf.squeeze(tf.ragged.constant([[[1]],[[2]]]),0)
tf.squeeze(tf.ragged.constant([[[1,2]]]),0)
tf.squeeze(tf.RaggedTensor.from_uniform_row_length(R.values[:2],1))
tf.squeeze(R)
tf.matmul(tf.ragged.constant([[[1.,2.]],[[3.,4.],[5.,6.]]],ragged_rank=1),tf.ones([2,2,1]))
tf.matmul(Rf,Rf)
tf.gather(R,[0,2])
tf.gather(R,[[0],[2]])
tf.gather([10,20,30,40],R)
tf.gather(tf.ragged.constant([[1,2],[3]]),tf.ragged.constant([[1],[0]]),batch_dims=1)
tf.gather(tf.constant([[1,2],[3,4]]),tf.ragged.constant([[1],[0,1]]),batch_dims=1)
tf.gather(R,[0],axis=1)
tf.gather_nd(R,[[0,1],[2,0]])
tf.gather_nd(R,[[0],[2]])
tf.expand_dims(R,0)
tf.expand_dims(R,1)
tf.expand_dims(R,-1)
tf.expand_dims(R,2)
tf.reverse(R,[0])
tf.reverse(R,[1])
tf.one_hot(R,4)
tf.one_hot(R,4,axis=1)
tf.concat([R,R],0)
tf.concat([R,R],1)
tf.concat([R,[[5],[6],[7]]],1)
tf.concat([R,R],-1)
tf.concat([R,tf.ragged.constant([[1]])],1)
tf.stack([R,R])
tf.stack([R,R],1)
tf.stack([R])
tf.stack([R,[[1]]])
tf.tile(R,[1,2])
tf.tile(R,[2,1])
tf.where(R>1,R,-R)
tf.where(R>1)
tf.where(R>1,R,0)
tf.ones_like(R)
tf.zeros_like(R,dtype=tf.float32)
tf.reduce_sum(R)
tf.reduce_sum(R,0)
tf.reduce_sum(R,1)
tf.reduce_sum(R,-1)
tf.reduce_sum(R,[0,1])
tf.reduce_sum(R,1,keepdims=True)
tf.reduce_sum(R3,2)
tf.reduce_sum(R3,1)
tf.reduce_sum(R3,0)
tf.reduce_sum(R3,[1,2])
tf.reduce_sum(R,2)
tf.reduce_mean(Rf,1)
tf.reduce_mean(R,1)
tf.reduce_mean(R,0)
tf.reduce_max(R,1)
tf.reduce_max(Rf,1)
tf.reduce_min(R,1)
tf.reduce_prod(R,1)
tf.reduce_any(R>1,1)
tf.reduce_all(R>1,1)
tf.reduce_all(R>0)
tf.math.reduce_std(Rf,1)
tf.argmax(R,1)
tf.cumsum(R)
tf.sort(R)
tf.cast(R,tf.float32)
tf.add(R,1)
R+R
R+1
1-R
R*[[10],[20],[30]]
R*tf.constant([[10],[20],[30]])
R+tf.ragged.constant([[1]])
R+tf.ragged.constant([[1],[2],[3]])
R==R
R==1
R!=R
R>1
-R
abs(-R)
R**2
R//2
R%2
~(R>1)
(R>1)&(R<3)
tf.math.log(Rf)
tf.nn.relu(-Rf)
tf.nn.softmax(Rf)
tf.nn.dropout(Rf,0.)
tf.clip_by_value(Rf,1.5,2.)
tf.round(Rf)
tf.strings.length(S)
tf.strings.join([S,S])
tf.strings.join([S,'x'],'-')
tf.strings.upper(S)
tf.strings.reduce_join(S,axis=-1)
tf.strings.split(S)
tf.strings.as_string(R)
tf.strings.to_number(tf.ragged.constant([['1'],['2','3']]))
tf.strings.substr(S,0,1)
tf.strings.regex_replace(S,'a','z')
tf.boolean_mask(R,[True,False,True])
tf.ragged.boolean_mask(R,[True,False,True])
tf.ragged.boolean_mask(R,R>1)
tf.ragged.boolean_mask([[1,2],[3,4]],[[True,False],[True,True]])
tf.dynamic_partition(R,[0,1,0],2)
tf.bitcast(R,tf.float32)
tf.identity(R)
tf.stop_gradient(Rf)
tf.math.unsorted_segment_sum(R,tf.ragged.constant([[0,1],[],[0]]),2)
tf.math.segment_sum([1,2],[0,0])
tf.nn.embedding_lookup([[1.],[2.],[3.],[4.]],R)
tf.unstack(R)
tf.pad(R,[[0,1],[0,1]])
tf.broadcast_to(R,[3,2])
tf.slice(R,[0,0],[1,1])
tf.transpose(R)
tf.reshape(R,[-1])
tf.math.bincount(R)
tf.math.bincount(R,axis=-1)
tf.ragged.cross([tf.ragged.constant([['a'],['b','c']]),tf.ragged.constant([['d'],['e']])])
tf.ragged.cross([tf.ragged.constant([['a'],['b','c']]),tf.constant([['d'],['e']])])
tf.ragged.cross_hashed([tf.ragged.constant([['a'],['b','c']]),tf.ragged.constant([['d'],['e']])],num_buckets=100)
tf.ragged.range(3)
tf.ragged.range([1,3])
tf.ragged.range([0,2],[3,5],2)
tf.ragged.range([1.,2.])
tf.ragged.row_splits_to_segment_ids([0,2,3])
tf.ragged.segment_ids_to_row_splits([0,0,2])
tf.ragged.stack([[1,2],[3]])
tf.ragged.stack([R,R])
tf.ragged.stack_dynamic_partitions([1,2,3],[0,1,0],3)
tf.ragged.map_flat_values(tf.square,R)
tf.ragged.map_flat_values(tf.add,R,R)
tf.ragged.map_flat_values(tf.reduce_sum,R)
tf.ragged.constant([])
tf.ragged.constant([[]])
tf.ragged.constant([[[]],[]])
tf.ragged.constant([1,2])
tf.ragged.constant([[1],2])
tf.ragged.constant([[1],[[2]]])
tf.ragged.constant([[1,2],[3]],dtype=tf.float32)
tf.ragged.constant([[1,2],[3]],row_splits_dtype=tf.int32).row_splits
tf.ragged.constant([[[1,2]],[[3,4]]],ragged_rank=1).shape
tf.ragged.constant([[[1,2]],[[3,4]]],inner_shape=(2,)).shape
tf.ragged.constant(5)
tf.RaggedTensor.from_row_splits([1,2,3],[0,2,3])
tf.RaggedTensor.from_row_splits([1,2,3],[0,2])
tf.RaggedTensor.from_row_splits([1,2,3],[1,3])
tf.RaggedTensor.from_row_splits([1,2,3],[0,3,2])
tf.RaggedTensor.from_row_lengths([1,2,3],[1,2])
tf.RaggedTensor.from_row_lengths([1,2,3],[1,1])
tf.RaggedTensor.from_row_lengths([1,2,3],[-1,4])
tf.RaggedTensor.from_value_rowids([1,2,3],[0,0,2])
tf.RaggedTensor.from_value_rowids([1,2,3],[0,0,2],nrows=5)
tf.RaggedTensor.from_value_rowids([1,2,3],[0,0,2],nrows=2)
tf.RaggedTensor.from_value_rowids([1,2,3],[2,0,2])
tf.RaggedTensor.from_row_starts([1,2,3],[0,2])
tf.RaggedTensor.from_row_limits([1,2,3],[2,3])
tf.RaggedTensor.from_uniform_row_length([1,2,3,4],2)
tf.RaggedTensor.from_uniform_row_length([1,2,3],2)
tf.RaggedTensor.from_nested_row_splits([1,2,3],[[0,2],[0,1,3]])
tf.RaggedTensor.from_nested_row_lengths([1,2,3],[[2],[1,2]])
tf.RaggedTensor.from_nested_value_rowids([1,2,3],[[0,0],[0,1,1]])
tf.RaggedTensor.from_tensor([[1,2,0],[3,0,0]],padding=0)
tf.RaggedTensor.from_tensor([[1,2,0],[3,0,0]],lengths=[1,2])
tf.RaggedTensor.from_tensor([[1,2],[3,4]])
tf.RaggedTensor.from_tensor([1,2])
tf.RaggedTensor.from_tensor([[[1,2],[3,4]]],ragged_rank=2)
tf.RaggedTensor.from_sparse(tf.sparse.from_dense([[1,0],[2,3]]))
R.to_tensor()
R.to_tensor(default_value=-1)
R.to_tensor(shape=[None,4])
R.to_tensor(shape=[2,1])
R3.to_tensor()
R.to_sparse()
R.to_list()
R.numpy()
R.values
R.flat_values
R.row_splits
R.row_lengths()
R.row_lengths(axis=2)
R3.row_lengths(axis=2)
R.row_starts()
R.row_limits()
R.value_rowids()
R.nrows()
R3.nested_row_splits
R3.nested_row_lengths()
R3.nested_value_rowids()
R.ragged_rank
R3.ragged_rank
R.dtype
R.uniform_row_length
R.merge_dims(0,1)
R3.merge_dims(1,2)
R3.merge_dims(0,1)
R3.merge_dims(0,-1)
R.with_values([7,8,9])
R.with_values([7,8])
R3.with_flat_values([7,8,9,10])
R.with_row_splits_dtype(tf.int32).row_splits
R[0]
R[1]
R[2,0]
R[:,0]
R[:,:1]
R[:,-1:]
R[0,5]
R[-1]
R[0:2]
R[::2]
R[::-1]
R[5]
R3[:,:,0]
R3[0,1]
R3[:,:1]
R[...,0]
R[...]
R[tf.newaxis]
R[:,tf.newaxis]
R[0][0]
len(R)
list(R)
bool(R)
str(R)
repr(R)
repr(S)
tf.RaggedTensorSpec([2,None],tf.int32)
tf.RaggedTensorSpec.from_value(R)
tf.RaggedTensorSpec([2,None],tf.int32).is_compatible_with(R)
tf.RaggedTensorSpec([3,None],tf.int32).is_compatible_with(R)
tf.RaggedTensorSpec([3,None,None],tf.int32)
tf.type_spec_from_value(R)
tf.map_fn(tf.reduce_sum,R)
tf.map_fn(lambda x:x*2,R,fn_output_signature=tf.RaggedTensorSpec([None],tf.int32))
tf.map_fn(lambda x:tf.range(x),tf.constant([1,3]),fn_output_signature=tf.RaggedTensorSpec([None],tf.int32))
tf.map_fn(lambda x:tf.cast(tf.size(x),tf.int64),R3,fn_output_signature=tf.int64)
tf.vectorized_map(tf.square,tf.constant([1,2]))
tf.function(lambda x:x*2)(R)
tf.function(lambda x:tf.reduce_sum(x,1))(R)
tf.function(lambda x:x.to_tensor())(R)
tf.function(lambda x:x[:,:1])(R)
tf.function(lambda x:x,input_signature=[tf.RaggedTensorSpec([None,None],tf.int32)])(R)
tf.function(lambda:tf.ragged.constant([[1],[2,3]])+1)()
tf.nest.flatten(R,expand_composites=True)
tf.is_tensor(R)
tf.debugging.assert_equal(R,R)
tf.math.add_n([R,R])
tf.add_n([R,R])
grad(lambda v: tf.reduce_sum(tf.RaggedTensor.from_row_splits(v,[0,2,3])**2),C([1.,2.,3.]))
grad(lambda v: tf.reduce_max(tf.RaggedTensor.from_row_splits(v,[0,2,3]),1),C([1.,2.,3.]))
grad(lambda v: tf.reduce_mean(tf.RaggedTensor.from_row_splits(v,[0,2,3]),1),C([1.,2.,3.]))
list(tf.data.Dataset.from_tensor_slices(R))
list(tf.data.Dataset.from_tensor_slices(R).batch(2))
list(tf.data.Dataset.from_tensor_slices(R).map(lambda x:tf.reduce_sum(x)))
list(tf.data.Dataset.from_tensor_slices(R3).map(lambda x:tf.reduce_sum(x)))
tf.data.Dataset.from_tensor_slices(R).element_spec
tf.data.Dataset.from_tensor_slices(R3).element_spec
tf.data.Dataset.from_tensors(R).element_spec
list(tf.data.Dataset.from_tensors(R))
list(tf.data.Dataset.range(4).map(lambda x:tf.range(x)).ragged_batch(2))
tf.data.Dataset.range(4).map(lambda x:tf.range(x)).ragged_batch(2).element_spec
list(tf.data.Dataset.range(4).map(lambda x:tf.range(x)).apply(tf.data.experimental.dense_to_ragged_batch(2)))
list(tf.data.Dataset.from_tensor_slices({'a':R,'b':[1,2,3]}).batch(2))
list(tf.data.Dataset.from_tensor_slices(R).batch(3).map(lambda x:x.to_tensor()))
list(tf.data.Dataset.from_generator(lambda:iter([R]),output_signature=tf.RaggedTensorSpec([3,None],tf.int32)))
list(tf.data.Dataset.from_tensor_slices(R).padded_batch(2))
list(tf.data.Dataset.from_tensors(R).unbatch())
[t for t in tf.data.Dataset.from_tensor_slices(R).filter(lambda x:tf.size(x)>0)]
list(tf.data.Dataset.from_tensor_slices(S).map(lambda x:tf.strings.length(x)))
tf.experimental.DynamicRaggedShape.from_lengths([3,(2,0,1)])
tf.experimental.DynamicRaggedShape.from_tensor(R)
tf.shape(R)[0]
tf.shape(R).rank
tf.io.parse_tensor(tf.io.serialize_tensor(1),tf.int32)
""",
)
