"""What may stand where a tensor is expected, and which dtype it takes.

Python numbers and NumPy arrays adopt the dtype of the tensor beside them; alone, Python's `int`
becomes int32 and `float` float32, and NumPy arrays keep their own. Tensors never change dtype.
"""

import operator

import numpy as np

from minitf import dtypes
from minitf.core.tensor import EagerTensor, Tensor
from minitf.kinds import kernel_name

_NUMBERS = frozenset({float, int})
_SCALARS = {}  # (type, value, dtype) -> EagerTensor: the numbers that recur in a program


def to_numpy(value, dtype=None):
    """`value` as a NumPy array of its own, with TensorFlow's default dtypes.

    Raises:
      TypeError: the value cannot have this dtype.
      ValueError: the value is no rectangle, has elements of several kinds, or is None.
    """
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    if wanted is None and hasattr(value, "as_list"):  # a shape, also one without dimensions
        wanted = dtypes.int32
    if isinstance(value, np.ndarray | np.generic) or hasattr(value, "__array__"):
        return _from_numpy(np.asarray(value), wanted)
    return _from_python(value, wanted)


def _from_numpy(array, wanted):
    """An array is cast to the dtype that is wanted, whatever its kind; a list is not."""
    if array.dtype == object and wanted in (None, dtypes.string):
        other = next((x for x in array.flat if not isinstance(x, str | bytes)), "")
        if other != "":
            kind = type(other).__name__
            raise ValueError(_UNREADABLE.format(f"Unsupported object type {kind}"))
    if array.dtype.kind in "SUO":
        return (
            _to_bytes(array, array) if wanted in (None, dtypes.string) else array.astype(wanted.np)
        )
    if wanted is dtypes.string:
        kind = array.dtype.name.rstrip("0123456789")
        raise ValueError(_UNREADABLE.format(f"Unsupported object type {kind}"))
    if wanted is None:
        try:
            dtypes.from_numpy_dtype(array.dtype)
        except TypeError:
            unknown = f"Unsupported numpy type: NPY_{array.dtype.type.__name__.upper()}"
            raise ValueError(_UNREADABLE.format(unknown)) from None
        return array.copy()
    return array.astype(wanted.np)


_UNREADABLE = "Failed to convert a NumPy array to a Tensor ({})."
# The first element of a list decides its kind; the kinds that may follow it.
_KINDS = {
    "b": (bool | np.bool_, "b"),
    "i": (int | np.integer, "biufO"),
    "f": (float | np.floating, "biufO"),
    "c": (complex | np.complexfloating, "biufc"),
}
_FROM_BOOLS = "bool int32 int64 uint64 float16 float32 float64 complex128".split()
_INT32, _FLOAT32 = np.iinfo(np.int32), np.finfo(np.float32)


def _from_python(value, wanted):
    """The array of Python's numbers, of texts, or of nested lists of them."""
    if value is None:
        raise _refusal(value)
    try:
        array = np.array(value)
    except UnicodeDecodeError:  # bytes beside texts
        array = np.array(value, object)
    except (ValueError, TypeError) as error:
        raise _refusal(value) from error
    first = _first(value)
    kind = next((k for k, (types, _) in _KINDS.items() if isinstance(first, types)), None)
    if array.dtype.kind in "SUOMm" and not (array.dtype == object and kind and kind in "if"):
        texts = _to_bytes(np.array(value, object), value)  # NumPy's own lose zero bytes at the end
        if wanted not in (None, dtypes.string):
            raise _unfit(value, wanted)
        return texts
    numbers = int | float | np.number
    if array.dtype == object and not all(isinstance(x, numbers) for x in array.flat):
        raise _refusal(value)
    if kind is not None and array.size and array.dtype.kind not in _KINDS[kind][1]:
        raise ValueError("Can't convert Python sequence with mixed types to Tensor.")
    return _natural(array, first) if wanted is None else _given(array, value, wanted)


def _first(value):
    """The first element of nested lists; a float where there is none."""
    while isinstance(value, list | tuple):
        value = value[0] if value else 0.0
    return value.dtype.type(0) if isinstance(value, np.ndarray) else value


def _natural(array, first):
    """`array`, made of Python's numbers, with the dtype that TensorFlow gives it."""
    kind = array.dtype.kind
    if kind == "O" or kind == "u" and array.size and array.max() >= 2**63:
        raise ValueError("Can't convert Python sequence with out-of-range integer to Tensor.")
    if kind in "iu":
        small = not array.size or array.min() >= _INT32.min and array.max() <= _INT32.max
        return array.astype(np.int32 if small else np.int64)
    if kind == "f" and not isinstance(first, np.float64 | np.float16):
        if array.size and (np.abs(array[np.isfinite(array)]) > _FLOAT32.max).any():
            raise ValueError(
                "Can't convert Python sequence with a value out of range for a double-precision "
                "float."
            )
        return array.astype(np.float32)
    return array.astype(type(first)) if kind == "f" else array


def _given(array, value, wanted):
    """`array`, made of Python's numbers, with the dtype `wanted`: they never lose their kind."""
    kind = array.dtype.kind
    if not array.size:
        return np.empty(array.shape, wanted.np)
    if kind == "O" and wanted.is_integer:
        raise ValueError("Can't convert Python sequence with out-of-range integer to Tensor.")
    fits = wanted.is_complex or wanted.is_floating or wanted.is_integer or wanted.is_quantized
    if kind == "b":
        fits = wanted.name in _FROM_BOOLS
    elif kind == "f":
        fits = wanted.is_floating or wanted.is_complex
    elif kind == "c":
        fits = wanted.is_complex
    if not fits:
        raise _unfit(value, wanted)
    try:
        with np.errstate(over="ignore"):
            return array.astype(wanted.np)
    except OverflowError:
        raise ValueError(
            "Can't convert Python sequence with out-of-range integer to Tensor."
        ) from None


