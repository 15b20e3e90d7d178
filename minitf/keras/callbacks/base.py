"""What a callback is: an object whose methods `fit`, `evaluate` and `predict` call on their way.

`Callback` has every hook, `CallbackList` calls the hooks of many, and `History`, `ProgbarLogger`
and `LambdaCallback` are the ones that most programs meet.
"""

from minitf import nest
from minitf.core.tensor import Tensor
from minitf.keras.progress import Progbar, print_message

BATCH_HOOKS = {
    "train": ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end"),
    "test": ("on_test_batch_begin", "on_test_batch_end"),
    "predict": ("on_predict_batch_begin", "on_predict_batch_end"),
}


def rated_optimizers(optimizer):
    """The optimizers that have a learning rate of their own, by the name of it in the logs."""
    if not getattr(optimizer, "optimizers", None):
        return {"learning_rate": optimizer}
    return {f"learning_rate_{inner.name}": inner for inner in optimizer.optimizers}


def learning_rates(optimizer):
    """The learning rates of an optimizer, and of those inside of it, by their names in the logs."""
    return {name: float(one.learning_rate) for name, one in rated_optimizers(optimizer).items()}


def python_logs(logs):
    """Logs by name in alphabetical order, nested ones spread out, numbers as Python floats.

    >>> python_logs({"loss": 2, "accuracy": 0.5})
    {'accuracy': 0.5, 'loss': 2.0}
    """
    result = {}
    for name, value in sorted((logs or {}).items()):
        if isinstance(value, dict):
            result.update(python_logs(value))
        else:
            result[name] = _as_python(value)
    return result


def _as_python(value):
    """A number as float; what is none (a vector, outputs, text) as it is, tensors as NumPy."""
    value = value.numpy() if isinstance(value, Tensor) else value
    try:
        return value if isinstance(value, str) else float(value)
    except (TypeError, ValueError):
        return value


class Callback:
    """The base of callbacks: override the hooks that you want to hear of.

    `self.model` is the model, `self.params` a dict with `verbose`, `epochs` and `steps`. Set
    `self.model.stop_training = True` to end training after this batch.
    """

    def __init__(self):
        self.params = None
        self._model = None

    @property
    def model(self):
        """The model that is being trained."""
        return self._model

    def set_params(self, params):
        """Receive `verbose`, `epochs` and `steps`."""
        self.params = params

    def set_model(self, model):
        """Receive the model."""
        self._model = model

    def watches_batches(self, mode):
        """Whether a hook that belongs to each batch ("train", "test", "predict") does anything.

        Where no callback watches, many batches run as one compiled loop.
        """
        return any(hook in self.__dict__ or getattr(type(self), hook) is not getattr(Callback, hook)
                   for hook in BATCH_HOOKS[mode])  # fmt: skip

    def on_train_batch_begin(self, batch, logs=None):
        """Called before a batch of `fit`."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch, logs=None):
        """Called after a batch of `fit`, with the metrics so far."""
        self.on_batch_end(batch, logs=logs)

    def on_batch_begin(self, batch, logs=None):
        """Another name for `on_train_batch_begin`."""

    def on_batch_end(self, batch, logs=None):
        """Another name for `on_train_batch_end`."""

    def on_epoch_begin(self, epoch, logs=None):
        """Called before each epoch of `fit`."""

    def on_epoch_end(self, epoch, logs=None):
        """Called after each epoch, with its metrics and those of the validation data (`val_...`).

        What is written into `logs` is seen by the callbacks that follow, `History` among them.
        """

    def on_test_batch_begin(self, batch, logs=None):
        """Called before a batch of `evaluate`, or of the validation in `fit`."""

    def on_test_batch_end(self, batch, logs=None):
        """Called after a batch of `evaluate`, or of the validation in `fit`."""

    def on_predict_batch_begin(self, batch, logs=None):
        """Called before a batch of `predict`."""

    def on_predict_batch_end(self, batch, logs=None):
        """Called after a batch of `predict`, with its `outputs`."""

    def on_train_begin(self, logs=None):
        """Called once when `fit` starts."""

    def on_train_end(self, logs=None):
        """Called once when `fit` ends, with the logs of the last epoch."""

    def on_test_begin(self, logs=None):
        """Called when `evaluate`, or a validation, starts."""

    def on_test_end(self, logs=None):
        """Called when `evaluate`, or a validation, ends."""

    def on_predict_begin(self, logs=None):
        """Called when `predict` starts."""

    def on_predict_end(self, logs=None):
        """Called when `predict` ends."""


class History(Callback):
    """Keeps every epoch's logs in `history`, a dict of lists; `fit` returns one."""

    def __init__(self):
        super().__init__()
        self.history = {}

    def on_train_begin(self, logs=None):
        self.epoch = []

    def on_epoch_end(self, epoch, logs=None):
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
        self.model.history = self


class LambdaCallback(Callback):
    """A callback from functions: `LambdaCallback(on_epoch_end=lambda epoch, logs: ...)`."""

    def __init__(self, on_epoch_begin=None, on_epoch_end=None, on_train_begin=None,
                 on_train_end=None, on_train_batch_begin=None, on_train_batch_end=None,
                 **kwargs):  # fmt: skip
        super().__init__()
        hooks = {"on_epoch_begin": on_epoch_begin, "on_epoch_end": on_epoch_end,
                 "on_train_begin": on_train_begin, "on_train_end": on_train_end,
                 "on_train_batch_begin": on_train_batch_begin,
                 "on_train_batch_end": on_train_batch_end}  # fmt: skip
        self.__dict__.update(kwargs)
        self.__dict__.update({name: hook for name, hook in hooks.items() if hook is not None})


