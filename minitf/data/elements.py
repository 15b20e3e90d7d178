"""A dataset as something to pass over: eagerly, in a graph, or to the last element at once.

In a graph a dataset may wait for the values of tensors: there it is a handle, which an op makes
when the graph runs (`Deferred`).
"""

import numpy as np

from minitf import dtypes, errors, nest
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import Cell, define
from minitf.core.tensor import EagerTensor
from minitf.data import elementwise, structure
from minitf.data.iterator import HANDLE, Iterator, NumpyIterator, Source
from minitf.data.pipeline import INFINITE, UNKNOWN, Pipeline, ordering
from minitf.data.structure import DatasetSpec, normalize, spec_of, to_components
from minitf.data.traced import Traced, from_tensors, settle, tensor_specs, to_tensors
from minitf.shapes import TensorShape


class Elements(Pipeline):
    """What every dataset can do: it is iterated over, counted, reduced, and put into graphs."""

    face: type  # `Dataset`, which has all the methods

    def __init__(self, variant_tensor=None):
        raise TypeError("A dataset is made by one of the functions of `tf.data.Dataset`.")

    @staticmethod
    def _make(*args, **kwargs):
        """A dataset: see `Pipeline` for the arguments."""
        return Elements.face.__new__(Elements.face)._set(*args, **kwargs)

    def _ordered(self, kind, fn, *args, size=UNKNOWN, ahead=None):
        """A dataset whose elements are some of these, in another order: see `order.py`."""
        iterate, table = ordering(fn)
        ahead = self.ahead if ahead is None else ahead
        return self._make(kind, self.element_spec, iterate, (self, *args), size, table, ahead)

    def _keeping(self, kind, iterate, *args):
        """A dataset of some of these elements, in order; how many is not known."""
        return self._make(kind, self.element_spec, iterate, (self, *args))

    def _traced(self, function, *more_specs):
        return Traced(function, (self.element_spec, *more_specs), from_handle)

    @property
    def element_spec(self):
        """The nest of specs that describes an element."""
        return self._element_spec

    @property
    def _type_spec(self):
        return DatasetSpec(self.element_spec)

    # As an argument of a traced function.
    _trace_type = property(lambda self: ((), self._type_spec))
    _argument_spec = lambda self, number: self._type_spec  # noqa: E731

    @property
    def handle(self):
        """The tensor that stands for the dataset where it enters a graph."""
        if self.iterate is of_handle:
            return self.args[0]
        if not stack.frame.is_graph:
            return EagerTensor(Cell(self, HANDLE))
        return self._deferred(MAKE_DATASET, Pipeline.itself)

    def _stand_in(self, handle):
        return from_handle(handle, self.element_spec)

    def _deferred(self, op, action):
        """The handle of what `action` makes of this dataset, when the graph runs."""
        tensors = self.tensors()
        handle = execute(op, tuple(tensors), (Deferred(self, tensors, action),))
        handle.described = HANDLE
        return handle

    def __iter__(self):
        if not stack.frame.is_graph:
            return Iterator.of(self)
        if stack.frame.outer is None:
            raise RuntimeError(
                "`tf.data.Dataset` only supports Python-style iteration in eager mode or within "
                "tf.function."
            )
        return Iterator(self._deferred(MAKE_ITERATOR, Source), self.element_spec)

    def as_numpy_iterator(self):
        """A pass that gives NumPy arrays for tensors: cheaper than iterating over the dataset."""
        for spec in nest.flatten(self.element_spec):
            if isinstance(spec, DatasetSpec):
                raise TypeError(
                    "`tf.data.Dataset.as_numpy_iterator()` is not supported for datasets that "
                    f"produce values of type {spec.value_type}."
                )
        return NumpyIterator(self)

    def __len__(self):
        if self.size == INFINITE:
            raise TypeError("The dataset is infinite.")
        if self.size == UNKNOWN:
            raise TypeError("The dataset length is unknown.")
        return self.size

    def __bool__(self):
        return True

    __nonzero__ = __bool__

    def __repr__(self):
        return f"<{self.kind} element_spec={self.element_spec}>"

    def __debug_string__(self):
        """The datasets that this one is made of, one a line."""
        inputs = [a for a in self.args if isinstance(a, Elements)]
        return "\n".join([self.kind, *(d.__debug_string__() for d in inputs)])

    def cardinality(self):
        """The number of elements, as an int64 tensor; `tf.data.INFINITE_CARDINALITY` or
        `tf.data.UNKNOWN_CARDINALITY` where it is not finite or not known.
        """
        if self.iterate is of_handle:
            return execute(CARDINALITY, (self.handle,))
        return convert_to_tensor(np.array(self.size, np.int64))

    def get_single_element(self, name=None):
        """The only element; InvalidArgumentError where there is not exactly one."""
        return evaluate(self._make("", self.element_spec, elementwise.single, (self,)))

    def reduce(self, initial_state, reduce_func, name=None):
        """The state after `state = reduce_func(state, element)` for every element.

        >>> import minitf as tf
        >>> tf.data.Dataset.range(5).reduce(np.int64(0), lambda state, x: state + x).numpy()
        np.int64(10)
        """
        state = normalize(initial_state)
        first = spec_of(state)
        step, spec, _ = settle(first, reduce_func, self.element_spec, "reduce_func", from_handle)
        args = (self, step, to_components(state))
        return evaluate(self._make("", spec, elementwise.fold, args))


