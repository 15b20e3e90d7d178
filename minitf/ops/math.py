"""Elementwise arithmetic, reductions and friends: what `tf.math` offers."""

import jax.numpy as jnp
import numpy as np

from minitf import dtypes
from minitf.core.dispatch import execute
from minitf.core.registry import define
from minitf.ops.table import binary, unary

ADD = define("AddV2", lambda x, y: jnp.add(x, y), "TT")
SUB = define("Sub", lambda x, y: jnp.subtract(x, y), "TT")
MUL = define("Mul", lambda x, y: jnp.multiply(x, y), "TT")
REAL_DIV = define("RealDiv", lambda x, y: jnp.divide(x, y), "TT")
POW = define("Pow", lambda x, y: jnp.power(x, y), "TT")
NEG = define("Neg", lambda x: jnp.negative(x), "T")
CAST = define("Cast", lambda x, *, dtype: x.astype(dtype), "T")
SUM = define(
    "Sum",
    lambda input, reduction_indices, *, keep_dims: jnp.sum(
        input, axes_of(reduction_indices), dtype=input.dtype, keepdims=keep_dims
    ),
    "Ti",
    static=(1,),
)


def _exp(x):
    """exp, rounded as TensorFlow rounds it: XLA's own is off by one bit for some float32."""
    return jnp.exp(x.astype(np.float64)).astype(x.dtype) if x.dtype == np.float32 else jnp.exp(x)


def axes_of(reduction_indices):
    """The axes of a reduction as a tuple, None for all."""
    return None if reduction_indices is None else tuple(np.atleast_1d(reduction_indices).tolist())


add = binary("add", ADD, None, "x + y, element by element.")
exp = unary("exp", "Exp", _exp, "e to the power of each element.")


def cast(x, dtype, name=None):
    """`x` with its elements converted to `dtype`."""
    return execute(CAST, (x,), (dtypes.as_dtype(dtype).np,), name or "Cast")


def reduce_sum(input_tensor, axis=None, keepdims=False, name=None):
    """The sum over `axis` (all axes by default)."""
    return execute(SUM, (input_tensor, axis), (bool(keepdims),), name)
