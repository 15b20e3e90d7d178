"""Inception-ResNet V2: blocks of `inception_v3` that are added to their input (Szegedy, 2016)."""

from minitf.keras.applications.imagenet_utils import decode_predictions, in_mode
from minitf.keras.applications.inception_v3 import halved, mixed, smoothed, stem
from minitf.keras.applications.network import (
    Network,
    channel_axis,
    classifier,
    kernels,
    normalized,
    pooled_and_dense,
)
from minitf.keras.layer import Layer
from minitf.keras.layers import Activation, Conv2D

preprocess_input = in_mode("tf")

MIXED_5B = [
    [(96, 1, 1)],
    [(48, 1, 1), (64, 5, 5)],
    [(64, 1, 1), (96, 3, 3), (96, 3, 3)],
    [smoothed, (64, 1, 1)],
]
MIXED_6A = [[(384, 3, 3, 2)], [(256, 1, 1), (256, 3, 3), (384, 3, 3, 2)], [halved]]
MIXED_7A = [
    [(256, 1, 1), (384, 3, 3, 2)],
    [(256, 1, 1), (288, 3, 3, 2)],
    [(256, 1, 1), (288, 3, 3), (320, 3, 3, 2)],
    [halved],
]
BLOCKS = {
    "block35": [[(32, 1, 1)], [(32, 1, 1), (32, 3, 3)], [(32, 1, 1), (48, 3, 3), (64, 3, 3)]],
    "block17": [[(192, 1, 1)], [(128, 1, 1), (160, 1, 7), (192, 7, 1)]],
    "block8": [[(192, 1, 1)], [(192, 1, 1), (224, 1, 3), (256, 3, 1)]],
}


class CustomScaleLayer(Layer):
    """`[x, y] -> x + scale y`."""

    def __init__(self, scale, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def get_config(self):
        return {**super().get_config(), "scale": self.scale}

    def call(self, inputs):
        x, y = inputs
        return x + y * self.scale


def _residual(x, scale, kind, number, activation="relu"):
    name = f"{kind}_{number}"
    step = mixed(x, BLOCKS[kind], f"{name}_mixed")
    channels = x.shape[channel_axis()]
    step = Conv2D(channels, 1, padding="same", name=f"{name}_conv")(step)
    x = CustomScaleLayer(scale)([x, step])
    return Activation(activation, name=f"{name}_ac")(x) if activation else x


def _body(x):
    x = mixed(stem(x), MIXED_5B, "mixed_5b")
    for i in range(1, 11):
        x = _residual(x, 0.17, "block35", i)
    x = mixed(x, MIXED_6A, "mixed_6a")
    for i in range(1, 21):
        x = _residual(x, 0.1, "block17", i)
    x = mixed(x, MIXED_7A, "mixed_7a")
    for i in range(1, 10):
        x = _residual(x, 0.2, "block8", i)
    x = _residual(x, 1.0, "block8", 10, activation=None)
    x = Conv2D(1536, 1, padding="same", use_bias=False, name="conv_7b")(x)
    return Activation("relu", name="conv_7b_ac")(normalized(x, "conv_7b_bn", scale=False))


InceptionResNetV2 = classifier("InceptionResNetV2", "arXiv:1602.07261", Network(
    _body, pooled_and_dense("avg_pool"), kernels(
        "inception_resnet_v2", "inception_resnet_v2",
        "e693bd0210a403b3192acc6073ad2e96", "d19885ff4a710c122648d3b5c3b684e4"),
    size=299, smallest=75), "inception_resnet_v2")  # fmt: skip

__all__ = ["InceptionResNetV2", "decode_predictions", "preprocess_input"]
