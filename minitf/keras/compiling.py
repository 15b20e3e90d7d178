"""What `compile` is told about losses and metrics, matched with the outputs of a model.

A model may have one output, a list of them, a dict, or any structure; `CompileLoss` adds up the
losses of all outputs, `CompileMetrics` holds the metrics of each.
"""

import contextlib
import dataclasses
from typing import Any

from minitf import nest
from minitf.keras import losses as losses_module
from minitf.keras import metrics as metrics_module
from minitf.keras.naming import object_name
from minitf.ops.math import add_n, cast


def _kind_of_labels(y_true, y_pred):
    """What "accuracy" and "crossentropy" mean: "binary", "sparse_categorical", "categorical"."""
    if y_pred.shape[-1] == 1:
        return "binary"
    if len(y_true.shape) < len(y_pred.shape) or (y_true.shape[-1] == 1 and y_pred.shape[-1] > 1):
        return "sparse_categorical"
    return "categorical"


def resolve_loss(identifier, y_true, y_pred):
    """The `Loss` that a name, function or `Loss` stands for."""
    if str(identifier).lower() in ("crossentropy", "ce"):
        identifier_of_kind = f"{_kind_of_labels(y_true, y_pred)}_crossentropy"
        loss = getattr(losses_module, identifier_of_kind)
    else:
        loss = losses_module.get(identifier)
    if isinstance(loss, losses_module.Loss):
        return loss
    name = identifier if isinstance(identifier, str) else object_name(loss)
    return losses_module.LossFunctionWrapper(loss, name=name)


ACCURACIES = {
    "binary": "BinaryAccuracy",
    "sparse_categorical": "SparseCategoricalAccuracy",
    "categorical": "CategoricalAccuracy",
}


def resolve_metric(identifier, y_true, y_pred):
    """The `Metric` that a name, function or `Metric` stands for."""
    if identifier is None:
        raise ValueError("Expected metric, received `None`")
    if str(identifier).lower() in ("accuracy", "acc"):
        kind = ACCURACIES[_kind_of_labels(y_true, y_pred)]
        return getattr(metrics_module, kind)(name=str(identifier))
    metric: Any = metrics_module.get(identifier)
    name = identifier if isinstance(identifier, str) else object_name(metric)
    if not isinstance(metric, metrics_module.Metric):
        metric = metrics_module.MeanMetricWrapper(metric)
    metric.name = name
    return metric


def _stars(structure):
    return nest.map_structure(lambda _: "*", structure)


def _has(structure, key):
    if isinstance(structure, dict):
        return key in structure
    return isinstance(structure, list | tuple) and isinstance(key, int) and key < len(structure)


def _loss_name(path, names, default):
    """What the logs call the loss of the output at `path`; `names` are those of its tensors."""
    if not nest.is_nested(names):
        name = default if names is None else names
        if not path or isinstance(path[-1], int):
            path = (*path[:-1], name)
    elif not path:
        flat = list(names) if isinstance(names, dict) else nest.flatten(names)
        path = ("_".join(map(str, flat)),)
    return "/".join(map(str, path))


def _at(path, structure):
    for key in path:
        structure = structure[key]
    return structure


def by_output(values, y_pred, output_names):
    """`values` (labels, weights) with the structure of `y_pred`, or ValueError."""
    if isinstance(values, dict) and isinstance(y_pred, (list, tuple)):
        if output_names and set(output_names) == set(values):
            values = [values[name] for name in output_names]
    flat = nest.flatten(values)
    dicts = isinstance(values, dict) and isinstance(y_pred, dict)
    if len(flat) != len(nest.flatten(y_pred)) or (dicts and set(values) != set(y_pred)):
        raise ValueError(
            "y_true and y_pred have different structures.\n"
            f"y_true: {_stars(values)}\ny_pred: {_stars(y_pred)}\n"
        )
    return nest.pack_sequence_as(y_pred, flat)


