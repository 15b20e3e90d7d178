"""Reverse-mode differentiation: rewind the ops that ran, from the targets to the sources.

`backpropagate` takes records (a tape's, or a graph's operations: they have the same fields), and
asks each op for its gradient, which is an op again. So the gradient of a gradient needs no code.
"""

import functools

import jax
import jax.numpy as jnp
from jax.interpreters import partial_eval

from minitf import dtypes, errors
from minitf.core.convert import as_tensor, static_value
from minitf.core.dispatch import execute
from minitf.core.frames import stack
from minitf.core.registry import define, freeze
from minitf.core.slices import IndexedSlices, joined
from minitf.core.tensor import EagerTensor


def _sum(*xs):
    for x in xs[1:]:
        if x.shape != xs[0].shape:
            raise errors.InvalidArgumentError(
                None, None, "Inputs to operation AddN must have the same size and shape. Input 0: "
                f"{list(xs[0].shape)} != input: {list(x.shape)}")  # fmt: skip
    return sum(xs[1:], xs[0])


def unregistered(record, cotangents):
    """The `backward` of an op for which TensorFlow has registered no gradient."""
    raise LookupError(f"gradient registry has no entry for: {record.op_def.name}")


ADD_GRADIENTS = define("AddN", _sum, "T*")
ZEROS_LIKE = define("ZerosLike", jnp.zeros_like, "T", differentiable=False)
ONES_LIKE = define("OnesLike", jnp.ones_like, "T", differentiable=False)


def backpropagate(records, targets, sources, cotangents):
    """The gradients of `targets` with respect to `sources`; None where nothing connects them.

    Args:
      records: what ran, in order: objects with `op_def`, `inputs`, `attrs`, `outputs`, `backward`.
      targets: tensors to differentiate.
      sources: tensors to differentiate with respect to.
      cotangents: for each target the gradient that reaches it, or None for ones.
    """
    wanted = {id(s) for s in sources}
    reached = set(wanted)
    path = []
    for record in records:
        op = record.op_def
        if op.differentiable:
            for x in record.inputs if op.forward is None else _differentiated(record, reached):
                if id(x) in reached:
                    path.append(record)
                    for o in record.outputs:
                        if is_differentiable(o):
                            reached.add(id(o))
                    break
    collected = {}  # id of a tensor -> the gradients that have reached it
    for target, cotangent in zip(targets, cotangents):
        if id(target) in reached:
            if cotangent is None:
                cotangent = _ones_like(target)
            collected.setdefault(id(target), []).append(cotangent)
    done = {}
    for record in reversed(path):
        incoming, connected = [], False
        for output in record.outputs:
            cotangent = _total(collected.pop(id(output), None))
            incoming.append(cotangent)
            if cotangent is not None:
                connected = True
                if id(output) in wanted:
                    done[id(output)] = cotangent
        if not connected:
            continue
        for x, gradient in zip(record.inputs, input_gradients(record, incoming, reached)):
            if gradient is not None:
                collected.setdefault(id(x), []).append(gradient)
    return [done[id(s)] if id(s) in done else _total(collected.get(id(s))) for s in sources]


def _ones_like(target):
    """Where the rewinding starts; the one of a number is the same at every step."""
    if type(target) is EagerTensor and not target._value.shape:
        return as_tensor(1, stack.frame, target.dtype)
    return execute(ONES_LIKE, (target,))


def input_gradients(record, cotangents, reached):
    """The gradient of each input of `record` that is in `reached`, None for the others."""
    op = record.op_def
    backward = record.backward or op.backward
    if backward is not None:
        return backward(record, cotangents)
    inputs, sources = record.inputs, op.sources
    gradients = [None] * len(inputs)
    if op.forward is not None:
        reached = set(map(id, _differentiated(record, reached)))
    for i in op.hands_on:
        if _same_shape(inputs[i], record.outputs[0]):
            gradients[i] = cotangents[0]
    wanted = tuple([
        i for i, x in enumerate(inputs)
        if gradients[i] is None and id(x) in reached and is_differentiable(x)
        and (sources is None or i in sources)
    ])  # fmt: skip
    if not wanted:
        return gradients
    given, dense = [], []
    for i, cotangent in enumerate(cotangents):
        if cotangent is not None:
            given.append(i)
            dense.append(densify(cotangent))
    op = op.gradient(wanted, tuple(given), len(inputs))
    results = stack.frame.run(op, (*inputs, *dense), record.attrs, None)
    for i, gradient in zip(wanted, results if len(wanted) > 1 else (results,)):
        gradients[i] = gradient
    return gradients


def _same_shape(x, y):
    """Whether two tensors are known to have the same shape."""
    if type(x) is EagerTensor and type(y) is EagerTensor:
        return x._value.shape == y._value.shape
    return x.shape.is_fully_defined() and x.shape == y.shape


