"""Tensors of a graph as messages, and back."""

from minitf.compat.v1.graphs import get_default_graph
from minitf.core.frames import stack
from minitf.ops.messages import TensorInfo
from minitf.ops.tensor_protos import shape_proto

__all__ = ["build_tensor_info", "get_tensor_from_tensor_info"]


def build_tensor_info(tensor):
    """A graph's tensor as a `TensorInfo`: its name, dtype and shape.

    Raises:
      RuntimeError: it is called eagerly.

    >>> import minitf.compat.v1 as tf
    >>> with tf.Graph().as_default():
    ...     x = tf.placeholder(tf.float32, [None, 2], name="x")
    ...     tf.saved_model.build_tensor_info(x).name
    'x:0'
    """
    if not stack.frame.is_graph:
        raise RuntimeError("build_tensor_info is not supported in Eager mode.")
    return TensorInfo(
        name=tensor.name,
        dtype=tensor.dtype.as_datatype_enum,
        tensor_shape=shape_proto(tensor.shape),
    )


def get_tensor_from_tensor_info(tensor_info, graph=None, import_scope=None):
    """The tensor of `graph` (by default the default graph) that a `TensorInfo` names.

    Raises:
      KeyError: there is none.
    """
    prefix = f"{import_scope}/" if import_scope else ""
    return (graph or get_default_graph()).get_tensor_by_name(prefix + tensor_info.name)
