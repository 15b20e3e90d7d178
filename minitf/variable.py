"""`tf.Variable`: a named holder of an array; reading and assigning are ops on its handle.

The handle is a tensor whose value is a `Cell`. Eagerly an assignment changes the cell; in a graph
the op is written down, and whoever runs the graph gives it a cell.
"""

import enum
import functools

import numpy as np

from minitf import display, dtypes
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.gradients import densify
from minitf.core.registry import Cell, define
from minitf.core.slices import IndexedSlices
from minitf.core.tensor import EagerTensor, Reference
from minitf.creators import CreatedInScopes
from minitf.ops.array import identity
from minitf.ops.gathering import gather, gather_nd
from minitf.ops.handles import (
    ASSIGN,
    ASSIGN_ADD,
    ASSIGN_SLICE,
    ASSIGN_SUB,
    COUNT_UP_TO,
    IS_INITIALIZED,
    READ,
    SCATTER,
    SCATTER_ND,
)
from minitf.ops.joining import stack as pack
from minitf.ops.overloads import install_operators
from minitf.ops.slicing import getitem, is_mask, pack_index, parse
from minitf.shapes import TensorShape, as_shape
from minitf.specs import TypeSpec


class VariableSynchronization(enum.Enum):
    AUTO, NONE, ON_WRITE, ON_READ = range(4)


class VariableAggregation(enum.Enum):
    NONE, SUM, MEAN, ONLY_FIRST_REPLICA = range(4)


VAR_HANDLE = define("VarHandleOp", lambda *, number: None, "", stateful=True)


class VariableSpec(TypeSpec):
    """Describes the variables that a traced function takes."""

    def __init__(self, shape, dtype=dtypes.float32, trainable=True, alias_id=None):
        self.shape, self.dtype = as_shape(shape), dtypes.as_dtype(dtype)
        self.trainable, self.alias_id = trainable, alias_id

    value_type = property(lambda self: Variable)

    def _serialize(self):
        return self.shape, self.dtype, self.trainable, self.alias_id

    def is_compatible_with(self, spec_or_value):
        """Whether the variable, or the spec, may be one that this spec describes."""
        if not isinstance(spec_or_value, Variable):
            return super().is_compatible_with(spec_or_value)
        return self.shape.is_compatible_with(spec_or_value.shape) and (
            (self.dtype, self.trainable) == (spec_or_value.dtype, spec_or_value.trainable)
        )

    def __repr__(self):
        return (f"VariableSpec(shape={self.shape}, dtype={self.dtype!r}, "
                f"trainable={self.trainable}, alias_id={self.alias_id})")  # fmt: skip


