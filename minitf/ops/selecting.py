"""Ranking, counting and segments: `top_k`, `bincount`, `segment_sum`, lookups in tables."""

import collections

import jax
import jax.numpy as jnp
import numpy as np

from minitf import dtypes, errors
from minitf.core.checks import inspected, shows, values
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import define
from minitf.ops import array, gathering, joining, math, reductions
from minitf.shapes import TensorShape

# Ranking -----------------------------------------------------------------------------------------


def _top_k(input, k, *, index_dtype):
    k = int(k)
    if input.ndim < 1 or input.shape[-1] < k:
        raise ValueError(f"input must have at least k columns. Had {input.shape[-1]}, needed {k}")
    values, indices = jax.lax.top_k(input, k)
    return values, indices.astype(index_dtype)


TOP_K = define("TopKV2", _top_k, "Ti", static=(1,), num_outputs=2)


class TopKV2(tuple):
    """The result of `top_k`: `values` and `indices`."""

    __slots__ = ()
    _fields = ("values", "indices")
    values = property(lambda self: self[0])
    indices = property(lambda self: self[1])

    def __new__(cls, values, indices):
        return super().__new__(cls, (values, indices))

    def __repr__(self):
        return f"TopKV2(values={self.values!r}, indices={self.indices!r})"


def top_k(input, k=1, sorted=True, index_type=dtypes.int32, name=None):
    """The `k` greatest elements of the last axis, and where they are.

    >>> top_k([1.0, 3.0, 2.0], 2).indices.numpy()
    array([1, 2], dtype=int32)
    """
    return TopKV2(*execute(TOP_K, (input, k), (dtypes.as_dtype(index_type).np.name,), name))


ApproxTopK = collections.namedtuple("ApproxTopK", "values indices")


def approx_max_k(operand, k, reduction_dimension=-1, recall_target=0.95,
                 reduction_input_size_override=-1, aggregate_to_topk=True, name=None):  # fmt: skip
    """(the `k` largest elements along an axis, in falling order; their int32 places): exact ones.

    The other arguments say how TensorFlow may err on an accelerator; as on its CPU, nothing does.
    """
    return _k_along(operand, k, reduction_dimension, name)


def approx_min_k(operand, k, reduction_dimension=-1, recall_target=0.95,
                 reduction_input_size_override=-1, aggregate_to_topk=True, name=None):  # fmt: skip
    """As `approx_max_k`, of the smallest elements, in rising order."""
    values, places = _k_along(-convert_to_tensor(operand), k, reduction_dimension, name)
    return ApproxTopK(-values, places)


def _k_along(operand, k, axis, name):
    operand = convert_to_tensor(operand)
    order = list(range(operand.shape.rank))
    order[axis], order[-1] = order[-1], order[axis]
    found = top_k(array.transpose(operand, order), k, name=name)
    return ApproxTopK(*(array.transpose(x, order) for x in found))


def _in_top_k(predictions, targets, k):
    if predictions.shape[0] != targets.shape[0]:
        raise ValueError(
            f"First dimension of predictions {predictions.shape[0]} must match length of targets "
            f"{targets.shape[0]}"
        )
    rows = jnp.arange(predictions.shape[0])
    inside = (targets >= 0) & (targets < predictions.shape[1])
    chosen = predictions[rows, jnp.where(inside, targets, 0)]
    above = jnp.sum(predictions > chosen[:, None], axis=1)
    return inside & jnp.isfinite(chosen) & (above < k)


IN_TOP_K = define("InTopKV2", _in_top_k, "TUi", differentiable=False)


def in_top_k(targets, predictions, k, name=None):
    """Whether each target class is among the `k` greatest predictions of its row."""
    predictions, targets = convert_to_tensor(predictions), convert_to_tensor(targets)
    return execute(IN_TOP_K, (predictions, targets, k), (), name)


def nth_element(input, n, reverse=False, name=None):
    """The element that stands at `n` when the last axis is sorted."""
    ordered = array.sort(input, direction="DESCENDING" if reverse else "ASCENDING")
    return gathering.gather(ordered, n, axis=-1)


SEARCH_SORTED = define(
    "SearchSorted",
    lambda sorted_inputs, values, *, side, dtype: jnp.reshape(
        jax.vmap(lambda s, v: jnp.searchsorted(s, v, side))(
            jnp.reshape(sorted_inputs, [-1, sorted_inputs.shape[-1]]),
            jnp.reshape(values, [-1, values.shape[-1]]),
        ),
        values.shape,
    ).astype(dtype),
    "TT",
    differentiable=False,
)


