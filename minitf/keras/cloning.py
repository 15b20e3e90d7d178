"""`clone_model`: a model like another, with new layers and new weights."""

from minitf import nest
from minitf.keras.functional import Functional
from minitf.keras.layers.input import Input, InputLayer
from minitf.keras.sequential import Sequential
from minitf.keras.symbolic import KerasTensor


def clone_model(model, input_tensors=None, clone_function=None, call_function=None,
                recursive=False, **kwargs):  # fmt: skip
    """A model of the same layers as `model`, with new weights.

    Args:
      model: a sequential or functional model; another one is made anew from its config.
      input_tensors: `KerasTensor`s to begin with, default: new inputs.
      clone_function: a layer -> the layer to take its place; default: a new one of its config.
      call_function: `(layer, *args, **kwargs) -> outputs`, how the layers are called.
      recursive: whether the layers of models inside are cloned one by one too.

    Raises:
      ValueError: arguments that the kind of the model does not take.
    """
    if kwargs:
        raise ValueError(f"Unexpected keyword argument(s): {tuple(kwargs)}")
    if not isinstance(model, Sequential | Functional):
        if input_tensors is not None or clone_function is not None:
            raise ValueError(
                "Arguments `clone_function` and `input_tensors` are only supported for Sequential "
                f"models or Functional models. Received model of type '{type(model).__name__}'"
            )
        return _anew(model)
    clone_function = clone_function or _anew
    if not callable(clone_function):
        raise ValueError(
            "Expected `clone_function` argument to be a callable. "
            f"Received: clone_function={clone_function}"
        )
    clones = {}

    def clone(layer):
        if id(layer) not in clones:
            if recursive and isinstance(layer, Sequential | Functional):
                new = clone_model(layer, None, clone_function, call_function, recursive)
            elif isinstance(layer, InputLayer):
                new = layer
            else:
                new = clone_function(layer)
            clones[id(layer)] = new
        return clones[id(layer)]

    of_kind = _clone_sequential if isinstance(model, Sequential) else _clone_functional
    cloned = of_kind(model, input_tensors, clone, call_function)
    if model.compiled:
        cloned.compile_from_config(model.get_compile_config())
    return cloned


def _anew(layer):
    return type(layer).from_config(layer.get_config())


def _clone_sequential(model, input_tensors, clone, call_function):
    if call_function is not None:
        raise ValueError(
            "`call_function` argument is not supported with Sequential models. In a Sequential "
            "model, layers aren't called at model-construction time (they're merely listed). Use "
            f"`call_function` with Functional models only. Received model of type "
            f"'{type(model).__name__}', with call_function={call_function}"
        )
    layers = [clone(layer) for layer in model.layers]
    first = model._stack[0] if model._stack else None
    if input_tensors is not None:
        tensors = nest.flatten(input_tensors)
        if len(tensors) != 1 or not isinstance(tensors[0], KerasTensor):
            raise ValueError("Argument `input_tensors` must contain a single tensor.")
        layers.insert(0, Input(tensor=tensors[0]))
    elif isinstance(first, InputLayer):
        layers.insert(0, Input(batch_shape=first.batch_shape, dtype=first.dtype, name=first.name))
    return Sequential(layers, trainable=model.trainable, name=model.name)


def _clone_functional(model, input_tensors, clone, call_function):
    if input_tensors is None:
        input_tensors = nest.map_structure(
            lambda x: Input(batch_shape=x.shape, dtype=str(x.dtype), name=x.name), model.input
        )
    for x in nest.flatten(input_tensors):
        if not isinstance(x, KerasTensor):
            raise ValueError(
                "All entries in `input_tensors` must be KerasTensors. Received invalid values: "
                f"inputs_tensors={input_tensors}"
            )
    try:
        nest.assert_same_structure(input_tensors, model.input)
    except (TypeError, ValueError) as error:
        raise ValueError(
            "`input_tensors` must have the same structure as model.input\n"
            f"input_tensors={input_tensors}\nmodel.input={model.input}"
        ) from error

    def call(operation, args, kwargs):
        new = clone(operation)
        return call_function(new, *args, **kwargs) if call_function else new(*args, **kwargs)

    values = model._topology.run(model.inputs, nest.flatten(input_tensors), call)
    outputs = nest.map_structure(lambda x: values[id(x)], model.output)
    return Functional(input_tensors, outputs, name=model.name)
