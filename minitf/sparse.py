"""`tf.sparse`: tensors that are mostly zero."""

from minitf.ops.sparse import (
    SparseTensor,
    add,
    concat,
    eye,
    from_dense,
    map_values,
    reduce_max,
    reduce_sum,
    reorder,
    retain,
    sparse_dense_matmul,
    to_dense,
    transpose,
)

__all__ = [
    "SparseTensor",
    "add",
    "concat",
    "eye",
    "from_dense",
    "map_values",
    "reduce_max",
    "reduce_sum",
    "reorder",
    "retain",
    "sparse_dense_matmul",
    "to_dense",
    "transpose",
]
