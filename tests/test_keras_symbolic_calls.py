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


CALLS = {
    "add": lambda ops, x, y: ops.add(x, 2),
    "concatenate": lambda ops, x, y: ops.concatenate([x, y], axis=-1),
    "mean": lambda ops, x, y: ops.mean(x, axis=-1, keepdims=True),
    "relu": lambda ops, x, y: ops.nn.relu(x),
    "cast": lambda ops, x, y: ops.cast(x, "float16"),
    "reshape": lambda ops, x, y: ops.reshape(x, (-1, 2, 2)),
    "where": lambda ops, x, y: ops.where(x > 0, x, y),
    "split": lambda ops, x, y: ops.split(x, 2, axis=1)[1],
    "full_like": lambda ops, x, y: ops.full_like(x, 2.0),
    "norm": lambda ops, x, y: ops.linalg.norm(x, axis=-1),
    "top_k": lambda ops, x, y: ops.top_k(x, 2)[0],
    "einsum": lambda ops, x, y: ops.einsum("ij,kj->ik", x, y),
    "sum by name": lambda ops, x, y: ops.sum(x=x, axis=1),
    "array first": lambda ops, x, y: ops.numpy.multiply(np.ones(4, "float32"), x),
    "resize": lambda ops, x, y: ops.image.resize(ops.reshape(x, (-1, 2, 2, 1)), (4, 4)),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_function_of_symbols_is_one_operation(keras, answer, name):
    x, y = keras.Input((4,), name="x"), keras.Input((4,), name="y")
    outputs = CALLS[name](keras.ops, x, y)
    operation = outputs._keras_history.operation
    answer("operation", [operation.name, type(operation).__name__, operation.get_config()])
    answer("outputs", [tuple(outputs.shape), str(outputs.dtype)])


def test_models_of_functions(keras, answer):
    ops = keras.ops
    x = keras.Input((4,))
    h = ops.relu(ops.matmul(x, np.ones((4, 3), "float32")) - 1)
    h = ops.concatenate([h, ops.mean(h, axis=-1, keepdims=True)], axis=-1)
    model = keras.Model(
        x, keras.layers.Dense(2, kernel_initializer="ones")(ops.squeeze(h[:, None]))
    )
    answer.printed("summary", model.summary)
    rows = np.arange(8, dtype="float32").reshape(2, 4) / 8
    answer("value", model(rows), rtol=1e-5)
    forms = [form for form in model.get_config()["layers"] if "keras.src.ops" in form["module"]]
    names = ("module", "class_name", "registered_name", "name")
    answer("forms", [[form[n] for n in names] for form in forms])
    again = keras.Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    answer("again", again(rows), rtol=1e-5)


BODIES = {
    "switch": lambda ops, x: ops.switch(ops.cast(x[0, 0], "int32"), [ops.sin, ops.cos], x),
    "while_loop": lambda ops, x: ops.while_loop(
        lambda y: ops.sum(y) < 9.0, lambda y: (y + 1.0,), (x,)
    )[0],
    "fori_loop": lambda ops, x: ops.fori_loop(0, 3, lambda i, y: y * 2.0, x),
    "map": lambda ops, x: ops.map(lambda row: row + 1.0, x),
    "vectorized_map": lambda ops, x: ops.vectorized_map(lambda row: row * 2.0, x),
    "slice": lambda ops, x: ops.slice(x, (0, 1), (2, -1)),
    "slice at": lambda ops, x: ops.slice(x, ops.cast(x[0, :2], "int32"), (1, 2)),
}


@pytest.mark.parametrize("name", BODIES)
def test_functions_with_bodies_are_operations(keras, answer, name):
    x = keras.Input(batch_shape=(2, 3))
    outputs = BODIES[name](keras.ops, x)
    operation = outputs._keras_history.operation
    answer("operation", [operation.name, type(operation).__name__])
    answer("shape", tuple(outputs.shape))
    rows = np.array([[0.0, 1.0, 2.0], [0.5, -1.0, 1.0]], "float32")
    answer("value", keras.Model(x, outputs)(rows), rtol=1e-5)
