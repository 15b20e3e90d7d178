"""The programs that `test_programs.py` runs, by name."""

PROGRAMS = {
    "imports": """
import keras
import numpy as np
import tensorflow as tf
import tensorflow.keras.backend as K
from keras.models import Sequential
from tensorflow import keras as other
from tensorflow.keras import layers, regularizers
from tensorflow.keras.layers import Activation, Dense
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.utils import to_categorical

keras.utils.set_random_seed(0)
tokenizer = Tokenizer(num_words=10, oov_token="<OOV>")
texts = ["I love my dog", "You love my cat!"]
tokenizer.fit_on_texts(texts)
print(tokenizer.word_index)
print(pad_sequences(tokenizer.texts_to_sequences(texts), maxlen=5, padding="post"))
print(to_categorical([0, 2], num_classes=3), K.epsilon(), other.backend.floatx())
x = np.random.RandomState(0).rand(4, 5)
y = to_categorical([0, 2, 1, 2])
model = Sequential([
    Dense(8, activation="relu", input_dim=5, kernel_regularizer=regularizers.l2(0.01)),
    layers.Dropout(0.5), Dense(3), Activation("softmax"),
])
model.compile(loss="categorical_crossentropy", optimizer="sgd", metrics=["acc"])
history = model.fit(x, y, epochs=2, batch_size=2, verbose=0)
print({k: np.round(v, 4).tolist() for k, v in sorted(history.history.items())})
model.summary()
""",
    "training_loop": """
import tensorflow as tf

class Model(tf.Module):
    def __init__(self):
        self.w, self.b = tf.Variable(5.0), tf.Variable(0.0)
    def __call__(self, x):
        return self.w * x + self.b

x = tf.cast(tf.linspace(-2.0, 2.0, 21), tf.float32)
y = 3.0 * x + 2.0 + tf.random.stateless_normal([21], [1, 2])
model = Model()
print("Variables:", model.variables)
dataset = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(21, seed=3).batch(7)
for epoch in range(3):
    for xs, ys in dataset:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(ys - model(xs)))
        for gradient, v in zip(tape.gradient(loss, model.variables), model.variables):
            v.assign_sub(0.1 * gradient)
    print(f"Epoch {epoch}: W = {model.w.numpy():1.2f}, b = {model.b.numpy():1.2f}, {loss:2.5f}")
checkpoint = tf.train.Checkpoint(model=model)
path = checkpoint.save("folder/ckpt")
model.w.assign(0.0)
checkpoint.restore(path)
print(path, model.w.numpy() != 0, tf.train.latest_checkpoint("folder"))
""",
    "save_and_load": """
import os
import numpy as np
import tensorflow as tf
from tensorflow import keras

tf.keras.utils.set_random_seed(1)
x, y = np.random.RandomState(0).rand(40, 6).astype("float32"), np.arange(40) % 3

def create_model():
    model = keras.Sequential([
        keras.Input((6,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(3)])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model

model = create_model()
saver = keras.callbacks.ModelCheckpoint("t/cp-{epoch:02d}.weights.h5", save_weights_only=True, verbose=1)
model.fit(x, y, epochs=2, validation_data=(x[:9], y[:9]), callbacks=[saver], verbose=2)
print(sorted(os.listdir("t")))
other = create_model()
other.load_weights("t/cp-02.weights.h5")
print(np.allclose(other.predict(x, verbose=0), model.predict(x, verbose=0)))
model.save("model.keras")
print(np.allclose(keras.models.load_model("model.keras").predict(x, verbose=0), model.predict(x, verbose=0)))
model.export("exported", verbose=False)
loaded = tf.saved_model.load("exported")
print(loaded.serve(x[:2]).shape)
try:
    model.save("folder")
except ValueError as error:
    print(str(error)[:40])
""",
    "texts": """
import re, string
import tensorflow as tf
from tensorflow.keras import layers

tf.keras.utils.set_random_seed(3)
texts = ["Great movie, <br />loved it!", "Terrible plot.", "A wonderful film", "bad bad acting"]
dataset = tf.data.Dataset.from_tensor_slices((texts, [1, 0, 1, 0])).batch(2)

print(tf.strings.regex_replace(tf.strings.lower(texts[:2]), f"[{re.escape(string.punctuation)}]", ""))

vectorize = layers.TextVectorization(max_tokens=50, output_sequence_length=5)
vectorize.adapt(dataset.map(lambda x, y: x))
print(vectorize.get_vocabulary()[:4], len(vectorize.get_vocabulary()))
print(vectorize(["a great plot"]))
model = tf.keras.Sequential([
    tf.keras.Input((1,), dtype="string"), vectorize, layers.Embedding(50, 4), layers.GlobalAveragePooling1D(), layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
print(model.fit(dataset, epochs=2, verbose=0).history["loss"])
print(model.evaluate(dataset, verbose=0, return_dict=True))
print(model.predict(tf.constant(["great film", "bad plot"]), verbose=0))
""",
    "own_train_step": """
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(3)

class Own(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.hidden, self.out = keras.layers.Dense(4, "tanh"), keras.layers.Dense(2)
        self.tracker = keras.metrics.Mean(name="total")
    def call(self, x):
        return self.out(self.hidden(x))
    @property
    def metrics(self):
        return [self.tracker]
    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((self(data) - data) ** 2)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}

class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(f"epoch {epoch}: {logs['loss']:.4f}")
        self.model.stop_training = epoch == 2

model = Own(name="own")
model.compile(optimizer=keras.optimizers.Adam(0.01))
model.fit(tf.random.stateless_normal([8, 2], [1, 2]), epochs=5, batch_size=4, verbose=0, callbacks=[Stop()])
""",
    "functions": """
import tensorflow as tf

@tf.function
def fizzbuzz(n):
    print("Tracing")
    for i in tf.range(1, n + 1):
        if i % 3 == 0:
            tf.print("fizz")
    return n

fizzbuzz(tf.constant(4))
fizzbuzz(tf.constant(7))

class Counter(tf.Module):
    def __init__(self):
        self.count = None
    @tf.function
    def __call__(self):
        if self.count is None:
            self.count = tf.Variable(0)
        return self.count.assign_add(1)

c = Counter()
print(c(), c())
g = None
@tf.function
def draw():
    global g
    if g is None:
        g = tf.random.Generator.from_seed(1)
    return g.normal([])
print(draw(), draw())
w, frozen = tf.Variable(2.0), tf.constant(3.0)
with tf.GradientTape() as tape:
    y = w * frozen
print(tape.gradient(y, [w, frozen]))
writer = tf.summary.create_file_writer("logs")
tf.summary.trace_on(graph=True)
tf.function(lambda x: x + 1)(tf.constant(1.0))
with writer.as_default():
    tf.summary.trace_export(name="trace", step=0)
""",
}
