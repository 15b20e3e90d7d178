"""Activations as layers."""

import warnings

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import activations
from minitf.keras import config as settings
from minitf.keras.input_spec import InputSpec
from minitf.keras.layer import Layer
from minitf.ops.array import zeros_like
from minitf.ops.gathering import where
from minitf.ops.math import cast, greater


class _Elementwise(Layer):
    """A layer without weights whose outputs have the shape of its inputs."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self._build_at_init()

    def compute_output_shape(self, input_shape):
        return input_shape


class Activation(_Elementwise):
    """An activation: a function, or its name.

    >>> import numpy as np
    >>> Activation("relu")(np.array([-1.0, 2.0])).numpy()
    array([0., 2.], dtype=float32)
    """

    def __init__(self, activation, **kwargs):
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def call(self, inputs):
        return self.activation(inputs)

    def get_config(self):
        return {**super().get_config(), **self._config_of("activation")}


def _refuse_negative(layer, name, value, none_too=True):
    if value is None and none_too or value is not None and value < 0:
        shown = "None or a negative" if none_too else "a negative"
        raise ValueError(
            f"{name} of a {layer} layer cannot be {shown} value. Received: {name}={value}"
        )


class ReLU(_Elementwise):
    """`max(x, 0)`, or with a slope below a threshold and a largest value.

    Raises:
      ValueError: a negative argument.
    """

    def __init__(self, max_value=None, negative_slope=0.0, threshold=0.0, **kwargs):
        super().__init__(**kwargs)
        _refuse_negative("ReLU", "max_value", max_value, none_too=False)
        _refuse_negative("ReLU", "negative_slope", negative_slope)
        _refuse_negative("ReLU", "threshold", threshold)
        self.max_value, self.negative_slope = max_value, negative_slope
        self.threshold = threshold

    def call(self, inputs):
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)

    def get_config(self):
        own = self._config_of("max_value", "negative_slope", "threshold")
        return {**super().get_config(), **own}


class LeakyReLU(_Elementwise):
    """`x`, times `negative_slope` where it is negative; ValueError for a negative slope."""

    def __init__(self, negative_slope=0.3, **kwargs):
        if "alpha" in kwargs:
            negative_slope = kwargs.pop("alpha")
            warnings.warn("Argument `alpha` is deprecated. Use `negative_slope` instead.",
                          stacklevel=2)  # fmt: skip
        super().__init__(**kwargs)
        if negative_slope is None or negative_slope < 0:
            raise ValueError(
                "The negative_slope value of a Leaky ReLU layer cannot be None or negative value. "
                f"Expected a float. Received: negative_slope={negative_slope}"
            )
        self.negative_slope = negative_slope

    def call(self, inputs):
        return activations.leaky_relu(inputs, self.negative_slope)

    def get_config(self):
        return {**super().get_config(), **self._config_of("negative_slope")}


class ThresholdedReLU(_Elementwise):
    """`x` where it is greater than `theta`, else 0; ValueError for a negative `theta`."""

    def __init__(self, theta=1.0, **kwargs):
        super().__init__(**kwargs)
        if theta is None:
            raise ValueError(
                "Theta of a Thresholded ReLU layer cannot be None, expecting a float. "
                f"Received: {theta}"
            )
        if theta < 0:
            raise ValueError(
                f"The theta value of a Thresholded ReLU layer should be >=0. Received: {theta}"
            )
        self.theta = float(theta)

    def call(self, inputs):
        return inputs * cast(inputs > self.theta, self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), **self._config_of("theta")}


class ELU(_Elementwise):
    """`x`, and `alpha * (exp(x) - 1)` where it is negative."""

    def __init__(self, alpha=1.0, **kwargs):
        super().__init__(**kwargs)
        self.alpha = alpha

    def call(self, inputs):
        return activations.elu(inputs, self.alpha)


class Softmax(_Elementwise):
    """Exponentials that sum to 1 along `axis` (one or several); 0 where `mask` is False.

    Raises:
      ValueError: the mask does not broadcast to the inputs.
    """

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs, mask=None):
        if mask is not None:
            mask = self._checked(convert_to_tensor(mask), inputs)
            lowest = -3e4 if settings.standardize_dtype(inputs.dtype) == "float16" else -1e9
            inputs = where(mask, inputs, zeros_like(inputs) + lowest)
        outputs = activations.softmax(inputs, self.axis)
        return outputs if mask is None else where(mask, outputs, zeros_like(outputs))

    @staticmethod
    def _checked(mask, inputs):
        sizes = zip(mask.shape[::-1], inputs.shape[::-1])
        if len(mask.shape) > len(inputs.shape) or any(
            m not in (None, 1) and i is not None and m != i for m, i in sizes
        ):
            raise ValueError(
                "The `mask` must be broadcastable to `inputs` and must not have more dimensions. "
                f"Received: inputs.shape={inputs.shape}, mask.shape={mask.shape}"
            )
        return mask if mask.dtype.is_bool else greater(mask, cast(0.5, mask.dtype))

    def get_config(self):
        return {**super().get_config(), **self._config_of("axis")}


class PReLU(Layer):
    """`x`, times a weight `alpha` where it is negative.

    Args:
      shared_axes: axes along which the weight is the same.
    """

    def __init__(self, alpha_initializer="Zeros", alpha_regularizer=None, alpha_constraint=None,
                 shared_axes=None, **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        self.supports_masking = True
        self._take(
            alpha_initializer=alpha_initializer,
            alpha_regularizer=alpha_regularizer,
            alpha_constraint=alpha_constraint,
        )
        if shared_axes is not None:
            shared_axes = list(shared_axes) if hasattr(shared_axes, "__len__") else [shared_axes]
        self.shared_axes = shared_axes

    def build(self, input_shape):
        shared = self.shared_axes or []
        sizes = [1 if i in shared else n for i, n in enumerate(input_shape)]
        self.alpha = self._add_part("alpha", sizes[1:])
        axes = {i: n for i, n in enumerate(input_shape) if shared and i and i not in shared}
        self.input_spec = InputSpec(ndim=len(input_shape), axes=axes)

    def call(self, inputs):
        return activations.relu(inputs) - self.alpha * activations.relu(-inputs)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        own = ("alpha_initializer", "alpha_regularizer", "alpha_constraint", "shared_axes")
        return {**super().get_config(), **self._config_of(*own)}
