"""The signatures of a SavedModel: functions of named tensors that return a dictionary."""

import collections.abc

from minitf import nest
from minitf.concrete import ConcreteFunction
from minitf.core.tensor import Tensor
from minitf.function import Function
from minitf.specs import TensorSpec

DEFAULT = "serving_default"


class SignatureMap(collections.abc.Mapping):
    """The signatures by name."""

    def __init__(self, signatures):
        self._signatures = dict(signatures)

    def __getitem__(self, key):
        return self._signatures[key]

    def __iter__(self):
        return iter(self._signatures)

    def __len__(self):
        return len(self._signatures)

    def __repr__(self):
        return f"_SignatureMap({self._signatures!r})"


def concrete_of(function):
    """The one traced signature of a `tf.function`, which is traced for its `input_signature`.

    Raises:
      ValueError: no `tf.function`, or it has no `input_signature` and was traced several times.
    """
    if isinstance(function, ConcreteFunction):
        return function
    if not isinstance(function, Function):
        raise ValueError(
            "Expected a TensorFlow function for which to generate a signature, but got "
            f"{function}. Only `tf.functions` with an input signature or concrete functions can be "
            "used as a signature."
        )
    if function.input_signature is not None:
        return function.get_concrete_function()
    traced = [concrete for _, concrete in function._traced]
    if len(traced) != 1:
        raise ValueError(
            "Attempted to save a `tf.function` as a signature without an input signature: use "
            "`@tf.function(input_signature=...)`, or pass `get_concrete_function(...)`."
        )
    return traced[0]


def wrapped(concrete, key):
    """`concrete` as a signature: tensors by name, results as a dictionary.

    The names are those of the tensors in its graph: `inputs` and `inputs_1` of a list.

    Raises:
      ValueError: a result is no tensor, sequence or dictionary of tensors.
    """
    given = nest.flatten(concrete.structured_input_signature)
    leaves = [leaf for leaf in given if isinstance(leaf, TensorSpec)]
    specs = {
        x.op.name: TensorSpec(leaf.shape, leaf.dtype, x.op.name)
        for x, leaf in zip(concrete.inputs, leaves)
    }

    def signature_wrapper(**tensors):
        return _as_dictionary(concrete.call_flat([tensors[n] for n in specs]), key, concrete.name)

    made = Function(signature_wrapper, "signature_wrapper", None, False).get_concrete_function(
        **specs
    )
    return made


def _as_dictionary(result, key, name):
    if isinstance(result, Tensor):
        return {"output_0": result}
    if isinstance(result, list | tuple):
        result = {f"output_{i}": value for i, value in enumerate(result)}
    if not isinstance(result, dict):
        raise ValueError(
            f"Got a non-dictionary output from the function {name} used to generate the "
            f"SavedModel signature '{key}': {result!r}"
        )
    for label, value in result.items():
        if not isinstance(value, Tensor):
            raise ValueError(
                f"Got a non-Tensor value {value!r} for key '{label}' in the output of the function "
                f"{name} used to generate the SavedModel signature '{key}'. Outputs for functions "
                "used as signatures must be a single Tensor, a sequence of Tensors, or a "
                "dictionary from string to Tensor."
            )
    return result


class Signature(ConcreteFunction):
    """A signature that was read: arguments by name, or by place in the order of their names."""

    def settle(self):
        """Shows specs of the outputs, as TensorFlow does for functions that were read."""
        outputs = dict(self.structured_outputs)
        self._structure, self.structured_outputs = outputs, {
            name: TensorSpec(t.shape, t.dtype, name) for name, t in outputs.items()
        }  # fmt: skip
        return self

    def structured(self, outputs):
        return dict(zip(sorted(self._structure), outputs))

    def _arguments(self, args, kwargs):
        names = list(self.structured_input_signature[1])
        if len(args) > len(names):
            self._refuse("too many positional arguments", args, kwargs)
        given = {**dict(zip(names, args)), **kwargs}
        missing = [name for name in names if name not in given]
        if missing:
            self._refuse(f"missing a required argument: '{missing[0]}'", (), kwargs)
        return super()._arguments((), given)
