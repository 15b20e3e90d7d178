"""Penalties on weights, which models add to their loss."""

import math

import numpy as np

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import serialization
from minitf.keras.naming import to_snake_case
from minitf.keras.serialization import interpret
from minitf.ops.array import transpose
from minitf.ops.linalg import matmul
from minitf.ops.math import abs, cast, square
from minitf.ops.normalization import l2_normalize
from minitf.ops.reductions import reduce_sum


class Regularizer:
    """Base class: a subclass has `__call__(x)`, which returns a scalar, and `get_config()`."""

    def __call__(self, x):
        return 0.0

    @classmethod
    def from_config(cls, config):
        """A regularizer with the arguments that `get_config` returned."""
        return cls(**config)

    def get_config(self):
        """The arguments of the constructor."""
        raise NotImplementedError(f"{self} does not implement get_config()")


def _factor(value, name):
    """A factor as a float, if it is a finite number that is not negative."""
    if not isinstance(value, (float, int)) or not math.isfinite(value) or value < 0:
        raise ValueError(
            f"Invalid value for argument {name}: expected a non-negative float. "
            f"Received: {name}={value}"
        )
    return float(value)


def _penalty(factor, values):
    return cast(factor, values.dtype) * reduce_sum(values)


class L1L2(Regularizer):
    """`l1 * sum(|x|) + l2 * sum(x²)`.

    Raises:
      ValueError: a factor is negative or not finite.

    >>> L1L2(0.1, 0.01)([1.0, -2.0]).numpy().round(4)
    np.float32(0.35)
    """

    def __init__(self, l1=0.0, l2=0.0):
        self.l1 = _factor(0.0 if l1 is None else l1, "l1")
        self.l2 = _factor(0.0 if l2 is None else l2, "l2")

    def __call__(self, x):
        x = convert_to_tensor(x)
        penalty = convert_to_tensor(0.0, x.dtype)
        if self.l1:
            penalty += _penalty(self.l1, abs(x))
        if self.l2:
            penalty += _penalty(self.l2, square(x))
        return penalty

    def get_config(self):
        return {"l1": self.l1, "l2": self.l2}


class L1(Regularizer):
    """`l1 * sum(|x|)`."""

    def __init__(self, l1=0.01):
        # Keras holds the factor as a float32, and shows it in the config.
        self.l1 = float(np.float32(_factor(0.01 if l1 is None else l1, "l1")))

    def __call__(self, x):
        return _penalty(self.l1, abs(convert_to_tensor(x)))

    def get_config(self):
        return {"l1": self.l1}


class L2(Regularizer):
    """`l2 * sum(x²)`."""

    def __init__(self, l2=0.01):
        self.l2 = _factor(0.01 if l2 is None else l2, "l2")

    def __call__(self, x):
        return _penalty(self.l2, square(convert_to_tensor(x)))

    def get_config(self):
        return {"l2": self.l2}


class OrthogonalRegularizer(Regularizer):
    """`factor` times the mean size of the cosines between the rows (or columns) of a matrix.

    Raises:
      ValueError: a mode that is neither `"rows"` nor `"columns"`, or an input that is no matrix.
    """

    def __init__(self, factor=0.01, mode="rows"):
        self.factor = float(np.float32(_factor(factor, "factor")))
        if mode not in ("rows", "columns"):
            raise ValueError(
                'Invalid value for argument `mode`. Expected one of {"rows", "columns"}. '
                f"Received: mode={mode}"
            )
        self.mode = mode

    def __call__(self, inputs):
        inputs = convert_to_tensor(inputs)
        if inputs.shape.rank != 2:
            raise ValueError(
                "Inputs to OrthogonalRegularizer must have rank 2. "
                f"Received: inputs.shape={inputs.shape}"
            )
        vectors = inputs if self.mode == "rows" else transpose(inputs)
        vectors = l2_normalize(vectors, axis=1)
        cosines = matmul(vectors, transpose(vectors))
        size = vectors.shape[0]
        others = cosines * cast(1.0 - np.eye(size), inputs.dtype)
        return self.factor * 0.5 * reduce_sum(abs(others)) / (size * (size - 1.0) / 2.0)

    def get_config(self):
        return {"factor": self.factor, "mode": self.mode}


l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer

_CLASSES = (Regularizer, L1, L2, L1L2, OrthogonalRegularizer)
_TABLE = {name: cls for cls in _CLASSES for name in (cls.__name__, to_snake_case(cls.__name__))}


def serialize(regularizer):
    """The dictionary that stands for a regularizer."""
    return serialization.serialize_keras_object(regularizer)


def deserialize(config, custom_objects=None):
    """The regularizer that a dictionary or name stands for."""
    return serialization.deserialize_keras_object(
        config, module_objects=_TABLE, custom_objects=custom_objects
    )


def get(identifier):
    """The regularizer that a name, a dictionary, a class or a function stands for.

    >>> get("l2").get_config()
    {'l2': 0.01}

    Raises:
      ValueError: it stands for none.
    """
    return interpret("regularizer", identifier, _TABLE)
