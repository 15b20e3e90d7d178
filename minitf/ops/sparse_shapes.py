"""Sparse tensors of other shapes: reshaped, cut, split, with rows filled up or left out."""

import numpy as np

from minitf import dtypes, errors
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import define
from minitf.ops import array, gathering, joining, math, reductions
from minitf.ops.sparse import SparseTensor, as_sparse, reorder, retain
from minitf.shapes import TensorShape


def _strides(shape):
    """How far apart, in a line of all elements, neighbours along each axis are."""
    return reductions.cumprod(shape, exclusive=True, reverse=True)


def reshape(sp_input, shape, name=None):
    """The same elements, in the order of rows, in another shape; one size may be -1.

    Raises:
      ValueError: the sizes do not fit.

    >>> reshape(SparseTensor([[0, 1], [1, 0]], [5, 7], [2, 2]), [4]).indices.numpy().tolist()
    [[1], [2]]
    """
    sp_input = as_sparse(sp_input)
    old, new = sp_input.dense_shape, math.cast(convert_to_tensor(shape), dtypes.int64)
    known, target = static_value(old), static_value(new)
    if known is not None and target is not None:
        rest = np.prod(target[target >= 0]) if (target < 0).any() else None
        if (target < 0).sum() > 1:
            raise ValueError("At most one dimension can be inferred (-1).")
        if known.prod() % rest if rest else rest is None and known.prod() != target.prod():
            raise errors.InvalidArgumentError(
                None, None, f"Input to reshape is a tensor with {known.prod()} dense values, "
                f"but the requested shape has {target.prod()}: {target.tolist()}"
            )  # fmt: skip
    inferred = reductions.reduce_prod(old) // math.maximum(
        reductions.reduce_prod(math.abs(new)), array.ones([], dtypes.int64))  # fmt: skip
    new = gathering.where(new < 0, inferred, new)
    places = reductions.reduce_sum(sp_input.indices * _strides(old), axis=1, keepdims=True)
    return SparseTensor(math.floormod(places // _strides(new), new), sp_input.values, new)


def expand_dims(sp_input, axis=None, name=None):
    """With an axis of size 1 before `axis` (default: the last)."""
    sp_input = as_sparse(sp_input)
    rank = sp_input.indices.shape[1]
    axis = -1 if axis is None else int(axis)
    if not -rank - 1 <= axis <= rank:
        raise ValueError(f"`axis` must be in the range [{-rank - 1}, {rank}]. Received: {axis}.")
    axis = axis if axis >= 0 else axis + rank + 1
    column = array.zeros_like(sp_input.indices[:, :1])
    indices = joining.concat([sp_input.indices[:, :axis], column, sp_input.indices[:, axis:]], 1)
    one = array.ones([1], dtypes.int64)
    shape = joining.concat([sp_input.dense_shape[:axis], one, sp_input.dense_shape[axis:]], 0)
    return SparseTensor(indices, sp_input.values, shape)


def slice(sp_input, start, size, name=None):
    """The part that begins at `start` and has at most `size`."""
    sp_input = as_sparse(sp_input)
    start = math.cast(convert_to_tensor(start), dtypes.int64)
    size = math.cast(convert_to_tensor(size), dtypes.int64)
    shape = math.maximum(math.minimum(size, sp_input.dense_shape - start),
                         array.zeros_like(size))  # fmt: skip
    moved = sp_input.indices - start
    inside = math.logical_and(moved >= 0, moved < shape)
    found = retain(sp_input, reductions.reduce_all(inside, axis=1))
    return SparseTensor(found.indices - start, found.values, shape)


def split(sp_input=None, num_split=None, axis=None, name=None):
    """`num_split` parts along `axis`; the first ones are larger where they cannot be equal."""
    if sp_input is None or num_split is None or axis is None:
        raise ValueError("sp_input, num_split and axis are required")
    sp_input, axis = as_sparse(sp_input), int(axis)
    rank = sp_input.indices.shape[1]
    if not -rank <= axis < rank:
        raise stack.frame.invalid(f"Input axis should be in range [{-rank}, {rank}), got {axis}")
    length = static_value(sp_input.dense_shape)[axis]
    if not 1 <= num_split <= length:
        raise stack.frame.invalid(
            f"Input num_split should be between 1 and the splitting dimension size ({length}), "
            f"got {num_split}"
        )
    sizes = [length // num_split + (i < length % num_split) for i in range(num_split)]
    starts = np.cumsum([0, *sizes])
    unit = np.eye(rank, dtype=np.int64)[axis]
    whole = sp_input.dense_shape * (1 - unit)
    return [slice(sp_input, unit * start, whole + unit * size) for start, size in
            zip(starts, sizes)]  # fmt: skip


def reset_shape(sp_input, new_shape=None):
    """The same elements in a larger shape, or (by default) in the smallest that holds them.

    Raises:
      ValueError: `new_shape` has another rank, or is too small.
    """
    sp_input = as_sparse(sp_input)
    if new_shape is None:
        ends = reductions.reduce_max(sp_input.indices, axis=0) + 1
        return SparseTensor(sp_input.indices, sp_input.values, ends)
    old, new = static_value(sp_input.dense_shape), static_value(new_shape)
    if old is not None and new is not None:
        if len(old) != len(new):
            raise ValueError(f"Rank mismatch: {len(new)} and {len(old)}")
        if (np.asarray(new) < old).any():
            raise ValueError(
                "Requested new_shape should have dimension sizes >= sp_input.shape.  Found "
                f"new_shape ({new}), sp_input.shape ({old})."
            )
    return SparseTensor(sp_input.indices, sp_input.values,
                        math.cast(convert_to_tensor(new_shape), dtypes.int64))  # fmt: skip


# Rows --------------------------------------------------------------------------------------------


def _fill(indices, dense_shape):
    """Places, with one for each empty row; where each value comes from; which rows were empty."""
    rows = int(dense_shape[0])
    if len(indices) and not rows:
        raise errors.InvalidArgumentError(
            None, None, f"Received SparseTensor with dense_shape[0] = 0 but indices.shape[0] = "
            f"{len(indices)}"
        )  # fmt: skip
    empty = np.ones(rows, bool)
    empty[indices[:, 0]] = False
    added = np.zeros((empty.sum(), indices.shape[1]), np.int64)
    added[:, 0] = np.flatnonzero(empty)
    every = np.concatenate([indices, added])
    order = np.argsort(every[:, 0], kind="stable")
    return every[order], np.minimum(order, len(indices)), empty


FILL_EMPTY_ROWS = define(
    "SparseFillEmptyRows", _fill, "??", num_outputs=3, host=True,
    infer=lambda inputs, attrs: [
        (TensorShape([None, inputs[0].shape[1]]), dtypes.int64),
        (TensorShape([None]), dtypes.int64),
        (TensorShape([None if (known := static_value(inputs[1])) is None else known[0]]),
         dtypes.bool)],
)  # fmt: skip


def fill_empty_rows(sp_input, default_value, name=None):
    """(with `default_value` first in each row that has nothing, which rows those are).

    >>> st = SparseTensor([[1, 0]], [5], [2, 3])
    >>> filled, empty = fill_empty_rows(st, 9)
    >>> filled.values.numpy().tolist(), empty.numpy().tolist()
    ([9, 5], [True, False])
    """
    sp_input = as_sparse(sp_input)
    default = convert_to_tensor(default_value, sp_input.dtype)
    inputs = (sp_input.indices, sp_input.dense_shape)
    indices, source, empty = execute(FILL_EMPTY_ROWS, inputs, (), name)
    line = joining.concat([sp_input.values, array.reshape(default, [1])], 0)
    return SparseTensor(indices, gathering.gather(line, source), sp_input.dense_shape), empty


def to_indicator(sp_input, vocab_size, name=None):
    """bool: the ids of the last axis, as flags `[..., vocab_size]`.

    >>> to_indicator(SparseTensor([[0, 0], [0, 1]], [2, 0], [1, 2]), 3).numpy().tolist()
    [[True, False, True]]
    """
    sp_input = as_sparse(sp_input)
    ids = math.cast(sp_input.values, dtypes.int64)
    indices = joining.concat([sp_input.indices[:, :-1], array.expand_dims(ids, 1)], 1)
    size = array.reshape(math.cast(convert_to_tensor(vocab_size), dtypes.int64), [1])
    shape = joining.concat([sp_input.dense_shape[:-1], size], 0)
    flags = array.fill(shape, False)
    return gathering.tensor_scatter_nd_update(flags, indices, array.ones_like(ids, dtypes.bool))


def mask(a, mask_indices, name=None):
    """Indexed slices without those at `mask_indices`."""
    keep = _not_in(a.indices, mask_indices)
    return type(a)(gathering.boolean_mask(a.values, keep), gathering.boolean_mask(a.indices, keep),
                   a.dense_shape)  # fmt: skip


def _not_in(x, y):
    y = math.cast(convert_to_tensor(y), x.dtype)
    return math.logical_not(reductions.reduce_any(
        math.equal(array.expand_dims(x, 1), array.expand_dims(y, 0)), axis=1))  # fmt: skip


def merge_rows(sp_ids, sp_values, vocab_size, already_sorted=False):
    """The values at the places (row, id): `sparse_merge` of TF 1.x."""
    ids = math.cast(sp_ids.values, dtypes.int64)
    indices = joining.concat([sp_ids.indices[:, :-1], array.expand_dims(ids, 1)], 1)
    size = array.reshape(math.cast(convert_to_tensor(vocab_size), dtypes.int64), [1])
    shape = joining.concat([sp_ids.dense_shape[:-1], size], 0)
    result = SparseTensor(indices, sp_values.values, shape)
    return result if already_sorted else reorder(result)
