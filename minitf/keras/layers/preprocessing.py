"""Layers that prepare numbers: scaling, normalization to data seen before, categories, bins."""

import math

import numpy as np

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config as settings
from minitf.keras import promotion, serialization
from minitf.keras.layer import Layer
from minitf.ops.array import broadcast_to, one_hot, ones_like, reshape
from minitf.ops.math import cast, greater, maximum, sqrt
from minitf.ops.reductions import reduce_sum
from minitf.ops.sparse import from_dense


class Rescaling(Layer):
    """`inputs * scale + offset`.

    >>> import numpy as np
    >>> Rescaling(1 / 255)(np.array([0, 255])).numpy()
    array([0., 1.], dtype=float32)
    """

    def __init__(self, scale, offset=0.0, **kwargs):
        super().__init__(**kwargs)
        self.scale, self.offset = scale, offset
        self.supports_masking = True

    def call(self, inputs):
        scale = cast(convert_to_tensor(self.scale), self.compute_dtype)
        if scale.shape.rank and settings.image_data_format() == "channels_first":
            scale = reshape(scale, [*scale.shape, *[1] * (3 - scale.shape.rank)])
        offset = cast(convert_to_tensor(self.offset), self.compute_dtype)
        return cast(inputs, self.compute_dtype) * scale + offset

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), **self._config_of("scale", "offset")}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        for name in ("scale", "offset"):
            config[name] = serialization.deserialize_keras_object(config[name], custom_objects)
        return super().from_config(config)


class Normalization(Layer):
    """Mean 0 and variance 1 for data like those that `adapt` has seen.

    Args:
      axis: the axes that have means of their own; None: one mean for all.
      mean, variance: instead of `adapt`.
      invert: whether to go back instead.

    Raises:
      ValueError: only one of `mean` and `variance`, or shapes that do not fit.

    >>> import numpy as np
    >>> layer = Normalization()
    >>> layer.adapt(np.array([[1.0], [3.0]]))
    >>> layer(np.array([[5.0]])).numpy()
    array([[3.]], dtype=float32)
    """

    def __init__(self, axis=-1, mean=None, variance=None, invert=False, **kwargs):
        super().__init__(**kwargs)
        self.axis = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        self.input_mean, self.input_variance, self.invert = mean, variance, invert
        self.supports_masking = True
        self.mean = self.variance = None
        if (mean is not None) != (variance is not None):
            raise ValueError(
                "When setting values directly, both `mean` and `variance` must be set. "
                f"Received: mean={mean} and variance={variance}"
            )
        if mean is not None and np.shape(mean) != np.shape(variance):
            raise ValueError(
                "When setting values directly, `mean` and `variance` must have the same shape. "
                f"Received: mean shape {np.shape(mean)} and variance shape {np.shape(variance)}"
            )

    def build(self, input_shape):
        if input_shape is None:
            return
        rank = len(input_shape)
        if any(not -rank <= axis < rank for axis in self.axis):
            raise ValueError(
                "All `axis` values must be in the range [-ndim, ndim). "
                f"Received inputs with ndim={rank}, while axis={self.axis}"
            )
        self._kept = tuple(sorted(axis % rank for axis in self.axis))
        for axis in self._kept:
            if input_shape[axis] is None:
                raise ValueError(
                    "All `axis` values to be kept must have a known shape. Received "
                    f"axis={self.axis}, inputs.shape={input_shape}, with unknown axis at index "
                    f"{axis}"
                )
        self._reduced = tuple(i for i in range(rank) if i not in self._kept)
        self._spread = [n if i in self._kept else 1 for i, n in enumerate(input_shape)]
        if self.input_mean is None:
            sizes = tuple(input_shape[axis] for axis in self._kept)
            self.adapt_mean = self.add_weight(sizes, "zeros", trainable=False, name="mean")
            self.adapt_variance = self.add_weight(sizes, "ones", trainable=False, name="variance")
            self.count = self.add_weight((), "zeros", "int64", trainable=False, name="count")
            self.finalize_state()
        else:
            self.mean, self.variance = (
                self._spread_out(value) for value in (self.input_mean, self.input_variance)
            )

    def _spread_out(self, value):
        value = cast(convert_to_tensor(value), self.compute_dtype)
        sizes = [1] * len(self._spread)
        for i in range(1, value.shape.rank + 1):
            sizes[self._kept[-i]] = value.shape[-i]
        return broadcast_to(reshape(value, sizes), self._spread)

    def adapt(self, data):
        """Takes mean and variance from an array, or from batches: a dataset or an iterable.

        Raises:
          ValueError: no batches, or batches of a shape that does not fit.
        """
        whole = hasattr(data, "shape") and hasattr(data, "dtype")
        batches = [data] if whole else _unlabelled(data)
        total, mean, variance = 0, 0.0, 1.0
        for batch in batches:
            batch = np.asarray(batch, None if whole else self.compute_dtype)
            if not self.built:
                self.build((None, *batch.shape[1:]) if 0 not in self.axis else batch.shape)
            if any(batch.shape[axis] != self._spread[axis] for axis in self._kept):
                raise ValueError(
                    f"The layer was built for sizes {self._spread}, but adapt() is being called "
                    f"with data with an incompatible shape, data.shape={batch.shape}"
                )
            count = math.prod(batch.shape[axis] for axis in self._reduced)
            total += count
            new = count / total
            batch_mean, batch_variance = batch.mean(self._reduced), batch.var(self._reduced)
            both = mean * (1 - new) + batch_mean * new
            variance = (variance + (mean - both) ** 2) * (1 - new) + (
                batch_variance + (batch_mean - both) ** 2
            ) * new
            mean = both
        if not total:
            raise ValueError("adapt() received an empty iterable (no batches).")
        self.adapt_mean.assign(mean)
        self.adapt_variance.assign(variance)
        self.finalize_state()

    def finalize_state(self):
        """Takes `mean` and `variance` from the weights."""
        if self.input_mean is None and self.__dict__.get("adapt_mean") is not None:
            self.mean = cast(reshape(self.adapt_mean, self._spread), self.compute_dtype)
            self.variance = cast(reshape(self.adapt_variance, self._spread), self.compute_dtype)

    def load_own_variables(self, store):
        super().load_own_variables(store)
        self.finalize_state()

    def call(self, inputs):
        if self.mean is None:
            raise ValueError("You must call `.build(input_shape)` on the layer before using it.")
        inputs = promotion.convert(inputs, self.compute_dtype)
        deviation = maximum(sqrt(self.variance), settings.epsilon())
        if self.invert:
            return self.mean + inputs * deviation
        return (inputs - self.mean) / deviation

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        mean, variance = (
            None if value is None else np.asarray(value).tolist()
            for value in (self.input_mean, self.input_variance)
        )
        own = {"axis": self.axis, "invert": self.invert, "mean": mean, "variance": variance}
        return {**super().get_config(), **own}


