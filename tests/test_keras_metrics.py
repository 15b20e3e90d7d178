"""Metrics: values over batches, weights, state, compiled, identifiers, users' own, errors."""

import re

import numpy as np
import pytest

RNG = np.random.default_rng(7)
BITS = RNG.integers(0, 2, (8,)).astype("float32")
SCORES = RNG.random(8).astype("float32")
LABELS = RNG.integers(0, 3, (6,)).astype("int32")
ONE_HOT = np.eye(3, dtype="float32")[LABELS]
PROB = RNG.random((6, 3)).astype("float32")
PROB /= PROB.sum(-1, keepdims=True)
MANY_HOT = RNG.integers(0, 2, (6, 3)).astype("float32")
X = RNG.normal(size=(6, 2)).astype("float32")
Y = RNG.normal(size=(6, 2)).astype("float32")
CLASSES = RNG.integers(0, 3, (6,)).astype("int32")

# name: constructor, labels, predictions
METRICS = {
    "Accuracy": ("Accuracy()", LABELS, CLASSES),
    "BinaryAccuracy": ("BinaryAccuracy()", MANY_HOT, PROB),
    "BinaryAccuracy threshold": ("BinaryAccuracy(threshold=0.3)", BITS, SCORES),
    "CategoricalAccuracy": ("CategoricalAccuracy()", ONE_HOT, PROB),
    "SparseCategoricalAccuracy": ("SparseCategoricalAccuracy()", LABELS, PROB),
    "SparseCategoricalAccuracy column": ("SparseCategoricalAccuracy()", LABELS[:, None], PROB),
    "TopKCategoricalAccuracy": ("TopKCategoricalAccuracy(k=2)", ONE_HOT, PROB),
    "SparseTopKCategoricalAccuracy": ("SparseTopKCategoricalAccuracy(k=2)", LABELS, PROB),
    "MeanSquaredError": ("MeanSquaredError()", Y, X),
    "RootMeanSquaredError": ("RootMeanSquaredError()", Y, X),
    "MeanAbsoluteError": ("MeanAbsoluteError()", Y, X),
    "MeanAbsolutePercentageError": ("MeanAbsolutePercentageError()", Y, X),
    "MeanSquaredLogarithmicError": ("MeanSquaredLogarithmicError()", MANY_HOT, PROB),
    "CosineSimilarity": ("CosineSimilarity(axis=1)", Y, X),
    "LogCoshError": ("LogCoshError()", Y, X),
    "PearsonCorrelation": ("PearsonCorrelation()", MANY_HOT + PROB, PROB),
    "ConcordanceCorrelation": ("ConcordanceCorrelation()", MANY_HOT + PROB, PROB),
    "R2Score": ("R2Score()", Y, X),
    "R2Score each": ("R2Score(class_aggregation=None)", Y, X),
    "R2Score by variance": ("R2Score(class_aggregation='variance_weighted_average')", Y, X),
    "R2Score adjusted": ("R2Score(num_regressors=2)", Y, X),
    "Hinge": ("Hinge()", MANY_HOT, PROB),
    "SquaredHinge": ("SquaredHinge()", MANY_HOT, PROB),
    "CategoricalHinge": ("CategoricalHinge()", ONE_HOT, PROB),
    "KLDivergence": ("KLDivergence()", ONE_HOT, PROB),
    "Poisson": ("Poisson()", MANY_HOT, PROB),
    "BinaryCrossentropy": ("BinaryCrossentropy(label_smoothing=0.1)", MANY_HOT, PROB),
    "CategoricalCrossentropy": ("CategoricalCrossentropy(from_logits=True)", ONE_HOT, PROB),
    "SparseCategoricalCrossentropy": ("SparseCategoricalCrossentropy()", LABELS, PROB),
    "MeanMetricWrapper": ("MeanMetricWrapper(tf.keras.losses.huber, name='w', delta=0.5)", Y, X),
    "Precision": ("Precision()", BITS, SCORES),
    "Precision thresholds": ("Precision(thresholds=[0.2, 0.7])", BITS, SCORES),
    "Precision even": ("Precision(thresholds=[0.0, 0.5, 1.0])", BITS, SCORES),
    "Precision top k": ("Precision(top_k=2)", MANY_HOT, PROB),
    "Precision class": ("Precision(class_id=1)", MANY_HOT, PROB),
    "Precision top class": ("Precision(top_k=1, class_id=1)", MANY_HOT, PROB),
    "Recall": ("Recall()", BITS, SCORES),
    "Recall column": ("Recall()", BITS[:, None], SCORES[:, None]),
    "Recall top k": ("Recall(top_k=2)", MANY_HOT, PROB),
    "TruePositives": ("TruePositives()", BITS, SCORES),
    "TrueNegatives": ("TrueNegatives()", BITS, SCORES),
    "FalsePositives": ("FalsePositives(thresholds=[0.1, 0.9])", BITS, SCORES),
    "FalseNegatives": ("FalseNegatives()", BITS, SCORES),
    "SensitivityAtSpecificity": ("SensitivityAtSpecificity(0.5)", BITS, SCORES),
    "SpecificityAtSensitivity": ("SpecificityAtSensitivity(0.5)", BITS, SCORES),
    "PrecisionAtRecall": ("PrecisionAtRecall(0.6, num_thresholds=20)", BITS, SCORES),
    "RecallAtPrecision": ("RecallAtPrecision(0.6)", BITS, SCORES),
    "AUC": ("AUC()", BITS, SCORES),
    "AUC PR": ("AUC(curve='PR')", BITS, SCORES),
    "AUC PR majoring": ("AUC(curve='PR', summation_method='majoring')", BITS, SCORES),
    "AUC minoring": ("AUC(summation_method='minoring', num_thresholds=10)", BITS, SCORES),
    "AUC gain": ("AUC(curve='PRGAIN', num_thresholds=10)", BITS, SCORES),
    "AUC thresholds": ("AUC(thresholds=[0.1, 0.4, 0.45])", BITS, SCORES),
    "AUC logits": ("AUC(from_logits=True)", BITS, SCORES * 4 - 2),
    "AUC labels": ("AUC(multi_label=True, num_thresholds=20)", MANY_HOT, PROB),
    "AUC label weights": (
        "AUC(multi_label=True, num_labels=3, label_weights=[1., 2., 3.])", MANY_HOT, PROB),
    "F1Score": ("F1Score()", MANY_HOT, PROB),
    "F1Score threshold": ("F1Score(threshold=0.3)", MANY_HOT, PROB),
    "F1Score micro": ("F1Score(average='micro', threshold=0.3)", MANY_HOT, PROB),
    "F1Score macro": ("F1Score(average='macro')", ONE_HOT, PROB),
    "FBetaScore weighted": ("FBetaScore(average='weighted', beta=2.0)", ONE_HOT, PROB),
    "IoU": ("IoU(num_classes=3, target_class_ids=[0, 2])", LABELS, CLASSES),
    "MeanIoU": ("MeanIoU(num_classes=3)", LABELS, CLASSES),
    "MeanIoU ignored": ("MeanIoU(num_classes=3, ignore_class=1)", LABELS, CLASSES),
    "MeanIoU scores": ("MeanIoU(num_classes=3, sparse_y_pred=False)", LABELS, PROB),
    "BinaryIoU": ("BinaryIoU(target_class_ids=[1], threshold=0.4)", BITS, SCORES),
    "OneHotIoU": ("OneHotIoU(num_classes=3, target_class_ids=[1])", ONE_HOT, PROB),
    "OneHotMeanIoU": ("OneHotMeanIoU(num_classes=3)", ONE_HOT, PROB),
}  # fmt: skip


