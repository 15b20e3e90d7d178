"""Iterators over datasets: `iter(dataset)`, and `as_numpy_iterator()`, which makes no tensors."""

import itertools
from typing import Any

import numpy as np

from minitf import dtypes, errors, nest
from minitf.core.checks import inspected, shows
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import Cell, define
from minitf.core.tensor import EagerTensor
from minitf.data.structure import (
    DatasetSpec,
    as_array,
    from_components,
    leaves_of,
    normalize,
    spec_of,
)
from minitf.data.traced import from_tensors, tensor_specs, to_tensors
from minitf.shapes import TensorShape, as_shape
from minitf.specs import TensorSpec, TypeSpec

HANDLE = TensorShape([]), dtypes.variant  # what a cell says of a dataset or an iterator in it


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


def specs_of(element_spec):
    """The (shape, dtype) of each of the tensors that carry an element."""
    return [pair for s in nest.flatten(element_spec) for pair in tensor_specs(s)]


def packed(element_spec, tensors):
    """The element that the tensors carry."""
    tensors = iter(tensors)
    leaves = [from_tensors(tensors, s, DatasetSpec.make) for s in nest.flatten(element_spec)]
    return nest.pack_sequence_as(element_spec, leaves)


def take_optional(iterator, *, outputs):
    """(whether there is an element, *the arrays of it); zeros where there is none."""
    try:
        return np.array(True), *take_next(iterator, outputs=outputs)
    except errors.OutOfRangeError:
        return np.array(False), *_nothing(outputs)


def _nothing(outputs):
    """Arrays for the tensors of an element that is not there."""
    return [np.zeros([d or 0 for d in as_shape(shape).as_list() or ()]
                     if as_shape(shape).rank is not None else (), dtype.np)
            for shape, dtype in outputs]  # fmt: skip


GET_OPTIONAL = define(
    "IteratorGetNextAsOptional", take_optional, "r", num_outputs=None, host=True, resource=True,
    infer=lambda inputs, attrs: [(TensorShape([]), dtypes.bool), *attrs[0]],
)  # fmt: skip


class IteratorSpec(TypeSpec):
    """Describes iterators by the `element_spec` of what they give."""

    def __init__(self, element_spec):
        self._element_spec = element_spec

    element_spec = property(lambda self: self._element_spec)
    value_type = property(lambda self: Iterator)

    # As an argument of a traced function.
    _trace_type = property(lambda self: ((), self))
    _argument_spec = lambda self, number: self  # noqa: E731

    def _stand_in(self, handle):
        return Iterator(handle, self._element_spec)

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
        self.tensor_specs = tuple(specs_of(element_spec))

    @classmethod
    def of(cls, dataset):
        """A fresh pass over `dataset`."""
        return cls(EagerTensor(Cell(Source(dataset), HANDLE)), dataset.element_spec)

    @property
    def element_spec(self):
        """The spec of the elements."""
        return self._element_spec

    @property
    def _type_spec(self):
        return IteratorSpec(self._element_spec)

    # As an argument of a traced function.
    _trace_type = property(lambda self: ((), self._type_spec))
    _argument_spec = lambda self, number: self._type_spec  # noqa: E731

    def _stand_in(self, handle):
        return Iterator(handle, self._element_spec)

    _checkpoint_attribute = "ITERATOR_STATE"

    def _checkpoint_value(self):
        return np.array(self.handle._value.value.taken)

    def _restore_value(self, array):
        self.handle._value.value.start(int(array))

    def get_next(self):
        """The next element; OutOfRangeError at the end."""
        return self.packed(self.take())

    def take(self):
        """The tensors that carry the next element: see `tensor_specs`."""
        return execute(GET_NEXT, (self.handle,), (self.tensor_specs,))

    def packed(self, tensors):
        """The element that the tensors carry."""
        return packed(self._element_spec, tensors)

    def get_next_as_optional(self):
        """The next element as an `Optional`, which is empty at the end."""
        found, *tensors = execute(GET_OPTIONAL, (self.handle,), (self.tensor_specs,))
        return Optional(self._element_spec, found, tensors)

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


def _there_is(found, *tensors):
    found = inspected(found)
    if found is not None and shows(~found):
        raise errors.InvalidArgumentError(None, None, "The given optional does not have a value.")


GET_VALUE = define("OptionalGetValue", lambda found, *tensors: tensors, "b?*", num_outputs=None,
                   verify=_there_is)  # fmt: skip


class Optional:
    """An element, or none: what `iterator.get_next_as_optional()` gives.

    Args:
      element_spec: of the element.
      found: a bool tensor: whether there is one.
      tensors: those that carry it; zeros where there is none.
    """

    def __init__(self, element_spec, found, tensors):
        self.element_spec, self._found, self._tensors = element_spec, found, list(tensors)

    def has_value(self, name=None):
        """Whether there is an element, as a tensor."""
        return self._found

    def get_value(self, name=None):
        """The element; InvalidArgumentError where there is none."""
        tensors = execute(GET_VALUE, (self._found, *self._tensors), (), name)
        return packed(self.element_spec, tensors)

    @classmethod
    def from_value(cls, value):
        """An Optional that holds `value`."""
        value = normalize(value)
        pairs = zip(leaves_of(value), nest.flatten(spec_of(value)))
        tensors = [t for leaf, s in pairs for t in to_tensors(leaf, s)]
        return cls(spec_of(value), convert_to_tensor(True), tensors)

    @classmethod
    def empty(cls, element_spec):
        """An Optional that holds nothing."""
        nothing = _nothing(specs_of(element_spec))
        return cls(element_spec, convert_to_tensor(False), map(convert_to_tensor, nothing))

    # As a loop variable --------------------------------------------------------------------------

    def __tf_loop_state__(self):
        return [self._found, *self._tensors]

    def __tf_from_loop_state__(self, state):
        found, *tensors = state
        found.set_shape([])
        for tensor, (shape, _) in zip(tensors, specs_of(self.element_spec)):
            tensor.set_shape(shape)
        return Optional(self.element_spec, found, tensors)


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
