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

Integers and uniforms equal TensorFlow's CPU kernels bit for bit. Normals use the same words, and
differ by the rounding of `log`, `sin` and `cos`: a few units in the last place. The samplers that
reject (truncated normal, gamma, poisson) can therefore differ where a candidate lies within that
rounding of its threshold. Source: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3"
(2011).
"""

import math

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

_MULTIPLIERS = 0xD2511F53, 0xCD9E8D57
_WEYL = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)
_SCRAMBLE_KEY = 0x02461E293EC8F720
# A rejection sampler owns this many words per output; every stateful op reserves as much.
_RESERVED_PER_OUTPUT = 256


# ------------------------------------------------------------------------------ streams


def stateful_key(seed, seed2, skip=0):
    """The stream of a stateful op with attributes `seed`, `seed2` after `skip` blocks."""
    return _u64(seed), jnp.stack([_u64(skip), _u64(seed2)])


def stateless_key(seed):
    """The stream of a stateless op: int32[2] or int64[2] seeds, scrambled by Philox itself."""
    seed = _u64(seed)
    w0, w1, w2, w3 = _cipher(jnp.uint64(_SCRAMBLE_KEY), seed[0], seed[1])
    return _join(w0, w1), jnp.stack([jnp.uint64(0), _join(w2, w3)])


def generator_key(state):
    """The stream of a tf.random.Generator: int64[3] state is counter (low, high), then key."""
    state = _u64(state)
    return state[2], state[:2]


def generator_skip(state, delta):
    """The state after `delta` outputs of any shape and dtype were drawn from it."""
    key, counter = generator_key(state)
    low, high = _advance(counter, _u64(delta) * np.uint64(_RESERVED_PER_OUTPUT))
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
        return batch * (-(-num_samples // 4) * 4) * 2 * _RESERVED_PER_OUTPUT
    return size * _RESERVED_PER_OUTPUT


# ------------------------------------------------------------------------ distributions


def uniform(key, counter, shape, dtype=jnp.float32):
    """Floats in [0, 1): as many random mantissa bits as the dtype has, over exponent zero."""
    size = math.prod(shape)
    if _bits(dtype) == 64:
        values = _uniforms64(_blocks(key, counter, -(-size // 2)))
        return values.reshape(-1)[:size].reshape(shape)
    return _to_float(_words(key, counter, size), dtype).reshape(shape)


def normal(key, counter, shape, dtype=jnp.float32):
    """Standard normals by the Box-Muller transform of neighbouring words, sine first."""
    size = math.prod(shape)
    values = _normals(_blocks(key, counter, -(-size // _lanes(dtype))), dtype)
    return values.reshape(-1)[:size].reshape(shape).astype(dtype)


def truncated_normal(key, counter, shape, dtype=jnp.float32):
    """Standard normals with |x| < 2: each block-sized group of outputs redraws on its own."""
    size, lanes = math.prod(shape), _lanes(dtype)
    groups = -(-size // lanes)
    stride = np.uint64(lanes * _RESERVED_PER_OUTPUT // 4)
    starts = jnp.arange(groups, dtype=jnp.uint64) * stride

    def unfinished(carry):
        return jnp.any(carry[1] < lanes)

    def draw(carry):
        turn, count, kept = carry
        candidates = _normals(_cipher(key, *_advance(counter, starts + turn)), dtype)
        accept = jnp.abs(candidates) < 2
        for lane in range(lanes):  # an accepted candidate goes to its group's next free slot
            free = accept[:, lane, None] & (count[:, None] == jnp.arange(lanes))
            kept = jnp.where(free, candidates[:, lane, None], kept)
            count = count + accept[:, lane]
        return turn + np.uint64(1), count, kept

    compute = jnp.float64 if lanes == 2 else jnp.float32
    blank = jnp.zeros((groups, lanes), compute)
    start = jnp.uint64(0), jnp.zeros(groups, jnp.int32), blank
    kept = lax.while_loop(unfinished, draw, start)[2]
    return kept.reshape(-1)[:size].reshape(shape).astype(dtype)


def uniform_full_int(key, counter, shape, dtype):
    """Integers over the whole range of int32, uint32, int64 or uint64."""
    size = math.prod(shape)
    words = _words(key, counter, size) if _bits(dtype) == 32 else _words64(key, counter, size)
    return lax.bitcast_convert_type(words, dtype).reshape(shape)


def uniform_int(key, counter, shape, minval, maxval, dtype):
    """Integers in [minval, maxval) of int32 or int64: a word modulo the width of the range."""
    unsigned = jnp.uint32 if _bits(dtype) == 32 else jnp.uint64
    # Unsigned arithmetic wraps, so a range wider than the signed maximum still works.
    low = lax.convert_element_type(jnp.asarray(minval, dtype), unsigned)
    width = lax.convert_element_type(jnp.asarray(maxval, dtype), unsigned) - low
    words = uniform_full_int(key, counter, shape, unsigned)
    return lax.bitcast_convert_type(low + lax.rem(words, jnp.broadcast_to(width, shape)), dtype)


def categorical(key, counter, logits, num_samples, dtype=jnp.int64):
    """`num_samples` classes for each row of `logits` (batch, classes), by inverse transform.

    TensorFlow splits large batches over its threads and starts a stream for each part, so there
    its numbers depend on the machine; these are the numbers it gives on one thread.
    """
    batch = logits.shape[0]
    finite = jnp.isfinite(logits)
    top = jnp.max(jnp.where(finite, logits, jnp.finfo(logits.dtype).min), axis=1, keepdims=True)
    shifted = logits.astype(jnp.float64) - top.astype(jnp.float64)
    cdf = jnp.cumsum(jnp.where(finite, jnp.exp(shifted), 0.0), axis=1)
    targets = uniform(key, counter, (batch, num_samples), jnp.float64) * cdf[:, -1:]
    find = jax.vmap(lambda row, x: jnp.searchsorted(row, x, side="right"))
    return find(cdf, targets).astype(dtype)


def permutation(key, counter, length):
    """RandomShuffle's order of `length` rows (int32): a forward Fisher-Yates shuffle."""
    if length <= 1:
        return jnp.arange(length, dtype=jnp.int32)
    first = jnp.arange(length - 1, dtype=jnp.int32)
    remaining = jnp.arange(length, 1, -1, dtype=jnp.uint32)
    second = first + lax.rem(_words(key, counter, length - 1), remaining).astype(jnp.int32)

    def swap(step, order):
        # One gather and one scatter: XLA then works in place, and does not copy at each step.
        pair = jnp.stack([first[step], second[step]])
        return order.at[pair].set(order[pair[::-1]], mode="promise_in_bounds")

    return lax.fori_loop(0, length - 1, swap, jnp.arange(length, dtype=jnp.int32))


