"""Fourier transforms and frames of signals."""

import jax.numpy as jnp
import numpy as np

from minitf.core.dispatch import convert_to_tensor
from minitf.keras.ops.defining import floating, of_arrays
from minitf.ops import math

# Complex numbers go in and come out as pairs (real parts, imaginary parts).


def _of_rank(rank, x):
    """`x` as a floating tensor of at least so many axes."""
    (x,) = floating(x)
    if len(x.shape) < rank:
        raise ValueError(
            f"Input should have rank >= {rank}. Received: input.shape = {tuple(x.shape)}"
        )
    return x


def _complex(pair, rank=1):
    """The complex tensor, of at least `rank` axes, of a pair (real parts, imaginary parts)."""
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise ValueError(
            f"Input `x` should be a tuple of two tensors - real and imaginary. Received: x={pair}"
        )
    real, imag = floating(*pair)
    if tuple(real.shape) != tuple(imag.shape):
        raise ValueError(
            "Input `x` should be a tuple of two tensors - real and imaginary. Both the real and "
            f"imaginary parts should have the same shape. Received: x[0].shape = "
            f"{tuple(real.shape)}, x[1].shape = {tuple(imag.shape)}"
        )
    return math.complex(_of_rank(rank, real), imag)


def _parts(x):
    return jnp.real(x), jnp.imag(x)


@of_arrays(1, outputs=2)
def _fft(x, axes, inverse):
    return _parts((jnp.fft.ifftn if inverse else jnp.fft.fftn)(x, axes=axes).astype(x.dtype))


def fft(x):
    """The Fourier transform along the last axis."""
    return _fft(_complex(x), axes=(-1,), inverse=False)


def fft2(x):
    """The Fourier transform along the last two axes."""
    return _fft(_complex(x, 2), axes=(-2, -1), inverse=False)


def ifft2(x):
    """The inverse of `fft2`."""
    return _fft(_complex(x, 2), axes=(-2, -1), inverse=True)


def rfft(x, fft_length=None):
    """The Fourier transform of real numbers along the last axis: of frequencies from 0 on."""
    return _rfft(_of_rank(1, x), fft_length=fft_length)


@of_arrays(1, outputs=2)
def _rfft(x, fft_length):
    real, imag = _parts(jnp.fft.rfft(x, fft_length))
    return real.astype(x.dtype), imag.astype(x.dtype)


def irfft(x, fft_length=None):
    """The inverse of `rfft`."""
    return _irfft(_complex(x), fft_length=fft_length)


@of_arrays(1)
def _irfft(x, fft_length):
    return jnp.fft.irfft(x, fft_length).astype(jnp.real(x).dtype)


def _framed(x, length, stride):
    count = 1 + (x.shape[-1] - length) // stride
    places = stride * np.arange(count)[:, None] + np.arange(length)[None, :]
    return x[..., places]


def extract_sequences(x, sequence_length, sequence_stride):
    """Parts of the last axis, of one length and at equal distances, as a new axis of rows."""
    return _sequences(_of_rank(1, x), length=sequence_length, stride=sequence_stride)


@of_arrays(1)
def _sequences(x, length, stride):
    return _framed(x, length, stride)


_WINDOWS = {"hann": np.hanning, "hamming": np.hamming}


def _window(window, sequence_length, fft_length):
    """The window as `fft_length` numbers, the given one in the middle."""
    if window is None:
        numbers = np.ones(sequence_length)
    elif isinstance(window, str):
        if window not in _WINDOWS:
            raise ValueError(
                'If a string is passed to `window`, it must be one of `"hann"`, `"hamming"`. '
                f"Received: window={window}"
            )
        numbers = _WINDOWS[window](sequence_length + 1)[:-1]
    else:
        numbers = np.asarray(convert_to_tensor(window))
        if numbers.shape != (sequence_length,):
            raise ValueError(
                "The shape of `window` must be equal to [sequence_length].Received: window shape="
                f"{numbers.shape}"
            )
    before = (fft_length - sequence_length) // 2
    numbers = np.pad(numbers, (before, fft_length - sequence_length - before))
    return tuple(numbers.tolist())


