"""`tf.contrib.lookup`: vocabularies, from words to numbers and back."""

from minitf.compat.v1.lookup import (
    KeyValueTensorInitializer,
    TextFileIndex,
    TextFileInitializer,
    index_table_from_file,
    index_table_from_tensor,
    index_to_string_table_from_file,
    index_to_string_table_from_tensor,
)
from minitf.compat.v1.lookup import StaticHashTable as HashTable
from minitf.ops.mutable_tables import MutableHashTable

__all__ = [
    "HashTable", "KeyValueTensorInitializer", "MutableHashTable", "TextFileIndex",
    "TextFileInitializer", "index_table_from_file", "index_table_from_tensor",
    "index_to_string_table_from_file", "index_to_string_table_from_tensor",
]  # fmt: skip
