"""Operators made of others: Kronecker products, and matrices of blocks."""

import functools
import operator as python_operator

import numpy as np

from minitf.core.dispatch import convert_to_tensor
from minitf.linalg.operator import (
    LinearOperator,
    LinearOperatorFullMatrix,
    all_true,
    broadcast_batch_tensor,
    broadcast_batches,
    joined_sizes,
    one_dtype,
    sizes,
    transposed,
)
from minitf.ops import array
from minitf.ops.joining import concat, split


def _sum(values):
    return functools.reduce(python_operator.add, values)


def _product(values):
    return functools.reduce(python_operator.mul, values)


def _batch(operators):
    return functools.reduce(array.broadcast_static_shape, (o.batch_shape for o in operators))


class LinearOperatorKronecker(LinearOperator):
    """The Kronecker product of operators: each acts on an axis of its own.

    >>> import minitf as tf
    >>> two = tf.linalg.LinearOperatorDiag([1.0, 2.0])
    >>> LinearOperatorKronecker([two, two]).diag_part().numpy().tolist()
    [1.0, 2.0, 2.0, 4.0]
    """

    _parameter_ranks = {"operators": 0}

    def __init__(self, operators, is_non_singular=None, is_self_adjoint=None,
                 is_positive_definite=None, is_square=None, name=None):  # fmt: skip
        self.operators = one_dtype(operators)
        hints = {
            "is_non_singular": is_non_singular, "is_self_adjoint": is_self_adjoint,
            "is_positive_definite": is_positive_definite, "is_square": is_square,
        }  # fmt: skip
        for hint, value in hints.items():
            if value is None:
                hints[hint] = all_true(getattr(o, hint) for o in self.operators)
        super().__init__(
            self.operators[0].dtype, name=name or "_x_".join(o.name for o in self.operators),
            parameters={"operators": operators}, **hints,
        )  # fmt: skip

    def _shape(self):
        factors = [[o.shape[axis] for o in self.operators] for axis in (-2, -1)]
        totals = [None if None in sizes else _product(sizes) for sizes in factors]
        return _batch(self.operators).concatenate(totals)

    def _shape_tensor(self):
        sides = [
            [_product([getattr(o, f"{side}_dimension_tensor")() for o in self.operators])]
            for side in ("range", "domain")
        ]
        return joined_sizes(broadcast_batch_tensor(self.operators), *sides)

    def _along_axes(self, x, sizes, apply):
        """`x`, whose rows are numbered by `sizes`, with operator i applied to axis i of them."""
        columns = x.shape[-1]
        sizes, lead = list(sizes), x.shape[:-2].as_list()
        for i, operator in enumerate(self.operators):
            before, after = int(np.prod(sizes[:i])), int(np.prod(sizes[i + 1 :])) * columns
            rows = array.reshape(x, [*lead, before, sizes[i], after])
            y = _over_extra_axis(lambda part: apply(operator, part), rows)  # noqa: B023
            lead, sizes[i] = y.shape[:-3].as_list(), y.shape[-2]
            x = array.reshape(y, [*lead, int(np.prod(sizes)), columns])
        return x

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        if not (self.shape.is_fully_defined() and x.shape.is_fully_defined()):
            return super()._matmul(x, adjoint, adjoint_arg)
        side = "range_dimension" if adjoint else "domain_dimension"
        return self._along_axes(
            transposed(x) if adjoint_arg else x, [getattr(o, side) for o in self.operators],
            lambda operator, part: operator.matmul(part, adjoint=adjoint),
        )  # fmt: skip

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        if not (self.shape.is_fully_defined() and rhs.shape.is_fully_defined()):
            return super()._solve(rhs, adjoint, adjoint_arg)
        side = "domain_dimension" if adjoint else "range_dimension"
        return self._along_axes(
            transposed(rhs) if adjoint_arg else rhs, [getattr(o, side) for o in self.operators],
            lambda operator, part: operator.solve(part, adjoint=adjoint),
        )  # fmt: skip

    def _to_dense(self):
        def kronecker(a, b):
            product = a[..., :, None, :, None] * b[..., None, :, None, :]
            rows, columns = (sizes(a)[axis] * sizes(b)[axis] for axis in (-2, -1))
            return array.reshape(product, joined_sizes(sizes(product)[:-4], [rows, columns]))

        return functools.reduce(kronecker, (o.to_dense() for o in self.operators))

    def _diag_part(self):
        if not all(o.is_square for o in self.operators):
            return super()._diag_part()

        def outer(a, b):
            product = a[..., :, None] * b[..., None, :]
            return array.reshape(product, joined_sizes(sizes(product)[:-2], [-1]))

        return functools.reduce(outer, (o.diag_part() for o in self.operators))

    def _powers(self):
        """How often each operator's determinant counts."""
        total = self.domain_dimension
        return [total // o.domain_dimension for o in self.operators]

    def _determinant(self):
        return _product(o.determinant() ** n for o, n in zip(self.operators, self._powers()))

    def _log_abs_determinant(self):
        return _sum(o.log_abs_determinant() * n for o, n in zip(self.operators, self._powers()))

    def _with(self, operators):
        return LinearOperatorKronecker(operators, **self.hints)

    def _adjoint(self):
        return self._with([o.adjoint() for o in self.operators])

    def _inverse(self):
        return self._with([o.inverse() for o in self.operators])

    def _cholesky(self):
        return LinearOperatorKronecker(
            [o.cholesky() for o in self.operators], is_non_singular=True, is_square=True
        )


def _over_extra_axis(apply, x):
    """`apply` to the matrices `x` of shape [..., K, N, R], where it takes [..., N, K R]."""
    between, size, columns = x.shape[-3:].as_list()
    rank = x.shape.rank
    swapped = [*range(rank - 3), rank - 2, rank - 3, rank - 1]
    rows = array.reshape(
        array.transpose(x, swapped), [*x.shape[:-3].as_list(), size, between * columns]
    )
    y = apply(rows)
    y = array.reshape(y, [*y.shape[:-1].as_list(), between, columns])
    rank = y.shape.rank
    return array.transpose(y, [*range(rank - 3), rank - 2, rank - 3, rank - 1])


class _Blocks(LinearOperator):
    """What matrices of blocks have in common: vectors may be given, and come, in parts."""

    def _blocks(self):
        """The operators on the diagonal."""
        raise NotImplementedError

    def _every(self):
        """All operators."""
        raise NotImplementedError

    def _sizes(self, side):
        """The rows (`side` 0) or the columns (1) of each block, as far as they are known."""
        return [o.shape[-2 + side] for o in self._blocks()]

    def _size_tensors(self, side):
        return [o.shape_tensor()[-2 + side] for o in self._blocks()]

    def _shape(self):
        totals = [None if None in n else sum(n) for n in (self._sizes(0), self._sizes(1))]
        return _batch(self._every()).concatenate(totals)

    def _shape_tensor(self):
        totals = [[_sum(self._size_tensors(side))] for side in (0, 1)]
        return joined_sizes(broadcast_batch_tensor(self._every()), *totals)

    def _argument(self, x, adjoint, adjoint_arg, side):
        if not isinstance(x, list | tuple) or len(x) != len(self._sizes(0)) or not all(
                hasattr(part, "shape") for part in x):  # fmt: skip
            return super()._argument(x, adjoint, adjoint_arg, side)
        return [convert_to_tensor(part, dtype_hint=self.dtype) for part in x]

    def _in_parts(self, x, side, adjoint_arg, apply):
        """`apply` to the parts of `x`; the results are put together if `x` was."""
        if isinstance(x, list):
            return apply([transposed(part) if adjoint_arg else part for part in x])
        x = transposed(x) if adjoint_arg else x
        rows = self._sizes(side)
        rows = self._size_tensors(side) if None in rows else rows
        return concat(broadcast_batches(apply(split(x, rows, axis=-2, num=len(rows)))), -2)

    def _along_diagonal(self, method):
        """The vectors that `method` of each block on the diagonal gives, one after the other."""
        columns = [getattr(o, method)()[..., None] for o in self._blocks()]
        return array.squeeze(concat(broadcast_batches(columns), -2), -1)

    def matvec(self, x, adjoint=False, name="matvec"):
        return self._on_vectors(self.matmul, x, adjoint)

    def solvevec(self, rhs, adjoint=False, name="solve"):
        return self._on_vectors(self.solve, rhs, adjoint)

    def _on_vectors(self, apply, x, adjoint):
        if not isinstance(x, list | tuple):
            return array.squeeze(apply(convert_to_tensor(x)[..., None], adjoint=adjoint), -1)
        columns = apply([convert_to_tensor(part)[..., None] for part in x], adjoint=adjoint)
        return [array.squeeze(part, -1) for part in columns]


class LinearOperatorBlockDiag(_Blocks):
    """Operators one after the other along the diagonal, zeros elsewhere."""

    _parameter_ranks = {"operators": 0}

    def __init__(self, operators, is_non_singular=None, is_self_adjoint=None,
                 is_positive_definite=None, is_square=True, name=None):  # fmt: skip
        self.operators = one_dtype(operators)
        hints = {
            "is_non_singular": is_non_singular, "is_self_adjoint": is_self_adjoint,
            "is_positive_definite": is_positive_definite,
        }  # fmt: skip
        for hint, value in hints.items():
            known = all_true(getattr(o, hint) for o in self.operators)
            if known and value is False:
                raise ValueError(f"The operators' hints say {hint}=True, not False.")
            hints[hint] = value or known
        super().__init__(
            self.operators[0].dtype, name=name or "_ds_".join(o.name for o in self.operators),
            parameters={"operators": operators},
            is_square=all(o.is_square for o in self.operators) if is_square is None else is_square,
            **hints,
        )  # fmt: skip

    def _blocks(self):
        return self.operators

    _every = _blocks

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return self._in_parts(x, 0 if adjoint else 1, adjoint_arg, lambda parts: [
            o.matmul(part, adjoint=adjoint) for o, part in zip(self.operators, parts)])  # fmt: skip

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._in_parts(rhs, 1 if adjoint else 0, adjoint_arg, lambda parts: [
            o.solve(part, adjoint=adjoint) for o, part in zip(self.operators, parts)])  # fmt: skip

    def _to_dense(self):
        if not self.shape.is_fully_defined():
            return super()._to_dense()
        rows, (columns, total) = [], (0, sum(self._sizes(1)))
        blocks = broadcast_batches([o.to_dense() for o in self.operators])
        for operator, block in zip(self.operators, blocks):
            after = total - columns - operator.domain_dimension
            rows.append(array.pad(block, [[0, 0]] * (block.shape.rank - 1) + [[columns, after]]))
            columns += operator.domain_dimension
        return concat(rows, -2)

    def _diag_part(self):
        if not all(o.is_square for o in self.operators):
            return super()._diag_part()
        return self._along_diagonal("diag_part")

    def _determinant(self):
        return _product(o.determinant() for o in self.operators)

    def _log_abs_determinant(self):
        return _sum(o.log_abs_determinant() for o in self.operators)

    def _eigvals(self):
        return self._along_diagonal("eigvals")

    def _with(self, operators, **hints):
        return LinearOperatorBlockDiag(operators, **hints, is_square=True)

    def _adjoint(self):
        return self._with([o.adjoint() for o in self.operators])

    def _inverse(self):
        return self._with([o.inverse() for o in self.operators], is_non_singular=True)

    def _cholesky(self):
        return self._with([o.cholesky() for o in self.operators], is_non_singular=True)

    def _product(self, right):
        return self._blockwise(right, "matmul") or super()._product(right)

    def _quotient(self, right):
        return self._blockwise(right, "solve") or super()._quotient(right)

    def _blockwise(self, right, method):
        if not isinstance(right, LinearOperatorBlockDiag) or right.is_identity:
            return None
        pairs = zip(self.operators, right.operators, strict=True)
        return self._with([getattr(a, method)(b) for a, b in pairs])


class LinearOperatorBlockLowerTriangular(_Blocks):
    """Blocks on and below the diagonal: row i is the list `operators[i]` of i + 1 operators."""

    _parameter_ranks = {"operators": 0}

    def __init__(self, operators, is_non_singular=None, is_self_adjoint=None,
                 is_positive_definite=None, is_square=None,
                 name="LinearOperatorBlockLowerTriangular"):  # fmt: skip
        self.operators = [list(row) for row in operators]
        for i, row in enumerate(self.operators):
            if len(row) != i + 1:
                raise ValueError(
                    f"Argument `operators[{i}]` must contain `{i + 1}` blocks. Received: "
                    f"{len(row)} blocks."
                )
        one_dtype(o for row in self.operators for o in row)
        if is_square is False:
            raise ValueError("`operators` must have square diagonal blocks.")
        if is_non_singular is None:
            is_non_singular = all_true(row[-1].is_non_singular for row in self.operators)
        super().__init__(
            self.operators[0][0].dtype, None, is_non_singular, is_self_adjoint,
            is_positive_definite, True, name, {"operators": operators},
        )  # fmt: skip

    def _blocks(self):
        return [row[-1] for row in self.operators]

    def _every(self):
        return [o for row in self.operators for o in row]

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        count = len(self.operators)

        def apply(parts):
            if adjoint:
                return [_sum(self.operators[i][j].matmul(parts[i], adjoint=True)
                             for i in range(j, count)) for j in range(count)]  # fmt: skip
            return [_sum(o.matmul(part) for o, part in zip(row, parts)) for row in self.operators]

        return self._in_parts(x, 0 if adjoint else 1, adjoint_arg, apply)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        count = len(self.operators)

        def apply(parts):
            """Substitution, forward or, for the adjoint, backward."""
            found = {}
            for i in reversed(range(count)) if adjoint else range(count):
                rest = parts[i]
                for j, x in found.items():
                    block = self.operators[j][i] if adjoint else self.operators[i][j]
                    rest = rest - block.matmul(x, adjoint=adjoint)
                found[i] = self.operators[i][i].solve(rest, adjoint=adjoint)
            return [found[i] for i in range(count)]

        return self._in_parts(rhs, 1 if adjoint else 0, adjoint_arg, apply)

    def _to_dense(self):
        if not self.shape.is_fully_defined():
            return super()._to_dense()
        total, rows = sum(self._sizes(1)), []
        every = iter(broadcast_batches([o.to_dense() for o in self._every()]))
        for row in self.operators:
            blocks = concat([next(every) for _ in row], -1)
            after = total - blocks.shape[-1]
            rows.append(array.pad(blocks, [[0, 0]] * (blocks.shape.rank - 1) + [[0, after]]))
        return concat(rows, -2)

    def _diag_part(self):
        return self._along_diagonal("diag_part")

    def _determinant(self):
        return _product(row[-1].determinant() for row in self.operators)

    def _log_abs_determinant(self):
        return _sum(row[-1].log_abs_determinant() for row in self.operators)

    def _eigvals(self):
        return self._along_diagonal("eigvals")

    def _inverse(self):
        """Row by row: what a block has below the diagonal, it takes back."""
        rows = []
        for i, row in enumerate(self.operators):
            below = []
            for j in range(i):
                carried = _sum(row[k].matmul(rows[k][j].to_dense()) for k in range(j, i))
                below.append(LinearOperatorFullMatrix(-row[i].solve(carried)))
            rows.append([*below, row[i].inverse()])
        return LinearOperatorBlockLowerTriangular(rows, is_non_singular=True, is_square=True)
