"""Datasets of CSV files: row by row (`CsvDataset`), or as batches of columns."""

import collections
import csv
import glob
import itertools

import numpy as np

from minitf import dtypes
from minitf.data.dataset import Dataset
from minitf.data.readers import TextLineDataset
from minitf.ops.files import decode_csv
from minitf.ops.records import open_compressed

# What a column may hold, the narrowest first; and the value of an empty field.
_KINDS = {dtypes.int32: 0, dtypes.int64: 0, dtypes.float32: 0.0, dtypes.float64: 0.0,
          dtypes.string: ""}  # fmt: skip


class CsvDataset(Dataset):
    """The rows of CSV files, as tuples of scalars.

    Args:
      filenames: of the files.
      record_defaults: for each column a dtype, if its fields must not be empty, or the value of
        empty fields.
      header: whether to skip the first line of each file.
      select_cols: the numbers of the columns to take; `exclude_cols`: of those to leave out.
    """

    def __init__(self, filenames, record_defaults, compression_type=None, buffer_size=None,
                 header=False, field_delim=",", use_quote_delim=True, na_value="",
                 select_cols=None, exclude_cols=None):  # fmt: skip
        if exclude_cols is not None:
            raise NotImplementedError("CsvDataset: exclude_cols")
        files = Dataset.from_tensor_slices([str(f) for f in np.atleast_1d(filenames)])

        def lines(name):
            found = TextLineDataset(name, compression_type)
            return found.skip(1) if header else found

        def row(line):
            return tuple(
                decode_csv(line, record_defaults, field_delim, use_quote_delim, na_value,
                           select_cols)
            )  # fmt: skip

        rows = files.flat_map(lines).map(row)
        self._set("CsvDataset", rows.element_spec, lambda rows: rows.elements(), (rows,))


def make_csv_dataset(file_pattern, batch_size, column_names=None, column_defaults=None,
                     label_name=None, select_columns=None, field_delim=",", use_quote_delim=True,
                     na_value="", header=True, num_epochs=None, shuffle=True,
                     shuffle_buffer_size=10000, shuffle_seed=None, prefetch_buffer_size=None,
                     num_parallel_reads=None, sloppy=False, num_rows_for_inference=100,
                     compression_type=None, ignore_errors=False, encoding="utf-8"):  # fmt: skip
    """Batches of the columns of CSV files, as dictionaries by the columns' names.

    Args:
      file_pattern: names of files, or patterns such as `"data/*.csv"`.
      column_names: by default those in the first line.
      column_defaults: dtypes or values of empty fields; by default what the first
        `num_rows_for_inference` rows look like.
      label_name: a column that comes apart: elements are pairs (dictionary, labels).
      select_columns: the names or numbers of the columns to take.
      num_epochs: how often to read everything; None: for ever.

    Raises:
      ValueError: no file, or a name that no column has.
    """
    patterns = [file_pattern] if isinstance(file_pattern, str) else list(file_pattern)
    paths = [p for pattern in patterns for p in sorted(glob.glob(str(pattern)))]
    if not paths:
        raise ValueError(f"No files match `file_pattern` {file_pattern}.")
    if ignore_errors:
        raise NotImplementedError("make_csv_dataset: ignore_errors")

    def rows(path):
        with open_compressed(path, compression_type) as file:
            text = file.read().decode(encoding).splitlines()
        quoting = csv.QUOTE_MINIMAL if use_quote_delim else csv.QUOTE_NONE
        return csv.reader(text, delimiter=field_delim, quoting=quoting)

    if column_names is None:
        if not header:
            raise ValueError("`column_names` must be given where the files have no header.")
        column_names = next(rows(paths[0]))
    if len(set(column_names)) != len(column_names):
        raise ValueError("Cannot have duplicate column names.")
    chosen = list(range(len(column_names)))
    if select_columns is not None:
        chosen = sorted(_number_of(c, column_names) for c in select_columns)
    if column_defaults is None:
        sample = itertools.islice(rows(paths[0]), int(header), int(header) + num_rows_for_inference)
        sample = list(sample)
        kinds = [_kind_of([row[i] for row in sample], na_value) for i in chosen]
        column_defaults = [np.array(_KINDS[k], k.np) if k != dtypes.string else "" for k in kinds]
    elif select_columns is not None and len(column_defaults) == len(column_names):
        column_defaults = [column_defaults[i] for i in chosen]
    names = [column_names[i] for i in chosen]
    if label_name is not None and label_name not in names:
        raise ValueError(
            f"`label_name` provided must be one of the columns: {names}. Received: {label_name}."
        )
    dataset = CsvDataset(paths, column_defaults, compression_type, None, header, field_delim,
                         use_quote_delim, na_value, chosen)  # fmt: skip
    if shuffle:
        dataset = dataset.shuffle(shuffle_buffer_size, shuffle_seed)
    dataset = dataset.repeat(num_epochs).batch(batch_size, drop_remainder=num_epochs is None)

    def named(*columns):
        features = collections.OrderedDict(zip(names, columns))
        return features if label_name is None else (features, features.pop(label_name))

    return dataset.map(named).prefetch(1 if prefetch_buffer_size is None else prefetch_buffer_size)


def _number_of(column, names):
    if isinstance(column, str):
        if column not in names:
            raise ValueError("`select_columns` must be valid column names or indices.")
        return names.index(column)
    if not 0 <= column < len(names):
        raise ValueError("`select_columns` must be valid column names or indices.")
    return column


def _kind_of(fields, na_value):
    """The narrowest dtype that all fields can have; empty ones do not count."""
    kinds = list(_KINDS)
    at = 0
    for field in fields:
        while field not in ("", na_value) and not _fits(field, kinds[at]):
            at += 1
    return kinds[at]


def _fits(field, kind):
    if kind == dtypes.string:
        return True
    try:
        number = int(field) if kind.is_integer else float(field)
    except ValueError:
        return False
    return kind.is_floating and not np.isfinite(number) or kind.min <= number <= kind.max
