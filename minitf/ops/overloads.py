"""Python's operators on tensors and variables: which op each of them is, and its name in graphs."""

import contextlib

from minitf import dtypes, errors
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.tensor import Tensor
from minitf.ops import bitwise, math
from minitf.ops.linalg import matmul
from minitf.ops.slicing import getitem


def _direct(op, name):
    """An operator that is one op."""

    def forward(x, y):
        try:
            return stack.frame.run(op, (x, y), (), name)
        except (TypeError, ValueError) as error:
            return _reflected(error, name, x, y)

    def reflected(x, y):
        return stack.frame.run(op, (y, x), (), name)

    return forward, reflected


def _plus():
    """`+`, where a number that does not fit the tensor beside it becomes a tensor of its own."""
    forward, reflected = _direct(math.ADD, "add")

    def plus(x, y):
        try:
            return forward(x, y)
        except TypeError:
            if isinstance(y, Tensor) or hasattr(y, "__tf_tensor__"):
                raise
            return forward(x, convert_to_tensor(y))

    return plus, reflected


def _times():
    """`*`, which TensorFlow also has for bools, by way of integers."""
    forward, reflected = _direct(math.MUL, "mul")

    def of_bools(direct):
        def times(x, y):
            try:
                return direct(x, y)
            except (TypeError, ValueError, errors.InvalidArgumentError):
                if dtypes.bool not in (getattr(x, "dtype", None), getattr(y, "dtype", None)):
                    raise
                x, y = math.cast(x, dtypes.int32), math.cast(y, dtypes.int32)
                return math.cast(direct(x, y), dtypes.bool)

        return times

    return of_bools(forward), of_bools(reflected)


def _composed(function, name):
    """An operator that is a function of this library."""

    def forward(x, y):
        try:
            return function(x, y, name=name)
        except (TypeError, ValueError) as error:
            return _reflected(error, name, x, y)

    return forward, lambda x, y: function(y, x, name=name)


def _reflected(error, name, x, y):
    """What `y`'s own class makes of `x + y`, which failed here with `error`; else that error."""
    own = getattr(y, f"__r{name}__", None)
    result = NotImplemented
    if own is not None and not isinstance(y, Tensor):
        with contextlib.suppress(TypeError, ValueError):
            result = own(x)
    if result is NotImplemented:
        raise error
    return result


def _bitwise(logical, bits, name):
    """`&`, `|`, `^`: logic for bool, bits for integers."""

    def of(x, y):
        if x.dtype == dtypes.bool:
            return logical(x, y, name=name)
        return bits(x, y, name=name)

    return of, lambda x, y: of(convert_to_tensor(y, x.dtype), x)


def _invert(x):
    x = convert_to_tensor(x)
    if x.dtype == dtypes.bool:
        return math.logical_not(x, name="invert")
    return bitwise.invert(x, name="invert")


def _equality(op, name, otherwise):
    """`==` and `!=`: by element; in a graph of TF 1.x by identity.

    What has another shape is not equal; what has another dtype cannot be compared.
    """

    def compare(x, y):
        if y is None:
            return otherwise
        frame = stack.frame
        if not frame.compares_by_value:
            return (x is y) is not otherwise
        try:
            return frame.run(op, (x, y), (), name)
        except (errors.InvalidArgumentError, ValueError):
            x, y = convert_to_tensor(x), convert_to_tensor(y, dtype_hint=x.dtype)
            if x.dtype != y.dtype or _broadcast(x.shape, y.shape):
                raise
            return convert_to_tensor(otherwise)

    return compare


def _broadcast(a, b):
    """Whether shapes may broadcast against each other."""
    return None in (a.rank, b.rank) or all(
        m == n or {m, n} & {1, None} for m, n in zip(a[::-1], b[::-1])
    )


_BINARY = {
    "add": _plus(),
    "sub": _direct(math.SUB, "sub"),
    "mul": _times(),
    "pow": _direct(math.POW, "pow"),
    "truediv": _composed(math.divide, "truediv"),
    "floordiv": _composed(math.floordiv, "floordiv"),
    "mod": _composed(math.floormod, "mod"),
    "matmul": _composed(matmul, "matmul"),
    "and": _bitwise(math.logical_and, bitwise.bitwise_and, "and"),
    "or": _bitwise(math.logical_or, bitwise.bitwise_or, "or"),
    "xor": _bitwise(math.logical_xor, bitwise.bitwise_xor, "xor"),
}
_COMPARISONS = {
    "lt": (math.LESS, "Less"),
    "le": (math.LESS_EQUAL, "LessEqual"),
    "gt": (math.GREATER, "Greater"),
    "ge": (math.GREATER_EQUAL, "GreaterEqual"),
}
_UNARY = {
    "neg": lambda x: execute(math.NEG, (x,), (), "Neg"),
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
