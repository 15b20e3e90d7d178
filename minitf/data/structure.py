"""Elements of a dataset: nests of tensors for the user, flat tuples of NumPy arrays inside.

An `element_spec` describes both. Offers the ways between them: `normalize` (what a program gives,
to tensors), `spec_of`, `to_components` and `from_components`; and, component by component,
`stack`, `pad_and_stack` and `rows_of`, which batches are made of.
"""

import collections.abc
from typing import Any

import numpy as np

from minitf import errors, nest
from minitf.core.convert import contains_tensor, to_numpy
from minitf.core.dispatch import convert_to_tensor
from minitf.core.tensor import EagerTensor, Tensor
from minitf.ops.ragged import RaggedTensorSpec
from minitf.shapes import TensorShape, as_shape
from minitf.specs import TensorSpec, TypeSpec


class NoneTensorSpec(TypeSpec):
    """Describes the component None."""

    value_type = property(lambda self: type(None))

    def _serialize(self):
        return ()

    def __repr__(self):
        return "NoneTensorSpec()"


class DatasetSpec(TypeSpec):
    """Describes datasets that are themselves elements of a dataset, such as windows.

    >>> DatasetSpec(TensorSpec([], "int64"))
    DatasetSpec(TensorSpec(shape=(), dtype=tf.int64, name=None), TensorShape([]))
    """

    def __init__(self, element_spec, dataset_shape=()):
        self._element_spec, self._shape = element_spec, as_shape(dataset_shape)

    make: Any = None  # `(handle, element_spec) -> Dataset`, which `dataset.py` puts here
    element_spec = property(lambda self: self._element_spec)

    # As an argument of a traced function.
    _trace_type = property(lambda self: ((), self))
    _argument_spec = lambda self, number: self  # noqa: E731

    def _stand_in(self, handle):
        return DatasetSpec.make(handle, self._element_spec)

    def _serialize(self):
        return self._element_spec, self._shape


def _walk(fn, structure):
    """`structure` with `fn` applied to its leaves; to tf.data a list is a leaf: a tensor."""
    if isinstance(structure, tuple):
        children = [_walk(fn, child) for child in structure]
        return type(structure)(*children) if hasattr(structure, "_fields") else tuple(children)
    if isinstance(structure, collections.abc.Mapping):
        items = [(key, _walk(fn, child)) for key, child in structure.items()]
        if isinstance(structure, collections.defaultdict):
            return collections.defaultdict(structure.default_factory, items)
        return type(structure)(items)
    if hasattr(structure, "__attrs_attrs__"):
        fields = [field.name for field in structure.__attrs_attrs__]
        return type(structure)(*[_walk(fn, getattr(structure, name)) for name in fields])
    return fn(structure)


def _is_value(leaf):
    """Whether `leaf` is passed on as it is: a dataset, a composite tensor or None."""
    return leaf is None or hasattr(leaf, "_type_spec") and not isinstance(leaf, Tensor)


def as_leaf(value):
    """A tensor, or what passes on as it is, from what a program puts into an element."""
    if isinstance(value, Tensor) or _is_value(value):
        return value
    if isinstance(value, TypeSpec) or hasattr(value, "__tf_tensor__") or contains_tensor(value):
        return convert_to_tensor(value)
    if hasattr(value, "__array__") and not isinstance(value, np.ndarray | np.generic):
        value = np.asarray(value)  # a column of a table
    return EagerTensor(to_numpy(value))


def normalize(structure):
    """`structure` with tensors for leaves; lists become tensors, as TensorFlow has it."""
    return _walk(as_leaf, structure)


def is_structure(value):
    """Whether `value` has parts, rather than being a leaf."""
    return isinstance(value, tuple | collections.abc.Mapping) or hasattr(value, "__attrs_attrs__")


def _leaf_spec(leaf):
    if leaf is None:
        return NoneTensorSpec()
    if _is_value(leaf):
        return leaf._type_spec
    return TensorSpec(leaf.shape, leaf.dtype)


def spec_of(element):
    """The `element_spec` of a normalized element."""
    return _walk(_leaf_spec, element)


def map_spec(fn, spec):
    """`spec` with `fn` applied to its leaves."""
    return nest.map_structure(fn, spec)


class _Leaf:
    """What `nest` takes for a leaf, whatever it holds."""

    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value