def _unlabelled(batches):
    """The inputs of batches that may have labels too."""
    for batch in batches:
        yield batch[0] if isinstance(batch, tuple) else batch


class CategoryEncoding(Layer):
    """Integers as vectors: one-hot, or with a 1 (or the count) for each integer of a row.

    Args:
      num_tokens: the length of the vectors.
      output_mode: `"one_hot"`, `"multi_hot"` or `"count"`.
      sparse: whether the vectors come as a `SparseTensor`.

    Raises:
      ValueError: no `num_tokens`, or another mode.

    >>> import numpy as np
    >>> CategoryEncoding(4)(np.array([[0, 2]])).numpy()
    array([[1., 0., 1., 0.]], dtype=float32)
    """

    def __init__(self, num_tokens=None, output_mode="multi_hot", sparse=False, **kwargs):
        super().__init__(**kwargs)
        output_mode = "multi_hot" if output_mode == "binary" else output_mode
        if output_mode not in ("count", "one_hot", "multi_hot"):
            raise ValueError(f"Unknown arg for output_mode: {output_mode}")
        if num_tokens is None:
            raise ValueError(
                "num_tokens must be set to use this layer. If the number of tokens is not known "
                "beforehand, use the IntegerLookup layer instead."
            )
        if num_tokens < 1:
            raise ValueError(f"`num_tokens` must be >= 1. Received: num_tokens={num_tokens}.")
        self.num_tokens, self.output_mode, self.sparse = num_tokens, output_mode, sparse
        self._allow_non_tensor_positional_args, self._convert_input_args = True, False

    def call(self, inputs, count_weights=None):
        if count_weights is not None and self.output_mode != "count":
            raise ValueError(
                "`count_weights` is not used when `output_mode` is not `'count'`. Received "
                f"`count_weights={count_weights}`."
            )
        inputs = promotion.convert(inputs)
        return encode(
            inputs, self.output_mode, self.num_tokens, self.dtype, count_weights, self.sparse
        )

    def compute_output_shape(self, input_shape):
        inner = tuple(input_shape)
        if self.output_mode == "one_hot" and (inner[-1:] != (1,) or len(inner) == 1):
            return (*inner, self.num_tokens)
        return (*inner[:-1], self.num_tokens)

    def get_config(self):
        return {**super().get_config(), **self._config_of("num_tokens", "output_mode")}


def encode(inputs, output_mode, depth, dtype, count_weights=None, sparse=False):
    """Integers as vectors of length `depth`, maybe as a `SparseTensor`; see `CategoryEncoding`."""
    rank = inputs.shape.rank
    if output_mode == "one_hot" and rank > 1 and inputs.shape[-1] == 1:
        inputs = inputs[..., 0]
    encoded = one_hot(cast(inputs, "int64"), depth, dtype=dtype)
    if output_mode != "one_hot" and rank != 0:
        if count_weights is not None:
            encoded = encoded * cast(convert_to_tensor(count_weights), dtype)[..., None]
        encoded = reduce_sum(encoded, min(rank - 1, 1))  # the first axis but that of the batch
        if output_mode == "multi_hot":
            encoded = cast(greater(encoded, ones_like(encoded) * 0), dtype)
    return from_dense(encoded) if sparse else encoded
