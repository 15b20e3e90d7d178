"""`tf.contrib.layers`: layers as functions, with their activation and normalization."""

import functools

from minitf import dtypes
from minitf.compat.v1 import layers as core_layers
from minitf.compat.v1 import nn as v1_nn
from minitf.compat.v1.contrib.framework import add_arg_scope, model_variable
from minitf.compat.v1.contrib.initializers import (
    variance_scaling_initializer,
    xavier_initializer,
    xavier_initializer_conv2d,
)
from minitf.compat.v1.contrib.regularizers import (
    apply_regularization,
    l1_l2_regularizer,
    l1_regularizer,
    l2_regularizer,
    sum_regularizer,
)
from minitf.compat.v1.getting import get_variable
from minitf.compat.v1.initializers import Ones, Zeros
from minitf.compat.v1.variable_scope import variable_scope
from minitf.core import frames
from minitf.core.dispatch import convert_to_tensor
from minitf.ops.activations import relu
from minitf.ops.array import one_hot
from minitf.ops.linalg import tensordot
from minitf.ops.normalization import batch_normalization, moments
from minitf.scopes import name_scope

__all__ = [
    "apply_regularization", "avg_pool2d", "batch_norm", "bias_add", "conv2d",
    "conv2d_transpose", "convolution2d", "dropout", "embed_sequence", "flatten",
    "fully_connected", "l1_l2_regularizer", "l1_regularizer", "l2_regularizer", "layer_norm",
    "linear", "max_pool2d", "one_hot_encoding", "relu", "repeat", "softmax", "stack",
    "sum_regularizer", "variance_scaling_initializer", "xavier_initializer",
    "xavier_initializer_conv2d",
]  # fmt: skip


def _collected(collections, value):
    if collections:
        frames.stack.frame.add_to_collections(collections, value)
    return value


def _finished(outputs, normalizer_fn, normalizer_params, activation_fn, collections):
    """`outputs`, normalized, then activated, then collected."""
    if normalizer_fn is not None:
        outputs = normalizer_fn(outputs, **(normalizer_params or {}))
    if activation_fn is not None:
        outputs = activation_fn(outputs)
    return _collected(collections, outputs)


def _biased(outputs, count, initializer, regularizer, trainable, normalizer_fn):
    """`outputs` with a bias, unless they are normalized, which has one of its own."""
    if normalizer_fn is not None or initializer is None:
        return outputs
    biases = model_variable("biases", [count], outputs.dtype, initializer, regularizer, trainable)
    return v1_nn.bias_add(outputs, biases)


@add_arg_scope
def fully_connected(inputs, num_outputs, activation_fn=relu, normalizer_fn=None,
                    normalizer_params=None, weights_initializer=None, weights_regularizer=None,
                    biases_initializer=Zeros, biases_regularizer=None, reuse=None,
                    variables_collections=None, outputs_collections=None, trainable=True,
                    scope=None):  # fmt: skip
    """A dense layer: variables `weights` and `biases`, then normalization, then activation.

    >>> import minitf.compat.v1 as tf
    >>> with tf.Graph().as_default():
    ...     y = fully_connected(tf.zeros([2, 3]), 4)
    ...     print(y.shape, [v.name for v in tf.trainable_variables()])
    (2, 4) ['fully_connected/weights:0', 'fully_connected/biases:0']
    """
    inputs = convert_to_tensor(inputs)
    with variable_scope(scope, "fully_connected", [inputs], reuse=reuse):
        weights = model_variable(
            "weights", [inputs.shape[-1], num_outputs], inputs.dtype,
            weights_initializer or xavier_initializer(), weights_regularizer, trainable,
            variables_collections,
        )  # fmt: skip
        outputs = tensordot(inputs, weights, [[inputs.shape.rank - 1], [0]])
        outputs = _biased(outputs, num_outputs, biases_initializer, biases_regularizer, trainable,
                          normalizer_fn)  # fmt: skip
        return _finished(outputs, normalizer_fn, normalizer_params, activation_fn,
                         outputs_collections)  # fmt: skip


linear = functools.partial(fully_connected, activation_fn=None)


def _pair(value):
    return [value, value] if isinstance(value, int) else list(value)


