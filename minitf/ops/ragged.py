"""A ragged tensor has rows of different lengths: the values in a line, and where each row ends.

Offers `RaggedTensor` and its spec. How ops take ragged tensors is in `ragged_values` (ops of each
value), `ragged_slices` (indexing), `ragged_ops` and `ragged_parts` (all others).
"""

import builtins

import numpy as np

from minitf import dtypes, errors
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor
from minitf.core.tensor import EagerTensor
from minitf.ops import array, gathering, joining, math, reductions
from minitf.ops.ragged_texts import bracketed, element_text, texts
from minitf.ops.row_partition import RowPartition, as_partition, checked
from minitf.ops.sparse import SparseTensor
from minitf.shapes import TensorShape
from minitf.specs import TensorSpec, TypeSpec


class RaggedTensor:
    """Rows of different lengths: row `i` is `values[row_splits[i]:row_splits[i + 1]]`.

    >>> rt = RaggedTensor.from_row_lengths([3, 1, 4], [2, 0, 1])
    >>> rt
    <tf.RaggedTensor [[3, 1], [], [4]]>
    >>> rt.to_tensor().numpy().tolist()
    [[3, 1], [0, 0], [4, 0]]
    """

    __array_priority__ = 100
    __hash__ = object.__hash__

    def __init__(self, values, row_partition):
        self._values, self._row_partition = values, row_partition

    # Making ----------------------------------------------------------------------------------

    @classmethod
    def _from_row_partition(cls, values, row_partition, validate=True):
        """The rows of `values` that a `RowPartition` tells; it must be of as many values.

        Raises:
          ValueError: the partition and that of `values`, if they are ragged, differ in dtype.
          tf.errors.InvalidArgumentError: there are more or fewer values.
        """
        if not isinstance(row_partition, RowPartition):
            raise TypeError(
                f"Argument `row_partition` must be a RowPartition. Received {row_partition}."
            )
        values, kind = ragged_or_tensor(values), row_partition.dtype
        if _is_ragged(values) and values.row_splits.dtype != kind:
            raise ValueError(
                "Argument `row_partition` of RaggedTensor must have same dtype as Argument "
                f"`values`. ({kind} vs. {values.row_splits.dtype})."
            )
        rows = TensorShape([row_partition.static_nvals])
        values.shape[:1].assert_is_compatible_with(rows)
        if validate:
            splits, count = row_partition.row_splits(), math.cast(length_of(values), kind)
            row_partition = row_partition.with_splits(checked("values", splits, count))
        return cls(values, row_partition)

    @classmethod
    def _partitioned(cls, values, make, partition, validate, **counts):
        """The rows of `values` that the method `make` of RowPartition makes of `partition`."""
        values = ragged_or_tensor(values)
        hint = values.row_splits.dtype if _is_ragged(values) else None
        made = make(partition, **counts, validate=validate, dtype_hint=hint)
        return cls._from_row_partition(values, made, validate)

    @classmethod
    def from_row_splits(cls, values, row_splits, name=None, validate=True):
        """Rows that begin at `row_splits[:-1]` and end before `row_splits[1:]`."""
        return cls._partitioned(values, RowPartition.from_row_splits, row_splits, validate)

    @classmethod
    def from_row_lengths(cls, values, row_lengths, name=None, validate=True):
        """Rows of these lengths, one after the other."""
        return cls._partitioned(values, RowPartition.from_row_lengths, row_lengths, validate)

    @classmethod
    def from_row_starts(cls, values, row_starts, name=None, validate=True):
        """Rows that begin at these positions."""
        values = ragged_or_tensor(values)
        return cls._partitioned(values, RowPartition.from_row_starts, row_starts, validate,
                                nvals=length_of(values))  # fmt: skip

    @classmethod
    def from_row_limits(cls, values, row_limits, name=None, validate=True):
        """Rows that end before these positions."""
        return cls._partitioned(values, RowPartition.from_row_limits, row_limits, validate)

    @classmethod
    def from_value_rowids(cls, values, value_rowids, nrows=None, name=None, validate=True):
        """Value `i` is in row `value_rowids[i]`; the ids are sorted."""
        return cls._partitioned(values, RowPartition.from_value_rowids, value_rowids, validate,
                                nrows=nrows)  # fmt: skip

    @classmethod
    def from_uniform_row_length(
        cls, values, uniform_row_length, nrows=None, validate=True, name=None
    ):
        """Rows of one length, which stands in the static shape."""
        values = ragged_or_tensor(values)
        hint = values.row_splits.dtype if _is_ragged(values) else None
        length = as_partition(uniform_row_length, "uniform_row_length", dtype_hint=hint, rank=0)
        count = math.cast(length_of(values), length.dtype)
        return cls._partitioned(values, RowPartition.from_uniform_row_length, length, validate,
                                nvals=count, nrows=nrows)  # fmt: skip

    @classmethod
    def _nested(cls, make, flat_values, partitions):
        for partition in reversed(list(partitions)):
            flat_values = make(flat_values, partition)
        return flat_values

    @classmethod
    def from_nested_row_splits(cls, flat_values, nested_row_splits, name=None, validate=True):
        """Rows of rows: the outermost splits are first."""
        return cls._nested(cls.from_row_splits, flat_values, nested_row_splits)

    @classmethod
    def from_nested_row_lengths(cls, flat_values, nested_row_lengths, name=None, validate=True):
        """Rows of rows: the outermost lengths are first."""
        return cls._nested(cls.from_row_lengths, flat_values, nested_row_lengths)

    @classmethod
    def from_nested_value_rowids(
        cls, flat_values, nested_value_rowids, nested_nrows=None, name=None, validate=True
    ):
        """Rows of rows: the outermost ids are first."""
        rows = nested_nrows or [None] * len(nested_value_rowids)
        pairs = list(zip(nested_value_rowids, rows, strict=True))
        return cls._nested(lambda v, p: cls.from_value_rowids(v, *p), flat_values, pairs)

    @classmethod
    def from_tensor(
        cls, tensor, lengths=None, padding=None, ragged_rank=1, name=None,
        row_splits_dtype=dtypes.int64,
    ):  # fmt: skip
        """The rows of a tensor: all, the first `lengths` of each, or without trailing `padding`.

        `lengths` may be a list of the lengths of all ragged dimensions, the outermost first.
        """
        if not isinstance(ragged_rank, int):
            raise TypeError(f"Argument `ragged_rank` must be an int. Received {ragged_rank}.")
        if ragged_rank < 1:
            raise ValueError(
                f"Argument `ragged_rank` must be greater than 0. Received {ragged_rank}."
            )
        if lengths is not None and padding is not None:
            raise ValueError("Specify argument `lengths` or `padding`, but not both.")
        tensor = convert_to_tensor(tensor)
        if tensor.shape.rank is not None and tensor.shape.rank < 2:
            raise ValueError(
                "The rank of a RaggedTensor must be greater than 1, i.e., a list of scalars won't "
                "have ragged dimensions. Received argument `tensor` with rank "
                f"{tensor.shape.rank}."
            )
        tensor.shape.with_rank_at_least(ragged_rank + 1)
        kind = dtypes.as_dtype(row_splits_dtype)
        if isinstance(lengths, list | tuple) and any(np.ndim(n) for n in lengths):
            outer, *inner = lengths
            rows = cls.from_tensor(tensor, outer, row_splits_dtype=kind)
            return rows if not inner else rows.with_values(cls.from_tensor(
                rows.values, inner[0] if len(inner) == 1 else inner,
                row_splits_dtype=kind))  # fmt: skip
        sizes = array.shape(tensor, kind)
        rows, columns = sizes[0], sizes[1]
        line = array.reshape(tensor, joining.concat([[rows * columns], sizes[2:]], 0))
        if ragged_rank > 1:
            line = cls.from_tensor(line, lengths, padding, ragged_rank - 1, row_splits_dtype=kind)
            lengths = padding = None
        if padding is not None:
            padding = convert_to_tensor(padding, tensor.dtype)
            padding.shape.assert_is_compatible_with(tensor.shape[2:])
            real = math.not_equal(tensor, padding)
            if real.shape.rank > 2:
                real = reductions.reduce_any(real, axis=list(range(2, real.shape.rank)))
            places = math.cast(real, kind) * array.range(1, columns + 1)
            lengths = reductions.reduce_max(places, axis=1)
        if lengths is None:
            return cls.from_uniform_row_length(line, columns, nrows=rows)
        lengths = math.cast(convert_to_tensor(lengths), kind)
        values = gathering.boolean_mask(tensor, array.sequence_mask(lengths, columns))
        return cls.from_row_lengths(values, lengths)

    @classmethod
    def from_sparse(cls, st_input, name=None, row_splits_dtype=dtypes.int64):
        """The rows of a sparse matrix whose elements all stand at the left, without a gap.

        Raises:
          ValueError: it is no matrix.
          tf.errors.InvalidArgumentError: a row has a gap.
        """
        if not isinstance(st_input, SparseTensor):
            raise TypeError(f"Argument `st_input` must be of type SparseTensor, but is {st_input}.")
        if st_input.indices.shape[1] not in (None, 2):
            raise ValueError("rank(st_input) must be 2.")
        rows, columns = joining.unstack(st_input.indices, 2, axis=1)
        result = cls.from_value_rowids(
            st_input.values, math.cast(rows, row_splits_dtype), st_input.dense_shape[0]
        )
        places = array.range(array.size(rows, dtypes.int64))
        starts = gathering.gather(math.cast(result.row_starts(), dtypes.int64), rows)
        gaps = static_value(math.not_equal(columns, places - starts))
        if gaps is not None and gaps.any():
            raise errors.InvalidArgumentError(None, None, "SparseTensor is not right-ragged")
        return result

    # Parts -----------------------------------------------------------------------------------

    values = property(lambda self: self._values)
    row_splits = property(lambda self: self._row_partition.row_splits())
    uniform_row_length = property(lambda self: self._row_partition.uniform_row_length())
    dtype = property(lambda self: self._values.dtype)

    @property
    def flat_values(self):
        """The values of the innermost rows."""
        return self._values.flat_values if _is_ragged(self._values) else self._values

    @property
    def nested_row_splits(self):
        """The splits of all ragged dimensions, outermost first."""
        inner = self._values.nested_row_splits if _is_ragged(self._values) else ()
        return (self.row_splits, *inner)

    @property
    def _nested_row_partitions(self):
        """How all ragged dimensions are cut, outermost first."""
        inner = self._values._nested_row_partitions if _is_ragged(self._values) else ()
        return (self._row_partition, *inner)

    @property
    def ragged_rank(self):
        """How many dimensions may be ragged."""
        return len(self.nested_row_splits)

    @property
    def shape(self):
        """The static shape: ragged dimensions are None."""
        rows = self._row_partition
        outer = TensorShape([rows.static_nrows, rows.static_uniform_row_length])
        return outer.concatenate(self._values.shape[1:])

    def get_shape(self):
        """The static shape."""
        return self.shape

    def nrows(self, out_type=None, name=None):
        """How many rows there are."""
        count = self._row_partition.nrows()
        return count if out_type is None else math.cast(count, out_type)

    def row_starts(self, name=None):
        """Where each row begins."""
        return self._row_partition.row_starts()

    def row_limits(self, name=None):
        """Where each row ends."""
        return self._row_partition.row_limits()

    def row_lengths(self, axis=1, name=None):
        """How long the rows of `axis` are: a tensor, or ragged for inner axes."""
        axis = axis + self.shape.rank if axis < 0 else axis
        if axis == 0:
            return self.nrows()
        if axis > 1:
            if not _is_ragged(self._values):
                raise ValueError(f"axis {axis} is not ragged: the ragged rank is 1")
            return self.with_values(self._values.row_lengths(axis - 1))
        return self._row_partition.row_lengths()

    def nested_row_lengths(self, name=None):
        """The row lengths of all ragged dimensions."""
        inner = self._values.nested_row_lengths() if _is_ragged(self._values) else ()
        return (self.row_lengths(), *inner)

    def value_rowids(self, name=None):
        """The row of each value."""
        line = self._values.row_splits[1:] if _is_ragged(self._values) else self._values
        return self._row_partition.value_rowids(line)

    def nested_value_rowids(self, name=None):
        """The row ids of all ragged dimensions."""
        inner = self._values.nested_value_rowids() if _is_ragged(self._values) else ()
        return (self.value_rowids(), *inner)

    def bounding_shape(self, axis=None, name=None, out_type=None):
        """The shape of the smallest tensor that holds all rows."""
        out_type = out_type or self.row_splits.dtype
        longest = _greatest(math.cast(self.row_lengths(), out_type))
        if _is_ragged(self._values):
            inner = self._values.bounding_shape(out_type=out_type)[1:]
        else:
            inner = array.shape(self._values, out_type)[1:]
        sizes = joining.concat([[math.cast(self.nrows(), out_type), longest], inner], 0)
        return sizes if axis is None else gathering.gather(sizes, axis)

    # The same rows of other values -----------------------------------------------------------

    def with_values(self, new_values):
        """The same rows of `new_values`."""
        values = ragged_or_tensor(new_values)
        if not values.shape[:1].is_compatible_with(self._values.shape[:1]):
            raise ValueError(
                f"Shapes {self._values.shape[:1]} and {values.shape[:1]} are incompatible"
            )
        return RaggedTensor(values, self._row_partition)

    def with_flat_values(self, new_values):
        """The same rows, of all ragged dimensions, of `new_values`."""
        inner = self._values
        new = inner.with_flat_values(new_values) if _is_ragged(inner) else new_values
        return self.with_values(new)

    def with_row_splits_dtype(self, dtype):
        """The same with splits of `dtype`."""
        values = self._values
        values = values.with_row_splits_dtype(dtype) if _is_ragged(values) else values
        return RaggedTensor(values, self._row_partition.with_dtype(dtype))

    def merge_dims(self, outer_axis, inner_axis):
        """The axes from `outer_axis` to `inner_axis` as one."""
        rank = self.shape.rank
        for name, axis in (("outer_axis", outer_axis), ("inner_axis", inner_axis)):
            if not isinstance(axis, int | np.integer):
                raise TypeError(f"{name} must be an int; got {type(axis).__name__}")
        if rank is not None:
            for name, axis in (("outer_axis", outer_axis), ("inner_axis", inner_axis)):
                if not -rank <= axis < rank:
                    raise ValueError(
                        f"{name}={axis} out of bounds: expected {-rank}<={name}<{rank}"
                    )
            outer_axis, inner_axis = outer_axis % rank, inner_axis % rank
        elif min(outer_axis, inner_axis) < 0:
            raise ValueError("An axis may only be negative if the rank is statically known.")
        if outer_axis > inner_axis:
            raise ValueError(
                f"Expected outer_axis ({outer_axis}) to be less than or equal to inner_axis "
                f"({inner_axis})."
            )
        if outer_axis == inner_axis:
            return self
        if outer_axis > 1:
            return self.with_values(_merged(self._values, outer_axis - 1, inner_axis - 1))
        if outer_axis == 1:
            inner = self._values if _is_ragged(self._values) else self.from_tensor(self._values)
            splits = gathering.gather(inner.row_splits, self.row_splits)
            rows = RaggedTensor(inner.values, RowPartition(splits))
            return rows.merge_dims(1, inner_axis - 1)
        return _merged(self._values, 0, inner_axis - 1)

    # Elsewhere -------------------------------------------------------------------------------

    def to_tensor(self, default_value=None, name=None, shape=None):
        """The rows in a tensor, filled up with `default_value` (zero), or cut to `shape`."""
        target = [None] if shape is None else TensorShape(shape).as_list()
        rows, columns, *inner = [*target, *[None] * (2 - len(target))]
        values = self._values
        if _is_ragged(values):
            values = values.to_tensor(default_value, shape=[None, *inner] if inner else None)
        if default_value is None:
            default_value = array.zeros([], self.dtype)
        default = convert_to_tensor(default_value, self.dtype)
        if columns is None:
            columns = self._row_partition.static_uniform_row_length
        if columns is None:
            columns = math.cast(_greatest(self.row_lengths()), dtypes.int64)
        place = array.range(math.cast(columns, dtypes.int64))
        lengths = math.cast(self.row_lengths(), dtypes.int64)
        starts = math.cast(self.row_starts(), dtypes.int64)
        filler = array.broadcast_to(default, joining.concat([[1], array.shape(values)[1:]], 0))
        line = joining.concat([values, filler], 0)
        last = array.shape(line, dtypes.int64)[0] - 1
        taken = gathering.where(
            place < array.expand_dims(lengths, 1), array.expand_dims(starts, 1) + place, last
        )
        result = gathering.gather(line, taken)
        if rows is None:
            return result
        missing = math.maximum(rows - array.shape(result)[0], 0)
        outer = joining.concat([[missing], array.shape(result)[1:]], 0)
        return joining.concat([result[:rows], array.broadcast_to(default, outer)], 0)

    def to_sparse(self, name=None):
        """A sparse tensor that has an element wherever a row does."""
        inner = self._values
        if _is_ragged(inner):
            inner = inner.to_sparse()
            places, values = inner.indices, inner.values
        else:
            places = gathering.where(array.ones(array.shape(inner), dtypes.bool))
            values = array.reshape(inner, [-1])
        rows = gathering.gather(math.cast(self.value_rowids(), dtypes.int64), places[:, 0])
        starts = gathering.gather(math.cast(self.row_starts(), dtypes.int64), rows)
        columns = places[:, 0] - starts
        indices = joining.concat([array.expand_dims(rows, 1), array.expand_dims(columns, 1),
                                  places[:, 1:]], 1)  # fmt: skip
        return SparseTensor(indices, values, self.bounding_shape(out_type=dtypes.int64))

    def to_list(self):
        """The rows as nested lists."""
        inner = self._values
        items = inner.to_list() if _is_ragged(inner) else inner.numpy().tolist()
        splits = self.row_splits.numpy().tolist()
        return [items[a:b] for a, b in zip(splits[:-1], splits[1:], strict=True)]

    def numpy(self):
        """An array of arrays (or one array where all rows have one length)."""
        rows = self._rows()
        if not rows:
            return self._values.numpy()
        if all(len(row) == len(rows[0]) for row in rows):
            return np.array(rows)
        result = np.empty(len(rows), object)
        for i, row in enumerate(rows):
            result[i] = row
        return result

    def _rows(self):
        values, splits = self._values.numpy(), self.row_splits.numpy()
        return [values[a:b] for a, b in zip(splits[:-1], splits[1:], strict=True)]

    def __repr__(self):
        if not isinstance(self.flat_values, EagerTensor):
            return f"tf.RaggedTensor(values={self._values!s}, row_splits={self.row_splits!s})"
        with np.printoptions(formatter={"all": element_text}):
            return f"<tf.RaggedTensor {element_text(self.numpy())}>"

    __str__ = __repr__

    def __bool__(self):
        raise TypeError("RaggedTensor may not be used as a boolean.")

    def __iter__(self):
        return (self[i] for i in builtins.range(len(self.row_splits) - 1))

    @property
    def _type_spec(self):
        return RaggedTensorSpec(
            self.shape, self.dtype, self.ragged_rank, self.row_splits.dtype,
            self.flat_values.shape,
        )  # fmt: skip

    @staticmethod
    def _printed(arrays, summarize, summary):
        """What `tf.print` shows of the flat values and the row splits of each ragged axis."""
        flat, *splits = arrays
        rows = texts(flat, summarize)
        for split in reversed(splits):
            rows = [bracketed(rows[a:b], summarize) for a, b in zip(split, split[1:])]
        return bracketed(rows, summarize)


