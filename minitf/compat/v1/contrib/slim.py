"""`tf.contrib.slim`: the layers of `tf.contrib.layers` under shorter names."""

from minitf.compat.v1 import losses
from minitf.compat.v1.contrib.framework import (
    add_arg_scope,
    arg_scope,
    get_or_create_global_step,
    get_variables,
    get_variables_by_name,
    get_variables_to_restore,
    model_variable,
    variable,
)
from minitf.compat.v1.contrib.layers import (
    avg_pool2d,
    batch_norm,
    bias_add,
    conv2d,
    conv2d_transpose,
    convolution2d,
    dropout,
    flatten,
    fully_connected,
    l1_regularizer,
    l2_regularizer,
    layer_norm,
    linear,
    max_pool2d,
    one_hot_encoding,
    repeat,
    softmax,
    stack,
    variance_scaling_initializer,
    xavier_initializer,
)

__all__ = [
    "add_arg_scope", "arg_scope", "avg_pool2d", "batch_norm", "bias_add", "conv2d",
    "conv2d_transpose", "convolution2d", "dropout", "flatten", "fully_connected",
    "get_or_create_global_step", "get_variables", "get_variables_by_name",
    "get_variables_to_restore", "l1_regularizer", "l2_regularizer", "layer_norm", "linear",
    "losses", "max_pool2d", "model_variable", "one_hot_encoding", "repeat", "softmax", "stack",
    "variable", "variance_scaling_initializer", "xavier_initializer",
]  # fmt: skip
