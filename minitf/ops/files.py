"""Files, and what is read from them: raw bytes, lines of CSV, serialized examples."""

import collections
import csv
import glob
import os

import numpy as np

from minitf import dtypes, errors
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops import messages, records
from minitf.ops.sparse import SparseTensor
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


def _decode_raw(bytes, *, out_type, little_endian):
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
        (inputs[0].shape.concatenate([None]), dtypes.from_numpy_dtype(attrs[0]))],
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
    if fixed_length is not None:
        raise NotImplementedError("decode_raw: fixed_length")
    attrs = (dtypes.as_dtype(out_type).np, bool(little_endian))
    return execute(DECODE_RAW, (convert_to_tensor(input_bytes, dtypes.string),), attrs, name)


# CSV ---------------------------------------------------------------------------------------------


def _decode_csv(records, *, kinds, defaults, delimiter, quotes, missing, chosen):
    columns = [np.empty(records.shape, kind) for kind in kinds]
    for position in np.ndindex(records.shape):
        quoting = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
        line = records[position].decode("utf-8", "surrogateescape")
        fields = next(csv.reader([line], delimiter=delimiter, quoting=quoting), [""])
        fields = [fields[i] for i in chosen] if chosen else fields
        if len(fields) != len(kinds):
            raise errors.InvalidArgumentError(
                None, None,
                f"Expect {len(kinds)} fields but have {len(fields)} in record {position[:1]}",
            )  # fmt: skip
        for i, (field, kind) in enumerate(zip(fields, kinds, strict=True)):
            columns[i][position] = _csv_value(field, kind, defaults[i], missing, i)
    return tuple(columns)


def _csv_value(field, kind, default, missing, i):
    if field in ("", missing):
        if default is None:
            raise errors.InvalidArgumentError(
                None, None, f"Field {i} is required but missing in record!"
            )
        return default
    if kind.kind == "O":
        return field.encode("utf-8", "surrogateescape")
    try:
        return int(field) if kind.kind in "iu" else float(field)
    except ValueError:
        raise errors.InvalidArgumentError(
            None, None, f"Field {i} in record is not a valid {kind.name}: {field}"
        ) from None


DECODE_CSV = define(
    "DecodeCSV", _decode_csv, "S", num_outputs=None, host=True, differentiable=False,
    infer=lambda inputs, attrs: [(inputs[0].shape, dtypes.as_dtype(k)) for k in attrs[0]],
)  # fmt: skip


def decode_csv(records, record_defaults, field_delim=",", use_quote_delim=True, na_value="",
               select_cols=None, name=None):  # fmt: skip
    """One tensor for each column; `record_defaults` give their dtypes and missing values.

    >>> [column.numpy() for column in decode_csv("1,,x", [[0], [2.5], [""]])]
    [np.int32(1), np.float32(2.5), b'x']
    """
    kinds, defaults = [], []
    for default in record_defaults:
        if isinstance(default, dtypes.DType):
            kinds.append(default.np)
            defaults.append(None)
            continue
        value = static_value(convert_to_tensor(default))
        kinds.append(value.dtype)
        defaults.append(value.ravel()[0] if value.size else None)
    attrs = (tuple(kinds), tuple(defaults), field_delim, bool(use_quote_delim), na_value,
             tuple(select_cols or ()))  # fmt: skip
    return execute(DECODE_CSV, (convert_to_tensor(records, dtypes.string),), attrs, name)


# Examples ----------------------------------------------------------------------------------------

FixedLenFeature = collections.namedtuple(
    "FixedLenFeature", ["shape", "dtype", "default_value"], defaults=[None]
)
VarLenFeature = collections.namedtuple("VarLenFeature", ["dtype"])


def _values(feature, dtype, key):
    """The values of a feature, None where it is not there."""
    kind = None if feature is None else feature.WhichOneof("kind")
    if kind is None:
        return None
    wanted = {"string": "bytes_list", "float32": "float_list", "int64": "int64_list"}[dtype.name]
    if kind != wanted:
        raise errors.InvalidArgumentError(
            None, None, f"Key: {key}.  Data types don't match. Expected type: {dtype.name}"
        )
    given = getattr(feature, kind).value
    array = np.empty(len(given), dtype.np)
    array[:] = given
    return array


