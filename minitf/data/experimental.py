"""tf.data.experimental: older and rarer ways to say what `Dataset`'s methods do."""

from minitf import dtypes, errors, nest
from minitf.core.convert import static_value
from minitf.core.tensor import EagerTensor
from minitf.data import csv_files, grouping, iterator, order
from minitf.data.dataset import Dataset
from minitf.data.elements import from_handle
from minitf.data.structure import normalize, spec_of, to_components
from minitf.data.traced import Traced, settle
from minitf.ops import files
from minitf.specs import TensorSpec

AUTOTUNE = -1
INFINITE_CARDINALITY, UNKNOWN_CARDINALITY = -1, -2
SHARD_HINT = -1

Counter = Dataset.counter
Optional = iterator.Optional
CsvDataset = csv_files.CsvDataset
RandomDataset = Dataset.random
choose_from_datasets = Dataset.choose_from_datasets
load = Dataset.load
make_csv_dataset = csv_files.make_csv_dataset
sample_from_datasets = Dataset.sample_from_datasets
save = Dataset.save


def _transformation(method, doc):
    """The older, curried form of a method, for `dataset.apply`."""

    def curried(*args, **kwargs):
        return lambda dataset: method(dataset, *args, **kwargs)

    curried.__name__, curried.__doc__ = method.__name__, doc
    return curried


bucket_by_sequence_length = _transformation(
    Dataset.bucket_by_sequence_length, "See `Dataset.bucket_by_sequence_length`."
)
dense_to_ragged_batch = _transformation(Dataset.ragged_batch, "See `Dataset.ragged_batch`.")
dense_to_sparse_batch = _transformation(Dataset.sparse_batch, "See `Dataset.sparse_batch`.")
enumerate_dataset = _transformation(Dataset.enumerate, "See `Dataset.enumerate`.")
group_by_window = _transformation(Dataset.group_by_window, "See `Dataset.group_by_window`.")
ignore_errors = _transformation(Dataset.ignore_errors, "See `Dataset.ignore_errors`.")
rejection_resample = _transformation(
    Dataset.rejection_resample, "See `Dataset.rejection_resample`."
)
scan = _transformation(Dataset.scan, "See `Dataset.scan`.")
snapshot = _transformation(Dataset.snapshot, "See `Dataset.snapshot`.")
take_while = _transformation(Dataset.take_while, "See `Dataset.take_while`.")
unbatch = _transformation(Dataset.unbatch, "See `Dataset.unbatch`.")
unique = _transformation(Dataset.unique, "See `Dataset.unique`.")


def cardinality(dataset):
    """The number of elements, as `dataset.cardinality()`."""
    return dataset.cardinality()


def assert_cardinality(expected_cardinality):
    """A transformation that says how many elements there are; it is checked while iterating."""

    def transform(dataset):
        return dataset._ordered(
            "_AssertCardinalityDataset", order.assert_cardinality, expected_cardinality,
            size=expected_cardinality,
        )  # fmt: skip

    return transform


def from_list(elements, name=None):
    """A dataset of the elements of a Python list, which have one structure."""
    if not elements:
        raise ValueError("Invalid `elements`. `elements` should not be empty.")
    elements = [normalize(e) for e in elements]
    specs = nest.flatten(spec_of(elements[0]))
    columns = [EagerTensor(c) for c in grouping.stack(list(map(to_components, elements)), specs)]
    return Dataset.from_tensor_slices(nest.pack_sequence_as(elements[0], columns))


def get_next_as_optional(iterator):
    """The iterator's next element as an `Optional`."""
    return iterator.get_next_as_optional()


def get_single_element(dataset):
    """The only element of `dataset`."""
    return dataset.get_single_element()


def get_structure(dataset_or_iterator):
    """The `element_spec`."""
    return dataset_or_iterator.element_spec


def at(dataset, index):
    """Element number `index`.

    Raises:
      tf.errors.OutOfRangeError: there is none.
      tf.errors.FailedPreconditionError: the dataset has no end.
    """
    place, count = static_value(index), static_value(dataset.cardinality())
    if count == INFINITE_CARDINALITY:
        raise errors.FailedPreconditionError(
            None, None, "Dataset of type does not support random access: it has no end."
        )
    if place is not None and count is not None and count >= 0 and not 0 <= place < count:
        raise errors.OutOfRangeError(None, None, f"Index out of range [0, {count}):{place}")
    return dataset.skip(index).take(1).get_single_element()


