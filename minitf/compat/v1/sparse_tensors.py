"""Sparse tensors in TF 1.x: fed and fetched as `SparseTensorValue`; older names."""

import collections

import numpy as np

from minitf import dtypes
from minitf.compat.v1.graphs import placeholder
from minitf.compat.v1.ops import either
from minitf.core.dispatch import convert_to_tensor
from minitf.ops import sparse
from minitf.ops.array import fill, reshape
from minitf.ops.array import shape as shape_of
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


def value_of(sparse_value):
    """The three parts of what is fed for a sparse tensor, as arrays."""
    indices, values, dense_shape = sparse_value
    return np.asarray(indices, np.int64), values, np.asarray(dense_shape, np.int64)
