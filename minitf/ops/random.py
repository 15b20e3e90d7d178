"""Random numbers: TensorFlow's own, in three kinds of op that read one set of samplers.

A sampler (see `philox.py` and `samplers.py`) maps a stream, a shape and parameters to numbers. The
kinds differ in where the stream stands:

    stateful    tf.random.normal(...)            a cell that belongs to the op, moved by each run
    stateless   tf.random.stateless_normal(...)  the `seed` that the caller gives
    generator   Generator.normal(...)            the generator's variable, moved by each run

The cell of a stateful op holds (seed, seed2, blocks read). Eager calls of one op with one pair of
seeds share a cell; in a graph each operation has its own, which the graph captures as it captures
variables, so it goes on at every call of a function. In a `tf.Graph` the session makes the cell.
"""

import enum
import functools
import math
import secrets
import weakref

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from minitf import dtypes, errors
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import EagerFrame, stack
from minitf.core.registry import Cell, define
from minitf.core.tensor import EagerTensor
from minitf.graphs.inference import partial_value
from minitf.ops import philox, samplers
from minitf.ops.math import ADD, MUL, SUB
from minitf.ops.seeds import SeedState
from minitf.shapes import TensorShape

# Seeds and streams --------------------------------------------------------------------------------

STREAM = define("RandomStream", None, "", stateful=True)

_SEEDS = weakref.WeakKeyDictionary()  # cell of a stream -> its pair of seeds


class _EagerSeeds(SeedState):
    """The seeds of all eager frames; setting them starts all streams again."""

    def set_seed(self, seed):
        super().set_seed(seed)
        EagerFrame.handles.clear()
        for cell, seeds in _SEEDS.items():
            cell.value = new_stream(*seeds)


EagerFrame.settings["seeds"] = _EagerSeeds()


def set_seed(seed):
    """Sets the global seed, and starts all streams of random numbers again.

    >>> set_seed(1); a = uniform([2])
    >>> set_seed(1); b = uniform([2])
    >>> bool((a.numpy() == b.numpy()).all())
    True
    """
    stack.frame.seed = seed
    _seed_state(stack.frame).set_seed(seed)


def get_seed(op_seed):
    """The pair of seeds that a random op made now would have, given its own `seed` argument."""
    return _seed_state(stack.frame).op_seed(op_seed)


def _seed_state(frame):
    if "seeds" not in frame.settings:
        frame.settings["seeds"] = (
            SeedState(frame.seed, graph=True) if frame.outer is None else
            _seed_state(frame.outer).for_graph()
        )  # fmt: skip
    return frame.settings["seeds"]


def new_stream(seed, seed2):
    """The value of a cell at the start of the stream; without seeds, of a stream nobody foresees.

    To TensorFlow's kernels the seeds (0, 0) mean the same as none.
    """
    if not seed and not seed2:
        seed, seed2 = secrets.randbits(64), secrets.randbits(64)
    return np.array([seed % 2**64, seed2 % 2**64, 0], np.uint64)


def random_stream(op, seeds, *key):
    """The handle of the cell for a call of `op`; eager calls of one `key` share it."""

    def make():
        cell = Cell(new_stream(*seeds))
        _SEEDS[cell] = seeds
        return EagerTensor(cell)

    def write(graph):
        name = graph.unique_name("RandomStream")
        handle = graph.append(STREAM, name, (), seeds, [(TensorShape([]), dtypes.resource)])
        handle.described = (TensorShape([3]), dtypes.uint64)
        return handle

    return stack.frame.handle((op, seeds, *key), make, write)


# The kinds of op ----------------------------------------------------------------------------------


@functools.partial(jax.jit, static_argnames=("sample", "shape", "dtype", "blocks"))
def _draw(state, *parameters, sample, shape, dtype, blocks):
    key, counter = philox.stateful_key(state[0], state[1], state[2])
    moved = state + np.array([0, 0, blocks], np.uint64)
    return sample(key, counter, shape, *parameters, dtype=dtype), moved


