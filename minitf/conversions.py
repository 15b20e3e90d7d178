"""What describes a value, and how objects of other classes become tensors."""

import numpy as np

from minitf import dtypes
from minitf.core import dispatch
from minitf.core.convert import to_numpy
from minitf.core.tensor import Tensor
from minitf.specs import TensorSpec


def convert_to_tensor(value, dtype=None, dtype_hint=None, name=None):
    """`value` as a tensor of `dtype`; a tensor of another dtype is an error, not a cast.

    Args:
      value: a tensor or variable, an array, Python's numbers or texts, or nested lists of them.
      dtype: of the result; by default that of the value.
      dtype_hint: the dtype where that is possible.
      name: of the operation in a graph.

    Raises:
      ValueError: the tensor has another dtype, or the value is ragged or sparse.

    >>> convert_to_tensor([1, 2], dtype_hint="float32").dtype
    tf.float32
    """
    tensor = dispatch.convert_to_tensor(value, dtype, dtype_hint, name)
    if hasattr(tensor, "_type_spec") and not isinstance(tensor, Tensor):
        raise ValueError(
            f"Attempt to convert a value ({value!r}) with an unsupported type ({type(value)}) to a "
            "Tensor."
        )
    return tensor


def type_spec_from_value(value):
    """The spec that describes a tensor, a composite tensor, a dataset or what converts to a tensor.

    Raises:
      TypeError: nothing describes it.

    >>> type_spec_from_value([1, 2])
    TensorSpec(shape=(2,), dtype=tf.int32, name=None)
    """
    if hasattr(value, "_type_spec"):
        return value._type_spec
    if isinstance(value, Tensor):
        return TensorSpec(value.shape, value.dtype)
    try:
        array = to_numpy(value)
    except (TypeError, ValueError):
        raise TypeError(
            f"Could not build a TypeSpec for {value!r} of type {type(value).__name__}."
        ) from None
    return TensorSpec(array.shape, dtypes.from_numpy_dtype(array.dtype))


def register_tensor_conversion_function(base_type, conversion_func, priority=100):
    """Lets objects of a class (or of the classes of a tuple) stand where tensors are expected.

    Args:
      base_type: classes of one's own.
      conversion_func: `conversion_func(value, dtype, name, as_ref)` returns a tensor, or
        NotImplemented.
      priority: accepted; of several functions for a class the last one counts.

    Raises:
      TypeError: a class is one of Python's or NumPy's numbers.
    """

    def convert(self, dtype=None, name=None):
        tensor = conversion_func(self, dtype=dtype, name=name, as_ref=False)
        if tensor is NotImplemented:
            raise TypeError(f"Cannot convert {self!r} to a tensor.")
        return tensor

    for cls in base_type if isinstance(base_type, tuple) else (base_type,):
        if not isinstance(cls, type) or issubclass(cls, int | float | np.generic | np.ndarray):
            raise TypeError(
                "Cannot register conversions for Python numeric types and NumPy scalars and arrays."
            )
        cls.__tf_tensor__ = convert
