"""Endless batches of images whose files, and what belongs to them, are named in a table."""

import os
import warnings

import numpy as np

from minitf.keras.preprocessing.image_batches import ENDINGS, FileIterator

_OF_CLASSES = ("binary", "categorical", "sparse")
_CLASS_MODES = (*_OF_CLASSES, "input", "multi_output", "raw", None)


class DataFrameIterator(FileIterator):
    """Batches of the images that a column of a pandas `DataFrame` names.

    Args:
      dataframe: one row for each image.
      directory: what the names begin with.
      x_col: the column of the names.
      y_col: that of the classes; a list of columns where `class_mode` is "multi_output".
      weight_col: that of weights.
      classes: those that count, in this order; default: all, sorted.
      class_mode: "categorical" (vectors; a row may have several classes), "binary" or "sparse"
        (numbers), "raw" or "multi_output" (what is in the columns), "input" (the images), None.
      validate_filenames: whether rows without an image file are left out, with a warning.
      For the others, see `ImageDataGenerator.flow_from_directory`.

    Raises:
      ValueError: an unknown mode, or other than two classes in "binary".
      TypeError: a column holds something else.
    """

    def __init__(self, dataframe, directory=None, image_data_generator=None, x_col="filename",
                 y_col="class", weight_col=None, target_size=(256, 256), color_mode="rgb",
                 classes=None, class_mode="categorical", batch_size=32, shuffle=True, seed=None,
                 data_format="channels_last", save_to_dir=None, save_prefix="", save_format="png",
                 subset=None, interpolation="nearest", keep_aspect_ratio=False, dtype="float32",
                 validate_filenames=True):  # fmt: skip
        self._set_up(image_data_generator, target_size, color_mode, data_format, save_to_dir,
                     save_prefix, save_format, subset, interpolation, keep_aspect_ratio,
                     dtype)  # fmt: skip
        self.directory, self.class_mode = directory or "", class_mode
        _check(dataframe, x_col, y_col, weight_col, classes, class_mode)
        rows = self._with_files(dataframe, x_col) if validate_filenames else dataframe
        if class_mode in _OF_CLASSES:
            rows, names = _of_classes(rows, y_col, classes)
            self.class_indices = {name: i for i, name in enumerate(names)}
        rows = self._part(rows)
        self.filenames = rows[x_col].tolist()
        self.filepaths = [os.path.join(self.directory, name) for name in self.filenames]
        self.samples = len(self.filenames)
        self.sample_weight = rows[weight_col].values if weight_col else None
        kind = "validated" if validate_filenames else "non-validated"
        of_classes = ""
        if class_mode in _OF_CLASSES:
            self.classes = [self._numbers(label) for label in rows[y_col]]
            of_classes = f" belonging to {len(self.class_indices)} classes"
        elif class_mode == "multi_output":
            self._targets = [np.array(rows[column].tolist()) for column in y_col]
        elif class_mode == "raw":
            self._targets = rows[y_col].values
        print(f"Found {self.samples} {kind} image filenames{of_classes}.")
        super().__init__(self.samples, batch_size, shuffle, seed)

    @property
    def labels(self):
        """What belongs to the images."""
        return self._targets if self.class_mode in ("multi_output", "raw") else self.classes

    def _with_files(self, dataframe, x_col):
        def is_image(name):
            path = os.path.join(self.directory, name)
            return name.lower().endswith(ENDINGS) and os.path.isfile(path)

        valid = dataframe[x_col].map(is_image).astype(bool)
        if not valid.all():
            warnings.warn(
                f'Found {(~valid).sum()} invalid image filename(s) in x_col="{x_col}". These '
                "filename(s) will be ignored.",
                stacklevel=4,
            )
        return dataframe[valid]

    def _numbers(self, label):
        if isinstance(label, list | tuple):
            return [self.class_indices[name] for name in label]
        return self.class_indices[label]

    def _with_labels(self, images, indices):
        if self.class_mode is None:
            return images
        weights = () if self.sample_weight is None else (self.sample_weight[indices],)
        return (images, self._labels_of(images, indices), *weights)

    def _labels_of(self, images, indices):
        if self.class_mode == "input":
            return images.copy()
        if self.class_mode == "multi_output":
            return [target[indices] for target in self._targets]
        if self.class_mode == "raw":
            return self._targets[indices]
        numbers = [self.classes[i] for i in indices]
        if self.class_mode != "categorical":
            return np.array(numbers, self.dtype)
        vectors = np.zeros((len(indices), len(self.class_indices)), self.dtype)
        for vector, number in zip(vectors, numbers, strict=True):
            vector[number] = 1.0
        return vectors


def _of_classes(rows, y_col, classes):
    """(the rows of one of the classes, the names of the classes in order)."""
    if not classes:
        labels = [x if isinstance(x, list | tuple) else [x] for x in rows[y_col]]
        return rows.dropna(subset=[y_col]), sorted({name for names in labels for name in names})
    classes = list(dict.fromkeys(classes))

    def kept(label):
        if isinstance(label, list | tuple):
            return [name for name in label if name in classes] or None
        return label if label in classes else None

    rows = rows.assign(**{y_col: rows[y_col].map(kept)})
    return rows.dropna(subset=[y_col]), classes


def _check(rows, x_col, y_col, weight_col, classes, class_mode):
    if class_mode not in _CLASS_MODES:
        raise ValueError(f"Invalid class_mode: {class_mode}; expected one of: {set(_CLASS_MODES)}")
    if class_mode == "multi_output" and not isinstance(y_col, list):
        raise TypeError(
            f'If class_mode="{class_mode}", y_col must be a list. Received {type(y_col).__name__}.'
        )
    if not all(isinstance(x, str) for x in rows[x_col]):
        raise TypeError(f"All values in column x_col={x_col} must be strings.")
    kinds = {"binary": str, "sparse": str, "categorical": (str, list, tuple)}.get(class_mode)
    if kinds and not all(isinstance(x, kinds) for x in rows[y_col]):
        lists = "" if kinds is str else ", list or tuple"
        raise TypeError(
            f'If class_mode="{class_mode}", y_col="{y_col}" column values must be strings{lists}.'
        )
    if class_mode == "binary":
        count = len(set(classes)) if classes else rows[y_col].nunique()
        if count != 2:
            raise ValueError(
                f'If class_mode="binary" there must be 2 classes. Found {count} classes.'
            )
    if classes and class_mode not in _OF_CLASSES:
        warnings.warn(f'`classes` will be ignored given the class_mode="{class_mode}"',
                      stacklevel=5)  # fmt: skip
    if weight_col and not np.issubdtype(rows[weight_col].dtype.type, np.number):
        raise TypeError(f"Column weight_col={weight_col} must be numeric.")