# TensorFlow gives the gradients of these gradients of their own, which are zeros.
_KINKED = {
    "CRelu", "LeakyRelu", "MaxPool", "MaxPool1D", "MaxPool3D", "MaxPoolWithArgmax", "Relu", "Relu6"
}  # fmt: skip


def _differentiated(record, reached):
    """The inputs of a gradient op, among `reached`, that it has a derivative with respect to.

    The gradient of `x + y` depends on neither, that of `maximum(x, y)` only on which is larger:
    where TensorFlow has None, a second gradient would be zeros. Asked when a gradient of the
    gradient is, as the answer costs a trace.
    """
    op, inputs = record.op_def, record.inputs
    connected = [x for x in inputs if id(x) in reached]
    if not connected or op.forward.name in _KINKED or op.resource:
        return connected
    first = op.forward
    while first.forward is not None:
        first = first.forward
    # What a branch or loop has found in its variables may stand for their handles: no tensor shows.
    if first.resource and (not op.costly or any(body.num_cells for body in first.bodies)
                           or any(x.dtype is dtypes.resource for x in inputs)):  # fmt: skip
        return connected
    kinds = []
    for i, x in enumerate(inputs):
        if i in op.static_set:
            continue
        shape = x.shape
        if shape.rank is None or x.dtype.np is None:
            return connected
        kinds.append((tuple(3 if d is None else d for d in shape), x.dtype.np))
    statics = tuple([freeze(static_value(inputs[i])) if i < len(inputs) else None
                     for i in op.static])  # fmt: skip
    used = iter(_used(op, statics, record.attrs, tuple(kinds)))
    found = [x for i, x in enumerate(inputs)
             if i in op.static_set or next(used) or i >= op.arity and not op.costly]  # fmt: skip
    return [x for x in found if id(x) in reached]


@functools.lru_cache(maxsize=4096)
def _used(op, statics, attrs, kinds):
    """For each input of `op`, whether its result has a derivative with respect to it."""
    structs = [jax.ShapeDtypeStruct(shape, dtype) for shape, dtype in kinds]
    try:
        jaxpr = jax.make_jaxpr(op.bind(statics, attrs))(*structs).jaxpr
    except (errors.OpError, TypeError):  # what stands for unknown sizes and values does not fit
        return (True,) * len(kinds)
    jaxpr, read = partial_eval.dce_jaxpr(jaxpr, [True] * len(jaxpr.outvars))
    number = iter(range(len(jaxpr.invars)))
    return tuple([r and _has_derivative(jaxpr, next(number)) for r in read])


def _has_derivative(jaxpr, position):
    return any(_reached(jaxpr, [i == position for i in range(len(jaxpr.invars))]))


_FLAT = {"floor", "ceil", "round", "stop_gradient"}  # primitives with a derivative of zero


def _reached(jaxpr, given):
    """For each output of `jaxpr`, whether it depends on the `given` inputs by floating values."""
    reached = {v for v, g in zip(jaxpr.invars, given) if g}
    for equation in jaxpr.eqns:
        given = [_is_variable(v) and v in reached for v in equation.invars]
        if not any(given) or equation.primitive.name in _FLAT:
            continue
        name, params = equation.primitive.name, equation.params
        if name in ("jit", "pjit"):
            found = _reached(params["jaxpr"].jaxpr, given)
        elif name == "cond":
            found = map(any, zip(*[_reached(b.jaxpr, given[1:]) for b in params["branches"]]))
        else:
            found = [True] * len(equation.outvars)
        reached.update(v for v, f in zip(equation.outvars, found)
                       if f and jnp.issubdtype(v.aval.dtype, jnp.inexact))  # fmt: skip
    return [_is_variable(v) and v in reached for v in jaxpr.outvars]


def _is_variable(v):
    """Whether `v` is no literal, which has its value; to import JAX's class loads a compiler."""
    return not hasattr(v, "val")


def is_differentiable(x):
    """Whether `x` can have a gradient: a floating or complex tensor, or a variable's handle."""
    dtype = x.dtype
    return dtype.is_floating or dtype.is_complex or dtype is dtypes.resource


def densify(gradient):
    """`gradient` as a tensor, also where it is an `IndexedSlices`."""
    if type(gradient) is EagerTensor or not hasattr(gradient, "__tf_tensor__"):
        return gradient
    return gradient.__tf_tensor__(None, None)


def _total(parts):
    """The sum of the gradients that met: one tensor, or the rows of all where all are rows."""
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    if all(isinstance(p, IndexedSlices) for p in parts):
        if len({p.indices.dtype for p in parts}) == 1:
            return joined(parts)
    return execute(ADD_GRADIENTS, tuple(densify(p) for p in parts))
