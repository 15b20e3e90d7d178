"""The state of a model in an HDF5 file: a group of arrays for each object, by its path.

A path is the names of the attributes that lead to the object: `layers/dense`, `optimizer`; in a
list or dictionary, an object is named by its class and counted: `dense`, `dense_1`. The arrays of
an object are what its `save_own_variables(store)` puts into `store`, in the group `PATH/vars`.
"""

import contextlib
import pathlib
import warnings
from collections import defaultdict

import numpy as np

from minitf.keras.naming import to_snake_case

# What an object holds that is not its own state, or that another path leads to.
_SKIPPED = {
    "_arguments",
    "_functional",
    "_tracker",
    "_inbound_nodes",
    "_outbound_nodes",
    "_compile_config",
    "_stack",
}


def _is_saveable(value):
    return hasattr(value, "save_own_variables") and not isinstance(value, type)


def _properties(cls):
    """The names of the properties that users' classes add to ours."""
    theirs = [c for c in cls.__mro__ if c.__module__.split(".")[0] != "minitf"]
    ours = {name for c in cls.__mro__ if c not in theirs for name in vars(c)}
    found = {name for c in theirs for name, v in vars(c).items() if isinstance(v, property)}
    return found - ours


def _children(parent):
    """The objects with state that are attributes of `parent`, or in lists there: (path, object)."""
    attributes = {name: v for name, v in vars(parent).items() if name not in _SKIPPED}
    for name in _properties(type(parent)):
        with contextlib.suppress(Exception):  # a property that cannot be read now holds nothing
            attributes[name] = getattr(parent, name)
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


def walk(saveable, skipped=None):
    """The object and all below it but what is `skipped`, each once: (path, object)."""
    return _walk(saveable, "", {id(part) for part in skipped or ()})


def _walk(saveable, path, visited):
    if id(saveable) in visited:
        return
    visited.add(id(saveable))
    yield path, saveable
    for name, child in _children(saveable):
        yield from _walk(child, f"{path}/{name}".lstrip("/"), visited)


def arrays(saveable):
    """What `save_own_variables` of an object stores, as HDF5 holds it."""
    store = {}
    saveable.save_own_variables(store)
    store = {key: np.asarray(value) for key, value in store.items()}
    # HDF5 has no bfloat16.
    return {k: v.astype("float32") if v.dtype.name == "bfloat16" else v for k, v in store.items()}


def add_group(file, path, saveable):
    """The group of the arrays of an object in an HDF5 file."""
    group = file.require_group(f"{path}/vars".lstrip("/"))
    if isinstance(getattr(saveable, "name", None), str):
        group.attrs["name"] = saveable.name
    return group


def save_state(saveable, file, skipped=None):
    """Writes the arrays of an object, and of all below it, into an HDF5 file or group."""
    for path, part in walk(saveable, skipped):
        stored = arrays(part)
        group = add_group(file, path, part)
        for key, value in stored.items():
            group[key] = value


def save_assets(saveable, folder):
    """Lets the object and all below it that have files of their own write them, by their paths."""
    for path, part in walk(saveable):
        if hasattr(part, "save_assets"):
            place = pathlib.Path(folder, path)
            place.mkdir(parents=True, exist_ok=True)
            part.save_assets(str(place))


def load_assets(saveable, folder):
    """Lets them read their files again."""
    for path, part in walk(saveable):
        if hasattr(part, "load_assets"):
            part.load_assets(str(pathlib.Path(folder, path)))


def load_state(saveable, file, skip_mismatch=False, skipped=None):
    """Reads the arrays of an object and of all below it but what is `skipped`.

    Raises:
      ValueError: arrays that do not fit; with `skip_mismatch` a warning.
    """
    failures = {}
    _load(saveable, file, "", {id(part) for part in skipped or ()}, failures)
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
