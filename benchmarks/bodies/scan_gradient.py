"""The gradient of a recurrence of 100 steps, by `tf.scan` in a compiled function."""

from library import tf
from timing import report, seconds_per_call

inputs = tf.reshape(tf.linspace(-1.0, 1.0, 800), [100, 8])
w, u = 0.1 * tf.ones([8, 8]), 0.1 * tf.ones([8, 8])


@tf.function
def gradient(w, u):
    with tf.GradientTape() as tape:
        tape.watch([w, u])
        states = tf.scan(lambda h, x: tf.tanh(x[None] @ w + h @ u), inputs, tf.zeros([1, 8]))
        loss = tf.reduce_sum(states * states)
    return tape.gradient(loss, [w, u])


report({"call": seconds_per_call(lambda: [g.numpy() for g in gradient(w, u)])})
