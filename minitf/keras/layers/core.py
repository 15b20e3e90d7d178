"""The layers that models are mostly made of: `Dense`, `Embedding`, `Lambda` and their like."""

import inspect
import types
import warnings

from minitf import nest
from minitf.keras import registration, serialization
from minitf.keras.calling import map_shapes
from minitf.keras.input_spec import InputSpec
from minitf.keras.layer import Layer
from minitf.keras.promotion import promoting, together
from minitf.keras.symbolic import KerasTensor
from minitf.ops import linalg
from minitf.ops.array import squeeze, transpose, zeros_like
from minitf.ops.gathering import gather, where
from minitf.ops.math import add, cast, not_equal, tanh
from minitf.ops.reductions import reduce_any

matmul = promoting(linalg.matmul)
WEIGHT_ARGUMENTS = (
    "kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer",
    "kernel_constraint", "bias_constraint",
)  # fmt: skip


class Dense(Layer):
    """`activation(inputs @ kernel + bias)`, along the last axis.

    Args:
      units: the size of the last axis of the outputs.
      activation: a function or its name.
      use_bias: whether there is a bias.
      kernel_initializer, bias_initializer: for the first values.
      kernel_regularizer, bias_regularizer: penalties, added to `losses`.
      activity_regularizer: a penalty on the outputs.
      kernel_constraint, bias_constraint: projections after an update.

    Raises:
      ValueError: `units` is no positive integer.

    >>> import numpy as np
    >>> layer = Dense(3)
    >>> layer.compute_output_shape((None, 2)), layer(np.ones([1, 2])).shape
    ((None, 3), TensorShape([1, 3]))
    """

    def __init__(self, units, activation=None, use_bias=True, kernel_initializer="glorot_uniform",
                 bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, bias_constraint=None,
                 quantization_config=None, **kwargs):  # fmt: skip
        _refuse_quantization(quantization_config)
        if not isinstance(units, int) or units <= 0:
            raise ValueError(
                "Received an invalid value for `units`, expected a positive integer. "
                f"Received: units={units}"
            )
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.units, self.use_bias = units, use_bias
        self._take(
            activation=activation,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )
        self.input_spec = InputSpec(min_ndim=2)
        self.supports_masking = True

    def build(self, input_shape):
        self.kernel = self._add_part("kernel", (input_shape[-1], self.units))
        self.bias = self._add_part("bias", (self.units,)) if self.use_bias else None
        self.input_spec = InputSpec(min_ndim=2, axes={-1: input_shape[-1]})

    def call(self, inputs, training=None):
        outputs = matmul(inputs, self.kernel)
        if self.bias is not None:
            outputs = add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        own = ("units", "activation", "use_bias", *WEIGHT_ARGUMENTS)
        quantized = {"quantization_config": None}
        return {**super().get_config(), **self._config_of(*own), **quantized}


class Embedding(Layer):
    """Vectors for integers: row `i` of a matrix for the index `i`.

    Args:
      input_dim: the number of rows.
      output_dim: the length of the vectors.
      embeddings_initializer, embeddings_regularizer, embeddings_constraint: of the matrix.
      mask_zero: whether index 0 means padding, which later layers are told by a mask.
      weights: the matrix.

    Raises:
      ValueError: a size that is no positive integer.
    """

    def __init__(self, input_dim, output_dim, embeddings_initializer="uniform",
                 embeddings_regularizer=None, embeddings_constraint=None, mask_zero=False,
                 weights=None, quantization_config=None, **kwargs):  # fmt: skip
        _refuse_quantization(quantization_config)
        for name, size in (("input_dim", input_dim), ("output_dim", output_dim)):
            if not isinstance(size, int) or isinstance(size, bool) or size <= 0:
                raise ValueError(
                    f"`{name}` must be a positive integer. Received: {name}={size} "
                    f"(of type {type(size).__name__})."
                )
        if kwargs.pop("input_length", None) is not None:
            warnings.warn("Argument `input_length` is deprecated. Just remove it.", stacklevel=2)
        super().__init__(**kwargs)
        self.input_dim, self.output_dim, self.mask_zero = input_dim, output_dim, mask_zero
        self._take(
            embeddings_initializer=embeddings_initializer,
            embeddings_regularizer=embeddings_regularizer,
            embeddings_constraint=embeddings_constraint,
        )
        self.supports_masking, self.autocast = mask_zero, False
        if weights is not None:
            self.build()
            self.set_weights(weights if isinstance(weights, list) else [weights])

    def build(self, input_shape=None):
        if self.built:
            return
        self.embeddings = self._add_part("embeddings", (self.input_dim, self.output_dim))

    def call(self, inputs):
        if inputs.dtype not in ("int32", "int64"):
            inputs = cast(inputs, "int32")
        return cast(gather(self.embeddings, inputs), self.compute_dtype)

    def compute_mask(self, inputs, mask=None):
        return not_equal(inputs, 0) if self.mask_zero else None

    def compute_output_shape(self, input_shape):
        return (*input_shape, self.output_dim)

    def get_config(self):
        own = ("input_dim", "output_dim", "embeddings_initializer", "embeddings_regularizer",
               "activity_regularizer", "embeddings_constraint", "mask_zero")  # fmt: skip
        quantized = {"quantization_config": None}
        return {**super().get_config(), **self._config_of(*own), **quantized}


