"""How a line of values is cut into rows: where each row ends, or one of five ways to say the same.

Offers `RowPartition`, which `RaggedTensor` pairs with values, and its spec.
"""

import jax.numpy as jnp
import numpy as np

from minitf import dtypes
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.core.tensor import Tensor
from minitf.ops import array, gathering, joining, math, reductions
from minitf.ops.row_checks import CHECKED, checked
from minitf.shapes import TensorShape
from minitf.specs import TensorSpec, TypeSpec

ROW_IDS = define(
    "RaggedRowIds",
    lambda row_splits, values: jnp.searchsorted(
        row_splits, jnp.arange(values.shape[0]), side="right"
    ).astype(row_splits.dtype) - 1,
    "i?", differentiable=False,
)  # fmt: skip
ROW_SPLITS = define(
    "RaggedRowSplits",
    lambda value_rowids, nrows: np.searchsorted(
        value_rowids, np.arange(int(nrows) + 1), side="left"
    ).astype(value_rowids.dtype),
    "IN", host=True, differentiable=False,
    infer=lambda inputs, attrs: [
        (TensorShape([None if (n := static_value(inputs[1])) is None else int(n) + 1]),
         inputs[0].dtype)
    ],
)  # fmt: skip


def _only_bool(validate):
    if not isinstance(validate, bool):
        raise TypeError("validate must have type bool")
    return validate


def as_partition(value, name, dtype=None, dtype_hint=None, rank=1):
    """The tensor `value` of int32 or int64; ValueError where it has another dtype or rank."""
    keeps_dtype = isinstance(value, np.ndarray) and value.dtype == np.int32 and dtype is None
    hint = None if keeps_dtype else dtype_hint or dtypes.int64
    tensor = convert_to_tensor(value, dtype, dtype_hint=hint)
    if tensor.dtype not in (dtypes.int32, dtypes.int64):
        raise ValueError(f"{name} must have dtype int32 or int64")
    tensor.shape.assert_has_rank(rank)
    return tensor


# -------------------------------------------------------------------------------------------------


