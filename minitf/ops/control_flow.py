"""`cond`, `case`, `switch_case` and `while_loop`: Python's own where values are known, else ops.

Eagerly, a branch or loop is Python. In a graph its parts are traced into bodies, and the ops `If`
and `While` hold them: they become `lax.switch`, `lax.scan` (where the number of steps is known) or
`lax.while_loop`, with gradients. What cannot be compiled runs step by step, on tensors.
"""

import math as python_math

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from minitf import dtypes, errors, nest
from minitf.core import loops
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.func_graph import Body, FuncGraph
from minitf.core.graph import PLACEHOLDER, Operation
from minitf.core.interpret import NeedsValue, interpret, needed
from minitf.core.registry import Cell, Op
from minitf.core.slices import IndexedSlices
from minitf.core.tensor import EagerTensor, Tensor
from minitf.ops import math
from minitf.ops.array import identity
from minitf.shapes import TensorShape, as_shape

# Bodies ------------------------------------------------------------------------------------------


def known(tensor):
    """The Python value of a scalar tensor where it is there already, else None."""
    if isinstance(tensor, EagerTensor):
        return None if isinstance(tensor._value, Tracer) else tensor._value.item()
    if isinstance(tensor, Tensor) or hasattr(tensor, "__tf_execute__"):
        return None
    return tensor


def traced(name, function, specs=(), scope=None):
    """(graph, result) of calling `function` on placeholders of `specs`, tensors adopted."""
    graph = FuncGraph(name, stack.frame)
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


def _sources(cells):
    return [c.value if c.source is None else c.source for c in cells]


def _inner(cells, states, sources):
    """Cells to work on inside a branch or step, for the values that JAX hands in."""
    return [
        Cell(state, c.described, None if c.source is None else source)
        for c, state, source in zip(cells, states, sources)
    ]


# Branches ----------------------------------------------------------------------------------------


def _switch_op(bodies, outputs, name):
    def run(index, *captured):
        plain, cells = bodies.split(captured)
        if not isinstance(index, Tracer):
            return bodies[_chosen(index, len(bodies.bodies))]([], captured)
        written = set()

        def branch(number):
            def call(plain, states, sources):
                inner = _inner(cells, states, sources)
                results = bodies[number]([], [*plain, *inner])
                written.update(i for i, c in enumerate(inner) if c.value is not states[i])
                return tuple(results), [c.value for c in inner]

            return call

        branches = [branch(i) for i in range(len(bodies.bodies))]
        if index.dtype == bool:
            index = jnp.where(index, 0, 1)
        else:
            inside = (index >= 0) & (index < len(branches))
            index = jnp.where(inside, index, len(branches) - 1)
        try:
            states = [c.value for c in cells]
            results, states = jax.lax.switch(index, branches, plain, states, _sources(cells))
        except TypeError as error:  # shapes differ between the branches
            raise NeedsValue(name) from error
        for i in written:
            cells[i].value = states[i]
        return results

    def eagerly(inputs, attrs):
        index, *captured = inputs
        return bodies.eagerly(_chosen(index.numpy(), len(bodies.bodies)), [], captured)

    return Op(name, run, "?*", num_outputs=None, resource=True, costly=True,
              infer=lambda inputs, attrs: outputs, eagerly=eagerly,
              made_by=(_switch_op, (bodies, outputs, name)),
              bodies=bodies.bodies)  # fmt: skip


def _chosen(index, count):
    """The number of the branch: true is the first of two; out of range is the last."""
    if np.asarray(index).dtype == bool:
        return 0 if index else 1
    return int(index) if 0 <= int(index) < count else count - 1


def _branch_result(graph, result, name):
    """The flat tensors of what a branch returned; `None` and Python values become tensors."""

    def adopted(x):
        if x is None or isinstance(x, Operation):
            return None
        if isinstance(x, IndexedSlices):
            x = x.__tf_tensor__()
        try:
            return graph.adopt(convert_to_tensor(x))
        except (TypeError, ValueError) as error:
            raise TypeError(
                f"To be compatible with {name}, branches must return zero or more Tensors; found "
                f"return value of type {type(x)}, which is not a Tensor."
            ) from error

    with stack.push(graph):
        return nest.map_structure(adopted, to_plain(result))


