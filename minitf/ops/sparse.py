"""A sparse tensor is the places and values of its elements that are not zero."""

import jax
import jax.numpy as jnp
import numpy as np

from minitf import dtypes, errors
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import define
from minitf.ops import array, gathering, joining, linalg, math, reductions, selecting
from minitf.shapes import TensorShape
from minitf.specs import TensorSpec, TypeSpec

ELEMENTWISE = frozenset(
    "Abs Identity Neg Asinh Sin Tan Atan Asin Atanh Sign Square Sqrt Erf Tanh Cast".split()
)


class SparseTensor:
    """Elements `values[i]` at `indices[i]` of a tensor that is zero elsewhere.

    Args:
      indices: int64 `[n, rank]`.
      values: `[n]`.
      dense_shape: int64 `[rank]`.

    >>> st = SparseTensor(indices=[[0, 1], [1, 0]], values=[5, 7], dense_shape=[2, 2])
    >>> to_dense(st).numpy().tolist()
    [[0, 5], [7, 0]]
    """

    __array_priority__ = 100

    def __init__(self, indices, values, dense_shape):
        self.indices = convert_to_tensor(indices, dtypes.int64)
        self.values = convert_to_tensor(values)
        self.dense_shape = convert_to_tensor(dense_shape, dtypes.int64)
        self.indices.shape.assert_has_rank(2)
        self.values.shape.assert_has_rank(1)
        self.dense_shape.shape.assert_has_rank(1)
        for sizes in ((self.indices.shape[0], self.values.shape[0]),
                      (self.indices.shape[1], self.dense_shape.shape[0])):  # fmt: skip
            if None not in sizes and sizes[0] != sizes[1]:
                raise ValueError(f"Dimensions {sizes[0]} and {sizes[1]} are not compatible")
        rank = self.indices.shape[1]
        self._known_shape = TensorShape(None if rank is None else [None] * rank)

    @classmethod
    def from_value(cls, sparse_tensor_value):
        """A sparse tensor of what has `indices`, `values` and `dense_shape`."""
        given = sparse_tensor_value
        return cls(given.indices, given.values, given.dense_shape)

    dtype = property(lambda self: self.values.dtype)
    op = property(lambda self: self.values.op)
    graph = property(lambda self: self.indices.graph)

    def eval(self, feed_dict=None, session=None):
        """The values in a session of TensorFlow 1, as a `SparseTensorValue`."""
        session = session or self.graph.default_session()
        return session.run(self, feed_dict)

    @property
    def shape(self):
        """The static shape, as far as it is known."""
        known = static_value(self.dense_shape)
        return self._known_shape if known is None else TensorShape(known.tolist())

    def get_shape(self):
        """The static shape."""
        return self.shape

    def set_shape(self, shape):
        """Says more of the static shape; ValueError where it contradicts what is known."""
        self._known_shape = self.shape.merge_with(shape)

    def with_values(self, new_values):
        """`new_values` at the same places."""
        made = SparseTensor(self.indices, new_values, self.dense_shape)
        made._known_shape = self.shape
        return made

    @staticmethod
    def _printed(arrays, summarize, summary):
        """What `tf.print` shows of the values of indices, values and shape."""
        indices, values, shape = [summary(a, summarize) for a in arrays]
        return f"'SparseTensor(indices={indices}, values={values}, shape={shape})'"

    def __repr__(self):
        return (f"SparseTensor(indices={self.indices!s}, values={self.values!s}, "
                f"dense_shape={self.dense_shape!s})")  # fmt: skip

    def __mul__(self, other):
        return self.with_values(self.values * self._at_places(other))

    def __truediv__(self, other):
        return self.with_values(self.values / self._at_places(other))

    def _at_places(self, other):
        return gathering.gather_nd(array.broadcast_to(other, self.dense_shape), self.indices)

    def __tf_execute__(self, op, inputs, attrs, name):
        """Ops that leave a zero a zero apply to the values."""
        if op.name == "Mul" and inputs[1] is self:
            return self * inputs[0]
        if op.name not in (*ELEMENTWISE, "Identity") or len(inputs) != 1:
            raise ValueError(
                f"Attempt to convert a value ({self!r}) with an unsupported type ({type(self)}) to "
                f"a Tensor: {op.name} of a SparseTensor is not supported."
            )
        return self.with_values(execute(op, (self.values,), attrs, name))

    @property
    def _type_spec(self):
        return SparseTensorSpec(self.shape, self.dtype)


