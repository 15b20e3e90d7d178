"""`tf.data` of TF 1.x: datasets in graphs, whose iterators a session owns.

`make_one_shot_iterator` and `make_initializable_iterator` give iterators with symbolic tensors;
importing this module gives datasets both as methods, with `output_types` and the like.
"""

import itertools
import weakref

import numpy as np

from minitf import dtypes, errors, nest
from minitf.compat.v1.resources import MAKERS, new_handle, resource_op
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import EagerFrame, stack
from minitf.core.registry import Cell, define
from minitf.core.tensor import EagerTensor
from minitf.data import (
    AUTOTUNE,
    INFINITE_CARDINALITY,
    UNKNOWN_CARDINALITY,
    Dataset,
    FixedLengthRecordDataset,
    Options,
    TextLineDataset,
    TFRecordDataset,
    experimental,
)
from minitf.data import Iterator as EagerIterator
from minitf.data.iterator import GET_NEXT, Source, take_next
from minitf.data.traced import from_tensors, tensor_specs
from minitf.graphs.graph import PLACEHOLDER
from minitf.graphs.interpret import interpret_eagerly, needed
from minitf.ops.random import STREAM
from minitf.shapes import TensorShape, as_shape
from minitf.specs import TensorSpec

__all__ = [
    "AUTOTUNE", "Dataset", "FixedLengthRecordDataset", "INFINITE_CARDINALITY", "Iterator",
    "Options", "TFRecordDataset", "TextLineDataset", "UNKNOWN_CARDINALITY", "experimental",
    "get_output_classes", "get_output_shapes", "get_output_types", "make_initializable_iterator",
    "make_one_shot_iterator",
]  # fmt: skip

# What elements are --------------------------------------------------------------------------------


def get_output_types(dataset_or_iterator):
    """The dtypes of the elements, in their structure."""
    return nest.map_structure(lambda spec: spec.dtype, dataset_or_iterator.element_spec)


def get_output_shapes(dataset_or_iterator):
    """The shapes of the elements, in their structure."""
    return nest.map_structure(lambda spec: spec.shape, dataset_or_iterator.element_spec)


def get_output_classes(dataset_or_iterator):
    """The classes of the elements, in their structure: `tf.Tensor`, `tf.SparseTensor`, ..."""
    return nest.map_structure(lambda spec: spec.value_type, dataset_or_iterator.element_spec)


def _spec(output_types, output_shapes):
    """The specs of dtypes and shapes, whose structure is that of the dtypes."""
    kinds = nest.flatten(output_types)
    if output_shapes is None:
        shapes = [None] * len(kinds)
    else:
        shapes = nest.flatten_up_to(output_types, output_shapes)
    specs = [TensorSpec(as_shape(s), d) for s, d in zip(shapes, kinds)]
    return nest.pack_sequence_as(output_types, specs)


# Iterators that a session owns --------------------------------------------------------------------


def _first_pass(number, name, dataset):
    return None if dataset is None else Source(dataset)


_ITERATOR = resource_op("IteratorV2", _first_pass)
_by_text = weakref.WeakValueDictionary()  # string handle -> cell
_texts = itertools.count()


def _make(iterator, *values, dataset, symbolic):
    bound = dataset.bind({i: EagerTensor(v) for i, v in zip(symbolic, values)})
    iterator.value = Source(bound)
    return ()


_MAKE = define("MakeIterator", _make, "r?*", host=True, resource=True, num_outputs=0,
               infer=lambda inputs, attrs: [])  # fmt: skip


def _text_of(iterator):
    text = next((t for t, cell in _by_text.items() if cell is iterator), None)
    if text is None:
        text = f"iterator-{next(_texts)}"
        _by_text[text] = iterator
    return np.array(text.encode(), object)


_TO_TEXT = define("IteratorToStringHandle", _text_of, "r", host=True, resource=True,
                  infer=lambda inputs, attrs: [(TensorShape([]), dtypes.string)])  # fmt: skip


def _next_of_text(text, *, outputs):
    cell = _by_text.get(text.item().decode())
    if cell is None:
        raise errors.InvalidArgumentError(None, None, "The string handle is of no iterator.")
    return take_next(cell, outputs=outputs)


_GET_NEXT_OF_TEXT = define(
    "IteratorGetNextFromHandle", _next_of_text, "S", num_outputs=None, host=True, stateful=True,
    infer=lambda inputs, attrs: list(attrs[0]),
)  # fmt: skip