def plain(value):
    return np.asarray(value).tolist() if isinstance(value, list) else value


def values_of(metric):
    return [(v.path, v.dtype, v.numpy()) for v in metric.variables]


@pytest.mark.parametrize("case", METRICS)
def test_metric(tf, answer, case):
    constructor, y, p = METRICS[case]
    metric = eval(f"tf.keras.metrics.{constructor}", {"tf": tf})
    config, left_out = metric.get_config(), ("name", "label_weights")
    name = re.sub(r"_\d+$", "", metric.name)  # without the counter of objects
    answer("name", (name, metric.dtype))
    if "Wrapper" in constructor:
        answer("config", sorted(config))
    else:
        answer("config", {k: plain(config[k]) for k in sorted(config) if k not in left_out})
        assert type(metric).from_config(config).name == metric.name
    if getattr(metric, "_built", True):
        answer("before", tf.identity(metric.result()))
    metric.update_state(y[:4], p[:4])
    answer("first", tf.identity(metric.result()))
    metric.update_state(y[4:], p[4:])
    answer("both", tf.identity(metric.result()))
    state = values_of(metric)
    answer("state", [(path.split("/")[-1], dtype, value) for path, dtype, value in state])
    metric.reset_state()
    answer("reset", tf.identity(metric.result()))
    weight = np.array([1, 2, 0, 1, 3, 1, 1, 1][: len(y)], "int32" if "IoU" in case else "float32")
    metric.update_state(y, p, sample_weight=weight)
    answer("weighted", tf.identity(metric.result()))
    metric.reset_state()

    @tf.function
    def step(y, p):
        metric.update_state(y, p)
        return metric.result()

    if "adjusted" not in case:
        answer("compiled", step(tf.constant(y), tf.constant(p)))
        answer("compiled again", step(tf.constant(y), tf.constant(p)))


