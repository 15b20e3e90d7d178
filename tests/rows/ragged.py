"""Rows for `tf.ragged`: rows of different lengths, made inside each call from flat values."""

from rows import A, F, I, S, row

X = F(6, low=0.5)
PAIRS = F(6, 2)
LENGTHS = A(2, 0, 3, 1, dtype="int64")


def _ragged(name, function, *inputs, **options):
    """A row that calls `function(tf, ragged, *inputs)`, for ragged rows of the first input."""

    def call(tf, x, lengths, *rest):
        return function(tf, tf.RaggedTensor.from_row_lengths(x, lengths), *rest)

    x, *rest = inputs or (X,)
    options = {"static": False, "alone": True, **options}
    return row(call, x, LENGTHS, *rest, id=name, **options)


def _made(name, function, *inputs, **options):
    return row(function, *inputs, id=name, **{"static": False, "alone": True, **options})


def _deep(tf, x):
    """Rows of rows."""
    inner = tf.RaggedTensor.from_row_lengths(x, [2, 1, 0, 3])
    return tf.RaggedTensor.from_row_lengths(inner, [1, 0, 3])


# fmt: off
ROWS = [
    # made of
    _made("from_row_splits", lambda tf, x: tf.RaggedTensor.from_row_splits(x, [0, 2, 2, 6]), X),
    _made("from_value_rowids", lambda tf, x: tf.RaggedTensor.from_value_rowids(
        x, [0, 0, 2, 2, 3, 3], nrows=5), X),
    _made("from_row_starts", lambda tf, x: tf.RaggedTensor.from_row_starts(x, [0, 1, 4]), X),
    _made("from_row_limits", lambda tf, x: tf.RaggedTensor.from_row_limits(x, [1, 1, 6]), X),
    _made("from_uniform", lambda tf, x: tf.RaggedTensor.from_uniform_row_length(x, 3), X),
    _made("from_tensor", lambda tf, x: tf.RaggedTensor.from_tensor(x, lengths=[1, 0]), F(2, 3)),
    _made("from_tensor_padding", lambda tf, x: tf.RaggedTensor.from_tensor(x, padding=0.0),
          A([1.0, 2.0, 0.0], [0.0, 3.0, 0.0])),
    _made("from_sparse", lambda tf, x: tf.RaggedTensor.from_sparse(
        tf.SparseTensor([[0, 0], [0, 1], [2, 0]], x, [4, 3])), F(3)),
    _made("from_sparse_gap", lambda tf, x: tf.RaggedTensor.from_sparse(
        tf.SparseTensor([[0, 1]], x, [2, 3])), F(1), raises="right-ragged", compiled=False),
    _made("row_splits_to_segment_ids", lambda tf, s: tf.ragged.row_splits_to_segment_ids(s),
          A(0, 2, 2, 5, dtype="int64")),
    _made("segment_ids_to_row_splits", lambda tf, s: tf.ragged.segment_ids_to_row_splits(
        s, num_segments=4), A(0, 0, 2, dtype="int64")),
    _made("range", lambda tf, limits: tf.ragged.range(limits), A(2, 0, 3, dtype="int32")),
    _made("stack", lambda tf, x, y: tf.ragged.stack([x, y]), F(2), F(3)),
    _made("boolean_mask", lambda tf, x: tf.ragged.boolean_mask(x, [[True, False], [True, True]]),
          F(2, 2)),
    # taken apart
    _ragged("to_tensor", lambda tf, r: r.to_tensor()),
    _ragged("to_tensor_default", lambda tf, r: r.to_tensor(-1.0, shape=[None, 2])),
    _ragged("to_sparse", lambda tf, r: r.to_sparse()),
    _made("to_sparse_deep", lambda tf, x: _deep(tf, x).to_sparse(), X),
    _made("to_sparse_inner", lambda tf, x: tf.RaggedTensor.from_row_lengths(
        x, [2, 0, 4]).to_sparse(), PAIRS),
    _ragged("row_lengths", lambda tf, r: [r.row_lengths(), r.row_starts(), r.row_limits()]),
    _ragged("rowids", lambda tf, r: [r.value_rowids(), r.nrows(), r.bounding_shape()]),
    _made("merge_dims", lambda tf, x: _deep(tf, x).merge_dims(0, 1), X),
    # ops
    _ragged("add", lambda tf, r: r + 1.0),
    _ragged("mul_rows", lambda tf, r: r * tf.constant([[2.0], [3.0], [4.0], [5.0]])),
    _ragged("sqrt", lambda tf, r: tf.sqrt(r)),
    _ragged("cast", lambda tf, r: tf.cast(r, tf.int32)),
    _ragged("compare", lambda tf, r: r > 1.0),
    _ragged("map_flat_values", lambda tf, r: tf.ragged.map_flat_values(tf.math.log, r)),
    *[_ragged(f"reduce_{kind}_{axis}", lambda tf, r, kind=kind, axis=axis: getattr(
        tf, f"reduce_{kind}")(r, axis=axis), gradient=kind != "prod")
      for kind in ("sum", "mean", "max", "min", "prod") for axis in (0, 1)],
    _ragged("reduce_sum_all", lambda tf, r: tf.reduce_sum(r)),
    *[_ragged(f"reduce_{kind}_{axis}", lambda tf, r, kind=kind, axis=axis: getattr(
        tf, f"reduce_{kind}")(r > 1.0, axis=axis)) for kind in ("any", "all") for axis in (0, 1)],
    _ragged("reduce_no_axis", lambda tf, r: tf.reduce_sum(r, axis=2), raises="out of bounds",
            compiled=False),
    _made("reduce_deep", lambda tf, x: tf.reduce_sum(_deep(tf, x), axis=1, keepdims=True), X),
    _ragged("integers_prod", lambda tf, r: tf.reduce_prod(r, axis=0), I(6)),
    _ragged("reshape", lambda tf, r: tf.reshape(r, [-1])),
    _ragged("where", lambda tf, r: tf.where(r > 1.0)),
    _ragged("one_hot", lambda tf, r: tf.one_hot(r, 3), I(6, low=0, high=3)),
    _ragged("new_axis", lambda tf, r: r[None]),
    _ragged("concat_rows", lambda tf, r: tf.concat([r, r], axis=0)),
    _ragged("concat_columns", lambda tf, r: tf.concat([r, r], axis=1)),
    _ragged("gather", lambda tf, r: tf.gather(r, [2, 0])),
    _ragged("expand_dims", lambda tf, r: tf.expand_dims(r, 1)),
    _ragged("index", lambda tf, r: [r[0], r[1:3], r[:, :1]]),
    _ragged("reverse", lambda tf, r: tf.reverse(r, axis=[1])),
    _ragged("strings", lambda tf, r: tf.strings.length(r), S("a", "bc", "", "d", "efg", "h")),
    _ragged("integers", lambda tf, r: tf.reduce_sum(r, axis=1), I(6)),
    # edit distances stand here because they take sequences of different lengths too
    _made("edit_distance", lambda tf, a, b: tf.edit_distance(
        tf.SparseTensor([[0, 0], [1, 0], [1, 1]], a, [3, 2]),
        tf.SparseTensor([[0, 0], [1, 0], [2, 0]], b, [3, 1])),
        S("a", "b", "c"), S("a", "c", "d")),
    _made("edit_distance_counts", lambda tf, a, b: tf.edit_distance(
        tf.sparse.from_dense(a), tf.sparse.from_dense(b), normalize=False),
        A([1, 2, 3, 0], dtype="int32")[None], A([1, 3, 3, 4], dtype="int32")[None]),
    _made("edit_distance_dense", lambda tf, a: tf.edit_distance(a, a), I(3), raises="Hypothesis",
          compiled=False),
]
# fmt: on
