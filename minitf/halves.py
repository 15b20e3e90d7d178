"""A traced function split in two: the gradient, and a forward half that keeps what it needs.

`Halves` serves one gradient: the forward half returns JAX's pullbacks of loops, branches and calls
beside the values that the other half reads, so nothing runs twice. `Open` serves gradients of
gradients: its forward half returns every value that any gradient of any order may read, as
tensors, so that tapes see through both halves.
"""

from typing import Any

import jax
import jax.numpy as jnp

from minitf import dtypes
from minitf.core.dispatch import execute
from minitf.core.frames import stack
from minitf.core.gradients import backpropagate, densify, is_differentiable
from minitf.core.registry import Cell
from minitf.core.slices import IndexedSlices
from minitf.core.tensor import EagerTensor, Tensor
from minitf.graphs.func_graph import Body, describe
from minitf.graphs.graph import CONST, PLACEHOLDER
from minitf.graphs.interpret import interpret, needed, paired
from minitf.graphs.program import Program
from minitf.ops.handles import READ


class _Gradient:
    """The gradient of some `targets` of a body, written down in the body's own graph.

    Attributes:
      cotangents: a placeholder for the gradient of each target.
      found: the gradient of each input of the body, None where nothing connects them.
      parts: the tensors that `found` is made of.
      operations: what computes them, the body's own operations left out.
    """

    def __init__(self, body, targets):
        graph = body.graph
        with stack.push(graph), graph.paused():
            self.cotangents = [graph.placeholder(t.dtype, t.shape) for t in targets]
            self.found = backpropagate(body.operations, targets, body.inputs, self.cotangents)
        self.parts = [t for g in self.found for t in parts(g)]
        again = _of_shapes(body.operations)
        before = {id(o) for o in body.operations if id(o) not in again}
        self.operations = [
            o
            for o in needed(self.parts, body.inputs)
            if id(o) not in before and o.op_def is not PLACEHOLDER
        ]

    def used(self):
        """The tensors of the body that the gradient reads."""
        inside = {id(t) for o in self.operations for t in o.outputs}
        inside.update(map(id, self.cotangents))
        read = [x for o in self.operations for x in o.inputs if x is not None]
        unique = {id(t): t for t in (*read, *self.parts) if id(t) not in inside}
        return list(unique.values())

    def packed(self, results):
        """The gradient of each input from the tensors of `parts`."""
        results = iter(results)
        gradients: list[Any] = []
        for gradient in self.found:
            given = [next(results) for _ in parts(gradient)]
            sparse = isinstance(gradient, IndexedSlices)
            gradients.append(IndexedSlices(*given) if sparse else given[0] if given else None)
        return gradients


def _of_shapes(operations):
    """The ids of the operations that depend on constants and shapes alone.

    The gradient computes them again: what it is given would have no value while it is compiled, and
    could not be a shape.
    """
    found = set()
    for operation in operations:
        op, inputs = operation.op_def, operation.inputs
        plain = not (op.stateful or op.resource or op.costly or op.host) and bool(inputs)
        if (
            op is CONST
            or op.name == "Shape"
            or plain
            and all(x is not None and id(x.op) in found for x in inputs)
        ):
            found.add(id(operation))
    return found


def parts(value):
    """The tensors that a tensor, dense or sparse, or a dataset is made of; of others, none."""
    if isinstance(value, IndexedSlices):
        return [t for t in (value.values, value.indices, value.dense_shape) if t is not None]
    if hasattr(value, "_stand_in"):
        return [value.handle]
    return [value] if isinstance(value, Tensor) else []


def _filled(tensors, cotangents):
    """The cotangents as tensors, zeros where there is none."""
    return [
        EagerTensor(jnp.zeros(t.shape, t.dtype.np)) if c is None else densify(c)
        for t, c in zip(tensors, cotangents)
    ]


