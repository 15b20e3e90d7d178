"""Every layer, alike: a table of calls, and what each of them must show.

A row is a constructor and what the layer is called on. Checked are: the output, the gradients for
inputs and weights, and the output and the state after a call that trains, against Keras's recorded
answers for the same weights; shapes and dtype of symbolic calls; the configuration, and a layer made
from it; that the compiled call, and the pure view of a model of the layer, give what the eager call
gives. The layers of a family are compiled together, to save compilations.
"""

import importlib
import inspect
import re

import numpy as np
import pytest

X = np.random.RandomState(0).uniform(-2, 2, (2, 4, 3)).astype("float32")  # batch, steps, features
Y = np.random.RandomState(1).uniform(-2, 2, (2, 4, 3)).astype("float32")
Q = np.random.RandomState(2).uniform(-2, 2, (2, 2, 3)).astype("float32")
ROWS = X[:, 0]
IMAGES = np.random.RandomState(3).uniform(-2, 2, (2, 4, 5, 2)).astype("float32")
SOUNDS = np.random.RandomState(5).uniform(-1, 1, (2, 40, 2)).astype("float32")
VIDEOS = np.random.RandomState(4).uniform(-2, 2, (1, 3, 4, 4, 2)).astype("float32")
INTEGERS = np.array([[1, 2], [3, 0]])

