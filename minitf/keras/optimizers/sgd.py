"""Gradient descent, with momentum; and Lion, which takes only the signs of its momentum."""

import jax.numpy as jnp

from minitf.keras.optimizers.base import Optimizer


def sgd(w, g, lr, t, slots, *, momentum, nesterov):
    """Keras keeps the learning rate inside the velocity, so a new rate acts on new gradients."""
    step = -lr * g.value
    if momentum == 0:
        return w + step, {}
    m = momentum * slots["momentum"] + step
    return w + (momentum * m + step if nesterov else m), {"momentum": m}


class SGD(Optimizer):
    """Gradient descent: `w -= learning_rate * g`; with momentum, a velocity sums up the steps.

    Args:
      learning_rate: default 0.01.
      momentum: the share of the velocity that is kept, between 0 and 1.
      nesterov: look one step of the velocity ahead.

    The other arguments are those of `Optimizer`.

    Raises:
      ValueError: `momentum` is no float between 0 and 1.

    >>> from minitf.variable import Variable
    >>> w, optimizer = Variable([1.0, 2.0]), SGD(0.5)
    >>> _ = optimizer.apply_gradients([([1.0, 1.0], w)])
    >>> w.numpy()
    array([0.5, 1.5], dtype=float32)
    """

    _rule, _settings = staticmethod(sgd), ("momentum", "nesterov")

    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False, weight_decay=None,
                 clipnorm=None, clipvalue=None, global_clipnorm=None, use_ema=False,
                 ema_momentum=0.99, ema_overwrite_frequency=None, loss_scale_factor=None,
                 gradient_accumulation_steps=None, name=None, **kwargs):  # fmt: skip
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm,
                         use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor,
                         gradient_accumulation_steps, name, **kwargs)  # fmt: skip
        if not isinstance(momentum, float) or momentum < 0 or momentum > 1:
            raise ValueError("`momentum` must be a float between [0, 1].")
        self.momentum, self.nesterov = momentum, nesterov

    def _make_slots(self, variables):
        if self.momentum != 0:
            self._add_slots(variables, "momentum")

    @property
    def momentums(self):
        """The velocities, one for each variable; none without momentum."""
        return self._slots.get("momentum", [])


def lion(w, g, lr, t, slots, *, beta_1, beta_2):
    m = slots["momentum"]
    step = lr * jnp.sign(beta_1 * m + (1 - beta_1) * g.value)
    return w - step, {"momentum": beta_2 * m + (1 - beta_2) * g.value}


class Lion(Optimizer):
    """The sign of an average of gradients, times the learning rate (Chen et al. 2023).

    Args:
      learning_rate: default 0.001; smaller than Adam's, as every step has full length.
      beta_1: the weight of the momentum in the step.
      beta_2: the weight of the momentum in its own average.

    The other arguments are those of `Optimizer`. See arXiv:2302.06675.

    Raises:
      ValueError: `beta_1` is not in (0, 1].
    """

    _rule, _settings = staticmethod(lion), ("beta_1", "beta_2")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.99, weight_decay=None,
                 clipnorm=None, clipvalue=None, global_clipnorm=None, use_ema=False,
                 ema_momentum=0.99, ema_overwrite_frequency=None, loss_scale_factor=None,
                 gradient_accumulation_steps=None, name=None, **kwargs):  # fmt: skip
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm,
                         use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor,
                         gradient_accumulation_steps, name, **kwargs)  # fmt: skip
        self.beta_1, self.beta_2 = beta_1, beta_2
        if beta_1 <= 0 or beta_1 > 1:
            raise ValueError(
                "Argument `beta_1` must be in the [0, 1] range. Otherwise, the optimizer "
                f"degenerates to SignSGD. Received: beta_1={beta_1}."
            )

    def _make_slots(self, variables):
        self._add_slots(variables, "momentum")
