"""Candidate samplers: a few classes drawn out of many, to compare the true ones with.

A sampler reads 32-bit words of a stateful random stream, one after another, as TensorFlow's
kernels do; with equal seeds its classes are TensorFlow's. Offers the samplers of `tf.random`, and
`compute_accidental_hits`. Source: https://www.tensorflow.org/extras/candidate_sampling.pdf
"""

import collections
import csv

import jax.numpy as jnp
import numpy as np
from jax import lax

from minitf import dtypes, errors
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops import philox
from minitf.ops.random import get_seed, random_stream
from minitf.shapes import TensorShape

_WORDS_PER_SAMPLE = 2048  # by so much a call moves its stream, however many it reads


class _Words:
    """32-bit words of a stream; a reader says where it stands and where it went on to."""

    def __init__(self, key, counter):
        self.key, self.counter = key, counter

    def at(self, place):
        """The word at `place`."""
        return philox.word_at(self.key, self.counter, place)

    def pair(self, place):
        """The words at `place` and after it."""
        return self.at(place), self.at(place + 1)

    def double(self, place):
        """(a float64 in [0, 1), the next place)."""
        return philox.double_of(*self.pair(place)), place + 2

    def below(self, n, place, wide=False):
        """(an integer in [0, n), the next place); the lowest words are read over, to be fair."""
        kind, size = (jnp.uint64, 2) if wide else (jnp.uint32, 1)

        def read(place):
            return philox.join(*self.pair(place)) if wide else self.at(place)

        n = jnp.asarray(n, kind)
        unfair = (kind(2 ** (64 if wide else 32) - 1) % n + kind(1)) % n
        place = lax.while_loop(lambda p: read(p) < unfair, lambda p: p + size, place)
        return (read(place) % n).astype(jnp.int64), place + size


def _drawn(draw, count, unique, range_max):
    """`count` classes of `draw(place) -> (class, next place)`, and how many draws they took."""

    def unfinished(state):
        return state[1] < count

    def step(state):
        place, found, tries, classes, used = state
        value, place = draw(place)
        new = ~used[value] if unique else True
        classes = classes.at[found].set(jnp.where(new, value, classes[found]))
        return place, found + new, tries + 1, classes, used.at[value].set(True)

    zero = jnp.int32(0)
    start = zero, zero, zero, jnp.zeros(count, jnp.int64), jnp.zeros(range_max, bool)
    _, _, tries, classes, _ = lax.while_loop(unfinished, step, start)
    return classes, tries


def _expected(probability, count, tries):
    """How often a class of this probability is expected among the sampled ones."""
    p = probability.astype(jnp.float32)
    repeated = -jnp.expm1(tries.astype(jnp.float32) * jnp.log1p(-p))
    return jnp.where(tries == count, p * count, repeated).astype(jnp.float32)


