"""A ragged tensor has rows of different lengths: the values in a line, and where each row ends.

Offers `RaggedTensor`, its spec, and `map_flat_values`; `minitf.ops.ragged_ops` has what makes,
reduces and joins them.
"""

import builtins

import jax.numpy as jnp
import numpy as np

from minitf import dtypes, errors
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.core.tensor import EagerTensor
from minitf.ops import array, gathering, joining, math, reductions
from minitf.ops.sparse import SparseTensor
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
    infer=lambda inputs, attrs: [(TensorShape([None]), inputs[0].dtype)],
)  # fmt: skip

# What TensorFlow calls its elementwise ops, but for those of two inputs: they apply to the values.
ELEMENTWISE = frozenset("""
Abs Acos Acosh Angle AsString Asin Asinh Atan Atanh Bitcast Cast Ceil Cos Cosh Digamma Elu Erf
Erfc Exp Expm1 Floor Gelu Identity Imag Invert IsFinite IsInf IsNan LeakyRelu Lgamma Log Log1p
LogicalNot Neg OnesLike Real Reciprocal Relu Relu6 Rint Round Rsqrt Selu Sigmoid Sign Sin Sinh
Softplus Softsign Sqrt Square StopGradient StringLength StringLower StringStrip
StringToHashBucket StringToHashBucketFast StringToHashBucketStrong StringToNumber StringUpper
RegexReplace RegexFullMatch Substr Tan Tanh ZerosLike CheckNumerics ClipByValue AddV2 Atan2
BitwiseAnd BitwiseOr BitwiseXor Div DivNoNan Equal FloorDiv FloorMod Greater GreaterEqual Less
LessEqual LogicalAnd LogicalOr LogicalXor Maximum Minimum Mod Mul MulNoNan NotEqual Pow
RealDiv SquaredDifference StringJoin Sub TruncateDiv TruncateMod Xdivy Xlogy SelectV2
""".split())  # fmt: skip
EXECUTE = {}  # op type -> function of (inputs, attrs): how ops take ragged tensors


