"""Tables from keys to values."""

from rows import Tell


def test_tables(tf, answer):
    tell = Tell(answer)
    lookup = tf.lookup
    words = tf.constant(["b", "z", "a"])
    contents = lookup.KeyValueTensorInitializer(["a", "b"], [1, 2])
    table = lookup.StaticHashTable(contents, default_value=-1)
    ids = lookup.KeyValueTensorInitializer(["a", "b"], tf.constant([0, 1], tf.int64))
    vocabulary = lookup.StaticVocabularyTable(ids, num_oov_buckets=3)
    tell("lookup", lambda: table.lookup(words))
    tell("item", lambda: table[tf.constant("a")])
    tell("size", lambda: table.size())
    tell("function", lambda: tf.function(lambda w: table.lookup(w))(words))
    tell("dtype", lambda: table.lookup(tf.constant([1])))
    tell("ids", lambda: vocabulary.lookup(words))
    tell("ids size", lambda: vocabulary.size())
    tell("other ids", lambda: vocabulary.lookup(tf.constant(["x", "y", "hello", "w"])))
    tell("no buckets", lambda: lookup.StaticVocabularyTable(ids, 0))
