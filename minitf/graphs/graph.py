"""A graph is a list of ops written down, each with TensorFlow's name, shape and dtype.

`Graph` is a frame (see `frames.py`): while it is the current one, `execute` appends an `Operation`
to it. Shapes and dtypes come from asking JAX what the op's function would return
(see `inference.py`).
"""

import collections
import contextlib
import functools
import re
import threading
from typing import Any

import numpy as np

from minitf import dtypes, errors, install
from minitf.core import convert
from minitf.core.frames import Frame, stack
from minitf.core.registry import Cell, define, freeze, thaw
from minitf.core.tensor import EagerTensor, SymbolicTensor
from minitf.graphs.inference import infer_outputs
from minitf.shapes import TensorShape, as_shape

_NAME = re.compile(r"^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$")
_NAME_INSIDE = re.compile(r"^[A-Za-z0-9_.\\/>-]*$")  # of what is in a name scope

CONST = define(
    "Const", lambda *, value: thaw(value) if isinstance(value, tuple) else value.deref().array, ""
)
PLACEHOLDER = define("Placeholder", None, "", stateful=True)
PLACEHOLDER_WITH_DEFAULT = define("PlaceholderWithDefault", lambda x: x, "V")
NO_OP = define("NoOp", lambda: (), "", num_outputs=0, stateful=True)


NAMED_GRADIENTS = {}  # name -> `backward(record, cotangents)`, as `tf.RegisterGradient` gives it


def _named_gradient(name, record, cotangents):
    if name not in NAMED_GRADIENTS:
        raise LookupError(f"gradient registry has no entry for: {name}")
    return NAMED_GRADIENTS[name](record, cotangents)


class Elsewhere:
    """A method or property that `module` puts here; it is loaded when one is first asked for."""

    def __init__(self, module):
        self._module = module

    def __set_name__(self, owner, name):
        self._name = name

    def __get__(self, instance, owner):
        install.load(self._module)
        return getattr(owner if instance is None else instance, self._name)


class Operation:
    """One op written down in a graph: `op_def` applied to `inputs`, giving `outputs`."""

    __slots__ = (
        "graph", "op_def", "name", "inputs", "attrs", "outputs", "control_inputs", "backward",
        "device", "number", "found", "__weakref__",
    )  # fmt: skip

    def __init__(self, graph, op_def, name, inputs, attrs, control_inputs, backward):
        self.graph, self.op_def, self.name = graph, op_def, name
        self.inputs, self.attrs = inputs, attrs
        self.outputs: tuple[SymbolicTensor, ...] = ()
        self.control_inputs, self.backward = control_inputs, backward
        self.device = graph.device
        self.number = len(graph.operations)
        self.found: Any = {}  # id of a handle among the inputs -> a tensor of what it held then

    @property
    def type(self):
        return self.op_def.name

    def values(self):
        return self.outputs

    def get_attr(self, name):
        """The value of attribute `name`; ValueError if the op has none of that name."""
        if name not in self.op_def.attrs:
            raise ValueError(f"Operation '{self.name}' has no attr named '{name}'.")
        return self.attrs[self.op_def.attrs.index(name)]

    def run(self, feed_dict=None, session=None):
        """Runs this operation in `session`, or in the default one."""
        (session or self.graph.default_session("run")).run(self, feed_dict)

    def colocation_groups(self):
        """The names, as `loc:@name`, of the operations that this one is to be beside."""
        return self.graph.beside.get(self, [f"loc:@{self.name}".encode()])

    node_def = Elsewhere("minitf.graph_def")
    __str__: Any = Elsewhere("minitf.graph_def")

    def __repr__(self):
        return f"<tf.Operation '{self.name}' type={self.type}>"


