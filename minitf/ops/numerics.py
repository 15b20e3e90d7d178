"""Results that are looked at, of every op, for NaN and infinity: `enable_check_numerics`.

Frames run ops; while this is enabled, their method `run` is one that hands each floating result to
the op `CheckNumerics` and goes on with what that returns.
"""

import functools

from minitf.core.frames import EagerFrame
from minitf.core.tensor import Tensor
from minitf.graphs.graph import Graph
from minitf.ops.debugging import CHECK_NUMERICS

_RUNS = {frame: frame.run for frame in (EagerFrame, Graph)}
# What only hands on what it was given, or makes numbers that mean nothing yet.
_UNCHECKED = {"CheckNumerics", "Const", "Empty", "Identity", "IdentityN", "Placeholder"}


def _checking(run):
    """`run` of a frame, which checks the results."""

    @functools.wraps(run)
    def checked(frame, op, inputs, attrs, name, backward=None):
        results = run(frame, op, inputs, attrs, name, backward)
        if op.name in _UNCHECKED:
            return results

        def look(x, number, count):
            if not isinstance(x, Tensor) or not x.dtype.is_floating:
                return x
            words = (f'Detected Infinity or NaN in output {number} of op "{op.name}" '
                     f"(# of outputs: {count})")  # fmt: skip
            return run(frame, CHECK_NUMERICS, (x,), (words,), None)

        if isinstance(results, list):
            return [look(x, i, len(results)) for i, x in enumerate(results)]
        return look(results, 0, 1)

    return checked


def enable_check_numerics(stack_height_limit=30, path_length_limit=50):
    """Has every op fail where it gives NaN or infinity, also in functions traced from now on.

    The limits say how much of TensorFlow's stack an error shows; here Python shows it.

    >>> import minitf as tf
    >>> enable_check_numerics()
    >>> try:
    ...     tf.math.log(-1.0)
    ... except tf.errors.InvalidArgumentError as error:
    ...     print("Log" in str(error))
    ... finally:
    ...     disable_check_numerics()
    True
    """
    for frame, run in _RUNS.items():
        frame.run = _checking(run)


def disable_check_numerics():
    """Undoes `enable_check_numerics`."""
    for frame, run in _RUNS.items():
        frame.run = run
