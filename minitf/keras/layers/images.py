"""Layers that bring images to one size, and the base class of those that change them at random."""

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config as settings
from minitf.keras import random
from minitf.keras.layer import Layer
from minitf.keras.ops import image
from minitf.ops.array import expand_dims, shape, squeeze
from minitf.ops.math import cast


class ImageLayer(Layer):
    """A layer of images [height, width, channels] or batches of them, alone or in a dictionary.

    A subclass has `transform_images(batch, transformation, training)`, and, if it is random,
    `get_random_transformation(data, training)`. In a dictionary, `"images"` are transformed,
    `"segmentation_masks"` and `"labels"` where that has a meaning.

    Args:
      data_format: where the channels are.
      seed: of the random numbers.
      bounding_box_format: kept for the config; boxes themselves are refused.

    Raises:
      ValueError: images of another rank.
      NotImplementedError: a dictionary with `"bounding_boxes"`.
    """

    _is_random = False

    def __init__(self, data_format=None, seed=None, bounding_box_format=None, **kwargs):
        super().__init__(**kwargs)
        self.bounding_box_format = bounding_box_format
        self.data_format = settings.standardize_data_format(data_format)
        self._allow_non_tensor_positional_args = True
        if self._is_random:
            self.seed = seed
            self.generator = random.SeedGenerator(seed)

    def call(self, data, training=True):
        if not isinstance(data, dict):
            transformation = self.get_random_transformation(data, training=training)
            return self._of_one_or_many(self.transform_images, data, transformation, training)
        if "bounding_boxes" in data:
            raise NotImplementedError("minitf's image layers do not move bounding_boxes.")
        images = convert_to_tensor(data["images"])
        transformation = self.get_random_transformation(images, training=training)
        kinds = {
            "images": self.transform_images,
            "labels": self.transform_labels,
            "segmentation_masks": self.transform_segmentation_masks,
        }
        one = images.shape.rank == 3
        changed = dict(data)
        for name, transform in kinds.items():
            if name in data:
                batch = convert_to_tensor(data[name])
                batch = expand_dims(batch, 0) if one else batch
                batch = transform(batch, transformation, training=training)
                changed[name] = squeeze(batch, [0]) if one else batch
        return changed

    def _of_one_or_many(self, transform, images, transformation, training):
        images = convert_to_tensor(images)
        rank = images.shape.rank
        if rank not in (3, 4):
            raise ValueError(
                "Expected image tensor to have rank 3 (single image) or 4 (batch of images). "
                f"Received: data.shape={images.shape}"
            )
        if rank == 4:
            return transform(images, transformation, training=training)
        result = transform(expand_dims(images, 0), transformation, training=training)
        return squeeze(result, [0])

    def get_random_transformation(self, data, training=True, seed=None):
        """What is drawn for these images; None where there is nothing to draw."""
        return None

    def transform_images(self, images, transformation, training=True):
        """A batch of images, changed."""
        raise NotImplementedError

    def transform_labels(self, labels, transformation, training=True):
        """The labels of a batch of images."""
        return labels

    def transform_segmentation_masks(self, segmentation_masks, transformation, training=True):
        """The masks of a batch of images, changed as the images are."""
        return self.transform_images(segmentation_masks, transformation, training=training)

    # For subclasses ------------------------------------------------------------------------------

    def _axes(self):
        """(height, width), counted from the end."""
        return (-2, -1) if self.data_format == "channels_first" else (-3, -2)

    @staticmethod
    def _batch_size(images):
        """The number of images, 1 for one image."""
        images = convert_to_tensor(images)
        batch = 1 if images.shape.rank == 3 else images.shape[0]
        return shape(images)[0] if batch is None else batch

    def _uniform(self, images, low, high, sizes=(), seed=None, dtype=None):
        """Random numbers `[batch, *sizes]`."""
        seed = self.generator if seed is None else seed
        return random.uniform([self._batch_size(images), *sizes], low, high, dtype, seed)

    def _chosen(self, images, probability, seed=None):
        """`[batch, 1, 1, 1]`: whether an image is changed; the probability is drawn from a pair."""
        probability = self._uniform(images, *probability, sizes=(1, 1, 1), seed=seed)
        return self._uniform(images, 0, 1, sizes=(1, 1, 1), seed=seed) < probability

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        own = ["data_format", *(["bounding_box_format"] if self.bounding_box_format else [])]
        return {**super().get_config(), **self._config_of(*own)}


