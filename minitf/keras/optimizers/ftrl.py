"""FTRL: follow the regularised leader, which keeps weights at exactly 0."""

import jax.numpy as jnp

from minitf.keras import initializers
from minitf.keras.optimizers.base import Optimizer


def ftrl(w, g, lr, t, slots, *, learning_rate_power, initial_accumulator_value,
         l1_regularization_strength, l2_regularization_strength,
         l2_shrinkage_regularization_strength, beta):  # fmt: skip
    l1, l2 = l1_regularization_strength, l2_regularization_strength + beta / (2 * lr)
    before = slots["accumulator"]
    after = before + g.square
    before_power, after_power = (jnp.power(x, -learning_rate_power) for x in (before, after))
    shrunk = g.value + 2 * l2_shrinkage_regularization_strength * w
    linear = slots["linear"] + shrunk - (after_power - before_power) / lr * w
    quadratic = after_power / lr + 2 * l2
    w = (jnp.clip(linear, -l1, l1) - linear) / quadratic
    return w, {"accumulator": after, "linear": linear}


class Ftrl(Optimizer):
    """Follow the regularised leader: for sparse features (McMahan et al. 2013).

    Args:
      learning_rate: default 0.001.
      learning_rate_power: of the sum of squared gradients, which the step is divided by; -0.5 is
        the root, 0 a fixed learning rate.
      initial_accumulator_value: where that sum begins.
      l1_regularization_strength: pulls weights to exactly 0.
      l2_regularization_strength: makes weights smaller.
      l2_shrinkage_regularization_strength: the same, but only for the gradients to come.
      beta: as in the paper.

    The other arguments are those of `Optimizer`.

    Raises:
      ValueError: a strength is negative, or `learning_rate_power` is positive.
    """

    _rule = staticmethod(ftrl)
    _settings = ("learning_rate_power", "initial_accumulator_value", "l1_regularization_strength",
                 "l2_regularization_strength", "l2_shrinkage_regularization_strength",
                 "beta")  # fmt: skip

    def __init__(self, learning_rate=0.001, learning_rate_power=-0.5,
                 initial_accumulator_value=0.1, l1_regularization_strength=0.0,
                 l2_regularization_strength=0.0, l2_shrinkage_regularization_strength=0.0,
                 beta=0.0, weight_decay=None,
                 clipnorm=None, clipvalue=None, global_clipnorm=None, use_ema=False,
                 ema_momentum=0.99, ema_overwrite_frequency=None, loss_scale_factor=None,
                 gradient_accumulation_steps=None, name=None, **kwargs):  # fmt: skip
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm,
                         use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor,
                         gradient_accumulation_steps, name, **kwargs)  # fmt: skip
        self.learning_rate_power = learning_rate_power
        self.initial_accumulator_value = initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = beta
        for name in self._settings[1:-1]:
            if getattr(self, name) < 0.0:
                raise ValueError(
                    f"`{name}` needs to be positive or zero. Received: {name}="
                    f"{getattr(self, name)}."
                )
        if learning_rate_power > 0.0:
            raise ValueError(
                "`learning_rate_power` needs to be negative or zero. Received: "
                f"learning_rate_power={learning_rate_power}."
            )

    def _make_slots(self, variables):
        initial = [initializers.Constant(self.initial_accumulator_value), "zeros"]
        self._add_slots(variables, "accumulator", "linear", initializer=initial)
