"""Choosing, finding and ordering elements; updates at places."""

import jax
import jax.numpy as jnp
import numpy as np

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.keras.ops.defining import of_arrays, together, truths
from minitf.ops import array as arrays
from minitf.ops import gathering, joining, math, reductions, selecting, slicing
from minitf.shapes import TensorShape


def where(condition, x1=None, x2=None):
    """`x1` where the condition holds, else `x2`; without them, where it holds."""
    (condition,) = truths(condition)
    if x1 is None and x2 is None:
        return nonzero(condition)
    if x1 is None or x2 is None:
        raise ValueError("`x1` and `x2` either both should be `None` or both should have values.")
    return gathering.where(condition, *together(x1, x2))


def nonzero(x):
    """The places of the elements that are not 0: for each axis an int32 vector."""
    places = math.cast(gathering.where(*truths(x)), "int32")
    return tuple(joining.unstack(places, num=len(convert_to_tensor(x).shape), axis=1))


def select(condlist, choicelist, default=0):
    """Of each element the choice of the first condition that holds."""
    result = default
    for condition, choice in reversed(list(zip(condlist, choicelist))):
        result = where(condition, choice, result)
    return result


def take(x, indices, axis=None):
    """The slices of `x` at some places along `axis`; of all its elements by default."""
    x = arrays.reshape(x, [-1]) if axis is None else convert_to_tensor(x)
    axis = axis or 0
    indices = convert_to_tensor(indices)
    length = math.cast(arrays.shape(x)[axis], indices.dtype)
    return gathering.gather(x, gathering.where(indices < 0, indices + length, indices), axis=axis)


@of_arrays(2)
def _take_along_axis(x, indices, axis):
    return jnp.take_along_axis(x, indices, axis, mode="clip")


def take_along_axis(x, indices, axis=None):
    """The elements of `x` at places along `axis`."""
    return _take_along_axis(x, indices, axis=axis)


def get_item(x, key):
    """`x[key]`."""
    return slicing.getitem(convert_to_tensor(x), key)


def sort(x, axis=-1):
    """`x` in rising order."""
    return arrays.sort(arrays.reshape(x, [-1]), 0) if axis is None else arrays.sort(x, axis)


def argsort(x, axis=-1):
    """The places of the elements in rising order."""
    if axis is None:
        return arrays.argsort(arrays.reshape(x, [-1]), 0, stable=True)
    return arrays.argsort(x, axis, stable=True)


@of_arrays(1)
def argpartition(x, kth, axis=-1):
    """Places such that the kth of them is that of the kth smallest element."""
    if axis is None:
        x, axis = x.reshape(-1), 0
    return jnp.argpartition(x, kth, axis).astype("int32")


def top_k(x, k, sorted=True):
    """The k largest elements of the last axis, and their places."""
    order = arrays.argsort(x, -1, "DESCENDING", stable=True)[..., :k]
    return take_along_axis(x, order, -1), order


def in_top_k(targets, predictions, k):
    """Whether the prediction for each target is among the k largest of its row."""
    return selecting.in_top_k(targets, predictions, k)


def unique(x, sorted=True, return_index=False, return_inverse=False, return_counts=False,
           axis=None, size=None, fill_value=None):  # fmt: skip
    """The different elements, in rising order, and where they are, as asked for."""
    asked = (return_index, return_inverse, return_counts)
    if size is None:
        found = execute(UNIQUE, (convert_to_tensor(x),), (axis,))
    else:
        found = _unique_of_size(x, axis=axis, size=size, fill_value=fill_value)
    parts = [part for part, wanted in zip(found, (True, *asked)) if wanted]
    return parts[0] if len(parts) == 1 else tuple(parts)


@of_arrays(1, outputs=4)
def _unique_of_size(x, axis, size, fill_value):
    values, index, inverse, counts = jnp.unique(
        x, True, True, True, axis, equal_nan=False, size=size, fill_value=fill_value
    )
    return values, *(part.astype("int32") for part in (index, inverse, counts))


def _all_unique(x, *, axis):
    found = np.unique(x, True, True, True, axis, equal_nan=False)
    return found[0], *(part.astype("int32") for part in found[1:])


def _unique_described(inputs, attrs):
    x, (axis,) = inputs[0], attrs
    sizes = [None] if axis is None else [*x.shape]
    if axis is not None:
        sizes[axis] = None
    vector = TensorShape([None])
    return [(TensorShape(sizes), x.dtype), *[(vector, dtypes.int32)] * 3]


