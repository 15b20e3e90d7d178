"""GradientTape to the letter: what it records, what it gives, what it refuses and warns of."""

# ruff: noqa: E501  a line is an expression

import collections
import importlib
import logging

import numpy as np
from expressions import tell

LINES = """
grad(lambda a: a * a, x)
grad(lambda a: a ** 3, x)
grad(lambda a, b: a * b, x, tf.constant(2.))
grad(lambda a: 5., x)
grad(lambda a: tf.constant(5.), x)
grad(lambda a: a, x)
grad(lambda a: a * 0., x)
grad(lambda a: [a, a * a], x)
grad(lambda a: {"p": a, "q": a * a}, x)
grad(lambda a: (a * 2, [a * 3, {"z": a}]), x)
grad(lambda a: tf.cast(a, tf.int32), x)
grad(lambda a: tf.cast(tf.cast(a, tf.int32), tf.float32) * a, x)
grad(lambda a: tf.round(a), x)
grad(lambda a: tf.floor(a) + a, x)
grad(lambda a: tf.sign(a) * a, x)
grad(lambda a: tf.stop_gradient(a) * a, x)
grad(lambda a: tf.argmax([a, a]), x)
grad(lambda a: a * i, x)
grad(lambda a: a > 2, x)
grad(lambda a: tf.where(a > 2, a * a, a), x)
grad(lambda a: tf.maximum(a, 3.), x)
grad(lambda a: tf.abs(a), tf.constant([-1., 0., 2.]))
grad(lambda a: tf.sqrt(a), tf.constant([0., 4.]))
grad(lambda a: tf.norm(a), tf.constant([0., 0.]))
grad(lambda a: a / a, tf.constant([0., 4.]))
grad(lambda a: a ** 0., tf.constant([0., 4.]))
grad(lambda a: tf.reduce_max(a), tf.constant([4., 4., 1.]))
grad(lambda a: tf.reduce_prod(a), tf.constant([0., 2., 3.]))
grad(lambda a: tf.cumprod(a), tf.constant([0., 2., 3.]))
grad(lambda a: tf.sort(a), tf.constant([3., 1., 2.]))
grad(lambda a: tf.math.top_k(a, 2).values, tf.constant([3., 1., 2.]))
grad(lambda a: tf.reduce_logsumexp(a), tf.constant([3., 1., 2.]))
grad(lambda a: tf.clip_by_value(a, 1., 2.), tf.constant([3., 1., 1.5]))
grad(lambda a: tf.nn.relu(a), tf.constant([-1., 0., 1.]))
grad(lambda a: tf.gather(a, [0, 0, 1]), tf.constant([1., 2., 3.]))
grad(lambda a: tf.gather(a, [0, 0, 1], axis=1), X[:, :] if False else tf.ones([2, 2]))
grad(lambda a: tf.gather_nd(a, [[0], [0]]), tf.constant([1., 2., 3.]))
grad(lambda a: tf.nn.embedding_lookup(a, [0, 2]), tf.constant([[1.], [2.], [3.]]))
grad(lambda a: tf.transpose(a) @ a, X)
grad(lambda a: tf.complex(a, a * 2.), x)
grad(lambda a: tf.abs(a), tf.constant(3. + 4j))
grad(lambda a: a * a, tf.constant(3. + 4j))
grad(lambda a: tf.cast(a, tf.float64) * 2., x)
grad(lambda a: tf.cast(a, tf.float16), x)
grad(lambda a: tf.identity_n([a, a * 2]), x)
grad(lambda a: tf.cond(a > 2, lambda: a * a, lambda: a), x)
grad(lambda a: tf.function(lambda z: z * z)(a), x)
grad(lambda a: tf.nest.map_structure(lambda z: z * z, {"k": a}), x)
second(lambda a: a ** 3, x)
second(lambda a: a * 2., x)
second(lambda a: tf.sin(a), x)
second(lambda a: tf.reduce_sum(a ** 3), tf.constant([1., 2.]))
second(lambda a: tf.function(lambda z: z ** 3)(a), x)
second(lambda a: tf.exp(a) * tf.math.log(a), x)
second(lambda a: tf.sqrt(tf.reduce_sum(a ** 2)), tf.constant([3., 4.]))
t, y = tape(lambda: v * v); t.gradient(y, v)
t, y = tape(lambda: v * v); t.gradient(y, [v]), t.watched_variables()
t, y = tape(lambda: v * v); t.gradient(y, v); t.gradient(y, v)
t, y = tape(lambda: v * v, persistent=True); t.gradient(y, v), t.gradient(y, v)
t, y = tape(lambda: v * v, persistent=True); t.jacobian(y, v), t.gradient(y, v)
t, y = tape(lambda: v * v); t.jacobian(y, v); t.gradient(y, v)
t, y = tape(lambda: v * v, watch_accessed_variables=False); t.gradient(y, v)
t, y = tape(lambda: v * v, [v], watch_accessed_variables=False); t.gradient(y, v)
t, y = tape(lambda: tf.Variable(1., trainable=False) * v); [a.name for a in t.watched_variables()]
u = tf.Variable(5., trainable=False); t, y = tape(lambda: u * v); t.gradient(y, [u, v])
u = tf.Variable(5., trainable=False); t, y = tape(lambda: u * v, [u]); t.gradient(y, [u, v])
t, y = tape(lambda: v * v); t.gradient(y, "v")
t, y = tape(lambda: v * v); t.gradient(y, 3.)
t, y = tape(lambda: v * v); t.gradient(y, np.ones(2))
t, y = tape(lambda: v * v); t.gradient("y", v)
t, y = tape(lambda: v * v); t.gradient(None, v)
t, y = tape(lambda: v * v); t.gradient(y, None)
t, y = tape(lambda: v * v); t.gradient([], v)
t, y = tape(lambda: v * v); t.gradient(y, [])
t, y = tape(lambda: v * v); t.gradient([y, None], v)
t, y = tape(lambda: v * v); t.gradient(3., v)
t, y = tape(lambda: v * v); t.gradient(v, v)
t, y = tape(lambda: v * v); t.gradient(y, {"a": v, "b": [v, w]})
t, y = tape(lambda: v * v); t.gradient(y, (v, w))
t, y = tape(lambda: v * v); t.gradient(y, [v, w], unconnected_gradients=U.ZERO)
t, y = tape(lambda: v * v); t.gradient(y, [v, w], unconnected_gradients="zero")
t, y = tape(lambda: v * v); t.gradient(y, [v, w], unconnected_gradients="none")
t, y = tape(lambda: v * v); t.gradient(y, [v, w], unconnected_gradients="foo")
t, y = tape(lambda: v * v); t.gradient(y, v, output_gradients=tf.constant(10.))
t, y = tape(lambda: w * w); t.gradient(y, w, output_gradients=[1., 2., 3.])
t, y = tape(lambda: w * w); t.gradient(y, w, output_gradients=tf.constant([1., 2., 3.]))
t, y = tape(lambda: w * w); t.gradient(y, w, output_gradients=tf.constant([1., 2.]))
t, y = tape(lambda: w * w); t.gradient(y, w, output_gradients=tf.constant(2.))
t, y = tape(lambda: w * w); t.gradient(y, w, output_gradients=tf.constant([1, 2, 3]))
t, y = tape(lambda: w * w); t.gradient({"a": y}, w, output_gradients={"a": tf.ones([3]) * 2.})
t, y = tape(lambda: w * w); t.gradient([y, y], w, output_gradients=[tf.ones([3])])
t, y = tape(lambda: v * x); t.gradient(y, x)
t, y = tape(lambda: v * 2.); t.gradient(y, i)
t, y = tape(lambda: tf.cast(v, tf.int32)); t.gradient(y, v)
t = tf.GradientTape(); t.watch(x)
t = tf.GradientTape(); t.gradient(x, x)
t = tf.GradientTape(); t.reset()
t = tf.GradientTape(); t.watched_variables()
t = tf.GradientTape(); t.stop_recording().__enter__()
t = tf.GradientTape(); t.__enter__(); t.__enter__()
t = tf.GradientTape(); t.__exit__(None, None, None)
t, y = tape(lambda: 3., ["a"])
t, y = tape(lambda: 3., [3.])
t, y = tape(lambda: 3., [np.ones(2)])
t, y = tape(lambda: 3., [None])
t, y = tape(lambda: x * x, [[x, {"k": v}]]); t.gradient(y, x)
with tf.GradientTape() as t:
    t.watch(x)
    y = x * x
    g = t.gradient(y, x)
    z = y * x
g, t.gradient(z, x)
t, y = tape(lambda: w * w); t.jacobian(y, w)
t, y = tape(lambda: w * w, persistent=True); t.jacobian(y, [w, v])
t, y = tape(lambda: w * w * v); t.jacobian(y, {"a": w, "b": v})
t, y = tape(lambda: w * w); t.jacobian(y, v)
t, y = tape(lambda: w * w); t.jacobian(y, w, experimental_use_pfor=False)
t, y = tape(lambda: v); t.jacobian(y * 1., w)
t, y = tape(lambda: X @ X, [X]); t.jacobian(y, X)
t, y = tape(lambda: X @ X, [X]); t.batch_jacobian(y, X)
t, y = tape(lambda: X * X, [X]); t.batch_jacobian(y, X)
t, y = tape(lambda: X * X, [X]); t.batch_jacobian(y, X, experimental_use_pfor=False)
t, y = tape(lambda: tf.reduce_sum(X * X, 1), [X]); t.batch_jacobian(y, X)
t, y = tape(lambda: X * X, [X]); t.batch_jacobian(y[:1], X)
t, y = tape(lambda: X * X, [X]); t.batch_jacobian(tf.ones([2, 2]), X)
t, y = tape(lambda: X * X, [X]); t.batch_jacobian(tf.ones([2, 2]), X, unconnected_gradients=U.ZERO)
t, y = tape(lambda: w * w); t.jacobian(y, w); t.jacobian(y, w)
t, y = tape(lambda: X * X, [X]); t.batch_jacobian(y, X); t.batch_jacobian(y, X)
U.NONE, U.ZERO, U("zero"), list(U)
tf.GradientTape(foo=3)
tf.gradients(x, x)
tf.function(lambda a: tf.gradients(a * a, a))(x)
tf.function(lambda a: tf.gradients(a * a, [a, v]))(x)
tf.function(lambda a: tf.gradients([a * a, a], [a], grad_ys=[tf.constant(2.), None]))(x)
tf.function(lambda a: tf.gradients(a * a, a, stop_gradients=[a]))(x)
tf.function(lambda a: tf.hessians(a ** 3, a))(x)
tf.function(lambda a: grad(lambda b: b * b, a))(x)
tf.function(lambda a: second(lambda b: b ** 3, a))(x)
tf.function(lambda: tf.GradientTape().__enter__().watch(v))()
@tf.function
def f(a):
    with tf.GradientTape() as t:
        y = v * a * a
    return t.gradient(y, [v, a])
f(x)
tf.autodiff.ForwardAccumulator([x], [tf.constant(1.), x])
tf.autodiff.ForwardAccumulator(x, tf.constant(1))
a = tf.autodiff.ForwardAccumulator(x, tf.constant(1.))
with a:
    y = x * 2.
a.jvp(z)
"""

