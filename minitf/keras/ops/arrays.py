"""NumPy's functions that `tf.*` has too.

Unlike `tf.*`, they bring their arguments to one dtype: an integer beside a float becomes a float.
"""

import builtins

import numpy as np

from minitf.core.dispatch import convert_to_tensor as as_tensor
from minitf.keras import activations, config
from minitf.keras.promotion import convert, dtype_of, result_type, together
from minitf.ops import array as arrays
from minitf.ops import gathering, joining, math, reductions
from minitf.ops import linalg as matrices


def _named(function, name, doc):
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function


def _floating(x):
    x = as_tensor(x)
    return x if x.dtype.is_floating or x.dtype.is_complex else math.cast(x, config.floatx())


def _unary(name, function, doc, floats=True):
    convert_first = _floating if floats else as_tensor
    return _named(lambda x: function(convert_first(x)), name, doc)


def _binary(name, function, doc, least=None):
    return _named(lambda x1, x2: function(*together(x1, x2, least=least)), name, doc)


def _reduction(name, function, doc, floats=False):
    def reduce(x, axis=None, keepdims=False):
        return function(_floating(x) if floats else as_tensor(x), axis, keepdims)

    return _named(reduce, name, doc)


# fmt: off
exp = _unary("exp", math.exp, "e to the power of x.")
expm1 = _unary("expm1", math.expm1, "exp(x) - 1.")
log = _unary("log", math.log, "The natural logarithm.")
log1p = _unary("log1p", math.log1p, "log(1 + x).")
sqrt = _unary("sqrt", math.sqrt, "The square root.")
rsqrt = _unary("rsqrt", math.rsqrt, "1 / sqrt(x).")
sin = _unary("sin", math.sin, "The sine.")
cos = _unary("cos", math.cos, "The cosine.")
tan = _unary("tan", math.tan, "The tangent.")
arcsin = _unary("arcsin", math.asin, "The angle with this sine.")
arccos = _unary("arccos", math.acos, "The angle with this cosine.")
arctan = _unary("arctan", math.atan, "The angle with this tangent.")
sinh = _unary("sinh", math.sinh, "The hyperbolic sine.")
cosh = _unary("cosh", math.cosh, "The hyperbolic cosine.")
tanh = _unary("tanh", math.tanh, "The hyperbolic tangent.")
erf = _unary("erf", math.erf, "The error function.")
floor = _unary("floor", math.floor, "The largest whole number that is not larger.")
ceil = _unary("ceil", math.ceil, "The smallest whole number that is not smaller.")
abs = _unary("abs", math.abs, "|x|.", floats=False)
absolute = _unary("absolute", math.abs, "|x|.", floats=False)
negative = _unary("negative", math.negative, "-x.", floats=False)
sign = _unary("sign", math.sign, "-1, 0 or 1.", floats=False)
square = _unary("square", math.square, "x * x.", floats=False)
isnan = _unary("isnan", math.is_nan, "Whether x is no number.")
isinf = _unary("isinf", math.is_inf, "Whether x is infinite.")
isfinite = _unary("isfinite", math.is_finite, "Whether x is finite.")

add = _binary("add", math.add, "x1 + x2.")
subtract = _binary("subtract", math.subtract, "x1 - x2.")
multiply = _binary("multiply", math.multiply, "x1 * x2.")
divide = _binary("divide", math.truediv, "x1 / x2.", float)
true_divide = _binary("true_divide", math.truediv, "x1 / x2.", float)
divide_no_nan = _binary("divide_no_nan", math.divide_no_nan, "x1 / x2; 0 where x2 is 0.", float)
floor_divide = _binary("floor_divide", math.floordiv, "x1 / x2, rounded down.")
mod = _binary("mod", math.floormod, "The remainder of x1 / x2.")
power = _binary("power", math.pow, "x1 to the power of x2.")
maximum = _binary("maximum", math.maximum, "The larger of x1 and x2.")
minimum = _binary("minimum", math.minimum, "The smaller of x1 and x2.")
equal = _binary("equal", math.equal, "x1 == x2.")
not_equal = _binary("not_equal", math.not_equal, "x1 != x2.")
less = _binary("less", math.less, "x1 < x2.")
less_equal = _binary("less_equal", math.less_equal, "x1 <= x2.")
greater = _binary("greater", math.greater, "x1 > x2.")
greater_equal = _binary("greater_equal", math.greater_equal, "x1 >= x2.")
matmul = _binary("matmul", matrices.matmul, "The matrix product.")

sum = _reduction("sum", reductions.reduce_sum, "The sum.")
prod = _reduction("prod", reductions.reduce_prod, "The product.")
max = _reduction("max", reductions.reduce_max, "The largest element.")
amax = _reduction("amax", reductions.reduce_max, "The largest element.")
min = _reduction("min", reductions.reduce_min, "The smallest element.")
amin = _reduction("amin", reductions.reduce_min, "The smallest element.")
mean = _reduction("mean", reductions.reduce_mean, "The mean.", floats=True)
std = _reduction("std", reductions.reduce_std, "The standard deviation.", floats=True)
var = _reduction("var", reductions.reduce_variance, "The variance.", floats=True)
logsumexp = _reduction("logsumexp", reductions.reduce_logsumexp, "log(sum(exp(x))).", floats=True)
# fmt: on


