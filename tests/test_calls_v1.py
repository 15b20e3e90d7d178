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

    return dict(v1=v1, run=run, sp=tf.sparse.from_dense([[1, 0]]))


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
""",
)
