"""TensorFlow's random numbers as pure JAX functions: Philox-4x32-10 read at a counter.

A stream of random numbers is `(key, counter)`: `key` is a uint64 scalar and `counter` a uint64[2]
(low word, high word). The cipher maps counter `c`, `c + 1`, ... to blocks of four uint32 words,
and every distribution below is a fixed recipe that reads those blocks. Three kinds of random op
differ only in how they come to their stream:

    stateful_key(seed, seed2, skip)   RandomUniform and its kin: `skip` is what earlier calls used
    stateless_key(seed)               tf.random.stateless_*: the two seeds are scrambled once
    generator_key(state)              tf.random.Generator: int64[3] state, `generator_skip` moves it

`reserved(op, ...)` says how far one call of a stateful op moves its counter. All functions are
jit-able where shapes are static, and need JAX's 64-bit mode.

Integers and uniforms are here, and equal TensorFlow's CPU kernels bit for bit; the other
distributions are in `samplers.py`. Source: Salmon et al., "Parallel Random Numbers: As Easy as
1, 2, 3" (2011).
"""

import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

_MULTIPLIERS = 0xD2511F53, 0xCD9E8D57
_WEYL = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)
_SCRAMBLE_KEY = 0x02461E293EC8F720
# A rejection sampler owns this many words per output; every stateful op reserves as much.
RESERVED_PER_OUTPUT = 256
_WIDTH = 128  # of a line of random numbers


# ------------------------------------------------------------------------------ streams


def stateful_key(seed, seed2, skip=0):
    """The stream of a stateful op with attributes `seed`, `seed2` after `skip` blocks."""
    return _u64(seed), jnp.stack([_u64(skip), _u64(seed2)])


def stateless_key(seed):
    """The stream of a stateless op: int32[2] or int64[2] seeds, scrambled by Philox itself."""
    seed = _u64(seed)
    w0, w1, w2, w3 = cipher(jnp.uint64(_SCRAMBLE_KEY), seed[0], seed[1], unroll=False)
    return join(w0, w1), jnp.stack([jnp.uint64(0), join(w2, w3)])


def generator_key(state):
    """The stream of a tf.random.Generator: int64[3] state is counter (low, high), then key."""
    state = _u64(state)
    return state[2], state[:2]


def generator_skip(state, delta):
    """The state after `delta` outputs of any shape and dtype were drawn from it."""
    key, counter = generator_key(state)
    low, high = advance(counter, _u64(delta) * np.uint64(RESERVED_PER_OUTPUT))
    return lax.bitcast_convert_type(jnp.stack([low, high, key]), jnp.int64)


def generator_state(seed):
    """The state that `Generator.from_seed` makes of a Python int or a vector of int64."""
    if isinstance(seed, int):  # 64-bit pieces, low one first: a small seed lands in the counter
        pieces = [(seed >> shift) & (2**64 - 1) for shift in (0, 64, 128)]
        return jnp.asarray(np.array(pieces, np.uint64).view(np.int64))
    seed = lax.convert_element_type(jnp.ravel(jnp.asarray(seed)), jnp.int64)[:3]
    return jnp.pad(seed, (3 - seed.shape[0], 0))


def generator_split(state, count):
    """`count` new states (int64[count, 3]) and the old generator's state after that draw."""
    keys = uniform_full_int(*generator_key(state), (count,), jnp.int64)
    return jnp.pad(keys[:, None], ((0, 0), (2, 0))), generator_skip(state, count)


