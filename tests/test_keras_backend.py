"""`tf.keras.backend`: settings, `clear_session`, the older names of ops."""

import numpy as np
import pytest

UNARY = """abs all any max mean min prod std sum var cos exp sign sin square sqrt round sigmoid softplus
softsign tanh elu relu hard_sigmoid softmax argmax argmin flatten batch_flatten transpose ndim dtype
int_shape count_params zeros_like ones_like l2_normalize cumsum cumprod shape expand_dims get_value
""".split()
CASES = {
    "mean": "K.mean(x, axis=1, keepdims=True)",
    "mean of bools": "K.mean(x > 0)",
    "sum": "K.sum(x, axis=0)",
    "zeros": "repr(K.zeros((2,)).numpy())",
    "eye": "K.eye(2).numpy()",
    "constant": "K.constant([1, 2])",
    "dot": "K.dot(x, x)",
    "dot of ranks": "K.dot(tf.ones((2, 3, 4)), tf.ones((4, 5)))",
    "repeat": "K.repeat(x, 2)",
    "repeat_elements": "K.repeat_elements(x, 2, 1)",
    "arange": "K.arange(3)",
    "one_hot": "K.one_hot([0, 1], 3)",
    "concatenate": "K.concatenate([x, x])",
    "stack": "K.stack([x, x])",
    "switch": "K.switch(x > 0, x, -x)",
    "clip": "K.clip(x, 0, 2)",
    "permute": "K.permute_dimensions(x, (1, 0))",
    "gather": "K.gather(x, [1])",
    "reverse": "K.reverse(x, 0)",
    "tile": "K.tile(x, (1, 2))",
    "squeeze": "K.squeeze(x[None], 0)",
    "pow": "K.pow(x, 2)",
    "maximum": "K.maximum(x, 1.0)",
    "settings": "(K.epsilon(), K.backend(), K.floatx(), K.image_data_format())",
    "variable": "(lambda v: [K.set_value(v, [3, 4]), K.get_value(v), K.eval(v)])(K.variable([1, 2]))",
    "update": "K.update_add(K.variable([1, 2]), [1.0, 1.0]).numpy()",
    "moving": "K.moving_average_update(K.variable([1, 2]), [0.0, 0.0], 0.9).numpy()",
    "types": "(K.is_int_dtype('uint8'), K.is_float_dtype('int32'), K.standardize_dtype(tf.half))",
    "floatx": "K.cast_to_floatx([1, 2])",
    "binary": "K.binary_crossentropy(tf.constant([0., 1.]), tf.constant([.3, .6]))",
    "categorical": "K.categorical_crossentropy(tf.constant([[0., 1.]]), tf.constant([[.3, .6]]))",
    "normal": "K.random_normal((2,), seed=3).shape",
    "normal variable": "K.random_normal_variable((2,), 0.0, 1.0, seed=3).shape",
    "uniform variable": "K.random_uniform_variable((2,), 0.0, 1.0, seed=3).shape",
    "batch_dot": "K.batch_dot(tf.ones((2, 3, 4)), tf.ones((2, 4, 5)))",
    "batch_dot of vectors": "K.batch_dot(x, x)",
    "batch_dot axes": "K.batch_dot(image[:, :, :, :2], tf.ones((1, 5, 4, 7)), axes=(1, 2))",
    "batch_dot mixed": "K.batch_dot(tf.ones((2, 3, 4)), tf.ones((2, 3)), axes=1)",
    "bias_add": "K.bias_add(image, tf.constant([1.0, 2.0, 3.0]), 'channels_last')",
    "bias of places": "K.bias_add(image, tf.ones((4, 5, 3)))",
    "bias first": "K.bias_add(tf.ones((1, 3, 4, 5)), tf.ones((4, 5, 3)), 'channels_first')",
    "conv1d": "K.conv1d(image[0], tf.ones((2, 3, 2)), padding='causal')",
    "conv2d": "K.conv2d(image, tf.ones((2, 2, 3, 2)), strides=(2, 2), padding='same')",
    "conv3d": "K.conv3d(image[None], tf.ones((1, 2, 2, 3, 1)), dilation_rate=(1, 2, 2))",
    "conv2d_transpose": "K.conv2d_transpose(image, tf.ones((2, 2, 2, 3)), (1, 5, 6, 2))",
    "depthwise_conv2d": "K.depthwise_conv2d(image, tf.ones((2, 2, 3, 2)))",
    "separable_conv2d": "K.separable_conv2d(image, tf.ones((2, 2, 3, 1)), tf.ones((1, 1, 3, 2)))",
    "pool2d": "K.pool2d(image, (2, 2), (2, 2), padding='same')",
    "pool2d mean": "K.pool2d(image, (2, 2), pool_mode='avg')",
    "pool3d": "K.pool3d(image[None], (1, 2, 2))",
    "padding": "K.temporal_padding(image[0])",
    "padding of images": "K.spatial_2d_padding(image, ((1, 0), (0, 2)))",
    "padding of volumes": "K.spatial_3d_padding(image[None], data_format='channels_first')",
    "resize_images": "K.resize_images(image, 2, 3, 'channels_last', 'bilinear')",
    "resize first": "K.resize_images(image, 2, 1, 'channels_first')",
    "resize_volumes": "K.resize_volumes(image[None], 2, 1, 2, 'channels_last')",
    "in_top_k": "K.in_top_k(x, [1, 1], 1)",
    "map_fn": "K.map_fn(lambda row: row * 2, x)",
    "foldl": "K.foldl(lambda a, b: a - b, x)",
    "foldr": "K.foldr(lambda a, b: a - b, x, tf.zeros(2))",
    "sparse": "[K.is_sparse(x), K.to_dense(x), K.to_dense(tf.sparse.from_dense(x))]",
    "focal": "K.binary_focal_crossentropy(tf.constant([0., 1.]), tf.constant([.3, .6]), True)",
    "focal logits": "K.binary_focal_crossentropy(tf.ones(2), x[0], from_logits=True)",
    "focal rows": "K.categorical_focal_crossentropy(tf.constant([[0., 1.]]), tf.constant([[.3, .6]]))",
    "ctc": "K.ctc_batch_cost([[0, 1], [2, 0]], scores, [[4], [3]], [[2], [1]])",
    "ctc_decode": "K.ctc_decode(scores, [4, 3])",
    "ctc_beams": "K.ctc_decode(scores, [4, 4], greedy=False, top_paths=2)",
    "ctc_sparse": "K.to_dense(K.ctc_label_dense_to_sparse(tf.constant([[1, 2], [3, 4]]), tf.constant([2, 1])))",
    "rnn": "K.rnn(step, image[0], [tf.zeros((4, 3))])",
    "rnn mask": "K.rnn(step, image[0], [tf.zeros((4, 3))], mask=image[0, :, :, 0] > 0.3)",
    "rnn zeros": "K.rnn(step, image[0], [tf.zeros((4, 3))], True, image[0, :, :, 0] > 0.3, "
    "zero_output_for_mask=True)",
    "rnn last": "K.rnn(step, image[0], [tf.zeros((5, 3))], time_major=True, return_all_outputs=False)",
    "rnn constants": "K.rnn(scaled, image[0], [tf.zeros((4, 3))], constants=[tf.constant(2.0)], "
    "unroll=True)",
}


