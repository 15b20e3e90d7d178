"""`tf.compat`: the faces of TF 1.x and TF 2.x, and strings and sizes of older programs."""

import os
import sys

from minitf.compat import v1

v2 = sys.modules["minitf"]

__all__ = [
    "as_bytes", "as_str", "as_str_any", "as_text", "dimension_at_index", "dimension_value",
    "path_to_str", "v1", "v2",
]  # fmt: skip


def as_bytes(bytes_or_text, encoding="utf-8"):
    """A string as bytes.

    Raises:
      TypeError: neither bytes nor a string.
    """
    if isinstance(bytes_or_text, str):
        return bytes_or_text.encode(encoding)
    if isinstance(bytes_or_text, bytes | bytearray):
        return bytes(bytes_or_text)
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


def as_text(bytes_or_text, encoding="utf-8"):
    """Bytes as a string; TypeError for anything but bytes and strings."""
    return as_bytes(bytes_or_text, encoding).decode(encoding)


as_str = as_text


def as_str_any(value, encoding="utf-8"):
    """Bytes as a string; of anything else, `str`."""
    return as_str(value, encoding) if isinstance(value, bytes) else str(value)


def path_to_str(path):
    """A path object as a string."""
    return as_str_any(os.fspath(path)) if hasattr(path, "__fspath__") else path


def dimension_value(dimension):
    """A size as an integer or None, whichever TensorFlow's shapes were made of."""
    return getattr(dimension, "value", dimension)


def dimension_at_index(shape, index):
    """The size at a place of a shape."""
    return None if shape.rank is None else shape[index]
