"""`tf.compat`: the faces of TF 1.x and TF 2.x, and strings and sizes of older programs."""

import numbers
import os
import sys

import numpy as np

from minitf.compat import v1
from minitf.dimensions import dimension_at_index, dimension_value

v2 = sys.modules["minitf"]

# For `isinstance`: Python's kinds of numbers and NumPy's, and both kinds of texts.
integral_types = (numbers.Integral, np.integer)
real_types = (numbers.Real, np.integer, np.floating)
complex_types = (numbers.Complex, np.number)
bytes_or_text_types = (bytes, str)

__all__ = [
    "as_bytes", "as_str", "as_str_any", "as_text", "bytes_or_text_types", "complex_types",
    "dimension_at_index", "dimension_value", "integral_types", "path_to_str", "real_types", "v1",
    "v2",
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