def reserved(op, *, size=0, batch=0, num_samples=0, length=0):
    """How many blocks one call of a stateful op adds to its counter (`skip`).

    `op` is TensorFlow's op type. Most ops take 256 for each of their `size` outputs, whatever
    the dtype; Multinomial takes `batch` and `num_samples`; RandomShuffle takes `length`, the
    first dimension of its value (pass 0 where the value holds at most one element).
    """
    if op == "RandomShuffle":
        return (max(length - 1, 0) + 3) // 4
    if op == "Multinomial":
        return batch * (-(-num_samples // 4) * 4) * 2 * RESERVED_PER_OUTPUT
    return size * RESERVED_PER_OUTPUT


# ------------------------------------------------------------------------ distributions


def uniform(key, counter, shape, dtype=jnp.float32):
    """Floats in [0, 1): as many random mantissa bits as the dtype has, over exponent zero."""
    size = math.prod(shape)
    if bits_of(dtype) == 64:
        return uniforms64(_words64(key, counter, size)).reshape(shape)
    return to_float(words_of(key, counter, size), dtype).reshape(shape)


def uniform_full_int(key, counter, shape, dtype):
    """Integers over the whole range of int32, uint32, int64 or uint64."""
    size = math.prod(shape)
    words = words_of(key, counter, size) if bits_of(dtype) == 32 else _words64(key, counter, size)
    return lax.bitcast_convert_type(words, dtype).reshape(shape)


def uniform_int(key, counter, shape, minval, maxval, dtype):
    """Integers in [minval, maxval) of int32 or int64: a word modulo the width of the range."""
    unsigned = jnp.uint32 if bits_of(dtype) == 32 else jnp.uint64
    # Unsigned arithmetic wraps, so a range wider than the signed maximum still works.
    low = lax.convert_element_type(jnp.asarray(minval, dtype), unsigned)
    width = lax.convert_element_type(jnp.asarray(maxval, dtype), unsigned) - low
    words = uniform_full_int(key, counter, shape, unsigned)
    return lax.bitcast_convert_type(low + lax.rem(words, jnp.broadcast_to(width, shape)), dtype)


# ------------------------------------------------------------------------ word by word


def word_at(key, counter, place):
    """The word at `place` (an integer) of the stream: what a kernel reads word after word."""
    place = place.astype(jnp.uint64)
    block = jnp.stack(cipher(key, *advance(counter, place >> np.uint64(2))))
    return block[place & np.uint64(3)]


def float_of(word):
    """The float32 in [0, 1) that a word makes."""
    return to_float(word, jnp.float32)


def double_of(high, low):
    """The float64 in [0, 1) that two words make."""
    return uniforms64(join(high, low))


# ------------------------------------------------------------------------- on the host


stateless_stream = jax.jit(stateless_key)  # for the kernels that read a stream on the host


def drawn(sampler, key, counter, block, size, dtype):
    """`size` numbers of a stream from `block` on, as a NumPy array: for kernels on the host.

    `sampler` is a function of a key, a counter, a shape and a dtype, such as `uniform`.
    """
    return np.asarray(_drawn(sampler, key, counter, np.uint64(block), size, jnp.dtype(dtype)))


@functools.partial(jax.jit, static_argnums=(0, 4, 5))
def _drawn(sampler, key, counter, block, size, dtype):
    return sampler(key, jnp.stack(advance(counter, block)), (size,), dtype)


# --------------------------------------------------------------------------- the cipher


def cipher(key, low, high, unroll=True):
    """Four uint32 words for each counter (`low`, `high`): ten rounds of Philox-4x32.

    As a loop (`unroll=False`) it compiles faster, and runs faster for one counter alone.
    """
    state = split(key), (*split(low), *split(high))
    if not unroll:
        return lax.fori_loop(0, 10, lambda _, state: _turn(*state), state)[1]
    for _ in range(10):
        state = _turn(*state)
    return state[1]


def _turn(keys, words):
    return (keys[0] + _WEYL[0], keys[1] + _WEYL[1]), _round(*keys, *words)


@jax.jit  # so that JAX traces one round, not ten
def _round(k0, k1, c0, c1, c2, c3):
    low0, high0 = split(c0.astype(jnp.uint64) * np.uint64(_MULTIPLIERS[0]))
    low1, high1 = split(c2.astype(jnp.uint64) * np.uint64(_MULTIPLIERS[1]))
    return high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0


def advance(counter, offset):
    """The 128-bit counter plus a uint64 offset, as (low, high)."""
    low = counter[0] + offset
    return low, counter[1] + (low < offset).astype(jnp.uint64)


def pairs(key, counter, count):
    """The first blocks of a stream as rows of two pairs of words, uint64[count, 2]."""
    return rows_of(lines(key, counter, count, lambda block: block), count)


def rows_of(lines, count):
    return lines.reshape(-1)[: 2 * count].reshape(count, 2)


def lines(key, counter, count, offset):
    """The blocks at `offset(0)`, `offset(1)`, ... of a stream: pairs of words in lines, uint64.

    Both pairs encipher the block, and each takes its part of it. (Of two columns, XLA would
    compute each by itself, too, but by code of its own, and would branch for each element.)
    """
    width = max(1, min(_WIDTH, 2 * count))
    number = -(-2 * count // width)
    place = jnp.arange(number * width, dtype=jnp.uint64)
    w0, w1, w2, w3 = cipher(key, *advance(counter, offset(place >> np.uint64(1))))
    is_first = (place & np.uint64(1)) == 0
    found = join(jnp.where(is_first, w0, w2), jnp.where(is_first, w1, w3))
    return kept(found.reshape(number, width))


def kept(lines):
    """`lines` of numbers, computed once: XLA keeps what it pads.

    Otherwise everything that reads them would encipher them again, and have code for it. Padded
    with a whole line, they are computed several at a time: there is no branch inside of a line.
    """
    padded = lax.optimization_barrier(jnp.pad(lines, ((0, 1), (0, 0))))
    return padded[: lines.shape[0]]


def words_of(key, counter, size):
    words = lax.bitcast_convert_type(pairs(key, counter, -(-size // 4)), jnp.uint32)
    return words.reshape(-1)[:size]


def _words64(key, counter, size):
    return pairs(key, counter, -(-size // 2)).reshape(-1)[:size]


def pairs_at(key, low, high):
    """The blocks of counters, as `pairs` has them: uint64[..., 2]."""
    w0, w1, w2, w3 = cipher(key, low, high)
    return jnp.stack([join(w0, w1), join(w2, w3)], axis=-1)


def split(word):
    return word.astype(jnp.uint32), (word >> np.uint64(32)).astype(jnp.uint32)


def join(low, high):
    return low.astype(jnp.uint64) | (high.astype(jnp.uint64) << np.uint64(32))


def _u64(x):
    if isinstance(x, int):
        return jnp.asarray(np.uint64(x % 2**64))
    return lax.convert_element_type(jnp.asarray(x), jnp.uint64)


def bits_of(dtype):
    return jnp.dtype(dtype).itemsize * 8


# ------------------------------------------------------------------- from words to floats


def to_float(word, dtype):
    mantissa = jnp.finfo(dtype).nmant
    unsigned = jnp.uint32 if bits_of(dtype) == 32 else jnp.uint16
    one = lax.bitcast_convert_type(jnp.ones((), dtype), unsigned)
    fraction = word.astype(unsigned) & unsigned(2**mantissa - 1)
    return lax.bitcast_convert_type(fraction | one, dtype) - jnp.ones((), dtype)


def uniforms64(pairs):
    """The float64 in [0, 1) that each pair of words makes: the first word is the high one."""
    high, low = split(pairs)
    fraction = join(low, high & np.uint32(0xFFFFF))
    return lax.bitcast_convert_type(fraction | np.uint64(1023 << 52), jnp.float64) - 1
