"""`tf.metrics` of TF 1.x: values gathered over many runs, in local variables.

Each function returns the value so far and an op that takes in one batch more and returns the value
then. `tf.local_variables_initializer()` begins anew.
"""

from minitf import dtypes
from minitf.compat.v1.metric_variables import agree, finish, local_variable, matched
from minitf.compat.v1.metrics_at_k import (
    average_precision_at_k,
    precision_at_k,
    precision_at_top_k,
    recall_at_k,
    recall_at_top_k,
    sparse_average_precision_at_k,
    sparse_precision_at_k,
)
from minitf.compat.v1.metrics_thresholds import (
    auc,
    false_negatives_at_thresholds,
    false_positives_at_thresholds,
    precision_at_thresholds,
    recall_at_thresholds,
    sensitivity_at_specificity,
    specificity_at_sensitivity,
    true_negatives_at_thresholds,
    true_positives_at_thresholds,
)
from minitf.compat.v1.variable_scope import variable_scope
from minitf.core.dispatch import convert_to_tensor
from minitf.ops.array import expand_dims, ones_like, reshape
from minitf.ops.gathering import scatter_nd, where
from minitf.ops.joining import stack as stack_tensors
from minitf.ops.linalg import tensor_diag_part
from minitf.ops.math import abs, cast, divide_no_nan, equal, not_equal, sqrt, square
from minitf.ops.reductions import reduce_mean, reduce_sum

__all__ = [
    "accuracy", "auc", "average_precision_at_k", "false_negatives",
    "false_negatives_at_thresholds", "false_positives", "false_positives_at_thresholds", "mean",
    "mean_absolute_error", "mean_cosine_distance", "mean_iou", "mean_per_class_accuracy",
    "mean_relative_error", "mean_squared_error", "mean_tensor", "percentage_below", "precision",
    "precision_at_k", "precision_at_thresholds", "precision_at_top_k", "recall", "recall_at_k",
    "recall_at_thresholds", "recall_at_top_k", "root_mean_squared_error",
    "sensitivity_at_specificity", "sparse_average_precision_at_k", "sparse_precision_at_k",
    "specificity_at_sensitivity", "true_negatives", "true_negatives_at_thresholds",
    "true_positives", "true_positives_at_thresholds",
]  # fmt: skip