def gamma(key, counter, shape, alpha, dtype=None):
    """Gamma(alpha, 1) samples of shape `shape + alpha.shape`, by Marsaglia and Tsang (2000).

    Each sample owns 256 blocks and works in float64. A shape below one draws at `alpha + 1` and
    multiplies by `u ** (1 / alpha)`; a shape of one is the exponential distribution.
    """
    alpha = jnp.asarray(alpha)
    concentration, starts = _per_parameter(alpha.astype(jnp.float64), shape)
    boosted = concentration < 1
    d = concentration + jnp.where(boosted, 2.0 / 3, -1.0 / 3)
    c = 1.0 / 3 / jnp.sqrt(d)

    def block(used):
        return _cipher(key, *_advance(counter, starts + used.astype(jnp.uint64)))

    def draw(buffer, sampler, used, needed):
        """One value of a buffer that holds two and is read backwards; refilled from a block."""
        held, left = buffer
        refill = needed & (left == 0)
        held = jnp.where(refill[:, None], sampler(block(used)), held)
        left = jnp.where(refill, 2, left) - needed
        return jnp.where(left == 1, held[:, 1], held[:, 0]), (held, left), used + refill

    def unfinished(carry):
        return ~jnp.all(carry[0])

    def attempt(carry):
        done, result, used, normals, uniforms = carry
        x, normals, used = draw(normals, _normals64, used, ~done)
        v = 1 + c * x
        candidate = ~done & (v > 0)
        v = v * v * v
        u, uniforms, used = draw(uniforms, _uniforms64, used, candidate)
        squeeze = u < 1 - 0.0331 * (x * x) * (x * x)
        accept = squeeze | (jnp.log(u) < 0.5 * x * x + d * (1 - v + jnp.log(v)))
        accept &= candidate
        return done | accept, jnp.where(accept, d * v, result), used, normals, uniforms

    zeros = jnp.zeros(concentration.shape)
    count = jnp.zeros(concentration.shape, jnp.int32)
    empty = jnp.zeros((*zeros.shape, 2)), count
    exponential = concentration == 1
    carry = lax.while_loop(unfinished, attempt, (exponential, zeros, count, empty, empty))
    _, result, used, _, uniforms = carry
    u, _, _ = draw(uniforms, _uniforms64, used, boosted | exponential)
    result = jnp.where(boosted, result * u ** (1 / concentration), result)
    result = jnp.where(exponential, -jnp.log1p(-u), result)
    return _parameters_last(result, shape, alpha.shape).astype(dtype or alpha.dtype)


