"""Functions of each element: arithmetic, powers, angles, comparisons, bits.

Those that TensorFlow has are its ops; the others are JAX's functions.
"""

import jax
import jax.numpy as jnp

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import activations
from minitf.keras.ops.defining import (
    as_they_are,
    binary,
    floating,
    integral,
    of_arrays,
    together,
    truths,
    unary,
)
from minitf.ops import array as arrays
from minitf.ops import linalg, math


def _known(name, function, doc, convert=as_they_are):
    """Keras's `name`: a function of TensorFlow's after Keras's conversion of the arguments."""

    def one(x):
        return function(*convert(x))

    one.__name__ = one.__qualname__ = name
    one.__doc__ = doc
    return one


def _known2(name, function, doc, convert=together):
    """As `_known`, of two arguments."""

    def two(x1, x2):
        return function(*convert(x1, x2))

    two.__name__ = two.__qualname__ = name
    two.__doc__ = doc
    return two


# fmt: off
exp = _known("exp", math.exp, "e to the power of x.", floating)
expm1 = _known("expm1", math.expm1, "exp(x) - 1.", floating)
exp2 = unary("exp2", jnp.exp2, "2 to the power of x.")
log = _known("log", math.log, "The natural logarithm.", floating)
log1p = _known("log1p", math.log1p, "log(1 + x).", floating)
log2 = unary("log2", jnp.log2, "The logarithm to base 2.")
log10 = unary("log10", jnp.log10, "The logarithm to base 10.")
sqrt = _known("sqrt", math.sqrt, "The square root.", floating)
cbrt = unary("cbrt", jnp.cbrt, "The cube root.")
rsqrt = _known("rsqrt", math.rsqrt, "1 / sqrt(x).", floating)
reciprocal = _known("reciprocal", math.reciprocal, "1 / x.", floating)
sin = _known("sin", math.sin, "The sine.", floating)
cos = _known("cos", math.cos, "The cosine.", floating)
tan = _known("tan", math.tan, "The tangent.", floating)
arcsin = _known("arcsin", math.asin, "The angle with this sine.", floating)
arccos = _known("arccos", math.acos, "The angle with this cosine.", floating)
arctan = _known("arctan", math.atan, "The angle with this tangent.", floating)
sinh = _known("sinh", math.sinh, "The hyperbolic sine.", floating)
cosh = _known("cosh", math.cosh, "The hyperbolic cosine.", floating)
tanh = _known("tanh", math.tanh, "The hyperbolic tangent.", floating)
arcsinh = _known("arcsinh", math.asinh, "The inverse of sinh.", floating)
arccosh = _known("arccosh", math.acosh, "The inverse of cosh.", floating)
arctanh = _known("arctanh", math.atanh, "The inverse of tanh.", floating)
sinc = unary("sinc", jnp.sinc, "sin(pi x) / (pi x), 1 at 0.")
deg2rad = unary("deg2rad", jnp.deg2rad, "Degrees as radians.")
rad2deg = unary("rad2deg", jnp.rad2deg, "Radians as degrees.")
erf = _known("erf", math.erf, "The error function.", floating)
erfc = _known("erfc", math.erfc, "1 - erf(x).", floating)
erfinv = _known("erfinv", math.erfinv, "The inverse of erf.", floating)
i0 = unary("i0", jnp.i0, "The modified Bessel function of order 0.")
floor = _known("floor", math.floor, "The largest whole number that is not larger.", floating)
ceil = _known("ceil", math.ceil, "The smallest whole number that is not smaller.", floating)
trunc = unary("trunc", jnp.trunc, "x without its fraction.", as_they_are)
abs = _known("abs", math.abs, "|x|.")
absolute = _known("absolute", math.abs, "|x|.")
fabs = unary("fabs", jnp.fabs, "|x|, a float.")
negative = _known("negative", math.negative, "-x.")
sign = _known("sign", math.sign, "-1, 0 or 1.")
square = _known("square", math.square, "x * x.", integral)
real = unary("real", jnp.real, "The real part.", as_they_are)
imag = unary("imag", jnp.imag, "The imaginary part.", as_they_are)
conj = unary("conj", jnp.conj, "The complex conjugate.", as_they_are)
conjugate = unary("conjugate", jnp.conj, "The complex conjugate.", as_they_are)
angle = unary("angle", jnp.angle, "The angle of a complex number.")
isnan = _known("isnan", math.is_nan, "Whether x is no number.", floating)
isinf = _known("isinf", math.is_inf, "Whether x is infinite.", floating)
isfinite = _known("isfinite", math.is_finite, "Whether x is finite.", floating)
isposinf = unary("isposinf", jnp.isposinf, "Whether x is plus infinity.")
isneginf = unary("isneginf", jnp.isneginf, "Whether x is minus infinity.")
isreal = unary("isreal", jnp.isreal, "Whether x has no imaginary part.", as_they_are)
signbit = unary("signbit", jnp.signbit, "Whether the sign is minus, of -0.0 too.", floating)

