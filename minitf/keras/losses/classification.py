"""Losses of classes: cross entropies on probabilities or logits, overlaps, embeddings."""

import warnings

import numpy as np

from minitf.core.tensor import SymbolicTensor
from minitf.keras import config as settings
from minitf.keras.activations import clip, sigmoid, softmax
from minitf.keras.losses.loss import as_tensor
from minitf.keras.losses.regression import converted, mean_last
from minitf.ops.activations import softplus
from minitf.ops.array import (
    expand_dims,
    fill,
    one_hot,
    range,
    reshape,
    shape,
    squeeze,
    transpose,
    zeros_like,
)
from minitf.ops.ctc import ctc_loss
from minitf.ops.gathering import where
from minitf.ops.linalg import matmul
from minitf.ops.losses import (
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits,
    sparse_softmax_cross_entropy_with_logits,
)
from minitf.ops.math import (
    cast,
    equal,
    greater,
    log,
    logical_and,
    logical_not,
    maximum,
    not_equal,
    pow,
)
from minitf.ops.reductions import reduce_logsumexp, reduce_sum


def logits_behind(output, from_logits, activation, loss):
    """The logits that a sigmoid or softmax made `output` of, if they are known.

    They keep the digits that `output` has lost. Returns `(output or logits, whether logits)`.
    """
    logits = getattr(output, "_keras_logits", None)
    if logits is None and isinstance(output, SymbolicTensor) and output.op.type == activation:
        logits = output.op.inputs[0]
    if logits is None:
        return output, from_logits
    if from_logits:
        warnings.warn(
            f'"`{loss}` received `from_logits=True`, but the `output` argument was produced by a '
            f"{activation} activation and thus does not represent logits. Was this intended?",
            stacklevel=3,
        )
    return logits, True


def _check_same_shape(target, output):
    """Raises if the shapes differ, as far as they are known."""
    if target.shape.rank is None or output.shape.rank is None:
        return
    shapes = f"Received: target.shape={tuple(target.shape)}, output.shape={tuple(output.shape)}"
    if target.shape.rank != output.shape.rank:
        raise ValueError(
            f"Arguments `target` and `output` must have the same rank (ndim). {shapes}"
        )
    if not target.shape.is_compatible_with(output.shape):
        raise ValueError(f"Arguments `target` and `output` must have the same shape. {shapes}")


def _within(probabilities):
    return clip(probabilities, settings.epsilon(), 1.0 - settings.epsilon())


def cross_entropies(target, output, from_logits=False):
    """The binary cross entropy of each element."""
    _check_same_shape(target, output)
    output, from_logits = logits_behind(output, from_logits, "Sigmoid", "binary_crossentropy")
    if from_logits:
        return sigmoid_cross_entropy_with_logits(target, output)
    output = _within(output)
    return -(target * log(output) + (1 - target) * log(1 - output))


def binary_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """The mean along `axis` of -log of the probability that `y_pred` gives the labels 0 and 1.

    Args:
      y_true: labels, or probabilities.
      y_pred: the probability of 1; logits if `from_logits`.
      label_smoothing: moves the labels towards 1/2.

    Raises:
      ValueError: the shapes differ.

    >>> binary_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).numpy()
    array([0.6931472], dtype=float32)
    """
    y_true, y_pred = converted(y_true, y_pred)
    y_true = _smooth(y_true, label_smoothing)
    return mean_last(cross_entropies(y_true, y_pred, from_logits), axis)


def _smooth(y_true, amount):
    return y_true * (1.0 - amount) + 0.5 * amount if amount else y_true


def binary_focal_crossentropy(y_true, y_pred, apply_class_balancing=False, alpha=0.25, gamma=2.0,
                              from_logits=False, label_smoothing=0.0, axis=-1):  # fmt: skip
    """Binary cross entropy times (1 - p)^gamma, p the probability of the label (Lin et al., 2018).

    With `apply_class_balancing`, the class 1 weighs `alpha` and the class 0 `1 - alpha`.
    """
    y_true, y_pred = converted(y_true, y_pred)
    y_true = _smooth(y_true, label_smoothing)
    if from_logits:
        y_pred = sigmoid(y_pred)
    p = y_true * y_pred + (1 - y_true) * (1 - y_pred)
    losses = pow(1.0 - p, gamma) * cross_entropies(y_true, y_pred)
    if apply_class_balancing:
        losses = (y_true * alpha + (1 - y_true) * (1 - alpha)) * losses
    return mean_last(losses, axis)


