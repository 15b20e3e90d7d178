"""A frame is where ops land: run now (`EagerFrame`) or written down (`graph.Graph`).

Frames form a stack per thread, and the top one receives every op. A frame owns its tapes and its
name scopes, so a tape opened outside a traced function never sees the symbolic ops inside it: it
sees the call.
"""

import contextlib
import re
import threading
from typing import Any

import jax
import numpy as np
from jax.core import Tracer
from jax.errors import JaxRuntimeError

from minitf import errors
from minitf.codes import is_text, run_on_codes
from minitf.core.convert import foreign, matched, static_value
from minitf.core.registry import Cell, NeedsValue, freeze
from minitf.core.tensor import EagerTensor, SymbolicTensor, out_of_scope
from minitf.effort import is_of_options

_SCOPE_NAME = re.compile(r"^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$")


class Frame:
    """What eager execution and graphs have in common: tapes, name scopes and devices."""

    def __init__(self):
        self.tapes: list[Any] = []
        self.scope = ""
        self.device = ""

    def new_scope(self, name):
        """The prefix that `name` gives to the names inside its scope."""
        raise NotImplementedError

    def invalid(self, message):
        """The error for arguments that are seen not to fit before their op is reached."""
        raise NotImplementedError

    def record(self, record):
        """Shows `record` to the tapes of this frame."""
        for tape in self.tapes:
            tape.record(record)

    def access(self, variable):
        """Tells the tapes of this frame that a trainable variable is being read."""
        for tape in self.tapes:
            tape.access(variable)

    def local(self, tensor):
        """What stands for `tensor` in the records of this frame: a function has its captures."""
        return tensor

    def sees(self, *values):
        """Whether Python can look at the values of these tensors now, and act on them."""
        raise NotImplementedError

    def own(self, items):
        """The list to change where `items` changes: eagerly itself, in a graph another one."""
        raise NotImplementedError

    def handle(self, key, make, write):
        """A handle of state that `make()` gives; eager calls of one `key` share it.

        What is made inside functions has state of its own, and what is made in a `tf.Graph` has
        an operation for it, which `write(graph)` appends.
        """
        raise NotImplementedError

    def lasting(self, make, write):
        """A handle of new state that lasts as long as this frame's outermost frame."""
        raise NotImplementedError

    def alone(self, found):
        """The only element of a list or tuple, as eager branches give it; all else as it is."""
        return found[0] if isinstance(found, list | tuple) and len(found) == 1 else found

    def inside(self, outputs):
        """The name scope of the operation that `outputs` come from."""
        raise NotImplementedError

    @contextlib.contextmanager
    def paused(self):
        """No tape of this frame records inside the `with` block."""
        tapes, self.tapes = self.tapes, []
        try:
            yield
        finally:
            self.tapes = tapes

    @contextlib.contextmanager
    def name_scope(self, name):
        """Enters `name`, made unique; a name that ends in `/` is re-entered as it is."""
        before, self.scope = self.scope, self.new_scope(name)
        try:
            yield self.scope
        finally:
            self.scope = before


class Record:
    """An op that ran, as a tape remembers it; an `Operation` has the same fields."""

    __slots__ = ("op_def", "inputs", "attrs", "outputs", "backward")

    def __init__(self, op_def, inputs, attrs, outputs, backward):
        self.op_def, self.inputs, self.attrs = op_def, inputs, attrs
        self.outputs, self.backward = outputs, backward


