"""The `While` op: two bodies, as a loop of JAX.

Where the number of steps is known before the loop runs, it is `lax.scan`; else `lax.while_loop`,
with the gradient of `graphs/loops.py`. What cannot be compiled runs step by step, on tensors.
"""

import functools
import math as python_math

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from minitf.core.checks import observed, shows
from minitf.core.registry import Cell, NeedsValue, Op
from minitf.graphs import loops, scans
from minitf.graphs.func_graph import are_checked
from minitf.graphs.graph import PLACEHOLDER
from minitf.graphs.interpret import interpret, needed
from minitf.ops.rows import Rows, depends, increment, origin


def while_op(bodies, count, limited, outputs):
    loop = Loop(bodies, count, limited, _Counter.of(bodies))
    return Op(bodies.named("While"), loop.run, "?*", num_outputs=None, resource=True, costly=True,
              infer=lambda inputs, attrs: outputs, eagerly=loop.eagerly,
              made_by=(while_op, (bodies, count, limited, outputs)),
              bodies=bodies.bodies)  # fmt: skip


class Loop:
    """The function of a `While` op: inputs are the loop variables, the limit, what was captured."""

    def __init__(self, bodies, count, limited, counter):
        self._bodies, self._count, self._limited = bodies, count, limited
        self._counter = counter

    def _parts(self, inputs):
        given, rest = list(inputs[: self._count]), list(inputs[self._count :])
        limit = rest.pop(0) if self._limited else None
        return given, limit, rest

    def run(self, *inputs):
        """The loop variables after the loop, as arrays."""
        given, limit, captured = self._parts(inputs)
        if any(x.dtype == object for x in given):
            raise NeedsValue("While")  # strings
        trips = self._trips(given, limit, captured)
        try:
            # JAX drops the effects of a `scan` that it differentiates.
            if trips is None or self._bodies.has_effects:
                return self._uncounted(given, captured, limit)
            return self._counted(given, captured, trips) if trips else tuple(given)
        except (TypeError, NeedsValue) as error:  # a shape changes from step to step
            if trips is None or trips * len(self._bodies.bodies[1].operations) > _UNROLL:
                raise NeedsValue("While") from error
            for _ in range(trips):
                given = self._bodies[1](given, captured)
            return tuple(given)

    def _counted(self, given, captured, trips):
        """The loop as a scan of `trips` steps."""
        plain, cells = self._bodies.split(captured)
        written = self._written(given, captured)
        body = self._bodies.bodies[1]
        rows = Rows(body, given, self._bodies.of(1, captured), trips)
        inner_inputs = body.inputs[self._count :]

        def step(carry, rows_of_step):
            arrays, states, flaws = carry
            inner = _entered(cells, written, states)
            values = self._bodies.of(1, [*plain, *inner])
            env = {id(t): v for t, v in zip(inner_inputs, values)}
            rows.enter(env, arrays, rows_of_step)
            _, flaw = observed(functools.partial(interpret, rows.operations, env))
            arrays, made = rows.leave(env)
            return (arrays, [inner[i].value for i in written], _more(flaws, flaw)), made

        carry = (
            [jnp.asarray(given[i]) for i in rows.carried],
            [cells[i].value for i in written],
            [jnp.array(False)] if are_checked(rows.operations) else [],
        )
        first = functools.partial(jax.tree.map, lambda x: x[0], rows.inputs)
        carry = _allocated(lambda carry: step(carry, first())[0], carry)
        (arrays, states, flaws), made = scans.scan(step, carry, rows.inputs, trips)
        _leave(cells, written, states, flaws)
        return tuple(rows.after(arrays, made))

    def _uncounted(self, given, captured, limit):
        """The loop as one that tests before each step."""
        plain, cells = self._bodies.split(captured)
        written = self._written(given, captured)
        carry = (
            [jnp.asarray(x) for x in given],
            [cells[i].value for i in written],
            [jnp.array(False)] if self._bodies.is_checked else [],
        )
        held = [None if i in written else c.value for i, c in enumerate(cells)]
        consts = (plain, held, [None if c.source is None else c.source for c in cells])

        def enter(states, consts):
            plain, held, sources = consts
            return [*plain, *_entered(cells, written, states, held, sources)]

        def test(carry, consts):
            arrays, states, _ = carry
            return jnp.asarray(self._bodies[0](arrays, enter(states, consts))[0])

        def step(carry, consts):
            arrays, states, flaws = carry
            captured = enter(states, consts)
            results, flaw = observed(self._bodies[1], arrays, captured)
            states = [captured[len(plain) + i].value for i in written]
            return [jnp.asarray(r) for r in results], states, _more(flaws, flaw)

        carry = _allocated(lambda carry: step(carry, consts), carry)
        if self._bodies.bodies[0].is_checked or self._written(given, captured, 0):
            arrays, states, flaws = self._tested_by_steps(enter, step, carry, consts, limit)
        else:
            arrays, states, flaws = _while(test, step, carry, consts, limit)
        _leave(cells, written, states, flaws)
        return tuple(arrays)

    def _tested_by_steps(self, enter, step, carry, consts, limit):
        """The same where the test assigns to variables, which a condition of JAX cannot do: it is
        made before the loop, and by each step after its own work."""

        def tested(carry, consts):
            arrays, states, flaws = carry
            captured = enter(states, consts)
            (going_on,), flaw = observed(self._bodies[0], arrays, captured)
            cells = captured[len(captured) - len(consts[1]) :]
            written = [i for i, held in enumerate(consts[1]) if held is None]
            states = [cells[i].value for i in written]
            return (arrays, states, _more(flaws, flaw)), jnp.asarray(going_on)

        def full_step(state, consts):
            return tested(step(state[0], consts), consts)

        start = tested(carry, consts)
        return _while(lambda state, _: state[1], full_step, start, consts, limit)[0]

    def _written(self, given, captured, *numbers):
        """The positions of the cells that the bodies of these numbers (default: all) assign to."""
        plain, cells = self._bodies.split(captured)
        written = set()

        def step(given, plain, states):
            for number in numbers or (0, 1):
                inner = [Cell(s, c.described) for c, s in zip(cells, states)]
                observed(self._bodies[number], given, [*plain, *inner])
                written.update(i for i, c in enumerate(inner) if c.value is not states[i])

        if cells:
            try:
                jax.eval_shape(step, given, plain, [c.value for c in cells])
            except (TypeError, NeedsValue):  # it will be met again, and handled
                return ()
        return tuple(sorted(written))

    def _trips(self, given, limit, captured):
        """The number of steps where it is known before any is run."""
        trips = None
        if self._counter is not None:
            trips = self._counter.trips(given, captured)
        if trips is not None and limit is not None:
            if isinstance(limit, Tracer):
                return None
            trips = min(trips, int(limit))
        return trips

    def eagerly(self, inputs, attrs):
        """The loop variables after the loop, as tensors: every op of every step by itself."""
        given, limit, captured = self._parts(inputs)
        steps, limit = 0, None if limit is None else int(limit)
        while (limit is None or steps < limit) and bool(
            self._bodies.eagerly(0, given, captured)[0]
        ):
            given = self._bodies.eagerly(1, given, captured)
            steps += 1
        return given


