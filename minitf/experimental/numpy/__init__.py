"""`tf.experimental.numpy`: NumPy's functions on tensors, with NumPy's dtypes.

Each function is JAX's function of the name, as an op. The tables say which of its arguments are
arrays; the others are static. Arguments of different dtypes are promoted as NumPy promotes them,
Python's numbers yield to the arrays beside them, and floats are float64 where nothing says more.

    import tensorflow.experimental.numpy as tnp
    tnp.ones([2, 2]) @ tnp.array([1, 2])
"""

import builtins
import functools
import inspect

import jax.numpy as jnp
import numpy as np
from numpy import (
    bool_,
    complex64,
    complex128,
    finfo,
    float16,
    float32,
    float64,
    iinfo,
    inexact,
    int8,
    int16,
    int32,
    int64,
    object_,
    uint8,
    uint16,
    uint32,
    uint64,
)

from minitf import dtypes
from minitf.core.convert import contains_tensor, static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import Op
from minitf.core.tensor import Tensor
from minitf.experimental.numpy import random
from minitf.ops import array as arrays
from minitf.ops import gathering, joining, math

ndarray = Tensor
newaxis, pi, e, inf = None, np.pi, np.e, np.inf
int_, float_, complex_, string_, unicode_ = int64, float64, complex128, np.bytes_, np.str_
issubdtype = np.issubdtype

# Functions by how many of their first arguments are arrays, which are promoted to one dtype.
_OF_ONE = """
    abs absolute all amax amin angle any arccos arccosh arcsin arcsinh arctan arctanh argmax argmin
    argsort around average bitwise_not broadcast_to cbrt ceil clip conj conjugate cos cosh
    count_nonzero cumprod cumsum deg2rad diag diagflat diagonal diff exp exp2 expand_dims expm1 fabs
    fix flip fliplr flipud floor imag iscomplex isfinite isinf isnan isneginf isposinf isreal log
    log10 log1p log2 logical_not max mean min moveaxis nanmean nanprod nansum negative pad positive
    prod ptp rad2deg ravel real reciprocal repeat reshape roll rot90 round sign signbit sin sinc
    sinh sort sqrt square squeeze std sum swapaxes tan tanh tile trace transpose tril triu vander
    var
""".split()
_OF_TWO = """
    add allclose append arctan2 array_equal bitwise_and bitwise_or bitwise_xor cross divide dot
    equal float_power floor_divide fmax fmin gcd greater greater_equal heaviside hypot inner isclose
    kron lcm less less_equal logaddexp logaddexp2 logical_and logical_or logical_xor matmul maximum
    minimum mod multiply nextafter not_equal outer polyval power remainder subtract tensordot
    true_divide vdot
""".split()
_OF_A_LIST = "concatenate dstack hstack stack vstack".split()
# Those whose results are floats, of integers too.
_INEXACT = frozenset(
    """
    arccos arccosh arcsin arcsinh arctan arctan2 arctanh average cbrt cos cosh deg2rad divide exp
    exp2 expm1 heaviside hypot log log10 log1p log2 logaddexp logaddexp2 mean nanmean rad2deg sin
    sinc sinh sqrt std tan tanh true_divide var
""".split()
)
_IN_PARTS = "dsplit hsplit split vsplit".split()
_MADE = """
    arange diag_indices empty eye geomspace identity linspace logspace ones tri zeros
""".split()


def _leaf(x):
    """`x` as a tensor or a NumPy array; a Python number stays one: it has no dtype of its own."""
    if isinstance(x, Tensor) or type(x) in (bool, int, float, complex):
        return x
    if hasattr(x, "__tf_tensor__"):
        return convert_to_tensor(x)
    return joining.stack(_promoted(x)) if contains_tensor(x) else np.asarray(x)


def _dtype_of(leaf):
    return leaf.dtype.np if isinstance(leaf, Tensor) else getattr(leaf, "dtype", leaf)


