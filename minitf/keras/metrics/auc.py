"""The area under the curve that two rates draw as the threshold moves."""

import json

import numpy as np

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config as settings
from minitf.keras.activations import sigmoid
from minitf.keras.metrics.confusion import Counter
from minitf.ops.array import ones_like, zeros_like
from minitf.ops.gathering import where
from minitf.ops.math import divide_no_nan, equal, log, logical_and, maximum, minimum
from minitf.ops.reductions import reduce_mean, reduce_sum


def _one_of(what, key, names):
    """The member of `names` that `key` is, in upper, lower or title case."""
    for name in names:
        if str(key) in (name, name.lower(), name.title()):
            return name
    raise ValueError(f'Invalid AUC {what} value: "{key}". Expected values are {json.dumps(names)}')


class AUC(Counter):
    """The area under a curve, by Riemann sums over thresholds.

    Args:
      num_thresholds: how many there are, from 0 to 1; more are more exact.
      curve: `"ROC"` (recall over the rate of false positives), `"PR"` (precision over recall) or
        `"PRGAIN"`.
      summation_method: the height between two thresholds: `"interpolation"`, `"minoring"` (the
        lower one) or `"majoring"` (the higher one).
      thresholds: the thresholds themselves, 0 and 1 left out.
      multi_label: the mean of the areas of all labels, each an output of its own.
      num_labels: the number of labels, where known before the first batch.
      label_weights: weights of the labels.
      from_logits: predictions are logits.

    Raises:
      ValueError: an unknown curve or method, or fewer than two thresholds.

    >>> auc = AUC(num_thresholds=3)
    >>> auc.update_state([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
    >>> auc.result().numpy()
    np.float32(0.75)
    """

    _direction = "up"
    counts = ("true_positives", "false_positives", "true_negatives", "false_negatives")

    def __init__(self, num_thresholds=200, curve="ROC", summation_method="interpolation", name=None,
                 dtype=None, thresholds=None, multi_label=False, num_labels=None,
                 label_weights=None, from_logits=False):  # fmt: skip
        self.curve = _one_of("curve", curve, ["PR", "ROC", "PRGAIN"])
        methods = ["interpolation", "majoring", "minoring"]
        self.summation_method = _one_of("summation method", summation_method, methods)
        self._given = None if thresholds is None else sorted(thresholds)
        if thresholds is None and num_thresholds <= 1:
            raise ValueError(
                "Argument `num_thresholds` must be an integer > 1. "
                f"Received: num_thresholds={num_thresholds}"
            )
        if thresholds is None:
            inner = [i / (num_thresholds - 1) for i in range(1, num_thresholds - 1)]
        else:
            inner = self._given
        self.num_thresholds = len(inner) + 2
        super().__init__(dtype, name)
        # Predictions of exactly 0 exceed the first threshold, and none exceeds the last.
        self._set_thresholds([-settings.epsilon(), *inner, 1.0 + settings.epsilon()])
        self.multi_label, self.num_labels = multi_label, num_labels
        self.label_weights = None if label_weights is None else np.asarray(label_weights, "float32")
        self._from_logits, self._built = from_logits, False
        if num_labels and not multi_label:
            raise ValueError("`num_labels` is needed only when `multi_label` is True.")
        if num_labels or not multi_label:
            self._build([None, num_labels])

    @property
    def thresholds(self):
        """The thresholds, the first below 0 and the last above 1."""
        return list(self._thresholds)

    def _build(self, shape):
        if self.multi_label and len(shape) != 2:
            raise ValueError(
                "`y_pred` must have rank 2 when `multi_label=True`. "
                f"Found rank {len(shape)}. Full shape received for `y_pred`: {shape}"
            )
        labels = [shape[1]] if self.multi_label else []
        self._add_counts((self.num_thresholds, *labels))
        self._built = True

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds the batch to the counts."""
        y_pred = convert_to_tensor(y_pred)
        if not self._built:
            self._build(tuple(y_pred.shape))
        if self._from_logits:
            y_pred = sigmoid(y_pred)
        label_weights = None if self.multi_label else self.label_weights
        self._count(
            y_true, y_pred, sample_weight, per_label=self.multi_label, label_weights=label_weights
        )

    def reset_state(self):
        if self._built:
            super().reset_state()

    def result(self):
        if self.curve == "PR" and self.summation_method == "interpolation":
            return self._over_labels(self._interpolated_precision())
        x, y = self._points()
        if self.summation_method == "interpolation":
            heights = (y[:-1] + y[1:]) / 2.0
        else:
            choose = minimum if self.summation_method == "minoring" else maximum
            heights = choose(y[:-1], y[1:])
        return self._over_labels((x[:-1] - x[1:]) * heights)

    def _points(self):
        """The curve: its x and y at each threshold."""
        tp, fp, tn, fn = (counter.value for counter in self._counters.values())
        recall = divide_no_nan(tp, tp + fn)
        if self.curve == "ROC":
            return divide_no_nan(fp, fp + tn), recall
        if self.curve == "PR":
            return recall, divide_no_nan(tp, tp + fp)
        odds = divide_no_nan(tp + fn, tn + fp)
        recall_gain = 1.0 - odds * divide_no_nan(fn, tp)
        precision_gain = 1.0 - odds * divide_no_nan(fp, tp)
        nothing = equal(tp, 0.0)
        recall_gain = where(nothing, zeros_like(recall_gain), recall_gain)
        precision_gain = where(nothing, ones_like(precision_gain), precision_gain)
        return maximum(recall_gain, 0.0), precision_gain

    def _interpolated_precision(self):
        """The areas between thresholds, true positives being linear in positives between them.

        Davis and Goadrich, "The relationship between precision-recall and ROC curves" (2006).
        """
        tp, fp, _, fn = (counter.value for counter in self._counters.values())
        positives = tp + fp
        gained = tp[:-1] - tp[1:]
        slope = divide_no_nan(gained, maximum(positives[:-1] - positives[1:], 0.0))
        intercept = tp[1:] - slope * positives[1:]
        both = logical_and(positives[:-1] > 0, positives[1:] > 0)
        ratio = divide_no_nan(positives[:-1], maximum(positives[1:], 0.0))
        ratio = where(both, ratio, ones_like(ratio))
        area = slope * (gained + intercept * log(ratio))
        return divide_no_nan(area, maximum(tp[1:] + fn[1:], 0.0))

    def _over_labels(self, areas):
        """The sum over thresholds, and the mean over labels if there are several."""
        area = reduce_sum(areas, 0)
        if not self.multi_label:
            return area
        if self.label_weights is None:
            return reduce_mean(area)
        return divide_no_nan(reduce_sum(area * self.label_weights), reduce_sum(self.label_weights))

    def get_config(self):
        weights = self.label_weights
        config = {
            **super().get_config(),
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": None if weights is None else weights.tolist(),
            "from_logits": self._from_logits,
        }
        return config if self._given is None else {**config, "thresholds": self._given}
