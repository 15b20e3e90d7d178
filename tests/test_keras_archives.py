"""Files of models: what hangs on properties, shards, parts left out, classes by their names."""

import os
import zipfile

import h5py
import numpy as np
import pytest


def _model(tf, cls=None):
    layers = [tf.keras.Input((20,)), tf.keras.layers.Dense(30), tf.keras.layers.Dense(30)]
    return (cls or tf.keras.Sequential)(layers)


def test_layers_given_to_a_constructor(tf, answer, tmp_path):
    layers = tf.keras.layers
    inputs = tf.keras.Input((3, 2))
    model = tf.keras.Model(inputs, layers.Bidirectional(layers.LSTM(4))(inputs))
    path = str(tmp_path / "m.keras")
    model.save(path)
    x = np.ones((1, 3, 2), "float32")
    answer("equal", bool(np.allclose(tf.keras.models.load_model(path)(x), model(x))))


def test_a_property_names_a_layer(tf, answer, tmp_path):
    class Plain(tf.keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = tf.keras.layers.Dense(3)

        def call(self, x):
            return self.dense(x)

    class Renamed(tf.keras.Model):
        def __init__(self):
            super().__init__()
            self.a_dense = tf.keras.layers.Dense(3)

        @property
        def dense(self):
            return self.a_dense

        def call(self, x):
            return self.dense(x)

    plain, renamed, x = Plain(), Renamed(), np.ones((2, 2), "float32")
    plain(x), renamed(x)
    path = str(tmp_path / "m.weights.h5")
    plain.save_weights(path)
    renamed.load_weights(path)
    answer("equal", bool(np.allclose(plain(x), renamed(x))))


def test_a_registered_class_of_a_graph(tf, answer, tmp_path):
    class OfTensors(tf.keras.Model):
        def __init__(self, **kwargs):
            inputs = tf.keras.Input((4,))
            dense = tf.keras.layers.Dense(1, name="first")
            super().__init__(inputs=inputs, outputs=dense(inputs), **kwargs)

        def get_config(self):
            return {}

        @classmethod
        def from_config(cls, config):
            return cls(**config)

    with tf.keras.utils.custom_object_scope({}):
        tf.keras.utils.register_keras_serializable("archives")(OfTensors)
        model, path, x = OfTensors(), str(tmp_path / "m.keras"), np.ones((2, 4), "float32")
        model.save(path)
        again = tf.keras.models.load_model(path)
    answer("equal", bool(np.allclose(model(x), again(x))))
    answer("paths", [w.path for w in again.weights])


def test_normalization_in_an_older_file(tf, answer, tmp_path):
    inputs, layer = tf.keras.Input((3,)), tf.keras.layers.Normalization()
    model = tf.keras.Model(inputs, layer(inputs))
    x = np.arange(12.0).reshape(4, 3)
    layer.adapt(x)
    path = str(tmp_path / "m.h5")
    model.save(path)
    answer("value", tf.keras.models.load_model(path)(x))


def test_shards(tf, answer, tmp_path):
    model, again = _model(tf), _model(tf)
    path = str(tmp_path / "m.weights.json")
    model.save_weights(path, max_shard_size=4e-6)
    answer("files", sorted(os.listdir(tmp_path)))
    answer("table", (tmp_path / "m.weights.json").read_text())
    again.load_weights(path)
    answer("equal", all(np.allclose(a, b) for a, b in zip(model.weights, again.weights)))
    answer.raises(
        "small", lambda: model.save_weights(path, max_shard_size=1e-6), keywords=["max_shard_size"]
    )
    answer.raises(
        "ending", lambda: model.save_weights("m.keras", max_shard_size=1), keywords=["json"]
    )


def test_parts_left_out(tf, answer, tmp_path):
    model, again = _model(tf), _model(tf)
    path = str(tmp_path / "m.weights.h5")
    model.save_weights(path)
    again.load_weights(path, objects_to_skip=[again.layers[0]])
    answer("equal", [bool(np.allclose(a, b)) for a, b in zip(model.weights, again.weights)])


def test_what_configs_name(tf, answer):
    saving = tf.keras.utils

    def squared(x):
        return x**2

    saving.register_keras_serializable("archives")(squared)
    function = {"module": "builtins", "class_name": "function", "registered_name": "function"}
    for name in ("squared", "archives>squared"):
        found = saving.deserialize_keras_object({**function, "config": name})
        answer(name, found is squared)
    dense = {"module": "keras.layers", "class_name": "Dense"}
    for name, form, keyword in (
        ("another name", {**dense, "registered_name": "a>B", "config": {"units": 1}}, "built-in"),
        ("no config", {**dense, "config": "x"}, "dict"),
        ("no function", {**function, "config": ["x"]}, "str"),
        ("a function", {**function, "registered_name": "other", "config": "relu"}, "built-in"),
    ):
        answer.raises(name, lambda f=form: saving.deserialize_keras_object(f), keywords=[keyword])


@pytest.mark.parametrize("case", ["external link", "soft link", "external array", "shape"])
def test_a_file_that_leads_elsewhere(tf, answer, case, tmp_path):
    model = _model(tf)
    path = str(tmp_path / "m.weights.h5")
    model.save_weights(path)
    with h5py.File(path, "r+") as file:
        group = file["layers/dense/vars"]
        kernel = group["0"][:]
        del group["0"]
        if case == "external link":
            group["0"] = h5py.ExternalLink("other.h5", "/kernel")
        elif case == "soft link":
            file["kernel"] = kernel
            group["0"] = h5py.SoftLink("/kernel")
        elif case == "external array":
            kernel.tofile(tmp_path / "raw")
            place = [(str(tmp_path / "raw"), 0, kernel.nbytes)]
            group.create_dataset("0", kernel.shape, kernel.dtype, external=place)
        else:
            group.create_dataset("0", (2**50,), "float64", chunks=(1024,), compression="gzip")
    answer.raises(case, lambda: model.load_weights(path), ["Not allowed: H5"])


def test_an_archive_that_grows(tf, tmp_path, monkeypatch):
    monkeypatch.setattr("minitf.keras.saving.trusting._MEMBER_FLOOR", 64)
    path = str(tmp_path / "m.keras")
    _model(tf).save(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("assets/zeros", bytes(200_000))
    for read in (tf.keras.models.load_model, _model(tf).load_weights):
        with pytest.raises(ValueError, match="'assets/zeros' declares .* decompression bomb"):
            read(path)
