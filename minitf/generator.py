"""`tf.random.Generator`: random numbers from a state that is a variable of one's own."""

import secrets

import numpy as np

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor
from minitf.core.tensor import Tensor
from minitf.ops import array, joining
from minitf.ops.binomial import draw_binomial
from minitf.ops.random import (
    FULL_INT,
    NORMAL,
    TRUNCATED_NORMAL,
    UNIFORM,
    UNIFORM_INT,
    Algorithm,
)
from minitf.scopes import init_scope, name_scope
from minitf.variable import Variable

_STATE_SIZE = 3  # Philox: two words of counter, one of key
_SKIP = 256  # counters that one skipped sample stands for


def create_rng_state(seed, alg):
    """The first state of an algorithm: three int64 numbers.

    >>> create_rng_state(1, "philox").numpy()
    array([1, 0, 0])
    """
    Algorithm.number(alg)
    return convert_to_tensor(_first_state(seed))


def _first_state(seed):
    if isinstance(seed, int):
        words = [(seed >> 64 * i) & (2**64 - 1) for i in range(_STATE_SIZE)]
        return np.array(words, np.uint64).view(np.int64)
    given = np.atleast_1d(np.asarray(seed)).astype(np.int64)[-_STATE_SIZE:]
    return np.concatenate([np.zeros(_STATE_SIZE - len(given), np.int64), given])


