"""`tf.metrics` of TF 1.x: values gathered over many runs, in local variables.

Each function returns the value so far and an op that takes in one batch more and returns the value
then. `tf.local_variables_initializer()` begins anew.
"""

import numpy as np

from minitf import dtypes
from minitf.compat.v1.variable_scope import variable_scope
from minitf.compat.v1.variables import VariableV1
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.ops.array import constant, expand_dims, ones_like, reshape, squeeze, zeros
from minitf.ops.gathering import scatter_nd, where
from minitf.ops.joining import stack as stack_tensors
from minitf.ops.linalg import tensor_diag_part
from minitf.ops.math import (
    abs,
    cast,
    divide_no_nan,
    equal,
    logical_and,
    logical_not,
    not_equal,
    sqrt,
    square,
)
from minitf.ops.reductions import reduce_sum


def _local(shape, name, dtype=dtypes.float32):
    """A variable that is neither trained nor saved."""
    kept = ["local_variables", "metric_variables"]
    return VariableV1(lambda: zeros(shape, dtype), False, kept, name=name)


def _finish(value, update, metrics_collections, updates_collections):
    if metrics_collections:
        stack.frame.add_to_collections(metrics_collections, value)
    if updates_collections:
        stack.frame.add_to_collections(updates_collections, update)
    return value, update


def _matched(labels, predictions, weights):
    """Without an axis of size 1 that only one of them has at its end."""
    predictions, labels = convert_to_tensor(predictions), convert_to_tensor(labels)
    if None not in (predictions.shape.rank, labels.shape.rank):
        if predictions.shape.rank == labels.shape.rank + 1 and predictions.shape[-1] == 1:
            predictions = squeeze(predictions, [-1])
        elif labels.shape.rank == predictions.shape.rank + 1 and labels.shape[-1] == 1:
            labels = squeeze(labels, [-1])
    if weights is not None:
        weights = convert_to_tensor(weights)
        if (weights.shape.rank or 0) > (predictions.shape.rank or 0):
            weights = squeeze(weights, [-1])
    return labels, predictions, weights


