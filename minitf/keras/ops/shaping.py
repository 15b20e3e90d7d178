"""The same elements in other shapes: joined, split, turned, shifted, padded."""

import builtins

import jax.numpy as jnp
import numpy as np

from minitf.core.dispatch import convert_to_tensor
from minitf.keras.ops.defining import of_arrays, together
from minitf.keras.promotion import convert as as_dtype
from minitf.keras.promotion import dtype_of, result_type
from minitf.ops import array as arrays
from minitf.ops import joining


def reshape(x, newshape):
    """`x` in another shape."""
    return arrays.reshape(x, [newshape] if isinstance(newshape, int) else newshape)


def ravel(x):
    """`x` as a vector."""
    return arrays.reshape(x, [-1])


def transpose(x, axes=None):
    """`x` with its axes in another order, by default the reverse one."""
    return arrays.transpose(x, axes)


def expand_dims(x, axis):
    """`x` with another axis of size 1; several where `axis` is a sequence."""
    x = convert_to_tensor(x)
    if isinstance(axis, int):
        return arrays.expand_dims(x, axis)
    rank = len(x.shape) + len(axis)
    for a in sorted(a % rank for a in axis):
        x = arrays.expand_dims(x, a)
    return x


def squeeze(x, axis=None):
    """`x` without axes of size 1."""
    x = convert_to_tensor(x)
    if axis is None and x.shape.rank is not None:  # axes of unknown size stay
        axis = [i for i, size in enumerate(x.shape) if size == 1]
        return arrays.squeeze(x, axis) if axis else x
    return arrays.squeeze(x, axis)


def broadcast_to(x, shape):
    """`x` repeated along axes of size 1."""
    return arrays.broadcast_to(x, shape)


def tile(x, repeats):
    """`x` several times along each axis."""
    x = convert_to_tensor(x)
    repeats = [repeats] if isinstance(repeats, int) else list(repeats)
    rank = builtins.max(len(x.shape), len(repeats))
    sizes = arrays.shape(x)
    x = arrays.reshape(x, joining.concat([[1] * (rank - len(x.shape)), sizes], 0))
    return arrays.tile(x, [1] * (rank - len(repeats)) + repeats)


def repeat(x, repeats, axis=None):
    """Each element along `axis`, several times in a row."""
    return arrays.repeat(x, repeats, axis)


def _alike(xs):
    """The tensors in the dtype that they have together."""
    dtype = result_type(*(dtype_of(x) for x in xs))
    return [as_dtype(x, dtype) for x in xs]


def concatenate(xs, axis=0):
    """Tensors joined along an axis."""
    return joining.concat(_alike(xs), axis)


def stack(x, axis=0):
    """Tensors joined along a new axis."""
    return joining.stack(_alike(x), axis)


def unstack(x, num=None, axis=0):
    """The tensors that `x` is a stack of."""
    return joining.unstack(x, num, axis)


def append(x1, x2, axis=None):
    """`x2` after `x1`, along an axis; by default both as vectors."""
    return concatenate([ravel(x1), ravel(x2)] if axis is None else [x1, x2], axis or 0)


def _at_least(rank, x):
    x = convert_to_tensor(x)
    while len(x.shape) < rank:
        x = arrays.expand_dims(x, -1 if len(x.shape) == 2 else 0)
    return x


def vstack(xs):
    """Tensors one below the other."""
    return concatenate(xs, 0)


def hstack(xs):
    """Tensors side by side."""
    xs = [_at_least(1, x) for x in xs]
    return concatenate(xs, 0 if len(xs[0].shape) == 1 else 1)


def dstack(xs):
    """Tensors one behind the other."""
    return concatenate([_at_least(3, x) for x in xs], 2)


def split(x, indices_or_sections, axis=0):
    """`x` in equal parts, or cut at indices."""
    x = convert_to_tensor(x)
    if not isinstance(indices_or_sections, int):
        ends = [0, *map(int, indices_or_sections), x.shape[axis]]
        indices_or_sections = [b - a for a, b in zip(ends, ends[1:], strict=False)]
    return joining.split(x, indices_or_sections, axis)


