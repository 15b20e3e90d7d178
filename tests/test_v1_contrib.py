"""What no release of TensorFlow runs now: `tf.contrib`, MNIST of the tutorials, supervisors."""

import gzip

import numpy as np
import pytest

import minitf
import minitf.compat.v1 as v1
from minitf.compat.v1.examples.tutorials.mnist import input_data
from minitf.core.frames import EagerFrame, stack

contrib = v1.contrib
rng = np.random.RandomState(0)
X = rng.rand(6, 4).astype(np.float32)


@pytest.fixture(autouse=True)
def graph():
    with minitf.Graph().as_default() as graph:
        yield graph


def results_of(fetches, feeds=None):
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        return session.run(fetches, feeds)


def test_dense_layers():
    layers = contrib.layers
    x = v1.placeholder(v1.float32, [None, 4])
    with contrib.framework.arg_scope([layers.fully_connected],
                                     weights_regularizer=layers.l2_regularizer(0.5)):  # fmt: skip
        hidden = layers.fully_connected(x, 3, normalizer_fn=layers.batch_norm, scope="one")
        out = layers.stack(hidden, layers.fully_connected, [3, 2], scope="fc")
    names = [v.name for v in v1.trainable_variables()]
    assert names == ["one/weights:0", "one/BatchNorm/beta:0", "fc/fc_1/weights:0",
                     "fc/fc_1/biases:0", "fc/fc_2/weights:0", "fc/fc_2/biases:0"]  # fmt: skip
    weights, penalty, value, moving = results_of(
        [v1.trainable_variables()[0], v1.losses.get_regularization_losses()[0], out,
         v1.get_collection(v1.GraphKeys.UPDATE_OPS)], {x: X})  # fmt: skip
    assert np.abs(weights).max() <= np.sqrt(6 / 7)
    np.testing.assert_allclose(penalty, 0.25 * np.square(weights).sum(), rtol=1e-6)
    assert value.shape == (6, 2) and (value >= 0).all() and len(moving) == 2
    with pytest.raises(ValueError, match="integer"):
        layers.l2_regularizer(1)


def test_image_layers():
    slim = contrib.slim
    x = v1.constant(rng.rand(2, 8, 8, 1).astype(np.float32))
    y = slim.conv2d(x, 4, [3, 3], scope="conv")
    y = slim.max_pool2d(y, [2, 2])
    y = slim.dropout(slim.flatten(y), 0.5, is_training=False)
    assert y.shape == [2, 64]
    wide = contrib.layers.variance_scaling_initializer(seed=1)([200, 50])
    drawn = results_of(wide)
    assert abs(drawn.std() - np.sqrt(2.0 / 200)) < 0.005


def test_recurrent_networks():
    inputs = [v1.placeholder(v1.float32, [None, 4]) for _ in range(3)]
    cell = contrib.rnn.MultiRNNCell([contrib.rnn.BasicLSTMCell(5) for _ in range(2)])
    cell = contrib.rnn.OutputProjectionWrapper(cell, 2)
    outputs, states = contrib.rnn.static_rnn(cell, inputs, dtype=v1.float32)
    assert [o.shape.as_list() for o in outputs] == [[None, 2]] * 3 and len(states) == 2
    assert results_of(outputs[-1], dict.fromkeys(inputs, X)).shape == (6, 2)


def test_sequence_losses():
    logits = rng.randn(2, 3, 4).astype(np.float32)
    targets, weights = np.array([[1, 2, 0], [3, 0, 0]]), np.array([[1, 1, 1], [1, 0, 0]], "f")
    chosen = np.take_along_axis(logits, targets[..., None], 2)[..., 0]
    losses = (np.log(np.exp(logits).sum(2)) - chosen) * weights
    seq2seq = contrib.seq2seq
    np.testing.assert_allclose(
        results_of(seq2seq.sequence_loss(v1.constant(logits), targets, weights)),
        losses.sum() / weights.sum(), rtol=1e-5,
    )  # fmt: skip
    lists = [list(map(v1.constant, np.moveaxis(a, 1, 0))) for a in (logits, targets, weights)]
    np.testing.assert_allclose(
        results_of(contrib.legacy_seq2seq.sequence_loss_by_example(*lists)),
        losses.sum(1) / weights.sum(1), rtol=1e-5,
    )  # fmt: skip


