"""How well functions and `fit` compile: by what is to be computed, and the same at each run of a program."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import minitf as tf
from minitf import keras
from minitf.effort import Compiled, Optioned, work
from minitf.graphs import program

LITTLE = 2**29


def test_work_counts_steps_of_loops_and_the_longer_branch():
    def program(x):
        x, _ = jax.lax.scan(lambda c, _: (jnp.sin(c) * c, None), x, None, 5)
        return jax.lax.cond(x[0] > 0, lambda x: jnp.exp(jnp.exp(x)), jnp.exp, x)

    jaxpr = jax.make_jaxpr(program)(jnp.ones(10)).jaxpr
    rest = sum(v.aval.size for e in jaxpr.eqns if e.primitive.name not in ("scan", "cond")
               for v in e.outvars)  # fmt: skip
    assert work(jaxpr) == 5 * 2 * 10 + 2 * 10 + rest


@pytest.mark.skipif(jax.default_backend() != "cpu", reason="only there the options differ")
def test_programs_that_do_much_are_compiled_well():
    first = Compiled(jnp.sin, LITTLE // 4)
    quick = first.to_run(1, 1)
    assert first.to_run(2, 3) is quick  # four units are just little
    well = first.to_run(1, 2)
    assert well is not quick
    assert first.to_run(0, 0) is well  # and it stays so
    second = Compiled(jnp.sin, 1)
    assert second.to_run(1, 2 * LITTLE) is second.to_run(1, 1)  # well from the first on
    assert quick(np.zeros(2)).tolist() == well(np.zeros(2)).tolist() == [0.0, 0.0]


def test_options_that_a_release_does_not_have_are_asked_for_once():
    unknown = Optioned(jnp.sin, {"xla_of_another_release": True}, {})
    assert unknown(np.zeros(2)).tolist() == [0.0, 0.0]
    assert unknown._run is unknown._plain


def test_fit_says_what_is_to_come(monkeypatch):
    asked = []
    original = Compiled.to_run

    def to_run(self, units, expected):
        asked.append((units, expected))
        return original(self, units, expected)

    monkeypatch.setattr(Compiled, "to_run", to_run)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.ones((6, 2)), np.ones((6, 1))
    model.fit(x, y, batch_size=2, epochs=3, validation_data=(x, y), verbose=0)
    training, validation = [asked[i::2] for i in (0, 1)]
    assert training == [(3, 9), (3, 6), (3, 3)]
    assert validation == [(3, 9), (3, 6), (3, 3)]
    asked.clear()
    model.evaluate(x, y, batch_size=4, verbose=0)
    assert asked == [(0, 2), (1, 2), (1, 2)]  # the smaller last step is compiled with the first


@pytest.mark.skipif(jax.default_backend() != "cpu", reason="only there the options differ")
def test_functions_are_compiled_well_once_that_is_worth_it(monkeypatch):
    monkeypatch.setattr(program, "_CALLS", 3)

    @tf.function
    def double(x):
        return 2.0 * x

    def compiled_well():
        own = double.get_concrete_function(tf.constant(1.0))._program
        return own._run == own._compiled

    seen = []
    for i in range(5):
        assert double(tf.constant(float(i))).numpy() == 2.0 * i
        seen.append(compiled_well())
    assert seen == [False, False, True, True, True]


def test_quick_functions_run_inside_programs_of_jax():
    half = tf.function(lambda x: x / 2.0)
    assert half(tf.constant(3.0)).numpy() == 1.5
    assert jax.jit(lambda x: half(tf.convert_to_tensor(x)).array)(np.float32(5.0)) == 2.5


def test_loops_that_go_on_until_a_value_says_so_are_compiled_well():
    def until_large(x):
        return jax.lax.while_loop(lambda x: x < 100.0, lambda x: 2.0 * x, x)

    assert work(jax.make_jaxpr(until_large)(1.0).jaxpr) == math.inf

    @tf.function
    def collatz(n):
        steps = 0
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
        return steps

    assert collatz(tf.constant(27)).numpy() == 111
    own = collatz.get_concrete_function(tf.constant(27))._program
    assert own._run == own._compiled
