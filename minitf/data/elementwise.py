"""Transformations that look at one element after the other: map, filter, scan, reduce."""

import itertools

from minitf import errors
from minitf.data.structure import as_array


def mapped(child, function):
    """`function` of each element; see `Traced.over` for when several are computed at once."""
    return function.over(child.elements(), child.ahead)


def filtered(child, predicate):
    """The elements of which `predicate` is true."""
    return filter(lambda element: predicate(*element)[0], child.elements())


def take_while(child, predicate):
    """The elements before the first of which `predicate` is false."""
    return itertools.takewhile(lambda element: predicate(*element)[0], child.elements())


def unique(child, specs):
    """The elements that were not there before."""
    seen = set()
    for element in child.elements():
        arrays = [as_array(c, s) for c, s in zip(element, specs)]
        key = tuple([tuple(a.ravel()) if a.dtype == object else a.tobytes() for a in arrays])
        if key not in seen:
            seen.add(key)
            yield element


def without_errors(child):
    """The elements that can be computed."""
    elements = child.elements()
    while True:
        try:
            element = next(elements)
        except StopIteration:
            return
        except errors.OpError:
            continue
        yield element


def scan(child, step, state):
    """The outputs of `state, output = step(state, element)`."""
    for element in child.elements():
        result = step(*state, *element)
        state = result[: len(state)]
        yield result[len(state) :]


def fold(child, step, state):
    """The last state of `state = step(state, element)`."""
    for element in child.elements():
        state = step(*state, *element)
    return state


def single(child):
    """The components of the only element."""
    found = list(itertools.islice(child.elements(), 2))
    if len(found) != 1:
        words = "had more than one element" if found else "was empty"
        raise errors.InvalidArgumentError(None, None, f"Dataset {words}.")
    return found[0]