PROGRAMS = """


with tf.GradientTape() as t:
    t.watch(x)
    y = x * x
    with t.stop_recording():
        z = y * x
    q = y + z
t.gradient(q, x)

with tf.GradientTape() as t:
    y = v * v
    t.reset()
    z = v * 3.
t.gradient(z, v), t.watched_variables()[0].name

with tf.GradientTape() as t:
    y = v * v
    t.reset()
t.gradient(y, v)

with tf.GradientTape() as t:
    v.assign_add(1.)
    y = v * v
t.gradient(y, v)

with tf.GradientTape() as t:
    y = v * v
    v.assign(10.)
    z = y * v
t.gradient(z, v)

with tf.GradientTape() as t:
    y = v.assign(x) * 2.
t.gradient(y, [v, x])

with tf.GradientTape() as t:
    t.watch(x)
    v.assign(x)
    y = v * 2.
t.gradient(y, [v, x])

with tf.GradientTape() as t:
    t.watch(x)
    y = x
    for _ in range(3): y = y * x
t.gradient(y, x)

with tf.GradientTape() as t:
    t.watch(x)
    y = float(x) ** 2
t.gradient(y, x)

with tf.GradientTape() as t:
    t.watch(x)
    y = tf.constant(np.square(x.numpy()))
t.gradient(y, x)

with tf.GradientTape() as t1:
    with tf.GradientTape() as t2:
        t1.watch(x); t2.watch(x)
        y = x ** 4
    g = t2.gradient(y, x)
    h = g * g
t1.gradient(h, x)

with tf.GradientTape() as a, tf.GradientTape() as b:
    y = v ** 2
a.gradient(y, v), b.gradient(y, v)

with tf.GradientTape(persistent=True) as t:
    y = v ** 2
    z = y * v
r = t.gradient(z, [y, v]), t.gradient(y, v)
del t
r

t3 = []
a = x
with tf.GradientTape() as p:
    p.watch(a)
    with tf.GradientTape() as q:
        q.watch(a)
        with tf.GradientTape() as r:
            r.watch(a)
            y = a ** 4
        d1 = r.gradient(y, a)
    d2 = q.gradient(d1, a)
d3 = p.gradient(d2, a)
d1, d2, d3

with tf.GradientTape() as t:
    y = tf.nn.embedding_lookup(emb, [0, 2, 0])
g = t.gradient(y, emb)
type(g).__name__, g.values, g.indices, g.dense_shape, tf.convert_to_tensor(g)

with tf.GradientTape() as t:
    y = tf.gather(emb, [[0, 2], [1, 1]]) * 2.
g = t.gradient(y, emb)
g.values, g.indices, g.dense_shape, g.shape, g.dtype, g.name if False else 0

with tf.GradientTape() as t:
    y = tf.reduce_sum(tf.gather(emb, [0, 1])) + tf.reduce_sum(emb)
g = t.gradient(y, emb)
type(g).__name__, tf.convert_to_tensor(g)

with tf.GradientTape() as t:
    y = tf.reduce_sum(tf.gather(emb, [0, 1])) + tf.reduce_sum(tf.gather(emb, [1]))
g = t.gradient(y, emb)
type(g).__name__, tf.convert_to_tensor(g)

with tf.GradientTape() as t:
    y = emb[0] * 2.
g = t.gradient(y, emb)
type(g).__name__, g

with tf.GradientTape() as t:
    y = emb.sparse_read([0, 1]) * 2.
g = t.gradient(y, emb)
type(g).__name__, tf.convert_to_tensor(g)

with tf.GradientTape() as t:
    y = tf.gather(emb, [0, 1], axis=1)
g = t.gradient(y, emb)
type(g).__name__, g

with tf.GradientTape() as t:
    y = tf.gather_nd(emb, [[0, 1]])
g = t.gradient(y, emb)
type(g).__name__, tf.convert_to_tensor(g)

g = tf.IndexedSlices(tf.constant([[1., 2.]]), tf.constant([1]), tf.constant([3, 2]))
g + 1., g * 2., tf.reduce_sum(g), tf.norm(g)

g = tf.IndexedSlices(tf.constant([[1., 2.]]), tf.constant([1]), tf.constant([3, 2]))
g.name

emb.assign_sub(tf.IndexedSlices(tf.constant([[1., 2.]]), tf.constant([1]), tf.constant([3, 2])))

g = tf.IndexedSlices(tf.constant([[1., 2.]]), tf.constant([1]), tf.constant([3, 2]))
g.graph

g = tf.IndexedSlices(tf.constant([[1., 2.]]), tf.constant([1]), tf.constant([3, 2]))
g.op

@tf.function
def f(a):
    return v * a * a
with tf.GradientTape(persistent=True) as t:
    t.watch(x)
    y = f(x)
t.gradient(y, [v, x]), [q.name for q in t.watched_variables()]

@tf.custom_gradient
def f(a):
    def g(dy): return dy * 100.
    return a * a, g
grad(f, x)

@tf.custom_gradient
def f(a, b):
    def g(dy): return dy * 100., dy
    return a * b, g
grad(f, x, tf.constant(2.))

@tf.custom_gradient
def f(a):
    def g(d1, d2): return d1 * 10. + d2
    return [a * a, a], g
grad(f, x)

@tf.custom_gradient
def f(a):
    def g(dy): return None
    return a * a, g
grad(f, x)

@tf.custom_gradient
def f(a):
    return a * a
f(x)

@tf.custom_gradient
def f(a):
    return a * a, 3
grad(f, x)

@tf.custom_gradient
def f(a):
    def g(dy): return dy, dy
    return a * a, g
grad(f, x)

@tf.custom_gradient
def f(a):
    def g(dy, variables=None): return dy, [dy * 7. for _ in variables]
    return a * v, g
with tf.GradientTape() as t:
    y = f(x)
t.gradient(y, v)

@tf.custom_gradient
def f(a):
    def g(dy): return dy
    return a * v, g
f(x)

@tf.custom_gradient
def f(a, scale=2.):
    "Doc."
    def g(dy): return dy * scale
    return a * scale, g
f(x), f(x, scale=3.), f.__name__, f.__doc__, grad(lambda a: f(a, scale=5.), x)

@tf.custom_gradient
def f(a):
    def g(dy):
        @tf.custom_gradient
        def inner(dy):
            return dy * 2. * a, lambda ddy: ddy * 1000.
        return inner(dy)
    return a * a, g
second(f, x)

@tf.custom_gradient
def f(a):
    def g(dy): return dy * 2. * a
    return a * a, g
second(f, x)

f = tf.recompute_grad(lambda a: tf.sin(a) * v)
with tf.GradientTape() as t:
    t.watch(x)
    y = f(x)
t.gradient(y, [x, v])

f = tf.grad_pass_through(tf.round)
grad(lambda a: f(a * 2.), x)

with tf.autodiff.ForwardAccumulator(x, tf.constant(1.)) as acc:
    y = x ** 3
acc.jvp(y), acc.jvp(tf.constant(1.)), acc.jvp(x)

with tf.autodiff.ForwardAccumulator(primals=[x, v], tangents=[tf.constant(1.), tf.constant(2.)]) as acc:
    y = x * v
acc.jvp(y), acc.jvp([y, {"a": y}])

with tf.autodiff.ForwardAccumulator(x, tf.constant(1.)) as acc:
    y = w * 2.
acc.jvp(y), acc.jvp(y, unconnected_gradients=U.ZERO)

a = tf.autodiff.ForwardAccumulator(x, tf.constant(1.))
a.__enter__()
a.__enter__()

with tf.autodiff.ForwardAccumulator(x, tf.constant(1.)) as acc:
    y = tf.function(lambda a: a ** 3)(x)
    r = acc.jvp(y)
r

with tf.autodiff.ForwardAccumulator(x, tf.constant(1.)) as acc:
    with tf.GradientTape() as t:
        t.watch(x)
        y = x ** 3
    g = t.gradient(y, x)
acc.jvp(g)

with tf.GradientTape() as t:
    t.watch(x)
    with tf.autodiff.ForwardAccumulator(x, tf.constant(1.)) as acc:
        y = x ** 3
    j = acc.jvp(y)
t.gradient(j, x)
"""


