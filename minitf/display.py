"""How values print: TensorFlow's text, made from a NumPy array and a dtype and nothing else.

Offers `tensor_str`, `tensor_repr` and `tensor_format` for eager tensors, `symbolic_str` and
`symbolic_repr` for those of a graph, and `variable_repr`. `shape` is a TensorShape or a tuple.
"""

import numpy as np


def _printable(array, dtype):
    """The array as TensorFlow's `.numpy()` would give it."""
    array = np.asarray(array)
    if dtype.is_quantized and array.dtype.fields:
        return array[array.dtype.names[0]]
    if dtype.name == "string" and array.dtype != object:
        return array.astype(object)
    return array


def _is_handle(dtype):
    return dtype.name in ("resource", "variant")


def _on_its_own_lines(text):
    return "\n" + text if "\n" in text else text


def _shape_text(shape):
    return str(tuple(shape)) if isinstance(shape, (tuple, list)) else str(shape)


def value_text(array, dtype, is_repr=False):
    """The text of the value alone, as in a tensor's `str` or (with `is_repr`) its `repr`.

    The value of a handle (dtype resource or variant) may be any object that prints itself.

    >>> from minitf import dtypes
    >>> print(value_text(np.float32([1, 2]), dtypes.float32))
    [1. 2.]
    >>> print(value_text(np.float32([1, 2]), dtypes.float32, is_repr=True))
    array([1., 2.], dtype=float32)
    """
    if _is_handle(dtype):
        is_array = isinstance(array, np.ndarray)
        return str(array.item() if is_array and array.ndim == 0 else array)
    array = _printable(array, dtype)
    if not is_repr:
        # [()] makes a scalar of an array without axes: NumPy prints the two differently.
        return _on_its_own_lines(str(array[()]))
    return _on_its_own_lines(repr(array.item() if array.ndim == 0 else array))


def tensor_str(array, dtype, shape=None):
    """What `print(tensor)` shows.

    >>> from minitf import dtypes
    >>> print(tensor_str(np.float32(5), dtypes.float32))
    tf.Tensor(5.0, shape=(), dtype=float32)
    """
    shape = np.shape(array) if shape is None else shape
    return f"tf.Tensor({value_text(array, dtype)}, shape={_shape_text(shape)}, dtype={dtype.name})"


def tensor_repr(array, dtype, shape=None):
    """What an interactive session shows of a tensor.

    >>> from minitf import dtypes
    >>> print(tensor_repr(np.float32([1, 2]), dtypes.float32))
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    shape = np.shape(array) if shape is None else shape
    label = "value" if _is_handle(dtype) else "numpy"
    return (
        f"<tf.Tensor: shape={_shape_text(shape)}, dtype={dtype.name}, "
        f"{label}={value_text(array, dtype, is_repr=True)}>"
    )


def tensor_format(array, dtype, format_spec=""):
    """What `f"{tensor:{format_spec}}"` gives: the value's own text, without the wrapping.

    >>> from minitf import dtypes
    >>> tensor_format(np.float32(5), dtypes.float32, ".2f")
    '5.00'
    """
    if _is_handle(dtype):
        return format(value_text(array, dtype), format_spec)
    return format(_printable(array, dtype)[()], format_spec)


def variable_repr(name, shape, dtype, array=None):
    """What a variable shows; in a graph (without `array`) its value is left out.

    >>> from minitf import dtypes
    >>> print(variable_repr("Variable:0", (), dtypes.float32, np.float32(10)))
    <tf.Variable 'Variable:0' shape=() dtype=float32, numpy=10.0>
    >>> print(variable_repr("w:0", (2,), dtypes.float32))
    <tf.Variable 'w:0' shape=(2,) dtype=float32>
    """
    value = "" if array is None else f", numpy={value_text(array, dtype, is_repr=True)}"
    return f"<tf.Variable '{name}' shape={_shape_text(shape)} dtype={dtype.name}{value}>"


def symbolic_str(name, shape, dtype, device=""):
    """What `print` shows of a graph's tensor; an unknown rank is left out.

    >>> from minitf import dtypes, shapes
    >>> print(symbolic_str("add:0", shapes.TensorShape(None), dtypes.float32))
    Tensor("add:0", dtype=float32)
    >>> print(symbolic_str("x:0", shapes.TensorShape([None, 2]), dtypes.float32))
    Tensor("x:0", shape=(None, 2), dtype=float32)
    """
    shape = _shape_text(shape)
    parts = [f'"{name}"']
    if shape != "<unknown>":
        parts.append(f"shape={shape}")
    parts.append(f"dtype={dtype.name}")
    if device:
        parts.append(f"device={device}")
    return f"Tensor({', '.join(parts)})"


def symbolic_repr(name, shape, dtype):
    """What an interactive session shows of a graph's tensor.

    >>> from minitf import dtypes, shapes
    >>> print(symbolic_repr("add:0", shapes.TensorShape(None), dtypes.float32))
    <tf.Tensor 'add:0' shape=<unknown> dtype=float32>
    """
    return f"<tf.Tensor '{name}' shape={_shape_text(shape)} dtype={dtype.name}>"
