"""One traced signature of a function, run as one compiled program, and its gradient.

`ConcreteFunction` holds a `Body`. Called while a tape records, its program also returns what the
gradient will need, so that the forward pass runs once.
"""

from typing import Any

import jax
import numpy as np

from minitf import dtypes, nest
from minitf.core.frames import Record, stack
from minitf.core.gradients import densify
from minitf.core.registry import NeedsValue, Op
from minitf.core.tensor import EagerTensor, Tensor
from minitf.fitting import given_tensors
from minitf.function_type import function_type, text
from minitf.graphs.graph import Elsewhere
from minitf.graphs.program import Program
from minitf.halves import Halves, Open
from minitf.shapes import TensorShape
from minitf.specs import TensorSpec


class ConcreteFunction:
    """One traced signature of a function: a graph with inputs, captures and outputs.

    Attributes:
      graph: the `FuncGraph`.
      inputs, outputs: its symbolic tensors, captures included.
      captured: the outer tensors that the captures stand for, variables last.
      structured_input_signature: `(args, kwargs)` of `TensorSpec`s and Python values.
      structured_outputs: what the Python function returned, of symbolic tensors.
    """

    _names = _held = ()  # until `describe` is called

    def __init__(self, body, name):
        self._body, self.graph = body, body.graph
        self._plain_name = name
        self.name = f"__inference_{name}_{len(body.graph.operations)}".encode()
        self._num_given = len(body.given)
        self.inputs, self.outputs = body.inputs, body.outputs
        self.captured = body.captured
        self._split = len(body.inputs) - body.num_cells
        self._program = Program(
            body.operations, body.inputs[: self._split], body.inputs[self._split :], body.outputs
        )
        self._op = self._as_op()
        self._arrays: Any = None  # the values of `captured`, once they are asked for
        self._halves: Any = None
        self._open: Any = None
        self.structured_input_signature: Any = ((), {})
        self.structured_outputs: Any = body.outputs
        self.function_type = function_type([], "None")

    variables = property(lambda self: self.graph.variables)
    trainable_variables = property(lambda self: self.graph.trainable_variables)

    def call_flat(self, tensors):
        """Calls the function on the tensors of its inputs; the result has Python's structure."""
        frame = stack.frame
        if self._held:
            return self._call_on_handles(frame, tensors)
        if frame.is_graph or frame.tapes:
            return self.structured(self.run((*tensors, *self.captured)))
        arrays, cells = self._arrays or self.captured_arrays()
        given = [t.operand if type(t._value) is np.ndarray else t._value for t in tensors]
        outputs = self._program(given + arrays, cells)
        return self.structured([EagerTensor(a) for a in outputs])

    def _call_on_handles(self, frame, arguments):
        """`call_flat` where some of the arguments are variables, iterators or datasets."""
        held = [arguments[i] for i in self._held]
        tensors = [x for i, x in enumerate(arguments) if i not in self._held]
        handles = [x.handle for x in held]
        if frame.is_graph or frame.tapes:
            for x in held:
                if getattr(x, "trainable", False):
                    frame.access(x)
        return self.structured(self.run((*tensors, *self.captured, *handles)))

    def structured(self, outputs):
        """The tensors of the outputs in the structure that Python returned."""
        structured = self.structured_outputs
        if isinstance(structured, Tensor):
            return outputs[0]
        if structured is None:
            return None
        given = iter(outputs)
        flat = [next(given) if isinstance(x, Tensor)
                else x._stand_in(next(given)) if hasattr(x, "_stand_in") else x
                for x in nest.components(structured)]  # fmt: skip
        return nest.with_components(structured, flat)

    @property
    def captured_inputs(self):
        """The outer tensors that the captures stand for, in the order of `inputs`."""
        outside = dict(zip(map(id, self._body.inputs[self._num_given :]), self.captured))
        return [outside[id(t)] for t in self.inputs if id(t) in outside]

    def set_external_captures(self, captures):
        """Calls use other tensors from now on in place of `captured_inputs`, in their order.

        Raises:
          ValueError: there are not as many as the function captures.
        """
        inner = [id(t) for t in self._body.inputs[self._num_given :][: len(self.captured)]]
        ordered, captures = [id(t) for t in self.inputs if id(t) in inner], list(captures)
        if len(captures) != len(ordered):
            raise ValueError(
                f"{self._plain_name} captures {len(ordered)} tensors, not {len(captures)}."
            )
        given = dict(zip(ordered, captures))
        self.captured, self._arrays = [given[i] for i in inner], None

    program = property(lambda self: self._program)
    takes_handles = property(lambda self: bool(self._held))
    num_given = property(lambda self: self._num_given)

    def captured_arrays(self):
        """(arrays of the captured tensors, cells of the captured variables)."""
        plain = self._split - self._num_given
        captured = self.captured
        self._arrays = [t.array for t in captured[:plain]], [h._value for h in captured[plain:]]
        return self._arrays

    def run(self, inputs):
        """Runs the program, or writes the call down, and returns the list of outputs."""
        frame = stack.frame
        if frame.is_graph:
            frame.used_variables.update(self.graph.used_variables)
            for variable in self.trainable_variables:
                frame.access(variable)
            return frame.run(self._op, inputs, (), self._op.name, self._backward)
        if frame.tapes:
            for variable in self.trainable_variables:
                frame.access(variable)
            if tapes := [tape for tape in frame.tapes if tape.tracks(inputs)]:
                return self._run_recorded(frame, inputs, tapes)
        split = self._split
        arrays = [x.array for x in inputs[:split]]
        cells = [x._value for x in inputs[split:]]
        return [EagerTensor(a) for a in self._program(arrays, cells)]

    def _run_recorded(self, frame, inputs, tapes):
        if self._program.is_host:  # op by op: the tape sees each of them
            return self._body.eagerly(inputs)
        arrays = [x.array for x in inputs[: self._split]]
        cells = [x._value for x in inputs[self._split :]]
        once = len(tapes) == 1 and not tapes[0].persistent
        half = (self._halves or self._split_in_two()) if once else self._opened()
        try:
            outputs, kept = half.forward.keeping(arrays, cells)
        except NeedsValue:
            self._program.is_host = True
            return self._body.eagerly(inputs)
        outputs = [EagerTensor(a) for a in outputs]
        backward = self._backward if once else half.rewind
        frame.record(Record(self._op, inputs, kept, tuple(outputs), backward))
        return outputs[: len(self.outputs)]

    def _as_op(self):
        """The call as an op; each of its inputs may have a dtype of its own."""
        kind = "StatefulPartitionedCall" if self._body.is_stateful else "PartitionedCall"
        return Op(
            kind, lambda *values: self._body(values), "?*", num_outputs=None,
            resource=True, costly=True, infer=lambda inputs, attrs: self._body.kinds_for(inputs),
            eagerly=lambda inputs, attrs: self.run(inputs), made_by=(op_of, (self,)),
            bodies=[self._body],
        )  # fmt: skip

    # What it is --------------------------------------------------------------------------------

    def __call__(self, *args, **kwargs):
        """Calls the function; arguments that were Python values are part of it already.

        Tensors alone are also taken in the order, or by the names, of the traced tensors.
        """
        return self.call_flat(given_tensors(self, args, kwargs))

    function_def = Elsewhere("minitf.function_def")

    def add_to_graph(self, g=None, overwrite=False):
        """Makes the function known to a graph: graphs here know each function that they call."""

    add_gradient_functions_to_graph = add_to_graph

    def describe(self, signature, args, kwargs, structured):
        """Told how the function was called: placeholders and Python values."""
        self._names = signature.names(args)
        given = self.graph.inputs
        self.inputs = [*given, *(inner for _, inner in self.graph.captures)]
        # The positions, among the arguments, of those that have a handle, and their numbers.
        self._held = [i for i, t in enumerate(given) if t.dtype is dtypes.resource]
        self._numbers = {id(given[i]): n for n, i in enumerate(self._held)}
        self.structured_input_signature = (
            tuple(self._specs(name, a) for name, a in zip(self._names, args)),
            {name: self._specs(name, a) for name, a in kwargs.items()},
        )
        self.graph.structured_input_signature = self.structured_input_signature
        self.graph.inputs = self.inputs
        self.structured_outputs = structured
        plain = lambda x: self._specs(None, x)  # noqa: E731
        self.function_type = signature.concrete(
            list(map(plain, args)), {n: plain(a) for n, a in kwargs.items()}, plain(structured)
        )

    def _specs(self, name, value):
        """The structure of specs of `value`; they are named by the path to them from `name`."""

        def spec(path, x):
            if hasattr(x, "_argument_spec"):
                return x._argument_spec(self._numbers.get(id(x.handle)))
            if hasattr(x, "_type_spec"):
                return x._type_spec
            if not isinstance(x, Tensor):
                return x
            label = name and "_".join([name, *map(str, path)])
            return TensorSpec(x.shape, x.dtype, self.graph.asked_names.get(id(x), label))

        return nest.map_structure_with_tuple_paths(spec, value)

    output_dtypes = property(lambda self: self._of_outputs(lambda t: t.dtype, None))
    output_shapes = property(lambda self: self._of_outputs(lambda t: t.shape, TensorShape(None)))

    def _of_outputs(self, what, otherwise):
        return nest.map_structure(lambda x: what(x) if isinstance(x, Tensor) else otherwise,
                                  self.structured_outputs)  # fmt: skip

    def pretty_printed_signature(self, verbose=True):
        """The parameters, the output and the captures, for people to read; else on one line."""
        kind = self.function_type
        if not verbose:
            return str(kind)
        lines = [f"  {p.name} ({p.kind.name}): {p.annotation}" for p in kind.parameters.values()]
        captured = [f"  {id(t)}: {text(TensorSpec(t.shape, t.dtype))}"
                    for t, _ in self.graph.captures]  # fmt: skip
        return "\n".join(
            ["Input Parameters:", *(lines or ["  None"]), "Output Type:",
             f"  {kind.return_annotation}", "Captures:", *(captured or ["  None"])]
        )  # fmt: skip

    def __str__(self):
        return f"ConcreteFunction {self.pretty_printed_signature()}"

    def __repr__(self):
        return f"<ConcreteFunction {self.function_type} at 0x{id(self):X}>"

    def compiler_ir(self, stage="hlo"):
        """XLA's text (or bytes) of the program, for unknown dimensions of size 1."""
        if stage not in _STAGES:
            valid = ", ".join(map(repr, _STAGES))
            raise ValueError(f"Invalid stage selected: {stage!r}. Valid values are: {valid}")
        arrays = [jax.ShapeDtypeStruct([d or 1 for d in t.shape], t.dtype.np)
                  for t in self._body.inputs[: self._split]]  # fmt: skip
        states = [
            jax.ShapeDtypeStruct([d or 1 for d in shape], dtype.np)
            for shape, dtype in (t.described for t in self._body.inputs[self._split :])
        ]
        lowered = self._program.lower(arrays, states)
        computation = lowered.compiler_ir("hlo")
        if stage.startswith("optimized"):
            (module,) = lowered.compile().runtime_executable().hlo_modules()
            computation = type(computation)(module.as_serialized_hlo_module_proto())
        return getattr(computation, _STAGES[stage])()

    # The gradient ------------------------------------------------------------------------------

    def _backward(self, record, cotangents):
        """The gradient of a call: that recorded in a graph, or run op by op, is an op again."""
        frame = stack.frame
        if not frame.is_graph:
            return (self._halves or self._split_in_two()).rewind(record, cotangents)
        given = tuple([i for i, c in enumerate(cotangents) if c is not None])
        wanted = (self._halves or self._split_in_two()).connected
        if not wanted:
            return []
        inputs = (*record.inputs, *(densify(cotangents[i]) for i in given))
        op = self._op.gradient(wanted, given, len(record.inputs))
        results = frame.run(op, inputs, (), None)
        gradients: list[Any] = [None] * len(record.inputs)
        for position, result in zip(wanted, results if len(wanted) > 1 else [results]):
            gradients[position] = result
        return gradients

    def _split_in_two(self):
        self._halves = Halves(self._body, self._split)
        return self._halves

    def _opened(self):
        if self._open is None:
            name = f"{self._plain_name}_grad"
            self._open = Open(self._body, self._split, lambda body: ConcreteFunction(body, name))
        return self._open


def op_of(concrete):
    """The call of a concrete function as an op."""
    return concrete._op


# For each stage of compilation what XLA's computation calls its form.
_STAGES = {
    "hlo": "as_hlo_text",
    "hlo_serialized": "as_serialized_hlo_module_proto",
    "optimized_hlo": "as_hlo_text",
    "optimized_hlo_serialized": "as_serialized_hlo_module_proto",
    "optimized_hlo_dot": "as_hlo_dot_graph",
}
