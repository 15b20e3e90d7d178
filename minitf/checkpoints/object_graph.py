"""Which objects a checkpoint holds values of: nodes with named children.

A node is named by the shortest way to it from the root, such as `model/dense/bias`; an object that
can be reached in several ways is saved once. The graph itself is saved, too, as the protocol
buffer `TrackableObjectGraph`, so that values are found by objects, not by names.

What an optimizer of TensorFlow 1 remembers of a variable is a slot: it hangs on no attribute, but
belongs to the pair of them. An object with slots tells them by `_checkpoint_slots()`, a list of
(variable, name of the slot, variable of the slot).
"""

import dataclasses

from minitf import trackable
from minitf.ops import wire

KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"


@dataclasses.dataclass
class Node:
    """An object: the numbers of its children by name, and {attribute: key of its value}.

    Its slots are triples of the number of a variable, a name, and the number of the slot.
    """

    children: dict
    values: dict
    path: tuple = ()
    slots: list = dataclasses.field(default_factory=list)


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
        _name_value(node, owner, _key(node.path))
    for node, owner in zip(nodes[:], objects[:]):
        for variable, name, slot in getattr(owner, "_checkpoint_slots", list)():
            if id(variable) in numbers:
                of = numbers[id(variable)]
                node.slots.append((of, name, len(nodes)))
                objects.append(slot)
                nodes.append(Node({}, {}))
                steps = [_key(nodes[of].path), ".OPTIMIZER_SLOT", _key(node.path), _key([name])]
                _name_value(nodes[-1], slot, "/".join(steps))
    return nodes, objects


def _key(path):
    return "/".join(step.replace(".", "..").replace("/", ".S") for step in path)


def _name_value(node, owner, key):
    attribute = getattr(owner, "_checkpoint_attribute", None)
    if attribute is not None:
        node.values[attribute] = "/".join([*filter(None, [key]), ".ATTRIBUTES", attribute])


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
    for of, name, number in node.slots:
        slot = wire.integer(1, of) + wire.field(2, name) + wire.integer(3, number)
        parts.append(wire.field(3, slot))
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
        if number in (1, 2, 3):
            found = dict(wire.fields(content))
        if number == 1:
            node.children[found[2].decode()] = found.get(1, 0)
        elif number == 2:
            node.values[found[1].decode()] = found[3].decode()
        elif number == 3:
            node.slots.append((found.get(1, 0), found[2].decode(), found.get(3, 0)))
    return node
