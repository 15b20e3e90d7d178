"""EfficientNet V2: its first blocks have plain convolutions (Tan and Le, 2021).

They train faster than separated ones.
"""

import functools

from minitf.keras.applications.efficientnet import (
    KERNEL,
    active,
    added,
    block_places,
    convolved,
    top_of,
    weighed,
)
from minitf.keras.applications.imagenet_utils import decode_predictions
from minitf.keras.applications.imagenet_utils import passed_on as preprocess_input
from minitf.keras.applications.network import (
    STORE,
    Files,
    Network,
    channel_axis,
    described,
    normalized,
)
from minitf.keras.layers import Activation, DepthwiseConv2D, Normalization, Rescaling

# (kernel size, blocks, filters, expansion, stride), first those of plain convolutions
SMALL = [(3, 2, 24, 1, 1), (3, 4, 48, 4, 2), (3, 4, 64, 4, 2)], [
    (3, 6, 128, 4, 2), (3, 9, 160, 6, 1), (3, 15, 256, 6, 2)]  # fmt: skip
MEDIUM = [(3, 3, 24, 1, 1), (3, 5, 48, 4, 2), (3, 5, 80, 4, 2)], [
    (3, 7, 160, 4, 2), (3, 14, 176, 6, 1), (3, 18, 304, 6, 2), (3, 5, 512, 6, 1)]  # fmt: skip
LARGE = [(3, 4, 32, 1, 1), (3, 7, 64, 4, 2), (3, 7, 96, 4, 2)], [
    (3, 10, 192, 4, 2), (3, 19, 224, 6, 1), (3, 25, 384, 6, 2), (3, 7, 640, 6, 1)]  # fmt: skip
BASE = [(3, 1, 16, 1, 1), (3, 2, 32, 4, 2), (3, 2, 48, 4, 2)], [
    (3, 3, 96, 4, 2), (3, 5, 112, 6, 1), (3, 8, 192, 6, 2)]  # fmt: skip
MOMENTUM = 0.9
_normalized = functools.partial(normalized, momentum=MOMENTUM)
_active = functools.partial(active, momentum=MOMENTUM)


def _fused(x, filters, size, stride, expansion, name):
    """One convolution where `_separated` has two."""
    if expansion == 1:
        x = convolved(x, filters, size, f"{name}project_conv", strides=stride, use_bias=False)
        x = _normalized(x, f"{name}project_bn")
        return Activation("swish", name=f"{name}project_activation")(x)
    wide = x.shape[channel_axis()] * expansion
    x = convolved(x, wide, size, f"{name}expand_conv", strides=stride, use_bias=False)
    x = convolved(_active(x, f"{name}expand_"), filters, 1, f"{name}project_conv", use_bias=False)
    return _normalized(x, f"{name}project_bn")


