"""Loops that read and write rows: what they give, and their gradients, in every form of index."""

# ruff: noqa: B023  what closes over a loop variable is called at once
from rows import Tell


def with_gradients(tf, f, x):
    """The result of `f` in a function, its gradient, and the gradient of that."""

    @tf.function
    def call(x):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = f(x)
                loss = tf.reduce_sum(y * y * y)
            slope = inner.gradient(loss, x)
        return y, slope, outer.gradient(slope, x)

    return call(x)


def test_rows_of_array_and_tensor(tf, answer):
    tell = Tell(answer)
    x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]])

    def forward(x):
        ta = tf.TensorArray(tf.float32, 4)
        for i in tf.range(4):
            ta = ta.write(i, x[i] * tf.cast(i, tf.float32))
        return ta.stack()

    def backward(x):
        ta = tf.TensorArray(tf.float32, 4)
        for i in tf.range(3, -1, -1):
            ta = ta.write(3 - i, x[i] + x[3 - i])
        return ta.stack()

    def strided(x):
        ta = tf.TensorArray(tf.float32, 4, element_shape=[2])
        for i in tf.range(0, 4, 2):
            ta = ta.write(i, x[i] * x[i + 1])
        return ta.stack()

    def parts(x):
        ta = tf.TensorArray(tf.float32, 3)
        for i in tf.range(3):
            ta = ta.write(i, tf.gather(x, i + 1)[1] * x[i, 0] + tf.reduce_sum(x[i, :1]))
        return ta.stack()

    def growing(x):
        ta = tf.TensorArray(tf.float32, 0, dynamic_size=True)
        for row in x:
            ta = ta.write(ta.size(), row * row)
        return ta.stack()

    def counted_by_hand(x):
        ta = tf.TensorArray(tf.float32, 4)
        k = 0
        for row in x:
            ta = ta.write(k, row * 2.0)
            k += 1
        return ta.stack() + tf.cast(k, tf.float32)

    def repeated(x):  # not one row per step
        ta = tf.TensorArray(tf.float32, 6)
        for i in tf.range(6):
            ta = ta.write(i, x[i // 2] * x[0])
        return ta.stack()

    def earlier(x):  # reads what it wrote
        ta = tf.TensorArray(tf.float32, 4, clear_after_read=False)
        ta = ta.write(0, x[0])
        for i in tf.range(1, 4):
            ta = ta.write(i, ta.read(i - 1) * 0.5 + x[i])
        return ta.stack()

    def twice(x):  # two writes in a step
        ta = tf.TensorArray(tf.float32, 8)
        for i in tf.range(4):
            ta = ta.write(2 * i, x[i])
            ta = ta.write(2 * i + 1, x[i] * x[i])
        return ta.stack()

    def unstacked(x):
        rows = tf.TensorArray(tf.float32, 4, clear_after_read=False).unstack(x)
        total = tf.zeros([2])
        for i in tf.range(4):
            total += rows.read(i) * rows.read(3 - i)
        return total

    def data_decides(x):  # how many steps, no one knows before
        ta = tf.TensorArray(tf.float32, 4, element_shape=[2])
        i, total = 0, 0.0
        while total < 20.0:
            total += tf.reduce_sum(x[i])
            ta = ta.write(i, x[i] * total)
            i += 1
        return ta.stack()

    def nested(x):
        ta = tf.TensorArray(tf.float32, 4)
        for i in tf.range(4):
            inner = tf.TensorArray(tf.float32, 2)
            for j in tf.range(2):
                inner = inner.write(j, x[i, j] * x[j, 1])
            ta = ta.write(i, inner.stack())
        return ta.stack()

    def sometimes(x):
        ta = tf.TensorArray(tf.float32, 4, element_shape=[2])
        for i in tf.range(4):
            if x[i, 0] > 2.0:
                ta = ta.write(i, x[i])
        return ta.stack()

    for f in (forward, backward, strided, parts, growing, counted_by_hand, repeated, earlier,
              twice, unstacked, data_decides, nested, sometimes):  # fmt: skip
        tell(f.__name__, lambda: with_gradients(tf, f, x))


def test_loops_written_by_hand(tf, answer):
    tell = Tell(answer)
    x = tf.constant([1.0, 2.0, 3.0])

    def constant_bound_in_state(x):
        return tf.while_loop(
            lambda i, n, y: i < n, lambda i, n, y: (i + 1, n, y * x), (0, 3, tf.ones([3]))
        )[2]

    def bound_first(x):
        return tf.while_loop(lambda i, y: 3 > i, lambda i, y: (i + 1, y * x), (0, tf.ones([3])))[1]

    def downwards(x):
        i, y = tf.while_loop(
            lambda i, y: i >= 0, lambda i, y: (i - 2, y * x[i]), (2, tf.constant(1.0))
        )
        return y + tf.cast(i, tf.float32)

    def limited(x):
        return tf.while_loop(
            lambda i, y: i < 10, lambda i, y: (i + 1, y * x[i]), (0, tf.constant(1.0)),
            maximum_iterations=2,
        )[1]  # fmt: skip

    def no_steps(x):
        ta = tf.TensorArray(tf.float32, 2, element_shape=[])
        ta = tf.while_loop(lambda i, _: i < 0, lambda i, ta: (i + 1, ta.write(i, x[i])), (0, ta))[1]
        return ta.stack() + x[:2]

    def twins(x):
        """Variables that no step reads, and that become what another one becomes."""

        def step(i, first, h, last, ta):
            h = tf.sigmoid(h * x + 0.5)
            return i + 1, h, h, tf.identity(h), ta.write(i, h)

        start = (0, x, tf.zeros([3]), x, tf.TensorArray(tf.float32, 4))
        _, first, h, last, ta = tf.while_loop(lambda i, *_: i < 4, step, start)
        return first + 2.0 * h + 3.0 * last + tf.reduce_sum(ta.stack(), 0)

    for f in (constant_bound_in_state, bound_first, downwards, limited, no_steps, twins):
        tell(f.__name__, lambda: with_gradients(tf, f, x))


def test_scans_in_functions(tf, answer):
    tell = Tell(answer)
    x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    w = tf.Variable([[0.5, 0.1], [0.2, 0.3]])

    def scan(x):
        return tf.scan(lambda h, r: tf.linalg.matvec(w, h) + r * h, x)

    def reverse(x):
        return tf.scan(lambda h, r: h * 0.5 + r, x, tf.ones([2]), reverse=True)

    def pair(x):
        a, b = tf.scan(lambda h, r: (h[0] + r[0], h[1] * r[1]), (x, x), (tf.zeros(2), tf.ones(2)))
        return a + b

    def folds(x):
        left = tf.foldl(lambda a, r: a * r + 1.0, x)
        return left + tf.foldr(lambda a, r: a * 0.5 - r, x, tf.ones([2]))

    def mapped(x):
        return tf.map_fn(lambda r: tf.reduce_sum(r * r) * r[0], x)

    def mapped_pair(x):
        return tf.map_fn(lambda r: r[0] * r[1], (x, x), fn_output_signature=tf.float32)

    def mapped_of_unknown_size(x):
        return tf.map_fn(lambda r: r * 2.0, tf.boolean_mask(x, x[:, 0] > 2.0))

    for f in (scan, reverse, pair, folds, mapped, mapped_pair, mapped_of_unknown_size):
        tell(f.__name__, lambda: with_gradients(tf, f, x))

    @tf.function
    def assigns(x):
        def body(h, r):
            w.assign_add(tf.ones([2, 2]))
            return h + tf.linalg.matvec(w, r)

        return tf.scan(body, x, tf.zeros([2]))

    tell("assigns", lambda: assigns(x))
    tell("w", lambda: w)

    @tf.function
    def gradient_of_variable(x):
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(scan(x))
        return tape.gradient(y, w)

    tell("gradient of variable", lambda: gradient_of_variable(x))
    tell("integers", lambda: tf.function(
        lambda: tf.scan(lambda a, b: a + b, tf.range(5), reverse=True))())  # fmt: skip
    tell("texts", lambda: tf.function(
        lambda: tf.map_fn(lambda s: tf.strings.join([s, "!"]), tf.constant(["a", "b"])))())  # fmt: skip


def test_gradient_keeps_what_is_costly_alone():
    import jax
    import jax.numpy as jnp

    from minitf.graphs import scans

    w, rows = jnp.linspace(-1.0, 1.0, 9).reshape(3, 3), jnp.linspace(0.0, 1.0, 30).reshape(5, 2, 3)

    def loss(w, scan):
        def step(h, row):
            s = jax.nn.sigmoid(h @ w)
            return s * jnp.tanh(h + row) + (1 - s) * h, h * row

        h, made = scan(step, jnp.ones([2, 3]), rows, 5)
        return jnp.sum(h) + jnp.sum(made)

    def found(scan):
        gradient = jax.grad(loss)
        jaxpr = jax.make_jaxpr(gradient, static_argnums=1)(w, scan)
        forward = next(e for e in jaxpr.eqns if e.primitive.name == "scan")
        return gradient(w, scan), sum(v.aval.ndim == 3 for v in forward.outvars)

    expected, many = found(jax.lax.scan)
    gradient, few = found(scans.scan)
    assert jnp.allclose(gradient, expected, rtol=1e-6)
    assert few < many
    assert few <= 5  # what is made, what is multiplied, the state before, the sigmoid, the tangent
