"""TF 1.x's checks of numbers and of variables, and a clipping by the average norm."""

from minitf import dtypes
from minitf.compat.v1.graphs import group
from minitf.compat.v1.ops import either
from minitf.compat.v1.variables import (
    global_variables,
    local_variables,
)
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.ops.array import identity, size
from minitf.ops.debugging import check_numerics
from minitf.ops.joining import stack as pack
from minitf.ops.linalg import clip_by_norm
from minitf.ops.math import cast
from minitf.scopes import control_dependencies


def verify_tensor_all_finite(t=None, msg=None, name=None, x=None, message=None):
    """`t`, once it is known that none of its numbers is infinite or NaN.

    Raises:
      TypeError: `msg` is not a string.
      tf.errors.InvalidArgumentError: one is.
    """
    t, msg = either("x", x, "t", t), either("message", message, "msg", msg)
    if not isinstance(msg, str):
        raise TypeError(f"Expected string for argument 'message' not {msg}.")
    return check_numerics(t, msg, name or "VerifyFinite")


def add_check_numerics_ops():
    """An operation that fails where a float tensor of the graph, as made so far, is not finite.

    Raises:
      RuntimeError: ops run eagerly here.

    >>> import minitf.compat.v1 as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     x = tf.placeholder(tf.float32, [])
    ...     y = tf.math.log(x)
    ...     check = tf.add_check_numerics_ops()
    ...     try:
    ...         session.run([y, check], {x: 0.0})
    ...     except tf.errors.InvalidArgumentError as error:
    ...         print(error.message.partition(" [")[0])
    Log:0 : Tensor had Inf values
    """
    frame = stack.frame
    if not frame.is_graph:
        raise RuntimeError(
            "add_check_numerics_ops() is not compatible with eager execution. To check for Inf's "
            "and NaN's under eager execution, call tf.debugging.enable_check_numerics() once "
            "before executing the checked operations."
        )
    checks = [
        check_numerics(tensor, tensor.name)
        for operation in frame.get_operations()
        for tensor in operation.outputs
        if tensor.dtype in (dtypes.float16, dtypes.float32, dtypes.float64)
    ]
    return group(*checks)


def assert_variables_initialized(var_list=None):
    """The ranks of variables, which fails where one has no value; None if there are none.

    Raises:
      tf.errors.FailedPreconditionError: when it is run.
    """
    found = [*global_variables(), *local_variables()] if var_list is None else list(var_list)
    ranks = []
    for variable in found:
        with control_dependencies([variable.read_value()]):
            ranks.append(identity(variable.shape.rank))
    return None if not ranks else ranks[0] if len(ranks) == 1 else pack(ranks)


def clip_by_average_norm(t, clip_norm, name=None):
    """`t`, made so small that its norm divided by the number of its elements is `clip_norm`.

    >>> clip_by_average_norm([3.0, 4.0], 1.0).numpy()
    array([1.2, 1.6], dtype=float32)
    """
    t = convert_to_tensor(t)
    return clip_by_norm(t, cast(size(t), t.dtype) * clip_norm, name=name)
