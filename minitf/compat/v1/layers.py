"""`tf.layers`: layers of TF 1.x, as functions and as classes."""

import functools
import inspect

from minitf.compat.v1 import initializers, nn
from minitf.compat.v1.layer import Layer, last_dim
from minitf.compat.v1.ops import cond
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.core.tensor import Tensor
from minitf.ops import convolution, normalization, pooling
from minitf.ops.array import identity, reshape, transpose
from minitf.ops.array import shape as shape_of
from minitf.ops.dropout import dropout as dropped
from minitf.ops.linalg import matmul, tensordot
from minitf.ops.math import cast, rsqrt

_ZEROS, _ONES = initializers.Zeros(), initializers.Ones()


class Dense(Layer):
    """`activation(inputs @ kernel + bias)`, over the last axis of the inputs."""

    default_name = "dense"

    def __init__(self, units, activation=None, use_bias=True, kernel_initializer=None,
                 bias_initializer=_ZEROS, kernel_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, bias_constraint=None,
                 trainable=True, name=None, **kwargs):  # fmt: skip
        super().__init__(trainable, name, **kwargs)
        self.units, self.activation, self.use_bias = int(units), activation, use_bias
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.kernel_regularizer, self.bias_regularizer = kernel_regularizer, bias_regularizer
        self.activity_regularizer = activity_regularizer
        self.kernel_constraint, self.bias_constraint = kernel_constraint, bias_constraint

    def build(self, input_shape):
        size = last_dim(self, input_shape)
        self.kernel = self.add_weight("kernel", [size, self.units], self.kernel_initializer,
                                      self.kernel_regularizer, self.kernel_constraint)  # fmt: skip
        self.bias = self.add_weight(
            "bias", [self.units], self.bias_initializer, self.bias_regularizer,
            self.bias_constraint,
        ) if self.use_bias else None  # fmt: skip

    def call(self, inputs):
        if inputs.shape.rank == 2:
            outputs = matmul(inputs, self.kernel)
        else:
            outputs = tensordot(inputs, self.kernel, [[inputs.shape.rank - 1], [0]])
        if self.use_bias:
            outputs = nn.bias_add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)


