"""What the metrics of TF 1.x share: local variables, and labels that match predictions."""

from minitf import dtypes
from minitf.compat.v1.variables import VariableV1
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.ops.array import squeeze, zeros
from minitf.ops.math import cast, logical_and, logical_not


def local_variable(shape, name, dtype=dtypes.float32):
    """A variable that is neither trained nor saved."""
    kept = ["local_variables", "metric_variables"]
    return VariableV1(lambda: zeros(shape, dtype), False, kept, name=name)


def finish(value, update, metrics_collections, updates_collections):
    """(value, update), put into the collections."""
    if metrics_collections:
        stack.frame.add_to_collections(metrics_collections, value)
    if updates_collections:
        stack.frame.add_to_collections(updates_collections, update)
    return value, update


def matched(labels, predictions, weights):
    """Without an axis of size 1 that only one of them has at its end."""
    predictions, labels = convert_to_tensor(predictions), convert_to_tensor(labels)
    if None not in (predictions.shape.rank, labels.shape.rank):
        if predictions.shape.rank == labels.shape.rank + 1 and predictions.shape[-1] == 1:
            predictions = squeeze(predictions, [-1])
        elif labels.shape.rank == predictions.shape.rank + 1 and labels.shape[-1] == 1:
            labels = squeeze(labels, [-1])
    if weights is not None:
        weights = convert_to_tensor(weights)
        if (weights.shape.rank or 0) > (predictions.shape.rank or 0):
            weights = squeeze(weights, [-1])
    return labels, predictions, weights


def agree(labels, label, predictions, prediction):
    """Where a label is `label` and its prediction is `prediction`, of True and False."""
    labels, predictions = cast(labels, dtypes.bool), cast(predictions, dtypes.bool)
    return logical_and(labels if label else logical_not(labels),
                       predictions if prediction else logical_not(predictions))  # fmt: skip
