"""Graphs as messages: `GraphDef`, `NodeDef`, and graphs read back from them.

Importing this module gives graphs `as_graph_def`, and operations `node_def` and their text. A node
has TensorFlow's attributes where minitf's are the same (dtypes, values, shapes, numbers, texts);
others are held in one attribute `_attrs` that only minitf reads. What Python alone knows
(functions, bodies of loops and branches) is in no file: such nodes are shown, and cannot be read.
Nodes that TensorFlow wrote (a frozen graph) are calls of raw ops (see `raw_nodes`).
"""

import io
import pickle
import re
from graphlib import CycleError, TopologicalSorter

import numpy as np

from minitf import dtypes
from minitf.core.frames import stack
from minitf.core.registry import REGISTRY, freeze, thaw
from minitf.core.tensor import EagerTensor
from minitf.dtypes import DType
from minitf.graphs.graph import (
    CONST,
    PLACEHOLDER,
    PLACEHOLDER_WITH_DEFAULT,
    Graph,
    Operation,
    infer_outputs,
)
from minitf.ops.messages import AttrValue, GraphDef, NodeDef
from minitf.ops.random import STREAM
from minitf.ops.tensor_protos import array_of, shape_of, shape_proto, tensor_proto
from minitf.raw_nodes import write_node
from minitf.shapes import TensorShape
from minitf.variable import VAR_HANDLE

_PRODUCER = 1882  # the version of graphs that TensorFlow 2.15 and later write

# Operations as messages ---------------------------------------------------------------------------


def _simple(value):
    """The `AttrValue` of a value that TensorFlow's attributes can hold, else None."""
    if isinstance(value, bool):
        return AttrValue(b=value)
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return AttrValue(i=value)
    if isinstance(value, float):
        return AttrValue(f=value) if float(np.float32(value)) == value else None
    if isinstance(value, str):
        return AttrValue(s=value.encode())
    if isinstance(value, DType):
        return AttrValue(type=value.as_datatype_enum)
    return None


def node_def(operation, add_shapes=False):
    """An operation as a `NodeDef`."""
    op, attrs = operation.op_def, operation.attrs
    node = NodeDef(name=operation.name, op=op.name, device=operation.device)
    node.input = [t.name.removesuffix(":0") for t in operation.inputs if t is not None]
    node.input.extend(f"^{o.name}" for o in operation.control_inputs)
    if op is CONST:
        held = attrs[0]
        array = thaw(held) if isinstance(held, tuple) else held.deref()._numpy()
        node.attr["value"].tensor = tensor_proto(array)
        node.attr["dtype"].type = operation.outputs[0].dtype.as_datatype_enum
    elif op in (PLACEHOLDER, PLACEHOLDER_WITH_DEFAULT):
        node.attr["dtype"].type = operation.outputs[0].dtype.as_datatype_enum
        node.attr["shape"].shape = shape_proto(operation.outputs[0].shape)
    else:
        _describe(operation, node)
    if add_shapes and operation.outputs:
        shapes = [shape_proto(t.shape) for t in operation.outputs]
        node.attr["_output_shapes"].list = AttrValue.ListValue(shape=shapes)
    return node


def _describe(operation, node):
    op, attrs = operation.op_def, operation.attrs
    if "T" in op.types:
        letters = op.letters(len(operation.inputs))
        typed = [x for letter, x in zip(letters, operation.inputs)
                 if x is not None and letter == "T"]  # fmt: skip
        if typed:
            node.attr["T"].type = typed[0].dtype.as_datatype_enum
    if op in (VAR_HANDLE, STREAM):
        shape, dtype = operation.outputs[0].described
        node.attr["dtype"].type, node.attr["shape"].shape = dtype.as_datatype_enum, (
            shape_proto(shape))  # fmt: skip
    simple = [_simple(value) for value in attrs]
    if len(attrs) == len(op.attrs) and None not in simple:
        for name, value in zip(op.attrs, simple):
            node.attr[name] = value
            node.attr["_own"].b = True
    else:
        try:
            node.attr["_attrs"].s = pickle.dumps(attrs)
        except (pickle.PicklingError, TypeError, AttributeError):  # functions, bodies, ...
            node.attr["_attrs"].s = b""
    if op.forward is not None:
        node.attr["_gradient_of"].s = op.forward.name.encode()
        node.attr["_wanted"].list.i = op.wanted
        node.attr["_given"].list.i = op.given
        node.attr["_arity"].i = op.arity
    if None in operation.inputs:
        node.attr["_absent"].list.i = [i for i, x in enumerate(operation.inputs) if x is None]
    if operation.backward is not None:
        node.attr["_has_own_gradient"].b = True