def switch(index, branches, name):
    """The `If` or `Case` op: the result of the branch that `index` chooses when it runs."""
    names = _branch_names(len(branches), name)
    return join(index, [traced(n, b, scope=name) for n, b in zip(names, branches)], name)


def join(index, parts, name):
    """The op whose branches are the graphs of `parts`, with what each returned."""
    results = [_branch_result(graph, result, "tf.cond") for graph, result in parts]
    for result in results[1:]:
        try:
            nest.assert_same_structure(results[0], result, expand_composites=True)
        except (TypeError, ValueError) as error:
            raise TypeError(
                "true_fn and false_fn arguments to tf.cond must have the same number, type, and "
                f"overall structure of return values.\n\n{error}"
            ) from None
    flat = [[t for t in nest.flatten(r) if t is not None] for r in results]
    if len({len(f) for f in flat}) > 1:
        raise TypeError(
            "true_fn and false_fn arguments to tf.cond must have the same number, type, and "
            "overall structure of return values."
        )
    outputs = []
    for alternatives in zip(*flat):
        kinds = list(dict.fromkeys(t.dtype for t in alternatives))
        if len(kinds) > 1:
            raise TypeError(
                "true_fn and false_fn arguments to tf.cond must have the same number, type, and "
                f"overall structure of return values.\n\ntrue_fn output: {alternatives[0]}\n"
                f"false_fn output: {alternatives[1]}"
            )
        shape = alternatives[0].shape
        for other in alternatives[1:]:
            shape = shape.most_specific_compatible_shape(other.shape)
        outputs.append((shape, kinds[0]))
    bodies = Bodies([Body(graph, [], f) for (graph, _), f in zip(parts, flat)])
    for graph, _ in parts:
        getattr(stack.frame, "used_variables", {}).update(graph.used_variables)
    kind = "If" if index.dtype is dtypes.bool else "Case"
    op = _switch_op(bodies, outputs, kind)
    made = execute(op, (index, *bodies.captured), (), name)
    if stack.frame.is_graph and made:
        with stack.frame.name_scope(f"{made[0].op.name}/"):
            made = [identity(t) for t in made]
    made = iter(made)
    packed = nest.map_structure(lambda t: t if t is None else next(made), results[0])
    return from_plain(packed, parts[0][1])


def _branch_names(count, name):
    if count == 2:
        return [f"{name}_true", f"{name}_false"]
    return [f"{name}_branch{i}" for i in range(count)]


def to_plain(structure):
    """`structure` with objects such as `TensorArray` in the form that enters a body."""
    return nest.map_structure(lambda x: getattr(x, "__tf_loop_state__", lambda: x)(), structure)


def from_plain(structure, like):
    """The inverse of `to_plain`: tensors stand again in the objects of `like`."""
    return nest.map_structure_up_to(
        like,
        lambda old, new: old.__tf_from_loop_state__(new)
        if hasattr(old, "__tf_from_loop_state__") else new,
        like, structure,
    )  # fmt: skip


def cond(pred, true_fn=None, false_fn=None, name=None):
    """`true_fn()` if the scalar `pred` is true, else `false_fn()`.

    Raises:
      TypeError: a function is no callable, or in a graph the results differ in structure or dtype.

    >>> import minitf as tf
    >>> tf.cond(tf.constant(3) > 2, lambda: tf.constant("yes"), lambda: tf.constant("no")).numpy()
    b'yes'
    """
    if isinstance(pred, bool | np.bool_) and stack.frame.is_graph:
        raise TypeError("pred must not be a Python bool", pred)
    if not callable(true_fn):
        raise TypeError("'true_fn' must be callable.")
    if not callable(false_fn):
        raise TypeError("'false_fn' must be callable.")
    value = known(pred)
    if value is not None:
        return true_fn() if value else false_fn()
    pred = convert_to_tensor(pred)
    if pred.dtype is not dtypes.bool:
        pred = math.cast(pred, dtypes.bool)
    return switch(pred, [true_fn, false_fn], name or "cond")


