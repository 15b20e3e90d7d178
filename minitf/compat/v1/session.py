"""`Session`: the values of a graph's variables, and the running of what the fetches need.

`Session.run` picks the operations that the fetches need, compiles them once per set of fetches and
feeds (`minitf.core.interpret.Program`), and keeps the variables' new values.
"""

import collections

import numpy as np

from minitf import dtypes, errors, nest
from minitf.compat.v1.resources import MAKERS
from minitf.core.convert import to_numpy
from minitf.core.frames import stack
from minitf.core.graph import PLACEHOLDER, Operation, sessions
from minitf.core.interpret import Program, needed
from minitf.core.registry import Cell
from minitf.core.slices import IndexedSlices
from minitf.core.tensor import EagerTensor, SymbolicTensor
from minitf.ops.handles import ASSIGN, IS_INITIALIZED
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
        self._cells, self._programs = {}, {}
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

        Raises:
          RuntimeError: the session is closed.
          TypeError: a fetch or feed is no element of the graph.
          ValueError: a fed value has the wrong shape.
          tf.errors.InvalidArgumentError: a placeholder that is needed is not fed.
          tf.errors.FailedPreconditionError: a variable that is read has no value yet.
        """
        if self._closed:
            raise RuntimeError("Attempted to use a closed Session.")
        if not self.graph.operations:
            raise RuntimeError(
                "The Session graph is empty. Add operations to the graph before calling run()."
            )
        single = isinstance(fetches, SymbolicTensor | Operation | Variable)
        if not single:
            fetches = nest.map_structure(_opened, fetches)
        elements = [self._fetch(f) for f in ([fetches] if single else nest.flatten(fetches))]
        feeds = [self._feed(k, v) for k, v in (feed_dict or {}).items()]
        values = self._run(elements, [t for t, _ in feeds], [v for _, v in feeds])
        return values[0] if single else nest.pack_sequence_as(fetches, values)

    def _run(self, elements, fed, given):
        """The values of graph elements; an operation's is None."""
        key = (*map(id, elements), None, *map(id, fed))
        found = self._programs.get(key)
        if found is None:
            found = self._programs[key] = self._compile(elements, fed)
        program, cells = found
        values = iter(program(given, cells))
        return [
            None if type(e) is Operation
            # A variable has the value that it has at the end, as TF 1.x's references had.
            else _to_python(self._cells[e.op].value if e.op.op_def is VAR_HANDLE else next(values))
            for e in elements
        ]  # fmt: skip

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
            return self.graph.as_graph_element(fetch)
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

    def _feed(self, key, value):
        key = key.deref() if hasattr(key, "deref") else key
        if type(key) is not SymbolicTensor or key.op.graph is not self.graph:
            try:
                find = self.graph.get_tensor_by_name
                key = find(key) if isinstance(key, str) else self.graph.as_graph_element(key)
            except (TypeError, ValueError, KeyError) as error:
                raise TypeError(f"Cannot interpret feed_dict key as Tensor: {error}") from None
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
            array = np.asarray(value, key.dtype.np)
            if type(value) is int and array != value:
                raise TypeError(
                    f"Type of feed value {value} with type {type(value)} is not compatible with "
                    f"Tensor type {key.dtype.as_numpy_dtype}. Try explicitly setting the type of "
                    "the feed tensor to a larger type (e.g. int64)."
                )
        if not key.shape.is_compatible_with(array.shape):
            raise ValueError(
                f"Cannot feed value of shape {array.shape} for Tensor "
                f"{key.name}, which has shape {key.shape}"
            )
        return key, array

    def _compile(self, elements, fed):
        """(the program that computes `elements` from `fed`, the cells it works on)."""
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
            if o.op_def.resource and o.op_def is not IS_INITIALIZED:
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


def _opened(fetch):
    """`IndexedSlices` are fetched by their parts."""
    if isinstance(fetch, IndexedSlices):
        return IndexedSlicesValue(fetch.values, fetch.indices, fetch.dense_shape)
    return fetch


def _to_python(value):
    array = np.asarray(value)
    return array.copy() if array.ndim else array[()]