class ReversibleEmbedding(Embedding):
    """An embedding that also goes back, from vectors to a score for each integer.

    `layer(vectors, reverse=True)` is `vectors @ transpose(embeddings)`.

    Args:
      tie_weights: whether both ways share one matrix; else there are `reverse_embeddings` too.
      reverse_dtype: the dtype to go back in.
      logit_soft_cap: c makes the scores `c * tanh(scores / c)`.
      others: as in `Embedding`.
    """

    def __init__(self, input_dim, output_dim, tie_weights=True, embeddings_initializer="uniform",
                 embeddings_regularizer=None, embeddings_constraint=None, mask_zero=False,
                 reverse_dtype=None, logit_soft_cap=None, **kwargs):  # fmt: skip
        super().__init__(input_dim, output_dim, embeddings_initializer, embeddings_regularizer,
                         embeddings_constraint, mask_zero, **kwargs)  # fmt: skip
        self.tie_weights, self.reverse_dtype = tie_weights, reverse_dtype
        self.logit_soft_cap = logit_soft_cap

    def build(self, input_shape=None):
        super().build(input_shape)
        if not self.tie_weights:
            self.reverse_embeddings = self.add_weight(
                name="reverse_embeddings",
                shape=(self.output_dim, self.input_dim),
                initializer=self.embeddings_initializer,
            )

    def call(self, inputs, reverse=False):
        if not reverse:
            outputs = super().call(inputs)
            mask = super().compute_mask(inputs)
            if mask is not None:
                outputs._keras_mask = mask
            return outputs
        kernel = transpose(self.embeddings) if self.tie_weights else self.reverse_embeddings
        if self.reverse_dtype is not None:
            inputs, kernel = (cast(x, self.reverse_dtype) for x in (inputs, kernel))
        scores = matmul(inputs, kernel)
        if self.logit_soft_cap is None:
            return scores
        return tanh(scores / self.logit_soft_cap) * self.logit_soft_cap

    def compute_mask(self, inputs, mask=None):
        return None  # `call` has put the right one on its outputs

    def compute_output_shape(self, input_shape, reverse=False):
        kept = input_shape[:-1] if reverse else input_shape
        return (*kept, self.input_dim if reverse else self.output_dim)

    def compute_output_spec(self, inputs, reverse=False):
        return KerasTensor(self.compute_output_shape(tuple(inputs.shape), reverse),
                           dtype=self.compute_dtype)  # fmt: skip

    def get_config(self):
        own = ("tie_weights", "reverse_dtype", "logit_soft_cap")
        return {**super().get_config(), **self._config_of(*own)}