FAMILIES = {
    "core": [
        ("Dense(5)", X),
        ("Dense(2, use_bias=False, activation='gelu', kernel_regularizer='l2')", ROWS),
        ("EinsumDense('abc,cd->abd', output_shape=(None, 5), bias_axes='d')", X),
        ("EinsumDense('...x,xy->...y', output_shape=5, activation='relu')", X),
        ("EinsumDense('ab...,bc->ac...', output_shape=(3,), bias_axes='c')", IMAGES),
        ("Embedding(10, 3)", INTEGERS),
        ("ReversibleEmbedding(10, 3, tie_weights=False)", INTEGERS),
        ("Identity()", X),
        ("Lambda(tf.abs, output_shape=(4, 3))", X),
        ("Masking(0.0)", X),
        ("ActivityRegularization(0.1)", X),
        ("TimeDistributed(Dense(2))", X),
        ("TimeDistributed(Conv1D(2, 2))", IMAGES),
        ("SpectralNormalization(Dense(3))", ROWS),
    ],
    "activation": [
        ("Activation('relu')", X),
        ("ReLU(6.0)", X),
        ("ReLU(max_value=1.5, negative_slope=0.1, threshold=0.5)", X),
        ("LeakyReLU()", X),
        ("PReLU(shared_axes=[1])", X),
        ("ELU(0.5)", X),
        ("ThresholdedReLU(0.5)", X),
        ("Softmax()", X),
        ("Softmax(axis=(1, 2))", X),
    ],
    "reshaping": [
        ("Flatten()", X),
        ("Flatten('channels_first')", IMAGES),
        ("Reshape((-1, 2))", X),
        ("Permute((2, 1))", X),
        ("RepeatVector(3)", ROWS),
        ("UpSampling1D(2)", X),
        ("UpSampling2D((2, 3))", IMAGES),
        ("UpSampling2D((2, 3), interpolation='bilinear')", IMAGES),
        ("UpSampling3D((1, 2, 2))", VIDEOS),
        ("ZeroPadding1D((1, 2))", X),
        ("ZeroPadding2D(((1, 0), (2, 1)))", IMAGES),
        ("ZeroPadding2D(2, data_format='channels_first')", IMAGES),
        ("ZeroPadding3D(1)", VIDEOS),
        ("Cropping1D(1)", X),
        ("Cropping2D(((1, 0), (2, 1)))", IMAGES),
        ("Cropping3D(((0, 1), (1, 0), (1, 1)))", VIDEOS),
    ],
    "merging": [
        ("Add()", [X, Y]),
        ("Add()", [X, X[:, 0]]),
        ("Subtract()", [X, Y]),
        ("Multiply()", [X, Y]),
        ("Average()", [X, Y]),
        ("Maximum()", [X, Y]),
        ("Minimum()", [X, Y]),
        ("Concatenate(axis=1)", [X, Y[:, :2]]),
        ("Dot(axes=-1)", [X, Y]),
        ("Dot(axes=(1, 1), normalize=True)", [X, Y]),
        ("Dot((1, 2))", [X[:, 0], Y]),
    ],
    "convolution": [
        ("Conv1D(3, 2, padding='causal', dilation_rate=2)", X),
        ("Conv1DTranspose(3, 3, strides=2, padding='same')", X),
        ("SeparableConv1D(3, 2)", X),
        ("DepthwiseConv1D(3, strides=2)", X),
        ("Conv2D(4, 3, strides=2, padding='same', use_bias=False)", IMAGES),
        ("Conv2D(2, 2, padding='same', dilation_rate=2)", IMAGES),
        ("Conv2D(2, 2, groups=2, activation='tanh')", IMAGES),
        ("Conv2DTranspose(3, 3, strides=2, output_padding=1)", IMAGES),
        ("DepthwiseConv2D(3, depth_multiplier=2)", IMAGES),
        ("SeparableConv2D(3, 3, depth_multiplier=2)", IMAGES),
        ("Conv3D(2, 2)", VIDEOS),
        ("Conv3DTranspose(2, 2)", VIDEOS),
    ],
    "pooling": [
        ("MaxPooling1D(3, 2, padding='same')", X),
        ("MaxPooling2D()", IMAGES),
        ("MaxPooling2D(2, data_format='channels_first', strides=1, padding='same')", IMAGES),
        ("MaxPooling3D(2)", VIDEOS),
        ("AveragePooling1D(2)", X),
        ("AveragePooling2D((2, 3), padding='same')", IMAGES),
        ("AveragePooling3D(2)", VIDEOS),
        ("AdaptiveAveragePooling1D(3)", X),
        ("AdaptiveAveragePooling2D((3, 2))", IMAGES),
        ("AdaptiveAveragePooling3D(2)", VIDEOS),
        ("AdaptiveMaxPooling1D(3)", X),
        ("AdaptiveMaxPooling2D(2, data_format='channels_first')", IMAGES),
        ("AdaptiveMaxPooling3D((3, 2, 2))", VIDEOS),
        ("GlobalMaxPooling1D()", X),
        ("GlobalMaxPooling2D(keepdims=True)", IMAGES),
        ("GlobalMaxPooling3D()", VIDEOS),
        ("GlobalAveragePooling1D(keepdims=True)", X),
        ("GlobalAveragePooling2D('channels_first')", IMAGES),
        ("GlobalAveragePooling3D()", VIDEOS),
    ],
    "normalization": [
        ("BatchNormalization(momentum=0.5)", IMAGES),
        ("BatchNormalization(axis=1, scale=False)", X),
        ("BatchNormalization(renorm=True, renorm_clipping={'rmax': 1.5, 'dmax': 0.2})", X),
        ("LayerNormalization()", X),
        ("LayerNormalization(rms_scaling=True)", X),
        ("LayerNormalization(axis=[1, 2])", X),
        ("GroupNormalization(1)", IMAGES),
        ("RMSNormalization()", X),
        ("UnitNormalization()", X),
        ("Normalization(mean=[1.0, 2.0, 3.0], variance=[1.0, 4.0, 9.0])", X),
        ("Rescaling(0.5, offset=1.0)", X),
    ],
    "regularization": [
        ("Dropout(0.5, seed=1)", X),
        ("Dropout(0.3, noise_shape=(None, 1, 3), seed=1)", X),
        ("SpatialDropout1D(0.5, seed=2)", X),
        ("SpatialDropout2D(0.5, seed=2)", IMAGES),
        ("SpatialDropout3D(0.5, seed=2)", VIDEOS),
        ("AlphaDropout(0.4, seed=3)", X),
        ("GaussianDropout(0.4, seed=4)", X),
        ("GaussianNoise(0.4, seed=5)", X),
    ],
    "spectrograms": [
        ("STFTSpectrogram('log', 16)", SOUNDS),
        ("STFTSpectrogram('psd', 16, 4, padding='same', expand_dims=True)", SOUNDS),
        ("STFTSpectrogram('stft', 8, window='hamming', scaling=None)", SOUNDS),
        ("STFTSpectrogram('real', 8, 8, expand_dims=True)", SOUNDS),
        ("STFTSpectrogram('imag', 8, fft_length=16, scaling='spectrum')", SOUNDS),
        ("MelSpectrogram(16, 8, num_mel_bins=5, sampling_rate=1000)", SOUNDS[..., 0]),
        ("MelSpectrogram(16, 8, 12, 'hamming', power_to_db=False, mag_exp=1.0)", SOUNDS[..., 0]),
    ],
    "recurrent": [
        ("SimpleRNN(3)", X),
        ("LSTM(3, return_sequences=True, return_state=True)", X),
        ("LSTM(3, go_backwards=True, unroll=True, dropout=0.4, unit_forget_bias=False)", X),
        ("GRU(3, return_sequences=True)", X),
        ("GRU(3, reset_after=False, recurrent_dropout=0.3, activation='relu')", X),
        ("RNN([LSTMCell(2, dropout=0.2), GRUCell(3), SimpleRNNCell(2)])", X),
        ("RNN(StackedRNNCells([GRUCell(2), GRUCell(3)]), return_sequences=True)", X),
        ("Bidirectional(LSTM(2))", X),
        ("Bidirectional(GRU(2, return_sequences=True), merge_mode='sum')", X),
    ],
    "recurrent images": [
        ("ConvLSTM1D(2, 2, padding='same', return_sequences=True)", IMAGES),
        ("ConvLSTM2D(1, 2, strides=2, dropout=0.3, use_bias=False, return_state=True)", VIDEOS),
        ("ConvLSTM3D(1, 2, unit_forget_bias=False)", VIDEOS[None]),
    ],
    "attention": [
        ("Attention()", [Q, X]),
        ("Attention(use_scale=True, score_mode='concat', dropout=0.3, seed=1)", [Q, X]),
        ("AdditiveAttention()", [Q, X, Y]),
        ("MultiHeadAttention(2, 3, dropout=0.2, seed=1)", (Q, X)),
        ("MultiHeadAttention(1, 2, value_dim=3, use_bias=False, output_shape=4)", (Q, X, Y)),
        ("GroupQueryAttention(2, 2, 1)", (Q, X)),
    ],
}  # fmt: skip

