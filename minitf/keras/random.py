"""Random numbers as Keras draws them: stateless, from an integer or from a `SeedGenerator`."""

import random as python_random

import numpy as np

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config, naming
from minitf.keras.variable import Variable
from minitf.ops import dropout as dropping
from minitf.ops import random as sampling
from minitf.ops.array import argsort, broadcast_to, zeros_like
from minitf.ops.array import shape as shape_of
from minitf.ops.binomial import stateless_binomial
from minitf.ops.gathering import gather
from minitf.ops.math import cast, floormod

_SEED_LIMIT = dtypes.int32.max - 1
_global = {"generator": None, "seed": None}


class SeedGenerator:
    """A seed that is another one at each draw: its state counts the draws.

    Args:
      seed: an integer; None draws one with Python's `random`.
      name: the name of the generator.

    Raises:
      ValueError: `seed` is no integer.

    >>> generator = SeedGenerator(5)
    >>> [generator.next().numpy().tolist() for _ in range(2)]
    [[5, 0], [5, 1]]
    """

    def __init__(self, seed=None, name=None, **kwargs):
        if kwargs:
            raise ValueError(f"Unrecognized keyword arguments: {kwargs}")
        self.name = naming.auto_name(type(self).__name__) if name is None else name
        self._initial_seed = seed
        seed = make_default_seed() if seed is None else seed
        if not isinstance(seed, int):
            raise ValueError(f"Argument `seed` must be an integer. Received: seed={seed}")
        with naming.name_scope(self.name):
            self.state = Variable(
                np.array([seed, 0], "int64"),
                dtype="int64",
                trainable=False,
                name="seed_generator_state",
            )

    def next(self, ordered=True):
        """The state as it is now; then the state moves on (unordered: to a near-unique number)."""
        seed = convert_to_tensor(self.state)
        if ordered:
            self.state.assign(seed + np.array([0, 1]))
        else:
            self.state.assign((seed + 1) * 5387 % 933199)
        return seed

    def get_config(self):
        """The seed given, and the name."""
        return {"seed": self._initial_seed, "name": self.name}

    @classmethod
    def from_config(cls, config):
        """A generator at the beginning of its draws."""
        return cls(**config)


def make_default_seed():
    """A seed from Python's own random numbers, which `set_random_seed` makes repeatable."""
    return python_random.randint(1, int(1e9))


def global_seed_generator():
    """The generator for draws without a seed."""
    if _global["generator"] is None:
        _global["generator"] = SeedGenerator()
    return _global["generator"]


def reset_global_seed_generator():
    """The next draw without a seed begins a new global generator."""
    _global["generator"] = None


def set_random_seed(seed):
    """Seeds the random numbers of Python, NumPy and minitf: the program becomes repeatable.

    Raises:
      ValueError: `seed` is no integer.
    """
    if not isinstance(seed, int):
        raise ValueError(
            f"Expected `seed` argument to be an integer. Received: seed={seed} "
            f"(of type {type(seed)})"
        )
    _global["seed"] = seed
    reset_global_seed_generator()
    python_random.seed(seed)
    np.random.seed(seed)
    sampling.set_seed(seed)


def get_random_seed():
    """The integer of the last `set_random_seed`, or None."""
    return _global["seed"]


def draw_seed(seed):
    """Two integers for a stateless draw.

    Args:
      seed: an integer, a `SeedGenerator`, or None for the global generator.

    Raises:
      ValueError: something else.
    """
    if isinstance(seed, SeedGenerator):
        return seed.next()
    if isinstance(seed, int):
        return convert_to_tensor(np.array([seed, 0], "int64"))
    if seed is None:
        return global_seed_generator().next(ordered=False)
    raise ValueError(
        "Argument `seed` must be either an integer or an instance of `SeedGenerator`. "
        f"Received: seed={seed} (of type {type(seed)})"
    )


def _draw(seed):
    return cast(floormod(draw_seed(seed), _SEED_LIMIT), dtypes.int32)


def normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Numbers from a normal distribution."""
    dtype = dtype or config.floatx()
    return sampling.stateless_normal(shape, _draw(seed), mean, stddev, dtype)


def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Numbers from a normal distribution, none further than two standard deviations away."""
    dtype = dtype or config.floatx()
    return sampling.stateless_truncated_normal(shape, _draw(seed), mean, stddev, dtype)


def uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
    """Numbers from [minval, maxval).

    Raises:
      ValueError: `dtype` is not a floating type.

    >>> uniform([2], seed=1).numpy()
    array([0.8784882 , 0.45998025], dtype=float32)
    """
    if not config.is_float_dtype(dtype):
        raise ValueError(
            f"`keras.random.uniform` requires a floating point `dtype`. Received: dtype={dtype}"
        )
    dtype = dtype or config.floatx()
    low, high = cast(minval, dtype), cast(maxval, dtype)
    return sampling.stateless_uniform(shape, _draw(seed), low, high, dtype)


def randint(shape, minval, maxval, dtype="int32", seed=None):
    """Integers from [minval, maxval).

    Raises:
      ValueError: `dtype` is not an integer type.
    """
    dtype = config.standardize_dtype(dtype)
    if not dtypes.as_dtype(dtype).is_integer:
        raise ValueError(
            f"`keras.random.randint` requires an integer `dtype`. Received: dtype={dtype}"
        )
    drawn = dtype if dtype in ("int32", "int64") else "int64"
    return cast(sampling.stateless_uniform(shape, _draw(seed), minval, maxval, drawn), dtype)


def categorical(logits, num_samples, dtype="int32", seed=None):
    """Classes [batch, num_samples] drawn with the log-probabilities `logits` [batch, classes].

    Raises:
      ValueError: `logits` is not a matrix.
    """
    logits = convert_to_tensor(logits)
    if logits.shape.rank != 2:
        raise ValueError(
            "`logits` should be a 2-D tensor with shape [batch_size, num_classes]. "
            f"Received: logits={logits}"
        )
    return cast(sampling.stateless_categorical(logits, num_samples, _draw(seed)), dtype)


def dropout(inputs, rate, noise_shape=None, seed=None):
    """Zeroes each element with probability `rate`, and divides the others by `1 - rate`."""
    inputs = convert_to_tensor(inputs)
    if rate == 1.0:
        return zeros_like(inputs)
    if rate == 0.0:
        return inputs
    if noise_shape is not None:
        sizes = shape_of(inputs)
        noise_shape = [sizes[i] if n is None else n for i, n in enumerate(noise_shape)]
    return dropping.stateless_dropout(inputs, rate, _draw(seed), noise_shape=noise_shape)


def shuffle(x, axis=0, seed=None):
    """`x` with its slices along `axis` in a random order."""
    x = convert_to_tensor(x)
    order = argsort(sampling.stateless_uniform([shape_of(x)[axis]], _draw(seed)))
    return gather(x, order, axis=axis)


def gamma(shape, alpha, dtype=None, seed=None):
    """Numbers from a gamma distribution of the shape parameter `alpha`."""
    return _gamma(shape, alpha, dtype or config.floatx(), _draw(seed))


def binomial(shape, counts, probabilities, dtype=None, seed=None):
    """How many of `counts` trials succeed, each with a probability of `probabilities`.

    >>> binomial([3], 10.0, 1.0, seed=1).numpy()
    array([10., 10., 10.], dtype=float32)
    """
    dtype = dtype or config.floatx()
    drawn = "float32" if config.standardize_dtype(dtype) == "bfloat16" else dtype
    counts, probabilities = convert_to_tensor(counts), convert_to_tensor(probabilities)
    numbers = stateless_binomial(shape, _draw(seed), counts, probabilities, drawn)
    return cast(numbers, dtype)


def beta(shape, alpha, beta, dtype=None, seed=None):
    """Numbers from a beta distribution: X / (X + Y) of two gamma distributed numbers."""
    dtype = dtype or config.floatx()
    seed = _draw(seed)
    x = _gamma(shape, broadcast_to(cast(alpha, dtype), shape), dtype, seed)
    y = _gamma(shape, broadcast_to(cast(beta, dtype), shape), dtype, seed + 12)
    return x / (x + y)


def _gamma(shape, alpha, dtype, seed):
    drawn = "float32" if config.standardize_dtype(dtype) == "bfloat16" else dtype
    return cast(sampling.stateless_gamma(shape, seed, cast(alpha, drawn), dtype=drawn), dtype)
