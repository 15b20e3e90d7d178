"""Files, and what is read from them: raw bytes, lines of CSV, records."""

import glob
import os
import re

import numpy as np

from minitf import dtypes, errors
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops import records
from minitf.shapes import TensorShape


def _read(filename):
    path = filename.item().decode()
    if not os.path.exists(path):
        raise errors.NotFoundError(None, None, f"{path}; No such file or directory")
    with open(path, "rb") as file:
        return np.array(file.read(), object)


def _write(filename, contents):
    path = filename.item().decode()
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as file:
        file.write(contents.item())
    return ()


def _decode_raw(bytes, *, out_type, little_endian, length):
    if length is not None:  # longer texts are cut, shorter ones are filled up with zero bytes
        fitted = np.empty(bytes.shape, object)
        for place in np.ndindex(bytes.shape):
            fitted[place] = bytes[place][:length].ljust(length, b"\0")
        bytes = fitted
    lengths = {len(text) for text in bytes.ravel().tolist()}
    if len(lengths) > 1:
        raise errors.InvalidArgumentError(
            None, None, "DecodeRaw requires input strings to all be the same size"
        )
    if lengths and next(iter(lengths)) % out_type.itemsize:
        raise errors.InvalidArgumentError(
            None, None,
            f"Input to DecodeRaw has length {next(iter(lengths))} that is not a multiple of "
            f"{out_type.itemsize}, the size of {dtypes.from_numpy_dtype(out_type).name}",
        )  # fmt: skip
    order = out_type.newbyteorder("<" if little_endian else ">")
    line = np.frombuffer(b"".join(bytes.ravel().tolist()), order).astype(out_type)
    return line.reshape([*bytes.shape, -1])


READ = define("ReadFile", _read, "S", host=True, stateful=True, differentiable=False,
              infer=lambda inputs, attrs: [(TensorShape([]), dtypes.string)])  # fmt: skip
WRITE = define("WriteFile", _write, "SS", num_outputs=0, host=True, stateful=True,
               infer=lambda inputs, attrs: [])  # fmt: skip
