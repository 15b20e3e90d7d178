"""A random order of many numbers that is never made: where each of them goes is enciphered."""

import math

import numpy as np

from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define


def _rotate(x, by, width):
    return (x << by | x >> (width - by)) & ((1 << width) - 1)


def _round_keys(key, rounds, width):
    """The key schedule of Simon, a cipher of words of `width` bits (Beaulieu et al., 2013)."""
    mask, pattern = (1 << width) - 1, 0x7369F885192C0EF5 & ((1 << width) - 1)
    keys = [k & mask for k in key]
    for i in range(3, rounds):
        mixed = _rotate(keys[i - 1], width - 3, width) ^ _rotate(keys[i - 1], width - 4, width)
        keys.append((0xFFFFFFFC & mask) ^ (pattern & 1) ^ keys[i - 3] ^ mixed)
        pattern >>= 1
    return keys[:rounds]


def _shuffled(index, key, greatest, rounds):
    """Where `index` of 0 to `greatest` goes: it is enciphered until it is one of them again."""
    bits = math.ceil(math.log2(greatest)) if greatest > 0 else 0
    width = max(bits + bits % 2, 16) // 2
    keys, mask = _round_keys(key, rounds, width), (1 << width) - 1

    def scramble(x):
        return _rotate(x, 1, width) & _rotate(x, 8, width) ^ _rotate(x, 2, width)

    while True:
        left, right = index >> width & mask, index & mask
        for first, second in zip(keys[::2], keys[1::2]):
            left ^= scramble(right) ^ first
            right ^= scramble(left) ^ second
        index = left << width | right
        if index <= greatest:
            return index


def _index_shuffle(index, seed, max_index):
    many = max(index.ndim, seed.ndim - 1, max_index.ndim)
    shape = np.broadcast_shapes(index.shape, seed.shape[:-1], max_index.shape)
    count = math.prod(shape) if many else 1
    indices, bounds = (np.broadcast_to(x, shape).ravel().tolist() for x in (index, max_index))
    seeds = np.broadcast_to(seed, (*shape, seed.shape[-1])).reshape(count, -1)
    keys = [[498247692, *row.astype(np.uint32).tolist()] for row in seeds]
    found = [_shuffled(i, key, bound, 4) for i, key, bound in zip(indices, keys, bounds)]
    return np.array(found, index.dtype).reshape(shape)


INDEX_SHUFFLE = define(
    "RandomIndexShuffle", _index_shuffle, "TST", host=True, differentiable=False,
    infer=lambda inputs, attrs: [(inputs[0].shape, inputs[0].dtype)],
)  # fmt: skip


def index_shuffle(index, seed, max_index):
    """Where the numbers `index` go in a random order of 0, 1, ..., `max_index`, without making it.

    Args:
      index: an integer, or a vector of them.
      seed: two integers [2], or two for each [n, 2].
      max_index: the greatest number, of the dtype of `index`.

    >>> sorted(index_shuffle([0, 1, 2], [5, 9], 2).numpy().tolist())
    [0, 1, 2]
    """
    index = convert_to_tensor(index)
    return execute(INDEX_SHUFFLE, (index, seed, convert_to_tensor(max_index, index.dtype)))
