"""`tf_keras`, the package of Keras 2: here it is `tf.keras`, which also takes older spellings."""

from types import SimpleNamespace

from minitf import keras
from minitf.compat.v1 import layers
from minitf.keras import *  # noqa: F403  the names of Keras are those of this package

__all__ = keras.__all__
__version__ = keras.__version__


def register_symbolic_tensor_type(symbolic_tensor_cls):
    """Lets layers return objects of a class while a model is made: those of any class may be."""


__internal__ = SimpleNamespace(
    legacy=SimpleNamespace(layers=layers),
    utils=SimpleNamespace(register_symbolic_tensor_type=register_symbolic_tensor_type),
)
