"""Many epochs as one program: nobody can tell them from epochs that are run one by one."""

import numpy as np
import pytest

import minitf as tf
from minitf import keras
from minitf.keras import layers
from minitf.keras.ahead import MANY

EPOCHS = MANY + 6  # a first epoch alone, then more than one dispatch
RNG = np.random.default_rng(3)
X = RNG.normal(size=(22, 3)).astype("float32")
Y = (X @ [1.0, -2.0, 0.5] > 0).astype("int64")


class Onlooker(keras.callbacks.Callback):
    """Looks at the model between epochs, so that each of them must be run by itself."""


def classifier(noise=False):
    keras.utils.set_random_seed(5)
    hidden = [layers.Dense(4, "tanh"), layers.Dropout(0.2)] if noise else []
    model = keras.Sequential([keras.Input((3,)), *hidden, layers.Dense(2)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.05), loss, metrics=["accuracy"])
    return model


def regression():
    keras.utils.set_random_seed(6)
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1), layers.BatchNormalization()])
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 20, 0.9)
    model.compile(keras.optimizers.SGD(schedule), "mse", weighted_metrics=["mae"])
    return model


def noisy():
    return classifier(noise=True)


CASES = {
    "validation": (noisy, {"batch_size": 5, "validation_data": (X[:9], Y[:9])}),
    "split": (classifier, {"batch_size": 5, "validation_split": 0.3, "shuffle": "batch"}),
    "weights": (regression, {"batch_size": 11, "sample_weight": np.linspace(0, 2, 22)}),
}


@pytest.mark.parametrize("case", CASES)
def test_equals_epochs_one_by_one(case, capsys):
    make, options = CASES[case]
    ahead = make()
    history = ahead.fit(X, Y, epochs=EPOCHS, verbose=2, **options).history
    printed = capsys.readouterr().out.splitlines()
    watched = make()
    expected = watched.fit(X, Y, epochs=EPOCHS, verbose=2, callbacks=[Onlooker()], **options)
    assert ahead._programs and not watched._programs
    assert list(history) == list(expected.history)
    for name, values in expected.history.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-5, err_msg=name)
    for own, other in zip(ahead.variables, watched.variables):
        np.testing.assert_allclose(own, other, rtol=1e-5, atol=1e-6, err_msg=own.path)
    steps = -(-(X.shape[0] - 7 * (case == "split")) // options["batch_size"])
    assert int(ahead.optimizer.iterations) == EPOCHS * steps
    assert len(printed) == 2 * EPOCHS
    assert printed[-2:-1] == [f"Epoch {EPOCHS}/{EPOCHS}"]
    assert printed[-1].startswith(f"{steps}/{steps} - 0s - ")


def test_a_second_fit_goes_on_with_the_same_program():
    model = classifier()
    first = model.fit(X, Y, epochs=EPOCHS, verbose=0).history
    second = model.fit(X, Y, epochs=EPOCHS, verbose=0).history
    assert len(model._programs) == 1
    assert second["loss"][0] < first["loss"][-1] < first["loss"][0]


def test_values_that_an_op_refuses_raise_in_the_step_that_meets_them():
    bad = np.where(np.arange(22) == 20, 7, Y)  # there are two classes
    states = []
    for callbacks in ([], [Onlooker()]):
        model = classifier()
        with pytest.raises(tf.errors.InvalidArgumentError, match="label"):
            model.fit(X, bad, batch_size=11, epochs=EPOCHS, shuffle=False, verbose=0,
                      callbacks=callbacks)  # fmt: skip
        states.append(model.get_weights())
    for own, other in zip(*states):
        np.testing.assert_allclose(own, other, rtol=1e-6)


def test_what_a_model_prints_comes_with_its_epoch(capfd):
    class Loud(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2)

        def call(self, x):
            tf.print("call")
            return self.dense(x)

    model = Loud()
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(X, Y, epochs=EPOCHS, verbose=2, batch_size=22)
    out, err = capfd.readouterr()
    assert err.count("call") == EPOCHS and out.count("Epoch") == EPOCHS
    assert not any(program.is_worth_it for program in model._programs.values())


def test_interrupted_while_it_reports(monkeypatch):
    model = classifier()

    def interrupt(self, epoch, logs=None):
        if epoch == 40:
            raise KeyboardInterrupt

    monkeypatch.setattr(keras.callbacks.ProgbarLogger, "on_epoch_end", interrupt)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, epochs=EPOCHS, verbose=2, batch_size=11)
    done = int(model.optimizer.iterations)
    assert done % 2 == 0 and 41 <= done / 2 <= EPOCHS  # whole epochs
    assert model.fit(X, Y, epochs=1, verbose=0).history["loss"][0] < 1
