"""Values by the paths of layers or variables: a key is a path, or a pattern of whole paths."""

import collections.abc
import re


class ByPath(collections.abc.MutableMapping):
    """A mapping that also finds a path by the one pattern among its keys that fits.

    Subclasses say what its values are called, and make them of what is assigned (`_made`).
    """

    _called = ""

    def __init__(self):
        self._by_path = {}

    def _made(self, value):
        return value

    def _absent(self):
        """What a path has that fits no key."""

    def __getitem__(self, key):
        if key in self._by_path:
            return self._by_path[key]
        fitting = [pattern for pattern in self._by_path if re.fullmatch(pattern, key)]
        if len(fitting) > 1:
            raise ValueError(
                f"Path '{key}' matches multiple {self._called} specification keys: {fitting}. "
                f"Please make sure each path only matches at most one {self._called} specification "
                f"key in the {type(self).__name__}."
            )
        return self._by_path[fitting[0]] if fitting else self._absent()

    def __setitem__(self, key, value):
        if key in self._by_path:
            raise ValueError(
                f"{key} already exist in the {type(self).__name__} with value "
                f"{self._by_path[key]}. Please make sure to not use duplicated keys."
            )
        self._by_path[key] = self._made(value)

    def __delitem__(self, key):
        del self._by_path[key]

    def __contains__(self, key):
        return key in self._by_path

    def __len__(self):
        return len(self._by_path)

    def __iter__(self):
        return iter(self._by_path)