def graph_def(operations, add_shapes=False):
    """Operations as a `GraphDef`."""
    found = GraphDef(versions={"producer": _PRODUCER})
    found.node = [node_def(o, add_shapes) for o in operations]
    return found


def as_graph_def(self, from_version=None, add_shapes=False, use_pybind11_proto=False):
    """The graph as a `GraphDef`; `from_version`: only operations after that many.

    >>> import minitf.compat.v1 as tf
    >>> with tf.Graph().as_default() as graph:
    ...     _ = tf.constant(2.0, name="two")
    >>> graph.as_graph_def().node[0].attr["value"].tensor.float_val
    [2.0]
    """
    return graph_def(self.operations[from_version or 0 :], add_shapes)


# Graphs from messages -----------------------------------------------------------------------------


class _Reader(pickle.Unpickler):
    """Unpickles attributes: values, and the named tuples and dtypes of minitf, nothing else."""

    def find_class(self, module, name):
        found = None
        if module.startswith("minitf.") or (module, name) in _HARMLESS:
            found = super().find_class(module, name)
        is_record = isinstance(found, type) and (
            issubclass(found, tuple | DType | TensorShape) or (module, name) in _HARMLESS
        )
        if not is_record and (module, name) not in _HARMLESS:
            raise pickle.UnpicklingError(f"{module}.{name} does not belong in a graph")
        return found


_HARMLESS = {("builtins", "slice"), ("numpy", "dtype"), ("numpy._core.multiarray", "scalar"),
             ("minitf.dtypes", "as_dtype"), ("minitf.shapes", "as_shape")}  # fmt: skip


def _op_of(node):
    """The op of minitf's that a node means; None where it is to be a call of a raw op."""
    if "_gradient_of" in node.attr:
        forward = REGISTRY.get(node.attr["_gradient_of"].s.decode())
        if forward is not None:
            wanted, given = (tuple(node.attr[k].list.i) for k in ("_wanted", "_given"))
            return forward.gradient(wanted, given, node.attr["_arity"].i)
        return None
    op = REGISTRY.get(node.op)
    if op is None or "_attrs" in node.attr or "_own" in node.attr:
        return op
    plain = [key for key, value in node.attr.items()
             if key[0] != "_" and value.WhichOneof("value") != "type"]  # fmt: skip
    return None if op.attrs or plain else op


def _attrs_of(node, op):
    if "_attrs" in node.attr:
        held = node.attr["_attrs"].s
        if not held:
            raise NotImplementedError(
                f"import_graph_def: node {node.name!r} ({node.op}) holds Python objects, which no "
                "GraphDef has."
            )
        return _Reader(io.BytesIO(held)).load()
    return tuple([_plain(node, name) for name in op.attrs])


def _plain(node, name):
    value = node.attr[name]
    kind = value.WhichOneof("value")
    held = getattr(value, kind)
    if kind == "type":
        return dtypes.as_dtype(held)
    return held.decode() if kind == "s" else held


def _no_gradient(record, cotangents):
    raise LookupError(
        f"Operation {record.name!r} had a gradient of its own, written in Python: no GraphDef "
        "holds it."
    )


