"""First values that are the same each time."""

import math

import numpy as np

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config as settings
from minitf.keras import serialization
from minitf.keras.initializers.base import Initializer
from minitf.ops import array
from minitf.ops.array import range, reshape
from minitf.ops.math import cast, cos, sin


class Zeros(Initializer):
    """Zeros."""

    def __call__(self, shape, dtype=None):
        return array.zeros(shape, settings.standardize_dtype(dtype))


class Ones(Initializer):
    """Ones."""

    def __call__(self, shape, dtype=None):
        return array.ones(shape, settings.standardize_dtype(dtype))


class Constant(Initializer):
    """The same number, or an array that broadcasts to the shape.

    >>> Constant(0.5)([2]).numpy()
    array([0.5, 0.5], dtype=float32)
    """

    def __init__(self, value=0.0):
        self.value = value

    def __call__(self, shape, dtype=None):
        dtype = settings.standardize_dtype(dtype)
        return cast(self.value, dtype) * array.ones(shape, dtype)

    def get_config(self):
        return {"value": serialization.serialize_keras_object(self.value)}

    @classmethod
    def from_config(cls, config):
        return cls(**{k: serialization.deserialize_keras_object(v) for k, v in config.items()})


class Identity(Initializer):
    """The identity matrix times `gain`.

    Raises:
      ValueError: the shape is not that of a matrix.
    """

    def __init__(self, gain=1.0):
        self.gain = gain

    def __call__(self, shape, dtype=None):
        if len(shape) != 2:
            raise ValueError(
                "Identity matrix initializer can only be used for 2D matrices. "
                f"Received: shape={shape} of rank {len(shape)}."
            )
        return cast(self.gain * np.eye(*shape), settings.standardize_dtype(dtype))

    def get_config(self):
        return {"gain": self.gain}


class Given(Initializer):
    """An array as its own initializer."""

    def __init__(self, value):
        self.value = convert_to_tensor(value)

    def __call__(self, shape, dtype=None):
        if tuple(shape) != tuple(self.value.shape):
            raise ValueError(
                f"Expected `shape` to be {self.value.shape} for direct tensor as initializer. "
                f"Received shape={shape}"
            )
        return cast(self.value, settings.standardize_dtype(dtype))


class STFT(Initializer):
    """The kernel of a convolution that computes a short-time Fourier transform.

    Args:
      side: `"real"` or `"imag"`.
      window: the name of a window of SciPy, an array [frame_length], or None.
      scaling: divides by `"density"` (the root of the window's energy), by `"spectrum"` (its sum)
        or by nothing (None).
      periodic: whether the window is periodic rather than symmetric, as SciPy's `fftbins`.

    Raises:
      ValueError: an unknown argument, or a window that is not of the frame's length.
    """

    def __init__(self, side="real", window="hann", scaling="density", periodic=False):
        if side not in ("real", "imag"):
            raise ValueError(f"side should be 'real' or 'imag', not {side}")
        if scaling not in (None, "density", "spectrum"):
            raise ValueError(
                "Scaling is invalid, it must be `None`, 'density' or 'spectrum'. "
                f"Received scaling={scaling}"
            )
        if isinstance(window, str):
            _scipy_window(window, 1, periodic)  # an unknown name raises here
        self.side, self.window, self.scaling, self.periodic = side, window, scaling, periodic

    def __call__(self, shape, dtype=None):
        dtype = settings.standardize_dtype(dtype)
        frame_length, _, fft_length = shape
        frequency = reshape(range(fft_length), (1, 1, -1)) / ((fft_length - 1) * 2)
        time = reshape(cast(range(frame_length), dtype), (-1, 1, 1))
        angles = -2 * time * cast(frequency, dtype) * math.pi
        kernel = cos(angles) if self.side == "real" else sin(angles)
        if self.window is None:
            return kernel
        window = self.window
        if isinstance(window, str):
            window = _scipy_window(window, frame_length, self.periodic)
        window = np.asarray(window, dtype)
        if window.shape != (frame_length,):
            raise ValueError(
                "The shape of `window` must be equal to [frame_length]. "
                f"Received: window shape={window.shape}"
            )
        sums = {"density": np.sqrt(np.sum(window**2)), "spectrum": np.abs(window).sum(), None: 1}
        return kernel * (window / sums[self.scaling]).astype(dtype).reshape(-1, 1, 1)

    def get_config(self):
        return {
            "side": self.side,
            "window": self.window,
            "periodic": self.periodic,
            "scaling": self.scaling,
        }


def _scipy_window(name, length, periodic):
    from scipy.signal import get_window  # heavy, and rarely needed

    return get_window(name, length, periodic)
