"""`tf.saved_model.save`: an object with its variables and its traced functions in a folder.

The folder has TensorFlow's names. `variables/` is a checkpoint of TensorFlow's format;
`saved_model.pb` holds the objects and functions in a form of minitf's own.
"""

import os

from minitf import trackable
from minitf.checkpoints.checkpoint import Checkpoint
from minitf.checkpoints.object_graph import walk
from minitf.concrete import ConcreteFunction
from minitf.function import Function
from minitf.saved_model import graphs, signatures
from minitf.saved_model.restored import RestoredFunction
from minitf.variable import Variable

VERSION = 1
MODEL, VARIABLES = "saved_model.pb", os.path.join("variables", "variables")


class SaveOptions:
    """How to save: gradients of `tf.custom_gradient` are always saved; other options raise."""

    def __init__(self, experimental_custom_gradients=True, **options):
        chosen = {name: value for name, value in options.items() if value}
        if chosen:
            raise NotImplementedError(f"tf.saved_model.SaveOptions: {', '.join(chosen)}")


def save(obj, export_dir, signatures=None, options=None):
    """Writes a module, layer or model, with the functions it has traced, into a folder.

    Saved are the variables, lists and dictionaries among the attributes, objects with such, and
    every `tf.function` of the object: for its `input_signature`, or for what it was called with.

    Args:
      obj: what `tf.train.Checkpoint` takes.
      signatures: a `tf.function`, or a dictionary of them by name, to be called by clients.

    Raises:
      ValueError: `obj` holds no state, or a function calls Python code.
    """
    if not trackable.is_trackable(obj):
        raise ValueError(
            "Expected an object of type `Trackable`, such as `tf.Module` or a subclass of the "
            f"`Trackable` class, for export. Got {obj} with type {type(obj)}."
        )
    write(obj, os.fspath(export_dir), _chosen(obj, signatures))


def write(obj, folder, chosen):
    """Writes `obj` with signatures `chosen`, as concrete functions by name."""
    nodes, objects = walk(obj)
    functions = [_functions_of(owner) for owner in objects]
    number_of = {id(o.handle._value): i for i, o in enumerate(objects) if isinstance(o, Variable)}
    wrapped = {key: signatures.wrapped(function, key) for key, function in chosen.items()}
    listed = [
        {
            "kind": _kind(owner),
            "children": node.children,
            "functions": {name: _saved(f, number_of) for name, f in found.items()},
            "variable": _described(owner) if isinstance(owner, Variable) else None,
        }
        for node, owner, found in zip(nodes, objects, functions)
    ]
    content = graphs.dumps({
        "version": VERSION,
        "objects": listed,
        "signatures": {key: _with_captures(f, number_of) for key, f in wrapped.items()},
    })  # fmt: skip
    for part in ("assets", "variables"):
        os.makedirs(os.path.join(folder, part), exist_ok=True)
    Checkpoint(obj).write(os.path.join(folder, VARIABLES))
    with open(os.path.join(folder, MODEL), "wb") as file:
        file.write(content)


def _kind(owner):
    if isinstance(owner, Variable):
        return "variable"
    plain = {list: "list", tuple: "tuple", dict: "dict"}
    return next((name for cls, name in plain.items() if isinstance(owner, cls)), "object")


def _described(variable):
    return (variable.name.removesuffix(":0"), variable.dtype, variable.shape, variable.trainable)


def _functions_of(owner):
    """The functions among the attributes of an object and of its class."""
    if isinstance(owner, Variable | list | tuple | dict):
        return {}
    names = [n for cls in type(owner).__mro__ for n, v in vars(cls).items()
             if isinstance(v, Function)]  # fmt: skip
    found = {name: getattr(owner, name) for name in dict.fromkeys(names)}
    for name, value in vars(owner).items():
        if isinstance(value, Function | ConcreteFunction):
            found[name] = value
        elif isinstance(value, RestoredFunction):
            found["__call__" if name == "_call" else name] = value
    return found


def _saved(function, number_of):
    """(defaults of the parameters, traced signatures) of a function."""
    if isinstance(function, ConcreteFunction):
        return {"parameters": None, "traced": [_with_captures(function, number_of)]}
    if isinstance(function, RestoredFunction):
        return {
            "parameters": function.parameters,
            "is_declared": function.is_declared,
            "traced": [_with_captures(c, number_of) for c in function.concrete_functions],
        }
    if function.input_signature is not None:
        function.get_concrete_function()
    return {
        "parameters": [_parameter(p) for p in function.function_spec.parameters],
        "is_declared": function.input_signature is not None,
        "traced": [_with_captures(concrete, number_of) for _, concrete in function._traced],
    }  # fmt: skip


def _parameter(parameter):
    """(name, kind, the defaults: one or none) of a parameter."""
    defaults = () if parameter.default is parameter.empty else (parameter.default,)
    return (parameter.name, parameter.kind.name, defaults)


def _with_captures(concrete, number_of):
    return (concrete, graphs.captures_of(concrete, number_of))


def _chosen(obj, given):
    """The functions to be saved as signatures, by name."""
    if given is None:
        functions = _functions_of(obj).values()
        candidates = [f for f in functions if getattr(f, "input_signature", None) is not None]
        if hasattr(obj, "_default_signature"):
            candidates = obj._default_signature()
        given = candidates[0] if len(candidates) == 1 else {}
    given = given if isinstance(given, dict) else {signatures.DEFAULT: given}
    return {key: signatures.concrete_of(function) for key, function in given.items()}
