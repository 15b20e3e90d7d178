"""Reductions over axes, positions of extremes, running sums and products."""

import functools

import jax
import jax.numpy as jnp
import numpy as np

from minitf import dtypes, errors
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops import array, math


def _axes(rank, reduction_indices):
    """The axes as a sorted tuple of non-negative numbers."""
    if reduction_indices is None:
        return tuple(range(rank))
    axes = []
    for axis in np.ravel(reduction_indices).tolist():
        if not -rank <= axis < rank:
            raise errors.InvalidArgumentError(
                None,
                None,
                f"Invalid reduction dimension ({axis} for input with {rank} dimension(s)",
            )
        if axis % rank in axes:
            raise errors.InvalidArgumentError(
                None,
                None,
                f"Invalid reduction arguments: Axes contains duplicate dimension: {axis}",
            )
        axes.append(axis % rank)
    return tuple(sorted(axes))


def _reducing(op, reduce, types="Ti", **flags):
    """An op `(input, reduction_indices, *, keep_dims)`."""

    def fn(input, reduction_indices, *, keep_dims):
        axes = _axes(input.ndim, reduction_indices)
        return reduce(input, axis=axes, keepdims=keep_dims)

    return define(op, fn, types, static=(1,), **flags)


def _mean(input, axis, keepdims):
    """The mean; that of integers is an integer, rounded towards 0."""
    count = int(np.prod([input.shape[a] for a in axis]))
    if jnp.issubdtype(input.dtype, jnp.inexact):
        wide = jnp.promote_types(input.dtype, jnp.float32)
        total = jnp.sum(input, axis, dtype=wide, keepdims=keepdims)
        divisor = jnp.asarray(count, wide)
        if total.ndim == 0 and count & (count - 1):
            # The compiler would turn division by a constant into a product with its reciprocal,
            # which rounds differently where that is not exact. (Of arrays, it does so anyway.)
            divisor = jax.lax.optimization_barrier(divisor)
        return (total / divisor).astype(input.dtype)
    total = jnp.sum(input, axis, dtype=jnp.int64, keepdims=keepdims)
    # Of none the sum, 0: the compiler ends the process where it divides a constant by zero.
    return jax.lax.div(total, jnp.full_like(total, max(count, 1))).astype(input.dtype)


def _extreme(reduce, empty):
    """max or min: NaN wins, no elements give `empty`, equal extremes share the gradient."""

    @functools.partial(jax.custom_jvp, nondiff_argnums=(1, 2))
    def function(input, axis, keepdims):
        if any(input.shape[a] == 0 for a in axis):
            shape = jnp.sum(input, axis, keepdims=keepdims).shape
            return jnp.full(shape, empty(input.dtype), input.dtype)
        return reduce(input, axis, keepdims=keepdims) if axis else input

    @function.defjvp
    def _(axis, keepdims, primals, tangents):
        (input,), (tangent,) = primals, tangents
        chosen = input == function(input, axis, True)
        count = jnp.sum(chosen, axis, tangent.dtype, keepdims=True)
        # 0 / 0 where NaN has won; XLA would take the quotient of a bool for 0.
        share = jnp.where(chosen, 1 / count, jnp.where(count == 0, np.nan, 0))
        change = jnp.sum(share * tangent, axis, keepdims=keepdims)
        return function(input, axis, keepdims), change

    return lambda input, axis, keepdims: function(input, axis, keepdims)


def _end(dtype, sign):
    if jnp.issubdtype(dtype, jnp.inexact):
        return sign * np.inf
    if np.dtype(dtype).kind == "b":
        return sign > 0
    return jnp.iinfo(dtype).max if sign > 0 else jnp.iinfo(dtype).min


def _log_sum_exp(input, axis, keepdims):
    return jax.scipy.special.logsumexp(input, axis, keepdims=keepdims)


SUM = _reducing("Sum", lambda x, axis, keepdims: jnp.sum(x, axis, x.dtype, keepdims=keepdims))
MEAN = _reducing("Mean", _mean)
PROD = _reducing("Prod", lambda x, axis, keepdims: jnp.prod(x, axis, x.dtype, keepdims=keepdims))
MAX = _reducing("Max", _extreme(jnp.max, lambda dtype: _end(dtype, -1)))
MIN = _reducing("Min", _extreme(jnp.min, lambda dtype: _end(dtype, 1)))
ANY = _reducing("Any", jnp.any, "bi", differentiable=False)
ALL = _reducing("All", jnp.all, "bi", differentiable=False)
LOG_SUM_EXP = _reducing("LogSumExp", _log_sum_exp)


