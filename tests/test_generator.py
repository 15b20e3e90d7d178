"""tf.random.Generator: states, numbers, splitting, in functions."""

# ruff: noqa: B023, E731
from rows import Tell


def test_generator(tf, answer):
    tell = Tell(answer)
    G = tf.random.Generator
    g = G.from_seed(1234)
    tell("state", lambda: g.state)
    tell("alg", lambda: g.algorithm)
    tell("key", lambda: g.key)
    tell("n", lambda: g.normal([2, 3]))
    tell("u", lambda: g.uniform([3]))
    tell("u2", lambda: g.uniform([3], 1, 10, dtype=tf.int32))
    tell("full", lambda: g.uniform_full_int([2], dtype=tf.uint64))
    tell("tn", lambda: g.truncated_normal([2]))
    tell("nd", lambda: g.normal([2], mean=[1.0, 2.0], stddev=2.0, dtype=tf.float64))
    tell("state", lambda: g.state)
    s = g.split(2)
    tell("split", lambda: [x.state for x in s])
    tell("split n", lambda: s[0].normal([2]))
    tell("ms", lambda: g.make_seeds(2))
    tell("skip", lambda: g.skip(10))
    tell("state", lambda: g.state)
    g.reset_from_seed(1)
    tell("rs", lambda: g.state)
    tell("n", lambda: g.normal([2]))
    g2 = G.from_state(g.state, alg="philox")
    tell("n2", lambda: (g2.normal([2]), g.normal([2])))
    g3 = G.from_key_counter(key=3, counter=[1, 2], alg="philox")
    tell("kc", lambda: (g3.state, g3.normal([2])))
    g.reset(g3.state)
    tell("reset", lambda: g.state)
    g.reset_from_key_counter(5, [1, 1])
    tell("rkc", lambda: g.state)
    tf.random.set_seed(5)
    tell("gg", lambda: tf.random.get_global_generator() is tf.random.get_global_generator())
    tf.random.set_global_generator(G.from_seed(7))
    tell("gg2", lambda: tf.random.get_global_generator().uniform([2]))

    @tf.function
    def f():
        return g2.normal([2]), g2.uniform([])

    tell("f", lambda: (f(), f()))
    tell("after", lambda: g2.state)
    tell("alg bad", lambda: G.from_seed(1, alg="x"))
    tell("shape dyn", lambda: g2.normal(tf.constant([2])))
    tell("vars", lambda: [v.name for v in [g2.state]])
    tell("seed list", lambda: G.from_seed([1, 2]).state)
    tell("int u", lambda: g2.uniform([2], maxval=10, dtype=tf.int64))
    tell("err", lambda: g2.uniform([2], dtype=tf.int32))
    tell("ssh", lambda: tf.random.experimental.stateless_shuffle([1, 2, 3, 4], seed=[1, 2]))
    tell("crs", lambda: tf.random.create_rng_state(1, "philox"))
