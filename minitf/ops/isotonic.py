"""Isotonic regression: the closest sequence that does not rise, or does not fall.

The best value at a place is the least, over where a block may begin, of the greatest, over where it
may end, of the block's means (Robertson et al., 1988). The gradient spreads over the block.
"""

import collections

import jax.numpy as jnp
import numpy as np

from minitf import errors
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops.array import transpose
from minitf.ops.math import negative


def _falling(inputs, *, output_dtype):
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
    # A block ends where the sums of `x` and of the result meet.
    apart = jnp.abs(jnp.cumsum(x - result, -1))
    ends_block = apart <= 1e-12 * (1 + jnp.abs(x).sum(-1, keepdims=True))
    return result.astype(output_dtype), jnp.cumsum(ends_block, -1, dtype=np.int32) - ends_block


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
      inputs: numbers; the results of integers are float32, or float64 of those of 32 bits or more.
      decreasing: False for sequences that do not fall.
      axis: along which they lie.

    Returns:
      (sequences of the shape of `inputs`, int32 numbers of the blocks that one mean replaces).

    Raises:
      tf.errors.InvalidArgumentError: there is no such axis.

    >>> isotonic_regression([3.0, 1.0, 2.0])[0].numpy()
    array([3. , 1.5, 1.5], dtype=float32)
    """
    inputs = convert_to_tensor(inputs)
    rank = inputs.shape.rank
    if rank == 0:
        return IsotonicRegression(*(y[0] for y in isotonic_regression(inputs[None], decreasing)))
    if not -rank <= axis < rank:
        raise errors.InvalidArgumentError(
            None, None, f"`dim` must be in the range [{-rank}, {rank}) where {rank} is the number "
            f"of dimensions in the input. Received: dim={axis}")  # fmt: skip
    last_first = [i for i in range(rank) if i != axis % rank] + [axis % rank]
    is_last = axis % rank == rank - 1
    rows = inputs if is_last else transpose(inputs, last_first)
    exact = inputs.dtype.size < 4 or inputs.dtype.is_floating
    attrs = (inputs.dtype.np if inputs.dtype.is_floating else np.float32 if exact else np.float64,)
    result, segments = execute(FALLING, (rows if decreasing else negative(rows),), attrs)
    found = result if decreasing else negative(result), segments
    if not is_last:
        found = tuple(transpose(y, np.argsort(last_first)) for y in found)
    return IsotonicRegression(*found) if decreasing else found
