"""Assertions: checked at once where the values are known, else when the graph runs."""

import jax.numpy as jnp
import numpy as np

from minitf import dtypes, errors
from minitf.core.checks import inspected, shows
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import define
from minitf.core.tensor import EagerTensor, SymbolicTensor, Tensor
from minitf.ops import math
from minitf.ops.effects import number_text
from minitf.ops.ragged import RaggedTensor
from minitf.ops.sparse import SparseTensor

_SHOWN = 3  # elements, unless `summarize` says otherwise


class _Assertion:
    """What a failed assertion of a graph says."""

    def __init__(self, data, summarize):
        self._texts = [d if isinstance(d, str) else None for d in data]
        self._summarize = _SHOWN if summarize is None else summarize

    def check(self, condition, values):
        if np.all(condition):
            return
        given = iter(values)
        parts = [self._elements(next(given)) if t is None else t for t in self._texts]
        text = " ".join(f"[{part}]" for part in parts)
        raise errors.InvalidArgumentError(None, None, f"assertion failed: {text}")

    def _elements(self, value):
        flat = np.ravel(value)
        shown = len(flat) if self._summarize < 0 else self._summarize
        return " ".join(map(number_text, flat[:shown])) + ("..." if len(flat) > shown else "")


def _assert(condition, *data, assertion):
    assertion.check(condition, data)
    return ()


ASSERT = define("Assert", _assert, "?*", num_outputs=0, host=True, stateful=True,
                infer=lambda inputs, attrs: [])  # fmt: skip


def Assert(condition, data, summarize=None, name=None):  # noqa: N802
    """Raises InvalidArgumentError, which shows `data`, if `condition` is false.

    >>> Assert(True, ["never shown"])
    """
    if stack.frame.sees(condition):
        condition = convert_to_tensor(condition)
        if condition.numpy().all():
            return None
        shown = _SHOWN if summarize is None else summarize
        parts = "\n".join(_listed(convert_to_tensor(d), shown) for d in data)
        raise errors.InvalidArgumentError(
            None, None, f"Expected '{condition!s}' to be true. Summarized data: {parts}"
        )
    tensors = [convert_to_tensor(d) for d in data if not isinstance(d, str)]
    assertion = _Assertion(data, summarize)
    return execute(ASSERT, (condition, *tensors), (assertion,), name or "Assert")


def _listed(tensor, shown):
    """The first elements of a tensor; a scalar is alone."""
    array = tensor.numpy()
    if not np.ndim(array):
        return str(array)
    flat = [str(x) for x in np.ravel(array)]
    return ", ".join(flat if shown < 0 else flat[:shown] + ["..."] * (len(flat) > shown))


# Comparisons -------------------------------------------------------------------------------------


def compare(name, symbol, operator, x, y, data, summarize, message):
    """Asserts `operator(x, y)` for all elements."""
    x = convert_to_tensor(x, None if hasattr(x, "dtype") else getattr(y, "dtype", None))
    y = convert_to_tensor(y, None if hasattr(y, "dtype") else x.dtype)
    condition = operator(x, y)
    message = message or ""
    condition = getattr(condition, "flat_values", condition)
    holds = static_value(condition)
    if holds is None or holds.all():
        if data is None:
            data = [message, f"Condition x {symbol} y did not hold element-wise:",
                    f"x ({_label(x)}) = ", x, f"y ({_label(y)}) = ", y]  # fmt: skip
        return Assert(condition, data, summarize)
    shown = _SHOWN if summarize is None else summarize
    x, y = (EagerTensor(static_value(t)) for t in (x, y))
    lines = [message + "\n" if message else "", f"Condition x {symbol} y did not hold.\n"]
    if np.ndim(holds) and x.shape == y.shape:
        where = np.argwhere(~holds)
        lines[1] = (f"Condition x {symbol} y did not hold.\nIndices of first "
                    f"{_few(holds, shown)} different values:\n{where[:shown]}\n"
                    f"Corresponding x values:\n{x.numpy()[~holds][:shown]}\n"
                    f"Corresponding y values:\n{y.numpy()[~holds][:shown]}\n")  # fmt: skip
    lines.append(f"First {_some(x, shown)} elements of x:\n{_first(x, shown)}\n"
                 f"First {_some(y, shown)} elements of y:\n{_first(y, shown)}\n")  # fmt: skip
    raise errors.InvalidArgumentError(None, None, "".join(lines).rstrip("\n"))


def _few(holds, shown):
    wrong = int((~holds).sum())
    return wrong if shown < 0 else min(wrong, shown)


def _some(tensor, shown):
    return min(tensor.numpy().size, shown) if shown >= 0 else tensor.numpy().size


def _first(tensor, shown):
    return np.ravel(tensor.numpy())[: shown if shown >= 0 else None]


def _assertion(name, symbol, operator, what):
    def function(x, y, message=None, summarize=None, name=None):
        return compare(name, symbol, operator, x, y, None, summarize, message)

    function.__name__ = function.__qualname__ = f"assert_{name}"
    function.__doc__ = f"""Asserts `{what}` for all elements.

    Raises:
      tf.errors.InvalidArgumentError: it does not hold; in a graph, when that runs.
    """
    return function


