"""dtypes, casts, shapes, specs, errors and modules, a line each."""

# ruff: noqa: E501  a line is an expression

import numpy as np
from expressions import tell

LINES = """
[(d.min, d.max) for d in (tf.float32, tf.int8, tf.uint16, tf.float16)]
tf.dtypes.as_dtype("float32"), tf.as_dtype(np.int64), tf.as_dtype(float), tf.as_dtype(bool), tf.as_dtype(str)
tf.as_dtype("nope")
tf.as_dtype(int)
tf.as_dtype(None)
tf.float32 == "float32", tf.float32 == np.float32, tf.float32 == np.dtype("float32"), tf.float32 == tf.float64, tf.float32 != "int32", tf.float32 == None, tf.float32 == 3
tf.float32.is_compatible_with(tf.float64), tf.float32.base_dtype, tf.complex64.real_dtype, tf.float32.as_numpy_dtype, tf.float32.as_datatype_enum
tf.float32 in ["float32"], tf.float32 in {tf.float32}
np.zeros(2, tf.float32.as_numpy_dtype).dtype
np.zeros(2, tf.float32)
isinstance(tf.float32, tf.DType), tf.dtypes.float32 is tf.float32
tf.dtypes.DType("float32")
tf.dtypes.DType(1)
tf.cast([1.9, -1.9], tf.int32)
tf.cast([1, 0, 2], tf.bool)
tf.cast([True, False], tf.float32)
tf.cast(300, tf.uint8)
tf.cast(-1, tf.uint8)
tf.cast(300.7, tf.uint8)
tf.cast(1e10, tf.int32)
tf.cast(-1e10, tf.int32)
tf.cast(float("nan"), tf.int32)
tf.cast(float("inf"), tf.int32)
tf.cast("1", tf.int32)
tf.cast(1, tf.string)
tf.cast(1.5, tf.complex64)
tf.cast(1.5, tf.float16), tf.cast(1.5, tf.bfloat16), tf.cast(1e6, tf.float16)
tf.cast([1, 2], "float32"), tf.cast([1, 2], np.float64), tf.cast([1, 2], float)
tf.cast([1, 2], "nope")
tf.cast(None, tf.float32)
tf.cast(tf.IndexedSlices(tf.constant([1.]), tf.constant([0])), tf.float64).values
tf.saturate_cast([300., -5.], tf.uint8)
tf.saturate_cast(tf.constant([300, -5]), tf.uint8)
tf.saturate_cast([1e20, -1e20], tf.int32)
tf.saturate_cast(3., tf.complex64)
tf.saturate_cast([1e300], tf.float32)
tf.saturate_cast(tf.constant([1e300], tf.float64), tf.float32)
tf.complex(1., tf.constant(2., tf.float64))
tf.complex(1, 2)
tf.complex(tf.constant(1., tf.float64), 2.)
tf.math.real(1+2j), tf.math.imag(1+2j), tf.math.conj(1+2j), tf.math.angle(1+2j), tf.abs(3+4j)
tf.bitcast(1., tf.int32), tf.bitcast([1, 2], tf.uint8), tf.bitcast(tf.constant([1, 2, 3, 4], tf.uint8), tf.int32)
tf.bitcast(tf.constant([1, 2, 3], tf.uint8), tf.int32)
tf.dtypes.experimental_result_type if False else 0
tf.TensorShape([1, 2]), tf.TensorShape(None), tf.TensorShape([None, 2]), tf.TensorShape([]), tf.TensorShape(3), tf.TensorShape((1,))
tf.TensorShape("a")
tf.TensorShape([-1])
tf.TensorShape([1.5])
tf.TensorShape([2, None]) == [2, None], tf.TensorShape([2]) == (2,), tf.TensorShape(None) == tf.TensorShape(None), tf.TensorShape([2]) == 2, tf.TensorShape([2]) != [3]
str(tf.TensorShape([1, None])), repr(tf.TensorShape([1, None])), f"{tf.TensorShape([1])}"
tf.TensorShape([1, 2, 3])[0], tf.TensorShape([1, 2, 3])[1:], tf.TensorShape([1, 2, 3])[-1], list(tf.TensorShape([1, None]))
tf.TensorShape([1])[5]
tf.TensorShape(None)[0], tf.TensorShape(None)[1:]
len(tf.TensorShape([1, 2])), bool(tf.TensorShape([])), bool(tf.TensorShape(None))
len(tf.TensorShape(None))
list(tf.TensorShape(None))
tf.TensorShape([1, 2]) + [3], [3] + tf.TensorShape([1]), tf.TensorShape([1]) + tf.TensorShape(None)
tf.TensorShape([1, 2]) + 3
tf.TensorShape([1, None]).as_list(), tf.TensorShape([1, 2]).num_elements(), tf.TensorShape([1, None]).num_elements()
tf.TensorShape(None).as_list()
tf.TensorShape([1, 2]).rank, tf.TensorShape([1, 2]).ndims, tf.TensorShape([1, None]).dims, tf.TensorShape(None).rank
tf.TensorShape([1, None]).is_fully_defined(), tf.TensorShape([1, None]).is_compatible_with([1, 5]), tf.TensorShape([1, None]).is_compatible_with([2, 5])
tf.TensorShape([1, None]).merge_with([None, 3]), tf.TensorShape([1, None]).concatenate([3]), tf.TensorShape([1, 2]).most_specific_compatible_shape([1, 3])
tf.TensorShape([1]).merge_with([2])
tf.TensorShape([1]).assert_has_rank(2)
tf.TensorShape([1]).assert_is_compatible_with([2])
tf.TensorShape([None]).assert_is_fully_defined()
tf.TensorShape([1]).assert_same_rank([1, 2])
tf.TensorShape([1]).with_rank(2)
tf.TensorShape([1]).with_rank_at_least(2)
tf.TensorShape([1]).with_rank_at_most(0)
tf.TensorShape([1, 2]).as_proto().dim[0].size if False else 0
tuple(tf.TensorShape([1, 2])), np.zeros(tf.TensorShape([1, 2])).shape
tf.zeros(tf.TensorShape([1, 2])), tf.reshape([1, 2], tf.TensorShape([2, 1]))
tf.TensorShape([tf.constant(3)])
tf.TensorShape(tf.constant([1, 2]))
tf.TensorShape([np.int64(3)])
tf.TensorSpec([None, 2]), tf.TensorSpec([None, 2], tf.int32, "x"), tf.TensorSpec(None), tf.TensorSpec([], "float64")
tf.TensorSpec(shape=[1], dtype=tf.int32, name="a").name
tf.TensorSpec([1]).shape, tf.TensorSpec([1]).dtype
tf.TensorSpec.from_tensor(tf.constant([1, 2])), tf.TensorSpec.from_spec(tf.TensorSpec([1], tf.int32), "n")
tf.TensorSpec.from_tensor(3)
tf.TensorSpec([None]).is_compatible_with(tf.zeros([3])), tf.TensorSpec([None]).is_compatible_with(tf.zeros([3, 1])), tf.TensorSpec([None]).is_compatible_with(tf.constant([1]))
tf.TensorSpec([1]).most_specific_compatible_type(tf.TensorSpec([2]))
tf.TensorSpec([1]).most_specific_compatible_type(tf.TensorSpec([2], tf.int32))
tf.TensorSpec([1, 2], "nope")
tf.TensorSpec("a")
isinstance(tf.TensorSpec([1]), tf.TypeSpec)
tf.DeviceSpec(device_type="CPU", device_index=0), tf.DeviceSpec.from_string("/job:a/device:GPU:1").to_string()
tf.executing_eagerly(), tf.inside_function()
tf.newaxis is None
tf.errors.InvalidArgumentError(None, None, "msg")
str(tf.errors.InvalidArgumentError(None, None, "msg")), tf.errors.InvalidArgumentError(None, None, "m").message, tf.errors.InvalidArgumentError(None, None, "m").error_code, tf.errors.InvalidArgumentError(None, None, "m").op
issubclass(tf.errors.OutOfRangeError, tf.errors.OpError), tf.errors.OK, tf.errors.NOT_FOUND
tf.Module().name
tf.Module(name="a b")
tf.Module("x").name_scope.name
tf.Module().variables, tf.Module().trainable_variables, tf.Module().submodules
#B
class M(tf.Module):
    def __init__(self):
        super().__init__()
        self.v = tf.Variable(1., name="v")
        self.d = {"b": tf.Variable(2.), "a": [tf.Variable(3.), (tf.Variable(4.),)]}
        self.m = tf.Module("inner")
        self.m.w = tf.Variable(5., trainable=False, name="w")
    @tf.Module.with_name_scope
    def __call__(self, x):
        if not hasattr(self, "k"): self.k = tf.Variable(x, name="k")
        return x + self.k
m = M()
m(2.), [float(v) for v in m.variables], [v.name for v in m.variables], [v.name for v in m.trainable_variables], [s.name for s in m.submodules], m.name, [v.name for v in m.non_trainable_variables]
"""


def test_lines(tf, answer):
    tell(answer, LINES, {"tf": tf, "np": np})
