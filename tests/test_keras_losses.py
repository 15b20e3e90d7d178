"""Losses: functions and classes, reductions, weights, masks, gradients, identifiers, errors."""

import numpy as np
import pytest

Y = [[0.0, 1.0, 0.5], [0.2, -0.3, 1.0]]
P = [[0.1, 0.7, 0.2], [0.9, -0.05, 0.05]]
PROB = [[0.1, 0.7, 0.2], [0.6, 0.05, 0.35], [0.2, 0.2, 0.6]]
ONE_HOT = [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
LABELS = [1, 0, 1]
BITS = [[0.0, 1.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]

# class, its arguments, labels, predictions
CLASSES = {
    "MeanSquaredError": ({}, Y, P),
    "MeanAbsoluteError": ({}, Y, P),
    "MeanAbsolutePercentageError": ({}, Y, P),
    "MeanSquaredLogarithmicError": ({}, Y, P),
    "Huber": ({"delta": 0.5}, Y, P),
    "LogCosh": ({}, Y, P),
    "CosineSimilarity": ({}, Y, P),
    "Hinge": ({}, BITS, PROB),
    "SquaredHinge": ({}, BITS, PROB),
    "CategoricalHinge": ({}, ONE_HOT, PROB),
    "KLDivergence": ({}, ONE_HOT, PROB),
    "Poisson": ({}, BITS, PROB),
    "BinaryCrossentropy": ({"label_smoothing": 0.1}, BITS, PROB),
    "BinaryFocalCrossentropy": ({"apply_class_balancing": True}, BITS, PROB),
    "CategoricalCrossentropy": ({"label_smoothing": 0.1}, ONE_HOT, PROB),
    "CategoricalFocalCrossentropy": ({"gamma": 1.5}, ONE_HOT, PROB),
    "SparseCategoricalCrossentropy": ({}, LABELS, PROB),
    "CategoricalGeneralizedCrossEntropy": ({"q": 0.7}, LABELS, PROB),
    "Dice": ({}, BITS, PROB),
    "Tversky": ({"alpha": 0.3, "beta": 0.7, "axis": 1}, BITS, PROB),
    "Circle": ({}, LABELS, PROB),
}
LOGITS = {
    "BinaryCrossentropy": BITS,
    "BinaryFocalCrossentropy": BITS,
    "CategoricalCrossentropy": ONE_HOT,
    "CategoricalFocalCrossentropy": ONE_HOT,
    "SparseCategoricalCrossentropy": LABELS,
}


def ready(y, p):
    return np.array(y, "int32" if y is LABELS else "float32"), np.array(p, "float32")


@pytest.mark.parametrize("name", CLASSES)
def test_class(tf, answer, name):
    arguments, y, p = CLASSES[name]
    y, p = ready(y, p)
    cls = getattr(tf.keras.losses, name)
    loss = cls(**arguments)
    answer("value", loss(y, p))
    answer("config", {k: v for k, v in loss.get_config().items() if v is not None})
    answer("each", cls(reduction="none", **arguments)(y, p))
    answer("sum", cls(reduction="sum", **arguments)(y, p))
    if name not in ("Dice", "Tversky", "Circle"):
        weight = [0.5, 2.0, 0.0][: len(y)]
        answer("weighted", loss(y, p, sample_weight=np.array(weight)))
        mean = cls(reduction="mean_with_sample_weight", **arguments)
        answer("mean weighted", mean(y, p, sample_weight=np.array(weight)))
    x = tf.constant(p)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = loss(y, x)
    answer("gradient", tape.gradient(value, x), rtol=1e-4)
    answer("compiled", tf.function(loss)(y, x))
    again = cls.from_config(loss.get_config())
    answer("again", (again.name, again.reduction))


@pytest.mark.parametrize("name", LOGITS)
def test_logits(tf, answer, name):
    y, logits = ready(LOGITS[name], [[-3.0, 2.0, 0.5], [30.0, -30.0, 0.0], [1.0, 1.0, -90.0]])
    answer("value", getattr(tf.keras.losses, name)(from_logits=True)(y, logits))
    # The logits behind a Keras activation are found; those behind another function are not.
    activation = "sigmoid" if name.startswith("Binary") else "softmax"
    loss = getattr(tf.keras.losses, name)(reduction="none")
    answer("behind keras", loss(y, getattr(tf.keras.activations, activation)(logits)))
    answer("behind tf", loss(y, getattr(tf.math, activation)(logits)), rtol=1e-4)
    traced = tf.function(lambda x: loss(y, getattr(tf.math, activation)(x)))
    answer("traced", traced(tf.constant(logits)))


FUNCTIONS = {
    "mse": "L.MSE([[0, 1]], [[1, 3]])",
    "mse of ranks": "L.MSE([1., 2.], [[2.], [4.]])",
    "mae of vectors": "L.MAE([1., 2.], [2., 4.])",
    "mse of float64": "L.MSE(np.ones((2, 2)), np.zeros((2, 2)))",
    "mape of zeros": "L.mape([[0., 1.]], [[1., 1.]])",
    "msle": "L.MSLE([[-1., 3.]], [[2., -5.]])",
    "huber": "L.huber([[0., 5.]], [[0.5, 1.]], delta=2.0)",
    "cosine of axis": "L.cosine_similarity([[1., 2.], [3., 4.]], [[1., 0.], [0., 1.]], axis=0)",
    "cosine of zeros": "L.cosine_similarity([[0., 0.]], [[1., 0.]])",
    "hinge of signs": "L.hinge([[-1., 1.]], [[0.5, 0.5]])",
    "kld of integers": "L.kld([[0, 1]], [[0.4, 0.6]])",
    "bce": "L.binary_crossentropy([[0, 1]], [[0.0, 1.0]])",
    "bce axis": "L.binary_crossentropy([[0., 1.]], [[0.2, 0.6]], axis=0)",
    "bce smoothed": "L.binary_crossentropy([[0., 1.]], [[-2., 3.]], True, 0.2)",
    "cce axis": "L.categorical_crossentropy([[1.], [0.]], [[0.2], [0.6]], axis=0)",
    "cce of sums": "L.categorical_crossentropy([[0., 1.]], [[2., 6.]])",
    "scce": "L.sparse_categorical_crossentropy(tf.constant([[1], [0]]), tf.constant(PROB[:2]))",
    "scce of sequences": "L.sparse_categorical_crossentropy(tf.constant([[1, 0]]), tf.constant([PROB[:2]]))",
    "scce ignored": "L.sparse_categorical_crossentropy(tf.constant([1, -1, 2]), tf.constant(PROB), ignore_class=-1)",
    "focal": "L.binary_focal_crossentropy([[0., 1.]], [[0.2, 0.6]], gamma=3.0)",
    "focal alpha": "L.categorical_focal_crossentropy([[0., 1.]], [[0.2, 0.6]], alpha=[0.3, 0.4])",
    "dice": "L.dice([[0., 1.]], [[0.2, 0.6]], axis=1)",
    "poisson": "L.poisson([[0., 1.]], [[0.0, 0.6]])",
    "half": "L.MSE(tf.ones([2], 'float16'), tf.zeros([2], 'float16'))",
    "class of lists": "L.MeanSquaredError()([0., 1.], [1., 1.])",
    "class of columns": "L.BinaryCrossentropy()(np.array([0, 1, 1]), np.array([[0.2], [0.6], [0.9]]))",
    "class of float64": "L.MeanSquaredError(dtype='float64')([[0., 1.]], [[1., 1.]])",
    "weights of matrices": "L.MeanSquaredError()(np.zeros((2, 3, 1)), np.ones((2, 3, 1)), np.array([[1., 0., 1.], [0., 0., 2.]]))",
    "scalar weight": "L.MeanSquaredError()(np.zeros((2, 1)), np.ones((2, 1)), 3.0)",
    "no examples": "L.MeanSquaredError()(np.zeros((0, 1)), np.ones((0, 1)))",
    "class ignored": "L.SparseCategoricalCrossentropy(ignore_class=2)(np.array([1, 0, 2]), np.array(PROB))",
    "get": "L.get('mse')([[0., 1.]], [[1., 1.]])",
    "get class": "L.get('Huber').get_config()",
    "get config": "L.get({'class_name': 'BinaryCrossentropy', 'config': {'from_logits': True}}).from_logits",
    "get none": "L.get(None)",
    "serialize": "L.serialize(L.Huber())",
    "serialize function": "L.serialize(L.MSE)",
    "deserialize": "L.deserialize(L.serialize(L.CosineSimilarity(name='c'))).name",
    "repr": "repr(L.MeanSquaredError()).split(' at')[0]",
    "ctc": "L.CTC(reduction='none')(np.array([[1, 2, 0], [2, 2, 1]]), np.linspace(-1., 2., 36).reshape(2, 6, 3))",
    "reduction": "(L.Reduction.SUM, L.Reduction.all())",
    "dtype": "(L.MeanSquaredError().dtype, L.MeanSquaredError(dtype='float16').dtype)",
}  # fmt: skip


@pytest.mark.parametrize("case", FUNCTIONS)
def test_function(tf, answer, case):
    names = {"tf": tf, "L": tf.keras.losses, "np": np, "PROB": PROB}
    answer("value", eval(FUNCTIONS[case], names))


ERRORS = {
    "reduction": ("L.MeanSquaredError(reduction='foo')", ["reduction", "foo"]),
    "name": ("L.get('foo')", ["Could not interpret loss identifier", "foo"]),
    "number": ("L.get(3)", ["Could not interpret loss identifier"]),
    "ranks": ("L.binary_crossentropy([1, 0], [[.5], [.6]])", ["same rank", "(2,)", "(2, 1)"]),
    "shapes": ("L.categorical_crossentropy([[0, 1.]], [[.1, .4, .5]])", ["same shape"]),
    "axis": ("L.categorical_crossentropy([[1., 0]], [[.5, .5]], axis=True)", ["axis"]),
    "sparse axis": (
        "L.sparse_categorical_crossentropy(tf.constant([1]), tf.constant([[.5, .5]]), axis=0)",
        ["axis=-1"],
    ),
    "sparse ranks": (
        "L.sparse_categorical_crossentropy(tf.constant([[1, 0]]), tf.constant([[.5, .5]]))",
        ["rank"],
    ),
    "sparse shapes": (
        "L.sparse_categorical_crossentropy(tf.constant([1, 0]), tf.constant([[.5, .5]]))",
        ["same shape"],
    ),
    "ctc": ("L.ctc(np.ones((2, 3, 1)), np.ones((2, 3, 4)))", ["y_true"]),
    "base": ("L.Loss()(np.ones(2), np.ones(2))", []),
    "config": ("L.get({'config': {}})", ["config"]),
    "unknown class": ("L.deserialize({'class_name': 'Foo', 'config': {}, 'module': None})", ["Foo"]),
}  # fmt: skip


@pytest.mark.parametrize("case", ERRORS)
def test_error(tf, answer, case):
    expression, keywords = ERRORS[case]
    names = {"tf": tf, "L": tf.keras.losses, "np": np}
    answer.raises("error", lambda: eval(expression, names), keywords)


def test_own_loss(tf, answer):
    class Weighted(tf.keras.losses.Loss):
        def __init__(self, factor=2.0, **kwargs):
            super().__init__(**kwargs)
            self.factor = factor

        def call(self, y_true, y_pred):
            return self.factor * tf.reduce_mean(tf.abs(y_true - y_pred), axis=-1)

        def get_config(self):
            return {**super().get_config(), "factor": self.factor}

    loss = Weighted(3.0, name="own")
    answer("value", loss(np.zeros((2, 2)), np.array([[1, 2], [3, 4]])))
    answer("weighted", loss(np.zeros((2, 2)), np.array([[1, 2], [3, 4]]), [1, 0]))
    answer("config", loss.get_config())
    answer("again", Weighted.from_config(loss.get_config()).factor)


def test_mask(tf, answer):
    y_pred = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    y_pred._keras_mask = tf.constant([True, False])
    for reduction in ("sum_over_batch_size", "sum", "none"):
        loss = tf.keras.losses.MeanSquaredError(reduction=reduction)
        answer(reduction, loss(tf.zeros([2, 2]), y_pred))
        answer(f"{reduction} weighted", loss(tf.zeros([2, 2]), y_pred, tf.constant([2.0, 1.0])))
