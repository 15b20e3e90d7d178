"""What `fit` does at its edges: last batches, failing data, text, interruptions, terminals."""

import io

import numpy as np
import pytest

LOOSE = {"rtol": 2e-4, "atol": 2e-5}


def line(count=20):
    rng = np.random.RandomState(0)
    x = rng.randn(count, 3).astype("float32")
    return x, (x @ [[1.0], [-2.0], [0.5]]).astype("float32")


def regressor(tf, **options):
    tf.keras.utils.set_random_seed(1)
    model = tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.Dense(1)])
    model.compile(**{"optimizer": "sgd", "loss": "mse", **options})
    return model


def test_losses_of_outputs_are_means_over_batches(tf, answer):
    tf.keras.utils.set_random_seed(1)
    inputs = tf.keras.Input((3,))
    outputs = [tf.keras.layers.Dense(1, name=name)(inputs) for name in "pq"]
    model = tf.keras.Model(inputs, outputs)
    model.compile("sgd", {"p": "mse", "q": "mae"}, loss_weights={"p": 1.0, "q": 0.5})
    x, y = line()
    history = model.fit(x, {"p": y, "q": y}, batch_size=16, verbose=0, validation_data=(x, [y, y]))
    answer("history", history.history, **LOOSE)
    answer("one batch", model.train_on_batch(x, [y, y]), **LOOSE)


def test_batch_hooks_between_executions(tf, answer):
    met = []

    class Listener(tf.keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            met.append(("begin", batch))

        def on_train_batch_end(self, batch, logs=None):
            met.append(("end", batch))

        def on_test_batch_end(self, batch, logs=None):
            met.append(("test", batch))

    x, y = line()
    model = regressor(tf, steps_per_execution=2)
    model.fit(x, y, batch_size=8, verbose=0, callbacks=[Listener()], validation_data=(x, y))
    answer("hooks", met)


def test_generator_that_fails(tf, answer):
    x, y = line()

    def batches():
        for _ in range(3):
            yield x[:8], y[:8]
        raise KeyError("no more")

    model = regressor(tf)
    answer.raises("error", lambda: model.fit(batches(), verbose=0), keywords=["no more"])
    answer("weights", model.get_weights(), **LOOSE)
    answer("goes on", model.fit(x, y, verbose=0).history, **LOOSE)


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_interrupted(tf, answer, error):
    class Interrupt(tf.keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 1:
                raise error

    x, y = line()
    model = regressor(tf)
    with pytest.raises(error):
        model.fit(x, y, batch_size=8, verbose=0, callbacks=[Interrupt()])
    answer("weights", model.get_weights(), **LOOSE)
    answer("iterations", int(model.optimizer.iterations))
    answer("goes on", model.fit(x, y, verbose=0).history, **LOOSE)


def test_interrupted_between_reports(monkeypatch):
    """The history tells of all epochs that were run: Ctrl-C may come while some are printed."""
    import minitf as tf

    class Terminal:
        lines = 0

        def write(self, text):
            self.lines += text.count("\n")
            if self.lines == 20:
                self.lines = 0
                raise KeyboardInterrupt

        def flush(self):
            pass

    x, y = line()
    model = regressor(tf)
    monkeypatch.setattr("sys.stdout", Terminal())
    with pytest.raises(KeyboardInterrupt):
        model.fit(x, y, batch_size=8, epochs=500, verbose=2)
    monkeypatch.undo()
    told, steps = model.history, -(-len(x) // 8)
    assert told.epoch == list(range(len(told.epoch))) and len(told.epoch) < 500
    assert int(model.optimizer.iterations) == steps * len(told.epoch)
    assert len(told.history["loss"]) == len(told.epoch)
    loss = model.evaluate(x, y, verbose=0)
    assert loss <= told.history["loss"][-1]


def test_text_first(tf, answer):
    tf.keras.utils.set_random_seed(1)
    layers = tf.keras.layers
    words = layers.TextVectorization(output_sequence_length=3, vocabulary=["a", "b", "c"])
    model = tf.keras.Sequential([words, layers.Embedding(5, 2), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    texts = tf.constant(["a b", "c", "b a c", "d a"])
    history = model.fit(texts, np.arange(4.0), epochs=2, verbose=0)
    answer("history", history.history, **LOOSE)
    answer("dtype", words.compute_dtype)
    answer("integers", layers.IntegerLookup(vocabulary=[3]).compute_dtype)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_bar_on_a_terminal(tf, answer, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 0.0)
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    bar = tf.keras.utils.Progbar(3, interval=0)
    for i in range(3):
        bar.update(i + 1, [("loss", 1.5 - i)])
    monkeypatch.undo()
    answer("text", terminal.getvalue())


def test_predict_knows_the_rows_of_the_first_batch(tf, answer):
    x = np.zeros((7, 3), "float32")
    for rows, batch_size in [(7, 3), (6, 3), (2, 3)]:
        seen = []

        class Seeing(tf.keras.Model):
            def call(self, x):
                shape = str(x.shape)
                if shape not in seen:  # noqa: B023  it is called at once
                    seen.append(shape)  # noqa: B023
                return x * 2.0

        model = Seeing()
        result = model.predict(x[:rows], batch_size=batch_size, verbose=0)
        model.predict(x[:4], batch_size=2, verbose=0)
        model.predict(x[:5], batch_size=5, verbose=0)
        answer(f"{rows} by {batch_size}", (seen, result))
