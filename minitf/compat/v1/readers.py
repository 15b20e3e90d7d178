"""Readers: pairs of key and value from the files whose names wait in a queue."""

import itertools

import numpy as np

from minitf import dtypes, errors
from minitf.compat.v1.resources import new_handle, resource_op
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import define
from minitf.ops.records import read_records
from minitf.shapes import TensorShape

# The (key, value) pairs of a file, both bytes -----------------------------------------------------


def _open(path):
    try:
        return open(path, "rb")
    except FileNotFoundError:
        raise errors.NotFoundError(None, None, f"{path}; No such file or directory") from None


def _lines(path, skipped):
    with _open(path) as file:
        for i, line in enumerate(file):
            if i >= skipped:
                yield f"{path}:{i + 1}".encode(), line.rstrip(b"\n").rstrip(b"\r")


def _whole(path):
    with _open(path) as file:
        yield path.encode(), file.read()


def _fixed(path, record, header, footer, hop):
    with _open(path) as file:
        content = file.read()
    content = content[header : len(content) - footer]
    for i, at in enumerate(range(0, len(content) - record + 1, hop or record)):
        yield f"{path}:{i}".encode(), content[at : at + record]


def _records(path, compression):
    with _open(path):
        pass
    for i, record in enumerate(read_records(path, compression)):
        yield f"{path}:{i}".encode(), record


def _name_itself(path):
    yield path.encode(), path.encode()


# Readers ------------------------------------------------------------------------------------------


class _Reading:
    """Where a reader stands, in a session."""

    def __init__(self, pairs_of, arguments):
        self._pairs_of, self._arguments = pairs_of, arguments
        self.reset()

    def reset(self):
        self._pairs = iter(())
        self.records = self.units = 0
        self._started = False

    def next(self, queue, needed=True):
        """The next pair; the next name is taken from the queue where a file is at its end."""
        while True:
            pair = next(self._pairs, None)
            if pair is not None:
                self.records += 1
                return pair
            if self._started:
                self.units, self._started = self.units + 1, False
            if not needed and not queue.held:
                return None
            path = np.asarray(queue.take(1)[0][0]).item().decode()
            self._pairs, self._started = self._pairs_of(path, *self._arguments), True


_READER = resource_op("ReaderV2", lambda number, name, *what: _Reading(*what))
_STRING = (TensorShape([]), dtypes.string)
_STRINGS = (TensorShape([None]), dtypes.string)


def _texts(values):
    array = np.empty(len(values), object)
    array[:] = values
    return array


def _read(reader, queue):
    return tuple(np.array(x, object) for x in reader.value.next(queue.value))


def _read_up_to(reader, queue, count):
    pairs = [reader.value.next(queue.value)]
    more = (reader.value.next(queue.value, False) for _ in range(int(count) - 1))
    pairs += itertools.takewhile(lambda pair: pair is not None, more)
    return _texts([k for k, _ in pairs]), _texts([v for _, v in pairs])


def _op(name, fn, types, outputs):
    return define(name, fn, types, host=True, resource=True, num_outputs=len(outputs),
                  infer=lambda inputs, attrs: outputs)  # fmt: skip


_READ = _op("ReaderReadV2", _read, "rr", [_STRING, _STRING])
_READ_UP_TO = _op("ReaderReadUpToV2", _read_up_to, "rri", [_STRINGS, _STRINGS])
_COUNT = (TensorShape([]), dtypes.int64)
_RECORDS = _op("ReaderNumRecordsProducedV2", lambda reader: np.int64(reader.value.records), "r",
               [_COUNT])  # fmt: skip
_UNITS = _op("ReaderNumWorkUnitsCompletedV2", lambda reader: np.int64(reader.value.units), "r",
             [_COUNT])  # fmt: skip
_RESET = _op("ReaderResetV2", lambda reader: reader.value.reset() or (), "r", [])


class ReaderBase:
    """What all readers have."""

    def __init__(self, pairs_of, arguments, name):
        if not stack.frame.is_graph:
            raise RuntimeError(
                "Readers are not supported when eager execution is enabled. Instead, please use "
                "tf.data to get data into your model."
            )
        self._handle = new_handle(_READER, name, (pairs_of, arguments))
        self._name = name

    reader_ref = property(lambda self: self._handle)
    supports_serialize = False

    def read(self, queue, name=None):
        """The next (key, value) of the files whose names `queue` gives: two string tensors."""
        return tuple(execute(_READ, (self._handle, _handle_of(queue)), (),
                             name or "ReaderReadV2"))  # fmt: skip

    def read_up_to(self, queue, num_records, name=None):
        """As `read`, for up to `num_records` pairs at once: two vectors."""
        count = convert_to_tensor(num_records, dtypes.int64)
        return tuple(execute(_READ_UP_TO, (self._handle, _handle_of(queue), count), (), name))

    def num_records_produced(self, name=None):
        """How many pairs were read, an int64 tensor."""
        return execute(_RECORDS, (self._handle,), (), name)

    def num_work_units_completed(self, name=None):
        """How many files were read to their end, an int64 tensor."""
        return execute(_UNITS, (self._handle,), (), name)

    def reset(self, name=None):
        """An operation that brings the reader back to its first state."""
        return execute(_RESET, (self._handle,), (), name)


def _handle_of(queue):
    return getattr(queue, "queue_ref", queue)


class TextLineReader(ReaderBase):
    """Reads lines; keys are `"path:number"`.

    Args:
      skip_header_lines: how many lines at the start of each file to leave out.
    """

    def __init__(self, skip_header_lines=None, name=None):
        super().__init__(_lines, (skip_header_lines or 0,), name or "TextLineReaderV2")


class WholeFileReader(ReaderBase):
    """Reads whole files; keys are their names."""

    def __init__(self, name=None):
        super().__init__(_whole, (), name or "WholeFileReaderV2")


class IdentityReader(ReaderBase):
    """Gives the names themselves, as keys and as values."""

    def __init__(self, name=None):
        super().__init__(_name_itself, (), name or "IdentityReaderV2")


class FixedLengthRecordReader(ReaderBase):
    """Reads records of `record_bytes` bytes each, between a header and a footer.

    Raises:
      NotImplementedError: an `encoding` is given.
    """

    def __init__(self, record_bytes, header_bytes=None, footer_bytes=None, hop_bytes=None,
                 name=None, encoding=None):  # fmt: skip
        if encoding:
            raise NotImplementedError("FixedLengthRecordReader: no `encoding` in minitf.")
        arguments = (record_bytes, header_bytes or 0, footer_bytes or 0, hop_bytes or 0)
        super().__init__(_fixed, arguments, name or "FixedLengthRecordReaderV2")


class TFRecordReader(ReaderBase):
    """Reads the records of TFRecord files."""

    def __init__(self, name=None, options=None):
        compression = getattr(options, "compression_type", None) or ""
        super().__init__(_records, (compression,), name or "TFRecordReaderV2")
