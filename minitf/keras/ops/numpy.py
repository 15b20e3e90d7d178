"""NumPy's functions that `tf.*` lacks: one row each, computed by `jax.numpy`.

A row says how many tensors come first, whether integers become floats before, and which plain
arguments follow.
"""

import jax.numpy as jnp

from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.keras import config
from minitf.keras.promotion import together
from minitf.ops.array import zeros_like
from minitf.ops.math import cast
from minitf.ops.reductions import reduce_sum


def _call(*inputs, function, arguments):
    inputs = (list(inputs),) if function in _OF_LISTS else inputs
    return getattr(jnp, function)(*inputs, **dict(arguments))


_OF_LISTS = ("hstack", "vstack", "dstack")
NUMPY = define("NumPy", _call, "T*")
NUMPY_PARTS = define(
    "NumPyParts",
    lambda *inputs, function, arguments: tuple(
        _call(*inputs, function=function, arguments=arguments)
    ),
    "T*",
    num_outputs=None,
)


def _numpy(name, count, doc, floats=False, result=None, op=NUMPY, **defaults):
    """The function `name` of `count` tensors and the plain arguments in `defaults`."""
    names = ("x",) if count == 1 else ("x1", "x2")

    def function(*args, **kwargs):
        tensors = list(args[:count]) + [kwargs.pop(n) for n in names[len(args) :] if n in kwargs]
        if len(tensors) != count or len(args) > count + len(defaults) or kwargs.keys() - defaults:
            raise TypeError(f"{name}() takes {', '.join([*names, *defaults])}")
        tensors = together(*tensors) if count > 1 else [convert_to_tensor(tensors[0])]
        if floats and not (tensors[0].dtype.is_floating or tensors[0].dtype.is_complex):
            tensors = [cast(x, config.floatx()) for x in tensors]
        arguments = {**defaults, **dict(zip(defaults, args[count:])), **kwargs}
        attrs = (name, tuple((key, freeze_plain(value)) for key, value in arguments.items()))
        outputs = execute(op, tensors, attrs)
        return outputs if result is None else cast(outputs, result)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function


def freeze_plain(value):
    """A plain argument in a form that can be compared: tuples in place of lists."""
    if isinstance(value, list | tuple):
        return tuple(freeze_plain(v) for v in value)
    return freeze_plain(value.tolist()) if hasattr(value, "tolist") else value


# fmt: off
arccosh = _numpy("arccosh", 1, "The inverse of cosh.", floats=True)
arcsinh = _numpy("arcsinh", 1, "The inverse of sinh.", floats=True)
arctanh = _numpy("arctanh", 1, "The inverse of tanh.", floats=True)
cbrt = _numpy("cbrt", 1, "The cube root.", floats=True)
deg2rad = _numpy("deg2rad", 1, "Degrees as radians.", floats=True)
rad2deg = _numpy("rad2deg", 1, "Radians as degrees.", floats=True)
exp2 = _numpy("exp2", 1, "2 to the power of x.", floats=True)
log2 = _numpy("log2", 1, "The logarithm to base 2.", floats=True)
log10 = _numpy("log10", 1, "The logarithm to base 10.", floats=True)
reciprocal = _numpy("reciprocal", 1, "1 / x.")
sinc = _numpy("sinc", 1, "sin(pi x) / (pi x).", floats=True)
trunc = _numpy("trunc", 1, "The whole part.")
real = _numpy("real", 1, "The real part.")
imag = _numpy("imag", 1, "The imaginary part.")
conj = _numpy("conj", 1, "The complex conjugate.")
angle = _numpy("angle", 1, "The angle of complex numbers.", floats=True)
signbit = _numpy("signbit", 1, "Whether the sign is minus.")
isneginf = _numpy("isneginf", 1, "Whether x is minus infinity.")
isposinf = _numpy("isposinf", 1, "Whether x is plus infinity.")
nan_to_num = _numpy("nan_to_num", 1, "Numbers in place of NaN and infinities.",
                    nan=0.0, posinf=None, neginf=None)
