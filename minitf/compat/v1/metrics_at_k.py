"""Metrics of TF 1.x of the `k` classes that are predicted most strongly: precision, recall.

Labels are the numbers of the true classes of each example: `[..., labels]`, or sparse where there
are not equally many.
"""

from minitf import dtypes
from minitf.compat.v1.metric_variables import finish, local_variable
from minitf.core.dispatch import convert_to_tensor
from minitf.ops import sparse
from minitf.ops.array import expand_dims, ones_like, range, shape, size
from minitf.ops.linalg import band_part
from minitf.ops.math import cast, divide_no_nan, equal, logical_and, logical_not, minimum
from minitf.ops.reductions import cumsum, reduce_any, reduce_sum
from minitf.ops.selecting import top_k
from minitf.ops.sparse import SparseTensor


def _listed(labels, predictions_idx):
    """(labels, whether there is one at each place, predictions), as int64."""
    predictions = cast(convert_to_tensor(predictions_idx), dtypes.int64)
    if isinstance(labels, SparseTensor):
        present = labels.with_values(ones_like(labels.values, dtypes.int32))
        dense = cast(sparse.to_dense(labels), dtypes.int64)
        return dense, equal(sparse.to_dense(present), 1), predictions
    labels = cast(convert_to_tensor(labels), dtypes.int64)
    if labels.shape.rank == predictions.shape.rank - 1:
        labels = expand_dims(labels, -1)
    return labels, ones_like(labels, dtypes.bool), predictions


def _distinct(values, present):
    """`present`, but where the same value stands before."""
    same = equal(expand_dims(values, -1), expand_dims(values, -2))
    both = logical_and(same, expand_dims(present, -2))
    earlier = band_part(cast(both, dtypes.int32), -1, 0) - band_part(cast(both, dtypes.int32), 0, 0)
    return logical_and(present, logical_not(reduce_any(earlier > 0, -1)))


def _hits(labels, present, predictions):
    """Which predictions are among the labels, and which labels are predicted."""
    same = equal(expand_dims(predictions, -1), expand_dims(labels, -2))
    same = logical_and(same, expand_dims(present, -2))
    return reduce_any(same, -1), reduce_any(same, -2)


def _rate(kind, labels, predictions_idx, k, class_id, weights, collections, name):
    """Hits among the predictions (precision) or among the labels (recall)."""
    labels, present, predictions = _listed(labels, predictions_idx)
    predicted = ones_like(predictions, dtypes.bool)
    present, predicted = _distinct(labels, present), _distinct(predictions, predicted)
    right, found = _hits(labels, present, predictions)
    if class_id is not None:
        predicted = logical_and(predicted, equal(predictions, class_id))
        present = logical_and(present, equal(labels, class_id))
    hit = logical_and(predicted, right)
    missed = (logical_and(predicted, logical_not(right)) if kind == "precision" else
              logical_and(present, logical_not(found)))  # fmt: skip
    other = "false_positive" if kind == "precision" else "false_negative"
    counts = []
    for which, label in ((hit, "true_positive"), (missed, other)):
        number = reduce_sum(cast(which, dtypes.float64), -1)
        if weights is not None:
            number = number * cast(weights, dtypes.float64)
        variable = local_variable([], _named(label, k, class_id), dtypes.float64)
        counts.append((variable.value(), variable.assign_add(reduce_sum(number))))
    value, update = (right / (right + wrong) for right, wrong in zip(*counts))
    return finish(value, update, *collections)


def _named(kind, k, class_id=None):
    name = f"{kind}_at_k" if k is None else f"{kind}_at_{k}"
    return name if class_id is None else f"{name}_class{class_id}"


def _at_top_k(kind):
    def metric(labels, predictions_idx, k=None, class_id=None, weights=None,
               metrics_collections=None, updates_collections=None, name=None):  # fmt: skip
        collections = metrics_collections, updates_collections
        return _rate(kind, labels, predictions_idx, k, class_id, weights, collections, name)

    metric.__name__ = f"{kind}_at_top_k"
    metric.__doc__ = f"As `{kind}_at_k`, for the numbers of the classes that are predicted."
    return metric


def _at_k(kind, words):
    def metric(labels, predictions, k, class_id=None, weights=None, metrics_collections=None,
               updates_collections=None, name=None):  # fmt: skip
        collections = metrics_collections, updates_collections
        strongest = top_k(predictions, k)[1]
        return _rate(kind, labels, strongest, k, class_id, weights, collections, name)

    metric.__name__ = f"{kind}_at_k"
    metric.__doc__ = f"""The part of {words}, of `class_id` alone if it is given.

    Args:
      labels: [..., labels], the true classes, or a sparse tensor.
      predictions: [..., classes], how strongly each class is predicted.
      k: how many of them count.
      class_id: the only class that counts.
      weights: of the examples.
    """
    return metric


precision_at_top_k, recall_at_top_k = _at_top_k("precision"), _at_top_k("recall")
precision_at_k = _at_k("precision", "the `k` classes predicted most strongly that are true")
recall_at_k = _at_k("recall", "the true classes that are among the `k` predicted most strongly")


def average_precision_at_k(labels, predictions, k, weights=None, metrics_collections=None,
                           updates_collections=None, name=None):  # fmt: skip
    """The mean of the precisions at 1, ..., `k`, of those ranks at which a class is true.

    Raises:
      ValueError: `k` is less than 1.
    """
    if k < 1:
        raise ValueError(f"Invalid k={k}. `k` should be >= 1.")
    predictions = convert_to_tensor(predictions)
    labels, present, strongest = _listed(labels, top_k(predictions, k)[1])
    classes = cast(shape(predictions)[-1], dtypes.int64)
    present = logical_and(present, logical_and(labels >= 0, labels < classes))
    right = cast(_hits(labels, present, strongest)[0], dtypes.float64)
    precisions = cumsum(right, -1) / cast(range(1, k + 1), dtypes.float64)
    true = minimum(reduce_sum(cast(present, dtypes.float64), -1), cast(k, dtypes.float64))
    found = reduce_sum(precisions * right, -1) / true
    if weights is None:
        amount = cast(size(found), dtypes.float64)
    else:
        weights = cast(weights, dtypes.float64) * ones_like(found)
        found, amount = found * weights, reduce_sum(weights)
    most, total = (local_variable([], n, dtypes.float64) for n in ("max", "total"))
    updates = total.assign_add(reduce_sum(found)), most.assign_add(amount)
    value, update = divide_no_nan(total.value(), most.value()), divide_no_nan(*updates)
    return finish(value, update, metrics_collections, updates_collections)


def sparse_average_precision_at_k(labels, predictions, k, weights=None, metrics_collections=None,
                                  updates_collections=None, name=None):  # fmt: skip
    """The older name of `average_precision_at_k`."""
    return average_precision_at_k(labels, predictions, k, weights, metrics_collections,
                                  updates_collections, name)  # fmt: skip


def sparse_precision_at_k(labels, predictions, k, class_id=None, weights=None,
                          metrics_collections=None, updates_collections=None,
                          name=None):  # fmt: skip
    """The older name of `precision_at_k`."""
    return precision_at_k(labels, predictions, k, class_id, weights, metrics_collections,
                          updates_collections, name)  # fmt: skip
