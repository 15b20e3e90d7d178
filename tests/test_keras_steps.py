"""Steps on single batches, steps that users write, and the kinds of data that `fit` reads."""

import numpy as np
import pytest

LOOSE = {"rtol": 2e-4, "atol": 2e-5}


def data(count=20):
    rng = np.random.RandomState(0)
    x = rng.randn(count, 3).astype("float32")
    return x, (x @ [[1.0], [-2.0], [0.5]] + 0.1 * rng.randn(count, 1)).astype("float32")


def regressor(tf, make=None, **options):
    tf.keras.utils.set_random_seed(1)
    layers = [tf.keras.Input((3,)), tf.keras.layers.Dense(1)]
    model = (make or tf.keras.Sequential)(layers)
    model.compile(**{"optimizer": tf.keras.optimizers.SGD(0.1), "loss": "mse", **options})
    return model


# One batch ---------------------------------------------------------------------------------------


def test_on_batch(tf, answer):
    x, y = data()
    model = regressor(tf, metrics=["mae"], weighted_metrics=["mse"])
    answer("train", model.train_on_batch(x, y), **LOOSE)
    answer("train again", model.train_on_batch(x[:7], y[:7], return_dict=True), **LOOSE)
    answer("weighted", model.train_on_batch(x, y, sample_weight=np.linspace(0, 1, 20)), **LOOSE)
    answer("test", model.test_on_batch(x, y, return_dict=True), **LOOSE)
    answer("predict", model.predict_on_batch(x[:2]), **LOOSE)
    answer("weights", model.get_weights(), **LOOSE)
    model = regressor(tf)
    answer("one number", model.train_on_batch(x, y), **LOOSE)
    answer("evaluate", model.evaluate(x, y, verbose=0), **LOOSE)


def test_class_weight_on_batch(tf, answer):
    x, y = data()
    labels = (y[:, 0] > 0).astype("int32")
    model = regressor(tf, loss="binary_crossentropy")
    answer("weights", model.train_on_batch(x, labels, class_weight={0: 1.0, 1: 3.0}), **LOOSE)
    answer.raises("both", lambda: model.train_on_batch(x, labels, sample_weight=labels,
                  class_weight={0: 1.0}), keywords=["sample_weight", "class_weight"])  # fmt: skip


def test_predict(tf, answer):
    x, _ = data(70)
    model = regressor(tf)
    answer("rows", model.predict(x, verbose=0), **LOOSE)
    answer("kind", type(model.predict(x[:1], verbose=0)).__name__)
    answer("batches", model.predict(x, batch_size=9, verbose=0)[-1], **LOOSE)
    answer("steps", model.predict(x, batch_size=9, steps=2, verbose=0).shape)
    batches = tf.data.Dataset.from_tensor_slices(x).batch(16)
    answer("dataset", model.predict(batches, verbose=0)[-1], **LOOSE)
    uncompiled = tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.Dense(1)])
    answer("uncompiled", uncompiled.predict(x, verbose=0).shape)


# Users' own steps --------------------------------------------------------------------------------


def own_training(tf):
    class Own(tf.keras.Sequential):
        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                y_pred = self(x, training=True)
                loss = self.compute_loss(y=y, y_pred=y_pred)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply(gradients, self.trainable_variables)
            for metric in self.metrics:
                if metric.name == "loss":
                    metric.update_state(loss)
                else:
                    metric.update_state(y, y_pred)
            return {m.name: m.result() for m in self.metrics}

    return Own


def test_own_train_step(tf, answer):
    x, y = data()
    model = regressor(tf, own_training(tf))
    answer("history", model.fit(x, y, epochs=3, batch_size=8, verbose=0).history, **LOOSE)
    answer("weights", model.get_weights(), **LOOSE)


def own_metrics(tf):
    class Own(tf.keras.Sequential):
        def __init__(self, layers):
            super().__init__(layers)
            self.loss_tracker = tf.keras.metrics.Mean(name="loss")
            self.error = tf.keras.metrics.MeanAbsoluteError(name="mae")
            self.seen = tf.Variable(0, trainable=False, dtype="int32")

        @property
        def metrics(self):
            return [self.loss_tracker, self.error]

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(y - self(x, training=True)))
            gradients = tape.gradient(loss, self.trainable_weights)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
            self.loss_tracker.update_state(loss)
            self.error.update_state(y, self(x))
            self.seen.assign_add(tf.shape(x)[0])
            return {"loss": self.loss_tracker.result(), "mae": self.error.result()}

        def test_step(self, data):
            x, y = data
            self.error.update_state(y, self(x, training=False))
            return {"mae": self.error.result()}

    return Own


