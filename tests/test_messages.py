"""The words of the errors that students meet most often: what is wrong, and the shapes it is about."""

import re

import numpy as np


def words(function):
    """The class and message of the error that `function` raises, without what tells of the runtime."""
    try:
        return function()
    except Exception as error:  # noqa: BLE001
        message = re.sub(r"\{\{function_node [^}]*\}\} |, node name: .*", "", str(error))
        return f"{type(error).__name__}: {message.split(' [Op:')[0]}"


def test_shapes_that_do_not_fit(tf, answer):
    a, b = tf.ones([2, 3]), tf.ones([4, 5])
    calls = {
        "concat": lambda: tf.concat([a, b], 0),
        "concat along 1": lambda: tf.concat([a, b], 1),
        "concat of ranks": lambda: tf.concat([a, tf.ones([3])], 1),
        "stack": lambda: tf.stack([a, b]),
        "unstack": lambda: tf.unstack(a, 5),
        "split": lambda: tf.split(a, 2, 5),
        "split by sizes": lambda: tf.split(a, [1, 1], 3),
        "matmul": lambda: tf.matmul(a, b),
        "tensordot": lambda: tf.tensordot(a, b, 1),
        "broadcast_to rank": lambda: tf.broadcast_to(a, [4]),
        "broadcast_to": lambda: tf.broadcast_to(a, [4, 4]),
        "zeros": lambda: tf.zeros([-1]),
        "ensure_shape": lambda: tf.ensure_shape(a, [None, 4]),
        "gather": lambda: tf.gather(a, 7),
        "gather of a list": lambda: tf.gather(a, [0, 7]),
        "gather_nd": lambda: tf.gather_nd(a, [[7, 0]]),
    }
    for name, call in calls.items():
        answer(name, words(call))


def test_values_of_no_kind(tf, answer):
    values = {
        "none": [None, 1], "none later": [1, None], "a list later": [1, [2, 3]],
        "a number later": [[1, 2], 3], "ragged": [[1, 2], [3]], "a text later": [1, "a"],
        "a number after a text": ["a", 1], "texts in a row": [[1, 2], ["a", "b"]],
        "a dictionary": [{}, 1], "arrays": [np.ones(2), np.ones(3)],
    }  # fmt: skip
    for name, value in values.items():
        answer(name, words(lambda value=value: tf.constant(value)))
        answer(name + ", as float32", words(lambda value=value: tf.constant(value, tf.float32)))
    answer("cast to a number", words(lambda: tf.cast("x", tf.float32)))
    answer("cast to a text", words(lambda: tf.cast(1.0, tf.string)))
    answer("maxval", words(lambda: tf.random.uniform([2], maxval=None, dtype=tf.int32)))
    answer.raises("join", lambda: tf.strings.join([tf.ones([2])]))


def test_features_of_the_wrong_kind(tf, answer):
    train = tf.train
    calls = {
        "bytes": lambda: train.BytesList(value=["text"]),
        "bytes of a number": lambda: train.BytesList(value=[1]),
        "integers of a text": lambda: train.Int64List(value=["a"]),
        "integers of a float": lambda: train.Int64List(value=[1.5]),
        "floats of a text": lambda: train.FloatList(value=["a"]),
        "integers of a list": lambda: train.Int64List(value=[[1]]),
    }
    for name, call in calls.items():
        answer(name, words(call))
    answer.raises("a list", lambda: train.Feature(int64_list=[1]))


def test_an_optimizer_of_no_name(tf, answer):
    answer("get", words(lambda: tf.keras.optimizers.get("nope")))


def test_lookups_without_a_vocabulary(tf, answer):
    layers, text = tf.keras.layers, tf.constant(["a"])
    answer.raises("index", lambda: layers.StringLookup()(text), ["Table not initialized"])
    answer.raises("text", lambda: layers.TextVectorization()(text), ["Table not initialized"])
    counting = layers.StringLookup(output_mode="count")
    answer.raises("counts", lambda: counting(text), ["must set the layer's vocabulary"])
