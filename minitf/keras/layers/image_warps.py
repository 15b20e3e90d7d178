"""Layers that bend images at random: perspectives and elastic distortions."""

from minitf.keras import random
from minitf.keras.bounding_boxes import clip_to_image_size, convert_format
from minitf.keras.layers.images import ImageLayer, factor_range, refuse_boxes
from minitf.keras.ops import image
from minitf.keras.ops.image_warps import homography
from minitf.ops.array import shape, zeros_like
from minitf.ops.gathering import where
from minitf.ops.joining import stack, unstack
from minitf.ops.linalg import clip_by_value
from minitf.ops.math import cast
from minitf.ops.reductions import reduce_max, reduce_min


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
                "end_points": start + start * moved, "input_shape": self._sizes(data)}  # fmt: skip

    def transform_images(self, images, transformation, training=True):
        return self._seen(images, transformation, training, self.interpolation)

    def transform_segmentation_masks(self, segmentation_masks, transformation, training=True):
        return self._seen(segmentation_masks, transformation, training, "nearest")

    def transform_bounding_boxes(self, bounding_boxes, transformation, training=True):
        if not training or transformation is None:
            return bounding_boxes
        size = transformation["input_shape"]
        boxes = convert_format(bounding_boxes, self.bounding_box_format, "xyxy", *size)
        ends = transformation["end_points"], transformation["start_points"]
        there = unstack(cast(homography(*ends), "float32")[:, None, None], axis=-1)
        x1, y1, x2, y2 = unstack(boxes["boxes"], axis=-1)
        corners = stack([x1, x2, x1, x2], -1), stack([y1, y1, y2, y2], -1)
        x, y, depth = (
            a * corners[0] + b * corners[1] + c
            for a, b, c in (there[:3], there[3:6], (*there[6:], 1.0))
        )
        x, y = x / depth, y / depth
        seen = stack([reduce_min(x, -1), reduce_min(y, -1), reduce_max(x, -1), reduce_max(y, -1)],
                     -1)  # fmt: skip
        boxes["boxes"] = where(transformation["apply_perspective"][..., 0], seen, boxes["boxes"])
        boxes = clip_to_image_size(boxes, *size)
        return convert_format(boxes, "xyxy", self.bounding_box_format, *size)

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


class RandomElasticTransform(ImageLayer):
    """Some images distorted as if they were of rubber; see `keras.ops.image.elastic_transform`.

    Args:
      factor: the probability of an image, or the least and the most.
      scale: how strong the distortion is, or the least and the most.
      interpolation, fill_mode, fill_value: as there.
      value_range: the least and the largest value of a pixel.

    Raises:
      ValueError: `factor` or `scale` is not within [0, 1].
      NotImplementedError: another `interpolation` or `fill_mode`.
    """

    _is_random = True

    def __init__(self, factor=1.0, scale=1.0, interpolation="bilinear", fill_mode="reflect",
                 fill_value=0.0, value_range=(0, 255), seed=None, data_format=None,
                 **kwargs):  # fmt: skip
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor, self.scale = factor_range(factor, 0, 1), factor_range(scale, 0, 1, "scale")
        for name, value, known in (
            ("interpolation", interpolation, ("nearest", "bilinear")),
            ("fill_mode", fill_mode, ("constant", "nearest", "wrap", "mirror", "reflect")),
        ):
            if value not in known:
                raise NotImplementedError(f"Unknown `{name}` {value}. Expected of one {known}.")
        self.interpolation, self.fill_mode = interpolation, fill_mode
        self.fill_value, self.value_range = fill_value, value_range

    def get_random_transformation(self, data, training=True, seed=None):
        if not training or not self.scale[1] or not self.factor[1]:
            return None
        seed = self.generator if seed is None else seed
        probability = self._uniform(data, *self.factor, seed=seed)
        chosen = self._uniform(data, 0.0, 1.0, seed=seed) < probability
        strength = random.uniform((), *self.scale, dtype=self.compute_dtype, seed=seed)
        return {"apply_transform": chosen, "distortion_factor": strength, "seed": seed}

    def transform_images(self, images, transformation, training=True):
        images = cast(images, self.compute_dtype)
        return self._distorted(images, transformation, self.interpolation) if training else images

    def transform_segmentation_masks(self, segmentation_masks, transformation, training=True):
        masks = segmentation_masks
        return self._distorted(masks, transformation, "nearest") if training else masks

    def transform_bounding_boxes(self, bounding_boxes, transformation, training=True):
        return bounding_boxes if transformation is None else refuse_boxes(self)

    def _distorted(self, images, transformation, interpolation):
        if transformation is None:
            return images
        strength, sizes = transformation["distortion_factor"], self._sizes(images)
        distorted = image.elastic_transform(
            images, max(sizes) * 0.1 * strength, min(sizes) * 0.05 * strength, interpolation,
            self.fill_mode, self.fill_value, transformation["seed"], self.data_format,
        )  # fmt: skip
        images = where(transformation["apply_transform"][:, None, None, None], distorted, images)
        return cast(clip_by_value(images, *self.value_range), self.compute_dtype)

    def get_config(self):
        own = ("factor", "scale", "interpolation", "fill_mode", "fill_value", "value_range", "seed")
        return {**super().get_config(), **self._config_of(*own)}
