"""What a layer owns: the attributes that hold state, also inside lists, dictionaries and sets."""

from collections import OrderedDict


class Tracker:
    """Sorts what is assigned into stores, such as `layers` or `trainable_variables`.

    Args:
      stores: name -> (test, list): what passes the first fitting test is appended to the list.

    >>> tracker = Tracker({"numbers": (lambda x: isinstance(x, int), [])})
    >>> parts = tracker.track(["a", 1])
    >>> parts.append(2)
    >>> tracker.stores["numbers"], parts
    ([1, 2], ['a', 1, 2])
    """

    def __init__(self, stores):
        self._tests = {name: test for name, (test, _) in stores.items()}
        self.stores = {name: store for name, (_, store) in stores.items()}
        self._owners = {}  # id of what is tracked -> the name of its store
        self.locked_because = None

    def track(self, value):
        """Stores `value` if it is state; a list, dictionary or set comes back as a tracked one."""
        if id(value) in self._owners:
            return value
        for name, test in self._tests.items():
            if test(value):
                self.add(name, value)
                return value
        if type(value) is tuple:
            return tuple(self.track(v) for v in value)
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*(self.track(v) for v in value))
        for kind, tracked in _TRACKED.items():
            if isinstance(value, kind):  # also one that tells another tracker
                return tracked(value, self)
        return value

    def add(self, name, value):
        """Appends `value` to a store; ValueError once the tracker is locked."""
        if self.locked_because:
            raise ValueError(self.locked_because)
        self.stores[name].append(value)
        self._owners[id(value)] = name

    def untrack(self, value):
        """Forgets `value`."""
        name = self._owners.pop(id(value), None)
        if name is not None:
            store = self.stores[name]
            store[:] = [entry for entry in store if entry is not value]


class TrackedList(list):
    """A list that tells a tracker what is put into it."""

    def __init__(self, values=(), tracker=None):
        self._tracker = tracker
        super().__init__(self._track(v) for v in values)

    def _track(self, value):
        return value if self._tracker is None else self._tracker.track(value)

    def _forget(self, value):
        if self._tracker is not None:
            self._tracker.untrack(value)

    def append(self, value):
        super().append(self._track(value))

    def insert(self, index, value):
        super().insert(index, self._track(value))

    def extend(self, values):
        super().extend([self._track(v) for v in values])

    def __iadd__(self, values):
        self.extend(values)
        return self

    def __setitem__(self, index, value):
        super().__setitem__(index, self._track(value))

    def __delitem__(self, index):
        self._forget(self[index])
        super().__delitem__(index)

    def pop(self, index=-1):
        value = super().pop(index)
        self._forget(value)
        return value

    def remove(self, value):
        self._forget(value)
        super().remove(value)

    def clear(self):
        for value in self:
            self._forget(value)
        super().clear()

    def __reduce__(self):
        return (list, (list(self),))


class TrackedDict(dict):
    """A dictionary that tells a tracker what is put into it."""

    def __init__(self, values=(), tracker=None):
        self._tracker = tracker
        super().__init__()
        self.update(values)

    def __setitem__(self, key, value):
        super().__setitem__(key, value if self._tracker is None else self._tracker.track(value))

    def update(self, *args, **kwargs):
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def setdefault(self, key, default=None):
        if key not in self:
            self[key] = default
        return self[key]

    def __delitem__(self, key):
        self.pop(key)

    def pop(self, key, *default):
        value = super().pop(key, *default)
        if self._tracker is not None:
            self._tracker.untrack(value)
        return value

    def popitem(self):
        key = next(reversed(self))
        return key, self.pop(key)

    def clear(self):
        for key in list(self):
            self.pop(key)

    def __reduce__(self):
        return (dict, (dict(self),))


class TrackedOrderedDict(TrackedDict, OrderedDict):
    """An `OrderedDict` that tells a tracker what is put into it."""

    def __reduce__(self):
        return (OrderedDict, (list(self.items()),))


class TrackedSet(set):
    """A set that tells a tracker what is put into it."""

    def __init__(self, values=(), tracker=None):
        self._tracker = tracker
        super().__init__()
        self.update(values)

    def add(self, value):
        super().add(value if self._tracker is None else self._tracker.track(value))

    def update(self, *others):
        for values in others:
            for value in values:
                self.add(value)

    def discard(self, value):
        if self._tracker is not None:
            self._tracker.untrack(value)
        super().discard(value)

    def remove(self, value):
        if value not in self:
            raise KeyError(value)
        self.discard(value)

    def __reduce__(self):
        return (set, (set(self),))


_TRACKED = {list: TrackedList, OrderedDict: TrackedOrderedDict, dict: TrackedDict, set: TrackedSet}
