"""`cond` and `while_loop`: Python's own where values are known, else ops.

Eagerly, a branch or loop is Python. In a graph its parts are traced into bodies, and the ops `If`
(here) and `While` (`while_op.py`) hold them. What cannot be compiled runs step by step, on tensors.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from minitf import dtypes, errors, nest
from minitf.core.checks import observed, shows
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.gradients import is_differentiable
from minitf.core.registry import NeedsValue, Op
from minitf.core.tensor import EagerTensor, Tensor
from minitf.graphs.func_graph import Body
from minitf.graphs.graph import Operation
from minitf.kinds import kernel_name
from minitf.ops import math
from minitf.ops.array import identity, stop_gradient
from minitf.ops.bodies import Bodies, from_plain, inner_cells, sources_of, to_plain, traced
from minitf.ops.while_op import while_op
from minitf.shapes import TensorShape, as_shape


def known(tensor):
    """The Python value of a scalar tensor where it is there already, else None."""
    if isinstance(tensor, EagerTensor):
        return None if isinstance(tensor._value, Tracer) else tensor._value.item()
    if isinstance(tensor, Tensor) or hasattr(tensor, "__tf_execute__"):
        return None
    return known(convert_to_tensor(tensor)) if hasattr(tensor, "__tf_tensor__") else tensor


# Branches ----------------------------------------------------------------------------------------


def _switch_op(bodies, outputs, name):
    def run(index, *captured):
        plain, cells = bodies.split(captured)
        if not isinstance(index, Tracer):
            return bodies[chosen(index, len(bodies.bodies))]([], captured)
        written = set()

        def branch(number):
            def call(plain, states, sources):
                inner = inner_cells(cells, states, sources)
                results, flaw = observed(bodies[number], [], [*plain, *inner])
                written.update(i for i, c in enumerate(inner) if c.value is not states[i])
                flaws = [jnp.array(False) if flaw is None else flaw] if bodies.is_checked else []
                return tuple(results), [c.value for c in inner], flaws

            return call

        branches = [branch(i) for i in range(len(bodies.bodies))]
        if index.dtype == bool:
            index = jnp.where(index, 0, 1)
        else:
            inside = (index >= 0) & (index < len(branches))
            index = jnp.where(inside, index, len(branches) - 1)
        try:
            states = [c.value for c in cells]
            results, states, flaws = jax.lax.switch(
                index, branches, plain, states, sources_of(cells)
            )
        except TypeError as error:  # shapes differ between the branches
            raise NeedsValue(name) from error
        for flaw in flaws:
            shows(flaw)
        for i in written:
            cells[i].value = states[i]
        return results

    def eagerly(inputs, attrs):
        index, *captured = inputs
        return bodies.eagerly(chosen(index.numpy(), len(bodies.bodies)), [], captured)

    return Op(name, run, "?*", num_outputs=None, resource=True, costly=True,
              infer=lambda inputs, attrs: outputs, eagerly=eagerly,
              made_by=(_switch_op, (bodies, outputs, name)),
              bodies=bodies.bodies)  # fmt: skip


def chosen(index, count):
    """The number of the branch: true is the first of two; out of range is the last."""
    if np.asarray(index).dtype == bool:
        return 0 if index else 1
    return int(index) if 0 <= int(index) < count else count - 1


def _branch_result(graph, result, name, index):
    """What a branch returned, of tensors; in place of an operation stands `index`, in TensorFlow
    too."""

    def adopted(x):
        if x is None:
            return None
        x = index if isinstance(x, Operation) else x
        try:
            return graph.adopt(convert_to_tensor(x))
        except (TypeError, ValueError) as error:
            raise TypeError(
                f"To be compatible with {name}, branches must return zero or more Tensors; found "
                f"return value of type {type(x)}, which is not a Tensor."
            ) from error

    with stack.push(graph):
        return nest.map_structure(adopted, to_plain(result), expand_composites=True)


def switch(index, branches, name):
    """The `If` or `Case` op: the result of the branch that `index` chooses when it runs."""
    names = _branch_names(len(branches), name)
    return join(index, [traced(n, b, scope=name) for n, b in zip(names, branches)], name)


def join(index, parts, name):
    """The op whose branches are the graphs of `parts`, with what each returned."""
    op_name = "cond" if index.dtype is dtypes.bool else "switch_case"
    results = [_branch_result(graph, result, f"tf.{op_name}", index) for graph, result in parts]
    _check_same_results(results, op_name)
    flat = [[t for t in nest.components(r) if t is not None] for r in results]
    outputs = []
    for alternatives in zip(*flat):
        shape = alternatives[0].shape
        for other in alternatives[1:]:
            shape = shape.most_specific_compatible_shape(other.shape)
        outputs.append((shape, alternatives[0].dtype))
    bodies = Bodies([Body(graph, [], f) for (graph, _), f in zip(parts, flat)])
    for graph, _ in parts:
        getattr(stack.frame, "used_variables", {}).update(graph.used_variables)
    kind = "If" if index.dtype is dtypes.bool else "Case"
    op = _switch_op(bodies, outputs, bodies.named(kind))
    made = execute(op, (index, *bodies.captured), (), name)
    with stack.frame.inside(made):
        made = iter([identity(t) for t in made])
    packed = nest.map_structure(lambda t: t if t is None else next(made), results[0],
                                expand_composites=True)  # fmt: skip
    return from_plain(packed, parts[0][1])


def _check_same_results(results, op_name):
    """Raises TensorFlow's errors where branches return different things."""
    counts = [len(nest.flatten(r)) for r in results]
    if len(set(counts)) > 1:
        raise AssertionError(f"{counts} values are returned by the branches of tf.{op_name}")
    for number, result in enumerate(results[1:], 1):
        pair = ["true_fn", "false_fn"] if op_name == "cond" else [
            "branches[0]", f"branches[{number}]"]  # fmt: skip

        def refuse(detail, pair=pair, result=result):
            raise TypeError(
                f"{pair[0]} and {pair[1]} arguments to tf.{op_name} must have the same number, "
                f"type, and overall structure of return values.\n\n{pair[0]} output: {results[0]}\n"
                f"{pair[1]} output: {result}\n\nError details:\n{detail}"
            )

        try:
            nest.assert_same_structure(results[0], result, expand_composites=True)
        except (TypeError, ValueError) as error:
            refuse(error)
        first, other = nest.components(results[0]), nest.components(result)
        lengths = [sum(t is not None for t in flat) for flat in (first, other)]
        if lengths[0] != lengths[1]:
            raise ValueError(
                f"Lengths of branch outputs of {'cond' if op_name == 'cond' else 'case'} must "
                f"match.\nlen(graphs[0].outputs): {lengths[0]}\n"
                f"len(graphs[{number}].outputs): {lengths[1]}\n"
            )
        for a, b in zip(first, other):
            if a is None or b is None:  # TensorFlow's `switch_case` takes any places of None
                if a is not b and op_name == "cond":
                    raise TypeError(f"No common supertype of {a} and {b}.")
            elif a.dtype != b.dtype:
                refuse(f"{a} and {b} have different types")