CASES = {
    "mean of scalar": "M.Mean()(4.0)",
    "mean of matrix": "M.Mean()([[1., 2.], [3., 5.]])",
    "mean weighted": "M.Mean()([[1., 2.], [3., 5.]], [1., 3.])",
    "mean of integers": "M.Mean()([1, 2])",
    "mean float64": "M.Mean(dtype='float64')([1., 2.])",
    "sum weighted": "M.Sum()([1., 2., 3.], sample_weight=[1., 0., 2.])",
    "binary_accuracy": "M.binary_accuracy([[1], [0]], [[0.7], [0.7]])",
    "binary_accuracy threshold": "M.binary_accuracy([[1., 0.]], [[0.7, 0.7]], threshold=0.8)",
    "categorical_accuracy": "M.categorical_accuracy(ONE_HOT, PROB)",
    "sparse_categorical_accuracy": "M.sparse_categorical_accuracy(LABELS[:, None], PROB)",
    "sparse sequence": "M.sparse_categorical_accuracy(LABELS.reshape(2, 3), PROB.reshape(2, 3, 3))",
    "top_k": "M.top_k_categorical_accuracy(ONE_HOT, PROB, k=1)",
    "sparse_top_k": "M.sparse_top_k_categorical_accuracy(LABELS.reshape(2, 3), PROB.reshape(2, 3, 3), k=2)",
    "pearson": "M.pearson_correlation([[0., 1., 0.5], [1., 1., 0.2]], [[0.1, 0.9, 0.5], [1., 0.9, 0.2]])",
    "concordance": "M.concordance_correlation([[0., 1., 0.5]], [[0.1, 0.9, 0.5]])",
    "mse": "M.mse([[0., 1.]], [[1., 3.]])",
    "get": "repr(M.get('mse'))",
    "get accuracy": "M.get('BinaryAccuracy').get_config()",
    "get auc": "M.get({'class_name': 'AUC', 'config': {'num_thresholds': 5}}).num_thresholds",
    "get f1": "M.get('f1_score').name",
    "get none": "M.get(None)",
    "get function": "M.get(len)('abc')",
    "serialize": "M.serialize(M.Precision(thresholds=0.3, name='p'))",
    "deserialize": "M.deserialize(M.serialize(M.Recall(top_k=2))).top_k",
    "auc thresholds": "plain(M.AUC(num_thresholds=3).thresholds)",
    "auc lower": "M.AUC(curve='pr', name='a').get_config()",
    "variables": "[v.path for v in M.AUC(name='a').variables]",
    "nested": "[v.path for v in M.MeanMetricWrapper(len, name='m').variables]",
    "pure": "[float(v) for v in M.Mean().stateless_update_state([tf.constant(1.), tf.constant(2.)], 3.)]",
    "pure result": "M.Mean().stateless_result([tf.constant(1.), tf.constant(2.)])",
    "call": "M.MeanSquaredError()([[0.], [1.]], [[1.], [1.]], [1., 0.])",
    "masked": "masked(M.MeanSquaredError())",
    "direction": "[M.Accuracy()._direction, M.MeanSquaredError()._direction, M.AUC()._direction]",
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_case(tf, answer, case):
    def masked(metric):
        x = tf.constant([[1.0], [5.0]])
        x._keras_mask = tf.constant([True, False])
        return metric(tf.zeros([2, 1]), x)

    names = {**globals(), "tf": tf, "M": tf.keras.metrics, "masked": masked}
    answer("value", eval(CASES[case], names))


ERRORS = {
    "name": ("M.get('foo')", ["Could not interpret metric identifier", "foo"]),
    "number": ("M.get(3)", ["Could not interpret metric identifier"]),
    "threshold": ("M.Precision(thresholds=2.0)", ["Threshold values must be in [0, 1]"]),
    "class": ("M.Precision(class_id=1)([0., 1.], [0., 1.])", ["class_id", "2D"]),
    "curve": ("M.AUC(curve='foo')", ["foo"]),
    "summation": ("M.AUC(summation_method='foo')", ["foo"]),
    "thresholds": ("M.AUC(num_thresholds=1)", ["num_thresholds"]),
    "labels": ("M.AUC(num_labels=2)", ["multi_label"]),
    "target": ("M.IoU(2, [2])", ["out of range"]),
    "average": ("M.F1Score(average='foo')", ["average"]),
    "beta": ("M.FBetaScore(beta=1)", ["beta"]),
    "beta sign": ("M.FBetaScore(beta=-1.0)", ["beta"]),
    "score threshold": ("M.F1Score(threshold=2.0)", ["threshold"]),
    "score rank": ("M.F1Score()([1.], [1.])", ["2D inputs"]),
    "r2 rank": ("M.R2Score()([1.], [1.])", ["2D inputs"]),
    "aggregation": ("M.R2Score(class_aggregation='foo')", ["class_aggregation"]),
    "specificity": ("M.SensitivityAtSpecificity(2.0)", ["specificity", "[0, 1]"]),
    "base": ("M.Metric().result()", []),
    "update": ("M.Metric().update_state(1.)", []),
    "state": ("M.Mean().stateless_result([1.])", ["metric_variables"]),
}


@pytest.mark.parametrize("case", ERRORS)
def test_error(tf, answer, case):
    expression, keywords = ERRORS[case]
    names = {"tf": tf, "M": tf.keras.metrics}
    answer.raises("error", lambda: eval(expression, names), keywords)


def test_own_metric(tf, answer):
    class Bias(tf.keras.metrics.Metric):
        def __init__(self, name="bias", **kwargs):
            super().__init__(name=name, **kwargs)
            self.total = self.add_weight(name="total", initializer="zeros")
            self.count = self.add_variable((2,), "ones", name="count")
            self.inner = tf.keras.metrics.Mean()

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.total.assign_add(tf.reduce_sum(y_pred - y_true))
            self.count.assign(self.count + 1)
            self.inner.update_state(y_pred)

        def result(self):
            return {"bias": self.total / self.count[0], "mean": self.inner.result()}

    metric = Bias()
    metric.update_state(tf.constant([1.0, 2.0]), tf.constant([2.0, 2.5]))
    answer("result", metric.result())
    answer("variables", [(v.path.split("/")[-1], v.shape.as_list()) for v in metric.variables])
    traced = tf.function(lambda y, p: metric(y, p))
    answer("traced", traced(tf.constant([1.0, 2.0]), tf.constant([2.0, 2.5])))
    metric.reset_state()
    answer("reset", [v.numpy() for v in metric.variables])
    answer("repr", repr(metric))


def test_no_super(tf, answer):
    class Forgetful(tf.keras.metrics.Metric):
        def __init__(self):
            self.total = self.add_weight(name="total")

    answer.raises("error", Forgetful, ["super().__init__()"])
