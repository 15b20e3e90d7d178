"""`tf.keras.quantizers`: numbers as small integers and a scale.

Functions that quantize tensors, and the `Quantizer` that holds their arguments. Layers are not
quantized here: `layer.quantize` says so.
"""

import math

import ml_dtypes

from minitf.keras import config as settings
from minitf.keras import ops, serialization
from minitf.keras.naming import to_snake_case
from minitf.ops.quantization import (
    fake_quant_with_min_max_vars as _fake_quant,
)
from minitf.ops.quantization import (
    fake_quant_with_min_max_vars_per_channel as _fake_quant_per_channel,
)


class Quantizer:
    """What quantizes tensors: subclasses define `__call__` and `get_config`.

    Args:
      output_dtype: the dtype of the result.
    """

    def __init__(self, output_dtype="int8"):
        self.output_dtype = output_dtype

    def __call__(self, x):
        return x

    @classmethod
    def from_config(cls, config):
        """The quantizer that `get_config` described."""
        return cls(**config)

    def get_config(self):
        """Raises NotImplementedError; subclasses give their arguments."""
        raise NotImplementedError(f"{self} does not implement get_config()")


class AbsMaxQuantizer(Quantizer):
    """Scales by the largest absolute value along `axis`, so that it becomes the largest integer.

    Args:
      axis: an axis, several, or None: then that of the call, or the last.
      value_range: the smallest and the largest integer.
      epsilon: added to the largest absolute value.
      output_dtype: the dtype of the integers.

    >>> values, scale = AbsMaxQuantizer(axis=-1)([[0.5, -1.0]])
    >>> values.numpy(), scale.numpy()
    (array([[  63, -127]], dtype=int8), array([[126.999985]], dtype=float32))

    Raises:
      ValueError: `value_range` does not fit in int8.
    """

    def __init__(self, axis=None, value_range=(-127, 127), epsilon=1e-7, output_dtype="int8"):
        super().__init__(output_dtype)
        self.axis = (axis,) if isinstance(axis, int) else axis and tuple(axis)
        self.value_range, self.epsilon = value_range, epsilon
        if output_dtype == "int8" and (value_range[0] < -128 or value_range[1] > 127):
            raise ValueError(
                "Quantizer with output_dtype='int8' requires value_range to be within the interval "
                f"[-128, 127]. Received: value_range={value_range}"
            )

    def __call__(self, x, axis=None, to_numpy=False):
        """(integers of the shape of `x`, scale): `x` is about integers / scale."""
        axis = next(a for a in (axis, self.axis, -1) if a is not None)
        return abs_max_quantize(
            x, axis, self.value_range, self.output_dtype, self.epsilon, to_numpy
        )

    def get_config(self):
        """The arguments, as plain data."""
        axis = {} if self.axis is None else {"axis": self.axis}
        return {"value_range": self.value_range, "epsilon": self.epsilon,
                "output_dtype": self.output_dtype, **axis}  # fmt: skip


def abs_max_quantize(
    inputs, axis, value_range=(-127, 127), dtype="int8", epsilon=1e-7, to_numpy=False
):
    """(integers, scale): `inputs` times a scale that makes the largest of `axis` the largest one.

    Args:
      inputs: floating numbers of any shape.
      axis: one or several axes that share a scale.
      value_range, dtype: the smallest and the largest integer, and their dtype.
      epsilon: added to the largest absolute value.
      to_numpy: where Keras computes; the results are the same.

    Returns:
      Integers of the shape of `inputs`, and the scale, with 1 for the sizes of `axis`.
    """
    inputs = ops.convert_to_tensor(inputs)
    largest = ops.max(ops.abs(inputs), axis=axis, keepdims=True)
    scale = ops.cast(ops.divide(value_range[1], ops.add(largest, epsilon)), inputs.dtype)
    rounded = ops.clip(ops.round(ops.multiply(inputs, scale)), *value_range)
    return ops.cast(rounded, dtype), scale


