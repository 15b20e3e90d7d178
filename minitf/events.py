"""Event files: what TensorBoard reads. Scalars, histograms, images and texts, by tag and step.

An event file is a file of records (`ops/records.py`); each is a message `Event`.
"""

import itertools
import os
import socket
import struct
import time
import zlib

import numpy as np

from minitf.ops.messages import Event, Summary, SummaryMetadata, TensorProto
from minitf.ops.records import frame

_SCALAR, _TENSOR, _BLOBS = 1, 2, 3  # of the enum DataClass
_serial = itertools.count()


def _tensor(array):
    """A `TensorProto`."""
    proto = TensorProto(tensor_shape={"dim": [{"size": d} for d in array.shape]})
    if array.dtype == object:
        proto.dtype, proto.string_val = "DT_STRING", array.ravel().tolist()
    else:
        proto.dtype = {"float32": "DT_FLOAT", "float64": "DT_DOUBLE"}[array.dtype.name]
        proto.tensor_content = array.tobytes()
    return proto


def _value(tag, array, plugin, data_class, content=b"", description=""):
    """A `Summary.Value`: a tensor, and the plugin of TensorBoard that shows it."""
    metadata = SummaryMetadata(
        plugin_data={"plugin_name": plugin, "content": content},
        summary_description=description, data_class=data_class,
    )  # fmt: skip
    return Summary.Value(tag=tag, tensor=_tensor(array), metadata=metadata)


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


class EventWriter:
    """A new event file in `folder`, made when the first event is written."""

    def __init__(self, folder, suffix=".v2"):
        self.folder, self._suffix = os.fspath(folder), suffix
        self._file = None
        self.closed = False

    def write(self, value, step):
        """Write what `scalar`, `histogram`, `image` or `text` gave, at a step."""
        self.add(Event(step=int(step), summary=Summary(value=[value])))

    def _open(self):
        os.makedirs(self.folder, exist_ok=True)
        name = (f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}."
                f"{os.getpid()}.{next(_serial)}{self._suffix}")  # fmt: skip
        self._file = open(os.path.join(self.folder, name), "ab")
        self.add(Event(file_version="brain.Event:2"))

    def add(self, event):
        """Write an `Event`; one without a time happened now."""
        if self._file is None:
            self._open()
        event.wall_time = event.wall_time or time.time()
        self._file.write(frame(event.SerializeToString()))

    def flush(self):
        """Put what was written on the disk."""
        if self._file is not None:
            self._file.flush()

    def close(self):
        """Flush and close the file."""
        if self._file is not None:
            self._file.close()
        self._file, self.closed = None, True
