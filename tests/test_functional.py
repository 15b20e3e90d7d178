"""map_fn, vectorized_map, scan and folds: values, gradients, unknown sizes, errors."""

# ruff: noqa: B023, E731  what closes over a loop variable is called at once
from rows import Tell


def test_functional(tf, answer):
    tell = Tell(answer)
    w = tf.Variable(2.0)
    x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    FS = {
        "map": lambda x: tf.map_fn(lambda r: tf.reduce_sum(r) * w * r, x),
        "map2": lambda x: tf.map_fn(
            lambda r: r[0] * r[1] * w, (x, x), fn_output_signature=tf.float32
        ),
        "map3": lambda x: tf.map_fn(lambda r: (r, r * 2), x, dtype=(tf.float32, tf.float32))[1],
        "vmap": lambda x: tf.vectorized_map(lambda r: tf.reduce_sum(r) * w * r, x),
        "vmap2": lambda x: tf.vectorized_map(lambda r: tf.tensordot(r[0], r[1], 1), (x, x)),
        "scan": lambda x: tf.scan(lambda a, r: a * r * w, x),
        "scan2": lambda x: tf.scan(
            lambda a, r: a * r * w, x, initializer=tf.ones([2]), reverse=True
        ),
        "foldl": lambda x: tf.foldl(lambda a, r: a * r * w, x),
        "foldr": lambda x: tf.foldr(lambda a, r: a * r * w, x, initializer=tf.ones([2])),
    }

    def g(f, x):
        with tf.GradientTape() as t:
            t.watch(x)
            y = f(x)
        return [y] + t.gradient(y, [x, w])

    for k, f in FS.items():
        tell(k, lambda: g(f, x))
        tell(k + " fn", lambda: tf.function(lambda x: g(f, x))(x))
        tell(k + " fo", lambda: g(tf.function(f), x))

    @tf.function(input_signature=[tf.TensorSpec([None, 2])])
    def h(x):
        r = tf.map_fn(lambda r: r * 2, x)
        print(r.shape)
        s = tf.scan(lambda a, b: a + b, x)
        print(s.shape)
        return r, s

    tell("None", lambda: h(x))
    tell("None", lambda: h(x[:2]))
    tell("bad", lambda: tf.map_fn(lambda r: tf.cast(r, tf.int32), x))
    tell("scalar", lambda: tf.map_fn(lambda r: r, 1.0))
    tell("struct", lambda: tf.map_fn(lambda r: (r, r), x))
    tell("strings", lambda: tf.map_fn(lambda r: r, tf.constant(["a", "b"])))


def test_no_gradient_through_loops(tf, answer):
    """`back_prop=False` cuts gradients off in graphs, and changes nothing elsewhere."""
    v1 = tf.compat.v1

    def step(i, y):
        return i + 1, y * y

    def calls(x, **kwargs):
        return {
            "map": tf.map_fn(lambda r: r * r, x, **kwargs),
            "map of v1": v1.map_fn(lambda r: r * r, x, **kwargs),
            "foldl": tf.foldl(lambda a, r: a * r, x, **kwargs),
            "foldr": tf.foldr(lambda a, r: a * r, x, **kwargs),
            "scan": v1.scan(lambda a, r: a * r, x, **kwargs),
            "loop": tf.while_loop(lambda i, y: i < 2, step, (0, x), **kwargs)[1],
            "loop of v1": v1.while_loop(lambda i, y: i < 2, step, (0, x), **kwargs)[1],
        }

    with tf.Graph().as_default():
        x = tf.constant([1.0, 2.0, 3.0])
        for name, y in calls(x).items():
            answer(f"{name}, with", v1.gradients(y, x)[0] is None)
        for name, y in calls(x, back_prop=False).items():
            answer(f"{name}, without", v1.gradients(y, x)[0] is None)
            answer(f"{name}, beside", v1.gradients(y + x, x)[0] is None)
    x = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        found = calls(x, back_prop=False)
    for name, y in found.items():
        answer(f"{name}, eagerly", tape.gradient(y, x))
