"""Losses and metrics of models with several outputs: who gets which, and under what name."""

import numpy as np
import pytest

LOOSE = {"rtol": 2e-4, "atol": 2e-5}
RNG = np.random.RandomState(0)
X = RNG.randn(12, 3).astype("float32")
Y = RNG.randn(12, 1).astype("float32")
Z = RNG.randint(0, 2, (12,))
WEIGHT = np.linspace(0, 1, 12).astype("float32")
ONE_HOT = np.eye(2)[Z]


def model_of(tf, kind):
    tf.keras.utils.set_random_seed(1)
    x = tf.keras.Input((3,))
    a = tf.keras.layers.Dense(1, name="a")(x)
    b = tf.keras.layers.Dense(2, name="b")(x)
    outputs = {"list": [a, b], "dict": {"a": a, "b": b}, "one": a, "single": [a],
               "nested": {"p": a, "q": [a, b]}}  # fmt: skip
    return tf.keras.Model(x, outputs[kind])


def sparse(tf):
    return tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def both(tf):
    return {"loss": ["mse", sparse(tf)]}


def named(tf):
    return {"loss": {"a": "mse", "b": sparse(tf)}}


CASES = {
    "one for both": ("list", [Y, ONE_HOT], lambda tf: {"loss": "mse"}),
    "none": ("list", [Y, Z], lambda tf: {"loss": ["mse", None]}),
    "none, no label": ("list", [Y], lambda tf: {"loss": ["mse", None]}),
    "left out": ("dict", {"a": Y, "b": Z}, lambda tf: {"loss": {"a": "mse"}}),
    "left out, no label": ("dict", {"a": Y}, lambda tf: {"loss": {"a": "mse"}}),
    "dict for list": ("list", {"a": Y, "b": Z}, named),
    "weights": ("dict", {"a": Y, "b": Z},
                lambda tf: {**named(tf), "loss_weights": {"a": 0.5, "b": 2.0}}),
    "flat metrics": ("list", [Y, Z], lambda tf: {**both(tf), "metrics": ["mae", "accuracy"]}),
    "none metric": ("list", [Y, Z], lambda tf: {**both(tf), "metrics": [None, "accuracy"]}),
    "dict metrics": ("dict", {"a": Y, "b": Z},
                     lambda tf: {**named(tf), "metrics": {"a": "mae", "b": ["accuracy"]}}),
    "twice": ("one", Y, lambda tf: {"loss": "mse", "metrics": ["mae", "mae"],
                                    "weighted_metrics": ["mae", "mse"]}),
    "two losses": ("one", Y, lambda tf: {"loss": ["mse", "mae"]}),
    "dict for one": ("one", Y, lambda tf: {"loss": {"a": "mse"}, "metrics": {"a": ["mae"]}}),
    "list of one": ("single", [Y], lambda tf: {"loss": ["mse"], "metrics": [["mae"]]}),
    "nested": ("nested", {"p": Y, "q": [Y, Z]},
               lambda tf: {"loss": {"p": "mse", "q": ["mae", sparse(tf)]},
                           "metrics": {"p": ["mse"], "q": [None, ["accuracy"]]}}),
    "function": ("one", Y, lambda tf: {"loss": "mse", "metrics": [lambda a, b: tf.abs(a - b)]}),
    "column": ("one", Y[:, 0], lambda tf: {"loss": "mse", "metrics": ["mae", "accuracy"]}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_matching(tf, answer, case):
    kind, labels, options = CASES[case]
    model = model_of(tf, kind)
    model.compile("sgd", **options(tf))
    history = model.fit(X, labels, epochs=1, verbose=0, batch_size=4, shuffle=False)
    answer("history", history.history, **LOOSE)
    answer("evaluate", model.evaluate(X, labels, verbose=0), **LOOSE)
    answer("names", [m.name for m in model.metrics])


@pytest.mark.parametrize("kind", ["list", "dict"])
def test_sample_weights(tf, answer, kind):
    metrics = {"list": [["mae"], ["accuracy"]], "dict": {"a": ["mae"], "b": ["accuracy"]}}[kind]
    options = {"list": both, "dict": named}[kind](tf)
    labels = {"list": [Y, Z], "dict": {"a": Y, "b": Z}}[kind]
    each = {"list": [WEIGHT, 1 - WEIGHT], "dict": {"a": WEIGHT, "b": 1 - WEIGHT}}[kind]
    for key, weight in {"same": WEIGHT, "each": each}.items():
        model = model_of(tf, kind)
        model.compile("sgd", **options, weighted_metrics=metrics)
        history = model.fit(X, labels, sample_weight=weight, verbose=0, shuffle=False)
        answer(key, history.history, **LOOSE)


@pytest.mark.parametrize(
    ("kind", "labels", "options", "keywords"),
    [
        ("list", [Y, Z], {"loss": {"a": "mse"}}, ["Expected keys", "loss"]),
        ("dict", {"a": Y, "b": Z}, {"loss": {"a": "mse", "c": "mae"}}, ["The path", "c"]),
        ("list", [Y, Z], {"loss": ["mse", "mse", "mae"]}, ["The path", "loss"]),
        ("list", [Y, Z], {"loss": ["mse", "mse"], "loss_weights": [1.0, 2.0, 3.0]},
         ["2 losses", "3 weights"]),
        ("list", [Y, Z], {"loss": "mse", "loss_weights": "a"}, ["loss_weights"]),
        ("list", [Y, ONE_HOT], {"loss": "mse", "metrics": ["mae"]}, ["Invalid `metrics`"]),
        ("list", [Y, ONE_HOT], {"loss": "mse", "metrics": {"c": "mae"}}, ["Invalid `metrics`"]),
        ("list", [Y], {"loss": ["mse", "mse"]}, ["different structures"]),
        ("one", Y, {"loss": "mse", "metrics": [None]}, ["Expected metric"]),
    ],
    ids=["keys", "path", "too many", "weights", "weight", "metrics", "names", "labels", "metric"],
)  # fmt: skip
def test_errors(tf, answer, kind, labels, options, keywords):
    model = model_of(tf, kind)

    def fit():
        model.compile("sgd", **options)
        model.fit(X, labels, verbose=0)

    answer.raises("error", fit, keywords=keywords)
