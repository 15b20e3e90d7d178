"""Values print to the letter as in TensorFlow 2.21 (with NumPy 2.4); it printed what is expected.

Devices and errors, which print too, are tested here as well.
"""

import pickle

import jax
import ml_dtypes
import numpy as np
import pytest

from minitf import devices as device
from minitf import display, dtypes, errors, shapes

f32, bf16 = np.float32, ml_dtypes.bfloat16
STRINGS = np.array([b"a", b"b"], dtype=object)

# array, dtype, what str shows inside tf.Tensor(...), what repr shows after numpy=
ROWS = [
    (f32(5), "float32", "5.0", "5.0"),
    (f32(0.1), "float32", "0.1", "0.10000000149011612"),
    (f32(1e10), "float32", "1e+10", "10000000000.0"),
    (f32(123456789), "float32", "1.2345679e+08", "123456792.0"),
    (f32(-0.0), "float32", "-0.0", "-0.0"),
    (f32("nan"), "float32", "nan", "nan"),
    (np.float64(1e16), "float64", "1e+16", "1e+16"),
    (np.int32(3), "int32", "3", "3"),
    (np.bool_(True), "bool", "True", "True"),
    (np.complex64(1), "complex64", "(1+0j)", "(1+0j)"),
    (np.array([1 + 2j]), "complex128", "[1.+2.j]", "array([1.+2.j])"),
    (np.array(b"a'b", object), "string", 'b"a\'b"', 'b"a\'b"'),
    (STRINGS, "string", "[b'a' b'b']", "array([b'a', b'b'], dtype=object)"),
    (STRINGS.astype("S1"), "string", "[b'a' b'b']", "array([b'a', b'b'], dtype=object)"),
    (f32([1, 2]), "float32", "[1. 2.]", "array([1., 2.], dtype=float32)"),
    (f32([np.nan, 1]), "float32", "[nan  1.]", "array([nan,  1.], dtype=float32)"),
    (np.array([True, False]), "bool", "[ True False]", "array([ True, False])"),
    (np.arange(3), "int64", "[0 1 2]", "array([0, 1, 2])"),
    (
        np.int32([[1, 2], [3, 4]]),
        "int32",
        "\n[[1 2]\n [3 4]]",
        "\narray([[1, 2],\n       [3, 4]], dtype=int32)",
    ),
    (f32([]), "float32", "[]", "array([], dtype=float32)"),
    (np.zeros((0, 3), f32), "float32", "[]", "array([], shape=(0, 3), dtype=float32)"),
    (np.zeros((2, 0), int), "int64", "[]", "array([], shape=(2, 0), dtype=int64)"),
    (np.array(1, bf16), "bfloat16", "1", "1.0"),
    (
        np.array([1.5, 1 / 3], bf16),
        "bfloat16",
        "[1.5 0.333984]",
        "array([1.5, 0.333984], dtype=bfloat16)",
    ),
    (
        np.array([1, 2], ml_dtypes.float8_e5m2),
        "float8_e5m2",
        "[1 2]",
        "array([1, 2], dtype='float8_e5m2')",
    ),
    (np.float16(1.5), "float16", "1.5", "1.5"),
    (np.array([1, 2], np.int8), "qint8", "[1 2]", "array([1, 2], dtype=int8)"),
    (
        np.array([1, 2], np.int8).view(dtypes.qint8.np),
        "qint8",
        "[1 2]",
        "array([1, 2], dtype=int8)",
    ),
]


@pytest.mark.parametrize(("array", "name", "in_str", "in_repr"), ROWS)
def test_eager(array, name, in_str, in_repr):
    dtype, shape = dtypes.as_dtype(name), np.shape(array)
    assert display.tensor_str(array, dtype) == f"tf.Tensor({in_str}, shape={shape}, dtype={name})"
    assert display.tensor_repr(array, dtype) == (
        f"<tf.Tensor: shape={shape}, dtype={name}, numpy={in_repr}>"
    )
    assert display.variable_repr("w:0", shape, dtype, array) == (
        f"<tf.Variable 'w:0' shape={shape} dtype={name}, numpy={in_repr}>"
    )


def test_long_array():
    text = display.tensor_str(np.arange(2000.0), dtypes.float64)
    assert text == (
        "tf.Tensor([0.000e+00 1.000e+00 2.000e+00 ... 1.997e+03 1.998e+03 1.999e+03], "
        "shape=(2000,), dtype=float64)"
    )


def test_handle():
    assert display.tensor_str("<TensorList>", dtypes.variant, shape=()) == (
        "tf.Tensor(<TensorList>, shape=(), dtype=variant)"
    )
    assert display.tensor_repr("<TensorList>", dtypes.variant, shape=()) == (
        "<tf.Tensor: shape=(), dtype=variant, value=<TensorList>>"
    )


