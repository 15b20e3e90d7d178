"""RMSprop, Adagrad and Adadelta: steps divided by the root of the sum of squared gradients."""

import jax.numpy as jnp

from minitf.keras import initializers
from minitf.keras.optimizers.base import Optimizer


def rmsprop(w, g, lr, t, slots, *, rho, momentum, epsilon, centered):
    v = rho * slots["velocity"] + (1 - rho) * g.square
    new, variance = {"velocity": v}, v
    if centered:
        mean = new["average_gradient"] = rho * slots["average_gradient"] + (1 - rho) * g.value
        variance = v - jnp.square(mean)
    step = lr * g.value / jnp.sqrt(variance + epsilon)
    if momentum > 0:
        step = new["momentum"] = momentum * slots["momentum"] + step
    return w - step, new


class RMSprop(Optimizer):
    """The gradient over the root of an average of its squares (Hinton 2012).

    Args:
      learning_rate: default 0.001.
      rho: how much of the average is kept at each step.
      momentum: how much of the last step is added to this one.
      epsilon: keeps the denominator from being 0.
      centered: divide by the standard deviation of the gradient, not by its root mean square.

    The other arguments are those of `Optimizer`.

    >>> from minitf.variable import Variable
    >>> w, optimizer = Variable(1.0), RMSprop(0.5, rho=0.75)
    >>> _ = optimizer.apply_gradients([(4.0, w)])  # the root of the average is 2
    >>> w.numpy()
    np.float32(0.0)
    """

    _rule = staticmethod(rmsprop)
    _settings = ("rho", "momentum", "epsilon", "centered")

    def __init__(self, learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False,
                 weight_decay=None,
                 clipnorm=None, clipvalue=None, global_clipnorm=None, use_ema=False,
                 ema_momentum=0.99, ema_overwrite_frequency=None, loss_scale_factor=None,
                 gradient_accumulation_steps=None, name=None, **kwargs):  # fmt: skip
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm,
                         use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor,
                         gradient_accumulation_steps, name, **kwargs)  # fmt: skip
        self.rho, self.momentum, self.epsilon, self.centered = rho, momentum, epsilon, centered

    def _make_slots(self, variables):
        self._add_slots(variables, "velocity")
        if self.momentum > 0:
            self._add_slots(variables, "momentum")
        if self.centered:
            self._add_slots(variables, "average_gradient")


def adagrad(w, g, lr, t, slots, *, initial_accumulator_value, epsilon):
    total = slots["accumulator"] + g.square
    return w - lr * g.value / jnp.sqrt(total + epsilon), {"accumulator": total}


class Adagrad(Optimizer):
    """The gradient over the root of the sum of all its squares (Duchi et al. 2011).

    Args:
      learning_rate: default 0.001.
      initial_accumulator_value: where the sum begins.
      epsilon: keeps the denominator from being 0.

    The other arguments are those of `Optimizer`.
    """

    _rule, _settings = staticmethod(adagrad), ("initial_accumulator_value", "epsilon")

    def __init__(self, learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-7,
                 weight_decay=None,
                 clipnorm=None, clipvalue=None, global_clipnorm=None, use_ema=False,
                 ema_momentum=0.99, ema_overwrite_frequency=None, loss_scale_factor=None,
                 gradient_accumulation_steps=None, name=None, **kwargs):  # fmt: skip
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm,
                         use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor,
                         gradient_accumulation_steps, name, **kwargs)  # fmt: skip
        self.initial_accumulator_value, self.epsilon = initial_accumulator_value, epsilon

    def _make_slots(self, variables):
        initial = initializers.Constant(self.initial_accumulator_value)
        self._add_slots(variables, "accumulator", initializer=initial)


def adadelta(w, g, lr, t, slots, *, rho, epsilon):
    square = rho * slots["accumulated_grad"] + (1 - rho) * g.square
    scale = jnp.sqrt(slots["accumulated_delta_var"] + epsilon) / jnp.sqrt(square + epsilon)
    moved = rho * slots["accumulated_delta_var"] + (1 - rho) * jnp.square(scale) * g.square
    new = {"accumulated_grad": square, "accumulated_delta_var": moved}
    return w - lr * scale * g.value, new


class Adadelta(Optimizer):
    """Steps in the unit of the weights: of the size that the last ones had (arXiv:1212.5701).

    Args:
      learning_rate: default 0.001; 1.0 is the method of the paper.
      rho: how much of the averages is kept at each step.
      epsilon: keeps the denominator, and the first steps, from being 0.

    The other arguments are those of `Optimizer`.
    """

    _rule, _settings = staticmethod(adadelta), ("rho", "epsilon")

    def __init__(self, learning_rate=0.001, rho=0.95, epsilon=1e-7,
                 weight_decay=None,
                 clipnorm=None, clipvalue=None, global_clipnorm=None, use_ema=False,
                 ema_momentum=0.99, ema_overwrite_frequency=None, loss_scale_factor=None,
                 gradient_accumulation_steps=None, name=None, **kwargs):  # fmt: skip
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm,
                         use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor,
                         gradient_accumulation_steps, name, **kwargs)  # fmt: skip
        self.rho, self.epsilon = rho, epsilon

    def _make_slots(self, variables):
        self._add_slots(variables, "accumulated_grad", "accumulated_delta_var")