def categorical_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """-log of the probability that `y_pred` gives the classes of `y_true`, one-hot along `axis`.

    Args:
      y_pred: probabilities, which are divided by their sum; logits if `from_logits`.
      label_smoothing: moves the labels towards 1 / (number of classes).

    Raises:
      ValueError: the shapes differ.

    >>> categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).numpy()
    array([0.6931472], dtype=float32)
    """
    y_true, y_pred = _classes(y_true, y_pred, label_smoothing, axis, "categorical_crossentropy")
    if y_true.shape.rank == 0:
        raise ValueError(
            "Arguments `target` and `output` must be at least rank 1. Received: "
            f"target.shape={tuple(y_true.shape)}, output.shape={tuple(y_pred.shape)}"
        )
    _check_same_shape(y_true, y_pred)
    y_pred, from_logits = logits_behind(y_pred, from_logits, "Softmax", "categorical_crossentropy")
    if from_logits:
        return softmax_cross_entropy_with_logits(y_true, y_pred, axis)
    probabilities = _within(y_pred / reduce_sum(y_pred, axis, keepdims=True))
    return -reduce_sum(y_true * log(probabilities), axis)


def _classes(y_true, y_pred, label_smoothing, axis, loss):
    if isinstance(axis, bool):
        raise ValueError(
            f"`axis` must be of type `int`. Received: axis={axis} of type {type(axis)}"
        )
    y_true, y_pred = converted(y_true, y_pred)
    if y_pred.shape.rank and y_pred.shape[-1] == 1:
        warnings.warn(
            f"In loss {loss}, expected y_pred.shape to be (batch_size, num_classes) with "
            f"num_classes > 1. Received: y_pred.shape={tuple(y_pred.shape)}. Consider using "
            "'binary_crossentropy' if you only have 2 classes.",
            SyntaxWarning,
            stacklevel=3,
        )
    if label_smoothing:
        classes = cast(shape(y_true)[-1], y_pred.dtype)
        y_true = y_true * (1.0 - label_smoothing) + label_smoothing / classes
    return y_true, y_pred


def categorical_focal_crossentropy(y_true, y_pred, alpha=0.25, gamma=2.0, from_logits=False,
                                   label_smoothing=0.0, axis=-1):  # fmt: skip
    """Cross entropy times alpha * (1 - p)^gamma, p the probability of the class."""
    name = "categorical_focal_crossentropy"
    y_true, y_pred = _classes(y_true, y_pred, label_smoothing, axis, name)
    if from_logits:
        y_pred = softmax(y_pred, axis)
    p = _within(y_pred / reduce_sum(y_pred, axis, keepdims=True))
    return reduce_sum(pow(1.0 - p, gamma) * alpha * -y_true * log(p), axis)


def sparse_categorical_crossentropy(y_true, y_pred, from_logits=False, ignore_class=None, axis=-1):
    """-log of the probability that `y_pred` [..., classes] gives the classes `y_true`, integers.

    Args:
      y_true: shape [...] or [..., 1].
      y_pred: probabilities; logits if `from_logits`.
      ignore_class: examples of this class have no loss and do not count for means.

    Raises:
      ValueError: `axis` is not the last one, or the shapes do not fit.

    >>> sparse_categorical_crossentropy([1, 0], [[0.5, 0.5], [0.25, 0.75]]).numpy()
    array([0.6931472, 1.3862944], dtype=float32)
    """
    y_true, y_pred = as_tensor(y_true), as_tensor(y_pred)
    rank = y_pred.shape.rank
    if rank == 0:
        raise ValueError(
            "Argument `output` must be at least rank 1. "
            f"Received: output.shape={tuple(y_pred.shape)}"
        )
    if axis not in (-1, None if rank is None else rank - 1):
        raise ValueError(f"Only axis=-1 is currently supported. Received: axis={axis}")
    if rank is not None and y_true.shape.rank == rank and y_true.shape[-1] == 1:
        y_true = squeeze(y_true, [-1])
    if ignore_class is None:
        return _sparse_cross_entropy(y_true, y_pred, from_logits)
    valid = not_equal(y_true, cast(ignore_class, y_true.dtype))
    y_true = where(valid, y_true, zeros_like(y_true))
    y_pred = where(expand_dims(valid, -1), y_pred, zeros_like(y_pred))
    losses = _sparse_cross_entropy(y_true, y_pred, from_logits)
    losses = where(valid, losses, zeros_like(losses))
    losses._keras_mask = valid
    return losses


def _sparse_cross_entropy(target, output, from_logits):
    output, from_logits = logits_behind(
        output, from_logits, "Softmax", "sparse_categorical_crossentropy"
    )
    target = cast(target, "int64")
    ranks = target.shape.rank, output.shape.rank
    if None not in ranks:
        shapes = f"target.shape={tuple(target.shape)}, output.shape={tuple(output.shape)}"
        if ranks[0] != ranks[1] - 1:
            raise ValueError(
                f"Argument `output` must have rank (ndim) `target.ndim - 1`. Received: {shapes}"
            )
        if not target.shape.is_compatible_with(output.shape[:-1]):
            raise ValueError(
                "Arguments `target` and `output` must have the same shape up until the last "
                f"dimension: {shapes}"
            )
    logits = output if from_logits else log(_within(output))
    return sparse_softmax_cross_entropy_with_logits(target, logits)


