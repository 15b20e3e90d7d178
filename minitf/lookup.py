"""`tf.lookup`: tables from keys to values."""

import numpy as np

from minitf import dtypes, errors
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops import fingerprints
from minitf.ops.ragged import RaggedTensor, map_flat_values
from minitf.ops.strings import as_string, each

__all__ = ["KeyValueTensorInitializer", "StaticHashTable", "StaticVocabularyTable"]

FIND = define(
    "LookupTableFindV2",
    lambda keys, *, find, value_dtype: each(find, keys, dtype=value_dtype),
    "?", host=True, differentiable=False,
    infer=lambda inputs, attrs: [(inputs[0].shape, dtypes.as_dtype(attrs[1]))],
)  # fmt: skip


class KeyValueTensorInitializer:
    """The contents of a table: one value for each key."""

    def __init__(self, keys, values, key_dtype=None, value_dtype=None, name=None):
        self.keys = convert_to_tensor(keys, key_dtype)
        self.values = convert_to_tensor(values, value_dtype)

    key_dtype = property(lambda self: self.keys.dtype)
    value_dtype = property(lambda self: self.values.dtype)


class _Table:
    """What tables share: `lookup` of tensors, which `table[keys]` is too."""

    def __init__(self, contents, key_dtype):
        keys, values = contents.keys.numpy().tolist(), contents.values.numpy().tolist()
        self._contents, self._key_dtype = {}, key_dtype
        for key, value in zip(keys, values, strict=True):
            if self._contents.setdefault(key, value) != value:
                raise errors.FailedPreconditionError(
                    None, None, f"HashTable has different value for same key. Key {key} has "
                    f"{self._contents[key]} and trying to add value {value}"
                )  # fmt: skip
        self._value_dtype = contents.value_dtype

    key_dtype = property(lambda self: self._key_dtype)
    value_dtype = property(lambda self: self._value_dtype)

    def size(self, name=None):
        """int64: how many keys the table has."""
        return convert_to_tensor(np.int64(len(self._contents)))

    def _find(self, key):
        raise NotImplementedError(f"{type(self).__name__}._find")

    def lookup(self, keys, name=None):
        """The values of `keys`, in their shape."""
        if isinstance(keys, RaggedTensor):
            return map_flat_values(self.lookup, keys)
        keys = convert_to_tensor(keys)
        if keys.dtype != self.key_dtype:
            raise TypeError(
                f"Dtype of argument `keys` must be {self.key_dtype}, received: {keys.dtype}"
            )
        return execute(FIND, (keys,), (self._find, self.value_dtype.np), name)

    __getitem__ = lookup


class StaticHashTable(_Table):
    """A table that does not change; other keys have `default_value`.

    >>> table = StaticHashTable(KeyValueTensorInitializer(["a", "b"], [1, 2]), -1)
    >>> table.lookup(convert_to_tensor(["b", "z"])).numpy()
    array([ 2, -1], dtype=int32)
    """

    def __init__(self, initializer, default_value, name=None, experimental_is_anonymous=False):
        super().__init__(initializer, initializer.key_dtype)
        default = convert_to_tensor(default_value, initializer.value_dtype)
        self._default = default.numpy()

    def _find(self, key):
        return self._contents.get(key, self._default)


class StaticVocabularyTable(_Table):
    """A table of ids; other keys have one of `num_oov_buckets` further ids, by their hash."""

    def __init__(self, initializer, num_oov_buckets, lookup_key_dtype=None, name=None,
                 experimental_is_anonymous=False):  # fmt: skip
        if initializer is None:
            raise NotImplementedError("StaticVocabularyTable without an initializer")
        if initializer.value_dtype != dtypes.int64:
            raise TypeError("Invalid `value_dtype`, expected "
                            f"{dtypes.int64} but got {initializer.value_dtype}.")  # fmt: skip
        if num_oov_buckets <= 0:
            raise ValueError("`num_oov_buckets` must be > 0; use StaticHashTable. "
                             f"Received: {num_oov_buckets}")  # fmt: skip
        super().__init__(initializer, dtypes.as_dtype(lookup_key_dtype or initializer.key_dtype))
        self._buckets = num_oov_buckets

    def size(self, name=None):
        """int64: how many ids there are, those of other keys included."""
        return convert_to_tensor(np.int64(len(self._contents) + self._buckets))

    def _find(self, key):
        if key in self._contents:
            return self._contents[key]
        text = key if isinstance(key, bytes) else as_string(key).numpy()
        return len(self._contents) + fingerprints.fingerprint64(text) % self._buckets