DECODE_RAW = define(
    "DecodeRaw", _decode_raw, "S", host=True, differentiable=False,
    infer=lambda inputs, attrs: [
        (inputs[0].shape.concatenate([attrs[2] and attrs[2] // attrs[0].itemsize]),
         dtypes.from_numpy_dtype(attrs[0]))],
)  # fmt: skip


def read_file(filename, name=None):
    """The bytes of a file.

    Raises:
      NotFoundError: there is no such file.
    """
    return execute(READ, (convert_to_tensor(filename, dtypes.string),), (), name)


def write_file(filename, contents, name=None):
    """Writes bytes into a file; makes its folder where there is none."""
    inputs = (convert_to_tensor(filename, dtypes.string), convert_to_tensor(contents))
    execute(WRITE, inputs, (), name)


def matching_files(pattern, name=None):
    """The sorted names of the files that fit a pattern, or several."""
    patterns = np.ravel(convert_to_tensor(pattern, dtypes.string).numpy()).tolist()
    found = sorted({path for p in patterns for path in glob.glob(p.decode())})
    return convert_to_tensor(np.array([path.encode() for path in found], object), dtypes.string)


def decode_raw(input_bytes, out_type, little_endian=True, fixed_length=None, name=None):
    """The numbers whose bytes are given.

    >>> decode_raw("AB", dtypes.uint8).numpy().tolist()
    [65, 66]
    """
    length = None if fixed_length is None else int(fixed_length)
    if length is not None and length % dtypes.as_dtype(out_type).size:
        raise errors.InvalidArgumentError(
            None, None, f"fixed_length ({length}) must be a multiple of the size of out_type "
            f"({dtypes.as_dtype(out_type).size})"
        )  # fmt: skip
    attrs = (dtypes.as_dtype(out_type).np, bool(little_endian), length)
    return execute(DECODE_RAW, (convert_to_tensor(input_bytes, dtypes.string),), attrs, name)


# CSV ---------------------------------------------------------------------------------------------


def _decode_csv(records, *, kinds, defaults, delimiter, quotes, missing, chosen):
    columns = [np.empty(records.shape, kind) for kind in kinds]
    for number, position in enumerate(np.ndindex(records.shape)):
        line = records[position].decode("utf-8", "surrogateescape")
        fields = _csv_fields(line, delimiter, quotes)
        fields = [fields[i] for i in chosen if i < len(fields)] if chosen else fields
        if len(fields) != len(kinds):
            raise _csv_error(
                f"Expect {len(kinds)} fields but have {len(fields)} in record {number}"
            )
        for i, (field, kind) in enumerate(zip(fields, kinds, strict=True)):
            columns[i][position] = _csv_value(field, kind, defaults[i], missing, i, number)
    return tuple(columns)


def _csv_error(message):
    return errors.InvalidArgumentError(None, None, message)


_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_SPECIAL = re.compile('["\r\n]')


def _csv_fields(line, delimiter, quotes):
    """The fields of a line; between quotes a field may have delimiters, and quotes doubled."""
    if not quotes or not _SPECIAL.search(line):
        return line.split(delimiter)
    fields, at = [], 0
    while True:
        if line.startswith('"', at):
            found = _QUOTED.match(line, at)
            if found is None:
                raise _csv_error("Quoted field has to end with quote followed by delim or end")
            field, at = found[1].replace('""', '"'), found.end()
            if at < len(line) and line[at] != delimiter:
                raise _csv_error("Quote inside a string has to be escaped by another quote")
        else:
            end = line.find(delimiter, at)
            start, at = at, len(line) if end < 0 else end
            field = line[start:at]
            if _SPECIAL.search(field):
                raise _csv_error("Unquoted fields cannot have quotes/CRLFs inside")
        fields.append(field)
        if at == len(line):
            return fields
        at += 1  # the delimiter


def _csv_value(field, kind, default, missing, i, number):
    if field in ("", missing):
        if default is None:
            raise _csv_error(f"Field {i} is required but missing in record {number}!")
        return default
    if kind.kind == "O":
        return field.encode("utf-8", "surrogateescape")
    try:
        if kind.kind not in "iu":
            return float(field)
        if np.iinfo(kind).min <= (value := int(field)) <= np.iinfo(kind).max:
            return value
    except ValueError:
        pass
    name = {"float32": "float", "float64": "double"}.get(kind.name, kind.name)
    raise _csv_error(f"Field {i} in record {number} is not a valid {name}: {field}")


DECODE_CSV = define(
    "DecodeCSV", _decode_csv, "S", num_outputs=None, host=True, differentiable=False,
    infer=lambda inputs, attrs: [(inputs[0].shape, dtypes.as_dtype(k)) for k in attrs[0]],
)  # fmt: skip


def decode_csv(records, record_defaults, field_delim=",", use_quote_delim=True, na_value="",
               select_cols=None, name=None):  # fmt: skip
    """One tensor for each column; `record_defaults` give their dtypes and missing values.

    Raises:
      ValueError: `select_cols` are not rising, or not as many as the defaults.
      tf.errors.InvalidArgumentError: a line does not fit, or has a field that is no such number.

    >>> [column.numpy() for column in decode_csv("1,,x", [[0], [2.5], [""]])]
    [np.int32(1), np.float32(2.5), b'x']
    """
    if select_cols is not None:
        if any(later <= earlier for earlier, later in zip(select_cols, select_cols[1:])):
            raise ValueError("select_cols is not strictly increasing.")
        if len(select_cols) and select_cols[0] < 0:
            raise ValueError("select_cols contains negative values.")
        if len(select_cols) != len(record_defaults):
            raise ValueError("Length of select_cols and record_defaults do not match.")
    kinds, defaults = [], []
    for i, default in enumerate(record_defaults):
        if isinstance(default, dtypes.DType):
            kinds.append(default.np)
            defaults.append(None)
            continue
        value = static_value(convert_to_tensor(default))
        if value.ndim > 1:
            raise _csv_error("Each record default should be at most rank 1")
        if value.size > 1:
            raise _csv_error(
                f"There should only be 1 default per field but field {i} has {value.size}"
            )
        kinds.append(value.dtype)
        defaults.append(value.ravel()[0] if value.size else None)
    attrs = (tuple(kinds), tuple(defaults), field_delim, bool(use_quote_delim), na_value,
             tuple(select_cols or ()))  # fmt: skip
    return execute(DECODE_CSV, (convert_to_tensor(records, dtypes.string),), attrs, name)


# Records -----------------------------------------------------------------------------------------


class TFRecordOptions:
    """How a file of records is compressed: "GZIP", "ZLIB" or not ("").

    The other arguments, of zlib, are for TensorFlow's own file system; they must be None.
    """

    def __init__(self, compression_type=None, flush_mode=None, input_buffer_size=None,
                 output_buffer_size=None, window_bits=None, compression_level=None,
                 compression_method=None, mem_level=None, compression_strategy=None):  # fmt: skip
        compression = {0: "", 1: "ZLIB", 2: "GZIP", None: ""}.get(
            compression_type, compression_type
        )
        if compression not in ("", "ZLIB", "GZIP"):
            raise ValueError(f'Not a valid compression_type: "{compression_type}"')
        details = (flush_mode, input_buffer_size, output_buffer_size, window_bits,
                   compression_level, compression_method, mem_level,
                   compression_strategy)  # fmt: skip
        if any(d is not None for d in details):
            raise NotImplementedError("TFRecordOptions: only compression_type is supported")
        self.compression_type = compression


class TFRecordWriter:
    """Writes records (bytes) into a file that `TFRecordDataset` reads."""

    def __init__(self, path, options=None):
        compression = getattr(options, "compression_type", options) or ""
        self._file = records.open_compressed(path, compression, "wb")

    def write(self, record):
        """Writes one record."""
        self._file.write(records.frame(record.encode() if isinstance(record, str) else record))

    def flush(self):
        """Writes what is still in memory."""
        self._file.flush()

    def close(self):
        """Closes the file."""
        self._file.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()
