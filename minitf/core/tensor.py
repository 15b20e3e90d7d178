"""A tensor is an array with TensorFlow's face, or the promise of one in a graph.

Offers `EagerTensor`, which holds an array, `SymbolicTensor`, which names an output of an
`Operation`, and their base `Tensor`, on which `ops/overloads.py` installs the operators.
"""

from typing import Any

import jax
import numpy as np
from jax.core import Tracer

from minitf import display, dtypes, errors
from minitf.core.registry import Cell
from minitf.devices import device_name
from minitf.shapes import TensorShape

_HOST = np.dtype(object)
_SMALL = 2**14  # elements that a kernel takes from NumPy's memory for less than a transfer


class _OfNumpy:
    """An attribute of NumPy's arrays that tensors lack: to read it is an error that says so.

    A missing attribute has no method `__getattr__` to pass, so asking for one costs nothing.
    """

    def __init__(self, name):
        self.name = name

    def __get__(self, tensor, owner=None):
        raise AttributeError(
            f"{owner.__name__} object has no attribute {self.name!r}. \n"
            "        If you are looking for numpy-related methods, please run the following:\n"
            "        tf.experimental.numpy.experimental_enable_numpy_behavior()\n      "
        )


class Tensor:
    """A multidimensional array of one dtype, or the promise of one in a graph.

    Tensors compare elementwise, so they are no dictionary keys: use `tensor.ref()`.
    """

    __slots__ = ("__weakref__", "__dict__")  # programs hang what they like on a tensor
    __array_priority__ = 100
    OVERLOADABLE_OPERATORS = set()

    # What both kinds of tensor have, and what `ops` installs.
    dtype: Any
    shape: Any
    static_value: Any
    __getitem__: Any

    def __hash__(self):
        raise TypeError("Tensor is unhashable. Instead, use tensor.ref() as the key.")

    def ref(self):
        """A hashable reference that compares by identity."""
        return Reference(self)

    experimental_ref = ref

    def get_shape(self):
        return self.shape.with_dimensions()

    @property
    def ndim(self):
        return self.shape.rank

    def __bool__(self):
        raise _not_allowed("Using a symbolic `tf.Tensor` as a Python `bool`")

    __nonzero__ = __bool__

    def __iter__(self):
        raise _not_allowed("Iterating over a symbolic `tf.Tensor`")


for _name in "T astype ravel transpose reshape clip size tolist data".split():
    setattr(Tensor, _name, _OfNumpy(_name))


class Reference:
    """Wraps a tensor or variable so that it hashes and compares by identity."""

    __slots__ = ("_wrapped",)

    def __init__(self, wrapped):
        self._wrapped = wrapped

    def deref(self):
        return self._wrapped

    def __hash__(self):
        return id(self._wrapped)

    def __eq__(self, other):
        return isinstance(other, Reference) and self._wrapped is other._wrapped

    def __repr__(self):
        return f"<Reference wrapping {self._wrapped!r}>"


class EagerTensor(Tensor):
    """A tensor that has its value: a NumPy array until a device needs it, then a JAX array."""

    __slots__ = ("_value", "_name")
    _seen = False  # whether a kernel has had the value as it is

    def __init__(self, value):
        self._value: Any = value

    @property
    def array(self):
        """The value as a JAX array (a NumPy object array for strings, a `Cell` for handles)."""
        value = self._value
        if type(value) is np.ndarray and value.dtype != _HOST:
            value = jax.device_put(value)  # `jnp.asarray` would compile a program for each shape
            if not isinstance(value, Tracer):  # inside a user's `jax.jit` it belongs to the trace
                self._value = value
        return value

    @property
    def operand(self):
        """The value as a compiled kernel takes it: a device gets it once it is used again.

        Many small constants are used once, and a kernel reads them from where they are.
        """
        if self._seen or self._value.size > _SMALL:
            return self.array
        self._seen = True
        return self._value

    @property
    def dtype(self):
        value = self._value
        return dtypes.resource if type(value) is Cell else dtypes.from_numpy_dtype(value.dtype)

    @property
    def shape(self):
        return TensorShape(self._value.shape)

    @property
    def ndim(self):
        return len(self._value.shape)

    def numpy(self):
        """The value as a NumPy array, or a NumPy scalar (`bytes` for strings) if it has no axes."""
        value = self._value
        if isinstance(value, Cell):
            raise NotImplementedError("Cannot convert a Tensor of dtype resource to a NumPy array.")
        array = np.asarray(value)
        return array.copy() if array.ndim else array[()]

    def _numpy(self):
        return np.asarray(self._value)

    def static_value(self):
        return np.asarray(self._value)

    @property
    def device(self):
        value = self._value
        if isinstance(value, jax.Array) and not isinstance(value, Tracer):
            return device_name(next(iter(value.devices())))
        return device_name(jax.devices()[0])

    backing_device = device

    is_packed = False

    def cpu(self):
        return EagerTensor(jax.device_put(self.array, jax.devices("cpu")[0]))

    def gpu(self, gpu_index=0):
        """A copy on a GPU; RuntimeError where there is none of that number."""
        try:
            return EagerTensor(jax.device_put(self.array, jax.devices("gpu")[gpu_index]))
        except (RuntimeError, IndexError):
            raise RuntimeError(f"GPU:{gpu_index} unknown device.") from None

    def __str__(self):
        if isinstance(self._value, (Tracer, Cell)):
            return f"tf.Tensor({self._value}, shape={self.shape}, dtype={self.dtype.name})"
        return display.tensor_str(self._numpy(), self.dtype)

    def __repr__(self):
        if isinstance(self._value, (Tracer, Cell)):
            return f"<tf.Tensor: shape={self.shape}, dtype={self.dtype.name}, {self._value}>"
        return display.tensor_repr(self._numpy(), self.dtype)

    def __format__(self, spec):
        return display.tensor_format(self._numpy(), self.dtype, spec)

    def __array__(self, dtype=None, copy=None):
        array = np.asarray(self._value)
        if copy or dtype is not None and array.dtype != dtype:
            return array.astype(array.dtype if dtype is None else dtype)
        if array.flags.writeable:  # what a tensor holds does not change
            array = array.view()
            array.flags.writeable = False
        return array

    def __len__(self):
        if not self._value.shape:
            raise TypeError("Scalar tensor has no `len()`")
        return self._value.shape[0]

    def __bool__(self):
        value = self._numpy()
        return bool(value) if value.size else False

    __nonzero__ = __bool__

    def __int__(self):
        return int(self._numpy())

    def __float__(self):
        return float(self._numpy())

    def __complex__(self):
        return complex(self._numpy())

    def __index__(self):
        return self._numpy().__index__()

    def __round__(self, digits=None):
        return round(self._numpy().item(), digits)

    def __iter__(self):
        if not self._value.shape:
            raise TypeError("Cannot iterate over a scalar tensor.")
        return (self[i] for i in range(self._value.shape[0]))

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return EagerTensor(self._value)

    def __reduce__(self):
        return (EagerTensor, (np.asarray(self._value),))

    def __dlpack__(self, **kwargs):
        return self.array.__dlpack__(**kwargs)

    def __dlpack_device__(self):
        array: Any = self.array
        return tuple(map(int, array.__dlpack_device__()))

    def set_shape(self, shape):
        if not self.shape.is_compatible_with(shape):
            raise ValueError(
                f"Tensor's shape {self.shape} is not compatible with supplied shape "
                f"{TensorShape(shape)}."
            )

    def eval(self, feed_dict=None, session=None):
        raise NotImplementedError(
            "eval is not supported when eager execution is enabled, is .numpy() what you're "
            "looking for?"
        )

    def consumers(self):
        raise NotImplementedError("Tensor.consumers is undefined when eager execution is enabled.")

    def _absent(self, what):
        raise AttributeError(f"Tensor.{what} is undefined when eager execution is enabled.")

    graph = property(lambda self: self._absent("graph"))
    op = property(lambda self: self._absent("op"))
    name = property(lambda self: self._absent("name"))
    value_index = property(lambda self: self._absent("value_index"))


