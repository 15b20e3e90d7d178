"""Functions over axes: sums, means, extremes, quantiles, running sums; with NaN left out, too."""

import jax.numpy as jnp

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config
from minitf.keras.ops.defining import as_they_are, floating, integral, of_arrays, truths
from minitf.ops import array as arrays
from minitf.ops import math, reductions, selecting


def _known(name, function, doc, convert=as_they_are):
    """Keras's `name(x, axis=None, keepdims=False)`: a reduction of TensorFlow's."""

    def reduce(x, axis=None, keepdims=False):
        return function(*convert(x), axis, keepdims)

    reduce.__name__ = reduce.__qualname__ = name
    reduce.__doc__ = doc
    return reduce


def _wide(x):
    """`x`, small integers as 32-bit ones: what they are summed in."""
    (x,) = integral(x)
    small = {"int8": "int32", "int16": "int32", "uint8": "uint32", "uint16": "uint32"}
    dtype = config.standardize_dtype(x.dtype)
    return (math.cast(x, small[dtype]) if dtype in small else x,)


def _of_numbers(name, function, doc, convert=floating):
    """The op `name(x, axis=None, keepdims=False)`, a reduction of JAX's."""

    def reduce(x, axis=None, keepdims=False):
        return function(x, axis=axis, keepdims=keepdims)

    reduce.__name__ = reduce.__qualname__ = name
    reduce.__doc__ = doc
    return of_arrays(1, convert)(reduce)


sum = _known("sum", reductions.reduce_sum, "The sum.", _wide)
mean = _known("mean", reductions.reduce_mean, "The mean.", floating)
std = _known("std", reductions.reduce_std, "The standard deviation.", floating)
var = _known("var", reductions.reduce_variance, "The variance.", floating)
logsumexp = _known("logsumexp", reductions.reduce_logsumexp, "log(sum(exp(x))).", floating)
any = _known("any", reductions.reduce_any, "Whether one is true.", truths)
all = _known("all", reductions.reduce_all, "Whether all are true.", truths)
amax = _known("amax", reductions.reduce_max, "The largest element.")
amin = _known("amin", reductions.reduce_min, "The smallest element.")
ptp = _of_numbers("ptp", jnp.ptp, "The largest element minus the smallest.", as_they_are)
median = _of_numbers("median", jnp.median, "The middle element.")
nansum = _of_numbers(
    "nansum", lambda x, **o: jnp.nansum(x, dtype=x.dtype, **o), "The sum without NaN.", _wide
)
nanprod = _of_numbers(
    "nanprod", lambda x, **o: jnp.nanprod(x, dtype=x.dtype, **o), "The product without NaN.", _wide
)
nanmean = _of_numbers("nanmean", jnp.nanmean, "The mean without NaN.")
nanstd = _of_numbers("nanstd", jnp.nanstd, "The standard deviation without NaN.")
nanvar = _of_numbers("nanvar", jnp.nanvar, "The variance without NaN.")
nanmedian = _of_numbers("nanmedian", jnp.nanmedian, "The middle element without NaN.")
nanmax = _of_numbers("nanmax", jnp.nanmax, "The largest element without NaN.", as_they_are)
nanmin = _of_numbers("nanmin", jnp.nanmin, "The smallest element without NaN.", as_they_are)


def prod(x, axis=None, keepdims=False, dtype=None):
    """The product."""
    (x,) = _wide(x) if dtype is None else (math.cast(x, config.standardize_dtype(dtype)),)
    return reductions.reduce_prod(x, axis, keepdims)


def max(x, axis=None, keepdims=False, initial=None):
    """The largest element, and of `initial`."""
    found = amax(x, axis, keepdims)
    return found if initial is None else math.maximum(found, initial)


def min(x, axis=None, keepdims=False, initial=None):
    """The smallest element, and of `initial`."""
    found = amin(x, axis, keepdims)
    return found if initial is None else math.minimum(found, initial)


def count_nonzero(x, axis=None):
    """How many elements are not 0, an int32."""
    return reductions.reduce_sum(math.cast(math.cast(x, "bool"), "int32"), axis)


def average(x, axis=None, weights=None):
    """The mean, weighted if weights are given."""
    (x,) = floating(x)
    if weights is None:
        return mean(x, axis)
    x, weights = floating(x, weights)
    return _average(x, weights, axis=axis)


@of_arrays(2)
def _average(x, weights, axis=None):
    return jnp.average(x, axis, weights)


@of_arrays(2, floating)
def quantile(x, q, axis=None, method="linear", keepdims=False):
    """The element below which the part `q`, from 0 to 1, of the elements lies."""
    return jnp.quantile(x, q, axis=axis, method=method, keepdims=keepdims)


@of_arrays(2, floating)
def percentile(x, q, axis=None, method="linear", keepdims=False):
    """The element below which `q` percent of the elements lie."""
    return jnp.percentile(x, q, axis=axis, method=method, keepdims=keepdims)


@of_arrays(2, floating)
def nanquantile(x, q, axis=None, method="linear", keepdims=False):
    """`quantile` without NaN."""
    return jnp.nanquantile(x, q, axis=axis, method=method, keepdims=keepdims)


@of_arrays(2, floating)
def nanpercentile(x, q, axis=None, method="linear", keepdims=False):
    """`percentile` without NaN."""
    return jnp.nanpercentile(x, q, axis=axis, method=method, keepdims=keepdims)


