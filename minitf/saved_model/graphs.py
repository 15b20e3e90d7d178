"""Traced functions as bytes: their operations, listed in order, and back.

Every op is known by its name or by how it is made, so a graph is plain data: names, numbers,
shapes, constants, and the graphs of branches and loops inside. It is written by `pickle`; what is
read may name only the classes and functions listed here, so that a file cannot run other code.
"""

import importlib
import io
import pickle
import types

import numpy as np

from minitf import dtypes, nest
from minitf.concrete import ConcreteFunction
from minitf.core.registry import Cell, Op
from minitf.core.tensor import EagerTensor, Reference, Tensor
from minitf.custom_gradient import Written
from minitf.function_type import function_type, plain_data
from minitf.graphs.func_graph import Body, FuncGraph
from minitf.ops.bodies import Bodies
from minitf.specs import TensorSpec

# The functions that a file may call. Besides: minitf's classes, and these of Python and NumPy.
_FUNCTIONS = {
    "_switch_op", "_vectorized_op", "as_dtype", "get", "gradient_of", "op_of", "while_op",
}  # fmt: skip
_OTHERS = {
    "builtins.complex", "builtins.frozenset", "builtins.range", "builtins.set", "builtins.slice",
    "collections.OrderedDict", "numpy.ndarray", "numpy.dtype", "numpy._core.multiarray.scalar",
    "numpy._core.multiarray._reconstruct", "numpy._core.numeric._frombuffer",
}  # fmt: skip


def _is_allowed(found, module, name):
    if module == __name__ or f"{module}.{name}" in _OTHERS:
        return True
    ours = module.startswith("minitf.") and (isinstance(found, type) or name in _FUNCTIONS)
    return ours or module in ("ml_dtypes", "numpy") and isinstance(found, type)


def dumps(value):
    """`value`, which may hold traced functions, as bytes.

    Raises:
      ValueError: a function calls Python code, or holds something that has no form as data.
    """
    buffer = io.BytesIO()
    pickler = _Pickler(buffer, 4)
    try:
        pickler.dump(value)
    except (AttributeError, TypeError, pickle.PicklingError) as error:
        raise ValueError(f"A function to be saved holds what cannot be saved: {error}") from error
    return pickle.dumps((sorted(pickler.modules), buffer.getvalue()), 4)


def loads(data):
    """What `dumps` was given; ValueError where the bytes name anything else."""
    try:
        modules, content = _Unpickler(io.BytesIO(data)).load()
        for name in modules:
            if name.startswith("minitf."):
                importlib.import_module(name)
        return _Unpickler(io.BytesIO(content)).load()
    except (pickle.UnpicklingError, EOFError, IndexError) as error:
        raise ValueError(f"No saved functions: {error}") from error


class _Pickler(pickle.Pickler):
    """Attributes: modules: those that register the ops."""

    def __init__(self, file, protocol):
        super().__init__(file, protocol)
        self.modules = set()

    def reducer_override(self, obj):
        if isinstance(obj, Op):
            self.modules.add(getattr(obj.fn, "__module__", None) or "")
        if isinstance(obj, Body):
            return _body, _parts_of_body(obj)
        if isinstance(obj, Bodies):
            return _bodies, (obj.bodies, obj._places, [_stand_in(t) for t in obj.captured])
        if isinstance(obj, Written):
            return _written, (obj.function, obj.connected)
        if isinstance(obj, ConcreteFunction):
            return _concrete, _parts_of_concrete(obj)
        if isinstance(obj, Reference):
            return Reference, (obj.deref(),)
        if isinstance(obj, types.MethodType):
            return _method, (obj.__self__, obj.__name__)
        if isinstance(obj, type | types.FunctionType):
            if not _is_allowed(obj, obj.__module__, obj.__qualname__):
                raise pickle.PicklingError(f"{obj.__module__}.{obj.__qualname__}")
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if module.partition(".")[0] in ("minitf", "numpy", "ml_dtypes", "builtins", "collections"):
            found = super().find_class(module, name)
            if _is_allowed(found, module, name):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a SavedModel")


def _method(owner, name):
    cls = owner if isinstance(owner, type) else type(owner)
    if not cls.__module__.startswith("minitf."):
        raise pickle.UnpicklingError(f"{cls.__name__}.{name} has no place in a SavedModel")
    return getattr(owner, name)


