"""Signals: frames, windows, transforms."""

# ruff: noqa: E501  a line is an expression

from expressions import calls


def names(tf, C, F):  # noqa: N803
    return dict(S=tf.signal, x=C(F(8)))


test_calls = calls(
    names,
    r"""
S.frame(x,4,2)
S.frame(x,4,3,pad_end=True)
S.frame(x,10,2)
S.frame(C(F(2,6)),3,2,axis=-1)
S.frame(C(F(6,2)),3,2,axis=0)
S.overlap_and_add(C(F(2,4)),2)
S.hann_window(4)
S.hann_window(4,periodic=False)
S.hann_window(1)
S.hamming_window(4)
S.kaiser_window(4)
S.kaiser_bessel_derived_window(4)
S.vorbis_window(4)
S.inverse_stft_window_fn(2)(4)
S.stft(x,4,2)
S.stft(x,4,2,fft_length=8,window_fn=None)
S.stft(x,4,2,pad_end=True).shape
S.inverse_stft(S.stft(x,4,2),4,2,window_fn=S.inverse_stft_window_fn(2))
S.inverse_stft(S.stft(x,4,2),4,2)
S.fft(tf.cast(x,tf.complex64))
S.ifft(tf.cast(x,tf.complex64))
S.fft(x)
S.rfft(x)
S.rfft(x,[4])
S.rfft(x,[10])
S.irfft(S.rfft(x))
S.irfft(S.rfft(x),[7])
S.rfft2d(C(F(2,4)))
S.fft2d(tf.cast(C(F(2,2)),tf.complex64))
S.fft3d(tf.cast(C(F(2,2,2)),tf.complex64))
S.fftshift(x)
S.ifftshift(C(F(2,3)),axes=1)
S.fftshift(C(F(2,3)),axes=(0,1))
S.dct(x)
S.dct(x,type=1)
S.dct(x,type=3)
S.dct(x,type=4)
S.dct(x,norm='ortho')
S.dct(x,n=4)
S.dct(x,n=10)
S.dct(x,type=5)
S.dct(x,type=1,norm='ortho')
S.idct(x)
S.idct(x,norm='ortho')
S.idct(x,type=1)
S.mdct(C(F(16)),8)
S.inverse_mdct(S.mdct(C(F(16)),8))
S.linear_to_mel_weight_matrix(4,5,8000,100.,3000.)
S.linear_to_mel_weight_matrix(0,5)
S.linear_to_mel_weight_matrix(4,5,8000,3000.,100.)
S.mfccs_from_log_mel_spectrograms(C(F(2,4)))
grad(lambda v:tf.abs(S.stft(v,4,2)),x)
grad(lambda v:S.dct(v),x)
grad(lambda v:S.frame(v,4,2),x)
grad(lambda v:tf.abs(S.rfft(v)),x)
""",
)
