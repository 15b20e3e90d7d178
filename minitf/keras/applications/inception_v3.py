"""Inception V3: several convolutions side by side, their channels concatenated (Szegedy, 2015).

A block is a list of branches. A branch is a row of steps: `(filters, rows, columns)` is a
convolution, `(filters, rows, columns, 2)` one that halves the size, and a function is called.
"""

from minitf.keras.applications.imagenet_utils import decode_predictions, in_mode
from minitf.keras.applications.network import (
    Network,
    channel_axis,
    classifier,
    kernels,
    normalized,
    pooled_and_dense,
)
from minitf.keras.layers import Activation, AveragePooling2D, Conv2D, MaxPooling2D, concatenate

preprocess_input = in_mode("tf")


def convolved(x, filters, rows, columns, stride=1, padding="same"):
    """Convolution, normalization, ReLU."""
    x = Conv2D(filters, (rows, columns), strides=stride, padding=padding, use_bias=False)(x)
    return Activation("relu")(normalized(x, scale=False))


def smoothed(x):
    """The mean of each neighbourhood, without a smaller size."""
    return AveragePooling2D(3, strides=1, padding="same")(x)


def halved(x):
    """The maximum of each neighbourhood, in half the size."""
    return MaxPooling2D(3, strides=2)(x)


def follow(x, branch):
    """`x` after the steps of a branch."""
    for step in branch:
        if callable(step):
            x = step(x)
        else:
            x = convolved(x, *step, padding="valid" if len(step) == 4 else "same")
    return x


def mixed(x, branches, name=None):
    """The branches side by side."""
    return concatenate([follow(x, branch) for branch in branches], axis=channel_axis(), name=name)


def stem(x):
    """What comes before the blocks: an eighth of the size, 192 channels."""
    x = convolved(x, 32, 3, 3, 2, padding="valid")
    x = convolved(x, 32, 3, 3, padding="valid")
    x = halved(convolved(x, 64, 3, 3))
    x = convolved(x, 80, 1, 1, padding="valid")
    return halved(convolved(x, 192, 3, 3, padding="valid"))


def _fives(pooled):
    return [
        [(64, 1, 1)],
        [(48, 1, 1), (64, 5, 5)],
        [(64, 1, 1), (96, 3, 3), (96, 3, 3)],
        [smoothed, (pooled, 1, 1)],
    ]


def _sevens(n):
    """A convolution of 7x7 is made of one of 1x7 and one of 7x1."""
    return [
        [(192, 1, 1)],
        [(n, 1, 1), (n, 1, 7), (192, 7, 1)],
        [(n, 1, 1), (n, 7, 1), (n, 1, 7), (n, 7, 1), (192, 1, 7)],
        [smoothed, (192, 1, 1)],
    ]


def _both(name=None):
    """Ends a branch with a convolution of 1x3 beside one of 3x1."""
    return lambda x: mixed(x, [[(384, 1, 3)], [(384, 3, 1)]], name)


def _threes(i):
    return [
        [(320, 1, 1)],
        [(384, 1, 1), _both(f"mixed9_{i}")],
        [(448, 1, 1), (384, 3, 3), _both()],
        [smoothed, (192, 1, 1)],
    ]


BLOCKS = [
    _fives(32),
    _fives(64),
    _fives(64),
    [[(384, 3, 3, 2)], [(64, 1, 1), (96, 3, 3), (96, 3, 3, 2)], [halved]],
    _sevens(128),
    _sevens(160),
    _sevens(160),
    _sevens(192),
    [
        [(192, 1, 1), (320, 3, 3, 2)],
        [(192, 1, 1), (192, 1, 7), (192, 7, 1), (192, 3, 3, 2)],
        [halved],
    ],
    _threes(0),
    _threes(1),
]


def _body(x):
    x = stem(x)
    for i, branches in enumerate(BLOCKS):
        x = mixed(x, branches, f"mixed{i}")
    return x


InceptionV3 = classifier("InceptionV3", "arXiv:1512.00567", Network(
    _body, pooled_and_dense("avg_pool"), kernels(
        "inception_v3", "inception_v3",
        "9a0d58056eeedaa3f26cb7ebd46da564", "bcbd6486424b2319ff4ef7d526e38f63"),
    size=299, smallest=75), "inception_v3")  # fmt: skip

__all__ = ["InceptionV3", "decode_predictions", "preprocess_input"]
