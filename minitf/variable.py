"""`tf.Variable`: a named holder of an array; reading and assigning are ops on its handle.

The handle is a tensor whose value is a `Cell`. Eagerly an assignment changes the cell; in a graph
the op is written down, and whoever runs the graph gives it a cell.
"""

import enum

import numpy as np

from minitf import display, dtypes
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.gradients import densify
from minitf.core.registry import Cell, Op, define
from minitf.core.tensor import EagerTensor, Reference
from minitf.ops.overloads import install_operators
from minitf.shapes import TensorShape, as_shape


class VariableSynchronization(enum.Enum):
    AUTO, NONE, ON_WRITE, ON_READ = range(4)


class VariableAggregation(enum.Enum):
    NONE, SUM, MEAN, ONLY_FIRST_REPLICA = range(4)


def _resource(name, fn, types, described, backward=None, num_outputs=1):
    """An op on a variable's cell; `described` says its outputs, given the handle's variable."""
    return define(name, fn, types, resource=True, num_outputs=num_outputs, backward=backward,
                  infer=described)  # fmt: skip


def _value_of(inputs, attrs):
    return [inputs[0].described]


def _nothing(inputs, attrs):
    return []


READ = _resource(
    "ReadVariableOp",
    lambda resource: resource.value,
    "r",
    _value_of,
    lambda record, cotangents: cotangents,
)


def _assign(resource, value):
    resource.value = value
    return ()


ASSIGN = _resource("AssignVariableOp", _assign, "r?", _nothing, num_outputs=0)
VAR_HANDLE = define("VarHandleOp", lambda *, number: None, "", stateful=True)


def _updating(name, fn, types="r?"):
    """An op that replaces the value by `fn(value, *operands)`."""
    pure = Op(name, fn, "T*")

    def update(cell, *operands):
        cell.value = pure.kernel()(cell.value, *operands)
        return ()

    return _resource(name, update, types, _nothing, num_outputs=0)


ASSIGN_ADD = _updating("AssignAddVariableOp", lambda v, d: v + d)
ASSIGN_SUB = _updating("AssignSubVariableOp", lambda v, d: v - d)


