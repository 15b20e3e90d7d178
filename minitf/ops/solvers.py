"""Systems of equations whose matrix has a form: LU factors, tridiagonal and banded matrices."""

import collections

import jax
import jax.numpy as jnp
import numpy as np

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.gradients import unregistered
from minitf.core.registry import define
from minitf.ops import array, gathering, joining, linalg, math, selecting
from minitf.ops.decompositions import square

# LU ----------------------------------------------------------------------------------------------


def _lu(input, *, output_idx_type):
    factors, _, permutation = jax.lax.linalg.lu(square(input))
    return factors, permutation.astype(output_idx_type)


LU = define("Lu", _lu, "T", num_outputs=2, backward=unregistered)


Lu = collections.namedtuple("Lu", "lu p")


def lu(input, output_idx_type=dtypes.int32, name=None):
    """(L without its unit diagonal and U in one matrix, the permutation of the rows)."""
    return Lu(*execute(LU, (input,), (dtypes.as_dtype(output_idx_type).np.name,), name))


def _factors(lower_upper):
    lower_upper = convert_to_tensor(lower_upper)
    lower = linalg.band_part(lower_upper, -1, 0)
    ones = array.ones_like(linalg.diag_part(lower_upper))
    return linalg.set_diag(lower, ones), linalg.band_part(lower_upper, 0, -1)


def lu_reconstruct(lower_upper, perm, validate_args=False, name=None):
    """The matrix that `lu` took apart."""
    product = linalg.matmul(*_factors(lower_upper))
    perm = convert_to_tensor(perm)
    if perm.shape.rank == 1:
        return gathering.gather(product, selecting.invert_permutation(perm), name=name)
    return gathering.gather(product, array.argsort(perm), axis=-2,
                            batch_dims=perm.shape.rank - 1, name=name)  # fmt: skip


def lu_solve(lower_upper, perm, rhs, validate_args=False, name=None):
    """The solution of `matrix @ x = rhs` for the matrix that `lu` took apart."""
    lower, upper = _factors(lower_upper)
    perm = convert_to_tensor(perm)
    permuted = gathering.gather(rhs, perm, axis=-2, batch_dims=perm.shape.rank - 1)
    middle = linalg.triangular_solve(lower, permuted)
    return linalg.triangular_solve(upper, middle, lower=False, name=name)


def lu_matrix_inverse(lower_upper, perm, validate_args=False, name=None):
    """The inverse of the matrix that `lu` took apart."""
    lower_upper = convert_to_tensor(lower_upper)
    ones = array.ones_like(linalg.diag_part(lower_upper))
    eye = linalg.set_diag(array.zeros_like(lower_upper), ones)
    return lu_solve(lower_upper, perm, eye, name=name)


# Tridiagonal -------------------------------------------------------------------------------------


def _compact(diagonals, diagonals_format):
    """The diagonals, above, on and below, as `[..., 3, M]`; what is outside of the matrix is 0."""
    if diagonals_format == "matrix":
        matrix = convert_to_tensor(diagonals)
        parts = [linalg.diag_part(matrix, k=k) for k in (1, 0, -1)]
    elif diagonals_format == "sequence":
        parts = [convert_to_tensor(d) for d in diagonals]
    elif diagonals_format == "compact":
        return convert_to_tensor(diagonals)
    else:
        raise ValueError(f"Expected diagonals_format to be one of matrix, sequence, compact, got "
                         f"{diagonals_format!r}")  # fmt: skip
    above, middle, below = parts
    short = middle.shape[-1] - 1
    zero = [[0, 0]] * (middle.shape.rank - 1)
    above = array.pad(above, [*zero, [0, 1]]) if above.shape[-1] == short else above
    below = array.pad(below, [*zero, [1, 0]]) if below.shape[-1] == short else below
    return joining.stack([above, middle, below], axis=-2)


def _dense(diagonals):
    above, middle, below = (diagonals[..., i, :] for i in range(3))
    matrix = jnp.zeros([*middle.shape, middle.shape[-1]], middle.dtype)
    n = np.arange(middle.shape[-1])
    matrix = matrix.at[..., n, n].set(middle)
    matrix = matrix.at[..., n[:-1], n[1:]].set(above[..., :-1])
    return matrix.at[..., n[1:], n[:-1]].set(below[..., 1:])


