"""Handwritten digits: 60,000 + 10,000 images of 28 x 28 pixels."""

from minitf.keras.datasets.sources import load_npz

_HASH = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"


def load_data(path="mnist.npz"):
    """`(x_train, y_train), (x_test, y_test)`, all uint8."""
    data = load_npz(path, "mnist.npz", _HASH)
    return (data["x_train"], data["y_train"]), (data["x_test"], data["y_test"])