class Graph(Frame):
    """A dataflow graph: what `with graph.as_default():` writes ops into."""

    is_graph = True
    as_graph_def = Elsewhere("minitf.graph_def")
    compares_by_value = False
    building_function = False
    in_order = False  # whether ops with effects run as they were written down, one after the other
    outer = None

    def __init__(self):
        super().__init__()
        self.operations = []
        self.used_variables = {}  # the variables read or assigned here, by id
        self.by_name = {}
        self.overrides = {}  # op type -> the name of the gradient that ops made now have
        self.calls = collections.defaultdict(list)  # the costly operations, by op
        self.names_in_use = {}
        self.collections = collections.defaultdict(list)
        self.control = ()
        self.seed = None
        self.settings = {}  # what modules keep of this graph
        self.finalized = False
        self.sessions = []
        self.near = None  # the colocation groups of operations that are made now
        self.beside = {}  # operation -> its colocation groups, where they are not its own
        self._not_fed, self._not_fetched = set(), set()

    # Names -------------------------------------------------------------------------------------

    def unique_name(self, name, mark_as_used=True):
        """`name`, with `_1`, `_2`, ... at its end if it is taken; case does not tell names apart.

        >>> graph = Graph()
        >>> graph.unique_name("add"), graph.unique_name("add")
        ('add', 'add_1')
        """
        if self.scope:
            name = self.scope + name
        key = name.lower()
        count = self.names_in_use.get(key, 0)
        if mark_as_used:
            self.names_in_use[key] = count + 1
        if count:
            base = name
            while key in self.names_in_use:
                name = f"{base}_{count}"
                key = name.lower()
                count += 1
            if mark_as_used:
                self.names_in_use[key] = 1
                self.names_in_use[base.lower()] = count
        return name

    def _node_name(self, name):
        """The name of a new operation; ValueError where no operation can be called so."""
        if not isinstance(name, str):
            raise TypeError(f"{type(name).__name__!r} object is not subscriptable")
        if not _NAME.match(name) and not (self.scope and _NAME_INSIDE.match(name)):
            raise ValueError(
                f"`{name}` is not a valid node name. Accepted names conform to Regex {_NAME}"
            )
        return name[:-1] if name.endswith("/") else self.unique_name(name)

    def get_name_scope(self):
        """The name scope that is open, without its last `/`."""
        return self.scope.removesuffix("/")

    def new_scope(self, name):
        if not name:
            return ""
        if not _NAME.match(name) and not (self.scope and _NAME_INSIDE.match(name)):
            raise ValueError(
                f"{name!r} is not a valid root scope name. A root scope name has to match the "
                f"following pattern: {_NAME.pattern}"
            )
        return name if name.endswith("/") else self.unique_name(name) + "/"

    def invalid(self, message):
        return ValueError(message)

    def sees(self, *values):
        return False

    def own(self, items):
        return list(items)

    def handle(self, key, make, write):
        return self.lasting(make, write)

    def lasting(self, make, write):
        with self.control_dependencies(None):
            return write(self)

    def alone(self, found):
        return found

    def inside(self, outputs):
        return self.name_scope(f"{outputs[0].op.name}/") if outputs else contextlib.nullcontext()

    # Writing ops down --------------------------------------------------------------------------

    def run(self, op, inputs, attrs, name, backward=None) -> Any:
        """Writes `op` down and returns its symbolic output, or the list of its outputs."""
        if (other := convert.foreign(inputs)) is not None:
            return other.__tf_execute__(op, inputs, attrs, name)
        name = self._node_name(op.name if name is None else name)
        before, self.scope = self.scope, name + "/"
        try:
            inputs = [None if x is None else self.adopt(x, op.argument(i))
                      for i, x in enumerate(self._match(op, inputs))]  # fmt: skip
        finally:
            self.scope = before
        try:
            op.check(inputs)
        except errors.InvalidArgumentError as error:
            raise TypeError(error.in_graph) from None
        shapes_and_dtypes = infer_outputs(op, inputs, attrs, name)
        return self.append(op, name, tuple(inputs), attrs, shapes_and_dtypes, backward)

    def _match(self, op, inputs):
        try:
            inputs = convert.matched(op, inputs, self)
        except TypeError:
            raise _wrong_kind(op, inputs) from None
        return [
            convert.as_tensor(x, self, _index_dtype(x), op.argument(i))
            if i in op.static_set and x is not None
            else x
            for i, x in enumerate(inputs)
        ]

    def append(self, op, name, inputs, attrs, shapes_and_dtypes, backward=None) -> Any:
        """Adds an operation whose inputs and outputs are settled."""
        if self.finalized:
            raise RuntimeError("Graph is finalized and cannot be modified.")
        named = self.overrides.get(op.name)
        if named is not None:
            backward = functools.partial(_named_gradient, named)
        operation = Operation(self, op, name, inputs, attrs, self.control, backward)
        operation.outputs = tuple(
            SymbolicTensor(operation, i, dtype, shape)
            for i, (shape, dtype) in enumerate(shapes_and_dtypes)
        )
        self.operations.append(operation)
        self.by_name[name] = operation
        if op.costly:
            self.calls[op].append(operation)
        if self.near is not None:
            self.beside[operation] = self.near
        if self.tapes:
            self.record(operation)
        if op.num_outputs == 1:
            return operation.outputs[0]
        return operation if op.num_outputs == 0 else list(operation.outputs)

    def constant(self, value, name=None):
        """A `Const` operation that holds the NumPy array `value`."""
        value = np.asarray(value)
        held = freeze(value) if value.dtype != object else EagerTensor(value).ref()
        shape, dtype = TensorShape(value.shape), dtypes.from_numpy_dtype(value.dtype)
        name = self._node_name("Const" if name is None else name)
        return self.append(CONST, name, (), (held,), [(shape, dtype)])

    def placeholder(self, dtype, shape=None, name=None):
        """An input whose value comes when the graph is run."""
        name = self._node_name("Placeholder" if name is None else name)
        return self.append(PLACEHOLDER, name, (), (), [(as_shape(shape), dtypes.as_dtype(dtype))])

    def adopt(self, tensor, name=None):
        """`tensor` as an input of this graph; a tensor from elsewhere is an error here."""
        if isinstance(tensor, EagerTensor):
            if type(tensor._value) is Cell:
                raise ValueError("A variable made eagerly cannot be used in a tf.Graph.")
            return self.constant(tensor._numpy(), name)
        if tensor.graph is not self:
            raise ValueError(
                f"{tensor!s} must be from the same graph as the current one (graphs are "
                f"{tensor.graph!r} and {self!r})."
            )
        return tensor

    # Looking things up -------------------------------------------------------------------------

    def get_operations(self):
        """The operations, without those that TensorFlow does not have (the states of samplers)."""
        return [o for o in self.operations if o.type != "RandomStream"]

    @property
    def version(self):
        """How many operations there are: it grows with each of them."""
        return len(self.get_operations())

    def num_operations(self):
        """How many operations there are."""
        return len(self.get_operations())

    def get_operation_by_name(self, name):
        """The operation `name`; KeyError that names it if there is none."""
        if not isinstance(name, str):
            kind = type(name).__name__
            raise TypeError(f"Operation names are strings (or similar), not {kind}.")
        if name not in self.by_name:
            raise KeyError(f"The name {name!r} refers to an Operation not in the graph.")
        return self.by_name[name]

    def get_tensor_by_name(self, name):
        """The tensor `"operation:index"`."""
        if not isinstance(name, str):
            kind = type(name).__name__
            raise TypeError(f"Tensor names are strings (or similar), not {kind}.")
        return self.as_graph_element(name, allow_operation=False)

    def as_graph_element(self, obj, allow_tensor=True, allow_operation=True):
        """The tensor or operation that `obj` is or names.

        Raises:
          TypeError: it is neither, or not what is allowed.
          ValueError: it belongs to another graph, or is no such name.
          KeyError: the graph has nothing of that name.
        """
        if not (allow_tensor or allow_operation):
            raise ValueError("allow_tensor and allow_operation can't both be False.")
        kinds = ["Tensor"] * allow_tensor + ["Operation"] * allow_operation
        if hasattr(obj, "_as_graph_element"):
            obj = obj._as_graph_element()
        if isinstance(obj, str):
            return self._tensor_named(obj, kinds) if ":" in obj else self._named(obj, kinds)
        kind = "Tensor" if isinstance(obj, SymbolicTensor) else "Operation"
        if isinstance(obj, SymbolicTensor | Operation) and kind in kinds:
            if obj.graph is not self:
                raise ValueError(f"{kind} {obj!s} is not an element of this graph.")
            return obj
        raise TypeError(f"Can not convert a {type(obj).__name__} into a {' or '.join(kinds)}.")

    def _named(self, name, kinds):
        """The operation `name`, where one of `kinds` is allowed."""
        if "Operation" in kinds:
            return self.get_operation_by_name(name)
        is_one = "refers to an" if name in self.by_name else "looks like an (invalid)"
        of = "" if name in self.by_name else " name"
        raise ValueError(
            f"The name {name!r} {is_one} Operation{of}, not a Tensor. "
            'Tensor names must be of the form "<op_name>:<output_index>".'
        )

    def _tensor_named(self, name, kinds):
        """The tensor `"operation:index"`, where one of `kinds` is allowed."""
        if "Tensor" not in kinds:
            raise ValueError(f"Name {name!r} appears to refer to a Tensor, not a Operation.")
        operation, _, index = name.partition(":")
        if not index.isdigit():
            raise ValueError(
                f"The name {name!r} looks a like a Tensor name, but is not a valid one. "
                'Tensor names must be of the form "<op_name>:<output_index>".'
            )
        outputs = self.by_name[operation].outputs if operation in self.by_name else None
        if outputs is None or int(index) >= len(outputs):
            lacks = (
                "does not exist in the graph" if outputs is None
                else f"exists but only has {len(outputs)} outputs"
            )  # fmt: skip
            raise KeyError(
                f"The name {name!r} refers to a Tensor which does not exist. The operation, "
                f"{operation!r}, {lacks}."
            )
        found = outputs[int(index)]
        if found.dtype is dtypes.resource:  # to TF 1.x's programs this is the variable itself
            for variable in self.collections.get("variables", ()):
                if variable.handle is found and getattr(variable, "_is_reference", False):
                    return variable
        return found

    # Contexts ----------------------------------------------------------------------------------

    def as_default(self):
        """Makes this graph the one that ops are written into, inside the `with` block."""
        return stack.push(self)

    @contextlib.contextmanager
    def gradient_override_map(self, op_type_map):
        """Ops made inside, of the types in the dict, have the gradients of the names there.

        `tf.RegisterGradient` gives a gradient function its name; LookupError, when the gradient is
        asked for, where none has it.
        """
        before, self.overrides = self.overrides, {**self.overrides, **op_type_map}
        try:
            yield
        finally:
            self.overrides = before

    @contextlib.contextmanager
    def colocate_with(self, op, ignore_existing=False):
        """Ops made inside are noted down as those that belong beside `op` (None: beside none)."""
        element = None if op is None else self.as_graph_element(op)
        before = self.near
        if element is None:
            self.near = None
        else:
            groups = getattr(element, "op", element).colocation_groups()
            others = () if ignore_existing else before or ()
            self.near = sorted({*groups, *others})
        try:
            yield
        finally:
            self.near = before

    @contextlib.contextmanager
    def control_dependencies(self, control_inputs):
        """Ops made inside run after `control_inputs` (None: after nothing)."""
        before = self.control
        added = [
            t.op if isinstance(t, SymbolicTensor) else t
            for t in (x._as_graph_element() if hasattr(x, "_as_graph_element") else x
                      for x in control_inputs or ())
            if isinstance(t, SymbolicTensor | Operation)
        ]  # fmt: skip
        self.control = () if control_inputs is None else (*before, *added)
        try:
            yield
        finally:
            self.control = before

    def finalize(self):
        """From here on nothing can be added."""
        self.finalized = True

    # What sessions may do ----------------------------------------------------------------------

    def prevent_feeding(self, tensor):
        """From here on no session may be fed `tensor`."""
        self._not_fed.add(tensor)

    def is_feedable(self, tensor):
        """Whether sessions may be fed `tensor`."""
        return tensor not in self._not_fed

    def prevent_fetching(self, op):
        """From here on no session may fetch the operation `op`, nor what it gives."""
        self._not_fetched.add(op)

    def is_fetchable(self, tensor_or_op):
        """Whether sessions may fetch a tensor or an operation."""
        return getattr(tensor_or_op, "op", tensor_or_op) not in self._not_fetched

    def default_session(self, verb="eval"):
        """The innermost session of a `with` block; ValueError if there is none."""
        for session in reversed(sessions.stack):
            if session.graph is self:
                return session
        raise ValueError(
            f"Cannot {'execute operation' if verb == 'run' else 'evaluate tensor'} using "
            f"`{verb}()`: No default session is registered. Use `with "
            f"sess.as_default()` or pass an explicit session to `{verb}(session=sess)`"
        )

    # Collections -------------------------------------------------------------------------------

    def add_to_collection(self, name, value):
        self.collections[name].append(value)

    def add_to_collections(self, names, value):
        for name in (names,) if isinstance(names, str) else names or ():
            self.add_to_collection(name, value)

    def get_collection(self, name, scope=None):
        """What is collected; `scope`, a regular expression: what has a name that begins so."""
        return [
            x for x in self.collections.get(name, ())
            if not scope or re.match(scope, getattr(x, "name", ""))
        ]  # fmt: skip

    def get_collection_ref(self, name):
        return self.collections[name]

    def get_all_collection_keys(self):
        return [name for name, held in self.collections.items() if held]

    def clear_collection(self, name):
        self.collections.pop(name, None)


