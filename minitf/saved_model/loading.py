"""`tf.saved_model.load`: objects with the attributes and functions that were saved."""

import os

from minitf import trackable
from minitf.checkpoints.checkpoint import Checkpoint
from minitf.core.dispatch import convert_to_tensor
from minitf.ops.array import zeros
from minitf.saved_model import graphs
from minitf.saved_model.restored import RestoredFunction
from minitf.saved_model.saving import MODEL, VARIABLES, VERSION
from minitf.saved_model.signatures import Signature, SignatureMap
from minitf.variable import Variable


def contains_saved_model(export_dir):
    """Whether a folder holds a SavedModel."""
    return os.path.isfile(os.path.join(os.fspath(export_dir), MODEL))


def load(export_dir, tags=None, options=None):
    """The object that `save` wrote, with its variables, functions and `signatures`.

    Methods that were no `tf.function`, and attributes that hold no state, are not there.

    Raises:
      OSError: there is no SavedModel.
      ValueError: it was written by TensorFlow, or is damaged.
    """
    folder = os.fspath(export_dir)
    if not contains_saved_model(folder):
        raise OSError(
            f"SavedModel file does not exist at: {folder}/{{saved_model.pbtxt|saved_model.pb}}"
        )
    with open(os.path.join(folder, MODEL), "rb") as file:
        content = graphs.loads(file.read())
    if not isinstance(content, dict) or content.get("version") != VERSION:
        raise ValueError(f"{folder} was not written by this version of minitf.")
    objects = [_made(node) for node in content["objects"]]
    for node, owner in zip(content["objects"], objects):
        for name, number in node["children"].items():
            _attach(owner, name, objects[number])
    for owner, node in zip(objects, content["objects"]):
        for name, saved in node["functions"].items():
            setattr(owner, "_call" if name == "__call__" else name, _function(saved, objects))
    root = objects[0]
    Checkpoint(root).read(os.path.join(folder, VARIABLES)).expect_partial()
    signatures = SignatureMap(
        {
            key: _connected(pair, objects, Signature).settle()
            for key, pair in content["signatures"].items()
        }
    )
    root.signatures, root.graph_debug_info, root.tensorflow_version = signatures, None, "2.21.0"
    return root


class _UserObject:
    """An object as it was saved: variables, objects inside, functions."""

    def _trackable_children(self):
        return trackable.attributes(self, ("signatures",))


class _Callable(_UserObject):
    """An object whose `__call__` was a `tf.function`."""

    def __call__(self, *args, **kwargs):
        return self._call(*args, **kwargs)


_Callable.__name__ = "_UserObject"


def _made(node):
    if node["kind"] == "variable":
        name, dtype, shape, trainable = node["variable"]
        sizes = [d or 0 for d in shape.as_list()] if shape.rank is not None else []
        return Variable(zeros(sizes, dtype), trainable, name=name, shape=shape)
    if node["kind"] in ("list", "tuple"):
        return [None] * len(node["children"])
    if node["kind"] == "dict":
        return {}
    return _Callable() if "__call__" in node["functions"] else _UserObject()


def _attach(owner, name, part):
    if isinstance(owner, list):
        owner[int(name)] = part
    elif isinstance(owner, dict):
        owner[name] = part
    else:
        setattr(owner, name, part)


def _connected(pair, objects, cls=None):
    """A concrete function with the variables and tensors that it captured."""
    concrete, captures = pair
    if cls is not None:
        concrete.__class__ = cls
    inner = concrete.inputs[concrete._num_given :]
    captured = []
    for tensor, (number, value) in zip(inner, captures):
        if number is not None:
            captured.append(objects[number])
        elif tensor.dtype == "resource":
            captured.append(Variable(value, trainable=False))  # no attribute leads to it
        else:
            captured.append(convert_to_tensor(value))
    graphs.connect(concrete, captured)
    return concrete


def _function(saved, objects):
    traced = [_connected(pair, objects) for pair in saved["traced"]]
    if saved["parameters"] is None:
        return traced[0]
    return RestoredFunction(saved["parameters"], traced, saved["is_declared"])
