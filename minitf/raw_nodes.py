"""Nodes of graphs that TensorFlow wrote: each is a call of the raw op of its type.

A node names its inputs in order and its attributes by name, and so does a function of `tf.raw_ops`:
what the node has no attribute for are its inputs.
"""

import importlib
import inspect

from minitf import dtypes
from minitf.ops.array import IDENTITY_N
from minitf.ops.tensor_protos import array_of, shape_of

_RENAMED = {"squeeze_dims": "axis"}  # attributes that raw ops call by another name
# Inputs that are lists, of as many tensors as the attribute `N` says.
_LISTS = {"values", "inputs", "indices", "data", "shape", "input"}
# Inputs that are tensors in graphs, where Python's functions take numbers.
_AXES = {"axis", "concat_dim", "dim", "dimension"}
# Attributes that say how TensorFlow's kernels compute, not what.
_OF_KERNELS = {"N", "use_cudnn_on_gpu", "validate_indices", "incompatible_shape_error",
               "shared_name", "container", "validate_shape", "num_split", "upper"}  # fmt: skip


def write_node(node, inputs, graph, name):
    """Writes a node into `graph`, as operations of which one is called `name`.

    Args:
      node: a `NodeDef`.
      inputs: the tensors that it reads.

    Raises:
      NotImplementedError: minitf has no such raw op, or the op no such attribute.
    """
    raw_ops = importlib.import_module("minitf.raw_ops")
    if node.op not in dir(raw_ops):
        raise NotImplementedError(
            f"import_graph_def: minitf cannot read node {node.name!r} of type {node.op!r} from a "
            "GraphDef."
        )
    function = getattr(raw_ops, node.op)
    arguments = _arguments(node, inputs, inspect.signature(function).parameters)
    folder, _, last = name.rpartition("/")
    with graph.name_scope(folder and folder + "/"):
        results = function(**arguments, name=last)
    outputs = tuple(results) if isinstance(results, (tuple, list)) else (results,)
    made = graph.by_name.get(name)
    if made is not None and [*map(id, made.outputs)] == [*map(id, outputs)]:
        return
    if made is not None:  # one of several operations that the node is here
        made.name = graph.unique_name(f"{name}/{node.op}")
        graph.by_name[made.name] = graph.by_name.pop(name)
    graph.append(IDENTITY_N, name, outputs, (), [(x.shape, x.dtype) for x in outputs])


def _arguments(node, inputs, parameters):
    """What a raw op is called with for `node`."""
    attrs = {_RENAMED.get(key, key): _value(value) for key, value in node.attr.items()
             if not key.startswith("_")}  # fmt: skip
    unknown = [key for key, value in attrs.items()
               if key not in parameters and key not in _OF_KERNELS
               and not isinstance(value, dtypes.DType)
               and not _is_list_of_types(value)]  # fmt: skip
    if unknown:
        raise NotImplementedError(
            f"import_graph_def: node {node.name!r} of type {node.op!r} has attribute "
            f"{unknown[0]!r}, which minitf's op lacks."
        )
    read = [key for key in parameters if key != "name" and key not in attrs]
    found = {key: value for key, value in attrs.items() if key in parameters}
    left = list(inputs)
    for key in read:
        if left:
            count = attrs["N"] if "N" in attrs and key in _LISTS else None
            found[key] = left.pop(0) if count is None else [left.pop(0) for _ in range(count)]
        value = found[key].static_value() if key in found and key in _AXES else None
        found.update({key: value.tolist()} if value is not None else {})
    if left:
        raise NotImplementedError(
            f"import_graph_def: node {node.name!r} of type {node.op!r} has {len(inputs)} inputs."
        )
    return found


def _is_list_of_types(value):
    return isinstance(value, list) and all(isinstance(x, dtypes.DType) for x in value)


def _value(attr):
    """An attribute as raw ops take it."""
    kind = attr.WhichOneof("value")
    held = getattr(attr, kind)
    if kind == "list":
        kinds = {"type": "type", "s": "s", "shape": "shape", "i": "", "f": "", "b": ""}
        return [_plain(k, x) for k in kinds for x in getattr(held, k)]
    return _plain(kind, held)


def _plain(kind, held):
    if kind == "type":
        return dtypes.as_dtype(held)
    if kind == "shape":
        return shape_of(held)
    if kind == "tensor":
        return array_of(held)
    return held.decode() if kind == "s" else held
