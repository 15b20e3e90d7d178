"""Eager tensors: conversions, printed forms, Python's operators and protocols, slicing."""

# ruff: noqa: E501  a line is an expression

import numpy as np
import pytest
from expressions import tell

CONSTANTS = """
tf.constant(1)
tf.constant(1.5)
tf.constant(True)
tf.constant(1+2j)
tf.constant("hello")
tf.constant(b"hello")
tf.constant([1, 2.5])
tf.constant([True, 1])
tf.constant([1, True])
tf.constant([1.0, True])
tf.constant([[1, 2], [3]])
tf.constant([])
tf.constant([[]])
tf.constant([[], []])
tf.constant(())
tf.constant(None)
tf.constant([None])
tf.constant(2**31)
tf.constant(2**31-1)
tf.constant(-2**31)
tf.constant(-2**31-1)
tf.constant(2**63)
tf.constant(2**64)
tf.constant(2**31, tf.int32)
tf.constant(300, tf.uint8)
tf.constant(-1, tf.uint8)
tf.constant(1.5, tf.int32)
tf.constant(1.0, tf.int32)
tf.constant(1, tf.float32)
tf.constant(1, tf.bool)
tf.constant(True, tf.int32)
tf.constant(True, tf.float32)
tf.constant(1.0, tf.bool)
tf.constant("a", tf.int32)
tf.constant(1, tf.string)
tf.constant(1+2j, tf.float32)
tf.constant(1, tf.complex64)
tf.constant([1, 2, 3], shape=[3])
tf.constant(7, shape=[2, 3])
tf.constant([1, 2], shape=[3])
tf.constant([1, 2, 3, 4], shape=[2, 2])
tf.constant([1, 2], shape=[1, 2], dtype=tf.float32)
tf.constant(np.arange(6), shape=(2, 3))
tf.constant(np.array([1, 2], np.int16))
tf.constant(np.float64(1.5))
tf.constant(np.array([1.5]))
tf.constant(np.array([1.5]), tf.float32)
tf.constant(np.array([1.5]), tf.int32)
tf.constant(np.array([1]), tf.bool)
tf.constant(np.array([True]), tf.int32)
tf.constant(np.array([1, 2]), tf.string)
tf.constant(np.array(["a", "bc"]))
tf.constant(np.array([b"a", b"bc"]))
tf.constant(np.array(["a", "bc"], object))
tf.constant(np.array([1, 2], object))
tf.constant(np.array([1+1j]), tf.float32)
tf.constant(np.bool_(True))
tf.constant(np.datetime64("2020-01-01"))
tf.constant([np.float64(1), 2.0])
tf.constant([np.int64(1), 2])
tf.constant([np.array([1., 2.]), np.array([3., 4.])])
tf.constant([np.float32(1), np.float64(2)])
tf.constant(a)
tf.constant(a, tf.float64)
tf.constant(a, shape=[3, 2])
tf.constant(v)
tf.constant([1, "a"])
tf.constant(["a", 1])
tf.constant({1: 2})
tf.constant({1, 2})
tf.constant(range(3))
tf.constant(range(0))
tf.constant((1, (2, 3)))
tf.constant([1, [2]])
tf.constant("é")
tf.constant(["é", "日本"])
tf.constant(float("nan"))
tf.constant(float("inf"))
tf.constant(-0.0)
tf.constant(1e40)
tf.constant(1e40, tf.float32)
tf.constant(1e-50)
tf.constant(1e10, tf.float16)
tf.constant(5, tf.half)
tf.constant(5, "int64")
tf.constant(5, np.int8)
tf.constant(5, int)
tf.constant(5, float)
tf.constant(5, "nope")
tf.constant(3, name="foo")
tf.constant(3, dtype=tf.int32, shape=[2], name="foo")
tf.convert_to_tensor([1, 2], dtype=tf.float32)
tf.convert_to_tensor(a, dtype=tf.float64)
tf.convert_to_tensor(a, dtype_hint=tf.float64)
tf.convert_to_tensor([1, 2], dtype_hint=tf.float64)
tf.convert_to_tensor(["a"], dtype_hint=tf.float64)
tf.convert_to_tensor(v)
tf.convert_to_tensor([a[0], a[1]])
tf.convert_to_tensor([a[0], [1., 2., 3.]])
tf.convert_to_tensor([a[0], [1, 2, 3]])
tf.convert_to_tensor([tf.constant(1), 2.5])
tf.convert_to_tensor([tf.constant(1.), 2])
tf.convert_to_tensor([tf.constant(1.), tf.constant(2)])
tf.convert_to_tensor([tf.constant(1.), tf.constant([2.])])
tf.convert_to_tensor([[tf.constant(1.), 2.], [3., 4.]])
tf.convert_to_tensor([v, v])
tf.convert_to_tensor(np.array([a[0].numpy()]))
tf.convert_to_tensor(tf.TensorShape([1, 2]))
tf.convert_to_tensor(tf.TensorShape([1, None]))
tf.convert_to_tensor(tf.TensorShape([1, 2]), tf.int64)
tf.convert_to_tensor(tf.float32)
tf.convert_to_tensor(1.0, tf.int32)
tf.convert_to_tensor(10000000000)
tf.convert_to_tensor([1.0, 2.0], preferred_dtype=tf.float64)
tf.convert_to_tensor(tf.IndexedSlices(tf.constant([1.]), tf.constant([1]), tf.constant([3])))
tf.convert_to_tensor(tf.IndexedSlices(tf.constant([1.]), tf.constant([1])))
tf.constant(1.5).numpy(), tf.constant("a").numpy(), tf.constant(True).numpy()
tf.constant(np.int64(5))
tf.constant(np.int32(5))
tf.constant(np.int8(5))
tf.constant(np.uint8(5))
tf.constant(np.uint32(5))
tf.constant(np.uint64(5))
tf.constant(np.uint64(2**63+5))
tf.constant([np.uint64(5)])
tf.constant([np.uint8(5)])
tf.constant([np.int64(5)])
tf.constant([np.int64(2**40)])
tf.constant([1, 2**40])
tf.constant(np.float16(5))
tf.constant([np.float16(5)])
tf.constant(np.float32(5))
tf.constant([np.float32(5), 1])
tf.constant([1, np.float32(5)])
tf.constant([1, np.float64(5)])
tf.constant([1., np.float64(5)])
tf.constant([np.float64(5), np.float32(1)])
tf.constant([np.float16(5), np.float32(1)])
tf.constant([np.float32(5), np.float16(1)])
tf.constant(np.complex64(5))
tf.constant([1, 1j])
tf.constant([1., 1j])
tf.constant([1j, 1])
tf.constant([1j, 1.5])
tf.constant([True, 1.5])
tf.constant([True, False, 1])
tf.constant([1, True, 2.5])
tf.constant([1.5, True])
tf.constant([np.bool_(True), False])
tf.constant([np.bool_(True), 1])
tf.constant([np.array([1, 2]), np.array([3, 4])])
tf.constant([np.array([1, 2], np.int8), np.array([3, 4], np.int8)])
tf.constant([np.array([1, 2], np.uint8)])
tf.constant([np.array([1, 2], np.uint64)])
tf.constant([np.array([1, 2], np.float32), np.array([3, 4])])
tf.constant([np.array([1, 2]), np.array([3, 4.5])])
tf.constant([np.array([1, 2]), [3, 4]])
tf.constant([np.array([1., 2]), [3, 4]])
tf.constant([[3, 4], np.array([1., 2])])
tf.constant([[3., 4], np.array([1., 2])])
tf.constant([np.array(1.), np.array(2.)])
tf.constant([np.array(1), 2])
tf.constant([np.array(True), np.array(False)])
tf.constant([np.array(["a", "b"])])
tf.constant([np.array([1, 2]), np.array([3])])
tf.constant((np.zeros(2), np.ones(2)), tf.float32)
tf.constant([1, 2.5], tf.int32)
tf.constant([1.5, 2.5], tf.int32)
tf.constant([1, 2], tf.float64)
tf.constant([1, 2], tf.complex128)
tf.constant([1.5], tf.complex64)
tf.constant([True], tf.complex64)
tf.constant(True, tf.complex64)
tf.constant([True], tf.string)
tf.constant(1j, tf.int32)
tf.constant(1j, tf.bool)
tf.constant(1j, tf.float64)
tf.constant(1j, tf.complex64)
tf.constant(True, tf.int8)
tf.constant(True, tf.uint8)
tf.constant(True, tf.int64)
tf.constant(True, tf.float16)
tf.constant(True, tf.bfloat16)
tf.constant(1, tf.bfloat16)
tf.constant(1.5, tf.bfloat16)
tf.constant(0, tf.bool)
tf.constant([0, 1], tf.bool)
tf.constant([0., 1.], tf.bool)
tf.constant(["a"], tf.bool)
tf.constant("a", tf.float32)
tf.constant(b"a", tf.float32)
tf.constant(1, tf.int4)
tf.constant(2**40, tf.int64)
tf.constant(2**40, tf.float32)
tf.constant(2**40, tf.int16)
tf.constant(40000, tf.int16)
tf.constant(70000, tf.float16)
tf.constant(2**70, tf.float32)
tf.constant(2**70, tf.float64)
tf.constant(2**70)
tf.constant(2**63, tf.uint64)
tf.constant(-1, tf.uint32)
tf.constant([-1, 3], tf.uint16)
tf.constant(np.array([-1]), tf.uint8)
tf.constant(np.array([300]), tf.uint8)
tf.constant(np.array([1.5]), tf.bool)
tf.constant(np.array([1.5]), tf.complex64)
tf.constant(np.array([1.5]), tf.string)
tf.constant(np.array([1.5]), tf.bfloat16)
tf.constant(np.array([1.5]), tf.float16)
tf.constant(np.array([True]), tf.float32)
tf.constant(np.array([True]), tf.string)
tf.constant(np.array(["a"]), tf.int32)
tf.constant(np.array(["a"], object), tf.int32)
tf.constant(np.array([b"a"]), tf.float32)
tf.constant(np.array([1, 2], object), tf.int32)
tf.constant(np.array([1.5], object))
tf.constant(np.float64(1.5), tf.float32)
tf.constant(np.float64(1.5), tf.int32)
tf.constant(np.float32(1.5), tf.float64)
tf.constant(np.int64(3), tf.float32)
tf.constant(np.int64(3), tf.int32)
tf.constant(np.int64(3), tf.bool)
tf.constant(np.bool_(True), tf.int32)
tf.constant(np.bool_(True), tf.float32)
tf.constant(np.array(3), tf.float32)
tf.constant(np.array(3.7), tf.int32)
tf.constant(np.str_("a"))
tf.constant(np.bytes_(b"a"))
tf.constant(bytearray(b"a"))
tf.constant(memoryview(b"a"))
tf.constant([b"a", "b"])
tf.constant(["a", None])
tf.constant([1, None])
tf.constant([None, 1])
tf.constant([1, []])
tf.constant([[1], []])
tf.constant([[[]], [[]]])
tf.constant([[1, 2], [3, "a"]])
tf.constant([1.5, "a"])
tf.constant([1, 2, 1j])
tf.constant([[1, 2], [3.5, 4]])
tf.constant([[1.0, 2], [3, 4]])
tf.constant([], tf.int32)
tf.constant([], tf.string)
tf.constant([], tf.bool)
tf.constant([[], []], tf.int64)
tf.constant(1e39)
tf.constant([1e39])
tf.constant(-1e39)
tf.constant(1e39, tf.float64)
tf.constant(1e39, tf.bfloat16)
tf.constant(1e39, tf.float16)
tf.constant(3.4028236e38)
tf.constant(3.4028234e38)
tf.constant(float("-inf"))
tf.constant(1e39 * 1j)
tf.constant(slice(1, 2))
tf.constant({"a": 1})
tf.constant([{}])
tf.constant(...)
tf.constant(type)
tf.constant({1: 2}.keys())
tf.constant(__import__("collections").deque([1, 2]))
tf.constant(__import__("array").array("f", [1, 2]))
tf.constant(__import__("array").array("i", [1, 2]))
tf.constant(__import__("collections").namedtuple("P", "x y")(1, 2))
tf.convert_to_tensor(np.ma.array([1, 2]))
tf.convert_to_tensor(np.matrix([[1, 2]]))
tf.constant([np.datetime64("2020-01-01")])
tf.constant(np.array([1, 2], np.longdouble))
tf.constant(np.array([(1, 2.)], dtype=[("a", int), ("b", float)]))
tf.convert_to_tensor(A())
tf.constant(a, shape=[6])
tf.constant(a, tf.float32)
tf.constant(a) is a
tf.convert_to_tensor(a) is a
tf.convert_to_tensor(a, tf.float32) is a
tf.convert_to_tensor(a, "float32") is a
tf.constant([1, 2, 3], shape=[2, 2])
tf.constant(1, shape=[])
tf.constant([1], shape=[])
tf.constant([1, 2], shape=[])
tf.constant([1], shape=[3])
tf.constant(1., shape=(2,))
tf.constant(1., shape=2)
tf.constant(1., shape=tf.TensorShape([2]))
tf.constant(1., shape=[None])
tf.constant(1., shape=None)
tf.constant([1., 2.], shape=[-1])
tf.constant("a", shape=[2])
tf.constant(True, shape=[2])
tf.constant(1j, shape=[2])
"""