def poisson(key, counter, shape, rate, dtype=jnp.float32):
    """Poisson samples of shape `shape + rate.shape`; each sample owns 256 blocks.

    Rates below ten multiply uniforms until the product falls to `exp(-rate)` (Knuth); larger ones
    use Hoermann's transformed rejection (1993).
    """
    rate = jnp.asarray(rate)
    lam, starts = _per_parameter(rate.astype(jnp.float64), shape)
    small = lam < 10
    limit, log_lam = jnp.exp(-lam), jnp.log(lam)
    b = 0.931 + 2.53 * jnp.sqrt(lam)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)

    def unfinished(carry):
        return ~jnp.all(carry[1])

    def turn(carry):
        used, done, result, product = carry
        words = _cipher(key, *_advance(counter, starts + used))
        uniforms = _uniforms64(words)
        u, v = uniforms[:, 1], uniforms[:, 0]  # a block's two uniforms are read backwards
        for factor in (u, v):
            product = jnp.where(done, product, product * factor)
            finish = small & (product <= limit)
            result = jnp.where(small & ~done & ~finish, result + 1, result)
            done = done | finish
        u = u - 0.5
        shifted = 0.5 - jnp.abs(u)
        k = jnp.floor((2 * a / shifted + b) * u + lam + 0.43)
        inside = (shifted >= 0.07) & (v <= 0.9277 - 3.6224 / (b - 2))
        outside = (k < 0) | ((shifted < 0.013) & (v > shifted))
        s = jnp.log(v * inverse_alpha / (a / (shifted * shifted) + b))
        t = -lam + k * log_lam - lax.lgamma(k + 1)
        accept = ~small & ~done & (inside | (~outside & (s <= t)))
        return used + np.uint64(1), done | accept, jnp.where(accept, k, result), product

    zeros = jnp.zeros(lam.shape)
    start = jnp.uint64(0), jnp.zeros(lam.shape, bool), zeros, zeros + 1
    result = lax.while_loop(unfinished, turn, start)[2]
    return _parameters_last(result, shape, rate.shape).astype(dtype)


# ------------------------------------------------------------------------ word by word


def word_at(key, counter, place):
    """The word at `place` (an integer) of the stream: what a kernel reads word after word."""
    place = place.astype(jnp.uint64)
    block = jnp.stack(_cipher(key, *_advance(counter, place >> np.uint64(2))))
    return block[place & np.uint64(3)]


def float_of(word):
    """The float32 in [0, 1) that a word makes."""
    return _to_float(word, jnp.float32)


def double_of(high, low):
    """The float64 in [0, 1) that two words make."""
    return _uniforms64((high, low, high, low))[..., 0]


def join_words(low, high):
    """The uint64 of two words."""
    return _join(low, high)


# --------------------------------------------------------------------------- the cipher


def _cipher(key, low, high):
    """Four uint32 words for each counter (`low`, `high`): ten rounds of Philox-4x32."""
    keys, words = _split(key), (*_split(low), *_split(high))
    for _ in range(10):
        words = _round(*keys, *words)
        keys = keys[0] + _WEYL[0], keys[1] + _WEYL[1]
    return words


@jax.jit  # so that JAX traces one round, not ten
def _round(k0, k1, c0, c1, c2, c3):
    low0, high0 = _split(c0.astype(jnp.uint64) * np.uint64(_MULTIPLIERS[0]))
    low1, high1 = _split(c2.astype(jnp.uint64) * np.uint64(_MULTIPLIERS[1]))
    return high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0


