"""`tf.contrib.eager` ("tfe"): eager execution before it was the default."""

import functools

from minitf.checkpoints.checkpoint import Checkpoint
from minitf.compat.v1.graphs import enable_eager_execution
from minitf.config import list_physical_devices
from minitf.core.dispatch import convert_to_tensor
from minitf.data import Iterator as DatasetIterator
from minitf.ops.effects import py_function as py_func
from minitf.scopes import executing_eagerly
from minitf.tape import GradientTape
from minitf.variable import Variable

__all__ = [
    "Checkpoint", "GradientTape", "Iterator", "Variable", "enable_eager_execution",
    "executing_eagerly", "gradients_function", "implicit_gradients",
    "implicit_value_and_gradients", "in_eager_mode", "num_gpus", "py_func",
    "value_and_gradients_function",
]  # fmt: skip

in_eager_mode = executing_eagerly


def Iterator(dataset):  # noqa: N802  TensorFlow's name
    """An iterator over a dataset, eagerly."""
    return DatasetIterator.of(dataset)


def num_gpus():
    """How many GPUs there are."""
    return len(list_physical_devices("GPU"))


def implicit_value_and_gradients(f):
    """A function of what `f` takes: (its value, [(gradient, variable)] of what it read)."""

    @functools.wraps(f)
    def graded(*args, **kwargs):
        with GradientTape() as tape:
            value = f(*args, **kwargs)
        if value is None:
            raise ValueError(f"Cannot differentiate a function that returns None; did you forget "
                             f"to return a value from {f.__name__}?")  # fmt: skip
        variables = sorted(tape.watched_variables(), key=lambda v: v.name)
        if not variables:
            raise ValueError("No trainable variables were accessed while the function was being "
                             "computed.")  # fmt: skip
        return value, list(zip(tape.gradient(value, variables), variables))

    return graded


def implicit_gradients(f):
    """As `implicit_value_and_gradients`, without the value."""
    graded = implicit_value_and_gradients(f)
    return functools.wraps(f)(lambda *args, **kwargs: graded(*args, **kwargs)[1])


def value_and_gradients_function(f, params=None):
    """A function of what `f` takes: (its value, the gradients in its arguments).

    >>> import minitf as tf
    >>> value, (slope,) = value_and_gradients_function(lambda x: x * x)(tf.constant(3.0))
    >>> float(value), float(slope)
    (9.0, 6.0)
    """

    @functools.wraps(f)
    def graded(*args, dy=None):
        chosen = range(len(args)) if params is None else params
        given = [convert_to_tensor(x) for x in args]
        with GradientTape() as tape:
            for i in chosen:
                tape.watch(given[i])
            value = f(*given)
        return value, tape.gradient(value, [given[i] for i in chosen], dy)

    return graded


def gradients_function(f, params=None):
    """As `value_and_gradients_function`, without the value."""
    graded = value_and_gradients_function(f, params)
    return functools.wraps(f)(lambda *args, **kwargs: graded(*args, **kwargs)[1])
