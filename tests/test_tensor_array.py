"""TensorArray: elements, loops that fill it, errors."""

import numpy as np

# ruff: noqa: B023, E731  what closes over a loop variable is called at once
from rows import Tell


def test_tensor_array(tf, answer):
    tell = Tell(answer)
    ta = tf.TensorArray(tf.float32, 3)
    tell("w", lambda: ta.write(0, 1.0).write(1, 2.0).write(2, 3.0).stack())
    tell("oob", lambda: ta.write(3, 1.0))
    tell("dtype", lambda: ta.write(0, tf.constant(1)))
    tell("shape", lambda: ta.write(0, [1.0, 2.0]))
    tell("read", lambda: ta.read(0))
    tell("read2", lambda: ta.read(0))
    tell("roob", lambda: ta.read(5))
    tell("size", lambda: ta.size())
    tell("unwritten", lambda: tf.TensorArray(tf.float32, 3).write(0, 1.0).stack())
    tell(
        "dyn", lambda: tf.TensorArray(tf.float32, 0, dynamic_size=True).write(2, [1.0, 2.0]).stack()
    )
    tell(
        "unstack",
        lambda: tf.TensorArray(tf.float32, 3).unstack([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]).read(1),
    )
    tell(
        "concat",
        lambda: (
            tf.TensorArray(tf.float32, 2, infer_shape=False)
            .write(0, [1.0, 2.0])
            .write(1, [3.0])
            .concat()
        ),
    )
    tell("gather", lambda: tf.TensorArray(tf.float32, 3).unstack([1.0, 2.0, 3.0]).gather([2, 0]))
    tell(
        "scatter", lambda: tf.TensorArray(tf.float32, 3).scatter([2, 0, 1], [1.0, 2.0, 3.0]).stack()
    )
    tell(
        "split",
        lambda: (
            tf.TensorArray(tf.float32, 2, infer_shape=False).split([1.0, 2.0, 3.0], [1, 2]).read(1)
        ),
    )

    def loop(x, n, dyn):
        ta = tf.TensorArray(tf.float32, 0 if dyn else n, dynamic_size=dyn)

        def body(i, ta, s):
            s = s * x
            return i + 1, ta.write(i, s), s

        _, ta, _ = tf.while_loop(lambda i, *_: i < n, body, (0, ta, tf.ones([2])))
        return ta.stack()

    x = tf.constant([2.0, 3.0])
    for dyn in (False, True):
        for n in (3, tf.constant(4)):

            def g(x, n):
                with tf.GradientTape() as t:
                    t.watch(x)
                    y = loop(x, n, dyn)
                return y, t.gradient(y, x)

            tell(f"loop {dyn}", lambda: g(x, n))
            tell(f"loop fn {dyn}", lambda: tf.function(g)(x, n))

            def g2(x):
                f = tf.function(loop)
                with tf.GradientTape() as t:
                    t.watch(x)
                    y = f(x, n, dyn)
                return y, t.gradient(y, x)

            tell(f"g2 {dyn}", lambda: g2(x))

    @tf.function
    def f(x):
        return loop(x, 3, False)

    f(x)

    def acc(x):
        ta = tf.TensorArray(tf.float32, 3).unstack(x)
        return tf.while_loop(
            lambda i, s: i < 3, lambda i, s: (i + 1, s + ta.read(i) * 2.0), (0, tf.zeros([2]))
        )[1]

    def g3(x):
        with tf.GradientTape() as t:
            t.watch(x)
            y = acc(x)
        return y, t.gradient(y, x)

    m = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    tell("acc", lambda: g3(m))
    tell("accf", lambda: tf.function(g3)(m))


def test_arrays_of_numpy_take_the_dtype(tf, answer):
    ints = tf.TensorArray(tf.int32, 2)
    answer("unstack", ints.unstack(np.array([1, 2])).stack())
    answer("floats", ints.unstack(np.array([1.5, 2.0])).stack())
    answer("write", ints.write(0, np.int64(3)).write(1, np.float32(4.0)).stack())
    answer("split", ints.split(np.array([7, 8, 9]), [1, 2]).concat())
    answer("hint", tf.TensorArray(tf.float32, 1).write(0, np.float64(0.1)).stack())
    answer.raises("tensor", lambda: ints.write(0, tf.constant(1.0)), ["dtype"])
