"""A notebook's first cells: 100 different small ops, each run once, eagerly."""

import importlib
import os

tf = importlib.import_module(os.environ["LIBRARY"])  # without Keras, which takes long to load

x = tf.constant([[1.5, -2.0, 0.5], [3.0, 0.25, -1.0]])
positive = tf.abs(x) + 0.1
inside = x / 4.0
square = tf.constant([[2.0, 1.0, 0.0], [1.0, 3.0, 0.5], [0.0, 0.5, 1.0]])
n = tf.constant([7, -3, 2, 5])
flags = tf.constant([True, False, True])
picture = tf.reshape(tf.range(32.0), [1, 4, 4, 2])
ids = tf.constant([0, 1, 1, 2])

CALLS = [
    # elementwise
    lambda: x + 1.0,
    lambda: x - positive,
    lambda: x * x,
    lambda: x / positive,
    lambda: n // 2,
    lambda: n % 3,
    lambda: x**2.0,
    lambda: -x,
    lambda: tf.abs(n),
    lambda: tf.exp(x),
    lambda: tf.math.log(positive),
    lambda: tf.math.log1p(positive),
    lambda: tf.sqrt(positive),
    lambda: tf.math.rsqrt(positive),
    lambda: tf.square(x),
    lambda: tf.sign(x),
    lambda: tf.floor(x),
    lambda: tf.math.ceil(x),
    lambda: tf.round(x),
    lambda: tf.sin(x),
    lambda: tf.cos(x),
    lambda: tf.tan(x),
    lambda: tf.asin(inside),
    lambda: tf.acos(inside),
    lambda: tf.atan(x),
    lambda: tf.tanh(x),
    lambda: tf.sigmoid(x),
    lambda: tf.math.erf(x),
    lambda: tf.math.lgamma(positive),
    lambda: tf.maximum(x, 0.5),
    lambda: tf.minimum(x, positive),
    lambda: tf.math.squared_difference(x, 1.0),
    lambda: tf.clip_by_value(x, -1.0, 1.0),
    lambda: tf.math.is_nan(x),
    lambda: x > 0.0,
    lambda: x <= positive,
    lambda: tf.equal(n, 2),
    lambda: tf.logical_and(flags, True),
    lambda: tf.logical_not(flags),
    lambda: tf.where(x > 0.0, x, 0.0),
    lambda: tf.cast(x, tf.int32),
    lambda: tf.bitwise.bitwise_xor(n, 3),
    # reductions
    lambda: tf.reduce_sum(x),
    lambda: tf.reduce_sum(x, axis=0),
    lambda: tf.reduce_mean(x, axis=1),
    lambda: tf.reduce_max(x),
    lambda: tf.reduce_min(n),
    lambda: tf.reduce_prod(x, axis=1, keepdims=True),
    lambda: tf.reduce_any(flags),
    lambda: tf.reduce_all(flags),
    lambda: tf.reduce_logsumexp(x),
    lambda: tf.math.reduce_std(x),
    lambda: tf.math.reduce_variance(x, axis=0),
    lambda: tf.argmax(x, axis=1),
    lambda: tf.argmin(n),
    lambda: tf.cumsum(x, axis=1),
    lambda: tf.math.cumprod(n),
    lambda: tf.math.segment_sum(x, [0, 0]),
    lambda: tf.math.unsorted_segment_sum(n, ids, 3),
    lambda: tf.math.bincount(ids),
    # arrays
    lambda: tf.reshape(x, [3, 2]),
    lambda: tf.transpose(x),
    lambda: tf.expand_dims(x, 0),
    lambda: tf.squeeze(x[:1]),
    lambda: x[:, 1:],
    lambda: tf.concat([x, positive], axis=0),
    lambda: tf.stack([x, positive]),
    lambda: tf.unstack(x, axis=1),
    lambda: tf.split(n, 2),
    lambda: tf.tile(x, [2, 1]),
    lambda: tf.pad(x, [[0, 0], [1, 1]]),
    lambda: tf.gather(n, ids[1:]),
    lambda: tf.gather_nd(x, [[0, 1], [1, 2]]),
    lambda: tf.one_hot(ids, 4),
    lambda: tf.fill([2, 3], 7),
    lambda: tf.zeros_like(n),
    lambda: tf.range(10),
    lambda: tf.linspace(0.0, 1.0, 5),
    lambda: tf.reverse(x, axis=[1]),
    lambda: tf.sort(n),
    lambda: tf.argsort(x, axis=1),
    lambda: tf.math.top_k(x, 2),
    lambda: tf.unique(ids),
    lambda: tf.boolean_mask(n, [True, False, True, True]),
    lambda: tf.tensor_scatter_nd_update(n, [[1]], [9]),
    lambda: tf.scatter_nd([[0], [2]], [4.0, 5.0], [4]),
    lambda: tf.broadcast_to(flags, [2, 3]),
    lambda: tf.shape(x),
    # matrices
    lambda: x @ square,
    lambda: tf.linalg.inv(square),
    lambda: tf.linalg.det(square),
    lambda: tf.linalg.diag([1.0, 2.0]),
    lambda: tf.einsum("ij,kj->ik", x, positive),
    lambda: tf.norm(x),
    lambda: tf.eye(3),
    # networks
    lambda: tf.nn.relu(x),
    lambda: tf.nn.softmax(x),
    lambda: tf.nn.sparse_softmax_cross_entropy_with_logits([0, 2], x),
    lambda: tf.nn.max_pool2d(picture, 2, 2, "VALID"),
    lambda: tf.random.stateless_uniform([3], seed=[1, 2]),
]
assert len(CALLS) == 100

for call in CALLS:
    str(call())