class _Importer:
    """Writes the nodes of a `GraphDef` into a graph, below a prefix."""

    def __init__(self, graph, prefix, input_map):
        self.graph, self.prefix, self.input_map = graph, prefix, input_map
        self.used = set()

    def tensor(self, name):
        name = name if ":" in name else name + ":0"
        for key in (name, name.removesuffix(":0")):
            if key in self.input_map:
                self.used.add(key)
                return self.input_map[key]
        producer, _, index = name.partition(":")
        return self.graph.get_operation_by_name(self.prefix + producer).outputs[int(index)]

    def add(self, node):
        graph = self.graph
        inputs = [self.tensor(x) for x in node.input if not x.startswith("^")]
        for i in node.attr["_absent"].list.i if "_absent" in node.attr else ():
            inputs.insert(i, None)
        control = [graph.get_operation_by_name(self.prefix + x[1:])
                   for x in node.input if x.startswith("^")]  # fmt: skip
        before, graph.control = graph.control, (*graph.control, *control)
        try:
            self._append(node, self.prefix + node.name, tuple(inputs))
        finally:
            graph.control = before

    def _append(self, node, name, inputs):
        graph, backward, op = self.graph, None, _op_of(node)
        if node.op == CONST.name:
            value = array_of(node.attr["value"].tensor)
            held = freeze(value) if value.dtype != object else EagerTensor(value).ref()
            kinds = [(TensorShape(value.shape), dtypes.from_numpy_dtype(value.dtype))]
            op, attrs = CONST, (held,)
        elif node.op in (PLACEHOLDER.name, PLACEHOLDER_WITH_DEFAULT.name):
            kinds = [(shape_of(node.attr["shape"].shape), dtypes.as_dtype(node.attr["dtype"].type))]
            op, attrs = REGISTRY[node.op], ()
        elif node.op in (VAR_HANDLE.name, STREAM.name):
            op = REGISTRY[node.op]
            attrs = (len(graph.operations),) if op is VAR_HANDLE else _attrs_of(node, op)
            kinds = [(TensorShape([]), dtypes.resource)]
        elif op is None:
            write_node(node, inputs, graph, name)
            attrs, kinds = (), None
        else:
            attrs = _attrs_of(node, op)
            kinds = infer_outputs(op, inputs, attrs, name)
            backward = _no_gradient if "_has_own_gradient" in node.attr else None
        if kinds is not None:
            graph.append(op, name, inputs, attrs, kinds, backward)
            graph.names_in_use[name.lower()] = graph.names_in_use.get(name.lower(), 0) + 1
        made = graph.by_name[name]
        if op in (VAR_HANDLE, STREAM):
            made.outputs[0].described = (shape_of(node.attr["shape"].shape),
                                         dtypes.as_dtype(node.attr["dtype"].type))  # fmt: skip
        if "_output_shapes" in node.attr:
            for tensor, shape in zip(made.outputs, node.attr["_output_shapes"].list.shape):
                tensor.set_shape(shape_of(shape))


def _in_order(nodes):
    """`nodes`, each after those that it reads: files may have them in any order."""
    by_name = {node.name: node for node in nodes}
    reads = {node.name: [re.sub(r"^\^|:\d+$", "", x) for x in node.input] for node in nodes}
    place = {name: i for i, name in enumerate(by_name)}
    if all(place.get(x, -1) < place[name] for name in reads for x in reads[name]):
        return nodes
    try:
        return [by_name[x] for x in TopologicalSorter(reads).static_order() if x in by_name]
    except CycleError as error:
        raise NotImplementedError(
            f"import_graph_def: nodes of a loop are no GraphDef of minitf's: {error.args[1]}"
        ) from None


def import_graph_def(graph_def, input_map=None, return_elements=None, name=None, op_dict=None,
                     producer_op_list=None):  # fmt: skip
    """Writes the nodes of `graph_def` into the default graph, their names below `name`.

    Args:
      graph_def: a `GraphDef`.
      input_map: tensors of the default graph by the names of those that they stand for.
      return_elements: names of operations and tensors to return.
      name: the prefix, by default "import"; "" for none.

    Raises:
      TypeError: `graph_def` is no GraphDef.
      ValueError: a name of `input_map` or `return_elements` is not in it.
      NotImplementedError: a node that minitf cannot read.
    """
    if not isinstance(graph_def, GraphDef):
        raise TypeError(
            f"Argument `graph_def` must be a GraphDef proto. Received type: "
            f"{type(graph_def).__name__}."
        )
    graph = stack.frame
    prefix = graph.new_scope("import" if name is None else name)
    importer = _Importer(graph, prefix, dict(input_map or {}))
    for node in _in_order(graph_def.node):
        importer.add(node)
    unused = set(importer.input_map) - importer.used
    if unused:
        raise ValueError(
            "Attempted to map inputs that were not found in graph_def: "
            f"[{', '.join(sorted(unused))}]"
        )
    if return_elements is None:
        return None
    try:
        return [
            graph.get_tensor_by_name(prefix + e) if ":" in e
            else graph.get_operation_by_name(prefix + e)
            for e in return_elements
        ]  # fmt: skip
    except KeyError as error:
        raise ValueError(f"Requested return_element not found in graph_def: {error}") from None


Graph.as_graph_def = as_graph_def
Operation.node_def = property(node_def)
Operation.__str__ = lambda self: str(node_def(self))