def factor_range(factor, least, most, name="factor"):
    """(lower, upper) of a number, or of a pair, within `least` and `most`; else ValueError."""
    if isinstance(factor, list | tuple) and len(factor) == 2:
        lower, upper = sorted(factor)
        fits = factor[0] <= most and factor[1] >= least
    elif isinstance(factor, int | float):
        lower, upper = max(-abs(factor), least), abs(factor)
        fits = least <= factor <= most
    else:
        fits = False
    if not fits:
        raise ValueError(
            f"The `{name}` argument should be a number (or a list of two numbers) in the range "
            f"[{least}, {most}]. Received: factor={factor}"
        )
    return lower, upper


def checked_range(value_range):
    """`value_range`, a pair, the smaller number first; ValueError for what is no pair."""
    if not isinstance(value_range, list | tuple) or len(value_range) != 2:
        raise ValueError(
            "The `value_range` argument should be a list of two numbers. "
            f"Received: value_range={value_range}"
        )
    return sorted(value_range)


def rescaled(images, old, new, dtype="float32"):
    """Images of numbers in the range `old`, brought into the range `new`."""
    if tuple(old) == tuple(new):
        return images
    return (cast(images, dtype) - old[0]) / (old[1] - old[0]) * (new[1] - new[0]) + new[0]


class _Sized(ImageLayer):
    """Images become `height` x `width`."""

    _own: tuple = ("height", "width")

    def __init__(self, height, width, data_format=None, **kwargs):
        super().__init__(data_format=data_format, **kwargs)
        self.height, self.width = height, width

    def compute_output_shape(self, input_shape):
        if isinstance(input_shape[0], list | tuple) or len(input_shape) not in (3, 4):
            raise ValueError(
                "`input_shape` must be a non-nested tuple or list of rank-1 with size 3 "
                "(unbatched) or 4 (batched). "
            )
        sizes = list(input_shape)
        for axis, size in zip(self._axes(), (self.height, self.width)):
            sizes[axis] = size
        return tuple(sizes)

    def get_config(self):
        return {**super().get_config(), **self._config_of(*self._own)}


class Resizing(_Sized):
    """Images in another size; see `keras.ops.image.resize` for the arguments.

    >>> import numpy as np
    >>> Resizing(2, 3)(np.ones([4, 4, 1])).shape
    TensorShape([2, 3, 1])
    """

    _own = ("height", "width", "interpolation", "crop_to_aspect_ratio", "pad_to_aspect_ratio",
            "fill_mode", "fill_value", "antialias", "data_format")  # fmt: skip

    def __init__(self, height, width, interpolation="bilinear", crop_to_aspect_ratio=False,
                 pad_to_aspect_ratio=False, fill_mode="constant", fill_value=0.0, antialias=False,
                 data_format=None, **kwargs):  # fmt: skip
        super().__init__(height, width, data_format, **kwargs)
        self.interpolation, self.antialias = interpolation, bool(antialias)
        self.crop_to_aspect_ratio = crop_to_aspect_ratio
        self.pad_to_aspect_ratio = pad_to_aspect_ratio
        self.fill_mode, self.fill_value = fill_mode, fill_value

    def transform_images(self, images, transformation=None, training=True):
        return self._resized(images, self.interpolation)

    def transform_segmentation_masks(self, segmentation_masks, transformation=None, training=True):
        return self._resized(segmentation_masks, "nearest")

    def _resized(self, images, interpolation):
        return image.resize(
            images, (self.height, self.width), interpolation, self.antialias,
            self.crop_to_aspect_ratio, self.pad_to_aspect_ratio, self.fill_mode, self.fill_value,
            self.data_format,
        )  # fmt: skip


