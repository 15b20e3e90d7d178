"""MNIST as the tutorials read it: `read_data_sets(folder)` gives sets with `next_batch`.

The files are those of http://yann.lecun.com/exdb/mnist/, or Keras's `mnist.npz`. Nothing is
downloaded: what is not there is an error that says where to put it.
"""

import collections
import gzip
import os

import numpy as np

from minitf import dtypes
from minitf.keras.downloads import keras_home
from minitf.ops.random import get_seed

__all__ = ["DataSet", "Datasets", "read_data_sets"]

Datasets = collections.namedtuple("Datasets", ["train", "validation", "test"])

TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"
_FILES = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)


# Files --------------------------------------------------------------------------------------------


def _numbers(file, what, magic, dims):
    """The bytes of an idx file after its header: a magic number and `dims` sizes."""
    with gzip.GzipFile(fileobj=file) as content:
        header = np.frombuffer(content.read(4 * (1 + dims)), ">u4")
        if not header.size or header[0] != magic:
            found = header[0] if header.size else "none"
            raise ValueError(
                f"Invalid magic number {found} in MNIST {what} file: {getattr(file, 'name', '')}"
            )
        return header[1:], np.frombuffer(content.read(), np.uint8)


def extract_images(f):
    """The images of an open `idx3-ubyte.gz` file: uint8, `[count, rows, columns, 1]`."""
    print("Extracting", f.name)
    (count, rows, columns), pixels = _numbers(f, "image", 2051, 3)
    return pixels.reshape(count, rows, columns, 1)


def extract_labels(f, one_hot=False, num_classes=10):
    """The labels of an open `idx1-ubyte.gz` file: uint8, or one-hot rows."""
    print("Extracting", f.name)
    _, labels = _numbers(f, "label", 2049, 1)
    return dense_to_one_hot(labels, num_classes) if one_hot else labels


def dense_to_one_hot(labels_dense, num_classes):
    """Labels as rows of zeros with one 1.

    >>> dense_to_one_hot(np.array([1, 0]), 3)
    array([[0., 1., 0.],
           [1., 0., 0.]])
    """
    return np.eye(num_classes)[labels_dense]


def _read(folder, one_hot, num_classes):
    """(training images, their labels, test images, their labels)."""
    paths = [os.path.join(folder, name) for name in _FILES]
    if all(map(os.path.exists, paths)):
        found = []
        for path in paths:
            with open(path, "rb") as file:
                is_image = path in (paths[0], paths[2])
                found.append(extract_images(file) if is_image
                             else extract_labels(file, one_hot, num_classes))  # fmt: skip
        return found
    for path in (os.path.join(folder, "mnist.npz"),
                 os.path.join(keras_home(), "datasets", "mnist.npz")):  # fmt: skip
        if os.path.exists(path):
            print("Extracting", path)
            with np.load(path) as arrays:
                found = [arrays[k] for k in ("x_train", "y_train", "x_test", "y_test")]
            encode = (lambda x: dense_to_one_hot(x, num_classes)) if one_hot else np.asarray
            return [found[0][..., None], encode(found[1]), found[2][..., None], encode(found[3])]
    raise FileNotFoundError(
        f"MNIST is not in {folder!r}, and minitf downloads nothing here. Put the files "
        f"{', '.join(_FILES)} (http://yann.lecun.com/exdb/mnist/) there, or mnist.npz "
        "(https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz) there or in "
        f"{os.path.join(keras_home(), 'datasets')!r}."
    )


# Sets ---------------------------------------------------------------------------------------------


class DataSet:
    """Images and labels, given out in batches.

    Args:
      images: uint8 `[count, rows, columns, 1]`; floats in [0, 1] come out where `dtype` is float32.
      reshape: make `[count, rows * columns]` of the images.
      seed: of the shuffling; NumPy's global generator is used, as the tutorials did.

    Raises:
      TypeError: `dtype` is neither uint8 nor float32.

    >>> data = DataSet(np.zeros([5, 2, 2, 1], np.uint8), np.arange(5), seed=1)
    >>> images, labels = data.next_batch(2)
    >>> images.shape, data.next_batch(4, shuffle=False)[1].shape, data.epochs_completed
    ((2, 4), (4,), 1)
    """

    def __init__(self, images, labels, fake_data=False, one_hot=False, dtype=dtypes.float32,
                 reshape=True, seed=None):  # fmt: skip
        first, second = get_seed(seed)
        np.random.seed(first if seed is None else second)
        dtype = dtypes.as_dtype(dtype).base_dtype
        if dtype not in (dtypes.uint8, dtypes.float32):
            raise TypeError(f"Invalid image dtype {dtype!r}, expected uint8 or float32")
        self.one_hot, self._fake = one_hot, fake_data
        if fake_data:
            self._num_examples = 10000
        else:
            if images.shape[0] != labels.shape[0]:
                raise AssertionError(f"images.shape: {images.shape} labels.shape: {labels.shape}")
            self._num_examples = images.shape[0]
            if reshape:
                images = images.reshape(images.shape[0], images.shape[1] * images.shape[2])
            if dtype is dtypes.float32:
                images = np.multiply(images.astype(np.float32), 1.0 / 255.0)
        self._images, self._labels = images, labels
        self._epochs_completed = self._index_in_epoch = 0

    images = property(lambda self: self._images)
    labels = property(lambda self: self._labels)
    num_examples = property(lambda self: self._num_examples)
    epochs_completed = property(lambda self: self._epochs_completed)

    def next_batch(self, batch_size, fake_data=False, shuffle=True):
        """The next (images, labels); at the end of an epoch they go on with the next one."""
        if fake_data or self._fake:
            label = [1] + [0] * 9 if self.one_hot else 0
            return [[1] * 784 for _ in range(batch_size)], [label for _ in range(batch_size)]
        start = self._index_in_epoch
        if self._epochs_completed == 0 and start == 0 and shuffle:
            self._shuffle()
        end = start + batch_size
        images, labels = self._images[start:end], self._labels[start:end]
        self._index_in_epoch = end
        if end > self._num_examples:
            self._epochs_completed += 1
            if shuffle:
                self._shuffle()
            end = self._index_in_epoch = end - self._num_examples
            images = np.concatenate([images, self._images[:end]])
            labels = np.concatenate([labels, self._labels[:end]])
        return images, labels

    def _shuffle(self):
        order = np.arange(self._num_examples)
        np.random.shuffle(order)
        self._images, self._labels = self._images[order], self._labels[order]


def read_data_sets(train_dir, fake_data=False, one_hot=False, dtype=dtypes.float32, reshape=True,
                   validation_size=5000, seed=None, source_url=None):  # fmt: skip
    """The training, validation and test sets of MNIST, from the files in `train_dir`.

    Raises:
      FileNotFoundError: the files are not there, nor Keras's `mnist.npz`.
      ValueError: `validation_size` is not between 0 and the number of training images.
    """
    options = dict(one_hot=one_hot, dtype=dtype, seed=seed)
    if fake_data:
        none = np.empty(0)
        return Datasets(*(DataSet(none, none, True, **options) for _ in range(3)))
    images, labels, test_images, test_labels = _read(train_dir, one_hot, 10)
    if not 0 <= validation_size <= len(images):
        raise ValueError(
            f"Validation size should be between 0 and {len(images)}. Received: {validation_size}."
        )
    options["reshape"] = reshape
    at = validation_size
    train = DataSet(images[at:], labels[at:], **options)
    validation = DataSet(images[:at], labels[:at], **options)
    return Datasets(train, validation, DataSet(test_images, test_labels, **options))
