"""`tf.contrib.training`: `HParams`, a record of hyperparameters."""

import json

__all__ = ["HParams"]


class HParams:
    """Hyperparameters as attributes.

    Raises:
      AttributeError: `add_hparam` of a name that is there.
      ValueError: a value of another type than the first, or an unknown name, is set.

    >>> hparams = HParams(rate=0.1, units=[4, 8])
    >>> hparams.parse("rate=0.5,units=[2,3]").values()
    {'rate': 0.5, 'units': [2, 3]}
    """

    def __init__(self, **values):
        self._types = {}
        for name, value in values.items():
            self.add_hparam(name, value)

    def add_hparam(self, name, value):
        """Adds a hyperparameter."""
        if getattr(self, name, None) is not None:
            raise AttributeError(f"Hyperparameter name is reserved: {name}")
        is_list = isinstance(value, list | tuple)
        if is_list and not value:
            raise ValueError(f"Multi-valued hyperparameters cannot be empty: {name}")
        self._types[name] = (type(value[0]) if is_list else type(value), is_list)
        setattr(self, name, list(value) if is_list else value)

    def set_hparam(self, name, value):
        """Sets a hyperparameter that is there."""
        kind, is_list = self._types[name]
        if isinstance(value, list) != is_list:
            raise ValueError(f"Must {'' if is_list else 'not '}pass a list for: {name}")
        setattr(self, name, [_as(kind, v) for v in value] if is_list else _as(kind, value))

    def del_hparam(self, name):
        """Removes a hyperparameter."""
        del self._types[name]
        delattr(self, name)

    def parse(self, values):
        """Sets what a text such as `"rate=0.1,units=[1,2]"` says."""
        entries, depth, start = [], 0, 0
        for i, letter in enumerate(values + ","):
            depth += (letter == "[") - (letter == "]")
            if letter == "," and not depth:
                entries.append(values[start:i])
                start = i + 1
        for entry in filter(str.strip, entries):
            name, equals, text = entry.partition("=")
            name, text = name.strip(), text.strip()
            if not equals or name not in self._types:
                raise ValueError(f"Unknown hyperparameter or no value: {entry!r}")
            if text.startswith("["):
                self.set_hparam(name, [v.strip() for v in text[1:-1].split(",")])
            else:
                self.set_hparam(name, text)
        return self

    def override_from_dict(self, values_dict):
        """Sets what a dictionary says."""
        for name, value in values_dict.items():
            self.set_hparam(name, value)
        return self

    def values(self):
        """The hyperparameters as a dictionary."""
        return {name: getattr(self, name) for name in self._types}

    def get(self, key, default=None):
        return getattr(self, key) if key in self._types else default

    def to_json(self, indent=None, separators=None, sort_keys=False):
        """The hyperparameters as JSON."""
        return json.dumps(self.values(), indent=indent, separators=separators, sort_keys=sort_keys)

    def __contains__(self, key):
        return key in self._types

    def __repr__(self):
        return f"HParams({sorted(self.values().items())})"


def _as(kind, value):
    """A value, or a text that says one, as the type that the hyperparameter has."""
    if kind is bool and isinstance(value, str):
        if value.lower() not in ("true", "false", "1", "0"):
            raise ValueError(f"Could not parse hparam of type bool: {value!r}")
        return value.lower() in ("true", "1")
    if kind is not str and isinstance(value, bool) != (kind is bool):
        raise ValueError(f"Could not cast hparam of type {kind} from value {value!r}")
    if kind is int and isinstance(value, float):
        raise ValueError(f"Must pass an integer, not {value!r}")
    return kind(value)
