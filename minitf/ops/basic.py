"""The ops that the first lecture needs, and the operators of tensors and variables."""

import jax
import jax.numpy as jnp
import numpy as np

from minitf import dtypes
from minitf.core.convert import to_numpy
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import define
from minitf.core.tensor import Tensor

ADD = define("AddV2", jnp.add, "TT")
SUB = define("Sub", jnp.subtract, "TT")
MUL = define("Mul", jnp.multiply, "TT")
REAL_DIV = define("RealDiv", jnp.divide, "TT")
POW = define("Pow", jnp.power, "TT")
NEG = define("Neg", jnp.negative, "T")
EXP = define("Exp", lambda x: _exp(x), "T")
CAST = define("Cast", lambda x, *, dtype: x.astype(dtype), "T")
MAT_MUL = define("MatMul", jnp.matmul, "TT")
SUM = define(
    "Sum",
    lambda x, axis, *, keep_dims: jnp.sum(x, _axes(axis), dtype=x.dtype, keepdims=keep_dims),
    "Ti",
    static=(1,),
)
ROW = define("StridedSlice", lambda x, i: jax.lax.dynamic_index_in_dim(x, i, 0, False), "Ti")


def _exp(x):
    """exp, rounded as TensorFlow rounds it: XLA's own is off by one bit for some float32."""
    return jnp.exp(x.astype(np.float64)).astype(x.dtype) if x.dtype == np.float32 else jnp.exp(x)


def _axes(axis):
    return None if axis is None else tuple(np.atleast_1d(axis).tolist())


def constant(value, dtype=None, shape=None, name="Const"):
    """A constant tensor.

    >>> constant([1, 2]).dtype
    tf.int32
    """
    array = to_numpy(value, dtype)
    return stack.frame.constant(array if shape is None else np.broadcast_to(array, shape), name)


def cast(x, dtype, name=None):
    """`x` with its elements converted to `dtype`."""
    return execute(CAST, (x,), (dtypes.as_dtype(dtype).np,), name or "Cast")


def exp(x, name=None):
    """The exponential of each element."""
    return execute(EXP, (x,), (), name)


def matmul(a, b, name=None):
    """The matrix product."""
    return execute(MAT_MUL, (a, b), (), name)


def reduce_sum(input_tensor, axis=None, keepdims=False, name=None):
    """The sum over `axis` (all axes by default)."""
    return execute(SUM, (input_tensor, axis), (bool(keepdims),), name)


def _row(x, index):
    if not isinstance(index, int):
        raise NotImplementedError(f"Indexing a tensor with {index!r} is not implemented yet.")
    size = x.shape[0]
    if size is not None and not -size <= index < size:
        raise IndexError(f"slice index {index} of dimension 0 out of bounds.")
    return execute(ROW, (x, index if size is None else index % size), (), "strided_slice")


def _operator(op, name):
    def forward(x, y):
        return execute(op, (x, y), (), name)

    def reflected(x, y):
        return execute(op, (y, x), (), name)

    return forward, reflected


def install_operators(cls):
    """Gives `cls` the operators of a tensor."""
    for python, op, name in (
        ("add", ADD, "add"), ("sub", SUB, "sub"), ("mul", MUL, "mul"), ("pow", POW, "pow"),
        ("truediv", REAL_DIV, "truediv"), ("matmul", MAT_MUL, "matmul"),
    ):  # fmt: skip
        forward, reflected = _operator(op, name)
        setattr(cls, f"__{python}__", forward)
        setattr(cls, f"__r{python}__", reflected)
    cls.__neg__ = lambda x: execute(NEG, (x,), (), "Neg")
    cls.__getitem__ = lambda x, index: _row(convert_to_tensor(x), index)


install_operators(Tensor)
