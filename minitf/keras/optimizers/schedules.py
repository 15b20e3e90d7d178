"""Learning rate schedules: functions of the step, which an optimizer asks anew at each update.

A schedule is called with the number of updates so far and returns the learning rate, a float
tensor. Users' own schedules inherit from `LearningRateSchedule`.
"""

import math

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import serialization
from minitf.ops.gathering import where
from minitf.ops.math import cast, ceil, cos, equal, floor, log, minimum, pow


class LearningRateSchedule:
    """The base class: subclasses override `__call__(step)`, and `get_config` to be saved."""

    def __call__(self, step):
        raise NotImplementedError(
            f"Learning rate schedule '{type(self).__name__}' must override `__call__(self, step)`."
        )

    def get_config(self):
        """The arguments of the constructor, as a dictionary."""
        raise NotImplementedError(
            f"Learning rate schedule '{type(self).__name__}' must override `get_config()` in "
            "order to be serializable."
        )

    @classmethod
    def from_config(cls, config):
        """The schedule whose `get_config` returned `config`."""
        return cls(**config)


class _Decay(LearningRateSchedule):
    """A schedule whose attributes are named as the arguments of its constructor."""

    _arguments: tuple[str, ...] = ()

    def get_config(self):
        return {name: getattr(self, name) for name in self._arguments}

    def _start(self, step):
        """(the initial learning rate, the step) as tensors of the rate's dtype."""
        rate = convert_to_tensor(self.initial_learning_rate)
        return rate, cast(step, rate.dtype)


def _check_positive(name, value):
    if value <= 0:
        raise ValueError(f"Argument `{name}` must be > 0. Received: {name}={value}")


class _RateDecay(_Decay):
    """What exponential and inverse time decay have in common."""

    _arguments = ("initial_learning_rate", "decay_steps", "decay_rate", "staircase", "name")

    def __init__(self, initial_learning_rate, decay_steps, decay_rate, staircase, name):
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.decay_rate, self.staircase, self.name = decay_rate, staircase, name
        _check_positive("decay_steps", decay_steps)

    def _progress(self, step):
        """(rate, decay rate, step / decay_steps), the last in whole stairs if asked for."""
        rate, step = self._start(step)
        progress = step / cast(self.decay_steps, rate.dtype)
        progress = floor(progress) if self.staircase else progress
        return rate, cast(self.decay_rate, rate.dtype), progress


class ExponentialDecay(_RateDecay):
    """`initial_learning_rate * decay_rate ** (step / decay_steps)`.

    Args:
      initial_learning_rate: the rate at step 0.
      decay_steps: after so many steps the rate is multiplied by `decay_rate`.
      decay_rate: the factor.
      staircase: round `step / decay_steps` down.
      name: default `"ExponentialDecay"`.

    Raises:
      ValueError: `decay_steps` is not positive.

    >>> ExponentialDecay(0.5, decay_steps=10, decay_rate=0.25)(20).numpy()
    np.float32(0.03125)
    """

    def __init__(self, initial_learning_rate, decay_steps, decay_rate, staircase=False,
                 name="ExponentialDecay"):  # fmt: skip
        super().__init__(initial_learning_rate, decay_steps, decay_rate, staircase, name)

    def __call__(self, step):
        rate, decay_rate, progress = self._progress(step)
        return rate * pow(decay_rate, progress)


class InverseTimeDecay(_RateDecay):
    """`initial_learning_rate / (1 + decay_rate * step / decay_steps)`.

    The arguments are those of `ExponentialDecay`.

    >>> InverseTimeDecay(1.0, decay_steps=1, decay_rate=0.5)(2).numpy()
    np.float32(0.5)
    """

    def __init__(self, initial_learning_rate, decay_steps, decay_rate, staircase=False,
                 name="InverseTimeDecay"):  # fmt: skip
        super().__init__(initial_learning_rate, decay_steps, decay_rate, staircase, name)

    def __call__(self, step):
        rate, decay_rate, progress = self._progress(step)
        return rate / (1.0 + decay_rate * progress)


class PiecewiseConstantDecay(_Decay):
    """`values[i]` up to and including step `boundaries[i]`, at the end the last of `values`.

    Raises:
      ValueError: there is not one value more than there are boundaries.

    >>> schedule = PiecewiseConstantDecay([2, 4], [1.0, 0.5, 0.25])
    >>> [float(schedule(step)) for step in (2, 3, 5)]
    [1.0, 0.5, 0.25]
    """

    _arguments = ("boundaries", "values", "name")

    def __init__(self, boundaries, values, name="PiecewiseConstant"):
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                "The length of boundaries should be 1 less than the length of values. Received: "
                f"boundaries={boundaries} of length {len(boundaries)}, and values={values} of "
                f"length {len(values)}."
            )
        self.boundaries, self.values, self.name = boundaries, values, name

    def __call__(self, step):
        step = convert_to_tensor(step)
        values = [convert_to_tensor(value) for value in self.values]
        rate = values[-1]
        for boundary, value in reversed(list(zip(self.boundaries, values))):
            rate = where(step <= cast(boundary, step.dtype), value, rate)
        return rate


