"""`fit`, `evaluate` and `predict`: loops over batches, with callbacks on the way.

`Trainer` is what a `Model` inherits.
"""

import warnings
from typing import Any

import numpy as np

from minitf import nest
from minitf.core.registry import NeedsValue
from minitf.core.tensor import Tensor
from minitf.function import Function
from minitf.keras import config as settings
from minitf.keras.adapters import adapt, class_weights_of, split, unpack_x_y_sample_weight
from minitf.keras.ahead import MANY, Ahead, Pass, Program
from minitf.keras.callbacks import CallbackList
from minitf.keras.callbacks.base import python_logs
from minitf.keras.compiling import CompileMetrics
from minitf.keras.engine import Pace, Step
from minitf.keras.epochs import Epochs, Validation
from minitf.keras.steps import Steps


def _limited(epochs):
    """`epochs`, or the limit for them in the settings, with a warning, if that is less."""
    limit = settings.max_epochs()
    if not limit or limit >= epochs:
        return epochs
    warnings.warn(f"Limiting epochs to {limit}", stacklevel=3)
    return limit


def _limited_steps(steps):
    """`steps` of an epoch, or the limit for them in the settings, with a warning."""
    limit = settings.max_steps_per_epoch()
    if not limit or steps and limit >= steps:
        return steps
    warnings.warn(f"Limiting steps_per_epoch to {limit}", stacklevel=3)
    return limit


