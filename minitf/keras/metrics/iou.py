"""Intersection over union of classes, from a confusion matrix."""

import warnings

from minitf.keras import config as settings
from minitf.keras.losses.loss import as_tensor
from minitf.keras.metrics.metric import Metric
from minitf.ops.array import one_hot, reshape, transpose
from minitf.ops.gathering import gather
from minitf.ops.linalg import matmul
from minitf.ops.math import cast, greater, greater_equal, less, logical_and, not_equal
from minitf.ops.reductions import argmax, reduce_sum


class IoU(Metric):
    """The mean of intersection over union of some classes.

    Args:
      num_classes: the number of classes.
      target_class_ids: the classes to take the mean of.
      ignore_class: labels that do not count.
      sparse_y_true, sparse_y_pred: whether labels and predictions are integers; else one-hot or
        probabilities along `axis`.

    Raises:
      ValueError: a class that is none.

    >>> metric = IoU(num_classes=2, target_class_ids=[0])
    >>> metric.update_state([0, 0, 1, 1], [0, 1, 0, 1])
    >>> metric.result().numpy().round(4)
    np.float32(0.3333)
    """

    _direction = "up"

    def __init__(self, num_classes, target_class_ids, name=None, dtype=None, ignore_class=None,
                 sparse_y_true=True, sparse_y_pred=True, axis=-1):  # fmt: skip
        super().__init__(dtype or "int", name)
        if max(target_class_ids) >= num_classes:
            raise ValueError(
                f"Target class id {max(target_class_ids)} is out of range, which is "
                f"[{0}, {num_classes})."
            )
        self.num_classes, self.target_class_ids = num_classes, list(target_class_ids)
        self.ignore_class, self.axis = ignore_class, axis
        self.sparse_y_true, self.sparse_y_pred = sparse_y_true, sparse_y_pred
        self.total_cm = self.add_variable(
            (num_classes, num_classes), "zeros", self.dtype, name="total_confusion_matrix"
        )

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds the batch to the confusion matrix."""
        labels = y_true if self.sparse_y_true else argmax(y_true, self.axis)
        found = y_pred if self.sparse_y_pred else argmax(y_pred, self.axis)
        labels = reshape(as_tensor(labels, self.dtype), [-1])
        found = reshape(as_tensor(found, self.dtype), [-1])
        kept = logical_and(self._is_class(labels), self._is_class(found))
        if self.ignore_class is not None:
            kept = logical_and(kept, not_equal(labels, cast(self.ignore_class, labels.dtype)))
        weight = cast(kept, self.dtype)
        if sample_weight is not None:
            given = str(getattr(sample_weight, "dtype", ""))
            if "float" in given and "int" in self.dtype:
                warnings.warn(
                    "You are passing weight as `float`, but dtype is `int`. This may result in an "
                    "incorrect weight due to type casting Consider using integer weights.",
                    stacklevel=2,
                )
            given = reshape(as_tensor(sample_weight, self.dtype), [-1])
            weight *= given
        rows = one_hot(cast(labels, "int32"), self.num_classes, dtype=self.dtype)
        columns = one_hot(cast(found, "int32"), self.num_classes, dtype=self.dtype)
        self.total_cm.assign_add(matmul(transpose(rows * reshape(weight, [-1, 1])), columns))

    def _is_class(self, x):
        return logical_and(greater_equal(x, 0), less(x, cast(self.num_classes, x.dtype)))

    def result(self):
        matrix = cast(self.total_cm.value, "float32")
        both = reduce_sum(matrix * one_hot(range(self.num_classes), self.num_classes), 0)
        either = reduce_sum(matrix, 0) + reduce_sum(matrix, 1) - both
        both, either = gather(both, self.target_class_ids), gather(either, self.target_class_ids)
        valid = cast(greater(either, 1e-9), "float32")
        shares = both / (either + settings.epsilon()) * valid
        return reduce_sum(shares, self.axis) / (reduce_sum(valid) + settings.epsilon())

    _options = (
        "num_classes", "target_class_ids", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis",
    )  # fmt: skip

    def get_config(self):
        return super().get_config() | {name: getattr(self, name) for name in self._options}


class BinaryIoU(IoU):
    """Intersection over union of the classes 0 and 1, of predictions above a threshold."""

    _options = ("target_class_ids", "threshold")

    def __init__(self, target_class_ids=(0, 1), threshold=0.5, name=None, dtype=None):
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds the batch to the confusion matrix."""
        above = greater_equal(as_tensor(y_pred, "float32"), self.threshold)
        super().update_state(as_tensor(y_true, self.dtype), above, sample_weight)


class MeanIoU(IoU):
    """The mean of intersection over union of all classes.

    >>> metric = MeanIoU(num_classes=2)
    >>> metric.update_state([0, 0, 1, 1], [0, 1, 0, 1])
    >>> metric.result().numpy().round(4)
    np.float32(0.3333)
    """

    _options = ("num_classes", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis")

    def __init__(self, num_classes, name=None, dtype=None, ignore_class=None, sparse_y_true=True,
                 sparse_y_pred=True, axis=-1):  # fmt: skip
        classes = range(num_classes)
        super().__init__(
            num_classes, classes, name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis
        )


class OneHotIoU(IoU):
    """The mean of intersection over union of some classes, labels one-hot."""

    _options = ("num_classes", "target_class_ids", "ignore_class", "sparse_y_pred", "axis")

    def __init__(self, num_classes, target_class_ids, name=None, dtype=None, ignore_class=None,
                 sparse_y_pred=False, axis=-1):  # fmt: skip
        super().__init__(
            num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis
        )


class OneHotMeanIoU(MeanIoU):
    """The mean of intersection over union of all classes, labels one-hot."""

    _options = ("num_classes", "ignore_class", "sparse_y_pred", "axis")

    def __init__(self, num_classes, name=None, dtype=None, ignore_class=None, sparse_y_pred=False,
                 axis=-1):  # fmt: skip
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)
