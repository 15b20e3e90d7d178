"""Products of matrices and tensors: `matmul`, `tensordot`, `einsum`, `cross`."""

import jax.numpy as jnp
import numpy as np

from minitf import errors
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops import array, math
from minitf.shapes import listed


def transposed(x):
    """`x` with its last two axes swapped."""
    return jnp.swapaxes(x, -1, -2)


def _matmul(a, b, *, transpose_a, transpose_b, adjoint_a, adjoint_b):
    if a.ndim < 2 or b.ndim < 2:
        raise ValueError(f"In[{int(a.ndim >= 2)}] ndims must be >= 2: {min(a.ndim, b.ndim)}")
    a = transposed(jnp.conj(a) if adjoint_a else a) if transpose_a or adjoint_a else a
    b = transposed(jnp.conj(b) if adjoint_b else b) if transpose_b or adjoint_b else b
    if a.shape[-1] != b.shape[-2]:
        raise ValueError(
            f"Matrix size-incompatible: In[0]: {listed(a.shape)}, In[1]: {listed(b.shape)}"
        )
    return jnp.matmul(a, b)


MAT_MUL = define("MatMul", _matmul, "TT")
_PLAIN = (False, False, False, False)


def matmul(a, b, transpose_a=False, transpose_b=False, adjoint_a=False, adjoint_b=False,
           a_is_sparse=False, b_is_sparse=False, output_type=None, grad_a=False, grad_b=False,
           name=None):  # fmt: skip
    """The matrix product of the last two axes of `a` and `b`; the others broadcast.

    Raises:
      ValueError: a matrix is to be both transposed and adjoint.
      tf.errors.InvalidArgumentError: the inner sizes differ.

    >>> matmul([[1.0, 2.0]], [[3.0], [4.0]]).numpy()
    array([[11.]], dtype=float32)
    """
    if transpose_a and adjoint_a:
        raise ValueError("Only one of `transpose_a` and `adjoint_a` can be True.")
    if transpose_b and adjoint_b:
        raise ValueError("Only one of `transpose_b` and `adjoint_b` can be True.")
    if output_type is not None:
        a, b = (math.cast(x, output_type) for x in (a, b))
    if not (transpose_a or transpose_b or adjoint_a or adjoint_b):
        return execute(MAT_MUL, (a, b), _PLAIN, name)
    attrs = (bool(transpose_a), bool(transpose_b), bool(adjoint_a), bool(adjoint_b))
    return execute(MAT_MUL, (a, b), attrs, name)


def matvec(a, b, transpose_a=False, adjoint_a=False, a_is_sparse=False, b_is_sparse=False,
           name=None):  # fmt: skip
    """The product of matrices and vectors: `[..., n, m]` times `[..., m]`."""
    product = matmul(a, array.expand_dims(b, -1), transpose_a, False, adjoint_a, name=name)
    return array.squeeze(product, -1)


def _tensordot(a, b, *, axes):
    summed = (range(a.ndim - axes, a.ndim), range(axes)) if isinstance(axes, int) else axes
    if any(a.shape[i] != b.shape[j] for i, j in zip(*summed)):
        raise ValueError(
            f"Matrix size-incompatible: In[0]: {listed(a.shape)}, In[1]: {listed(b.shape)}"
        )
    return jnp.tensordot(a, b, axes)


TENSORDOT = define("Tensordot", _tensordot, "TT")
EINSUM = define(
    "Einsum", lambda *inputs, equation: jnp.einsum(equation.replace(" ", ""), *inputs), "T*"
)


def tensordot(a, b, axes, name=None):
    """The sum of products of `a` and `b` over `axes`: a number of axes, or a list for each.

    >>> tensordot([[1, 2], [3, 4]], [1, 1], 1).numpy()
    array([3, 7], dtype=int32)
    """
    known = static_value(axes) if hasattr(axes, "dtype") else axes
    if isinstance(known, np.ndarray):
        known = known.tolist()
    if known is None:
        raise NotImplementedError("tf.tensordot: `axes` must be known when the graph is made.")
    if not isinstance(known, int) and len(known) != 2:
        raise ValueError(f"`axes` must be an integer or have length 2. Received {known}.")
    if not isinstance(known, int):
        known = tuple(tuple(np.atleast_1d(static_value(part)).tolist()) for part in known)
        if len(known[0]) != len(known[1]):
            raise ValueError(
                "Different number of contraction axes `a` and `b`, "
                f"{len(known[0])} != {len(known[1])}."
            )
    elif known < 0:
        raise ValueError(f"`axes` must be at least 0. Received: {known}.")
    elif (rank := convert_to_tensor(a).shape.rank) is not None and known > rank:
        raise ValueError(
            "`axes` must not be larger than the number of dimensions of tensor. Received "
            f"{known}, vs tensor dimensions {rank}."
        )
    return execute(TENSORDOT, (a, b), (known,), name or "Tensordot")


def einsum(equation, *inputs, optimize="greedy", name=None):
    """Einstein's summation of `inputs`, as `equation` names their axes.

    >>> einsum("ij,jk->ik", [[1.0, 2.0]], [[3.0], [4.0]]).numpy()
    array([[11.]], dtype=float32)
    """
    operands, arrow, output = equation.replace(" ", "").partition("->")
    count = operands.count(",") + 1
    if count != len(inputs):
        raise ValueError(f'Got {len(inputs)} inputs for equation "{equation}", expecting {count}')
    if arrow and any(label != "." and output.count(label) > 1 for label in output):
        raise ValueError(f"Output subscripts contain a label appearing more than once: {equation}")
    for label in output if arrow else "":
        if label not in operands:
            raise ValueError(
                f"Output subscripts contain the label {label} not present in the input subscripts."
            )
    return execute(EINSUM, inputs, (equation,), name or "einsum")


def _cross(a, b):
    if a.shape[-1:] != (3,) or b.shape[-1:] != (3,):
        raise errors.FailedPreconditionError(
            None, None, "Cross-products are only defined for 3-element vectors."
        )
    return jnp.cross(a, b)


CROSS = define("Cross", _cross, "TT")


def cross(a, b, name=None):
    """The cross product of vectors of 3 elements in the last axis."""
    return execute(CROSS, (a, b), (), name)
