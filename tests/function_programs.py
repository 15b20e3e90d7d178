"""The programs that `test_function_programs.py` runs: functions, AutoGraph, loops, tapes.

Before each stands `PRELUDE`, whose `tell` prints a result, or the class of the error.
"""

PRELUDE = """import collections
import dataclasses

import numpy as np
import tensorflow as tf


def tell(label, function):
    try:
        print(label, function())
    except Exception as error:
        print(label, "raises", type(error).__name__)
"""

PROGRAMS = {
    "branches_and_loops": """
@tf.function
def f(x):
    s = 0
    for i in tf.range(5):
        if i == 3:
            break
        if i % 2 == 0:
            continue
        s += i * x
    return s


tell("a", lambda: f(tf.constant(2)))


@tf.function
def early(x):
    if x > 0:
        if x > 10:
            return x * 100
        return x * 10
    elif x < -10:
        return x
    else:
        return -x


for v in (5, 50, -5, -50):
    tell("b", lambda: early(tf.constant(v)))


@tf.function
def loopret(x):
    for i in tf.range(10):
        if i * i > x:
            return i
    return -1


tell("c", lambda: loopret(tf.constant(20)))


@tf.function
def nested(n):
    t = 0
    for i in tf.range(n):
        for j in tf.range(i):
            if j == 2:
                break
            t += i * j
        else_ = i
    return t


tell("d", lambda: nested(tf.constant(5)))


@tf.function
def wh(x):
    n = 0
    while x != 1:
        if x % 2 == 0:
            x = x // 2
        else:
            x = 3 * x + 1
        n += 1
    return n


tell("collatz", lambda: wh(tf.constant(27)))


@tf.function
def chain(x):
    return 0 < x < 5 and not (x == 3)


for v in (-1, 3, 4):
    tell("chain", lambda: chain(tf.constant(v)))


@tf.function
def tern(x):
    return "big" if x > 5 else "small"


tell("tern", lambda: tern(tf.constant(7)))


@tf.function
def und(x):
    if x > 0:
        y = 1
    return y


tell("und", lambda: und(tf.constant(1)))


@tf.function
def dt(x):
    if x > 0:
        y = 1
    else:
        y = 1.0
    return y


tell("dt", lambda: dt(tf.constant(1)))


@tf.function
def shp(x):
    y = tf.zeros([1])
    for _ in tf.range(3):
        y = tf.concat([y, y], 0)
    return y


tell("shp", lambda: shp(1))


@tf.function
def shp2(x):
    y = tf.zeros([1])
    for _ in tf.range(3):
        tf.autograph.experimental.set_loop_options(shape_invariants=[(y, tf.TensorShape([None]))])
        y = tf.concat([y, y], 0)
    return y


tell("shp2", lambda: shp2(1))
""",
    "lists_and_builtins": """
@tf.function
def lst(n):
    l = []
    for i in range(3):
        l.append(i * n)
    return tf.stack(l)


tell("a", lambda: lst(tf.constant(2)))


@tf.function
def ta(n):
    a = tf.TensorArray(tf.int32, size=0, dynamic_size=True)
    for i in tf.range(n):
        a = a.write(i, i * i)
    return a.stack()


tell("b", lambda: ta(tf.constant(4)))
tell("b0", lambda: ta(tf.constant(0)))


@tf.function
def fib(n):
    a, b = tf.constant(0), tf.constant(1)
    for _ in tf.range(n):
        a, b = b, a + b
    return a


tell("fib", lambda: fib(tf.constant(10)))


@tf.function
def asrt(x):
    assert x > 0, "must be positive"
    return x


tell("assert", lambda: asrt(tf.constant(-1)))
tell("assert", lambda: asrt(tf.constant(1)))


@tf.function
def enum(x):
    s = 0.0
    for i, r in enumerate(x):
        s += float(i) * r
    return s


tell("enum", lambda: enum(tf.constant([1.0, 2.0, 3.0])))


@tf.function
def zp(a, b):
    s = 0.0
    for x, y in zip(a, b):
        s += x * y
    return s


tell("zip", lambda: zp(tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0])))


@tf.function
def ln(x):
    return len(x)


tell("len", lambda: ln(tf.zeros([4, 2])))


@tf.function
def pr(x):
    print("trace", x.shape)
    tf.print("run", x)
    return x


def helper(x):
    if tf.reduce_sum(x) > 3:
        return x + 1
    return x - 1


@tf.function
def callh(x):
    return helper(x) * 2


tell("helper", lambda: callh(tf.constant([1, 1])))
tell("helper", lambda: callh(tf.constant([3, 1])))


@tf.function
def lam(x):
    g = lambda t: t * 2 if t > 0 else t
    return g(x)


tell("lam", lambda: lam(tf.constant(-3)))


@tf.function
def comp(x):
    return [x * i for i in range(3)], {k: x + k for k in (1, 2)}


tell("comp", lambda: comp(tf.constant(1)))


@tf.function
def tryex(x):
    try:
        y = tf.reshape(x, [7])
    except ValueError as e:
        y = x * 2
    return y


tell("try", lambda: tryex(tf.constant([1, 2])))


@tf.function
def wth(x):
    with tf.name_scope("s"):
        if x > 0:
            x = x * 2
    return x


tell("with", lambda: wth(tf.constant(2)))


@tf.function
def rec(n):
    if n <= 1:
        return 1
    return n * rec.python_function(n - 1)


tell("rec", lambda: rec(5))


@tf.function
def delv(x):
    y = x * 2
    del x
    return y


tell("del", lambda: delv(tf.constant(2)))


@tf.function
def gl(x):
    while tf.reduce_sum(x) < 100:
        x = x * 2
    else:
        x = x + 1
    return x


tell("whileelse", lambda: gl(tf.constant([1, 2])))
""",
    "signatures": """
tr = []


@tf.function
def f(x, y=2, *, z=3):
    tr.append((x, y, z))
    return x * y * z


f(1)
f(1)
f(2)
f(1.0)
f(True)
f(tf.constant(1))
f(tf.constant(2))
f(tf.constant(1.0))
f(tf.constant([1]))
f(tf.constant([1, 2]))
f(1, 2)
f(1, y=2)
f(1, z=3)
f(x=1, y=2, z=3)
print(len(tr))
f(np.int32(3))
f(np.array(5))
f(np.array([1, 2]))
print(len(tr))
f(tf.constant(7))
print(len(tr))


@tf.function(reduce_retracing=True)
def g(x):
    tr.append(x.shape)
    return x


tr.clear()
[g(tf.zeros([n])) for n in (1, 2, 3, 4)]
print(tr)
tr.clear()
[g(tf.zeros([2, n])) for n in (1, 2, 3)]
print(tr)


@tf.function(
    input_signature=[tf.TensorSpec([None, 2], tf.float32), tf.TensorSpec([], tf.int32, name="n")]
)
def h(x, n):
    tr.append(1)
    return x * tf.cast(n, tf.float32)


tr.clear()
tell("h", lambda: h(tf.ones([3, 2]), 2))
tell("h", lambda: h([[1.0, 2.0]], n=3))
tell("bad", lambda: h(tf.ones([3, 3]), 1))
tell("bad", lambda: h(tf.ones([3, 2], tf.int32), 1))
tell("bad", lambda: h(tf.ones([1, 2])))
tell("bad", lambda: h(tf.ones([1, 2]), 1, 2))
print(len(tr))
print(h.get_concrete_function().structured_input_signature)
print(h.pretty_printed_concrete_signatures())
Point = collections.namedtuple("Point", "x y")


@dataclasses.dataclass
class D:
    a: int
    b: float


@tf.function
def p(q):
    tr.append(1)
    return Point(q.y, q.x)


tr.clear()
print(p(Point(tf.constant(1), tf.constant(2))))
print(p(Point(1, 2)))
print(p(Point(3, 2)))
print(len(tr))


@tf.function
def dd(q):
    tr.append(1)
    return q.a * 2


tr.clear()
tell("dc", lambda: dd(D(1, 2.0)))
tell("dc", lambda: dd(D(1, 2.0)))
tell("dc", lambda: dd(D(3, 2.0)))
print(len(tr))


@tf.function
def nn(a, b=None):
    tr.append(1)
    return {"a": a, "b": b, "n": None, "l": [a, (a, 3)]}


tr.clear()
print(nn(tf.constant(1)))
print(nn(tf.constant(1), tf.constant(2)))
print(len(tr))


@tf.function
def st(d):
    tr.append(1)
    return sum(d.values())


tr.clear()
print(st({"a": tf.constant(1), "b": tf.constant(2)}))
print(st({"b": tf.constant(1), "a": tf.constant(2)}))
print(st({"a": tf.constant(1)}))
print(len(tr))


@tf.function
def va(*a, **k):
    tr.append(1)
    return a[0] + k.get("z", 0)


tr.clear()
print(va(tf.constant(1), 2, z=tf.constant(5)))
print(va(tf.constant(1), 2))
print(va(tf.constant(1), 3))
print(len(tr))
""",
    "arguments_of_all_kinds": """
import types

tr = []


@tf.function
def f(o):
    tr.append(1)
    return o.v * 2


class O:
    pass


o = O()
o.v = 3
print(f(o).numpy())
o.v = 4
print(f(o).numpy())
o2 = O()
o2.v = 5
print(f(o2).numpy(), len(tr))


@tf.function
def g(fn, x):
    tr.append(1)
    return fn(x)


tr.clear()
print(
    g(tf.abs, tf.constant(-1)).numpy(),
    g(tf.abs, tf.constant(-2)).numpy(),
    g(tf.square, tf.constant(-2)).numpy(),
    len(tr),
)


@tf.function
def seen(x):
    tr.append(1)
    return tf.constant(0)


@tf.function
def s(x):
    tr.append(1)
    return x


tr.clear()
s("a")
s("a")
s("b")
s(b"a")
s(tf.constant("a"))
s(tf.constant("b"))
s(None)
s(())
s([])
s({})
s((1, 2))
s([1, 2])
print(len(tr))
tr.clear()
seen(tf.float32)
seen(tf.float32)
seen(tf.int32)
print(len(tr))
tr.clear()
s(tf.sparse.from_dense([[1, 0]]))
s(tf.sparse.from_dense([[0, 1]]))
s(tf.ragged.constant([[1], []]))
s(tf.ragged.constant([[1], [2, 3]]))
s(tf.ragged.constant([[1], [2, 3], []]))
print(len(tr))
c = s.get_concrete_function(tf.TensorSpec([None], tf.float32))
tell("c", lambda: c(tf.constant([1.0, 2.0])))
tell("c", lambda: c(tf.constant(1.0)))
tell("c", lambda: c(tf.constant([1])))
tell("c", lambda: c(x=tf.constant([1.0])))
tell("c", lambda: c())
print(c)
print(
    c.structured_outputs,
    c.output_shapes,
    c.output_dtypes,
    [i.name for i in c.inputs],
)
print(s.experimental_get_tracing_count() > 5)


class M(tf.Module):
    def __init__(self):
        super().__init__()
        self.v = None
        self.w = tf.Variable(2.0)

    @tf.function(input_signature=[tf.TensorSpec([])])
    def __call__(self, x):
        if self.v is None:
            self.v = tf.Variable(3.0)
        return self.v * x + self.w


m = M()
print(
    m(tf.constant(2.0)).numpy(),
    m(3.0).numpy(),
    [v.name for v in m.variables],
    [v.name for v in m.trainable_variables],
)


@tf.function
def bad(x):
    v = tf.Variable(1.0)
    return v * x


tell("badvar", lambda: bad(1.0))


@tf.function
def ret(x):
    return "s", 3, x.shape, np.float32(2)


tell("ret", lambda: ret(tf.constant(1)))


@tf.function
def op(x):
    return tf.group(x), tf.no_op()


tell("op", lambda: op(tf.constant(1)))


@tf.function
def badret(x):
    return object()


tell("badret", lambda: badret(1))
""",
    "arrays": """
tell("w", lambda: tf.TensorArray(tf.float32, 2).write(0, [1.0, 2.0]).write(1, [3.0, 4.0]).concat())


@tf.function
def f(x):
    ta = tf.TensorArray(tf.float32, 3, element_shape=[2])
    ta = ta.unstack(x)
    y = ta.gather([2, 0])
    ta2 = ta.write(1, [9.0, 9.0]) if False else tf.TensorArray(tf.float32, 3).scatter([2, 0, 1], x)
    return y, ta2.stack(), ta2.size(), ta2.read(0)


tell("f", lambda: f(tf.reshape(tf.range(6.0), [3, 2])))


@tf.function
def g(x):
    ta = tf.TensorArray(tf.float32, 2, infer_shape=False)
    ta = ta.split(x, [1, 3])
    return ta.read(1), ta.concat()


tell("g", lambda: g(tf.range(4.0)))


@tf.function
def d(n):
    ta = tf.TensorArray(tf.int64, 1, dynamic_size=True, clear_after_read=False)
    i = tf.constant(0)
    while i < n:
        ta = ta.write(i, tf.cast(i, tf.int64) ** 2)
        i += 1
    s = ta.size()
    return ta.stack(), s, ta.read(0)


tell("d", lambda: d(tf.constant(4)))


@tf.function
def cnd(p):
    ta = tf.TensorArray(tf.float32, 2)
    ta = ta.write(0, 1.0)
    if p:
        ta = ta.write(1, 2.0)
    else:
        ta = ta.write(1, 3.0)
    return ta.stack()


tell("cnd", lambda: (cnd(tf.constant(True)), cnd(tf.constant(False))))


@tf.function
def two(n):
    a = tf.TensorArray(tf.float32, n)
    b = tf.TensorArray(tf.int32, n)
    for i in tf.range(n):
        a = a.write(i, tf.cast(i, tf.float32))
        b = b.write(n - 1 - i, i)
    return a.stack(), b.stack()


tell("two", lambda: two(tf.constant(3)))


@tf.function
def strs(n):
    a = tf.TensorArray(tf.string, n)
    for i in tf.range(n):
        a = a.write(i, tf.strings.as_string(i))
    return a.stack()


tell("strs", lambda: strs(tf.constant(3)))


@tf.function
def gr(x):
    with tf.GradientTape() as t:
        t.watch(x)
        ta = tf.TensorArray(tf.float32, 0, dynamic_size=True)
        for i in tf.range(3):
            ta = ta.write(i, x * tf.cast(i, tf.float32))
        y = tf.reduce_sum(ta.stack() ** 2)
    return t.gradient(y, x)


tell("gr", lambda: gr(tf.constant(2.0)))
tell("neg", lambda: tf.TensorArray(tf.float32, 2).write(-1, 1.0))
tell("oob", lambda: tf.TensorArray(tf.float32, 2).write(2, 1.0))
tell("shape", lambda: tf.TensorArray(tf.float32, 2, element_shape=[2]).write(0, [1.0]))
tell("rd", lambda: tf.TensorArray(tf.float32, 2).read(0))
t = tf.TensorArray(tf.float32, 2)
print(t.dtype, t.element_shape, t.dynamic_size, t.size().numpy())
""",
    "tapes": """
x = tf.Variable(3.0)


@tf.function
def f():
    with tf.GradientTape() as t:
        y = x * x
    g = t.gradient(y, x)
    return y, g


print([v.numpy() for v in f()])
with tf.GradientTape() as o:
    with tf.GradientTape() as t:
        y, g = f()
    h = t.gradient(y, x)
print(h.numpy(), o.gradient(h, x))
with tf.GradientTape() as o:
    y, g = f()
print(o.gradient(g, x))


@tf.function
def cubic(v):
    return v**3


with tf.GradientTape(persistent=True) as t:
    c = tf.constant(2.0)
    t.watch(c)
    y = cubic(c)
    z = cubic(y)
print(t.gradient(y, c).numpy(), t.gradient(z, c).numpy(), t.gradient(z, y).numpy())


@tf.function
def w(n, v):
    y = v
    while n > 0:
        y = y * v
        n -= 1
    return y


v = tf.constant(2.0)
with tf.GradientTape() as t2:
    t2.watch(v)
    with tf.GradientTape() as t1:
        t1.watch(v)
        y = w(tf.constant(3), v)
    g = t1.gradient(y, v)
print(y.numpy(), g.numpy(), t2.gradient(g, v).numpy())


@tf.custom_gradient
def clip(a):
    def grad(dy):
        return tf.clip_by_value(dy, -0.5, 0.5)

    return a * 3.0, grad


@tf.function
def lp(v):
    for _ in tf.range(3):
        v = clip(v)
    return v


with tf.GradientTape() as t:
    t.watch(v)
    y = lp(v)
print(y.numpy(), t.gradient(y, v).numpy())


@tf.function
def jac(v):
    with tf.GradientTape() as t:
        t.watch(v)
        y = v**2
    return (t.jacobian(y, v),)


print(jac(tf.constant([1.0, 2.0])))


@tf.function
def stop(v):
    with tf.GradientTape() as t:
        t.watch(v)
        with t.stop_recording():
            a = v * 2
        y = v * a
    return t.gradient(y, v)


print(stop(v).numpy())


@tf.function
def vassign(v):
    with tf.GradientTape() as t:
        t.watch(v)
        for i in tf.range(3):
            x.assign_add(v)
        y = x * v
    return t.gradient(y, [v, x])


print(vassign(v), x.numpy())


@tf.function
def none(v):
    with tf.GradientTape() as t:
        t.watch(v)
        y = tf.constant(1.0)
    return t.gradient(y, v), t.gradient(y, v, unconnected_gradients="zero") if False else 0


tell("none", lambda: none(v))


@tf.function
def accum(v):
    s = tf.zeros([])
    for k in tf.range(2):
        with tf.GradientTape() as t:
            t.watch(v)
            y = v ** tf.cast(k + 2, tf.float32)
        s += t.gradient(y, v)
    return s


print(accum(v).numpy())
""",
    "python_functions": """
seen = []


def host(a, b):
    seen.append(float(a))
    return a + b


@tf.function
def f(x):
    y = tf.py_function(host, [x, 1.0], tf.float32)
    z = tf.numpy_function(lambda a: np.sin(a).astype(np.float32), [y], tf.float32)
    return y, z


print(f(tf.constant(2.0)))
print(seen)


@tf.function
def g(x):
    with tf.GradientTape() as t:
        t.watch(x)
        y = tf.py_function(lambda a: a * a, [x], tf.float32)
    return t.gradient(y, x)


tell("g", lambda: g(tf.constant(3.0)))


@tf.function
def l(n):
    s = 0.0
    for i in tf.range(n):
        s += tf.py_function(lambda a: float(a) * 2, [i], tf.float32)
    return s


tell("l", lambda: l(tf.constant(3)))


@tf.function
def err(x):
    return tf.py_function(lambda a: 1 / 0, [x], tf.float32)


tell("err", lambda: err(1.0))


@tf.function
def multi(x):
    return tf.py_function(lambda a: [a, a * 2], [x], [tf.float32, tf.float32])


tell("multi", lambda: multi(tf.constant(1.5)))


@tf.function
def order():
    for i in tf.range(3):
        tf.print("i", i)
    tf.print("end", [tf.constant(1), 2], {"a": tf.constant(2.5)}, sep="|")


order()


@tf.function
def cp(p):
    if p:
        tf.print("yes")
    else:
        tf.print("no")
    return p


cp(tf.constant(True))
cp(tf.constant(False))
tf.config.run_functions_eagerly(True)


@tf.function
def eager(x):
    return tf.executing_eagerly(), tf.inside_function(), x


print(eager(1))
tf.config.run_functions_eagerly(False)


@tf.function
def ins():
    a = tf.executing_eagerly(), tf.inside_function()
    with tf.init_scope():
        b = tf.executing_eagerly(), tf.inside_function()
    return [int(v) for v in a + b]


print([int(v) for v in ins()])
""",
    "errors_of_python_functions": """
for k, e in dict(
    z=ZeroDivisionError,
    v=ValueError,
    t=TypeError,
    k=KeyError,
    n=NotImplementedError,
    m=MemoryError,
    r=RuntimeError,
    inv=None,
).items():

    def raiser(a, e=e):
        if e is None:
            raise tf.errors.InvalidArgumentError(None, None, "boo")
        raise e("boo")

    tell(k + " eager", lambda: tf.py_function(raiser, [1.0], tf.float32))
    tell(k + " fn", lambda: tf.function(lambda: tf.py_function(raiser, [1.0], tf.float32))())
    tell(k + " np eager", lambda: tf.numpy_function(raiser, [1.0], tf.float32))
    tell(k + " np fn", lambda: tf.function(lambda: tf.numpy_function(raiser, [1.0], tf.float32))())
    tell(
        k + " map",
        lambda: list(
            tf.data.Dataset.range(1).map(lambda x: tf.py_function(raiser, [x], tf.float32))
        ),
    )


def gen():
    yield 1
    raise ValueError("x")


tell("gen", lambda: list(tf.data.Dataset.from_generator(gen, tf.int32)))
""",
    "control_flow": """
@tf.function
def sc(i):
    return tf.switch_case(i, {0: lambda: 1.0, 2: lambda: 2.0}, default=lambda: -1.0)


tell("sc", lambda: [sc(tf.constant(k)).numpy() for k in (0, 1, 2, 5)])


@tf.function
def cs(x):
    return tf.case(
        [(x < 0, lambda: "neg"), (x > 10, lambda: "big")], default=lambda: "mid", exclusive=True
    )


tell("cs", lambda: [cs(tf.constant(k)).numpy() for k in (-1, 5, 20)])


@tf.function
def nodef(x):
    return tf.case([(x < 0, lambda: 1.0)])


tell("nodef", lambda: nodef(tf.constant(3)))
tell("condpy", lambda: tf.cond(True, lambda: 1, lambda: 2))
tell("condf", lambda: tf.function(lambda: tf.cond(True, lambda: 1, lambda: 2))())


@tf.function
def cnest(x):
    return tf.cond(x > 0, lambda: tf.cond(x > 5, lambda: x * 2, lambda: x * 3), lambda: -x)


tell("nest", lambda: [cnest(tf.constant(k)).numpy() for k in (-1, 3, 7)])


@tf.function
def cdict(p):
    return tf.cond(
        p,
        lambda: {"a": tf.constant(1), "b": (tf.constant(2.0), [tf.constant("x")])},
        lambda: {"a": tf.constant(3), "b": (tf.constant(4.0), [tf.constant("y")])},
    )


tell("dict", lambda: cdict(tf.constant(False)))
tell(
    "nonecond",
    lambda: tf.function(lambda p: tf.cond(p, lambda: None, lambda: None))(tf.constant(True)),
)
tell(
    "onenone", lambda: tf.function(lambda p: tf.cond(p, lambda: None, lambda: 1))(tf.constant(True))
)
tell("wl2", lambda: tf.while_loop(lambda i: i < 3, lambda i: [i + 1], [tf.constant(0)]))
tell(
    "wlf",
    lambda: tf.function(
        lambda: tf.while_loop(
            lambda i, d: i < 3,
            lambda i, d: (i + 1, {"a": d["a"] * 2}),
            (0, {"a": tf.constant(1.5)}),
        )
    )(),
)
P = collections.namedtuple("P", "i s")
tell(
    "nt",
    lambda: tf.function(
        lambda: tf.while_loop(lambda p: p.i < 3, lambda p: (P(p.i + 1, p.s + 2.0),), (P(0, 0.0),))
    )(),
)
tell(
    "maxit",
    lambda: tf.function(
        lambda n: tf.while_loop(lambda i: i < 100, lambda i: i + 1, [0], maximum_iterations=n)
    )(tf.constant(7)),
)
tell("empty", lambda: tf.while_loop(lambda: True, lambda: (), []))


@tf.function
def rag(rt):
    s = 0
    for row in rt:
        s += tf.reduce_sum(row)
    return s


tell("ragfor", lambda: rag(tf.ragged.constant([[1, 2], [], [3]])))


@tf.function
def dsb(d):
    s = 0.0
    for a, b in d.batch(2):
        s += tf.reduce_sum(a * b)
    return s


tell("dsb", lambda: dsb(tf.data.Dataset.from_tensor_slices(([1.0, 2.0, 3.0], [1.0, 1.0, 2.0]))))


@tf.function
def itr(it):
    return next(it) + next(it)


tell("itr", lambda: itr(iter(tf.data.Dataset.range(5))))


@tf.function
def vmap(x):
    return tf.vectorized_map(lambda r: tf.reduce_sum(r) * r, x)


tell("vmap", lambda: vmap(tf.constant([[1.0, 2.0], [3.0, 4.0]])))
tell(
    "mapdict",
    lambda: tf.map_fn(
        lambda d: d["a"] + d["b"],
        {"a": tf.constant([1, 2]), "b": tf.constant([3, 4])},
        fn_output_signature=tf.int32,
    ),
)
tell(
    "mapmulti",
    lambda: tf.map_fn(
        lambda x: (x, -x, {"s": x * 2}),
        tf.constant([1, 2]),
        fn_output_signature=(tf.int32, tf.int32, {"s": tf.int32}),
    ),
)
tell("mapbad", lambda: tf.map_fn(lambda x: (x, x), tf.constant([1, 2])))
tell("mapdt", lambda: tf.map_fn(lambda x: tf.cast(x, tf.float32), tf.constant([1, 2])))
tell("map0", lambda: tf.map_fn(lambda x: x * 2, tf.zeros([0, 3])))
tell("scan0", lambda: tf.scan(lambda a, x: a + x, tf.zeros([0, 3]), tf.zeros([3])))
tell(
    "foldl",
    lambda: tf.foldl(
        lambda a, x: a + x[0] * x[1], (tf.constant([1, 2]), tf.constant([3, 4])), initializer=0
    ),
)
tell("scanbad", lambda: tf.scan(lambda a, x: (a, x), tf.constant([1, 2]), 0))
tell(
    "mapshape",
    lambda: tf.map_fn(lambda n: tf.ones([n]), tf.constant([1, 2]), fn_output_signature=tf.float32),
)
tell(
    "mapfnspec",
    lambda: tf.function(
        lambda: tf.map_fn(
            lambda n: tf.ones([2]),
            tf.constant([1, 2]),
            fn_output_signature=tf.TensorSpec([2], tf.float32),
        )
    )(),
)
""",
    "order_and_names": """
v = tf.Variable(1.0)


@tf.function
def f():
    with tf.control_dependencies([v.assign_add(1.0)]):
        a = v.read_value()
    with tf.control_dependencies([a]):
        b = tf.identity(v * 10.0)
    v.assign(100.0)
    return a, b, v


print([x.numpy() for x in f()], v.numpy())


@tf.function
def g(x):
    tf.debugging.assert_positive(x, message="pos")
    tf.debugging.assert_equal(tf.shape(x)[0], 2)
    tf.Assert(tf.reduce_all(x < 10.0), [x])
    return x


tell("ok", lambda: g(tf.constant([1.0, 2.0])))
tell("neg", lambda: g(tf.constant([-1.0, 2.0])))
tell("shape", lambda: g(tf.constant([1.0, 2.0, 3.0])))
tell("big", lambda: g(tf.constant([1.0, 20.0])))


@tf.function
def rc(x):
    @tf.recompute_grad
    def h(y):
        return tf.sin(y) * y

    with tf.GradientTape() as t:
        t.watch(x)
        z = h(h(x))
    return t.gradient(z, x)


tell("rc", lambda: rc(tf.constant(1.0)))
pt = tf.grad_pass_through(lambda x: tf.round(x))
with tf.GradientTape() as t:
    x = tf.constant(1.6)
    t.watch(x)
    y = pt(x) * 2
print(y.numpy(), t.gradient(y, x).numpy())
print(tf.function(lambda a, b: tf.tuple([a, b]))(1, 2.0))


@tf.function
def loopvar(n):
    for i in tf.range(n):
        v.assign(v * 0.5)
        if v < 20.0:
            v.assign_add(1.0)
    return v.read_value()


print(loopvar(tf.constant(5)).numpy(), v.numpy())


@tf.function
def condvar(p):
    if p:
        v.assign(1.0)
    else:
        v.assign(2.0)
    return v + 0.0


print(condvar(tf.constant(False)).numpy(), condvar(tf.constant(True)).numpy())
c = tf.constant(5.0)


class K:
    def __init__(self):
        self.n = 0
        self.v = tf.Variable(0.0)

    @tf.function
    def step(self, x):
        self.n += 1
        self.v.assign_add(x)
        return self.v * c


k = K()
print(
    k.step(1.0).numpy(),
    k.step(1.0).numpy(),
    k.step(tf.constant(2.0)).numpy(),
    k.step(tf.constant(3.0)).numpy(),
    k.n,
)


@tf.function
def sp(x):
    print(x, x + 1, tf.reduce_sum(x), x[0], x.shape, x.dtype, x.name)
    for i in tf.range(2):
        print(i)
    return x


sp(tf.constant([1.0, 2.0]))
tell("boolerr", lambda: tf.function(lambda x: bool(x), autograph=False)(tf.constant(True)))
tell("iter", lambda: tf.function(lambda x: [r for r in x], autograph=False)(tf.constant([1, 2])))
tell("numpy", lambda: tf.function(lambda x: x.numpy())(tf.constant([1, 2])))
tell("len", lambda: tf.function(lambda x: len(x), autograph=False)(tf.constant([1, 2])))
tell(
    "leak",
    lambda: (
        globals().__setitem__("lk", None),
        tf.function(lambda x: globals().__setitem__("lk", x + 1))(tf.constant(1)),
        lk + 1,
    ),
)
tell(
    "ifnone",
    lambda: tf.function(lambda x, y=None: x if y is None else x + y)(
        tf.constant(1), tf.constant(2)
    ),
)
ir = tf.function(lambda x: x * 2.0, jit_compile=True)
print(
    "HloModule" in ir.experimental_get_compiler_ir(tf.constant(1.0))(stage="hlo"),
    ir(tf.constant(2.0)).numpy(),
)
cf = tf.function(lambda x: tf.nn.relu(x) + c).get_concrete_function(tf.TensorSpec([None, 3]))
""",
    "nested_loops": """
@tf.function
def mat(n, m):
    out = tf.TensorArray(tf.float32, n)
    for i in tf.range(n):
        row = tf.TensorArray(tf.float32, m)
        for j in tf.range(m):
            if (i + j) % 2 == 0:
                val = tf.cast(i * j, tf.float32)
            else:
                val = -1.0
            row = row.write(j, val)
        out = out.write(i, row.stack())
    return out.stack()


tell("mat", lambda: mat(tf.constant(3), tf.constant(4)))


@tf.function
def primes(n):
    ps = tf.TensorArray(tf.int32, 0, dynamic_size=True)
    k = 0
    for i in tf.range(2, n):
        ok = True
        j = 2
        while j * j <= i:
            if i % j == 0:
                ok = False
                break
            j += 1
        if ok:
            ps = ps.write(k, i)
            k += 1
    return ps.stack()


tell("primes", lambda: primes(tf.constant(30)))


@tf.function
def bubble(x):
    n = tf.shape(x)[0]
    for i in tf.range(n):
        for j in tf.range(n - i - 1):
            if x[j] > x[j + 1]:
                x = tf.tensor_scatter_nd_update(x, [[j], [j + 1]], [x[j + 1], x[j]])
    return x


tell("bubble", lambda: bubble(tf.constant([3, 1, 2, 5, 4])))


@tf.function
def newton(x):
    y = x
    for _ in tf.range(20):
        ny = 0.5 * (y + x / y)
        if tf.abs(ny - y) < 1e-6:
            return ny
        y = ny
    return y


tell("newton", lambda: newton(tf.constant(2.0)))


@tf.function
def dyn(x):
    while tf.reduce_max(x) > 1.0:
        x = tf.boolean_mask(x, x > tf.reduce_min(x))
        x = x / 2.0
    return x


tell("dyn", lambda: dyn(tf.constant([1.0, 5.0, 3.0])))


@tf.function
def rnn(xs, h):
    outs = []
    for t in range(3):
        h = tf.tanh(xs[:, t] + h)
        outs.append(h)
    return tf.stack(outs, 1), h


tell("rnn", lambda: rnn(tf.ones([2, 3, 1]), tf.zeros([2, 1])))


@tf.function
def lstm(xs):
    ta = tf.TensorArray(tf.float32, tf.shape(xs)[0])
    h = tf.zeros([2])
    c = tf.zeros([2])
    for t in tf.range(tf.shape(xs)[0]):
        c = c * 0.5 + xs[t]
        h = tf.tanh(c) * h + xs[t]
        ta = ta.write(t, h)
    return ta.stack(), (h, c)


tell("lstm", lambda: lstm(tf.reshape(tf.range(6.0), [3, 2])))


@tf.function(input_signature=[tf.TensorSpec([None, None])])
def unk(x):
    s = tf.zeros([tf.shape(x)[1]])
    for r in x:
        s += r
    return s / tf.cast(tf.shape(x)[0], tf.float32)


tell("unk", lambda: unk(tf.ones([3, 2])))


@tf.function
def multi(x):
    a, (b, c) = x, (x + 1, x + 2)
    if a > 0:
        a, b = b, a
        c += a
    return a, b, c


tell("multi", lambda: multi(tf.constant(1)))


@tf.function
def attr(x):
    class B:
        pass

    b = B()
    b.k = x
    if x > 0:
        b.k = x * 10
    return b.k


tell("attr", lambda: attr(tf.constant(1)))


@tf.function
def dct(x):
    d = {"a": x, "b": 0}
    if x > 0:
        d["a"] = x * 10
    for i in tf.range(2):
        d["b"] += i
    return d


tell("dct", lambda: dct(tf.constant(1)))


@tf.function
def gen(x):
    return sum(x * i for i in range(4)), any([x > 0, x > 1]) if False else 0, max(1, 2)


tell("gen", lambda: gen(tf.constant(1)))


@tf.function
def fstr(x):
    return f"{x.shape}", "%s" % x.dtype.name


tell("fstr", lambda: fstr(tf.constant(1)))
""",
    "ragged_rows": """
rt = tf.ragged.constant([[1, 2, 3], [], [4, 5]])
tell("sum", lambda: tf.map_fn(tf.reduce_sum, rt))
tell("sumsig", lambda: tf.map_fn(tf.reduce_sum, rt, fn_output_signature=tf.int32))
tell("dbl", lambda: tf.map_fn(lambda x: x * 2, rt))
tell(
    "dblsig",
    lambda: tf.map_fn(
        lambda x: x * 2, rt, fn_output_signature=tf.RaggedTensorSpec([None], tf.int32)
    ),
)
tell(
    "rng",
    lambda: tf.map_fn(
        tf.range,
        tf.constant([1, 3, 2]),
        fn_output_signature=tf.RaggedTensorSpec(shape=[None], dtype=tf.int32),
    ),
)


@tf.function
def graph(rt):
    return tf.map_fn(lambda x: tf.reduce_max(x), rt, fn_output_signature=tf.int32)


tell("graph", lambda: graph(tf.ragged.constant([[1, 2, 3], [7], [4, 5]])))


@tf.function
def graph2(rt):
    return tf.map_fn(lambda x: x * 2, rt)


tell("graph2", lambda: graph2(rt))


@tf.function
def graph3(n):
    return tf.map_fn(
        tf.range, n, fn_output_signature=tf.RaggedTensorSpec(shape=[None], dtype=tf.int32)
    )


tell("graph3", lambda: graph3(tf.constant([1, 3, 2])))
r3 = tf.ragged.constant([[[1, 2], [3]], [], [[4]]])
tell(
    "deep",
    lambda: tf.map_fn(
        lambda x: x + 1, r3, fn_output_signature=tf.RaggedTensorSpec([None, None], tf.int32)
    ),
)
tell(
    "deepsum",
    lambda: tf.map_fn(
        lambda x: tf.reduce_sum(x, axis=1),
        r3,
        fn_output_signature=tf.RaggedTensorSpec([None], tf.int32),
    ),
)
tell("deepsumall", lambda: tf.map_fn(lambda x: tf.reduce_sum(x), r3, fn_output_signature=tf.int32))
tell(
    "both",
    lambda: tf.map_fn(
        lambda x: (tf.size(x[0]), x[0] * x[1]),
        (rt, tf.constant([1, 2, 3])),
        fn_output_signature=(tf.int32, tf.RaggedTensorSpec([None], tf.int32)),
    ),
)


@tf.function
def rag(rt):
    s = 0
    for row in rt:
        s += tf.reduce_sum(row)
    return s


tell("ragfor", lambda: rag(tf.ragged.constant([[1, 2], [], [3]])))


@tf.function
def ragbreak(rt):
    n = 0
    for row in rt:
        if tf.size(row) == 0:
            break
        n += 1
    return n


tell("ragbreak", lambda: ragbreak(rt))
with tf.GradientTape() as t:
    v = tf.constant([1.0, 2.0, 3.0])
    t.watch(v)
    y = tf.map_fn(lambda r: r * r, tf.RaggedTensor.from_row_lengths(v, [1, 0, 2]))
    z = tf.reduce_sum(y)
tell("grad", lambda: t.gradient(z, v))
""",
    "gathers": """
x = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def second(axis, **k):
    with tf.GradientTape() as o:
        o.watch(x)
        with tf.GradientTape() as t:
            t.watch(x)
            y = tf.reduce_sum(tf.gather(x, [2, 0], axis=axis, **k) ** 3)
        g = t.gradient(y, x)
    return g.numpy(), o.gradient(g, x).numpy()


tell("axis1", lambda: second(1))
tell("axis-1", lambda: second(-1))
tell("axis0", lambda: second(0) if False else None)


def bd():
    with tf.GradientTape() as o:
        o.watch(x)
        with tf.GradientTape() as t:
            t.watch(x)
            y = tf.reduce_sum(tf.gather(x, [[2, 0], [1, 1]], batch_dims=1) ** 3)
        g = t.gradient(y, x)
    return g.numpy(), o.gradient(g, x).numpy()


tell("batch", bd)
tell("nd", lambda: tf.function(bd)())
""",
    "composite_arguments": """
s = tf.IndexedSlices(tf.constant([[1.0, 2.0]]), tf.constant([1]), tf.constant([3, 2]))


@tf.function
def f(s):
    return tf.convert_to_tensor(s) * 2.0


tell("arg", lambda: f(s))


@tf.function
def g(s):
    return tf.IndexedSlices(s.values * 2.0, s.indices, s.dense_shape)


tell("res", lambda: (type(g(s)).__name__, g(s).values.numpy(), g(s).indices.numpy()))
v = tf.Variable(tf.ones([3, 2]))


@tf.function
def h():
    with tf.GradientTape() as t:
        y = tf.reduce_sum(tf.gather(v, [0, 2]) ** 2)
    return t.gradient(y, v)


tell("grad", lambda: (type(h()).__name__, h().values.numpy(), h().indices.numpy()))
sp = tf.sparse.from_dense([[0, 1], [2, 0]])


@tf.function
def k(sp):
    return sp * 2


tell("sparse", lambda: tf.sparse.to_dense(k(sp)))


@tf.function
def r(rt):
    return rt * 2


tell("ragged", lambda: r(tf.ragged.constant([[1], [2, 3]])))
""",
    "seeds": """
tf.random.set_seed(1)


@tf.function
def f(p):
    a = tf.random.uniform([])
    b = tf.cond(p, lambda: tf.random.uniform([]), lambda: tf.random.normal([]))
    c = tf.random.uniform([])
    return a, b, c


print(
    [x.numpy() for x in f(tf.constant(True))],
    [x.numpy() for x in f(tf.constant(False))],
    [x.numpy() for x in f(tf.constant(True))],
)


@tf.function
def g():
    s = 0.0
    for i in tf.range(3):
        s += tf.random.uniform([])
    return s, tf.random.uniform([])


print([x.numpy() for x in g()], [x.numpy() for x in g()])
""",
    "conditions": """
v = tf.Variable(0)


@tf.function
def f(n):
    k = 0
    while v.assign_add(1) < n:
        k += 1
    return k


tell("assign", lambda: (f(tf.constant(5)).numpy(), v.numpy()))


@tf.function
def g(x):
    q = [1, 2, 0, 3]
    s = x
    while q.pop(0):
        s = s + 1
    return s, len(q)


tell("pop", lambda: g(tf.constant(0)))


@tf.function
def h(x):
    n = 0
    while tf.reduce_sum(x) > 0:
        x = x - 1
        n += 1
        if n > 3:
            break
    return x, n


tell("h", lambda: h(tf.constant([5, 5])))


@tf.function
def p(x):
    i = 0
    while i < 3 and x > 0:
        i += 1
    return i


tell("p", lambda: p(tf.constant(1)))


@tf.function
def rnd(x):
    while tf.random.uniform([]) < 0.0:
        x += 1
    return x


tell("rnd", lambda: rnd(tf.constant(1)))


@tf.function
def mixed(x):
    i = 0
    while i < x:
        i = i + x
    return i


tell("mixed", lambda: mixed(tf.constant(3)))


@tf.function
def lost(n):
    i = tf.constant(0)
    while i < n:
        j = i * 2
        i += 1
    return j


tell("lost", lambda: lost(tf.constant(3)))


def gen():
    yield 1
    yield 2


@tf.function
def forgen(x):
    for k in gen():
        x += k
    return x


tell("gen", lambda: forgen(tf.constant(3)))


@tf.function
def wt(x):
    while True:
        x += 1
        if x > 10:
            break
    return x


tell("true", lambda: wt(tf.constant(3)))


@tf.function
def wtc(x):
    out = []
    while len(out) < 3:
        out.append(x)
    return tf.stack(out)


tell("len", lambda: wtc(tf.constant(3)))
""",
}
