"""The files of a checkpoint: a table of named arrays, `PREFIX.index`, and their bytes.

TensorFlow's own format (`tensor_bundle.proto`). The index is a sorted string table (as of LevelDB):
blocks of keys, each with the part that it shares with the key before, and values; then a block that
lists the blocks, and a footer that says where that is. A value tells an array's dtype, shape, and
place in `PREFIX.data-00000-of-00001`.
"""

import os
import struct

import numpy as np

from minitf import dtypes, errors
from minitf.ops import wire
from minitf.ops.records import crc32c, masked

_MAGIC = 0xDB4775248B80FB57
_HEADER = wire.integer(1, 1) + wire.field(3, wire.integer(1, 1))  # one shard; version 1


def write(prefix, arrays):
    """Writes {name: array} as a checkpoint; strings are arrays of bytes objects.

    The files appear only when they are complete.
    """
    entries, at = [(b"", _HEADER)], 0
    data, index = f"{prefix}.data-00000-of-00001", f"{prefix}.index"
    with open(data + ".tempstate", "wb") as file:
        for name in sorted(arrays, key=str.encode):
            array = np.asarray(arrays[name])
            content, checksum = _strings(array) if array.dtype == object else _numbers(array)
            file.write(content)
            shape = b"".join(wire.field(2, wire.integer(1, d)) for d in array.shape)
            entry = wire.integer(1, dtypes.as_dtype(array.dtype).as_datatype_enum)
            entry += wire.field(2, shape) + wire.integer(4, at) + wire.integer(5, len(content))
            entry += wire.fixed(6, struct.pack("<I", masked(checksum)))
            entries.append((name.encode(), entry))
            at += len(content)
    with open(index + ".tempstate", "wb") as file:
        file.write(_table(entries))
    os.replace(data + ".tempstate", data)
    os.replace(index + ".tempstate", index)


def read(prefix):
    """{name: array} of a checkpoint.

    Raises:
      NotFoundError: there is no such checkpoint.
      DataLossError: a file is damaged.
    """
    return {name: read_array() for name, (_, _, read_array) in contents(prefix).items()}


def load(contents, name):
    """The array `name` of what `contents` gave; NotFoundError if there is none."""
    if name not in contents:
        raise errors.NotFoundError(None, None, f"Key {name} not found in checkpoint")
    array = contents[name][2]()
    return array if array.ndim else array[()]


def contents(prefix):
    """{name: (dtype, shape, function that reads the array)} of a checkpoint; errors as `read`."""
    try:
        with open(f"{prefix}.index", "rb") as file:
            entries = _entries(file.read())
    except FileNotFoundError:
        raise errors.NotFoundError(
            None, None, f"Unsuccessful TensorSliceReader constructor: Failed to find any matching "
            f"files for {prefix}") from None  # fmt: skip
    except (IndexError, struct.error) as error:
        raise errors.DataLossError(None, None, f"{prefix}.index is damaged") from error
    shards = dict(wire.fields(entries.pop(b"", _HEADER))).get(1, 1)
    return {name.decode(): _content(prefix, shards, entry) for name, entry in entries.items()}


def _content(prefix, shards, entry):
    found = dict(wire.fields(entry))
    dtype = dtypes.as_dtype(found[1])
    dims = [dict(wire.fields(d)).get(1, 0) for n, d in wire.fields(found.get(2, b"")) if n == 2]
    path = f"{prefix}.data-{found.get(3, 0):05d}-of-{shards:05d}"

    def read_array():
        if dtype in (dtypes.variant, dtypes.resource):
            raise errors.UnimplementedError(
                None, None, f"No array can hold a tensor of {dtype.name}, as there is in {path}"
            )
        with open(path, "rb") as file:
            file.seek(found.get(4, 0))
            content = file.read(found.get(5, 0))
        if dtype is dtypes.string:
            array, checksum = _texts(content, int(np.prod(dims)))
        else:
            array, checksum = np.frombuffer(content, dtype.as_numpy_dtype), crc32c(content)
        if struct.pack("<I", masked(checksum)) != found.get(6):
            raise errors.DataLossError(None, None, f"Checksum does not match: {path}")
        return array.reshape(dims)

    return dtype, dims, read_array