arctan2 = _numpy("arctan2", 2, "The angle of the point (x2, x1).", floats=True)
hypot = _numpy("hypot", 2, "sqrt(x1² + x2²).", floats=True)
logaddexp = _numpy("logaddexp", 2, "log(exp(x1) + exp(x2)).", floats=True)
logaddexp2 = _numpy("logaddexp2", 2, "log2(2**x1 + 2**x2).", floats=True)
fmax = _numpy("fmax", 2, "The larger one, of NaN and a number the number.")
fmin = _numpy("fmin", 2, "The smaller one, of NaN and a number the number.")
fmod = _numpy("fmod", 2, "The remainder with the sign of x1.")
heaviside = _numpy("heaviside", 2, "0 for negative x1, 1 for positive, x2 for 0.", floats=True)
gcd = _numpy("gcd", 2, "The greatest common divisor.")
lcm = _numpy("lcm", 2, "The least common multiple.")
nextafter = _numpy("nextafter", 2, "The next float after x1 towards x2.", floats=True)
bitwise_and = _numpy("bitwise_and", 2, "The bits in both.")
bitwise_or = _numpy("bitwise_or", 2, "The bits in one or both.")
bitwise_xor = _numpy("bitwise_xor", 2, "The bits in exactly one.")
bitwise_invert = _numpy("bitwise_invert", 1, "The other bits.")
bitwise_left_shift = _numpy("left_shift", 2, "The bits, x2 places higher.")
bitwise_right_shift = _numpy("right_shift", 2, "The bits, x2 places lower.")
logical_xor = _numpy("logical_xor", 2, "Whether exactly one is true.")
isclose = _numpy("isclose", 2, "Whether two numbers are nearly the same.",
                 rtol=1e-5, atol=1e-8, equal_nan=False)
allclose = _numpy("allclose", 2, "Whether all numbers are nearly the same.",
                  rtol=1e-5, atol=1e-8, equal_nan=False)
isin = _numpy("isin", 2, "Whether each element of x1 is in x2.", assume_unique=False, invert=False)

inner = _numpy("inner", 2, "The inner product along the last axes.")
outer = _numpy("outer", 2, "The products of all pairs of elements.")
vdot = _numpy("vdot", 2, "The inner product of all elements.")
kron = _numpy("kron", 2, "The Kronecker product.")
cross = _numpy("cross", 2, "The cross product.", axisa=-1, axisb=-1, axisc=-1, axis=None)
tensordot = _numpy("tensordot", 2, "The sum of products along axes.", axes=2)
correlate = _numpy("correlate", 2, "The cross-correlation of two vectors.", mode="valid")
corrcoef = _numpy("corrcoef", 1, "The correlation coefficients of rows.", floats=True)

diag = _numpy("diag", 1, "The diagonal of a matrix, or a matrix with a diagonal.", k=0)
diagflat = _numpy("diagflat", 1, "A matrix with all elements on a diagonal.", k=0)
diagonal = _numpy("diagonal", 1, "A diagonal.", offset=0, axis1=0, axis2=1)
trace = _numpy("trace", 1, "The sum of a diagonal.", offset=0, axis1=0, axis2=1)
tril = _numpy("tril", 1, "Zeros above a diagonal.", k=0)
triu = _numpy("triu", 1, "Zeros below a diagonal.", k=0)
diff = _numpy("diff", 1, "The differences of neighbours.", n=1, axis=-1)
fliplr = _numpy("fliplr", 1, "The columns in reverse.")
flipud = _numpy("flipud", 1, "The rows in reverse.")
moveaxis = _numpy("moveaxis", 1, "Axes moved to other places.", source=0, destination=0)
swapaxes = _numpy("swapaxes", 1, "Two axes exchanged.", axis1=0, axis2=1)
roll = _numpy("roll", 1, "The elements shifted round.", shift=1, axis=None)
rot90 = _numpy("rot90", 1, "Turned by 90 degrees, k times.", k=1, axes=(0, 1))
vander = _numpy("vander", 1, "The powers of x as columns.", N=None, increasing=False)

