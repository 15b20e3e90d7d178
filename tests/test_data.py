"""tf.data: what each method makes of small datasets, its element specs and sizes, its errors."""

# ruff: noqa: E501  a line is an expression

import functools

import numpy as np
import pytest
from expressions import tell

LINES = """
L(D.from_tensor_slices([8, 3, 0]))
L(D.from_tensor_slices(([1, 2], [[1.0], [2.0]])))
L(D.from_tensor_slices({"a": [1, 2], "b": ([3, 4], [5, 6])}))
L(D.from_tensors([[1, 2]]))
D.from_tensor_slices([1]).element_spec
D.from_tensor_slices((np.ones([2, 3]), ["a", "b"])).element_spec
str(D.range(3))
str(D.range(3).batch(2).map(lambda x: x + 1))
L(D.range(5))
L(D.range(2, 9, 3))
L(D.range(3, 0, -1, output_type=tf.int32))
L(D.range(5).take(2)), L(D.range(5).take(-1)), L(D.range(5).take(9))
L(D.range(5).skip(2)), L(D.range(5).skip(-1)), L(D.range(5).skip(9))
L(D.range(2).repeat(3)), L(D.range(2).repeat(0)), L(D.range(2).repeat().take(5))
L(D.range(10).shuffle(4, seed=1))
L(D.range(10).shuffle(10, seed=2).batch(5))
L(D.range(3).shuffle(3, seed=5).repeat(2))
L(D.range(3).shuffle(3, seed=5, reshuffle_each_iteration=False).repeat(2))
L(D.range(7).batch(3)), L(D.range(7).batch(3, drop_remainder=True))
D.range(7).batch(3).element_spec, D.range(7).batch(3, drop_remainder=True).element_spec
L(D.range(5).map(lambda x: (x, x * x)))
L(D.range(5).map(lambda x: {"x": x, "y": tf.cast(x, tf.float32) / 2}))
L(D.from_tensor_slices(([1, 2], [3, 4])).map(lambda a, b: a * b))
L(D.range(5).map(lambda x: tf.py_function(lambda v: v * 2, [x], tf.int64)))
L(D.range(9).filter(lambda x: x % 2 == 0))
L(D.from_tensor_slices(([1, 2, 3], [3, 2, 1])).filter(lambda a, b: a < b))
L(D.range(3).flat_map(lambda x: D.from_tensors(x).repeat(x)))
L(D.range(3).interleave(lambda x: D.from_tensors(x).repeat(3), cycle_length=2, block_length=2))
L(D.range(1, 4).interleave(lambda x: D.from_tensors(x).repeat(x), cycle_length=3))
L(D.range(6).scan(tf.constant(0, tf.int64), lambda s, x: (s + x, s * x)))
L(D.range(9).take_while(lambda x: x < 4))
L(D.range(3).enumerate()), L(D.range(3).enumerate(start=5))
L(D.zip((D.range(3), D.range(5, 9)))), L(D.zip(D.range(2), D.range(2)))
L(D.zip({"a": D.range(2), "b": D.range(2)}))
L(D.range(2).concatenate(D.range(5, 7)))
L(D.range(8).batch(4).unbatch()), L(D.from_tensors(([1, 2], [3, 4])).unbatch())
L(D.range(8).batch(3).rebatch(4)), L(D.range(8).batch(4).rebatch([1, 2]))
L(D.range(10).shard(3, 1))
L(D.range(5).prefetch(2)), L(D.range(5).cache()), L(D.range(5).prefetch(tf.data.AUTOTUNE))
L(D.from_tensor_slices([1, 2, 1, 3, 2]).unique())
L(D.range(4).map(lambda x: 6 // (x - 1)).ignore_errors())
L(D.range(40).map(lambda x: 100 // (x - 30)).ignore_errors())
[L(w) for w in D.range(7).window(3, shift=2, stride=1)]
[L(w) for w in D.range(7).window(3, drop_remainder=True)]
L(D.range(7).window(3, shift=1, drop_remainder=True).flat_map(lambda w: w.batch(3)))
L(D.zip((D.range(4), D.range(4))).window(2).flat_map(lambda a, b: D.zip((a.batch(2), b.batch(2)))))
L(D.range(10).group_by_window(lambda x: x % 2, lambda k, d: d.batch(5), window_size=5))
L(G().padded_batch(3))
L(G().padded_batch(3, drop_remainder=True))
L(G().padded_batch(3, padded_shapes=([], [6]), padding_values=(0, -1.0)))
L(G().padded_batch(2, padded_shapes=((), (None,))).take(1))
G().padded_batch(3).element_spec
G().padded_batch(3, padded_shapes=([], [6]), drop_remainder=True).element_spec
L(D.range(1, 5).map(lambda n: tf.fill([n], n)).padded_batch(2))
L(D.range(1, 5).map(lambda n: tf.fill([n], n)).padded_batch(2, padding_values=tf.constant(9, tf.int64)))
L(D.from_tensor_slices(["a", "bc"]).map(lambda s: tf.strings.bytes_split(s).to_tensor() if 0 else tf.strings.split(s, "x")).padded_batch(2))
L(G().padded_batch(2, padded_shapes=([], [1])))
L(G().bucket_by_sequence_length(lambda i, v: tf.shape(v)[0], [3, 5], [2, 2, 2]))
L(D.choose_from_datasets([D.range(3), D.range(10, 13)], D.from_tensor_slices(np.array([0, 1, 1, 0], "int64"))))
L(D.sample_from_datasets([D.range(5), D.range(10, 15)], [0.5, 0.5], seed=3))
D.range(5).reduce(np.int64(0), lambda s, x: s + x)
D.range(4).reduce((0, 1.0), lambda s, x: (s[0] + 1, s[1] * 2))
D.from_tensors(3).get_single_element()
D.range(2).get_single_element()
D.range(3).cardinality(), D.range(3).repeat().cardinality(), D.range(3).filter(lambda x: x > 0).cardinality()
len(D.range(5)), len(D.range(7).batch(2)), len(D.range(7).batch(2, drop_remainder=True))
len(D.range(3).repeat())
len(D.range(3).filter(lambda x: x > 0))
L(D.range(3).apply(lambda d: d.map(lambda x: x + 1)))
L(D.from_generator(lambda: iter([1, 2, 3]), output_types=tf.int32))
L(D.from_generator(lambda: iter([(1, [2.0])]), output_signature=(tf.TensorSpec([], tf.int32), tf.TensorSpec([None], tf.float32))))
L(D.from_generator(lambda n: iter(range(n)), args=[3], output_types=tf.int64, output_shapes=()))
L(D.from_generator(lambda: iter([[1, 2]]), output_signature=tf.TensorSpec([3], tf.int32)))
D.from_generator(lambda: iter([1]), output_types=tf.int32).element_spec
L(D.from_tensor_slices([[1, 2], [3, 4]]).map(tf.reduce_sum))
L(D.random(seed=4).take(2))
L(D.from_tensor_slices([]))
L(D.counter(2, 3).take(3))
[x.numpy() for x in D.range(3)], [tuple(t.numpy() for t in e) for e in D.range(2).map(lambda x: (x, x))]
next(iter(D.range(3))), next(iter(D.range(3).batch(2)))
sum(1 for _ in D.range(4)), bool(D.range(4))
list(D.range(3).as_numpy_iterator()), D.range(3).element_spec == tf.TensorSpec([], tf.int64)
tf.function(lambda d: d.reduce(np.int64(0), lambda s, x: s + x))(D.range(5))
L(D.range(4).map(lambda x: x, num_parallel_calls=2, deterministic=True).batch(2, num_parallel_calls=2))
L(D.range(8).batch(2).batch(2))
L(D.range(6).rejection_resample(lambda x: tf.cast(x % 2, tf.int32), [0.0, 1.0], [0.5, 0.5], seed=2).take(1))
D.range(3).batch(0)
D.range(3).shuffle(0)
D.from_tensor_slices(([1, 2], [1]))
D.from_tensor_slices(3)
D.zip((D.range(2), 3))
L(D.range(3).map(lambda x: tf.ensure_shape(x, [2])))
L(D.range(3).filter(lambda x: x))
L(D.range(3).batch(2).unbatch().batch(3))
D.range(3).concatenate(D.from_tensors(1.0))
D.range(3).window(0)
D.range(3).shard(2, 2)
iter(D.range(1)).get_next(), iter(D.range(1)).get_next_as_optional().has_value()
"""


