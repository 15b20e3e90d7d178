"""Ragged tensors in TF 1.x: fed and fetched as `RaggedTensorValue`.

Offers it, `constant_value`, which makes one of nested lists, and `placeholder`.
"""

import numpy as np

from minitf import dtypes
from minitf.compat.v1.graphs import placeholder as dense_placeholder
from minitf.ops.ragged import RaggedTensor
from minitf.ops.ragged_ops import line_and_lengths
from minitf.scopes import name_scope
from minitf.shapes import TensorShape


class RaggedTensorValue:
    """The value of a ragged tensor: `values` as an array (or such a value) and `row_splits`.

    >>> RaggedTensorValue(np.array([3, 1, 4]), np.array([0, 2, 2, 3]))
    tf.RaggedTensorValue(values=array([3, 1, 4]), row_splits=array([0, 2, 2, 3]))

    Raises:
      TypeError: the values or splits are no arrays, or the splits are no vector of integers.
      ValueError: splits of rows and of rows of rows have other dtypes.
    """

    def __init__(self, values, row_splits):
        if not (isinstance(row_splits, np.ndarray | np.generic) and row_splits.ndim == 1
                and row_splits.dtype in (np.int32, np.int64)):  # fmt: skip
            raise TypeError("row_splits must be a 1D int32 or int64 numpy array")
        if not isinstance(values, np.ndarray | np.generic | RaggedTensorValue):
            raise TypeError("values must be a numpy array or a RaggedTensorValue")
        if isinstance(values, RaggedTensorValue) and row_splits.dtype != values.row_splits.dtype:
            raise ValueError("row_splits and values.row_splits must have the same dtype")
        self._values, self._row_splits = values, row_splits

    values = property(lambda self: self._values)
    row_splits = property(lambda self: self._row_splits)
    dtype = property(lambda self: self._values.dtype)

    @property
    def flat_values(self):
        """The values of the innermost rows."""
        inner = self._values
        return inner.flat_values if isinstance(inner, RaggedTensorValue) else inner

    @property
    def nested_row_splits(self):
        """The splits of all ragged dimensions, outermost first."""
        inner = self._values
        inner = inner.nested_row_splits if isinstance(inner, RaggedTensorValue) else ()
        return (self._row_splits, *inner)

    @property
    def ragged_rank(self):
        """How many dimensions are ragged."""
        return len(self.nested_row_splits)

    @property
    def shape(self):
        """The sizes as a tuple, with None for the length of rows."""
        return (len(self._row_splits) - 1, None, *self._values.shape[1:])

    def to_list(self):
        """The rows as nested lists."""
        inner, ends = self._values, self._row_splits.tolist()
        rows = inner.to_list() if isinstance(inner, RaggedTensorValue) else inner.tolist()
        return [rows[a:b] for a, b in zip(ends, ends[1:])]

    def __str__(self):
        return f"<tf.RaggedTensorValue {self.to_list()}>"

    def __repr__(self):
        return f"tf.RaggedTensorValue(values={self._values!r}, row_splits={self._row_splits!r})"


def constant_value(pylist, dtype=None, ragged_rank=None, inner_shape=None,
                   row_splits_dtype="int64"):  # fmt: skip
    """The `RaggedTensorValue` of nested lists; of a flat list or a number, the array.

    >>> constant_value([[1, 2], [], [3]]).to_list()
    [[1, 2], [], [3]]

    Raises:
      ValueError: the elements are not all at one depth.
    """
    line, lengths = line_and_lengths(pylist, ragged_rank, inner_shape)
    value = np.array(line, dtype.as_numpy_dtype if isinstance(dtype, dtypes.DType) else dtype)
    if inner_shape is not None:
        value = value.reshape(-1, *inner_shape)
    index = dtypes.as_dtype(row_splits_dtype).as_numpy_dtype
    for row_lengths in reversed(lengths):
        value = RaggedTensorValue(value, np.cumsum([0, *row_lengths], dtype=index))
    return value


def placeholder(dtype, ragged_rank, value_shape=None, name=None):
    """A ragged tensor that is fed to `Session.run`: a `RaggedTensorValue`.

    Args:
      value_shape: the shape of what stands in the rows.

    >>> import minitf.compat.v1 as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     x = tf.ragged.placeholder(tf.int32, 1, [])
    ...     session.run(tf.reduce_sum(x, 1), {x: tf.ragged.constant_value([[1, 2], [3]], "int32")})
    array([3, 3], dtype=int32)
    """
    if ragged_rank == 0:
        return dense_placeholder(dtype, value_shape, name)
    with name_scope(name or "RaggedPlaceholder"):
        shape = TensorShape([None]).concatenate(value_shape)
        result = dense_placeholder(dtype, shape, "flat_values")
        for depth in reversed(range(ragged_rank)):
            splits = dense_placeholder(dtypes.int64, [None], f"row_splits_{depth}")
            result = RaggedTensor.from_row_splits(result, splits, validate=False)
    return result