class RowPartition:
    """How a line of values is cut into rows: row `i` is `values[row_splits[i]:row_splits[i + 1]]`.

    It is made by one of the methods `from_...`, which are six ways to say the same. What was said
    is kept, so that asking for it again costs nothing.

    Source: https://www.tensorflow.org/api_docs/python/tf/experimental/RowPartition

    >>> partition = RowPartition.from_row_lengths([4, 0, 3])
    >>> partition
    tf.RowPartition(row_splits=[0 4 4 7])
    >>> partition.value_rowids().numpy()
    array([0, 0, 0, 0, 2, 2, 2])
    """

    def __init__(self, row_splits, row_lengths=None, value_rowids=None, nrows=None,
                 uniform_row_length=None, nvals=None):  # fmt: skip
        self._row_splits = row_splits
        self._row_lengths, self._value_rowids = row_lengths, value_rowids
        # Tensors, or numbers where they are known before anything runs.
        self._nrows, self._nvals, self._uniform = nrows, nvals, uniform_row_length

    # Making ----------------------------------------------------------------------------------

    @classmethod
    def from_row_splits(cls, row_splits, validate=True, dtype=None, dtype_hint=None):
        """Rows that begin at `row_splits[:-1]` and end before `row_splits[1:]`.

        Args:
          row_splits: a vector of int32 or int64 that begins at 0 and does not decrease.
          validate: whether that is checked.
          dtype, dtype_hint: of the partition; by default that of the tensor, else int64.

        Raises:
          ValueError: it has the wrong dtype or rank, or no element.
          tf.errors.InvalidArgumentError: it does not begin at 0, or decreases.
        """
        splits = as_partition(row_splits, "row_splits", dtype, dtype_hint)
        if splits.shape[0] == 0:
            raise ValueError("row_splits tensor may not be empty.")
        return cls(checked("row_splits", splits) if _only_bool(validate) else splits)

    @classmethod
    def from_row_lengths(cls, row_lengths, validate=True, dtype=None, dtype_hint=None):
        """Rows of these lengths, one after the other."""
        lengths = as_partition(row_lengths, "row_lengths", dtype, dtype_hint)
        lengths = checked("row_lengths", lengths) if _only_bool(validate) else lengths
        return cls(_from_zero(reductions.cumsum(lengths)), row_lengths=lengths)

    @classmethod
    def from_row_starts(cls, row_starts, nvals, validate=True, dtype=None, dtype_hint=None):
        """Rows that begin at these positions, of `nvals` values in all."""
        starts = as_partition(row_starts, "row_starts", dtype, dtype_hint)
        nvals = math.cast(nvals, starts.dtype)
        starts = checked("row_starts", starts, nvals) if _only_bool(validate) else starts
        return cls(joining.concat([starts, array.reshape(nvals, [1])], 0), nvals=nvals)

    @classmethod
    def from_row_limits(cls, row_limits, validate=True, dtype=None, dtype_hint=None):
        """Rows that end before these positions."""
        limits = as_partition(row_limits, "row_limits", dtype, dtype_hint)
        return cls(_from_zero(checked("row_limits", limits) if _only_bool(validate) else limits))

    @classmethod
    def from_value_rowids(cls, value_rowids, nrows=None, validate=True, dtype=None,
                          dtype_hint=None):  # fmt: skip
        """Value `i` is in row `value_rowids[i]`; the ids are sorted.

        Without `nrows` the last row is the last one that has a value.

        Raises:
          ValueError: there are fewer rows than ids name.
        """
        ids = as_partition(value_rowids, "value_rowids", dtype, dtype_hint)
        known = static_value(ids)
        if nrows is None:
            nrows = joining.concat([ids[-1:], [-1]], 0)[0] + 1 if known is None else (
                int(known[-1]) + 1 if known.size else 0)  # fmt: skip
        nrows = convert_to_tensor(nrows, ids.dtype)
        nrows.shape.assert_has_rank(0)
        rows = static_value(nrows)
        if rows is not None and rows < 0:
            raise ValueError(f"Expected nrows >= 0; got {int(rows)}")
        if rows is not None and known is not None and known.size and rows <= known[-1]:
            raise ValueError(
                f"Expected nrows >= value_rowids[-1] + 1; got nrows={int(rows)}, "
                f"value_rowids[-1]={known[-1]}"
            )
        ids = checked("value_rowids", ids, nrows) if _only_bool(validate) else ids
        return cls(execute(ROW_SPLITS, (ids, nrows)), value_rowids=ids, nrows=nrows)

    @classmethod
    def from_uniform_row_length(cls, uniform_row_length, nvals=None, nrows=None, validate=True,
                                dtype=None, dtype_hint=None):  # fmt: skip
        """Rows of one length, which stands in the static shape of what they hold.

        Args:
          uniform_row_length: a scalar.
          nvals, nrows: how many values and rows there are; one follows from the other, but for
            rows of length 0.

        Raises:
          ValueError: neither is given, or the numbers do not fit.
          tf.errors.InvalidArgumentError: they do not, and only values show it.
        """
        _only_bool(validate)
        if nvals is None and nrows is None:
            raise ValueError("Either (or both) of nvals and nrows must be specified")
        given = [uniform_row_length, nvals, nrows]
        kind = _common_dtype(given, dtype, dtype_hint)
        length, nvals, nrows = (
            x if x is None else convert_to_tensor(x, kind) if dtype is None else math.cast(x, kind)
            for x in given
        )
        length.shape.assert_has_rank(0)
        if nrows is None:
            nrows = math.floordiv(nvals, math.maximum(length, array.ones([], kind)))
            nrows = nrows * math.cast(length > 0, kind)
        if nvals is None:
            nvals = nrows * length
        known = [static_value(x) for x in (length, nrows, nvals)]
        if validate and known[0] is not None and known[0] < 0:
            raise ValueError("uniform_row_length must be >= 0.")
        if validate and None not in known and known[0] * known[1] != known[2]:
            raise ValueError(
                f"uniform_row_length={known[0]} times nrows={known[1]} must equal nvals={known[2]}"
            )
        splits = array.range(nrows + 1, dtype=kind) * length
        if validate and None in known:
            splits = execute(CHECKED, (splits, length, nrows, nvals), ("uniform_row_length",))
        return cls(splits, nrows=nrows, uniform_row_length=length, nvals=nvals)

    # The six ways to say it ------------------------------------------------------------------

    @property
    def dtype(self):
        """The dtype of the partition, int32 or int64."""
        return self._row_splits.dtype

    def row_splits(self):
        """Where each row ends and the next begins, from 0 on: a vector of `nrows + 1`."""
        return self._row_splits

    def row_starts(self):
        """Where each row begins."""
        return self._row_splits[:-1]

    def row_limits(self):
        """Where each row ends."""
        return self._row_splits[1:]

    def row_lengths(self):
        """How long each row is."""
        if self._row_lengths is not None:
            return self._row_lengths
        return self._row_splits[1:] - self._row_splits[:-1]

    def value_rowids(self, line=None):
        """The row of each value; a tensor `line` of as many rows as values saves counting them."""
        if self._value_rowids is not None:
            return self._value_rowids
        line = array.range(self.nvals()) if line is None else line
        return execute(ROW_IDS, (self._row_splits, line))

    def uniform_row_length(self):
        """The length that all rows have, as a scalar; None where it was not said to be one."""
        return None if self._uniform is None else convert_to_tensor(self._uniform, self.dtype)

    def nrows(self):
        """How many rows there are, as a scalar."""
        if self._nrows is not None:
            return convert_to_tensor(self._nrows, self.dtype)
        return math.cast(array.shape(self._row_splits, dtypes.int64)[0] - 1, self.dtype)

    def nvals(self):
        """How many values there are, as a scalar."""
        return self._row_splits[-1]

    def offsets_in_rows(self):
        """The place of each value in its row.

        >>> RowPartition.from_row_lengths([3, 0, 2]).offsets_in_rows().numpy()
        array([0, 1, 2, 0, 1])
        """
        places = array.range(self.nvals())
        return places - gathering.gather(self.row_starts(), self.value_rowids(places))

    # What is known before anything runs ------------------------------------------------------

    @property
    def static_nrows(self):
        """The number of rows, None where it is not known yet."""
        splits = self._row_splits.shape
        if splits.rank is not None and splits[0] is not None:
            return splits[0] - 1
        return _number(self._nrows)

    @property
    def static_nvals(self):
        """The number of values, None where it is not known yet."""
        if self._value_rowids is not None and self._value_rowids.shape.rank is not None:
            return self._value_rowids.shape[0]
        return _number(self._nvals)

    @property
    def static_uniform_row_length(self):
        """The length that all rows have, None where it is not known, or not one."""
        return _number(self._uniform)

    def is_uniform(self):
        """Whether the rows were said to have one length."""
        return self._uniform is not None

    def with_splits(self, row_splits):
        """The same partition, with these splits for its own (they are checked ones)."""
        if row_splits is self._row_splits:
            return self
        return RowPartition(row_splits, self._row_lengths, self._value_rowids, self._nrows,
                            self._uniform, self._nvals)  # fmt: skip

    def with_dtype(self, dtype):
        """The same partition as int32 or int64."""
        dtype = dtypes.as_dtype(dtype)
        if dtype not in (dtypes.int32, dtypes.int64):
            raise ValueError("dtype must be int32 or int64")
        if self.dtype == dtype:
            return self

        def cast(x):
            return math.cast(x, dtype) if isinstance(x, Tensor) else x

        return RowPartition(
            cast(self._row_splits), cast(self._row_lengths), cast(self._value_rowids),
            cast(self._nrows), cast(self._uniform), cast(self._nvals),
        )  # fmt: skip

    def __repr__(self):
        if self._uniform is not None:
            return (f"tf.RowPartition(nrows={self.nrows()}, "
                    f"uniform_row_length={self.uniform_row_length()})")  # fmt: skip
        return f"tf.RowPartition(row_splits={self._row_splits})"

    @property
    def _type_spec(self):
        return RowPartitionSpec.from_value(self)


