"""Features of examples whose values are cut into rows by other features: `tf.io.RaggedFeature`."""

import collections

import numpy as np

from minitf import dtypes, errors
from minitf.ops import array, joining
from minitf.ops.ragged import RaggedTensor

RowSplits = collections.namedtuple("RowSplits", ["key"])
RowLengths = collections.namedtuple("RowLengths", ["key"])
RowStarts = collections.namedtuple("RowStarts", ["key"])
RowLimits = collections.namedtuple("RowLimits", ["key"])
ValueRowIds = collections.namedtuple("ValueRowIds", ["key"])
UniformRowLength = collections.namedtuple("UniformRowLength", ["length"])

# kind of partition -> the lengths of the rows, of what the example says and the number of values
_LENGTHS = {
    RowSplits: lambda splits, count: np.diff(splits),
    RowLengths: lambda lengths, count: lengths,
    RowStarts: lambda starts, count: np.diff(starts, append=count),
    RowLimits: lambda limits, count: np.diff(limits, prepend=0),
    ValueRowIds: lambda ids, count: np.bincount(ids) if len(ids) else ids,
}


class RaggedFeature(collections.namedtuple(
        "RaggedFeature", ["dtype", "value_key", "partitions", "row_splits_dtype", "validate"],
        defaults=[None, (), dtypes.int32, False])):  # fmt: skip
    """A feature of any number of values; other features may say how these are cut into rows.

    Args:
      dtype: of the values.
      value_key: the feature that holds the values; by default that which is asked for.
      partitions: how they are cut, the outermost rows first: `RowLengths("key")`, `RowSplits`,
        `RowStarts`, `RowLimits`, `ValueRowIds`, each with the key of the feature that says it, or
        `UniformRowLength(length)`.
      row_splits_dtype: of the ragged tensor.
      validate: whether examples whose partitions do not fit their values are refused.

    Raises:
      TypeError: `partitions` holds something else.
    """

    __slots__ = ()

    def __new__(cls, dtype, value_key=None, partitions=(), row_splits_dtype=dtypes.int32,
                validate=False):  # fmt: skip
        partitions = tuple(partitions)
        for partition in partitions:
            if not isinstance(partition, (*_LENGTHS, UniformRowLength)):
                raise TypeError(
                    "Argument `partitions` cannot be cast to any of the partition types: "
                    f"{partition!r}"
                )
        return super().__new__(cls, dtype, value_key, partitions, row_splits_dtype, validate)

    RowSplits, RowLengths, RowStarts = RowSplits, RowLengths, RowStarts
    RowLimits, ValueRowIds, UniformRowLength = RowLimits, ValueRowIds, UniformRowLength

    @property
    def _cut(self):
        """The partitions that examples tell, and uniform ones outside of them."""
        found = list(self.partitions)
        while found and isinstance(found[-1], UniformRowLength):
            found.pop()
        return found

    @property
    def _sizes(self):
        """The lengths of the innermost rows that have all one length: axes of the values."""
        return [partition.length for partition in self.partitions[len(self._cut) :]]


def cut(feature, values, told):
    """The splits of rows of values: those of each ragged partition, the innermost first, the last
    those of whole examples.

    Args:
      values: those of each example.
      told: for each example, a function of a key that gives the values of that feature.
    """
    kind = dtypes.as_dtype(feature.row_splits_dtype).np
    counts = [len(v) // int(np.prod(feature._sizes)) for v in values]
    splits = []
    for partition in reversed(feature._cut):
        if isinstance(partition, UniformRowLength):
            counts = [count // partition.length for count in counts]
            continue
        rows = [_LENGTHS[type(partition)](example(partition.key), count)
                for example, count in zip(told, counts)]  # fmt: skip
        if feature.validate and [int(sum(r)) for r in rows] != counts:
            raise errors.InvalidArgumentError(
                None, None, "Arguments to _from_row_partition do not form a valid RaggedTensor: "
                f"{partition} tells of {[int(sum(r)) for r in rows]} values, there are {counts}"
            )  # fmt: skip
        splits.append(np.cumsum(np.concatenate([[0], *rows])).astype(kind))
        counts = [len(r) for r in rows]
    return [*splits, np.cumsum([0, *counts]).astype(kind)]


def rows_of(feature, values, splits):
    """The ragged tensor of values and the splits that `cut` gives, an iterator."""
    if feature._sizes:
        sizes = [[-1, *feature._sizes], array.shape(values)[1:]]
        values = array.reshape(values, joining.concat(sizes, 0))
    for partition in reversed(feature._cut):
        if isinstance(partition, UniformRowLength):
            values = RaggedTensor.from_uniform_row_length(values, partition.length)
        else:
            values = RaggedTensor.from_row_splits(values, next(splits), validate=False)
    return RaggedTensor.from_row_splits(values, next(splits), validate=False)


def count_of_splits(feature):
    """How many splits `cut` gives."""
    return 1 + sum(not isinstance(p, UniformRowLength) for p in feature._cut)