def _advance(counter, offset):
    """The 128-bit counter plus a uint64 offset, as (low, high)."""
    low = counter[0] + offset
    return low, counter[1] + (low < offset).astype(jnp.uint64)


def _blocks(key, counter, count):
    return _cipher(key, *_advance(counter, jnp.arange(count, dtype=jnp.uint64)))


def _words(key, counter, size):
    pairs = _pairs(_blocks(key, counter, -(-size // 4)))
    return lax.bitcast_convert_type(pairs, jnp.uint32).reshape(-1)[:size]


def _words64(key, counter, size):
    return _pairs(_blocks(key, counter, -(-size // 2))).reshape(-1)[:size]


def _pairs(words):
    """Blocks as rows of two uint64. (XLA would recompute the cipher for each of four columns.)"""
    return jnp.stack([_join(*words[:2]), _join(*words[2:])], axis=-1)


def _split(word):
    return word.astype(jnp.uint32), (word >> np.uint64(32)).astype(jnp.uint32)


def _join(low, high):
    return low.astype(jnp.uint64) | (high.astype(jnp.uint64) << np.uint64(32))


def _u64(x):
    if isinstance(x, int):
        return jnp.asarray(np.uint64(x % 2**64))
    return lax.convert_element_type(jnp.asarray(x), jnp.uint64)


def _bits(dtype):
    return jnp.dtype(dtype).itemsize * 8


def _lanes(dtype):
    """Outputs per block: a float64 takes two words, all other floats one."""
    return 2 if _bits(dtype) == 64 else 4


# ------------------------------------------------------------------- from words to floats


def _to_float(word, dtype):
    mantissa = jnp.finfo(dtype).nmant
    unsigned = jnp.uint32 if _bits(dtype) == 32 else jnp.uint16
    one = lax.bitcast_convert_type(jnp.ones((), dtype), unsigned)
    fraction = word.astype(unsigned) & unsigned(2**mantissa - 1)
    return lax.bitcast_convert_type(fraction | one, dtype) - jnp.ones((), dtype)


def _uniforms64(words):
    """One block's two float64 uniforms in [0, 1), as rows: the first word is the high one."""
    mask = np.uint32(0xFFFFF)
    fractions = _pairs((words[1], words[0] & mask, words[3], words[2] & mask))
    return lax.bitcast_convert_type(fractions | np.uint64(1023 << 52), jnp.float64) - 1


def _normals64(words):
    return _normals(words, jnp.float64)


def _normals(words, dtype):
    """One block's normals, as rows: two in float64, else four in float32."""
    if _bits(dtype) == 64:
        uniforms = _uniforms64(words)
        radius, angle = uniforms[..., 0], uniforms[..., 1] * (2 * np.pi)
    else:
        first, second = _split(_pairs(words))
        radius = _to_float(first, jnp.float32)
        # TensorFlow's 2.0f * M_PI is a double: the product is rounded once.
        angle = _to_float(second, jnp.float32).astype(jnp.float64) * (2 * np.pi)
        angle = angle.astype(jnp.float32)
    radius = jnp.sqrt(-2 * jnp.log(jnp.maximum(radius, radius.dtype.type(1e-7))))
    sine_first = np.array([True, False])
    waves = jnp.where(sine_first, jnp.sin(angle)[..., None], jnp.cos(angle)[..., None])
    return (waves * radius[..., None]).reshape(*words[0].shape, _lanes(dtype))


# --------------------------------------------- samples for each parameter (gamma, poisson)


def _per_parameter(parameter, shape):
    """Flat parameters, each repeated for its samples, and each sample's first block."""
    samples = math.prod(shape)
    repeated = jnp.repeat(parameter.reshape(-1), samples)
    starts = jnp.arange(repeated.size, dtype=jnp.uint64) * np.uint64(_RESERVED_PER_OUTPUT)
    return repeated, starts


def _parameters_last(flat, shape, parameter_shape):
    samples = flat.reshape(math.prod(parameter_shape), math.prod(shape))
    return samples.T.reshape(tuple(shape) + tuple(parameter_shape))
