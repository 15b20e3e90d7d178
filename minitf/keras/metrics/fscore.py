"""F scores: a mean of precision and recall, per class or over classes."""

from minitf.keras import config as settings
from minitf.keras.losses.loss import as_tensor
from minitf.keras.metrics.metric import Metric
from minitf.ops.array import expand_dims
from minitf.ops.math import abs, cast, greater, greater_equal, logical_and
from minitf.ops.reductions import reduce_max, reduce_mean, reduce_sum


class FBetaScore(Metric):
    """`(1 + beta²) * precision * recall / (beta² * precision + recall)`, labels one-hot.

    Args:
      average: None (one score per class), `"micro"` (over all decisions), `"macro"` (the mean over
        classes) or `"weighted"` (by the number of labels of each class).
      beta: how many times more recall counts than precision.
      threshold: what exceeds it is positive; None: the largest of each row.

    Raises:
      ValueError: an argument out of range, or inputs that are no matrices.

    >>> score = FBetaScore(beta=2.0, threshold=0.5)
    >>> score.update_state([[1, 1, 1], [1, 0, 0], [1, 1, 0]],
    ...                    [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]])
    >>> score.result().numpy().round(4)
    array([0.3846, 0.9091, 0.8333], dtype=float32)
    """

    _direction = "up"
    counts = ("true_positives", "false_positives", "false_negatives", "intermediate_weights")

    def __init__(self, average=None, beta=1.0, threshold=None, name="fbeta_score", dtype=None):
        super().__init__(dtype, name)
        _check(average, beta, threshold)
        self.average, self.beta, self.threshold = average, beta, threshold
        self.axis = None if average == "micro" else 0
        self._built = False

    def _build(self, y_true_shape, y_pred_shape):
        shapes = (
            f"Received input shapes: y_pred.shape={y_pred_shape} and y_true.shape={y_true_shape}."
        )
        expected = "FBetaScore expects 2D inputs with shape (batch_size, output_dim)"
        if len(y_pred_shape) != 2 or len(y_true_shape) != 2:
            raise ValueError(f"{expected}. {shapes}")
        if y_pred_shape[-1] is None or y_true_shape[-1] is None:
            raise ValueError(f"{expected}, with output_dim fully defined (not None). {shapes}")
        size = () if self.average == "micro" else (y_pred_shape[-1],)
        for name in self.counts:
            setattr(self, name, self.add_variable(size, "zeros", self.dtype, name=name))
        self._built = True

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds the batch to the counts."""
        y_true, y_pred = as_tensor(y_true, self.dtype), as_tensor(y_pred, self.dtype)
        if not self._built:
            self._build(tuple(y_true.shape), tuple(y_pred.shape))
        if self.threshold is None:
            largest = greater_equal(y_pred, reduce_max(y_pred, -1, keepdims=True))
            chosen = logical_and(largest, greater(abs(y_pred), 1e-9))
        else:
            chosen = greater(y_pred, self.threshold)
        chosen = cast(chosen, self.dtype)
        weight = 1.0
        if sample_weight is not None:
            weight = expand_dims(as_tensor(sample_weight, self.dtype), 1)
        found = (chosen * y_true, chosen * (1 - y_true), (1 - chosen) * y_true, y_true)
        for name, values in zip(self.counts, found, strict=True):
            getattr(self, name).assign_add(reduce_sum(values * weight, self.axis))

    def result(self):
        tiny = settings.epsilon()
        right, wrong = self.true_positives.value, self.false_positives.value
        precision = right / (right + wrong + tiny)
        recall = right / (right + self.false_negatives.value + tiny)
        squared = self.beta**2
        scores = precision * recall / (squared * precision + recall + tiny) * (1 + squared)
        if self.average == "weighted":
            weights = self.intermediate_weights.value
            return reduce_sum(scores * (weights / (reduce_sum(weights) + tiny)))
        return scores if self.average is None else reduce_mean(scores)

    def get_config(self):
        return {
            **super().get_config(),
            "average": self.average,
            "beta": self.beta,
            "threshold": self.threshold,
        }


def _check(average, beta, threshold):
    """Raises `ValueError` for an argument out of range."""
    if average not in (None, "micro", "macro", "weighted"):
        raise ValueError(
            "Invalid `average` argument value. Expected one of: {None, 'micro', 'macro', "
            f"'weighted'}}. Received: average={average}"
        )
    if not isinstance(beta, float):
        raise ValueError(
            "Invalid `beta` argument value. It should be a Python float. "
            f"Received: beta={beta} of type '{type(beta)}'"
        )
    if beta <= 0.0:
        raise ValueError(f"Invalid `beta` argument value. It should be > 0. Received: beta={beta}")
    if threshold is None:
        return
    if not isinstance(threshold, float):
        raise ValueError(
            "Invalid `threshold` argument value. It should be a Python float. "
            f"Received: threshold={threshold} of type '{type(threshold)}'"
        )
    if threshold > 1.0 or threshold <= 0.0:
        raise ValueError(
            "Invalid `threshold` argument value. It should verify 0 < threshold <= 1. "
            f"Received: threshold={threshold}"
        )


class F1Score(FBetaScore):
    """The F score with beta = 1: the harmonic mean of precision and recall."""

    def __init__(self, average=None, threshold=None, name="f1_score", dtype=None):
        super().__init__(average, 1.0, threshold, name, dtype)

    def get_config(self):
        config = super().get_config()
        del config["beta"]
        return config
