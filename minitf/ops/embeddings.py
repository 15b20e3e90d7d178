"""Lookups for rows of several ids: the embeddings of each row, combined.

`sp_ids` is a sparse [rows, any] or a ragged tensor of ids; row `i` of the result combines the
embeddings of its ids in row `i`.
"""

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor
from minitf.ops import array, gathering, joining, math, selecting, sparse, sparse_shapes
from minitf.ops.ragged import RaggedTensor
from minitf.ops.sparse import SparseTensor


def embedding_lookup_sparse(params, sp_ids, sp_weights, combiner=None, max_norm=None, name=None,
                            allow_fast_lookup=False):  # fmt: skip
    """The embeddings of each row's ids, combined with weights.

    Args:
      params: the embeddings [classes, ...], or a list of parts that lie one after the other.
      sp_ids: integers, sparse [rows, any] or ragged; each row has at least one.
      sp_weights: numbers at the same places; None stands for ones.
      combiner: "sum", "mean" (the default: over the sum of the weights) or "sqrtn" (over the square
        root of the sum of their squares).
      max_norm: embeddings that are longer are scaled down to it.
      allow_fast_lookup: an optimisation of TensorFlow's, which changes no result.

    Returns:
      [rows, ...].

    >>> table = convert_to_tensor([[1.0], [2.0], [4.0]])
    >>> ids = SparseTensor([[0, 0], [0, 1], [1, 0]], [0, 1, 2], [2, 2])
    >>> embedding_lookup_sparse(table, ids, None, "sum").numpy().tolist()
    [[3.0], [4.0]]
    """
    combiner = "mean" if combiner is None else combiner
    if combiner not in ("mean", "sqrtn", "sum"):
        raise ValueError(f"combiner must be one of 'mean', 'sqrtn' or 'sum', got {combiner}")
    ids, rows, count = _in_rows(sp_ids)
    found = selecting.embedding_lookup(params, ids, max_norm)
    if sp_weights is None:
        weights = array.ones_like(rows, found.dtype)
    else:
        weights = math.cast(_in_rows(sp_weights)[0], found.dtype)
    tail = [1] * (found.shape.rank - 1)
    scaled = found * array.reshape(weights, [-1, *tail])
    total = selecting.unsorted_segment_sum(scaled, rows, count)
    if combiner == "sum":
        return total
    weights = weights * weights if combiner == "sqrtn" else weights
    size = selecting.unsorted_segment_sum(weights, rows, count)
    size = math.sqrt(size) if combiner == "sqrtn" else size
    return math.divide_no_nan(total, array.reshape(size, [-1, *tail]))


def _in_rows(given):
    """(the values, the row of each value, how many rows there are to the last that has one)."""
    if isinstance(given, RaggedTensor):
        return given.values, given.value_rowids(), given.nrows()
    if not isinstance(given, SparseTensor):
        raise TypeError(f"sp_ids must be SparseTensor or RaggedTensor, got {type(given)}")
    rows = given.indices[:, 0]
    return given.values, rows, rows[-1] + 1


def safe_embedding_lookup_sparse(embedding_weights, sparse_ids, sparse_weights=None,
                                 combiner="mean", default_id=None, max_norm=None, name=None,
                                 allow_fast_lookup=False):  # fmt: skip
    """As `embedding_lookup_sparse`, but rows may be empty, and ids below zero are left out.

    Args:
      default_id: what an empty row has; None stands for a result of zeros.

    Returns:
      The shape of `sparse_ids` without its last axis, then that of an embedding.
    """
    shape = sparse_ids.dense_shape
    rank = sparse_ids.indices.shape[1]
    rows = sparse_shapes.reshape(sparse_ids, [-1, shape[rank - 1]])
    weights = None if sparse_weights is None else sparse_shapes.reshape(sparse_weights,
                                                                 [-1, shape[rank - 1]])  # fmt: skip
    keep = rows.values >= 0
    if weights is not None and combiner != "sum":
        keep = math.logical_and(keep, weights.values > 0)
    filler = convert_to_tensor(0 if default_id is None else default_id, rows.dtype)
    if weights is not None:
        weights = sparse.retain(weights, keep)
        weights = sparse_shapes.fill_empty_rows(weights, array.ones([], weights.dtype))[0]
    rows, empty = sparse_shapes.fill_empty_rows(sparse.retain(rows, keep), filler)
    result = embedding_lookup_sparse(embedding_weights, rows, weights, combiner, max_norm)
    if default_id is None:
        empty = array.reshape(empty, [-1] + [1] * (result.shape.rank - 1))
        result = gathering.where(empty, array.zeros_like(result), result)
    if rank == 2:
        return result
    outer = math.cast(shape[: rank - 1], dtypes.int32)
    tail = array.shape(result)[1:]
    return array.reshape(result, joining.concat([outer, tail], 0))