def _promoted(values):
    """Tensors of the dtype that NumPy would give to the result of `values`."""
    leaves = [_leaf(v) for v in values]
    if not leaves:
        return []
    dtype = np.result_type(*map(_dtype_of, leaves))
    return [math.cast(x if isinstance(x, Tensor) else np.asarray(x, dtype), dtype) for x in leaves]


def _static(value):
    """`value` in a hashable form, with the value of a tensor in its place."""
    if isinstance(value, dtypes.DType):
        return value.np
    if isinstance(value, Tensor | np.ndarray):
        known = static_value(value)
        if known is None:
            raise NotImplementedError(f"An argument that must be known is not: {value!r}")
        value = known.tolist()
    return tuple(map(_static, value)) if isinstance(value, list | tuple) else value


@functools.cache
def _op(name, options, listed):
    function = getattr(jnp, name)

    def call(*given):
        results = function(list(given), **dict(options)) if listed else (
            function(*given, **dict(options)))  # fmt: skip
        return tuple(results) if isinstance(results, list | tuple) else (results,)

    return Op(f"Numpy>{name}", call, "?*", num_outputs=None)


def _run(name, given, options, listed=False, several=False):
    options = tuple((key, _static(value)) for key, value in options.items())
    results = execute(_op(name, options, listed), tuple(given))
    return results if several else results[0]


def _function(name, count, several=False):
    """NumPy's function `name`, whose first `count` arguments are arrays (0: a list of them)."""
    parameters = inspect.signature(getattr(jnp, name)).parameters.values()
    names = [p.name for p in parameters if p.kind is not p.VAR_POSITIONAL] or ["x1", "x2"]
    inexact_result = name in _INEXACT

    def function(*args, **kwargs):
        given = [*args[:count], *(kwargs.pop(n) for n in names[:count] if n in kwargs)]
        if not count:
            given, args = (args[0], args[1:]) if args else (kwargs.pop(names[0]), ())
        options = {**dict(zip(names[count or 1 :], args[count:])), **kwargs}
        tensors = _promoted(given)
        if inexact_result and tensors[0].dtype.is_integer:
            tensors = [math.cast(t, dtypes.float64) for t in tensors]
        return _run(name, tensors, options, listed=not count, several=several)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"NumPy's `{name}`, of tensors."
    return function


def _maker(name):
    """NumPy's function `name`, which makes an array of static arguments."""

    def function(*args, **kwargs):
        args, kwargs = [_static(a) for a in args], {k: _static(v) for k, v in kwargs.items()}
        made = getattr(np, name)(*args, **kwargs)
        return tuple(map(convert_to_tensor, made)) if isinstance(made, tuple) else (
            convert_to_tensor(made))  # fmt: skip

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"NumPy's `{name}`, as a tensor."
    return function


for _names, _count in ((_OF_ONE, 1), (_OF_TWO, 2), (_OF_A_LIST, 0)):
    globals().update({_name: _function(_name, _count) for _name in _names if hasattr(jnp, _name)})
globals().update({_name: _function(_name, 1, several=True) for _name in _IN_PARTS})
globals().update({_name: _maker(_name) for _name in _MADE})
ravel, reshape, transpose = (_function(_name, 1) for _name in ("ravel", "reshape", "transpose"))
floor_divide, mod = (_function(_name, 2) for _name in ("floor_divide", "mod"))


def array(val, dtype=None, copy=True, ndmin=0):
    """A tensor of the values, with NumPy's dtype for them.

    >>> array([1, 2]).dtype, array([1.0]).dtype, array([[1]], dtype=float32).shape
    (tf.int64, tf.float64, TensorShape([1, 1]))
    """
    tensor = convert_to_tensor(_promoted([val])[0])
    if dtype is not None:
        tensor = math.cast(tensor, dtype)
    missing = builtins.max(ndmin - tensor.shape.rank, 0)
    return arrays.reshape(tensor, [1] * missing + tensor.shape.as_list()) if missing else tensor


def asarray(a, dtype=None):
    """`a` as a tensor; a tensor of this dtype is returned as it is."""
    return array(a, dtype, copy=False)


asanyarray = ascontiguousarray = asarray


