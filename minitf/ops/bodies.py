"""What branches and loops hold: Python functions traced into graphs, and put together in one op.

A loop variable or a result may be an object such as `TensorArray`: it enters and leaves a body as
the tensors that it is made of.
"""

from minitf import dtypes, nest
from minitf.core.frames import stack
from minitf.core.registry import Cell
from minitf.graphs.func_graph import FuncGraph


def traced(name, function, specs=(), scope=None):
    """(graph, result) of calling `function` on placeholders of `specs`, tensors adopted."""
    graph = FuncGraph(name, stack.frame)
    graph.is_body = True
    graph.scope = f"{scope or name}/"
    with stack.push(graph):
        inputs = [graph.placeholder(dtype, shape) for shape, dtype in specs]
        graph.inputs = inputs
        result = function(*inputs)
    return graph, result


class Bodies:
    """Finished bodies that run in one op: their captures, put together, are its inputs."""

    def __init__(self, bodies):
        self.bodies = bodies
        unique = {id(t): t for body in bodies for t in body.captured}
        plain = [t for t in unique.values() if t.dtype is not dtypes.resource]
        self.handles = [t for t in unique.values() if t.dtype is dtypes.resource]
        self.captured = [*plain, *self.handles]
        place = {id(t): i for i, t in enumerate(self.captured)}
        self._places = [[place[id(t)] for t in body.captured] for body in bodies]
        self.has_effects = any(body.has_effects for body in bodies)
        self.is_checked = any(body.is_checked for body in bodies)

    def named(self, kind):
        """The type of the op that holds the bodies: `If`, `While`, ... or the stateless one."""
        stateful = any(body.is_stateful for body in self.bodies)
        return kind if stateful else f"Stateless{kind}"

    def of(self, number, captured):
        """What body `number` captured, among the values of what all of them did."""
        return [captured[i] for i in self._places[number]]

    def __getitem__(self, number):
        """Body `number`, as a function of its own inputs and of all that was captured."""
        return lambda given, captured: self.bodies[number]([*given, *self.of(number, captured)])

    def eagerly(self, number, given, captured):
        """The outputs of body `number` on tensors, op by op."""
        return self.bodies[number].eagerly([*given, *self.of(number, captured)])

    def split(self, captured):
        """(plain values, cells) among the values of what was captured."""
        count = len(self.captured) - len(self.handles)
        return list(captured[:count]), list(captured[count:])


def sources_of(cells):
    return [c.value if c.source is None else c.source for c in cells]


def inner_cells(cells, states, sources):
    """Cells to work on inside a branch or step, for the values that JAX hands in."""
    return [
        Cell(state, c.described, None if c.source is None else source)
        for c, state, source in zip(cells, states, sources)
    ]


def to_plain(structure):
    """`structure` with objects such as `TensorArray` in the form that enters a body."""
    return nest.map_structure(lambda x: getattr(x, "__tf_loop_state__", lambda: x)(), structure,
                              expand_composites=True)  # fmt: skip


def from_plain(structure, like):
    """The inverse of `to_plain`: tensors stand again in the objects of `like`."""
    return nest.map_structure_up_to(
        like,
        lambda old, new: old.__tf_from_loop_state__(new)
        if hasattr(old, "__tf_from_loop_state__") else new,
        like, structure, expand_composites=True,
    )  # fmt: skip
