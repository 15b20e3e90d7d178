"""Corners of Keras: structures of losses and inputs, what stands in messages, odd dtypes and masks."""

import collections

import numpy as np

RNG = np.random.RandomState(0)
X = RNG.uniform(-1, 1, (4, 3)).astype("float32")
Y = RNG.uniform(-1, 1, (4, 2)).astype("float32")
STEPS = RNG.uniform(-1, 1, (2, 3, 4)).astype("float32")


def two_outputs(tf, as_dict):
    tf.keras.utils.set_random_seed(1)
    inputs = tf.keras.Input((3,))
    outputs = {name: tf.keras.layers.Dense(2, name=name)(inputs) for name in "ba"}
    return tf.keras.Model(inputs, outputs if as_dict else list(outputs.values()))


def test_metrics_of_a_dict_of_outputs_come_in_the_order_of_the_model(tf, answer):
    model = two_outputs(tf, as_dict=True)
    model.compile("sgd", "mse", metrics={"b": ["mse"], "a": ["mape"]})
    logs = model.train_on_batch(X, {"a": Y, "b": Y}, return_dict=True)
    answer("names", list(logs))
    answer("logs", logs, rtol=1e-4)


def test_a_list_of_losses_for_labels_in_a_dict(tf, answer):
    model = two_outputs(tf, as_dict=False)
    model.compile("sgd", ["mse", "mae"])
    answer("labels in a dict", model.train_on_batch(X, {"a": Y, "b": 2 * Y}), rtol=1e-4)


def test_a_loss_for_what_is_no_output(tf, answer):
    tf.keras.utils.set_random_seed(1)
    inputs = tf.keras.Input((3,))
    dense = [tf.keras.layers.Dense(2, name=name)(inputs) for name in "cdb"]
    model = tf.keras.Model(inputs, {"a": {"c": dense[0], "d": dense[1]}, "b": dense[2]})
    labels = {"a": {"c": Y, "d": Y}, "b": Y}
    model.compile("sgd", {"a": {"c": "mse", "d": "mae"}, "b": None})
    answer("nested", model.train_on_batch(X, labels), rtol=1e-4)
    model.compile("sgd", {"a": {"c": "mse"}, "b": {"d": "mae"}})
    answer.raises("path", lambda: model.train_on_batch(X, labels),
                  ["can't be found in the model's output"])  # fmt: skip


def test_losses_of_several_outputs_together(tf, answer):
    def apart(y_true, y_pred):
        return tf.abs((y_true["a"] - y_pred["a"]) * (y_true["b"] - y_pred["b"]))

    model = two_outputs(tf, as_dict=True)
    model.compile("sgd", [apart, {"a": "mse", "b": "mae"}], loss_weights=[1.0, {"a": 0.5, "b": 2}])
    logs = model.train_on_batch(X, {"a": Y, "b": 2 * Y}, return_dict=True)
    answer("names", sorted(logs))
    answer("logs", logs, rtol=1e-4)


def test_a_loss_that_makes_two_outputs_of_one(tf, answer):
    class Twice(tf.keras.Model):
        def compute_loss(self, x, y, y_pred, sample_weight=None, **kwargs):
            return super().compute_loss(x, y, [y_pred, 2 * y_pred], sample_weight, **kwargs)

    tf.keras.utils.set_random_seed(1)
    inputs = tf.keras.Input((3,))
    model = Twice(inputs, tf.keras.layers.Dense(2)(inputs))
    model.compile("sgd", ["mean_squared_error", "mean_absolute_error"])
    answer("logs", model.fit(X, (Y, Y), verbose=0).history, rtol=1e-4)


def test_states_and_exports_that_do_not_fit(tf, answer, tmp_path):
    model = two_outputs(tf, as_dict=True)
    model.set_state_tree({"trainable_variables": {"a": {"bias": [0.5, 1.5]}}})
    answer("a list", model.get_layer("a").bias)
    answer.raises("format", lambda: model.export(tmp_path / "m", format="odd", verbose=False),
                  ["Unrecognized format=odd. Supported formats are"])  # fmt: skip


