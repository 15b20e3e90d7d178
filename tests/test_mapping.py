"""`map_fn` and `vectorized_map` of all kinds of rows, and what Python functions take and return."""

import numpy as np
import pytest


def both(tf, answer, name, call):
    """Records what `call` gives, eagerly and in a function."""
    answer(f"{name}, eagerly", call())
    answer(f"{name}, in a function", tf.function(call)())


def both_raise(tf, answer, name, call, **told):
    answer.raises(f"{name}, eagerly", call, **told)
    answer.raises(f"{name}, in a function", tf.function(call), **told)


def dense(st):
    return [st.indices, st.values, st.dense_shape]


def test_rows_of_sparse_tensors(tf, answer):
    st = tf.sparse.from_dense([[1.0, 0.0, 2.0], [0.0, 0.0, 3.0]])
    spec = tf.SparseTensorSpec([None], tf.float32)
    x = tf.constant([[1.0, 0.0], [2.0, 3.0]])
    both(
        tf,
        answer,
        "summed",
        lambda: tf.map_fn(tf.sparse.reduce_sum, st, fn_output_signature=tf.float32),
    )
    both(tf, answer, "sparse from sparse", lambda: dense(tf.map_fn(lambda s: s * 2.0, st)))
    both(tf, answer, "sparse from dense",
         lambda: dense(tf.map_fn(tf.sparse.from_dense, x, fn_output_signature=spec)))  # fmt: skip
    vector = tf.sparse.from_dense([1.0, 0.0])
    answer.raises("a vector", lambda: tf.map_fn(lambda s: s, vector),
                  keywords=["Rank of input SparseTensor should be > 1"])  # fmt: skip


def test_static_shapes_of_results(tf, answer):
    shapes = {}

    @tf.function
    def results(x):
        shapes["map_fn"] = tf.map_fn(lambda row: row * 2.0, x).shape
        shapes["scalars"] = tf.map_fn(tf.reduce_sum, x).shape
        shapes["scan"] = tf.scan(lambda a, row: a + row, x).shape
        return x

    for spec in ([3, 2], [None, 2]):
        results.get_concrete_function(tf.TensorSpec(spec, tf.float32))
        answer(str(spec), list(shapes.values()))


def test_mapped_functions_are_converted(tf, answer):
    def sign(t):
        return t if t > 1.5 else -t

    x = tf.constant([1.0, 2.0, 3.0])
    answer("map_fn", tf.function(lambda: tf.map_fn(sign, x))())
    as_list = lambda t: (t, t)  # noqa: E731
    answer.raises("list and tuple", lambda: tf.map_fn(as_list, x, dtype=[tf.float32, tf.float32]),
                  keywords=["The two structures don't have the same nested structure"])  # fmt: skip


def test_vectorized_map_of_anything(tf, answer):
    x, v = tf.constant([1.0, 2.0, 3.0]), tf.Variable(2.0)
    vmap = tf.vectorized_map
    for name, call in {
        "None": lambda: vmap(lambda t: None, x),
        "some None": lambda: vmap(lambda t: (t * 2.0, None), x),
        "text": lambda: vmap(lambda t: t + "a", tf.constant(["a", "b"])),
        "one row for all": lambda: vmap(lambda a: a[0] + a[1], (tf.ones([1]), x)),
        "a variable": lambda: vmap(lambda t: t * v, x),
        "in a branch": lambda: vmap(lambda t: tf.cond(t > 1.5, lambda: t * v, lambda: t), x),
    }.items():
        both(tf, answer, name, call)
    for name, fn in {
        "Python": lambda t: tf.py_function(lambda a: a * 2, [t], tf.float32),
        "unique": lambda t: tf.unique(tf.stack([t, t]))[0],
    }.items():
        answer(name, vmap(fn, x))
        answer.raises(f"{name}, all at once", lambda fn=fn: vmap(fn, x, False),
                      keywords=["No pfor vectorization defined"])  # fmt: skip