def case(pred_fn_pairs, default=None, exclusive=False, strict=False, name="case"):
    """The result of the function of the first true predicate, else of `default`.

    Args:
      pred_fn_pairs: pairs of a scalar bool tensor and a callable.
      default: a callable; without it, no predicate being true is an error.
      exclusive: whether more than one true predicate is an error.
    """
    pairs = pred_fn_pairs.items() if isinstance(pred_fn_pairs, dict) else pred_fn_pairs
    pairs = [(p.deref() if hasattr(p, "deref") else p, fn) for p, fn in pairs]
    for _, fn in pairs:
        if not callable(fn):
            raise TypeError("fns must be callable; got {fn}.")
    values = [known(p) for p, _ in pairs]
    if exclusive and sum(v is True for v in values) > 1:
        raise errors.InvalidArgumentError(
            None, None, "Input error: exclusive=True: more than 1 conditions evaluated as True"
        )
    if not pairs:
        return default()
    (pred, fn), *rest = pairs
    if not rest and default is None:
        if values[0] is False:
            raise errors.InvalidArgumentError(
                None, None, "Input error: None of conditions evaluated as True."
            )
        return fn()
    otherwise = (lambda: case(rest, default, False, strict, name)) if rest else default
    value = values[0]
    if value is not None:
        return fn() if value else otherwise()
    return cond(pred, fn, otherwise, name)


def switch_case(branch_index, branch_fns, default=None, name="switch_case"):
    """The result of the callable at `branch_index`; out of range: `default`, or the last one.

    >>> switch_case(1, [lambda: 10, lambda: 20])
    20
    """
    if isinstance(branch_index, bool) or not hasattr(branch_index, "dtype") and not isinstance(
            branch_index, int):  # fmt: skip
        raise TypeError(f"branch_index must a Tensor, got {type(branch_index)}")
    if isinstance(branch_fns, dict):
        branch_fns = list(branch_fns.items())
    if not isinstance(branch_fns, list | tuple):
        raise TypeError(f"fns must be a list, tuple, or dict. Got {type(branch_fns)}.")
    if not branch_fns:
        raise ValueError("Argument `branch_fns` must not be empty.")
    if isinstance(branch_fns[0], tuple | list):
        branch_fns = [fn for _, fn in sorted(branch_fns, key=lambda pair: pair[0])]
    for fn in branch_fns:
        if not callable(fn):
            raise TypeError(f"fns must be callable; got {fn}")
    fns = [*branch_fns, default or branch_fns[-1]]
    value = known(branch_index)
    if value is not None:
        return fns[_chosen(value, len(fns))]()
    return switch(math.cast(convert_to_tensor(branch_index), dtypes.int32), fns, name)


# Loops -------------------------------------------------------------------------------------------


def while_loop(cond, body, loop_vars, shape_invariants=None, parallel_iterations=10,
               back_prop=True, swap_memory=False, maximum_iterations=None, name=None):  # fmt: skip
    """Repeats `loop_vars = body(*loop_vars)` as long as `cond(*loop_vars)` is true.

    Args:
      cond: returns a scalar bool.
      body: returns what has the structure, the dtypes and the shapes of `loop_vars`.
      loop_vars: a list, tuple or nested structure of tensors and `TensorArray`s.
      shape_invariants: for each loop variable the shape that holds at every step.
      maximum_iterations: an upper limit of the number of steps.

    Returns:
      The loop variables after the loop.

    Raises:
      TypeError: `cond` or `body` is no callable.
      ValueError: no loop variables; a shape changes and the invariants do not say so.

    >>> import minitf as tf
    >>> tf.while_loop(lambda i, s: i < 5, lambda i, s: (i + 1, s + i), (0, 0))
    (<tf.Tensor: shape=(), dtype=int32, numpy=5>, <tf.Tensor: shape=(), dtype=int32, numpy=10>)
    """
    if not callable(cond):
        raise TypeError("'cond' must be callable.")
    if not callable(body):
        raise TypeError("'body' must be callable.")
    if not loop_vars:
        raise ValueError("'loop_vars' cannot be empty.")
    loop_vars = nest.map_structure(_as_loop_var, loop_vars)
    if not stack.frame.is_graph and not _holds_tracer(loop_vars):
        return _run(cond, body, loop_vars, maximum_iterations)
    return _While(cond, body, loop_vars, shape_invariants, maximum_iterations,
                  name or "while").result  # fmt: skip


