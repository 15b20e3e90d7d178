"""Errors of numbers as metrics: means of losses, their root, R², correlations."""

import warnings

from minitf.keras import config as settings
from minitf.keras.losses import classification, regression
from minitf.keras.losses.loss import as_tensor, to_same_rank
from minitf.keras.losses.regression import converted
from minitf.keras.metrics.metric import Metric
from minitf.keras.metrics.reductions import Mean, MeanMetricWrapper
from minitf.ops.array import expand_dims, ones_like, size, zeros_like
from minitf.ops.gathering import where
from minitf.ops.math import cast, is_inf, sqrt, square
from minitf.ops.reductions import reduce_mean, reduce_std, reduce_sum, reduce_variance


def cosine_similarity(y_true, y_pred, axis=-1):
    """The cosine of the angle between the vectors along `axis`: 1 is the same direction."""
    return -regression.cosine_similarity(y_true, y_pred, axis)


def pearson_correlation(y_true, y_pred, axis=-1):
    """The correlation of labels and predictions along `axis`.

    >>> pearson_correlation([[0.0, 1.0, 0.5]], [[0.0, 2.0, 1.0]]).numpy().round(4)
    array([1.], dtype=float32)
    """
    y_true, y_pred = to_same_rank(*converted(y_true, y_pred))
    return reduce_mean(_standard(y_true, axis) * _standard(y_pred, axis), axis)


def _standard(x, axis):
    """`x` shifted and scaled to mean 0 and standard deviation 1."""
    x = x - reduce_mean(x, axis, keepdims=True)
    return x / reduce_std(x, axis, keepdims=True)


def concordance_correlation(y_true, y_pred, axis=-1):
    """The agreement of labels and predictions along `axis` (Lin, 1989), as Keras computes it."""
    y_true, y_pred = to_same_rank(*converted(y_true, y_pred))
    true_mean = reduce_mean(y_true, axis, keepdims=True)
    mean = reduce_mean(y_pred, axis, keepdims=True)
    spread = reduce_variance(y_true - true_mean, axis, keepdims=True)
    spread += reduce_variance(y_pred - mean, axis, keepdims=True)
    # Keras takes the mean of the predictions from the labels, too.
    covariance = (y_true - mean) * (y_pred - mean)
    norm = spread + square(true_mean - mean) + settings.epsilon()
    return reduce_mean(2 * covariance / norm, axis)


class MeanSquaredError(MeanMetricWrapper):
    """The mean of the squares of errors."""

    _direction = "down"

    def __init__(self, name="mean_squared_error", dtype=None):
        super().__init__(regression.mean_squared_error, name, dtype)


class MeanAbsoluteError(MeanMetricWrapper):
    """The mean of the sizes of errors."""

    _direction = "down"

    def __init__(self, name="mean_absolute_error", dtype=None):
        super().__init__(regression.mean_absolute_error, name, dtype)


class MeanAbsolutePercentageError(MeanMetricWrapper):
    """The mean of the sizes of errors, in percent of the labels."""

    _direction = "down"

    def __init__(self, name="mean_absolute_percentage_error", dtype=None):
        super().__init__(regression.mean_absolute_percentage_error, name, dtype)


class MeanSquaredLogarithmicError(MeanMetricWrapper):
    """The mean of the squares of the errors of log(1 + y)."""

    _direction = "down"

    def __init__(self, name="mean_squared_logarithmic_error", dtype=None):
        super().__init__(regression.mean_squared_logarithmic_error, name, dtype)


class LogCoshError(MeanMetricWrapper):
    """The mean of log(cosh(error))."""

    _direction = "down"

    def __init__(self, name="logcosh", dtype=None):
        super().__init__(regression.log_cosh, name, dtype)


class CosineSimilarity(MeanMetricWrapper):
    """The mean cosine of the angle between labels and predictions."""

    hidden = ("axis",)
    _direction = "up"

    def __init__(self, name="cosine_similarity", dtype=None, axis=-1):
        super().__init__(cosine_similarity, name, dtype, axis=axis)
        self.axis = axis


