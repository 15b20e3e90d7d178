"""What a session owns: the cells behind the handles of its graph's variables, queues, iterators.

A handle is an operation without inputs whose output is a resource. `resource_op` defines such an
op with a function that makes, in a session that needs it, what the cell holds at first.
"""

import itertools

from minitf import dtypes
from minitf.core.frames import stack
from minitf.core.registry import Cell, define
from minitf.core.tensor import EagerTensor
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
    """A handle in the current graph; where ops run eagerly, one that has its cell already.

    Its attributes are a number that sets it apart from others, its full name, and `attrs`.
    """
    frame, number = stack.frame, next(_serial)
    described = (TensorShape([]), dtypes.resource)
    if not frame.is_graph:
        return EagerTensor(Cell(MAKERS[op](number, name, *attrs), described))
    name = frame.unique_name(name)
    with frame.control_dependencies(None):
        handle = frame.append(op, name, (), (number, name, *attrs), [described])
    handle.described = described
    return handle
