"""`tf.losses` of TF 1.x: weighted means of errors, kept in the collection "losses"."""

from minitf import dtypes
from minitf.compat.v1 import nn
from minitf.compat.v1.graphs import get_default_graph
from minitf.compat.v1.ops import either
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.ops.array import ones_like, squeeze
from minitf.ops.math import (
    abs,
    add_n,
    cast,
    divide_no_nan,
    log,
    maximum,
    minimum,
    not_equal,
    square,
)
from minitf.ops.reductions import reduce_sum


class Reduction:
    """How the weighted losses of the elements become one number, or stay many."""

    NONE = "none"
    SUM = "weighted_sum"
    SUM_OVER_BATCH_SIZE = "weighted_sum_over_batch_size"
    MEAN = "weighted_mean"
    SUM_OVER_NONZERO_WEIGHTS = SUM_BY_NONZERO_WEIGHTS = "weighted_sum_by_nonzero_weights"

    @classmethod
    def all(cls):
        return (cls.NONE, cls.SUM, cls.MEAN, cls.SUM_OVER_BATCH_SIZE,
                cls.SUM_OVER_NONZERO_WEIGHTS, cls.SUM_BY_NONZERO_WEIGHTS)  # fmt: skip

    @classmethod
    def validate(cls, key):
        if key not in cls.all():
            raise ValueError(f"Invalid Reduction Key {key}.")


_BY_WEIGHTS = Reduction.SUM_BY_NONZERO_WEIGHTS


def compute_weighted_loss(losses, weights=1.0, scope=None, loss_collection="losses",
                          reduction=_BY_WEIGHTS):  # fmt: skip
    """`losses * weights`, reduced; by default over the number of weights that are not zero.

    Raises:
      ValueError: `weights` does not broadcast to `losses`, or `reduction` is unknown.
    """
    Reduction.validate(reduction)
    with stack.frame.name_scope(scope or "weighted_loss"):
        losses = convert_to_tensor(losses)
        dtype = losses.dtype
        losses, weights = cast(losses, dtypes.float32), cast(weights, dtypes.float32)
        _check_weights(weights, losses)
        weighted = losses * weights
        if reduction == Reduction.NONE:
            loss = weighted
        else:
            loss = reduce_sum(weighted)
            if reduction == Reduction.MEAN:
                loss = divide_no_nan(loss, reduce_sum(ones_like(losses) * weights), "value")
            elif reduction == _BY_WEIGHTS:
                present = cast(not_equal(weights, 0.0), dtypes.float32)
                loss = divide_no_nan(loss, reduce_sum(ones_like(losses) * present), "value")
            elif reduction == Reduction.SUM_OVER_BATCH_SIZE:
                loss = divide_no_nan(loss, reduce_sum(ones_like(losses)))
        loss = cast(loss, dtype)
        add_loss(loss, loss_collection)
        return loss


def _check_weights(weights, losses):
    if weights.shape.rank in (None, 0) or losses.shape.rank is None:
        return
    fits = weights.shape.rank == losses.shape.rank and all(
        w in (1, None) or v is None or w == v for w, v in zip(weights.shape, losses.shape)
    )
    if not fits:
        raise ValueError(
            f"weights can not be broadcast to values. values.rank={losses.shape.rank}. "
            f"weights.rank={weights.shape.rank}. values.shape={losses.shape}. "
            f"weights.shape={weights.shape}."
        )


def _pair(labels, predictions):
    """Both as float32 tensors of one shape."""
    if labels is None:
        raise ValueError("Argument `labels` must not be None.")
    if predictions is None:
        raise ValueError("Argument `predictions` must not be None.")
    predictions, labels = cast(predictions, dtypes.float32), cast(labels, dtypes.float32)
    predictions.shape.assert_is_compatible_with(labels.shape)
    return labels, predictions