class Generator:
    """A source of random numbers with its own state, which each draw moves on.

    >>> generator = Generator.from_seed(1234)
    >>> generator.uniform([2]).shape
    TensorShape([2])
    """

    def __init__(self, copy_from=None, state=None, alg=None):
        if copy_from is not None:
            if state is not None or alg is not None:
                raise ValueError("Only one of copy_from and (state, alg) can be given.")
            state, alg = copy_from.state.read_value(), copy_from.algorithm
        self._algorithm = Algorithm.number(alg)
        if self._algorithm == Algorithm.AUTO_SELECT.value:
            self._algorithm = Algorithm.PHILOX.value
        if isinstance(state, Variable):
            self._state = state
            return
        if not isinstance(state, Tensor):
            state = np.asarray(state).astype(np.int64)
        with init_scope():
            self._state = Variable(state, dtype=dtypes.int64, name="StateVar", trainable=False)

    def _trackable_children(self):
        return {"_state_var": self._state}

    @classmethod
    def from_state(cls, state, alg):
        """A generator that goes on from `state` (int64 [3]); a variable is shared, not copied."""
        return cls(state=state, alg=alg)

    @classmethod
    def from_seed(cls, seed, alg=None):
        """A generator that starts from a seed."""
        alg = "philox" if alg is None else alg
        return cls(state=_first_state(seed), alg=alg)

    @classmethod
    def from_non_deterministic_state(cls, alg=None):
        """A generator that starts somewhere else at every run."""
        words = [secrets.randbits(64) for _ in range(_STATE_SIZE)]
        state = np.array(words, np.uint64).view(np.int64)
        return cls(state=state, alg="philox" if alg is None else alg)

    @classmethod
    def from_key_counter(cls, key, counter, alg):
        """A generator with a key and a counter [2]."""
        return cls(state=_joined(key, counter), alg=alg)

    state = property(lambda self: self._state)
    algorithm = property(lambda self: self._algorithm)

    @property
    def key(self):
        """The key, a scalar."""
        return self._state[2]

    # Drawing -------------------------------------------------------------------------------------

    def _draw(self, sampler, shape, parameters, dtype):
        return sampler.draw_from(self._state.handle, shape, parameters, dtype, None)

    def normal(self, shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, name=None):
        """Normally distributed numbers."""
        return self._bell(NORMAL, shape, mean, stddev, dtype, name or "stateful_normal")

    def truncated_normal(self, shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, name=None):
        """As `normal`, drawn again where a number is more than two `stddev` away from `mean`."""
        return self._bell(TRUNCATED_NORMAL, shape, mean, stddev, dtype, name or "truncated_normal")

    def _bell(self, sampler, shape, mean, stddev, dtype, name):
        dtype = dtypes.as_dtype(dtype)
        with name_scope(name):
            mean = convert_to_tensor(mean, dtype, name="mean")
            stddev = convert_to_tensor(stddev, dtype, name="stddev")
            return self._draw(sampler, shape, (), dtype) * stddev + mean

    def uniform(self, shape, minval=0, maxval=None, dtype=dtypes.float32, name=None):
        """Numbers spread evenly over [minval, maxval): floats over [0, 1) by default, or integers.

        Raises:
          ValueError: an integer dtype, and only one of the bounds.
        """
        dtype = dtypes.as_dtype(dtype)
        if dtype.is_integer and (minval is None) != (maxval is None):
            raise ValueError(
                f"For integer dtype {dtype}, minval and maxval must be both `None` or both "
                f"non-`None`; got minval={minval} and maxval={maxval}"
            )
        if dtype.is_integer and minval is None:
            return self.uniform_full_int(shape, dtype, name)
        maxval = 1 if maxval is None else maxval
        with name_scope(name or "stateful_uniform"):
            low = convert_to_tensor(minval, dtype, name="min")
            high = convert_to_tensor(maxval, dtype, name="max")
            if dtype.is_integer:
                return self._draw(UNIFORM_INT, shape, (low, high), dtype)
            return self._draw(UNIFORM, shape, (), dtype) * (high - low) + low

    def binomial(self, shape, counts, probs, dtype=dtypes.int32, name=None):
        """How often of `counts` trials each succeeded with probability `probs`.

        `shape` ends with the common shape of `counts` and `probs`.
        """
        with name_scope(name or "binomial"):
            return draw_binomial(self._state.handle, shape, counts, probs, dtype)

    def uniform_full_int(self, shape, dtype=dtypes.uint64, name=None):
        """Integers from the whole range of `dtype`."""
        return self._draw(FULL_INT, shape, (), dtypes.as_dtype(dtype))

    def make_seeds(self, count=1):
        """Seeds [2, count] for the stateless functions."""
        keys = self._draw(FULL_INT, [count], (), dtypes.int64)
        return joining.stack([keys, array.zeros_like(keys)])

    def split(self, count=1):
        """A list of `count` new generators."""
        keys = self._draw(FULL_INT, [count], (), dtypes.int64)
        return [
            Generator(state=_joined(key, np.zeros(2, np.int64)), alg=self._algorithm)
            for key in joining.unstack(keys, count)
        ]

    # Moving --------------------------------------------------------------------------------------

    def skip(self, delta):
        """Moves on as if `delta` numbers had been drawn; returns the state before."""
        before = self._state.read_value()
        words = array.constant([1, 0, 0], dtypes.int64) * _SKIP
        self._state.assign_add(words * convert_to_tensor(delta, dtypes.int64))
        return before

    def reset(self, state):
        """Goes on from `state`."""
        self._state.assign(state)

    def reset_from_seed(self, seed):
        """Starts again, from a seed."""
        self._state.assign(create_rng_state(seed, self._algorithm))

    def reset_from_key_counter(self, key, counter):
        """Goes on with a key and a counter [2]."""
        self._state.assign(_joined(key, counter))


def _joined(key, counter):
    counter = convert_to_tensor(np.asarray(counter).astype(np.int64)
                                if not isinstance(counter, Tensor) else counter)  # fmt: skip
    key = convert_to_tensor(key, None if isinstance(key, Tensor) else dtypes.int64)
    return joining.concat([counter[:2], array.reshape(key, [1])], 0)


class _Global:
    generator = None


def get_global_generator():
    """The generator that all share; it is made when it is first asked for."""
    if _Global.generator is None:
        _Global.generator = Generator.from_non_deterministic_state()
    return _Global.generator


def set_global_generator(generator):
    """Makes `generator` the one that `get_global_generator` returns."""
    _Global.generator = generator