@functools.partial(jax.jit, static_argnames=("sample", "shape", "dtype", "size"))
def _draw_from_generator(state, *parameters, sample, shape, dtype, size):
    key, counter = philox.generator_key(state)
    numbers = sample(key, counter, shape, *parameters, dtype=dtype)
    return numbers, philox.generator_skip(state, size)


_MOST = 2**32  # a stream numbers what is drawn from it at once in 32 bits


def as_dims(shape):
    """The value of a shape input as a tuple; ValueError where it is no shape."""
    shape = np.asarray(shape)
    if shape.dtype.kind not in "iu":
        name = {"float32": "float", "float64": "double"}.get(shape.dtype.name, shape.dtype.name)
        raise ValueError(
            f"Value for attr 'T' of {name} is not in the list of allowed values: int32, int64"
        )
    if shape.ndim != 1:
        raise ValueError(
            f"shape must be a vector of {{int32,int64}}, got shape {list(shape.shape)}"
        )
    if (shape < 0).any():
        raise ValueError(f"Dimension {shape.min()} must be >= 0")
    dims = tuple(shape.tolist())
    if math.prod(dims) >= _MOST:
        raise errors.ResourceExhaustedError(
            None, None, f"OOM when allocating tensor with shape{list(dims)}"
        )
    return dims


def known_shape(shape):
    """What is known of the shape that the tensor `shape` holds."""
    value = shape.static_value()
    if value is not None:
        return TensorShape(as_dims(value))
    sizes = partial_value(shape)
    if sizes is not None and sizes.ndim == 1:
        return TensorShape([None if n < 0 else int(n) for n in sizes])
    return TensorShape(None)


class Sampler:
    """The ops of one distribution: stateful, stateless and a generator's.

    Args:
      sample: `sample(key, counter, shape, *parameters, dtype)`.
      stateful, stateless, generator: TensorFlow's op types.
      parameters: the type letters of the parameters. "P" is one that may be a tensor: samples are
        drawn for each of its elements. (A stateful op puts its shape after the given one; the
        shape given to a stateless op ends with it.)
      backward: the gradient of the stateful and of the stateless op.
    """

    def __init__(self, sample, stateful=None, stateless=None, generator=None, parameters="",
                 backward=None):  # fmt: skip
        own = parameters == "P"
        flags = dict(backward=backward, differentiable=backward is not None)

        def described(shape, parameters, dtype):
            known = known_shape(shape)
            return [(known.concatenate(parameters[0].shape) if own else known,
                     dtypes.as_dtype(dtype))]  # fmt: skip

        def run_stateful(shape, resource, *parameters, dtype):
            dims = as_dims(shape)
            size = math.prod(dims) * (math.prod(parameters[0].shape) if own else 1)
            numbers, resource.value = _draw(
                resource.value, *parameters, sample=sample, shape=dims, dtype=dtype,
                blocks=philox.reserved(stateful, size=size),
            )  # fmt: skip
            return numbers

        def run_stateless(shape, seed, *parameters, dtype):
            key, counter = philox.stateless_key(_seed_pair(seed))
            dims = without_suffix(as_dims(shape), parameters[0].shape) if own else as_dims(shape)
            return sample(key, counter, dims, *parameters, dtype=dtype)

        def run_generator(resource, shape, *parameters, dtype):
            dims = as_dims(shape)
            numbers, resource.value = _draw_from_generator(
                resource.value, *parameters, sample=sample, shape=dims, dtype=dtype,
                size=math.prod(dims),
            )  # fmt: skip
            return numbers

        if stateful is not None:
            self.stateful = define(
                stateful, run_stateful, "ir" + parameters, static=(0,), resource=True, **flags,
                infer=lambda inputs, attrs: described(inputs[0], inputs[2:], attrs[0]),
            )  # fmt: skip
        if stateless is not None:
            self.stateless = define(
                stateless, run_stateless, "ii" + parameters, static=(0,), **flags
            )
        if generator is not None:
            self.generator = define(
                generator, run_generator, "ri" + parameters, static=(1,), resource=True,
                differentiable=False,
                infer=lambda inputs, attrs: described(inputs[1], inputs[2:], attrs[0]),
            )  # fmt: skip

    def draw(self, shape, parameters, dtype, seed, name):
        """Runs the stateful op: `seed` is the caller's, or None."""
        dtype = dtype.np
        kinds = [p.dtype for p in parameters]
        handle = random_stream(self.stateful, get_seed(seed), dtype, *kinds)
        return execute(self.stateful, (as_shape(shape), handle, *parameters), (dtype,), name)

    def draw_stateless(self, shape, seed, parameters, dtype, name):
        """Runs the stateless op with a seed of two integers."""
        return execute(self.stateless, (as_shape(shape), seed, *parameters), (dtype.np,), name)

    def draw_from(self, handle, shape, parameters, dtype, name):
        """Runs the generator's op on the handle of its variable."""
        return execute(self.generator, (handle, as_shape(shape), *parameters), (dtype.np,), name)


