"""The state of a statement: the values of the variables that it changes."""

from minitf import dtypes
from minitf.core.frames import stack
from minitf.core.tensor import SymbolicTensor, Tensor


def is_symbolic(value):
    """Whether `value` is a tensor that the graph decides on, not Python."""
    is_tensor = isinstance(value, Tensor) or hasattr(value, "__tf_tensor__")
    return isinstance(value, SymbolicTensor) or is_tensor and stack.frame.is_graph


def is_undefined(value):
    return type(value).__name__ in ("Undefined", "UndefinedReturnValue")


def is_missing(value):
    return value is None or is_undefined(value)


def becomes_tensor(leaf):
    """Whether a value of Python may turn into a tensor where a statement changes it."""
    if isinstance(leaf, Tensor) or hasattr(leaf, "__tf_loop_state__"):
        return True
    if hasattr(leaf, "handle"):
        return False  # variables stay what they are
    return isinstance(leaf, bool | int | float | complex | str | bytes) or hasattr(
        leaf, "__array__"
    )


def check_condition(cond, statement):
    if cond.dtype is not dtypes.bool:
        raise ValueError(
            f"condition of {statement} expected to be `tf.bool` scalar, got {cond}; to use as "
            "boolean Tensor, use `tf.cast`; to check for None, use `is not None`"
        )
