"""Layers that prepare numbers: scaling, normalization, categories, bins."""

import numpy as np
import pytest

X = np.arange(12, dtype="float32").reshape(4, 3) ** 2


@pytest.fixture
def layers(tf):
    tf.keras.utils.clear_session()
    return tf.keras.layers


def test_normalization(tf, layers, answer):
    layer = layers.Normalization()
    layer.adapt(X)
    answer("adapted", [layer.mean, layer.variance, layer(X)])
    answer("config", layer.get_config())
    answer("weights", [(w.path, w.numpy()) for w in layer.weights])
    whole = layers.Normalization(axis=None)
    whole.adapt(X)
    answer("no axis", [whole.mean, whole(X)])
    given = layers.Normalization(mean=[1.0, 2.0, 3.0], variance=[1.0, 4.0, 9.0])
    answer("given", [given(X), given.get_config()])
    answer("inverted", layers.Normalization(mean=5.0, variance=2.0, invert=True)(X))
    batches = layers.Normalization()
    batches.adapt(tf.data.Dataset.from_tensor_slices(X).batch(3))
    answer("batches", [batches.mean, batches.variance])
    model = tf.keras.Sequential([layer, layers.Dense(1, kernel_initializer="ones")])
    answer("in a model", model(X))
    answer.raises("one", lambda: layers.Normalization(mean=1.0), keywords=["variance"])


def test_rescaling(layers, answer):
    layer = layers.Rescaling(1.0 / 255, offset=-1.0)
    answer("value", layer(np.array([[0, 255]], "uint8")))
    answer("config", layer.get_config())


@pytest.mark.parametrize("mode", ["one_hot", "multi_hot", "count"])
def test_category_encoding(layers, answer, mode):
    for name, x in {"rows": [[0, 2], [1, 1]], "flat": [3, 0], "column": [[1], [2]]}.items():
        layer = layers.CategoryEncoding(4, output_mode=mode)
        answer(name, layer(np.array(x)))
        answer(f"{name} shape", layer.compute_output_shape((None, *np.shape(x)[1:])))
    answer("config", layer.get_config())
    answer.raises("no number", lambda: layers.CategoryEncoding(), keywords=["num_tokens"])


@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot", "count"])
def test_discretization(layers, answer, mode):
    layer = layers.Discretization(bin_boundaries=[0.0, 1.0, 2.0], output_mode=mode)
    answer("value", layer(np.array([[-1.5, 1.0, 3.4, 0.5], [0.0, 3.0, 1.3, 0.0]])))
    answer("config", layer.get_config())


def test_hashing(tf, layers, answer):
    words, numbers = np.array([["a", "b"], ["c", ""]]), np.array([[1], [2], [3]])
    for i, options in enumerate(({}, {"mask_value": "a"}, {"salt": [3, 4]},
                                 {"output_mode": "multi_hot"})):  # fmt: skip
        layer = layers.Hashing(4, **options)
        answer(f"words {i}", [layer(words), layer.get_config()])
    answer("numbers", [layers.Hashing(4, salt=7)(numbers), layers.Hashing(3)(numbers * 1.0)])
    answer("one hot", layers.Hashing(3, output_mode="one_hot")(numbers))
    symbol = layers.Hashing(4, output_mode="count")(tf.keras.Input((2,), dtype="string"))
    answer("symbolic", [tuple(symbol.shape), str(symbol.dtype)])
    answer.raises("bins", lambda: layers.Hashing(0), keywords=["num_bins"])
    answer.raises("salt", lambda: layers.Hashing(2, salt="a"), keywords=["salt"])
    answer.raises("mode", lambda: layers.Hashing(2, output_mode="x"), keywords=["output_mode"])


CROSSINGS = {
    "texts": ([["a", "b", "a"], ["x", "y", "x"]], {}),
    "texts and integers": ([[["a"], ["b"]], [[1], [2]]], {}),
    "one of each": (["a", 3], {}),
    "vectors": ([["a", "b"], [1, 2]], {"output_mode": "one_hot"}),
    "columns as vectors": ([[["a"], ["b"]], [[1], [2]]], {"output_mode": "one_hot"}),
    "three": ([["a", "b"], [1, 2], ["x", "y"]], {"dtype": "int32"}),
}


