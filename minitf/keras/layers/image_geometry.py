"""Layers that move the pixels of images at random: flips, turns, shifts, zooms, shears."""

import math

from minitf.keras.bounding_boxes import affine_transform, clip_to_image_size, convert_format
from minitf.keras.layers.images import ImageLayer
from minitf.keras.ops import image
from minitf.ops.array import ones_like, reverse, shape, zeros_like
from minitf.ops.gathering import where
from minitf.ops.joining import concat, stack, unstack
from minitf.ops.math import cast, cos, greater, less_equal, sin


class RandomFlip(ImageLayer):
    """Images mirrored, each with probability 1/2.

    Args:
      mode: `"horizontal"` (left and right), `"vertical"` or `"horizontal_and_vertical"`.

    >>> import numpy as np
    >>> RandomFlip("horizontal", seed=1)(np.array([[[1.0], [2.0]]])).numpy().ravel()
    array([1., 2.], dtype=float32)
    """

    _is_random = True

    def __init__(self, mode="horizontal_and_vertical", seed=None, data_format=None, **kwargs):
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.mode = mode
        self._convert_input_args = False

    def get_random_transformation(self, data, training=True, seed=None):
        if not training:
            return None
        flips = less_equal(self._uniform(data, 0.0, 1.0, (1, 1, 1), seed), 0.5)
        return {"flips": flips, "input_shape": self._sizes(data)}

    def transform_images(self, images, transformation, training=True):
        images = cast(images, self.compute_dtype)
        if not training:
            return images
        height, width = self._axes()
        for name, axis in (("horizontal", width), ("vertical", height)):
            if name in self.mode:
                images = where(transformation["flips"], reverse(images, [axis]), images)
        return images

    def transform_bounding_boxes(self, bounding_boxes, transformation, training=True):
        if not training:
            return bounding_boxes
        size, flips = transformation["input_shape"], transformation["flips"][..., 0]
        boxes = convert_format(bounding_boxes, self.bounding_box_format, "rel_xyxy", *size)
        corners = x1, y1, x2, y2 = unstack(boxes["boxes"], axis=-1)
        if "horizontal" in self.mode:
            corners = x1, _, x2, _ = 1 - x2, y1, 1 - x1, y2
        if "vertical" in self.mode:
            corners = x1, 1 - y2, x2, 1 - y1
        boxes["boxes"] = where(flips, stack(corners, -1), boxes["boxes"])
        boxes = clip_to_image_size(boxes, *size)
        return convert_format(boxes, "rel_xyxy", self.bounding_box_format, *size)

    def get_config(self):
        return {**super().get_config(), **self._config_of("seed", "mode", "data_format")}


class _Projected(ImageLayer):
    """Images through a random projection.

    Args:
      fill_mode: what lies beyond the border: `"reflect"`, `"wrap"`, `"nearest"`, or `"constant"`:
        `fill_value`.
      interpolation: `"bilinear"` or `"nearest"`.

    Raises:
      NotImplementedError: another `fill_mode` or `interpolation`.
    """

    _is_random = True
    _box_format = "xyxy"  # the one that `_moved` works in

    def _set_up(self, fill_mode, interpolation, fill_value):
        for name, value, known in (
            ("fill_mode", fill_mode, ("reflect", "wrap", "constant", "nearest")),
            ("interpolation", interpolation, ("nearest", "bilinear")),
        ):
            if value not in known:
                raise NotImplementedError(f"Unknown `{name}` {value}. Expected of one {known}.")
        self.fill_mode, self.interpolation = fill_mode, interpolation
        self.fill_value = fill_value

    def get_random_transformation(self, data, training=True, seed=None):
        if not training:
            return None
        return {**self._drawn(data, seed), "input_shape": self._sizes(data)}

    def _drawn(self, data, seed):
        """{name: numbers `[batch, ...]`} that make the projections."""
        raise NotImplementedError

    def _matrix(self, transformation, height, width):
        """The projections `[batch, 8]` of what was drawn, for images of this size."""
        raise NotImplementedError

    def _moved(self, boxes, transformation, height, width):
        """Where the corners `[batch, n, 4]` of boxes lie in the projected images."""
        raise NotImplementedError

    def transform_images(self, images, transformation, training=True):
        images = cast(images, self.compute_dtype)
        return self._projected(images, transformation, self.interpolation) if training else images

    def transform_segmentation_masks(self, segmentation_masks, transformation, training=True):
        masks = segmentation_masks
        return self._projected(masks, transformation, "nearest") if training else masks

    def transform_bounding_boxes(self, bounding_boxes, transformation, training=True):
        if not training:
            return bounding_boxes
        size = transformation["input_shape"]
        boxes = convert_format(bounding_boxes, self.bounding_box_format, self._box_format, *size)
        boxes["boxes"] = self._moved(boxes["boxes"], transformation, *size)
        boxes = clip_to_image_size(boxes, *size, bounding_box_format=self._box_format)
        return convert_format(boxes, self._box_format, self.bounding_box_format, *size)

    def _projected(self, images, transformation, interpolation):
        sizes = (cast(shape(images)[axis], "float32") for axis in self._axes())
        return image.affine_transform(
            images, self._matrix(transformation, *sizes), interpolation, self.fill_mode,
            self.fill_value, self.data_format,
        )  # fmt: skip


