"""Dtypes answer as TensorFlow 2.21's do; the expected values were printed by it."""

import copy
import pickle

import numpy as np
import pytest

from minitf import dtypes

EVERY = [dtypes.DType(number) for number in range(1, 34)]

# name, number, NumPy type, size, flags in the order of FLAGS
FLAGS = (
    "is_floating",
    "is_integer",
    "is_bool",
    "is_complex",
    "is_unsigned",
    "is_quantized",
    "is_numeric",
)
ROWS = [
    ("float32", 1, "float32", 4, "1000001"),
    ("float64", 2, "float64", 8, "1000001"),
    ("int32", 3, "int32", 4, "0100001"),
    ("uint8", 4, "uint8", 1, "0100101"),
    ("string", 7, "object", 0, "0000000"),
    ("complex64", 8, "complex64", 8, "0001001"),
    ("int64", 9, "int64", 8, "0100001"),
    ("bool", 10, "bool", 1, "0010000"),
    ("qint8", 11, [("qint8", "i1")], 1, "0000011"),
    ("bfloat16", 14, "bfloat16", 2, "1000001"),
    ("float16", 19, "float16", 2, "1000001"),
    ("uint64", 23, "uint64", 8, "0100101"),
    ("float8_e5m2", 24, "float8_e5m2", 1, "1000000"),
    ("int4", 29, "int4", 1, "0100000"),
    ("uint4", 30, "uint4", 1, "0100100"),
]


@pytest.mark.parametrize(("name", "number", "numpy_type", "size", "flags"), ROWS)
def test_facts(name, number, numpy_type, size, flags):
    dtype = getattr(dtypes, name)
    assert (dtype.name, dtype.as_datatype_enum, dtype.size) == (name, number, size)
    assert (repr(dtype), str(dtype)) == (f"tf.{name}", f"<dtype: '{name}'>")
    assert dtype.np == np.dtype(numpy_type) == np.dtype(dtype.as_numpy_dtype)
    assert "".join(str(int(getattr(dtype, flag))) for flag in FLAGS) == flags
    assert dtype is dtypes.as_dtype(name) is dtypes.as_dtype(number) is dtypes.DType(number)


@pytest.mark.parametrize("dtype", EVERY, ids=repr)
def test_identity_survives_copies_and_numpy(dtype):
    assert copy.deepcopy(dtype) is copy.copy(dtype) is pickle.loads(pickle.dumps(dtype)) is dtype
    assert dtype._as_ref.base_dtype is dtype
    assert repr(dtype._as_ref) == repr(dtype) + "_ref"
    if dtype.is_numpy_compatible and dtype is not dtypes.string:
        assert dtypes.from_numpy_dtype(dtype.np) is dtype


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float, dtypes.float32),
        (bool, dtypes.bool),
        (object, dtypes.string),
        ("float", dtypes.float32),
        ("double", dtypes.float64),
        ("half", dtypes.float16),
        ("float32_ref", dtypes.float32._as_ref),
        (np.dtype("<U4"), dtypes.string),
        (np.dtype("S3"), dtypes.string),
        (np.str_, dtypes.string),
        (np.longlong, dtypes.int64),
        (np.dtype(">f4"), dtypes.float32),
        (np.array([1.0]), dtypes.float64),
        (3, dtypes.int32),
    ],
)
def test_as_dtype(value, expected):
    assert dtypes.as_dtype(value) is expected


@pytest.mark.parametrize(
    "value",
    [
        "foo",
        "int",
        "O",
        "f4",
        "str",
        "bool_",
        None,
        int,
        str,
        bytes,
        complex,
        [1],
        np.generic,
        np.dtype("V4"),
        np.longdouble,
    ],
)
def test_as_dtype_refuses(value):
    with pytest.raises(TypeError) as error:
        dtypes.as_dtype(value)
    assert str(error.value) == (
        f"Cannot convert the argument `type_value`: {value!r} to a TensorFlow DType."
    )


def test_equality():
    for same in ("float32", np.float32, np.dtype("float32"), float, 1):
        assert dtypes.float32 == same
        assert not dtypes.float32 != same
        assert dtypes.float64 != same
    for other in ("foo", None, 3, dtypes.float32._as_ref, "double"):
        assert dtypes.float32 != other
    assert hash(dtypes.float32) == 1


def test_compatibility_ignores_references():
    ref = dtypes.float32._as_ref
    assert dtypes.float32.is_compatible_with(ref)
    assert not ref.is_compatible_with(dtypes.float32)


def test_range():
    assert (dtypes.int8.min, dtypes.int8.max, dtypes.int8.limits) == (-128, 127, (0, 127))
    assert (dtypes.int4.min, dtypes.uint2.max) == (-8, 3)
    assert repr(dtypes.float32.max) == "np.float32(3.4028235e+38)"
    assert float(dtypes.bfloat16.max) == 3.3895313892515355e38
    assert dtypes.bool.limits == (0, True)
    assert (dtypes.complex64.real_dtype, dtypes.complex128.real_dtype) == (
        dtypes.float32,
        dtypes.float64,
    )


@pytest.mark.parametrize(
    ("dtype", "text"),
    [
        (dtypes.string, "<dtype: 'string'> with type <dtype: 'string'>."),
        (dtypes.qint8, "<dtype: 'qint8'> with quantized type <dtype: 'qint8'>."),
        (dtypes.resource, "<dtype: 'resource'>."),
    ],
)
def test_no_range(dtype, text):
    with pytest.raises(TypeError) as error:
        _ = dtype.min
    assert str(error.value) == "Cannot find minimum value of " + text


def test_unknown_number():
    with pytest.raises(TypeError, match="^0 does not correspond to a valid tensorflow::DataType$"):
        dtypes.DType(0)
