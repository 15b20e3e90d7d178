"""Lines of Python, evaluated on both libraries: what each gives, or the class of its error.

    def test_sums(tf, answer):
        tell(answer, "tf.constant(1) + 2\\ntf.constant(1) + 2.5", {"tf": tf})

A line may hold several statements, separated by `;`: its value is that of the last one.

`calls` makes a test of a long list of lines, each a call as programs make it, at the edges of what
an op takes (modules `test_calls_*`).
"""

import ast

import numpy as np
import pytest
from conftest import encode

TOGETHER = 60  # lines of one test of `calls`


def tell(answer, lines, names, separator="\n", **tolerance):
    """Answers with the value of each line, or with the class of the error that it raises.

    `names` are the names that lines know, or a function that makes them, called for each line;
    `tolerance` is that of `answer`.
    """
    for line in lines.strip().split(separator):
        space = dict(names()) if callable(names) else dict(names)
        try:
            value = evaluate(line, space)
        except Exception as error:  # noqa: BLE001
            value = {"raises": type(error).__name__}
        try:
            encode(value)
        except TypeError:
            value = repr(value)
        answer(line, value, **tolerance)


def evaluate(line, space):
    """The value of the last statement of `line`, None where it is no expression."""
    statements = ast.parse(line).body
    last = statements.pop() if isinstance(statements[-1], ast.Expr) else None
    exec(compile(ast.Module(statements, []), line, "exec"), space)  # noqa: S102
    if last is None:
        return None
    return eval(compile(ast.Expression(last.value), line, "eval"), space)


def calls(names, lines, **tolerance):
    """The test of `lines`: `test_calls = calls(names, lines)`.

    `names(tf, C, F)` are the names that lines may use beside those of `calling`.
    """
    listed = lines.strip().split("\n")
    parts = [listed[i : i + TOGETHER] for i in range(0, len(listed), TOGETHER)]

    @pytest.mark.parametrize("number", range(len(parts)))
    def test_calls(tf, answer, number):
        known = calling(tf)
        known.update(names(tf, known["C"], known["F"]))
        tell(answer, "\n".join(parts[number]), known, **tolerance)

    return test_calls


def calling(tf):
    """Names for lines that call ops: `C` makes a tensor, `F(2, 3)` floats, `grad` gradients."""

    def floats(*shape):
        return (np.arange(np.prod(shape), dtype="float32").reshape(shape) + 1) / 4

    def gradients(fn, *xs):
        with tf.GradientTape() as tape:
            xs = [tf.convert_to_tensor(x) for x in xs]
            tape.watch(xs)
            y = fn(*xs)
        return tape.gradient(y, xs)

    return {"tf": tf, "np": np, "C": tf.constant, "F": floats, "grad": gradients}
