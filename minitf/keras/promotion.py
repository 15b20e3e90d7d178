"""The dtypes Keras computes in: of numbers that meet, and of weights in an autocast scope."""

import contextlib
import contextvars
import functools

import jax.numpy as jnp
import numpy as np

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config as settings
from minitf.ops.math import cast

_autocast = contextvars.ContextVar("autocast", default=None)


def result_type(*kinds):
    """The name of the dtype that values of these dtypes have together.

    `int` and `float` stand for Python's numbers, which give way to arrays; None for `floatx()`.

    >>> result_type("int64", float), result_type("float16", "int32"), result_type("bool", int)
    ('float32', 'float16', 'int32')
    """
    weak = [kind for kind in kinds if kind in (int, float)]
    strong = [dtypes.as_dtype(kind or settings.floatx()).np
              for kind in kinds if kind not in (int, float)]  # fmt: skip
    result = functools.reduce(jnp.promote_types, strong) if strong else np.dtype(bool)
    if float in weak and not jnp.issubdtype(result, jnp.inexact):
        return settings.floatx()
    if int in weak and result == np.bool_:
        return "int32"
    return dtypes.as_dtype(result).name


def dtype_of(value):
    """The dtype of a tensor, variable or array; `int` or `float` for a Python number."""
    if type(value) in (int, float):
        return type(value)
    return settings.standardize_dtype(getattr(value, "dtype", convert_to_tensor(value).dtype))


def together(*values, least=None):
    """The values, in the dtype they have together (and with `least`)."""
    kinds = {dtype_of(x) for x in values}
    if len(kinds) > 1 or least or kinds & {int, float}:
        kinds = {result_type(*kinds, *([least] if least else []))}
    dtype = kinds.pop()
    return [convert(x, dtype) for x in values]


def promoting(function):
    """`function` of two tensors and more arguments, the two brought to one dtype before.

    >>> promoting(lambda x, y: x * y)(convert_to_tensor([1, 2]), convert_to_tensor(0.5)).numpy()
    array([0.5, 1. ], dtype=float32)
    """

    @functools.wraps(function)
    def promoted(x, y, *args, **kwargs):
        return function(*together(x, y), *args, **kwargs)

    return promoted


def convert(value, dtype=None):
    """`value` as a tensor, cast to `dtype` where it is of another."""
    if hasattr(value, "__tf_execute__") or hasattr(value, "dtype"):
        value = value if hasattr(value, "__tf_execute__") else convert_to_tensor(value)
        if dtype is None or settings.standardize_dtype(value.dtype) == dtype:
            return value
        return cast(value, dtype)
    if dtype is not None and not settings.is_float_dtype(dtype):
        return cast(convert_to_tensor(value), dtype)
    return convert_to_tensor(value, dtype)


def autocast_dtype():
    """The dtype that weights are read in, or None where they keep their own."""
    return _autocast.get()


@contextlib.contextmanager
def autocast(dtype):
    """Float weights made by layers read as `dtype` inside; None reads them as they are."""
    token = _autocast.set(dtype)
    try:
        yield
    finally:
        _autocast.reset(token)
