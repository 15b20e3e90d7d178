"""The steady epoch of the MLP 784-512-512-10, hand-written in JAX: one scan over the batches."""

import time
from functools import partial
from statistics import median

import jax
import jax.numpy as jnp
import numpy as np
from timing import report

EPOCHS, BATCH = 8, 64
rng = np.random.default_rng(0)
x = jnp.asarray(rng.normal(size=(6400, 784)).astype("float32"))
y = jnp.asarray(rng.integers(0, 10, 6400))


def dense(fan_in, fan_out):
    limit = np.sqrt(6 / (fan_in + fan_out))
    kernel = rng.uniform(-limit, limit, (fan_in, fan_out)).astype("float32")
    return jnp.asarray(kernel), jnp.zeros(fan_out)


def loss(parameters, x, y):
    *hidden, (kernel, bias) = parameters
    for k, b in hidden:
        x = jax.nn.relu(x @ k + b)
    scores = jax.nn.log_softmax(x @ kernel + bias)
    value = -jnp.mean(jnp.take_along_axis(scores, y[:, None], axis=1))
    return value, jnp.mean(jnp.argmax(scores, axis=1) == y)


def step(state, rows, x, y):
    parameters, means, squares, count = state
    results, gradients = jax.value_and_grad(loss, has_aux=True)(parameters, x[rows], y[rows])
    count += 1
    means = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, means, gradients)
    squares = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, squares, gradients)
    rate = 1e-3 * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
    parameters = jax.tree.map(
        lambda p, m, s: p - rate * m / (jnp.sqrt(s) + 1e-7), parameters, means, squares
    )
    return (parameters, means, squares, count), results


@jax.jit
def epoch(state, key, x, y):
    order = jax.random.permutation(key, len(x)).reshape(-1, BATCH)
    state, results = jax.lax.scan(partial(step, x=x, y=y), state, order)
    return state, jax.tree.map(jnp.mean, results)


parameters = [dense(784, 512), dense(512, 512), dense(512, 10)]
zeros = jax.tree.map(jnp.zeros_like, parameters)
state = parameters, zeros, zeros, jnp.float32(0)
wall, cpu = [], []
for i in range(EPOCHS):
    state, results = epoch(state, jax.random.key(i), x, y)
    float(results[0])
    wall.append(time.perf_counter())
    cpu.append(time.process_time())


def steady(moments):
    return median(after - before for before, after in zip(moments, moments[1:], strict=False))


report({"seconds": steady(wall), "cpu": steady(cpu)})
