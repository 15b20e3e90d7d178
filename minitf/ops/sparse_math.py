"""Arithmetic of sparse tensors: of two at all places of either, softmax, sums of picked rows."""

import numpy as np

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops import array, fingerprints, gathering, joining, linalg, math, reductions, selecting
from minitf.ops.sparse import SparseTensor, as_sparse, reorder, same_sizes, to_dense
from minitf.shapes import TensorShape


def _of_both(name, combine, doc):
    """A function of two sparse tensors: `combine` of their values at all places of either."""

    def combined(sp_a, sp_b, name=None):
        same_sizes(sp_a.dense_shape, sp_b.dense_shape)
        places = joining.concat([sp_a.indices, sp_b.indices], 0)
        strides = reductions.cumprod(sp_a.dense_shape, exclusive=True, reverse=True)
        line = reductions.reduce_sum(places * strides, axis=1)
        found, group = gathering.unique(line)
        size, first = array.size(found), array.shape(sp_a.values)[0]
        values = combine(
            selecting.unsorted_segment_sum(sp_a.values, group[:first], size),
            selecting.unsorted_segment_sum(sp_b.values, group[first:], size),
        )
        indices = math.floormod(array.expand_dims(found, 1) // strides, sp_a.dense_shape)
        return reorder(SparseTensor(indices, values, sp_a.dense_shape))

    combined.__name__ = combined.__qualname__ = name
    combined.__doc__ = doc
    return combined


maximum = _of_both("maximum", math.maximum, "The greater of two; what is not given is zero.")
minimum = _of_both("minimum", math.minimum, "The smaller of two; what is not given is zero.")


def softmax(sp_input, name=None):
    """The softmax of the given elements of each row (along the last axis)."""
    sp_input = as_sparse(sp_input)
    strides = reductions.cumprod(sp_input.dense_shape[:-1], exclusive=True, reverse=True)
    row = reductions.reduce_sum(sp_input.indices[:, :-1] * strides, axis=1)
    count = reductions.reduce_prod(sp_input.dense_shape[:-1])
    top = selecting.unsorted_segment_max(sp_input.values, row, count)
    powers = math.exp(sp_input.values - array.stop_gradient(gathering.gather(top, row)))
    total = selecting.unsorted_segment_sum(powers, row, count)
    return sp_input.with_values(powers / gathering.gather(total, row))


def sampled_addmm(indices, values, dense_shape, mat1, mat2, beta=1.0, alpha=1.0,
                  output_type=dtypes.float32):  # fmt: skip
    """`alpha * mat1 @ mat2 + beta * values`, at the places `indices` alone.

    Returns:
      (indices, values, dense_shape).
    """
    indices = convert_to_tensor(indices)
    batch = indices.shape[-1]
    mat1, mat2 = (math.cast(m, output_type) for m in (mat1, mat2))
    product = linalg.matmul(mat1, mat2)
    picked = gathering.gather_nd(product, indices, batch_dims=product.shape.rank - batch)
    return (
        indices,
        alpha * picked + beta * math.cast(values, output_type),
        (convert_to_tensor(dense_shape)),
    )


# Sums of rows that are picked --------------------------------------------------------------------


def _picked(segments, of_sorted, doc):
    """`segments` of the rows `indices` of `data`; with `num_segments`, of so many segments."""

    def reduce(data, indices, segment_ids, num_segments=None, name=None, sparse_gradient=False):
        rows = gathering.gather(data, indices)
        if num_segments is None:
            return of_sorted(rows, segment_ids)
        return segments(rows, segment_ids, num_segments)

    reduce.__name__ = reduce.__qualname__ = f"segment_{doc}"
    reduce.__doc__ = (
        f"The {doc} of the rows `indices` of `data` that have one segment id; ids are sorted."
    )
    return reduce


def _sqrt_n_of_sorted(rows, ids):
    return selecting.unsorted_segment_sqrt_n(rows, ids, reductions.reduce_max(ids) + 1)


segment_sum = _picked(selecting.unsorted_segment_sum, selecting.segment_sum, "sum")
segment_mean = _picked(selecting.unsorted_segment_mean, selecting.segment_mean, "mean")
segment_sqrt_n = _picked(selecting.unsorted_segment_sqrt_n, _sqrt_n_of_sorted, "sqrt_n")


# Counts and crossings ----------------------------------------------------------------------------


def _counted(places, values, weights, *, by_row, minlength, maxlength, binary):
    """The counts of each row (of all, unless `by_row`), and the number of rows and columns."""
    rows = [dict() for _ in range(int(places[0, 0]) if by_row else 1)]
    columns = minlength
    for row, value, weight in zip(places[1:, 0].tolist(), values.tolist(), weights.tolist()):
        if maxlength >= 0 and value >= maxlength:
            continue
        counts = rows[row if by_row else 0]
        counts[value] = 1 if binary else counts.get(value, 0) + weight
        columns = max(columns, value + 1)
    columns = columns if maxlength < 0 else min(columns, maxlength)
    found = [[i, value] for i, counts in enumerate(rows) for value in sorted(counts)]
    numbers = [rows[i][value] for i, value in found]
    return (np.array(found, np.int64).reshape(-1, 2), np.array(numbers, weights.dtype),
            np.array([len(rows), columns], np.int64))  # fmt: skip


COUNT = define(
    "SparseCountSparseOutput", _counted, "IJ?", num_outputs=3, host=True, differentiable=False,
    infer=lambda inputs, attrs: [(TensorShape([None, 2]), dtypes.int64),
                                 (TensorShape([None]), inputs[2].dtype),
                                 (TensorShape([2]), dtypes.int64)],
)  # fmt: skip


def bincount(values, weights=None, axis=0, minlength=None, maxlength=None, binary_output=False,
             name=None):  # fmt: skip
    """How often each integer appears, as a sparse tensor.

    Args:
      values: integers, a tensor of rank 1 or 2, a ragged or a sparse tensor.
      weights: what each of them counts; default 1.
      axis: 0 for all together, -1 for each row.
      minlength, maxlength: bounds of the number of columns; integers from `maxlength` on are left
        out.
      binary_output: whether 1 stands for any number.

    >>> bincount([1, 1, 3]).values.numpy().tolist()
    [2, 1]
    """
    if axis not in (0, -1):
        raise ValueError(f"Unsupported value for argument axis={axis}. Only 0 and -1 are supported")
    values, weights = (
        x.to_sparse() if hasattr(x, "to_sparse") else x for x in (values, weights)
    )  # a ragged tensor's
    if not isinstance(values, SparseTensor):
        values = _every_element(convert_to_tensor(values))
    if weights is None:
        weights = array.ones_like(values.values)
    elif isinstance(weights, SparseTensor):
        weights = weights.values
    else:
        weights = array.reshape(weights, [-1])
    by_row = axis == -1 and values.indices.shape[1] == 2
    shape = array.reshape(values.dense_shape, [1, -1])
    attrs = (by_row, minlength or 0, -1 if maxlength is None else maxlength, bool(binary_output))
    inputs = (joining.concat([shape, values.indices], 0), values.values, weights)
    indices, found, shape = execute(COUNT, inputs, attrs, name)
    if by_row:
        return SparseTensor(indices, found, shape)
    return SparseTensor(indices[:, 1:], found, shape[1:])


def dense_bincount(arr, weights=None, minlength=None, maxlength=None, dtype=dtypes.int32, name=None,
                   axis=None, binary_output=False):  # fmt: skip
    """How often each number from 0 on occurs in `arr`, or the sum of the `weights` where it does.

    Args:
      arr: integers, not negative; a tensor, ragged or sparse.
      weights: what each of them counts, of the kind of `arr`; default 1.
      minlength, maxlength: bounds of the number of counts; greater numbers are left out.
      dtype: of the counts, where there are no weights.
      axis: -1 for the counts of each row; else of all together.
      binary_output: whether 1 stands for any number.

    >>> dense_bincount([1, 1, 3]).numpy()
    array([0, 2, 0, 1], dtype=int32)
    """
    if not isinstance(arr, SparseTensor):
        return selecting.bincount(
            arr, weights, minlength, maxlength, dtype, name, axis, binary_output
        )
    counts = bincount(arr, weights, axis or 0, minlength, maxlength, binary_output, name)
    counts = to_dense(counts)
    return math.cast(counts, dtype) if weights is None else counts


def _every_element(tensor):
    """A sparse tensor in which every element of `tensor` is given."""
    indices = gathering.where(array.ones_like(tensor, dtypes.bool))
    return SparseTensor(indices, array.reshape(tensor, [-1]), array.shape(tensor, dtypes.int64))


def _rows_of(arrays):
    """The elements of each row of an input of `cross`: a matrix, or the parts of a sparse one."""
    if len(arrays) == 1:
        return arrays[0].tolist()
    indices, values, shape = arrays
    rows = [[] for _ in range(int(shape[0]))]
    for row, value in zip(indices[:, 0].tolist(), values.tolist()):
        rows[row].append(value)
    return rows


def _crossed(rows):
    """Every choice of one element of each input, the last input changing fastest."""
    choices = [()]
    for elements in rows:
        choices = [(*choice, element) for choice in choices for element in elements]
    return choices


def _cross(*arrays, parts, value_of, dtype):
    """(places, values, shape) of every choice, where input `i` came as `parts[i]` arrays."""
    given = iter(arrays)
    inputs = [_rows_of([next(given) for _ in range(count)]) for count in parts]
    every = [[value_of(choice) for choice in _crossed(rows)] for rows in zip(*inputs)]
    places = [[i, j] for i, row in enumerate(every) for j in range(len(row))]
    values = np.array([value for row in every for value in row], dtype)
    shape = [len(every), max(map(len, every), default=0)]
    return np.array(places, np.int64).reshape(-1, 2), values, np.array(shape, np.int64)


def _cross_op(name, fn, dtype):
    return define(
        name, fn, "?*", num_outputs=3, host=True, differentiable=False,
        infer=lambda inputs, attrs: [
            (TensorShape([None, 2]), dtypes.int64), (TensorShape([None]), dtype),
            (TensorShape([2]), dtypes.int64)],
    )  # fmt: skip


def _joined(choice, separator):
    return separator.join(c if isinstance(c, bytes) else str(c).encode() for c in choice)


CROSS = _cross_op(
    "SparseCrossV2",
    lambda *arrays, parts, separator: _cross(
        *arrays, parts=parts, value_of=lambda choice: _joined(choice, separator), dtype=object
    ),
    dtypes.string,
)
CROSS_HASHED = _cross_op(
    "SparseCrossHashed",
    lambda *arrays, parts, num_buckets, key: _cross(
        *arrays, parts=parts, value_of=lambda choice: hash_of(choice, num_buckets, key),
        dtype=np.int64,
    ),
    dtypes.int64,
)  # fmt: skip


def _execute_cross(op, inputs, attrs, name):
    arrays = [(x.indices, x.values, x.dense_shape) if isinstance(x, SparseTensor) else
              (convert_to_tensor(x),) for x in inputs]  # fmt: skip
    attrs = (tuple(map(len, arrays)), *attrs)
    return SparseTensor(
        *execute(op, tuple(part for parts in arrays for part in parts), attrs, name)
    )


def cross(inputs, name=None, separator=None):
    """Every choice of one text of each input, of the same row, joined by `separator` ("_X_").

    >>> cross([[["a"]], [["b", "c"]]]).values.numpy().tolist()
    [b'a_X_b', b'a_X_c']
    """
    separator = b"_X_" if separator is None else bytes(str(separator), "utf-8")
    return _execute_cross(CROSS, inputs, (separator,), name)


_HASH_KEY = 956888297470


def hash_of(choice, num_buckets=0, key=_HASH_KEY):
    """The fingerprint of some texts (as bytes) and integers together, modulo `num_buckets`."""
    value = key
    for c in choice:
        number = fingerprints.fingerprint64(c) if isinstance(c, bytes) else c
        value = fingerprints.concat64(value, number)
    return value % (num_buckets or 2**63 - 1)


def cross_hashed(inputs, num_buckets=0, hash_key=None, name=None):
    """As `cross`, with a fingerprint of each choice, modulo `num_buckets`."""
    key = _HASH_KEY if hash_key is None else hash_key
    return _execute_cross(CROSS_HASHED, inputs, (num_buckets, key), name)
