"""Products of vectors and matrices, and linear algebra."""

import builtins

import jax.numpy as jnp

from minitf.keras.ops.defining import as_they_are, floating, of_arrays, together
from minitf.keras.promotion import convert, dtype_of, result_type
from minitf.ops import linalg


def dot(x1, x2):
    """The product of two matrices, or of vectors."""
    x1, x2 = together(x1, x2)
    if 0 in (len(x1.shape), len(x2.shape)):
        return x1 * x2
    return linalg.tensordot(x1, x2, [[-1], [builtins.max(len(x2.shape) - 2, 0)]])


def einsum(subscripts, *operands, **kwargs):
    """Einstein's sums of products."""
    if kwargs:
        raise TypeError(f"keras.ops.einsum got unexpected keyword arguments: {list(kwargs)}")
    dtype = result_type(*(dtype_of(x) for x in operands))
    return linalg.einsum(subscripts, *(convert(x, dtype) for x in operands))


def tensordot(x1, x2, axes=2):
    """The sum of products over axes of both."""
    return linalg.tensordot(*together(x1, x2), axes)


@of_arrays(2, together)
def inner(x1, x2):
    """The sum of products over the last axes."""
    return jnp.inner(x1, x2)


@of_arrays(2, together)
def outer(x1, x2):
    """The product of each element of `x1` with each of `x2`."""
    return jnp.outer(x1, x2)


@of_arrays(2, together)
def vdot(x1, x2):
    """The sum of products of all elements, of `x1` the conjugates."""
    return jnp.vdot(x1, x2)


@of_arrays(2, together)
def kron(x1, x2):
    """The Kronecker product."""
    return jnp.kron(x1, x2)


@of_arrays(2, together)
def cross(x1, x2, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """The cross product of vectors of 3 elements."""
    return jnp.cross(x1, x2, axisa, axisb, axisc, axis)


@of_arrays(1, as_they_are)
def trace(x, offset=0, axis1=0, axis2=1):
    """The sum of a diagonal."""
    wide = {"bool": "int32", "int8": "int32", "int16": "int32", "uint8": "uint32",
            "uint16": "uint32"}.get(x.dtype.name, x.dtype)  # fmt: skip
    return jnp.trace(x, offset, axis1, axis2, dtype=wide)


def cdist(x, y):
    """The distance of each row of `x` from each row of `y`.

    Raises:
      ValueError: they have no rows, or rows of two lengths.
    """
    x, y = floating(x, y)
    shapes = f"Received shapes: x.shape={tuple(x.shape)}, y.shape={tuple(y.shape)}"
    if min(len(x.shape), len(y.shape)) < 2:
        raise ValueError(f"Inputs to `cdist` must have rank >= 2. {shapes}")
    if x.shape[-1] != y.shape[-1] and None not in (x.shape[-1], y.shape[-1]):
        raise ValueError(f"The last dimension of inputs to `cdist` must match. {shapes}")
    return _cdist(x, y)


@of_arrays(2)
def _cdist(x, y):
    return jnp.linalg.norm(x[..., :, None, :] - y[..., None, :, :], axis=-1)