def searchsorted(sorted_sequence, values, side="left", out_type=dtypes.int32, name=None):
    """Where `values` would have to stand in the sorted last axis of `sorted_sequence`.

    >>> searchsorted([1, 3, 5], [3, 4]).numpy()
    array([1, 2], dtype=int32)
    """
    if side not in ("left", "right"):
        raise ValueError(f"Argument `side` must be either 'right' or 'left'. Received: {side}")
    attrs = (side, dtypes.as_dtype(out_type).np.name)
    sequence = convert_to_tensor(sorted_sequence)
    values = convert_to_tensor(values, None if hasattr(values, "dtype") else sequence.dtype)
    return execute(SEARCH_SORTED, (sequence, values), attrs, name)


def _is_permutation(x):
    known = values(x)
    if x.ndim != 1:
        raise errors.InvalidArgumentError(None, None, "invert_permutation expects a 1D vector.")
    if known is not None and np.any(np.sort(known) != np.arange(known.size)):
        raise errors.InvalidArgumentError(None, None, f"{known} is not a permutation")


INVERT_PERMUTATION = define(
    "InvertPermutation",
    lambda x: jnp.zeros_like(x).at[x].set(jnp.arange(x.shape[0], dtype=x.dtype)),
    "T",
    differentiable=False,
    verify=_is_permutation,
)


def invert_permutation(x, name=None):
    """The permutation that undoes `x`."""
    return execute(INVERT_PERMUTATION, (x,), (), name)


# Counting ----------------------------------------------------------------------------------------


def bincount(arr, weights=None, minlength=None, maxlength=None, dtype=dtypes.int32, name=None,
             axis=None, binary_output=False):  # fmt: skip
    """How often each number from 0 on occurs in `arr`, or the sum of the `weights` where it does.

    >>> bincount([1, 1, 3]).numpy()
    array([0, 2, 0, 1], dtype=int32)
    """
    arr = convert_to_tensor(arr)
    if not arr.dtype.is_integer:
        arr = math.cast(arr, dtypes.int32)
    if axis not in (None, 0, -1):
        raise ValueError(
            f"Unsupported value for argument axis={axis}. Only 0 and -1 are currently supported."
        )  # noqa: E501
    flat = arr if axis == -1 and arr.shape.rank == 2 else array.reshape(arr, [-1])
    length = reductions.reduce_max(flat) + 1 if arr.shape.num_elements() != 0 else 0
    if minlength is not None:
        length = math.maximum(math.cast(minlength, arr.dtype), length)
    if maxlength is not None:
        length = math.minimum(math.cast(maxlength, arr.dtype), length)
    return execute(BINCOUNT, (flat, length, *_weights(flat, weights, dtype)),
                   (bool(binary_output),), name)  # fmt: skip


def _weights(flat, weights, dtype):
    if weights is None:
        return (array.ones_like(flat, dtype=dtype),)
    if hasattr(weights, "flat_values"):
        weights = weights.flat_values
        return (weights if hasattr(flat, "flat_values") else array.reshape(weights, [-1]),)
    return (array.reshape(weights, array.shape(flat)),)


def _bincount(arr, length, weights, *, binary):
    length = max(int(length), 0)

    def count(row, weight):
        total = jnp.zeros([length], weight.dtype).at[row].add(weight, mode="drop")
        return jnp.minimum(total, 1) if binary else total

    return jax.vmap(count)(arr, weights) if arr.ndim == 2 else count(arr, weights)


def _not_negative(arr, weights, *, binary):
    numbers = inspected(arr)
    if numbers is not None and shows(numbers < 0):
        raise errors.InvalidArgumentError(None, None, "Input arr must be non-negative!")


BINCOUNT = define("DenseBincount", _bincount, "Ti?", static=(1,), verify=_not_negative)


def histogram_fixed_width(values, value_range, nbins=100, dtype=dtypes.int32, name=None):
    """How many `values` fall into each of `nbins` equal parts of `value_range`."""
    bins = histogram_fixed_width_bins(values, value_range, nbins)
    ones = array.ones_like(array.reshape(bins, [-1]), dtype=dtype)
    return unsorted_segment_sum(ones, array.reshape(bins, [-1]), nbins)


