"""Meta graphs: a graph with its collections, in a file; so a program can go on with another's."""

import os

from minitf import dtypes
from minitf.compat.v1.graphs import get_default_graph
from minitf.compat.v1.logging import warning
from minitf.compat.v1.queue_runner import QueueRunner
from minitf.compat.v1.variables import VariableV1
from minitf.core.tensor import SymbolicTensor
from minitf.graph_def import import_graph_def, node_def
from minitf.graphs.graph import Graph, Operation
from minitf.ops.messages import (
    CollectionDef,
    GraphDef,
    MetaGraphDef,
    NodeDef,
    QueueRunnerDef,
    VariableDef,
)

# The objects of collections that are messages in files: class, and what reads them.
_READERS = {"variables": (VariableDef, VariableV1), "queue_runners": (QueueRunnerDef, QueueRunner)}


def export_meta_graph(filename=None, meta_info_def=None, graph_def=None, saver_def=None,
                      collection_list=None, as_text=False, graph=None, export_scope=None,
                      clear_devices=False, clear_extraneous_savers=False,
                      strip_default_attrs=False, save_debug_info=False, **kwargs):  # fmt: skip
    """The default graph (or `graph`) as a `MetaGraphDef`, written to `filename` if that is given.

    Raises:
      NotImplementedError: `export_scope` is given.
    """
    if export_scope is not None:
        raise NotImplementedError("export_meta_graph: no `export_scope` in minitf.")
    graph = graph or get_default_graph()
    found = MetaGraphDef(meta_info_def=meta_info_def, saver_def=saver_def)
    found.meta_info_def.tensorflow_version = "2.21.0"
    found.graph_def = graph_def or graph.as_graph_def(add_shapes=True)
    if clear_devices:
        for node in found.graph_def.node:
            node.device = ""
    names = graph.get_all_collection_keys() if collection_list is None else collection_list
    for name in names:
        collected = _collected(name, graph.get_collection(name))
        if collected is not None:
            found.collection_def[name] = collected
    if filename:
        _write(found, filename, as_text)
    return found


def _collected(name, held):
    """A collection as a message, or None, with a warning, where its objects are no messages."""
    if not isinstance(name, str) or not held:
        return None
    if all(hasattr(x, "to_proto") for x in held):
        protos = [x.to_proto().SerializeToString() for x in held]
        return CollectionDef(bytes_list={"value": protos})
    if all(isinstance(x, SymbolicTensor | Operation) for x in held):
        return CollectionDef(node_list={"value": [x.name for x in held]})
    if all(isinstance(x, str | bytes) for x in held):
        return CollectionDef(bytes_list={"value": held})
    if all(isinstance(x, int) for x in held):
        return CollectionDef(int64_list={"value": held})
    if all(isinstance(x, float) for x in held):
        return CollectionDef(float_list={"value": held})
    warning("Issue encountered when serializing %s: its objects have no form in files.", name)
    return None


def _write(proto, filename, as_text):
    folder = os.path.dirname(filename)
    if folder:
        os.makedirs(folder, exist_ok=True)
    with open(filename, "wb") as file:
        file.write(str(proto).encode() if as_text else proto.SerializeToString())


def load_meta_graph(proto, scope=""):
    """Adds the operations and collections of a `MetaGraphDef` to the default graph, below `scope`.

    Raises:
      NotImplementedError: the graph has what no file holds (see `tf.import_graph_def`).
    """
    graph = get_default_graph()
    import_graph_def(proto.graph_def, name=scope)
    known = {}
    for name, collected in proto.collection_def.items():
        for value in _objects(name, collected, graph, scope, known):
            graph.add_to_collection(name, value)


def _objects(name, collected, graph, scope, known):
    """The objects of a collection; one variable in two collections is one object."""
    kind = collected.WhichOneof("kind")
    values = getattr(collected, kind).value if kind else []
    if kind == "node_list":
        prefix = f"{scope}/" if scope else ""
        return [graph.as_graph_element(prefix + v) for v in values]
    if kind != "bytes_list":
        return list(values)
    made = []
    for data in values:
        message, cls = _READERS["queue_runners" if name == "queue_runners" else "variables"]
        proto = _parsed(message, data)
        if proto is None:
            made.append(data.decode())
            continue
        key = data
        if key not in known:
            known[key] = cls.from_proto(proto, scope)
        made.append(known[key])
    return made


