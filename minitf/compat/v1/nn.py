"""`tf.nn` of TF 1.x: older argument names and orders; the rest is `tf.nn`'s."""

import importlib
import sys

from minitf import nn, random
from minitf.compat.v1 import rnn_cell
from minitf.compat.v1.effects import in_top_k
from minitf.compat.v1.ops import either
from minitf.compat.v1.partitions import PartitionedVariable
from minitf.compat.v1.rnn import (
    bidirectional_dynamic_rnn,
    dynamic_rnn,
    raw_rnn,
    static_bidirectional_rnn,
    static_rnn,
    static_state_saving_rnn,
)
from minitf.core.dispatch import convert_to_tensor
from minitf.install import missing
from minitf.ops import convolution as convolutions
from minitf.ops import joining, linalg, losses, normalization, pooling, sampled
from minitf.ops.array import stop_gradient
from minitf.ops.dropout import dropout as dropout_v2
from minitf.ops.gathering import gather
from minitf.ops.math import add, floordiv, floormod

__all__ = ["bidirectional_dynamic_rnn", "dynamic_rnn", "in_top_k", "raw_rnn", "rnn_cell",
           "static_bidirectional_rnn", "static_rnn", "static_state_saving_rnn"]  # fmt: skip


def _named_only(function, sentinel):
    if sentinel is not None:
        raise ValueError(
            f"Only call `{function}` with named arguments (labels=..., logits=..., ...)"
        )


def softmax_cross_entropy_with_logits(_sentinel=None, labels=None, logits=None, dim=-1, name=None,
                                      axis=None):  # fmt: skip
    """The cross entropy between `labels` and the softmax of `logits`; labels get no gradient.

    Raises:
      ValueError: `labels` or `logits` is not given, or given by position.
    """
    _named_only("softmax_cross_entropy_with_logits", _sentinel)
    if labels is None or logits is None:
        raise ValueError("Both `labels` and `logits` must be provided.")
    axis = dim if axis is None else axis
    name = name or "softmax_cross_entropy_with_logits_sg"
    labels = stop_gradient(labels, name="labels_stop_gradient")
    return losses.softmax_cross_entropy_with_logits(labels, logits, axis, name)


def softmax_cross_entropy_with_logits_v2(labels, logits, axis=None, name=None, dim=None):
    """The cross entropy between `labels` and the softmax of `logits`."""
    axis = either("axis", axis, "dim", dim)
    return losses.softmax_cross_entropy_with_logits(labels, logits, -1 if axis is None else axis,
                                                    name)  # fmt: skip


def sparse_softmax_cross_entropy_with_logits(_sentinel=None, labels=None, logits=None, name=None):
    """The cross entropy between the classes `labels` and the softmax of `logits`."""
    _named_only("sparse_softmax_cross_entropy_with_logits", _sentinel)
    return losses.sparse_softmax_cross_entropy_with_logits(labels, logits, name)


def sigmoid_cross_entropy_with_logits(_sentinel=None, labels=None, logits=None, name=None):
    """The cross entropy between probabilities `labels` and the sigmoid of `logits`."""
    _named_only("sigmoid_cross_entropy_with_logits", _sentinel)
    return losses.sigmoid_cross_entropy_with_logits(labels, logits, name)


def weighted_cross_entropy_with_logits(labels=None, logits=None, pos_weight=None, name=None,
                                       targets=None):  # fmt: skip
    """`sigmoid_cross_entropy_with_logits` with a weight for what is labelled 1."""
    labels = either("labels", labels, "targets", targets)
    return losses.weighted_cross_entropy_with_logits(labels, logits, pos_weight, name)


def dropout(x, keep_prob=None, noise_shape=None, seed=None, name=None, rate=None):
    """`x` with elements set to 0 with probability `rate` = `1 - keep_prob`, the others scaled.

    Raises:
      ValueError: neither or both of `keep_prob` and `rate` are given.
    """
    if keep_prob is not None:
        rate_from_keep = 1.0 - keep_prob
        if rate is not None:
            raise ValueError("Cannot specify both 'keep_prob' and 'rate'.")
        rate = rate_from_keep
    if rate is None:
        raise ValueError("`rate` must be provided.")
    return dropout_v2(x, rate, noise_shape, seed, name)


