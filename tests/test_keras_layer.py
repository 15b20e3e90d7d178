"""Layers: noise, masks, weights, dtypes, errors; subclasses of Layer."""

import numpy as np
import pytest

X = np.arange(24, dtype="float32").reshape(2, 3, 4) - 8
IMAGES = np.arange(2 * 4 * 6 * 3, dtype="float32").reshape(2, 4, 6, 3)
INTEGERS = np.array([[1, 2], [3, 0]])

NOISE = [
    "Dropout(0.5, seed=1)",
    "Dropout(0.3, noise_shape=(None, 1, 4), seed=1)",
    "Dropout(0.4)",
    "SpatialDropout1D(0.5, seed=2)",
    "AlphaDropout(0.4, seed=3)",
    "GaussianDropout(0.4, seed=4)",
    "GaussianNoise(0.4, seed=5)",
    "BatchNormalization(momentum=0.5)",
]
ERRORS = {
    "Dense(0)": ["units", "positive integer"],
    "Dense(2.5)": ["units"],
    "Dense(3, foo=1)": ["Unrecognized keyword arguments", "foo"],
    "Dense(3, name='a/b')": ["cannot contain"],
    "Dense(3, dtype='foo')": ["foo"],
    "Dense(3, kernel_initializer='foo')": ["initializer", "foo"],
    "Dense(3)(X[0, 0])": ["expected min_ndim=2", "found ndim=1"],
    "Dense(3)('a')": ["Only input tensors"],
    "Dense(3)([[1.0, 2.0]])": ["Only input tensors"],
    "Dense(3).count_params()": ["isn't built"],
    "Dense(3).set_weights([1])": ["length 1", "expecting 0"],
    "Dense(3).input": ["has never been called"],
    "built(Dense(3))(X[:, :, :2])": ["expected axis -1", "value 4"],
    "built(Dense(3)).set_weights([X[0], X[0, 0]])": ["not compatible"],
    "built(Dense(3)).add_weight(shape=(2,))": ["cannot add new elements of state"],
    "Layer()(X)": ["does not have a `call` method implemented"],
    "Layer(trainable=1)": ["trainable"],
    "Activation('foo')": ["activation", "foo"],
    "Embedding(0, 1)": ["input_dim", "positive integer"],
    "Dropout(2)": ["rate"],
    "Permute((0, 1))": ["dims"],
    "Reshape((5,))(X)": ["total size", "(5,)"],
    "Cropping2D(3)(IMAGES)": ["cropping"],
    "Concatenate()([X, X[:, :2]])": ["matching shapes"],
    "Add()([X, X[:, :2]])": ["incompatible shapes"],
    "Add()(X)": ["list of inputs"],
}


@pytest.fixture
def layers(tf):
    tf.keras.utils.clear_session()
    tf.keras.utils.set_random_seed(3)
    return tf.keras.layers


def make(tf, layers, text):
    def built(layer):
        layer(X)
        return layer

    names = {"abs_of": tf.abs, "X": X, "IMAGES": IMAGES, "built": built}
    return eval(text, {**{name: getattr(layers, name) for name in dir(layers)}, **names})


@pytest.mark.parametrize("text", NOISE)
def test_noise(tf, layers, answer, text):
    layer = make(tf, layers, text)
    answer("not training", layer(X))
    answer("training", [layer(X, training=True) for _ in range(2)])


@pytest.mark.parametrize("text", ERRORS)
def test_errors(tf, layers, answer, text):
    answer.raises("error", lambda: make(tf, layers, text), keywords=ERRORS[text])


def test_own_layer(tf, layers, answer):
    class Scale(layers.Layer):
        def __init__(self, units=3, **kwargs):
            super().__init__(**kwargs)
            self.units = units

        def build(self, input_shape):
            self.w = self.add_weight(
                shape=(input_shape[-1], self.units), initializer="ones", regularizer="l2"
            )
            self.count = self.add_weight(initializer="zeros", trainable=False, name="count")

        def call(self, x, training=None):
            if training:
                self.count.assign_add(1.0)
            self.add_loss(tf.reduce_sum(x))
            return x @ self.w

    layer = Scale()
    answer("repr before", repr(layer))
    answer("value", layer(X[0], training=True))
    answer("repr", repr(layer))
    answer("paths", [w.path for w in layer.weights])
    answer("trainable", [w.path for w in layer.trainable_weights])
    answer("losses", layer.losses)
    answer("count", layer.count.numpy())
    answer("params", layer.count_params())
    layer.trainable = False
    answer("frozen", [len(layer.trainable_weights), len(layer.non_trainable_weights)])
    answer("build config", layer.get_build_config())
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(X[0]) ** 2)
    answer("gradient", tape.gradient(loss, layer.w))
    answer("variable", str(layer.w))