def categorical_generalized_cross_entropy(y_true, y_pred, q):
    """(1 - p^q) / q, p the probability of the class (Zhang and Sabuncu, 2018); integer labels."""
    y_pred = as_tensor(y_pred)
    labels = one_hot(cast(y_true, "int64"), shape(y_pred)[-1], dtype=y_pred.dtype)
    return (1 - pow(reduce_sum(y_pred * labels, -1), q)) / q


def dice(y_true, y_pred, axis=None):
    """1 - 2 |A ∩ B| / (|A| + |B|), over all elements or those along `axis`."""
    y_true, y_pred = converted(y_true, y_pred)
    both = reduce_sum(y_true * y_pred, axis)
    sizes = reduce_sum(y_true, axis) + reduce_sum(y_pred, axis)
    return 1 - 2.0 * both / (sizes + settings.epsilon())


def tversky(y_true, y_pred, alpha=0.5, beta=0.5, axis=None):
    """1 - |A ∩ B| / (|A ∩ B| + alpha |A - B| + beta |B - A|) (Salehi et al., 2017)."""
    y_true, y_pred = converted(y_true, y_pred)
    both = reduce_sum(y_true * y_pred, axis)
    missed = reduce_sum((1 - y_pred) * y_true, axis)
    wrong = reduce_sum(y_pred * (1 - y_true), axis)
    return 1 - both / (both + missed * alpha + wrong * beta + settings.epsilon())


def circle(y_true, y_pred, ref_labels=None, ref_embeddings=None, remove_diagonal=True, gamma=80,
           margin=0.4):  # fmt: skip
    """Pulls embeddings `y_pred` of one label together, pushes others apart (Sun et al., 2020).

    Args:
      y_true: integer labels [batch].
      y_pred: embeddings of length 1 [batch, d].
      ref_labels, ref_embeddings: what to compare with, by default the batch itself.
      remove_diagonal: an example is no partner of itself.
    """
    y_pred = as_tensor(y_pred)
    labels = reshape(cast(y_true, "int32"), [-1, 1])
    references = y_pred if ref_embeddings is None else as_tensor(ref_embeddings)
    ref_labels = labels if ref_labels is None else reshape(cast(ref_labels, "int32"), [-1, 1])
    distances = maximum(1 - matmul(y_pred, transpose(references)), 0.0)
    same = equal(labels, transpose(ref_labels))
    other = logical_not(same)
    if remove_diagonal:
        rows, columns = shape(labels)[0], shape(ref_labels)[0]
        same = logical_and(same, logical_not(_diagonal(rows, columns)))
    pull = -gamma * maximum(margin + distances, 0.0) * (margin - distances)
    push = gamma * maximum(1 + margin - distances, 0.0) * (1 - margin - distances)
    losses = softplus(_log_sum_where(same, pull) + _log_sum_where(other, push))
    losses._keras_mask = greater(losses, 0)
    return losses


def _diagonal(rows, columns):
    """True on the diagonal, else False."""
    return equal(expand_dims(range(rows), 1), range(columns))


def _log_sum_where(mask, values):
    nothing = as_tensor(np.float32(-np.inf), values.dtype.name)
    return reduce_logsumexp(where(mask, values, nothing), 1)


def ctc(y_true, y_pred):
    """-log of the probability that `y_pred` gives the labels in this order, at any times.

    Args:
      y_true: labels [batch, longest], padded with 0, which is the blank.
      y_pred: logits [batch, time, classes].

    Raises:
      ValueError: other ranks.
    """
    y_true, y_pred = as_tensor(y_true), as_tensor(y_pred)
    if y_true.shape.rank != 2:
        raise ValueError(
            "Targets `y_true` are expected to be a tensor of shape `(batch_size, max_length)` in "
            f"integer format. Received: y_true.shape={tuple(y_true.shape)}"
        )
    if y_pred.shape.rank != 3:
        raise ValueError(
            "Logits `y_pred` are expected to be a tensor of shape `(batch_size, max_length, "
            f"num_classes)`. Received: y_pred.shape={tuple(y_pred.shape)}"
        )
    labels = cast(y_true, "int32")
    lengths = reduce_sum(cast(not_equal(labels, 0), "int32"), -1)
    sizes = shape(y_pred)
    return ctc_loss(labels, y_pred, lengths, fill(sizes[:1], sizes[1]), logits_time_major=False)
