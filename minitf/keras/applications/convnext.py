"""ConvNeXt: a residual network with the design choices of transformers (Liu et al., 2022)."""

import functools

from minitf.keras import config as settings
from minitf.keras import ops, random
from minitf.keras.applications.imagenet_utils import decode_predictions
from minitf.keras.applications.imagenet_utils import passed_on as preprocess_input
from minitf.keras.applications.network import STORE, Files, Network, described
from minitf.keras.initializers import Constant
from minitf.keras.layer import Layer
from minitf.keras.layers import (
    Activation,
    Conv2D,
    Dense,
    GlobalAveragePooling2D,
    LayerNormalization,
    Normalization,
)
from minitf.keras.models import Sequential


class StochasticDepth(Layer):
    """Leaves some of the examples out (all zeros) in training, and scales the others up."""

    def __init__(self, drop_path_rate, **kwargs):
        super().__init__(**kwargs)
        self.drop_path_rate = drop_path_rate

    def call(self, x, training=None):
        if not training:
            return x
        keep = 1 - self.drop_path_rate
        shape = (ops.shape(x)[0], *[1] * (len(x.shape) - 1))
        return x / keep * ops.floor(keep + random.uniform(shape, 0, 1))

    def get_config(self):
        return {**super().get_config(), "drop_path_rate": self.drop_path_rate}


class LayerScale(Layer):
    """A learned factor for each channel."""

    def __init__(self, init_values, projection_dim, **kwargs):
        super().__init__(**kwargs)
        self.init_values, self.projection_dim = init_values, projection_dim

    def build(self, _):
        self.gamma = self.add_weight(
            shape=(self.projection_dim,), initializer=Constant(self.init_values)
        )

    def call(self, x):
        return x * self.gamma

    def get_config(self):
        own = {"init_values": self.init_values, "projection_dim": self.projection_dim}
        return {**super().get_config(), **own}


def _normalization(name=None):
    return LayerNormalization(epsilon=1e-6, name=name)


def _block(x, filters, name):
    shortcut = x
    x = Conv2D(filters, 7, padding="same", groups=filters, name=f"{name}_depthwise_conv")(x)
    x = _normalization(f"{name}_layernorm")(x)
    x = Dense(4 * filters, name=f"{name}_pointwise_conv_1")(x)
    x = Activation("gelu", name=f"{name}_gelu")(x)
    x = Dense(filters, name=f"{name}_pointwise_conv_2")(x)
    x = LayerScale(1e-6, filters, name=f"{name}_layer_scale")(x)
    return shortcut + Activation("linear", name=f"{name}_identity")(x)


def _entrances(widths, name):
    """What comes before the stages: each makes the image smaller, the first 4 times, then 2."""
    stem = [
        Conv2D(widths[0], 4, strides=4, name=f"{name}_stem_conv"),
        _normalization(f"{name}_stem_layernorm"),
    ]
    entrances = [Sequential(stem, name=f"{name}_stem")]
    for i, filters in enumerate(widths[1:]):
        downsampling = [
            _normalization(f"{name}_downsampling_layernorm_{i}"),
            Conv2D(filters, 2, strides=2, name=f"{name}_downsampling_conv_{i}"),
        ]
        entrances.append(Sequential(downsampling, name=f"{name}_downsampling_block_{i}"))
    return entrances


def _body(x, depths, widths, include_preprocessing, name):
    if settings.image_data_format() == "channels_first":
        raise ValueError("ConvNeXt does not support the `channels_first` image data format.")
    if include_preprocessing and x.shape[-1] == 3:
        mean, deviation = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
        x = Normalization(
            mean=[255 * m for m in mean], variance=[(255 * d) ** 2 for d in deviation],
            name=f"{name}_prestem_normalization")(x)  # fmt: skip
    entrances = _entrances(widths, name)
    for i, (entrance, depth, filters) in enumerate(zip(entrances, depths, widths, strict=True)):
        x = entrance(x)
        for j in range(depth):
            x = _block(x, filters, f"{name}_stage_{i}_block_{j}")
    return x


def _top(x, classes, activation, name):
    x = GlobalAveragePooling2D(name=f"{name}_head_gap")(x)
    x = _normalization(f"{name}_head_layernorm")(x)
    return Dense(classes, activation=activation, name=f"{name}_head_dense")(x)


# (blocks in the stages, channels in the first)
SHAPES = {
    "ConvNeXtTiny": ((3, 3, 9, 3), 96),
    "ConvNeXtSmall": ((3, 3, 27, 3), 96),
    "ConvNeXtBase": ((3, 3, 27, 3), 128),
    "ConvNeXtLarge": ((3, 3, 27, 3), 192),
    "ConvNeXtXLarge": ((3, 3, 27, 3), 256),
}
HASHES = {
    "ConvNeXtTiny": (
        "8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff",
        "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1",
    ),
    "ConvNeXtSmall": (
        "ce1277d8f1ee5a0ef0e171469089c18f5233860ceaf9b168049cb9263fd7483c",
        "6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab",
    ),
    "ConvNeXtBase": (
        "52cbb006d3dadd03f6e095a8ca1aca47aecdd75acb4bc74bce1f5c695d0086e6",
        "40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45",
    ),
    "ConvNeXtLarge": (
        "070c5ed9ed289581e477741d3b34beffa920db8cf590899d6d2c67fba2a198a6",
        "96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd",
    ),
    "ConvNeXtXLarge": (
        "c1f5ccab661354fc3a79a10fa99af82f0fbf10ec65cb894a3ae0815f17a889ee",
        "de3f8a54174130e0cecdc71583354753d557fcf1f4487331558e2a16ba0cfe05",
    ),
}


def _convnext(title):
    """The network; each of its stages has twice the channels of that before."""
    depths, width = SHAPES[title]
    default_name = title.lower().replace("next", "next_")
    files = Files(f"{STORE}convnext/",
                  (f"{default_name}.h5", f"{default_name}_notop.h5"), HASHES[title])  # fmt: skip

    def function(include_top=True, include_preprocessing=True, weights="imagenet",
                 input_tensor=None, input_shape=None, pooling=None, classes=1000,
                 classifier_activation="softmax", name=default_name):  # fmt: skip
        body = functools.partial(
            _body, depths=depths, widths=[width * 2**i for i in range(4)],
            include_preprocessing=include_preprocessing, name=name)  # fmt: skip
        network = Network(body, functools.partial(_top, name=name), files,
                          bottom=lambda x: _normalization()(x))  # fmt: skip
        return network.model(include_top, weights, input_tensor, input_shape, pooling, classes,
                             classifier_activation, name)  # fmt: skip

    return described(function, title, "arXiv:2201.03545")


ConvNeXtTiny = _convnext("ConvNeXtTiny")
ConvNeXtSmall = _convnext("ConvNeXtSmall")
ConvNeXtBase = _convnext("ConvNeXtBase")
ConvNeXtLarge = _convnext("ConvNeXtLarge")
ConvNeXtXLarge = _convnext("ConvNeXtXLarge")

__all__ = ["ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtSmall", "ConvNeXtTiny", "ConvNeXtXLarge",
           "decode_predictions", "preprocess_input"]  # fmt: skip
