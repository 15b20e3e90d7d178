"""The base class of losses: from the loss of each example to one number, by weight and mask."""

from minitf import nest
from minitf.core.dispatch import convert_to_tensor
from minitf.core.tensor import Tensor
from minitf.keras import config as settings
from minitf.keras.naming import auto_name
from minitf.ops.array import expand_dims, size, squeeze, zeros_like
from minitf.ops.gathering import where
from minitf.ops.math import cast, divide_no_nan, logical_and
from minitf.ops.reductions import reduce_sum

MEAN = "sum_over_batch_size"
_REDUCTIONS = {MEAN, "mean", "mean_with_sample_weight", "sum", "none", None}


class Loss:
    """Base class: a subclass has `call(y_true, y_pred)`, which returns one number per example.

    Args:
      name: default: from the name of the class.
      reduction: `"sum_over_batch_size"` or `"mean"` (the default), `"sum"`, `"none"` (or None), or
        `"mean_with_sample_weight"`, which divides by the sum of the weights.
      dtype: the dtype to compute in, default `keras.config.floatx()`.

    Raises:
      ValueError: an unknown reduction.
    """

    def __init__(self, name=None, reduction=MEAN, dtype=None):
        self.name = name or auto_name(type(self).__name__)
        self.reduction = standardize_reduction(reduction)
        self._dtype = settings.standardize_dtype(getattr(dtype, "compute_dtype", dtype))

    @property
    def dtype(self):
        return self._dtype

    def __call__(self, y_true, y_pred, sample_weight=None):
        mask = getattr(y_pred, "_keras_mask", None)
        y_true, y_pred = nest.map_structure(self._convert, (y_true, y_pred))
        losses = self.call(y_true, y_pred)
        out_mask = getattr(losses, "_keras_mask", None)
        if mask is None:
            mask = out_mask
        elif out_mask is not None:
            mask = logical_and(mask, out_mask)
        return reduce_weighted_values(losses, sample_weight, mask, self.reduction, self.dtype)

    def _convert(self, x):
        return x if x is None else as_tensor(x, self.dtype)

    def call(self, y_true, y_pred):
        """The loss of each example."""
        raise NotImplementedError(f"{type(self).__name__} does not implement `call`.")

    def get_config(self):
        """The arguments of the constructor."""
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    def from_config(cls, config):
        """A loss with the arguments that `get_config` returned."""
        return cls(**config)


def as_tensor(x, dtype=None):
    """`x` as a tensor, cast to `dtype`; the same object if it is one already."""
    if isinstance(x, Tensor) and (dtype is None or x.dtype.name == dtype):
        return x
    return convert_to_tensor(x) if dtype is None else cast(x, dtype)


def standardize_reduction(reduction):
    """`reduction`, if it is one."""
    if reduction not in _REDUCTIONS:
        raise ValueError(
            f"Invalid value for argument `reduction`. Expected one of {_REDUCTIONS}. "
            f"Received: reduction={reduction}"
        )
    return reduction


def to_same_rank(x1, x2, expand_rank_1=True):
    """Brings two tensors to one rank, if one has a last axis of size 1 more than the other.

    A vector beside a matrix [n, 1] becomes one; otherwise the axis is dropped.

    >>> import minitf as tf
    >>> [x.shape.as_list() for x in to_same_rank(tf.zeros([3]), tf.zeros([3, 1]))]
    [[3, 1], [3, 1]]
    """
    rank1, rank2 = x1.shape.rank, x2.shape.rank
    if rank1 is None or rank2 is None or rank1 == rank2:
        return x1, x2
    if rank1 < rank2:
        x2, x1 = to_same_rank(x2, x1, expand_rank_1)
        return x1, x2
    if rank1 == rank2 + 1 and x1.shape[-1] == 1:
        if rank2 == 1 and expand_rank_1:
            return x1, expand_dims(x2, -1)
        return squeeze(x1, [-1]), x2
    return x1, x2


def reduce_values(values, sample_weight=None, reduction=MEAN):
    """One number from the losses of all examples."""
    if reduction in (None, "none") or values.shape.rank == 0 or values.shape == [0]:
        return values
    total = reduce_sum(values)
    if reduction == "sum":
        return total
    if reduction == "mean_with_sample_weight" and sample_weight is not None:
        return divide_no_nan(total, cast(reduce_sum(sample_weight), total.dtype))
    return divide_no_nan(total, cast(size(values), total.dtype))


def reduce_weighted_values(values, sample_weight=None, mask=None, reduction=MEAN, dtype=None):
    """One number from the losses of all examples, each times its weight, none where masked.

    Masked examples do not count for the mean.
    """
    standardize_reduction(reduction)
    values = as_tensor(values, dtype)
    weight = None if sample_weight is None else as_tensor(sample_weight, values.dtype.name)
    if mask is not None:
        mask = _mask_weight(mask, values.dtype, reduction)
        if weight is not None:
            mask, weight = to_same_rank(mask, weight)
            mask = weight * mask
        weight = mask
    if weight is not None:
        values, weight = to_same_rank(values, weight)
        values = values * weight
    return reduce_values(values, weight, reduction)


def _mask_weight(mask, dtype, reduction):
    """1 where the mask is set; for a mean more, such that the masked examples do not count."""
    keep = cast(mask, dtype)
    if reduction not in ("mean", MEAN):
        return keep
    weight = divide_no_nan(cast(size(keep), dtype), reduce_sum(keep))
    return where(cast(keep, "bool"), weight + zeros_like(keep), zeros_like(keep))


class Reduction:
    """The names of reductions, as older programs write them."""

    AUTO = "auto"
    NONE = "none"
    SUM = "sum"
    SUM_OVER_BATCH_SIZE = MEAN

    @classmethod
    def all(cls):
        """All of them."""
        return (cls.AUTO, cls.NONE, cls.SUM, cls.SUM_OVER_BATCH_SIZE)

    @classmethod
    def validate(cls, key):
        """Raises `ValueError` if `key` is not one of them."""
        if key not in cls.all():
            raise ValueError(f'Invalid Reduction Key: {key}. Expected keys are "{cls.all()}"')