# Bodies -------------------------------------------------------------------------------------------


class _Outer:
    """Stands for a tensor outside of a body: of the body inside an op, the op's inputs tell it."""

    def __init__(self, dtype):
        self.dtype = dtype


def _stand_in(tensor):
    return _Outer(tensor.dtype)


def _parts_of_body(body):
    """The operations that a body needs, with places instead of tensors."""
    inside = {id(o) for o in body.operations}
    inputs = [t.op for t in body.inputs if id(t.op) not in inside]
    operations = [*inputs, *body.operations]
    number = {id(o): i for i, o in enumerate(operations)}

    def place(tensor):
        return None if tensor is None else (number[id(tensor.op)], tensor.value_index)

    records = []
    for o in operations:
        described = getattr(o.outputs[0], "described", None) if o.outputs else None
        records.append((
            o.op_def, o.name, [place(t) for t in o.inputs], o.attrs,
            [(t.shape, t.dtype) for t in o.outputs], described,
            [number[id(c)] for c in o.control_inputs if id(c) in number], o.backward,
        ))  # fmt: skip
    return (body.graph.function_name, records, len(inputs), [place(t) for t in body.inputs],
            len(body.given), body.num_cells, [place(t) for t in body.outputs])  # fmt: skip


def _body(name, records, num_inputs, inputs, num_given, num_cells, outputs):
    graph = FuncGraph(name, None)
    for op, name, places, attrs, kinds, described, controls, backward in records:
        graph.control = tuple(graph.operations[i] for i in controls)
        given = tuple(_tensor_at(graph, p) for p in places)
        graph.append(op, name, given, attrs, kinds, backward)
        graph.names_in_use[name.lower()] = 1
        if described is not None:
            graph.operations[-1].outputs[0].described = described
    graph.control = ()
    body = Body.__new__(Body)
    body.graph, body.operations = graph, graph.operations[num_inputs:]
    body.inputs = [_tensor_at(graph, p) for p in inputs]
    body.outputs = [_tensor_at(graph, p) for p in outputs]
    body.given, body.num_cells = body.inputs[:num_given], num_cells
    body.captured = [_stand_in(t) for t in body.inputs[num_given:]]
    graph.inputs, graph.outputs = body.given, body.outputs
    return body


def _tensor_at(graph, place):
    return None if place is None else graph.operations[place[0]].outputs[place[1]]


def _bodies(bodies, places, captured):
    made = Bodies(bodies)
    made.captured, made._places = captured, places
    made.handles = [t for t in captured if t.dtype is dtypes.resource]
    return made


def _written(function, connected):
    made = Written.__new__(Written)
    made.function, made.connected = function, connected
    made.body, made.captured = function._body, function.captured
    return made


# Functions ----------------------------------------------------------------------------------------


def _parts_of_concrete(concrete):
    outputs = nest.map_structure(
        lambda x: TensorSpec(x.shape, x.dtype) if isinstance(x, Tensor) else x,
        concrete.structured_outputs,
    )
    return (concrete._body, concrete.graph.function_name, concrete.structured_input_signature,
            outputs, concrete._names, plain_data(concrete.function_type))  # fmt: skip


def _concrete(body, name, signature, structured, names, kind):
    concrete = ConcreteFunction(body, name)
    outputs = iter(body.outputs)
    concrete.structured_input_signature = signature
    concrete.structured_outputs = nest.map_structure(
        lambda x: next(outputs) if isinstance(x, TensorSpec) else x, structured
    )
    concrete._names, concrete.function_type = names, function_type(*kind)
    return concrete


def connect(concrete, captured):
    """Gives a function that was read the tensors and variables outside that it uses."""
    variables = [c for c in captured if not isinstance(c, EagerTensor)]
    concrete.graph.used_variables = {id(v): v for v in variables}
    tensors = [c if isinstance(c, EagerTensor) else c.handle for c in captured]
    concrete._body.captured = concrete.captured = tensors


def captures_of(concrete, number_of):
    """What a function uses from outside: (number of a variable, or None; else the value)."""
    found = []
    for tensor in concrete.captured:
        cell = tensor._value
        if type(cell) is not Cell:
            found.append((None, np.asarray(cell)))
        else:
            number = number_of.get(id(cell))
            found.append((number, None if number is not None else np.asarray(cell.value)))
    return found
