"""Picking elements by index or condition, writing them back, sets of values."""

import numpy as np

from rows import A, F, I, S, row

inf, nan = np.inf, np.nan
X, INTS, VECTOR, CUBE = F(2, 3), I(2, 3), F(4), F(2, 3, 2)
IDS = A(2, 0, 2, dtype="int32")
MASK = A([True, False, True], [False, False, True], dtype=bool)


def scatter(names, *inputs, **options):
    return [row(f"tensor_scatter_nd_{name}", *inputs, **options) for name in names.split()]


ROWS = [
    row("gather", VECTOR, IDS),
    row("gather", F(3, 2), IDS),
    row("gather", X, A([0, 2], [1, 1], dtype="int64"), axis=1),
    row("gather", X, A([0, 2], [1, 1], dtype="int32"), batch_dims=1),
    row("gather", X, A(1, dtype="int32"), axis=-1),
    row("gather", S("a", "b"), A(1, 0, dtype="int32")),
    row("gather", VECTOR, [1, 1]),
    row("gather", VECTOR, A(4, dtype="int32"), raises=["is not in [0, 4)"], compiled=False),
    row("gather", VECTOR, A(-1, dtype="int32"), raises=["is not in [0, 4)"], compiled=False),
    row("gather", VECTOR, A(0.5), raises=""),
    row("gather", X, IDS, axis=2, raises=""),
    row("gather_nd", X, A([0, 1], [1, 2], dtype="int32")),
    row("gather_nd", X, A([1], [0], dtype="int32")),
    row("gather_nd", CUBE, A([[1], [0]], [[0], [2]], dtype="int32"), batch_dims=1),
    row("gather_nd", X, A([2, 0], dtype="int32"), raises="", compiled=False),
    row("gather_nd", S("a", "b"), A([1], dtype="int32"), unknown=False),
    row("scatter_nd", A([4], [1], [4], dtype="int32"), A(1.0, 2.0, 3.0), [6]),
    row("scatter_nd", A([[1]], dtype="int32"), F(1, 2), [3, 2]),
    row("scatter_nd", A([6], dtype="int32"), A(1.0), [6], raises="", compiled=False),
    *scatter("update add sub max min", VECTOR, A([1], [3], dtype="int32"), A(0.5, -0.5)),
    *scatter("update add", X, A([[1]], dtype="int32"), F(1, 3)),
    *scatter("update", INTS, A([0, 1], [1, 2], dtype="int32"), A(7, 8, dtype="int32")),
    *scatter("update", S("a", "b"), A([[1]], dtype="int32"), S("c").reshape(1)),
    *scatter("add", VECTOR, A([[5]], dtype="int32"), A([1.0]), raises="", compiled=False),
    *scatter("max min", A(1.0, 2.0), A([[0], [1]], dtype="int32"), A(1.0, 5.0)),
    # Conditions.
    row("where", MASK, X, X),
    row("where", MASK, X, 0.0),
    row("where", A([True], [False], dtype=bool), X, F(3)),
    row("where", MASK, INTS, INTS),
    row("where", A(True, False, dtype=bool), S("a", "b"), S("c", "d")),
    row("where", A(True, False, dtype=bool), A(1.0, nan), A(nan, 2.0)),
    row(lambda tf, x: tf.where(x > 0, tf.sqrt(x), 0.0), A(-1.0, 4.0), id="where_nan_gradient"),
    row("where", MASK, alone=True),
    row("where", A(0.0, 1.5, -2.0), alone=True),
    row("where", MASK, X, raises="both"),
    row("where", MASK, X, F(2, 4), raises=""),
    row("where", MASK, X, INTS, raises=""),
    row("boolean_mask", X, MASK, alone=True),
    row("boolean_mask", X, A(True, False, dtype=bool), alone=True),
    row("boolean_mask", X, A(True, False, True, dtype=bool), axis=1, alone=True),
    row(lambda tf, x, axis: tf.gather(x, [0], axis=axis), X, A(1, dtype="int32"), alone=True,
        id="gather_along"),
    row("boolean_mask", X, A(True, dtype=bool), raises="scalar"),
    row("boolean_mask", X, A(True, False, True, dtype=bool), raises="incompatible"),
    # Sets of values.
    row("unique", A(3, 1, 3, 2, dtype="int32"), alone=True),
    row("unique", S("b", "a", "b"), out_idx="int64", alone=True),
    row("unique", A(1.5, 1.5, -0.5), alone=True, gradient=False),
    row("unique", X, raises=""),
    row(lambda tf, x: [*tf.raw_ops.UniqueV2(x=x, axis=[0]),
                       *tf.raw_ops.UniqueWithCountsV2(x=x, axis=[1])], A([1, 1], [1, 1], [2, 2],
        dtype="int32"), alone=True, id="unique_slices"),
    row("unique_with_counts", A(3, 1, 3, 2, dtype="int32"), alone=True),
    row("sets.intersection", A([1, 2, 2], [3, 4, 5], dtype="int32"), A([2, 9], [5, 3], dtype="int32"),
        alone=True, unknown=False),
    row("sets.union", A([1, 2, 2], [3, 4, 5], dtype="int32"), A([2, 9], [5, 3], dtype="int32"), alone=True,
        unknown=False),
    row("sets.difference", A([1, 2, 2], [3, 4, 5], dtype="int32"), A([2, 9], [5, 3], dtype="int32"),
        alone=True, unknown=False),
    row("sets.difference", A([1, 2, 2], [3, 4, 5], dtype="int32"), A([2, 9], [5, 3], dtype="int32"),
        aminusb=False, alone=True, unknown=False),
    row("sets.intersection", S(["a", "b"], ["c", "d"]), S(["b", "c"], ["d", "c"]), alone=True,
        unknown=False),
    row(lambda tf, x: tf.sets.size(tf.sets.union(x, x)), A([1, 2, 2], [3, 4, 5], dtype="int32"),
        id="sets.size", alone=True, static=False),
    row("dynamic_partition", VECTOR, A(0, 1, 1, 0, dtype="int32"), 2, alone=True, unknown=False),
    row("dynamic_partition", X, A(1, 0, dtype="int32"), 3, alone=True, unknown=False),
    row(lambda tf, x, y: tf.dynamic_stitch([[0, 2], [1]], [x, y]), F(2, 2), F(1, 2), id="dynamic_stitch"),
    # Space and depth.
    row("nn.space_to_depth", F(1, 2, 4, 1), 2),
    row("nn.depth_to_space", F(1, 1, 2, 4), 2),
    row("nn.space_to_depth", F(1, 3, 4, 1), 2, raises=""),
]  # fmt: skip
