"""`FeatureSpace`: columns of a table as vectors; crosses of columns in datasets and models."""

import numpy as np
import pytest

DATA = {
    "float_1": [1.0, 2.0, 3.0, 5.0],
    "float_2": [0.1, 0.5, 0.3, 0.2],
    "float_3": [1.0, 2.0, 3.0, 4.0],
    "string_1": ["a", "b", "a", "c"],
    "string_2": ["x", "y", "x", "z"],
    "int_1": [1, 2, 3, 1],
    "int_2": [5, 6, 7, 8],
    "int_3": [0, 1, 2, 3],
}
ARRAYS = {name: np.array(values) for name, values in DATA.items()}


def make(tf, output_mode="concat"):
    F = tf.keras.utils.FeatureSpace
    features = {
        "float_1": "float",
        "float_2": F.float_normalized(),
        "float_3": F.float_discretized(num_bins=3),
        "string_1": "string_categorical",
        "string_2": F.string_hashed(num_bins=5),
        "int_1": "integer_categorical",
        "int_2": F.integer_hashed(num_bins=4),
        "int_3": F.integer_categorical(output_mode="int" if output_mode == "dict" else "one_hot"),
    }
    crosses = [("float_3", "string_1"), F.cross(("string_2", "int_2"), 8)]
    return F(features, output_mode, crosses, crossing_dim=16)


def test_vectors(tf, answer, tmp_path):
    space = make(tf)
    answer.raises("unadapted", lambda: space(ARRAYS), ["adapt(dataset)"])
    dataset = tf.data.Dataset.from_tensor_slices(DATA)
    space.adapt(dataset)
    answer("table", space(ARRAYS), rtol=1e-4)
    answer("row", space({name: values[1] for name, values in DATA.items()}), rtol=1e-4)
    answer("encoded", tuple(space.get_encoded_features().shape))
    answer("inputs", [(name, tuple(x.shape)) for name, x in space.get_inputs().items()])
    answer("mapped", next(iter(dataset.batch(2).map(space))), rtol=1e-4)
    head = tf.keras.layers.Dense(1, kernel_initializer="ones")(space.get_encoded_features())
    model = tf.keras.Model(space.get_inputs(), head)
    answer("model", model.predict(dataset.batch(2), verbose=0), rtol=1e-4)
    path = str(tmp_path / "space.keras")
    space.save(path)
    answer("loaded", tf.keras.models.load_model(path)(ARRAYS), rtol=1e-4)


def test_dictionaries(tf, answer):
    space = make(tf, "dict")
    space.adapt(DATA)
    answer("table", space(ARRAYS), rtol=1e-4)
    answer("row", space({name: values[0] for name, values in DATA.items()}), rtol=1e-4)


def test_nothing_to_learn(tf, answer):
    F = tf.keras.utils.FeatureSpace
    space = F({"a": "float", "b": F.float_rescaled(2.0, 1.0)})
    answer("table", space({"a": [1.0, 2.0], "b": [3.0, 4.0]}))


def test_errors(tf, answer):
    F = tf.keras.utils.FeatureSpace
    words = F({"a": F.string_categorical(output_mode="int")})
    raises = [
        ("none", lambda: F({}), ["features"]),
        ("kind", lambda: F({"a": "number"}), ["Invalid feature type"]),
        ("cross", lambda: F({"a": "float"}, crosses=[("a", "b")]), ["unknown features"]),
        ("mode", lambda: F({"a": "float"}, output_mode="list"), ["output_mode"]),
        ("words", lambda: words.adapt({"a": ["x"]}), ["Cannot concatenate"]),
        ("list", lambda: F({"a": "float"})([1.0]), ["dict"]),
        ("dataset", lambda: F({"a": "float"}).adapt([1.0]), ["adapt()"]),
        ("one_hot", lambda: F.feature("float32", None, "vector"), ["output_mode"]),
    ]
    for key, call, keywords in raises:
        answer.raises(key, call, keywords)


@pytest.mark.parametrize("mode", ["int", "one_hot"])
def test_crosses_in_graphs(tf, answer, mode):
    cross = tf.keras.layers.HashedCrossing(6, output_mode=mode)
    pairs = tf.constant(["a", "b", "c"]), tf.constant([1, 2, 3])
    answer("eager", cross(pairs))
    answer("function", tf.function(cross)(pairs))
    pairs = tf.data.Dataset.from_tensor_slices(pairs).batch(2)
    answer("dataset", list(pairs.map(lambda *x: cross(x))))
