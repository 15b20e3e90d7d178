"""ResNet V2: normalization comes before the convolutions, and nothing after the sum (He, 2016)."""

from minitf.keras.applications.imagenet_utils import decode_predictions, in_mode
from minitf.keras.applications.resnet import FILTERS, active, resnet, stem, stem_pool
from minitf.keras.layers import Add, Conv2D, MaxPooling2D, ZeroPadding2D

preprocess_input = in_mode("tf")


def _block(x, filters, stride, name, project):
    before = active(x, f"{name}_preact")
    if project:
        shortcut = Conv2D(4 * filters, 1, strides=stride, name=f"{name}_0_conv")(before)
    else:
        shortcut = MaxPooling2D(1, strides=stride)(x) if stride > 1 else x
    x = active(Conv2D(filters, 1, use_bias=False, name=f"{name}_1_conv")(before), f"{name}_1")
    x = ZeroPadding2D(1, name=f"{name}_2_pad")(x)
    x = Conv2D(filters, 3, strides=stride, use_bias=False, name=f"{name}_2_conv")(x)
    x = active(x, f"{name}_2")
    x = Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x)
    return Add(name=f"{name}_out")([shortcut, x])


def _body(blocks):
    """Here the last block of a stage halves the size, except in the last stage."""

    def features(x):
        x = stem_pool(stem(x))
        for i, (filters, count) in enumerate(zip(FILTERS, blocks, strict=True)):
            for j in range(1, count + 1):
                stride = 2 if j == count and i < 3 else 1
                x = _block(x, filters, stride, f"conv{i + 2}_block{j}", project=j == 1)
        return active(x, "post")

    return features


ResNet50V2 = resnet("ResNet50V2", "arXiv:1603.05027", _body((3, 4, 6, 3)))
ResNet101V2 = resnet("ResNet101V2", "arXiv:1603.05027", _body((3, 4, 23, 3)))
ResNet152V2 = resnet("ResNet152V2", "arXiv:1603.05027", _body((3, 8, 36, 3)))

__all__ = ["ResNet50V2", "ResNet101V2", "ResNet152V2", "decode_predictions", "preprocess_input"]