def _branch_names(count, name):
    if count == 2:
        return [f"{name}_true", f"{name}_false"]
    return [f"{name}_branch{i}" for i in range(count)]


def cond(pred, true_fn=None, false_fn=None, name=None):
    """`true_fn()` if the scalar `pred` is true, else `false_fn()`.

    Raises:
      TypeError: a function is no callable, or in a graph the results differ in structure or dtype.

    >>> import minitf as tf
    >>> tf.cond(tf.constant(3) > 2, lambda: tf.constant("yes"), lambda: tf.constant("no")).numpy()
    b'yes'
    """
    if isinstance(pred, bool | np.bool_) and not stack.frame.sees(pred):
        raise TypeError("pred must not be a Python bool", pred)
    if not callable(true_fn):
        raise TypeError("'true_fn' must be callable.")
    if not callable(false_fn):
        raise TypeError("'false_fn' must be callable.")
    value = known(pred) if stack.frame.sees(pred) else None
    if value is not None:
        return true_fn() if value else false_fn()
    pred = convert_to_tensor(pred)
    _check_bool(pred, "pred", "cond/switch_pred")
    return switch(pred, [true_fn, false_fn], name or "cond")


def _check_bool(tensor, what, node):
    if tensor.dtype is not dtypes.bool:
        raise errors.InvalidArgumentError(
            None, None,
            f"Input {what!r} passed {kernel_name(tensor.dtype)} expected bool while building "
            f"NodeDef {node!r}",
        )  # fmt: skip


# Loops -------------------------------------------------------------------------------------------