class Deferred:
    """A dataset in a graph, and what to do with it when its tensors have values."""

    def __init__(self, dataset, tensors, action):
        self.dataset, self.tensors, self.action = dataset, tensors, action
        self.outputs = [p for s in nest.flatten(dataset.element_spec) for p in tensor_specs(s)]

    def __call__(self, values):
        pairs = zip(self.tensors, values)
        bound = self.dataset.bind({id(t): EagerTensor(v) for t, v in pairs})
        with stack.push(stack.frames[0]):
            return self.action(bound)


def _run_deferred(*values, deferred):
    return tuple(deferred(values))


def _run_to_tensors(bound):
    pairs = zip(bound.run(), nest.flatten(bound.element_spec))
    return [t._value for c, s in pairs for t in to_tensors(c, s)]


def evaluate(holder):
    """The element of `holder.element_spec` whose components `holder.iterate` returns.

    Where there are symbolic tensors in it, this is an op of the graph.
    """
    tensors, spec = holder.tensors(), holder.element_spec
    if not tensors and not stack.frame.is_graph:
        return structure.from_components(spec, holder.run())
    deferred = Deferred(holder, tensors, _run_to_tensors)
    results = iter(execute(EVALUATE, tuple(tensors), (deferred,)))
    leaves = [from_tensors(results, s, None) for s in nest.flatten(spec)]
    return nest.pack_sequence_as(spec, leaves)


CARDINALITY = define(
    "DatasetCardinality", lambda dataset: np.array(dataset.value.size, np.int64), "?", host=True,
    resource=True, infer=lambda inputs, attrs: [(TensorShape([]), dtypes.int64)],
)  # fmt: skip


def _making(name):
    """An op that gives a handle."""
    return define(
        name, lambda *values, deferred: Cell(deferred(values), HANDLE), "?*", host=True,
        resource=True, infer=lambda inputs, attrs: [(TensorShape([]), dtypes.resource)],
    )  # fmt: skip


MAKE_ITERATOR, MAKE_DATASET = _making("AnonymousIteratorV3"), _making("WrapDatasetVariant")


EVALUATE = define(
    "ReduceDataset", _run_deferred, "?*", host=True, resource=True, num_outputs=None,
    infer=lambda inputs, attrs: attrs[0].outputs,
)  # fmt: skip


def from_handle(handle, element_spec):
    """The dataset behind a handle, which is a tensor of a traced function."""
    return Elements._make("_VariantDataset", element_spec, of_handle, (handle,))


DatasetSpec.make = staticmethod(from_handle)


def of_handle(dataset):
    return dataset.elements()


def listed(elements, spec):
    """A dataset of elements that are there already."""
    return Elements._make("_VariantDataset", spec, lambda: iter(elements), (), len(elements),
                         ahead=True)  # fmt: skip


def plain(value):
    """A NumPy or Python value from an argument that may be a tensor."""
    return value.numpy() if hasattr(value, "numpy") else value


def invalid(message, op):
    return errors.InvalidArgumentError(None, None, f"{message} [Op:{op}] name: ")


def inner_spec(function):
    """The spec of the elements of the dataset that `function` returns."""
    if not isinstance(function.spec, DatasetSpec):
        raise TypeError(
            "Invalid `map_func`. `map_func` must return a `tf.data.Dataset` object, but its "
            f"return type is {function.spec}."
        )
    return function.spec.element_spec