def abs_max_quantize_grouped_with_zero_point(
    inputs, block_size, value_range=(-8, 7), dtype="int8", epsilon=1e-7, to_numpy=False
):
    """(integers, scale, zero point), each group of `block_size` rows with its own, per column.

    Args:
      inputs: `[rows, columns]`; where the last of several groups has fewer, zeros make it full.
      value_range, dtype: the smallest and the largest integer, and their dtype.
      epsilon: added to the range of a group.
      to_numpy: where Keras computes; the results are the same.

    Returns:
      Integers `[rows, columns]`, scale `[groups, columns]`, zero point `[groups, columns]`, int8.
    """
    inputs = ops.convert_to_tensor(inputs)
    rows, columns = inputs.shape
    groups = math.ceil(rows / block_size)
    padded = ops.pad(inputs, [[0, groups * block_size - rows], [0, 0]])
    grouped = ops.reshape(padded, (groups, block_size, columns))
    counted = inputs[None] if groups == 1 else grouped  # of several, the last counts its padding
    low, high = ops.min(counted, axis=1), ops.max(counted, axis=1)
    flat = ops.equal(low, high)
    low, high = ops.where(flat, low - 1, low), ops.where(flat, high + 1, high)
    smallest, largest = value_range
    scale = (high - low + epsilon) / (largest - smallest)
    zero = ops.clip(ops.round(-low / scale) + smallest, smallest, largest)
    rounded = ops.round(grouped / ops.expand_dims(scale, 1)) + ops.expand_dims(zero, 1)
    integers = ops.cast(ops.clip(rounded, smallest, largest), dtype)
    flattened = ops.reshape(integers, (groups * block_size, columns))
    return flattened[:rows], scale, ops.cast(zero, "int8")


def fake_quant_with_min_max_vars(
    inputs, min_vals, max_vals, num_bits=8, narrow_range=False, axis=None
):
    """`inputs` rounded to one of `2**num_bits` steps from `min_vals` to `max_vals`.

    Args:
      inputs: floating numbers of any shape; also a `KerasTensor`.
      min_vals, max_vals: scalars, or vectors as long as `axis`.
      narrow_range: leaves out the lowest step.
      axis: the axis whose entries have their own range.

    Returns:
      Of the shape and dtype of `inputs`; gradients go to all three.

    >>> fake_quant_with_min_max_vars([0.1, 0.6, 3.0], 0.0, 1.0, num_bits=1).numpy()
    array([0., 1., 1.], dtype=float32)
    """
    inputs = inputs if hasattr(inputs, "dtype") else ops.convert_to_tensor(inputs)
    low, high = (ops.cast(ops.convert_to_tensor(x), "float32") for x in (min_vals, max_vals))
    settled = {"num_bits": int(num_bits), "narrow_range": narrow_range}
    x = ops.cast(inputs, "float32")
    if axis is None:
        scalars = (ops.reshape(low, ()), ops.reshape(high, ()))
        return ops.cast(_fake_quant(x, *scalars, **settled), inputs.dtype)
    x = _fake_quant_per_channel(ops.swapaxes(x, axis, -1), low, high, **settled)
    return ops.swapaxes(ops.cast(x, inputs.dtype), axis, -1)


def compute_float8_scale(amax, scale, dtype_max, margin=0):
    """The scale for numbers up to `amax` in a dtype up to `dtype_max`.

    Where `amax` is not positive and finite, the old `scale` stays.
    """
    old = ops.reciprocal(scale)
    new = ops.divide(ops.divide(dtype_max, amax), 2**margin)
    return ops.reciprocal(ops.where((amax > 0.0) & ops.isfinite(amax), new, old))


def compute_float8_amax_history(x, amax_history):
    """The history, a vector, with the largest absolute value of `x` first, the oldest left out."""
    largest = ops.cast(ops.max(ops.abs(x)), amax_history.dtype)
    rolled = ops.roll(amax_history, shift=-1)
    return ops.concatenate([ops.reshape(largest, [1]), rolled[1:]])


