"""`Functional`: the model between `KerasTensor`s; it runs the calls that lie between them."""

import copy
import inspect
import warnings
from typing import Any

from minitf import nest
from minitf.keras import promotion, serialization
from minitf.keras.input_spec import InputSpec
from minitf.keras.layer import Layer
from minitf.keras.layers.input import Input, InputLayer
from minitf.keras.model import Model
from minitf.keras.steps import Steps
from minitf.keras.symbolic import KerasTensor, Operation
from minitf.keras.topology import Topology, begin_anew
from minitf.ops.array import expand_dims, squeeze


class Functional(Model):
    """The model that takes `inputs` to `outputs`.

    Args:
      inputs, outputs: `KerasTensor`s, in any structure.
      name: default: `functional`, `functional_1`, ...

    Raises:
      ValueError: something is no `KerasTensor`, or an output does not depend on the inputs alone.
    """

    def __init__(self, inputs, outputs, name=None, **kwargs):
        for kind, structure in (("inputs", inputs), ("outputs", outputs)):
            for x in nest.flatten(structure):
                if not isinstance(x, KerasTensor):
                    raise ValueError(
                        f"All `{kind}` values must be KerasTensors. Received: {kind}={structure} "
                        f"including invalid value {x} of type {type(x)}"
                    )
        if isinstance(inputs, dict):
            _warn_of_names(inputs)
        trainable = kwargs.pop("trainable", None)
        if not all(_is_input(x) for x in nest.flatten(inputs)):
            inputs, outputs = begin_anew(inputs, outputs, _input_like)
        Layer.__init__(self, name=name, **kwargs)
        Steps.__init__(self)
        self._inputs = nest.flatten(inputs)
        self._outputs = nest.flatten(outputs)
        self._inputs_struct, self._outputs_struct = inputs, outputs
        self._topology = Topology(self._inputs, self._outputs)
        self._topology.check_reached(self._inputs, outputs)
        for operation in self._topology.operations:
            if isinstance(operation, Layer):
                self._tracker.track(operation)
        if trainable is not None:
            self.trainable = trainable
        self.built = True
        self._build_shapes = {"input_shape": None}
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True
        self.output_names = [x._keras_history.operation.name for x in self._outputs]
        self.input_names = [x._keras_history.operation.name for x in self._inputs]

    _untracked = Model._untracked | {
        "_inputs", "_outputs", "_inputs_struct", "_outputs_struct", "_topology", "output_names",
        "input_names", "input_spec",
    }  # fmt: skip

    def _trackable_children(self):
        return {"_operations": self.operations, **super()._trackable_children()}

    def _finish_build(self):  # layers may still be added to a subclass
        self.built = True

    inputs = property(lambda self: self._inputs)
    outputs = property(lambda self: self._outputs)
    operations = property(lambda self: list(self._topology.operations))
    _operations = operations
    input = property(lambda self: self._inputs_struct)
    output = property(lambda self: self._outputs_struct)
    input_shape = property(lambda self: _alone([tuple(x.shape) for x in self._inputs]))
    output_shape = property(lambda self: _alone([tuple(x.shape) for x in self._outputs]))

    @property
    def layers(self):
        """The layers, the inputs first."""
        return [x for x in self._topology.operations if isinstance(x, Layer)]

    @layers.setter
    def layers(self, _):
        raise AttributeError(
            "`Model.layers` attribute is reserved and should not be used. Please use another name."
        )

    def call(self, inputs, training=None, mask=None):
        flat = self._standardize_inputs(inputs)
        for x, m in zip(flat, nest.flatten(mask) if mask is not None else ()):
            if m is not None:
                x._keras_mask = m

        def call(operation, args, kwargs):
            if training is not None and isinstance(operation, Layer):
                kwargs = {**kwargs, "training": training}
            return operation(*args, **kwargs)

        values = self._topology.run(self._inputs, flat, call)
        return _alone(nest.map_structure(lambda x: values[id(x)], self._outputs_struct))

    def compute_output_spec(self, inputs, training=None, mask=None):
        pairs = zip(nest.flatten(inputs), self._inputs)
        if all(tuple(x.shape) == tuple(of.shape) for x, of in pairs):  # no need of a dry run

            def again(x):
                result = KerasTensor(x.shape, str(x.dtype), x.sparse, x.ragged)
                result._keras_mask = x._keras_mask
                return result

            return nest.map_structure(again, self._outputs_struct)
        return super().compute_output_spec(inputs)

    # Inputs --------------------------------------------------------------------------------------

    def _check_inputs(self, inputs):
        for x, of in zip(nest.flatten(inputs), self._inputs):
            if x is None:
                _check_optional(of)
        super()._check_inputs(inputs)

    @property
    def input_spec(self):
        """What the inputs must be like."""
        if "input_spec" in self.__dict__:
            return self.__dict__["input_spec"]
        if isinstance(self._inputs_struct, dict):
            if any(nest.is_nested(x) for x in self._inputs_struct.values()):
                return None
            return [_spec(self._inputs_struct[name], name) for name in sorted(self._inputs_struct)]
        return [_spec(x) for x in self._inputs]

    @input_spec.setter
    def input_spec(self, value):
        if value is not None:
            self.__dict__["input_spec"] = value

    def _standardize_inputs(self, inputs):
        """The inputs as a flat list of tensors, of the ranks that the model was made for."""
        wanted = self._inputs_struct
        fits = True
        if isinstance(wanted, list) and len(wanted) == 1 and not nest.is_nested(inputs):
            inputs = [inputs]
        elif isinstance(inputs, dict) and not isinstance(wanted, dict):
            names = [x.name for x in nest.flatten(wanted)]
            fits = set(names) <= inputs.keys()
            inputs = [inputs[name] for name in names] if fits else inputs
        elif isinstance(wanted, dict) and not isinstance(inputs, dict):
            fits = list(wanted) == sorted(wanted)
        self._check_structure(inputs, not fits)
        return [self._as_input(x, of) for x, of in zip(nest.flatten(inputs), self._inputs)]

    def _check_structure(self, inputs, must_fit):
        wanted = nest.list_to_tuple(self._inputs_struct)
        try:
            nest.assert_same_structure(nest.list_to_tuple(inputs), wanted)
        except (TypeError, ValueError):
            expected = nest.map_structure(lambda x: x.name, self._inputs_struct)
            received = nest.map_structure(
                lambda x: "None" if x is None else f"Tensor(shape={x.shape})", inputs
            )
            text = (
                "The structure of `inputs` doesn't match the expected structure.\n"
                f"Expected: {expected}\nReceived: inputs={received}"
            )
            if must_fit:
                raise ValueError(text) from None
            warnings.warn(text, stacklevel=4)

    def _as_input(self, x, of):
        if x is None:
            _check_optional(of)
            return None
        mask = getattr(x, "_keras_mask", None)
        x = promotion.convert(x, str(of.dtype))
        rank, wanted = len(x.shape), len(of.shape)
        if rank == wanted + 1 and x.shape[-1] == 1:
            x = squeeze(x, -1)
        elif rank == wanted - 1 and of.shape[-1] == 1:
            x = expand_dims(x, -1)
        elif rank != wanted:
            raise ValueError(
                f"Invalid input shape for input {x} with name '{of.name}' and path "
                f"'{self._path_of(of)}'. Expected shape {tuple(of.shape)}, but input has "
                f"incompatible shape {x.shape}"
            )
        if mask is not None:
            x._keras_mask = mask
        return x

    def _path_of(self, x):
        """Where `x` is among the inputs: `"0"`, `"a"`, or nothing where it is the only one."""
        for path, leaf in zip(nest.yield_flat_paths(self._inputs_struct), self._inputs):
            if leaf is x:
                return ".".join(str(part) for part in path)
        return ""

    def add_loss(self, loss):
        raise NotImplementedError("A functional model has no `call` to add a loss in.")

    # As plain data -------------------------------------------------------------------------------

    def get_config(self):
        """The layers, and which is called on what."""
        own = list(inspect.signature(type(self).__init__).parameters)
        if own[1:3] != ["inputs", "outputs"] and own[1:3] != ["args", "kwargs"]:
            return Model.get_config(self)
        places = self._places()
        layers = []
        for operation in self.operations:
            nodes = [n for n in operation._inbound_nodes if n in places and n.input_tensors]
            form: Any = serialization.serialize_keras_object(operation)
            form["name"] = operation.name
            form["inbound_nodes"] = [_node_form(node, places) for node in nodes]
            layers.append(form)

        def place(x):
            history = x._keras_history
            node = history.operation._inbound_nodes[history.node_index]
            return [history.operation.name, places[node], history.tensor_index]

        inputs = self._inputs_struct
        return copy.deepcopy(
            {
                "name": self.name,
                "trainable": self.trainable,
                "layers": layers,
                "input_layers": nest.map_structure(place, inputs),
                "output_layers": nest.map_structure(place, self._outputs_struct),
            }
        )

    def _places(self):
        """{call of this model: its number among the calls of its operation}."""
        inside, places = set(self._topology.nodes), {}
        for operation in self.operations:
            count = 1 if isinstance(operation, Functional) else 0
            for node in operation._inbound_nodes:
                if node in inside:
                    places[node] = count
                    count += 1
        return places

    @staticmethod
    def from_graph_config(made, config, custom_objects=None):
        """The model of class `made` that `get_config` described, with new weights."""
        config = dict(config)
        forms = config.pop("layers")
        operations = {}
        for form in forms:
            if "module" not in form:
                form = serialization.with_modules(form, custom_objects or ())
            operation = serialization.deserialize_keras_object(form, custom_objects)
            if not isinstance(operation, Operation):
                raise ValueError(
                    "Unexpected object from deserialization, expected a layer or operation, got a "
                    f"{type(operation)}"
                )
            operations[form["name"]] = operation
        waiting = [(operations[form["name"]], node) for form in forms
                   for node in form["inbound_nodes"]]  # fmt: skip
        made_before = {op: len(op._inbound_nodes) for op in operations.values()}
        offsets = {op: n - isinstance(op, Functional) if not isinstance(op, InputLayer) else 0
                   for op, n in made_before.items()}  # fmt: skip

        def tensor(name, node_index, tensor_index):
            if name not in operations:
                raise ValueError(f"Invalid Functional model configuration. Missing node: {name}")
            operation = operations[name]
            return operation._inbound_nodes[node_index + offsets[operation]].outputs[tensor_index]

        while waiting:
            later = []
            for operation, node in waiting:
                if any(op is operation for op, _ in later):  # the calls of a layer keep their order
                    later.append((operation, node))
                    continue
                try:
                    args, kwargs = _node_arguments(node, tensor)
                except IndexError:
                    later.append((operation, node))
                    continue
                operation(*args, **kwargs)
            if len(later) == len(waiting):
                raise ValueError(
                    "Invalid Functional model configuration. The graph of the Functional model "
                    "either has loops or disconnected nodes. The following nodes failed to be "
                    f"resolved: {waiting}"
                )
            waiting = later
        inputs = _map_places(tensor, config.pop("input_layers"))
        outputs = _map_places(tensor, config.pop("output_layers"))
        return made(inputs=inputs, outputs=outputs, **config)


