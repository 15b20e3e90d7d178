"""`model.summary()`: the tables, to the letter."""

import numpy as np
import pytest


@pytest.fixture
def keras(tf):
    tf.keras.utils.clear_session()
    tf.keras.utils.set_random_seed(1)
    return tf.keras


def stack(keras):
    layers = keras.layers
    return keras.Sequential([keras.Input((4,)), layers.Dense(3, "relu"), layers.Dense(2)])


def test_sequential(keras, answer):
    model = stack(keras)
    answer.printed("plain", model.summary)
    answer.printed("narrow", lambda: model.summary(line_length=60, show_trainable=True))
    model.layers[0].trainable = False
    answer.printed("frozen", lambda: model.summary(show_trainable=True))
    answer.raises("too narrow", lambda: model.summary(line_length=8), keywords=["width"])


def test_trained(keras, answer):
    model = stack(keras)
    model.compile("adam", "mse")
    model.fit(np.ones((4, 4)), np.ones((4, 2)), verbose=0)
    answer.printed("with optimizer", model.summary)


def test_unbuilt(keras, answer):
    model = keras.Sequential([keras.layers.Dense(3), keras.layers.Dense(2)])
    answer.printed("unbuilt", model.summary)
    model.build((None, 5))
    answer.printed("built", model.summary)


def test_functional(keras, answer):
    layers = keras.layers
    x = keras.Input((4,), name="x")
    shared = layers.Dense(4, name="shared")
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(1)], name="inner")
    model = keras.Model(x, [inner(shared(shared(x)) + x * 2), x], name="model")
    answer.printed("plain", model.summary)
    answer.printed("nested", lambda: model.summary(expand_nested=True, show_trainable=True))
    answer.printed("range", lambda: model.summary(layer_range=["shared", "inner"]))
    lines = []
    model.summary(print_fn=lines.append)
    answer("print_fn", lines)
    plain = keras.Model(x, layers.Dense(2)(layers.Dense(3)(x)))
    answer.printed("stack", plain.summary)


def test_subclass(keras, answer):
    class Two(keras.Model):
        def __init__(self):
            super().__init__()
            self.a = keras.layers.Dense(4)
            self.b = keras.layers.Dense(2)

        def call(self, x):
            return self.b(self.a(x))

    model = Two()
    answer.printed("before", model.summary)
    model(np.ones((2, 3)))
    answer.printed("after", model.summary)


@pytest.mark.parametrize("rows", [6, 8])
def test_size_of_batches(keras, answer, rows):
    """It is known where all batches of `fit` have as many rows."""
    inner = keras.Sequential([keras.layers.Dense(3), keras.layers.Dense(1)])

    class Outer(keras.Model):
        def call(self, x):
            return inner(x)

    for model in (keras.Sequential([keras.layers.Dense(3), keras.layers.Dense(1)]), Outer()):
        model.compile("sgd", "mse")
        model.fit(np.ones((rows, 4)), np.ones((rows, 1)), batch_size=4, verbose=0)
        layers = model.layers if isinstance(model, keras.Sequential) else inner.layers
        answer(type(model).__name__, [str(layer.output.shape) for layer in layers])


def test_drawing(tmp_path):
    """minitf's own: the drawing is an SVG file."""
    import minitf as tf

    model = stack(tf.keras)
    file = tmp_path / "model.svg"
    tf.keras.utils.plot_model(model, str(file), show_shapes=True, show_layer_names=True)
    text = file.read_text()
    for layer in model.layers:
        assert f"{layer.name} (Dense)" in text
    assert "Output shape: (None, 3)" in text
    assert text.count("<line") == 2


def test_drawing_as_bytes(tmp_path):
    """minitf's own: `model_to_dot` gives what pydot would, without Graphviz."""
    import minitf as tf

    drawing = tf.keras.utils.model_to_dot(stack(tf.keras), show_shapes=True)
    assert drawing.create(prog="dot", format="svg") == drawing.create_svg()
    assert drawing._repr_svg_().count("<line") == 2
    text = drawing.to_string()
    assert text.startswith("digraph") and text.count("->") == 2
    assert "Output shape: (None, 3)" in text
    drawing.write(str(tmp_path / "model.dot"))
    assert (tmp_path / "model.dot").read_text() == text
