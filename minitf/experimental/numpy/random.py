"""`tf.experimental.numpy.random`: NumPy's names for TensorFlow's random numbers."""

import numpy as np

from minitf import dtypes
from minitf.ops import math
from minitf.ops import random as draws


def seed(s):
    """Sets the global seed."""
    draws.set_seed(int(s))


def randn(*args):
    """Standard normal numbers of the shape `args`, in float64."""
    return standard_normal(args)


def standard_normal(size=None):
    """Standard normal numbers of the shape `size`, in float64."""
    return draws.normal(_shape(size), dtype=dtypes.float64)


def uniform(low=0.0, high=1.0, size=None):
    """Uniform numbers from `low` up to, without, `high`, in float64."""
    low, high = np.float64(low), np.float64(high)
    return draws.uniform(_shape(size), low, high, dtypes.float64)


def random(size=None):
    """Uniform numbers from 0 up to, without, 1."""
    return uniform(size=size)


def rand(*size):
    """Uniform numbers of the shape `size`."""
    return uniform(size=size)


def randint(low, high=None, size=None, dtype=np.int64):
    """Integers from `low` (0 if one bound is given) up to, without, the other bound."""
    low, high = (0, low) if high is None else (low, high)
    return draws.uniform(_shape(size), low, high, dtypes.as_dtype(dtype))


def poisson(lam=1.0, size=None):
    """Poisson numbers with the mean `lam`, as int64."""
    return math.cast(draws.poisson(_shape(size), np.float64(lam)), dtypes.int64)


def _shape(size):
    return np.atleast_1d(np.asarray(() if size is None else size, np.int32)).tolist()
