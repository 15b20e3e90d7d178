"""Signals: windows, frames, short-time spectra, cosine transforms, the mel scale."""

import jax.numpy as jnp
import numpy as np

from minitf import dtypes
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops import array, joining, math, reductions
from minitf.ops.fourier import irfft, rfft

# Windows -----------------------------------------------------------------------------------------


def _window(length, dtype, name, values):
    """The tensor of `values(n, positions)` for n = `length` positions from 0 on."""
    dtype = dtypes.as_dtype(dtype)
    if not dtype.is_floating:
        raise ValueError(f"dtype must be a floating point type. Found {dtype}")
    n = int(static_value(length))
    return convert_to_tensor(values(n, np.arange(n)).astype(dtype.np), name=name)


def _raised_cosine(window_length, periodic, dtype, name, low):
    def values(n, positions):
        period = n + (1 if periodic and n % 2 == 0 else 0) - 1
        return low - (1 - low) * np.cos(2 * np.pi * positions / period) if n > 1 else np.ones(n)

    return _window(window_length, dtype, name, values)


def hann_window(window_length, periodic=True, dtype=dtypes.float32, name=None):
    """One arch of a raised cosine that starts at 0.

    >>> hann_window(4).numpy()
    array([0. , 0.5, 1. , 0.5], dtype=float32)
    """
    return _raised_cosine(window_length, periodic, dtype, name, 0.5)


def hamming_window(window_length, periodic=True, dtype=dtypes.float32, name=None):
    """One arch of a raised cosine that starts at 0.08."""
    return _raised_cosine(window_length, periodic, dtype, name, 0.54)


def vorbis_window(window_length, dtype=dtypes.float32, name=None):
    """The window of the Vorbis codec, whose halves' squares add up to 1."""
    return _window(window_length, dtype, name, lambda n, positions: np.sin(
        np.pi / 2 * np.sin(np.pi / n * (positions + 0.5)) ** 2))  # fmt: skip


def kaiser_window(window_length, beta=12.0, dtype=dtypes.float32, name=None):
    """The window of Kaiser; the larger `beta`, the narrower."""
    return _window(window_length, dtype, name, lambda n, _: np.kaiser(n, beta))