def leaves_of(element):
    """The leaves of a normalized element, in order: tensors, ragged and sparse ones, and others."""
    return [leaf.value for leaf in nest.flatten(_walk(_Leaf, element))]


def parts(leaf):
    """What has the sizes of a leaf: itself, or the fields of an extension type."""
    return [leaf] if hasattr(leaf, "shape") else leaf._type_spec._to_components(leaf)


def to_components(element):
    """The flat tuple of a normalized element: arrays, and values that pass on as they are."""
    return tuple([
        np.asarray(leaf._value) if type(leaf) is EagerTensor else leaf
        for leaf in leaves_of(element)
    ])  # fmt: skip


def as_array(component, spec):
    """A component as an array of the dtype that its `spec` says; strings are arrays of objects."""
    if type(component) is np.ndarray:
        return component
    return np.asarray(component, spec.dtype.np)


def to_tensor(component, spec):
    """A component as the user sees it."""
    if isinstance(spec, TensorSpec) or type(component) is np.ndarray:
        return EagerTensor(as_array(component, spec))
    return component


def from_components(spec, components):
    """The element that the flat `components` make, with tensors for leaves."""
    if type(spec) is TensorSpec:
        return EagerTensor(as_array(components[0], spec))
    leaves = [to_tensor(c, s) for c, s in zip(components, nest.flatten(spec))]
    return nest.pack_sequence_as(spec, leaves)


def stack(parts, spec, index):
    """One component of a batch: `parts` along a new first axis.

    Raises:
      InvalidArgumentError: their shapes differ.
    """
    if not isinstance(spec, TensorSpec):
        return spec._stack(parts)
    arrays = [as_array(part, spec) for part in parts]
    first = arrays[0].shape
    for i, array in enumerate(arrays):
        if array.shape != first:
            raise errors.InvalidArgumentError(
                None, None,
                f"Cannot batch tensors with different shapes in component {index}. First element "
                f"had shape {_plain(first)} and element {i} had shape {_plain(array.shape)}.",
            )  # fmt: skip
    return np.stack(arrays)


def pad_and_stack(parts, spec, shape, value):
    """One component of a padded batch: `parts` filled up with `value` to `shape`, then stacked.

    A size of None in `shape` stands for that of the largest part.
    """
    arrays = [as_array(part, spec) for part in parts]
    if any(array.ndim != len(shape) for array in arrays):
        raise errors.InvalidArgumentError(
            None, None, "All elements in a batch must have the same rank as the padded shape."
        )
    largest = np.max([array.shape for array in arrays], axis=0) if shape else ()
    sizes = [int(m) if size is None else size for m, size in zip(largest, shape)]
    if any(m > size for m, size in zip(largest, sizes)):
        raise errors.DataLossError(
            None, None, "Attempted to pad to a smaller size than the input element."
        )
    result = np.full((len(arrays), *sizes), value, spec.dtype.np)
    for row, array in zip(result, arrays) if sizes else ():
        row[tuple(map(slice, array.shape))] = array
    if not sizes:
        result[:] = arrays
    return result


def rows_of(component, spec):
    """The rows of a batch's component, in order."""
    return component if isinstance(spec, TensorSpec) else spec._unstack(component)


def batched_spec(spec, size):
    """The spec of `size` (None: any number) elements of `spec`, stacked."""
    if isinstance(spec, TensorSpec):
        return TensorSpec(TensorShape([size]).concatenate(spec.shape), spec.dtype)
    return spec._batch(size)


def ragged_spec(spec, row_splits_dtype):
    """What describes, before batches are made, tensors whose sizes differ: ragged ones."""
    if not isinstance(spec, TensorSpec) or spec.shape.is_fully_defined():
        return spec
    ragged_rank = max(axis for axis, size in enumerate(spec.shape.as_list()) if size is None)
    return RaggedTensorSpec(spec.shape, spec.dtype, ragged_rank, row_splits_dtype)


def row_spec(spec):
    """The spec of one row of what `spec` describes."""
    if isinstance(spec, TensorSpec):
        if spec.shape.rank == 0:
            raise ValueError("Cannot unbatch an input with scalar components.")
        return TensorSpec(spec.shape[1:], spec.dtype)
    return spec._unbatch()


def _plain(shape):
    return str(list(shape)).replace(" ", "")
