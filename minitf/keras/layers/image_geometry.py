"""Layers that move the pixels of images at random: flips, turns, shifts, zooms, perspectives."""

import math

from minitf.keras.layers.images import ImageLayer, factor_range
from minitf.keras.ops import image
from minitf.ops.array import ones_like, reverse, shape, zeros_like
from minitf.ops.gathering import where
from minitf.ops.joining import concat, stack
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
        return {"flips": less_equal(self._uniform(data, 0.0, 1.0, (1, 1, 1), seed), 0.5)}

    def transform_images(self, images, transformation, training=True):
        images = cast(images, self.compute_dtype)
        if not training:
            return images
        height, width = self._axes()
        for name, axis in (("horizontal", width), ("vertical", height)):
            if name in self.mode:
                images = where(transformation["flips"], reverse(images, [axis]), images)
        return images

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

    def _set_up(self, fill_mode, interpolation, fill_value):
        for name, value, known in (
            ("fill_mode", fill_mode, ("reflect", "wrap", "constant", "nearest")),
            ("interpolation", interpolation, ("nearest", "bilinear")),
        ):
            if value not in known:
                raise NotImplementedError(f"Unknown `{name}` {value}. Expected of one {known}.")
        self.fill_mode, self.interpolation = fill_mode, interpolation
        self.fill_value = fill_value

    def _matrix(self, transformation, height, width):
        """The projections `[batch, 8]` of what was drawn, for images of this size."""
        raise NotImplementedError

    def transform_images(self, images, transformation, training=True):
        images = cast(images, self.compute_dtype)
        return self._projected(images, transformation, self.interpolation) if training else images

    def transform_segmentation_masks(self, segmentation_masks, transformation, training=True):
        masks = segmentation_masks
        return self._projected(masks, transformation, "nearest") if training else masks

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

    def get_random_transformation(self, data, training=True, seed=None):
        if not training:
            return None
        lower, upper = self.factor
        return {"angle": self._uniform(data, lower * 360.0, upper * 360.0, seed=seed)}

    def _matrix(self, transformation, height, width):
        angle = transformation["angle"] * (math.pi / 180.0)
        x, y = 0.5 * (width - 1), 0.5 * (height - 1)
        c, s, zero = cos(angle), sin(angle), zeros_like(angle)
        return stack([c, -s, x - x * c + y * s, s, c, y - x * s - y * c, zero, zero], 1)

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

    def get_random_transformation(self, data, training=True, seed=None):
        if not training:
            return None
        down = self._uniform(data, *self._height, sizes=(1,), seed=seed)
        return {"down": down, "right": self._uniform(data, *self._width, sizes=(1,), seed=seed)}

    def _matrix(self, transformation, height, width):
        down, right = transformation["down"] * height, transformation["right"] * width
        one, zero = ones_like(down), zeros_like(down)
        return concat([one, zero, -right, zero, one, -down, zero, zero], 1)


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

    def get_random_transformation(self, data, training=True, seed=None):
        if not training:
            return None
        drawn = [None if ends is None else self._uniform(data, 1.0 + ends[0], 1.0 + ends[1], (1,),
                                                         seed)
                 for ends in (self._height, self._width)]  # fmt: skip
        return {"height_zoom": drawn[0], "width_zoom": drawn[0] if drawn[1] is None else drawn[1]}

    def _matrix(self, transformation, height, width):
        down, right = transformation["height_zoom"], transformation["width_zoom"]
        x, y = (width - 1.0) / 2.0 * (1.0 - right), (height - 1.0) / 2.0 * (1.0 - down)
        zero = zeros_like(down)
        return concat([right, zero, x, zero, down, y, zero, zero], 1)


class RandomShear(_Projected):
    """Images sheared at random.

    Args:
      x_factor, y_factor: up to what slope, to both sides; or the least and the most.
      fill_mode, interpolation, fill_value: as in `keras.ops.image.affine_transform`.

    Raises:
      ValueError: a factor is not within [0, 1].
    """

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

    def get_random_transformation(self, data, training=True, seed=None):
        if not training:
            return None
        drawn = [self._uniform(data, low, high, (1,), seed, self.compute_dtype)
                 for low, high in ((0, 1), self.y_factor, self.x_factor)]  # fmt: skip
        side, y, x = drawn
        side = where(greater(side, 0.5), -ones_like(side), ones_like(side))
        return {"shear_factor": concat([x, y], 1) * side}

    def _matrix(self, transformation, height, width):
        x, y = transformation["shear_factor"][:, 0], transformation["shear_factor"][:, 1]
        one, zero = ones_like(x), zeros_like(x)
        return stack([one, x, zero, y, one, zero, zero, zero], 1)

    def get_config(self):
        own = ("x_factor", "y_factor", "fill_mode", "interpolation", "seed", "fill_value",
               "data_format")  # fmt: skip
        return {**super().get_config(), **self._config_of(*own)}


class RandomPerspective(ImageLayer):
    """Some images as seen from elsewhere: their corners moved at random.

    Args:
      factor: the probability of an image, or the least and the most.
      scale: up to what share of the size the corners move.
      interpolation, fill_value: as in `keras.ops.image.perspective_transform`.

    Raises:
      ValueError: `factor` or `scale` is not within [0, 1].
      NotImplementedError: another `interpolation`.
    """

    _is_random = True

    def __init__(self, factor=1.0, scale=1.0, interpolation="bilinear", fill_value=0.0, seed=None,
                 data_format=None, **kwargs):  # fmt: skip
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor, self.scale = factor_range(factor, 0, 1), scale
        self.fill_value, self.interpolation = fill_value, interpolation
        if not 0.0 <= scale <= 1.0:
            raise ValueError(
                "The `scale` argument should be a number in the range [0,1]. "
                f"Received: scale={scale}"
            )
        if interpolation not in ("nearest", "bilinear"):
            raise NotImplementedError(
                f"Unknown `interpolation` {interpolation}. Expected of one ('nearest', 'bilinear')."
            )

    def get_random_transformation(self, data, training=True, seed=None):
        if not training:
            return None
        chosen = self._chosen(data, self.factor, seed)
        half = 0.5 * self.scale
        moved = self._uniform(data, -half, half, (4, 2), seed, self.compute_dtype)
        bottom, right = (cast(shape(data)[axis] - 1, self.compute_dtype) for axis in self._axes())
        zero = zeros_like(right)
        corners = stack([stack([x, y]) for y in (zero, bottom) for x in (zero, right)])
        start = zeros_like(moved) + corners
        return {"apply_perspective": chosen, "start_points": start,
                "end_points": start + start * moved}  # fmt: skip

    def transform_images(self, images, transformation, training=True):
        return self._seen(images, transformation, training, self.interpolation)

    def transform_segmentation_masks(self, segmentation_masks, transformation, training=True):
        return self._seen(segmentation_masks, transformation, training, "nearest")

    def _seen(self, images, transformation, training, interpolation):
        images = cast(images, self.compute_dtype)
        if not training or transformation is None:
            return images
        seen = image.perspective_transform(
            images, transformation["start_points"], transformation["end_points"], interpolation,
            self.fill_value, self.data_format,
        )  # fmt: skip
        return where(transformation["apply_perspective"], seen, images)

    def get_config(self):
        own = ("factor", "scale", "interpolation", "fill_value", "seed")
        return {**super().get_config(), **self._config_of(*own)}