# What the class is called is what `type(t).__name__` shows, as in TensorFlow.
def _not_allowed(what):
    return errors.OperatorNotAllowedInGraphError(
        f"{what} is not allowed. You can attempt the following resolutions to the problem: If you "
        "are running in Graph mode, use Eager execution mode or decorate this function with "
        "@tf.function. If you are using AutoGraph, you can try decorating this function with "
        "@tf.function. If that does not work, then you may be using an unsupported feature or your "
        "source code may not be visible to AutoGraph. See https://github.com/tensorflow/tensorflow/"
        "blob/master/tensorflow/python/autograph/g3doc/reference/limitations.md#"
        "access-to-source-code for more information."
    )


def out_of_scope(tensor):
    """What to say where a symbolic tensor is used outside the graph that it belongs to."""
    return (
        f"{tensor!r} is out of scope and cannot be used here. Use return values, explicit Python "
        "locals or TensorFlow collections to access it.\nPlease see https://www.tensorflow.org/"
        "guide/function#all_outputs_of_a_tffunction_must_be_return_values for more information.\n"
        f"The tensor cannot be accessed from here, because it was defined in {tensor.graph!r}, "
        "which is out of scope."
    )


class SymbolicTensor(Tensor):
    """An output of an `Operation`: it has a name, a dtype and what is known of its shape."""

    __slots__ = ("op", "value_index", "_dtype", "_shape", "described")

    def __init__(self, op, value_index, dtype, shape):
        self.op, self.value_index = op, value_index
        self._dtype, self._shape = dtype, shape

    @property
    def dtype(self):
        return self._dtype

    @property
    def shape(self):
        return self._shape

    def __hash__(self):
        if self.op.graph.outer is None:  # in a graph of TF 1.x tensors are equal by identity
            return id(self)
        raise TypeError("Tensor is unhashable. Instead, use tensor.ref() as the key.")

    @property
    def graph(self):
        return self.op.graph

    @property
    def name(self):
        return f"{self.op.name}:{self.value_index}"

    @property
    def device(self):
        return self.op.device

    def consumers(self):
        return [o for o in self.graph.operations if any(t is self for t in o.inputs)]

    def set_shape(self, shape):
        """Merges `shape` into what is known; ValueError where the two contradict."""
        self._shape = self._shape.merge_with(shape)

    def eval(self, feed_dict=None, session=None):
        session = session or self.graph.default_session()
        return session.run(self, feed_dict)

    def __str__(self):
        return display.symbolic_str(self.name, self._shape, self._dtype, self.op.device)

    def __repr__(self):
        return display.symbolic_repr(self.name, self._shape, self._dtype)

    def __len__(self):
        raise TypeError(
            f"len is not well defined for a symbolic Tensor ({self.name}). "
            "Please call `x.shape` rather than `len(x)` for shape information."
        )

    def __array__(self, dtype=None, copy=None):
        raise NotImplementedError(
            f"Cannot convert a symbolic tf.Tensor ({self.name}) to a numpy array. This error may "
            "indicate that you're trying to pass a Tensor to a NumPy call, which is not supported."
        )

    def __float__(self):
        raise TypeError(f"float() argument must be a string or a real number, not {self!r}")

    __int__ = __index__ = __complex__ = __float__
