"""Everything a variable does, a line each: making, reading, operators, updates, errors, printing."""

# ruff: noqa: E501  a line is an expression

import numpy as np
from expressions import tell

LINES = """
tf.Variable(1)
tf.Variable(1.5, name="x")
tf.Variable([1, 2], dtype=tf.float32)
tf.Variable([1, 2], dtype="float64")
tf.Variable(np.array([1., 2.]))
tf.Variable("a")
tf.Variable(["a", "b"], name="s")
tf.Variable(True)
tf.Variable(1j)
tf.Variable(tf.constant(1.), dtype=tf.float64)
tf.Variable(1.5, dtype=tf.int32)
tf.Variable(lambda: 1.)
tf.Variable(lambda: [1, 2], dtype=tf.float32)
tf.Variable(tf.Variable(2.))
tf.Variable([])
tf.Variable(None)
tf.Variable()
tf.Variable([1., 2.], shape=tf.TensorShape(None))
tf.Variable([1., 2.], shape=[None])
tf.Variable([1., 2.], shape=[2])
tf.Variable([1., 2.], shape=[2, 1])
tf.Variable([1., 2.], shape=3)
tf.Variable([1., 2.], shape=tf.TensorShape(None)).assign([[1.]])
tf.Variable([1., 2.], shape=[None]).assign([1., 2., 3.])
tf.Variable([1., 2.], shape=[None]).assign([[1.]])
x = tf.Variable([1., 2.], shape=[None]); x.assign([1.]); x.assign_add([1.]); x
x = tf.Variable([1., 2.], shape=[None]); x.assign([1.]); x.shape, x.read_value().shape, tf.shape(x)
tf.Variable(1., name="a b")
tf.Variable(1., name="a/b")
tf.Variable(1., name=3)
tf.Variable(1., trainable="yes")
tf.Variable(1., trainable=False).trainable
tf.Variable(1., constraint=3)
tf.Variable(1., synchronization=tf.VariableSynchronization.ON_READ).synchronization
tf.Variable(1., synchronization=tf.VariableSynchronization.ON_READ).trainable
tf.Variable(1.).aggregation, tf.Variable(1.).synchronization
tf.Variable(initial_value=1.)
v.graph
v.op
v.initializer
v.initial_value
v.constraint
v.eval()
v.ndim
v.rank
v.size
v.T
v.numpy()
v.value()
v.read_value()
v.read_value_no_copy()
v.is_initialized()
v.experimental_ref()
v.set_shape([3])
v.set_shape([None])
v.set_shape([4])
v.count_up_to(3)
tf.Variable(1).count_up_to(3)
tf.Variable(3).count_up_to(3)
x = tf.Variable(0); [int(x.count_up_to(2)) for _ in range(2)], x
hash(v)
v == v, v != v
v == [1., 2., 4.]
v is v
v in [v]
len(tf.Variable(1.))
list(v)
[float(x) for x in v]
bool(tf.Variable(1)), int(tf.Variable(2)), float(tf.Variable(2)), complex(tf.Variable(2.))
bool(v)
int(v)
np.array(v), np.asarray(v), np.sum(v), np.matmul(m, np.ones([2, 2], np.float32))
np.array(v, dtype=np.float64)
v + 1, 1 + v, v - 1, 1 - v, v * 2, 2 * v, v / 2, 2 / v, v // 2, v % 2, v ** 2, 2 ** v, -v, abs(v)
v < 2, v <= 2, v > 2, v >= 2
m @ m, m @ [[1.], [2.]], [[1., 2.]] @ m
+v
v + tf.Variable([1, 2, 3])
v + "a"
v += 1
x = V(); x += 1.
x = V(); x -= 1.
x = V(); x *= 2.
x = V(); x /= 2.
x = V(); x //= 2.; x
x = V(); x **= 2.
x = V(); x %= 2.; x
x = V([[1.]]); x @= [[1.]]; x
v[0] = 1.
v[0], v[-1], v[1:], v[::-1], v[None], v[...], v[tf.constant(1)], v[v > 1]
m[0, 1], m[:, 0], m[..., None], m[m > 1]
v.assign([4., 5., 6.])
v.assign(4.)
v.assign([4., 5.])
v.assign([[4., 5., 6.]])
v.assign([1, 2, 3])
v.assign(["a", "b", "c"])
v.assign(tf.constant([1, 2, 3]))
v.assign(None)
v.assign(v + 1)
v.assign([1., 2., 3.], read_value=False)
v.assign([1., 2., 3.], name="foo")
v.assign_add([1., 1., 1.])
v.assign_add(1.)
v.assign_add([1., 2.])
v.assign_add(tf.constant([1, 2, 3]))
v.assign_sub([1., 1., 1.])
v.assign_sub([1., 1., 1.], read_value=False)
v.assign_add([1., 1., 1.]).assign_sub([1., 1., 1.])
v.assign([1., 1., 1.]) is v
x = v.assign([1., 1., 1.]); v.assign([2., 2., 2.]); x
x = v.assign([1., 1., 1.]); x + 1
x = v.value(); v.assign([9., 9., 9.]); x
x = v + 0; v.assign([9., 9., 9.]); x
x = v.numpy(); v.assign([9., 9., 9.]); x
x = v.numpy(); x[0] = 100; v
x = tf.identity(v); v.assign([9., 9., 9.]); x
x = tf.convert_to_tensor(v); v.assign([9., 9., 9.]); x
v[0].assign(5.)
v[0].assign_add(5.)
v[0].assign_sub(5.)
v[1:].assign([5., 6.])
v[1:].assign([5.])
v[1:].assign(5.)
v[1:].assign([5., 6., 7.])
v[::2].assign([5., 6.])
v[::-1].assign([5., 6., 7.])
v[5].assign(1.)
v[tf.constant(1)].assign(7.)
v[tf.constant([1])].assign(7.)
v[None].assign([[5., 6., 7.]])
v[...].assign([5., 6., 7.])
v[:].assign([5., 6., 7.])
v[:0].assign([])
v[0].assign([1., 2.])
v[0].assign(1)
v[0].assign("a")
m[0].assign([7., 8.])
m[:, 1].assign([7., 8.])
m[0, 1].assign(9.)
m[:, :].assign([[7., 8.], [9., 10.]])
m[:, None, 0].assign([[7.], [8.]])
m[..., 0].assign([7., 8.])
m[0][1].assign(9.)
m[1:, 1:].assign([[9.]])
m[0].assign(5.)
m[tf.constant(1), 0].assign(5.)
m[0] = [1., 2.]
x = m[0].assign([7., 8.]); x is m, x
v.scatter_add(IS([1., 2.], [0, 2]))
v.scatter_add(IS([1., 2.], [0, 0]))
v.scatter_sub(IS([1., 2.], [0, 0]))
v.scatter_mul(IS([2., 3.], [0, 0]))
v.scatter_div(IS([2., 4.], [0, 1]))
v.scatter_max(IS([5., 0.], [0, 1]))
v.scatter_min(IS([5., 0.], [0, 1]))
v.scatter_update(IS([5., 0.], [0, 1]))
v.scatter_update(IS([5., 0.], [0, 7]))
v.scatter_update(IS([5., 0.], [0, -1]))
v.scatter_update(IS([5., 0.], [0]))
v.scatter_update(IS([5, 0], [0, 1]))
v.scatter_update([1.])
v.scatter_add(sparse_delta=IS([1.], [0]), use_locking=True, name="q")
m.scatter_add(IS([[1., 2.]], [1]))
m.scatter_add(IS([1.], [1]))
m.scatter_update(IS([[1., 2.], [3., 4.]], [1, 0]))
v.scatter_nd_add([[0], [2]], [1., 2.])
v.scatter_nd_sub([[0], [2]], [1., 2.])
v.scatter_nd_update([[0], [2]], [1., 2.])
v.scatter_nd_max([[0], [2]], [5., 2.])
v.scatter_nd_min([[0], [2]], [0., 9.])
v.scatter_nd_add([[0], [0]], [1., 2.])
v.scatter_nd_add([[7]], [1.])
v.scatter_nd_add([[0]], [1., 2.])
v.scatter_nd_add([[0]], [1])
v.scatter_nd_update(indices=[[0]], updates=[9.])
m.scatter_nd_update([[0]], [[9., 9.]])
m.scatter_nd_update([[0, 1]], [9.])
m.scatter_nd_update([[0, 5]], [9.])
m.batch_scatter_update(IS([[9.], [8.]], [[0], [1]]))
m.batch_scatter_update(IS([[9., 8.], [7., 6.]], [[0, 1], [1, 0]]))
v.sparse_read([0, 2])
v.sparse_read([5])
v.gather_nd([[0], [2]])
v.gather_nd([0])
v.gather_nd([[9]])
tf.gather(v, [0, 1]), tf.gather_nd(v, [[1]])
F(lambda: v.scatter_add(IS([1., 2.], [0, 2])))
F(lambda: v.scatter_nd_update([[0]], [9.]))
F(lambda: m.batch_scatter_update(IS([[9.], [8.]], [[0], [1]])))
F(lambda: v[0].assign(7.))
F(lambda: v.assign_add([1., 1., 1.]))
F(lambda: (v.assign_add([1., 1., 1.]), v.value(), v.assign_sub([2., 2., 2.]), v.read_value()))
F(lambda: tf.Variable(1).count_up_to(3))
F(lambda: v.scatter_update(IS([1.], [7])))
F(lambda: v.scatter_nd_update([[7]], [9.])), v
F(lambda: v.sparse_read([5]))
F(lambda: v.assign([1., 2.]))
F(lambda: v.numpy())
F(lambda: (v.name, v.shape, v.dtype, v.trainable))
F(lambda: repr(v))
F(lambda: str(v.assign([1., 2., 3.])))
F(lambda: v == v)
F(lambda: v.value().name)
F(lambda: (v + 1).op.inputs[0].op.type)
F(lambda: v.is_initialized())
F(lambda: v.ref().deref() is v)
F(lambda: [x for x in v])
F(lambda: len(v))
import copy; copy.deepcopy(v), copy.copy(v)
import pickle; pickle.loads(pickle.dumps(v))
x = tf.Variable(1., name="w"); y = tf.Variable(2., name="w"); x.name, y.name
tf.Variable(1.).name
x = tf.Variable(3., name="w"); x.assign_add(1.); print(x, x.numpy(), x.value())
print(v, m)
print(tf.Variable("a"), tf.Variable([1, 2], dtype=tf.int64))
print(tf.Variable([[1., 2.]], shape=[None, 2]))
repr(tf.Variable([1., 2.], shape=tf.TensorShape(None)))
f"{v}", f"{v.numpy()}", "%s" % v, str(v)
del v.name
v.name = "x"
v.dtype = 3
v.shape = [3]
v.trainable = False
isinstance(v, tf.Variable), isinstance(v, tf.Tensor), callable(v)
tf.is_tensor(v)
tf.convert_to_tensor(v), tf.constant(v)
tf.identity(v), tf.stop_gradient(v), tf.stack([v, v]), tf.concat([v, v], 0)
tf.zeros_like(v), tf.ones_like(v), tf.shape(v), tf.size(v), tf.rank(v)
tf.cast(v, tf.int32), tf.reshape(v, [3, 1]), tf.where(v > 1, v, 0.)
tf.Variable(tf.zeros([0, 3]))
tf.compat.v1.assign(v, [1., 2., 3.])
tf.compat.v1.assign_add(v, [1., 2., 3.])
tf.compat.v1.scatter_update(v, [0], [9.])
v.shape.as_list(), v.shape[0], v.shape.rank
v.dtype.name, v.dtype.base_dtype, v.dtype.is_floating
"""


def test_variables(tf, answer):
    def slices(values, indices):
        return tf.IndexedSlices(tf.constant(values), tf.constant(indices))

    def names():
        return {
            "tf": tf,
            "np": np,
            "V": lambda x=(1.0, 2.0, 3.0), **more: tf.Variable(x, **more),
            "IS": slices,
            "F": lambda f, *inputs: tf.function(f, autograph=False)(*inputs),
            "v": tf.Variable([1.0, 2.0, 3.0]),
            "m": tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="m"),
        }

    tell(answer, LINES, names)
