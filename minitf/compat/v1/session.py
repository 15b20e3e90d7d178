"""`Session`: the values of a graph's variables, and the running of what the fetches need.

`Session.run` picks the operations that the fetches need, compiles them once per set of fetches and
feeds (`minitf.graphs.interpret.Program`), and keeps the variables' new values.
"""

import collections
from typing import Any

import numpy as np

from minitf import dtypes, errors, nest
from minitf.compat.v1.op_by_op import Stopwatch, Walk
from minitf.compat.v1.ragged_tensors import RaggedTensorValue
from minitf.compat.v1.resources import MAKERS
from minitf.compat.v1.sparse_tensors import SparseTensorValue, value_of
from minitf.core.convert import to_numpy
from minitf.core.frames import stack
from minitf.core.registry import Cell
from minitf.core.slices import IndexedSlices
from minitf.core.tensor import EagerTensor, SymbolicTensor
from minitf.graphs.graph import PLACEHOLDER, Operation, sessions
from minitf.graphs.interpret import needed
from minitf.graphs.program import Program
from minitf.ops.handles import ASSIGN, IS_INITIALIZED
from minitf.ops.ragged import RaggedTensor
from minitf.ops.sparse import SparseTensor
from minitf.variable import VAR_HANDLE, Variable

IndexedSlicesValue = collections.namedtuple(
    "IndexedSlicesValue", ["values", "indices", "dense_shape"]
)


