"""What makes, joins, reduces and picks ragged tensors: `tf.ragged`, and how other ops take them."""

import builtins

import numpy as np

from minitf import dtypes
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack as frames
from minitf.ops import (
    array,
    gathering,
    joining,
    math,
    reductions,
    selecting,
    sparse_math,
    strings,
)
from minitf.ops.ragged import RaggedTensor, RaggedTensorSpec, ragged_or_tensor
from minitf.ops.ragged_slices import count_rows
from minitf.ops.ragged_values import EXECUTE, elementwise, map_flat_values
from minitf.ops.row_partition import RowPartition

__all__ = [
    "RaggedTensor", "RaggedTensorSpec", "boolean_mask", "concat", "constant", "expand_dims",
    "cross", "cross_hashed", "map_flat_values", "range", "reduce", "row_splits_to_segment_ids",
    "rows_at", "segment_ids_to_row_splits", "stack", "stack_dynamic_partitions",
]  # fmt: skip

# Making ------------------------------------------------------------------------------------------


def constant(pylist, dtype=None, ragged_rank=None, inner_shape=None, name=None,
             row_splits_dtype=dtypes.int64):  # fmt: skip
    """A ragged tensor of nested lists (a tensor, of a flat list).

    >>> constant([[1, 2], [], [3]])
    <tf.RaggedTensor [[1, 2], [], [3]]>

    Raises:
      ValueError: the elements are not all at one depth.
    """
    line, row_lengths = line_and_lengths(pylist, ragged_rank, inner_shape)
    if dtype is None and isinstance(line, list) and not line:
        dtype = dtypes.float32
    values = convert_to_tensor(line, dtype)
    if inner_shape is not None:
        values = array.reshape(values, [-1, *inner_shape])
    lengths = [convert_to_tensor(np.array(n, np.int64)) for n in row_lengths]
    made = RaggedTensor.from_nested_row_lengths(values, lengths)
    if dtypes.as_dtype(row_splits_dtype) != dtypes.int64 and isinstance(made, RaggedTensor):
        return made.with_row_splits_dtype(row_splits_dtype)
    return made


def line_and_lengths(pylist, ragged_rank, inner_shape):
    """(what stands in the rows of nested lists, the row lengths of each ragged dimension).

    Raises:
      ValueError: the elements are not all at one depth, or not as deep as is asked for.
    """
    if isinstance(pylist, np.ndarray):
        pylist = pylist.tolist()
    if ragged_rank is not None and ragged_rank < 0:
        raise ValueError(f"Invalid ragged_rank={ragged_rank}: must be nonnegative")
    depth, empties = _depths(pylist, 0)
    if depth is not None and any(empty > depth for empty in empties):
        raise ValueError("all scalar values must have the same nesting depth")
    if depth is None:  # of empty lists, as deep as is asked for
        depth = max([*empties, 1, (ragged_rank or 0) + 1])
    if ragged_rank is None:
        inner = len(inner_shape) if inner_shape is not None else 0
        ragged_rank = max(depth - 1 - inner, 0)
    if ragged_rank and ragged_rank >= depth:
        raise ValueError(f"pylist has scalar values depth {depth}, but ragged_rank={ragged_rank} "
                         f"requires scalar value depth greater than {ragged_rank}")  # fmt: skip
    lengths, level = [], pylist
    for _ in builtins.range(ragged_rank):
        lengths.append([len(row) for row in level])
        level = [item for row in level for item in row]
    return level, lengths


def _depths(item, depth):
    """(the depth of the scalars or None, the depths below empty lists)."""
    if not isinstance(item, (list, tuple, np.ndarray)):
        return depth, []
    if not len(item):
        return None, [depth + 1]
    found = [_depths(child, depth + 1) for child in item]
    known = {d for d, _ in found if d is not None}
    if len(known) > 1:
        raise ValueError("all scalar values must have the same nesting depth")
    return (known.pop() if known else None), [e for _, empties in found for e in empties]


def range(starts, limits=None, deltas=1, dtype=None, name=None, row_splits_dtype=dtypes.int64):
    """Row `i` counts from `starts[i]` to `limits[i]` by `deltas[i]`.

    >>> range([3, 1])
    <tf.RaggedTensor [[0, 1, 2], [0]]>
    """
    starts, limits = (0, starts) if limits is None else (starts, limits)
    limits = convert_to_tensor(limits, dtype)
    starts, deltas = (convert_to_tensor(x, limits.dtype) for x in (starts, deltas))
    rows = starts + limits + deltas  # of the shape that they have in common
    zeros = array.reshape(array.zeros_like(rows), [-1])
    return count_rows(zeros + starts, zeros + limits, zeros + deltas, row_splits_dtype)