assert_equal = _assertion("equal", "==", math.equal, "x == y")
assert_none_equal = _assertion("none_equal", "!=", math.not_equal, "x != y")
assert_less = _assertion("less", "<", math.less, "x < y")
assert_less_equal = _assertion("less_equal", "<=", math.less_equal, "x <= y")
assert_greater = _assertion("greater", ">", math.greater, "x > y")
assert_greater_equal = _assertion("greater_equal", ">=", math.greater_equal, "x >= y")


def _signed(name, operator, what):
    def function(x, message=None, summarize=None, name=None):
        x = convert_to_tensor(x)
        zero = np.zeros((), x.dtype.np)
        text = f"Condition {what} did not hold element-wise:"
        condition = operator(x, zero)
        if stack.frame.sees(x) and not condition.numpy().all():
            shown = _SHOWN if summarize is None else summarize
            elements = _listed(x, shown).split(", ")
            raise errors.InvalidArgumentError(
                None, None, f"{message + '.  ' if message else ''}\n{text}\n"
                f"x (shape={x.shape} dtype={x.dtype.name}) = \n{elements}")  # fmt: skip
        return Assert(condition, [message or "", text, x], summarize)

    function.__name__ = function.__qualname__ = f"assert_{name}"
    function.__doc__ = f"Asserts `{what}` for all elements."
    return function


assert_positive = _signed("positive", lambda x, zero: math.less(zero, x), "x > 0")
assert_negative = _signed("negative", math.less, "x < 0")
assert_non_negative = _signed("non_negative", lambda x, zero: math.less_equal(zero, x), "x >= 0")
assert_non_positive = _signed("non_positive", math.less_equal, "x <= 0")


def assert_near(x, y, rtol=None, atol=None, message=None, summarize=None, name=None):
    """Asserts `|x - y| <= atol + rtol |y|`; both default to 10 times the dtype's precision."""
    x = convert_to_tensor(x, None if hasattr(x, "dtype") else getattr(y, "dtype", None))
    y = convert_to_tensor(y, None if hasattr(y, "dtype") else x.dtype)
    eps = 10 * float(np.finfo(x.dtype.np).eps) if x.dtype.is_floating else 0.0
    rtol, atol = (eps if t is None else t for t in (rtol, atol))
    condition = math.less_equal(math.abs(x - y), atol + rtol * math.abs(y))
    text = f"x and y not equal to tolerance rtol = {rtol}, atol = {atol}"
    names = [f"{n} (shape={t.shape} dtype={t.dtype.name}) = " for n, t in (("x", x), ("y", y))]
    return Assert(condition, [message or "", text, names[0], x, names[1], y], summarize)


# Shapes and dtypes -------------------------------------------------------------------------------


def _prefix(message):
    return f"{message}.  " if message else ""


def _label(x):
    return getattr(x, "name", "")  # eager tensors have none


def assert_rank(x, rank, message=None, name=None):
    """Asserts the rank of `x`; ValueError if it has another."""
    x, rank = convert_to_tensor(x), int(static_value(rank))
    if x.shape.rank not in (None, rank):
        raise ValueError(
            f"{_prefix(message)}Tensor {_label(x)} must have rank {rank}.  "
            f"Received rank {x.shape.rank}, shape {x.shape}"
        )


def assert_rank_at_least(x, rank, message=None, name=None):
    """Asserts that the rank of `x` is not less; ValueError if it is."""
    x, rank = convert_to_tensor(x), int(static_value(rank))
    if x.shape.rank is not None and x.shape.rank < rank:
        raise ValueError(
            f"{_prefix(message)}Tensor {_label(x)} must have rank at least {rank}.  "
            "Received rank "
            f"{x.shape.rank}, shape {x.shape}"
        )


def assert_rank_in(x, ranks, message=None, name=None):
    """Asserts that the rank of `x` is one of `ranks`; ValueError if it is not."""
    x, ranks = convert_to_tensor(x), [int(static_value(r)) for r in ranks]
    if x.shape.rank is not None and x.shape.rank not in ranks:
        raise ValueError(
            f"{_prefix(message)}Tensor {_label(x)} must have rank in {tuple(ranks)}.  "
            "Received rank "
            f"{x.shape.rank}, shape {x.shape}"
        )


def assert_scalar(tensor, message=None, name=None):
    """Asserts that a tensor has no axes, and returns it; ValueError if it has."""
    tensor = convert_to_tensor(tensor)
    if tensor.shape.rank not in (None, 0):
        raise ValueError(f"{message or ''}Expected scalar shape, saw shape: {tensor.shape}.")
    return tensor


def assert_type(tensor, tf_type, message=None, name=None):
    """Asserts the dtype of a tensor; TypeError if it has another."""
    tensor, wanted = convert_to_tensor(tensor), dtypes.as_dtype(tf_type)
    if tensor.dtype != wanted:
        raise TypeError(
            f"{_prefix(message)}tensor must be of type {wanted!r}; got {tensor.dtype!r}"
        )