class SparseTensorSpec(TypeSpec):
    """Describes sparse tensors.

    >>> SparseTensorSpec([None, 3], "int32")
    SparseTensorSpec(TensorShape([None, 3]), tf.int32)
    """

    def __init__(self, shape=None, dtype=dtypes.float32):
        self._shape, self._dtype = TensorShape(shape), dtypes.as_dtype(dtype)

    value_type = property(lambda self: SparseTensor)
    shape = property(lambda self: self._shape)
    dtype = property(lambda self: self._dtype)

    def _serialize(self):
        return self._shape, self._dtype

    @property
    def _component_specs(self):
        rank = self._shape.rank
        return [TensorSpec([None, rank], dtypes.int64), TensorSpec([None], self._dtype),
                TensorSpec([rank], dtypes.int64)]  # fmt: skip

    def _to_components(self, value):
        return [value.indices, value.values, value.dense_shape]

    def _from_components(self, components):
        made = SparseTensor.__new__(SparseTensor)  # they may be anything: nothing is converted
        made.indices, made.values, made.dense_shape = components
        made._known_shape = self._shape
        return made

    # In datasets.

    def _batch(self, size):
        return SparseTensorSpec(TensorShape([size]).concatenate(self._shape), self._dtype)

    def _unbatch(self):
        return SparseTensorSpec(self._shape[1:], self._dtype)

    def _stack(self, parts):
        rows = [np.insert(part.indices.numpy(), 0, i, axis=1) for i, part in enumerate(parts)]
        shape = [len(parts), *np.max([part.dense_shape.numpy() for part in parts], axis=0)]
        values = np.concatenate([part.values.numpy() for part in parts])
        return SparseTensor(np.concatenate(rows), values.astype(self._dtype.np), shape)

    def _unstack(self, value):
        indices, values = value.indices.numpy(), value.values.numpy()
        shape = value.dense_shape.numpy()
        chosen = [indices[:, 0] == i for i in range(shape[0])]
        return [SparseTensor(indices[c, 1:], values[c], shape[1:]) for c in chosen]


def as_sparse(value):
    """`value` as a SparseTensor: it is one, or has its three parts, as a `SparseTensorValue` has.

    Raises:
      TypeError: it is something else.
    """
    if isinstance(value, SparseTensor):
        return value
    if not hasattr(value, "dense_shape") or not isinstance(value, tuple):
        raise TypeError("Input must be a SparseTensor.")
    return SparseTensor.from_value(value)


ORDER = define(
    "SparseOrder",
    lambda indices: np.lexsort(indices.T[::-1]).astype(np.int64),
    "?",
    host=True,
    infer=lambda inputs, attrs: [(inputs[0].shape[:1], dtypes.int64)],
)


def from_dense(tensor, name=None):
    """The elements of a tensor that are not zero (of texts: not empty)."""
    tensor = convert_to_tensor(tensor)
    zero = b"" if tensor.dtype == dtypes.string else array.zeros([], tensor.dtype)
    indices = gathering.where(math.not_equal(tensor, zero))
    shape = array.shape(tensor, dtypes.int64)
    return SparseTensor(indices, gathering.gather_nd(tensor, indices), shape)


def to_dense(sp_input, default_value=None, validate_indices=True, name=None):
    """The tensor, with `default_value` (zero) where nothing is given."""
    sp_input = as_sparse(sp_input)
    if validate_indices:
        _check_places(sp_input)
    if default_value is None:
        default_value = _ZEROS.get(sp_input.dtype, 0)
    default = convert_to_tensor(default_value, sp_input.dtype)
    empty = array.fill(sp_input.dense_shape, default)
    return gathering.tensor_scatter_nd_update(empty, sp_input.indices, sp_input.values)


_ZEROS = {dtypes.string: b"", dtypes.bool: False}


