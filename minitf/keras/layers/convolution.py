"""Convolution layers: plain, depthwise, separable and transposed, over one to three axes."""

from minitf.keras import config as settings
from minitf.keras.arguments import standardize_padding, standardize_tuple
from minitf.keras.input_spec import InputSpec
from minitf.keras.layer import Layer
from minitf.keras.ops.nn import depthwise_conv
from minitf.ops.array import pad, shape, transpose
from minitf.ops.convolution import conv_transpose, convolution

_LAST = {1: "NWC", 2: "NHWC", 3: "NDHWC"}


class _Convolution(Layer):
    """What convolutions have in common: kernels that move over the axes between batch and channels.

    The work is done with the channels at the end, wherever the inputs have them.
    """

    rank = 1
    _parts = ("kernel", "bias")

    def _set_up(self, kernel_size, strides, padding, data_format, dilation_rate, use_bias):
        rank = self.rank
        self.kernel_size = standardize_tuple(kernel_size, rank, "kernel_size")
        self.strides = standardize_tuple(strides, rank, "strides")
        self.dilation_rate = standardize_tuple(dilation_rate, rank, "dilation_rate")
        self.padding = standardize_padding(padding, isinstance(self, Conv) and rank == 1)
        self.data_format = settings.standardize_data_format(data_format)
        self.use_bias = use_bias
        self.input_spec = InputSpec(min_ndim=rank + 2)

    def _check_strides(self):
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                "`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: "
                f"strides={self.strides} and dilation_rate={self.dilation_rate}"
            )

    def _check_positive(self, name):
        if getattr(self, name) is not None and getattr(self, name) <= 0:
            raise ValueError(
                f"Invalid value for argument `{name}`. Expected a strictly positive value. "
                f"Received {name}={getattr(self, name)}."
            )

    _channel_axis = property(lambda self: 1 if self.data_format == "channels_first" else -1)

    def _channels(self, input_shape):
        """The number of channels; the layer takes only so many from now on."""
        channels = input_shape[self._channel_axis]
        self.input_spec = InputSpec(min_ndim=self.rank + 2, axes={self._channel_axis: channels})
        return channels

    def _shape_with(self, input_shape, channels, size_of):
        """The output shape: `size_of(i, n)` for the size `n` of spatial axis `i`."""
        spatial = input_shape[2:] if self._channel_axis == 1 else input_shape[1:-1]
        sizes = [None if n is None else size_of(i, n) for i, n in enumerate(spatial)]
        inner = (channels, *sizes) if self._channel_axis == 1 else (*sizes, channels)
        return (input_shape[0], *inner)

    def _moved_shape(self, input_shape, channels):
        """The output shape of kernels that move over the inputs."""

        def size_of(i, n):
            reach = self.dilation_rate[i] * (self.kernel_size[i] - 1) + 1
            if self.padding != "valid":
                return -(-n // self.strides[i])
            if n < reach:
                kernel = (*self.kernel_size, input_shape[self._channel_axis], channels)
                raise ValueError(
                    "Computed output size would be zero or negative. Received "
                    f"`inputs shape={input_shape}`, `kernel shape={kernel}`, "
                    f"`dilation_rate={self.dilation_rate}`, `strides={self.strides}`, "
                    f"`padding={self.padding}`."
                )
            return (n - reach) // self.strides[i] + 1

        return self._shape_with(input_shape, channels, size_of)

    def call(self, inputs):
        first = self._channel_axis == 1
        if first:
            inputs = transpose(inputs, [0, *range(2, self.rank + 2), 1])
        outputs = self._convolve(inputs)
        if self.use_bias:
            outputs = outputs + self.bias
        if first:
            outputs = transpose(outputs, [0, self.rank + 1, *range(1, self.rank + 1)])
        return self.activation(outputs)

    def _convolve(self, inputs):
        raise NotImplementedError

    def _plain(self, inputs, kernel, strides=None, dilations=None):
        padding = self.padding.upper()
        if padding == "CAUSAL":
            reach = self.dilation_rate[0] * (self.kernel_size[0] - 1)
            inputs, padding = pad(inputs, [[0, 0], [reach, 0], [0, 0]]), "VALID"
        return convolution(inputs, kernel, list(strides or self.strides), padding,
                           _LAST[self.rank], list(dilations or self.dilation_rate))  # fmt: skip

    def _depthwise(self, inputs, kernel):
        return depthwise_conv(
            inputs, kernel, self.strides, self.padding, "channels_last", self.dilation_rate
        )

    def _described(self, *own):
        ends = ("initializer", "regularizer", "constraint")
        parts = [[f"{part}_{end}" for part in self._parts] for end in ends]
        names = (*own, "kernel_size", "strides", "padding", "data_format", "dilation_rate",
                 "activation", "use_bias", *parts[0], *parts[1], "activity_regularizer",
                 *parts[2])  # fmt: skip
        return self._config_of(*names)


class Conv(_Convolution):
    """Convolution: each output channel is a sum over a window and all input channels.

    Args:
      filters: the number of output channels.
      kernel_size: the sizes of the window, an integer or one per axis.
      strides: the steps between windows.
      padding: `"valid"`, or `"same"` (zeros around), or for sequences `"causal"` (zeros before).
      data_format: where the channels are, default `keras.config.image_data_format()`.
      dilation_rate: the distances within a window.
      groups: how many groups the channels are divided into.
      activation, use_bias, kernel_initializer, ...: as in `Dense`.

    Raises:
      ValueError: sizes that are not positive or do not fit.
    """

    _checkpoint_names = {"kernel": "_kernel"}

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None,
                 dilation_rate=1, groups=1, activation=None, use_bias=True,
                 kernel_initializer="glorot_uniform", bias_initializer="zeros",
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self._set_up(kernel_size, strides, padding, data_format, dilation_rate, use_bias)
        self.filters, self.groups = filters, groups
        self._take(
            activation=activation,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )
        self._check_positive("filters")
        if groups <= 0:
            raise ValueError(
                f"The number of groups must be a positive integer. Received: groups={groups}."
            )
        if filters is not None and filters % groups:
            raise ValueError(
                "The number of filters must be evenly divisible by the number of groups. "
                f"Received: groups={groups}, filters={filters}."
            )
        self._check_strides()

    def build(self, input_shape):
        channels = self._channels(input_shape)
        if channels % self.groups:
            raise ValueError(
                "The number of input channels must be evenly divisible by the number of groups. "
                f"Received groups={self.groups}, but the input has {channels} channels (full input "
                f"shape is {input_shape})."
            )
        self.compute_output_shape(input_shape)  # raises where the window does not fit
        kernel_shape = (*self.kernel_size, channels // self.groups, self.filters)
        self.kernel = self._add_part("kernel", kernel_shape)
        self.bias = self._add_part("bias", (self.filters,)) if self.use_bias else None

    def _convolve(self, inputs):
        return self._plain(inputs, self.kernel)

    def compute_output_shape(self, input_shape):
        return self._moved_shape(input_shape, self.filters)

    def get_config(self):
        own = self._described("filters")
        order = list(own)
        order.insert(order.index("activation"), "groups")
        own["groups"] = self.groups
        return {**super().get_config(), **{name: own[name] for name in order}}


class Conv1D(Conv):
    __doc__ = Conv.__doc__


class Conv2D(Conv):
    __doc__ = Conv.__doc__
    rank = 2


class Conv3D(Conv):
    __doc__ = Conv.__doc__
    rank = 3


class _Depthwise(_Convolution):
    """Convolution of each channel by itself.

    Args:
      kernel_size, strides, padding, data_format, dilation_rate: as in `Conv2D`.
      depth_multiplier: how many output channels each input channel gives.
    """

    _parts = ("depthwise", "bias")

    def __init__(self, kernel_size, strides=1, padding="valid", depth_multiplier=1,
                 data_format=None, dilation_rate=1, activation=None, use_bias=True,
                 depthwise_initializer="glorot_uniform", bias_initializer="zeros",
                 depthwise_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 depthwise_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self._set_up(kernel_size, strides, padding, data_format, dilation_rate, use_bias)
        self.depth_multiplier = depth_multiplier
        self._take(
            activation=activation,
            depthwise_initializer=depthwise_initializer,
            bias_initializer=bias_initializer,
            depthwise_regularizer=depthwise_regularizer,
            bias_regularizer=bias_regularizer,
            depthwise_constraint=depthwise_constraint,
            bias_constraint=bias_constraint,
        )
        self._check_positive("depth_multiplier")

    def build(self, input_shape):
        channels = self._channels(input_shape)
        self.compute_output_shape(input_shape)
        kernel_shape = (*self.kernel_size, channels, self.depth_multiplier)
        self.kernel = self._add_part("depthwise", kernel_shape, name="kernel")
        size = self.depth_multiplier * channels
        self.bias = self._add_part("bias", (size,)) if self.use_bias else None

    def _convolve(self, inputs):
        return self._depthwise(inputs, self.kernel)

    def compute_output_shape(self, input_shape):
        channels = input_shape[self._channel_axis]
        return self._moved_shape(input_shape, self.depth_multiplier * channels)

    def get_config(self):
        return {**super().get_config(), **self._described("depth_multiplier")}


class DepthwiseConv1D(_Depthwise):
    __doc__ = _Depthwise.__doc__


class DepthwiseConv2D(_Depthwise):
    __doc__ = _Depthwise.__doc__
    rank = 2


class _Separable(_Convolution):
    """Convolution of each channel by itself, then one that mixes the channels of each place.

    Args:
      filters: the number of output channels.
      kernel_size, strides, padding, data_format, dilation_rate: as in `Conv2D`.
      depth_multiplier: how many channels each input channel gives in between.
    """

    _parts = ("depthwise", "pointwise", "bias")

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None,
                 dilation_rate=1, depth_multiplier=1, activation=None, use_bias=True,
                 depthwise_initializer="glorot_uniform", pointwise_initializer="glorot_uniform",
                 bias_initializer="zeros", depthwise_regularizer=None, pointwise_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, depthwise_constraint=None,
                 pointwise_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self._set_up(kernel_size, strides, padding, data_format, dilation_rate, use_bias)
        self.filters, self.depth_multiplier = filters, depth_multiplier
        self._take(
            activation=activation,
            depthwise_initializer=depthwise_initializer,
            pointwise_initializer=pointwise_initializer,
            bias_initializer=bias_initializer,
            depthwise_regularizer=depthwise_regularizer,
            pointwise_regularizer=pointwise_regularizer,
            bias_regularizer=bias_regularizer,
            depthwise_constraint=depthwise_constraint,
            pointwise_constraint=pointwise_constraint,
            bias_constraint=bias_constraint,
        )
        self._check_positive("depth_multiplier")
        self._check_positive("filters")

    def build(self, input_shape):
        channels = self._channels(input_shape)
        self.compute_output_shape(input_shape)
        between = self.depth_multiplier * channels
        self.depthwise_kernel = self._add_part(
            "depthwise", (*self.kernel_size, channels, self.depth_multiplier), "depthwise_kernel"
        )
        self.pointwise_kernel = self._add_part(
            "pointwise", (*(1,) * self.rank, between, self.filters), "pointwise_kernel"
        )
        self.bias = self._add_part("bias", (self.filters,)) if self.use_bias else None

    def _convolve(self, inputs):
        ones = (1,) * self.rank
        between = self._depthwise(inputs, self.depthwise_kernel)
        return self._plain(between, self.pointwise_kernel, ones, ones)

    def compute_output_shape(self, input_shape):
        return self._moved_shape(input_shape, self.filters)

    def get_config(self):
        return {**super().get_config(), **self._described("depth_multiplier", "filters")}


class SeparableConv1D(_Separable):
    __doc__ = _Separable.__doc__


class SeparableConv2D(_Separable):
    __doc__ = _Separable.__doc__
    rank = 2


class _Transpose(_Convolution):
    """Transposed convolution: each input element adds a kernel to a window of the outputs.

    Args:
      filters, kernel_size, strides, padding, data_format, dilation_rate: as in `Conv2D`.
      output_padding: what is added to the sizes of the outputs, less than the strides.

    Raises:
      ValueError: sizes that are not positive or do not fit.
    """

    def __init__(self, filters, kernel_size, strides=1, padding="valid", output_padding=None,
                 data_format=None, dilation_rate=1, activation=None, use_bias=True,
                 kernel_initializer="glorot_uniform", bias_initializer="zeros",
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self._set_up(kernel_size, strides, padding, data_format, dilation_rate, use_bias)
        self.filters = filters
        if output_padding is not None:
            output_padding = standardize_tuple(output_padding, self.rank, "output_padding", True)
            for i, (extra, stride) in enumerate(zip(output_padding, self.strides)):
                if extra >= stride:
                    raise ValueError(
                        "`output_padding` must be strictly less than `strides` for all dimensions. "
                        f"At dimension {i}, `output_padding` is {extra} but `strides` is {stride}. "
                        f"Received: output_padding={output_padding}, strides={self.strides}"
                    )
        self.output_padding = output_padding
        self._take(
            activation=activation,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )
        self._check_positive("filters")
        self._check_strides()

    def build(self, input_shape):
        channels = self._channels(input_shape)
        self.kernel = self._add_part("kernel", (*self.kernel_size, self.filters, channels))
        self.bias = self._add_part("bias", (self.filters,)) if self.use_bias else None

    def _size(self, i, n):
        """The size of an output axis where that of the input is `n`."""
        reach = self.dilation_rate[i] * (self.kernel_size[i] - 1) + 1
        extra = None if self.output_padding is None else self.output_padding[i]
        if self.padding == "valid":
            extra = max(reach, self.strides[i]) - reach if extra is None else extra
            return (n - 1) * self.strides[i] + reach + extra
        if extra is None:
            return n * self.strides[i]
        return (n - 1) * self.strides[i] + reach % 2 + extra

    def _convolve(self, inputs):
        dynamic = shape(inputs)
        sizes = [dynamic[i] if n is None else n for i, n in enumerate(inputs.shape)]
        spatial = [self._size(i, n) for i, n in enumerate(sizes[1:-1])]
        output_shape = [sizes[0], *spatial, self.filters]
        return conv_transpose(inputs, self.kernel, output_shape, list(self.strides),
                              self.padding.upper(), _LAST[self.rank],
                              list(self.dilation_rate))  # fmt: skip

    def compute_output_shape(self, input_shape):
        return self._shape_with(input_shape, self.filters, self._size)

    def get_config(self):
        own = self._described("filters")
        order = list(own)
        order.insert(order.index("data_format"), "output_padding")
        own["output_padding"] = self.output_padding
        return {**super().get_config(), **{name: own[name] for name in order}}


class Conv1DTranspose(_Transpose):
    __doc__ = _Transpose.__doc__


class Conv2DTranspose(_Transpose):
    __doc__ = _Transpose.__doc__
    rank = 2


class Conv3DTranspose(_Transpose):
    __doc__ = _Transpose.__doc__
    rank = 3


# The longer names that Keras also has.
Convolution1D, Convolution2D, Convolution3D = Conv1D, Conv2D, Conv3D
Convolution1DTranspose, Convolution2DTranspose = Conv1DTranspose, Conv2DTranspose
Convolution3DTranspose = Conv3DTranspose
SeparableConvolution1D, SeparableConvolution2D = SeparableConv1D, SeparableConv2D
