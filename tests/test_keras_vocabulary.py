"""Layers with a vocabulary: learned and given ones, their indices and vectors, errors."""

import numpy as np
import pytest

TEXTS = ["The cat sat on the mat.", "the dog; the log", "A cat & a dog!", ""]
TEXT_OPTIONS = {
    "plain": {},
    "few": {"max_tokens": 5},
    "length": {"output_sequence_length": 4},
    "multi_hot": {"output_mode": "multi_hot"},
    "count": {"output_mode": "count", "max_tokens": 6, "pad_to_max_tokens": True},
    "tf_idf": {"output_mode": "tf_idf"},
    "ngrams": {"ngrams": 2},
    "as it is": {"standardize": None},
    "characters": {"split": "character"},
}


@pytest.mark.parametrize("name", TEXT_OPTIONS)
def test_text(tf, answer, name):
    layer = tf.keras.layers.TextVectorization(**TEXT_OPTIONS[name])
    layer.adapt(TEXTS)
    answer("vocabulary", [str(token) for token in layer.get_vocabulary()])
    answer("value", layer(np.array(TEXTS)))
    answer("size", layer.vocabulary_size())


def test_text_in_datasets_and_models(tf, answer):
    layers = tf.keras.layers
    layer = layers.TextVectorization(output_sequence_length=5)
    dataset = tf.data.Dataset.from_tensor_slices(TEXTS).batch(2)
    layer.adapt(dataset)
    answer("mapped", [x.numpy() for x in dataset.map(layer)])
    answer("one", layer(tf.constant("a cat")))
    model = tf.keras.Sequential(
        [
            tf.keras.Input((1,), dtype="string"),
            layer,
            layers.Embedding(20, 2, embeddings_initializer="ones"),
            layers.GlobalAveragePooling1D(),
        ]
    )
    answer("model", model(tf.constant([[text] for text in TEXTS])))


def test_lookup(tf, answer):
    lookup = tf.keras.layers.StringLookup
    x = np.array(["b", "a", "b"])
    for name, options in {
        "plain": {},
        "mask": {"mask_token": ""},
        "one_hot": {"output_mode": "one_hot"},
        "multi_hot": {"output_mode": "multi_hot"},
        "all known": {"num_oov_indices": 0},
    }.items():
        layer = lookup(vocabulary=["a", "b"], **options)
        answer(name, [layer(x), [str(token) for token in layer.get_vocabulary()]])
    answer("rows", lookup(vocabulary=["a", "b"])(tf.constant([["a", "z"], ["", "b"]])))
    answer("inverted", lookup(vocabulary=["a", "b"], invert=True)(tf.constant([1, 2, 0])))
    adapted = lookup()
    adapted.adapt(np.array(["x", "y", "x", "z"]))
    answer("adapted", [str(token) for token in adapted.get_vocabulary()])
    answer.raises("twice", lambda: lookup(vocabulary=["a", "a"]), keywords=["repeated"])
    answer.raises("few", lambda: lookup(max_tokens=1), keywords=["max_tokens"])


def test_integer_lookup(tf, answer):
    lookup = tf.keras.layers.IntegerLookup
    layer = lookup(vocabulary=[5, 7])
    answer("value", layer(np.array([5, 7, 9])))
    answer("one_hot", lookup(vocabulary=[5, 7], output_mode="one_hot")(np.array([5, 7, 9])))
    adapted = lookup()
    adapted.adapt(np.array([[1, 1], [3, 2]]))
    answer("adapted", [int(token) for token in adapted.get_vocabulary()])


def test_configs():
    """minitf's own: the vocabulary is in the config, so files and JSON have it."""
    import minitf as tf

    layer = tf.keras.layers.TextVectorization()
    layer.adapt(TEXTS)
    again = tf.keras.layers.deserialize(tf.keras.layers.serialize(layer))
    np.testing.assert_array_equal(again(np.array(TEXTS)), layer(np.array(TEXTS)))