def test_decoders():
    table = v1.get_variable("table", [5, 3])
    cell = v1.nn.rnn_cell.GRUCell(4)
    layer = v1.layers.Dense(5)
    start = cell.zero_state(2, v1.float32)
    seq2seq = contrib.seq2seq
    helper = seq2seq.TrainingHelper(v1.nn.embedding_lookup(table, [[1, 2, 3], [2, 0, 0]]), [3, 1])
    outputs, _, lengths = seq2seq.dynamic_decode(seq2seq.BasicDecoder(cell, helper, start, layer))
    greedy = seq2seq.GreedyEmbeddingHelper(table, [1, 1], 0)
    spoken, _, _ = seq2seq.dynamic_decode(
        seq2seq.BasicDecoder(cell, greedy, start, layer), maximum_iterations=4)  # fmt: skip
    logits, ids, sizes, said = results_of(
        [outputs.rnn_output, outputs.sample_id, lengths, spoken.sample_id])  # fmt: skip
    assert logits.shape == (2, 3, 5) and (ids == logits.argmax(2)).all()
    assert sizes.tolist() == [3, 1] and said.shape[0] == 2 and said.shape[1] <= 4


def test_eager():
    tfe = contrib.eager
    with stack.push(EagerFrame()):
        w = tfe.Variable(3.0, name="w")
        value, ((gradient, variable),) = tfe.implicit_value_and_gradients(lambda x: w * w * x)(2.0)
        assert float(value) == 18.0 and float(gradient) == 12.0 and variable is w
        assert [float(g) for g in tfe.gradients_function(lambda a, b: a * b)(2.0, 5.0)] == [5, 2]


def test_mnist(tmp_path, capsys):
    def idx(magic, array):
        header = np.array([magic, *array.shape], ">u4").tobytes()
        return gzip.compress(header + array.tobytes())

    images = rng.randint(0, 256, [12, 28, 28]).astype(np.uint8)
    labels = np.arange(12).astype(np.uint8) % 10
    for name in ("train", "t10k"):
        (tmp_path / f"{name}-images-idx3-ubyte.gz").write_bytes(idx(2051, images))
        (tmp_path / f"{name}-labels-idx1-ubyte.gz").write_bytes(idx(2049, labels))
    mnist = input_data.read_data_sets(str(tmp_path), one_hot=True, validation_size=2, seed=1)
    assert capsys.readouterr().out.count("Extracting") == 4
    assert mnist.train.num_examples == 10 and mnist.validation.num_examples == 2
    assert mnist.test.images.shape == (12, 784) and mnist.test.images.dtype == np.float32
    np.testing.assert_allclose(mnist.test.images[3], images[3].ravel() / 255, rtol=1e-6)
    seen = np.concatenate([mnist.train.next_batch(5)[1] for _ in range(2)])
    assert seen.sum(0).tolist() == np.eye(10)[labels[2:]].sum(0).tolist()
    x, y = mnist.train.next_batch(4)
    assert x.shape == (4, 784) and y.shape == (4, 10) and mnist.train.epochs_completed == 1
    with pytest.raises(FileNotFoundError, match="Put the files"):
        input_data.read_data_sets(str(tmp_path / "nowhere"))


def test_hyperparameters():
    hparams = contrib.training.HParams(rate=0.1, layers=[1, 2], name="a", flag=False)
    hparams.parse("rate=0.5,layers=[3,4],flag=true")
    assert hparams.values() == {"rate": 0.5, "layers": [3, 4], "name": "a", "flag": True}
    with pytest.raises(ValueError, match="Unknown"):
        hparams.parse("other=1")


def test_older_names():
    a, b = v1.constant([1.0, 2.0]), v1.constant([3.0, 4.0])
    total = v1.reduce_sum(v1.concat(0, [v1.mul(a, b), v1.sub(a, b), v1.neg(a)]))
    v1.scalar_summary("total", total)
    packed, parts = v1.pack([a, b]), v1.split(0, 2, b)
    found = results_of([total, packed, parts, v1.merge_all_summaries()])
    assert found[0] == 4.0 and found[1].tolist() == [[1, 2], [3, 4]]
    assert found[2][1].tolist() == [4.0] and v1.Summary.FromString(found[3]).value[0].tag == "total"


def test_supervisor(tmp_path):
    step = v1.train.get_or_create_global_step()
    loss = v1.square(v1.get_variable("w", initializer=5.0))
    train = v1.train.GradientDescentOptimizer(0.1).minimize(loss, global_step=step)
    for first in (0, 3):
        supervisor = v1.train.Supervisor(logdir=str(tmp_path), summary_op=None, save_model_secs=0)
        with supervisor.managed_session() as session:
            assert session.run(step) == first
            for _ in range(3):
                session.run(train)
            supervisor.saver.save(session, supervisor.save_path, global_step=step)
        assert supervisor.should_stop()
        minitf.compat.v1.get_default_graph().finalized = False
    assert v1.train.latest_checkpoint(str(tmp_path)).endswith("model.ckpt-6")
