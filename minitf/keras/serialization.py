"""Objects as plain dictionaries and back: what `get_config` holds, what strings stand for.

A Keras object is written as `{"module", "class_name", "config", "registered_name"}`. Built-in
classes carry their public module (`"keras.losses"`), users' classes the name that they registered.
"""

import base64
import importlib
import inspect
import marshal
import types
import warnings

import numpy as np

from minitf import dtypes, shapes
from minitf.core.dispatch import convert_to_tensor
from minitf.core.tensor import Tensor
from minitf.keras import config as settings
from minitf.keras.registration import (
    REGISTERED,
    REGISTERED_NAMES,
    SAFE_MODE,
    SCOPE,
    CustomObjectScope,
    SafeModeScope,
    get_registered_name,
    get_registered_object,
)

_PLAIN = (str, int, float, bool)
# The rooms whose names users write as plain strings: "relu", "mse", "he_normal".
_BUILTIN_ROOMS = (
    "activations", "constraints", "initializers", "losses", "metrics", "optimizers", "regularizers",
)  # fmt: skip
# Classes of these rooms are public in `keras` itself.
_TOP_ROOMS = ("layer", "model", "sequential", "variable", "dtype_policies")

# Classes of these rooms have no public path in Keras.
_PRIVATE = {"functional": "keras.src.models.functional", "symbolic": "keras.src.ops.numpy"}
_CALLS = (
    "minitf.keras.on_symbols"  # where the classes of Keras's `keras.src.ops` and activations are
)


# Writing.


def serialize_keras_object(obj):
    """`obj` as plain dictionaries, lists, strings and numbers.

    Raises:
      TypeError: an object without `get_config`, or one whose `get_config` is no dictionary.
    """
    if obj is None or isinstance(obj, _PLAIN):
        return obj
    if isinstance(obj, shapes.TensorShape):
        return None if obj.rank is None else obj.as_list()
    if isinstance(obj, (list, tuple)):
        entries = [serialize_keras_object(entry) for entry in obj]
        return tuple(entries) if isinstance(obj, tuple) else entries
    if isinstance(obj, dict):
        return serialize_dict(obj)
    if isinstance(obj, dtypes.DType):
        return obj.name
    if isinstance(obj, np.generic) or (isinstance(obj, np.ndarray) and obj.ndim == 0):
        return obj.item()
    special = _special_form(obj)
    if special is not None:
        return special
    return _object_form(obj)


def serialize_dict(obj):
    """`obj` with its values serialized."""
    return {key: serialize_keras_object(value) for key, value in obj.items()}


def _special_form(obj):
    """The form of a value that is no Keras object, by a class name in underscores; None if it is.

    `deserialize_keras_object` reads these back with `_READERS`.
    """
    if isinstance(obj, bytes):
        return _form("__bytes__", value=obj.decode("utf-8"))
    if isinstance(obj, slice):
        parts = (serialize_keras_object(part) for part in (obj.start, obj.stop, obj.step))
        return _form("__slice__", **dict(zip(("start", "stop", "step"), parts, strict=True)))
    if obj is Ellipsis:
        return _form("__ellipsis__")
    if isinstance(obj, Tensor):
        return _form("__tensor__", value=obj.numpy().tolist(), dtype=obj.dtype.name)
    if isinstance(obj, np.ndarray):
        return _form("__numpy__", value=obj.tolist(), dtype=settings.standardize_dtype(obj.dtype))
    if isinstance(obj, types.FunctionType) and obj.__name__ == "<lambda>":
        warnings.warn(
            "The object being serialized includes a `lambda`. This is unsafe. In order to reload "
            "the object, you will have to pass `safe_mode=False` to the loading function. Please "
            "avoid using `lambda` in the future, and use named Python functions instead.",
            stacklevel=4,
        )
        return _form("__lambda__", value=_lambda_form(obj))
    return None


def _form(class_name, **config):
    return {"class_name": class_name, "config": config}


