"""The one door: every op passes `execute`, and nothing else asks "eager or graph?".

`execute` hands the op to the current frame, which runs it or writes it down and lets its tapes see
it. `convert_to_tensor` makes tensors of what is none.
"""

from typing import Any

from minitf import dtypes
from minitf.core.convert import as_tensor
from minitf.core.frames import stack
from minitf.core.tensor import EagerTensor


def execute(op, inputs, attrs=(), name=None, backward=None) -> Any:
    """Runs or writes down `op`, and returns its output tensor, or the list of its outputs.

    Args:
      op: an `Op`.
      inputs: a tuple of tensors, or what converts to them.
      attrs: the values of `op.attrs`, in that order.
      name: the operation's name in a graph.
      backward: a gradient for this one call, `backward(record, cotangents) -> gradients`.

    >>> from minitf.core.registry import Op
    >>> import jax.numpy as jnp
    >>> execute(Op("Add", jnp.add, "TT"), (1.5, 2.0)).numpy()
    np.float32(3.5)
    """
    return stack.frame.run(op, inputs, attrs, name, backward)


def convert_to_tensor(value, dtype=None, dtype_hint=None, name=None) -> Any:
    """`value` as a tensor of `dtype`; a tensor of another dtype is an error, not a cast.

    >>> convert_to_tensor([1, 2]).dtype
    tf.int32
    """
    if type(value) is EagerTensor and (dtype is None or value.dtype is dtype):
        return value
    if dtype is not None:
        dtype = dtypes.as_dtype(dtype)
    if dtype is None and dtype_hint is not None:
        try:
            return as_tensor(value, stack.frame, dtypes.as_dtype(dtype_hint), name)
        except (TypeError, ValueError):  # a hint is a wish
            dtype = None
    tensor = as_tensor(value, stack.frame, dtype, name)
    if dtype is not None and tensor.dtype.base_dtype != dtype.base_dtype:
        raise ValueError(
            f"Tensor conversion requested dtype {dtype.name} for Tensor with dtype "
            f"{tensor.dtype.name}: {tensor!r}"
        )
    return tensor
