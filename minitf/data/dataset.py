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
from minitf.core.dispatch import execute
from minitf.core.frames import stack
from minitf.core.registry import Cell, define
from minitf.core.tensor import EagerTensor, Tensor
from minitf.data import combining, elementwise, grouping, order, seeds, sources, storage, structure
from minitf.data.generator import from_generator
from minitf.data.iterator import HANDLE, Iterator, NumpyIterator, Source
from minitf.data.options import Options
from minitf.data.pipeline import (
    INFINITE,
    UNKNOWN,
    Pipeline,
    number,
    ordering,
)  # fmt: skip
from minitf.data.structure import DatasetSpec, normalize, spec_of, to_components
from minitf.data.traced import Traced, from_tensors, settle, tensor_specs, to_tensors
from minitf.ops.sparse import SparseTensorSpec
from minitf.shapes import TensorShape, TensorSpec, as_shape

_LARGEST_RANGE = 1 << 20  # numbers of a `range` that are kept as a table


def _sizes(*sizes):
    """The size of something that ends with the shortest of its inputs."""
    if any(s == UNKNOWN for s in sizes):
        return UNKNOWN
    finite = [s for s in sizes if s != INFINITE]
    return min(finite) if finite else INFINITE


class Dataset(Pipeline):
    """A sequence of elements, each a nest of tensors.

    >>> dataset = Dataset.from_tensor_slices([1, 2, 3]).map(lambda x: x + x).batch(2)
    >>> [batch.tolist() for batch in dataset.as_numpy_iterator()]
    [[2, 4], [6]]
    >>> dataset
    <_BatchDataset element_spec=TensorSpec(shape=(None,), dtype=tf.int32, name=None)>
    """

    def __init__(self, variant_tensor=None):
        raise TypeError("A dataset is made by one of the functions of `tf.data.Dataset`.")

    @staticmethod
    def _make(*args, **kwargs):
        """A dataset: see `Pipeline` for the arguments."""
        return Dataset.__new__(Dataset)._set(*args, **kwargs)

    def _ordered(self, kind, fn, *args, size=UNKNOWN, ahead=None):
        """A dataset whose elements are some of these, in another order: see `order.py`."""
        iterate, table = ordering(fn)
        ahead = self.ahead if ahead is None else ahead
        return Dataset._make(kind, self.element_spec, iterate, (self, *args), size, table, ahead)

    def _keeping(self, kind, iterate, *args):
        """A dataset of some of these elements, in order; how many is not known."""
        return Dataset._make(kind, self.element_spec, iterate, (self, *args))

    def _traced(self, function, *more_specs):
        return Traced(function, (self.element_spec, *more_specs), _from_handle)

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
        patterns = [p.decode() for p in np.atleast_1d(to_numpy(_plain(file_pattern))).tolist()]
        names = sorted(itertools.chain.from_iterable(glob.glob(p) for p in patterns))
        if not names:
            raise errors.InvalidArgumentError(
                None, None, f"No files matched pattern: {', '.join(patterns)}"
            )
        dataset = Dataset.from_tensor_slices(names)
        if shuffle is None or shuffle:
            return dataset.shuffle(len(names), seed=seed)
        return dataset

    # Passes --------------------------------------------------------------------------------------

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
        if self.iterate is _of_handle:
            return self.args[0]
        if not stack.frame.is_graph:
            return EagerTensor(Cell(self, HANDLE))
        return self._deferred(MAKE_DATASET, Pipeline.itself)

    def _stand_in(self, handle):
        return _from_handle(handle, self.element_spec)

    def _deferred(self, op, action):
        """The handle of what `action` makes of this dataset, when the graph runs."""
        tensors = self.tensors()
        handle = execute(op, tuple(tensors), (_Deferred(self, tensors, action),))
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
        inputs = [a for a in self.args if isinstance(a, Dataset)]
        return "\n".join([self.kind, *(d.__debug_string__() for d in inputs)])

    def cardinality(self):
        """The number of elements, as an int64 tensor; `tf.data.INFINITE_CARDINALITY` or
        `tf.data.UNKNOWN_CARDINALITY` where it is not finite or not known.
        """
        if self.iterate is _of_handle:
            return execute(CARDINALITY, (self.handle,))
        return EagerTensor(np.array(self.size, np.int64))

    def get_single_element(self, name=None):
        """The only element; InvalidArgumentError where there is not exactly one."""
        return _evaluate(Dataset._make("", self.element_spec, elementwise.single, (self,)))

    def reduce(self, initial_state, reduce_func, name=None):
        """The state after `state = reduce_func(state, element)` for every element.

        >>> Dataset.range(5).reduce(np.int64(0), lambda state, x: state + x).numpy()
        np.int64(10)
        """
        state = normalize(initial_state)
        step, spec, _ = settle(state, reduce_func, self.element_spec, "reduce_func", _from_handle)
        args = (self, step, to_components(state))
        return _evaluate(Dataset._make("", spec, elementwise.fold, args))

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
            raise _invalid("buffer_size must be greater than zero or UNKNOWN_CARDINALITY",
                           "ShuffleDatasetV3")  # fmt: skip
        drawn = seeds.Seeds(_seed(seed), reshuffle_each_iteration in (None, True))
        return self._ordered("_ShuffleDataset", order.shuffle, size, drawn, size=self.size)

    def shard(self, num_shards, index, name=None):
        """Every `num_shards`-th element, from number `index` on."""
        count, index = number(num_shards), number(index)
        size = UNKNOWN
        if not isinstance(count, Tensor) and not isinstance(index, Tensor):
            if count <= 0:
                raise _invalid(
                    "Number of shards must be greater than zero (currently num_shards = "
                    f"{count}).", "ShardDataset",
                )  # fmt: skip
            if not 0 <= index < count:
                raise _invalid(
                    f"Index must be between 0 and {count - 1} (currently index = {index}).",
                    "ShardDataset",
                )
            size = len(builtins.range(index, self.size, count)) if self.size >= 0 else self.size
        return self._ordered("_ShardDataset", order.shard, count, index, size=size)

    def prefetch(self, buffer_size, name=None):
        """The same elements. They are computed when asked for: nothing runs beside the program."""
        if buffer_size is not None and number(buffer_size) < -1:
            raise _invalid("buffer_size must be >= 0 or set buffer_size to be "
                           f"{-1} for auto-tuning", "PrefetchDataset")  # fmt: skip
        return self._ordered("_PrefetchDataset", order.same, size=self.size)

    def cache(self, filename="", name=None):
        """The elements of the first complete pass, kept in memory or in the file `filename`."""
        filename = to_numpy(_plain(filename))[()].decode()
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
        if not nest.flatten(function.spec):
            raise _invalid("`map_func` must return at least one component.", "MapDataset")
        kind = "_MapDataset" if num_parallel_calls is None else "_ParallelMapDataset"
        ahead = self.ahead and function.is_pure
        return Dataset._make(
            kind, function.spec, elementwise.mapped, (self, function), self.size, ahead=ahead
        )

    def flat_map(self, map_func, name=None):
        """The elements of the datasets that `map_func` makes of the elements, one by one."""
        function = self._traced(map_func)
        spec = _inner_spec(function)
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
                raise _invalid(f"`{what}` must be > 0", kind[1:])
        return Dataset._make(
            kind, _inner_spec(function), combining.interleave, (self, function, cycle, block)
        )

    def scan(self, initial_state, scan_func, name=None):
        """`state, output = scan_func(state, element)` for each element: the outputs."""
        state = normalize(initial_state)
        step, _, spec = settle(state, scan_func, self.element_spec, "scan_func", _from_handle)
        args = (self, step, to_components(state))
        return Dataset._make("_ScanDataset", spec, elementwise.scan, args, self.size)

    def enumerate(self, start=0, name=None):
        """Pairs of a number, counted from `start`, and the element.

        >>> [x for x in Dataset.from_tensor_slices(["a"]).enumerate(5).as_numpy_iterator()]
        [(np.int64(5), b'a')]
        """
        limit = np.iinfo(np.int64).max
        return Dataset.zip((Dataset.range(start, limit), self))

    # Elements made of several elements ---------------------------------------------------------

    def batch(self, batch_size, drop_remainder=False, num_parallel_calls=None, deterministic=None,
              name=None):  # fmt: skip
        """Each `batch_size` elements stacked along a new first axis.

        >>> next(Dataset.range(5).batch(2).as_numpy_iterator())
        array([0, 1])
        """
        size = _batch_size(batch_size, "BatchDatasetV2")
        drop = bool(_plain(drop_remainder))
        fixed = size if drop and not isinstance(size, Tensor) else None
        spec = structure.map_spec(lambda s: structure.batched_spec(s, fixed), self.element_spec)
        specs = tuple(nest.flatten(self.element_spec))
        kind = "_BatchDataset" if num_parallel_calls is None else "_ParallelBatchDataset"
        return Dataset._make(
            kind, spec, grouping.batch, (self, size, drop, specs), _batches(self.size, size, drop),
            ahead=self.ahead,
        )  # fmt: skip

    def padded_batch(self, batch_size, padded_shapes=None, padding_values=None,
                     drop_remainder=False, name=None):  # fmt: skip
        """As `batch`, each component filled up to one shape with `padding_values` (default 0)."""
        size, drop = _batch_size(batch_size, "PaddedBatchDatasetV2"), bool(_plain(drop_remainder))
        specs = nest.flatten(self.element_spec)
        for spec in specs:
            if not isinstance(spec, TensorSpec):
                raise TypeError(
                    "`padded_batch` is only supported for datasets that produce tensor elements, "
                    f"not {spec!r}"
                )
        if padded_shapes is None:
            padded_shapes = [s.shape for s in specs]
            if any(s.rank is None for s in padded_shapes):
                raise ValueError(
                    "You must provide `padded_shapes` argument because component shapes have "
                    "unknown rank."
                )
        else:
            padded_shapes = _shapes_like(padded_shapes, self.element_spec)
        shapes = [_padded_shape(p, s) for p, s in zip(padded_shapes, specs)]
        values = _padding_values(padding_values, self.element_spec, specs)
        fixed = size if drop and not isinstance(size, Tensor) else None
        padded = [TensorSpec([fixed, *shape], s.dtype) for shape, s in zip(shapes, specs)]
        return Dataset._make(
            "_PaddedBatchDataset", nest.pack_sequence_as(self.element_spec, padded),
            grouping.padded_batch, (self, size, drop, shapes, values, specs),
            _batches(self.size, size, drop),
        )  # fmt: skip

    def unbatch(self, name=None):
        """The rows of the elements, one by one."""
        specs = tuple(nest.flatten(self.element_spec))
        spec = structure.map_spec(structure.row_spec, self.element_spec)
        rows = [s.shape[0] for s in specs if s.shape.rank]
        size = self.size * rows[0] if self.size >= 0 and rows and rows[0] is not None else (
            INFINITE if self.size == INFINITE else UNKNOWN)  # fmt: skip
        return Dataset._make("_UnbatchDataset", spec, grouping.unbatch, (self, specs), size)

    def rebatch(self, batch_size, drop_remainder=False, name=None):
        """The rows of the elements in batches of another size, or of several in turn."""
        sizes = np.atleast_1d(to_numpy(_plain(batch_size), dtypes.int64)).tolist()
        if min(sizes) <= 0:
            raise _invalid("Batch size must be greater than zero.", "RebatchDatasetV2")
        specs, drop = tuple(nest.flatten(self.element_spec)), bool(_plain(drop_remainder))
        fixed = sizes[0] if drop and len(sizes) == 1 else None
        spec = structure.map_spec(
            lambda s: structure.batched_spec(structure.row_spec(s), fixed), self.element_spec
        )
        return Dataset._make("_RebatchDataset", spec, grouping.rebatch, (self, sizes, drop, specs))

    def ragged_batch(self, batch_size, drop_remainder=False, row_splits_dtype=dtypes.int64,
                     name=None):  # fmt: skip
        """As `batch`, for elements of unequal shape: components become ragged tensors."""
        spec = structure.map_spec(
            lambda s: structure.ragged_spec(s, row_splits_dtype), self.element_spec
        )
        made = Dataset._make(
            "_DenseToRaggedDataset", spec, grouping.as_ragged, (self, nest.flatten(spec)), self.size
        )
        return made.batch(batch_size, drop_remainder)

    def sparse_batch(self, batch_size, row_shape, name=None):
        """As `batch`, for tensors of unequal size: sparse tensors whose rows have `row_shape`."""
        spec = SparseTensorSpec(row_shape, self.element_spec.dtype)
        made = Dataset._make(
            "_DenseToSparseDataset", spec, grouping.as_sparse, (self, spec), self.size
        )
        return made.batch(batch_size)

    def window(self, size, shift=None, stride=1, drop_remainder=False, name=None):
        """Datasets of `size` elements each, `stride` apart, that begin every `shift` elements.

        >>> [[int(x) for x in w] for w in Dataset.range(5).window(3, shift=2)]
        [[0, 1, 2], [2, 3, 4], [4]]
        """
        size = number(size)
        shift = size if shift is None else number(shift)
        for value, what in ((size, "size"), (shift, "shift"), (number(stride), "stride")):
            if not isinstance(value, Tensor) and value <= 0:
                raise _invalid(f"Window {what} must be greater than zero.", "WindowDataset")
        drop = bool(_plain(drop_remainder))
        total = UNKNOWN if self.size == UNKNOWN or isinstance(size, Tensor) else self.size
        if total >= 0:
            span = (size - 1) * number(stride) + 1
            total = max(0, (total - span) // shift + 1 if drop else -(-total // shift))
        specs = nest.flatten(self.element_spec)

        def make(group):
            columns = zip(zip(*group), specs)
            return tuple([_listed(list(zip(column)), spec) for column, spec in columns])

        return Dataset._make(
            "_WindowDataset", structure.map_spec(DatasetSpec, self.element_spec), grouping.window,
            (self, size, shift, number(stride), drop, make), total,
        )  # fmt: skip

    def group_by_window(self, key_func, reduce_func, window_size=None, window_size_func=None,
                        name=None):  # fmt: skip
        """Gathers the elements of each key; a full window becomes `reduce_func(key, window)`."""
        if (window_size is None) == (window_size_func is None):
            raise ValueError(
                "Either the `window_size` argument or the `window_size_func` argument must be "
                "specified."
            )
        if window_size_func is None:
            size = EagerTensor(to_numpy(_plain(window_size), dtypes.int64))
            window_size_func = lambda key: size  # noqa: E731

        key_spec = TensorSpec([], dtypes.int64)
        key = self._traced(key_func)
        if not isinstance(key.spec, TensorSpec) or key.spec.dtype != dtypes.int64:
            raise ValueError(
                "Invalid `key_func`. `key_func` must return a single `tf.int64` scalar tensor but "
                f"its return type is {key.spec}."
            )
        size_of = Traced(window_size_func, (key_spec,), _from_handle)
        reduce = Traced(reduce_func, (key_spec, DatasetSpec(self.element_spec)), _from_handle)
        return Dataset._make(
            "_GroupByWindowDataset", _inner_spec(reduce), grouping.group_by_window,
            (self, key, size_of, reduce, functools.partial(_listed, spec=self.element_spec)),
        )  # fmt: skip

    def bucket_by_sequence_length(self, element_length_func, bucket_boundaries,
                                  bucket_batch_sizes, padded_shapes=None, padding_values=None,
                                  pad_to_bucket_boundary=False, no_padding=False,
                                  drop_remainder=False, name=None):  # fmt: skip
        """Padded batches of elements whose lengths fall between the same two boundaries."""
        if len(bucket_batch_sizes) != len(bucket_boundaries) + 1:
            raise ValueError(
                "`len(bucket_batch_sizes)` must equal `len(bucket_boundaries) + 1` but "
                f"`len(bucket_batch_sizes)={len(bucket_batch_sizes)}` and "
                f"`len(bucket_boundaries)={len(bucket_boundaries)}`."
            )
        specs, padding = tuple(nest.flatten(self.element_spec)), None
        if not no_padding:
            shapes = [s.shape for s in specs]
            if padded_shapes is not None:
                shapes = _shapes_like(padded_shapes, self.element_spec)
            shapes = [_padded_shape(p, s) for p, s in zip(shapes, specs)]
            values = _padding_values(padding_values, self.element_spec, specs)
            padding = shapes, values, pad_to_bucket_boundary
        rest = shapes if padding else [s.shape for s in specs]
        spec = [TensorSpec([None, *shape], s.dtype) for shape, s in zip(rest, specs)]
        return Dataset._make(
            "_GroupByWindowDataset", nest.pack_sequence_as(self.element_spec, spec),
            grouping.buckets, (self, self._traced(element_length_func), list(bucket_boundaries),
                               list(bucket_batch_sizes), padding, specs, drop_remainder),
        )  # fmt: skip

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
        """Each element comes from a dataset drawn with probabilities `weights`."""
        if not datasets:
            raise ValueError("Invalid `datasets`. `datasets` should not be empty.")
        if weights is None:
            weights = np.full(len(datasets), 1.0 / len(datasets), np.float32)
        elif isinstance(weights, Dataset):
            raise NotImplementedError("sample_from_datasets with a dataset of weights.")
        weights = to_numpy(_plain(weights))
        if weights.shape != (len(datasets),):
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
        target = to_numpy(_plain(target_dist)).astype(np.float64)
        initial = None if initial_dist is None else to_numpy(_plain(initial_dist))
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
        """Writes the elements into the folder `path`, for `load`."""
        storage.save(self, path)

    @staticmethod
    def load(path, element_spec=None, compression=None, reader_func=None, wait=False):
        """The elements that `save` wrote."""
        spec, size = storage.described(path, element_spec)
        return Dataset._make("_LoadDataset", spec, functools.partial(storage.load, path), (), size)

    def snapshot(self, path, compression="AUTO", reader_func=None, shard_func=None, name=None):
        """As `cache`, kept in the folder `path` for later programs."""
        dataset = self.cache(os.path.join(os.fspath(path), "snapshot"))
        dataset.kind = "_MapDataset"
        return dataset

    def fingerprint(self):
        """A number that is the same for datasets made in the same way."""
        digest = hashlib.sha256(self.__debug_string__().encode()).digest()
        return EagerTensor(np.frombuffer(digest[:8], np.uint64)[0])


class _Deferred:
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


def _listed(elements, spec):
    """A dataset of elements that are there already."""
    return Dataset._make("_VariantDataset", spec, lambda: iter(elements), (), len(elements),
                         ahead=True)  # fmt: skip


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


def _evaluate(holder):
    """The element of `holder.element_spec` whose components `holder.iterate` returns.

    Where there are symbolic tensors in it, this is an op of the graph.
    """
    tensors, spec = holder.tensors(), holder.element_spec
    if not tensors and not stack.frame.is_graph:
        return structure.from_components(spec, holder.run())
    deferred = _Deferred(holder, tensors, _run_to_tensors)
    results = iter(execute(EVALUATE, tuple(tensors), (deferred,)))
    leaves = [from_tensors(results, s, None) for s in nest.flatten(spec)]
    return nest.pack_sequence_as(spec, leaves)


def _run_to_tensors(bound):
    pairs = zip(bound.run(), nest.flatten(bound.element_spec))
    return [t._value for c, s in pairs for t in to_tensors(c, s)]


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


def _from_handle(handle, element_spec):
    """The dataset behind a handle, which is a tensor of a traced function."""
    return Dataset._make("_VariantDataset", element_spec, _of_handle, (handle,))


DatasetSpec.make = staticmethod(_from_handle)


def _of_handle(dataset):
    return dataset.elements()


def _plain(value):
    """A NumPy or Python value from an argument that may be a tensor."""
    return value.numpy() if hasattr(value, "numpy") else value


def _seed(seed):
    return None if seed is None else int(_plain(seed))


def _invalid(message, op):
    return errors.InvalidArgumentError(None, None, f"{message} [Op:{op}] name: ")


def _batch_size(value, op):
    size = number(value)
    if not isinstance(size, Tensor) and size <= 0:
        raise _invalid("Batch size must be greater than zero.", op)
    return size


def _batches(total, size, drop_remainder):
    """How many batches `total` elements make."""
    if isinstance(size, Tensor):
        return UNKNOWN
    if total < 0:
        return total
    return total // size if drop_remainder else -(-total // size)


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


def _inner_spec(function):
    """The spec of the elements of the dataset that `function` returns."""
    if not isinstance(function.spec, DatasetSpec):
        raise TypeError(
            "Invalid `map_func`. `map_func` must return a `tf.data.Dataset` object, but its "
            f"return type is {function.spec}."
        )
    return function.spec.element_spec


def _is_shape(value):
    """Whether this is one shape, rather than a nest of shapes."""
    if isinstance(value, TensorShape | Tensor | np.ndarray):
        return True
    return isinstance(value, list | tuple) and all(
        d is None or isinstance(d, int | np.integer) for d in value
    )


def _shapes_like(shapes, spec):
    """The shapes in the nest `shapes`, one for each leaf of `spec`."""
    if isinstance(spec, TensorSpec):
        return [as_shape(_plain(shapes))]
    if isinstance(spec, dict):
        return [s for key in sorted(spec) for s in _shapes_like(shapes[key], spec[key])]
    if len(shapes) != len(spec):
        raise ValueError(
            "The two structures don't have the same number of elements. First structure: "
            f"{shapes}, second structure: {spec}"
        )
    return [s for part, inner in zip(shapes, spec) for s in _shapes_like(part, inner)]


def _padded_shape(shape, spec):
    """The sizes to pad to; -1 and None stand for the largest of a batch."""
    sizes = [None if d in (None, -1) else int(d) for d in as_shape(
        [None if d == -1 else d for d in shape])]  # fmt: skip
    if spec.shape.rank is not None and len(sizes) != spec.shape.rank:
        raise ValueError(
            f"The padded shape {tuple(sizes)} is not compatible with the shape {spec.shape} of "
            "the corresponding input component."
        )
    for size, known in zip(sizes, spec.shape if spec.shape.rank is not None else ()):
        if size is not None and known is not None and size < known:
            raise ValueError(
                f"The padded shape {tuple(sizes)} is not compatible with the shape {spec.shape} "
                "of the corresponding input component."
            )
    return tuple(sizes)


def _padding_values(values, element_spec, specs):
    """The value that fills up each component."""
    if values is None:
        return [b"" if s.dtype == dtypes.string else 0 for s in specs]
    if not structure.is_structure(values):
        flat = [values] * len(specs)
    else:
        flat = nest.flatten(nest.map_structure_up_to(element_spec, lambda s, v: v,
                                                     element_spec, values))  # fmt: skip
    result = []
    for value, spec in zip(flat, specs):
        if value is None:
            result.append(b"" if spec.dtype == dtypes.string else 0)
            continue
        if isinstance(value, Tensor | np.generic) and dtypes.as_dtype(value.dtype) != spec.dtype:
            raise TypeError(
                f"Mismatched type between padding value and input dataset's component: "
                f"{dtypes.as_dtype(value.dtype)!r} vs. {spec.dtype!r}"
            )
        result.append(to_numpy(_plain(value), spec.dtype)[()])
    return result