class BaseSession:
    """Runs operations of a graph and owns the values of its variables.

    Raises:
      RuntimeError: no graph is given, and ops run eagerly here.
    """

    def __init__(self, target="", graph=None, config=None):
        if graph is None and not stack.frame.is_graph:
            raise RuntimeError(
                "The Session graph is empty. Add operations to the graph before calling run()."
            )
        self.graph = graph or stack.frame
        self.sess_str, self._config = target, config
        self._cells, self._programs, self._plans = {}, {}, {}
        self._parts = {}  # the runs in parts: handle -> (walk, what it may fetch, be fed)
        self._closed = False

    @property
    def graph_def(self):
        return self.graph.as_graph_def()

    def close(self):
        """Ends the session: it runs nothing more, and what waits in a queue's operation ends."""
        self._closed = True
        for cell in list(self._cells.values()):
            if hasattr(cell.value, "cancel"):
                cell.value.cancel()

    def list_devices(self):
        """The devices that the session can use."""
        return [_Device("/job:localhost/replica:0/task:0/device:CPU:0", "CPU")]

    def as_default(self):
        """A context in which `Tensor.eval` and `Operation.run` use this session."""
        return _Default(self)

    # Running -------------------------------------------------------------------------------------

    def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
        """The values of `fetches` (a tensor, operation, name, or structure of them) given feeds.

        Args:
          options: `RunOptions`; with a `trace_level`, `run_metadata` gets the time of every op,
            and the run goes op by op for it.

        Raises:
          RuntimeError: the session is closed.
          TypeError: a fetch or feed is no element of the graph.
          ValueError: a fed value has the wrong shape.
          tf.errors.InvalidArgumentError: a placeholder that is needed is not fed.
          tf.errors.FailedPreconditionError: a variable that is read has no value yet.
        """
        if self._closed:
            raise RuntimeError("Attempted to use a closed Session.")
        if run_metadata is not None and options is not None and options.trace_level:
            return self._timed(fetches, feed_dict, run_metadata)
        kind = type(fetches)
        alone = kind is not list and kind is not tuple
        key = (kind, id(fetches)) if alone else (kind, *map(id, fetches))
        if feed_dict:
            key = (*key, None, *map(id, feed_dict))
        plan = self._plans.get(key)
        if plan is not None:
            return plan.run(feed_dict)
        return self._run_first(fetches, feed_dict, key)

    def _run_first(self, fetches, feed_dict, key):
        """`run`, where it was not called with these very objects before."""
        if not self.graph.operations:
            raise RuntimeError(
                "The Session graph is empty. Add operations to the graph before calling run()."
            )
        alone = isinstance(fetches, _PLAIN)
        opened, elements = self._asked(fetches)
        fed, values = self._given(feed_dict)
        found = (*map(id, elements), None, *map(id, fed))
        if found not in self._programs:
            self._programs[found] = self._compile(elements, fed)
        plan = _Plan(self, opened, elements, fed, *self._programs[found])
        result = plan.results(values)
        # Only what the graph keeps alive may be known by its id; other structures are made anew.
        listed = [fetches] if alone else fetches if type(fetches) in (list, tuple) else [None]
        plain = all(type(name) is SymbolicTensor for name in feed_dict or ())
        if plain and all(isinstance(f, _PLAIN) for f in listed):
            plan.kept_alive = (listed, fed)
            self._plans[key] = plan
        return result

    def _asked(self, fetches):
        """(the fetches with tensors as leaves, the elements of the graph that the leaves are)."""
        opened = fetches if isinstance(fetches, _PLAIN) else _opened(fetches)
        leaves = [opened] if isinstance(fetches, _PLAIN) else nest.flatten(opened)
        elements = [self._fetch(leaf) for leaf in leaves]
        for element in elements:
            if not self.graph.is_fetchable(element):
                name = getattr(element, "op", element).name
                raise errors.InaccessibleTensorError(
                    f"Operation {name} has been marked as not fetchable. Typically this happens "
                    "when it is defined in another function or code block. Use return values, "
                    "explicit Python locals or TensorFlow collections to access it."
                )
        return opened, elements

    def _given(self, feed_dict):
        """(the tensors that are fed, their arrays)."""
        if feed_dict is not None and not isinstance(feed_dict, dict):
            raise TypeError(f"feed_dict must be a dictionary, got {type(feed_dict).__name__}")
        feeds = []
        for name, value in (feed_dict or {}).items():
            parts = [(name, value)]
            if isinstance(name, SparseTensor):
                parts = list(zip(_parts(name), value_of(value)))
            elif isinstance(name, RaggedTensor):
                parts = [(name.flat_values, value.flat_values),
                         *zip(name.nested_row_splits, value.nested_row_splits)]  # fmt: skip
            feeds += [(self._feed_key(k), v) for k, v in parts]
        for tensor, _ in feeds:
            if not self.graph.is_feedable(tensor):
                raise ValueError(f"Tensor {tensor.name} may not be fed.")
        return [k for k, _ in feeds], [self._fed(k, v) for k, v in feeds]

    def _timed(self, fetches, feed_dict, run_metadata):
        """`run` op by op; `run_metadata` has when each of them ran."""
        opened, elements = self._asked(fetches)
        fed, values = self._given(feed_dict)
        watch, walk = Stopwatch(), Walk(self._cell)
        for tensor, value in zip(fed, values):
            walk.feed(tensor, value)
        walk.run(self._needed(elements, fed), watch)
        watch.write(run_metadata)
        return self._packed(opened, elements, walk)

    def _packed(self, structure, elements, walk):
        values = [None if type(e) is Operation else _to_python(walk.value(e)) for e in elements]
        return values[0] if isinstance(structure, _PLAIN) else nest.pack_sequence_as(
            structure, values)  # fmt: skip

    def partial_run_setup(self, fetches, feeds=None):
        """Begins a run in parts: `partial_run` with what this returns goes on with it.

        >>> import minitf.compat.v1 as tf
        >>> with tf.Graph().as_default(), tf.Session() as session:
        ...     a, b, c = (tf.placeholder(tf.float32, []) for _ in range(3))
        ...     total = a + b
        ...     product = total * c
        ...     handle = session.partial_run_setup([total, product], [a, b, c])
        ...     found = session.partial_run(handle, total, {a: 1.0, b: 2.0})
        ...     print(session.partial_run(handle, product, {c: found * 5.0}))
        45.0

        Raises:
          tf.errors.InvalidArgumentError: there is nothing to fetch.
        """
        _, elements = self._asked(fetches)
        if not elements:
            raise errors.InvalidArgumentError(
                None, None, "Must specify at least one target to fetch or execute."
            )
        feeds = [self._feed_key(f) for f in feeds or ()]
        names = [",".join(x.name for x in group) for group in (feeds, elements)]
        handle = f"{'->'.join(names)}/;{len(self._parts)}"
        self._parts[handle] = (Walk(self._cell), elements, feeds)
        return handle

    def partial_run(self, handle, fetches, feed_dict=None):
        """Goes on with the run `handle`: feeds more, computes what was not computed yet.

        Raises:
          tf.errors.InvalidArgumentError: `handle` is of no run, a fetch or feed was not announced
            or was fed before, or a fetch needs what is not fed yet.
        """

        def refuse(message):
            raise errors.InvalidArgumentError(None, None, message)

        if handle not in self._parts:
            refuse("Must run 'setup' before performing partial runs!")
        walk, announced, feeds = self._parts[handle]
        opened, elements = self._asked(fetches)
        for e in elements:
            if e not in announced:
                refuse(f"The fetch {e.name} was not specified in partial_run_setup.")
        for tensor, value in zip(*self._given(feed_dict)):
            if not any(tensor is f for f in feeds):
                refuse(f"The feed {tensor.name} was not specified in partial_run_setup.")
            if walk.knows(tensor):
                refuse(f"The feed {tensor.name} has already been fed.")
            walk.feed(tensor, value)
        operations = needed(elements, [t for t in feeds if walk.knows(t)])
        for o in operations:
            if any(t is f for t in o.outputs for f in feeds):
                refuse(f"Fetch {elements[0].name} can't be computed from the feeds that have been "
                       "fed so far.")  # fmt: skip
        walk.run(operations)
        return self._packed(opened, elements, walk)

    def make_callable(self, fetches, feed_list=None, accept_options=False):
        """A function of the values of `feed_list` that returns those of `fetches`.

        >>> import minitf.compat.v1 as tf
        >>> with tf.Graph().as_default(), tf.Session() as session:
        ...     x = tf.placeholder(tf.float32)
        ...     print(session.make_callable(x * 2.0, [x])(3.0))
        6.0
        """
        keys = list(feed_list or ())

        def call(*values, **ignored):
            return self.run(fetches, dict(zip(keys, values)))

        return call

    def _fetch(self, fetch):
        if type(fetch) is SymbolicTensor and fetch.op.graph is self.graph:
            return fetch
        if fetch is None:
            raise TypeError('Argument `fetch` = None has invalid type "NoneType". Cannot be None')
        if isinstance(fetch, Variable) and fetch.graph is self.graph:
            return fetch.handle
        try:
            found = self.graph.as_graph_element(fetch)
            return found.handle if isinstance(found, Variable) else found
        except TypeError as error:
            raise TypeError(
                f"Argument `fetch` = {fetch} has invalid type "
                f'"{type(fetch).__name__}" must be a string or Tensor. '
                f"({error})"
            ) from None
        except (ValueError, KeyError) as error:
            raise ValueError(
                f"Argument `fetch` = {fetch} cannot be interpreted as a Tensor. ({error})"
            ) from None

    def _feed_key(self, key):
        """The tensor that a key of a `feed_dict` means; TypeError if it means none."""
        key = key.deref() if hasattr(key, "deref") else key
        if type(key) is SymbolicTensor and key.op.graph is self.graph:
            return key
        try:
            if isinstance(key, str):
                return self.graph.get_tensor_by_name(key)
            return self.graph.as_graph_element(key, allow_operation=False)
        except (TypeError, ValueError, KeyError) as error:
            text = error.args[0] if error.args else error
            raise TypeError(f"Cannot interpret feed_dict key as Tensor: {text}") from None

    def _fed(self, key, value):
        """What is fed for the tensor `key`, as an array of its dtype."""
        if isinstance(value, SymbolicTensor | EagerTensor):
            raise TypeError(
                "The value of a feed cannot be a tf.Tensor object. Acceptable feed "
                "values include Python scalars, strings, lists, numpy ndarrays, or "
                f"TensorHandles. For reference, the tensor object was {value} which was passed to "
                f"the argument `feed_dict` with key {key}."
            )
        if key.dtype is dtypes.string:
            array = to_numpy(value)
        else:
            if type(value) is int and not _fits(value, key.dtype):
                raise TypeError(
                    f"Type of feed value {value} with type {type(value)} is not compatible with "
                    f"Tensor type {key.dtype.as_numpy_dtype}. Try explicitly setting the type of "
                    "the feed tensor to a larger type (e.g. int64)."
                )
            array = np.asarray(value, key.dtype.np)
        if not key.shape.is_compatible_with(array.shape):
            raise ValueError(
                f"Cannot feed value of shape {array.shape} for Tensor "
                f"{key.name}, which has shape {key.shape}"
            )
        return array

    def _needed(self, elements, fed):
        """The operations that `elements` need; an error where they lack a feed or a value."""
        operations = needed(elements, fed)
        inside = {id(t) for t in fed}
        for o in operations:
            if o.op_def is PLACEHOLDER and id(o.outputs[0]) not in inside:
                t = o.outputs[0]
                shape = "" if t.shape.rank is None else f" and shape {t.shape}"
                raise errors.InvalidArgumentError(
                    None, o, f"You must feed a value for placeholder tensor '{o.name}' with dtype "
                    f"{t.dtype.name}{shape.replace('None', '?')}\n\t [[{{{{node {o.name}}}}}]]"
                )  # fmt: skip
        handles = [o for o in operations if o.op_def in MAKERS]
        self._check_initialized(operations, handles, elements)
        return operations

    def _compile(self, elements, fed):
        """(the program that computes `elements` from `fed`, the cells it works on)."""
        operations = self._needed(elements, fed)
        handles = [o for o in operations if o.op_def in MAKERS]
        cells = [self._cell(h) for h in handles]
        tensors = [e for e in elements
                   if type(e) is SymbolicTensor and e.op.op_def is not VAR_HANDLE]  # fmt: skip
        body = [o for o in operations if o.op_def is not PLACEHOLDER and o.op_def not in MAKERS]
        return Program(body, fed, [h.outputs[0] for h in handles], tensors), cells

    def _cell(self, operation):
        """What holds the value of a variable, the state of a random op, a queue's elements."""
        cell = self._cells.get(operation)
        if cell is None:
            first = MAKERS[operation.op_def](*operation.attrs)
            cell = self._cells.setdefault(operation, Cell(first))  # another thread may be first
        return cell

    def _check_initialized(self, operations, handles, elements):
        """FailedPreconditionError where a variable is used that has no value and gets none."""
        first = {}
        for o in operations:
            if o.op_def.resource and o.inputs and o.op_def is not IS_INITIALIZED:
                first.setdefault(id(o.inputs[0]), o)
        fetched = {id(e) for e in elements}
        for h in [h for h in handles if h.op_def is VAR_HANDLE]:
            key = id(h.outputs[0])
            used = first.get(key, h if key in fetched else None)
            if used is not None and used.op_def is not ASSIGN and self._cell(h).value is None:
                raise errors.FailedPreconditionError(
                    None, used, f"Attempting to use uninitialized value {h.name}\n\t "
                    f"[[{{{{node {used.name}}}}}]]")  # fmt: skip