class Variable(metaclass=CreatedInScopes):
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
    creators_apply = True

    def __hash__(self):
        raise TypeError(
            f"Variable is unhashable. Instead, use variable.ref() as the key. (Variable: {self!r})"
        )

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
        if constraint is not None and not callable(constraint):
            raise ValueError(
                "Argument `constraint` must be None or a callable. a callable. Got a "
                f"{type(constraint)}:  {constraint}"
            )
        if not isinstance(name, str | None):
            raise ValueError("name for name_scope must be a string.")
        frame = stack.frame
        if trainable is None:
            trainable = synchronization is not VariableSynchronization.ON_READ
        self._trainable = bool(trainable)
        self._constraint, self._frame = constraint, frame
        self._synchronization, self._aggregation = synchronization, aggregation
        written = frame.is_graph and not hasattr(frame, "captures")
        if callable(initial_value) and not written:
            initial_value = initial_value()
        plain = name or "Variable"
        if not frame.is_graph:
            self._make(frame.scope + plain, initial_value, dtype, shape)
        elif not written:
            self._lift(frame, plain, initial_value, dtype, shape)
        else:
            self._build(frame, plain, initial_value, dtype, shape)

    def _make(self, name, initial_value, dtype, shape):
        """Holds the value, in a cell."""
        try:
            value = convert_to_tensor(initial_value, dtype)
        except ValueError as error:
            if "Tensor conversion requested" in str(error):
                raise ValueError(f"initial_value: {error}") from None
            raise
        self._settle(f"{name}:0", value, shape)
        described = None if shape is None else (self._shape, self._dtype)
        self._handle = EagerTensor(Cell(value.array, described))

    def _lift(self, graph, name, initial_value, dtype, shape):
        """Makes the variable outside the function that is being traced, at the first trace only."""
        if graph.created is None:
            raise ValueError(
                "tf.function only supports singleton tf.Variables created on the first call. Make "
                "sure the tf.Variable is only created once or created outside tf.function. See "
                "https://www.tensorflow.org/guide/function#creating_tfvariables for more "
                "information."
            )
        value = graph.concrete_value(convert_to_tensor(initial_value, dtype))
        self._frame = stack.frames[0]
        self._make(graph.scope + name, value, dtype, shape)
        graph.created.append(self)

    def _settle(self, name, value, shape):
        self._name, self._dtype, self._shape = name, value.dtype, value.shape
        if shape is not None:
            self._shape = as_shape(shape)
            if not self._shape.is_compatible_with(value.shape):
                raise ValueError(
                    f"In this `tf.Variable` creation, the initial value's shape ({value.shape}) is "
                    f"not compatible with the explicitly supplied `shape` argument ({shape})."
                )

    def _build(self, graph, name, initial_value, dtype, shape):
        """Writes the variable down: its handle, the op that initialises it, the op that reads."""
        name = graph.unique_name(name)
        before, graph.scope = graph.scope, name + "/"
        try:
            with graph.paused(), graph.control_dependencies(None):
                if callable(initial_value):
                    with graph.name_scope("Initializer"):
                        initial_value = initial_value()
                self._initial = convert_to_tensor(initial_value, dtype, name="initial_value")
                self._settle(f"{name}:0", self._initial, shape)
                described = [(TensorShape([]), dtypes.resource)]
                handle = graph.append(VAR_HANDLE, name, (), (len(graph.operations),), described)
                handle.described = (self._shape, self._dtype)
                self._handle = handle
                self.initializer = execute(ASSIGN, (handle, self._initial), (), "Assign")
                self._snapshot = execute(READ, (handle,), (), "read")
        finally:
            graph.scope = before
        graph.add_to_collections(self._collections(), self)

    def _collections(self):
        """The collections of a graph that the variable is put in."""
        return ("variables", "trainable_variables") if self.trainable else ("variables",)

    # What it is ----------------------------------------------------------------------------------

    name = property(lambda self: self._name)
    trainable = property(lambda self: self._trainable)
    constraint = property(lambda self: self._constraint)
    synchronization = property(lambda self: self._synchronization)
    aggregation = property(lambda self: self._aggregation)
    handle = property(lambda self: self._handle)
    dtype = property(lambda self: self._dtype)
    shape = property(lambda self: self._shape)
    graph = property(lambda self: self._handle.graph)
    op = property(lambda self: self._handle.op)
    _shared_name = property(lambda self: self.name.removesuffix(":0"))
    initializer = None  # the op, in a graph

    def get_shape(self):
        return self._shape

    def set_shape(self, shape):
        """Narrows the static shape; ValueError where it does not fit."""
        self._shape = self._shape.merge_with(shape)

    @property
    def device(self):
        return EagerTensor(self._array()).device if not self._frame.is_graph else ""

    @property
    def initial_value(self):
        if not self._frame.is_graph:
            raise RuntimeError("This property is not supported when eager execution is enabled.")
        return self._initial

    def is_initialized(self, name=None):
        """A bool tensor: whether the variable has a value."""
        return execute(IS_INITIALIZED, (self._handle,), (), name)

    def _array(self):
        return self._handle._value.value

    def _as_graph_element(self):
        return self._snapshot

    _identity = property(lambda self: self)  # the variable that this one is a view of

    _checkpoint_attribute = "VARIABLE_VALUE"

    def _checkpoint_value(self):
        return self.eval() if self._frame.is_graph else self.numpy()

    def _restore_value(self, array):
        if not self.shape.is_compatible_with(np.shape(array)):
            raise ValueError(
                f"Received incompatible tensor with shape {np.shape(array)} when attempting to "
                f"restore variable with shape {self.shape} and name {self.name}."
            )
        if self._frame.is_graph:
            return functools.partial(self.load, array)
        self.assign(array, read_value=False)
        return None

    # As an argument of a traced function ---------------------------------------------------------

    @property
    def _trace_type(self):
        dims = None if self._shape.rank is None else tuple(self._shape.as_list())
        return dims, ("variable", self._dtype, self._trainable)

    def _stand_in(self, handle):
        """A variable like this one behind `handle`, of the graph that is being traced."""
        found = object.__new__(type(self._identity))
        found.__dict__.update(self._identity.__dict__)
        found._handle, found._frame, found._initial = handle, stack.frame, None
        found._shape = handle.described[0]
        return found

    def _argument_spec(self, number):
        return VariableSpec(self._shape, self._dtype, self._trainable, number)

    # Reading -------------------------------------------------------------------------------------

    def value(self):
        """The current value, as a tensor."""
        frame = stack.frame
        if self._trainable and (frame.tapes or frame.is_graph):
            frame.access(self)
        if frame.is_graph:
            frame.used_variables[id(self)] = self
        return frame.run(READ, (self._handle,), (), None)

    def read_value(self):
        """A copy of the current value."""
        value = self.value()
        return identity(value) if stack.frame.is_graph else value

    read_value_no_copy = read_value

    def __tf_tensor__(self, dtype=None, name=None):
        return self.value()

    def numpy(self):
        """The current value as a NumPy array; NotImplementedError in a graph."""
        if self._frame.is_graph or stack.frame.is_graph:
            raise NotImplementedError("numpy() is only available when eager execution is enabled.")
        return self.value().numpy()

    def __array__(self, dtype=None, copy=None):
        array = np.asarray(self.numpy())
        return array.astype(dtype) if dtype is not None else array

    def eval(self, session=None):
        """The value in `session` (default: the innermost one entered); in graphs only."""
        if not self._frame.is_graph:
            raise RuntimeError("This operation is not supported when eager execution is enabled.")
        return self._snapshot.eval(session=session)

    def sparse_read(self, indices, name=None):
        """The rows of the value at `indices`."""
        return gather(self, indices, name=name)

    def gather_nd(self, indices, name=None):
        """The elements or slices of the value at index vectors."""
        return gather_nd(self, indices, name=name)

    def __getitem__(self, index):
        part = getitem(self, index)
        if not is_mask(index):
            part.assign = functools.partial(self._assign_part, index)
        return part

    # Assigning -----------------------------------------------------------------------------------

    def _update(self, op, operands, name=None, read_value=True, attrs=()):
        """Runs an op that changes the value; the result stands for the variable from then on."""
        frame = stack.frame
        if not frame.is_graph:
            frame.run(op, (self._handle, *operands), attrs, name)
            return Unread.of(self) if read_value else None
        frame.used_variables[id(self)] = self
        operation = frame.run(op, (self._handle, *operands), attrs, name)
        if frame.in_order:
            return Unread.of(self) if read_value else operation
        with frame.control_dependencies([operation]):
            return execute(READ, (self._handle,)) if read_value else operation

    def assign(self, value, use_locking=False, name=None, read_value=True):
        """Replaces the value; ValueError where the shapes differ."""
        value = convert_to_tensor(densify(value), self._dtype)
        if not self._shape.is_compatible_with(value.shape):
            tensor = "" if self.name is None else " " + self.name
            raise ValueError(
                f"Cannot assign value to variable '{tensor}': Shape mismatch."
                f"The variable shape {self._shape}, and the assigned value shape "
                f"{value.shape} are incompatible."
            )
        return self._update(ASSIGN, (value,), name, read_value)

    def assign_add(self, delta, use_locking=False, name=None, read_value=True):
        """Adds `delta`, of the same shape, to the value."""
        delta = convert_to_tensor(densify(delta), self._dtype)
        return self._update(ASSIGN_ADD, (delta,), name, read_value)

    def assign_sub(self, delta, use_locking=False, name=None, read_value=True):
        """Subtracts `delta`, of the same shape, from the value."""
        delta = convert_to_tensor(densify(delta), self._dtype)
        return self._update(ASSIGN_SUB, (delta,), name, read_value)

    def load(self, value, session=None):
        """Sets the value, in `session` where the variable is one of a graph."""
        if self._frame.is_graph:
            self.initializer.run({self.initializer.inputs[1]: value}, session)
        else:
            self.assign(value)

    def _assign_part(self, index, value, name=None):
        """`variable[index].assign(value)`; `value` broadcasts to the part."""
        entries, begin = parse(self._shape, index)
        value = convert_to_tensor(value, self._dtype)
        operands = (pack_index(begin), value)
        return self._update(ASSIGN_SLICE, operands, name or "strided_slice/_assign",
                            attrs=(entries,))  # fmt: skip

    def _scatter(self, verb, slices, name):
        if not isinstance(slices, IndexedSlices):
            raise TypeError(
                f"Argument `sparse_delta` must be a `tf.IndexedSlices`. Received arg: {slices}"
            )
        values = convert_to_tensor(slices.values, self._dtype)
        return self._update(SCATTER[verb], (slices.indices, values), name)

    def scatter_add(self, sparse_delta, use_locking=False, name=None):
        """Adds the rows of an `IndexedSlices`."""
        return self._scatter("add", sparse_delta, name)

    def scatter_sub(self, sparse_delta, use_locking=False, name=None):
        """Subtracts the rows of an `IndexedSlices`."""
        return self._scatter("sub", sparse_delta, name)

    def scatter_mul(self, sparse_delta, use_locking=False, name=None):
        """Multiplies by the rows of an `IndexedSlices`."""
        return self._scatter("mul", sparse_delta, name)

    def scatter_div(self, sparse_delta, use_locking=False, name=None):
        """Divides by the rows of an `IndexedSlices`."""
        return self._scatter("div", sparse_delta, name)

    def scatter_max(self, sparse_delta, use_locking=False, name=None):
        """The greater of each element and that of an `IndexedSlices`."""
        return self._scatter("max", sparse_delta, name)

    def scatter_min(self, sparse_delta, use_locking=False, name=None):
        """The lesser of each element and that of an `IndexedSlices`."""
        return self._scatter("min", sparse_delta, name)

    def scatter_update(self, sparse_delta, use_locking=False, name=None):
        """Replaces rows by those of an `IndexedSlices`."""
        return self._scatter("update", sparse_delta, name)

    def _scatter_nd(self, verb, indices, updates, name):
        operands = (convert_to_tensor(indices), convert_to_tensor(updates, self._dtype))
        return self._update(SCATTER_ND[verb], operands, name)

    def scatter_nd_add(self, indices, updates, name=None):
        """Adds `updates` at the places that index vectors name."""
        return self._scatter_nd("add", indices, updates, name)

    def scatter_nd_sub(self, indices, updates, name=None):
        """Subtracts `updates` at the places that index vectors name."""
        return self._scatter_nd("sub", indices, updates, name)

    def scatter_nd_max(self, indices, updates, name=None):
        """The greater of the value and `updates` at the places that index vectors name."""
        return self._scatter_nd("max", indices, updates, name)

    def scatter_nd_min(self, indices, updates, name=None):
        """The lesser of the value and `updates` at the places that index vectors name."""
        return self._scatter_nd("min", indices, updates, name)

    def scatter_nd_update(self, indices, updates, name=None):
        """Puts `updates` at the places that index vectors name."""
        return self._scatter_nd("update", indices, updates, name)

    def batch_scatter_update(self, sparse_delta, use_locking=False, name=None):
        """Replaces rows within each batch: `variable[b, indices[b, i]] = values[b, i]`."""
        indices = sparse_delta.indices
        batch = np.indices(indices.shape.as_list(), indices.dtype.np)[:-1]
        return self.scatter_nd_update(pack([*batch, indices], -1), sparse_delta.values, name)

    def count_up_to(self, limit):
        """The value, which then grows by one; `OutOfRangeError` once it has reached `limit`."""
        return execute(COUNT_UP_TO, (self._handle,), (limit,))

    # Python's protocols --------------------------------------------------------------------------

    def ref(self):
        return Reference(self)

    experimental_ref = ref

    def __repr__(self):
        in_graph = self._frame.is_graph or stack.frame.is_graph
        array = None if in_graph else np.asarray(self._array())
        return display.variable_repr(self.name, self._shape, self._dtype, array)

    __str__ = __repr__

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


