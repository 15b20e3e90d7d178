"""`tf.python_io`: TFRecord files, read and written by Python."""

from minitf.io import TFRecordWriter
from minitf.ops.records import read_records

__all__ = ["TFRecordCompressionType", "TFRecordOptions", "TFRecordWriter", "tf_record_iterator"]


class TFRecordCompressionType:
    """How a file is compressed."""

    NONE, ZLIB, GZIP = 0, 1, 2


class TFRecordOptions:
    """The compression of a file: "", "ZLIB" or "GZIP", or a `TFRecordCompressionType`."""

    def __init__(self, compression_type=None):
        kinds = {None: "", 0: "", 1: "ZLIB", 2: "GZIP"}
        self.compression_type = kinds.get(compression_type, compression_type)


def tf_record_iterator(path, options=None):
    """The records of a file, as bytes.

    Raises:
      tf.errors.NotFoundError: there is no such file.
    """
    kind = getattr(options, "compression_type", options) or ""
    return iter(read_records(path, kind))
