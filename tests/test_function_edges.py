"""What a `tf.function` refuses, how it is shared and copied, and what it knows of nested calls."""

import multiprocessing.pool
import pickle


def test_what_an_input_signature_may_hold(tf, answer):
    spec = tf.TensorSpec([2], tf.float32)
    for name, signature in {
        "a shape": [(2, 3), spec],
        "None": [None, spec],
        "a list": spec,
    }.items():
        answer.raises(name, lambda s=signature: tf.function(lambda a, b: a, input_signature=s),
                      keywords=["input_signature must be"])  # fmt: skip
    f = tf.function(lambda a: a, input_signature=[spec])
    failed = "Binding inputs to tf.function failed due to"
    for name, call in {
        "a dtype": lambda: f(tf.ones([2], tf.int32)),
        "a size": lambda: f(tf.ones([3])),
        "text": lambda: f(["a", "b"]),
        "no value": lambda: f(None),
        "no argument": lambda: f(),
        "another spec": lambda: f.get_concrete_function(tf.TensorSpec([3])),
        "a wider spec": lambda: f.get_concrete_function(tf.TensorSpec([None])),
    }.items():
        answer.raises(name, call, keywords=[failed])
    answer("whole numbers", f([1, 2]))
    answer("the spec", [t.shape for t in f.get_concrete_function(spec).inputs])


def add_one(x):
    return x + 1


def test_threads_and_copies(tf, answer):
    function = tf.function(lambda: tf.constant(1.0) * 2.0)
    pool = multiprocessing.pool.ThreadPool(8)
    found = pool.map(lambda _: function.get_concrete_function(), range(8))
    pool.close()
    answer("traces", len(set(map(id, found))))
    answer("from a pickle", pickle.loads(pickle.dumps(tf.function(add_one)))(tf.constant(2)))


def test_methods_of_extension_types(tf, answer):
    class Masked(tf.experimental.ExtensionType):
        values: tf.Tensor
        mask: tf.Tensor

        @tf.function
        def or_else(self, default):
            return tf.where(self.mask, self.values, default)

        @tf.function
        def total(self):
            result = 0
            for i in tf.range(tf.size(self.values)):
                if self.mask[i]:
                    result += self.values[i]
            return result

    masked = Masked([1, 2, 3], [True, False, True])
    answer("results", [masked.or_else(-1), masked.total(), Masked([5, 6], [True, True]).total()])


def test_shapes_through_nested_calls(tf, answer):
    @tf.function
    def ones(shape):
        return tf.ones(shape)

    @tf.function(input_signature=[tf.TensorSpec([None, None]), tf.TensorSpec([], tf.int32)])
    def wide(x, size):
        return tf.zeros(tf.stack([tf.shape(x)[0], size])), tf.reshape(x, [-1, 3])

    shapes = []

    @tf.function
    def outer(x):
        shapes.append(ones(tf.shape(x)).shape)
        shapes.extend(y.shape for y in wide(x, 5))
        shapes.append(ones(tf.shape(ones(tf.shape(x)[1:]))).shape)
        return x

    outer(tf.ones([2, 3]))
    answer("known", shapes)
    shapes.clear()
    outer.get_concrete_function(tf.TensorSpec([None, 3]))
    answer("one unknown", shapes)
