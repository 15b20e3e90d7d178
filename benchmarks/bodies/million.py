"""A million random numbers of each kind."""

import numpy as np
from library import tf
from timing import report, seconds_per_call

MILLION = [1_000_000]
random = tf.random

report(
    {
        "uniform": seconds_per_call(lambda: np.asarray(random.uniform(MILLION))),
        "normal": seconds_per_call(lambda: np.asarray(random.normal(MILLION))),
        "truncated": seconds_per_call(lambda: np.asarray(random.truncated_normal(MILLION))),
    }
)