def softmax(logits, axis=None, name=None, dim=None):
    """exp(logits), scaled to sum to 1 along `axis`."""
    axis = either("axis", axis, "dim", dim)
    return nn.softmax(logits, -1 if axis is None else axis, name)


def log_softmax(logits, axis=None, name=None, dim=None):
    """The logarithm of `softmax`."""
    axis = either("axis", axis, "dim", dim)
    return nn.log_softmax(logits, -1 if axis is None else axis, name)


# Convolutions and pools ---------------------------------------------------------------------------


def conv1d(value=None, filters=None, stride=None, padding=None, use_cudnn_on_gpu=None,
           data_format=None, name=None, input=None, dilations=None):  # fmt: skip
    """Convolution over one axis."""
    value = either("input", input, "value", value)
    return convolutions.conv1d(value, filters, stride, padding, data_format or "NWC", dilations,
                              name)  # fmt: skip


def conv2d(input, filter=None, strides=None, padding=None, use_cudnn_on_gpu=True,
           data_format="NHWC", dilations=(1, 1, 1, 1), name=None, filters=None):  # fmt: skip
    """Convolution over images `[batch, height, width, channels]`."""
    filters = either("filters", filters, "filter", filter)
    return convolutions.conv2d(input, filters, strides, padding, data_format, list(dilations),
                              name or "Conv2D")  # fmt: skip


def conv3d(input, filter=None, strides=None, padding=None, data_format="NDHWC",
           dilations=(1, 1, 1, 1, 1), name=None, filters=None):  # fmt: skip
    """Convolution over volumes."""
    filters = either("filters", filters, "filter", filter)
    return convolutions.conv3d(input, filters, strides, padding, data_format, list(dilations), name)


def convolution(input, filter, padding, strides=None, dilation_rate=None, name=None,
                 data_format=None, filters=None, dilations=None):  # fmt: skip
    """Convolution over any number of axes."""
    filters = either("filters", filters, "filter", filter)
    dilations = either("dilations", dilations, "dilation_rate", dilation_rate)
    return convolutions.convolution(input, filters, strides, padding, data_format, dilations, name)


def conv2d_transpose(value=None, filter=None, output_shape=None, strides=None, padding="SAME",
                     data_format="NHWC", name=None, input=None, filters=None,
                     dilations=None):  # fmt: skip
    """The gradient of a convolution, as a layer: it makes images larger."""
    value = either("input", input, "value", value)
    filters = either("filters", filters, "filter", filter)
    return convolutions.conv2d_transpose(value, filters, output_shape, strides, padding,
                                        data_format, dilations, name)  # fmt: skip


def depthwise_conv2d(input, filter, strides, padding, rate=None, name=None, data_format=None,
                     dilations=None):  # fmt: skip
    """A convolution of each channel by itself."""
    dilations = either("dilations", dilations, "rate", rate)
    return convolutions.depthwise_conv2d(input, filter, strides, padding, data_format, dilations,
                                        name)  # fmt: skip


depthwise_conv2d_native = depthwise_conv2d
depthwise_conv2d_native_backprop_filter = convolutions.depthwise_conv2d_backprop_filter
depthwise_conv2d_native_backprop_input = convolutions.depthwise_conv2d_backprop_input
conv3d_backprop_filter = conv3d_backprop_filter_v2 = convolutions.conv3d_backprop_filter


def conv2d_backprop_filter(input, filter_sizes, out_backprop, strides, padding,
                           use_cudnn_on_gpu=True, data_format="NHWC", dilations=(1, 1, 1, 1),
                           name=None):  # fmt: skip
    """The gradient of `conv2d` for a filter of shape `filter_sizes`."""
    return convolutions.conv2d_backprop_filter(input, filter_sizes, out_backprop, strides, padding,
                                               data_format, dilations, name)  # fmt: skip


