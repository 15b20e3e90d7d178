"""What surrounds layers: scopes in which they compute again, policies by their paths."""

import numpy as np


def _times_run(tf, scope):
    """How often layers that are made in `scope` run for a value and a gradient."""
    runs = {}

    class Counted(tf.keras.layers.Layer):
        def __init__(self, name):
            super().__init__(name=name)
            self.activation = self.activate

        def activate(self, x):
            runs[self.name + " activation"] = runs.get(self.name + " activation", 0) + 1
            return tf.tanh(x)

        def call(self, x):
            runs[self.name] = runs.get(self.name, 0) + 1
            return self.activation(x)

    with scope:
        layers = [Counted("first"), Counted("second")]
    x = tf.constant([[0.5, 1.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x
        for layer in layers:
            y = layer(y)
    return [tape.gradient(y, x), runs]


def test_layers_that_compute_again(tf, answer):
    scope = tf.keras.RematScope
    answer("none", _times_run(tf, scope(mode=None)))
    answer("full", _times_run(tf, scope(mode="full")))
    answer("activations", _times_run(tf, scope(mode="activations")))
    answer("some", _times_run(tf, scope(mode="list_of_layers", layer_names=["second"])))
    answer.raises("mode", lambda: scope(mode="all"), keywords=["mode"])


def test_large_layers_compute_again(tf, answer):
    with tf.keras.RematScope(mode="larger_than", output_size_threshold=3):
        layers = [tf.keras.layers.Dense(n, kernel_initializer="ones") for n in (2, 5)]
    x = tf.constant([[0.5, 1.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layers[1](layers[0](x))
    answer("gradient", tape.gradient(y, x))


def test_policies_by_path(tf, answer):
    policies = tf.keras.dtype_policies
    table = policies.DTypePolicyMap("float32", {"m/half": policies.DTypePolicy("float16")})
    table["m/dense.*"] = "mixed_bfloat16"
    answer("name", [table.name, table.compute_dtype, table.variable_dtype, len(table)])
    answer("found", [table[k].name for k in ("m/half", "m/dense", "m/dense_1", "dense", "x")])
    answer("in", ["m/half" in table, "m/dense" in table])
    config = policies.serialize(table)
    answer("config", config)
    again = policies.deserialize(config)
    answer("again", [list(again), again["m/dense_7"].name])
    layer = tf.keras.layers.Dense(2, name="dense", dtype=table)
    model = tf.keras.Sequential([tf.keras.Input((3,)), layer], name="m")
    answer("dtypes", [layer.path, layer.compute_dtype, layer.variable_dtype])
    answer("value", str(np.asarray(model(np.ones((1, 3)))).dtype))
    table["m/den.e"] = "float64"
    for name, call, keyword in (
        ("two", lambda: table["m/dense"], "multiple"),
        ("again", lambda: table.__setitem__("m/half", "float32"), "already"),
        ("no policy", lambda: table.__setitem__("x", "none"), "interpret"),
        ("nested", lambda: policies.DTypePolicyMap(table), "default_policy"),
    ):
        answer.raises(f"refused {name}", call, keywords=[keyword])


def test_binomial_numbers(tf, answer):
    binomial = tf.keras.random.binomial
    answer("one", binomial((5,), 10.0, 0.3, seed=3))
    answer("rows", binomial((2, 3), [5.0, 10.0, 200.0], [0.5, 0.1, 0.9], seed=7))
    answer("half", binomial((3,), 10.0, 0.3, dtype="bfloat16", seed=3))
