"""Counts of right and wrong positives and negatives at thresholds, and what is made of them."""

import numpy as np

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config as settings
from minitf.keras.activations import clip
from minitf.keras.losses.loss import to_same_rank
from minitf.keras.metrics.metric import Metric
from minitf.ops.array import argsort, expand_dims, one_hot, ones_like, range, reshape, shape
from minitf.ops.math import cast, ceil, divide_no_nan, greater, greater_equal, maximum
from minitf.ops.reductions import reduce_sum

_NEVER = -1e10  # the score of a class that is not among the top ones


class Counter(Metric):
    """Base class: counts true and false positives and negatives, one of each per threshold.

    A prediction is positive where it exceeds the threshold.
    """

    counts = ()  # which of the four it keeps

    def _set_thresholds(self, thresholds):
        self._thresholds = [float(t) for t in thresholds]
        spread = np.linspace(0.0, 1.0, len(thresholds), dtype="float32")
        # As Keras does it, evenly spread thresholds are found by multiplying, not by comparing:
        # the two differ in the last digit.
        self._even = len(thresholds) > 2 and np.allclose(
            thresholds, spread, atol=settings.epsilon()
        )

    def _add_counts(self, shape):
        """Makes the variables, as attributes of the names of the counts."""
        self._counters = {}
        for name in self.counts:
            self._counters[name] = self.add_variable(shape, "zeros", name=name)
            setattr(self, name, self._counters[name])

    def _exceeds(self, scores):
        """Whether scores exceed the thresholds: shape [thresholds, ...]."""
        axis = [-1] + [1] * scores.shape.rank
        if not self._even:
            thresholds = cast(np.asarray(self._thresholds), scores.dtype)
            return greater(expand_dims(scores, 0), reshape(thresholds, axis))
        last = len(self._thresholds) - 1
        bucket = ceil(clip(scores, 0.0, 1.0) * last) - 1
        if self._thresholds[0] < 0:
            bucket = maximum(bucket, 0.0)
        places = cast(range(len(self._thresholds)), scores.dtype)
        return greater_equal(expand_dims(bucket, 0), reshape(places, axis))

    def _count(self, y_true, y_pred, sample_weight=None, top_k=None, class_id=None,
               per_label=False, label_weights=None):  # fmt: skip
        """Adds a batch to the counts."""
        dtype = self.variables[0].dtype
        y_pred, y_true = to_same_rank(cast(y_pred, dtype), cast(y_true, dtype))
        if sample_weight is not None:
            sample_weight = expand_dims(cast(sample_weight, dtype), -1)
            sample_weight = to_same_rank(y_true, sample_weight, expand_rank_1=False)[1]
        if top_k is not None:
            y_pred = _only_top(y_pred, top_k)
        if class_id is not None:
            if y_pred.shape.rank == 1:
                raise ValueError(
                    "When class_id is provided, y_pred must be a 2D array with shape "
                    f"(num_samples, num_classes), found shape: {tuple(y_pred.shape)}"
                )
            y_true, y_pred = y_true[..., class_id, None], y_pred[..., class_id, None]
        weights = [w for w in (sample_weight, label_weights) if w is not None]
        weight = ones_like(y_pred)
        for factor in weights:
            weight *= cast(factor, dtype)
        if not per_label:
            y_true, y_pred, weight = (reshape(x, [-1]) for x in (y_true, y_pred, weight))
        label = cast(cast(y_true, "bool"), dtype)
        above = cast(self._exceeds(y_pred), dtype)
        positive, negative = label * weight, (1.0 - label) * weight
        found = {
            "true_positives": reduce_sum(above * positive, 1),
            "false_positives": reduce_sum(above * negative, 1),
        }
        found["true_negatives"] = reduce_sum(negative, 0) - found["false_positives"]
        found["false_negatives"] = reduce_sum(positive, 0) - found["true_positives"]
        for count, variable in self._counters.items():
            variable.assign_add(found[count])


