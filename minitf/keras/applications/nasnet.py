"""NASNet-A: cells that a search has found (Zoph et al., 2017).

Each takes the outputs of the two cells before it.
"""

from minitf.keras import config as settings
from minitf.keras.applications.imagenet_utils import decode_predictions, in_mode
from minitf.keras.applications.network import (
    STORE,
    Files,
    Network,
    correct_pad,
    described,
    normalized,
    pooled_and_dense,
)
from minitf.keras.layers import (
    Activation,
    AveragePooling2D,
    Conv2D,
    Cropping2D,
    MaxPooling2D,
    SeparableConv2D,
    ZeroPadding2D,
    add,
    concatenate,
)
from minitf.keras.naming import name_scope

preprocess_input = in_mode("tf")


def _normalized(x, name):
    return normalized(x, name, momentum=0.9997, epsilon=1e-3)


def _convolved(x, filters, name, **kwargs):
    """A convolution without bias."""
    return Conv2D(filters, padding="same", use_bias=False, name=name,
                  kernel_initializer="he_normal", **kwargs)(x)  # fmt: skip


def _relu(x, name=None):
    return Activation("relu", name=name)(x)


def _separable(x, filters, size, name, stride=1):
    """ReLU, separable convolution, normalization: twice."""
    with name_scope(f"separable_conv_block_{name}"):
        for i in (1, 2):
            x, halves = _relu(x), i == 1 and stride == 2
            if halves:
                x = ZeroPadding2D(correct_pad(x, size), name=f"separable_conv_1_pad_{name}")(x)
            x = SeparableConv2D(filters, size, strides=2 if halves else 1,
                                padding="valid" if halves else "same", use_bias=False,
                                name=f"separable_conv_{i}_{name}")(x)  # fmt: skip
            x = _normalized(x, f"separable_conv_{i}_bn_{name}")
    return x


def _mean(x, name):
    return AveragePooling2D(3, strides=1, padding="same", name=name)(x)


def _every_second(x, filters, name):
    x = AveragePooling2D(1, strides=2, name=f"adjust_avg_pool_{name}")(x)
    return _convolved(x, filters, f"adjust_conv_{name}", kernel_size=1)


