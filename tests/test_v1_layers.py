"""`tf.layers` and `tf.nn.rnn_cell`, which later releases of TensorFlow no longer run.

Its answers are those of TensorFlow 2.15: record this file with that release.
"""

import numpy as np
import pytest

rng = np.random.RandomState(0)
IMAGES = rng.rand(6, 8, 8, 2).astype(np.float32)
SEQUENCES = rng.rand(6, 5, 3).astype(np.float32)
LENGTHS = np.array([5, 3, 4, 1, 2, 5])


@pytest.fixture
def v1(tf):
    """TF 1.x's face, inside a graph of its own with a seed."""
    if tf.__name__ == "tensorflow":  # else its layers have Keras's initializers
        tf.compat.v1.disable_v2_behavior()
    with tf.Graph().as_default():
        tf.compat.v1.set_random_seed(1)
        yield tf.compat.v1


def results_of(v1, tensors, feeds=None):
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        return session.run(tensors, feeds)


def test_dense(v1, answer):
    layers = v1.layers
    x = v1.constant(SEQUENCES)
    first = layers.dense(x, 4, activation=v1.nn.relu, name="first",
                         kernel_regularizer=lambda w: 0.1 * v1.reduce_sum(w * w))  # fmt: skip
    again = layers.dense(x, 4, activation=v1.nn.relu, name="first", reuse=True)
    second = layers.dense(layers.flatten(first), 2, use_bias=False)
    third = layers.dense(second, 1)
    layer = layers.Dense(3, name="kept")
    twice = [layer(second), layer(second)]
    answer("names", [v.name for v in v1.global_variables()])
    losses = v1.losses.get_regularization_losses()
    answer("values", results_of(v1, [first, again, second, third, *twice, *losses]))
    answer("layer", [v.name for v in layer.trainable_weights])


def test_convolutions(v1, answer):
    layers, x = v1.layers, v1.constant(IMAGES)
    made = [
        layers.conv2d(x, 3, 3, padding="same", activation=v1.nn.relu),
        layers.conv2d(x, 3, [3, 2], strides=(2, 2)),
        layers.conv2d_transpose(x, 3, 3, strides=2, padding="same"),
        layers.conv2d_transpose(x, 3, 3, strides=2),
        layers.separable_conv2d(x, 3, 3, depth_multiplier=2),
        layers.conv1d(v1.constant(SEQUENCES), 2, 3),
        layers.max_pooling2d(x, 2, 2),
        layers.average_pooling2d(x, (3, 3), (2, 2), padding="same"),
    ]  # fmt: skip
    answer("names", [v.name for v in v1.global_variables()])
    answer("shapes", [t.shape for t in made])
    answer("values", results_of(v1, made), rtol=1e-4, atol=1e-5)


def test_dropout_and_batch_normalization(v1, answer):
    layers = v1.layers
    x = v1.placeholder(v1.float32, [None, 8, 8, 2])
    normal = layers.batch_normalization(x, training=True)
    flat = layers.batch_normalization(layers.flatten(x), training=True, scale=False, momentum=0.9)
    still = layers.batch_normalization(x, training=False)
    dropped = layers.dropout(x, 0.4, training=True, seed=3)
    same = layers.dropout(x, 0.4)
    updates = v1.get_collection(v1.GraphKeys.UPDATE_OPS)
    answer("counts", [len(updates), len(v1.trainable_variables()), len(v1.global_variables())])
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        values = session.run([normal, flat, still, dropped, same], {x: IMAGES})
        answer("values", values, rtol=1e-4, atol=1e-4)
        session.run(updates, {x: IMAGES})
        moving = [v for v in v1.global_variables() if "moving" in v.name]
        answer("moving", session.run(moving), atol=1e-5)


CELLS = {
    "basic": lambda cell: cell.BasicRNNCell(4),
    "basic lstm": lambda cell: cell.BasicLSTMCell(4),
    "lstm": lambda cell: cell.LSTMCell(4, use_peepholes=True, num_proj=2),
    "gru": lambda cell: cell.GRUCell(4),
    "stack": lambda cell: cell.MultiRNNCell([cell.BasicLSTMCell(4), cell.GRUCell(3)]),
    "dropout": lambda cell: cell.DropoutWrapper(cell.GRUCell(3), output_keep_prob=1.0),
}


@pytest.mark.parametrize("kind", CELLS)
def test_dynamic_rnn(v1, answer, kind):
    """Outputs, states, names, and three steps of training through the loop."""
    x = v1.placeholder(v1.float32, [None, 5, 3])
    lengths = v1.placeholder(v1.int32, [None])
    cell = CELLS[kind](v1.nn.rnn_cell)
    outputs, state = v1.nn.dynamic_rnn(cell, x, sequence_length=lengths, dtype=v1.float32)
    loss = v1.reduce_mean(v1.square(outputs - 0.5))
    train = v1.train.GradientDescentOptimizer(0.5).minimize(loss)
    answer("names", [v.name for v in v1.trainable_variables()])
    answer("shape", outputs.shape)
    feed = {x: SEQUENCES, lengths: LENGTHS}
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        answer("values", session.run([outputs, state], feed))
        losses = [session.run([loss, train], feed)[0] for _ in range(3)]
        answer("losses", np.array(losses), rtol=1e-4)


def test_static_and_bidirectional(v1, answer):
    x, cells = v1.constant(SEQUENCES), v1.nn.rnn_cell
    static, state = v1.nn.static_rnn(cells.GRUCell(2), v1.unstack(x, axis=1), dtype=v1.float32)
    with v1.variable_scope("both"):
        both, states = v1.nn.bidirectional_dynamic_rnn(
            cells.GRUCell(2), cells.BasicLSTMCell(2), x, LENGTHS, dtype=v1.float32
        )
    answer("names", [v.name for v in v1.trainable_variables()])
    answer("values", results_of(v1, [static, state, both, states]))
    answer.raises("no dtype", lambda: v1.nn.dynamic_rnn(cells.GRUCell(2), x), ["dtype"])