class Iterator:
    """An iterator in a graph: each `Session.run` that needs the next element takes one.

    >>> import minitf.compat.v1 as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     iterator = tf.data.make_initializable_iterator(tf.data.Dataset.range(3))
    ...     session.run(iterator.initializer)
    ...     element = iterator.get_next()
    ...     print(session.run(element), session.run(element))
    0 1
    """

    def __init__(self, handle, initializer, element_spec):
        self._handle, self._initializer, self._spec = handle, initializer, element_spec
        self._outputs = tuple(pair for s in nest.flatten(element_spec) for pair in tensor_specs(s))

    element_spec = property(lambda self: self._spec)
    output_types = property(get_output_types)
    output_shapes = property(get_output_shapes)
    output_classes = property(get_output_classes)

    @staticmethod
    def from_structure(output_types, output_shapes=None, shared_name=None, output_classes=None):
        """An iterator that `make_initializer` sets on datasets of these elements."""
        handle = new_handle(_ITERATOR, "IteratorV2", (None,))
        return Iterator(handle, None, _spec(output_types, output_shapes))

    @staticmethod
    def from_string_handle(string_handle, output_types, output_shapes=None, output_classes=None):
        """The iterator that a string names when it is run: see `string_handle`."""
        handle = convert_to_tensor(string_handle, dtypes.string)
        return Iterator(handle, None, _spec(output_types, output_shapes))

    @property
    def initializer(self):
        """The operation that starts the iterator again; ValueError if it has none of its own."""
        if self._initializer is None:
            raise ValueError("The iterator does not have an initializer. This means it was likely "
                             "created using `tf.data.Dataset.make_one_shot_iterator()`. For an "
                             "initializable iterator, use `tf.data.Dataset."
                             "make_initializable_iterator()` instead.")  # fmt: skip
        return self._initializer

    def make_initializer(self, dataset, name=None):
        """An operation that starts the iterator on `dataset`.

        Raises:
          TypeError: its elements have other dtypes or shapes.
        """
        for mine, other in zip(nest.flatten(self._spec), nest.flatten(dataset.element_spec)):
            if mine.dtype != other.dtype:
                raise TypeError(
                    f"Expected output types {get_output_types(self)!r} but got dataset with output "
                    f"types {get_output_types(dataset)!r}."
                )
            if not mine.shape.is_compatible_with(other.shape):
                raise TypeError(
                    f"Expected output shapes compatible with {get_output_shapes(self)!r} but got "
                    f"dataset with output shapes {get_output_shapes(dataset)!r}."
                )
        return _initializer_of(self._handle, dataset, name)

    def get_next(self, name=None):
        """The tensors of the next element; running them after the last: OutOfRangeError."""
        op = GET_NEXT if self._handle.dtype is dtypes.resource else _GET_NEXT_OF_TEXT
        made = execute(op, (self._handle,), (self._outputs,), name or "IteratorGetNext")
        tensors = iter(made)
        leaves = [from_tensors(tensors, s, None) for s in nest.flatten(self._spec)]
        return nest.pack_sequence_as(self._spec, leaves)

    def string_handle(self, name=None):
        """A string tensor that names the iterator, to be fed for `from_string_handle`."""
        return execute(_TO_TEXT, (self._handle,), (), name)


def _initializer_of(handle, dataset, name=None):
    symbolic = dataset.tensors()
    ids = tuple(id(t) for t in symbolic)
    return execute(_MAKE, (handle, *symbolic), (dataset, ids), name or "MakeIterator")


def make_initializable_iterator(dataset, shared_name=None):
    """An iterator that starts, and starts again, when its `initializer` is run.

    The dataset may be made of placeholders, which are fed to that run.

    Raises:
      RuntimeError: ops run eagerly here.
    """
    if not stack.frame.is_graph:
        raise RuntimeError("`make_initializable_iterator()` is not supported in eager mode. Use "
                           "Python-style iteration instead.")  # fmt: skip
    handle = new_handle(_ITERATOR, "IteratorV2", (None,))
    return Iterator(handle, _initializer_of(handle, dataset), dataset.element_spec)


def make_one_shot_iterator(dataset):
    """An iterator that each session starts when it first takes an element.

    Raises:
      ValueError: the dataset depends on placeholders or variables.
    """
    if not stack.frame.is_graph:
        return EagerIterator.of(dataset)
    bound = dataset.bind(_known_values(dataset.tensors()))
    return Iterator(new_handle(_ITERATOR, "OneShotIterator", (bound,)), None, dataset.element_spec)


def _known_values(tensors):
    """{id: value} of symbolic tensors that the graph alone decides."""
    operations = needed(tensors)
    env = {}
    for o in operations:
        if o.op_def is STREAM:
            env[id(o.outputs[0])] = EagerTensor(Cell(MAKERS[STREAM](*o.attrs)))
        elif o.op_def is PLACEHOLDER or o.op_def in MAKERS:
            raise ValueError(
                f"Failed to create a one-shot iterator for a dataset: it depends on {o.name!r}. "
                "`Dataset.make_one_shot_iterator()` does not support datasets that capture "
                "stateful objects, such as a `Variable` or `LookupTable`. In these cases, use "
                "`Dataset.make_initializable_iterator()`."
            )
    with stack.push(EagerFrame()):
        interpret_eagerly(operations, env)
    return {id(t): env[id(t)] for t in tensors}


Dataset.make_one_shot_iterator = make_one_shot_iterator
Dataset.make_initializable_iterator = make_initializable_iterator
Dataset.output_types = property(get_output_types)
Dataset.output_shapes = property(get_output_shapes)
Dataset.output_classes = property(get_output_classes)
EagerIterator.output_types = property(get_output_types)
EagerIterator.output_shapes = property(get_output_shapes)
EagerIterator.output_classes = property(get_output_classes)
