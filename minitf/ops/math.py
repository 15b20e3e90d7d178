"""Elementwise functions: arithmetic, comparisons, logic, roots and powers, trigonometry."""

import builtins
import collections.abc
import logging

import jax
import jax.numpy as jnp
import numpy as np

from minitf import dtypes, errors
from minitf.core.checks import inspected, shows
from minitf.core.convert import contains_tensor
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.gradients import ADD_GRADIENTS, ZEROS_LIKE, densify, unregistered
from minitf.core.registry import define
from minitf.core.slices import IndexedSlices
from minitf.core.tensor import Tensor
from minitf.kinds import kernel_name
from minitf.ops.table import binary, unary
from minitf.shapes import as_shape

logger = logging.getLogger("tensorflow")


def _exp(x):
    """exp, rounded as TensorFlow rounds it: XLA's own is off by one bit for some float32."""
    return jnp.exp(x.astype(np.float64)).astype(x.dtype) if x.dtype == np.float32 else jnp.exp(x)


def _is_integer(x):
    return jnp.issubdtype(x.dtype, jnp.integer)


def with_derivatives(fn, *rules):
    """`fn` with other derivatives than JAX has: one `rule(t, y, *x)` for each argument.

    `t` is the tangent of the argument, `y` the result, `x` the arguments.
    """
    function = jax.custom_jvp(fn)
    function.defjvps(*rules)
    return function


# TensorFlow's derivative at 0 is 0.
_abs = with_derivatives(
    lambda x: jnp.abs(x),
    lambda t, y, x: t * jnp.sign(x) if not jnp.iscomplexobj(x) else (
        jnp.real(t * jnp.conj(jnp.where(x == 0, 0, x / jnp.where(y == 0, 1, y))))),
)  # fmt: skip


def _extreme(extreme, choose):
    """max or min of two, whose gradient goes to `x` where `choose(x, y)` holds, else to `y`."""

    @jax.custom_jvp
    def pick(x, y):
        return extreme(x, y)

    @pick.defjvp
    def _(values, tangents):
        return pick(*values), jnp.where(choose(*values), *jnp.broadcast_arrays(*tangents))

    return lambda x, y: pick(*jnp.broadcast_arrays(x, y))


def _divide(x, y):
    """Division that, for integers, rounds towards zero, as C does."""
    if _is_integer(x):
        return jax.lax.div(*jnp.broadcast_arrays(x, y))
    return jnp.divide(x, y)


# By y twice: its square is 0 or infinite sooner than y is.
_real_divide = with_derivatives(
    lambda x, y: jnp.divide(x, y), lambda t, z, x, y: t / y, lambda t, z, x, y: t * (-z / y)
)


def _floor_divide(x, y):
    """Division rounded down: of floats the quotient, where NumPy rounds what divides exactly."""
    return jnp.floor_divide(x, y) if _is_integer(x) else jnp.floor(x / y)


_floor_mod = with_derivatives(
    lambda x, y: jnp.mod(x, y),
    lambda t, z, x, y: jnp.broadcast_to(t, z.shape),
    lambda t, z, x, y: t * -_floor_divide(x, y),
)


def _no_zero(x, y):
    """JAX gives -1 where an integer is divided by zero."""
    divisors = inspected(y) if y.dtype.kind in "iu" and x.size else None
    if divisors is not None and shows(divisors == 0):
        raise errors.InvalidArgumentError(None, None, "Integer division by zero")


def _no_negative_power(x, y):
    exponents = inspected(y) if y.dtype.kind == "i" and x.size else None
    if exponents is not None and shows(exponents < 0):
        raise errors.InvalidArgumentError(
            None, None, "Integers to negative integer powers are not allowed"
        )


def _divide_no_nan(x, y):
    safe = jnp.where(y == 0, jnp.ones_like(y), y)
    return jnp.where(y == 0, jnp.zeros((), x.dtype), x / safe)


_multiply_no_nan = with_derivatives(
    lambda x, y: jnp.where(y == 0, jnp.zeros((), x.dtype), x * y),
    lambda t, z, x, y: _multiply_no_nan(t, y),
    lambda t, z, x, y: jnp.broadcast_to(x * t, z.shape),
)


