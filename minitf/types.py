"""`tf.types.experimental`: names for annotations of programs that say what they take."""

import abc
from types import SimpleNamespace
from typing import Union

import numpy as np

from minitf.concrete import ConcreteFunction
from minitf.core.tensor import Tensor
from minitf.function import Function
from minitf.specs import TraceType
from minitf.variable import Variable

__all__ = ["experimental"]

TensorLike = Union[  # noqa: UP007  as `|`, it would be another type of object
    Tensor, Variable, int, float, bool, str, bytes, complex, tuple, list, np.ndarray, np.generic
]


class SupportsTracingProtocol(abc.ABC):
    """What says itself how it counts among the arguments of a `tf.function`."""

    @abc.abstractmethod
    def __tf_tracing_type__(self, context):
        """The `TraceType` of the object; `context` is None."""


experimental = SimpleNamespace(
    Callable=Function | ConcreteFunction,
    ConcreteFunction=ConcreteFunction,
    GenericFunction=Function,
    PolymorphicFunction=Function,
    SupportsTracingProtocol=SupportsTracingProtocol,
    TraceType=TraceType,
    TensorLike=TensorLike,
)