class ProgbarLogger(Callback):
    """Draws the progress bar of `fit`, `evaluate` and `predict`, as `verbose` says."""

    def __init__(self):
        super().__init__()
        self.seen = 0
        self.progbar = None
        self.target = None
        self.verbose = 1
        self.epochs = 1
        self._in_fit = False

    def set_params(self, params):
        self.params = params
        self.verbose = 1 if params["verbose"] == "auto" else params["verbose"]
        self.epochs = params["epochs"]
        self.target = params["steps"]

    def watches_batches(self, mode):
        return False  # It looks now and then; see `CallbackList.draws`.

    def on_train_begin(self, logs=None):
        self._in_fit = True

    def on_epoch_begin(self, epoch, logs=None):
        self._start()
        if self.verbose and self.epochs > 1:
            print_message(f"Epoch {epoch + 1}/{self.epochs}")

    def on_train_batch_end(self, batch, logs=None):
        self._update(batch, logs)

    def on_epoch_end(self, epoch, logs=None):
        self._finish(logs)

    def on_test_begin(self, logs=None):
        if not self._in_fit:
            self._start()

    def on_test_batch_end(self, batch, logs=None):
        if not self._in_fit:
            self._update(batch, logs)

    def on_test_end(self, logs=None):
        if not self._in_fit:
            self._finish(logs)

    def on_predict_begin(self, logs=None):
        self._start()

    def on_predict_batch_end(self, batch, logs=None):
        self._update(batch, None)

    def on_predict_end(self, logs=None):
        self._finish(logs)

    def _start(self):
        self.seen = 0
        self.progbar = Progbar(self.target, verbose=self.verbose, stateless_metrics=())

    def _update(self, batch, logs):
        if self.progbar is None:
            self._start()
        self.seen = batch + 1
        if self.verbose == 1:
            self.progbar.update(self.seen, list((logs or {}).items()), finalize=False)

    def _finish(self, logs):
        if self.target is None:  # The data had no known length; now it has.
            self.target = self.progbar.target = self.seen
        self.progbar.update(self.target, list((logs or {}).items()), finalize=True)


class CallbackList(Callback):
    """Many callbacks as one: each hook calls that hook of all of them, in order.

    `add_history` and `add_progbar` append a `History` and a `ProgbarLogger` where the list has
    none. `params` reach every callback through `set_params`.
    """

    def __init__(self, callbacks=None, add_history=False, add_progbar=False, model=None,
                 **params):  # fmt: skip
        super().__init__()
        self.callbacks = nest.flatten(callbacks) if callbacks else []
        self._history = self._find_or_add(History, add_history)
        self._progbar = self._find_or_add(ProgbarLogger, add_progbar)
        if model:
            self.set_model(model)
        self.set_params(params)

    def _find_or_add(self, kind, wanted):
        found = [c for c in self.callbacks if isinstance(c, kind)]
        if not found and wanted:
            found = [kind()]
            self.callbacks += found
        return found[-1] if found else None

    def set_params(self, params):
        self.params = params
        if params:
            for callback in self.callbacks:
                callback.set_params(params)

    def set_model(self, model):
        super().set_model(model)
        if self._history:
            model.history = self._history
        for callback in self.callbacks:
            callback.set_model(model)

    def watches_batches(self, mode):
        return any(_watches(callback, mode) for callback in self.callbacks)

    def draws(self, mode):
        """Whether a progress bar wants to hear of batches now and then."""
        bar = self._progbar
        return bool(bar) and bar.verbose == 1 and not (mode == "test" and bar._in_fit)

    @property
    def only_record(self):
        """Whether none does more than keep, or print, what the logs of an epoch say."""
        return not self.draws("train") and all(
            type(c) in (History, ProgbarLogger) for c in self.callbacks)  # fmt: skip

    def epoch_took(self, seconds):
        """Tells how long the epoch took that has just begun: it had been run before."""
        if self._progbar:
            self._progbar.progbar.start_earlier(seconds)


def _watches(callback, mode):
    if isinstance(callback, Callback):
        return callback.watches_batches(mode)
    return any(hasattr(callback, hook) for hook in BATCH_HOOKS[mode])  # Made without our base.


def _broadcast(hook):
    """The method of `CallbackList` that calls `hook` of every callback."""

    def call_all(self, logs=None):
        logs = python_logs(logs) if self.callbacks else None
        for callback in self.callbacks:
            getattr(callback, hook)(logs)

    def call_all_at_epoch(self, epoch, logs=None):
        logs = python_logs(logs) if self.callbacks else None
        for callback in self.callbacks:
            getattr(callback, hook)(epoch, logs)

    def call_all_at_batch(self, batch, logs=None):
        logs = python_logs(logs) if self.callbacks else None
        for callback in self.callbacks:
            getattr(callback, hook)(batch, logs=logs)

    method = call_all_at_batch if "batch" in hook else call_all
    method = call_all_at_epoch if "epoch" in hook else method
    method.__name__ = hook
    method.__doc__ = f"Call `{hook}` of every callback."
    return method


for _hook in [name for name in vars(Callback) if name.startswith("on_")]:
    setattr(CallbackList, _hook, _broadcast(_hook))
