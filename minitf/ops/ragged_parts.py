"""How ops that pick, cut, sum and multiply take ragged tensors: `tf.gather`, `tf.split`, ...

Each is a function of ragged tensors, entered in `EXECUTE` under the names of the ops that it
stands for.
"""

from minitf import dtypes, errors
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.ops import activations, array, gathering, joining, linalg, math, reductions, selecting
from minitf.ops.ragged import RaggedTensor
from minitf.ops.ragged_ops import rows_at
from minitf.ops.ragged_shapes import DynamicRaggedShape
from minitf.ops.ragged_values import EXECUTE, map_flat_values


def _ragged(value):
    return value if isinstance(value, RaggedTensor) else RaggedTensor.from_tensor(value)


# Picking -----------------------------------------------------------------------------------------


def gather(params, indices, axis=0, batch_dims=0):
    """The parts of `params` along `axis` at `indices`; either is ragged."""
    if batch_dims:
        return _gather_in_rows(_ragged(params), _ragged(indices), batch_dims)
    if isinstance(indices, RaggedTensor):
        return indices.with_values(gathering.gather(params, indices.values, axis=axis))
    axis, indices = axis % params.shape.rank, convert_to_tensor(indices)
    if axis > 1:
        return params.with_values(gathering.gather(params.values, indices, axis=axis - 1))
    if axis == 1:
        places = array.expand_dims(params.row_starts(), 1) + math.cast(
            indices, params.row_splits.dtype
        )
        return gathering.gather(params.values, places)
    if indices.shape.rank == 0:
        return params[indices]
    if indices.shape.rank == 1:
        return rows_at(params, indices)
    rows = RaggedTensor.from_tensor(indices, ragged_rank=indices.shape.rank - 1)
    lengths = [math.cast(n, params.row_splits.dtype) for n in rows.nested_row_lengths()]
    return RaggedTensor.from_nested_row_lengths(rows_at(params, rows.flat_values), lengths)


def _gather_in_rows(params, indices, batch_dims):
    """Row by row: `indices` count from the beginning of the row of `params`."""
    if batch_dims > 1:
        inner = gather(params.values, indices.values, batch_dims=batch_dims - 1)
        return indices.with_values(inner)
    starts = gathering.gather(params.row_starts(), indices.value_rowids())
    flat = math.cast(indices.values, starts.dtype) + starts
    return indices.with_values(gathering.gather(params.values, flat))


def gather_nd(params, indices):
    """The parts of ragged `params` at the index vectors of the last axis of `indices`."""
    indices = math.cast(convert_to_tensor(indices), params.row_splits.dtype)
    first = indices[..., 0]
    if indices.shape[-1] == 1:
        return gather(params, first)
    place = gathering.gather(params.row_starts(), first) + indices[..., 1]
    rest = joining.concat([array.expand_dims(place, -1), indices[..., 2:]], -1)
    return gathering.gather_nd(params.values, rest)


# Cutting -----------------------------------------------------------------------------------------


