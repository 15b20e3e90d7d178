"""Layers around layers: `TimeDistributed` at every time, `Bidirectional` from both ends."""

from minitf import nest
from minitf.keras import serialization
from minitf.keras.layer import Layer
from minitf.keras.layers.core import Wrapper
from minitf.ops.array import range as arange
from minitf.ops.array import reverse, shape, transpose
from minitf.ops.functional import vectorized_map
from minitf.ops.joining import concat, stack, unstack
from minitf.ops.math import cast


class TimeDistributed(Wrapper):
    """A layer, at every time of the inputs `[batch, time, ...]`.

    Raises:
      ValueError: inputs of rank below 3, or a mask of another batch size or length.

    >>> import numpy as np
    >>> from minitf.keras.layers.core import Dense
    >>> TimeDistributed(Dense(3))(np.ones([2, 4, 5])).shape
    TensorShape([2, 4, 3])
    """

    def __init__(self, layer, **kwargs):
        if not isinstance(layer, Layer):
            raise ValueError(
                "Please initialize `TimeDistributed` layer with a `keras.layers.Layer` instance. "
                f"Received: {layer}"
            )
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    @staticmethod
    def _shape_at_one_time(input_shape):
        if not isinstance(input_shape, tuple | list) or len(input_shape) < 3:
            raise ValueError(
                "`TimeDistributed` Layer should be passed an `input_shape` with at least 3 "
                f"dimensions, received: {input_shape}"
            )
        return (input_shape[0], *input_shape[2:])

    def build(self, input_shape):
        super().build(self._shape_at_one_time(input_shape))

    def compute_output_shape(self, input_shape):
        batch, *rest = self.layer.compute_output_shape(self._shape_at_one_time(input_shape))
        return (batch, input_shape[1], *rest)

    def call(self, inputs, training=None, mask=None):
        if mask is not None:
            self._check_mask(mask.shape, inputs.shape)
        taken = self.layer._signature.parameters
        given = {"training": training} if "training" in taken else {}

        def at_one_time(x, mask=None):
            masked = {"mask": mask} if "mask" in taken and mask is not None else {}
            return self.layer.call(x, **given, **masked)

        if inputs.shape[1] is not None:
            rows = unstack(inputs, axis=1)
            masks = unstack(mask, axis=1) if mask is not None else [None] * len(rows)
            return stack([at_one_time(x, m) for x, m in zip(rows, masks)], axis=1)
        # Keras counts the batch here, not the times: it is right only where both are equal.
        inputs = _time_first(inputs)
        mask = None if mask is None else _time_first(mask)
        outputs = vectorized_map(
            lambda i: at_one_time(inputs[i], None if mask is None else mask[i]),
            arange(shape(inputs)[0]),
        )
        return _time_first(outputs)

    @staticmethod
    def _check_mask(mask_shape, input_shape):
        if len(mask_shape) < 2:
            raise ValueError(
                "The `mask` passed to the `TimeDistributed` layer must be at least 2D (e.g., "
                f"`(batch_size, timesteps)`), but it has {len(mask_shape)} dimension(s) with "
                f"shape {mask_shape}."
            )
        if not mask_shape[:2].is_compatible_with(input_shape[:2]):
            raise ValueError(
                f"The `mask` passed to the `TimeDistributed` layer has a shape {mask_shape} that "
                f"is incompatible with the input shape {input_shape}. The first two dimensions of "
                "the mask (batch size and timesteps) must match the input's first two dimensions. "
                f"Expected mask shape prefix: ({input_shape[0]}, {input_shape[1]})."
            )


def _time_first(x):
    """`x` with its first two axes exchanged."""
    return transpose(x, [1, 0, *range(2, x.shape.rank)])


_MERGES = {
    "concat": lambda a, b: concat([a, b], -1),
    "sum": lambda a, b: a + b,
    "ave": lambda a, b: (a + b) / 2,
    "mul": lambda a, b: a * b,
    None: lambda a, b: (a, b),
}


