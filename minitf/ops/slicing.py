"""Python's `tensor[...]` in every form that TensorFlow has, `tf.slice` and `tf.strided_slice`.

An index is written as a tuple of entries, one per index given:

    ("index",)               the position `begin[k]`
    ("window", size, step)   `size` elements from `begin[k]` on, in steps of `step`
    ("slice", i, j, step)    Python's own i:j:step, where the size of the axis is not known yet
    ("new",)                 a new axis of size 1
    ("rest",)                all axes that no other entry names

The positions `begin` are an input of the op, not an attribute: another index of the same form
runs the kernel that is compiled already.
"""

import itertools

import jax
import jax.numpy as jnp
import numpy as np

from minitf import dtypes, errors
from minitf.core.checks import inspected, shows
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack as frames
from minitf.core.registry import define
from minitf.core.tensor import Tensor
from minitf.graphs.inference import partial_value
from minitf.ops.gathering import boolean_mask
from minitf.ops.joining import pack_nested
from minitf.shapes import TensorShape

_INVALID = (
    "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar "
    "tf.int32/tf.int64 tensors are valid indices"
)


def _full(rank, entries):
    """`entries` with whole axes in place of ("rest",), or at the end."""
    named = sum(e[0] not in ("new", "rest") for e in entries)
    if named and not rank:
        raise errors.InvalidArgumentError(None, None, "Attempting to slice scalar input.")
    if named > rank:
        raise errors.InvalidArgumentError(
            None, None, f"Index out of range using input dim {rank}; input has only {rank} dims"
        )
    whole = [("slice", None, None, None)] * (rank - named)
    if ("rest",) in entries:
        at = entries.index(("rest",))
        return [*entries[:at], *whole, *entries[at + 1 :]]
    return [*entries, *whole]


def _strided_slice(input, begin, *, entries):
    axis, used, result = 0, 0, input
    for entry in _full(input.ndim, list(entries)):
        kind = entry[0]
        if kind == "new":
            result = jnp.expand_dims(result, axis)
            axis += 1
        elif kind == "index":
            at = begin[used]
            used += 1
            size = result.shape[axis]
            if not size:  # a step of a loop that is never run; `_in_range` refuses all others
                result = jnp.zeros(
                    (*result.shape[:axis], 1, *result.shape[axis + 1 :]), input.dtype
                )
            at = jnp.where(at < 0, at + size, at)
            result = jax.lax.dynamic_index_in_dim(
                result, at, axis, keepdims=False, allow_negative_indices=False
            )
        elif kind == "window":
            result = _window(result, begin[used], axis, entry[1], entry[2])
            used += 1
            axis += 1
        else:
            if entry[1:] != (None, None, None):
                result = result[(*[slice(None)] * axis, slice(*entry[1:]))]
            axis += 1
    return result


def _window(x, begin, axis, size, step):
    if step == 1:
        return jax.lax.dynamic_slice_in_dim(x, begin, size, axis)
    positions = begin + step * jnp.arange(size, dtype=begin.dtype)
    return jnp.take(x, positions, axis, unique_indices=True, mode="clip")


def _in_range(input, begin, *, entries):
    """Raises where a position is outside of its axis; `parse` saw those of a shape that it knew."""
    positions = inspected(begin)
    if positions is None:
        return
    used = [e for e in _full(input.ndim, list(entries)) if e[0] != "new"]
    given = iter(positions.tolist() if isinstance(positions, np.ndarray) else positions)
    for axis, (kind, *_) in enumerate(used):
        at = next(given) if kind in ("index", "window") else 0
        if kind == "index" and shows((at < -input.shape[axis]) | (at >= input.shape[axis])):
            raise errors.InvalidArgumentError(
                None, None, f"slice index {at} of dimension {axis} out of bounds."
            )


STRIDED_SLICE = define("StridedSlice", _strided_slice, "Ti", verify=_in_range)


def is_mask(index):
    """Whether `index` picks elements by a condition."""
    if isinstance(index, bool | np.ndarray):
        return np.asarray(index).dtype == bool
    is_tensor = isinstance(index, Tensor) or hasattr(index, "handle")
    return is_tensor and index.dtype is dtypes.bool


def _bound(value):
    """A slice bound as None, an int, or a tensor that is not known yet."""
    if value is None or type(value) is int:
        return value
    if isinstance(value, float | str | list | tuple | complex):
        raise TypeError(f"{_INVALID}, got {value!r}")
    known = static_value(value)
    return value if known is None else int(known)


