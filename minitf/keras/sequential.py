"""`Sequential`: a stack of layers, each called on what the one before returns."""

import copy
import inspect

from minitf import nest
from minitf.keras import serialization
from minitf.keras.functional import Functional
from minitf.keras.layer import Layer
from minitf.keras.layers.input import InputLayer
from minitf.keras.model import Model
from minitf.keras.symbolic import KerasTensor, standardize_shape
from minitf.trackable import part_added


class Sequential(Model):
    """A model that is a stack of layers.

    Args:
      layers: the layers; an `Input` first tells the shape, else the first call does.
      trainable: whether the weights are.
      name: default: `sequential`, `sequential_1`, ...

    >>> from minitf.keras.layers.core import Dense
    >>> from minitf.keras.layers.input import Input
    >>> model = Sequential([Input((2,)), Dense(3), Dense(1)])
    >>> model.output_shape, model.count_params()
    ((None, 1), 13)
    """

    _untracked = Model._untracked | {"_functional"}

    def __init__(self, layers=None, trainable=True, name=None):
        super().__init__(trainable=trainable, name=name)
        self._functional = None
        self._stack = []
        if layers:
            for layer in layers:
                self.add(layer, rebuild=False)
            self._rebuild()

    def _finish_build(self):  # layers may still be added
        self.built = True

    def add(self, layer, rebuild=True):
        """Puts a layer on top.

        Raises:
          ValueError: no layer, a second input, or a name that is taken.
        """
        if not self._stack and getattr(layer, "_batch_input_shape", None) is not None:
            self.add(InputLayer(batch_shape=layer._batch_input_shape))
        if isinstance(layer, KerasTensor) and hasattr(layer, "_keras_history"):
            origin = layer._keras_history.operation
            layer = origin if isinstance(origin, InputLayer) else layer
        if not isinstance(layer, Layer):
            raise ValueError(
                "Only instances of `keras.Layer` can be added to a Sequential model. "
                f"Received: {layer} (of type {type(layer)})"
            )
        if any(layer.name == other.name and layer is not other for other in self._stack):
            raise ValueError(
                "All layers added to a Sequential model should have unique names. Name "
                f"'{layer.name}' is already the name of a layer in this model. Update the `name` "
                "argument to pass a unique name."
            )
        first = self._stack[0] if self._stack else None
        if isinstance(layer, InputLayer) and isinstance(first, InputLayer):
            raise ValueError(
                f"Sequential model '{self.name}' has already been configured to use input shape "
                f"{first.batch_shape}. You cannot add a different Input layer to it."
            )
        self._stack.append(layer)
        if rebuild:
            self._rebuild()
        else:
            self.built, self._functional = False, None

    def pop(self, rebuild=True):
        """Takes the top layer away and returns it."""
        layer = self._stack.pop()
        self.built, self._functional = False, None
        if rebuild and self._stack:
            self._rebuild()
        return layer

    def _rebuild(self):
        self.built, self._functional = False, None
        first = self._stack[0]
        if len(self._stack) > 1:
            if isinstance(first, InputLayer):
                self.build(first.batch_shape)
            elif getattr(first, "input_shape", None) is not None:
                self.build(first.input_shape)

    def build(self, input_shape=None):
        """Calls the layers on an input of this shape, which makes their weights.

        Raises:
          ValueError: no layers, or the model has another input shape already.
        """
        try:
            input_shape = standardize_shape(input_shape)
        except ValueError:
            return
        if not self._stack:
            raise ValueError(
                f"Sequential model {self.name} cannot be built because it has no layers. Call "
                "`model.add(layer)`."
            )
        first = self._stack[0]
        if not isinstance(first, InputLayer):
            first = InputLayer(batch_shape=input_shape, dtype=first.compute_dtype)
            self._stack.insert(0, first)
        elif first.batch_shape != input_shape:
            raise ValueError(
                f"Sequential model '{self.name}' has already been configured to use input shape "
                f"{first.batch_shape}. You cannot build it with input_shape {input_shape}"
            )
        x = first.output
        for layer in self._stack[1:]:
            try:
                x = layer(x)
            except NotImplementedError:  # it cannot be called on symbolic inputs
                return
            except TypeError:
                _check_arguments(layer)
                raise
        self._functional = Functional(first.output, x)
        part_added(self)

    def _trackable_children(self):
        found = {"_functional": self._functional, **super()._trackable_children()}
        del found["_stack"]
        return found

    def call(self, inputs, training=None, mask=None):
        if self._functional is not None:
            return self._functional.call(inputs, training=training, mask=mask)
        for layer in self.layers:
            arguments = {"mask": mask, "training": training}
            takes = layer._signature.parameters
            kwargs = {k: v for k, v in arguments.items() if k in takes and v is not None}
            inputs = layer(inputs, **kwargs)
            mask = nest.map_structure(lambda x: getattr(x, "_keras_mask", None), inputs)
        return inputs

    def compute_output_spec(self, inputs, training=None, mask=None):
        if self._functional is not None:
            return self._functional.compute_output_spec(inputs, training=training, mask=mask)
        return super().compute_output_spec(inputs, training=training)

    def compute_output_shape(self, input_shape):
        """The shape of the outputs for inputs of this shape."""
        if self._functional is not None:
            return self._functional.compute_output_shape(input_shape)
        for layer in self.layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    @property
    def layers(self):
        """The layers, without the input."""
        has_input = self._stack and isinstance(self._stack[0], InputLayer)
        return list(self._stack[1:] if has_input else self._stack)

    @layers.setter
    def layers(self, _):
        raise AttributeError(
            "`Sequential.layers` attribute is reserved and should not be used. Use `add()` and "
            "`pop()` to change the layers in this model."
        )

    def _of_functional(self, attribute, shown):
        if self._functional is None:
            raise AttributeError(f"Sequential model '{self.name}' has no defined {shown} yet.")
        return getattr(self._functional, attribute)

    input_shape = property(lambda self: self._of_functional("input_shape", "input shape"))
    output_shape = property(lambda self: self._of_functional("output_shape", "output shape"))
    inputs = property(lambda self: self._of_functional("inputs", "inputs"))
    outputs = property(lambda self: self._of_functional("outputs", "outputs"))

    @property
    def input_dtype(self):
        """The dtype that float inputs are cast to."""
        first = self._stack[0] if self._stack else None
        return first.dtype if isinstance(first, InputLayer) else super().input_dtype

    def get_config(self):
        """The layers."""
        config = {
            **Model.get_config(self),
            "name": self.name,
            "layers": [serialization.serialize_keras_object(layer) for layer in self._stack],
        }
        if self._functional is not None:
            config["build_input_shape"] = self._stack[0].batch_shape
        return copy.deepcopy(config)

    def _plain_arguments(self):  # the layers are in the config
        return {}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The stack that `get_config` described, with new weights.

        Raises:
          ValueError: no such config.
        """
        if "name" not in config:
            raise ValueError(
                "A Sequential model configuration must be a dictionary containing the 'name' and "
                f"'layers' keys. Received: config={config}"
            )
        model = cls(name=config["name"])
        for form in config["layers"]:
            model.add(serialization.deserialize_keras_object(form, custom_objects))
        shape = config.get("build_input_shape")
        if model._functional is None and isinstance(shape, list | tuple) and shape:
            model.build(shape)
        return model


def _check_arguments(layer):
    """Raises ValueError where `call` does not take exactly one tensor."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    taken = [p for p in layer._signature.parameters.values() if p.kind in kinds]
    required = [p for p in taken if p.default is inspect.Parameter.empty]
    name = type(layer).__name__
    if not taken:
        raise ValueError(
            "Layers added to a Sequential model should have a single positional argument, the "
            f"input tensor. Layer {name} has no positional arguments."
        )
    if len(required) > 1:
        raise ValueError(
            "Layers added to a Sequential model can only have a single required positional "
            f"argument, the input tensor. Layer {name} has multiple required positional arguments: "
            f"{required}"
        )