def kaiser_bessel_derived_window(window_length, beta=12.0, dtype=dtypes.float32, name=None):
    """The running sums of a Kaiser window, there and back: the halves' squares add up to 1."""

    def values(n, _):
        total = np.cumsum(np.kaiser(n // 2 + 1, beta))
        half = np.sqrt(total[:-1] / total[-1])
        return np.concatenate([half, half[::-1]])

    return _window(window_length, dtype, name, values)


# Frames ------------------------------------------------------------------------------------------


def _frame(signal, pad_value, *, length, step, pad_end, axis):
    axis %= signal.ndim
    size = signal.shape[axis]
    count = -(-size // step) if pad_end else max(0, 1 + (size - length) // step)
    places = jnp.arange(count)[:, None] * step + jnp.arange(length)
    missing = max(0, (count - 1) * step + length - size) if pad_end else 0
    pads = [(0, missing if a == axis else 0) for a in range(signal.ndim)]
    return jnp.take(jnp.pad(signal, pads, constant_values=pad_value), places, axis)


def _overlap_and_add(signal, *, step):
    *outer, frames, length = signal.shape
    places = jnp.arange(frames)[:, None] * step + jnp.arange(length)
    total = jnp.zeros([*outer, max((frames - 1) * step + length, 0)], signal.dtype)
    return total.at[..., places].add(signal)


FRAME = define("Frame", _frame, "TT")
OVERLAP_AND_ADD = define("OverlapAndAdd", _overlap_and_add, "T")


def frame(signal, frame_length, frame_step, pad_end=False, pad_value=0, axis=-1, name=None):
    """The pieces of `frame_length` elements of `signal` that start every `frame_step` elements.

    >>> frame([1, 2, 3, 4, 5], 3, 2).numpy().tolist()
    [[1, 2, 3], [3, 4, 5]]
    """
    attrs = (int(static_value(frame_length)), int(static_value(frame_step)), bool(pad_end))
    return execute(FRAME, (signal, pad_value), (*attrs, int(axis)), name)


def overlap_and_add(signal, frame_step, name=None):
    """The sum of the frames of the last axis, each `frame_step` elements after the one before."""
    return execute(OVERLAP_AND_ADD, (signal,), (int(static_value(frame_step)),), name)


# Spectra -----------------------------------------------------------------------------------------


def _fft_length(fft_length, frame_length):
    if fft_length is not None:
        return int(static_value(fft_length))
    return 1 << (int(static_value(frame_length)) - 1).bit_length()


def stft(signals, frame_length, frame_step, fft_length=None, window_fn=hann_window, pad_end=False,
         name=None):  # fmt: skip
    """The short-time Fourier transform: the spectrum of each frame, `[..., frames, bins]`."""
    framed = frame(signals, frame_length, frame_step, pad_end)
    if window_fn is not None:
        framed = framed * window_fn(frame_length, dtype=framed.dtype)
    return rfft(framed, [_fft_length(fft_length, frame_length)], name=name)


def inverse_stft(stfts, frame_length, frame_step, fft_length=None, window_fn=hann_window,
                 name=None):  # fmt: skip
    """The signal whose frames have these spectra, its frames added up."""
    frame_length = int(static_value(frame_length))
    fft_length = _fft_length(fft_length, frame_length)
    frames = irfft(stfts, [fft_length])[..., :frame_length]
    if fft_length < frame_length:
        rank = frames.shape.rank
        frames = array.pad(frames, [[0, 0]] * (rank - 1) + [[0, frame_length - fft_length]])
    if window_fn is not None:
        frames = frames * window_fn(frame_length, dtype=frames.dtype)
    return overlap_and_add(frames, frame_step, name)


def inverse_stft_window_fn(frame_step, forward_window_fn=hann_window, name=None):
    """A `window_fn` for `inverse_stft` that undoes `forward_window_fn`."""

    def window(frame_length, dtype):
        forward = forward_window_fn(frame_length, dtype=dtype)
        step = int(static_value(frame_step))
        overlaps = -(-frame_length // step)
        squares = array.pad(math.square(forward), [[0, overlaps * step - frame_length]])
        total = reductions.reduce_sum(array.reshape(squares, [overlaps, step]), 0)
        return forward / array.tile(total, [overlaps])[:frame_length]

    return window


# Cosine transforms -------------------------------------------------------------------------------

_INVERSE = {1: 1, 2: 3, 3: 2, 4: 4}


def _cosines(n, type, norm):
    """The matrix of the transform: its columns are the frequencies."""
    t, k = jnp.arange(n, dtype=float)[:, None], jnp.arange(n, dtype=float)
    if type == 1:
        ends = jnp.where((t == 0) | (t == n - 1), 1, 2)
        return ends * jnp.cos(jnp.pi * k * t / (n - 1))
    if type == 2:
        scale = jnp.where(k == 0, jnp.sqrt(0.5), 1) / jnp.sqrt(2 * n) if norm else 1
        return 2 * jnp.cos(jnp.pi * k * (2 * t + 1) / (2 * n)) * scale
    if type == 3:
        scale = jnp.where(t == 0, jnp.sqrt(2), 1) / jnp.sqrt(2 * n) if norm else 1
        return jnp.where(t == 0, 1, 2) * jnp.cos(jnp.pi * t * (2 * k + 1) / (2 * n)) * scale
    scale = 1 / jnp.sqrt(2 * n) if norm else 1
    return 2 * jnp.cos(jnp.pi * (2 * t + 1) * (2 * k + 1) / (4 * n)) * scale


def _dct(input, *, type, n, norm):
    size = input.shape[-1]
    n = size if n is None else n
    x = input[..., :n]
    x = jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, max(0, n - size))])
    return jnp.matmul(x, _cosines(n, type, norm).astype(x.dtype))


DCT = define("DCT", _dct, "T")


def dct(input, type=2, n=None, axis=-1, norm=None, name=None):
    """The discrete cosine transform of type 1 to 4 of the last axis, cut or padded to `n`.

    Raises:
      NotImplementedError: `axis` is not the last one.
      ValueError: there is no such type, or it has no such norm.
    """
    if axis != -1:
        raise NotImplementedError(f"axis must be -1. Got: {axis}")
    if type not in _INVERSE:
        raise ValueError(f"Types I, II, III and IV (I)DCT are supported. Got: {type}")
    if norm not in (None, "ortho"):
        raise ValueError(f"Unknown normalization. Got: {norm}")
    if type == 1 and norm == "ortho":
        raise ValueError("Normalization is not supported for the Type-I DCT.")
    if n is not None and n < 1:
        raise ValueError("n should be a positive integer or None")
    return execute(DCT, (input,), (int(type), n, norm), name)


def idct(input, type=2, n=None, axis=-1, norm=None, name=None):
    """The transform that undoes `dct` of this type, but for a factor where `norm` is None."""
    return dct(input, _INVERSE.get(type, type), n, axis, norm, name)


def mdct(signals, frame_length, window_fn=vorbis_window, pad_end=False, norm=None, name=None):
    """The modified discrete cosine transform of frames that overlap by half."""
    length = int(static_value(frame_length))
    framed = frame(signals, length, length // 2, pad_end)
    if window_fn is not None:
        framed = framed * window_fn(length, dtype=framed.dtype)
    a, b, c, d = joining.split(framed, 4, axis=-1)
    folded = joining.concat([-array.reverse(c, [-1]) - d, a - array.reverse(b, [-1])], -1)
    return dct(folded, type=4, norm=norm, name=name)


def inverse_mdct(mdcts, window_fn=vorbis_window, norm=None, name=None):
    """The signal that `mdct` made these spectra of."""
    mdcts = convert_to_tensor(mdcts)
    half = mdcts.shape[-1]
    first, second = joining.split(idct(mdcts, type=4, norm=norm), 2, axis=-1)
    if norm is None:
        first, second = first * (0.5 / half), second * (0.5 / half)
    backwards = array.reverse(second, [-1]), array.reverse(first, [-1])
    frames = joining.concat([second, -backwards[0], -backwards[1], -first], -1)
    if window_fn is not None:
        frames = frames * window_fn(2 * half, dtype=frames.dtype)
    return overlap_and_add(frames, half, name)


# The mel scale -----------------------------------------------------------------------------------


def linear_to_mel_weight_matrix(num_mel_bins=20, num_spectrogram_bins=129, sample_rate=8000,
                                lower_edge_hertz=125.0, upper_edge_hertz=3800.0,
                                dtype=dtypes.float32, name=None):  # fmt: skip
    """The matrix, `[spectrogram bins, mel bins]`, that sums a spectrum in bands of the mel scale.

    Raises:
      ValueError: the edges are not in order, or not below half of the sample rate.
    """
    if num_mel_bins < 1:
        raise ValueError(f"num_mel_bins must be positive. Got: {num_mel_bins}")
    if not 0 <= lower_edge_hertz < upper_edge_hertz <= sample_rate / 2:
        raise ValueError(
            "upper_edge_hertz must not be larger than the Nyquist frequency (sample_rate / 2), and "
            f"lower_edge_hertz not below 0 or above it. Got {upper_edge_hertz} and "
            f"{lower_edge_hertz} for sample_rate: {sample_rate}"
        )

    def mel(hertz):
        return 1127.0 * np.log1p(hertz / 700.0)

    bins = mel(np.linspace(0, sample_rate / 2, num_spectrogram_bins)[1:, None])
    edges = np.linspace(mel(lower_edge_hertz), mel(upper_edge_hertz), num_mel_bins + 2)
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    slopes = np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle))
    matrix = np.pad(np.maximum(slopes, 0), [(1, 0), (0, 0)])
    return convert_to_tensor(matrix.astype(dtypes.as_dtype(dtype).np), name=name)


def mfccs_from_log_mel_spectrograms(log_mel_spectrograms, name=None):
    """The mel-frequency cepstral coefficients of log-magnitude mel spectrograms."""
    x = convert_to_tensor(log_mel_spectrograms)
    bins = math.cast(array.shape(x)[-1], x.dtype)
    return math.multiply(dct(x, type=2), math.rsqrt(2 * bins), name)
