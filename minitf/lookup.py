"""`tf.lookup`: tables from keys to values."""

import types

import numpy as np

from minitf import dtypes, errors
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import EagerFrame, stack
from minitf.core.registry import define
from minitf.ops import array, fingerprints
from minitf.ops.files import read_file
from minitf.ops.mutable_tables import DenseHashTable, MutableHashTable
from minitf.ops.ragged import RaggedTensor
from minitf.ops.ragged_values import map_flat_values
from minitf.ops.sparse import SparseTensor
from minitf.ops.strings import as_string, each, to_number

__all__ = [
    "KeyValueTensorInitializer", "StaticHashTable", "StaticVocabularyTable", "TextFileIndex",
    "TextFileInitializer", "experimental",
]  # fmt: skip

# `tf.lookup.experimental`.
experimental = types.SimpleNamespace(
    DenseHashTable=DenseHashTable, MutableHashTable=MutableHashTable
)

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


class TextFileIndex:
    """What a key or value of a line is, beside the number of a column."""

    WHOLE_LINE = -2
    LINE_NUMBER = -1


class TextFileInitializer(KeyValueTensorInitializer):
    """The contents of a table from the lines of a file, read when this is made.

    Args:
      filename: of a text file.
      key_dtype, key_index: of the keys: a column (from 0), or a member of `TextFileIndex`.
      value_dtype, value_index: the same of the values.
      vocab_size: how many lines to read; None for all.
      delimiter: between columns.
      value_index_offset: what is added to line numbers.

    Raises:
      ValueError: dtypes that do not fit what is asked for.
      tf.errors.InvalidArgumentError: a line has too few columns, or there are too few lines.
    """

    def __init__(self, filename, key_dtype, key_index, value_dtype, value_index, vocab_size=None,
                 delimiter="\t", name=None, value_index_offset=0):  # fmt: skip
        path = static_value(convert_to_tensor(filename, dtypes.string))
        if path is None:
            raise NotImplementedError("TextFileInitializer: minitf reads the file when it is made.")
        if path.size != 1:
            raise stack.frame.invalid(f"filename should be a single string, but got {path.shape}")
        path = path.item().decode()
        if not path:
            raise ValueError("`filename` argument required for tf.lookup.TextFileInitializer")
        for what, index, dtype in (("key", key_index, key_dtype),
                                   ("value", value_index, value_dtype)):  # fmt: skip
            if index < -2:
                raise ValueError(f"Invalid {what} index {index}.")
            if index == TextFileIndex.LINE_NUMBER and dtype != dtypes.int64:
                raise ValueError(f"Invalid {what} dtype for index LINE_NUMBER: {dtype}")
            if index == TextFileIndex.WHOLE_LINE and not (
                    dtypes.as_dtype(dtype).is_integer or dtype == dtypes.string):  # fmt: skip
                raise ValueError(f"Invalid {what} dtype for index WHOLE_LINE: {dtype}")
        with stack.push(EagerFrame()):  # the contents are read now, in a graph too
            lines = read_file(path).numpy().splitlines()
            if vocab_size is not None and len(lines) < vocab_size:
                raise errors.InvalidArgumentError(
                    None, None, f"Invalid vocab_size in {path}: expected {vocab_size} but got "
                    f"{len(lines)}"
                )  # fmt: skip
            lines = lines[:vocab_size]
            offset = int(value_index_offset)
            super().__init__(
                _column(lines, key_index, delimiter, 0, key_dtype, path),
                _column(lines, value_index, delimiter, offset, value_dtype, path),
            )


def _column(lines, index, delimiter, offset, dtype, path):
    if index == TextFileIndex.LINE_NUMBER:
        return array.range(offset, offset + len(lines), dtype=dtypes.int64)
    pieces = lines
    if index >= 0:
        rows = [line.split(delimiter.encode()) for line in lines]
        if any(len(row) <= index for row in rows):
            raise errors.InvalidArgumentError(
                None, None, f"Invalid number of columns in {path}: expected at least {index + 1}"
            )
        pieces = [row[index] for row in rows]
    texts = convert_to_tensor(pieces, dtypes.string)
    return texts if dtype == dtypes.string else to_number(texts, dtype)


class _Table:
    """What tables share: `lookup` of tensors, which `table[keys]` is too."""

    def __init__(self, contents, key_dtype):
        keys, values = (static_value(x) for x in (contents.keys, contents.values))
        if keys.shape != values.shape:
            raise stack.frame.invalid(
                f"Expected shape {list(keys.shape)} for value, got {list(values.shape)}"
            )
        self._contents, self._key_dtype = {}, key_dtype
        for key, value in zip(keys.ravel().tolist(), values.ravel().tolist()):
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
        if isinstance(keys, SparseTensor):
            return SparseTensor(keys.indices, self.lookup(keys.values), keys.dense_shape)
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
        default.shape.assert_is_compatible_with([])
        self._default = static_value(default)[()]

    def export(self, name=None):
        """(all keys, all values)."""
        return (convert_to_tensor(list(self._contents), self.key_dtype),
                convert_to_tensor(list(self._contents.values()), self.value_dtype))  # fmt: skip

    def _find(self, key):
        return self._contents.get(key, self._default)


_NOTHING = types.SimpleNamespace(keys=np.array([], object), values=np.array([], np.int64),
                                 key_dtype=dtypes.string, value_dtype=dtypes.int64)  # fmt: skip


class StaticVocabularyTable(_Table):
    """A table of ids; other keys have one of `num_oov_buckets` further ids, by their hash.

    Args:
      initializer: the ids, int64; None where all keys, which are texts then, have an id by hash.

    >>> StaticVocabularyTable(None, 3).lookup(convert_to_tensor(["a", "b"])).numpy()
    array([0, 1])
    """

    def __init__(self, initializer, num_oov_buckets, lookup_key_dtype=None, name=None,
                 experimental_is_anonymous=False):  # fmt: skip
        if initializer is None:
            initializer, lookup_key_dtype = _NOTHING, dtypes.string
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
