"""Which of TensorFlow's two ways holds: graphs or eager ops, `==` by identity or by element, ..."""

from minitf.compat.v1.graphs import disable_eager_execution, enable_eager_execution
from minitf.compat.v1.variables import disable_resource_variables, enable_resource_variables
from minitf.core.frames import EagerFrame, stack
from minitf.graphs.func_graph import FuncGraph
from minitf.shapes import show_unknown_as


def disable_v2_behavior():
    """TF 1.x's ways: graphs instead of eager execution, with variables that are references."""
    disable_eager_execution()
    disable_resource_variables()
    disable_control_flow_v2()
    show_unknown_as("?")


def enable_v2_behavior():
    """TF 2.x's ways, at program start; they hold unless `disable_v2_behavior` was called."""
    enable_eager_execution()
    enable_resource_variables()
    enable_control_flow_v2()
    enable_tensor_equality()
    show_unknown_as("None")


def executing_eagerly_outside_functions():
    """Whether ops run eagerly, or would where the function being traced is called from.

    >>> executing_eagerly_outside_functions()
    True
    """
    frame = stack.frame
    while frame.outer is not None:
        frame = frame.outer
    return not frame.is_graph


def enable_tensor_equality():
    """`==` of tensors compares element by element, as in TensorFlow 2."""
    EagerFrame.compares_by_value = FuncGraph.compares_by_value = True


def disable_tensor_equality():
    """`==` of tensors asks whether they are the same object, as in TensorFlow 1.

    >>> import minitf as tf
    >>> disable_tensor_equality()
    >>> tf.constant(1) == tf.constant(1)
    False
    >>> enable_tensor_equality()
    """
    EagerFrame.compares_by_value = FuncGraph.compares_by_value = False


class _ControlFlow:
    v2 = True


def enable_control_flow_v2():
    """Branches and loops of graphs are functional ops, as in TensorFlow 2."""
    _ControlFlow.v2 = True


def disable_control_flow_v2():
    """TF 1.x's `Switch` and `Merge` for branches and loops: only what is said of them changes.

    minitf writes functional ops down in either case, with the same values and gradients.
    """
    _ControlFlow.v2 = False


def control_flow_v2_enabled():
    """Whether branches and loops of graphs are said to be functional ops.

    >>> control_flow_v2_enabled()
    True
    """
    return _ControlFlow.v2