def _pow(x, y):
    if _is_integer(x):
        return jnp.power(x, y)
    return _float_pow(*jnp.broadcast_arrays(x, y))


# The derivative in `y` is 0, not NaN, where `x` is not positive.
_float_pow = with_derivatives(
    lambda x, y: jnp.power(x, y),
    lambda t, z, x, y: t * y * _float_pow(x, y - 1),
    lambda t, z, x, y: t * z * jnp.where(
        (x > 0) if not jnp.iscomplexobj(x) else (x != 0),
        jnp.log(jnp.where((x > 0) if not jnp.iscomplexobj(x) else (x != 0), x, 1)), 0),
)  # fmt: skip


def _xlogy(log):
    def function(x, y):
        safe = jnp.where(x == 0, jnp.ones_like(y), y)
        return jnp.where(x == 0, jnp.zeros((), x.dtype), x * log(safe))

    return function


def _xdivy(x, y):
    """As `_xlogy`: with a quotient."""
    safe = jnp.where(x == 0, jnp.ones_like(y), y)
    return jnp.where(x == 0, jnp.zeros((), x.dtype), x / safe)


def _truncated_divide(x, y):
    return _divide(x, y) if _is_integer(x) else jnp.trunc(x / y)


def _squared_difference(x, y):
    """The square; of a complex number, that of its absolute value."""
    return jnp.square(x - y) if x.dtype.kind != "c" else (x - y) * jnp.conj(x - y)


def _sign_slope(t, y, x):
    """TensorFlow's: the part of `t` across the direction of a complex `x`."""
    if x.dtype.kind != "c":
        return jnp.zeros_like(t)
    size = jnp.abs(x)
    turned = (t - y * y * jnp.conj(t)) / 2
    return jnp.where(size == 0, 0, turned / jnp.where(size == 0, 1, size))


_sign = with_derivatives(lambda x: jnp.sign(x), _sign_slope)


def _round(x):
    return x if _is_integer(x) else jnp.round(x)


_next_after = with_derivatives(
    lambda x1, x2: jnp.nextafter(x1, x2),
    lambda t, y, x1, x2: jnp.broadcast_to(t, y.shape),
    lambda t, y, x1, x2: 0 * t + 0 * y,
)

# Two roots, so that it is NaN where the function is; and at 0 and 1, infinite.
_arccosh = with_derivatives(
    lambda x: jnp.arccosh(x), lambda t, y, x: t * jax.lax.rsqrt(x - 1) * jax.lax.rsqrt(x + 1)
)
_ndtri = with_derivatives(
    lambda x: jax.scipy.special.ndtri(x),
    lambda t, y, x: t * (np.sqrt(2 * np.pi) * jnp.exp(jnp.square(y) / 2)).astype(y.dtype),
)


def _no_nan(dy, gradient):
    """`gradient`, and 0 where what reaches it is 0: what `where` does not pick stays 0."""
    return jnp.where(dy == 0, jnp.zeros((), dy.dtype), gradient)


@jax.custom_jvp
def _sqrt_grad(y, dy):
    return _no_nan(dy, 0.5 * dy / jnp.conj(y))


@jax.custom_jvp
def _rsqrt_grad(y, dy):
    return _no_nan(dy, -0.5 * dy * jnp.conj(y) ** 3)


@jax.custom_jvp
def _reciprocal_grad(y, dy):
    return _no_nan(dy, -dy * jnp.conj(y) ** 2)


_sqrt_grad.defjvps(
    lambda t, g, y, dy: _no_nan(dy, -g * jnp.conj(t / y)), lambda t, g, y, dy: 0.5 * t / jnp.conj(y)
)
_rsqrt_grad.defjvps(
    lambda t, g, y, dy: _no_nan(dy, -1.5 * dy * jnp.conj(y**2 * t)),
    lambda t, g, y, dy: -0.5 * t * jnp.conj(y) ** 3,
)
_reciprocal_grad.defjvps(
    lambda t, g, y, dy: _no_nan(dy, -2 * dy * jnp.conj(y * t)),
    lambda t, g, y, dy: -t * jnp.conj(y) ** 2,
)


def _by_output(name, fn):
    """The gradient that the op `name` computes from the output and its cotangent."""
    op = define(name, fn, "TT")
    return lambda record, cotangents: [execute(op, (record.outputs[0], densify(cotangents[0])))]