class _Conv(Layer):
    """A convolution over `rank` axes."""

    rank = 2

    def __init__(self, filters, kernel_size, strides=1, padding="valid",
                 data_format="channels_last", dilation_rate=1, activation=None, use_bias=True,
                 kernel_initializer=None, bias_initializer=_ZEROS, kernel_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, trainable=True, name=None, **kwargs):  # fmt: skip
        super().__init__(trainable, name, **kwargs)
        self.filters, self.kernel_size = filters, _per_axis(kernel_size, self.rank)
        self.strides, self.dilation_rate = (
            _per_axis(strides, self.rank),
            _per_axis(dilation_rate, self.rank),
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


def _per_axis(value, rank):
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


class Conv2DTranspose(_Conv):
    """The gradient of a convolution as a layer: `strides` times larger images."""

    rank, default_name = 2, "conv2d_transpose"

    def __init__(self, filters, kernel_size, strides=(1, 1), padding="valid",
                 data_format="channels_last", activation=None, use_bias=True,
                 **settings):  # fmt: skip
        super().__init__(filters, kernel_size, strides, padding, data_format, 1, activation,
                         use_bias, **settings)  # fmt: skip

    def _kernel_shape(self, channels):
        return [*self.kernel_size, self.filters, channels]

    def _convolve(self, inputs):
        first = self.data_format == "channels_first"
        spatial = (2, 3) if first else (1, 2)
        sizes = [self._size(inputs, axis, i) for i, axis in enumerate(spatial)]
        batch = inputs.shape[0]
        batch = shape_of(inputs)[0] if batch is None else batch
        dims = [batch, self.filters, *sizes] if first else [batch, *sizes, self.filters]
        strides = [1, 1, *self.strides] if first else [1, *self.strides, 1]
        outputs = convolution.conv2d_transpose(inputs, self.kernel, dims, strides, self.padding,
                                               self._format())  # fmt: skip
        known = [inputs.shape[0] if d is batch else d for d in dims]
        outputs.set_shape([d if isinstance(d, int) or d is None else None for d in known])
        return outputs

    def _size(self, inputs, axis, i):
        size, stride = inputs.shape[axis], self.strides[i]
        size = shape_of(inputs)[axis] if size is None else size
        extra = max(self.kernel_size[i] - stride, 0) if self.padding == "VALID" else 0
        return size * stride + extra


class SeparableConv2D(_Conv):
    """A convolution of each channel, then one that mixes the channels."""

    rank, default_name = 2, "separable_conv2d"

    def __init__(self, filters, kernel_size, strides=(1, 1), padding="valid",
                 data_format="channels_last", dilation_rate=(1, 1), depth_multiplier=1,
                 activation=None, use_bias=True, depthwise_initializer=None,
                 pointwise_initializer=None, **settings):  # fmt: skip
        super().__init__(filters, kernel_size, strides, padding, data_format, dilation_rate,
                         activation, use_bias, **settings)  # fmt: skip
        self.depth_multiplier = depth_multiplier
        self.depthwise_initializer = depthwise_initializer
        self.pointwise_initializer = pointwise_initializer

    def build(self, input_shape):
        channels = last_dim(self, input_shape)
        depth = channels * self.depth_multiplier
        self.depthwise_kernel = self.add_weight(
            "depthwise_kernel", [*self.kernel_size, channels, self.depth_multiplier],
            self.depthwise_initializer,
        )  # fmt: skip
        self.pointwise_kernel = self.add_weight(
            "pointwise_kernel", [1, 1, depth, self.filters], self.pointwise_initializer
        )
        self.bias = (
            self.add_weight("bias", [self.filters], self.bias_initializer) if self.use_bias
            else None
        )  # fmt: skip

    def _convolve(self, inputs):
        return convolution.separable_conv2d(
            inputs, self.depthwise_kernel, self.pointwise_kernel, [1, *self.strides, 1],
            self.padding, dilations=list(self.dilation_rate),
        )  # fmt: skip


class _Pooling(Layer):
    """A pool over windows of `rank` axes."""

    rank, pool = 2, pooling.max_pool2d

    def __init__(self, pool_size, strides, padding="valid", data_format="channels_last", name=None,
                 **kwargs):  # fmt: skip
        super().__init__(name=name, **kwargs)
        self.pool_size, self.strides = (
            _per_axis(pool_size, self.rank),
            _per_axis(strides, self.rank),
        )
        self.padding, self.data_format = padding, data_format

    def call(self, inputs):
        axes = {1: "W", 2: "HW", 3: "DHW"}[self.rank]
        layout = f"NC{axes}" if self.data_format == "channels_first" else f"N{axes}C"
        return type(self).pool(inputs, list(self.pool_size), list(self.strides),
                               self.padding.upper(), layout)  # fmt: skip


def _pooling(name, rank, pool, default_name, doc):
    members = {"rank": rank, "pool": staticmethod(pool), "default_name": default_name}
    return type(name, (_Pooling,), {**members, "__doc__": doc})


MaxPooling1D = _pooling("MaxPooling1D", 1, pooling.max_pool1d, "max_pooling1d",
                        "The maximum of windows of steps.")  # fmt: skip
MaxPooling2D = _pooling("MaxPooling2D", 2, pooling.max_pool2d, "max_pooling2d",
                        "The maximum of windows of images.")  # fmt: skip
MaxPooling3D = _pooling("MaxPooling3D", 3, pooling.max_pool3d, "max_pooling3d",
                        "The maximum of windows of volumes.")  # fmt: skip
AveragePooling1D = _pooling("AveragePooling1D", 1, pooling.avg_pool1d, "average_pooling1d",
                            "The mean of windows of steps.")  # fmt: skip
AveragePooling2D = _pooling("AveragePooling2D", 2, pooling.avg_pool2d, "average_pooling2d",
                            "The mean of windows of images.")  # fmt: skip
AveragePooling3D = _pooling("AveragePooling3D", 3, pooling.avg_pool3d, "average_pooling3d",
                            "The mean of windows of volumes.")  # fmt: skip


class Flatten(Layer):
    """`[batch, ...]` to `[batch, everything else]`."""

    default_name = "flatten"

    def __init__(self, data_format="channels_last", **kwargs):
        super().__init__(**kwargs)
        self.data_format = data_format

    def call(self, inputs):
        if self.data_format == "channels_first" and (inputs.shape.rank or 0) > 1:
            rank = inputs.shape.rank
            inputs = transpose(inputs, [0, *range(2, rank), 1])
        size = inputs.shape[1:].num_elements()
        if size is not None:
            return reshape(inputs, [-1, size])
        return reshape(inputs, [shape_of(inputs)[0], -1])


def _when(training, then, otherwise):
    """`then()` or `otherwise()`, now or, where `training` is a tensor, when the graph runs."""
    if isinstance(training, Tensor):
        return cond(training, then, otherwise)
    return then() if training else otherwise()


class Dropout(Layer):
    """While training, sets elements to 0 with probability `rate` and scales the others."""

    default_name = "dropout"

    def __init__(self, rate=0.5, noise_shape=None, seed=None, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self.rate, self.noise_shape, self.seed = rate, noise_shape, seed

    def call(self, inputs, training=False):
        return _when(
            training,
            lambda: dropped(inputs, self.rate, self.noise_shape, self.seed),
            lambda: identity(inputs),
        )


class BatchNormalization(Layer):
    """Normalizes each channel, by the batch's statistics while training, else by running means.

    The updates of the running means join the collection "update_ops": run them with the training
    operation.
    """

    default_name = "batch_normalization"

    def __init__(self, axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True,
                 beta_initializer=_ZEROS, gamma_initializer=_ONES, moving_mean_initializer=_ZEROS,
                 moving_variance_initializer=_ONES, beta_regularizer=None, gamma_regularizer=None,
                 beta_constraint=None, gamma_constraint=None, renorm=False, renorm_clipping=None,
                 renorm_momentum=0.99, fused=None, trainable=True, virtual_batch_size=None,
                 adjustment=None, name=None, **kwargs):  # fmt: skip
        if renorm or virtual_batch_size or adjustment:
            raise NotImplementedError(
                "BatchNormalization: `renorm`, `virtual_batch_size` and `adjustment` are not in "
                "minitf."
            )
        super().__init__(trainable, name, **kwargs)
        self.axis, self.momentum, self.epsilon = axis, momentum, epsilon
        self.center, self.scale = center, scale
        self._first = {
            "gamma": (gamma_initializer, gamma_regularizer, gamma_constraint),
            "beta": (beta_initializer, beta_regularizer, beta_constraint),
            "moving_mean": (moving_mean_initializer, None, None),
            "moving_variance": (moving_variance_initializer, None, None),
        }

    def build(self, input_shape):
        self.axis = self.axis[0] if isinstance(self.axis, list | tuple) else self.axis
        shape = [last_dim(self, input_shape, self.axis)]
        make = lambda name, trainable=True: self.add_weight(  # noqa: E731
            name, shape, *self._first[name], trainable=trainable
        )
        self.gamma = make("gamma") if self.scale else None
        self.beta = make("beta") if self.center else None
        self.moving_mean = make("moving_mean", trainable=False)
        self.moving_variance = make("moving_variance", trainable=False)

    def call(self, inputs, training=False):
        rank = inputs.shape.rank
        axis = self.axis % rank
        axes = [i for i in range(rank) if i != axis]
        mean, variance = _when(
            training,
            lambda: tuple(normalization.moments(inputs, axes)),
            lambda: (self.moving_mean.read_value(), self.moving_variance.read_value()),
        )
        if training is not False and training is not None:
            self._add_updates(inputs, axes, mean, variance, training)
        shape = [1] * rank
        shape[axis] = -1
        fit = lambda v: v if axis == rank - 1 else reshape(v, shape)  # noqa: E731
        factor = rsqrt(variance + cast(self.epsilon, variance.dtype))
        if self.gamma is not None:
            factor = factor * self.gamma
        shift = -mean * factor if self.beta is None else self.beta - mean * factor
        return inputs * fit(factor) + fit(shift)

    def _add_updates(self, inputs, axes, mean, variance, training):
        # TensorFlow's fused op, for images, keeps the unbiased variance.
        if inputs.shape.rank == 4:
            count = cast(shape_of(inputs), variance.dtype)
            n = count[axes[0]] * count[axes[1]] * count[axes[2]]
            moving = variance * n / (n - 1)
        else:
            moving = variance
        keep = cast(1 - self.momentum, mean.dtype)
        updates = []
        for variable, value in ((self.moving_mean, mean), (self.moving_variance, moving)):
            step = (variable - value) * keep
            if isinstance(training, Tensor):
                step = step * cast(training, step.dtype)
            updates.append(variable.assign_sub(step))
        self.updates += updates
        if stack.frame.is_graph:
            for update in updates:
                stack.frame.add_to_collection("update_ops", update)


# As functions -------------------------------------------------------------------------------------


def _function(layer):
    """`layer` as a function of the inputs and the layer's arguments; `reuse` finds variables."""

    @functools.wraps(layer.__init__)
    def apply(inputs, *args, reuse=None, **kwargs):
        return layer(*args, _reuse=reuse, **kwargs)(convert_to_tensor(inputs))

    apply.__name__ = apply.__qualname__ = layer.default_name
    apply.__doc__ = layer.__doc__
    parameters = list(inspect.signature(layer.__init__).parameters.values())[1:]
    first = inspect.Parameter("inputs", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    apply.__signature__ = inspect.Signature([first, *parameters])
    return apply


dense = _function(Dense)
conv1d = _function(Conv1D)
conv2d = _function(Conv2D)
conv3d = _function(Conv3D)
conv2d_transpose = _function(Conv2DTranspose)
separable_conv2d = _function(SeparableConv2D)
max_pooling1d = _function(MaxPooling1D)
max_pooling2d = _function(MaxPooling2D)
max_pooling3d = _function(MaxPooling3D)
average_pooling1d = _function(AveragePooling1D)
average_pooling2d = _function(AveragePooling2D)
average_pooling3d = _function(AveragePooling3D)
flatten = _function(Flatten)


def dropout(inputs, rate=0.5, noise_shape=None, seed=None, training=False, name=None):
    """While training, sets elements to 0 with probability `rate` and scales the others."""
    return Dropout(rate, noise_shape, seed, name)(inputs, training=training)


def batch_normalization(inputs, axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True,
                        beta_initializer=_ZEROS, gamma_initializer=_ONES,
                        moving_mean_initializer=_ZEROS, moving_variance_initializer=_ONES,
                        beta_regularizer=None, gamma_regularizer=None, beta_constraint=None,
                        gamma_constraint=None, training=False, trainable=True, name=None,
                        reuse=None, renorm=False, renorm_clipping=None, renorm_momentum=0.99,
                        fused=None, virtual_batch_size=None, adjustment=None):  # fmt: skip
    """`BatchNormalization` as a function."""
    layer = BatchNormalization(
        axis, momentum, epsilon, center, scale, beta_initializer, gamma_initializer,
        moving_mean_initializer, moving_variance_initializer, beta_regularizer,
        gamma_regularizer, beta_constraint, gamma_constraint, renorm, renorm_clipping,
        renorm_momentum, fused, trainable, virtual_batch_size, adjustment, name, _reuse=reuse,
    )  # fmt: skip
    return layer(inputs, training=training)