def _lambda_form(function):
    """The code, the defaults and the closure of a function."""
    code = base64.encodebytes(marshal.dumps(function.__code__)).decode("ascii")
    closure = function.__closure__ and tuple(cell.cell_contents for cell in function.__closure__)
    return code, function.__defaults__, closure


def _object_form(obj):
    cls = type(obj)
    if isinstance(obj, types.FunctionType):
        config = get_registered_name(obj)
    elif hasattr(obj, "get_config"):
        config = obj.get_config()
        if not isinstance(config, dict):
            raise TypeError(
                f"The `get_config()` method of {obj} should return a dict. It returned: {config}"
            )
        config = serialize_dict(config)
    elif hasattr(obj, "__name__"):
        config = get_registered_name(obj)
    else:
        raise TypeError(
            f"Cannot serialize object {obj} of type {cls}. To be serializable, a class must "
            "implement the `get_config()` method."
        )
    module = public_module(cls)
    is_public = module is not None and not module.startswith("keras.src.")
    form = {
        "module": module or (None if cls.__module__ == "__main__" else cls.__module__),
        "class_name": vars(cls).get("_public_name", cls.__name__),
        "config": config,
        "registered_name": None if is_public else get_registered_name(cls),
    }
    for part in ("build_config", "compile_config"):
        get_part = getattr(obj, f"get_{part}", None)
        part_config = get_part() if get_part else None
        if part_config is not None:
            form[part] = serialize_dict(part_config)
    return form


def public_module(cls):
    """The module under which users know a built-in class, `"keras.losses"`; None for their own."""
    root, *rooms = cls.__module__.split(".")
    if root != "minitf" or rooms[:1] != ["keras"] or cls in REGISTERED_NAMES:
        return None
    if cls.__module__ == _CALLS:
        return f"keras.src.{cls._home}"
    if rooms[1] in _PRIVATE:
        return _PRIVATE[rooms[1]]
    if rooms[1] in _TOP_ROOMS:
        return getattr(cls, "_room", "keras")
    return ".".join(rooms[:3] if rooms[1:3] == ["optimizers", "schedules"] else rooms[:2])


# Reading.

_READERS = {
    "__tensor__": lambda config: convert_to_tensor(config["value"], config["dtype"]),
    "__numpy__": lambda config: np.array(config["value"], config["dtype"]),
    "__bytes__": lambda config: config["value"].encode("utf-8"),
    "__slice__": lambda config: slice(config["start"], config["stop"], config["step"]),
    "__ellipsis__": lambda config: Ellipsis,
    "__lambda__": lambda config: _read_lambda(config["value"]),
}


def deserialize_keras_object(config, custom_objects=None, safe_mode=True, **kwargs):
    """The object that `serialize_keras_object` wrote as `config`.

    Args:
      config: a dictionary; or a list, string or number, which stand for themselves.
      custom_objects: names of users' classes and functions that `config` speaks of.
      safe_mode: refuse lambdas.

    Raises:
      TypeError: a class or function that is neither built in, nor registered, nor given.
      ValueError: a lambda in safe mode.
    """
    module_objects = kwargs.pop("module_objects", None)
    if kwargs:
        raise TypeError(f"deserialize_keras_object got unexpected arguments: {list(kwargs)}")
    scoped = SAFE_MODE.get()
    safe_mode = safe_mode if scoped is None else scoped
    custom_objects = {**(custom_objects or {}), **SCOPE.get(), **REGISTERED}
    if isinstance(config, str) and config in custom_objects:
        return custom_objects[config]
    if module_objects is not None and config is not None:
        return _deserialize_among(module_objects, config, custom_objects, safe_mode)
    if config is None or isinstance(config, _PLAIN):
        return config
    if isinstance(config, (list, tuple)):
        return [deserialize_keras_object(entry, custom_objects, safe_mode) for entry in config]
    if not isinstance(config, dict):
        raise TypeError(f"Could not parse config: {config}")
    if "class_name" not in config or "config" not in config:
        return {
            key: deserialize_keras_object(value, custom_objects, safe_mode)
            for key, value in config.items()
        }
    return _read_form(config, custom_objects, safe_mode)


