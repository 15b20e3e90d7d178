"""Models: sequential, functional, subclassed; their configs, copies, errors; the pure view."""

import json

import numpy as np
import pytest

X = np.linspace(-1, 1, 8).astype("float32").reshape(2, 4)


@pytest.fixture
def keras(tf):
    tf.keras.utils.clear_session()
    tf.keras.utils.set_random_seed(1)
    return tf.keras


def stack(keras):
    layers = keras.layers
    return keras.Sequential([keras.Input((4,)), layers.Dense(3, "relu"), layers.Dense(2)])


def branched(keras):
    layers = keras.layers
    x = keras.Input((4,), name="x")
    hidden = layers.Dense(3, activation="tanh")(x)
    return keras.Model(x, layers.Dense(1)(hidden) + layers.Dense(1)(x) * 2, name="branched")


def described(model):
    return [repr(model), [repr(layer) for layer in model.layers], [w.path for w in model.weights]]


def test_sequential(keras, answer):
    model = stack(keras)
    answer("value", model(X))
    answer("described", described(model))
    answer("shapes", [model.input_shape, model.output_shape])
    answer("inputs", [repr(model.inputs), repr(model.outputs)])
    answer("config", model.get_config())
    model.add(keras.layers.Dense(1))
    answer("added", described(model))
    answer("popped", [repr(model.pop()), described(model)])
    answer.raises("name", lambda: model.add(keras.layers.Dense(1, name="dense")), keywords=["uniq"])
    answer.raises("no layer", lambda: model.add(3), keywords=["Only instances"])
    answer.raises("shape", lambda: model(X[:, :3]), keywords=["expected axis -1"])


def test_lazy_sequential(keras, answer):
    model = keras.Sequential()
    answer.raises("no layers", lambda: model(X), keywords=["no layers"])
    model.add(keras.layers.Dense(3, input_shape=(4,)))
    model.add(keras.layers.Dense(2))
    answer("input_shape", described(model))
    lazy = keras.models.Sequential([keras.layers.Dense(3, name="first"), keras.layers.Dense(2)])
    answer("before", described(lazy))
    answer.raises("no shape", lambda: lazy.input_shape, keywords=["no defined input shape"])
    answer("value", lazy(X))
    answer("after", described(lazy))
    answer("layer", repr(lazy.get_layer("first")))
    answer("index", repr(lazy.get_layer(index=1)))
    answer.raises("no such layer", lambda: lazy.get_layer("foo"), keywords=["No such layer", "foo"])


def test_functional(keras, answer):
    model = branched(keras)
    answer("value", model(X))
    answer("described", described(model))
    answer("shapes", [model.input_shape, model.output_shape])
    answer("config", [x for x in model.get_config()["layers"] if x["module"] == "keras.layers"])
    answer("rank", model(X[:1, :, None] * 0).shape)
    answer.raises("shape", lambda: model(X[:, :3]), keywords=["expected shape=(None, 4)"])
    answer.raises(
        "disconnected",
        lambda: keras.Model(keras.Input((3,)), model.output),
        keywords=["not connected"],
    )
    answer.raises("no tensor", lambda: keras.Model(3, model.output), keywords=["KerasTensors"])


def test_several_inputs(tf, keras, answer):
    layers = keras.layers
    a, b = keras.Input((4,), name="a"), keras.Input((2,), name="b", dtype="int32")
    both = layers.Concatenate()([a, layers.Flatten()(layers.Embedding(3, 2)(b))])
    model = keras.Model([a, b], {"sum": layers.Dense(1)(both), "both": both})
    integers = np.array([[0, 1], [2, 2]])
    outputs = model([X, integers])
    answer("keys", sorted(outputs))
    answer("outputs", [outputs["sum"], outputs["both"]])
    answer("by name", model({"a": X, "b": integers})["sum"])
    answer("described", described(model))
    answer.raises("one input", lambda: model(X), keywords=["expects 2 named input"])


