"""Making, shaping and repeating tensors."""

import builtins
import itertools

import jax
import jax.numpy as jnp
import numpy as np

from minitf import dtypes, errors
from minitf.core.convert import contains_tensor, static_value, to_numpy
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack as frames
from minitf.core.gradients import ONES_LIKE, ZEROS_LIKE, unregistered
from minitf.core.registry import define
from minitf.core.tensor import EagerTensor, Tensor
from minitf.ops import math
from minitf.shapes import TensorShape, as_shape, listed


def _dims(shape):
    """The dimensions of a static shape input as ints."""
    return tuple(np.atleast_1d(shape).tolist()) if np.size(shape) else ()


def _normal_axis(axis, rank, what="axis"):
    axis = int(np.asarray(axis).reshape(()))
    if not -rank <= axis < rank:
        raise errors.InvalidArgumentError(
            None, None, f"Tried to use {what} {axis} out of range [{-rank}, {rank})"
        )
    return axis % rank


# Making ------------------------------------------------------------------------------------------


def constant(value, dtype=None, shape=None, name="Const"):
    """A tensor of the given values, filled up to `shape` where there is one value.

    >>> constant([1, 2]).dtype
    tf.int32
    >>> constant(0, shape=[2, 2]).numpy().tolist()
    [[0, 0], [0, 0]]
    """
    if isinstance(value, EagerTensor):
        if dtype is not None and value.dtype != dtypes.as_dtype(dtype):
            raise TypeError(
                f"Expected tensor {value.numpy()} with dtype {dtypes.as_dtype(dtype)!r}, but got "
                f"dtype {value.dtype!r}."
            )
        if shape is None:
            return value
        value = value._value
    elif isinstance(value, Tensor):
        raise TypeError("Expected any non-tensor type, but got a tensor instead.")
    elif hasattr(value, "__tf_tensor__") or contains_tensor(value):
        return convert_to_tensor(value, dtype, name=name)
    array = to_numpy(value, dtype)
    if shape is not None:
        dims = as_shape(shape).as_list()
        if None in dims:
            raise ValueError(
                "Attempt to convert a value (None) with an unsupported type (<class 'NoneType'>) "
                "to a Tensor."
            )
        if array.size == 1:
            array = np.broadcast_to(array.reshape(()), dims)
        elif array.size == int(np.prod(dims)):
            array = array.reshape(dims)
        else:
            raise TypeError(
                f"Eager execution of tf.constant with unsupported shape. Tensor {array} (converted "
                f"from {value}) has {array.size:d} elements, but got `shape` {tuple(dims)} with "
                f"{int(np.prod(dims)):d} elements)."
            )
    return frames.frame.constant(array, name)


FILL = define("Fill", lambda dims, value: _fill(_dims(dims), value), "iT", static=(0,))
IDENTITY = define("Identity", lambda input: input, "T", hands_on=(0,))
IDENTITY_N = define("IdentityN", lambda *input: input, "?*", num_outputs=None)
STOP_GRADIENT = define("StopGradient", lambda input: input, "T", differentiable=False)
RANGE = define(
    "Range",
    lambda start, limit, delta, *, dtype: _range(start, limit, delta, dtype),
    "???",
    static=(0, 1, 2),
    differentiable=False,
)
LIN_SPACE = define(
    "LinSpace",
    lambda start, stop, num, axis: jnp.linspace(start, stop, int(num), axis=int(axis)).astype(
        start.dtype
    ),
    "TTii",
    static=(2, 3),
)


def _fill(dims, value):
    if value.ndim > 1 or value.size != 1:
        raise ValueError(f"value must represent a scalar, got shape {list(value.shape)}")
    if negative := [d for d in dims if d < 0]:
        raise ValueError(f"Dimension {negative[0]} must be >= 0")
    return jnp.broadcast_to(jnp.reshape(value, ()), dims)


