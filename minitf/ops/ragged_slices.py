"""Indexing of ragged tensors: `rt[i]`, `rt[a:b]`, `rt[:, a:b]`, `rt[..., tf.newaxis]`.

Each key is for one axis: the first picks rows, the others pick inside of each row. Offers
`count_rows`, rows that count from a beginning to an end, which slices and `tf.ragged.range` are.
"""

import numpy as np

from minitf import dtypes
from minitf.core.convert import static_value
from minitf.core.frames import stack
from minitf.core.tensor import Tensor
from minitf.ops import array, gathering, math, reductions
from minitf.ops.ragged import RaggedTensor

_KEYS = (int, np.integer, np.ndarray, slice, type(None), type(Ellipsis), Tensor)


def _getitem(value, key):
    keys = list(key) if isinstance(key, tuple | list) else [key]
    for k in keys:
        if not isinstance(k, _KEYS):
            raise TypeError(
                "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar "
                f"tf.int32/tf.int64 tensors are valid indices, got {k!r}"
            )
    return _item(value, keys)


RaggedTensor.__getitem__ = _getitem


def _item(value, key):
    """`value[key]` for a list of keys, of which the first is for the rows."""
    if not key:
        return value
    if not isinstance(value, RaggedTensor):
        return value[tuple(key)]
    first, *rest = key
    if first is None:
        inner = _item(value, rest)
        if not isinstance(inner, RaggedTensor):
            return array.expand_dims(inner, 0)
        return RaggedTensor.from_uniform_row_length(inner, inner.nrows(), nrows=1)
    if first is Ellipsis:
        missing = value.shape.rank - sum(k is not Ellipsis and k is not None for k in rest)
        return _item(value, [slice(None)] * missing + rest)
    if isinstance(first, slice):
        return _inner_items(value if first == slice(None) else _row_slice(value, first), rest)
    count, known = value.shape[0], static_value(first)
    if count is not None and known is not None and not -count <= known < count:
        raise IndexError(f"Row key {known} out of bounds")
    splits = value.row_splits
    first = _counted(first, value.nrows())
    return _item(value.values[splits[first] : splits[first + 1]], rest)


def _counted(index, count):
    """`index`, a number or tensor, counted from the first of `count` elements if it is negative."""
    known = static_value(index)
    if known is not None:
        return index if known >= 0 else count + known
    index = math.cast(index, count.dtype)
    return gathering.where(index < 0, count + index, index)


def _row_slice(value, key):
    numbers = array.range(value.nrows())[key]
    return gathering.gather(value, numbers)


def _inner_items(value, rest):
    """The keys `rest` applied inside of each row."""
    if not rest or len(rest) == 1 and rest[0] is Ellipsis:
        return value
    first, *deeper = rest
    if first is None:
        inner = _inner_items(value, deeper)
        return RaggedTensor.from_uniform_row_length(inner, 1, nrows=value.nrows())
    if not isinstance(first, slice):
        if value.uniform_row_length is None:
            raise ValueError("Cannot index into an inner ragged dimension.")
        length, known = value.shape[1], static_value(first)
        if length is not None and known is not None and not -length <= known < length:
            raise stack.frame.invalid(f"slice index {known} of dimension 1 out of bounds.")
        places = value.row_starts() + _counted(first, value.uniform_row_length)
        return _item(gathering.gather(value.values, places), [slice(None), *deeper])
    if first != slice(None):
        starts = value.row_starts()
        begin, end, step = _bounds(first, value.row_lengths())
        places = count_rows(starts + begin, starts + end, array.ones_like(starts) * step)
        value = places.with_values(gathering.gather(value.values, places.values))
    return value.with_values(_item(value.values, [slice(None), *deeper])) if deeper else value


def _bounds(key, lengths):
    """(begin, end, step) of a slice in rows of `lengths`; the first two are tensors like them."""
    step = 1 if key.step is None else int(static_value(key.step))
    if step == 0:
        raise stack.frame.invalid("Requires delta != 0")
    low, high = (0, lengths) if step > 0 else (-1, lengths - 1)

    def bound(at, default):
        if at is None:
            return array.zeros_like(lengths) + default
        at = array.zeros_like(lengths) + _counted(at, lengths)
        return math.minimum(math.maximum(at, low), high)

    ends = (low, high) if step > 0 else (high, low)
    return bound(key.start, ends[0]), bound(key.stop, ends[1]), step


def count_rows(starts, limits, deltas, splits_dtype=dtypes.int64):
    """Ragged rows: row i counts from `starts[i]` to `limits[i]`, without it, by `deltas[i]`."""
    distance = math.cast(limits - starts, dtypes.float64) / math.cast(deltas, dtypes.float64)
    lengths = math.cast(math.maximum(math.ceil(distance), 0), splits_dtype)
    places = array.range(reductions.reduce_sum(lengths))
    rows = RaggedTensor.from_row_lengths(places, lengths)
    ids = rows.value_rowids()
    steps = math.cast(places - gathering.gather(rows.row_starts(), ids), starts.dtype)
    return rows.with_values(gathering.gather(starts, ids) + steps * gathering.gather(deltas, ids))
