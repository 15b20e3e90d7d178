"""Datasets whose elements are made of several elements: batches, padded or not, and windows."""

import functools

import numpy as np

from minitf import dtypes, nest
from minitf.core.convert import to_numpy
from minitf.core.tensor import EagerTensor, Tensor
from minitf.data import grouping, structure
from minitf.data.elements import Elements, from_handle, inner_spec, invalid, listed, plain
from minitf.data.pipeline import INFINITE, UNKNOWN, number
from minitf.data.structure import DatasetSpec
from minitf.data.traced import Traced
from minitf.ops.sparse import SparseTensorSpec
from minitf.shapes import as_shape
from minitf.specs import TensorSpec


class Batching(Elements):
    """The methods of a dataset that gather its elements."""

    def batch(self, batch_size, drop_remainder=False, num_parallel_calls=None, deterministic=None,
              name=None):  # fmt: skip
        """Each `batch_size` elements stacked along a new first axis.

        >>> import minitf as tf
        >>> next(tf.data.Dataset.range(5).batch(2).as_numpy_iterator())
        array([0, 1])
        """
        size = _batch_size(batch_size, "BatchDatasetV2")
        drop = bool(plain(drop_remainder))
        fixed = size if drop and not isinstance(size, Tensor) else None
        spec = structure.map_spec(lambda s: structure.batched_spec(s, fixed), self.element_spec)
        specs = tuple(nest.flatten(self.element_spec))
        kind = "_BatchDataset" if num_parallel_calls is None else "_ParallelBatchDataset"
        return self._make(
            kind, spec, grouping.batch, (self, size, drop, specs), _batches(self.size, size, drop),
            ahead=self.ahead,
        )  # fmt: skip

    def padded_batch(self, batch_size, padded_shapes=None, padding_values=None,
                     drop_remainder=False, name=None):  # fmt: skip
        """As `batch`, each component filled up to one shape with `padding_values` (default 0)."""
        size, drop = _batch_size(batch_size, "PaddedBatchDatasetV2"), bool(plain(drop_remainder))
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
        return self._make(
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
        return self._make("_UnbatchDataset", spec, grouping.unbatch, (self, specs), size)

    def rebatch(self, batch_size, drop_remainder=False, name=None):
        """The rows of the elements in batches of another size, or of several in turn."""
        sizes = np.atleast_1d(to_numpy(plain(batch_size), dtypes.int64)).tolist()
        if min(sizes) <= 0:
            raise invalid("Batch size must be greater than zero.", "RebatchDatasetV2")
        specs, drop = tuple(nest.flatten(self.element_spec)), bool(plain(drop_remainder))
        fixed = sizes[0] if drop and len(sizes) == 1 else None
        spec = structure.map_spec(
            lambda s: structure.batched_spec(structure.row_spec(s), fixed), self.element_spec
        )
        return self._make("_RebatchDataset", spec, grouping.rebatch, (self, sizes, drop, specs))

    def ragged_batch(self, batch_size, drop_remainder=False, row_splits_dtype=dtypes.int64,
                     name=None):  # fmt: skip
        """As `batch`, for elements of unequal shape: components become ragged tensors."""
        spec = structure.map_spec(
            lambda s: structure.ragged_spec(s, row_splits_dtype), self.element_spec
        )
        made = self._make(
            "_DenseToRaggedDataset", spec, grouping.as_ragged, (self, nest.flatten(spec)), self.size
        )
        return made.batch(batch_size, drop_remainder)

    def sparse_batch(self, batch_size, row_shape, name=None):
        """As `batch`, for tensors of unequal size: sparse tensors whose rows have `row_shape`."""
        spec = SparseTensorSpec(row_shape, self.element_spec.dtype)
        made = self._make(
            "_DenseToSparseDataset", spec, grouping.as_sparse, (self, spec), self.size
        )
        return made.batch(batch_size)

    def window(self, size, shift=None, stride=1, drop_remainder=False, name=None):
        """Datasets of `size` elements each, `stride` apart, that begin every `shift` elements.

        >>> import minitf as tf
        >>> [[int(x) for x in w] for w in tf.data.Dataset.range(5).window(3, shift=2)]
        [[0, 1, 2], [2, 3, 4], [4]]
        """
        size = number(size)
        shift = size if shift is None else number(shift)
        for value, what in ((size, "size"), (shift, "shift"), (number(stride), "stride")):
            if not isinstance(value, Tensor) and value <= 0:
                raise invalid(f"Window {what} must be greater than zero.", "WindowDataset")
        drop = bool(plain(drop_remainder))
        total = UNKNOWN if self.size == UNKNOWN or isinstance(size, Tensor) else self.size
        if total >= 0:
            span = (size - 1) * number(stride) + 1
            total = max(0, (total - span) // shift + 1 if drop else -(-total // shift))
        specs = nest.flatten(self.element_spec)

        def make(group):
            columns = zip(zip(*group), specs)
            return tuple([listed(list(zip(column)), spec) for column, spec in columns])

        return self._make(
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
            size = EagerTensor(to_numpy(plain(window_size), dtypes.int64))
            window_size_func = lambda key: size  # noqa: E731

        key_spec = TensorSpec([], dtypes.int64)
        key = self._traced(key_func)
        if not isinstance(key.spec, TensorSpec) or key.spec.dtype != dtypes.int64:
            raise ValueError(
                "Invalid `key_func`. `key_func` must return a single `tf.int64` scalar tensor but "
                f"its return type is {key.spec}."
            )
        size_of = Traced(window_size_func, (key_spec,), from_handle)
        reduce = Traced(reduce_func, (key_spec, DatasetSpec(self.element_spec)), from_handle)
        return self._make(
            "_GroupByWindowDataset", inner_spec(reduce), grouping.group_by_window,
            (self, key, size_of, reduce, functools.partial(listed, spec=self.element_spec)),
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
        return self._make(
            "_GroupByWindowDataset", nest.pack_sequence_as(self.element_spec, spec),
            grouping.buckets, (self, self._traced(element_length_func), list(bucket_boundaries),
                               list(bucket_batch_sizes), padding, specs, drop_remainder),
            INFINITE if self.size == INFINITE else UNKNOWN,
        )  # fmt: skip


def _batch_size(value, op):
    size = number(value)
    if not isinstance(size, Tensor) and size <= 0:
        raise invalid("Batch size must be greater than zero.", op)
    return size


def _batches(total, size, drop_remainder):
    """How many batches `total` elements make."""
    if isinstance(size, Tensor):
        return UNKNOWN
    if total < 0:
        return total
    return total // size if drop_remainder else -(-total // size)


def _shapes_like(shapes, spec):
    """The shapes in the nest `shapes`, one for each leaf of `spec`."""
    if isinstance(spec, TensorSpec):
        sizes = plain(shapes)
        if isinstance(sizes, list | tuple | np.ndarray):  # -1 stands for None
            sizes = [None if size is None or size == -1 else size for size in sizes]
        return [as_shape(sizes)]
    if isinstance(spec, dict):
        return [s for key in sorted(spec) for s in _shapes_like(shapes[key], spec[key])]
    if len(shapes) != len(spec):
        raise ValueError(
            "The two structures don't have the same number of elements. First structure: "
            f"{shapes}, second structure: {spec}"
        )
    return [s for part, inner in zip(shapes, spec) for s in _shapes_like(part, inner)]


def _padded_shape(shape, spec):
    """The sizes to pad to; None stands for the largest of a batch."""
    sizes = [None if d is None else int(d) for d in shape]
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
        result.append(to_numpy(plain(value), spec.dtype)[()])
    return result