def _check_places(sp_input):
    """InvalidArgumentError for places that are out of order or out of bounds, where known."""
    places, shape = static_value(sp_input.indices), static_value(sp_input.dense_shape)
    if places is None or shape is None:
        return
    for i, place in enumerate(places):
        if (place < 0).any() or (place >= shape).any():
            problem = "is out of bounds"
        elif i and tuple(places[i - 1]) >= tuple(place):
            problem = "is repeated" if (places[i - 1] == place).all() else "is out of order"
        else:
            continue
        raise errors.InvalidArgumentError(
            None, None, f"indices[{i}] = {place.tolist()} {problem}: shape is {shape.tolist()}"
        )


def reorder(sp_input, name=None):
    """The same with the elements in the order of rows.

    >>> reorder(SparseTensor([[1], [0]], [5, 6], [2])).values.numpy().tolist()
    [6, 5]
    """
    sp_input = as_sparse(sp_input)
    order = execute(ORDER, (sp_input.indices,), (), name)
    values = gathering.gather(sp_input.values[None], order, axis=1)[0]  # a dense gradient
    return SparseTensor(gathering.gather(sp_input.indices, order), values, sp_input.dense_shape)


def map_values(op, *args, **kwargs):
    """`op` of the values of sparse tensors that have the same places."""
    given = [x for x in [*args, *kwargs.values()] if isinstance(x, SparseTensor)]
    first = given[0]
    for other in given[1:]:
        known = [static_value(x.indices) for x in (first, other)]
        if known[0] is not None and known[1] is not None and not np.array_equal(*known):
            raise errors.InvalidArgumentError(None, None, "Mismatched indices!")

    def values(x):
        return x.values if isinstance(x, SparseTensor) else x

    return first.with_values(op(*map(values, args), **{k: values(x) for k, x in kwargs.items()}))


def transpose(sp_input, perm=None, name=None):
    """The same with its axes in the order `perm` (default: reversed)."""
    rank = sp_input.indices.shape[1]
    perm = list(range(rank))[::-1] if perm is None else perm
    return reorder(SparseTensor(gathering.gather(sp_input.indices, perm, axis=1), sp_input.values,
                                gathering.gather(sp_input.dense_shape, perm)))  # fmt: skip


def retain(sp_input, to_retain):
    """Only the elements where `to_retain` is True."""
    sp_input = as_sparse(sp_input)
    return SparseTensor(gathering.boolean_mask(sp_input.indices, to_retain),
                        gathering.boolean_mask(sp_input.values, to_retain),
                        sp_input.dense_shape)  # fmt: skip


def concat(axis, sp_inputs, expand_nonconcat_dims=False, name=None):
    """Sparse tensors one after the other along `axis`."""
    sp_inputs = [as_sparse(part) for part in sp_inputs]
    rank = sp_inputs[0].indices.shape[1]
    if not -rank <= axis < rank:
        raise stack.frame.invalid(
            f"Concat dimension must be in range [{-rank}, {rank}), got {axis}"
        )
    shapes = [part.dense_shape for part in sp_inputs]
    if not expand_nonconcat_dims:
        same_sizes(*shapes, but=axis % rank)
    unit = array.one_hot(axis % rank, rank, dtype=dtypes.int64)
    start, indices = array.zeros([rank], dtypes.int64), []
    for part in sp_inputs:
        indices.append(part.indices + start)
        start = start + part.dense_shape * unit
    shape = start + reductions.reduce_max(joining.stack(shapes), 0) * (1 - unit)
    values = joining.concat([part.values for part in sp_inputs], 0)
    return reorder(SparseTensor(joining.concat(indices, 0), values, shape))


def same_sizes(*shapes, but=None):
    """Raises InvalidArgumentError where known dense shapes differ, in an axis other than `but`."""
    known = [static_value(shape) for shape in shapes]
    known = [None if k is None else np.delete(k, [] if but is None else but) for k in known]
    for other in known[1:]:
        if other is not None and known[0] is not None and not np.array_equal(known[0], other):
            raise errors.InvalidArgumentError(
                None, None, f"Operands' shapes do not match: {known[0].tolist()}, {other.tolist()}"
            )


