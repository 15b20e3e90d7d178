"""Datasets that read files: lines of text, TFRecords, records of fixed length, CSV."""

import itertools

import numpy as np

from minitf import dtypes, errors
from minitf.core.convert import to_numpy
from minitf.data.dataset import Dataset
from minitf.ops.records import open_compressed, read_records
from minitf.specs import TensorSpec


def _names(filenames):
    """What stands for the file names among a dataset's arguments: themselves, or a dataset."""
    if isinstance(filenames, Dataset):
        return filenames
    if not hasattr(filenames, "dtype"):
        filenames = to_numpy([str(f) for f in np.atleast_1d(filenames).tolist()]
                             if not isinstance(filenames, bytes) else filenames)  # fmt: skip
    if not hasattr(filenames, "op") or isinstance(filenames, np.ndarray):
        filenames = np.asarray(filenames)
        if filenames.dtype != object:
            raise TypeError(
                "The `filenames` argument must contain `tf.string` elements. Got "
                f"`{dtypes.as_dtype(filenames.dtype)!r}` elements."
            )
    return filenames


def _each_file(filenames, read):
    """The records of all files, as elements."""
    if isinstance(filenames, Dataset):
        paths = (np.asarray(name).item() for (name,) in filenames.elements())
    else:
        paths = np.ravel(filenames).tolist()
    return itertools.chain.from_iterable(map(read, (path.decode() for path in paths)))


class _FileDataset(Dataset):
    """A dataset of strings from files."""

    def _read_from(self, kind, filenames, read):
        self._set(kind, TensorSpec([], dtypes.string),
                  lambda names: ((record,) for record in _each_file(names, read)),
                  (_names(filenames),))  # fmt: skip


class TextLineDataset(_FileDataset):
    """The lines of text files, without their line ends."""

    def __init__(self, filenames, compression_type=None, buffer_size=None,
                 num_parallel_reads=None, name=None):  # fmt: skip
        def read(path):
            with open_compressed(path, compression_type) as file:
                for line in file:
                    yield line.removesuffix(b"\n").removesuffix(b"\r")

        self._read_from("TextLineDatasetV2", filenames, read)


class TFRecordDataset(_FileDataset):
    """The records of TFRecord files."""

    def __init__(self, filenames, compression_type=None, buffer_size=None,
                 num_parallel_reads=None, name=None):  # fmt: skip
        self._read_from(
            "TFRecordDatasetV2", filenames, lambda path: read_records(path, compression_type)
        )


class FixedLengthRecordDataset(_FileDataset):
    """The records of `record_bytes` bytes in files, between a header and a footer."""

    def __init__(self, filenames, record_bytes, header_bytes=None, footer_bytes=None,
                 buffer_size=None, compression_type=None, num_parallel_reads=None,
                 name=None):  # fmt: skip
        size, header, footer = int(record_bytes), int(header_bytes or 0), int(footer_bytes or 0)

        def read(path):
            with open_compressed(path, compression_type) as file:
                data = file.read()
            body = data[header : len(data) - footer]
            if len(body) % size:
                raise errors.InvalidArgumentError(
                    None, None,
                    f"Excess data in file {path}: its {len(body)} bytes are no multiple of {size}.",
                )  # fmt: skip
            return (body[i : i + size] for i in range(0, len(body), size))

        self._read_from("FixedLengthRecordDatasetV2", filenames, read)
