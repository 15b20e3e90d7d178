"""A function that was read from a SavedModel."""

import inspect

from minitf import nest
from minitf.core.dispatch import convert_to_tensor
from minitf.core.tensor import Tensor
from minitf.specs import TensorSpec


class RestoredFunction:
    """A function that was saved: its traced signatures, of which a call uses the first that fits.

    Attributes:
      concrete_functions: the traced signatures.
      parameters: (name, kind, the defaults: one or none) of each parameter.
      is_declared: whether the function had an `input_signature`.
    """

    def __init__(self, parameters, concrete_functions, is_declared):
        self.concrete_functions = concrete_functions
        self.parameters, self.is_declared = parameters, is_declared
        self._signature = inspect.Signature(
            [
                inspect.Parameter(name, getattr(inspect.Parameter, kind), **_default(defaults))
                for name, kind, defaults in parameters
            ]
        )

    def __call__(self, *args, **kwargs):
        """Calls the function.

        Raises:
          ValueError: no traced signature fits the arguments.
          TypeError: they do not fit the `input_signature` of the function.
        """
        args, kwargs = self._bound(args, kwargs)
        for concrete in self.concrete_functions:
            tensors = _fitted(concrete.structured_input_signature, (args, kwargs))
            if tensors is not None:
                return concrete.call_flat(tensors)
        raise self._misfit(args, kwargs)

    def get_concrete_function(self, *args, **kwargs):
        """The traced signature for these arguments, which may be `TensorSpec`s."""
        args, kwargs = self._bound(args, kwargs)
        if not self._signature.parameters or args or len(self.concrete_functions) != 1:
            for concrete in self.concrete_functions:
                if _fitted(concrete.structured_input_signature, (args, kwargs)) is not None:
                    return concrete
            raise self._misfit(args, kwargs)
        return self.concrete_functions[0]

    def _bound(self, args, kwargs):
        try:
            bound = self._signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(
                f"Binding inputs to tf.function failed due to `{error}`. Received args: {args} and "
                f"kwargs: {kwargs} for signature: {self._signature}."
            ) from None
        bound.apply_defaults()
        return bound.args, bound.kwargs

    def _misfit(self, args, kwargs):
        """The error for arguments that no traced signature fits."""
        if self.is_declared:
            return TypeError(
                f"Binding inputs to tf.function failed due to `Can not cast the arguments to "
                f"{self.concrete_functions[0].structured_input_signature[0]}`. Received args: "
                f"{args} and kwargs: {kwargs} for signature: {self._signature}."
            )
        options = [
            f"Option {i}:\n{_listed(*concrete.structured_input_signature)}"
            for i, concrete in enumerate(self.concrete_functions, 1)
        ]
        return ValueError(
            "Could not find matching concrete function to call loaded from the SavedModel. Got:\n"
            f"{_listed(args, kwargs)}\n\n Expected these arguments to match one of the following "
            f"{len(options)} option(s):\n\n" + "\n\n".join(options)
        )


def _default(defaults):
    return {"default": defaults[0]} if defaults else {}


def _listed(args, kwargs):
    lines = [f"  Positional arguments ({len(args)} total):", *(f"    * {a}" for a in args)]
    return "\n".join([*lines, f"  Keyword arguments: {kwargs}"])


def _fitted(specs, given):
    """The tensors for the specs among `specs`, None where `given` does not fit."""
    try:
        values = nest.flatten_up_to(specs, given, check_types=False)
    except (TypeError, ValueError):
        return None
    tensors = []
    for spec, value in zip(nest.flatten(specs), values):
        if not isinstance(spec, TensorSpec):
            if isinstance(value, Tensor) or type(spec) is not type(value) or spec != value:
                return None
            continue
        if isinstance(value, TensorSpec):
            tensor = value
        else:
            try:
                tensor = convert_to_tensor(value, None if hasattr(value, "dtype") else spec.dtype)
            except (TypeError, ValueError):
                return None
        if tensor.dtype != spec.dtype or not spec.shape.is_compatible_with(tensor.shape):
            return None
        tensors.append(tensor)
    return tensors