class Unread(Variable):
    """What an assignment returns: the variable, to be read when its value is wanted."""

    @classmethod
    def of(cls, variable):
        """`variable`, unread: none is made, so no scope of creators is asked."""
        found, variable = object.__new__(cls), variable._identity
        found.__dict__ = {**variable.__dict__, "_name": "UnreadVariable", "_variable": variable}
        return found

    _identity = property(lambda self: self._variable)

    def value(self):
        return self._variable.value()


def _in_place(shown, verb, instead):
    """`variable += value`: it would make a tensor of what was a variable."""

    def refuse(self, other):
        raise RuntimeError(
            f"`{shown} {verb}= value` with `tf.Variable`s is not supported. Use `{instead}` to "
            f"modify the variable, or `out = {shown} {verb} value` if you need to get a new "
            "output Tensor."
        )

    return refuse


_getitem = Variable.__getitem__
install_operators(Variable)
Variable.__getitem__ = _getitem
Variable.__iadd__ = _in_place("variable", "+", "variable.assign_add(value)")
Variable.__isub__ = _in_place("variable", "-", "variable.assign_sub(value)")
Variable.__imul__ = _in_place("var", "*", "var.assign(var * value)")
Variable.__itruediv__ = _in_place("var", "/", "var.assign(var / value)")
Variable.__ipow__ = _in_place("var", "**", "var.assign(var ** value)")
