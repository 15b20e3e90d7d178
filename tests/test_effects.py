"""What acts on the world: printing, Python functions in graphs, order, time."""

# ruff: noqa: B023
import time

import numpy as np


def printing(tf, path):
    def P(*inputs, **options):
        tf.print(*inputs, **{"output_stream": f"file://{path}", **options})

    return P


def test_print(tf, answer, tmp_path):
    path = tmp_path / "printed"
    P = printing(tf, path)

    def everything():
        P(1)
        P(1.5, "a", True, None)
        P(tf.constant(1))
        P(
            tf.constant(1.0),
            tf.constant(0.1),
            tf.constant(1 / 3),
            tf.constant(1e10),
            tf.constant(1e-7),
            tf.constant(123456.789),
            tf.constant(np.nan),
            tf.constant(np.inf),
            tf.constant(-0.0),
        )
        P(
            tf.constant(1 / 3, tf.float64),
            tf.constant(1.0, tf.float64),
            tf.constant(1e20, tf.float64),
        )
        P(tf.constant(True))
        P(tf.constant([True, False]))
        P(tf.constant("a"))
        P(tf.constant(["a", "b"]))
        P("x:", tf.constant([1, 2, 3]), "y:", tf.constant([[1.0, 2.0], [3.0, 4.0]]))
        P(tf.range(10))
        P(tf.range(7))
        P(tf.range(6))
        P(tf.reshape(tf.range(100), [10, 10]))
        P(tf.reshape(tf.range(27), [3, 3, 3]))
        P(tf.range(10), summarize=-1)
        P(tf.range(10), summarize=2)
        P([tf.constant(1), 2])
        P({"a": tf.constant([1, 2]), "b": "s"})
        P((tf.constant(1.5), "q"))
        P([1, 2, 3])
        P("a", "b", sep="|", end="!\n")
        P()
        P(tf.zeros([0]))
        P(tf.constant([0.5, 1e-3, 100.0]))
        P(tf.Variable([1.0, 2.0]))
        P(tf.constant(3, tf.int64))
        P(tf.constant([1.0, 2.0], tf.float16))
        P(tf.constant([1.0, 2.0], tf.bfloat16))
        P("3", tf.constant(2))
        P(np.array([1, 2, 3]))
        P({"k": [tf.constant(1), {"z": tf.constant("s")}]})
        P(tf.float32)
        P(tf.TensorShape([1, None]))
        P(tf.ones([2, 3]).shape)
        P(tf.constant([[1, 2]] * 10))
        P(tf.constant("a\nb"))
        P([tf.constant("a")])
        P(["s", tf.constant("t")])

    everything()
    answer("text", path.read_text("utf-8"))
    answer.raises("stream", lambda: tf.print(1, output_stream=3.5), keywords=["output stream"])


def test_print_in_functions(tf, answer, tmp_path):
    path = tmp_path / "printed"
    P = printing(tf, path)

    @tf.function
    def f(x):
        P("in f", x)
        for i in tf.range(3):
            P(i, x * tf.cast(i, tf.float32))
        if x[0] > 0:
            P("pos")
        else:
            P("neg")
        return x

    def both():
        f(tf.constant([1.0, 2.0]))
        f(tf.constant([-1.0, 2.0]))

    both()
    answer("text", path.read_text("utf-8"))


def test_python_functions_by_decorator(tf, answer):
    for name in ("py_function", "numpy_function"):
        decorate = getattr(tf, name)

        @decorate(Tout=[tf.float32, tf.int32])
        def both(x, y):
            "What it says."
            return x, np.int32(3)

        compiled = tf.function(lambda x: both(x, x))  # noqa: B023
        answer(f"{name} eager", both([1.0, 2.0], 3))
        answer(f"{name} compiled", compiled(tf.constant(2.0)))
        answer(f"{name} is", [both.__name__, both.__doc__])
        for given in ({}, {"Tout": tf.float32, "inp": [1.0]}, {"func": abs, "Tout": tf.float32}):
            try:
                decorate(**given)
            except TypeError as error:
                answer(f"{name} {sorted(given)}", str(error))


def test_python_functions(tf, answer):
    x = tf.constant([1.0, 2.0])
    answer("eager", tf.py_function(lambda x: x * 2, [x], tf.float32))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.py_function(lambda x: x * x, [x], tf.float32)
    answer("gradient", tape.gradient(y, x))
    answer("numpy", tf.numpy_function(lambda a: a * 2, [x], tf.float32))
    answer("nothing", tf.py_function(lambda: 1, [], tf.int32))
    pair = tf.py_function(lambda a, b: (a, b), [1, 2.0], [tf.int32, tf.float32])
    answer("several", pair)

    @tf.function
    def g(x):
        y = tf.py_function(lambda a: a * 3, [x], tf.float32)
        y.set_shape(x.shape)
        return y, tf.numpy_function(lambda a: np.float32(a.sum()), [y], tf.float32)

    answer("in a function", g(x))

    @tf.function
    def h(x):
        with tf.GradientTape() as t:
            t.watch(x)
            y = tf.py_function(lambda a: a * a * 3, [x], tf.float32)
        return t.gradient(y, x)

    answer("gradient in a function", h(x))


def test_order(tf, answer):
    answer("eager", (tf.group(tf.constant(1)), tf.no_op()))

    @tf.function
    def f():
        v = tf.constant(1)
        with tf.control_dependencies([tf.group(v), tf.no_op()]):
            return tf.tuple([v, v])

    answer("tuple", f())
    assert abs(float(tf.timestamp()) - time.time()) < 60