def _place(find, x, axis, keepdims):
    x = convert_to_tensor(x)
    whole = axis is None
    found = find(arrays.reshape(x, [-1]) if whole else x, 0 if whole else axis)
    found = math.cast(found, "int32")
    if not keepdims:
        return found
    return arrays.reshape(found, [1] * len(x.shape)) if whole else arrays.expand_dims(found, axis)


def argmax(x, axis=None, keepdims=False):
    """The place of the largest element along `axis`, an int32."""
    return _place(reductions.argmax, x, axis, keepdims)


def argmin(x, axis=None, keepdims=False):
    """The place of the smallest element along `axis`, an int32."""
    return _place(reductions.argmin, x, axis, keepdims)


@of_arrays(1, floating)
def nanargmax(x, axis=None, keepdims=False):
    """The place of the largest element that is not NaN, an int32; -1 where all are."""
    return jnp.nanargmax(x, axis, keepdims=keepdims).astype("int32")


@of_arrays(1, floating)
def nanargmin(x, axis=None, keepdims=False):
    """The place of the smallest element that is not NaN, an int32; -1 where all are."""
    return jnp.nanargmin(x, axis, keepdims=keepdims).astype("int32")


def _running(name, function, doc):
    """`name(x, axis=None, dtype=None)`: a running reduction; of all elements, as a vector."""

    def running(x, axis=None, dtype=None):
        (x,) = integral(x) if dtype is None else (math.cast(x, config.standardize_dtype(dtype)),)
        return function(arrays.reshape(x, [-1]), 0) if axis is None else function(x, axis)

    running.__name__ = running.__qualname__ = name
    running.__doc__ = doc
    return running


cumsum = _running("cumsum", reductions.cumsum, "The running sum.")
cumprod = _running("cumprod", reductions.cumprod, "The running product.")


@of_arrays(1, integral)
def _nancumsum(x, axis):
    return jnp.nancumsum(x, axis, dtype=x.dtype)


@of_arrays(1, integral)
def _nancumprod(x, axis):
    return jnp.nancumprod(x, axis, dtype=x.dtype)


nancumsum = _running("nancumsum", _nancumsum, "The running sum without NaN.")
nancumprod = _running("nancumprod", _nancumprod, "The running product without NaN.")


@of_arrays(1)
def diff(a, n=1, axis=-1):
    """The differences of neighbours, n times."""
    return jnp.diff(a, n, axis)


def trapezoid(y, x=None, dx=1.0, axis=-1):
    """The integral of `y` by the trapezoidal rule, at places `x` or `dx` apart."""
    if x is None:
        return _trapezoid(y, dx=dx, axis=axis)
    return _trapezoid_at(y, x, axis=axis)


@of_arrays(1, floating)
def _trapezoid(y, dx, axis):
    return jnp.trapezoid(y, dx=dx, axis=axis)


@of_arrays(2, floating)
def _trapezoid_at(y, x, axis):
    return jnp.trapezoid(y, x, axis=axis)


@of_arrays(1, floating)
def corrcoef(x):
    """The correlation of each two rows of a matrix."""
    return jnp.corrcoef(x)


@of_arrays(2, floating)
def correlate(x1, x2, mode="valid"):
    """The cross-correlation of two vectors."""
    return jnp.correlate(x1, x2, mode)


@of_arrays(1, floating, outputs=2)
def histogram(x, bins=10, range=None):
    """(how many elements lie in each bin, the edges of the bins)."""
    counts, edges = jnp.histogram(x, bins, range)
    return counts.astype(x.dtype), edges.astype(x.dtype)


def bincount(x, weights=None, minlength=0, sparse=False):
    """How often each number from 0 on is there, or the sum of its weights."""
    if sparse:
        raise NotImplementedError("keras.ops.bincount with sparse=True")
    x = convert_to_tensor(x)
    if x.dtype.is_bool or x.dtype.size < 4:
        x = math.cast(x, "int32")
    weights = None if weights is None else convert_to_tensor(weights)
    return selecting.bincount(
        x, weights, minlength=minlength, axis=-1 if len(x.shape) > 1 else 0,
        dtype="int32" if weights is None else weights.dtype,
    )  # fmt: skip


def _segments(name, reduce, doc):
    """`name(data, segment_ids, num_segments=None, sorted=False)`."""

    def segments(data, segment_ids, num_segments=None, sorted=False):
        data, segment_ids = convert_to_tensor(data), convert_to_tensor(segment_ids)
        sizes, places = tuple(data.shape), tuple(segment_ids.shape)
        if len(places) > 1:
            raise ValueError(
                f"Argument `segment_ids` should be an 1-D vector, got shape: {len(places)}. "
                "Consider either flatten input with segment_ids.reshape((-1)) and "
                "data.reshape((-1, ) + data.shape[len(segment_ids.shape):]) or vectorize with vmap."
            )
        if None not in (sizes[0], places[0]) and sizes[0] != places[0]:
            raise ValueError(
                "Argument `segment_ids` and `data` should have same leading dimension. "
                f"Got {places} v.s. {sizes}."
            )
        if num_segments is None:
            num_segments = reductions.reduce_max(segment_ids) + 1
        return reduce(data, segment_ids, num_segments)

    segments.__name__ = segments.__qualname__ = name
    segments.__doc__ = doc
    return segments


# fmt: off
segment_sum = _segments("segment_sum", selecting.unsorted_segment_sum, "Sums of segments.")
segment_prod = _segments("segment_prod", selecting.unsorted_segment_prod, "Their products.")
segment_max = _segments("segment_max", selecting.unsorted_segment_max, "Their largest elements.")
segment_min = _segments("segment_min", selecting.unsorted_segment_min, "Their smallest elements.")
# fmt: on
