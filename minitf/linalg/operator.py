"""A linear operator is a (batch of) matrices that need not be written out.

`LinearOperator` is the base class: a subclass says its `_shape` and either its product with a
matrix (`_matmul`) or the matrix itself (`_to_dense`); all else follows, and is overridden where the
structure allows something better. Here too is what operators are made of: `FullMatrix`,
`LowerTriangular`, and the adjoint, the inverse and the product of others.
"""

import functools
import itertools
import operator as python_operator

import numpy as np

from minitf import dtypes, errors
from minitf.core.dispatch import convert_to_tensor
from minitf.core.tensor import EagerTensor
from minitf.dimensions import KnownSize
from minitf.linalg import functions
from minitf.linalg.specs import LinearOperatorSpec, OperatorGradient, batch_slice
from minitf.module import Module
from minitf.ops import array, debugging, linalg, math, reductions
from minitf.ops.joining import concat
from minitf.shapes import TensorShape
from minitf.variable import Variable


def as_parameter(value, dtype=None):
    """`value` as a tensor; a variable stays one, so that the operator follows it."""
    return value if isinstance(value, Variable) else convert_to_tensor(value, dtype)


def only_inexact(dtype, what):
    """Raises TypeError where `dtype` is not one of floats or complex numbers."""
    if not (dtype.is_floating or dtype.is_complex):
        raise TypeError(f"Argument `{what}` must have float or complex dtype. Found: {dtype}.")


def all_true(hints):
    """True where all hints are, else None: that nothing is known."""
    return True if all(hints) else None


def transposed(x):
    """The conjugate transpose of the matrices `x`."""
    return linalg.adjoint(x)


def broadcast_batches(matrices):
    """The tensors `matrices` with the batch axes that they broadcast to."""
    shapes = [x.shape[:-2] for x in matrices]
    if all(shape.is_fully_defined() for shape in shapes):
        if all(shape == shapes[0] for shape in shapes):
            return matrices
        batch = functools.reduce(array.broadcast_static_shape, shapes).as_list()
    else:
        batch = functools.reduce(
            array.broadcast_dynamic_shape, (array.shape(x)[:-2] for x in matrices)
        )
    return [array.broadcast_to(x, joined_sizes(batch, array.shape(x)[-2:])) for x in matrices]


def sizes(x):
    """The shape of `x`: a list where it is known, else a tensor."""
    return x.shape.as_list() if x.shape.is_fully_defined() else array.shape(x)


def joined_sizes(*parts):
    """A shape of parts that are lists of sizes or tensors: a list if all are, else a tensor."""
    if all(isinstance(part, list) for part in parts):
        return list(itertools.chain(*parts))
    return concat([math.cast(part, dtypes.int32) for part in parts], 0)


def square_shape(rows):
    """The shape of square matrices, of which `rows` holds one row each, as a tensor."""
    sizes = array.shape(rows)
    return joined_sizes(sizes, sizes[-1:])