def test_inputs_that_a_functional_model_refuses(tf, answer):
    a, b = tf.keras.Input((2,), name="a"), tf.keras.Input((2,), name="b")
    answer.raises("not connected", lambda: tf.keras.Model(a, {"p": a * 2, "q": b * 3}),
                  ["Output with path `q` is not connected"])  # fmt: skip
    model = tf.keras.Model({"a": a, "b": b}, a + b)
    given = {"a": tf.ones([1, 2]), "b": None}
    answer.raises("not optional", lambda: model(given), ["'b' is not optional"])
    more = {"a": tf.keras.Input((2,)), "b": tf.keras.Input((2,)), "c": tf.keras.Input((9,))}
    answer("a field too many", tuple(model(more).shape))
    structure = (tf.keras.Input((2,)), tf.keras.Input((2,)))
    answer.raises("another structure", lambda: tf.keras.models.clone_model(model, structure),
                  ["`input_tensors` must have the same structure as model.input"])  # fmt: skip


def old_config(*nodes):
    layers = [{"class_name": "InputLayer", "name": "i", "inbound_nodes": [],
               "config": {"batch_input_shape": [None, 3], "dtype": "float32", "name": "i"}}]  # fmt: skip
    for name, before in nodes:
        layers.append({"class_name": "Dense", "name": name, "config": {"units": 2, "name": name},
                       "inbound_nodes": [[[before, 0, 0, {}]]]})  # fmt: skip
    ends = {"input_layers": [["i", 0, 0]], "output_layers": [[nodes[-1][0], 0, 0]]}
    return {"name": "old", "layers": layers, **ends}


def test_configs_of_older_versions(tf, answer):
    model = tf.keras.Model.from_config(old_config(("p", "i"), ("q", "p")))
    answer("weights", [(w.path, w.shape) for w in model.weights])
    answer.raises("loop", lambda: tf.keras.Model.from_config(old_config(("p", "q"), ("q", "p"))),
                  ["loops or disconnected nodes"])  # fmt: skip
    answer.raises("missing", lambda: tf.keras.Model.from_config(old_config(("p", "q"))),
                  ["Missing node: q"])  # fmt: skip


def test_metrics_find_their_state_in_any_structure(tf, answer):
    class Several(tf.keras.metrics.Metric):
        def __init__(self):
            super().__init__(name="several")
            zeros = tf.keras.initializers.Zeros()
            weights = [self.add_weight(initializer=zeros, name=name) for name in "ab"]
            self.by_name = {"a": weights[:1], "b": weights[1]}
            self.parts = {"mean": tf.keras.metrics.Mean(), "sum": [tf.keras.metrics.Sum()]}
            self.loose = [tf.keras.Variable(1.0)]

    answer("count", len(Several().variables))


def test_accuracy_of_truth_values_and_integers(tf, answer):
    truths, integers = np.array([[True], [False]]), np.array([[1], [1]])
    answer("truth values", tf.keras.metrics.binary_accuracy(truths, ~truths))
    answer("integers", tf.keras.metrics.binary_accuracy(integers, np.array([[1], [0]])))
    answer.raises("summation", lambda: tf.keras.metrics.AUC(summation_method="Odd"),
                  ['value: "Odd". Expected values are ["interpolation", "majoring", "minoring"]'])  # fmt: skip


def test_masks_of_integers(tf, answer):
    x = np.array([[[0, 0], [1, 2], [0, 3]]])
    answer("masked", tf.keras.layers.Masking(0)(x))
    layers = tf.keras.layers
    answer("numbers as masks", layers.Add().compute_mask([X, Y], [X, 0 * X]))


def test_batch_normalization_of_masked_steps(tf, answer):
    layer = tf.keras.layers.BatchNormalization(axis=1, momentum=0.5)
    mask = np.array([[True, True, False], [True, False, True]])
    answer("outputs", layer(STEPS, training=True, mask=tf.constant(mask)), rtol=1e-4)
    answer("averages", layer.non_trainable_weights, rtol=1e-4)
    answer.raises("bounds", lambda: tf.keras.layers.BatchNormalization(
        renorm=True, renorm_clipping={"least": 1}), ["Received invalid keys"])  # fmt: skip


