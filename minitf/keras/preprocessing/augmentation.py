"""Batches of images that are rotated, shifted, scaled and flipped at random.

The random numbers are NumPy's, drawn in Keras's order.
"""

import warnings

import numpy as np

from minitf.keras.config import floatx, standardize_data_format
from minitf.keras.preprocessing.image_batches import DirectoryIterator, NumpyArrayIterator
from minitf.keras.preprocessing.image_changes import (
    apply_affine_transform,
    apply_brightness_shift,
    apply_channel_shift,
)
from minitf.keras.preprocessing.image_tables import DataFrameIterator


class ImageDataGenerator:
    """Draws batches of images, each changed at random, and normalised.

    Args:
      featurewise_center, featurewise_std_normalization, zca_whitening, zca_epsilon: normalise by
        the mean, the standard deviation, the covariance that `fit` found.
      samplewise_center, samplewise_std_normalization: normalise each image by its own.
      rotation_range: up to how many degrees; shear_range: the same.
      width_shift_range, height_shift_range: up to how many pixels, or (below 1) what share; or a
        list of values to choose from.
      zoom_range: a number z for [1 - z, 1 + z], or the two ends.
      brightness_range: two factors (needs Pillow); channel_shift_range: up to what is added.
      fill_mode, cval: what is outside the image: `"nearest"`, `"constant"`, `"reflect"`, `"wrap"`.
      horizontal_flip, vertical_flip: in half of the cases.
      rescale: a factor; preprocessing_function: of one image, before.
      validation_split: the share of the images that is the subset `"validation"`.

    >>> images = np.arange(8.0).reshape(2, 2, 2, 1)
    >>> next(ImageDataGenerator(rescale=0.5).flow(images, batch_size=2, shuffle=False))[1, 1, 1]
    array([3.5], dtype=float32)
    """

    def __init__(self, featurewise_center=False, samplewise_center=False,
                 featurewise_std_normalization=False, samplewise_std_normalization=False,
                 zca_whitening=False, zca_epsilon=1e-6, rotation_range=0, width_shift_range=0.0,
                 height_shift_range=0.0, brightness_range=None, shear_range=0.0, zoom_range=0.0,
                 channel_shift_range=0.0, fill_mode="nearest", cval=0.0, horizontal_flip=False,
                 vertical_flip=False, rescale=None, preprocessing_function=None, data_format=None,
                 validation_split=0.0, interpolation_order=1, dtype=None):  # fmt: skip
        if validation_split and not 0 < validation_split < 1:
            raise ValueError(
                "`validation_split` must be strictly between 0 and 1.  "
                f"Received: {validation_split}"
            )
        if isinstance(zoom_range, (float, int)):
            zoom_range = [1 - zoom_range, 1 + zoom_range]
        elif len(zoom_range) != 2:
            raise ValueError(
                "`zoom_range` should be a float or a tuple or list of two floats. "
                f"Received: {zoom_range}"
            )
        if brightness_range is not None and len(brightness_range) != 2:
            raise ValueError(
                "`brightness_range should be tuple or list of two floats. "
                f"Received: {brightness_range}"
            )
        self.data_format = standardize_data_format(data_format)
        first = self.data_format == "channels_first"
        self.channel_axis, self.row_axis, self.col_axis = (1, 2, 3) if first else (3, 1, 2)
        self.featurewise_center = (
            featurewise_center or featurewise_std_normalization or zca_whitening
        )
        self.featurewise_std_normalization = featurewise_std_normalization and not zca_whitening
        self.samplewise_center = samplewise_center or samplewise_std_normalization
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening, self.zca_epsilon = zca_whitening, zca_epsilon
        self.rotation_range, self.shear_range = rotation_range, shear_range
        self.width_shift_range, self.height_shift_range = width_shift_range, height_shift_range
        self.zoom_range, self.channel_shift_range = list(zoom_range), channel_shift_range
        self.brightness_range, self.fill_mode, self.cval = brightness_range, fill_mode, cval
        self.horizontal_flip, self.vertical_flip = horizontal_flip, vertical_flip
        self.rescale, self.preprocessing_function = rescale, preprocessing_function
        self.interpolation_order, self.dtype = interpolation_order, dtype or floatx()
        self._validation_split = validation_split
        self.mean = self.std = self.zca_whitening_matrix = None

    # Batches -------------------------------------------------------------------------------------

    def flow(self, x, y=None, batch_size=32, shuffle=True, sample_weight=None, seed=None,
             save_to_dir=None, save_prefix="", save_format="png", ignore_class_split=False,
             subset=None):  # fmt: skip
        """Batches of images [n, height, width, channels] and their labels, without end."""
        return NumpyArrayIterator(
            x, y, self, batch_size, shuffle, sample_weight, seed, self.data_format, save_to_dir,
            save_prefix, save_format, subset, ignore_class_split, self.dtype,
        )  # fmt: skip

    def flow_from_directory(self, directory, target_size=(256, 256), color_mode="rgb", classes=None,
                            class_mode="categorical", batch_size=32, shuffle=True, seed=None,
                            save_to_dir=None, save_prefix="", save_format="png",
                            follow_links=False, subset=None, interpolation="nearest",
                            keep_aspect_ratio=False):  # fmt: skip
        """Batches of the images in the folders of `directory`, one per class, without end."""
        return DirectoryIterator(
            directory, self, target_size, color_mode, classes, class_mode, batch_size, shuffle,
            seed, self.data_format, save_to_dir, save_prefix, save_format, follow_links, subset,
            interpolation, keep_aspect_ratio, self.dtype,
        )  # fmt: skip

    def flow_from_dataframe(self, dataframe, directory=None, x_col="filename", y_col="class",
                            weight_col=None, target_size=(256, 256), color_mode="rgb",
                            classes=None, class_mode="categorical", batch_size=32, shuffle=True,
                            seed=None, save_to_dir=None, save_prefix="", save_format="png",
                            subset=None, interpolation="nearest",
                            validate_filenames=True):  # fmt: skip
        """Batches of the images that a table names, without end: see `DataFrameIterator`."""
        return DataFrameIterator(
            dataframe, directory, self, x_col, y_col, weight_col, target_size, color_mode, classes,
            "raw" if class_mode == "other" else class_mode, batch_size, shuffle, seed,
            self.data_format, save_to_dir, save_prefix, save_format, subset, interpolation, False,
            self.dtype, validate_filenames)  # fmt: skip

    # Drawing -------------------------------------------------------------------------------------

    def get_random_transform(self, img_shape, seed=None):
        """How to change one image: a dictionary."""
        if seed is not None:
            np.random.seed(seed)
        size = img_shape[self.row_axis - 1], img_shape[self.col_axis - 1]
        drawn = {"theta": _within(self.rotation_range)}
        drawn["tx"] = _shift(self.height_shift_range, size[0])
        drawn["ty"] = _shift(self.width_shift_range, size[1])
        drawn["shear"] = _within(self.shear_range)
        zooms = (1, 1)
        if self.zoom_range != [1, 1]:
            zooms = np.random.uniform(self.zoom_range[0], self.zoom_range[1], 2)
        drawn["zx"], drawn["zy"] = zooms
        drawn["flip_horizontal"] = (np.random.random() < 0.5) * self.horizontal_flip
        drawn["flip_vertical"] = (np.random.random() < 0.5) * self.vertical_flip
        drawn["channel_shift_intensity"] = drawn["brightness"] = None
        if self.channel_shift_range != 0:
            drawn["channel_shift_intensity"] = _within(self.channel_shift_range)
        if self.brightness_range is not None:
            drawn["brightness"] = np.random.uniform(*self.brightness_range)
        return drawn

    def apply_transform(self, x, transform_parameters):
        """One image, changed as `get_random_transform` says."""
        given = transform_parameters.get
        row, col, channel = self.row_axis - 1, self.col_axis - 1, self.channel_axis - 1
        x = apply_affine_transform(
            x, given("theta", 0), given("tx", 0), given("ty", 0), given("shear", 0), given("zx", 1),
            given("zy", 1), row, col, channel, self.fill_mode, self.cval,
            self.interpolation_order)  # fmt: skip
        if given("channel_shift_intensity") is not None:
            x = apply_channel_shift(x, given("channel_shift_intensity"), channel)
        if given("flip_horizontal"):
            x = np.flip(x, col)
        if given("flip_vertical"):
            x = np.flip(x, row)
        if given("brightness") is not None:
            x = apply_brightness_shift(x, given("brightness"), False)
        return x

    def random_transform(self, x, seed=None):
        """One image, changed at random."""
        return self.apply_transform(x, self.get_random_transform(x.shape, seed))

    # Normalising ---------------------------------------------------------------------------------

    def standardize(self, x):
        """One image (or a batch), normalised; in place, if it is of floats."""
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        if self.rescale:
            x *= self.rescale
        if self.samplewise_center:
            x -= np.mean(x, keepdims=True)
        if self.samplewise_std_normalization:
            x /= np.std(x, keepdims=True) + 1e-6
        if self.featurewise_center and self._is_fit("featurewise_center", self.mean):
            x -= self.mean
        if self.featurewise_std_normalization:
            if self._is_fit("featurewise_std_normalization", self.std):
                x /= self.std + 1e-6
        if self.zca_whitening and self._is_fit("zca_whitening", self.zca_whitening_matrix):
            flat = x.reshape(-1, int(np.prod(x.shape[-3:])))
            x = (flat @ self.zca_whitening_matrix).reshape(x.shape)
        return x

    @staticmethod
    def _is_fit(what, found):
        if found is None:
            warnings.warn(
                f"This ImageDataGenerator specifies `{what}`, but it hasn't been fit on any "
                "training data. Fit it first by calling `.fit(numpy_data)`.",
                stacklevel=3,
            )
        return found is not None

    def fit(self, x, augment=False, rounds=1, seed=None):
        """Finds the mean, the standard deviation and the covariance of some images.

        Raises:
          ValueError: not four axes.
        """
        x = np.array(x, self.dtype)
        if x.ndim != 4:
            raise ValueError(
                f"Input to `.fit()` should have rank 4. Got array with shape: {x.shape}"
            )
        if seed is not None:
            np.random.seed(seed)
        if self.rescale:
            x *= self.rescale
        if augment:
            x = np.stack([self.random_transform(image) for _ in range(rounds) for image in x])
        axes = (0, self.row_axis, self.col_axis)
        if self.featurewise_center:
            self.mean = np.mean(x, axes, keepdims=True)[0]
            x -= self.mean
        if self.featurewise_std_normalization:
            self.std = np.std(x, axes, keepdims=True)[0]
            x /= self.std + 1e-6
        if self.zca_whitening:
            vectors, sizes, _ = np.linalg.svd(x.reshape(len(x), -1).T, full_matrices=False)
            scales = np.sqrt(len(x)) / (sizes + self.zca_epsilon)
            self.zca_whitening_matrix = (vectors * scales) @ vectors.T


def _within(limit):
    """A number in [-limit, limit); 0 without a limit, and then nothing is drawn."""
    return np.random.uniform(-limit, limit) if limit else 0


def _shift(limit, size):
    """How far to shift along an axis of `size` pixels."""
    if not limit:
        return 0
    try:  # a list of values, or an integer for those below it
        shift = np.random.choice(limit) * np.random.choice([-1, 1])
    except ValueError:
        shift = _within(limit)
    return shift * size if np.max(limit) < 1 else shift
