"""Recurrence and attention: masks, states, users' cells, causality; models made of them."""

import numpy as np
import pytest

X = np.random.RandomState(0).randn(2, 4, 3).astype("float32")
QUERY = np.random.RandomState(1).randn(2, 3, 3).astype("float32")
MASK = np.array([[True, True, False, True], [True, False, False, False]])

RECURRENT = [
    "SimpleRNN(5)",
    "SimpleRNN(5, dropout=0.3, recurrent_dropout=0.4, return_sequences=True)",
    "LSTM(5)",
    "LSTM(5, return_sequences=True, return_state=True)",
    "LSTM(5, go_backwards=True, unroll=True, return_sequences=True)",
    "LSTM(5, dropout=0.4, unit_forget_bias=False)",
    "LSTM(5, dropout=0.2, recurrent_dropout=0.3, use_bias=False, return_sequences=True)",
    "LSTM(5, implementation=1, zero_output_for_mask=True, return_sequences=True)",
    "GRU(5, return_sequences=True)",
    "GRU(5, reset_after=False, return_state=True)",
    "GRU(5, dropout=0.2, recurrent_dropout=0.3, activation='relu')",
    "RNN(LSTMCell(5), return_state=True)",
    "RNN([LSTMCell(2, dropout=0.2), GRUCell(3), SimpleRNNCell(4)], return_state=True)",
    "RNN(OwnCell(3), return_sequences=True)",
    "Bidirectional(LSTM(3))",
    "Bidirectional(GRU(3, return_sequences=True, return_state=True), merge_mode='sum')",
    "Bidirectional(SimpleRNN(3), merge_mode=None)",
    "TimeDistributed(Dense(2))",
]
HEADS = [
    "MultiHeadAttention(2, 3)",
    "MultiHeadAttention(2, 3, value_dim=5, use_bias=False, output_shape=4)",
    "MultiHeadAttention(1, 4, dropout=0.3, kernel_initializer='he_normal')",
    "MultiHeadAttention(2, 3, use_gate=True, sliding_window=2)",
    "GroupQueryAttention(3, 4, 2)",
    "GroupQueryAttention(3, 2, 1, dropout=0.2, use_bias=False, use_gate=True)",
]
ERRORS = {
    "LSTM(0)": ["units", "positive integer"],
    "LSTM(3)(X[:, 0])": ["expected ndim=3", "found ndim=2"],
    "LSTM(3, use_cudnn='x')": ["use_cudnn"],
    "GRU(3, foo=1)": ["Unrecognized keyword arguments", "foo"],
    "RNN(3)": ["cell", "call"],
    "RNN(Dense(3))": ["state_size"],
    "StackedRNNCells([Dense(3)])": ["state_size"],
    "LSTM(3, stateful=True)(Input((4, 2)))": ["batch size must be static"],
    "Bidirectional(3)": ["Layer"],
    "Bidirectional(LSTM(3), merge_mode='x')": ["merge mode"],
    "Bidirectional(LSTM(3), backward_layer=LSTM(3))": ["go_backwards"],
    "ConvLSTM2D(2, 2, strides=2, dilation_rate=2)": ["strides > 1", "dilation_rate > 1"],
    "ConvLSTM2D(2, 2)(Input((4, None, 3, 3)))": ["static input shapes"],
    "TimeDistributed(Dense(3))(X[0])": ["at least 3"],
    "MultiHeadAttention(0, 2)": ["num_heads", "positive integer"],
    "MultiHeadAttention(2, 2, value_dim=-1)": ["value_dim"],
    "MultiHeadAttention(2, 2)(X, X, X[:, :2])": ["must be equal"],
    "Attention(score_mode='x')": ["score_mode"],
    "Attention()(X)": ["list of inputs"],
    "Attention()([X])": ["length 2 or 3"],
    "AdditiveAttention()([X, X], mask=3)": ["mask must be a list"],
}


@pytest.fixture
def layers(tf):
    tf.keras.utils.clear_session()
    tf.keras.utils.set_random_seed(3)
    return tf.keras.layers


