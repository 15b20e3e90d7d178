"""Elements on disk: `cache(filename)`, `save` and `load`."""

import contextlib
import gzip
import os
import pickle
import zlib

from minitf import errors, nest

_OPENERS = {None: open, "": open, "NONE": open, "AUTO": gzip.open, "GZIP": gzip.open}


def _opener(compression):
    if compression not in _OPENERS:
        raise NotImplementedError(f"minitf's datasets on disk have no compression {compression!r}.")
    return _OPENERS[compression]


def _write(path, elements):
    """Writes elements one by one as they pass, under the final name only when all are there."""
    partial = f"{path}.partial"
    with open(partial, "wb") as file:
        for element in elements:
            pickle.dump(element, file)
            yield element
    os.replace(partial, path)


def read(path, compression=None):
    """The elements in a file; DataLossError where it is not what it should be."""
    with _opener(compression)(path, "rb") as file:
        while True:
            try:
                yield pickle.load(file)
            except EOFError:
                return
            except (pickle.UnpicklingError, gzip.BadGzipFile, zlib.error, ValueError) as error:
                message = f"corrupted record in {path}: {error}"
                raise errors.DataLossError(None, None, message) from None


def cache(child, filename):
    """The elements of the first complete pass, kept in `filename`.data."""
    path = f"{filename}.data"
    return read(path) if os.path.exists(path) else _write(path, child.elements())


def _shard(folder, number):
    return os.path.join(folder, f"{number:08}.shard")


def save(dataset, path, compression, shard_of):
    """Writes a dataset into the folder `path`, in a file for each number that `shard_of` gives.

    The folder can be read once all of it is there.
    """
    os.makedirs(path, exist_ok=True)
    counts, files, opener = {}, {}, _opener(compression)
    with contextlib.ExitStack() as closing:
        for element in dataset.elements():
            number = shard_of(element)
            if number not in files:
                partial = f"{_shard(path, number)}.partial"
                files[number] = closing.enter_context(opener(partial, "wb"))
            pickle.dump(element, files[number])
            counts[number] = counts.get(number, 0) + 1
    for number in counts:
        os.replace(f"{_shard(path, number)}.partial", _shard(path, number))
    with open(os.path.join(path, "dataset.spec"), "wb") as file:
        pickle.dump((dataset.element_spec, counts), file)


def described(path, element_spec):
    """(`element_spec`, {number of a shard: its size}) of the dataset in the folder `path`."""
    path = os.path.join(os.fspath(path), "dataset.spec")
    if not os.path.exists(path):
        raise errors.NotFoundError(None, None, f"Could not find metadata file [{path}]")
    with open(path, "rb") as file:
        spec, counts = pickle.load(file)
    if element_spec is not None:
        nest.assert_same_structure(spec, element_spec)
        spec = element_spec
    return spec, counts


def load(path, number, compression):
    """The elements of a shard in the folder `path`."""
    return read(_shard(path, number), compression)
