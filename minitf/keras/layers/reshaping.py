"""Layers that move, repeat, add or take away elements."""

import math

from minitf.keras import config as settings
from minitf.keras.arguments import standardize_pairs, standardize_tuple
from minitf.keras.input_spec import InputSpec
from minitf.keras.layer import Layer
from minitf.keras.ops import image
from minitf.keras.symbolic import KerasTensor
from minitf.ops.array import expand_dims, pad, repeat, reshape, shape, tile, transpose


class _KeepsDtype(Layer):
    """A layer whose outputs have the dtype of its inputs."""

    def compute_output_spec(self, inputs):
        return KerasTensor(self.compute_output_shape(inputs.shape), str(inputs.dtype))


class Flatten(_KeepsDtype):
    """All axes but the batch as one.

    >>> Flatten()(KerasTensor((None, 2, 3))).shape
    (None, 6)
    """

    def __init__(self, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.data_format = settings.standardize_data_format(data_format)
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs):
        rank = len(inputs.shape)
        if self.data_format == "channels_first" and rank > 1:
            inputs = transpose(inputs, [0, *range(2, rank), 1])
        size = self.compute_output_shape(inputs.shape)[1]
        batch = inputs.shape[0] if inputs.shape[0] is not None else shape(inputs)[0]
        return reshape(inputs, [batch, -1 if size is None else size])

    def compute_output_shape(self, input_shape):
        inner = tuple(input_shape[1:])
        return (input_shape[0], None if None in inner else math.prod(inner))

    def get_config(self):
        return {**super().get_config(), **self._config_of("data_format")}


class Reshape(_KeepsDtype):
    """The inputs in another shape, given without the batch; one size may be -1.

    Raises:
      ValueError: the number of elements would change.

    >>> Reshape((-1, 2))(KerasTensor((None, 6))).shape
    (None, 3, 2)
    """

    def __init__(self, target_shape, **kwargs):
        super().__init__(**kwargs)
        self.target_shape = tuple(target_shape)
        if self.target_shape.count(-1) > 1:
            raise ValueError(
                "There must be at most one unknown dimension (-1) in target_shape. "
                f"Received: target_shape={self.target_shape}."
            )
        self.built = True

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self._resolved(tuple(input_shape[1:])))

    def _resolved(self, inner):
        target = self.target_shape
        if None in inner or None in target:
            return tuple(None if size == -1 else size for size in target)
        size, known = math.prod(inner), math.prod(n for n in target if n != -1)
        if -1 not in target and size != known:
            raise ValueError(
                "The total size of the tensor must be unchanged. Received: "
                f"input_shape={inner}, target_shape={target}"
            )
        if -1 in target and (known == 0 or size % known):
            raise ValueError(
                "The total size of the tensor must be unchanged, however, the input size cannot by "
                "divided by the specified dimensions in target_shape. Received: "
                f"input_shape={inner}, target_shape={target}"
            )
        return tuple(size // known if n == -1 else n for n in target)

    def call(self, inputs):
        batch = inputs.shape[0] if inputs.shape[0] is not None else shape(inputs)[0]
        sizes = self._resolved(tuple(inputs.shape)[1:])
        return reshape(inputs, [batch, *(-1 if n is None else n for n in sizes)])

    def get_config(self):
        return {**super().get_config(), **self._config_of("target_shape")}


class Permute(_KeepsDtype):
    """The axes, counted from 1, in another order.

    Raises:
      ValueError: `dims` is no permutation of 1, 2, ...
    """

    def __init__(self, dims, **kwargs):
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(dims) != list(range(1, len(dims) + 1)):
            raise ValueError(
                "Invalid permutation argument `dims` for Permute Layer. The set of indices in "
                f"`dims` must be consecutive and start from 1. Received dims={dims}"
            )
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *(input_shape[dim] for dim in self.dims))

    def call(self, inputs):
        return transpose(inputs, [0, *self.dims])

    def get_config(self):
        return {**super().get_config(), **self._config_of("dims")}