def quantize_and_dequantize(inputs, scale, quantized_dtype, compute_dtype):
    """`inputs` divided by `scale`, rounded to `quantized_dtype` (`"float8_e4m3fn"`), and back."""
    largest = float(ml_dtypes.finfo(quantized_dtype).max)
    scale = ops.cast(scale, compute_dtype)
    small = ops.cast(ops.clip(ops.divide(inputs, scale), -largest, largest), quantized_dtype)
    return ops.multiply(ops.cast(small, compute_dtype), scale)


def _check_int4(dtype, x, allowed, doing):
    if dtype not in ("int8", "uint8"):
        raise ValueError(f"Expected dtype to be 'int8' or 'uint8', but got '{dtype}'.")
    found = settings.standardize_dtype(x.dtype)
    if found not in allowed:
        raise TypeError(f"Expected {' or '.join(allowed)} tensor for {doing}, got {found}.")


def pack_int4(arr, axis=0, dtype="int8"):
    """Pairs of integers of four bits along `axis`, each pair as one of eight.

    Returns:
      (the pairs, the first of each in the lower bits; their shape; the size of `axis` before).

    >>> packed, shape, size = pack_int4(ops.array([1, -2, 3], "int8"))
    >>> packed.numpy(), shape, size
    (array([-31,   3], dtype=int8), (2,), 3)

    Raises:
      TypeError: `arr` is not of `dtype`.
      ValueError: `dtype` is neither int8 nor uint8.
    """
    _check_int4(dtype, arr, (dtype,), "packing")
    arr = ops.moveaxis(ops.convert_to_tensor(arr), axis, 0)
    size = arr.shape[0]
    arr = ops.pad(arr, [[0, size % 2]] + [[0, 0]] * (len(arr.shape) - 1))
    low, high = ops.bitwise_and(arr[::2], ops.cast(15, dtype)), ops.left_shift(arr[1::2], 4)
    packed = ops.moveaxis(ops.bitwise_or(low, ops.cast(high, dtype)), 0, axis)
    return packed, tuple(packed.shape), size


def unpack_int4(packed, orig_len, axis=0, dtype="int8"):
    """The integers of four bits that `pack_int4` packed, `orig_len` of them along `axis`.

    >>> unpack_int4(ops.array([-31, 3], "int8"), 3).numpy()
    array([ 1, -2,  3], dtype=int8)

    Raises:
      TypeError: `packed` is neither int8 nor uint8.
      ValueError: `dtype` is neither.
    """
    _check_int4(dtype, packed, ("int8", "uint8"), "unpacking")
    packed = ops.moveaxis(ops.convert_to_tensor(packed), axis, 0)
    fifteen, eight = (ops.cast(x, packed.dtype) for x in (15, 8))
    halves = [ops.bitwise_and(x, fifteen) for x in (packed, ops.right_shift(packed, 4))]
    if dtype == "int8":  # the highest of the four bits is the sign
        halves = [ops.subtract(ops.bitwise_xor(x, eight), eight) for x in halves]
    pairs = ops.stack([ops.cast(x, dtype) for x in halves], axis=1)
    flat = ops.reshape(pairs, (-1, *packed.shape[1:]))[:orig_len]
    return ops.moveaxis(flat, 0, axis)


_CLASSES = {name: cls for cls in (Quantizer, AbsMaxQuantizer)
            for name in (cls.__name__, to_snake_case(cls.__name__))}  # fmt: skip


def serialize(initializer):
    """The dictionary that stands for a quantizer."""
    return serialization.serialize_keras_object(initializer)


def deserialize(config, custom_objects=None):
    """The quantizer that a dictionary or a name stands for."""
    return serialization.deserialize_keras_object(
        config, module_objects=_CLASSES, custom_objects=custom_objects
    )


def get(identifier, **kwargs):
    """The quantizer that a name, a dictionary, a class or a quantizer stands for; None for None.

    Raises:
      ValueError: it stands for none.
    """
    if identifier is None:
        return None
    found = identifier
    if isinstance(identifier, dict):
        found = deserialize(identifier)
    elif isinstance(identifier, str):
        found = _CLASSES.get(identifier)
    if isinstance(found, type):
        found = found(**kwargs)
    if not callable(found):
        raise ValueError(f"Could not interpret quantizer identifier: {identifier}")
    return found