def as_shape(shape):
    """A shape argument as the ops take it: a `TensorShape` becomes a list."""
    return shape.as_list() if hasattr(shape, "as_list") else shape


def without_suffix(dims, suffix):
    """`dims` without the shape of the parameters at its end; ValueError if it does not end so."""
    cut = len(dims) - len(suffix)
    if cut < 0 or dims[cut:] != suffix:
        raise ValueError("Shape passed in must end with broadcasted shape.")
    return dims[:cut]


def _seed_pair(seed):
    if jnp.issubdtype(seed.dtype, jnp.floating):
        raise ValueError(
            "Value for attr 'Tseed' of float is not in the list of allowed values: int32, int64"
        )
    if seed.shape != (2,):
        raise ValueError(f"seed must have shape [2], not {list(seed.shape)}")
    return seed


def _gamma_slope(alpha, sample, cotangent):
    """The gradient of gamma samples for `alpha`, by implicit reparametrisation."""
    slope = cotangent * lax.random_gamma_grad(jnp.broadcast_to(alpha, sample.shape), sample)
    return jnp.sum(slope, axis=tuple(range(sample.ndim - alpha.ndim)))


def _uniform_int(key, counter, shape, minval, maxval, *, dtype):
    for name, bound in (("minval", minval), ("maxval", maxval)):
        if bound.ndim:
            raise ValueError(f"{name} must be 0-D, got shape {list(bound.shape)}")
    return philox.uniform_int(key, counter, shape, minval, maxval, dtype)


BROADCAST_LIKE = define(
    "BroadcastLike", lambda x, y: jnp.broadcast_to(x, jnp.broadcast_shapes(x.shape, y.shape)), "TT"
)
RATE = define("DivideByRate", lambda x, beta: jnp.maximum(jnp.finfo(x.dtype).tiny, x / beta), "TT")
PAIR = define("Pair", lambda first, second: jnp.stack([first, second]), "TT")
GAMMA_GRADIENT = define("RandomGammaGradient", _gamma_slope, "TTT")
GAMMA_SLOPE = define(
    "RandomGammaGrad",
    lambda alpha, sample: lax.random_gamma_grad(*jnp.broadcast_arrays(alpha, sample)),
    "TT",
    differentiable=(),
)


def _gamma_backward(record, cotangents):
    inputs = (record.inputs[2], record.outputs[0], cotangents[0])
    return None, None, execute(GAMMA_GRADIENT, inputs)


NORMAL = Sampler(samplers.normal, "RandomStandardNormal", "StatelessRandomNormalV2",
                 "StatefulStandardNormalV2")  # fmt: skip
UNIFORM = Sampler(philox.uniform, "RandomUniform", "StatelessRandomUniformV2", "StatefulUniform")
UNIFORM_INT = Sampler(_uniform_int, "RandomUniformInt", "StatelessRandomUniformIntV2",
                      "StatefulUniformInt", parameters="TT")  # fmt: skip
FULL_INT = Sampler(philox.uniform_full_int, None, "StatelessRandomUniformFullIntV2",
                   "StatefulUniformFullInt")  # fmt: skip