class LinearOperator(Module):
    """The base class of linear operators, of shape [B1, ..., Bb, M, N].

    Args:
      dtype: of the matrix.
      graph_parents: kept as an attribute.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: what is known of the
        matrix: True, False, or None where it is not. Hints are believed, not checked.
      name: by default the name of the class.
      parameters: the arguments that made the operator, a dict.

    Raises:
      ValueError: hints contradict each other.

    >>> import minitf as tf
    >>> operator = tf.linalg.LinearOperatorDiag([2.0, 4.0])
    >>> operator.solve([[2.0], [2.0]]).numpy().tolist(), operator.determinant().numpy()
    ([[1.0], [0.5]], np.float32(8.0))
    """

    def __init__(self, dtype, graph_parents=None, is_non_singular=None, is_self_adjoint=None,
                 is_positive_definite=None, is_square=None, name=None,
                 parameters=None):  # fmt: skip
        super().__init__(name=type(self).__name__)
        if is_positive_definite:
            if is_non_singular is False:
                raise ValueError("A positive definite matrix is always non-singular.")
            is_non_singular = True
        if is_non_singular:
            if is_square is False:
                raise ValueError("A non-singular matrix is always square.")
            is_square = True
        if is_self_adjoint:
            if is_square is False:
                raise ValueError("A self-adjoint matrix is always square.")
            is_square = True
        self.dtype = dtypes.as_dtype(dtype).base_dtype if dtype else dtype
        self.graph_parents = list(graph_parents or [])
        self.is_non_singular, self.is_self_adjoint = is_non_singular, is_self_adjoint
        self.is_positive_definite, self._square_hint = is_positive_definite, is_square
        self.parameters = {
            **(parameters or {}), "is_non_singular": is_non_singular, "name": name,
            "is_self_adjoint": is_self_adjoint, "is_square": is_square,
            "is_positive_definite": is_positive_definite,
        }  # fmt: skip
        self._name = name or type(self).__name__

    @property
    def hints(self):
        """What is known of the matrix, as keyword arguments of another operator."""
        return {
            "is_non_singular": self.is_non_singular, "is_self_adjoint": self.is_self_adjoint,
            "is_positive_definite": self.is_positive_definite, "is_square": self.is_square,
        }  # fmt: skip

    # What is tensors or operators among the parameters: {name: its axes after those of the batch}.
    # A class that has them is a composite tensor; it is made anew of other tensors.
    _parameter_ranks: dict[str, int]
    _made_by: type
    __composite_gradient__ = OperatorGradient()

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "_parameter_ranks" in vars(cls):
            cls._made_by = cls
            cls._type_spec = property(LinearOperatorSpec.from_operator)

    def __tf_execute__(self, op, inputs, attrs, name):
        return functions.apply(self, op, inputs, attrs)

    def __getitem__(self, key):
        """The operators of a part of the batch.

        >>> import minitf as tf
        >>> tf.linalg.LinearOperatorDiag([[1.0, 2.0], [3.0, 4.0]])[1].diag_part().numpy()
        array([3., 4.], dtype=float32)
        """
        return batch_slice(self, key)

    # The shape ---------------------------------------------------------------------------------

    def _shape(self):
        raise NotImplementedError("_shape is not implemented.")

    def _shape_tensor(self):
        raise NotImplementedError("_shape_tensor is not implemented.")

    @property
    def shape(self):
        """The static shape, [B1, ..., Bb, M, N]."""
        return TensorShape(self._shape())

    @property
    def batch_shape(self):
        return self.shape[:-2]

    @property
    def tensor_rank(self):
        return self.shape.rank

    @property
    def range_dimension(self):
        """The number of rows."""
        return _size(self.shape, -2)

    @property
    def domain_dimension(self):
        """The number of columns."""
        return _size(self.shape, -1)

    @property
    def is_square(self):
        same = self.domain_dimension == self.range_dimension
        if self._square_hint is False and same:
            raise ValueError("User set is_square hint to False, but the operator was square.")
        return same if self._square_hint is None else self._square_hint

    def shape_tensor(self, name="shape_tensor"):
        """The shape as an int32 tensor, also where it is not known statically."""
        shape = self.shape
        return convert_to_tensor(shape.as_list(), dtypes.int32) if shape.is_fully_defined() else (
            self._shape_tensor())  # fmt: skip

    def batch_shape_tensor(self, name="batch_shape_tensor"):
        return self.shape_tensor()[:-2]

    def tensor_rank_tensor(self, name="tensor_rank_tensor"):
        return array.size(self.shape_tensor())

    def range_dimension_tensor(self, name="range_dimension_tensor"):
        return self.shape_tensor()[-2]

    def domain_dimension_tensor(self, name="domain_dimension_tensor"):
        return self.shape_tensor()[-1]

    # Products and solutions --------------------------------------------------------------------

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return linalg.matmul(self.to_dense(), x, adjoint_a=adjoint, adjoint_b=adjoint_arg)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        rhs = transposed(rhs) if adjoint_arg else rhs
        matrix, rhs = broadcast_batches([self.to_dense(), rhs])
        return linalg.solve(matrix, rhs, adjoint=adjoint)

    def matmul(self, x, adjoint=False, adjoint_arg=False, name="matmul"):
        """The product with the matrices `x`, or with another operator: then an operator.

        Args:
          x: a tensor of shape [..., N, R], or a LinearOperator.
          adjoint: whether to multiply by the adjoint instead.
          adjoint_arg: whether `x` is to be replaced by its adjoint.
        """
        if isinstance(x, LinearOperator):
            left, right = self._pair(x, adjoint, adjoint_arg)
            if left.domain_dimension != right.range_dimension and None not in (
                    left.domain_dimension, right.range_dimension):  # fmt: skip
                raise ValueError(
                    "Operators are incompatible. Expected `x` to have dimension "
                    f"{left.domain_dimension} but got {right.range_dimension}."
                )
            return left._product(right)
        return self._matmul(self._argument(x, adjoint, adjoint_arg, 0), adjoint=adjoint,
                            adjoint_arg=adjoint_arg)  # fmt: skip

    def matvec(self, x, adjoint=False, name="matvec"):
        """The product with the vectors `x`, of shape [..., N]."""
        x = convert_to_tensor(x, dtype_hint=self.dtype)
        return array.squeeze(self.matmul(x[..., None], adjoint=adjoint), -1)

    def __matmul__(self, other):
        return self.matmul(other)

    def solve(self, rhs, adjoint=False, adjoint_arg=False, name="solve"):
        """X with `operator @ X = rhs`.

        Raises:
          NotImplementedError: the operator is known to be singular, or not square.
        """
        if self.is_non_singular is False:
            raise NotImplementedError(
                "Exact solve not implemented for an operator that is expected to be singular."
            )
        self._only_square("Exact solve")
        if isinstance(rhs, LinearOperator):
            left, right = self._pair(rhs, adjoint, adjoint_arg)
            if left.range_dimension != right.domain_dimension and None not in (
                    left.range_dimension, right.domain_dimension):  # fmt: skip
                raise ValueError(
                    "Operators are incompatible. Expected `rhs` to have dimension "
                    f"{left.range_dimension} but got {right.domain_dimension}."
                )
            return left._quotient(right)
        return self._solve(self._argument(rhs, adjoint, adjoint_arg, 1), adjoint=adjoint,
                           adjoint_arg=adjoint_arg)  # fmt: skip

    def solvevec(self, rhs, adjoint=False, name="solve"):
        """As `solve`, for vectors `rhs` of shape [..., N]."""
        rhs = convert_to_tensor(rhs, dtype_hint=self.dtype)
        return array.squeeze(self.solve(rhs[..., None], adjoint=adjoint), -1)

    def _pair(self, other, adjoint, adjoint_arg):
        return self.adjoint() if adjoint else self, other.adjoint() if adjoint_arg else other

    def _argument(self, x, adjoint, adjoint_arg, side):
        """`x` as a tensor whose size fits; `side` is 0 for columns, 1 for rows of the operator."""
        x = convert_to_tensor(x, dtype_hint=self.dtype)
        if x.dtype != self.dtype:
            raise TypeError(
                f"Input argument had incompatible type: found {x.dtype}, expected {self.dtype}."
            )
        own = self.shape[-2 if adjoint != bool(side) else -1]
        given = x.shape[-1 if adjoint_arg else -2]
        if None not in (own, given) and own != given:
            raise ValueError(f"Dimensions {own} and {given} are not compatible")
        return x

    def _product(self, right):
        """The operator `self @ right`."""
        if right.is_identity:
            return self
        if right.is_zero:
            only_square(self, right)
            return right
        return LinearOperatorComposition([self, right], **_hints_of_product(self, right))

    def _quotient(self, right):
        """The operator `self.inverse() @ right`."""
        if right.is_identity:
            return self.inverse()
        return LinearOperatorComposition(
            [LinearOperatorInversion(self), right], **_hints_of_product(self, right)
        )

    # What subclasses say of themselves, so that products become simple ones.
    is_identity = is_zero = False
    diagonal_scale = None  # what multiplies the columns of a matrix to its left

    # Numbers -----------------------------------------------------------------------------------

    def _only_square(self, what):
        if self.is_square is False:
            raise NotImplementedError(
                f"{what} not implemented for an operator that is expected to not be square."
            )

    def _to_dense(self):
        return self.matmul(linalg.eye(self.domain_dimension_tensor(), dtype=self.dtype,
                                      batch_shape=self.batch_shape_tensor()))  # fmt: skip

    def _diag_part(self):
        return linalg.diag_part(self.to_dense())

    def _log_abs_determinant(self):
        return math.cast(linalg.slogdet(self.to_dense())[1], self.dtype)

    def _determinant(self):
        return linalg.det(self.to_dense())

    def _eigvals(self):
        return linalg.eigvalsh(self.to_dense())

    def to_dense(self, name="to_dense"):
        """The matrices, written out."""
        return self._to_dense()

    def diag_part(self, name="diag_part"):
        """The diagonal, of shape [B1, ..., Bb, min(M, N)]."""
        return self._diag_part()

    def trace(self, name="trace"):
        """The sum of the diagonal."""
        return reductions.reduce_sum(self.diag_part(), axis=-1)

    def determinant(self, name="det"):
        self._only_square("Determinant")
        return self._determinant()

    def log_abs_determinant(self, name="log_abs_det"):
        self._only_square("Determinant")
        return self._log_abs_determinant()

    def eigvals(self, name="eigvals"):
        """The eigenvalues of a self-adjoint operator, in rising order."""
        if not self.is_self_adjoint:
            raise NotImplementedError("Only self-adjoint matrices are supported.")
        return self._eigvals()

    def cond(self, name="cond"):
        """The condition number: the largest singular value over the smallest."""
        if not self.is_self_adjoint:
            values = linalg.svd(self.to_dense(), compute_uv=False)
        else:
            values = math.abs(self.eigvals())
        return reductions.reduce_max(values, axis=-1) / reductions.reduce_min(values, axis=-1)

    def add_to_tensor(self, x, name="add_to_tensor"):
        """`operator + x`, for matrices `x`."""
        x = convert_to_tensor(x, dtype_hint=self.dtype)
        if x.dtype != self.dtype:
            raise TypeError(
                f"Input argument had incompatible type: found {x.dtype}, expected {self.dtype}."
            )
        return self.to_dense() + x

    # Other operators ---------------------------------------------------------------------------

    def adjoint(self, name="adjoint"):
        """The operator whose matrix is the conjugate transpose."""
        return self if self.is_self_adjoint else self._adjoint()

    H = property(adjoint, None)

    def inverse(self, name="inverse"):
        """The operator whose matrix is the inverse.

        Raises:
          ValueError: the operator is known to be singular, or not square.
        """
        for known, word in ((self.is_square, "non square"), (self.is_non_singular, "singular")):
            if known is False:
                raise ValueError(
                    f"Cannot take the Inverse: This operator represents a {word} matrix."
                )
        return self._inverse()

    def cholesky(self, name="cholesky"):
        """The lower triangular factor of a positive definite self-adjoint operator."""
        if not (self.is_positive_definite and self.is_self_adjoint):
            raise ValueError(
                "Cannot take the Cholesky decomposition: Not a positive definite self adjoint "
                "matrix."
            )
        return self._cholesky()

    def _adjoint(self) -> "LinearOperator":
        return LinearOperatorAdjoint(self, **self.hints)

    def _inverse(self) -> "LinearOperator":
        return LinearOperatorInversion(self, **self.hints)

    def _cholesky(self) -> "LinearOperator":
        return LinearOperatorLowerTriangular(
            linalg.cholesky(self.to_dense()), is_non_singular=True, is_self_adjoint=False,
            is_square=True,
        )  # fmt: skip

    # Checks ------------------------------------------------------------------------------------

    def assert_non_singular(self, name="assert_non_singular"):
        """Raises InvalidArgumentError where the matrix is singular, as far as can be told."""
        limit = 1.0 / np.finfo(math.real(self.to_dense()).dtype.np).eps
        return check(self.cond() < limit, "Singular matrix up to precision epsilon.")

    def assert_positive_definite(self, name="assert_positive_definite"):
        """Raises InvalidArgumentError where a self-adjoint matrix is not positive definite."""
        if not self.is_self_adjoint:
            return check(math.real(self.diag_part()) > 0,
                           "Operator was not positive definite.")  # fmt: skip
        factor = linalg.diag_part(linalg.cholesky(self.to_dense()))
        return check(math.real(factor) > 0, "Operator was not positive definite.")

    def assert_self_adjoint(self, name="assert_self_adjoint"):
        """Raises InvalidArgumentError where the matrix differs from its adjoint."""
        dense = self.to_dense()
        return check(math.equal(dense, transposed(dense)), "Matrix was not equal to its adjoint.")


