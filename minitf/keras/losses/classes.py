"""Losses as objects: a function, its arguments, a reduction. `Loss` says what they share."""

from minitf import nest
from minitf.keras import serialization
from minitf.keras.losses import classification, regression
from minitf.keras.losses.loss import MEAN, Loss, as_tensor, to_same_rank


class LossFunctionWrapper(Loss):
    """A function `fn(y_true, y_pred, **kwargs)` as a loss.

    >>> LossFunctionWrapper(regression.mean_squared_error)([[0.0]], [[2.0]]).numpy()
    np.float32(4.0)
    """

    hidden = ()  # arguments that Keras leaves out of the config

    def __init__(self, fn, reduction=MEAN, name=None, dtype=None, **kwargs):
        super().__init__(name, reduction, dtype)
        self.fn = fn
        self._fn_kwargs = kwargs
        if type(self) is not LossFunctionWrapper:
            vars(self).update(kwargs)

    def call(self, y_true, y_pred):
        if not (nest.is_nested(y_pred) and nest.is_nested(y_true)):
            y_true, y_pred = to_same_rank(as_tensor(y_true), as_tensor(y_pred))
            return self.fn(y_true, y_pred, **self._fn_kwargs)
        pairs = [to_same_rank(*pair) for pair in zip(nest.flatten(y_true), nest.flatten(y_pred))]
        trues, preds = zip(*pairs)
        y_true, y_pred = nest.pack_sequence_as(y_true, trues), nest.pack_sequence_as(y_pred, preds)
        return self.fn(y_true, y_pred, **self._fn_kwargs)

    def get_config(self):
        config = super().get_config()
        if type(self).__init__ is LossFunctionWrapper.__init__:
            config["fn"] = serialization.serialize_keras_object(self.fn)
        shown = {key: v for key, v in self._fn_kwargs.items() if key not in self.hidden}
        return config | serialization.serialize_dict(shown)

    @classmethod
    def from_config(cls, config):
        if "fn" in config:
            config = serialization.deserialize_keras_object(config)
        return cls(**config)

    def __repr__(self):
        return f"<LossFunctionWrapper({self.fn}, kwargs={self._fn_kwargs})>"


# Losses of numbers.


class MeanSquaredError(LossFunctionWrapper):
    """The squares of errors."""

    def __init__(self, reduction=MEAN, name="mean_squared_error", dtype=None):
        super().__init__(regression.mean_squared_error, reduction, name, dtype)


class MeanAbsoluteError(LossFunctionWrapper):
    """The sizes of errors."""

    def __init__(self, reduction=MEAN, name="mean_absolute_error", dtype=None):
        super().__init__(regression.mean_absolute_error, reduction, name, dtype)


class MeanAbsolutePercentageError(LossFunctionWrapper):
    """The sizes of errors, in percent of the labels."""

    def __init__(self, reduction=MEAN, name="mean_absolute_percentage_error", dtype=None):
        super().__init__(regression.mean_absolute_percentage_error, reduction, name, dtype)


class MeanSquaredLogarithmicError(LossFunctionWrapper):
    """The squares of the errors of log(1 + y)."""

    def __init__(self, reduction=MEAN, name="mean_squared_logarithmic_error", dtype=None):
        super().__init__(regression.mean_squared_logarithmic_error, reduction, name, dtype)


class Huber(LossFunctionWrapper):
    """The squares of errors up to `delta`, linear beyond."""

    hidden = ("delta",)

    def __init__(self, delta=1.0, reduction=MEAN, name="huber_loss", dtype=None):
        super().__init__(regression.huber, reduction, name, dtype, delta=delta)


class LogCosh(LossFunctionWrapper):
    """The logarithm of the hyperbolic cosine of errors."""

    def __init__(self, reduction=MEAN, name="log_cosh", dtype=None):
        super().__init__(regression.log_cosh, reduction, name, dtype)


class CosineSimilarity(LossFunctionWrapper):
    """Minus the cosine of the angle between label and prediction."""

    hidden = ("axis",)

    def __init__(self, axis=-1, reduction=MEAN, name="cosine_similarity", dtype=None):
        super().__init__(regression.cosine_similarity, reduction, name, dtype, axis=axis)


class Hinge(LossFunctionWrapper):
    """max(1 - y_true * y_pred, 0)."""

    def __init__(self, reduction=MEAN, name="hinge", dtype=None):
        super().__init__(regression.hinge, reduction, name, dtype)


