"""Fourier transforms over the last axes, of complex and of real signals."""

import jax.numpy as jnp
import numpy as np

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define

_SUFFIX = {1: "", 2: "2D", 3: "3D"}


def _complex(name, transform, rank, words):
    """`name(input, name=None)` over the last `rank` axes."""
    axes = tuple(range(-rank, 0))
    op = define(f"{name[: -2 if rank > 1 else None].upper()}{_SUFFIX[rank]}",
                lambda input: transform(input, axes=axes), "T")  # fmt: skip

    def function(input, name=None):
        if isinstance(input, list | tuple | int | float):
            input = convert_to_tensor(input, dtypes.complex64)
        return execute(op, (input,), (), name)

    return _named(function, name, f"{words} over the last {rank} axes of complex numbers.")


def _real(name, transform, rank, words):
    """`name(input_tensor, fft_length=None, name=None)` over the last `rank` axes."""
    axes = tuple(range(-rank, 0))

    def fn(input, fft_length):
        return transform(input, None if fft_length is None else tuple(fft_length.tolist()), axes)

    op_name = name[: -2 if rank > 1 else None].upper() + _SUFFIX[rank]
    op = define(op_name, fn, "Ti", static=(1,))

    takes = ("complex64", "complex128") if op_name.startswith("I") else ("float32", "float64")

    def function(input_tensor, fft_length=None, name=None):
        x = convert_to_tensor(input_tensor, dtype_hint=takes[0])
        if x.dtype.name not in takes:
            raise ValueError(f"{op_name} requires tf.{takes[0]} or tf.{takes[1]} inputs, got: {x}")
        return execute(op, (x, fft_length), (), name)

    return _named(function, name, f"{words} over the last {rank} axes, cut or padded to lengths.")


def _any(name, transform, words, halved=False):
    """`name(input, fft_length, axes=None, norm=None, name=None)` over `axes`."""
    op = define(name.upper(),
                lambda input, fft_length, axes: transform(
                    input, tuple(fft_length.tolist()), tuple(axes.tolist())),
                "Tii", static=(1, 2))  # fmt: skip

    def function(input_tensor, fft_length=None, axes=None, norm=None, name=None):
        if norm is not None:
            raise ValueError(f"`norm` must be None, not {norm!r}")
        x = convert_to_tensor(input_tensor)
        axes = list(range(-x.shape.rank, 0)) if axes is None else axes
        if fft_length is None:
            fft_length = [x.shape[a] for a in axes]
            if halved:
                fft_length[-1] = max(0, 2 * (fft_length[-1] - 1))
        return execute(op, (x, fft_length, axes), (), name)

    return _named(function, name, f"{words} over `axes`, cut or padded to the lengths given.")


def _named(function, name, doc):
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function


_FORTH, _BACK = "The Fourier transform", "The inverse Fourier transform"
fft = _complex("fft", jnp.fft.fftn, 1, _FORTH)
fft2d = _complex("fft2d", jnp.fft.fftn, 2, _FORTH)
fft3d = _complex("fft3d", jnp.fft.fftn, 3, _FORTH)
ifft = _complex("ifft", jnp.fft.ifftn, 1, _BACK)
ifft2d = _complex("ifft2d", jnp.fft.ifftn, 2, _BACK)
ifft3d = _complex("ifft3d", jnp.fft.ifftn, 3, _BACK)
rfft = _real("rfft", jnp.fft.rfftn, 1, f"{_FORTH} of real numbers")
rfft2d = _real("rfft2d", jnp.fft.rfftn, 2, f"{_FORTH} of real numbers")
rfft3d = _real("rfft3d", jnp.fft.rfftn, 3, f"{_FORTH} of real numbers")
irfft = _real("irfft", jnp.fft.irfftn, 1, f"{_BACK} to real numbers")
irfft2d = _real("irfft2d", jnp.fft.irfftn, 2, f"{_BACK} to real numbers")
irfft3d = _real("irfft3d", jnp.fft.irfftn, 3, f"{_BACK} to real numbers")
fftnd = _any("fftnd", jnp.fft.fftn, _FORTH)
ifftnd = _any("ifftnd", jnp.fft.ifftn, _BACK)
rfftnd = _any("rfftnd", jnp.fft.rfftn, f"{_FORTH} of real numbers")
irfftnd = _any("irfftnd", jnp.fft.irfftn, f"{_BACK} to real numbers", True)

FFT_SHIFT = define("FFTShift", lambda x, *, axes: jnp.fft.fftshift(x, axes), "T")
IFFT_SHIFT = define("IFFTShift", lambda x, *, axes: jnp.fft.ifftshift(x, axes), "T")


def fftshift(x, axes=None, name=None):
    """`x` with the zero frequency in the middle of `axes` (of all, by default).

    >>> fftshift([0.0, 1.0, 2.0, -2.0, -1.0]).numpy()
    array([-2., -1.,  0.,  1.,  2.], dtype=float32)
    """
    return execute(FFT_SHIFT, (x,), (_axes(axes),), name)


def ifftshift(x, axes=None, name=None):
    """Undoes `fftshift`."""
    return execute(IFFT_SHIFT, (x,), (_axes(axes),), name)


def _axes(axes):
    return None if axes is None else tuple(np.atleast_1d(axes).tolist())
