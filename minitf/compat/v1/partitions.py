"""Variables in parts: what a `partitioner` given to `get_variable` or `variable_scope` makes.

A partitioner says into how many parts a variable of some shape is cut along each axis (one axis
alone may be cut). Each part is a variable of its own, `name/part_0` and so on.
"""

import collections
import math

from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.dtypes import as_dtype, string
from minitf.ops.joining import concat
from minitf.shapes import as_shape

__all__ = [
    "PartitionedVariable", "fixed_size_partitioner", "min_max_variable_partitioner",
    "variable_axis_size_partitioner",
]  # fmt: skip


# What an initializer is told of the part that it initializes: the shape of the whole variable, and
# where the part begins in it.
PartitionInfo = collections.namedtuple("PartitionInfo", ["full_shape", "var_offset"])


class PartitionedVariable:
    """Variables that are one variable's parts: iterates over them, converts to the whole tensor.

    >>> import minitf.compat.v1 as tf
    >>> with tf.Graph().as_default():
    ...     halves = tf.fixed_size_partitioner(2)
    ...     table = tf.get_variable("table", [5, 3], partitioner=halves)
    ...     for part in table:
    ...         print(part.name, part.shape)
    table/part_0:0 (3, 3)
    table/part_1:0 (2, 3)
    """

    def __init__(self, name, shape, dtype, variable_list, partitions):
        if not variable_list:
            raise ValueError("`variable_list` may not be empty")
        self.name, self.shape, self.dtype = name, as_shape(shape), as_dtype(dtype)
        self._parts, self._partitions = list(variable_list), list(partitions)
        cut = [axis for axis, count in enumerate(self._partitions) if count > 1]
        self._axis = cut[0] if cut else 0

    def get_shape(self):
        """The shape of the whole."""
        return self.shape

    def as_tensor(self):
        """The parts, one after the other, as one tensor."""
        with stack.frame.name_scope(f"{self.name}/ConcatPartitions/"):
            parts = [convert_to_tensor(part) for part in self._parts]
            return parts[0] if len(parts) == 1 else concat(parts, self._axis, name="concat")

    def __tf_tensor__(self, dtype=None, name=None):
        return convert_to_tensor(self.as_tensor(), dtype)

    def __iter__(self):
        return iter(self._parts)

    def __len__(self):
        return len(self._parts)

    def assign(self, value, use_locking=False, name=None, read_value=True):
        """Assigns to each part its piece of `value`; one result a part."""
        return self._each("assign", value, use_locking, name, read_value)

    def assign_add(self, value, use_locking=False, name=None, read_value=True):
        """Adds to each part its piece of `value`; one result a part."""
        return self._each("assign_add", value, use_locking, name, read_value)

    def assign_sub(self, value, use_locking=False, name=None, read_value=True):
        """Subtracts from each part its piece of `value`; one result a part."""
        return self._each("assign_sub", value, use_locking, name, read_value)

    def _each(self, method, value, *arguments):
        whole = convert_to_tensor(value, self.dtype)
        lengths = [part.shape.as_list()[self._axis] for part in self._parts]
        pieces = [whole[slices] for slices in cuts(whole.shape.rank, self._axis, lengths)]
        return [getattr(part, method)(piece, *arguments)
                for part, piece in zip(self._parts, pieces)]  # fmt: skip


