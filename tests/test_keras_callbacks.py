"""Callbacks against Keras: who is called when, with which logs; what each of them does."""

import contextlib
import io
import re

import numpy as np
import pytest

LOOSE = {"rtol": 2e-4, "atol": 2e-5}
HOOKS = [f"on_{what}_{when}" for what in ("train", "test", "predict", "epoch", "train_batch",
         "test_batch", "predict_batch") for when in ("begin", "end")]  # fmt: skip


class Interruption(Exception):
    pass


def data(count=20):
    rng = np.random.RandomState(0)
    x = rng.randn(count, 3).astype("float32")
    return x, (x @ [[1.0], [-2.0], [0.5]] + 0.1 * rng.randn(count, 1)).astype("float32")


def regressor(tf, rate=0.1, **options):
    tf.keras.utils.set_random_seed(1)
    model = tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.Dense(1)])
    model.compile(**{"optimizer": tf.keras.optimizers.SGD(rate), "loss": "mse", **options})
    return model


def recorder(tf, calls, hooks=HOOKS):
    """A callback that appends (hook, index, names of the logs) to `calls`."""

    def hook(name):
        def called(self, *index, logs=None):
            if index and isinstance(index[-1], dict):
                *index, logs = index
            calls.append((name, *index, sorted(logs)))

        return called

    return type("Recorder", (tf.keras.callbacks.Callback,), {n: hook(n) for n in hooks})()


def test_who_is_called_when(tf, answer):
    x, y = data()
    calls = []
    model = regressor(tf, metrics=["mae"])
    callback = recorder(tf, calls)
    model.fit(x, y, batch_size=8, epochs=2, validation_split=0.2, callbacks=[callback], verbose=0)
    answer("fit", calls)
    answer("params", callback.params)
    calls.clear()
    model.evaluate(x, y, callbacks=[callback], verbose=0)
    answer("evaluate", calls)
    calls.clear()
    model.predict(x, batch_size=10, callbacks=[callback], verbose=0)
    answer("predict", calls)


def test_batch_logs(tf, answer):
    x, y = data()
    losses = []
    callback = tf.keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: losses.append((batch, logs["loss"])),
        on_epoch_end=lambda epoch, logs: losses.append((epoch, type(logs["loss"]).__name__)),
    )
    regressor(tf).fit(x, y, batch_size=8, epochs=2, callbacks=[callback], verbose=0)
    answer("losses", losses, **LOOSE)


def test_steps_per_execution(tf, answer):
    x, y = data()
    calls = []
    model = regressor(tf, steps_per_execution=2)
    callback = recorder(tf, calls, ["on_train_batch_begin", "on_train_batch_end"])
    model.fit(x, y, batch_size=5, epochs=1, callbacks=[callback], verbose=0)
    answer("calls", calls)


