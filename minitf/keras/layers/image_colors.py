"""Layers that change the colours of images at random, while training."""

from minitf.keras.layers.images import ImageLayer, checked_range, factor_range
from minitf.keras.ops import image
from minitf.ops.gathering import where
from minitf.ops.linalg import clip_by_value
from minitf.ops.math import cast
from minitf.ops.reductions import reduce_mean


class Colours(ImageLayer):
    """Base class: images of numbers in `value_range`, of which the colours are changed."""

    _is_random = True

    def transform_segmentation_masks(self, segmentation_masks, transformation, training=True):
        return segmentation_masks

    def get_config(self):
        return {**super().get_config(), **self._config_of("factor", "value_range", "seed")}


class RandomBrightness(Colours):
    """Images made darker or lighter.

    Args:
      factor: up to what share of `value_range` is added, of both signs; or the least and the most.
      value_range: the least and the largest value of a pixel.

    Raises:
      ValueError: `factor` is not within [-1, 1], or `value_range` is no pair.
    """

    def __init__(self, factor, value_range=(0, 255), seed=None, **kwargs):
        super().__init__(seed=seed, **kwargs)
        self.factor = factor_range(factor, -1, 1)
        self.value_range = checked_range(value_range)

    def get_random_transformation(self, data, training=True, seed=None):
        if not training:
            return None
        delta = self._uniform(data, *self.factor, sizes=(1, 1, 1), seed=seed)
        return {"rgb_delta": delta * (self.value_range[1] - self.value_range[0])}

    def transform_images(self, images, transformation, training=True):
        if not training:
            return images
        delta = cast(transformation["rgb_delta"], images.dtype)
        return clip_by_value(images + delta, *self.value_range)


class RandomContrast(Colours):
    """Each channel's distance from its mean, multiplied.

    Args:
      factor: up to what share smaller or larger; or the two shares.
      value_range: the least and the largest value of a pixel.

    Raises:
      ValueError: `factor` is not within [0, 1].
    """

    def __init__(self, factor, value_range=(0, 255), seed=None, **kwargs):
        super().__init__(seed=seed, **kwargs)
        self.factor, self.value_range = factor_range(factor, 0, 1), value_range

    def get_random_transformation(self, data, training=True, seed=None):
        if not training:
            return None
        lower, upper = 1.0 - self.factor[0], 1.0 + self.factor[1]
        factor = self._uniform(data, lower, upper, sizes=(1, 1, 1), seed=seed)
        return {"contrast_factor": cast(factor, self.compute_dtype)}

    def transform_images(self, images, transformation, training=True):
        if not training:
            return images
        images = cast(images, self.compute_dtype)
        mean = reduce_mean(images, self._axes(), keepdims=True)
        changed = (images - mean) * transformation["contrast_factor"] + mean
        return clip_by_value(changed, *self.value_range)


class RandomGrayscale(Colours):
    """Images of which a share `factor` loses its colours.

    Raises:
      ValueError: `factor` is not within [0, 1].
    """

    def __init__(self, factor=0.5, data_format=None, seed=None, **kwargs):
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        if not 0 <= factor <= 1:
            raise ValueError(f"`factor` should be between 0 and 1. Received: factor={factor}")
        self.factor = factor

    def get_random_transformation(self, data, training=True, seed=None):
        return self._uniform(data, 0, 1, sizes=(1, 1, 1), seed=seed) < self.factor

    def transform_images(self, images, transformation, training=True):
        if not training:
            return images
        return where(transformation, image.rgb_to_grayscale(images, self.data_format), images)

    def get_config(self):
        return {**ImageLayer.get_config(self), **self._config_of("factor")}
