"""`tf.keras.backend`: Keras's settings, `clear_session`, and the older names of ops."""

import builtins
import gc
import math as numbers

import numpy as np

from minitf.core.dispatch import convert_to_tensor
from minitf.core.tensor import Tensor
from minitf.keras import activations, config, naming, random
from minitf.keras.backend_nn import (  # noqa: F401  part of this face
    batch_dot,
    bias_add,
    binary_focal_crossentropy,
    categorical_focal_crossentropy,
    conv1d,
    conv2d,
    conv2d_transpose,
    conv3d,
    depthwise_conv2d,
    pool2d,
    pool3d,
    resize_images,
    resize_volumes,
    separable_conv2d,
    spatial_2d_padding,
    spatial_3d_padding,
    temporal_padding,
)
from minitf.keras.backend_sequences import (  # noqa: F401  part of this face
    ctc_batch_cost,
    ctc_decode,
    ctc_label_dense_to_sparse,
    foldl,
    foldr,
    in_top_k,
    is_sparse,
    map_fn,
    rnn,
    to_dense,
)
from minitf.keras.config import floatx, standardize_dtype
from minitf.keras.losses import classification, regression
from minitf.keras.promotion import result_type as result_type
from minitf.keras.symbolic import KerasTensor
from minitf.ops import activations as nn
from minitf.ops import array, gathering, joining, math, normalization, reductions
from minitf.ops import dropout as dropping
from minitf.ops import random as sampling
from minitf.ops.linalg import matmul
from minitf.scopes import name_scope as name_scope
from minitf.symbolic_gradients import gradients as gradients
from minitf.variable import Variable

epsilon, set_epsilon, set_floatx = config.epsilon, config.set_epsilon, config.set_floatx
image_data_format = config.image_data_format
set_image_data_format = config.set_image_data_format
is_float_dtype, get_uid, backend = config.is_float_dtype, naming.get_uid, config.backend


def clear_session(free_memory=True):
    """Forgets what Keras keeps globally: names are counted anew, seeds drawn anew.

    >>> clear_session()
    >>> naming.auto_name("Dense")
    'dense'
    """
    naming.reset_uids()
    random.reset_global_seed_generator()
    if free_memory:
        gc.collect()


def is_keras_tensor(x):
    """Whether `x` is the symbolic input or output of layers."""
    return isinstance(x, KerasTensor)


def is_int_dtype(dtype):
    """Whether the type is an integer type."""
    return "int" in standardize_dtype(dtype)


# Values and shapes.


def get_value(x):
    """The value of a tensor or variable as a NumPy array."""
    return x.numpy() if hasattr(x, "numpy") else x


eval = get_value


def set_value(x, value):
    """Assigns to a variable."""
    x.assign(np.asarray(value, standardize_dtype(x.dtype)))


def batch_get_value(tensors):
    """The values of several tensors or variables."""
    return [get_value(x) for x in tensors]


def batch_set_value(tuples):
    """Assigns to several variables: pairs of a variable and a value."""
    for x, value in tuples:
        set_value(x, value)


def constant(value, dtype=None, shape=None, name=None):
    """A tensor of `floatx()`."""
    return array.constant(value, dtype or floatx(), shape, name or "Const")


def variable(value, dtype=None, name=None, constraint=None):
    """A `tf.Variable` of `floatx()`."""
    value = math.cast(value, dtype or floatx())
    return Variable(value, name=name, constraint=constraint)


def zeros(shape, dtype=None, name=None):
    """A variable of zeros."""
    return variable(array.zeros(shape, dtype or floatx()), dtype, name)


def ones(shape, dtype=None, name=None):
    """A variable of ones."""
    return variable(array.ones(shape, dtype or floatx()), dtype, name)


def eye(size, dtype=None, name=None):
    """A variable that is the identity matrix."""
    return variable(np.eye(size), dtype, name)


def cast_to_floatx(x):
    """`x` in `floatx()`: a tensor of a tensor, an array of anything else."""
    if isinstance(x, (Tensor, Variable)):
        return math.cast(x, floatx())
    return np.asarray(x, floatx())


def int_shape(x):
    """The static shape as a tuple, None where unknown."""
    return None if x.shape is None or x.shape is Ellipsis else tuple(x.shape)


def count_params(x):
    """The number of elements."""
    return numbers.prod(x.shape)


def dtype(x):
    """The name of the type."""
    return standardize_dtype(x.dtype)


def ndim(x):
    """The number of axes."""
    return len(x.shape)


# Ops under Keras's older names and argument names.


def cast(x, dtype):
    """`x` in another type."""
    return math.cast(x, dtype)


