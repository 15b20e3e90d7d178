"""Elementwise functions: `tf.math`, and the same names under `tf`."""

import numpy as np

from rows import A, F, I, row

inf, nan = np.inf, np.nan
SPECIAL = A(-inf, -1.5, -0.0, 0.0, 2.5, inf, nan)
COMPLEX = A([1 + 2j, -0.5j], [0.5, -2 + 0.5j], dtype="complex64")
INTS = I(2, 3)
X, Y = F(2, 3), F(2, 3, seed=1)
POSITIVE = F(2, 3, low=0.1)
UNIT = F(2, 3, low=-0.9, high=0.9)


def unary(names, x, **options):
    """One row for each of the names."""
    return [row(f"math.{name}", x, **options) for name in names.split()]


def binary(names, x, y, **options):
    return [row(f"math.{name}", x, y, **options) for name in names.split()]


ROWS = [
    *unary("abs negative sign square exp expm1 sigmoid sin cos tan sinh cosh tanh atan asinh", X),
    *unary("floor ceil rint round erf erfc reciprocal softplus softsign log_sigmoid", X),
    *unary("sqrt rsqrt log log1p lgamma digamma", POSITIVE),
    *unary("asin acos atanh erfinv", UNIT),
    *unary("acosh", F(2, 3, low=1.1)),
    *unary("ndtri erfcinv", F(2, 3, low=0.05, high=0.95)),
    *unary("is_nan is_inf is_finite", SPECIAL),
    # Corners: signed zeros, infinities, NaN; the gradient at 0.
    *unary("abs sign sqrt square exp log log1p reciprocal tanh sigmoid", SPECIAL),
    *unary("floor ceil rint round erf erfc expm1 atan softplus lgamma", SPECIAL),
    *unary("rsqrt digamma", SPECIAL, gradient=False),
    *unary("round rint floor ceil", A(-2.5, -1.5, -0.5, 0.5, 1.5, 2.5)),
    *unary("reciprocal_no_nan", A(-2.0, 0.0, 4.0)),
    row("math.rsqrt", A(0.0, 4.0)),
    row("math.acos", A(-1.0, 1.0, 2.0)),
    row("math.asin", A(-1.0, 0.0, 1.0)),
    row("math.erfinv", A(-1.0, 0.0, 1.0)),
    row("math.atanh", A(-1.0, 0.0, 1.0)),
    row("math.log1p", A(-1.0, 1e-8, 1e8)),
    row("math.expm1", A(-1e-8, 1e-8, 50.0)),
    row("math.lgamma", A(-2.5, -2.0, 0.5, 1.0, 30.0)),
    row("math.digamma", A(-2.5, 0.5, 1.0, 30.0), rtol=1e-4),
    # Other dtypes.
    *unary("abs negative sign square", INTS),
    *unary("sqrt exp tanh abs sign", F(2, 3, dtype="float64", low=0.5)),
    *unary("sqrt exp tanh sigmoid", F(2, 3, dtype="float16", low=0.5), rtol=4e-3),
    *unary("abs negative square sqrt exp log sin cos tanh sigmoid reciprocal", COMPLEX),
    *unary("abs negative", I(2, 2, dtype="int64")),
    row("math.abs", A(-128, 127, dtype="int8")),
    row("math.sqrt", INTS, raises="int32"),
    row("math.exp", INTS, raises="int32"),
    row("math.abs", [1, -2]),
    row("math.abs", X, name="my_abs"),
    row("abs", -1.5),
    # Real and imaginary parts.
    *unary("real imag conj angle", COMPLEX),
    *unary("real conj angle", X),
    row("complex", X, Y),
    row("complex", F(2, dtype="float64"), F(2, dtype="float64")),
    row("complex", X, F(2, 3, dtype="float64"), raises=""),
    # Arithmetic.
    *binary("add subtract multiply divide truediv maximum minimum squared_difference", X, Y),
    *binary("add subtract multiply divide maximum minimum squared_difference", F(2, 1), F(3)),
    *binary("floordiv floormod mod atan2 divide_no_nan multiply_no_nan", X, Y),
    *binary("add subtract multiply floordiv floormod maximum minimum pow", INTS, I(2, 3, low=1)),
    *binary("add subtract multiply divide", COMPLEX, COMPLEX),
    *binary("truediv divide", INTS, I(2, 3, low=1)),
    *binary("truediv", I(3, dtype="int8"), I(3, low=1, dtype="int8")),
    *binary("floordiv floormod mod", A(-7, 7, -7, 7, dtype="int32"), A(2, -2, -2, 2, dtype="int32")),
    *binary("floordiv floormod mod", A(-7.5, 7.5, -7.5, 7.5), A(2.0, -2.0, -2.0, 2.0)),
    row("truncatediv", A(-7, 7, -7, 7, dtype="int32"), A(2, -2, -2, 2, dtype="int32")),
    row("truncatemod", A(-7, 7, -7, 7, dtype="int32"), A(2, -2, -2, 2, dtype="int32")),
    row("truncatemod", A(-7.5, 7.5, -7.5, 7.5), A(2.0, -2.0, -2.0, 2.0), gradient=False),
    row("realdiv", X, Y),
    row("math.floordiv", A(1, 2, dtype="int32"), A(0, 1, dtype="int32"), raises="", compiled=False),
    row("math.floormod", A(1, 2, dtype="int32"), A(0, 1, dtype="int32"), raises="", compiled=False),
    row("math.divide", A(1.0, -1.0, 0.0), A(0.0, 0.0, 0.0)),
    row("math.divide_no_nan", A(1.0, -1.0, 0.0, 6.0), A(0.0, 0.0, 0.0, 3.0)),
    row("math.multiply_no_nan", A(inf, nan, 2.0), A(0.0, 0.0, 3.0)),
    row("math.add", X, 2),
    row("math.add", 2.0, X),
    row("math.multiply", INTS, 2.5, raises="", compiled=False),
    row("math.add", X, F(2, 3, dtype="float64"), raises=""),
    row("math.add", X, INTS, raises=""),
    row("math.add", X, F(2), raises=["ncompatible shapes"]),
    row("math.multiply", F(2, 3), F(4, 3), raises=""),
    row("math.add", F(0, 3), F(3)),
    row("math.add", A("a", "b", dtype=object), A("c", dtype=object)),
    # Ties: the gradient of equal elements.
    *binary("maximum minimum", A(1.0, 2.0, nan, 3.0), A(1.0, 3.0, 1.0, nan)),
    *binary("maximum minimum", A(0.0, -0.0), A(-0.0, 0.0)),
    # Powers.
    row("math.pow", POSITIVE, Y),
    row("math.pow", X, 2.0),
    row("math.pow", X, 3),
    row("math.pow", A(0.0, 0.0, 0.0, -2.0, -2.0), A(0.0, 2.0, -1.0, 2.0, 0.5)),
    row("math.pow", A(0.0, 0.0, -1.0), A(1.0, 0.5, 3.0)),
    row("math.pow", INTS, 2),
    row("math.pow", A(2, dtype="int32"), A(-1, dtype="int32"), raises="", compiled=False),
    row("math.pow", COMPLEX, COMPLEX, rtol=1e-4),
    # Logarithms that forgive a zero.
    *binary("xlogy xlog1py xdivy", POSITIVE, F(2, 3, low=0.2, seed=1)),
    *binary("xlogy xlog1py xdivy", A(0.0, 0.0, 1.0, 2.0), A(0.0, -1.0, 2.0, 0.0)),
    # Comparisons and logic.
    *binary("equal not_equal less less_equal greater greater_equal", A(1, 2, 3), A(3, 2, 1)),
    *binary("equal not_equal less less_equal greater greater_equal", INTS, I(2, 3, seed=1)),
    *binary("equal not_equal less greater_equal", A(nan, inf, -0.0), A(nan, inf, 0.0)),
    *binary("equal not_equal", A("a", "b", dtype=object), A("a", "c", dtype=object)),
    *binary("equal not_equal", COMPLEX, COMPLEX),
    *binary("equal less", F(2, 1), F(3)),
    row("math.less", X, F(4), raises=""),
    row("math.equal", X, F(2, 3, dtype="float64"), raises=""),
    *binary("logical_and logical_or logical_xor", A(True, True, False, False, dtype=bool),
            A(True, False, True, False, dtype=bool)),
    row("math.logical_not", A(True, False, dtype=bool)),
    row("math.logical_and", INTS, INTS, raises=""),
    row(lambda tf, x: (x == 1.0, x != 1.0, x < 1.0, -x, abs(x), x**2, x // 2, x % 2), A(1.0, -2.5),
        id="operators"),
    row(lambda tf, x: (x == 1, x > 1, -x, abs(x), x**2, x // 2, x % 3, x / 2), A(1, -5, dtype="int32"),
        id="operators_int"),
    row(lambda tf, x, y: (x & y, x | y, x ^ y, ~x), A(True, False, dtype=bool),
        A(True, True, dtype=bool), id="operators_bool"),
    row(lambda tf, x, y: (x & y, x | y, x ^ y, ~x), I(3), I(3, seed=1), id="operators_bits"),
    row(lambda tf, x: (1.0 - x, 2.0 / x, 2.0**x, 3.0 // x, 3.0 % x), A(1.5, -2.0), id="reflected"),
    # Special functions of two arguments.
    *binary("igamma igammac", POSITIVE, F(2, 3, low=0.2, seed=1), rtol=1e-4),
    *binary("zeta", F(2, 3, low=1.5, high=4.0), POSITIVE, rtol=1e-4),
    row("math.polygamma", A(0.0, 1.0, 2.0), A(1.5, 2.5, 0.5), rtol=1e-4),
    row("math.betainc", POSITIVE, F(2, 3, low=0.2, seed=1), F(2, 3, low=0.1, high=0.9), rtol=1e-4),
    row("math.lbeta", F(2, 3, low=0.2)),
    row("math.lbeta", F(0)),
    row("math.nextafter", A(1.0, 1.0, 0.0), A(2.0, 0.0, -1.0)),
    *unary("bessel_i0 bessel_i0e bessel_i1 bessel_i1e", X),
    *unary("special.bessel_j0 special.bessel_j1", X, rtol=1e-4),
    *unary("special.bessel_k0 special.bessel_k0e special.bessel_k1 special.bessel_k1e", POSITIVE,
           rtol=1e-4),
    *unary("special.bessel_y0 special.bessel_y1", POSITIVE, rtol=1e-4),
    *unary("special.dawsn special.fresnel_cos special.fresnel_sin", X, rtol=1e-4),
    *unary("special.expint special.spence", POSITIVE, rtol=1e-4),
    row("math.special.dawsn", A(0.0, 1.0, 5.0, -30.0, dtype="float64"), rtol=1e-6),
    row("math.special.expint", A(0.1, 1.0, 5.0, 30.0, dtype="float64"), rtol=1e-6),
    row("math.special.spence", A(0.0, 0.1, 1.0, 3.0, 30.0, dtype="float64"), rtol=1e-6),
    row("math.special.fresnel_cos", A(0.0, 1.0, 2.0, 30.0, dtype="float64"), rtol=1e-6),
    row("math.polyval", [2.0, -1.0, 3.0], X),
    row("math.polyval", [F(3), F(3, seed=1)], X),
    row("math.scalar_mul", 2.0, X),
    row("math.scalar_mul", X, X, raises="scalar"),
    row("math.is_non_decreasing", A(1, 1, 2)),
    row("math.is_non_decreasing", A(1, 3, 2)),
    row("math.is_strictly_increasing", A(1, 1, 2)),
    row("math.is_strictly_increasing", F(0)),
    # Sums of several.
    row("math.add_n", [X, Y, X]),
    row("math.add_n", [X]),
    row("math.add_n", [X, F(3)], raises=""),
    row("math.accumulate_n", [X, Y]),
    # Casts.
    row("cast", A(-1.7, 0.0, 2.9), "int32"),
    row("cast", A(-1.7, 0.0, 2.9), "bool"),
    row("cast", A(True, False, dtype=bool), "float32"),
    row("cast", INTS, "float64"),
    row("cast", A(300, -1, dtype="int32"), "uint8"),
    row("cast", X, "float16"),
    row("cast", X, "bfloat16"),
    row("cast", X, "complex64"),
    row("cast", COMPLEX, "float32", gradient=False),
    row("cast", X, "float32"),
    row("saturate_cast", A(300.7, -1.0, 7.0), "uint8"),
    row("saturate_cast", A(300, -1, dtype="int32"), "int8"),
    row("dtypes.cast", X, "int64"),
    row("bitcast", X, "int32"),
    row("bitcast", I(2, 4, dtype="uint8"), "int32", unknown=False),
    row("bitwise.bitwise_and", I(2, 3), I(2, 3, seed=1)),
    row("bitwise.bitwise_or", I(2, 3), I(2, 3, seed=1)),
    row("bitwise.bitwise_xor", I(2, 3), I(2, 3, seed=1)),
    row(lambda tf, x: tf.raw_ops.PopulationCount(x=x), I(2, 3), id="population_count"),
    row("bitwise.invert", A(0, 1, 255, dtype="uint8")),
    row("bitwise.left_shift", A(-1, 1, 5, dtype="int32"), A(1, 2, 3, dtype="int32")),
    row("bitwise.right_shift", A(-8, 8, 5, dtype="int32"), A(1, 2, 3, dtype="int32")),
    row("bitwise.right_shift", A(200, 8, dtype="uint8"), A(1, 2, dtype="uint8")),
    row("bitwise.bitwise_and", X, X, raises=""),
]  # fmt: skip
