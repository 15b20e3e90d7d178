import tensorflow as tf
import numpy as np

a = tf.constant(10.)
b = tf.constant([1, 2, 3, 4])
c = tf.constant([[[1, 2], [3, 4], [5, 6]],
                 [[7, 8], [9, 10], [11, 12]],
                 [[13, 14], [15, 16], [17, 18]],
                 [[19, 20], [21, 22], [23, 24]]], dtype=tf.float32)
print('a: dtype =', a.dtype, '\n', a)
print('b: shape =', b.shape, '\n', b)
print('c: device =', c.device)

x = tf.Variable(10.)
y = tf.Variable([[1., 2., 3.], [4., 5., 6.]])
z = np.array([[1., 3.], [2., 4.], [3., 5.]], dtype=np.float32)
print('x: dtype =', x.dtype, '\n', x)
print('y: shape =', y.shape, '\n', y)
print('y: device =', y.device)

x.assign_add(20.)
print('x = ', x.numpy())

print('a * b =', (a * tf.cast(b, tf.float32)).numpy())
print('tf.math.exp(y) =', tf.exp(y))
print('tf.math.reduce_sum(c, axis=2) =', tf.reduce_sum(c, axis=2))

print('tf.linalg.matmul(y, z) =')
print(tf.matmul(y, z))
print('np.matmul(y, z) =')
print(np.matmul(y, z))
