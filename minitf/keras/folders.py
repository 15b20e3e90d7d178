"""Datasets of files whose class is the name of the folder that they lie in.

`text_dataset_from_directory` gives strings, `image_dataset_from_directory` images of one size,
`audio_dataset_from_directory` samples.
"""

import os

import numpy as np

from minitf.data.dataset import Dataset
from minitf.keras.config import standardize_data_format
from minitf.keras.preprocessing.image_files import img_to_array, load_img
from minitf.ops import image_sizes
from minitf.ops.array import expand_dims, one_hot, transpose
from minitf.ops.audio import decode_wav
from minitf.ops.effects import numpy_function
from minitf.ops.files import read_file
from minitf.ops.math import cast
from minitf.ops.ragged import RaggedTensor
from minitf.ops.strings import substr

_IMAGES = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}


def text_dataset_from_directory(directory, labels="inferred", label_mode="int", class_names=None,
                                batch_size=32, max_length=None, shuffle=True, seed=None,
                                validation_split=None, subset=None, follow_links=False,
                                format="tf", verbose=True):  # fmt: skip
    """A dataset of the texts in the files `CLASS/*.txt` of a folder, and of their classes.

    Args:
      labels: "inferred" from the folders, a list of one label for each file (in the order of their
        names), or None for no labels.
      label_mode: "int", "categorical" (vectors), "binary" (0.0 or 1.0), or None for no labels.
      class_names: the folders to read, in this order.
      batch_size: None: no batches.
      max_length: the texts are cut off there.
      shuffle: else the files come in the order of their names.
      validation_split: the part of the files that is kept for validation.
      subset: "training", "validation", or "both" for a list of the two.
      verbose: whether to print how many files there are.

    Raises:
      ValueError: no files, or arguments that do not fit together.
    """
    files = _Files(directory, (".txt",), labels, label_mode, class_names, shuffle, seed,
                   validation_split, subset, follow_links, format, verbose)  # fmt: skip

    def read(path):
        content = read_file(path)
        return content if max_length is None else substr(content, 0, max_length)

    return files.datasets(read, batch_size, "text files", "format: .txt")


def image_dataset_from_directory(directory, labels="inferred", label_mode="int", class_names=None,
                                 color_mode="rgb", batch_size=32, image_size=(256, 256),
                                 shuffle=True, seed=None, validation_split=None, subset=None,
                                 interpolation="bilinear", follow_links=False,
                                 crop_to_aspect_ratio=False, pad_to_aspect_ratio=False,
                                 data_format=None, format="tf", verbose=True):  # fmt: skip
    """A dataset of the images in a folder, resized, and of their classes. Pillow reads them.

    Args:
      color_mode: "rgb", "rgba" or "grayscale".
      image_size: (height, width).
      interpolation: how `tf.image.resize` resizes.
      crop_to_aspect_ratio: cuts the borders off rather than to distort the images.
      pad_to_aspect_ratio: adds zeros at the borders rather than to distort the images.
      For the others, see `text_dataset_from_directory`.

    Raises:
      ValueError: no files, or arguments that do not fit together.
    """
    if color_mode not in _CHANNELS:
        raise ValueError(
            '`color_mode` must be one of {"rgb", "rgba", "grayscale"}. '
            f"Received: color_mode={color_mode}"
        )
    if isinstance(image_size, int):
        image_size = (image_size, image_size)
    if not isinstance(image_size, list | tuple) or len(image_size) != 2:
        raise ValueError(
            "Invalid `image_size` value. Expected a tuple of 2 integers. "
            f"Received: image_size={image_size}"
        )
    if pad_to_aspect_ratio and crop_to_aspect_ratio:
        raise ValueError(
            "Only one of `pad_to_aspect_ratio`, `crop_to_aspect_ratio` can be set to `True`."
        )
    files = _Files(directory, _IMAGES, labels, label_mode, class_names, shuffle, seed,
                   validation_split, subset, follow_links, format, verbose)  # fmt: skip
    channels, method = _CHANNELS[color_mode], interpolation.lower()
    channels_first = standardize_data_format(data_format) == "channels_first"
    resize = image_sizes.resize_with_pad if pad_to_aspect_ratio else image_sizes.resize

    def pixels(path):
        img = img_to_array(load_img(path.decode(), color_mode), "channels_last", "uint8")
        return _centre(img, image_size) if crop_to_aspect_ratio else img

    def read(path):
        img = numpy_function(pixels, [path], "uint8")
        img.set_shape([None, None, channels])
        if pad_to_aspect_ratio:
            img = resize(img, image_size[0], image_size[1], method=method)
        else:
            img = resize(img, image_size, method=method)
        img.set_shape([*image_size, channels])
        return transpose(img, [2, 0, 1]) if channels_first else img

    return files.datasets(read, batch_size, "images", f"formats: {_IMAGES}")


