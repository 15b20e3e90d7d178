"""Layers that bring images to one size, boxes to one number, or stretch images at random."""

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import random
from minitf.keras.bounding_boxes import clip_to_image_size, convert_format, crop
from minitf.keras.layers.images import ImageLayer
from minitf.keras.ops import image
from minitf.ops.array import ensure_shape, pad, shape, zeros_like
from minitf.ops.gathering import where
from minitf.ops.joining import stack
from minitf.ops.math import cast, equal, floordiv, logical_or, maximum, minimum
from minitf.ops.reductions import reduce_all


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

    def get_random_transformation(self, data, training=True, seed=None):
        return self._sizes(data)

    def transform_images(self, images, transformation=None, training=True):
        return self._resized(images, self.interpolation)

    def transform_bounding_boxes(self, bounding_boxes, transformation, training=True):
        height, width = transformation
        absent = convert_to_tensor(bounding_boxes["boxes"])
        absent = logical_or(reduce_all(equal(absent, -1), -1), reduce_all(equal(absent, 0), -1))
        boxes = convert_format(bounding_boxes, self.bounding_box_format, "xyxy", height, width)
        (down, right), (top, left) = self._stretch(cast(height, "float32"), cast(width, "float32"))
        factors, offsets = stack([right, down] * 2), stack([left, top] * 2)
        boxes["boxes"] = boxes["boxes"] * factors + offsets
        size = self.height, self.width
        boxes = clip_to_image_size(boxes, *size)
        boxes["boxes"] = where(absent[..., None], 0.0, boxes["boxes"])
        return convert_format(boxes, "xyxy", self.bounding_box_format, *size)

    def _stretch(self, height, width):
        """By what the sides are multiplied, and what is then added to rows and to columns."""
        factors = down, right = self.height / height, self.width / width
        if not (self.pad_to_aspect_ratio or self.crop_to_aspect_ratio):
            return factors, (zeros_like(down), zeros_like(right))
        pads = self.pad_to_aspect_ratio
        factor = minimum(down, right) if pads else maximum(down, right)
        borders = (self.height - height * factor, self.width - width * factor)
        if pads:
            return (factor, factor), tuple(floordiv(border, 2) for border in borders)
        return (factor, factor), tuple(-floordiv(-border, 2) for border in borders)

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

    def get_random_transformation(self, data, training=True, seed=None):
        return {"input_shape": tuple(data.shape)}

    def transform_bounding_boxes(self, bounding_boxes, transformation, training=True):
        height, width = (transformation["input_shape"][axis] for axis in self._axes())
        wanted = self.height, self.width
        fits = height >= self.height and width >= self.width
        kept = wanted if fits else (
            max(min(height, int(float(width * self.height) / self.width)), 1),
            max(min(width, int(float(height * self.width) / self.height)), 1),
        )  # fmt: skip
        top, left = (int((size - part) / 2) for size, part in zip((height, width), kept))
        boxes = convert_format(bounding_boxes, self.bounding_box_format, "xyxy", height, width)
        boxes["boxes"] = crop(boxes["boxes"], top, left, *kept)
        boxes = convert_format(boxes, "xyxy", "rel_xyxy", *kept)
        boxes = clip_to_image_size(convert_format(boxes, "rel_xyxy", "xyxy", *wanted), *wanted)
        return convert_format(boxes, "xyxy", self.bounding_box_format, *wanted)

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

    def transform_bounding_boxes(self, bounding_boxes, transformation, training=True):
        if not training:
            return bounding_boxes
        size = self.height, self.width
        boxes = convert_format(bounding_boxes, self.bounding_box_format, "xyxy", *size)
        top, left = (cast(start, boxes["boxes"].dtype) for start in transformation)
        # Keras takes the row from x and the column from y, and cuts nothing off beyond the window.
        moved = boxes["boxes"] - stack([top, left, top, left])
        boxes["boxes"] = maximum(moved, zeros_like(moved))
        return convert_format(boxes, "xyxy", self.bounding_box_format, *size)

    def transform_images(self, images, transformation, training=True):
        if not training:
            return images
        wanted = self.height, self.width
        images = _part(cast(images, self.compute_dtype), transformation, wanted, self.data_format)
        if tuple(images.shape[axis] for axis in self._axes()) != wanted:
            images = image.resize(images, wanted, data_format=self.data_format)
        return images


class MaxNumBoundingBoxes(ImageLayer):
    """As many boxes for each image: the first `max_number`, or boxes of `fill_value` after them.

    >>> layer = MaxNumBoundingBoxes(2)
    >>> boxes = {"boxes": [[[0.0, 0.0, 5.0, 5.0]]], "labels": [[3]]}
    >>> data = {"images": [[[[0.0]]]], "bounding_boxes": boxes}
    >>> layer(data)["bounding_boxes"]["labels"].numpy()
    array([[ 3, -1]], dtype=int32)
    """

    _takes_box_format = False

    def __init__(self, max_number, fill_value=-1, **kwargs):
        super().__init__(**kwargs)
        self.max_number, self.fill_value = int(max_number), int(fill_value)

    def transform_images(self, images, transformation=None, training=True):
        return images

    def transform_bounding_boxes(self, bounding_boxes, transformation, training=True):
        boxes = bounding_boxes["boxes"][:, : self.max_number]
        labels = bounding_boxes["labels"][:, : self.max_number]
        missing = self.max_number - shape(boxes)[1]
        boxes = pad(boxes, [[0, 0], [0, missing], [0, 0]], constant_values=self.fill_value)
        labels = pad(labels, [[0, 0], [0, missing]], constant_values=self.fill_value)
        boxes = ensure_shape(boxes, [boxes.shape[0], self.max_number, 4])
        labels = ensure_shape(labels, [labels.shape[0], self.max_number])
        return {**bounding_boxes, "boxes": boxes, "labels": labels}

    def get_config(self):
        return {**super().get_config(), "max_number": self.max_number}


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