def array_split(x, indices_or_sections, axis=0):
    """`x` in parts, as equal as can be."""
    if not isinstance(indices_or_sections, int):
        return split(x, indices_or_sections, axis)
    size = convert_to_tensor(x).shape[axis]
    parts = np.array_split(np.arange(size), indices_or_sections)
    return joining.split(x, [len(p) for p in parts], axis)


def vsplit(x, indices_or_sections):
    """`x` split along its first axis."""
    return split(x, indices_or_sections, 0)


def hsplit(x, indices_or_sections):
    """`x` split along its second axis, a vector along its only one."""
    return split(x, indices_or_sections, 0 if len(convert_to_tensor(x).shape) == 1 else 1)


def dsplit(x, indices_or_sections):
    """`x` split along its third axis."""
    return split(x, indices_or_sections, 2)


def flip(x, axis=None):
    """`x` backwards along axes, by default along all."""
    x = convert_to_tensor(x)
    axes = list(range(len(x.shape))) if axis is None else np.atleast_1d(axis).tolist()
    return arrays.reverse(x, axes)


def flipud(x):
    """`x` upside down."""
    return flip(x, 0)


def fliplr(x):
    """`x` with left and right exchanged."""
    return flip(x, 1)


@of_arrays(1)
def rot90(array, k=1, axes=(0, 1)):
    """`array` turned by 90 degrees, k times, in the plane of two axes."""
    return jnp.rot90(array, k, axes)


@of_arrays(1)
def roll(x, shift, axis=None):
    """`x` shifted along axes; what leaves at one end comes in at the other."""
    return jnp.roll(x, shift, axis)


@of_arrays(1)
def moveaxis(x, source, destination):
    """`x` with some axes at other places."""
    return jnp.moveaxis(x, source, destination)


@of_arrays(1)
def swapaxes(x, axis1, axis2):
    """`x` with two axes exchanged."""
    return jnp.swapaxes(x, axis1, axis2)


def pad(x, pad_width, mode="constant", constant_values=None):
    """`x` with more elements at the ends of its axes."""
    if constant_values is not None:
        if mode != "constant":
            raise ValueError(
                "Argument `constant_values` can only be provided when `mode == 'constant'`. "
                f"Received: mode={mode}"
            )
        x, value = together(x, constant_values)
        return _pad_with(x, value, pad_width=_pairs(x, pad_width))
    return _pad(x, pad_width=_pairs(convert_to_tensor(x), pad_width), mode=mode)


def _pairs(x, pad_width):
    """(before, after) of each axis."""
    if isinstance(pad_width, int):
        pad_width = (pad_width,)
    if len(pad_width) == 1 and isinstance(pad_width[0], int):
        pad_width = ((pad_width[0], pad_width[0]),)
    elif len(pad_width) == 2 and isinstance(pad_width[0], int):
        pad_width = (tuple(pad_width),)
    if len(pad_width) == 1:
        return tuple(pad_width) * len(x.shape)
    return tuple(map(tuple, pad_width))


@of_arrays(1)
def _pad(x, pad_width, mode):
    return jnp.pad(x, pad_width, mode)


@of_arrays(2)
def _pad_with(x, value, pad_width):
    return jnp.pad(x, pad_width, constant_values=value)


@of_arrays(1)
def tril(x, k=0):
    """`x` with zeros above the k-th diagonal."""
    return jnp.tril(x, k)


@of_arrays(1)
def triu(x, k=0):
    """`x` with zeros below the k-th diagonal."""
    return jnp.triu(x, k)


@of_arrays(1)
def diag(x, k=0):
    """The k-th diagonal of a matrix, or the matrix with a vector on it."""
    return jnp.diag(x, k)


@of_arrays(1)
def diagflat(x, k=0):
    """The matrix with all elements of `x` on its k-th diagonal."""
    return jnp.diagflat(x, k)


@of_arrays(1)
def diagonal(x, offset=0, axis1=0, axis2=1):
    """The diagonal in the plane of two axes."""
    return jnp.diagonal(x, offset, axis1, axis2)


@of_arrays(1)
def view(x, dtype=None):
    """The bits of `x` as elements of another dtype."""
    return x if dtype is None else x.view(dtype)