class PearsonCorrelation(MeanMetricWrapper):
    """The mean correlation of labels and predictions."""

    _direction = "up"

    def __init__(self, name="pearson_correlation", dtype=None, axis=-1):
        super().__init__(pearson_correlation, name, dtype, axis=axis)
        self.axis = axis


class ConcordanceCorrelation(MeanMetricWrapper):
    """The mean agreement of labels and predictions."""

    _direction = "up"

    def __init__(self, name="concordance_correlation", dtype=None, axis=-1):
        super().__init__(concordance_correlation, name, dtype, axis=axis)
        self.axis = axis


class Hinge(MeanMetricWrapper):
    """The mean of max(1 - y_true * y_pred, 0)."""

    _direction = "down"

    def __init__(self, name="hinge", dtype=None):
        super().__init__(regression.hinge, name, dtype)


class SquaredHinge(MeanMetricWrapper):
    """The mean of max(1 - y_true * y_pred, 0)²."""

    _direction = "down"

    def __init__(self, name="squared_hinge", dtype=None):
        super().__init__(regression.squared_hinge, name, dtype)


class CategoricalHinge(MeanMetricWrapper):
    """The mean of max(best wrong score - right score + 1, 0)."""

    _direction = "down"

    def __init__(self, name="categorical_hinge", dtype=None):
        super().__init__(regression.categorical_hinge, name, dtype)


class KLDivergence(MeanMetricWrapper):
    """The mean of the sum of y_true * log(y_true / y_pred)."""

    _direction = "down"

    def __init__(self, name="kl_divergence", dtype=None):
        super().__init__(regression.kl_divergence, name, dtype)


class Poisson(MeanMetricWrapper):
    """The mean of y_pred - y_true * log(y_pred)."""

    _direction = "down"

    def __init__(self, name="poisson", dtype=None):
        super().__init__(regression.poisson, name, dtype)


class BinaryCrossentropy(MeanMetricWrapper):
    """The mean of -log of the probability of the labels 0 and 1."""

    _direction = "down"

    def __init__(
        self, name="binary_crossentropy", dtype=None, from_logits=False, label_smoothing=0
    ):
        super().__init__(
            classification.binary_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )
        self.from_logits, self.label_smoothing = from_logits, label_smoothing


