"""Activation functions of `KerasTensor`s: each is one operation of a model, as in Keras."""

import numpy as np
import pytest

NAMES = """relu tanh sigmoid softmax gelu elu selu softplus softsign exponential hard_sigmoid silu
swish leaky_relu relu6 log_softmax celu glu hard_tanh hard_shrink log_sigmoid soft_shrink
sparse_plus squareplus tanh_shrink sparse_sigmoid""".split()
X = np.linspace(-2, 2, 8, dtype="float32").reshape(2, 4)


@pytest.fixture
def keras(tf):
    tf.keras.utils.clear_session()
    return tf.keras


@pytest.mark.parametrize("name", NAMES)
def test_call(keras, answer, name):
    x = keras.Input((4,))
    model = keras.Model(x, getattr(keras.activations, name)(x))
    operation = model.output._keras_history.operation
    answer("operation", [type(operation).__name__, operation.name, tuple(model.output.shape)])
    answer("config", model.get_config()["layers"][-1])
    answer("value", model(X), rtol=1e-4)
    again = keras.Model.from_config(model.get_config())
    answer("again", again(X), rtol=1e-4)


def test_arguments(keras, answer):
    x = keras.Input((4,))
    y = keras.activations.relu(x, negative_slope=0.25, max_value=1.5)
    model = keras.Model(x, keras.activations.threshold(y, 0.5, -1.0))
    answer("configs", model.get_config()["layers"][1:])
    answer("value", model(X))
    answer.printed("summary", model.summary)
    assert keras.activations.linear(x) is x


def test_saved(keras, tmp_path):
    x = keras.Input((4,))
    model = keras.Model(x, keras.activations.relu(keras.activations.gelu(x), max_value=1.0))
    path = str(tmp_path / "model.keras")
    model.save(path)
    np.testing.assert_array_equal(keras.models.load_model(path)(X), model(X))