def copy(a):
    """A tensor with the values of `a`."""
    return array(a)


def _like(name):
    def function(a, dtype=None):
        tensor = asarray(a)
        shape = tensor.shape.as_list()
        return math.cast(getattr(arrays, name)(shape), dtype or tensor.dtype)

    function.__name__ = function.__qualname__ = f"{name}_like"
    function.__doc__ = f"A tensor of {name}, of the shape (and the dtype) of `a`."
    return function


zeros_like, ones_like, empty_like = _like("zeros"), _like("ones"), _like("zeros")


def full(shape, fill_value, dtype=None):
    """A tensor of the given shape, filled with a value that broadcasts to it."""
    return arrays.broadcast_to(array(fill_value, dtype), np.atleast_1d(_static(shape)).tolist())


def full_like(a, fill_value, dtype=None):
    """A tensor of the shape (and the dtype) of `a`, filled with a value."""
    tensor = asarray(a)
    return full(tensor.shape.as_list(), fill_value, dtype or tensor.dtype)


def where(condition, x=None, y=None):
    """The elements of `x` where the condition holds, else those of `y`; or the places where."""
    if x is None and y is None:
        return nonzero(condition)
    return gathering.where(math.cast(asarray(condition), dtypes.bool), *_promoted([x, y]))


def nonzero(a):
    """For each axis the positions of the elements that are not zero."""
    places = gathering.where(math.cast(asarray(a), dtypes.bool))
    return joining.unstack(places, places.shape[1], axis=1)


def compress(condition, a, axis=None):
    """The slices of `a` along an axis where the condition holds."""
    tensor = asarray(a) if axis is not None else ravel(a)
    chosen = nonzero(condition)[0]
    return gathering.gather(tensor, chosen, axis=axis or 0)


def take(a, indices, axis=None):
    """The elements of `a` at `indices` along an axis; of all of them, one after the other."""
    tensor = asarray(a) if axis is not None else arrays.reshape(asarray(a), [-1])
    indices, axis = asarray(indices), axis or 0
    size = tensor.shape[axis]
    return gathering.gather(
        tensor, gathering.where(indices < 0, indices + size, indices), axis=axis
    )


def take_along_axis(arr, indices, axis):
    """The elements of `arr` at `indices`, which say a position along the axis for each of them."""
    return _run("take_along_axis", [asarray(arr), asarray(indices)], {"axis": axis})


def select(condlist, choicelist, default=0):
    """The elements of the first choice whose condition holds."""
    choices = _promoted([*choicelist, default])
    result = choices.pop()
    for condition, choice in reversed(list(zip(condlist, choices))):
        result = gathering.where(math.cast(asarray(condition), dtypes.bool), choice, result)
    return result


def meshgrid(*xi, **kwargs):
    """The coordinates of the grid that vectors span."""
    return _run("meshgrid", [asarray(x) for x in xi], kwargs, several=True)


def broadcast_arrays(*args, **kwargs):
    """The arrays, all of the shape that they broadcast to."""
    return _run("broadcast_arrays", [asarray(a) for a in args], {}, several=True)


def ix_(*args):
    """Vectors that index a grid together."""
    return _run("ix_", [asarray(a) for a in args], {}, several=True)


def atleast_1d(*arys):
    """The arrays with at least one axis."""
    return _at_least(1, arys)


def atleast_2d(*arys):
    """The arrays with at least two axes."""
    return _at_least(2, arys)


def atleast_3d(*arys):
    """The arrays with at least three axes."""
    return _at_least(3, arys)


def _at_least(count, arys):
    found = [_run(f"atleast_{count}d", [asarray(a)], {}) for a in arys]
    return found[0] if len(found) == 1 else found


def einsum(subscripts, *operands, **kwargs):
    """The sum of products that the subscripts describe."""
    operands = _promoted(operands)
    return _run_einsum(subscripts, len(operands))(*operands)


@functools.cache
def _run_einsum(subscripts, count):
    op = Op("Numpy>einsum", lambda *given: jnp.einsum(subscripts, *given), "?*")
    return lambda *operands: execute(op, operands)


