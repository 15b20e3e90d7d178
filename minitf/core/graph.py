"""A graph is a list of ops written down, each with TensorFlow's name, shape and dtype.

`Graph` is a frame (see `frames.py`): while it is the current one, `execute` appends an `Operation`
to it. Shapes and dtypes come from asking JAX what the op's function would return
(`infer_outputs`); there is no other shape rule.
"""

import collections
import contextlib
import functools
import itertools
import re
import threading
from typing import Any

import jax
import numpy as np

from minitf import dtypes, errors
from minitf.core import convert
from minitf.core.frames import EagerFrame, Frame, stack
from minitf.core.registry import Cell, define, freeze, thaw
from minitf.core.tensor import EagerTensor, SymbolicTensor
from minitf.shapes import TensorShape, as_shape

_NAME = re.compile(r"^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$")
_NAME_INSIDE = re.compile(r"^[A-Za-z0-9_.\\/>-]*$")  # of what is in a name scope

CONST = define(
    "Const", lambda *, value: thaw(value) if isinstance(value, tuple) else value.deref().array, ""
)
PLACEHOLDER = define("Placeholder", None, "", stateful=True)
PLACEHOLDER_WITH_DEFAULT = define("PlaceholderWithDefault", lambda x: x, "T")
NO_OP = define("NoOp", lambda: (), "", num_outputs=0, stateful=True)

# Stand-ins for a dimension of unknown size. What differs between two runs of `jax.eval_shape` on
# them depends on an unknown size. They divide evenly by most things, for strides and reshapes.
_PROBES = (27720, 55440)
_ODD_PROBE = 27721
_RANKS = 7  # an unknown rank is one of these
_FOLD_LIMIT = 4096  # largest number of elements that a static value is computed for


class Operation:
    """One op written down in a graph: `op_def` applied to `inputs`, giving `outputs`."""

    __slots__ = (
        "graph", "op_def", "name", "inputs", "attrs", "outputs", "control_inputs", "backward",
        "device", "number", "__weakref__",
    )  # fmt: skip

    def __init__(self, graph, op_def, name, inputs, attrs, control_inputs, backward):
        self.graph, self.op_def, self.name = graph, op_def, name
        self.inputs, self.attrs = inputs, attrs
        self.outputs: tuple[SymbolicTensor, ...] = ()
        self.control_inputs, self.backward = control_inputs, backward
        self.device = graph.device
        self.number = len(graph.operations)

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

    def __repr__(self):
        return f"<tf.Operation '{self.name}' type={self.type}>"


class Graph(Frame):
    """A dataflow graph: what `with graph.as_default():` writes ops into."""

    is_graph = True
    building_function = False
    outer = None

    def __init__(self):
        super().__init__()
        self.operations = []
        self.used_variables = {}  # the variables read or assigned here, by id
        self.by_name = {}
        self.calls = collections.defaultdict(list)  # the costly operations, by op
        self.names_in_use = {}
        self.collections = collections.defaultdict(list)
        self.control = ()
        self.seed = None
        self.finalized = False
        self.sessions = []

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
            convert.as_tensor(x, self, dtypes.int32 if isinstance(x, int | list | tuple) else None,
                              op.argument(i))
            if i in op.static_set and x is not None else x
            for i, x in enumerate(inputs)
        ]  # fmt: skip

    def append(self, op, name, inputs, attrs, shapes_and_dtypes, backward=None) -> Any:
        """Adds an operation whose inputs and outputs are settled."""
        if self.finalized:
            raise RuntimeError("Graph is finalized and cannot be modified.")
        operation = Operation(self, op, name, inputs, attrs, self.control, backward)
        operation.outputs = tuple(
            SymbolicTensor(operation, i, dtype, shape)
            for i, (shape, dtype) in enumerate(shapes_and_dtypes)
        )
        self.operations.append(operation)
        self.by_name[name] = operation
        if op.costly:
            self.calls[op].append(operation)
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
                f"{tensor!r} must be from the same graph as the current one: its graph is "
                f"{tensor.graph!r}, not {self!r}."
            )
        return tensor

    # Looking things up -------------------------------------------------------------------------

    def get_operations(self):
        return list(self.operations)

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
        operation, colon, index = name.partition(":")
        if not colon:
            raise ValueError(
                f"The name {name!r} looks like an (invalid) Operation name, not a Tensor. "
                'Tensor names must be of the form "<op_name>:<output_index>".'
            )
        if operation not in self.by_name or int(index) >= len(self.by_name[operation].outputs):
            raise KeyError(
                f"The name {name!r} refers to a Tensor which does not exist. The operation, "
                f"{operation!r}, does not exist in the graph."
            )
        found = self.by_name[operation].outputs[int(index)]
        if found.dtype is dtypes.resource:  # to TF 1.x's programs this is the variable itself
            for variable in self.collections.get("variables", ()):
                if variable.handle is found and getattr(variable, "_is_reference", False):
                    return variable
        return found

    def as_graph_element(self, obj, allow_tensor=True, allow_operation=True):
        """The tensor or operation that `obj` is or names."""
        if isinstance(obj, str):
            return self.get_tensor_by_name(obj) if ":" in obj else self.get_operation_by_name(obj)
        if hasattr(obj, "_as_graph_element"):
            obj = obj._as_graph_element()
        if isinstance(obj, SymbolicTensor | Operation):
            if obj.graph is not self:
                raise ValueError(f"{obj!r} is not an element of this graph.")
            return obj
        raise TypeError(f"Can not convert a {type(obj).__name__} into a Tensor or Operation.")

    # Contexts ----------------------------------------------------------------------------------

    def as_default(self):
        """Makes this graph the one that ops are written into, inside the `with` block."""
        return stack.push(self)

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
        self.finalized = True

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


