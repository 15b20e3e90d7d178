"""Layers as dictionaries, and back."""

from minitf.keras import serialization
from minitf.keras.layer import Layer


def serialize(layer):
    """The layer as a dictionary of plain data."""
    return serialization.serialize_keras_object(layer)


def deserialize(config, custom_objects=None):
    """The layer that `serialize` described, with new weights.

    Raises:
      ValueError: `config` describes something else.
    """
    layer = serialization.deserialize_keras_object(config, custom_objects=custom_objects)
    if not isinstance(layer, Layer):
        raise ValueError(
            "`keras.layers.deserialize` was passed a `config` object that is not a "
            f"`keras.layers.Layer`. Received: {config}"
        )
    return layer