TRUNCATED_NORMAL = Sampler(samplers.truncated_normal, "TruncatedNormal",
                           "StatelessTruncatedNormalV2", "StatefulTruncatedNormal")  # fmt: skip
GAMMA = Sampler(samplers.gamma, "RandomGamma", "StatelessRandomGammaV3", parameters="P",
                backward=_gamma_backward)  # fmt: skip
POISSON = Sampler(samplers.poisson, "RandomPoissonV2", "StatelessRandomPoisson",
                  parameters="P")  # fmt: skip


# Rows and orders ----------------------------------------------------------------------------------


def _multinomial(key, counter, shape, logits, *, dtype):
    return samplers.categorical(key, counter, logits, shape[1], dtype)


def _run_multinomial(logits, num_samples, resource, *, dtype):
    shape = _sampled_shape(logits, num_samples)
    numbers, resource.value = _draw(
        resource.value, logits, sample=_multinomial, shape=shape, dtype=dtype,
        blocks=philox.reserved("Multinomial", batch=shape[0], num_samples=shape[1]),
    )  # fmt: skip
    return numbers


def _run_stateless_multinomial(logits, num_samples, seed, *, dtype):
    key, counter = philox.stateless_key(_seed_pair(seed))
    return _multinomial(key, counter, _sampled_shape(logits, num_samples), logits, dtype=dtype)


def _sampled_shape(logits, num_samples):
    if logits.ndim != 2:
        raise ValueError(f"logits should be a matrix, got shape {list(logits.shape)}")
    return logits.shape[0], int(num_samples)


def _permutation(key, counter, shape, *, dtype):
    return samplers.permutation(key, counter, shape[0]).astype(dtype)


def _shuffle(value, resource):
    if not value.ndim:
        return value
    size = value.shape[0]
    order, resource.value = _draw(
        resource.value, sample=_permutation, shape=(size,), dtype=np.dtype("int32"),
        blocks=philox.reserved("RandomShuffle", length=size if value.size > 1 else 0),
    )  # fmt: skip
    return value[np.asarray(order)] if value.dtype == object else jnp.asarray(value)[order]


def _stateless_shuffle(value, seed):
    key, counter = philox.stateless_key(_seed_pair(seed))
    return jnp.asarray(value)[samplers.permutation(key, counter, value.shape[0])]


def _samples_known(inputs, attrs):
    count = inputs[1].static_value()
    return [(TensorShape([inputs[0].shape[0], count]), dtypes.as_dtype(attrs[0]))]


MULTINOMIAL = define("Multinomial", _run_multinomial, "Fir", static=(1,), resource=True,
                     differentiable=False, infer=_samples_known)  # fmt: skip
STATELESS_MULTINOMIAL = define("StatelessMultinomial", _run_stateless_multinomial, "Fii",
                               static=(1,), differentiable=False)  # fmt: skip
SHUFFLE = define("RandomShuffle", _shuffle, "Tr", resource=True, differentiable=False,
                 infer=lambda inputs, attrs: [(inputs[0].shape, inputs[0].dtype)])  # fmt: skip
STATELESS_SHUFFLE = define("StatelessShuffle", _stateless_shuffle, "Ti", differentiable=False)

# Stateful -----------------------------------------------------------------------------------------

_FLOATS = (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64)


def _scaled(numbers, scale, shift, scope):
    """numbers * scale + shift, under the name of the scope."""
    return execute(ADD, (execute(MUL, (numbers, scale), (), "mul"), shift), (), scope)


def _spread(numbers, low, high, scope):
    return _scaled(numbers, execute(SUB, (high, low), (), "sub"), low, scope)


def normal(shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, seed=None, name=None):
    """Normally distributed numbers.

    Args:
      shape: of the result, to which `mean` and `stddev` broadcast.
      mean, stddev: numbers or tensors of `dtype`.
      seed: with the global seed, what fixes the numbers (see `set_seed`).

    >>> set_seed(1); normal([2]).numpy()
    array([-1.1012203,  1.5457517], dtype=float32)
    """
    return _normal(NORMAL, shape, mean, stddev, dtype, seed, name or "random_normal")


