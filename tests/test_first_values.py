"""`tf.zeros_initializer` and the like."""


def test_first_values(tf, answer):
    tf.random.set_seed(1)
    answer("zeros", tf.zeros_initializer()([2]))
    answer("ones", tf.ones_initializer()([2], tf.int32))
    answer("constant", tf.constant_initializer(3.0)([2, 2]))
    answer("list", tf.constant_initializer([1, 2])([2]))
    answer("normal", tf.random_normal_initializer(seed=3)([2]))
    answer("uniform", tf.random_uniform_initializer()([2]))
    answer("config", tf.random_normal_initializer(mean=1.0).get_config())
    answer("seeded uniform", tf.random_uniform_initializer(0.0, 2.0, seed=4)([3]))
    answer.raises("text", lambda: tf.zeros_initializer()([2], tf.string), ["Received <dtype"])
    answer.raises(
        "bool", lambda: tf.random_normal_initializer()([2], tf.bool), ["dtype", "Received"]
    )
    answer.raises("argument", lambda: tf.ones_initializer()([2], size=3), ["size"])