def _size(shape, axis):
    """The size of an axis, an int with itself as `value`; None where it is not known."""
    size = None if shape.rank is None else shape[axis]
    return None if size is None else KnownSize(size)


def check(condition, message):
    """Raises InvalidArgumentError where some of `condition` is false; in a graph, as that runs."""
    if not isinstance(condition, EagerTensor):
        return debugging.Assert(reductions.reduce_all(condition), [message])
    if not condition.numpy().all():
        raise errors.InvalidArgumentError(None, None, message)
    return None


def only_square(left, right):
    """Raises ValueError where a product with zeros would not be square."""
    if not (left.is_square and right.is_square):
        raise ValueError(
            "Matmul with non-square `LinearOperator`s or non-square `LinearOperatorZeros` not "
            "supported at this time."
        )


def non_singular_hint(left, right):
    """What is known of the product of two."""
    if left.is_non_singular is False or right.is_non_singular is False:
        return False
    return left.is_non_singular and right.is_non_singular


def commuting_hints(left, right):
    """The hints of a product of two square operators that commute."""
    pair = (left.is_self_adjoint, right.is_self_adjoint)
    self_adjoint = True if all(pair) else False if set(pair) == {True, False} else None
    definite = all([*pair, left.is_positive_definite, right.is_positive_definite])
    return {
        "is_non_singular": non_singular_hint(left, right), "is_self_adjoint": self_adjoint,
        "is_positive_definite": True if definite else None, "is_square": True,
    }  # fmt: skip


