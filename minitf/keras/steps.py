"""What a model does with one batch: `compile` says how, `train_step` and its kin do it.

`Steps` is the half of `Trainer` that users override; `training.py` has the loops over batches.
"""

import inspect
import warnings
from typing import Any

from minitf import nest
from minitf.keras import metrics as metrics_module
from minitf.keras import optimizers, serialization
from minitf.keras.adapters import unpack_x_y_sample_weight
from minitf.keras.compiling import CompileLoss, CompileMetrics
from minitf.keras.config import floatx
from minitf.keras.engine import Step
from minitf.ops.array import shape
from minitf.ops.math import add_n, cast
from minitf.ops.reductions import reduce_sum
from minitf.tape import GradientTape
from minitf.trackable import part_added


class Steps:
    """One batch: forward pass, loss, gradients, update, metrics.

    A model inherits this beside `Layer`, whose `__call__`, `losses`, `trainable_weights`,
    `built` and `_flatten_layers` it uses.
    """

    optimizer: Any
    _metrics: list
    _flatten_layers: Any
    losses: Any
    trainable_weights: Any
    trainable_variables: Any
    built: bool
    _call_has_training_arg: bool

    def __init__(self):
        self.compiled = False
        self.loss = None
        self.optimizer = None
        self.steps_per_execution = 1
        self.run_eagerly = False
        self.jit_compile = False
        self.stop_training = False
        self.train_function = self.test_function = self.predict_function = None
        self._metric_calls: Any = {}  # compiled functions of the metrics
        self._first_states: Any = {}  # what such a function assigns: (cell, value) pairs
        self._programs: Any = {}  # of many epochs, by what they run over
        self._initial_epoch = None
        self._compile_loss = self._compile_metrics = self._loss_tracker = None
        self._compute_loss_has_training_arg = (
            "training" in inspect.signature(self.compute_loss).parameters
        )

    def compile(self, optimizer="rmsprop", loss=None, loss_weights=None, metrics=None,
                weighted_metrics=None, run_eagerly=False, steps_per_execution=1,
                jit_compile="auto", auto_scale_loss=True):  # fmt: skip
        """Say how the model is trained.

        Args:
          optimizer: an optimizer, or its name.
          loss: a loss, a function `(y_true, y_pred)`, a name; for several outputs a list or dict.
          loss_weights: what each output's loss is multiplied with.
          metrics: a list of metrics, functions or names; for several outputs a list or dict.
          weighted_metrics: metrics that are weighted by `sample_weight` or `class_weight`.
          run_eagerly: run `train_step` as Python, for debugging.
          steps_per_execution: batches between two calls of the callbacks' batch hooks.
          jit_compile: accepted; steps are always compiled, unless `run_eagerly`.
          auto_scale_loss: scale the loss where the dtype policy is "mixed_float16".
        """
        self.optimizer = optimizer = optimizers.get(optimizer)
        if auto_scale_loss and getattr(self, "dtype_policy", None) is not None:
            scaled = self.dtype_policy.name == "mixed_float16"  # pyright: ignore
            if scaled and optimizer and not isinstance(optimizer, optimizers.LossScaleOptimizer):
                self.optimizer = optimizers.LossScaleOptimizer(
                    optimizer, name="loss_scale_optimizer"
                )
        part_added(self)
        if run_eagerly and jit_compile is True:
            message = "If `run_eagerly` is True, then `jit_compile` cannot also be True."
            warnings.warn(f"{message} Disabling `jit_compile`.", stacklevel=2)
        jit_compile = jit_compile is True and not run_eagerly
        self.jit_compile, self.run_eagerly = jit_compile, run_eagerly
        self.steps_per_execution = steps_per_execution
        self.stop_training, self.compiled = False, True
        self.train_function = self.test_function = self.predict_function = None
        self._metric_calls, self._first_states, self._programs = {}, {}, {}
        names = getattr(self, "output_names", None)
        state: dict[str, Any] = {"_loss_tracker": metrics_module.Mean(name="loss")}
        if loss is not None:
            state["loss"] = loss
            state["_compile_loss"] = CompileLoss(loss, loss_weights, output_names=names)
        if metrics is not None or weighted_metrics is not None:
            state["_compile_metrics"] = CompileMetrics(
                metrics, weighted_metrics, output_names=names
            )
        state["_compile_config"] = {
            "optimizer": optimizer, "loss": loss, "loss_weights": loss_weights,
            "metrics": metrics, "weighted_metrics": weighted_metrics, "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution, "jit_compile": jit_compile,
        }  # fmt: skip
        vars(self).update(state)  # Not by assignment: these metrics are not the model's own.

    def get_compile_config(self):
        """The arguments of `compile`, serialized."""
        if not self.compiled:
            return {}
        return serialization.serialize_keras_object(self._compile_config)

    def compile_from_config(self, config):
        """Compile with what `get_compile_config` returned."""
        if type(self).compile is not Steps.compile:
            warnings.warn(
                "`compile()` was not called as part of model loading because the model's "
                "`compile()` method is custom. Override `get_compile_config()` and "
                "`compile_from_config(config)` too, or call `compile()` after loading.",
                stacklevel=2,
            )
            return
        self.compile(**serialization.deserialize_keras_object(config))
        if self.optimizer is not None and self.built:
            self.optimizer.build(self.trainable_variables)

    def _assert_compile_called(self):
        if not self.compiled:
            raise ValueError("You must call `compile()` before using the model.")

    # Metrics -------------------------------------------------------------------------------------

    @property
    def metrics(self):
        """The mean loss, the compiled metrics, and those of the model and its layers."""
        found = self._own_metrics() if self.compiled else []
        found += self._metrics
        for layer in self._flatten_layers(include_self=False):
            if not isinstance(layer, Steps):
                found += layer.metrics
        return found

    def _own_metrics(self):
        found = [m for m in (self._loss_tracker, self._compile_metrics) if m is not None]
        return found + (self._compile_loss.metrics if self._compile_loss is not None else [])

    @property
    def metrics_names(self):
        """The names of `metrics`."""
        return [m.name for m in self.metrics]

    def reset_metrics(self):
        """Start all metrics anew."""
        for metric in self.metrics:
            metric.reset_state()

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        """Show a batch to the compiled metrics; the results of all metrics by name."""
        if self._compile_metrics is not None:
            self._compile_metrics.update_state(y, y_pred, sample_weight)
        return self.get_metrics_result()

    def get_metrics_result(self):
        """The results of all metrics by name."""
        results = {}
        for metric in self.metrics:
            result = metric.result()
            results.update(result if isinstance(result, dict) else {metric.name: result})
        return results

    # Loss ----------------------------------------------------------------------------------------

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The compiled loss plus the losses that layers and regularizers added, a scalar."""
        losses = []
        if self._compile_loss is not None:
            loss = self._compile_loss(y, y_pred, sample_weight)
            losses += [] if loss is None else [loss]
        losses += [_as_scalar(loss) for loss in self.losses]
        if not losses:
            raise ValueError("No loss to compute. Provide a `loss` argument in `compile()`.")
        return losses[0] if len(losses) == 1 else add_n(losses)

    def _compute_loss(self, x, y, y_pred, sample_weight, training):
        if self._compute_loss_has_training_arg:
            return self.compute_loss(x, y, y_pred, sample_weight, training=training)
        return self.compute_loss(x, y, y_pred, sample_weight)

    # Names of older Keras ------------------------------------------------------------------------

    def compiled_loss(self, y, y_pred, sample_weight=None, regularization_losses=None):
        """Another name for `compute_loss`."""
        warnings.warn(
            "`model.compiled_loss()` is deprecated. Instead, use "
            "`model.compute_loss(x, y, y_pred, sample_weight, training)`.",
            stacklevel=2,
        )
        return self.compute_loss(x=None, y=y, y_pred=y_pred, sample_weight=sample_weight)

    @property
    def compiled_metrics(self):
        """What older training steps update: all metrics at once."""
        return _AllMetrics(self)

    # Steps ---------------------------------------------------------------------------------------

    def train_step(self, data):
        """Train on one batch; override it for training of your own kind.

        `data` is `x`, `(x, y)` or `(x, y, sample_weight)`. Returns a dict of logs.
        """
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        with GradientTape() as tape:
            y_pred = self._predicted(x, training=True)
            loss = self._compute_loss(x, y, y_pred, sample_weight, training=True)
            self._track_loss(loss, x)
            scaled = loss if self.optimizer is None else self.optimizer.scale_loss(loss)
        weights = self.trainable_weights
        if weights:
            gradients = tape.gradient(scaled, weights)
            self.optimizer.apply_gradients(zip(gradients, weights))
        else:
            warnings.warn("The model does not have any trainable weights.", stacklevel=2)
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def test_step(self, data):
        """Evaluate one batch; returns a dict of logs."""
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred = self._predicted(x, training=False)
        self._track_loss(self._compute_loss(x, y, y_pred, sample_weight, training=False), x)
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def predict_step(self, data):
        """The outputs for one batch."""
        x, _, _ = unpack_x_y_sample_weight(data)
        return self._predicted(x, training=False)

    def _predicted(self, x, training):
        model: Any = self
        return model(x, training=training) if self._call_has_training_arg else model(x)

    def _track_loss(self, loss, x):
        tracker: Any = self._loss_tracker
        rows = shape(next(i for i in nest.flatten(x) if i is not None))[0]
        tracker.update_state(loss, sample_weight=rows)

    def make_train_function(self, force=False):
        """Make `self.train_function(iterator) -> logs`; `fit` calls it for every few batches."""
        if self.train_function is None or force:
            self.train_function = self._compiled(self.train_step)
        return self.train_function

    def make_test_function(self, force=False):
        """Make `self.test_function(iterator) -> logs`."""
        if self.test_function is None or force:
            self.test_function = self._compiled(self.test_step)
        return self.test_function

    def make_predict_function(self, force=False):
        """Make `self.predict_function(batches) -> outputs`, of a list of batches."""
        if self.predict_function is None or force:
            self.predict_function = Step(self.predict_step, self.run_eagerly, looped=False)
        return self.predict_function

    def _compiled(self, step):
        return Step(step, self.run_eagerly, self.steps_per_execution)


class _AllMetrics:
    """The metrics of a model as one object, `model.compiled_metrics`."""

    def __init__(self, model):
        self._model = model

    def update_state(self, y, y_pred, sample_weight=None):
        """Show a batch to all metrics; means, the loss's too, average the predictions."""
        warnings.warn(
            "`model.compiled_metrics()` is deprecated. Instead, update each of `model.metrics`.",
            stacklevel=2,
        )
        for metric in self._model.metrics:
            shown = (y_pred,) if isinstance(metric, metrics_module.Mean) else (y, y_pred)
            metric.update_state(*shown, sample_weight=sample_weight)


def _as_scalar(loss):
    return reduce_sum(loss if loss.dtype.is_floating else cast(loss, floatx()))