def _reduction(function):
    def reduce(x, axis=None, keepdims=False):
        x = convert_to_tensor(x)
        if x.dtype.name == "bool" and function in _OF_NUMBERS:
            x = math.cast(x, floatx())
        elif function in _OF_BOOLS:
            x = math.cast(x, "bool")
        return function(x, axis, keepdims)

    reduce.__doc__ = function.__doc__.partition("\n")[0]
    return reduce


_OF_NUMBERS = (reductions.reduce_mean, reductions.reduce_std, reductions.reduce_variance)
_OF_BOOLS = (reductions.reduce_all, reductions.reduce_any)
all = _reduction(reductions.reduce_all)
any = _reduction(reductions.reduce_any)
max = _reduction(reductions.reduce_max)
mean = _reduction(reductions.reduce_mean)
min = _reduction(reductions.reduce_min)
prod = _reduction(reductions.reduce_prod)
std = _reduction(reductions.reduce_std)
sum = _reduction(reductions.reduce_sum)
var = _reduction(reductions.reduce_variance)
abs, cos, exp, log, sign, sin, square = (
    math.abs, math.cos, math.exp, math.log, math.sign, math.sin, math.square,
)  # fmt: skip
round, sigmoid, pow, equal, not_equal = (
    math.round, math.sigmoid, math.pow, math.equal, math.not_equal,
)  # fmt: skip
greater, greater_equal, less, less_equal = (
    math.greater, math.greater_equal, math.less, math.less_equal,
)  # fmt: skip
maximum, minimum = math.maximum, math.minimum
softplus, softsign, elu, tanh = nn.softplus, nn.softsign, activations.elu, math.tanh
stop_gradient, ones_like, zeros_like = array.stop_gradient, array.ones_like, array.zeros_like
cumsum, cumprod = reductions.cumsum, reductions.cumprod
shape, reshape, stack = array.shape, array.reshape, joining.stack


def sqrt(x):
    """The square root; 0 of negative numbers."""
    return math.sqrt(maximum(x, 0.0))


def clip(x, min_value, max_value):
    """`x` brought into [min_value, max_value]."""
    low = -np.inf if min_value is None else min_value
    high = np.inf if max_value is None else max_value
    if isinstance(low, (int, float)) and isinstance(high, (int, float)):
        high = builtins.max(low, high)
    return activations.clip(x, low, high)


def relu(x, alpha=0.0, max_value=None, threshold=0.0):
    """`keras.activations.relu`, its slope called alpha."""
    return activations.relu(x, alpha, max_value, threshold)


def hard_sigmoid(x):
    """0.2 x + 0.5, brought into [0, 1]: older and steeper than `keras.activations.hard_sigmoid`."""
    x = convert_to_tensor(x)
    return activations.clip(x * 0.2 + 0.5, 0.0, 1.0)


def softmax(x, axis=-1):
    """exp(x) / sum(exp(x)) along `axis`."""
    return nn.softmax(x, axis)


def argmax(x, axis=-1):
    """The place of the largest element along `axis`."""
    return reductions.argmax(x, axis)


def argmin(x, axis=-1):
    """The place of the smallest element along `axis`."""
    return reductions.argmin(x, axis)


def arange(start, stop=None, step=1, dtype="int32"):
    """The numbers from start (or 0) to stop."""
    return math.cast(array.range(start, stop, step), dtype)


def expand_dims(x, axis=-1):
    """`x` with another axis of size 1."""
    return array.expand_dims(x, axis)


def squeeze(x, axis):
    """`x` without one axis of size 1."""
    return array.squeeze(x, [axis])


def concatenate(tensors, axis=-1):
    """Tensors joined along `axis`."""
    return joining.concat(tensors, axis)


def flatten(x):
    """`x` as a vector."""
    return array.reshape(x, [-1])


def batch_flatten(x):
    """`x` as a matrix: its first axis stays."""
    x = convert_to_tensor(x)
    return array.reshape(x, [-1, reductions.reduce_prod(array.shape(x)[1:])])


def permute_dimensions(x, pattern):
    """`x` with its axes in another order."""
    return array.transpose(x, pattern)


def transpose(x):
    """`x` with its axes in reverse order."""
    return array.transpose(x)


def reverse(x, axes):
    """`x` backwards along some axes."""
    return array.reverse(x, [axes] if isinstance(axes, int) else axes)


def tile(x, n):
    """`x` several times along each axis."""
    return array.tile(x, [n] if isinstance(n, int) else n)