def divmod(x1, x2):
    """(quotient rounded down, remainder)."""
    return floor_divide(x1, x2), mod(x1, x2)


def shape(a):
    return asarray(a).shape


def ndim(a):
    return asarray(a).shape.rank


def size(x, axis=None):
    """The number of elements, or that along an axis."""
    dims = asarray(x).shape
    return np.int64(dims.num_elements() if axis is None else dims[axis])


def flatten(a, order="C"):
    """The elements in one axis."""
    return ravel(a)


def isscalar(num):
    """Whether `num` is a number (or a text), or a tensor without axes."""
    return num.shape.rank == 0 if isinstance(num, Tensor) else np.isscalar(num)


def iscomplexobj(x):
    return np.issubdtype(_dtype_of(asarray(x)), np.complexfloating)


def isrealobj(x):
    return not iscomplexobj(x)


def result_type(*arrays_and_dtypes):
    """The dtype of a result of these."""
    given = [x.np if isinstance(x, dtypes.DType) else x if isinstance(x, type | np.dtype) else
             _dtype_of(_leaf(x)) for x in arrays_and_dtypes]  # fmt: skip
    return dtypes.as_dtype(np.result_type(*given))


def promote_types(type1, type2):
    """The dtype of a result of two dtypes, as NumPy has it."""
    return np.promote_types(dtypes.as_dtype(type1).np, dtypes.as_dtype(type2).np)


# Tensors that behave like arrays -----------------------------------------------------------------

_OPERATORS = {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "true_divide",
    "floordiv": "floor_divide", "mod": "mod", "pow": "power", "matmul": "matmul",
}  # fmt: skip
_COMPARISONS = {
    "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "eq": "equal",
    "ne": "not_equal",
}  # fmt: skip
_METHODS = "clip mean ravel".split()


def experimental_enable_numpy_behavior(prefer_float32=False, dtype_conversion_mode="legacy"):
    """Gives tensors NumPy's methods, its promotion of dtypes in operators, and its indexing.

    Args:
      prefer_float32: must be False.
      dtype_conversion_mode: must be "legacy" (or None): NumPy's promotion.

    Raises:
      NotImplementedError: another way of promotion is asked for.
    """
    if prefer_float32 or dtype_conversion_mode not in (None, "legacy"):
        raise NotImplementedError(
            "tf.experimental.numpy promotes as NumPy does: prefer_float32=True and "
            f"dtype_conversion_mode={dtype_conversion_mode!r} are not there."
        )
    space = globals()
    for operator, name in {**_OPERATORS, **_COMPARISONS}.items():
        function = space[name]
        setattr(Tensor, f"__{operator}__", lambda x, y, f=function: f(x, y))
        if operator in _OPERATORS:
            setattr(Tensor, f"__r{operator}__", lambda x, y, f=function: f(y, x))
    for name in _METHODS:
        setattr(Tensor, name, lambda self, *args, f=space[name], **kwargs: f(self, *args, **kwargs))
    Tensor.reshape = lambda self, *newshape: reshape(
        self, newshape[0] if len(newshape) == 1 else newshape
    )
    Tensor.transpose = lambda self, *axes: transpose(
        self, axes[0] if len(axes) == 1 else axes or None
    )
    Tensor.T = property(lambda self: transpose(self))
    Tensor.size = property(size)
    Tensor.astype = lambda self, dtype: math.cast(self, dtype)
    Tensor.tolist = lambda self: self.numpy().tolist()
    Tensor.data = property(lambda self: self)
    plain = Tensor.__getitem__

    def getitem(self, key):
        """Rows by a list or an array of numbers; all else as before."""
        picks = np.ndim(key) if isinstance(key, list | np.ndarray) else (
            isinstance(key, Tensor) and key.shape.rank)  # fmt: skip
        if picks and _dtype_of(asarray(key)).kind in "iu":
            return take(self, key, axis=0)
        return plain(self, asarray(key) if isinstance(key, list) else key)

    Tensor.__getitem__ = getitem
