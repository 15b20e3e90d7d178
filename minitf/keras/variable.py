"""`keras.Variable`: a named weight, made from an initializer, that holds a `tf.Variable`."""

import contextvars
from collections.abc import Callable
from typing import Any

import numpy as np

from minitf import variable as tf_variable
from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config as settings
from minitf.keras import naming, promotion
from minitf.ops import math
from minitf.ops.array import expand_dims, squeeze
from minitf.ops.linalg import matmul
from minitf.scopes import init_scope
from minitf.shapes import TensorShape

STATELESS = contextvars.ContextVar("stateless_scope", default=None)  # see `pure.StatelessScope`
_AGGREGATIONS = ("none", "mean", "sum", "only_first_replica")
_SYNCHRONIZATIONS = ("none", "on_read", "on_write", "auto")


class Variable:
    """A weight: an array with a name, and the path of the layers it belongs to.

    Args:
      initializer: an array, or a function `(shape, dtype) -> tensor`, or its name.
      shape: a fully known shape, for an initializer that is a function.
      dtype: default: that of the array, or `keras.config.floatx()`.
      trainable: whether gradient tapes and optimizers take it for trainable.
      autocast: whether layers of mixed precision read it in their compute dtype.
      aggregation, synchronization: what replicas of it do, as strings.
      name: a string without slashes; default: `variable`, `variable_1`, ...

    Raises:
      ValueError: a slash in the name, no (or no known) `shape` for an initializer.

    >>> v = Variable([1.0, 2.0], name="w")
    >>> _ = v.assign_add([1.0, 1.0])
    >>> v
    <Variable path=w, shape=(2,), dtype=float32, value=[2. 3.]>
    """

    __array_priority__ = 100
    __hash__: Any = None  # `==` compares by element
    initializer_named: Callable  # `initializers.py` puts its `get` here

    def __init__(
        self,
        initializer,
        shape=None,
        dtype=None,
        trainable=True,
        autocast=True,
        aggregation="none",
        synchronization="auto",
        name=None,
        layout=None,
    ):
        name = name or naming.auto_name(type(self).__name__)
        if not isinstance(name, str) or "/" in name:
            raise ValueError(
                "Argument `name` must be a string and cannot contain character `/`. "
                f"Received: name={name}"
            )
        self._aggregation = _one_of("aggregation", aggregation, _AGGREGATIONS)
        self._synchronization = _one_of("synchronization", synchronization, _SYNCHRONIZATIONS)
        around = naming.current_path()
        self._name, self._path = name, f"{around}/{name}" if around else name
        self._trainable, self._autocast = bool(trainable), bool(autocast)
        self._regularizer = self._constraint = self._layout = None
        self.overwrite_with_gradient = False
        if isinstance(initializer, str):
            initializer = self.initializer_named(initializer)
        with init_scope():
            value = self._first_value(initializer, shape, dtype)
            self._value = tf_variable.Variable(value, trainable=self._trainable, name=name)

    def _first_value(self, initializer, shape, dtype):
        if not callable(initializer):
            value = promotion.convert(initializer, dtype and settings.standardize_dtype(dtype))
            self._dtype = settings.standardize_dtype(value.dtype)
            return value
        if shape is None:
            raise ValueError(
                "When creating a Variable from an initializer, the `shape` argument should be "
                f"specified. Received: initializer={initializer} and shape={shape}"
            )
        shape = tuple(TensorShape(shape))
        if None in shape:
            raise ValueError(
                "Shapes used to initialize variables must be fully-defined (no `None` "
                f"dimensions). Received: shape={shape} for variable path='{self._path}'"
            )
        self._dtype = settings.standardize_dtype(dtype)
        return promotion.convert(initializer(shape, dtype=self._dtype), self._dtype)

    name = property(lambda self: self._name)
    path = property(lambda self: self._path)
    shape = property(lambda self: self._value.shape)
    ndim = property(lambda self: self._value.shape.rank)
    aggregation = property(lambda self: self._aggregation)
    synchronization = property(lambda self: self._synchronization)
    handle = property(lambda self: self._value.handle)
    _identity = property(lambda self: self._value)
    _shared_name = property(lambda self: self._value._shared_name)

    @property
    def trainable(self):
        """Whether optimizers change it."""
        return self._trainable

    @trainable.setter
    def trainable(self, value):
        self._trainable = bool(value)

    @property
    def regularizer(self):
        """A function of the value whose result is added to the loss, or None."""
        return self._regularizer

    @regularizer.setter
    def regularizer(self, value):
        self._regularizer = _function("regularizer", "keras.regularizers.Regularizer", value)

    @property
    def constraint(self):
        """A function that optimizers project the value with, or None."""
        return self._constraint

    @constraint.setter
    def constraint(self, value):
        self._constraint = _function("constraint", "keras.constraints.Constraint", value)

    def _read_dtype(self):
        scope = promotion.autocast_dtype() if self._autocast else None
        return scope if scope and settings.is_float_dtype(self._dtype) else self._dtype

    dtype = property(lambda self: self._read_dtype())

    @property
    def value(self):
        """The `tf.Variable`; in a layer of mixed precision a tensor of the compute dtype."""
        dtype, scope = self._read_dtype(), STATELESS.get()
        given = None if scope is None else scope.get_current_value(self)
        if given is not None:
            return math.cast(given, dtype)
        return self._value if dtype == self._dtype else math.cast(self._value, dtype)

    def numpy(self):
        """The current value as a NumPy array."""
        return self._value.numpy()

    def assign(self, value):
        """Replaces the value; returns it.

        Raises:
          ValueError: the shapes differ.
        """
        value = promotion.convert(value, self._dtype)
        if not value.shape.is_compatible_with(self.shape):
            raise ValueError(
                "The shape of the target variable and the shape of the target value in "
                f"`variable.assign(value)` must match. variable.shape={self.shape}, "
                f"Received: value.shape={value.shape}. Target variable: {self}"
            )
        scope = STATELESS.get()
        if scope is not None:
            scope.add_update((self, value))
            return value
        self._value.assign(value, read_value=False)
        return value

    def assign_add(self, value):
        """Adds `value`; returns the sum."""
        return self.assign(self + value)

    def assign_sub(self, value):
        """Subtracts `value`; returns the difference."""
        return self.assign(self - value)

    def __tf_tensor__(self, dtype=None, name=None):
        return convert_to_tensor(self.value, dtype)

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.value.numpy(), dtype)

    def __getitem__(self, index):
        return self.value[index]

    def __int__(self):
        return int(self.value)

    def __float__(self):
        return float(self.value)

    def __bool__(self):
        raise TypeError("A Keras Variable cannot be used as a boolean.")

    def __repr__(self):
        shown = "" if self._value._frame.is_graph else f", value={self.numpy()}"
        return f"<Variable path={self.path}, shape={self.shape}, dtype={self.dtype}{shown}>"

    def __deepcopy__(self, memo):
        copied = Variable(self.numpy(), None, self._dtype, self._trainable, self._autocast,
                          self._aggregation, self._synchronization, self._name)  # fmt: skip
        copied._path = self._path
        copied._regularizer, copied._constraint = self._regularizer, self._constraint
        memo[id(self)] = copied
        return copied


