"""Losses over few of many classes: noise-contrastive estimation and sampled softmax.

The classes are drawn by the log-uniform (Zipfian) distribution, with replacement: TensorFlow draws
without, so its values differ, as those of two of its own runs do.
"""

import math

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor
from minitf.ops import losses, random
from minitf.ops.array import ones_like, reshape, stop_gradient, zeros_like
from minitf.ops.gathering import gather, where
from minitf.ops.joining import concat
from minitf.ops.linalg import matmul
from minitf.ops.math import cast, equal, exp, floor, log, minimum
from minitf.ops.reductions import reduce_any, reduce_sum


def _zipfian(ids, range_max):
    """The probability of class `id`: log((id + 2) / (id + 1)) / log(range_max + 1)."""
    ids = cast(ids, dtypes.float32)
    return log((ids + 2.0) / (ids + 1.0)) / math.log(range_max + 1)


def log_uniform_sample(true_classes, num_sampled, range_max, seed=None):
    """(sampled classes, how often each true class is expected, how often each sampled one is)."""
    drawn = random.uniform([num_sampled], seed=seed)
    ids = floor(exp(drawn * math.log(range_max + 1)) - 1.0)
    ids = cast(minimum(ids, range_max - 1.0), dtypes.int64)
    return ids, _zipfian(true_classes, range_max) * num_sampled, _zipfian(ids, range_max) * (
        num_sampled
    )  # fmt: skip


def _logits(weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled,
            remove_hits):  # fmt: skip
    """Logits of the true and of sampled classes, less their expected counts, and their labels."""
    labels = reshape(cast(labels, dtypes.int64), [-1, num_true])
    if sampled is None:
        sampled = log_uniform_sample(labels, num_sampled, num_classes)
    ids, true_count, sampled_count = (stop_gradient(convert_to_tensor(t)) for t in sampled)
    inputs = convert_to_tensor(inputs)
    true_w = gather(weights, labels)
    true_b = gather(biases, labels)
    true = reduce_sum(reshape(inputs, [-1, 1, inputs.shape[-1]]) * true_w, -1) + true_b
    others = matmul(inputs, gather(weights, ids), transpose_b=True)
    others = others + gather(biases, ids)
    if remove_hits:
        hit = reduce_any(equal(reshape(ids, [1, 1, -1]), reshape(labels, [-1, num_true, 1])), 1)
        others = where(hit, others - 3.4e38, others)
    true, others = true - log(true_count), others - log(sampled_count)
    targets = [ones_like(true) / num_true, zeros_like(others)]
    return concat([true, others], 1), concat(targets, 1)


def nce_loss(weights, biases, labels, inputs, num_sampled, num_classes, num_true=1,
             sampled_values=None, remove_accidental_hits=False, partition_strategy="mod",
             name="nce_loss"):  # fmt: skip
    """Noise-contrastive estimation: tell the true class from `num_sampled` random ones.

    Args:
      weights, biases: `[num_classes, dim]` and `[num_classes]`.
      labels: `[batch, num_true]` class numbers.
      inputs: `[batch, dim]`.
      sampled_values: (classes, expected counts of the true ones, of the sampled ones).

    Returns:
      A loss per example, `[batch]`.
    """
    logits, targets = _logits(weights, biases, labels, inputs, num_sampled, num_classes, num_true,
                              sampled_values, remove_accidental_hits)  # fmt: skip
    return reduce_sum(losses.sigmoid_cross_entropy_with_logits(targets, logits), 1)


def sampled_softmax_loss(weights, biases, labels, inputs, num_sampled, num_classes, num_true=1,
                         sampled_values=None, remove_accidental_hits=True,
                         partition_strategy="mod", name="sampled_softmax_loss",
                         seed=None):  # fmt: skip
    """The softmax cross entropy over the true class and `num_sampled` random ones, `[batch]`."""
    if sampled_values is None and seed is not None:
        classes = reshape(cast(labels, dtypes.int64), [-1, num_true])
        sampled_values = log_uniform_sample(classes, num_sampled, num_classes, seed)
    logits, targets = _logits(weights, biases, labels, inputs, num_sampled, num_classes, num_true,
                              sampled_values, remove_accidental_hits)  # fmt: skip
    return losses.softmax_cross_entropy_with_logits(stop_gradient(targets), logits)