def test_shared(tf, keras, answer):
    layers = keras.layers
    shared = layers.Dense(4, name="shared")
    x = keras.Input((4,), name="x")
    y = layers.Add()([shared(x), shared(shared(x))])
    model = keras.Model(x, y)
    answer("value", model(X))
    answer("weights", len(model.weights))
    inner = keras.Model(x, shared(x))
    outer = keras.Sequential([keras.Input((4,)), inner, layers.Dense(1)])
    answer("nested", outer(X))
    answer("layers", [layer.name for layer in outer.layers])
    middle = keras.Model(inputs=y, outputs=layers.Dense(2, kernel_initializer="ones")(y))
    answer("from the middle", middle(X))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(X) ** 2)
    answer("gradients", tape.gradient(loss, model.trainable_variables))


def test_operators(keras, answer):
    x = keras.Input((4,), name="x")
    y = (((1 - x) * 3 / 2 - x[:, :1]) ** 2) @ np.ones((4, 2), "float32")
    answer("shape", [y.shape, str(y.dtype)])
    answer("value", keras.Model(x, y)(X))
    answer("names", [operation.name for operation in keras.Model(x, y).operations])
    answer("repr", repr(x))
    answer("comparison", repr((x > 0).dtype))
    answer.raises("bool", lambda: bool(x), keywords=["boolean"])
    answer.raises("iter", lambda: list(x), keywords=["Iterating"])
    answer.raises("array", lambda: np.array(x), keywords=["symbolic", "NumPy"])


def test_subclass(tf, keras, answer):
    class Two(keras.Model):
        def __init__(self):
            super().__init__()
            self.first = keras.layers.Dense(4)
            self.rest = [keras.layers.Dense(2) for _ in range(2)]
            self.drop = keras.layers.Dropout(0.5)

        def call(self, x, training=None):
            x = self.drop(self.first(x), training=training)
            for layer in self.rest:
                x = layer(x)
            return x

    model = Two()
    answer("before", described(model))
    answer("value", model(X))
    answer("after", described(model))
    answer("training", model(X, training=True))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(X) ** 2)
    answer("gradients", tape.gradient(loss, model.trainable_variables))
    answer("compiled", tf.function(model)(tf.constant(X)))
    weights = model.get_weights()
    model.set_weights([w * 0 for w in weights])
    answer("zeros", model(X))
    answer("symbolic", model(keras.Input((4,))).shape)


def test_subclass_of_functional(keras, answer):
    class Named(keras.Model):
        def __init__(self, units):
            x = keras.Input((4,))
            super().__init__(x, keras.layers.Dense(units)(x))
            self.units = units

        def double(self, x):
            return self(x) * 2

    model = Named(3)
    answer("value", model.double(X))
    answer("layers", [layer.name for layer in model.layers])
    answer("output", model.output_shape)


def test_trainable(keras, answer):
    model = stack(keras)
    model.layers[0].trainable = False
    answer("weights", [len(model.trainable_weights), len(model.non_trainable_weights)])
    model.trainable = False
    answer("none", len(model.trainable_weights))
    answer("params", model.count_params())


def test_configs(keras, answer):
    for kind in (stack, branched):
        model = kind(keras)
        again = type(model).from_config(model.get_config())
        answer(f"{kind.__name__} again", described(again))
        assert again.get_config() == model.get_config()
        from_json = keras.models.model_from_json(model.to_json())
        answer(f"{kind.__name__} json", described(from_json))
        answer(f"{kind.__name__} keys", sorted(json.loads(model.to_json())))


def test_clone(keras, answer):
    for kind in (stack, branched):
        model = kind(keras)
        cloned = keras.models.clone_model(model)
        answer(f"{kind.__name__} clone", described(cloned))
        cloned.set_weights(model.get_weights())
        answer(f"{kind.__name__} value", cloned(X))
        assert cloned.weights[0] is not model.weights[0]

    def wider(layer):
        if isinstance(layer, keras.layers.Dense):
            return keras.layers.Dense(layer.units + 1)
        return layer

    changed = keras.models.clone_model(branched(keras), clone_function=wider)
    answer("changed", changed.output_shape)


def test_losses(keras, answer):
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(2, kernel_regularizer="l2", activity_regularizer="l1"),
            keras.layers.Dense(1, bias_regularizer=keras.regularizers.L1(0.1)),
        ]
    )
    model(X)
    answer("losses", model.losses)