def _as_loop_var(x):
    return x if hasattr(x, "__tf_loop_state__") else convert_to_tensor(x)


def _holds_tracer(structure):
    return any(isinstance(getattr(x, "_value", None), Tracer) for x in nest.flatten(structure))


def _packed(result, like):
    """What a body returned, in the structure of the loop variables."""
    if not isinstance(result, list | tuple) or len(like) == 1 and not (
            isinstance(result, list | tuple) and len(result) == 1):  # fmt: skip
        result = (result,) if len(like) == 1 else result
    if isinstance(like, list | tuple) and isinstance(result, list | tuple):
        if len(result) != len(like):
            raise ValueError(
                f"body returned {len(result)} values but loop_vars has {len(like)}: the two "
                "structures don't have the same nested structure."
            )
        result = type(like)(result) if not hasattr(like, "_fields") else type(like)(*result)
    nest.assert_same_structure(like, result, expand_composites=True)
    return result


def _run(cond, body, loop_vars, maximum_iterations):
    """The loop in Python."""
    limit = None if maximum_iterations is None else int(maximum_iterations)
    steps = 0
    while (limit is None or steps < limit) and cond(*loop_vars):
        loop_vars = nest.map_structure(_as_loop_var, _packed(body(*loop_vars), loop_vars))
        steps += 1
    return loop_vars


class _While:
    """A loop written down: its condition and its step as bodies, and the op that holds them."""

    def __init__(self, cond, body, loop_vars, shape_invariants, maximum_iterations, name):
        frame = stack.frame
        self.like, self.name = loop_vars, name
        plain = to_plain(loop_vars)
        given = [convert_to_tensor(t) for t in nest.flatten(plain)]
        shapes = self._invariants(plain, given, shape_invariants)
        shapes = [TensorShape(None) if hasattr(x, "__tf_loop_state__") else shape
                  for x, shape in zip(nest.flatten(loop_vars), shapes)]  # fmt: skip
        specs = [(shape, t.dtype) for shape, t in zip(shapes, given)]

        def unflatten(flat):
            return from_plain(nest.pack_sequence_as(plain, flat), loop_vars)

        def test(*flat):
            return cond(*unflatten(flat))

        def step(*flat):
            return _packed(body(*unflatten(flat)), loop_vars)

        tests, pred = traced(f"{name}_cond", test, specs, name)
        with stack.push(tests):
            pred = tests.adopt(convert_to_tensor(pred))
            if pred.dtype is not dtypes.bool:
                pred = math.cast(pred, dtypes.bool)
        steps, result = traced(f"{name}_body", step, specs, name)
        with stack.push(steps):
            flat = [steps.adopt(convert_to_tensor(t)) for t in nest.flatten(to_plain(result))]
        self._check(flat, given, shapes)
        for graph in (tests, steps):
            getattr(frame, "used_variables", {}).update(graph.used_variables)
        bodies = Bodies([Body(tests, tests.inputs, [pred]), Body(steps, steps.inputs, flat)])
        outputs = [(shape, t.dtype) for shape, t in zip(shapes, given)]
        limit = () if maximum_iterations is None else (
            math.cast(convert_to_tensor(maximum_iterations), dtypes.int32),)  # fmt: skip
        op = _while_op(bodies, len(given), bool(limit), outputs)
        made = execute(op, (*given, *limit, *bodies.captured), (), name)
        final = nest.pack_sequence_as(plain, made)
        self.result = from_plain(final, result)

    @staticmethod
    def _invariants(plain, given, shape_invariants):
        if shape_invariants is None:
            return [t.shape for t in given]
        shapes = nest.flatten_up_to(plain, shape_invariants, check_types=False)
        shapes = [as_shape(getattr(s, "shape", s)) for s in shapes]
        for tensor, shape in zip(given, shapes):
            if not shape.is_compatible_with(tensor.shape):
                raise ValueError(
                    f"The shape invariant specified for {tensor.name} is not compatible with the "
                    f"initial shape of the loop variable. It enters the loop with shape "
                    f"{tensor.shape}, but the specified shape invariant is {shape}."
                )
        return shapes

    @staticmethod
    def _check(results, given, shapes):
        for tensor, before, shape in zip(results, given, shapes):
            if tensor.dtype != before.dtype:
                raise TypeError(
                    f"Loop var {_name(before)} enters the loop with type {before.dtype} but has "
                    f"type {tensor.dtype} after 1 iteration. {_name(before)} type should remain "
                    "constant."
                )
            if shape.rank is not None and not within(tensor.shape, shape):
                raise ValueError(
                    f"Input tensor `{_name(before)}` enters the loop with shape {shape}, but has "
                    f"shape {tensor.shape} after one iteration. To allow the shape to vary across "
                    "iterations, use the `shape_invariants` argument of tf.while_loop to specify "
                    "a less-specific shape."
                )