PROTOCOLS = """
a.numpy(), i.numpy(), s.numpy(), c.numpy()
a.name
a.op
a.graph
a.value_index
a.consumers()
a.eval()
a.is_packed
a.foo
a.astype
a.reshape
a.ravel
a.T
a.transpose()
a.size
a.tolist()
a.data
a.clip
a.any
a.max
a.item()
a.itemsize
a.nbytes
a.strides
a.set_shape([2, 3])
a.set_shape([None, 3])
a.set_shape([3, 3])
a.set_shape(None)
len(a), len(i)
len(tf.constant(1))
list(i)
list(tf.constant(1))
[r.numpy().tolist() for r in a]
list(zip(i, i))
x, y = tf.constant([1, 2]); (x, y)
x, y, z = tf.constant([1, 2])
list(reversed(i))
sum(i)
max(i), min(i), sorted(i)
3 in i
4 in i
3. in i
bool(tf.constant(1)), bool(tf.constant(0.0)), bool(tf.constant([1]))
bool(i)
bool(tf.constant([]))
bool(tf.constant("a"))
bool(tf.constant(""))
bool(tf.constant([[True]]))
not tf.constant(0)
int(tf.constant(3.7)), float(tf.constant(3)), complex(tf.constant(1.))
int(tf.constant([3]))
int(i)
float(i)
float(tf.constant("1.5"))
int(tf.constant("15"))
float(tf.constant([[1.5]]))
complex(tf.constant(1+2j))
complex(i)
int(tf.constant(True))
[1, 2, 3, 4][tf.constant(2)]
[1, 2, 3, 4][tf.constant(1):tf.constant(3)]
[1, 2, 3, 4][tf.constant([2])]
list(range(tf.constant(3)))
[0] * tf.constant(3)
"ab" * tf.constant(3)
np.zeros(tf.constant(3))
np.zeros(tf.constant([2, 3]))
divmod(tf.constant(7), tf.constant(2))
{a: 1}
a in [a]
a in [1, a]
[a].index(a)
f"{tf.constant(1.5)} {tf.constant([1, 2])} {tf.constant('a')}"
f"{tf.constant(1.5):.3f}"
f"{tf.constant(15):05d}"
f"{tf.constant(15)!r}"
f"{tf.constant(15)!s}"
f"{a:.2f}"
f"{a}"
f"{tf.constant('abc'):>5}"
f"{tf.constant(b'abc')}"
f"{v}"
f"{tf.Variable(1.5):.3f}"
f"{tf.Variable(1.5)}"
"{:.2f}".format(tf.constant(1.234))
"%s" % tf.constant(1.5)
"%d" % tf.constant(15)
"%.2f" % tf.constant(1.555)
"%r" % tf.constant(1.5)
"%s" % a
"%d" % tf.constant([1])
str(tf.constant(1.5)), str(a), str(s), str(b), str(c), str(h), str(bf), str(x64), str(u8)
repr(tf.constant(1.5)), repr(tf.constant("a")), repr(tf.constant(True)), repr(tf.constant(1+1j))
repr(h), repr(bf), repr(u8), repr(x64), repr(tf.constant(1.5, tf.bfloat16))
repr(tf.zeros([0, 3])), str(tf.zeros([0, 3])), str(tf.zeros([0]))
str(tf.constant([0.1, 0.25, 1/3])), str(tf.constant([0.1, 0.25, 1/3], tf.float64))
print(a, s, b)
print(tf.constant([["a", "b"]]))
print([tf.constant(1), tf.constant(2.)])
print({"a": tf.constant(1)})
print((a[0], a[1]))
print(v)
print([v])
print(a.shape, a.dtype, [a.dtype], tf.TensorShape([None, 2]))
{a.ref(): 1}[a.ref()]
"""