def stft(x, sequence_length, sequence_stride, fft_length, window="hann", center=True):
    """The Fourier transforms of windows of a signal: (real parts, imaginary parts).

    Args:
      x: floats `[..., time]`.
      sequence_length, sequence_stride: the length of the windows, and how far apart they are.
      fft_length: at least as long: windows are filled up with zeros.
      window: `"hann"`, `"hamming"`, a vector of factors, or None.
      center: whether the t-th window lies around t * stride, the signal being mirrored.

    Raises:
      ValueError: lengths that do not fit, or an unknown window.
    """
    _check_lengths(sequence_length, sequence_stride, fft_length)
    x = convert_to_tensor(x)
    if x.dtype not in ("float32", "float64"):
        raise TypeError(
            "Invalid input type. Expected `float32` or `float64`. "
            f"Received: input type={x.dtype.name}"
        )
    factors = _window(window, sequence_length, fft_length)
    return _stft(x, stride=sequence_stride, factors=factors, center=center)


def _check_lengths(sequence_length, sequence_stride, fft_length):
    for name, value in {"sequence_length": sequence_length, "sequence_stride": sequence_stride,
                        "fft_length": fft_length}.items():  # fmt: skip
        if not isinstance(value, int) or value < 1:
            raise ValueError(f"`{name}` must be a positive integer. Received: {name}={value}")
    if fft_length < sequence_length:
        raise ValueError(
            "`fft_length` must equal or larger than `sequence_length`. Received: "
            f"sequence_length={sequence_length}, fft_length={fft_length}"
        )


@of_arrays(1, outputs=2)
def _stft(x, stride, factors, center):
    length = len(factors)
    if center:
        ends = [(0, 0)] * (x.ndim - 1) + [(length // 2, length // 2)]
        x = jnp.pad(x, ends, "reflect")
    frames = _framed(x, length, stride) * jnp.asarray(factors, x.dtype)
    real, imag = _parts(jnp.fft.rfft(frames))
    return real.astype(x.dtype), imag.astype(x.dtype)


def istft(x, sequence_length, sequence_stride, fft_length, length=None, window="hann",
          center=True):  # fmt: skip
    """The inverse of `stft`: the signal `[..., time]`, of `length` if given."""
    _check_lengths(sequence_length, sequence_stride, fft_length)
    frames = _irfft(_complex(x, 2), fft_length=fft_length)
    factors = (1.0,) * fft_length  # without a window, those that lie over each other are added
    if window is not None:
        factors = _balanced(_window(window, sequence_length, fft_length), sequence_stride)
    return _istft(frames, stride=sequence_stride, factors=factors, center=center, length=length)


def _balanced(factors, stride):
    """The factors, such that those of all windows over an element, times its own, add up to 1."""
    size = len(factors)
    # Of every element of the signal the same number of windows counts, also at its ends.
    squares = np.pad(np.square(factors), (0, -size % stride)).reshape(-1, stride).sum(0)
    weights = np.tile(squares, -(-size // stride))[:size]
    balanced = np.where(weights > 1e-10, factors / np.maximum(weights, 1e-10), factors)
    return tuple(balanced.tolist())


@of_arrays(1)
def _istft(frames, stride, factors, center, length):
    size = len(factors)
    count = frames.shape[-2]
    places = stride * np.arange(count)[:, None] + np.arange(size)[None, :]
    whole = (count - 1) * stride + size
    signal = jnp.zeros((*frames.shape[:-2], whole), frames.dtype)
    signal = signal.at[..., places].add(frames * jnp.asarray(factors, frames.dtype))
    start = size // 2 if center else 0
    if length is not None:
        end = start + length
    else:
        end = whole - size // 2 if center else whole
    return signal[..., start:end]
