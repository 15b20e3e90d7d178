"""`tf.data.Dataset`: a sequence of elements that is computed when it is iterated over.

Every method makes another dataset out of this one and a function of iterators (`order.py`,
`grouping.py`, `combining.py`); nothing is computed before a pass is asked for.
"""

import builtins
import functools
import glob
import hashlib
import itertools
import os

import numpy as np

from minitf import dtypes, errors, nest
from minitf.core.convert import to_numpy
from minitf.core.tensor import EagerTensor, Tensor
from minitf.data import combining, elementwise, order, seeds, sources, storage, structure
from minitf.data.batching import Batching
from minitf.data.elements import Elements, from_handle, inner_spec, invalid, listed, plain
from minitf.data.generator import from_generator
from minitf.data.options import Options
from minitf.data.pipeline import (
    INFINITE,
    UNKNOWN,
    number,
)  # fmt: skip
from minitf.data.structure import DatasetSpec, NoneTensorSpec, normalize, spec_of, to_components
from minitf.data.traced import settle
from minitf.shapes import TensorShape
from minitf.specs import TensorSpec

_LARGEST_RANGE = 1 << 20  # numbers of a `range` that are kept as a table


def _sizes(*sizes):
    """The size of something that ends with the shortest of its inputs."""
    if any(s == UNKNOWN for s in sizes):
        return UNKNOWN
    finite = [s for s in sizes if s != INFINITE]
    return min(finite) if finite else INFINITE


