"""Systems of equations whose matrix has a form: LU factors, tridiagonal and banded matrices."""

import collections

import jax
import jax.numpy as jnp
import numpy as np

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack as frames
from minitf.core.gradients import unregistered
from minitf.core.registry import define
from minitf.ops import array, debugging, gathering, joining, linalg, math
from minitf.ops.decompositions import invertible, square

# LU ----------------------------------------------------------------------------------------------


def _lu(input, *, output_idx_type):
    factors, _, permutation = jax.lax.linalg.lu(square(input))
    return factors, permutation.astype(output_idx_type)


LU = define("Lu", _lu, "T", num_outputs=2, backward=unregistered, verify=invertible)


def _rows_permuted(matrix, perm):
    """The rows of matrices in the order of `perm`; the batch shapes are broadcast."""
    batch = jnp.broadcast_shapes(matrix.shape[:-2], perm.shape[:-1])
    matrix = jnp.broadcast_to(matrix, (*batch, *matrix.shape[-2:]))
    perm = jnp.broadcast_to(perm, (*batch, perm.shape[-1]))
    return jnp.take_along_axis(matrix, perm[..., None], axis=-2)


PERMUTE_ROWS = define("PermuteRows", _rows_permuted, "T?")


Lu = collections.namedtuple("Lu", "lu p")


def lu(input, output_idx_type=dtypes.int32, name=None):
    """(L without its unit diagonal and U in one matrix, the permutation of the rows).

    Raises:
      tf.errors.InvalidArgumentError: a matrix has no inverse.
    """
    return Lu(*execute(LU, (input,), (dtypes.as_dtype(output_idx_type).np.name,), name))


def _factors(lower_upper):
    lower_upper = convert_to_tensor(lower_upper)
    lower = linalg.band_part(lower_upper, -1, 0)
    ones = array.ones_like(linalg.diag_part(lower_upper))
    return linalg.set_diag(lower, ones), linalg.band_part(lower_upper, 0, -1)


def lu_reconstruct(lower_upper, perm, validate_args=False, name=None):
    """The matrix that `lu` took apart."""
    product = linalg.matmul(*_factors(lower_upper))
    return execute(PERMUTE_ROWS, (product, array.argsort(perm)), (), name)


def lu_solve(lower_upper, perm, rhs, validate_args=False, name=None):
    """The solution of `matrix @ x = rhs` for the matrix that `lu` took apart.

    Batch shapes of the matrices and of `rhs`, `[..., M, K]`, are broadcast.

    Raises:
      ValueError: `rhs` has not as many rows as the matrix.
    """
    lower_upper, rhs = convert_to_tensor(lower_upper), convert_to_tensor(rhs)
    if rhs.shape.rank is not None and rhs.shape.rank < 2:
        raise ValueError("Input `rhs` must have at least 2 dimensions.")
    if None not in (lower_upper.shape.rank, rhs.shape.rank):
        if not lower_upper.shape[-1:].is_compatible_with(rhs.shape[-2:-1]):
            raise ValueError("`lower_upper.shape[-1]` must equal `rhs.shape[-2]`.")
    lower, upper = _factors(lower_upper)
    permuted = execute(PERMUTE_ROWS, (rhs, perm), ())
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
        if matrix.shape.rank is not None:
            matrix.shape[-1:].assert_is_compatible_with(matrix.shape[-2:-1])
        return linalg.diag_part(matrix, k=(-1, 1), align="LEFT_RIGHT")
    elif diagonals_format == "sequence":
        parts = [convert_to_tensor(d) for d in diagonals]
    elif diagonals_format == "compact":
        return convert_to_tensor(diagonals)
    else:
        raise ValueError(f"Expected diagonals_format to be one of matrix, sequence, compact, got "
                         f"{diagonals_format!r}")  # fmt: skip
    above, middle, below = parts
    size = middle.shape[-1]
    short = None if size is None else size - 1
    zero = [[0, 0]] * (middle.shape.rank - 1)
    if short is not None and above.shape[-1] == short:
        above = array.pad(above, [*zero, [0, 1]])
    if short is not None and below.shape[-1] == short:
        below = array.pad(below, [*zero, [1, 0]])
    for part in (above, below):
        part.shape.assert_is_compatible_with(middle.shape)
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


