"""`tensorflow.python.util.object_identity`: dictionaries and sets whose keys are compared by `is`.

Tensors and variables compare by value, and lists have no hash: neither matters here.
"""

import collections.abc

from minitf.core.tensor import Reference

__all__ = ["ObjectIdentityDictionary", "ObjectIdentitySet", "Reference"]


class ObjectIdentityDictionary(collections.abc.MutableMapping):
    """A dictionary whose keys are the very objects.

    >>> d = ObjectIdentityDictionary()
    >>> key = [1]
    >>> d[key] = 2
    >>> d[key], [1] in d, len(d)
    (2, False, 1)
    """

    def __init__(self):
        self._storage = {}

    def __getitem__(self, key):
        return self._storage[Reference(key)]

    def __setitem__(self, key, value):
        self._storage[Reference(key)] = value

    def __delitem__(self, key):
        del self._storage[Reference(key)]

    def __len__(self):
        return len(self._storage)

    def __iter__(self):
        return (reference.deref() for reference in self._storage)

    def __repr__(self):
        return f"{type(self).__name__}({self._storage!r})"


class ObjectIdentitySet(collections.abc.MutableSet):
    """A set of the very objects, in the order in which they came.

    >>> items = [1], [1]
    >>> len(ObjectIdentitySet([*items, *items]))
    2
    """

    def __init__(self, items=()):
        self._storage = dict.fromkeys(map(Reference, items))

    def __contains__(self, key):
        return Reference(key) in self._storage

    def __len__(self):
        return len(self._storage)

    def __iter__(self):
        return (reference.deref() for reference in self._storage)

    def add(self, value):
        self._storage[Reference(value)] = None

    def discard(self, value):
        self._storage.pop(Reference(value), None)

    def update(self, items):
        """Adds each of the items."""
        self._storage.update(dict.fromkeys(map(Reference, items)))

    def __repr__(self):
        return f"{type(self).__name__}({list(self)!r})"
