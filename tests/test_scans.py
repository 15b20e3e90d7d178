"""Scans whose matrices get their gradients after the loop: JAX's own results, in one product."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import jaxprs_in_params

from minitf.graphs import scans

LENGTH = 3


def _example(dtype=jnp.float32):
    rng = np.random.default_rng(0)
    shapes = {"inner": (4, 4), "outer": (2, 4), "x": (LENGTH, 2, 2), "state": (2, 4)}
    return {k: jnp.asarray(rng.normal(size=s), dtype) for k, s in shapes.items()}


def _recurrent(scan):
    def loss(given):
        def step(state, row):
            state = jnp.tanh(row @ given["outer"] + 0.5 + state @ given["inner"])
            return state, jnp.sin(state @ (2 * given["inner"]).astype(state.dtype))

        state, made = scan(step, given["state"], given["x"], LENGTH)
        return (state**2).sum() + made.sum()

    return loss


MINE, JAX = _recurrent(scans.scan), _recurrent(jax.lax.scan)
TRANSFORMATIONS = {
    "value": lambda f: f,
    "gradient": jax.grad,
    "gradient of compiled": lambda f: jax.grad(jax.jit(f)),
    "of one matrix": lambda f: lambda g: jax.grad(lambda w: f(g | {"inner": w}))(g["inner"]),
    "of rows alone": lambda f: lambda g: jax.grad(lambda x: f(g | {"x": x}))(g["x"]),
    "forward": lambda f: lambda g: jax.jvp(f, (g,), (jax.tree.map(jnp.cos, g),))[1],
    "second": lambda f: jax.grad(lambda g: sum(x.sum() for x in jax.tree.leaves(jax.grad(f)(g)))),
    "mapped": lambda f: lambda g: jax.vmap(jax.grad(f))(jax.tree.map(lambda x: jnp.stack([x, -x]), g)),
}  # fmt: skip


def test_under_transformations():
    given = _example()
    mine, theirs = (
        jax.jit(lambda given, f=f: {k: change(f)(given) for k, change in TRANSFORMATIONS.items()})
        for f in (MINE, JAX)
    )
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-5),
        mine(given), theirs(given),
    )  # fmt: skip


def _products(jaxpr, inside=False):
    """(products outside of loops, inside) of a program."""
    found = [0, 0]
    for equation in jaxpr.eqns:
        found[inside] += equation.primitive.name == "dot_general"
        for inner in jaxprs_in_params(equation.params):
            more = _products(inner, inside or equation.primitive.name == "scan")
            found = [a + b for a, b in zip(found, more)]
    return found


def test_one_product_for_a_matrix_after_the_loop():
    # At each step: 3 forward, and 3 for what was multiplied; JAX does those for matrices there, too.
    assert _products(jax.make_jaxpr(jax.grad(JAX))(_example()).jaxpr) == [0, 9]
    assert _products(jax.make_jaxpr(jax.grad(MINE))(_example()).jaxpr) == [3, 6]


def test_products_of_any_rank():
    matrix, vector = jnp.ones((3, 3)) / 3, jnp.arange(3.0)
    cubic, rows = (
        jnp.sin(jnp.arange(36.0).reshape(3, 3, 4)),
        jnp.cos(jnp.arange(18.0)).reshape(3, 2, 3),
    )

    def loss(scan, given):
        matrix, vector, cubic = given

        def step(state, row):
            some = jnp.tensordot(row, cubic, 1).sum(-1) + row @ matrix
            return jnp.tanh(state @ matrix), (row @ vector, some, state @ vector)

        state, made = scan(step, vector, rows, LENGTH)
        return sum(jnp.sin(x).sum() for x in (state, *made))

    given = matrix, vector, cubic
    mine = jax.grad(functools.partial(loss, scans.scan))(given)
    for a, b in zip(mine, jax.grad(functools.partial(loss, jax.lax.scan))(given)):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_half_precision_keeps_its_dtype():
    given = _example(jnp.bfloat16)
    assert {x.dtype for x in jax.tree.leaves(jax.grad(MINE)(given))} == {jnp.dtype(jnp.bfloat16)}


def test_large_products_stay_in_the_loop():
    shapes = jax.ShapeDtypeStruct((256, 256), jnp.float32), jax.ShapeDtypeStruct((256, 256), "f4")

    def loss(matrix, state):
        return scans.scan(lambda s, _: (s @ matrix, None), state, None, LENGTH)[0].sum()

    assert _products(jax.make_jaxpr(jax.grad(loss))(*shapes).jaxpr)[0] == 0