def while_loop(cond, body, loop_vars, shape_invariants=None, parallel_iterations=10,
               back_prop=True, swap_memory=False, maximum_iterations=None, name=None):  # fmt: skip
    """Repeats `loop_vars = body(*loop_vars)` as long as `cond(*loop_vars)` is true.

    Args:
      cond: returns a scalar bool.
      body: returns what has the structure, the dtypes and the shapes of `loop_vars`.
      loop_vars: a list, tuple or nested structure of tensors and `TensorArray`s.
      shape_invariants: for each loop variable the shape that holds at every step.
      back_prop: False: in a graph, no gradient goes through the loop.
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
    if not len(loop_vars):  # a tensor has none: it says so
        raise ValueError("'loop_vars' must be provided.")
    return loop(cond, body, loop_vars, shape_invariants, maximum_iterations, name, back_prop)


def loop(cond, body, loop_vars, shape_invariants=None, maximum_iterations=None, name=None,
         back_prop=True, uses=()):  # fmt: skip
    """`while_loop`, where `uses` are tensors that the body reads besides the loop variables."""
    tensors = nest.map_structure(_as_loop_var, loop_vars, expand_composites=True)
    if is_pythons([tensors, uses]):
        return _run(cond, body, loop_vars, maximum_iterations)
    return _While(cond, body, tensors, shape_invariants, maximum_iterations,
                  name or "while", back_prop).result  # fmt: skip


def _as_loop_var(x):
    return x if hasattr(x, "__tf_loop_state__") else convert_to_tensor(x)


def is_pythons(tensors):
    """Whether a loop on `tensors` is one of Python: outside of graphs, where all have values."""
    return stack.frame.sees(*nest.components(tensors))


def _packed(result, like):
    """What a body returned, in the structure of the loop variables."""
    result = result if nest.is_nested(result) else [result]
    nest.assert_same_structure(result, like, check_types=False, expand_composites=True)
    return nest.pack_sequence_as(like, nest.flatten(result))


def _run(cond, body, loop_vars, maximum_iterations):
    """The loop in Python, whose result is of the kind that the last step returned.

    Numbers stay Python's, which take the dtype of what they meet, until the loop ends.
    """
    limit = None if maximum_iterations is None else int(maximum_iterations)
    steps = 0
    while (limit is None or steps < limit) and cond(*loop_vars):
        result = body(*loop_vars)
        nest.assert_same_structure(list(loop_vars), list(result), expand_composites=True)
        loop_vars = result
        steps += 1
    return nest.map_structure(_as_loop_var, loop_vars, expand_composites=True)


class _While:
    """A loop written down: its condition and its step as bodies, and the op that holds them."""

    def __init__(self, cond, body, loop_vars, shape_invariants, maximum_iterations, name,
                 back_prop):  # fmt: skip
        frame = stack.frame
        self.like, self.name = loop_vars, name
        plain = to_plain(loop_vars)
        given = [convert_to_tensor(t) for t in nest.components(plain)]
        shapes = self._invariants(plain, given, shape_invariants)
        objects = [hasattr(x, "__tf_loop_state__") for x in nest.components(loop_vars)
                   for _ in nest.components(to_plain(x))]  # fmt: skip
        shapes = [TensorShape(None) if o else shape for o, shape in zip(objects, shapes)]
        specs = [(shape, t.dtype) for shape, t in zip(shapes, given)]

        def unflatten(flat):
            return from_plain(nest.with_components(plain, flat), loop_vars)

        def test(*flat):
            return cond(*unflatten(flat))

        def step(*flat):
            return _packed(body(*unflatten(flat)), loop_vars)

        tests, pred = traced(f"{name}_cond", test, specs, name)
        with stack.push(tests):
            pred = tests.adopt(convert_to_tensor(pred))
            _check_bool(pred, "input", "while/LoopCond")
        steps, result = traced(f"{name}_body", step, specs, name)
        with stack.push(steps):
            flat = [steps.adopt(convert_to_tensor(t)) for t in nest.components(to_plain(result))]
        self._check(flat, given, shapes)
        for graph in (tests, steps):
            getattr(frame, "used_variables", {}).update(graph.used_variables)
        bodies = Bodies([Body(tests, tests.inputs, [pred]), Body(steps, steps.inputs, flat)])
        outputs = [(shape, t.dtype) for shape, t in zip(shapes, given)]
        limit = () if maximum_iterations is None else (
            math.cast(convert_to_tensor(maximum_iterations), dtypes.int32),)  # fmt: skip
        op = while_op(bodies, len(given), bool(limit), outputs)
        made = execute(op, (*given, *limit, *bodies.captured), (), name)
        if not back_prop:
            made = [stop_gradient(t) if is_differentiable(t) else t for t in made]
        final = nest.with_components(plain, made)
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
