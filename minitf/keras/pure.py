"""Layers as pure functions: other values stand in their variables while something is called."""

import contextlib

import jax.numpy as jnp

from minitf.core.tensor import EagerTensor


@contextlib.contextmanager
def bound(variables, values):
    """The variables hold the given arrays (JAX's tracers too) inside, and their own after.

    >>> from minitf.keras.variable import Variable
    >>> v = Variable(1.0)
    >>> with bound([v], [2.0]):
    ...     print(float(v))
    2.0
    >>> float(v)
    1.0
    """
    cells = [v.handle._value for v in variables]
    before = [cell.value for cell in cells]
    try:
        for variable, cell, value in zip(variables, cells, values, strict=True):
            cell.value = _array(value, variable)
        yield
    finally:
        for cell, value in zip(cells, before):
            cell.value = value


def _array(value, variable):
    if isinstance(value, EagerTensor):
        value = value.array
    elif hasattr(value, "__tf_tensor__"):
        value = value.__tf_tensor__().array
    return jnp.asarray(value, variable.handle._value.value.dtype)
