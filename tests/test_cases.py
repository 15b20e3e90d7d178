"""`tf.case`, `tf.switch_case` and `tf.cond`: what they refuse, and what a graph decides on."""

import functools

import pytest


@pytest.mark.parametrize("graph", [False, True])
def test_what_is_refused(tf, answer, graph):
    yes, no, one = tf.constant(True), tf.constant(False), tf.constant(1)
    f = lambda: tf.constant(1.0)  # noqa: E731
    rows = {
        "no pairs": (lambda: tf.case([]), "not enough values to unpack"),
        "text": (lambda: tf.case("abc"), "'pred_fn_pairs' must be a list, tuple, or dict."),
        "three": (lambda: tf.case([(yes, f, 1)]), "must be a 2-tuple"),
        "a bool": (lambda: tf.case([(True, f)]), "pred must be a Tensor, got: True"),
        "all false": (lambda: tf.case([(no, f), (no, f)]), "None of conditions evaluated as True"),
        "two true": (lambda: tf.case([(yes, f), (yes, f)], default=f, exclusive=True),
                     "more than 1 conditions (?, ?) evaluated as True:"),
        "no branches": (lambda: tf.switch_case(one, None), "at least one item in 'branch_fns'"),
        "no callable": (lambda: tf.switch_case(one, [f, 3]), "must be a 2-tuple"),
        "a gap": (lambda: tf.switch_case(one, [(0, f), (2, f)]), "contiguous range of [0 to 2)"),
        "a text": (lambda: tf.switch_case(one, [("a", f)]), "key must be a Python `int`"),
        "a number": (lambda: tf.switch_case(0, [f]), "'branch_index' must be a Tensor"),
        "a float": (lambda: tf.switch_case(tf.constant(1.0), [f]), "must be an integer Tensor"),
    }  # fmt: skip
    for name, (call, words) in rows.items():
        answer.raises(name, tf.function(call) if graph else call, keywords=[words])
    if not graph:
        answer.raises("unordered", lambda: tf.case({yes.ref(): f}), keywords=["Unordered"])


def test_without_a_default(tf, answer):
    @tf.function
    def double(x):
        pairs = [(x == i, lambda i=i: tf.constant(2 * i)) for i in (1, 2, 3)]
        return tf.case(pairs), tf.case(pairs, exclusive=True)

    answer("each", [double(tf.constant(i)) for i in (1, 2, 3)])
    answer.raises("none", lambda: double(tf.constant(4)))


def test_graphs_decide_on_eager_tensors(tf, answer):
    yes, one, met = tf.constant(True), tf.constant(1), []

    def note(x):
        met.append(x)
        return tf.constant(x)

    @tf.function
    def statement():
        if yes:
            x = note("if")
        else:
            x = note("else")
        return x

    @tf.function
    def expressions():
        return (tf.cond(yes, lambda: note("true"), lambda: note("false")),
                tf.switch_case(one, [lambda: note("zero"), lambda: note("one")]),
                tf.case([(yes, lambda: note("case"))], default=lambda: note("default")),
                yes or note("or") == "or")  # fmt: skip

    answer("results", [statement(), expressions()])
    answer("met while traced", met)
    f = lambda: tf.constant(1.0)  # noqa: E731
    answer.raises("other dtypes", tf.function(lambda: tf.cond(yes, f, lambda: one)),
                  keywords=["true_fn and false_fn arguments to tf.cond"])  # fmt: skip
    answer("eagerly the other is never called", tf.cond(yes, f, lambda: one))


def test_a_single_loop_variable_in_tensorflow_1(tf, answer):
    zero, less = tf.constant(0), lambda i: i < 10
    loop = tf.compat.v1.while_loop
    steps = {
        "alone": lambda i: i + 1,
        "in a tuple": lambda i: (i + 1,),
        "in a list": lambda i: [i + 1],
    }
    for name, step in steps.items():
        call = functools.partial(loop, less, step, [zero])
        answer(f"{name}, eagerly", call())
        answer(f"{name}, in a graph", tf.function(call)())
    answer("at most 3", loop(less, steps["alone"], [zero], maximum_iterations=3))
