"""`tf.keras` itself: functions of symbols, structures, state as a tree, scopes, versions."""

import numpy as np
import pytest

X = np.arange(6, dtype="float32").reshape(2, 3) / 6


@pytest.fixture
def keras(tf):
    tf.keras.utils.clear_session()
    tf.keras.utils.set_random_seed(3)
    return tf.keras


def model(keras):
    stack = [keras.Input((3,)), keras.layers.Dense(2, kernel_regularizer="l2")]
    made = keras.Sequential(stack)
    made.compile("adam", "mse")
    return made


def test_function(keras, answer):
    x, y = keras.Input((3,)), keras.Input((3,))
    function = keras.Function([x, y], {"sum": x + y, "product": x * y})
    answer("values", function([X, X]))
    answer("symbolic", {k: tuple(v.shape) for k, v in function([x, y]).items()})
    answer("names", sorted(operation.name for operation in function.operations))
    answer("shapes", function.compute_output_shape([(2, 3), (2, 3)]))
    answer.raises("empty", lambda: keras.Function([], []), keywords=["inputs", "empty"])


def test_tree(keras, answer):
    tree, structure = keras.tree, {"b": [1, (2, None)], "a": 4}
    answer("flat", [tree.flatten(structure), tree.flatten_with_path(structure)])
    answer("nested", [tree.is_nested(structure), tree.is_nested(1), tree.is_nested(())])
    answer("mapped", tree.map_structure(lambda x: 0 if x is None else x + 1, structure))
    answer("kept", tree.map_structure(lambda x: x + 1, structure, none_is_leaf=False))
    answer("tuples", tree.lists_to_tuples(structure))
    answer("packed", tree.pack_sequence_as(structure, [9, 8, 7, 6]))
    answer("shapes", tree.map_shape_structure(len, [(2, 3), {"a": (None, 4, 5)}]))
    answer("none", tree.traverse(lambda x: tree.MAP_TO_NONE if x == 2 else None, structure))
    answer("up to", tree.map_structure_up_to([1, 2], lambda x, y: (x, y), [1, [2]], [3, 4]))
    answer.raises("same", lambda: tree.assert_same_structure([1], (1,)))
    answer.raises("paths", lambda: tree.assert_same_paths([1], [1, 2]), keywords=["paths"])
    answer("alike", tree.assert_same_paths([1], (1,)))


def test_state_tree(keras, answer):
    made = model(keras)
    made.train_on_batch(X, X[:, :2])
    tree = made.get_state_tree("numpy_array")
    answer("tree", tree, rtol=1e-4)
    tree["trainable_variables"]["sequential"]["dense"]["bias"] = np.ones(2, "float32")
    made.set_state_tree(tree)
    answer("bias", made.get_weights()[1])
    answer.raises("format", lambda: made.get_state_tree("x"), keywords=["value_format"])
    answer.raises("group", lambda: made.set_state_tree({"x": {}}), keywords=["x"])


def test_stateless_loss(keras, answer):
    made = model(keras)
    made.train_on_batch(X, X[:, :2])
    groups = made.trainable_variables, made.non_trainable_variables, made.metrics_variables
    values = [[v.value for v in group] for group in groups]
    loss, after = made.stateless_compute_loss(*values, x=X, y=X[:, :2], y_pred=made(X))
    answer("loss", loss, rtol=1e-4)
    answer("after", [len(group) for group in after])


def test_scopes(tf, keras, answer):
    with keras.name_scope("outer"), keras.name_scope("inner"):
        answer("path", keras.Variable(1.0, name="v").path)
    with keras.device("cpu:0"):
        answer("sum", tf.constant(1.0) + 1)
    again = keras.remat(lambda x: tf.sin(x) * x)
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = again(x)
    answer("gradient", [y, tape.gradient(y, x)])
    answer("version", keras.version())


def test_attributes_of_layers(keras, answer):
    layer = keras.layers.Dense(2)
    layer.dtype_policy = "mixed_float16"
    answer("policy", [repr(layer.dtype_policy), layer(X).dtype, layer.quantization_mode])
    answer.raises("metric", lambda: layer.add_metric(1.0), keywords=["deprecated", "compile"])
    made = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    answer("fresh", [made.run_eagerly, made.supports_masking])