class Session(BaseSession):
    """Runs operations of a graph and owns the values of its variables.

    Used as a context, it makes its graph and itself the default ones, and closes at the end.

    >>> import minitf.compat.v1 as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     x = tf.placeholder(tf.float32)
    ...     print(session.run(x + 1.0, {x: 2.0}))
    3.0
    """

    def __enter__(self):
        self._entered = self.graph.as_default()
        self._entered.__enter__()
        sessions.stack.append(self)
        return self

    def __exit__(self, kind, error, traceback):
        sessions.stack.remove(self)
        self._entered.__exit__(kind, error, traceback)
        self.close()


class InteractiveSession(BaseSession):
    """A session that is the default one from its making until it is closed.

    >>> import minitf.compat.v1 as tf
    >>> with tf.Graph().as_default():
    ...     session = tf.InteractiveSession()
    ...     print((tf.constant(1.0) + 2.0).eval())
    ...     session.close()
    3.0
    """

    def __init__(self, target="", graph=None, config=None):
        super().__init__(target, graph, config)
        sessions.stack.append(self)

    def close(self):
        super().close()
        if self in sessions.stack:
            sessions.stack.remove(self)


def get_default_session():
    """The innermost session that is a default one, or None."""
    return sessions.stack[-1] if sessions.stack else None


