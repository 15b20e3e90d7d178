"""`Model`: a layer that can be trained, looked at and saved."""

import inspect
import json

import jax.numpy as jnp

from minitf import nest
from minitf.core.tensor import EagerTensor
from minitf.keras import registration, serialization, symbolic
from minitf.keras.layer import Layer
from minitf.keras.pure import bound
from minitf.keras.saving.archive import Saver
from minitf.keras.saving.export import default_signatures, export
from minitf.keras.state_tree import StateTrees
from minitf.keras.summary import print_summary
from minitf.keras.training import Trainer


class Model(Saver, Trainer, StateTrees, Layer):
    """A model: of inputs and outputs (the functional API), or a subclass with `call`.

    Args:
      inputs, outputs: the `KerasTensor`s between which the model lies, in any structure.
      name: default: from the class.

    >>> from minitf.keras.layers.core import Dense
    >>> from minitf.keras.layers.input import Input
    >>> x = Input((2,))
    >>> Model(inputs=x, outputs=Dense(1)(x)).count_params()
    3
    """

    loss, run_eagerly, jit_compile = None, False, False  # until `compile` says otherwise
    _of_tensors: type  # `functional.py` puts the class of models of inputs and outputs here
    _untracked = Layer._untracked | {
        "optimizer", "loss", "train_function", "test_function", "predict_function", "_metric_calls",
        "_compile_loss", "_compile_metrics", "_loss_tracker", "_compile_config", "history",
        "_validation", "_functional",
    }  # fmt: skip

    def _trackable_children(self):
        return {**super()._trackable_children(), "optimizer": self.optimizer}

    def __new__(cls, *args, **kwargs):
        if cls is Model and _are_tensors(args, kwargs):
            cls = Model._of_tensors
        return super().__new__(cls, *args, **kwargs)

    def __init__(self, *args, **kwargs):
        if _are_tensors(args, kwargs):
            cls = type(self)
            if not issubclass(cls, Model._of_tensors):  # a subclass that calls this with tensors
                mixed = type(cls.__name__, (cls, Model._of_tensors), {"__module__": cls.__module__})
                registration.register_alike(mixed, cls)
                object.__setattr__(self, "__class__", mixed)
            Model._of_tensors.__init__(self, *args, **kwargs)  # pyright: ignore
        else:
            Layer.__init__(self, *args, **kwargs)
            Trainer.__init__(self)

    def export(self, filepath, format="tf_saved_model", verbose=None, input_signature=None,
               **kwargs):  # fmt: skip
        """Writes the call into a folder, as the endpoint `serve` of a SavedModel.

        Args:
          format: only "tf_saved_model" exists in minitf.
          verbose: whether to print the endpoints (default True).
          input_signature: specs for the call; default: what the model was built for.

        Raises:
          ValueError: the model has not been built.
        """
        export(self, filepath, format, verbose, input_signature, **kwargs)

    def _default_signature(self):
        return default_signatures(self)

    def call(self, *args, **kwargs):
        """What the model computes; subclasses override it."""
        raise NotImplementedError(
            f"Model {type(self).__name__} does not have a `call()` method implemented."
        )

    @property
    def layers(self):
        """The layers of the model itself, without those inside them."""
        return self._flatten_layers(include_self=False, recursive=False)

    @layers.setter
    def layers(self, _):
        raise AttributeError(
            "`Model.layers` attribute is reserved and should not be used. Please use another name."
        )

    def get_layer(self, name=None, index=None):
        """The layer of this name, or at this place among `layers`.

        Raises:
          ValueError: none or both given, or no such layer.
        """
        layers = self.layers
        if index is not None and name is not None:
            raise ValueError(
                f"Provide only a layer name or a layer index. Received: index={index}, name={name}."
            )
        if index is not None:
            if len(layers) <= index:
                raise ValueError(
                    f"Was asked to retrieve layer at index {index} but model only has "
                    f"{len(layers)} layers."
                )
            return layers[index]
        if name is None:
            raise ValueError("Provide either a layer name or layer index at `get_layer`.")
        for layer in layers:
            if layer.name == name:
                return layer
        raise ValueError(
            f"No such layer: {name}. Existing layers are: {[layer.name for layer in layers]}."
        )

    def summary(self, line_length=None, positions=None, print_fn=None, expand_nested=False,
                show_trainable=False, layer_range=None):  # fmt: skip
        """Prints the layers, the shapes of their outputs, and the numbers of weights.

        Args:
          line_length: the width in characters.
          positions: where the columns end, as fractions of the width or in characters.
          print_fn: what prints the text, default `print`.
          expand_nested: whether the layers of models inside are shown.
          show_trainable: whether a column tells if a layer is trainable.
          layer_range: names or patterns of the first and the last layer to show.
        """
        print_summary(self, line_length, positions, print_fn, expand_nested, show_trainable,
                      layer_range)  # fmt: skip

    # As a pure function --------------------------------------------------------------------------

    params = property(lambda self: _arrays(self.trainable_variables),
                      doc="{path: array} of the trainable variables, a pytree.")  # fmt: skip
    state = property(lambda self: _arrays(self.non_trainable_variables),
                     doc="{path: array} of the other variables.")  # fmt: skip

    def apply(self, params, inputs, training=False, rng=None, state=None):
        """The outputs for `params` in place of the weights: a pure function, for `jax.grad` etc.

        Args:
          params: a pytree like `self.params`.
          inputs: arrays, in the structure that the model takes.
          rng: an integer that seeds dropout and other random layers.
          state: arrays for the other variables, default: their values now.

        Returns:
          JAX arrays, in the structure of the outputs.
        """
        state = dict(state or {})
        variables, values = [], []
        for path, variable in _by_path(self.trainable_variables).items():
            variables.append(variable)
            values.append(params[path])
        for path, variable in _by_path(self.non_trainable_variables).items():
            variables.append(variable)
            value = state.get(path, variable.value)
            if rng is not None and path not in state and variable.name == "seed_generator_state":
                value = jnp.stack([jnp.asarray(rng, "int64"), jnp.asarray(0, "int64")])
            values.append(value)
        inputs = nest.map_structure(lambda x: EagerTensor(jnp.asarray(x)), inputs)
        with bound(variables, values):
            outputs = self(inputs, training=training)
            return nest.map_structure(lambda x: x.array, outputs)

    # As plain data -------------------------------------------------------------------------------

    def to_json(self, **kwargs):
        """The configuration of the model as JSON; `kwargs` go to `json.dumps`."""
        return json.dumps(serialization.serialize_keras_object(self), **kwargs)

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """A model like the one that `get_config` described, with new weights.

        Raises:
          TypeError: the constructor does not take what is in `config`.
        """
        if {"name", "layers", "input_layers", "output_layers"} <= config.keys():
            takes = list(inspect.signature(cls.__init__).parameters)
            if cls is Model or takes[1:3] == ["inputs", "outputs"] or takes[1:2] == ["args"]:
                made = Model._of_tensors if cls is Model else cls
                return Model._of_tensors.from_graph_config(made, config, custom_objects)
        try:
            return cls(**config)
        except TypeError as error:
            raise TypeError(
                "Unable to revive model from config. When overriding the `get_config()` method, "
                "make sure that the returned config contains all items used as arguments in the "
                f"constructor to {cls}, which is the default behavior. You can override this "
                "default behavior by defining a `from_config(cls, config)` class method to specify "
                f"how to create an instance of {cls.__name__} from its config.\n\nReceived "
                f"config={config}\n\nError encountered during deserialization: {error}"
            ) from error

    def build_from_config(self, config):
        """Builds the model for the shapes in `config`, by a dry run of `call` if need be."""
        shapes = (config or {}).get("input_shape")
        if shapes is None or not symbolic.is_default(self.build):
            super().build_from_config(config)
            return
        self._build_shapes = {"input_shape": shapes}
        with self._name_scope():
            symbolic.output_spec(self.call, _inputs_of(shapes))


def _inputs_of(shapes):
    """A `KerasTensor` for each shape in a structure of shapes."""
    if isinstance(shapes, dict):
        return {name: _inputs_of(shape) for name, shape in shapes.items()}
    if all(size is None or isinstance(size, int) for size in shapes):
        return symbolic.KerasTensor(shapes)
    return [_inputs_of(shape) for shape in shapes]


def _are_tensors(args, kwargs):
    """Whether a model is made of inputs and outputs."""
    return len(args) == 2 or len(args) == 1 and "outputs" in kwargs or (
        "inputs" in kwargs and "outputs" in kwargs
    )  # fmt: skip


def _by_path(variables):
    """{path: variable}; paths that occur twice get numbers."""
    found = {}
    for variable in variables:
        path, count = variable.path, 0
        while path in found:
            count += 1
            path = f"{variable.path}_{count}"
        found[path] = variable
    return found


def _arrays(variables):
    return {path: v.handle._value.value for path, v in _by_path(variables).items()}


def model_from_json(json_string, custom_objects=None):
    """The model that `to_json` described, with new weights."""
    config = json.loads(json_string)
    return serialization.deserialize_keras_object(config, custom_objects)
