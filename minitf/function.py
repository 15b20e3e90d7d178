"""`tf.function`: trace Python into a graph once, then run the graph compiled.

A `FuncGraph` is a graph that captures what it uses from outside as inputs. A `ConcreteFunction` is
such a graph with one signature, run as one compiled program. A `Function` holds one of them per
signature that it was called with.
"""

import functools
import inspect
import weakref
from typing import Any

import numpy as np

from minitf import dtypes, nest
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import Record, stack
from minitf.core.gradients import backpropagate, densify
from minitf.core.graph import PLACEHOLDER, Graph
from minitf.core.interpret import Program, needed
from minitf.core.registry import Cell, Op
from minitf.core.tensor import EagerTensor, Tensor
from minitf.shapes import TensorShape, TensorSpec


class FuncGraph(Graph):
    """The graph of a function: tensors from outside become inputs of it ("captures")."""

    def __init__(self, name, outer):
        super().__init__()
        self.function_name, self.outer = name, outer
        self.inputs, self.outputs = [], []
        self.captures = {}  # id of the outer tensor -> (outer tensor, placeholder)

    def adopt(self, tensor):
        if not isinstance(tensor, EagerTensor) and tensor.graph is self:
            return tensor
        return self.capture(tensor)

    local = adopt

    def capture(self, tensor):
        """The placeholder that stands for `tensor`, from outside, in this graph."""
        found = self.captures.get(id(tensor))
        if found is None:
            inner = self.placeholder(tensor.dtype, tensor.shape)
            if tensor.dtype is dtypes.resource:
                inner.described = self._describe(tensor)
            found = self.captures[id(tensor)] = (tensor, inner)
        return found[1]

    def _describe(self, tensor):
        if isinstance(tensor, EagerTensor):
            value = tensor._value.value
            return TensorShape(value.shape), dtypes.from_numpy_dtype(value.dtype)
        return tensor.described

    def control_dependencies(self, control_inputs):
        return super().control_dependencies(
            [c for c in control_inputs or () if getattr(c, "graph", None) is self]
        )


