"""Adam and its family: steps divided by the size that gradients have had, per element."""

import jax.numpy as jnp

from minitf.keras.optimizers.base import Optimizer
from minitf.keras.variable import Variable
from minitf.ops.math import cast


def _moments(g, slots, beta_1, beta_2):
    """Exponential averages of the gradient (first moment) and of its square (second)."""
    m = slots["momentum"] + (g.value - slots["momentum"]) * (1 - beta_1)
    v = slots["velocity"] + (g.square - slots["velocity"]) * (1 - beta_2)
    return m, v


def adam(w, g, lr, t, slots, *, beta_1, beta_2, epsilon, amsgrad=False):
    """The form of the paper's section 2: epsilon is added before the bias is corrected."""
    m, v = _moments(g, slots, beta_1, beta_2)
    new = {"momentum": m, "velocity": v}
    if amsgrad:
        v = new["velocity_hat"] = jnp.maximum(slots["velocity_hat"], v)
    alpha = lr * jnp.sqrt(1 - jnp.power(beta_2, t)) / (1 - jnp.power(beta_1, t))
    return w - alpha * m / (jnp.sqrt(v) + epsilon), new


class Adam(Optimizer):
    """Adam: the average gradient over the root of the average squared gradient (arXiv:1412.6980).

    Args:
      learning_rate: default 0.001.
      beta_1: how much of the average gradient is kept at each step.
      beta_2: how much of the average squared gradient is kept.
      epsilon: keeps the denominator from being 0.
      amsgrad: divide by the largest average squared gradient so far.

    The other arguments are those of `Optimizer`.

    >>> from minitf.variable import Variable
    >>> w, optimizer = Variable(10.0), Adam(0.5)
    >>> _ = optimizer.apply_gradients([(3.0, w)])
    >>> round(float(w.numpy()), 4)  # the first step is as long as the learning rate
    9.5
    """

    _rule, _settings = staticmethod(adam), ("beta_1", "beta_2", "epsilon", "amsgrad")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7,
                 amsgrad=False, weight_decay=None,
                 clipnorm=None, clipvalue=None, global_clipnorm=None, use_ema=False,
                 ema_momentum=0.99, ema_overwrite_frequency=None, loss_scale_factor=None,
                 gradient_accumulation_steps=None, name=None, **kwargs):  # fmt: skip
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm,
                         use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor,
                         gradient_accumulation_steps, name, **kwargs)  # fmt: skip
        self.beta_1, self.beta_2, self.epsilon, self.amsgrad = beta_1, beta_2, epsilon, amsgrad

    def _make_slots(self, variables):
        self._add_slots(variables, "momentum", "velocity")
        if self.amsgrad:
            self._add_slots(variables, "velocity_hat")


class AdamW(Adam):
    """Adam with weight decay, by default 0.004 (Loshchilov and Hutter, arXiv:1711.05101).

    Raises:
      ValueError: `weight_decay` is None.
    """

    def __init__(self, learning_rate=0.001, weight_decay=0.004, beta_1=0.9, beta_2=0.999,
                 epsilon=1e-7, amsgrad=False, clipnorm=None, clipvalue=None, global_clipnorm=None,
                 use_ema=False, ema_momentum=0.99, ema_overwrite_frequency=None,
                 loss_scale_factor=None, gradient_accumulation_steps=None, name=None,
                 **kwargs):  # fmt: skip
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay, clipnorm,
                         clipvalue, global_clipnorm, use_ema, ema_momentum,
                         ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps,
                         name, **kwargs)  # fmt: skip
        if self.weight_decay is None:
            raise ValueError("Argument `weight_decay` must be a float. Received: weight_decay=None")


class _Moments(Optimizer):
    """The optimizers with Adam's two moments, and nothing beside them."""

    _settings = ("beta_1", "beta_2", "epsilon")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7,
                 weight_decay=None,
                 clipnorm=None, clipvalue=None, global_clipnorm=None, use_ema=False,
                 ema_momentum=0.99, ema_overwrite_frequency=None, loss_scale_factor=None,
                 gradient_accumulation_steps=None, name=None, **kwargs):  # fmt: skip
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm,
                         use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor,
                         gradient_accumulation_steps, name, **kwargs)  # fmt: skip
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon

    def _make_slots(self, variables):
        self._add_slots(variables, "momentum", "velocity")


def adamax(w, g, lr, t, slots, *, beta_1, beta_2, epsilon):
    m = slots["momentum"] + (g.value - slots["momentum"]) * (1 - beta_1)
    u = jnp.maximum(beta_2 * slots["norm"], g.of(jnp.abs))
    step = lr * m / ((1 - jnp.power(beta_1, t)) * (u + epsilon))
    return w - step, {"momentum": m, "norm": u}