Model._of_tensors = Functional


def _alone(values):
    return values[0] if isinstance(values, list | tuple) and len(values) == 1 else values


def _check_optional(x):
    if not x._keras_history.operation.optional:
        raise ValueError(
            f"The input '{x.name}' is not optional, but None was passed. Please provide a valid "
            "tensor."
        )


def _is_input(x):
    history = x._keras_history
    return history.operation and history.operation._inbound_nodes[history.node_index].is_input


def _input_like(x):
    return Input(batch_shape=x.shape, dtype=str(x.dtype), name=f"{x.name}CLONE")


def _spec(x, name=None):
    operation = x._keras_history.operation
    return InputSpec(
        shape=(None, *x.shape[1:]) if x.shape else (),
        allow_last_axis_squeeze=True,
        name=name or operation.name,
        optional=getattr(operation, "optional", False),
    )


def _warn_of_names(inputs):
    for key, x in inputs.items():
        if isinstance(x, KerasTensor) and key != x.name:
            warnings.warn(
                "When providing `inputs` as a dict, all keys in the dict must match the names of "
                f"the corresponding tensors. Received key '{key}' mapping to value {x} which has "
                f"name '{x.name}'. Change the tensor name to '{key}' (via `Input(..., "
                f"name='{key}')`)",
                stacklevel=4,
            )


