"""Penalties for large weights: `tf.contrib.layers.l2_regularizer` and the like."""

from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.ops import losses
from minitf.ops.math import abs as absolute
from minitf.ops.math import add_n, multiply
from minitf.ops.reductions import reduce_sum
from minitf.scopes import name_scope


def _scale(scale):
    if isinstance(scale, int) and not isinstance(scale, bool) and scale != 0:
        raise ValueError(f"scale cannot be an integer: {scale}")
    if scale < 0.0:
        raise ValueError(f"Setting a scale less than 0 on a regularizer: {scale}")
    return scale


def l1_regularizer(scale, scope=None):
    """`scale` times the sum of absolute values.

    Raises:
      ValueError: `scale` is negative or an integer.
    """
    if _scale(scale) == 0.0:
        return lambda _: None

    def l1(weights, name=None):
        with name_scope(name or scope or "l1_regularizer"):
            return multiply(float(scale), reduce_sum(absolute(weights)))

    return l1


def l2_regularizer(scale, scope=None):
    """`scale` times half the sum of squares.

    Raises:
      ValueError: `scale` is negative or an integer.
    """
    if _scale(scale) == 0.0:
        return lambda _: None

    def l2(weights):
        with name_scope(scope or "l2_regularizer"):
            return multiply(float(scale), losses.l2_loss(weights))

    return l2


def sum_regularizer(regularizer_list, scope=None):
    """The sum of several regularizers; None if there is none."""
    used = [r for r in regularizer_list if r is not None]
    if not used:
        return None

    def total(weights):
        with name_scope(scope or "sum_regularizer"):
            found = [r(weights) for r in used]
            found = [f for f in found if f is not None]
            return add_n(found) if found else None

    return total


def l1_l2_regularizer(scale_l1=1.0, scale_l2=1.0, scope=None):
    """The sum of `l1_regularizer` and `l2_regularizer`."""
    return sum_regularizer([l1_regularizer(scale_l1), l2_regularizer(scale_l2)],
                           scope or "l1_l2_regularizer")  # fmt: skip


def apply_regularization(regularizer, weights_list=None):
    """The sum of what a regularizer gives for each of the weights, by default those collected."""
    graph = stack.frame
    weights = graph.get_collection("weights") if weights_list is None else list(weights_list)
    penalties = [p for p in map(regularizer, weights) if p is not None]
    total = add_n(penalties) if penalties else convert_to_tensor(0.0)
    graph.add_to_collection("regularization_losses", total)
    return total
