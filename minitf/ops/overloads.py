"""Python's operators on tensors and variables."""

import jax

from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.core.tensor import Tensor
from minitf.ops.linalg import MAT_MUL
from minitf.ops.math import ADD, MUL, NEG, POW, REAL_DIV, SUB

ROW = define("StridedSlice", lambda x, i: jax.lax.dynamic_index_in_dim(x, i, 0, False), "Ti")


def _row(x, index):
    if not isinstance(index, int):
        raise NotImplementedError(f"Indexing a tensor with {index!r} is not implemented yet.")
    size = x.shape[0]
    if size is not None and not -size <= index < size:
        raise IndexError(f"slice index {index} of dimension 0 out of bounds.")
    return execute(ROW, (x, index if size is None else index % size), (), "strided_slice")


def _operator(op, name):
    def forward(x, y):
        return execute(op, (x, y), (), name)

    def reflected(x, y):
        return execute(op, (y, x), (), name)

    return forward, reflected


def install_operators(cls):
    """Gives `cls` the operators of a tensor."""
    for python, op, name in (
        ("add", ADD, "add"), ("sub", SUB, "sub"), ("mul", MUL, "mul"), ("pow", POW, "pow"),
        ("truediv", REAL_DIV, "truediv"), ("matmul", MAT_MUL, "matmul"),
    ):  # fmt: skip
        forward, reflected = _operator(op, name)
        setattr(cls, f"__{python}__", forward)
        setattr(cls, f"__r{python}__", reflected)
    cls.__neg__ = lambda x: execute(NEG, (x,), (), "Neg")
    cls.__getitem__ = lambda x, index: _row(convert_to_tensor(x), index)


install_operators(Tensor)
