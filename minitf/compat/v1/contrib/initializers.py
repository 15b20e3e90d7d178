"""First values of weights with the variance that keeps that of signals."""

import numpy as np

from minitf import dtypes
from minitf.ops import random


def variance_scaling_initializer(factor=2.0, mode="FAN_IN", uniform=False, seed=None,
                                 dtype=dtypes.float32):  # fmt: skip
    """Random values whose variance is `factor / n`; He et al. (2015) where nothing is given.

    Args:
      mode: what `n` is: "FAN_IN", "FAN_OUT" or "FAN_AVG".

    Raises:
      TypeError: an unknown mode, or a dtype that is not floating.
    """
    if not dtypes.as_dtype(dtype).is_floating:
        raise TypeError("Cannot create initializer for non-floating point type.")
    if mode not in ("FAN_IN", "FAN_OUT", "FAN_AVG"):
        raise TypeError(f"Unknown mode {mode} [FAN_IN, FAN_OUT, FAN_AVG]")

    def initializer(shape, dtype=dtype, partition_info=None):
        dims = list(shape)
        field = float(np.prod(dims[:-2]))
        fan_in = (dims[-2] if len(dims) > 1 else dims[-1] if dims else 1.0) * field
        fan_out = (dims[-1] if dims else 1.0) * field
        n = {"FAN_IN": fan_in, "FAN_OUT": fan_out, "FAN_AVG": (fan_in + fan_out) / 2.0}[mode]
        if uniform:
            limit = np.sqrt(3.0 * factor / n)
            return random.uniform(shape, -limit, limit, dtype, seed)
        # What is cut off from the normal distribution would make it narrower.
        return random.truncated_normal(shape, 0.0, np.sqrt(1.3 * factor / n), dtype, seed)

    return initializer


def xavier_initializer(uniform=True, seed=None, dtype=dtypes.float32):
    """Random values with the variance that keeps that of signals; Glorot and Bengio (2010)."""
    return variance_scaling_initializer(1.0, "FAN_AVG", uniform, seed, dtype)


xavier_initializer_conv2d = xavier_initializer