def _factor(value, bounds, message):
    """(lower, upper) of a number or a pair.

    Raises:
      ValueError: `message`, where there is a number out of `bounds`, or no number.
    """
    numbers = value if isinstance(value, list | tuple) else [value]
    fits = all(isinstance(x, int | float) and bounds(x) for x in numbers)
    if not fits or isinstance(value, list | tuple) and len(value) != 2:
        raise ValueError(f"{message} Received: {value}")
    lower, upper = sorted(value) if len(numbers) == 2 else (-abs(value), abs(value))
    return lower, upper


class RandomRotation(_Projected):
    """Images turned by a random angle.

    Args:
      factor: up to what share of a full turn, to both sides; or the least and the most.
      fill_mode, interpolation, fill_value: as in `keras.ops.image.affine_transform`.

    Raises:
      ValueError: `factor` is not within [-1, 1].
    """

    def __init__(self, factor, fill_mode="reflect", interpolation="bilinear", seed=None,
                 fill_value=0.0, data_format=None, **kwargs):  # fmt: skip
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor = _factor(
            factor, lambda x: -1 <= x <= 1,
            "The `factor` argument should be a number (or a list of two numbers) in the range "
            "[-1, 1].",
        )  # fmt: skip
        self._set_up(fill_mode, interpolation, fill_value)

    def _drawn(self, data, seed):
        lower, upper = self.factor
        return {"angle": self._uniform(data, lower * 360.0, upper * 360.0, seed=seed)}

    def _matrix(self, transformation, height, width):
        angle = transformation["angle"] * (math.pi / 180.0)
        x, y = 0.5 * (width - 1), 0.5 * (height - 1)
        c, s, zero = cos(angle), sin(angle), zeros_like(angle)
        return stack([c, -s, x - x * c + y * s, s, c, y - x * s - y * c, zero, zero], 1)

    def _moved(self, boxes, transformation, height, width):
        angle = transformation["angle"]
        one, zero = ones_like(angle), zeros_like(angle)
        return affine_transform(boxes, angle, zero, zero, one, zero, zero, height, width)

    def get_config(self):
        own = ("factor", "data_format", "fill_mode", "fill_value", "interpolation", "seed")
        return {**super().get_config(), **self._config_of(*own)}


class _ByHeightAndWidth(_Projected):
    """A projection of which two numbers are drawn, for the height and for the width."""

    def get_config(self):
        own = ("height_factor", "width_factor", "fill_mode", "interpolation", "seed", "fill_value",
               "data_format")  # fmt: skip
        return {**super().get_config(), **self._config_of(*own)}


class RandomTranslation(_ByHeightAndWidth):
    """Images shifted at random.

    Args:
      height_factor, width_factor: up to what share of the size, to both sides; or the least and
        the most.
      fill_mode, interpolation, fill_value: as in `keras.ops.image.affine_transform`.

    Raises:
      ValueError: a factor is not within [-1, 1].
    """

    def __init__(self, height_factor, width_factor, fill_mode="reflect", interpolation="bilinear",
                 seed=None, fill_value=0.0, data_format=None, **kwargs):  # fmt: skip
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        message = (
            "The `factor` argument should be a number (or a list of two numbers) in the range "
            "[-1.0, 1.0]."
        )
        self._height, self._width = (
            _factor(x, lambda n: -1 <= n <= 1, message) for x in (height_factor, width_factor)
        )
        self._set_up(fill_mode, interpolation, fill_value)

    def _drawn(self, data, seed):
        down = self._uniform(data, *self._height, sizes=(1,), seed=seed)
        return {"down": down, "right": self._uniform(data, *self._width, sizes=(1,), seed=seed)}

    def _matrix(self, transformation, height, width):
        down, right = transformation["down"] * height, transformation["right"] * width
        one, zero = ones_like(down), zeros_like(down)
        return concat([one, zero, -right, zero, one, -down, zero, zero], 1)

    def _moved(self, boxes, transformation, height, width):
        down, right = transformation["down"] * height, transformation["right"] * width
        return boxes + concat([right, down, right, down], 1)[:, None]