def _sampler(name, make, learns=False):
    """The op of a sampler: `make(words, range_max, table) -> (draw, probability of a class)`."""

    def fn(true_classes, resource, table, *, count, unique, range_max, num_true):
        if true_classes.ndim != 2 or true_classes.shape[1] != num_true:
            raise ValueError("true_classes must have num_true columns")
        if unique and count > range_max:
            raise ValueError("Sampler's range is too small.")
        state = jnp.asarray(resource.value)
        words = _Words(*philox.stateful_key(state[0], state[1], state[2]))
        if learns:  # the cell holds the counts of the classes behind the stream
            table = state[3:] if state.size > 3 else jnp.ones(range_max, jnp.uint64)
            state = jnp.concatenate([state[:3], table.at[true_classes.ravel()].add(1)])
        draw, probability = make(words, range_max, table)
        classes, tries = _drawn(draw, count, unique, range_max)
        resource.value = state.at[2].add(np.uint64(_WORDS_PER_SAMPLE // 4 * count))
        return (classes, _expected(probability(true_classes), count, tries),
                _expected(probability(classes), count, tries))  # fmt: skip

    return define(name, fn, "Ir?", resource=True, num_outputs=3, differentiable=False,
                  infer=_described)  # fmt: skip


def _described(inputs, attrs):
    count = TensorShape([attrs[0]])
    return [(count, dtypes.int64), (inputs[0].shape, dtypes.float32), (count, dtypes.float32)]


def _uniform(words, range_max, table):
    return (lambda place: words.below(range_max, place, wide=True),
            lambda classes: jnp.full(classes.shape, 1 / range_max, jnp.float32))  # fmt: skip


def _log_uniform(words, range_max, table):
    scale = np.log1p(range_max)

    def draw(place):
        u, place = words.double(place)
        return (jnp.exp(u * scale).astype(jnp.int64) - 1) % range_max, place

    return draw, lambda classes: jnp.log((classes + 2.0) / (classes + 1.0)) / scale


def _learned(words, range_max, weights):
    ends = jnp.cumsum(weights)

    def draw(place):
        spot, place = words.below(ends[-1].astype(jnp.uint32), place)
        return jnp.searchsorted(ends, spot, side="right"), place

    return draw, lambda classes: weights[classes] / ends[-1].astype(jnp.float32)


def _fixed(words, range_max, table):
    """Two candidates for each of `range_max` bins, and how likely the first one is."""
    first, other, weights = table[0], table[1].astype(jnp.int64), table[2]

    def draw(place):
        r, (spot, place) = philox.float_of(words.at(place)), words.below(range_max, place + 1)
        return jnp.where(r < first[spot], spot, other[spot]), place

    return draw, lambda classes: weights[classes] / weights.sum()


UNIFORM = _sampler("UniformCandidateSampler", _uniform)
LOG_UNIFORM = _sampler("LogUniformCandidateSampler", _log_uniform)
LEARNED = _sampler("LearnedUnigramCandidateSampler", _learned, learns=True)
FIXED = _sampler("FixedUnigramCandidateSampler", _fixed)


_RESULTS = {
    kind: collections.namedtuple(
        kind, "sampled_candidates true_expected_count sampled_expected_count"
    )
    for kind in (UNIFORM.name, LOG_UNIFORM.name, LEARNED.name, FIXED.name, "AllCandidateSampler")
}


def _sample(op, true_classes, num_true, num_sampled, unique, range_max, seed, name, table=0.0):
    for argument, value in (("num_true", num_true), ("num_sampled", num_sampled),
                            ("range_max", range_max)):  # fmt: skip
        if value < 1:
            raise errors.InvalidArgumentError(
                None, None, f"Value for attr '{argument}' of {value} must be at least minimum 1"
            )
    handle = random_stream(op, get_seed(seed), num_true, num_sampled, unique, range_max)
    inputs = (convert_to_tensor(true_classes, dtypes.int64), handle, table)
    attrs = (int(num_sampled), bool(unique), int(range_max), int(num_true))
    return _RESULTS[op.name](*execute(op, inputs, attrs, name))


def uniform_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, seed=None,
                              name=None):  # fmt: skip
    """Classes in [0, range_max), all equally likely.

    Args:
      true_classes: int64 [batch, num_true].
      unique: whether no class is drawn twice.

    Returns:
      (classes int64 [num_sampled], how often each true class was expected [batch, num_true], how
      often each sampled class was expected [num_sampled]).
    """
    return _sample(UNIFORM, true_classes, num_true, num_sampled, unique, range_max, seed, name)


def log_uniform_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max,
                                  seed=None, name=None):  # fmt: skip
    """Classes in [0, range_max), class `c` with probability log((c + 2) / (c + 1)) / log(n + 1).

    For classes that are sorted by falling frequency, as words often are (Zipf's law). Arguments and
    results are those of `uniform_candidate_sampler`.
    """
    return _sample(LOG_UNIFORM, true_classes, num_true, num_sampled, unique, range_max, seed, name)


def learned_unigram_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max,
                                      seed=None, name=None):  # fmt: skip
    """Classes in [0, range_max), as often as they were true classes of earlier calls, plus one.

    Arguments and results are those of `uniform_candidate_sampler`.
    """
    return _sample(LEARNED, true_classes, num_true, num_sampled, unique, range_max, seed, name)


def all_candidate_sampler(true_classes, num_true, num_sampled, unique, seed=None, name=None):
    """All classes in [0, num_sampled), each expected once; results as the other samplers'."""
    true_classes = convert_to_tensor(true_classes, dtypes.int64)
    found = execute(ALL, (true_classes,), (int(num_sampled),), name)
    return _RESULTS[ALL.name](*found)