TRIDIAGONAL_SOLVE = define(
    "TridiagonalSolve", lambda diagonals, rhs: jnp.linalg.solve(_dense(diagonals), rhs), "TT"
)
TRIDIAGONAL_MATMUL = define(
    "TridiagonalMatMul", lambda diagonals, rhs: jnp.matmul(_dense(diagonals), rhs), "TT"
)


def tridiagonal_solve(diagonals, rhs, diagonals_format="compact", transpose_rhs=False,
                      conjugate_rhs=False, name=None, partial_pivoting=True,
                      perturb_singular=False):  # fmt: skip
    """The solution of `matrix @ x = rhs` for matrices with three diagonals.

    >>> diagonals = [[1.0, 1.0, 0.0], [2.0, 2.0, 2.0], [0.0, 1.0, 1.0]]
    >>> tridiagonal_solve(diagonals, [3.0, 4.0, 3.0]).numpy().round(5).tolist()
    [1.0, 1.0, 1.0]
    """
    diagonals = _compact(diagonals, diagonals_format)
    rhs = convert_to_tensor(rhs)
    is_vector = rhs.shape.rank == diagonals.shape.rank - 1
    rhs = math.conj(rhs) if conjugate_rhs else rhs
    if is_vector:
        rhs = array.expand_dims(rhs, -1)
    elif transpose_rhs:
        rhs = linalg.matrix_transpose(rhs)
    result = execute(TRIDIAGONAL_SOLVE, (diagonals, rhs), (), name)
    return array.squeeze(result, -1) if is_vector else result


def tridiagonal_matmul(diagonals, rhs, diagonals_format="compact", name=None):
    """`matrix @ rhs` for matrices with three diagonals."""
    return execute(TRIDIAGONAL_MATMUL, (_compact(diagonals, diagonals_format), rhs), (), name)


def eigh_tridiagonal(alpha, beta, eigvals_only=True, select="a", select_range=None, tol=None,
                     name=None):  # fmt: skip
    """The eigenvalues (and vectors) of the symmetric matrix of diagonal `alpha`, `beta` beside it.

    Raises:
      NotImplementedError: `select` is "v": eigenvalues of a range are not picked.
      ValueError: `select` is something else.
    """
    if select == "v":
        raise NotImplementedError('tf.linalg.eigh_tridiagonal with select="v"')
    if select not in ("a", "i"):
        raise ValueError(f"'select must have a value in {{'a', 'i', 'v'}}. Received {select!r}")
    alpha, beta = convert_to_tensor(alpha), convert_to_tensor(beta)
    matrix = linalg.diag(alpha) + linalg.diag(beta, k=1) + linalg.diag(math.conj(beta), k=-1)
    chosen = slice(None) if select == "a" else slice(select_range[0], select_range[1] + 1)
    if eigvals_only:
        return linalg.eigvalsh(matrix, name)[..., chosen]
    values, vectors = linalg.eigh(matrix, name)
    return values[..., chosen], vectors[..., chosen]


# Banded ------------------------------------------------------------------------------------------


def banded_triangular_solve(bands, rhs, lower=True, adjoint=False, name=None):
    """The solution of `matrix @ x = rhs` for triangular matrices with few diagonals.

    The rows of `bands`, `[..., K, M]`, are the diagonals: for lower matrices from the main one
    down, the first `i` elements of row `i` not used; for upper ones from the highest down to the
    main one, the last elements not used.
    """
    bands = convert_to_tensor(bands)
    count = bands.shape[-2]
    offsets = (1 - count, 0) if lower else (0, count - 1)
    align = "RIGHT_RIGHT" if lower else "LEFT_LEFT"
    parts = array.reverse(bands, [-2]) if lower and False else bands
    matrix = linalg.diag(parts, k=offsets, align=align)
    return linalg.triangular_solve(matrix, rhs, lower, adjoint, name)