def _from_zero(limits):
    return joining.concat([array.zeros([1], limits.dtype), limits], 0)


def _number(value):
    """A number that may be a tensor, as an int; None where it is not known."""
    value = static_value(value) if isinstance(value, Tensor) else value
    return None if value is None else int(value)


def _common_dtype(values, dtype, hint):
    """`dtype`, or else that of the first tensor or array among `values`."""
    for kind in (Tensor, np.ndarray):
        found = [v.dtype for v in values if isinstance(v, kind)]
        dtype = dtype or (found[0] if found else None)
    return dtypes.as_dtype(dtype or hint or dtypes.int64)


class RowPartitionSpec(TypeSpec):
    """Describes partitions: how many rows and values they have, and the length of all rows.

    Raises:
      ValueError: the numbers cannot all be true.

    >>> RowPartitionSpec(nrows=3, uniform_row_length=2)
    RowPartitionSpec(nrows=3, nvals=6, uniform_row_length=2, dtype=tf.int64)
    """

    def __init__(self, nrows=None, nvals=None, uniform_row_length=None, dtype=dtypes.int64):
        self._dtype = dtypes.as_dtype(dtype)
        if self._dtype not in (dtypes.int32, dtypes.int64):
            raise ValueError("dtype must be tf.int32 or tf.int64")
        if nvals is None and 0 in (nrows, uniform_row_length):
            nvals = 0
        if nvals and 0 in (nrows, uniform_row_length):
            other = f"nrows={nrows}" if nrows == 0 else "uniform_row_length=0"
            raise ValueError(f"nvals={nvals} is not compatible with {other}")
        if uniform_row_length:
            if nvals is None and nrows is not None:
                nvals = nrows * uniform_row_length
            if nvals is not None and nvals % uniform_row_length:
                raise ValueError(
                    f"nvals={nvals} is not compatible with uniform_row_length="
                    f"{uniform_row_length} (doesn't divide evenly)"
                )
            if nvals is not None and nrows not in (None, nvals // uniform_row_length):
                raise ValueError(
                    f"nvals={nvals} is not compatible with nrows={nrows} and "
                    f"uniform_row_length={uniform_row_length}"
                )
            if nvals is not None:
                nrows = nvals // uniform_row_length
        # Shapes, for they know how a number goes with one that is not known.
        self._sizes = TensorShape([nrows, nvals, uniform_row_length])

    value_type = property(lambda self: RowPartition)
    nrows = property(lambda self: self._sizes[0])
    nvals = property(lambda self: self._sizes[1])
    uniform_row_length = property(lambda self: self._sizes[2])
    dtype = property(lambda self: self._dtype)

    @classmethod
    def from_value(cls, value):
        """The spec of a partition."""
        if not isinstance(value, RowPartition):
            raise TypeError("Expected `value` to be a `RowPartition`")
        return cls(value.static_nrows, value.static_nvals, value.static_uniform_row_length,
                   value.dtype)  # fmt: skip

    def _serialize(self):
        return tuple(TensorShape([n]) for n in self._sizes.as_list()) + (self._dtype,)

    @classmethod
    def _deserialize(cls, serialization):
        *sizes, dtype = serialization
        return cls(*(size[0] for size in sizes), dtype)

    def is_compatible_with(self, spec_or_value):
        """Whether one partition may be of both specs."""
        if not super().is_compatible_with(spec_or_value):
            return False
        other = spec_or_value
        other = other if isinstance(other, RowPartitionSpec) else other._type_spec
        try:
            RowPartitionSpec(*self._sizes.merge_with(other._sizes).as_list(), self._dtype)
        except ValueError:
            return False
        return True

    def with_dtype(self, dtype):
        """The spec of the same partitions as int32 or int64."""
        return RowPartitionSpec(*self._sizes.as_list(), dtype)

    @property
    def _component_specs(self):
        return [TensorSpec([None if self.nrows is None else self.nrows + 1], self._dtype)]

    def _to_components(self, value):
        return [value.row_splits()]

    def _from_components(self, components):
        return RowPartition(components[0], nrows=self.nrows, nvals=self.nvals,
                            uniform_row_length=self.uniform_row_length)  # fmt: skip

    def __repr__(self):
        return (f"RowPartitionSpec(nrows={self.nrows}, nvals={self.nvals}, uniform_row_length="
                f"{self.uniform_row_length}, dtype={self._dtype!r})")  # fmt: skip
