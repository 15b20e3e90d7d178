"""Neural networks: activations, convolutions, pooling, normalisation, losses, attention."""

import math as numbers
import warnings

import jax
import jax.numpy as jnp

from minitf.core.dispatch import convert_to_tensor, execute
from minitf.keras import activations, config, promotion
from minitf.keras.arguments import standardize_tuple
from minitf.keras.losses import classification as losses
from minitf.keras.ops.defining import floating, of_arrays, together
from minitf.keras.ops.elementwise import polar as polar
from minitf.ops import array as arrays
from minitf.ops import blocks, convolution, joining, linalg, math, pooling, reductions
from minitf.ops.ctc import ctc_loss as _ctc_loss
from minitf.ops.ctc_decoding import ctc_beam_search_decoder, ctc_greedy_decoder
from minitf.ops.gathering import gather, where
from minitf.ops.sparse import SparseTensor, from_dense, to_dense

celu, elu, glu = activations.celu, activations.elu, activations.glu
hard_shrink, hard_sigmoid = activations.hard_shrink, activations.hard_sigmoid
hard_silu, hard_swish = activations.hard_silu, activations.hard_silu
hard_tanh, leaky_relu = activations.hard_tanh, activations.leaky_relu
log_sigmoid, log_softmax = activations.log_sigmoid, activations.log_softmax
relu6, selu, sigmoid = activations.relu6, activations.selu, activations.sigmoid
silu, swish = activations.silu, activations.silu
softplus, softsign = activations.softplus, activations.softsign
soft_shrink, sparse_plus = activations.soft_shrink, activations.sparse_plus
sparse_sigmoid, sparsemax = activations.sparse_sigmoid, activations.sparsemax
squareplus, tanh_shrink = activations.squareplus, activations.tanh_shrink
threshold = activations.threshold


def relu(x):
    """max(x, 0)."""
    return activations.relu(x)


def gelu(x, approximate=True):
    """x times the normal distribution's probability of less than x."""
    return activations.gelu(x, approximate)


def softmax(x, axis=-1):
    """exp(x) / sum(exp(x)) along an axis, several, or None: all."""
    x = convert_to_tensor(x)
    shape = tuple(x.shape)
    if isinstance(axis, int) and -len(shape) <= axis < len(shape) and shape[axis] == 1:
        warnings.warn(
            f"You are using a softmax over axis {axis} of a tensor of shape {shape}. This axis has "
            "size 1. The softmax operation will always return the value 1, which is likely not "
            "what you intended. Did you mean to use a sigmoid instead?"
        )
    return activations.softmax(x, axis)


# Classes -----------------------------------------------------------------------------------------


def one_hot(x, num_classes, axis=-1, dtype=None, sparse=False):
    """Integers as one-hot vectors, with `sparse` as a `SparseTensor`."""
    dtype = config.standardize_dtype(dtype)
    on, off = (True, False) if dtype == "bool" else (None, None)
    vectors = arrays.one_hot(math.cast(x, "int32"), num_classes, on, off, axis, dtype)
    return from_dense(vectors) if sparse else vectors


def multi_hot(inputs, num_classes=None, axis=-1, dtype=None, sparse=False, **kwargs):
    """The integers of each row as one vector: 1 where they are."""
    num_classes = kwargs.pop("num_tokens", num_classes)
    if kwargs:
        raise TypeError(f"multi_hot got unexpected keyword arguments: {list(kwargs)}")
    if num_classes is None:
        raise ValueError("Argument `num_classes` must be specified.")
    inputs = convert_to_tensor(inputs)
    row = 1 if len(inputs.shape) > 1 else 0
    vectors = one_hot(inputs, num_classes, axis, dtype)
    reduce = reductions.reduce_any if vectors.dtype == "bool" else reductions.reduce_max
    vector = reduce(vectors, row)
    return from_dense(vector) if sparse else vector


def binary_crossentropy(target, output, from_logits=False):
    """The cross entropy of each element: of a probability, or a logit, and a target 0 or 1."""
    return losses.cross_entropies(*floating(target, output), from_logits)


def categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """The cross entropy of the class probabilities along an axis."""
    target, output = together(target, output)
    return losses.categorical_crossentropy(target, output, from_logits, 0.0, axis)


def sparse_categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """The cross entropy of class probabilities and the numbers of the true classes."""
    return losses.sparse_categorical_crossentropy(target, output, from_logits, None, axis)


def ctc_loss(target, output, target_length, output_length, mask_index=0):
    """-log of the probability that `output` gives the labels in this order, at any times.

    Args:
      target: labels `[batch, longest]`.
      output: logits `[batch, time, classes]`.
      target_length, output_length: the lengths of the rows `[batch]`.
      mask_index: the class that stands for no label.
    """
    output = convert_to_tensor(output)
    dtype = promotion.result_type(output.dtype.name, "float32")
    loss = _ctc_loss(target, math.cast(output, "float32"), target_length, output_length,
                     logits_time_major=False, blank_index=mask_index)  # fmt: skip
    return math.cast(loss, dtype)


def ctc_decode(inputs, sequence_lengths, strategy="greedy", beam_width=100, top_paths=1,
               merge_repeated=True, mask_index=0):  # fmt: skip
    """The labels that logits over time stand for: (labels `[paths, batch, time]`, scores).

    Args:
      inputs: `[batch, time, classes]`.
      sequence_lengths: `[batch]`, how many steps count.
      strategy: `"greedy"`, or `"beam_search"`: the `top_paths` likeliest out of `beam_width`.
      merge_repeated: whether "greedy" takes a label that is repeated for one.
      mask_index: the class that stands for nothing. Where labels have ended, there is -1.

    Raises:
      ValueError: another strategy.
    """
    inputs = convert_to_tensor(inputs)
    inputs = math.cast(inputs, promotion.result_type(inputs.dtype.name, "float32"))
    samples, steps, classes = arrays.shape(inputs)[0], arrays.shape(inputs)[1], inputs.shape[-1]
    steps_first = arrays.transpose(inputs, [1, 0, 2])
    lengths = math.cast(sequence_lengths, "int32")
    if strategy == "greedy":
        found, scores = ctc_greedy_decoder(steps_first, lengths, merge_repeated, mask_index)
    elif strategy == "beam_search":
        mask_index %= classes  # which comes last, as the decoder has it
        order = [i for i in range(classes) if i != mask_index] + [mask_index]
        logits = gather(steps_first, order, axis=-1)
        found, scores = ctc_beam_search_decoder(logits, lengths, beam_width, top_paths)
    else:
        raise ValueError(
            f"Invalid strategy {strategy}. Supported values are 'greedy' and 'beam_search'."
        )
    sizes = joining.stack([samples, steps])
    labels = joining.stack([
        to_dense(SparseTensor(x.indices, x.values, math.cast(sizes, "int64")), -1) for x in found
    ])  # fmt: skip
    labels = math.cast(labels, "int32")
    if strategy == "beam_search":
        labels = where(math.greater_equal(labels, mask_index), labels + 1, labels)
    return labels, scores


# Convolution and pooling -------------------------------------------------------------------------


def _channels_last(compute, inputs, data_format):
    """`compute` on `inputs` with the channels on the last axis; its result as they were."""
    inputs = convert_to_tensor(inputs)
    if (data_format or config.image_data_format()) == "channels_last":
        return compute(inputs)
    rank = len(inputs.shape)
    outputs = compute(arrays.transpose(inputs, [0, *range(2, rank), 1]))
    return arrays.transpose(outputs, [0, rank - 1, *range(1, rank - 1)])


_LAST = {1: "NWC", 2: "NHWC", 3: "NDHWC"}


def _check_channels(inputs, kernel, axis, data_format):
    """Raises ValueError where `inputs` do not have the channels that `kernel` has along `axis`."""
    data_format = data_format or config.image_data_format()
    found = inputs.shape[-1 if data_format == "channels_last" else 1]
    expected = kernel.shape[axis]
    if found != expected and None not in (found, expected):
        raise ValueError(
            "The number of input channels must match the kernel's input channels. Received: input "
            f"channels={found}, kernel input channels={expected}, data_format='{data_format}'."
        )


def conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    """Convolution of `inputs` `[batch, *sizes, channels]` by `[*window, channels, filters]`."""
    inputs, kernel = floating(inputs, kernel)
    rank = len(inputs.shape) - 2
    strides = list(standardize_tuple(strides, rank, "strides"))
    dilations = list(standardize_tuple(dilation_rate, rank, "dilation_rate"))
    return _channels_last(
        lambda x: convolution.convolution(
            x, kernel, strides, padding.upper(), _LAST[rank], dilations
        ),
        inputs,
        data_format,
    )


def depthwise_conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    """Convolution of each channel by itself; the kernel is `[*window, channels, multiplier]`."""
    inputs, kernel = floating(inputs, kernel)
    _check_channels(inputs, kernel, -2, data_format)
    rank = len(inputs.shape) - 2
    strides = standardize_tuple(strides, rank, "strides")
    dilations = standardize_tuple(dilation_rate, rank, "dilation_rate")
    if rank == 1:  # as images of one row
        strides, dilations, kernel = strides * 2, (1, *dilations), arrays.expand_dims(kernel, 0)

    # Not `tf.nn.depthwise_conv2d`, which means something else by strides of dilated windows.
    geometry = convolution.Geometry.of(2, list(strides), padding.upper(), list(dilations), "NHWC")

    def compute(x):
        x = arrays.expand_dims(x, 1) if rank == 1 else x
        found = execute(convolution.DEPTHWISE, (x, kernel), (geometry,), "depthwise")
        return arrays.squeeze(found, 1) if rank == 1 else found

    return _channels_last(compute, inputs, data_format)


def separable_conv(inputs, depthwise_kernel, pointwise_kernel, strides=1, padding="valid",
                   data_format=None, dilation_rate=1):  # fmt: skip
    """`depthwise_conv`, then a convolution by windows of size 1."""
    between = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(between, pointwise_kernel, 1, "valid", data_format)


def conv_transpose(inputs, kernel, strides=1, padding="valid", output_padding=None,
                   data_format=None, dilation_rate=1):  # fmt: skip
    """The transpose of `conv`; the kernel is `[*window, filters, channels]`."""
    inputs, kernel = floating(inputs, kernel)
    _check_channels(inputs, kernel, -1, data_format)
    rank = len(inputs.shape) - 2
    strides = standardize_tuple(strides, rank, "strides")
    dilations = standardize_tuple(dilation_rate, rank, "dilation_rate")
    more = output_padding
    more = None if more is None else standardize_tuple(more, rank, "output_padding", True)

    def compute(x):
        dynamic = arrays.shape(x)
        sizes = [dynamic[i] if n is None else n for i, n in enumerate(x.shape)]
        shape = [sizes[0]]
        for i in range(rank):
            window = (kernel.shape[i] - 1) * dilations[i] + 1
            extra = None if more is None else more[i]
            shape.append(_transposed_size(sizes[i + 1], window, strides[i], padding, extra))
        shape.append(kernel.shape[-2])
        return convolution.conv_transpose(
            x, kernel, shape, list(strides), padding.upper(), _LAST[rank], list(dilations)
        )

    return _channels_last(compute, inputs, data_format)


def _transposed_size(size, window, stride, padding, extra):
    """The size of the input of a convolution whose output has `size`."""
    if padding == "valid":
        return (size - 1) * stride + (max(window, stride) if extra is None else window + extra)
    return size * stride if extra is None else (size - 1) * stride + window % 2 + extra


def max_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    """The largest element of each window."""
    return _pool(pooling.max_pool, inputs, pool_size, strides, padding, data_format)


def average_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    """The mean of each window."""
    return _pool(pooling.avg_pool, inputs, pool_size, strides, padding, data_format)


def _pool(pool, inputs, pool_size, strides, padding, data_format):
    inputs = convert_to_tensor(inputs)
    rank = len(inputs.shape) - 2
    size = standardize_tuple(pool_size, rank, "pool_size")
    strides = size if strides is None else standardize_tuple(strides, rank, "strides")
    return _channels_last(
        lambda x: pool(x, list(size), list(strides), padding.upper()), inputs, data_format
    )


