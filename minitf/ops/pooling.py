"""Pooling: the maximum or the mean of each window.

A small window is pooled by comparing or adding what its places see, one after another: on a CPU
that is several times faster than XLA's own windows, most of all in the gradient. Large windows take
XLA's way. Both give the gradient of equal maxima to the first of them.
"""

import collections
import functools
import math
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from minitf import dtypes, errors
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops.activations import only_floats
from minitf.ops.windows import (
    amounts,
    channels_first,
    for_every_axis,
    padding_of,
    side_by_side,
    spatial_axes,
    taps,
    tiles,
)

_MOST_TAPS = 25  # the largest window that is pooled place by place


class Pool(NamedTuple):
    """The windows of a pooling op; the tuples have an entry per spatial axis."""

    window: tuple
    strides: tuple
    padding: Any
    dilations: tuple
    data_format: str | None
    depth: int = 1  # channels per window, which do not overlap

    @classmethod
    def of(cls, rank, ksize, strides, padding, data_format, dilations=None):
        """From TensorFlow's arguments for pooling over `rank` axes."""
        ksize = for_every_axis(ksize, rank, data_format, "ksize")
        strides = for_every_axis(strides, rank, data_format, "strides")
        dilations = for_every_axis(dilations, rank, data_format, "dilations")
        window = spatial_axes(ksize, data_format)
        batch, depth = ksize[0], ksize[1 if channels_first(data_format) else -1]
        if min(ksize) < 1:
            raise errors.InvalidArgumentError(None, None, f"ksize must be > 0, but got {ksize}")
        if batch != 1 or depth > 1 and math.prod(window) > 1:
            raise errors.UnimplementedError(
                None, None,
                "MaxPooling supports exactly one of pooling across depth or pooling across "
                "width/height.",
            )  # fmt: skip
        padding = padding_of(padding, data_format)
        for size, pair in zip(window, () if isinstance(padding, str) else padding):
            if max(pair) >= size:
                raise errors.InvalidArgumentError(
                    None, None,
                    f"Padding {max(pair)} needs to be smaller than the window size {size}",
                )  # fmt: skip
        rest = spatial_axes(dilations, data_format), data_format, depth
        return cls(window, spatial_axes(strides, data_format), padding, *rest)


def _channels_last(pooling):
    """The op's function for `pooling`, which knows only channels that come last."""

    @functools.wraps(pooling)
    def fn(input, *, pool):
        rank = len(pool.window)
        if input.ndim != rank + 2:
            raise ValueError(f"input must be {rank + 2}-dimensional: {list(input.shape)}")
        if not channels_first(pool.data_format):
            return pooling(input, pool=pool)
        return jnp.moveaxis(pooling(jnp.moveaxis(input, 1, -1), pool=pool), -1, 1)

    return fn


def _reduce_windows(x, pool, combine, start):
    edges = _edges(x, pool)
    return lax.reduce_window(
        x, np.asarray(start, x.dtype), combine, (1, *pool.window, 1), (1, *pool.strides, 1),
        [(0, 0), *edges, (0, 0)], window_dilation=(1, *pool.dilations, 1),
    )  # fmt: skip


def _lowest(dtype):
    return -np.inf if jnp.issubdtype(dtype, jnp.floating) else np.iinfo(dtype).min


@_channels_last
def _max_pool(input, *, pool):
    lowest = _lowest(input.dtype)
    if pool.depth > 1:
        grouped = input.reshape(*input.shape[:-1], -1, pool.depth)
        return functools.reduce(_first_maximum, jnp.moveaxis(grouped, -1, 0))
    if math.prod(pool.window) > _MOST_TAPS:
        return _reduce_windows(input, pool, lax.max, lowest)
    if pool.strides == pool.window and not any(map(any, _edges(input, pool))):
        return _largest(input, pool.window)
    return functools.reduce(_first_maximum, _taps(input, pool, lowest))


def _edges(x, pool):
    return amounts(x.shape[1:-1], pool.window, pool.strides, pool.dilations, pool.padding)


def _first_maximum(a, b):
    return jnp.where(a >= b, a, b)


@functools.partial(jax.custom_jvp, nondiff_argnums=(1,))
def _largest(x, window):
    """The maximum of each of the windows that lie side by side."""
    return functools.reduce(_first_maximum, tiles(x, window))