def _fixed(rows, key, spec):
    shape = TensorShape(spec.shape).as_list()
    size, dtype = int(np.prod(shape)), dtypes.as_dtype(spec.dtype)
    result = []
    for row in rows:
        values = _values(row.get(key), dtype, key)
        if values is None and spec.default_value is None:
            raise errors.InvalidArgumentError(
                None, None, f"Feature: {key} (data type: {dtype.name}) is required but could not "
                "be found."
            )  # fmt: skip
        if values is None:
            default = convert_to_tensor(spec.default_value, dtype).numpy()
            default = np.asarray(default, dtype.np).ravel()
            values = default if default.size == size else np.repeat(default, size)
        if len(values) != size:
            raise errors.InvalidArgumentError(
                None, None, f"Key: {key}.  Can't parse serialized Example: {len(values)} values "
                f"but output shape: {shape}"
            )  # fmt: skip
        result.append(values.reshape(shape))
    return [np.stack(result) if result else np.empty([0, *shape], dtype.np)]


def _variable(rows, key, spec):
    dtype = dtypes.as_dtype(spec.dtype)
    found = [_values(row.get(key), dtype, key) for row in rows]
    found = [np.empty(0, dtype.np) if v is None else v for v in found]
    places = [[i, j] for i, values in enumerate(found) for j in range(len(values))]
    longest = max([len(values) for values in found], default=0)
    return [np.array(places, np.int64).reshape(-1, 2), np.concatenate(found),
            np.array([len(found), longest], np.int64)]  # fmt: skip


def _parse(serialized, *, features):
    rows = []
    for text in serialized.tolist():
        try:
            rows.append(messages.Example.FromString(text).features.feature)
        except (ValueError, IndexError, KeyError, TypeError):
            raise errors.InvalidArgumentError(
                None, None, "Could not parse example input, value: " + repr(text)[1:]
            ) from None
    results = []
    for key, spec in features:
        results += (_variable if isinstance(spec, VarLenFeature) else _fixed)(rows, key, spec)
    return tuple(results)


def _parsed(inputs, attrs):
    results = []
    for _, spec in attrs[0]:
        dtype = dtypes.as_dtype(spec.dtype)
        if isinstance(spec, VarLenFeature):
            results += [(TensorShape([None, 2]), dtypes.int64), (TensorShape([None]), dtype),
                        (TensorShape([2]), dtypes.int64)]  # fmt: skip
        else:
            results.append((TensorShape(inputs[0].shape[:1]).concatenate(spec.shape), dtype))
    return results


PARSE = define("ParseExampleV2", _parse, "S", num_outputs=None, host=True, differentiable=False,
               infer=_parsed)  # fmt: skip


def parse_example(serialized, features, example_names=None, name=None):
    """The features of a vector of serialized examples: `{key: tensor or SparseTensor}`.

    Raises:
      InvalidArgumentError: a feature that has no default is not there, or is of another kind.
    """
    if not features:
        raise ValueError("Missing: features was {}.")
    for key, spec in features.items():
        if not isinstance(spec, FixedLenFeature | VarLenFeature):
            raise NotImplementedError(f"parse_example: a feature like {key}: {spec!r}")
    names = sorted(features, key=lambda key: (isinstance(features[key], FixedLenFeature), key))
    ordered = tuple((key, _hashable(features[key])) for key in names)
    flat = iter(execute(PARSE, (convert_to_tensor(serialized, dtypes.string),), (ordered,), name))
    return {
        key: SparseTensor(next(flat), next(flat), next(flat))
        if isinstance(spec, VarLenFeature) else next(flat) for key, spec in ordered
    }  # fmt: skip


def _hashable(spec):
    if isinstance(spec, VarLenFeature):
        return spec
    default = spec.default_value
    default = (
        tuple(np.ravel(default).tolist()) if isinstance(default, list | np.ndarray) else default
    )
    return FixedLenFeature(tuple(TensorShape(spec.shape).as_list()), spec.dtype, default)


def parse_single_example(serialized, features, example_names=None, name=None):
    """As `parse_example`, for one serialized example."""
    parsed = parse_example([serialized], features, example_names, name)
    return {
        key: SparseTensor(value.indices[:, 1:], value.values, value.dense_shape[1:])
        if isinstance(value, SparseTensor) else value[0] for key, value in parsed.items()
    }  # fmt: skip


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
