"""`tensorflow.python.ops.linalg.linear_operator`: the classes, and what makes them composite."""

from minitf import linalg


def make_composite_tensor(cls, module_name="tf.linalg"):
    """The class as it is: a `LinearOperator` is a module, which needs no spec."""
    return cls


def __getattr__(name):
    return getattr(linalg, name)
