"""Normalization layers: mean 0 and variance 1, over the batch, the features, or groups of them."""

import warnings

from minitf.keras import config as settings
from minitf.keras import promotion
from minitf.keras.input_spec import InputSpec
from minitf.keras.layer import Layer
from minitf.keras.layers.core import Wrapper
from minitf.ops.array import reshape, shape, transpose, zeros_like
from minitf.ops.linalg import matmul
from minitf.ops.math import cast, rsqrt, square
from minitf.ops.normalization import l2_normalize, moments
from minitf.ops.reductions import reduce_mean

SCALING = (
    "beta_initializer", "gamma_initializer", "beta_regularizer", "gamma_regularizer",
    "beta_constraint", "gamma_constraint",
)  # fmt: skip


def precise(x):
    """`x` in float32 at least."""
    dtype = settings.standardize_dtype(x.dtype)
    return cast(x, promotion.result_type(dtype, "float32"))


class Normalized(Layer):
    """Base class: a layer that may scale by weights `gamma` and shift by weights `beta`."""

    gamma = beta = None

    def _set_up(self, axis, epsilon, center, scale, **parts):
        self.axis, self.epsilon, self.center, self.scale = axis, epsilon, center, scale
        self._take(**parts)
        self.supports_masking = True

    def _add_scaling(self, sizes):
        if self.scale:
            self.gamma = self._add_part("gamma", sizes, autocast=False)
        if self.center:
            self.beta = self._add_part("beta", sizes, autocast=False)

    def compute_output_shape(self, input_shape):
        for axis in self.axis if isinstance(self.axis, list | tuple) else [self.axis]:
            if not -len(input_shape) <= axis < len(input_shape):
                raise ValueError(
                    f"Axis {axis} is out of bounds for input shape {input_shape}. "
                    f"Received: axis={self.axis}"
                )
        return input_shape

    @staticmethod
    def _scaled(x, mean, variance, epsilon, gamma, beta):
        """`(x - mean) / sqrt(variance + epsilon) * gamma + beta`, as one product and one sum."""
        factor = rsqrt(variance + epsilon)
        if gamma is not None:
            factor = factor * cast(gamma, x.dtype)
        summand = -mean * factor
        if beta is not None:
            summand = summand + cast(beta, x.dtype)
        return x * factor + summand


def _check_axis(axis, text):
    if not isinstance(axis, int | list | tuple):
        raise TypeError(text)
    return axis if isinstance(axis, int) else list(axis)


class LayerNormalization(Normalized):
    """Mean 0 and variance 1 over the features of each example; the arguments are as above.

    Raises:
      TypeError: `axis` is neither an integer nor a list of them.
    """

    def __init__(self, axis=-1, epsilon=1e-3, center=True, scale=True, beta_initializer="zeros",
                 gamma_initializer="ones", beta_regularizer=None, gamma_regularizer=None,
                 beta_constraint=None, gamma_constraint=None, **kwargs):  # fmt: skip
        self.rms_scaling = kwargs.pop("rms_scaling", False)
        if self.rms_scaling:
            warnings.warn(
                "You passed `rms_scaling=True`, which is deprecated. This argument incorrectly "
                "scales the input by the variance, not the root mean square. To correctly use RMS "
                "Normalization, please use `keras.layers.RMSNormalization` instead.",
                stacklevel=2,
            )
        super().__init__(**kwargs)
        axis = _check_axis(axis, "Expected an int or a list/tuple of ints for the argument 'axis', "
                                 f"but received: {axis!r}")  # fmt: skip
        self._set_up(
            axis, epsilon, center, scale,
            beta_initializer=beta_initializer, gamma_initializer=gamma_initializer,
            beta_regularizer=beta_regularizer, gamma_regularizer=gamma_regularizer,
            beta_constraint=beta_constraint, gamma_constraint=gamma_constraint,
        )  # fmt: skip
        self.autocast = False

    def build(self, input_shape):
        self.axis = sorted(self.axis) if isinstance(self.axis, list) else [self.axis]
        sizes = tuple(input_shape[axis] for axis in self.axis)
        if self.rms_scaling:  # always scaled, never shifted
            self.gamma = self._add_part("gamma", sizes, autocast=False)
        else:
            self._add_scaling(sizes)

    def call(self, inputs):
        x = precise(inputs)
        mean, variance = moments(x, self.axis, keepdims=True)
        mean = zeros_like(mean) if self.rms_scaling else mean
        sizes = [1] * len(x.shape)
        for axis in self.axis:
            sizes[axis] = x.shape[axis]
        gamma, beta = (
            None if weight is None else reshape(weight, sizes) for weight in (self.gamma, self.beta)
        )
        outputs = self._scaled(x, mean, variance, self.epsilon, gamma, beta)
        return cast(outputs, self.compute_dtype)

    def get_config(self):
        own = ("axis", "epsilon", "center", "scale", "rms_scaling", *SCALING)
        return {**super().get_config(), **self._config_of(*own)}