def _adjusted(p, x, filters, name):
    """What came before `x`, in the size of `x` and with so many channels."""
    if p is None:
        return x
    if p.shape[2] != x.shape[2]:
        with name_scope(f"adjust_block/adjust_reduction_block_{name}"):
            p = _relu(p, f"adjust_relu_1_{name}")
            halves = [_every_second(p, filters // 2, f"1_{name}")]
            moved = Cropping2D(((1, 0), (1, 0)))(ZeroPadding2D(((0, 1), (0, 1)))(p))  # one pixel
            halves.append(_every_second(moved, filters // 2, f"2_{name}"))
            return _normalized(concatenate(halves), f"adjust_bn_{name}")
    if p.shape[3] != filters:
        with name_scope(f"adjust_block/adjust_projection_block_{name}"):
            p = _convolved(_relu(p), filters, f"adjust_conv_projection_{name}", kernel_size=1)
            return _normalized(p, f"adjust_bn_{name}")
    return p


def _in_scope(scope):
    """The cell makes its weights under this name."""

    def decorate(cell):
        def scoped(x, p, filters, name):
            with name_scope(f"{scope}_{name}"):
                return cell(x, p, filters, name)

        return scoped

    return decorate


@_in_scope("normal_A_block")
def _normal(x, p, filters, name):
    """The cell that keeps the size; `p` is the output of the cell before the one that made `x`."""
    p = _adjusted(p, x, filters, name)
    h = _convolved(_relu(x), filters, f"normal_conv_1_{name}", kernel_size=1)
    h = _normalized(h, f"normal_bn_1_{name}")

    def separable(x, size, place):
        with name_scope(f"block_{place[-1]}"):
            return _separable(x, filters, size, f"normal_{place}_{name}")

    def sum_of(left, right, number):
        return add([left, right], name=f"normal_add_{number}_{name}")

    parts = [
        p,
        sum_of(separable(h, 5, "left1"), separable(p, 3, "right1"), 1),
        sum_of(separable(p, 5, "left2"), separable(p, 3, "right2"), 2),
        sum_of(_mean(h, f"normal_left3_{name}"), p, 3),
        sum_of(_mean(p, f"normal_left4_{name}"), _mean(p, f"normal_right4_{name}"), 4),
        sum_of(separable(h, 3, "left5"), h, 5),
    ]
    return concatenate(parts, name=f"normal_concat_{name}")


@_in_scope("reduction_A_block")
def _reduction(x, p, filters, name):
    """The cell that halves the size."""
    p = _adjusted(p, x, filters, name)
    h = _convolved(_relu(x), filters, f"reduction_conv_1_{name}", kernel_size=1)
    h = _normalized(h, f"reduction_bn_1_{name}")
    padded = ZeroPadding2D(correct_pad(h, 3), name=f"reduction_pad_1_{name}")(h)

    def separable(x, size, place, block, stride=2):
        with name_scope(f"block_{block}"):
            return _separable(x, filters, size, f"reduction_{place}_{name}", stride)

    def pooled(layer, place):
        return layer(3, strides=2, name=f"reduction_{place}_{name}")(padded)

    def sum_of(left, right, number):
        return add([left, right], name=f"reduction_add{number}_{name}")

    x1 = sum_of(separable(h, 5, "left1", 1), separable(p, 7, "right1", 1), "_1")
    x2 = sum_of(pooled(MaxPooling2D, "left2"), separable(p, 7, "right2", 2), "_2")
    x3 = sum_of(pooled(AveragePooling2D, "left3"), separable(p, 5, "right3", 3), 3)
    x4 = add([x2, _mean(x1, f"reduction_left4_{name}")])
    x5 = sum_of(separable(x1, 3, "left4", 5, stride=1), pooled(MaxPooling2D, "right5"), 4)
    return concatenate([x2, x3, x4, x5], name=f"reduction_concat_{name}")


def _body(stem_filters, filters, count, skips):
    """`count` normal cells, twice with half the size and twice the filters before them.

    With `skips`, the cell after a reduction takes what came before it, not its input.
    """

    def features(x):
        if settings.image_data_format() == "channels_first":
            raise ValueError("NASNet does not support the `channels_first` image data format.")
        x = Conv2D(stem_filters, 3, strides=2, use_bias=False, name="stem_conv1",
                   kernel_initializer="he_normal")(x)  # fmt: skip
        x, p = _normalized(x, "stem_bn1"), None
        x, p = _reduction(x, p, filters // 4, "stem_1"), x
        x, p = _reduction(x, p, filters // 2, "stem_2"), x
        for stage in range(3):
            if stage:
                before = p if skips else x
                x = _reduction(x, p, filters * 2**stage, f"reduce_{stage * count}")
                p = before
            for i in range(count):
                number = stage * count + i + (1 if stage else 0)
                x, p = _normal(x, p, filters * 2**stage, f"{number}"), x
        return _relu(x)

    return features


def _nasnet(title, body, size, default_shape, *hashes):
    kind = title.removeprefix("NASNet").lower()
    files = Files(f"{STORE}nasnet/", (f"NASNet-{kind}.h5", f"NASNet-{kind}-no-top.h5"), hashes,
                  (f"nasnet_{kind}.h5", f"nasnet_{kind}_no_top.h5"))  # fmt: skip
    network = Network(body, pooled_and_dense(), files, size)

    def function(input_shape=None, include_top=True, weights="imagenet", input_tensor=None,
                 pooling=None, classes=1000, classifier_activation="softmax",
                 name=f"nasnet_{kind}"):  # fmt: skip
        if isinstance(input_shape, tuple) and None in input_shape and weights == "imagenet":
            raise ValueError(
                "When specifying the input shape of a NASNet and loading `ImageNet` weights, the "
                "input_shape argument must be static (no None entries). Got: "
                f"`input_shape={input_shape}`."
            )
        if not include_top and input_shape is None:
            input_shape = default_shape
        return network.model(include_top, weights, input_tensor, input_shape, pooling, classes,
                             classifier_activation, name)  # fmt: skip

    return described(function, title, "arXiv:1707.07012")


NASNetMobile = _nasnet("NASNetMobile", _body(32, 44, 4, False), 224, (224, 224, 3),
                       "020fb642bf7360b370c678b08e0adf61",
                       "1ed92395b5b598bdda52abe5c0dbfd63")  # fmt: skip
NASNetLarge = _nasnet("NASNetLarge", _body(96, 168, 6, True), 331, None,
                      "11577c9a518f0070763c2b964a382f17",
                      "d81d89dc07e6e56530c4e77faddd61b5")  # fmt: skip

__all__ = ["NASNetLarge", "NASNetMobile", "decode_predictions", "preprocess_input"]
