"""A steady epoch of `fit`: the median of the epochs after the first one."""

import sys
import time
from statistics import median

from keras_models import MODELS
from library import keras
from timing import report

EPOCHS = 8


class Clock(keras.callbacks.Callback):
    """Notes when each epoch ends, by the clock and in seconds of the processor."""

    def __init__(self):
        super().__init__()
        self.wall, self.cpu = [], []

    def on_epoch_end(self, epoch, logs=None):
        self.wall.append(time.perf_counter())
        self.cpu.append(time.process_time())


def steady(moments):
    return median(after - before for before, after in zip(moments, moments[1:], strict=False))


model, x, y = MODELS[sys.argv[1]]()
clock = Clock()
model.fit(x, y, batch_size=64, epochs=EPOCHS, verbose=0, callbacks=[clock])
report({"seconds": steady(clock.wall), "cpu": steady(clock.cpu)})
