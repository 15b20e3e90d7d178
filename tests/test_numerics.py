"""Results with NaN and infinity, found in every op while that is asked for."""

import pytest


@pytest.mark.parametrize("kind", ["eager", "function", "gradient", "variable"])
def test_check_numerics_of_every_op(tf, answer, kind):
    def run():
        x = tf.constant([1.0, 0.0])
        if kind == "eager":
            return 1.0 / x
        if kind == "function":
            return tf.function(lambda x: tf.math.log(x) * 0.0)(x)
        if kind == "variable":
            return tf.Variable(x).assign(tf.math.log(x))
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.sqrt(x)
        return tape.gradient(y, x)

    tf.debugging.enable_check_numerics()
    try:
        answer("fine", tf.function(lambda x: tf.math.log(x + 1.0))(tf.constant([1.0])))
        answer.raises("found", run, ["NaN"])
    finally:
        tf.debugging.disable_check_numerics()
    answer("off", tf.math.log(tf.constant([-1.0])))
