"""Where ops land and how they are named: name scopes, control dependencies, `init_scope`."""

import contextlib
import logging
import sys

import jax

from minitf.core.frames import stack
from minitf.devices import jax_device, merge_devices


class name_scope:  # noqa: N801  TensorFlow's name
    """A context manager that puts `name/` before the names made inside.

    Raises:
      ValueError: `name` is no string.

    >>> with name_scope("block") as scope:
    ...     print(scope)
    block/
    """

    def __init__(self, name):
        if not isinstance(name, str):
            raise ValueError("name for name_scope must be a string.")
        self._name, self._entered = name, []

    name = property(lambda self: self._name)

    def __enter__(self):
        scope = stack.frame.name_scope(self._name)
        self._entered.append(scope)
        return scope.__enter__()

    def __exit__(self, *exception):
        return self._entered.pop().__exit__(*exception)


def get_current_name_scope():
    """The name scope that ops made now are in, without a `/` at its end.

    >>> with name_scope("a"), name_scope("b"):
    ...     get_current_name_scope()
    'a/b'
    """
    return stack.frame.scope.removesuffix("/")


def distinct(names):
    """The names, with `_1`, `_2`, ... at the end of those that came before.

    >>> distinct(["a", "b", "a"])
    ['a', 'b', 'a_1']
    """
    found = []
    for base in names:
        name, number = base, 0
        while name in found:
            number += 1
            name = f"{base}_{number}"
        found.append(name)
    return found


def control_dependencies(control_inputs):
    """Ops made inside run after `control_inputs`; eagerly what is a function is called."""
    return stack.frame.control_dependencies(control_inputs)


@contextlib.contextmanager
def init_scope():
    """Leaves functions that are being traced: what is made inside is made once, outside of them.

    Tapes do not record inside.

    >>> import minitf as tf
    >>> @tf.function
    ... def f():
    ...     with tf.init_scope():
    ...         return tf.executing_eagerly()
    >>> f().numpy()
    np.True_
    """
    frame = stack.frame
    scope = frame.scope
    while hasattr(frame, "captures"):
        frame = frame.outer
    before, frame.scope = frame.scope, scope
    control = contextlib.nullcontext()
    if frame.is_graph:
        control = frame.control_dependencies(None)
    try:
        with stack.push(frame), frame.paused(), control:
            yield
    finally:
        frame.scope = before


def executing_eagerly():
    """Whether ops run at once; False inside a `tf.function` that is being traced."""
    return not stack.frame.is_graph


def inside_function():
    """Whether a `tf.function` is being traced around this line."""
    return any(hasattr(frame, "captures") for frame in stack.frames)


def get_logger():
    """The logger of the library, named `tensorflow`."""
    return _logger


class _Console(logging.StreamHandler):
    """Writes to what is standard error now, or to standard output where Python is interactive."""

    def __init__(self):
        logging.Handler.__init__(self)
        self.setFormatter(logging.Formatter(logging.BASIC_FORMAT))

    @property
    def stream(self):
        return sys.stdout if hasattr(sys, "ps1") or sys.flags.interactive else sys.stderr


_logger = logging.getLogger("tensorflow")
if not logging.getLogger().handlers:  # else whoever set those up sees to it
    _logger.addHandler(_Console())


@contextlib.contextmanager
def device(device_name):
    """Ops made inside run on a device, named as TensorFlow does: `"/CPU:0"`, `"/GPU:0"`.

    A device that this machine lacks is replaced by the first CPU.
    """
    frame = stack.frame
    name = device_name or ""
    if hasattr(name, "to_string"):
        name = name.to_string()
    elif callable(name):
        name = name(None)
    if not isinstance(name, str):
        raise ValueError(f"Expecting a string device name. Got {type(name)}({name})")
    before, frame.device = frame.device, merge_devices(frame.device, name)
    chosen = jax_device(frame.device)
    placed = contextlib.nullcontext() if chosen is None else jax.default_device(chosen)
    try:
        with placed:
            yield
    finally:
        frame.device = before
