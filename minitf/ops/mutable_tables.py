"""`tf.lookup.experimental`: tables from keys to values that change while a program runs.

The contents are a Python dictionary; each way to use it is an op, so that functions and graphs use
it when they run.
"""

import numpy as np

from minitf import dtypes, errors
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops.ragged import RaggedTensor
from minitf.ops.ragged_values import map_flat_values
from minitf.shapes import TensorShape


class _Contents:
    """Keys (numbers, texts or tuples of numbers) and their values, arrays of one shape."""

    def __init__(self, key_dtype, value_dtype, default, key_shape=()):
        self.key_dtype, self.value_dtype, self.default = key_dtype, value_dtype, default
        self.key_shape = key_shape
        self.entries = {}

    def keys_of(self, array):
        """The keys in an array, in a line, and the shape of the array without that of a key."""
        outer = array.shape[: array.ndim - len(self.key_shape)]
        if not self.key_shape:
            return array.ravel().tolist(), outer
        return [tuple(key) for key in array.reshape(-1, *self.key_shape).tolist()], outer


def _find(keys, default, *, contents):
    line, outer = contents.keys_of(keys)
    shape = contents.default.shape
    own = default.reshape(len(line), *shape) if default.shape != shape else [default] * len(line)
    result = np.empty((len(line), *shape), contents.default.dtype)
    for i, key in enumerate(line):
        result[i] = contents.entries.get(key, own[i])
    return result.reshape(*outer, *shape)


def _insert(keys, values, *, contents):
    line, outer = contents.keys_of(keys)
    if values.shape != (*outer, *contents.default.shape):
        raise errors.InvalidArgumentError(
            None, None, f"Expected shape {[*outer, *contents.default.shape]} for value, got "
            f"{list(values.shape)}"
        )  # fmt: skip
    rows = values.reshape(len(line), *contents.default.shape)
    contents.entries.update(zip(line, rows.copy()))
    return ()


def _remove(keys, *, contents):
    for key in contents.keys_of(keys)[0]:
        contents.entries.pop(key, None)
    return ()


def _export(*, contents):
    count = len(contents.entries)
    keys = np.empty((count, *contents.key_shape), contents.key_dtype.np)
    values = np.empty((count, *contents.default.shape), contents.default.dtype)
    for i, (key, value) in enumerate(contents.entries.items()):
        keys[i], values[i] = key, value
    return keys, values


def _effect(name, fn, types):
    return define(name, fn, types, num_outputs=0, host=True, stateful=True, differentiable=False,
                  infer=lambda inputs, attrs: [])  # fmt: skip


def _found(inputs, attrs):
    contents = attrs[0]
    outer = inputs[0].shape[: inputs[0].shape.rank - len(contents.key_shape)]
    return [(TensorShape(outer).concatenate(contents.default.shape), contents.value_dtype)]


def _exported(inputs, attrs):
    contents = attrs[0]
    return [(TensorShape([None, *contents.key_shape]), contents.key_dtype),
            (TensorShape([None, *contents.default.shape]), contents.value_dtype)]  # fmt: skip


FIND = define("MutableTableFind", _find, "??", host=True, stateful=True, differentiable=False,
              infer=_found)  # fmt: skip
INSERT = _effect("LookupTableInsertV2", _insert, "??")
REMOVE = _effect("LookupTableRemoveV2", _remove, "?")
EXPORT = define("LookupTableExportV2", _export, "", num_outputs=2, host=True, stateful=True,
                differentiable=False, infer=_exported)  # fmt: skip
SIZE = define(
    "LookupTableSizeV2", lambda *, contents: np.array(len(contents.entries), np.int64), "",
    host=True, stateful=True, differentiable=False,
    infer=lambda inputs, attrs: [(TensorShape([]), dtypes.int64)],
)  # fmt: skip


class MutableHashTable:
    """A table from keys to values, which are scalars or tensors of the shape of `default_value`.

    Args:
      key_dtype, value_dtype: what is stored.
      default_value: what keys have that are not in the table.

    >>> table = MutableHashTable(dtypes.string, dtypes.int64, -1)
    >>> table.insert(["a"], convert_to_tensor([7], dtypes.int64))
    >>> table.lookup(convert_to_tensor(["a", "b"])).numpy()
    array([ 7, -1])
    """

    def __init__(self, key_dtype, value_dtype, default_value, name="MutableHashTable",
                 checkpoint=True, experimental_is_anonymous=False):  # fmt: skip
        self._name = name
        default = static_value(convert_to_tensor(default_value, dtypes.as_dtype(value_dtype)))
        if default is None:
            raise ValueError("default_value must be known when the table is made")
        self._contents = _Contents(dtypes.as_dtype(key_dtype), dtypes.as_dtype(value_dtype),
                                   np.asarray(default))  # fmt: skip

    key_dtype = property(lambda self: self._contents.key_dtype)
    value_dtype = property(lambda self: self._contents.value_dtype)
    name = property(lambda self: self._name)

    def _keys(self, keys):
        return convert_to_tensor(keys, self.key_dtype)

    def size(self, name=None):
        """int64: how many keys the table has."""
        return execute(SIZE, (), (self._contents,), name)

    def lookup(self, keys, dynamic_default_values=None, name=None):
        """The values of keys; a default for each may be given.

        Raises:
          ValueError: keys of another dtype.
        """
        if isinstance(keys, RaggedTensor):
            return map_flat_values(self.lookup, keys)
        default = self._contents.default if dynamic_default_values is None else (
            dynamic_default_values)  # fmt: skip
        default = convert_to_tensor(default, self.value_dtype)
        return execute(FIND, (self._keys(keys), default), (self._contents,), name)

    __getitem__ = lookup

    def insert(self, keys, values, name=None):
        """Gives keys values, new ones where they have some."""
        inputs = (self._keys(keys), convert_to_tensor(values, self.value_dtype))
        return execute(INSERT, inputs, (self._contents,), name) or None  # the op, in a graph

    def remove(self, keys, name=None):
        """Takes keys out of the table; those that are not in it are ignored."""
        return execute(REMOVE, (self._keys(keys),), (self._contents,), name) or None

    def export(self, name=None):
        """(all keys, all values)."""
        return tuple(execute(EXPORT, (), (self._contents,), name))


class DenseHashTable(MutableHashTable):
    """As `MutableHashTable`, of keys that may be vectors; two keys must never be used.

    Args:
      empty_key, deleted_key: two different keys, which are of the table's shape of keys.
      initial_num_buckets: for TensorFlow, how much room to take at first.
    """

    def __init__(self, key_dtype, value_dtype, default_value, empty_key, deleted_key,
                 initial_num_buckets=None, name="MutableDenseHashTable", checkpoint=True,
                 experimental_is_anonymous=False):  # fmt: skip
        super().__init__(key_dtype, value_dtype, default_value, name)
        reserved = [np.asarray(static_value(convert_to_tensor(k, self.key_dtype)))
                    for k in (empty_key, deleted_key)]  # fmt: skip
        if (reserved[0] == reserved[1]).all():
            raise errors.InvalidArgumentError(None, None, "Empty and deleted keys cannot be equal")
        self._contents.key_shape = reserved[0].shape
        self._reserved = {self._contents.keys_of(key)[0][0] for key in reserved}

    def _keys(self, keys):
        keys = super()._keys(keys)
        known = static_value(keys)
        if known is not None and self._reserved & set(self._contents.keys_of(known)[0]):
            raise errors.InvalidArgumentError(
                None, None, "Using the empty_key or deleted_key as table key is not allowed"
            )
        return keys

    insert_or_assign = MutableHashTable.insert
    erase = MutableHashTable.remove
