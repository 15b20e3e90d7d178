"""`tensorflow.python.util.deprecation`: decorators that warn of what will go.

A warning goes to TensorFlow's logger: once for each function, or argument of it, unless
`warn_once=False`.
"""

import contextlib
import functools
import inspect
import sys

from minitf.compat.v1 import logging
from minitf.core.frames import stack

_silent = []  # holds something while `silence` is entered


@contextlib.contextmanager
def silence():
    """A context in which nothing warns."""
    _silent.append(True)
    try:
        yield
    finally:
        _silent.pop()


def _decorator(found, warn_once, date=None, instructions="", goes=True):
    """A decorator that warns of what `found(name, arguments)` says of a call, one text for each.

    `goes` adds when, and what to do instead.
    """
    if goes and not instructions:
        raise ValueError("Don't deprecate things without conversion instructions!")
    when = f"after {date}" if date else "in a future version"
    end = f" is deprecated and will be removed {when}.\nInstructions for updating:\n{instructions}"

    def decorate(function):
        signature = inspect.signature(function)
        name = f"{function.__qualname__} (from {function.__module__})"
        warned = set()

        @functools.wraps(function)
        def call(*args, **kwargs):
            if not _silent:
                given = signature.bind_partial(*args, **kwargs)
                for what in found(name, given):
                    if what not in warned:
                        caller = sys._getframe(1)
                        place = f"{caller.f_code.co_filename}:{caller.f_lineno}"
                        logging.warning(f"From {place}: {what}{end if goes else ''}")
                    if warn_once:
                        warned.add(what)
            return function(*args, **kwargs)

        return call

    return decorate


def deprecated(date, instructions, warn_once=True):
    """For a function or class that will go: a call warns.

    Args:
      date: when it goes, `"2030-01-31"`, or None for some day.
      instructions: what to do instead.

    Raises:
      ValueError: no instructions.
    """
    decorate = _decorator(lambda name, given: [name], warn_once, date, instructions)

    def decorate_any(target):
        if not isinstance(target, type):
            return decorate(target)
        target.__init__ = decorate(target.__init__)
        return target

    return decorate_any


def deprecated_args(date, instructions, *deprecated_arg_names_or_tuples, warn_once=True):
    """For a function with arguments that will go: each a name, or (name, value that is no use).

    In eager execution nothing warns.
    """
    pairs = [n if isinstance(n, tuple) else (n, _decorator) for n in deprecated_arg_names_or_tuples]

    def found(name, given):
        known = given.arguments if stack.frame.is_graph else {}
        return [f"calling {name} with {argument}" for argument, unused in pairs
                if known.get(argument, unused) is not unused]  # fmt: skip

    return _decorator(found, warn_once, date, instructions)


def deprecated_arg_values(date, instructions, warn_once=True, **deprecated_kwargs):
    """For a function with values of arguments that will go."""

    def found(name, given):
        given.apply_defaults()
        return [f"calling {name} with {argument}={value}"
                for argument, value in deprecated_kwargs.items()
                if _same(given.arguments.get(argument, _decorator), value)]  # fmt: skip

    return _decorator(found, warn_once, date, instructions)


def _same(given, value):
    return given is value or (type(given) is type(value) and given == value)


def deprecated_alias(deprecated_name, name, func_or_class, warn_once=True):
    """A function or class under a name that will go."""
    what = f"The name {deprecated_name} is deprecated. Please use {name} instead.\n"
    warn = _decorator(lambda *_: [what], warn_once, goes=False)
    if not isinstance(func_or_class, type):
        return warn(func_or_class)
    members = {"__init__": warn(func_or_class.__init__), "__module__": func_or_class.__module__}
    return type(func_or_class)(func_or_class.__name__, (func_or_class,), members)


def deprecated_argument_lookup(new_name, new_value, old_name, old_value):
    """The value of an argument that has two names; ValueError where both are given."""
    if old_value is None:
        return new_value
    if new_value is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'.")
    return old_value