def _entered(cells, written, states, held=None, sources=None):
    """Cells for a step to work on: those at the positions `written` have the values `states`."""
    values = [c.value for c in cells] if held is None else list(held)
    sources = [c.source for c in cells] if sources is None else sources
    for i, state in zip(written, states):
        values[i] = state
    return [Cell(v, c.described, s) for c, v, s in zip(cells, values, sources)]


def _allocated(step, carry):
    """`carry` with zeros for what is empty until the first step gives it a shape."""
    given, *others = carry
    if not any(x.ndim > 1 and x.shape[-1] == 0 for x in given):
        return carry
    after = jax.eval_shape(step, carry)[0]
    given = [
        jnp.zeros(a.shape, a.dtype) if x.ndim > 1 and x.shape[-1] == 0 else x
        for x, a in zip(given, after)
    ]
    return given, *others


def _more(flaws, flaw):
    """The bool of a loop that looks at values, if there is one, after a step that met `flaw`."""
    return [f if flaw is None else f | flaw for f in flaws]


def _leave(cells, written, states, flaws):
    """Tells what a loop did besides its results: it assigned to cells, and met bad values."""
    for i, state in zip(written, states):
        cells[i].value = state
    for flaw in flaws:
        shows(flaw)


def _while(test, step, carry, consts, limit):
    """`loops.while_loop` of at most `limit` steps, where that is not None."""
    if limit is None:
        return loops.while_loop(test, step, carry, consts)

    def limited_test(state, consts):
        return (state[1] < consts[1]) & test(state[0], consts[0])

    def limited_step(state, consts):
        return step(state[0], consts[0]), state[1] + 1

    consts = consts, jnp.asarray(limit, jnp.int32)
    return loops.while_loop(limited_test, limited_step, (carry, jnp.int32(0)), consts)[0]


