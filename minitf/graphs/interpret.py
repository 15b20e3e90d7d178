"""The one evaluator: it runs written-down ops, for sessions, functions and their gradients.

`interpret` walks operations in order on arrays; `program.py` compiles that as a whole. What cannot
be compiled is run op by op, on tensors (`interpret_eagerly`). A loop, a branch or a call and its
gradient share one forward pass (`paired`), and begin from the variables as it found them.
"""

import contextlib
from typing import Any

import jax
import numpy as np
from jax.core import Tracer
from jax.experimental import io_callback

from minitf.codes import is_text, run_on_codes
from minitf.core.dispatch import execute
from minitf.core.frames import EagerFrame, stack
from minitf.core.gradients import ZEROS_LIKE, backpropagate, densify
from minitf.core.registry import Cell, NeedsValue, freeze, pure_vjp, thaw
from minitf.core.tensor import EagerTensor
from minitf.graphs.graph import CONST

_SMALL = 256  # elements up to which a value that needs no input is computed while tracing


def interpret(operations, env, pairs=None):
    """Evaluates `operations` in order; `env` maps the ids of tensors to arrays and is added to.

    Where a costly op (a loop, a branch, a call) and its gradient are both among the operations,
    the op is evaluated by `jax.vjp` and the gradient only calls the pullback that this gave.
    """
    pairs = paired(operations) if pairs is None else pairs
    for operation in operations:
        if operation.outputs and id(operation.outputs[0]) in env:
            continue
        op = operation.op_def
        # The gradient of an op of another graph has no forward pass to share: it runs its own.
        rewinds = op.costly and op.forward is not None and operation not in pairs
        rewinds = rewinds and ("pullback", id(forward_of(operation))) in env
        inputs = operation.inputs[op.arity :] if rewinds else operation.inputs
        values = [None if x is None else env[id(x)] for x in inputs]
        results: Any
        if op.costly and op.forward is not None:  # what it runs has run before
            found = _found(operation, env)
            values = [Cell(found.get(id(t), x.value), x.described) if type(x) is Cell else x
                      for t, x in zip(inputs, values)]  # fmt: skip
            with stack.repeat():
                if rewinds:
                    pullback = env["pullback", id(forward_of(operation))]
                    results = pullback(op.wanted, op.given, values)
                else:
                    results = _evaluated(operation, values, env, pairs)
        else:
            if op.costly:  # it may assign to a variable that its gradient begins from
                env["found", id(operation)] = {id(t): x.value for t, x in zip(inputs, values)
                                               if type(x) is Cell}  # fmt: skip
            results = _evaluated(operation, values, env, pairs)
        results = (results,) if op.num_outputs == 1 else results
        for tensor, value in zip(operation.outputs, results or ()):
            env[id(tensor)] = value


def _evaluated(operation, values, env, pairs):
    """The results of an operation; the pullback of one whose gradient comes later is kept."""
    op = operation.op_def
    if operation not in pairs:
        return apply(op, values, operation)
    results, pullback = pure_vjp(op.kernel((), operation.attrs), values, *pairs[operation])
    env["pullback", id(operation)] = pullback
    return results[0] if op.num_outputs == 1 else results


def interpret_eagerly(operations, env):
    """As `interpret`, on tensors: each op is run, and recorded, as if called eagerly."""
    pairs, recorded = paired(operations), {}
    for operation in operations:
        if operation.outputs and id(operation.outputs[0]) in env:
            continue
        op = operation.op_def
        inputs = tuple([None if x is None else env[id(x)] for x in operation.inputs])
        results: Any
        if op is CONST:
            results = (EagerTensor(apply(op, (), operation)),)
            env.update((id(t), r) for t, r in zip(operation.outputs, results))
            continue
        is_rewound = op.costly and op.forward is not None
        records, outputs = (is_rewound and recorded.get(forward_of(operation))) or ((), None)
        with _Recording(stack.frame) if operation in pairs else contextlib.nullcontext() as tape:
            if outputs is not None:
                results = _rewind(op, inputs, records, outputs)
            elif op.eagerly is not None:
                env["found", id(operation)] = _held(operation, inputs)
                results = op.eagerly(inputs, operation.attrs)
            else:
                if is_rewound:
                    inputs = _as_found(operation, inputs, _found(operation, env))
                results = stack.frame.run(op, inputs, operation.attrs, operation.name,
                                          operation.backward)  # fmt: skip
                results = (results,) if op.num_outputs == 1 else results
        if operation in pairs:
            recorded[operation] = [*records, *tape.records], tuple(results)
        env.update((id(t), r) for t, r in zip(operation.outputs, results or ()))