@_largest.defjvp
def _largest_jvp(window, primals, tangents):
    """Notes in a byte which place is the largest: to compare with it is all that a place then does.

    The barrier keeps XLA from looking for it anew at each place.
    """
    (x,), (change,) = primals, tangents
    largest, places = _largest(x, window), tiles(x, window)
    first = jnp.full(largest.shape, len(places), np.int8)
    for number in reversed(range(len(places))):
        first = jnp.where(places[number] == largest, np.int8(number), first)
    axes = tuple(range(2, 2 * len(window) + 1, 2))
    first = jnp.expand_dims(lax.optimization_barrier(first), axes)
    numbers = np.arange(len(places), dtype=np.int8)
    numbers = numbers.reshape(*(n for w in window for n in (1, w)), 1)
    return largest, jnp.where(first == numbers, side_by_side(change, window), 0).sum(axes)


@_channels_last
def _avg_pool(value, *, pool):
    """The mean over what lies inside the image: padding does not count."""
    only_floats(value)
    if math.prod(pool.window) > _MOST_TAPS:
        total = _reduce_windows(value, pool, lax.add, 0)
    else:
        total = sum(_taps(value, pool, 0))
    return total / _sizes_inside(value.shape[1:-1], pool).astype(value.dtype)


def _sizes_inside(sizes, pool):
    """How many places of each window lie inside the image: a product over the axes."""
    edges = amounts(sizes, pool.window, pool.strides, pool.dilations, pool.padding)
    product = jnp.ones((1,) * (len(sizes) + 2), np.int32)
    for axis, (size, (before, after)) in enumerate(zip(sizes, edges)):
        window, dilation = pool.window[axis], pool.dilations[axis]
        starts = np.arange(-before, size + after - (window - 1) * dilation, pool.strides[axis])
        places = starts[:, None] + np.arange(window) * dilation
        counts = ((places >= 0) & (places < size)).sum(1, dtype=np.int32)
        product = product * jnp.expand_dims(counts, [i for i in range(len(sizes) + 2)
                                                     if i != axis + 1])  # fmt: skip
    return product


def _taps(x, pool, fill):
    return taps(x, pool.window, pool.strides, pool.dilations, pool.padding, fill)


def _max_pool_with_argmax(input, *, pool, dtype, include_batch_in_index):
    """The maxima and, for each, its place in the flattened image (or batch)."""
    if channels_first(pool.data_format):
        raise ValueError("MaxPoolWithArgmax only supports NHWC")
    first = 0 if include_batch_in_index else 1
    steps = [math.prod(input.shape[axis + 1 :]) for axis in range(first, 4)]
    axes = [lax.broadcasted_iota(dtype, input.shape, axis) for axis in range(first, 4)]
    places = sum(step * axis for step, axis in zip(steps, axes))
    best = None
    for tap in zip(_taps(input, pool, _lowest(input.dtype)), _taps(places, pool, 0)):
        first = best is None or best[0] >= tap[0]
        best = tap if best is None else tuple(jnp.where(first, a, b) for a, b in zip(best, tap))
    return best


# By rank.
MAX_POOL = None, *(define(name, _max_pool, "T") for name in ("MaxPool1D", "MaxPool", "MaxPool3D"))
AVG_POOL = None, *(define(name, _avg_pool, "T") for name in ("AvgPool1D", "AvgPool", "AvgPool3D"))
MAX_POOL_WITH_ARGMAX = define("MaxPoolWithArgmax", _max_pool_with_argmax, "T", num_outputs=2)

_DEFAULT_NAMES = {"MaxPool1D": "max_pool1d", "AvgPool1D": "avg_pool1d"}


def _pooled(ops, rank, input, ksize, strides, padding, data_format, name, dilations=None):
    pool = Pool.of(rank, ksize, strides, padding, data_format, dilations)
    op = ops[rank]
    return execute(op, (input,), (pool,), name or _DEFAULT_NAMES.get(op.name))


def _spatial_rank(function, input, data_format):
    rank = convert_to_tensor(input).shape.rank
    if rank is None:
        rank = 4 if data_format is None else len(data_format)
    if not 3 <= rank <= 5:
        raise ValueError(
            f"`input.shape.rank` must be 3, 4 or 5. Received: input.shape={input.shape} of rank "
            f"{rank} in {function}"
        )
    return rank - 2


def max_pool(input, ksize, strides, padding, data_format=None, name=None):
    """`max_pool1d`, `max_pool2d` or `max_pool3d`, by the rank of `input`."""
    rank = _spatial_rank("max_pool", input, data_format)
    return _pooled(MAX_POOL, rank, input, ksize, strides, padding, data_format, name)


