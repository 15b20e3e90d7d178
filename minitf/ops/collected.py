"""Rows of tensors, dense, ragged and sparse, and what takes such rows one by one.

A `TensorArray` takes dense rows; `RaggedRows` and `SparseRows` are like it to loops.
"""

from minitf import dtypes, errors
from minitf.core.dispatch import convert_to_tensor
from minitf.ops import array, gathering, joining, math, ragged_ops
from minitf.ops.ragged import RaggedTensor, RaggedTensorSpec
from minitf.ops.sparse import SparseTensor, SparseTensorSpec
from minitf.ops.tensor_array import TensorArray
from minitf.specs import TensorSpec

COMPOSITES = RaggedTensor, SparseTensor


def number_of_rows(tensor):
    """The size of the first axis of a tensor, whatever its kind, as an int32 scalar."""
    if isinstance(tensor, SparseTensor):
        return math.cast(tensor.dense_shape[0], dtypes.int32)
    if isinstance(tensor, RaggedTensor):
        return tensor.nrows(dtypes.int32)
    return array.shape(tensor)[0]


def row_of(tensor, i):
    """Row `i` of a tensor."""
    if not isinstance(tensor, SparseTensor):
        return tensor[i]
    if tensor.shape.rank == 1:
        raise errors.InvalidArgumentError(
            None, None, "Rank of input SparseTensor should be > 1, but saw rank: 1"
        )
    here = tensor.indices[:, 0] == math.cast(i, dtypes.int64)
    return SparseTensor(
        gathering.boolean_mask(tensor.indices, here)[:, 1:],
        gathering.boolean_mask(tensor.values, here),
        tensor.dense_shape[1:],
    )


def row_spec(tensor):
    """What describes the rows of `tensor`, so far as it is needed."""
    if not isinstance(tensor, COMPOSITES):
        return tensor.dtype
    shape = tensor.shape[1:]
    if isinstance(tensor, SparseTensor):
        return SparseTensorSpec(shape, tensor.dtype)
    return RaggedTensorSpec(shape, tensor.dtype, max(tensor.ragged_rank - 1, 0))


class RaggedRows:
    """Results of different sizes, as a `TensorArray` has those of one: their values, joined.

    Args:
      spec: of one result, which is a tensor where its ragged rank is 0.
      values: the results so far, joined along their first axis.
      lengths: an array of their sizes.
    """

    def __init__(self, spec, lengths, values=None):
        self._spec, self._lengths, self._values = spec, lengths, values
        if values is None:
            dims = spec.shape[spec.ragged_rank + 1 :] if spec.shape.rank else ()
            self._values = array.zeros([0, *(d or 0 for d in dims)], spec.dtype)
            for _ in range(spec.ragged_rank):
                self._values = RaggedTensor.from_row_lengths(
                    self._values, array.zeros([0], spec.row_splits_dtype)
                )

    def __tf_loop_state__(self):
        return self._values, self._lengths.__tf_loop_state__()

    def __tf_from_loop_state__(self, state):
        values, lengths = state
        lengths = self._lengths.__tf_from_loop_state__(lengths)
        return RaggedRows(self._spec, lengths, values)

    def write(self, index, result):
        """The rows with `result` after the others."""
        if not isinstance(result, RaggedTensor):
            result = convert_to_tensor(result)
        lengths = self._lengths.write(index, number_of_rows(result))
        concat = ragged_ops.concat if self._spec.ragged_rank else joining.concat
        return RaggedRows(self._spec, lengths, concat([self._values, result], 0))

    def stack(self):
        """All results as one ragged tensor."""
        lengths = math.cast(self._lengths.stack(), self._spec.row_splits_dtype)
        return RaggedTensor.from_row_lengths(self._values, lengths)


class SparseRows:
    """Results that are sparse tensors: their places, values, and the largest of their shapes.

    Args:
      spec: of one result; its rank must be known.
      count: how many there will be.
      parts: the indices, with the number of the result before them, the values, and the shape.
    """

    def __init__(self, spec, count, parts=None):
        self._spec, self._count, self._parts = spec, count, parts
        if parts is None:
            rank = spec.shape.rank
            if rank is None:
                raise ValueError(f"The rank of sparse results must be known: {spec}")
            self._parts = (array.zeros([0, rank + 1], dtypes.int64), array.zeros([0], spec.dtype),
                           array.zeros([rank], dtypes.int64))  # fmt: skip

    def __tf_loop_state__(self):
        return self._parts

    def __tf_from_loop_state__(self, state):
        return SparseRows(self._spec, self._count, state)

    def write(self, index, result):
        """The rows with `result` after the others."""
        indices, values, shape = self._parts
        number = array.ones_like(result.indices[:, :1]) * math.cast(index, dtypes.int64)
        places = joining.concat([number, result.indices], 1)
        return SparseRows(self._spec, self._count, (
            joining.concat([indices, places], 0),
            joining.concat([values, result.values], 0),
            math.maximum(shape, result.dense_shape),
        ))  # fmt: skip

    def stack(self):
        """All results as one sparse tensor."""
        indices, values, shape = self._parts
        count = math.cast(array.reshape(self._count, [1]), dtypes.int64)
        return SparseTensor(indices, values, joining.concat([count, shape], 0))


def array_of(like, n):
    """What is empty and takes `n` results of a dtype, a spec, or the dtype of a tensor."""
    if isinstance(like, RaggedTensorSpec):
        return RaggedRows(like, TensorArray(dtypes.int32, n, element_shape=[]))
    if isinstance(like, SparseTensorSpec):
        return SparseRows(like, n)
    dtype = like if isinstance(like, dtypes.DType) else getattr(like, "dtype", like)
    shape = like.shape if isinstance(like, TensorSpec) else None
    return TensorArray(dtypes.as_dtype(dtype), n, element_shape=shape)
