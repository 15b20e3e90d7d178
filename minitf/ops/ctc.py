"""Connectionist temporal classification: labels without times (Graves et al., 2006)."""

import math

import jax
import jax.numpy as jnp
from jax import lax

from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops.array import transpose

_NEVER = -1e30  # the logarithm of a probability of nothing, finite for the sake of gradients
# TensorFlow lets an alignment end anywhere, if hardly: labels that do not fit have a finite loss.
_HARDLY = math.log(1e-307)


def _ctc(labels, logits, label_length, logit_length, *, blank):
    """-log of the probability of each row of labels, over all alignments in time.

    The forward algorithm: the states are the labels with a blank before, between and after them.
    """
    steps, batch, _ = logits.shape
    states = jnp.full((batch, 2 * labels.shape[1] + 1), blank, labels.dtype)
    states = states.at[:, 1::2].set(labels)
    # A state follows itself, the one before, and the one before that unless it is the same label.
    jump = jnp.pad(states[:, 2:] != states[:, :-2], ((0, 0), (2, 0)))
    scores = jax.nn.log_softmax(logits)
    emitted = jnp.take_along_axis(scores, jnp.broadcast_to(states, (steps, *states.shape)), 2)

    def later(alpha, by):
        return jnp.pad(alpha, ((0, 0), (by, 0)), constant_values=_NEVER)[:, : states.shape[1]]

    def step(alpha, inputs):
        time, emission = inputs
        arrived = jnp.logaddexp(alpha, later(alpha, 1))
        arrived = jnp.logaddexp(arrived, jnp.where(jump, later(alpha, 2), _NEVER))
        begins = (jnp.arange(states.shape[1]) < 2) & (time == 0)
        arrived = jnp.logaddexp(arrived, jnp.where(begins, 0.0, _NEVER))
        going = (time < logit_length)[:, None]
        return jnp.where(going, jnp.maximum(arrived + emission, _NEVER), alpha), None

    start = jnp.full(states.shape, _NEVER, logits.dtype)
    alpha, _ = lax.scan(step, start, (jnp.arange(steps), emitted))
    place, last = jnp.arange(states.shape[1]), 2 * label_length[:, None]
    ends = (place == last) | (place == last - 1)
    return -jax.nn.logsumexp(alpha + jnp.where(ends, 0.0, _HARDLY), axis=1)


CTC_LOSS = define("CTCLossV2", _ctc, "ITJK")


def ctc_loss(labels, logits, label_length, logit_length, logits_time_major=True, unique=None,
             blank_index=None, name=None):  # fmt: skip
    """-log of the probability that the logits give the labels, in this order, at any times.

    Args:
      labels: integers [batch, longest], padded with anything.
      logits: [time, batch, classes], or [batch, time, classes] if not `logits_time_major`.
      label_length, logit_length: the lengths of the rows [batch].
      unique: an optimisation of TensorFlow's, which changes no result.
      blank_index: the class that stands for no label, by default 0.

    Returns:
      One loss per row [batch]; about 707 more where no alignment fits.

    >>> logits = [[[0.0, 1.0]], [[0.0, 1.0]]]
    >>> ctc_loss([[1]], logits, [1], [2]).numpy().round(4)
    array([0.0751], dtype=float32)
    """
    logits = convert_to_tensor(logits)
    if not logits_time_major:
        logits = transpose(logits, [1, 0, 2])
    blank = 0 if blank_index is None else int(blank_index)
    blank = blank if blank >= 0 else blank + logits.shape[-1]
    inputs = (labels, logits, label_length, logit_length)
    return execute(CTC_LOSS, inputs, (blank,), name or "ctc_loss_dense")
