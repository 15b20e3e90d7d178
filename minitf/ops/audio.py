"""WAV files of 16 bits: sounds as floats in [-1, 1)."""

import collections
import struct

import numpy as np

from minitf import dtypes, errors
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.shapes import TensorShape

_PCM, _EXTENSIBLE = 1, 0xFFFE


def _invalid(message):
    return errors.InvalidArgumentError(None, None, message)


def _chunks(contents):
    """The parts of a RIFF file, by name."""
    if contents[:4] != b"RIFF":
        raise _invalid(f"Header mismatch: Expected RIFF but found {contents[:4]!r}")
    if contents[8:12] != b"WAVE":
        raise _invalid(f"Header mismatch: Expected WAVE but found {contents[8:12]!r}")
    chunks, at = {}, 12
    while at + 8 <= len(contents):
        name, size = struct.unpack_from("<4sI", contents, at)
        chunks.setdefault(name, contents[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    return chunks


def _decode(contents, *, channels, samples):
    chunks = _chunks(contents.item())
    if b"fmt " not in chunks or b"data" not in chunks or len(chunks[b"fmt "]) < 16:
        raise _invalid("Data too short: a WAV file needs its format and data")
    kind, count, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunks[b"fmt "])
    if kind not in (_PCM, _EXTENSIBLE):
        raise _invalid(f"Bad audio format for WAV: Expected 1 (PCM) or 65534 but got {kind}")
    if bits != 16:
        raise _invalid(f"Can only read 16-bit WAV files, but received {bits}")
    data = chunks[b"data"]
    audio = np.frombuffer(data[: len(data) // (2 * count) * 2 * count], "<i2")
    audio = (audio.reshape(-1, count) / np.float32(32768)).astype(np.float32)
    if channels > 0:  # what is missing is a copy of the last channel, or silence
        audio = audio[:, [min(i, count - 1) for i in range(channels)]]
    if samples >= 0:
        audio = np.pad(audio[:samples], [(0, max(samples - len(audio), 0)), (0, 0)])
    return audio, np.int32(rate)


def _encode(audio, sample_rate):
    if audio.ndim != 2:
        raise _invalid(f"audio must be 2-dimensional, but got shape {list(audio.shape)}")
    scaled = audio * np.float32(32768)
    rounded = np.trunc(scaled + np.copysign(np.float32(0.5), scaled))  # halves away from zero
    values = np.clip(rounded, -32768, 32767).astype("<i2").tobytes()
    channels, rate = audio.shape[1], int(sample_rate)
    form = struct.pack("<HHIIHH", _PCM, channels, rate, rate * channels * 2, channels * 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(values))
    return np.array(b"RIFF" + struct.pack("<I", len(body) + len(values)) + body + values, object)


def _decoded(inputs, attrs):
    channels, samples = (n if n > 0 else None for n in attrs)
    return [(TensorShape([samples, channels]), dtypes.float32), (TensorShape([]), dtypes.int32)]


DecodeWav = collections.namedtuple("DecodeWav", ["audio", "sample_rate"])
DECODE = define("DecodeWav", _decode, "S", num_outputs=2, host=True, differentiable=False,
                infer=_decoded)  # fmt: skip
ENCODE = define("EncodeWav", _encode, "FI", host=True, differentiable=False,
                infer=lambda inputs, attrs: [(TensorShape([]), dtypes.string)])  # fmt: skip


def decode_wav(contents, desired_channels=-1, desired_samples=-1, name=None):
    """The samples of a WAV file of 16 bits: (float32 [samples, channels], int32 sample rate).

    Args:
      desired_channels: this many; copies of the last channel are added.
      desired_samples: this many; silence is added at the end.

    Raises:
      tf.errors.InvalidArgumentError: the bytes are no such file.
    """
    attrs = (int(desired_channels), int(desired_samples))
    return DecodeWav(*execute(DECODE, (convert_to_tensor(contents, dtypes.string),), attrs, name))


def encode_wav(audio, sample_rate, name=None):
    """A WAV file of 16 bits of float32 [samples, channels] in [-1, 1].

    >>> decode_wav(encode_wav([[0.5], [-1.0]], 8000)).audio.numpy().round(2).tolist()
    [[0.5], [-1.0]]
    """
    return execute(ENCODE, (audio, sample_rate), (), name)