def _check_positive_integer(name, value):
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"Expected an integer value for `{name}`, got {type(value)}.")
    if value <= 0:
        raise ValueError(
            f"Argument `{name}` should be a positive integer. Received: {name}={value}"
        )


class RepeatVector(Layer):
    """Each row `n` times, along a new axis 1; TypeError or ValueError for no positive `n`."""

    def __init__(self, n, **kwargs):
        super().__init__(**kwargs)
        _check_positive_integer("n", n)
        self.n = n
        self.input_spec = InputSpec(ndim=2)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.n, input_shape[1])

    def call(self, inputs):
        return tile(expand_dims(inputs, 1), [1, self.n, 1])

    def get_config(self):
        return {**super().get_config(), **self._config_of("n")}


class _Spatial(Layer):
    """A layer that treats the axes between batch and channels, or after them, each in its way."""

    _rank = 1

    def _set_up(self, data_format):
        self.data_format = settings.standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self._rank + 2)

    def _axes(self):
        first = 2 if self.data_format == "channels_first" else 1
        return range(first, first + self._rank)

    def _resized(self, input_shape, sizes):
        """`input_shape` with `sizes[i](n)` for the size `n` of spatial axis `i`."""
        result = list(input_shape)
        for axis, size in zip(self._axes(), sizes):
            result[axis] = None if result[axis] is None else size(result[axis])
        return tuple(result)


class UpSampling1D(_Spatial):
    """Each step `size` times; TypeError or ValueError for no positive `size`."""

    def __init__(self, size=2, **kwargs):
        super().__init__(**kwargs)
        _check_positive_integer("size", size)
        self._set_up("channels_last")
        self.size = size

    def compute_output_shape(self, input_shape):
        return self._resized(input_shape, [lambda n: n * self.size])

    def call(self, inputs):
        return repeat(inputs, self.size, axis=1)

    def get_config(self):
        return {**super().get_config(), **self._config_of("size")}


class _Repeated(_Spatial):
    """Each element several times along the spatial axes."""

    def compute_output_shape(self, input_shape):
        return self._resized(input_shape, [lambda n, k=k: n * k for k in self.size])

    def call(self, inputs):
        for axis, size in zip(self._axes(), self.size):
            inputs = repeat(inputs, size, axis=axis)
        return inputs

    def get_config(self):
        return {**super().get_config(), **self._config_of("size", "data_format")}


class UpSampling2D(_Repeated):
    """Images made larger by whole factors.

    Args:
      size: the factors of rows and columns.
      data_format: where the channels are.
      interpolation: `"nearest"` repeats pixels; `"bilinear"`, `"bicubic"`, `"lanczos3"` and
        `"lanczos5"` go evenly from one to the next.
    """

    _rank = 2

    def __init__(self, size=(2, 2), data_format=None, interpolation="nearest", **kwargs):
        super().__init__(**kwargs)
        self._set_up(data_format)
        self.size = standardize_tuple(size, 2, "size")
        self.interpolation = interpolation.lower()

    def call(self, inputs):
        if self.interpolation == "nearest":
            return super().call(inputs)
        sizes = shape(inputs)
        wanted = [sizes[axis] * size for axis, size in zip(self._axes(), self.size)]
        return image.resize(inputs, wanted, self.interpolation, data_format=self.data_format)

    def get_config(self):
        return {**super().get_config(), **self._config_of("interpolation")}


class UpSampling3D(_Repeated):
    """Volumes made larger by whole factors: elements are repeated."""

    _rank = 3

    def __init__(self, size=(2, 2, 2), data_format=None, **kwargs):
        super().__init__(**kwargs)
        self._set_up(data_format)
        self.size = standardize_tuple(size, 3, "size")


