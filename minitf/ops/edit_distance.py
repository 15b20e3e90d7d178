"""Levenshtein's distance: how many insertions, deletions and replacements there are between two."""

import collections

import numpy as np

from minitf import dtypes, errors
from minitf.core.dispatch import execute
from minitf.core.registry import define
from minitf.ops.sparse import SparseTensor
from minitf.shapes import TensorShape


def _sequences(indices, values):
    """The elements of each sequence, by the position of the sequence."""
    found = collections.defaultdict(list)
    for place, value in zip(indices.tolist(), values.tolist()):
        found[tuple(place[:-1])].append(value)
    return found


def _distance(hypothesis, truth):
    """The number of edits that make `truth` of `hypothesis`, row by row of Levenshtein's table."""
    row = list(range(len(truth) + 1))
    for i, mine in enumerate(hypothesis, 1):
        before, row = row, [i]
        for j, other in enumerate(truth, 1):
            row.append(min(row[-1] + 1, before[j] + 1, before[j - 1] + (mine != other)))
    return row[-1]


def _edit_distance(hypothesis_indices, hypothesis_values, hypothesis_shape, truth_indices,
                   truth_values, truth_shape, *, normalize):  # fmt: skip
    if len(hypothesis_shape) != len(truth_shape) or len(truth_shape) < 2:
        raise errors.InvalidArgumentError(
            None, None, "truth and hypothesis must be of one rank, at least 2, but have the shapes "
            f"{truth_shape.tolist()} and {hypothesis_shape.tolist()}")  # fmt: skip
    result = np.zeros(np.maximum(hypothesis_shape, truth_shape)[:-1], np.float32)
    hypotheses = _sequences(hypothesis_indices, hypothesis_values)
    truths = _sequences(truth_indices, truth_values)
    for place in {*hypotheses, *truths}:
        hypothesis, truth = hypotheses[place], truths[place]
        edits = np.float32(_distance(hypothesis, truth))
        if normalize:
            edits = edits / np.float32(len(truth)) if truth else np.inf if hypothesis else 0.0
        result[place] = edits
    return result


EDIT_DISTANCE = define(
    "EditDistance", _edit_distance, "ITIITI", host=True, differentiable=False,
    infer=lambda inputs, attrs: [(TensorShape([None] * (inputs[0].shape[1] - 1)
                                              if inputs[0].shape[1] else None), dtypes.float32)],
)  # fmt: skip


def edit_distance(hypothesis, truth, normalize=True, name="edit_distance"):
    """The edit distance of the sequences along the last axis of two sparse tensors.

    Args:
      hypothesis, truth: sparse tensors of one rank and dtype.
      normalize: whether the distance is divided by the length of `truth`; it is infinite where
        only `truth` is empty.

    Returns:
      A float32 tensor, of the greater of the two shapes without the last axis.

    Raises:
      TypeError: an argument is not sparse.

    >>> import minitf as tf
    >>> read, said = tf.sparse.from_dense([[1, 2, 3]]), tf.sparse.from_dense([[1, 3, 3, 4]])
    >>> edit_distance(read, said, normalize=False).numpy()
    array([2.], dtype=float32)
    """
    for value, what in ((hypothesis, "Hypothesis"), (truth, "Truth")):
        if not isinstance(value, SparseTensor):
            raise TypeError(f"{what} must be a SparseTensor.")
    inputs = [x for s in (hypothesis, truth) for x in (s.indices, s.values, s.dense_shape)]
    return execute(EDIT_DISTANCE, tuple(inputs), (bool(normalize),), name)