cumprod = _numpy("cumprod", 1, "The running product.", axis=None)
median = _numpy("median", 1, "The middle element.", floats=True, axis=None, keepdims=False)
ptp = _numpy("ptp", 1, "The largest minus the smallest.", axis=None, keepdims=False)
count_nonzero = _numpy("count_nonzero", 1, "How many are not 0.", result="int32", axis=None)
nansum = _numpy("nansum", 1, "The sum without NaNs.", axis=None, keepdims=False)
nanprod = _numpy("nanprod", 1, "The product without NaNs.", axis=None, keepdims=False)
nanmean = _numpy("nanmean", 1, "The mean without NaNs.", floats=True, axis=None, keepdims=False)
nanmax = _numpy("nanmax", 1, "The largest without NaNs.", axis=None, keepdims=False)
nanmin = _numpy("nanmin", 1, "The smallest without NaNs.", axis=None, keepdims=False)
nanstd = _numpy("nanstd", 1, "The deviation without NaNs.", floats=True, axis=None, keepdims=False)
nanvar = _numpy("nanvar", 1, "The variance without NaNs.", floats=True, axis=None, keepdims=False)
searchsorted = _numpy("searchsorted", 2, "Where x2 belong in the sorted x1.", result="int32",
                      side="left")
argpartition = _numpy("argpartition", 1, "Places: the kth smallest in its place.", result="int32",
                      kth=0, axis=-1)
# fmt: on
conjugate, bitwise_not = conj, bitwise_invert
left_shift, right_shift = bitwise_left_shift, bitwise_right_shift


def _of_list(name, doc):
    def stacked(xs):
        return execute(NUMPY, together(*xs), (name, ()))

    stacked.__name__ = stacked.__qualname__ = name
    stacked.__doc__ = doc
    return stacked


hstack = _of_list("hstack", "Side by side.")
vstack = _of_list("vstack", "One above the other.")
dstack = _of_list("dstack", "One behind the other.")


def meshgrid(*x, indexing="xy"):
    """The coordinates of a grid, from the coordinates along each axis."""
    return execute(NUMPY_PARTS, together(*x), ("meshgrid", (("indexing", indexing),)))


def array_split(x, indices_or_sections, axis=0):
    """`x` in parts of nearly one size, along `axis`."""
    sections = freeze_plain(indices_or_sections)
    attrs = ("array_split", (("indices_or_sections", sections), ("axis", axis)))
    return execute(NUMPY_PARTS, [convert_to_tensor(x)], attrs)


def digitize(x, bins):
    """The number of the bin of each element: how many of the rising `bins` are not larger.

    >>> digitize([0.5, 2.0], [0.0, 1.0, 2.0]).numpy()
    array([1, 3], dtype=int32)
    """
    return searchsorted(*reversed(together(x, bins)), side="right")


def quantile(x, q, axis=None, method="linear", keepdims=False):
    """The element that a share `q` of the others lies below.

    >>> quantile([1.0, 2.0, 4.0], 0.5).numpy()
    np.float32(2.0)
    """
    x = convert_to_tensor(x)
    x = x if x.dtype.is_floating else cast(x, config.floatx())
    arguments = (("axis", freeze_plain(axis)), ("method", method), ("keepdims", keepdims))
    return execute(NUMPY, [x, cast(q, x.dtype)], ("quantile", arguments))


def percentile(x, q, axis=None, method="linear", keepdims=False):
    """The element that `q` percent of the others lie below."""
    return quantile(x, cast(q, config.floatx()) / 100.0, axis, method, keepdims)


def average(x, axis=None, weights=None):
    """The mean, weighted."""
    x, weights = together(x, 1 if weights is None else weights, least=float)
    weights = weights + zeros_like(x)
    return reduce_sum(x * weights, axis) / reduce_sum(weights, axis)


def pad(x, pad_width, mode="constant", constant_values=None):
    """`x` with a margin: `constant_values`, or (`"reflect"`, `"symmetric"`) what is inside."""
    arguments = [("pad_width", freeze_plain(pad_width)), ("mode", mode)]
    if mode == "constant" and constant_values is not None:
        arguments.append(("constant_values", constant_values))
    return execute(NUMPY, [convert_to_tensor(x)], ("pad", tuple(arguments)))


def tri(N, M=None, k=0, dtype=None):  # noqa: N803  Keras's names
    """Ones at and below a diagonal."""
    return cast(jnp.tri(N, M, k), config.standardize_dtype(dtype))
