"""Matrices: what `tf.linalg` offers."""

import jax.numpy as jnp

from minitf.core.dispatch import execute
from minitf.core.registry import define

MAT_MUL = define("MatMul", lambda a, b: jnp.matmul(a, b), "TT")


def matmul(a, b, name=None):
    """The matrix product."""
    return execute(MAT_MUL, (a, b), (), name)
