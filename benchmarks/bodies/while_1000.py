"""A `while` of 1000 small steps in a compiled function; the time of a call."""

from library import tf
from timing import report, seconds_per_call

start = tf.constant(1.0)


@tf.function
def repeat(x):
    i = 0
    while i < 1000:
        x = x * 0.999 + 0.1
        i += 1
    return x


report({"call": seconds_per_call(lambda: repeat(start).numpy())})