def _name(tensor):
    return getattr(tensor, "op", None) and tensor.name or "Const:0"


def within(shape, invariant):
    """Whether every tensor of `shape` has the shape `invariant`."""
    if shape.rank is None or shape.rank != invariant.rank:
        return False
    return all(d is None or d == s for s, d in zip(shape.as_list(), invariant.as_list()))


def _while_op(bodies, count, limited, outputs):
    loop = Loop(bodies, count, limited, _Counter.of(bodies, count))
    return Op("While", loop.run, "?*", num_outputs=None, resource=True, costly=True,
              infer=lambda inputs, attrs: outputs, eagerly=loop.eagerly,
              made_by=(_while_op, (bodies, count, limited, outputs)),
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
        plain, cells = self._bodies.split(captured)
        written = self._written(given, captured)
        carry = ([jnp.asarray(x) for x in given], [cells[i].value for i in written])
        held = [None if i in written else c.value for i, c in enumerate(cells)]
        consts = (plain, held, [None if c.source is None else c.source for c in cells])

        def enter(carry, consts):
            arrays, states = carry
            plain, held, sources = consts
            states = dict(zip(written, states))
            inner = [Cell(states.get(i, held[i]), c.described, sources[i])
                     for i, c in enumerate(cells)]  # fmt: skip
            return arrays, inner, [*plain, *inner]

        def test(carry, consts):
            arrays, _, captured = enter(carry, consts)
            return jnp.asarray(self._bodies[0](arrays, captured)[0])

        def step(carry, consts):
            arrays, inner, captured = enter(carry, consts)
            results = self._bodies[1](arrays, captured)
            return [jnp.asarray(r) for r in results], [inner[i].value for i in written]

        trips = self._trips(given, limit, captured)
        try:
            carry = self._allocated(step, carry, consts)
            # JAX drops the effects of a `scan` that it differentiates.
            if trips is not None and not self._bodies.has_effects:
                if trips:
                    carry = loops.counted(step, carry, consts, trips)
            else:
                carry = self._uncounted(test, step, carry, consts, limit)
        except (TypeError, NeedsValue) as error:  # a shape changes from step to step
            if trips is None or trips * len(self._bodies.bodies[1].operations) > _UNROLL:
                raise NeedsValue("While") from error
            for _ in range(trips):
                given = self._bodies[1](given, captured)
            return tuple(given)
        for i, state in zip(written, carry[1]):
            cells[i].value = state
        return tuple(carry[0])

    def _written(self, given, captured):
        """The positions of the cells that a step assigns to."""
        plain, cells = self._bodies.split(captured)
        written = set()

        def step(given, plain, states):
            inner = [Cell(s, c.described) for c, s in zip(cells, states)]
            self._bodies[1](given, [*plain, *inner])
            written.update(i for i, c in enumerate(inner) if c.value is not states[i])

        if cells:
            try:
                jax.eval_shape(step, given, plain, [c.value for c in cells])
            except (TypeError, NeedsValue):  # it will be met again, and handled
                return ()
        return tuple(sorted(written))

    @staticmethod
    def _allocated(step, carry, consts):
        """`carry` with zeros for what is empty until the first step gives it a shape."""
        given, states = carry
        if not any(x.ndim > 1 and x.shape[-1] == 0 for x in given):
            return carry
        after = jax.eval_shape(step, carry, consts)[0]
        given = [
            jnp.zeros(a.shape, a.dtype) if x.ndim > 1 and x.shape[-1] == 0 else x
            for x, a in zip(given, after)
        ]
        return given, states

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

    def _uncounted(self, test, step, carry, consts, limit):
        if limit is not None:
            inner_test, inner_step = test, step
            carry = (carry, jnp.int32(0))
            consts = (consts, jnp.asarray(limit, jnp.int32))
            test = lambda c, k: (c[1] < k[1]) & inner_test(c[0], k[0])  # noqa: E731
            step = lambda c, k: (inner_step(c[0], k[0]), c[1] + 1)  # noqa: E731
        carry = loops.while_loop(test, step, carry, consts)
        return carry if limit is None else carry[0]

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


_UNROLL = 4000  # ops in a loop that is written out because its shapes change


class _Counter:
    """A loop variable that goes from its start to a bound in constant steps."""

    def __init__(self, position, bodies, bound, step, comparison):
        self._position, self._bodies = position, bodies
        self._bound, self._step, self._comparison = bound, step, comparison

    @classmethod
    def of(cls, bodies, count):
        """The counter that alone decides how often a loop runs, or None."""
        test, step = bodies.bodies
        condition = test.outputs[0].op
        if condition.type not in ("Less", "LessEqual", "Greater", "GreaterEqual"):
            return None
        variable, bound = condition.inputs
        position = _position(variable, test.given)
        if position is None or _depends(bound, test.given):
            return None
        update = step.outputs[position].op
        if update.type not in ("AddV2", "Sub"):
            return None
        before, by = update.inputs
        if update.type == "AddV2" and _position(before, step.given) != position:
            before, by = by, before
        if _position(before, step.given) != position or _depends(by, step.given):
            return None
        sign = -1 if update.type == "Sub" else 1
        return cls(position, bodies, bound, (by, sign), condition.type)

    def trips(self, given, captured):
        """The number of steps, None where a value that decides it is not known."""
        start = given[self._position]
        bound = self._value(0, self._bound, captured)
        by = self._value(1, self._step[0], captured)
        if any(v is None or isinstance(v, Tracer) for v in (start, bound, by)):
            return None
        start, bound, by = [np.asarray(v).item() for v in (start, bound, by)]
        by *= self._step[1]
        rising = self._comparison.startswith("Less")
        if by == 0 or (by > 0) != rising or not isinstance(start, int) or not isinstance(by, int):
            return None
        distance = bound - start if rising else start - bound
        if self._comparison.endswith("Equal"):
            return max(0, python_math.floor(distance / abs(by)) + 1)
        return max(0, -python_math.floor(-distance / abs(by)))

    def _value(self, number, tensor, captured):
        body = self._bodies.bodies[number]
        values = self._bodies.of(number, captured)
        env = {id(t): v for t, v in zip(body.inputs[len(body.given) :], values)}
        operations = [o for o in needed([tensor]) if o.op_def is not PLACEHOLDER]
        if any(o.op_def.stateful for o in operations):
            return None
        interpret(operations, env)
        return env[id(tensor)]


def _position(tensor, tensors):
    while tensor.op.type == "Identity":
        tensor = tensor.op.inputs[0]
    return next((i for i, t in enumerate(tensors) if t is tensor), None)


def _depends(tensor, tensors):
    inside = {id(t) for t in tensors}
    return any(id(o.outputs[0]) in inside for o in needed([tensor]) if o.outputs)