def _public(name, op, doc):
    """`name(input_tensor, axis=None, keepdims=False, name=None)`."""

    def reduce(input_tensor, axis=None, keepdims=False, name=None):
        return execute(op, (input_tensor, axis), (bool(keepdims),), name)

    reduce.__name__ = reduce.__qualname__ = name
    reduce.__doc__ = doc
    return reduce


reduce_sum = _public("reduce_sum", SUM, "The sum over `axis` (all axes by default).")
reduce_mean = _public("reduce_mean", MEAN, "The mean over `axis`; of integers an integer.")
reduce_prod = _public("reduce_prod", PROD, "The product over `axis`.")
reduce_max = _public("reduce_max", MAX, "The largest element over `axis`.")
reduce_min = _public("reduce_min", MIN, "The smallest element over `axis`.")
reduce_any = _public("reduce_any", ANY, "Whether any element over `axis` is true.")
reduce_all = _public("reduce_all", ALL, "Whether all elements over `axis` are true.")
reduce_logsumexp = _public("reduce_logsumexp", LOG_SUM_EXP, "log(sum(exp(x))) over `axis`.")


def reduce_variance(input_tensor, axis=None, keepdims=False, name=None):
    """The mean squared distance from the mean, over `axis`.

    >>> reduce_variance([1.0, 3.0]).numpy()
    np.float32(1.0)
    """
    x = convert_to_tensor(input_tensor)
    if hasattr(x, "nested_row_splits"):  # what was reduced does not broadcast to ragged rows
        x = math.cast(x, dtypes.float64) if x.dtype.is_integer else x
        mean = reduce_mean(x, axis, keepdims)
        return reduce_mean(math.square(x), axis, keepdims) - math.square(mean)
    if x.dtype.is_integer:
        raise TypeError(f"Input must be either real or complex. Received integer type {x.dtype}.")
    distance = x - reduce_mean(x, axis, keepdims=True)
    if x.dtype.is_complex:
        squared = math.real(distance * math.conj(distance))
    else:
        squared = math.square(distance)
    return reduce_mean(squared, axis, keepdims, name=name or "reduce_variance")


def reduce_std(input_tensor, axis=None, keepdims=False, name=None):
    """The square root of the variance over `axis`."""
    return math.sqrt(reduce_variance(input_tensor, axis, keepdims), name=name)


def reduce_euclidean_norm(input_tensor, axis=None, keepdims=False, name=None):
    """The square root of the sum of squares over `axis`."""
    return execute(EUCLIDEAN_NORM, (input_tensor, axis), (bool(keepdims),), name)


EUCLIDEAN_NORM = _reducing(
    "EuclideanNorm",
    lambda x, axis, keepdims: jnp.sqrt(
        jnp.sum(jnp.real(x * jnp.conj(x)), axis, keepdims=keepdims)
    ).astype(x.dtype),
)


def count_nonzero(input, axis=None, keepdims=None, dtype=dtypes.int64, name=None):
    """How many elements over `axis` are not zero (or, for strings, not empty)."""
    input = convert_to_tensor(input)
    zero = convert_to_tensor("" if input.dtype == dtypes.string else np.zeros((), input.dtype.np))
    return reduce_sum(math.cast(math.not_equal(input, zero), dtype), axis, bool(keepdims), name)


# Positions ---------------------------------------------------------------------------------------


def _position(find, least):
    """`find` along an axis; a NaN counts as the `least` there is, so that it is not found."""

    def fn(input, dimension, *, output_type):
        rank, axis = input.ndim, int(dimension)
        if not -rank <= axis < rank:
            raise errors.InvalidArgumentError(
                None, None, f"Expected dimension in the range [{-rank}, {rank}), but got {axis}"
            )
        if not input.shape[axis]:
            raise errors.InvalidArgumentError(
                None, None, f"Reduction axis {axis} is empty in shape {list(input.shape)}"
            )
        if jnp.issubdtype(input.dtype, jnp.floating):
            input = jnp.where(jnp.isnan(input), jnp.asarray(least, input.dtype), input)
        return find(input, axis).astype(output_type)

    return fn


ARG_MAX = define("ArgMax", _position(jnp.argmax, -np.inf), "Ti", static=(1,), differentiable=False)
ARG_MIN = define("ArgMin", _position(jnp.argmin, np.inf), "Ti", static=(1,), differentiable=False)