class _ZeroPadding(_Spatial):
    """Zeros at the ends of the spatial axes."""

    def _pairs(self):
        return self.padding

    def compute_output_shape(self, input_shape):
        return self._resized(input_shape, [lambda n, p=p: n + sum(p) for p in self._pairs()])

    def call(self, inputs):
        paddings = [(0, 0)] * (self._rank + 2)
        for axis, pair in zip(self._axes(), self._pairs()):
            paddings[axis] = pair
        return pad(inputs, paddings)

    def get_config(self):
        return {**super().get_config(), **self._config_of("padding", "data_format")}


class ZeroPadding1D(_ZeroPadding):
    """Zeros before and after sequences: `padding` steps, or a pair."""

    def __init__(self, padding=1, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self._set_up(data_format)
        self.padding = standardize_tuple(padding, 2, "padding", allow_zero=True)

    def _pairs(self):
        return (self.padding,)


class ZeroPadding2D(_ZeroPadding):
    """Zeros around images: an integer, one per axis, or a pair per axis."""

    _rank = 2

    def __init__(self, padding=(1, 1), data_format=None, **kwargs):
        super().__init__(**kwargs)
        self._set_up(data_format)
        self.padding = standardize_pairs(padding, 2, "padding")


class ZeroPadding3D(_ZeroPadding):
    """Zeros around volumes: an integer, one per axis, or a pair per axis."""

    _rank = 3

    def __init__(self, padding=((1, 1), (1, 1), (1, 1)), data_format=None, **kwargs):
        super().__init__(**kwargs)
        self._set_up(data_format)
        self.padding = standardize_pairs(padding, 3, "padding")


class _Cropping(_Spatial):
    """Takes away the ends of the spatial axes."""

    def _pairs(self):
        return self.cropping

    def compute_output_shape(self, input_shape):
        for axis, pair in zip(self._axes(), self._pairs()):
            if input_shape[axis] is not None and sum(pair) >= input_shape[axis]:
                raise ValueError(self._too_much(input_shape))
        return self._resized(input_shape, [lambda n, p=p: n - sum(p) for p in self._pairs()])

    def _too_much(self, input_shape):
        return (
            "Values in `cropping` argument should be smaller than the corresponding spatial "
            f"dimension of the input. Received: input_shape={tuple(input_shape)}, "
            f"cropping={self.cropping}"
        )

    def call(self, inputs):
        self.compute_output_shape(inputs.shape)  # raises where too much is taken away
        index = [slice(None)] * (self._rank + 2)
        for axis, (before, after) in zip(self._axes(), self._pairs()):
            index[axis] = slice(before, -after or None)
        return inputs[tuple(index)]

    def get_config(self):
        return {**super().get_config(), **self._config_of("cropping", "data_format")}


class Cropping1D(_Cropping):
    """Takes steps away from both ends of sequences: an integer or a pair."""

    def __init__(self, cropping=(1, 1), **kwargs):
        super().__init__(**kwargs)
        self._set_up("channels_last")
        self.cropping = standardize_tuple(cropping, 2, "cropping", allow_zero=True)

    def _pairs(self):
        return (self.cropping,)

    def _too_much(self, input_shape):
        return (
            "`cropping` parameter of `Cropping1D` layer must be smaller than the input length. "
            f"Received: input_shape={tuple(input_shape)}, cropping={self.cropping}"
        )

    def get_config(self):
        config = super().get_config()
        del config["data_format"]
        return config


class Cropping2D(_Cropping):
    """Takes rows and columns away from images: an integer, one per axis, or a pair per axis."""

    _rank = 2

    def __init__(self, cropping=((0, 0), (0, 0)), data_format=None, **kwargs):
        super().__init__(**kwargs)
        self._set_up(data_format)
        self.cropping = standardize_pairs(cropping, 2, "cropping")


class Cropping3D(_Cropping):
    """Takes the ends of volumes away: an integer, one per axis, or a pair per axis."""

    _rank = 3

    def __init__(self, cropping=((1, 1), (1, 1), (1, 1)), data_format=None, **kwargs):
        super().__init__(**kwargs)
        self._set_up(data_format)
        self.cropping = standardize_pairs(cropping, 3, "cropping")
