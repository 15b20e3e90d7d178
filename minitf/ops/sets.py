"""Sets: the different elements of the last axis, one set per row, as sparse tensors."""

import collections

import numpy as np

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops import array, gathering, math
from minitf.ops.sparse import SparseTensor
from minitf.shapes import TensorShape

_OPERATIONS = {
    "union": set.union,
    "intersection": set.intersection,
    "a-b": set.difference,
    "b-a": lambda a, b: b - a,
}


def _rows(indices, values):
    """{position of a row: the set of its elements}."""
    rows = collections.defaultdict(set)
    for index, value in zip(indices.tolist(), values.tolist()):
        rows[tuple(index[:-1])].add(value)
    return rows


def _operate(a_indices, a_values, b_indices, b_values, shape, *, operation):
    a, b = _rows(a_indices, a_values), _rows(b_indices, b_values)
    indices, values, longest = [], [], 0
    for row in sorted({*a, *b}):
        found = sorted(_OPERATIONS[operation](a[row], b[row]))
        indices += [(*row, i) for i in range(len(found))]
        values += found
        longest = max(longest, len(found))
    return (
        np.array(indices, np.int64).reshape(-1, len(shape)),
        np.array(values, a_values.dtype),
        np.array([*shape[:-1], longest], np.int64),
    )


def _described(inputs, attrs):
    rank = inputs[4].shape[0]
    return [
        (TensorShape([None, rank]), dtypes.int64),
        (TensorShape([None]), inputs[1].dtype),
        (TensorShape([rank]), dtypes.int64),
    ]


SET_OPERATION = define(
    "SparseToSparseSetOperation", _operate, "iTiTi", host=True, num_outputs=3, infer=_described
)
SET_SIZE = define(
    "SetSize",
    lambda indices, values, shape: np.array(
        [len(_rows(indices, values)[row]) for row in np.ndindex(*shape[:-1])], np.int32
    ).reshape(shape[:-1]),
    "iTi",
    host=True,
    infer=lambda inputs, attrs: [
        (TensorShape([None] * (inputs[2].shape[0] - 1) if inputs[2].shape[0] else None),
         dtypes.int32)
    ],
)  # fmt: skip


def _parts(x):
    """(indices, values, shape) of all elements of a sparse or dense tensor."""
    if isinstance(x, SparseTensor):
        return x.indices, x.values, x.dense_shape
    x = convert_to_tensor(x)
    everywhere = gathering.where(math.equal(x, x))
    return everywhere, array.reshape(x, [-1]), array.shape(x, dtypes.int64)


def _set_operation(a, b, operation):
    a_indices, a_values, shape = _parts(a)
    b_indices, b_values, _ = _parts(b)
    found = execute(SET_OPERATION, (a_indices, a_values, b_indices, b_values, shape), (operation,))
    return SparseTensor(*found)


def union(a, b, validate_indices=True):
    """The elements of the rows of `a` or of `b`, sorted, as a `SparseTensor`."""
    return _set_operation(a, b, "union")


def intersection(a, b, validate_indices=True):
    """The elements that the rows of `a` and of `b` share, sorted, as a `SparseTensor`.

    >>> intersection([[1, 2, 3]], [[3, 4, 1]]).values.numpy()
    array([1, 3], dtype=int32)
    """
    return _set_operation(a, b, "intersection")


def difference(a, b, aminusb=True, validate_indices=True):
    """The elements of the rows of `a` that those of `b` lack (or the other way round)."""
    return _set_operation(a, b, "a-b" if aminusb else "b-a")


def size(a, validate_indices=True):
    """How many different elements each row of the `SparseTensor` `a` has, as int32.

    Raises:
      TypeError: `a` is not sparse.
    """
    if not isinstance(a, SparseTensor):
        raise TypeError(f"Expected `SparseTensor`, got {a!r}.")
    return execute(SET_SIZE, (a.indices, a.values, a.dense_shape))
