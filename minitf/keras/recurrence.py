"""One step after another along time: the loop of all recurrent layers.

Where values are known it is Python's; in a function, and inside JAX's transformations, the step is
traced once and becomes the body of `lax.scan`.
"""

import functools

import jax
import jax.numpy as jnp
from jax.core import Tracer

from minitf import nest
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.func_graph import Body
from minitf.core.interpret import NeedsValue
from minitf.core.registry import Cell, Op
from minitf.core.tensor import EagerTensor
from minitf.ops.array import expand_dims, reverse, zeros_like
from minitf.ops.control_flow import Bodies, traced
from minitf.ops.gathering import where
from minitf.ops.joining import stack as stacked
from minitf.ops.joining import unstack
from minitf.ops.math import cast
from minitf.shapes import TensorShape


def recur(step, sequence, states, mask=None, go_backwards=False, unroll=False, zeros=False):
    """Runs `step` along axis 1 of `sequence`.

    Args:
      step: `step(inputs, states) -> (output, states)`, for one time.
      sequence: `[batch, time, ...]`.
      states: a list of tensors, or of lists of them.
      mask: `[batch, time]` or `[batch, time, 1]`: where it is false, the states stay as they are
        and the output is the one before (with `zeros`: 0).
      go_backwards: whether to begin at the last time.
      unroll: whether to write down every step, rather than a loop.

    Returns:
      (the last output, all outputs `[batch, time, ...]` in the order of the steps, the last
      states).
    """
    sequences = [sequence]
    if mask is not None:
        mask = cast(mask, "bool")
        sequences.append(mask if mask.shape.rank > 2 else expand_dims(mask, -1))
    if go_backwards:
        sequences = [reverse(x, [1]) for x in sequences]

    def advance(rows, carry):
        """The carry (output, *states) after one step."""
        before = nest.pack_sequence_as(states, carry[1:])
        output, after = step(rows[0], before)
        after = [output, *nest.flatten(after)]
        if len(rows) == 1:
            return after
        if zeros or carry[0] is None:
            carry = [zeros_like(output), *carry[1:]]
        return [_chosen(rows[1], new, old) for new, old in zip(after, carry)]

    carry = [None, *nest.flatten(states)]
    if not unroll:  # as in Keras, a step is made for the shape of its output alone
        carry[0] = zeros_like(step(sequence[:, 0], states)[0])
    in_python = unroll or not (stack.frame.is_graph or _holds_tracer([*sequences, *carry]))
    loop = _in_python if in_python else _scanned
    outputs, carry = loop(advance, sequences, carry)
    return carry[0], outputs, nest.pack_sequence_as(states, carry[1:])


def _holds_tracer(tensors):
    return any(isinstance(t, EagerTensor) and isinstance(t._value, Tracer) for t in tensors)


def _chosen(mask, new, old):
    """`new` for the examples where `mask`, `[batch, 1]`, is true; `old` for the others."""
    for _ in range(new.shape.rank - mask.shape.rank):
        mask = expand_dims(mask, -1)
    return where(mask, new, old)


def _in_python(advance, sequences, carry):
    outputs = []
    for rows in zip(*(unstack(x, axis=1) for x in sequences)):
        carry = advance(rows, carry)
        outputs.append(carry[0])
    return stacked(outputs, axis=1), carry


def _scanned(advance, sequences, carry):
    count = len(sequences)
    carry = [convert_to_tensor(x) for x in carry]
    specs = [(TensorShape([x.shape[0], *x.shape[2:]]), x.dtype) for x in sequences]
    specs += [(x.shape, x.dtype) for x in carry]
    graph, after = traced(
        "while_body", lambda *given: advance(given[:count], given[count:]), specs, "while"
    )
    with stack.push(graph):
        after = [graph.adopt(convert_to_tensor(x)) for x in after]
    getattr(stack.frame, "used_variables", {}).update(graph.used_variables)
    bodies = Bodies([Body(graph, graph.inputs, after)])
    time = sequences[0].shape[1]
    shapes = [TensorShape([s[0], time, *s[1:]]) for s in (after[0].shape,)]
    outputs = [(shapes[0], after[0].dtype), *((x.shape, x.dtype) for x in after)]
    op = _scan_op(bodies, count, len(carry), outputs)
    outputs, *carry = execute(op, (*sequences, *carry, *bodies.captured), (), "while")
    return outputs, carry


def _scan_op(bodies, num_sequences, num_carried, outputs):
    scan = _Scan(bodies, num_sequences, num_carried)
    return Op("While", scan.run, "?*", num_outputs=None, resource=True, costly=True,
              infer=lambda inputs, attrs: outputs, eagerly=scan.eagerly,
              made_by=(_scan_op, (bodies, num_sequences, num_carried, outputs)),
              bodies=bodies.bodies)  # fmt: skip


class _Scan:
    """The function of the op: its inputs are the sequences, the carry, and what was captured."""

    def __init__(self, bodies, num_sequences, num_carried):
        self.bodies = bodies
        self._ends = num_sequences, num_sequences + num_carried

    def _parts(self, inputs):
        first, second = self._ends
        return list(inputs[:first]), list(inputs[first:second]), list(inputs[second:])

    def run(self, *inputs):
        sequences, carry, captured = self._parts(inputs)
        plain, cells = self.bodies.split(captured)
        written = self._written(sequences, carry, plain, cells)

        def step(carry, rows):
            arrays, states = carry
            inner = [Cell(states.get(i, c.value), c.described, c.source)
                     for i, c in enumerate(cells)]  # fmt: skip
            after = self.bodies[0]([*rows, *arrays], [*plain, *inner])
            return (list(after), {i: inner[i].value for i in written}), after[0]

        start = carry, {i: cells[i].value for i in written}
        rows = [jnp.moveaxis(x, 1, 0) for x in sequences]
        try:
            (carry, states), outputs = jax.lax.scan(step, start, rows)
        except TypeError as error:  # a shape changes from step to step
            raise NeedsValue("While") from error
        for i, state in states.items():
            cells[i].value = state
        return (jnp.moveaxis(outputs, 0, 1), *carry)

    def _written(self, sequences, carry, plain, cells):
        """The positions of the cells that a step assigns to."""
        written = set()

        def step(rows, carry, plain, states):
            inner = [Cell(state, c.described) for c, state in zip(cells, states)]
            self.bodies[0]([*rows, *carry], [*plain, *inner])
            written.update(i for i, c in enumerate(inner) if c.value is not states[i])

        if cells:
            rows = [x[:, 0] for x in sequences]
            jax.eval_shape(step, rows, carry, plain, [c.value for c in cells])
        return sorted(written)

    def eagerly(self, inputs, attrs):
        """The same on tensors, op by op."""
        sequences, carry, captured = self._parts(inputs)
        advance = functools.partial(self._step_eagerly, captured)
        outputs, carry = _in_python(advance, sequences, carry)
        return [outputs, *carry]

    def _step_eagerly(self, captured, rows, carry):
        return self.bodies.eagerly(0, [*rows, *carry], captured)