def parse(shape, index):
    """(entries, begin) of `index` for a tensor of `shape`: begin is a list of ints or tensors."""
    index = index if isinstance(index, tuple | list) else (index,)
    named = sum(i is not None and i is not Ellipsis for i in index)
    axis, entries, begin = 0, [], []
    for item in index:
        if item is None:
            entries.append(("new",))
            continue
        if item is Ellipsis:
            if ("rest",) in entries:
                raise frames.frame.invalid("Multiple ellipses in slice spec not allowed")
            entries.append(("rest",))
            axis = None if shape.rank is None else shape.rank - named  # those still to come
            continue
        known = axis is not None and shape.rank is not None and 0 <= axis < shape.rank
        size = shape[axis] if known else None
        if isinstance(item, slice):
            _add_slice(item, size, entries, begin)
        else:
            at = _scalar(item)
            if isinstance(at, int) and size is not None:
                if not -size <= at < size:
                    raise frames.frame.invalid(
                        f"slice index {at} of dimension {axis} out of bounds."
                    )
                at %= size
            entries.append(("index",))
            begin.append(at)
        named -= 1
        axis = None if axis is None else axis + 1
    return tuple(entries), begin


_INDEX_DTYPES = (dtypes.int16, dtypes.int32, dtypes.int64)


def _scalar(item):
    if isinstance(item, bool | np.bool_ | float | str | list | complex):
        raise TypeError(f"{_INVALID}, got {item!r}")
    if isinstance(item, Tensor) or hasattr(item, "__tf_tensor__"):
        item = convert_to_tensor(item)
        if item.dtype not in _INDEX_DTYPES or item.shape.rank not in (0, None):
            raise TypeError(f"{_INVALID}, got {item!r}")
    elif not hasattr(item, "__index__"):
        raise TypeError(f"{_INVALID}, got {item!r}")
    return _bound(item)


def _add_slice(item, size, entries, begin):
    start, stop, step = _bound(item.start), _bound(item.stop), _bound(item.step)
    if step == 0:
        raise frames.frame.invalid("strides[0] must be non-zero")
    dynamic = [b for b in (start, stop, step) if isinstance(b, Tensor)]
    if dynamic:
        raise _Dynamic
    if size is None or (start, stop, step) == (None, None, None):
        entries.append(("slice", start, stop, step))
        return
    first, last, step = slice(start, stop, step).indices(size)
    entries.append(("window", len(range(first, last, step)), step))
    begin.append(first if range(first, last, step) else 0)


class _Dynamic(Exception):
    """A bound of a slice is a tensor whose value is not known yet."""


def _whole_axes(inputs, attrs):
    """What a graph knows of a slice with bounds that it does not know: the axes where it does."""
    dims, (form,) = inputs[0].shape, attrs
    if dims.rank is None:
        return [(TensorShape(None), inputs[0].dtype)]
    named = sum(item not in ("new", "rest") for item in form)
    bounds = partial_value(inputs[1])
    given = iter(itertools.repeat(-1) if bounds is None else bounds.tolist())
    result, axis = [], 0
    for item in form if "rest" in form else (*form, "rest"):
        if item == "rest":
            result += dims[axis : axis + dims.rank - named]
            axis += dims.rank - named
        elif item == "new":
            result.append(1)
        elif item is True:
            next(given)
            axis += 1
        else:
            result += [_length(dims[axis], [next(given) if b else None for b in item])]
            axis += 1
    return [(TensorShape(result), inputs[0].dtype)]


def _length(size, bounds):
    """How many of `size` elements a slice takes; -1 for a bound that is not known."""
    if -1 in bounds or None in (size, *bounds[:2]):
        return size if bounds == [None] * 3 else None
    return len(range(*slice(*bounds).indices(size)))


DYNAMIC_SLICE = define(
    "StridedSliceDynamic",
    lambda input, bounds, *, form: input[_index_of(form, np.asarray(bounds).tolist())],
    "Ti",
    static=(1,),
    infer=_whole_axes,
)


def _index_of(form, bounds):
    """The Python index that has the form `form`, with `bounds` in place of what is True in it."""
    given = iter(bounds)
    return tuple(
        slice(*[next(given) if b else None for b in item]) if isinstance(item, tuple)
        else next(given) if item is True else {"new": None, "rest": Ellipsis}[item]
        for item in form
    )  # fmt: skip


def _dynamic(x, index):
    """A slice whose bounds are tensors: their values are needed to know its shape."""
    form, bounds = [], []
    for item in index if isinstance(index, tuple | list) else (index,):
        if item is None or item is Ellipsis:
            form.append("new" if item is None else "rest")
        elif isinstance(item, slice):
            parts = (item.start, item.stop, item.step)
            form.append(tuple(b is not None for b in parts))
            bounds += [b for b in parts if b is not None]
        else:
            form.append(True)
            bounds.append(item)
    return execute(DYNAMIC_SLICE, (x, pack_nested(bounds)), (tuple(form),), "strided_slice")