class _Sessions(threading.local):
    """The sessions entered by `with`, innermost last: each thread has its own."""

    def __init__(self):
        self.stack = []


sessions = _Sessions()


def _index_dtype(value):
    """The dtype of a Python value that stands where integers should; None for anything else."""
    if not isinstance(value, int | list | tuple):
        return None
    return dtypes.int64 if _is_wide(value) else dtypes.int32


def _is_wide(value):
    """Whether there is an integer in nested lists that int32 cannot hold."""
    if isinstance(value, list | tuple):
        return any(map(_is_wide, value))
    return isinstance(value, int) and not -(2**31) <= value < 2**31


def _wrong_kind(op, inputs):
    """The error for a Python value that cannot have the dtype of the tensors beside it."""
    letters = op.letters(len(inputs))
    known = {letter: x.dtype for letter, x in zip(letters, inputs) if hasattr(x, "op")}
    for i, x in enumerate(inputs):
        dtype = known.get(letters[i])
        if dtype is not None and isinstance(x, bool | int | float | complex | str):
            try:
                convert.to_numpy(x, dtype)
            except TypeError:
                kind = type(x).__name__
                return TypeError(
                    f"Expected {dtype.name} passed to parameter '{op.argument(i)}' of op "
                    f"'{op.name}', got {x!r} of type '{kind}' instead. Error: Expected "
                    f"{dtype.name}, but got {x} of type '{kind}'."
                )
    return TypeError(f"Op {op.name} cannot take inputs {inputs!r}")
