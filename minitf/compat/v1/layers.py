"""`tf.layers`: layers of TF 1.x, as functions and as classes."""

import functools
import inspect

from minitf.compat.v1 import initializers, nn
from minitf.compat.v1.convolutions import (
    Conv1D,
    Conv2D,
    Conv2DTranspose,
    Conv3D,
    Conv3DTranspose,
    SeparableConv1D,
    SeparableConv2D,
    per_axis,
)
from minitf.compat.v1.layer import Layer, last_dim
from minitf.compat.v1.ops import cond
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.core.tensor import Tensor
from minitf.ops import normalization, pooling
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


class _Pooling(Layer):
    """A pool over windows of `rank` axes."""

    rank, pool = 2, pooling.max_pool2d

    def __init__(self, pool_size, strides, padding="valid", data_format="channels_last", name=None,
                 **kwargs):  # fmt: skip
        super().__init__(name=name, **kwargs)
        self.pool_size, self.strides = (
            per_axis(pool_size, self.rank),
            per_axis(strides, self.rank),
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
                is_training = cast(training, step.dtype)
                is_training.set_shape([])  # a placeholder may not know its rank
                step = step * is_training
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
conv3d_transpose = _function(Conv3DTranspose)
separable_conv1d = _function(SeparableConv1D)
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
