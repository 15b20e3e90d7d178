"""The state of a model in an HDF5 file: a group of arrays for each object, by its path.

A path is the names of the attributes that lead to the object: `layers/dense`, `optimizer`; in a
list or dictionary, an object is named by its class and counted: `dense`, `dense_1`. The arrays of
an object are what its `save_own_variables(store)` puts into `store`, in the group `PATH/vars`.
"""

import warnings
from collections import defaultdict

import numpy as np

from minitf.keras.naming import to_snake_case

# What an object holds that is not its own state, or that another path leads to.
_SKIPPED = {
    "_functional",
    "_tracker",
    "_inbound_nodes",
    "_outbound_nodes",
    "_compile_config",
    "_stack",
}


def _is_saveable(value):
    return hasattr(value, "save_own_variables") and not isinstance(value, type)


def _children(parent):
    """The objects with state that are attributes of `parent`, or in lists there: (path, object)."""
    attributes = {name: v for name, v in vars(parent).items() if name not in _SKIPPED}
    layers = getattr(parent, "layers", None)
    if isinstance(layers, list):
        attributes["layers"] = layers
    # A model of layers names them by their order, any other object by its attributes.
    classes = {cls.__name__ for cls in type(parent).__mro__}
    first = "layers" if classes & {"Sequential", "Functional"} else None
    for name in sorted(attributes, key=lambda n: (n != first, n.startswith("_"), n)):
        if _is_saveable(attributes[name]):
            yield name, attributes[name]
        else:
            yield from _members(attributes[name], name, set())


def _members(container, path, seen):
    """The objects with state in lists, tuples and dictionaries, also nested ones."""
    if not isinstance(container, (list, tuple, dict)) or id(container) in seen:
        return
    seen.add(id(container))
    counts = defaultdict(int)

    def numbered(name):
        counts[name] += 1
        return f"{path}/{name}" if counts[name] == 1 else f"{path}/{name}_{counts[name] - 1}"

    for entry in container.values() if isinstance(container, dict) else container:
        if _is_saveable(entry):
            yield numbered(to_snake_case(type(entry).__name__)), entry
        elif isinstance(entry, (list, tuple, dict)):
            yield from _members(entry, numbered("container"), seen)


def save_state(saveable, file, path="", visited=None):
    """Writes the arrays of an object, and of all below it, into an HDF5 file or group."""
    visited = set() if visited is None else visited
    if id(saveable) in visited:
        return
    visited.add(id(saveable))
    store = {}
    saveable.save_own_variables(store)
    group = file.require_group(f"{path}/vars".lstrip("/"))
    if isinstance(getattr(saveable, "name", None), str):
        group.attrs["name"] = saveable.name
    for key, value in store.items():
        value = np.asarray(value)
        # HDF5 has no bfloat16.
        group[key] = value.astype("float32") if value.dtype.name == "bfloat16" else value
    for name, child in _children(saveable):
        save_state(child, file, f"{path}/{name}", visited)


def load_state(saveable, file, skip_mismatch=False):
    """Reads the arrays of an object and of all below it.

    Raises:
      ValueError: arrays that do not fit; with `skip_mismatch` a warning.
    """
    failures = {}
    _load(saveable, file, "", set(), failures)
    if not failures:
        return
    what, error = next(iter(failures.values()))
    message = (
        f"A total of {len(failures)} objects could not be loaded. Example error message for object "
        f"{what}:\n\n{error}\n\nList of objects that could not be loaded:\n"
        f"{[failed for failed, _ in failures.values()]}"
    )
    if not skip_mismatch:
        raise ValueError(message)
    warnings.warn(message, stacklevel=4)


def _load(saveable, file, path, visited, failures):
    if id(saveable) in visited:
        return
    group = file.get(f"{path}/vars".lstrip("/"), {})
    try:
        saveable.load_own_variables({key: np.asarray(value) for key, value in group.items()})
        visited.add(id(saveable))  # an object that failed may be found again on another path
        failures.pop(id(saveable), None)
    except Exception as error:  # noqa: BLE001  told together with the others
        failures.setdefault(id(saveable), (saveable, error))
    for name, child in _children(saveable):
        _load(child, file, f"{path}/{name}", visited, failures)