def argmax(input, axis=None, output_type=dtypes.int64, name=None):
    """The position of the largest element along `axis` (default 0), the first of equal ones.

    >>> argmax([[1, 5], [7, 2]], axis=1).numpy()
    array([1, 0])
    """
    return _place(ARG_MAX, input, axis, output_type, name)


def argmin(input, axis=None, output_type=dtypes.int64, name=None):
    """The position of the smallest element along `axis` (default 0)."""
    return _place(ARG_MIN, input, axis, output_type, name)


def _place(op, input, axis, output_type, name):
    output_type, axis = dtypes.as_dtype(output_type), 0 if axis is None else axis
    if np.ndim(axis) or isinstance(axis, float):
        raise TypeError("axis must be int or Tensor with integer datatype")
    if output_type not in (dtypes.int32, dtypes.int64, dtypes.int16, dtypes.uint16):
        raise errors.InvalidArgumentError(
            None, None, f"Value for attr 'output_type' of {output_type.name} is not in the list of "
            "allowed values: int16, uint16, int32, int64")  # fmt: skip
    return execute(op, (input, axis), (output_type.np,), name)


# Running sums ------------------------------------------------------------------------------------


def _running(accumulate, start):
    def fn(x, axis, *, exclusive, reverse):
        if np.ndim(axis):
            raise ValueError(f"ScanOp: axis must be a scalar, not {list(axis.shape)}")
        axis = _axes(x.ndim, axis)[0]
        x = jnp.flip(x, axis) if reverse else x
        if exclusive:
            first = jnp.full_like(jax.lax.slice_in_dim(x, 0, 1, axis=axis), start)
            x = jnp.concatenate([first, jax.lax.slice_in_dim(x, 0, -1, axis=axis)], axis)
        result = accumulate(x, axis=axis)
        return jnp.flip(result, axis) if reverse else result

    return fn


_log_cumulative = functools.partial(jax.lax.associative_scan, jnp.logaddexp)
CUM_SUM = define(
    "Cumsum",
    _running(lambda x, axis: jnp.cumsum(x, axis, x.dtype), 0),
    "Ti",
    static=(1,),
)


def _cumprod_gradient(record, cotangents):
    """TensorFlow's: a quotient, which is 0 where an element is 0."""
    (x, axis), (exclusive, reverse) = record.inputs, record.attrs
    product = execute(CUM_PROD, (x, axis), record.attrs)
    total = cumsum(product * cotangents[0], axis, exclusive, not reverse)
    return [math.divide_no_nan(total, x), None]


CUM_PROD = define(
    "Cumprod", _running(lambda x, axis: jnp.cumprod(x, axis, x.dtype), 1), "Ti", static=(1,),
    backward=_cumprod_gradient,
)  # fmt: skip
CUMULATIVE_LOGSUMEXP = define(
    "CumulativeLogsumexp", _running(_log_cumulative, -np.inf), "Ti", static=(1,)
)


def cumsum(x, axis=0, exclusive=False, reverse=False, name=None):
    """The running sum along `axis`.

    >>> cumsum([1, 2, 3], exclusive=True).numpy()
    array([0, 1, 3], dtype=int32)
    """
    return execute(CUM_SUM, (x, axis), (bool(exclusive), bool(reverse)), name)


def cumprod(x, axis=0, exclusive=False, reverse=False, name=None):
    """The running product along `axis`."""
    return execute(CUM_PROD, (x, axis), (bool(exclusive), bool(reverse)), name)


def cumulative_logsumexp(x, axis=0, exclusive=False, reverse=False, name=None):
    """The running log-sum-exp along `axis`.

    >>> cumulative_logsumexp([0.0, 0.0]).numpy()
    array([0.       , 0.6931472], dtype=float32)
    """
    return execute(CUMULATIVE_LOGSUMEXP, (x, axis), (bool(exclusive), bool(reverse)), name)


# Order -------------------------------------------------------------------------------------------


def is_non_decreasing(x, name=None):
    """Whether no element is less than the one before it, in row-major order."""
    before, after = _neighbours(x)
    return reduce_all(math.less_equal(before, after), name=name)


def is_strictly_increasing(x, name=None):
    """Whether every element is greater than the one before it, in row-major order."""
    before, after = _neighbours(x)
    return reduce_all(math.less(before, after), name=name)


def _neighbours(x):
    flat = array.reshape(x, [-1])
    return flat[:-1], flat[1:]
