"""`tf.keras.losses`: how wrong predictions are, as functions, objects and names."""

from minitf.keras import serialization
from minitf.keras.losses.classes import (
    CTC,
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
    CategoricalHinge,
    Circle,
    CosineSimilarity,
    Dice,
    Hinge,
    Huber,
    KLDivergence,
    LogCosh,
    LossFunctionWrapper,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    SparseCategoricalCrossentropy,
    SquaredHinge,
    Tversky,
)
from minitf.keras.losses.classification import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_generalized_cross_entropy,
    circle,
    ctc,
    dice,
    sparse_categorical_crossentropy,
    tversky,
)
from minitf.keras.losses.loss import Loss, Reduction
from minitf.keras.losses.regression import (
    categorical_hinge,
    cosine_similarity,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    squared_hinge,
)
from minitf.keras.serialization import interpret

MSE = mse = mean_squared_error
MAE = mae = mean_absolute_error
MAPE = mape = mean_absolute_percentage_error
MSLE = msle = mean_squared_logarithmic_error
KLD = kld = kullback_leibler_divergence = kl_divergence
logcosh = log_cosh

_OBJECTS = (
    Loss, LossFunctionWrapper, KLDivergence, Poisson, BinaryCrossentropy, BinaryFocalCrossentropy,
    CategoricalCrossentropy, CategoricalFocalCrossentropy, CategoricalGeneralizedCrossEntropy,
    SparseCategoricalCrossentropy, MeanSquaredError, MeanAbsoluteError,
    MeanAbsolutePercentageError, MeanSquaredLogarithmicError, CosineSimilarity, LogCosh, Huber,
    Hinge, SquaredHinge, CategoricalHinge, Dice, Tversky, Circle, CTC,
    kl_divergence, poisson, binary_crossentropy, binary_focal_crossentropy,
    categorical_crossentropy, categorical_focal_crossentropy,
    categorical_generalized_cross_entropy, sparse_categorical_crossentropy, mean_squared_error,
    mean_absolute_error, mean_absolute_percentage_error, mean_squared_logarithmic_error,
    cosine_similarity, log_cosh, huber, hinge, squared_hinge, categorical_hinge, dice, tversky,
    circle, ctc,
)  # fmt: skip
_TABLE = {thing.__name__: thing for thing in _OBJECTS}
for _name, _loss in (
    ("bce", binary_crossentropy),
    ("kld", kl_divergence),
    ("mae", mean_absolute_error),
    ("mape", mean_absolute_percentage_error),
    ("mse", mean_squared_error),
    ("msle", mean_squared_logarithmic_error),
):
    _TABLE[_name] = _TABLE[_name.upper()] = _loss


def serialize(loss):
    """The dictionary that stands for a loss."""
    return serialization.serialize_keras_object(loss)


def deserialize(name, custom_objects=None):
    """The loss that a dictionary or name stands for."""
    return serialization.deserialize_keras_object(
        name, module_objects=_TABLE, custom_objects=custom_objects
    )


def get(identifier):
    """The loss that a name, a dictionary, a class or a function stands for.

    >>> get("mse").__name__
    'mean_squared_error'

    Raises:
      ValueError: it stands for none.
    """
    return interpret("loss", identifier, _TABLE)


def is_built_in(loss):
    """Whether a function, or the class of an object, is one of Keras's losses."""
    return any(loss is thing or type(loss) is thing for thing in _OBJECTS)
