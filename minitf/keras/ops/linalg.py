"""`tf.keras.ops.linalg`: factors, inverses, determinants and norms of matrices."""

import math

import jax.numpy as jnp

from minitf.keras.ops.core import jvp as jvp
from minitf.keras.ops.defining import floating, of_arrays
from minitf.ops import linalg, solvers
from minitf.ops.array import expand_dims, squeeze
from minitf.ops.debugging import check_numerics
from minitf.ops.selecting import invert_permutation

__all__ = [
    "cholesky", "cholesky_inverse", "det", "eig", "eigh", "inv", "jvp", "logdet", "lstsq",
    "lu_factor", "matrix_rank", "norm", "pinv", "qr", "slogdet", "solve", "solve_triangular", "svd",
]  # fmt: skip


# What is refused ----------------------------------------------------------------------------------


def _matrix(x):
    """`x` as a floating tensor of matrices."""
    (x,) = floating(x)
    if len(x.shape) < 2:
        raise ValueError(
            f"Expected input to have rank >= 2. Received input with shape {tuple(x.shape)}."
        )
    return x


def _square(x):
    """`x` as a floating tensor of square matrices."""
    x = _matrix(x)
    rows, columns = x.shape[-2:]
    if rows != columns:
        raise ValueError(
            f"Expected a square matrix. Received non-square input with shape {tuple(x.shape)}"
        )
    return x


def _system(a, b):
    """Square matrices and what their products shall be: matrices, or a vector for each."""
    a, b = floating(a, b)
    a = _square(a)
    if not len(b.shape):
        raise ValueError(f"Expected input to have rank >= 1. Received scalar input {b}.")
    axis = {0: -2, -1: -1}.get(len(a.shape) - len(b.shape))
    if axis and a.shape[axis] != b.shape[axis]:
        raise ValueError(
            f"Incompatible shapes between `a` and `b`. Expected `a.shape[{axis}] == "
            f"b.shape[{axis}]`. Received: a.shape={tuple(a.shape)}, b.shape={tuple(b.shape)}"
        )
    return a, b


# Factors ------------------------------------------------------------------------------------------


def cholesky(x, upper=False):
    """The triangular factor of positive definite matrices.

    Raises:
      ValueError: the matrices are not square, or not positive definite.
    """
    x = _square(x)
    try:
        factor = check_numerics(linalg.cholesky(x), "Cholesky")
    except Exception as error:
        raise ValueError(f"Cholesky decomposition failed: {error}") from error
    return linalg.adjoint(factor) if upper else factor


def cholesky_inverse(x, upper=False):
    """The inverse of the matrices whose triangular factors are `x`."""
    x = _square(x)
    try:
        half = linalg.triangular_solve(x, linalg.eye(x.shape[-1], dtype=x.dtype), lower=not upper)
    except Exception as error:
        raise ValueError(f"Cholesky inverse failed: {error}") from error
    return linalg.matmul(half, half, transpose_a=not upper, transpose_b=upper)


def lu_factor(x):
    """(the factors L and U of square matrices in one, the int32 places that the rows go to)."""
    try:
        factors, order = solvers.lu(_square(x))
    except ValueError as error:
        raise ValueError(
            f"LU decomposition failed: {error}. LU decomposition is only supported for square "
            "matrices in Tensorflow."
        ) from None
    return factors, invert_permutation(order)


def qr(x, mode="reduced"):
    """(orthogonal factors, triangular factors)."""
    if mode not in ("reduced", "complete"):
        raise ValueError(
            "`mode` argument value not supported. Expected one of {'reduced', 'complete'}. "
            f"Received: mode={mode}"
        )
    return tuple(linalg.qr(*floating(x), full_matrices=mode == "complete"))


def svd(x, full_matrices=True, compute_uv=True):
    """(left vectors, singular values, right vectors), or the singular values alone."""
    x = _matrix(x)
    if not compute_uv:
        return linalg.svd(x, full_matrices, compute_uv=False)
    values, left, right = linalg.svd(x, full_matrices)
    return left, values, linalg.adjoint(right)