def with_modules(form, custom_objects=()):
    """A config as older versions wrote it, with the modules in which its classes are today."""
    if isinstance(form, list):
        return [with_modules(entry, custom_objects) for entry in form]
    if not isinstance(form, dict):
        return form
    form = {key: with_modules(value, custom_objects) for key, value in form.items()}
    name = form.get("class_name")
    if name == "InputLayer" and "batch_input_shape" in form["config"]:
        form["config"]["batch_shape"] = form["config"].pop("batch_input_shape")
    if isinstance(name, str) and "config" in form and "module" not in form:
        if not name.startswith("__") and name not in custom_objects:
            module = _PRIVATE["functional"] if name == "Functional" else "keras.layers"
            form["module"] = "keras" if name in ("Sequential", "Model") else module
    return form


def _deserialize_among(module_objects, config, custom_objects, safe_mode):
    """Reads an identifier whose name is looked up among the built-in objects of one room.

    A name that is not there comes back as it is: the caller knows what to say.
    """
    if not isinstance(config, dict):
        found = module_objects.get(config) if isinstance(config, str) else None
        if found is None or isinstance(found, types.FunctionType):
            return config if found is None else found
        return found.from_config({})
    if "class_name" not in config:
        raise ValueError(f"Unknown `config` as a `dict`, config={config}")
    name, inner = config["class_name"], config.get("config")
    mine = {name, config.get("registered_name")} | ({inner} if isinstance(inner, str) else set())
    if mine & custom_objects.keys():
        return _read_form(config, custom_objects, safe_mode)
    if name == "function":
        name = inner
    elif config.get("module", "keras") is None:
        raise TypeError(
            f"Cannot deserialize object of type `{name}`. If `{name}` is a custom class, please "
            "register it using the `@keras.saving.register_keras_serializable()` decorator."
        )
    found = module_objects.get(name)
    if found is None or isinstance(found, types.FunctionType):
        return name if found is None else found
    with CustomObjectScope(custom_objects), SafeModeScope(safe_mode):
        return found.from_config(inner or {})


def _read_form(form, custom_objects, safe_mode):
    name, config = form["class_name"], form["config"]
    if name in _READERS:
        if name == "__lambda__" and safe_mode:
            raise ValueError(
                "Requested the deserialization of a Python lambda. This carries a potential risk "
                "of arbitrary code execution and thus it is disallowed by default. If you trust "
                "the source of the artifact, you can override this error by passing "
                "`safe_mode=False` to the loading function, or calling "
                "`keras.config.enable_unsafe_deserialization()."
            )
        return _READERS[name](config)
    if name == "function":
        if not isinstance(config, str):
            raise TypeError(
                "Expected 'config' to be a non-null str for a function classname, "
                f"instead got {type(config)}. Full config: {form}"
            )
        return _find(config, config, form, custom_objects)
    if config is not None and not isinstance(config, dict):
        raise TypeError(
            f"Expected 'config' to be a dict for {name}, instead got {type(config)}. "
            f"Full config: {form}"
        )
    found = _find(name, form.get("registered_name", name), form, custom_objects)
    if isinstance(found, types.FunctionType):
        return found
    if not hasattr(found, "from_config"):
        raise TypeError(
            f"Unable to reconstruct an instance of '{name}' because the class is missing a "
            f"`from_config()` method. Full object config: {form}"
        )
    with CustomObjectScope(custom_objects), SafeModeScope(safe_mode):
        return _instance(found, form)


