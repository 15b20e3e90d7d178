"""Values that ops refuse where JAX traces apart: in branches, loops, their gradients, and `fit`."""

import numpy as np
import pytest


def test_branches(tf, answer):
    c = tf.constant

    @tf.function
    def divided(x, y, p):
        return tf.cond(p, lambda: x // y, lambda: y)

    @tf.function
    def picked(p):
        if p:
            return tf.gather([1, 2], 5)  # known to be wrong, and harmless where it does not run
        return 0

    @tf.function
    def one_of(i, x):
        return tf.switch_case(i, [lambda: x // 0, lambda: x, lambda: tf.gather([x], 2)])

    @tf.function
    def slope(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            row = tf.gather([1.0, 2.0], tf.cast(x, tf.int32))
            y = tf.cond(
                x > 0, lambda: x * x * tf.gather([1.0], tf.cast(x, tf.int32) - 1), lambda: -x
            )
        return tape.gradient(y, x) * row

    answer("not taken", [divided(c(1), c(0), c(False)), picked(c(False)), one_of(c(1), c(3))])
    answer.raises("taken", lambda: divided(c(1), c(0), c(True)))
    answer.raises("known", lambda: picked(c(True)))
    answer.raises("first", lambda: one_of(c(0), c(3)))
    answer.raises("last", lambda: one_of(c(2), c(3)))
    answer("gradient", slope(c(1.0)))
    answer.raises("gradient of nothing", lambda: slope(c(-3.0)))


def test_loops(tf, answer):
    c = tf.constant

    @tf.function
    def summed(x, n):
        s = c(0.0)
        for k in tf.range(n):
            s += tf.gather(x, k)
        return s

    @tf.function
    def halved(x, y):
        while x // y > 1:
            x -= 1
        return x

    @tf.function
    def nested(n, m):
        s = c(0)
        for i in tf.range(n):
            for j in tf.range(m):
                if j > 1:
                    s += tf.gather([1, 2, 3], i + j)
        return s

    @tf.function
    def limited(n):
        def step(i, s):
            return i + 1, s + tf.gather([1, 2, 3], i)

        return tf.while_loop(lambda i, s: i < 10, step, (0, 0), maximum_iterations=n)[1]

    @tf.function
    def written(n):
        rows = tf.TensorArray(tf.float32, 3)
        for i in tf.range(n):
            rows = rows.write(i, 1.0)
        return rows.stack()

    @tf.function
    def called(n):
        return summed(c([1.0, 2.0]), n) + 1.0

    rows = {
        "for": (summed, (c([1.0, 2.0]), c(2)), (c([1.0, 2.0]), c(3))),
        "condition": (halved, (c(5), c(2)), (c(5), c(0))),
        "nested": (nested, (c(1), c(3)), (c(2), c(3))),
        "limited": (limited, (c(3),), (c(5),)),
        "array": (written, (c(3),), (c(4),)),
        "call": (called, (c(2),), (c(3),)),
        "map": (tf.function(lambda x: tf.map_fn(lambda t: 6 // t, x)), (c([1, 2]),), (c([1, 0]),)),
        "rows": (tf.function(lambda x: tf.vectorized_map(lambda t: 6 // t, x)),
                 (c([1, 2]),), (c([1, 0]),)),
        "scan": (tf.function(lambda x: tf.scan(lambda a, b: a // b, x)),
                 (c([8, 2, 1]),), (c([8, 2, 0]),)),
        "fold": (tf.function(lambda x: tf.foldl(lambda a, b: a + tf.gather([1, 2], b), x)),
                 (c([0, 1]),), (c([0, 1, 2]),)),
    }  # fmt: skip
    for name, (function, good, bad) in rows.items():
        answer(name, function(*good))
        answer.raises(f"{name}, refused", lambda f=function, a=bad: f(*a))


def test_assertions_in_bodies(tf, answer):
    @tf.function
    def checked(x, n):
        for i in tf.range(n):
            tf.debugging.assert_less(i, 3, message="too many")
            if x < 0.0:
                tf.debugging.assert_positive(x)
            x = tf.debugging.check_numerics(x * 1e20, "too large")
        return x

    good = [(tf.constant(1.0), tf.constant(1)), (tf.constant(0.0), tf.constant(3))]
    answer("good", [checked(*arguments) for arguments in good])
    answer.raises("index", lambda: checked(tf.constant(0.0), tf.constant(4)))
    answer.raises("branch", lambda: checked(tf.constant(-1.0), tf.constant(1)))
    answer.raises("infinite", lambda: checked(tf.constant(1.0), tf.constant(2)))


def test_gradients(tf, answer):
    table = tf.Variable([[1.0, 2.0], [3.0, 4.0]])

    @tf.function
    def norm(ids):
        s = 0.0
        for k in tf.range(tf.shape(ids)[0]):
            s += tf.reduce_sum(tf.gather(table, ids[k]) ** 2)
        return s

    def outside(ids):
        with tf.GradientTape() as tape:
            y = norm(tf.constant(ids)) ** 2
        return tf.convert_to_tensor(tape.gradient(y, table))

    @tf.function
    def inside(ids):
        with tf.GradientTape() as tape:
            y = norm(ids)
        table.assign_sub(0.1 * tf.convert_to_tensor(tape.gradient(y, table)))
        return y

    answer("outside", outside([0, 1]))
    answer.raises("outside, refused", lambda: outside([0, 2]))
    answer("inside", [inside(tf.constant([0, 1])), table])
    answer.raises("inside, refused", lambda: inside(tf.constant([0, 2])))
    answer("nothing is assigned then", table)


def test_singular_matrices(tf, answer):
    ones, some = tf.ones([2, 2]), tf.constant([[2.0, 1.0], [1.0, 2.0]])
    for name, run in {"eager": lambda f: f, "function": tf.function}.items():
        answer(name, [run(tf.linalg.inv)(some), run(tf.linalg.solve)(some, some)])
        answer.raises(f"{name}: inv", lambda run=run: run(tf.linalg.inv)(ones))
        answer.raises(f"{name}: solve", lambda run=run: run(tf.linalg.solve)(ones, some))


@pytest.mark.parametrize("batches", ["arrays", "dataset"])
def test_fit_refuses_labels_and_ids(tf, answer, batches):
    def given(x, y):
        if batches == "arrays":
            return {"x": x, "y": y, "batch_size": 2}
        return {"x": tf.data.Dataset.from_tensor_slices((x, y)).batch(2)}

    x = np.ones([4, 2], "float32")
    model = tf.keras.Sequential([tf.keras.layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(**given(x, np.array([0, 1, 2, 2])), verbose=0)
    answer.raises("labels", lambda: model.fit(**given(x, np.array([0, 1, 2, 3])), verbose=0))
    answer.raises("evaluate", lambda: model.evaluate(**given(x, np.array([0, 1, 2, 3])), verbose=0))
    model = tf.keras.Sequential([tf.keras.layers.Embedding(5, 2), tf.keras.layers.Flatten()])
    model.compile("sgd", "mse")
    targets = np.ones([4, 2], "float32")
    model.fit(**given(np.array([[0], [1], [2], [4]]), targets), verbose=0)
    answer.raises("ids", lambda: model.fit(**given(np.array([[0], [1], [2], [5]]), targets),
                                           verbose=0))  # fmt: skip

    class Positive(tf.keras.layers.Layer):
        def call(self, x):
            tf.debugging.assert_positive(x, message="no!")
            return x

    model = tf.keras.Sequential([Positive(), tf.keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    model.fit(**given(x, targets), verbose=0)
    answer.raises("assertion", lambda: model.fit(**given(-x, targets), verbose=0))


def test_words_of_what_failed_inside():
    import minitf as tf

    @tf.function
    def checked(x, n):
        for i in tf.range(n):
            tf.debugging.assert_less(i, 3, message="too many")
            x = tf.gather(x, [i])
        return x

    with pytest.raises(tf.errors.InvalidArgumentError, match="too many.*3"):
        checked(tf.zeros([1]), tf.constant(4))
    with pytest.raises(
        tf.errors.InvalidArgumentError, match=r"indices\[0\] = 1 is not in \[0, 1\)"
    ):
        checked(tf.zeros([1]), tf.constant(2))
