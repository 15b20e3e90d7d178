"""One training step of the model of lecture program 3-5 in a TF 1.x session."""

from library import tf
from timing import report, seconds_per_call

tf = tf.compat.v1
tf.disable_v2_behavior()

x, y = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
w, b = tf.Variable(1.0), tf.Variable(0.5)
loss = (w * x + b - y) ** 2
dw, db = tf.gradients(loss, [w, b])
train_op = tf.group(tf.assign_sub(w, 0.01 * dw), tf.assign_sub(b, 0.01 * db))

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    report({"step": seconds_per_call(lambda: session.run(train_op, {x: 3.0, y: 3.0}))})