def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, seed=None, name=None):
    """As `normal`, drawn again where a number is more than two `stddev` away from `mean`."""
    name = name or "truncated_normal"
    return _normal(TRUNCATED_NORMAL, shape, mean, stddev, dtype, seed, name)


def _normal(sampler, shape, mean, stddev, dtype, seed, name):
    dtype = dtypes.as_dtype(dtype)
    with stack.frame.name_scope(name) as scope:
        shape = _shape_tensor(shape)
        mean, stddev = _converted(dtype, mean=mean, stddev=stddev)
        return _scaled(sampler.draw(shape, (), dtype, seed, None), stddev, mean, scope)


def _shape_tensor(shape):
    shape = as_shape(shape)
    is_empty = isinstance(shape, list | tuple) and not shape
    return convert_to_tensor(shape, dtypes.int32 if is_empty else None, name="shape")


def _converted(dtype, **values):
    return [convert_to_tensor(value, dtype, name=name) for name, value in values.items()]


def uniform(shape, minval=0, maxval=None, dtype=dtypes.float32, seed=None, name=None):
    """Numbers spread evenly over [minval, maxval): floats over [0, 1) by default, or integers.

    Args:
      shape: of the result.
      minval, maxval: the bounds; for integers `maxval` must be given, and both be scalars.
      dtype: a floating dtype, int32 or int64.

    >>> set_seed(1); uniform([2]).numpy()
    array([0.16513085, 0.9014813 ], dtype=float32)
    """
    dtype = dtypes.as_dtype(dtype)
    accepted = (*_FLOATS, dtypes.int32, dtypes.int64)
    if dtype not in accepted:
        raise ValueError(
            f"Argument `dtype` got invalid value {dtype}. Accepted dtypes are {accepted}."
        )
    if maxval is None:
        if dtype.is_integer:
            raise ValueError(f"Must specify maxval for integer dtype {dtype!r}")
        maxval = 1
    with stack.frame.name_scope(name or "random_uniform") as scope:
        shape = _shape_tensor(shape)
        from_zero, to_one = _is(0, minval), _is(1, maxval)
        if from_zero and to_one and not dtype.is_integer:
            return UNIFORM.draw(shape, (), dtype, seed, None)
        low, high = _converted(dtype, min=minval, max=maxval)
        if dtype.is_integer:
            bounds = static_value(low), static_value(high)
            if None not in bounds and not low.shape.rank and not bounds[0] < bounds[1]:
                raise errors.InvalidArgumentError(
                    None, None, f"Need minval < maxval, got {bounds[0]} >= {bounds[1]}"
                )
            return UNIFORM_INT.draw(shape, (low, high), dtype, seed, scope)
        numbers = UNIFORM.draw(shape, (), dtype, seed, None)
        if from_zero:
            return execute(MUL, (numbers, high), (), "Mul")
        return _spread(numbers, low, high, scope)


def _is(number, value):
    """Whether `value` is Python's integer `number`, for which there is less to compute."""
    return isinstance(value, int) and value == number


def gamma(shape, alpha, beta=None, dtype=dtypes.float32, seed=None, name=None):
    """Gamma distributed numbers of shape `shape`, for each of the parameters.

    Args:
      alpha: the distribution's shape parameter.
      beta: its inverse scale, which broadcasts with `alpha`; 1 by default.

    Returns:
      A tensor of shape `shape` followed by that of `alpha + beta`, with a gradient for both.
    """
    dtype = dtypes.as_dtype(dtype)
    with stack.frame.name_scope(name or "random_gamma") as scope:
        alpha, beta = _converted(dtype, alpha=alpha, beta=1 if beta is None else beta)
        alpha = execute(BROADCAST_LIKE, (alpha, beta))
        return execute(RATE, (GAMMA.draw(shape, (alpha,), dtype, seed, None), beta), (), scope)


def poisson(shape, lam, dtype=dtypes.float32, seed=None, name=None):
    """Poisson distributed numbers of shape `shape` for each rate in `lam`, whose shape is last."""
    lam = convert_to_tensor(lam)
    dtype = dtypes.as_dtype(dtype)
    return POISSON.draw(shape, (lam,), dtype, seed, name or "random_poisson")


