"""Isotonic regression: the closest sequence that does not rise, or does not fall.

The best value at a place is the least, over where a block may begin, of the greatest, over where it
may end, of the block's means (Robertson et al., 1988). The gradient spreads over the block.
"""

import collections

import jax.numpy as jnp
import numpy as np

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops.math import cast, negative


def _falling(inputs):
    """(the closest rows that do not rise, the number of the block that each element is in)."""
    n = inputs.shape[-1]
    x = inputs.astype(jnp.float64)
    ends = jnp.pad(jnp.cumsum(x, -1), [(0, 0)] * (x.ndim - 1) + [(1, 0)])
    first, last = jnp.arange(n)[:, None], jnp.arange(n)[None]
    lengths = jnp.maximum(last - first + 1, 1)
    means = (ends[..., None, 1:] - ends[..., :-1, None]) / lengths  # [..., first, last]
    means = jnp.where(first <= last, means, -jnp.inf)
    greatest = jnp.flip(jnp.maximum.accumulate(jnp.flip(means, -1), -1), -1)  # from `last` on
    least = jnp.minimum.accumulate(jnp.where(first <= last, greatest, jnp.inf), -2)
    result = jnp.diagonal(least, axis1=-2, axis2=-1)
    differs = jnp.abs(jnp.diff(result, axis=-1)) > 1e-12 * (1 + jnp.abs(result[..., 1:]))
    segments = jnp.cumsum(differs, -1, dtype=np.int32)
    segments = jnp.pad(segments, [(0, 0)] * (x.ndim - 1) + [(1, 0)])
    return result.astype(inputs.dtype), segments


def _falling_gradient(record, cotangents):
    return [execute(BLOCK_MEAN, (cotangents[0], record.outputs[1]))]


def _block_mean(x, segments):
    same = (segments[..., :, None] == segments[..., None, :]).astype(x.dtype)
    return jnp.einsum("...ij,...j->...i", same / same.sum(-1, keepdims=True), x)


FALLING = define("IsotonicRegression", _falling, "T", num_outputs=2, backward=_falling_gradient)
BLOCK_MEAN = define("BlockMean", _block_mean, "Ti")


IsotonicRegression = collections.namedtuple("IsotonicRegression", "output segments")


def isotonic_regression(inputs, decreasing=True, axis=-1):
    """The closest sequences, by squared distance, that do not rise (or do not fall).

    Args:
      inputs: floats; integers are computed in float32.
      decreasing: False for sequences that do not fall.
      axis: only the last.

    Returns:
      (sequences of the shape of `inputs`, int32 numbers of the blocks of equal values).

    >>> isotonic_regression([3.0, 1.0, 2.0])[0].numpy()
    array([3. , 1.5, 1.5], dtype=float32)
    """
    inputs = convert_to_tensor(inputs)
    if axis not in (-1, inputs.shape.rank - 1):
        raise NotImplementedError(f"isotonic_regression: axis={axis}")
    inputs = inputs if inputs.dtype.is_floating else cast(inputs, dtypes.float32)
    if decreasing:
        return IsotonicRegression(*execute(FALLING, (inputs,)))
    result, segments = execute(FALLING, (negative(inputs),))
    return negative(result), segments
