"""Values that TensorFlow's kernels refuse, in compiled functions: the error comes when they run."""

import pytest
from rows import Tell


def test_refused_in_functions(tf, answer):
    tell = Tell(answer)
    x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    zero, five = tf.constant(0), tf.constant(5)
    functions = {
        "gather": lambda i: tf.gather(x, i),
        "gather along 1": lambda i: tf.gather(x, [i, 0], axis=1),
        "gather_nd": lambda i: tf.gather_nd(x, [[i, 0]]),
        "index": lambda i: x[i],
        "index from the end": lambda i: x[0, -i],
        "lookup": lambda i: tf.nn.embedding_lookup(x, [i, 1]),
        "scatter": lambda i: tf.tensor_scatter_nd_update(x[:, 0], [[i]], [1.0]),
        "array": lambda i: tf.TensorArray(tf.float32, 3).unstack(x).write(i, [0.0, 0.0]).stack(),
        "labels": lambda i: tf.nn.sparse_softmax_cross_entropy_with_logits([i], x[:1]),
        "division": lambda i: 7 // (i - 5),
        "remainder": lambda i: tf.constant([7, 8]) % tf.stack([i - 5, 1]),
        "power": lambda i: tf.pow(2, 4 - i),
        "counting": lambda i: tf.math.bincount([1, 4 - i], minlength=4, maxlength=4),
    }
    for name, function in functions.items():
        compiled = tf.function(function)
        tell(name + ", refused", lambda compiled=compiled: compiled(five))
        tell(name + ", taken", lambda compiled=compiled: compiled(zero))


def test_refused_while_a_tape_records(tf, answer):
    tell = Tell(answer)
    table = tf.Variable([[1.0, 2.0], [3.0, 4.0]])

    @tf.function
    def lookup(i):
        return tf.reduce_sum(tf.gather(table, i) ** 2)

    def gradient(i):
        with tf.GradientTape() as tape:
            y = lookup(i)
        return y, tf.convert_to_tensor(tape.gradient(y, table))

    tell("taken", lambda: gradient(tf.constant([1, 1])))
    tell("refused", lambda: gradient(tf.constant([1, 2])))

    @tf.function
    def outer(i):
        return lookup(i) + 1.0

    tell("refused inside", lambda: outer(tf.constant([3])))
    tell("taken inside", lambda: outer(tf.constant([0])))


def test_the_message_is_that_of_the_op(tf):
    lookup = tf.function(lambda x, i: tf.gather(x, i))
    with pytest.raises(
        tf.errors.InvalidArgumentError, match=r"indices\[1\] = 7 is not in \[0, 3\)"
    ):
        lookup(tf.constant([1, 2, 3]), tf.constant([0, 7]))
