"""The convolutions among `tf.layers`, as classes."""

from minitf.compat.v1 import initializers, nn
from minitf.compat.v1.layer import Layer, last_dim
from minitf.ops import convolution
from minitf.ops.array import expand_dims, squeeze
from minitf.ops.array import shape as shape_of

_ZEROS = initializers.Zeros()


class _Conv(Layer):
    """A convolution over `rank` axes."""

    rank = 2

    def __init__(self, filters, kernel_size, strides=1, padding="valid",
                 data_format="channels_last", dilation_rate=1, activation=None, use_bias=True,
                 kernel_initializer=None, bias_initializer=_ZEROS, kernel_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, trainable=True, name=None, **kwargs):  # fmt: skip
        super().__init__(trainable, name, **kwargs)
        self.filters, self.kernel_size = filters, per_axis(kernel_size, self.rank)
        self.strides, self.dilation_rate = (
            per_axis(strides, self.rank),
            per_axis(dilation_rate, self.rank),
        )
        self.padding, self.data_format = padding.upper(), data_format
        self.activation, self.use_bias = activation, use_bias
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.kernel_regularizer, self.bias_regularizer = kernel_regularizer, bias_regularizer
        self.activity_regularizer = activity_regularizer
        self.kernel_constraint, self.bias_constraint = kernel_constraint, bias_constraint

    def build(self, input_shape):
        axis = 1 if self.data_format == "channels_first" else -1
        channels = last_dim(self, input_shape, axis)
        self.kernel = self.add_weight(
            "kernel", self._kernel_shape(channels), self.kernel_initializer,
            self.kernel_regularizer, self.kernel_constraint,
        )  # fmt: skip
        self._add_bias()

    def _add_bias(self):
        self.bias = self.add_weight(
            "bias", [self.filters], self.bias_initializer, self.bias_regularizer,
            self.bias_constraint,
        ) if self.use_bias else None  # fmt: skip

    def _kernel_shape(self, channels):
        return [*self.kernel_size, channels, self.filters]

    def call(self, inputs):
        outputs = self._convolve(inputs)
        if self.use_bias:
            outputs = nn.bias_add(outputs, self.bias, self._format(2))
        return outputs if self.activation is None else self.activation(outputs)

    def _convolve(self, inputs):
        return convolution.convolution(inputs, self.kernel, list(self.strides), self.padding,
                                       self._format(), list(self.dilation_rate))  # fmt: skip

    def _format(self, rank=None):
        first = self.data_format == "channels_first"
        axes = {1: "W", 2: "HW", 3: "DHW"}[rank or self.rank]
        return f"NC{axes}" if first else f"N{axes}C"


def per_axis(value, rank):
    return (value,) * rank if isinstance(value, int) else tuple(value)


class Conv1D(_Conv):
    """A convolution over `[batch, steps, channels]`."""

    rank, default_name = 1, "conv1d"


class Conv2D(_Conv):
    """A convolution over images `[batch, height, width, channels]`."""

    rank, default_name = 2, "conv2d"


class Conv3D(_Conv):
    """A convolution over volumes."""

    rank, default_name = 3, "conv3d"


class _Transpose(_Conv):
    """The gradient of a convolution as a layer: `strides` times larger images."""

    def __init__(self, filters, kernel_size, strides=1, padding="valid",
                 data_format="channels_last", activation=None, use_bias=True,
                 **settings):  # fmt: skip
        super().__init__(filters, kernel_size, strides, padding, data_format, 1, activation,
                         use_bias, **settings)  # fmt: skip

    def _kernel_shape(self, channels):
        return [*self.kernel_size, self.filters, channels]

    def _convolve(self, inputs):
        first = self.data_format == "channels_first"
        sizes = [self._size(inputs, axis + 1 + first, axis) for axis in range(self.rank)]
        batch = inputs.shape[0]
        batch = shape_of(inputs)[0] if batch is None else batch
        dims = [batch, self.filters, *sizes] if first else [batch, *sizes, self.filters]
        outputs = convolution.conv_transpose(inputs, self.kernel, dims, list(self.strides),
                                             self.padding, self._format())  # fmt: skip
        known = [inputs.shape[0] if d is batch else d for d in dims]
        outputs.set_shape([d if isinstance(d, int) or d is None else None for d in known])
        return outputs

    def _size(self, inputs, axis, i):
        size, stride = inputs.shape[axis], self.strides[i]
        size = shape_of(inputs)[axis] if size is None else size
        extra = max(self.kernel_size[i] - stride, 0) if self.padding == "VALID" else 0
        return size * stride + extra


class Conv2DTranspose(_Transpose):
    """The gradient of a convolution as a layer: `strides` times larger images."""

    rank, default_name = 2, "conv2d_transpose"


class Conv3DTranspose(_Transpose):
    """The gradient of a convolution as a layer: `strides` times larger volumes."""

    rank, default_name = 3, "conv3d_transpose"


class _Separable(_Conv):
    """A convolution of each channel, then one that mixes the channels."""

    def __init__(self, filters, kernel_size, strides=1, padding="valid",
                 data_format="channels_last", dilation_rate=1, depth_multiplier=1,
                 activation=None, use_bias=True, depthwise_initializer=None,
                 pointwise_initializer=None, bias_initializer=_ZEROS, depthwise_regularizer=None,
                 pointwise_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 depthwise_constraint=None, pointwise_constraint=None, bias_constraint=None,
                 trainable=True, name=None, **kwargs):  # fmt: skip
        super().__init__(
            filters, kernel_size, strides, padding, data_format, dilation_rate, activation,
            use_bias, None, bias_initializer, None, bias_regularizer, activity_regularizer, None,
            bias_constraint, trainable, name, **kwargs,
        )  # fmt: skip
        self.depth_multiplier = depth_multiplier
        self._depthwise = depthwise_initializer, depthwise_regularizer, depthwise_constraint
        self._pointwise = pointwise_initializer, pointwise_regularizer, pointwise_constraint

    def build(self, input_shape):
        axis = 1 if self.data_format == "channels_first" else -1
        channels = last_dim(self, input_shape, axis)
        depth, ones = channels * self.depth_multiplier, [1] * self.rank
        self.depthwise_kernel = self.add_weight(
            "depthwise_kernel", [*self.kernel_size, channels, self.depth_multiplier],
            *self._depthwise,
        )  # fmt: skip
        self.pointwise_kernel = self.add_weight(
            "pointwise_kernel", [*ones, depth, self.filters], *self._pointwise
        )
        self._add_bias()

    def _convolve(self, inputs):
        """As images; those of one axis have a height of 1."""
        first, lines = self.data_format == "channels_first", self.rank == 1
        height = 2 if first else 1
        fit = (lambda x, axis: expand_dims(x, axis)) if lines else (lambda x, axis: x)
        strides, dilations = list(self.strides) * (2 if lines else 1), list(self.dilation_rate)
        outputs = convolution.separable_conv2d(
            fit(inputs, height), fit(self.depthwise_kernel, 0), fit(self.pointwise_kernel, 0),
            [1, 1, *strides] if first else [1, *strides, 1], self.padding, self._format(2),
            [1, *dilations] if lines else dilations,
        )  # fmt: skip
        return squeeze(outputs, [height]) if lines else outputs


class SeparableConv1D(_Separable):
    """A convolution of each channel along `[batch, steps, channels]`, then one that mixes them."""

    rank, default_name = 1, "separable_conv1d"


class SeparableConv2D(_Separable):
    """A convolution of each channel of images, then one that mixes the channels."""

    rank, default_name = 2, "separable_conv2d"
