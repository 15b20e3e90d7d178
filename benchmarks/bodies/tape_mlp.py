"""One eager training step of an MLP 4-10-3: softmax cross-entropy, gradient descent by hand."""

import numpy as np
from library import tf
from timing import report, seconds_per_call

rng = np.random.default_rng(0)
x = tf.constant(rng.normal(size=(16, 4)).astype("float32"))
labels = tf.constant(np.eye(3, dtype="float32")[rng.integers(0, 3, 16)])
w1 = tf.Variable(rng.normal(size=(4, 10)).astype("float32"))
b1 = tf.Variable(np.zeros(10, "float32"))
w2 = tf.Variable(rng.normal(size=(10, 3)).astype("float32"))
b2 = tf.Variable(np.zeros(3, "float32"))
parameters = [w1, b1, w2, b2]


def train_step():
    with tf.GradientTape() as tape:
        hidden = tf.nn.relu(tf.matmul(x, w1) + b1)
        logits = tf.matmul(hidden, w2) + b2
        losses = tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        loss = tf.reduce_mean(losses)
    for parameter, gradient in zip(parameters, tape.gradient(loss, parameters), strict=True):
        parameter.assign_sub(0.01 * gradient)


report({"step": seconds_per_call(train_step)})
