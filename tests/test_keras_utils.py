"""`tf.keras.utils` for data, and `tf.keras.datasets` on data sets of our own making."""

import tarfile

import numpy as np
import pytest


def test_to_categorical(tf, answer):
    to_categorical = tf.keras.utils.to_categorical
    answer("list", to_categorical([0, 2, 1]))
    answer("column", to_categorical(np.array([[1], [0]])))
    answer("classes", to_categorical([1, 0], num_classes=3))
    answer("matrix", to_categorical([[0, 1], [2, 1]]))
    answer("scalar", to_categorical(2, 3))
    answer("tensor", to_categorical(tf.constant([[1], [0]]), 3))
    answer.raises("too large", lambda: to_categorical([3], 2), keywords=[])


def test_normalize(tf, answer):
    x = np.array([[3.0, 4.0], [0.0, 0.0], [1.0, -1.0]])
    answer("l2", tf.keras.utils.normalize(x))
    answer("l1", tf.keras.utils.normalize(x, order=1))
    answer("tensor", tf.keras.utils.normalize(tf.constant(x, tf.float32)))


def test_pad_sequences(tf, answer):
    pad = tf.keras.utils.pad_sequences
    sequences = [[1], [2, 3], [], [4, 5, 6]]
    for key, options in {
        "default": {}, "short": {"maxlen": 2}, "post": {"padding": "post"},
        "cut": {"maxlen": 2, "truncating": "post"}, "value": {"value": -1.5, "dtype": "float32"},
        "longer": {"maxlen": 5},
    }.items():  # fmt: skip
        answer(key, pad(sequences, **options))
    answer("vectors", pad([[[1, 2]], [[3, 4], [5, 6]]]))
    answer.raises("padding", lambda: pad(sequences, padding="x"), keywords=["Padding", "x"])
    answer.raises("numbers", lambda: pad([1, 2]), keywords=["iterables"])
    answer.raises("text", lambda: pad([["a"]], value="b"), keywords=["dtype"])
    answer.raises("shapes", lambda: pad([[[1, 2]], [[3]]]), keywords=["Shape of sample"])


def test_timeseries(tf, answer):
    tf.random.set_seed(1)
    series = tf.keras.utils.timeseries_dataset_from_array
    data, targets = np.arange(12.0), np.arange(12) * 10
    for key, options in {
        "plain": {"sequence_length": 4, "targets": None},
        "targets": {"sequence_length": 3, "targets": targets},
        "rate": {"sequence_length": 3, "targets": None, "sampling_rate": 2, "sequence_stride": 3},
        "part": {"sequence_length": 2, "targets": targets, "start_index": 2, "end_index": 8},
        "batches": {"sequence_length": 2, "targets": None, "batch_size": 4},
        "single": {"sequence_length": 2, "targets": targets, "batch_size": None},
        "shuffled": {"sequence_length": 2, "targets": None, "shuffle": True, "seed": 3},
    }.items():  # fmt: skip
        answer(
            key, [tf.nest.map_structure(lambda t: t.numpy(), e) for e in series(data, **options)]
        )


def test_get_file(tf, answer, tmp_path):
    get_file = tf.keras.utils.get_file
    source = tmp_path / "numbers.txt"
    source.write_text("1 2 3")
    with tarfile.open(tmp_path / "all.tar.gz", "w:gz") as archive:
        archive.add(source, "numbers.txt")
    cache = str(tmp_path / "cache")
    (tmp_path / "cache").mkdir()
    url = f"file://{source}"

    def relative(path):
        return str(path).replace(cache, "")

    answer("path", relative(get_file(origin=url, cache_dir=cache)))
    answer("name", relative(get_file("other.txt", url, cache_subdir="x", cache_dir=cache)))
    md5 = "6b9e57ed3b01c5b8f2d1d7e8a0d6b3f0"
    answer.raises("hash", lambda: get_file("h.txt", url, file_hash=md5, cache_dir=cache),
                  keywords=["Incomplete or corrupted"])  # fmt: skip
    url_of_all = f"file://{tmp_path}/all.tar.gz"
    folder = get_file("some.tar.gz", url_of_all, extract=True, cache_dir=cache)
    answer("folder", relative(folder))
    with open(f"{folder}/numbers.txt") as file:
        answer("content", file.read())
    folder = get_file(origin=url_of_all, extract=True, cache_dir=cache)
    answer("unnamed", relative(folder))
    answer.raises("origin", lambda: get_file("x"), keywords=["origin"])
    answer.raises("slash", lambda: get_file("a/b", url), keywords=["fname"])
    answer.raises("missing", lambda: get_file("m", f"{url}x", cache_dir=cache),
                  keywords=["URL fetch failure"])  # fmt: skip


def test_data_sets(monkeypatch, tmp_path):
    from minitf import keras
    from minitf.keras.datasets import sources

    def save(name, **arrays):
        path = str(tmp_path / name)
        np.savez(path, **arrays)
        monkeypatch.setattr(sources, "get_file", lambda *args, **kwargs: path)

    save("mnist.npz", x_train=np.ones((4, 28, 28), "uint8"), y_train=np.arange(4),
         x_test=np.zeros((2, 28, 28)), y_test=np.arange(2))  # fmt: skip
    (x, y), (x_test, _) = keras.datasets.mnist.load_data()
    assert x.shape == (4, 28, 28) and y.tolist() == [0, 1, 2, 3] and x_test.shape == (2, 28, 28)

    save("boston.npz", x=np.arange(10.0)[:, None], y=np.arange(10))
    (x, y), (x_test, y_test) = keras.datasets.boston_housing.load_data()
    assert x.shape == (8, 1) and (x[:, 0] == y).all() and sorted([*y, *y_test]) == list(range(10))
    with pytest.raises(ValueError, match="test_split"):
        keras.datasets.boston_housing.load_data(test_split=1)

    reviews = np.empty(3, object)
    reviews[:] = [[1, 2, 3], [4], [5, 6]]
    save("imdb.npz", x_train=reviews, y_train=np.array([0, 1, 0]), x_test=reviews,
         y_test=np.array([0, 1, 0]))  # fmt: skip
    (x, y), _ = keras.datasets.imdb.load_data(num_words=8)
    assert sorted(x.tolist()) == [[1, 2, 2], [1, 4, 5, 6], [1, 7]]
    (x, y), _ = keras.datasets.imdb.load_data(maxlen=3)
    assert x.tolist() == [[1, 2]] and y.tolist() == [1]
    assert len(keras.datasets.reuters.get_label_names()) == 46
