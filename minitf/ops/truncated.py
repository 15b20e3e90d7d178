"""Truncated normal numbers with parameters of their own, drawn as TensorFlow's kernel draws them.

Where the bounds are wide, normal numbers are drawn until one lies between them; where they are
narrow or far out, uniform or exponential numbers are, which a second number accepts or not (Robert,
1995). The samples of one set of parameters come one after the other from the stream.
"""

import math

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import ndtr

from minitf import errors
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.gradients import densify
from minitf.core.registry import define
from minitf.ops import philox, samplers
from minitf.ops.random import as_dims, as_shape, known_shape, without_suffix

_ENOUGH = 1.3  # standard deviations inside the bounds from which on normal numbers are drawn


def _proposals(draw, start, low, high, dtype):
    """The accepted standard numbers among those that `draw(kind, start)` gives from block `start`.

    Returns:
      (numbers, for each the blocks used up to it).
    """
    lanes = 4 if dtype.itemsize < 8 else 2
    root = math.sqrt(low * low + 4)
    cutoff = 2 * math.exp(0.5 + low * (low - root) / 4) / (low + root) if low + root > 0 else 0
    if low < -_ENOUGH and high >= 0 or high > _ENOUGH and low <= 0:
        z = draw("normal", start)
        accepted = (z >= low) & (z <= high)
        used = np.arange(z.size) // lanes + 1
    elif high - low < cutoff:
        both = draw("uniform", start).reshape(-1, 2, lanes)
        z = both[:, 0].ravel() * dtype.type(high - low) + dtype.type(low)
        plus = 0 if low < 0 else low * low
        accepted = both[:, 1].ravel() <= np.exp((dtype.type(plus) - z * z) / 2)
        used = np.repeat(np.arange(both.shape[0]) * 2 + 2, lanes)
    else:
        alpha = (low + root) / 2
        u, v = draw("uniform", start).reshape(-1, 2).T
        z = -np.log(u) / dtype.type(alpha) + dtype.type(low)
        x = alpha - z if low < alpha else np.full_like(z, low - alpha)
        accepted = (v <= np.exp(-x * x / 2)) & (z < high)
        used = (np.arange(z.size) * 2) // lanes + 1
    return z[accepted], used[accepted]


def _samples(key, counter, start, count, mean, stddev, low, high, dtype):
    """(`count` samples, the block after the last one used)."""
    if not (stddev > 0 and low < high and (math.isfinite(low) or math.isfinite(high))):
        raise ValueError("Invalid parameters")
    if low == -math.inf or high < mean:  # the other way round
        low, high, stddev = high, low, -stddev
    least, most = (low - mean) / stddev, (high - mean) / stddev
    found = np.empty(0, dtype)
    blocks = 2 ** math.ceil(math.log2(count + 16))  # few sizes: each is compiled

    def draw(kind, place):
        sampler = samplers.normal if kind == "normal" else philox.uniform
        size = blocks * (4 if dtype.itemsize < 8 else 2)
        return philox.drawn(sampler, key, counter, place, size, dtype)

    while True:
        numbers, used = _proposals(draw, start, least, most, dtype)
        missing = count - found.size
        if numbers.size >= missing:
            found = np.concatenate([found, numbers[:missing]])
            last = start + int(used[missing - 1]) if missing else start
            return found * dtype.type(stddev) + dtype.type(mean), last
        found, start = np.concatenate([found, numbers]), start + blocks


def _truncated(shape, seed, means, stddevs, minvals, maxvals):
    parameters = np.broadcast_arrays(means, stddevs, minvals, maxvals)
    batch = parameters[0].shape
    count = math.prod(without_suffix(as_dims(shape), batch))
    key, counter = philox.stateless_stream(seed)
    rows, block = [], 0
    for one in zip(*(p.ravel().tolist() for p in parameters)):
        numbers, block = _samples(key, counter, block, count, *one, means.dtype)
        rows.append(numbers)
    return np.stack(rows, -1).reshape(as_dims(shape))


def _gradient(record, cotangents):
    inputs = (*record.inputs[2:], record.outputs[0], densify(cotangents[0]))
    return [None, None, *execute(TRUNCATED_GRAD, inputs)]


def _implicit(mean, stddev, low, high, sample, cotangent):
    """The gradients by implicit differentiation (Figurnov et al., 2018)."""
    shapes = [x.shape for x in (mean, stddev, low, high)]
    z, least, most = ((x - mean) / stddev for x in (sample, low, high))
    share = (ndtr(z) - ndtr(least)) / (ndtr(most) - ndtr(least))
    share = jnp.clip(share, jnp.finfo(mean.dtype).tiny, 1 - jnp.finfo(mean.dtype).eps)
    slopes = (
        jnp.ones_like(z), z,
        jnp.exp(0.5 * (z * z - least * least) + jnp.log1p(-share)),
        jnp.exp(0.5 * (z * z - most * most) + jnp.log(share)),
    )  # fmt: skip
    summed = []
    for slope, shape in zip(slopes, shapes):
        whole = jax.vjp(lambda x: jnp.broadcast_to(x, z.shape), jnp.zeros(shape, z.dtype))[1]
        summed.append(whole(cotangent * slope)[0])
    return tuple(summed)


TRUNCATED = define(
    "StatelessParameterizedTruncatedNormal", _truncated, "iITTTT", static=(0,), host=True,
    backward=_gradient,
    infer=lambda inputs, attrs: [(known_shape(inputs[0]), inputs[2].dtype)],
)  # fmt: skip
TRUNCATED_GRAD = define("ParameterizedTruncatedNormalGrad", _implicit, "TTTTTT", num_outputs=4)


def stateless_parameterized_truncated_normal(shape, seed, means=0.0, stddevs=1.0, minvals=-2.0,
                                             maxvals=2.0, name=None):  # fmt: skip
    """Normal numbers between bounds, each set of parameters with its own mean, deviation, bounds.

    Args:
      shape: of the result; it ends with the common shape of the parameters.
      seed: two integers, on which alone the numbers depend.
      means, stddevs, minvals, maxvals: floats of one dtype, that broadcast.

    Raises:
      tf.errors.InvalidArgumentError: a deviation that is not positive, or bounds in wrong order.

    >>> stateless_parameterized_truncated_normal([2], [1, 2], minvals=3.0, maxvals=5.0).numpy()
    array([3.0513299, 3.0011456], dtype=float32)
    """
    parameters = [convert_to_tensor(x) for x in (means, stddevs, minvals, maxvals)]
    if parameters[0].dtype.name not in ("float16", "float32", "float64"):
        raise errors.InvalidArgumentError(
            None, None, f"Value for attr 'dtype' of {parameters[0].dtype.name} is not in the list "
            "of allowed values: half, float, double")  # fmt: skip
    return execute(TRUNCATED, (as_shape(shape), seed, *parameters), (), name)