def audio_dataset_from_directory(directory, labels="inferred", label_mode="int", class_names=None,
                                 batch_size=32, sampling_rate=None, output_sequence_length=None,
                                 ragged=False, shuffle=True, seed=None, validation_split=None,
                                 subset=None, follow_links=False, verbose=True):  # fmt: skip
    """A dataset of the samples in WAV files, `[samples, channels]`, and of their classes.

    Args:
      sampling_rate: samples are not resampled in minitf, so it must be None.
      output_sequence_length: how many samples; longer files are cut off, shorter ones filled up.
        By default the files of a batch are filled up with zeros to the longest.
      ragged: whether they are rows of a ragged tensor instead.
      For the others, see `text_dataset_from_directory`.

    Raises:
      ValueError: no files, or arguments that do not fit together.
      ImportError: a sampling rate (TensorFlow needs another package for it, too).
    """
    if ragged and output_sequence_length is not None:
        raise ValueError("Cannot set both `ragged` and `output_sequence_length`")
    if sampling_rate is not None:
        if not isinstance(sampling_rate, int):
            raise ValueError(
                "`sampling_rate` should have an integer value. "
                f"Received: sampling_rate={sampling_rate}"
            )
        if sampling_rate <= 0:
            raise ValueError(
                f"`sampling_rate` should be higher than 0. Received: sampling_rate={sampling_rate}"
            )
        raise ImportError("The argument `sampling_rate` needs tensorflow_io, which minitf lacks.")
    files = _Files(directory, (".wav",), labels, label_mode, class_names, shuffle, seed,
                   validation_split, subset, follow_links, "tf", verbose)  # fmt: skip
    length = -1 if output_sequence_length is None else output_sequence_length

    def read(path):
        samples, _ = decode_wav(read_file(path), desired_samples=length)
        return RaggedTensor.from_tensor(samples) if ragged else samples

    batch = Dataset.padded_batch if length == -1 and not ragged else Dataset.batch
    return files.datasets(read, batch_size, "audio files", "format(s): ('.wav',)", batch)


def _centre(pixels, size):
    """The largest part in the middle of an image that has the form of `size`."""
    height, width = pixels.shape[:2]
    crop_height = min(height, int(width * size[0] / size[1]))
    crop_width = min(width, int(height * size[1] / size[0]))
    top, left = (height - crop_height) // 2, (width - crop_width) // 2
    return pixels[top : top + crop_height, left : left + crop_width]


