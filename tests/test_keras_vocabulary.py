"""Layers with a vocabulary: learned and given ones, their indices and vectors, errors."""

import zipfile

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


def _parts(x):
    """Sparse tensors as plain lists."""
    if not hasattr(x, "dense_shape"):
        return x
    return [x.indices.numpy().tolist(), x.values.numpy().tolist(), x.dense_shape.numpy().tolist()]


def _commas(tf):
    return lambda x: tf.strings.split(x, ",")


WORDS = ["a", "b", "c", "zz", "yy", "xx", "ww"]
CALLS = {
    "places": lambda tf, k: k.StringLookup(vocabulary=["a", "b"], num_oov_indices=3)(WORDS),
    "places of vectors": lambda tf, k: k.StringLookup(
        vocabulary=["a", "b"], num_oov_indices=3, mask_token="c", output_mode="multi_hot"
    )(tf.constant([WORDS])),
    "places by a keyed hash": lambda tf, k: k.StringLookup(
        vocabulary=["a", "b"], num_oov_indices=3, salt=[1, 2]
    )(WORDS),
    "places by one key": lambda tf, k: k.StringLookup(
        vocabulary=["a", "b"], num_oov_indices=3, salt=7, mask_token=""
    )(WORDS),
    "places of integers": lambda tf, k: k.IntegerLookup(vocabulary=[10, 20], num_oov_indices=3)(
        [10, 20, 1, 2, 3, -4]
    ),
    "places of integers by a hash": lambda tf, k: k.IntegerLookup(
        vocabulary=[10, 20], num_oov_indices=3, oov_method="farmhash"
    )([10, 20, 1, 2, 3, -4]),
    "inverted places": lambda tf, k: k.StringLookup(
        vocabulary=["a", "b"], num_oov_indices=2, mask_token="", invert=True
    )([0, 1, 2, 3, 4]),
    "sparse vectors": lambda tf, k: k.StringLookup(
        vocabulary=["a", "b"], output_mode="multi_hot", sparse=True
    )(tf.constant([["a", "q"], ["b", "a"]])),
    "sparse inputs": lambda tf, k: k.StringLookup(vocabulary=["a", "b"])(
        tf.SparseTensor([[0, 0], [1, 2]], ["a", "q"], [2, 3])
    ),
    "ragged": lambda tf, k: k.TextVectorization(ragged=True, vocabulary=["x", "y", "z"])(
        ["x y", "z", "", "q Y!"]
    ).to_list(),
    "ragged, cut": lambda tf, k: k.TextVectorization(
        ragged=True, output_sequence_length=2, vocabulary=["x", "y", "z"]
    )([["x y z"], ["z"]]).to_list(),
    "ragged n-grams": lambda tf, k: k.TextVectorization(
        ragged=True, split="character", ngrams=2, vocabulary=["x", "y", "x y"]
    )(["xy", "y"]).to_list(),
    "split by a function": lambda tf, k: k.TextVectorization(
        split=_commas(tf), standardize=None, vocabulary=["x", "y", "z"]
    )(["x,y", "z"]),
    "split and filled": lambda tf, k: k.TextVectorization(
        split=_commas(tf), standardize=None, output_sequence_length=4, vocabulary=["x", "y"]
    )(["x,y", "z"]),
    "split and counted": lambda tf, k: k.TextVectorization(
        split=_commas(tf), standardize=None, output_mode="multi_hot", vocabulary=["x", "y"]
    )(["x,y", "z"]),
    "sparse counts": lambda tf, k: k.TextVectorization(
        output_mode="count", sparse=True, vocabulary=["x", "y", "z"]
    )(["x y x", "q"]),
    "sparse one_hot": lambda tf, k: k.CategoryEncoding(4, output_mode="one_hot", sparse=True)(
        np.array([[1, 3], [0, 0]])
    ),
    "sparse count": lambda tf, k: k.CategoryEncoding(4, output_mode="count", sparse=True)(
        np.array([[1, 3], [0, 0]])
    ),
    "counts of rows of rows": lambda tf, k: k.CategoryEncoding(5, output_mode="count")(
        np.arange(24).reshape(2, 3, 4) % 5
    ),
    "bins of rows of rows": lambda tf, k: k.Discretization([0.0, 2.0], output_mode="multi_hot")(
        np.arange(24.0).reshape(2, 3, 4) % 5
    ),
    "sparse bins": lambda tf, k: k.Discretization([0.0, 1.0], output_mode="multi_hot", sparse=True)(
        np.array([[-1.0, 3], [0.5, 0.5]])
    ),
    "sparse hashes": lambda tf, k: k.Hashing(4, output_mode="count", sparse=True)(
        np.array([[1, 3], [0, 0]])
    ),
    "hashes of sparse": lambda tf, k: k.Hashing(4)(
        tf.SparseTensor([[0, 0], [1, 2]], ["a", "q"], [2, 3])
    ),
    "sparse crosses": lambda tf, k: k.HashedCrossing(4, output_mode="one_hot", sparse=True)(
        [np.array([1, 3]), np.array([1, 0])]
    ),
}


def test_calls(tf, answer):
    for name, call in CALLS.items():
        answer(name, _parts(call(tf, tf.keras.layers)))


def test_refused(tf, answer):
    layers = tf.keras.layers
    for name, call, keyword in (
        ("no file", lambda: layers.StringLookup(vocabulary="/none.txt"), "exist"),
        ("empty", lambda: layers.StringLookup(vocabulary=[]), "empty"),
        ("mask", lambda: layers.StringLookup(vocabulary=["a", "m"], mask_token="m"), "reserved"),
        ("places", lambda: layers.StringLookup(num_oov_indices=-1), "num_oov_indices"),
        ("salt", lambda: layers.IntegerLookup(num_oov_indices=3, salt=3), "salt"),
        ("pad", lambda: layers.StringLookup(pad_to_max_tokens=True), "max_tokens"),
        ("sparse", lambda: layers.StringLookup(sparse=True), "sparse"),
        ("ngrams", lambda: layers.TextVectorization(ngrams="x"), "ngrams"),
        ("ragged", lambda: layers.TextVectorization(ragged=True, output_mode="count"), "ragged"),
    ):
        answer.raises(name, call, keywords=[keyword])


def test_files(tf, answer, tmp_path):
    layers = tf.keras.layers
    adapted = {
        "lookup": layers.StringLookup(name="lookup"),
        "integers": layers.IntegerLookup(name="integers", output_mode="one_hot"),
        "text": layers.TextVectorization(name="text"),
        "weighted": layers.TextVectorization(name="weighted", output_mode="tf_idf"),
    }
    for name, layer in adapted.items():
        strings = name != "integers"
        layer.adapt(["a", "b", "a"] if strings else [5, 7, 5])
        answer(name + " config", {k: v for k, v in layer.get_config().items() if k != "dtype"})
        inputs = tf.keras.Input((1,), dtype="string" if strings else "int64")
        path = str(tmp_path / f"{name}.keras")
        tf.keras.Model(inputs, layer(inputs)).save(path)
        model = tf.keras.models.load_model(path)
        data = tf.constant([["a b"], ["b"], ["q"]] if strings else [[5], [7], [9]])
        answer(name, model(data))
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            answer(name + " files", sorted(n for n in names if n.startswith("assets")))