def _held(operation, inputs):
    """What the variables among the `inputs` hold now, by the ids of their handles."""
    return {id(t): _plain(x) for t, x in zip(operation.inputs, inputs)
            if x is not None and type(x._value) is Cell}  # fmt: skip


def _as_found(operation, inputs, found):
    """The `inputs` with the variables in `found` as they were."""
    return tuple([EagerTensor(Cell(found[id(t)]._value, x._value.described)) if id(t) in found
                  else x for t, x in zip(operation.inputs, inputs)])  # fmt: skip


class _Recording:
    """A tape that records everything, for the gradient of a costly op that runs op by op."""

    def __init__(self, frame):
        self._frame, self.records = frame, []

    def __enter__(self):
        self._frame.tapes = [*self._frame.tapes, self]
        return self

    def __exit__(self, *exception):
        self._frame.tapes = [t for t in self._frame.tapes if t is not self]

    persistent = True

    def record(self, record):
        self.records.append(record)

    def access(self, variable):
        """Variables are known by their handles, which are inputs of the records."""

    def tracks(self, inputs):
        return True


def _rewind(op, inputs, records, outputs):
    """The gradients that `op` asks for, from what was recorded of the op that it belongs to."""
    sources = [inputs[i] for i in op.wanted]
    targets = [outputs[i] for i in op.given]
    found = backpropagate(records, targets, sources, inputs[op.arity :])
    return [execute(ZEROS_LIKE, (_plain(s),)) if g is None else densify(g)
            for s, g in zip(sources, found)]  # fmt: skip


def _plain(tensor):
    """What `tensor` holds: of a handle, the value of its variable."""
    return EagerTensor(tensor._value.value) if type(tensor._value) is Cell else tensor


def paired(operations):
    """{costly operation: what its gradients among `operations` want and are given}.

    That is, the positions of the inputs and those of the outputs.
    """
    pairs, present = {}, set(operations)
    for operation in operations:
        op = operation.op_def
        if op.forward is not None and op.forward.costly:
            if (forward := forward_of(operation)) in present:
                wanted, given = pairs.get(forward, ((), ()))
                pairs[forward] = _union(wanted, op.wanted), _union(given, op.given)
    return pairs


def _union(first, second):
    return tuple(sorted({*first, *second}))


def forward_of(operation):
    """The operation whose gradient `operation` is: that of the same op on the same inputs."""
    op = operation.op_def.forward
    inputs = operation.inputs[: operation.op_def.arity]
    producers = operation.graph.calls.get(op, ())
    for candidate in producers:
        if candidate.attrs == operation.attrs and all(
            a is b for a, b in zip(candidate.inputs, inputs)
        ):
            return candidate
    return None


def _found(operation, env):
    """What the op whose gradient `operation` is, of any order, had found in its variables.

    A dictionary from the ids of handles to values. What ran in this environment has left it there;
    where it ran in another, `operation.found` names tensors, and what was not kept is missing.
    """
    while operation is not None and operation.op_def.forward is not None:
        operation = forward_of(operation)
    if operation is None:
        return {}
    kept = {handle: env[id(t)] for handle, t in operation.found.items() if id(t) in env}
    return kept | env.get(("found", id(operation)), {})


