"""One eager training step of lecture program 3-5."""

from library import tf
from timing import report, seconds_per_call

x, y = tf.constant(3.0), tf.constant(3.0)
w, b = tf.Variable(1.0), tf.Variable(0.5)
learning_rate = 0.01


def train_step(x, y):
    with tf.GradientTape() as t:
        y_hat = w * x + b
        loss = (y_hat - y) ** 2
        grads = t.gradient(loss, [w, b])
        w.assign_sub(learning_rate * grads[0])
        b.assign_sub(learning_rate * grads[1])


report({"step": seconds_per_call(lambda: train_step(x, y))})
