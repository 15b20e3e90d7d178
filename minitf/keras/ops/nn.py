"""Neural networks as functions, as `tf.keras.ops` has them: convolution, pooling, normalization."""

import math as pymath

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import activations, config
from minitf.keras.losses import classification as losses
from minitf.keras.losses.classification import cross_entropies
from minitf.keras.promotion import together
from minitf.ops import (
    array,
    convolution,
    gathering,
    linalg,
    math,
    normalization,
    pooling,
    reductions,
)

hard_sigmoid, hard_silu, hard_swish = (
    activations.hard_sigmoid, activations.hard_silu, activations.hard_silu,
)  # fmt: skip
hard_tanh, hard_shrink, soft_shrink = (
    activations.hard_tanh, activations.hard_shrink, activations.soft_shrink,
)  # fmt: skip
glu, sparse_plus, sparse_sigmoid, sparsemax = (
    activations.glu, activations.sparse_plus, activations.sparse_sigmoid, activations.sparsemax,
)  # fmt: skip
squareplus, tanh_shrink, threshold = (
    activations.squareplus, activations.tanh_shrink, activations.threshold,
)  # fmt: skip


def _format(rank, data_format):
    first = config.standardize_data_format(data_format) == "channels_first"
    letters = {1: "W", 2: "HW", 3: "DHW"}[rank]
    return f"NC{letters}" if first else f"N{letters}C"


def _sizes(value, rank):
    return [value] * rank if isinstance(value, int) else list(value)


def conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    """The convolution of inputs [batch, ..., channels] with a kernel [..., channels, filters]."""
    inputs = convert_to_tensor(inputs)
    rank = inputs.shape.rank - 2
    return convolution.convolution(
        inputs, kernel, _sizes(strides, rank), padding.upper(),
        data_format=_format(rank, data_format), dilations=_sizes(dilation_rate, rank),
    )  # fmt: skip


def depthwise_conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    """The convolution of each channel with kernels [height, width, channels, multiple]."""
    strides, rates = _sizes(strides, 2), _sizes(dilation_rate, 2)
    return convolution.depthwise_conv2d(
        inputs, kernel, [1, *strides, 1], padding.upper(), _format(2, data_format), rates
    )


def separable_conv(inputs, depthwise_kernel, pointwise_kernel, strides=1, padding="valid",
                   data_format=None, dilation_rate=1):  # fmt: skip
    """`depthwise_conv`, then a convolution with windows of one pixel."""
    separate = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format,
                              dilation_rate)  # fmt: skip
    return conv(separate, pointwise_kernel, 1, "valid", data_format)


def max_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    """The largest element of each window."""
    return _pool("MAX", inputs, pool_size, strides, padding, data_format)


def average_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    """The mean of each window."""
    return _pool("AVG", inputs, pool_size, strides, padding, data_format)


def _pool(kind, inputs, pool_size, strides, padding, data_format):
    inputs = convert_to_tensor(inputs)
    rank = inputs.shape.rank - 2
    size = _sizes(pool_size, rank)
    strides = size if strides is None else _sizes(strides, rank)
    return pooling.pool(inputs, size, kind, strides, padding.upper(),
                        data_format=_format(rank, data_format))  # fmt: skip


def moments(x, axes, keepdims=False, synchronized=False):
    """(mean, variance) along axes."""
    return normalization.moments(x, axes, keepdims=keepdims)


def batch_normalization(x, mean, variance, axis, offset=None, scale=None, epsilon=1e-3):
    """`(x - mean) / sqrt(variance + epsilon) * scale + offset`, each given along `axis`."""
    x = convert_to_tensor(x)
    sizes = [1] * x.shape.rank
    sizes[axis] = -1
    mean, variance, offset, scale = (
        None if part is None else array.reshape(part, sizes)
        for part in (mean, variance, offset, scale)
    )
    return normalization.batch_normalization(x, mean, variance, offset, scale, epsilon)


def normalize(x, axis=-1, order=2, epsilon=None):
    """`x`, divided by its norm of an order along `axis`."""
    x = convert_to_tensor(x)
    x = x if x.dtype.is_floating else math.cast(x, config.floatx())
    epsilon = config.epsilon() if epsilon is None else epsilon
    if order == 2:
        return normalization.l2_normalize(x, axis, epsilon * epsilon)
    size = linalg.norm(x, order, axis, keepdims=True)
    return x / math.maximum(size, epsilon)


def binary_crossentropy(target, output, from_logits=False):
    """The cross-entropy of each probability `output` with its target."""
    return cross_entropies(*together(target, output), from_logits)


def categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """The cross-entropy of probabilities along `axis` with one-hot targets."""
    return losses.categorical_crossentropy(target, output, from_logits, axis=axis)


def sparse_categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """The cross-entropy of probabilities with targets that are numbers of classes."""
    return losses.sparse_categorical_crossentropy(target, output, from_logits, axis=axis)


def multi_hot(inputs, num_classes=None, axis=-1, dtype=None, sparse=False, **kwargs):
    """Whether each of `num_classes` integers is among the inputs along the last axis."""
    hot = array.one_hot(math.cast(inputs, "int32"), num_classes, axis=axis,
                        dtype=config.standardize_dtype(dtype))  # fmt: skip
    rank = convert_to_tensor(inputs).shape.rank
    return reductions.reduce_max(hot, 1 if rank > 1 else 0)


def dot_product_attention(query, key, value, bias=None, mask=None, scale=None, is_causal=False,
                          flash_attention=None, attn_logits_soft_cap=None):  # fmt: skip
    """The means of `value` [batch, steps, heads, size], weighted by how queries match keys.

    Args:
      mask: whether a query may see a key; `bias` is added to the scores.
      scale: of the scores, default 1 / sqrt(size).
      is_causal: whether a query sees no later key.
    """
    query, key, value = (convert_to_tensor(x) for x in (query, key, value))
    scale = 1.0 / pymath.sqrt(query.shape[-1]) if scale is None else scale
    scores = linalg.einsum("bqhd,bkhd->bhqk", query, key) * scale
    if attn_logits_soft_cap is not None:
        scores = math.tanh(scores / attn_logits_soft_cap) * attn_logits_soft_cap
    if bias is not None:
        scores = scores + bias
    if is_causal:
        seen = linalg.band_part(array.ones(array.shape(scores)[-2:], "bool"), -1, 0)
        mask = seen if mask is None else math.logical_and(mask, seen)
    if mask is not None:
        scores = gathering.where(mask, scores, array.ones_like(scores) * scores.dtype.min)
    return linalg.einsum("bhqk,bkhd->bqhd", activations.softmax(scores, -1), value)