class Variable:
    """A value that changes while the program runs, such as a weight.

    Args:
      initial_value: a tensor, what converts to one, or a callable that returns one.
      trainable: whether tapes watch the variable when it is read (default True).
      name: default `"Variable"`.
      dtype: the dtype to convert `initial_value` to.
      constraint: a function for optimizers to project the value with after an update.
      shape: a shape less definite than that of `initial_value`.

    Raises:
      ValueError: no `initial_value`.

    >>> v = Variable([1.0, 2.0])
    >>> v.assign_add([1.0, 1.0]).numpy()
    array([2., 3.], dtype=float32)
    """

    __array_priority__ = 100

    def __hash__(self):
        raise TypeError("Variable is unhashable. Instead, use variable.ref() as the key.")

    def __init__(self, initial_value=None, trainable=None, validate_shape=True,
                 caching_device=None, name=None, variable_def=None, dtype=None, import_scope=None,
                 constraint=None, synchronization=VariableSynchronization.AUTO,
                 aggregation=VariableAggregation.NONE, shape=None,
                 experimental_enable_variable_lifting=True):  # fmt: skip
        if initial_value is None:
            raise ValueError(
                "The `initial_value` arg to `tf.Variable` must be specified except "
                "when you are not providing a `variable_def`. You provided neither."
            )
        frame = stack.frame
        self.trainable = True if trainable is None else bool(trainable)
        self.constraint, self._frame = constraint, frame
        self.synchronization, self.aggregation = synchronization, aggregation
        if callable(initial_value):
            initial_value = initial_value()
        plain = name or "Variable"
        if frame.is_graph:
            self._build(frame, plain, initial_value, dtype, shape)
            return
        value = convert_to_tensor(initial_value, dtype)
        self._settle(f"{frame.scope}{plain}:0", value.dtype, shape or value.shape)
        self._handle = EagerTensor(Cell(value.array))

    def _settle(self, name, dtype, shape):
        self.name, self._dtype, self._shape = name, dtype, as_shape(shape)

    def _build(self, graph, name, initial_value, dtype, shape):
        """Writes the variable down: its handle, the op that initialises it, the op that reads."""
        name = graph.unique_name(name)
        before, graph.scope = graph.scope, name + "/"
        try:
            with graph.paused():
                self._initial = convert_to_tensor(initial_value, dtype, name="initial_value")
                self._settle(f"{name}:0", self._initial.dtype, shape or self._initial.shape)
                described = [(TensorShape([]), dtypes.resource)]
                handle = graph.append(VAR_HANDLE, name, (), (len(graph.operations),), described)
                handle.described = (self._shape, self._dtype)
                self._handle = handle
                self.initializer = execute(ASSIGN, (handle, self._initial), (), "Assign")
                self._snapshot = execute(READ, (handle,), (), "read")
        finally:
            graph.scope = before
        graph.add_to_collection("variables", self)
        if self.trainable:
            graph.add_to_collection("trainable_variables", self)

    # What it is ----------------------------------------------------------------------------------

    @property
    def handle(self):
        return self._handle

    @property
    def dtype(self):
        return self._dtype

    @property
    def shape(self):
        return self._shape

    def get_shape(self):
        return self._shape

    @property
    def ndim(self):
        return self._shape.rank

    @property
    def device(self):
        return EagerTensor(self._array()).device if not self._frame.is_graph else ""

    @property
    def graph(self):
        return self._handle.graph

    @property
    def op(self):
        return self._handle.op

    @property
    def initial_value(self):
        if not self._frame.is_graph:
            raise RuntimeError("This property is not supported when eager execution is enabled.")
        return self._initial

    def _array(self):
        return self._handle._value.value

    def _as_graph_element(self):
        return self._snapshot

    # Reading -------------------------------------------------------------------------------------

    def value(self):
        """The current value, as a tensor."""
        frame = stack.frame
        if self.trainable and frame.tapes:
            for tape in frame.tapes:
                tape.access(self)
        if frame.is_graph:
            frame.variables[id(self)] = self
        return frame.run(READ, (self._handle,), (), None)

    read_value = value

    def __tf_tensor__(self, dtype=None, name=None):
        return self.value()

    def numpy(self):
        """The current value as a NumPy array; NotImplementedError in a graph."""
        if self._frame.is_graph:
            raise NotImplementedError("numpy() is only available when eager execution is enabled.")
        return self.value().numpy()

    def __array__(self, dtype=None, copy=None):
        array = np.asarray(self.numpy())
        return array.astype(dtype) if dtype is not None else array

    def eval(self, session=None):
        return self._snapshot.eval(session=session)

    # Assigning -----------------------------------------------------------------------------------

    def _update(self, op, verb, value, name, read_value):
        value = convert_to_tensor(densify(value), self._dtype)
        if verb == "assign" and not self._shape.is_compatible_with(value.shape):
            raise ValueError(
                f"Cannot assign value to variable ' {self.name}': Shape mismatch."
                f"The variable shape {self._shape}, and the assigned value shape "
                f"{value.shape} are incompatible."
            )
        if stack.frame.is_graph:
            stack.frame.variables[id(self)] = self
        operation = stack.frame.run(op, (self._handle, value), (), name)
        if stack.frame.is_graph:
            return self._after(operation)
        return self if read_value else None

    def _after(self, operation):
        """The value once `operation` has run."""
        with stack.frame.control_dependencies([operation]):
            return execute(READ, (self._handle,))

    def assign(self, value, use_locking=False, name=None, read_value=True):
        """Replaces the value; ValueError where the shapes differ."""
        return self._update(ASSIGN, "assign", value, name, read_value)

    def assign_add(self, delta, use_locking=False, name=None, read_value=True):
        """Adds `delta` to the value."""
        return self._update(ASSIGN_ADD, "assign_add", delta, name, read_value)

    def assign_sub(self, delta, use_locking=False, name=None, read_value=True):
        """Subtracts `delta` from the value."""
        return self._update(ASSIGN_SUB, "assign_sub", delta, name, read_value)

    # Python's protocols --------------------------------------------------------------------------

    def ref(self):
        return Reference(self)

    experimental_ref = ref

    def __repr__(self):
        array = None if self._frame.is_graph else np.asarray(self._array())
        return display.variable_repr(self.name, self._shape, self._dtype, array)

    __str__ = __repr__

    def __format__(self, spec):
        return self.value().__format__(spec) if spec else str(self)

    def __iter__(self):
        return iter(self.value())

    def __len__(self):
        return len(self.value())

    def __bool__(self):
        return bool(self.value())

    def __int__(self):
        return int(self.value())

    def __float__(self):
        return float(self.value())

    def __index__(self):
        return self.value().__index__()

    def __deepcopy__(self, memo):
        copied = Variable(self.value(), self.trainable, name=self.name.removesuffix(":0"),
                          constraint=self.constraint, shape=self._shape)  # fmt: skip
        memo[id(self)] = copied
        return copied

    def __reduce__(self):
        return (Variable, (self.numpy(), self.trainable, True, None, self.name.removesuffix(":0")))


install_operators(Variable)
