"""`compile`, `fit`, `evaluate`, `predict` and their kin against Keras: same seed, same digits."""

import re

import numpy as np
import pytest

LOOSE = {"rtol": 2e-4, "atol": 2e-5}


def words(options):
    """A test's name from its options: the same in every run, whatever functions they hold."""
    return re.sub(r"<function (\w+)[^>]*>", r"\1", re.sub(r"array\([^)]*\)", "array", str(options)))


def iris(count=150):
    """Points like those of Iris: four features, three classes."""
    rng = np.random.RandomState(3)
    labels = np.arange(count) % 3
    centers = np.array([[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.5, 2.0]])
    return (centers[labels] + 0.3 * rng.randn(count, 4)).astype("float32"), labels


def line(count=20):
    rng = np.random.RandomState(0)
    x = rng.randn(count, 3).astype("float32")
    return x, (x @ [[1.0], [-2.0], [0.5]] + 0.1 * rng.randn(count, 1)).astype("float32")


def mlp(tf, make_layers, seed=1):
    """A model of four features; its layers are made after the seed is set."""
    tf.keras.utils.set_random_seed(seed)
    return tf.keras.Sequential([tf.keras.Input((4,)), *make_layers(tf.keras.layers)])


def classifier(tf, seed=1, **options):
    model = mlp(
        tf, lambda k: [k.Dense(10, activation="relu"), k.Dense(3, activation="softmax")], seed
    )
    options = {"optimizer": "adam", "loss": "sparse_categorical_crossentropy",
               "metrics": ["accuracy"], **options}  # fmt: skip
    model.compile(**options)
    return model


def regressor(tf, seed=1, **options):
    tf.keras.utils.set_random_seed(seed)
    model = tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.Dense(1)])
    model.compile(**{"optimizer": tf.keras.optimizers.SGD(0.1), "loss": "mse", **options})
    return model


# The whole history -------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_iris_history(tf, answer, optimizer):
    x, y = iris()
    model = classifier(tf, optimizer=optimizer)
    history = model.fit(x[:120], y[:120], epochs=200, validation_data=(x[120:], y[120:]), verbose=0)
    answer("history", history.history, rtol=1e-4, atol=1e-4)
    answer("epochs", history.epoch[-1])
    answer("weights", model.get_weights(), rtol=1e-3, atol=1e-3)


def test_dropout_and_normalization(tf, answer):
    x, y = iris()
    # A bias before a normalization has no gradient but rounding errors, which Adam makes steps of.
    model = mlp(tf, lambda k: [k.Dense(8, activation="relu", use_bias=False),
                               k.BatchNormalization(), k.Dropout(0.5), k.Dense(3)])  # fmt: skip
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    history = model.fit(x, y, epochs=5, batch_size=20, validation_split=0.2, verbose=0)
    answer("history", history.history, **LOOSE)
    answer("prediction", model.predict(x[:3], verbose=0), **LOOSE)


def test_regularizers_join_the_loss(tf, answer):
    tf.keras.utils.set_random_seed(1)
    x, y = line()
    model = tf.keras.Sequential(
        [tf.keras.Input((3,)), tf.keras.layers.Dense(1, kernel_regularizer="l2")]
    )
    model.compile("sgd", "mse", metrics=["mae"])
    answer("history", model.fit(x, y, epochs=3, verbose=0).history, **LOOSE)


def test_unbuilt_model(tf, answer):
    x, y = iris()
    tf.keras.utils.set_random_seed(4)
    dense = tf.keras.layers.Dense
    model = tf.keras.Sequential([dense(5, activation="tanh"), dense(3)])
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("rmsprop", loss)
    answer("history", model.fit(x, y, epochs=3, verbose=0).history, **LOOSE)


@pytest.mark.parametrize("shuffle", [True, False, "batch"])
def test_shuffle(tf, answer, shuffle):
    x, y = line()
    model = regressor(tf)
    history = model.fit(x, y, batch_size=6, epochs=3, shuffle=shuffle, verbose=0)
    answer("history", history.history, **LOOSE)
    answer("weights", model.get_weights(), **LOOSE)


@pytest.mark.parametrize(
    "options",
    [
        {"batch_size": 7},
        {"steps_per_epoch": 2, "batch_size": 4},
        {"steps_per_epoch": 5},
        {"initial_epoch": 2, "epochs": 4},
        {"validation_split": 0.3},
        {"validation_split": 0.3, "validation_freq": 2, "epochs": 4},
        {"validation_split": 0.3, "validation_freq": [1, 3]},
        {"validation_split": 0.5, "validation_steps": 1, "validation_batch_size": 3},
        {"sample_weight": np.linspace(0, 1, 20)},
    ],
    ids=words,
)
@pytest.mark.filterwarnings("ignore")
def test_fit_options(tf, answer, options):
    x, y = line()
    model = regressor(tf, metrics=["mae"], weighted_metrics=["mse"])
    history = model.fit(x, y, **{"epochs": 3, "verbose": 0, "shuffle": False, **options})
    answer("history", history.history, **LOOSE)
    answer("epoch", history.epoch)


