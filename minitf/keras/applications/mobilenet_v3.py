"""MobileNet V3: found by search; the image as a whole weighs its channels (Howard, 2019)."""

import functools
import inspect

from minitf.keras.applications.imagenet_utils import decode_predictions
from minitf.keras.applications.imagenet_utils import passed_on as preprocess_input
from minitf.keras.applications.mobilenet import sizes_of, warn_of_size
from minitf.keras.applications.mobilenet_v2 import check_input_tensor
from minitf.keras.applications.network import (
    STORE,
    Files,
    Network,
    channel_axis,
    check_weights,
    correct_pad,
    divisible,
    normalized,
)
from minitf.keras.layers import (
    Activation,
    Add,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Multiply,
    ReLU,
    Rescaling,
    ZeroPadding2D,
)

# (expansion, filters, kernel size, stride, whether channels are weighed, activation)
SMALL = [
    (1, 16, 3, 2, True, "relu"),
    (72 / 16, 24, 3, 2, False, "relu"),
    (88 / 24, 24, 3, 1, False, "relu"),
    (4, 40, 5, 2, True, "swish"),
    (6, 40, 5, 1, True, "swish"),
    (6, 40, 5, 1, True, "swish"),
    (3, 48, 5, 1, True, "swish"),
    (3, 48, 5, 1, True, "swish"),
    (6, 96, 5, 2, True, "swish"),
    (6, 96, 5, 1, True, "swish"),
    (6, 96, 5, 1, True, "swish"),
]
LARGE = [
    (1, 16, 3, 1, False, "relu"),
    (4, 24, 3, 2, False, "relu"),
    (3, 24, 3, 1, False, "relu"),
    (3, 40, 5, 2, True, "relu"),
    (3, 40, 5, 1, True, "relu"),
    (3, 40, 5, 1, True, "relu"),
    (6, 80, 3, 2, False, "swish"),
    (2.5, 80, 3, 1, False, "swish"),
    (2.3, 80, 3, 1, False, "swish"),
    (2.3, 80, 3, 1, False, "swish"),
    (6, 112, 3, 1, True, "swish"),
    (6, 112, 3, 1, True, "swish"),
    (6, 160, 5, 2, True, "swish"),
    (6, 160, 5, 1, True, "swish"),
    (6, 160, 5, 1, True, "swish"),
]
HASHES = {
    "large_224_0.75": ("765b44a33ad4005b3ac83185abf1d0eb", "40af19a13ebea4e2ee0c676887f69a2e"),
    "large_224_1.0": ("59e551e166be033d707958cf9e29a6a7", "07fb09a5933dd0c8eaafa16978110389"),
    "large_minimalistic_224_1.0": ("675e7b876c45c57e9e63e6d90a36599c",
                                   "ec5221f64a2f6d1ef965a614bdae7973"),
    "small_224_0.75": ("cb65d4e5be93758266aa0a7f2c6708b7", "ebdb5cc8e0b497cd13a7c275d475c819"),
    "small_224_1.0": ("8768d4c2e7dee89b9d02b2d03d65d862", "d3e8ec802a04aa4fc771ee12a9a9b836"),
    "small_minimalistic_224_1.0": ("99cd97fb2fcdad2bf028eb838de69e37",
                                   "cde8136e733e811080d9fcd8a252f7e4"),
}  # fmt: skip
_normalized = functools.partial(normalized, epsilon=1e-3, momentum=0.999)


def _activation(kind):
    return ReLU() if kind == "relu" else Activation("hard_swish")


def _weighed(x, name):
    """Each channel times a number between 0 and 1, which the means of all channels decide."""
    channels, name = x.shape[channel_axis()], f"{name}squeeze_excite_"
    weight = GlobalAveragePooling2D(keepdims=True, name=f"{name}avg_pool")(x)
    weight = Conv2D(divisible(channels * 0.25), 1, padding="same", name=f"{name}conv")(weight)
    weight = ReLU(name=f"{name}relu")(weight)
    weight = Conv2D(channels, 1, padding="same", name=f"{name}conv_1")(weight)
    weight = ReLU(6.0)(weight + 3.0) * (1.0 / 6.0)
    return Multiply(name=f"{name}mul")([x, weight])


def _block(x, expansion, filters, kernel_size, stride, is_weighed, kind, number):
    shortcut, channels = x, x.shape[channel_axis()]
    name = f"expanded_conv_{number}_" if number else "expanded_conv_"
    if number:
        inner = divisible(channels * expansion)
        x = Conv2D(inner, 1, padding="same", use_bias=False, name=f"{name}expand")(x)
        x = _activation(kind)(_normalized(x, f"{name}expand_bn"))
    if stride == 2:
        x = ZeroPadding2D(correct_pad(x, kernel_size), name=f"{name}depthwise_pad")(x)
    x = DepthwiseConv2D(kernel_size, strides=stride, padding="same" if stride == 1 else "valid",
                        use_bias=False, name=f"{name}depthwise")(x)  # fmt: skip
    x = _activation(kind)(_normalized(x, f"{name}depthwise_bn"))
    x = _weighed(x, name) if is_weighed else x
    x = Conv2D(filters, 1, padding="same", use_bias=False, name=f"{name}project")(x)
    x = _normalized(x, f"{name}project_bn")
    return Add(name=f"{name}add")([shortcut, x]) if stride == 1 and channels == filters else x


