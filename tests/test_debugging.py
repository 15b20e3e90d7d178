"""Assertions, eagerly and in functions."""

# ruff: noqa: B023
import pytest
from rows import Tell

import minitf


def test_debugging(tf, answer):
    tell = Tell(answer)
    a = tf.constant([1, 2, 3, 4, 5])
    b = tf.constant([1, 2, 9, 4, 7])
    F = dict(
        eq=lambda: tf.debugging.assert_equal(a, a),
        eq2=lambda: tf.debugging.assert_equal(a, b),
        eqm=lambda: tf.debugging.assert_equal(a, b, message="msg"),
        eq3=lambda: tf.debugging.assert_equal(a, 2),
        lt=lambda: tf.debugging.assert_less(a, b),
        gt=lambda: tf.debugging.assert_greater(a, 0),
        ge=lambda: tf.debugging.assert_greater_equal(a, b, summarize=2),
        ne=lambda: tf.debugging.assert_none_equal(a, b),
        pos=lambda: tf.debugging.assert_positive(a - 1),
        pos2=lambda: tf.debugging.assert_positive(a),
        nn=lambda: tf.debugging.assert_non_negative(a - 3, message="m"),
        near2=lambda: tf.debugging.assert_near(1.0, 1.00000001),
        rank=lambda: tf.debugging.assert_rank(a, 2),
        rank2=lambda: tf.debugging.assert_rank(a, 1),
        rankal=lambda: tf.debugging.assert_rank_at_least(a, 2),
        rankin=lambda: tf.debugging.assert_rank_in(a, [0, 2]),
        sc=lambda: tf.debugging.assert_scalar(a),
        ty=lambda: tf.debugging.assert_type(a, tf.float32),
        sh=lambda: tf.debugging.assert_shapes([(a, ("N",)), (b, (3,))]),
        sh2=lambda: tf.debugging.assert_shapes([(a, ("N",)), (b, ("N",))]),
        cn=lambda: tf.debugging.check_numerics(tf.constant([1.0, float("nan")]), "bad"),
        cn2=lambda: tf.debugging.check_numerics(tf.constant([1.0, float("inf")]), "bad"),
        cn3=lambda: tf.debugging.check_numerics(tf.constant([1.0]), "bad"),
        As=lambda: tf.debugging.Assert(tf.constant(False), [a, "x"]),
        As2=lambda: tf.debugging.Assert(tf.constant(True), [a]),
        isn=lambda: tf.debugging.is_numeric_tensor(a),
    )
    for k, f in F.items():
        tell(k, f)

    @tf.function
    def g(x, y):
        tf.debugging.assert_equal(x, y, message="in g")
        tf.debugging.assert_positive(x)
        return x + 1

    tell("g", lambda: g(a, a))
    tell("g2", lambda: g(a, b))
    tell("g3", lambda: g(a - 2, a - 2))

    @tf.function
    def h(x):
        return tf.debugging.check_numerics(tf.math.log(x), "hh") * 2

    tell("h", lambda: h(tf.constant(1.0)))
    tell("h2", lambda: h(tf.constant(-1.0)))


def test_a_failed_assertion_leaves_variables_as_they_were():
    v = minitf.Variable(1.0)

    @minitf.function
    def step(x):
        minitf.debugging.assert_positive(x)
        v.assign_add(x)
        return v.read_value()

    step(minitf.constant(1.0))
    with pytest.raises(minitf.errors.InvalidArgumentError, match="x > 0 did not hold"):
        step(minitf.constant(-1.0))
    assert v.numpy() == 2.0
