"""What a symbolic call remembers: masks, casts, `training`; and what layers do with integers."""

import numpy as np
import pytest

WORDS = np.array([[1, 2, 3, 0, 0], [1, 2, 3, 4, 5]])
ROWS = np.array([[1, 2, 3], [4, 5, 6]])
STEPS = np.arange(24).reshape(2, 4, 3)
INTEGERS = [
    ("Dense(2)", ROWS),
    ("Dense(2)", ROWS > 2),
    ("LSTM(2)", STEPS),
    ("GRU(2)", STEPS),
    ("SimpleRNN(2)", STEPS),
    ("EinsumDense('ab,bc->ac', output_shape=2)", ROWS),
    ("GlobalAveragePooling1D()", STEPS),
    ("UpSampling2D((1, 2), interpolation='bilinear')", STEPS[..., None]),
    ("Add()", [ROWS, ROWS * 0.5]),
    ("Multiply()", [ROWS, ROWS.astype("int32")]),
    ("Concatenate()", [ROWS, ROWS * 0.5]),
    ("Dot(1)", [ROWS, ROWS * 0.5]),
]


@pytest.fixture
def keras(tf):
    tf.keras.utils.clear_session()
    tf.keras.utils.set_random_seed(3)
    return tf.keras


def masked(keras):
    """Two ways from words to numbers: the mask reaches the first and not the second."""
    layers = keras.layers
    words = keras.Input((5,), dtype="int32")
    vectors = layers.Embedding(10, 4, mask_zero=True)(words)
    last = layers.LSTM(3)(layers.Dense(4)(vectors))
    mean = layers.GlobalAveragePooling1D()(layers.MultiHeadAttention(1, 2)(vectors, vectors))
    return keras.Model(words, layers.Concatenate()([last, mean]))


def test_masks(keras, answer):
    model = masked(keras)
    answer.printed("summary", model.summary)
    answer("value", model(WORDS), rtol=1e-4)
    again = keras.Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    answer("again", again(WORDS), rtol=1e-4)
    calls = [form["inbound_nodes"] for form in model.get_config()["layers"]]
    answer("kwargs", [sorted(call["kwargs"]) for nodes in calls for call in nodes])


def test_casts(keras, answer):
    x = keras.Input((3,), dtype="float64")
    model = keras.Model(x, keras.layers.Dense(2)(x))
    answer.printed("summary", model.summary)
    answer("value", model(ROWS * 0.5))


@pytest.mark.parametrize("text,x", INTEGERS, ids=[f"{i}-{t}" for i, (t, _) in enumerate(INTEGERS)])
def test_integers(keras, answer, text, x):
    layer = eval(text, {name: getattr(keras.layers, name) for name in dir(keras.layers)})
    answer("value", layer(x), rtol=1e-4)


def test_lambda_of_several(keras, answer):
    a, b = keras.Input((2,)), keras.Input((2,))
    both = keras.layers.Lambda(lambda xs: xs[0] + xs[1], output_shape=(2,))([a, b])
    answer("shape", tuple(both.shape))
    answer("value", keras.Model([a, b], both)([ROWS[:, :2] * 1.0, ROWS[:, 1:] * 1.0]))


def test_half_precision_weights(keras, answer):
    layers = keras.layers
    answer("dtype", layers.LSTM(2, dtype="float16")(STEPS * 0.1).dtype)
    initial = keras.initializers.Orthogonal(seed=1)((3, 2), "float16")
    answer("orthogonal", np.abs(initial.numpy().astype("float32").T @ initial.numpy()).round(2))
