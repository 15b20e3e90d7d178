"""Statistics of a tensor, and normalisation by them: moments, batch, L2 and local response."""

import jax.numpy as jnp
import numpy as np
from jax import lax

from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops.activations import only_floats
from minitf.ops.math import cast
from minitf.ops.windows import channels_first


def _axes(axes, rank):
    """The axes as a tuple, None for all; ValueError where one is out of range."""
    if axes is None:
        return None
    axes = tuple(np.atleast_1d(axes).tolist())
    for axis in axes:
        if not -rank <= axis < rank:
            raise ValueError(
                f"Invalid reduction dimension ({axis} for input with {rank} dimension(s)"
            )
    return axes


# Moments ------------------------------------------------------------------------------------------


def _moments(x, axes, *, keep_dims):
    """Half precision is computed in float32."""
    y = only_floats(x).astype(jnp.promote_types(x.dtype, np.float32)) if _is_half(x) else x
    axes = _axes(axes, x.ndim)
    mean = jnp.mean(y, axes, keepdims=True)
    # The gradient through the mean inside the square is zero: the deviations add up to zero.
    variance = jnp.mean(jnp.square(y - lax.stop_gradient(mean)), axes, keepdims=keep_dims)
    mean = mean if keep_dims else jnp.squeeze(mean, _all_axes(axes, x.ndim))
    return mean.astype(x.dtype), variance.astype(x.dtype)


def _is_half(x):
    return x.dtype.itemsize == 2


def _all_axes(axes, rank):
    return tuple(range(rank)) if axes is None else axes


def _weighted_moments(x, frequency_weights, axes, *, keep_dims):
    axes = _axes(axes, x.ndim)
    y = x.astype(np.float32) if x.dtype == np.float16 else x
    weights = frequency_weights.astype(y.dtype)
    total = jnp.sum(jnp.broadcast_to(weights, jnp.broadcast_shapes(weights.shape, y.shape)), axes,
                    keepdims=True)  # fmt: skip
    mean = _divide_no_nan(jnp.sum(weights * y, axes, keepdims=True), total)
    square = jnp.sum(weights * jnp.square(y - mean), axes, keepdims=True)
    results = mean, _divide_no_nan(square, total)
    if not keep_dims:
        results = tuple(jnp.squeeze(r, _all_axes(axes, x.ndim)) for r in results)
    return tuple(r.astype(x.dtype) for r in results)


def _divide_no_nan(x, y):
    empty = y == 0
    return jnp.where(empty, 0, x / jnp.where(empty, 1, y))


MOMENTS = define("Moments", _moments, "Ti", static=(1,), num_outputs=2)
WEIGHTED_MOMENTS = define("WeightedMoments", _weighted_moments, "TUi", static=(2,), num_outputs=2)


def moments(x, axes, shift=None, keepdims=False, name=None):
    """The mean and the variance of `x` over `axes`; `shift` is not used.

    >>> [m.numpy().item() for m in moments([1.0, 3.0], [0])]
    [2.0, 1.0]
    """
    return tuple(execute(MOMENTS, (x, axes), (bool(keepdims),), name or "moments"))


def weighted_moments(x, axes, frequency_weights, keepdims=False, name=None):
    """The mean and the variance of `x` over `axes`, with a weight for each element."""
    inputs = (x, frequency_weights, axes)
    return tuple(execute(WEIGHTED_MOMENTS, inputs, (bool(keepdims),), name or "weighted_moments"))


def sufficient_statistics(x, axes, shift=None, keepdims=False, name=None):
    """What mean and variance can be computed from, part by part: see `normalize_moments`.

    Returns:
      (how many elements, their sum, the sum of their squares, `shift`); with `shift`, of `x -
      shift`.
    """
    x = convert_to_tensor(x)
    count = execute(COUNT, (x, axes))
    shifted = x if shift is None else x - convert_to_tensor(shift, x.dtype)
    sums = [execute(POWER_SUM, (shifted, axes), (n, bool(keepdims))) for n in (1, 2)]
    return count, *sums, None if shift is None else convert_to_tensor(shift, x.dtype)


