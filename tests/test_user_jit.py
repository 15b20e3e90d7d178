"""minitf inside `jax.jit`, `jax.grad` and `jax.vmap` of the user: shapes stay shapes."""

import jax
import numpy as np

import minitf as tf

X = np.arange(24, dtype="float32").reshape(2, 4, 3)


def flat(x):
    rows = tf.reshape(x, [tf.shape(x)[0], -1])
    wide = tf.tile(rows, [1, tf.shape(x)[1]])
    return tf.reshape(wide, tf.concat([tf.shape(x)[:1], [48]], 0)) + tf.zeros(tf.shape(wide))


def pure(x):
    return flat(tf.convert_to_tensor(x)).array


def test_shapes_are_known():
    np.testing.assert_array_equal(jax.jit(pure)(X), flat(tf.constant(X)))
    np.testing.assert_array_equal(jax.vmap(pure)(X[None])[0], flat(tf.constant(X)))
    np.testing.assert_array_equal(jax.jit(jax.grad(lambda x: pure(x).sum()))(X), np.full_like(X, 4))


def test_constants_outlive_the_trace():
    constant = tf.constant([1.0, 2.0])
    jax.jit(lambda x: (tf.convert_to_tensor(x) * constant * 0.75).array)(np.ones(2, "float32"))
    np.testing.assert_array_equal(constant * 0.75, [0.75, 1.5])
