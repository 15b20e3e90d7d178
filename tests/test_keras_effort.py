"""How well `fit` compiles: by what is to be computed, and the same at each run of a program."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from minitf import keras
from minitf.keras.effort import Compiled, work

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
