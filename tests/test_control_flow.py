"""Branches and loops, eagerly and in functions: values, gradients of two orders, errors."""

# ruff: noqa: B023, E731  what closes over a loop variable is called at once
import pytest
from rows import Tell


def test_control_flow(tf, answer):
    tell = Tell(answer)
    v = tf.Variable(1.0)

    def both(label, f, *args):
        tell(label + " eager", lambda: f(*args))
        tell(label + " graph", lambda: tf.function(f)(*args))
        tell(label + " grad", lambda: grad(f, args))
        tell(label + " grad fn", lambda: grad(tf.function(f), args))
        tell(label + " grad in fn", lambda: tf.function(lambda *a: grad(f, a))(*args))

        def gg(*a):
            with tf.GradientTape() as t:
                t.watch(list(a))
                y = grad(f, a)[0]
            return t.gradient(y, list(a))

        tell(label + " grad2", lambda: gg(*args))
        tell(label + " grad2 fn", lambda: tf.function(gg)(*args))

    def grad(f, args):
        with tf.GradientTape() as t:
            t.watch([a for a in args if a.dtype == tf.float32])
            y = f(*args)
        return t.gradient(y, [a for a in args if a.dtype == tf.float32] + [v])

    x = tf.constant(2.0)
    n = tf.constant(5)
    both("cond", lambda x: tf.cond(x > 1.0, lambda: x * x * v, lambda: x * x + 1.0), x)
    both("cond0", lambda x: tf.cond(x > 3.0, lambda: x * x * v, lambda: x * x + 1.0), x)
    both(
        "while",
        lambda x, n: tf.while_loop(
            lambda i, y: i < n, lambda i, y: (i + 1, y * x * v), (0, tf.constant(1.0))
        )[1],
        x,
        n,
    )
    both(
        "while data",
        lambda x: tf.while_loop(lambda y: y < 100.0, lambda y: (y * x * v,), (x,))[0],
        x,
    )
    both(
        "while const",
        lambda x: tf.while_loop(
            lambda i, y: i < 4, lambda i, y: (i + 1, y * x * v), (0, tf.constant(1.0))
        )[1],
        x,
    )
    both(
        "maxit",
        lambda x: tf.while_loop(
            lambda i, y: True,
            lambda i, y: (i + 1, y * x * v),
            (0, tf.constant(1.0)),
            maximum_iterations=3,
        )[1],
        x,
    )
    both(
        "switch",
        lambda x, n: tf.switch_case(n - 4, [lambda: x, lambda: x * x, lambda: x * x * x]),
        x,
        n,
    )
    both(
        "case",
        lambda x: tf.case(
            [(x > 3.0, lambda: x * x * 2.0), (x > 1.0, lambda: x * x * 3.0)], default=lambda: x
        ),
        x,
    )

    @tf.function
    def assigns(n):
        def body(i):
            v.assign(v * 2.0)
            return (i + 1,)

        return tf.while_loop(lambda i: i < n, body, (0,))

    tell("assigns", lambda: assigns(n))
    tell("v", lambda: v)

    @tf.function
    def cassign(p):
        return tf.cond(p > 0, lambda: v.assign_add(1.0), lambda: v.assign_sub(10.0))

    tell("cassign", lambda: cassign(n))
    tell("v", lambda: v)
    tell("cassign", lambda: cassign(-n))
    tell("v", lambda: v)

    @tf.function
    def shapes(n):
        return tf.while_loop(
            lambda i, y: i < n,
            lambda i, y: (i + 1, tf.concat([y, y], 0)),
            (0, tf.constant([1.0])),
            shape_invariants=(tf.TensorShape([]), tf.TensorShape([None])),
        )

    tell("shapes", lambda: shapes(tf.constant(3)))

    @tf.function
    def badshape(n):
        return tf.while_loop(
            lambda i, y: i < n, lambda i, y: (i + 1, tf.concat([y, y], 0)), (0, tf.constant([1.0]))
        )

    tell("badshape", lambda: badshape(n))

    @tf.function
    def badtype(n):
        return tf.while_loop(
            lambda i, y: i < n,
            lambda i, y: (i + 1, tf.cast(y, tf.float64)),
            (0, tf.constant([1.0])),
        )

    tell("badtype", lambda: badtype(n))

    @tf.function
    def badstruct(n):
        return tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1,), (0, tf.constant([1.0])))

    tell("badstruct", lambda: badstruct(n))
    tell(
        "badstruct e",
        lambda: tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1,), (0, tf.constant([1.0]))),
    )

    @tf.function
    def badcond(n):
        return tf.cond(n > 0, lambda: 1, lambda: 2.0)

    tell("badcond", lambda: badcond(n))

    @tf.function
    def badcond2(n):
        return tf.cond(n > 0, lambda: (1, 2), lambda: 2)

    tell("notcallable", lambda: tf.cond(n > 0, 1, 2))
    tell("pybool", lambda: tf.cond(True, lambda: 1, lambda: 2))
    tell("pybool g", lambda: tf.function(lambda: tf.cond(True, lambda: 1, lambda: 2))())

    @tf.function
    def diffshape(n):
        return tf.cond(n > 0, lambda: tf.zeros([2]), lambda: tf.zeros([3]))

    tell("diffshape", lambda: diffshape(n))


def test_lists_of_one_result_and_exclusive_cases(tf, answer):
    v1, yes, no = tf.compat.v1, tf.constant(True), tf.constant(False)
    one, two = lambda: [1], lambda: [2]
    answer("eager", [
        v1.cond(yes, one, two), v1.cond(yes, one, two, strict=True), tf.cond(yes, one, two),
        tf.case([(no, one)], default=two), tf.case([(no, one)], default=two, strict=True),
        v1.while_loop(lambda i: i < 2, lambda i: [i + 1], [tf.constant(0)]),
    ])  # fmt: skip
    answer("the last one is not looked at",
           tf.case([(yes, lambda: 1), (yes, lambda: 2)], exclusive=True))  # fmt: skip
    with pytest.raises(tf.errors.InvalidArgumentError, match="more than 1 conditions"):
        tf.case([(yes, lambda: 1), (yes, lambda: 2)], default=lambda: 3, exclusive=True)
    with pytest.raises(tf.errors.InvalidArgumentError, match="None of conditions"):
        tf.case([(no, lambda: 1), (no, lambda: 2)])
