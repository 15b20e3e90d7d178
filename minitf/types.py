"""`tf.types.experimental`: names for annotations of programs that say what they take."""

from types import SimpleNamespace
from typing import Union

import numpy as np

from minitf.concrete import ConcreteFunction
from minitf.core.tensor import Tensor
from minitf.function import Function
from minitf.variable import Variable

__all__ = ["experimental"]

TensorLike = Union[  # noqa: UP007  as `|`, it would be another type of object
    Tensor, Variable, int, float, bool, str, bytes, complex, tuple, list, np.ndarray, np.generic
]
experimental = SimpleNamespace(
    Callable=Function | ConcreteFunction,
    ConcreteFunction=ConcreteFunction,
    GenericFunction=Function,
    PolymorphicFunction=Function,
    TensorLike=TensorLike,
)
