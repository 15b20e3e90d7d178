"""The shape of a ragged tensor: sizes where an axis has one, lists of lengths where it has many."""

import numpy as np

from minitf import dtypes
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor
from minitf.ops import array, math, reductions
from minitf.ops.ragged import RaggedTensor
from minitf.shapes import TensorShape


class DynamicRaggedShape:
    """The shape of a ragged tensor, as `tf.shape` tells it.

    >>> from minitf.ops.ragged_ops import constant
    >>> DynamicRaggedShape.from_tensor(constant([[1, 2], [], [3]]))
    <DynamicRaggedShape lengths=[3, (2, 0, 1)] num_row_partitions=1>
    """

    def __init__(self, lengths, num_row_partitions, dtype=dtypes.int64):
        self._lengths = list(lengths)  # of each axis: a scalar, or a vector of lengths of its rows
        self._partitions, self._dtype = num_row_partitions, dtypes.as_dtype(dtype)

    @classmethod
    def from_lengths(cls, lengths, num_row_partitions=None, dtype=dtypes.int64):
        """The shape with these sizes; a tuple lists the lengths of the rows of a ragged axis.

        Raises:
          ValueError: the outermost axis is ragged.
        """
        if lengths and np.ndim(lengths[0]):
            raise ValueError(f"Outermost dimension must be uniform; got {lengths[0]}.")
        ragged = [i for i, length in enumerate(lengths) if np.ndim(length)]
        if num_row_partitions is None:
            num_row_partitions = max(ragged, default=0)
        parts = [convert_to_tensor(np.asarray(n, dtypes.as_dtype(dtype).np)) for n in lengths]
        return cls(parts, num_row_partitions, dtype)

    @classmethod
    def from_tensor(cls, t, dtype=None):
        """The shape of a tensor, ragged or not."""
        if not isinstance(t, RaggedTensor):
            sizes = array.shape(t, dtype or dtypes.int64)
            return cls([sizes[i] for i in range(sizes.shape[0])], 0, sizes.dtype)
        dtype = dtypes.as_dtype(dtype or t.row_splits.dtype)
        lengths, value = [t.nrows()], t
        while isinstance(value, RaggedTensor):
            uniform = value.uniform_row_length
            lengths.append(value.row_lengths() if uniform is None else uniform)
            value = value.values
        inner = array.shape(value, dtype)
        lengths += [inner[i] for i in range(1, inner.shape[0])]
        return cls([math.cast(n, dtype) for n in lengths], t.ragged_rank, dtype)

    rank = property(lambda self: len(self._lengths))
    dtype = property(lambda self: self._dtype)
    num_row_partitions = property(lambda self: self._partitions)
    inner_rank = property(lambda self: self.rank - self._partitions)

    @property
    def inner_shape(self):
        """The sizes of the flat values, as a vector."""
        first = self._lengths[0]
        for length in self._lengths[1 : self._partitions + 1]:
            first = reductions.reduce_sum(length) if length.shape.rank else first * length
        rest = self._lengths[self._partitions + 1 :]
        return convert_to_tensor([first, *rest])

    def is_uniform(self, axis):
        """Whether all rows of `axis` have one length."""
        return self._lengths[axis].shape.rank == 0

    def static_lengths(self, ragged_lengths=True):
        """The sizes as Python has them: numbers, and tuples (or None) of ragged axes."""
        known = [static_value(n) for n in self._lengths]
        return [
            None if n is None or n.ndim and not ragged_lengths
            else tuple(n.tolist()) if n.ndim else int(n)
            for n in known
        ]  # fmt: skip

    def _to_tensor_shape(self):
        """The static shape."""
        return TensorShape(self.static_lengths(ragged_lengths=False))

    def __getitem__(self, index):
        """The size of an axis; ValueError where its rows have different lengths."""
        if isinstance(index, slice):
            if index.start or index.step not in (None, 1):
                raise NotImplementedError(f"DynamicRaggedShape[{index}]: parts begin at axis 0")
            lengths = self._lengths[index]
            return DynamicRaggedShape(lengths, min(self._partitions, len(lengths) - 1), self._dtype)
        if not self.is_uniform(index):
            raise ValueError(f"Index {index} is not uniform")
        return self._lengths[index]

    def __len__(self):
        raise TypeError("object of type 'DynamicRaggedShape' has no len()")

    def __eq__(self, other):
        return isinstance(other, DynamicRaggedShape) and (
            self.static_lengths() == other.static_lengths()
            and self._partitions == other._partitions
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self):
        shown = ", ".join(map(str, self.static_lengths()))
        return f"<DynamicRaggedShape lengths=[{shown}] num_row_partitions={self._partitions}>"
