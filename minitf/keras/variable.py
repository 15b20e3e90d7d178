"""`keras.Variable`: a `tf.Variable` with a path, a plain shape and a dtype that is a name."""

from collections.abc import Callable

import numpy as np

from minitf import variable as core
from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config, naming
from minitf.ops.math import cast
from minitf.ops.overloads import install_operators
from minitf.scopes import init_scope
from minitf.shapes import TensorShape


class Variable:
    """A weight, or a part of some object's state.

    Args:
      initializer: a value; or the name of an initializer, or a function `(shape, dtype=...)`.
      shape: needed where `initializer` is no value.
      dtype: default: that of the value, else `keras.config.floatx()`.
      trainable: whether layers count it among their trainable weights, and tapes watch it.
      name: the last part of its path; the parts before are the open name scopes.

    Raises:
      ValueError: an initializer without a shape, or a name with a slash.

    >>> v = Variable([1.0, 2.0], name="w")
    >>> v
    <Variable path=w, shape=(2,), dtype=float32, value=[1. 2.]>
    >>> v.assign_add([1.0, 1.0]).numpy()
    array([2., 3.], dtype=float32)
    """

    __array_priority__ = 100
    initializer_named: Callable  # `initializers.py` puts its `get` here

    def __init__(self, initializer, shape=None, dtype=None, trainable=True, autocast=True,
                 aggregation="none", synchronization="auto", name=None, **kwargs):  # fmt: skip
        if kwargs:
            raise TypeError(f"Variable got unexpected arguments: {list(kwargs)}")
        name = naming.auto_name(type(self).__name__) if name is None else name
        if not isinstance(name, str) or "/" in name:
            raise ValueError(
                "Argument `name` must be a string and cannot contain character `/`. "
                f"Received: name={name}"
            )
        scope = naming.current_path()
        self.name, self.path = name, f"{scope}/{name}" if scope else name
        self.autocast, self.aggregation = bool(autocast), aggregation
        self.synchronization = synchronization
        self.regularizer = self.constraint = None
        self.overwrite_with_gradient = False
        if isinstance(initializer, str):
            initializer = self.initializer_named(initializer)
        with init_scope():
            value = self._first_value(initializer, shape, dtype)
            self._value = core.Variable(value, trainable=trainable, name=name)
        self.dtype = config.standardize_dtype(self._value.dtype)

    @staticmethod
    def _first_value(initializer, shape, dtype):
        if not callable(initializer):
            if dtype is None:
                return convert_to_tensor(initializer)
            return cast(initializer, config.standardize_dtype(dtype))
        if shape is None:
            raise ValueError(
                "When creating a Variable from an initializer, the `shape` argument should be "
                f"specified. Received: initializer={initializer} and shape={shape}"
            )
        dtype = config.standardize_dtype(dtype)
        return cast(initializer(tuple(TensorShape(shape)), dtype=dtype), dtype)

    @property
    def value(self):
        """The `tf.Variable` that holds the value."""
        return self._value

    handle = property(lambda self: self._value.handle)
    shape = property(lambda self: self._value.shape)
    ndim = property(lambda self: self._value.shape.rank)

    @property
    def trainable(self):
        return self._value.trainable

    @trainable.setter
    def trainable(self, trainable):
        self._value._trainable = bool(trainable)

    def assign(self, value):
        """Replaces the value, casting the new one; returns it.

        Raises:
          ValueError: another shape.
        """
        value = cast(value, self.dtype)
        if not self.shape.is_compatible_with(value.shape):
            raise ValueError(
                "The shape of the target variable and the shape of the target value in "
                f"`variable.assign(value)` must match. variable.shape={tuple(self.shape)}, "
                f"Received: value.shape={tuple(value.shape)}. Target variable: {self}"
            )
        self._value.assign(value, read_value=False)
        return value

    def assign_add(self, value):
        """Adds to the value; returns the sum."""
        return self.assign(self + cast(value, self.dtype))

    def assign_sub(self, value):
        """Subtracts from the value; returns the difference."""
        return self.assign(self - cast(value, self.dtype))

    def numpy(self):
        """The value as a NumPy array."""
        return self._value.numpy()

    def __tf_tensor__(self, dtype=None, name=None):
        return self._value.__tf_tensor__(dtype, name)

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.numpy(), dtype)

    def __float__(self):
        return float(self.numpy())

    def __int__(self):
        return int(self.numpy())

    def __bool__(self):
        raise TypeError("A Keras Variable cannot be used as a boolean.")

    def __repr__(self):
        value = f", value={self.numpy()}" if not self._value._frame.is_graph else ""
        return f"<Variable path={self.path}, shape={tuple(self.shape)}, dtype={self.dtype}{value}>"


install_operators(Variable)
