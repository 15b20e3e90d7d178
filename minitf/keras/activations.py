"""Activation functions, by name or as functions."""

import builtins
import types

from minitf.core.dispatch import convert_to_tensor
from minitf.core.tensor import Tensor
from minitf.keras import serialization
from minitf.keras.on_symbols import as_activation
from minitf.ops import activations as nn
from minitf.ops import math
from minitf.ops.array import ones_like, range, reshape, shape, sort, zeros_like
from minitf.ops.gathering import where
from minitf.ops.joining import split
from minitf.ops.math import cast, maximum, minimum
from minitf.ops.reductions import cumsum, reduce_logsumexp, reduce_sum


def linear(x):
    """`x` itself."""
    return x


@as_activation
def relu(x, negative_slope=0.0, max_value=None, threshold=0.0):
    """max(x, 0), in its general form: `negative_slope * (x - threshold)` below the threshold,
    zero slope above `max_value`.

    >>> relu([-10.0, 5.0, 20.0], negative_slope=0.5, max_value=10).numpy()
    array([-5.,  5., 10.], dtype=float32)
    """
    x = convert_to_tensor(x)
    if negative_slope and max_value is None and not threshold:
        return nn.leaky_relu(x, negative_slope)
    if threshold:
        positive = where(x > threshold, x, zeros_like(x))
    elif max_value == 6:
        positive = nn.relu6(x)
    else:
        positive = nn.relu(x)
    if max_value is not None and (threshold or max_value != 6):
        positive = clip(positive, 0, max_value)
    if not negative_slope:
        return positive
    return positive - negative_slope * nn.relu(threshold - x)


def clip(x, low, high):
    """`x` brought into [low, high]; slope 1 inside, the ends included."""
    x = convert_to_tensor(x)
    return minimum(maximum(x, cast(low, x.dtype)), cast(high, x.dtype))


@as_activation
def leaky_relu(x, negative_slope=0.2):
    """x above zero, `negative_slope * x` below."""
    return nn.leaky_relu(x, negative_slope)


@as_activation
def relu6(x):
    """min(max(x, 0), 6)."""
    return nn.relu6(x)


@as_activation
def elu(x, alpha=1.0):
    """x above zero, `alpha * (exp(x) - 1)` below."""
    x = convert_to_tensor(x)
    return nn.elu(x) if alpha == 1 else where(x > 0, nn.elu(x), alpha * nn.elu(x))


@as_activation
def selu(x):
    """The ELU scaled so that mean 0 and variance 1 stay (Klambauer et al., 2017)."""
    return nn.selu(x)


@as_activation
def celu(x, alpha=1.0):
    """max(x, 0) + alpha * (exp(min(x, 0) / alpha) - 1): a smooth ELU."""
    return maximum(x, 0.0) + alpha * math.expm1(minimum(x, 0.0) / alpha)


@as_activation
def gelu(x, approximate=False):
    """x times the normal distribution's probability of less than x."""
    return nn.gelu(x, approximate)


@as_activation
def glu(x, axis=-1):
    """The first half of `x` times the sigmoid of the second half.

    Raises:
      ValueError: the axis cannot be halved.
    """
    x = convert_to_tensor(x)
    if x.shape[axis] % 2:
        raise ValueError(
            f"axis size must be divisible by 2. Received: x.shape={x.shape} with axis={axis}"
        )
    value, gate = split(x, 2, axis=axis)
    return value * math.sigmoid(gate)


@as_activation
def sigmoid(x):
    """1 / (1 + exp(-x)). Losses find the logits behind it."""
    return _with_logits(math.sigmoid(x), x)


@as_activation
def softmax(x, axis=-1):
    """exp(x) / sum(exp(x)) along an axis, several, or None: all. Losses find the logits behind.

    >>> softmax([[0.0, 0.0]]).numpy()
    array([[0.5, 0.5]], dtype=float32)
    """
    x = convert_to_tensor(x)
    if isinstance(axis, list | tuple) and len(axis) == 1:
        (axis,) = axis
    if isinstance(axis, int):
        return _with_logits(nn.softmax(x, axis), x)
    return math.exp(log_softmax(x, axis))


def _with_logits(output, logits):
    if isinstance(output, Tensor):
        output._keras_logits = logits
    return output


@as_activation
def log_softmax(x, axis=-1):
    """log(softmax(x)), computed without overflow."""
    x = convert_to_tensor(x)
    if isinstance(axis, int):
        return nn.log_softmax(x, axis)
    return x - reduce_logsumexp(x, axis, keepdims=True)


@as_activation
def log_sigmoid(x):
    """log(sigmoid(x)), computed without overflow."""
    return -nn.softplus(-convert_to_tensor(x))


@as_activation
def softplus(x):
    """log(1 + exp(x))."""
    return nn.softplus(x)


@as_activation
def softsign(x):
    """x / (1 + |x|)."""
    return nn.softsign(x)


@as_activation
def tanh(x):
    """The hyperbolic tangent."""
    return math.tanh(x)


@as_activation
def exponential(x):
    """exp(x)."""
    return math.exp(x)


@as_activation
def silu(x):
    """x * sigmoid(x), also called swish."""
    return nn.silu(x)


@as_activation
def mish(x):
    """x * tanh(softplus(x)) (Misra, 2019)."""
    x = convert_to_tensor(x)
    return x * math.tanh(nn.softplus(x))


