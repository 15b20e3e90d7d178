"""TF 1.x's way of speaking of graphs: the default one, placeholders, and what a graph collects."""

import contextlib
import threading

from minitf import dtypes
from minitf.core.dispatch import execute
from minitf.core.frames import EagerFrame, stack
from minitf.graphs.graph import NO_OP, PLACEHOLDER_WITH_DEFAULT, Graph
from minitf.ops.array import identity
from minitf.shapes import as_shape


def disable_eager_execution():
    """From here on ops are written into a default graph; RuntimeError inside another frame."""
    if len(stack.frames) > 1:
        raise ValueError("tf.disable_eager_execution must be called at program startup.")
    if not stack.frame.is_graph:
        stack.frames[0] = stack.frame = Graph()


def enable_eager_execution():
    """Undoes `disable_eager_execution`, at program start."""
    if len(stack.frames) > 1:
        raise ValueError("tf.enable_eager_execution must be called at program startup.")
    if stack.frame.is_graph:
        stack.frames[0] = stack.frame = EagerFrame()


class _Beside(threading.local):
    """The default graph while ops run eagerly: none are written into it unless one enters it."""

    graph = None


_beside = _Beside()


def get_default_graph():
    """The graph that ops are written into; where they run eagerly, one that waits beside."""
    if stack.frame.is_graph:
        return stack.frame
    if _beside.graph is None:
        _beside.graph = Graph()
    return _beside.graph


def root_graph():
    """The frame that the body of a loop or branch belongs to: its variables are made there."""
    frame = stack.frame
    while getattr(frame, "outer", None) is not None and frame.outer.is_graph:
        frame = frame.outer
    return frame


def reset_default_graph():
    """Replaces the default graph by an empty one."""
    if len(stack.frames) > 1:
        raise AssertionError(
            "Do not use tf.reset_default_graph() to clear nested graphs. If you "
            "need a cleared graph, exit the nesting and create a new graph."
        )
    if stack.frame.is_graph:
        stack.frames[0] = stack.frame = Graph()
    _beside.graph = None


def placeholder(dtype, shape=None, name=None):
    """A tensor whose value is fed to `Session.run`.

    Raises:
      RuntimeError: ops run eagerly here.
    """
    if not stack.frame.is_graph:
        raise RuntimeError("tf.placeholder() is not compatible with eager execution.")
    return stack.frame.placeholder(dtypes.as_dtype(dtype), shape, name)


@contextlib.contextmanager
def name_scope(name, default_name=None, values=None):
    """Puts `name/` (else `default_name/`) before the names made inside; "" or None: nothing.

    Raises:
      TypeError: `values` without a name.
    """
    chosen = default_name if name is None else name
    if chosen is None and values is not None:
        raise TypeError(f"At least one of name ({name}) and default_name ({default_name}) must be "
                        "provided.")  # fmt: skip
    with stack.frame.name_scope(chosen or "") as scope:
        yield scope


def op_scope(values, name, default_name=None):
    """The older form of `name_scope`."""
    return name_scope(name, default_name, values)


def colocate_with(op, ignore_existing=False):
    """`Graph.colocate_with` of the default graph."""
    return get_default_graph().colocate_with(op, ignore_existing)


def group(*inputs, name=None):
    """An operation that runs after all of `inputs`."""
    with stack.frame.control_dependencies(inputs):
        return execute(NO_OP, (), (), name or "group_deps")


def tuple_(tensors, name=None, control_inputs=None):
    """`tensors`, each of them only once all of them are computed."""
    gate = group(*[t for t in tensors if t is not None], *(control_inputs or ()))
    with stack.frame.name_scope(name or "tuple"), stack.frame.control_dependencies([gate]):
        return [None if t is None else identity(t) for t in tensors]


def no_op(name=None):
    """An operation that does nothing, to hang control dependencies on."""
    return execute(NO_OP, (), (), name)


def placeholder_with_default(input, shape, name=None):
    """A tensor that is `input` unless `Session.run` is fed a value for it."""
    made = execute(PLACEHOLDER_WITH_DEFAULT, (input,), (), name)
    if stack.frame.is_graph:
        made._shape = as_shape(shape)
    return made
