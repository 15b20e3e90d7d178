"""A program that builds a model, trains it for one epoch, and ends."""

import sys

from keras_models import MODELS

model, x, y = MODELS[sys.argv[1]]()
model.fit(x, y, batch_size=64, verbose=2)
