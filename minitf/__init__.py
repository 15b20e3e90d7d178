"""minitf: TensorFlow's Python API on JAX, small enough to read.

`import minitf as tf`, or `python -m minitf script.py` for a program that says `tensorflow`.
"""

import importlib

from minitf import core, dtypes, errors, nest
from minitf.core.dispatch import convert_to_tensor
from minitf.core.graph import Graph, Operation
from minitf.core.slices import IndexedSlices
from minitf.core.tensor import Tensor
from minitf.device import DeviceSpec
from minitf.dtypes import (
    DType,
    as_dtype,
    bfloat16,
    bool,
    complex64,
    complex128,
    double,
    float16,
    float32,
    float64,
    half,
    int8,
    int16,
    int32,
    int64,
    resource,
    string,
    uint8,
    uint16,
    uint32,
    uint64,
    variant,
)
from minitf.function import function
from minitf.install import install_as_tensorflow, missing
from minitf.ops.array import constant
from minitf.ops.linalg import matmul
from minitf.ops.math import add, cast, exp, reduce_sum
from minitf.shapes import TensorShape, TensorSpec, TypeSpec, register_tensor_type
from minitf.tape import GradientTape, UnconnectedGradients
from minitf.variable import Variable, VariableAggregation, VariableSynchronization

__version__ = "2.21.0"

register_tensor_type(Tensor)
newaxis = None
_WINGS = ("compat", "math", "data")


def __getattr__(name):
    if name in _WINGS:
        return importlib.import_module(f"{__name__}.{name}")
    raise missing(__name__, name, [n for n in globals() if not n.startswith("_")])
