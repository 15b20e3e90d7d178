"""Small photographs in a hundred classes: 50,000 + 10,000 images of 32 x 32 pixels."""

import os

from minitf.keras.datasets.sources import cifar_batch
from minitf.keras.downloads import get_file

_ORIGIN = "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz"
_HASH = "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7"


def load_data(label_mode="fine"):
    """`(x_train, y_train), (x_test, y_test)`; labels "fine" (100 classes) or "coarse" (20)."""
    if label_mode not in ("fine", "coarse"):
        raise ValueError(
            f'`label_mode` must be one of `"fine"`, `"coarse"`. Received: label_mode={label_mode}.'
        )
    folder = get_file("cifar-100-python-target", _ORIGIN, extract=True, file_hash=_HASH)
    folder = os.path.join(folder, "cifar-100-python")
    train, test = (
        cifar_batch(os.path.join(folder, part), f"{label_mode}_labels")
        for part in ("train", "test")
    )
    return train, test
