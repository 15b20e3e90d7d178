"""Reductions, positions of extremes, running sums, sorting, counting, segments."""

import numpy as np

from rows import A, F, I, row

inf, nan = np.inf, np.nan
X, INTS = F(2, 3), I(2, 3)
CUBE = F(2, 3, 2)
TIES = A([1.0, 3.0, 3.0], [2.0, 2.0, 2.0])
COMPLEX = A([1 + 2j, -0.5j], [0.5, -2 + 0.5j], dtype="complex64")
NUMBERS = "sum mean prod max min logsumexp euclidean_norm variance std".split()
BOOLS = A([True, False, True], [True, True, True], dtype=bool)


def many(names, *inputs, **options):
    return [row(f"math.reduce_{name}", *inputs, **options) for name in names]


ROWS = [
    *many(NUMBERS, X),
    *many(NUMBERS, X, axis=1),
    *many(["sum", "max", "logsumexp"], X, axis=[0, 1], keepdims=True),
    *many(["sum", "mean"], CUBE, axis=[0, -1]),
    *many(["sum", "mean", "max"], CUBE, axis=-2, keepdims=True),
    *many(["sum", "max"], CUBE, A(1, dtype="int32"), static=False, alone=True),
    *many(["sum", "prod", "max"], X, axis=[]),
    *many(["sum", "mean", "prod", "max", "min"], INTS, axis=0),
    *many(["sum", "mean", "prod"], COMPLEX, axis=1),
    *many(["variance", "std"], COMPLEX),
    *many(["euclidean_norm"], INTS),
    *many(["mean"], I(3, dtype="uint8", low=200, high=255)),
    *many(["sum"], I(3, dtype="int8", low=100, high=120)),
    # Empty, infinite, not a number; the gradient of ties and at 0.
    *many(["sum", "prod", "max", "min", "logsumexp", "mean"], F(0)),
    *many(["sum", "max", "mean"], F(2, 0), axis=1),
    *many(["sum", "max", "min"], F(2, 0), axis=0),
    *many(["max", "min"], I(0)),
    *many(["max", "min", "sum", "mean", "logsumexp"], A(1.0, nan, 3.0), gradient=False),
    *many(["max", "min", "logsumexp"], A(-inf, inf)),
    *many(["logsumexp"], A(-inf, -inf)),
    *many(["logsumexp"], A(1000.0, 1000.0)),
    *many(["max", "min"], TIES, axis=1),
    *many(["max", "min"], TIES),
    *many(["prod"], A([0.0, 2.0, 3.0], [0.0, 0.0, 3.0]), axis=1),
    *many(["euclidean_norm", "std"], A(0.0, 0.0)),
    *many(["sum"], X, axis=2, raises=["nvalid reduction dimension"]),
    *many(["sum"], X, axis=-3, raises=["nvalid reduction dimension"]),
    *many(["sum"], X, axis=[0, 0], raises="", compiled=False),
    *many(["variance"], INTS, raises=""),
    *many(["any", "all"], BOOLS),
    *many(["any", "all"], BOOLS, axis=1, keepdims=True),
    *many(["any", "all"], A([], dtype=bool)),
    *many(["any"], X, raises=""),
    row("reduce_sum", [1.0, 2.0, 3.0]),
    row("reduce_sum", A(True, False, dtype=bool), raises=""),
    row("reduce_mean", A(True, False, dtype=bool), raises=""),
    row("math.count_nonzero", A([0.0, 1.0], [2.0, 0.0])),
    row("math.count_nonzero", A([0, 1], [2, 0], dtype="int32"), axis=0, dtype="int32"),
    row("math.count_nonzero", BOOLS, axis=1, keepdims=True),
    row("math.count_nonzero", A("", "a", dtype=object)),
    row("math.zero_fraction", A(0.0, 1.0, 0.0)),
    row("math.zero_fraction", A(0, 1, 0, dtype="int32")),
    row("math.zero_fraction", F(0)),
    # Positions.
    row("argmax", X),
    row("argmax", X, axis=1),
    row("argmax", X, -1, "int32"),
    row("argmin", X, axis=1),
    row("argmin", INTS, output_type="int32"),
    row("argmax", TIES, axis=1),
    row("argmin", TIES, axis=1),
    row("argmax", A(1.0, nan, 3.0)),
    row("argmin", A(1.0, nan, 3.0)),
    row("argmax", A(nan, 3.0)),
    row("argmax", BOOLS, axis=1),
    row("argmax", F(0), raises="", compiled=False),
    row("argmax", X, axis=2, raises=["imension"]),
    row("math.argmax", F(2, 0), axis=0),
    row("math.approx_max_k", F(6), 2, unknown=False),
    # Running sums.
    row("cumsum", X),
    row("cumsum", X, axis=1, exclusive=True),
    row("cumsum", X, axis=-1, reverse=True),
    row("cumsum", INTS, axis=1, exclusive=True, reverse=True),
    row("cumsum", F(0)),
    row("cumsum", X, axis=2, raises="", compiled=False),
    row("math.cumprod", X, axis=1),
    row("math.cumprod", X, axis=1, exclusive=True, reverse=True),
    row("math.cumprod", A(1.0, 0.0, 2.0)),
    row("math.cumulative_logsumexp", X, axis=1),
    row("math.cumulative_logsumexp", X, axis=1, exclusive=True, reverse=True),
    # Sorting and searching.
    row("sort", X),
    row("sort", X, axis=0, direction="DESCENDING"),
    row("sort", INTS, direction="DESCENDING"),
    row("sort", A(2, 255, 0, dtype="uint8"), direction="DESCENDING"),
    row("sort", A(1.0, -inf, inf)),
    row("sort", X, direction="UP", raises="direction"),
    row("argsort", X),
    row("argsort", A(2.0, 1.0, 2.0, 1.0), stable=True),
    row("argsort", A(2, 1, 2, 1, dtype="int32"), direction="DESCENDING", stable=True),
    row("argsort", X, axis=0),
    row("searchsorted", A(1.0, 3.0, 5.0), A(0.0, 3.0, 6.0)),
    row("searchsorted", A(1.0, 3.0, 3.0, 5.0), A(3.0, 4.0), side="right", out_type="int64"),
    row("searchsorted", A([1, 3], [2, 4], dtype="int32"), A([2], [2], dtype="int32")),
    row("searchsorted", A(1.0, 3.0), A([3.0]), side="middle", raises=""),
    row("math.top_k", X, k=2),
    row("math.top_k", A(1.0, 3.0, 3.0, 2.0), k=3),
    row("math.top_k", INTS),
    row("math.top_k", X, k=4, raises=["k"]),
    row("math.top_k", A([1.0]), k=0),
    row("math.in_top_k", A(1, 0, dtype="int32"), A([0.1, 0.8, 0.1], [0.5, 0.6, 0.7]), k=2),
    row("math.invert_permutation", A(2, 0, 1, dtype="int32")),
    row("math.invert_permutation", A(0, 0, dtype="int32"), raises="", compiled=False),
    # Counting.
    row("math.bincount", A(1, 2, 2, 5, dtype="int32"), alone=True),
    row("math.bincount", A(1, 2, 2, 5, dtype="int32"), minlength=8, alone=True),
    row("math.bincount", A(1, 2, 2, 5, dtype="int32"), maxlength=4, alone=True),
    row("math.bincount", A(1, 2, 2, dtype="int32"), A(0.5, 1.0, 1.5), gradient=False, alone=True),
    row("math.bincount", A([1, 2], [1, 1], dtype="int32"), axis=-1, static=False, alone=True),
    row("math.bincount", A([1, 2], [1, 1], dtype="int32"), axis=-1, binary_output=True, static=False,
        alone=True),
    row("math.confusion_matrix", A(0, 1, 2, 1, dtype="int32"), A(0, 2, 2, 1, dtype="int32"), alone=True),
    row("math.confusion_matrix", A(0, 1, dtype="int32"), A(1, 1, dtype="int32"), num_classes=3,
        dtype="float32", weights=[0.5, 2.0]),
    row("math.confusion_matrix", A(0, 3, dtype="int32"), A(1, 1, dtype="int32"), num_classes=2, raises="",
        compiled=False),
    row("histogram_fixed_width", A(-1.0, 0.0, 1.5, 2.0, 5.0, 15.0), [0.0, 5.0], nbins=5),
    row("histogram_fixed_width_bins", A(-1.0, 0.0, 1.5, 2.0, 5.0, 15.0), [0.0, 5.0], nbins=5),
    # Segments.
    *[row(f"math.segment_{name}", F(4, 2), A(0, 0, 1, 3, dtype="int32"), alone=True)
      for name in ("sum", "mean", "prod", "max", "min")],
    *[row(f"math.unsorted_segment_{name}", F(4, 2), A(2, 0, 2, 1, dtype="int32"), 4)
      for name in ("sum", "mean", "prod", "max", "min", "sqrt_n")],
    row("math.unsorted_segment_sum", I(4), A(2, 0, -1, 2, dtype="int64"), 3),
    row("math.unsorted_segment_max", A(1.0, 1.0, 0.0), A(0, 0, 1, dtype="int32"), 2),
    row("math.segment_max", A(1.0, 1.0, 0.0), A(0, 0, 1, dtype="int32"), alone=True),
    row("math.segment_sum", F(2), A(1, 0, dtype="int32"), raises="", compiled=False),
    row("math.segment_sum", F(2), A(0, 1, 2, dtype="int32"), raises="", compiled=False),
    row("math.sobol_sample", 2, 4, alone=True),
    row("math.sobol_sample", 3, 5, skip=7, dtype="float64", alone=True),
    row("math.l2_normalize", X, axis=1),
    row("math.l2_normalize", A(0.0, 0.0)),
    row("math.softmax", X),
    row("math.log_softmax", X, axis=0),
]  # fmt: skip
