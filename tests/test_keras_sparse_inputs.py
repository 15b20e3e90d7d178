"""Sparse inputs to layers and to training: `SparseTensor`s, matrices of SciPy, datasets of them."""

import numpy as np
import pytest

RNG = np.random.RandomState(0)
X = (RNG.rand(20, 6) * (RNG.rand(20, 6) > 0.5)).astype("float32")
Y = RNG.randint(0, 2, 20)


def model_of(tf, **kwargs):
    keras = tf.keras
    keras.utils.set_random_seed(1)
    layers = [keras.Input((6,), **kwargs), keras.layers.Dense(4, "relu"), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    model.compile("adam", "mse", metrics=["mae"])
    return model


def test_layers(tf, answer):
    sparse = tf.sparse.from_dense(X)
    layer = tf.keras.layers.Dense(2, kernel_initializer="ones")
    answer("layer", layer(sparse))
    answer("function", tf.function(layer)(sparse))
    answer("model", model_of(tf)(sparse), rtol=1e-4)
    answer("declared", model_of(tf, sparse=True)(sparse), rtol=1e-4)


def test_training(tf, answer):
    sparse, model = tf.sparse.from_dense(X), model_of(tf)
    answer("fit", model.fit(sparse, Y, epochs=2, verbose=0, shuffle=False).history, rtol=1e-4)
    answer("evaluate", model.evaluate(sparse, Y, verbose=0), rtol=1e-4)
    answer("predict", model.predict(sparse, verbose=0), rtol=1e-3)
    dataset = tf.data.Dataset.from_tensor_slices((sparse, Y)).batch(8)
    history = model_of(tf).fit(dataset, epochs=2, verbose=0, shuffle=False).history
    answer("dataset", history, rtol=1e-4)


@pytest.mark.parametrize("kind", ["csr_matrix", "coo_matrix", "csr_array"])
def test_scipy(tf, answer, kind):
    matrix = getattr(pytest.importorskip("scipy.sparse"), kind)(X)
    model = model_of(tf)
    answer("fit", model.fit(matrix, Y, epochs=2, verbose=0, shuffle=False).history, rtol=1e-4)
    answer("predict", model.predict(matrix, verbose=0), rtol=1e-3)
