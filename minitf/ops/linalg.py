"""Matrices: products, norms, decompositions, solvers, diagonals."""

import builtins
import collections

import jax
import jax.numpy as jnp
import jax.scipy.linalg as jsl
import numpy as np

from minitf import dtypes, errors
from minitf.core.checks import inspected, shows
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.gradients import densify
from minitf.core.registry import define
from minitf.core.slices import IndexedSlices
from minitf.ops import array, math, reductions
from minitf.ops.gathering import where
from minitf.ops.table import binary, unary

# Products ----------------------------------------------------------------------------------------


def _transposed(x):
    return jnp.swapaxes(x, -1, -2)


def _matmul(a, b, *, transpose_a, transpose_b, adjoint_a, adjoint_b):
    if a.ndim < 2 or b.ndim < 2:
        raise ValueError(
            f"In[0] and In[1] has different ndims: {list(a.shape)} vs. {list(b.shape)}"
            if a.ndim != b.ndim else f"In[0] ndims must be >= 2: {a.ndim}")  # fmt: skip
    a = _transposed(jnp.conj(a) if adjoint_a else a) if transpose_a or adjoint_a else a
    b = _transposed(jnp.conj(b) if adjoint_b else b) if transpose_b or adjoint_b else b
    if a.shape[-1] != b.shape[-2]:
        raise ValueError(
            f"Matrix size-incompatible: In[0]: {_dims(a.shape)}, In[1]: {_dims(b.shape)}"
        )
    return jnp.matmul(a, b)


def _dims(shape):
    return "[" + ",".join(map(str, shape)) + "]"


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


TENSORDOT = define("Tensordot", lambda a, b, *, axes: jnp.tensordot(a, b, axes), "TT")
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


# Transposes, diagonals ---------------------------------------------------------------------------

MATRIX_TRANSPOSE = define(
    "MatrixTranspose",
    lambda a, *, conjugate: jnp.conj(_transposed(a)) if conjugate else _transposed(a),
    "T",
)


def matrix_transpose(a, name="matrix_transpose", conjugate=False):
    """The last two axes exchanged."""
    a = convert_to_tensor(a)
    if a.shape.rank is not None and a.shape.rank < 2:
        raise ValueError(
            "Argument `a` should be a (batch) matrix with rank >= 2.  "
            f"Received `a` = {a} with shape: {a.shape}"
        )
    return execute(MATRIX_TRANSPOSE, (a,), (bool(conjugate),), name)


def adjoint(matrix, name=None):
    """The conjugate transpose of the last two axes."""
    return execute(MATRIX_TRANSPOSE, (matrix,), (True,), name)


def _within(input, num_lower, num_upper):
    if input.ndim < 2:
        raise errors.InvalidArgumentError(
            None, None, f"input must be at least 2-dim, received shape: {list(input.shape)}"
        )
    for name, given, size in (("num_lower", num_lower, input.shape[-2]),
                              ("num_upper", num_upper, input.shape[-1])):  # fmt: skip
        known = inspected(given)
        if known is not None and shows(known > size):
            raise errors.InvalidArgumentError(
                None, None, f"{name} must be negative or less or equal to number of rows or columns"
            )


def _band_part(input, num_lower, num_upper):
    rows, columns = jnp.indices(input.shape[-2:])
    inside = (num_lower < 0) | (rows - columns <= num_lower)
    inside &= (num_upper < 0) | (columns - rows <= num_upper)
    return jnp.where(inside, input, jnp.zeros((), input.dtype))


BAND_PART = define("MatrixBandPart", _band_part, "Tii", verify=_within)


def band_part(input, num_lower, num_upper, name=None):
    """The matrices with zeros outside of a band; -1 keeps a whole triangle."""
    return execute(BAND_PART, (input, num_lower, num_upper), (), name)


def _offsets(k):
    """(lowest, highest) of the diagonals that `k` names."""
    ks = np.atleast_1d(static_value(k)).tolist()
    if ks[0] > ks[-1]:
        raise errors.InvalidArgumentError(
            None, None, "lower_diag_index must not be larger than upper_diag_index: "
            f"{ks[0]} > {ks[-1]}")  # fmt: skip
    return ks[0], ks[-1]


