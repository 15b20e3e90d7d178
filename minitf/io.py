"""`tf.io`: files, and what is read from them."""

from minitf.ops.files import (
    FixedLenFeature,
    TFRecordWriter,
    VarLenFeature,
    decode_csv,
    decode_raw,
    matching_files,
    parse_example,
    parse_single_example,
    read_file,
    write_file,
)

__all__ = [
    "FixedLenFeature",
    "TFRecordWriter",
    "VarLenFeature",
    "decode_csv",
    "decode_raw",
    "matching_files",
    "parse_example",
    "parse_single_example",
    "read_file",
    "write_file",
]