class CategoricalCrossentropy(MeanMetricWrapper):
    """The mean of -log of the probability of the class, labels one-hot."""

    _direction = "down"

    def __init__(
        self,
        name="categorical_crossentropy",
        dtype=None,
        from_logits=False,
        label_smoothing=0,
        axis=-1,
    ):
        super().__init__(
            classification.categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
        self.from_logits, self.label_smoothing, self.axis = from_logits, label_smoothing, axis


class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """The mean of -log of the probability of the class, labels integers."""

    _direction = "down"

    def __init__(
        self,
        name="sparse_categorical_crossentropy",
        dtype=None,
        from_logits=False,
        ignore_class=None,
        axis=-1,
    ):
        super().__init__(
            classification.sparse_categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )
        self.from_logits, self.ignore_class, self.axis = from_logits, ignore_class, axis


class RootMeanSquaredError(Mean):
    """The root of the mean of the squares of errors.

    >>> metric = RootMeanSquaredError()
    >>> metric.update_state([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]])
    >>> metric.result().numpy()
    np.float32(0.5)
    """

    _direction = "down"

    def __init__(self, name="root_mean_squared_error", dtype=None):
        super().__init__(name, dtype)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Takes a batch into the mean."""
        y_true, y_pred = to_same_rank(as_tensor(y_true, self.dtype), as_tensor(y_pred, self.dtype))
        super().update_state(square(y_pred - y_true), sample_weight)

    def result(self):
        return sqrt(super().result())


class R2Score(Metric):
    """The share of the labels' variance that the predictions explain: 1 is perfect.

    Args:
      class_aggregation: over several outputs, `"uniform_average"`, `"variance_weighted_average"`,
        or None: one score each.
      num_regressors: the number of inputs, for the adjusted score.

    Raises:
      ValueError: an unknown aggregation, or inputs that are no matrices.

    >>> metric = R2Score()
    >>> metric.update_state([[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]])
    >>> metric.result().numpy()
    np.float32(0.57142854)
    """

    _direction = "up"

    def __init__(self, class_aggregation="uniform_average", num_regressors=0, name="r2_score",
                 dtype=None):  # fmt: skip
        super().__init__(dtype, name)
        allowed = (None, "uniform_average", "variance_weighted_average")
        if class_aggregation not in allowed:
            raise ValueError(
                "Invalid value for argument `class_aggregation`. Expected one of "
                f"{allowed}. Received: class_aggregation={class_aggregation}"
            )
        if num_regressors < 0:
            raise ValueError(
                "Invalid value for argument `num_regressors`. Expected a value >= 0. "
                f"Received: num_regressors={num_regressors}"
            )
        self.class_aggregation, self.num_regressors = class_aggregation, num_regressors
        self.num_samples = self.add_weight(initializer="zeros", name="num_samples")
        self._built = False

    def _build(self, y_true_shape, y_pred_shape):
        shapes = (
            f"Received input shapes: y_pred.shape={y_pred_shape} and y_true.shape={y_true_shape}."
        )
        expected = "R2Score expects 2D inputs with shape (batch_size, output_dim)"
        if len(y_pred_shape) != 2 or len(y_true_shape) != 2:
            raise ValueError(f"{expected}. {shapes}")
        if y_pred_shape[-1] is None or y_true_shape[-1] is None:
            raise ValueError(f"{expected}, with output_dim fully defined (not None). {shapes}")
        outputs = [y_pred_shape[-1]]
        self.squared_sum = self.add_variable(outputs, "zeros", name="squared_sum")
        self.sum = self.add_variable(outputs, "zeros", name="sum")
        self.total_mse = self.add_variable(outputs, "zeros", name="residual")
        self.count = self.add_variable(outputs, "zeros", name="count")
        self._built = True

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Takes a batch into the sums."""
        y_true, y_pred = to_same_rank(as_tensor(y_true, self.dtype), as_tensor(y_pred, self.dtype))
        if not self._built:
            self._build(tuple(y_true.shape), tuple(y_pred.shape))
        weight = as_tensor(1 if sample_weight is None else sample_weight, self.dtype)
        if weight.shape.rank == 1:
            weight = expand_dims(weight, 1)
        weight = weight * ones_like(y_true)
        self.sum.assign_add(reduce_sum(y_true * weight, 0))
        self.squared_sum.assign_add(reduce_sum(y_true * y_true * weight, 0))
        self.total_mse.assign_add(reduce_sum(square(y_true - y_pred) * weight, 0))
        self.count.assign_add(reduce_sum(weight, 0))
        self.num_samples.assign_add(cast(size(y_true), self.num_samples.dtype))

    def result(self):
        total = self.squared_sum - self.sum * (self.sum / self.count)
        scores = 1 - self.total_mse / total
        scores = where(is_inf(scores), zeros_like(scores), scores)
        if self.class_aggregation == "uniform_average":
            scores = reduce_mean(scores)
        elif self.class_aggregation == "variance_weighted_average":
            scores = reduce_sum(total * scores) / reduce_sum(total)
        return self._adjusted(scores) if self.num_regressors else scores

    def _adjusted(self, scores):
        free = int(self.num_samples) - 1 - self.num_regressors
        if free > 0:
            return 1.0 - (1.0 - scores) * (free + self.num_regressors) / free
        what = "Division by zero in Adjusted" if free == 0 else (
            "More independent predictors than datapoints in adjusted"
        )  # fmt: skip
        warnings.warn(f"{what} R2 score. Falling back to standard R2 score.", stacklevel=3)
        return scores

    def get_config(self):
        return {
            **super().get_config(),
            "class_aggregation": self.class_aggregation,
            "num_regressors": self.num_regressors,
        }