def conv2d_backprop_input(input_sizes=None, filter=None, out_backprop=None, strides=None,
                          padding=None, use_cudnn_on_gpu=True, data_format="NHWC",
                          dilations=(1, 1, 1, 1), name=None, filters=None):  # fmt: skip
    """The gradient of `conv2d` for an input of shape `input_sizes`."""
    filters = either("filters", filters, "filter", filter)
    return convolutions.conv2d_backprop_input(input_sizes, filters, out_backprop, strides, padding,
                                              data_format, dilations, name)  # fmt: skip


def separable_conv2d(input, depthwise_filter, pointwise_filter, strides, padding, rate=None,
                     name=None, data_format=None, dilations=None):  # fmt: skip
    """A convolution of each channel, then one that mixes the channels."""
    dilations = either("dilations", dilations, "rate", rate)
    return convolutions.separable_conv2d(input, depthwise_filter, pointwise_filter, strides,
                                        padding, data_format, dilations, name)  # fmt: skip


def max_pool(value=None, ksize=None, strides=None, padding=None, data_format="NHWC", name=None,
             input=None):  # fmt: skip
    """The maximum of each window of images."""
    value = either("input", input, "value", value)
    return pooling.max_pool2d(value, ksize, strides, padding, data_format, name or "MaxPool")


def avg_pool(value=None, ksize=None, strides=None, padding=None, data_format="NHWC", name=None,
             input=None):  # fmt: skip
    """The mean of each window of images."""
    value = either("input", input, "value", value)
    return pooling.avg_pool2d(value, ksize, strides, padding, data_format, name or "AvgPool")


def pool(input, window_shape, pooling_type, padding, dilation_rate=None, strides=None, name=None,
         data_format=None, dilations=None):  # fmt: skip
    """The maximum or mean of windows over any number of axes."""
    dilations = either("dilations", dilations, "dilation_rate", dilation_rate)
    return pooling.pool(input, window_shape, pooling_type, strides, padding, data_format,
                        dilations, name)  # fmt: skip


# Normalization ------------------------------------------------------------------------------------


def moments(x, axes, shift=None, name=None, keep_dims=None, keepdims=None):
    """The mean and variance over `axes`."""
    keepdims = either("keepdims", keepdims, "keep_dims", keep_dims)
    return normalization.moments(x, axes, shift, bool(keepdims), name)


def weighted_moments(x, axes, frequency_weights, name=None, keep_dims=None, keepdims=None):
    """The mean and variance over `axes`, each element counted by its weight."""
    keepdims = either("keepdims", keepdims, "keep_dims", keep_dims)
    return normalization.weighted_moments(x, axes, frequency_weights, bool(keepdims), name)


def fused_batch_norm(x, scale, offset, mean=None, variance=None, epsilon=0.001,
                     data_format="NHWC", is_training=True, name=None,
                     exponential_avg_factor=1.0):  # fmt: skip
    """Batch normalization of images: (normalized, mean, variance)."""
    return normalization.fused_batch_norm(x, scale, offset, mean, variance, epsilon, data_format,
                                          is_training, name, exponential_avg_factor)  # fmt: skip


# Layers of one op or two --------------------------------------------------------------------------


def xw_plus_b(x, weights, biases, name=None):
    """`x @ weights + biases`."""
    return add(linalg.matmul(x, weights), biases, name or "xw_plus_b")


def relu_layer(x, weights, biases, name=None):
    """`relu(x @ weights + biases)`."""
    return nn.relu(linalg.matmul(x, weights) + biases, name or "relu_layer")


