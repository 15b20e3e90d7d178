"""The same training hand-written in JAX: an epoch is one scan, printed as Keras prints it."""

import time

import jax
import jax.numpy as jnp
import numpy as np
from timing import report

rng = np.random.default_rng(0)
labels = np.arange(150) % 3
centers = np.array([[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.5, 2.0]])
x = (centers[labels] + 0.3 * rng.normal(size=(150, 4))).astype("float32")


def dense(key, fan_in, fan_out):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return jax.random.uniform(key, (fan_in, fan_out), minval=-limit, maxval=limit), jnp.zeros(
        fan_out
    )


def model(parameters, x):
    (w1, b1), (w2, b2) = parameters
    return jax.nn.softmax(jax.nn.sigmoid(x @ w1 + b1) @ w2 + b2)


def loss(parameters, x, y):
    p = model(parameters, x)
    chosen = jnp.take_along_axis(p, y[:, None], axis=1)[:, 0]
    accuracy = jnp.mean(jnp.argmax(p, axis=1) == y)
    return -jnp.mean(jnp.log(jnp.clip(chosen, 1e-7, 1 - 1e-7))), accuracy


def step(state, batch):
    parameters, velocity = state
    results, gradients = jax.value_and_grad(loss, has_aux=True)(parameters, *batch)
    velocity = jax.tree.map(lambda v, g: 0.9 * v - 0.1 * g, velocity, gradients)
    return (jax.tree.map(jnp.add, parameters, velocity), velocity), results


@jax.jit
def epoch(state, key, x, y, x_val, y_val):
    order = jax.random.permutation(key, len(x)).reshape(-1, 15)
    state, results = jax.lax.scan(step, state, (x[order], y[order]))
    return state, jax.tree.map(jnp.mean, results), loss(state[0], x_val, y_val)


keys = jax.random.split(jax.random.key(0), 2)
parameters = dense(keys[0], 4, 4), dense(keys[1], 4, 3)
state = parameters, jax.tree.map(jnp.zeros_like, parameters)
data = [jnp.asarray(a) for a in (x[:120], labels[:120], x[120:], labels[120:])]
wall, cpu = time.perf_counter(), time.process_time()
for i in range(1000):
    start = time.perf_counter()
    state, (value, accuracy), (value_val, accuracy_val) = epoch(state, jax.random.key(i), *data)
    print(f"Epoch {i + 1}/1000")
    print(f"8/8 - {time.perf_counter() - start:.0f}s - accuracy: {accuracy:.4f} - loss: {value:.4f}"
          f" - val_accuracy: {accuracy_val:.4f} - val_loss: {value_val:.4f}")  # fmt: skip
report({"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu})