# fmt: off
ADD = define("AddV2", lambda x, y: jnp.add(x, y), "TT", hands_on=(0, 1))
SUB = define("Sub", lambda x, y: jnp.subtract(x, y), "TT", hands_on=(0,))
MUL = define("Mul", lambda x, y: jnp.multiply(x, y), "TT")
DIV_NO_NAN = define("DivNoNan", _divide_no_nan, "TT")
REAL_DIV = define("RealDiv", _real_divide, "TT")
FLOOR_DIV = define("FloorDiv", _floor_divide, "TT", differentiable=False, verify=_no_zero)  # noqa: E501
FLOOR_MOD = define("FloorMod", _floor_mod, "TT", verify=_no_zero)
POW = define("Pow", lambda x, y: _pow(x, y), "TT", verify=_no_negative_power)
NEG = define("Neg", lambda x: jnp.negative(x), "T")
ABS = define("Abs", lambda x: _abs(x), "T")
COMPLEX_ABS = define("ComplexAbs", lambda x: _abs(x), "T")
CAST = define("Cast", lambda x, *, dtype: _cast(x, dtype), "T")
EQUAL = define("Equal", lambda x, y: jnp.equal(x, y), "TT", differentiable=False)
NOT_EQUAL = define("NotEqual", lambda x, y: jnp.not_equal(x, y), "TT", differentiable=False)
LESS = define("Less", lambda x, y: jnp.less(x, y), "TT", differentiable=False)
LESS_EQUAL = define("LessEqual", lambda x, y: jnp.less_equal(x, y), "TT", differentiable=False)  # noqa: E501
GREATER = define("Greater", lambda x, y: jnp.greater(x, y), "TT", differentiable=False)
GREATER_EQUAL = define("GreaterEqual", lambda x, y: jnp.greater_equal(x, y), "TT", differentiable=False)  # noqa: E501
AND = define("LogicalAnd", lambda x, y: jnp.logical_and(x, y), "bb", differentiable=False)
OR = define("LogicalOr", lambda x, y: jnp.logical_or(x, y), "bb", differentiable=False)
NOT = define("LogicalNot", lambda x: jnp.logical_not(x), "b", differentiable=False)

