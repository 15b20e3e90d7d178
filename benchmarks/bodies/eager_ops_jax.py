"""The same small ops as raw jitted JAX calls."""

import jax
import jax.numpy as jnp
from timing import report, seconds_per_call

x = jnp.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
y = jnp.array([[9.0, 8.0, 7.0], [6.0, 5.0, 4.0], [3.0, 2.0, 1.0]])
add, mul, matmul = jax.jit(jnp.add), jax.jit(jnp.multiply), jax.jit(jnp.matmul)
exp, reduce_sum = jax.jit(jnp.exp), jax.jit(jnp.sum)

report(
    {
        "add": seconds_per_call(lambda: add(x, y)),
        "mul": seconds_per_call(lambda: mul(x, y)),
        "matmul": seconds_per_call(lambda: matmul(x, y)),
        "exp": seconds_per_call(lambda: exp(x)),
        "reduce_sum": seconds_per_call(lambda: reduce_sum(x)),
    }
)