def test_own_metrics(tf, answer):
    x, y = data()
    model = regressor(tf, own_metrics(tf), loss=None)
    history = model.fit(x, y, epochs=3, batch_size=8, validation_split=0.25, verbose=0)
    answer("history", history.history, **LOOSE)
    answer("seen", int(model.seen.numpy()))
    answer("evaluate", model.evaluate(x, y, verbose=0), **LOOSE)


@pytest.mark.filterwarnings("ignore")
def test_step_of_older_keras(tf, answer):
    x, y = data()

    class Own(tf.keras.Sequential):
        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                y_pred = self(x, training=True)
                loss = self.compiled_loss(y, y_pred, regularization_losses=self.losses)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            self.compiled_metrics.update_state(y, y_pred)
            return {m.name: m.result() for m in self.metrics}

    model = regressor(tf, Own, metrics=["mae"])
    answer("history", model.fit(x, y, epochs=2, batch_size=8, verbose=0).history, **LOOSE)


def test_own_logs(tf, answer):
    x, y = data()

    class Own(tf.keras.Sequential):
        def train_step(self, data):
            logs = super().train_step(data)
            return {**logs, "rows": tf.cast(tf.shape(data[0])[0], tf.float32), "one": 1.0}

    answer("history", regressor(tf, Own).fit(x, y, epochs=2, verbose=0, batch_size=8).history,
           **LOOSE)  # fmt: skip


def test_own_loss(tf, answer):
    x, y = data()

    class Own(tf.keras.Sequential):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            loss = super().compute_loss(x, y, y_pred, sample_weight, training)
            return loss + 10.0

    answer("history", regressor(tf, Own).fit(x, y, epochs=2, verbose=0).history, **LOOSE)