def _range(start, limit, delta, dtype):
    start, limit, delta = (np.asarray(x).reshape(())[()] for x in (start, limit, delta))
    if delta == 0:
        raise errors.InvalidArgumentError(None, None, "Requires delta != 0: 0")
    if (limit - start) * np.sign(delta) < 0:
        raise errors.InvalidArgumentError(
            None, None,
            f"Requires start {'<=' if delta > 0 else '>='} limit when delta "
            f"{'>' if delta > 0 else '<'} 0: {start}/{limit}",
        )  # fmt: skip
    count = int(np.ceil(builtins.abs((limit - start) / delta)))
    return (start + jnp.arange(count, dtype=dtype) * delta).astype(dtype)


def range(start, limit=None, delta=1, dtype=None, name="range"):
    """The numbers from `start` up to, without, `limit`, in steps of `delta`.

    >>> range(3).numpy(), range(3, 18, 5).numpy()
    (array([0, 1, 2], dtype=int32), array([ 3,  8, 13], dtype=int32))
    """
    if limit is None:
        start, limit = 0, start
    parts = [x if np.isscalar(x) else convert_to_tensor(x) for x in (start, limit, delta)]
    if dtype is None:
        found = [convert_to_tensor(x).dtype for x in parts]
        dtype = builtins.max(found, key=_RANGE_ORDER.index)
    dtype = dtypes.as_dtype(dtype)
    inputs = [to_numpy(x, dtype if not isinstance(x, float) else None)
              if np.isscalar(x) else x for x in parts]  # fmt: skip
    return execute(RANGE, tuple(inputs), (dtype.np,), name)


_RANGE_ORDER = [
    dtypes.uint8, dtypes.int8, dtypes.uint16, dtypes.int16, dtypes.uint32, dtypes.int32,
    dtypes.uint64, dtypes.int64, dtypes.bfloat16, dtypes.half, dtypes.float32, dtypes.float64,
]  # fmt: skip


def linspace(start, stop, num, name=None, axis=0):
    """`num` evenly spaced values from `start` to `stop`, both included; integers become float64."""
    start = convert_to_tensor(start)
    if start.dtype.is_integer:
        start, stop = math.cast(start, dtypes.float64), math.cast(stop, dtypes.float64)
    return execute(LIN_SPACE, (start, stop, num, axis), (), name or "linspace")


def fill(dims, value, name=None):
    """A tensor of shape `dims` filled with the scalar `value`."""
    return execute(FILL, (dims, value), (), name)


def zeros(shape, dtype=dtypes.float32, name=None, layout=None):
    """A tensor of zeros (False, empty strings).

    >>> zeros([2, 3]).shape
    TensorShape([2, 3])
    """
    return _filled(shape, dtype, 0, name or "zeros")


def ones(shape, dtype=dtypes.float32, name=None, layout=None):
    """A tensor of ones."""
    return _filled(shape, dtype, 1, name or "ones")


def _filled(shape, dtype, value, name):
    dtype = dtypes.as_dtype(dtype).base_dtype
    if dtype == dtypes.string:
        return fill(shape, convert_to_tensor(value or "", dtype), name)
    if isinstance(shape, TensorShape) or not hasattr(shape, "dtype"):
        dims = shape.as_list() if isinstance(shape, TensorShape) else shape
        dims = [dims] if np.isscalar(dims) else dims
        if any(isinstance(d, float) for d in dims):
            dims = convert_to_tensor(dims, dtypes.int32)  # TypeError
        if all(isinstance(d, int | np.integer) for d in dims):
            if len(dims) < 3 and all(0 <= d < 1000 for d in dims) and np.prod(dims) < 1000:
                return frames.frame.constant(np.full(dims, value, dtype.np), name)
        shape = dims
    return execute(FILL, (shape, np.asarray(value, dtype.np)), (), name)


def zeros_like(input, dtype=None, name=None, layout=None):
    """Zeros of the shape (and, without `dtype`, the dtype) of `input`."""
    return _filled_like(input, dtype, name or "zeros_like", ZEROS_LIKE, 0)