def test_stop_training(tf, answer):
    x, y = data()

    class Stop(tf.keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 1:
                self.model.stop_training = True

    model = regressor(tf)
    history = model.fit(x, y, batch_size=4, epochs=3, callbacks=[Stop()], verbose=0)
    answer("history", history.history, **LOOSE)
    answer("weights", model.get_weights(), **LOOSE)


@pytest.mark.parametrize(
    "options",
    [
        {"monitor": "loss", "patience": 2, "min_delta": 0.05},
        {"monitor": "val_loss", "patience": 1, "verbose": 1, "restore_best_weights": True},
        {"monitor": "loss", "baseline": 0.001, "patience": 3},
        {"monitor": "mae", "mode": "max", "start_from_epoch": 2},
        {"monitor": "val_mae", "mode": "min", "min_delta": 10},
    ],
    ids=str,
)
def test_early_stopping(tf, answer, options):
    x, y = data()
    model = regressor(tf, 0.3, metrics=["mae"])
    callback = tf.keras.callbacks.EarlyStopping(**options)

    def fit():
        answer("history", model.fit(x, y, epochs=20, validation_split=0.3, batch_size=4,
               callbacks=[callback], verbose=0).history, **LOOSE)  # fmt: skip

    answer.printed("text", fit)
    answer("stopped", [callback.stopped_epoch, callback.wait, callback.best_epoch])
    answer("best", float(callback.best), **LOOSE)
    answer("weights", model.get_weights(), **LOOSE)


@pytest.mark.filterwarnings("ignore")
def test_missing_monitor(tf, answer):
    x, y = data()
    stop = tf.keras.callbacks.EarlyStopping(monitor="val_accuracy")
    answer.raises("auto", lambda: regressor(tf).fit(x, y, callbacks=[stop], verbose=0),
                  keywords=["EarlyStopping", "val_accuracy", "mode"])  # fmt: skip
    stop = tf.keras.callbacks.EarlyStopping(monitor="val_accuracy", mode="max")
    history = regressor(tf).fit(x, y, epochs=2, callbacks=[stop], verbose=0)
    answer("goes on", len(history.epoch))


def test_learning_rates(tf, answer):
    x, y = data()
    callbacks = tf.keras.callbacks
    for key, callback in {
        "scheduler": callbacks.LearningRateScheduler(lambda epoch, rate: rate / (epoch + 1), 1),
        "of epoch": callbacks.LearningRateScheduler(lambda epoch: 0.1 * 0.5**epoch),
        "plateau": callbacks.ReduceLROnPlateau("loss", 0.5, patience=1, min_delta=0.05, verbose=1),
        "cooldown": callbacks.ReduceLROnPlateau("loss", patience=1, cooldown=2, min_lr=0.002,
                                                min_delta=10.0),
    }.items():  # fmt: skip
        model = regressor(tf)

        def fit(model=model, callback=callback, key=key):
            history = model.fit(x, y, epochs=6, callbacks=[callback], verbose=0)
            answer(key, history.history, **LOOSE)

        answer.printed(f"{key} text", fit)
    answer.raises("factor", lambda: callbacks.ReduceLROnPlateau(factor=1.0),
                  keywords=["factor >= 1.0"])  # fmt: skip
    integer = callbacks.LearningRateScheduler(lambda epoch, rate: 1)
    answer.raises("no float", lambda: regressor(tf).fit(x, y, callbacks=[integer], verbose=0),
                  keywords=["schedule", "float"])  # fmt: skip


def test_terminate_on_nan(tf, answer):
    x, y = data()
    model = regressor(tf, 1e20)

    def fit():
        history = model.fit(x, y, epochs=3, callbacks=[tf.keras.callbacks.TerminateOnNaN()],
                            batch_size=4, verbose=0)  # fmt: skip
        answer("epochs", len(history.epoch))

    answer.printed("text", fit)


def test_csv_logger(tf, answer, tmp_path):
    x, y = data()
    path = str(tmp_path / "log.csv")
    logger = tf.keras.callbacks.CSVLogger(path, separator=";")
    regressor(tf).fit(x, y, epochs=2, validation_split=0.2, callbacks=[logger], verbose=0)
    logger = tf.keras.callbacks.CSVLogger(path, separator=";", append=True)
    regressor(tf).fit(x, y, epochs=1, validation_split=0.2, callbacks=[logger], verbose=0)
    with open(path) as file:
        lines = file.read().splitlines()
    answer("header", lines[0])
    answer("rows", [[float(v) for v in line.split(";")] for line in lines[1:]], **LOOSE)


def test_swap_ema_weights(tf, answer):
    x, y = data()
    for swap_on_epoch in (False, True):
        optimizer = tf.keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5)
        model = regressor(tf, optimizer=optimizer)
        callback = tf.keras.callbacks.SwapEMAWeights(swap_on_epoch)
        history = model.fit(x, y, epochs=3, validation_split=0.2, callbacks=[callback], verbose=0)
        answer(f"history {swap_on_epoch}", history.history, **LOOSE)
        answer(f"weights {swap_on_epoch}", model.get_weights(), **LOOSE)


def test_model_checkpoint(tf, answer, tmp_path):
    x, y = data()
    folder = str(tmp_path)
    weights = tf.keras.callbacks.ModelCheckpoint(
        folder + "/best-{epoch:02d}-{val_loss:.3f}.weights.h5", save_weights_only=True,
        save_best_only=True, verbose=1, initial_value_threshold=3.9,
    )  # fmt: skip
    every = tf.keras.callbacks.ModelCheckpoint(folder + "/new/every-{epoch}-{batch}.keras",
                                               save_freq=3)  # fmt: skip
    model = regressor(tf, 0.01)
    buffer = io.StringIO()
    with contextlib.redirect_stdout(buffer):
        model.fit(x, y, epochs=3, validation_split=0.2, batch_size=8, callbacks=[weights, every],
                  verbose=0)  # fmt: skip
    answer("text", buffer.getvalue().replace(folder, ""))
    files = sorted(str(f.relative_to(tmp_path)) for f in tmp_path.rglob("*") if f.is_file())
    answer("files", files)
    other = regressor(tf)
    other.load_weights(str(tmp_path / [f for f in files if f.startswith("best")][-1]))
    answer("weights", other.get_weights(), **LOOSE)
    missing = tf.keras.callbacks.ModelCheckpoint(folder + "/{nothing}.keras")
    answer.raises("name", lambda: model.fit(x, y, callbacks=[missing], verbose=0),
                  keywords=["nothing"])  # fmt: skip


