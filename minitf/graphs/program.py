"""A graph as a pure function of arrays, compiled as a whole by `jax.jit`.

A cell (a variable's value) goes in as an array and, if an op wrote to it, comes out as one. What
cannot be compiled runs op by op; the stretches between are compiled (`stretches.py`).
"""

from typing import Any

import jax
from jax.core import Tracer
from jax.errors import JaxRuntimeError

from minitf import dtypes, effort, errors
from minitf.codes import is_text
from minitf.core.checks import any_of, noting
from minitf.core.frames import EagerFrame, stack
from minitf.core.registry import Cell, NeedsValue
from minitf.core.tensor import EagerTensor
from minitf.graphs.interpret import failures, interpret, interpret_eagerly, paired
from minitf.graphs.stretches import Stretch, plan

_CALLS = 2000  # after which a program is compiled well, however small it is


class Program:
    """A compiled, pure view of part of a graph.

    Args:
      operations: what to evaluate, in order.
      inputs: the tensors whose arrays are given at each call.
      cells: the resource tensors whose cells are given at each call.
      outputs: the tensors to return.
      kept: further keys of the environment whose values are returned, for a later program.
      pairs: what `paired` says of the operations, those of a later program included.
    """

    def __init__(self, operations, inputs, cells, outputs, kept=(), pairs=None):
        self.operations, self.inputs, self.cells = operations, inputs, cells
        self.outputs, self.kept = outputs, tuple(kept)
        self.pairs = paired(operations) if pairs is None else pairs
        self.written, self.texts = (), {}
        self.has_effects = self.is_checked = False
        self.stretches: Any = None  # once it is known that not everything can be compiled
        self.hosted = set()  # operations that turned out to need the host
        self._quick: Any = None
        self.is_host = _has_odd_inputs(inputs, cells) or any(
            o.op_def.host and o.inputs and (o.op_def.num_outputs != 0 or o.op_def.resource)
            for o in operations
        )
        self._compiled = jax.jit(self._flat)
        self._run, self._left = self._at_first, 0

    def _at_first(self, *values):
        """A call of which nobody knows how many will follow: it is compiled quickly, and well once
        that is worth it."""
        if any(isinstance(v, Tracer) for v in values):  # it becomes a part of another program
            return self._compiled(*values)
        self._run = self._compiled
        if jax.default_backend() == "cpu":
            work = effort.work(self._compiled.trace(*values).jaxpr)
            self._left = int(min(_CALLS, effort.LITTLE // max(work, 1)))
            if self._left:
                self._quick = effort.Optioned(self._flat, effort.QUICKLY, {})
                self._run = self._quickly
        return self._run(*values)

    def _quickly(self, *values):
        self._left -= 1
        if self._left <= 0:
            self._run = self._compiled
        return self._quick(*values)

    def _everything(self, arrays, states):
        with stack.compile():
            cells = [Cell(state) for state in states]
            env: Any = {id(t): a for t, a in zip(self.inputs, arrays)}
            env.update((id(t), c) for t, c in zip(self.cells, cells))
            interpret(self.operations, env, self.pairs)
            self.has_effects = stack.has_effects
        self.written = tuple(i for i, c in enumerate(cells) if c.value is not states[i])
        return (
            self._numbers([env[id(t)] for t in self.outputs]),
            [cells[i].value for i in self.written],
            [env[key].value if type(env[key]) is Cell else env[key] for key in self.kept],
        )

    def _flat(self, *values):
        """`_everything` without containers, which cost time at each call.

        On CPUs, where TensorFlow's kernels look at values, one more result says whether an op met
        any that it refuses.
        """
        count = len(self.inputs)
        with noting(wanted=jax.default_backend() == "cpu") as flaws:
            outputs, new, kept = self._everything(values[:count], values[count:])
        self.is_checked = bool(flaws)
        return (*outputs, *new, *kept, *([any_of(flaws)] if flaws else ()))

    def lower(self, arrays, states):
        """What JAX lowers the program to, for arrays (or their shapes and dtypes)."""
        return self._compiled.lower(*arrays, *states)

    def pure(self, arrays, states):
        """(outputs, {position of a cell: its new value}), compiled; JAX may trace it."""
        results = self._compiled(*arrays, *states)
        count = len(self.outputs)
        return list(results[:count]), dict(zip(self.written, results[count:]))

    def _pure(self, arrays, states):
        """(outputs, new values of the cells in `written`): a pure function, to be traced by JAX."""
        return self._everything(arrays, states)[:2]

    def checked(self, arrays, states):
        """`_pure`, and whether an op met values that it refuses, or None where none looks at any.

        JAX traces it apart. Told that one did, call the program itself: it raises.
        """
        with noting(wanted=jax.default_backend() == "cpu", is_inner=True) as flaws:
            outputs, new = self._pure(arrays, states)
        return outputs, new, any_of(flaws)

    def _numbers(self, outputs):
        """`outputs` without strings, which no compiled program returns: they are kept apart."""
        self.texts = {i: x for i, x in enumerate(outputs) if is_text(x)}
        return [0 if i in self.texts else x for i, x in enumerate(outputs)]

    def __call__(self, arrays, cells):
        """The output arrays; cells that the program wrote to have their new value."""
        if self.is_host:
            return self._op_by_op(arrays, cells)
        try:
            return self.keeping(arrays, cells)[0]
        except NeedsValue as error:
            self.is_host = True
            self._host(error.args[0], self.operations)
            return self._op_by_op(arrays, cells)

    def keeping(self, arrays, cells):
        """(output arrays, what `kept` names); `NeedsValue` where it cannot be compiled."""
        try:
            results = self._run(*arrays, *[cell.value for cell in cells])
        except JaxRuntimeError as error:
            raise errors.told(error) from None
        self.await_effects()  # before anything is assigned: variables stay as they were
        if self.is_checked and results[-1].item():
            self._refuse(arrays, cells)
        place = len(self.outputs)
        outputs = results[:place]
        for i in self.written:
            cells[i].value = results[place]
            place += 1
        if self.texts:
            outputs = [self.texts.get(i, x) for i, x in enumerate(outputs)]
        return outputs, results[place : place + len(self.kept)]

    def await_effects(self):
        """Raises what a host function raised that the program, once it has been run, called."""
        if self.has_effects:
            jax.effects_barrier()
            if failures:
                first = failures[0]
                failures.clear()
                raise first

    def _refuse(self, arrays, cells):
        """Raises what an op raises that met values it refuses; variables stay as they are."""
        operations = [o for o in self.operations if not (o.op_def.host and not o.outputs)]
        stretch = Stretch(True, operations, self.inputs, self.outputs, self.cells)
        _on_tensors(stretch, arrays, [Cell(c.value, c.described) for c in cells])

    def _op_by_op(self, arrays, cells):
        """The outputs where not everything can be compiled: stretch by stretch, if not op by op."""
        if self.stretches is None:
            self.stretches = self._plan()
        env = {id(t): a for t, a in zip(self.inputs, arrays)}
        env.update((id(t), c) for t, c in zip(self.cells, cells))
        for stretch, program in self.stretches:
            given = [env[id(t)] for t in stretch.inputs]
            own = [env[id(t)] for t in stretch.handles]
            try:
                values = program.keeping(given, own)[0] if program else None
            except NeedsValue as error:  # another time, this op runs on the host
                self._host(error.args[0], stretch.operations)
                values = None
            if values is None:
                values = _on_tensors(stretch, given, own)
            env.update((id(t), v) for t, v in zip(stretch.outputs, values))
        return [env[id(t)] for t in self.outputs]

    def _plan(self):
        """[(stretch, its program, or None on the host)]; all in one where it cannot be cut."""
        cut = plan(self.operations, self.inputs, self.outputs, self.hosted)
        if cut is None:
            cut = [Stretch(True, self.operations, self.inputs, self.outputs, self.cells)]
        return [
            (s, None if on_host else Program(s.operations, s.inputs, s.handles, s.outputs))
            for s in cut
            for on_host in [s.is_host or _has_odd_inputs(s.inputs, s.handles)]
        ]

    def _host(self, op, operations):
        """Remembers that `op` needs the host, and what holds it if it is inside a body."""
        found = [o for o in operations if o.op_def is op]
        self.hosted.update(found or [o for o in operations if o.op_def.costly] or operations)
        self.stretches = None


def _has_odd_inputs(tensors, handles):
    """Whether something comes in that JAX cannot take: texts, datasets, iterators."""
    return any(t.dtype is dtypes.string for t in tensors) or any(
        getattr(t, "described", None) and t.described[1] is dtypes.variant for t in handles
    )


def _on_tensors(stretch, arrays, cells):
    """The outputs of a stretch, op by op."""
    env: Any = {id(t): EagerTensor(a) for t, a in zip(stretch.inputs, arrays)}
    env.update((id(t), EagerTensor(c)) for t, c in zip(stretch.handles, cells))
    with stack.push(EagerFrame()):
        interpret_eagerly(stretch.operations, env)
    return [env[id(t)]._value for t in stretch.outputs]
