"""What stands for a tensor, what describes one, and gradients that have names."""

import numpy as np
from rows import Tell


def test_specs_of_values(tf, answer):
    values = [
        tf.constant([1, 2]), np.ones([2, 3]), [1, 2], 3.5, "a",
        tf.sparse.from_dense([[1, 0]]), tf.data.Dataset.range(3),
        tf.IndexedSlices(tf.ones([2, 3]), tf.constant([0, 1]), tf.constant([5, 3])),
    ]  # fmt: skip
    answer("specs", [repr(tf.type_spec_from_value(v)) for v in values])
    tell = Tell(answer)
    tell("object", lambda: tf.type_spec_from_value(object()))


def test_spec_of_slices(tf, answer):
    spec = tf.IndexedSlicesSpec([5, 3], tf.float32)
    answer("spec", [repr(spec), spec.value_type.__name__, repr(tf.IndexedSlicesSpec())])
    slices = tf.IndexedSlices(tf.ones([2, 3]), tf.constant([0, 1]), tf.constant([5, 3]))
    answer("parts", [x.shape for x in tf.nest.flatten(slices, expand_composites=True)])

    @tf.function
    def doubled(s):
        return tf.IndexedSlices(s.values * 2.0, s.indices, s.dense_shape)

    result = doubled(slices)
    answer("through a function", [result.values, result.indices])


def test_classes_that_convert(tf, answer):
    class Celsius:
        def __init__(self, degrees):
            self.degrees = degrees

    def convert(value, dtype=None, name=None, as_ref=False):
        return tf.constant(value.degrees, dtype)

    tf.register_tensor_conversion_function(Celsius, convert)
    answer("tensor", tf.convert_to_tensor(Celsius(3.0)))
    answer("sum", tf.add(Celsius(3.0), 1.0))
    answer("beside a tensor", Celsius(3.0) + tf.constant(1.0))
    tell = Tell(answer)
    tell("numbers", lambda: tf.register_tensor_conversion_function(int, convert))


def test_named_gradients(tf, answer):
    name = f"Guided{tf.__name__.title()}{id(answer)}"

    @tf.RegisterGradient(name)
    def guided(op, gradient):
        return gradient * tf.cast(op.outputs[0] > 0.0, tf.float32) * 10.0

    @tf.function
    def slopes(x):
        with tf.compat.v1.get_default_graph().gradient_override_map({"Relu": name}):
            y = tf.nn.relu(x)
        return tf.gradients(y, x) + tf.gradients(tf.nn.relu(x), x)

    answer("slopes", slopes(tf.constant([-1.0, 2.0])))
    tell = Tell(answer)
    tell("again", lambda: tf.RegisterGradient(name)(guided))
    tell("no name", lambda: tf.RegisterGradient(3))
    with tf.Graph().as_default() as graph, graph.gradient_override_map({"Relu": "Nothing"}):
        x = tf.constant(1.0)
        tell("unknown", lambda: tf.gradients(tf.nn.relu(x), x))


def test_quantized_types(tf, answer):
    kinds = [tf.qint8, tf.quint8, tf.qint16, tf.quint16, tf.qint32]
    answer("types", [[k.name, k.size, k.is_quantized] for k in kinds])
    method = tf.AggregationMethod
    answer("methods", [method.ADD_N, method.DEFAULT, method.EXPERIMENTAL_TREE])