class ConcreteFunction:
    """One traced signature of a function: a graph with inputs, captures and outputs.

    Its gradient is another concrete function over the same graph, to which the gradient's ops have
    been added; and so on for higher orders.
    """

    def __init__(self, graph, inputs, outputs, operations):
        self.graph = graph
        self.name = f"__inference_{graph.function_name}_{len(graph.operations)}"
        self._given, self.outputs = list(inputs), list(outputs)
        captured = list(graph.captures.values())
        plain = [(o, i) for o, i in captured if i.dtype != dtypes.resource]
        handles = [(o, i) for o, i in captured if i.dtype == dtypes.resource]
        self.captured_inputs = [o for o, _ in plain + handles]
        self._num_cells = len(handles)
        self.inputs = [*inputs, *(i for _, i in plain + handles)]
        self._program = Program(
            operations, [*inputs, *(i for _, i in plain)], [i for _, i in handles], outputs
        )
        self._operations = operations
        self._gradients = {}
        self._op = self._as_op()
        self.structured_input_signature = ((), {})
        self.structured_outputs: Any = self.outputs

    variables = property(lambda self: tuple(self.graph.variables.values()))
    trainable_variables = property(lambda self: tuple(v for v in self.variables if v.trainable))

    def __call__(self, *args, **kwargs):
        flat = [x for x in nest.flatten((args, kwargs)) if not isinstance(x, str)]
        return self.call_flat([convert_to_tensor(x) for x in flat][: len(self._given)])

    def call_flat(self, tensors):
        """Calls the function on the tensors of its inputs; the result has Python's structure."""
        outputs = iter(self.run((*tensors, *self.captured_inputs)))
        if self.structured_outputs is None:
            return None
        flat = [next(outputs) if isinstance(x, Tensor) else x
                for x in nest.flatten(self.structured_outputs)]  # fmt: skip
        return nest.pack_sequence_as(self.structured_outputs, flat)

    def run(self, inputs, states=None):
        """Runs the program, or writes the call down, and returns the list of outputs.

        `states` are the values to give the cells, where they are not to be changed.
        """
        frame = stack.frame
        if frame.is_graph:
            return frame.run(self._op, inputs, (), "StatefulPartitionedCall", self._backward)
        if frame.tapes:
            for variable in self.trainable_variables:
                for tape in frame.tapes:
                    tape.access(variable)
        split = len(inputs) - self._num_cells
        arrays = [x.array for x in inputs[:split]]
        cells = [x._value for x in inputs[split:]] if states is None else list(map(Cell, states))
        before = tuple([c.value for c in cells])
        outputs = [EagerTensor(a) for a in self._program(arrays, cells)]
        if frame.tapes:
            frame.record(Record(self._op, inputs, before, tuple(outputs), self._backward))
        return outputs

    def _as_op(self):
        def call(*values):
            split = len(values) - self._num_cells
            return tuple(self._program(list(values[:split]), list(values[split:])))

        letters = "".join(chr(0x4E00 + i) for i in range(len(self.inputs)))
        outputs = [(t.shape, t.dtype) for t in self.outputs]
        return Op("StatefulPartitionedCall", call, letters or "?", num_outputs=None, resource=True,
                  infer=lambda inputs, attrs: outputs)  # fmt: skip

    def _backward(self, record, cotangents):
        given = tuple([i for i, c in enumerate(cotangents) if c is not None])
        if given not in self._gradients:
            self._gradients[given] = self._make_gradient(given)
        gradient, positions = self._gradients[given]
        order = (*record.inputs[: len(self._given)], *(densify(cotangents[i]) for i in given))
        results = gradient.run((*order, *record.inputs[len(self._given) :]), record.attrs or None)
        gradients = [None] * len(record.inputs)
        for position, result in zip(positions, results):
            gradients[position] = result
        return gradients

    def _make_gradient(self, given):
        """(the function from inputs and cotangents to gradients, whose gradients those are)."""
        graph = self.graph
        with stack.push(graph), graph.paused():
            targets = [self.outputs[i] for i in given]
            cotangents = [graph.placeholder(t.dtype, t.shape) for t in targets]
            found = backpropagate(self._operations, targets, self.inputs, cotangents)
            positions = [i for i, g in enumerate(found) if g is not None]
            outputs = [densify(found[i]) for i in positions]
        state = [o for o in graph.operations if o.op_def.resource]
        operations = [o for o in needed([*outputs, *state]) if o.op_def is not PLACEHOLDER]
        return ConcreteFunction(graph, [*self._given, *cotangents], outputs, operations), positions


