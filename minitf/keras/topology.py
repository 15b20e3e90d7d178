"""The order of the calls between the inputs and the outputs of a functional model."""

import collections

from minitf import nest
from minitf.keras.symbolic import KerasTensor, Node


def _node_of(tensor):
    history = tensor._keras_history
    return history.operation and history.operation._inbound_nodes[history.node_index]


def nodes_between(inputs, outputs):
    """(nodes, order of operations): the calls that lead to `outputs`, earlier ones first.

    Depth first from each output; an operation is numbered when it is first met.

    Raises:
      ValueError: a tensor depends on itself.
    """
    ordered, finished, in_progress, numbers = [], set(), set(), {}
    given = {id(x) for x in inputs}

    def visit(tensor):
        node = _node_of(tensor)
        if node is None or node in finished:
            return
        if not node.is_input and id(tensor) in given:
            finished.add(node)
            return
        operation = node.operation
        if node in in_progress:
            raise ValueError(
                f"Tensor {tensor} from operation '{operation.name}' is part of a cycle."
            )
        numbers.setdefault(operation, len(numbers))
        in_progress.add(node)
        for x in node.input_tensors:
            visit(x)
        finished.add(node)
        in_progress.remove(node)
        ordered.append(node)

    for output in outputs:
        visit(output)
    return ordered, numbers


def source_inputs(tensor):
    """The inputs that a `KerasTensor` comes from, in a list."""
    nodes, _ = nodes_between([], [tensor])
    return [x for node in nodes if node.is_input for x in node.outputs]


class Topology:
    """The calls and operations of a model, the ones that come first before the others.

    Attributes:
      nodes: the calls, in an order in which they can be run.
      levels: the calls by how many lie after them, those with the most first.
      operations: what is called, in the order in which models list their layers.

    Raises:
      ValueError: an input is missing, or a name is used twice.
    """

    def __init__(self, inputs, outputs):
        ordered, numbers = nodes_between(inputs, outputs)
        depths, operation_depths = self._depths(ordered)
        for x in inputs:
            node = _node_of(x)
            if node is not None and node.operation not in operation_depths and node.is_input:
                depths[node] = operation_depths[node.operation] = 0
                numbers[node.operation] = -1
        by_depth = collections.defaultdict(list)
        for node, depth in depths.items():
            by_depth[depth].append(node)
        self.levels = [by_depth[depth] for depth in sorted(by_depth, reverse=True)]
        self.nodes = [node for level in self.levels for node in level]
        self.operations = sorted(
            operation_depths, key=lambda operation: (-operation_depths[operation],
                                                     numbers[operation])
        )  # fmt: skip
        self._check_connected(inputs)
        names = [operation.name for operation in self.operations]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(
                    f'The name "{name}" is used {names.count(name)} times in the model. All '
                    "operation names should be unique."
                )

    @staticmethod
    def _depths(ordered):
        """{node: how many calls lie after it} and the same of operations."""
        depths, operation_depths, inside = {}, {}, set(ordered)
        for node in reversed(ordered):
            depth = max(depths.get(node, 0), operation_depths.get(node.operation, 0))
            depths[node] = operation_depths[node.operation] = depth
            for parent in node.parent_nodes:
                if parent in inside:
                    depths[parent] = max(depth + 1, depths.get(parent, 0))
        return depths, operation_depths

    def _check_connected(self, inputs):
        computable, passed = {id(x) for x in inputs}, []
        for node in self.nodes:
            for x in node.input_tensors:
                if id(x) not in computable:
                    raise ValueError(
                        f"Graph disconnected: cannot find parent for tensor {x} at operation "
                        f"'{node.operation}'. The following previous operations were accessed "
                        f"without issue: {passed}"
                    )
                passed.append(node.operation.name)
            computable.update(id(x) for x in node.outputs)

    def check_reached(self, inputs, outputs):
        """Raises ValueError where one of a structure of outputs does not come from the inputs."""
        reached = {id(x) for x in inputs}
        for node in self.nodes:
            if not node.is_input and all(id(x) in reached for x in node.input_tensors):
                reached.update(id(x) for x in node.outputs)
        for path, x in nest.flatten_with_tuple_paths(outputs):
            if id(x) not in reached:
                path = ".".join(map(str, path))
                raise ValueError(f"Output with path `{path}` is not connected to `inputs`")

    def run(self, inputs, values, call):
        """{id of a `KerasTensor`: its value}, from the values of the inputs.

        `call(operation, args, kwargs)` calls an operation.
        """
        known = {id(x): value for x, value in zip(inputs, values)}
        for node in self.nodes:
            if node.is_input or any(id(x) not in known for x in node.input_tensors):
                continue
            args, kwargs = node.fill_in(known)
            results = nest.flatten(call(node.operation, args, kwargs))
            known.update((id(x), result) for x, result in zip(node.outputs, results))
        return known


def begin_anew(inputs, outputs, new_input):
    """The calls between `inputs`, which need not be the inputs of a model, and `outputs`, again.

    Args:
      new_input: makes an input like a `KerasTensor`.

    Returns:
      (inputs, outputs), in their structures, of the new calls.
    """
    nodes, _ = nodes_between(nest.flatten(inputs), nest.flatten(outputs))
    copies, replaced = {}, {}
    for x in nest.flatten(inputs):
        copies[id(x)] = x
        if not _node_of(x).is_input:
            copies[id(x)] = new_input(x)
            replaced[x._keras_history.operation] = copies[id(x)]._keras_history.operation

    def copy(x):
        if not isinstance(x, KerasTensor):
            return x
        if id(x) not in copies:
            copies[id(x)] = KerasTensor(x.shape, str(x.dtype), x.sparse, name=f"{x.name}_clone")
        return copies[id(x)]

    for node in nodes:
        if not node.is_input and node.operation not in replaced:
            args, kwargs = nest.map_structure(copy, (node.args, node.kwargs))
            Node(node.operation, args, kwargs, [copy(x) for x in node.outputs])
    return nest.map_structure(copy, inputs), nest.map_structure(copy, outputs)
