"""`tf.keras.ops.linalg`: matrices."""

import numpy as np

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config
from minitf.ops import linalg
from minitf.ops.math import cast
from minitf.ops.reductions import reduce_max, reduce_sum


def _floats(x):
    x = convert_to_tensor(x)
    return x if x.dtype.is_floating or x.dtype.is_complex else cast(x, config.floatx())


def cholesky(x, upper=False):
    """The lower (or upper) triangular L with L Lᵀ = x."""
    lower = linalg.cholesky(_floats(x))
    return linalg.matrix_transpose(lower) if upper else lower


def det(x):
    """The determinant."""
    return linalg.det(_floats(x))


def slogdet(x):
    """(sign, logarithm of the size) of the determinant."""
    return tuple(linalg.slogdet(_floats(x)))


def logdet(x):
    """The logarithm of the determinant of a positive definite matrix."""
    return linalg.slogdet(_floats(x))[1]


def inv(x):
    """The inverse."""
    return linalg.inv(_floats(x))


def pinv(x, rcond=None):
    """The pseudo-inverse."""
    return linalg.pinv(_floats(x), rcond)


def eig(x):
    """(eigenvalues, eigenvectors)."""
    return tuple(linalg.eig(_floats(x)))


def eigh(x):
    """(eigenvalues, eigenvectors) of a symmetric matrix."""
    return tuple(linalg.eigh(_floats(x)))


def qr(x, mode="reduced"):
    """(orthogonal, upper triangular) factors.

    Raises:
      ValueError: `mode` is neither `"reduced"` nor `"complete"`.
    """
    if mode not in ("reduced", "complete"):
        raise ValueError(
            "`mode` argument value not supported. Expected one of {'reduced', 'complete'}. "
            f"Received: mode={mode}"
        )
    return tuple(linalg.qr(_floats(x), full_matrices=mode == "complete"))


def solve(a, b):
    """x with a x = b; `b` is a matrix or a vector."""
    a, b = _floats(a), _floats(b)
    if b.shape.rank == a.shape.rank - 1:
        return linalg.solve(a, b[..., None])[..., 0]
    return linalg.solve(a, b)


def solve_triangular(a, b, lower=False):
    """x with a x = b for a triangular matrix."""
    a, b = _floats(a), _floats(b)
    if b.shape.rank == a.shape.rank - 1:
        return linalg.triangular_solve(a, b[..., None], lower=lower)[..., 0]
    return linalg.triangular_solve(a, b, lower=lower)


def svd(x, full_matrices=True, compute_uv=True):
    """(u, singular values, vᵀ), or the singular values alone."""
    if not compute_uv:
        return linalg.svd(_floats(x), compute_uv=False)
    s, u, v = linalg.svd(_floats(x), full_matrices=full_matrices)
    return u, s, linalg.adjoint(v)


def matrix_rank(x, tol=None):
    """How many singular values are larger than `tol`."""
    values = linalg.svd(_floats(x), compute_uv=False)
    if tol is None:
        largest = reduce_max(values, -1, keepdims=True)
        tol = largest * max(x.shape[-2:]) * np.finfo(values.dtype.as_numpy_dtype).eps
    return reduce_sum(cast(values > tol, "int32"), -1)
