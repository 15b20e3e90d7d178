"""The lecture's multilayer perceptron in its four forms: same seed, the same 200 epochs as Keras."""

import numpy as np
import pytest


def flowers():
    """Points like Iris's petals: two features, three classes, five of six rows for training."""
    rng = np.random.RandomState(3)
    labels = np.arange(150) % 3
    centers = np.array([[1.5, 0.2], [4.3, 1.3], [5.5, 2.0]])
    x = (centers[labels] + 0.3 * rng.randn(150, 2)).astype("float32")
    return (x[:120], labels[:120]), (x[120:], labels[120:])


def added(keras):
    model = keras.Sequential()
    model.add(keras.layers.InputLayer(shape=(2,)))
    model.add(keras.layers.Dense(4, activation="sigmoid"))
    model.add(keras.layers.Dense(3, activation="softmax"))
    return model


def listed(keras):
    return keras.Sequential([
        keras.layers.Dense(4, input_shape=(2,), activation="sigmoid"),
        keras.layers.Dense(3, activation="softmax"),
    ])  # fmt: skip


def functional(keras):
    inputs = keras.Input(shape=(2,))
    h = keras.layers.Dense(4, activation="sigmoid")(inputs)
    return keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(h))


def subclassed(keras):
    class Perceptron(keras.Model):
        def __init__(self):
            super().__init__()
            self.h_layer = keras.layers.Dense(4, activation="sigmoid")
            self.o_layer = keras.layers.Dense(3, activation="softmax")

        def call(self, x):
            x = self.h_layer(x)
            return self.o_layer(x)

    return Perceptron()


@pytest.mark.filterwarnings("ignore:Do not pass an `input_shape`")
@pytest.mark.parametrize("form", [added, listed, functional, subclassed])
def test_history(tf, answer, form):
    keras = tf.keras
    (x, y), validation = flowers()
    keras.utils.set_random_seed(7)
    model = form(keras)
    model.compile(
        optimizer=keras.optimizers.SGD(0.1, momentum=0.9),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    history = model.fit(x, y, batch_size=15, epochs=200, verbose=0, validation_data=validation)
    names = sorted(history.history)
    answer("names", names)
    answer("history", np.array([history.history[n] for n in names], "float32"), 1e-4, 1e-4)
    answer("prediction", model.predict(validation[0], verbose=0), 1e-3, 1e-4)
