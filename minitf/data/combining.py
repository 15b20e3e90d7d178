"""Transformations of several datasets, and of functions that give datasets, into one."""

import functools
import itertools

import numpy as np

from minitf import errors
from minitf.data.seeds import choices, cumulated, words


def zip_elements(*children):
    """One element of each input, side by side."""
    return (sum(parts, ()) for parts in zip(*[child.elements() for child in children]))


def zip_table(*children):
    """The columns of all inputs, where these are whole tables in their own order."""
    tables = [child.table() for child in children]
    if any(table is None for table in tables):
        return None
    passes = [numbers() for _, numbers in tables]
    if any(rows != range(len(rows)) for rows in passes if type(rows) is range) or not all(
        type(rows) is range for rows in passes
    ):
        return None
    columns = tuple([column for found, _ in tables for column in found])
    return columns, functools.partial(range, min(len(rows) for rows in passes))


def chain(*children):
    """The elements of one input after the other."""
    return itertools.chain.from_iterable(child.elements() for child in children)


def flat_map(child, function):
    """The elements of the dataset that `function` makes of each element, one after the other."""
    for element in child.elements():
        yield from function(*element)[0].elements()


def interleave(child, function, cycle_length, block_length):
    """As `flat_map`, with `cycle_length` of the datasets open at a time, `block_length` each."""
    inputs, slots = child.elements(), [None] * cycle_length
    index, more = 0, True
    while True:
        opened = False
        for _ in range(cycle_length):
            if slots[index] is None and more:
                element = next(inputs, None)
                more = element is not None
                if element is not None:
                    slots[index] = function(*element)[0].elements()
            current = slots[index]
            if current is not None:
                opened = True
                given = 0
                for item in itertools.islice(current, block_length):
                    given += 1
                    yield item
                if given < block_length:
                    slots[index] = None
            index = (index + 1) % cycle_length
        if not opened and not more:
            return


def directed(numbers, stop_on_empty, *children):
    """The next element of the input that each of `numbers` names; empty inputs are passed over."""
    passes = [child.elements() for child in children]
    for number in numbers:
        if not 0 <= number < len(passes):
            raise errors.InvalidArgumentError(
                None, None, f"Selector index out of range: {number} >= {len(passes)}"
            )
        if passes[number] is None:
            continue
        try:
            item = next(passes[number])
        except StopIteration:
            if stop_on_empty:
                return
            passes[number] = None
            if not any(passes):
                return
            continue
        yield item


def chosen(chooser, stop_on_empty, *children):
    """`directed` by the elements of another dataset."""
    return directed((int(number) for (number,) in chooser.elements()), stop_on_empty, *children)


def sampled(weights, seeds, stop_on_empty, *children):
    """`directed` by random numbers; `weights` is a vector, or a dataset of the vector of each."""
    if isinstance(weights, np.ndarray):
        tables = itertools.repeat(cumulated(weights))
    else:
        tables = (cumulated(vector) for (vector,) in weights.elements())
    return directed(choices(tables, seeds), stop_on_empty, *children)


def resample(child, classify, seeds, target, initial):
    """(class, element), each kept with a probability that makes the classes fit `target`.

    Where `initial` is None, the classes' frequencies so far take its place.
    """
    counts = np.full(len(target), 16.0)
    stream = words(*seeds.draw())
    for element in child.elements():
        label = classify(*element)
        counts[int(label[0])] += 1
        frequencies = counts / counts.sum() if initial is None else np.asarray(initial)
        ratios = target / np.maximum(frequencies, np.finfo(np.float32).tiny)
        if next(stream) / 2**32 < ratios[int(label[0])] / ratios.max():
            yield (*label, *element)