_exp = with_derivatives(_exp, lambda t, y, x: t * y)  # not that of the wider exp
exp = unary("exp", "Exp", _exp, "e to the power of each element.")
expm1 = unary("expm1", "Expm1", lambda x: jnp.expm1(x), "exp(x) - 1, exact for small x.")
log = unary("log", "Log", lambda x: jnp.log(x), "The natural logarithm.")
log1p = unary("log1p", "Log1p", lambda x: jnp.log1p(x), "log(1 + x), exact for small x.")
sqrt = unary("sqrt", "Sqrt", lambda x: jnp.sqrt(x), "The square root.", backward=_by_output("SqrtGrad", _sqrt_grad))  # noqa: E501
rsqrt = unary("rsqrt", "Rsqrt", lambda x: jax.lax.rsqrt(x), "1 / sqrt(x).", backward=_by_output("RsqrtGrad", _rsqrt_grad))  # noqa: E501
square = unary("square", "Square", lambda x: jnp.square(x), "x * x.")
reciprocal = unary("reciprocal", "Reciprocal", lambda x: jnp.reciprocal(x), "1 / x.", backward=_by_output("ReciprocalGrad", _reciprocal_grad))  # noqa: E501
negative = unary("negative", NEG, None, "-x.")
sign = unary("sign", "Sign", _sign, "-1, 0 or 1; for complex x: x / |x|.")  # noqa: E501
floor = unary("floor", "Floor", lambda x: jnp.floor(x), "The largest whole number <= x.", differentiable=False)  # noqa: E501
ceil = unary("ceil", "Ceil", lambda x: jnp.ceil(x), "The smallest whole number >= x.", differentiable=False)  # noqa: E501
rint = unary("rint", "Rint", lambda x: jnp.rint(x), "The nearest whole number, halves to even.", differentiable=False)  # noqa: E501
ROUND = define("Round", _round, "T", differentiable=False)
sin = unary("sin", "Sin", lambda x: jnp.sin(x), "The sine of x radians.")
cos = unary("cos", "Cos", lambda x: jnp.cos(x), "The cosine of x radians.")
tan = unary("tan", "Tan", lambda x: jnp.tan(x), "The tangent of x radians.")
asin = unary("asin", "Asin", lambda x: jnp.arcsin(x), "The angle whose sine is x.")
acos = unary("acos", "Acos", lambda x: jnp.arccos(x), "The angle whose cosine is x.")
atan = unary("atan", "Atan", lambda x: jnp.arctan(x), "The angle whose tangent is x.")
sinh = unary("sinh", "Sinh", lambda x: jnp.sinh(x), "The hyperbolic sine.")
cosh = unary("cosh", "Cosh", lambda x: jnp.cosh(x), "The hyperbolic cosine.")
tanh = unary("tanh", "Tanh", lambda x: jnp.tanh(x), "The hyperbolic tangent.")
asinh = unary("asinh", "Asinh", lambda x: jnp.arcsinh(x), "The inverse hyperbolic sine.")
acosh = unary("acosh", "Acosh", _arccosh, "The inverse hyperbolic cosine.")
atanh = unary("atanh", "Atanh", lambda x: jnp.arctanh(x), "The inverse hyperbolic tangent.")  # noqa: E501
sigmoid = unary("sigmoid", "Sigmoid", lambda x: jax.nn.sigmoid(x), "1 / (1 + exp(-x)).")
is_nan = unary("is_nan", "IsNan", lambda x: jnp.isnan(x), "Whether each element is NaN.", differentiable=False)  # noqa: E501
is_inf = unary("is_inf", "IsInf", lambda x: jnp.isinf(x), "Whether each element is infinite.", differentiable=False)  # noqa: E501
is_finite = unary("is_finite", "IsFinite", lambda x: jnp.isfinite(x), "Whether each element is finite.", differentiable=False)  # noqa: E501
erf = unary("erf", "Erf", lambda x: jax.scipy.special.erf(x), "The error function.")
erfc = unary("erfc", "Erfc", lambda x: jax.scipy.special.erfc(x), "1 - erf(x).")
erfinv = unary("erfinv", "Erfinv", lambda x: jax.scipy.special.erfinv(x), "The inverse of erf.")  # noqa: E501
ndtri = unary("ndtri", "Ndtri", _ndtri, "The quantile of the normal distribution.")  # noqa: E501
lgamma = unary("lgamma", "Lgamma", lambda x: jax.lax.lgamma(x), "log |gamma(x)|.")
digamma = unary("digamma", "Digamma", lambda x: jax.lax.digamma(x), "The derivative of lgamma.")  # noqa: E501

maximum = binary("maximum", "Maximum", _extreme(jnp.maximum, jnp.greater_equal), "The larger of x and y; NaN where one is.")  # noqa: E501
minimum = binary("minimum", "Minimum", _extreme(jnp.minimum, jnp.less_equal), "The smaller of x and y; NaN where one is.")  # noqa: E501
floormod = binary("floormod", FLOOR_MOD, None, "The remainder, with the sign of y.")
floordiv = binary("floordiv", FLOOR_DIV, None, "x / y, rounded down.")
realdiv = binary("realdiv", REAL_DIV, None, "x / y, for floating or complex numbers.")
multiply_no_nan = binary("multiply_no_nan", "MulNoNan", _multiply_no_nan, "x * y, and 0 where y is 0.")  # noqa: E501
squared_difference = binary("squared_difference", "SquaredDifference", _squared_difference, "(x - y) squared.")  # noqa: E501
truncatediv = binary("truncatediv", "TruncateDiv", _truncated_divide, "x / y, rounded towards 0.", differentiable=False, verify=_no_zero)  # noqa: E501
truncatemod = binary("truncatemod", "TruncateMod", lambda x, y: jnp.fmod(x, y), "The remainder, with the sign of x.", backward=unregistered, verify=_no_zero)  # noqa: E501
atan2 = binary("atan2", "Atan2", lambda y, x: jnp.arctan2(y, x), "The angle of the point (x, y).", x="y", y="x")  # noqa: E501
xlogy = binary("xlogy", "Xlogy", _xlogy(jnp.log), "x * log(y), and 0 where x is 0.")
xlog1py = binary("xlog1py", "Xlog1py", _xlogy(jnp.log1p), "x * log1p(y), and 0 where x is 0.")  # noqa: E501
xdivy = binary("xdivy", "Xdivy", _xdivy, "x / y, and 0 where x is 0.")
nextafter = binary("nextafter", "NextAfter", _next_after, "The number after x1 towards x2.", x="x1", y="x2")  # noqa: E501
less = binary("less", LESS, None, "x < y, element by element.")
less_equal = binary("less_equal", LESS_EQUAL, None, "x <= y, element by element.")
greater = binary("greater", GREATER, None, "x > y, element by element.")
greater_equal = binary("greater_equal", GREATER_EQUAL, None, "x >= y, element by element.")
logical_and = binary("logical_and", AND, None, "x and y, element by element.")
logical_or = binary("logical_or", OR, None, "x or y, element by element.")
logical_not = unary("logical_not", NOT, None, "not x, element by element.")
# fmt: on