def getitem(x, index):
    """`x[index]`: ints, slices, `...`, `tf.newaxis`, scalar integer tensors, boolean masks.

    Raises:
      TypeError: an index of another kind.
      tf.errors.InvalidArgumentError: an index is out of bounds, or there are too many.
    """
    if hasattr(x, "handle"):
        x = x.value()
    if is_mask(index):
        return boolean_mask(x, index)
    shape = x.shape
    try:
        entries, begin = parse(shape, index)
    except _Dynamic:
        return _dynamic(x, index)
    begin = pack_index(begin)
    return execute(STRIDED_SLICE, (x, begin), (entries,), "strided_slice")


def pack_index(begin):
    """The ints and tensors of `begin` as one input."""
    if all(type(b) is int for b in begin):
        far = any(not -(2**31) <= b < 2**31 for b in begin)
        return np.array(begin, np.int64 if far else np.int32)
    return pack_nested([b if isinstance(b, int) else convert_to_tensor(b) for b in begin])


# Functions ---------------------------------------------------------------------------------------

SLICE = define(
    "Slice",
    lambda input, begin, *, size: jax.lax.dynamic_slice(input, tuple(begin), size),
    "Ti",
)


def slice_(input_, begin, size, name=None):
    """The part of shape `size` of `input_` that starts at `begin`; -1: up to the end.

    >>> slice_([[1, 2, 3], [4, 5, 6]], [0, 1], [2, -1]).numpy().tolist()
    [[2, 3], [5, 6]]
    """
    input_ = convert_to_tensor(input_)
    firsts, counts = _elements(begin), _elements(size)
    dims = input_.shape.as_list() if input_.shape.rank is not None else [None] * len(counts)
    if None in counts or any(c == -1 and None in (d, f) for d, f, c in zip(dims, firsts, counts)):
        begin, size = convert_to_tensor(begin), convert_to_tensor(size)
        bounds = []
        for i, (first, count) in enumerate(zip(firsts, counts)):
            start = begin[i] if first is None else first
            length = size[i] if count is None else count
            bounds.append(slice(start, None if count == -1 else start + length))
        return getitem(input_, tuple(bounds))
    full = []
    for i, (dim, first, count) in enumerate(zip(dims, firsts, counts)):
        count = dim - first if count == -1 else count
        if None not in (dim, first) and not 0 <= first <= first + count <= dim:
            raise frames.frame.invalid(f"Expected size[{i}] in [0, {dim - first}], but got {count}")
        full.append(count)
    begin = begin if None in firsts else np.asarray(firsts, np.int32)
    return execute(SLICE, (input_, begin), (tuple(full),), name)


def _elements(value):
    """The elements of a vector of integers, None for those that are not known yet."""
    known = static_value(value)
    if known is None:
        return [None] * convert_to_tensor(value).shape[0]
    return [None if v is None else int(v) for v in np.atleast_1d(known).tolist()]


def strided_slice(input_, begin, end, strides=None, begin_mask=0, end_mask=0, ellipsis_mask=0,
                  new_axis_mask=0, shrink_axis_mask=0, var=None, name=None):  # fmt: skip
    """The slice that `begin`, `end`, `strides` and the masks (one bit per axis) describe."""
    begin, end = (static_value(v) for v in (begin, end))
    steps = np.ones(len(begin), int) if strides is None else static_value(strides)
    index = []
    for i, (first, last, step) in enumerate(zip(begin, end, steps)):
        bit = 1 << i
        if ellipsis_mask & bit:
            index.append(Ellipsis)
        elif new_axis_mask & bit:
            index.append(None)
        elif shrink_axis_mask & bit:
            index.append(int(first))
        else:
            index.append(slice(None if begin_mask & bit else int(first),
                               None if end_mask & bit else int(last), int(step)))  # fmt: skip
    return getitem(convert_to_tensor(input_), tuple(index))


# Assignment --------------------------------------------------------------------------------------


def update_slice(array, begin, value, *, entries):
    """`array` with `value` written where the entries point, as a pure function."""
    entries = _full(array.ndim, list(entries))
    given, index, moved = 0, [], []
    for entry in entries:
        if entry[0] in ("index", "window"):
            at = begin[given]
            given += 1
            if entry[0] == "window":
                at = at + entry[2] * jnp.arange(entry[1])
            index.append(at)
        elif entry[0] == "slice":
            size = array.shape[len(index)]
            index.append(jnp.arange(size)[slice(*entry[1:])])
        else:
            moved.append(entry)
    shape = [np.size(i) if np.ndim(i) else 1 for i in index]
    grid = [jnp.reshape(i, [-1 if k == axis else 1 for k in range(len(index))])
            for axis, i in enumerate(index)]  # fmt: skip
    target = [n for n, i in zip(shape, index) if np.ndim(i)]
    value = jnp.broadcast_to(jnp.asarray(value, array.dtype), target) if not moved else value
    return array.at[tuple(grid)].set(jnp.reshape(value, shape))
