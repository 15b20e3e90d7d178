"""`tf.lookup` of TF 1.x: tables whose contents are put in by an operation, and vocabularies.

The contents are there as soon as a table is made; the operations are for the programs that run
them first.
"""

from minitf import dtypes, lookup
from minitf.compat.v1.collections import get_collection
from minitf.compat.v1.graphs import get_default_graph, group, no_op
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.lookup import (
    KeyValueTensorInitializer,
    TextFileIndex,
    TextFileInitializer,
    experimental,
)

__all__ = [
    "KeyValueTensorInitializer", "StaticHashTable", "StaticVocabularyTable", "TextFileIndex",
    "TextFileInitializer", "experimental",
]  # fmt: skip


def tables_initializer(name="init_all_tables"):
    """An operation after which all tables of the default graph have their contents.

    >>> import minitf.compat.v1 as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     contents = tf.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2])
    ...     found = tf.lookup.StaticHashTable(contents, -1).lookup(tf.constant(["b", "z"]))
    ...     session.run(tf.tables_initializer())
    ...     print(session.run(found))
    [ 2 -1]
    """
    return group(*get_collection("table_initializer"), name=name)


def initialize_all_tables(name="init_all_tables"):
    """The older name of `tables_initializer`."""
    return tables_initializer(name)


class _WithInitializer:
    """What tells a table of TF 1.x: the operation `initializer`."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initializer = None
        if stack.frame.is_graph:
            with stack.frame.control_dependencies(None):
                self.initializer = no_op("table_init")
            get_default_graph().add_to_collection("table_initializer", self.initializer)

    @property
    def init(self):
        """The older name of `initializer`."""
        return self.initializer


class StaticHashTable(_WithInitializer, lookup.StaticHashTable):
    """`tf.lookup.StaticHashTable`, with the operation that puts the contents in."""


class StaticVocabularyTable(_WithInitializer, lookup.StaticVocabularyTable):
    """`tf.lookup.StaticVocabularyTable`, with the operation that puts the contents in."""


# The functions of `tf.contrib.lookup` -------------------------------------------------------------


def index_table_from_tensor(vocabulary_list, num_oov_buckets=0, default_value=-1, hasher_spec=None,
                            dtype=dtypes.string, name=None):  # fmt: skip
    """A table from the elements of a vector to their places in it.

    Args:
      num_oov_buckets: other keys have one of so many further ids, by their hash.
      default_value: what other keys have where there are no such buckets.
      hasher_spec: None: TensorFlow's fast hash, the only one here.
      dtype: of the keys.

    Raises:
      ValueError: there is no vocabulary, or its dtype is not `dtype`, or the number of buckets is
        negative.
      NotImplementedError: another hash.
    """
    if vocabulary_list is None:
        raise ValueError("`vocabulary_list` must be specified.")
    _check_buckets(num_oov_buckets, hasher_spec)
    keys = convert_to_tensor(vocabulary_list)
    if keys.dtype.is_integer != dtypes.as_dtype(dtype).is_integer:
        kind = "integer" if dtypes.as_dtype(dtype).is_integer else "non-integer"
        raise ValueError(f"Invalid `dtype`: Expected {kind}, got {keys.dtype}.")
    if not keys.dtype.is_integer and keys.dtype != dtype:
        raise ValueError(f"Invalid `dtype`: Expected {dtype}, got {keys.dtype}.")
    count = int(keys.shape[0])
    contents = KeyValueTensorInitializer(vocabulary_list, list(range(count)), dtype, dtypes.int64)
    return _of_indices(contents, num_oov_buckets, default_value, name)


def index_table_from_file(vocabulary_file=None, num_oov_buckets=0, vocab_size=None,
                          default_value=-1, hasher_spec=None, key_dtype=dtypes.string, name=None,
                          key_column_index=TextFileIndex.WHOLE_LINE,
                          value_column_index=TextFileIndex.LINE_NUMBER,
                          delimiter="\t"):  # fmt: skip
    """A table from the lines of a file to their numbers; see `index_table_from_tensor`.

    Raises:
      ValueError: no file is named, or `vocab_size` is not positive.
    """
    _check_file(vocabulary_file, vocab_size)
    _check_buckets(num_oov_buckets, hasher_spec)
    contents = TextFileInitializer(vocabulary_file, key_dtype, key_column_index, dtypes.int64,
                                   value_column_index, vocab_size, delimiter)  # fmt: skip
    return _of_indices(contents, num_oov_buckets, default_value, name)


def index_to_string_table_from_tensor(vocabulary_list, default_value="UNK", name=None):
    """A table from the places in a vector to its elements, strings."""
    if vocabulary_list is None:
        raise ValueError("`vocabulary_list` argument must be specified.")
    values = convert_to_tensor(vocabulary_list, dtypes.string)
    keys = convert_to_tensor(list(range(int(values.shape[0]))), dtypes.int64)
    return StaticHashTable(KeyValueTensorInitializer(keys, values), default_value, name)


def index_to_string_table_from_file(vocabulary_file, vocab_size=None, default_value="UNK",
                                    name=None, key_column_index=TextFileIndex.LINE_NUMBER,
                                    value_column_index=TextFileIndex.WHOLE_LINE,
                                    delimiter="\t"):  # fmt: skip
    """A table from the numbers of the lines of a file to the lines."""
    _check_file(vocabulary_file, vocab_size)
    contents = TextFileInitializer(vocabulary_file, dtypes.int64, key_column_index, dtypes.string,
                                   value_column_index, vocab_size, delimiter)  # fmt: skip
    return StaticHashTable(contents, default_value, name)


def _of_indices(contents, num_oov_buckets, default_value, name):
    if num_oov_buckets:
        return StaticVocabularyTable(contents, num_oov_buckets, name=name)
    return StaticHashTable(contents, default_value, name)


def _check_file(vocabulary_file, vocab_size):
    if not vocabulary_file:
        raise ValueError("`vocabulary_file` must be specified and must not be empty.")
    if vocab_size is not None and vocab_size < 1:
        raise ValueError(
            f"`vocab_size` must be greater than 0, got {vocab_size} for vocabulary_file: "
            f"{vocabulary_file}."
        )


def _check_buckets(num_oov_buckets, hasher_spec):
    if num_oov_buckets < 0:
        raise ValueError(
            f"`num_oov_buckets` must be greater or equal than 0, got {num_oov_buckets}."
        )
    if hasher_spec is not None:
        raise NotImplementedError("minitf's vocabularies have no `hasher_spec`: one hash is there.")
