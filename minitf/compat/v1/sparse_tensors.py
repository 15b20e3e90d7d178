"""Sparse tensors in TF 1.x: fed and fetched as `SparseTensorValue`; older names."""

import collections

import numpy as np

from minitf import dtypes
from minitf.compat.v1.graphs import placeholder
from minitf.compat.v1.ops import either
from minitf.core.dispatch import convert_to_tensor
from minitf.ops import sparse, sparse_shapes
from minitf.ops.array import fill, reshape
from minitf.ops.array import shape as shape_of
from minitf.ops.joining import concat
from minitf.ops.linalg import matmul
from minitf.ops.math import cast
from minitf.ops.sparse import SparseTensor
from minitf.shapes import as_shape

SparseTensorValue = collections.namedtuple(
    "SparseTensorValue", ["indices", "values", "dense_shape"]
)


def sparse_placeholder(dtype, shape=None, name=None):
    """A sparse tensor that is fed to `Session.run`: a `SparseTensorValue` or its three parts.

    >>> import minitf.compat.v1 as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     x = tf.sparse_placeholder(tf.float32)
    ...     value = tf.SparseTensorValue([[0, 1]], [2.0], [2, 2])
    ...     print(session.run(tf.sparse_tensor_to_dense(x), {x: value}).tolist())
    [[0.0, 2.0], [0.0, 0.0]]
    """
    prefix = "" if name is None else f"{name}/"
    rank = None if shape is None else as_shape(shape).rank
    return SparseTensor(
        placeholder(dtypes.int64, [None, rank], prefix + "indices" if name else None),
        placeholder(dtype, [None], prefix + "values" if name else None),
        placeholder(dtypes.int64, [rank], prefix + "shape" if name else None),
    )


def convert_to_tensor_or_sparse_tensor(value, dtype=None, name=None):
    """`value` itself where it is sparse, else the tensor of it.

    Raises:
      RuntimeError: a sparse tensor of another dtype.
    """
    if isinstance(value, SparseTensorValue):
        value = SparseTensor.from_value(value)
    if not isinstance(value, SparseTensor):
        return convert_to_tensor(value, dtype, name=name)
    if dtype is not None and not dtypes.as_dtype(dtype).is_compatible_with(value.dtype):
        wanted = dtypes.as_dtype(dtype).name
        raise RuntimeError(
            f"Sparse dtype mismatch. Requested: {wanted}, Actual: {value.dtype.name}"
        )
    return value


def sparse_to_dense(sparse_indices, output_shape, sparse_values, default_value=0,
                    validate_indices=True, name=None):  # fmt: skip
    """A dense tensor with `sparse_values` at `sparse_indices`, and `default_value` elsewhere."""
    values = convert_to_tensor(sparse_values)
    indices = cast(convert_to_tensor(sparse_indices), dtypes.int64)
    if indices.shape.rank == 0:
        indices = reshape(indices, [1, 1])
    elif indices.shape.rank == 1:
        indices = reshape(indices, [-1, 1])
    if values.shape.rank == 0:
        values = fill(shape_of(indices)[:1], values)
    placed = SparseTensor(indices, values, cast(convert_to_tensor(output_shape), dtypes.int64))
    return sparse.to_dense(placed, default_value, validate_indices, name)


def sparse_add(a, b, threshold=None, thresh=None):
    """The sum of two tensors, of which one at least is sparse."""
    threshold = either("threshold", threshold, "thresh", thresh)
    return sparse.add(a, b, 0 if threshold is None else threshold)


def sparse_concat(axis, sp_inputs, name=None, expand_nonconcat_dim=False, concat_dim=None,
                  expand_nonconcat_dims=None):  # fmt: skip
    """Sparse tensors one after the other along `axis`."""
    axis = either("axis", axis, "concat_dim", concat_dim)
    return sparse.concat(axis, sp_inputs, bool(expand_nonconcat_dims or expand_nonconcat_dim), name)


def sparse_reduce_sum(sp_input, axis=None, keepdims=None, reduction_axes=None, keep_dims=None):
    """The sum of a sparse tensor along axes, as a dense tensor."""
    axis = either("axis", axis, "reduction_axes", reduction_axes)
    return sparse.reduce_sum(sp_input, axis, either("keepdims", keepdims, "keep_dims", keep_dims))


def sparse_reduce_max(sp_input, axis=None, keepdims=None, reduction_axes=None, keep_dims=None):
    """The maximum of a sparse tensor along axes, as a dense tensor."""
    axis = either("axis", axis, "reduction_axes", reduction_axes)
    return sparse.reduce_max(sp_input, axis, either("keepdims", keepdims, "keep_dims", keep_dims))


