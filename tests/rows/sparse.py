"""Sparse tensors."""

from rows import A, F, S, row

PLACES, SIZES = [[0, 1], [1, 0], [1, 2], [3, 1]], [4, 3]
OTHER = [[0, 0], [1, 0], [1, 2], [2, 1]]
V, W = F(4), F(4, seed=1)


def _sparse(name, function, *inputs, places=PLACES, sizes=SIZES, **options):
    """A row for `function(tf, sparse tensor of the first input, *other inputs)`."""

    def call(tf, values, *rest):
        return function(tf, tf.SparseTensor(places, values, sizes), *rest)

    return row(call, *(inputs or [V]), id=name, unknown=False, alone=True, **options)


def _pair(name, function, **options):
    return _sparse(
        name, lambda tf, a, w: function(tf, a, tf.SparseTensor(OTHER, w, SIZES)), V, W, **options
    )


ROWS = [
    _sparse("to_dense", lambda tf, st: tf.sparse.to_dense(st)),
    _sparse("to_dense_default", lambda tf, st: tf.sparse.to_dense(st, -1.0)),
    _sparse("to_dense_text", lambda tf, st: tf.sparse.to_dense(st), S("a", "b", "c", "d")),
    _sparse("to_dense_bool", lambda tf, st: tf.sparse.to_dense(st), A(True, True, False, True, dtype=bool)),
    _sparse("to_dense_unsorted", lambda tf, st: tf.sparse.to_dense(st), V,
            places=[[1, 0], [0, 1], [2, 2], [3, 1]], raises=[], compiled=False),
    _sparse("to_dense_outside", lambda tf, st: tf.sparse.to_dense(st), V,
            places=[[0, 1], [1, 0], [2, 3], [3, 1]], raises=[], compiled=False),
    row(lambda tf, x: tf.sparse.from_dense(x), A([1.0, 0.0], [0.0, 2.0]), id="from_dense", alone=True),
    row(lambda tf, x: tf.sparse.from_dense(x), S(["a", ""], ["", "b"]), id="from_dense_text"),
    _sparse("reorder", lambda tf, st: tf.sparse.reorder(st), V,
            places=[[3, 1], [0, 1], [1, 2], [1, 0]]),
    _sparse("retain", lambda tf, st: tf.sparse.retain(st, [True, False, True, False])),
    _sparse("transpose", lambda tf, st: tf.sparse.transpose(st)),
    _sparse("transpose_perm", lambda tf, st: tf.sparse.transpose(st, [0, 1])),
    _pair("concat", lambda tf, a, b: tf.sparse.concat(0, [a, b]), gradient=False),
    _pair("concat_columns", lambda tf, a, b: tf.sparse.concat(-1, [a, b]), gradient=False),
    _pair("add", lambda tf, a, b: tf.sparse.add(a, b)),
    _pair("add_threshold", lambda tf, a, b: tf.sparse.add(a, b, threshold=1.5), gradient=False),
    _sparse("add_dense", lambda tf, st, x: tf.sparse.add(st, x), V, F(4, 3)),
    _pair("maximum", lambda tf, a, b: tf.sparse.maximum(a, b), gradient=False, compiled=False),
    _pair("minimum", lambda tf, a, b: tf.sparse.minimum(a, b), gradient=False, compiled=False),
    _sparse("map_values", lambda tf, st: tf.sparse.map_values(tf.abs, st)),
    _sparse("mul", lambda tf, st, x: st * x, V, F(4, 3)),
    _sparse("mul_column", lambda tf, st, x: st * x, V, F(4, 1)),
    _sparse("div", lambda tf, st, x: st / x, V, F(3)),
    _sparse("abs", lambda tf, st: tf.abs(st)),
    _sparse("cast", lambda tf, st: tf.cast(st, tf.int32), gradient=False),
    *[
        _sparse(f"reduce_{what}_{axis}_{keepdims}", lambda tf, st, what=what, axis=axis, keepdims=keepdims:
                getattr(tf.sparse, f"reduce_{what}")(st, axis, keepdims), gradient=what == "sum")
        for what in ("sum", "max") for axis in (None, 0, [1], [0, 1]) for keepdims in (False, True)
    ],
    _sparse("reduce_sum_sparse", lambda tf, st: tf.sparse.reduce_sum(st, 1, output_is_sparse=True),
            gradient=False, compiled=False),
    _sparse("matmul", lambda tf, st, x: tf.sparse.sparse_dense_matmul(st, x), V, F(3, 2)),
    _sparse("matmul_adjoint", lambda tf, st, x: tf.sparse.sparse_dense_matmul(
        st, x, adjoint_a=True, adjoint_b=True), V, F(2, 4)),
    _sparse("matmul_dense_first", lambda tf, st, x: tf.sparse.sparse_dense_matmul(x, st), V, F(2, 4)),
    _sparse("matmul_bad", lambda tf, st, x: tf.sparse.sparse_dense_matmul(st, x), V, F(2, 2),
            raises=[], compiled=False),
    _sparse("embedding", lambda tf, st, x: tf.nn.embedding_lookup_sparse(x, st, None, combiner="sum"),
            A(0, 2, 1, 1, dtype="int64"), F(3, 2), places=[[0, 1], [1, 0], [1, 2], [2, 1]], compiled=False),
    row(lambda tf, n: tf.sparse.eye(2, 3), A(1.0), id="eye", gradient=False),
    _sparse("expand_dims", lambda tf, st: tf.sparse.expand_dims(st, 1)),
    _sparse("expand_dims_last", lambda tf, st: tf.sparse.expand_dims(st)),
    _sparse("fill_empty_rows", lambda tf, st: tf.sparse.fill_empty_rows(st, 9.0)),
    _sparse("reshape", lambda tf, st: tf.sparse.reshape(st, [2, -1])),
    _sparse("reshape_bad", lambda tf, st: tf.sparse.reshape(st, [5, -1]), V, raises=[], compiled=False),
    _sparse("reset_shape", lambda tf, st: tf.sparse.reset_shape(st)),
    _sparse("reset_shape_larger", lambda tf, st: tf.sparse.reset_shape(st, [5, 5])),
    _sparse("reset_shape_small", lambda tf, st: tf.sparse.reset_shape(st, [2, 2]), V, raises=[],
            compiled=False),
    _sparse("slice", lambda tf, st: tf.sparse.slice(st, [1, 0], [2, 2])),
    _sparse("slice_beyond", lambda tf, st: tf.sparse.slice(st, [1, 1], [9, 9])),
    _sparse("split", lambda tf, st: tf.sparse.split(st, 2, axis=0), gradient=False),
    _sparse("split_uneven", lambda tf, st: tf.sparse.split(st, 2, axis=1), gradient=False),
    _sparse("softmax", lambda tf, st: tf.sparse.softmax(st)),
    _sparse("to_indicator", lambda tf, st: tf.sparse.to_indicator(st, 5), A(0, 2, 4, 1, dtype="int64")),
    _sparse("bincount", lambda tf, st: tf.sparse.bincount(st, axis=-1), A(0, 2, 2, 1, dtype="int64")),
    row("sparse.bincount", A([1, 1, 3], [0, 2, 2], dtype="int64"), axis=-1, unknown=False, alone=True),
    row("sparse.bincount", A([1, 1, 3], [0, 2, 2], dtype="int64"), axis=0, unknown=False, alone=True),
    row("sparse.bincount", A(1, 1, 3, dtype="int64"), weights=A(0.5, 1.0, 2.0), unknown=False, alone=True,
        gradient=False),
    row("sparse.bincount", A(1, 1, 3, dtype="int64"), maxlength=2, binary_output=True, unknown=False, alone=True),
    row("sparse.bincount", A(1, 1, 3, dtype="int64"), minlength=6, unknown=False, alone=True),
    row(lambda tf, a, b: tf.sparse.cross([a, b]), S(["a"], ["b"]), S(["c", "d"], ["e", "f"]),
        id="cross", compiled=False),
    row(lambda tf, a, b: tf.sparse.cross([a, b], separator="-"), S(["a"], ["b"]), S(["c"], ["e"]),
        id="cross_separator", compiled=False),
    row(lambda tf, a, b: tf.sparse.cross_hashed([a, b], num_buckets=100), S(["a"], ["b"]),
        S(["c", "d"], ["e", "f"]), id="cross_hashed", compiled=False),
    row("sparse.segment_sum", F(4, 2), A(0, 2, 3, dtype="int32"), A(0, 0, 1, dtype="int32"), compiled=False),
    row("sparse.segment_sum", F(4, 2), A(0, 2, 3, dtype="int32"), A(0, 0, 2, dtype="int32"),
        num_segments=4),
    row("sparse.segment_mean", F(4, 2), A(0, 2, 3, dtype="int32"), A(0, 0, 1, dtype="int32"), compiled=False),
    row("sparse.segment_sqrt_n", F(4, 2), A(0, 2, 3, dtype="int32"), A(0, 0, 1, dtype="int32"), compiled=False),
    row(lambda tf, values, indices: tf.sparse.mask(tf.IndexedSlices(values, indices), [1, 3]),
        F(3, 2), A(0, 1, 2, dtype="int64"), id="mask", compiled=False, gradient=False),
    row(lambda tf, v, a, b: tf.sparse.sampled_addmm([[0, 1], [1, 0]], v, [2, 2], a, b),
        F(2), F(2, 3), F(3, 2), id="sampled_addmm", unknown=False, gradient=False),
]  # fmt: skip