OPERATORS = """
tf.exp(i)
tf.sqrt(i)
tf.sigmoid(i)
tf.math.log(i)
tf.sin(i)
tf.tanh(i)
tf.abs(b)
tf.abs(s)
tf.square(b)
tf.square(s)
tf.negative(b)
tf.sign(b)
tf.round(b)
tf.round(i)
tf.floor(i)
tf.maximum(b, b)
tf.maximum(c, c)
tf.matmul([[1]], [[2]])
tf.matmul([[True]], [[True]])
tf.logical_and(i, i)
tf.logical_not(i)
tf.logical_or(a, b)
tf.clip_by_value(i, 0, 4)
tf.clip_by_value(i, 0., 4.)
tf.pow(i, -1)
tf.pow(2, i)
i // 0
i % 0
tf.constant(1) // tf.constant(0)
tf.math.floormod(i, 0)
tf.math.truncatediv(i, 0)
tf.math.truncatemod(i, 0)
tf.divide(i, 0)
i / 0
a / 0
a // 0
a % 0
tf.math.mod(i, [1, 0, 2])
tf.compat.v1.div(i, 0)
tf.where(b, 1., i)
tf.where(i, 1., 2.)
tf.equal(a, i)
tf.equal([1., 2.], [1., 2., 3.])
tf.not_equal([1., 2.], [1., 2., 3.])
a == [1., 2., 3.]
a != [1., 2., 3.]
a == tf.ones([3])
a != tf.ones([3])
a < [1., 2., 3.]
a + [1., 2., 3.]
a + tf.ones([3])
a == "x"
a == None
None == a
a != None
a is None
a == object()
a == i
a != i
s == "ab"
s == b"ab"
s + "x"
"x" + s
s + b"x"
s + s
s + ["x", "y"]
s * 2
s < "b"
s != "c"
b == True
b & True
b | False
b ^ b
~b
~i
~a
b and b
i & 1
i | 8
i ^ 1
i << 1
i >> 1
1 << i
b + b
b - b
b * b
b / b
b // b
b ** b
-b
-s
-c
abs(c)
abs(s)
tf.constant(7) / 2
7 / tf.constant(2)
tf.constant(7, tf.uint8) / 2
tf.constant(7, tf.int64) / tf.constant(2, tf.int32)
tf.constant(7) / 2.5
tf.constant(-7) // 2
tf.constant(-7) % 2
-7 // tf.constant(2)
-7 % tf.constant(2)
tf.constant(-7.5) // 2
tf.constant(-7.5) % 2
tf.constant(7) % -2
tf.constant(2) ** 3
tf.constant(2) ** -1
tf.constant(2) ** 0.5
tf.constant(2.) ** 0.5
tf.constant(2.) ** -1
2 ** tf.constant(3)
2. ** tf.constant(3)
2 ** tf.constant(3.)
tf.constant(-8.) ** (1/3)
tf.constant(0.) ** 0
tf.constant(2) ** 40
tf.constant(100, tf.int8) + 100
tf.constant(200, tf.uint8) + 100
tf.constant(3, tf.uint8) - 5
tf.constant(2**31 - 1) + 1
tf.constant(1, tf.uint8) + 300
tf.constant(1, tf.int8) + 200
tf.constant(1) + 2**31
tf.constant(1, tf.int64) + 2**31
tf.constant(1) + 2.0
tf.constant(1.) + 2
tf.constant(1.) + 2**70
tf.constant(1.) + 1e39
1e39 * tf.constant(1.)
tf.constant(1., tf.float16) + 1e6
tf.constant(1., tf.bfloat16) * 3
tf.constant(1., tf.float64) + np.float32(1)
tf.constant(1.) + np.float64(1)
np.float64(1) + tf.constant(1.)
np.array([1., 2.]) + tf.constant([1., 2.])
np.array([1, 2]) * tf.constant([1., 2.])
np.array([1., 2.]) @ tf.constant([[1.], [2.]])
np.array([[1., 2.]]) @ tf.constant([[1.], [2.]])
np.array([1., 2.]) < tf.constant([1., 3.])
np.array([1., 2.]) == tf.constant([1., 3.])
np.add(tf.constant([1., 2.]), 1)
np.add(tf.constant([1., 2.]), tf.constant([1., 2.]))
np.sum(tf.constant([1., 2.]))
np.mean(tf.constant([1., 2.]))
np.exp(tf.constant([1., 2.]))
np.max(tf.constant([1., 2.]))
np.dot(tf.constant([1., 2.]), tf.constant([1., 2.]))
np.matmul(tf.Variable([[1., 2.]]), np.array([[1.], [2.]]))
np.array(a), np.asarray(a), np.array(tf.Variable(1.))
np.asarray(a, np.float64), np.array(a, dtype=np.int32)
np.array([a, a])
np.stack([a, a]), np.concatenate([a, a])
np.allclose(a, [1., 2.]), np.array_equal(a, a)
np.isnan(a), np.argmax(a), np.shape(a), np.size(a), np.ndim(a)
np.zeros(a.shape), np.zeros_like(a), np.full(a.shape, 2.)
np.reshape(a, [2, 1]), np.transpose(tf.ones([2, 3])).shape
np.where(a > 1, 1, 0)
np.linalg.norm(a)
np.float32(tf.constant(1.5)), np.int32(tf.constant(2))
np.array(s), np.array(c)
np.testing.assert_allclose(a, [1., 2.])
np.testing.assert_array_equal(a, [1., 3.])
a.numpy() is a.numpy()
n = a.numpy(); n[0] = 5; (n, a)
n = np.array([1., 2.]); t = tf.constant(n); n[0] = 9; t
n = np.array([1., 2.]); t = tf.convert_to_tensor(n); n[0] = 9; t
n = np.array([1., 2.]); t = tf.Variable(n); n[0] = 9; t
n = np.asarray(a); n[0] = 5; a
a.__array__()
a.__array_priority__
import pickle; pickle.loads(pickle.dumps(a))
import pickle; pickle.loads(pickle.dumps(s))
import pickle; pickle.loads(pickle.dumps(tf.Variable([1., 2.], name="w")))
import pickle; pickle.loads(pickle.dumps(tf.constant(1., tf.bfloat16)))
import copy; copy.deepcopy([a, s])
import copy; v = tf.Variable([1., 2.], name="w"); w = copy.deepcopy(v); w.assign([3., 4.]); (v, w)
import copy; copy.deepcopy(tf.float32) is tf.float32
import copy; copy.deepcopy(tf.TensorShape([1]))
np.from_dlpack(a)
a.__dlpack_device__()
sum([a, a]), sum([a, a], 0.)
max(tf.constant(1), tf.constant(2)), min(a)
all(b), any(b)
sorted([tf.constant(3), tf.constant(1)])
[x for x in a if x > 1]
1. if tf.constant(True) else 2.
1 < tf.constant(2) < 3
a > 0 and a < 3
tf.constant(1.) and tf.constant(2.)
assert tf.constant(True)
assert a
if a: pass
for x in tf.constant(3): pass
for x in tf.constant([[1, 2], [3, 4]]): print(x)
for i, x in enumerate(tf.constant([1, 2])): print(i, x)
a, b = tf.constant([[1, 2], [3, 4]]); print(a, b)
a, *b = tf.constant([1, 2, 3]); print(a, b)
print(*tf.constant([1, 2]))
dict(zip(["a", "b"], a))
a += 1; a
a[0] = 1
del a[0]
a.x = 1
x = a; x *= 2; x, a
x = a; x @= a; x
x = i; x //= 2; x
x = i; x **= 2; x
x = i; x %= 2; x
x = b; x &= False; x
x = i; x /= 2; x
"""