def add(a, b, threshold=0):
    """The sum: sparse of two sparse tensors, else a tensor.

    Raises:
      TypeError: neither is sparse.
      tf.errors.InvalidArgumentError: the shapes differ.
    """
    a, b = (as_sparse(x) if hasattr(x, "dense_shape") else x for x in (a, b))
    sparse = [isinstance(x, SparseTensor) for x in (a, b)]
    if not any(sparse):
        raise TypeError("At least one input should be SparseTensor; do you mean to use tf.add()?")
    if all(sparse):
        same_sizes(a.dense_shape, b.dense_shape)
    if not (isinstance(a, SparseTensor) and isinstance(b, SparseTensor)):
        return math.add(*[to_dense(x) if isinstance(x, SparseTensor) else x for x in (a, b)])
    both = SparseTensor(joining.concat([a.indices, b.indices], 0),
                        joining.concat([a.values, b.values], 0), a.dense_shape)  # fmt: skip
    strides = reductions.cumprod(a.dense_shape, exclusive=True, reverse=True)
    places = reductions.reduce_sum(both.indices * strides, axis=1)
    found, group = gathering.unique(places)
    values = selecting.unsorted_segment_sum(both.values, group, array.size(found))
    indices = math.floormod(array.expand_dims(found, 1) // strides, a.dense_shape)
    result = reorder(SparseTensor(indices, values, a.dense_shape))
    if not threshold:
        return result
    # What is given in one of them alone stays, however small.
    alone = math.equal(selecting.unsorted_segment_sum(array.ones_like(group), group,
                                                      array.size(found)), 1)  # fmt: skip
    unordered = SparseTensor(indices, values, a.dense_shape)
    return reorder(retain(unordered, math.logical_or(math.abs(values) >= threshold, alone)))


def reduce_sum(sp_input, axis=None, keepdims=None, output_is_sparse=False, name=None):
    """The sum over `axis` (default: all), as a tensor."""
    total = reductions.reduce_sum(to_dense(reorder(sp_input)), axis, bool(keepdims))
    return _of_dense(total) if output_is_sparse else total


def reduce_max(sp_input, axis=None, keepdims=None, output_is_sparse=False, name=None):
    """The greatest of the given elements over `axis` (default: all), 0 where there are none."""
    least = sp_input.dtype.min
    top = reductions.reduce_max(to_dense(reorder(sp_input), least), axis, bool(keepdims))
    top = gathering.where(math.equal(top, least), array.zeros_like(top), top)
    return _of_dense(top) if output_is_sparse else top


def _of_dense(total):
    """`from_dense`, also of a number: the one element of a tensor that has no axes."""
    if total.shape.rank:
        return from_dense(total)
    return SparseTensor(np.zeros([1, 0], np.int64), total[None], np.zeros([0], np.int64))


def sparse_dense_matmul(sp_a, b, adjoint_a=False, adjoint_b=False, name=None):
    """The matrix product of a sparse matrix and a tensor (or the other way round)."""
    if hasattr(b, "dense_shape"):
        return linalg.matmul(sp_a, to_dense(b), adjoint_a=adjoint_a, adjoint_b=adjoint_b)
    sp_a = as_sparse(sp_a)
    inputs = (sp_a.indices, sp_a.values, sp_a.dense_shape, b)
    return execute(MAT_MUL, inputs, (bool(adjoint_a), bool(adjoint_b)), name)


def _matmul(a_indices, a_values, a_shape, b, *, adjoint_a, adjoint_b):
    b = jnp.conj(b.T) if adjoint_b else b
    row, column = (1, 0) if adjoint_a else (0, 1)
    if a_shape[column] != b.shape[0]:
        raise ValueError(
            "Cannot multiply A and B because inner dimension does not match: "
            f"{a_shape[column]} vs. {b.shape[0]}"
        )
    values = jnp.conj(a_values) if adjoint_a else a_values
    terms = b[a_indices[:, column]] * values[:, None]
    return jax.ops.segment_sum(terms, a_indices[:, row], int(a_shape[row]))


MAT_MUL = define("SparseTensorDenseMatMul", _matmul, "iTiT", static=(2,))


def eye(num_rows, num_columns=None, dtype=dtypes.float32, name=None):
    """The identity matrix."""
    columns = num_rows if num_columns is None else num_columns
    places = array.range(min(num_rows, columns), dtype=dtypes.int64)
    ones = array.ones([min(num_rows, columns)], dtype)
    return SparseTensor(joining.stack([places, places], 1), ones, [num_rows, columns])
