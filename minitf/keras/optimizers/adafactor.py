"""Adafactor: second moments of matrices kept as one number per row and one per column."""

import jax.numpy as jnp

from minitf.keras.optimizers.base import Optimizer
from minitf.keras.variable import Variable


def adafactor(w, g, lr, t, slots, *, beta_2_decay, epsilon_1, epsilon_2, clip_threshold,
              relative_step):  # fmt: skip
    """Keras lets the rate fall as `1 / sqrt(t)` whether `relative_step` is set or not."""
    alpha = jnp.maximum(epsilon_2, jnp.sqrt(jnp.mean(jnp.square(w)))) * jnp.minimum(
        lr, 1 / jnp.sqrt(t)
    )
    beta_2, square = 1 - jnp.power(t, beta_2_decay), g.square + epsilon_1
    if w.ndim < 2:
        new = {"v": beta_2 * slots["v"] + (1 - beta_2) * square}
    else:
        r = beta_2 * slots["r"] + (1 - beta_2) * jnp.mean(square, -1)
        c = beta_2 * slots["c"] + (1 - beta_2) * jnp.mean(square, -2)
        v = (r / jnp.mean(r, -1, keepdims=True))[..., None] * c[..., None, :]
        new = {"r": r, "c": c, "v": v}
    size = jnp.sqrt(jnp.mean(g.square / new["v"]))
    step = g.value / jnp.sqrt(new["v"]) / jnp.maximum(1.0, size / clip_threshold)
    return w - alpha * step, new


class Adafactor(Optimizer):
    """Adam with little memory, for large models (Shazeer and Stern, arXiv:1804.04235).

    Args:
      learning_rate: default 0.001.
      beta_2_decay: the average of squares keeps `1 - step ** beta_2_decay` of itself.
      epsilon_1: keeps the denominator from being 0.
      epsilon_2: steps are as long as the weights, but at least this.
      clip_threshold: the largest root mean square of a step.
      relative_step: without effect, as in Keras: the rate is at most `1 / sqrt(step)`.

    The other arguments are those of `Optimizer`.
    """

    _rule = staticmethod(adafactor)
    _settings = ("beta_2_decay", "epsilon_1", "epsilon_2", "clip_threshold", "relative_step")

    def __init__(self, learning_rate=0.001, beta_2_decay=-0.8, epsilon_1=1e-30, epsilon_2=1e-3,
                 clip_threshold=1.0, relative_step=True, weight_decay=None,
                 clipnorm=None, clipvalue=None, global_clipnorm=None, use_ema=False,
                 ema_momentum=0.99, ema_overwrite_frequency=None, loss_scale_factor=None,
                 gradient_accumulation_steps=None, name=None, **kwargs):  # fmt: skip
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm,
                         use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor,
                         gradient_accumulation_steps, name, **kwargs)  # fmt: skip
        self.beta_2_decay, self.relative_step = beta_2_decay, relative_step
        self.epsilon_1, self.epsilon_2 = epsilon_1, epsilon_2
        self.clip_threshold = clip_threshold

    def _make_slots(self, variables):
        self._slots = {"r": [], "c": [], "v": []}
        for variable in variables:
            for name, made in zip(("r", "c"), self._factors(variable)):
                self._slots[name].append(made)
            self._slots["v"].append(self.add_variable_from_reference(variable, "velocity"))

    def _factors(self, variable):
        """The means over the last axis, and over the one before; of vectors none are kept."""
        name = variable.name
        if len(variable.shape) < 2:
            made = [Variable(0, name=name, trainable=False) for _ in "rc"]
            for unused in made:
                self._track_variable(unused)
            return made
        *batch, rows, columns = variable.shape
        shapes = ((*batch, rows), (*batch, columns))
        return [self.add_variable(shape, dtype=variable.dtype, name=name) for shape in shapes]
