"""What a session owns: the cells behind the handles of its graph's variables, queues, iterators.

A handle is an operation without inputs whose output is a resource. `resource_op` defines such an
op with a function that makes, in a session that needs it, what the cell holds at first.
"""

import itertools

from minitf import dtypes
from minitf.core.frames import stack
from minitf.core.registry import define
from minitf.ops.random import STREAM, new_stream
from minitf.shapes import TensorShape
from minitf.variable import VAR_HANDLE

MAKERS = {VAR_HANDLE: lambda *attrs: None, STREAM: new_stream}
_serial = itertools.count()


def resource_op(name, make):
    """An op of handles; `make(*attrs)` gives what the cell of one holds at first."""
    op = define(name, None, "", stateful=True)
    MAKERS[op] = make
    return op


def new_handle(op, name, attrs=()):
    """A handle in the current graph.

    Its attributes are a number that sets it apart from others, its full name, and `attrs`.

    Raises:
      RuntimeError: ops run eagerly here.
    """
    frame = stack.frame
    if not frame.is_graph:
        raise RuntimeError(f"{op.name} is not supported when eager execution is enabled.")
    described = (TensorShape([]), dtypes.resource)
    name, number = frame.unique_name(name), next(_serial)
    with frame.control_dependencies(None):
        handle = frame.append(op, name, (), (number, name, *attrs), [described])
    handle.described = described
    return handle
