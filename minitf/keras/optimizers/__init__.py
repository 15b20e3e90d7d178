"""`tf.keras.optimizers`: gradient descent and its relatives."""

from minitf.keras import serialization
from minitf.keras.optimizers import legacy, schedules
from minitf.keras.optimizers.adafactor import Adafactor
from minitf.keras.optimizers.adam import Adam, Adamax, AdamW, Lamb, Nadam, ScheduleFreeAdamW
from minitf.keras.optimizers.base import Optimizer
from minitf.keras.optimizers.ftrl import Ftrl
from minitf.keras.optimizers.loss_scale import LossScaleOptimizer
from minitf.keras.optimizers.multi import MultiOptimizer, OptimizerMap
from minitf.keras.optimizers.muon import Muon
from minitf.keras.optimizers.rmsprop import Adadelta, Adagrad, RMSprop
from minitf.keras.optimizers.sgd import SGD, Lion

# Those that a name stands for, in any spelling of it. Keras leaves Lamb out.
_BY_NAME = {
    cls.__name__.lower(): cls
    for cls in (Optimizer, Adadelta, Adafactor, Adagrad, Adam, Adamax, AdamW, Ftrl, Lion,
                LossScaleOptimizer, MultiOptimizer, Muon, Nadam, OptimizerMap, RMSprop,
                ScheduleFreeAdamW, SGD)
}  # fmt: skip


def serialize(optimizer):
    """The optimizer as a dictionary, without its state."""
    return serialization.serialize_keras_object(optimizer)


def deserialize(config, custom_objects=None):
    """The optimizer that `serialize` wrote as `config`."""
    if config["class_name"].lower() in _BY_NAME:
        config = {**config, "class_name": config["class_name"].lower()}
    return serialization.deserialize_keras_object(config, custom_objects, module_objects=_BY_NAME)


def get(identifier):
    """The optimizer that a name or a config stands for; an optimizer is its own.

    Raises:
      ValueError: nothing is known by that name.

    >>> get("adam").get_config()["beta_1"]
    0.9
    """
    if identifier is None:
        return None
    optimizer = identifier
    if isinstance(identifier, str):
        optimizer = deserialize({"class_name": identifier, "config": {}})
    elif isinstance(identifier, dict):
        optimizer = deserialize(identifier)
    if isinstance(optimizer, Optimizer):
        return optimizer
    raise ValueError(f"Could not interpret optimizer identifier: {identifier}")


__all__ = [
    "SGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lamb", "Lion",
    "LossScaleOptimizer", "MultiOptimizer", "Muon", "Nadam", "Optimizer", "OptimizerMap",
    "RMSprop", "ScheduleFreeAdamW", "deserialize", "get", "legacy", "schedules", "serialize",
]  # fmt: skip