def histogram_fixed_width_bins(values, value_range, nbins=100, dtype=dtypes.int32, name=None):
    """The number of the part of `value_range` that each value falls into."""
    values = convert_to_tensor(values)
    limits, parts = static_value(value_range), static_value(nbins)
    if limits is not None and not limits[0] < limits[1]:
        raise errors.InvalidArgumentError(
            None, None, f"value_range should satisfy value_range[0] < value_range[1], but got "
            f"{limits.tolist()}")  # fmt: skip
    if parts is not None and parts <= 0:
        raise errors.InvalidArgumentError(
            None, None, f"nbins should be a positive number, but got '{int(parts)}'"
        )
    low, high = (convert_to_tensor(value_range, None if hasattr(value_range, "dtype")
                                   else values.dtype)[i] for i in (0, 1))  # fmt: skip
    share = (values - low) / (high - low)
    scaled = share * math.cast(nbins, share.dtype)
    index = math.cast(math.floor(scaled), dtypes.int32)
    return math.cast(math.minimum(math.maximum(index, 0), nbins - 1), dtype)


def confusion_matrix(labels, predictions, num_classes=None, weights=None, dtype=dtypes.int32,
                     name=None):  # fmt: skip
    """How often (or with what weight) row class `labels` was predicted as column class.

    >>> confusion_matrix([0, 1, 1], [0, 0, 1]).numpy().tolist()
    [[1, 0], [1, 1]]
    """
    labels = math.cast(convert_to_tensor(labels), dtypes.int64)
    predictions = math.cast(convert_to_tensor(predictions), dtypes.int64)
    ranks = labels.shape.rank, predictions.shape.rank
    if None not in ranks and ranks[0] != ranks[1]:  # one of them has an axis of size 1 more
        if ranks[0] > ranks[1]:
            labels = array.squeeze(labels, -1)
        else:
            predictions = array.squeeze(predictions, -1)
    if num_classes is None:
        both = math.maximum(reductions.reduce_max(labels), reductions.reduce_max(predictions))
        num_classes = both + 1
    dtype = dtypes.as_dtype(dtype)
    values = array.ones_like(predictions, dtype) if weights is None else math.cast(weights, dtype)
    if not values.shape.is_compatible_with(predictions.shape):
        raise ValueError(f"Shapes {predictions.shape} and {values.shape} are incompatible")
    number = math.cast(num_classes, dtypes.int64)
    return gathering.scatter_nd(joining.stack([labels, predictions], 1), values,
                                joining.stack([number, number]))  # fmt: skip


# Segments ----------------------------------------------------------------------------------------


def _segments(name, reduce, empty=0):
    """Two ops: segments that are sorted, and segments in any order."""

    def run(data, segment_ids, num_segments):
        return reduce(data, segment_ids, int(num_segments))

    return define(f"Segment{name}", run, "Tii", static=(2,))


def _filled(reduce, fill):
    def run(data, ids, n):
        result = reduce(data, ids, n)
        counts = jax.ops.segment_sum(jnp.ones(ids.shape, jnp.int32), ids, n)
        empty = (counts == 0).reshape(counts.shape + (1,) * (result.ndim - 1))
        return jnp.where(empty, fill(data.dtype), result)

    return run


def _lowest(dtype):
    return jnp.finfo(dtype).min if jnp.issubdtype(dtype, jnp.floating) else jnp.iinfo(dtype).min


def _highest(dtype):
    return jnp.finfo(dtype).max if jnp.issubdtype(dtype, jnp.floating) else jnp.iinfo(dtype).max


def _mean(data, ids, n):
    total = jax.ops.segment_sum(data, ids, n)
    counts = jax.ops.segment_sum(jnp.ones(ids.shape, data.dtype), ids, n)
    return total / jnp.maximum(counts, 1).reshape(counts.shape + (1,) * (total.ndim - 1))


def _root(data, ids, n):
    total = jax.ops.segment_sum(data, ids, n)
    counts = jax.ops.segment_sum(jnp.ones(ids.shape, data.dtype), ids, n)
    return total / jnp.sqrt(jnp.maximum(counts, 1)).reshape(counts.shape + (1,) * (total.ndim - 1))


def _product(data, ids, n):
    inside = ids == jnp.arange(n, dtype=ids.dtype)[:, None]
    inside = inside.reshape(inside.shape + (1,) * (data.ndim - 1))
    return jnp.prod(jnp.where(inside, data, jnp.ones((), data.dtype)), 1, data.dtype)


