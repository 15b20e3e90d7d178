"""Data that come batch by batch: `tf.data` datasets, generators and `PyDataset`s."""

import itertools
import random

import numpy as np

from minitf import nest
from minitf.core.dispatch import convert_to_tensor
from minitf.data.generator import guarded
from minitf.data.pipeline import Pipeline
from minitf.data.seeds import Seeds
from minitf.keras.adapters.batch import (
    Adapter,
    as_batch,
    class_weights_of,
    ragged_spec,
    unpack_x_y_sample_weight,
)
from minitf.keras.calling import dense
from minitf.ops.array import squeeze
from minitf.ops.gathering import gather
from minitf.ops.math import cast, round
from minitf.ops.ragged import RaggedTensor
from minitf.ops.reductions import argmax
from minitf.ops.sparse import SparseTensorSpec
from minitf.specs import TensorSpec


class DatasetAdapter(Adapter):
    """The elements of a `tf.data.Dataset` are the batches."""

    def __init__(self, dataset, class_weight=None):
        if any(isinstance(spec, SparseTensorSpec) for spec in nest.flatten(dataset.element_spec)):
            dataset = dataset.map(lambda *parts: dense(parts if len(parts) > 1 else parts[0]))
        if class_weight is not None:
            dataset = dataset.map(_with_class_weight(class_weight))
        self.dataset = dataset

    @property
    def num_batches(self):
        size = int(self.dataset.cardinality())
        return None if size < 0 else size

    def spec(self):
        """The specs of an element."""
        return self.dataset.element_spec

    def batches(self):
        return iter(self.dataset)

    def skip(self):
        _draw_seeds(self.dataset)


def _draw_seeds(dataset):
    """What a pass draws when it starts: a shuffle starts its own input only when it is read."""
    arguments = nest.flatten(dataset.args)
    seeds = [argument for argument in arguments if isinstance(argument, Seeds)]
    for seed in seeds:
        seed.draw()
    for argument in arguments:
        if isinstance(argument, Pipeline) and not seeds:
            _draw_seeds(argument)


def _with_class_weight(class_weight):
    table = np.array([class_weight.get(c, 1.0) for c in range(max(class_weight) + 1)], "float32")

    def add_weight(*data):
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        if sample_weight is not None:
            raise ValueError("You cannot `class_weight` and `sample_weight` at the same time.")
        if nest.is_nested(y):
            raise ValueError("`class_weight` is only supported for Models with a single output.")
        return x, y, gather(table, _classes(y))

    return add_weight


def _classes(y):
    if y.shape.rank < 2:
        return cast(round(y), "int32")
    if y.shape[-1] == 1:
        return cast(round(squeeze(y, axis=-1)), "int32")
    return argmax(y, axis=-1, output_type="int32")


class GeneratorAdapter(Adapter):
    """What a Python generator yields: tuples `(x,)`, `(x, y)` or `(x, y, sample_weight)`."""

    def __init__(self, generator):
        first = list(itertools.islice(generator, 2))
        if not first:
            raise ValueError(
                "When passing a Python generator to a Keras model, the generator must yield at "
                "least one batch. Received an empty generator."
            )
        if not isinstance(first[0], tuple):
            raise ValueError(
                "When passing a Python generator to a Keras model, the generator must return a "
                "tuple, either (input,) or (inputs, targets) or (inputs, targets, "
                f"sample_weights). Received: {first[0]}"
            )
        self.first, self.generator = first, generator
        self._spec = common_spec(first)

    def spec(self):
        """The specs of a batch, as the first two batches show them."""
        return self._spec

    def batches(self):
        batches = itertools.chain(self.first, self.generator)
        while (batch := guarded(lambda: next(batches, None))) is not None:
            yield as_batch(batch)


