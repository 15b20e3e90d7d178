"""`tf.audio`: sounds as files."""

from minitf.ops.audio import decode_wav, encode_wav

__all__ = ["decode_wav", "encode_wav"]
