"""`tf.keras.optimizers` against Keras: 50 steps of each, their variables, configs and errors."""

import numpy as np
import pytest

# id: (class, arguments)
OPTIMIZERS = {
    "sgd": ("SGD", {}),
    "sgd_momentum": ("SGD", {"momentum": 0.9}),
    "sgd_nesterov": ("SGD", {"momentum": 0.8, "nesterov": True}),
    "adam": ("Adam", {}),
    "adam_amsgrad": ("Adam", {"amsgrad": True, "beta_1": 0.8, "epsilon": 1e-3}),
    "adamw": ("AdamW", {"weight_decay": 0.1}),
    "adamax": ("Adamax", {}),
    "nadam": ("Nadam", {}),
    "rmsprop": ("RMSprop", {}),
    "rmsprop_momentum": ("RMSprop", {"momentum": 0.5, "rho": 0.8}),
    "rmsprop_centered": ("RMSprop", {"centered": True, "momentum": 0.1, "epsilon": 1e-3}),
    "adagrad": ("Adagrad", {}),
    "adadelta": ("Adadelta", {"epsilon": 1e-3}),
    "ftrl": ("Ftrl", {}),
    "ftrl_regularized": (
        "Ftrl",
        {"l1_regularization_strength": 0.1, "l2_regularization_strength": 0.1, "beta": 0.1,
         "l2_shrinkage_regularization_strength": 0.1, "learning_rate_power": -0.4},
    ),
    "lion": ("Lion", {}),
    "adafactor": ("Adafactor", {}),
    "lamb": ("Lamb", {}),
    "schedule_free": ("ScheduleFreeAdamW", {"warmup_steps": 10}),
}  # fmt: skip
# What every optimizer can be told; each is tried with a few.
OPTIONS = {
    "clipnorm": {"clipnorm": 0.5},
    "clipvalue": {"clipvalue": 0.3},
    "global_clipnorm": {"global_clipnorm": 0.5},
    "decay": {"weight_decay": 0.1},
    "ema": {"use_ema": True, "ema_momentum": 0.8},
    "ema_overwrite": {"use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 3},
    "accumulation": {"gradient_accumulation_steps": 3},
    "accumulation_ema": {"gradient_accumulation_steps": 2, "use_ema": True, "clipnorm": 0.5},
    "loss_scale": {"loss_scale_factor": 4.0},
}


@pytest.fixture
def optimizers(tf):
    return tf.keras.optimizers


def weights(tf):
    """A matrix, a vector and a number."""
    return [
        tf.Variable(np.linspace(-1, 1, 6).reshape(2, 3).astype("float32"), name="kernel"),
        tf.Variable([0.5, -0.5, 0.25], name="bias"),
        tf.Variable(0.75, name="scale"),
    ]


def train(tf, optimizer, variables, steps):
    """`steps` updates on a bowl with a moving bottom; what the weights were now and then."""
    seen = []
    for step in range(steps):
        with tf.GradientTape() as tape:
            loss = sum(tf.reduce_sum((v - 0.1 * step % 1.0) ** 2) for v in variables)
        grads = tape.gradient(loss, variables)
        optimizer.apply_gradients(zip(grads, variables))
        if step in (0, 1, 2, 9, steps - 1):
            seen.append([v.numpy() for v in variables])
    return seen


@pytest.mark.parametrize("case", OPTIMIZERS)
def test_fifty_steps(tf, answer, optimizers, case):
    name, options = OPTIMIZERS[case]
    optimizer, variables = getattr(optimizers, name)(0.05, **options, name="o"), weights(tf)
    answer("weights", train(tf, optimizer, variables, 50), rtol=2e-5, atol=1e-5)
    answer("paths", [v.path for v in optimizer.variables if "variable" not in v.path])
    answer("state", [v.numpy() for v in optimizer.variables], rtol=1e-4, atol=1e-5)
    answer("config", optimizer.get_config())


@pytest.mark.parametrize("case", OPTIMIZERS)
def test_rows(tf, answer, optimizers, case):
    """Gradients of rows, two of them of the same row."""
    name, options = OPTIMIZERS[case]
    optimizer, variable = getattr(optimizers, name)(0.05, **options), weights(tf)[0]
    values = tf.constant([[1.0, 2.0, 3.0], [0.5, -0.5, 0.25], [0.1, 0.1, -0.1]])
    rows = tf.IndexedSlices(values, tf.constant([1, 0, 1]), tf.constant([2, 3]))
    for _ in range(3):
        optimizer.apply_gradients([(rows, variable)])
    answer("rows", variable.numpy())


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop"])
def test_options(tf, answer, optimizers, name, option):
    optimizer, variables = getattr(optimizers, name)(0.05, **OPTIONS[option]), weights(tf)
    answer("weights", train(tf, optimizer, variables, 12), rtol=2e-5, atol=1e-5)
    answer("steps", optimizer.iterations)
    optimizer.finalize_variable_values(variables)
    answer("final", variables)


@pytest.mark.parametrize("option", ["clipnorm", "clipvalue", "global_clipnorm"])
def test_clipped_rows(tf, answer, optimizers, option):
    optimizer, variable = optimizers.Adam(0.05, **OPTIONS[option]), weights(tf)[0]
    values = tf.constant([[1.0, 2.0, 3.0], [0.1, 0.1, -0.1]])
    rows = tf.IndexedSlices(values, tf.constant([1, 1]), tf.constant([2, 3]))
    for _ in range(3):
        optimizer.apply_gradients([(rows, variable)])
    answer("rows", variable.numpy())


@pytest.mark.parametrize("name", ["SGD", "Adam", "Nadam", "Adafactor", "Ftrl"])
def test_schedule(tf, answer, optimizers, name):
    schedule = optimizers.schedules.ExponentialDecay(0.1, 5, 0.5)
    optimizer, variables = getattr(optimizers, name)(schedule), weights(tf)
    answer("weights", train(tf, optimizer, variables, 20), rtol=2e-5, atol=1e-5)
    answer("rate", optimizer.learning_rate)
    answer("config", optimizer.get_config()["learning_rate"])
