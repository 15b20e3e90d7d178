"""`tf.lookup`: tables of files, and tables that change."""

import numpy as np
from rows import Tell


def test_files(tf, answer, tmp_path):
    tell, lookup = Tell(answer), tf.lookup
    path = tmp_path / "words.txt"
    path.write_text("emerson 10\nlake 20\npalmer 30\n")
    line, whole = lookup.TextFileIndex.LINE_NUMBER, lookup.TextFileIndex.WHOLE_LINE
    keys = tf.constant(["lake", "lake 20", "none"])

    def found(*arguments, keys=keys, default=-1, **options):
        made = lookup.TextFileInitializer(str(path), *arguments, **options)
        return lookup.StaticHashTable(made, default).lookup(keys)

    tell("columns", lambda: found(tf.string, 0, tf.int64, 1, delimiter=" "))
    tell("line", lambda: found(tf.string, whole, tf.int64, line))
    tell("offset", lambda: found(tf.string, whole, tf.int64, line, value_index_offset=5))
    tell("first", lambda: found(tf.string, whole, tf.int64, line, vocab_size=1))
    tell(
        "texts",
        lambda: found(
            tf.int64, line, tf.string, whole, default="?", keys=tf.constant([0, 9], tf.int64)
        ),
    )
    tell("too many", lambda: found(tf.string, whole, tf.int64, line, vocab_size=9))
    tell("columns missing", lambda: found(tf.string, 0, tf.int64, 5, delimiter=" "))
    tell("dtype", lambda: found(tf.string, line, tf.int64, 1))
    tell("index", lambda: found(tf.string, -3, tf.int64, 1))
    made = lookup.TextFileInitializer(str(path), tf.string, whole, tf.int64, line)
    table = lookup.StaticVocabularyTable(made, 2)
    answer("vocabulary", table.lookup(keys))


def test_mutable(tf, answer):
    tell, make = Tell(answer), tf.lookup.experimental.MutableHashTable
    table = make(tf.string, tf.int64, -1)
    keys, values = tf.constant(["a", "b"]), tf.constant([1, 2], tf.int64)
    table.insert(keys, values)
    table.insert(tf.constant(["b", "c"]), tf.constant([5, 6], tf.int64))
    tell("found", lambda: table.lookup(tf.constant([["a", "b"], ["c", "d"]])))
    tell("item", lambda: table[tf.constant(["c"])])
    tell("size", lambda: table.size())
    tell(
        "own default", lambda: table.lookup(tf.constant(["a", "d"]), tf.constant([8, 9], tf.int64))
    )
    table.remove(tf.constant(["a", "z"]))
    tell("removed", lambda: table.lookup(keys))
    tell("exported", lambda: [tf.sort(x) for x in table.export()[1:]])
    tell("kinds", lambda: [table.key_dtype, table.value_dtype])
    tell("dtype", lambda: table.lookup(tf.constant([1])))
    tell("shape", lambda: table.insert(keys, tf.constant([1], tf.int64)))
    vectors = make(tf.int64, tf.float32, [0.0, 0.0])
    vectors.insert(tf.constant([4], tf.int64), [[1.0, 2.0]])
    tell("vectors", lambda: vectors.lookup(tf.constant([4, 5], tf.int64)))

    @tf.function
    def count(word):
        table.insert(word, table.lookup(word) + 1)
        return table.lookup(word)

    answer("counted", [count(tf.constant(["n"])) for _ in range(3)])
    answer("size after", table.size())


def test_dense(tf, answer):
    tell, make = Tell(answer), tf.lookup.experimental.DenseHashTable
    table = make(tf.int64, tf.int64, -1, empty_key=0, deleted_key=-1)
    table.insert(tf.constant([1, 2], tf.int64), tf.constant([10, 20], tf.int64))
    tell("found", lambda: table.lookup(tf.constant([2, 3], tf.int64)))
    table.erase(tf.constant([2], tf.int64))
    tell("erased", lambda: [table.lookup(tf.constant([2], tf.int64)), table.size()])
    tell("empty", lambda: table.insert(tf.constant([0], tf.int64), tf.constant([1], tf.int64)))
    tell("equal", lambda: make(tf.int64, tf.int64, -1, 0, 0))
    pairs = make(tf.int64, tf.float32, 0.0, empty_key=[0, 0], deleted_key=[-1, -1])
    pairs.insert(np.array([[1, 2]]), np.array([3.0], "float32"))
    tell("pairs", lambda: pairs.lookup(tf.constant([[1, 2], [2, 1]], tf.int64)))