class RandomZoom(_ByHeightAndWidth):
    """Images zoomed at random.

    Args:
      height_factor: up to what share smaller or larger; or the least and the most, where a positive
        number means that more of the world is seen.
      width_factor: the same for the width; None: as the height.
      fill_mode, interpolation, fill_value: as in `keras.ops.image.affine_transform`.

    Raises:
      ValueError: a factor is not within (-1, 1].
    """

    def __init__(self, height_factor, width_factor=None, fill_mode="reflect",
                 interpolation="bilinear", seed=None, fill_value=0.0, data_format=None,
                 **kwargs):  # fmt: skip
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        message = (
            "The `height_factor` and `width_factor` arguments should be a number (or a list of two "
            "numbers) in the range (-1.0, 1.0]."
        )
        self._height, self._width = (
            None if x is None else _factor(x, lambda n: -1 < n <= 1, message)
            for x in (height_factor, width_factor)
        )
        self._set_up(fill_mode, interpolation, fill_value)

    def _drawn(self, data, seed):
        drawn = [None if ends is None else self._uniform(data, 1.0 + ends[0], 1.0 + ends[1], (1,),
                                                         seed)
                 for ends in (self._height, self._width)]  # fmt: skip
        return {"height_zoom": drawn[0], "width_zoom": drawn[0] if drawn[1] is None else drawn[1]}

    def _matrix(self, transformation, height, width):
        down, right = transformation["height_zoom"], transformation["width_zoom"]
        x, y = (width - 1.0) / 2.0 * (1.0 - right), (height - 1.0) / 2.0 * (1.0 - down)
        zero = zeros_like(down)
        return concat([right, zero, x, zero, down, y, zero, zero], 1)

    def _moved(self, boxes, transformation, height, width):
        across, _, left, _, along, top, _, _ = unstack(
            self._matrix(transformation, height, width)[:, None], axis=-1
        )
        x1, y1, x2, y2 = unstack(boxes, axis=-1)
        x1, x2 = ((x - left) / across for x in (x1, x2))
        y1, y2 = ((y - top) / along for y in (y1, y2))
        return stack([x1, y1, x2, y2], -1)


class RandomShear(_Projected):
    """Images sheared at random.

    Args:
      x_factor, y_factor: up to what slope, to both sides; or the least and the most.
      fill_mode, interpolation, fill_value: as in `keras.ops.image.affine_transform`.

    Raises:
      ValueError: a factor is not within [0, 1].
    """

    _box_format = "rel_xyxy"

    def __init__(self, x_factor=0.0, y_factor=0.0, interpolation="bilinear", fill_mode="reflect",
                 fill_value=0.0, data_format=None, seed=None, **kwargs):  # fmt: skip
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        message = (
            "The `factor` argument should be a number (or a list of two numbers) in the range "
            "[0, 1.0]."
        )
        self.x_factor, self.y_factor = (
            _factor(x, lambda n: 0 <= n <= 1, message) for x in (x_factor, y_factor)
        )
        self._set_up(fill_mode, interpolation, fill_value)

    def _drawn(self, data, seed):
        drawn = [self._uniform(data, low, high, (1,), seed, self.compute_dtype)
                 for low, high in ((0, 1), self.y_factor, self.x_factor)]  # fmt: skip
        side, y, x = drawn
        side = where(greater(side, 0.5), -ones_like(side), ones_like(side))
        return {"shear_factor": concat([x, y], 1) * side}

    def _matrix(self, transformation, height, width):
        x, y = transformation["shear_factor"][:, 0], transformation["shear_factor"][:, 1]
        one, zero = ones_like(x), zeros_like(x)
        return stack([one, x, zero, y, one, zero, zero, zero], 1)

    def _moved(self, boxes, transformation, height, width):
        x, y = unstack(transformation["shear_factor"][:, None], axis=-1)
        x1, y1, x2, y2 = unstack(boxes, axis=-1)
        x1, x2 = x1 - x * where(x < 0, y1, y2), x2 - x * where(x < 0, y2, y1)
        y1, y2 = y1 - y * where(y > 0, x2, x1), y2 - y * where(y > 0, x1, x2)
        return stack([x1, y1, x2, y2], -1)

    def get_config(self):
        own = ("x_factor", "y_factor", "fill_mode", "interpolation", "seed", "fill_value",
               "data_format")  # fmt: skip
        return {**super().get_config(), **self._config_of(*own)}
