"""Rates over all thresholds: the area under curves, the best of one rate where another is large."""

from minitf.keras.metrics.confusion import Counter
from minitf.ops.array import zeros_like
from minitf.ops.gathering import where
from minitf.ops.math import divide_no_nan, greater_equal
from minitf.ops.reductions import reduce_max


class _BestRate(Counter):
    """The best of one rate at those thresholds where another one is large enough."""

    _direction = "up"
    counts = ("true_positives", "false_positives", "true_negatives", "false_negatives")

    def __init__(self, value, num_thresholds=200, class_id=None, name=None, dtype=None):
        super().__init__(dtype, name)
        if num_thresholds <= 0:
            raise ValueError(
                "Argument `num_thresholds` must be an integer > 0. "
                f"Received: num_thresholds={num_thresholds}"
            )
        self.value, self.num_thresholds, self.class_id = value, num_thresholds, class_id
        last = num_thresholds - 1
        self.thresholds = [i / last for i in range(num_thresholds)] if last else [0.5]
        self._set_thresholds(self.thresholds)
        self._add_counts((num_thresholds,))

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds the batch to the counts."""
        self._count(y_true, y_pred, sample_weight, class_id=self.class_id)

    def _best(self, rate, where_large):
        rates = where(greater_equal(where_large, self.value), rate, zeros_like(rate))
        return reduce_max(rates)

    def _rate(self, part, other):
        part, other = getattr(self, part).value, getattr(self, other).value
        return divide_no_nan(part, part + other)

    _precision = property(lambda self: self._rate("true_positives", "false_positives"))
    _recall = property(lambda self: self._rate("true_positives", "false_negatives"))
    _specificity = property(lambda self: self._rate("true_negatives", "false_positives"))

    def _config(self, name):
        return {
            **super().get_config(),
            "class_id": self.class_id,
            "num_thresholds": self.num_thresholds,
            name: self.value,
        }


def _check_rate(name, value):
    if value < 0 or value > 1:
        raise ValueError(f"Argument `{name}` must be in the range [0, 1]. Received: {name}={value}")
    return value


class SensitivityAtSpecificity(_BestRate):
    """The best sensitivity (recall) at thresholds where the specificity is at least a value.

    >>> metric = SensitivityAtSpecificity(0.5)
    >>> metric.update_state([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    >>> metric.result().numpy()
    np.float32(0.5)
    """

    def __init__(self, specificity, num_thresholds=200, class_id=None, name=None, dtype=None):
        self.specificity = _check_rate("specificity", specificity)
        super().__init__(specificity, num_thresholds, class_id, name, dtype)

    def result(self):
        return self._best(self._recall, self._specificity)

    def get_config(self):
        return self._config("specificity")


class SpecificityAtSensitivity(_BestRate):
    """The best specificity at thresholds where the sensitivity (recall) is at least a value."""

    def __init__(self, sensitivity, num_thresholds=200, class_id=None, name=None, dtype=None):
        self.sensitivity = _check_rate("sensitivity", sensitivity)
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)

    def result(self):
        return self._best(self._specificity, self._recall)

    def get_config(self):
        return self._config("sensitivity")


class PrecisionAtRecall(_BestRate):
    """The best precision at thresholds where the recall is at least a value."""

    def __init__(self, recall, num_thresholds=200, class_id=None, name=None, dtype=None):
        self.recall = _check_rate("recall", recall)
        super().__init__(recall, num_thresholds, class_id, name, dtype)

    def result(self):
        return self._best(self._precision, self._recall)

    def get_config(self):
        return self._config("recall")


class RecallAtPrecision(_BestRate):
    """The best recall at thresholds where the precision is at least a value."""

    def __init__(self, precision, num_thresholds=200, class_id=None, name=None, dtype=None):
        self.precision = _check_rate("precision", precision)
        super().__init__(precision, num_thresholds, class_id, name, dtype)

    def result(self):
        return self._best(self._recall, self._precision)

    def get_config(self):
        return self._config("precision")
