"""Models in files: what a file holds, what comes back, errors."""

import copy
import io
import json
import pickle
import zipfile

import numpy as np
import pytest

h5py = pytest.importorskip("h5py")
X = np.random.default_rng(3).random((8, 4)).astype("float32")
Y = X.sum(1, keepdims=True)


def sequential(tf):
    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [
            layers.Input((4,), name="input"),
            layers.Dense(3, activation="relu", kernel_regularizer="l2", name="first"),
            layers.Dropout(0.5, name="drop"),
            layers.Dense(1, name="second"),
        ],
        name="sequential",
    )
    model.compile(tf.keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    return model


def functional(tf):
    layers = tf.keras.layers
    x = layers.Input((4,), name="x")
    h = layers.Dense(3, name="h")(x)
    y = layers.Dense(2, name="y")(layers.Add(name="sum")([h, layers.Dense(3, name="g")(h)]))
    return tf.keras.Model(x, y, name="functional")


def subclassed(tf):
    @tf.keras.utils.register_keras_serializable("saving")
    class Block(tf.keras.layers.Layer):
        def __init__(self, units=2, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.several = [tf.keras.layers.Dense(units), tf.keras.layers.Dense(units)]
            self.named = {"a": tf.keras.layers.Dense(1)}

        def build(self, shape):
            self.scale = self.add_weight(shape=(1,), name="scale", initializer="ones")

        def call(self, x):
            return self.named["a"](self.several[1](self.several[0](x))) * self.scale

        def get_config(self):
            return {**super().get_config(), "units": self.units}

    @tf.keras.utils.register_keras_serializable("saving")
    class Net(tf.keras.Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.block = Block(3)
            self._last = tf.keras.layers.Dense(2)

        def call(self, x):
            return self._last(self.block(x))

    model = Net()
    model(X)
    return model


MODELS = {"sequential": sequential, "functional": functional, "subclassed": subclassed}


def contents(file):
    names = []
    file.visititems(lambda name, entry: names.append((name, list(getattr(entry, "shape", [])))))
    return names


@pytest.mark.parametrize("name", MODELS)
def test_file(tf, answer, name, tmp_path):
    model = MODELS[name](tf)
    path = str(tmp_path / "model.keras")
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        answer("names", archive.namelist())
        config = json.loads(archive.read("config.json"))
        answer("class", (config["class_name"], config["registered_name"]))
        answer("metadata", sorted(json.loads(archive.read("metadata.json"))))
        with h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file:
            answer("state", contents(file))
    again = tf.keras.models.load_model(path)
    same = np.abs(again.predict(X, verbose=0) - model.predict(X, verbose=0)).max()
    answer("same", float(same) == 0.0)
    answer("weights", [w.path.split("/")[-1] for w in again.weights])


def test_training_goes_on(tf, answer, tmp_path):
    model, path = sequential(tf), str(tmp_path / "model.keras")
    model.fit(X, Y, epochs=2, verbose=0)
    model.save(path)
    again = tf.keras.models.load_model(path)
    answer("steps", again.optimizer.iterations.numpy())
    same = [float(a) == float(b) for a, b in zip(again.evaluate(X, Y, verbose=0),
                                                   model.evaluate(X, Y, verbose=0))]  # fmt: skip
    answer("losses", same)
    answer("compiled", tf.keras.models.load_model(path, compile=False).compiled)


@pytest.mark.parametrize("ending", [".weights.h5", ".keras", ".h5"])
def test_weights(tf, answer, ending, tmp_path):
    model, path = sequential(tf), str(tmp_path / f"model{ending}")
    (model.save_weights if ending == ".weights.h5" else model.save)(path)
    other = sequential(tf)
    other.load_weights(path)
    answer("same", [bool((a == b).all()) for a, b in zip(other.get_weights(), model.get_weights())])


def test_older_file(tmp_path):
    import minitf as tf

    model, path = sequential(tf), str(tmp_path / "model.h5")
    model.fit(X, Y, verbose=0)
    model.save(path)
    again = tf.keras.models.load_model(path)
    assert int(again.optimizer.iterations) == int(model.optimizer.iterations) == 1
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))


ERRORS = {
    "ending": ("model.save(path)", ["Invalid filepath extension", ".keras"]),
    "no file": ("tf.keras.models.load_model(path + '.keras')", ["File not found"]),
    "format": ("tf.keras.models.load_model(path)", ["File format not supported"]),
    "weights ending": ("model.save_weights(path + '.h5')", [".weights.h5"]),
    "weights format": ("model.load_weights(path)", ["File format not supported"]),
    "unbuilt": ("tf.keras.Sequential().save_weights(path + '.weights.h5')", ["not yet been built"]),
    "other shapes": ("other.load_weights(weights)", ["could not be loaded"]),
    "no older file": ("tf.keras.models.load_model(path + '.h5')", []),
}


@pytest.mark.parametrize("case", ERRORS)
def test_error(tf, answer, case, tmp_path):
    expression, keywords = ERRORS[case]
    model, weights = sequential(tf), str(tmp_path / "w.weights.h5")
    model.save_weights(weights)
    other = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(7)])
    names = {"tf": tf, "model": model, "other": other, "weights": weights}
    names["path"] = str(tmp_path / "file")
    answer.raises("error", lambda: eval(expression, names), keywords)