def embedding_lookup(params, ids, partition_strategy="mod", name=None, validate_indices=True,
                     max_norm=None):  # fmt: skip
    """The rows `ids` of `params`, which may be in parts, dealt out (`mod`) or in blocks (`div`).

    Raises:
      ValueError: `params` is empty, or `partition_strategy` is unknown.
    """
    if params is None or (isinstance(params, list | tuple) and not params):
        raise ValueError("params must be specified")
    in_parts = isinstance(params, list | tuple | PartitionedVariable)
    parts = list(params) if in_parts else [params]
    if len(parts) == 1:
        rows = gather(parts[0], ids, name=name or "embedding_lookup")
    else:
        rows = _from_parts([convert_to_tensor(p) for p in parts], ids, partition_strategy, name)
    return rows if max_norm is None else linalg.clip_by_norm(rows, max_norm, [-1])


def _from_parts(parts, ids, strategy, name):
    ids, count = convert_to_tensor(ids), len(parts)
    sizes = [int(p.shape[0]) for p in parts]
    whole = joining.concat(parts, 0)
    if strategy == "div":  # the parts lie one after the other
        return gather(whole, ids, name=name)
    if strategy != "mod":
        raise ValueError(f"Unrecognized partition strategy: {strategy}")
    starts = [sum(sizes[:i]) for i in range(count)]
    first = gather(convert_to_tensor(starts, ids.dtype), floormod(ids, count))
    return gather(whole, first + floordiv(ids, count), name=name)


def _partitioned(strategy):
    """How rows are picked from parts that lie as `strategy` says."""
    return lambda params, ids: embedding_lookup(params, ids, strategy)


def nce_loss(weights, biases, labels, inputs, num_sampled, num_classes, num_true=1,
             sampled_values=None, remove_accidental_hits=False, partition_strategy="mod",
             name="nce_loss"):  # fmt: skip
    """Noise-contrastive estimation; see `tf.nn.nce_loss`."""
    return sampled.noise_contrastive(
        _partitioned(partition_strategy), weights, biases, labels, inputs, num_sampled, num_classes,
        num_true, sampled_values, remove_accidental_hits,
    )  # fmt: skip


def sampled_softmax_loss(weights, biases, labels, inputs, num_sampled, num_classes, num_true=1,
                         sampled_values=None, remove_accidental_hits=True,
                         partition_strategy="mod", name="sampled_softmax_loss",
                         seed=None):  # fmt: skip
    """The softmax cross entropy over few classes; see `tf.nn.sampled_softmax_loss`."""
    return sampled.sampled_softmax(
        _partitioned(partition_strategy), weights, biases, labels, inputs, num_sampled, num_classes,
        num_true, sampled_values, remove_accidental_hits, seed=seed,
    )  # fmt: skip


def max_pool_with_argmax(input, ksize, strides, padding, data_format="NHWC", Targmax=None,  # noqa: N803
                         name=None, output_dtype=None, include_batch_in_index=False):  # fmt: skip
    """The maximum of each window, and where it is."""
    dtype = either("output_dtype", output_dtype, "Targmax", Targmax)
    given = {} if dtype is None else {"output_dtype": dtype}
    return pooling.max_pool_with_argmax(
        input, ksize, strides, padding, data_format=data_format, name=name,
        include_batch_in_index=include_batch_in_index, **given,
    )  # fmt: skip


# Names that TF 1.x gave what is the only one in TensorFlow 2; and its samplers.
_VERSION_2 = {f"{name}_v2": name for name in
              ("avg_pool", "ctc_beam_search_decoder", "ctc_loss", "max_pool")}  # fmt: skip
_OF_RANDOM = ("log_uniform_candidate_sampler", "uniform_candidate_sampler")


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    if name == "seq2seq":  # TF 0.x
        return importlib.import_module("minitf.compat.v1.contrib.legacy_seq2seq")
    if name in ("rnn", "bidirectional_rnn"):  # TF 0.x
        return static_rnn if name == "rnn" else static_bidirectional_rnn
    try:
        if name in _OF_RANDOM:
            return getattr(random, name)
        return getattr(nn, _VERSION_2.get(name, name))
    except AttributeError:
        raise missing(__name__, name, [*dir(sys.modules[__name__]), *dir(nn)]) from None
