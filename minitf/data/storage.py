"""Elements on disk: `cache(filename)`, `save` and `load`."""

import os
import pickle

from minitf import errors, nest


def _write(path, elements):
    """Writes elements one by one as they pass, under the final name only when all are there."""
    partial = f"{path}.partial"
    with open(partial, "wb") as file:
        for element in elements:
            pickle.dump(element, file)
            yield element
    os.replace(partial, path)


def read(path):
    """The elements in a file."""
    with open(path, "rb") as file:
        while True:
            try:
                yield pickle.load(file)
            except EOFError:
                return


def cache(child, filename):
    """The elements of the first complete pass, kept in `filename`.data."""
    path = f"{filename}.data"
    return read(path) if os.path.exists(path) else _write(path, child.elements())


def save(dataset, path):
    """Writes a dataset into the folder `path`."""
    os.makedirs(path, exist_ok=True)
    count = sum(1 for _ in _write(os.path.join(path, "elements.data"), dataset.elements()))
    with open(os.path.join(path, "dataset.spec"), "wb") as file:
        pickle.dump((dataset.element_spec, count), file)


def described(path, element_spec):
    """(`element_spec`, number of elements) of the dataset in the folder `path`."""
    path = os.path.join(os.fspath(path), "dataset.spec")
    if not os.path.exists(path):
        raise errors.NotFoundError(None, None, f"Could not find metadata file [{path}]")
    with open(path, "rb") as file:
        spec, size = pickle.load(file)
    if element_spec is not None:
        nest.assert_same_structure(spec, element_spec)
        spec = element_spec
    return spec, size


def load(path):
    """The elements in the folder `path`."""
    return read(os.path.join(path, "elements.data"))