def group_by_reducer(key_func, reducer):
    """A transformation: for each key, what a `Reducer` makes of its elements, in order of the keys.

    Raises:
      ValueError: `key_func` does not return an int64 scalar.

    >>> total = Reducer(lambda key: key * 0, lambda state, x: state + x, lambda state: state)
    >>> sums = Dataset.range(5).apply(group_by_reducer(lambda x: x % 2, total))
    >>> [int(x) for x in sums]
    [6, 4]
    """

    def transform(dataset):
        key, key_spec = dataset._traced(key_func), TensorSpec([], dtypes.int64)
        if key.spec != key_spec:
            raise ValueError(
                "Invalid `key_func`. Expected `key_func` to return a scalar tf.int64 tensor, but "
                f"it returns {key.spec}."
            )
        begin = Traced(reducer.init_func, (key_spec,), from_handle)
        step, state, _ = settle(
            begin.spec, reducer.reduce_func, dataset.element_spec, "reduce_func", from_handle
        )
        finish = Traced(reducer.finalize_func, (state,), from_handle)
        return Dataset._make("_GroupByReducerDataset", finish.spec, grouping.group_by_reducer,
                             (dataset, key, begin, step, finish))  # fmt: skip

    return transform


def map_and_batch(map_func, batch_size, num_parallel_batches=None, drop_remainder=False,
                  num_parallel_calls=None):  # fmt: skip
    """A transformation: `map`, then `batch`."""
    return lambda dataset: dataset.map(map_func).batch(batch_size, drop_remainder)


def shuffle_and_repeat(buffer_size, count=None, seed=None):
    """A transformation: `shuffle`, then `repeat`."""
    return lambda dataset: dataset.shuffle(buffer_size, seed).repeat(count)


def parallel_interleave(map_func, cycle_length, block_length=1, sloppy=False,
                        buffer_output_elements=None, prefetch_input_elements=None):  # fmt: skip
    """A transformation: `interleave`."""
    return lambda dataset: dataset.interleave(map_func, cycle_length, block_length, -1)


def prefetch_to_device(device, buffer_size=None):
    """A transformation: the same elements. Tensors move to a device when an op needs them there."""
    return lambda dataset: dataset.prefetch(buffer_size)


def copy_to_device(target_device, source_device="/cpu:0"):
    """A transformation: the same elements. Tensors move to a device when an op needs them there."""
    return lambda dataset: dataset.prefetch(None)


class Reducer:
    """Three functions for `group_by_reducer`: make a state, add an element, finish."""

    def __init__(self, init_func, reduce_func, finalize_func):
        self.init_func, self.reduce_func, self.finalize_func = (
            init_func, reduce_func, finalize_func,
        )  # fmt: skip


class TFRecordWriter:
    """Writes the elements of a dataset of texts as the records of a file.

    Raises:
      TypeError: it is no dataset, or its elements are no scalar texts.

    >>> import os, tempfile
    >>> import minitf as tf
    >>> path = os.path.join(tempfile.mkdtemp(), "x.tfrecord")
    >>> TFRecordWriter(path).write(Dataset.from_tensor_slices(["a", "b"]))
    >>> list(tf.data.TFRecordDataset(path).as_numpy_iterator())
    [b'a', b'b']
    """

    def __init__(self, filename, compression_type=None):
        self._filename, self._compression = filename, compression_type

    def write(self, dataset):
        """Writes the file."""
        if not isinstance(dataset, Dataset):
            raise TypeError(
                f"Invalid `dataset.` Expected a `tf.data.Dataset` object but got {type(dataset)}."
            )
        spec = dataset.element_spec
        if spec != TensorSpec([], dtypes.string):
            raise TypeError(
                "Invalid `dataset`. Expected a `dataset` that produces scalar `tf.string` "
                f"elements, but got a dataset which produces elements of {spec}."
            )
        with files.TFRecordWriter(self._filename, self._compression) as writer:
            for record in dataset.as_numpy_iterator():
                writer.write(record)
