"""TF 1.x's ops that act while a graph runs: `Print`, `py_func`."""

import sys

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor
from minitf.ops import selecting
from minitf.ops.array import expand_dims, identity
from minitf.ops.effects import numpy_function, print_
from minitf.scopes import control_dependencies


def Print(input_, data, message=None, first_n=None, summarize=None, name=None):  # noqa: N802
    """`input_`; when it is computed, `message` and the tensors `data` are printed to stderr.

    Raises:
      NotImplementedError: `first_n` is given.
    """
    if first_n is not None:
        raise NotImplementedError("tf.Print: no `first_n` in minitf.")
    shown = [convert_to_tensor(x) for x in data]
    shown = [expand_dims(x, 0) if x.shape.rank == 0 else x for x in shown]
    printed = print_(message or "", *shown, output_stream=sys.stderr, sep="",
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


def in_top_k(predictions, targets, k, name=None):
    """Whether the target class is among the `k` most likely ones."""
    return selecting.in_top_k(targets, predictions, k, name)
