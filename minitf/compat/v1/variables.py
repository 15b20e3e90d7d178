"""Variables as TF 1.x makes them: in collections, with initializer ops, assigned by functions.

Offers `VariableV1` (TF 1.x's `tf.Variable`), the `assign` and `scatter_*` functions and the
initializer ops of lists of variables.
"""

import numpy as np

from minitf import dtypes
from minitf.compat.v1.graphs import get_default_graph, group
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import define
from minitf.core.slices import IndexedSlices
from minitf.ops.array import constant
from minitf.ops.control_flow import cond
from minitf.ops.handles import READ
from minitf.ops.math import equal, not_equal
from minitf.ops.messages import VariableDef
from minitf.shapes import TensorShape
from minitf.variable import Variable, VariableAggregation, VariableSynchronization


class _Kind:
    """Whether new variables of graphs are resource variables: TF 1.x's were references.

    To the values this makes no difference; it is what they are shown as, and what the ops that
    change them are called.
    """

    resource = True


def enable_resource_variables():
    """New variables in graphs are resource variables, as in TensorFlow 2."""
    _Kind.resource = True


def disable_resource_variables():
    """New variables in graphs are reference variables, as in TensorFlow 1."""
    _Kind.resource = False


def resource_variables_enabled():
    """Whether new variables in graphs are resource variables."""
    return _Kind.resource


class VariableV1(Variable):
    """`tf.Variable` with TF 1.x's arguments.

    Args:
      collections: the graph's collections to put it in, by default `["variables"]`; a trainable
        variable is put in `"trainable_variables"` too.
      validate_shape: False leaves the static shape open.

    >>> import minitf.compat.v1 as tf
    >>> with tf.Graph().as_default():
    ...     print(tf.Variable([1.0, 2.0], name="w"))
    ...     print(tf.Variable([1.0, 2.0], name="v", use_resource=False))
    <tf.Variable 'w:0' shape=(2,) dtype=float32>
    <tf.Variable 'v:0' shape=(2,) dtype=float32_ref>
    """

    creators_apply = True

    def __init__(self, initial_value=None, trainable=None, collections=None, validate_shape=True,
                 caching_device=None, name=None, variable_def=None, dtype=None,
                 expected_shape=None, import_scope=None, constraint=None, use_resource=None,
                 synchronization=VariableSynchronization.AUTO,
                 aggregation=VariableAggregation.NONE, shape=None):  # fmt: skip
        if collections is not None and not isinstance(collections, list | tuple | set):
            raise ValueError(
                "collections argument to Variable constructor must be a list, tuple, or set. "
                f"Got {collections} of type {type(collections)}"
            )
        self._chosen = collections
        self._is_reference = not (_Kind.resource if use_resource is None else use_resource)
        dtype = None if dtype is None else dtypes.as_dtype(dtype).base_dtype
        if not validate_shape and shape is None:
            shape = TensorShape(None)
        super().__init__(initial_value, trainable, name=name, dtype=dtype, constraint=constraint,
                         synchronization=synchronization, aggregation=aggregation,
                         shape=shape)  # fmt: skip

    def _collections(self):
        chosen = ["variables"] if self._chosen is None else list(self._chosen)
        if self.trainable and "trainable_variables" not in chosen:
            chosen.append("trainable_variables")
        return chosen

    @property
    def _shown_dtype(self):
        return self._dtype._as_ref if self._is_reference else self._dtype

    def __repr__(self):
        if not self._frame.is_graph or not self._is_reference:
            return super().__repr__()
        return f"<tf.Variable '{self.name}' shape={self._shape} dtype={self._shown_dtype.name}>"

    __str__ = __repr__

    def _update(self, op, operands, name=None, read_value=True, attrs=()):
        """As a resource variable does, under TF 1.x's names: the result is that of `name`."""
        frame = stack.frame
        if not self._is_reference or not frame.is_graph or frame.in_order:
            return super()._update(op, operands, name, read_value, attrs)
        name = name or op.name.removeprefix("Resource").replace("VariableOp", "")
        with frame.name_scope(name) as scope:
            if not read_value:
                return frame.run(op, (self._handle, *operands), attrs, scope)
            operation = frame.run(op, (self._handle, *operands), attrs, "update")
            with frame.control_dependencies([operation]):
                return execute(READ, (self._handle,), (), scope)

    def to_proto(self, export_scope=None):
        """The names of the variable's operations, as a `VariableDef`."""
        return VariableDef(
            variable_name=self.name, initializer_name=self.initializer.name,
            snapshot_name=self._snapshot.name, initial_value_name=self._initial.name,
            trainable=self.trainable, is_resource=not self._is_reference,
        )  # fmt: skip

    @classmethod
    def from_proto(cls, variable_def, import_scope=None):
        """The variable whose operations are in the default graph already."""
        graph, prefix = get_default_graph(), f"{import_scope}/" if import_scope else ""
        made = cls.__new__(cls)
        name = (prefix + variable_def.variable_name).removesuffix(":0")
        handle = graph.get_operation_by_name(name).outputs[0]
        made._name, made._handle, made._frame = handle.name, handle, graph
        made._shape, made._dtype = handle.described
        made.initializer = graph.get_operation_by_name(prefix + variable_def.initializer_name)
        made._snapshot = graph.get_tensor_by_name(prefix + variable_def.snapshot_name)
        made._initial = graph.get_tensor_by_name(prefix + variable_def.initial_value_name)
        made._trainable, made._constraint = variable_def.trainable, None
        made._synchronization = VariableSynchronization.AUTO
        made._aggregation = VariableAggregation.NONE
        made._chosen, made._is_reference = None, not variable_def.is_resource
        return made

    def __hash__(self):
        return id(self) if self._frame.is_graph else super().__hash__()

    def __eq__(self, other):
        return self is other if self._frame.is_graph else equal(self, other)

    def __ne__(self, other):
        return self is not other if self._frame.is_graph else not_equal(self, other)

    def initialized_value(self):
        """The value, or that of the initializer while there is none."""
        if not self._frame.is_graph:
            return self.value()
        with self._frame.control_dependencies(None):
            return cond(self.is_initialized(), self.read_value, lambda: self.initial_value)


