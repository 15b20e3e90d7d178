"""EfficientNet: one network, scaled in width, depth and size at once (Tan and Le, 2019).

A block widens its input, convolves each channel by itself, weighs the channels, and narrows again.
"""

import functools
import math

from minitf.keras.applications.imagenet_utils import decode_predictions
from minitf.keras.applications.imagenet_utils import passed_on as preprocess_input
from minitf.keras.applications.network import (
    Files,
    Network,
    channel_axis,
    correct_pad,
    described,
    divisible,
    normalized,
)
from minitf.keras.layers import (
    Activation,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    GlobalAveragePooling2D,
    Normalization,
    Rescaling,
    Reshape,
    ZeroPadding2D,
    add,
    multiply,
)

# (kernel size, blocks, filters, expansion, stride); only the first block has the stride
STAGES = [
    (3, 1, 16, 1, 1),
    (3, 2, 24, 6, 2),
    (5, 2, 40, 6, 2),
    (3, 3, 80, 6, 2),
    (5, 3, 112, 6, 1),
    (5, 4, 192, 6, 2),
    (3, 1, 320, 6, 1),
]
DEVIATION = (0.229, 0.224, 0.225)


def _scaled(scale, distribution):
    config = {"scale": scale, "mode": "fan_out", "distribution": distribution}
    return {"class_name": "VarianceScaling", "config": config}


KERNEL = _scaled(2.0, "truncated_normal")  # initializers
DENSE = _scaled(1 / 3, "uniform")


def convolved(x, filters, size, name, padding="same", **kwargs):
    """A convolution that begins with outputs as large as its inputs."""
    return Conv2D(filters, size, padding=padding, kernel_initializer=KERNEL, name=name,
                  **kwargs)(x)  # fmt: skip


def active(x, name, momentum=0.99):
    """Normalization and swish."""
    return Activation("swish", name=f"{name}activation")(normalized(x, f"{name}bn",
                                                                    momentum=momentum))  # fmt: skip


def weighed(x, filters, name):
    """Each channel times a number between 0 and 1, which the means of all channels decide."""
    channels = x.shape[channel_axis()]
    shape = (1, 1, channels) if channel_axis() == 3 else (channels, 1, 1)
    weight = GlobalAveragePooling2D(name=f"{name}se_squeeze")(x)
    weight = Reshape(shape, name=f"{name}se_reshape")(weight)
    weight = convolved(weight, filters, 1, f"{name}se_reduce", activation="swish")
    weight = convolved(weight, channels, 1, f"{name}se_expand", activation="sigmoid")
    return multiply([x, weight], name=f"{name}se_excite")


def added(x, shortcut, rate, name):
    """The sum, without `x` for some of the images in training."""
    if rate > 0:
        x = Dropout(rate, noise_shape=(None, 1, 1, 1), name=f"{name}drop")(x)
    return add([x, shortcut], name=f"{name}add")


def top_of(rate, **kwargs):
    """A `top` with dropout."""

    def top(x, classes, activation):
        x = GlobalAveragePooling2D(name="avg_pool")(x)
        x = Dropout(rate, name="top_dropout")(x)
        return Dense(classes, activation=activation, kernel_initializer=DENSE, name="predictions",
                     **kwargs)(x)  # fmt: skip

    return top


def block_places(stages, depth, total=None):
    """(stage, stride, rate of dropout, name) of each block.

    Args:
      stages: tuples that begin with (kernel size, blocks) and end with the stride.
      depth: the factor of the numbers of blocks.
      total: the number of blocks that would be dropped at rate 0.2; default: as many as there are.
    """
    repeats = [math.ceil(depth * stage[1]) for stage in stages]
    number, total = 0, total or sum(repeats)
    for i, (stage, count) in enumerate(zip(stages, repeats, strict=True), 1):
        for j in range(count):
            yield stage, stage[-1] if j == 0 else 1, 0.2 * number / total, f"block{i}{chr(j + 97)}_"
            number += 1