ALL = define(
    "AllCandidateSampler",
    lambda true_classes, *, count: (jnp.arange(count), jnp.ones(true_classes.shape, np.float32),
                                    jnp.ones(count, np.float32)),
    "I", num_outputs=3, differentiable=False,
)  # fmt: skip


def fixed_unigram_candidate_sampler(
    true_classes, num_true, num_sampled, unique, range_max, vocab_file="", distortion=1.0,
    num_reserved_ids=0, num_shards=1, shard=0, unigrams=(), seed=None, name=None,
):  # fmt: skip
    """Classes in [0, range_max), with probabilities that are given.

    Args:
      vocab_file: a CSV file whose last column holds the weight of a class, or
      unigrams: the weights.
      distortion: the power that weights are raised to.
      num_reserved_ids: this many classes of weight 0 come first.
      num_shards, shard: every `num_shards`-th weight counts, from `shard` on.

    Arguments beside these, and results, are those of `uniform_candidate_sampler`.

    Raises:
      tf.errors.InvalidArgumentError: not just one of `vocab_file` and `unigrams` is given, or they
        do not have `range_max` classes.
    """
    if bool(vocab_file) == bool(len(unigrams)):
        raise errors.InvalidArgumentError(
            None, None, "Must provide either vocab_file or unigrams, but not both."
        )
    if vocab_file:
        with open(vocab_file, newline="") as file:
            unigrams = [float(fields[-1]) for fields in csv.reader(file) if fields]
    weights = [0.0] * num_reserved_ids + [float(w) ** distortion for w in unigrams]
    if len(weights) != range_max:
        raise errors.InvalidArgumentError(
            None, None, f"range_max is {range_max}, but there are {len(weights)} unigrams"
        )
    weights = np.array(weights[shard::num_shards], np.float32)
    table = np.stack([*_alias_table(weights), weights])
    return _sample(FIXED, true_classes, num_true, num_sampled, unique, len(weights), seed, name,
                   table)  # fmt: skip


def _alias_table(weights):
    """Walker's alias method: for each bin how likely it is itself, and what it is otherwise."""
    total, n = np.float32(0), len(weights)
    for weight in weights:
        total += weight
    share = (weights * np.float32(n) / total).astype(np.float32)
    own, other = share.copy(), np.full(n, -1, np.int64)
    small = [i for i in range(n) if share[i] < 1]
    large = [i for i in range(n) if share[i] >= 1]
    while small and large:
        low, high = small.pop(), large.pop()
        other[low] = high
        own[high] = np.float32(own[high] + own[low] - 1)
        (small if own[high] < 1 else large).append(high)
    own[other < 0] = 1
    return own, np.where(other < 0, np.arange(n), other).astype(np.float32)


# Hits --------------------------------------------------------------------------------------------


def _hits(true_classes, sampled_candidates, *, num_true):
    if true_classes.ndim != 2 or true_classes.shape[1] != num_true:
        raise errors.InvalidArgumentError(
            None, None, "true_classes must be a batch_size * num_true matrix"
        )
    place = {int(c): i for i, c in enumerate(sampled_candidates)}
    found = [
        (i, place[c]) for i, row in enumerate(true_classes.tolist()) for c in row if c in place
    ]
    pairs = np.array(found, np.int64).reshape(-1, 2)
    weights = np.full(len(found), np.finfo(np.float32).min, np.float32)
    return pairs[:, 0].astype(np.int32), pairs[:, 1], weights


HITS = define(
    "ComputeAccidentalHits", _hits, "II", num_outputs=3, host=True, differentiable=False,
    infer=lambda inputs, attrs: [(TensorShape([None]), d)
                                 for d in (dtypes.int32, dtypes.int64, dtypes.float32)],
)  # fmt: skip


def compute_accidental_hits(true_classes, sampled_candidates, num_true, seed=None, name=None):
    """Where a sampled class is a true one.

    Returns:
      (rows of `true_classes` int32 [hits], places in `sampled_candidates` int64 [hits], the lowest
      float32 for each, to be added to a logit).

    >>> rows, places, _ = compute_accidental_hits([[4], [7]], [7, 9], 1)
    >>> rows.numpy().tolist(), places.numpy().tolist()
    ([1], [0])
    """
    inputs = (convert_to_tensor(true_classes, dtypes.int64),
              convert_to_tensor(sampled_candidates, dtypes.int64))  # fmt: skip
    return tuple(execute(HITS, inputs, (int(num_true),), name))
