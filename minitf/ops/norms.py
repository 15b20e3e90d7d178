"""Norms of vectors and matrices, and clipping by value or by norm."""

import jax.numpy as jnp
import numpy as np

from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.gradients import densify
from minitf.core.registry import define
from minitf.core.slices import IndexedSlices
from minitf.ops import array, math, reductions
from minitf.ops.gathering import where


def _axes(axis):
    if axis is None:
        return None
    axis = np.asarray(static_value(axis)).tolist()
    return tuple(axis) if isinstance(axis, list) else axis


def _p_norm(tensor, order, axes, keepdims):
    """The p-norm of vectors, from reductions, so that its gradient is TensorFlow's."""
    if order == "euclidean" or order == 2:
        squares = reductions.reduce_sum(tensor * math.conj(tensor), axes, keepdims=keepdims)
        result = math.sqrt(squares)
        return math.real(result) if tensor.dtype.is_complex else result
    size = math.abs(tensor)
    if order == 1:
        return reductions.reduce_sum(size, axes, keepdims=keepdims)
    if order == np.inf:
        return reductions.reduce_max(size, axes, keepdims=keepdims)
    return math.pow(
        reductions.reduce_sum(math.pow(size, order), axes, keepdims=keepdims), 1 / order
    )


NUCLEAR = define(
    "MatrixNorm",
    lambda x, *, order, axes, keepdims: jnp.linalg.norm(x, order, axes, keepdims),
    "T",
)


def norm(tensor, ord="euclidean", axis=None, keepdims=None, name=None):
    """The norm of vectors (one axis, or all), or of matrices (a pair of axes).

    Args:
      ord: `"euclidean"`, `"fro"` (matrices), 1, 2, `np.inf`, or a positive number.

    >>> norm([3.0, 4.0]).numpy()
    np.float32(5.0)
    """
    tensor = convert_to_tensor(tensor)
    axes, keepdims = _axes(axis), bool(keepdims)
    is_matrix = isinstance(axes, tuple) and len(axes) == 2
    if is_matrix:
        if ord not in ("euclidean", "fro", 1, 2, np.inf):
            raise ValueError(
                "'ord' must be a supported matrix norm in ['euclidean', 'fro', 1, 2, inf], "
                f"got {ord}"
            )
        if ord in ("euclidean", "fro"):
            return math.cast(_p_norm(tensor, "euclidean", axes, keepdims), tensor.dtype)
        return execute(NUCLEAR, (tensor,), (ord, axes, keepdims), name)
    if isinstance(axes, tuple) and len(axes) != 1:
        raise ValueError(
            f"'axis' must be None, an integer, or a tuple of 2 unique integers, got {list(axes)}"
        )
    if ord == "fro":
        raise ValueError("'ord' must be a supported vector norm, got fro")
    if ord != "euclidean" and not (isinstance(ord, int | float) and ord > 0):
        raise ValueError(f"'ord' must be a supported vector norm, got {ord}")
    return math.cast(_p_norm(tensor, ord, axes, keepdims), tensor.dtype)


def normalize(tensor, ord="euclidean", axis=None, name=None):
    """(`tensor` divided by its norm, the norm with its axes kept)."""
    tensor = convert_to_tensor(tensor)
    size = norm(tensor, ord, axis, True)
    return tensor / math.cast(size, tensor.dtype), size


def global_norm(t_list, name=None):
    """The norm of all elements of all tensors in `t_list`; None in it counts as nothing."""
    if not isinstance(t_list, list | tuple):
        raise TypeError(f"`t_list` should be a sequence of tensors. Received {type(t_list)}.")
    parts = [densify(t.values if isinstance(t, IndexedSlices) else t) for t in t_list
             if t is not None]  # fmt: skip
    halves = [reductions.reduce_sum(math.square(t)) / 2 for t in parts]
    return math.sqrt(math.add_n(halves) * 2)


def _sliced(function):
    """`function(tensor)`, applied to the values where it is given `IndexedSlices`."""

    def applied(t, *args):
        if isinstance(t, IndexedSlices):
            return IndexedSlices(function(t.values, *args), t.indices, t.dense_shape)
        return function(convert_to_tensor(t), *args)

    return applied


def clip_by_value(t, clip_value_min, clip_value_max, name=None):
    """`t` with what is below and above the limits replaced by them.

    >>> clip_by_value([-1.0, 0.5, 9.0], 0.0, 1.0).numpy()
    array([0. , 0.5, 1. ], dtype=float32)
    """
    return _sliced(_clip_by_value)(t, clip_value_min, clip_value_max)


CLIP_BY_VALUE = define(
    "ClipByValue",
    lambda t, clip_value_min, clip_value_max: _clipped(t, clip_value_min, clip_value_max),
    "TTT",
)


def _clipped(t, low, high):
    shape = jnp.broadcast_shapes(t.shape, low.shape, high.shape)
    if shape != t.shape:
        raise ValueError(f"Incompatible shapes: {list(t.shape)} vs. {list(shape)}")
    outside = jnp.where(t < low, low, jnp.maximum(low, high))
    return jnp.where((t < low) | (t > high), outside, t)  # NaN stays


def _clip_by_value(t, low, high):
    return execute(CLIP_BY_VALUE, (t, low, high), (), "clip_by_value")


def clip_by_norm(t, clip_norm, axes=None, name=None):
    """`t`, made shorter where its norm is greater than `clip_norm`."""
    return _sliced(_clip_by_norm)(t, clip_norm, axes)


def _clip_by_norm(t, clip_norm, axes):
    clip_norm = math.maximum(math.cast(clip_norm, t.dtype), 0)
    t.shape.merge_with(array.broadcast_static_shape(t.shape, clip_norm.shape))
    squares = reductions.reduce_sum(t * t, _axes(axes), keepdims=True)
    positive = squares > 0
    # So that the gradient at zero is zero, and not that of a square root at zero.
    safe = where(positive, squares, array.ones_like(squares))
    size = where(positive, math.sqrt(safe), squares)
    return t * clip_norm / math.maximum(size, clip_norm)


def clip_by_global_norm(t_list, clip_norm, use_norm=None, name=None):
    """(the tensors, all scaled so that their global norm is at most `clip_norm`; their norm)."""
    if not isinstance(t_list, list | tuple):
        raise TypeError("t_list should be a sequence")
    size = global_norm(t_list) if use_norm is None else use_norm
    one = array.constant(1.0, size.dtype)
    scale = clip_norm * math.minimum(one / size, one / clip_norm)
    scale = scale + (size - size)  # NaN where the norm is infinite
    clip = _sliced(lambda t: t * math.cast(scale, t.dtype))
    return [None if t is None else clip(t) for t in t_list], size