class SquaredHinge(LossFunctionWrapper):
    """max(1 - y_true * y_pred, 0)²."""

    def __init__(self, reduction=MEAN, name="squared_hinge", dtype=None):
        super().__init__(regression.squared_hinge, reduction, name, dtype)


class CategoricalHinge(LossFunctionWrapper):
    """max(best wrong score - right score + 1, 0)."""

    def __init__(self, reduction=MEAN, name="categorical_hinge", dtype=None):
        super().__init__(regression.categorical_hinge, reduction, name, dtype)


class KLDivergence(LossFunctionWrapper):
    """y_true * log(y_true / y_pred), summed."""

    def __init__(self, reduction=MEAN, name="kl_divergence", dtype=None):
        super().__init__(regression.kl_divergence, reduction, name, dtype)


class Poisson(LossFunctionWrapper):
    """y_pred - y_true * log(y_pred)."""

    def __init__(self, reduction=MEAN, name="poisson", dtype=None):
        super().__init__(regression.poisson, reduction, name, dtype)


# Losses of classes.


class BinaryCrossentropy(LossFunctionWrapper):
    """-log of the probability of the labels 0 and 1."""

    def __init__(
        self,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction=MEAN,
        name="binary_crossentropy",
        dtype=None,
    ):
        super().__init__(
            classification.binary_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


class BinaryFocalCrossentropy(LossFunctionWrapper):
    """Binary cross entropy that looks away from easy examples."""

    def __init__(
        self,
        apply_class_balancing=False,
        alpha=0.25,
        gamma=2.0,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction=MEAN,
        name="binary_focal_crossentropy",
        dtype=None,
    ):
        super().__init__(
            classification.binary_focal_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
            apply_class_balancing=apply_class_balancing,
            alpha=alpha,
            gamma=gamma,
        )


class CategoricalCrossentropy(LossFunctionWrapper):
    """-log of the probability of the class, labels one-hot."""

    def __init__(
        self,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction=MEAN,
        name="categorical_crossentropy",
        dtype=None,
    ):
        super().__init__(
            classification.categorical_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


class CategoricalFocalCrossentropy(LossFunctionWrapper):
    """Cross entropy that looks away from easy examples."""

    def __init__(
        self,
        alpha=0.25,
        gamma=2.0,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction=MEAN,
        name="categorical_focal_crossentropy",
        dtype=None,
    ):
        super().__init__(
            classification.categorical_focal_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
            alpha=alpha,
            gamma=gamma,
        )


class SparseCategoricalCrossentropy(LossFunctionWrapper):
    """-log of the probability of the class, labels integers."""

    hidden = ("axis",)

    def __init__(
        self,
        from_logits=False,
        ignore_class=None,
        reduction=MEAN,
        axis=-1,
        name="sparse_categorical_crossentropy",
        dtype=None,
    ):
        super().__init__(
            classification.sparse_categorical_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )


class CategoricalGeneralizedCrossEntropy(LossFunctionWrapper):
    """(1 - p^q) / q, between cross entropy (q = 0) and absolute error (q = 1)."""

    def __init__(
        self, q=0.5, reduction=MEAN, name="categorical_generalized_cross_entropy", dtype=None
    ):
        super().__init__(
            classification.categorical_generalized_cross_entropy, reduction, name, dtype, q=q
        )


class Dice(LossFunctionWrapper):
    """1 - 2 |A ∩ B| / (|A| + |B|)."""

    def __init__(self, reduction=MEAN, name="dice", axis=None, dtype=None):
        super().__init__(classification.dice, reduction, name, dtype, axis=axis)


class Tversky(LossFunctionWrapper):
    """Dice with weights for what is missed and what is wrong."""

    def __init__(self, alpha=0.5, beta=0.5, reduction=MEAN, name="tversky", axis=None, dtype=None):
        super().__init__(
            classification.tversky, reduction, name, dtype, alpha=alpha, beta=beta, axis=axis
        )


class Circle(LossFunctionWrapper):
    """Pulls embeddings of one label together and pushes others apart."""

    def __init__(
        self,
        gamma=80.0,
        margin=0.4,
        remove_diagonal=True,
        reduction=MEAN,
        name="circle",
        dtype=None,
    ):
        super().__init__(
            classification.circle,
            reduction,
            name,
            dtype,
            gamma=gamma,
            margin=margin,
            remove_diagonal=remove_diagonal,
        )


class CTC(LossFunctionWrapper):
    """-log of the probability of labels in this order, at any times; 0 is the blank."""

    def __init__(self, reduction=MEAN, name="ctc", dtype=None):
        super().__init__(classification.ctc, reduction, name, dtype)
