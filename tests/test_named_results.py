"""Results that have names: tuples of several tensors, and layers and templates that hold them."""

import numpy as np


def test_named_tuples(tf, answer):
    image, box = np.zeros([1, 4, 4, 1], "float32"), [[[0.0, 0.0, 1.0, 1.0]]]
    ratio = [1, 1.5, 1.5, 1]
    for result in (
        tf.linalg.qr([[2.0, 1.0], [1.0, 3.0]]),
        tf.nn.fractional_max_pool(image, ratio, seed=1),
        tf.nn.fractional_avg_pool(image, ratio, seed=1),
        tf.compat.v1.setdiff1d([1, 2], [2]),
        tf.image.sample_distorted_bounding_box([4, 4, 3], box, seed=1),
        tf.image.stateless_sample_distorted_bounding_box([4, 4, 3], box, seed=[1, 2]),
    ):
        name = type(result).__name__
        answer(name, [result._fields, [x.shape.rank for x in result]])


def test_templates_run_eagerly(tf, answer):
    tf1 = tf.compat.v1

    def layer(x, size=2):
        w = tf1.get_variable("w", [size], initializer=tf1.ones_initializer())
        with tf1.variable_scope("inner"):
            zeros = tf1.zeros_initializer()
            b = tf1.get_variable("b", [], initializer=zeros, trainable=False)
        return x * w + b

    first, second = (tf1.make_template("template", layer) for _ in range(2))
    answer("calls", [first(1.0), first(2.0), second(3.0)])
    answer("names", [[v.name for v in t.variables] for t in (first, second)])
    kinds = (first.trainable_variables, first.global_variables, first.local_variables)
    answer("kinds", [[v.name for v in found] for found in kinds])
    first.variables[1].assign([4.0, 5.0])
    answer("shared", [first(1.0), second(1.0)])


def test_shapes_of_outputs_as_tensor_shapes(tf, answer):
    class Twice(tf.keras.layers.Layer):
        def call(self, x):
            return x * 2, x[:, :1]

        def compute_output_shape(self, input_shape):
            return [tf.TensorShape(input_shape), tf.TensorShape([None, 1])]

    class First(tf.keras.layers.Layer):
        def call(self, x):
            return x[:, 0]

        def compute_output_shape(self, input_shape):
            return tf.TensorShape(input_shape[:1])

    x = tf.keras.Input((3,))
    answer("several", [y.shape for y in Twice()(x)])
    answer("one", tf.keras.Sequential([x, First()]).output_shape)