class RaggedTensor:
    """Rows of different lengths: row `i` is `values[row_splits[i]:row_splits[i + 1]]`.

    >>> rt = RaggedTensor.from_row_lengths([3, 1, 4], [2, 0, 1])
    >>> rt
    <tf.RaggedTensor [[3, 1], [], [4]]>
    >>> rt.to_tensor().numpy().tolist()
    [[3, 1], [0, 0], [4, 0]]
    """

    __array_priority__ = 100
    __hash__ = object.__hash__

    def __init__(self, values, row_splits, uniform_row_length=None):
        self._values, self._row_splits = values, row_splits
        self._uniform = uniform_row_length

    # Making ----------------------------------------------------------------------------------

    @classmethod
    def from_row_splits(cls, values, row_splits, name=None, validate=True):
        """Rows that begin at `row_splits[:-1]` and end before `row_splits[1:]`."""
        values, splits = ragged_or_tensor(values), _as_index(row_splits)
        if splits.shape.rank not in (1, None):
            raise ValueError(f"Shape {splits.shape} must have rank 1")
        if splits.shape.rank == 1 and splits.shape[0] == 0:
            raise ValueError("row_splits tensor may not be empty.")
        known = static_value(splits)
        if validate and known is not None:
            _check_splits(known, values)
        return cls(values, splits)

    @classmethod
    def from_row_lengths(cls, values, row_lengths, name=None, validate=True):
        """Rows of these lengths, one after the other."""
        lengths = _as_index(row_lengths)
        splits = joining.concat([array.zeros([1], lengths.dtype), reductions.cumsum(lengths)], 0)
        return cls.from_row_splits(values, splits, validate=validate)

    @classmethod
    def from_row_starts(cls, values, row_starts, name=None, validate=True):
        """Rows that begin at these positions."""
        values, starts = ragged_or_tensor(values), _as_index(row_starts)
        end = array.reshape(math.cast(_length(values), starts.dtype), [1])
        return cls.from_row_splits(values, joining.concat([starts, end], 0), validate=validate)

    @classmethod
    def from_row_limits(cls, values, row_limits, name=None, validate=True):
        """Rows that end before these positions."""
        limits = _as_index(row_limits)
        splits = joining.concat([array.zeros([1], limits.dtype), limits], 0)
        return cls.from_row_splits(values, splits, validate=validate)

    @classmethod
    def from_value_rowids(cls, values, value_rowids, nrows=None, name=None, validate=True):
        """Value `i` is in row `value_rowids[i]`; the ids are sorted."""
        values, ids = ragged_or_tensor(values), _as_index(value_rowids)
        if ids.shape.rank not in (1, None):
            raise ValueError(f"Shape {ids.shape} must have rank 1")
        values.shape[:1].assert_is_compatible_with(ids.shape)
        known = static_value(ids)
        if validate and known is not None and (np.diff(known, prepend=0) < 0).any():
            raise _invalid(f"value_rowids must be sorted, from 0 on; they are {known.tolist()}")
        if nrows is not None and validate and known is not None and known.size and (
                (rows := static_value(nrows)) is not None and rows < known[-1] + 1):  # fmt: skip
            raise ValueError(
                f"Expected nrows >= value_rowids[-1] + 1; got nrows={int(rows)}, "
                f"value_rowids[-1]={known[-1]}"
            )
        if nrows is None:
            nrows = 0 if known is not None and not known.size else reductions.reduce_max(ids) + 1
        return cls(values, execute(ROW_SPLITS, (ids, nrows)))

    @classmethod
    def from_uniform_row_length(
        cls, values, uniform_row_length, nrows=None, validate=True, name=None
    ):  # fmt: skip
        """Rows of one length, which stands in the static shape."""
        values, length = ragged_or_tensor(values), int(uniform_row_length)
        if length < 0:
            raise ValueError(f"uniform_row_length={length} must be non-negative.")
        count = _length(values)
        rows = (count // length if length else 0) if nrows is None else convert_to_tensor(nrows)
        known = static_value(count)
        if (
            validate
            and known is not None
            and nrows is None
            and (known % length if length else known)
        ):
            raise ValueError(
                f"uniform_row_length={length} times nrows={known // max(length, 1)} must equal "
                f"nvals={known}"
            )
        rows = math.cast(rows, dtypes.int64)
        return cls(values, array.range(rows + 1) * length, length)

    @classmethod
    def _nested(cls, make, flat_values, partitions):
        for partition in reversed(list(partitions)):
            flat_values = make(flat_values, partition)
        return flat_values

    @classmethod
    def from_nested_row_splits(cls, flat_values, nested_row_splits, name=None, validate=True):
        """Rows of rows: the outermost splits are first."""
        return cls._nested(cls.from_row_splits, flat_values, nested_row_splits)

    @classmethod
    def from_nested_row_lengths(cls, flat_values, nested_row_lengths, name=None, validate=True):
        """Rows of rows: the outermost lengths are first."""
        return cls._nested(cls.from_row_lengths, flat_values, nested_row_lengths)

    @classmethod
    def from_nested_value_rowids(
        cls, flat_values, nested_value_rowids, nested_nrows=None, name=None, validate=True
    ):
        """Rows of rows: the outermost ids are first."""
        rows = nested_nrows or [None] * len(nested_value_rowids)
        pairs = list(zip(nested_value_rowids, rows, strict=True))
        return cls._nested(lambda v, p: cls.from_value_rowids(v, *p), flat_values, pairs)

    @classmethod
    def from_tensor(
        cls, tensor, lengths=None, padding=None, ragged_rank=1, name=None,
        row_splits_dtype=dtypes.int64,
    ):  # fmt: skip
        """The rows of a tensor: all, the first `lengths` of each, or without trailing `padding`.

        `lengths` may be a list of the lengths of all ragged dimensions, the outermost first.
        """
        if ragged_rank < 1:
            raise ValueError(f"ragged_rank must be greater than 0; got {ragged_rank}.")
        if lengths is not None and padding is not None:
            raise ValueError("Specify argument `lengths` or `padding`, but not both.")
        tensor = convert_to_tensor(tensor)
        if tensor.shape.rank is not None and tensor.shape.rank < 2:
            raise ValueError(
                "The rank of a RaggedTensor must be greater than 1, i.e., a list of scalars won't "
                "have ragged dimensions. Received argument `tensor` with rank "
                f"{tensor.shape.rank}."
            )
        if isinstance(lengths, list | tuple) and any(np.ndim(n) for n in lengths):
            outer, *inner = lengths
            rows = cls.from_tensor(tensor, outer, row_splits_dtype=row_splits_dtype)
            return rows if not inner else rows.with_values(cls.from_tensor(
                rows.values, inner[0] if len(inner) == 1 else inner))  # fmt: skip
        if ragged_rank > 1:
            rest = array.shape(tensor)[2:]
            inner = array.reshape(tensor, joining.concat([[-1], rest], 0))
            values = cls.from_tensor(inner, lengths, padding, ragged_rank - 1)
            return cls.from_uniform_row_length(values, tensor.shape[1], array.shape(tensor)[0])
        rows, columns = array.shape(tensor)[0], array.shape(tensor)[1]
        if padding is not None:
            padding = convert_to_tensor(padding, tensor.dtype)
            padding.shape.assert_is_compatible_with(tensor.shape[2:])
            real = math.not_equal(tensor, padding)
            if real.shape.rank > 2:
                real = reductions.reduce_any(real, axis=list(range(2, real.shape.rank)))
            places = math.cast(real, dtypes.int32) * array.range(1, columns + 1)
            lengths = reductions.reduce_max(places, axis=1)
        if lengths is None:
            flat = array.reshape(tensor, joining.concat([[-1], array.shape(tensor)[2:]], 0))
            if tensor.shape[1] is not None:
                return cls.from_uniform_row_length(flat, tensor.shape[1], nrows=rows)
            return cls.from_row_lengths(flat, array.fill([rows], math.cast(columns, dtypes.int64)))
        lengths = math.cast(convert_to_tensor(lengths), row_splits_dtype)
        values = gathering.boolean_mask(tensor, array.sequence_mask(lengths, columns))
        return cls.from_row_lengths(values, lengths)

    @classmethod
    def from_sparse(cls, st_input, name=None, row_splits_dtype=dtypes.int64):
        """The rows of a sparse matrix whose elements all stand at the left, without a gap.

        Raises:
          ValueError: it is no matrix.
          tf.errors.InvalidArgumentError: a row has a gap.
        """
        if not isinstance(st_input, SparseTensor):
            raise TypeError(f"Argument `st_input` must be of type SparseTensor, but is {st_input}.")
        if st_input.indices.shape[1] not in (None, 2):
            raise ValueError("rank(st_input) must be 2.")
        rows, columns = joining.unstack(st_input.indices, 2, axis=1)
        result = cls.from_value_rowids(
            st_input.values, math.cast(rows, row_splits_dtype), st_input.dense_shape[0]
        )
        places = array.range(array.size(rows, dtypes.int64))
        starts = gathering.gather(math.cast(result.row_starts(), dtypes.int64), rows)
        gaps = static_value(math.not_equal(columns, places - starts))
        if gaps is not None and gaps.any():
            raise errors.InvalidArgumentError(None, None, "SparseTensor is not right-ragged")
        return result

    # Parts -----------------------------------------------------------------------------------

    values = property(lambda self: self._values)
    row_splits = property(lambda self: self._row_splits)
    uniform_row_length = property(lambda self: None if self._uniform is None else (
        convert_to_tensor(self._uniform, self._row_splits.dtype)))  # fmt: skip
    dtype = property(lambda self: self._values.dtype)

    @property
    def flat_values(self):
        """The values of the innermost rows."""
        return self._values.flat_values if _is_ragged(self._values) else self._values

    @property
    def nested_row_splits(self):
        """The splits of all ragged dimensions, outermost first."""
        inner = self._values.nested_row_splits if _is_ragged(self._values) else ()
        return (self._row_splits, *inner)

    @property
    def ragged_rank(self):
        """How many dimensions may be ragged."""
        return len(self.nested_row_splits)

    @property
    def shape(self):
        """The static shape: ragged dimensions are None."""
        splits = self._row_splits.shape
        rows = None if splits.rank is None or splits[0] is None else splits[0] - 1
        return TensorShape([rows, self._uniform]).concatenate(self._values.shape[1:])

    def get_shape(self):
        """The static shape."""
        return self.shape

    def nrows(self, out_type=None, name=None):
        """How many rows there are."""
        count = array.shape(self._row_splits, dtypes.int64)[0] - 1
        return math.cast(count, out_type or self._row_splits.dtype)

    def row_starts(self, name=None):
        """Where each row begins."""
        return self._row_splits[:-1]

    def row_limits(self, name=None):
        """Where each row ends."""
        return self._row_splits[1:]

    def row_lengths(self, axis=1, name=None):
        """How long the rows of `axis` are: a tensor, or ragged for inner axes."""
        axis = axis + self.shape.rank if axis < 0 else axis
        if axis == 0:
            return self.nrows()
        if axis > 1:
            if not _is_ragged(self._values):
                raise ValueError(f"axis {axis} is not ragged: the ragged rank is 1")
            return self.with_values(self._values.row_lengths(axis - 1))
        return self._row_splits[1:] - self._row_splits[:-1]

    def nested_row_lengths(self, name=None):
        """The row lengths of all ragged dimensions."""
        inner = self._values.nested_row_lengths() if _is_ragged(self._values) else ()
        return (self.row_lengths(), *inner)

    def value_rowids(self, name=None):
        """The row of each value."""
        line = self._values.row_splits[1:] if _is_ragged(self._values) else self._values
        return execute(ROW_IDS, (self._row_splits, line))

    def nested_value_rowids(self, name=None):
        """The row ids of all ragged dimensions."""
        inner = self._values.nested_value_rowids() if _is_ragged(self._values) else ()
        return (self.value_rowids(), *inner)

    def bounding_shape(self, axis=None, name=None, out_type=None):
        """The shape of the smallest tensor that holds all rows."""
        out_type = out_type or self._row_splits.dtype
        longest = _greatest(math.cast(self.row_lengths(), out_type))
        if _is_ragged(self._values):
            inner = self._values.bounding_shape(out_type=out_type)[1:]
        else:
            inner = array.shape(self._values, out_type)[1:]
        sizes = joining.concat([[math.cast(self.nrows(), out_type), longest], inner], 0)
        return sizes if axis is None else gathering.gather(sizes, axis)

    # The same rows of other values -----------------------------------------------------------

    def with_values(self, new_values):
        """The same rows of `new_values`."""
        values = ragged_or_tensor(new_values)
        if not values.shape[:1].is_compatible_with(self._values.shape[:1]):
            raise ValueError(
                f"Shapes {self._values.shape[:1]} and {values.shape[:1]} are incompatible"
            )
        return RaggedTensor(values, self._row_splits, self._uniform)

    def with_flat_values(self, new_values):
        """The same rows, of all ragged dimensions, of `new_values`."""
        inner = self._values
        new = inner.with_flat_values(new_values) if _is_ragged(inner) else new_values
        return self.with_values(new)

    def with_row_splits_dtype(self, dtype):
        """The same with splits of `dtype`."""
        values = self._values
        values = values.with_row_splits_dtype(dtype) if _is_ragged(values) else values
        return RaggedTensor(values, math.cast(self._row_splits, dtype), self._uniform)

    def merge_dims(self, outer_axis, inner_axis):
        """The axes from `outer_axis` to `inner_axis` as one."""
        rank = self.shape.rank
        if rank is not None:
            for name, axis in (("outer_axis", outer_axis), ("inner_axis", inner_axis)):
                if not -rank <= axis < rank:
                    raise ValueError(f"{name}={axis} out of bounds: the rank is {rank}")
            outer_axis, inner_axis = outer_axis % rank, inner_axis % rank
        elif min(outer_axis, inner_axis) < 0:
            raise ValueError("An axis may only be negative if the rank is statically known.")
        if outer_axis > inner_axis:
            raise ValueError(f"Expected outer_axis={outer_axis} <= inner_axis={inner_axis}")
        if outer_axis == inner_axis:
            return self
        if outer_axis > 1:
            return self.with_values(_merged(self._values, outer_axis - 1, inner_axis - 1))
        if outer_axis == 1:
            inner = self._values if _is_ragged(self._values) else self.from_tensor(self._values)
            splits = gathering.gather(inner.row_splits, self._row_splits)
            return RaggedTensor(inner.values, splits).merge_dims(1, inner_axis - 1)
        return _merged(self._values, 0, inner_axis - 1)

    # Elsewhere -------------------------------------------------------------------------------

    def to_tensor(self, default_value=None, name=None, shape=None):
        """The rows in a tensor, filled up with `default_value` (zero), or cut to `shape`."""
        target = [None] if shape is None else TensorShape(shape).as_list()
        rows, columns, *inner = [*target, *[None] * (2 - len(target))]
        values = self._values
        if _is_ragged(values):
            values = values.to_tensor(default_value, shape=[None, *inner] if inner else None)
        if default_value is None:
            default_value = array.zeros([], self.dtype)
        default = convert_to_tensor(default_value, self.dtype)
        if columns is None:
            columns = self._uniform
        if columns is None:
            columns = math.cast(_greatest(self.row_lengths()), dtypes.int64)
        place = array.range(math.cast(columns, dtypes.int64))
        lengths = math.cast(self.row_lengths(), dtypes.int64)
        starts = math.cast(self.row_starts(), dtypes.int64)
        filler = array.broadcast_to(default, joining.concat([[1], array.shape(values)[1:]], 0))
        line = joining.concat([values, filler], 0)
        last = array.shape(line, dtypes.int64)[0] - 1
        taken = gathering.where(
            place < array.expand_dims(lengths, 1), array.expand_dims(starts, 1) + place, last
        )
        result = gathering.gather(line, taken)
        if rows is None:
            return result
        missing = math.maximum(rows - array.shape(result)[0], 0)
        outer = joining.concat([[missing], array.shape(result)[1:]], 0)
        return joining.concat([result[:rows], array.broadcast_to(default, outer)], 0)

    def to_sparse(self, name=None):
        """A sparse tensor that has an element wherever a row does."""
        inner = self._values
        if _is_ragged(inner):
            inner = inner.to_sparse()
            places, values = inner.indices, inner.values
        else:
            places = gathering.where(array.ones(array.shape(inner), dtypes.bool))
            values = array.reshape(inner, [-1])
        rows = gathering.gather(math.cast(self.value_rowids(), dtypes.int64), places[:, 0])
        starts = gathering.gather(math.cast(self.row_starts(), dtypes.int64), rows)
        columns = places[:, 0] - starts
        indices = joining.concat([array.expand_dims(rows, 1), array.expand_dims(columns, 1),
                                  places[:, 1:]], 1)  # fmt: skip
        return SparseTensor(indices, values, self.bounding_shape(out_type=dtypes.int64))

    def to_list(self):
        """The rows as nested lists."""
        inner = self._values
        items = inner.to_list() if _is_ragged(inner) else inner.numpy().tolist()
        splits = self._row_splits.numpy().tolist()
        return [items[a:b] for a, b in zip(splits[:-1], splits[1:], strict=True)]

    def numpy(self):
        """An array of arrays (or one array where all rows have one length)."""
        rows = self._rows()
        if not rows:
            return self._values.numpy()
        if all(len(row) == len(rows[0]) for row in rows):
            return np.array(rows)
        result = np.empty(len(rows), object)
        for i, row in enumerate(rows):
            result[i] = row
        return result

    def _rows(self):
        values, splits = self._values.numpy(), self._row_splits.numpy()
        return [values[a:b] for a, b in zip(splits[:-1], splits[1:], strict=True)]

    def __repr__(self):
        if not isinstance(self.flat_values, EagerTensor):
            return f"tf.RaggedTensor(values={self._values!s}, row_splits={self._row_splits!s})"
        with np.printoptions(formatter={"all": _element_text}):
            return f"<tf.RaggedTensor {_element_text(self.numpy())}>"

    __str__ = __repr__

    def __bool__(self):
        raise TypeError("RaggedTensor may not be used as a boolean.")

    def __iter__(self):
        return (self[i] for i in builtins.range(len(self._row_splits) - 1))

    def __getitem__(self, key):
        key = list(key) if isinstance(key, tuple) else [key]
        return _item(self, key)

    @property
    def _type_spec(self):
        return RaggedTensorSpec(
            self.shape, self.dtype, self.ragged_rank, self._row_splits.dtype,
            self.flat_values.shape,
        )  # fmt: skip

    @staticmethod
    def _printed(arrays, summarize, summary):
        """What `tf.print` shows of the flat values and the row splits of each ragged axis."""
        flat, *splits = arrays
        rows = _texts(flat, summarize)
        for split in reversed(splits):
            rows = [_bracketed(rows[a:b], summarize) for a, b in zip(split, split[1:])]
        return _bracketed(rows, summarize)

    def __tf_execute__(self, op, inputs, attrs, name):
        if op.name in EXECUTE:
            return EXECUTE[op.name](op, inputs, attrs)
        if op.name in ELEMENTWISE:
            return elementwise(lambda *given: execute(op, given, attrs, name), *inputs)
        raise ValueError(f"{op.name} does not take a RaggedTensor: {self!r}. Consider `to_tensor`.")


class RaggedTensorSpec(TypeSpec):
    """Describes ragged tensors.

    >>> RaggedTensorSpec([None, None], "int32")
    RaggedTensorSpec(TensorShape([None, None]), tf.int32, 1, tf.int64)
    """

    def __init__(self, shape=None, dtype=dtypes.float32, ragged_rank=None,
                 row_splits_dtype=dtypes.int64, flat_values_spec=None):  # fmt: skip
        self._shape, self._dtype = TensorShape(shape), dtypes.as_dtype(dtype)
        self._ragged_rank = (self._shape.rank or 2) - 1 if ragged_rank is None else ragged_rank
        self._splits_dtype = dtypes.as_dtype(row_splits_dtype)
        self._flat_shape = flat_values_spec

    value_type = property(lambda self: RaggedTensor)
    shape = property(lambda self: self._shape)
    dtype = property(lambda self: self._dtype)
    ragged_rank = property(lambda self: self._ragged_rank)
    row_splits_dtype = property(lambda self: self._splits_dtype)

    @classmethod
    def from_value(cls, value):
        """The spec of `value`."""
        return value._type_spec

    def _serialize(self):
        return self._shape, self._dtype, self._ragged_rank, self._splits_dtype

    # In datasets: a row of a matrix with ragged rows is described by a spec with no ragged axis.

    def _unbatch(self):
        return RaggedTensorSpec(
            self._shape[1:], self._dtype, self._ragged_rank - 1, self._splits_dtype
        )

    def _batch(self, size):
        shape = TensorShape([size]).concatenate(self._shape)
        return RaggedTensorSpec(shape, self._dtype, self._ragged_rank + 1, self._splits_dtype)

    def _unstack(self, value):
        return [row.numpy() if isinstance(row, EagerTensor) else row for row in value]

    def _stack(self, parts):
        lengths = [static_value(p.nrows()) if _is_ragged(p) else p.shape[0] for p in parts]
        lengths = np.array(lengths, self._splits_dtype.np)
        return RaggedTensor.from_row_lengths(joining.concat(list(parts), 0), lengths)

    @property
    def _component_specs(self):
        if not self._ragged_rank:
            return [TensorSpec(self._shape, self._dtype)]
        inner = self._shape[self._ragged_rank + 1 :] if self._shape.rank else TensorShape(None)
        rows = self._shape[0] if self._shape.rank else None
        outer = TensorSpec([None if rows is None else rows + 1], self._splits_dtype)
        deeper = [TensorSpec([None], self._splits_dtype)] * (self._ragged_rank - 1)
        return [TensorSpec(TensorShape([None]).concatenate(inner), self._dtype), outer, *deeper]

    def _to_components(self, value):
        if not self._ragged_rank:
            return [convert_to_tensor(value)]
        return [value.flat_values, *value.nested_row_splits]

    def _from_components(self, components):
        values, *splits = components
        for depth, partition in reversed(list(enumerate(splits))):
            dims = self._shape.as_list() if self._shape.rank else [None] * (depth + 2)
            values = RaggedTensor(values, partition, dims[depth + 1])
        return values


def _bracketed(parts, summarize):
    """A list of texts in brackets, with `...` for those in the middle of a long one."""
    if summarize >= 0 and len(parts) > 2 * summarize:
        parts = [*parts[:summarize], "...", *parts[len(parts) - summarize :]]
    return f"[{', '.join(parts)}]"


def _texts(array, summarize):
    """The texts of the rows of an array."""
    if array.ndim > 1:
        return [_bracketed(_texts(row, summarize), summarize) for row in array]
    if array.dtype == object:
        return [f"'{x.decode(errors='replace')}'" for x in array]
    form = "%f" if array.dtype.kind not in "iub" else "%s"
    return [(form % x).lower() for x in array.tolist()]


def _is_ragged(value):
    return isinstance(value, RaggedTensor)


def _as_ragged(value):
    """The ragged tensor of a `RaggedTensorValue`; else the value itself."""
    if _is_ragged(value) or not hasattr(value, "nested_row_splits"):
        return value
    return RaggedTensor.from_nested_row_splits(value.flat_values, value.nested_row_splits)


def ragged_or_tensor(value, dtype=None):
    """A ragged tensor, also of a `RaggedTensorValue`, or the tensor of what else is given."""
    value = _as_ragged(value)
    return value if _is_ragged(value) else convert_to_tensor(value, dtype)


def _as_index(value):
    tensor = convert_to_tensor(value, dtype_hint=dtypes.int64)
    if not tensor.dtype.is_integer:
        raise ValueError(f"Row partitions must be int32 or int64, not {tensor.dtype.name}")
    return tensor if tensor.dtype in (dtypes.int32, dtypes.int64) else math.cast(
        tensor, dtypes.int64)  # fmt: skip


def _length(values):
    return values.nrows() if _is_ragged(values) else array.shape(values, dtypes.int64)[0]


def _greatest(lengths):
    """The greatest of non-negative numbers, 0 if there are none."""
    return reductions.reduce_max(joining.concat([array.zeros([1], lengths.dtype), lengths], 0))


def _merged(values, outer, inner):
    if inner == outer:
        return values
    if _is_ragged(values):
        return values.merge_dims(outer, inner)
    sizes = array.shape(values)
    return array.reshape(values, joining.concat([sizes[:outer], [-1], sizes[inner + 1 :]], 0))


def _invalid(reason):
    return errors.InvalidArgumentError(
        None, None, f"Arguments to _from_row_partition do not form a valid RaggedTensor: {reason}"
    )


def _check_splits(splits, values):
    count = static_value(_length(values))
    if not len(splits) or splits[0] != 0 or (np.diff(splits) < 0).any():
        raise _invalid(f"row splits must begin at 0 and not decrease; they are {splits.tolist()}")
    if count is not None and splits[-1] != count:
        raise _invalid(f"Condition x == y did not hold: {splits[-1]} and {count} values")


def _element_text(x):
    if isinstance(x, np.ndarray):
        return np.array2string(x, separator=", ") if x.size else str(x.tolist())
    return str(x)


def _item(value, key):
    """`value[key]` for a list of keys, of which the first is for the rows."""
    if not key:
        return value
    if not _is_ragged(value):
        return value[tuple(key)]
    first, *rest = key
    if first is None:
        inner = _item(value, rest)
        if _is_ragged(inner) and inner.shape[0] is not None:
            return RaggedTensor.from_uniform_row_length(inner, inner.shape[0], nrows=1)
        return RaggedTensor.from_row_lengths(inner, [_length(inner)]) if _is_ragged(inner) else (
            array.expand_dims(inner, 0))  # fmt: skip
    if first is Ellipsis:
        missing = value.shape.rank - sum(k is not Ellipsis for k in rest)
        return _item(value, [slice(None)] * missing + rest)
    if isinstance(first, slice):
        return _inner_items(value if first == slice(None) else _row_slice(value, first), rest)
    count = value.shape[0]
    if count is not None and isinstance(first, int) and not -count <= first < count:
        raise IndexError(f"Row key {first} out of bounds")
    splits = value.row_splits
    first = first + value.nrows() if isinstance(first, int) and first < 0 else first
    return _item(value.values[splits[first] : splits[first + 1]], rest)


def _row_slice(value, key):
    numbers = array.range(value.nrows())[key]
    return gathering.gather(value, numbers)


def _inner_items(value, rest):
    """The keys `rest` applied inside of each row."""
    if not rest or rest == [Ellipsis]:
        return value
    first, *deeper = rest
    if first is None:
        inner = _inner_items(value, deeper)
        return RaggedTensor.from_uniform_row_length(inner, 1, nrows=value.nrows())
    if not isinstance(first, slice):
        if value.uniform_row_length is None:
            raise ValueError("Cannot index into an inner ragged dimension.")
        places = value.row_starts() + first
        return _item(gathering.gather(value.values, places), [slice(None), *deeper])
    if first != slice(None):
        starts = value.row_starts()
        begin, end, step = _bounds(first, value.row_lengths())
        places = count_rows(starts + begin, starts + end, array.ones_like(starts) * step)
        value = places.with_values(gathering.gather(value.values, places.values))
    return value.with_values(_item(value.values, [slice(None), *deeper])) if deeper else value


def _bounds(key, lengths):
    """(begin, end, step) of a slice in rows of `lengths`; the first two are tensors like them."""
    step = 1 if key.step is None else key.step
    low, high = (0, lengths) if step > 0 else (-1, lengths - 1)

    def bound(at, default):
        if at is None:
            return array.zeros_like(lengths) + default
        at = lengths + at if at < 0 else array.zeros_like(lengths) + at
        return math.minimum(math.maximum(at, low), high)

    ends = (low, high) if step > 0 else (high, low)
    return bound(key.start, ends[0]), bound(key.stop, ends[1]), step


def count_rows(starts, limits, deltas, splits_dtype=dtypes.int64):
    """Ragged rows: row i counts from `starts[i]` to `limits[i]`, without it, by `deltas[i]`."""
    distance = math.cast(limits - starts, dtypes.float64) / math.cast(deltas, dtypes.float64)
    lengths = math.cast(math.maximum(math.ceil(distance), 0), splits_dtype)
    places = array.range(reductions.reduce_sum(lengths))
    rows = RaggedTensor.from_row_lengths(places, lengths)
    ids = rows.value_rowids()
    steps = math.cast(places - gathering.gather(rows.row_starts(), ids), starts.dtype)
    return rows.with_values(gathering.gather(starts, ids) + steps * gathering.gather(deltas, ids))


def map_flat_values(op, *args, **kwargs):
    """`op` of the values of ragged arguments that have the same rows, in these rows."""
    args = [_as_ragged(x) for x in args]
    kwargs = {name: _as_ragged(x) for name, x in kwargs.items()}
    given = [*args, *kwargs.values()]
    first = next((x for x in given if _is_ragged(x)), None)
    if first is None:
        return op(*args, **kwargs)
    deepest = max((x for x in given if _is_ragged(x)), key=lambda x: x.ragged_rank)

    def flat(x):
        return _flat_like(x, deepest)

    result = op(*map(flat, args), **{name: flat(x) for name, x in kwargs.items()})
    outer = deepest.flat_values.shape[:1]
    if not convert_to_tensor(result).shape[:1].is_compatible_with(outer):
        raise ValueError(
            "tf.ragged.map_flat_values requires that the output of `op` have the same "
            f"outer-dimension size as flat_values of any ragged inputs. (output shape: "
            f"{result.shape}; expected outer dimension size: {outer})"
        )
    return deepest.with_flat_values(result)


def elementwise(op, *inputs):
    """`op` of ragged tensors and of what broadcasts to their rows: tensors, lists, numbers."""
    model = max((x for x in inputs if _is_ragged(x)), key=lambda x: x.ragged_rank)
    return map_flat_values(op, *(_broadcast(x, model) for x in inputs))


def _broadcast(x, model):
    """A tensor as the flat values of `model` meet it: repeated along each row."""
    if _is_ragged(x) or np.isscalar(x):
        return x
    x = convert_to_tensor(x, dtype_hint=model.dtype)
    inner, rank = model.flat_values.shape.rank - 1, x.shape.rank
    if rank is None or rank <= inner:
        return x
    outer = x.shape.as_list()[: rank - inner]
    if all(n == 1 for n in outer):
        return array.reshape(x, joining.concat([[1], array.shape(x)[rank - inner :]], 0))
    if len(outer) == model.ragged_rank + 1 and all(n == 1 for n in outer[1:]):
        rows = model.nested_value_rowids()
        for ids in reversed(rows[:-1]):
            rows = (*rows[:-1], gathering.gather(ids, rows[-1]))
        return gathering.gather(array.squeeze(x, list(builtins.range(1, len(outer)))), rows[-1])
    raise errors.InvalidArgumentError(
        None, None, f"Unable to broadcast: {x.shape} does not fit rows of shape {model.shape}"
    )


def _flat_like(x, model):
    if _is_ragged(x):
        known = [static_value(splits) for r in (x, model) for splits in r.nested_row_splits]
        half = len(known) // 2
        if None not in [type(k) if k is not None else None for k in known] and any(
            not np.array_equal(a, b) for a, b in zip(known[:half], known[half:], strict=True)
        ):
            raise errors.InvalidArgumentError(
                None, None, "Inputs must have identical ragged splits"
            )
        return x.flat_values
    return x