def sparse_reduce_sum_sparse(sp_input, axis=None, keepdims=None, reduction_axes=None,
                             keep_dims=None):  # fmt: skip
    """The sum of a sparse tensor along axes, as a sparse tensor."""
    axis = either("axis", axis, "reduction_axes", reduction_axes)
    keepdims = either("keepdims", keepdims, "keep_dims", keep_dims)
    return sparse.reduce_sum(sp_input, axis, keepdims, output_is_sparse=True)


def sparse_reduce_max_sparse(sp_input, axis=None, keepdims=None, reduction_axes=None,
                             keep_dims=None):  # fmt: skip
    """The maximum of a sparse tensor along axes, as a sparse tensor."""
    axis = either("axis", axis, "reduction_axes", reduction_axes)
    keepdims = either("keepdims", keepdims, "keep_dims", keep_dims)
    return sparse.reduce_max(sp_input, axis, keepdims, output_is_sparse=True)


def sparse_split(*, sp_input=None, num_split=None, axis=None, name=None, split_dim=None):
    """A sparse tensor in `num_split` parts along `axis`.

    Raises:
      ValueError: an argument is missing.
    """
    axis = either("axis", axis, "split_dim", split_dim)
    return sparse_shapes.split(sp_input, num_split, axis, name)


def sparse_matmul(a, b, transpose_a=False, transpose_b=False, a_is_sparse=False,
                  b_is_sparse=False, name=None):  # fmt: skip
    """The product of two matrices, float32; that they are mostly zeros is of no use here."""
    a, b = (cast(convert_to_tensor(x), dtypes.float32) for x in (a, b))
    return matmul(a, b, transpose_a, transpose_b, a_is_sparse=a_is_sparse, b_is_sparse=b_is_sparse,
                  name=name or "SparseMatMul")  # fmt: skip


def sparse_merge(sp_ids, sp_values, vocab_size, name=None, already_sorted=False):
    """The values of `sp_values` at the columns that `sp_ids` names: of rows of features.

    Args:
      sp_ids: a sparse tensor of integers whose last axis is replaced by its values, or a list of
        such, whose values are the last indices of the result.
      vocab_size: how long the new axis is; of a list, one for each.
      already_sorted: the ids of each row ascend.

    >>> at = [[0, 0], [1, 0], [1, 1]]
    >>> ids = SparseTensor(at, [3, 0, 1], [2, 2])
    >>> values = SparseTensor(at, [1.0, 2.0, 3.0], [2, 2])
    >>> sparse.to_dense(sparse_merge(ids, values, 4)).numpy()
    array([[0., 0., 0., 1.],
           [2., 3., 0., 0.]], dtype=float32)

    Raises:
      TypeError: `sp_ids` or `sp_values` is no sparse tensor, or `vocab_size` is a list where
        `sp_ids` is none, or the other way round.
      ValueError: the lists have other lengths.
    """
    in_list = isinstance(sp_ids, list | tuple)
    if not in_list and not isinstance(sp_ids, SparseTensor):
        raise TypeError(f"sp_ids has to be a SparseTensor or list thereof. Found {type(sp_ids)}")
    if in_list != isinstance(vocab_size, list | tuple):
        what = "a list of Tensors or Python ints" if in_list else "a Tensor or Python int"
        raise TypeError(f"vocab_size has to be {what}. Found {type(vocab_size)}")
    all_ids, sizes = (list(sp_ids), list(vocab_size)) if in_list else ([sp_ids], [vocab_size])
    if len(all_ids) != len(sizes):
        raise ValueError("sp_ids and vocab_size have to have equal lengths.")
    if not isinstance(sp_values, SparseTensor):
        raise TypeError("Input must be a SparseTensor.")
    columns = [reshape(cast(ids.values, dtypes.int64), [-1, 1]) for ids in all_ids]
    lengths = cast(concat([reshape(n, [1]) for n in map(convert_to_tensor, sizes)], 0),
                   dtypes.int64)  # fmt: skip
    merged = SparseTensor(
        concat([all_ids[0].indices[:, :-1], *columns], 1),
        sp_values.values,
        concat([all_ids[0].dense_shape[:-1], lengths], 0),
    )
    return merged if already_sorted else sparse.reorder(merged)


def value_of(sparse_value):
    """The three parts of what is fed for a sparse tensor, as arrays."""
    indices, values, dense_shape = sparse_value
    return np.asarray(indices, np.int64), values, np.asarray(dense_shape, np.int64)