def categorical(logits, num_samples, dtype=None, seed=None, name=None):
    """Draws `num_samples` classes for each row of `logits` [batch, classes].

    Returns:
      int64 (or int32, with `dtype`) [batch, num_samples].
    """
    logits = convert_to_tensor(logits)
    dtype = dtypes.as_dtype(dtype or dtypes.int64).np
    handle = random_stream(MULTINOMIAL, get_seed(seed), dtype, logits.dtype)
    inputs = (logits, num_samples, handle)
    return execute(MULTINOMIAL, inputs, (dtype,), name or "categorical/Multinomial")


def shuffle(value, seed=None, name=None):
    """`value` with its rows (what its first axis counts) in random order."""
    value = convert_to_tensor(value)
    handle = random_stream(SHUFFLE, get_seed(seed), value.dtype)
    return execute(SHUFFLE, (value, handle), (), name)


# Stateless ----------------------------------------------------------------------------------------


def _check_algorithm(alg):
    """ValueError for an unknown algorithm; only Philox is implemented, as on TensorFlow's CPU."""
    number = Algorithm.number(alg)
    if number == Algorithm.THREEFRY.value:
        raise errors.InvalidArgumentError(
            None, None, "counter must be a vector with length at least 2; got shape: [1]. "
            "(ThreeFry has no CPU kernel.)"
        )  # fmt: skip


class Algorithm(enum.Enum):
    """The counter-based generators; `AUTO_SELECT` is Philox."""

    PHILOX = 1
    THREEFRY = 2
    AUTO_SELECT = 3

    @classmethod
    def number(cls, alg):
        """The number of an algorithm given as name, number or member; ValueError for others."""
        if isinstance(alg, str):
            alg = cls.__members__.get(alg.upper(), alg)
        elif isinstance(alg, int):
            return alg
        if isinstance(alg, cls):
            return alg.value
        raise ValueError(
            f"Argument `alg` got unsupported value {alg}. Supported values are philox for the "
            "Philox algorithm, threefry for the ThreeFry algorithm, and auto_select for "
            "auto-selection."
        )


def stateless_normal(shape, seed, mean=0.0, stddev=1.0, dtype=dtypes.float32, name=None,
                     alg="auto_select"):  # fmt: skip
    """As `normal`, with numbers that depend on `seed` (two integers) alone.

    >>> stateless_normal([2], [1, 2]).numpy().shape
    (2,)
    """
    name = name or "stateless_random_normal"
    return _stateless_normal(NORMAL, shape, seed, mean, stddev, dtype, name, alg)


def stateless_truncated_normal(shape, seed, mean=0.0, stddev=1.0, dtype=dtypes.float32, name=None,
                               alg="auto_select"):  # fmt: skip
    """As `truncated_normal`, with numbers that depend on `seed` (two integers) alone."""
    name = name or "stateless_truncated_normal"
    return _stateless_normal(TRUNCATED_NORMAL, shape, seed, mean, stddev, dtype, name, alg)


def _stateless_normal(sampler, shape, seed, mean, stddev, dtype, name, alg):
    dtype = dtypes.as_dtype(dtype)
    _check_algorithm(alg)
    with stack.frame.name_scope(name) as scope:
        shape = _shape_tensor(shape)
        mean, stddev = _converted(dtype, mean=mean, stddev=stddev)
        numbers = sampler.draw_stateless(shape, seed, (), dtype, None)
        return _scaled(numbers, stddev, mean, scope)


