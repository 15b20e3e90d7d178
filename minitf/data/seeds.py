"""The random numbers of tf.data: TensorFlow's own, drawn one word at a time on the host.

A word is a uint32 of Philox-4x32-10 (see `ops/philox.py`, which has the same cipher for compiled
code; here a shuffle of NumPy rows must not wait for a compilation).
"""

import copy
import secrets

import numpy as np

from minitf.core.frames import stack
from minitf.ops.random import get_seed

_MULTIPLIER = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_WEYL = 0x9E3779B9, 0xBB67AE85
_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
_SCRAMBLE = 0x02461E293EC8F720


def cipher(key, low, high):
    """The blocks (rows of four words) of the counters (`low`, `high`), arrays of uint64."""
    a, b, c, d = low & _LOW, low >> _HALF, high & _LOW, high >> _HALF
    k0, k1 = key & 0xFFFFFFFF, key >> 32 & 0xFFFFFFFF
    for _ in range(10):
        p, q = _MULTIPLIER[0] * a, _MULTIPLIER[1] * c
        a, b, c, d = (q >> _HALF) ^ b ^ np.uint64(k0), q & _LOW, \
                     (p >> _HALF) ^ d ^ np.uint64(k1), p & _LOW  # fmt: skip
        k0, k1 = (k0 + _WEYL[0]) & 0xFFFFFFFF, (k1 + _WEYL[1]) & 0xFFFFFFFF
    return np.stack([a, b, c, d], axis=1)


def words(seed, seed2):
    """The endless stream of words that a pair of seeds starts.

    >>> import itertools
    >>> list(itertools.islice(words(5, 3), 2))
    [799339370, 1364733611]
    """
    start, count = 0, 16
    while True:
        low = np.arange(start, start + count, dtype=np.uint64)
        yield from cipher(seed, low, np.full(count, seed2, np.uint64)).ravel().tolist()
        start, count = start + count, min(4 * count, 16384)


class Seeds:
    """Gives each pass over a dataset its pair of seeds: a new one, or always the same.

    Args:
      seed: the `seed=` argument of the transformation.
      fresh: whether each pass draws another pair.
    """

    def __init__(self, seed, fresh):
        self.given, self.fresh = get_seed(seed), fresh
        self._is_of_graph = stack.frame.is_graph
        self._start()

    def _start(self):
        self.pair = self.given
        if self.given == (None, None):
            self.pair = secrets.randbits(32), secrets.randbits(32)
        self.drawn = words(*self.pair)

    def again(self):
        """Those of the dataset that a run of the graph makes: they begin anew."""
        if not self._is_of_graph:
            return self
        other = copy.copy(self)
        other._start()
        return other

    def draw(self):
        """The pair for one pass."""
        return (next(self.drawn), next(self.drawn)) if self.fresh else self.pair


def cumulated(weights):
    """The table that a draw with probabilities `weights` is looked up in."""
    with np.errstate(divide="ignore"):
        logits = np.log(np.asarray(weights, np.float64)).astype(np.float32).astype(np.float64)
    return np.cumsum(np.exp(logits - logits.max()))


def choices(tables, seeds):
    """The stream of indices drawn from each of the tables in turn, as TensorFlow draws them.

    Each is a stateless categorical sample whose seed is two words of the stream.
    """
    stream = words(*seeds.draw())
    for cumulative in tables:
        pair = np.array([[next(stream)], [next(stream)]], np.uint64)
        w = cipher(_SCRAMBLE, pair[0], pair[1])[0].tolist()
        key, counter = w[0] | w[1] << 32, np.array([w[2] | w[3] << 32], np.uint64)
        w = cipher(key, np.zeros(1, np.uint64), counter)[0].tolist()
        bits = (w[0] & 0xFFFFF) << 32 | w[1] | 1023 << 52
        uniform = np.array(bits, np.uint64).view(np.float64) - 1
        yield int(np.searchsorted(cumulative, uniform * cumulative[-1], side="right"))
