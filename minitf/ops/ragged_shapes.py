"""The shape of a ragged tensor: how each ragged axis is cut into rows, and the sizes of the rest.

Offers `DynamicRaggedShape`, and how `tf.zeros`, `tf.fill`, `tf.reshape` and `tf.broadcast_to` take
one where a shape is asked for.
"""

import numpy as np

from minitf import dtypes
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.ops import array, gathering, joining, math, reductions
from minitf.ops.ragged import RaggedTensor
from minitf.ops.row_partition import RowPartition, RowPartitionSpec
from minitf.shapes import TensorShape
from minitf.specs import TensorSpec, TypeSpec


class DynamicRaggedShape:
    """The shape of a tensor that may be ragged, as `tf.shape` tells it.

    Args:
      row_partitions: how axes 1, 2, ... are cut into rows, the outermost first.
      inner_shape: the sizes of the values in these rows, a vector.
      dtype: int32 or int64; by default that of the partitions.
      validate: whether it is checked that the partitions fit into each other.

    Source: https://www.tensorflow.org/api_docs/python/tf/experimental/DynamicRaggedShape

    >>> partition = RowPartition.from_row_lengths([2, 0, 1])
    >>> DynamicRaggedShape([partition], [3])
    <DynamicRaggedShape lengths=[3, (2, 0, 1)] num_row_partitions=1>
    """

    def __init__(self, row_partitions, inner_shape, dtype=None, validate=False,
                 static_inner_shape=None):  # fmt: skip
        partitions = tuple(row_partitions)
        for partition in partitions:
            if not isinstance(partition, RowPartition):
                raise TypeError(f"row_partitions must be a list of RowPartitions: {partition!r}")
        if dtype is None:
            hint = getattr(inner_shape, "dtype", dtypes.int64)
            dtype = partitions[0].dtype if partitions else hint
        self._dtype = dtypes.as_dtype(dtype)
        self._partitions = tuple(p.with_dtype(self._dtype) for p in partitions)
        self._inner = math.cast(convert_to_tensor(inner_shape), self._dtype)
        self._inner.shape.assert_has_rank(1)
        self._static_inner = TensorShape(static_inner_shape)
        if validate:
            counts = [p.static_nvals for p in partitions], [p.static_nrows for p in partitions[1:]]
            for nvals, nrows in zip(*counts):
                if None not in (nvals, nrows) and nvals != nrows:
                    raise ValueError(f"row_partitions: {nvals} values are not cut as {nrows} rows")

    @classmethod
    def from_lengths(cls, lengths, num_row_partitions=None, dtype=dtypes.int64):
        """The shape with these sizes; a tuple lists the lengths of the rows of a ragged axis.

        Args:
          lengths: of each axis.
          num_row_partitions: how many axes are told by partitions; by default up to the last that
            is ragged.

        Raises:
          ValueError: the outermost axis is ragged, or the lengths do not fit.

        >>> DynamicRaggedShape.from_lengths([3, (2, 0, 1), 4]).inner_shape.numpy().tolist()
        [3, 4]
        """
        dtype = dtypes.as_dtype(dtype)
        sizes = [convert_to_tensor(n, dtype) for n in lengths]
        if sizes:
            sizes[0].shape.assert_has_rank(0)
        ragged = [i for i, n in enumerate(sizes) if n.shape.rank]
        count = max(ragged, default=0) if num_row_partitions is None else num_row_partitions
        if count < max(ragged, default=0) or count and count >= len(sizes):
            raise ValueError(f"num_row_partitions={count} does not fit lengths={lengths}")
        partitions, nrows = [], sizes[0] if sizes else None
        for size in sizes[1 : count + 1]:
            if size.shape.rank:
                partitions.append(RowPartition.from_row_lengths(size))
                found = [static_value(x) for x in (nrows, partitions[-1].nrows())]
                if None not in found and found[0] != found[1]:
                    raise ValueError("Shape not consistent.")
            else:
                partitions.append(RowPartition.from_uniform_row_length(size, nrows=nrows))
            nrows = partitions[-1].nvals()
        return cls(partitions, [nrows, *sizes[count + 1 :]] if sizes else [], dtype)

    @classmethod
    def from_row_partitions(cls, row_partitions, dtype=None):
        """The shape of ragged rows whose values are numbers."""
        if not row_partitions:
            raise ValueError("row_partitions cannot be empty")
        return cls(row_partitions, [row_partitions[-1].nvals()], dtype)

    @classmethod
    def from_tensor(cls, t, dtype=None):
        """The shape of a tensor, ragged or not."""
        if not isinstance(t, RaggedTensor):
            sizes = array.shape(t, dtype or dtypes.int64)
            return cls([], sizes, static_inner_shape=getattr(t, "shape", None))
        partitions = t._nested_row_partitions
        inner = array.shape(t.flat_values, dtype or partitions[0].dtype)
        return cls(partitions, inner, dtype, static_inner_shape=t.flat_values.shape)

    # Parts -----------------------------------------------------------------------------------

    dtype = property(lambda self: self._dtype)
    row_partitions = property(lambda self: self._partitions)
    num_row_partitions = property(lambda self: len(self._partitions))

    @property
    def inner_shape(self):
        """The sizes of the flat values, as a vector."""
        return self._inner

    @property
    def _static_inner_shape(self):
        """The sizes of the flat values as far as they are known."""
        known = static_value(self._inner)
        if known is not None:
            return TensorShape(known.tolist())
        count = self._inner.shape[0]
        return self._static_inner.merge_with(None if count is None else [None] * count)

    @property
    def inner_rank(self):
        """How many axes the flat values have, None where it is not known."""
        return self._inner.shape[0]

    @property
    def rank(self):
        """How many axes there are, None where it is not known."""
        return None if self.inner_rank is None else self.inner_rank + self.num_row_partitions

    def _length(self, axis):
        """The size of an axis, or the lengths of its rows."""
        if axis == 0 and self._partitions:
            return self._partitions[0].nrows()
        if 0 < axis <= self.num_row_partitions:
            partition = self._partitions[axis - 1]
            length = partition.uniform_row_length()
            return partition.row_lengths() if length is None else length
        return self._inner[axis - self.num_row_partitions]

    def is_uniform(self, axis):
        """Whether all rows of `axis` have one length."""
        axis = self._axis(axis)
        return not 0 < axis <= self.num_row_partitions or self._partitions[axis - 1].is_uniform()

    def _axis(self, axis):
        if axis < 0:
            if self.rank is None:
                raise ValueError("Rank must be known to use negative indices.")
            axis += self.rank
        if axis < 0 or self.rank is not None and axis >= self.rank:
            raise IndexError(f"axis {axis} of a shape of rank {self.rank}")
        return axis

    def static_lengths(self, ragged_lengths=True):
        """The sizes as Python has them: numbers, and tuples (or None) of ragged axes."""
        if self.rank is None:
            raise ValueError("static_lengths: the rank is not known")
        partitions = self._partitions
        first = [partitions[0].static_nrows] if partitions else []
        inner = self._static_inner_shape.as_list()
        return [*first, *(_static_rows(p, ragged_lengths) for p in partitions),
                *inner[len(first) :]]  # fmt: skip

    def _to_tensor_shape(self):
        """The static shape."""
        if self.rank is None:
            return TensorShape(None)
        return TensorShape(self.static_lengths(ragged_lengths=False))

    def with_dtype(self, dtype):
        """The same shape of int32 or int64."""
        return DynamicRaggedShape(self._partitions, self._inner, dtype,
                                  static_inner_shape=self._static_inner)  # fmt: skip

    def __getitem__(self, index):
        """The size of an axis (ValueError where its rows have different lengths), or a part."""
        if isinstance(index, slice):
            return self._part(*index.indices(self.rank))
        axis = self._axis(index)
        if not self.is_uniform(axis):
            raise ValueError(f"Index {axis} is not uniform")
        return self._length(axis)

    def _part(self, start, stop, step):
        if step != 1:
            raise IndexError("Cannot stride through a shape")
        if start == 0 and stop > 1:
            kept = self._partitions[: stop - 1]
            inner = self._inner[: max(stop - len(kept), 1)]
            if len(kept) < self.num_row_partitions:
                inner = joining.stack([kept[-1].nvals() if kept else self._length(0)])
            return DynamicRaggedShape(kept, inner, self._dtype)
        sizes = [self[axis] for axis in range(start, stop)]
        return DynamicRaggedShape([], convert_to_tensor(sizes, self._dtype), self._dtype)

    def __len__(self):
        raise TypeError("object of type 'DynamicRaggedShape' has no len()")

    def __eq__(self, other):
        """Whether both are the same shape: False, or a bool tensor."""
        if not isinstance(other, DynamicRaggedShape):
            return NotImplemented
        if self.rank != other.rank or self.num_row_partitions != other.num_row_partitions:
            return False
        mine, its = ([s._inner, *(p.row_splits() for p in s._partitions)] for s in (self, other))
        same = convert_to_tensor(True)
        for a, b in zip(mine, its):
            known = static_value(a), static_value(b)
            if not a.shape.is_compatible_with(b.shape) or not (
                known[0] is None or known[1] is None or np.array_equal(*known)
            ):
                return False
            equal = math.equal(a, math.cast(b, self._dtype))
            same = math.logical_and(same, reductions.reduce_all(equal))
        return same

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self):
        if self.rank is None:
            return f"<DynamicRaggedShape row_partitions={self._partitions} inner={self._inner}>"
        shown = ", ".join(map(str, self.static_lengths()))
        return f"<DynamicRaggedShape lengths=[{shown}] num_row_partitions={len(self._partitions)}>"

    @property
    def _type_spec(self):
        specs = [p._type_spec for p in self._partitions]
        return DynamicRaggedShapeSpec(specs, self._static_inner_shape, self._dtype)

    # Where a shape is asked for --------------------------------------------------------------

    def __tf_execute__(self, op, inputs, attrs, name):
        rule = _SHAPED.get(op.name)
        if rule is None:
            raise ValueError(
                f"Attempt to convert a value ({self!r}) with an unsupported type ({type(self)}) to "
                f"a Tensor: {op.name} does not take it."
            )
        return rule(op, *inputs, attrs)

    def _rows_of(self, flat_values):
        """The tensor of this shape that has these flat values."""
        for partition in reversed(self._partitions):
            flat_values = RaggedTensor(flat_values, partition)
        return flat_values


