"""`tf.keras.optimizers.schedules` against Keras: rates, dtypes, configs, errors."""

from functools import partial

import numpy as np
import pytest

STEPS = (0, 1, 2, 3, 5, 7, 10, 15, 29, 30, 31, 100)

# id: (class, arguments)
SCHEDULES = {
    "exponential": ("ExponentialDecay", (0.1, 10, 0.96), {}),
    "exponential_staircase": ("ExponentialDecay", (0.1, 10, 0.5), {"staircase": True}),
    "inverse_time": ("InverseTimeDecay", (0.1, 4, 0.5), {}),
    "inverse_time_staircase": ("InverseTimeDecay", (0.1, 4, 0.5), {"staircase": True}),
    "piecewise": ("PiecewiseConstantDecay", ([3, 10], [1.0, 0.5, 0.1]), {}),
    "piecewise_one": ("PiecewiseConstantDecay", ([5], [0.1, 0.01]), {}),
    "polynomial": ("PolynomialDecay", (0.1, 10), {}),
    "polynomial_power": ("PolynomialDecay", (0.1, 30, 0.01), {"power": 2.0}),
    "polynomial_cycle": ("PolynomialDecay", (0.1, 10, 0.01), {"power": 0.5, "cycle": True}),
    "cosine": ("CosineDecay", (0.1, 30), {}),
    "cosine_alpha": ("CosineDecay", (0.1, 20), {"alpha": 0.1}),
    "cosine_warmup": ("CosineDecay", (0.0, 20), {"warmup_target": 0.1, "warmup_steps": 5}),
    "cosine_restarts": ("CosineDecayRestarts", (0.1, 4), {}),
    "cosine_restarts_equal": ("CosineDecayRestarts", (0.1, 10), {"t_mul": 1.0, "m_mul": 0.9}),
    "cosine_restarts_alpha": ("CosineDecayRestarts", (0.1, 6), {"t_mul": 1.5, "alpha": 0.2}),
}


@pytest.fixture
def schedules(tf):
    return tf.keras.optimizers.schedules


@pytest.fixture(params=SCHEDULES)
def schedule(schedules, request):
    name, inputs, options = SCHEDULES[request.param]
    return getattr(schedules, name)(*inputs, **options)


def test_rates(tf, answer, schedule):
    answer("rates", [schedule(step) for step in STEPS])
    answer("int64", schedule(tf.constant(7, tf.int64)))
    answer("float32", schedule(tf.constant(7.5)))


def test_rates_in_a_function(tf, answer, schedule):
    answer("compiled", tf.function(schedule)(tf.constant(7)))


def test_config(answer, schedules, schedule):
    answer("config", schedule.get_config())
    form = schedules.serialize(schedule)
    answer("serialized", form)
    answer("read back", schedules.deserialize(form)(3))
    answer("from_config", type(schedule).from_config(schedule.get_config())(3))


def test_dtype_follows_the_rate(answer, schedules):
    answer("float64", schedules.ExponentialDecay(np.float64(0.1), 10, 0.9)(5))


def test_errors(answer, schedules):
    for name, inputs in (("ExponentialDecay", (0.1, 0, 0.9)), ("CosineDecay", (0.1, -1)),
                         ("PolynomialDecay", (0.1, 0)), ("InverseTimeDecay", (0.1, 0, 0.9)),
                         ("CosineDecayRestarts", (0.1, 0))):  # fmt: skip
        make = getattr(schedules, name)
        answer.raises(name, partial(make, *inputs), keywords=["decay_steps", "must be > 0"])
    answer.raises(
        "piecewise",
        lambda: schedules.PiecewiseConstantDecay([1, 2], [1.0]),
        keywords=["boundaries", "1 less"],
    )
    base = schedules.LearningRateSchedule()
    answer.raises("call", lambda: base(0), keywords=["must override `__call__"])
    answer.raises("config", base.get_config, keywords=["must override `get_config"])