def repeat(x, n):
    """A matrix [batch, d] repeated as [batch, n, d]."""
    x = convert_to_tensor(x)
    if x.shape.rank != 2:
        raise ValueError(f"Expected input `x` to have rank 2. Received: rank(x)={x.shape.rank}")
    return array.tile(array.expand_dims(x, 1), [1, n, 1])


def repeat_elements(x, rep, axis):
    """Each slice along `axis`, `rep` times in a row."""
    return array.repeat(x, rep, axis)


def one_hot(indices, num_classes):
    """Integers as one-hot vectors."""
    return array.one_hot(indices, num_classes)


def gather(reference, indices):
    """The rows at some indices."""
    return gathering.gather(reference, indices)


def l2_normalize(x, axis=None):
    """`x` divided by its length along `axis`."""
    return normalization.l2_normalize(x, axis)


def dot(x, y):
    """The product of two matrices; of more axes, the last of `x` with the last but one of `y`.

    >>> dot(np.ones((2, 3)), np.ones((4, 3, 5))).shape
    TensorShape([2, 4, 5])
    """
    x, y = convert_to_tensor(x), convert_to_tensor(y)
    if x.shape.rank <= 2 and y.shape.rank <= 2:
        return matmul(x, y)
    order = list(range(y.shape.rank))
    order = [order.pop(-2), *order] if y.shape.rank > 1 else order
    y = array.transpose(y, order)
    inner = x.shape[-1] or y.shape[0] or array.shape(y)[0]  # as far as it is known
    product = matmul(array.reshape(x, [-1, inner]), array.reshape(y, [inner, -1]))
    return array.reshape(product, joining.concat([array.shape(x)[:-1], array.shape(y)[1:]], 0))


def switch(condition, then_expression, else_expression):
    """One of two tensors, or of the results of two functions, element by element."""
    then, other = (e() if callable(e) else e for e in (then_expression, else_expression))
    return gathering.where(math.cast(condition, "bool"), then, other)


def batch_normalization(x, mean, var, beta, gamma, axis=-1, epsilon=1e-3):
    """`(x - mean) / sqrt(var + epsilon) * gamma + beta`."""
    return normalization.batch_normalization(x, mean, var, beta, gamma, epsilon)


def update(x, new_x):
    """Assigns to a variable."""
    return x.assign(new_x)


def update_add(x, increment):
    """Adds to a variable."""
    return x.assign_add(increment)


def update_sub(x, decrement):
    """Subtracts from a variable."""
    return x.assign_sub(decrement)


def moving_average_update(x, value, momentum):
    """Moves a variable towards `value`."""
    return x.assign_sub((x - math.cast(value, x.dtype)) * (1 - momentum))


def binary_crossentropy(target, output, from_logits=False):
    """The binary cross entropy of each element."""
    return classification.cross_entropies(*regression.converted(target, output), from_logits)


def categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """The cross entropy of each row, labels one-hot."""
    return classification.categorical_crossentropy(target, output, from_logits, axis=axis)


def sparse_categorical_crossentropy(target, output, from_logits=False, axis=-1, ignore_class=None):
    """The cross entropy of each row, labels integers."""
    return classification.sparse_categorical_crossentropy(
        target, output, from_logits, ignore_class, axis
    )


# Random numbers: without a seed, one from NumPy's.


def _seed(seed):
    return np.random.randint(int(10e6)) if seed is None else seed


def random_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Numbers from a normal distribution."""
    return sampling.normal(shape, mean, stddev, dtype or floatx(), _seed(seed))


def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Numbers from a normal distribution cut at two standard deviations."""
    return sampling.truncated_normal(shape, mean, stddev, dtype or floatx(), _seed(seed))


def random_uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
    """Numbers from [minval, maxval)."""
    return sampling.uniform(shape, minval, maxval, dtype or floatx(), _seed(seed))


def random_normal_variable(shape, mean, scale, dtype=None, name=None, seed=None):
    """A variable of numbers from a normal distribution."""
    return variable(random_normal(shape, mean, scale, dtype, seed), dtype, name)


def random_uniform_variable(shape, low, high, dtype=None, name=None, seed=None):
    """A variable of numbers from [low, high)."""
    return variable(random_uniform(shape, low, high, dtype, seed), dtype, name)


def random_bernoulli(shape, p=0.0, dtype=None, seed=None):
    """1 with probability `p`, else 0."""
    return math.cast(random_uniform(shape, dtype=dtype, seed=seed) <= p, dtype or floatx())


def dropout(x, level, noise_shape=None, seed=None):
    """Zeroes elements with probability `level`, and scales up the others."""
    return dropping.dropout(x, level, noise_shape, _seed(seed))
