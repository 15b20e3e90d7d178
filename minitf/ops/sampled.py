"""Losses over few of many classes: noise-contrastive estimation and sampled softmax.

Both compare the logit of the true class with those of classes that a candidate sampler drew, each
less the logarithm of how often it was to be expected.
"""

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor
from minitf.ops import losses
from minitf.ops.array import expand_dims, ones_like, reshape, stop_gradient, zeros_like
from minitf.ops.candidates import log_uniform_candidate_sampler
from minitf.ops.gathering import where
from minitf.ops.joining import concat
from minitf.ops.linalg import matmul
from minitf.ops.math import cast, equal, log
from minitf.ops.reductions import reduce_any, reduce_sum
from minitf.ops.selecting import embedding_lookup


def _logits(weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled,
            remove_hits, lookup, seed=None):  # fmt: skip
    """Logits of the true and of the sampled classes, side by side, and their labels."""
    labels = reshape(cast(labels, dtypes.int64), [-1, num_true])
    if sampled is None:
        sampled = log_uniform_candidate_sampler(labels, num_true, num_sampled, True, num_classes,
                                                seed)  # fmt: skip
    ids, true_count, sampled_count = (stop_gradient(convert_to_tensor(t)) for t in sampled)
    ids, inputs = cast(ids, dtypes.int64), convert_to_tensor(inputs)
    true = reduce_sum(expand_dims(inputs, 1) * lookup(weights, labels), -1)
    true = true + lookup(biases, labels) - log(true_count)
    others = matmul(inputs, lookup(weights, ids), transpose_b=True) + lookup(biases, ids)
    if remove_hits:
        hit = reduce_any(equal(reshape(ids, [1, 1, -1]), reshape(labels, [-1, num_true, 1])), 1)
        others = where(hit, others + dtypes.float32.min, others)
    others = others - log(sampled_count)
    targets = concat([ones_like(true) / num_true, zeros_like(others)], 1)
    return concat([true, others], 1), targets


def noise_contrastive(lookup, *arguments):
    """`nce_loss`, with rows picked by `lookup(weights, ids)`."""
    logits, targets = _logits(*arguments, lookup)
    return reduce_sum(losses.sigmoid_cross_entropy_with_logits(targets, logits), 1)


def sampled_softmax(lookup, *arguments, seed=None):
    """`sampled_softmax_loss`, with rows picked by `lookup(weights, ids)`."""
    logits, targets = _logits(*arguments, lookup, seed)
    return losses.softmax_cross_entropy_with_logits(stop_gradient(targets), logits)


def nce_loss(weights, biases, labels, inputs, num_sampled, num_classes, num_true=1,
             sampled_values=None, remove_accidental_hits=False, name="nce_loss"):  # fmt: skip
    """Noise-contrastive estimation: tell the true class from `num_sampled` random ones.

    Args:
      weights, biases: `[num_classes, dim]` and `[num_classes]`; lists of parts are joined.
      labels: `[batch, num_true]` class numbers.
      inputs: `[batch, dim]`.
      sampled_values: (classes, expected counts of the true ones, of the sampled ones); default: of
        `log_uniform_candidate_sampler`.
      remove_accidental_hits: whether a sampled class that is true does not count.

    Returns:
      A loss per example, `[batch]`.

    Source: Gutmann and Hyvarinen, 2010.

    >>> import numpy as np
    >>> inputs, labels = np.ones((2, 3), "f"), np.array([[0], [4]])
    >>> nce_loss(np.ones((5, 3), "f"), np.zeros(5, "f"), labels, inputs, 2, 5).shape
    TensorShape([2])
    """
    return noise_contrastive(embedding_lookup, weights, biases, labels, inputs, num_sampled,
                             num_classes, num_true, sampled_values,
                             remove_accidental_hits)  # fmt: skip


def sampled_softmax_loss(weights, biases, labels, inputs, num_sampled, num_classes, num_true=1,
                         sampled_values=None, remove_accidental_hits=True, seed=None,
                         name="sampled_softmax_loss"):  # fmt: skip
    """The softmax cross entropy over the true class and `num_sampled` random ones, `[batch]`.

    Arguments are those of `nce_loss`. Source: Jean et al., 2014.
    """
    return sampled_softmax(embedding_lookup, weights, biases, labels, inputs, num_sampled,
                           num_classes, num_true, sampled_values, remove_accidental_hits,
                           seed=seed)  # fmt: skip
