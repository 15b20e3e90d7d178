"""Layers that compute again, for gradients, what others remember: `RematScope`."""

import functools
import math

from minitf import nest
from minitf.custom_gradient import recompute_grad

_MODES = ("full", "activations", "larger_than", "list_of_layers", None)
_scopes = []


class RematScope:
    """Layers that are made in this scope trade time for memory when gradients are computed.

    Args:
      mode: which layers: `"full"`: all; `"activations"`: the activations of all; `"larger_than"`:
        those with more than `output_size_threshold` outputs; `"list_of_layers"`: those with one of
        the `layer_names`; None: none.

    Raises:
      ValueError: another mode.

    >>> from minitf.keras.layers.core import Dense
    >>> with RematScope(mode="full"):
    ...     layer = Dense(2)
    """

    def __init__(self, mode="full", output_size_threshold=1024, layer_names=None):
        if mode not in _MODES:
            raise ValueError(
                f"Invalid mode '{mode}'. Supported modes are: 'full', 'activations', "
                "'larger_than', 'list_of_layers', or  None."
            )
        self.mode, self.output_size_threshold = mode, output_size_threshold
        self.layer_names = layer_names or []

    def __enter__(self):
        _scopes.append(self)
        return self

    def __exit__(self, *exception):
        _scopes.remove(self)


def rematerialize(layer):
    """Wraps the `call` of a new layer as the scope around it says, if there is one."""
    scope = _scopes[-1] if _scopes else None
    if scope is None or scope.mode is None:
        return
    call = layer.call
    again = functools.wraps(call)(recompute_grad(call))
    if scope.mode == "full" or scope.mode == "list_of_layers" and layer.name in scope.layer_names:
        object.__setattr__(layer, "call", again)
    elif scope.mode == "larger_than":
        object.__setattr__(layer, "call", _if_large(layer, scope.output_size_threshold, again))
    elif scope.mode == "activations":
        object.__setattr__(layer, "call", _with_activation(layer))


def _if_large(layer, threshold, again):
    call = layer.call

    @functools.wraps(call)
    def chosen(*args, **kwargs):
        outputs = nest.flatten(layer.compute_output_spec(*args, **kwargs))
        size = sum(math.prod(n or 1 for n in output.shape) for output in outputs)
        return (again if size > threshold else call)(*args, **kwargs)

    return chosen


def _with_activation(layer):
    call = layer.call

    @functools.wraps(call)
    def wrapped(*args, **kwargs):
        activation = getattr(layer, "activation", None)
        if activation is None:
            return call(*args, **kwargs)
        layer.activation = recompute_grad(activation)
        try:
            return call(*args, **kwargs)
        finally:
            layer.activation = activation

    return wrapped
