"""Pooling to a given size: windows as even as they can be, whatever the size of the inputs."""

from minitf.keras import config as settings
from minitf.keras.layer import Layer
from minitf.ops.joining import stack
from minitf.ops.reductions import reduce_max, reduce_mean


def _pooled(inputs, axis, size, reduce):
    """`inputs` with `size` elements along `axis`, the i-th of the window from i/size to (i+1)/size.

    The windows overlap where `size` does not divide the number of elements.
    """
    length = inputs.shape[axis]
    before = (slice(None),) * axis
    ends = [(i * length // size, -(-(i + 1) * length // size)) for i in range(size)]
    return stack([reduce(inputs[(*before, slice(*end))], axis) for end in ends], axis)


class _AdaptivePooling(Layer):
    """The `reduce` of windows, of which there are `output_size` along each spatial axis.

    Args:
      output_size: one integer, or one for each spatial axis.
      data_format: where the channels are.

    Raises:
      ValueError, TypeError: something else.
    """

    _rank = 1
    _reduce = staticmethod(reduce_mean)

    def __init__(self, output_size, data_format=None, **kwargs):
        super().__init__(**kwargs)
        several = isinstance(output_size, list | tuple)
        if not isinstance(output_size, int) and not (several and len(output_size) == self._rank):
            wrong_length = several and self._rank == 1
            raise (ValueError if wrong_length else TypeError)(
                f"`output_size` must be an integer or a tuple of {self._rank} integers. "
                f"Received: {output_size} of type {type(output_size)}"
            )
        self.output_size = tuple(output_size) if several else (output_size,) * self._rank
        self.data_format = settings.standardize_data_format(data_format)

    def call(self, inputs):
        first = 2 if self.data_format == "channels_first" else 1
        for axis, size in enumerate(self.output_size, first):
            inputs = _pooled(inputs, axis, size, self._reduce)
        return inputs

    def compute_output_shape(self, input_shape):
        if self.data_format == "channels_first":
            return (*input_shape[:2], *self.output_size)
        return (input_shape[0], *self.output_size, input_shape[-1])

    def get_config(self):
        return {**super().get_config(), **self._config_of("output_size", "data_format")}


class AdaptiveAveragePooling1D(_AdaptivePooling):
    """The mean of each of `output_size` windows of sequences.

    >>> import numpy as np
    >>> AdaptiveAveragePooling1D(2)(np.arange(3.0).reshape(1, 3, 1)).numpy().ravel()
    array([0.5, 1.5], dtype=float32)
    """


class AdaptiveAveragePooling2D(_AdaptivePooling):
    """The mean of each of `output_size` windows of images."""

    _rank = 2


class AdaptiveAveragePooling3D(_AdaptivePooling):
    """The mean of each of `output_size` windows of volumes."""

    _rank = 3


class AdaptiveMaxPooling1D(_AdaptivePooling):
    """The largest element of each of `output_size` windows of sequences."""

    _reduce = staticmethod(reduce_max)


class AdaptiveMaxPooling2D(AdaptiveMaxPooling1D):
    """The largest element of each of `output_size` windows of images."""

    _rank = 2


class AdaptiveMaxPooling3D(AdaptiveMaxPooling1D):
    """The largest element of each of `output_size` windows of volumes."""

    _rank = 3
