"""What Python code asks: is there a GPU, what does a graph know, what does a message hold."""


def test_devices(tf, answer):
    answer("gpu", [tf.test.is_gpu_available(), tf.test.gpu_device_name()])
    answer("built", [tf.test.is_built_with_cuda(), tf.test.is_built_with_rocm()])


def test_what_is_known(tf, answer):
    answer("value", tf.get_static_value(tf.constant([1, 2])))

    @tf.function
    def f(x):
        answer("known", tf.get_static_value(tf.constant(3)))
        answer("unknown", tf.get_static_value(x))
        answer("symbolic", tf.is_symbolic_tensor(x))
        with tf.name_scope("outer"), tf.name_scope("inner"):
            answer("scope", tf.get_current_name_scope())
        return x

    f(tf.constant(1.0))
    answer("eager", [tf.is_symbolic_tensor(tf.constant(1.0)), tf.get_current_name_scope()])


def test_messages(tf, answer):
    for values in ([1.5, 2.5], [[1], [2]], ["a", "b"], [True, False], 7):
        array = tf.make_ndarray(tf.make_tensor_proto(values))
        answer(str(values), array.tolist())
        answer(f"{values} dtype", str(array.dtype))
    answer("shape", tf.make_ndarray(tf.make_tensor_proto(1, shape=[2, 2])).tolist())