def lengths_of(length, count):
    """How long each of `count` parts of an axis is: the first ones are longer by one.

    >>> lengths_of(5, 2)
    [3, 2]
    """
    return [length // count + (i < length % count) for i in range(count)]


def cuts(rank, axis, lengths):
    """The index of each part, of the given lengths along `axis`."""
    start = 0
    for length in lengths:
        yield (slice(None),) * axis + (slice(start, start + length),) + (slice(None),) * (
            rank - axis - 1)  # fmt: skip
        start += length


def partitions_of(partitioner, shape, dtype):
    """(the numbers of parts along each axis, the axis that is cut).

    Raises:
      ValueError: the partitioner returns no list of one positive number for each axis, of which
        one at most is more than 1.
    """
    counts = partitioner(shape=shape, dtype=dtype)
    if not isinstance(counts, list | tuple):
        raise ValueError(f"Partitioner must return a sequence, but saw: {counts}")
    if len(counts) != shape.rank:
        raise ValueError(
            "Partitioner returned a partition list that does not match the Variable's rank: "
            f"{counts} vs. {shape}"
        )
    if any(count < 1 for count in counts):
        raise ValueError(f"Partitioner returned zero partitions for some axes: {counts}")
    cut = [axis for axis, count in enumerate(counts) if count > 1]
    if len(cut) > 1:
        raise ValueError(
            "Can only slice a variable along one dimension: "
            f"shape: {shape}, partitioning: {list(counts)}"
        )
    return list(counts), cut[0] if cut else 0


# Partitioners -------------------------------------------------------------------------------------


def fixed_size_partitioner(num_shards, axis=0):
    """Cuts `axis` into `num_shards` parts, or into fewer where it is shorter.

    >>> fixed_size_partitioner(2)(shape=as_shape([5, 3]), dtype="float32")
    [2, 1]
    """

    def partitioner(shape, **settings):
        counts = [1] * len(shape)
        counts[axis] = min(num_shards, shape.as_list()[axis])
        return counts

    return partitioner


def _element_bytes(dtype, bytes_per_string_element):
    return bytes_per_string_element if dtype.base_dtype is string else dtype.size


def variable_axis_size_partitioner(max_shard_bytes, axis=0, bytes_per_string_element=16,
                                   max_shards=None):  # fmt: skip
    """Cuts `axis` so that no part has more than `max_shard_bytes` bytes.

    Raises:
      ValueError: one of the numbers is not positive.

    >>> variable_axis_size_partitioner(16)(shape=as_shape([5, 3]), dtype="float32")
    [5, 1]
    """
    if max_shard_bytes < 1 or bytes_per_string_element < 1:
        raise ValueError(
            "Both max_shard_bytes and bytes_per_string_element must be positive. Currently, "
            f"max_shard_bytes is {max_shard_bytes} and bytes_per_string_element is "
            f"{bytes_per_string_element}"
        )
    if max_shards is not None and max_shards < 1:
        raise ValueError("max_shards must be positive.")

    def partitioner(shape, dtype):
        shape = as_shape(shape)
        if not shape.is_fully_defined():
            raise ValueError(f"shape is not fully defined: {shape}")
        dims, dtype = shape.as_list(), as_dtype(dtype)
        others = math.prod(dims[:axis] + dims[axis + 1 :])
        row = max(1, others * _element_bytes(dtype, bytes_per_string_element))
        shards = math.ceil(dims[axis] / max(1, max_shard_bytes // row))
        counts = [1] * len(dims)
        counts[axis] = max(1, min(shards, max_shards or shards))
        return counts

    return partitioner


def min_max_variable_partitioner(max_partitions=1, axis=0, min_slice_size=256 << 10,
                                 bytes_per_string_element=16):  # fmt: skip
    """Cuts `axis` into at most `max_partitions` parts of at least `min_slice_size` bytes.

    >>> partitioner = min_max_variable_partitioner(3, min_slice_size=8)
    >>> partitioner(shape=as_shape([5, 3]), dtype="float32")
    [3, 1]
    """

    def partitioner(shape, dtype):
        if axis >= len(shape):
            raise ValueError(
                f"Cannot partition variable along axis {axis} when shape is only {shape}"
            )
        dims, dtype = as_shape(shape).as_list(), as_dtype(dtype)
        size = _element_bytes(dtype, bytes_per_string_element) * math.prod(dims)
        counts = [1] * len(dims)
        counts[axis] = max(1, min(dims[axis], max_partitions, math.ceil(size / min_slice_size)))
        return counts

    return partitioner
