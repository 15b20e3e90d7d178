"""Rows that calls made at random have shown to be needed: corners where NumPy or JAX differ."""

import numpy as np

from rows import A, F, I, row

NAN, INF = np.nan, np.inf
MIXED = A([NAN, 1.0, 0.25], [2.0, 2.0, -3.0])

# fmt: off
ROWS = [
    # division
    row("math.floordiv", A(1.0, -2.5, 7.0, INF), A(0.1, INF, -0.1, -0.75)),
    row("math.floormod", A(1.0, -2.5, 7.0), A(-INF, 3.0, -2.0)),
    row("math.floordiv", I(0), A(0, dtype="int32"), gradient=False, id="floordiv_of_nothing"),
    row("math.pow", I(0), A(-1, dtype="int32"), gradient=False, id="pow_of_nothing"),
    row("math.divide", A(-1.0, 0.0, 1e-30), A(0.25, 1e-30, 1e-25)),
    row("math.divide_no_nan", A(4, -3, 5, dtype="int32"), A(3, 0, 2, dtype="int32")),
    row("math.divide_no_nan", A(True, dtype=bool), A(True, dtype=bool), raises="Invalid dtype", id="divide_no_nan_bool"),
    # derivatives where functions end
    row("math.bessel_i0", A(0.0, 1.0, -2.5)),
    row("math.bessel_i1", A(0.0, 1.0, -2.5)),
    row("math.ndtri", A(0.0, 0.25, 1.0)),
    row("math.erfcinv", A(0.0, 0.25, 2.0)),
    row("math.acosh", A(-3.0, 0.5, 2.0)),
    # extremes share, and NaN wins
    row("reduce_max", MIXED, axis=1),
    row("reduce_min", MIXED, axis=0),
    row("reduce_max", MIXED, axis=[], id="reduce_max_no_axes"),
    row("reduce_max", MIXED),
    # what the arguments must be
    row("reduce_sum", F(2, 3), axis=1.0, raises="1.0", compiled=False),
    row("logical_or", A(True, dtype=bool), 3, raises="bool", compiled=False),
    row("argmax", F(2, 3), axis=[1], raises="axis must be"),
    row("argmax", F(2, 3), output_type="float32", raises="output_type", compiled=False),
    row("math.bincount", A(-1, 2, dtype="int32"), raises="non-negative", compiled=False),
    row("math.bincount", A(0.5, 3.0, 3.0), id="bincount_of_floats", alone=True, static=False),
    row("math.invert_permutation", I(2, 3), raises="1D vector", compiled=False),
    row("math.confusion_matrix", I(3, low=0), I(3, low=0), weights=[1, 2], raises="incompatible"),
    row("math.l2_normalize", I(3), raises="convert"),
    row("math.real", A(True, dtype=bool), raises="numeric"),
    row("expand_dims", F(2), None, raises="None", compiled=False),
    row("squeeze", F(1), axis=[0, -1]),
    row("concat", [A(1.0), A(2.0)], axis=0, raises="scalars", compiled=False),
    row("tile", F(2), [-1], raises="multiples", compiled=False),
    row("roll", F(2, 3), 1, [0, 1], raises="same size", compiled=False),
    row("unstack", F(3), num=2, raises="must equal 2", compiled=False),
    row("gather_nd", F(3), A([0], dtype="int32"), batch_dims=1, raises="batch_dims"),
    row("tensor_scatter_nd_add", F(1, 3), A([[0]], dtype="int32"), F(1), raises="Inner dim",
        compiled=False),
    row("batch_to_space", F(4, 1, 2, 1), 2, [[0, 0], [0, 1]], id="batch_to_space_square"),
    row("meshgrid", F(2, 2), F(3), id="meshgrid_flattens"),
    row("one_hot", [], 3, id="one_hot_of_nothing"),
    row("histogram_fixed_width", A(1, 2, 3, dtype="int32"), [0, 5], nbins=5, static=False),
    row("clip_by_norm", F(3), -1.0, id="clip_by_norm_negative"),
    row("linalg.slogdet", A([1 + 2j, -1.5], [2j, 2j], dtype="complex64")),
    row("linalg.cholesky", A([1.0, 2.0], [2.0, 1.0]), id="cholesky_of_others", gradient=False),
    row("bitwise.right_shift", A(8, -8, -3, dtype="int32"), A(-1, 1, 40, dtype="int32")),
    row("bitwise.left_shift", A(8, -8, -3, dtype="int8"), A(-1, 1, 40, dtype="int8")),
    row("math.unsorted_segment_prod", I(3), A(0, 0, 1, dtype="int32"), 2),
    row("math.segment_prod", I(3), A(0, 0, 1, dtype="int32"), static=False, alone=True),
    row("strings.substr", A("hello", dtype=object), 1, -1, id="substr_to_the_end"),
    row("strings.reduce_join", A("pad", dtype=object), id="reduce_join_of_one"),
    row(lambda tf, x: tf.sparse.reduce_sum(tf.SparseTensor([[1, 0], [0, 1]], x, [2, 3]), axis=0),
        F(2), id="sparse_reduce_out_of_order", alone=True),
    row(lambda tf, x: tf.sparse.reduce_sum(tf.SparseTensor([[0, 1]], x, [2, 3]),
                                           output_is_sparse=True), F(1),
        id="sparse_reduce_to_a_number", alone=True, static=False, gradient=False),
    row("sparse.bincount", A(1, 1, 2, dtype="int32"), static=False, alone=True),
]
# fmt: on