def stack(values, axis=0, name=None):
    """Ragged tensors, or tensors of different lengths, along a new axis.

    Raises:
      ValueError: there can be no such axis.
    """
    values = [_ragged_or_tensor(v) for v in values]
    if values and values[0].shape.rank is not None:
        axis = _check_axis(axis, values[0].shape.rank + 1)
    if axis == 0:
        rank = values[0].shape.rank
        if rank == 0:
            return joining.stack(values)
        if rank != 1:  # the rows of the parts may differ in length
            values = [v if isinstance(v, RaggedTensor) else RaggedTensor.from_tensor(v)
                      for v in values]  # fmt: skip
        joined = joining.concat(values, 0) if rank == 1 else concat(values, 0)
        ragged = any(isinstance(v, RaggedTensor) for v in values)
        kind = dtypes.int64 if ragged else dtypes.int32
        lengths = [math.cast(v.nrows() if isinstance(v, RaggedTensor) else array.shape(v)[0], kind)
                   for v in values]  # fmt: skip
        return RaggedTensor.from_row_lengths(joined, joining.stack(lengths))
    if axis == 1 and not any(isinstance(v, RaggedTensor) for v in values):
        return RaggedTensor.from_tensor(joining.stack(values, 1))
    return concat([expand_dims(v, axis) for v in values], axis)


def _ragged_or_tensor(value):
    try:
        return ragged_or_tensor(value)
    except ValueError:
        return constant(value)


def boolean_mask(data, mask, name=None):
    """The elements of `data` where `mask` is True, in their rows.

    >>> boolean_mask([[1, 2], [3, 4]], [[True, False], [True, True]])
    <tf.RaggedTensor [[1], [3, 4]]>
    """
    data, mask = _ragged_or_tensor(data), _ragged_or_tensor(mask)
    if mask.shape.rank == 1:
        return gathering.gather(data, array.squeeze(gathering.where(mask), [1]))
    mask = mask if isinstance(mask, RaggedTensor) else RaggedTensor.from_tensor(mask)
    data = data if isinstance(data, RaggedTensor) else RaggedTensor.from_tensor(data)
    counts = reductions.reduce_sum(math.cast(mask, dtypes.int64), axis=1)
    return RaggedTensor.from_row_lengths(boolean_mask(data.values, mask.values), counts)


def stack_dynamic_partitions(data, partitions, num_partitions, name=None):
    """The elements of `data` in the rows that `partitions` names, in order.

    >>> stack_dynamic_partitions([1, 2, 3], [0, 1, 0], 3)
    <tf.RaggedTensor [[1, 3], [2], []]>
    """
    data, partitions = _ragged_or_tensor(data), ragged_or_tensor(partitions)
    rank = partitions.shape.rank
    if rank is None:
        raise ValueError("partitions must have known rank.")
    partitions.shape.assert_is_compatible_with(data.shape[:rank])
    if rank == 0:
        data, partitions = array.expand_dims(data, 0), array.expand_dims(partitions, 0)
    if rank > 1:
        data, partitions = (x if isinstance(x, RaggedTensor) else RaggedTensor.from_tensor(x)
                            for x in (data, partitions))  # fmt: skip
        return stack_dynamic_partitions(data.values, partitions.values, num_partitions)
    number = math.cast(convert_to_tensor(num_partitions), partitions.dtype)
    known, limit = static_value(partitions), static_value(number)
    if known is not None and (known < 0).any():
        raise frames.frame.invalid("partitions must be non-negative.")
    if known is not None and limit is not None and (known >= limit).any():
        raise frames.frame.invalid("partitions must be less than num_partitions")
    order = array.argsort(partitions, stable=True)
    rows, values = gathering.gather(partitions, order), gathering.gather(data, order)
    rows, number = (math.cast(x, dtypes.int64) for x in (rows, number))
    return RaggedTensor.from_value_rowids(values, rows, number)


def cross(inputs, name=None):
    """Every choice of one text of each input, of the same row, joined by "_X_".

    >>> cross([constant([["a"], ["b", "c"]]), constant([["d"], ["e"]])])
    <tf.RaggedTensor [[b'a_X_d'], [b'b_X_e', b'c_X_e']]>
    """
    return RaggedTensor.from_sparse(sparse_math.cross(list(map(_crossed, inputs))))


