"""Shapes and arrays as messages, and back."""

import numpy as np

from minitf import dtypes
from minitf.core.convert import to_numpy
from minitf.ops.messages import TensorProto, TensorShapeProto
from minitf.shapes import TensorShape, as_shape


def shape_proto(shape):
    """A shape as a message."""
    shape = as_shape(shape)
    if shape.rank is None:
        return TensorShapeProto(unknown_rank=True)
    return TensorShapeProto(dim=[{"size": -1 if d is None else int(d)} for d in shape.as_list()])


def shape_of(proto):
    """The shape that a message says."""
    if proto.unknown_rank:
        return TensorShape(None)
    return TensorShape([None if d.size < 0 else d.size for d in proto.dim])


_VALUES = {
    "float32": "float_val", "float64": "double_val", "int32": "int_val", "int16": "int_val",
    "int8": "int_val", "uint8": "int_val", "uint16": "int_val", "int64": "int64_val",
    "bool": "bool_val", "uint32": "uint32_val", "uint64": "uint64_val", "complex64":
    "scomplex_val", "complex128": "dcomplex_val", "float16": "half_val", "bfloat16": "half_val",
    "string": "string_val",
}  # fmt: skip


def tensor_proto(array):
    """An array as a message; one number that is repeated is held once."""
    array = np.asarray(array)
    dtype = dtypes.from_numpy_dtype(array.dtype)
    proto = TensorProto(dtype=dtype.as_datatype_enum, tensor_shape=shape_proto(array.shape))
    name = _VALUES[dtype.name]
    flat = array.ravel()
    if array.dtype == object:
        proto.string_val = flat.tolist()
    elif flat.size and (flat.size == 1 or (flat == flat[0]).all() and not array.dtype.kind == "c"):
        one = flat[:1].view(np.uint16) if name == "half_val" else flat[:1]
        one = one.view(one.real.dtype) if array.dtype.kind == "c" else one
        setattr(proto, name, one.tolist())
    else:
        proto.tensor_content = array.tobytes()
    return proto


def array_of(proto):
    """The array that a message holds.

    >>> array_of(tensor_proto(np.float32([1, 2]))).tolist()
    [1.0, 2.0]
    """
    dtype = dtypes.as_dtype(proto.dtype)
    dims = [d.size for d in proto.tensor_shape.dim]
    if dtype is dtypes.string:
        array = np.empty(len(proto.string_val), object)
        array[:] = list(proto.string_val)
    elif proto.tensor_content:
        return np.frombuffer(proto.tensor_content, dtype.np).reshape(dims)
    else:
        given = list(getattr(proto, _VALUES[dtype.name]))
        if _VALUES[dtype.name] == "half_val":
            array = np.array(given, np.uint16).view(dtype.np)
        elif dtype.is_complex:
            array = np.array(given, dtype.real_dtype.np).view(dtype.np)
        else:
            array = np.array(given, dtype.np)
    size = int(np.prod(dims))
    missing = size - array.size
    if missing and array.size:
        array = np.concatenate([array, np.repeat(array[-1:], missing)])
    elif missing:
        array = np.zeros(size, dtype.np)
    return array.reshape(dims)


def make_tensor_proto(values, dtype=None, shape=None, verify_shape=False,
                      allow_broadcast=False):  # fmt: skip
    """A `TensorProto` of numbers or texts.

    >>> make_ndarray(make_tensor_proto([1, 2, 3], shape=[3, 1])).tolist()
    [[1], [2], [3]]
    """
    array = to_numpy(values, dtype)
    if shape is not None:
        dims = as_shape(shape).as_list()
        if verify_shape and list(array.shape) != dims:
            raise TypeError(f"Expected {values!r} to have shape {tuple(dims)}")
        if array.size == 1 and not verify_shape:
            array = np.broadcast_to(array.reshape(()), dims)
        array = array.reshape(dims)
    return tensor_proto(array)


def make_ndarray(tensor):
    """The array that a `TensorProto` holds."""
    return array_of(tensor)
