"""Activation functions: elementwise nonlinearities, and softmax along one axis.

Their derivatives are TensorFlow's, also where there is none: that of `relu` at zero is zero.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops import math
from minitf.ops.math import cast
from minitf.ops.table import unary


def only_floats(x):
    """`x`, which must be of a floating dtype: TypeError in TensorFlow's words."""
    if not jnp.issubdtype(x.dtype, jnp.floating):
        raise TypeError(
            f"Value for attr 'T' of {x.dtype} is not in the list of allowed values: "
            "bfloat16, half, float, double"
        )
    return x


def _relu(features):
    if features.dtype == bool or jnp.iscomplexobj(features):
        raise TypeError(
            f"Value for attr 'T' of {features.dtype} is not in the list of allowed values: float, "
            "double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64"
        )
    kept = jnp.where(features > 0, features, jnp.zeros_like(features))
    return jnp.where(features != features, lax.stop_gradient(features), kept)  # NaN: no gradient


def _relu6(features):
    return jnp.where(features >= 6, jnp.full_like(features, 6), _relu(features))


def _exp_below_zero(x, below, above):
    """`below * (exp(x) - 1)` for negative x, `above * x` for the others."""
    negative = only_floats(x) < 0
    return jnp.where(negative, below * jnp.expm1(jnp.where(negative, x, 0)), above * x)


def _softmax(logits, axis, function):
    if not logits.ndim:
        raise ValueError("logits must have >= 1 dimension, got []")
    return function(only_floats(logits), axis=axis)


_SELU_SCALE, _SELU_ALPHA = 1.0507009873554805, 1.6732632423543772

relu = unary("relu", "Relu", _relu, "max(x, 0).", x="features")
relu6 = unary("relu6", "Relu6", _relu6, "min(max(x, 0), 6).", x="features")
elu = unary(
    "elu", "Elu", lambda features: _exp_below_zero(features, 1, 1),
    "exp(x) - 1 for negative x, else x (Clevert et al., 2015).", x="features",
)  # fmt: skip
selu = unary(
    "selu", "Selu",
    lambda features: _exp_below_zero(features, _SELU_SCALE * _SELU_ALPHA, _SELU_SCALE),
    "A scaled `elu` that keeps mean 0 and variance 1 (Klambauer et al., 2017).", x="features",
)  # fmt: skip
softplus = unary(
    "softplus", "Softplus", lambda features: jax.nn.softplus(only_floats(features)),
    "log(1 + exp(x)): a smooth `relu`.", x="features",
)  # fmt: skip
_softsign = math.with_derivatives(
    lambda x: only_floats(x) / (1 + jnp.abs(x)), lambda t, y, x: t / jnp.square(1 + jnp.abs(x))
)
softsign = unary(
    "softsign", "Softsign", _softsign,
    "x / (1 + |x|).", x="features",
)  # fmt: skip

LEAKY_RELU = define(
    "LeakyRelu",
    lambda features, *, alpha: jnp.where(only_floats(features) > 0, features, alpha * features),
    "T",
)
GELU = define(
    "Gelu",
    lambda features, *, approximate: jax.nn.gelu(features, approximate=approximate),
    "T",
)
SILU = define("Silu", lambda features, beta: features * jax.nn.sigmoid(beta * features), "TT")
CRELU = define(
    "CRelu", lambda features, *, axis: _relu(jnp.concatenate([features, -features], axis)), "T"
)
SOFTMAX = define(
    "Softmax", lambda logits, *, axis: _softmax(logits, axis, jax.nn.softmax), "T"
)  # fmt: skip
LOG_SOFTMAX = define(
    "LogSoftmax", lambda logits, *, axis: _softmax(logits, axis, jax.nn.log_softmax), "T"
)


def leaky_relu(features, alpha=0.2, name=None):
    """x for positive x, else `alpha * x`; integers become float32.

    >>> leaky_relu([-10, 10]).numpy()
    array([-2., 10.], dtype=float32)
    """
    features = convert_to_tensor(features)
    if features.dtype.is_integer:
        features = cast(features, dtypes.float32)
    return execute(LEAKY_RELU, (features,), (float(alpha),), name)


def gelu(features, approximate=False, name=None):
    """x times the probability that a standard normal is at most x (Hendrycks and Gimpel, 2016).

    Args:
      features: a floating tensor; ValueError if it is not.
      approximate: use the tanh formula.
    """
    features = convert_to_tensor(features)
    if not features.dtype.is_floating:
        raise ValueError(
            "`features.dtype` must be a floating point tensor."
            f"Received:features.dtype={features.dtype}"
        )
    return execute(GELU, (features,), (bool(approximate),), name)


def silu(features, beta=1.0):
    """x * sigmoid(beta * x), also called swish (Ramachandran et al., 2017)."""
    features = convert_to_tensor(features)
    return execute(SILU, (features, cast(beta, features.dtype)))


swish = silu


def crelu(features, axis=-1, name=None):
    """`relu` of the features and of their negation, joined along `axis` (Shang et al., 2016)."""
    return execute(CRELU, (features,), (int(axis),), name or "CRelu")


def softmax(logits, axis=None, name=None):
    """exp(logits) divided by their sum along `axis` (default: the last).

    >>> softmax([0.0, 0.0]).numpy()
    array([0.5, 0.5], dtype=float32)
    """
    return _along_axis(SOFTMAX, logits, axis, name)


def log_softmax(logits, axis=None, name=None):
    """The logarithm of `softmax`, without the rounding of taking it afterwards."""
    return _along_axis(LOG_SOFTMAX, logits, axis, name)


def _along_axis(op, logits, axis, name):
    return execute(op, (logits,), (-1 if axis is None else int(np.asarray(axis)),), name)


def log_sigmoid(x, name=None):
    """log(sigmoid(x)), exact for very negative x."""
    return execute(math.NEG, (softplus(execute(math.NEG, (x,))),), (), name)
