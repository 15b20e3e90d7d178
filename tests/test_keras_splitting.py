"""Datasets in two parts, and datasets of sounds."""

import numpy as np
import pytest


def listed(parts):
    return [list(part.as_numpy_iterator()) for part in parts]


def test_split(tf, answer):
    split, data = tf.keras.utils.split_dataset, tf.data.Dataset
    x, y = np.arange(10), np.arange(20.0).reshape(10, 2)
    answer("array", listed(split(x, left_size=0.8)))
    answer("tuple", listed(split((x, y), right_size=3)))
    answer("list", listed(split([x, y], left_size=2, right_size=2)))
    answer("dataset", listed(split(data.range(5), left_size=0.5)))
    pairs = data.from_tensor_slices((x, {"y": y}))
    answer("batched", listed(split(pairs.batch(3), left_size=4)))
    answer("shuffled", listed(split(x, left_size=5, shuffle=True, seed=3)))
    answer("spec", repr(split(pairs.batch(4), left_size=0.5)[0].element_spec))


def test_split_errors(tf, answer):
    split, x = tf.keras.utils.split_dataset, np.arange(4)
    raises = [
        ("none", lambda: split(x), ["left_size", "right_size"]),
        ("kind", lambda: split(3, 0.5), ["Unsupported dataset type"]),
        ("type", lambda: split(x, left_size="1"), ["left_size", "int or float"]),
        ("zero", lambda: split(x, left_size=0, right_size=0), ["zero"]),
        ("large", lambda: split(x, left_size=4), ["smaller than 4"]),
        ("sum", lambda: split(x, left_size=0.6, right_size=0.6), ["greater than 1"]),
        ("total", lambda: split(x, left_size=3, right_size=3), ["should be smaller"]),
        ("empty", lambda: split(x, left_size=0.01), ["will be empty"]),
        ("no elements", lambda: split(x[:0], left_size=0.5), ["empty"]),
        ("lengths", lambda: split([x, x[:2]], left_size=1), ["different lengths"]),
        ("arrays", lambda: split([[1, 2]], left_size=1), ["numpy.ndarray"]),
    ]
    for key, call, keywords in raises:
        answer.raises(key, call, keywords)


@pytest.fixture
def sounds(tf, tmp_path):
    for label, length in (("high", 4), ("low", 6)):
        (tmp_path / label).mkdir()
        for i in range(2):
            samples = np.linspace(-1, 0.9, (length + i) * 2).reshape(-1, 2).astype("float32")
            content = tf.audio.encode_wav(samples, 8000).numpy()
            (tmp_path / label / f"{i}.wav").write_bytes(content)
    return str(tmp_path)


def test_sounds(tf, answer, sounds):
    load = tf.keras.utils.audio_dataset_from_directory
    dataset = load(sounds, shuffle=False, batch_size=2, verbose=False)
    answer("classes", dataset.class_names)
    answer("padded", list(dataset), atol=1e-4)
    cut = load(sounds, labels=None, shuffle=False, output_sequence_length=3, verbose=False)
    answer("cut", list(cut), atol=1e-4)
    single = load(sounds, label_mode="binary", shuffle=False, batch_size=None, verbose=False)
    answer("single", [[x.shape, y] for x, y in single])
    answer("spec", [repr(s) for s in single.element_spec])
    both = load(sounds, validation_split=0.5, subset="both", seed=1, verbose=False)
    answer("both", [len(list(part.unbatch())) for part in both])
    answer.raises("rate", lambda: load(sounds, sampling_rate=0), ["sampling_rate"])
    answer.raises("package", lambda: load(sounds, sampling_rate=8000), ["tensorflow_io"])
    answer.raises(
        "both kinds", lambda: load(sounds, ragged=True, output_sequence_length=2), ["ragged"]
    )


def test_ragged_sounds(tf, answer, sounds):
    load = tf.keras.utils.audio_dataset_from_directory
    x, _ = next(iter(load(sounds, shuffle=False, ragged=True, verbose=False)))
    answer("lengths", x.row_lengths())
