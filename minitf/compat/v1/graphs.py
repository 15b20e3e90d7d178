"""TF 1.x's way of speaking of graphs: the default one, placeholders, and what a graph collects."""

from minitf import dtypes
from minitf.core.dispatch import execute
from minitf.core.frames import EagerFrame, stack
from minitf.core.graph import NO_OP, Graph


def disable_eager_execution():
    """From here on ops are written into a default graph; RuntimeError inside another frame."""
    if len(stack.frames) > 1:
        raise ValueError("tf.disable_eager_execution must be called at program startup.")
    if not stack.frame.is_graph:
        stack.frames[0] = stack.frame = Graph()


def disable_v2_behavior():
    """TF 1.x semantics: graphs instead of eager execution."""
    disable_eager_execution()


def enable_eager_execution():
    """Undoes `disable_eager_execution`, at program start."""
    if len(stack.frames) > 1:
        raise ValueError("tf.enable_eager_execution must be called at program startup.")
    if stack.frame.is_graph:
        stack.frames[0] = stack.frame = EagerFrame()


def get_default_graph():
    """The graph that ops are written into.

    Raises:
      RuntimeError: ops run eagerly here.
    """
    if not stack.frame.is_graph:
        raise RuntimeError(
            "get_default_graph: there is no default graph while ops run eagerly. "
            "Use `with tf.Graph().as_default():`."
        )
    return stack.frame


def reset_default_graph():
    """Replaces the default graph by an empty one."""
    if len(stack.frames) > 1:
        raise AssertionError(
            "Do not use tf.reset_default_graph() to clear nested graphs. If you "
            "need a cleared graph, exit the nesting and create a new graph."
        )
    if stack.frame.is_graph:
        stack.frames[0] = stack.frame = Graph()


def placeholder(dtype, shape=None, name=None):
    """A tensor whose value is fed to `Session.run`.

    Raises:
      RuntimeError: ops run eagerly here.
    """
    if not stack.frame.is_graph:
        raise RuntimeError("tf.placeholder() is not compatible with eager execution.")
    return stack.frame.placeholder(dtypes.as_dtype(dtype), shape, name)


def global_variables(scope=None):
    """The variables of the default graph."""
    return get_default_graph().get_collection("variables", scope)


def trainable_variables(scope=None):
    """The trainable variables of the default graph."""
    return get_default_graph().get_collection("trainable_variables", scope)


def variables_initializer(var_list, name="init"):
    """An operation that gives each variable of `var_list` its initial value."""
    return group(*(v.initializer for v in var_list), name=name)


def global_variables_initializer():
    """An operation that gives every variable of the graph its initial value."""
    return variables_initializer(global_variables())


def group(*inputs, name=None):
    """An operation that runs after all of `inputs`."""
    with stack.frame.control_dependencies(inputs):
        return execute(NO_OP, (), (), name or "group_deps")