def _wrong_kind(op, inputs):
    """The error for a Python value that cannot have the dtype of the tensors beside it."""
    known = {op.letter(i): x.dtype for i, x in enumerate(inputs) if hasattr(x, "op")}
    for i, x in enumerate(inputs):
        dtype = known.get(op.letter(i))
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


# What a graph knows before it runs ---------------------------------------------------------------


def infer_outputs(op, inputs, attrs, name=""):
    """(shape, dtype) of each output of `op`, from `jax.eval_shape` of its function.

    Raises:
      ValueError: the shapes do not fit together.
    """
    if op.infer is not None:
        return op.infer(inputs, attrs)
    statics, known = [], True
    for i in op.static:
        x = inputs[i] if i < len(inputs) else None
        value = None if x is None else convert.static_value(x)
        known = known and (x is None or value is not None)
        statics.append(value)
    operands = [x for i, x in enumerate(inputs) if i not in op.static_set]
    signature = tuple((None if x.shape.rank is None else tuple(x.shape), x.dtype) for x in operands)
    frozen = tuple(freeze(s) for s in statics)
    if known and all(s is not None for s, _ in signature):
        try:
            return _infer(op, frozen, attrs, signature)
        except errors.OpError as error:
            shapes = [s for s, _ in signature]
            raise ValueError(
                f"{_mismatch(op, shapes) or error.message} for '{{{{node {name}}}}} = {op.name}'"
                f" with input shapes: {', '.join(map(_shape_text, shapes))}."
            ) from None
    if all(s is not None for s, _ in signature):
        for attempt in (_infer_by_sizes, _infer_by_parts):
            try:
                return attempt(op, inputs, attrs, signature)
            except (errors.OpError, LookupError, ValueError):
                continue  # the values are not decided in this way, or the probes do not fit them
        known = False
    return _infer_by_ranks(op, frozen, attrs, signature, known)


def _infer_by_sizes(op, inputs, attrs, signature):
    """`infer_outputs` where a static input, say a shape, is computed from unknown sizes.

    Raises:
      LookupError: it is computed from something else.
    """

    def probe(size):
        statics = [_probed(inputs[i], size) if i < len(inputs) else None for i in op.static]
        return _infer(op, tuple(map(freeze, statics)), attrs, _sized(signature, size))

    found = _both(*map(probe, _PROBES))
    with contextlib.suppress(errors.OpError):  # what depends on a remainder
        found = _both(found, probe(_ODD_PROBE))
    return found


def _sized(signature, size):
    return tuple((tuple(size if d is None else d for d in s), dtype) for s, dtype in signature)


def _both(first, second):
    """(shape, dtype) of outputs, as far as two probes agree."""
    return [(_agreed(a, b), dtype) for (a, dtype), (b, _) in zip(first, second)]


