"""Learning rates that fall with the step, as TF 1.x writes them: functions of the global step."""

import math

from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.ops import random
from minitf.ops.array import constant
from minitf.ops.cases import case
from minitf.ops.math import (
    cast,
    ceil,
    cos,
    divide,
    exp,
    floor,
    less_equal,
    log,
    minimum,
    multiply,
    pow,
    sqrt,
)


def _in_mode(rate):
    """The rate: a tensor in a graph; eagerly a function, to be called at each step."""
    return rate() if stack.frame.is_graph else rate


def exponential_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False,
                      name=None):  # fmt: skip
    """`learning_rate * decay_rate ** (global_step / decay_steps)`.

    Args:
      staircase: count whole periods of `decay_steps` only.

    Raises:
      ValueError: `global_step` is None.
    """
    _need_step("exponential_decay", global_step)

    def rate():
        with stack.frame.name_scope(name or "ExponentialDecay") as scope:
            start = convert_to_tensor(learning_rate, name="learning_rate")
            p = _periods(global_step, decay_steps, staircase, start.dtype)
            return multiply(start, pow(cast(decay_rate, start.dtype), p), name=scope)

    return _in_mode(rate)


def _need_step(decay, global_step):
    if global_step is None:
        raise ValueError(f"Argument `global_step` is required for {decay}.")


def _periods(global_step, decay_steps, staircase, dtype):
    p = divide(cast(global_step, dtype), cast(decay_steps, dtype))
    return floor(p) if staircase else p


def natural_exp_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False,
                      name=None):  # fmt: skip
    """`learning_rate * exp(-decay_rate * global_step / decay_steps)`."""
    _need_step("natural_exp_decay", global_step)

    def rate():
        with stack.frame.name_scope(name or "NaturalExpDecay"):
            start = convert_to_tensor(learning_rate, name="learning_rate")
            p = _periods(global_step, decay_steps, staircase, start.dtype)
            return start * exp(-cast(decay_rate, start.dtype) * p)

    return _in_mode(rate)


def inverse_time_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False,
                       name=None):  # fmt: skip
    """`learning_rate / (1 + decay_rate * global_step / decay_steps)`."""
    _need_step("inverse_time_decay", global_step)

    def rate():
        with stack.frame.name_scope(name or "InverseTimeDecay"):
            start = convert_to_tensor(learning_rate, name="learning_rate")
            p = _periods(global_step, decay_steps, staircase, start.dtype)
            return start / (1 + cast(decay_rate, start.dtype) * p)

    return _in_mode(rate)


def polynomial_decay(learning_rate, global_step, decay_steps, end_learning_rate=0.0001, power=1.0,
                     cycle=False, name=None):  # fmt: skip
    """From `learning_rate` to `end_learning_rate` along a power of the remaining steps.

    Args:
      cycle: begin again, over a longer time, whenever the end is reached.
    """
    _need_step("polynomial_decay", global_step)

    def rate():
        with stack.frame.name_scope(name or "PolynomialDecay"):
            start = convert_to_tensor(learning_rate, name="learning_rate")
            dtype = start.dtype
            end, step = cast(end_learning_rate, dtype), cast(global_step, dtype)
            steps = cast(decay_steps, dtype)
            if cycle:
                turns = ceil(step / steps)
                steps = steps * cast(turns + cast(step <= 0, dtype), dtype)
            else:
                step = minimum(step, steps)
            return (start - end) * pow(1 - step / steps, cast(power, dtype)) + end

    return _in_mode(rate)


def piecewise_constant(x, boundaries, values, name=None):
    """`values[i]` while `x <= boundaries[i]`, the last of `values` from there on.

    Raises:
      ValueError: there are not one more values than boundaries.
    """
    if len(boundaries) != len(values) - 1:
        raise ValueError("The length of boundaries should be 1 less than the length of values")

    def rate():
        step = convert_to_tensor(x)
        chosen = [(less_equal(step, cast(b, step.dtype)), lambda v=v: constant(v))
                  for b, v in zip(boundaries, values)]  # fmt: skip
        with stack.frame.name_scope(name or "PiecewiseConstant"):
            return case(chosen, default=lambda: constant(values[-1]))

    return _in_mode(rate)


