"""VGG: convolutions of 3x3, and nothing else (Simonyan and Zisserman, 2014)."""

from minitf.keras.applications.imagenet_utils import decode_predictions, in_mode
from minitf.keras.applications.network import Network, classifier, kernels
from minitf.keras.layers import Conv2D, Dense, Flatten, MaxPooling2D

preprocess_input = in_mode("caffe")
FILTERS = (64, 128, 256, 512, 512)


def body(counts):
    """Blocks of so many convolutions; each ends with half the size."""

    def features(x):
        for block, (filters, count) in enumerate(zip(FILTERS, counts, strict=True), 1):
            for i in range(1, count + 1):
                name = f"block{block}_conv{i}"
                x = Conv2D(filters, 3, padding="same", activation="relu", name=name)(x)
            x = MaxPooling2D(2, 2, name=f"block{block}_pool")(x)
        return x

    return features


def top(x, classes, activation):
    """Three dense layers."""
    x = Flatten(name="flatten")(x)
    x = Dense(4096, activation="relu", name="fc1")(x)
    x = Dense(4096, activation="relu", name="fc2")(x)
    return Dense(classes, activation=activation, name="predictions")(x)


def vgg(title, counts, *hashes):
    """The network with these numbers of convolutions in its blocks."""
    files = kernels(title.lower(), title.lower(), *hashes)
    return classifier(title, "arXiv:1409.1556", Network(body(counts), top, files))


VGG16 = vgg("VGG16", (2, 2, 3, 3, 3), "64373286793e3c8b2b4e3219cbf3544b",
            "6d6bbae143d832006294945121d1f1fc")  # fmt: skip

__all__ = ["VGG16", "decode_predictions", "preprocess_input"]