def add(x, y, name=None):
    """x + y, element by element; a number `x` keeps the dtype that it has alone."""
    if not isinstance(x, Tensor) and not hasattr(x, "__tf_tensor__"):
        x = convert_to_tensor(x)
    return execute(ADD, (x, y), (), name)


def _cast(x, dtype):
    """Conversion by truncation; a complex number loses its imaginary part."""
    if jnp.iscomplexobj(x) and not np.issubdtype(dtype, np.complexfloating):
        x = jnp.real(x)
    if jnp.issubdtype(x.dtype, jnp.floating) and dtype.kind in "iu" and dtype != np.uint64:
        x = _truncated(x, np.int64 if dtype in (np.int64, np.uint32) else np.int32)
    return x.astype(dtype)


def _truncated(x, dtype):
    """`x` as integers; the least of them where it fits none, as processors have it."""
    limit = -float(np.iinfo(dtype).min)
    fits = (x >= -limit) & (x < limit)
    return jnp.where(fits, jnp.where(fits, x, 0).astype(dtype), np.iinfo(dtype).min)


def abs(x, name=None):
    """The absolute value; for complex x a real number.

    >>> abs([-1.5, 2.0]).numpy()
    array([1.5, 2. ], dtype=float32)
    """
    x = convert_to_tensor(x)
    return execute(COMPLEX_ABS if x.dtype.is_complex else ABS, (x,), (), name)


def subtract(x, y, name=None):
    """x - y, element by element."""
    return execute(SUB, (x, y), (), name)


def multiply(x, y, name=None):
    """x * y, element by element."""
    return execute(MUL, (x, y), (), name)


def pow(x, y, name=None):
    """x to the power of y, element by element."""
    return execute(POW, (x, y), (), name)


def truediv(x, y, name=None):
    """x / y; integers become floats first (float64 for those of 32 and 64 bits).

    >>> truediv(7, 2).dtype
    tf.float64
    """
    if not isinstance(x, Tensor) and not hasattr(x, "__tf_tensor__"):
        x = convert_to_tensor(x)
    return divide(x, y, name)


def divide_no_nan(x, y, name=None):
    """x / y, and 0 where y is 0; integers become floats first."""
    return execute(DIV_NO_NAN, _divisible(x, y, "tf.math.divide_no_nan"), (), name or "div_no_nan")


def _divisible(x, y, function):
    """`x` and `y` as floats of one dtype."""
    x, y = _alike(x, y)
    if x.dtype != y.dtype:
        raise TypeError(f"`x` and `y` must have the same dtype, got {x.dtype!r} != {y.dtype!r}.")
    if x.dtype in (dtypes.bool, dtypes.string):
        raise TypeError(f"Invalid dtype {x.dtype!r} in {function}. Expected a number.")
    wider = _TRUE_DIVISION.get(x.dtype.name)
    return (x, y) if wider is None else (cast(x, wider), cast(y, wider))


_TRUE_DIVISION = {
    "uint8": "float32", "int8": "float32", "uint16": "float32", "int16": "float32",
    "uint32": "float64", "int32": "float64", "uint64": "float64", "int64": "float64",
}  # fmt: skip


def divide(x, y, name=None):
    """x / y, as Python divides."""
    return execute(REAL_DIV, _divisible(x, y, "__truediv__"), (), name or "truediv")


