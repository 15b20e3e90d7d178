"""TF 1.x's ops that run on the host, `Print`, `py_func`, `string_split`, and older arguments."""

import sys

import numpy as np

from minitf import dtypes, errors
from minitf.compat.v1.ops import either
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops import selecting
from minitf.ops.array import expand_dims, identity
from minitf.ops.effects import numpy_function, print_
from minitf.ops.ragged import RaggedTensor
from minitf.ops.sparse import SparseTensor
from minitf.scopes import control_dependencies
from minitf.shapes import TensorShape


class _First:
    """Writes the first `count` lines that it is given to stderr."""

    def __init__(self, count):
        self._left = count

    def __call__(self, line):
        if self._left > 0:
            self._left -= 1
            print(line, file=sys.stderr)


def Print(input_, data, message=None, first_n=None, summarize=None, name=None):  # noqa: N802
    """`input_`; when it is computed, `message` and the tensors `data` are printed to stderr.

    Args:
      first_n: how many times at the most; None or a negative number: each time.
      summarize: how many elements of each end of an axis are shown, 3 by default.
    """
    stream = sys.stderr if first_n is None or first_n < 0 else _First(first_n)
    shown = [convert_to_tensor(x) for x in data]
    shown = [expand_dims(x, 0) if x.shape.rank == 0 else x for x in shown]
    printed = print_(message or "", *shown, output_stream=stream, sep="",
                     summarize=summarize or 3)  # fmt: skip
    with control_dependencies([printed]):
        return identity(convert_to_tensor(input_), name or "Print")


def py_func(func, inp, Tout, stateful=True, name=None):  # noqa: N803
    """What the Python function `func` returns of the NumPy arrays `inp`; it has no gradient."""
    return numpy_function(func, inp, Tout, stateful, name or "PyFunc")


def confusion_matrix(labels, predictions, num_classes=None, dtype=dtypes.int32, name=None,
                     weights=None):  # fmt: skip
    """How often each class (row) is taken for each (column)."""
    return selecting.confusion_matrix(labels, predictions, num_classes, weights, dtype, name)


def _split_by_any(x, delimiter, *, skip_empty):
    """The pieces of the texts between bytes of `delimiter`: (places, pieces, shape)."""
    if x.ndim != 1:
        raise errors.InvalidArgumentError(
            None, None, f"input must be a vector, got shape: {list(x.shape)}"
        )
    if delimiter.ndim:
        raise errors.InvalidArgumentError(
            None, None, f"delimiter must be a scalar, got shape: {list(delimiter.shape)}"
        )
    rows, delimiter = [], delimiter.item()
    for text in x.tolist():
        if delimiter:
            for mark in delimiter[1:]:
                text = text.replace(bytes([mark]), delimiter[:1])
            pieces = text.split(delimiter[:1])
        else:
            pieces = [bytes([byte]) for byte in text]
        rows.append([p for p in pieces if p or not skip_empty])
    places = [(i, j) for i, row in enumerate(rows) for j in range(len(row))]
    longest = max(map(len, rows), default=0)
    return (np.array(places, np.int64).reshape(-1, 2),
            np.array([p for row in rows for p in row], object),
            np.array([len(rows), longest], np.int64))  # fmt: skip


_SPLIT_BY_ANY = define(
    "StringSplit", _split_by_any, "SS", num_outputs=3, host=True,
    infer=lambda inputs, attrs: [(TensorShape([None, 2]), dtypes.int64),
                                 (TensorShape([None]), dtypes.string),
                                 (TensorShape([2]), dtypes.int64)],
)  # fmt: skip


def string_split(source, sep=None, skip_empty=True, delimiter=None, result_type="SparseTensor",
                 name=None):  # fmt: skip
    """The pieces of each text of a vector, cut at every byte that is one of `sep` (a space).

    Args:
      sep: "": every byte is a piece.
      result_type: "SparseTensor" or "RaggedTensor".

    Raises:
      ValueError: another `result_type`.
      tf.errors.InvalidArgumentError: `source` is no vector.

    >>> string_split(["a b", "c"], result_type="RaggedTensor").to_list()
    [[b'a', b'b'], [b'c']]
    """
    sep = either("sep", sep, "delimiter", delimiter)
    if result_type not in ("SparseTensor", "RaggedTensor"):
        raise ValueError("result_type must be 'RaggedTensor' or 'SparseTensor'.")
    inputs = (convert_to_tensor(source), " " if sep is None else sep)
    found = SparseTensor(*execute(_SPLIT_BY_ANY, inputs, (bool(skip_empty),), name))
    return found if result_type == "SparseTensor" else RaggedTensor.from_sparse(found)


def in_top_k(predictions, targets, k, name=None):
    """Whether the target class is among the `k` most likely ones."""
    return selecting.in_top_k(targets, predictions, k, name)
