"""TF 1.x's names of functions that TensorFlow 2 has elsewhere, and checks of dtypes."""

import pytest
from rows import Tell


def test_moved_names(tf, answer):
    v1 = tf.compat.v1
    answer("base64", [v1.encode_base64("hello"), v1.decode_base64("aGVsbG8")])
    answer("order", [v1.is_non_decreasing([1, 2, 2]), v1.is_strictly_increasing([1, 2, 2])])
    answer("tensor", v1.parse_tensor(v1.serialize_tensor([1, 2]), tf.int32))
    sparse = tf.sparse.from_dense([[1, 0], [0, 2]])
    answer("reshape", v1.sparse_reshape(sparse, [4]).indices)
    answer("sparse", [v1.serialize_sparse(sparse).shape, v1.serialize_many_sparse(sparse).shape])
    answer("segments", v1.unsorted_segment_sqrt_n([1.0, 3.0, 3.0], [0, 0, 1], 2))


@pytest.mark.parametrize("name", ["debugging", "compat"])
def test_checks_of_types(tf, answer, name):
    module = tf.debugging if name == "debugging" else tf.compat.v1
    tell = Tell(answer)
    tell("integer", lambda: module.assert_integer(tf.constant([1])))
    tell("float", lambda: module.assert_integer(tf.constant([1.5])))
    tell("list", lambda: module.assert_proper_iterable([1]))
    tell("number", lambda: module.assert_proper_iterable(3))
    tell("tensor", lambda: module.assert_proper_iterable(tf.constant([1])))
    tell("same", lambda: module.assert_same_float_dtype([tf.constant(1.0)]).name)
    tell("none", lambda: module.assert_same_float_dtype().name)
    tell("other", lambda: module.assert_same_float_dtype([tf.constant(1.0)], tf.float64))
    tell("integers", lambda: module.assert_same_float_dtype([tf.constant(1)]))


NAMESPACES = ["io", "linalg", "manip", "math", "queue", "random", "sets", "sparse", "spectral"]


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_what_a_namespace_lists_is_there(namespace):
    from minitf.compat import v1

    listed = getattr(v1, namespace)
    assert dir(listed)
    for name in dir(listed):
        assert getattr(listed, name) is not None, name


def test_namespaces_of_both_faces(tf, answer):
    """Names that TF 1.x has there only, with TF 1.x's arguments, beside TF 2.x's names."""
    v1 = tf.compat.v1
    answer("math", v1.math.reduce_sum(tf.ones([2, 3]), 1, keep_dims=True))
    answer("sets", v1.sets.set_size(tf.sparse.from_dense([[1, 2], [3, 0]])))
    answer("manip", v1.manip.reshape(tf.ones([2, 3]), [3, 2]))
    answer("spectral", v1.spectral.fft(tf.constant([1.0, 2.0], tf.complex64)))
    answer("sparse", v1.sparse.to_dense(tf.sparse.from_dense([[1, 2], [3, 0]])))
    answer("devices", len(v1.config.list_physical_devices("CPU")))
    with tf.Graph().as_default():
        v1.random.set_random_seed(3)
        answer("seed", list(v1.random.get_seed(5)))
        queue = v1.queue.FIFOQueue(3, tf.float32)
        answer("queue", queue.name)
        answer("placeholder", v1.sparse.placeholder(tf.float32).dtype.name)


def test_the_default_graph_beside_eager_execution(tf, answer):
    v1 = tf.compat.v1
    v1.reset_default_graph()
    graph = v1.get_default_graph()
    answer("same", [graph is v1.get_default_graph(), type(graph) is tf.Graph])
    v1.add_to_collection("a", 3)
    answer("collected", [v1.get_collection("a"), graph.get_collection("a"),
                         v1.global_variables(), v1.get_collection_ref("b")])  # fmt: skip
    with graph.as_default():
        x = v1.placeholder(tf.float32, [2])
        doubled = x * 2.0
    with v1.Session(graph=graph) as session:
        answer("run", session.run(doubled, {x: [1.0, 2.0]}))
    v1.reset_default_graph()
    answer("empty", [v1.get_collection("a"), graph is v1.get_default_graph()])