@pytest.mark.parametrize("name", UNARY)
def test_unary(tf, answer, name):
    x = tf.constant([[1.0, -2.0], [3.0, 4.0]])
    answer("value", getattr(tf.keras.backend, name)(x))


@pytest.mark.parametrize("case", CASES)
def test_case(tf, answer, case):
    x = tf.constant([[1.0, -2.0], [3.0, 4.0]])
    names = {"tf": tf, "K": tf.keras.backend, "np": np, "x": x}
    names["image"] = tf.constant(np.linspace(0, 1, 60).reshape(1, 4, 5, 3).astype("float32"))
    names["scores"] = tf.nn.softmax(np.sin(np.arange(32.0)).reshape(2, 4, 4).astype("float32") * 3)
    names["step"] = lambda inputs, states: (inputs * 2 + states[0], [states[0] + inputs])
    names["scaled"] = lambda inputs, states: (inputs * states[1] + states[0], [states[0] + 1])
    answer("value", eval(CASES[case], names))


def test_errors_of_images(tf, answer):
    K, x = tf.keras.backend, tf.ones((2, 3, 3, 1))
    raises = [
        ("rank", lambda: K.batch_dot(tf.ones(2), tf.ones(2)), ["rank < 2"]),
        ("batch", lambda: K.batch_dot(tf.ones((2, 3)), tf.ones((3, 3))), ["batch sizes"]),
        ("sizes", lambda: K.batch_dot(tf.ones((2, 3)), tf.ones((2, 4))), ["axes="]),
        ("axis 0", lambda: K.batch_dot(tf.ones((2, 3)), tf.ones((2, 3)), axes=0), ["axis 0"]),
        ("format", lambda: K.conv2d(x, tf.ones((1, 1, 1, 1)), data_format="last"), ["data_format"]),
        ("padding", lambda: K.pool2d(x, (2, 2), padding="full"), ["padding", "full"]),
        ("mode", lambda: K.pool2d(x, (2, 2), pool_mode="min"), ["pooling mode", "min"]),
        ("interpolation", lambda: K.resize_images(x, 2, 2, "channels_last", "none"), ["lanczos3"]),
        ("pairs", lambda: K.spatial_2d_padding(x, (1, 1, 1)), ["padding"]),
        ("bias", lambda: K.bias_add(x, tf.ones((3, 1))), ["Unexpected bias dim"]),
    ]
    for key, call, keywords in raises:
        answer.raises(key, call, keywords)


def test_loop_in_function(tf, answer):
    K = tf.keras.backend

    @tf.function
    def last(x):
        return K.rnn(lambda i, s: (i + s[0], [i + s[0]]), x, [tf.zeros((1, 2))])

    answer("sums", list(last(tf.reshape(tf.range(6.0), (1, 3, 2)))))


def test_clear_session(tf, answer):
    tf.keras.backend.clear_session()
    answer("first", tf.keras.metrics.AUC().name)
    answer("second", tf.keras.metrics.AUC().name)
    answer("counted", [tf.keras.backend.get_uid("a"), tf.keras.backend.get_uid("a")])
    tf.keras.utils.clear_session()
    answer("again", tf.keras.metrics.AUC().name)


def test_dot_of_unknown_sizes(tf, answer):
    signature = [tf.TensorSpec([None, None, None]), tf.TensorSpec([None, 2])]
    dot = tf.function(tf.keras.backend.dot, input_signature=signature)
    answer("dot", dot(tf.ones([2, 3, 4]), tf.ones([4, 2])))