UNIQUE = define(
    "KerasUnique", _all_unique, "T", num_outputs=4, host=True, infer=_unique_described
)  # fmt: skip


@of_arrays(2)
def _isin(x1, x2, assume_unique, invert):
    return jnp.isin(x1, x2, assume_unique, invert)


def isin(x1, x2, assume_unique=False, invert=False):
    """Whether each element of `x1` is in `x2`."""
    return _isin(*together(x1, x2), assume_unique=assume_unique, invert=invert)


@of_arrays(2)
def _searchsorted(sorted_sequence, values, side):
    return jnp.searchsorted(sorted_sequence, values, side).astype("int32")


def searchsorted(sorted_sequence, values, side="left"):
    """Where values would go in a sorted vector."""
    if len(convert_to_tensor(sorted_sequence).shape) != 1:
        raise ValueError(
            "`searchsorted` only supports 1-D sorted sequences. You can use "
            "`keras.ops.vectorized_map` to extend it to N-D sequences. Received: "
            f"sorted_sequence.shape={tuple(convert_to_tensor(sorted_sequence).shape)}"
        )
    return _searchsorted(*together(sorted_sequence, values), side=side)


@of_arrays(2)
def digitize(x, bins):
    """Which bin each element lies in, by the edges `bins`."""
    return jnp.digitize(x, bins).astype("int32")


def unravel_index(indices, shape):
    """The places along each axis of elements of a flattened tensor."""
    indices = convert_to_tensor(indices)
    places = []
    for size in reversed(shape):
        places.append(math.floormod(indices, size))
        indices = math.floordiv(indices, size)
    return tuple(reversed(places))


def slice(inputs, start_indices, shape):
    """The part of `inputs` that begins at some place and has some shape, -1 for all the rest."""
    return slicing.slice_(inputs, _starts(start_indices), shape)


def _starts(start_indices):
    """Where a part begins: of a tensor, or of a sequence of numbers and scalar tensors."""
    if isinstance(start_indices, list | tuple):
        start_indices = joining.stack(list(start_indices))
    return math.cast(start_indices, "int32")


def slice_update(inputs, start_indices, updates):
    """`inputs` with another part that begins at some place."""
    return _slice_update(inputs, _starts(start_indices), updates)


@of_arrays(3)
def _slice_update(inputs, starts, updates):
    places = [starts[i] for i in range(inputs.ndim)]
    return jax.lax.dynamic_update_slice(inputs, updates.astype(inputs.dtype), places)


def scatter(indices, values, shape):
    """A tensor of some shape, 0 but for values at index vectors; those of one place add up."""
    return gathering.scatter_nd(indices, values, shape)


_SCATTERS = {
    None: "set", "add": "add", "max": "max", "min": "min", "mul": "multiply",
}  # fmt: skip


def scatter_update(inputs, indices, updates, reduction=None):
    """`inputs` with other values at index vectors; `reduction` joins them with the old ones."""
    if reduction == "mul":
        return convert_to_tensor(inputs) * _products(inputs, indices, updates)
    if reduction not in _SCATTERS:
        raise ValueError(
            f"Unsupported reduction: '{reduction}'. Supported values are: 'add', 'max', 'min', "
            "'mul'"
        )
    return _scatter_update(inputs, indices, updates, reduction=reduction)


def _products(inputs, indices, updates):
    """The product of the updates of each place of `inputs`, 1 where there are none."""
    inputs = convert_to_tensor(inputs)
    sizes = arrays.shape(inputs)
    depth = convert_to_tensor(indices).shape[-1]
    strides = reductions.cumprod(sizes[:depth], exclusive=True, reverse=True)
    places = reductions.reduce_sum(math.cast(indices, "int32") * strides, -1)
    count = reductions.reduce_prod(sizes[:depth])
    products = selecting.unsorted_segment_prod(math.cast(updates, inputs.dtype), places, count)
    return arrays.reshape(products, sizes)


@of_arrays(3)
def _scatter_update(inputs, indices, updates, reduction):
    places = tuple(jnp.moveaxis(indices, -1, 0))
    return getattr(inputs.at[places], _SCATTERS[reduction])(updates.astype(inputs.dtype))
