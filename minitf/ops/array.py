"""Making, shaping, joining and taking apart tensors."""

import numpy as np

from minitf.core.convert import to_numpy
from minitf.core.dispatch import execute
from minitf.core.frames import stack as frames
from minitf.core.registry import define


def constant(value, dtype=None, shape=None, name="Const"):
    """A constant tensor.

    >>> constant([1, 2]).dtype
    tf.int32
    """
    array = to_numpy(value, dtype)
    return frames.frame.constant(array if shape is None else np.broadcast_to(array, shape), name)


IDENTITY = define("Identity", lambda input: input, "T")


def identity(input, name=None):
    """`input` itself, as the output of an op of its own."""
    return execute(IDENTITY, (input,), (), name)