def test_format():
    assert display.tensor_format(f32(5), dtypes.float32, ".2f") == "5.00"
    assert display.tensor_format(f32([1, 2]), dtypes.float32) == "[1. 2.]"
    assert display.tensor_format(np.array(b"a", object), dtypes.string) == "b'a'"


@pytest.mark.parametrize(
    ("dims", "in_str", "in_repr"),
    [
        (None, "", "<unknown>"),
        ([], " shape=(),", "()"),
        ([None], " shape=(None,),", "(None,)"),
        ([None, 2], " shape=(None, 2),", "(None, 2)"),
    ],
)
def test_symbolic(dims, in_str, in_repr):
    shape = shapes.TensorShape(dims)
    assert display.symbolic_str("x:0", shape, dtypes.float32) == (
        f'Tensor("x:0",{in_str} dtype=float32)'
    )
    assert display.symbolic_repr("x:0", shape, dtypes.float32) == (
        f"<tf.Tensor 'x:0' shape={in_repr} dtype=float32>"
    )
    assert display.variable_repr("v:0", shape, dtypes.float32) == (
        f"<tf.Variable 'v:0' shape={in_repr} dtype=float32>"
    )


def test_symbolic_with_device():
    assert display.symbolic_str("add_1:0", (1,), dtypes.float32, "/device:CPU:0") == (
        'Tensor("add_1:0", shape=(1,), dtype=float32, device=/device:CPU:0)'
    )


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("/cpu:0", "/device:CPU:0"),
        ("gpu:1", "/device:GPU:1"),
        ("cpu", "/device:CPU:*"),
        ("/device:foo:1", "/device:foo:1"),
        ("/replica:0/job:q", "/job:q/replica:0"),
        ("", ""),
        ("/job:ps/job:w", "/job:w"),
        (None, ""),
    ],
)
def test_device_strings(spec, expected):
    assert device.canonical(spec) == expected


@pytest.mark.parametrize(
    ("spec", "cls", "text"),
    [
        (
            "foo",
            ValueError,
            "Unknown attribute 'foo' is encountered while parsing the device spec: 'foo'.",
        ),
        (
            "cpu:0:1",
            ValueError,
            "Unknown attribute 'cpu' is encountered while parsing the device spec: 'cpu:0:1'.",
        ),
        (
            "/cpu:0/gpu:1",
            ValueError,
            "Multiple device types are not allowed while parsing the device spec: /cpu:0/gpu:1.",
        ),
        ("/gpu:x", ValueError, "invalid literal for int() with base 10: 'x'"),
        (3, ValueError, "Expecting a string device name. Got <class 'int'>(3)"),
        (lambda op: "/cpu:0", RuntimeError, "tf.device does not support functions."),
    ],
)
def test_bad_devices(spec, cls, text):
    with pytest.raises(cls) as error:
        device.canonical(spec)
    assert str(error.value) == text


def test_device_specs():
    spec = device.DeviceSpec.from_string("/gpu:0")
    assert repr(spec) == (
        "<DeviceSpec(job=None, replica=None, task=None, device_type=GPU, device_index=0)>"
    )
    assert spec == device.DeviceSpec(device_type="gpu", device_index=0) != "/device:GPU:0"
    assert spec.replace(device_index=3).to_string() == "/device:GPU:3"
    v1 = device.DeviceSpecV1(job="ps")
    v1.task = 2
    v1.merge_from(device.DeviceSpecV1(device_type="CPU"))
    assert v1.to_string() == "/job:ps/task:2/device:CPU:*"


def test_jax_devices():
    cpu = jax.devices("cpu")[0]
    assert device.device_name(cpu) == "/job:localhost/replica:0/task:0/device:CPU:0"
    assert device.jax_device("/job:localhost/replica:0/task:0/device:CPU:0") is cpu
    assert device.jax_device("/cpu:999") is cpu
    with pytest.raises(errors.InvalidArgumentError) as error:
        device.jax_device("/job:worker/cpu:0")
    assert str(error.value) == "/job:worker/replica:0/task:0/device:CPU:0 unknown device."


def test_errors():
    error = errors.InvalidArgumentError(None, None, "msg")
    assert (str(error), repr(error), error.args) == ("msg", "InvalidArgumentError()", ())
    assert (error.error_code, error.op, error.node_def, error.message) == (3, None, None, "msg")
    assert isinstance(error, errors.OpError) and isinstance(error, Exception)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error) and again.message == "msg"
    assert errors.exception_type_from_error_code(errors.OUT_OF_RANGE) is errors.OutOfRangeError
    assert issubclass(errors.OperatorNotAllowedInGraphError, TypeError)