class EagerFrame(Frame):
    """Runs each op at once."""

    is_graph = False
    compares_by_value = True  # `==` of tensors
    outer = None
    settings: dict[str, Any] = {}  # what modules keep of all eager frames
    handles: dict[Any, Any] = {}

    def new_scope(self, name):
        if not name:
            return ""
        if name.endswith("/"):
            return name
        return f"{self.scope}{name}/"

    def invalid(self, message):
        return errors.InvalidArgumentError(None, None, message)

    def sees(self, *values):
        return not any(isinstance(getattr(x, "_value", None), Tracer) for x in values)

    def own(self, items):
        return items

    def handle(self, key, make, write):
        if key not in self.handles:
            self.handles[key] = make()
        return self.handles[key]

    def lasting(self, make, write):
        return make()

    def inside(self, outputs):
        return contextlib.nullcontext()

    def control_dependencies(self, control_inputs):
        """What is a function among `control_inputs` is called; all else has run."""
        for control in control_inputs or ():
            if callable(control):
                control()
        return contextlib.nullcontext()

    def constant(self, value, name=None):
        return EagerTensor(value)

    def run(self, op, inputs, attrs, name, backward=None) -> Any:
        """Runs the kernel of `op`, shows the tapes what ran and returns its output or outputs."""
        if op.static:
            for i in op.static:  # a shape may be ragged
                if i < len(inputs) and hasattr(inputs[i], "__tf_execute__"):
                    return inputs[i].__tf_execute__(op, inputs, attrs, name)
            statics = tuple(
                [freeze(static_value(inputs[i])) if i < len(inputs) else None for i in op.static]
            )
            operands = [x for i, x in enumerate(inputs) if i not in op.static_set]
        else:
            statics, operands = (), inputs
        arrays = []
        for x in operands:
            if type(x) is not EagerTensor:
                if isinstance(x, SymbolicTensor):
                    raise TypeError(out_of_scope(x))
                if (other := foreign(inputs)) is not None:
                    return other.__tf_execute__(op, inputs, attrs, name)
                return self.run(op, matched(op, inputs, self), attrs, name, backward)
            value = x._value
            if type(value) is np.ndarray:
                value = x.array if op.costly or op.resource else x.operand
            arrays.append(value)
        program = op.programs.get((statics, attrs)) or op.program(statics, attrs)
        try:
            if op.host:
                arrays = [np.asarray(a) if type(a) is not Cell else a for a in arrays]
            try:
                result = program(*arrays)
            except (ValueError, JaxRuntimeError) as error:
                if not is_of_options(error):
                    raise errors.told(error) from None
                program = op.kernel(statics, attrs)
                result = program(*arrays)
            if isinstance(result, Tracer) and not op.stateful:
                result = _at_once(op, attrs, program, operands, result)
        except TypeError:
            if op.host or not any(map(is_text, arrays)):
                raise
            result = run_on_codes(op, program, arrays)
        except NeedsValue:
            if op.eagerly is None or not self.sees(*operands):
                raise
            return _as_returned(op, op.eagerly(inputs, attrs))
        except errors.OpError as error:
            kind: Any = type(error)
            raise kind(None, None, f"{error.message} [Op:{op.name}] name: {name or ''}") from None
        if op.num_outputs == 1:
            returned = EagerTensor(result)
            outputs = (returned,)
        else:
            outputs = tuple([EagerTensor(r) for r in (result or ())])
            returned = list(outputs) if op.num_outputs != 0 else None
        if self.tapes:
            self.record(Record(op, inputs, attrs, outputs, backward))
        return returned


def _as_returned(op, results):
    """The list `results` as `execute` returns it: one result alone, None for none."""
    return results[0] if op.num_outputs == 1 else results if op.num_outputs != 0 else None


def _at_once(op, attrs, kernel, operands, traced):
    """The result of an op while a user's `jax.jit` traces: known at once if its inputs are.

    As in a graph, shapes are known, and what is made of them: `tf.reshape(x, [tf.shape(x)[0], 1])`.
    """
    if op.name == "Shape":
        return np.array(operands[0]._value.shape, attrs[0])
    values = [x._value for x in operands]  # not `x.array`, which the trace may have caught
    if any(isinstance(value, Tracer | Cell) for value in values):
        return traced
    with jax.ensure_compile_time_eval():
        return kernel(*values)


class _Stack(threading.local):
    """The frames of this thread; the last one is current."""

    base: Any = EagerFrame

    def __init__(self):
        self.frames: list[Any] = [self.base()]
        self.frame: Any = self.frames[0]
        self.compiling = False  # whether JAX is tracing a program
        self.has_effects = False  # whether what it traces calls the host
        self.again = False  # whether what it traces has run before, and has had its effects

    @contextlib.contextmanager
    def compile(self):
        """Says that JAX traces what runs inside: an effect must not happen now, but then."""
        before = self.compiling, self.has_effects
        self.compiling, self.has_effects = True, False
        try:
            yield
        finally:
            self.compiling, self.has_effects = before[0], before[1] or self.has_effects

    @contextlib.contextmanager
    def repeat(self, again=True):
        """Says whether what JAX traces inside runs for a second time, for a gradient."""
        before, self.again = self.again, again
        try:
            yield
        finally:
            self.again = before

    @contextlib.contextmanager
    def push(self, frame):
        """Makes `frame` the current one inside the `with` block."""
        self.frames.append(frame)
        before, self.frame = self.frame, frame
        try:
            yield frame
        finally:
            self.frames.pop()
            self.frame = before


stack = _Stack()


def current():
    """The frame that the next op lands in."""
    return stack.frame
