"""Endless batches of images, from arrays or from folders of files, one folder per class."""

import os

import numpy as np

from minitf.keras.adapters import PyDataset
from minitf.keras.preprocessing.image_files import array_to_img, img_to_array, load_img

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".ppm", ".tif", ".tiff")
_CHANNELS = {"grayscale": 1, "rgb": 3, "rgba": 4}
_CLASS_MODES = ("categorical", "binary", "sparse", "input", None)


class Iterator(PyDataset):
    """Batches of `n` things: a dataset of them, and an endless iterator.

    With a seed, the random numbers of each batch are the same in each program.
    """

    def __init__(self, n, batch_size, shuffle, seed, **kwargs):
        super().__init__(**kwargs)
        self.n, self.batch_size, self.shuffle, self.seed = n, batch_size, shuffle, seed
        self.batch_index = self.total_batches_seen = 0
        self.index_array = None

    def __len__(self):
        return -(-self.n // self.batch_size)

    def __getitem__(self, idx):
        if idx >= len(self):
            raise ValueError(
                f"Asked to retrieve element {idx}, but the Sequence has length {len(self)}"
            )
        self._begin_batch()
        if self.index_array is None:
            self._set_index_array()
        return self._batch(self.index_array[self.batch_size * idx : self.batch_size * (idx + 1)])

    def _begin_batch(self):
        if self.seed is not None:
            np.random.seed(self.seed + self.total_batches_seen)
        self.total_batches_seen += 1

    def _set_index_array(self):
        self.index_array = np.random.permutation(self.n) if self.shuffle else np.arange(self.n)

    def on_epoch_end(self):
        """Shuffles anew."""
        self._set_index_array()

    def reset(self):
        """Begins with the first batch again."""
        self.batch_index = 0

    def __iter__(self):
        return self

    def __next__(self):
        self._begin_batch()
        if self.batch_index == 0:
            self._set_index_array()
        first = self.batch_index * self.batch_size
        last = first + self.batch_size
        self.batch_index = self.batch_index + 1 if last < self.n else 0
        return self._batch(self.index_array[first:last])

    def _batch(self, indices):
        raise NotImplementedError

    def _save(self, images, indices):
        """Writes the images of a batch into `save_to_dir`, if there is one."""
        if not self.save_to_dir:
            return
        for image, index in zip(images, indices, strict=True):
            name = f"{self.save_prefix}_{index}_{np.random.randint(10**7)}.{self.save_format}"
            array_to_img(image, self.data_format).save(os.path.join(self.save_to_dir, name))


class NumpyArrayIterator(Iterator):
    """Batches of arrays of images and labels, each image changed by a generator."""

    def __init__(self, x, y, image_data_generator, batch_size=32, shuffle=False, sample_weight=None,
                 seed=None, data_format=None, save_to_dir=None, save_prefix="", save_format="png",
                 subset=None, ignore_class_split=False, dtype=None):  # fmt: skip
        for name, what, part in (
            ("y", "`y` (labels)", y),
            ("sample_weight", "`sample_weight`", sample_weight),
        ):
            if part is not None and len(part) != len(x):
                raise ValueError(
                    f"`x` (images tensor) and {what} should have the same length. Found: "
                    f"x.shape = {np.shape(x)}, {name}.shape = {np.shape(part)}"
                )
        if subset not in (None, "training", "validation"):
            raise ValueError(f'Invalid subset name: {subset}; expected "training" or "validation".')
        if subset is not None:
            split = int(len(x) * image_data_generator._validation_split)
            if y is not None and not ignore_class_split:
                if not np.array_equal(np.unique(y[:split]), np.unique(y[split:])):
                    raise ValueError(
                        "Training and validation subsets have different number of classes after "
                        "the split. If your numpy arrays are sorted by the label, you might want "
                        "to shuffle them."
                    )
            part = slice(None, split) if subset == "validation" else slice(split, None)
            x, y = x[part], None if y is None else y[part]
        self.dtype = dtype or image_data_generator.dtype
        self.x = np.asarray(x, self.dtype)
        if self.x.ndim != 4:
            raise ValueError(
                "Input data in `NumpyArrayIterator` should have rank 4. "
                f"You passed an array with shape {self.x.shape}"
            )
        self.y = None if y is None else np.asarray(y)
        self.sample_weight = None if sample_weight is None else np.asarray(sample_weight)
        self.image_data_generator, self.data_format = image_data_generator, data_format
        self.save_to_dir, self.save_prefix, self.save_format = save_to_dir, save_prefix, save_format
        super().__init__(len(self.x), batch_size, shuffle, seed)

    def _batch(self, indices):
        generator = self.image_data_generator
        images = np.zeros((len(indices), *self.x.shape[1:]), self.dtype)
        for place, index in enumerate(indices):
            image = generator.random_transform(self.x[index].copy())
            images[place] = generator.standardize(np.array(image, self.dtype))
        self._save(images, indices)
        if self.y is None:
            return images
        weights = () if self.sample_weight is None else (self.sample_weight[indices],)
        return (images, self.y[indices], *weights)


class FileIterator(Iterator):
    """Base class: batches of images in files, which need Pillow, and of what belongs to them."""

    filepaths, samples = [], 0

    def _set_up(self, image_data_generator, target_size, color_mode, data_format, save_to_dir,
                save_prefix, save_format, subset, interpolation, keep_aspect_ratio,
                dtype):  # fmt: skip
        """Takes the arguments that tell how files become images.

        Raises:
          ValueError: an unknown color mode or subset.
        """
        if color_mode not in _CHANNELS:
            raise ValueError(
                f'Invalid color mode: {color_mode}; expected "rgb", "rgba", or "grayscale".'
            )
        share = image_data_generator._validation_split
        splits = {None: (0, 1), "validation": (0, share), "training": (share, 1)}
        if subset not in splits:
            raise ValueError(f'Invalid subset name: {subset};expected "training" or "validation"')
        self.split = splits[subset]
        self.image_data_generator, self.data_format = image_data_generator, data_format
        self.target_size, self.color_mode = tuple(target_size), color_mode
        self.interpolation, self.keep_aspect_ratio = interpolation, keep_aspect_ratio
        self.dtype = dtype or image_data_generator.dtype
        channels, size = _CHANNELS[color_mode], self.target_size
        is_last = data_format != "channels_first"
        self.image_shape = (*size, channels) if is_last else (channels, *size)
        self.save_to_dir, self.save_prefix, self.save_format = save_to_dir, save_prefix, save_format

    def _part(self, found):
        """Those of the files found, in a list or table, that belong to the subset."""
        first, last = (int(end * len(found)) for end in self.split)
        return found[first:last]

    def _batch(self, indices):
        generator, paths = self.image_data_generator, self.filepaths
        images = np.zeros((len(indices), *self.image_shape), self.dtype)
        for place, index in enumerate(indices):
            with load_img(paths[index], self.color_mode, self.target_size, self.interpolation,
                          self.keep_aspect_ratio) as file:  # fmt: skip
                image = img_to_array(file, self.data_format)
            images[place] = generator.standardize(np.array(generator.random_transform(image)))
        self._save(images, indices)
        return self._with_labels(images, indices)

    def _with_labels(self, images, indices):
        raise NotImplementedError


class DirectoryIterator(FileIterator):
    """Batches of the images in folders, each folder a class; files need Pillow."""

    def __init__(self, directory, image_data_generator, target_size=(256, 256), color_mode="rgb",
                 classes=None, class_mode="categorical", batch_size=32, shuffle=True, seed=None,
                 data_format=None, save_to_dir=None, save_prefix="", save_format="png",
                 follow_links=False, subset=None, interpolation="nearest",
                 keep_aspect_ratio=False, dtype=None):  # fmt: skip
        self._set_up(image_data_generator, target_size, color_mode, data_format, save_to_dir,
                     save_prefix, save_format, subset, interpolation, keep_aspect_ratio,
                     dtype)  # fmt: skip
        if class_mode not in _CLASS_MODES:
            raise ValueError(
                f"Invalid class_mode: {class_mode}; expected one of: {set(_CLASS_MODES)}"
            )
        self.class_mode, self.directory = class_mode, directory
        names = classes or sorted(entry.name for entry in os.scandir(directory) if entry.is_dir())
        self.class_indices = {name: i for i, name in enumerate(names)}
        self.num_classes = len(names)
        self.filenames, numbers = [], []
        for name, number in self.class_indices.items():
            found = self._part(list(_images(directory, name, follow_links)))
            self.filenames += found
            numbers += [number] * len(found)
        self.samples, self.classes = len(numbers), np.array(numbers, "int32")
        print(f"Found {self.samples} images belonging to {self.num_classes} classes.")
        super().__init__(self.samples, batch_size, shuffle, seed)

    labels = property(lambda self: self.classes)

    @property
    def filepaths(self):
        """The paths of all files."""
        return [os.path.join(self.directory, name) for name in self.filenames]

    def _with_labels(self, images, indices):
        if self.class_mode is None:
            return images
        if self.class_mode == "input":
            return images, images.copy()
        numbers = self.classes[indices]
        if self.class_mode == "categorical":
            return images, np.eye(self.num_classes, dtype=self.dtype)[numbers]
        return images, numbers.astype(self.dtype)


def _images(directory, folder, follow_links):
    """The image files in a folder and the folders in it, from `directory` on, in order."""
    walk = os.walk(os.path.join(directory, folder), followlinks=follow_links)
    for root, _, names in sorted(walk):
        for name in sorted(names):
            if name.lower().endswith(ENDINGS):
                yield os.path.relpath(os.path.join(root, name), directory)