# Arrays -------------------------------------------------------------------------------------------


def _numbers(array):
    content = np.ascontiguousarray(array).tobytes()
    return content, crc32c(content)


def _strings(array):
    """Their lengths, a checksum of those, then the strings."""
    texts = [x.encode() if isinstance(x, str) else x for x in array.ravel()]
    checksum = crc32c(np.array([len(t) for t in texts], "<u4").tobytes())
    checked = struct.pack("<I", masked(checksum))
    joined = b"".join(texts)
    content = b"".join(wire.varint(len(t)) for t in texts) + checked + joined
    return content, crc32c(checked + joined, checksum)


def _texts(content, count):
    lengths, at = [], 0
    for _ in range(count):
        length, at = wire.read_varint(content, at)
        lengths.append(length)
    checksum = crc32c(content[at:], crc32c(np.array(lengths, "<u4").tobytes()))
    ends = at + 4 + np.cumsum(lengths, dtype=int)
    texts = np.empty(count, object)
    texts[:] = [content[end - length : end] for end, length in zip(ends, lengths)]
    return texts, checksum


# The table ----------------------------------------------------------------------------------------


def _table(entries):
    """A table of sorted (key, value): one block, with every key in full."""
    places, written, at = [], [], 0
    for block in (_block(entries), _block([])):  # the second lists further blocks: there are none
        places.append(wire.varint(at) + wire.varint(len(block)))
        trailer = b"\0"  # not compressed
        written += [block, trailer, struct.pack("<I", masked(crc32c(block + trailer)))]
        at += len(block) + 5
    index = _block([(entries[-1][0], places[0])])
    written += [index, b"\0", struct.pack("<I", masked(crc32c(index + b"\0")))]
    footer = places[1] + wire.varint(at) + wire.varint(len(index))
    return b"".join([*written, footer.ljust(40, b"\0"), struct.pack("<Q", _MAGIC)])


def _block(entries):
    starts, parts, at = [], [], 0
    for key, value in entries:
        starts.append(at)
        content = wire.varint(0) + wire.varint(len(key)) + wire.varint(len(value)) + key + value
        parts.append(content)
        at += len(content)
    starts = starts or [0]
    return b"".join([*parts, *(struct.pack("<I", s) for s in (*starts, len(starts)))])


def _entries(table):
    """{key: value} of a whole table."""
    if len(table) < 48 or struct.unpack("<Q", table[-8:])[0] != _MAGIC:
        raise IndexError("no table")
    footer = table[-48:]
    _, at = wire.read_varint(footer, 0)
    _, at = wire.read_varint(footer, at)
    entries = {}
    for place in _read_block(table, footer[at:]).values():
        entries.update(_read_block(table, place))
    return entries


def _read_block(table, place):
    """{key: value} of the block at `place` (where it starts, its size)."""
    start, at = wire.read_varint(place, 0)
    size, _ = wire.read_varint(place, at)
    block = table[start : start + size]
    checksum = masked(crc32c(table[start : start + size + 1]))
    if struct.pack("<I", checksum) != table[start + size + 1 : start + size + 5]:
        raise IndexError("wrong checksum")
    (count,) = struct.unpack("<I", block[-4:])
    end, at, key, entries = size - 4 * (count + 1), 0, b"", {}
    while at < end:
        shared, at = wire.read_varint(block, at)
        own, at = wire.read_varint(block, at)
        length, at = wire.read_varint(block, at)
        key = key[:shared] + block[at : at + own]
        entries[key] = block[at + own : at + own + length]
        at += own + length
    return entries