def names(tf):
    def grad(f, *xs, **more):
        with tf.GradientTape(**more) as tape:
            for x in xs:
                tape.watch(x)
            y = f(*xs)
        return tape.gradient(y, list(xs))

    def second(f, x):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = f(x)
            slope = inner.gradient(y, x)
        return outer.gradient(slope, x)

    def tape(f, watch=(), **more):
        with tf.GradientTape(**more) as recorder:
            for x in watch:
                recorder.watch(x)
            y = f()
        return recorder, y

    return {
        "tf": tf, "np": np, "grad": grad, "second": second, "tape": tape,
        "U": tf.UnconnectedGradients, "x": tf.constant(3.0), "i": tf.constant(3),
        "X": tf.constant([[1.0, 2.0], [3.0, 4.0]]), "v": tf.Variable(2.0),
        "w": tf.Variable([1.0, 2.0, 3.0], name="w"),
        "emb": tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], name="emb"),
    }  # fmt: skip


def test_lines(tf, answer, monkeypatch):
    if tf.__name__ == "minitf":  # some lines enter a tape and never leave it
        frame = importlib.import_module("minitf.core.frames").stack.frame
        monkeypatch.setattr(frame, "tapes", list(frame.tapes))
    tell(answer, LINES, lambda: names(tf))


def test_programs(tf, answer):
    tell(answer, PROGRAMS, lambda: names(tf), separator="\n\n")


def test_warnings(tf, answer, monkeypatch):
    if tf.__name__ == "minitf":  # each warning is given a few times: other tests may have had it
        monkeypatch.setattr("minitf.tape._warned", collections.Counter())
    messages = []
    handler = logging.Handler()
    handler.emit = lambda record: messages.append(record.getMessage())
    tf.get_logger().addHandler(handler)
    x = tf.constant(3.0)
    try:
        for _ in range(7):
            with tf.GradientTape(persistent=True) as tape:
                tape.watch(tf.constant(1))
                tape.watch(x)
                y = x * x
                tape.gradient(y, x)
    finally:
        tf.get_logger().removeHandler(handler)
    answer("messages", sorted(set(messages)))
    assert len(messages) <= 6