def ones_like(input, dtype=None, name=None, layout=None):
    """Ones of the shape (and, without `dtype`, the dtype) of `input`."""
    return _filled_like(input, dtype, name or "ones_like", ONES_LIKE, 1)


def _filled_like(input, dtype, name, op, value):
    input = convert_to_tensor(input)
    if hasattr(input, "with_flat_values"):
        flat = _filled_like(input.flat_values, dtype, name, op, value)
        return input.with_flat_values(flat)
    dtype = input.dtype if dtype is None else dtypes.as_dtype(dtype)
    if not isinstance(input, EagerTensor) and input.shape.is_fully_defined():
        return _filled(input.shape, dtype, value, name)  # it does not depend on the input
    if dtype == input.dtype and (value or dtype != dtypes.string):
        return execute(op, (input,), (), name)
    return _filled(shape(input), dtype, value, name)


# Shapes ------------------------------------------------------------------------------------------

SHAPE = define(
    "Shape", lambda input, *, out_type: jnp.array(input.shape, out_type), "?", differentiable=False
)
RESHAPE = define("Reshape", lambda tensor, shape: _reshape(tensor, shape), "Ti", static=(1,))
EXPAND_DIMS = define("ExpandDims", lambda input, dim: _expand(input, dim), "Ti", static=(1,))
SQUEEZE = define("Squeeze", lambda input, *, squeeze_dims: _squeeze(input, squeeze_dims), "T")
TRANSPOSE = define("Transpose", lambda x, perm: _transpose(x, perm), "Ti", static=(1,))
BROADCAST_TO = define(
    "BroadcastTo", lambda input, shape: _broadcast_to(input, _dims(shape)), "Ti", static=(1,)
)


def _broadcast_to(input, dims):
    if input.ndim > len(dims):
        raise ValueError(
            f"Rank of input ({input.ndim}) must be no greater than rank of output shape "
            f"({len(dims)})."
        )
    if any(a not in (1, b) for a, b in zip(reversed(input.shape), reversed(dims))):
        raise ValueError(f"Incompatible shapes: {listed(input.shape)} vs. {listed(dims)}")
    return jnp.broadcast_to(input, dims)