@add_arg_scope
def conv2d(inputs, num_outputs, kernel_size, stride=1, padding="SAME", data_format=None, rate=1,
           activation_fn=relu, normalizer_fn=None, normalizer_params=None,
           weights_initializer=None, weights_regularizer=None, biases_initializer=Zeros,
           biases_regularizer=None, reuse=None, variables_collections=None,
           outputs_collections=None, trainable=True, scope=None):  # fmt: skip
    """A convolution of images `[count, height, width, channels]`, then as `fully_connected`.

    Raises:
      ValueError: `data_format` is not "NHWC".
    """
    inputs = convert_to_tensor(inputs)
    _last_channels(data_format)
    with variable_scope(scope, "Conv", [inputs], reuse=reuse):
        shape = [*_pair(kernel_size), inputs.shape[-1], num_outputs]
        weights = model_variable(
            "weights", shape, inputs.dtype, weights_initializer or xavier_initializer(),
            weights_regularizer, trainable, variables_collections,
        )  # fmt: skip
        outputs = v1_nn.conv2d(inputs, weights, [1, *_pair(stride), 1], padding,
                               dilations=[1, *_pair(rate), 1])  # fmt: skip
        outputs = _biased(outputs, num_outputs, biases_initializer, biases_regularizer, trainable,
                          normalizer_fn)  # fmt: skip
        return _finished(outputs, normalizer_fn, normalizer_params, activation_fn,
                         outputs_collections)  # fmt: skip


convolution2d = conv2d


def _last_channels(data_format):
    if data_format not in (None, "NHWC"):
        raise ValueError(f"Invalid data_format: {data_format!r}; minitf has 'NHWC' here.")


@add_arg_scope
def conv2d_transpose(inputs, num_outputs, kernel_size, stride=1, padding="SAME",
                     data_format=None, activation_fn=relu, normalizer_fn=None,
                     normalizer_params=None, weights_initializer=None, weights_regularizer=None,
                     biases_initializer=Zeros, biases_regularizer=None, reuse=None,
                     variables_collections=None, outputs_collections=None, trainable=True,
                     scope=None):  # fmt: skip
    """The transpose of a convolution, then as `fully_connected`."""
    _last_channels(data_format)
    with variable_scope(scope, "Conv2d_transpose", [inputs], reuse=reuse):
        outputs = core_layers.conv2d_transpose(
            inputs, num_outputs, kernel_size, stride, padding,
            use_bias=normalizer_fn is None and biases_initializer is not None,
            kernel_initializer=weights_initializer or xavier_initializer(),
            kernel_regularizer=weights_regularizer, bias_regularizer=biases_regularizer,
            trainable=trainable,
        )  # fmt: skip
        return _finished(outputs, normalizer_fn, normalizer_params, activation_fn,
                         outputs_collections)  # fmt: skip


def _pooling(pool, default_scope):
    @add_arg_scope
    def pool2d(inputs, kernel_size, stride=2, padding="VALID", data_format=None,
               outputs_collections=None, scope=None):  # fmt: skip
        _last_channels(data_format)
        with name_scope(scope or default_scope):
            size, step = [1, *_pair(kernel_size), 1], [1, *_pair(stride), 1]
            return _collected(outputs_collections, pool(inputs, size, step, padding))

    pool2d.__doc__ = "The largest value, or the mean, of each window."
    return pool2d


max_pool2d = _pooling(v1_nn.max_pool, "MaxPool2D")
avg_pool2d = _pooling(v1_nn.avg_pool, "AvgPool2D")


@add_arg_scope
def batch_norm(inputs, decay=0.999, center=True, scale=False, epsilon=0.001, activation_fn=None,
               param_initializers=None, updates_collections="update_ops", is_training=True,
               reuse=None, variables_collections=None, outputs_collections=None, trainable=True,
               data_format="NHWC", scope=None, fused=None):  # fmt: skip
    """Batch normalization; the updates of the moving averages are collected, or, with None, done.

    Args:
      is_training: a bool, or a bool tensor.
      param_initializers: initializers of "beta", "gamma", "moving_mean", "moving_variance".
    """
    _last_channels(data_format)
    first = {f"{name}_initializer": given for name, given in (param_initializers or {}).items()}
    inputs = convert_to_tensor(inputs)
    with variable_scope(scope, "BatchNorm", [inputs], reuse=reuse) as opened:
        layer = core_layers.BatchNormalization(
            momentum=decay, epsilon=epsilon, center=center, scale=scale, trainable=trainable,
            name=opened.name.rpartition("/")[2], _scope=opened, _reuse=reuse, **first,
        )  # fmt: skip
        outputs = layer.apply(inputs, training=is_training)
        if updates_collections is None:
            with frames.stack.frame.control_dependencies(layer.updates):
                outputs = outputs * 1.0
        elif updates_collections != "update_ops":
            frames.stack.frame.add_to_collections(updates_collections, layer.updates)
    return _finished(outputs, None, None, activation_fn, outputs_collections)


@add_arg_scope
def dropout(inputs, keep_prob=0.5, noise_shape=None, is_training=True, outputs_collections=None,
            scope=None, seed=None):  # fmt: skip
    """Elements set to zero with probability `1 - keep_prob`, while training."""
    with name_scope(scope or "Dropout"):
        outputs = core_layers.dropout(inputs, 1 - keep_prob, noise_shape, seed, is_training)
    return _collected(outputs_collections, outputs)


