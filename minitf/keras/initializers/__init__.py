"""`tf.keras.initializers`: first values of weights, by class, function and name."""

import numpy as np

from minitf.core.tensor import Tensor
from minitf.keras import serialization
from minitf.keras.initializers.base import Initializer
from minitf.keras.initializers.constant import STFT, Constant, Given, Identity, Ones, Zeros
from minitf.keras.initializers.drawn import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    VarianceScaling,
)
from minitf.keras.naming import to_snake_case
from minitf.keras.serialization import interpret
from minitf.keras.variable import Variable

_CLASSES = (
    Initializer, Constant, Identity, Ones, STFT, Zeros, GlorotNormal, GlorotUniform, HeNormal,
    HeUniform, LecunNormal, LecunUniform, Orthogonal, RandomNormal, RandomUniform,
    TruncatedNormal, VarianceScaling,
)  # fmt: skip
_TABLE = {name: cls for cls in _CLASSES for name in (cls.__name__, to_snake_case(cls.__name__))}
_TABLE |= {
    "IdentityInitializer": Identity,
    "STFTInitializer": STFT,
    "OrthogonalInitializer": Orthogonal,
    "normal": RandomNormal,
    "uniform": RandomUniform,
    "one": Ones,
    "zero": Zeros,
}
IdentityInitializer, OrthogonalInitializer, STFTInitializer = Identity, Orthogonal, STFT
constant, identity, ones, stft, zeros = Constant, Identity, Ones, STFT, Zeros
glorot_normal, glorot_uniform = GlorotNormal, GlorotUniform
he_normal, he_uniform = HeNormal, HeUniform
lecun_normal, lecun_uniform = LecunNormal, LecunUniform
orthogonal, variance_scaling = Orthogonal, VarianceScaling
random_normal, random_uniform = RandomNormal, RandomUniform
truncated_normal = TruncatedNormal


def serialize(initializer):
    """The dictionary that stands for an initializer."""
    return serialization.serialize_keras_object(initializer)


def deserialize(config, custom_objects=None):
    """The initializer that a dictionary or name stands for."""
    return serialization.deserialize_keras_object(
        config, module_objects=_TABLE, custom_objects=custom_objects
    )


def get(identifier):
    """The initializer that a name, a dictionary, a class, an array or a function stands for.

    >>> type(get("he_normal")).__name__, get(None)
    ('HeNormal', None)

    Raises:
      ValueError: it stands for none.
    """
    if isinstance(identifier, (Tensor, np.ndarray, np.generic)):
        return Given(identifier)
    return interpret("initializer", identifier, _TABLE)


Variable.initializer_named = staticmethod(get)