def _separated(x, filters, size, stride, expansion, name):
    channels = x.shape[channel_axis()]
    x = convolved(x, channels * expansion, 1, f"{name}expand_conv", use_bias=False)
    x = _active(x, f"{name}expand_")
    x = DepthwiseConv2D(size, strides=stride, padding="same", use_bias=False,
                        depthwise_initializer=KERNEL, name=f"{name}dwconv2")(x)  # fmt: skip
    x = weighed(_active(x, name), max(1, channels // 4), name)
    x = convolved(x, filters, 1, f"{name}project_conv", use_bias=False)
    return _normalized(x, f"{name}project_bn")


def _width(filters, width):
    """The multiple of 8 next to so many filters times `width`."""
    return max(8, int(filters * width + 4) // 8 * 8)


def _scaled(x, is_base):
    """Images of 0 to 255, as the weights want them."""
    if is_base and x.shape[channel_axis()] == 3:
        x = Rescaling(1 / 255)(x)
        return Normalization(mean=[0.485, 0.456, 0.406], variance=[0.229**2, 0.224**2, 0.225**2],
                             axis=channel_axis())(x)  # fmt: skip
    return Rescaling(1 / 128, -1)(x)


def _body(x, stages, width, depth, include_preprocessing):
    x = _scaled(x, stages is BASE) if include_preprocessing else x
    fused, separated = stages
    first = 32 if stages is BASE else fused[0][2]
    x = convolved(x, _width(first, width), 3, "stem_conv", strides=2, use_bias=False)
    x = _active(x, "stem_")
    stages = [*fused, *separated]
    total = sum(stage[1] for stage in stages)  # not yet times `depth`
    for stage, stride, rate, name in block_places(stages, depth, total):
        size, _, filters, expansion, _ = stage
        shortcut, block = x, _fused if stage in fused else _separated
        x = block(x, _width(filters, width), size, stride, expansion, name)
        if stride == 1 and x.shape == shortcut.shape:
            x = added(x, shortcut, rate, name)
    x = convolved(x, _width(1280, width), 1, "top_conv", use_bias=False)
    return _active(x, "top_")


# (stages, factors of width and of depth, size of images)
SCALES = {
    "EfficientNetV2B0": (BASE, 1.0, 1.0, 224),
    "EfficientNetV2B1": (BASE, 1.0, 1.1, 240),
    "EfficientNetV2B2": (BASE, 1.1, 1.2, 260),
    "EfficientNetV2B3": (BASE, 1.2, 1.4, 300),
    "EfficientNetV2S": (SMALL, 1.0, 1.0, 384),
    "EfficientNetV2M": (MEDIUM, 1.0, 1.0, 480),
    "EfficientNetV2L": (LARGE, 1.0, 1.0, 480),
}
HASHES = {
    "EfficientNetV2B0": ("21ecbf6da12460d5c40bb2f29ceb2188", "893217f2bb855e2983157299931e43ff"),
    "EfficientNetV2B1": ("069f0534ff22adf035c89e2d9547a9dc", "0e80663031ca32d657f9caa404b6ec37"),
    "EfficientNetV2B2": ("424e49f28180edbde1e94797771950a7", "1dfe2e7a5d45b6632553a8961ea609eb"),
    "EfficientNetV2B3": ("1f1fc43bd98a6e4fd8fdfd551e02c7a0", "f6abf7b5849ac99a89b50dd3fd532856"),
    "EfficientNetV2S": ("e1d88a8495beba45748fedd0cecbe016", "af0682fb74e8c54910f2d4393339c070"),
    "EfficientNetV2M": ("a3bf6aa3276309f4fc6a34aa114c95cd", "1b8dc055df72dde80d614482840fe342"),
    "EfficientNetV2L": ("27e6d408b53c7ebc868fefa357689935", "b0b66b5c863aef5b46e8608fe1711615"),
}


def _efficientnet(title):
    stages, width, depth, size = SCALES[title]
    default_name = title.lower().replace("v2", "v2-")
    files = Files(f"{STORE}efficientnet_v2/",
                  (f"{default_name}.h5", f"{default_name}_notop.h5"), HASHES[title])  # fmt: skip

    def function(include_top=True, weights="imagenet", input_tensor=None, input_shape=None,
                 pooling=None, classes=1000, classifier_activation="softmax",
                 include_preprocessing=True, name=default_name):  # fmt: skip
        body = functools.partial(_body, stages=stages, width=width, depth=depth,
                                 include_preprocessing=include_preprocessing)  # fmt: skip
        network = Network(body, top_of(0.2), files, size, pool_names=("avg_pool", "max_pool"))
        return network.model(include_top, weights, input_tensor, input_shape, pooling, classes,
                             classifier_activation, name)  # fmt: skip

    return described(function, title, "arXiv:2104.00298")


EfficientNetV2B0 = _efficientnet("EfficientNetV2B0")
EfficientNetV2B1 = _efficientnet("EfficientNetV2B1")
EfficientNetV2B2 = _efficientnet("EfficientNetV2B2")
EfficientNetV2B3 = _efficientnet("EfficientNetV2B3")
EfficientNetV2S = _efficientnet("EfficientNetV2S")
EfficientNetV2M = _efficientnet("EfficientNetV2M")
EfficientNetV2L = _efficientnet("EfficientNetV2L")

__all__ = ["EfficientNetV2B0", "EfficientNetV2B1", "EfficientNetV2B2", "EfficientNetV2B3",
           "EfficientNetV2L", "EfficientNetV2M", "EfficientNetV2S", "decode_predictions",
           "preprocess_input"]  # fmt: skip