def _infer_by_parts(op, inputs, attrs, signature):
    """`infer_outputs` where only some elements of a static input are known before the graph runs.

    Raises:
      LookupError: not even its shape is.
    """
    parts = [None if i >= len(inputs) or inputs[i] is None else _partial_value(inputs[i])
             for i in op.static]  # fmt: skip
    if any(p is None and i < len(inputs) for i, p in zip(op.static, parts)):
        raise LookupError

    def probe(unknown, size):
        statics = [p if p is None else np.where(p < 0, unknown, p).astype(p.dtype) for p in parts]
        return _infer(op, tuple(map(freeze, statics)), attrs, _sized(signature, size))

    try:
        return _both(*[probe(size, size) for size in _PROBES])
    except errors.OpError:
        if op.name != "Reshape":
            raise
    try:  # what fits is the size of one that is unknown
        return _both(*[probe(-1, size) for size in _PROBES])
    except errors.OpError:
        shape = TensorShape([None if d < 0 else d for d in np.atleast_1d(parts[0]).tolist()])
        return [(shape, signature[0][1])]


def _agreed(a, b):
    if a.rank != b.rank:
        return TensorShape(None)
    return TensorShape([x if x == y else None for x, y in zip(a, b)])


def _probed(x, size):
    """The value of a static input if every unknown dimension had this size."""
    value = None if x is None else convert.static_value(x)
    if value is None and x is not None:
        value = static_value(x, size)
        if value is None:
            raise LookupError
    return value


def _shape_text(shape):
    return f"[{','.join('?' if d is None else str(d) for d in shape)}]"


def _mismatch(op, shapes):
    """TensorFlow's words for two sizes that had to be equal, where that is what is wrong."""
    if len(shapes) != 2:
        return None
    a, b = shapes
    if op.name == "MatMul":
        pairs = [(a[-1], b[-2])] if len(a) > 1 and len(b) > 1 else []
    else:
        pairs = zip(reversed(a), reversed(b))
    for x, y in pairs:
        if x != y and None not in (x, y) and (op.name == "MatMul" or 1 not in (x, y)):
            return f"Dimensions must be equal, but are {x} and {y}"
    return None


@functools.lru_cache(maxsize=65536)
def _infer(op, statics, attrs, signature):
    """`infer_outputs` for hashable arguments: probe with two sizes, keep what agrees."""
    bound = op.bind(statics, attrs)
    if any(dtype is dtypes.string for _, dtype in signature):  # they run on codes: see the registry
        coded = tuple((s, dtypes.uint32 if d is dtypes.string else d) for s, d in signature)
        return [(s, dtypes.string if d is dtypes.uint32 else d)
                for s, d in _infer(op, statics, attrs, coded)]  # fmt: skip

    def probe(sizes):
        """The outputs where the unknown dimensions, in order, have these sizes."""
        given = iter(sizes)
        operands = [
            jax.ShapeDtypeStruct([next(given) if d is None else d for d in dims], dtype.np)
            for dims, dtype in signature
        ]
        outputs = jax.eval_shape(bound, *operands)
        return outputs if isinstance(outputs, tuple) else (outputs,)

    count = sum(d is None for dims, _ in signature for d in dims)
    if not count:
        return list(map(_described, zip(probe([]))))
    try:
        return list(map(_described, zip(*(probe([size] * count) for size in _PROBES))))
    except errors.OpError:
        found = list(_fitting(probe, count, statics, signature))
        if not found:
            raise
        return list(map(_described, zip(*found)))


def _fitting(probe, count, statics, signature):
    """The outputs for all sizes of the unknown dimensions that fit: one beside a known one may have
    to be equal to it, or be the 1 that broadcasts, or what a reshape asks for."""
    sizes = {_PROBES[0], 1, *(d for dims, _ in signature for d in dims if d)}
    sizes |= {_asked_for(statics, signature)} - {None}
    for chosen in _choices(sorted(sizes), count):
        with contextlib.suppress(errors.OpError):
            yield probe(chosen)


def _choices(sizes, count):
    """Sizes for `count` dimensions: all there are; of many dimensions, only one differs."""
    if count < 4:
        yield from itertools.product(sizes, repeat=count)
        return
    for size in sizes:
        yield [size] * count
        for i in range(count):
            yield [*[size] * i, _PROBES[0], *[size] * (count - i - 1)]