def _only_top(scores, k):
    """The `k` largest scores along the last axis; the others become very small."""
    order = argsort(scores, -1, "DESCENDING", stable=True)[..., :k]
    top = reduce_sum(one_hot(order, shape(scores)[-1], dtype=scores.dtype), -2)
    return scores * top + _NEVER * (1 - top)


class _Count(Counter):
    """One of the four counts."""

    def __init__(self, thresholds=None, name=None, dtype=None):
        super().__init__(dtype, name)
        self.init_thresholds = thresholds
        self.thresholds = list_of_thresholds(thresholds, 0.5)
        self._set_thresholds(self.thresholds)
        self.accumulator = self.add_variable((len(self.thresholds),), "zeros", name="accumulator")
        self._counters = {self.counts[0]: self.accumulator}

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds the batch to the count."""
        self._count(y_true, y_pred, sample_weight)

    def result(self):
        counts = convert_to_tensor(self.accumulator)
        return counts[0] if len(self.thresholds) == 1 else counts

    def get_config(self):
        return {**super().get_config(), "thresholds": self.init_thresholds}


def list_of_thresholds(thresholds, default):
    """Thresholds in [0, 1] as a list; a list of `default` if they are None."""
    if thresholds is None:
        return [default]
    thresholds = list(thresholds) if isinstance(thresholds, (list, tuple)) else [thresholds]
    wrong = [t for t in thresholds if t is None or t < 0 or t > 1]
    if wrong:
        raise ValueError(f"Threshold values must be in [0, 1]. Received: {wrong}")
    return thresholds


class TruePositives(_Count):
    """The number of positive labels that are predicted positive.

    >>> count = TruePositives()
    >>> count.update_state([0, 1, 1, 1], [1, 0, 1, 1])
    >>> count.result().numpy()
    np.float32(2.0)
    """

    counts = ("true_positives",)


class TrueNegatives(_Count):
    """The number of negative labels that are predicted negative."""

    counts = ("true_negatives",)


class FalsePositives(_Count):
    """The number of negative labels that are predicted positive."""

    counts = ("false_positives",)


class FalseNegatives(_Count):
    """The number of positive labels that are predicted negative."""

    counts = ("false_negatives",)


class _Share(Counter):
    """True positives, as a share of them and of another count.

    Args:
      thresholds: a number or several in [0, 1]; default 0.5, or none with `top_k`.
      top_k: only the `k` largest predictions of an example can be positive.
      class_id: look at this class only.
    """

    _direction = "up"

    def __init__(self, thresholds=None, top_k=None, class_id=None, name=None, dtype=None):
        super().__init__(dtype, name)
        self.init_thresholds, self.top_k, self.class_id = thresholds, top_k, class_id
        self.thresholds = list_of_thresholds(thresholds, 0.5 if top_k is None else _NEVER)
        self._set_thresholds(self.thresholds)
        self._add_counts((len(self.thresholds),))

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds the batch to the counts."""
        self._count(y_true, y_pred, sample_weight, self.top_k, self.class_id)

    def result(self):
        right, wrong = (counter.value for counter in self._counters.values())
        shares = divide_no_nan(right, right + wrong)
        return shares[0] if len(self.thresholds) == 1 else shares

    def get_config(self):
        return {
            **super().get_config(),
            "thresholds": self.init_thresholds,
            "top_k": self.top_k,
            "class_id": self.class_id,
        }


class Precision(_Share):
    """The share of positive predictions whose label is positive.

    >>> precision = Precision()
    >>> precision.update_state([0, 1, 1, 1], [1, 0, 1, 1])
    >>> precision.result().numpy()
    np.float32(0.6666667)
    """

    counts = ("true_positives", "false_positives")


class Recall(_Share):
    """The share of positive labels that are predicted positive."""

    counts = ("true_positives", "false_negatives")