def test_pure_view():
    """minitf's own: a model is a pure function of its parameters."""
    import jax
    import jax.numpy as jnp

    import minitf as tf

    model = stack(tf.keras)
    params = model.params

    def loss(params, x):
        return jnp.sum(model.apply(params, x) ** 2)

    expected = np.sum(model(X).numpy() ** 2)
    np.testing.assert_allclose(jax.jit(loss)(params, X), expected, rtol=1e-5)
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(model(X) ** 2)
    gradients = tape.gradient(value, model.trainable_variables)
    found = jax.grad(loss)(params, X)
    for variable, gradient in zip(model.trainable_variables, gradients):
        np.testing.assert_allclose(found[variable.path], gradient, rtol=1e-5)
    zeros = jax.tree.map(jnp.zeros_like, params)
    np.testing.assert_array_equal(model.apply(zeros, X), np.zeros((2, 2)))
    np.testing.assert_allclose(np.sum(model(X).numpy() ** 2), expected)
    rows = jax.vmap(lambda row: model.apply(params, row[None])[0])(X)
    np.testing.assert_allclose(rows, model(X).numpy(), rtol=1e-5)


def test_pure_view_of_random_and_recurrent_layers():
    """minitf's own: dropout is a function of `rng`, states stay as they were."""
    import jax

    import minitf as tf

    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [
            tf.keras.Input((4,)),
            layers.Dense(8),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Dense(2),
        ]
    )
    state = {path: np.array(value) for path, value in model.state.items()}
    apply = jax.jit(lambda params, rng: model.apply(params, X, training=True, rng=rng))
    first = apply(model.params, 1)
    np.testing.assert_array_equal(first, apply(model.params, 1))
    assert np.any(first != apply(model.params, 2))
    for path, value in model.state.items():
        np.testing.assert_array_equal(value, state[path])
    outputs, after = model.stateless_call(
        model.trainable_variables, model.non_trainable_variables, X, training=True
    )
    assert outputs.shape == (2, 2)
    assert np.any(after[0] != model.non_trainable_variables[0].numpy())
    sequences = tf.keras.Input((5, 3))
    recurrent = tf.keras.Model(sequences, layers.LSTM(4)(sequences))
    x = np.ones((2, 5, 3), "float32")
    compiled = jax.jit(recurrent.apply)(recurrent.params, x)
    np.testing.assert_allclose(compiled, recurrent(x), rtol=1e-5, atol=1e-6)


def test_fit_equals_jax_and_optax():
    import jax
    import jax.numpy as jnp
    import optax

    import minitf as tf

    model = stack(tf.keras)
    params, y = model.params, np.ones((len(X), 2), "float32")

    # Ten lines of JAX and optax, over the pure view.
    optimizer = optax.sgd(0.1)
    state = optimizer.init(params)

    @jax.jit
    def step(params, state):
        value, gradients = jax.value_and_grad(
            lambda params: jnp.mean((model.apply(params, X) - y) ** 2)
        )(params)
        updates, state = optimizer.update(gradients, state)
        return optax.apply_updates(params, updates), state, value

    losses = []
    for _ in range(5):
        params, state, value = step(params, state)
        losses.append(value)

    model.compile(tf.keras.optimizers.SGD(0.1), "mse")
    history = model.fit(X, y, batch_size=len(X), epochs=5, verbose=0, shuffle=False)
    np.testing.assert_allclose(history.history["loss"], losses, rtol=1e-5)
    for variable in model.trainable_variables:
        np.testing.assert_allclose(variable, params[variable.path], rtol=1e-5, atol=1e-7)


def test_batch_input_shape():
    """The spelling of Keras 2 for stateful layers, which Keras 3 refuses."""
    import minitf as tf

    layer = tf.keras.layers.LSTM(2, batch_input_shape=(2, 4, 1), stateful=True)
    model = tf.keras.Sequential([layer, tf.keras.layers.Dense(1)])
    assert model.input_shape == (2, 4, 1)
    first, second = model(X[..., None]), model(X[..., None])
    assert np.any(first.numpy() != second.numpy())
