"""The parity table: one row per call of an op.

Each module of this package has a list `ROWS`; a test module makes tests of it:

    from rows import table
    from rows.math import ROWS

    test_row, test_compiled = table(ROWS)

A row names a public function and the arguments to call it with:

    row("reduce_sum", F(2, 3), axis=1)
    row("concat", [F(2, 3), F(1, 3)], axis=0)
    row(lambda tf, x: tf.where(x > 0), F(4), id="where_condition")
    row("linalg.inv", F(2, 3), raises="square")

NumPy arrays become tensors (wherever they are nested), everything else is passed as it is.
`test_row` compares, with TensorFlow's recorded answers, the value with its dtype, the gradient, and
the static shape for inputs whose sizes are known and for inputs whose sizes are all `None`; or the
class and the words of the error. `test_compiled` runs many rows as one compiled function, and
compares values and gradients with the same answers. `tests/test_table.py` fails where a registered
op is in no row.
"""

import importlib
import pkgutil

import numpy as np
import pytest

TOGETHER = 25  # rows that are compiled as one function: few compilations, of a size still quick


class Row:
    """One call, and how closely its results must agree with TensorFlow's."""

    def __init__(self, function, *inputs, id=None, rtol=None, atol=None, gradient=True,
                 static=True, unknown=True, compiled=True, alone=False, raises=None, **attrs):  # fmt: skip
        self.function, self.inputs, self.attrs = function, inputs, attrs
        self.rtol, self.atol, self.raises = rtol, atol, raises
        self.gradient, self.compiled = gradient, compiled
        self.static, self.unknown = static, unknown if static else False
        self.alone = alone or any(a.dtype == object for a in self.arrays)
        if id is None:
            assert isinstance(function, str), "a row whose function is a lambda needs an id"
            given = [*map(_described, inputs), *(f"{k}={_described(v)}" for k, v in attrs.items())]
            id = f"{function}({','.join(given)})"[:120]
        self.id = id

    def __repr__(self):
        return f"<row {self.id}>"

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

    def constants(self, tf):
        """Tensors of the arrays."""
        return [tf.constant(a) for a in self.arrays]


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


def _described(value):
    """A short text that tells one argument from another: `float32[2,3]` of an array."""
    if isinstance(value, np.ndarray):
        kind = "string" if value.dtype == object else value.dtype.name
        return f"{kind}[{','.join(map(str, value.shape))}]"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_described, value))}]"
    return str(value)


def row(function, *inputs, **options):
    """A row of the table.

    Args:
      function: the dotted name of a public function under `tf`, or `f(tf, *inputs, **attrs)`.
      inputs: its arguments; the NumPy arrays among them become tensors.
      id: what tells rows of one function apart (pytest's id; default: the call in short).
      rtol, atol: how closely floats must agree.
      gradient: whether the gradient for the float inputs is compared.
      static: whether static shapes are compared; not where we know more than TensorFlow.
      unknown: whether static shapes are compared for inputs whose dimensions are all `None`; or
        the shapes of the inputs to compare them for.
      compiled: whether the call is also made inside `tf.function`.
      alone: whether it is compiled by itself, because a part of it depends on values and cannot be
        compiled, or because other calls before it would change its result. Strings imply it.
      raises: words of the error that the call must raise, of TensorFlow's class. If `compiled`, the
        class of the error inside `tf.function` is compared too.
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


def S(*values):  # noqa: N802
    """An array of strings."""
    return A(*values, dtype=object)


def modules():
    """The modules of this package, by name; each has `ROWS`."""
    names = [found.name for found in pkgutil.iter_modules(__path__)]
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}


# --- tests of a table


def table(entries):
    """The tests of a list of rows, to be given to names: `test_row, test_compiled = table(ROWS)`."""
    rows = named(entries)

    @pytest.mark.parametrize("row", rows)
    def test_row(tf, answer, row):
        check(tf, answer, row)

    @pytest.mark.parametrize("rows", _programs(rows))
    def test_compiled(tf, answer_of, rows):
        check_compiled(tf, answer_of, rows)

    return test_row, test_compiled


def named(entries):
    """The rows as pytest's parameters, each with an id that no other has."""
    seen, parameters = {}, []
    for entry in entries:
        seen[entry.id] = count = seen.get(entry.id, 0) + 1
        name = entry.id if count == 1 else f"{entry.id}~{count}"
        parameters.append(pytest.param(entry, id=name))
    return parameters