def _bool(x):
    return math.cast(x, "bool")


def logical_not(x):
    """not x."""
    return math.logical_not(_bool(x))


def logical_and(x1, x2):
    """x1 and x2."""
    return math.logical_and(_bool(x1), _bool(x2))


def logical_or(x1, x2):
    """x1 or x2."""
    return math.logical_or(_bool(x1), _bool(x2))


def any(x, axis=None, keepdims=False):
    """Whether one is true."""
    return reductions.reduce_any(_bool(x), axis, keepdims)


def all(x, axis=None, keepdims=False):
    """Whether all are true."""
    return reductions.reduce_all(_bool(x), axis, keepdims)


# Making and converting.


def convert_to_tensor(x, dtype=None, sparse=None, ragged=None):
    """`x` as a tensor, cast to `dtype`."""
    return convert(x, None if dtype is None else config.standardize_dtype(dtype))


def array(x, dtype=None):
    """`x` as a tensor."""
    return convert_to_tensor(x, dtype)


def convert_to_numpy(x):
    """`x` as a NumPy array."""
    return as_tensor(x).numpy()


def is_tensor(x):
    """Whether `x` is a tensor."""
    return (
        hasattr(x, "dtype") and hasattr(x, "shape") and not isinstance(x, (np.ndarray, np.generic))
    )


def cast(x, dtype):
    """`x` in another dtype."""
    return math.cast(x, config.standardize_dtype(dtype))


def shape(x):
    """The shape as a tuple; unknown sizes are scalar tensors, of layers' inputs None."""
    x = as_tensor(x)
    if hasattr(x, "__tf_execute__"):
        return tuple(x.shape)
    sizes = arrays.shape(x)
    return tuple(sizes[i] if size is None else size for i, size in enumerate(x.shape.as_list()))


def size(x):
    """The number of elements."""
    return arrays.size(x)


def ndim(x):
    """The number of axes."""
    return len(as_tensor(x).shape)


def zeros(shape, dtype=None):
    """Zeros."""
    return arrays.zeros(shape, config.standardize_dtype(dtype))


def ones(shape, dtype=None):
    """Ones."""
    return arrays.ones(shape, config.standardize_dtype(dtype))


def full(shape, fill_value, dtype=None):
    """One number everywhere."""
    return arrays.broadcast_to(math.cast(fill_value, config.standardize_dtype(dtype)), shape)


def zeros_like(x, dtype=None):
    """Zeros of the shape of `x`."""
    return arrays.zeros_like(x, dtype)


def ones_like(x, dtype=None):
    """Ones of the shape of `x`."""
    return arrays.ones_like(x, dtype)


def eye(N, M=None, k=0, dtype=None):  # noqa: N803  Keras's names
    """Ones on the k-th diagonal."""
    return math.cast(np.eye(N, M, k), config.standardize_dtype(dtype))


def arange(start, stop=None, step=None, dtype=None):
    """The numbers from start (or 0) to stop."""
    if dtype is None:
        given = (x for x in (start, stop, step) if x is not None)
        dtype = result_type("int32", *(dtype_of(x) for x in given))
    numbers = arrays.range(start, stop, 1 if step is None else step)
    return math.cast(numbers, config.standardize_dtype(dtype))


def linspace(start, stop, num=50):
    """`num` numbers from start to stop."""
    return arrays.linspace(_floating(start), _floating(stop), num)


# Shapes.


def reshape(x, newshape):
    """`x` in another shape."""
    return arrays.reshape(x, newshape)


def ravel(x):
    """`x` as a vector."""
    return arrays.reshape(x, [-1])


def transpose(x, axes=None):
    """`x` with its axes in another order, by default the reverse one."""
    return arrays.transpose(x, axes)


def expand_dims(x, axis):
    """`x` with another axis of size 1."""
    return arrays.expand_dims(x, axis)


def squeeze(x, axis=None):
    """`x` without axes of size 1."""
    return arrays.squeeze(x, axis)


def broadcast_to(x, shape):
    """`x` repeated along axes of size 1."""
    return arrays.broadcast_to(x, shape)


def tile(x, repeats):
    """`x` several times along each axis."""
    x = as_tensor(x)
    repeats = [repeats] if isinstance(repeats, int) else list(repeats)
    rank = builtins.max(len(x.shape), len(repeats))
    x = arrays.reshape(x, [1] * (rank - len(x.shape)) + list(x.shape))
    return arrays.tile(x, [1] * (rank - len(repeats)) + repeats)


def repeat(x, repeats, axis=None):
    """Each element along `axis`, several times in a row."""
    return arrays.repeat(x, repeats, axis)


def concatenate(xs, axis=0):
    """Tensors joined along an axis."""
    dtype = result_type(*(dtype_of(x) for x in xs))
    return joining.concat([convert(x, dtype) for x in xs], axis)


def stack(x, axis=0):
    """Tensors joined along a new axis."""
    return joining.stack(x, axis)


