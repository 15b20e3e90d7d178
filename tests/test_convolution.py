"""The convolutions that are fast on a CPU equal XLA's own, and so do their gradients."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

import minitf as tf
from minitf.ops import correlation
from minitf.ops.correlation import Window, correlate, spread

# name: input, filter, window
CASES = {
    "images": ((3, 6, 5, 4), (3, 2, 4, 6), Window((1, 1), ((0, 0), (0, 0)), (1, 1))),
    "padded images": ((3, 6, 5, 4), (3, 2, 4, 3), Window((1, 1), ((1, 1), (0, 1)), (1, 1))),
    "shallow images": ((2, 5, 6, 1), (3, 2, 1, 8), Window((1, 1), ((1, 1), (1, 0)), (1, 1))),
    "deep images": ((2, 4, 5, 16), (3, 2, 16, 3), Window((1, 1), ((0, 0), (0, 0)), (1, 1))),
    "strides": ((2, 7, 6, 3), (3, 3, 3, 4), Window((2, 3), ((1, 1), (0, 1)), (1, 1))),
    "dilations": ((2, 7, 8, 2), (2, 3, 2, 3), Window((1, 1), ((1, 0), (2, 2)), (2, 2))),
    "a line": ((2, 9, 3), (4, 3, 5), Window((2,), ((1, 2),), (1,))),
    "places": ((2, 4, 5, 3), (1, 1, 3, 4), Window((1, 2), ((0, 0), (0, 0)), (1, 1))),
    "channels": ((2, 5, 6, 3), (3, 2, 1, 6), Window((1, 2), ((1, 1), (0, 1)), (1, 1), 3)),
    "groups": ((2, 5, 6, 4), (3, 3, 2, 6), Window((1, 1), ((1, 1), (1, 1)), (1, 1), 2)),
    "volumes": (
        (2, 5, 4, 6, 2), (2, 3, 2, 2, 3),
        Window((2, 1, 2), ((0, 1), (1, 1), (0, 0)), (1, 1, 2)),
    ),
}  # fmt: skip


def of_xla(x, filter, window):
    letters = " WHD"[1 : x.ndim - 1]
    return lax.conv_general_dilated(
        x, filter, window.strides, window.padding, rhs_dilation=window.dilations,
        dimension_numbers=(f"N{letters}C", f"{letters}IO", f"N{letters}C"),
        feature_group_count=window.groups,
    )  # fmt: skip


def numbers(*shapes):
    rng = np.random.default_rng(0)
    return [jnp.asarray(rng.normal(size=shape)) for shape in shapes]


def gradients(convolve, x, filter, window):
    """The value, both gradients, and the gradients of the gradients' size."""

    def loss(x, filter):
        return jnp.sum(jnp.sin(convolve(x, filter, window)))

    def size_of_gradient(x, filter):
        return sum(jnp.sum(g**2) for g in jax.grad(loss, (0, 1))(x, filter))

    @jax.jit
    def everything(x, filter):
        first, second = jax.grad(loss, (0, 1)), jax.grad(size_of_gradient, (0, 1))
        return convolve(x, filter, window), first(x, filter), second(x, filter)

    return everything(x, filter)


def assert_equal(actual, expected):
    for a, b in zip(jax.tree.leaves(actual), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(a, b, 1e-9, 1e-9)


@pytest.mark.parametrize("case", CASES)
def test_equals_xla(case):
    *shapes, window = CASES[case]
    x, filter = numbers(*shapes)
    assert_equal(*(gradients(c, x, filter, window) for c in (correlate, of_xla)))


@pytest.mark.parametrize("batch", [3, 4])
def test_some_images_after_others(batch, monkeypatch):
    monkeypatch.setattr(correlation, "_PART", 800)
    _, filter_shape, window = CASES["images"]
    x, filter = numbers((batch, 6, 5, 4), filter_shape)
    assert "scan" in str(
        jax.make_jaxpr(jax.grad(lambda x: jnp.sum(correlate(x, filter, window))))(x)
    )
    assert_equal(*(gradients(c, x, filter, window) for c in (correlate, of_xla)))


@pytest.mark.parametrize("case", ["images", "strides", "channels", "volumes"])
def test_forward_mode(case):
    *shapes, window = CASES[case]
    x, filter, dx, dfilter = numbers(*shapes, *shapes)
    assert_equal(*(
        jax.jvp(lambda x, f, c=c: c(x, f, window), (x, filter), (dx, dfilter))
        for c in (correlate, of_xla)
    ))  # fmt: skip


@pytest.mark.parametrize("case", ["images", "strides", "dilations", "a line", "groups", "volumes"])
def test_spread_is_the_transpose(case):
    *shapes, window = CASES[case]
    x, filter = numbers(*shapes)
    (y,) = numbers(of_xla(x, filter, window).shape)

    def of_spread(y, filter, window):
        return spread(y, filter, x.shape, window)

    def of_pullback(y, filter, window):
        return jax.vjp(lambda x: of_xla(x, filter, window), x)[1](y)[0]

    assert_equal(*(gradients(c, y, filter, window) for c in (of_spread, of_pullback)))


def test_loops_have_the_fast_layout():
    """Inside of a loop XLA compiles a convolution as it is laid out: see `correlation.py`."""
    *shapes, window = CASES["padded images"]
    x, filter = numbers(*shapes)

    def step(_, both):
        loss = lambda x, filter: jnp.sum(correlate(x, filter, window) ** 2)  # noqa: E731
        return tuple(a - 1e-3 * g for a, g in zip(both, jax.grad(loss, (0, 1))(*both)))

    text = jax.jit(lambda n: lax.fori_loop(0, n, step, (x, filter))).lower(3).as_text()
    layouts = [line.split("dim_numbers = ")[1].split(",  window")[0]
               for line in text.splitlines() if "stablehlo.convolution(" in line]  # fmt: skip
    fast = "[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]"
    assert len(layouts) == 3 and all(fast in layout for layout in layouts), layouts


@pytest.mark.parametrize("window", [(2, 3), (5, 5)])
def test_gradient_of_maxima_side_by_side_equals_xla(window):
    """Also of equal maxima, and where the last row and column belong to no window."""
    x = np.random.default_rng(0).integers(0, 3, (2, 11, 10, 3)).astype("float64")

    def of_xla(x):
        return jax.lax.reduce_window(x, -np.inf, jax.lax.max, (1, *window, 1), (1, *window, 1),
                                     "VALID")  # fmt: skip

    def ours(x):
        return tf.nn.max_pool2d(x, window, window, "VALID")._value

    weights = np.random.default_rng(1).normal(size=of_xla(x).shape)
    assert_equal(*(jax.grad(lambda x, f=f: jnp.sum(f(x) * weights))(x) for f in (ours, of_xla)))
