"""Decompositions, inverses, determinants and functions of matrices, and linear equations."""

import builtins
import collections

import jax
import jax.numpy as jnp
import jax.scipy.linalg as jsl
import numpy as np

from minitf import dtypes, errors
from minitf.core.checks import inspected, shows
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import define
from minitf.ops import array, math, reductions
from minitf.ops.control_flow import cond
from minitf.ops.diagonals import adjoint, diag, diag_part, eye
from minitf.ops.products import matmul, transposed
from minitf.ops.table import binary, unary


def square(x):
    """`x`; ValueError where it is no square matrix."""
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise ValueError(f"Input matrix must be square, got {list(x.shape)}")
    return x


def invertible(input, *_, **__):
    """Raises TensorFlow's error for a singular matrix."""
    if input.ndim < 2 or input.shape[-1] != input.shape[-2] or not input.size:
        return
    matrix = inspected(input)
    if isinstance(matrix, np.ndarray):
        singular = np.linalg.det(matrix.astype(np.complex128)) == 0
    else:
        singular = None if matrix is None else jnp.linalg.slogdet(matrix)[0] == 0
    if shows(singular):
        raise errors.InvalidArgumentError(None, None, "Input is not invertible.")


def _wide(x):
    """`x`, in float32 where it is of half precision, which LAPACK does not know."""
    return x.astype(jnp.float32) if x.dtype == jnp.float16 else x


def _inverse(input, *, adjoint):
    matrix = _wide(square(input))
    return jnp.linalg.inv(jnp.conj(transposed(matrix)) if adjoint else matrix).astype(input.dtype)


def _qr(input, *, full_matrices):
    q, r = jnp.linalg.qr(_wide(input), "complete" if full_matrices else "reduced")
    return q.astype(input.dtype), r.astype(input.dtype)


INVERSE = define("MatrixInverse", _inverse, "T", verify=invertible)
det = unary(
    "det",
    "MatrixDeterminant",
    lambda input: jnp.linalg.det(square(input)),
    "The determinant of square matrices.",
    x="input",
)


def _log_determinant(input):
    """(sign, which counts as constant; logarithm of the absolute value, in the dtype of `input`)"""
    sign, size = jnp.linalg.slogdet(square(input))
    return jax.lax.stop_gradient(sign), size.astype(input.dtype)


LOG_DETERMINANT = define("LogMatrixDeterminant", _log_determinant, "T", num_outputs=2)


def _cholesky(input):
    """TensorFlow's: of the lower triangle, whose mirror image counts as the upper one."""
    lower = jnp.tril(square(input))
    whole = lower + jnp.conj(transposed(jnp.tril(lower, -1)))
    # The gradient, too, is that at the symmetric matrix: JAX's, which is symmetric.
    return jnp.linalg.cholesky(input + jax.lax.stop_gradient(whole - input), symmetrize_input=True)


cholesky = unary(
    "cholesky",
    "Cholesky",
    _cholesky,
    "The lower triangular factor of positive definite matrices; NaN where a matrix is not.",
    x="input",
)
QR = define("Qr", _qr, "T", num_outputs=2)
SVD = define(
    "Svd",
    lambda input, *, full_matrices: tuple(jnp.linalg.svd(input, full_matrices)),
    "T",
    num_outputs=3,
)
SINGULAR_VALUES = define(
    "SingularValues", lambda input: jnp.linalg.svd(input, compute_uv=False), "T"
)


def _eigh(input):
    """Of the lower triangle alone, which so has the gradient for both."""
    below = jnp.tril(square(input), -1)
    return tuple(jnp.linalg.eigh(jnp.tril(input) + jnp.conj(transposed(below))))


EIGH = define("SelfAdjointEigV2", _eigh, "T", num_outputs=2)
EIG = define(
    "Eig",
    lambda input: tuple(np.linalg.eig(input)),
    "T",
    num_outputs=2,
    host=True,
    backward=lambda record, cotangents: [_eig_gradient(record, *cotangents)],
    infer=lambda inputs, attrs: [
        (inputs[0].shape[:-1], _complex_of(inputs[0].dtype)),
        (inputs[0].shape, _complex_of(inputs[0].dtype)),
    ],
)
SOLVE = define(
    "MatrixSolve",
    lambda matrix, rhs, *, adjoint: jnp.linalg.solve(
        jnp.conj(transposed(square(matrix))) if adjoint else square(matrix), rhs
    ),
    "TT",
    verify=invertible,
)
TRIANGULAR_SOLVE = define(
    "MatrixTriangularSolve",
    lambda matrix, rhs, *, lower, adjoint: jax.lax.linalg.triangular_solve(
        *_broadcast(matrix, rhs), left_side=True, lower=lower,
        transpose_a=adjoint, conjugate_a=adjoint,
    ),
    "TT",
)  # fmt: skip
cholesky_solve = binary(
    "cholesky_solve",
    "CholeskySolve",
    lambda chol, rhs: jsl.cho_solve((chol, True), rhs),
    "The solution of `A x = rhs`, for the Cholesky factor of `A`.",
    x="chol",
    y="rhs",
)
expm = unary(
    "expm",
    "MatrixExponential",
    lambda input: jsl.expm(square(input)),
    "The exponential of square matrices.",
    x="input",
)
PINV = define("Pinv", lambda a, *rcond: jnp.linalg.pinv(a, *(rcond or (_least(a),))), "TT")