def _alike(x, y):
    """`x` and `y` as tensors; one that is none takes the other's dtype."""
    if isinstance(x, Tensor) or hasattr(x, "__tf_tensor__"):
        x = convert_to_tensor(x)
        return x, convert_to_tensor(y, dtype_hint=x.dtype) if not contains_tensor(y) else (
            convert_to_tensor(y))  # fmt: skip
    y = convert_to_tensor(y)
    return convert_to_tensor(x, dtype_hint=y.dtype), y


def round(x, name=None):
    """The nearest whole number; halves go to the even one."""
    return execute(ROUND, (x,), (), name)


def equal(x, y, name=None):
    """x == y, element by element."""
    return execute(EQUAL, (x, y), (), name)


def not_equal(x, y, name=None):
    """x != y, element by element."""
    return execute(NOT_EQUAL, (x, y), (), name)


def logical_xor(x, y, name="LogicalXor"):
    """Whether exactly one of x and y is true."""
    return logical_and(logical_or(x, y), logical_not(logical_and(x, y)), name=name)


def cast(x, dtype, name=None):
    """`x` with its elements converted to `dtype`; floats are cut off, not rounded.

    >>> cast([1.9, -1.9], dtypes.int32).numpy()
    array([ 1, -1], dtype=int32)
    """
    dtype = dtypes.as_dtype(dtype).base_dtype
    if isinstance(x, IndexedSlices):
        return IndexedSlices(cast(x.values, dtype, name), x.indices, x.dense_shape)
    x = convert_to_tensor(x)
    if x.dtype == dtype:
        return x
    if dtypes.string in (x.dtype, dtype):
        raise errors.UnimplementedError(
            None, None, f"Cast {kernel_name(x.dtype)} to {kernel_name(dtype)} is not supported"
        )
    if x.dtype.is_complex and (dtype.is_floating or dtype.is_integer):
        logger.warning(
            "You are casting an input of type %s to an incompatible dtype %s.  This will discard "
            "the imaginary part and may not be what you intended.", x.dtype.name, dtype.name,
        )  # fmt: skip
    return execute(CAST, (x,), (dtype.np,), name or "Cast")


def saturate_cast(value, dtype, name=None):
    """As `cast`, with values outside of the range of `dtype` set to its ends."""
    value, dtype = convert_to_tensor(value), dtypes.as_dtype(dtype)
    if value.dtype.is_complex and dtype.is_complex:
        parts = (_saturated(part(value), dtype.real_dtype) for part in (real, imag))
        return cast(complex(*parts), dtype, name)
    if value.dtype.is_complex:
        logger.warning("Casting complex to real discards imaginary part.")
        value = real(value)
    return cast(_saturated(value, dtype.real_dtype), dtype, name)


def _saturated(value, dtype):
    """Real numbers, those outside of the range of `dtype` set to its ends."""
    low, high = builtins.max(value.dtype.min, dtype.min), builtins.min(value.dtype.max, dtype.max)
    low, high = (_towards_zero(bound, value.dtype.np) for bound in (low, high))
    return minimum(maximum(value, low), high)


def _towards_zero(bound, dtype):
    """`bound` as a number of `dtype`, which is no further from zero."""
    nearest = np.asarray(bound).astype(dtype)
    if float(builtins.abs(nearest)) > float(builtins.abs(bound)) or (
        dtype.kind == "f" and builtins.abs(int(nearest)) > builtins.abs(int(bound))
    ):
        nearest = np.nextafter(nearest, np.zeros((), dtype))
    return nearest


COMPLEX = define(
    "Complex", lambda real, imag: jax.lax.complex(*jnp.broadcast_arrays(real, imag)), "TT"
)
REAL = define("Real", lambda input: jnp.real(input), "T")
IMAG = define("Imag", lambda input: jnp.imag(input), "T")
CONJ = define("Conj", lambda input: jnp.conj(input), "T")
ANGLE = define("Angle", lambda input: jnp.angle(input), "T")


def complex(real, imag, name=None):
    """The complex numbers real + i imag."""
    real, imag = convert_to_tensor(real), convert_to_tensor(imag)
    if real.dtype != imag.dtype or real.dtype not in (dtypes.float32, dtypes.float64):
        raise TypeError(
            f"The `real` and `imag` components have incorrect types: {real.dtype.name} "
            f"{imag.dtype.name}. They must be consistent, and one of "
            f"{[dtypes.float32, dtypes.float64]}"
        )
    return execute(COMPLEX, (real, imag), (), name)


