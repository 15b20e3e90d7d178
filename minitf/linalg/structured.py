"""Operators of matrices with a pattern: reflections, permutations, bands, updates of low rank."""

import numpy as np

from minitf import dtypes
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor
from minitf.linalg.operator import (
    LinearOperator,
    as_parameter,
    joined_sizes,
    only_inexact,
    sizes,
    square_shape,
    transposed,
)
from minitf.ops import array, gathering, linalg, math, reductions
from minitf.ops.joining import concat, stack
from minitf.ops.solvers import tridiagonal_matmul, tridiagonal_solve


class LinearOperatorHouseholder(LinearOperator):
    """The reflection at the hyperplane that is orthogonal to `reflection_axis`, [..., N].

    Its matrix is I - 2 v v^H for the vector v of length 1 along the axis.
    """

    _parameter_ranks = {"reflection_axis": 1}

    def __init__(self, reflection_axis, is_non_singular=None, is_self_adjoint=None,
                 is_positive_definite=None, is_square=None,
                 name="LinearOperatorHouseholder"):  # fmt: skip
        self._axis = as_parameter(reflection_axis)
        only_inexact(self._axis.dtype, "reflection_axis")
        for hint, word, true in ((is_self_adjoint, "self adjoint", True),
                                 (is_positive_definite, "non-positive definite", False),
                                 (is_square, "square", True)):  # fmt: skip
            if hint is (not true):
                raise ValueError(f"A Householder operator is always {word}.")
        super().__init__(
            self._axis.dtype, None, is_non_singular, True, False, True, name,
            {"reflection_axis": reflection_axis},
        )  # fmt: skip

    @property
    def reflection_axis(self):
        return self._axis

    def _shape(self):
        return self._axis.shape.concatenate(self._axis.shape[-1:])

    def _shape_tensor(self):
        return square_shape(self._axis)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        x = transposed(x) if adjoint_arg else x
        axis = linalg.normalize(convert_to_tensor(self._axis), axis=-1)[0][..., None]
        along = linalg.matmul(axis, x, adjoint_a=True)
        return x - 2 * axis * along

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._matmul(rhs, adjoint, adjoint_arg)  # a reflection undoes itself

    def _to_dense(self):
        axis = linalg.normalize(convert_to_tensor(self._axis), axis=-1)[0][..., None]
        product = -2 * linalg.matmul(axis, axis, adjoint_b=True)
        return linalg.set_diag(product, 1 + linalg.diag_part(product))

    def _determinant(self):
        return -array.ones(self.batch_shape_tensor(), self.dtype)

    def _log_abs_determinant(self):
        return array.zeros(self.batch_shape_tensor(), self.dtype)

    def _inverse(self):
        return self

    def cond(self, name="cond"):
        return array.ones(self.batch_shape_tensor(), self.dtype)


class LinearOperatorPermutation(LinearOperator):
    """The operator that puts row `perm[i]` of a matrix at row i; `perm` has the shape [..., N]."""

    _parameter_ranks = {"perm": 1}

    def __init__(self, perm, dtype=dtypes.float32, is_non_singular=None, is_self_adjoint=None,
                 is_positive_definite=None, is_square=None,
                 name="LinearOperatorPermutation"):  # fmt: skip
        self._perm = as_parameter(perm)
        if not self._perm.dtype.is_integer:
            raise TypeError(f"Argument `perm` must be integer type.  Found: {self._perm.dtype}.")
        known = static_value(self._perm)
        if known is not None:
            if known.ndim < 1:
                raise ValueError(f"Argument `perm` must have at least 1 dimension.  Found: {perm}.")
            if (np.sort(known, -1) != np.arange(known.shape[-1])).any():
                raise ValueError(f"Argument `perm` must be a vector of unique integers from 0 to "
                                 f"{known.shape[-1] - 1}.")  # fmt: skip
        if is_non_singular is False or is_square is False:
            raise ValueError("A Permutation operator is always non-singular and square.")
        super().__init__(
            dtype, None, is_non_singular, is_self_adjoint, is_positive_definite, True, name,
            {"perm": perm, "dtype": dtype},
        )  # fmt: skip

    @property
    def perm(self):
        return self._perm

    def _shape(self):
        return self._perm.shape.concatenate(self._perm.shape[-1:])

    def _shape_tensor(self):
        return square_shape(self._perm)

    def _to_dense(self):
        return array.one_hot(convert_to_tensor(self._perm), self._perm.shape[-1], dtype=self.dtype)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        x, places = transposed(x) if adjoint_arg else x, convert_to_tensor(self._perm)
        places = array.argsort(places, axis=-1) if adjoint else places
        if places.shape.rank == 1:
            return gathering.gather(x, places, axis=-2)
        return linalg.matmul(self.to_dense(), x, adjoint_a=adjoint)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._matmul(rhs, not adjoint, adjoint_arg)

    def _log_abs_determinant(self):
        return array.zeros(self.batch_shape_tensor(), self.dtype)

    def cond(self, name="cond"):
        return array.ones(self.batch_shape_tensor(), self.dtype)