class Adamax(_Moments):
    """Adam with the largest recent gradient in place of the average square (arXiv:1412.6980, 7.1).

    The arguments are those of `Adam`, without `amsgrad`.
    """

    _rule = staticmethod(adamax)

    def _make_slots(self, variables):
        self._add_slots(variables, "momentum", "norm")


def _nadam_momentum(beta_1, t):
    """The momentum of update t, which grows to beta_1; t an array or a tensor."""
    return beta_1 * (1.0 - 0.5 * 0.96**t)


def nadam(w, g, lr, t, slots, *, beta_1, beta_2, epsilon):
    m, v = _moments(g, slots, beta_1, beta_2)
    now, then = _nadam_momentum(beta_1, t), _nadam_momentum(beta_1, t + 1)
    product = slots["u_product"].astype(w.dtype)  # of the momentums so far
    m_hat = then * m / (1 - product * then) + (1 - now) * g.value / (1 - product)
    v_hat = v / (1 - jnp.power(beta_2, t))
    return w - lr * m_hat / (jnp.sqrt(v_hat) + epsilon), {"momentum": m, "velocity": v}


class Nadam(_Moments):
    """Adam with Nesterov momentum: the step looks one gradient ahead (Dozat 2015).

    The arguments are those of `Adam`, without `amsgrad`.
    """

    _rule = staticmethod(nadam)

    def _make_slots(self, variables):
        super()._make_slots(variables)
        self._u_product = Variable(1.0, dtype=variables[0].dtype if variables else None)

    def _common(self):
        return {"u_product": self._u_product}

    def _update(self, grads, variables, decays, learning_rate):
        t = cast(self.iterations + 1, self._u_product.dtype)
        self._u_product.assign(self._u_product * _nadam_momentum(self.beta_1, t))
        super()._update(grads, variables, decays, learning_rate)


def lamb(w, g, lr, t, slots, *, beta_1, beta_2, epsilon):
    m, v = _moments(g, slots, beta_1, beta_2)
    m_hat, v_hat = m / (1 - jnp.power(beta_1, t)), v / (1 - jnp.power(beta_2, t))
    step = m_hat / (jnp.sqrt(v_hat) + epsilon)
    w_norm, step_norm = (jnp.sqrt(jnp.sum(jnp.square(x))) for x in (w, step))
    usable = (w_norm > 0) & (step_norm > 0)
    ratio = jnp.where(usable, w_norm / jnp.where(usable, step_norm, 1), 1)
    return w - ratio * lr * step, {"momentum": m, "velocity": v}


class Lamb(_Moments):
    """Adam whose step is as long as the weights, for large batches (You et al., arXiv:1904.00962).

    The arguments are those of `Adam`, without `amsgrad`.
    """

    _rule = staticmethod(lamb)


def schedule_free_adamw(w, g, lr, t, slots, *, beta_1, beta_2, epsilon, warmup_steps):
    """`z` takes Adam's steps, `x` is the mean of all z, `w` lies between them.

    The paper finds the old x with the old z; Keras on TensorFlow reads z after its step.
    """
    if warmup_steps > 0:
        lr = lr * jnp.minimum(t / warmup_steps, 1.0)
    v = slots["velocity"] + (g.square - slots["velocity"]) * (1 - beta_2)
    v_hat = v / (1 - jnp.power(beta_2, t))
    z = slots["momentum"] - lr * g.value / (jnp.sqrt(v_hat) + epsilon)
    x = (w - (1 - beta_1) * z) / beta_1
    x = (1 - 1 / t) * x + z / t
    return (1 - beta_1) * z + beta_1 * x, {"momentum": z, "velocity": v}


class ScheduleFreeAdamW(Optimizer):
    """Adam that averages its weights in place of a schedule (Defazio et al., arXiv:2405.15682).

    Args:
      learning_rate: default 0.0025.
      beta_1: how near the weights are to the average of all steps.
      beta_2, epsilon: as in `Adam`.
      warmup_steps: the learning rate rises in a straight line for so many steps.

    The other arguments are those of `Optimizer`.
    """

    _rule = staticmethod(schedule_free_adamw)
    _settings = ("beta_1", "beta_2", "epsilon", "warmup_steps")

    def __init__(self, learning_rate=0.0025, beta_1=0.9, beta_2=0.999, epsilon=1e-8,
                 warmup_steps=0, weight_decay=None,
                 clipnorm=None, clipvalue=None, global_clipnorm=None, use_ema=False,
                 ema_momentum=0.99, ema_overwrite_frequency=None, loss_scale_factor=None,
                 gradient_accumulation_steps=None, name=None, **kwargs):  # fmt: skip
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm,
                         use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor,
                         gradient_accumulation_steps, name, **kwargs)  # fmt: skip
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self.warmup_steps = warmup_steps

    def _make_slots(self, variables):
        self._add_slots(variables, "momentum", "velocity")
        for momentum, variable in zip(self._slots["momentum"], variables):
            momentum.assign(variable)
