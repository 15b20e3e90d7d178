"""The first call of a compiled function of 50 ops: tracing, compiling, running."""

import time

from library import tf
from timing import report

x = tf.ones([16, 16])


@tf.function
def function(x):
    for _ in range(10):
        x = tf.tanh(x @ x) * 0.5 + tf.reduce_mean(x, axis=0)
    return x


start = time.perf_counter()
function(x).numpy()
report({"seconds": time.perf_counter() - start})