class LinearOperatorToeplitz(LinearOperator):
    """The operator of a matrix whose diagonals are constant: `col` and `row` are its first ones."""

    _parameter_ranks = {"col": 1, "row": 1}

    def __init__(self, col, row, is_non_singular=None, is_self_adjoint=None,
                 is_positive_definite=None, is_square=None,
                 name="LinearOperatorToeplitz"):  # fmt: skip
        self._col, self._row = as_parameter(col), as_parameter(row)
        only_inexact(self._col.dtype, "col")
        if is_square is False:
            raise ValueError("Only square Toeplitz operators currently supported.")
        super().__init__(
            self._col.dtype, None, is_non_singular, is_self_adjoint, is_positive_definite, True,
            name, {"col": col, "row": row},
        )  # fmt: skip

    @property
    def col(self):
        return self._col

    @property
    def row(self):
        return self._row

    def _shape(self):
        shape = array.broadcast_static_shape(self._col.shape, self._row.shape)
        return shape.concatenate(shape[-1:])

    def _shape_tensor(self):
        return square_shape(convert_to_tensor(self._col) + self._row)

    def _to_dense(self):
        shape = self.shape_tensor()[:-1]
        col, row = array.broadcast_to(self._col, shape), array.broadcast_to(self._row, shape)
        entries = concat([array.reverse(row[..., 1:], [-1]), col], -1)
        count = sizes(col)[-1]
        places = array.range(count)[:, None] - array.range(count) + count - 1
        return gathering.gather(entries, places, axis=-1)

    def _diag_part(self):
        return array.broadcast_to(self._col[..., :1], self.shape_tensor()[:-1])


class LinearOperatorTridiag(LinearOperator):
    """The operator of a matrix with three diagonals.

    Args:
      diagonals: by `diagonals_format`: "compact", a tensor [..., 3, N] of the upper, the main and
        the lower diagonal (one element of the outer ones is ignored); "sequence", a list of them;
        "matrix", a matrix [..., N, N].
    """

    @property
    def _parameter_ranks(self):
        return {"diagonals": 1 if self._format == "sequence" else 2}

    def __init__(self, diagonals, diagonals_format="compact", is_non_singular=None,
                 is_self_adjoint=None, is_positive_definite=None, is_square=None,
                 name="LinearOperatorTridiag"):  # fmt: skip
        if diagonals_format not in ("compact", "matrix", "sequence"):
            raise ValueError(
                "Argument `diagonals_format` must be one of compact, matrix, or sequence. Found: "
                f"{diagonals_format}"
            )
        if diagonals_format == "sequence":
            self._diagonals = [as_parameter(d) for d in diagonals]
            dtype = self._diagonals[0].dtype
        else:
            self._diagonals = as_parameter(diagonals)
            dtype = self._diagonals.dtype
        if is_square is False:
            raise ValueError("Only square Tridiag operators currently supported.")
        self._format = diagonals_format
        super().__init__(
            dtype, None, is_non_singular, is_self_adjoint, is_positive_definite, True, name,
            {"diagonals": diagonals, "diagonals_format": diagonals_format},
        )  # fmt: skip

    @property
    def diagonals(self):
        return self._diagonals

    @property
    def diagonals_format(self):
        return self._format

    def _shape(self):
        if self._format == "matrix":
            return self._diagonals.shape
        main = self._diagonals[1].shape if self._format == "sequence" else (
            self._diagonals.shape[:-2].concatenate(self._diagonals.shape[-1:]))  # fmt: skip
        return main.concatenate(main[-1:])

    def _shape_tensor(self):
        if self._format == "matrix":
            return array.shape(self._diagonals)
        return square_shape(self._given()[..., 1, :])

    def _given(self):
        """The diagonals as one tensor, in the format of `linalg.diag`: [..., 3, N]."""
        if self._format == "sequence":
            return stack([convert_to_tensor(d) for d in self._diagonals], axis=-2)
        return convert_to_tensor(self._diagonals)

    def _compact(self):
        if self._format == "matrix":
            return linalg.diag_part(self._given(), k=(-1, 1), align="LEFT_RIGHT")
        return self._given()

    def _to_dense(self):
        return linalg.diag(self._compact(), k=(-1, 1), align="LEFT_RIGHT")

    def _diag_part(self):
        return self._compact()[..., 1, :]

    def _of(self, function, x, adjoint, adjoint_arg):
        x = transposed(x) if adjoint_arg else x
        diagonals = self._compact()
        if adjoint:
            diagonals = linalg.diag_part(transposed(self.to_dense()), k=(-1, 1), align="LEFT_RIGHT")
        return function(diagonals, x, diagonals_format="compact")

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return self._of(tridiagonal_matmul, x, adjoint, adjoint_arg)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._of(tridiagonal_solve, rhs, adjoint, adjoint_arg)


