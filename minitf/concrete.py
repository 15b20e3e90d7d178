"""One traced signature of a function, run as one compiled program, and its gradient.

`ConcreteFunction` holds a `Body`. Called while a tape records, its program also returns what the
gradient will need, so that the forward pass runs once.
"""

from typing import Any

import jax

from minitf import errors, nest
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import Record, stack
from minitf.core.gradients import densify
from minitf.core.graph import PLACEHOLDER
from minitf.core.interpret import NeedsValue, Program
from minitf.core.kinds import kernel_name
from minitf.core.registry import Op
from minitf.core.tensor import EagerTensor, Tensor
from minitf.halves import Halves, Open
from minitf.shapes import TensorSpec


class ConcreteFunction:
    """One traced signature of a function: a graph with inputs, captures and outputs.

    Attributes:
      graph: the `FuncGraph`.
      inputs, outputs: its symbolic tensors, captures included.
      captured_inputs: the outer tensors that the captures stand for.
      structured_input_signature: `(args, kwargs)` of `TensorSpec`s and Python values.
      structured_outputs: what the Python function returned, of symbolic tensors.
    """

    _names, _signature_text = (), "()"  # until `describe` is called

    def __init__(self, body, name):
        self._body, self.graph = body, body.graph
        self._plain_name = name
        self.name = f"__inference_{name}_{len(body.graph.operations)}"
        self._num_given = len(body.given)
        self.inputs, self.outputs = body.inputs, body.outputs
        self.captured_inputs = body.captured
        self._split = len(body.inputs) - body.num_cells
        self._program = Program(
            body.operations, body.inputs[: self._split], body.inputs[self._split :], body.outputs
        )
        self._op = self._as_op()
        self._halves: Any = None
        self._open: Any = None
        self.structured_input_signature: Any = ((), {})
        self.structured_outputs: Any = body.outputs

    variables = property(lambda self: tuple(self.graph.variables.values()))
    trainable_variables = property(lambda self: tuple(v for v in self.variables if v.trainable))

    def call_flat(self, tensors):
        """Calls the function on the tensors of its inputs; the result has Python's structure."""
        return self.structured(self.run((*tensors, *self.captured_inputs)))

    def structured(self, outputs):
        """The tensors of the outputs in the structure that Python returned."""
        structured = self.structured_outputs
        if isinstance(structured, Tensor):
            return outputs[0]
        if structured is None:
            return None
        given = iter(outputs)
        flat = [next(given) if isinstance(x, Tensor) else x for x in nest.flatten(structured)]
        return nest.pack_sequence_as(structured, flat)

    program = property(lambda self: self._program)

    def captured_arrays(self):
        """(arrays of the captured tensors, cells of the captured variables)."""
        plain = self._split - self._num_given
        captured = self.captured_inputs
        return [t.array for t in captured[:plain]], [h._value for h in captured[plain:]]

    def run(self, inputs):
        """Runs the program, or writes the call down, and returns the list of outputs."""
        frame = stack.frame
        if frame.is_graph:
            frame.variables.update(self.graph.variables)
            for variable in self.trainable_variables:
                frame.access(variable)
            return frame.run(self._op, inputs, (), "StatefulPartitionedCall", self._backward)
        if frame.tapes:
            for variable in self.trainable_variables:
                frame.access(variable)
            if tapes := [tape for tape in frame.tapes if tape.tracks(inputs)]:
                return self._run_recorded(frame, inputs, tapes)
        arrays = [x.array for x in inputs[: self._split]]
        cells = [x._value for x in inputs[self._split :]]
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
        outputs = [(t.shape, t.dtype) for t in self.outputs]
        return Op(
            "StatefulPartitionedCall", lambda *values: self._body(values), "?*", num_outputs=None,
            resource=True, costly=True, infer=lambda inputs, attrs: outputs,
            eagerly=lambda inputs, attrs: self.run(inputs), made_by=(op_of, (self,)),
        )  # fmt: skip

    # What it is --------------------------------------------------------------------------------

    def __call__(self, *args, **kwargs):
        """Calls the function; arguments that were Python values are part of it already."""
        given, named = self._arguments(args, kwargs)
        tensors = []
        for spec, value in zip(
            nest.flatten((given[0], named[0])), nest.flatten((given[1], named[1]))
        ):
            if isinstance(spec, TensorSpec):
                tensors.append(self._checked(spec, value, len(tensors)))
        return self.call_flat(tensors)

    def _arguments(self, args, kwargs):
        """((specs, values) of the positional arguments, (specs, values) of the named ones)."""
        specs, named = self.structured_input_signature
        names = self._names
        values = list(specs)
        if len(args) > len(specs):
            raise self._unbound("too many positional arguments", args, kwargs)
        missing = set(range(len(args), len(specs)))
        values[: len(args)] = args
        given = dict(named)
        for name, value in kwargs.items():
            if name in names and names.index(name) in missing:
                values[names.index(name)] = value
                missing.discard(names.index(name))
            elif name in given:
                given[name] = value
            else:
                raise self._unbound(f"got an unexpected keyword argument '{name}'", args, kwargs)
        for i in sorted(missing):
            if any(isinstance(s, TensorSpec) for s in nest.flatten(specs[i])):
                raise self._unbound(f"missing a required argument: '{names[i]}'", args, kwargs)
        return (list(specs), values), (dict(named), given)

    def _unbound(self, why, args, kwargs):
        return TypeError(
            f"Binding inputs to tf.function failed due to `{why}`. Received args: {args} and "
            f"kwargs: {kwargs} for signature: {self._signature_text}."
        )

    def _checked(self, spec, value, position):
        tensor = convert_to_tensor(value) if isinstance(value, Tensor) else convert_to_tensor(
            value, spec.dtype)  # fmt: skip
        if tensor.dtype != spec.dtype:
            raise errors.InvalidArgumentError(
                None, None,
                f"cannot compute {self.name} as input #{position}(zero-based) was expected to be "
                f"a {kernel_name(spec.dtype)} tensor but is a {kernel_name(tensor.dtype)} tensor "
                f"[Op:{self.name}]",
            )  # fmt: skip
        return tensor

    def describe(self, signature, args, kwargs, structured):
        """Told how the function was called: placeholders and Python values."""
        self._names = signature.names(args)
        self._signature_text = str(signature)
        self.structured_input_signature = (
            tuple(nest.map_structure(_spec, a) for a in args),
            {k: nest.map_structure(_spec, v) for k, v in kwargs.items()},
        )
        self.structured_outputs = structured

    def pretty_printed_signature(self, verbose=True):
        """The parameters, the output and the captures, for people to read."""
        args, kwargs = self.structured_input_signature
        lines = [f"  {n} (POSITIONAL_OR_KEYWORD): {text(a)}" for n, a in zip(self._names, args)]
        lines += [f"  {n} (KEYWORD_ONLY): {text(a)}" for n, a in kwargs.items()]
        captured = [
            f"  {id(t)}: {text(_spec(t))}" for t in self.captured_inputs
        ]  # fmt: skip
        output = nest.map_structure(_spec, self.structured_outputs)
        return "\n".join(
            ["Input Parameters:", *(lines or ["  None"]), "Output Type:", f"  {text(output)}",
             "Captures:", *(captured or ["  None"])]
        )  # fmt: skip

    def __str__(self):
        return f"ConcreteFunction {self.pretty_printed_signature()}"

    def __repr__(self):
        args, kwargs = self.structured_input_signature
        parts = [f"{n}: {text(a)}" for n, a in zip(self._names, args)]
        parts += ["*"] * bool(kwargs) + [f"{n}: {text(a)}" for n, a in kwargs.items()]
        output = text(nest.map_structure(_spec, self.structured_outputs))
        return f"<ConcreteFunction ({', '.join(parts)}) -> {output} at 0x{id(self):X}>"

    def compiler_ir(self, stage="hlo"):
        """XLA's text of the program, for unknown dimensions of size 1."""
        arrays = [jax.ShapeDtypeStruct([d or 1 for d in t.shape], t.dtype.np)
                  for t in self.inputs[: self._split]]  # fmt: skip
        states = [t._value.value for t in self.captured_inputs[self._split - self._num_given :]]
        lowered = self._program._compiled.lower(arrays, states)
        if stage == "hlo":
            return lowered.as_text("hlo")
        if stage == "optimized_hlo":
            return lowered.compile().as_text()
        if stage in ("stablehlo", "hlo_serialized"):
            return lowered.as_text()
        raise ValueError(f"Invalid stage {stage} for compiler_ir.")

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


def _spec(value):
    """The `TensorSpec` of a symbolic or captured tensor; anything else is itself."""
    if not isinstance(value, Tensor):
        return value
    name = (
        None
        if isinstance(value, EagerTensor) or value.op.op_def is not PLACEHOLDER
        else value.op.name
    )
    return TensorSpec(value.shape, value.dtype, name)


def text(value):
    """How a signature writes a structure of specs and Python values."""
    if isinstance(value, TensorSpec):
        return f"TensorSpec(shape={value.shape}, dtype={value.dtype!r}, name=None)"
    if isinstance(value, dict):
        return f"Dict[{', '.join(f'[{k!r}, {text(v)}]' for k, v in value.items())}]"
    if isinstance(value, list):
        return f"List[{', '.join(map(text, value))}]"
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        parts = (f"[{n!r}, {text(v)}]" for n, v in zip(value._fields, value))
        return f"{type(value).__name__}[{', '.join(parts)}]"
    if isinstance(value, tuple):
        return f"Tuple[{', '.join(map(text, value))}]"
    return f"Literal[{value!r}]"