def _static_rows(partition, ragged_lengths):
    if partition.is_uniform():
        return partition.static_uniform_row_length
    known = static_value(partition.row_lengths()) if ragged_lengths else None
    return None if known is None else tuple(known.tolist())


class DynamicRaggedShapeSpec(TypeSpec):
    """Describes shapes: the specs of their partitions, and what is known of the inner sizes."""

    def __init__(self, row_partitions, static_inner_shape, dtype):
        self._partitions = tuple(row_partitions)
        for spec in self._partitions:
            if not isinstance(spec, RowPartitionSpec):
                raise TypeError(f"row_partitions must be RowPartitionSpecs: {spec!r}")
        self._inner, self._dtype = TensorShape(static_inner_shape), dtypes.as_dtype(dtype)

    value_type = property(lambda self: DynamicRaggedShape)
    dtype = property(lambda self: self._dtype)
    inner_rank = property(lambda self: self._inner.rank)
    num_row_partitions = property(lambda self: len(self._partitions))

    @property
    def rank(self):
        """How many axes the shapes have, None where it is not known."""
        return None if self._inner.rank is None else self._inner.rank + len(self._partitions)

    def with_dtype(self, dtype):
        """The spec of the same shapes of int32 or int64."""
        return DynamicRaggedShapeSpec([p.with_dtype(dtype) for p in self._partitions],
                                      self._inner, dtype)  # fmt: skip

    def _serialize(self):
        return self._partitions, self._inner, self._dtype

    @property
    def _component_specs(self):
        return [*self._partitions, TensorSpec([self._inner.rank], self._dtype)]

    def _to_components(self, value):
        return [*value.row_partitions, value.inner_shape]

    def _from_components(self, components):
        *partitions, inner = components
        return DynamicRaggedShape(partitions, inner, self._dtype, static_inner_shape=self._inner)

    def __repr__(self):
        return (f"DynamicRaggedShape.Spec(row_partitions={self._partitions!r}, "
                f"static_inner_shape={self._inner!r}, dtype={self._dtype!r})")  # fmt: skip


