"""`Pipeline`: preprocessing layers, one after the other, as one layer."""

from minitf.keras import serialization
from minitf.keras.calling import masks_of
from minitf.keras.layer import Layer


class Pipeline(Layer):
    """Layers called one after the other, on data that need not be tensors.

    Args:
      layers: a list of layers.

    >>> import numpy as np
    >>> from minitf.keras.layers.preprocessing import Rescaling
    >>> stack = [Rescaling(2.0), Rescaling(1.0, offset=1.0)]
    >>> Pipeline(stack)(np.array([1.0, 2.0])).numpy()
    array([3., 5.], dtype=float32)
    """

    def __init__(self, layers, name=None):
        super().__init__(name=name)
        self._pipeline_layers = layers
        self._convert_input_args, self._allow_non_tensor_positional_args = False, True

    @property
    def layers(self):
        return self._pipeline_layers

    def call(self, inputs, training=True, mask=None):
        for layer in self._pipeline_layers:
            taken = layer._signature.parameters
            given = {"mask": mask} if "mask" in taken else {}
            if "training" in taken and training is not None:
                given["training"] = training
            inputs = layer(inputs, **given)
            mask = masks_of(inputs)
        return inputs

    def get_config(self):
        layers = serialization.serialize_keras_object(list(self._pipeline_layers))
        return {"layers": layers, "name": self.name}

    @classmethod
    def from_config(cls, config):
        layers = config.get("layers")
        if not isinstance(layers, list | tuple):
            raise ValueError(
                "`Pipeline` config must contain a `layers` key mapping to a list of serialized "
                f"layers. Received config with layers={layers}."
            )
        layers = [serialization.deserialize_keras_object(form) for form in layers]
        return cls(**{**config, "layers": layers})
