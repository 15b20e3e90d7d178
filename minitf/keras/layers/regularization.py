"""Layers against overfitting: noise while training, and penalties."""

import math

from minitf.keras import config as settings
from minitf.keras import random, regularizers
from minitf.keras.input_spec import InputSpec
from minitf.keras.layer import Layer
from minitf.ops.array import shape
from minitf.ops.math import cast, greater_equal


class _Noise(Layer):
    """Noise of a strength between 0 and 1, while training only.

    Raises:
      ValueError: another strength.
    """

    _strength = "rate"

    def __init__(self, strength, seed=None, **kwargs):
        super().__init__(**kwargs)
        if not 0 <= strength <= 1:
            raise ValueError(
                f"Invalid value received for argument `{self._strength}`. Expected a float value "
                f"between 0 and 1. Received: {self._strength}={strength}"
            )
        setattr(self, self._strength, strength)
        self.seed, self._is_active = seed, strength > 0
        if self._is_active:
            self.seed_generator = random.SeedGenerator(seed)
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs, training=False):
        return self._noisy(inputs) if training and self._is_active else inputs

    def _noisy(self, inputs):
        raise NotImplementedError

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), **self._config_of(self._strength, "seed")}


class Dropout(_Noise):
    """Zeroes a part `rate` of the inputs while training, and divides the others by `1 - rate`.

    Args:
      noise_shape: sizes of the draws, 1 where all along an axis share one; None: the inputs'.
      seed: of the draws.
    """

    def __init__(self, rate, noise_shape=None, seed=None, **kwargs):
        super().__init__(rate, seed, **kwargs)
        self.noise_shape = _checked_noise_shape(noise_shape)

    def _noisy(self, inputs):
        return random.dropout(inputs, self.rate, self._draws(inputs), seed=self.seed_generator)

    def _draws(self, inputs):
        """The shape of the random numbers, None for that of the inputs."""
        return self.noise_shape

    def get_config(self):
        return {**super().get_config(), **self._config_of("noise_shape")}


def _checked_noise_shape(noise_shape):
    if noise_shape is None:
        return None
    start = "Invalid value received for argument `noise_shape`."
    if isinstance(noise_shape, str) or not hasattr(noise_shape, "__iter__"):
        raise ValueError(
            f"{start} Expected a tuple or list of integers. Received: noise_shape={noise_shape}"
        )
    for i, size in enumerate(noise_shape):
        if size is not None and not isinstance(size, int):
            raise ValueError(
                f"{start} Expected all elements to be integers or None. Received element at index "
                f"{i}: {size} (type: {type(size).__name__})"
            )
        if size is not None and size <= 0:
            raise ValueError(
                f"{start} Expected all dimensions to be positive integers or None. Received "
                f"negative or zero value at index {i}: {size}"
            )
    return tuple(noise_shape)


class _SpatialDropout(Dropout):
    """Dropout of whole channels."""

    _rank = 3

    def __init__(self, rate, data_format=None, seed=None, name=None, dtype=None):
        super().__init__(rate, seed=seed, name=name, dtype=dtype)
        self.data_format = settings.standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self._rank)

    def _draws(self, inputs):
        kept = (0, 1) if self.data_format == "channels_first" else (0, self._rank - 1)
        return [None if axis in kept else 1 for axis in range(self._rank)]

    def get_config(self):
        return self._config_of("rate", "seed", "name", "dtype", "data_format")


class SpatialDropout1D(_SpatialDropout):
    """Dropout of whole channels of sequences."""

    def __init__(self, rate, seed=None, name=None, dtype=None):
        super().__init__(rate, "channels_last", seed, name, dtype)

    def get_config(self):
        return self._config_of("rate", "seed", "name", "dtype")


class SpatialDropout2D(_SpatialDropout):
    """Dropout of whole channels of images."""

    _rank = 4


class SpatialDropout3D(_SpatialDropout):
    """Dropout of whole channels of volumes."""

    _rank = 5


class AlphaDropout(Dropout):
    """Dropout that keeps mean and variance of what SELU activations return."""

    def _noisy(self, inputs):
        sizes = shape(inputs)
        wanted = self.noise_shape or (None,) * len(inputs.shape)
        draws = [sizes[i] if n is None else n for i, n in enumerate(wanted)]
        lowest = -1.6732632423543772848170429916717 * 1.0507009873554804934193349852946
        kept = greater_equal(random.uniform(draws, seed=self.seed_generator), self.rate)
        kept = cast(kept, inputs.dtype)
        a = ((1 - self.rate) * (1 + self.rate * lowest**2)) ** -0.5
        b = -a * lowest * self.rate
        return a * (inputs * kept + lowest * (1 - kept)) + b

    def get_config(self):
        config = super().get_config()
        del config["noise_shape"]
        return config


class GaussianDropout(_Noise):
    """Multiplies by normal numbers of mean 1 and variance `rate / (1 - rate)`, while training."""

    def __init__(self, rate, seed=None, **kwargs):
        super().__init__(rate, seed, **kwargs)

    def _noisy(self, inputs):
        stddev = math.sqrt(self.rate / (1.0 - self.rate))
        return inputs * random.normal(
            shape(inputs), 1.0, stddev, dtype=self.compute_dtype, seed=self.seed_generator
        )


class GaussianNoise(_Noise):
    """Adds normal numbers of standard deviation `stddev`, while training."""

    _strength = "stddev"

    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(stddev, seed, **kwargs)

    def _noisy(self, inputs):
        return inputs + random.normal(
            shape(inputs), 0.0, self.stddev, dtype=self.compute_dtype, seed=self.seed_generator
        )


class ActivityRegularization(Layer):
    """The inputs; adds the penalty `l1 * sum(|x|) + l2 * sum(x**2)` to the losses."""

    def __init__(self, l1=0.0, l2=0.0, **kwargs):
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.supports_masking = True
        self.l1, self.l2 = l1, l2
        self._build_at_init()

    def call(self, inputs):
        return inputs

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        config = super().get_config()
        del config["activity_regularizer"]
        return {**config, **self._config_of("l1", "l2")}
