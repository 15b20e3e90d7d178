"""Dropout: random elements become zero, the others larger, so that the sum is expected to stay."""

import functools
import numbers

import jax.numpy as jnp

from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.core.tensor import Tensor
from minitf.ops.array import shape
from minitf.ops.random import get_seed, stateless_uniform, uniform

KEEP = define(
    "Dropout",
    lambda x, random, rate, scale: jnp.where(random >= rate, x * scale, jnp.zeros_like(x)),
    "TTTT",
)


def dropout(x, rate, noise_shape=None, seed=None, name=None):
    """Zeroes each element with probability `rate`, and divides the others by `1 - rate`.

    Args:
      x: a floating tensor.
      rate: a number in [0, 1), or a scalar tensor.
      noise_shape: the shape of the random choice, which broadcasts to that of `x`; None stands for
        the size of `x` there. Default: each element is chosen on its own.

    Raises:
      ValueError: `x` is no floating tensor, or `rate` is out of range.

    >>> from minitf.ops.random import set_seed
    >>> set_seed(0)
    >>> dropout([1.0, 1.0, 1.0, 1.0], 0.5).numpy()
    array([0., 0., 2., 2.], dtype=float32)
    """
    sampler = functools.partial(uniform, seed=seed)
    return _dropout(x, rate, noise_shape, sampler, lambda: get_seed(seed), name or "dropout")


def stateless_dropout(x, rate, seed, rng_alg=None, noise_shape=None, name=None):
    """As `dropout`, with a choice that depends on `seed` (two integers) alone."""
    sampler = functools.partial(stateless_uniform, seed=seed, alg=rng_alg or "auto_select")
    return _dropout(x, rate, noise_shape, sampler, lambda: None, name or "stateless_dropout")


def general_dropout(x, rate, uniform_sampler, noise_shape=None, name=None):
    """As `dropout`, with random numbers from `uniform_sampler(shape=, dtype=)`."""
    return _dropout(x, rate, noise_shape, uniform_sampler, lambda: None, name or "general_dropout")


def _dropout(x, rate, noise_shape, sampler, skip, name):
    """`skip` uses up the seed that the sampler would have drawn, where nothing is dropped."""
    is_number = isinstance(rate, numbers.Real)
    if is_number and not 0 <= rate < 1:
        raise ValueError(
            f"`rate` must be a scalar tensor or a float in the range [0, 1). Received: rate={rate}"
        )
    x = convert_to_tensor(x)
    if not x.dtype.is_floating:
        raise ValueError(
            "`x.dtype` must be a floating point tensor as `x` will be scaled. "
            f"Received: x_dtype={x.dtype}"
        )
    if is_number and rate == 0:
        skip()
        return x
    if hasattr(rate, "__tf_tensor__"):
        rate = convert_to_tensor(rate)
    if not is_number and not isinstance(rate, Tensor):
        raise ValueError(f"`rate` must be a scalar or scalar tensor. Received: rate={rate}")
    if is_number:
        scale = 1 / (1 - rate)
    else:
        if rate.shape.rank not in (0, None):
            raise ValueError(f"Shape {rate.shape} must have rank 0")
        if rate.dtype != x.dtype:
            raise ValueError(
                "`x.dtype` must be compatible with `rate.dtype`. "
                f"Received: x.dtype={x.dtype} and rate.dtype={rate.dtype}"
            )
        scale = 1 / (1 - rate)
    random = sampler(shape=_noise_shape(x, noise_shape), dtype=x.dtype)
    dropped = execute(KEEP, (x, random, rate, scale), (), name)
    if isinstance(dropped, Tensor):
        dropped.set_shape(x.shape)  # also where that of the random numbers is known late
    return dropped


def _noise_shape(x, noise_shape):
    if noise_shape is None:
        return x.shape if x.shape.is_fully_defined() else shape(x)
    if isinstance(noise_shape, Tensor) or x.shape.rank != len(noise_shape):
        return noise_shape
    return [n if m is None else m for m, n in zip(noise_shape, x.shape.as_list())]