class PyDataset:
    """The base of data that is made batch by batch: override `__len__` and `__getitem__`.

    `workers` and `use_multiprocessing` are accepted and kept; batches are made one by one, in
    order, by the process that trains.
    """

    def __init__(self, workers=1, use_multiprocessing=False, max_queue_size=10):
        self.workers, self.max_queue_size = workers, max_queue_size
        self.use_multiprocessing = use_multiprocessing

    def __getitem__(self, index):
        raise NotImplementedError

    def __iter__(self):
        try:
            indices = range(self.num_batches)
        except (NotImplementedError, TypeError):
            indices = itertools.count()
        return (self[i] for i in indices)

    @property
    def num_batches(self):
        """The number of batches of an epoch; None if it has no end."""
        if hasattr(self, "__len__"):
            return len(self)  # pyright: ignore[reportArgumentType]
        raise NotImplementedError(
            "You need to implement the `num_batches` property:\n\n"
            "@property\ndef num_batches(self):\n  return ..."
        )

    def on_epoch_begin(self):
        """Called before each epoch."""

    def on_epoch_end(self):
        """Called after each epoch."""


class PyDatasetAdapter(Adapter):
    """The batches of a `PyDataset`, in order or shuffled."""

    def __init__(self, dataset, class_weight=None, shuffle=False):
        self.dataset, self.class_weight, self.shuffle = dataset, class_weight, shuffle
        self._spec = None

    @property
    def num_batches(self):
        try:
            return self.dataset.num_batches
        except NotImplementedError:
            return None

    def spec(self):
        """The specs of a batch, as the first two batches show them."""
        if self._spec is None:
            count = min(2, self.num_batches or 2)
            self._spec = common_spec([self._batch(i) for i in range(count)])
        return self._spec

    def batches(self):
        indices = range(self.num_batches) if self.num_batches is not None else itertools.count()
        if self.shuffle and self.num_batches is not None:
            indices = random.sample(indices, len(indices))
        return (as_batch(self._batch(i)) for i in indices)

    def _batch(self, index):
        batch = self.dataset[index]
        if isinstance(batch, dict):
            return batch
        batch = (batch,) if isinstance(batch, np.ndarray) else batch
        batch = tuple(batch) if isinstance(batch, list) else batch
        if not isinstance(batch, tuple) or len(batch) not in (1, 2, 3):
            raise ValueError(
                "PyDataset.__getitem__() must return a tuple or a dict. If a tuple, it must be "
                "ordered either (input,) or (inputs, targets) or (inputs, targets, "
                f"sample_weights). Received: {str(batch)[:100]}... of type {type(batch)}"
            )
        if self.class_weight is not None and len(batch) == 3:
            raise ValueError(
                "You cannot specify `class_weight` and `sample_weight` at the same time."
            )
        if self.class_weight is not None and len(batch) == 2:
            batch = (*batch, class_weights_of(batch[1], self.class_weight))
        return batch

    def on_epoch_begin(self):
        self.dataset.on_epoch_begin()

    def on_epoch_end(self):
        self.dataset.on_epoch_end()


def common_spec(batches):
    """The specs of batches: a dimension that differs, and the number of rows, are left open."""

    def widen(*arrays):
        if arrays[0] is None:
            return None
        if isinstance(arrays[0], RaggedTensor):
            return ragged_spec(arrays[0])
        shapes = [np.shape(a) for a in arrays]
        if not shapes[0]:
            raise ValueError(
                "When passing a dataset to a Keras model, the arrays must be at least rank 1. "
                f"Received: {arrays[0]} of rank 0."
            )
        if len({len(s) for s in shapes}) > 1:
            raise ValueError(
                "When passing a dataset to a Keras model, the corresponding arrays in each batch "
                f"must have the same rank. Received: {arrays[0]} and {arrays[1]}"
            )
        dims = [d[0] if len(set(d)) == 1 else None for d in zip(*shapes)]
        return TensorSpec([None, *dims[1:]], convert_to_tensor(arrays[0]).dtype)

    return nest.map_structure(widen, *map(dense, batches))