@as_activation
def squareplus(x, b=4):
    """(x + sqrt(x² + b)) / 2: a softplus without exponentials."""
    x = convert_to_tensor(x)
    return (x + math.sqrt(math.square(x) + cast(b, x.dtype))) / 2


@as_activation
def hard_sigmoid(x):
    """A sigmoid of straight lines: relu6(x + 3) / 6."""
    x = convert_to_tensor(x)
    return nn.relu6(x + 3) / 6


@as_activation
def hard_silu(x):
    """x * hard_sigmoid(x), also called hard swish."""
    x = convert_to_tensor(x)
    return x * hard_sigmoid(x)


@as_activation
def hard_tanh(x):
    """x, brought into [-1, 1]."""
    return clip(x, -1.0, 1.0)


@as_activation
def hard_shrink(x, threshold=0.5):
    """x where |x| exceeds the threshold, else 0."""
    x = convert_to_tensor(x)
    return where(math.abs(x) > threshold, x, zeros_like(x))


@as_activation
def soft_shrink(x, threshold=0.5):
    """x moved towards zero by the threshold."""
    x = convert_to_tensor(x)
    below = where(x < -threshold, x + threshold, zeros_like(x))
    return where(x > threshold, x - threshold, below)


@as_activation
def tanh_shrink(x):
    """x - tanh(x)."""
    x = convert_to_tensor(x)
    return x - math.tanh(x)


@as_activation
def sparse_plus(x):
    """0 below -1, x above 1, and the parabola (x + 1)² / 4 between."""
    x = convert_to_tensor(x)
    return where(x <= -1, zeros_like(x), where(x < 1, math.pow(x + 1, 2) / 4, x))


@as_activation
def sparse_sigmoid(x):
    """0 below -1, 1 above 1, and the line (x + 1) / 2 between."""
    x = convert_to_tensor(x)
    return where(x <= -1, zeros_like(x), where(x >= 1, ones_like(x), 0.5 * (x + 1)))


@as_activation
def sparsemax(x, axis=-1):
    """Sparse probabilities along `axis`, after Martins et al. (2016), as Keras computes them.

    Keras takes the sum of the support's running sums where the paper takes the support's sum, so
    the result need not sum to 1.

    >>> sparsemax([[1.0, 0.5, -1.0]]).numpy()
    array([[0.25, 0.  , 0.  ]], dtype=float32)
    """
    x = convert_to_tensor(x)
    falling = sort(x, axis, "DESCENDING")
    sums = cumsum(falling, axis)
    places = cast(range(1, shape(x)[axis] + 1), x.dtype)
    places = reshape(places, [-1 if i == axis % x.ndim else 1 for i in builtins.range(x.ndim)])
    support = falling - (sums - 1) / places > 0
    total = reduce_sum(where(support, sums, zeros_like(sums)), axis, keepdims=True)
    size = reduce_sum(cast(support, x.dtype), axis, keepdims=True)
    return maximum(x - (total - 1) / size, 0.0)


@as_activation
def threshold(x, threshold, default_value):
    """x where it exceeds the threshold, else `default_value`."""
    x = convert_to_tensor(x)
    return where(x > threshold, x, cast(default_value, x.dtype))


swish, hard_swish = silu, hard_silu

_FUNCTIONS = (
    relu, leaky_relu, relu6, softmax, celu, elu, selu, softplus, softsign, squareplus,
    soft_shrink, sparse_plus, silu, gelu, glu, tanh, tanh_shrink, threshold, sigmoid,
    sparse_sigmoid, exponential, hard_sigmoid, hard_silu, hard_tanh, hard_shrink, linear, mish,
    log_softmax, log_sigmoid, sparsemax,
)  # fmt: skip
_TABLE = {function.__name__: function for function in _FUNCTIONS}
_TABLE |= {"swish": silu, "hard_swish": hard_silu}


def serialize(activation):
    """The name of a built-in function; the dictionary that stands for another one.

    >>> serialize(relu)
    'relu'
    """
    form = serialization.serialize_keras_object(activation)
    if "config" not in form:
        raise ValueError(
            f"Unknown activation function '{activation}' cannot be serialized due to invalid "
            "function name. Make sure to use an activation name that matches the references "
            "defined in activations.py or use `@keras.saving.register_keras_serializable()` to "
            f"register any custom activations. config={form}"
        )
    is_built_in = isinstance(activation, types.FunctionType) and form["config"] in _TABLE
    return form["config"] if is_built_in else form


def deserialize(config, custom_objects=None):
    """The function that a name or dictionary stands for."""
    return serialization.deserialize_keras_object(
        config, module_objects=_TABLE, custom_objects=custom_objects
    )


def get(identifier):
    """The function that a name, a dictionary or a function stands for; None is `linear`.

    >>> get("relu").__name__, get(None).__name__
    ('relu', 'linear')

    Raises:
      ValueError: it stands for none.
    """
    if identifier is None:
        return linear
    found = identifier
    if isinstance(identifier, dict):
        found = serialization.deserialize_keras_object(identifier)
    elif isinstance(identifier, str):
        found = _TABLE.get(identifier) or serialization.get_registered_object(identifier)
    if not callable(found):
        raise ValueError(f"Could not interpret activation function identifier: {identifier}")
    return found