def _least(a):
    """The ratio of singular values below which one counts as zero."""
    return 10.0 * builtins.max(a.shape[-2:]) * float(jnp.finfo(a.dtype).eps)


LOGM = define(
    "MatrixLogarithm",
    lambda input: _host_matrix_function("logm", input),
    "T",
    host=True,
    infer=lambda inputs, attrs: [(inputs[0].shape, inputs[0].dtype)],
)
SQRTM = define(
    "MatrixSquareRoot",
    lambda input: _host_matrix_function("sqrtm", input),
    "T",
    host=True,
    backward=lambda record, cotangents: [
        execute(SQRTM_GRADIENT, (record.outputs[0], cotangents[0]))
    ],
    infer=lambda inputs, attrs: [(inputs[0].shape, inputs[0].dtype)],
)


def _sqrtm_gradient(root, cotangent):
    """The solution X of R* X + X R* = cotangent, where R is the root."""
    adjoint, one = jnp.conj(transposed(root)), jnp.eye(root.shape[-1], dtype=root.dtype)
    system = jnp.einsum("...ik,jl->...ijkl", adjoint, one)
    system = system + jnp.einsum("ik,...lj->...ijkl", one, adjoint)
    size = root.shape[-1] ** 2
    flat = cotangent.reshape(*cotangent.shape[:-2], size, 1)
    solved = jnp.linalg.solve(system.reshape(*root.shape[:-2], size, size), flat)
    return solved.reshape(root.shape)


SQRTM_GRADIENT = define("MatrixSquareRootGrad", _sqrtm_gradient, "TT")


def _eig_gradient(record, values_cotangent, vectors_cotangent):
    """The gradient of eigenvalues and eigenvectors (Giles, 2008)."""
    matrix = record.inputs[0]
    values, vectors = (math.cast(x, _complex_of(matrix.dtype)) for x in record.outputs)
    basis = adjoint(vectors)
    inner = 0 if values_cotangent is None else diag(math.cast(values_cotangent, values.dtype))
    if vectors_cotangent is not None:
        gaps = array.expand_dims(values, -2) - array.expand_dims(values, -1)
        turned = matmul(basis, math.cast(vectors_cotangent, values.dtype))
        along = diag(math.cast(math.real(diag_part(turned)), values.dtype))
        turned = turned - matmul(matmul(basis, vectors), along)
        inner = inner + math.conj(math.reciprocal_no_nan(gaps)) * turned
    return math.cast(solve(basis, matmul(inner, basis)), matrix.dtype)


def _complex_of(dtype):
    return dtypes.complex128 if dtype in (dtypes.float64, dtypes.complex128) else dtypes.complex64


def _host_matrix_function(name, input):
    import scipy.linalg  # noqa: PLC0415

    function = getattr(scipy.linalg, name)
    if not input.size:
        return input
    flat = [np.asarray(function(m)) for m in input.reshape(-1, *input.shape[-2:])]
    if not np.iscomplexobj(input):  # a real matrix that has no real result
        flat = [np.full(f.shape, np.nan) if np.iscomplexobj(f) else f for f in flat]
    return np.stack(flat).reshape(input.shape).astype(input.dtype)


def _broadcast(a, b):
    batch = jnp.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return (jnp.broadcast_to(a, (*batch, *a.shape[-2:])),
            jnp.broadcast_to(b, (*batch, *b.shape[-2:])))  # fmt: skip


def inv(input, adjoint=False, name=None):
    """The inverse of square matrices; InvalidArgumentError where there is none."""
    input = convert_to_tensor(input)
    return execute(INVERSE, (input,), (bool(adjoint),), name)


Qr = collections.namedtuple("Qr", "q r")
LogMatrixDeterminant = collections.namedtuple("LogMatrixDeterminant", "sign log_abs_determinant")


def slogdet(input, name=None):
    """(sign, logarithm of the absolute value) of the determinant."""
    return LogMatrixDeterminant(*execute(LOG_DETERMINANT, (input,), (), name))


def logdet(matrix, name=None):
    """The logarithm of the determinant of Hermitian positive definite matrices."""
    factor = cholesky(matrix)
    return 2.0 * reductions.reduce_sum(math.log(math.real(diag_part(factor))), [-1])


def qr(input, full_matrices=False, name=None):
    """(q, r): an orthogonal and an upper triangular factor."""
    return Qr(*execute(QR, (input,), (bool(full_matrices),), name))


