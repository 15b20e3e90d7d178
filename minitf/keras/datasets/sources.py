"""What the small data sets share: where they are, how they are shuffled and split."""

import pickle

import numpy as np

from minitf.keras.config import image_data_format
from minitf.keras.downloads import get_file

BASE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"


def load_npz(path, origin, file_hash, allow_pickle=False):
    """A dict of the arrays of an `.npz` file."""
    path = get_file(path, origin=BASE + origin, file_hash=file_hash)
    with np.load(path, allow_pickle=allow_pickle) as file:
        return {name: file[name] for name in file.files}


def shuffled(seed, *arrays):
    """The arrays in the same shuffled order of their rows."""
    order = np.arange(len(arrays[0]))
    np.random.RandomState(seed).shuffle(order)
    return [a[order] for a in arrays]


def split(x, y, test_split):
    """((x, y) for training, (x, y) for testing): the last part is for testing."""
    at = int(len(x) * (1 - test_split))
    return (np.array(x[:at]), np.array(y[:at])), (np.array(x[at:]), np.array(y[at:]))


def housing(path, origin, file_hash, test_split, seed, rows=None):
    """A data set of houses, shuffled and split."""
    if not 0 <= test_split < 1:
        raise ValueError(
            f"Invalid `test_split` argument: {test_split}. "
            "It must be between 0 and 1 (exclusive of 1)."
        )
    data = load_npz(path, origin, file_hash)
    return split(*shuffled(seed, data["x"][:rows], data["y"][:rows]), test_split)


def cifar_batch(path, label_key="labels"):
    """(images, labels) of one file of CIFAR-10 or CIFAR-100."""
    with open(path, "rb") as file:
        data = pickle.load(file, encoding="bytes")
    images = data[b"data"].reshape(-1, 3, 32, 32)
    if image_data_format() == "channels_last":
        images = images.transpose(0, 2, 3, 1)
    return images, np.array(data[label_key.encode()], "uint8").reshape(-1, 1)


def marked(reviews, start_char, index_from):
    """Word numbers shifted by `index_from`, after a number that says "start"."""
    if start_char is not None:
        return [[start_char, *(w + index_from for w in words)] for words in reviews]
    return [[w + (index_from or 0) for w in words] for words in reviews]


def limited(reviews, num_words, skip_top, oov_char):
    """The reviews with rare (and the most frequent) words replaced by `oov_char`, or left out."""
    num_words = num_words or max(max(words) for words in reviews)
    if oov_char is None:
        return [[w for w in words if skip_top <= w < num_words] for words in reviews]
    return [[w if skip_top <= w < num_words else oov_char for w in words] for words in reviews]


def shorter(maxlen, reviews, labels):
    """Only the reviews of fewer than `maxlen` words."""
    kept = [(words, label) for words, label in zip(reviews, labels) if len(words) < maxlen]
    return [words for words, _ in kept], [label for _, label in kept]


def ragged(reviews):
    """A NumPy array of lists."""
    return np.array(reviews, dtype="object")
