"""What may stand where a tensor is expected, and which dtype it takes.

Python numbers and NumPy arrays adopt the dtype of the tensor beside them; alone, Python's `int`
becomes int32 and `float` float32, and NumPy arrays keep their own. Tensors never change dtype.
"""

import numpy as np

from minitf import dtypes
from minitf.core.tensor import EagerTensor, Tensor

_NUMBERS = frozenset({float, int})
_SCALARS = {}  # (type, value, dtype) -> EagerTensor: the numbers that recur in a program


def to_numpy(value, dtype=None):
    """`value` as a NumPy array with TensorFlow's default dtypes.

    Raises:
      TypeError: the value cannot have this dtype.
      ValueError: the value is no rectangle, or None.
    """
    if value is None:
        raise ValueError(
            "Attempt to convert a value (None) with an unsupported type "
            "(<class 'NoneType'>) to a Tensor."
        )
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
    else:
        try:
            array = np.array(value)
        except (ValueError, TypeError) as error:
            raise ValueError("Can't convert non-rectangular Python sequence to Tensor.") from error
        if array.dtype.kind in "SU":
            array = np.array(value, object)  # NumPy's own texts lose the zero bytes at their ends
        array = _default_dtype(array, value, wanted)
    if array.dtype.kind in "SUO":
        if wanted not in (None, dtypes.string):
            raise TypeError(f"Cannot convert {value!r} to EagerTensor of dtype {wanted.name}")
        return _to_bytes(array, value)
    if wanted is None:
        return array
    if wanted == dtypes.string or not _fits(array, value, wanted):
        raise TypeError(f"Cannot convert {value!r} to EagerTensor of dtype {wanted.name}")
    return array.astype(wanted.np, copy=False)


def _default_dtype(array, value, wanted):
    kind = array.dtype.kind
    if kind == "f" and array.dtype == np.float64 and not _holds_numpy(value):
        return array if wanted is not None else array.astype(np.float32)
    if kind == "i" and array.dtype == np.int64 and not _holds_numpy(value) and wanted is None:
        small = np.iinfo(np.int32)
        if array.size and (array.min() < small.min or array.max() > small.max):
            return array
        return array.astype(np.int32)
    return array


def _holds_numpy(value):
    while isinstance(value, list | tuple) and value:
        value = value[0]
    return isinstance(value, np.ndarray | np.generic)


def _fits(array, value, wanted):
    """Whether TensorFlow converts these elements: numbers widen, and never lose their kind."""
    if isinstance(value, np.ndarray | np.generic):
        kinds = {"b": "b", "i": "iufcb", "u": "iufc", "f": "fc", "c": "c"}.get(array.dtype.kind)
        kind = "f" if wanted.is_floating else np.dtype(wanted.np).kind
        return kinds is None or kind in kinds or array.dtype.kind in "iuf" and kind in "iuf"
    kind = array.dtype.kind
    if wanted.is_bool:
        return kind == "b" or not array.size
    if wanted.is_integer:
        return kind in "iu" or not array.size
    if wanted.is_floating:
        return kind in "iuf" or wanted.np.kind == "V" and kind != "b"
    return kind in "iufc"


def _to_bytes(array, value):
    result = np.empty(array.shape, object)
    for index, element in np.ndenumerate(array):
        if isinstance(element, str):
            element = element.encode()
        elif not isinstance(element, bytes):
            raise ValueError(
                f"Attempt to convert a value ({value!r}) with an unsupported type "
                f"({type(value)}) to a Tensor."
            )
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
        key = (kind, value, dtype)
        tensor = _SCALARS.get(key)
        if tensor is None or value == 0:  # 0.0 and -0.0 are equal, but not the same number
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
        if hasattr(x, "__tf_execute__"):
            return x
    return None


def matched(op, inputs, frame):
    """The inputs of `op` as tensors: numbers adopt the dtype of the tensor with their letter."""
    known, plain = {}, []
    result = list(inputs)
    for i, x in enumerate(inputs):
        if i in op.static_set:
            continue
        if not isinstance(x, Tensor):
            if type(x) in _NUMBERS or not hasattr(x, "__tf_tensor__"):
                plain.append(i)
                continue
            x = result[i] = x.__tf_tensor__(None, None)
        known.setdefault(op.letter(i), x.dtype)
    for i in plain:
        letter = op.letter(i)
        x = result[i] = as_tensor(result[i], frame, known.get(letter), op.argument(i))
        known.setdefault(letter, x.dtype)
    return tuple(result)


def static_value(value):
    """The NumPy value of a shape or axis input, or None where it is not known (or None)."""
    kind = type(value)
    if value is None or kind is int or kind is np.ndarray:
        return value
    if kind is EagerTensor:
        return np.asarray(value._value)
    if isinstance(value, Tensor):
        return value.static_value()
    if hasattr(value, "__tf_tensor__"):
        return static_value(value.__tf_tensor__(None, None))
    if hasattr(value, "as_list"):
        value = value.as_list()
    if isinstance(value, list | tuple):
        value = [static_value(v) for v in value]
    return np.asarray(value, np.int32 if not np.size(value) else None)