add = _known2("add", math.add, "x1 + x2.")
subtract = _known2("subtract", math.subtract, "x1 - x2.")
multiply = _known2("multiply", math.multiply, "x1 * x2.")
divide = _known2("divide", math.truediv, "x1 / x2.", floating)
true_divide = _known2("true_divide", math.truediv, "x1 / x2.", floating)
divide_no_nan = _known2("divide_no_nan", math.divide_no_nan, "x1 / x2; 0 where x2 is 0.", floating)
floor_divide = _known2("floor_divide", math.floordiv, "x1 / x2, rounded down.", integral)
mod = _known2("mod", math.floormod, "The remainder of x1 / x2, with the sign of x2.", integral)
fmod = binary("fmod", jnp.fmod, "The remainder of x1 / x2, with the sign of x1.", integral)
power = _known2("power", math.pow, "x1 to the power of x2.", integral)
maximum = _known2("maximum", math.maximum, "The larger of x1 and x2.")
minimum = _known2("minimum", math.minimum, "The smaller of x1 and x2.")
fmax = binary("fmax", jnp.fmax, "The larger of x1 and x2; of a number and NaN, the number.")
fmin = binary("fmin", jnp.fmin, "The smaller of x1 and x2; of a number and NaN, the number.")
arctan2 = binary("arctan2", jnp.arctan2, "The angle of the point (x2, x1).", floating)
hypot = binary("hypot", jnp.hypot, "sqrt(x1^2 + x2^2).", floating)
logaddexp = binary("logaddexp", jnp.logaddexp, "log(exp(x1) + exp(x2)).", floating)
logaddexp2 = binary("logaddexp2", jnp.logaddexp2, "log2(2^x1 + 2^x2).", floating)
heaviside = binary("heaviside", jnp.heaviside, "0, x2 or 1 for x1 below, at, above 0.", floating)
nextafter = binary("nextafter", jnp.nextafter, "The next float after x1 towards x2.", floating,
                   differentiable=False)
gcd = binary("gcd", jnp.gcd, "The greatest common divisor.")
lcm = binary("lcm", jnp.lcm, "The least common multiple.")
equal = _known2("equal", math.equal, "x1 == x2.")
not_equal = _known2("not_equal", math.not_equal, "x1 != x2.")
less = _known2("less", math.less, "x1 < x2.")
less_equal = _known2("less_equal", math.less_equal, "x1 <= x2.")
greater = _known2("greater", math.greater, "x1 > x2.")
greater_equal = _known2("greater_equal", math.greater_equal, "x1 >= x2.")
matmul = _known2("matmul", linalg.matmul, "The matrix product.")
logical_not = _known("logical_not", math.logical_not, "not x.", truths)
logical_and = _known2("logical_and", math.logical_and, "x1 and x2.", truths)
logical_or = _known2("logical_or", math.logical_or, "x1 or x2.", truths)
logical_xor = _known2("logical_xor", math.logical_xor, "One of x1 and x2, not both.", truths)
# fmt: on


