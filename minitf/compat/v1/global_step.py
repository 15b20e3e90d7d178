"""The global step: the variable that counts how often a graph was trained."""

from minitf import dtypes
from minitf.compat.v1.getting import get_variable
from minitf.compat.v1.graphs import get_default_graph
from minitf.compat.v1.initializers import Zeros
from minitf.core.frames import stack


def get_global_step(graph=None):
    """The global step, or None if there is none.

    Raises:
      TypeError: the graph's collection "global_step" holds what is no scalar integer.
    """
    graph = graph or get_default_graph()
    found = graph.get_collection("global_step")
    if not found:
        return None
    step = found[0]
    if not step.dtype.base_dtype.is_integer or step.shape.rank not in (0, None):
        raise TypeError(f'Existing "global_step" is no scalar of an integer type: {step}')
    return step


def create_global_step(graph=None):
    """Makes the global step: int64, 0, not trainable; ValueError if there is one already."""
    graph = graph or get_default_graph()
    if get_global_step(graph) is not None:
        raise ValueError('"global_step" already exists.')
    with graph.as_default():
        before, stack.frame.scope = stack.frame.scope, ""
        try:
            return get_variable("global_step", [], dtypes.int64, Zeros, trainable=False,
                                collections=["variables", "global_step"])  # fmt: skip
        finally:
            stack.frame.scope = before


def get_or_create_global_step(graph=None):
    """The global step, made if there is none."""
    step = get_global_step(graph)
    return create_global_step(graph) if step is None else step


def global_step(session, global_step_tensor):
    """The value of the step in `session`, as a Python integer."""
    return int(session.run(global_step_tensor))


def assert_global_step(global_step_tensor):
    """TypeError unless the tensor is a scalar of an integer type."""
    if not global_step_tensor.dtype.base_dtype.is_integer:
        raise TypeError(
            f'Existing "global_step" does not have integer type: {global_step_tensor.dtype}'
        )
    if global_step_tensor.shape.rank not in (0, None):
        raise TypeError(f'Existing "global_step" is not scalar: {global_step_tensor.shape}')
