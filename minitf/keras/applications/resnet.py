"""ResNet: layers learn what to add to their input (He et al., 2015).

A stage is a row of bottlenecks: a convolution of 1x1 to few channels, one of 3x3, and one of 1x1
back to four times as many. The first block of a stage changes the shape, so its shortcut is a
convolution too.
"""

from minitf.keras.applications.imagenet_utils import decode_predictions, in_mode
from minitf.keras.applications.network import (
    Network,
    classifier,
    kernels,
    normalized,
    pooled_and_dense,
)
from minitf.keras.layers import Activation, Add, Conv2D, MaxPooling2D, ZeroPadding2D

preprocess_input = in_mode("caffe")
FILTERS = (64, 128, 256, 512)
EPSILON = 1.001e-5


def active(x, name):
    """Normalization and ReLU."""
    return Activation("relu", name=f"{name}_relu")(normalized(x, f"{name}_bn", epsilon=EPSILON))


def stem(x):
    """The first convolution; the image has half its size after it."""
    x = ZeroPadding2D(3, name="conv1_pad")(x)
    return Conv2D(64, 7, strides=2, name="conv1_conv")(x)


def stem_pool(x):
    """Another halving."""
    x = ZeroPadding2D(1, name="pool1_pad")(x)
    return MaxPooling2D(3, strides=2, name="pool1_pool")(x)


def _block(x, filters, stride, name, shortcut_of):
    shortcut = shortcut_of(x)
    x = active(Conv2D(filters, 1, strides=stride, name=f"{name}_1_conv")(x), f"{name}_1")
    x = active(Conv2D(filters, 3, padding="same", name=f"{name}_2_conv")(x), f"{name}_2")
    x = Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x)
    x = normalized(x, f"{name}_3_bn", epsilon=EPSILON)
    return Activation("relu", name=f"{name}_out")(Add(name=f"{name}_add")([shortcut, x]))


def _stage(x, filters, blocks, stride, name):
    def projected(x):
        x = Conv2D(4 * filters, 1, strides=stride, name=f"{name}_block1_0_conv")(x)
        return normalized(x, f"{name}_block1_0_bn", epsilon=EPSILON)

    x = _block(x, filters, stride, f"{name}_block1", projected)
    for i in range(2, blocks + 1):
        x = _block(x, filters, 1, f"{name}_block{i}", lambda x: x)
    return x


def _body(blocks):
    def features(x):
        x = stem_pool(active(stem(x), "conv1"))
        for i, (filters, count) in enumerate(zip(FILTERS, blocks, strict=True)):
            x = _stage(x, filters, count, stride=1 if i == 0 else 2, name=f"conv{i + 2}")
        return x

    return features


HASHES = {
    "ResNet50": ("2cb95161c43110f7111970584f804107", "4d473c1dd8becc155b73f8504c6f6626"),
    "ResNet101": ("f1aeb4b969a6efcfb50fad2f0c20cfc5", "88cf7a10940856eca736dc7b7e228a21"),
    "ResNet152": ("100835be76be38e30d865e96f2aaae62", "ee4c566cf9a93f14d82f913c2dc6dd0c"),
    "ResNet50V2": ("3ef43a0b657b3be2300d5770ece849e0", "fac2f116257151a9d068a22e544a4917"),
    "ResNet101V2": ("6343647c601c52e1368623803854d971", "c0ed64b8031c3730f411d2eb4eea35b5"),
    "ResNet152V2": ("a49b44d1979771252814e80f8ec446f9", "ed17cf2e0169df9d443503ef94b23b33"),
}


def resnet(title, source, body):
    """The network with this body."""
    files = kernels("resnet", title.lower(), *HASHES[title])
    network = Network(
        body, pooled_and_dense("avg_pool"), files, pool_names=("avg_pool", "max_pool")
    )
    return classifier(title, source, network)


ResNet50 = resnet("ResNet50", "arXiv:1512.03385", _body((3, 4, 6, 3)))
ResNet101 = resnet("ResNet101", "arXiv:1512.03385", _body((3, 4, 23, 3)))
ResNet152 = resnet("ResNet152", "arXiv:1512.03385", _body((3, 8, 36, 3)))

__all__ = ["ResNet50", "ResNet101", "ResNet152", "decode_predictions", "preprocess_input"]
