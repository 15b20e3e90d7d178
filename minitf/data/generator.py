"""`Dataset.from_generator`: what a Python iterator gives, checked against a signature."""

import functools

import numpy as np

from minitf import dtypes, errors, nest
from minitf.core.convert import to_numpy
from minitf.core.tensor import EagerTensor
from minitf.shapes import TensorShape, as_shape
from minitf.specs import TensorSpec, TypeSpec

# The errors of Python that TensorFlow has a class of its own for; all others are "unknown".
_KINDS = [
    (StopIteration, errors.OutOfRangeError),
    ((TypeError, ValueError), errors.InvalidArgumentError),
    (MemoryError, errors.ResourceExhaustedError),
    (NotImplementedError, errors.UnimplementedError),
]


def from_generator(generator, output_types, output_shapes, output_signature):
    """(`element_spec`, function that starts a pass) for `Dataset.from_generator`."""
    if not callable(generator):
        raise TypeError("`generator` must be a Python callable.")
    if output_types is not None and output_signature is not None:
        raise TypeError(
            "The `output_types` argument can not be used together with the `output_signature` "
            "argument."
        )
    if output_shapes is not None and output_signature is not None:
        raise TypeError(
            "The `output_shapes` argument can not be used together with the `output_signature` "
            "argument."
        )
    if output_types is None and output_signature is None:
        raise TypeError(
            "To specify the output signature you need to provide either the `output_signature` "
            "argument or the `output_types` argument."
        )
    if isinstance(output_types, list):
        raise TypeError(
            f"Cannot convert the argument `type_value`: {output_types} to a TensorFlow DType."
        )
    if output_signature is None:
        output_signature = _signature(output_types, output_shapes)
    else:
        for spec in nest.flatten(output_signature):
            if not isinstance(spec, TypeSpec):
                raise TypeError(
                    "`output_signature` must contain objects that are subclass of `tf.TypeSpec` "
                    f"but found {type(spec)} which is not."
                )
    return output_signature, functools.partial(_iterate, generator, output_signature)


def _signature(types, shapes):
    flat = [dtypes.as_dtype(t) for t in nest.flatten(types)]
    if shapes is None:
        found = [TensorShape(None)] * len(flat)
    elif len(flat) == 1 and not isinstance(types, tuple | dict):
        found = [as_shape(shapes)]
    else:
        found = [as_shape(s) for s in nest.flatten_up_to(types, shapes)]
    return nest.pack_sequence_as(types, [TensorSpec(s, t) for s, t in zip(found, flat)])


def _iterate(generator, spec, *args):
    values = iter(guarded(lambda: iter(generator(*args))))
    while True:
        value = guarded(lambda: next(values, _END))
        if value is _END:
            return
        yield guarded(functools.partial(_components, value, spec))


_END = object()


def guarded(call):
    """`call()`, with Python's errors as the errors of an op."""
    try:
        return call()
    except errors.OpError:
        raise
    except Exception as error:
        kind = next((k for python, k in _KINDS if isinstance(error, python)), errors.UnknownError)
        raise kind(None, None, f"{type(error).__name__}: {error}") from error


def _components(value, spec):
    try:
        leaves = nest.flatten_up_to(spec, value)
    except (TypeError, ValueError) as error:
        raise TypeError(
            "`generator` yielded an element that did not match the expected structure. The "
            f"expected structure was {spec}, but the yielded element was {value}."
        ) from error
    return tuple([_component(leaf, s, spec, value)
                  for leaf, s in zip(leaves, nest.flatten(spec))])  # fmt: skip


def _component(leaf, spec, whole, value):
    if not isinstance(spec, TensorSpec):
        if not spec.is_compatible_with(leaf):
            raise TypeError(
                f"`generator` yielded an element of {leaf} where an element of {spec} was expected."
            )
        return leaf
    if isinstance(leaf, EagerTensor) or hasattr(leaf, "__tf_tensor__"):
        leaf = np.asarray(leaf)
    try:
        is_text = spec.dtype == dtypes.string
        array = to_numpy(leaf, spec.dtype) if is_text else np.asarray(leaf, spec.dtype.np)
    except (TypeError, ValueError) as error:
        raise TypeError(
            "`generator` yielded an element that could not be converted to the expected type. The "
            f"expected type was {spec.dtype.name}, but the yielded element was {leaf}."
        ) from error
    if not spec.shape.is_compatible_with(array.shape):
        raise TypeError(
            f"`generator` yielded an element of shape {array.shape} where an element of shape "
            f"{spec.shape} was expected."
        )
    return array
