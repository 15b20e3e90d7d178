"""Variables, tensor arrays, lists; checks, prints, and functions with gradients of their own."""

import numpy as np

from rows import A, F, S, row

X, V = F(2, 3), F(4)
IDS = A(0, 2, dtype="int32")


def variable(name, change, *inputs, start=V, **options):
    """A row for what `change(tf, variable, *inputs)` makes of a variable."""

    def call(tf, start, *inputs):
        v = tf.Variable(start)
        change(tf, v, *inputs)
        return v.read_value()

    options = {"compiled": False, "gradient": False, **options}
    return row(call, start, *inputs, id=f"variable_{name}", **options)


def scatter(method, *inputs):
    return variable(method, lambda tf, v, i, u: getattr(v, method)(tf.IndexedSlices(u, i)), *inputs)


def scatter_nd(method, *inputs):
    return variable(method, lambda tf, v, i, u: getattr(v, method)(i, u), *inputs)


def _square(tf, x):
    @tf.custom_gradient
    def square(x):
        return x * x, lambda dy: 7.0 * dy

    return square(x)


def _array(tf, x, y):
    array = tf.TensorArray(tf.float32, size=2, dynamic_size=True)
    array = array.write(0, x).write(1, y).write(2, x * y)
    return array.stack(), array.read(1), array.size()


def _texts(tf, x):
    array = tf.TensorArray(tf.string, size=2)
    return array.write(0, x).write(1, x).stack()


ROWS = [
    variable("assign", lambda tf, v: v.assign([1.0, 2.0, 3.0, 4.0])),
    variable("assign_add", lambda tf, v, x: v.assign_add(x), V),
    variable("assign_sub", lambda tf, v, x: v.assign_sub(x), V),
    variable("slice_assign", lambda tf, v: v[1:3].assign([9.0, 8.0])),
    *[scatter(f"scatter_{n}", IDS, F(2)) for n in ("add", "sub", "mul", "div", "max", "min", "update")],
    *[scatter_nd(f"scatter_nd_{n}", A([0], [2], dtype="int32"), F(2))
      for n in ("add", "sub", "max", "min", "update")],
    variable("shape", lambda tf, v: v.assign([1.0]), raises="shape"),
    variable("dtype", lambda tf, v: v.assign(["a", "b", "c", "d"]), raises=""),
    row(lambda tf, x: tf.compat.v1.is_variable_initialized(tf.Variable(x)), X, id="is_initialized",
        compiled=False, gradient=False),
    row(lambda tf, x: tf.Variable(x) * 2.0, X, id="variable_product", compiled=False, gradient=False),
    row(lambda tf, x, y: _array(tf, x, y), F(2), F(2), id="tensor_array", static=False),
    row(lambda tf, x: _texts(tf, x), S("a", "b"), id="tensor_array_of_strings", unknown=False),
    row(lambda tf, x: _square(tf, x), X, id="custom_gradient"),
    row("debugging.check_numerics", X, "bad", alone=True),
    row("debugging.check_numerics", A(1.0, np.nan), "bad", raises=["bad"], compiled=False),
    row(lambda tf, x: tf.debugging.Assert(x > 0, [x]), A(1.0), id="assert", alone=True, gradient=False,
        compiled=False),
    row(lambda tf, x: tf.debugging.Assert(x > 0, [x]), A(-1.0), id="assert_false", raises="",
        compiled=False),
    row(lambda tf, x: tf.print(x, output_stream="file:///dev/null"), X, id="print", compiled=False,
        gradient=False),
    row(lambda tf: tf.timestamp() > 0.0, id="timestamp", compiled=False),
    row(lambda tf, x: tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2]), -1).lookup(x),
        S("b", "c"), id="lookup", compiled=False, gradient=False),
    row(lambda tf, x: tf.compat.v1.div(x, 2), A(-7, 7, dtype="int32"), id="v1_div"),
]  # fmt: skip