class Function:
    """What `tf.function` returns: a Python function, traced once per signature."""

    def __init__(self, python_function, name=None, input_signature=None, autograph=True,
                 jit_compile=None, reduce_retracing=False):  # fmt: skip
        self.python_function = python_function
        self._name = name or getattr(python_function, "__name__", "function")
        self.input_signature = input_signature
        self._signature = inspect.signature(python_function)
        self._concrete = {}
        functools.update_wrapper(self, python_function)

    def __get__(self, instance, owner):
        if instance is None:
            return self
        bound = self.__dict__.setdefault("_bound", weakref.WeakKeyDictionary())
        if instance not in bound:
            bound[instance] = Function(
                self.python_function.__get__(instance, owner), self._name, self.input_signature
            )
        return bound[instance]

    def __call__(self, *args, **kwargs):
        key, tensors = self._canonicalize(args, kwargs)
        concrete = self._concrete.get(key)
        if concrete is None:
            concrete = self._concrete[key] = self._trace(args, kwargs)
        return concrete.call_flat(tensors)

    def get_concrete_function(self, *args, **kwargs):
        """The traced function for these arguments, which may be `TensorSpec`s."""
        if self.input_signature is not None and not args and not kwargs:
            args = tuple(self.input_signature)
        key, _ = self._canonicalize(args, kwargs)
        if key not in self._concrete:
            self._concrete[key] = self._trace(args, kwargs)
        return self._concrete[key]

    def experimental_get_tracing_count(self):
        """How many times the Python function has been traced."""
        return len(self._concrete)

    def _canonicalize(self, args, kwargs):
        """The key of the signature, and the tensors among the arguments."""
        if kwargs:
            bound = self._signature.bind(*args, **kwargs)
            args, kwargs = bound.args, bound.kwargs
        if self.input_signature is not None:
            specs = nest.flatten(self.input_signature)
            return "signature", [
                convert_to_tensor(x, s.dtype) if not isinstance(x, TensorSpec) else None
                for x, s in zip(nest.flatten(args), specs)
            ]
        key, tensors = [stack.frame.is_graph and id(stack.frame)], []
        for x in (*args, *kwargs.values()):
            for leaf in nest.flatten(x) if isinstance(x, list | tuple | dict) else (x,):
                if type(leaf) is EagerTensor:
                    value = leaf._value
                    key.append((value.shape, value.dtype))
                    tensors.append(leaf)
                elif isinstance(leaf, Tensor | np.ndarray | np.generic):
                    leaf = convert_to_tensor(leaf)
                    key.append((tuple(leaf.shape.dims or ("?",)), leaf.dtype.np))
                    tensors.append(leaf)
                elif isinstance(leaf, TensorSpec):
                    key.append((tuple(leaf.shape.dims or ("?",)), leaf.dtype.np))
                else:
                    key.append(_value_key(leaf))
            if type(x) in (list, tuple, dict):
                key.append((type(x), tuple(x) if type(x) is dict else len(x)))
        key.extend(kwargs)
        return tuple(key), tensors

    def _trace(self, args, kwargs):
        if kwargs:
            bound = self._signature.bind(*args, **kwargs)
            args, kwargs = bound.args, bound.kwargs
        graph = FuncGraph(self._name, stack.frame)
        with stack.push(graph):
            names = iter(self._signature.parameters)
            specs = self.input_signature or [None] * len(args)
            given = [
                nest.map_structure(functools.partial(_placeholder, graph, next(names, "args")),
                                   a, *([s] if s is not None else []))
                for a, s in zip(args, specs)
            ]  # fmt: skip
            named = {
                k: nest.map_structure(functools.partial(_placeholder, graph, k), a)
                for k, a in kwargs.items()
            }
            result = self.python_function(*given, **named)
            structured = nest.map_structure(
                lambda x: None if x is None else graph.adopt(convert_to_tensor(x)), result
            )
        outputs = [t for t in nest.flatten(structured) if isinstance(t, Tensor)]
        operations = [o for o in graph.operations if o.op_def is not PLACEHOLDER]
        concrete = ConcreteFunction(graph, graph.inputs, outputs, operations)
        concrete.structured_outputs = structured
        return concrete


def _value_key(leaf):
    try:
        hash(leaf)
    except TypeError:
        return id(leaf)
    return (type(leaf), leaf)


def _placeholder(graph, name, value, spec=None):
    if isinstance(value, TensorSpec | Tensor | np.ndarray | np.generic) or spec is not None:
        if spec is None and not isinstance(value, TensorSpec | Tensor):
            value = np.asarray(value)
        spec = spec or value
        dtype = dtypes.as_dtype(spec.dtype)
        tensor = graph.placeholder(
            dtype, TensorShape(spec.shape), getattr(spec, "_name", None) or name
        )
        graph.inputs.append(tensor)
        return tensor
    return value


def function(func=None, input_signature=None, autograph=True, jit_compile=None,
             reduce_retracing=False, experimental_implements=None,
             experimental_autograph_options=None, experimental_attributes=None,
             experimental_relax_shapes=None, experimental_compile=None,
             experimental_follow_type_hints=None):  # fmt: skip
    """Compiles a function into a graph; also a decorator.

    >>> import minitf as tf
    >>> @tf.function
    ... def double(x):
    ...     return x + x
    >>> double(tf.constant(2.0)).numpy()
    np.float32(4.0)
    """
    if func is None:
        return functools.partial(
            function,
            input_signature=input_signature,
            autograph=autograph,
            jit_compile=jit_compile,
            reduce_retracing=reduce_retracing,
        )
    return Function(func, None, input_signature, autograph, jit_compile, reduce_retracing)
