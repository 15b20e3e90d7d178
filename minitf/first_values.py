"""`tf.zeros_initializer` and the like: first values of variables, as callables of a shape.

(`tf.initializers` are Keras's, and `tf.compat.v1` has those of TensorFlow 1.x.)
"""

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor
from minitf.ops import array
from minitf.ops.random import normal, stateless_normal, stateless_uniform, uniform

__all__ = [
    "constant_initializer",
    "ones_initializer",
    "random_normal_initializer",
    "random_uniform_initializer",
    "zeros_initializer",
]


_OF_PARTS = ("partition_shape", "partition_offset")


class _Initializer:
    """Base class: keeps its arguments, so that `get_config` can give them."""

    def __init__(self, **config):
        self.__dict__.update(config)

    def get_config(self):
        """What the constructor needs to make an equal initializer."""
        return {name: value for name, value in vars(self).items() if name[0] != "_"}

    @classmethod
    def from_config(cls, config):
        return cls(**{name: value for name, value in config.items() if name != "dtype"})


def _checked(dtype, kwargs, allowed):
    """`dtype` as a DType.

    Raises:
      TypeError: unknown arguments.
      ValueError: a dtype that is not `allowed`.
    """
    _part((), kwargs)
    dtype = dtypes.as_dtype(dtype)
    if not allowed(dtype):
        raise ValueError(f"Argument `dtype` expected to be numeric or boolean. Received {dtype}.")
    return dtype


def _part(shape, kwargs):
    """The shape to fill: that of a part, where the caller initializes a variable part by part."""
    for name in kwargs:
        if name not in _OF_PARTS:
            raise TypeError(f"Keyword argument should be one of {_OF_PARTS}. Received: {name}")
    return shape if kwargs.get("partition_shape") is None else kwargs["partition_shape"]


def _numeric_or_bool(dtype):
    return dtype.np is not None and dtype is not dtypes.string


def _floating(dtype):
    return dtype.is_floating


def _real(dtype):
    return dtype.is_floating or dtype.is_integer


class zeros_initializer(_Initializer):  # noqa: N801  TensorFlow's name
    """All zeros.

    >>> zeros_initializer()([2]).numpy()
    array([0., 0.], dtype=float32)
    """

    def __call__(self, shape, dtype=dtypes.float32, **kwargs):
        return array.zeros(_part(shape, kwargs), _checked(dtype, kwargs, _numeric_or_bool))


class ones_initializer(_Initializer):  # noqa: N801
    """All ones.

    >>> ones_initializer()([2], "int32").numpy()
    array([1, 1], dtype=int32)
    """

    def __call__(self, shape, dtype=dtypes.float32, **kwargs):
        return array.ones(_part(shape, kwargs), _checked(dtype, kwargs, _numeric_or_bool))


class constant_initializer(_Initializer):  # noqa: N801
    """One value everywhere, or the values of a list.

    >>> constant_initializer([1.0, 2.0])([2]).numpy()
    array([1., 2.], dtype=float32)
    """

    def __init__(self, value=0, support_partition=False):
        super().__init__(value=value)
        self._supports_partition = support_partition

    def __call__(self, shape, dtype=None, **kwargs):
        if kwargs and not self._supports_partition:
            raise ValueError("Constant initializer doesn't support partition-related arguments")
        value = convert_to_tensor(self.value, dtype)
        if value.shape.rank == 0:
            return array.fill(shape, value)
        return array.constant(self.value, dtype, shape)


class random_normal_initializer(_Initializer):  # noqa: N801
    """Normally distributed numbers; with a seed, the same at every call.

    >>> random_normal_initializer(seed=1)([2, 3]).shape
    TensorShape([2, 3])
    """

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        super().__init__(mean=mean, stddev=stddev, seed=seed)

    def __call__(self, shape, dtype=dtypes.float32, **kwargs):
        shape, dtype = _part(shape, kwargs), _checked(dtype, kwargs, _floating)
        if self.seed is None:
            return normal(shape, self.mean, self.stddev, dtype)
        return stateless_normal(shape, [self.seed, 0], self.mean, self.stddev, dtype)


class random_uniform_initializer(_Initializer):  # noqa: N801
    """Numbers spread evenly between two bounds; with a seed, the same at every call.

    >>> random_uniform_initializer(0.0, 1.0, seed=1)([2, 3]).shape
    TensorShape([2, 3])
    """

    def __init__(self, minval=-0.05, maxval=0.05, seed=None):
        super().__init__(minval=minval, maxval=maxval, seed=seed)

    def __call__(self, shape, dtype=dtypes.float32, **kwargs):
        shape, dtype = _part(shape, kwargs), _checked(dtype, kwargs, _real)
        if self.seed is None:
            return uniform(shape, self.minval, self.maxval, dtype)
        return stateless_uniform(shape, [self.seed, 0], self.minval, self.maxval, dtype)