def _node_form(node, places):
    """The arguments of a call as plain data, `KerasTensor`s by where they come from."""

    def form(x):
        if not isinstance(x, KerasTensor):
            return x
        operation, index, output = x._keras_history
        history = [operation.name, places[operation._inbound_nodes[index]], output]
        config = {"shape": tuple(x.shape), "dtype": str(x.dtype), "keras_history": history}
        return {"class_name": "__keras_tensor__", "config": config}

    args, kwargs = nest.map_structure(form, (node.args, node.kwargs))
    return {
        "args": serialization.serialize_keras_object(args),
        "kwargs": serialization.serialize_keras_object(kwargs),
    }


def _node_arguments(node, tensor):
    """(args, kwargs) of a call, of what `_node_form`, or an older version, made of them."""
    if isinstance(node, list):  # of older versions: [name, node index, tensor index, kwargs]
        kwargs = node[-1][3] if len(node[-1]) > 3 else {}
        return [_alone([tensor(*place[:3]) for place in node])], kwargs

    def read(value):
        if isinstance(value, dict):
            if value.get("class_name") == "__keras_tensor__":
                return tensor(*value["config"]["keras_history"])
            if "class_name" in value:
                return serialization.deserialize_keras_object(value)
            return {key: read(v) for key, v in value.items()}
        if isinstance(value, list | tuple):
            return type(value)([read(v) for v in value])
        return value

    return read(list(node["args"])), read(node["kwargs"])


def _map_places(tensor, places):
    if isinstance(places, list | tuple) and len(places) == 3 and isinstance(places[0], str):
        return tensor(*places)
    if isinstance(places, dict):
        return {key: _map_places(tensor, place) for key, place in places.items()}
    return type(places)([_map_places(tensor, place) for place in places])
