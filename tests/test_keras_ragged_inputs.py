"""Ragged tensors in layers and in `fit`: rows of different lengths, with no padding."""

import numpy as np

ROWS = [[1, 2, 3], [4], [5, 6], [1, 2, 3, 4], [7, 8]]
Y = np.array([[1.0], [0.0], [2.0], [1.0], [0.5]], "float32")


def model_of(tf):
    layers = tf.keras.layers
    tf.keras.utils.set_random_seed(4)
    model = tf.keras.Sequential(
        [
            tf.keras.Input((None,), dtype="int32", ragged=True),
            layers.Embedding(10, 4),
            layers.GlobalAveragePooling1D(),
            layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse")
    return model


def test_layers(tf, answer):
    layers = tf.keras.layers
    rows = tf.ragged.constant(ROWS)
    tf.keras.utils.set_random_seed(1)
    embedded = layers.Embedding(10, 2)(rows)
    answer("embedded", embedded.flat_values)
    answer("lengths", embedded.row_lengths())
    answer("mean", layers.GlobalAveragePooling1D()(embedded))
    answer("twice", layers.Lambda(lambda x: x * 2)(rows).to_list())
    answer("half", layers.Lambda(lambda x: x)(tf.ragged.constant([[0.5]], "float64")).dtype)

    class Lengths(layers.Layer):
        def call(self, inputs):
            return tf.cast(inputs.row_lengths(), "float32")[:, None]

    answer("own", Lengths()(rows))
    answer.raises("dense", lambda: layers.Dense(2)(tf.ragged.constant([[[1.0, 2.0]]])),
                  ["fully-defined"])  # fmt: skip


def test_model(tf, answer):
    model, rows = model_of(tf), tf.ragged.constant(ROWS)
    answer("called", model(rows))
    answer("fit", model.fit(rows, Y, batch_size=2, epochs=2, verbose=0).history, rtol=1e-4)
    answer("split", model.fit(rows, Y, validation_split=0.4, verbose=0).history, rtol=1e-4)
    answer("weighted", model.fit(rows, Y, sample_weight=Y, verbose=0).history, rtol=1e-4)
    answer("evaluated", model.evaluate(rows, Y, verbose=0), rtol=1e-4)
    answer("predicted", model.predict(rows, verbose=0, batch_size=2), rtol=1e-4)
    answer("on batch", model.train_on_batch(rows, Y), rtol=1e-4)
    data = tf.data.Dataset.from_tensor_slices((rows, Y)).batch(2)
    answer("dataset", model.fit(data, verbose=0).history, rtol=1e-4)


def test_batch_by_batch(tf, answer):
    model, rows = model_of(tf), tf.ragged.constant(ROWS)

    def batches():
        yield rows[:2], Y[:2]
        yield rows[2:], Y[2:]

    answer("generator", model.fit(batches(), verbose=0).history, rtol=1e-4)
    sparse = tf.sparse.from_dense(np.array([[0.0, 1.0, 0.0], [2.0, 0.0, 3.0]], "float32"))
    dense = tf.keras.Sequential([tf.keras.Input((3,), sparse=True), tf.keras.layers.Dense(1)])
    dense.compile("sgd", "mse")
    pairs = ((sparse, Y[:2]) for _ in range(2))
    answer("sparse", dense.fit(pairs, verbose=0).history, rtol=1e-4)
