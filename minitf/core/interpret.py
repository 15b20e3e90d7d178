"""The one evaluator: it runs written-down ops, for sessions, functions and their gradients.

`interpret` walks operations in order; `Program` makes of a graph, its inputs and its outputs a pure
function of arrays, compiled as a whole by `jax.jit`. A cell (a variable's value) goes in as an
array and, if an op wrote to it, comes out as one.
"""

from typing import Any

import jax
import numpy as np
from jax.core import Tracer

from minitf.core.graph import CONST
from minitf.core.registry import Cell, freeze, thaw

_SMALL = 256  # elements up to which a value that needs no input is computed while tracing


def interpret(operations, env):
    """Evaluates `operations` in order; `env` maps the ids of tensors to arrays and is added to."""
    for operation in operations:
        if operation.outputs and id(operation.outputs[0]) in env:
            continue
        op = operation.op_def
        values = [None if x is None else env[id(x)] for x in operation.inputs]
        results: Any = apply(op, values, operation.attrs)
        results = (results,) if op.num_outputs == 1 else results
        for tensor, value in zip(operation.outputs, results or ()):
            env[id(tensor)] = value


def apply(op, values, attrs):
    """`op` on arrays; what needs no traced value is computed now, so that it can be a shape."""
    if op is CONST:
        held = attrs[0]
        return thaw(held) if isinstance(held, tuple) else held._value
    statics = tuple([freeze(_concrete(op, values[i])) if i < len(values) else None
                     for i in op.static])  # fmt: skip
    arrays = [v for i, v in enumerate(values) if i not in op.static_set]
    if op.name == "Shape":
        return op.kernel(statics, attrs)(arrays[0]) if not isinstance(
            arrays[0], Tracer) else np.array(arrays[0].shape, attrs[0])  # fmt: skip
    if op.host:
        arrays = [np.asarray(a) for a in arrays]
    elif not op.stateful and all(
        isinstance(a, np.ndarray | np.generic) and a.size <= _SMALL for a in arrays
    ):
        with jax.ensure_compile_time_eval():
            result = op.kernel(statics, attrs)(*arrays)
        several = isinstance(result, tuple)
        return tuple(map(np.asarray, result)) if several else np.asarray(result)
    return op.kernel(statics, attrs)(*arrays)


def _concrete(op, value):
    if isinstance(value, Tracer):
        raise NeedsValue(op)
    return value


class NeedsValue(Exception):
    """An op needs the value of a shape or axis that is only known when the program runs."""


def needed(outputs, fed=()):
    """The operations that `outputs` (tensors or operations) need, in the order written down."""
    fed = {id(t) for t in fed}
    found, pending = {}, [getattr(o, "op", o) for o in outputs if id(o) not in fed]
    while pending:
        operation = pending.pop()
        if operation.number in found:
            continue
        found[operation.number] = operation
        pending += [x.op for x in operation.inputs if x is not None and id(x) not in fed]
        pending += operation.control_inputs
    return [found[number] for number in sorted(found)]


class Program:
    """A compiled, pure view of part of a graph.

    Args:
      operations: what to evaluate, in order.
      inputs: the tensors whose arrays are given at each call.
      cells: the resource tensors whose cells are given at each call.
      outputs: the tensors to return.
    """

    def __init__(self, operations, inputs, cells, outputs):
        self.operations, self.inputs, self.cells = operations, inputs, cells
        self.outputs = outputs
        self.written = ()
        self.is_host = any(o.op_def.host for o in operations)
        self._compiled = jax.jit(self._pure)

    def _pure(self, arrays, states):
        cells = [Cell(state) for state in states]
        env = {id(t): a for t, a in zip(self.inputs, arrays)}
        env.update((id(t), c) for t, c in zip(self.cells, cells))
        interpret(self.operations, env)
        self.written = tuple(i for i, c in enumerate(cells) if c.value is not states[i])
        return [env[id(t)] for t in self.outputs], [cells[i].value for i in self.written]

    def __call__(self, arrays, cells):
        """The output arrays; cells that the program wrote to have their new value."""
        states = [c.value for c in cells]
        if self.is_host:
            outputs, new = self._pure(arrays, states)
        else:
            try:
                outputs, new = self._compiled(arrays, states)
            except NeedsValue:
                self.is_host = True
                outputs, new = self._pure(arrays, states)
        for i, value in zip(self.written, new):
            cells[i].value = value
        return outputs