def _hints_of_product(left, right):
    if left.is_square and right.is_square:
        return {"is_square": True, "is_non_singular": non_singular_hint(left, right)}
    sizes = left.range_dimension, right.domain_dimension
    if None in sizes or sizes[0] == sizes[1]:
        return {"is_square": None if None in sizes else True}
    return dict.fromkeys(
        ("is_square", "is_non_singular", "is_self_adjoint", "is_positive_definite"), False
    )


class LinearOperatorFullMatrix(LinearOperator):
    """The operator of a matrix that is written out, of shape [..., M, N]."""

    _parameter_ranks = {"matrix": 2}

    def __init__(self, matrix, is_non_singular=None, is_self_adjoint=None,
                 is_positive_definite=None, is_square=None,
                 name="LinearOperatorFullMatrix"):  # fmt: skip
        self._matrix = as_parameter(matrix)
        if self._matrix.shape.rank is not None and self._matrix.shape.rank < 2:
            raise ValueError(
                f"Argument `matrix` must have at least 2 dimensions.  Found: {self._matrix}."
            )
        only_inexact(self._matrix.dtype, "matrix")
        super().__init__(
            self._matrix.dtype, None, is_non_singular, is_self_adjoint, is_positive_definite,
            is_square, name, {"matrix": matrix},
        )  # fmt: skip

    @property
    def matrix(self):
        return self._matrix

    def _shape(self):
        return self._matrix.shape

    def _shape_tensor(self):
        return array.shape(self._matrix)

    def _to_dense(self):
        return convert_to_tensor(self._matrix)