# Layers that no row is called on, by reason.
EXCUSED = {
    "base classes, and what stands for an argument": "Layer Wrapper InputLayer",
    "of saved models: test_saved_model": "TFSMLayer",
    "of other layers: test_keras_data_layers": "Pipeline",
    "of texts and categories: test_keras_vocabulary, test_keras_data_layers": """
        StringLookup IntegerLookup TextVectorization CategoryEncoding Discretization Hashing
        HashedCrossing""",
    "of JAX, which Keras needs beside it: test_keras_jax_layer, test_keras_flax_layer": """
        JaxLayer FlaxLayer""",
    "of images, random unless told otherwise: test_keras_image_layers, test_keras_boxes": """
        Resizing CenterCrop RandomCrop RandomFlip RandomRotation RandomZoom RandomTranslation
        RandomHeight RandomWidth RandomContrast RandomBrightness RandomGrayscale RandomShear
        RandomPerspective RandomHue RandomSaturation RandomColorDegeneration RandomColorJitter
        RandomInvert RandomPosterization RandomSharpness RandomGaussianBlur RandomErasing
        Solarization AutoContrast Equalization MixUp CutMix RandAugment AugMix
        ContrastLimitedAdaptiveHistogramEqualization RandomElasticTransform MaxNumBoundingBoxes""",
}


class Case:
    """A row at work: the layer, its inputs, and a model of the two."""

    def __init__(self, tf, text, inputs):
        layers = tf.keras.layers
        self.tf, self.text, self.inputs = tf, text, inputs
        names = {name: getattr(layers, name) for name in dir(layers)}
        self.layer = eval(text, {**names, "tf": tf})
        symbols = tf.nest.map_structure(
            lambda a: tf.keras.Input(a.shape[1:], dtype=a.dtype.name), inputs
        )
        self.model = tf.keras.Model(symbols, self.call(self.layer, symbols))
        give_weights(self.layer)
        self.can_train = "training" in inspect.signature(self.layer.call).parameters

    def call(self, layer, inputs, **kwargs):
        """The layer on its inputs: a tuple holds several arguments, a list is one."""
        args = inputs if isinstance(inputs, tuple) else (inputs,)
        return layer(*args, **kwargs)

    def tensors(self):
        return self.tf.nest.map_structure(self.tf.constant, self.inputs)


def give_weights(layer):
    """Weights that no initializer gives, those of variances positive."""
    generator = np.random.RandomState(7)
    values = [generator.uniform(-0.9, 0.9, w.shape) for w in layer.weights]
    names = [w.name for w in layer.weights]
    layer.set_weights([abs(v) if "variance" in n else v for v, n in zip(values, names)])


def weighted_sum(tf, y):
    weights = tf.cos(tf.range(tf.size(y), dtype="float32") + 1.0)
    return tf.reduce_sum(y * tf.cast(tf.reshape(weights, tf.shape(y)), y.dtype))


def gradients(tf, case, inputs):
    """(outputs, gradients of a weighting of them for the weights and the float inputs)."""
    weights = [w.value for w in case.layer.trainable_weights]
    sources = weights + [x for x in tf.nest.flatten(inputs) if x.dtype.is_floating]
    with tf.GradientTape() as tape:
        tape.watch(sources)
        outputs = tf.nest.flatten(case.call(case.layer, inputs))
        loss = tf.add_n([weighted_sum(tf, y) for y in outputs])
    found = tape.gradient(loss, sources, unconnected_gradients="zero")
    return outputs, [tf.convert_to_tensor(g) for g in found]


