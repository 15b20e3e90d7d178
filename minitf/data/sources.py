"""Passes over what datasets begin with: arrays, ranges, random numbers."""

import functools
import itertools

import numpy as np

from minitf.data import structure
from minitf.data.seeds import words

_LARGEST_TABLE = 1 << 20  # numbers of a range that are kept as a column


def one(*components):
    """The only element."""
    return iter([components])


def slices(*columns):
    """The table of the rows of arrays."""
    return columns, functools.partial(range, len(columns[0]))


def rows(specs, *components):
    """The rows of tensors that are not all plain arrays."""
    return zip(*[structure.rows_of(c, s) for c, s in zip(components, specs)])


def count(dtype, start, stop, step):
    """The numbers of a range."""
    return ((dtype.type(i),) for i in range(start, stop, step))


def count_table(dtype, start, stop, step):
    """The same as a table, unless it is too long to keep."""
    numbers = range(start, stop, step)
    if len(numbers) > _LARGEST_TABLE:
        return None
    return (np.array(numbers, dtype),), functools.partial(range, len(numbers))


def counter(dtype, start, step):
    """The numbers from `start` on, without end."""
    return ((dtype.type(i),) for i in itertools.count(start, step))


def random(seeds):
    """Random words as int64, without end."""
    return ((np.int64(word),) for word in words(*seeds.draw()))
