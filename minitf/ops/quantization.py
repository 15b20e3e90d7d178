"""Numbers rounded to a few steps, as integers of a few bits would keep them."""

import jax.numpy as jnp
from jax import lax

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define


def _fake_quant(inputs, low, high, *, num_bits, narrow_range):
    """`inputs` at the nearest of the steps from `low` to `high`; zero is made one of the steps.

    A number inside the range has the gradient 1; outside, the end that it was cut to has it.
    """
    first, last = (1.0 if narrow_range else 0.0), 2.0**num_bits - 1
    # Numbers halfway between steps tell how each operation rounds: the barriers keep XLA from
    # turning divisions around, the maximum (of what is never negative) from a fused multiply-add.
    step = (high - low) / lax.optimization_barrier(jnp.asarray(last - first, low.dtype))
    per_step = 1.0 / lax.optimization_barrier(step)
    zero = jnp.floor(jnp.clip(first - low / step, first, last) + 0.5)
    bottom, top = (first - zero) * step, (last - zero) * step
    cut = jnp.where(inputs < bottom, low, jnp.where(inputs > top, high, inputs))
    offset = jnp.floor(0.5 - bottom * per_step)
    steps = jnp.maximum((jnp.clip(inputs, bottom, top) - bottom) * per_step, 0.0)
    rounded = jnp.floor(steps - offset + 0.5) * step
    rounded = jnp.where((low == 0) & (high == 0), 0.0, rounded)
    return lax.stop_gradient(rounded) + (cut - lax.stop_gradient(cut))


_ONE_RANGE = define("FakeQuantWithMinMaxVars", _fake_quant, "TTT")
_A_RANGE_EACH = define("FakeQuantWithMinMaxVarsPerChannel", _fake_quant, "TTT")


def _quantized(op, inputs, low, high, num_bits, narrow_range, name):
    tensors = tuple(convert_to_tensor(x, dtypes.float32) for x in (inputs, low, high))
    return execute(op, tensors, (int(num_bits), bool(narrow_range)), name)


def fake_quant_with_min_max_args(inputs, min=-6, max=6, num_bits=8, narrow_range=False, name=None):
    """`inputs` rounded to one of `2**num_bits` steps from `min` to `max`, which are numbers.

    Args:
      inputs: float32 of any shape.
      narrow_range: leaves out the lowest step.

    >>> fake_quant_with_min_max_args([-7.0, 0.3, 2.9], num_bits=2).numpy()
    array([-8.,  0.,  4.], dtype=float32)
    """
    return _quantized(_ONE_RANGE, inputs, float(min), float(max), num_bits, narrow_range, name)


def fake_quant_with_min_max_vars(inputs, min, max, num_bits=8, narrow_range=False, name=None):
    """`inputs` rounded to one of `2**num_bits` steps from `min` to `max`, scalars that may learn.

    >>> fake_quant_with_min_max_vars([0.1, 0.6, 3.0], 0.0, 1.0, num_bits=1).numpy()
    array([0., 1., 1.], dtype=float32)
    """
    return _quantized(_ONE_RANGE, inputs, min, max, num_bits, narrow_range, name)


def fake_quant_with_min_max_vars_per_channel(
    inputs, min, max, num_bits=8, narrow_range=False, name=None
):
    """The same, where each entry of the last axis has its range: `min` and `max` are vectors.

    >>> ranges = [0.0, 0.0], [1.0, 3.0]
    >>> fake_quant_with_min_max_vars_per_channel([[2.0, 2.0]], *ranges, num_bits=1).numpy()
    array([[1., 3.]], dtype=float32)
    """
    return _quantized(_A_RANGE_EACH, inputs, min, max, num_bits, narrow_range, name)