def _reshape(tensor, shape):
    dims = _dims(shape)
    known = int(np.prod([d for d in dims if d != -1]))
    if dims.count(-1) > 1:
        raise errors.InvalidArgumentError(None, None, "Only one input size may be -1")
    if -1 in dims and known == 0 and tensor.size == 0:  # zeros on both sides are left out
        sizes = [int(np.prod([n for n in shape if n > 0])) for shape in (tensor.shape, dims)]
        dims = tuple(sizes[0] // sizes[1] if d == -1 else d for d in dims)
    elif -1 in dims:
        if known == 0 or tensor.size % known:
            raise errors.InvalidArgumentError(
                None, None, f"Input to reshape is a tensor with {tensor.size} values, but the "
                f"requested shape requires a multiple of {known}")  # fmt: skip
    elif known != tensor.size:
        raise errors.InvalidArgumentError(
            None, None, f"Input to reshape is a tensor with {tensor.size} values, but the "
            f"requested shape has {known}")  # fmt: skip
    return jnp.reshape(tensor, dims)


def _expand(input, dim):
    rank = input.ndim + 1
    axis = int(np.asarray(dim).reshape(()))
    if not -rank <= axis < rank:
        raise errors.InvalidArgumentError(
            None, None, f"Tried to expand dim index {axis} for tensor with {rank - 1} dimensions."
        )
    return jnp.expand_dims(input, axis)


def _squeeze(input, squeeze_dims):
    axes = {_normal_axis(a, input.ndim, "squeeze dim") for a in squeeze_dims}
    for axis in axes:
        if input.shape[axis] != 1:
            raise errors.InvalidArgumentError(
                None, None,
                f"Can not squeeze dim[{axis}], expected a dimension of 1, got {input.shape[axis]}",
            )  # fmt: skip
    return jnp.squeeze(input, tuple(axes) if squeeze_dims else None)


def _transpose(x, perm):
    if perm is None:
        return jnp.transpose(x)
    perm = _dims(perm)
    if len(perm) != x.ndim:
        raise errors.InvalidArgumentError(
            None, None,
            f"transpose expects a vector of size {x.ndim}. But input(1) is a vector of size "
            f"{len(perm)}",
        )  # fmt: skip
    return jnp.transpose(x, perm)


def shape(input, out_type=None, name=None):
    """The shape of `input` as an int32 (or `out_type`) tensor."""
    out_type, input = dtypes.as_dtype(out_type or dtypes.int32), convert_to_tensor(input)
    if input.shape.is_fully_defined():
        return constant(input.shape.as_list(), out_type, name=name or "Shape")
    return execute(SHAPE, (input,), (out_type.np,), name)


def shape_n(input, out_type=dtypes.int32, name=None):
    """The shapes of the tensors of the list `input`, as a list of tensors."""
    return [shape(x, out_type, name) for x in input]


def rank(input, name=None):
    """The number of axes of `input`, as an int32 scalar tensor."""
    known = convert_to_tensor(input).shape.rank
    if known is not None:
        return constant(known, dtypes.int32, name=name or "Rank")
    return size(shape(input))


def size(input, out_type=dtypes.int32, name=None):
    """The number of elements of `input`."""
    input = getattr(input, "flat_values", input)  # of a ragged tensor: what its rows hold
    out_type, input = dtypes.as_dtype(out_type), convert_to_tensor(input)
    if input.shape.is_fully_defined():
        return constant(input.shape.num_elements(), out_type, name=name or "Size")
    return execute(SIZE, (shape(input, out_type),), (), name)


SIZE = define("Size", lambda input: jnp.prod(input, dtype=input.dtype), "T", differentiable=False)


def reshape(tensor, shape, name=None):
    """The elements of `tensor` in another shape; one dimension may be -1.

    >>> reshape([[1, 2], [3, 4]], [-1]).numpy()
    array([1, 2, 3, 4], dtype=int32)
    """
    return execute(RESHAPE, (tensor, shape), (), name)


def expand_dims(input, axis, name=None):
    """`input` with a new axis of size 1 before position `axis`."""
    if axis is None:
        raise ValueError("Attempt to convert a value (None) with an unsupported type to a Tensor.")
    return execute(EXPAND_DIMS, (input, axis), (), name)


def squeeze(input, axis=None, name=None):
    """`input` without its axes of size 1 (or only those of `axis`)."""
    axes = () if axis is None else tuple(np.atleast_1d(axis).tolist())
    return execute(SQUEEZE, (input,), (axes,), name)


def transpose(a, perm=None, conjugate=False, name="transpose"):
    """`a` with its axes permuted (reversed by default)."""
    a = convert_to_tensor(a)
    result = execute(TRANSPOSE, (a, perm), (), name)
    return execute(_CONJUGATE, (result,), (), name) if conjugate and a.dtype.is_complex else result


_CONJUGATE = define("ConjugateElements", lambda x: jnp.conj(x), "T")


def broadcast_to(input, shape, name=None):
    """`input` repeated along new and size-1 axes until it has `shape`."""
    return execute(BROADCAST_TO, (input, shape), (), name)


def ensure_shape(x, shape, name=None):
    """`x`, checked to have a shape compatible with `shape`.

    Raises:
      tf.errors.InvalidArgumentError: it has not.
    """
    dims = as_shape(shape)
    x = convert_to_tensor(x)
    if not x.shape.is_compatible_with(dims):
        raise frames.frame.invalid(
            f"Shape of tensor {name or 'input'} {listed(x.shape)} is not compatible with expected "
            f"shape {listed(dims)}."
        )
    x = identity(x, name or "EnsureShape")
    x.set_shape(dims)
    return x


def identity(input, name=None):
    """`input` itself, as the output of an op of its own."""
    return execute(IDENTITY, (input,), (), name)


def guarantee_const(input, name=None):
    """`input` itself; the name is a promise that it does not change."""
    return identity(stop_gradient(input), name)


def identity_n(input, name=None):
    """The list `input`, as the outputs of one op."""
    return list(execute(IDENTITY_N, tuple(map(convert_to_tensor, input)), (), name))


def stop_gradient(input, name=None):
    """`input`, through which no gradient flows."""
    return execute(STOP_GRADIENT, (input,), (), name)


def broadcast_static_shape(shape_x, shape_y):
    """The `TensorShape` that two shapes broadcast to; ValueError where they do not.

    >>> broadcast_static_shape(TensorShape([None, 1]), TensorShape([4, 1, 5]))
    TensorShape([4, None, 5])
    """
    x, y = as_shape(shape_x), as_shape(shape_y)
    if x.rank is None or y.rank is None:
        return TensorShape(None)
    sizes = itertools.zip_longest(reversed(x.as_list()), reversed(y.as_list()), fillvalue=1)
    joined = []
    for a, b in sizes:
        if a == 1 or (a is None and b != 1):
            joined.append(b)
        elif b in (1, None) or a == b:
            joined.append(a)
        else:
            raise ValueError(
                "Incompatible shapes for broadcasting. Two shapes are compatible if for each "
                "dimension pair they are either equal or one of them is 1. Received: "
                f"{x} and {y}."
            )
    return TensorShape(joined[::-1])


BROADCAST_ARGS = define(
    "BroadcastArgs",
    lambda s0, s1: jnp.array(jnp.broadcast_shapes(_dims(s0), _dims(s1)), jnp.int32),
    "ii",
    static=(0, 1),
    differentiable=False,
)


def broadcast_dynamic_shape(shape_x, shape_y):
    """The shape, as a tensor, that two shapes broadcast to."""
    return execute(BROADCAST_ARGS, (shape_x, shape_y), (), "BroadcastArgs")


# Repeating and rearranging -----------------------------------------------------------------------

TILE = define("Tile", lambda input, multiples: _tile(input, _dims(multiples)), "Ti", static=(1,))
REVERSE = define(
    "ReverseV2",
    lambda tensor, axis: jnp.flip(tensor, _dims(axis)) if tensor.ndim else tensor,
    "Ti",
    static=(1,),
)
ROLL = define(
    "Roll",
    lambda input, shift, axis: _roll(input, _line(shift, "shift"), _line(axis, "axis")),
    "Tii",
    static=(1, 2),
)
PAD = define(
    "PadV2",
    lambda input, paddings, constant_values: jnp.pad(
        input, _paddings(input, paddings), constant_values=constant_values
    ),
    "TiT",
    static=(1,),
)
MIRROR_PAD = define(
    "MirrorPad",
    lambda input, paddings, *, mode: jnp.pad(
        input, _paddings(input, paddings, longest=0 if mode == "symmetric" else 1), mode
    ),
    "Ti",
    static=(1,),
)
ONE_HOT = define(
    "OneHot",
    lambda indices, depth, on_value, off_value, *, axis: jnp.where(
        jax.nn.one_hot(indices, int(depth), dtype=bool, axis=axis), on_value, off_value
    ),
    "iiTT",
    static=(1,),
)


def _line(numbers, what):
    """A static number or line of numbers as a tuple."""
    if np.ndim(numbers) > 1:
        found = _listed(np.shape(numbers))
        raise ValueError(f"{what} must be a scalar or a 1-D vector. Found: {found}")
    return _dims(numbers)


def _roll(input, shift, axis):
    if not input.ndim:
        raise ValueError("input must be 1-D or higher")
    if outside := [a for a in axis if not -input.ndim <= a < input.ndim]:
        raise ValueError(f"axis {outside[0]} is out of range")
    if len(shift) != len(axis):
        raise ValueError("shift and axis must have the same size")
    return jnp.roll(input, shift, axis)


def _tile(input, multiples):
    if len(multiples) != input.ndim:
        raise ValueError(
            f"Expected multiples argument to be a vector of length {input.ndim} but got length "
            f"{len(multiples)}"
        )
    if any(m < 0 for m in multiples):
        raise ValueError(f"Expected multiples >= 0, but got {list(multiples)}")
    return jnp.tile(input, multiples)


def _paddings(input, paddings, longest=None):
    """[(before, after), ...], at most the size of the axis less `longest`."""
    pairs = np.asarray(paddings)
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise ValueError(f"paddings must be a matrix with 2 columns: {_listed(pairs.shape)}")
    if len(pairs) != input.ndim:
        raise ValueError(
            "The first dimension of paddings must be the rank of inputs"
            f"{_listed(pairs.shape)}, {_listed(input.shape)}"
        )
    for (before, after), size in zip(pairs.tolist(), input.shape):
        if min(before, after) < 0:
            raise ValueError(f"Paddings must be non-negative: {before} {after}")
        if longest is not None and max(before, after) > size - longest:
            rule, found = ("less than", "not less") if longest else ("no greater than", "greater")
            raise ValueError(f"paddings must be {rule} the dimension size: "
                             f"{before}, {after} {found} than {size}")  # fmt: skip
    return pairs.tolist() or ((0, 0),)  # of a scalar


def _listed(shape):
    return f"[{','.join(map(str, shape))}]"


def tile(input, multiples, name=None):
    """`input` repeated `multiples[i]` times along axis i."""
    return execute(TILE, (input, multiples), (), name)


def reverse(tensor, axis, name=None):
    """`tensor` backwards along each of `axis`."""
    return execute(REVERSE, (tensor, axis), (), name)


def roll(input, shift, axis, name=None):
    """`input` with its elements moved on by `shift`, around the end, along `axis`."""
    return execute(ROLL, (input, shift, axis), (), name)


def pad(tensor, paddings, mode="CONSTANT", constant_values=0, name=None):
    """`tensor` with `paddings[i] = [before, after]` elements added on axis i.

    Raises:
      ValueError: `mode` is none of CONSTANT, REFLECT, SYMMETRIC.
    """
    mode = mode.upper()
    if mode == "CONSTANT":
        tensor = convert_to_tensor(tensor)
        if isinstance(constant_values, int) and constant_values == 0:
            constant_values = zeros([], tensor.dtype)
        return execute(PAD, (tensor, paddings, constant_values), (), name or "Pad")
    if mode not in ("REFLECT", "SYMMETRIC"):
        raise ValueError(
            "Value of argument `mode` expected to be one of 'CONSTANT', 'REFLECT', or "
            f"'SYMMETRIC'. Received `mode` = {mode}"
        )
    return execute(MIRROR_PAD, (tensor, paddings), (mode.lower(),), name)


def one_hot(indices, depth, on_value=None, off_value=None, axis=None, dtype=None, name=None):
    """Rows that are `on_value` (1) at the index and `off_value` (0) elsewhere.

    Indices outside of [0, depth) give rows of `off_value`.

    >>> one_hot([0, 2], 3).numpy().tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    if dtype is None:
        given = on_value if on_value is not None else off_value
        dtype = dtypes.float32 if given is None else convert_to_tensor(given).dtype
        if off_value is not None and (off := convert_to_tensor(off_value).dtype) != dtype:
            raise TypeError(
                f"dtype {dtype!r} of on_value does not match dtype {off!r} of off_value"
            )
    on = convert_to_tensor(1 if on_value is None else on_value, dtype)
    off = convert_to_tensor(0 if off_value is None else off_value, dtype)
    axis, rank = -1 if axis is None else int(axis), convert_to_tensor(indices).shape.rank
    if rank is not None and not -1 <= axis <= rank:
        raise frames.frame.invalid(
            f"Expected axis to be -1 or between [0, {rank + 1}).  But received: {axis}"
        )
    return execute(ONE_HOT, (indices, depth, on, off), (axis,), name or "one_hot")


REPEAT = define(
    "Repeat",
    lambda input, repeats, *, axis: jnp.repeat(input, np.asarray(repeats), axis),
    "Ti",
    static=(1,),
)


def repeat(input, repeats, axis=None, name=None):
    """Each element (or row along `axis`) `repeats` times, one after the other."""
    input, count = convert_to_tensor(input), static_value(repeats)
    known = input.shape.num_elements() if axis is None else input.shape.rank
    size = known if axis is None or known is None else input.shape[axis]
    if count is not None and np.size(count) > 1 and size is not None and np.size(count) != size:
        raise ValueError(f"Dimensions {size} and {np.size(count)} are not compatible")
    return execute(REPEAT, (input, repeats), (axis,), name)


def meshgrid(*args, indexing="xy", name="meshgrid"):
    """The coordinates of the grid that the vectors `args` span."""
    if indexing not in ("xy", "ij"):
        raise ValueError(
            f"Argument `indexing` parameter must be either 'xy' or 'ij', got {indexing}"
        )
    return list(execute(MESHGRID, args, (indexing,), name))


MESHGRID = define(
    "Meshgrid",
    lambda *xs, indexing: tuple(jnp.meshgrid(*map(jnp.ravel, xs), indexing=indexing)),
    "?*",
    num_outputs=None,
)


def sequence_mask(lengths, maxlen=None, dtype=dtypes.bool, name=None):
    """Rows whose first `lengths[i]` elements are True.

    >>> sequence_mask([1, 3]).numpy().tolist()
    [[True, False, False], [True, True, True]]
    """
    lengths = convert_to_tensor(lengths)
    if maxlen is None:
        maxlen = execute(_LARGEST, (lengths,), (), None)
    elif np.ndim(maxlen):
        raise ValueError(
            f"Argument `maxlen` must be scalar for sequence_mask, received `maxlen` = {maxlen}"
        )
    positions = range(maxlen, dtype=lengths.dtype)
    return execute(
        _SHORTER, (positions, expand_dims(lengths, -1)), (dtypes.as_dtype(dtype).np,), name
    )


_LARGEST = define("LargestLength", lambda lengths: jnp.max(lengths, initial=0), "T")
_SHORTER = define("SequenceMask", lambda x, y, *, dtype: (x < y).astype(dtype), "TT",
                  differentiable=False)  # fmt: skip


def _sorted(function):
    def fn(values, *, axis, descending):
        if not descending:
            return function(values, axis)
        if function is jnp.sort:
            return jnp.flip(jnp.sort(values, axis), axis)
        return jnp.argsort(values, axis, descending=True, stable=True).astype(jnp.int32)

    return fn


SORT = define("Sort", _sorted(jnp.sort), "T")
ARGSORT = define(
    "ArgSort",
    _sorted(lambda values, axis: jnp.argsort(values, axis, stable=True).astype(jnp.int32)),
    "T",
    differentiable=False,
)


def sort(values, axis=-1, direction="ASCENDING", name=None):
    """`values` in order along `axis`."""
    return execute(SORT, (values,), (int(axis), _descending(direction)), name or "sort")


def argsort(values, axis=-1, direction="ASCENDING", stable=False, name=None):
    """The int32 positions that put `values` in order along `axis`."""
    return execute(ARGSORT, (values,), (int(axis), _descending(direction)), name or "argsort")


def _descending(direction):
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError(
            "Argument `direction` should be one of ['ASCENDING', 'DESCENDING']. "
            f"Received: direction={direction}"
        )
    return direction == "DESCENDING"


BITCAST = define(
    "Bitcast",
    lambda input, *, type: jax.lax.bitcast_convert_type(input, type),
    "T",
    backward=unregistered,
)


def bitcast(input, type, name=None):
    """The bits of `input` read as another dtype."""
    return execute(BITCAST, (input,), (dtypes.as_dtype(type).np,), name)
