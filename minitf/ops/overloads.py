"""Python's operators on tensors and variables: which op each of them is, and its name in graphs."""

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import define
from minitf.core.tensor import Tensor
from minitf.ops import math
from minitf.ops.linalg import matmul
from minitf.ops.slicing import getitem

INVERT = define("Invert", lambda x: ~x, "T", differentiable=False)
BITWISE_AND = define("BitwiseAnd", lambda x, y: x & y, "TT", differentiable=False)
BITWISE_OR = define("BitwiseOr", lambda x, y: x | y, "TT", differentiable=False)
BITWISE_XOR = define("BitwiseXor", lambda x, y: x ^ y, "TT", differentiable=False)


def _direct(op, name):
    """An operator that is one op."""

    def forward(x, y):
        try:
            return stack.frame.run(op, (x, y), (), name)
        except (TypeError, ValueError):
            if _defers(y):
                return NotImplemented
            raise

    def reflected(x, y):
        return stack.frame.run(op, (y, x), (), name)

    return forward, reflected


def _defers(y):
    """Whether `y` is of a foreign class that may have the reflected operator."""
    return hasattr(type(y), "__array_priority__") and y.__array_priority__ > 100


def _composed(function, name):
    """An operator that is a function of this library."""
    return lambda x, y: function(x, y, name=name), lambda x, y: function(y, x, name=name)


def _bitwise(logical, op, symbol, name):
    """`&`, `|`, `^`: logic for bool, bits for integers."""

    def forward(x, y):
        x, y = math._alike(x, y)
        if x.dtype == dtypes.bool:
            return logical(x, y, name=name)
        if not x.dtype.is_integer:
            raise TypeError(
                f"unsupported operand type(s) for {symbol}: a tensor of dtype {x.dtype.name} is "
                "neither bool nor integer"
            )
        return execute(op, (x, y), (), name)

    return forward, lambda x, y: forward(y, x)


def _invert(x):
    x = convert_to_tensor(x)
    if x.dtype == dtypes.bool:
        return math.logical_not(x, name="invert")
    return execute(INVERT, (x,), (), "invert")


def _equality(op, name, otherwise):
    """`==` and `!=`: by element; in a graph of TF 1.x by identity."""

    def compare(x, y):
        if y is None:
            return otherwise
        frame = stack.frame
        if frame.is_graph and frame.outer is None:
            return (x is y) is not otherwise
        try:
            return frame.run(op, (x, y), (), name)
        except Exception:  # noqa: BLE001  what cannot be compared is not equal
            return otherwise

    return compare


_BINARY = {
    "add": _direct(math.ADD, "add"),
    "sub": _direct(math.SUB, "sub"),
    "mul": _direct(math.MUL, "mul"),
    "pow": _direct(math.POW, "pow"),
    "truediv": _composed(math.truediv, "truediv"),
    "floordiv": _composed(math.floordiv, "floordiv"),
    "mod": _composed(math.floormod, "mod"),
    "matmul": _composed(matmul, "matmul"),
    "and": _bitwise(math.logical_and, BITWISE_AND, "&", "and"),
    "or": _bitwise(math.logical_or, BITWISE_OR, "|", "or"),
    "xor": _bitwise(math.logical_xor, BITWISE_XOR, "^", "xor"),
}
_COMPARISONS = {
    "lt": (math.LESS, "Less"),
    "le": (math.LESS_EQUAL, "LessEqual"),
    "gt": (math.GREATER, "Greater"),
    "ge": (math.GREATER_EQUAL, "GreaterEqual"),
}
_UNARY = {
    "neg": lambda x: execute(math.NEG, (x,), (), "Neg"),
    "pos": lambda x: convert_to_tensor(x),
    "abs": lambda x: math.abs(x, name="Abs"),
    "invert": _invert,
}


def install_operators(cls):
    """Gives `cls` (Tensor, Variable) the operators of a tensor."""
    for name, (forward, reflected) in _BINARY.items():
        setattr(cls, f"__{name}__", forward)
        setattr(cls, f"__r{name}__", reflected)
    for name, (op, in_graph) in _COMPARISONS.items():
        setattr(cls, f"__{name}__", _direct(op, in_graph)[0])
    for name, function in _UNARY.items():
        setattr(cls, f"__{name}__", function)
    cls.__eq__ = _equality(math.EQUAL, "Equal", False)
    cls.__ne__ = _equality(math.NOT_EQUAL, "NotEqual", True)
    cls.__getitem__ = getitem


install_operators(Tensor)
Tensor.OVERLOADABLE_OPERATORS = {
    f"__{r}{name}__" for name in _BINARY for r in ("", "r")
} | {f"__{name}__" for name in (*_COMPARISONS, *_UNARY, "eq", "ne", "getitem")}  # fmt: skip
