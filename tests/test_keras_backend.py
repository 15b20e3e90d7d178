"""`tf.keras.backend`: settings, `clear_session`, the older names of ops."""

import numpy as np
import pytest

UNARY = """abs all any max mean min prod std sum var cos exp sign sin square sqrt round sigmoid softplus
softsign tanh elu relu hard_sigmoid softmax argmax argmin flatten batch_flatten transpose ndim dtype
int_shape count_params zeros_like ones_like l2_normalize cumsum cumprod shape expand_dims get_value
""".split()
CASES = {
    "mean": "K.mean(x, axis=1, keepdims=True)",
    "mean of bools": "K.mean(x > 0)",
    "sum": "K.sum(x, axis=0)",
    "zeros": "repr(K.zeros((2,)).numpy())",
    "eye": "K.eye(2).numpy()",
    "constant": "K.constant([1, 2])",
    "dot": "K.dot(x, x)",
    "dot of ranks": "K.dot(tf.ones((2, 3, 4)), tf.ones((4, 5)))",
    "repeat": "K.repeat(x, 2)",
    "repeat_elements": "K.repeat_elements(x, 2, 1)",
    "arange": "K.arange(3)",
    "one_hot": "K.one_hot([0, 1], 3)",
    "concatenate": "K.concatenate([x, x])",
    "stack": "K.stack([x, x])",
    "switch": "K.switch(x > 0, x, -x)",
    "clip": "K.clip(x, 0, 2)",
    "permute": "K.permute_dimensions(x, (1, 0))",
    "gather": "K.gather(x, [1])",
    "reverse": "K.reverse(x, 0)",
    "tile": "K.tile(x, (1, 2))",
    "squeeze": "K.squeeze(x[None], 0)",
    "pow": "K.pow(x, 2)",
    "maximum": "K.maximum(x, 1.0)",
    "settings": "(K.epsilon(), K.backend(), K.floatx(), K.image_data_format())",
    "variable": "(lambda v: [K.set_value(v, [3, 4]), K.get_value(v), K.eval(v)])(K.variable([1, 2]))",
    "update": "K.update_add(K.variable([1, 2]), [1.0, 1.0]).numpy()",
    "moving": "K.moving_average_update(K.variable([1, 2]), [0.0, 0.0], 0.9).numpy()",
    "types": "(K.is_int_dtype('uint8'), K.is_float_dtype('int32'), K.standardize_dtype(tf.half))",
    "floatx": "K.cast_to_floatx([1, 2])",
    "binary": "K.binary_crossentropy(tf.constant([0., 1.]), tf.constant([.3, .6]))",
    "categorical": "K.categorical_crossentropy(tf.constant([[0., 1.]]), tf.constant([[.3, .6]]))",
    "normal": "K.random_normal((2,), seed=3).shape",
}


@pytest.mark.parametrize("name", UNARY)
def test_unary(tf, answer, name):
    x = tf.constant([[1.0, -2.0], [3.0, 4.0]])
    answer("value", getattr(tf.keras.backend, name)(x))


@pytest.mark.parametrize("case", CASES)
def test_case(tf, answer, case):
    x = tf.constant([[1.0, -2.0], [3.0, 4.0]])
    names = {"tf": tf, "K": tf.keras.backend, "np": np, "x": x}
    answer("value", eval(CASES[case], names))


def test_clear_session(tf, answer):
    tf.keras.backend.clear_session()
    answer("first", tf.keras.metrics.AUC().name)
    answer("second", tf.keras.metrics.AUC().name)
    answer("counted", [tf.keras.backend.get_uid("a"), tf.keras.backend.get_uid("a")])
    tf.keras.utils.clear_session()
    answer("again", tf.keras.metrics.AUC().name)
