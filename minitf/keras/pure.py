"""Layers as pure functions: other values stand in their variables while something is called."""

import contextlib

import jax.numpy as jnp

from minitf.core.tensor import EagerTensor
from minitf.keras import promotion
from minitf.keras.variable import STATELESS, Variable


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


class StatelessScope:
    """Inside, variables are read as given and assigned to aside: they stay as they are.

    Args:
      state_mapping: pairs of a variable and its value.
      collect_losses: whether `losses` gets what layers `add_loss` inside.

    Raises:
      ValueError: a pair whose first is no variable, or whose shapes differ.

    >>> v = Variable(1.0)
    >>> with StatelessScope([(v, 2.0)]) as scope:
    ...     _ = v.assign(v + 1.0)
    >>> float(scope.get_current_value(v)), float(v)
    (3.0, 1.0)
    """

    def __init__(self, state_mapping=None, collect_losses=False, initialize_variables=True):
        self.collect_losses, self.initialize_variables = collect_losses, initialize_variables
        self.state_mapping, self.losses = {}, []
        for variable, value in state_mapping or ():
            if not isinstance(variable, Variable):
                raise ValueError(
                    "Invalid reference variable in StatelessScope: all keys in argument `mapping` "
                    f"must be Variable instances. Received instead: {variable}"
                )
            value = value.value if isinstance(value, Variable) else value
            value = promotion.convert(value, variable.dtype)
            if tuple(value.shape) != tuple(variable.shape):
                raise ValueError(
                    "Invalid variable value in StatelessScope: all values in argument `mapping` "
                    "must be tensors with a shape that matches the corresponding variable shape. "
                    f"For variable {variable}, received invalid value {value} with shape "
                    f"{value.shape}."
                )
            self.state_mapping[id(variable)] = value

    def __enter__(self):
        self._token = STATELESS.set(self)
        return self

    def __exit__(self, *exception):
        STATELESS.reset(self._token)

    def add_loss(self, loss):
        """Takes a scalar that a layer adds to the loss."""
        self.losses.append(loss)

    def add_update(self, update):
        """Takes a pair of a variable and its new value."""
        variable, value = update
        self.state_mapping[id(variable)] = value

    def get_current_value(self, variable):
        """The value that the variable has in the scope; None if it has its own."""
        return self.state_mapping.get(id(variable))