def _bits(name, function, doc):
    """A function of the bits of `x` and `y`."""

    def bits(x, y):
        return function(x, y)

    bits.__name__ = bits.__qualname__ = name
    bits.__doc__ = doc
    return of_arrays(2, together)(bits)


bitwise_and = _bits("bitwise_and", jnp.bitwise_and, "The bits that both have.")
bitwise_or = _bits("bitwise_or", jnp.bitwise_or, "The bits that one of them has.")
bitwise_xor = _bits("bitwise_xor", jnp.bitwise_xor, "The bits that one of them has, not both.")
bitwise_left_shift = _bits("bitwise_left_shift", jnp.left_shift, "x * 2^y.")
bitwise_right_shift = _bits("bitwise_right_shift", jnp.right_shift, "x / 2^y, rounded down.")
left_shift = _bits("left_shift", jnp.left_shift, "x * 2^y.")
right_shift = _bits("right_shift", jnp.right_shift, "x / 2^y, rounded down.")
bitwise_not = unary("bitwise_not", jnp.invert, "The other bits.", as_they_are)
bitwise_invert = unary("bitwise_invert", jnp.invert, "The other bits.", as_they_are)


def ldexp(x1, x2):
    """x1 times 2 to the power of the whole number x2."""
    return _ldexp(*floating(x1), x2)


@of_arrays(2)
def _ldexp(x1, x2):
    return jnp.ldexp(x1, x2).astype(x1.dtype)


@of_arrays(1, floating)
def nan_to_num(x, nan=0.0, posinf=None, neginf=None):
    """`x` with numbers in place of NaN and the infinities."""
    return jnp.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)


@of_arrays(2, floating)
def isclose(x1, x2, rtol=1e-5, atol=1e-8, equal_nan=False):
    """Whether |x1 - x2| <= atol + rtol |x2|, for each element."""
    return jnp.isclose(x1, x2, rtol, atol, equal_nan)


@of_arrays(2, floating)
def allclose(x1, x2, rtol=1e-5, atol=1e-8, equal_nan=False):
    """Whether |x1 - x2| <= atol + rtol |x2| everywhere."""
    return jnp.allclose(x1, x2, rtol, atol, equal_nan)


def clip(x, x_min, x_max):
    """`x` brought into [x_min, x_max]."""
    return activations.clip(x, x_min, x_max)


def round(x, decimals=0):
    """`x` rounded to some decimals, halves to even."""
    x = convert_to_tensor(x)
    return math.round(x) if not decimals else math.round(x * 10.0**decimals) / 10.0**decimals


def copy(x):
    """Another tensor with the same elements."""
    return arrays.identity(x)


@of_arrays(2, floating)
def polar(abs_, angle):
    """The complex number with this magnitude and angle."""
    return abs_ * jax.lax.complex(jnp.cos(angle), jnp.sin(angle))


@of_arrays(1)
def view_as_real(x):
    """Complex numbers as pairs (real part, imaginary part) on a new last axis."""
    return jnp.stack([jnp.real(x), jnp.imag(x)], -1)


def view_as_complex(x):
    """Pairs (real part, imaginary part) on the last axis as complex64 numbers.

    Raises:
      ValueError: the last axis is not of size 2.
    """
    shape = tuple(convert_to_tensor(x).shape)
    if not shape or shape[-1] != 2:
        raise ValueError(
            f"Last dimension of input must be size 2 (real and imaginary). Received shape: {shape}"
        )
    return _view_as_complex(x)


@of_arrays(1)
def _view_as_complex(x):
    parts = x.astype("float32")
    return jax.lax.complex(parts[..., 0], parts[..., 1])