class LinearOperatorLowerTriangular(LinearOperator):
    """The operator of a lower triangular matrix; what `tril` has above the diagonal is ignored."""

    _parameter_ranks = {"tril": 2}

    def __init__(self, tril, is_non_singular=None, is_self_adjoint=None,
                 is_positive_definite=None, is_square=None,
                 name="LinearOperatorLowerTriangular"):  # fmt: skip
        if is_square is False:
            raise ValueError("Only square lower triangular operators supported at this time.")
        self._tril = as_parameter(tril)
        only_inexact(self._tril.dtype, "tril")
        super().__init__(
            self._tril.dtype, None, is_non_singular, is_self_adjoint, is_positive_definite, True,
            name, {"tril": tril},
        )  # fmt: skip

    @property
    def tril(self):
        return self._tril

    def _shape(self):
        return self._tril.shape

    def _shape_tensor(self):
        return array.shape(self._tril)

    def _to_dense(self):
        return linalg.band_part(self._tril, -1, 0)

    def _diag_part(self):
        return linalg.diag_part(self._tril)

    def _determinant(self):
        return reductions.reduce_prod(self.diag_part(), axis=-1)

    def _log_abs_determinant(self):
        return reductions.reduce_sum(math.log(math.abs(self.diag_part())), axis=-1)

    def _eigvals(self):
        return self.diag_part()

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        rhs = transposed(rhs) if adjoint_arg else rhs
        matrix, rhs = broadcast_batches([self.to_dense(), rhs])
        return linalg.triangular_solve(matrix, rhs, lower=True, adjoint=adjoint)

    def assert_non_singular(self, name="assert_non_singular"):
        return check(math.not_equal(self.diag_part(), 0),
                       "Singular operator:  Diagonal contained zero values.")  # fmt: skip

    def _product(self, right):
        scale = right.diagonal_scale
        if scale is None:
            return super()._product(right)
        hints = {**commuting_hints(right, self), "is_positive_definite": None}
        return LinearOperatorLowerTriangular(self.to_dense() * scale, **hints)


