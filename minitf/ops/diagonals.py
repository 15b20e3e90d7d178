"""Transposes of matrices, their bands and diagonals, and matrices made of diagonals."""

import builtins

import jax
import jax.numpy as jnp
import numpy as np

from minitf import dtypes, errors
from minitf.core.checks import inspected, shows
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.core.tensor import Tensor
from minitf.ops import array, joining, math, reductions
from minitf.ops.products import transposed

MATRIX_TRANSPOSE = define(
    "MatrixTranspose",
    lambda a, *, conjugate: jnp.conj(transposed(a)) if conjugate else transposed(a),
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
    """The conjugate transpose of the last two axes.

    Raises:
      ValueError: there are fewer.
    """
    return matrix_transpose(matrix, name, conjugate=True)


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
    if not (_is_size(num_rows) and _is_size(columns)):
        raise TypeError(
            "Arguments `num_rows` and `num_columns` must be positive integer values. Received: "
            f"num_rows={num_rows}, num_columns={columns}"
        )
    dtype = dtypes.as_dtype(dtype)
    rows = array.expand_dims(array.range(num_rows), 1)
    result = math.cast(math.equal(rows, array.range(columns)), dtype)
    if batch_shape is None:
        return result
    batch = batch_shape if isinstance(batch_shape, Tensor) else list(batch_shape)
    batch = convert_to_tensor(batch, dtypes.int32)
    return array.broadcast_to(result, joining.concat([batch, [num_rows, columns]], 0), name)


def _is_size(x):
    return isinstance(x, int | np.integer | Tensor)