def stateless_uniform(shape, seed, minval=0, maxval=None, dtype=dtypes.float32, name=None,
                      alg="auto_select"):  # fmt: skip
    """As `uniform`, with numbers that depend on `seed` (two integers) alone.

    With both bounds None, integers (also unsigned ones) come from the whole range of the dtype.
    """
    dtype = dtypes.as_dtype(dtype)
    accepted = (*_FLOATS, dtypes.int32, dtypes.int64, dtypes.uint32, dtypes.uint64)
    if dtype not in accepted:
        raise ValueError(
            f"Argument `dtype` got invalid value {dtype}. Accepted dtypes are {accepted}."
        )
    minval, maxval = bounds(
        f"For integer `dtype` argument {dtype}, argument `minval` and `maxval`",
        minval, maxval, dtype,
    )  # fmt: skip
    if minval is not None and dtype.is_unsigned:
        raise ValueError(
            f"Argument `dtype` got invalid value {dtype} when argument `minval` is not None. "
            "Please don't use unsigned integers in this case."
        )
    _check_algorithm(alg)
    with stack.frame.name_scope(name or "stateless_random_uniform") as scope:
        if minval is None:
            return FULL_INT.draw_stateless(shape, seed, (), dtype, scope)
        low, high = _converted(dtype, min=minval, max=maxval)
        if dtype.is_integer:
            return UNIFORM_INT.draw_stateless(shape, seed, (low, high), dtype, scope)
        return _spread(UNIFORM.draw_stateless(shape, seed, (), dtype, None), low, high, scope)


def bounds(who, minval, maxval, dtype):
    """The bounds of a uniform distribution; integers have both or none, floats end at 1."""
    if dtype.is_integer and (minval is None) != (maxval is None):
        raise ValueError(
            f"{who} must be both None or not None. Got `minval`={minval} and `maxval`={maxval}."
        )
    return minval, 1 if maxval is None and not dtype.is_integer else maxval


def stateless_gamma(shape, seed, alpha, beta=None, dtype=dtypes.float32, name=None):
    """As `gamma`, with numbers that depend on `seed` alone; `shape` ends with the parameters'."""
    dtype = dtypes.as_dtype(dtype)
    with stack.frame.name_scope(name or "stateless_random_gamma") as scope:
        alpha, beta = _converted(dtype, alpha=alpha, beta=1 if beta is None else beta)
        alpha = execute(BROADCAST_LIKE, (alpha, beta))
        numbers = GAMMA.draw_stateless(shape, seed, (alpha,), dtype, None)
        return execute(RATE, (numbers, beta), (), scope)


def stateless_poisson(shape, seed, lam, dtype=dtypes.int32, name=None):
    """As `poisson`, with numbers that depend on `seed` alone; `shape` ends with that of `lam`."""
    lam, dtype = convert_to_tensor(lam), dtypes.as_dtype(dtype)
    return POISSON.draw_stateless(shape, seed, (lam,), dtype, name or "stateless_random_poisson")


def stateless_categorical(logits, num_samples, seed, dtype=dtypes.int64, name=None):
    """As `categorical`, with classes that depend on `seed` alone."""
    dtype = dtypes.as_dtype(dtype or dtypes.int64)
    if dtype not in (dtypes.int32, dtypes.int64):
        accepted = (dtypes.int32, dtypes.int64)
        raise ValueError(
            f"Argument `dtype` got invalid value {dtype}. Accepted dtypes are {accepted}."
        )
    return execute(STATELESS_MULTINOMIAL, (logits, num_samples, seed), (dtype.np,), name)


def stateless_shuffle(value, seed, alg="auto_select", name=None):
    """As `shuffle`, with an order that depends on `seed` alone."""
    _check_algorithm(alg)
    return execute(STATELESS_SHUFFLE, (value, seed), (), name)


def split(seed, num=2, alg="auto_select"):
    """`num` new seeds made of one: a tensor [num, 2] of its dtype.

    >>> split([1, 2]).numpy().tolist()
    [[1105988140, 1738052849], [-335576002, 370444179]]
    """
    seed = convert_to_tensor(seed)
    return stateless_uniform([num, 2], seed, None, None, seed.dtype, alg=alg)


def fold_in(seed, data, alg="auto_select"):
    """A new seed made of `seed` and an integer: a tensor [2] of the integer's dtype."""
    data = convert_to_tensor(data)
    first = stateless_uniform([], seed, None, None, data.dtype, alg=alg)
    return execute(PAIR, (first, data), (), "stack")