def cross_hashed(inputs, num_buckets=0, hash_key=None, name=None):
    """As `cross`, with a fingerprint of each choice, modulo `num_buckets`."""
    crossed = sparse_math.cross_hashed(list(map(_crossed, inputs)), num_buckets, hash_key)
    return RaggedTensor.from_sparse(crossed)


def _crossed(value):
    return value.to_sparse() if isinstance(value, RaggedTensor) else value


def row_splits_to_segment_ids(splits, name=None, out_type=None):
    """The row of each value, of the splits of the rows."""
    splits = convert_to_tensor(splits, dtype_hint=dtypes.int64)
    if not splits.dtype.is_integer:
        raise ValueError(f"splits must have dtype int32 or int64, not {splits.dtype.name}")
    splits = math.cast(splits, out_type or splits.dtype)
    return RowPartition(splits).value_rowids()


def segment_ids_to_row_splits(segment_ids, num_segments=None, out_type=None, name=None):
    """The splits of the rows, of the row of each value."""
    ids = convert_to_tensor(segment_ids, dtype_hint=dtypes.int64)
    if not ids.dtype.is_integer:
        raise TypeError(f"segment_ids must be integers, not {ids.dtype.name}")
    splits = RaggedTensor.from_value_rowids(ids, ids, num_segments).row_splits
    return math.cast(splits, out_type or splits.dtype)


# How other ops take ragged tensors ---------------------------------------------------------------


def _check_axis(axis, rank):
    """The axis counted from the first one; ValueError where there is none."""
    if not -rank <= axis < rank:
        raise ValueError(f"axis={axis} out of bounds: expected {-rank}<=axis<{rank}")
    return axis % rank


def concat(values, axis):
    """Ragged tensors (and tensors) along `axis`."""
    values = [v if isinstance(v, RaggedTensor) else RaggedTensor.from_tensor(v) for v in values]
    axis = _check_axis(axis, values[0].shape.rank)
    lengths = [v.row_lengths() for v in values]
    if axis == 0:
        inner = joining.concat([v.values for v in values], 0)
        return RaggedTensor.from_row_lengths(inner, joining.concat(lengths, 0))
    if axis > 1:
        return values[0].with_values(joining.concat([v.values for v in values], axis - 1))
    rows, count = values[0].nrows(), len(values)
    stacked = RaggedTensor.from_row_lengths(
        joining.concat([v.values for v in values], 0), joining.concat(lengths, 0)
    )
    order = array.transpose(array.reshape(array.range(rows * count), [count, -1]))
    mixed = gathering.gather(stacked, array.reshape(order, [-1]))
    return RaggedTensor.from_row_lengths(mixed.values, math.add_n(lengths))


def tile(value, multiples):
    """A ragged tensor repeated `multiples[axis]` times along each axis."""
    times = math.cast(convert_to_tensor(multiples), value.row_splits.dtype)
    for axis in builtins.range(value.shape.rank):
        if static_value(times[axis]) != 1:
            value = _repeated(value, axis, times[axis])
    return value


def _repeated(value, axis, times):
    """`value` that many times along one axis."""
    if not isinstance(value, RaggedTensor):
        shape = [times if i == axis else 1 for i in builtins.range(value.shape.rank)]
        return array.tile(value, joining.stack(shape))
    if axis == 0:
        count = value.nrows()
        return rows_at(value, array.range(count * times) % count)
    if axis > 1:
        return value.with_values(_repeated(value.values, axis - 1, times))
    lengths = value.row_lengths()
    longer = lengths * times
    places = array.range(reductions.reduce_sum(longer))
    rows = RaggedTensor.from_row_lengths(places, longer)
    row = rows.value_rowids()
    inside = (places - gathering.gather(rows.row_starts(), row)) % gathering.gather(lengths, row)
    source = gathering.gather(value.row_starts(), row) + inside
    return rows.with_values(gathering.gather(value.values, source))


def reverse(value, axes):
    """A ragged tensor with the order along `axes` turned around."""
    for axis in sorted({_check_axis(int(a), value.shape.rank) for a in np.ravel(axes)}):
        if axis == 0:
            value = rows_at(value, array.reverse(array.range(value.nrows()), [0]))
        elif axis > 1:
            turned = reverse if isinstance(value.values, RaggedTensor) else array.reverse
            value = value.with_values(turned(value.values, [axis - 1]))
        else:
            ends = gathering.gather(value.row_starts() + value.row_limits(), value.value_rowids())
            order = ends - 1 - array.range(array.shape(ends, ends.dtype)[0])
            value = value.with_values(gathering.gather(value.values, order))
    return value


