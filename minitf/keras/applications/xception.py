"""Xception: what a channel sees in space and what channels say together are learned apart.

Depthwise separable convolutions with residual connections around each two or three of them
(Chollet, 2016).
"""

from minitf.keras.applications.imagenet_utils import decode_predictions, in_mode
from minitf.keras.applications.network import (
    Network,
    classifier,
    kernels,
    normalized,
    pooled_and_dense,
)
from minitf.keras.layers import Activation, Conv2D, MaxPooling2D, SeparableConv2D, add

preprocess_input = in_mode("tf")


def _first(x, filters, strides, name):
    x = Conv2D(filters, 3, strides=strides, use_bias=False, name=name)(x)
    return _relu(normalized(x, f"{name}_bn"), f"{name}_act")


def _relu(x, name):
    return Activation("relu", name=name)(x)


def _separable(x, filters, name):
    x = SeparableConv2D(filters, 3, padding="same", use_bias=False, name=name)(x)
    return normalized(x, f"{name}_bn")


def _smaller(x, filters, name, begins_active=False):
    """Two separable convolutions and half the size; the shortcut is a convolution too."""
    shortcut = Conv2D(filters[-1], 1, strides=2, padding="same", use_bias=False)(x)
    shortcut = normalized(shortcut)
    for i, count in enumerate(filters, 1):
        if i > 1 or not begins_active:
            x = _relu(x, f"{name}_sepconv{i}_act")
        x = _separable(x, count, f"{name}_sepconv{i}")
    x = MaxPooling2D(3, strides=2, padding="same", name=f"{name}_pool")(x)
    return add([x, shortcut])


def _same_size(x, name):
    shortcut = x
    for i in (1, 2, 3):
        x = _separable(_relu(x, f"{name}_sepconv{i}_act"), 728, f"{name}_sepconv{i}")
    return add([x, shortcut])


def _body(x):
    x = _first(x, 32, 2, "block1_conv1")
    x = _first(x, 64, 1, "block1_conv2")
    x = _smaller(x, (128, 128), "block2", begins_active=True)
    x = _smaller(x, (256, 256), "block3")
    x = _smaller(x, (728, 728), "block4")
    for block in range(5, 13):
        x = _same_size(x, f"block{block}")
    x = _smaller(x, (728, 1024), "block13")
    for i, filters in enumerate((1536, 2048), 1):
        x = _separable(x, filters, f"block14_sepconv{i}")
        x = _relu(x, f"block14_sepconv{i}_act")
    return x


Xception = classifier("Xception", "arXiv:1610.02357", Network(
    _body, pooled_and_dense("avg_pool"), kernels(
        "xception", "xception",
        "0a58e3b7378bc2990ea3b43d5981f1f6", "b0042744bf5b25fce3cb969f33bebb97"),
    size=299, smallest=71))  # fmt: skip

__all__ = ["Xception", "decode_predictions", "preprocess_input"]
