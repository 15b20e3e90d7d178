"""Event files: what TensorBoard reads. Scalars, histograms, images and texts, by tag and step.

An event file is a file of records (`ops/records.py`); each is a protocol buffer `Event`, written
here field by field (see the `.proto` files of TensorFlow and TensorBoard for the numbers).
"""

import itertools
import os
import socket
import struct
import time
import zlib

import numpy as np

from minitf.ops.records import frame
from minitf.ops.wire import field, fixed, integer

_FLOAT, _DOUBLE, _STRING = 1, 2, 7  # of the enum DataType
_SCALAR, _TENSOR, _BLOBS = 1, 2, 3  # of the enum DataClass
_serial = itertools.count()


def _tensor(array):
    """A `TensorProto`."""
    shape = b"".join(field(2, integer(1, d)) for d in array.shape)
    if array.dtype == object:
        return integer(1, _STRING) + field(2, shape) + b"".join(field(8, s) for s in array.flat)
    kind = {"float32": _FLOAT, "float64": _DOUBLE}[array.dtype.name]
    return integer(1, kind) + field(2, shape) + field(4, array.tobytes())


def _value(tag, array, plugin, data_class, content=b"", description=""):
    """A `Summary.Value`: a tensor, and the plugin of TensorBoard that shows it."""
    shown_by = field(1, plugin) + (field(2, content) if content else b"")
    metadata = field(1, shown_by) + integer(4, data_class)
    metadata += field(3, description) if description else b""
    return field(1, tag) + field(8, _tensor(array)) + field(9, metadata)


def scalar(tag, number, description=""):
    """A number."""
    return _value(tag, np.asarray(number, np.float32), "scalars", _SCALAR, b"", description)


def histogram(tag, numbers, buckets=30, description=""):
    """How often the numbers fall into each of `buckets` equal intervals."""
    rows = histogram_rows(numbers, buckets)
    return _value(tag, rows, "histograms", _TENSOR, b"", description)


def histogram_rows(numbers, buckets):
    """Rows (left edge, right edge, count); equal numbers alone give one interval of width 1.

    >>> histogram_rows([0.0, 1.0, 4.0], 2).tolist()
    [[0.0, 2.0, 2.0], [2.0, 4.0, 1.0]]
    """
    numbers = np.asarray(numbers, np.float64).ravel()
    if not numbers.size or not buckets:
        return np.zeros([buckets, 3])
    low, high = numbers.min(), numbers.max()
    if low == high:
        edges = [[low - 0.5, low + 0.5, 0.0]] * (buckets - 1)
        return np.array([*edges, [low - 0.5, low + 0.5, numbers.size]])
    counts, edges = np.histogram(numbers, buckets, (low, high))
    return np.stack([edges[:-1], edges[1:], counts], axis=1)


def text(tag, strings, description=""):
    """A string, or an array of strings, shown as Markdown."""
    strings = np.asarray(strings, object)
    return _value(tag, strings, "text", _TENSOR, b"", description)


def image(tag, images, max_outputs=3, description=""):
    """Images [count, height, width, channels]: floats in [0, 1], or uint8."""
    images = np.asarray(images)
    if images.dtype != np.uint8:
        images = (np.clip(images, 0, 1) * 255 + 0.5).astype(np.uint8)
    _, height, width, _ = images.shape
    shown = [str(width).encode(), str(height).encode(), *map(png, images[:max_outputs])]
    return _value(tag, np.array(shown, object), "images", _BLOBS, b"", description)


def png(pixels):
    """A uint8 array [height, width, channels] as a PNG file."""
    height, width, channels = pixels.shape
    color = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)

    def chunk(kind, content):
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", width, height, 8, color, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    )


def summary_of(value):
    """A `Summary` of one value that `scalar`, `histogram`, `image` or `text` gave."""
    return field(1, value)


def graph_def(operations):
    """A `GraphDef`: the names, types and inputs of operations."""
    return b"".join(field(1, _node(operation)) for operation in operations)


def _node(operation):
    inputs = [t.name.removesuffix(":0") for t in operation.inputs if t is not None]
    inputs += [f"^{o.name}" for o in operation.control_inputs]
    named = field(1, operation.name) + field(2, operation.type)
    return named + b"".join(field(3, name) for name in inputs)


class EventWriter:
    """A new event file in `folder`, made when the first event is written."""

    def __init__(self, folder, suffix=".v2"):
        self.folder, self._suffix = os.fspath(folder), suffix
        self._file = None
        self.closed = False

    def write(self, value, step):
        """Write what `scalar`, `histogram`, `image` or `text` gave, at a step."""
        self.write_summary(summary_of(value), step)

    def write_summary(self, summary, step):
        """Write a `Summary`, at a step."""
        self._add(integer(2, int(step)) + field(5, summary))

    def write_graph(self, operations):
        """Write a graph."""
        self._add(field(4, graph_def(operations)))

    def _open(self):
        os.makedirs(self.folder, exist_ok=True)
        name = (f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}."
                f"{os.getpid()}.{next(_serial)}{self._suffix}")  # fmt: skip
        self._file = open(os.path.join(self.folder, name), "ab")
        self._add(field(3, "brain.Event:2"))

    def _add(self, fields):
        if self._file is None:
            self._open()
        now = fixed(1, struct.pack("<d", time.time()))
        self._file.write(frame(now + fields))

    def flush(self):
        """Put what was written on the disk."""
        if self._file is not None:
            self._file.flush()

    def close(self):
        """Flush and close the file."""
        if self._file is not None:
            self._file.close()
        self._file, self.closed = None, True
