"""`tf.keras.ops.linalg`: factors, inverses, determinants and norms of matrices."""

import jax
import jax.numpy as jnp

from minitf.keras.ops.core import jvp as jvp
from minitf.keras.ops.defining import floating, of_arrays
from minitf.ops import linalg

__all__ = [
    "cholesky", "cholesky_inverse", "det", "eig", "eigh", "inv", "jvp", "logdet", "lstsq",
    "lu_factor", "matrix_rank", "norm", "pinv", "qr", "slogdet", "solve", "solve_triangular", "svd",
]  # fmt: skip


def norm(x, ord=None, axis=None, keepdims=False):
    """The length of vectors or matrices."""
    return _norm(x, ord=ord, axis=axis, keepdims=keepdims)


@of_arrays(1, floating)
def _norm(x, ord, axis, keepdims):
    return jnp.linalg.norm(x, ord, axis, keepdims)


@of_arrays(1, floating)
def cholesky(x, upper=False):
    """The triangular factor of positive definite matrices."""
    return jnp.linalg.cholesky(x, upper=upper)


@of_arrays(1, floating)
def cholesky_inverse(x, upper=False):
    """The inverse of the matrices whose triangular factors are `x`."""
    identity = jnp.broadcast_to(jnp.eye(x.shape[-1], dtype=x.dtype), x.shape)
    half = jax.lax.linalg.triangular_solve(x, identity, left_side=True, lower=not upper)
    other = jnp.swapaxes(half, -1, -2)
    return half @ other if upper else other @ half


@of_arrays(1, floating)
def det(x):
    """The determinant of square matrices."""
    return jnp.linalg.det(x)


@of_arrays(1, floating, outputs=2)
def slogdet(x):
    """(the sign, the logarithm of the magnitude) of the determinant."""
    return tuple(jnp.linalg.slogdet(x))


@of_arrays(1, floating)
def logdet(x):
    """The logarithm of the determinant of positive definite matrices."""
    return jnp.linalg.slogdet(x)[1]


def eig(x):
    """(the eigenvalues, the eigenvectors) of square matrices."""
    return tuple(linalg.eig(*floating(x)))


def eigh(x):
    """(the eigenvalues, the eigenvectors) of symmetric matrices."""
    return tuple(linalg.eigh(*floating(x)))


@of_arrays(1, floating)
def inv(x):
    """The inverse of square matrices."""
    return jnp.linalg.inv(x)


@of_arrays(1, floating)
def pinv(x, rcond=None):
    """The pseudoinverse of matrices."""
    return jnp.linalg.pinv(x, rcond)


@of_arrays(1, floating)
def matrix_rank(x, tol=None):
    """The rank of matrices, an int32."""
    return jnp.linalg.matrix_rank(x, tol).astype("int32")


@of_arrays(1, floating, outputs=2)
def lu_factor(x):
    """(the factors L and U in one matrix, the int32 pivots)."""
    return tuple(jax.scipy.linalg.lu_factor(x))


def qr(x, mode="reduced"):
    """(orthogonal factors, triangular factors)."""
    if mode not in ("reduced", "complete"):
        raise ValueError(
            "`mode` argument value not supported. Expected one of {'reduced', 'complete'}. "
            f"Received: mode={mode}"
        )
    return tuple(linalg.qr(*floating(x), full_matrices=mode == "complete"))


@of_arrays(2, floating)
def solve(a, b):
    """The x with a x = b."""
    return jnp.linalg.solve(a, b)


@of_arrays(2, floating)
def solve_triangular(a, b, lower=False):
    """The x with a x = b, for triangular a."""
    if b.ndim == a.ndim - 1:
        return jax.scipy.linalg.solve_triangular(a, b[..., None], lower=lower)[..., 0]
    return jax.scipy.linalg.solve_triangular(a, b, lower=lower)


@of_arrays(2, floating)
def lstsq(a, b, rcond=None):
    """The x for which a x is closest to b."""
    return jnp.linalg.lstsq(a, b, rcond)[0]


def svd(x, full_matrices=True, compute_uv=True):
    """(left vectors, singular values, right vectors), or the singular values alone."""
    if compute_uv:
        return tuple(_svd(x, full_matrices=full_matrices))
    return _singular_values(x)


@of_arrays(1, floating, outputs=3)
def _svd(x, full_matrices):
    return tuple(jnp.linalg.svd(x, full_matrices))


@of_arrays(1, floating)
def _singular_values(x):
    return jnp.linalg.svd(x, compute_uv=False)
