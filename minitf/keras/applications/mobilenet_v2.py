"""MobileNet V2: bottlenecks the other way round, wide inside (Sandler et al., 2018)."""

import functools

from minitf.keras.applications.imagenet_utils import decode_predictions, in_mode
from minitf.keras.applications.mobilenet import sizes_of, trained_size, warn_of_size
from minitf.keras.applications.network import (
    STORE,
    Files,
    Network,
    channel_axis,
    check_weights,
    correct_pad,
    divisible,
    normalized,
    pooled_and_dense,
)
from minitf.keras.backend import is_keras_tensor
from minitf.keras.layers import Add, Conv2D, DepthwiseConv2D, ReLU, ZeroPadding2D

preprocess_input = in_mode("tf")

# (filters, stride, how many blocks); only the first of them has the stride
STAGES = [(16, 1, 1), (24, 2, 2), (32, 2, 3), (64, 2, 4), (96, 1, 3), (160, 2, 3), (320, 1, 1)]
WIDTHS = (0.35, 0.50, 0.75, 1.0, 1.3, 1.4)
_normalized = functools.partial(normalized, epsilon=1e-3, momentum=0.999)


def _block(x, filters, stride, number):
    channels, shortcut = x.shape[channel_axis()], x
    name = f"block_{number}_" if number else "expanded_conv_"
    if number:
        x = Conv2D(6 * channels, 1, padding="same", use_bias=False, name=f"{name}expand")(x)
        x = ReLU(6.0, name=f"{name}expand_relu")(_normalized(x, f"{name}expand_BN"))
    if stride == 2:
        x = ZeroPadding2D(correct_pad(x, 3), name=f"{name}pad")(x)
    x = DepthwiseConv2D(3, strides=stride, padding="same" if stride == 1 else "valid",
                        use_bias=False, name=f"{name}depthwise")(x)  # fmt: skip
    x = ReLU(6.0, name=f"{name}depthwise_relu")(_normalized(x, f"{name}depthwise_BN"))
    x = Conv2D(filters, 1, padding="same", use_bias=False, name=f"{name}project")(x)
    x = _normalized(x, f"{name}project_BN")
    same = stride == 1 and channels == filters
    return Add(name=f"{name}add")([shortcut, x]) if same else x


def _body(x, alpha):
    first = divisible(32 * alpha)
    x = Conv2D(first, 3, strides=2, padding="same", use_bias=False, name="Conv1")(x)
    x = ReLU(6.0, name="Conv1_relu")(_normalized(x, "bn_Conv1"))
    number = 0
    for filters, stride, count in STAGES:
        for i in range(count):
            x = _block(x, divisible(int(filters * alpha)), stride if i == 0 else 1, number)
            number += 1
    last = divisible(1280 * alpha) if alpha > 1.0 else 1280
    x = Conv2D(last, 1, use_bias=False, name="Conv_1")(x)
    return ReLU(6.0, name="out_relu")(_normalized(x, "Conv_1_bn"))


def check_input_tensor(input_tensor, input_shape):
    """Raises ValueError if both are given and one is not of the size of the other."""
    if input_tensor is None:
        return
    if not is_keras_tensor(input_tensor):
        raise ValueError(f"input_tensor is not a Keras tensor; Received {input_tensor=}")
    if input_shape and sizes_of(input_tensor.shape[1:])[1] != sizes_of(input_shape)[1]:
        raise ValueError(
            "input_tensor.shape[2] must equal input_shape[1]; Received "
            f"`input_tensor.shape={input_tensor.shape}`, `input_shape={input_shape}`"
        )


def MobileNetV2(input_shape=None, alpha=1.0, include_top=True, weights="imagenet",  # noqa: N802
                input_tensor=None, pooling=None, classes=1000, classifier_activation="softmax",
                name=None):  # fmt: skip
    """A functional model, MobileNetV2 (arXiv:1801.04381).

    Args:
      alpha: the factor of all numbers of filters.
      input_shape, ...: as in all networks, see `ResNet50`.

    Raises:
      ValueError: there are no such weights, or they do not fit the other arguments.
    """
    check_weights(weights, include_top, classes)
    check_input_tensor(input_tensor, input_shape)
    sizes = [96, 128, 160, 192, 224]
    given = input_shape or (None if input_tensor is None else input_tensor.shape[1:])
    size = trained_size(given, sizes)
    stem = f"mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{float(alpha)}_{size}"
    files = Files(f"{STORE}mobilenet_v2/", (f"{stem}.h5", f"{stem}_no_top.h5"))
    body = functools.partial(_body, alpha=alpha)
    network = Network(body, pooled_and_dense(), files, size)
    shape = network.input_shape(input_shape, include_top, weights)
    if weights == "imagenet":
        if alpha not in WIDTHS:
            raise ValueError(
                "If imagenet weights are being loaded, alpha must be one of `0.35`, `0.50`, "
                f"`0.75`, `1.0`, `1.3` or `1.4` only; Received {alpha=}"
            )
        warn_of_size(shape, sizes)
    rows = size if weights == "imagenet" else sizes_of(shape)[0]
    return network.model_of(shape, include_top, weights, input_tensor, pooling, classes,
                            classifier_activation,
                            name or f"mobilenetv2_{alpha:0.2f}_{rows}")  # fmt: skip


__all__ = ["MobileNetV2", "decode_predictions", "preprocess_input"]
