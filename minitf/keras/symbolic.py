"""Calls on symbolic inputs are remembered: `KerasTensor`s are the edges, `Node`s the calls.

From them the functional API makes models. An `Operation` is what is called: a layer, or a function
of tensors such as `+`.
"""

import collections
import inspect
import operator

from minitf import dtypes, nest
from minitf.core.dispatch import execute
from minitf.core.frames import stack
from minitf.core.registry import get as registered_op
from minitf.core.tensor import Tensor
from minitf.graphs.func_graph import FuncGraph
from minitf.keras import config as settings
from minitf.keras import dtype_policies, naming
from minitf.keras.explaining import call_explained
from minitf.keras.variable import vector_matmul
from minitf.ops import math
from minitf.ops.sparse import SparseTensor
from minitf.shapes import TensorShape

KerasHistory = collections.namedtuple("KerasHistory", "operation node_index tensor_index")


class SymbolicShape(tuple):
    """A tuple, with the methods of a `TensorShape`."""

    def __getattr__(self, name):
        return getattr(TensorShape(self), name)


class SymbolicDType(str):
    """The name of a dtype, with the attributes of the `DType`."""

    def __getattr__(self, name):
        return getattr(dtypes.as_dtype(str(self)), name)


class KerasTensor:
    """The shape and dtype of a tensor to come: what layers are called on to make a model.

    Layers, operators and the functions of minitf that get one return one.

    Args:
      shape: sizes, None for those not known.
      dtype: the name of a dtype.
      name: default: `keras_tensor`, `keras_tensor_1`, ...

    >>> KerasTensor((None, 3), name="x")
    <KerasTensor shape=(None, 3), dtype=float32, sparse=False, ragged=False, name=x>
    """

    __array_priority__ = 1000
    _keras_mask = None

    def __init__(self, shape, dtype="float32", sparse=False, ragged=False, record_history=True,
                 name=None):  # fmt: skip
        if sparse and ragged:
            raise ValueError(
                "KerasTensor cannot have `sparse=True` and `ragged=True` at the same time."
            )
        self._shape = SymbolicShape(standardize_shape(shape))
        self._dtype = SymbolicDType(settings.standardize_dtype(dtype))
        self.sparse, self.ragged = bool(sparse), bool(ragged)
        self.record_history = record_history
        self.name = name or naming.auto_name(type(self).__name__)

    shape = property(lambda self: self._shape)
    dtype = property(lambda self: self._dtype)
    ndim = property(lambda self: len(self._shape))

    def __tf_execute__(self, op, inputs, attrs, name):
        """Remembers an op of minitf, called on this and other inputs."""
        return OpCall(op.name, attrs, name)(*inputs)

    def __repr__(self):
        return (
            f"<KerasTensor shape={tuple(self.shape)}, dtype={self.dtype}, sparse={self.sparse}, "
            f"ragged={self.ragged}, name={self.name}>"
        )

    def __iter__(self):
        raise NotImplementedError("Iterating over a symbolic KerasTensor is not supported.")

    def __bool__(self):
        raise TypeError("A symbolic KerasTensor cannot be used as a boolean.")

    def __array__(self, *args, **kwargs):
        raise ValueError(f"{_NO_VALUE} You cannot convert it to a NumPy array.")

    def __int__(self):
        raise ValueError(f"{_NO_VALUE} You cannot convert it to an int.")

    def __float__(self):
        raise ValueError(f"{_NO_VALUE} You cannot convert it to a float.")


_NO_VALUE = (
    "A KerasTensor is symbolic: it's a placeholder for a shape an a dtype. It doesn't have any "
    "actual numerical value."
)


def standardize_shape(shape):
    """`shape` as a tuple of integers and Nones.

    Raises:
      ValueError: no sequence, or a negative size, or a size that is no integer.
    """
    try:
        sizes = tuple(TensorShape(shape)) if isinstance(shape, TensorShape) else tuple(shape)
    except (TypeError, ValueError):
        raise ValueError(f"Cannot convert '{shape}' to a shape.") from None
    for size in sizes:
        if size is None:
            continue
        if not hasattr(size, "__index__"):
            raise ValueError(
                f"Cannot convert '{shape}' to a shape. Found invalid entry '{size}' of type "
                f"'{type(size)}'. "
            )
        if size < 0:
            raise ValueError(
                f"Cannot convert '{shape}' to a shape. Negative dimensions are not allowed."
            )
    return tuple(None if size is None else operator.index(size) for size in sizes)


def any_symbolic(*structures):
    """Whether there is a `KerasTensor` in the structures."""
    return any(isinstance(x, KerasTensor) for x in nest.flatten(structures))


