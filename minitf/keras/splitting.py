"""`split_dataset`: a small dataset, or arrays, in two parts."""

import random

import numpy as np

from minitf import nest
from minitf.data.dataset import Dataset
from minitf.data.grouping import batch_size_of


def split_dataset(dataset, left_size=None, right_size=None, shuffle=False, seed=None,
                  preferred_backend=None):  # fmt: skip
    """(left, right): two datasets of the elements of one, which is read into memory.

    Args:
      dataset: a `tf.data.Dataset` (of a batched one the rows are split, and batched again), an
        array, or a list or tuple of arrays of one length.
      left_size, right_size: how many elements (an integer), or which part of them (a float). One
        of them may be missing.
      shuffle: whether the elements are shuffled before.
      seed: for the shuffling.
      preferred_backend: only "tensorflow" exists in minitf.

    Raises:
      TypeError: something else than a dataset or arrays; a size that is no number.
      ValueError: no elements, no sizes, or sizes that do not fit.

    >>> left, right = split_dataset(np.arange(10), left_size=0.8)
    >>> [x.item() for x in right.as_numpy_iterator()]
    [8, 9]
    """
    if preferred_backend not in (None, "tensorflow"):
        raise ValueError(f"`preferred_backend` must be 'tensorflow', not {preferred_backend!r}.")
    elements = _elements(dataset)
    if left_size is None and right_size is None:
        raise ValueError(
            "At least one of the `left_size` or `right_size` must be specified. Received: "
            "left_size=None and right_size=None"
        )
    if not elements:
        raise ValueError(
            "Received an empty dataset. Argument `dataset` must be a non-empty list/tuple of "
            "`numpy.ndarray` objects or `tf.data.Dataset` objects."
        )
    if shuffle:
        random.seed(random.randint(0, 10**6) if seed is None else seed)
        random.shuffle(elements)
    left, right = _sizes(left_size, right_size, len(elements))
    size = batch_size_of(dataset) if isinstance(dataset, Dataset) else None
    parts = elements[:left], elements[-right:]
    if not isinstance(dataset, np.ndarray):  # of an array, the rows are as numbers in a list
        parts = [nest.map_structure(lambda *rows: np.array(rows), *part) for part in parts]
    return tuple(_dataset(part, size) for part in parts)


def _elements(dataset):
    """The elements as a list."""
    if isinstance(dataset, Dataset):
        rows = dataset if batch_size_of(dataset) is None else dataset.unbatch()
        return list(rows.as_numpy_iterator())
    if isinstance(dataset, np.ndarray):
        return list(dataset)
    if not isinstance(dataset, list | tuple):
        raise TypeError(f"Unsupported dataset type: {type(dataset)}")
    if not dataset:
        raise ValueError("Received an empty list dataset. Please provide a list of arrays.")
    kind = type(dataset).__name__
    for i, array in enumerate(dataset):
        if not isinstance(array, np.ndarray):
            raise ValueError(
                f"Expected a {kind} of `numpy.ndarray` objects, Received: {type(array)} at index "
                f"{i}."
            )
        if len(array) != len(dataset[0]):
            raise ValueError(
                f"Received a {kind} of NumPy arrays with different lengths. Mismatch found at "
                f"index {i}, Expected shape={dataset[0].shape} Received shape={array.shape}. "
                f"Please provide a {kind} of NumPy arrays of the same length."
            )
    return list(zip(*dataset))


def _dataset(rows, batch_size):
    dataset = Dataset.from_tensor_slices(rows)
    return (dataset if batch_size is None else dataset.batch(batch_size)).prefetch(-1)


def _sizes(left, right, total):
    """How many elements come to the left and to the right."""
    if left == 0 and right == 0:
        raise ValueError(
            "Both `left_size` and `right_size` are zero. At least one of the split sizes must be "
            "non-zero."
        )
    for name, size in (("left_size", left), ("right_size", right)):
        if size is not None and type(size) not in (int, float):
            raise TypeError(
                f"Invalid `{name}` Type. Expected: int or float or None, Received: "
                f"type({name})={type(size)}."
            )
        if size is not None and not 0 < size < (total if isinstance(size, int) else 1):
            raise ValueError(
                f"`{name}` should be either a positive integer smaller than {total}, or a float "
                f"within the range `[0, 1]`. Received: {name}={size}"
            )
    if isinstance(left, float) and isinstance(right, float) and left + right > 1:
        raise ValueError(
            "The sum of `left_size` and `right_size` is greater than 1. It must be less than or "
            "equal to 1."
        )
    left = round(left * total) if isinstance(left, float) else left
    right = round(right * total) if isinstance(right, float) else right
    left = total - right if left is None else left
    right = total - left if right is None else right
    if left + right > total:
        raise ValueError(
            f"The sum of `left_size` and `right_size` should be smaller than the {total}. "
            f"Received: left_size + right_size = {left + right} and total_length = {total}"
        )
    for side, size in (("left", left), ("right", right)):
        if size == 0:
            raise ValueError(
                f"With `dataset` of length={total}, `left_size`={left} and `right_size`={right}. "
                f"Resulting {side} side dataset split will be empty. Adjust any of the "
                "aforementioned parameters"
            )
    return left, right
