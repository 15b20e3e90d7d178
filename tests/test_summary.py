"""`tf.summary` and the TensorBoard callback: what stands in their event files.

Real TensorFlow needs TensorBoard for these, so the files are read here, field by field.
"""

import struct

import numpy as np
import pytest

import minitf as tf
from minitf.ops.records import read_records


def fields(message):
    """(number, value) of the fields of a protocol buffer: ints, floats of 8 bytes, or bytes."""
    at = 0

    def varint():
        nonlocal at
        number = shift = 0
        while True:
            byte, at = message[at], at + 1
            number |= (byte & 127) << shift
            if byte < 128:
                return number
            shift += 7

    while at < len(message):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        elif key & 7 == 1:
            at += 8
            yield key >> 3, struct.unpack("<d", message[at - 8 : at])[0]
        else:
            size = varint()
            at += size
            yield key >> 3, message[at - size : at]


def written(folder):
    """{tag: [(step, plugin, content of the tensor)]} of the event files in a folder."""
    found = {}
    for path in sorted(folder.glob("events.*")):
        header, *events = read_records(str(path))
        assert dict(fields(header))[3] == b"brain.Event:2"
        for event in map(dict, map(fields, events)):
            value = dict(fields(dict(fields(event[5]))[1]))
            plugin = dict(fields(dict(fields(value[9]))[1]))[1].decode()
            tensor = dict(fields(value[8]))
            content = tensor.get(4, tensor.get(8))
            tag = value[1].decode()
            found.setdefault(tag, []).append((event.get(2, 0), plugin, content))
    return found


def scalars(entries):
    return [(step, struct.unpack("<f", content)[0]) for step, _, content in entries]


def test_kinds(tmp_path):
    writer = tf.summary.create_file_writer(str(tmp_path))
    with writer.as_default():
        assert tf.summary.scalar("a", 0.5, step=3)
        tf.summary.histogram("h", tf.range(5.0), step=1, buckets=2)
        tf.summary.text("t", "hello", step=2)
        tf.summary.image("i", np.zeros((1, 2, 3, 1)), step=2)
        with tf.summary.record_if(False):
            assert not tf.summary.scalar("no", 1.0, step=1)
    assert not tf.summary.scalar("no", 1.0, step=1)
    found = written(tmp_path)
    assert sorted(found) == ["a", "h", "i", "t"]
    assert scalars(found["a"]) == [(3, 0.5)]
    rows = np.frombuffer(found["h"][0][2]).reshape(2, 3)
    assert rows.tolist() == [[0, 2, 2], [2, 4, 3]]
    assert found["t"] == [(2, "text", b"hello")]
    assert found["i"][0][2].startswith(b"\x89PNG")


def test_steps_and_functions(tmp_path):
    step = tf.Variable(5, dtype=tf.int64)

    @tf.function
    def double(x, at):
        tf.summary.scalar("twice", x * 2, step=at)
        return x

    with tf.summary.create_file_writer(str(tmp_path)).as_default():
        with pytest.raises(ValueError, match="step"):
            tf.summary.scalar("none", 1.0)
        tf.summary.experimental.set_step(step)
        tf.summary.scalar("v", 1.0)
        step.assign_add(1)
        tf.summary.scalar("v", 2.0)
        tf.summary.experimental.set_step(None)
        for i in range(3):
            double(tf.constant(float(i)), tf.constant(i, tf.int64))
    found = written(tmp_path)
    assert scalars(found["v"]) == [(5, 1.0), (6, 2.0)]
    assert scalars(found["twice"]) == [(0, 0.0), (1, 2.0), (2, 4.0)]


def test_tensorboard(tmp_path):
    x = np.random.RandomState(0).randn(20, 3).astype("float32")
    model = tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.Dense(1, name="d")])
    model.compile("sgd", "mse")
    callback = tf.keras.callbacks.TensorBoard(str(tmp_path), histogram_freq=1, update_freq=2)
    history = model.fit(x, x[:, :1], batch_size=4, epochs=2, validation_split=0.2, verbose=0,
                        callbacks=[callback]).history  # fmt: skip
    train, validation = written(tmp_path / "train"), written(tmp_path / "validation")
    losses = [np.float32(v) for v in history["loss"]]
    assert scalars(train["epoch_loss"]) == list(enumerate(losses))
    assert [step for step, _ in scalars(train["batch_loss"])] == [2, 4, 6, 8]
    assert "epoch_learning_rate" in train and "d/kernel/histogram" in " ".join(train)
    assert [step for step, _, _ in validation["evaluation_loss_vs_iterations"]] == [8]
    assert len(validation["epoch_loss"]) == 2
    with pytest.raises(NotImplementedError, match="embeddings_freq"):
        tf.keras.callbacks.TensorBoard(embeddings_freq=2)
