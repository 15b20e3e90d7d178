"""`to_jax` and `from_jax`: minitf alone, whose doors to JAX TensorFlow does not have."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import minitf as tf


def test_state_goes_in_and_comes_out():
    w, steps = tf.Variable(3.0, name="w"), tf.Variable(0, trainable=False, name="steps")

    @tf.function
    def function(inputs, scale):
        steps.assign_add(1)
        return {"y": w * inputs["x"] * scale, "nothing": None}

    pure, state = tf.to_jax(function, {"x": tf.TensorSpec([])}, 2.0)
    assert state == {"w": 3.0, "steps": 0}
    result, after = jax.jit(pure, static_argnums=2)(state, {"x": 4.0}, 2.0)
    assert result == {"y": 24.0, "nothing": None} and after == {"w": 3.0, "steps": 1}
    assert steps.numpy() == 0
    slope = jax.grad(lambda s: pure(s, {"x": 4.0}, 2.0)[0]["y"], allow_int=True)(state)
    assert slope["w"] == 8.0
    with pytest.raises(TypeError, match="2 arguments, not 1"):
        pure(state, {"x": 4.0})


def test_model():
    model = tf.keras.Sequential(
        [tf.keras.Input([4]), tf.keras.layers.BatchNormalization(), tf.keras.layers.Dropout(0.5)]
    )
    x = np.arange(32, dtype=np.float32).reshape(8, 4)
    pure, state = tf.to_jax(model, tf.TensorSpec([None, 4], tf.float32))
    np.testing.assert_allclose(pure(state, x)[0], model(x).numpy(), 1e-6)
    pure, state = tf.to_jax(model, x, training=True)
    result, after = jax.jit(pure)(state, x)
    changed = {name for name in state if not np.array_equal(state[name], after[name])}
    assert {name.rpartition("/")[2] for name in changed} >= {"moving_mean", "moving_variance"}
    again, _ = pure(after, x)
    assert not np.array_equal(result, again)  # the dropout mask is another one
    batched, _ = jax.vmap(pure, (None, 0))(state, np.stack([x, x]))
    assert batched.shape == (2, 8, 4)


def test_names_are_unique_and_host_ops_are_refused():
    first, second = tf.Variable(1.0), tf.Variable(2.0)
    pure, state = tf.to_jax(lambda x: first * x + second, tf.TensorSpec([]))
    assert state == {"Variable": 1.0, "Variable_1": 2.0} and pure(state, 3.0)[0] == 5.0
    host, state = tf.to_jax(lambda x: tf.py_function(abs, [x], tf.float32), tf.TensorSpec([]))
    with pytest.raises(TypeError, match="EagerPyFunc"):
        host(state, -1.0)


def test_from_jax_in_every_frame():
    @tf.from_jax
    def function(a, b, power=2):
        return {"sum": jnp.sum(a**power), "parts": (a * b["z"],)}

    v = tf.Variable([1.0, 2.0])

    def loss():
        with tf.GradientTape() as second:
            with tf.GradientTape() as first:
                result = function(v, {"z": tf.constant([3.0, 4.0])}, power=3)
                y = result["sum"] + tf.reduce_sum(result["parts"][0])
            slope = first.gradient(y, v)
        return y, slope, second.gradient(slope, v)

    for run in (loss, tf.function(loss)):
        y, slope, curvature = run()
        assert y.numpy() == 20.0
        np.testing.assert_array_equal(slope.numpy(), [6.0, 16.0])
        np.testing.assert_array_equal(curvature.numpy(), [6.0, 12.0])
    unknown = tf.function(lambda x: function(x, {"z": x})["parts"][0],
                          input_signature=[tf.TensorSpec([None])])  # fmt: skip
    assert unknown.get_concrete_function().outputs[0].shape.as_list() == [None]
    np.testing.assert_array_equal(unknown([1.0, 2.0, 3.0]).numpy(), [1.0, 4.0, 9.0])


def test_rows_on_a_mesh():
    layer = tf.keras.layers.Dense(2, kernel_initializer="ones")
    layer.build((None, 3))
    pure, state = tf.to_jax(lambda x: layer(x), tf.TensorSpec([None, 3]))
    mesh = jax.sharding.Mesh(np.array(jax.devices()), ("rows",))
    rows = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec("rows"))
    everywhere = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec())
    x = jax.device_put(jnp.ones([4, 3], jnp.float32), rows)
    result, _ = jax.jit(pure, in_shardings=(everywhere, rows))(state, x)
    assert result.sharding.is_equivalent_to(rows, 2) and (result == 3.0).all()
    slope = jax.jit(jax.grad(lambda s, x: pure(s, x)[0].sum()))(state, x)
    kernel = next(v for v in slope.values() if v.ndim == 2)
    assert (kernel == 4.0).all()