def split(x, indices_or_sections, axis=0):
    """`x` in equal parts, or cut at indices."""
    x = as_tensor(x)
    if not isinstance(indices_or_sections, int):
        ends = [0, *indices_or_sections, x.shape[axis]]
        indices_or_sections = [b - a for a, b in zip(ends, ends[1:], strict=False)]
    return joining.split(x, indices_or_sections, axis)


def flip(x, axis=None):
    """`x` backwards along an axis, by default along all."""
    x = as_tensor(x)
    axes = list(range(len(x.shape))) if axis is None else [axis]
    return arrays.reverse(x, axes)


# Choosing and ordering.


def where(condition, x1=None, x2=None):
    """`x1` where the condition holds, else `x2`; without them, where it holds."""
    if x1 is None:
        return tuple(joining.unstack(gathering.where(_bool(condition)), axis=1))
    return gathering.where(_bool(condition), *together(x1, x2))


def take(x, indices, axis=None):
    """The slices of `x` at some places along `axis`; of all its elements by default."""
    x = ravel(x) if axis is None else as_tensor(x)
    axis = axis or 0
    indices = as_tensor(indices)
    length = math.cast(arrays.shape(x)[axis], indices.dtype)
    return gathering.gather(x, gathering.where(indices < 0, indices + length, indices), axis=axis)


def take_along_axis(x, indices, axis=None):
    """The elements of `x` at places along `axis`."""
    if axis is None:
        return gathering.gather(ravel(x), ravel(indices))
    x, rank = as_tensor(x), len(as_tensor(x).shape)
    order = [i for i in range(rank) if i != axis % rank] + [axis % rank]
    found = gathering.gather(
        transpose(x, order), transpose(indices, order), axis=rank - 1, batch_dims=rank - 1
    )
    return transpose(found, [order.index(i) for i in range(rank)])


def argmax(x, axis=None, keepdims=False):
    """The place of the largest element along `axis`, an int32."""
    return _place(reductions.argmax, x, axis, keepdims)


def argmin(x, axis=None, keepdims=False):
    """The place of the smallest element along `axis`, an int32."""
    return _place(reductions.argmin, x, axis, keepdims)


def _place(find, x, axis, keepdims):
    x = as_tensor(x)
    found = math.cast(find(ravel(x) if axis is None else x, axis or 0), "int32")
    if not keepdims:
        return found
    return reshape(found, [1] * len(x.shape)) if axis is None else expand_dims(found, axis)


def sort(x, axis=-1):
    """`x` in rising order."""
    return arrays.sort(x, axis)


def argsort(x, axis=-1):
    """The places of the elements in rising order."""
    return arrays.argsort(ravel(x), 0) if axis is None else arrays.argsort(x, axis)


def top_k(x, k, sorted=True):
    """The k largest elements of the last axis, and their places."""
    order = arrays.argsort(x, -1, "DESCENDING", stable=True)[..., :k]
    return take_along_axis(x, order, -1), order


def cumsum(x, axis=None, dtype=None):
    """The running sum."""
    x = as_tensor(x) if dtype is None else math.cast(x, dtype)
    return reductions.cumsum(ravel(x), 0) if axis is None else reductions.cumsum(x, axis)


def clip(x, x_min, x_max):
    """`x` brought into [x_min, x_max]."""
    return activations.clip(x, x_min, x_max)


def round(x, decimals=0):
    """`x` rounded to some decimals, halves to even."""
    x = as_tensor(x)
    return math.round(x) if not decimals else math.round(x * 10.0**decimals) / 10.0**decimals


def dot(x1, x2):
    """The product of two matrices, or of vectors."""
    x1, x2 = together(x1, x2)
    if 0 in (len(x1.shape), len(x2.shape)):
        return x1 * x2
    return matrices.tensordot(x1, x2, [[-1], [builtins.max(len(x2.shape) - 2, 0)]])


def einsum(subscripts, *operands):
    """Einstein's sums of products."""
    return matrices.einsum(subscripts, *operands)


def norm(x, ord=None, axis=None, keepdims=False):
    """The length of vectors or matrices."""
    return matrices.norm(_floating(x), "euclidean" if ord is None else ord, axis, keepdims)


def stop_gradient(variable):
    """`variable`, constant for gradients."""
    return arrays.stop_gradient(variable)


# Neural networks.

celu, elu, leaky_relu = activations.celu, activations.elu, activations.leaky_relu
log_sigmoid, log_softmax = activations.log_sigmoid, activations.log_softmax
relu, relu6, selu, sigmoid = (
    activations.relu, activations.relu6, activations.selu, activations.sigmoid,
)  # fmt: skip
silu, softmax, softplus, softsign = (
    activations.silu, activations.softmax, activations.softplus, activations.softsign,
)  # fmt: skip
swish = silu


def gelu(x, approximate=True):
    """x times the normal distribution's probability of less than x."""
    return activations.gelu(x, approximate)


def one_hot(x, num_classes, axis=-1, dtype=None, sparse=False):
    """Integers as one-hot vectors."""
    return arrays.one_hot(x, num_classes, axis=axis, dtype=config.standardize_dtype(dtype))
