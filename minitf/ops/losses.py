"""Losses on logits: cross entropies, and the L2 and Poisson losses.

Each is one op, so it is computed without the overflow that the formula taken literally would have,
and its gradient is the short one of the textbook.
"""

import math

import jax
import jax.numpy as jnp

from minitf import dtypes, errors
from minitf.core.checks import inspected, shows
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops.activations import only_floats
from minitf.ops.array import shape
from minitf.ops.math import cast, divide_no_nan
from minitf.ops.reductions import reduce_sum
from minitf.shapes import listed

# Softmax cross entropy ----------------------------------------------------------------------------


@jax.custom_jvp
def _cross_entropy(logits, labels):
    """-sum(labels * log(softmax(logits))) over the last axis."""
    return -jnp.sum(labels * jax.nn.log_softmax(logits), axis=-1)


@_cross_entropy.defjvp
def _cross_entropy_jvp(primals, tangents):
    """TensorFlow's gradient `softmax - labels` takes it for granted that the labels sum to 1."""
    (logits, labels), (d_logits, d_labels) = primals, tangents
    slope = (jax.nn.softmax(logits) - labels) * d_logits
    change = slope - jax.nn.log_softmax(logits) * d_labels
    return _cross_entropy(logits, labels), jnp.sum(change, axis=-1)


def _dense_cross_entropy(features, labels, *, axis):
    rank = features.ndim
    if not -rank <= axis < rank:
        raise ValueError(f"axis {axis} is out of range for logits of rank {rank}")
    features, labels = jnp.moveaxis(features, axis, -1), jnp.moveaxis(labels, axis, -1)
    logits, targets = (x.reshape(-1, x.shape[-1]) for x in (only_floats(features), labels))
    if any(a != b and 1 not in (a, b) for a, b in zip(logits.shape, targets.shape)):
        raise ValueError(
            f"logits and labels must be broadcastable: logits_size={listed(logits.shape)} "
            f"labels_size={listed(targets.shape)}"
        )
    loss = _cross_entropy(*jnp.broadcast_arrays(logits, targets))
    return loss.reshape(features.shape[:-1])


@jax.custom_jvp
def _cross_entropy_of_class(logits, is_class):
    """-log(softmax(logits)) at the class of each row, where the mask `is_class` is set."""
    return -jnp.sum(jnp.where(is_class, jax.nn.log_softmax(logits), 0), axis=-1)


@_cross_entropy_of_class.defjvp
def _cross_entropy_of_class_jvp(primals, tangents):
    logits, is_class = primals
    slope = (jax.nn.softmax(logits) - is_class) * tangents[0]
    return _cross_entropy_of_class(logits, is_class), jnp.sum(slope, axis=-1)


def _sparse_cross_entropy(features, labels):
    """NaN where a label is no class. (A mask is quicker than a gather, whose gradient scatters.)"""
    classes = jax.lax.broadcasted_iota(labels.dtype, features.shape, features.ndim - 1)
    loss = _cross_entropy_of_class(only_floats(features), labels[..., None] == classes)
    is_class = (labels >= 0) & (labels < features.shape[-1])
    return jnp.where(is_class, loss, jnp.nan).astype(features.dtype)


CROSS_ENTROPY = define("SoftmaxCrossEntropyWithLogits", _dense_cross_entropy, "TT")


def _check_classes(features, labels):
    """InvalidArgumentError for a label that is no class."""
    classes, count = inspected(labels), features.shape[-1]
    if classes is None or not shows((classes < 0) | (classes >= count)):
        return
    wrong = classes.min() if classes.min() < 0 else classes.max()
    raise errors.InvalidArgumentError(
        None, None,
        f"Received a label value of {wrong} which is outside the valid range of "
        f"[0, {count}).  Label values: {' '.join(map(str, classes.ravel()))}",
    )  # fmt: skip


SPARSE_CROSS_ENTROPY = define(
    "SparseSoftmaxCrossEntropyWithLogits", _sparse_cross_entropy, "Ti", verify=_check_classes
)