class Dataset(Batching):
    """A sequence of elements, each a nest of tensors.

    >>> dataset = Dataset.from_tensor_slices([1, 2, 3]).map(lambda x: x + x).batch(2)
    >>> [batch.tolist() for batch in dataset.as_numpy_iterator()]
    [[2, 4], [6]]
    >>> dataset
    <_BatchDataset element_spec=TensorSpec(shape=(None,), dtype=tf.int32, name=None)>
    """

    # Sources -----------------------------------------------------------------------------------

    @staticmethod
    def from_tensors(tensors, name=None):
        """A dataset of one element."""
        element = normalize(tensors)
        components = to_components(element)
        return Dataset._make("_TensorDataset", spec_of(element), sources.one, components, 1)

    @staticmethod
    def from_tensor_slices(tensors, name=None):
        """A dataset of the rows of `tensors`, which have the same first dimension.

        Raises:
          ValueError: the first dimensions differ, or there is none.
        """
        element = normalize(tensors)
        if not (leaves := structure.leaves_of(element)):
            raise ValueError("Invalid `tensors`. `tensors` must not be empty.")
        spec = structure.map_spec(structure.row_spec, spec_of(element))
        sizes = [TensorShape([part.shape[0]]) for leaf in leaves for part in structure.parts(leaf)]
        for size in sizes[1:]:
            if not sizes[0].is_compatible_with(size):
                raise ValueError(f"Dimensions {sizes[0][0]} and {size[0]} are not compatible")
        known = [size[0] for size in sizes if size[0] is not None]
        specs = tuple(nest.flatten(spec))
        columns = to_components(element)
        if all(isinstance(s, TensorSpec) for s in specs):
            columns = tuple([c.copy() if type(c) is np.ndarray else c for c in columns])
            table = sources.slices
        else:
            table = None
        return Dataset._make(
            "_TensorSliceDataset", spec,
            functools.partial(sources.rows, nest.flatten(spec_of(element))),
            columns,
            known[0] if known else UNKNOWN, table, True,
        )  # fmt: skip

    @staticmethod
    def from_generator(generator, output_types=None, output_shapes=None, args=None,
                       output_signature=None, name=None):  # fmt: skip
        """A dataset of what the iterator that `generator(*args)` returns gives.

        `output_signature` is a nest of specs; `output_types` and `output_shapes` are the older way
        to say it.

        Raises (while iterating):
          InvalidArgumentError: an element does not fit the signature.
          UnknownError: the generator raised.
        """
        spec, iterate = from_generator(generator, output_types, output_shapes, output_signature)
        args = to_components(normalize(tuple(args))) if args else ()
        return Dataset._make("_FlatMapDataset", spec, iterate, args)

    @staticmethod
    def range(*args, **kwargs):
        """The numbers of Python's `range(*args)`, as int64 or `output_type`."""
        dtype = dtypes.as_dtype(kwargs.pop("output_type", None) or dtypes.int64)
        kwargs.pop("name", None)
        if not 1 <= len(args) <= 3:
            raise ValueError(
                "Invalid `args`. The length of `args` should be between 1 and 3 but was "
                f"{len(args)}."
            )
        if kwargs:
            raise TypeError(f"range() got an unexpected keyword argument {next(iter(kwargs))!r}")
        start, stop, step = (0, *args, 1) if len(args) == 1 else (*args, 1)[:3]
        bounds = [number(x) for x in (start, stop, step)]
        if bounds[2] == 0:
            raise errors.InvalidArgumentError(None, None, "step must be a non-zero integer.")
        known = not any(isinstance(b, Tensor) for b in bounds)
        return Dataset._make(
            "_RangeDataset", TensorSpec([], dtype), functools.partial(sources.count, dtype.np),
            tuple(bounds), len(builtins.range(*bounds)) if known else UNKNOWN,
            functools.partial(sources.count_table, dtype.np), True,
        )  # fmt: skip

    @staticmethod
    def counter(start=0, step=1, dtype=dtypes.int64, name=None):
        """The numbers `start`, `start + step`, ... without end."""
        dtype = dtypes.as_dtype(dtype)
        return Dataset._make(
            "_ScanDataset", TensorSpec([], dtype), functools.partial(sources.counter, dtype.np),
            (number(start, dtype), number(step, dtype)), INFINITE,
        )  # fmt: skip

    @staticmethod
    def random(seed=None, rerandomize_each_iteration=None, name=None):
        """Random int64 numbers below 2**32, without end."""
        drawn = seeds.Seeds(seed, bool(rerandomize_each_iteration))
        spec = TensorSpec([], dtypes.int64)
        return Dataset._make("_RandomDataset", spec, sources.random, (drawn,), INFINITE)

    @staticmethod
    def list_files(file_pattern, shuffle=None, seed=None, name=None):
        """The names of the files that match a glob pattern, or several, shuffled by default.

        Raises:
          InvalidArgumentError: no file matches.
        """
        patterns = [p.decode() for p in np.atleast_1d(to_numpy(plain(file_pattern))).tolist()]
        names = sorted(itertools.chain.from_iterable(glob.glob(p) for p in patterns))
        if not names:
            raise errors.InvalidArgumentError(
                None, None, f"No files matched pattern: {', '.join(patterns)}"
            )
        dataset = Dataset.from_tensor_slices(names)
        if shuffle is None or shuffle:
            return dataset.shuffle(len(names), seed=seed)
        return dataset

    # Choosing and ordering elements ------------------------------------------------------------

    def take(self, count, name=None):
        """The first `count` elements; all where it is -1."""
        count = number(count)
        size = UNKNOWN if isinstance(count, Tensor) else self.size if count < 0 else (
            count if self.size == INFINITE else min(count, self.size))  # fmt: skip
        return self._ordered("_TakeDataset", order.take, count, size=size)

    def skip(self, count, name=None):
        """All but the first `count` elements; none where it is -1."""
        count = number(count)
        size = self.size
        if isinstance(count, Tensor):
            size = UNKNOWN
        elif size >= 0:
            size = max(size - count, 0) if count >= 0 else 0
        elif count < 0:
            size = 0
        return self._ordered("_SkipDataset", order.skip, count, size=size)

    def repeat(self, count=None, name=None):
        """`count` passes, one after the other; without end where it is None or -1."""
        count = -1 if count is None else number(count)
        if isinstance(count, Tensor):
            size = UNKNOWN
        elif count == 0 or self.size == 0:
            size = 0
        elif count < 0:
            size = INFINITE
        else:
            size = self.size * count if self.size >= 0 else self.size
        return self._ordered("_RepeatDataset", order.repeat, count, size=size)

    def shuffle(self, buffer_size, seed=None, reshuffle_each_iteration=True, name=None):
        """The elements in random order: each is drawn from a buffer of `buffer_size`.

        With seeds, the order is TensorFlow's.
        """
        size = number(buffer_size)
        if size == UNKNOWN:
            size = 2**31
        elif not isinstance(size, Tensor) and size <= 0:
            raise invalid("buffer_size must be greater than zero or UNKNOWN_CARDINALITY",
                           "ShuffleDatasetV3")  # fmt: skip
        drawn = seeds.Seeds(_seed(seed), reshuffle_each_iteration in (None, True))
        return self._ordered("_ShuffleDataset", order.shuffle, size, drawn, size=self.size)

    def shard(self, num_shards, index, name=None):
        """Every `num_shards`-th element, from number `index` on."""
        count, index = number(num_shards), number(index)
        size = UNKNOWN
        if not isinstance(count, Tensor) and not isinstance(index, Tensor):
            if count <= 0:
                raise invalid(
                    "Number of shards must be greater than zero (currently num_shards = "
                    f"{count}).", "ShardDataset",
                )  # fmt: skip
            if not 0 <= index < count:
                raise invalid(
                    f"Index must be between 0 and {count - 1} (currently index = {index}).",
                    "ShardDataset",
                )
            size = len(builtins.range(index, self.size, count)) if self.size >= 0 else self.size
        return self._ordered("_ShardDataset", order.shard, count, index, size=size)

    def prefetch(self, buffer_size, name=None):
        """The same elements. They are computed when asked for: nothing runs beside the program."""
        if buffer_size is not None and number(buffer_size) < -1:
            raise invalid("buffer_size must be >= 0 or set buffer_size to be "
                           f"{-1} for auto-tuning", "PrefetchDataset")  # fmt: skip
        return self._ordered("_PrefetchDataset", order.same, size=self.size)

    def cache(self, filename="", name=None):
        """The elements of the first complete pass, kept in memory or in the file `filename`."""
        filename = to_numpy(plain(filename))[()].decode()
        if filename:
            return Dataset._make(
                "CacheDataset", self.element_spec, storage.cache, (self, filename), self.size
            )
        return self._ordered(
            "CacheDataset", order.cache, order.Memory(self.size), size=self.size, ahead=False
        )

    def concatenate(self, dataset, name=None):
        """The elements of this dataset, then those of `dataset`."""
        spec, other = self.element_spec, dataset.element_spec
        try:
            nest.assert_same_structure(spec, other)
            joined = nest.map_structure(_common_spec, spec, other)
        except (TypeError, ValueError):
            raise TypeError(f"Incompatible dataset elements:\n  {spec} vs.   {other}") from None
        sizes = self.size, dataset.size
        size = INFINITE if INFINITE in sizes else UNKNOWN if UNKNOWN in sizes else sum(sizes)
        return Dataset._make(
            "_ConcatenateDataset", joined, combining.chain, (self, dataset), size,
            ahead=self.ahead and dataset.ahead,
        )  # fmt: skip

    def filter(self, predicate, name=None):
        """The elements of which `predicate` is true."""
        test = self._traced(predicate)
        _check_predicate(test.spec)
        return self._keeping("_FilterDataset", elementwise.filtered, test)

    def take_while(self, predicate, name=None):
        """The elements before the first of which `predicate` is false."""
        test = self._traced(predicate)
        _check_predicate(test.spec)
        return self._keeping("_TakeWhileDataset", elementwise.take_while, test)

    def unique(self, name=None):
        """The elements, without those that were there before."""
        specs = tuple(nest.flatten(self.element_spec))
        return self._keeping("_UniqueDataset", elementwise.unique, specs)

    def ignore_errors(self, log_warning=False, name=None):
        """The elements that can be computed."""
        return self._keeping("_IgnoreErrorsDataset", elementwise.without_errors)

    # Functions of elements -----------------------------------------------------------------------

    def map(self, map_func, num_parallel_calls=None, deterministic=None, synchronous=None,
            use_unbounded_threadpool=False, name=None):  # fmt: skip
        """`map_func` of each element; a tuple is passed as several arguments.

        The function is traced once, as `tf.function` does: its Python side effects happen then.
        """
        function = self._traced(map_func)
        if all(isinstance(spec, NoneTensorSpec) for spec in nest.flatten(function.spec)):
            raise invalid(
                "Length for attr 'output_types' of 0 must be at least minimum 1: `map_func` "
                "returns nothing", "MapDataset",
            )  # fmt: skip
        kind = "_MapDataset" if num_parallel_calls is None else "_ParallelMapDataset"
        ahead = self.ahead and function.is_pure
        return Dataset._make(
            kind, function.spec, elementwise.mapped, (self, function), self.size, ahead=ahead
        )

    def flat_map(self, map_func, name=None):
        """The elements of the datasets that `map_func` makes of the elements, one by one."""
        function = self._traced(map_func)
        spec = inner_spec(function)
        return Dataset._make("_FlatMapDataset", spec, combining.flat_map, (self, function))

    def interleave(self, map_func, cycle_length=None, block_length=None, num_parallel_calls=None,
                   deterministic=None, name=None):  # fmt: skip
        """As `flat_map`, but from `cycle_length` of the datasets in turn, `block_length` each."""
        function = self._traced(map_func)
        kind = "_InterleaveDataset" if num_parallel_calls is None else "_ParallelInterleaveDataset"
        cycle = number(cycle_length) if cycle_length is not None else -1
        if cycle == -1:
            cycle = os.cpu_count()
        block = 1 if block_length is None else number(block_length)
        for value, what in ((cycle, "cycle_length"), (block, "block_length")):
            if not isinstance(value, Tensor) and value <= 0:
                raise invalid(f"`{what}` must be > 0", kind[1:])
        return Dataset._make(
            kind, inner_spec(function), combining.interleave, (self, function, cycle, block)
        )

    def scan(self, initial_state, scan_func, name=None):
        """`state, output = scan_func(state, element)` for each element: the outputs."""
        state = normalize(initial_state)
        first = spec_of(state)
        step, _, spec = settle(first, scan_func, self.element_spec, "scan_func", from_handle)
        args = (self, step, to_components(state))
        return Dataset._make("_ScanDataset", spec, elementwise.scan, args, self.size)

    def enumerate(self, start=0, name=None):
        """Pairs of a number, counted from `start`, and the element.

        >>> [x for x in Dataset.from_tensor_slices(["a"]).enumerate(5).as_numpy_iterator()]
        [(np.int64(5), b'a')]
        """
        limit = np.iinfo(np.int64).max
        return Dataset.zip((Dataset.range(start, limit), self))

    # Several datasets --------------------------------------------------------------------------

    @staticmethod
    def zip(*args, datasets=None, name=None):
        """Elements side by side: `zip(a, b)` or `zip((a, {"b": b}))`; the shortest ends it."""
        if not args and datasets is None:
            raise TypeError("Must pass at least one dataset to `zip`.")
        if args and datasets is not None:
            raise TypeError("Both `*args` and `datasets` cannot be set.")
        datasets = datasets if datasets is not None else args[0] if len(args) == 1 else args
        flat = nest.flatten(datasets)
        for dataset in flat:
            if not isinstance(dataset, Dataset):
                message = "Invalid input to `zip`. Inputs are expected to be (nested) structures "\
                          f"of `tf.data.Dataset` objects but encountered object of type "\
                          f"{type(dataset)}."  # fmt: skip
                if isinstance(dataset, list):
                    message += " Use a tuple instead of a list."
                raise TypeError(message)
        spec = nest.map_structure(lambda d: d.element_spec, datasets)
        return Dataset._make(
            "_ZipDataset", spec, combining.zip_elements, tuple(flat),
            _sizes(*[d.size for d in flat]), combining.zip_table, all(d.ahead for d in flat),
        )  # fmt: skip

    @staticmethod
    def choose_from_datasets(datasets, choice_dataset, stop_on_empty_dataset=True):
        """The next element of the dataset that each number of `choice_dataset` names."""
        if not datasets:
            raise ValueError("Invalid `datasets`. `datasets` should not be empty.")
        if choice_dataset.element_spec != TensorSpec([], dtypes.int64):
            raise TypeError(
                "Invalid `choice_dataset`. Elements of `choice_dataset` must be scalar "
                "`tf.int64` tensors."
            )
        return _directed(combining.chosen, (choice_dataset, stop_on_empty_dataset), datasets)

    @staticmethod
    def sample_from_datasets(datasets, weights=None, seed=None, stop_on_empty_dataset=False,
                             rerandomize_each_iteration=None):  # fmt: skip
        """Each element comes from a dataset drawn with probabilities `weights`.

        These are a vector, or a dataset of the vectors of each draw.
        """
        if not datasets:
            raise ValueError("Invalid `datasets`. `datasets` should not be empty.")
        if weights is None:
            weights = np.full(len(datasets), 1.0 / len(datasets), np.float32)
        is_changing = isinstance(weights, Dataset)
        if not is_changing:
            weights = to_numpy(plain(weights))
        if not is_changing and weights.shape != (len(datasets),):
            raise ValueError(
                "Invalid `weights`. `weights` should have the same length as `datasets` but got "
                f"`len(weights)={len(weights)}` vs. `len(datasets)={len(datasets)}`."
            )
        drawn = seeds.Seeds(_seed(seed), bool(rerandomize_each_iteration))
        if len(datasets) == 1:
            return datasets[0]
        return _directed(combining.sampled, (weights, drawn, stop_on_empty_dataset), datasets)

    def rejection_resample(self, class_func, target_dist, initial_dist=None, seed=None, name=None):
        """(class, element) pairs, some left out, so that classes come as often as `target_dist`
        says. `initial_dist` is estimated from the elements where it is not given.
        """
        target = to_numpy(plain(target_dist)).astype(np.float64)
        initial = None if initial_dist is None else to_numpy(plain(initial_dist))
        classify = self._traced(class_func)
        return Dataset._make(
            "_DirectedInterleaveDataset", (classify.spec, self.element_spec), combining.resample,
            (self, classify, seeds.Seeds(_seed(seed), True), target, initial),
        )  # fmt: skip

    # Everything else ---------------------------------------------------------------------------

    def apply(self, transformation_func):
        """`transformation_func(self)`, which must be a dataset."""
        dataset = transformation_func(self)
        if not isinstance(dataset, Dataset):
            raise TypeError(
                "`transformation_func` must return a `tf.data.Dataset` object. "
                f"Got {type(dataset)}."
            )
        return dataset

    def options(self):
        """The settings of this dataset and of those that it is made of."""
        merged = Options()
        for argument in self.args:
            if isinstance(argument, Dataset):
                merged = merged.merge(argument.options())
        return merged if self._options is None else merged.merge(self._options)

    def with_options(self, options, name=None):
        """The same elements with other settings."""
        dataset = self._ordered("_OptionsDataset", order.same, size=self.size)
        dataset._options = options
        return dataset

    def save(self, path, compression=None, shard_func=None, checkpoint_args=None):
        """Writes the elements into the folder `path`, for `load`.

        Args:
          compression: "GZIP" or None; `load` must be told the same.
          shard_func: gives of each element the number, int64, of the file that it is put in.

        Raises:
          tf.errors.InvalidArgumentError: `shard_func` gives something else.
          NotImplementedError: `checkpoint_args`, or another compression.
        """
        if checkpoint_args is not None:
            raise NotImplementedError("Dataset.save: no `checkpoint_args` in minitf.")
        shard_of = lambda element: 0  # noqa: E731
        if shard_func is not None:
            traced = self._traced(shard_func)
            if traced.spec != TensorSpec([], dtypes.int64):
                raise invalid("`shard_func` must return a scalar int64.", "SaveDataset")
            shard_of = lambda element: int(traced(*element)[0])  # noqa: E731
        storage.save(self, os.fspath(path), compression, shard_of)

    @staticmethod
    def load(path, element_spec=None, compression=None, reader_func=None, wait=False):
        """The elements that `save` wrote.

        Args:
          reader_func: makes a dataset of a dataset of the files' datasets; by default it takes
            elements from them in turn.
          wait: of no use here: what `save` writes is all there, or not.
        """
        spec, counts = storage.described(path, element_spec)
        files = [
            Dataset._make(
                "_LoadDataset", spec, storage.load, (os.fspath(path), n, compression), size
            )
            for n, size in counts.items()
        ]
        if len(files) == 1 and reader_func is None:
            return files[0]
        datasets = listed([(file,) for file in files], DatasetSpec(spec))
        read = reader_func or (lambda files: files.interleave(lambda file: file))
        loaded = read(datasets)
        if not isinstance(loaded, Dataset):
            raise TypeError(f"`reader_func` must return a `Dataset` object. Got {type(loaded)}.")
        return loaded._ordered("_LoadDataset", order.same, size=sum(counts.values()))

    def snapshot(self, path, compression="AUTO", reader_func=None, shard_func=None, name=None):
        """As `cache`, kept in the folder `path` for later programs.

        Raises:
          NotImplementedError: `reader_func` or `shard_func`: minitf keeps one file.
        """
        if reader_func is not None or shard_func is not None:
            raise NotImplementedError("Dataset.snapshot: minitf keeps one file, not shards.")
        dataset = self.cache(os.path.join(os.fspath(path), "snapshot"))
        dataset.kind = "_MapDataset"
        return dataset

    def fingerprint(self):
        """A number that is the same for datasets made in the same way."""
        digest = hashlib.sha256(self.__debug_string__().encode()).digest()
        return EagerTensor(np.frombuffer(digest[:8], np.uint64)[0])


Elements.face = Dataset


def _directed(iterate, args, datasets):
    """A dataset that takes its elements from `datasets`, as `iterate(*args, *datasets)` says."""
    spec = datasets[0].element_spec
    for other in datasets[1:]:
        try:
            spec = nest.map_structure(_common_spec, spec, other.element_spec)
        except (TypeError, ValueError):
            raise TypeError(
                "Invalid `datasets`. `datasets` have incompatible element specs.\n Dataset 0 "
                f"element_spec={spec}.\n Dataset 1 element_spec={other.element_spec}."
            ) from None
    return Dataset._make("_DirectedInterleaveDataset", spec, iterate, (*args, *datasets))


def _seed(seed):
    return None if seed is None else int(plain(seed))


def _common_spec(a, b):
    found = a.most_specific_common_supertype([b])
    if found is None:
        raise TypeError
    return found


def _check_predicate(spec):
    if not (
        isinstance(spec, TensorSpec) and spec.dtype == dtypes.bool and spec.shape.rank in (0, None)
    ):
        raise ValueError(
            "Invalid `predicate`. `predicate` must return a `tf.bool` scalar tensor, but its "
            f"return type is {spec}."
        )
