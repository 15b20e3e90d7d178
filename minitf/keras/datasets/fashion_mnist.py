"""Clothes: 60,000 + 10,000 images of 28 x 28 pixels in ten classes."""

import gzip
import os

import numpy as np

from minitf.keras.datasets.sources import BASE
from minitf.keras.downloads import get_file


def _read(name, header):
    subdir = os.path.join("datasets", "fashion-mnist")
    with gzip.open(get_file(name, origin=BASE + name, cache_subdir=subdir)) as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


def load_data():
    """`(x_train, y_train), (x_test, y_test)`, all uint8."""
    parts = []
    for part in ("train", "t10k"):
        labels = _read(f"{part}-labels-idx1-ubyte.gz", 8)
        images = _read(f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)
        parts.append((images, labels))
    return tuple(parts)
