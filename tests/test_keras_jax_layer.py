"""`JaxLayer`: functions of JAX as layers, with state and keys; it trains as other layers do."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import minitf as tf

X = np.random.RandomState(0).rand(8, 3).astype("float32")


def init(rng, inputs):
    key = jax.random.split(rng)[0]
    return {"w": jax.random.normal(key, (inputs.shape[-1], 2)) * 0.1, "b": [jnp.zeros(2)]}


def affine(params, inputs):
    return inputs @ params["w"] + params["b"][0]


@tf.keras.utils.register_keras_serializable()
def counting(params, state, inputs, training):
    step = 1 if training else 0
    return inputs * params, {"calls": state["calls"] + step}


def dropping(rng, inputs):
    return inputs if rng is None else inputs * jax.random.bernoulli(rng, 0.5, inputs.shape)


def test_parameters_are_weights_and_train_as_those_of_a_dense_layer():
    layer = tf.keras.layers.JaxLayer(affine, init)
    model = tf.keras.Sequential([tf.keras.Input((3,)), layer])
    assert model.output_shape == (None, 2)
    assert [w.shape.as_list() for w in layer.trainable_weights] == [[2], [3, 2]]
    dense = tf.keras.layers.Dense(2)
    twin = tf.keras.Sequential([tf.keras.Input((3,)), dense])
    bias, kernel = layer.get_weights()
    dense.set_weights([kernel, bias])
    for one in (model, twin):
        one.compile("sgd", "mse")
        one.fit(X, X[:, :2], epochs=3, batch_size=4, shuffle=False, verbose=0)
    np.testing.assert_allclose(layer.get_weights()[1], dense.get_weights()[0], rtol=1e-5)
    np.testing.assert_allclose(model.predict(X, verbose=0), twin.predict(X, verbose=0), rtol=1e-5)


def test_state_changes_in_calls_that_train():
    layer = tf.keras.layers.JaxLayer(counting, params=np.float32(2.0), state={"calls": 0})
    assert layer(X).numpy() == pytest.approx(2 * X)
    layer(X, training=True)
    layer(X, training=True)
    assert layer.get_weights() == [2.0, 2]
    again = tf.keras.layers.JaxLayer.from_config(
        {**layer.get_config(), "params": np.float32(3.0), "state": {"calls": 5}}
    )
    assert again(X).numpy() == pytest.approx(3 * X)


def test_keys_are_new_at_each_call_that_trains():
    layer = tf.keras.layers.JaxLayer(dropping, seed=1)
    first, second = layer(X, training=True).numpy(), layer(X, training=True).numpy()
    assert (first != second).any() and (first == 0).any()
    assert layer(X).numpy() == pytest.approx(X)
    assert tf.keras.layers.JaxLayer(dropping, seed=1)(X, training=True).numpy() == pytest.approx(
        first
    )


def test_gradients_and_half_precision():
    layer = tf.keras.layers.JaxLayer(affine, init, dtype="mixed_bfloat16")
    with tf.GradientTape() as tape:
        outputs = layer(X)
        loss = tf.reduce_sum(outputs)
    assert outputs.dtype == "bfloat16"
    found = tape.gradient(loss, layer.trainable_variables)
    assert [g.dtype.name for g in found] == ["float32", "float32"]
    np.testing.assert_allclose(found[0], [8.0, 8.0])


@pytest.mark.parametrize("arguments, words", [
    ((lambda x: x,), "Missing required argument in `call_fn`: `inputs`"),
    ((lambda inputs, other: inputs,), "Unsupported argument in `call_fn`: `other`"),
    ((affine,), "cannot all be `None`"),
    ((affine, lambda inputs, seed: inputs), "Unsupported argument in `init_fn`: `seed`"),
])  # fmt: skip
def test_functions_that_do_not_fit(arguments, words):
    with pytest.raises(ValueError, match=words):
        tf.keras.layers.JaxLayer(*arguments)


def test_state_of_another_structure():
    def wrong(state, inputs):
        return inputs, {"other": state["calls"]}

    layer = tf.keras.layers.JaxLayer(wrong, state={"calls": 0})
    with pytest.raises(ValueError):
        layer(X)
