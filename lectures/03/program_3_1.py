import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()

# 계산 그래프 정의
a = tf.placeholder(tf.float32)
b = tf.placeholder(tf.float32)
c = a + b
print('c =', c)

# 세션을 생성하여 그래프를 실행함
with tf.Session() as sess:
    # 'c'의 연산을 하는 그래프를 실행함
    result = sess.run(c, {a:2., b:3.})
print('result =', result)