def normalize_moments(counts, mean_ss, variance_ss, shift, name=None):
    """The mean and the variance that `sufficient_statistics` describe."""
    mean_ss = convert_to_tensor(mean_ss)
    divisor = 1 / convert_to_tensor(counts, mean_ss.dtype)
    shifted = mean_ss * divisor
    variance = variance_ss * divisor - shifted * shifted
    return shifted if shift is None else shifted + shift, variance


COUNT = define(
    "CountAlong",
    lambda x, axes: jnp.asarray(
        np.prod([x.shape[a] for a in _all_axes(_axes(axes, x.ndim), x.ndim)]), x.dtype
    ),
    "Ti",
    static=(1,),
)
POWER_SUM = define(
    "PowerSum",
    lambda x, axes, *, power, keep_dims: jnp.sum(x**power, _axes(axes, x.ndim), keepdims=keep_dims),
    "Ti",
    static=(1,),
)

# Normalisation ------------------------------------------------------------------------------------


def batch_normalization(x, mean, variance, offset, scale, variance_epsilon, name=None):
    """(x - mean) / sqrt(variance + variance_epsilon) * scale + offset (Ioffe and Szegedy, 2015).

    Args:
      mean, variance, offset, scale: broadcast with `x`; `offset` and `scale` may be None.
    """
    x = convert_to_tensor(x)
    inverse = execute(RSQRT_OF_SUM, (variance, variance_epsilon))
    if scale is not None:
        inverse = inverse * scale
    shift = -mean * inverse if offset is None else offset - mean * inverse
    return x * cast(inverse, x.dtype) + cast(shift, x.dtype)


def batch_norm_with_global_normalization(input, mean, variance, beta, gamma, variance_epsilon,
                                         scale_after_normalization, name=None):  # fmt: skip
    """`batch_normalization`; `gamma` is used where `scale_after_normalization` says so."""
    scale = gamma if scale_after_normalization else None
    return batch_normalization(input, mean, variance, beta, scale, variance_epsilon, name)


RSQRT_OF_SUM = define("RsqrtOfSum", lambda x, y: lax.rsqrt(x + y), "TT")


def _fused_batch_norm(x, scale, offset, mean, variance, *, epsilon, factor, data_format, training):
    """Per channel. Training returns the batch's own variance with Bessel's correction."""
    first = channels_first(data_format)
    axes = tuple(i for i in range(x.ndim) if i != (1 if first else x.ndim - 1))
    shape = [1 if i in axes else n for i, n in enumerate(x.shape)]
    y = x.astype(np.float32) if _is_half(x) else x
    new_mean, new_variance = mean, variance
    if training:
        batch_mean = jnp.mean(y, axes)
        batch_variance = jnp.mean(jnp.square(y - batch_mean.reshape(shape)), axes)
        count = y.size // batch_mean.size
        unbiased = batch_variance * (count / max(count - 1, 1))
        new_mean, new_variance = (
            batch if factor == 1 else (1 - factor) * running + factor * batch
            for batch, running in ((batch_mean, mean), (unbiased, variance))
        )
        mean, variance = batch_mean, batch_variance
    inverse = lax.rsqrt(variance + epsilon) * scale
    normal = (y - mean.reshape(shape)) * inverse.reshape(shape) + offset.reshape(shape)
    return normal.astype(x.dtype), lax.stop_gradient(new_mean), lax.stop_gradient(new_variance)


FUSED_BATCH_NORM = define("FusedBatchNormV3", _fused_batch_norm, "TUUUU", num_outputs=3)


def fused_batch_norm(x, scale, offset, mean=None, variance=None, epsilon=0.001, data_format="NHWC",
                     is_training=True, name=None, exponential_avg_factor=1.0):  # fmt: skip
    """Batch normalisation of images, per channel.

    Returns:
      The normalised images, and the mean and variance to keep: the batch's, or with
      `exponential_avg_factor` below 1 a mixture of the given ones and the batch's.
    """
    if (not is_training or exponential_avg_factor != 1.0) and (mean is None or variance is None):
        raise ValueError(
            "Both `mean` and `variance` must be a 1D tensor when `is_training` is False or "
            f"`exponential_avg_factor` != 1.0. Received: `mean` {mean!r} and `variance` "
            f"{variance!r}"
        )
    empty = np.zeros(0, np.float32)
    mean, variance = (empty if v is None else v for v in (mean, variance))
    attrs = (float(epsilon), float(exponential_avg_factor), data_format, bool(is_training))
    inputs = (x, scale, offset, mean, variance)
    return tuple(execute(FUSED_BATCH_NORM, inputs, attrs, name))