def test_dense_layers_without_an_activation(tf, answer):
    layer = tf.keras.layers.Dense(2, kernel_initializer="ones", activation="relu")
    layer.build((None, 3))
    layer.activation = None
    answer("none", layer(X))


def test_einsum_equations_that_are_refused(tf, answer):
    def build(*args, **kwargs):
        tf.keras.layers.EinsumDense(*args, **kwargs).build((None, 3))

    answer.raises("form", lambda: build("abc,cd", 4), ["Invalid einsum equation"])
    answer.raises("output", lambda: build("ab,bc->ad", 4), ["Dimension 'd' was specified"])
    answer.raises("bias", lambda: build("ab,bc->ac", 4, bias_axes="e"),
                  ["Bias dimension 'e' was requested"])  # fmt: skip


def test_lambdas_are_read_back_only_where_that_is_safe(tf, answer):
    config = tf.keras.layers.Lambda(lambda x: x + 1).get_config()
    again = tf.keras.layers.Lambda.from_config(dict(config), safe_mode=False)
    answer("read", again(tf.constant([1.0])))
    answer.raises("refused", lambda: tf.keras.layers.Lambda.from_config(dict(config)),
                  ["`Lambda` layer whose `function` is a Python lambda"])  # fmt: skip


def test_attention_scores_of_another_dtype(tf, answer):
    layer = tf.keras.layers.Attention(use_scale=True)
    layer.build([(2, 3, 4), (2, 3, 4)])
    query = STEPS.astype("float64")
    answer("scores", layer._calculate_scores(query, query), rtol=1e-6)


def test_a_variable_that_its_gradient_overwrites(tf, answer):
    kept = tf.keras.Variable([1.0, 2.0], name="kept")
    kept.overwrite_with_gradient = True
    other = tf.keras.Variable([1.0, 2.0], name="other")
    optimizer = tf.keras.optimizers.SGD(1.0, gradient_accumulation_steps=2)
    for step in ([3.0, 1.0], [2.0, 2.0], [0.0, 1.0]):
        optimizer.apply_gradients([(tf.constant(step), kept), (tf.constant(step), other)])
        answer(f"after {step}", [kept.numpy(), other.numpy()])


def several_optimizers(tf):
    keras = tf.keras
    keras.utils.set_random_seed(1)
    first, rest = keras.optimizers.SGD(0.5, use_ema=True, name="first"), keras.optimizers.Adam(0.25)
    chosen = keras.optimizers.OptimizerMap(rest, {".*first/.*": first})
    layers = [keras.Input((3,)), keras.layers.Dense(2, name="first"), keras.layers.Dense(2)]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.MultiOptimizer(chosen), "mse")
    return model


def test_callbacks_know_all_of_several_optimizers(tf, answer):
    model = several_optimizers(tf)
    callbacks = tf.keras.callbacks
    plateau = callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=100.0)
    halving = callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2, verbose=1)
    given = {"verbose": 0, "epochs": 3, "shuffle": False}
    answer.printed("said", lambda: model.fit(X, Y, callbacks=[halving, plateau], **given))
    answer("history", model.history.history, rtol=1e-4)
    swap = callbacks.SwapEMAWeights(swap_on_epoch=True)
    model.fit(X, Y, callbacks=[swap], **given)
    answer("averages", model.get_weights(), rtol=1e-4)


def test_what_an_optimizer_of_optimizers_refuses(tf, answer):
    optimizers = tf.keras.optimizers
    inner = optimizers.LossScaleOptimizer(optimizers.SGD())
    several = optimizers.MultiOptimizer(lambda variable: inner)
    answer.raises("inside", lambda: several.build([tf.keras.Variable(1.0)]),
                  ["LossScaleOptimizer cannot be used inside an MultiOptimizer."])  # fmt: skip
    answer.raises("read", lambda: several.learning_rate, ["cannot be accessed"])

    def set_rate():
        several.learning_rate = 1.0

    answer.raises("set", set_rate, ["Learning rate cannot be set on a MultiOptimizer"])
    model = several_optimizers(tf)
    model.fit(X, Y, verbose=0)
    weights = [v.numpy() + 1 for v in model.optimizer.variables]
    model.optimizer.set_weights(weights)
    answer("weights", [v.numpy() for v in model.optimizer.variables], rtol=1e-4)


