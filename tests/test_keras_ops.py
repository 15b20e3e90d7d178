"""`tf.keras.ops` against recorded answers."""

import numpy as np
import pytest

UNARY = """exp expm1 log log1p sqrt rsqrt sin cos tan arctan sinh cosh tanh erf floor ceil abs negative
sign square isnan sum prod max min mean std var logsumexp any all ravel transpose zeros_like
ones_like argmax argmin sort argsort cumsum flip relu softmax sigmoid logical_not shape size ndim
norm""".split()
NO_INTEGERS = "logsumexp norm relu softmax sigmoid isnan floor ceil rsqrt erf".split()
BINARY = """add subtract multiply divide floor_divide mod power maximum minimum equal less greater_equal
matmul logical_and divide_no_nan""".split()
CASES = {
    "cast": "K.cast(x, 'int32')",
    "array": "K.array([1, 2], 'float32')",
    "numpy": "K.convert_to_numpy(x)",
    "mean of integers": "K.mean(n, axis=0, keepdims=True)",
    "sum axis": "K.sum(x, axis=1)",
    "full": "K.full((2,), 3)",
    "eye": "K.eye(2, 3, k=1)",
    "arange": "[K.arange(3), K.arange(1.0, 2.0, 0.5), K.arange(2, 8, 3, dtype='float32')]",
    "reshape": "K.reshape(x, (-1,))",
    "expand": "K.squeeze(K.expand_dims(x, 0), 0)",
    "tile": "K.tile(x, (1, 2))",
    "tile vector": "K.tile([1, 2], 2)",
    "repeat": "K.repeat(x, 2, axis=0)",
    "concatenate": "K.concatenate([x, n], axis=1)",
    "stack": "K.stack([x, x], axis=1)",
    "split": "K.split(x, 2, axis=1)",
    "split at": "K.split(K.arange(5), [1, 3])",
    "where": "K.where(x > 0, x, 0)",
    "take": "[K.take(x, [1], axis=0), K.take(x, [-1, 0]), K.take(x, 1, axis=1)]",
    "take along": "K.take_along_axis(x, [[1], [0]], axis=1)",
    "argmax axis": "[K.argmax(x, axis=1), K.argmax(x, axis=0, keepdims=True)]",
    "top_k": "K.top_k(x, 1)",
    "cumsum axis": "K.cumsum(x, axis=1)",
    "clip": "K.clip(x, 0.0, 2.0)",
    "round": "K.round(x / 3, 1)",
    "dot": "[K.dot(x, x), K.dot([1.0, 2.0], [3.0, 4.0])]",
    "einsum": "K.einsum('ij,jk->ik', x, x)",
    "norm axis": "K.norm(x, axis=1)",
    "one_hot": "K.one_hot([0, 2], 3)",
    "one_hot sparse": "tf.sparse.to_dense(K.one_hot([[0, 2], [1, 1]], 3, sparse=True))",
    "multi_hot": "[K.multi_hot(tf.constant([[0, 2], [1, 1]]), 3), K.multi_hot(tf.constant([0, 2]), 3, dtype='int32')]",
    "multi_hot sparse": "tf.sparse.to_dense(K.multi_hot(tf.constant([[0, 2], [1, 1]]), 3, sparse=True))",
    "moments": "K.moments(tf.cast(x, 'float16') * 300, [0], synchronized=True)",
    "promoted": "[K.add(n, x), K.add(n, 1.5), K.multiply(n, 2), K.divide(n, n), K.maximum(n, 1.5)]",
    "gelu": "K.gelu(x)",
    "linspace": "K.linspace(0, 1, 3)",
    "broadcast": "K.broadcast_to([1.0, 2.0], (2, 2))",
}


def names_for(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 0.5]])
    return {"K": tf.keras.ops, "x": x, "n": tf.constant([[1, 2], [3, 4]]), "np": np, "tf": tf}


@pytest.mark.parametrize("name", UNARY)
def test_unary(tf, answer, name):
    names = names_for(tf)
    answer("floats", getattr(tf.keras.ops, name)(names["x"]))
    if name not in NO_INTEGERS:
        answer("integers", getattr(tf.keras.ops, name)(names["n"]))


@pytest.mark.parametrize("name", BINARY)
def test_binary(tf, answer, name):
    names, function = names_for(tf), getattr(tf.keras.ops, name)
    answer("floats", function(names["x"], names["x"]))
    answer("mixed", function(names["n"], names["x"]))


@pytest.mark.parametrize("case", CASES)
def test_case(tf, answer, case):
    answer("value", eval(CASES[case], names_for(tf)))