@dataclasses.dataclass
class WeightedLoss:
    """A loss as the user has named it, with its weight: a leaf of a structure of losses."""

    loss: Any
    weight: Any


@dataclasses.dataclass
class OutputLoss:
    """The loss of one output: where the output is, its loss, weight, and name in the logs."""

    path: tuple
    loss: Any
    weight: Any
    name: str


class CompileLoss(losses_module.Loss):
    """The weighted sum of the losses of a model's outputs."""

    def __init__(self, loss, loss_weights=None, reduction="sum_over_batch_size",
                 output_names=None):  # fmt: skip
        if loss_weights and not isinstance(loss_weights, (list, tuple, dict, float)):
            raise ValueError(
                "Expected `loss_weights` argument to be a float (single output case) or a list, "
                "tuple, or dict (multiple output case). Received instead: "
                f"loss_weights={loss_weights} of type {type(loss_weights)}"
            )
        super().__init__(name="compile_loss", reduction=reduction)
        self._user_loss, self._user_loss_weights = loss, loss_weights
        self.output_names = output_names
        self.built = False
        self.metrics = []  # the mean loss of each output, where there are several

    @property
    def variables(self):
        """The variables of the metrics."""
        return [v for metric in self.metrics for v in metric.variables]

    def build(self, y_true, y_pred):
        """Match losses and weights with outputs; names that fit no output raise."""
        loss = self._weighted_losses(y_pred)
        if not nest.is_nested(loss):
            loss = nest.map_structure(lambda _: loss, y_pred)
        self._parts = []
        self._match(loss, y_true, y_pred, self._names(y_pred), ())
        self._structure = _stars(y_pred)
        if len(self._parts) > 1:
            self.metrics = [metrics_module.Mean(name=f"{p.name}_loss") for p in self._parts]
        self.built = True

    def _weighted_losses(self, y_pred):
        """The user's structure of losses, each with its weight; None stays None."""
        loss, weights = self._user_loss, self._user_loss_weights
        if self.output_names and isinstance(loss, dict) and not isinstance(y_pred, dict):
            if set(self.output_names) != set(loss):
                raise ValueError(
                    f"Expected keys {self.output_names} in loss dict, "
                    f"but found loss.keys()={list(loss)}"
                )
            loss = [loss[name] for name in self.output_names]
            if isinstance(weights, dict):
                weights = [weights[name] for name in self.output_names]
        losses = nest.flatten(loss)
        flat = [None] * len(losses) if weights is None else nest.flatten(weights)
        if len(losses) != len(flat):
            raise ValueError(
                f"`loss_weights` must match the number of losses, got {len(losses)} losses and "
                f"{len(flat)} weights."
            )
        pairs = [None if x is None else WeightedLoss(x, w) for x, w in zip(losses, flat)]
        return nest.pack_sequence_as(loss, pairs)

    def _names(self, y_pred):
        """The names of the outputs, in the structure of `y_pred`."""
        count, names = len(nest.flatten(y_pred)), self.output_names or ()
        return nest.pack_sequence_as(y_pred, names if len(names) == count else [None] * count)

    def _match(self, loss, y_true, y_pred, names, path):
        """Finds the labels and outputs of each loss in a structure of losses.

        Lists may hold a loss for each tensor of `y_pred`, whatever its structure; or several for
        all of `y_pred` each; else the structures are walked together.
        """
        if loss is None:
            return
        is_list = isinstance(loss, list | tuple)
        is_flat = is_list and not any(map(nest.is_nested, loss))
        if is_flat and len(loss) == len(nest.flatten(y_pred)):
            loss = nest.pack_sequence_as(y_pred, loss)
        elif is_list and not isinstance(y_pred, type(loss)):
            for one in loss:
                self._match(one, y_true, y_pred, names, path)
            return
        if isinstance(loss, WeightedLoss):
            resolved = resolve_loss(loss.loss, y_true, y_pred)
            name = _loss_name(path, names, resolved.name)
            self._parts.append(OutputLoss(path, resolved, loss.weight, name))
            return
        if not isinstance(loss, type(y_pred)):
            raise KeyError(
                f"The path: {path} in the `loss` argument, can't be found in the model's output "
                "(`y_pred`)."
            )
        for key, one in loss.items() if isinstance(loss, dict) else enumerate(loss):
            if one is None:
                continue
            if not (_has(y_true, key) and _has(y_pred, key)):
                raise KeyError(
                    f"The path: {(*path, key)} in the `loss` argument, can't be found in either "
                    "the model's output (`y_pred`) or in the labels (`y_true`)."
                )
            self._match(one, y_true[key], y_pred[key], names[key], (*path, key))

    def __call__(self, y_true, y_pred, sample_weight=None):
        return self.call(y_true, y_pred, sample_weight)

    def call(self, y_true, y_pred, sample_weight=None):
        """The total loss, a scalar; None when no output has one."""
        y_true = by_output(self._fill_gaps(y_true, y_pred), y_pred, self.output_names)
        if not self.built:
            self.build(y_true, y_pred)
        elif isinstance(y_pred, dict) != isinstance(self._structure, dict):
            y_true, y_pred = (
                nest.pack_sequence_as(self._structure, nest.flatten(y)) for y in (y_true, y_pred)
            )
        several = nest.is_nested(y_pred)  # of two losses for one output, Keras takes the first
        values = []
        for i, part in enumerate(self._parts if several else self._parts[:1]):
            label, output = _at(part.path, y_true), _at(part.path, y_pred)
            weight = sample_weight
            if sample_weight is not None and nest.is_nested(sample_weight) and part.path:
                weight = _at(part.path, by_output(sample_weight, y_pred, self.output_names))
            value = cast(part.loss(label, output, weight), self.dtype)
            if self.metrics and several:  # The mean over batches, where their size is not known.
                count = nest.flatten(output)[0].shape[0]
                self.metrics[i].update_state(value, sample_weight=count)
            values.append(value if part.weight is None else value * part.weight)
        if len(values) > 1:
            return add_n(values)
        return values[0] if values else None

    def _fill_gaps(self, y_true, y_pred):
        """Labels, with None for the outputs whose loss is None where no label was given."""
        if isinstance(y_true, dict) and isinstance(y_pred, dict):
            wanted = self._user_loss if isinstance(self._user_loss, dict) else y_pred
            if not (set(y_pred) - set(y_true)) & set(wanted):
                return {name: y_true.get(name) for name in y_pred}
        flat, losses = nest.flatten(y_true), nest.flatten(self._user_loss)
        wanted = [loss is not None for loss in losses]
        outputs = nest.flatten(y_pred)
        if len(flat) == len(outputs) or len(losses) != len(outputs) or sum(wanted) != len(flat):
            return y_true
        labels = iter(flat)
        return [next(labels) if want else None for want in wanted]


