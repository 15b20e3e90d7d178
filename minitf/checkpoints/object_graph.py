"""Which objects a checkpoint holds values of: nodes with named children.

A node is named by the shortest way to it from the root, such as `model/dense/bias`; an object that
can be reached in several ways is saved once. The graph itself is saved, too, as the protocol
buffer `TrackableObjectGraph`, so that values are found by objects, not by names.
"""

import dataclasses

from minitf import trackable
from minitf.ops import wire

KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"


@dataclasses.dataclass
class Node:
    """An object: the numbers of its children by name, and {attribute: key of its value}."""

    children: dict
    values: dict
    path: tuple = ()


def walk(root):
    """(nodes, objects): all that can be reached from `root`, the nearest first."""
    objects, nodes, numbers = [root], [Node({}, {})], {id(root): 0}
    for node, owner in zip(nodes, objects):  # both grow
        for name, part in trackable.parts(owner).items():
            if id(part) not in numbers:
                numbers[id(part)] = len(nodes)
                objects.append(part)
                nodes.append(Node({}, {}, (*node.path, name)))
            node.children[name] = numbers[id(part)]
        attribute = getattr(owner, "_checkpoint_attribute", None)
        if attribute is not None:
            steps = [step.replace(".", "..").replace("/", ".S") for step in node.path]
            node.values[attribute] = "/".join([*steps, ".ATTRIBUTES", attribute])
    return nodes, objects


def encode(nodes, objects):
    """The `TrackableObjectGraph` as bytes."""
    return b"".join(wire.field(1, _encode(*pair)) for pair in zip(nodes, objects))


def _encode(node, owner):
    parts = [wire.field(1, wire.integer(1, number) + wire.field(2, name))
             for name, number in node.children.items()]  # fmt: skip
    for attribute, key in node.values.items():
        full_name = getattr(owner, "_shared_name", "")
        named = wire.field(1, attribute) + wire.field(2, full_name) + wire.field(3, key)
        parts.append(wire.field(2, named))
    parts.append(wire.field(5, wire.integer(1, bool(node.values))))
    return b"".join(parts)


def decode(data):
    """The nodes of a `TrackableObjectGraph`, with a path for each."""
    nodes = [_decode(content) for number, content in wire.fields(data) if number == 1]
    reached, paths = [0], {0: ()}
    for number in reached:  # grows
        for name, child in nodes[number].children.items():
            if child not in paths:
                paths[child] = (*paths[number], name)
                reached.append(child)
    for number, path in paths.items():
        nodes[number].path = path
    return nodes


def _decode(data):
    node = Node({}, {})
    for number, content in wire.fields(data):
        if number in (1, 2):
            found = dict(wire.fields(content))
        if number == 1:
            node.children[found[2].decode()] = found.get(1, 0)
        elif number == 2:
            node.values[found[1].decode()] = found[3].decode()
    return node
