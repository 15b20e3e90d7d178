"""How an op of Keras is written: a pure function of JAX arrays, in Keras's words.

`of_arrays` turns it into an op of minitf and a function of tensors. The dtypes in which numbers
meet are Keras's (`promotion.py`): an integer beside a float becomes a float.
"""

import functools
import inspect

from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.keras.promotion import together
from minitf.ops.math import cast


def as_they_are(*values):
    """The values as tensors."""
    return tuple(map(convert_to_tensor, values))


def floating(*values):
    """The values as tensors of one dtype; integers become floats."""
    return together(*values, least=float)


def integral(*values):
    """The values as tensors of one integer dtype; truth values become numbers."""
    return together(*values, least=int)


def truths(*values):
    """The values as tensors of truth values."""
    return tuple(cast(x, "bool") for x in values)


def of_arrays(tensors=1, convert=as_they_are, outputs=1, differentiable=True):
    """Decorates a pure function of JAX arrays: it becomes a function of tensors, and an op.

    Args:
      tensors: how many of the first parameters are tensors; the others are static (numbers,
        strings, tuples, dtypes).
      convert: what makes tensors of them: `as_they_are`, `floating`, `together`, ...
      outputs: the number of results.
      differentiable: False cuts the gradient.
    """

    def decorate(function):
        parameters = inspect.signature(function).parameters.values()
        names = [p.name for p in parameters]
        defaults = {p.name: p.default for p in parameters if p.default is not p.empty}
        title = function.__name__.title().replace("_", "")

        def pure(*arrays, options):
            return function(*arrays, **dict(options))

        op = define(f"Keras{title}", pure, "?*", num_outputs=outputs, differentiable=differentiable)

        @functools.wraps(function)
        def call(*args, **kwargs):
            given = {**defaults, **dict(zip(names, args)), **kwargs}
            if len(given) != len(names) or len(args) > len(names):
                inspect.signature(function).bind(*args, **kwargs)  # raises the TypeError
            values = convert(*[given[name] for name in names[:tensors]])
            options = tuple([(name, hashable(given[name])) for name in names[tensors:]])
            found = execute(op, values, (options,))
            return found if outputs == 1 else tuple(found)

        return call

    return decorate


def hashable(value):
    """A static argument as JAX's caches want it: lists become tuples."""
    if isinstance(value, list | tuple):
        return tuple(map(hashable, value))
    return value.item() if hasattr(value, "item") and not getattr(value, "shape", (1,)) else value


def unary(name, function, doc, convert=floating):
    """The op `name(x)`, an elementwise function of JAX arrays."""

    def named(x):
        return function(x)

    return of_arrays(1, convert)(_titled(named, name, doc))


def binary(name, function, doc, convert=together, **flags):
    """The op `name(x1, x2)`, an elementwise function of JAX arrays."""

    def named(x1, x2):
        return function(x1, x2)

    return of_arrays(2, convert, **flags)(_titled(named, name, doc))


def _titled(function, name, doc):
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function
