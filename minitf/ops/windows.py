"""The geometry of sliding windows, which convolution and pooling share.

TensorFlow describes strides, dilations and padding for every axis of the tensor, or for the spatial
ones alone, with the channels last or first. Inside, a window op has tuples for its spatial axes.
"""

import itertools

import numpy as np
from jax import lax

from minitf import errors

CHANNELS_LAST = (None, "NWC", "NHWC", "NDHWC")
CHANNELS_FIRST = ("NCW", "NCHW", "NCDHW")


def channels_first(data_format):
    """Whether `data_format` names the channels before the spatial axes; error if it is neither."""
    if data_format in CHANNELS_LAST or data_format in CHANNELS_FIRST:
        return data_format in CHANNELS_FIRST
    raise errors.InvalidArgumentError(
        None, None,
        f"Value for attr 'data_format' of \"{data_format}\" is not in the list of allowed values: "
        '"NHWC", "NCHW"',
    )  # fmt: skip


def for_every_axis(value, rank, data_format, name):
    """`value` (one number, one per spatial axis, or one per axis) for all `rank + 2` axes."""
    values = [1] if value is None else np.atleast_1d(np.asarray(value)).tolist()
    if len(values) not in (1, rank, rank + 2):
        lengths = f"1, {rank} or {rank + 2}" if rank > 1 else f"1 or {rank + 2}"
        raise ValueError(
            f"{name} should be of length {lengths}. Received: {name}={value} "
            f"of length {len(values)}"
        )
    if len(values) == rank + 2:
        return tuple(values)
    spatial = values * rank if len(values) == 1 else values
    return (1, 1, *spatial) if channels_first(data_format) else (1, *spatial, 1)


def spatial_axes(values, data_format):
    """The entries of `values`, one per axis, that belong to the spatial axes."""
    return tuple(values[2:] if channels_first(data_format) else values[1:-1])


def padding_of(padding, data_format):
    """ "SAME", "VALID", or the pairs (before, after) of the spatial axes of explicit padding."""
    if isinstance(padding, str):
        if padding not in ("SAME", "VALID"):
            raise errors.InvalidArgumentError(
                None, None,
                f"Value for attr 'padding' of \"{padding}\" is not in the list of allowed values: "
                '"SAME", "VALID", "EXPLICIT"',
            )  # fmt: skip
        return padding
    pairs = [tuple(int(n) for n in pair) for pair in padding]
    return spatial_axes(pairs, data_format)


def amounts(sizes, windows, strides, dilations, padding):
    """The padding (before, after) of each spatial axis; ValueError where no window fits.

    >>> amounts([5], [3], [2], [1], "SAME"), amounts([5], [2], [1], [1], "VALID")
    ([(1, 1)], [(0, 0)])
    """
    result = []
    for i, (size, window, stride, dilation) in enumerate(zip(sizes, windows, strides, dilations)):
        if stride < 1:
            raise ValueError(f"Stride must be > 0, but got {stride}")
        reach = (window - 1) * dilation + 1
        if padding == "SAME":
            total = max((-(-size // stride) - 1) * stride + reach - size, 0)
            pair = total // 2, total - total // 2
        else:
            pair = (0, 0) if padding == "VALID" else padding[i]
        if size + sum(pair) - reach + stride < 0 or size + sum(pair) < reach and size:
            places = (size + sum(pair) - reach) // stride + 1
            raise ValueError(
                f"Computed output size would be negative: {places}"
                f" [input_size: {size}, effective_filter_size: {reach}, stride: {stride}]"
            )
        result.append(pair)
    return result


def numbers(sizes, window, strides, dilations, pairs):
    """How many windows there are along each spatial axis, with `pairs` of padding."""
    return [
        (size + sum(pair) - (w - 1) * d - 1) // s + 1
        for size, pair, w, s, d in zip(sizes, pairs, window, strides, dilations)
    ]


def taps(x, window, strides, dilations, padding, fill):
    """For each place of the window, row by row, what all windows see there; `fill` beyond the edge.

    `x` is [batch, *spatial, channels]; each tap is [batch, *windows, channels].
    """
    sizes = x.shape[1:-1]
    pairs = amounts(sizes, window, strides, dilations, padding)
    if any(map(any, pairs)):
        edges = [(0, 0, 0), *((a, b, 0) for a, b in pairs), (0, 0, 0)]
        x = lax.pad(x, np.asarray(fill, x.dtype), edges)
    counts = numbers(sizes, window, strides, dilations, pairs)
    for place in itertools.product(*map(range, window)):
        starts = [p * d for p, d in zip(place, dilations)]
        ends = [a + (n - 1) * s + 1 for a, n, s in zip(starts, counts, strides)]
        yield lax.slice(x, (0, *starts, 0), (x.shape[0], *ends, x.shape[-1]), (1, *strides, 1))


def side_by_side(x, window):
    """`x` as windows that lie side by side: [batch, windows, window, ..., channels], by axes.

    What is left over at the end of an axis belongs to no window.
    """
    batch, *sizes, depth = x.shape
    counts = [size // w for size, w in zip(sizes, window)]
    whole = tuple(slice(n * w) for n, w in zip(counts, window))
    pairs = itertools.chain.from_iterable(zip(counts, window))
    return x[:, *whole].reshape(batch, *pairs, depth)


def tiles(x, window):
    """As `taps` of windows that lie side by side."""
    parts = [side_by_side(x, window)]
    for axis, w in enumerate(window):
        parts = [p for part in parts for p in lax.split(part, (1,) * w, 2 * axis + 2)]
    return [lax.squeeze(part, range(2, part.ndim - 1, 2)) for part in parts]


def patches(images, window, strides, dilations, padding, fill=0):
    """What each window sees: [batch, *windows, *window, channels], for windows of two axes."""
    edges = amounts(images.shape[1:3], window, strides, dilations, padding)
    around = [(0, 0, 0), *((*e, 0) for e in edges), (0, 0, 0)]
    x = lax.pad(images, np.asarray(fill, images.dtype), around)
    rows, columns = (
        np.arange(size - (w - 1) * d)[::s, None] + np.arange(w) * d
        for size, w, s, d in zip(x.shape[1:3], window, strides, dilations)
    )
    return x[:, rows][:, :, :, columns].swapaxes(2, 3)
