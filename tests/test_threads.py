"""Several threads use minitf at once: frames, tapes, graphs and sessions belong to a thread."""

from concurrent.futures import ThreadPoolExecutor

import minitf as tf


def in_threads(work, count=4):
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


def test_tapes():
    def slope(n):
        slopes = []
        for i in range(20):
            x = tf.constant(float(n + i))
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = x * x
            slopes.append(float(tape.gradient(y, x)))
        return slopes

    assert in_threads(slope) == [[2.0 * (n + i) for i in range(20)] for n in range(4)]


def test_graphs_and_sessions():
    def run(n):
        with tf.Graph().as_default() as graph:
            x = tf.compat.v1.placeholder(tf.float32)
            y = x * float(n)
            assert tf.compat.v1.get_default_graph() is graph
            with tf.compat.v1.Session() as session:
                values = [session.run(y, {x: float(i)}) for i in range(10)]
                assert y.eval({x: 2.0}) == 2.0 * n
        return values

    assert in_threads(run) == [[float(n * i) for i in range(10)] for n in range(4)]


def test_functions_share_a_trace():
    traces = []

    @tf.function
    def double(x):
        traces.append(x)
        return x * 2

    double(tf.constant(0))
    results = in_threads(lambda n: [int(double(tf.constant(n + i))) for i in range(20)])
    assert results == [[2 * (n + i) for i in range(20)] for n in range(4)]
    assert len(traces) == 1


def test_name_scopes():
    def scoped(n):
        with tf.name_scope(f"thread{n}") as scope:
            names = {tf.Variable(0.0, name="v").name for _ in range(10)}
        return scope, names

    assert in_threads(scoped) == [(f"thread{n}/", {f"thread{n}/v:0"}) for n in range(4)]


def test_all_at_once():
    weights = tf.Variable([1.0, 2.0, 3.0])
    weighted = tf.function(lambda x: tf.reduce_sum(x * weights))

    def work(n):
        for size in range(1, 6):
            x = tf.ones([3]) * float(n)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = weighted(x)
            of_x, of_weights = tape.gradient(y, [x, weights])
            with tf.Graph().as_default() as graph:
                total = tf.constant(1.0) + size
                assert total.name == "add:0" and total.graph is graph
                with tf.compat.v1.Session() as session:
                    assert session.run(total) == 1 + size
            try:
                tf.zeros([2]) + tf.zeros([3])
            except tf.errors.InvalidArgumentError:
                assert tf.executing_eagerly()
            yield of_x.numpy().tolist(), of_weights.numpy().tolist()

    expected = [[([1.0, 2.0, 3.0], [float(n)] * 3)] * 5 for n in range(4)]
    assert in_threads(lambda n: list(work(n))) == expected
    assert weights.numpy().tolist() == [1.0, 2.0, 3.0]
