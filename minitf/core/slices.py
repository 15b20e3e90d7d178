"""`IndexedSlices`: the gradient of a lookup, as the rows that were looked up and where they are."""

import jax.numpy as jnp

from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.shapes import TensorShape

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

    name = property(lambda self: self.values.name)
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


def joined(parts):
    """The sum of several `IndexedSlices`: all their rows, one after the other."""
    values = execute(JOIN_ROWS, tuple(p.values for p in parts))
    indices = execute(JOIN_ROWS, tuple(p.indices for p in parts))
    return IndexedSlices(values, indices, parts[0].dense_shape)
