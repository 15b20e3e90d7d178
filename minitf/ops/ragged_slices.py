"""Indexing of ragged tensors: `rt[i]`, `rt[a:b]`, `rt[:, a:b]`, `rt[..., tf.newaxis]`.

Each key is for one axis: the first picks rows, the others pick inside of each row. Offers
`count_rows`, rows that count from a beginning to an end, which slices and `tf.ragged.range` are.
"""

from minitf import dtypes
from minitf.ops import array, gathering, math, reductions
from minitf.ops.ragged import RaggedTensor


def _getitem(value, key):
    return _item(value, list(key) if isinstance(key, tuple) else [key])


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
        missing = value.shape.rank - sum(k is not Ellipsis for k in rest)
        return _item(value, [slice(None)] * missing + rest)
    if isinstance(first, slice):
        return _inner_items(value if first == slice(None) else _row_slice(value, first), rest)
    count = value.shape[0]
    if count is not None and isinstance(first, int) and not -count <= first < count:
        raise IndexError(f"Row key {first} out of bounds")
    splits = value.row_splits
    first = first + value.nrows() if isinstance(first, int) and first < 0 else first
    return _item(value.values[splits[first] : splits[first + 1]], rest)


def _row_slice(value, key):
    numbers = array.range(value.nrows())[key]
    return gathering.gather(value, numbers)


def _inner_items(value, rest):
    """The keys `rest` applied inside of each row."""
    if not rest or rest == [Ellipsis]:
        return value
    first, *deeper = rest
    if first is None:
        inner = _inner_items(value, deeper)
        return RaggedTensor.from_uniform_row_length(inner, 1, nrows=value.nrows())
    if not isinstance(first, slice):
        if value.uniform_row_length is None:
            raise ValueError("Cannot index into an inner ragged dimension.")
        places = value.row_starts() + first
        return _item(gathering.gather(value.values, places), [slice(None), *deeper])
    if first != slice(None):
        starts = value.row_starts()
        begin, end, step = _bounds(first, value.row_lengths())
        places = count_rows(starts + begin, starts + end, array.ones_like(starts) * step)
        value = places.with_values(gathering.gather(value.values, places.values))
    return value.with_values(_item(value.values, [slice(None), *deeper])) if deeper else value


def _bounds(key, lengths):
    """(begin, end, step) of a slice in rows of `lengths`; the first two are tensors like them."""
    step = 1 if key.step is None else key.step
    low, high = (0, lengths) if step > 0 else (-1, lengths - 1)

    def bound(at, default):
        if at is None:
            return array.zeros_like(lengths) + default
        at = lengths + at if at < 0 else array.zeros_like(lengths) + at
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