def _body(x, blocks, alpha, minimalistic, include_preprocessing):
    """With `minimalistic` all is 3x3 and ReLU, and no channel is weighed."""
    kind = "relu" if minimalistic else "swish"
    x = Rescaling(1 / 127.5, -1.0)(x) if include_preprocessing else x
    x = Conv2D(16, 3, strides=2, padding="same", use_bias=False, name="conv")(x)
    x = _activation(kind)(_normalized(x, "conv_bn"))
    for number, (expansion, filters, size, stride, is_weighed, own_kind) in enumerate(blocks):
        if minimalistic:
            size, is_weighed, own_kind = 3, False, "relu"
        filters = divisible(filters * alpha)
        x = _block(x, expansion, filters, size, stride, is_weighed, own_kind, number)
    last = divisible(x.shape[channel_axis()] * 6)
    x = Conv2D(last, 1, padding="same", use_bias=False, name="conv_1")(x)
    return _activation(kind)(_normalized(x, "conv_1_bn"))


def _top(x, classes, activation, filters, kind, dropout_rate):
    x = GlobalAveragePooling2D(keepdims=True)(x)
    x = _activation(kind)(Conv2D(filters, 1, padding="same", name="conv_2")(x))
    x = Dropout(dropout_rate)(x) if dropout_rate > 0 else x
    x = Flatten()(Conv2D(classes, 1, padding="same", name="logits")(x))
    return Activation(activation, name="predictions")(x)


def _shape(input_shape, input_tensor):
    """The shape of one image; any size by default."""
    last = channel_axis() == 3
    if input_shape is None and input_tensor is not None:
        rows, columns = sizes_of(input_tensor.shape[1:])
        return (columns, rows, 3) if last else (3, columns, rows)
    shape = input_shape or ((None, None, 3) if last else (3, None, None))
    rows, columns = sizes_of(shape)
    if rows and columns and (rows < 32 or columns < 32):
        raise ValueError(f"Input size must be at least 32x32; Received `input_shape={shape}`")
    return shape


def _mobilenet(title, blocks, filters):
    size_name = title.removeprefix("MobileNetV3").lower()

    def function(input_shape=None, alpha=1.0, minimalistic=False, include_top=True,
                 weights="imagenet", input_tensor=None, classes=1000, pooling=None,
                 dropout_rate=0.2, classifier_activation="softmax", include_preprocessing=True,
                 name=title):  # fmt: skip
        check_weights(weights, include_top, classes)
        check_input_tensor(input_tensor, input_shape)
        shape = _shape(input_shape, input_tensor)
        kind = f"{size_name}{'_minimalistic' if minimalistic else ''}_224_{alpha}"
        if weights == "imagenet":
            if kind not in HASHES:
                raise ValueError(
                    "If imagenet weights are being loaded, alpha can be one of `0.75`, `1.0` for "
                    "non minimalistic or `1.0` for minimalistic only."
                )
            warn_of_size(shape, [224])
        stem = f"weights_mobilenet_v3_{kind}_float"
        network = Network(
            functools.partial(_body, blocks=blocks, alpha=alpha, minimalistic=minimalistic,
                              include_preprocessing=include_preprocessing),
            functools.partial(_top, filters=divisible(filters * alpha) if alpha > 1 else filters,
                              kind="relu" if minimalistic else "swish", dropout_rate=dropout_rate),
            Files(f"{STORE}mobilenet_v3/", (f"{stem}.h5", f"{stem}_no_top_v2.h5"),
                  HASHES.get(kind, (None, None))),
            pool_names=("avg_pool", "max_pool"))  # fmt: skip
        return network.model_of(shape, include_top, weights, input_tensor, pooling, classes,
                                classifier_activation, name)  # fmt: skip

    function.__name__ = function.__qualname__ = title
    function.__doc__ = inspect.cleandoc(f"""A functional model, {title} (arXiv:1905.02244).

        Args:
          alpha: the factor of all numbers of filters.
          minimalistic: whether it has only what runs fast on every machine.
          dropout_rate: before the classifier.
          include_preprocessing: whether it begins with the scaling of images of 0 to 255.
          input_shape, ...: as in all networks, see `ResNet50`; by default of any size.

        Raises:
          ValueError: there are no such weights, or they do not fit the other arguments.
        """)
    return function


MobileNetV3Small = _mobilenet("MobileNetV3Small", SMALL, 1024)
MobileNetV3Large = _mobilenet("MobileNetV3Large", LARGE, 1280)

__all__ = ["MobileNetV3Large", "MobileNetV3Small", "decode_predictions", "preprocess_input"]