def test_nested(tf, layers, answer):
    class Block(layers.Layer):
        def __init__(self, size, **kwargs):
            super().__init__(**kwargs)
            self.stack = []
            self.drop = layers.Dropout(0.5)
            for _ in range(2):
                self.stack.append(layers.Dense(size))
            self.named = {"out": layers.Dense(1, use_bias=False)}

        def call(self, x, training=None):
            for layer in self.stack:
                x = self.drop(layer(x))
            return self.named["out"](x)

    block = Block(4)
    answer("shape", block(X[0]).shape)
    answer("paths", [w.path for w in block.weights])
    answer("shapes", [w.shape for w in block.weights])
    answer("variables", [v.path for v in block.variables])
    block.stack[0].trainable = False
    answer("trainable", [w.path for w in block.trainable_weights])
    weights = block.get_weights()
    block.set_weights([w * 0 + 1 for w in weights])
    answer("ones", block(X[0]))
    answer("training", block(X[0], training=True))


def test_forgotten_super(tf, layers, answer):
    class Forgetful(layers.Layer):
        def __init__(self):
            self.inner = layers.Dense(1)

        def call(self, x):
            return self.inner(x)

    answer.raises("error", lambda: Forgetful()(X), keywords=["super().__init__()"])


def test_late_super(tf, layers, answer):
    class Late(layers.Layer):
        def __init__(self):
            self.inner = layers.Dense(1)
            super().__init__()

        def call(self, x):
            return self.inner(x)

    layer = Late()
    answer("shape", layer(X).shape)
    answer("weights", [w.path for w in layer.weights])


def test_masks(tf, layers, answer):
    embed = layers.Embedding(5, 2, mask_zero=True)
    x = embed(INTEGERS)
    answer("mask", x._keras_mask)

    class Count(layers.Layer):
        def call(self, inputs, mask=None):
            return tf.reduce_sum(tf.cast(mask, tf.int32), 1)

    answer("through dense", Count()(layers.Dense(3)(x)))
    answer("joined", layers.Concatenate(axis=1)([x, x])._keras_mask)
    answer("sum", layers.Add()([x, layers.Dense(2)(x)])._keras_mask)
    masked = layers.Masking(2.0)(np.array([[[1.0, 2.0], [2.0, 2.0]]]))
    answer("masking", [masked, masked._keras_mask])


def test_dtypes(tf, layers, answer):
    half = layers.Dense(2, dtype="mixed_float16")
    answer("mixed", [half(X[0]).dtype, half.kernel.dtype, half.compute_dtype, half.dtype])
    answer("double", layers.Dense(2, dtype="float64")(X[0]).dtype)
    answer("policy", repr(half.dtype_policy))
    answer("integers", layers.Flatten()(INTEGERS).dtype)
    tf.keras.config.set_dtype_policy("mixed_bfloat16")
    answer("global", layers.Dense(2)(X[0]).dtype)
    tf.keras.config.set_dtype_policy("float32")


def test_variable(tf, layers, answer):
    v = tf.keras.Variable(np.array([1.0, 2.0], "float32"), name="w")
    i = tf.keras.Variable(3, dtype="int64", name="i")
    answer("shown", [str(v), str(i), repr(v.value)])
    answer("promoted", [i * 0.5, i / 2, i + 1, i + tf.constant(1.0), v + tf.constant([1, 2])])
    answer("compared", [v == v, i > 2, v <= 1, 1 < v])
    answer("others", [-v, abs(v), v[0], i % 2, i // 2, 2 - i, v @ tf.constant([1.0, 1.0])])
    answer("assigned", [v.assign([3.0, 4.0]), v.assign_add([1.0, 1.0]), v.assign_sub([1.0, 0.0])])
    answer.raises("shape", lambda: v.assign([1.0]), keywords=["must match"])
    answer.raises("bool", lambda: bool(v), keywords=["boolean"])
    answer.raises("hash", lambda: hash(v), keywords=["unhashable"])
    answer.raises("name", lambda: tf.keras.Variable(1.0, name="a/b"), keywords=["/"])


def test_build_configs(tf, layers, answer):
    class Around(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(3)

        def call(self, inputs):
            return self.inner(inputs)

    class Two(layers.Layer):
        def build(self, a_shape, b_shape):
            self.scale = self.add_weight(shape=(a_shape[-1],))

        def call(self, a, b):
            return a * self.scale + b

    class Whole(tf.keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(2)

        def call(self, inputs):
            return self.inner(inputs)

    x = np.ones((2, 4), "float32")
    for kind, arguments in ((Around, [x]), (Two, [x, x]), (Whole, [x]), (layers.Flatten, [x])):
        layer, other = kind(), kind()
        answer(f"before {kind.__name__}", layer.get_build_config())
        layer(*arguments)
        config = layer.get_build_config()
        answer(f"config of {kind.__name__}", config)
        other.build_from_config(config)
        answer(f"{kind.__name__} built again", [other.built, len(other.weights)])
