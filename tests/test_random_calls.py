"""Calls made up by Hypothesis, compared with NumPy where TensorFlow means the same."""

import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minitf as tf

KINDS = st.sampled_from(["float32", "float64", "int32", "int64"])
SHAPES = arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
cheaply = settings(max_examples=25, deadline=None, derandomize=True, database=None)


def numbers(shape, kind, low=-4, high=4):
    """Whole and half numbers, so that sums and products are exact in every order."""
    step = 0.5 if kind.startswith("float") else 1
    elements = st.integers(int(low / step), int(high / step)).map(lambda n: n * step)
    return arrays.arrays(kind, shape, elements=elements)


def same(tensor, expected):
    """The tensor has the value, the shape and the dtype of the array."""
    assert tensor.dtype.as_numpy_dtype == expected.dtype
    np.testing.assert_array_equal(tensor.numpy(), expected)


BINARY = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "maximum": np.maximum,
    "minimum": np.minimum, "less": np.less, "greater_equal": np.greater_equal, "equal": np.equal,
    "not_equal": np.not_equal, "math.floordiv": np.floor_divide, "math.floormod": np.mod,
    "math.squared_difference": lambda x, y: np.square(x - y),
}  # fmt: skip


def public(name):
    function = tf
    for part in name.split("."):
        function = getattr(function, part)
    return function


@st.composite
def broadcasts(draw):
    kind = draw(KINDS)
    shapes = draw(arrays.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=4))
    x, y = (draw(numbers(s, kind)) for s in shapes.input_shapes)
    return x, y, draw(st.sampled_from(sorted(BINARY)))


@cheaply
@given(broadcasts())
def test_broadcasts(call):
    x, y, name = call
    if name.startswith("math.floor"):
        y = np.where(y == 0, np.ones_like(y), y)
    same(public(name)(x, y), np.asarray(BINARY[name](x, y)))


@cheaply
@given(SHAPES, SHAPES)
def test_shapes_that_do_not_broadcast(left, right):
    try:
        shape = np.broadcast_shapes(left, right)
    except ValueError:
        with pytest.raises(tf.errors.InvalidArgumentError, match="Incompatible shapes"):
            tf.add(tf.zeros(left), tf.zeros(right))
    else:
        assert (tf.zeros(left) + tf.zeros(right)).shape == shape


REDUCTIONS = {
    "sum": np.sum, "prod": np.prod, "max": np.max, "min": np.min, "mean": np.mean,
    "any": np.any, "all": np.all,
}  # fmt: skip


@st.composite
def reductions(draw):
    shape = draw(arrays.array_shapes(min_dims=0, max_dims=4, max_side=4))
    name, kind = draw(st.sampled_from(sorted(REDUCTIONS))), draw(KINDS)
    axes = draw(st.none() | arrays.valid_tuple_axes(len(shape)))
    x = draw(numbers(shape, kind, -2, 2))
    return name, x, axes, draw(st.booleans())


@cheaply
@given(reductions())
def test_reductions(call):
    name, x, axes, keep = call
    x = x > 0 if name in ("any", "all") else x
    if name == "mean":
        x = x.astype("float64")
    expected = REDUCTIONS[name](x, axis=axes, keepdims=keep)
    result = public(f"reduce_{name}")(x, axis=None if axes is None else list(axes), keepdims=keep)
    if name == "mean":
        np.testing.assert_allclose(result, expected, rtol=1e-12)
    else:
        same(result, np.asarray(expected).astype(x.dtype))


@st.composite
def slices(draw):
    shape = draw(arrays.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=5))
    index = draw(arrays.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True))
    return np.arange(np.prod(shape), dtype="float32").reshape(shape), index


@cheaply
@given(slices())
def test_slices(call):
    x, index = call
    same(tf.constant(x)[index], np.asarray(x[index]))


@cheaply
@given(slices())
def test_gradients_of_slices(call):
    x, index = call
    given_x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(given_x)
        total = tf.reduce_sum(given_x[index] * 2.0)
    expected = np.zeros_like(x)
    expected[index] = 2.0
    np.testing.assert_array_equal(tape.gradient(total, given_x), expected)


@st.composite
def rearrangements(draw):
    shape = draw(arrays.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4))
    x = np.arange(np.prod(shape), dtype="int32").reshape(shape)
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    name = draw(
        st.sampled_from("transpose tile pad roll reverse concat stack gather repeat".split())
    )
    return name, x, axis, draw(st.permutations(range(len(shape)))), draw(st.integers(0, 3))


@cheaply
@given(rearrangements())
def test_rearrangements(call):
    name, x, axis, order, n = call
    size, rank = x.shape[axis], x.ndim
    results = {
        "transpose": lambda: (tf.transpose(x, order), x.transpose(order)),
        "tile": lambda: (tf.tile(x, [n + 1] * rank), np.tile(x, [n + 1] * rank)),
        "pad": lambda: (tf.pad(x, [[n, 1]] * rank), np.pad(x, [[n, 1]] * rank)),
        "roll": lambda: (tf.roll(x, n - 1, axis), np.roll(x, n - 1, axis)),
        "reverse": lambda: (tf.reverse(x, [axis]), np.flip(x, axis)),
        "concat": lambda: (tf.concat([x] * (n + 1), axis), np.concatenate([x] * (n + 1), axis)),
        "stack": lambda: (tf.stack([x] * (n + 1), axis), np.stack([x] * (n + 1), axis)),
        "gather": lambda: (tf.gather(x, [n % size, 0], axis=axis), x.take([n % size, 0], axis)),
        "repeat": lambda: (tf.repeat(x, n, axis=axis), x.repeat(n, axis)),
    }
    same(*results[name]())


@st.composite
def products(draw):
    batch = draw(arrays.mutually_broadcastable_shapes(num_shapes=2, max_dims=2, max_side=3))
    m, k, n = (draw(st.integers(1, 4)) for _ in range(3))
    left, right = batch.input_shapes
    kind = draw(KINDS)
    return draw(numbers((*left, m, k), kind)), draw(numbers((*right, k, n), kind))


@cheaply
@given(products(), st.booleans(), st.booleans())
def test_products_of_matrices(call, transpose_a, transpose_b):
    a, b = call
    given_a = a.swapaxes(-1, -2) if transpose_a else a
    given_b = b.swapaxes(-1, -2) if transpose_b else b
    same(tf.matmul(given_a, given_b, transpose_a=transpose_a, transpose_b=transpose_b), a @ b)


def test_an_ellipsis_between_indices():
    x = np.arange(24).reshape(2, 3, 4)
    for index in [(0, ..., -1, slice(None)), (1, ..., -2), (..., 1, -1), (0, ..., 2, -1)]:
        same(tf.constant(x)[index], np.asarray(x[index]))
    with pytest.raises(tf.errors.InvalidArgumentError, match="slice index 3 of dimension 1"):
        tf.constant(x)[0, ..., 3, :]
