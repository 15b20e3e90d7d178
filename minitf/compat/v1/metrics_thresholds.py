"""Metrics of TF 1.x from hits and misses at thresholds: areas under curves, rates at a rate.

A prediction counts as positive where it is above a threshold; of each kind of hit or miss there is
a count per threshold.
"""

import numpy as np

from minitf import dtypes
from minitf.compat.v1.metric_variables import agree, finish, local_variable, matched
from minitf.compat.v1.variable_scope import variable_scope
from minitf.ops.array import constant, ones_like, reshape
from minitf.ops.gathering import where
from minitf.ops.math import abs, cast, divide_no_nan, equal, log, maximum, minimum
from minitf.ops.reductions import argmax, argmin, cumsum, reduce_min, reduce_sum

# kind -> (what the label is, what the prediction is)
_KINDS = {"tp": ("true_positives", True, True), "fn": ("false_negatives", True, False),
          "tn": ("true_negatives", False, False),
          "fp": ("false_positives", False, True)}  # fmt: skip
_SMALL = 1e-7


def _counts(labels, predictions, thresholds, weights, kinds):
    """For the values so far and for those after the update: a dict from kind to counts."""
    labels, predictions, weights = matched(labels, predictions, weights)
    limits = constant(np.array(thresholds, np.float32)[:, None])
    if weights is not None:
        weights = reshape(cast(weights, dtypes.float32) * ones_like(predictions, dtypes.float32),
                          [1, -1])  # fmt: skip
    positive = reshape(cast(predictions, dtypes.float32), [1, -1]) > limits
    labels = reshape(cast(labels, dtypes.bool), [1, -1])
    values, updates = {}, {}
    for kind in kinds:
        name, label, prediction = _KINDS[kind]
        which = cast(agree(labels, label, positive, prediction), dtypes.float32)
        which = which if weights is None else which * weights
        variable = local_variable([len(thresholds)], name)
        values[kind] = variable.value()
        updates[kind] = variable.assign_add(reduce_sum(which, 1))
    return values, updates


def _metric(labels, predictions, thresholds, weights, collections, kinds, compute):
    counts = _counts(labels, predictions, thresholds, weights, kinds)
    return finish(*(compute(**count) for count in counts), *collections)


def _between(count, end=1 + _SMALL):
    """`count` thresholds from just below 0 to just beyond 1 (or to `end`)."""
    return [-_SMALL, *((i + 1) / (count - 1) for i in range(count - 2)), end]


# Counts and rates at each threshold ---------------------------------------------------------------


def _at_thresholds(name, doc, kinds, compute):
    def metric(labels, predictions, thresholds, weights=None, metrics_collections=None,
               updates_collections=None, name=None):  # fmt: skip
        with variable_scope(name, metric.__name__):
            collections = metrics_collections, updates_collections
            return _metric(labels, predictions, thresholds, weights, collections, kinds, compute)

    metric.__name__, metric.__doc__ = f"{name}_at_thresholds", f"{doc}, for each threshold."
    return metric


true_positives_at_thresholds = _at_thresholds(
    "true_positives", "How many positive predictions are right", ["tp"], lambda tp: tp
)
false_positives_at_thresholds = _at_thresholds(
    "false_positives", "How many positive predictions are wrong", ["fp"], lambda fp: fp
)
true_negatives_at_thresholds = _at_thresholds(
    "true_negatives", "How many negative predictions are right", ["tn"], lambda tn: tn
)
false_negatives_at_thresholds = _at_thresholds(
    "false_negatives", "How many negative predictions are wrong", ["fn"], lambda fn: fn
)
precision_at_thresholds = _at_thresholds(
    "precision", "The part of positive predictions that is right", ["tp", "fp"],
    lambda tp, fp: tp / (_SMALL + tp + fp),
)  # fmt: skip
recall_at_thresholds = _at_thresholds(
    "recall", "The part of positive labels that is predicted", ["tp", "fn"],
    lambda tp, fn: tp / (_SMALL + tp + fn),
)  # fmt: skip

# One rate where another one has a value -----------------------------------------------------------