_zero = lambda dtype: np.zeros((), dtype)  # noqa: E731
SORTED = {
    "sum": _segments("Sum", jax.ops.segment_sum),
    "mean": _segments("Mean", _mean),
    "prod": _segments("Prod", _product),
    "max": _segments("Max", _filled(jax.ops.segment_max, _zero)),
    "min": _segments("Min", _filled(jax.ops.segment_min, _zero)),
}
UNSORTED = {
    "sum": SORTED["sum"],
    "mean": SORTED["mean"],
    "prod": SORTED["prod"],
    "sqrt_n": _segments("SqrtN", _root),
    "max": _segments("UnsortedMax", _filled(jax.ops.segment_max, _lowest)),
    "min": _segments("UnsortedMin", _filled(jax.ops.segment_min, _highest)),
}


def _increasing(ids):
    ids = inspected(ids)
    if ids is None or ids.ndim != 1:
        return
    if shows(ids[1:] < ids[:-1]):
        raise errors.InvalidArgumentError(None, None, "segment ids are not increasing")
    if shows(ids[:1] < 0):
        raise errors.InvalidArgumentError(None, None, "segment ids must be >= 0")


def _at_most(ids, *, limit):
    ids = inspected(ids)
    if ids is not None and shows(ids >= limit):
        raise errors.InvalidArgumentError(None, None, f"segment_ids is out of range [0, {limit})")


CHECK_INCREASING = define(
    "IncreasingSegmentIds", lambda ids: ids, "i", verify=_increasing, differentiable=False
)
CHECK_SEGMENTS = define(
    "SegmentIds", lambda ids, *, limit: ids, "i", verify=_at_most, differentiable=False
)


def _sorted_segments(kind, what):
    def function(data, segment_ids, name=None):
        data, ids = convert_to_tensor(data), convert_to_tensor(segment_ids)
        if data.shape.rank == 0:
            raise stack.frame.invalid("input must be at least rank 1")
        ids = execute(CHECK_INCREASING, (ids,))
        count = ids[-1] + 1 if ids.shape.num_elements() != 0 else 0
        return execute(SORTED[kind], (data, ids, count), (), name)

    function.__name__ = function.__qualname__ = f"segment_{kind}"
    function.__doc__ = f"The {what} of the rows of `data` with each (increasing) segment id."
    return function


def _unsorted_segments(kind, what):
    def function(data, segment_ids, num_segments, name=None):
        if hasattr(segment_ids, "flat_values"):  # ragged, as the data are
            data, segment_ids = data.flat_values, segment_ids.flat_values
        data, ids = convert_to_tensor(data), convert_to_tensor(segment_ids)
        limit = static_value(num_segments)
        if limit is not None and np.ndim(limit) == 0:  # an id below 0 leaves its row out
            ids = execute(CHECK_SEGMENTS, (ids,), (int(limit),))
        rank = ids.shape.rank
        if rank is not None and rank != 1:
            rest = array.shape(data)[rank:]
            data = array.reshape(data, joining.concat([[-1], rest], 0))
            ids = array.reshape(ids, [-1])
        return execute(UNSORTED[kind], (data, ids, num_segments), (), name)

    function.__name__ = function.__qualname__ = f"unsorted_segment_{kind}"
    function.__doc__ = f"The {what} of the rows of `data` with each segment id."
    return function


segment_sum = _sorted_segments("sum", "sum")
segment_mean = _sorted_segments("mean", "mean")
segment_prod = _sorted_segments("prod", "product")
segment_max = _sorted_segments("max", "greatest")
segment_min = _sorted_segments("min", "least")
unsorted_segment_sum = _unsorted_segments("sum", "sum")
unsorted_segment_mean = _unsorted_segments("mean", "mean")
unsorted_segment_prod = _unsorted_segments("prod", "product")
unsorted_segment_max = _unsorted_segments("max", "greatest")
unsorted_segment_min = _unsorted_segments("min", "least")
unsorted_segment_sqrt_n = _unsorted_segments("sqrt_n", "sum, divided by the root of the number,")


# Parts and tables --------------------------------------------------------------------------------


def _below(numbers, *, limit):
    numbers = inspected(numbers)
    if numbers is not None and shows(wrong := (numbers < 0) | (numbers >= limit)):
        place = ",".join(map(str, np.argwhere(wrong)[0]))
        raise errors.InvalidArgumentError(
            None, None, f"partitions[{place}] = {numbers[wrong].flat[0]} is not in [0, {limit})"
        )


