"""Projections of weights, which optimizers apply after each update."""

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config as settings
from minitf.keras import serialization
from minitf.keras.activations import clip
from minitf.keras.naming import to_snake_case
from minitf.keras.serialization import interpret
from minitf.ops.math import maximum, sqrt, square
from minitf.ops.reductions import reduce_sum


class Constraint:
    """Base class: a subclass has `__call__(w)`, which returns the projected weights."""

    def __call__(self, w):
        return w

    def get_config(self):
        """The arguments of the constructor."""
        return {}

    @classmethod
    def from_config(cls, config):
        """A constraint with the arguments that `get_config` returned."""
        return cls(**config)


def _norms(w, axis):
    return sqrt(reduce_sum(square(w), axis, keepdims=True))


class MaxNorm(Constraint):
    """Norms along `axis` of at most `max_value` (Srivastava et al., 2014).

    >>> MaxNorm(1.0)([[3.0], [4.0]]).numpy().round(4).tolist()
    [[0.6000000238418579], [0.800000011920929]]
    """

    def __init__(self, max_value=2, axis=0):
        self.max_value, self.axis = max_value, axis

    def __call__(self, w):
        w = convert_to_tensor(w)
        norms = _norms(w, self.axis)
        return w * (clip(norms, 0, self.max_value) / (settings.epsilon() + norms))

    def get_config(self):
        return {"max_value": self.max_value, "axis": self.axis}


class NonNeg(Constraint):
    """No negative weights."""

    def __call__(self, w):
        return maximum(w, 0)


class UnitNorm(Constraint):
    """Norms along `axis` of 1."""

    def __init__(self, axis=0):
        self.axis = axis

    def __call__(self, w):
        w = convert_to_tensor(w)
        return w / (settings.epsilon() + _norms(w, self.axis))

    def get_config(self):
        return {"axis": self.axis}


class MinMaxNorm(Constraint):
    """Norms along `axis` in [min_value, max_value]; `rate` is how far each call moves them."""

    def __init__(self, min_value=0.0, max_value=1.0, rate=1.0, axis=0):
        self.min_value, self.max_value, self.rate, self.axis = min_value, max_value, rate, axis

    def __call__(self, w):
        w = convert_to_tensor(w)
        norms = _norms(w, self.axis)
        clipped = clip(norms, self.min_value, self.max_value)
        desired = self.rate * clipped + (1 - self.rate) * norms
        return w * (desired / (settings.epsilon() + norms))

    def get_config(self):
        return {
            "min_value": self.min_value,
            "max_value": self.max_value,
            "rate": self.rate,
            "axis": self.axis,
        }


max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm

_CLASSES = (Constraint, MaxNorm, MinMaxNorm, NonNeg, UnitNorm)
_TABLE = {name: cls for cls in _CLASSES for name in (cls.__name__, to_snake_case(cls.__name__))}


def serialize(constraint):
    """The dictionary that stands for a constraint."""
    return serialization.serialize_keras_object(constraint)


def deserialize(config, custom_objects=None):
    """The constraint that a dictionary or name stands for."""
    return serialization.deserialize_keras_object(
        config, module_objects=_TABLE, custom_objects=custom_objects
    )


def get(identifier):
    """The constraint that a name, a dictionary, a class or a function stands for.

    >>> type(get("non_neg")).__name__
    'NonNeg'

    Raises:
      ValueError: it stands for none.
    """
    return interpret("constraint", identifier, _TABLE)