class _Default:
    """The context of `Session.as_default`."""

    def __init__(self, session):
        self._session = session

    def __enter__(self):
        self._graph = self._session.graph.as_default()
        self._graph.__enter__()
        sessions.stack.append(self._session)
        return self._session

    def __exit__(self, kind, error, traceback):
        sessions.stack.remove(self._session)
        self._graph.__exit__(kind, error, traceback)


class _Device(collections.namedtuple("_Device", ["name", "device_type"])):
    """One device of `Session.list_devices`."""


class _Plan:
    """One call of `run`, prepared: what the fed arrays must be, what runs, what is returned."""

    def __init__(self, session, structure, elements, fed, program, cells):
        self._session, self._structure, self._elements = session, structure, elements
        self._program, self._cells = program, cells
        self._fed = [(t, t.dtype.np, set()) for t in fed]
        self._alone = isinstance(structure, _PLAIN)
        self._flat = type(structure) if type(structure) in (list, tuple) else None
        self._nothing = all(type(e) is Operation for e in elements)
        self.kept_alive = None

    def run(self, feed_dict):
        """The results for a `feed_dict` with the keys of the first one, in their order."""
        given = []
        if feed_dict:
            for value, (tensor, dtype, seen) in zip(feed_dict.values(), self._fed):
                known = type(value) is np.ndarray and value.dtype is dtype and value.shape in seen
                if not known:
                    value = self._session._fed(tensor, value)
                    seen.add(value.shape)
                given.append(value)
        return self.results(given)

    def results(self, given):
        """The values of the fetches, an operation's is None; in the structure of the fetches."""
        outputs = self._program(given, self._cells)
        if self._nothing:
            values: Any = [None] * len(self._elements)
        else:
            outputs, held = iter(outputs), self._session._cells
            values = [
                None if type(e) is Operation
                # A variable has the value that it has at the end, as TF 1.x's references had.
                else _to_python(held[e.op].value if e.op.op_def is VAR_HANDLE else next(outputs))
                for e in self._elements
            ]  # fmt: skip
        if self._alone:
            return values[0]
        if self._flat is not None and self.kept_alive is not None:
            return values if self._flat is list else tuple(values)
        return nest.pack_sequence_as(self._structure, values)


