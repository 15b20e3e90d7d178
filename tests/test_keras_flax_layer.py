"""`FlaxLayer`, with a module that speaks as Flax's do: Flax itself is not among our requirements."""

import sys
import types

import jax
import numpy as np
import pytest

import minitf as tf

X = np.random.RandomState(0).rand(8, 3).astype("float32")


class Scaled:
    """A module with parameters, a state that counts, and dropout."""

    def __call__(self, inputs, training=False):
        raise NotImplementedError

    def init(self, keys, inputs, method=None, training=False):
        assert set(keys) == {"params", "dropout"}
        kernel = jax.random.normal(keys["params"], (inputs.shape[-1], 2))
        return {"params": {"kernel": kernel}, "counts": {"calls": np.int32(0)}}

    def apply(self, variables, inputs, rngs, method, mutable, training=False):
        assert mutable.deny == ["params"]
        outputs = inputs @ variables["params"]["kernel"]
        if training:
            outputs = outputs * jax.random.bernoulli(rngs["dropout"], 0.5, outputs.shape)
        return outputs, {"counts": {"calls": variables["counts"]["calls"] + training}}


@pytest.fixture(autouse=True)
def flax(monkeypatch):
    linen = types.ModuleType("flax.linen")
    linen.DenyList = lambda deny: types.SimpleNamespace(deny=deny)
    monkeypatch.setitem(sys.modules, "flax", types.ModuleType("flax"))
    monkeypatch.setitem(sys.modules, "flax.linen", linen)


def test_a_module_trains_as_a_layer():
    layer = tf.keras.layers.FlaxLayer(Scaled())
    model = tf.keras.Sequential([tf.keras.Input((3,)), layer])
    assert model.output_shape == (None, 2)
    assert [w.shape.as_list() for w in layer.trainable_weights] == [[3, 2]]
    before = layer.get_weights()[0]
    np.testing.assert_allclose(model.predict(X, verbose=0), X @ before, rtol=1e-5)
    model.compile("sgd", "mse")
    model.fit(X, X[:, :2], batch_size=4, epochs=2, verbose=0)
    assert (layer.get_weights()[0] != before).any()
    assert int(layer.state["counts"]["calls"]) == 4
    assert (np.asarray(layer(X, training=True)) == 0).any()


def test_variables_to_begin_with():
    variables = {"params": {"kernel": np.eye(3, 2, dtype="float32")}, "counts": {"calls": 3}}
    layer = tf.keras.layers.FlaxLayer(Scaled(), variables=variables)
    np.testing.assert_array_equal(layer(X), X[:, :2])


def test_without_flax(monkeypatch):
    monkeypatch.setitem(sys.modules, "flax", None)
    monkeypatch.setitem(sys.modules, "flax.linen", None)
    with pytest.raises(ImportError, match="flax"):
        tf.keras.layers.FlaxLayer(Scaled())


def test_modules_of_pytorch_are_refused():
    with pytest.raises(NotImplementedError, match="PyTorch"):
        tf.keras.layers.TorchModuleWrapper(None)
