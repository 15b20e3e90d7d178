"""Users' classes and functions by name, so that configs can speak of them."""

import contextvars
import inspect
import types
import weakref

REGISTERED = {}  # "package>name" -> class or function
REGISTERED_NAMES = weakref.WeakKeyDictionary()  # the other way round
SCOPE = contextvars.ContextVar("custom_objects", default=types.MappingProxyType({}))
SAFE_MODE = contextvars.ContextVar("safe_mode", default=None)


def register_keras_serializable(package="Custom", name=None):
    """A decorator: the class or function can be read back from configs under `package>name`.

    >>> @register_keras_serializable("doc")
    ... def double(x):
    ...     return 2 * x
    >>> get_registered_name(double)
    'doc>double'

    Raises:
      ValueError: a class without `get_config`.
    """

    def register(thing):
        if inspect.isclass(thing) and not hasattr(thing, "get_config"):
            raise ValueError("Cannot register a class that does not have a get_config() method.")
        key = f"{package}>{thing.__name__ if name is None else name}"
        REGISTERED[key] = thing
        REGISTERED_NAMES[thing] = key
        return thing

    return register


def register_alike(thing, other):
    """Gives a class the name under which another one is registered, if it is."""
    if other in REGISTERED_NAMES:
        REGISTERED_NAMES[thing] = REGISTERED_NAMES[other]


def get_registered_name(obj):
    """The key under which `obj` is registered, else its own name."""
    try:
        return REGISTERED_NAMES.get(obj) or obj.__name__
    except TypeError:  # an unhashable object
        return obj.__name__


def get_registered_object(name, custom_objects=None, module_objects=None):
    """What `name` stands for among the registered and the given objects, or None."""
    for objects in (SCOPE.get(), REGISTERED, custom_objects or {}, module_objects or {}):
        if name in objects:
            return objects[name]
    return None


def get_custom_objects():
    """The dictionary of registered objects itself: what is written into it is registered."""
    return REGISTERED


class CustomObjectScope:
    """Names for users' classes and functions, inside a `with`.

    >>> with CustomObjectScope({"double": abs}):
    ...     get_registered_object("double")
    <built-in function abs>
    """

    def __init__(self, custom_objects):
        self.custom_objects = custom_objects or {}

    def __enter__(self):
        self._token = SCOPE.set(dict(self.custom_objects))
        return self

    def __exit__(self, *exception):
        SCOPE.reset(self._token)


custom_object_scope = CustomObjectScope


class SafeModeScope:
    """Whether lambdas may be read back from configs, inside a `with`."""

    def __init__(self, safe_mode=True):
        self.safe_mode = safe_mode

    def __enter__(self):
        self._token = SAFE_MODE.set(self.safe_mode)

    def __exit__(self, *exception):
        SAFE_MODE.reset(self._token)


def enable_unsafe_deserialization():
    """Allows lambdas, which are arbitrary code, to be read back from configs."""
    SAFE_MODE.set(False)