@pytest.mark.parametrize("name", CROSSINGS)
def test_crossings(tf, answer, name):
    inputs, options = CROSSINGS[name]
    tf.keras.utils.clear_session()
    layer = tf.keras.layers.HashedCrossing(5, **options)
    answer("bins", layer([tf.constant(x) for x in inputs]))
    config = {k: v for k, v in layer.get_config().items() if k != "dtype"}
    answer("config", config)
    again = type(layer).from_config(layer.get_config())
    answer("again", again([tf.constant(x) for x in inputs]))


def test_crossings_that_are_refused(tf, answer):
    layers = tf.keras.layers
    layer = layers.HashedCrossing(5)
    answer("shape", layer.compute_output_shape([(None, 1), (None, 1)]))
    answer.raises("mode", lambda: layers.HashedCrossing(5, "count"), ["output_mode"])
    answer.raises("one", lambda: layer([tf.constant([1])]), ["at least two inputs"])
    answer.raises("alone", lambda: layer(tf.constant([1])), ["list or tuple of inputs"])
    answer.raises("sizes", lambda: layer([tf.constant([1]), tf.constant([1, 2])]), ["equal shape"])
    answer.raises("floats", lambda: layer([tf.constant([1.0]), tf.constant([1])]),
                  ["integer or string dtype"])  # fmt: skip
    answer.raises("wide", lambda: layer([tf.ones([1, 2]), tf.ones([1, 2])]), ["(batch_size, 1)"])


def test_pipelines(tf, answer):
    layers = tf.keras.layers
    tf.keras.utils.clear_session()
    tf.keras.utils.set_random_seed(1)
    stack = [layers.Rescaling(2.0), layers.Masking(0.0), layers.Dropout(0.5, seed=1)]
    pipeline = layers.Pipeline(stack)
    x = np.array([[[1.0, 2.0], [0.0, 0.0]]], "float32")
    answer("outputs", [pipeline(x, training=False), pipeline(x)])
    answer("layers", [layer.name for layer in pipeline.layers])
    again = layers.Pipeline.from_config(pipeline.get_config())
    answer("again", again(x, training=False))
    answer.raises("config", lambda: layers.Pipeline.from_config({"name": "p"}), ["`layers` key"])


def test_bins_of_equally_many_numbers(tf, answer):
    layers = tf.keras.layers
    rng = np.random.RandomState(0)
    numbers = rng.randn(300, 2).astype("float32")
    kinds = {"4": {}, "10, coarse": {"epsilon": 0.2}, "3, counts": {"output_mode": "count"}}
    for name, options in kinds.items():
        layer = layers.Discretization(num_bins=int(name.split(",")[0]), **options)
        layer.adapt(numbers)
        answer(f"{name} boundaries", layer.bin_boundaries, rtol=1e-5)
        answer(f"{name} outputs", layer(numbers[:5]))
        answer(f"{name} shape", tuple(layer.compute_output_shape((None, 2))))
        again = layers.Discretization.from_config(layer.get_config())
        answer(f"{name} again", again(numbers[:5]))
    layer = layers.Discretization(num_bins=4)
    layer.adapt(tf.data.Dataset.from_tensor_slices(numbers).batch(50), steps=3)
    answer("batches", layer.bin_boundaries, rtol=1e-5)
    layer.adapt([[1.0, 2.0], [3.0, 4.0]])
    answer("lists", layer.bin_boundaries)
    answer.raises("both", lambda: layers.Discretization([1.0], num_bins=2), ["should not be set"])
    answer.raises("neither", lambda: layers.Discretization(), ["You need to set either"])
    answer.raises(
        "negative", lambda: layers.Discretization(num_bins=-1), ["greater than or equal to 0"]
    )
    answer.raises(
        "before", lambda: layers.Discretization(num_bins=2)(numbers), ["call `adapt(dataset)`"]
    )
    answer.raises("given", lambda: layers.Discretization([1.0]).adapt(numbers), ["Cannot adapt"])