CHECK_PARTITIONS = define(
    "DynamicPartitionNumbers", lambda numbers, *, limit: numbers, "i", verify=_below,
    differentiable=False,
)  # fmt: skip


def dynamic_partition(data, partitions, num_partitions, name=None):
    """The elements of `data`, by the partition that each belongs to.

    >>> [p.numpy().tolist() for p in dynamic_partition([1, 2, 3], [0, 1, 0], 2)]
    [[1, 3], [2]]
    """
    data, partitions = convert_to_tensor(data), convert_to_tensor(partitions)
    if partitions.shape.rank == 0:
        data, partitions = array.expand_dims(data, 0), array.expand_dims(partitions, 0)
    partitions = execute(CHECK_PARTITIONS, (partitions,), (num_partitions,))
    rank = partitions.shape.rank
    if rank is not None and not data.shape[:rank].is_compatible_with(partitions.shape):
        raise stack.frame.invalid(
            f"data.shape must start with partitions.shape, got data.shape = {data.shape}, "
            f"partitions.shape = {partitions.shape}"
        )
    # The gradient of a gather is sparse; that of this op is dense, as that of a reshape is.
    if not hasattr(data, "__tf_execute__"):
        data = array.reshape(data, array.shape(data))
    chosen = [math.equal(partitions, i) for i in range(num_partitions)]
    if rank == 1:
        return [gathering.gather(data, gathering.where(c)[:, 0]) for c in chosen]
    return [gathering.boolean_mask(data, c) for c in chosen]


def dynamic_stitch(indices, data, name=None):
    """One tensor whose row `indices[i][j]` is row `j` of `data[i]`."""
    indices, data = list(map(convert_to_tensor, indices)), list(map(convert_to_tensor, data))
    if len(indices) != len(data):
        raise ValueError(
            f"List argument 'data' to 'dynamic_stitch' Op with length {len(data)} must match "
            f"length {len(indices)} of argument 'indices'."
        )
    places = joining.concat([array.reshape(i, [-1]) for i in indices], 0)
    rows = [
        array.reshape(part, joining.concat([[-1], array.shape(part)[index.shape.rank :]], 0))
        for index, part in zip(indices, data)
    ]
    none = array.constant([-1], places.dtype)
    size = reductions.reduce_max(joining.concat([none, places], 0), keepdims=True) + 1
    empty = array.zeros(joining.concat([size, array.shape(rows[0])[1:]], 0), rows[0].dtype)
    return gathering.tensor_scatter_nd_update(
        empty, array.expand_dims(places, 1), joining.concat(rows, 0)
    )


def embedding_lookup(params, ids, max_norm=None, name=None):
    """The rows of `params` (or of the parts of it, dealt out in turn) at `ids`."""
    if params is None:
        raise ValueError("params must be specified.")
    if isinstance(params, list | tuple):
        if not params:
            raise ValueError("Length of params is currently 0. Need at least one param.")
        if len(params) == 1:
            return embedding_lookup(params[0], ids, max_norm, name)
        params = joining.concat([convert_to_tensor(p) for p in params], 0)
    rows = gathering.gather(params, ids, name=name)
    if max_norm is None:
        return rows
    axes = list(range(convert_to_tensor(ids).shape.rank, rows.shape.rank))
    size = math.sqrt(reductions.reduce_sum(rows * rows, axes, keepdims=True))
    return rows * (max_norm / math.maximum(size, max_norm))


ListDiff = collections.namedtuple("ListDiff", "out idx")


def setdiff1d(x, y, index_dtype=dtypes.int32, name=None):
    """(the elements of `x` that are not in `y`, where they stand in `x`)."""
    x, y = convert_to_tensor(x), convert_to_tensor(y)
    kinds = ((x.dtype.name, dtypes.as_dtype(index_dtype).name),)
    return ListDiff(*execute(SETDIFF, (x, y), kinds, name))


def _setdiff(x, y, *, kinds):
    keep = ~np.isin(x, y)
    return x[keep], np.flatnonzero(keep).astype(kinds[1])


SETDIFF = define(
    "ListDiff", _setdiff, "TT", num_outputs=2, host=True,
    infer=lambda inputs, attrs: [(TensorShape([None]), inputs[0].dtype),
                                 (TensorShape([None]), dtypes.as_dtype(attrs[0][1]))],
)  # fmt: skip
