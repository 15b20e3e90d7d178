"""The state of a large model, split among HDF5 files: a table in JSON tells what is where."""

import json
import pathlib
import warnings

import numpy as np

from minitf.keras.saving.state import add_group, arrays, walk
from minitf.keras.saving.zipped import hdf5
from minitf.keras.summary import readable_size


def _table_path(name, doing):
    """The path of the table, which ends in `.json`."""
    path = pathlib.Path(name)
    if path.suffix == ".json":
        return path
    renamed = path.with_suffix(".json")
    warnings.warn(
        f"{doing} sharded weights requires `*.json` as the extension. The original path: {path} "
        f"will be renamed to {renamed}.",
        stacklevel=4,
    )
    return renamed


def write(saveable, name, max_shard_size, skipped=None):
    """Writes the arrays of an object and of all below it into files of at most so many GB.

    Raises:
      ValueError: an array is larger than that.
    """
    table_path = _table_path(name, "Saving")
    base, limit = table_path.stem.replace(".weights", ""), float(max_shard_size) * 1024**3
    shards, where, total, size = [[]], {}, 0, 0
    for path, part in walk(saveable, skipped):
        for key, value in arrays(part).items():
            if value.nbytes > limit:
                raise ValueError(
                    f"The size of {key} is {readable_size(value.nbytes)} which exceeds the maximum "
                    f"shard size {readable_size(limit)}. You can increase the `max_shard_size` "
                    "parameter to accommodate the size."
                )
            if size + value.nbytes > limit:
                shards.append([])
                size = 0
            size += value.nbytes
            total += value.nbytes
            shards[-1].append((path, part, key, value))
    for index, entries in enumerate(shards):
        file_name = f"{base}_{index:05}.weights.h5"
        with hdf5(str(table_path.with_name(file_name)), "w") as file:
            for path, part, key, value in entries:
                group = add_group(file, path, part)
                group[key] = value
                files = where.setdefault(group.name, [])
                if file_name not in files:
                    files.append(file_name)
    table = {"metadata": {"total_size": float(total)}, "weight_map": where}
    table_path.write_text(json.dumps(table, indent=4))


class Shards:
    """The arrays of all files of a table, by the path of their group, as in an open HDF5 file."""

    def __init__(self, name):
        self._path = _table_path(name, "Loading")
        self._where = json.loads(self._path.read_text())["weight_map"]

    def get(self, path, default=None):
        """The arrays of a group; the default if there is none."""
        files = self._where.get(f"/{path}")
        if files is None:
            return default
        found = {}
        for file_name in [files] if isinstance(files, str) else files:
            with hdf5(str(self._path.with_name(file_name)), "r") as file:
                found.update({key: np.asarray(value) for key, value in file[path].items()})
        return found
