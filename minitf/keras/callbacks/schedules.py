"""Callbacks that steer the training: learning rates, averaged weights, a stop at NaN."""

import numpy as np

from minitf.keras.callbacks.base import Callback, learning_rates, rated_optimizers
from minitf.keras.progress import print_message


class LearningRateScheduler(Callback):
    """Sets the learning rate of each epoch to `schedule(epoch, learning_rate)`."""

    def __init__(self, schedule, verbose=0):
        super().__init__()
        self.schedule, self.verbose = schedule, verbose

    def on_epoch_begin(self, epoch, logs=None):
        for name, optimizer in rated_optimizers(self.model.optimizer).items():
            rate = self._set_rate(optimizer, epoch)
            if self.verbose > 0:
                which = "" if name == "learning_rate" else f"{optimizer.name} "
                print_message(
                    f"\nEpoch {epoch + 1}: LearningRateScheduler setting {which}learning rate to "
                    f"{rate}."
                )

    def _set_rate(self, optimizer, epoch):
        if not hasattr(optimizer, "learning_rate"):
            raise ValueError('Optimizer must have a "learning_rate" attribute.')
        try:
            rate = self.schedule(epoch, float(optimizer.learning_rate))
        except TypeError:  # A schedule of the epoch alone.
            rate = self.schedule(epoch)
        if not isinstance(rate, (float, np.float32, np.float64)):
            raise ValueError(
                f"The output of the `schedule` function should be a float. Got: {rate}"
            )
        optimizer.learning_rate = rate
        return rate

    def on_epoch_end(self, epoch, logs=None):
        if logs is not None:
            logs.update(learning_rates(self.model.optimizer))


class TerminateOnNaN(Callback):
    """Stops training when the loss is NaN or infinite; `raise_error` raises RuntimeError."""

    def __init__(self, raise_error: bool = False):
        super().__init__()
        self.raise_error = raise_error

    def on_batch_end(self, batch, logs=None):
        loss = (logs or {}).get("loss")
        if loss is None or np.isfinite(loss):
            return
        if self.raise_error:
            raise RuntimeError(
                f"NaN or Inf loss encountered at batch {batch}. Loss value: {loss}. "
                "Terminating training immediately."
            )
        print_message(f"Batch {batch}: Invalid loss, terminating training")
        self.model.stop_training = True


class SwapEMAWeights(Callback):
    """Evaluates with the moving averages of the weights (optimizers with `use_ema=True`).

    The averages stand in the model during `evaluate` and `predict`; with `swap_on_epoch` also
    between an epoch's end and the next one's start, and for good after the last.
    """

    def __init__(self, swap_on_epoch=False):
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        self._averages_in_model = False

    def _pairs(self):
        optimizer = getattr(self.model.optimizer, "inner_optimizer", self.model.optimizer)
        several = getattr(optimizer, "optimizers", None)
        averaging = [one for one in several or [optimizer] if one.use_ema]
        if several and not averaging:
            raise ValueError(
                "SwapEMAWeights must be used when at least one inner optimizer has `use_ema=True` "
                "set. Received a MultiOptimizer with all inner optimizers having `use_ema=False`."
            )
        pairs = []
        for one in averaging or [optimizer]:
            averages = getattr(one, "_model_variables_moving_average", None)
            if averages is None:
                raise ValueError(
                    "SwapEMAWeights must be used when `use_ema=True` is set on the optimizer. "
                    f"Received: use_ema={one.use_ema}"
                )
            pairs += zip(one._trainable_variables, averages)
        return pairs

    def _put(self, averages_in_model):
        if averages_in_model == self._averages_in_model:
            return
        for variable, average in self._pairs():
            weights = variable.numpy()
            variable.assign(average.numpy())
            average.assign(weights)
        self._averages_in_model = averages_in_model

    def on_epoch_begin(self, epoch, logs=None):
        if self.swap_on_epoch:
            self._put(False)

    def on_epoch_end(self, epoch, logs=None):
        if not self.swap_on_epoch or self._averages_in_model:
            return
        self._put(True)
        if epoch == self.params["epochs"] - 1:
            for variable, average in self._pairs():
                average.assign(variable.numpy())

    def on_test_begin(self, logs=None):
        self._put(True)

    def on_test_end(self, logs=None):
        self._put(False)

    def on_predict_begin(self, logs=None):
        self._put(True)

    on_predict_end = on_test_end