class Bidirectional(Layer):
    """A recurrent layer and a copy of it that begins at the last time.

    Args:
      layer: a recurrent layer; a copy of it is used.
      merge_mode: `"concat"`, `"sum"`, `"mul"`, `"ave"`, or None for a pair of outputs.
      weights: initial weights, those of the forward layer first.
      backward_layer: the other layer, if it is no copy.

    Raises:
      ValueError: no layers, another mode, or layers that do not fit together.

    >>> import numpy as np
    >>> from minitf.keras.layers.recurrent import LSTM
    >>> Bidirectional(LSTM(3))(np.ones([2, 4, 5])).shape
    TensorShape([2, 6])
    """

    def __init__(self, layer, merge_mode="concat", weights=None, backward_layer=None, **kwargs):
        if not isinstance(layer, Layer):
            raise ValueError(
                "Please initialize `Bidirectional` layer with a `keras.layers.Layer` instance. "
                f"Received: {layer}"
            )
        if backward_layer is not None and not isinstance(backward_layer, Layer):
            raise ValueError(
                "`backward_layer` need to be a `keras.layers.Layer` instance. "
                f"Received: {backward_layer}"
            )
        if merge_mode not in _MERGES:
            raise ValueError(
                f"Invalid merge mode. Received: {merge_mode}. Merge mode should be one of "
                '{"sum", "mul", "ave", "concat", None}'
            )
        super().__init__(**kwargs)
        self.forward_layer = _copy(layer, "forward")
        self.backward_layer = backward_layer or _copy(layer, "backward", go_backwards=True)
        self._check_fit()
        for one in (self.forward_layer, self.backward_layer):
            if getattr(one, "zero_output_for_mask", None) is not None:
                one.zero_output_for_mask = one.return_sequences
            if hasattr(layer, "use_cudnn"):  # no part of the configuration
                one.use_cudnn = layer.use_cudnn
        self.merge_mode, self._first_weights = merge_mode, weights
        self.stateful, self.return_state = layer.stateful, layer.return_state
        self.return_sequences = layer.return_sequences
        self.supports_masking = True
        self.input_spec = layer.input_spec

    def _check_fit(self):
        forward, backward = self.forward_layer, self.backward_layer
        if forward.go_backwards == backward.go_backwards:
            raise ValueError(
                "Forward layer and backward layer should have different `go_backwards` value. "
                f"Received: forward_layer.go_backwards {forward.go_backwards}, "
                f"backward_layer.go_backwards={backward.go_backwards}"
            )
        for name in ("stateful", "return_sequences", "return_state"):
            a, b = getattr(forward, name), getattr(backward, name)
            if a != b:
                raise ValueError(
                    "Forward layer and backward layer are expected to have the same value for "
                    f'attribute "{name}", got "{a}" for forward layer and "{b}" for backward layer'
                )

    def build(self, sequences_shape, initial_state_shape=None):
        for layer in (self.forward_layer, self.backward_layer):
            if not layer.built:
                layer.build(sequences_shape)
        if self._first_weights:
            self.set_weights(self._first_weights)

    def call(self, sequences, initial_state=None, mask=None, training=None):
        half = len(initial_state) // 2 if initial_state is not None else 0
        layers = (self.forward_layer, self.backward_layer)
        states = (initial_state[:half], initial_state[half:]) if half else (None, None)
        results = []
        for layer, state in zip(layers, states):
            taken = layer._signature.parameters
            given = {k: v for k, v in (("training", training), ("mask", mask)) if k in taken}
            results.append(layer(sequences, initial_state=state, **given))
        outputs = [r[0] for r in results] if self.return_state else results
        forward, backward = (cast(x, self.compute_dtype) for x in outputs)
        if self.return_sequences:
            backward = reverse(backward, [1])
        output = _MERGES[self.merge_mode](forward, backward)
        if not self.return_state:
            return output
        output = output if self.merge_mode is None else (output,)
        return (*output, *results[0][1:], *results[1][1:])

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        output = self.forward_layer.compute_output_shape(sequences_shape)
        output, states = (output[0], output[1:]) if self.return_state else (output, ())
        if self.merge_mode == "concat":
            output = (*output[:-1], output[-1] * 2)
        outputs = [output, output] if self.merge_mode is None else [output]
        if self.return_state:
            return (*outputs, *states, *states)
        return tuple(outputs) if self.merge_mode is None else output

    def compute_mask(self, inputs, mask):
        mask = nest.flatten(mask)[0] if mask is not None else None
        mask = mask if self.return_sequences else None
        masks = [mask, mask] if self.merge_mode is None else [mask]
        if not self.return_state:
            return masks if self.merge_mode is None else mask
        return [*masks, *[None] * (2 * len(self.forward_layer.state_size))]

    def reset_state(self):
        """Sets the states of both layers to zeros; AttributeError if they are not stateful."""
        if not self.stateful:
            raise AttributeError("Layer must be stateful.")
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    reset_states = reset_state

    @property
    def states(self):
        """The states of both layers, None before there are any."""
        forward, backward = self.forward_layer.states, self.backward_layer.states
        return (*forward, *backward) if forward and backward else None

    def get_config(self):
        config = {"merge_mode": self.merge_mode}
        config["layer"] = serialization.serialize_keras_object(self.forward_layer)
        config["backward_layer"] = serialization.serialize_keras_object(self.backward_layer)
        return {**super().get_config(), **config}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        for name in ("layer", "backward_layer"):
            if config.get(name) is not None:
                config[name] = serialization.deserialize_keras_object(config[name], custom_objects)
        return cls(**config)


def _copy(layer, side, **changes):
    """A layer of the same configuration, named for its side."""
    form = serialization.serialize_keras_object(layer)
    name = f"{side}_{layer.name.removeprefix(f'{side}_')}"
    form = {**form, "config": {**form["config"], "name": name, **changes}}
    return serialization.deserialize_keras_object(form)