def test_class_weight(tf, answer):
    x, y = iris(30)
    weights = {0: 1.0, 1: 2.0, 2: 0.5}
    model = classifier(tf, weighted_metrics=["accuracy"])
    answer("classes", model.fit(x, y, class_weight=weights, epochs=2, verbose=0).history, **LOOSE)
    one_hot = tf.keras.utils.to_categorical(y, 3)
    model = classifier(tf, loss="categorical_crossentropy")
    history = model.fit(x, one_hot, class_weight={0: 3.0}, epochs=2, verbose=0)
    answer("rows", history.history, **LOOSE)


# What compile accepts ----------------------------------------------------------------------------


def mean_error(y_true, y_pred):
    return abs(y_true - y_pred)


@pytest.mark.parametrize(
    "options",
    [
        {"loss": "mse"},
        {"loss": ["mse"]},
        {"loss": mean_error},
        {"loss": "huber", "metrics": ["mae", mean_error]},
        {"metrics": ["mse", "mae"], "weighted_metrics": ["mae"]},
        {"steps_per_execution": 2},
        {"run_eagerly": True},
        {"loss_weights": 0.5},
        {"loss_weights": [0.5]},
    ],
    ids=words,
)
def test_compile_options(tf, answer, options):
    x, y = line()
    model = regressor(tf, **options)
    answer("history", model.fit(x, y, epochs=2, batch_size=5, verbose=0).history, **LOOSE)
    answer("evaluate", model.evaluate(x, y, verbose=0), **LOOSE)
    answer("names", [m.name for m in model.metrics])
    answer("metrics_names", model.metrics_names)


def test_accuracy_means_what_the_labels_are(tf, answer):
    x, y = iris(30)
    model = mlp(tf, lambda k: [k.Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    answer("binary", model.fit(x, y > 0, epochs=2, verbose=0).history, **LOOSE)
    model = classifier(tf, loss="crossentropy", metrics=["acc"])
    answer("sparse", model.evaluate(x, y, verbose=0, return_dict=True), **LOOSE)
    model = classifier(tf, loss="crossentropy")
    one_hot = tf.keras.utils.to_categorical(y)
    answer("one_hot", model.evaluate(x, one_hot, verbose=0, return_dict=True), **LOOSE)


def two_heads(tf, **options):
    tf.keras.utils.set_random_seed(5)
    inputs = tf.keras.Input((3,))
    a = tf.keras.layers.Dense(1, name="a")(inputs)
    b = tf.keras.layers.Dense(2, activation="softmax", name="b")(inputs)
    outputs = {"a": a, "b": b} if options.pop("as_dict", False) else [a, b]
    model = tf.keras.Model(inputs, outputs)
    losses = options.pop("loss", ["mse", "sparse_categorical_crossentropy"])
    model.compile("sgd", losses, **options)
    return model


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"loss_weights": [1.0, 0.5]},
        {"metrics": [["mae"], ["accuracy"]]},
        {"metrics": {"b": "accuracy"}},
        {"loss": {"a": "mse", "b": "sparse_categorical_crossentropy"},
         "loss_weights": {"a": 2.0, "b": 0.1}, "metrics": {"a": ["mae", "mse"]}},
        {"as_dict": True, "loss": {"a": "mse", "b": "sparse_categorical_crossentropy"},
         "metrics": {"b": ["accuracy"]}, "weighted_metrics": {"a": ["mae"]}},
    ],
    ids=words,
)  # fmt: skip
def test_two_outputs(tf, answer, options):
    x, y = line()
    labels = [y, (y[:, 0] > 0).astype("int32")]
    model = two_heads(tf, **options)
    if options.get("as_dict"):
        labels = dict(zip("ab", labels))
    history = model.fit(x, labels, epochs=2, batch_size=8, validation_split=0.2, verbose=0)
    answer("history", history.history, **LOOSE)
    answer("evaluate", model.evaluate(x, labels, verbose=0), **LOOSE)
    answer("predict", model.predict(x[:2], verbose=0), **LOOSE)


def test_two_inputs(tf, answer):
    tf.keras.utils.set_random_seed(5)
    a, b = tf.keras.Input((3,), name="a"), tf.keras.Input((1,), name="b")
    joined = tf.keras.layers.Concatenate()([a, b])
    x, y = line()
    model = tf.keras.Model([a, b], tf.keras.layers.Dense(1)(joined))
    model.compile("sgd", "mse")
    answer("list", model.fit([x, y], y, epochs=2, verbose=0).history, **LOOSE)
    answer("dict", model.fit({"a": x, "b": y}, y, epochs=2, verbose=0).history, **LOOSE)
    answer("predict", model.predict([x[:2], y[:2]], verbose=0), **LOOSE)
