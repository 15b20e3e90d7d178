"""Tensors from numbers: constants, ranges, identities, triangles, windows of signals."""

import jax.numpy as jnp
import numpy as np

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config
from minitf.keras.ops.defining import floating, of_arrays
from minitf.keras.promotion import convert, dtype_of, result_type
from minitf.ops import array as arrays
from minitf.ops import math


def array(x, dtype=None):
    """`x` as a tensor."""
    return convert(x, None if dtype is None else config.standardize_dtype(dtype))


def zeros(shape, dtype=None):
    """Zeros."""
    return arrays.zeros(shape, config.standardize_dtype(dtype))


def ones(shape, dtype=None):
    """Ones."""
    return arrays.ones(shape, config.standardize_dtype(dtype))


def full(shape, fill_value, dtype=None):
    """One number everywhere."""
    return arrays.broadcast_to(math.cast(fill_value, config.standardize_dtype(dtype)), shape)


def empty(shape, dtype=None):
    """A tensor whose elements do not matter: zeros."""
    return zeros(shape, dtype)


def zeros_like(x, dtype=None):
    """Zeros of the shape of `x`."""
    return arrays.zeros_like(x, dtype)


def ones_like(x, dtype=None):
    """Ones of the shape of `x`."""
    return arrays.ones_like(x, dtype)


def full_like(x, fill_value, dtype=None):
    """One number everywhere, in the shape of `x`."""
    x = convert_to_tensor(x)
    number = math.cast(fill_value, x.dtype if dtype is None else config.standardize_dtype(dtype))
    return arrays.zeros_like(x, number.dtype) + number


def empty_like(x, dtype=None):
    """A tensor of the shape of `x` whose elements do not matter: zeros."""
    return arrays.zeros_like(x, dtype)


def eye(N, M=None, k=0, dtype=None):  # noqa: N803  Keras's names
    """Ones on the k-th diagonal."""
    return math.cast(np.eye(N, M, k), config.standardize_dtype(dtype))


def identity(n, dtype=None):
    """Ones on the diagonal of a square matrix."""
    return eye(n, dtype=dtype)


def tri(N, M=None, k=0, dtype=None):  # noqa: N803
    """Ones at and below the k-th diagonal."""
    return math.cast(np.tri(N, M, k), config.standardize_dtype(dtype))


def arange(start, stop=None, step=None, dtype=None):
    """The numbers from start (or 0) to stop."""
    if dtype is None:
        given = (x for x in (start, stop, step) if x is not None)
        dtype = result_type("int32", *(dtype_of(x) for x in given))
    numbers = arrays.range(start, stop, 1 if step is None else step)
    return math.cast(numbers, config.standardize_dtype(dtype))


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    """`num` numbers from start to stop, at equal distances; with `retstep`, the distance too."""
    numbers = _linspace(start, stop, num=num, endpoint=endpoint, axis=axis)
    numbers = numbers if dtype is None else math.cast(numbers, config.standardize_dtype(dtype))
    if not retstep:
        return numbers
    start, stop = floating(start, stop)
    return numbers, (stop - start) / max(num - 1 if endpoint else num, 1)


@of_arrays(2, floating)
def _linspace(start, stop, num, endpoint, axis):
    return jnp.linspace(start, stop, num, endpoint=endpoint, axis=axis)


def logspace(start, stop, num=50, endpoint=True, base=10, dtype=None, axis=0):
    """`num` powers of `base`, from base^start to base^stop."""
    numbers = _logspace(start, stop, num=num, endpoint=endpoint, base=base, axis=axis)
    return numbers if dtype is None else math.cast(numbers, config.standardize_dtype(dtype))


@of_arrays(2, floating)
def _logspace(start, stop, num, endpoint, base, axis):
    return jnp.logspace(start, stop, num, endpoint=endpoint, base=base, axis=axis)


def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    """`num` numbers from start to stop, each the same multiple of the one before."""
    numbers = _geomspace(start, stop, num=num, endpoint=endpoint, axis=axis)
    return numbers if dtype is None else math.cast(numbers, config.standardize_dtype(dtype))


@of_arrays(2, floating)
def _geomspace(start, stop, num, endpoint, axis):
    return jnp.geomspace(start, stop, num, endpoint=endpoint, axis=axis)


def meshgrid(*x, indexing="xy"):
    """The coordinates of a grid, from those of its axes."""
    return arrays.meshgrid(*x, indexing=indexing)


def _window(function):
    """The window of a signal of length `x`, in the default float dtype."""

    def window(x):
        return convert_to_tensor(function(int(x)), config.floatx())

    window.__name__ = window.__qualname__ = function.__name__
    window.__doc__ = f"The {function.__name__.title()} window of length x."
    return window


bartlett, blackman = _window(np.bartlett), _window(np.blackman)
hamming, hanning = _window(np.hamming), _window(np.hanning)


def kaiser(x, beta):
    """The Kaiser window of length x."""
    return convert_to_tensor(np.kaiser(int(x), float(beta)), config.floatx())


@of_arrays(1)
def vander(x, N=None, increasing=False):  # noqa: N803
    """The powers of each element of a vector, in rows."""
    return jnp.vander(x, N, increasing)