def adaptive_max_pool(inputs, output_size, data_format=None):
    """The largest element of windows of such sizes that `output_size` are left."""
    return _adaptive(reductions.reduce_max, inputs, output_size, data_format)


def adaptive_average_pool(inputs, output_size, data_format=None):
    """The mean of windows of such sizes that `output_size` are left."""
    return _adaptive(reductions.reduce_mean, inputs, output_size, data_format)


def _adaptive(reduce, inputs, output_size, data_format):
    inputs = convert_to_tensor(inputs)
    rank = len(inputs.shape) - 2
    output_size = standardize_tuple(output_size, rank, "output_size")

    def compute(x):
        for axis, count in enumerate(output_size, start=1):
            size = x.shape[axis]
            windows = [
                (i * size // count, -(-(i + 1) * size // count)) for i in range(count)
            ]  # fmt: skip
            before = (slice(None),) * axis
            parts = [reduce(x[(*before, slice(a, b))], axis) for a, b in windows]
            x = joining.stack(parts, axis)
        return x

    return _channels_last(compute, inputs, data_format)


def _check_block_size(block_size):
    if block_size < 2:
        raise ValueError(f"`block_size` must be at least 2. Received: block_size={block_size}")


def space_to_depth(x, block_size, data_format="channels_last"):
    """Blocks of an image as channels."""
    _check_block_size(block_size)
    return _channels_last(lambda x: blocks.space_to_depth(x, block_size), x, data_format)


def depth_to_space(x, block_size, data_format="channels_last"):
    """Channels of an image as blocks."""
    _check_block_size(block_size)
    return _channels_last(lambda x: blocks.depth_to_space(x, block_size), x, data_format)


@of_arrays(1)
def unfold(x, kernel_size, dilation=1, padding=0, stride=1):
    """The windows of images `[batch, channels, height, width]`, as columns."""
    size, dilation, padding, stride = map(_pair, (kernel_size, dilation, padding, stride))
    windows = jax.lax.conv_general_dilated_patches(
        x, size, stride, [(p, p) for p in padding], rhs_dilation=dilation
    )
    return windows.reshape(*windows.shape[:2], -1)


@of_arrays(1)
def fold(x, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """Images of which `x` are the windows, those that overlap added: the transpose of `unfold`."""
    output_size, size = _pair(output_size), _pair(kernel_size)
    dilation, padding, stride = map(_pair, (dilation, padding, stride))
    channels = x.shape[1] // numbers.prod(size)

    def windows(images):
        found = jax.lax.conv_general_dilated_patches(
            images, size, stride, [(p, p) for p in padding], rhs_dilation=dilation
        )
        return found.reshape(*found.shape[:2], -1)

    like = jax.ShapeDtypeStruct((x.shape[0], channels, *output_size), x.dtype)
    return jax.linear_transpose(windows, like)(x)[0]


def _pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)


# Normalisation -----------------------------------------------------------------------------------


def batch_normalization(x, mean, variance, axis, offset=None, scale=None, epsilon=1e-3):
    """(x - mean) / sqrt(variance + epsilon) * scale + offset; these are vectors along `axis`."""
    (x,) = floating(x)
    sizes = [1] * len(x.shape)
    sizes[axis] = -1

    def along(vector):
        return arrays.reshape(math.cast(vector, x.dtype), sizes)

    factor = math.rsqrt(along(variance) + epsilon)
    if scale is not None:
        factor = factor * along(scale)
    result = (x - along(mean)) * factor
    return result if offset is None else result + along(offset)


def normalize(x, axis=-1, order=2, epsilon=None):
    """`x` divided by its norm along an axis."""
    if not isinstance(order, int) or order < 1:
        raise ValueError(f"Argument `order` must be an int >= 1. Received: order={order}")
    (x,) = floating(x)
    epsilon = config.epsilon() if epsilon is None else epsilon
    if order == 2:
        total = reductions.reduce_sum(math.square(x), axis, keepdims=True)
        return x * math.rsqrt(math.maximum(total, epsilon**2))
    total = reductions.reduce_sum(math.abs(x) ** order, axis, keepdims=True) ** (1.0 / order)
    return x / math.maximum(total, epsilon)


def layer_normalization(x, gamma=None, beta=None, axis=-1, epsilon=None, **kwargs):
    """`x` minus its mean, divided by its standard deviation, along axes."""
    if kwargs.pop("rms_scaling", False):
        warnings.warn(
            "You passed `rms_scaling=True`, which is deprecated. This argument incorrectly scales "
            "the input by the variance, not the root mean square. To correctly use RMS "
            "Normalization, please use `keras.ops.rms_normalization` / "
            "`keras.ops.nn.rms_normalization` instead."
        )
        (x,) = floating(x)
        variance = reductions.reduce_variance(x, axis, keepdims=True)
        inverse = math.rsqrt(variance + (config.epsilon() if epsilon is None else epsilon))
        return _scaled(x * inverse, gamma, None, axis)
    if kwargs:
        raise TypeError(f"layer_normalization got unexpected keyword arguments: {list(kwargs)}")
    (x,) = floating(x)
    epsilon = config.epsilon() if epsilon is None else epsilon
    wide = math.cast(x, "float32") if x.dtype.size < 4 else x
    mean = reductions.reduce_mean(wide, axis, keepdims=True)
    variance = reductions.reduce_variance(wide, axis, keepdims=True)
    result = (wide - mean) * math.rsqrt(variance + epsilon)
    return math.cast(_scaled(result, gamma, beta, axis), x.dtype)


def rms_normalization(x, scale=None, axis=-1, epsilon=None):
    """`x` divided by the root of its mean square, along axes."""
    (x,) = floating(x)
    epsilon = config.epsilon() if epsilon is None else epsilon
    wide = math.cast(x, "float32") if x.dtype.size < 4 else x
    square = reductions.reduce_mean(math.square(wide), axis, keepdims=True)
    return math.cast(_scaled(wide * math.rsqrt(square + epsilon), scale, None, axis), x.dtype)


def _scaled(x, scale, offset, axis):
    """`x * scale + offset`, which lie along axes."""
    rank = len(x.shape)
    axes = {a % rank for a in ([axis] if isinstance(axis, int) else axis)}
    sizes = [x.shape[i] if i in axes else 1 for i in range(rank)]

    def along(value):
        value = math.cast(value, x.dtype)
        return arrays.reshape(value, sizes) if len(value.shape) else value

    x = x if scale is None else x * along(scale)
    return x if offset is None else x + along(offset)


def psnr(x1, x2, max_val):
    """The peak signal-to-noise ratio of two tensors, in decibels."""
    x1, x2 = floating(x1, x2)
    if tuple(x1.shape) != tuple(x2.shape):
        raise ValueError(
            f"Input shapes {tuple(x1.shape)} and {tuple(x2.shape)} must match for PSNR calculation."
        )
    error = reductions.reduce_mean(math.squared_difference(x1, x2))
    peak = math.cast(max_val, x1.dtype)
    return 20 * math.log(peak) / numbers.log(10) - 10 * math.log(error) / numbers.log(10)


def moments(x, axes, keepdims=False, synchronized=False):
    """(the mean, the variance) over axes; `synchronized` is over all replicas, of which one is."""
    (x,) = floating(x)
    wide = math.cast(x, "float32") if x.dtype.size == 2 else x  # squares leave its range
    found = (
        reductions.reduce_mean(wide, axes, keepdims),
        reductions.reduce_variance(wide, axes, keepdims),
    )
    return tuple(math.saturate_cast(value, x.dtype) for value in found)


# Attention ---------------------------------------------------------------------------------------


def dot_product_attention(query, key, value, bias=None, mask=None, scale=None, is_causal=False,
                          flash_attention=None, attn_logits_soft_cap=None):  # fmt: skip
    """Means of `value`, weighted by how well each query fits each key.

    Args:
      query: `[batch, queries, heads, size]`.
      key, value: `[batch, keys, heads, size]`, or of fewer heads, each for several of the query.
      bias: added to the scores `[batch, heads, queries, keys]`.
      mask: bool, of the same shape: which keys a query may see.
      scale: of the scores, default 1 / sqrt(size).
      is_causal: whether a query sees only the keys up to its own place.
      flash_attention: True raises, there is none on these devices.
      attn_logits_soft_cap: scores are kept below it, by tanh.

    Raises:
      ValueError: other ranks.
    """
    if flash_attention:
        raise ValueError("Flash attention is not supported in keras.ops.dot_product_attention.")
    query, key, value = floating(query, key, value)
    if len(query.shape) != 4:
        raise ValueError(
            "`dot_product_attention` only supports 4D inputs. Received: "
            f"query.shape={tuple(query.shape)}, key.shape={tuple(key.shape)}, "
            f"value.shape={tuple(value.shape)}."
        )
    groups = query.shape[2] // key.shape[2]
    if groups > 1:
        key, value = arrays.repeat(key, groups, axis=2), arrays.repeat(value, groups, axis=2)
    scores = linalg.einsum("BTNH,BSNH->BNTS", query, key)
    scores = math.cast(scores, "float32") if scores.dtype.size < 4 else scores
    scores = scores * (1.0 / numbers.sqrt(query.shape[-1]) if scale is None else scale)
    if attn_logits_soft_cap is not None:
        scores = attn_logits_soft_cap * math.tanh(scores / attn_logits_soft_cap)
    if bias is not None:
        scores = scores + math.cast(bias, scores.dtype)
    seen = [] if mask is None else [math.cast(mask, "bool")]
    if is_causal:
        queries, keys = query.shape[1], key.shape[1]
        order = arrays.range(queries)[:, None] >= arrays.range(keys)[None, :]
        seen.append(order[None, None])
    for allowed in seen:
        scores = where(allowed, scores, arrays.zeros_like(scores) - 0.7 * float(scores.dtype.max))
    weights = math.cast(activations.softmax(scores, axis=-1), value.dtype)
    return linalg.einsum("BNTS,BSNH->BTNH", weights, value)


@of_arrays(1)
def _rearranged(tensor, split, order, merged):
    return jnp.transpose(tensor.reshape(split), order).reshape(merged)


def rearrange(tensor, pattern, **axes_lengths):
    """Axes renamed, exchanged, merged and split, as a pattern says: `"b (h w) c -> b h w c"`.

    Raises:
      ValueError: a pattern that does not fit.
    """
    tensor = convert_to_tensor(tensor)
    left, arrow, right = pattern.partition("->")
    if not arrow:
        raise ValueError(f"The pattern {pattern!r} has no '->'.")
    before, after = _groups(left), _groups(right)
    if len(before) != len(tensor.shape):
        raise ValueError(f"The pattern {pattern!r} does not fit the shape {tuple(tensor.shape)}.")
    sizes = dict(axes_lengths)
    for names, size in zip(before, tensor.shape):
        unknown = [n for n in names if n not in sizes]
        if len(unknown) > 1:
            raise ValueError(f"The sizes of {unknown} in {pattern!r} are not known.")
        if unknown:
            sizes[unknown[0]] = size // numbers.prod(sizes[n] for n in names if n in sizes)
    names = [n for group in before for n in group]
    wanted = [n for group in after for n in group]
    if sorted(names) != sorted(wanted):
        raise ValueError(f"The two sides of {pattern!r} do not name the same axes.")
    return _rearranged(
        tensor,
        split=[sizes[n] for n in names],
        order=[names.index(n) for n in wanted],
        merged=[numbers.prod(sizes[n] for n in group) for group in after],
    )


def _groups(side):
    """The names of one side of a pattern, in groups: `"b (h w)"` is `[["b"], ["h", "w"]]`."""
    groups, inside = [], None
    for token in side.replace("(", " ( ").replace(")", " ) ").split():
        if token == "(":
            inside = []
        elif token == ")":
            groups.append(inside)
            inside = None
        elif inside is None:
            groups.append([token])
        else:
            inside.append(token)
    return groups