def softmax_cross_entropy_with_logits(labels, logits, axis=-1, name=None):
    """The cross entropy between the distributions `labels` and `softmax(logits)` along `axis`.

    Args:
      labels: probabilities, of the shape of `logits` (or one that broadcasts with it).
      logits: unscaled log probabilities; half precision is computed in float32.

    Returns:
      A loss per row: the shape of `logits` without `axis`.

    >>> softmax_cross_entropy_with_logits([[0.0, 1.0]], [[2.0, 2.0]]).numpy()
    array([0.6931472], dtype=float32)
    """
    _both_given("softmax_cross_entropy_with_logits", labels, logits)
    logits = convert_to_tensor(logits)
    precise = _precise(logits, dtypes.float16, dtypes.bfloat16)
    name = name or "softmax_cross_entropy_with_logits"
    loss = execute(CROSS_ENTROPY, (precise, cast(labels, precise.dtype)), (int(axis),), name)
    return loss if precise is logits else cast(loss, logits.dtype)


def sparse_softmax_cross_entropy_with_logits(labels, logits, name=None):
    """The cross entropy between the classes `labels` and `softmax(logits)` along the last axis.

    Args:
      labels: int32 or int64, the shape of `logits` without its last axis.
      logits: unscaled log probabilities.

    Raises:
      ValueError: the shapes do not fit.
      tf.errors.InvalidArgumentError: a label is no class.

    >>> sparse_softmax_cross_entropy_with_logits([1], [[2.0, 2.0]]).numpy()
    array([0.6931472], dtype=float32)
    """
    _both_given("sparse_softmax_cross_entropy_with_logits", labels, logits)
    labels, logits = convert_to_tensor(labels), convert_to_tensor(logits)
    _check_sparse_shapes(labels.shape, logits.shape)
    precise = _precise(logits, dtypes.float16)
    loss = execute(SPARSE_CROSS_ENTROPY, (precise, labels), (), name)
    return loss if precise is logits else cast(loss, logits.dtype)


def _both_given(function, labels, logits):
    if labels is None or logits is None:
        raise ValueError(
            f"Both `labels` and `logits` must be provided for {function}"
            f"Received: labels={labels} and logits={logits}"
        )


def _precise(logits, *halves):
    return cast(logits, dtypes.float32) if logits.dtype in halves else logits


def _check_sparse_shapes(labels, logits):
    if logits.rank == 0:
        raise ValueError(f"`logits` cannot be a scalar. Received logits of shape {logits}")
    if logits.rank is None or labels.rank is None:
        return
    if labels.rank != logits.rank - 1:
        raise ValueError(
            "`labels.shape.rank` must equal `logits.shape.rank - 1`. Received: "
            f"labels.shape={labels} of rank {labels.rank} and logits.shape={logits} "
            f"of rank {logits.rank}"
        )
    if not labels.is_compatible_with(logits[:-1]):
        raise ValueError(
            "`labels.shape` must equal `logits.shape` except for the last dimension. "
            f"Received: labels.shape={labels} and logits.shape={logits}"
        )


# Over a batch -------------------------------------------------------------------------------------


def compute_average_loss(per_example_loss, sample_weight=None, global_batch_size=None):
    """The sum of the losses over the size of the batch, which by default is how many there are.

    Args:
      per_example_loss: floats with at least one axis.
      sample_weight: a weight for each.
      global_batch_size: an integer.

    Raises:
      ValueError: a scalar loss.

    >>> compute_average_loss([1.0, 3.0], global_batch_size=8).numpy()
    np.float32(0.5)
    """
    losses = convert_to_tensor(per_example_loss)
    if losses.shape.rank == 0:
        raise ValueError(
            "Invalid value passed for `per_example_loss`. Expected a tensor with at least rank 1, "
            f"received: {per_example_loss}"
        )
    if global_batch_size is None:
        global_batch_size = shape(losses)[0]
    size = convert_to_tensor(global_batch_size)
    if not size.dtype.is_integer:
        raise TypeError("global_batch_size must be an integer.")
    if size.shape.rank not in (0, None):
        raise ValueError(f"global_batch_size must be scalar: its shape is {size.shape}")
    if (known := static_value(size)) is not None and known < 0:
        raise errors.InvalidArgumentError(
            None, None, f"global_batch_size must be non-negative: {known}"
        )
    weighted = losses if sample_weight is None else losses * cast(sample_weight, losses.dtype)
    return divide_no_nan(reduce_sum(weighted), cast(size, losses.dtype))


