"""`Session`: the values of a graph's variables, and the running of what the fetches need.

`Session.run` picks the operations that the fetches need, compiles them once per set of fetches and
feeds (`minitf.core.interpret.Program`), and keeps the variables' new values.
"""

import numpy as np

from minitf import dtypes, errors, nest
from minitf.core.convert import to_numpy
from minitf.core.frames import stack
from minitf.core.graph import PLACEHOLDER, Operation, sessions
from minitf.core.interpret import Program, needed
from minitf.core.registry import Cell
from minitf.core.tensor import EagerTensor
from minitf.ops.handles import ASSIGN
from minitf.variable import VAR_HANDLE


class Session:
    """Runs operations of a graph and owns the values of its variables.

    >>> import minitf.compat.v1 as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     x = tf.placeholder(tf.float32)
    ...     print(session.run(x + 1.0, {x: 2.0}))
    3.0
    """

    def __init__(self, target="", graph=None, config=None):
        frame = stack.frame
        if graph is None and not frame.is_graph:
            raise RuntimeError(
                "The Session graph is empty. Add operations to the graph before calling run()."
            )
        self.graph = graph or frame
        self._cells, self._programs = {}, {}
        self._closed = False

    def __enter__(self):
        self._entered = self.graph.as_default()
        self._entered.__enter__()
        sessions.stack.append(self)
        return self

    def __exit__(self, kind, error, traceback):
        sessions.stack.remove(self)
        self._entered.__exit__(kind, error, traceback)
        self.close()

    def close(self):
        self._closed = True

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
        elements = [self._fetch(f) for f in nest.flatten(fetches)]
        feeds = [self._feed(k, v) for k, v in (feed_dict or {}).items()]
        fed = [t for t, _ in feeds]
        key = (tuple(map(id, elements)), tuple(map(id, fed)))
        if key not in self._programs:
            self._programs[key] = self._compile(elements, fed)
        program, handles = self._programs[key]
        cells = [self._cells.setdefault(h, Cell()) for h in handles]
        values = iter(program([v for _, v in feeds], cells))
        results = [None if isinstance(e, Operation) else _to_python(next(values))
                   for e in elements]  # fmt: skip
        return nest.pack_sequence_as(fetches, results)

    def _fetch(self, fetch):
        if fetch is None:
            raise TypeError(
                "Argument `fetch` = None has invalid type <class 'NoneType'>. Cannot be None"
            )
        try:
            return self.graph.as_graph_element(fetch)
        except TypeError as error:
            raise TypeError(
                f"Argument `fetch` = {fetch} has invalid type "
                f'"{type(fetch).__name__}" must be a string or Tensor. '
                f"({error})"
            ) from None
        except ValueError as error:
            raise ValueError(
                f"Argument `fetch` = {fetch} cannot be interpreted as a Tensor. ({error})"
            ) from None

    def _feed(self, key, value):
        key = key.deref() if hasattr(key, "deref") else key
        try:
            tensor = self.graph.as_graph_element(key)
        except (TypeError, ValueError) as error:
            raise TypeError(f"Cannot interpret feed_dict key as Tensor: {error}") from None
        if hasattr(value, "graph") and not isinstance(value, EagerTensor):
            raise TypeError(
                "The value of a feed cannot be a tf.Tensor object. Acceptable feed "
                "values include Python scalars, strings, lists, numpy ndarrays, or "
                "TensorHandles."
            )
        array = np.asarray(value)
        array = to_numpy(value) if tensor.dtype is dtypes.string else array.astype(tensor.dtype.np)
        if not tensor.shape.is_compatible_with(array.shape):
            raise ValueError(
                f"Cannot feed value of shape {array.shape} for Tensor "
                f"{tensor.name}, which has shape {tensor.shape}"
            )
        return tensor, array

    def _compile(self, elements, fed):
        operations = needed(elements, fed)
        inside = {id(t) for t in fed}
        for o in operations:
            if o.op_def is PLACEHOLDER and id(o.outputs[0]) not in inside:
                t = o.outputs[0]
                raise errors.InvalidArgumentError(
                    None, o, f"You must feed a value for placeholder tensor '{o.name}' with dtype "
                    f"{t.dtype.name} and shape {t.shape}")  # fmt: skip
        handles = [o.outputs[0] for o in operations if o.op_def is VAR_HANDLE]
        first = {}
        for o in operations:
            if o.op_def.resource:
                first.setdefault(id(o.inputs[0]), o)
        for h in handles:
            o = first.get(id(h))
            if o is not None and o.op_def is not ASSIGN and self._cells.get(
                h.op, Cell()).value is None:  # fmt: skip
                raise errors.FailedPreconditionError(
                    None, o, f"Could not find variable {h.op.name}. This could mean that the "
                    "variable has been deleted. In TF1, it can also mean the variable is "
                    f"uninitialized. [[{{{{node {o.name}}}}}]]")  # fmt: skip
        tensors = [e for e in elements if not isinstance(e, Operation)]
        body = [o for o in operations if o.op_def not in (PLACEHOLDER, VAR_HANDLE)]
        return Program(body, fed, handles, tensors), [h.op for h in handles]

    def as_default(self):
        """A context in which `Tensor.eval` and `Operation.run` use this session."""
        return _Default(self)


class _Default:
    def __init__(self, session):
        self.session = session

    def __enter__(self):
        sessions.stack.append(self.session)
        return self.session

    def __exit__(self, kind, error, traceback):
        sessions.stack.remove(self.session)


def _to_python(value):
    array = np.asarray(value)
    return array.copy() if array.ndim else array[()]
