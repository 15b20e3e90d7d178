"""Pooling over windows of random sizes, so that an image shrinks by any ratio (Graham, 2014)."""

import collections
import math

import jax.numpy as jnp
import numpy as np

from minitf import dtypes, errors
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops import philox, samplers
from minitf.ops.random import get_seed, new_stream


class _Source:
    """The random numbers that say how large windows are: TensorFlow's."""

    def __init__(self, seeds):
        self._seed, self._seed2, self._skip = new_stream(*seeds).tolist()

    def take(self, draw, words):
        """`draw(key, counter)`, at a place from which the stream moves on by `words` words."""
        result = draw(*philox.stateful_key(self._seed, self._seed2, self._skip))
        self._skip += -(-words // 4)
        return np.asarray(result)


def _boundaries(size, count, source, pseudo_random):
    """Where each of `count` windows begins along an axis of `size`, and where the last one ends."""
    if not count:
        raise errors.InvalidArgumentError(
            None, None, f"Pooling ratio is higher than input dimension size: {size}"
        )
    least, more = divmod(size, count)
    if not more:
        return np.arange(count + 1) * least
    if not pseudo_random:
        lengths = np.array([least + 1] * more + [least] * (count - more))
        order = source.take(lambda key, counter: samplers.permutation(key, counter, count), count)
        return np.cumsum([0, *lengths[order]])
    alpha = size / count
    limit = min((least + 2) / alpha - 1, (size + 1 - least) / alpha - (count - 1))
    u = source.take(lambda key, counter: philox.uniform(key, counter, (1,), jnp.float64), 2)[0]
    inner = np.ceil(alpha * (np.arange(1, count) + u * limit))
    return np.concatenate([[1], inner, [size + 1]]).astype(int) - 1


def _reduce(value, rows, columns, reduce, overlapping):
    """`reduce` of each window between boundaries, which overlapping ones share."""
    shared = 1 if overlapping else 0

    def windows(bounds, size):
        return [slice(a, min(b + shared, size)) for a, b in zip(bounds[:-1], bounds[1:])]

    across = windows(columns, value.shape[2])
    return jnp.stack([
        jnp.stack([reduce(value[:, y, x]) for x in across], 1)
        for y in windows(rows, value.shape[1])
    ], 1)  # fmt: skip


def _first_maximum(window):
    """The maximum of each channel; of equal ones the first has the gradient."""
    line = window.reshape(window.shape[0], -1, window.shape[-1])
    place = jnp.argmax(line, axis=1, keepdims=True)
    return jnp.take_along_axis(line, place, axis=1)[:, 0]


_KINDS = {"Max": _first_maximum, "Avg": lambda window: window.mean((1, 2))}


def _op(kind):
    def fn(value, rows, columns, *, overlapping):
        rows, columns = rows.tolist(), columns.tolist()
        return _reduce(value, rows, columns, _KINDS[kind], overlapping)

    return define(f"Fractional{kind}Pool", fn, "Tii", static=(1, 2))


POOLS = {kind: _op(kind) for kind in _KINDS}


def _pooled(kind, value, pooling_ratio, pseudo_random, overlapping, seeds, name):
    value = convert_to_tensor(value)
    if value.shape.rank not in (4, None):
        raise ValueError(f"value must be 4-dimensional: {value.shape}")
    height, width = value.shape[1], value.shape[2]
    if height is None or width is None:
        raise NotImplementedError(f"fractional_{kind.lower()}_pool of an image of unknown size")
    if isinstance(pooling_ratio, int | float):
        ratios = [1.0, pooling_ratio, pooling_ratio, 1.0]
    else:
        ratios = list(pooling_ratio)
        ratios = [1.0, *ratios, 1.0] if len(ratios) == 2 else ratios * 4 if len(ratios) == 1 else (
            ratios)  # fmt: skip
    if any(ratio < 1.0 for ratio in ratios):
        raise ValueError(f"`pooling_ratio` should be >= 1.0. Received: {pooling_ratio}")
    if ratios[0] != 1 or ratios[-1] != 1:
        raise ValueError(
            "`pooling_ratio` should have first and last elements with value 1.0. Received: "
            f"pooling_ratio={pooling_ratio}"
        )
    source = _Source(seeds)
    rows, columns = (
        _boundaries(size, math.floor(size / ratio), source, pseudo_random)
        for size, ratio in ((height, ratios[1]), (width, ratios[2]))
    )
    output = execute(POOLS[kind], (value, rows, columns), (bool(overlapping),), name)
    bounds = [convert_to_tensor(x, dtypes.int64) for x in (rows, columns)]
    return _RESULTS[kind](output, *bounds)


_RESULTS = {
    kind: collections.namedtuple(
        f"Fractional{kind}Pool", "output row_pooling_sequence col_pooling_sequence"
    )
    for kind in ("Max", "Avg")
}


def _seeds(seed):
    return (None, None) if seed == 0 else get_seed(seed)


def fractional_max_pool(value, pooling_ratio, pseudo_random=False, overlapping=False, seed=0,
                        name=None):  # fmt: skip
    """The maximum of windows of random sizes.

    Args:
      value: images of known sizes [batch, height, width, channels].
      pooling_ratio: by how much they shrink, a number from 1 on, or one for each axis.
      pseudo_random: whether the sizes come from a random shift, or from a random order.
      overlapping: whether a window has the first pixels of the next one too.
      seed: what fixes the sizes; 0 stands for sizes that nobody foresees.

    Returns:
      (pooled images, boundaries of the rows of windows, boundaries of the columns).
    """
    return _pooled("Max", value, pooling_ratio, pseudo_random, overlapping, _seeds(seed), name)


def fractional_avg_pool(value, pooling_ratio, pseudo_random=False, overlapping=False, seed=0,
                        name=None):  # fmt: skip
    """The mean of windows of random sizes; see `fractional_max_pool`."""
    return _pooled("Avg", value, pooling_ratio, pseudo_random, overlapping, _seeds(seed), name)