piecewise_constant_decay = piecewise_constant


def cosine_decay(learning_rate, global_step, decay_steps, alpha=0.0, name=None):
    """Half a wave of the cosine from `learning_rate` to `alpha * learning_rate`."""
    _need_step("cosine_decay", global_step)

    def rate():
        with stack.frame.name_scope(name or "CosineDecay"):
            start = convert_to_tensor(learning_rate, name="learning_rate")
            done = _periods(global_step, decay_steps, False, start.dtype)
            wave = 0.5 * (1 + cos(math.pi * minimum(done, cast(1.0, start.dtype))))
            return start * ((1 - alpha) * wave + alpha)

    return _in_mode(rate)


def cosine_decay_restarts(learning_rate, global_step, first_decay_steps, t_mul=2.0, m_mul=1.0,
                          alpha=0.0, name=None):  # fmt: skip
    """Half waves of the cosine, one after the other.

    Args:
      t_mul: each takes so many times the steps of the one before.
      m_mul: each starts at so many times the rate of the one before.
    """
    _need_step("cosine_decay_restarts", global_step)

    def rate():
        with stack.frame.name_scope(name or "SGDRDecay"):
            start = convert_to_tensor(learning_rate, name="learning_rate")
            done = _periods(global_step, first_decay_steps, False, start.dtype)
            if t_mul == 1.0:
                restarts = floor(done)
                done = done - restarts
            else:
                restarts = floor(log(1.0 - done * (1.0 - t_mul)) / math.log(t_mul))
                stretch = pow(cast(t_mul, start.dtype), restarts)
                done = (done - (1.0 - stretch) / (1.0 - t_mul)) / stretch
            wave = 0.5 * pow(cast(m_mul, start.dtype), restarts) * (1 + cos(math.pi * done))
            return start * ((1 - alpha) * wave + alpha)

    return _in_mode(rate)


def linear_cosine_decay(learning_rate, global_step, decay_steps, num_periods=0.5, alpha=0.0,
                        beta=0.001, name=None):  # fmt: skip
    """Waves of the cosine under a line that falls from `learning_rate` to zero."""
    _need_step("linear_cosine_decay", global_step)
    return _waves(learning_rate, global_step, decay_steps, num_periods, alpha, beta,
                  name or "LinearCosineDecay", lambda step, left: left)  # fmt: skip


def noisy_linear_cosine_decay(learning_rate, global_step, decay_steps, initial_variance=1.0,
                              variance_decay=0.55, num_periods=0.5, alpha=0.0, beta=0.001,
                              name=None):  # fmt: skip
    """As `linear_cosine_decay`, with normal noise of a falling variance on the line."""
    _need_step("noisy_linear_cosine_decay", global_step)

    def noisy(step, left):
        variance = initial_variance / pow(1.0 + step, cast(variance_decay, step.dtype))
        return left + random.normal(left.shape, stddev=sqrt(variance))

    return _waves(learning_rate, global_step, decay_steps, num_periods, alpha, beta,
                  name or "NoisyLinearCosineDecay", noisy)  # fmt: skip


def _waves(learning_rate, global_step, decay_steps, num_periods, alpha, beta, name, line):
    def rate():
        with stack.frame.name_scope(name) as scope:
            start = convert_to_tensor(learning_rate, name="learning_rate")
            steps = cast(decay_steps, start.dtype)
            step = minimum(cast(global_step, start.dtype), steps)
            wave = 0.5 * (1 + cos(math.pi * 2.0 * num_periods * (step / steps)))
            height = alpha + line(step, (steps - step) / steps)
            return multiply(start, height * wave + beta, name=scope)

    return _in_mode(rate)