INDICES = """
0 | -1 | 1 | 5 | -3 | 0:1 | 1: | -1: | :-1 | ::2 | ::-1 | ::-2 | 5: | 2:1 | -5:5 | 10:20 | 1::-1
None | ... | ...,0 | 0,... | 0,1 | 1,3 | 0,0,0 | 0,0,0,0 | None,0 | 0,None | ...,None | None,...
0,...,0 | ...,... | None,0,... | :,None,: | :,0 | :,-1 | :,::-1 | ::2,::2 | 1:,1: | :,1:2,None
True | 1.5 | 'a' | [0] | [0,1] | (0,1) | () | np.array(0) | np.int64(1) | np.array([0]) | {} | 2**40
np.array([True,False]) | tf.constant(0) | tf.constant(1,tf.int64) | tf.constant(5) | tf.constant([0])
tf.constant(1.) | tf.constant(1,tf.uint8) | tf.constant(0):tf.constant(1) | 0:tf.constant(2)
tf.constant(0),1 | tf.constant([True,False]) | tf.constant([[True,False,True],[False,False,True]])
tf.constant([True,False,True]) | slice(None,None,-1) | tf.newaxis,...,tf.newaxis | ::0 | ::tf.constant(2)
tf.Variable(1) | 1:2:3 | -2:-1 | np.int32(0):np.int32(2) | ...,::-1 | ...,-1,None | 1.0:2 | 'a':
"""