LOGITS = np.random.RandomState(1).uniform(-3, 3, (2, 6, 4)).astype("float32")


def test_decoding_of_labels_over_time(tf, answer):
    decode = tf.keras.ops.ctc_decode
    lengths = np.array([6, 4])
    for mask in (0, 3, -1):
        answer(f"greedy {mask}", decode(LOGITS, lengths, mask_index=mask), rtol=1e-4)
    answer("repeated", decode(LOGITS, lengths, merge_repeated=False), rtol=1e-4)
    for mask in (0, 2):
        found = decode(LOGITS, lengths, "beam_search", beam_width=10, top_paths=2, mask_index=mask)
        answer(f"beam {mask}", found, rtol=1e-4)
    answer.raises("strategy", lambda: decode(LOGITS, lengths, "odd"), ["Invalid strategy odd"])


def test_truth_values_as_vectors(tf, answer):
    answer("one hot", tf.keras.ops.one_hot([0, 2], 3, dtype="bool"))


def test_shapes_that_build_does_not_get(tf, answer):
    class Plain(tf.keras.layers.Layer):
        def build(self, foo, bar):
            pass

        def call(self, foo, bar):
            return foo

    class Unknown(Plain):
        def build(self, foo_shape, other_shape):
            pass

    ones = tf.ones([2, 1])
    answer.raises("plain", lambda: Plain()(ones, ones),
                  ["argument `foo`, which does not end in `_shape`"])  # fmt: skip
    answer.raises("unknown", lambda: Unknown()(ones, ones),
                  ["`other_shape`, but `call()` does not have argument `other`"])  # fmt: skip


def test_a_weight_that_is_forgotten(tf, answer):
    class Changing(tf.keras.layers.Layer):
        def build(self, input_shape):
            self.factor = self.add_weight(name="factor")

        def forget(self):
            self.factor = self._untrack_variable(self.factor)

    layer = Changing()
    layer.build((2, 2))
    layer.forget()
    answer("weights", len(layer.weights))
    answer("attribute", layer.factor)


def test_what_collections_of_any_kind_hold_is_owned(tf, answer):
    dense = tf.keras.layers.Dense

    class Holder(tf.keras.layers.Layer):
        def __init__(self, shared=None):
            super().__init__()
            self.shared = shared
            self.ordered = collections.OrderedDict(b=dense(1), a=dense(2))
            self.grouped = collections.defaultdict(list, x=dense(4))
            self.nested = {"k": [dense(5)]}

        def units(self):
            return [layer.units for layer in self._layers]

    first = Holder([dense(3)])
    second = Holder(first.shared)
    answer("begin", [first.units(), second.units()])
    first.ordered["c"] = dense(7)
    first.ordered.move_to_end("b")
    answer("moved", [list(first.ordered), first.units()])
    first.ordered.popitem()
    first.shared.append(dense(9))
    answer("end", [first.units(), second.units()])


def test_times_are_known_behind_given_states(tf, answer):
    layer = tf.keras.layers.GRU(3, return_sequences=True)
    layer.build((2, 4, 5))
    shapes = []

    @tf.function
    def run(x):
        y = layer(x, initial_state=layer.get_initial_state(tf.shape(x)[0]))
        shapes.append(y.shape.as_list())
        return y

    run(tf.zeros((2, 4, 5)))
    answer("shape", shapes)


def test_output_shapes_of_attention(tf, answer):
    layer = tf.keras.layers.MultiHeadAttention
    answer.raises("number", lambda: layer(2, 2, output_shape=8.0), keywords=["output_shape"])
    x = np.ones((1, 3, 4), "float32")
    answer("list", layer(2, 2, output_shape=[5])(x, x).shape)