def svd(tensor, full_matrices=False, compute_uv=True, name=None):
    """(s, u, v): `tensor = u @ diag(s) @ adjoint(v)`; only s where not `compute_uv`."""
    if not compute_uv:
        return execute(SINGULAR_VALUES, (tensor,), (), name)
    u, s, vh = execute(SVD, (tensor,), (bool(full_matrices),), name)
    return math.real(s) if s.dtype.is_complex else s, u, adjoint(vh)


def eigh(tensor, name=None):
    """(eigenvalues, eigenvectors) of Hermitian matrices, ascending."""
    return tuple(execute(EIGH, (tensor,), (), name))


def eigvalsh(tensor, name=None):
    """The eigenvalues of Hermitian matrices, ascending."""
    return eigh(tensor, name)[0]


def eig(tensor, name=None):
    """(eigenvalues, eigenvectors), complex."""
    tensor = convert_to_tensor(tensor)
    values, vectors = execute(EIG, (tensor,), (), name)
    kind = _complex_of(tensor.dtype)
    return math.cast(values, kind), math.cast(vectors, kind)


def eigvals(tensor, name=None):
    """The eigenvalues, complex."""
    return eig(tensor, name)[0]


def solve(matrix, rhs, adjoint=False, name=None):
    """The solution of `matrix @ x = rhs`; InvalidArgumentError for a singular matrix."""
    matrix, rhs = convert_to_tensor(matrix), convert_to_tensor(rhs)
    if None not in (matrix.shape.rank, rhs.shape.rank) and matrix.shape.rank != rhs.shape.rank:
        raise stack.frame.invalid(
            f"All input tensors must have the same rank: {matrix.shape}, {rhs.shape}"
        )
    return execute(SOLVE, (matrix, rhs), (bool(adjoint),), name)


def triangular_solve(matrix, rhs, lower=True, adjoint=False, name=None):
    """The solution of `matrix @ x = rhs` for triangular matrices."""
    attrs = (bool(lower), bool(adjoint))
    return execute(TRIANGULAR_SOLVE, (matrix, rhs), attrs, name)


def lstsq(matrix, rhs, l2_regularizer=0.0, fast=True, name=None):
    """The least squares solution of `matrix @ x = rhs`."""
    matrix, rhs = convert_to_tensor(matrix), convert_to_tensor(rhs)
    if not fast:
        return matmul(pinv(matrix), rhs)

    def by_columns():
        gram = matmul(matrix, matrix, adjoint_a=True)
        gram += l2_regularizer * eye(array.shape(gram)[-1], dtype=matrix.dtype)
        return cholesky_solve(cholesky(gram), matmul(matrix, rhs, adjoint_a=True))

    def by_rows():
        gram = matmul(matrix, matrix, adjoint_b=True)
        gram += l2_regularizer * eye(array.shape(gram)[-1], dtype=matrix.dtype)
        return matmul(matrix, cholesky_solve(cholesky(gram), rhs), adjoint_a=True)

    rows, columns = (None, None) if matrix.shape.rank is None else matrix.shape[-2:]
    if None in (rows, columns):
        sizes = array.shape(matrix)
        return cond(sizes[-2] >= sizes[-1], by_columns, by_rows)
    return by_columns() if rows >= columns else by_rows()


def logm(input, name=None):
    """The logarithm of square matrices (complex)."""
    return execute(LOGM, (input,), (), name)


def sqrtm(input, name=None):
    """The square root of square matrices."""
    return execute(SQRTM, (input,), (), name)


def pinv(a, rcond=None, validate_args=False, name=None):
    """The Moore-Penrose inverse.

    Singular values of less than `rcond` (a number, or one for each matrix) times the largest count
    as zero.
    """
    a = convert_to_tensor(a)
    if not a.dtype.is_floating:
        raise TypeError(f"Input `a` must have `float`-like `dtype` (saw {a.dtype}).")
    if a.shape.rank is not None and a.shape.rank < 2:
        raise ValueError(f"Input `a` must have at least 2 dimensions (saw: {a.shape.rank}).")
    given = () if rcond is None else (convert_to_tensor(rcond, a.dtype),)
    return execute(PINV, (a, *given), (), name)


def matrix_rank(a, tol=None, validate_args=False, name=None):
    """The number of singular values greater than `tol`.

    Raises:
      TypeError: the matrix is not of floats.
      ValueError: it has fewer than two axes.
    """
    a = convert_to_tensor(a, dtype_hint=dtypes.float32)
    if not a.dtype.is_floating:
        raise TypeError(f"Input `a` must have `float`-like `dtype` (saw {a.dtype}).")
    if a.shape.rank is not None and a.shape.rank < 2:
        raise ValueError(f"Input `a` must have at least 2 dimensions (saw: {a.shape.rank}).")
    s = svd(a, compute_uv=False)
    if tol is None:
        eps = float(np.finfo(a.dtype.np).eps)
        size = math.cast(reductions.reduce_max(array.shape(a)[-2:]), a.dtype)
        tol = eps * size * reductions.reduce_max(s, -1, keepdims=True)
    return reductions.reduce_sum(math.cast(s > tol, dtypes.int32), -1)
