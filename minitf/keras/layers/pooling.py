"""Pooling layers: the largest element or the mean, of windows or of everything."""

from minitf.keras import config as settings
from minitf.keras.arguments import standardize_padding, standardize_tuple
from minitf.keras.input_spec import InputSpec
from minitf.keras.layer import Layer
from minitf.keras.ops import mean
from minitf.ops.array import expand_dims, transpose, zeros_like
from minitf.ops.gathering import where
from minitf.ops.math import cast
from minitf.ops.pooling import (
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    max_pool1d,
    max_pool2d,
    max_pool3d,
)
from minitf.ops.reductions import reduce_max, reduce_sum


class _Pooling(Layer):
    """Windows that move over the axes between batch and channels."""

    _rank = 1

    def __init__(self, pool_size=2, strides=None, padding="valid", data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.pool_size = standardize_tuple(pool_size, self._rank, "pool_size")
        strides = pool_size if strides is None else strides
        self.strides = standardize_tuple(strides, self._rank, "strides", allow_zero=True)
        self.padding = standardize_padding(padding)
        self.data_format = settings.standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self._rank + 2)
        self._build_at_init()

    def call(self, inputs):
        first = self.data_format == "channels_first"
        if first:
            inputs = transpose(inputs, [0, *range(2, self._rank + 2), 1])
        outputs = self._pool(inputs, self.pool_size, self.strides, self.padding.upper())
        if first:
            outputs = transpose(outputs, [0, self._rank + 1, *range(1, self._rank + 1)])
        return outputs

    def _pool(self, inputs, size, strides, padding):
        raise NotImplementedError

    def compute_output_shape(self, input_shape):
        first = self.data_format == "channels_first"
        spatial = input_shape[2:] if first else input_shape[1:-1]
        sizes = []
        for n, size, stride in zip(spatial, self.pool_size, self.strides):
            if n is not None and self.padding == "valid" and n < size:
                raise ValueError(
                    "Computed output size would be negative. Received: "
                    f"`inputs.shape={input_shape}` and `pool_size={self.pool_size}`."
                )
            rest = size if self.padding == "valid" else 1
            sizes.append(None if n is None else (n - rest) // stride + 1)
        inner = (input_shape[1], *sizes) if first else (*sizes, input_shape[-1])
        return (input_shape[0], *inner)

    def get_config(self):
        own = self._config_of("pool_size", "padding", "strides", "data_format")
        return {**super().get_config(), **own}


class MaxPooling1D(_Pooling):
    """The largest element of each window of sequences.

    Args:
      pool_size: the length of the window.
      strides: the steps between windows, default `pool_size`.
      padding: `"valid"`, or `"same"`: windows may reach beyond the ends.
      data_format: where the channels are.
    """

    def _pool(self, inputs, size, strides, padding):
        return max_pool1d(inputs, size, strides, padding)


class MaxPooling2D(_Pooling):
    """The largest element of each window of images; see `MaxPooling1D`.

    >>> import numpy as np
    >>> MaxPooling2D()(np.arange(4.0).reshape(1, 2, 2, 1)).numpy().ravel()
    array([3.], dtype=float32)
    """

    _rank = 2

    def _pool(self, inputs, size, strides, padding):
        return max_pool2d(inputs, size, strides, padding)


class MaxPooling3D(_Pooling):
    """The largest element of each window of volumes; see `MaxPooling1D`."""

    _rank = 3

    def _pool(self, inputs, size, strides, padding):
        return max_pool3d(inputs, [1, *size, 1], [1, *strides, 1], padding)


class AveragePooling1D(_Pooling):
    """The mean of each window of sequences; see `MaxPooling1D`."""

    def _pool(self, inputs, size, strides, padding):
        return avg_pool1d(inputs, size, strides, padding)


class AveragePooling2D(_Pooling):
    """The mean of each window of images; see `MaxPooling1D`."""

    _rank = 2

    def _pool(self, inputs, size, strides, padding):
        return avg_pool2d(inputs, size, strides, padding)


class AveragePooling3D(_Pooling):
    """The mean of each window of volumes; see `MaxPooling1D`."""

    _rank = 3

    def _pool(self, inputs, size, strides, padding):
        return avg_pool3d(inputs, [1, *size, 1], [1, *strides, 1], padding)


class _GlobalPooling(Layer):
    """One number per channel.

    Args:
      data_format: where the channels are.
      keepdims: whether the other axes stay, with size 1.
    """

    _rank = 1

    def __init__(self, data_format=None, keepdims=False, **kwargs):
        super().__init__(**kwargs)
        self.data_format = settings.standardize_data_format(data_format)
        self.keepdims = keepdims
        self.input_spec = InputSpec(ndim=self._rank + 2)
        self._build_at_init()

    def _axes(self):
        first = 2 if self.data_format == "channels_first" else 1
        return list(range(first, first + self._rank))

    def compute_output_shape(self, input_shape):
        axes = self._axes()
        kept = ((1 if i in axes else n) for i, n in enumerate(input_shape))
        if self.keepdims:
            return tuple(kept)
        return tuple(n for i, n in enumerate(input_shape) if i not in axes)

    def get_config(self):
        return {**super().get_config(), **self._config_of("data_format", "keepdims")}


class _GlobalMax(_GlobalPooling):
    """The largest element of each channel."""

    def call(self, inputs):
        return reduce_max(inputs, self._axes(), keepdims=self.keepdims)


class GlobalMaxPooling1D(_GlobalMax):
    """The largest element of each channel of sequences."""


class GlobalMaxPooling2D(_GlobalMax):
    """The largest element of each channel of images."""

    _rank = 2


class GlobalMaxPooling3D(_GlobalMax):
    """The largest element of each channel of volumes."""

    _rank = 3


class GlobalAveragePooling1D(_GlobalPooling):
    """The mean of each channel of sequences, over the steps that are not masked."""

    def __init__(self, data_format=None, keepdims=False, **kwargs):
        super().__init__(data_format, keepdims, **kwargs)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        axes = self._axes()
        if mask is None:
            return mean(inputs, axes, keepdims=self.keepdims)
        kept = cast(expand_dims(mask, 2 if self.data_format == "channels_last" else 1), "bool")
        total = reduce_sum(where(kept, inputs, zeros_like(inputs)), axes, keepdims=self.keepdims)
        return total / reduce_sum(cast(kept, inputs.dtype), axes, keepdims=self.keepdims)

    def compute_mask(self, inputs, mask=None):
        return None


class _GlobalAverage(_GlobalPooling):
    """The mean of each channel."""

    def call(self, inputs):
        return mean(inputs, self._axes(), keepdims=self.keepdims)


class GlobalAveragePooling2D(_GlobalAverage):
    """The mean of each channel of images."""

    _rank = 2


class GlobalAveragePooling3D(_GlobalAverage):
    """The mean of each channel of volumes."""

    _rank = 3


# The shorter names that Keras also has.
MaxPool1D, MaxPool2D, MaxPool3D = MaxPooling1D, MaxPooling2D, MaxPooling3D
AvgPool1D, AvgPool2D, AvgPool3D = AveragePooling1D, AveragePooling2D, AveragePooling3D
GlobalMaxPool1D, GlobalMaxPool2D = GlobalMaxPooling1D, GlobalMaxPooling2D
GlobalMaxPool3D, GlobalAvgPool3D = GlobalMaxPooling3D, GlobalAveragePooling3D
GlobalAvgPool1D, GlobalAvgPool2D = GlobalAveragePooling1D, GlobalAveragePooling2D