def _asked_for(statics, signature):
    """What the only unknown size must be for the first operand to have as many elements as the
    static input, a shape, asks for; None where there is no such size."""
    dims = list(signature[0][0])
    asked = [thaw(s) for s in statics if s is not None]
    if dims.count(None) != 1 or not asked or np.min(asked[0], initial=1) < 0:
        return None
    known = int(np.prod([d for d in dims if d is not None]))
    size, rest = divmod(int(np.prod(asked[0])), max(known, 1))
    return None if rest else size


def _described(outputs):
    """(shape, dtype) of what one output was found to be: what differs is unknown."""
    first = outputs[0]
    if len({len(o.shape) for o in outputs}) > 1:
        return TensorShape(None), dtypes.from_numpy_dtype(first.dtype)
    columns = zip(*(o.shape for o in outputs))
    dims = [sizes[0] if len(set(sizes)) == 1 else None for sizes in columns]
    return TensorShape(dims), dtypes.from_numpy_dtype(first.dtype)


def _infer_by_ranks(op, statics, attrs, signature, known):
    """`infer_outputs` where a rank is unknown: what all ranks have in common that fit."""
    found = []
    for rank in range(_RANKS):
        trial = tuple(((None,) * rank if dims is None else dims, d) for dims, d in signature)
        for guess in (statics, _guessed(op, statics, rank)):
            try:
                found.append(_infer(op, guess, attrs, trial))
                break
            except Exception:  # noqa: BLE001, S112  any failure means: this guess does not fit
                continue
    if not found:
        return [(TensorShape(None), signature[0][1] if signature else dtypes.float32)]
    if not known:
        return [(TensorShape(None), dtype) for _, dtype in found[0]]
    return functools.reduce(_both, found)


def _guessed(op, statics, rank):
    return tuple(freeze(np.arange(rank, dtype=np.int32)) if s is None else s for s in statics)


def static_value(tensor, assumed=None):
    """The value of `tensor` where the graph alone decides it, else None.

    With `assumed`: its value if every unknown dimension had this size.
    """
    operation = tensor.op
    op = operation.op_def
    if op is CONST:
        held = operation.attrs[0]
        return thaw(held) if isinstance(held, tuple) else held.deref()._numpy()
    if op.stateful or op.fn is None:
        return None
    if op.name == "Shape":
        shape = operation.inputs[0].shape
        if shape.rank is None or (assumed is None and not shape.is_fully_defined()):
            return None
        return np.array([assumed if d is None else d for d in shape], tensor.dtype.np)
    size = tensor.shape.num_elements()
    if size is None or size > _FOLD_LIMIT:
        return None
    values = []
    for x in operation.inputs:
        value = None if x is None else static_value(x, assumed)
        if value is None and x is not None:
            return None
        values.append(value)
    return _folded(tensor, values)


def _folded(tensor, values):
    """The value of `tensor`, whose operation has inputs of these values."""
    operation = tensor.op
    inputs = tuple(EagerTensor(np.asarray(v)) if v is not None else v for v in values)
    result = EagerFrame().run(operation.op_def, inputs, operation.attrs, None)
    outputs = result if isinstance(result, list) else [result]
    return outputs[tensor.value_index]._numpy()


# What only moves the elements of its inputs, so that those which are known stay known.
_CARRIERS = set(
    "Cast ConcatV2 ExpandDims GatherV2 Identity Pack Reshape Squeeze StridedSlice".split()
)


def _partial_value(tensor):
    """As `static_value`, of integers: -1 for the elements that the graph does not decide."""
    known = convert.static_value(tensor)
    if known is not None or not tensor.dtype.is_integer:
        return known
    operation, shape = tensor.op, tensor.shape
    if operation.type == "Shape" and operation.inputs[0].shape.rank is not None:
        dims = operation.inputs[0].shape
        return np.array([-1 if d is None else d for d in dims], tensor.dtype.np)
    if not shape.is_fully_defined():
        return None
    if operation.type in _CARRIERS:
        values = [None if x is None else _partial_value(x) for x in operation.inputs]
        if not any(v is None and x is not None for v, x in zip(values, operation.inputs)):
            return _folded(tensor, values)
    return np.full(shape.as_list(), -1, tensor.dtype.np)


SymbolicTensor.static_value = static_value