def check_alone(tf, answer, case):
    """Output, shapes, dtypes and configuration of one row; the output of the eager call."""
    layer, name = case.layer, case.text
    outputs = tf.nest.flatten(case.call(layer, case.tensors()))
    answer(f"{name} symbolic", [(tuple(x.shape), str(x.dtype)) for x in case.model.outputs])
    answer(f"{name} weights", [(w.path, w.shape, w.trainable) for w in layer.weights])
    config = {k: v for k, v in layer.get_config().items() if k != "function"}
    answer(f"{name} config", config)
    if not isinstance(case.inputs, tuple):
        shapes = tf.nest.map_structure(lambda a: (None, *a.shape[1:]), case.inputs)
        answer(f"{name} shape", tuple(layer.compute_output_shape(shapes)))
    if "function" in layer.get_config():  # code is read back only where users say that it is safe
        return outputs
    again = type(layer).from_config(layer.get_config())
    case.call(again, case.tensors())
    give_weights(again)
    for one, other in zip(outputs, tf.nest.flatten(case.call(again, case.tensors()))):
        np.testing.assert_array_equal(one, other, err_msg=f"{name}: from its configuration")
    return outputs


@pytest.mark.parametrize("family", FAMILIES)
def test_layers(tf, answer, family):
    tf.keras.utils.clear_session()
    tf.keras.utils.set_random_seed(3)
    cases = [Case(tf, *row) for row in FAMILIES[family]]
    keys = [f"{i} {case.text}" for i, case in enumerate(cases)]
    for case, key in zip(cases, keys):
        case.text = key
    eager = [check_alone(tf, answer, case) for case in cases]

    @tf.function(autograph=False)
    def compiled(inputs):
        plain = [gradients(tf, case, x) for case, x in zip(cases, inputs)]
        trained = [tf.nest.flatten(case.call(case.layer, x, training=True))
                   for case, x in zip(cases, inputs) if case.can_train]  # fmt: skip
        return plain, trained

    plain, trained = compiled([case.tensors() for case in cases])
    for key, one, (outputs, found) in zip(keys, eager, plain):
        answer(f"{key} value", one, rtol=1e-4, atol=1e-5)
        answer(f"{key} gradient", found, rtol=1e-3, atol=1e-4)
        for x, y in zip(one, outputs, strict=True):
            np.testing.assert_allclose(x, y, 1e-4, 1e-5, err_msg=f"{key}: compiled")
    for key, outputs in zip((k for k, case in zip(keys, cases) if case.can_train), trained):
        answer(f"{key} training", outputs, rtol=1e-3, atol=1e-4)
    for key, case in zip(keys, cases):
        answer(f"{key} state", case.layer.non_trainable_weights, rtol=1e-4, atol=1e-5)
    if tf.__name__ == "minitf":
        check_pure(tf, cases, eager)


def check_pure(tf, cases, eager):
    """The pure views of the models give what the stateful calls gave, before they trained."""
    for case in cases:
        give_weights(case.layer)
    inputs = [case.inputs for case in cases]
    jax = importlib.import_module("jax")  # not there where TensorFlow's answers are recorded
    pure = jax.jit(lambda params, state: [
        case.model.apply(p, x, state=s) for case, p, s, x in zip(cases, params, state, inputs)
    ])  # fmt: skip
    results = pure([case.model.params for case in cases], [case.model.state for case in cases])
    for case, one, result in zip(cases, eager, results):
        for x, y in zip(one, tf.nest.flatten(result), strict=True):
            np.testing.assert_allclose(x, y, 1e-4, 1e-5, err_msg=f"{case.text}: pure")


def test_every_layer_has_a_row(tf):
    kinds = {value for value in vars(tf.keras.layers).values() if inspect.isclass(value)}
    known = {kind.__name__ for kind in kinds if issubclass(kind, tf.keras.layers.Layer)}
    texts = " ".join(text for rows in FAMILIES.values() for text, _ in rows)
    shown = set(re.findall(r"\b[A-Z]\w*(?=\()", texts))
    aliases = {"GroupedQueryAttention": "GroupQueryAttention"}
    excused = set(" ".join(EXCUSED.values()).split())
    assert not {aliases.get(n, n) for n in known} - shown - excused, "layers without a row"
    assert not shown & excused, "layers that have a row now"