def mean(values, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The weighted mean of all values so far."""
    with variable_scope(name, "mean"):
        values = cast(values, dtypes.float32)
        total, count = _local([], "total"), _local([], "count")
        if weights is None:
            amount = cast(reduce_sum(ones_like(values)), dtypes.float32)
        else:
            weights = cast(weights, dtypes.float32)
            while (weights.shape.rank or 0) and weights.shape.rank < values.shape.rank:
                weights = expand_dims(weights, -1)
            values = values * weights
            amount = reduce_sum(weights * ones_like(values))
        value = divide_no_nan(total.value(), count.value(), "value")
        sums = [total.assign_add(reduce_sum(values)), count.assign_add(amount)]
        update = divide_no_nan(*sums, "update_op")
        return _finish(value, update, metrics_collections, updates_collections)


def accuracy(labels, predictions, weights=None, metrics_collections=None,
             updates_collections=None, name=None):  # fmt: skip
    """How often predictions equal labels."""
    labels, predictions, weights = _matched(labels, predictions, weights)
    predictions.shape.assert_is_compatible_with(labels.shape)
    is_right = cast(equal(cast(labels, predictions.dtype), predictions), dtypes.float32)
    return mean(is_right, weights, metrics_collections, updates_collections, name or "accuracy")


def mean_squared_error(labels, predictions, weights=None, metrics_collections=None,
                       updates_collections=None, name=None):  # fmt: skip
    """The mean of (predictions - labels)²."""
    labels, predictions, weights = _matched(labels, predictions, weights)
    errors = square(cast(predictions, dtypes.float32) - cast(labels, dtypes.float32))
    return mean(errors, weights, metrics_collections, updates_collections,
                name or "mean_squared_error")  # fmt: skip


def root_mean_squared_error(labels, predictions, weights=None, metrics_collections=None,
                            updates_collections=None, name=None):  # fmt: skip
    """The root of `mean_squared_error`."""
    value, update = mean_squared_error(labels, predictions, weights, None, None,
                                       name or "root_mean_squared_error")  # fmt: skip
    return _finish(sqrt(value), sqrt(update), metrics_collections, updates_collections)


def mean_absolute_error(labels, predictions, weights=None, metrics_collections=None,
                        updates_collections=None, name=None):  # fmt: skip
    """The mean of |predictions - labels|."""
    labels, predictions, weights = _matched(labels, predictions, weights)
    errors = abs(cast(predictions, dtypes.float32) - cast(labels, dtypes.float32))
    return mean(errors, weights, metrics_collections, updates_collections,
                name or "mean_absolute_error")  # fmt: skip


def percentage_below(values, threshold, weights=None, metrics_collections=None,
                     updates_collections=None, name=None):  # fmt: skip
    """How often values are below `threshold`."""
    is_below = cast(convert_to_tensor(values) < threshold, dtypes.float32)
    return mean(is_below, weights, metrics_collections, updates_collections,
                name or "percentage_below_threshold")  # fmt: skip


# Counting hits and misses -------------------------------------------------------------------------


def _count(which, weights, name):
    """(variable, update) of the number of times that `which` holds."""
    count, found = _local([], name), cast(which, dtypes.float32)
    if weights is not None:
        found = found * cast(weights, dtypes.float32)
    return count, count.assign_add(reduce_sum(found))


def _counter(kind, label, prediction):
    def counter(labels, predictions, weights=None, metrics_collections=None,
                updates_collections=None, name=None):  # fmt: skip
        with variable_scope(name, kind):
            labels, predictions, weights = _matched(labels, predictions, weights)
            which = _agree(labels, label, predictions, prediction)
            count, update = _count(which, weights, "count")
            return _finish(count.value(), update, metrics_collections, updates_collections)

    counter.__name__, counter.__doc__ = kind, f"The number of {kind.replace('_', ' ')}."
    return counter


def _agree(labels, label, predictions, prediction):
    labels, predictions = cast(labels, dtypes.bool), cast(predictions, dtypes.bool)
    return logical_and(labels if label else logical_not(labels),
                       predictions if prediction else logical_not(predictions))  # fmt: skip


true_positives = _counter("true_positives", True, True)
false_positives = _counter("false_positives", False, True)
true_negatives = _counter("true_negatives", False, False)
false_negatives = _counter("false_negatives", True, False)


def _rate(kind, label, prediction):
    """True positives among these and the others that `label` and `prediction` name."""

    def rate(labels, predictions, weights=None, metrics_collections=None,
             updates_collections=None, name=None):  # fmt: skip
        with variable_scope(name, kind):
            labels, predictions, weights = _matched(labels, predictions, weights)
            with variable_scope(None, "true_positives"):
                hits = _count(_agree(labels, True, predictions, True), weights, "count")
            with variable_scope(None, "false_positives" if prediction else "false_negatives"):
                which = _agree(labels, label, predictions, prediction)
                misses = _count(which, weights, "count")
            value = divide_no_nan(hits[0].value(), hits[0] + misses[0], "value")
            update = divide_no_nan(hits[1], hits[1] + misses[1], "update_op")
            return _finish(value, update, metrics_collections, updates_collections)

    rate.__name__ = kind
    return rate


precision = _rate("precision", False, True)
precision.__doc__ = "How many of the positive predictions are right."
recall = _rate("recall", True, False)
recall.__doc__ = "How many of the positive labels are predicted."


def auc(labels, predictions, weights=None, num_thresholds=200, metrics_collections=None,
        updates_collections=None, curve="ROC", name=None,
        summation_method="trapezoidal", thresholds=None):  # fmt: skip
    """The area under the ROC curve, from counts at `num_thresholds` thresholds.

    Raises:
      ValueError: `curve` is not "ROC".
    """
    if curve != "ROC" or summation_method != "trapezoidal":
        raise ValueError(f"curve must be ROC and summed by trapezoids in minitf, not {curve}, "
                         f"{summation_method}.")  # fmt: skip
    with variable_scope(name, "auc"):
        labels, predictions, weights = _matched(labels, predictions, weights)
        inner = [(i + 1) / (num_thresholds - 1) for i in range(num_thresholds - 2)]
        limits = np.array([-1e-7, *inner, 1 + 1e-7], np.float32)[:, None]
        positive = reshape(cast(predictions, dtypes.float32), [1, -1]) > constant(limits)
        labels = reshape(cast(labels, dtypes.bool), [1, -1])
        weights = None if weights is None else reshape(weights, [1, -1])
        counts = []
        for kind, label, prediction in (("true_positives", True, True),
                                        ("false_negatives", True, False),
                                        ("true_negatives", False, False),
                                        ("false_positives", False, True)):  # fmt: skip
            which = cast(_agree(labels, label, positive, prediction), dtypes.float32)
            which = which if weights is None else which * cast(weights, dtypes.float32)
            variable = _local([num_thresholds], kind)
            counts.append((variable.value(), variable.assign_add(reduce_sum(which, 1))))
        value, update = (_area(*c) for c in zip(*counts))
        return _finish(value, update, metrics_collections, updates_collections)


def _area(tp, fn, tn, fp):
    small = 1.0e-6
    x, y = fp / (fp + tn + small), (tp + small) / (tp + fn + small)
    return reduce_sum((x[:-1] - x[1:]) * (y[:-1] + y[1:]) / 2.0)


def _confusions(labels, predictions, num_classes, weights):
    """(variable, update) of the number of times that each class is taken for each."""
    labels = reshape(cast(labels, dtypes.int64), [-1])
    predictions = reshape(cast(predictions, dtypes.int64), [-1])
    ones = ones_like(labels, dtypes.float32)
    weights = ones if weights is None else reshape(cast(weights, dtypes.float32), [-1])
    places = stack_tensors([labels, predictions], 1)
    found = scatter_nd(places, weights, [num_classes, num_classes])
    variable = _local([num_classes, num_classes], "total_confusion_matrix", dtypes.float64)
    return variable.value(), variable.assign_add(cast(found, dtypes.float64))


def mean_iou(labels, predictions, num_classes, weights=None, metrics_collections=None,
             updates_collections=None, name=None):  # fmt: skip
    """The mean over classes of intersection over union; returns the matrix's update too."""
    with variable_scope(name, "mean_iou"):
        total, update = _confusions(labels, predictions, num_classes, weights)
        total32 = cast(total, dtypes.float32)
        hits = tensor_diag_part(total32)
        union = reduce_sum(total32, 0) + reduce_sum(total32, 1) - hits
        present = reduce_sum(cast(not_equal(union, 0.0), dtypes.float32))
        safe = where(union > 0.0, union, ones_like(union))
        value = divide_no_nan(reduce_sum(hits / safe), present)
        return _finish(value, update, metrics_collections, updates_collections)