def mean(values, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The weighted mean of all values so far."""
    with variable_scope(name, "mean"):
        values = cast(values, dtypes.float32)
        total, count = local_variable([], "total"), local_variable([], "count")
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
        return finish(value, update, metrics_collections, updates_collections)


def accuracy(labels, predictions, weights=None, metrics_collections=None,
             updates_collections=None, name=None):  # fmt: skip
    """How often predictions equal labels."""
    labels, predictions, weights = matched(labels, predictions, weights)
    predictions.shape.assert_is_compatible_with(labels.shape)
    is_right = cast(equal(cast(labels, predictions.dtype), predictions), dtypes.float32)
    return mean(is_right, weights, metrics_collections, updates_collections, name or "accuracy")


def mean_squared_error(labels, predictions, weights=None, metrics_collections=None,
                       updates_collections=None, name=None):  # fmt: skip
    """The mean of (predictions - labels)²."""
    labels, predictions, weights = matched(labels, predictions, weights)
    errors = square(cast(predictions, dtypes.float32) - cast(labels, dtypes.float32))
    return mean(errors, weights, metrics_collections, updates_collections,
                name or "mean_squared_error")  # fmt: skip


def root_mean_squared_error(labels, predictions, weights=None, metrics_collections=None,
                            updates_collections=None, name=None):  # fmt: skip
    """The root of `mean_squared_error`."""
    value, update = mean_squared_error(labels, predictions, weights, None, None,
                                       name or "root_mean_squared_error")  # fmt: skip
    return finish(sqrt(value), sqrt(update), metrics_collections, updates_collections)


def mean_absolute_error(labels, predictions, weights=None, metrics_collections=None,
                        updates_collections=None, name=None):  # fmt: skip
    """The mean of |predictions - labels|."""
    labels, predictions, weights = matched(labels, predictions, weights)
    errors = abs(cast(predictions, dtypes.float32) - cast(labels, dtypes.float32))
    return mean(errors, weights, metrics_collections, updates_collections,
                name or "mean_absolute_error")  # fmt: skip


def mean_relative_error(labels, predictions, normalizer, weights=None, metrics_collections=None,
                        updates_collections=None, name=None):  # fmt: skip
    """The mean of |predictions - labels| / normalizer, and 0 where that is 0."""
    labels, predictions, weights = matched(labels, predictions, weights)
    normalizer = convert_to_tensor(normalizer)
    predictions.shape.assert_is_compatible_with(normalizer.shape)
    errors = divide_no_nan(abs(labels - predictions), normalizer)
    return mean(errors, weights, metrics_collections, updates_collections,
                name or "mean_relative_error")  # fmt: skip


def mean_cosine_distance(labels, predictions, dim, weights=None, metrics_collections=None,
                         updates_collections=None, name=None):  # fmt: skip
    """1 less the mean cosine of the angles between unit vectors along axis `dim`."""
    labels, predictions, weights = matched(labels, predictions, weights)
    cosines = reduce_sum(labels * predictions, [dim], keepdims=True)
    value, update = mean(cosines, weights, None, None, name or "mean_cosine_distance")
    return finish(1 - value, 1 - update, metrics_collections, updates_collections)


def mean_tensor(values, weights=None, metrics_collections=None, updates_collections=None,
                name=None):  # fmt: skip
    """The weighted mean of all tensors so far, element by element."""
    with variable_scope(name, "mean"):
        values = cast(values, dtypes.float32)
        amount = ones_like(values)
        if weights is not None:
            amount = amount * cast(weights, dtypes.float32)
        total = local_variable(values.shape, "total_tensor")
        count = local_variable(values.shape, "count_tensor")
        value = divide_no_nan(total.value(), count.value(), "value")
        update = divide_no_nan(total.assign_add(values * amount), count.assign_add(amount),
                               "update_op")  # fmt: skip
        return finish(value, update, metrics_collections, updates_collections)


def percentage_below(values, threshold, weights=None, metrics_collections=None,
                     updates_collections=None, name=None):  # fmt: skip
    """How often values are below `threshold`."""
    is_below = cast(convert_to_tensor(values) < threshold, dtypes.float32)
    return mean(is_below, weights, metrics_collections, updates_collections,
                name or "percentage_below_threshold")  # fmt: skip


# Counting hits and misses -------------------------------------------------------------------------


def _count(which, weights, name):
    """(variable, update) of the number of times that `which` holds."""
    count, found = local_variable([], name), cast(which, dtypes.float32)
    if weights is not None:
        found = found * cast(weights, dtypes.float32)
    return count, count.assign_add(reduce_sum(found))


def _counter(kind, label, prediction):
    def counter(labels, predictions, weights=None, metrics_collections=None,
                updates_collections=None, name=None):  # fmt: skip
        with variable_scope(name, kind):
            labels, predictions, weights = matched(labels, predictions, weights)
            which = agree(labels, label, predictions, prediction)
            count, update = _count(which, weights, "count")
            return finish(count.value(), update, metrics_collections, updates_collections)

    counter.__name__, counter.__doc__ = kind, f"The number of {kind.replace('_', ' ')}."
    return counter


true_positives = _counter("true_positives", True, True)
false_positives = _counter("false_positives", False, True)
true_negatives = _counter("true_negatives", False, False)
false_negatives = _counter("false_negatives", True, False)


def _rate(kind, label, prediction):
    """True positives among these and the others that `label` and `prediction` name."""

    def rate(labels, predictions, weights=None, metrics_collections=None,
             updates_collections=None, name=None):  # fmt: skip
        with variable_scope(name, kind):
            labels, predictions, weights = matched(labels, predictions, weights)
            with variable_scope(None, "true_positives"):
                hits = _count(agree(labels, True, predictions, True), weights, "count")
            with variable_scope(None, "false_positives" if prediction else "false_negatives"):
                which = agree(labels, label, predictions, prediction)
                misses = _count(which, weights, "count")
            value = divide_no_nan(hits[0].value(), hits[0] + misses[0], "value")
            update = divide_no_nan(hits[1], hits[1] + misses[1], "update_op")
            return finish(value, update, metrics_collections, updates_collections)

    rate.__name__ = kind
    return rate


precision = _rate("precision", False, True)
precision.__doc__ = "How many of the positive predictions are right."
recall = _rate("recall", True, False)
recall.__doc__ = "How many of the positive labels are predicted."


def _confusions(labels, predictions, num_classes, weights):
    """(variable, update) of the number of times that each class is taken for each."""
    labels = reshape(cast(labels, dtypes.int64), [-1])
    predictions = reshape(cast(predictions, dtypes.int64), [-1])
    ones = ones_like(labels, dtypes.float32)
    weights = ones if weights is None else reshape(cast(weights, dtypes.float32), [-1])
    places = stack_tensors([labels, predictions], 1)
    found = scatter_nd(places, weights, [num_classes, num_classes])
    variable = local_variable([num_classes, num_classes], "total_confusion_matrix", dtypes.float64)
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
        return finish(value, update, metrics_collections, updates_collections)


def mean_per_class_accuracy(labels, predictions, num_classes, weights=None,
                            metrics_collections=None, updates_collections=None,
                            name=None):  # fmt: skip
    """The mean over classes of how often a label is predicted; the update is that of each class."""
    with variable_scope(name, "mean_accuracy"):
        labels = reshape(cast(labels, dtypes.int64), [-1])
        predictions = reshape(cast(predictions, dtypes.int64), [-1])
        ones = ones_like(labels, dtypes.float32)
        if weights is not None:
            ones = ones * reshape(cast(weights, dtypes.float32), [-1])
        right = ones * cast(equal(labels, predictions), dtypes.float32)
        counts = []
        for which, label in ((right, "count"), (ones, "total")):
            variable = local_variable([num_classes], label)
            found = scatter_nd(expand_dims(labels, -1), which, [num_classes])
            counts.append((variable.value(), variable.assign_add(found)))
        value, update = (divide_no_nan(*pair) for pair in zip(*counts))
        return finish(reduce_mean(value), update, metrics_collections, updates_collections)