@pytest.fixture
def names(tf):
    def plain(dataset):
        return tf.nest.map_structure(
            lambda x: x.to_list() if hasattr(x, "to_list") else x.numpy(), list(dataset)
        )

    def sequences():
        for i in range(4):
            yield i, np.arange(i * 7 % 5 + 1, dtype=np.float32)

    signature = (tf.TensorSpec([], tf.int32), tf.TensorSpec([None], tf.float32))
    dataset = tf.data.Dataset
    made = lambda: dataset.from_generator(sequences, output_signature=signature)  # noqa: E731
    return {"tf": tf, "np": np, "D": dataset, "L": plain, "G": made}


def test_datasets(tf, answer, names):
    tf.random.set_seed(7)
    tell(answer, LINES, names)


def test_iterators_are_saved(tf, answer, tmp_path):
    iterator = iter(tf.data.Dataset.range(9))
    first = [next(iterator).numpy() for _ in range(3)]
    checkpoint = tf.train.Checkpoint(iterator=iterator)
    path = checkpoint.save(str(tmp_path / "iterator"))
    then = [next(iterator).numpy() for _ in range(2)]
    checkpoint.restore(path)
    answer("numbers", [first, then, [next(iterator).numpy() for _ in range(3)]])


def test_files(tf, answer, tmp_path):
    (tmp_path / "a.txt").write_text("one\ntwo\nthree\n")
    (tmp_path / "b.txt").write_text("x\ny\n")
    files = [str(tmp_path / name) for name in ("a.txt", "b.txt")]
    lines = tf.data.TextLineDataset(files)
    answer("lines", [x.numpy() for x in lines])
    mixed = tf.data.Dataset.from_tensor_slices(files).interleave(
        tf.data.TextLineDataset, cycle_length=2
    )
    answer("mixed", [x.numpy() for x in mixed])
    listed = tf.data.Dataset.list_files(str(tmp_path / "*.txt"), shuffle=False)
    answer("listed", [x.numpy().decode().rsplit("/", 1)[1] for x in listed])
    tf.data.Dataset.range(4).save(str(tmp_path / "saved"))
    answer("saved", [x.numpy() for x in tf.data.Dataset.load(str(tmp_path / "saved"))])


def test_saved_in_shards(tf, answer, tmp_path):
    path, numbers = str(tmp_path / "shards"), tf.data.Dataset.range(7)
    numbers.save(path, compression="GZIP", shard_func=lambda x: x % 3)
    load = functools.partial(tf.data.Dataset.load, path, compression="GZIP")
    one_by_one = load(reader_func=lambda files: files.flat_map(lambda file: file))
    answer("read", (list(load().as_numpy_iterator()), list(one_by_one.as_numpy_iterator()),
                    int(load().cardinality())))  # fmt: skip
    with pytest.raises(tf.errors.DataLossError):
        list(tf.data.Dataset.load(path))
    with pytest.raises(tf.errors.InvalidArgumentError, match="scalar int64"):
        numbers.save(path, shard_func=lambda x: tf.cast(x, tf.float32))
