"""Fourier transforms, windows, frames."""

from rows import A, F, row

REAL, WAVE = F(2, 8), F(20)
COMPLEX = (F(2, 4) + 1j * F(2, 4, seed=1)).astype("complex64")
GRID = (F(4, 4) + 1j * F(4, 4, seed=1)).astype("complex64")
VOLUME = (F(2, 2, 4) + 1j * F(2, 2, 4, seed=1)).astype("complex64")

ROWS = [
    row("signal.fft", COMPLEX),
    row("signal.ifft", COMPLEX),
    row("signal.fft2d", GRID),
    row("signal.ifft2d", GRID),
    row("signal.fft3d", VOLUME),
    row("signal.ifft3d", VOLUME),
    row("signal.rfft", REAL),
    row("signal.rfft", REAL, [6], gradient=False),
    row("signal.rfft", REAL, [12]),
    row("signal.irfft", COMPLEX),
    row("signal.irfft", COMPLEX, [5], gradient=False),
    row("signal.rfft2d", F(4, 6)),
    row("signal.irfft2d", GRID),
    row("signal.rfft3d", F(2, 2, 4), gradient=False),
    row("signal.irfft3d", VOLUME, gradient=False),
    row("signal.fft", REAL, raises=""),
    row("signal.fftshift", REAL),
    row("signal.ifftshift", F(5), axes=0),
    *[row(f"signal.{name}_window", 8) for name in ("hann", "hamming", "vorbis")],
    row("signal.hann_window", 7, periodic=False),
    row("signal.kaiser_window", 8, rtol=1e-4),
    row("signal.kaiser_bessel_derived_window", 8, rtol=1e-4),
    row("signal.frame", WAVE, 6, 4),
    row("signal.frame", WAVE, 6, 4, pad_end=True),
    row("signal.frame", F(3, 8), 2, 2, axis=0),
    row("signal.overlap_and_add", F(2, 3, 4), 2),
    row("signal.stft", WAVE, 8, 4, rtol=1e-4),
    row("signal.stft", WAVE, 8, 4, fft_length=16, pad_end=True, rtol=1e-4),
    row(lambda tf, x: tf.signal.inverse_stft(tf.signal.stft(x, 8, 4), 8, 4), WAVE, id="inverse_stft",
        rtol=1e-4, gradient=False),
    row(lambda tf: tf.signal.inverse_stft_window_fn(4)(8, tf.float32), id="inverse_stft_window_fn"),
    row("signal.dct", F(2, 6), rtol=1e-4),
    row("signal.dct", F(2, 6), type=1, rtol=1e-4),
    row("signal.dct", F(2, 6), type=3, norm="ortho", rtol=1e-4),
    row("signal.dct", F(2, 6), type=4, rtol=1e-4),
    row("signal.dct", F(2, 6), n=4, rtol=1e-4, unknown=False),
    row("signal.dct", F(2, 6), type=5, raises="Types"),
    row("signal.idct", F(2, 6), rtol=1e-4),
    row("signal.idct", F(2, 6), type=1, rtol=1e-4),
    row("signal.idct", F(2, 6), type=2, norm="ortho", rtol=1e-4),
    row("signal.mdct", WAVE, 8, rtol=1e-4, gradient=False),
    row("signal.inverse_mdct", F(3, 4), rtol=1e-4, gradient=False, unknown=False),
    row("signal.linear_to_mel_weight_matrix", 4, 9, 8000, rtol=1e-4),
    row("signal.mfccs_from_log_mel_spectrograms", F(2, 6), rtol=1e-4),
    row("signal.fft", A(1.0, 2.0, dtype="complex128")),
]  # fmt: skip