def absolute_difference(labels, predictions, weights=1.0, scope=None, loss_collection="losses",
                        reduction=_BY_WEIGHTS):  # fmt: skip
    """The mean of |predictions - labels|."""
    with stack.frame.name_scope(scope or "absolute_difference") as scope:
        labels, predictions = _pair(labels, predictions)
        losses = abs(predictions - labels)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def mean_squared_error(labels, predictions, weights=1.0, scope=None, loss_collection="losses",
                       reduction=_BY_WEIGHTS):  # fmt: skip
    """The mean of (predictions - labels)²."""
    with stack.frame.name_scope(scope or "mean_squared_error") as scope:
        labels, predictions = _pair(labels, predictions)
        losses = square(predictions - labels)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def huber_loss(labels, predictions, weights=1.0, delta=1.0, scope=None, loss_collection="losses",
               reduction=_BY_WEIGHTS):  # fmt: skip
    """Half the squared error up to an error of `delta`, linear from there on."""
    with stack.frame.name_scope(scope or "huber_loss") as scope:
        labels, predictions = _pair(labels, predictions)
        error = abs(predictions - labels)
        near = minimum(error, delta)
        losses = 0.5 * near * near + delta * (error - near)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def log_loss(labels, predictions, weights=1.0, epsilon=1e-7, scope=None, loss_collection="losses",
             reduction=_BY_WEIGHTS):  # fmt: skip
    """The cross entropy of probabilities."""
    with stack.frame.name_scope(scope or "log_loss") as scope:
        labels, predictions = _pair(labels, predictions)
        losses = -labels * log(predictions + epsilon) - (1 - labels) * log(
            1 - predictions + epsilon
        )
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def hinge_loss(labels, logits, weights=1.0, scope=None, loss_collection="losses",
               reduction=_BY_WEIGHTS):  # fmt: skip
    """The mean of max(0, 1 - y * logits), for labels 0 and 1 that stand for y = -1 and 1."""
    with stack.frame.name_scope(scope or "hinge_loss") as scope:
        labels, logits = _pair(labels, logits)
        losses = nn.relu(1.0 - (2 * labels - 1) * logits)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def cosine_distance(labels, predictions, axis=None, weights=1.0, scope=None,
                    loss_collection="losses", reduction=_BY_WEIGHTS, dim=None):  # fmt: skip
    """1 - labels · predictions along `axis`, for vectors of length 1."""
    axis = either("axis", axis, "dim", dim)
    if axis is None:
        raise ValueError("You must specify argument `axis`.")
    with stack.frame.name_scope(scope or "cosine_distance_loss") as scope:
        labels, predictions = _pair(labels, predictions)
        losses = 1 - reduce_sum(predictions * labels, axis, keepdims=True)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def sigmoid_cross_entropy(multi_class_labels, logits, weights=1.0, label_smoothing=0, scope=None,
                          loss_collection="losses", reduction=_BY_WEIGHTS):  # fmt: skip
    """The cross entropy of independent classes, from logits."""
    with stack.frame.name_scope(scope or "sigmoid_cross_entropy_loss") as scope:
        logits = convert_to_tensor(logits)
        labels = cast(multi_class_labels, logits.dtype)
        logits.shape.assert_is_compatible_with(labels.shape)
        if label_smoothing > 0:
            labels = labels * (1 - label_smoothing) + 0.5 * label_smoothing
        losses = nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def softmax_cross_entropy(onehot_labels, logits, weights=1.0, label_smoothing=0, scope=None,
                          loss_collection="losses", reduction=_BY_WEIGHTS):  # fmt: skip
    """The cross entropy of one class in many, from logits."""
    with stack.frame.name_scope(scope or "softmax_cross_entropy_loss") as scope:
        logits = convert_to_tensor(logits)
        labels = cast(onehot_labels, logits.dtype)
        logits.shape.assert_is_compatible_with(labels.shape)
        if label_smoothing > 0:
            classes = cast(labels.shape[1], logits.dtype)
            labels = labels * (1 - label_smoothing) + label_smoothing / classes
        losses = nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def sparse_softmax_cross_entropy(labels, logits, weights=1.0, scope=None, loss_collection="losses",
                                 reduction=_BY_WEIGHTS):  # fmt: skip
    """As `softmax_cross_entropy`, for class numbers."""
    with stack.frame.name_scope(scope or "sparse_softmax_cross_entropy_loss") as scope:
        labels, logits = convert_to_tensor(labels), convert_to_tensor(logits)
        if labels.shape.rank is not None and labels.shape.rank == logits.shape.rank:
            labels = squeeze(labels, [-1])
        losses = nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        weights = convert_to_tensor(weights)
        if (weights.shape.rank or 0) > (losses.shape.rank or 0):
            weights = squeeze(weights, [-1])
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def mean_pairwise_squared_error(labels, predictions, weights=1.0, scope=None,
                                loss_collection="losses"):  # fmt: skip
    """The mean, over pairs of elements, of the squared difference of their errors.

    These means are summed over the batch. What has the weight 0 is in no pair; eagerly, where one
    number is the weight of all, TensorFlow counts the elements of the whole batch.
    """
    with stack.frame.name_scope(scope or "mean_pairwise_squared_error"):
        labels, predictions = _pair(labels, predictions)
        weights, errors = cast(weights, dtypes.float32), predictions - labels
        _check_weights(weights, labels)
        axes = list(range(1, errors.shape.rank))
        present = ones_like(errors) * cast(weights != 0, dtypes.float32)
        is_scaled = weights.shape.rank == 0 and not stack.frame.is_graph
        n = reduce_sum(present, None if is_scaled else axes, keepdims=not is_scaled)
        squares = reduce_sum(square(errors), axes, keepdims=True)
        total = reduce_sum(errors, axes, keepdims=True)
        per_example = 2 * divide_no_nan(squares, maximum(n - 1, 0)) - 2 * divide_no_nan(
            square(total), maximum(n * (n - 1), 0)
        )
        loss = reduce_sum(per_example * weights)
        add_loss(loss, loss_collection)
        return loss


# The collections ----------------------------------------------------------------------------------


def add_loss(loss, loss_collection="losses"):
    """Adds a loss to the graph's collection."""
    if loss_collection and stack.frame.is_graph:
        get_default_graph().add_to_collection(loss_collection, loss)


def get_losses(scope=None, loss_collection="losses"):
    """The losses of the graph."""
    return get_default_graph().get_collection(loss_collection, scope)


def get_regularization_losses(scope=None):
    """The regularization losses of the graph."""
    return get_default_graph().get_collection("regularization_losses", scope)


def get_regularization_loss(scope=None, name="total_regularization_loss"):
    """Their sum; 0 if there are none."""
    losses = get_regularization_losses(scope)
    return add_n(losses, name=name) if losses else convert_to_tensor(0.0)


def get_total_loss(add_regularization_losses=True, name="total_loss", scope=None):
    """The sum of all losses, with the regularization losses by default."""
    losses = get_losses(scope)
    if add_regularization_losses:
        losses = losses + get_regularization_losses(scope)
    return add_n(losses, name=name)