def _parsed(message, data):
    """The message that bytes are, or None where they are a text."""
    try:
        found = message.FromString(data)
    except ValueError:
        return None
    return found if found.SerializeToString() == data and found.ListFields() else None


def write_graph(graph_or_graph_def, logdir, name, as_text=True):
    """Writes a graph as a `GraphDef`, as text or as bytes; returns the path of the file."""
    proto = graph_or_graph_def
    if isinstance(proto, Graph):
        proto = proto.as_graph_def()
    path = os.path.join(logdir, name)
    os.makedirs(logdir, exist_ok=True)
    _write(proto, path, as_text)
    return path


# Frozen graphs ------------------------------------------------------------------------------------


def extract_sub_graph(graph_def, dest_nodes):
    """The part of a `GraphDef` that the nodes `dest_nodes` need.

    Raises:
      AssertionError: a node is not in the graph.
    """
    if not isinstance(graph_def, GraphDef):
        raise TypeError(f"graph_def must be a graph_pb2.GraphDef proto, but got type "
                        f"{type(graph_def)}.")  # fmt: skip
    if isinstance(dest_nodes, str):
        raise TypeError(f"dest_nodes must be an iterable of strings, but got type "
                        f"{type(dest_nodes)}.")  # fmt: skip
    nodes = {node.name: node for node in graph_def.node}
    for name in dest_nodes:
        assert name in nodes, f"{name} is not in graph"
    wanted, pending = set(), list(dest_nodes)
    while pending:
        name = pending.pop()
        if name not in wanted:
            wanted.add(name)
            pending += [x.removeprefix("^").partition(":")[0] for x in nodes[name].input]
    found = GraphDef(versions=graph_def.versions)
    found.node = [node for node in graph_def.node if node.name in wanted]
    return found


def convert_variables_to_constants(sess, input_graph_def, output_node_names,
                                   variable_names_whitelist=None,
                                   variable_names_blacklist=None):  # fmt: skip
    """A `GraphDef` of what the outputs need, with the values of variables as constants."""
    part = extract_sub_graph(input_graph_def, output_node_names)
    held = {n.name for n in part.node if n.op == "VarHandleOp"}
    if variable_names_whitelist is not None:
        held &= set(variable_names_whitelist)
    held -= set(variable_names_blacklist or ())
    names = sorted(held)
    values = dict(zip(names, sess.run([f"{name}:0" for name in names])))
    frozen = GraphDef(versions=part.versions)
    for node in part.node:
        if node.name in held:
            frozen.node.append(_constant_node(node.name, values[node.name]))
        elif node.op == "ReadVariableOp" and node.input[0] in held:
            identity = NodeDef(name=node.name, op="Identity", input=node.input)
            dtype = dtypes.as_dtype(values[node.input[0]].dtype)
            identity.attr["T"].type = dtype.as_datatype_enum
            frozen.node.append(identity)
        else:
            frozen.node.append(node)
    return frozen


def _constant_node(name, value):
    return node_def(Graph().constant(value, name).op)


def remove_training_nodes(input_graph, protected_nodes=None):
    """A `GraphDef` without the `Identity` nodes that only training needed."""
    protected = set(protected_nodes or ())
    passed = {}
    for node in input_graph.node:
        plain = node.op == "Identity" and not any(x.startswith("^") for x in node.input)
        if plain and node.name not in protected:
            passed[node.name] = node.input[0]
    found = GraphDef(versions=input_graph.versions)
    for node in input_graph.node:
        if node.name not in passed:
            inputs = []
            for x in node.input:
                while x in passed:
                    x = passed[x]
                inputs.append(x)
            node.input = inputs
            found.node.append(node)
    return found