def _diag(diagonal, padding_value, *, k, num_rows, num_cols, align):
    low, high = k
    several = low != high
    length = diagonal.shape[-1]
    rows, columns = length + builtins.max(-high, 0), length + builtins.max(low, 0)
    if num_rows < 0 and num_cols < 0:
        rows = columns = builtins.max(rows, columns)
    rows = num_rows if num_rows > 0 else rows
    columns = num_cols if num_cols > 0 else columns
    batch = diagonal.shape[:-2] if several else diagonal.shape[:-1]
    result = jnp.full((*batch, rows, columns), padding_value, diagonal.dtype)
    for i, offset in enumerate(builtins.range(high, low - 1, -1)):
        values = diagonal[..., i, :] if several else diagonal
        size = builtins.min(rows + builtins.min(offset, 0), columns - builtins.max(offset, 0))
        left = align.split("_")[0 if offset > 0 else 1] == "LEFT" or not several
        values = values[..., :size] if left else values[..., length - size :]
        at = jnp.arange(size)
        result = result.at[..., at - builtins.min(offset, 0), at + builtins.max(offset, 0)].set(
            values
        )
    return result


MATRIX_DIAG = define("MatrixDiagV3", _diag, "TT")


def diag(diagonal, name="diag", k=0, num_rows=-1, num_cols=-1, padding_value=0,
         align="RIGHT_LEFT"):  # fmt: skip
    """Matrices with the last axis of `diagonal` on diagonal `k`.

    >>> diag([1, 2]).numpy().tolist()
    [[1, 0], [0, 2]]
    """
    diagonal = convert_to_tensor(diagonal)
    padding = math.cast(padding_value, diagonal.dtype)
    attrs = (_offsets(k), int(num_rows), int(num_cols), align)
    return execute(MATRIX_DIAG, (diagonal, padding), attrs, name)


def _diagonal(x, offset, size):
    """The `size` elements of a diagonal: every so many of all elements in their order."""
    step = x.shape[-1] + 1
    start = offset if offset >= 0 else -offset * x.shape[-1]
    end = start + (size - 1) * step + 1 if size > 0 else start
    return jax.lax.slice_in_dim(x.reshape(*x.shape[:-2], -1), start, end, step, -1)


def _diag_part(input, padding_value, *, k, align):
    low, high = k
    rows, columns = input.shape[-2:]
    sizes = {
        o: builtins.min(rows + builtins.min(o, 0), columns - builtins.max(o, 0))
        for o in builtins.range(low, high + 1)
    }
    for offset, size in sizes.items():
        if size < 1 and (rows, columns) != (0, 0) and offset:
            raise ValueError(f"diag_index is out of bound: {offset}")
    longest = builtins.max(sizes.values())
    parts = []
    for offset in builtins.range(high, low - 1, -1):
        values = _diagonal(input, offset, sizes[offset])
        missing = longest - sizes[offset]
        left = align.split("_")[0 if offset > 0 else 1] == "LEFT"
        pad = [(0, 0)] * (values.ndim - 1) + [(0, missing) if left else (missing, 0)]
        parts.append(jnp.pad(values, pad, constant_values=padding_value) if missing else values)
    return parts[0] if low == high else jnp.stack(parts, -2)


MATRIX_DIAG_PART = define("MatrixDiagPartV3", _diag_part, "TT")


def diag_part(input, name="diag_part", k=0, padding_value=0, align="RIGHT_LEFT"):
    """Diagonal `k` of matrices; `k` may be a pair (lowest, highest)."""
    input = convert_to_tensor(input)
    padding = math.cast(padding_value, input.dtype)
    return execute(MATRIX_DIAG_PART, (input, padding), (_offsets(k), align), name)


def _set_diag(input, diagonal, *, k, align):
    low, high = k
    rows, columns = input.shape[-2:]
    for i, offset in enumerate(builtins.range(high, low - 1, -1)):
        values = diagonal[..., i, :] if low != high else diagonal
        size = builtins.min(rows + builtins.min(offset, 0), columns - builtins.max(offset, 0))
        if low == high and values.shape[-1] != size:
            raise ValueError(
                f"The diagonal must have {size} elements, got shape {list(diagonal.shape)} for an "
                f"input of shape {list(input.shape)}"
            )
        left = align.split("_")[0 if offset > 0 else 1] == "LEFT"
        values = values[..., :size] if left else values[..., values.shape[-1] - size :]
        at = jnp.arange(size)
        input = input.at[..., at - builtins.min(offset, 0), at + builtins.max(offset, 0)].set(
            values
        )
    return input