def max_pool1d(input, ksize, strides, padding, data_format="NWC", name=None):
    """The maximum of each window of `input` [batch, width, channels]; see `max_pool2d`."""
    return _pooled(MAX_POOL, 1, input, ksize, strides, padding, data_format, name)


def max_pool2d(input, ksize, strides, padding, data_format="NHWC", name=None):
    """The maximum of each window of images.

    Args:
      input: [batch, height, width, channels], or [batch, channels, height, width] for "NCHW".
      ksize, strides: a number, one for height and one for width, or one for each axis.
      padding: "SAME", "VALID", or a pair (before, after) for each axis.

    >>> import numpy as np
    >>> max_pool2d(np.arange(16, dtype="f").reshape(1, 4, 4, 1), 2, 2, "VALID").numpy().ravel()
    array([ 5.,  7., 13., 15.], dtype=float32)
    """
    return _pooled(MAX_POOL, 2, input, ksize, strides, padding, data_format, name)


def max_pool3d(input, ksize, strides, padding, data_format="NDHWC", name=None):
    """The maximum of each window of volumes; see `max_pool2d`."""
    return _pooled(MAX_POOL, 3, input, ksize, strides, padding, data_format, name)


def avg_pool(input, ksize, strides, padding, data_format=None, name=None):
    """`avg_pool1d`, `avg_pool2d` or `avg_pool3d`, by the rank of `input`."""
    rank = _spatial_rank("avg_pool", input, data_format)
    return _pooled(AVG_POOL, rank, input, ksize, strides, padding, data_format, name)


def avg_pool1d(input, ksize, strides, padding, data_format="NWC", name=None):
    """The mean of each window of `input` [batch, width, channels]; see `avg_pool2d`."""
    return _pooled(AVG_POOL, 1, input, ksize, strides, padding, data_format, name)


def avg_pool2d(input, ksize, strides, padding, data_format="NHWC", name=None):
    """The mean of each window of images, without its padding; see `max_pool2d`."""
    if not isinstance(padding, str):
        raise TypeError(f"Expected string for argument 'padding' not {padding}.")
    return _pooled(AVG_POOL, 2, input, ksize, strides, padding, data_format, name)


def avg_pool3d(input, ksize, strides, padding, data_format="NDHWC", name=None):
    """The mean of each window of volumes, without its padding; see `max_pool2d`."""
    return _pooled(AVG_POOL, 3, input, ksize, strides, padding, data_format, name)


MaxPoolWithArgmax = collections.namedtuple("MaxPoolWithArgmax", "output argmax")


def max_pool_with_argmax(input, ksize, strides, padding, data_format="NHWC",
                         output_dtype=dtypes.int64, include_batch_in_index=False,
                         name=None):  # fmt: skip
    """`max_pool2d`, and where each maximum is.

    Returns:
      A pair: the maxima, and their places in each flattened image, `(y * width + x) * channels +
      channel` (in the flattened batch with `include_batch_in_index`).
    """
    pool = Pool.of(2, ksize, strides, padding, data_format)
    attrs = (pool, dtypes.as_dtype(output_dtype).np, bool(include_batch_in_index))
    return MaxPoolWithArgmax(*execute(MAX_POOL_WITH_ARGMAX, (input,), attrs, name))


def pool(input, window_shape, pooling_type, strides=None, padding="VALID", data_format=None,
         dilations=None, name=None):  # fmt: skip
    """Pools over as many axes as `window_shape` has; `pooling_type` is "MAX" or "AVG".

    Raises:
      ValueError: strides together with dilations, or dilations with padding "SAME".
    """
    rank = len(window_shape)
    ops = {"MAX": MAX_POOL, "AVG": AVG_POOL}.get(pooling_type)
    if ops is None or rank > 3:
        raise ValueError(f"{rank}-D {pooling_type} pooling is not supported.")
    strides, dilations = np.array(strides or [1] * rank), np.array(dilations or [1] * rank)
    if (dilations > 1).any():
        if (strides > 1).any():
            raise ValueError(
                "`strides > 1` not supported in conjunction with `dilation_rate > 1`. "
                f"Received: strides={strides} and dilation_rate={dilations}"
            )
        if padding == "SAME":
            raise ValueError(
                "pooling with 'SAME' padding is not implemented for `dilation_rate` > 1. "
                f"Received: padding={padding} and dilation_rate={dilations}"
            )
    name = name or f"{pooling_type.lower()}_pool"
    return _pooled(ops, rank, input, window_shape, strides, padding, data_format, name, dilations)