def _l2_normalize(x, axis, *, epsilon):
    squares = jnp.square(x.real) + jnp.square(x.imag) if jnp.iscomplexobj(x) else x * x
    total = jnp.sum(squares, _axes(axis, x.ndim), keepdims=True)
    bounded = jnp.where(total < epsilon, jnp.asarray(epsilon, total.dtype), total)
    return x * lax.rsqrt(bounded)


L2_NORMALIZE = define("L2Normalize", _l2_normalize, "Ti", static=(1,))


def l2_normalize(x, axis=None, epsilon=1e-12, name=None, dim=None):
    """`x` over the square root of its sum of squares along `axis` (at least `epsilon`).

    >>> l2_normalize([3.0, 4.0]).numpy()
    array([0.6, 0.8], dtype=float32)
    """
    x, axis = convert_to_tensor(x), dim if axis is None else axis
    if not (x.dtype.is_floating or x.dtype.is_complex):
        raise TypeError(f"Cannot convert {epsilon} to EagerTensor of dtype {x.dtype.name}")
    return execute(L2_NORMALIZE, (x, axis), (float(epsilon),), name or "l2_normalize")


def _local_response(input, *, depth_radius, bias, alpha, beta):
    if input.ndim != 4:
        raise ValueError("in must be 4-dimensional")
    window = (1, 1, 1, 2 * depth_radius + 1)
    edges = [(0, 0)] * 3 + [(depth_radius, depth_radius)]
    zero = np.zeros((), input.dtype)
    squares = lax.reduce_window(jnp.square(input), zero, lax.add, window, (1, 1, 1, 1), edges)
    return input * (bias + alpha * squares) ** -beta


LRN = define("LRN", _local_response, "T")


def local_response_normalization(input, depth_radius=5, bias=1, alpha=1, beta=0.5, name=None):
    """Each value over a power of the sum of squares of its neighbours in depth.

    Source: Krizhevsky et al., 2012. `input` is [batch, height, width, channels].
    """
    attrs = (int(depth_radius), float(bias), float(alpha), float(beta))
    return execute(LRN, (input,), attrs, name)


lrn = local_response_normalization

# Biases and counts --------------------------------------------------------------------------------


def _bias_add(value, bias, *, data_format):
    first = data_format is not None and data_format.startswith("NC")
    axis = 1 if first else value.ndim - 1
    if value.ndim < 2:
        raise ValueError(f"Input tensor must be at least 2D: {list(value.shape)}")
    if bias.ndim != 1:
        raise ValueError(f"Biases must be 1D: {list(bias.shape)}")
    if value.shape[axis] != bias.shape[0]:
        raise ValueError(
            "Must provide as many biases as the last dimension of the input tensor: "
            f"{list(bias.shape)} vs. {list(value.shape)}".replace(", ", ",")
        )
    return value + bias.reshape([-1 if i == axis else 1 for i in range(value.ndim)])


BIAS_ADD = define("BiasAdd", _bias_add, "TT")
ZERO_FRACTION = define(
    "ZeroFraction", lambda value: jnp.mean(value == 0, dtype=np.float32), "T", differentiable=False
)


def bias_add(value, bias, data_format=None, name=None):
    """`value` plus a bias per channel; the channels are last, or second for "NC..."."""
    if data_format is not None and data_format[:2] != "NC" and data_format[:1] != "N":
        raise ValueError(f"`data_format` must be of the form `N...C` or `NC...`. Received: "
                         f"{data_format}")  # fmt: skip
    return execute(BIAS_ADD, (value, bias), (data_format,), name)


def zero_fraction(value, name=None):
    """How large a part of the elements is zero: a float32 scalar."""
    return execute(ZERO_FRACTION, (value,), (), name or "zero_fraction/fraction")