_PLAIN = (SymbolicTensor, Operation, Variable)


def _parts(sparse):
    return sparse.indices, sparse.values, sparse.dense_shape


def _fits(number, dtype):
    return not dtype.is_integer or dtype.min <= number <= dtype.max


def _opened(fetch):
    """Fetches with the parts of `IndexedSlices`, sparse and ragged tensors in their place."""
    if isinstance(fetch, dict):
        return type(fetch)({k: _opened(v) for k, v in fetch.items()})
    if isinstance(fetch, list | tuple):
        parts = map(_opened, fetch)
        return type(fetch)(*parts) if hasattr(fetch, "_fields") else type(fetch)(parts)
    if isinstance(fetch, IndexedSlices):
        return IndexedSlicesValue(fetch.values, fetch.indices, fetch.dense_shape)
    if isinstance(fetch, SparseTensor):
        return SparseTensorValue(*_parts(fetch))
    if isinstance(fetch, RaggedTensor):
        return _RaggedFetch(_opened(fetch.values), fetch.row_splits)
    return fetch


class _RaggedFetch(collections.namedtuple("_RaggedFetch", ["values", "row_splits"])):
    """The parts of a ragged tensor; packed again with arrays in them, its value."""

    def __new__(cls, values, row_splits):
        made = isinstance(row_splits, np.ndarray)
        return RaggedTensorValue(values, row_splits) if made else super().__new__(
            cls, values, row_splits)  # fmt: skip


def _to_python(value):
    array = np.asarray(value)
    return array.copy() if array.ndim else array[()]
