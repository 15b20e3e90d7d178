"""`SparseTensor` and `tf.sparse`."""

# ruff: noqa: B023
from rows import Tell


def shown(value):
    """A sparse tensor as its parts."""
    if type(value).__name__ == "SparseTensor":
        return [value.indices, value.values, value.dense_shape, str(value.shape)]
    return value


def test_sparse(tf, answer):
    tell = Tell(answer)
    sparse = tf.sparse
    a = tf.SparseTensor([[0, 1], [1, 2]], [1.0, -2.0], [2, 3])
    b = tf.SparseTensor([[0, 1], [1, 0]], [5.0, 7.0], [2, 3])
    mixed = tf.SparseTensor([[1, 0], [0, 2]], [1.0, 2.0], [2, 3])
    dense = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    calls = dict(
        parts=lambda: a,
        text=lambda: str(a),
        spec=lambda: repr(tf.SparseTensorSpec([None, 3], tf.int32)),
        dense=lambda: sparse.to_dense(a),
        dense_default=lambda: sparse.to_dense(a, default_value=9.0),
        dense_text=lambda: sparse.to_dense(tf.SparseTensor([[1]], ["a"], [3])),
        from_dense=lambda: sparse.from_dense([[0, 3], [4, 0]]),
        reorder=lambda: sparse.reorder(mixed),
        transpose=lambda: sparse.transpose(a),
        map=lambda: sparse.map_values(tf.abs, a),
        retain=lambda: sparse.retain(a, [False, True]),
        concat=lambda: sparse.concat(0, [a, b]),
        concat_columns=lambda: sparse.concat(1, [a, b]),
        add=lambda: sparse.add(a, b),
        add_dense=lambda: sparse.add(a, tf.ones([2, 3])),
        total=lambda: sparse.reduce_sum(a),
        total_axis=lambda: sparse.reduce_sum(a, axis=1),
        largest=lambda: sparse.reduce_max(a, axis=1),
        matmul=lambda: sparse.sparse_dense_matmul(a, dense),
        matmul_adjoint=lambda: sparse.sparse_dense_matmul(a, dense[:2], adjoint_a=True),
        eye=lambda: sparse.eye(2, 3),
        times=lambda: a * tf.fill([2, 3], 2.0),
        function=lambda: tf.function(lambda s: tf.sparse.to_dense(s) * 2)(a),
    )
    for name, call in calls.items():
        tell(name, lambda: shown(call()))
