"""Binomial numbers, drawn one by one as TensorFlow's kernel draws them.

Small means are sums of geometric waiting times; large ones are found by transformed rejection
(Hörmann, 1993, algorithm BTRS). Each number has blocks of the stream for itself.
"""

import functools
import itertools
import math

import numpy as np

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops import philox
from minitf.ops.random import as_dims, as_shape, known_shape, without_suffix

# log(k!) less Stirling's formula, for k from 0 to 9.
_TAIL = [
    0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509,
    0.0166446911898211, 0.0138761288230707, 0.0118967099458917, 0.0104112652619720,
    0.00925546218271273, 0.00833056343336287,
]  # fmt: skip


def _tail(k):
    if k <= 9:
        return _TAIL[int(k)]
    square = (k + 1) * (k + 1)
    return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1)


def _uniforms(key, counter, skipped):
    """Uniform numbers without end, after `skipped` blocks: of a block, the second one first."""
    for block in itertools.count(skipped, step=16):
        values = philox.drawn(philox.uniform, key, counter, block, 32, np.float64)
        yield from values.reshape(-1, 2)[:, ::-1].ravel().tolist()


def _by_waiting(count, probability, uniforms):
    total = 0.0
    for found in itertools.count():
        total += math.ceil(math.log(next(uniforms)) / math.log1p(-probability))
        if total > count:
            return found
    raise AssertionError


def _by_rejection(count, probability, uniforms):
    spread = math.sqrt(count * probability * (1 - probability))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * probability
    center, tight = count * probability + 0.5, 0.92 - 4.2 / b
    odds, alpha = probability / (1 - probability), (2.83 + 5.1 / b) * spread
    m = math.floor((count + 1) * probability)
    while True:
        u, v = next(uniforms) - 0.5, next(uniforms)
        distance = 0.5 - abs(u)
        k = math.floor((2 * a / distance + b) * u + center)
        if distance >= 0.07 and v <= tight:
            return k
        if k < 0 or k > count:
            continue
        v = math.log(v * alpha / (a / (distance * distance) + b))
        bound = (
            (m + 0.5) * math.log((m + 1) / (odds * (count - m + 1)))
            + (count + 1) * math.log((count - m + 1) / (count - k + 1))
            + (k + 0.5) * math.log(odds * (count - k + 1) / (k + 1))
            + _tail(m) + _tail(count - m) - _tail(k) - _tail(count - k)
        )  # fmt: skip
        if v <= bound:
            return k


def _one(count, probability, uniforms_after, number):
    if not (count > 0 and probability > 0):
        return math.nan if math.isnan(count) or math.isnan(probability) else 0
    if probability >= 1:
        return count
    rare = min(probability, 1 - probability)
    if count * rare >= 10:
        found = _by_rejection(count, rare, uniforms_after(256 * number))
    else:
        found = _by_waiting(count, rare, uniforms_after(42 * number))
    return found if probability <= 0.5 else count - found


def _binomial(key, counter, shape, counts, probabilities, *, dtype):
    after = functools.partial(_uniforms, key, counter)
    counts, probabilities = np.broadcast_arrays(counts, probabilities)
    batch = counts.size
    samples = math.prod(shape)
    result = np.empty((samples, batch), np.float64)
    pairs = zip(counts.ravel().tolist(), probabilities.ravel().tolist())
    for i, (count, probability) in enumerate(pairs):
        for j in range(samples):
            result[j, i] = _one(float(count), float(probability), after, i * samples + j)
    return result.reshape(*shape, *counts.shape).astype(dtype)


def _run_stateless(shape, seed, counts, probs, *, dtype):
    dims = without_suffix(as_dims(shape), np.broadcast_shapes(counts.shape, probs.shape))
    return _binomial(*philox.stateless_stream(seed), dims, counts, probs, dtype=dtype)


def _run_generator(resource, shape, counts, probs, *, dtype):
    batch = np.broadcast_shapes(counts.shape, probs.shape)
    dims = without_suffix(as_dims(shape), batch)
    numbers = _binomial(*philox.generator_key(resource.value), dims, counts, probs, dtype=dtype)
    rows = math.prod(batch)
    drawn = rows * 200 * (numbers.size // max(rows, 1) + 3) // 4  # as TensorFlow's kernel counts
    resource.value = philox.generator_skip(resource.value, drawn)
    return numbers


STATELESS = define(
    "StatelessRandomBinomial", _run_stateless, "iiTT", static=(0,), host=True,
    infer=lambda inputs, attrs: [(known_shape(inputs[0]), dtypes.as_dtype(attrs[0]))],
)  # fmt: skip
STATEFUL = define(
    "StatefulRandomBinomial", _run_generator, "riTT", static=(1,), host=True, resource=True,
    differentiable=False,
    infer=lambda inputs, attrs: [(known_shape(inputs[1]), dtypes.as_dtype(attrs[0]))],
)  # fmt: skip


def stateless_binomial(shape, seed, counts, probs, output_dtype=dtypes.int32, name=None):
    """How often of `counts` trials each succeeded with probability `probs`.

    Args:
      shape: of the result; it ends with the common shape of `counts` and `probs`.
      seed: two integers, on which alone the numbers depend.
      counts, probs: floats of one dtype.

    >>> stateless_binomial([3], [1, 2], 10.0, 0.5).numpy()
    array([6, 6, 7], dtype=int32)
    """
    attrs = (dtypes.as_dtype(output_dtype).np,)
    return execute(STATELESS, (as_shape(shape), seed, *_parameters(counts, probs)), attrs, name)


def draw_binomial(handle, shape, counts, probs, dtype):
    """The same, of the stream whose state is the generator's variable."""
    inputs = (handle, as_shape(shape), *_parameters(counts, probs))
    return execute(STATEFUL, inputs, (dtypes.as_dtype(dtype).np,))


def _parameters(counts, probs):
    if hasattr(counts, "dtype"):
        counts = convert_to_tensor(counts)
        return counts, convert_to_tensor(probs, dtype_hint=counts.dtype)
    probs = convert_to_tensor(probs)
    return convert_to_tensor(counts, dtype_hint=probs.dtype), probs