class _Files:
    """The files of a folder with their labels, in order or shuffled."""

    def __init__(self, directory, endings, labels, label_mode, class_names, shuffle, seed,
                 validation_split, subset, follow_links, format, verbose):  # fmt: skip
        _check(labels, label_mode, class_names, validation_split, subset, shuffle, seed, format)
        self.directory, self.shuffle = os.fspath(directory), shuffle
        self.split, self.subset = validation_split, subset
        self.mode = label_mode if labels is not None else None
        self.seed = np.random.randint(1e6) if seed is None else seed
        folders = self._folders(labels, class_names)
        found = [
            (path, i)
            for i, folder in enumerate(folders)
            for path in _walk(os.path.join(self.directory, folder), endings, follow_links)
        ]
        self.paths = [path for path, _ in found]
        if self.mode is None:
            self.class_names, self.labels = None, None
        elif labels == "inferred":
            self.class_names = folders
            self.labels = np.array([i for _, i in found], "int32")
        else:
            if len(labels) != len(self.paths):
                raise ValueError(
                    "Expected the lengths of `labels` to match the number of files in the target "
                    f"directory. len(labels) is {len(labels)} while we found {len(self.paths)} "
                    f"files in directory {directory}."
                )
            self.class_names = [str(label) for label in sorted(set(labels))]
            self.labels = list(labels)
        if self.mode == "binary" and len(self.class_names or ()) != 2:
            raise ValueError(
                'When passing `label_mode="binary"`, there must be exactly 2 class_names. '
                f"Received: class_names={self.class_names}"
            )
        if verbose:
            classes = "" if self.class_names is None else (
                f" belonging to {len(self.class_names)} classes")  # fmt: skip
            print(f"Found {len(self.paths)} files{classes}.")
        if shuffle:
            np.random.RandomState(self.seed).shuffle(self.paths)
            if self.labels is not None:
                np.random.RandomState(self.seed).shuffle(self.labels)

    def _folders(self, labels, class_names):
        if labels != "inferred" or self.mode is None:
            return [""]
        found = sorted(
            name for name in os.listdir(self.directory)
            if os.path.isdir(os.path.join(self.directory, name)) and not name.startswith(".")
        )  # fmt: skip
        if class_names is not None and not set(class_names) <= set(found):
            raise ValueError(
                "The `class_names` passed did not match the names of the subdirectories of the "
                f"target directory. Expected: {found} (or a subset of it), but received: "
                f"class_names={class_names}"
            )
        return found if class_names is None else list(class_names)

    def datasets(self, read, batch_size, kind, endings, batch=Dataset.batch):
        """The dataset of what `read` makes of a path, and of labels; of "both", a list of two."""
        if self.subset == "both":
            return [self._dataset(read, batch_size, f"{part} {kind}", endings, batch, part)
                    for part in ("training", "validation")]  # fmt: skip
        return self._dataset(read, batch_size, kind, endings, batch, self.subset)

    def _dataset(self, read, batch_size, kind, endings, batch, subset):
        count = int((self.split or 0) * len(self.paths))
        part = slice(None)
        if self.split and subset == "training":
            part = slice(None, -count)
            print(f"Using {len(self.paths) - count} files for training.")
        elif self.split:
            part = slice(-count, None)
            print(f"Using {count} files for validation.")
        paths = self.paths[part]
        if not paths:
            raise ValueError(f"No {kind} found in directory {self.directory}. Allowed {endings}")
        dataset = Dataset.from_tensor_slices(paths)
        if self.mode is not None:
            dataset = Dataset.zip((dataset, self._labels(part)))
        if self.shuffle and not (self.subset == "both" and subset == "validation"):
            dataset = dataset.shuffle(1024 if batch_size is None else batch_size * 8, self.seed)
        if self.mode is None:
            dataset = dataset.map(read)
        else:
            dataset = dataset.map(lambda path, label: (read(path), label))
        dataset = dataset if batch_size is None else batch(dataset, batch_size)
        dataset = dataset.prefetch(-1)
        dataset.class_names, dataset.file_paths = self.class_names, paths
        return dataset

    def _labels(self, part):
        labels = Dataset.from_tensor_slices(self.labels[part])
        if self.mode == "binary":
            return labels.map(lambda x: expand_dims(cast(x, "float32"), -1))
        if self.mode == "categorical":
            return labels.map(lambda x: one_hot(x, len(self.class_names)))
        return labels


def _walk(folder, endings, follow_links):
    for root, _, names in sorted(os.walk(folder, followlinks=follow_links), key=lambda x: x[0]):
        for name in sorted(names):
            if name.lower().endswith(endings):
                yield os.path.join(root, name)


def _check(labels, label_mode, class_names, validation_split, subset, shuffle, seed, format):
    if format != "tf":
        raise ValueError(f'`format` should be "tf" in minitf. Received: format={format}')
    if labels not in ("inferred", None) and not isinstance(labels, list | tuple):
        raise ValueError(
            "`labels` argument should be a list/tuple of integer labels, of the same size as the "
            f"number of files in the target directory. Received: labels={labels}"
        )
    if labels != "inferred" and class_names:
        raise ValueError(
            'You can only pass `class_names` if `labels="inferred"`. Received: '
            f"labels={labels}, and class_names={class_names}"
        )
    if label_mode not in ("int", "categorical", "binary", None):
        raise ValueError(
            '`label_mode` argument must be one of "int", "categorical", "binary", or None. '
            f"Received: label_mode={label_mode}"
        )
    if validation_split and not 0 < validation_split < 1:
        raise ValueError(
            f"`validation_split` must be between 0 and 1, received: {validation_split}"
        )
    if bool(validation_split) != bool(subset):
        raise ValueError("If `subset` is set, `validation_split` must be set, and inversely.")
    if subset not in ("training", "validation", "both", None):
        raise ValueError(
            f'`subset` must be either "training", "validation" or "both", received: {subset}'
        )
    if validation_split and shuffle and seed is None:
        raise ValueError(
            "If using `validation_split` and shuffling the data, you must provide a `seed` "
            "argument, to make sure that there is no overlap between the training and validation "
            "subset."
        )