def assert_shapes(shapes, data=None, summarize=None, message=None, name=None):
    """Asserts the shapes of tensors; a symbol must stand for the same size everywhere.

    >>> assert_shapes([([[1, 2]], ("n", 2)), ([1], ("n",))])
    """
    pairs = shapes.items() if isinstance(shapes, dict) else shapes
    sizes = {}
    for tensor, symbols in pairs:
        tensor = convert_to_tensor(tensor.deref() if hasattr(tensor, "deref") else tensor)
        symbols = [symbols] if isinstance(symbols, str | int) else list(symbols)
        dims = tensor.shape.as_list()
        some = Ellipsis in symbols or (symbols and symbols[0] == "...")
        if some:
            symbols = symbols[1:]
            dims = dims[len(dims) - len(symbols) :]
        if len(dims) != len(symbols):
            raise ValueError(
                f"{_prefix(message)}Tensor must have rank {len(symbols)}.  Received rank "
                f"{len(dims)}, shape {tensor.shape}"
            )
        for axis, (symbol, size) in enumerate(zip(symbols, dims)):
            if symbol in (None, "*", ".") or size is None:
                continue
            wanted = int(symbol) if isinstance(symbol, int) or str(symbol).isdigit() else (
                sizes.setdefault(symbol, size))  # fmt: skip
            explicit = isinstance(symbol, int) or str(symbol).isdigit()
            given = "Specified explicitly" if explicit else "Specified by another tensor"
            if wanted != size:
                raise ValueError(
                    f"{_prefix(message)}{given}.  Tensor shape={tensor.shape} "
                    f"dtype={tensor.dtype.name} dimension {axis} must have size {wanted}.  "
                    f"Received size {size}, shape {tensor.shape}"
                )


# Numbers -----------------------------------------------------------------------------------------


def _all_finite(tensor, *, message):
    found = inspected(tensor)
    for bad, what in ((jnp.isnan, "NaN"), (jnp.isinf, "Inf")):
        if found is not None and shows(bad(found)):
            raise errors.InvalidArgumentError(None, None, f"{message} : Tensor had {what} values")


CHECK_NUMERICS = define("CheckNumerics", lambda tensor, *, message: tensor, "T", verify=_all_finite)


def check_numerics(tensor, message, name=None):
    """`tensor`, if it has no NaN and no infinity; else InvalidArgumentError."""
    return execute(CHECK_NUMERICS, (tensor,), (message,), name)


def assert_all_finite(x, message, name=None):
    """`x`, if it has no NaN and no infinity; else InvalidArgumentError."""
    return check_numerics(x, message, name)


def assert_integer(x, message=None, name=None):
    """TypeError where `x` is no tensor of integers."""
    x = convert_to_tensor(x)
    if not x.dtype.is_integer:
        raise TypeError(
            f'{message or ""}Expected "x" to be integer type.  Found: tensor of dtype {x.dtype!r}'
        )


def assert_proper_iterable(values):
    """TypeError where `values` cannot be iterated over, or is one thing: a tensor, a text, ..."""
    one = isinstance(values, Tensor | np.ndarray | bytes | str) or hasattr(values, "_type_spec")
    if one or not hasattr(values, "__iter__"):
        raise TypeError(f'Expected argument "values" to be iterable.  Found: {type(values)}')


def assert_same_float_dtype(tensors=None, dtype=None):
    """The dtype of floats that all `tensors` have (float32 by default), which must be `dtype`.

    Raises:
      ValueError: the dtypes differ, or are not floats.
    """
    expected = None if dtype is None else dtypes.as_dtype(dtype)
    for tensor in tensors or ():
        expected = expected or tensor.dtype.base_dtype
        if tensor.dtype.base_dtype != expected:
            raise ValueError(
                f"{tensor}, type={tensor.dtype}, must be of the same type ({expected})."
            )
    expected = expected or dtypes.float32
    if not expected.is_floating:
        raise ValueError(f"Expected floating point type, got {expected}.")
    return expected


def is_numeric_tensor(tensor):
    """Whether `tensor` is a tensor of numbers."""
    return isinstance(tensor, Tensor) and (
        tensor.dtype.is_integer or tensor.dtype.is_floating or tensor.dtype.is_complex
    )


def is_symbolic_tensor(tensor):
    """Whether `tensor` is the promise of a value, in a graph."""
    return isinstance(tensor, SymbolicTensor)


def get_static_value(tensor, partial=False):
    """The value of `tensor` as an array, or None where it is not known before the graph runs.

    >>> get_static_value(convert_to_tensor([1, 2])).tolist()
    [1, 2]
    """
    return static_value(tensor) if is_tensor(tensor) else tensor


def is_tensor(x):
    """Whether `x` is a tensor, a variable, or ragged, sparse or `IndexedSlices`.

    >>> is_tensor(convert_to_tensor(1)), is_tensor(1)
    (True, False)
    """
    return isinstance(x, Tensor | RaggedTensor | SparseTensor) or hasattr(x, "__tf_tensor__")
