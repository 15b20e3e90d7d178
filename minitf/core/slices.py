"""`IndexedSlices`: the gradient of a lookup, as the rows that were looked up and where they are."""

import jax.numpy as jnp

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.shapes import TensorShape
from minitf.specs import TensorSpec, TypeSpec

ADD_ROWS = define(
    "IndexedSlicesToTensor",
    lambda values, indices, dense_shape: (
        jnp.zeros(tuple(int(n) for n in dense_shape), values.dtype).at[indices].add(values)
    ),
    "Tii",
    static=(2,),
)

JOIN_ROWS = define("JoinRows", lambda *parts: jnp.concatenate(parts), "T*")


class IndexedSlices:
    """The rows `values[i]` at positions `indices[i]` of a tensor that is zero elsewhere.

    Rows with equal indices add up. It stands for a tensor wherever one is expected.

    Args:
      values: a tensor `[n, ...]`.
      indices: an int32 or int64 tensor `[n]`.
      dense_shape: the shape of the tensor, or None if it is not known.

    >>> IndexedSlices([[1.0], [2.0]], [2, 0], [3, 1]).__tf_tensor__().numpy().tolist()
    [[2.0], [0.0], [1.0]]
    """

    def __init__(self, values, indices, dense_shape=None):
        self.values, self.indices = convert_to_tensor(values), convert_to_tensor(indices)
        self.dense_shape = None if dense_shape is None else convert_to_tensor(dense_shape)

    @property
    def dtype(self):
        return self.values.dtype

    @property
    def shape(self):
        if self.dense_shape is None:
            return TensorShape(None)
        static = self.dense_shape.static_value()
        rows = None if static is None else int(static[0])
        return TensorShape([rows]).concatenate(self.values.shape[1:])

    @property
    def _type_spec(self):
        dense = None if self.dense_shape is None else self.dense_shape.dtype
        rows = self.shape[0] if self.shape.rank else None
        shape = TensorShape([rows]).concatenate(self.values.shape[1:])
        return IndexedSlicesSpec(shape, self.dtype, self.indices.dtype, dense, self.indices.shape)

    name = property(lambda self: self.values.name)
    op = property(lambda self: self.values.op)
    device = property(lambda self: self.values.device)
    graph = property(lambda self: self.values.graph)

    def __tf_tensor__(self, dtype=None, name=None):
        if self.dense_shape is None:
            raise ValueError(
                f"Tensor conversion requested for IndexedSlices without dense_shape: {self!r}"
            )
        return execute(ADD_ROWS, (self.values, self.indices, self.dense_shape), (), name)

    def __neg__(self):
        return IndexedSlices(-self.values, self.indices, self.dense_shape)

    def __str__(self):
        dense = "" if self.dense_shape is None else f", dense_shape={self.dense_shape!s}"
        return f"IndexedSlices(indices={self.indices!s}, values={self.values!s}{dense})"

    __repr__ = __str__


class IndexedSlicesSpec(TypeSpec):
    """Describes indexed slices.

    >>> IndexedSlicesSpec([5, 3], "float32").shape
    TensorShape([5, 3])
    """

    def __init__(self, shape=None, dtype=dtypes.float32, indices_dtype=dtypes.int64,
                 dense_shape_dtype=None, indices_shape=None):  # fmt: skip
        self._shape, self._dtype = TensorShape(shape), dtypes.as_dtype(dtype)
        self._indices_dtype = dtypes.as_dtype(indices_dtype)
        self._dense_shape_dtype = (
            None if dense_shape_dtype is None else dtypes.as_dtype(dense_shape_dtype)
        )
        self._indices_shape = TensorShape([None] if indices_shape is None else indices_shape)

    value_type = property(lambda self: IndexedSlices)
    shape = property(lambda self: self._shape)
    dtype = property(lambda self: self._dtype)

    def _serialize(self):
        return (self._shape, self._dtype, self._indices_dtype, self._dense_shape_dtype,
                self._indices_shape)  # fmt: skip

    @property
    def _component_specs(self):
        rows = self._indices_shape.concatenate(self._shape[1:])
        places = TensorSpec(self._indices_shape, self._indices_dtype)
        if self._dense_shape_dtype is None:
            return [TensorSpec(rows, self._dtype), places]
        dense_shape = TensorSpec([self._shape.rank], self._dense_shape_dtype)
        return [TensorSpec(rows, self._dtype), places, dense_shape]

    def _to_components(self, value):
        parts = [value.values, value.indices]
        return parts if value.dense_shape is None else [*parts, value.dense_shape]

    def _from_components(self, components):
        made = IndexedSlices.__new__(IndexedSlices)  # they may be anything: nothing is converted
        made.values, made.indices, *dense_shape = components
        made.dense_shape = dense_shape[0] if dense_shape else None
        return made


def joined(parts):
    """The sum of several `IndexedSlices`: all their rows, one after the other."""
    values = execute(JOIN_ROWS, tuple(p.values for p in parts))
    indices = execute(JOIN_ROWS, tuple(p.indices for p in parts))
    return IndexedSlices(values, indices, parts[0].dense_shape)
