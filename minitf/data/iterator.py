"""Iterators over datasets: `iter(dataset)`, and `as_numpy_iterator()`, which makes no tensors."""

import itertools
from typing import Any

import numpy as np

from minitf import errors, nest
from minitf.core.dispatch import execute
from minitf.core.frames import stack
from minitf.core.registry import Cell, define
from minitf.core.tensor import EagerTensor
from minitf.data.structure import as_array, from_components, normalize, spec_of
from minitf.data.traced import from_tensors, tensor_specs, to_tensors
from minitf.shapes import TensorSpec, TypeSpec


class Source:
    """A pass over a dataset in the making, and the spec of what it gives."""

    __slots__ = ("dataset", "elements", "spec", "taken")
    shape, dtype = (), np.dtype(object)

    def __init__(self, dataset):
        self.dataset, self.spec = dataset, dataset.element_spec
        self.start(0)

    def start(self, taken):
        """Begins a pass anew, behind the first `taken` elements."""
        self.elements, self.taken = self.dataset.elements(), taken
        for _ in itertools.islice(self.elements, taken):
            pass


def take_next(iterator, *, outputs):
    """The arrays of the next element of the pass that the cell `iterator` holds."""
    source = iterator.value
    if source is None:
        raise errors.FailedPreconditionError(
            None, None, "GetNext() failed because the iterator has not been initialized. Ensure "
            "that you have run the initializer operation for this iterator before getting the next "
            "element."
        )  # fmt: skip
    try:
        components = next(source.elements)
    except StopIteration:
        raise errors.OutOfRangeError(None, None, "End of sequence") from None
    source.taken += 1
    pairs = zip(components, nest.flatten(source.spec))
    return tuple([t._value for c, s in pairs for t in to_tensors(c, s)])


GET_NEXT = define("IteratorGetNext", take_next, "r", num_outputs=None, host=True, resource=True,
                  infer=lambda inputs, attrs: list(attrs[0]))  # fmt: skip


class IteratorSpec(TypeSpec):
    """Describes iterators by the `element_spec` of what they give."""

    def __init__(self, element_spec):
        self._element_spec = element_spec

    element_spec = property(lambda self: self._element_spec)
    value_type = property(lambda self: Iterator)

    def _serialize(self):
        return (self._element_spec,)

    @property
    def _component_specs(self):
        return (TensorSpec((), "resource"),)

    def _to_components(self, value):
        return (value.handle,)

    def _from_components(self, components):
        return Iterator(components[0], self._element_spec)


class Iterator:
    """One pass over a dataset; `next(iterator)` gives the next element.

    In a traced function the call is written down, and each run of the function takes an element.
    """

    def __init__(self, handle, element_spec):
        self.handle, self._element_spec = handle, element_spec
        self._outputs = tuple(pair for s in nest.flatten(element_spec) for pair in tensor_specs(s))

    @classmethod
    def of(cls, dataset):
        """A fresh pass over `dataset`."""
        return cls(EagerTensor(Cell(Source(dataset))), dataset.element_spec)

    @property
    def element_spec(self):
        """The spec of the elements."""
        return self._element_spec

    @property
    def _type_spec(self):
        return IteratorSpec(self._element_spec)

    _checkpoint_attribute = "ITERATOR_STATE"

    def _checkpoint_value(self):
        return np.array(self.handle._value.value.taken)

    def _restore_value(self, array):
        self.handle._value.value.start(int(array))

    def get_next(self):
        """The next element; OutOfRangeError at the end."""
        tensors = iter(execute(GET_NEXT, (self.handle,), (self._outputs,)))
        leaves = [from_tensors(tensors, s, None) for s in nest.flatten(self._element_spec)]
        return nest.pack_sequence_as(self._element_spec, leaves)

    def get_next_as_optional(self):
        """The next element as an `Optional`, which is empty at the end."""
        try:
            return Optional(self._element_spec, self.get_next())
        except errors.OutOfRangeError:
            return Optional(self._element_spec)

    def __iter__(self):
        return self

    def __next__(self):
        if isinstance(self.handle, EagerTensor) and not _writes_down():
            source = self.handle._value.value
            components = _next(source.elements)
            source.taken += 1
            return from_components(self._element_spec, components)
        return self.get_next()


def _next(elements):
    try:
        return next(elements)
    except errors.OpError as error:
        kind: Any = type(error)
        raise kind(None, None, f"{error.message} [Op:IteratorGetNext] name: ") from error


def _writes_down():
    return stack.frame.is_graph


class Optional:
    """An element, or none: what `iterator.get_next_as_optional()` gives."""

    def __init__(self, element_spec, *value):
        self.element_spec, self._value = element_spec, value

    def has_value(self, name=None):
        """Whether there is an element, as a tensor."""
        return EagerTensor(np.array(bool(self._value)))

    def get_value(self, name=None):
        """The element; InvalidArgumentError where there is none."""
        if not self._value:
            raise errors.InvalidArgumentError(
                None, None, "The given optional does not have a value."
            )
        return self._value[0]

    @classmethod
    def from_value(cls, value):
        """An Optional that holds `value`."""
        value = normalize(value)
        return cls(spec_of(value), value)

    @classmethod
    def empty(cls, element_spec):
        """An Optional that holds nothing."""
        return cls(element_spec)


class NumpyIterator:
    """A pass over a dataset that gives (read-only) NumPy arrays for tensors."""

    def __init__(self, dataset):
        self._elements, self._spec = dataset.elements(), dataset.element_spec
        self._flat = nest.flatten(self._spec)

    def __iter__(self):
        return self

    def __next__(self):
        components = _next(self._elements)
        leaves = [_as_numpy(c, s) for c, s in zip(components, self._flat)]
        return nest.pack_sequence_as(self._spec, leaves)


def _as_numpy(component, spec):
    if not isinstance(spec, TensorSpec):
        return component.numpy() if hasattr(component, "numpy") else component
    array = as_array(component, spec)
    if not array.ndim:
        return array[()]
    array = array.view()
    array.setflags(write=False)
    return array
