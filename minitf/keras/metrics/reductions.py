"""Sums and means over all batches, of numbers and of functions of labels and predictions."""

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import losses, serialization
from minitf.keras.losses.loss import as_tensor, to_same_rank
from minitf.keras.metrics.metric import Metric
from minitf.ops.array import broadcast_to, reshape, shape
from minitf.ops.math import cast, divide_no_nan
from minitf.ops.reductions import reduce_mean, reduce_sum


def per_sample(values, sample_weight, reduce, dtype):
    """Reduces values to one per example, times its weight; returns both."""
    mask = getattr(values, "_keras_mask", None)
    values = cast(values, dtype)
    if sample_weight is not None:
        weight = masked_weight(as_tensor(sample_weight, dtype), mask, dtype)
        values, weight = to_same_rank(values, weight)
        ranks = weight.shape.rank, values.shape.rank
        if None not in ranks and ranks[1] > ranks[0]:
            values = reduce(values, list(range(*ranks)))
        weight = broadcast_to(weight, shape(values))
        weight.set_shape(values.shape)  # in a function, the line above loses it
        values = values * weight
        sample_weight = _over_examples(weight, reduce)
    return _over_examples(values, reduce), sample_weight


def _over_examples(values, reduce):
    rank = values.shape.rank
    if rank is None:
        return reduce(reshape(values, [shape(values)[0], -1]), 1)
    return reduce(values, list(range(1, rank))) if rank > 1 else values


def masked_weight(sample_weight, mask, dtype):
    """The weights, 0 where the mask is not set; None if there is neither."""
    if mask is None:
        return sample_weight
    mask = cast(mask, dtype)
    if sample_weight is None:
        return mask
    mask, weight = to_same_rank(mask, as_tensor(sample_weight, dtype))
    return weight * mask


class Sum(Metric):
    """The sum of all values, each times its weight.

    >>> total = Sum()
    >>> total.update_state([1, 3])
    >>> total.result().numpy()
    np.float32(4.0)
    """

    def __init__(self, name="sum", dtype=None):
        super().__init__(dtype, name)
        self.total = self.add_weight(initializer="zeros", dtype=self.dtype, name="total")

    def update_state(self, values, sample_weight=None):
        values, _ = per_sample(values, sample_weight, reduce_sum, self.dtype)
        self.total.assign_add(reduce_sum(values))

    def result(self):
        return cast(convert_to_tensor(self.total), self.dtype)


class Mean(Metric):
    """The mean of all values, each times its weight; 0 of none.

    >>> mean = Mean()
    >>> mean.update_state([1, 3, 5, 7], sample_weight=[1, 1, 0, 0])
    >>> mean.result().numpy()
    np.float32(2.0)
    """

    def __init__(self, name="mean", dtype=None):
        super().__init__(dtype, name)
        self.total = self.add_weight(initializer="zeros", dtype=self.dtype, name="total")
        self.count = self.add_weight(initializer="zeros", dtype=self.dtype, name="count")

    def update_state(self, values, sample_weight=None):
        values, weight = per_sample(values, sample_weight, reduce_mean, self.dtype)
        self.total.assign_add(reduce_sum(values))
        if weight is not None:
            count = reduce_sum(weight)
        else:
            count = shape(values)[0] if values.shape.rank != 0 else 1
        self.count.assign_add(cast(count, self.dtype))

    def result(self):
        return divide_no_nan(self.total.value, self.count.value)


class MeanMetricWrapper(Mean):
    """The mean of a function `fn(y_true, y_pred, **kwargs)` over all examples."""

    hidden = ()  # arguments that Keras leaves out of the config

    def __init__(self, fn, name=None, dtype=None, **kwargs):
        super().__init__(name, dtype)
        self._fn, self._fn_kwargs = fn, kwargs
        if losses.is_built_in(fn):
            self._direction = "down"

    def update_state(self, y_true, y_pred, sample_weight=None):
        mask = getattr(y_pred, "_keras_mask", None)
        values = self._fn(y_true, y_pred, **self._fn_kwargs)
        super().update_state(values, masked_weight(sample_weight, mask, self.dtype))

    def get_config(self):
        config = super().get_config()
        if type(self) is MeanMetricWrapper:
            config["fn"] = serialization.serialize_keras_object(self._fn)
        shown = {key: v for key, v in self._fn_kwargs.items() if key not in self.hidden}
        return config | serialization.serialize_dict(shown)

    @classmethod
    def from_config(cls, config):
        if "fn" in config:
            config = serialization.deserialize_keras_object(config)
        return cls(**config)