def test_backup_and_restore(tf, answer, tmp_path):
    x, y = data()

    def interrupt(epoch, logs):
        if epoch == 2:
            raise Interruption

    model = regressor(tf)
    folder = tmp_path / "backup"
    backup = tf.keras.callbacks.BackupAndRestore(str(folder))
    stop = tf.keras.callbacks.LambdaCallback(on_epoch_begin=interrupt)
    with pytest.raises(Interruption):
        model.fit(x, y, epochs=4, callbacks=[backup, stop], verbose=0)
    answer("files", sorted(f.name for f in folder.iterdir()))
    again = regressor(tf)
    history = again.fit(x, y, epochs=4, callbacks=[backup], verbose=0)
    answer("history", history.history, **LOOSE)
    answer("epochs", history.epoch)
    answer("left", folder.exists())


def test_callback_errors(tf, answer):
    callbacks = tf.keras.callbacks
    answer.raises("weights", lambda: callbacks.ModelCheckpoint("x.keras", save_weights_only=True),
                  keywords=["save_weights_only=True", ".weights.h5"])  # fmt: skip
    answer.raises("model", lambda: callbacks.ModelCheckpoint("x.tf"), keywords=[".keras"])
    answer.raises("freq", lambda: callbacks.ModelCheckpoint("x.keras", save_freq="batch"),
                  keywords=["save_freq"])  # fmt: skip
    answer.raises("backup", lambda: callbacks.BackupAndRestore(""), keywords=["backup_dir"])


def test_exception_in_a_callback(tf, answer):
    x, y = data()

    def interrupt(epoch, logs):
        if epoch == 1:
            raise Interruption

    model = regressor(tf)
    callback = tf.keras.callbacks.LambdaCallback(on_epoch_end=interrupt)
    with pytest.raises(Interruption):
        model.fit(x, y, epochs=5, callbacks=[callback], verbose=0)
    answer("weights", model.get_weights(), **LOOSE)
    answer("again", model.fit(x, y, epochs=2, verbose=0).history, **LOOSE)


def test_callback_list(tf, answer):
    calls = []
    found = tf.keras.callbacks.CallbackList([recorder(tf, calls)], add_history=True,
                                            add_progbar=True, verbose=0, epochs=1, steps=2,
                                            model=regressor(tf))  # fmt: skip
    found.on_train_begin()
    found.on_epoch_begin(0)
    found.on_train_batch_begin(0)
    found.on_train_batch_end(0, {"loss": 1.0})
    found.on_epoch_end(0, {"loss": 1.0})
    found.on_train_end()
    answer("calls", calls)
    answer("kinds", [type(c).__name__ for c in found.callbacks])


# The progress bar --------------------------------------------------------------------------------


def without_times(text):
    """The text with every duration written as T; how much is erased depends on their lengths."""
    text = re.sub(" *\b+\r", r"\r", re.sub(r" +(\n|$)", r"\1", text))
    text = re.sub(r"\d+(:\d+)*(s|ms|us)/step", "T/step", text)
    return re.sub(r"\x1b\[1m\d+(:\d+)*s?\x1b\[0m", "T", re.sub(r"- \d+s -", "- T -", text))


def test_progress_bar(tf, answer, capsys):
    for target in (3, 1000, None):
        bar = tf.keras.utils.Progbar(target, stateful_metrics=["acc"], interval=0)
        bar.update(0)
        bar.update(1, [("loss", 2.0), ("acc", 0.5)])
        bar.update(2, [("loss", 1.0), ("acc", 1e-5), ("big", 12345.678)])
        bar.update(3, [("loss", 0.5)])
        bar.add(1, [("loss", np.float32(0.25))])
        answer(f"bar {target}", without_times(capsys.readouterr().out))
    bar = tf.keras.utils.Progbar(5, width=10, verbose=2, unit_name="sample")
    bar.update(5, [("loss", -2.0), ("acc", 0.0005)])
    text = capsys.readouterr().out
    answer("line", re.sub(r"\d+(s|ms|us)/sample", "T/sample", text))
    answer.raises("both", lambda: tf.keras.utils.Progbar(1, stateful_metrics=[],
                  stateless_metrics=[]), keywords=["stateful_metrics"])  # fmt: skip


def test_printed_by_fit(tf, answer, capsys):
    x, y = data()
    model = regressor(tf, metrics=["mae"])
    model.fit(x, y, epochs=2, verbose=2, validation_split=0.2, batch_size=3)
    answer("verbose 2", without_times(capsys.readouterr().out))
    model.fit(x, y, epochs=1, verbose=2)
    answer("one epoch", without_times(capsys.readouterr().out))
    model.evaluate(x, y, verbose=2)
    answer("evaluate", without_times(capsys.readouterr().out))
    model.predict(x, verbose=2)
    answer("predict", without_times(capsys.readouterr().out))
    model.fit(x, y, batch_size=20)
    answer("first and last", without_times(capsys.readouterr().out).splitlines()[-1])