class _Wrapped(LinearOperator):
    """What the adjoint and the inverse have in common: one operator, whose hints they share."""

    _suffix: str

    def __init__(self, operator, is_non_singular=None, is_self_adjoint=None,
                 is_positive_definite=None, is_square=None, name=None):  # fmt: skip
        self.operator = operator
        given = {
            "is_non_singular": is_non_singular, "is_self_adjoint": is_self_adjoint,
            "is_positive_definite": is_positive_definite, "is_square": is_square,
        }  # fmt: skip
        for hint, value in given.items():
            known = getattr(operator, hint)
            if None not in (value, known) and value != known:
                raise ValueError(f"The operator was expected to have {hint}={known}, not {value}.")
            given[hint] = known if value is None else value
        super().__init__(operator.dtype, name=name or operator.name + self._suffix,
                         parameters={"operator": operator}, **given)  # fmt: skip

    def _shape(self):
        shape = self.operator.shape
        return shape[:-2].concatenate([shape[-1], shape[-2]])

    def _shape_tensor(self):
        shape = self.operator.shape_tensor()
        return joined_sizes(shape[:-2], shape[-1:], shape[-2:-1])


class LinearOperatorAdjoint(_Wrapped):
    """The adjoint of another operator."""

    _parameter_ranks = {"operator": 0}
    _suffix = "_adjoint"

    def _to_dense(self):
        return transposed(self.operator.to_dense())

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return self.operator.matmul(x, adjoint=not adjoint, adjoint_arg=adjoint_arg)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self.operator.solve(rhs, adjoint=not adjoint, adjoint_arg=adjoint_arg)

    def _determinant(self):
        return math.conj(self.operator.determinant())

    def _log_abs_determinant(self):
        return self.operator.log_abs_determinant()

    def _adjoint(self):
        return self.operator


