"""tf.compat.v1.nn: the gradients of convolutions that are ops of their own, and batch norms."""

import numpy as np
import pytest

rng = np.random.RandomState(0)
IMAGES = rng.rand(2, 5, 6, 3).astype(np.float32)
VOLUMES = rng.rand(2, 4, 5, 4, 2).astype(np.float32)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_gradients_for_filters(tf, answer, padding):
    nn = tf.compat.v1.nn
    filters = tf.constant(rng.rand(3, 2, 3, 4).astype(np.float32))
    out = tf.ones_like(tf.nn.conv2d(IMAGES, filters, 2, padding))
    cotangent = tf.reshape(tf.range(tf.size(out), dtype=tf.float32), out.shape) / 10.0
    found = nn.conv2d_backprop_filter(IMAGES, [3, 2, 3, 4], cotangent, [1, 2, 2, 1], padding)
    answer("images", found)
    given = nn.conv2d_backprop_input(IMAGES.shape, filters, cotangent, [1, 2, 2, 1], padding)
    answer("inputs", given)
    with tf.GradientTape() as tape:
        tape.watch(filters)
        y = tf.nn.conv2d(IMAGES, filters, 2, padding)
    same = tape.gradient(y, filters, cotangent)
    answer("equals the tape's", np.allclose(found, same, rtol=1e-4))
    filters = tf.constant(rng.rand(2, 3, 2, 2, 3).astype(np.float32))
    out = tf.nn.conv3d(VOLUMES, filters, [1, 1, 2, 1, 1], padding)
    strides = [1, 1, 2, 1, 1]
    found = nn.conv3d_backprop_filter(VOLUMES, [2, 3, 2, 2, 3], out, strides, padding)
    answer("volumes", found)


@pytest.mark.parametrize("training", [True, False])
def test_fused_batch_norm(tf, answer, training):
    scale, offset = tf.constant([1.0, 2.0, 0.5]), tf.constant([0.0, 1.0, -1.0])
    moments = {} if training else {"mean": [0.4, 0.5, 0.6], "variance": [0.1, 0.2, 0.3]}
    x = tf.constant(IMAGES)
    with tf.GradientTape() as tape:
        tape.watch([x, scale, offset])
        y, mean, variance = tf.compat.v1.nn.fused_batch_norm(
            x, scale, offset, epsilon=0.01, is_training=training, **moments
        )
        loss = tf.reduce_sum(y * y * y)
    answer("results", [y, mean, variance])
    answer("gradients", tape.gradient(loss, [x, scale, offset]), atol=1e-4)