class RaggedTensorSpec(TypeSpec):
    """Describes ragged tensors.

    >>> RaggedTensorSpec([None, None], "int32")
    RaggedTensorSpec(TensorShape([None, None]), tf.int32, 1, tf.int64)
    """

    def __init__(self, shape=None, dtype=dtypes.float32, ragged_rank=None,
                 row_splits_dtype=dtypes.int64, flat_values_spec=None):  # fmt: skip
        self._shape, self._dtype = TensorShape(shape), dtypes.as_dtype(dtype)
        self._ragged_rank = (self._shape.rank or 2) - 1 if ragged_rank is None else ragged_rank
        self._splits_dtype = dtypes.as_dtype(row_splits_dtype)
        self._flat_shape = flat_values_spec

    value_type = property(lambda self: RaggedTensor)
    shape = property(lambda self: self._shape)
    dtype = property(lambda self: self._dtype)
    ragged_rank = property(lambda self: self._ragged_rank)
    row_splits_dtype = property(lambda self: self._splits_dtype)

    @classmethod
    def from_value(cls, value):
        """The spec of `value`."""
        return value._type_spec

    def _serialize(self):
        return self._shape, self._dtype, self._ragged_rank, self._splits_dtype

    # In datasets: a row of a matrix with ragged rows is described by a spec with no ragged axis.

    def _unbatch(self):
        return RaggedTensorSpec(
            self._shape[1:], self._dtype, self._ragged_rank - 1, self._splits_dtype
        )

    def _batch(self, size):
        shape = TensorShape([size]).concatenate(self._shape)
        return RaggedTensorSpec(shape, self._dtype, self._ragged_rank + 1, self._splits_dtype)

    def _unstack(self, value):
        return [row.numpy() if isinstance(row, EagerTensor) else row for row in value]

    def _stack(self, parts):
        lengths = [static_value(p.nrows()) if _is_ragged(p) else p.shape[0] for p in parts]
        lengths = np.array(lengths, self._splits_dtype.np)
        return RaggedTensor.from_row_lengths(joining.concat(list(parts), 0), lengths)

    @property
    def _component_specs(self):
        if not self._ragged_rank:
            return [TensorSpec(self._shape, self._dtype)]
        inner = self._shape[self._ragged_rank + 1 :] if self._shape.rank else TensorShape(None)
        rows = self._shape[0] if self._shape.rank else None
        outer = TensorSpec([None if rows is None else rows + 1], self._splits_dtype)
        deeper = [TensorSpec([None], self._splits_dtype)] * (self._ragged_rank - 1)
        return [TensorSpec(TensorShape([None]).concatenate(inner), self._dtype), outer, *deeper]

    def _to_components(self, value):
        if not self._ragged_rank:
            return [convert_to_tensor(value)]
        return [value.flat_values, *value.nested_row_splits]

    def _from_components(self, components):
        values, *splits = components
        for depth, partition in reversed(list(enumerate(splits))):
            dims = self._shape.as_list() if self._shape.rank else [None] * (depth + 2)
            rows = RowPartition(partition, uniform_row_length=dims[depth + 1])
            values = RaggedTensor(values, rows)
        return values


def _is_ragged(value):
    return isinstance(value, RaggedTensor)


def as_ragged(value):
    """The ragged tensor of a `RaggedTensorValue`; else the value itself."""
    if _is_ragged(value) or not hasattr(value, "nested_row_splits"):
        return value
    return RaggedTensor.from_nested_row_splits(value.flat_values, value.nested_row_splits)


def ragged_or_tensor(value, dtype=None):
    """A ragged tensor, also of a `RaggedTensorValue`, or the tensor of what else is given."""
    value = as_ragged(value)
    return value if _is_ragged(value) else convert_to_tensor(value, dtype)


def length_of(values):
    return values.nrows() if _is_ragged(values) else array.shape(values, dtypes.int64)[0]


def _greatest(lengths):
    """The greatest of non-negative numbers, 0 if there are none."""
    return reductions.reduce_max(joining.concat([array.zeros([1], lengths.dtype), lengths], 0))


def _merged(values, outer, inner):
    if inner == outer:
        return values
    if _is_ragged(values):
        return values.merge_dims(outer, inner)
    sizes = array.shape(values)
    return array.reshape(values, joining.concat([sizes[:outer], [-1], sizes[inner + 1 :]], 0))
