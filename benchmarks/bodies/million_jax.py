"""A million random numbers of each kind, by `jax.random`, compiled."""

import jax
import numpy as np
from timing import report, seconds_per_call

MILLION = (1_000_000,)
key = jax.random.key(0)
uniform = jax.jit(lambda key: jax.random.uniform(key, MILLION))
normal = jax.jit(lambda key: jax.random.normal(key, MILLION))
truncated = jax.jit(lambda key: jax.random.truncated_normal(key, -2.0, 2.0, MILLION))

report(
    {
        "uniform": seconds_per_call(lambda: np.asarray(uniform(key))),
        "normal": seconds_per_call(lambda: np.asarray(normal(key))),
        "truncated": seconds_per_call(lambda: np.asarray(truncated(key))),
    }
)