def _one_of(argument, value, allowed):
    if value is not None and value not in allowed:
        shown = ", ".join(f"`{v!r}`" for v in (None, *allowed))
        raise ValueError(
            f"Invalid value for argument `{argument}`. Expected one of {shown}. "
            f"Received: {argument}={value}"
        )
    return value or "none"


def _function(argument, example, value):
    if value is not None and not callable(value):
        raise ValueError(
            f"Invalid value for attribute `{argument}`. Expected a callable (such as a "
            f"`{example}` instance) or `None`. Received: {argument}={value}"
        )
    return value


# Operators: those of tensors, after both sides have come to one dtype, as Keras has them.


def vector_matmul(x, y):
    """The matrix product, where a tensor of one axis is a row (first) or a column (second)."""
    row, column = len(x.shape) == 1, len(y.shape) == 1
    product = matmul(expand_dims(x, 0) if row else x, expand_dims(y, -1) if column else y)
    product = squeeze(product, -1) if column else product
    return squeeze(product, -1 if column else -2) if row else product


_BINARY = {
    "add": math.add,
    "sub": math.subtract,
    "mul": math.multiply,
    "truediv": math.truediv,
    "floordiv": math.floordiv,
    "mod": math.floormod,
    "pow": math.pow,
    "matmul": vector_matmul,
    "and": lambda x, y: math.logical_and(math.cast(x, "bool"), math.cast(y, "bool")),
    "or": lambda x, y: math.logical_or(math.cast(x, "bool"), math.cast(y, "bool")),
    "xor": lambda x, y: math.logical_xor(math.cast(x, "bool"), math.cast(y, "bool")),
}
_COMPARISONS = {
    "eq": math.equal,
    "ne": math.not_equal,
    "lt": math.less,
    "le": math.less_equal,
    "gt": math.greater,
    "ge": math.greater_equal,
}
_UNARY = {
    "neg": math.negative,
    "pos": lambda x: x,
    "abs": math.abs,
    "invert": lambda x: math.logical_not(math.cast(x, "bool")),
}


def _operator(function, least=None, reflected=False):
    def apply(self, other):
        if other is None:
            return NotImplemented
        x, y = promotion.together(self, other, least=least)
        return function(y, x) if reflected else function(x, y)

    return apply


for _name, _function_of in _BINARY.items():
    _least = float if _name == "truediv" else None
    setattr(Variable, f"__{_name}__", _operator(_function_of, _least))
    setattr(Variable, f"__r{_name}__", _operator(_function_of, _least, reflected=True))
for _name, _function_of in _COMPARISONS.items():
    setattr(Variable, f"__{_name}__", _operator(_function_of))
for _name, _function_of in _UNARY.items():
    setattr(Variable, f"__{_name}__", lambda self, _apply=_function_of: _apply(self.value))


def _round(self, ndigits=None):
    scale = 10.0 ** (ndigits or 0)
    return math.round(self.value * scale) / scale if ndigits else math.round(self.value)


Variable.__round__ = _round