class LinearOperatorInversion(_Wrapped):
    """The inverse of another operator."""

    _parameter_ranks = {"operator": 0}
    _suffix = "_inv"

    def __init__(self, operator, is_non_singular=None, is_self_adjoint=None,
                 is_positive_definite=None, is_square=None, name=None):  # fmt: skip
        if operator.is_non_singular is False or is_non_singular is False:
            raise ValueError(
                "operator and supplied hints must have `is_non_singular=True` or `None`, found "
                f"{operator.is_non_singular} and {is_non_singular}."
            )
        super().__init__(
            operator, is_non_singular, is_self_adjoint, is_positive_definite, is_square, name
        )

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return self.operator.solve(x, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self.operator.matmul(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _determinant(self):
        return 1.0 / self.operator.determinant()

    def _log_abs_determinant(self):
        return -1.0 * self.operator.log_abs_determinant()

    def _inverse(self):
        return self.operator

    def _quotient(self, right):
        return self.operator.matmul(right)


class LinearOperatorComposition(LinearOperator):
    """The product of several operators, each applied after those to its right."""

    _parameter_ranks = {"operators": 0}

    def __init__(self, operators, is_non_singular=None, is_self_adjoint=None,
                 is_positive_definite=None, is_square=None, name=None):  # fmt: skip
        self.operators = one_dtype(operators)
        for left, right in zip(self.operators, self.operators[1:]):
            if None not in (left.domain_dimension, right.range_dimension) and (
                left.domain_dimension != right.range_dimension
            ):
                raise ValueError(
                    "Operators are incompatible. Expected `x` to have dimension "
                    f"{left.domain_dimension} but got {right.range_dimension}."
                )
        if is_non_singular is None:
            is_non_singular = all_true(o.is_non_singular for o in self.operators)
        super().__init__(
            self.operators[0].dtype, None, is_non_singular, is_self_adjoint, is_positive_definite,
            is_square, name or "_o_".join(o.name for o in self.operators),
            {"operators": operators},
        )  # fmt: skip

    def _shape(self):
        batch = functools.reduce(
            array.broadcast_static_shape, (o.batch_shape for o in self.operators)
        )
        return batch.concatenate(
            [self.operators[0].range_dimension, self.operators[-1].domain_dimension]
        )

    def _shape_tensor(self):
        rows, columns = self.operators[0].shape_tensor(), self.operators[-1].shape_tensor()
        return joined_sizes(broadcast_batch_tensor(self.operators), rows[-2:-1], columns[-1:])

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        order = self.operators if adjoint else self.operators[::-1]
        x = order[0].matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg)
        for operator in order[1:]:
            x = operator.matmul(x, adjoint=adjoint)
        return x

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        order = self.operators[::-1] if adjoint else self.operators
        rhs = order[0].solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)
        for operator in order[1:]:
            rhs = operator.solve(rhs, adjoint=adjoint)
        return rhs

    def _determinant(self):
        return functools.reduce(python_operator.mul, (o.determinant() for o in self.operators))

    def _log_abs_determinant(self):
        return functools.reduce(
            python_operator.add, (o.log_abs_determinant() for o in self.operators)
        )


def broadcast_batch_tensor(operators):
    """The batch that operators broadcast to, as a tensor."""
    return functools.reduce(
        array.broadcast_dynamic_shape, (o.batch_shape_tensor() for o in operators)
    )


def one_dtype(operators):
    """`operators` as a list, which must not be empty; TypeError where their dtypes differ."""
    operators = list(operators)
    if not operators:
        raise ValueError("Expected a non-empty list of operators. Found: []")
    if len({o.dtype for o in operators}) > 1:
        found = " ".join(f"{o.name}: {o.dtype.name}" for o in operators)
        raise TypeError(f"Expected all operators to have the same dtype.  Found {found}")
    return operators