def apply(op, values, operation):
    """`op` on arrays; what needs no traced value is computed now, so that it can be a shape."""
    attrs = operation.attrs
    if op is CONST:
        held = attrs[0]
        return thaw(held) if isinstance(held, tuple) else held.deref()._value
    statics = tuple([freeze(_concrete(op, values[i])) if i < len(values) else None
                     for i in op.static])  # fmt: skip
    arrays = [v for i, v in enumerate(values) if i not in op.static_set]
    if op.name == "Shape":
        return np.array(arrays[0].shape, attrs[0])
    traced = any(isinstance(a, Tracer) for a in arrays)
    if op.host:
        if not traced and not (op.stateful and stack.compiling):
            return op.kernel(statics, attrs)(*[a if type(a) is Cell else np.asarray(a)
                                               for a in arrays])  # fmt: skip
        if op.num_outputs == 0:
            return _effect(op.kernel(statics, attrs), arrays)
        raise NeedsValue(op)
    backward = operation.backward or op.backward
    if any(map(is_text, arrays)) and not (op.resource or op.costly):
        if traced:
            raise NeedsValue(op)
        with jax.ensure_compile_time_eval():
            return run_on_codes(op, op.kernel(statics, attrs), arrays)
    own = operation.backward is not None or not op.resource
    if backward is not None and traced and own and not op.costly:
        if op.verify is not None:  # below, every array is traced
            op.verify(*arrays, **dict(zip(op.attrs, attrs)))
        arrays = [_differentiably(a) if type(a) is Cell else a for a in arrays]
        return _with_backward(op.kernel(statics, attrs), operation, backward)(*arrays)
    if not (op.stateful or op.costly) and all(
        isinstance(a, np.ndarray | np.generic) and a.size <= _SMALL for a in arrays
    ):
        with jax.ensure_compile_time_eval():
            result = op.program(statics, attrs)(*arrays)
        several = isinstance(result, tuple)
        return tuple(map(np.asarray, result)) if several else np.asarray(result)
    result = op.kernel(statics, attrs)(*arrays)
    return result if op.differentiable or not traced else jax.lax.stop_gradient(result)


def _differentiably(cell):
    """The value of a variable, with the gradient that goes to the variable."""
    value, source = cell.value, cell.source
    if source is None:
        return value
    return jax.lax.stop_gradient(value) + (source - jax.lax.stop_gradient(source))


def _concrete(op, value):
    if isinstance(value, Tracer):
        raise NeedsValue(op)
    return value


def _effect(kernel, arrays):
    """Calls the host function from compiled code, in order; strings stay outside."""
    if stack.again:
        return ()
    traced = [a for a in arrays if isinstance(a, Tracer)]
    stack.has_effects = True

    def call(*concrete):
        given = iter(concrete)
        try:
            kernel(*[np.asarray(next(given) if isinstance(a, Tracer) else a) for a in arrays])
        except Exception as error:  # noqa: BLE001  raised when the program has ended
            failures.append(error)

    io_callback(call, None, *map(jax.lax.stop_gradient, traced), ordered=True)
    return ()


failures = []  # the errors of host functions that compiled code called


def _with_backward(kernel, operation, backward):
    """`kernel` with the gradient that TensorFlow defines for `operation`, for JAX's own vjp."""

    @jax.custom_vjp
    def call(*arrays):
        return kernel(*arrays)

    def forward(*arrays):
        outputs = call(*arrays)  # so that a second gradient is TensorFlow's too
        return outputs, (arrays, outputs)

    def rewind(saved, cotangents):
        arrays, outputs = saved
        several = isinstance(outputs, tuple)
        record = _Rewound(operation, arrays, outputs if several else (outputs,))
        given = cotangents if several else (cotangents,)
        given = [None if c.dtype == jax.dtypes.float0 else EagerTensor(c) for c in given]
        with stack.push(EagerFrame()):
            gradients = [*_dense(backward(record, given)), *[None] * len(arrays)]
            gradients = [None if g is None else g._value for g in gradients[: len(arrays)]]
            return tuple(map(cotangent_of, arrays, gradients))

    call.defvjp(forward, rewind)
    return call


class _Rewound:
    """An operation with its values, as a record that a gradient function can read."""

    def __init__(self, operation, inputs, outputs):
        self.op_def, self.attrs = operation.op_def, operation.attrs
        self.inputs = tuple(map(EagerTensor, inputs))
        self.outputs = tuple(map(EagerTensor, outputs))
        self.backward = operation.backward


def _dense(gradients):
    return [g.__tf_tensor__(None, None) if hasattr(g, "__tf_tensor__") else g for g in gradients]


def cotangent_of(array, gradient):
    """The gradient of `array` as `jax.custom_vjp` wants it: zeros, or nothing, for None."""
    if not np.issubdtype(array.dtype, np.inexact) and array.dtype.kind != "V":
        return np.zeros(array.shape, jax.dtypes.float0)
    return jax.numpy.zeros(array.shape, array.dtype) if gradient is None else gradient


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