def _joined(op, inputs, attrs):
    """`reduce_join` of texts in rows, along all axes or along single ones."""
    (value, axis), (_, separator) = inputs, attrs
    rank = value.shape.rank
    axes = sorted({int(a) % rank for a in np.ravel(axis)}, reverse=True)
    if len(axes) == rank:
        return strings.reduce_join(value.flat_values, separator=separator)
    for a in axes:
        value = _joined_along(value, a, separator)
    return value


def _joined_along(value, axis, separator):
    if not isinstance(value, RaggedTensor):
        return strings.reduce_join(value, axis, separator=separator)
    if axis > 1:
        return value.with_values(_joined_along(value.values, axis - 1, separator))
    if isinstance(value.values, RaggedTensor):
        raise NotImplementedError(f"tf.strings.reduce_join of rows of rows: axis={axis}")
    groups, number = value.value_rowids(), value.nrows()
    if axis == 0:
        groups = array.range(array.shape(groups, groups.dtype)[0]) - gathering.gather(
            value.row_starts(), groups)  # fmt: skip
        number = value.bounding_shape()[1]
    return strings.unsorted_segment_join(value.values, groups, number, separator)


def rows_at(params, indices):
    """The rows of a ragged tensor at a vector of indices."""
    lengths = gathering.gather(params.row_lengths(), indices)
    made = RaggedTensor.from_row_lengths(array.range(reductions.reduce_sum(lengths)), lengths)
    rows = made.value_rowids()
    starts = gathering.gather(params.row_starts(), indices)
    places = gathering.gather(starts - made.row_starts(), rows) + made.values
    return made.with_values(gathering.gather(params.values, places))


def expand_dims(value, axis):
    """A new axis of length 1."""
    if not isinstance(value, RaggedTensor):
        return array.expand_dims(value, axis)
    axis = axis + value.shape.rank + 1 if axis < 0 else axis
    if axis == 0:
        if value.shape[0] is not None:
            return RaggedTensor.from_uniform_row_length(value, value.shape[0], nrows=1)
        return RaggedTensor.from_row_lengths(value, [value.nrows()])
    if axis == 1:
        return RaggedTensor.from_uniform_row_length(value, 1, nrows=value.nrows())
    return value.with_values(expand_dims(value.values, axis - 1))


_SEGMENTS = {
    "Sum": selecting.unsorted_segment_sum, "Prod": selecting.unsorted_segment_prod,
    "Max": selecting.unsorted_segment_max, "Min": selecting.unsorted_segment_min,
}  # fmt: skip
_WHOLE = {
    "Sum": reductions.reduce_sum, "Prod": reductions.reduce_prod, "Max": reductions.reduce_max,
    "Min": reductions.reduce_min, "Mean": reductions.reduce_mean, "Any": reductions.reduce_any,
    "All": reductions.reduce_all,
}  # fmt: skip


def reduce(kind, value, axis=None, keepdims=False):
    """The reduction `kind` (an op type) of a ragged tensor over an axis, or all."""
    if kind in ("Any", "All"):
        numbers = math.cast(math.cast(value, dtypes.bool), dtypes.int32)
        # Of no elements the greatest is below 0, and the least above it.
        return reduce("Max" if kind == "Any" else "Min", numbers, axis, keepdims) > 0
    if kind == "Mean":
        total = reduce("Sum", value, axis, keepdims)
        count = reduce("Sum", array.ones_like(value), axis, keepdims)
        return math.divide(total, count)
    if axis is None:
        return _WHOLE[kind](value.flat_values)
    rank = value.shape.rank
    for a in sorted({_check_axis(int(a), rank) for a in np.ravel(axis)}, reverse=True):
        value = _reduced(kind, value, a, keepdims)
    return value


def _reduced(kind, value, axis, keepdims):
    if not isinstance(value, RaggedTensor):
        return _WHOLE[kind](value, axis, keepdims)
    if axis > 1:
        return value.with_values(_reduced(kind, value.values, axis - 1, keepdims))
    if axis == 1:
        groups, number = value.value_rowids(), value.nrows()
        if isinstance(value.values, RaggedTensor):
            result = _group_rows(kind, value.values, groups, number)
            return expand_dims(result, 1) if keepdims else result
        result = _SEGMENTS[kind](value.values, groups, number)
        return array.expand_dims(result, 1) if keepdims else result
    columns = array.range(math.cast(array.shape(value.flat_values)[0], dtypes.int64))
    if isinstance(value.values, RaggedTensor):
        columns = array.range(value.values.nrows())
    columns = columns - gathering.gather(value.row_starts(), value.value_rowids())
    width = value.bounding_shape()[1]
    if isinstance(value.values, RaggedTensor):
        return _group_rows(kind, value.values, columns, width)
    result = _SEGMENTS[kind](value.values, columns, width)
    return array.expand_dims(result, 0) if keepdims else result


