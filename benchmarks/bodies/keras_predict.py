"""`predict` of one row."""

from keras_models import mlp
from timing import report, seconds_per_call

model, x, _ = mlp()
report({"step": seconds_per_call(lambda: model.predict(x[:1], verbose=0))})