SET_DIAG = define("MatrixSetDiagV3", _set_diag, "TT")


def set_diag(input, diagonal, name="set_diag", k=0, align="RIGHT_LEFT"):
    """`input` with diagonal `k` replaced."""
    return execute(SET_DIAG, (input, diagonal), (_offsets(k), align), name)


TENSOR_DIAG = define("Diag", lambda diagonal: _tensor_diag(diagonal), "T")
TENSOR_DIAG_PART = define(
    "DiagPart",
    lambda input: jnp.diagonal(
        input.reshape([int(np.prod(input.shape[: input.ndim // 2]))] * 2)
    ).reshape(input.shape[: input.ndim // 2]),
    "T",
)


def _tensor_diag(diagonal):
    if not diagonal.ndim:
        raise ValueError("Input must be at least rank 1, got 0")
    return jnp.diag(diagonal.ravel()).reshape(diagonal.shape * 2)


def tensor_diag(diagonal, name=None):
    """The tensor of twice the rank with `diagonal` on its diagonal and zeros elsewhere."""
    return execute(TENSOR_DIAG, (diagonal,), (), name)


def tensor_diag_part(input, name=None):
    """The diagonal of a tensor whose axes come in two equal halves."""
    return execute(TENSOR_DIAG_PART, (input,), (), name)


def trace(x, name=None):
    """The sum of the diagonal of the last two axes."""
    return reductions.reduce_sum(diag_part(x), -1, name=name)


def eye(num_rows, num_columns=None, batch_shape=None, dtype=dtypes.float32, name=None):
    """The identity matrix, or a batch of it.

    >>> eye(2).numpy().tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    columns = num_rows if num_columns is None else num_columns
    if isinstance(num_rows, float) or isinstance(columns, float):
        raise TypeError(
            "Arguments `num_rows` and `num_columns` must be positive integer values. Received: "
            f"num_rows={num_rows}, num_columns={columns}"
        )
    dtype = dtypes.as_dtype(dtype)
    rows = array.expand_dims(array.range(num_rows), 1)
    result = math.cast(math.equal(rows, array.range(columns)), dtype)
    if batch_shape is None:
        return result
    batch = np.asarray(static_value(batch_shape), np.int32).tolist()
    return array.broadcast_to(result, [*batch, *result.shape.as_list()])


# Norms and clipping ------------------------------------------------------------------------------


def _axes(axis):
    if axis is None:
        return None
    axis = np.asarray(static_value(axis)).tolist()
    return tuple(axis) if isinstance(axis, list) else axis


def _p_norm(tensor, order, axes, keepdims):
    """The p-norm of vectors, from reductions, so that its gradient is TensorFlow's."""
    if order == "euclidean" or order == 2:
        squares = reductions.reduce_sum(tensor * math.conj(tensor), axes, keepdims=keepdims)
        result = math.sqrt(squares)
        return math.real(result) if tensor.dtype.is_complex else result
    size = math.abs(tensor)
    if order == 1:
        return reductions.reduce_sum(size, axes, keepdims=keepdims)
    if order == np.inf:
        return reductions.reduce_max(size, axes, keepdims=keepdims)
    return math.pow(
        reductions.reduce_sum(math.pow(size, order), axes, keepdims=keepdims), 1 / order
    )


NUCLEAR = define(
    "MatrixNorm",
    lambda x, *, order, axes, keepdims: jnp.linalg.norm(x, order, axes, keepdims),
    "T",
)


def norm(tensor, ord="euclidean", axis=None, keepdims=None, name=None):
    """The norm of vectors (one axis, or all), or of matrices (a pair of axes).

    Args:
      ord: `"euclidean"`, `"fro"` (matrices), 1, 2, `np.inf`, or a positive number.

    >>> norm([3.0, 4.0]).numpy()
    np.float32(5.0)
    """
    tensor = convert_to_tensor(tensor)
    axes, keepdims = _axes(axis), bool(keepdims)
    is_matrix = isinstance(axes, tuple) and len(axes) == 2
    if is_matrix:
        if ord not in ("euclidean", "fro", 1, 2, np.inf):
            raise ValueError(
                "'ord' must be a supported matrix norm in ['euclidean', 'fro', 1, 2, inf], "
                f"got {ord}"
            )
        if ord in ("euclidean", "fro"):
            return math.cast(_p_norm(tensor, "euclidean", axes, keepdims), tensor.dtype)
        return execute(NUCLEAR, (tensor,), (ord, axes, keepdims), name)
    if isinstance(axes, tuple) and len(axes) != 1:
        raise ValueError(
            f"'axis' must be None, an integer, or a tuple of 2 unique integers, got {list(axes)}"
        )
    if ord == "fro":
        raise ValueError("'ord' must be a supported vector norm, got fro")
    if ord != "euclidean" and not (isinstance(ord, int | float) and ord > 0):
        raise ValueError(f"'ord' must be a supported vector norm, got {ord}")
    return math.cast(_p_norm(tensor, ord, axes, keepdims), tensor.dtype)


def normalize(tensor, ord="euclidean", axis=None, name=None):
    """(`tensor` divided by its norm, the norm with its axes kept)."""
    tensor = convert_to_tensor(tensor)
    size = norm(tensor, ord, axis, True)
    return tensor / math.cast(size, tensor.dtype), size


def global_norm(t_list, name=None):
    """The norm of all elements of all tensors in `t_list`; None in it counts as nothing."""
    if not isinstance(t_list, list | tuple):
        raise TypeError(f"`t_list` should be a sequence of tensors. Received {type(t_list)}.")
    parts = [densify(t.values if isinstance(t, IndexedSlices) else t) for t in t_list
             if t is not None]  # fmt: skip
    halves = [reductions.reduce_sum(math.square(t)) / 2 for t in parts]
    return math.sqrt(math.add_n(halves) * 2)


def _sliced(function):
    """`function(tensor)`, applied to the values where it is given `IndexedSlices`."""

    def applied(t, *args):
        if isinstance(t, IndexedSlices):
            return IndexedSlices(function(t.values, *args), t.indices, t.dense_shape)
        return function(convert_to_tensor(t), *args)

    return applied


def clip_by_value(t, clip_value_min, clip_value_max, name=None):
    """`t` with what is below and above the limits replaced by them.

    >>> clip_by_value([-1.0, 0.5, 9.0], 0.0, 1.0).numpy()
    array([0. , 0.5, 1. ], dtype=float32)
    """
    return _sliced(_clip_by_value)(t, clip_value_min, clip_value_max)


CLIP_BY_VALUE = define(
    "ClipByValue",
    lambda t, clip_value_min, clip_value_max: _clipped(t, clip_value_min, clip_value_max),
    "TTT",
)


def _clipped(t, low, high):
    shape = jnp.broadcast_shapes(t.shape, low.shape, high.shape)
    if shape != t.shape:
        raise ValueError(f"Incompatible shapes: {list(t.shape)} vs. {list(shape)}")
    outside = jnp.where(t < low, low, jnp.maximum(low, high))
    return jnp.where((t < low) | (t > high), outside, t)  # NaN stays


def _clip_by_value(t, low, high):
    return execute(CLIP_BY_VALUE, (t, low, high), (), "clip_by_value")


def clip_by_norm(t, clip_norm, axes=None, name=None):
    """`t`, made shorter where its norm is greater than `clip_norm`."""
    return _sliced(_clip_by_norm)(t, clip_norm, axes)


def _clip_by_norm(t, clip_norm, axes):
    clip_norm = math.maximum(math.cast(clip_norm, t.dtype), 0)
    squares = reductions.reduce_sum(t * t, _axes(axes), keepdims=True)
    positive = squares > 0
    # So that the gradient at zero is zero, and not that of a square root at zero.
    safe = where(positive, squares, array.ones_like(squares))
    size = where(positive, math.sqrt(safe), squares)
    return t * clip_norm / math.maximum(size, clip_norm)


def clip_by_global_norm(t_list, clip_norm, use_norm=None, name=None):
    """(the tensors, all scaled so that their global norm is at most `clip_norm`; their norm)."""
    if not isinstance(t_list, list | tuple):
        raise TypeError("t_list should be a sequence")
    size = global_norm(t_list) if use_norm is None else use_norm
    one = array.constant(1.0, size.dtype)
    scale = clip_norm * math.minimum(one / size, one / clip_norm)
    scale = scale + (size - size)  # NaN where the norm is infinite
    clip = _sliced(lambda t: t * math.cast(scale, t.dtype))
    return [None if t is None else clip(t) for t in t_list], size


# Decompositions and solvers ----------------------------------------------------------------------


def _square(x):
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise ValueError(f"Input matrix must be square, got {list(x.shape)}")
    return x


def _invertible(input, *_, **__):
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


INVERSE = define(
    "MatrixInverse",
    lambda input, *, adjoint: jnp.linalg.inv(
        jnp.conj(_transposed(_square(input))) if adjoint else _square(input)
    ),
    "T",
    verify=_invertible,
)
det = unary(
    "det",
    "MatrixDeterminant",
    lambda input: jnp.linalg.det(_square(input)),
    "The determinant of square matrices.",
    x="input",
)


def _log_determinant(input):
    """(sign, which counts as constant; logarithm of the absolute value, in the dtype of `input`)"""
    sign, size = jnp.linalg.slogdet(_square(input))
    return jax.lax.stop_gradient(sign), size.astype(input.dtype)


LOG_DETERMINANT = define("LogMatrixDeterminant", _log_determinant, "T", num_outputs=2)
cholesky = unary(
    "cholesky",
    "Cholesky",
    lambda input: jnp.linalg.cholesky(_square(input)),
    "The lower triangular factor of positive definite matrices; NaN where a matrix is not.",
    x="input",
)
QR = define(
    "Qr",
    lambda input, *, full_matrices: tuple(
        jnp.linalg.qr(input, "complete" if full_matrices else "reduced")
    ),
    "T",
    num_outputs=2,
)
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
    below = jnp.tril(_square(input), -1)
    return tuple(jnp.linalg.eigh(jnp.tril(input) + jnp.conj(_transposed(below))))


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
        jnp.conj(_transposed(_square(matrix))) if adjoint else _square(matrix), rhs
    ),
    "TT",
    verify=_invertible,
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
    lambda input: jsl.expm(_square(input)),
    "The exponential of square matrices.",
    x="input",
)
PINV = define("Pinv", lambda a, *, rcond: jnp.linalg.pinv(a, rcond or _least(a)), "T")


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
    adjoint, one = jnp.conj(_transposed(root)), jnp.eye(root.shape[-1], dtype=root.dtype)
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
    return tuple(execute(QR, (input,), (bool(full_matrices),), name))


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
    rows, columns = matrix.shape[-2], matrix.shape[-1]
    small = builtins.min(rows, columns)
    penalty = l2_regularizer * eye(small, dtype=matrix.dtype)
    if rows >= columns:
        gram = matmul(matrix, matrix, adjoint_a=True) + penalty
        return cholesky_solve(cholesky(gram), matmul(matrix, rhs, adjoint_a=True))
    gram = matmul(matrix, matrix, adjoint_b=True) + penalty
    return matmul(matrix, cholesky_solve(cholesky(gram), rhs), adjoint_a=True)


def logm(input, name=None):
    """The logarithm of square matrices (complex)."""
    return execute(LOGM, (input,), (), name)


def sqrtm(input, name=None):
    """The square root of square matrices."""
    return execute(SQRTM, (input,), (), name)


def pinv(a, rcond=None, validate_args=False, name=None):
    """The Moore-Penrose inverse."""
    a = convert_to_tensor(a)
    if a.shape.rank is not None and a.shape.rank < 2:
        raise ValueError(f"Input `a` must have at least 2 dimensions (saw: {a.shape.rank}).")
    return execute(PINV, (a,), (None if rcond is None else float(rcond),), name)


def matrix_rank(a, tol=None, validate_args=False, name=None):
    """The number of singular values greater than `tol`."""
    a = convert_to_tensor(a)
    s = svd(a, compute_uv=False)
    if tol is None:
        eps = float(np.finfo(a.dtype.np).eps)
        size = math.cast(reductions.reduce_max(array.shape(a)[-2:]), a.dtype)
        tol = eps * size * reductions.reduce_max(s, -1, keepdims=True)
    return reductions.reduce_sum(math.cast(s > tol, dtypes.int32), -1)