def _segments(op, inputs, attrs):
    """How `tf.math.unsorted_segment_sum` and its kin take rows: position by position."""
    value, groups, number = inputs
    kind = op.name.removeprefix("Segment").removeprefix("Unsorted")
    if kind not in ("Mean", "SqrtN"):
        return _group_rows(kind, value, groups, number)
    total, count = (_group_rows("Sum", x, groups, number) for x in (value, array.ones_like(value)))
    count = math.cast(count, total.dtype) if total.dtype.is_floating else count
    return math.divide(total, math.sqrt(count) if kind == "SqrtN" else count)


def _group_rows(kind, rows, groups, number):
    """Rows of one group reduced position by position."""
    places = array.range(array.shape(rows.values, dtypes.int64)[0])
    places = places - gathering.gather(rows.row_starts(), rows.value_rowids())
    number = math.cast(number, rows.row_splits.dtype)
    groups = math.cast(groups, rows.row_splits.dtype)
    lengths = selecting.unsorted_segment_max(rows.row_lengths(), groups, number)
    lengths = math.maximum(lengths, array.zeros_like(lengths))
    made = RaggedTensor.from_row_lengths(array.range(reductions.reduce_sum(lengths)), lengths)
    starts = gathering.gather(made.row_starts(), gathering.gather(groups, rows.value_rowids()))
    size = array.shape(made.values)[0]
    return made.with_values(_SEGMENTS[kind](rows.values, starts + places, size))


def _reduction(op, inputs, attrs):
    return reduce(op.name, inputs[0], inputs[1], attrs[0])


def _reshape(op, inputs, attrs):
    value, shape = inputs
    if np.ravel(static_value(shape)).tolist() != [-1]:
        raise TypeError(f"A RaggedTensor can be reshaped to [-1] only: {value!r}.")
    return execute(op, (value.flat_values, shape), attrs)


def _places(value):
    """The index of each element that is true, in all rows."""
    sparse = math.cast(value, dtypes.bool).to_sparse()
    return gathering.boolean_mask(sparse.indices, sparse.values)


EXECUTE.update(dict.fromkeys(_WHOLE, _reduction))
EXECUTE.update({f"Segment{kind}": _segments for kind in
                ("Sum", "Prod", "Mean", "SqrtN", "UnsortedMax", "UnsortedMin")})  # fmt: skip
EXECUTE.update(
    ExpandDims=lambda op, inputs, attrs: expand_dims(inputs[0], int(inputs[1])),
    ConcatV2=lambda op, inputs, attrs: concat(inputs[:-1], int(inputs[-1])),
    Reshape=_reshape,
    Where=lambda op, inputs, attrs: _places(inputs[0]),
    Rank=lambda op, inputs, attrs: convert_to_tensor(inputs[0].shape.rank),
    Pack=lambda op, inputs, attrs: stack(inputs, attrs[0]),
    ReduceJoin=_joined,
    ReverseV2=lambda op, inputs, attrs: reverse(inputs[0], np.asarray(inputs[1])),
    Tile=lambda op, inputs, attrs: tile(*inputs),
)


def _operator(function):
    return lambda x, y: elementwise(function, x, y), lambda x, y: elementwise(function, y, x)


for _name, _function in {
    "add": math.add, "sub": math.subtract, "mul": math.multiply, "truediv": math.truediv,
    "floordiv": math.floordiv, "mod": math.floormod, "pow": math.pow, "and": math.logical_and,
    "or": math.logical_or, "xor": math.logical_xor,
}.items():  # fmt: skip
    _forward, _reflected = _operator(_function)
    setattr(RaggedTensor, f"__{_name}__", _forward)
    setattr(RaggedTensor, f"__r{_name}__", _reflected)
for _name, _function in {
    "lt": math.less, "le": math.less_equal, "gt": math.greater, "ge": math.greater_equal,
    "eq": math.equal, "ne": math.not_equal,
}.items():  # fmt: skip
    setattr(RaggedTensor, f"__{_name}__", _operator(_function)[0])
for _name, _function in {"neg": math.negative, "abs": math.abs, "invert": math.logical_not}.items():
    setattr(RaggedTensor, f"__{_name}__", _function)
