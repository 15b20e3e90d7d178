"""The names Keras gives: `dense`, `dense_1`, ... by counting; classes in snake case."""

import contextlib
import contextvars
import re
from collections import defaultdict

_counts = defaultdict(int)


def to_snake_case(name):
    """The name of a class as Keras writes it in names of objects.

    >>> to_snake_case("MeanSquaredError"), to_snake_case("AUC"), to_snake_case("Conv2D")
    ('mean_squared_error', 'auc', 'conv2d')
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def auto_name(prefix):
    """The next free name for an object of the class `prefix`: `dense`, then `dense_1`."""
    return uniquify(to_snake_case(prefix))


def uniquify(name):
    """`name`, with `_1`, `_2`, ... from the second time on."""
    count = _counts[name]
    _counts[name] += 1
    return f"{name}_{count}" if count else name


def get_uid(prefix=""):
    """How many names begin with `prefix` so far, this one included."""
    _counts[prefix] += 1
    return _counts[prefix]


def reset_uids():
    """Begins counting anew, as `keras.utils.clear_session` does."""
    _counts.clear()


def object_name(thing):
    """The name of a Keras object, of a function or of a class's instance."""
    if hasattr(thing, "name"):
        return thing.name
    return to_snake_case(getattr(thing, "__name__", type(thing).__name__))


# Name scopes: a variable's path is the names of the layers around it, then its own.

_scopes = contextvars.ContextVar("name_scopes", default=())


@contextlib.contextmanager
def name_scope(name, caller=None):
    """The paths of variables made inside begin with `name/`.

    Args:
      name: a string without slashes.
      caller: the layer whose scope it is: entering it again inside itself changes nothing, and
        its `_parent_path`, where it was first entered, stays the beginning of the paths.

    >>> with name_scope("encoder"), name_scope("dense"):
    ...     current_path()
    'encoder/dense'
    """
    open_scopes = _scopes.get()
    if caller is not None and open_scopes and open_scopes[-1][1] is caller:
        yield name
        return
    around = getattr(caller, "_parent_path", None)
    around = current_path() if around is None else around
    token = _scopes.set((*open_scopes, (f"{around}/{name}" if around else name, caller)))
    try:
        yield name
    finally:
        _scopes.reset(token)


def current_path():
    """The names of the open name scopes, joined by slashes."""
    open_scopes = _scopes.get()
    return open_scopes[-1][0] if open_scopes else ""