# Functions that assign ----------------------------------------------------------------------------


def assign(ref, value, validate_shape=None, use_locking=None, name=None):
    """Replaces the value of the variable `ref`; the result has the new value."""
    if validate_shape is False:
        ref._shape = TensorShape(None)
    return ref.assign(value, name=name)


def assign_add(ref, value, use_locking=None, name=None):
    """Adds `value` to the variable `ref`; the result has the new value."""
    return ref.assign_add(value, name=name)


def assign_sub(ref, value, use_locking=None, name=None):
    """Subtracts `value` from the variable `ref`; the result has the new value."""
    return ref.assign_sub(value, name=name)


def _scatter(method):
    def scatter(ref, indices, updates, use_locking=True, name=None):
        indices = convert_to_tensor(indices)
        updates = convert_to_tensor(updates, ref.dtype)
        return getattr(ref, method)(IndexedSlices(updates, indices), name=name)

    scatter.__name__ = method
    scatter.__doc__ = f"`{method}` of the rows `indices` of the variable `ref` by `updates`."
    return scatter


def _scatter_nd(method):
    def scatter(ref, indices, updates, use_locking=True, name=None):
        return getattr(ref, method)(indices, updates, name=name)

    scatter.__name__ = method
    scatter.__doc__ = f"`{method}` of the variable `ref` at index vectors by `updates`."
    return scatter


scatter_add = _scatter("scatter_add")
scatter_sub = _scatter("scatter_sub")
scatter_mul = _scatter("scatter_mul")
scatter_div = _scatter("scatter_div")
scatter_max = _scatter("scatter_max")
scatter_min = _scatter("scatter_min")
scatter_update = _scatter("scatter_update")
scatter_nd_add = _scatter_nd("scatter_nd_add")
scatter_nd_sub = _scatter_nd("scatter_nd_sub")
scatter_nd_update = _scatter_nd("scatter_nd_update")


def count_up_to(ref, limit, name=None):
    """The value of `ref`, which then grows by one."""
    return ref.count_up_to(limit)


# Lists of variables -------------------------------------------------------------------------------


def _collected(name):
    def variables(scope=None):
        if not stack.frame.is_graph:
            return []
        return get_default_graph().get_collection(name, scope)

    variables.__name__ = name
    variables.__doc__ = f"The graph's collection {name!r}; `scope`: only names that start so."
    return variables


global_variables = _collected("variables")
trainable_variables = _collected("trainable_variables")
local_variables = _collected("local_variables")
model_variables = _collected("model_variables")
metric_variables = _collected("metric_variables")
moving_average_variables = _collected("moving_average_variables")


def all_variables():
    """The older name of `global_variables`."""
    return global_variables()


def variables_initializer(var_list, name="init"):
    """An operation that gives each variable of `var_list` its initial value."""
    return group(*(v.initializer for v in var_list), name=name)


def global_variables_initializer():
    """An operation that gives every variable of the graph its initial value."""
    return variables_initializer(global_variables())


def local_variables_initializer():
    """An operation that gives every local variable of the graph its initial value."""
    return variables_initializer(local_variables())


def initialize_all_variables():
    """The older name of `global_variables_initializer`."""
    return global_variables_initializer()


def initialize_local_variables():
    """The older name of `local_variables_initializer`."""
    return local_variables_initializer()


def initialize_variables(var_list, name="init"):
    """The older name of `variables_initializer`."""
    return variables_initializer(var_list, name)


def is_variable_initialized(variable):
    """A bool tensor: whether the variable has a value."""
    return variable.is_initialized()


_NAMES_OF_FALSE = define(
    "NamesOfFalse",
    lambda *flags, names: np.array(
        [n.encode() for n, flag in zip(names, flags) if not flag], object
    ),
    "T*",
    host=True,
    infer=lambda inputs, attrs: [(TensorShape([None]), dtypes.string)],
)


def report_uninitialized_variables(var_list=None, name="report_uninitialized_variables"):
    """The names, in a string tensor, of the variables that have no value yet."""
    if var_list is None:
        var_list = [*global_variables(), *local_variables()]
    if not var_list:
        return constant([], dtypes.string)
    names = tuple([v.name.removesuffix(":0") for v in var_list])
    flags = tuple([v.is_initialized() for v in var_list])
    return execute(_NAMES_OF_FALSE, flags, (names,), name)
