"""The parity table: one row per call of an op.

Each module of this package has a list `ROWS`, and a test module that runs `check` on `named(ROWS)`.
A row names a public function and the arguments to
call it with:

    row("reduce_sum", F(2, 3), axis=1)
    row("concat", [F(2, 3), F(1, 3)], axis=0)
    row(lambda tf, x: tf.where(x > 0), F(4), id="where_condition")

NumPy arrays become tensors (wherever they are nested), everything else is passed as it is.
"""

import numpy as np
import pytest


class Row:
    """One call, and how closely its results must agree with TensorFlow's."""

    def __init__(self, function, *inputs, id=None, rtol=None, atol=None, gradient=True,
                 unknown=True, compiled=True, raises=None, **attrs):  # fmt: skip
        self.function, self.inputs, self.attrs = function, inputs, attrs
        self.rtol, self.atol = rtol, atol
        self.gradient, self.unknown, self.compiled, self.raises = (
            gradient, unknown, compiled, raises,
        )  # fmt: skip
        self.id = id or (function if isinstance(function, str) else None)
        assert self.id, "a row whose function is a lambda needs an id"

    def call(self, tf, arrays):
        """The results for `arrays` in place of the row's NumPy arrays, in order."""
        given = iter(arrays)
        inputs = [_replace(x, given) for x in self.inputs]
        if not isinstance(self.function, str):
            return self.function(tf, *inputs, **self.attrs)
        function = tf
        for part in self.function.split("."):
            function = getattr(function, part)
        return function(*inputs, **self.attrs)

    @property
    def arrays(self):
        """The NumPy arrays among the inputs."""
        return [x for value in self.inputs for x in _arrays(value)]


def _arrays(value):
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, list | tuple):
        return [a for v in value for a in _arrays(v)]
    return []


def _replace(value, given):
    if isinstance(value, np.ndarray):
        return next(given)
    if isinstance(value, list | tuple):
        return type(value)([_replace(v, given) for v in value])
    return value


def row(function, *inputs, **options):
    """A row of the table.

    Args:
      function: the dotted name of a public function under `tf`, or `f(tf, *inputs, **attrs)`.
      inputs: its arguments; the NumPy arrays among them become tensors.
      id: what tells rows of one function apart (pytest's id; default: the function's name).
      rtol, atol: how closely floats must agree.
      gradient: whether the gradient for the float inputs is compared.
      unknown: whether static shapes are compared for inputs whose dimensions are all `None`.
      compiled: whether the call is also made inside `tf.function`.
      raises: words of the error that the call must raise, of TensorFlow's class.
      **options: further keyword arguments of the function.
    """
    return Row(function, *inputs, **options)


def F(*shape, low=-2.0, high=2.0, dtype="float32", seed=0):  # noqa: N802
    """An array of floats between `low` and `high`, the same at every call."""
    generator = np.random.RandomState(seed + sum(shape) * 7 + len(shape))
    return generator.uniform(low, high, shape).astype(dtype)


def I(*shape, low=-5, high=6, dtype="int32", seed=0):  # noqa: E743, N802
    """An array of integers from `low` up to, without, `high`."""
    generator = np.random.RandomState(seed + sum(shape) * 11 + len(shape))
    return generator.randint(low, high, shape).astype(dtype)


def A(*values, dtype="float32"):  # noqa: N802
    """An array of exactly these values (nested lists for more axes)."""
    return np.array(values[0] if len(values) == 1 else values, dtype)


def named(entries):
    """The rows as pytest's parameters, each with an id that no other has."""
    seen, parameters = {}, []
    for entry in entries:
        seen[entry.id] = count = seen.get(entry.id, 0) + 1
        name = entry.id if count == 1 else f"{entry.id}~{count}"
        parameters.append(pytest.param(entry, id=name))
    return parameters


def tensors(tf, value):
    """The tensors of a result, in order."""
    if isinstance(value, tf.IndexedSlices):
        return [value.values, value.indices]
    if hasattr(value, "flat_values"):
        return [value.flat_values, *value.nested_row_splits]
    if hasattr(value, "dense_shape"):
        return [value.indices, value.values, value.dense_shape]
    return [x for x in tf.nest.flatten(value) if x is not None]


def gradients(tf, row, arrays):
    """The gradient of a fixed weighting of the float results, for each float input."""
    inputs = [tf.constant(a) for a in arrays]
    sources = [x for x in inputs if x.dtype.is_floating or x.dtype.is_complex]
    with tf.GradientTape() as tape:
        tape.watch(sources)
        results = [y for y in tensors(tf, row.call(tf, inputs)) if hasattr(y, "dtype")]
        targets = [y for y in results if y.dtype.is_floating or y.dtype.is_complex]
    if not sources or not targets:
        return []
    weights = [np.cos(np.arange(np.size(y)) + 1.0).reshape(y.shape) for y in targets]
    cotangents = [tf.cast(tf.constant(w), y.dtype) for w, y in zip(weights, targets)]
    found = tape.gradient(targets, sources, cotangents)
    return [None if g is None else tf.convert_to_tensor(g) for g in found]


def check(tf, answer, row):
    """Value, dtype, static shape, gradient and compiled result of `row`, or its error."""
    arrays = row.arrays
    if row.raises is not None:
        words = [row.raises] if isinstance(row.raises, str) else row.raises
        answer.raises("error", lambda: row.call(tf, [tf.constant(a) for a in arrays]), words)
        return
    eager = tensors(tf, row.call(tf, [tf.constant(a) for a in arrays]))
    answer("value", eager, rtol=row.rtol, atol=row.atol)
    if row.gradient:
        answer("gradient", gradients(tf, row, arrays), rtol=row.rtol, atol=row.atol)
    if not row.compiled:
        return

    def call(*inputs):
        return row.call(tf, inputs)

    function = tf.function(call, autograph=False)
    concrete = function.get_concrete_function(*[tf.constant(a) for a in arrays])
    answer("static", [x.shape for x in concrete.outputs])
    compiled = tensors(tf, function(*[tf.constant(a) for a in arrays]))
    for one, other in zip(eager, compiled, strict=True):
        assert one.dtype == other.dtype
        if one.dtype.is_floating or one.dtype.is_complex:
            wide = "complex128" if one.dtype.is_complex else "float64"
            np.testing.assert_allclose(one.numpy().astype(wide), other.numpy().astype(wide),
                                       rtol=row.rtol or 1e-5, atol=row.atol or 1e-5)  # fmt: skip
        else:
            np.testing.assert_array_equal(one.numpy(), other.numpy())
    if row.unknown and any(a.ndim for a in arrays):
        specs = [tf.TensorSpec([None] * a.ndim, a.dtype) for a in arrays]
        loose = tf.function(call, autograph=False).get_concrete_function(*specs)
        answer("static_unknown", [x.shape for x in loose.outputs])


class Tell:
    """`tell(label, fn)`: what `fn` returns, or the class of the error it raises, is an answer."""

    def __init__(self, answer):
        self._answer, self._count = answer, 0

    def __call__(self, label, fn):
        self._count += 1
        try:
            value = fn()
        except Exception as error:  # noqa: BLE001
            value = {"raises": type(error).__name__}
        self._answer(f"{self._count} {label}", value)
