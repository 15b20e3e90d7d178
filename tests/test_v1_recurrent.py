"""Recurrent loops whose inputs a function makes, saved states, and rarer layers of TF 1.x.

Its answers are those of TensorFlow 2.15: record this file with that release.
"""

import numpy as np
import pytest

rng = np.random.RandomState(0)
SEQUENCES = rng.rand(3, 4, 2).astype(np.float32)
VOLUMES = rng.rand(2, 3, 3, 2, 2).astype(np.float32)
LENGTHS = np.array([4, 2, 3], np.int32)


@pytest.fixture
def v1(tf):
    if tf.__name__ == "tensorflow":
        tf.compat.v1.disable_v2_behavior()
    with tf.Graph().as_default():
        tf.compat.v1.set_random_seed(1)
        yield tf.compat.v1


def results_of(v1, tensors):
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        return session.run(tensors)


def test_raw_rnn(v1, answer):
    cell = v1.nn.rnn_cell.BasicLSTMCell(3)
    whole = v1.TensorArray(v1.float32, 4, clear_after_read=False).unstack(
        v1.transpose(v1.constant(SEQUENCES), [1, 0, 2])
    )

    def reading(emitted=None, counting=False):
        def loop_fn(time, output, state, loop_state):
            first = output is None
            finished = time >= LENGTHS
            state = cell.zero_state(3, v1.float32) if first else state
            row = v1.cond(
                v1.reduce_all(finished), lambda: v1.zeros([3, 2]), lambda: whole.read(time)
            )
            made = (
                emitted if first or output is None else (output if emitted is None else output * 2)
            )
            count = None if not counting else v1.constant(0) if first else loop_state + 1
            row.set_shape([3, 2])
            return finished, row, state, made, count

        return loop_fn

    arrays, state, nothing = v1.nn.raw_rnn(cell, reading())
    answer("no loop state", nothing is None)
    doubled, _, count = v1.nn.raw_rnn(cell, reading(v1.zeros([3]), counting=True))
    outputs, last = v1.nn.dynamic_rnn(cell, SEQUENCES, LENGTHS, dtype=v1.float32)
    found = results_of(v1, [arrays.stack(), state, doubled.stack(), count, outputs, last])
    answer("values", found)
    np.testing.assert_allclose(found[0], found[4].transpose([1, 0, 2]), rtol=1e-6)
    with pytest.raises(TypeError) as error:
        v1.nn.raw_rnn(cell, 3)
    answer("no function", str(error.value)[:40])


def test_states_that_are_saved(v1, answer):
    kept = {name: v1.get_variable(name, initializer=np.ones([3, 2], np.float32)) for name in "ch"}

    class Saver:
        def state(self, name):
            return kept[name]

        def save_state(self, name, value):
            return kept[name].assign(value)

    cell = v1.nn.rnn_cell.LSTMCell(2)
    rows = v1.unstack(v1.constant(SEQUENCES), axis=1)
    outputs, state = v1.nn.static_state_saving_rnn(cell, rows, Saver(), ("c", "h"))
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        answer("values", session.run([outputs, state]))
        answer("kept", session.run([kept["c"], kept["h"]]))
    for names in ("c", ("c",)):
        with pytest.raises(ValueError) as error:
            v1.nn.static_state_saving_rnn(cell, rows, Saver(), names)
        answer(str(names), "state_name" in str(error.value))


def test_both_directions_with_lengths(v1, answer):
    cells = [v1.nn.rnn_cell.GRUCell(2), v1.nn.rnn_cell.GRUCell(2)]
    wrapped = v1.nn.rnn_cell.DeviceWrapper(cells[0], "/cpu:0")
    rows = v1.unstack(v1.constant(SEQUENCES), axis=1)
    found = v1.nn.static_bidirectional_rnn(wrapped, cells[1], rows, dtype=v1.float32,
                                           sequence_length=LENGTHS)  # fmt: skip
    answer("values", results_of(v1, found))
    answer("names", [v.name for v in v1.global_variables()])


def test_rarer_convolutions(v1, answer):
    layers, x = v1.layers, v1.constant(SEQUENCES)
    made = [
        layers.conv3d_transpose(v1.constant(VOLUMES), 2, 2, strides=2),
        layers.conv3d_transpose(v1.constant(VOLUMES), 1, 3, padding="same", use_bias=False),
        layers.separable_conv1d(x, 3, 2, depth_multiplier=2, name="s"),
        layers.separable_conv1d(x, 3, 3, strides=2, padding="same", activation=v1.nn.tanh,
                                depthwise_regularizer=lambda w: v1.reduce_sum(w * w)),
        layers.separable_conv1d(x, 2, 2, dilation_rate=2),
        layers.SeparableConv2D(2, 2, pointwise_constraint=v1.nn.relu)(v1.constant(VOLUMES[:, 0])),
    ]  # fmt: skip
    made += v1.losses.get_regularization_losses()
    answer("names", [v.name for v in v1.global_variables()])
    answer("values", results_of(v1, made))
