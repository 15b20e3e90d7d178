"""How often predictions are right."""

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config as settings
from minitf.keras.losses.loss import as_tensor, to_same_rank
from minitf.keras.losses.regression import converted
from minitf.keras.metrics.reductions import MeanMetricWrapper
from minitf.keras.promotion import together
from minitf.ops.array import expand_dims, reshape, shape, squeeze
from minitf.ops.gathering import gather
from minitf.ops.math import cast, equal, greater, is_finite, less, logical_and
from minitf.ops.reductions import argmax, reduce_any, reduce_sum


def _as_float(matches):
    return cast(matches, settings.floatx())


def accuracy(y_true, y_pred):
    """1 where labels and predictions are equal, else 0."""
    return _as_float(equal(*to_same_rank(*converted(y_true, y_pred))))


def binary_accuracy(y_true, y_pred, threshold=0.5):
    """1 where the label, 0 or 1, says whether the prediction exceeds the threshold.

    >>> binary_accuracy([[1], [1]], [[0.7], [0.2]]).numpy().tolist()
    [[1.0], [0.0]]
    """
    y_true, y_pred = to_same_rank(convert_to_tensor(y_true), convert_to_tensor(y_pred))
    above = greater(*together(y_pred, convert_to_tensor(threshold)))
    return _as_float(equal(y_true, cast(above, y_true.dtype)))


def categorical_accuracy(y_true, y_pred):
    """1 where the largest of the predictions is that of the one-hot labels.

    >>> categorical_accuracy([[0, 1], [1, 0]], [[0.2, 0.8], [0.4, 0.6]]).numpy()
    array([1., 0.], dtype=float32)
    """
    return _as_float(equal(argmax(y_true, -1), argmax(y_pred, -1)))


def sparse_categorical_accuracy(y_true, y_pred):
    """1 where the largest of the predictions is that of the label, an integer."""
    y_true, y_pred = converted(y_true, y_pred)
    if y_true.shape.rank == y_pred.shape.rank and y_true.shape[-1] == 1:
        y_true = squeeze(y_true, [-1])
    matches = _as_float(equal(y_true, cast(argmax(y_pred, -1), y_true.dtype)))
    if matches.shape.rank and matches.shape.rank > 1 and matches.shape[-1] == 1:
        matches = squeeze(matches, [-1])
    return matches


def top_k_categorical_accuracy(y_true, y_pred, k=5):
    """1 where the prediction for the class of the one-hot labels is one of the `k` largest."""
    return sparse_top_k_categorical_accuracy(argmax(convert_to_tensor(y_true), -1), y_pred, k)


def sparse_top_k_categorical_accuracy(y_true, y_pred, k=5, from_sorted_ids=False):
    """1 where the prediction for the label, an integer, is one of the `k` largest.

    With `from_sorted_ids`, `y_pred` holds the classes themselves, the likeliest first.

    >>> sparse_top_k_categorical_accuracy([2, 0], [[0.1, 0.5, 0.4], [0.1, 0.5, 0.4]], k=2).numpy()
    array([1., 0.], dtype=float32)
    """
    y_pred = convert_to_tensor(y_pred)
    y_true = as_tensor(y_true, y_pred.dtype.name if from_sorted_ids else "int32")
    labels, scores = y_true, y_pred
    if y_true.shape.rank != 1:
        labels, scores = reshape(y_true, [-1]), reshape(y_pred, [-1, y_pred.shape[-1]])
    if from_sorted_ids:
        matches = reduce_any(equal(expand_dims(labels, 1), scores[:, :k]), 1)
    else:
        matches = _in_top_k(labels, scores, k)
    matches = _as_float(matches)
    return matches if y_true.shape.rank == 1 else reshape(matches, shape(y_true))


def _in_top_k(labels, scores, k):
    """Whether fewer than `k` scores exceed that of the label, which is finite."""
    score = gather(scores, expand_dims(labels, 1), batch_dims=1)
    above = reduce_sum(cast(greater(scores, score), "int32"), 1)
    return logical_and(less(above, k), is_finite(score[:, 0]))


class Accuracy(MeanMetricWrapper):
    """How often labels and predictions are equal.

    >>> accuracy = Accuracy()
    >>> accuracy.update_state([1, 2, 3, 4], [0, 2, 3, 4])
    >>> accuracy.result().numpy()
    np.float32(0.75)
    """

    _direction = "up"

    def __init__(self, name="accuracy", dtype=None):
        super().__init__(accuracy, name, dtype)


class BinaryAccuracy(MeanMetricWrapper):
    """How often labels 0 and 1 say whether the prediction exceeds the threshold."""

    _direction = "up"

    def __init__(self, name="binary_accuracy", dtype=None, threshold=0.5):
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)
        self.threshold = threshold


class CategoricalAccuracy(MeanMetricWrapper):
    """How often the largest prediction is that of the one-hot labels."""

    _direction = "up"

    def __init__(self, name="categorical_accuracy", dtype=None):
        super().__init__(categorical_accuracy, name, dtype)


class SparseCategoricalAccuracy(MeanMetricWrapper):
    """How often the largest prediction is that of the label, an integer."""

    _direction = "up"

    def __init__(self, name="sparse_categorical_accuracy", dtype=None):
        super().__init__(sparse_categorical_accuracy, name, dtype)


class TopKCategoricalAccuracy(MeanMetricWrapper):
    """How often the class of the one-hot labels is among the `k` largest predictions."""

    _direction = "up"

    def __init__(self, k=5, name="top_k_categorical_accuracy", dtype=None):
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)
        self.k = k


class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """How often the label, an integer, is among the `k` largest predictions."""

    _direction = "up"

    def __init__(self, k=5, name="sparse_top_k_categorical_accuracy", dtype=None,
                 from_sorted_ids=False):  # fmt: skip
        arguments = {"k": k} | ({"from_sorted_ids": True} if from_sorted_ids else {})
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype, **arguments)
        self.k, self.from_sorted_ids = k, from_sorted_ids
