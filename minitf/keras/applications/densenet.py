"""DenseNet: each layer sees the outputs of all before it (Huang et al., 2016)."""

from minitf.keras import config as settings
from minitf.keras.applications.imagenet_utils import decode_predictions, in_mode
from minitf.keras.applications.network import (
    Network,
    channel_axis,
    classifier,
    kernels,
    normalized,
    pooled_and_dense,
)
from minitf.keras.applications.resnet import EPSILON, active
from minitf.keras.layers import (
    Activation,
    AveragePooling2D,
    Concatenate,
    Conv2D,
    MaxPooling2D,
    ZeroPadding2D,
)

preprocess_input = in_mode("torch")
GROWTH = 32  # channels that each layer adds


def _layer(x, name):
    new = active(x, f"{name}_0")
    new = Conv2D(4 * GROWTH, 1, use_bias=False, name=f"{name}_1_conv")(new)
    new = active(new, f"{name}_1")
    new = Conv2D(GROWTH, 3, padding="same", use_bias=False, name=f"{name}_2_conv")(new)
    return Concatenate(axis=channel_axis(), name=f"{name}_concat")([x, new])


def _transition(x, name):
    """Half the channels, and half the size."""
    channels = x.shape[channel_axis()] // 2
    x = Conv2D(channels, 1, use_bias=False, name=f"{name}_conv")(active(x, name))
    return AveragePooling2D(2, strides=2, name=f"{name}_pool")(x)


def _body(blocks):
    def features(x):
        if settings.image_data_format() == "channels_first":
            raise ValueError("DenseNet does not support the `channels_first` image data format.")
        x = ZeroPadding2D(3)(x)
        x = active(Conv2D(64, 7, strides=2, use_bias=False, name="conv1_conv")(x), "conv1")
        x = MaxPooling2D(3, strides=2, name="pool1")(ZeroPadding2D(1)(x))
        for block, count in enumerate(blocks, 2):
            for i in range(1, count + 1):
                x = _layer(x, f"conv{block}_block{i}")
            x = _transition(x, f"pool{block}") if block < 5 else x
        return Activation("relu", name="relu")(normalized(x, "bn", epsilon=EPSILON))

    return features


def _densenet(title, blocks, *hashes):
    network = Network(_body(blocks), pooled_and_dense("avg_pool"),
                      kernels("densenet", title.lower(), *hashes),
                      pool_names=("avg_pool", "max_pool"))  # fmt: skip
    return classifier(title, "arXiv:1608.06993", network)


DenseNet121 = _densenet("DenseNet121", (6, 12, 24, 16), "9d60b8095a5708f2dcce2bca79d332c7",
                        "30ee3e1110167f948a6b9946edeeb738")  # fmt: skip
DenseNet169 = _densenet("DenseNet169", (6, 12, 32, 32), "d699b8f76981ab1b30698df4c175e90b",
                        "b8c4d4c20dd625c148057b9ff1c1176b")  # fmt: skip
DenseNet201 = _densenet("DenseNet201", (6, 12, 48, 32), "1ceb130c1ea1b78c3bf6114dbdfd8807",
                        "c13680b51ded0fb44dff2d8f86ac8bb1")  # fmt: skip

__all__ = ["DenseNet121", "DenseNet169", "DenseNet201", "decode_predictions", "preprocess_input"]
