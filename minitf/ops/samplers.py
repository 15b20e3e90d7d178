"""TensorFlow's distributions beyond the uniform one, as fixed recipes that read a Philox stream.

Each takes `(key, counter)` (see `philox.py`), a shape and its parameters. Normals use TensorFlow's
words; of a hundred float32 one differs, in the last place, by the rounding of `log`, `sin` and
`cos`. The samplers that reject (truncated normal, gamma, poisson) can therefore differ where a
candidate lies within that rounding of its threshold.
"""

import math

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from minitf.ops.philox import (
    RESERVED_PER_OUTPUT,
    advance,
    bits_of,
    join,
    kept,
    lines,
    pairs_at,
    rows_of,
    split,
    to_float,
    uniform,
    uniforms64,
    words_of,
)


def normal(key, counter, shape, dtype=jnp.float32):
    """Standard normals by the Box-Muller transform of neighbouring words, sine first."""
    size = math.prod(shape)
    groups = -(-size // _lanes(dtype))
    values = _normals(lines(key, counter, groups, lambda group: group), groups, dtype)
    return values.reshape(-1)[:size].reshape(shape).astype(dtype)


def truncated_normal(key, counter, shape, dtype=jnp.float32):
    """Standard normals with |x| < 2: each block-sized group of outputs redraws on its own."""
    size, lanes = math.prod(shape), _lanes(dtype)
    groups = -(-size // lanes)
    stride = np.uint64(lanes * RESERVED_PER_OUTPUT // 4)
    starts = jnp.arange(groups, dtype=jnp.uint64) * stride

    def block(starts, turn):
        def offset(group):
            return starts.at[group].get(mode="clip") + turn

        return _normals(lines(key, counter, starts.size, offset), starts.size, dtype)

    def redrawn(first, starts):
        """Of groups that need more than their first block: nearly always, one more is enough."""
        values, count = _accepted(jnp.concatenate([first, block(starts, np.uint64(1))], axis=1))

        def finish(carry):
            values, short = carry
            row = jnp.argmax(short)
            given = (x.at[row].get()[None] for x in (first, starts))
            return values.at[row].set(_redrawn(*given, block)[0]), short.at[row].set(False)

        return lax.while_loop(lambda carry: jnp.any(carry[1]), finish, (values, count < lanes))[0]

    values = _normals(lines(key, counter, groups, lambda group: group * stride), groups, dtype)
    if groups <= 8 * _PORTION:  # less code to compile
        values = _redrawn(values, starts, block)
    else:  # one group of six needs its second block
        rejected = jnp.any(jnp.abs(values) >= 2, axis=1)
        values = _improved(values, rejected, redrawn, starts, groups * 3 // 16)
    return values.reshape(-1)[:size].reshape(shape).astype(dtype)


def _accepted(candidates):
    """The first half of the accepted in each row, and how many are accepted."""
    many = candidates.shape[1]
    mask = sum((jnp.abs(candidates[:, i]) < 2).astype(jnp.int32) << i for i in range(many))
    places = jnp.asarray(_BITS[:, : many // 2])[mask]
    return jnp.take_along_axis(candidates, places, axis=1), lax.population_count(mask)


def _redrawn(candidates, starts, block):
    """The first accepted normals of each group, from its first block, `candidates`, onwards."""
    groups, lanes = candidates.shape
    slots = jnp.arange(lanes)

    def settle(candidates, count, kept):
        """An accepted candidate goes to its group's next free slot."""
        accept = jnp.abs(candidates) < 2
        for lane in range(lanes):
            free = accept[:, lane, None] & (count[:, None] == slots)
            kept = jnp.where(free, candidates[:, lane, None], kept)
            count = count + accept[:, lane]
        return count, kept

    def turn(carry):
        turns, count, kept = carry
        return turns + np.uint64(1), *settle(block(starts, turns), count, kept)

    first = settle(candidates, jnp.zeros(groups, jnp.int32), jnp.zeros_like(candidates))
    start = jnp.uint64(1), *first
    return lax.while_loop(lambda carry: jnp.any(carry[1] < lanes), turn, start)[2]


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
    """RandomShuffle's order of `length` rows (int32): a forward Fisher-Yates shuffle.

    Step `i` exchanges rows `i` and `targets[i] >= i`, after which row `i` is final. It finds there
    what the latest earlier step with the same target put there, the row that this step held; or,
    without such a step, the row `targets[i]` itself. So all steps are found at once.
    """
    if length <= 1:
        return jnp.arange(length, dtype=jnp.int32)
    steps = jnp.arange(length - 1, dtype=jnp.int32)
    remaining = jnp.arange(length, 1, -1, dtype=jnp.uint32)
    targets = steps + lax.rem(words_of(key, counter, length - 1), remaining).astype(jnp.int32)
    step, target = split(jnp.sort(join(steps.astype(jnp.uint32), targets.astype(jnp.uint32))))
    step = step.astype(jnp.int32)
    latest = jnp.where(target[1:] == target[:-1], step[:-1], -1)
    latest = jnp.zeros_like(steps).at[step[1:]].set(latest, unique_indices=True)
    latest = latest.at[step[0]].set(-1)  # the latest step with the same target as each step
    rows = jnp.arange(length, dtype=jnp.int32)
    held = jnp.full_like(rows, -1).at[targets].max(jnp.where(targets == steps, -1, steps))
    held = jnp.where(held < 0, rows, held)  # by step: the earlier step that it gets its row from

    def follow(carry):
        further = carry[0][carry[0]]
        return further, jnp.any(further != carry[0])

    held, _ = lax.while_loop(lambda carry: carry[1], follow, (held, jnp.bool_(True)))
    return jnp.concatenate([jnp.where(latest < 0, targets, held[latest]), held[-1:]])


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

    def draw(buffer, sampler, starts, used, needed):
        """One value of a buffer that holds two and is read backwards; refilled from a block."""
        held, left = buffer
        refill = needed & (left == 0)
        pairs = pairs_at(key, *advance(counter, starts + used.astype(jnp.uint64)))
        held = jnp.where(refill[:, None], sampler(pairs), held)
        left = jnp.where(refill, 2, left) - needed
        return jnp.where(left == 1, held[:, 1], held[:, 0]), (held, left), used + refill

    def attempt(state, inputs):
        done, result, used, normals, uniforms = state
        c, d, starts = inputs
        x, normals, used = draw(normals, _normals64, starts, used, ~done)
        v = 1 + c * x
        candidate = ~done & (v > 0)
        v = v * v * v
        u, uniforms, used = draw(uniforms, uniforms64, starts, used, candidate)
        squeeze = u < 1 - 0.0331 * (x * x) * (x * x)
        accept = squeeze | (jnp.log(u) < 0.5 * x * x + d * (1 - v + jnp.log(v)))
        accept &= candidate
        return done | accept, jnp.where(accept, d * v, result), used, normals, uniforms

    zeros = jnp.zeros(concentration.shape)
    count = jnp.zeros(concentration.shape, jnp.int32)
    empty = jnp.zeros((*zeros.shape, 2)), count
    exponential = concentration == 1
    state = exponential, zeros, count, empty, empty
    _, result, used, _, uniforms = _until_done(attempt, state, (c, d, starts))
    u, _, _ = draw(uniforms, uniforms64, starts, used, boosted | exponential)
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

    def uniforms_of(starts, used):
        """A block's two uniforms, which are read backwards."""
        pair = uniforms64(pairs_at(key, *advance(counter, starts + used)))
        return pair[:, 1], pair[:, 0]

    def multiply(state, inputs):
        done, result, used, product = state
        limit, starts = inputs
        for factor in uniforms_of(starts, used):
            product = jnp.where(done, product, product * factor)
            done = done | (product <= limit)
            result = jnp.where(done, result, result + 1)
        return done, result, used + np.uint64(1), product

    def transform(state, inputs):
        done, result, used = state
        lam, starts = inputs
        b = 0.931 + 2.53 * jnp.sqrt(lam)
        a = -0.059 + 0.02483 * b
        inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
        u, v = uniforms_of(starts, used)
        u = u - 0.5
        shifted = 0.5 - jnp.abs(u)
        k = jnp.floor((2 * a / shifted + b) * u + lam + 0.43)
        inside = (shifted >= 0.07) & (v <= 0.9277 - 3.6224 / (b - 2))
        outside = (k < 0) | ((shifted < 0.013) & (v > shifted))
        s = jnp.log(v * inverse_alpha / (a / (shifted * shifted) + b))
        t = -lam + k * jnp.log(lam) - lax.lgamma(k + 1)
        accept = ~done & (inside | (~outside & (s <= t)))
        return done | accept, jnp.where(accept, k, result), used + np.uint64(1)

    zeros = jnp.zeros(lam.shape)
    used = jnp.zeros(lam.shape, jnp.uint64)
    _, result, *_ = _until_done(multiply, (~small, zeros, used, zeros + 1), (jnp.exp(-lam), starts))
    _, result, _ = _until_done(transform, (small, result, used), (lam, starts))
    return _parameters_last(result, shape, rate.shape).astype(dtype)


# ------------------------------------------------------------------------- normals


def _lanes(dtype):
    """Outputs per block: a float64 takes two words, all other floats one."""
    return 2 if bits_of(dtype) == 64 else 4


def _normals(lines, groups, dtype):
    """The normals of the blocks in `lines`, as rows: two in float64, else four in float32."""
    if bits_of(dtype) == 64:
        return _normals64(rows_of(lines, groups))
    # Both of a pair are computed as one word, so what they have in common is computed once.
    both = lax.bitcast_convert_type(kept(_normals32(lines)), jnp.float32)
    return both.reshape(-1)[: 4 * groups].reshape(groups, 4)


def _normals64(pairs):
    uniforms = uniforms64(pairs)
    radius, angle = _radius(uniforms[..., 0], jnp.log), uniforms[..., 1] * (2 * np.pi)
    return jnp.stack([jnp.sin(angle) * radius, jnp.cos(angle) * radius], axis=-1)


def _normals32(pair):
    """The two float32 of a pair of words, as a pair of words."""
    first, second = split(pair)
    radius = _radius(to_float(first, jnp.float32), _log)
    # TensorFlow's 2.0f * M_PI is a double: the product is rounded once.
    angle = to_float(second, jnp.float32).astype(jnp.float64) * (2 * np.pi)
    both = [x * radius for x in _sine_and_cosine(angle.astype(jnp.float32))]
    return join(*(lax.bitcast_convert_type(x, jnp.uint32) for x in both))


def _radius(uniform, log):
    return jnp.sqrt(-2 * log(jnp.maximum(uniform, uniform.dtype.type(1e-7))))


# The functions of Box and Muller for float32, within and rounded once: so the C library has them,
# and XLA's own are less exact or, since they take any argument, slower.

_SINE = [(-1) ** n / math.factorial(2 * n + 1) for n in range(6)]
_COSINE = [(-1) ** n / math.factorial(2 * n) for n in range(7)]
_ARTANH = [2 / (2 * n + 1) for n in range(7)]
_ROOT_OF_HALF = np.float32(math.sqrt(0.5)).view(np.int32)


def _polynomial(x, coefficients):
    result = coefficients[-1]
    for c in coefficients[-2::-1]:
        result = result * x + c
    return result


def _sine_and_cosine(angle):
    """Of angles of a few turns."""
    angle = angle.astype(jnp.float64)
    quarters = jnp.round(angle * (2 / np.pi))
    rest = angle - quarters * (np.pi / 2)  # in [-pi / 4, pi / 4]
    sine = rest * _polynomial(rest * rest, _SINE)
    cosine = _polynomial(rest * rest, _COSINE)
    quarters = quarters.astype(jnp.int32)
    odd = (quarters & 1) == 1
    sine, cosine = jnp.where(odd, cosine, sine), jnp.where(odd, sine, cosine)
    sine = jnp.where((quarters & 2) == 0, sine, -sine)
    cosine = jnp.where((quarters + 1 & 2) == 0, cosine, -cosine)
    return sine.astype(jnp.float32), cosine.astype(jnp.float32)


def _log(x):
    """Of positive numbers that are not subnormal: x = m * 2**e, log m = 2 artanh((m-1) / (m+1))."""
    bits = lax.bitcast_convert_type(x, jnp.int32) - _ROOT_OF_HALF
    exponent = (bits >> 23).astype(jnp.float64)
    near_one = lax.bitcast_convert_type((bits & 0x7FFFFF) + _ROOT_OF_HALF, jnp.float32)
    near_one = near_one.astype(jnp.float64)
    ratio = (near_one - 1) / (near_one + 1)
    return (exponent * math.log(2) + ratio * _polynomial(ratio * ratio, _ARTANH)).astype(
        jnp.float32
    )


# ------------------------------------------------------- rows that end at different times

_PORTION = 4096  # rows that are gone through again at once
# The places of the bits that are set in a byte.
_BITS = np.array([[*np.flatnonzero(byte >> np.arange(8) & 1), *[7] * 8][:8] for byte in range(256)],
                 np.int32)  # fmt: skip


def _until_done(turn, state, inputs):
    """`state = turn(state, inputs)` until every row of `state[0]` is true; rows are independent.

    Once few rows are left, only those are gone through.
    """

    def finish(state, inputs):
        return lax.while_loop(lambda s: ~jnp.all(s[0]), lambda s: turn(s, inputs), state)

    rows = state[0].size
    if rows <= _PORTION:
        return finish(state, inputs)
    many = rows // 4
    state = lax.while_loop(lambda s: jnp.sum(~s[0]) > many, lambda s: turn(s, inputs), state)
    return _improved(state, ~state[0], finish, inputs, max(_PORTION, rows // 16))


def _improved(state, chosen, function, inputs, portion):
    """`state` with the rows that `function(state, inputs)` gives where `chosen`, by portions."""
    size = chosen.shape[0]
    mask = jnp.pad(chosen, (0, -size % 8)).reshape(-1, 8)  # cells of eight rows, as bytes
    mask = sum(mask[:, i].astype(jnp.int32) << i for i in range(8))
    held = lax.population_count(mask)
    upto = jnp.cumsum(held, dtype=jnp.int32)
    before = upto - held  # the number of each cell's first chosen row

    def improve(carry):
        first, state = carry
        begins = jnp.zeros(portion, jnp.int32).at[jnp.maximum(before - first, 0)]
        cell = jnp.cumsum(begins.add(1, mode="drop"), dtype=jnp.int32) - 1
        number = first + jnp.arange(portion, dtype=jnp.int32)
        bit = jnp.asarray(_BITS)[mask[cell], number - before[cell]]
        rows = jnp.where(number < upto[-1], 8 * cell + bit, size)
        given = jax.tree.map(lambda x: x.at[rows].get(mode="clip"), (state, inputs))
        new = function(*given)
        state = jax.tree.map(lambda x, y: x.at[rows].set(y, mode="drop"), state, new)
        return first + portion, state

    return lax.while_loop(lambda carry: carry[0] < upto[-1], improve, (0, state))[1]


# --------------------------------------------- samples for each parameter (gamma, poisson)


def _per_parameter(parameter, shape):
    """Flat parameters, each repeated for its samples, and each sample's first block."""
    samples = math.prod(shape)
    repeated = jnp.repeat(parameter.reshape(-1), samples)
    starts = jnp.arange(repeated.size, dtype=jnp.uint64) * np.uint64(RESERVED_PER_OUTPUT)
    return repeated, starts


def _parameters_last(flat, shape, parameter_shape):
    samples = flat.reshape(math.prod(parameter_shape), math.prod(shape))
    return samples.T.reshape(tuple(shape) + tuple(parameter_shape))