class PolynomialDecay(_Decay):
    """From the initial to the end rate in `decay_steps`, as `(1 - step / decay_steps) ** power`.

    Args:
      initial_learning_rate: the rate at step 0.
      decay_steps: how long the decay takes.
      end_learning_rate: the rate at the end, default 0.0001.
      power: of the polynomial, default 1, a straight line.
      cycle: begin again beyond `decay_steps`, with the next multiple of them.
      name: default `"PolynomialDecay"`.

    Raises:
      ValueError: `decay_steps` is not positive.

    >>> PolynomialDecay(1.0, decay_steps=4, end_learning_rate=0.0)(1).numpy()
    np.float32(0.75)
    """

    _arguments = ("initial_learning_rate", "decay_steps", "end_learning_rate", "power", "cycle",
                  "name")  # fmt: skip

    def __init__(self, initial_learning_rate, decay_steps, end_learning_rate=0.0001, power=1.0,
                 cycle=False, name="PolynomialDecay"):  # fmt: skip
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.end_learning_rate, self.power = end_learning_rate, power
        self.cycle, self.name = cycle, name
        _check_positive("decay_steps", decay_steps)

    def __call__(self, step):
        rate, step = self._start(step)
        end, power = cast(self.end_learning_rate, rate.dtype), cast(self.power, rate.dtype)
        length = cast(self.decay_steps, rate.dtype)
        if self.cycle:
            length *= where(equal(step, 0), cast(1, rate.dtype), ceil(step / length))
        else:
            step = minimum(step, length)
        return (rate - end) * pow(1 - step / length, power) + end


class CosineDecay(_Decay):
    """Half a cosine wave, from the initial rate to `alpha` times it; on request after a warm-up.

    Args:
      initial_learning_rate: the rate at step 0.
      decay_steps: how long the decay takes.
      alpha: the share of the rate that is left at the end.
      name: default `"CosineDecay"`.
      warmup_target: the rate to rise to in a straight line before the decay begins.
      warmup_steps: how long the rise takes.

    Raises:
      ValueError: `decay_steps` is not positive.

    >>> CosineDecay(1.0, decay_steps=4, alpha=0.25)(4).numpy()
    np.float32(0.25)
    """

    _arguments = ("initial_learning_rate", "decay_steps", "alpha", "name", "warmup_target",
                  "warmup_steps")  # fmt: skip

    def __init__(self, initial_learning_rate, decay_steps, alpha=0.0, name="CosineDecay",
                 warmup_target=None, warmup_steps=0):  # fmt: skip
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.alpha, self.name = alpha, name
        self.warmup_target, self.warmup_steps = warmup_target, warmup_steps
        _check_positive("decay_steps", decay_steps)

    def __call__(self, step):
        rate, step = self._start(step)
        length = cast(self.decay_steps, rate.dtype)
        if self.warmup_target is None:
            return self._decay(minimum(step, length) / length, rate)
        top, warmup = cast(self.warmup_target, rate.dtype), cast(self.warmup_steps, rate.dtype)
        step = minimum(step, length + warmup)
        rising = (top - rate) * (step / warmup) + rate
        return where(step < warmup, rising, self._decay((step - warmup) / length, top))

    def _decay(self, progress, rate):
        cosine = 0.5 * (1.0 + cos(math.pi * progress))
        return rate * ((1 - self.alpha) * cosine + self.alpha)


class CosineDecayRestarts(_Decay):
    """Cosine decay that begins again and again, each time longer and lower.

    Args:
      initial_learning_rate: the rate at step 0.
      first_decay_steps: how long the first wave takes.
      t_mul: each wave is so many times longer than the one before.
      m_mul: each wave begins so many times higher than the one before.
      alpha: the share of the rate that is left at the end of a wave.
      name: default `"SGDRDecay"`, for Loshchilov and Hutter's SGDR (arXiv:1608.03983).

    Raises:
      ValueError: `first_decay_steps` is not positive.

    >>> CosineDecayRestarts(1.0, first_decay_steps=2, m_mul=0.5)(2).numpy()
    np.float32(0.5)
    """

    _arguments = ("initial_learning_rate", "first_decay_steps", "t_mul", "m_mul", "alpha", "name")

    def __init__(self, initial_learning_rate, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0,
                 name="SGDRDecay"):  # fmt: skip
        self.initial_learning_rate, self.first_decay_steps = (
            initial_learning_rate,
            first_decay_steps,
        )
        self.t_mul, self.m_mul, self.alpha, self.name = t_mul, m_mul, alpha, name
        _check_positive("first_decay_steps", first_decay_steps)

    def __call__(self, step):
        rate, step = self._start(step)
        t_mul, m_mul, alpha = (cast(x, rate.dtype) for x in (self.t_mul, self.m_mul, self.alpha))
        progress = step / cast(self.first_decay_steps, rate.dtype)
        if self.t_mul == 1.0:
            restart = floor(progress)
            progress -= restart
        else:  # the waves' lengths are a geometric series
            restart = floor(log(1.0 - progress * (1.0 - t_mul)) / log(t_mul))
            length = pow(t_mul, restart)
            progress = (progress - (1.0 - length) / (1.0 - t_mul)) / length
        cosine = 0.5 * pow(m_mul, restart) * (1.0 + cos(math.pi * progress))
        return rate * ((1 - alpha) * cosine + alpha)


def serialize(learning_rate_schedule):
    """The schedule as a dictionary."""
    return serialization.serialize_keras_object(learning_rate_schedule)


def deserialize(config, custom_objects=None):
    """The schedule that `serialize` wrote as `config`."""
    return serialization.deserialize_keras_object(config, custom_objects, module_objects=globals())
