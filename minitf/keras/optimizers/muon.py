"""Muon: matrices step along the nearest orthogonal matrix to their momentum; the rest is Adam's."""

import re

import jax.numpy as jnp

from minitf.core.dispatch import convert_to_tensor
from minitf.jax_functions import from_jax
from minitf.keras.optimizers.adam import adam
from minitf.keras.optimizers.base import Optimizer


def orthogonalized(x, steps, a, b, c):
    """Near to the orthogonal matrix U V^T of x = U S V^T, by Newton's and Schulz's iteration."""
    if x.shape[0] > x.shape[1]:
        return orthogonalized(x.T, steps, a, b, c).T
    x = x / (jnp.linalg.norm(x) + 1e-7)  # so that no singular value is above 1
    for _ in range(steps):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x


def of_size(step, rms_rate):
    """An orthogonal matrix, scaled to this root mean square, if any."""
    return step if rms_rate is None else step * (max(step.shape) ** 0.5 * rms_rate)


def muon(w, g, lr, t, slots, *, adam_beta_1, adam_beta_2, epsilon, exclude_layers, muon_a, muon_b,
         muon_c, adam_lr_ratio, momentum, ns_steps, nesterov, exclude_embeddings,
         adam_weight_decay, rms_rate):  # fmt: skip
    if "velocity" in slots:
        lr = lr * adam_lr_ratio
        return adam(w, g, lr, t, slots, beta_1=adam_beta_1, beta_2=adam_beta_2, epsilon=epsilon)
    m = momentum * slots["momentum"] + g.value
    ahead = g.value + momentum * m if nesterov else m
    step = lr * orthogonalized(ahead, ns_steps, muon_a, muon_b, muon_c)
    return w - of_size(step, rms_rate), {"momentum": m}


class Muon(Optimizer):
    """Orthogonal steps for matrices, AdamW's for all else (Jordan 2024; Liu et al. 2025).

    Args:
      learning_rate: default 0.001.
      adam_beta_1, adam_beta_2, epsilon, adam_weight_decay: of AdamW, which updates the rest.
      adam_lr_ratio: AdamW's learning rate, in units of `learning_rate`.
      exclude_layers: patterns; AdamW takes the matrices in whose path one is found.
      exclude_embeddings: AdamW takes the embeddings.
      muon_a, muon_b, muon_c, ns_steps: the polynomial that makes a matrix orthogonal, and how
        often it is applied.
      momentum: how much of the momentum is kept at each step.
      nesterov: look one step ahead.
      rms_rate: steps have this root mean square; None leaves them as they are.

    The other arguments are those of `Optimizer`. See arXiv:2502.16982.
    """

    _rule = staticmethod(muon)
    _settings = ("adam_beta_1", "adam_beta_2", "epsilon", "exclude_layers", "muon_a", "muon_b",
                 "muon_c", "adam_lr_ratio", "momentum", "ns_steps", "nesterov",
                 "exclude_embeddings", "adam_weight_decay", "rms_rate")  # fmt: skip

    def __init__(self, learning_rate=0.001, adam_beta_1=0.9, adam_beta_2=0.999,
                 adam_weight_decay=0.004, epsilon=1e-7, weight_decay=0.004, clipnorm=None,
                 clipvalue=None, global_clipnorm=None, use_ema=False, ema_momentum=0.99,
                 ema_overwrite_frequency=None, loss_scale_factor=None,
                 gradient_accumulation_steps=None, name=None, exclude_layers=None,
                 exclude_embeddings=True, muon_a=3.4445, muon_b=-4.775, muon_c=2.0315,
                 adam_lr_ratio=1, momentum=0.95, ns_steps=5, nesterov=True, rms_rate=0.2,
                 **kwargs):  # fmt: skip
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm,
                         use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor,
                         gradient_accumulation_steps, name, **kwargs)  # fmt: skip
        self.adam_beta_1, self.adam_beta_2, self.epsilon = adam_beta_1, adam_beta_2, epsilon
        self.adam_weight_decay, self.adam_lr_ratio = adam_weight_decay, adam_lr_ratio
        self.exclude_layers = exclude_layers or []
        self.exclude_embeddings = exclude_embeddings
        self.muon_a, self.muon_b, self.muon_c = muon_a, muon_b, muon_c
        self.momentum, self.ns_steps, self.nesterov = momentum, ns_steps, nesterov
        self.rms_rate = rms_rate

    def lr_adjust(self, x):
        """A step `x`, an orthogonal matrix, scaled to have the root mean square `rms_rate`."""
        return of_size(x, self.rms_rate)

    def zeropower_via_newtonschulz5(self, x, steps):
        """Near to the orthogonal matrix U V^T of the matrix `x` = U S V^T.

        >>> Muon().zeropower_via_newtonschulz5([[2.0, 0.0], [0.0, 4.0]], 5).numpy().round(1)
        array([[1.1, 0. ],
               [0. , 0.7]], dtype=float32)

        Raises:
          ValueError: `x` is no matrix.
        """
        x = convert_to_tensor(x)
        if x.shape.rank < 2:
            raise ValueError(
                "Expected gradient or momentum to have at least 2 dimensions. Received: "
                f"shape={tuple(x.shape)}"
            )
        return from_jax(orthogonalized)(x, steps, self.muon_a, self.muon_b, self.muon_c)

    def _should_use_adamw(self, variable):
        if len(variable.shape) != 2:
            return True
        path = getattr(variable, "path", variable.name)
        if self.exclude_embeddings and "embedding" in path.lower():
            return True
        return any(re.search(pattern, path) for pattern in self.exclude_layers)

    def _make_slots(self, variables):
        self._slots = {"momentum": [], "velocity": []}
        for v in variables:
            momentum = self.add_variable_from_reference(v, "momentum")
            by_adam = self._should_use_adamw(v)
            velocity = self.add_variable_from_reference(v, "velocity") if by_adam else None
            self._slots["momentum"].append(momentum)
            self._slots["velocity"].append(velocity)

    def _decay_of(self, variable):
        if self._should_use_adamw(variable) and self._use_weight_decay(variable):
            return self.adam_weight_decay
        return super()._decay_of(variable)
