"""Batch normalization, and its renormalization, where small batches lean on moving averages."""

from minitf.keras import config as settings
from minitf.keras import initializers
from minitf.keras.input_spec import InputSpec
from minitf.keras.layers.normalization import SCALING, Normalized, precise
from minitf.ops.activations import relu
from minitf.ops.array import expand_dims, reshape, stop_gradient, zeros_like
from minitf.ops.gathering import where
from minitf.ops.linalg import clip_by_value
from minitf.ops.math import cast, logical_or, maximum, minimum, sqrt, square
from minitf.ops.normalization import batch_normalization, moments
from minitf.ops.reductions import reduce_sum


class BatchNormalization(Normalized):
    """Mean 0 and variance 1 over the batch; moving averages of them serve where it does not train.

    Args:
      axis: of the features.
      momentum: of the moving averages.
      epsilon: added to the variance.
      center, scale: whether there are the weights `beta` and `gamma`.
      moving_mean_initializer, moving_variance_initializer: of the averages.
      renorm: whether training normalizes with moving averages, too (Ioffe, 2017).
      renorm_clipping: bounds `rmin`, `rmax`, `dmax` of the correction that this makes.
      renorm_momentum: of these averages.
      synchronized: over all replicas; there is one.

    Raises:
      ValueError: a mask of a wrong rank, or bounds that are none.

    >>> import numpy as np
    >>> layer = BatchNormalization()
    >>> layer(np.array([[1.0], [3.0]]), training=True).numpy().round(2).ravel()
    array([-1.,  1.], dtype=float32)
    """

    def __init__(self, axis=-1, momentum=0.99, epsilon=1e-3, center=True, scale=True,
                 beta_initializer="zeros", gamma_initializer="ones",
                 moving_mean_initializer="zeros", moving_variance_initializer="ones",
                 beta_regularizer=None, gamma_regularizer=None, beta_constraint=None,
                 gamma_constraint=None, renorm=False, renorm_clipping=None, renorm_momentum=0.99,
                 synchronized=False, **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        self._set_up(
            int(axis), float(epsilon), center, scale,
            beta_initializer=beta_initializer, gamma_initializer=gamma_initializer,
            moving_mean_initializer=moving_mean_initializer,
            moving_variance_initializer=moving_variance_initializer,
            beta_regularizer=beta_regularizer, gamma_regularizer=gamma_regularizer,
            beta_constraint=beta_constraint, gamma_constraint=gamma_constraint,
        )  # fmt: skip
        self.momentum, self.synchronized = float(momentum), synchronized
        self.renorm, self.renorm_momentum = renorm, renorm_momentum
        self.renorm_clipping = _bounds(renorm_clipping or {}) if renorm else renorm_clipping

    def build(self, input_shape):
        sizes = (input_shape[self.axis],)
        self._add_scaling(sizes)
        self._add_average("moving_mean", self.moving_mean_initializer, sizes)
        self._add_average("moving_variance", self.moving_variance_initializer, sizes)
        if self.renorm:
            self._add_average("moving_stddev", self._first_stddev, sizes)
            self._add_average("renorm_mean", _again(self.moving_mean_initializer), sizes)
            self._add_average("renorm_stddev", self._first_stddev, sizes)
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: sizes[0]})

    def _add_average(self, name, initializer, sizes):
        weight = self.add_weight(sizes, initializer, trainable=False, autocast=False, name=name)
        setattr(self, name, weight)

    def _first_stddev(self, shape, dtype=None):
        return sqrt(_again(self.moving_variance_initializer)(shape, dtype=dtype))

    def call(self, inputs, training=None, mask=None):
        if mask is not None and len(mask.shape) != len(inputs.shape) - 1:
            raise ValueError(
                "The mask provided should be one dimension less than the inputs. Received: "
                f"mask.shape={mask.shape}, inputs.shape={inputs.shape}"
            )
        x = precise(inputs)
        mean, variance = cast(self.moving_mean, x.dtype), cast(self.moving_variance, x.dtype)
        gamma, beta = (
            None if weight is None else cast(weight, x.dtype) for weight in (self.gamma, self.beta)
        )
        if training and self.trainable:
            mean, variance = self._moments(x, mask)
            if self.renorm:
                gamma, beta = self._renormalized(mean, variance, gamma, beta)
                self._update_renorm(mean, sqrt(variance + self.epsilon))
            else:
                _move(self.moving_mean, mean, self.momentum)
                _move(self.moving_variance, variance, self.momentum)
        sizes = [1] * len(x.shape)
        sizes[self.axis] = x.shape[self.axis]
        parts = (mean, variance, beta, gamma)
        mean, variance, beta, gamma = (p if p is None else reshape(p, sizes) for p in parts)
        outputs = batch_normalization(x, mean, variance, beta, gamma, self.epsilon)
        return cast(outputs, self.compute_dtype)

    def _moments(self, x, mask):
        axes = list(range(len(x.shape)))
        del axes[self.axis]
        if mask is None:
            return moments(x, axes)
        zeros = zeros_like(x)
        kept = logical_or(cast(expand_dims(mask, -1), "bool"), cast(zeros, "bool"))
        count = reduce_sum(cast(kept, x.dtype), axes, keepdims=True) + settings.epsilon()
        mean = reduce_sum(where(kept, x, zeros), axes, keepdims=True) / count
        squares = reduce_sum(where(kept, square(x - mean), zeros), axes, keepdims=True)
        return reshape(mean, [-1]), reshape(squares / count, [-1])

    def _renormalized(self, mean, variance, gamma, beta):
        """`gamma` and `beta` that take the batch's own mean and deviation to the moving ones.

        With `r = stddev / moving stddev` and `d = (mean - moving mean) / moving stddev`, the
        outputs are `(x * r + d) * gamma + beta` for the normalized `x`.
        """
        known_mean, known = cast(self.renorm_mean, mean.dtype), cast(self.renorm_stddev, mean.dtype)
        known = maximum(known, self.epsilon**0.5)  # no division by zero early on
        r = sqrt(variance + self.epsilon) / known
        d = (mean - known_mean) / known
        bounds = self.renorm_clipping
        r = r if bounds.get("rmin") is None else maximum(r, bounds["rmin"])
        r = r if bounds.get("rmax") is None else minimum(r, bounds["rmax"])
        d = d if bounds.get("dmax") is None else clip_by_value(d, -bounds["dmax"], bounds["dmax"])
        r, d = stop_gradient(r), stop_gradient(d)
        if gamma is not None:
            r, d = r * gamma, d * gamma
        return r, d if beta is None else d + beta

    def _update_renorm(self, mean, stddev):
        _move(self.renorm_mean, mean, self.renorm_momentum)
        _move(self.renorm_stddev, stddev, self.renorm_momentum)
        _move(self.moving_mean, mean, self.momentum)
        stddev = _move(self.moving_stddev, stddev, self.momentum)
        self.moving_variance.assign(relu(square(stddev) - self.epsilon))

    def get_config(self):
        own = ("axis", "momentum", "epsilon", "center", "scale", *SCALING[:2],
               "moving_mean_initializer", "moving_variance_initializer", *SCALING[2:],
               "synchronized", "renorm", "renorm_clipping", "renorm_momentum")  # fmt: skip
        return {**super().get_config(), **self._config_of(*own)}


def _move(average, value, momentum):
    """A moving average takes a step towards `value`; returns it."""
    moved = cast(average, value.dtype) * momentum + value * (1.0 - momentum)
    average.assign(moved)
    return moved


def _again(initializer):
    """An initializer like the one given, which may be used but once."""
    if isinstance(initializer, initializers.Initializer):
        return initializer.clone()
    return initializer


def _bounds(clipping):
    keys = ["rmax", "rmin", "dmax"]
    if set(clipping) - set(keys):
        raise ValueError(
            "Received invalid keys for `renorm_clipping` argument: "
            f"{clipping}. Supported values: {keys}."
        )
    rmax, rmin, dmax = (clipping.get(key) for key in keys)
    if rmax is not None and rmin is not None and rmax < rmin:
        raise ValueError(
            "rmax should be greater than rmin in the `renorm_clipping` argument. "
            f"Received: rmax={rmax}, rmin={rmin}."
        )
    if dmax is not None and dmax < 0:
        raise ValueError(
            f"dmax should be non-negative in the `renorm_clipping` argument. Received: dmax={dmax}."
        )
    return clipping