def eig(x):
    """(the eigenvalues, the eigenvectors) of square matrices."""
    return tuple(linalg.eig(_square(x)))


def eigh(x):
    """(the eigenvalues, the eigenvectors) of symmetric matrices."""
    return tuple(linalg.eigh(_square(x)))


# Inverses -----------------------------------------------------------------------------------------


def inv(x):
    """The inverse of square matrices."""
    return linalg.inv(_square(x))


def pinv(x, rcond=None):
    """The pseudoinverse of matrices."""
    return linalg.pinv(*floating(x), rcond=rcond)


def solve(a, b):
    """The x with a x = b: a matrix, or a vector where `b` has an axis less than `a`."""
    a, b = _system(a, b)
    return _by_columns(linalg.solve, a, b)


def solve_triangular(a, b, lower=False):
    """The x with a x = b, for triangular a."""
    a, b = _system(a, b)
    return _by_columns(lambda a, b: linalg.triangular_solve(a, b, lower), a, b)


def _by_columns(solve, a, b):
    if len(b.shape) == len(a.shape) - 1:
        return squeeze(solve(a, expand_dims(b, -1)), -1)
    return solve(a, b)


def lstsq(a, b, rcond=None):
    """The x for which a x is closest to b."""
    a, b = floating(a, b)
    if a.shape[0] != b.shape[0]:
        raise ValueError("Leading dimensions of input arrays must match")
    for x, ranks, words in ((a, (2,), "two-dimensional"), (b, (1, 2), "one or two-dimensional")):
        if len(x.shape) not in ranks:
            raise TypeError(f"{len(x.shape)}-dimensional array given. Array must be {words}")
    return _lstsq(a, b, rcond=rcond)


@of_arrays(2)
def _lstsq(a, b, rcond):
    return jnp.linalg.lstsq(a, b, rcond)[0]


# Numbers ------------------------------------------------------------------------------------------


def det(x):
    """The determinant of square matrices."""
    return linalg.det(_square(x))


def slogdet(x):
    """(the sign, the logarithm of the magnitude) of the determinant."""
    return tuple(linalg.slogdet(*floating(x)))


def logdet(x):
    """The logarithm of the determinant of positive definite matrices."""
    return linalg.logdet(*floating(x))


def matrix_rank(x, tol=None):
    """The rank of matrices, an int32."""
    return linalg.matrix_rank(*floating(x), tol=tol)


_MATRIX_NORMS = (None, "fro", "nuc", math.inf, -math.inf, 1, -1, 2, -2)


def norm(x, ord=None, axis=None, keepdims=False):
    """The length of vectors (of one axis) or matrices (of two), by default of all of `x`.

    Raises:
      ValueError: an order that there is not, or axes.
    """
    (x,) = floating(x)
    rank = len(x.shape)
    axes = (axis,) if isinstance(axis, int) else tuple(range(rank) if axis is None else axis)
    if any(not -rank <= a < rank for a in axes):
        raise ValueError(
            "All `axis` values must be in the range [-ndim, ndim). Received inputs with "
            f"ndim={rank}, while axis={axes}"
        )
    if len(axes) not in (1, 2):
        raise ValueError(f"Invalid axis values. Received: axis={axes}")
    wrong = isinstance(ord, str) if len(axes) == 1 else ord not in _MATRIX_NORMS
    if wrong:
        kind = "vector" if len(axes) == 1 else "matrix"
        raise ValueError(f"Invalid `ord` argument for {kind} norm. Received: ord={ord}")
    return _norm(x, ord=ord, axis=axes if len(axes) == 2 else axes[0], keepdims=keepdims)


@of_arrays(1)
def _norm(x, ord, axis, keepdims):
    return jnp.linalg.norm(x, ord, axis, keepdims)