class Trainer(Steps):
    """The methods of a model that run over data: `fit`, `evaluate`, `predict`, and on one batch."""

    history: Any
    _validation: Any = None  # the `Validation` of the `fit` that runs

    def fit(self, x=None, y=None, batch_size=None, epochs=1, verbose="auto", callbacks=None,
            validation_split=0.0, validation_data=None, shuffle=True, class_weight=None,
            sample_weight=None, initial_epoch=0, steps_per_epoch=None, validation_steps=None,
            validation_batch_size=None, validation_freq=1):  # fmt: skip
        """Train for `epochs` passes over the data.

        Args:
          x: arrays (NumPy, tensors, pandas; a list or dict for several inputs), or a source of
            batches: a `tf.data.Dataset`, a `PyDataset`, a generator.
          y: the labels, where `x` is not a source of batches.
          batch_size: rows of a batch, 32 by default.
          verbose: 0 silent, 1 or "auto" a progress bar, 2 a line per epoch.
          validation_split: the fraction at the end of the data that is kept for validation.
          validation_data: `(x, y)`, `(x, y, sample_weight)` or a source of batches.
          shuffle: whether arrays are shuffled; "batch" shuffles within batches of neighbours.
          class_weight: {class: weight of its loss}.

        Returns:
          A `History`.
        """
        self._assert_compile_called()
        if validation_split and validation_data is None:
            (x, y, sample_weight), validation_data = split((x, y, sample_weight), validation_split)
        epochs, steps_per_epoch = _limited(epochs), _limited_steps(steps_per_epoch)
        data = Epochs(
            adapt(x, y, sample_weight, batch_size, steps_per_epoch, shuffle, class_weight),
            steps_per_epoch,
        )
        validation = None
        if validation_data is not None:
            validation = Validation(
                unpack_x_y_sample_weight(validation_data), validation_batch_size or batch_size,
                validation_steps, validation_freq,
            )  # fmt: skip
        callbacks = self._callbacks(callbacks, verbose, epochs, data, add_history=True)
        self.stop_training, self._validation = False, validation
        self.make_train_function()
        callbacks.on_train_begin()
        epoch_logs = ahead = None
        pace = self._pace(callbacks, "train", self.train_function)

        def end(step, result):
            callbacks.on_train_batch_end(step, result)
            return self.stop_training

        first = self._initial_epoch or initial_epoch
        try:
            for epoch in range(first, epochs):
                if ahead is None:
                    self._reset()
                callbacks.on_epoch_begin(epoch)
                if epoch == first:
                    ahead = self._ahead(data, validation, callbacks, epochs - first)
                epoch_logs = ahead.next(epoch, epochs - epoch) if ahead else None
                if epoch_logs is not None:
                    callbacks.epoch_took(ahead.seconds)
                else:
                    ahead = None
                    logs = data.run(self.train_function, pace, callbacks.on_train_batch_begin, end,
                                    epochs - epoch)  # fmt: skip
                    epoch_logs = dict(self._epoch_logs(logs, "train_step"))
                    if validation is not None and validation.falls_due(epoch + 1):
                        validation.left = epochs - epoch
                        epoch_logs.update(validation.logs(self, callbacks))
                callbacks.on_epoch_end(epoch, epoch_logs)
                if self.stop_training:
                    break
        except KeyboardInterrupt:
            if ahead is not None:  # the weights are those of the last epoch that was run
                ahead.complete(self.history)
            raise
        self._validation = None
        if self.optimizer is not None and epochs > 0:
            self.optimizer.finalize_variable_values(self.trainable_weights)
        callbacks.on_train_end(epoch_logs)
        return self.history

    def evaluate(self, x=None, y=None, batch_size=None, verbose="auto", sample_weight=None,
                 steps=None, callbacks=None, return_dict=False, **kwargs):  # fmt: skip
        """The loss and metrics over the data: one number, a list, or (`return_dict`) a dict."""
        self._assert_compile_called()
        within_fit = kwargs.pop("_use_cached_eval_dataset", False)
        if kwargs:
            raise ValueError(f"Arguments not recognized: {kwargs}")
        if within_fit:
            data, left = self._validation.epochs, self._validation.left
            data.reset()
        else:
            left = 1
            steps = _limited_steps(steps)
            data = Epochs(adapt(x, y, sample_weight, batch_size, steps), steps)
        callbacks = self._callbacks(callbacks, verbose, 1, data)
        self.make_test_function()
        self.stop_evaluating = False
        callbacks.on_test_begin()
        self._reset()

        def end(step, result):
            callbacks.on_test_batch_end(step, result)
            return self.stop_evaluating

        pace = self._pace(callbacks, "test", self.test_function)
        logs = data.run(self.test_function, pace, callbacks.on_test_batch_begin, end, left)
        logs = python_logs(self._epoch_logs(logs, "test_step"))
        callbacks.on_test_end(logs)
        return logs if return_dict else self._in_order(logs)

    def predict(self, x, batch_size=None, verbose="auto", steps=None, callbacks=None):
        """The outputs for all rows of the data, as NumPy arrays."""
        steps = _limited_steps(steps)
        data = Epochs(adapt(x, batch_size=batch_size, steps_per_epoch=steps), steps)
        callbacks = self._callbacks(callbacks, verbose, 1, data)
        self.make_predict_function()
        self.stop_predicting = False
        callbacks.on_predict_begin()
        outputs: Any = []

        def end(step, result):
            outputs.append(result)
            callbacks.on_predict_batch_end(step, {"outputs": result})
            return self.stop_predicting

        pace = Pace(1, every_batch=True, drawing=False)
        data.run(self.predict_function, pace, callbacks.on_predict_batch_begin, end)
        callbacks.on_predict_end()
        return nest.map_structure(_joined, *outputs)

    # One batch -----------------------------------------------------------------------------------

    def train_on_batch(self, x, y=None, sample_weight=None, class_weight=None,
                       return_dict=False):  # fmt: skip
        """Train on one batch; the loss and metrics as `evaluate` gives them."""
        self._assert_compile_called()
        if class_weight is not None:
            if sample_weight is not None:
                raise ValueError(
                    "Arguments `sample_weight` and `class_weight` cannot be specified at the same "
                    f"time. Received: sample_weight={sample_weight}, class_weight={class_weight}"
                )
            sample_weight = class_weights_of(y, class_weight)
        function: Any = self.make_train_function() or self.train_function
        return self._on_batch(function, (x, y, sample_weight), return_dict)

    def test_on_batch(self, x, y=None, sample_weight=None, return_dict=False):
        """Evaluate one batch."""
        self._assert_compile_called()
        function: Any = self.make_test_function() or self.test_function
        return self._on_batch(function, (x, y, sample_weight), return_dict)

    def _on_batch(self, function, batch, return_dict):
        self._reset()
        logs = python_logs(function(iter([batch])))
        return logs if return_dict else self._in_order(logs)

    def predict_on_batch(self, x):
        """The outputs for one batch, as NumPy arrays."""
        function: Any = self.make_predict_function() or self.predict_function
        return nest.map_structure(_as_numpy, function([(x,)]))

    # Inside --------------------------------------------------------------------------------------

    def _callbacks(self, callbacks, verbose, epochs, data, add_history=False):
        if isinstance(callbacks, CallbackList):
            return callbacks
        return CallbackList(callbacks, add_history=add_history, add_progbar=verbose != 0,
                            model=self, verbose=verbose, epochs=epochs,
                            steps=data.num_batches)  # fmt: skip

    def _pace(self, callbacks, mode, function):
        users = self.run_eagerly or not isinstance(function, Step)
        watched = users or callbacks.watches_batches(mode)
        return Pace(self.steps_per_execution, watched, callbacks.draws(mode))

    def _ahead(self, data, validation, callbacks, epochs):
        """The `Ahead` for many short epochs over arrays whose code is all our own, else None."""
        own = self._inherits("train_step", "test_step", "compute_metrics", "get_metrics_result",
                             "reset_metrics", "evaluate", "make_train_function",
                             "make_test_function")  # fmt: skip
        whole = not data.steps_per_epoch and (validation is None or validation.is_whole)
        if epochs < MANY or self.run_eagerly or not (own and whole and callbacks.only_record):
            return None
        parts = [(self.train_function, data.adapter)]
        if validation is not None:
            parts.append((self.make_test_function(), validation.epochs.adapter))
        loops, adapters = [step.loop(adapter) for step, adapter in parts], [a for _, a in parts]
        fresh = self._first_values()  # once all is traced: then all metrics are there
        if fresh is None or None in loops:
            return None
        key = *loops, *[(adapter.num_samples, adapter.batch_size) for adapter in adapters]
        if key not in self._programs:
            try:
                self._programs[key] = Program(map(Pass, loops, adapters), fresh)
            except NeedsValue:
                return None
        program = self._programs[key]
        return Ahead(program, adapters) if program.is_worth_it else None

    def _epoch_logs(self, logs, step):
        """The metrics over the epoch, if the steps report those; else what the last step said."""
        if logs and self._inherits(step, "compute_metrics", "get_metrics_result"):
            return logs  # The last step has just reported them.
        results = self._results()
        if isinstance(logs, dict) and set(logs) == set(results):
            return results
        return logs or {}

    def _inherits(self, *methods):
        """Whether none of these methods is the user's own."""
        return all(getattr(type(self), name) is getattr(Trainer, name) and name not in vars(self)
                   for name in methods)  # fmt: skip

    def _results(self):
        """`get_metrics_result`, compiled where the steps are: they have called it in a graph."""
        if self.run_eagerly or not self._inherits("get_metrics_result"):
            return self.get_metrics_result()
        results = self._compiled_call(self.get_metrics_result)()
        traced = all(isinstance(value, Tensor) for value in nest.flatten(results))
        return results if traced else self.get_metrics_result()

    def _reset(self):
        """`reset_metrics`; where the library wrote all of it, the same values every time."""
        first = self._first_values()
        if first is None:
            self.reset_metrics()
            return
        for cell, value in first:
            cell.value = value

    def _first_values(self):
        """(cell, value) of what `reset_metrics` assigns, if the library wrote all of it."""
        metrics = [m for group in self.metrics for m in getattr(group, "metrics", [group])]
        methods = [type(self).reset_metrics, *(type(m).reset_state for m in metrics)]
        if self.run_eagerly or not all(str(m.__module__).startswith("minitf.") for m in methods):
            return None
        reset = self._compiled_call(self.reset_metrics)
        if reset not in self._first_states:
            self.reset_metrics()
            _, cells = reset.get_concrete_function().captured_arrays()
            self._first_states[reset] = [(cell, cell.value) for cell in cells]
        return self._first_states[reset]

    def _compiled_call(self, method):
        """A method that reads or writes metrics, compiled for the variables that they have."""
        key = method.__name__, *(id(v) for metric in self.metrics for v in metric.variables)
        if key not in self._metric_calls:
            self._metric_calls[key] = Function(method, autograph=False)
        return self._metric_calls[key]

    def _in_order(self, logs):
        """The values of `logs` in the order of `metrics`; one value alone is no list."""
        names = []
        for metric in self.metrics:
            several = isinstance(metric, CompileMetrics)
            names += [m.name for m in metric.metrics] if several else [metric.name]
        values = [logs[name] for name in names if name in logs]
        values += [logs[name] for name in sorted(logs) if name not in names]
        return values[0] if len(values) == 1 else values


def _as_numpy(x):
    return x.numpy() if isinstance(x, Tensor) else x


def _joined(*parts):
    arrays = [np.asarray(_as_numpy(p)) for p in parts]
    if len(arrays) == 1 and arrays[0].ndim:
        return arrays[0]
    return np.stack(arrays) if not arrays[0].ndim else np.concatenate(arrays)
