"""`tf.xla.experimental`: how programs ask for XLA, which compiles their functions here anyway."""

import collections.abc
import contextlib
from types import SimpleNamespace

from minitf import nest
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.function import function
from minitf.graphs.graph import Operation
from minitf.ops.array import identity
from minitf.ops.effects import group

__all__ = ["experimental"]


def compile(computation, inputs=None):
    """What `computation` gives for the tensors `inputs`, as one compiled function.

    Args:
      computation: a Python function of tensors.
      inputs: a list of its arguments.

    Returns:
      A list of tensors where `computation` returns one, or a list or tuple of them; other nests
      stay what they are; an operation in place of None.

    Raises:
      TypeError: `inputs` is no list.
      ValueError: `computation` returns something that is no tensor.

    >>> [x.numpy().item() for x in compile(lambda x, y: x + y, [1, 2])]
    [3]
    """
    if inputs is not None and not isinstance(inputs, collections.abc.Sequence):
        raise TypeError("inputs must be a list")
    tensors = [convert_to_tensor(x) for x in inputs or ()]
    if stack.frame.is_graph:
        return _results(computation(*tensors))
    return function(lambda: _results(computation(*tensors)), autograph=False)()


def _results(outputs):
    if outputs is None:
        return group()
    flat = outputs if isinstance(outputs, collections.abc.Sequence) else [outputs]
    if not isinstance(outputs, collections.abc.Mapping) and not any(map(nest.is_nested, flat)):
        return [_result(x) for x in flat if not isinstance(x, Operation)]
    return nest.map_structure(_result, outputs)


def _result(value):
    try:
        return identity(convert_to_tensor(value))
    except (TypeError, ValueError) as error:
        raise ValueError(
            "XLA computation function return values must all either be Operations or convertible "
            f'to Tensors. Got error: "{error}"'
        ) from error


@contextlib.contextmanager
def jit_scope(compile_ops=True, separate_compiled_gradients=False):
    """A context whose ops XLA compiles: it compiles all ops of graphs, in such a scope or not.

    Raises:
      RuntimeError: ops run eagerly here.
    """
    if not stack.frame.is_graph:
        raise RuntimeError(
            "xla.experimental.jit_scope is not supported when eager execution is enabled. Try use "
            "it inside tf.function."
        )
    yield


experimental = SimpleNamespace(compile=compile, jit_scope=jit_scope)
