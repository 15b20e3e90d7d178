"""Small eager ops, each as a library's user calls it."""

from library import tf
from timing import report, seconds_per_call

x = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
y = tf.constant([[9.0, 8.0, 7.0], [6.0, 5.0, 4.0], [3.0, 2.0, 1.0]])

report(
    {
        "add": seconds_per_call(lambda: x + y),
        "mul": seconds_per_call(lambda: x * y),
        "matmul": seconds_per_call(lambda: tf.matmul(x, y)),
        "exp": seconds_per_call(lambda: tf.exp(x)),
        "reduce_sum": seconds_per_call(lambda: tf.reduce_sum(x)),
    }
)
