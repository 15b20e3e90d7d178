"""What libraries import from Keras's sources (`keras.src`), and no public module of Keras has."""

from minitf.keras.losses.classes import LossFunctionWrapper

__all__ = ["LossFunctionWrapper"]


def get_keras_mask(x):
    """The mask that goes with a tensor, or None."""
    return getattr(x, "_keras_mask", None)


def set_keras_mask(x, mask):
    """Makes `mask` the one that goes with a tensor."""
    x._keras_mask = mask


def in_grain_data_pipeline():
    """Whether this runs inside a pipeline of the library Grain: there is none here."""
    return False
