"""The older names of `keras.backend` for images: products, convolution, pooling, padding."""

import string

from minitf.keras import config
from minitf.keras.losses import classification, regression
from minitf.ops import convolution as convolving
from minitf.ops import pooling
from minitf.ops.array import expand_dims, pad, repeat, reshape, transpose
from minitf.ops.array import shape as shape_of
from minitf.ops.image_sizes import resize
from minitf.ops.joining import stack
from minitf.ops.linalg import einsum
from minitf.ops.math import pow
from minitf.ops.normalization import bias_add as add_bias

_LAST = {1: "NWC", 2: "NHWC", 3: "NDHWC"}
_FIRST = {1: "NCW", 2: "NCHW", 3: "NCDHW"}


def _is_first(data_format):
    """Whether the channels come first.

    Raises:
      ValueError: `data_format` is neither of the two.
    """
    data_format = data_format or config.image_data_format()
    if data_format not in ("channels_first", "channels_last"):
        raise ValueError(f"Unknown data_format: {data_format}")
    return data_format == "channels_first"


def _layout(rank, data_format):
    return (_FIRST if _is_first(data_format) else _LAST)[rank]


def _padding(padding):
    if padding not in ("same", "valid"):
        raise ValueError(f"Invalid padding: {padding}")
    return padding.upper()


# Products -----------------------------------------------------------------------------------------


def batch_dot(x, y, axes=None):
    """For each example, the sum of products over an axis of `x` and one of `y`.

    Args:
      x, y: at least `[batch, n]`.
      axes: the two axes, or one for both; default: the last of `x`, the last but one of `y` (of a
        `y` with two axes the last).

    Returns:
      The other axes of `x`, then those of `y`; `[batch, 1]` if there are none.

    Raises:
      ValueError: the axes do not fit.

    >>> batch_dot([[1.0, 2.0]], [[3.0, 4.0]]).numpy()
    array([[11.]], dtype=float32)
    """
    x, y = regression.converted(x, y)
    ranks = len(x.shape), len(y.shape)
    if min(ranks) < 2:
        raise ValueError(
            f"Cannot do batch_dot on inputs with rank < 2. Received inputs with shapes {x.shape} "
            f"and {y.shape}."
        )
    if axes is None:
        axes = (-1, -1 if ranks[1] == 2 else -2)
    elif isinstance(axes, int):
        axes = (axes, axes)
    if any(isinstance(a, list | tuple) for a in axes):
        raise ValueError(
            "Multiple target dimensions are not supported. Expected: None, int, (int, int), "
            f"Provided: {axes}"
        )
    a, b = (axis % rank for axis, rank in zip(axes, ranks, strict=True))
    if 0 in (a, b):
        raise ValueError(
            "Cannot perform batch_dot over axis 0. If your inputs are not batched, add a dummy "
            "batch dimension to your inputs using K.expand_dims(x, 0)"
        )
    for what, m, n in (("batch sizes", x.shape[0], y.shape[0]), ("sizes", x.shape[a], y.shape[b])):
        if m is not None and n is not None and m != n:
            raise ValueError(
                f"Cannot do batch_dot on inputs with different {what}. Received inputs with shapes "
                f"{x.shape} and {y.shape}, axes={axes}."
            )
    of_x = list(string.ascii_lowercase[: ranks[0]])
    of_y = [of_x[0], *string.ascii_uppercase[1 : ranks[1]]]
    of_y[b] = of_x[a]
    rest = [*of_x[:a], *of_x[a + 1 :], *of_y[1:b], *of_y[b + 1 :]]
    product = einsum(f"{''.join(of_x)},{''.join(of_y)}->{''.join(rest)}", x, y)
    return expand_dims(product, 1) if ranks == (2, 2) else product


def bias_add(x, bias, data_format=None):
    """`x` plus a bias for each channel, or (of one axis less than `x`) for each place.

    Raises:
      ValueError: another number of axes.
    """
    first, rank = _is_first(data_format), len(bias.shape)
    if rank == 1:
        return add_bias(x, bias, "NCHW" if first else "NHWC")
    if rank != len(x.shape) - 1:
        raise ValueError(
            f"Unexpected bias dimensions {rank}. Expected it to be 1 or {len(x.shape) - 1} "
            "dimensions"
        )
    shape = list(bias.shape)
    return x + reshape(bias, [1, shape[-1], *shape[:-1]] if first else [1, *shape])


# Convolution --------------------------------------------------------------------------------------