def sensitivity_at_specificity(labels, predictions, specificity, weights=None, num_thresholds=200,
                               metrics_collections=None, updates_collections=None,
                               name=None):  # fmt: skip
    """The recall at the threshold where the part of negatives that is found is `specificity`.

    Raises:
      ValueError: it is not in [0, 1].
    """
    if not 0 <= specificity <= 1:
        raise ValueError(f"`specificity` must be in the range [0, 1], not {specificity}.")

    def compute(tp, fn, tn, fp):
        place = argmin(abs(tn / (tn + fp + _SMALL) - specificity), 0)
        return tp[place] / (tp[place] + fn[place] + _SMALL)

    with variable_scope(name, "sensitivity_at_specificity"):
        collections = metrics_collections, updates_collections
        limits = _between(num_thresholds)
        return _metric(labels, predictions, limits, weights, collections, _KINDS, compute)


def specificity_at_sensitivity(labels, predictions, sensitivity, weights=None, num_thresholds=200,
                               metrics_collections=None, updates_collections=None,
                               name=None):  # fmt: skip
    """The part of negatives that is found, at the threshold where the recall is `sensitivity`.

    Raises:
      ValueError: it is not in [0, 1].
    """
    if not 0 <= sensitivity <= 1:
        raise ValueError(f"`sensitivity` must be in the range [0, 1], not {sensitivity}.")

    def compute(tp, fn, tn, fp):
        distance = abs(tp / (tp + fn + _SMALL) - sensitivity)
        nearest = cast(equal(distance, reduce_min(distance)), dtypes.int64)
        place = argmax(cumsum(nearest), 0)  # the last one that is as near
        return tn[place] / (tn[place] + fp[place] + _SMALL)

    with variable_scope(name, "specificity_at_sensitivity"):
        collections = metrics_collections, updates_collections
        limits = _between(num_thresholds, 1 - _SMALL)
        return _metric(labels, predictions, limits, weights, collections, _KINDS, compute)


# Areas --------------------------------------------------------------------------------------------

_HEIGHTS = {"trapezoidal": lambda a, b: (a + b) / 2.0, "careful_interpolation": lambda a, b: (
    a + b) / 2.0, "minoring": minimum, "majoring": maximum}  # fmt: skip


def auc(labels, predictions, weights=None, num_thresholds=200, metrics_collections=None,
        updates_collections=None, curve="ROC", name=None,
        summation_method="trapezoidal", thresholds=None):  # fmt: skip
    """The area under the ROC curve, or under that of precision over recall.

    Args:
      labels, predictions: bools and numbers in [0, 1], of one shape.
      num_thresholds: how many points of the curve are reckoned; `thresholds` lists them.
      curve: "ROC" or "PR".
      summation_method: "trapezoidal", "careful_interpolation", or a step function: "minoring" or
        "majoring".

    Raises:
      ValueError: there is no such curve or method.
    """
    if curve not in ("ROC", "PR"):
        raise ValueError(f"`curve` must be either ROC or PR. Curve {curve} is unknown.")
    if summation_method not in _HEIGHTS:
        raise ValueError(f"Invalid `summation_method` value: {summation_method}.")
    limits = _between(num_thresholds)
    if thresholds is not None:
        limits = [-_SMALL, *sorted(thresholds), 1 + _SMALL]

    def compute(tp, fn, tn, fp):
        if curve == "PR" and summation_method == "careful_interpolation":
            return _interpolated(tp, fn, fp)
        small = 1.0e-6
        recall = (tp + small) / (tp + fn + small)
        x, y = fp / (fp + tn + small), recall
        if curve == "PR":
            x, y = recall, (tp + small) / (tp + fp + small)
        return reduce_sum((x[:-1] - x[1:]) * _HEIGHTS[summation_method](y[:-1], y[1:]))

    with variable_scope(name, "auc"):
        collections = metrics_collections, updates_collections
        return _metric(labels, predictions, limits, weights, collections, _KINDS, compute)


def _interpolated(tp, fn, fp):
    """The area under a PR curve between whose points hits and misses, not rates, are interpolated.

    Source: Davis and Goadrich, 2006.
    """
    more, all_positive = tp[:-1] - tp[1:], tp + fp
    before, after = all_positive[:-1], all_positive[1:]
    slope = divide_no_nan(more, maximum(before - after, 0.0))
    intercept = tp[1:] - slope * after
    ratio = where((before > 0) & (after > 0), divide_no_nan(before, after), ones_like(after))
    return reduce_sum(divide_no_nan(slope * (more + intercept * log(ratio)), tp[1:] + fn[1:]))