DynamicRaggedShape.Spec = DynamicRaggedShapeSpec


# Ops that take one -------------------------------------------------------------------------------


def _fill(op, shape, value, attrs):
    return shape._rows_of(execute(op, (shape.inner_shape, value), attrs))


def _reshape(op, tensor, shape, attrs):
    flat = getattr(tensor, "flat_values", tensor)
    return shape._rows_of(execute(op, (flat, shape.inner_shape), attrs))


def _broadcast(op, value, shape, attrs):
    """A tensor repeated along the rows: its axes of size 1 become as long as these are."""
    if isinstance(value, RaggedTensor):
        raise ValueError("tf.broadcast_to: a ragged tensor cannot be broadcast to a ragged shape")
    value = convert_to_tensor(value)
    partitions, inner = shape.row_partitions, shape.inner_rank
    if value.shape.rank <= inner:
        return shape._rows_of(execute(op, (value, shape.inner_shape), attrs))
    if value.shape.rank < shape.rank:
        missing = shape.rank - value.shape.rank
        value = array.reshape(value, joining.concat([[1] * missing, array.shape(value)], 0))
    nrows = partitions[0].nrows() if partitions else shape.inner_shape[0]
    for partition in partitions:  # axis 0 is as long as there are rows, axis 1 is 1: they merge
        rest = array.shape(value)[1:]
        value = array.broadcast_to(value, joining.concat(
            [array.reshape(math.cast(nrows, rest.dtype), [1]), rest], 0))  # fmt: skip
        ids, nrows = partition.value_rowids(), partition.nvals()
        if value.shape[1] == 1:
            value = gathering.gather(array.squeeze(value, 1), ids)
        elif value.shape[1] is not None and not partition.is_uniform():
            raise stack.frame.invalid(
                f"Unable to broadcast: an axis of size {value.shape[1]} to {shape!r}"
            )
        else:
            places = joining.stack([ids, partition.offsets_in_rows()], 1)
            value = gathering.gather_nd(value, places)
    return shape._rows_of(execute(op, (value, shape.inner_shape), attrs))


def _broadcast_shapes(op, x, y, attrs):
    """The shape that two shapes broadcast to: of each axis the size that is not 1."""
    kind = next(s.dtype for s in (x, y) if isinstance(s, DynamicRaggedShape))
    x, y = (s if isinstance(s, DynamicRaggedShape) else DynamicRaggedShape([], s, kind)
            for s in (x, y))  # fmt: skip
    rank = max(x.rank, y.rank)
    lengths = []
    for axis in range(rank):
        mine, its = (1 if axis < rank - s.rank else s._length(axis - rank + s.rank)
                     for s in (x, y))  # fmt: skip
        known = static_value(mine)
        lengths.append(its if known is not None and np.ndim(known) == 0 and known == 1 else mine)
    return DynamicRaggedShape.from_lengths(lengths, dtype=kind)


_SHAPED = {
    "BroadcastArgs": _broadcast_shapes, "BroadcastTo": _broadcast, "Fill": _fill,
    "Reshape": _reshape,
}  # fmt: skip
