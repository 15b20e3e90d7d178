"""Operators that scale each coordinate: diagonal matrices, multiples of the identity, zero."""

import numpy as np

from minitf import dtypes
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor
from minitf.linalg.operator import (
    LinearOperator,
    LinearOperatorLowerTriangular,
    as_parameter,
    check,
    commuting_hints,
    joined_sizes,
    only_square,
    square_shape,
    transposed,
)
from minitf.ops import array, linalg, math, reductions
from minitf.shapes import TensorShape


class _Diagonal(LinearOperator):
    """What diagonal operators have in common: `_scale()` is what multiplies the rows of a matrix.

    It has the shape [..., N] or [..., 1].
    """

    def _scale(self):
        raise NotImplementedError

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        scale = self._scale()
        scale = math.conj(scale) if adjoint else scale
        return scale[..., None] * (transposed(x) if adjoint_arg else x)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        scale = self._scale()
        scale = math.conj(scale) if adjoint else scale
        return (transposed(rhs) if adjoint_arg else rhs) / scale[..., None]

    def _to_dense(self):
        return linalg.diag(self.diag_part())

    def _determinant(self):
        return reductions.reduce_prod(self.diag_part(), axis=-1)

    def _log_abs_determinant(self):
        sizes = math.log(math.abs(self.diag_part()))
        return math.cast(reductions.reduce_sum(sizes, axis=-1), self.dtype)

    def _eigvals(self):
        return self.diag_part()

    def cond(self, name="cond"):
        sizes = math.abs(self.diag_part())
        return math.cast(
            reductions.reduce_max(sizes, axis=-1) / reductions.reduce_min(sizes, axis=-1),
            self.dtype,
        )

    def assert_non_singular(self, name="assert_non_singular"):
        return check(math.not_equal(self._scale(), 0),
                       "Singular operator:  Diagonal contained zero values.")  # fmt: skip

    def assert_positive_definite(self, name="assert_positive_definite"):
        return check(math.real(self._scale()) > 0,
                       "Operator was not positive definite.")  # fmt: skip

    def assert_self_adjoint(self, name="assert_self_adjoint"):
        return check(math.equal(math.imag(self._scale()), 0),
                       "Operator was not self-adjoint.")  # fmt: skip


class LinearOperatorDiag(_Diagonal):
    """The operator of a diagonal matrix, whose diagonal has the shape [..., N].

    >>> operator = LinearOperatorDiag([1.0, -2.0])
    >>> operator.to_dense().numpy().tolist()
    [[1.0, 0.0], [0.0, -2.0]]
    """

    _parameter_ranks = {"diag": 1}

    def __init__(self, diag, is_non_singular=None, is_self_adjoint=None,
                 is_positive_definite=None, is_square=None,
                 name="LinearOperatorDiag"):  # fmt: skip
        self._diag = as_parameter(diag)
        if self._diag.shape.rank == 0:
            raise ValueError(f"Argument `diag` must have at least 1 dimension.  Found: {diag}.")
        if not self._diag.dtype.is_complex:
            if is_self_adjoint is False:
                raise ValueError("A real diagonal operator is always self adjoint.")
            is_self_adjoint = True
        if is_square is False:
            raise ValueError("Only square diagonal operators currently supported.")
        super().__init__(
            self._diag.dtype, None, is_non_singular, is_self_adjoint, is_positive_definite, True,
            name, {"diag": diag},
        )  # fmt: skip

    @property
    def diag(self):
        return self._diag

    def _shape(self):
        shape = self._diag.shape
        return shape.concatenate(shape[-1:])

    def _shape_tensor(self):
        return square_shape(self._diag)

    def _scale(self):
        return convert_to_tensor(self._diag)

    @property
    def diagonal_scale(self):
        return self._scale()[..., None, :]

    def _diag_part(self):
        return convert_to_tensor(self._diag)

    def add_to_tensor(self, x, name="add_to_tensor"):
        x = convert_to_tensor(x, dtype_hint=self.dtype)
        return linalg.set_diag(x, linalg.diag_part(x) + self.diag_part())

    def _adjoint(self):
        return LinearOperatorDiag(math.conj(self._scale()), **self.hints)

    def _inverse(self):
        return LinearOperatorDiag(1.0 / self._scale(), **self.hints)

    def _cholesky(self):
        return LinearOperatorDiag(math.sqrt(self._scale()), True, True, True, True)

    def _product(self, right):
        return self._combined(right, lambda mine, other: mine * other) or super()._product(right)

    def _quotient(self, right):
        return self._combined(right, lambda mine, other: other / mine) or super()._quotient(right)

    def _combined(self, right, combine):
        """The operator of entries `combine(mine, other)`, where that is a simple one, or None."""
        if right.is_identity:
            return None
        hints, scale = commuting_hints(self, right), self._scale()
        if isinstance(right, LinearOperatorDiag | LinearOperatorScaledIdentity):
            return LinearOperatorDiag(combine(scale, right._scale()), **hints)
        if isinstance(right, LinearOperatorLowerTriangular):
            hints["is_positive_definite"] = None
            return LinearOperatorLowerTriangular(
                combine(scale[..., None], right.to_dense()), **hints
            )
        return None