def test_own_model(tf, answer):
    x, y = data()

    class Own(tf.keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden = tf.keras.layers.Dense(4, activation="relu")
            self.out = tf.keras.layers.Dense(1)

        def call(self, x, training=False):
            hidden = self.hidden(x)
            if training:
                self.add_loss(tf.reduce_mean(hidden) * 0.1)
            return self.out(hidden)

    tf.keras.utils.set_random_seed(2)
    model = Own()
    model.compile("adam", "mse", metrics=["mae"])
    history = model.fit(x, y, epochs=3, validation_data=(x, y), verbose=0)
    answer("history", history.history, **LOOSE)
    answer("predict", model.predict(x[:2], verbose=0), **LOOSE)


def test_loss_of_a_layer(tf, answer):
    x, y = data()

    class Penalty(tf.keras.layers.Layer):
        def call(self, x):
            self.add_loss(0.1 * tf.reduce_sum(x**2))
            return x

    tf.keras.utils.set_random_seed(2)
    model = tf.keras.Sequential([tf.keras.layers.Dense(2), Penalty(), tf.keras.layers.Dense(1)])
    model.compile("adam", "mse")
    answer("history", model.fit(x, y, epochs=2, batch_size=8, verbose=0).history, **LOOSE)


def test_traced_once(tf, answer):
    x, y = data()
    traces = []

    class Own(tf.keras.Sequential):
        def train_step(self, data):
            traces.append(data[0].shape.as_list())
            return super().train_step(data)

    model = regressor(tf, Own)
    model.optimizer.build(model.trainable_variables)
    model.fit(x, y, epochs=2, batch_size=8, verbose=0)
    model.fit(x, y, epochs=1, batch_size=6, verbose=0)
    answer("shapes", traces[-1])
    eager = regressor(tf, Own, run_eagerly=True)
    traces.clear()
    eager.fit(x, y, epochs=1, batch_size=8, verbose=0)
    answer("eager", traces)


def test_own_train_function(tf, answer):
    x, y = data()

    class Own(tf.keras.Sequential):
        def make_train_function(self, force=False):
            def run(iterator):
                return self.train_step(next(iterator))

            self.train_function = run
            return run

    answer("history", regressor(tf, Own).fit(x, y, epochs=2, verbose=0, batch_size=8).history,
           **LOOSE)  # fmt: skip


def test_gradient_accumulation_of_a_gan(tf, answer):
    tf.keras.utils.set_random_seed(3)

    class Pair(tf.keras.Model):
        def __init__(self):
            super().__init__()
            self.a = tf.keras.layers.Dense(2)
            self.b = tf.keras.layers.Dense(1)

        def compile(self, a_optimizer, b_optimizer):
            super().compile()
            self.a_optimizer, self.b_optimizer = a_optimizer, b_optimizer
            self.a_loss = tf.keras.metrics.Mean(name="a_loss")

        def call(self, x):
            return self.b(self.a(x))

        def train_step(self, x):
            with tf.GradientTape() as tape:
                b_loss = tf.reduce_mean((self.b(self.a(x)) - 1.0) ** 2)
            found = tape.gradient(b_loss, self.b.trainable_weights)
            self.b_optimizer.apply_gradients(zip(found, self.b.trainable_weights))
            with tf.GradientTape() as tape:
                a_loss = tf.reduce_mean(self.b(self.a(x)) ** 2)
            found = tape.gradient(a_loss, self.a.trainable_weights)
            self.a_optimizer.apply_gradients(zip(found, self.a.trainable_weights))
            self.a_loss.update_state(a_loss)
            return {"a_loss": self.a_loss.result(), "b_loss": b_loss}

    model = Pair()
    model.compile(tf.keras.optimizers.Adam(0.01), tf.keras.optimizers.Adam(0.02))
    answer("history", model.fit(data()[0], epochs=3, batch_size=10, verbose=0).history, **LOOSE)


# Kinds of data -----------------------------------------------------------------------------------


def test_dataset(tf, answer):
    x, y = data()
    pairs = tf.data.Dataset.from_tensor_slices((x, y))
    model = regressor(tf, metrics=["mae"])
    history = model.fit(pairs.batch(8), epochs=3, validation_data=pairs.batch(5), verbose=0)
    answer("history", history.history, **LOOSE)
    repeated = pairs.batch(8).repeat()
    answer("steps", model.fit(repeated, steps_per_epoch=4, epochs=2, verbose=0).history, **LOOSE)
    weighted = tf.data.Dataset.from_tensor_slices((x, y, np.linspace(0, 1, 20))).batch(10)
    answer("weighted", model.fit(weighted, verbose=0).history, **LOOSE)
    answer("evaluate", model.evaluate(pairs.batch(6), verbose=0), **LOOSE)
    answer("some", model.evaluate(repeated, steps=2, verbose=0), **LOOSE)


@pytest.mark.parametrize("kind", ["seeded", "global", "repeated", "once", "twice"])
@pytest.mark.filterwarnings("ignore")
def test_shuffled_datasets(tf, answer, kind):
    x, y = data(24)

    def make():
        pairs = tf.data.Dataset.from_tensor_slices((x, y))
        return {
            "seeded": lambda: pairs.shuffle(24, seed=3).batch(8),
            "global": lambda: pairs.shuffle(10).batch(8).prefetch(1),
            "repeated": lambda: pairs.shuffle(10).repeat().batch(5),
            "once": lambda: pairs.shuffle(24, reshuffle_each_iteration=False).batch(7),
            "twice": lambda: pairs.cache().shuffle(24).batch(8).shuffle(3),
        }[kind]()

    model = regressor(tf)
    batches, endless = make(), kind == "repeated"
    steps, validation = (3, None) if endless else (None, make())
    history = model.fit(batches, epochs=4, steps_per_epoch=steps, verbose=0)
    answer("epochs", history.history, **LOOSE)
    history = model.fit(batches, epochs=2, steps_per_epoch=2, validation_data=validation, verbose=0)
    answer("part", history.history, **LOOSE)


@pytest.mark.filterwarnings("ignore")
def test_dataset_with_class_weight(tf, answer):
    x, y = data()
    labels = (y[:, 0] > 0).astype("int32")
    pairs = tf.data.Dataset.from_tensor_slices((x, labels)).batch(8)
    model = regressor(tf, loss="binary_crossentropy")
    answer("history", model.fit(pairs, class_weight={0: 1.0, 1: 2.0}, verbose=0).history, **LOOSE)


@pytest.mark.filterwarnings("ignore")
def test_generators(tf, answer):
    x, y = data()

    def batches(count=100):
        for i in range(count):
            yield x[i % 4 * 5 : i % 4 * 5 + 5], y[i % 4 * 5 : i % 4 * 5 + 5]

    model = regressor(tf)
    history = model.fit(batches(), steps_per_epoch=4, epochs=2, shuffle=False, verbose=0)
    answer("history", history.history, **LOOSE)
    answer("ends", model.fit(batches(3), epochs=1, shuffle=False, verbose=0).history, **LOOSE)
    answer("runs out", model.fit(batches(3), steps_per_epoch=2, epochs=2, shuffle=False,
           verbose=0).history, **LOOSE)  # fmt: skip
    answer.raises("empty", lambda: model.fit(batches(0), shuffle=False), keywords=["empty"])
    answer.raises("no tuple", lambda: model.fit((b[0] for b in batches()), shuffle=False),
                  keywords=["generator must return a tuple"])  # fmt: skip


def test_py_dataset(tf, answer):
    x, y = data()

    class Batches(tf.keras.utils.PyDataset):
        ended = 0

        def __len__(self):
            return 3

        def __getitem__(self, i):
            return x[7 * i : 7 * i + 7], y[7 * i : 7 * i + 7]

        def on_epoch_end(self):
            self.ended += 1

    batches = Batches()
    model = regressor(tf)
    history = model.fit(batches, epochs=2, shuffle=False, validation_data=Batches(), verbose=0)
    answer("history", history.history, **LOOSE)
    answer("ended", batches.ended)
    answer("predict", model.predict(Batches(), verbose=0), **LOOSE)
    answer("evaluate", model.evaluate(batches, verbose=0), **LOOSE)


def test_pandas_and_tensors(tf, answer):
    pandas = pytest.importorskip("pandas")
    x, y = data()
    frame = pandas.DataFrame(x.astype("float64"), columns=list("abc"))
    model = regressor(tf)
    history = model.fit(frame, pandas.Series(y[:, 0]), epochs=2, validation_split=0.2, verbose=0)
    answer("pandas", history.history, **LOOSE)
    model = regressor(tf)
    history = model.fit(tf.constant(x), tf.constant(y), epochs=2, validation_split=0.2, verbose=0)
    answer("tensors", history.history, **LOOSE)
    model = regressor(tf)
    answer("float64", model.fit(x.astype("float64"), y[:, 0], epochs=2, verbose=0).history, **LOOSE)


def test_errors(tf, answer):
    x, y = data()
    model = regressor(tf)
    bare = tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.Dense(1)])
    pairs = tf.data.Dataset.from_tensor_slices((x, y)).batch(4)
    for key, call, keywords in [
        ("fit", lambda: bare.fit(x, y), ["compile"]),
        ("evaluate", lambda: bare.evaluate(x, y), ["compile"]),
        ("lists", lambda: model.fit(x.tolist(), y.tolist()), ["Unrecognized data type"]),
        ("cardinality", lambda: model.fit(x, y[:5]), ["Data cardinality is ambiguous", "'x' sizes"]),
        ("split", lambda: model.fit(x[:2], y[:2], validation_split=0.9), ["validation_split"]),
        ("split of a dataset", lambda: model.fit(pairs, validation_split=0.2), ["validation_split"]),
        ("dataset and labels", lambda: model.fit(pairs, y, shuffle=False), ["`y`", "Dataset"]),
        ("unknown", lambda: model.evaluate(x, y, unknown=1), ["unknown"]),
        ("no loss", lambda: regressor(tf, loss=None).fit(x, y), ["No loss"]),
        ("bad loss", lambda: regressor(tf, loss="nope").fit(x, y), ["nope"]),
        ("bad metric", lambda: regressor(tf, metrics=["nope"]).fit(x, y), ["nope"]),
        ("bad metrics", lambda: regressor(tf, metrics="mae"), ["metrics", "list"]),
        ("bad optimizer", lambda: regressor(tf, optimizer="nope"), ["nope"]),
        ("shape", lambda: model.fit(x[:, :2], y), ["incompatible"]),
        ("freq", lambda: model.fit(x, y, validation_data=(x, y), validation_freq="a", verbose=0),
         ["validation_freq"]),
        ("both weights", lambda: model.fit(x, y, sample_weight=y[:, 0], class_weight={0: 1.0}),
         ["class_weight", "sample_weight"]),
        ("no batches", lambda: model.fit(x, None, verbose=0), None),
    ]:  # fmt: skip
        if keywords is not None:
            answer.raises(key, call, keywords=keywords)


def test_nan_losses(tf, answer):
    x, y = data()
    model = regressor(tf, optimizer=tf.keras.optimizers.SGD(1e30))
    answer("history", model.fit(x, y, epochs=3, verbose=0, batch_size=5).history, **LOOSE)


def test_errors_in_the_data_leave_the_model(tf, answer):
    x, y = data()

    def broken():
        yield x[:5], y[:5]
        yield x[5:10], y[5:10]
        yield x[10:15], y[10:15]
        raise RuntimeError("no more")

    model = regressor(tf)
    with pytest.raises(Exception, match="no more"):
        model.fit(broken(), shuffle=False, verbose=0)
    answer("weights", model.get_weights(), **LOOSE)
    answer("history", model.fit(x, y, verbose=0).history, **LOOSE)