def output_spec(function, *args, **kwargs):
    """What `function` returns for tensors of the shapes and dtypes of the `KerasTensor`s given.

    It is called once, on placeholders in a graph that is thrown away.
    """
    graph = FuncGraph("scratch", stack.frame)

    def stand_in(x):
        if not isinstance(x, KerasTensor):
            return x
        tensor = graph.placeholder(str(x.dtype), x.shape)
        if x._keras_mask is not None:
            tensor._keras_mask = stand_in(x._keras_mask)
        return tensor

    def described(x):
        if isinstance(x, SparseTensor):
            return KerasTensor(x.shape, x.dtype.name, sparse=True)
        if not isinstance(x, Tensor):
            return x
        if x.shape.rank is None:
            raise ValueError(f"The rank of the output {x} cannot be told from the inputs.")
        result = KerasTensor(x.shape, x.dtype.name)
        if getattr(x, "_keras_mask", None) is not None:
            result._keras_mask = described(x._keras_mask)
        return result

    with stack.push(graph):
        args, kwargs = nest.map_structure(stand_in, (args, kwargs))
        outputs = function(*args, **kwargs)
        return nest.map_structure(described, outputs)


class Node:
    """One call of an operation on symbolic inputs.

    Args:
      operation: what was called.
      args, kwargs: with what.
      outputs: the `KerasTensor`s it returned, in a structure.

    Raises:
      ValueError: one of the outputs is no `KerasTensor`.
    """

    def __init__(self, operation, args=(), kwargs=None, outputs=None):
        self.operation, self.args, self.kwargs = operation, args, kwargs or {}
        self.outputs = nest.flatten(outputs)
        flat = nest.flatten((self.args, self.kwargs))
        self.input_tensors = [x for x in flat if isinstance(x, KerasTensor)]
        for x in self.outputs:
            if not isinstance(x, KerasTensor):
                raise ValueError(
                    f"All operation outputs must be tensors. Operation {operation} returned a "
                    f"non-tensor. Non-tensor received: {x}"
                )
        for x in self.input_tensors:
            if not hasattr(x, "_keras_history"):
                x._keras_history = KerasHistory(None, 0, 0)
            if x._keras_history.operation is not None:
                x._keras_history.operation._outbound_nodes.append(self)
        index = len(operation._inbound_nodes)
        operation._inbound_nodes.append(self)
        for i, x in enumerate(self.outputs):
            x._keras_history = KerasHistory(operation, index, i)

    output_tensors = property(lambda self: self.outputs)
    is_input = property(lambda self: not self.input_tensors)

    @property
    def parent_nodes(self):
        """The calls that the inputs come from."""
        histories = [x._keras_history for x in self.input_tensors]
        return [h.operation._inbound_nodes[h.node_index] for h in histories if h.operation]

    def fill_in(self, values):
        """(args, kwargs) of the call, with the `KerasTensor`s replaced: `values[id(x)]`."""

        def value(x):
            return values[id(x)] if isinstance(x, KerasTensor) else x

        return nest.map_structure(value, (self.args, self.kwargs))

    def __repr__(self):
        return f"<Node operation={self.operation.name}, id={id(self)}>"


def default(method):
    """Marks a method that a subclass has not overridden."""
    method._is_default = True
    return method


def is_default(method):
    """Whether the method is one marked by `default`."""
    return getattr(method, "_is_default", False)