class LinearOperatorIdentity(_Diagonal):
    """The operator that changes nothing.

    Args:
      num_rows: N.
      batch_shape: [B1, ..., Bb], default [].
      dtype: default float32.
      assert_proper_shapes: accepted; sizes are always checked.
    """

    is_identity = True

    _parameter_ranks = {}

    def __init__(self, num_rows, batch_shape=None, dtype=None, is_non_singular=True,
                 is_self_adjoint=True, is_positive_definite=True, is_square=True,
                 assert_proper_shapes=False, name="LinearOperatorIdentity"):  # fmt: skip
        for hint, word in ((is_self_adjoint, "self adjoint"), (is_non_singular, "non-singular"),
                           (is_positive_definite, "positive-definite")):  # fmt: skip
            if not hint:
                raise ValueError(f"An identity operator is always {word}.")
        self._num_rows, self._size = num_rows, _size(num_rows, "num_rows")
        self._batch, self._batch_tensor = _batch(batch_shape)
        super().__init__(
            dtype or dtypes.float32, None, is_non_singular, is_self_adjoint, is_positive_definite,
            is_square, name, {"num_rows": num_rows, "batch_shape": batch_shape, "dtype": dtype},
        )  # fmt: skip

    def _shape(self):
        return self._batch.concatenate([self._size, self._size])

    def _shape_tensor(self):
        return joined_sizes(self._batch_tensor, [self._num_rows, self._num_rows])

    def __getitem__(self, key):
        return LinearOperatorIdentity(**{**self.parameters, "batch_shape": _part(self, key)})

    def _scale(self):
        return array.ones(joined_sizes(self._batch_tensor, [1]), self.dtype)

    def _diag_part(self):
        return array.ones(self.shape_tensor()[:-1], self.dtype)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        x = transposed(x) if adjoint_arg else x
        return x if self._batch.rank == 0 else super()._matmul(x)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._matmul(rhs, adjoint, adjoint_arg)

    def _inverse(self):
        return self

    def _adjoint(self):
        return self

    def _cholesky(self):
        return self

    def add_to_tensor(self, mat, name="add_to_tensor"):
        """`operator + mat`, for matrices `mat`."""
        mat = convert_to_tensor(mat, dtype_hint=self.dtype)
        return linalg.set_diag(mat, linalg.diag_part(mat) + array.ones([], self.dtype))

    def _product(self, right):
        return right

    _quotient = _product


class LinearOperatorScaledIdentity(_Diagonal):
    """A multiple of the identity, by `multiplier` of shape [B1, ..., Bb]."""

    _parameter_ranks = {"multiplier": 0}

    def __init__(self, num_rows, multiplier, is_non_singular=None, is_self_adjoint=None,
                 is_positive_definite=None, is_square=True, assert_proper_shapes=False,
                 name="LinearOperatorScaledIdentity"):  # fmt: skip
        self._num_rows, self._size = num_rows, _size(num_rows, "num_rows")
        self.multiplier = as_parameter(multiplier)
        if not self.multiplier.dtype.is_complex:
            is_self_adjoint = True if is_self_adjoint is None else is_self_adjoint
        if not is_square:
            raise ValueError("A ScaledIdentity operator is always square.")
        super().__init__(
            self.multiplier.dtype, None, is_non_singular, is_self_adjoint, is_positive_definite,
            is_square, name, {"num_rows": num_rows, "multiplier": multiplier},
        )  # fmt: skip

    def _shape(self):
        return self.multiplier.shape.concatenate([self._size, self._size])

    def _shape_tensor(self):
        return joined_sizes(array.shape(self.multiplier), [self._num_rows, self._num_rows])

    def _scale(self):
        return convert_to_tensor(self.multiplier)[..., None]

    def _diag_part(self):
        return array.broadcast_to(self._scale(), self.shape_tensor()[:-1])

    def add_to_tensor(self, mat, name="add_to_tensor"):
        """`operator + mat`, for matrices `mat`."""
        return super().add_to_tensor(mat)

    def _with(self, multiplier, **hints):
        return LinearOperatorScaledIdentity(self._num_rows, multiplier, **hints)

    def _adjoint(self):
        return self._with(math.conj(self._scale()[..., 0]), **self.hints)

    def _inverse(self):
        return self._with(1.0 / self._scale()[..., 0], **{**self.hints, "is_self_adjoint": True})

    def _cholesky(self):
        return self._with(math.sqrt(self._scale()[..., 0]), is_non_singular=True,
                          is_self_adjoint=True, is_positive_definite=True)  # fmt: skip

    def _product(self, right):
        return self._combined(right, lambda mine, other: mine * other) or super()._product(right)

    def _quotient(self, right):
        return self._combined(right, lambda mine, other: other / mine) or super()._quotient(right)

    def _combined(self, right, combine):
        if isinstance(right, LinearOperatorScaledIdentity):
            both = combine(self._scale(), right._scale())[..., 0]
            return self._with(both, **commuting_hints(self, right))
        if isinstance(right, LinearOperatorDiag):
            both = combine(self._scale(), right._scale())
            return LinearOperatorDiag(both, **commuting_hints(self, right))
        return None


