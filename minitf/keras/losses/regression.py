"""Losses of numbers: one number per example from two tensors [..., d], over the last axis."""

import math

from minitf.keras import config as settings
from minitf.keras.activations import clip
from minitf.keras.losses.loss import as_tensor, to_same_rank
from minitf.ops.activations import softplus
from minitf.ops.gathering import where
from minitf.ops.math import abs, cast, equal, log, logical_or, maximum, square
from minitf.ops.normalization import l2_normalize
from minitf.ops.reductions import reduce_all, reduce_max, reduce_mean, reduce_sum


def converted(y_true, y_pred):
    """Both as tensors of the dtype of `y_pred`."""
    y_pred = as_tensor(y_pred)
    return as_tensor(y_true, y_pred.dtype.name), y_pred


def _aligned(y_true, y_pred):
    """Both as floating tensors of one rank."""
    y_pred = as_tensor(y_pred)
    if not y_pred.dtype.is_floating:
        y_pred = cast(y_pred, "float32")
    return to_same_rank(*converted(y_true, y_pred))


def mean_last(values, axis=-1):
    """The mean along an axis; that of integers is a float."""
    values = as_tensor(values)
    return reduce_mean(values if values.dtype.is_floating else cast(values, "float32"), axis)


def mean_squared_error(y_true, y_pred):
    """The mean of (y_true - y_pred)² over the last axis.

    >>> mean_squared_error([[0.0, 1.0]], [[1.0, 3.0]]).numpy()
    array([2.5], dtype=float32)
    """
    y_true, y_pred = _aligned(y_true, y_pred)
    return mean_last(square(y_true - y_pred))


def mean_absolute_error(y_true, y_pred):
    """The mean of |y_true - y_pred| over the last axis."""
    y_true, y_pred = _aligned(y_true, y_pred)
    return mean_last(abs(y_true - y_pred))


def mean_absolute_percentage_error(y_true, y_pred):
    """100 times the mean of |y_true - y_pred| / |y_true| over the last axis."""
    y_true, y_pred = _aligned(y_true, y_pred)
    relative = abs((y_true - y_pred) / maximum(abs(y_true), settings.epsilon()))
    return 100.0 * mean_last(relative)


def mean_squared_logarithmic_error(y_true, y_pred):
    """The mean of (log(1 + y_true) - log(1 + y_pred))² over the last axis; negatives count as 0."""
    y_true, y_pred = _aligned(y_true, y_pred)
    first = log(maximum(y_pred, settings.epsilon()) + 1.0)
    second = log(maximum(y_true, settings.epsilon()) + 1.0)
    return mean_last(square(first - second))


def huber(y_true, y_pred, delta=1.0):
    """Half the squared error up to `delta`, linear beyond; the mean over the last axis."""
    y_true, y_pred = _aligned(y_true, y_pred)
    error = y_pred - y_true
    size = abs(error)
    delta = as_tensor(delta, error.dtype.name)
    return mean_last(where(size <= delta, 0.5 * square(error), delta * size - 0.5 * square(delta)))


def log_cosh(y_true, y_pred):
    """The mean of log(cosh(y_pred - y_true)) over the last axis."""
    y_true, y_pred = _aligned(y_true, y_pred)
    error = y_pred - y_true
    return mean_last(error + softplus(error * -2.0) - math.log(2.0))


def cosine_similarity(y_true, y_pred, axis=-1):
    """Minus the cosine of the angle between the vectors along `axis`: -1 is the same direction.

    >>> cosine_similarity([[1.0, 0.0]], [[0.0, 2.0]]).numpy()
    array([-0.], dtype=float32)
    """
    y_true, y_pred = _aligned(y_true, y_pred)
    return -reduce_sum(_unit(y_true, axis) * _unit(y_pred, axis), axis)


def _unit(x, axis):
    return l2_normalize(x, axis, epsilon=settings.epsilon() ** 2)


def kl_divergence(y_true, y_pred):
    """The sum of y_true * log(y_true / y_pred) over the last axis."""
    y_true, y_pred = converted(y_true, y_pred)
    y_true = clip(y_true, settings.epsilon(), 1)
    y_pred = clip(y_pred, settings.epsilon(), 1)
    return reduce_sum(y_true * log(y_true / y_pred), -1)


def poisson(y_true, y_pred):
    """The mean of y_pred - y_true * log(y_pred) over the last axis."""
    y_true, y_pred = converted(y_true, y_pred)
    return mean_last(y_pred - y_true * log(y_pred + settings.epsilon()))


def hinge(y_true, y_pred):
    """The mean of max(1 - y_true * y_pred, 0) over the last axis; labels are -1 or 1, or 0 or 1.

    >>> hinge([[0.0, 1.0]], [[0.5, 0.5]]).numpy()
    array([1.], dtype=float32)
    """
    return mean_last(_margins(y_true, y_pred))


def squared_hinge(y_true, y_pred):
    """The mean of max(1 - y_true * y_pred, 0)² over the last axis."""
    return mean_last(square(_margins(y_true, y_pred)))


def _margins(y_true, y_pred):
    y_true, y_pred = converted(y_true, y_pred)
    is_binary = reduce_all(logical_or(equal(y_true, 0), equal(y_true, 1)))
    signs = where(is_binary, 2.0 * y_true - 1.0, y_true)
    return maximum(1.0 - signs * y_pred, 0.0)


def categorical_hinge(y_true, y_pred):
    """max(best wrong score - right score + 1, 0), for one-hot labels."""
    y_true, y_pred = converted(y_true, y_pred)
    right = reduce_sum(y_true * y_pred, -1)
    wrong = reduce_max((1.0 - y_true) * y_pred, -1)
    return maximum(wrong - right + 1.0, 0.0)