@add_arg_scope
def layer_norm(inputs, center=True, scale=True, activation_fn=None, reuse=None,
               variables_collections=None, outputs_collections=None, trainable=True,
               begin_norm_axis=1, begin_params_axis=-1, scope=None):  # fmt: skip
    """Each example brought to mean 0 and variance 1, then scaled and shifted; Ba et al. (2016)."""
    inputs = convert_to_tensor(inputs)
    with variable_scope(scope, "LayerNorm", [inputs], reuse=reuse):
        shape = inputs.shape[begin_params_axis:].as_list()
        beta = gamma = None
        if center:
            beta = model_variable("beta", shape, inputs.dtype, Zeros, None, trainable)
        if scale:
            gamma = model_variable("gamma", shape, inputs.dtype, Ones, None, trainable)
        axes = list(range(begin_norm_axis % inputs.shape.rank, inputs.shape.rank))
        mean, variance = moments(inputs, axes, keepdims=True)
        outputs = batch_normalization(inputs, mean, variance, beta, gamma, 1e-12)
        outputs.set_shape(inputs.shape)
    return _finished(outputs, None, None, activation_fn, outputs_collections)


@add_arg_scope
def bias_add(inputs, activation_fn=None, initializer=Zeros, regularizer=None, reuse=None,
             variables_collections=None, outputs_collections=None, trainable=True,
             data_format=None, scope=None):  # fmt: skip
    """A bias for each channel."""
    _last_channels(data_format)
    with variable_scope(scope, "BiasAdd", [inputs], reuse=reuse):
        outputs = _biased(inputs, inputs.shape[-1], initializer, regularizer, trainable, None)
    return _finished(outputs, None, None, activation_fn, outputs_collections)


@add_arg_scope
def flatten(inputs, outputs_collections=None, scope=None):
    """Each example as a vector.

    Raises:
      ValueError: the rank is not known or less than 2.
    """
    inputs = convert_to_tensor(inputs)
    if inputs.shape.rank is None or inputs.shape.rank < 2:
        raise ValueError("Inputs must have a least 2 dimensions.")
    with name_scope(scope or "Flatten"):
        return _collected(outputs_collections, core_layers.flatten(inputs))


@add_arg_scope
def softmax(logits, scope=None):
    """The softmax of the last axis."""
    with name_scope(scope or "softmax"):
        return v1_nn.softmax(logits)


@add_arg_scope
def one_hot_encoding(labels, num_classes, on_value=1.0, off_value=0.0, outputs_collections=None,
                     scope=None):  # fmt: skip
    """Labels as rows of zeros with one 1."""
    with name_scope(scope or "OneHotEncoding"):
        labels = convert_to_tensor(labels)
        return _collected(outputs_collections, one_hot(labels, num_classes, on_value, off_value))


def embed_sequence(ids, vocab_size=None, embed_dim=None, unique=False, initializer=None,
                   regularizer=None, trainable=True, scope=None, reuse=None):  # fmt: skip
    """The vectors `[batch, steps, embed_dim]` of symbols; the table is a variable `embeddings`."""
    if not (reuse or (vocab_size and embed_dim)):
        raise ValueError(f"Must specify vocab size and embedding dimension when not reusing. Got "
                         f"vocab_size={vocab_size} and embed_dim={embed_dim}")  # fmt: skip
    with variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        shape = [vocab_size, embed_dim]
        if reuse and vocab_size is None:
            shape = None
        table = get_variable("embeddings", shape, dtypes.float32, initializer, regularizer,
                             trainable)  # fmt: skip
        return v1_nn.embedding_lookup(table, ids)


def repeat(inputs, repetitions, layer, *args, **kwargs):
    """`layer` applied again and again; the scopes are numbered from 1."""
    scope = kwargs.pop("scope", None)
    with variable_scope(scope, "Repeat", [inputs]):
        name = kwargs.pop("name", None) or getattr(layer, "__name__", "repeat")
        for i in range(repetitions):
            kwargs["scope"] = f"{scope or name}_{i + 1}"
            inputs = layer(inputs, *args, **kwargs)
        return inputs


def stack(inputs, layer, stack_args, **kwargs):
    """`layer` applied once for each of `stack_args`, its arguments; scopes are numbered from 1."""
    scope = kwargs.pop("scope", None)
    with variable_scope(scope, "Stack", [inputs]):
        name = getattr(layer, "__name__", "stack")
        for i, given in enumerate(stack_args):
            given = list(given) if isinstance(given, list | tuple) else [given]
            inputs = layer(inputs, *given, **{**kwargs, "scope": f"{scope or name}_{i + 1}"})
        return inputs