class CenterCrop(_Sized):
    """The middle of images; images that are too small are resized."""

    def transform_images(self, images, transformation=None, training=True):
        images = cast(images, self.compute_dtype)
        sizes = [shape(images)[axis] for axis in self._axes()]
        known = [images.shape[axis] for axis in self._axes()]
        wanted = self.height, self.width
        if any(n is not None and n < size for n, size in zip(known, wanted)):
            return image.resize(images, wanted, crop_to_aspect_ratio=True,
                                data_format=self.data_format)  # fmt: skip
        return _part(images, [(n - size) // 2 for n, size in zip(sizes, wanted)], wanted,
                     self.data_format)  # fmt: skip


class RandomCrop(_Sized):
    """While training, a part of the images at a random place, which is the same for a batch.

    Images that are too small are resized; when not training, they stay as they are.
    """

    _is_random = True
    _own = ("height", "width", "seed", "data_format")

    def __init__(self, height, width, seed=None, data_format=None, name=None, **kwargs):
        super().__init__(height, width, data_format, name=name, seed=seed, **kwargs)
        self.seed = random.make_default_seed() if seed is None else seed
        self.factor = (0.0, 0.0)

    def get_random_transformation(self, data, training=True, seed=None):
        rows, columns = (data.shape[axis] for axis in self._axes())
        if rows is None or columns is None:
            raise ValueError(
                "RandomCrop requires the input to have a fully defined height and width. "
                f"Received: images.shape={tuple(data.shape)}"
            )
        if training and rows > self.height and columns > self.width:
            seed = self.generator if seed is None else seed
            spans = float(rows - self.height + 1), float(columns - self.width + 1)
            return [cast(random.uniform((), 0, span, seed=seed), "int32") for span in spans]
        kept_rows = max(min(rows, int(columns * self.height / self.width)), 1)
        kept_columns = max(min(columns, int(rows * self.width / self.height)), 1)
        return [int((rows - kept_rows) / 2), int((columns - kept_columns) / 2)]

    def transform_images(self, images, transformation, training=True):
        if not training:
            return images
        wanted = self.height, self.width
        images = _part(cast(images, self.compute_dtype), transformation, wanted, self.data_format)
        if tuple(images.shape[axis] for axis in self._axes()) != wanted:
            images = image.resize(images, wanted, data_format=self.data_format)
        return images


class _RandomSize(ImageLayer):
    """One side of the images, stretched by a random factor while training.

    Args:
      factor: up to what share smaller or larger; or the least and the most.
      interpolation: as in `keras.ops.image.resize`.

    Raises:
      ValueError: a share below -1, or the most is below the least.
    """

    _is_random = True
    _side = 0

    def __init__(self, factor, interpolation="bilinear", seed=None, **kwargs):
        super().__init__(seed=seed, **kwargs)
        lower, upper = factor if isinstance(factor, list | tuple) else (-factor, factor)
        if upper < lower:
            raise ValueError(
                "`factor` argument cannot have an upper bound less than the lower bound. "
                f"Received: factor={factor}"
            )
        if lower < -1.0:
            raise ValueError(
                f"`factor` argument must have values larger than -1. Received: factor={factor}"
            )
        self.factor, self.interpolation, self._ends = factor, interpolation, (lower, upper)

    def get_random_transformation(self, data, training=True, seed=None):
        if not training:
            return None
        lower, upper = self._ends
        seed = self.generator if seed is None else seed
        return random.uniform([], 1.0 + lower, 1.0 + upper, seed=seed)

    def transform_images(self, images, transformation, training=True):
        images = cast(images, self.compute_dtype)
        if not training:
            return images
        sizes = [shape(images)[1], shape(images)[2]]
        stretched = transformation * cast(sizes[self._side], "float32")
        sizes[self._side] = cast(stretched, "int32")
        return image.resize(images, sizes, self.interpolation, data_format="channels_last")

    def compute_output_shape(self, input_shape):
        sizes = list(input_shape)
        sizes[self._side - 3] = None
        return tuple(sizes)

    def get_config(self):
        config = {**super().get_config(), **self._config_of("factor", "interpolation", "seed")}
        del config["data_format"]
        return config


class RandomHeight(_RandomSize):
    """Images stretched or squeezed vertically at random; see `RandomWidth`."""


class RandomWidth(_RandomSize):
    """Images stretched or squeezed horizontally at random, all of a batch alike."""

    _side = 1


def _part(images, start, sizes, data_format):
    """The window of `sizes` that begins at `start`, of a batch of images."""
    rows, columns = (slice(at, at + size) for at, size in zip(start, sizes))
    if data_format == "channels_first":
        return images[:, :, rows, columns]
    return images[:, rows, columns]