def scale_regularization_loss(regularization_loss):
    """The sum of the losses, for the one replica that there is."""
    return reduce_sum(regularization_loss)


# Cross entropy of independent classes -------------------------------------------------------------


def _log_one_plus_exp(logits):
    """log(1 + exp(-|logits|)), in one piece with the derivative that `x >= 0` chooses."""
    return jnp.log1p(jnp.exp(jnp.where(logits >= 0, -logits, logits)))


def _logistic_loss(logits, labels):
    positive = jnp.where(logits >= 0, logits, 0)
    return positive - logits * labels + _log_one_plus_exp(only_floats(logits))


def _weighted_logistic_loss(logits, labels, pos_weight):
    weight = 1 + (pos_weight - 1) * labels
    return (1 - labels) * logits + weight * (
        jnp.log1p(jnp.exp(-jnp.abs(only_floats(logits)))) + jax.nn.relu(-logits)
    )


LOGISTIC_LOSS = define("LogisticLoss", _logistic_loss, "TT")
WEIGHTED_LOGISTIC_LOSS = define("WeightedLogisticLoss", _weighted_logistic_loss, "TTT")


def sigmoid_cross_entropy_with_logits(labels=None, logits=None, name=None):
    """The cross entropy of each element of `labels` with `sigmoid(logits)`, both of one shape.

    >>> sigmoid_cross_entropy_with_logits(labels=[1.0], logits=[0.0]).numpy()
    array([0.6931472], dtype=float32)
    """
    _both_given("sigmoid_cross_entropy_with_logits", labels, logits)
    logits, labels = convert_to_tensor(logits), convert_to_tensor(labels)
    _check_same_shape("logits", logits, "labels", labels)
    return execute(LOGISTIC_LOSS, (logits, labels), (), name or "logistic_loss")


def weighted_cross_entropy_with_logits(labels, logits, pos_weight, name=None):
    """As `sigmoid_cross_entropy_with_logits`; errors on positive labels weigh `pos_weight`."""
    logits, labels = convert_to_tensor(logits), convert_to_tensor(labels)
    _check_same_shape("logits", logits, "labels", labels)
    inputs = (logits, labels, pos_weight)
    return execute(WEIGHTED_LOGISTIC_LOSS, inputs, (), name or "logistic_loss")


def _check_same_shape(first, a, second, b):
    if not a.shape.is_compatible_with(b.shape):
        raise ValueError(
            f"`{first}` and `{second}` must have the same shape, received ({a.shape} vs {b.shape})."
        )


# Other losses -------------------------------------------------------------------------------------


def _poisson_loss(log_input, targets, *, full):
    loss = jnp.exp(log_input) - log_input * targets
    if full:
        stirling = targets * jnp.log(targets) - targets + 0.5 * jnp.log(2 * math.pi * targets)
        loss += jnp.where((targets >= 0) & (targets <= 1), jnp.zeros_like(targets), stirling)
    return loss


L2_LOSS = define("L2Loss", lambda t: jnp.sum(only_floats(t) * t) / 2, "T")
POISSON_LOSS = define("LogPoissonLoss", _poisson_loss, "TT")


def l2_loss(t, name=None):
    """Half the sum of the squares of all elements, a scalar.

    >>> l2_loss([3.0, 4.0]).numpy()
    np.float32(12.5)
    """
    return execute(L2_LOSS, (t,), (), name)


def log_poisson_loss(targets, log_input, compute_full_loss=False, name=None):
    """exp(log_input) - log_input * targets: the Poisson loss up to a constant.

    With `compute_full_loss` the constant is added, by Stirling's formula, for targets above 1.
    """
    log_input, targets = convert_to_tensor(log_input), convert_to_tensor(targets)
    _check_same_shape("log_input", log_input, "targets", targets)
    full = bool(compute_full_loss)
    return execute(POISSON_LOSS, (log_input, targets), (full,), name or "log_poisson_loss")
