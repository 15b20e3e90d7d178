"""A compiled function that updates NUMBER variables; the time of a call."""

import os

from library import tf
from timing import report, seconds_per_call

x = tf.constant(0.5)
variables = [tf.Variable(tf.ones([4])) for _ in range(int(os.environ["NUMBER"]))]


@tf.function
def update(x):
    for v in variables:
        v.assign_sub(0.01 * x * v)


report({"call": seconds_per_call(lambda: update(x))})