def _convolution(rank, doc):
    def conv(x, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
        if padding == "causal":
            before = dilation_rate * (kernel.shape[0] - 1)
            x, padding = temporal_padding(x, (before, 0)), "valid"
        return convolving.convolution(
            x, kernel, strides, _padding(padding), _layout(rank, data_format), dilation_rate
        )

    conv.__name__ = conv.__qualname__ = f"conv{rank}d"
    conv.__doc__ = doc
    return conv


conv1d = _convolution(1, """Convolution over time; `padding` may also be "causal".""")
conv2d = _convolution(2, """Convolution over images.""")
conv3d = _convolution(3, """Convolution over volumes.""")


def conv2d_transpose(x, kernel, output_shape, strides=(1, 1), padding="valid", data_format=None,
                     dilation_rate=(1, 1)):  # fmt: skip
    """The transposed convolution, which makes images of `output_shape`, with the batch."""
    sizes = [shape_of(x)[0] if output_shape[0] is None else output_shape[0], *output_shape[1:]]
    return convolving.conv2d_transpose(
        x, kernel, stack(sizes), strides, _padding(padding), _layout(2, data_format), dilation_rate
    )


def _strides(strides, data_format):
    if len(strides) != 2:
        raise ValueError("`strides` must be a tuple of 2 integers.")
    return [1, 1, *strides] if _is_first(data_format) else [1, *strides, 1]


def depthwise_conv2d(x, depthwise_kernel, strides=(1, 1), padding="valid", data_format=None,
                     dilation_rate=(1, 1)):  # fmt: skip
    """Convolution of each channel by itself."""
    return convolving.depthwise_conv2d(
        x, depthwise_kernel, _strides(strides, data_format), _padding(padding),
        _layout(2, data_format), dilation_rate)  # fmt: skip


def separable_conv2d(x, depthwise_kernel, pointwise_kernel, strides=(1, 1), padding="valid",
                     data_format=None, dilation_rate=(1, 1)):  # fmt: skip
    """`depthwise_conv2d`, and a convolution of 1x1."""
    return convolving.separable_conv2d(
        x, depthwise_kernel, pointwise_kernel, _strides(strides, data_format), _padding(padding),
        _layout(2, data_format), dilation_rate)  # fmt: skip


# Pooling, padding, sizes --------------------------------------------------------------------------


def pool2d(x, pool_size, strides=(1, 1), padding="valid", data_format=None, pool_mode="max"):
    """The maximum ("max") or mean ("avg") of each window of an image."""
    if len(pool_size) != 2:
        raise ValueError("`pool_size` must be a tuple of 2 integers.")
    _strides(strides, data_format)
    return _pool(2, x, pool_size, strides, padding, data_format, pool_mode)


def pool3d(x, pool_size, strides=(1, 1, 1), padding="valid", data_format=None, pool_mode="max"):
    """The same of a volume."""
    return _pool(3, x, pool_size, strides, padding, data_format, pool_mode)


def _pool(rank, x, pool_size, strides, padding, data_format, pool_mode):
    if pool_mode not in ("max", "avg"):
        raise ValueError(f"Invalid pooling mode: {pool_mode}")
    pool = pooling.max_pool if pool_mode == "max" else pooling.avg_pool
    return pool(x, pool_size, strides, _padding(padding), _layout(rank, data_format))


def temporal_padding(x, padding=(1, 1)):
    """Zeros before and after the middle axis."""
    if len(padding) != 2:
        raise ValueError(
            f"Expected `padding` to be a tuple of 2 integers. Received: padding={padding}"
        )
    return pad(x, [[0, 0], padding, [0, 0]])


def spatial_2d_padding(x, padding=((1, 1), (1, 1)), data_format=None):
    """Zeros around images."""
    return _padded(2, x, padding, data_format)


def spatial_3d_padding(x, padding=((1, 1), (1, 1), (1, 1)), data_format=None):
    """Zeros around volumes."""
    return _padded(3, x, padding, data_format)


def _padded(rank, x, padding, data_format):
    if len(padding) != rank or any(len(pair) != 2 for pair in padding):
        raise ValueError(
            f"Expected `padding` to be a tuple of {rank} tuples of 2 integers. "
            f"Received: padding={padding}"
        )
    channels = [[0, 0]]
    inner = [*channels, *padding] if _is_first(data_format) else [*padding, *channels]
    return pad(x, [[0, 0], *inner])


def resize_images(x, height_factor, width_factor, data_format, interpolation="nearest"):
    """Images of so many times the height and the width.

    Raises:
      ValueError: an unknown interpolation or data format.
    """
    first = _is_first(data_format)
    x = transpose(x, [0, 2, 3, 1]) if first else x
    known = ("area", "bicubic", "bilinear", "gaussian", "lanczos3", "lanczos5", "mitchellcubic",
             "nearest")  # fmt: skip
    if interpolation not in known:
        raise ValueError(
            f"`interpolation` argument should be one of: {known}. Received: {interpolation!r}."
        )
    size = shape_of(x)[1:3] if None in x.shape[1:3] else list(x.shape[1:3])
    x = resize(x, [size[0] * height_factor, size[1] * width_factor], interpolation)
    return transpose(x, [0, 3, 1, 2]) if first else x


def resize_volumes(x, depth_factor, height_factor, width_factor, data_format):
    """Volumes whose elements are repeated so often along each axis."""
    start = 2 if _is_first(data_format) else 1
    for axis, factor in enumerate((depth_factor, height_factor, width_factor), start):
        x = repeat(x, factor, axis)
    return x


# Losses -------------------------------------------------------------------------------------------


def binary_focal_crossentropy(target, output, apply_class_balancing=False, alpha=0.25, gamma=2.0,
                              from_logits=False):  # fmt: skip
    """The focal loss of each element; see `keras.losses.binary_focal_crossentropy`."""
    target, output = regression.converted(target, output)
    losses = classification.cross_entropies(target, output, from_logits)
    p = classification.sigmoid(output) if from_logits else output
    losses = pow(1.0 - target * p - (1 - target) * (1 - p), gamma) * losses
    return (
        (target * alpha + (1 - target) * (1 - alpha)) * losses if apply_class_balancing else losses
    )


def categorical_focal_crossentropy(target, output, alpha=0.25, gamma=2.0, from_logits=False,
                                   axis=-1):  # fmt: skip
    """The focal loss of each row, labels one-hot."""
    return classification.categorical_focal_crossentropy(
        target, output, alpha, gamma, from_logits, axis=axis
    )
