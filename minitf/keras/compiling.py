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
class OutputLoss:
    """The loss of one output: where the output is, its loss, weight, and name in the logs."""

    path: tuple
    loss: Any
    weight: Any
    name: str | None


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
        weights = self._user_loss_weights
        if weights is not None and nest.is_nested(self._user_loss):
            flat = nest.flatten(weights)
            if len(flat) != len(nest.flatten(self._user_loss)):
                raise ValueError(
                    "`loss_weights` must match the number of losses, got "
                    f"{len(nest.flatten(self._user_loss))} losses and {len(flat)} weights."
                )
            weights = nest.pack_sequence_as(self._user_loss, flat)
        names = self.output_names or [None] * len(nest.flatten(y_pred))
        named = nest.pack_sequence_as(y_pred, names[: len(nest.flatten(y_pred))])
        self._parts = self._match(self._user_loss, weights, y_true, y_pred, named, ())
        self._structure = _stars(y_pred)
        if len(self._parts) > 1:
            self.metrics = [metrics_module.Mean(name=f"{p.name}_loss") for p in self._parts]
        self.built = True

    def _match(self, loss, weights, y_true, y_pred, names, path):
        if not nest.is_nested(loss):
            if loss is None:
                return []
            if nest.is_nested(y_pred):
                keys = y_pred.keys() if isinstance(y_pred, dict) else range(len(y_pred))
                loss = {key: loss for key in keys}
                return self._match_each(loss, weights, y_true, y_pred, names, path)
            resolved = resolve_loss(loss, y_true, y_pred)
            name = path[-1] if path and isinstance(path[-1], str) else names or resolved.name
            name = "/".join(map(str, (*path[:-1], name)))
            return [OutputLoss(path, resolved, weights, name)]
        if not nest.is_nested(y_pred):
            return self._match_one(loss, weights, y_true, y_pred, names, path)
        if isinstance(loss, dict) and not isinstance(y_pred, dict):
            self._check_names(loss, path)
            loss = [loss[name] for name in names]
            weights = [weights[name] for name in names] if isinstance(weights, dict) else weights
        elif isinstance(loss, (list, tuple)) and isinstance(y_pred, dict):
            order = self.output_names if set(names.values()) == set(y_pred) else sorted(y_pred)
            if len(loss) != len(y_pred):
                raise KeyError(
                    f"The path: {path} in the `loss` argument, can't be found in the model's "
                    "output (`y_pred`)."
                )
            loss = dict(zip(order, loss))
            weights = dict(zip(order, weights)) if weights is not None else None
        items = loss if isinstance(loss, dict) else dict(enumerate(loss))
        return self._match_each(items, weights, y_true, y_pred, names, path)

    def _match_one(self, loss, weights, y_true, y_pred, names, path):
        """Several losses, or one in a list or dict, for a single output."""
        if isinstance(loss, dict):
            self._check_names(loss, path)
            loss = list(loss.values())
            weights = nest.flatten(weights) if weights is not None else None
        weights = weights if weights is not None else [None] * len(loss)
        return [part for one, weight in zip(loss, weights)
                for part in self._match(one, weight, y_true, y_pred, names, path)]  # fmt: skip

    def _match_each(self, losses, weights, y_true, y_pred, names, path):
        parts = []
        for key, loss in losses.items():
            if loss is None:
                continue
            present = key in y_pred if isinstance(y_pred, dict) else key < len(y_pred)
            if not present:
                raise KeyError(
                    f"The path: {(*path, key)} in the `loss` argument, can't be found in either "
                    "the model's output (`y_pred`) or in the labels (`y_true`)."
                )
            weight = weights[key] if nest.is_nested(weights) else weights
            parts += self._match(loss, weight, y_true[key], y_pred[key], names[key], (*path, key))
        return parts

    def _check_names(self, loss, path):
        if path:
            raise KeyError(
                f"The path: {path} in the `loss` argument, can't be found in the model's output "
                "(`y_pred`)."
            )
        if set(self.output_names or ()) != set(loss):
            raise ValueError(
                f"Expected keys {self.output_names} in loss dict, "
                f"but found loss.keys()={list(loss)}"
            )

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
                self.metrics[i].update_state(value, sample_weight=output.shape[0])
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
