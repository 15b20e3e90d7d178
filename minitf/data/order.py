"""Transformations that choose and order elements without looking at them.

Each takes `again`, a function that starts a fresh pass over its input, and yields some of the
items of such passes. The items are elements or, where a dataset is a table, mere row numbers: see
`Dataset.table`.
"""

import itertools

from minitf import errors
from minitf.data.seeds import words


def take(again, count):
    """The first `count` items, all where it is negative."""
    return again() if count < 0 else itertools.islice(again(), count)


def skip(again, count):
    """All but the first `count` items, none where it is negative."""
    return iter(()) if count < 0 else itertools.islice(again(), count, None)


def shard(again, num_shards, index):
    """Every `num_shards`-th item, from `index` on."""
    return itertools.islice(again(), index, None, num_shards)


def repeat(again, count):
    """`count` passes, each started anew; without end where it is negative."""
    turn = 0
    while turn != count:
        empty = True
        for item in again():
            empty = False
            yield item
        if empty and count < 0:
            return
        turn += 1


def same(again):
    """The items as they are."""
    return again()


def shuffle(again, size, seeds):
    """TensorFlow's shuffle buffer: keeps `size` items, and gives a random one of them.

    The slot that became free takes the buffer's first item, so that the buffer is a ring.
    """
    items, stream = iter(again()), words(*seeds.draw())
    buffer = list(itertools.islice(items, size))
    start, size = 0, len(buffer)
    for item in items:
        chosen = (start + next(stream) % size) % size
        given, buffer[chosen] = buffer[chosen], buffer[start]
        buffer[start] = item
        start = (start + 1) % size
        yield given
    buffer = buffer[start:] + buffer[:start]
    for start in range(size):
        chosen = start + next(stream) % (size - start)
        given, buffer[chosen] = buffer[chosen], buffer[start]
        yield given


class Memory:
    """What `cache()` has seen: complete after one whole pass, of `size` items if that is known."""

    def __init__(self, size):
        self.items, self.complete, self.size = [], False, size


def cache(again, memory):
    """The items of the first complete pass, kept."""
    if memory.complete:
        return iter(memory.items)
    return _remember(again, memory)


def _remember(again, memory):
    items = []
    for item in again():
        items.append(item)
        if len(items) == memory.size:  # who knows the size may not ask for more
            memory.items, memory.complete = items, True
        yield item
    memory.items, memory.complete = items, True


def concatenate(again, *others):
    """The items of all inputs, one input after the other."""
    return itertools.chain(again(), *others)


def assert_cardinality(again, expected):
    """The items, of which there must be `expected`."""
    seen = 0
    for item in again():
        seen += 1
        if seen > expected:
            break
        yield item
    if seen != expected:
        more = "more than " if seen > expected else ""
        raise errors.FailedPreconditionError(
            None, None,
            f"Input dataset was expected to contain {_count(expected)} but contained "
            + (f"at least {_count(seen)}." if more else f"only {_count(seen)}."),
        )  # fmt: skip


def _count(n):
    return f"{n} element" + "s" * (n != 1)