class LinearOperatorZeros(LinearOperator):
    """The operator whose matrix, [num_rows, num_columns], is zero."""

    is_zero = True

    _parameter_ranks = {}

    def __init__(self, num_rows, num_columns=None, batch_shape=None, dtype=None,
                 is_non_singular=False, is_self_adjoint=True, is_positive_definite=False,
                 is_square=True, assert_proper_shapes=False,
                 name="LinearOperatorZeros"):  # fmt: skip
        if not is_self_adjoint and is_square:
            raise ValueError("A zero operator is always self adjoint.")
        if is_non_singular:
            raise ValueError("A zero operator is always singular.")
        if is_positive_definite:
            raise ValueError("A zero operator is always not positive-definite.")
        columns = num_rows if num_columns is None else num_columns
        self._given = [num_rows, columns]
        self._rows, self._columns = _size(num_rows, "num_rows"), _size(columns, "num_columns")
        self._batch, self._batch_tensor = _batch(batch_shape)
        super().__init__(
            dtype or dtypes.float32, None, is_non_singular, is_self_adjoint, is_positive_definite,
            is_square, name,
            {"num_rows": num_rows, "num_columns": num_columns, "batch_shape": batch_shape,
             "dtype": dtype},
        )  # fmt: skip

    def _shape(self):
        return self._batch.concatenate([self._rows, self._columns])

    def _shape_tensor(self):
        return joined_sizes(self._batch_tensor, self._given)

    def __getitem__(self, key):
        return LinearOperatorZeros(**{**self.parameters, "batch_shape": _part(self, key)})

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return linalg.matmul(self.to_dense(), x, adjoint_a=adjoint, adjoint_b=adjoint_arg)

    def _to_dense(self):
        return array.zeros(self.shape_tensor(), self.dtype)

    def _determinant(self):
        return array.zeros(self._batch_tensor, self.dtype)

    def _product(self, right):
        only_square(self, right)
        return self

    def assert_non_singular(self, name="assert_non_singular"):
        return check(convert_to_tensor(False), "Zero operators are always non-invertible.")

    def assert_positive_definite(self, name="assert_positive_definite"):
        return check(convert_to_tensor(False), "Zero operators are always non-positive definite.")


def _size(number, what):
    """The value of the size `number`, which must be a whole number >= 0; None: it is not known."""
    value = static_value(number)
    if value is None:
        number.shape.assert_has_rank(0)
        return None
    value = np.asarray(value)
    if value.ndim:
        raise ValueError(f"Argument `{what}` must be a 0-D Tensor.  Found: {number}.")
    if value.dtype.kind not in "iu":
        raise TypeError(f"Argument `{what}` must be integer type.  Found: {number}.")
    if value < 0:
        raise ValueError(f"Argument `{what}` must be non-negative.  Found: {number}.")
    return int(value)


def _batch(shape):
    """(what is known of the batch shape `shape`, a list or tensor that is it)."""
    if shape is None:
        return TensorShape([]), np.zeros(0, np.int32)
    known = static_value(shape)
    if known is not None and known.dtype != object:
        return TensorShape(known), np.asarray(known, np.int32)
    shape = convert_to_tensor(shape)
    rank = shape.shape[0] if shape.shape.rank else None
    return TensorShape(None if rank is None else [None] * rank), shape


def _part(operator, key):
    """The shape of the part of the batch of an operator that `key` picks."""
    return array.shape(array.ones(operator.batch_shape_tensor())[key])