class GroupNormalization(Normalized):
    """Mean 0 and variance 1 over groups of channels of each example; -1: a group per channel.

    Raises:
      ValueError: a number of groups that does not divide that of the channels.
    """

    def __init__(self, groups=32, axis=-1, epsilon=1e-3, center=True, scale=True,
                 beta_initializer="zeros", gamma_initializer="ones", beta_regularizer=None,
                 gamma_regularizer=None, beta_constraint=None, gamma_constraint=None,
                 **kwargs):  # fmt: skip
        if not isinstance(groups, int) or groups <= 0 and groups != -1:
            raise ValueError(
                "Received an invalid value for argument `groups`, expected a positive integer (or "
                f"`-1` for instance normalization). Received: groups={groups}"
            )
        super().__init__(**kwargs)
        self._set_up(
            axis, epsilon, center, scale,
            beta_initializer=beta_initializer, gamma_initializer=gamma_initializer,
            beta_regularizer=beta_regularizer, gamma_regularizer=gamma_regularizer,
            beta_constraint=beta_constraint, gamma_constraint=gamma_constraint,
        )  # fmt: skip
        self.groups, self.autocast = groups, False

    def build(self, input_shape):
        size = input_shape[self.axis]
        if size is None:
            raise ValueError(
                f"Axis {self.axis} of input tensor should have a defined dimension but the layer "
                f"received an input with shape {input_shape}."
            )
        self.groups = size if self.groups == -1 else self.groups
        if size < self.groups:
            raise ValueError(
                f"Number of groups ({self.groups}) cannot be more than the number of channels "
                f"({size})."
            )
        if size % self.groups:
            raise ValueError(
                f"Number of groups ({self.groups}) must be a multiple of the number of channels "
                f"({size})."
            )
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: size})
        self._add_scaling((size,))

    def call(self, inputs):
        rank, dynamic = len(inputs.shape), shape(inputs)
        axis = self.axis % rank
        sizes = [dynamic[i] if n is None else n for i, n in enumerate(inputs.shape)]
        within = inputs.shape[axis] // self.groups
        split = [*sizes[:axis], self.groups, within, *sizes[axis + 1 :]]
        x = precise(reshape(inputs, split))
        mean, variance = moments(x, [i for i in range(1, rank + 1) if i != axis], keepdims=True)
        spread = [1] * (rank + 1)
        spread[axis], spread[axis + 1] = self.groups, within
        gamma, beta = (
            None if weight is None else reshape(weight, spread)
            for weight in (self.gamma, self.beta)
        )
        outputs = self._scaled(x, mean, variance, self.epsilon, gamma, beta)
        return cast(reshape(outputs, sizes), self.compute_dtype)

    def get_config(self):
        own = ("groups", "axis", "epsilon", "center", "scale", *SCALING)
        return {**super().get_config(), **self._config_of(*own)}


class RMSNormalization(Normalized):
    """The features over the root of the mean of their squares, times weights."""

    def __init__(self, axis=-1, epsilon=1e-6, **kwargs):
        super().__init__(**kwargs)
        self.axis, self.epsilon = axis, epsilon

    def build(self, input_shape):
        several = isinstance(self.axis, list | tuple)
        self.axis = sorted(self.axis) if several else [self.axis]
        sizes = tuple(input_shape[axis] for axis in self.axis)
        self.scale = self.add_weight(sizes, "ones", name="scale")

    def call(self, inputs):
        x = precise(inputs)
        sizes = [1] * len(x.shape)
        for axis in self.axis:
            sizes[axis] = x.shape[axis]
        mean = reduce_mean(square(x), self.axis, keepdims=True)
        outputs = x * rsqrt(mean + self.epsilon) * cast(reshape(self.scale, sizes), x.dtype)
        return cast(outputs, inputs.dtype)

    def get_config(self):
        return {**super().get_config(), **self._config_of("axis", "epsilon")}


class UnitNormalization(Normalized):
    """Vectors of length 1 along `axis`; TypeError for what is no axis."""

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = _check_axis(axis, "Invalid value for `axis` argument: expected an int or a "
                                      f"list/tuple of ints. Received: axis={axis}")  # fmt: skip
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs):
        return l2_normalize(inputs, self.axis, 1e-24)

    def get_config(self):
        return {**super().get_config(), **self._config_of("axis")}


class SpectralNormalization(Wrapper):
    """A layer whose kernel is divided by its largest singular value, as far as it is known.

    Args:
      layer: with a `kernel` or `embeddings`.
      power_iterations: how often the estimate is improved at a call while training.

    Raises:
      ValueError: `power_iterations` is not positive, or the layer has no kernel.
    """

    def __init__(self, layer, power_iterations=1, **kwargs):
        super().__init__(layer, **kwargs)
        if power_iterations <= 0:
            raise ValueError(
                "`power_iterations` should be greater than zero. "
                f"Received: `power_iterations={power_iterations}`"
            )
        self.power_iterations = power_iterations

    def build(self, input_shape):
        super().build(input_shape)
        self.input_spec = InputSpec(shape=[None, *input_shape[1:]])
        for name in ("kernel", "embeddings"):
            if hasattr(self.layer, name):
                self.kernel = getattr(self.layer, name)
                break
        else:
            raise ValueError(
                f"{type(self.layer).__name__} object has no attribute 'kernel' nor 'embeddings'"
            )
        self.vector_u = self.add_weight(
            (1, self.kernel.shape[-1]), "truncated_normal", self.kernel.dtype, trainable=False,
            name="vector_u",
        )  # fmt: skip

    def call(self, inputs, training=False):
        if training:
            weights, u = self._estimated()
            self.vector_u.assign(u)
            self.kernel.assign(weights)
        return cast(self.layer(inputs), inputs.dtype)

    def _estimated(self):
        """The kernel over its largest singular value, and the right singular vector."""
        matrix = reshape(self.kernel, [-1, self.kernel.shape[-1]])
        u = cast(self.vector_u, matrix.dtype)
        for _ in range(self.power_iterations):
            v = l2_normalize(matmul(u, transpose(matrix)), None, 1e-24)
            u = l2_normalize(matmul(v, matrix), None, 1e-24)
        sigma = matmul(matmul(v, matrix), transpose(u))
        return reshape(matrix / sigma, self.kernel.shape), u

    def compute_output_shape(self, input_shape):
        return tuple(self.layer.compute_output_shape(input_shape))

    def get_config(self):
        return {**super().get_config(), **self._config_of("power_iterations")}