class LinearOperatorLowRankUpdate(LinearOperator):
    """The operator `base + U D V^H`, of matrices U and V with few columns.

    Args:
      base_operator: a LinearOperator of shape [..., M, N].
      u: [..., M, K].
      diag_update: the diagonal of D, [..., K]; by default ones.
      v: [..., N, K]; by default `u`.
      is_diag_update_positive: whether the diagonal is known to be positive.
    """

    _parameter_ranks = {"base_operator": 0, "u": 2, "diag_update": 1, "v": 2}

    def __init__(self, base_operator, u, diag_update=None, v=None, is_diag_update_positive=None,
                 is_non_singular=None, is_self_adjoint=None, is_positive_definite=None,
                 is_square=None, name="LinearOperatorLowRankUpdate"):  # fmt: skip
        self.base_operator, dtype = base_operator, base_operator.dtype
        only_inexact(dtype, "base_operator")
        self.u = as_parameter(u, dtype)
        self.v = self.u if v is None else as_parameter(v, dtype)
        self.diag_update = None if diag_update is None else as_parameter(diag_update, dtype)
        self.is_diag_update_positive = True if diag_update is None else is_diag_update_positive
        symmetric = v is None and base_operator.is_self_adjoint and not dtype.is_complex
        if symmetric:
            is_self_adjoint = True
        if v is None and base_operator.is_positive_definite and self.is_diag_update_positive and (
                base_operator.is_self_adjoint):  # fmt: skip
            is_positive_definite = is_self_adjoint = True
        super().__init__(
            dtype, None, is_non_singular, is_self_adjoint, is_positive_definite, is_square, name,
            {"base_operator": base_operator, "u": u, "diag_update": diag_update, "v": v,
             "is_diag_update_positive": is_diag_update_positive},
        )  # fmt: skip

    def _shape(self):
        base = self.base_operator
        batch = array.broadcast_static_shape(base.batch_shape, self.u.shape[:-2])
        return batch.concatenate(base.shape[-2:])

    def _shape_tensor(self):
        base = self.base_operator.shape_tensor()
        batch = array.broadcast_dynamic_shape(base[:-2], array.shape(self.u)[:-2])
        return joined_sizes(batch, base[-2:])

    @property
    def diag_operator(self):
        return self.diag_update

    def _scaled(self, x):
        """D x, for matrices x."""
        return x if self.diag_update is None else self.diag_update[..., None] * x

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        left, right = (self.v, self.u) if adjoint else (self.u, self.v)
        x = transposed(x) if adjoint_arg else x
        update = linalg.matmul(left, self._scaled(linalg.matmul(right, x, adjoint_a=True)))
        return self.base_operator.matmul(x, adjoint=adjoint) + update

    def _to_dense(self):
        columns = linalg.matmul(self.u, self._scaled(transposed(convert_to_tensor(self.v))))
        return self.base_operator.to_dense() + columns

    def _capacitance(self, left, right, adjoint):
        """(D^-1 + V^H base^-1 U, base^-1 U), of Woodbury's identity."""
        solved = self.base_operator.solve(convert_to_tensor(left), adjoint=adjoint)
        matrix = linalg.matmul(right, solved, adjoint_a=True)
        ones = array.ones(array.shape(self.u)[-1:], self.dtype)
        inverse = ones if self.diag_update is None else 1.0 / self.diag_update
        return matrix + linalg.diag(inverse), solved

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        left, right = (self.v, self.u) if adjoint else (self.u, self.v)
        rhs = transposed(rhs) if adjoint_arg else rhs
        capacitance, solved = self._capacitance(left, right, adjoint)
        base = self.base_operator.solve(rhs, adjoint=adjoint)
        inner = linalg.solve(capacitance, linalg.matmul(right, base, adjoint_a=True))
        return base - linalg.matmul(solved, inner)

    def _determinant(self):
        capacitance, _ = self._capacitance(self.u, self.v, False)
        result = linalg.det(capacitance) * self.base_operator.determinant()
        if self.diag_update is None:
            return result
        return result * reductions.reduce_prod(convert_to_tensor(self.diag_update), axis=-1)

    def _log_abs_determinant(self):
        return math.log(math.abs(self._determinant()))