def real(input, name=None):
    """The real part; `input` itself where it is real."""
    input = convert_to_tensor(input)
    if input.dtype in (dtypes.bool, dtypes.string):
        raise TypeError(f"input must be a numeric tensor, but got tensor with dtype {input.dtype}")
    return execute(REAL, (input,), (), name) if input.dtype.is_complex else input


def imag(input, name=None):
    """The imaginary part; zeros where `input` is real."""
    input = convert_to_tensor(input)
    if input.dtype.is_complex:
        return execute(IMAG, (input,), (), name)
    return execute(ZEROS_LIKE, (input,), (), name)


def conj(x, name=None):
    """The complex conjugate."""
    x = convert_to_tensor(x)
    if x.dtype == dtypes.string:
        raise TypeError(f"Expected numeric or variant tensor, got dtype {x.dtype!r}.")
    return execute(CONJ, (x,), (), name) if x.dtype.is_complex else x


def angle(input, name=None):
    """The angle of complex numbers, in radians; 0 or pi for real ones."""
    input = convert_to_tensor(input)
    if input.dtype.is_complex:
        return execute(ANGLE, (input,), (), name)
    return multiply(cast(less(input, 0), input.dtype), np.pi, name)


def add_n(inputs, name=None):
    """The sum of a list of tensors of one shape and dtype.

    Raises:
      ValueError: the list is empty, or the shapes differ.
    """
    from_list = list(inputs) if isinstance(inputs, collections.abc.Iterable) else None
    if not from_list:
        raise ValueError(
            "Inputs must be an iterable of at least one Tensor/IndexedSlices with the same dtype "
            f"and shape. Received: {inputs!r}"
        )
    tensors = [convert_to_tensor(x) for x in from_list]
    return tensors[0] if len(tensors) == 1 else execute(ADD_GRADIENTS, tuple(tensors), (), name)


def accumulate_n(inputs, shape=None, tensor_dtype=None, name=None):
    """The sum of a list of tensors, as `add_n`."""
    if not isinstance(inputs, list | tuple) or not all(
        isinstance(x, Tensor) or hasattr(x, "__tf_tensor__") for x in inputs
    ):
        raise ValueError(
            "inputs must be a list of at least one Tensor with the same dtype and shape"
        )
    shape = as_shape(shape)
    for x in inputs:
        shape = shape.merge_with(x.shape)  # ValueError where they differ
    return add_n(inputs, name)


def reciprocal_no_nan(x, name=None):
    """1 / x, and 0 where x is 0."""
    x = convert_to_tensor(x)
    return execute(DIV_NO_NAN, (convert_to_tensor(1, x.dtype), x), (), name)


def scalar_mul(scalar, x, name=None):
    """The tensor (or `IndexedSlices`) `x` times a number.

    Raises:
      ValueError: `scalar` is no scalar.
    """
    scalar = convert_to_tensor(scalar, x.dtype if hasattr(x, "dtype") else None)
    if scalar.shape.rank not in (0, None):
        raise ValueError(f"The input scalar must be a 0-D value. Received shape {scalar.shape}.")
    if isinstance(x, IndexedSlices):
        return IndexedSlices(multiply(scalar, x.values, name), x.indices, x.dense_shape)
    return multiply(scalar, x, name)


def polyval(coeffs, x, name=None):
    """The polynomial with these coefficients, that of the highest power first, at `x`.

    >>> polyval([1.0, 2.0, 3.0], 2.0).numpy()  # x^2 + 2 x + 3
    np.float32(11.0)

    Raises:
      ValueError: `coeffs` is no list.
    """
    if not isinstance(coeffs, list):
        raise ValueError(f"Argument coeffs must be list type. Received type {type(coeffs)}.")
    x = convert_to_tensor(x)
    total = execute(ZEROS_LIKE, (x,), (), name) if not coeffs else convert_to_tensor(coeffs[0])
    for coefficient in coeffs[1:]:
        total = add(coefficient, multiply(total, x))
    return total


# `tf.dtypes` has these names too.
dtypes.cast, dtypes.saturate_cast, dtypes.complex = cast, saturate_cast, complex