def _instance(cls, form):
    """An object of `cls`, built and compiled as `form` says."""
    config = form["config"] or {}
    try:
        instance = cls.from_config(config)
    except TypeError as error:
        raise TypeError(
            f"{cls} could not be deserialized properly. Please ensure that components that are "
            "Python object instances (layers, models, etc.) returned by `get_config()` are "
            "explicitly deserialized in the model's `from_config()` method."
            f"\n\nconfig={form}.\n\nException encountered: {error}"
        ) from error
    if form.get("build_config") and not instance.built:
        instance.build_from_config(form["build_config"])
        instance.built = True
    if form.get("compile_config"):
        instance.compile_from_config(form["compile_config"])
        instance.compiled = True
    return instance


def _find(name, registered_name, form, custom_objects):
    """The class or function that a form names: registered, given, or built in."""
    found = get_registered_object(registered_name, custom_objects)
    module = form.get("module")
    if found is None and module == "builtins":
        candidates = (_built_in(f"keras.{room}", name) for room in _BUILTIN_ROOMS)
        found = next((entry for entry in candidates if entry is not None), None)
        if found is not None:
            _check_registered_name(name, form)
        elif ">" not in name:  # Keras before 3.7 left out the package
            found = next((v for k, v in custom_objects.items() if k.endswith(f">{name}")), None)
    elif found is None and module and module.split(".")[0] == "keras":
        found = _built_in(module, name)
        if not module.startswith("keras.src"):
            _check_registered_name(name, form)
        if found is None:
            raise ValueError(
                f"Could not deserialize '{module}.{name}' because it is not a KerasSaveable "
                "subclass: Keras has no such class."
            )
    if found is None:
        kind = "function" if form["class_name"] == "function" else "class"
        raise TypeError(
            f"Could not locate {kind} '{name}'. Make sure custom classes and functions are "
            "decorated with `@keras.saving.register_keras_serializable()`. If they are already "
            "decorated, make sure they are all imported so that the decorator is run before "
            f"trying to load them. Full object config: {form}"
        )
    return found


def _check_registered_name(name, form):
    """ValueError where the config of a built-in object names a registered one beside it."""
    registered = form.get("registered_name")
    if registered and registered not in (name, form["class_name"]):
        raise ValueError(
            f"`registered_name={registered!r}` was provided in the config, but '{name}' resolved "
            "to a Keras built-in and does not use registered names. Remove the `registered_name` "
            f"field from the config. Full object config: {form}"
        )


def _built_in(module, name):
    """A class, or a function of the rooms of functions, by its public module; None if none."""
    rooms = module.split(".")
    if rooms[1:3] in (["src", "ops"], ["src", "activations"]):
        rooms = _CALLS.split(".")[1:]
    elif rooms[1:2] == ["src"]:  # the private path of a class without a public one
        rooms = ["keras", next((k for k, v in _PRIVATE.items() if v == module), rooms[2])]
    try:
        found = getattr(importlib.import_module(".".join(["minitf", *rooms])), name, None)
    except ModuleNotFoundError:
        return None
    if inspect.isclass(found) and hasattr(found, "from_config"):
        return found
    is_plain = isinstance(found, types.FunctionType) and rooms[-1] in _BUILTIN_ROOMS
    return found if is_plain else None


def _read_lambda(value):
    code, defaults, closure = value
    code = marshal.loads(base64.decodebytes(code.encode("ascii")))
    cells = tuple(types.CellType(content) for content in closure) if closure else None
    return types.FunctionType(code, globals(), code.co_name, _as_tuple(defaults), cells)


def _as_tuple(values):
    return None if values is None else tuple(values)


def interpret(what, identifier, table, **defaults):
    """The object that a string, a dictionary, a class or an object stands for: `xxx.get`.

    Args:
      what: how errors call the thing, such as `"loss"`.
      identifier: None stays None.
      table: the names of the room.

    Raises:
      ValueError: nothing that can be called, or an unknown name.
    """
    obj = identifier
    if isinstance(identifier, (dict, str)):
        obj = deserialize_keras_object(identifier, module_objects=table, **defaults)
    if obj is None:
        return None
    if not callable(obj):
        raise ValueError(f"Could not interpret {what} identifier: {identifier}")
    return obj() if inspect.isclass(obj) else obj