_UNROLL = 4000  # ops in a loop that is written out because its shapes change


_MIRRORED = {"Less": "Greater", "LessEqual": "GreaterEqual",
             "Greater": "Less", "GreaterEqual": "LessEqual"}  # fmt: skip


class _Counter:
    """A loop variable that goes from its start to a bound in constant steps."""

    def __init__(self, bodies, position, comparison, bound, by, sign):
        self._bodies, self._position = bodies, position
        self._comparison, self._bound, self._by, self._sign = comparison, bound, by, sign

    @classmethod
    def of(cls, bodies):
        """The counter that alone decides how often a loop runs, or None."""
        test, body = bodies.bodies
        condition = origin(test.outputs[0]).op
        if condition.type not in _MIRRORED or test.is_stateful:
            return None
        changing = [t for t, before, after in zip(test.given, body.given, body.outputs)
                    if origin(after) is not before]  # fmt: skip
        first, second = map(origin, condition.inputs)
        comparison = condition.type
        if not any(first is t for t in changing):
            first, second, comparison = second, first, _MIRRORED[comparison]
        position = next((i for i, t in enumerate(test.given) if t is first), None)
        if position is None or depends(second, changing):
            return None
        found = increment(body, position)
        return found and cls(bodies, position, comparison, second, *found)

    def trips(self, given, captured):
        """The number of steps, None where a value that decides it is not known."""
        start = given[self._position]
        bound = self._value(0, self._bound, given, captured)
        by = self._value(1, self._by, given, captured)
        if any(v is None or isinstance(v, Tracer) for v in (start, bound, by)):
            return None
        start, bound, by = [np.asarray(v).item() for v in (start, bound, by)]
        by *= self._sign
        rising = self._comparison.startswith("Less")
        if by == 0 or (by > 0) != rising or not isinstance(start, int) or not isinstance(by, int):
            return None
        distance = bound - start if rising else start - bound
        if self._comparison.endswith("Equal"):
            return max(0, python_math.floor(distance / abs(by)) + 1)
        return max(0, -python_math.floor(-distance / abs(by)))

    def _value(self, number, tensor, given, captured):
        """The value of a tensor of a body that is the same at each step."""
        body = self._bodies.bodies[number]
        values = [*given, *self._bodies.of(number, captured)]
        env = {id(t): v for t, v in zip(body.inputs, values)}
        operations = [o for o in needed([tensor]) if o.op_def is not PLACEHOLDER]
        if any(o.op_def.stateful for o in operations):
            return None
        interpret(operations, env)
        return env[id(tensor)]
