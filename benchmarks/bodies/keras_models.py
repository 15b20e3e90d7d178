"""The Keras models of the table, compiled, with data to train them on: `MODELS[name]()`."""

import numpy as np
from library import keras

layers = keras.layers


def classes(count, *shape):
    """Rows of noise [count, *shape] and their classes, 0 to 9."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(count, *shape)).astype("float32"), rng.integers(0, 10, count)


def compiled(*stack):
    model = keras.Sequential(list(stack))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def mlp():
    """784-512-512-10; 100 steps of 64 rows an epoch."""
    model = compiled(
        keras.Input((784,)),
        layers.Dense(512, activation="relu"),
        layers.Dense(512, activation="relu"),
        layers.Dense(10, activation="softmax"),
    )
    return model, *classes(6400, 784)


def lstm():
    """64 units over 50 steps of 32 features; 20 steps of 64 rows an epoch."""
    model = compiled(keras.Input((50, 32)), layers.LSTM(64), layers.Dense(10, activation="softmax"))
    return model, *classes(1280, 50, 32)


def cnn():
    """Two convolutions on images of 28x28; 20 steps of 64 rows an epoch."""
    model = compiled(
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        layers.Dense(10, activation="softmax"),
    )
    return model, *classes(1280, 28, 28, 1)


MODELS = {"mlp": mlp, "lstm": lstm, "cnn": cnn}