def _solvable(diagonals, rhs):
    """Raises ValueError where the known shapes of a tridiagonal system do not fit."""
    if None in (diagonals.rank, rhs.rank):
        return
    if diagonals.rank < 2 or rhs.rank not in (diagonals.rank - 1, diagonals.rank):
        raise ValueError(f"Expected diagonals of rank 2 or more, got {diagonals}, and rhs of that "
                         f"rank or one less, got {rhs}")  # fmt: skip
    if diagonals[-2] not in (3, None):
        raise ValueError(f"Expected 3 diagonals got {diagonals[-2]}")
    batch = diagonals.rank - 2
    if not (diagonals[:-2] + diagonals[-1:]).is_compatible_with(rhs[: batch + 1]):
        raise ValueError(f"Diagonals of shape {diagonals} and rhs of shape {rhs} are incompatible")


def tridiagonal_solve(diagonals, rhs, diagonals_format="compact", transpose_rhs=False,
                      conjugate_rhs=False, name=None, partial_pivoting=True,
                      perturb_singular=False):  # fmt: skip
    """The solution of `matrix @ x = rhs` for matrices with three diagonals.

    Rows are always exchanged where that is better; `partial_pivoting=False` only allows not to.

    >>> diagonals = [[1.0, 1.0, 0.0], [2.0, 2.0, 2.0], [0.0, 1.0, 1.0]]
    >>> tridiagonal_solve(diagonals, [3.0, 4.0, 3.0]).numpy().round(5).tolist()
    [1.0, 1.0, 1.0]

    Raises:
      ValueError: the shapes do not fit, or singular matrices are to be perturbed without pivoting.
      NotImplementedError: they are to be perturbed.
    """
    if perturb_singular:
        if not partial_pivoting:
            raise ValueError("partial_pivoting must be True if perturb_singular is.")
        raise NotImplementedError("tridiagonal_solve does not implement perturb_singular=True.")
    diagonals = _compact(diagonals, diagonals_format)
    rhs = convert_to_tensor(rhs)
    is_vector = rhs.shape.rank is not None and rhs.shape.rank + 1 == diagonals.shape.rank
    rhs = math.conj(rhs) if conjugate_rhs else rhs
    if transpose_rhs and not is_vector:
        rhs = linalg.matrix_transpose(rhs)
    _solvable(diagonals.shape, rhs.shape)
    if is_vector:
        rhs = array.expand_dims(rhs, -1)
    result = execute(TRIDIAGONAL_SOLVE, (diagonals, rhs), (), name)
    return array.squeeze(result, -1) if is_vector else result


def tridiagonal_matmul(diagonals, rhs, diagonals_format="compact", name=None):
    """`matrix @ rhs` for matrices with three diagonals."""
    return execute(TRIDIAGONAL_MATMUL, (_compact(diagonals, diagonals_format), rhs), (), name)


def eigh_tridiagonal(alpha, beta, eigvals_only=True, select="a", select_range=None, tol=None,
                     name=None):  # fmt: skip
    """The eigenvalues (and vectors) of the Hermitian matrix of diagonal `alpha`, `beta` beside it.

    `select` is "a" for all, "i" for those from the first to the last index of `select_range`, or
    "v" for those greater than its first value and not greater than its second.

    >>> eigh_tridiagonal([1.0, 2.0, 5.0], [0.0, 0.0], select="v", select_range=(1.0, 5.0)).numpy()
    array([2., 5.], dtype=float32)

    Raises:
      ValueError: `select` is something else, or the dtypes differ.
      tf.errors.InvalidArgumentError: the range is empty.
    """
    if select not in ("a", "i", "v"):
        raise ValueError(f"'select must have a value in {{'a', 'i', 'v'}}. Received {select!r}")
    alpha, beta = convert_to_tensor(alpha), convert_to_tensor(beta)
    if alpha.dtype != beta.dtype:
        raise ValueError("'alpha' and 'beta' must have the same type.")
    if alpha.shape.rank not in (None, 1):
        raise frames.frame.invalid(f"alpha must have one axis, got shape {alpha.shape}")
    matrix = linalg.diag(alpha) + linalg.diag(beta, k=1) + linalg.diag(math.conj(beta), k=-1)
    if eigvals_only:
        values, vectors = linalg.eigvalsh(matrix, name), None
    else:
        values, vectors = linalg.eigh(matrix, name)
    if select != "a":
        first, last = select_range
        check = debugging.assert_less if select == "v" else debugging.assert_less_equal
        check(first, last, message="Got an empty select_range.")
        if select == "i":
            chosen = array.range(first, last + 1)
        else:
            chosen = gathering.where((values > first) & (values <= last))[:, 0]
        values = gathering.gather(values, chosen)
        vectors = vectors if eigvals_only else gathering.gather(vectors, chosen, axis=-1)
    return values if eigvals_only else (values, vectors)


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
    matrix = linalg.diag(bands, k=offsets, align=align)
    return linalg.triangular_solve(matrix, rhs, lower, adjoint, name)