@dataclasses.dataclass
class OutputMetrics:
    """The metrics of one output, and the prefix of their names in the logs."""

    output_name: str | None
    metrics: list


class CompileMetrics(metrics_module.Metric):
    """All metrics given to `compile`, each beside the output that it measures."""

    def __init__(self, metrics, weighted_metrics, name="compile_metric", output_names=None):
        super().__init__(name=name)
        for argument, value in (("metrics", metrics), ("weighted_metrics", weighted_metrics)):
            if value and not isinstance(value, (list, tuple, dict)):
                raise ValueError(
                    f"Expected `{argument}` argument to be a list, tuple, or dict. "
                    f"Received instead: {argument}={value} of type {type(value)}"
                )
        self._user_metrics, self._user_weighted_metrics = metrics, weighted_metrics
        self.built = False
        self.name = "compile_metrics"
        self.output_names = output_names
        self._plain: list[OutputMetrics] = []
        self._weighted: list[OutputMetrics] = []

    @property
    def metrics(self):
        """The metrics themselves, once the first batch has told how many outputs there are."""
        return [m for group in self._plain + self._weighted for m in group.metrics]

    @property
    def variables(self):
        """The variables of all metrics."""
        return [v for metric in self.metrics for v in metric.variables]

    def build(self, y_true, y_pred):
        """Match metrics with outputs; metrics that fit no output raise ValueError."""
        names = self._names(y_pred)
        flat_true, flat_pred = self._flatten(y_true), self._flatten(y_pred)
        groups = []
        for argument in ("metrics", "weighted_metrics"):
            chosen = getattr(self, f"_user_{argument}")
            per_output = self._per_output(chosen, y_pred, names, argument)
            groups.append([
                OutputMetrics(
                    name if len(flat_pred) > 1 else None,
                    [resolve_metric(m, true, pred) for m in nest.flatten(chosen)]
                    if chosen is not None else [],
                )
                for chosen, true, pred, name in zip(per_output, flat_true, flat_pred, names)
            ])  # fmt: skip
        self._plain, self._weighted = groups
        self.built = True

    def _names(self, y_pred):
        """The name of each output: of a dict the keys, in the model's order if it has them."""
        count = len(nest.flatten(y_pred))
        self._keys = None
        if isinstance(y_pred, dict) and len(y_pred) == count:
            known = self.output_names and set(self.output_names) == set(y_pred)
            self._keys = list(self.output_names or ()) if known else sorted(y_pred)
        return self._keys or self.output_names or [None] * count

    def _flatten(self, structure):
        """The leaves of labels, outputs or weights, in the order of the names."""
        if self._keys and isinstance(structure, dict):
            return [structure[key] for key in self._keys]
        return nest.flatten(structure)

    def _per_output(self, metrics, y_pred, names, argument):
        if not metrics:
            return [None] * len(names)
        if len(names) == 1:
            return [nest.flatten(metrics)]
        if isinstance(metrics, (list, tuple)) and len(metrics) == len(names):
            return metrics
        if isinstance(metrics, dict) and set(metrics) <= set(names):
            return [metrics.get(name) for name in names]
        with contextlib.suppress(ValueError, TypeError):
            return nest.flatten_up_to(nest.list_to_tuple(y_pred), nest.list_to_tuple(metrics))
        raise ValueError(
            f"Invalid `{argument}`. `{argument}` should contain metrics objects and either be a "
            f"dict or a list matching the output names of the functional model {names} or match "
            f"the output structure of the model.\nReceived: {argument}={metrics}"
        )

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Show every metric its output; `sample_weight` is for the weighted ones."""
        y_true = by_output(y_true, y_pred, self.output_names)
        if not self.built:
            self.build(y_true, y_pred)
        y_true, y_pred = self._flatten(y_true), self._flatten(y_pred)
        weights = [None] if sample_weight is None else self._flatten(sample_weight)
        if len(weights) < len(y_true):
            weights = weights[:1] * len(y_true)
        for plain, weighted, true, pred, weight in zip(
            self._plain, self._weighted, y_true, y_pred, weights
        ):
            for metric in plain.metrics:
                metric.update_state(true, pred)
            for metric in weighted.metrics:
                metric.update_state(true, pred, weight)

    def reset_state(self):
        """Start all metrics anew."""
        for metric in self.metrics:
            metric.reset_state()

    def result(self):
        """A dict of results; a name met again is numbered, or prefixed `weighted_`."""
        if not self.built:
            raise ValueError("Cannot get result() since the metric has not yet been built.")
        results, met = {}, {}
        for groups, again in ((self._plain, ""), (self._weighted, "weighted_")):
            for group in groups:
                prefix = f"{group.output_name}_" if group.output_name else ""
                for metric in group.metrics:
                    name = prefix + metric.name
                    if name in met and again:
                        name = prefix + again + metric.name
                    met[name] = met.get(name, -1) + 1
                    results[f"{name}_{met[name]}" if met[name] else name] = metric.result()
        return results
