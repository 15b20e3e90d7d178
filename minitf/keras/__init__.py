"""`tf.keras`: layers, models, losses, metrics and optimizers."""

from minitf.keras import (
    activations,
    config,
    constraints,
    initializers,
    losses,
    metrics,
    optimizers,
    random,
    regularizers,
    saving,
    utils,
)
from minitf.keras.initializers import Initializer
from minitf.keras.losses import Loss
from minitf.keras.metrics import Metric
from minitf.keras.regularizers import Regularizer
from minitf.keras.variable import Variable

__all__ = [
    "Initializer",
    "Loss",
    "Metric",
    "Regularizer",
    "Variable",
    "activations",
    "config",
    "constraints",
    "initializers",
    "losses",
    "metrics",
    "optimizers",
    "random",
    "regularizers",
    "saving",
    "utils",
]