class Halves:
    """The forward half of a body, as a program, and its gradient, compiled.

    Args:
      body: a `Body`.
      split: how many of its inputs come before the handles.
    """

    def __init__(self, body, split):
        self.positions = [i for i, t in enumerate(body.outputs) if is_differentiable(t)]
        self._gradient = gradient = _Gradient(body, [body.outputs[i] for i in self.positions])
        # What the gradient reads of variables, it reads now.
        reads = [o for o in gradient.operations if o.op_def.resource and not o.op_def.costly]
        gradient.operations = [o for o in gradient.operations if o not in reads]
        pairs = paired([*body.operations, *gradient.operations])
        rewound = {id(t) for o in pairs for t in o.inputs if t is not None}
        used = [t for t in gradient.used()
                if t.dtype is not dtypes.resource or id(t) not in rewound]  # fmt: skip
        self._handles = {id(t) for t in used if t.dtype is dtypes.resource}
        self._keys = [*map(id, used), *[("pullback", id(o)) for o in pairs]]
        self.forward = Program([*body.operations, *reads], body.inputs[:split],
                               body.inputs[split:], body.outputs, self._keys, pairs)  # fmt: skip
        self.connected = tuple([i for i, g in enumerate(gradient.found) if g is not None])
        self._rewind = jax.jit(self._evaluate)

    def _evaluate(self, kept, arrays):
        env: Any = {k: Cell(v) if k in self._handles else v for k, v in zip(self._keys, kept)}
        env.update((id(t), a) for t, a in zip(self._gradient.cotangents, arrays))
        interpret(self._gradient.operations, env, {})
        return [env[id(t)] for t in self._gradient.parts]

    def rewind(self, record, cotangents):
        """The gradient of each input of the recorded call, None where there is none."""
        given = _filled([record.outputs[i] for i in self.positions],
                        [cotangents[i] for i in self.positions])  # fmt: skip
        results = self._rewind(record.attrs, [t.array for t in given])
        return self._gradient.packed(map(EagerTensor, results))


def _is_variable(tensor):
    """Whether this is the handle of numbers, not of a generator, a dataset or a queue."""
    return tensor is not None and tensor.dtype is dtypes.resource and (
        describe(tensor)[1].np is not None)  # fmt: skip


def _with_what_is_found(body):
    """The body with a read of each variable before a loop, branch or call that it is handed to.

    The gradient of those, which may run after the variable was assigned to, begins from there.
    """
    operations = []
    with stack.push(body.graph), body.graph.paused():
        for operation in body.operations:
            if operation.op_def.costly and operation.op_def.forward is None:
                handles = [t for t in operation.inputs if _is_variable(t)]
                operation.found.update((id(t), execute(READ, (t,))) for t in handles)
            operations += [t.op for t in operation.found.values()]
            operations.append(operation)
    return Body(body.graph, [*body.given, *body.handles], body.outputs, operations)


class Open:
    """The forward half of a body that keeps all its inner values, for gradients of any order.

    Args:
      body, split: as of `Halves`.
      make: makes a function of tensors of a `Body`, which tapes record.
    """

    def __init__(self, body, split, make):
        body = _with_what_is_found(body)
        self._body, self._make, self._gradients = body, make, {}
        own = {id(t) for t in (*body.inputs, *body.outputs)}
        inner = [t for o in body.operations if o.op_def.differentiable and o.op_def is not CONST
                 for t in (*o.inputs, *o.outputs) if t is not None]  # fmt: skip
        unique = {id(t): t for t in inner if id(t) not in own and t.dtype is not dtypes.resource}
        self._kept = [t for t in unique.values() if t.op.op_def is not CONST]
        self._targets = [*body.outputs, *self._kept]
        self._outputs = {i for i, t in enumerate(body.outputs) if is_differentiable(t)}
        self.forward = Program(body.operations, body.inputs[:split], body.inputs[split:],
                               self._targets, pairs={})  # fmt: skip

    def rewind(self, record, cotangents):
        """The gradient of each input of the recorded call, whose outputs are all inner values."""
        given = {i for i, c in enumerate(cotangents) if c is not None and is_differentiable(c)}
        given = tuple(sorted(given | self._outputs))
        if given not in self._gradients:
            gradient = _Gradient(self._body, [self._targets[i] for i in given])
            inputs = [*self._body.given, *self._targets, *gradient.cotangents]
            inputs += self._body.handles
            body = Body(self._body.graph, inputs, gradient.parts, gradient.operations)
            self._gradients[given] = gradient, self._make(body)
        gradient, function = self._gradients[given]
        filled = _filled([record.outputs[i] for i in given], [cotangents[i] for i in given])
        first, last = len(self._body.given), len(record.inputs) - len(self._body.handles)
        # The call may have been given other tensors than the body was traced with.
        outside = dict(zip(map(id, self._body.captured), record.inputs[first:last]))
        captured = [outside.get(id(t), t) for t in function.captured]
        tensors = (*record.inputs[:first], *record.outputs, *filled)
        return gradient.packed(function.run((*tensors, *captured, *record.inputs[last:])))