def test_settings_of_messages_and_attention(tf, answer):
    config = tf.keras.config
    answer("first", [config.backend(), config.is_interactive_logging_enabled(),
                     config.is_flash_attention_enabled(), config.is_nnx_enabled()])  # fmt: skip
    config.disable_interactive_logging()
    config.disable_flash_attention()
    changed = [config.is_interactive_logging_enabled(), config.is_flash_attention_enabled()]
    config.enable_interactive_logging()
    config.enable_flash_attention()
    answer("changed", changed)
    answer("again", [tf.keras.utils.is_interactive_logging_enabled(),
                     config.is_flash_attention_enabled()])  # fmt: skip


def test_limits_of_epochs_and_steps(tf, answer):
    config = tf.keras.config
    model = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.ones((8, 1), "float32")
    config.set_max_epochs(2)
    config.set_max_steps_per_epoch(3)
    try:
        answer("limits", [config.max_epochs(), config.max_steps_per_epoch()])
        with pytest.warns(UserWarning, match="Limiting epochs to 2"):
            history = model.fit(x, x, batch_size=1, epochs=5, verbose=0)
        answer("epochs", history.epoch)
        answer("steps", int(model.optimizer.iterations.numpy()))
        answer("predicted", len(model.predict(x, batch_size=1, verbose=0)))
    finally:
        config.set_max_epochs(None)
        config.set_max_steps_per_epoch(None)
    answer("no limits", [config.max_epochs(), config.max_steps_per_epoch()])


def test_namespace_of_numpy(tf, answer):
    numpy = tf.keras.ops.numpy
    answer("sum", numpy.add(1, [2.0, 3.0]))
    answer("names", [numpy.concatenate is tf.keras.ops.concatenate, numpy.ndim([[1]])])
    answer("result type", tf.keras.backend.result_type("int32", "float16"))
    answer("dtype", tf.keras.utils.standardize_dtype(tf.int64))


def test_stateless_scopes(keras, answer):
    layer = keras.layers.BatchNormalization(momentum=0.5)
    layer.build((None, 3))
    given = [(v, np.full(v.shape, 2.0, "float32")) for v in layer.weights]
    with keras.StatelessScope(given) as scope:
        answer("outputs", layer(X, training=True), rtol=1e-5)
    answer("after", [scope.get_current_value(v) for v in layer.weights], rtol=1e-5)
    answer("as before", layer.get_weights())
    answer("no value", scope.get_current_value(keras.Variable(1.0)))
    variable = keras.Variable([1.0, 2.0])
    answer.raises("no variable", lambda: keras.StatelessScope([(1.0, 1.0)]),
                  ["must be Variable instances"])  # fmt: skip
    answer.raises("shape", lambda: keras.StatelessScope([(variable, [1.0])]),
                  ["shape that matches the corresponding variable shape"])  # fmt: skip


def test_errors_as_they_are(tf, answer):
    """`disable_traceback_filtering`: errors inside layers come out without an explanation."""
    config = tf.keras.config

    class Wrong(tf.keras.layers.Layer):
        def call(self, x):
            raise ValueError("wrong")

    def said():
        with pytest.raises(ValueError) as found:
            Wrong()(tf.ones(2))
        return str(found.value)[:30]

    answer("explained", [said(), config.is_traceback_filtering_enabled()])
    config.disable_traceback_filtering()
    try:
        answer("plain", [said(), config.is_traceback_filtering_enabled()])
    finally:
        config.enable_traceback_filtering()


def test_methods_of_symbols(tf, answer):
    tf.keras.utils.clear_session()
    x = tf.keras.Input((4, 1))
    y = x.squeeze(-1).reshape((-1, 2, 2))
    answer("shape", tuple(y.shape))
    answer("names", [layer.name for layer in tf.keras.Model(x, y).operations])


def test_losses_of_a_scope(tf, answer):
    """A `StatelessScope` with `collect_losses` takes what layers add to the loss."""

    class Adds(tf.keras.layers.Layer):
        def call(self, x):
            self.add_loss(tf.reduce_sum(x))
            return x

    layer = Adds()
    with tf.keras.StatelessScope(collect_losses=True) as scope:
        layer(tf.ones(3))
    answer("collected", list(scope.losses))
    with tf.keras.StatelessScope() as scope:
        layer(tf.ones(2))
    answer("not collected", list(scope.losses))