class Operation:
    """What can be called on tensors, and on `KerasTensor`s, which is then remembered.

    A subclass has `call`; the arguments of its constructor are its config where they are plain.

    Args:
      name: default: the class in snake case, with a number from the second time on.

    Raises:
      ValueError: a name that is no string or has a slash.
    """

    def __new__(cls, *args, **kwargs):
        operation = super().__new__(cls)
        object.__setattr__(operation, "_arguments", (args, kwargs))
        return operation

    def __init__(self, name=None):
        name = naming.auto_name(type(self).__name__) if name is None else name
        if not isinstance(name, str) or "/" in name:
            raise ValueError(
                "Argument `name` must be a string and cannot contain character `/`. "
                f"Received: name={name} (of type {type(name)})"
            )
        self.name = name
        self._inbound_nodes, self._outbound_nodes = [], []

    def __call__(self, *args, **kwargs):
        if not any_symbolic(args, kwargs):
            return call_explained(self.call, f"{type(self).__name__}.call()", args, kwargs)
        return self.symbolic_call(*args, **kwargs)

    def symbolic_call(self, *args, **kwargs):
        """The `KerasTensor`s of a call on `KerasTensor`s, which is remembered."""
        outputs = self.compute_output_spec(*args, **kwargs)
        Node(self, args, kwargs, outputs)
        return outputs

    def call(self, *args, **kwargs):
        """What the operation does."""
        raise NotImplementedError(f"{type(self).__name__} does not implement `call`.")

    def compute_output_spec(self, *args, **kwargs):
        """The `KerasTensor`s that a call returns."""
        try:
            return output_spec(self.call, *args, **kwargs)
        except Exception as error:
            cls = type(self).__name__
            text = (
                "Could not automatically infer the output shape / dtype of "
                f"'{self.name}' (of type {cls}). Either the `{cls}.call()` method is incorrect, "
                f"or you need to implement the `{cls}.compute_output_spec() / "
                f"compute_output_shape()` method. Error encountered:\n\n{error}"
            )
            try:
                described = type(error)(text)
            except TypeError:  # an error of another form
                raise error from None
            raise described.with_traceback(error.__traceback__) from None

    @default
    def get_config(self):
        """The arguments of the constructor; NotImplementedError where they are not plain."""
        if not is_default(self.get_config):
            return {"name": self.name}
        takes = inspect.signature(type(self).__init__).parameters
        named = "name" in takes or any(p.kind == p.VAR_KEYWORD for p in takes.values())
        return {**({"name": self.name} if named else {}), **self._plain_arguments()}

    def _plain_arguments(self):
        args, kwargs = self._arguments
        signature = inspect.signature(type(self).__init__)
        variadic = [p for p in signature.parameters.values() if p.kind == p.VAR_POSITIONAL]
        try:
            bound = signature.bind(self, *args, **kwargs)
        except TypeError:
            bound = None
        given = {}
        if bound is not None and not (variadic and bound.arguments.get(variadic[0].name)):
            bound.apply_defaults()
            for name, value in list(bound.arguments.items())[1:]:
                kind = signature.parameters[name].kind
                if kind == inspect.Parameter.VAR_KEYWORD:
                    given.update(value)
                elif kind != inspect.Parameter.VAR_POSITIONAL:
                    given[name] = value
            given.pop("name", None)
            plain = (str, int, float, bool, type(None))
            if all(isinstance(value, plain) for value in nest.flatten(given)):
                return given
        raise NotImplementedError(
            f"\nObject {type(self).__name__} was created by passing\nnon-serializable argument "
            "values in `__init__()`,\nand therefore the object must override `get_config()` in\n"
            "order to be serializable. Please implement `get_config()`."
        )

    @classmethod
    def from_config(cls, config):
        """An operation with the arguments in `config`.

        Raises:
          TypeError: the constructor does not take them.
        """
        config = dict(config)
        if isinstance(config.get("dtype"), dict):
            config["dtype"] = dtype_policies.deserialize(config["dtype"]).name
        try:
            return cls(**config)
        except Exception as error:
            raise TypeError(
                f"Error when deserializing class '{cls.__name__}' using config={config}."
                f"\n\nException encountered: {error}"
            ) from error

    def __repr__(self):
        return f"<Operation name={self.name}>"

    input = property(lambda self: self._of_first_node("input_tensors", "input"))
    output = property(lambda self: self._of_first_node("outputs", "output"))

    def _of_first_node(self, attribute, shown):
        if not self._inbound_nodes:
            raise AttributeError(
                f"The layer {self.name} has never been called and thus has no defined {shown}."
            )
        tensors = getattr(self._inbound_nodes[0], attribute)
        return tensors[0] if len(tensors) == 1 else tensors


class OpCall(Operation):
    """An op of minitf as an operation: what `tf.reduce_sum(keras_tensor)` is."""

    def __init__(self, op, attrs=(), scope=None, name=None):
        self._op, self._attrs, self._scope = registered_op(op), tuple(attrs), scope
        super().__init__(name or naming.auto_name(scope or op))

    def call(self, *inputs):
        return execute(self._op, inputs, self._attrs, self._scope)

    def get_config(self):
        return {"op": self._op.name, "attrs": self._attrs, "scope": self._scope, "name": self.name}


def _operator(name, function):
    """The class of an operator, named as Keras names it."""
    members = {"call": lambda self, *args: function(*args), "__module__": __name__,
               "__doc__": f"`{name}` as an operation."}  # fmt: skip
    return type(name, (Operation,), members)


_BINARY = {
    "add": _operator("Add", operator.add),
    "sub": _operator("Subtract", operator.sub),
    "mul": _operator("Multiply", operator.mul),
    "truediv": _operator("TrueDivide", operator.truediv),
    "floordiv": _operator("FloorDivide", operator.floordiv),
    "mod": _operator("Mod", operator.mod),
    "pow": _operator("Power", operator.pow),
    "matmul": _operator("Matmul", vector_matmul),
    "and": _operator("LogicalAnd", operator.and_),
    "or": _operator("LogicalOr", operator.or_),
    "xor": _operator("LogicalXor", operator.xor),
}
_OTHERS = {
    "lt": _operator("Less", operator.lt),
    "le": _operator("LessEqual", operator.le),
    "gt": _operator("Greater", operator.gt),
    "ge": _operator("GreaterEqual", operator.ge),
    "ne": _operator("NotEqual", operator.ne),
    "getitem": _operator("GetItem", operator.getitem),
    "neg": _operator("Negative", operator.neg),
    "abs": _operator("Absolute", math.abs),
    "invert": _operator("LogicalNot", operator.invert),
}
for _name, _class in (_BINARY | _OTHERS).items():
    setattr(KerasTensor, f"__{_name}__", lambda self, *args, _class=_class: _class()(self, *args))
    globals()[_class.__name__] = _class  # configs name them
for _name, _class in _BINARY.items():
    setattr(KerasTensor, f"__r{_name}__", lambda self, x, _class=_class: _class()(x, self))
KerasTensor.__hash__ = object.__hash__