def test_gradients_of_variables_in_vectorized_map(tf, answer):
    x, v, w = tf.constant([1.0, 2.0]), tf.Variable(2.0), tf.Variable([[1.0, 2.0], [3.0, 4.0]])

    def loss(a):
        return tf.reduce_sum(tf.linalg.matvec(w, tf.stack([a, v]))) ** 2

    def for_each(a):
        with tf.GradientTape() as tape:
            y = loss(a)
        return tape.gradient(y, [v, w])

    def second():
        with tf.GradientTape() as outer:
            with tf.GradientTape() as tape:
                y = tf.vectorized_map(loss, x)
            slope = tape.gradient(y, v)
        return slope, outer.gradient(slope, w)

    both(tf, answer, "for each row", lambda: tf.vectorized_map(for_each, x))
    both(tf, answer, "second", second)


def test_python_functions_of_ragged_and_sparse_tensors(tf, answer):
    rt = tf.ragged.constant([[1.0, 2.0], [3.0]])
    st = tf.sparse.from_dense([[1.0, 0.0, 2.0], [0.0, 0.0, 3.0]])
    rows = tf.RaggedTensorSpec([None, None], tf.float32)
    one = tf.constant(2.0)
    both(tf, answer, "ragged in", lambda: tf.py_function(
        lambda r, x: tf.reduce_sum(r) * x, [rt, one], tf.float32))  # fmt: skip
    both(
        tf,
        answer,
        "sparse in",
        lambda: tf.py_function(lambda s: tf.sparse.reduce_sum(s), [st], tf.float32),
    )

    def parts(call):
        return lambda: [tf.identity(call().values), tf.identity(call().row_splits)]

    both(tf, answer, "ragged out", parts(lambda: tf.py_function(lambda x: rt * x, [one], rows)))
    both_raise(tf, answer, "another structure", lambda: tf.py_function(lambda: one, [], rows),
               keywords=["ValueError"])  # fmt: skip
    both_raise(tf, answer, "another dtype", lambda: tf.py_function(lambda: one, [], "int32"),
               keywords=["ValueError"])  # fmt: skip


def test_what_python_functions_return(tf, answer):
    one = tf.constant(2.0)
    for name, function in {"two": lambda x: (x, x), "one in a list": lambda x: [x]}.items():
        both(tf, answer, name, lambda f=function: tf.py_function(f, [one], tf.float32))
    both_raise(tf, answer, "none", lambda: tf.py_function(lambda x: None, [one], tf.float32),
               keywords=["returns 0 values, but expects to see 1 values"])  # fmt: skip
    whole = lambda: tf.numpy_function(lambda x: 3, [one], tf.float32)  # noqa: E731
    answer("Python's numbers, eagerly", whole())
    answer.raises("in a function", tf.function(whole),
                  keywords=["0-th value returned by", "is int64, but expects float"])  # fmt: skip
    both(tf, answer, "of NumPy", lambda: tf.numpy_function(np.sin, [one], tf.float32))


@pytest.mark.parametrize("graph", [False, True])
def test_arrays_of_what_was_never_written(tf, answer, graph):
    def array(size=3, **options):
        return tf.TensorArray(tf.float32, size, **options)

    known = ["is not fully defined"] if graph else ["Cannot convert a partially known TensorShape"]
    run = tf.function if graph else lambda call: call
    for name, call in {
        "read": lambda: array().read(1),
        "read a vector": lambda: array(element_shape=[None]).read(0),
        "concat": lambda: array().concat(),
    }.items():
        answer.raises(name, run(call), keywords=known)
    answer.raises("no size", run(lambda: tf.TensorArray(tf.float32).size()), keywords=["ize"])
    answer.raises("stack", run(lambda: array().stack()), keywords=["only contains uninitialized"]
                  if graph else known)  # fmt: skip
    answer("written once", run(lambda: array().write(0, [1.0, 2.0]).stack())())
    answer("shape given", run(lambda: array(element_shape=[2]).read(0))())
    if not graph:
        answer.raises(
            "too many rows",
            lambda: array(2).unstack([1.0, 2.0, 3.0]),
            keywords=["Cannot unstack 3 tensors into a TensorArray of static size 2"],
        )
        answer.raises("too few parts", lambda: array(3).split([1.0, 2.0, 3.0], [1, 2]),
                      keywords=["not equal to the size of lengths (3 vs. 2)"])  # fmt: skip
