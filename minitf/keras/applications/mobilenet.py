"""MobileNet: separable convolutions, and one number for how wide all layers are (Howard, 2017)."""

import functools
import warnings

from minitf.keras.applications.imagenet_utils import decode_predictions, in_mode
from minitf.keras.applications.network import (
    STORE,
    Files,
    Network,
    channel_axis,
    check_weights,
    normalized,
)
from minitf.keras.layers import (
    Activation,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    GlobalAveragePooling2D,
    ReLU,
    Reshape,
    ZeroPadding2D,
)

preprocess_input = in_mode("tf")

# (filters, stride) of the blocks
BLOCKS = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5,
          (1024, 2), (1024, 1)]  # fmt: skip
WIDTHS = {0.25: "2_5", 0.5: "5_0", 0.75: "7_5", 1.0: "1_0"}  # as in the names of files


def _normalized(x, name):
    return ReLU(6.0, name=f"{name}_relu")(normalized(x, f"{name}_bn"))


def _block(x, filters, stride, number, depth_multiplier):
    if stride == 2:
        x = ZeroPadding2D(((0, 1), (0, 1)), name=f"conv_pad_{number}")(x)
    x = DepthwiseConv2D(3, strides=stride, padding="same" if stride == 1 else "valid",
                        depth_multiplier=depth_multiplier, use_bias=False,
                        name=f"conv_dw_{number}")(x)  # fmt: skip
    x = _normalized(x, f"conv_dw_{number}")
    x = Conv2D(filters, 1, padding="same", use_bias=False, name=f"conv_pw_{number}")(x)
    return _normalized(x, f"conv_pw_{number}")


def _body(x, alpha, depth_multiplier):
    x = Conv2D(int(32 * alpha), 3, strides=2, padding="same", use_bias=False, name="conv1")(x)
    x = _normalized(x, "conv1")
    for number, (filters, stride) in enumerate(BLOCKS, 1):
        x = _block(x, int(filters * alpha), stride, number, depth_multiplier)
    return x


def _top(x, classes, activation, dropout):
    x = GlobalAveragePooling2D(keepdims=True)(x)
    x = Dropout(dropout, name="dropout")(x)
    x = Conv2D(classes, 1, padding="same", name="conv_preds")(x)
    x = Reshape((classes,), name="reshape_2")(x)
    return Activation(activation, name="predictions")(x)


def sizes_of(shape):
    """(rows, columns) of the shape of one image."""
    return tuple(shape[:2] if channel_axis() == 3 else shape[1:])


def trained_size(shape, sizes):
    """The size of images whose weights there are: that of `shape` if it is one of `sizes`."""
    rows, columns = sizes_of(shape) if shape else (None, None)
    return rows if rows == columns and rows in sizes else 224


def warn_of_size(shape, sizes):
    """Warns where there are no weights for images of this shape."""
    rows, columns = sizes_of(shape)
    if rows != columns or rows not in sizes:
        warnings.warn(
            f"`input_shape` is undefined or non-square, or `rows` is not in {sizes}. Weights for "
            "input shape (224, 224) will be loaded as the default.",
            stacklevel=4,
        )


def MobileNet(input_shape=None, alpha=1.0, depth_multiplier=1, dropout=1e-3, include_top=True,  # noqa: N802
              weights="imagenet", input_tensor=None, pooling=None, classes=1000,
              classifier_activation="softmax", name=None):  # fmt: skip
    """A functional model, MobileNet (arXiv:1704.04861).

    Args:
      alpha: the factor of all numbers of filters.
      depth_multiplier: the factor of channels in the depthwise convolutions.
      dropout: the rate before the classifier.
      input_shape, ...: as in all networks, see `ResNet50`.

    Raises:
      ValueError: there are no such weights, or they do not fit the other arguments.
    """
    check_weights(weights, include_top, classes)
    sizes = [128, 160, 192, 224]
    size = trained_size(input_shape, sizes)
    stem = f"mobilenet_{WIDTHS.get(alpha)}_{size}_tf"
    files = Files(f"{STORE}mobilenet/", (f"{stem}.h5", f"{stem}_no_top.h5"))
    network = Network(
        functools.partial(_body, alpha=alpha, depth_multiplier=depth_multiplier),
        functools.partial(_top, dropout=dropout), files, size)  # fmt: skip
    shape = network.input_shape(input_shape, include_top, weights)
    if weights == "imagenet":
        if depth_multiplier != 1:
            raise ValueError(
                "If imagenet weights are being loaded, depth multiplier must be 1.  "
                f"Received {depth_multiplier=}"
            )
        if alpha not in WIDTHS:
            raise ValueError(
                "If imagenet weights are being loaded, alpha can be one of`0.25`, `0.50`, `0.75` "
                f"or `1.0` only.  Received {alpha=}"
            )
        warn_of_size(shape, sizes)
    rows = size if weights == "imagenet" else sizes_of(shape)[0]
    return network.model_of(shape, include_top, weights, input_tensor, pooling, classes,
                            classifier_activation,
                            name or f"mobilenet_{alpha:0.2f}_{rows}")  # fmt: skip


__all__ = ["MobileNet", "decode_predictions", "preprocess_input"]