def test_own_objects(tf, answer, tmp_path):
    def own(y_true, y_pred):
        return tf.reduce_mean(tf.abs(y_true - y_pred))

    model, path = sequential(tf), str(tmp_path / "model.keras")
    model.compile("sgd", own, metrics=[own])
    model.save(path)
    answer.raises("unknown", lambda: tf.keras.models.load_model(path), ["own", "register"])
    again = tf.keras.models.load_model(path, custom_objects={"own": own})
    answer("known", again.loss is own)


def test_overwrite(tf, answer, tmp_path, monkeypatch):
    model, path = sequential(tf), str(tmp_path / "model.keras")
    model.save(path)
    before = (tmp_path / "model.keras").read_bytes()
    monkeypatch.setattr("builtins.input", lambda prompt="": "n")
    model.save(path, overwrite=False)
    answer("kept", (tmp_path / "model.keras").read_bytes() == before)


def test_pickles(tf, answer):
    keras = tf.keras
    model = keras.Sequential([keras.Input([2]), keras.layers.Dense(3, name="dense")], name="m")
    model.compile("adam", "mse")
    model.fit(np.ones([4, 2]), np.ones([4, 3]), verbose=0)
    revived = pickle.loads(pickle.dumps(model))
    answer("model", [revived.name, revived.compiled, int(revived.optimizer.iterations)])
    assert all(np.array_equal(a, b) for a, b in zip(revived.weights, model.weights, strict=True))
    layer = copy.deepcopy(model.layers[0])
    answer("layer", [layer.name, layer.built, layer.kernel.shape])
    assert layer.kernel is not model.layers[0].kernel
    answer("metric", pickle.loads(pickle.dumps(keras.metrics.Mean(name="mean"))).name)
    answer("optimizer", float(pickle.loads(pickle.dumps(keras.optimizers.SGD(0.5))).learning_rate))


def test_softmax_of_several_axes(tf, answer):
    x = np.arange(12, dtype="float32").reshape(2, 3, 2)
    answer("softmax", tf.keras.activations.softmax(x, axis=(1, 2)))
    answer("log_softmax", tf.keras.activations.log_softmax(x, axis=(1, 2)))


def test_folder(tf, answer, tmp_path):
    """`zipped=False` writes the files of a `.keras` file into a folder."""
    keras = tf.keras
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
    folder = str(tmp_path / "model")
    model.save(folder, zipped=False)
    answer("files", sorted(p.name for p in (tmp_path / "model").iterdir() if p.is_file()))
    answer("loaded", keras.models.load_model(folder)(np.ones((1, 2), "float32")))
    answer.raises("ending", lambda: model.save(f"{folder}.keras", zipped=False), ["should not end"])
    answer.raises("format", lambda: model.save(folder, save_format="tf"), ["save_format"])