def _programs(parameters):
    """Lists of (id, row) that are compiled together."""
    rows = [(p.id, p.values[0]) for p in parameters]
    rows = [(i, r) for i, r in rows if r.compiled and r.raises is None]
    many = [(i, r) for i, r in rows if not r.alone]
    chunks = [many[i : i + TOGETHER] for i in range(0, len(many), TOGETHER)]
    chunks += [[(i, r)] for i, r in rows if r.alone]
    return [pytest.param(chunk, id=chunk[0][0]) for chunk in chunks]


def tensors(tf, value):
    """The tensors of a result, in order."""
    if isinstance(value, tf.IndexedSlices):
        return [value.values, value.indices]
    if hasattr(value, "flat_values"):
        return [value.flat_values, *value.nested_row_splits]
    if hasattr(value, "dense_shape"):
        return [value.indices, value.values, value.dense_shape]
    return [x for x in tf.nest.flatten(value, expand_composites=True) if x is not None]


def gradients(tf, row, inputs):
    """The gradient of a fixed weighting of the float results, for each float input."""
    sources = [x for x in inputs if x.dtype.is_floating or x.dtype.is_complex]
    with tf.GradientTape() as tape:
        tape.watch(sources)
        results = [y for y in tensors(tf, row.call(tf, inputs)) if hasattr(y, "dtype")]
        targets = [y for y in results if y.dtype.is_floating or y.dtype.is_complex]
    if not sources or not targets:
        return []
    found = tape.gradient(targets, sources, [_weights(tf, y) for y in targets])
    return [None if g is None else tf.convert_to_tensor(g) for g in found]


def _weights(tf, y):
    """Numbers of the shape of `y`, no two alike."""
    if y.shape.is_fully_defined():
        weights = np.cos(np.arange(y.shape.num_elements()) + 1.0).reshape(y.shape)
        return tf.cast(tf.constant(weights), y.dtype)
    count = tf.cast(tf.reshape(tf.range(tf.size(y)), tf.shape(y)), tf.float64)
    return tf.cast(tf.cos(count + 1.0), y.dtype)


def check(tf, answer, row):
    """Value, dtype, static shapes and gradient of `row`, or its error."""

    def call(*inputs):
        return row.call(tf, inputs)

    function = tf.function(call, autograph=False)
    if row.raises is not None:
        words = [row.raises] if isinstance(row.raises, str) else row.raises
        answer.raises("error", lambda: call(*row.constants(tf)), words)
        if row.compiled:
            answer.raises("compiled error", lambda: function(*row.constants(tf)))
        return
    eager = tensors(tf, call(*row.constants(tf)))
    answer("value", eager, rtol=row.rtol, atol=row.atol)
    if row.gradient:
        found = gradients(tf, row, row.constants(tf))
        answer("gradient", found, rtol=row.rtol, atol=row.atol)
    if not row.compiled:
        return
    concrete = function.get_concrete_function(*row.constants(tf))
    if row.static:
        answer("static", [x.shape for x in concrete.outputs])
    if row.unknown and any(a.ndim for a in row.arrays):
        loose = function.get_concrete_function(*_specs(tf, row))
        answer("static_unknown", [x.shape for x in loose.outputs])


def _specs(tf, row):
    """What describes the inputs of `row` where sizes are unknown."""
    inputs = row.constants(tf)
    shapes = [[None] * x.shape.rank for x in inputs] if row.unknown is True else row.unknown
    return [tf.TensorSpec(shape, x.dtype) for shape, x in zip(shapes, inputs, strict=True)]


def check_compiled(tf, answer_of, rows):
    """Values and gradients of `rows`, a list of (id, row), as one compiled function."""

    @tf.function(autograph=False)
    def function(given):
        results = []
        for (name, row), inputs in zip(rows, given):
            try:
                values = tensors(tf, row.call(tf, inputs))
                results.append((values, gradients(tf, row, inputs) if row.gradient else []))
            except Exception as error:
                error.add_note(f"in row {name}")
                raise
        return results

    given = [row.constants(tf) for _, row in rows]
    results = function(given)
    if len(rows) > 1 and tf.__name__ == "minitf":
        assert not function.get_concrete_function(given).program.is_host, "a row must be `alone`"
    for (name, row), (values, found) in zip(rows, results, strict=True):
        answer = answer_of(f"test_row[{name}]")
        answer("value", values, rtol=row.rtol, atol=row.atol)
        if row.gradient:
            answer("gradient", found, rtol=row.rtol, atol=row.atol)


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
