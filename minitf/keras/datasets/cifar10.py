"""Small photographs in ten classes: 50,000 + 10,000 images of 32 x 32 pixels."""

import os

import numpy as np

from minitf.keras.datasets.sources import cifar_batch
from minitf.keras.downloads import get_file

_ORIGIN = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
_HASH = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"


def load_data():
    """`(x_train, y_train), (x_test, y_test)`, all uint8; labels have shape (n, 1)."""
    folder = get_file("cifar-10-batches-py-target", _ORIGIN, extract=True, file_hash=_HASH)
    folder = os.path.join(folder, "cifar-10-batches-py")
    parts = [cifar_batch(os.path.join(folder, f"data_batch_{i}")) for i in range(1, 6)]
    images, labels = (np.concatenate(part) for part in zip(*parts))
    return (images, labels), cifar_batch(os.path.join(folder, "test_batch"))