class Identity(Layer):
    """The inputs."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs):
        return inputs

    def compute_output_shape(self, input_shape):
        return input_shape


class Lambda(Layer):
    """A function as a layer.

    Args:
      function: of the inputs, and of `mask` and `training` if it has arguments of these names.
      output_shape: a shape without the batch, or a function of the input shape; default: found by
        a dry run.
      mask: the mask of the outputs, or a function `(inputs, mask)`.
      arguments: more arguments for the function, by name.

    >>> import numpy as np
    >>> Lambda(lambda x: x * 2)(np.array([1, 2])).numpy()
    array([2, 4])
    """

    def __init__(self, function, output_shape=None, mask=None, arguments=None, **kwargs):
        super().__init__(**kwargs)
        self.function, self.arguments, self.mask = function, arguments or {}, mask
        self._output_shape = output_shape
        self.supports_masking = mask is not None
        self._takes = set(inspect.signature(function).parameters)

    def call(self, inputs, mask=None, training=None):
        wanted = {k: v for k, v in (("mask", mask), ("training", training)) if k in self._takes}
        return self.function(inputs, **self.arguments, **wanted)

    def compute_output_spec(self, *args, **kwargs):
        if self._output_shape is None:
            return super(Layer, self).compute_output_spec(*args, **kwargs)
        return super().compute_output_spec(*args, **kwargs)

    def compute_output_shape(self, input_shape):
        if self._output_shape is None:
            return Layer.compute_output_shape(self, input_shape)
        if callable(self._output_shape):
            return self._output_shape(input_shape)
        first = nest.flatten(map_shapes(lambda shape: shape[0], input_shape))[0]
        return (first, *self._output_shape)

    def compute_mask(self, inputs, mask=None):
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def get_config(self):
        config = {"function": _function_form(self.function)}
        if self._output_shape is not None:
            config["output_shape"] = _function_form(self._output_shape)
        if self.mask is not None:
            config["mask"] = _function_form(self.mask)
        config["arguments"] = serialization.serialize_keras_object(self.arguments)
        return {**super().get_config(), **config}

    @classmethod
    def from_config(cls, config, custom_objects=None, safe_mode=None):
        if safe_mode is None:
            safe_mode = registration.SAFE_MODE.get() is not False
        config = dict(config)
        for name in ("function", "output_shape", "mask", "arguments"):
            value = config.get(name)
            if safe_mode and isinstance(value, dict) and value.get("class_name") == "__lambda__":
                raise ValueError(
                    f"Requested the deserialization of a `Lambda` layer whose `{name}` is a Python "
                    "lambda. This carries a potential risk of arbitrary code execution and thus it "
                    "is disallowed by default. If you trust the source of the artifact, you can "
                    "override this error by passing `safe_mode=False` to the loading function, or "
                    "calling `keras.config.enable_unsafe_deserialization()."
                )
            if isinstance(value, dict) or name == "function":
                config[name] = serialization.deserialize_keras_object(
                    value, custom_objects, safe_mode
                )
        return cls(**config)


def _function_form(value):
    """A function by its name, or its code if it has none; a shape as it is."""
    if isinstance(value, types.FunctionType) and value.__name__ != "<lambda>":
        return value.__name__
    return serialization.serialize_keras_object(value)


class Masking(Layer):
    """Skips the time steps whose features all equal `mask_value`: they become 0, and masked."""

    def __init__(self, mask_value=0.0, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.mask_value = serialization.deserialize_keras_object(mask_value)
        self._build_at_init()

    def compute_mask(self, inputs, mask=None):
        return reduce_any(self._differs(inputs), -1)

    def _differs(self, inputs):
        return not_equal(*together(inputs, self.mask_value))

    def call(self, inputs):
        kept = reduce_any(self._differs(inputs), -1, keepdims=True)
        outputs = where(kept, inputs, zeros_like(inputs))
        outputs._keras_mask = squeeze(kept, -1)
        return outputs

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), **self._config_of("mask_value")}


class Wrapper(Layer):
    """A layer around a layer, for subclasses to change what it does.

    Raises:
      ValueError: `layer` is no layer.
    """

    def __init__(self, layer, **kwargs):
        if not isinstance(layer, Layer):
            raise ValueError(
                f"Layer {layer} supplied to Wrapper isn't a supported layer type. Please ensure "
                "wrapped layer is a valid Keras layer."
            )
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape=None):
        if not self.layer.built:
            self.layer.build(input_shape)

    def get_config(self):
        return {**super().get_config(), **self._config_of("layer")}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        layer = serialization.deserialize_keras_object(config.pop("layer"), custom_objects)
        return cls(layer, **config)


def _refuse_quantization(quantization_config):
    if quantization_config is not None:
        raise NotImplementedError("minitf does not quantize layers: quantization_config.")
