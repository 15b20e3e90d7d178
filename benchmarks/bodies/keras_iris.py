"""The lecture's multilayer perceptron on Iris: 1000 epochs of `fit` with validation."""

import sys
import time

import numpy as np
from library import keras
from timing import report

EPOCHS = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
layers, optimizers, losses = keras.layers, keras.optimizers, keras.losses
rng = np.random.default_rng(0)
labels = np.arange(150) % 3
centers = np.array([[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.5, 2.0]])
x = (centers[labels] + 0.3 * rng.normal(size=(150, 4))).astype("float32")

model = keras.Sequential()
model.add(layers.InputLayer(shape=(4,)))
model.add(layers.Dense(4, activation="sigmoid"))
model.add(layers.Dense(3, activation="softmax"))
model.compile(
    optimizer=optimizers.SGD(0.1, momentum=0.9),
    loss=losses.SparseCategoricalCrossentropy(),
    metrics=["accuracy"],
)
wall, cpu = time.perf_counter(), time.process_time()
model.fit(
    x[:120], labels[:120], batch_size=15, epochs=EPOCHS, verbose=2,
    validation_data=(x[120:], labels[120:]),
)  # fmt: skip
report({"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu})
