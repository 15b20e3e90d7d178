"""Layers that take sounds to pictures: how strong each frequency is, time after time."""

import math as numbers
import warnings

from minitf.keras import config as settings
from minitf.keras import initializers
from minitf.keras.input_spec import InputSpec
from minitf.keras.layer import Layer
from minitf.keras.ops import nn
from minitf.keras.ops.elementwise import log10
from minitf.keras.ops.signal import stft
from minitf.ops.array import pad, reshape, shape, transpose
from minitf.ops.joining import concat
from minitf.ops.linalg import tensordot
from minitf.ops.math import atan2, cast, log, maximum, pow, sqrt, square
from minitf.ops.reductions import reduce_max
from minitf.ops.signal import linear_to_mel_weight_matrix

_MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


class STFTSpectrogram(Layer):
    """The short-time Fourier transform, by convolutions whose kernels are weights.

    Args:
      mode: what of it: `"log"`, `"magnitude"`, `"psd"` (power), `"real"`, `"imag"`, `"angle"`, or
        `"stft"`: real and imaginary parts.
      frame_length, frame_step: of the windows, in samples; default step: half the length.
      fft_length: default: the next power of two.
      window, periodic, scaling: as in `keras.initializers.STFT`.
      padding: `"valid"` or `"same"`.
      expand_dims: whether frequencies and channels have an axis each.

    Call arguments:
      inputs: sounds `[batch, time, channels]`.

    Raises:
      ValueError: an unknown mode, scaling, padding or window, or lengths that do not fit.
    """

    def __init__(self, mode="log", frame_length=256, frame_step=None, fft_length=None,
                 window="hann", periodic=False, scaling="density", padding="valid",
                 expand_dims=False, data_format=None, **kwargs):  # fmt: skip
        if frame_step is not None and not 1 <= frame_step <= frame_length:
            raise ValueError(
                "`frame_step` should be a positive integer not greater than `frame_length`. "
                f"Received frame_step={frame_step}, frame_length={frame_length}"
            )
        if fft_length is not None and fft_length < frame_length:
            raise ValueError(
                "`fft_length` should be not less than `frame_length`. Received "
                f"fft_length={fft_length}, frame_length={frame_length}"
            )
        if fft_length is not None and fft_length & -fft_length != fft_length:
            warnings.warn(
                "`fft_length` is recommended to be a power of two. "
                f"Received fft_length={fft_length}",
                stacklevel=2,
            )
        if mode not in _MODES:
            raise ValueError(
                f"Output mode is invalid, it must be one of {', '.join(_MODES)}. "
                f"Received: mode={mode}"
            )
        if scaling not in (None, "density", "spectrum"):
            raise ValueError(
                "Scaling is invalid, it must be `None`, 'density' or 'spectrum'. "
                f"Received scaling={scaling}"
            )
        if padding not in ("valid", "same"):
            raise ValueError(
                f"Padding is invalid, it should be 'valid', 'same'. Received: padding={padding}"
            )
        self._kernels = {part: initializers.STFT(part, window, scaling, periodic)
                         for part in ("real", "imag")}  # fmt: skip
        super().__init__(**kwargs)
        self.mode, self.window, self.periodic, self.scaling = mode, window, periodic, scaling
        self.frame_length, self.frame_step, self.fft_length = frame_length, frame_step, fft_length
        self._frame_step = frame_step or frame_length // 2
        self._fft_length = fft_length or 2 ** int(numbers.ceil(numbers.log2(frame_length)))
        self.padding, self.expand_dims = padding, expand_dims
        self.data_format = settings.standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=3)

    def build(self, input_shape):
        sizes = (self.frame_length, 1, self._fft_length // 2 + 1)
        for part, other in (("real", "imag"), ("imag", "real")):
            if self.mode != other:
                weight = self.add_weight(sizes, self._kernels[part], name=f"{part}_kernel")
                setattr(self, f"{part}_kernel", weight)

    def call(self, inputs):
        if settings.standardize_dtype(inputs.dtype) not in ("float16", "float32", "float64"):
            raise TypeError(
                "Invalid input type. Expected `float16`, `float32` or `float64`. "
                f"Received: input type={inputs.dtype}"
            )
        real = self._transformed(inputs, self.real_kernel) if self.mode != "imag" else None
        imag = self._transformed(inputs, self.imag_kernel) if self.mode != "real" else None
        if self.mode in ("real", "imag"):
            return self._arranged(imag if real is None else real)
        if self.mode == "angle":
            return self._arranged(atan2(imag, real))
        if self.mode == "stft":
            return self._arranged(concat([real, imag], -1))
        power = square(real) + square(imag)
        if self.mode == "psd":  # the other half of the frequencies is the mirror of this one
            ends = [[0, 0], [0, 0], [0, 0], [1, 1]]
            return self._arranged(power + pad(power[..., 1:-1], ends))
        magnitude = self._arranged(sqrt(maximum(power, settings.epsilon())))
        if self.mode == "magnitude":
            return magnitude
        return log(maximum(magnitude, settings.epsilon()))

    def _transformed(self, inputs, kernel):
        """`[batch, channels, time, frequencies]`."""
        if self.data_format == "channels_last":
            inputs = transpose(inputs, [0, 2, 1])
        channels, time = inputs.shape[1], shape(inputs)[2]
        sounds = reshape(inputs, [-1, time, 1])
        found = nn.conv(sounds, cast(kernel, sounds.dtype), self._frame_step, self.padding,
                        "channels_last")  # fmt: skip
        return reshape(found, [-1, channels, shape(found)[1], found.shape[2]])

    def _arranged(self, outputs):
        """Of `[batch, channels, time, frequencies]`, what the layer returns."""
        last = self.data_format == "channels_last"
        if self.expand_dims:
            return transpose(outputs, [0, 2, 3, 1]) if last else outputs
        channels, time, frequencies = outputs.shape[1], shape(outputs)[2], outputs.shape[3]
        if last:
            outputs = transpose(outputs, [0, 2, 1, 3])
            return reshape(outputs, [-1, time, channels * frequencies])
        outputs = transpose(outputs, [0, 1, 3, 2])
        return reshape(outputs, [-1, channels * frequencies, time])

    def compute_output_shape(self, input_shape):
        last = self.data_format == "channels_last"
        batch, time, channels = input_shape if last else (input_shape[0], *input_shape[:0:-1])
        if time is not None:
            window = self.frame_length if self.padding == "valid" else 1
            time = (time - window) // self._frame_step + 1
        frequencies = (self._fft_length // 2 + 1) * (2 if self.mode == "stft" else 1)
        if self.expand_dims:
            rest = (time, frequencies, channels) if last else (channels, time, frequencies)
        else:
            rest = (time, channels * frequencies) if last else (channels * frequencies, time)
        return (batch, *rest)

    def get_config(self):
        own = ("mode", "frame_length", "frame_step", "fft_length", "window", "periodic", "scaling",
               "padding", "data_format", "expand_dims")  # fmt: skip
        return {**super().get_config(), **self._config_of(*own)}


class MelSpectrogram(Layer):
    """How strong sounds are on the mel scale, of equal steps to the ear: `[batch, mels, time]`.

    Args:
      fft_length: of the Fourier transforms.
      sequence_stride, sequence_length: of the windows, in samples; default: as `fft_length`.
      window: `"hann"`, `"hamming"` or numbers.
      sampling_rate: samples per second.
      num_mel_bins: how many frequencies, from `min_freq` to `max_freq` (default: half the rate).
      power_to_db: whether in decibels, over `ref_power`, down to `top_db` below the largest.
      mag_exp: the power of the magnitudes, 2: energy.
      min_power: what is weaker counts as this.

    Call arguments:
      inputs: sounds `[batch, time]`, or one `[time]`.

    Raises:
      ValueError: `sequence_length` is larger than `fft_length`.
    """

    def __init__(self, fft_length=2048, sequence_stride=512, sequence_length=None, window="hann",
                 sampling_rate=16000, num_mel_bins=128, min_freq=20.0, max_freq=None,
                 power_to_db=True, top_db=80.0, mag_exp=2.0, min_power=1e-10, ref_power=1.0,
                 **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        self.fft_length, self.sequence_stride = fft_length, sequence_stride
        self.sequence_length = sequence_length or fft_length
        if fft_length < self.sequence_length:
            raise ValueError(
                "`fft_length` must be greater than or equal to   `sequence_length`. Received: "
                f"`sequence_length`={self.sequence_length}, `fft_length`={fft_length}."
            )
        self.window, self.sampling_rate, self.num_mel_bins = window, sampling_rate, num_mel_bins
        self.min_freq, self.max_freq = min_freq, max_freq or int(sampling_rate / 2)
        self.power_to_db, self.top_db, self.mag_exp = power_to_db, top_db, mag_exp
        self.min_power, self.ref_power = min_power, ref_power
        self._allow_non_tensor_positional_args = True

    def call(self, inputs):
        dtype = "float64" if self.compute_dtype == "float64" else "float32"
        real, imag = stft(cast(inputs, dtype), self.sequence_length, self.sequence_stride,
                          self.fft_length, self.window)  # fmt: skip
        strength = pow(sqrt(square(real) + square(imag)), cast(self.mag_exp, dtype))
        matrix = linear_to_mel_weight_matrix(
            self.num_mel_bins, self.fft_length // 2 + 1, self.sampling_rate, self.min_freq,
            self.max_freq,
        )  # fmt: skip
        mels = tensordot(strength, cast(matrix, dtype), 1)
        mels = self._decibels(mels) if self.power_to_db else mels
        axes = list(range(len(mels.shape)))
        return cast(transpose(mels, [*axes[:-2], axes[-1], axes[-2]]), self.compute_dtype)

    def _decibels(self, power):
        decibels = 10.0 * log10(maximum(power, self.min_power))
        decibels -= 10.0 * numbers.log10(max(abs(self.ref_power), self.min_power))
        return maximum(decibels, reduce_max(decibels) - self.top_db)

    def compute_output_shape(self, input_shape):
        time = input_shape[-1]
        if time is not None:
            time = (time + self.sequence_stride + 1) // self.sequence_stride
        return (*input_shape[:-1], self.num_mel_bins, time)

    def get_config(self):
        own = ("fft_length", "sequence_stride", "sequence_length", "window", "sampling_rate",
               "num_mel_bins", "min_freq", "max_freq", "power_to_db", "top_db", "mag_exp",
               "min_power", "ref_power")  # fmt: skip
        return {**super().get_config(), **self._config_of(*own)}