def split(value, sizes, axis):
    """Parts along an axis: as many as the integer `sizes` says, or of the sizes in the list.

    Raises:
      ValueError: the rows are ragged along `axis`, or there are to be no parts.
      tf.errors.InvalidArgumentError: the sizes do not add up to that of the axis.
    """
    if not -value.shape.rank <= axis < value.shape.rank:
        raise ValueError(f"axis={axis} out of bounds: the rank is {value.shape.rank}")
    axis = axis % value.shape.rank
    if axis > 0 and axis <= value.ragged_rank and value.shape[axis] is None:
        raise ValueError(f"Cannot split a ragged dimension: axis {axis} of shape {value.shape}")
    count = value.nrows() if axis == 0 else value.bounding_shape(axis)
    known = static_value(count)
    if isinstance(sizes, int):
        if sizes < 1:
            raise ValueError(
                f"`num_or_size_splits` must be >=1 if it is an `int`. Received {sizes}"
            )
        if known is not None and known % sizes:
            raise stack.frame.invalid(
                "Cannot exactly split the `axis` dimension of `value` with the given "
                f"`num_or_size_split`: {known} in {sizes} parts"
            )
        ends = [count // sizes * i for i in range(sizes + 1)]
    else:
        sizes = convert_to_tensor(sizes)
        if sizes.shape.rank != 1 or not sizes.dtype.is_integer:
            raise TypeError(f"`num_or_size_splits` must be an `int` or a vector of them: {sizes}")
        if static_value(sizes) is not None and (static_value(sizes) < 0).any():
            raise stack.frame.invalid("`num_or_size_splits` must be non-negative.")
        total = reductions.cumsum(math.cast(sizes, value.row_splits.dtype))
        ends = [0, *(total[i] for i in range(sizes.shape[0]))]
        if known is not None and (end := static_value(ends[-1])) is not None and end != known:
            raise stack.frame.invalid(
                "Cannot exactly split the `axis` dimension of `value` with the given "
                f"`num_or_size_split`: {end} of {known}"
            )
    before = (slice(None),) * axis
    return [value[(*before, slice(a, b))] for a, b in zip(ends[:-1], ends[1:])]


def squeeze(value, axes):
    """Without the axes of size 1 that `axes` names.

    Raises:
      ValueError: it names none.
      tf.errors.InvalidArgumentError: one of them has another size.
    """
    if not axes:
        raise ValueError("Ragged.squeeze must have an axis argument.")
    rank = value.shape.rank
    for axis in sorted({a % rank for a in axes}, reverse=True):
        value = _without(value, axis)
    return value


def _without(value, axis):
    if not isinstance(value, RaggedTensor):
        return array.squeeze(value, axis)
    if axis > 1:
        return value.with_values(_without(value.values, axis - 1))
    lengths = static_value(value.row_lengths() if axis else value.nrows())
    if lengths is not None and (lengths != 1).any():
        raise errors.InvalidArgumentError(
            None, None, f"the given axis (axis = {axis}) is not squeezable!"
        )
    return value.values


# Sums and products -------------------------------------------------------------------------------


def cumsum(value, axis, exclusive, reverse):
    """The running sum along an axis."""
    axis = axis % value.shape.rank
    if axis > 1:
        inner = reductions.cumsum(value.values, axis - 1, exclusive, reverse)
        return value.with_values(inner)
    if axis == 0:  # columns are rows of the values in another order
        columns = _columns(value)
        order = array.argsort(columns, stable=True)
        sorted_ = gathering.gather(columns, order)
        turned = RaggedTensor.from_value_rowids(gathering.gather(value.values, order), sorted_)
        total = cumsum(turned, 1, exclusive, reverse).values
        return value.with_values(gathering.gather(total, array.argsort(order)))
    before = reductions.cumsum(value.values, 0, exclusive=True)
    start = gathering.gather(before, gathering.gather(value.row_starts(), value.value_rowids()))
    total = before - start if exclusive else before - start + value.values
    if reverse:
        whole = gathering.gather(reductions.reduce_sum(value, axis=1), value.value_rowids())
        total = whole - total if exclusive else whole - total + value.values
        total = total - value.values if exclusive else total
    return value.with_values(total)


def _columns(value):
    """The place of each value in its row."""
    places = array.range(math.cast(array.shape(value.values)[0], value.row_splits.dtype))
    return places - gathering.gather(value.row_starts(), value.value_rowids())


def softmax(value, axis):
    """The softmax of each innermost row."""
    if axis % value.shape.rank != value.shape.rank - 1:
        raise NotImplementedError(f"tf.nn.softmax of a ragged tensor: axis={axis}")
    if value.ragged_rank < value.shape.rank - 1:
        return value.with_flat_values(activations.softmax(value.flat_values))
    if isinstance(value.values, RaggedTensor):
        return value.with_values(softmax(value.values, -1))
    rows, count = value.value_rowids(), value.nrows()
    highest = selecting.unsorted_segment_max(value.values, rows, count)
    powers = math.exp(value.values - gathering.gather(highest, rows))
    total = selecting.unsorted_segment_sum(powers, rows, count)
    return value.with_values(powers / gathering.gather(total, rows))


def matmul(a, b, attrs):
    """The products of matrices with ragged rows or columns: what is ragged in them stays so."""
    (transpose_a, transpose_b, adjoint_a, adjoint_b) = attrs
    sizes = []
    for matrix, is_turned in ((a, transpose_a or adjoint_a), (b, transpose_b or adjoint_b)):
        if isinstance(matrix, RaggedTensor) and matrix.shape.rank == 2:
            lengths = static_value(matrix.row_lengths())
            if lengths is not None and (lengths != lengths[:1]).any():
                raise errors.InvalidArgumentError(
                    None, None, "The matrices in `a` and `b` may not be ragged in their innermost "
                    "dimension.")  # fmt: skip
        rows, columns = _matrix_sizes(matrix)
        sizes.append((columns, rows) if is_turned else (rows, columns))
    dense = [x.to_tensor() if isinstance(x, RaggedTensor) else x for x in (a, b)]
    product = linalg.matmul(*dense, transpose_a, transpose_b, adjoint_a, adjoint_b)
    rows, columns = sizes[0][0], sizes[1][1]
    if columns is None:
        return RaggedTensor.from_tensor(product, rows)
    if rows is None:
        rows = array.fill([array.shape(product)[0]], array.shape(product, dtypes.int64)[1])
    every = RaggedTensor.from_tensor(product, rows)
    inner = RaggedTensor.from_tensor(every.values, array.repeat(columns, rows))
    return every.with_values(inner)


def _matrix_sizes(matrix):
    """(rows, columns) of each of some matrices, where they are ragged; None where all are equal."""
    if not isinstance(matrix, RaggedTensor) or matrix.shape.rank < 3:
        return None, None
    rows = matrix.row_lengths() if matrix.uniform_row_length is None else None
    if matrix.ragged_rank < 2:
        return rows, None
    widths = matrix.values.row_lengths()
    return rows, reductions.reduce_max(matrix.with_values(widths).to_tensor(), 1)


def _one_hot(op, inputs, attrs):
    value, axis = inputs[0], attrs[0]
    if 0 <= axis <= value.ragged_rank:
        raise ValueError(
            f"axis ({axis}) must be greater than indices.ragged_rank ({value.ragged_rank})."
        )
    inner = -1 if axis < 0 else axis - value.ragged_rank
    return value.with_flat_values(array.one_hot(value.flat_values, *inputs[1:], inner))


def _bincount(op, inputs, attrs):
    (value, length, weights), (binary,) = inputs, attrs
    length = math.cast(length, value.row_splits.dtype)
    numbers, rows = math.cast(value.values, length.dtype), value.value_rowids()
    counted = gathering.where(numbers < length)[:, 0]  # greater numbers are left out
    numbers, rows, weights = (gathering.gather(x, counted) for x in (
        numbers, rows, getattr(weights, "flat_values", weights)))  # fmt: skip
    places = joining.stack([rows, numbers], 1)
    shape = [value.nrows(), length]
    counts = gathering.scatter_nd(places, weights, joining.stack(shape))
    return math.minimum(counts, 1) if binary else counts


def _format(op, inputs, attrs):
    flat, ranks = [], []
    for x in inputs:
        splits = x.nested_row_splits if isinstance(x, RaggedTensor) else ()
        flat += [x.flat_values, *splits] if splits else [x]
        ranks.append(len(splits))
    return execute(op, tuple(flat), (*attrs[:-1], tuple(ranks)))


EXECUTE.update(
    AddN=lambda op, inputs, attrs: map_flat_values(lambda *flat: math.add_n(list(flat)), *inputs),
    DenseBincount=_bincount,
    Cumsum=lambda op, inputs, attrs: cumsum(inputs[0], int(inputs[1]), *attrs),
    GatherNd=lambda op, inputs, attrs: gather_nd(*inputs),
    GatherV2=lambda op, inputs, attrs: gather(*inputs[:2], *attrs),
    MatMul=lambda op, inputs, attrs: matmul(*inputs, attrs),
    OneHot=_one_hot,
    Shape=lambda op, inputs, attrs: DynamicRaggedShape.from_tensor(
        inputs[0], dtypes.as_dtype(attrs[0])
    ),
    Softmax=lambda op, inputs, attrs: softmax(inputs[0], attrs[0]),
    Split=lambda op, inputs, attrs: split(inputs[0], attrs[0], int(static_value(inputs[1]))),
    SplitV=lambda op, inputs, attrs: split(*inputs[:2], int(static_value(inputs[2]))),
    StringFormat=_format,
    Squeeze=lambda op, inputs, attrs: squeeze(inputs[0], attrs[0]),
)