def _block(x, filters, size, stride, expansion, rate, name):
    shortcut, channels = x, x.shape[channel_axis()]
    if expansion != 1:
        x = convolved(x, channels * expansion, 1, f"{name}expand_conv", use_bias=False)
        x = active(x, f"{name}expand_")
    if stride == 2:
        x = ZeroPadding2D(correct_pad(x, size), name=f"{name}dwconv_pad")(x)
    x = DepthwiseConv2D(size, strides=stride, padding="valid" if stride == 2 else "same",
                        use_bias=False, depthwise_initializer=KERNEL,
                        name=f"{name}dwconv")(x)  # fmt: skip
    x = weighed(active(x, name), max(1, channels // 4), name)
    x = convolved(x, filters, 1, f"{name}project_conv", use_bias=False)
    x = normalized(x, f"{name}project_bn")
    return added(x, shortcut, rate, name) if stride == 1 and channels == filters else x


def _body(x, width, depth, weights):
    x = Rescaling(1 / 255)(x)
    x = Normalization(axis=channel_axis())(x)
    if weights == "imagenet":  # their normalization divides by the variance
        x = Rescaling([1 / math.sqrt(deviation) for deviation in DEVIATION])(x)
    x = ZeroPadding2D(correct_pad(x, 3), name="stem_conv_pad")(x)
    x = convolved(x, divisible(32 * width), 3, "stem_conv", "valid", strides=2, use_bias=False)
    x = active(x, "stem_")
    for stage, stride, rate, name in block_places(STAGES, depth):
        size, _, filters, expansion, _ = stage
        x = _block(x, divisible(filters * width), size, stride, expansion, rate, name)
    x = convolved(x, divisible(1280 * width), 1, "top_conv", use_bias=False)
    return active(x, "top_")


# (factors of width and of depth, size of images, dropout before the classifier)
SCALES = {
    "EfficientNetB0": (1.0, 1.0, 224, 0.2),
    "EfficientNetB1": (1.0, 1.1, 240, 0.2),
    "EfficientNetB2": (1.1, 1.2, 260, 0.3),
    "EfficientNetB3": (1.2, 1.4, 300, 0.3),
    "EfficientNetB4": (1.4, 1.8, 380, 0.4),
    "EfficientNetB5": (1.6, 2.2, 456, 0.4),
    "EfficientNetB6": (1.8, 2.6, 528, 0.5),
    "EfficientNetB7": (2.0, 3.1, 600, 0.5),
}
HASHES = {
    "EfficientNetB0": ("902e53a9f72be733fc0bcb005b3ebbac", "50bc09e76180e00e4465e1a485ddc09d"),
    "EfficientNetB1": ("1d254153d4ab51201f1646940f018540", "74c4e6b3e1f6a1eea24c589628592432"),
    "EfficientNetB2": ("b15cce36ff4dcbd00b6dd88e7857a6ad", "111f8e2ac8aa800a7a99e3239f7bfb39"),
    "EfficientNetB3": ("ffd1fdc53d0ce67064dc6a9c7960ede0", "af6d107764bb5b1abb91932881670226"),
    "EfficientNetB4": ("18c95ad55216b8f92d7e70b3a046e2fc", "ebc24e6d6c33eaebbd558eafbeedf1ba"),
    "EfficientNetB5": ("ace28f2a6363774853a83a0b21b9421a", "38879255a25d3c92d5e44e04ae6cec6f"),
    "EfficientNetB6": ("165f6e37dce68623721b423839de8be5", "9ecce42647a20130c1f39a5d4cb75743"),
    "EfficientNetB7": ("8c03f828fec3ef71311cd463b6759d99", "cbcfe4450ddf6f3ad90b1b398090fe4a"),
}


def _efficientnet(title):
    width, depth, size, rate = SCALES[title]
    default_name = title.lower()
    files = Files("https://storage.googleapis.com/keras-applications/",
                  (f"{default_name}.h5", f"{default_name}_notop.h5"), HASHES[title])  # fmt: skip

    def function(include_top=True, weights="imagenet", input_tensor=None, input_shape=None,
                 pooling=None, classes=1000, classifier_activation="softmax",
                 name=default_name):  # fmt: skip
        body = functools.partial(_body, width=width, depth=depth, weights=weights)
        network = Network(body, top_of(rate), files, size, pool_names=("avg_pool", "max_pool"))
        return network.model(include_top, weights, input_tensor, input_shape, pooling, classes,
                             classifier_activation, name)  # fmt: skip

    return described(function, title, "arXiv:1905.11946")


EfficientNetB0 = _efficientnet("EfficientNetB0")
EfficientNetB1 = _efficientnet("EfficientNetB1")
EfficientNetB2 = _efficientnet("EfficientNetB2")
EfficientNetB3 = _efficientnet("EfficientNetB3")
EfficientNetB4 = _efficientnet("EfficientNetB4")
EfficientNetB5 = _efficientnet("EfficientNetB5")
EfficientNetB6 = _efficientnet("EfficientNetB6")
EfficientNetB7 = _efficientnet("EfficientNetB7")

__all__ = [*(f"EfficientNetB{i}" for i in range(8)), "decode_predictions", "preprocess_input"]