def make(layers, text):
    class OwnCell(layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = self.state_size = units

        def build(self, input_shape):
            self.w = self.add_weight(shape=(input_shape[-1], self.units))
            self.steps = self.add_weight(initializer="zeros", trainable=False)
            self.drop = layers.Dropout(0.5)

        def call(self, inputs, states, training=False):
            self.steps.assign_add(1.0)
            output = self.drop(inputs @ self.w, training=training) + states[0] * 0.5
            return output, [output]

        def get_config(self):
            return {**super().get_config(), "units": self.units}

    names = {"OwnCell": OwnCell, "X": X}
    return eval(text, {**{name: getattr(layers, name) for name in dir(layers)}, **names})


def sums(tf, outputs):
    """A scalar to differentiate."""
    return tf.add_n([tf.reduce_sum(tf.square(x)) for x in tf.nest.flatten(outputs)])


def check(tf, answer, layer, call):
    """Values, gradients, weights; and the same of a compiled call."""
    answer("value", tf.nest.flatten(call(layer)), rtol=1e-4, atol=1e-5)
    variables = [w.value for w in layer.trainable_weights]
    compiled = tf.function(lambda: call(layer))
    for name, function in (("eager", lambda: call(layer)), ("compiled", compiled)):
        with tf.GradientTape() as tape:
            loss = sums(tf, function())
        answer(name, [loss, *tape.gradient(loss, variables)], rtol=1e-3, atol=1e-4)
    training = tf.function(lambda: call(layer, training=True))
    answer("training", tf.nest.flatten([call(layer, training=True), training()]),
           rtol=1e-3, atol=1e-4)  # fmt: skip
    answer("after", [(w.path, w.numpy()) for w in layer.weights], rtol=1e-4, atol=1e-5)
    config = layer.get_config()
    if "OwnCell" not in str(config):
        answer("config", config)
        again = type(layer).from_config(layer.get_config())
        answer("again", [len(again.get_config()), type(again).__name__])


@pytest.mark.parametrize("text", RECURRENT)
def test_recurrent(tf, layers, answer, text):
    layer = make(layers, text)
    symbols = tf.nest.flatten(layer(tf.keras.Input((None, 3))))
    answer("symbolic", [tuple(x.shape) for x in symbols])
    x, mask = tf.constant(X), tf.constant(MASK)
    check(tf, answer, layer, lambda layer, **kwargs: layer(x, **kwargs))
    answer("masked", tf.nest.flatten(layer(x, mask=mask)), rtol=1e-4, atol=1e-5)
    masked = tf.function(lambda x: layer(x, mask=mask))
    answer("masked compiled", tf.nest.flatten(masked(x)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("text", HEADS)
def test_heads(tf, layers, answer, text):
    query, value = tf.constant(QUERY), tf.constant(X)
    layer = make(layers, text)
    check(tf, answer, layer, lambda layer, **kwargs: layer(query, value, **kwargs))
    for given in ({"use_causal_mask": True}, {"attention_mask": tf.constant(MASK)[:, None]},
                  {"value_mask": tf.constant(MASK)}, {"return_attention_scores": True}):  # fmt: skip
        outputs = tf.nest.flatten(layer(query, value, **given))
        answer(next(iter(given)), outputs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("text", ERRORS)
def test_errors(tf, layers, answer, text):
    answer.raises("error", lambda: make(layers, text), keywords=ERRORS[text])


def test_stateful(tf, layers, answer):
    layer = layers.GRU(3, stateful=True, return_sequences=True)
    answer("outputs", [layer(X), layer(X)], rtol=1e-4)
    layer.reset_state()
    answer("reset", layer(X), rtol=1e-4)
    answer("states", [[s.shape for s in layer.states], len(layer.weights)])
    answer.raises("batch", lambda: layer(X[:1]), keywords=["stateful", "batch size"])


def test_encoder_decoder(tf, layers, answer):
    inputs = tf.keras.Input((4, 3))
    _, *states = layers.LSTM(3, return_state=True)(inputs)
    outputs = layers.LSTM(3, return_sequences=True)(inputs, initial_state=states)
    outputs = layers.Attention()([outputs, outputs], use_causal_mask=True)
    model = tf.keras.Model(inputs, layers.TimeDistributed(layers.Dense(2))(outputs))
    model.compile("adam", "mse")
    history = model.fit(X, X[..., :2], epochs=3, verbose=0, shuffle=False)
    answer("loss", history.history["loss"], rtol=1e-4)
    answer("predicted", model.predict(X, verbose=0), rtol=1e-3, atol=1e-4)


def test_masked_text(tf, layers, answer):
    model = tf.keras.Sequential(
        [
            layers.Embedding(9, 4, mask_zero=True),
            layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
            layers.GRU(3),
            layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse")
    words = np.array([[1, 2, 3, 0], [4, 0, 0, 0], [5, 6, 7, 8]])
    history = model.fit(words, np.ones([3, 1]), epochs=2, verbose=0, shuffle=False)
    answer("loss", history.history["loss"], rtol=1e-4)
    answer("value", model(words), rtol=1e-4)
    answer("shorter", model(words[:, :3]), rtol=1e-4)


def test_transformer_block(tf, layers, answer):
    words = tf.keras.Input((None,), dtype="int32")
    x = layers.Embedding(9, 6, mask_zero=True)(words)
    attended = layers.MultiHeadAttention(2, 3)(x, x, use_causal_mask=True)
    x = layers.LayerNormalization()(x + attended)
    model = tf.keras.Model(words, layers.Dense(2)(layers.GlobalAveragePooling1D()(x)))
    texts = np.array([[1, 2, 3, 0], [4, 0, 0, 0]])
    answer("value", model(texts), rtol=1e-4)
    answer("predicted", model.predict(texts, verbose=0), rtol=1e-4)
