"""The TFRecord file format: each record between its length and two checksums.

A record is `length` (uint64), the masked CRC-32C of that, the bytes, and their masked CRC-32C; all
numbers little-endian. Source: https://www.tensorflow.org/tutorials/load_data/tfrecord
"""

import gzip
import io
import struct
import zlib

import numpy as np

from minitf import errors


def _table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


_CRC_OF_BYTE = _table()
_CRC_OF_BYTES = np.array(_CRC_OF_BYTE, np.uint32)
_BITS = np.arange(32, dtype=np.uint32)
_LONG = 1 << 14  # bytes from which lanes pay


def crc32c(data, crc=0):
    """The Castagnoli checksum of `data`, after data with the checksum `crc`.

    >>> hex(crc32c(b"123456789")), hex(crc32c(b"6789", crc32c(b"12345")))
    ('0xe3069283', '0xe3069283')
    """
    crc ^= 0xFFFFFFFF
    done = 0
    if len(data) >= _LONG:
        crc, done = _crc_of_lanes(data, crc)
    table = _CRC_OF_BYTE
    for byte in memoryview(data)[done:]:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def _crc_of_lanes(data, crc):
    """(the checksum's register after most of `data`, how many bytes those are).

    The register is linear in the data: the pieces of `data` are summed side by side, then joined in
    pairs. To shift a register past n zero bytes is a linear map too, given by its value on 32 bits.
    """
    lanes = 1 << max(4, len(data).bit_length() // 2)
    length = len(data) // lanes
    columns = np.frombuffer(data, np.uint8, lanes * length).reshape(lanes, length).T
    registers = np.zeros(lanes, np.uint32)
    registers[0] = crc
    for column in np.ascontiguousarray(columns):
        registers = registers >> 8 ^ _CRC_OF_BYTES[(registers ^ column) & 0xFF]
    one = np.uint32(1) << _BITS
    step, shift = one >> 8 ^ _CRC_OF_BYTES[one & 0xFF], one
    for bit in reversed(range(length.bit_length())):
        shift = _mapped(shift, shift)
        if length >> bit & 1:
            shift = _mapped(step, shift)
    while len(registers) > 1:
        registers = _mapped(shift, registers[::2]) ^ registers[1::2]
        shift = _mapped(shift, shift)
    return int(registers[0]), lanes * length


def _mapped(linear_map, registers):
    """The images of `registers` under a linear map, given by the images of single bits."""
    chosen = np.where(registers[:, None] >> _BITS & 1, linear_map, np.uint32(0))
    return np.bitwise_xor.reduce(chosen, axis=1)


def masked(crc):
    """A checksum as it stands in files, where it may be part of what is summed again."""
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _masked_crc(data):
    return masked(crc32c(data))


def frame(record):
    """`record` as it stands in a file."""
    length = struct.pack("<Q", len(record))
    return b"".join([
        length, struct.pack("<I", _masked_crc(length)),
        record, struct.pack("<I", _masked_crc(record)),
    ])  # fmt: skip


def open_compressed(path, compression, mode="rb"):
    """A file opened for reading or writing through `compression` ("", "GZIP" or "ZLIB").

    Raises:
      NotFoundError: there is no such file.
      InvalidArgumentError: no such compression.
    """
    if compression not in ("", None, "GZIP", "ZLIB"):
        raise errors.InvalidArgumentError(
            None, None, f"Unsupported compression_type: {compression}."
        )
    try:
        if compression == "GZIP":
            return gzip.open(path, mode)
        if compression == "ZLIB":
            return _ZlibWriter(path) if "w" in mode else _zlib_reader(path)
        return open(path, mode)
    except FileNotFoundError:
        raise errors.NotFoundError(None, None, f"{path}; No such file or directory") from None
    except IsADirectoryError:
        raise errors.FailedPreconditionError(None, None, f"{path}; Is a directory") from None


class _ZlibWriter:
    def __init__(self, path):
        self._file, self._stream = open(path, "wb"), zlib.compressobj()

    def write(self, data):
        self._file.write(self._stream.compress(data))

    def flush(self):
        self._file.write(self._stream.flush(zlib.Z_SYNC_FLUSH))
        self._file.flush()

    def close(self):
        self._file.write(self._stream.flush())
        self._file.close()


def _zlib_reader(path):
    with open(path, "rb") as file:
        return io.BytesIO(zlib.decompress(file.read()))


def read_records(path, compression=""):
    """The records of a TFRecord file, one by one; DataLossError where it is damaged."""
    with open_compressed(path, compression) as file:
        position = 0
        while header := file.read(12):
            length = _checked(header, 12, position)
            (count,) = struct.unpack("<Q", length)
            data = file.read(count + 4)
            yield _checked(data, count + 4, position)
            position += 16 + count


def _checked(block, size, position):
    """What stands before the checksum at the end of `block`."""
    if len(block) < size:
        raise errors.DataLossError(None, None, f"truncated record at {position}")
    data = block[:-4]
    if struct.unpack("<I", block[-4:])[0] != _masked_crc(data):
        raise errors.DataLossError(None, None, f"corrupted record at {position}")
    return data