def names(tf):
    return {
        "tf": tf,
        "np": np,
        "a": tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
        "v": tf.Variable([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
        "i": tf.constant([3, -7, 5]),
        "b": tf.constant([True, False, True]),
        "c": tf.constant([1 + 2j, 3 - 4j]),
        "s": tf.constant(["ab", "c"]),
        "x64": tf.constant([1.0, 2.0], tf.float64),
        "u8": tf.constant([200, 100], tf.uint8),
        "h": tf.constant([1.5, -2.5], tf.float16),
        "bf": tf.constant([1.5, -2.5], tf.bfloat16),
    }


@pytest.mark.parametrize("part", range(4))
def test_constants(tf, answer, part):
    lines = CONSTANTS.strip().splitlines()[part::4]
    tell(answer, "\n".join(lines), names(tf))


def test_protocols(tf, answer):
    tell(answer, PROTOCOLS, lambda: names(tf))


def test_operators(tf, answer):
    tell(answer, OPERATORS, lambda: {**names(tf), "a": tf.constant([1.0, 2.0])})


@pytest.mark.parametrize("tensor", ["a", "v", "s", "tf.constant(7)"])
def test_slices(tf, answer, tensor):
    indices = INDICES.replace("\n", " | ").strip(" |").split(" | ")
    tell(answer, "\n".join(f"{tensor}[{i}]" for i in indices), names(tf))


def test_slices_have_gradients(tf, answer):
    def gradient(take):
        x = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = take(x)
        return tape.gradient(y, x)

    for i in ["0", ":, ::-1", "..., None", "tf.constant(1), 0:2", "x > 2", "1:1", "::-2, -1"]:
        answer(i, gradient(eval(f"lambda x: x[{i}]", {"tf": tf})))


@pytest.mark.parametrize("shape", ["[None, None]", "None"])
def test_slices_of_unknown_shapes(tf, answer, shape):
    spec = tf.TensorSpec(eval(shape), tf.float32)
    x = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    for i in ["0", "-3", "5", "0, 1", "1:, 1:", "..., None", "::2", "x[:, 0] > 2", "2**40"]:
        take = eval(f"lambda x: x[{i}]", {"tf": tf})
        function = tf.function(take, autograph=False, input_signature=[spec])
        tell(answer, f"function(x)  # {i}", {"function": function, "x": x})


def test_arrays_are_copied(tf, answer):
    array = np.array([1.0, 2.0])
    made = [
        tf.constant(array),
        tf.convert_to_tensor(array),
        tf.Variable(array),
        tf.constant(1.0) * array,
    ]
    array[0] = 9.0
    answer("made", made)
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(made[0])[0] = 5.0
    copied = np.array(made[0])
    copied[0] = 5.0
    answer("copied", [copied, made[0]])