def _unfit(value, wanted):
    return TypeError(f"Cannot convert {value!r} to EagerTensor of dtype {kernel_name(wanted)}")


def _refusal(value):
    """The error for nested lists of which no array can be made: what TensorFlow meets first."""
    first = _first(value)
    if not isinstance(first, bool | int | float | complex | str | bytes | np.generic):
        return ValueError(
            f"Attempt to convert a value ({first!r}) with an unsupported type ({type(first)}) to a "
            "Tensor."
        )
    nested, level = list | tuple | np.ndarray, [value]
    while isinstance(level[0], nested):
        if not all(isinstance(x, nested) and len(x) == len(level[0]) for x in level):
            return ValueError("Can't convert non-rectangular Python sequence to Tensor.")
        level = [element for x in level for element in x]
    return ValueError("Can't convert Python sequence with mixed types to Tensor.")


def _to_bytes(array, value):
    result = np.empty(array.shape, object)
    for index, element in np.ndenumerate(array):
        if isinstance(element, str):
            element = element.encode()
        elif not isinstance(element, bytes):
            raise _refusal(value)
        result[index] = bytes(element)
    return result


def contains_tensor(value):
    """Whether a nested list or tuple has a tensor or variable in it."""
    if isinstance(value, list | tuple):
        return any(contains_tensor(v) for v in value)
    return isinstance(value, Tensor) or hasattr(value, "__tf_tensor__")


_pack = []  # `ops/array.py` puts its `stack` here: lists of tensors become one tensor


def as_tensor(value, frame, dtype=None, name=None):
    """`value` as a tensor that lives in `frame`; a number or array takes `dtype` if given."""
    kind = type(value)
    if kind not in _NUMBERS:
        if isinstance(value, Tensor) or hasattr(value, "__tf_execute__"):
            return value
        if hasattr(value, "__tf_tensor__"):
            return value.__tf_tensor__(None, name)
        if isinstance(value, list | tuple) and contains_tensor(value):
            return _pack[0](value, dtype)
    elif not frame.is_graph:
        key = (kind, value or repr(value), dtype)  # 0.0 == -0.0, but they are not the same number
        tensor = _SCALARS.get(key)
        if tensor is None:
            if len(_SCALARS) > 4096:
                _SCALARS.clear()
            tensor = _SCALARS[key] = EagerTensor(to_numpy(value, dtype))
        return tensor
    if hasattr(value, "__jax_array__") or type(value).__module__.startswith("jax"):
        return EagerTensor(value)
    return frame.constant(to_numpy(value, dtype), name)


def foreign(inputs):
    """The input that runs ops in its own way (a Keras symbolic tensor), or None.

    Such an object has a method `__tf_execute__(op, inputs, attrs, name)`.
    """
    for x in inputs:
        if type(x) is not EagerTensor and hasattr(x, "__tf_execute__"):
            return x
    return None


def matched(op, inputs, frame):
    """The inputs of `op` as tensors: numbers adopt the dtype of the tensor with their letter."""
    result, plain = list(inputs), []
    for i, x in enumerate(inputs):
        if isinstance(x, Tensor) or i in op.static_set:
            continue
        if type(x) in _NUMBERS or not hasattr(x, "__tf_tensor__"):
            plain.append(i)
        else:
            result[i] = x.__tf_tensor__(None, None)
    if plain:
        _adopt(op, result, plain, frame)
    return tuple(result)


def _adopt(op, inputs, plain, frame):
    """Makes tensors of the inputs of `op` at the positions `plain`, in the list `inputs`."""
    known, letters = {}, op.letters(len(inputs))
    for i, letter in enumerate(letters):
        if letter not in known and i not in plain and i not in op.static_set:
            known[letter] = inputs[i].dtype
    for i in plain:
        x, letter = inputs[i], letters[i]
        dtype = dtypes.bool if letter == "b" else known.get(letter)
        if letter == "i" and dtype is None and isinstance(x, list | tuple) and not _has_numbers(x):
            dtype = dtypes.int32
        x = inputs[i] = as_tensor(x, frame, dtype, op.argument(i))
        if letter not in known:
            known[letter] = x.dtype


def _has_numbers(nested):
    """Whether there is anything in nested lists."""
    return any(_has_numbers(x) if isinstance(x, list | tuple) else True for x in nested)


def static_value(value):
    """The NumPy value of a shape or axis input, or None where it is not known (or None)."""
    kind = type(value)
    if value is None or kind is int:
        return value
    if kind is np.ndarray:
        return np.array(value.tolist()) if value.dtype == object else value
    if kind is EagerTensor:
        return np.asarray(value._value)
    if isinstance(value, Tensor):
        return value.static_value()
    if hasattr(value, "__tf_tensor__"):
        return static_value(value.__tf_tensor__(None, None))
    if hasattr(value, "as_list"):
        value = value.as_list()
    if isinstance(value, list | tuple):
        values = [static_value(v) for v in value]
        array = np.asarray(values, np.int32 if not np.size(values) else None)
        if array.dtype.kind == "f" and contains_tensor(value):
            return array.astype(np.int32)  # as they are cast where they are packed
        return array
    if kind is not bool and not isinstance(value, np.generic) and hasattr(value, "__index__"):
        return operator.index(value)  # of a `Dimension`, say
    return np.asarray(value, np.int32 if not np.size(value) else None)
