"""Layers that sharpen and blur images, spread their contrast, and erase parts of them."""

import jax
import jax.numpy as jnp
import numpy as np

from minitf.keras import random
from minitf.keras.layers.image_colors import Colours
from minitf.keras.layers.images import ImageLayer, checked_range, factor_range, rescaled
from minitf.keras.ops import image
from minitf.keras.ops.defining import of_arrays
from minitf.keras.ops.nn import depthwise_conv
from minitf.ops.array import fill, reshape, shape, transpose
from minitf.ops.array import range as arange
from minitf.ops.gathering import where
from minitf.ops.linalg import clip_by_value
from minitf.ops.math import cast, greater_equal, is_nan, less, logical_and, sqrt
from minitf.ops.reductions import reduce_max, reduce_min


class RandomSharpness(Colours):
    """Images between blurred and sharper ones.

    Args:
      factor: 0 blurs, 0.5 changes nothing, 1 sharpens; or the least and the most.
      value_range: the least and the largest value of a pixel.

    Raises:
      ValueError: `factor` is not within [0, 1].
    """

    def __init__(self, factor, value_range=(0, 255), data_format=None, seed=None, **kwargs):
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor, self.value_range = factor_range(factor, 0, 1), checked_range(value_range)

    def get_random_transformation(self, data, training=True, seed=None):
        return {"factor": self._uniform(data, *self.factor, sizes=(1, 1, 1), seed=seed)}

    def transform_images(self, images, transformation, training=True):
        images = cast(images, self.compute_dtype)
        if not training:
            return images
        first = self.data_format == "channels_first"
        images = transpose(images, [0, 3, 2, 1]) if first else images
        kernel = np.full((3, 3, 1, 1), 1.0 / 13.0, self.compute_dtype)
        kernel[1, 1] = 5.0 / 13.0
        kernel = np.tile(kernel, (1, 1, images.shape[-1], 1))
        smooth = depthwise_conv(images, kernel, 1, "same", "channels_last")
        factor = cast(transformation["factor"] * 2, self.compute_dtype)
        images = clip_by_value(images + (1.0 - factor) * (smooth - images), *self.value_range)
        return transpose(images, [0, 3, 2, 1]) if first else images


class RandomGaussianBlur(ImageLayer):
    """Some images blurred, each with a probability drawn from `factor`.

    Args:
      factor: the probability, or the least and the most.
      kernel_size: an odd number, or two.
      sigma: up to what standard deviation; or the least and the most.
      value_range: the least and the largest value of a pixel.

    Raises:
      ValueError: an even size; `factor` or `sigma` is not within [0, 1].
    """

    _is_random = True

    def __init__(self, factor=1.0, kernel_size=3, sigma=1.0, value_range=(0, 255),
                 data_format=None, seed=None, **kwargs):  # fmt: skip
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor, self.sigma = factor_range(factor, 0, 1), factor_range(sigma, 0, 1, "sigma")
        sizes = kernel_size if isinstance(kernel_size, list | tuple) else (kernel_size,) * 2
        if len(sizes) != 2:
            raise ValueError(
                "The `kernel_size` argument should be a number (or a list of two numbers) "
                f"Received: kernel_size={kernel_size}"
            )
        if any(not isinstance(size, int | float) or size % 2 == 0 for size in sizes):
            raise ValueError(
                f"kernel_size must be an odd number. Received: kernel_size={kernel_size}"
            )
        self.kernel_size, self.value_range = tuple(sizes), value_range

    def get_random_transformation(self, data, training=True, seed=None):
        if not training:
            return None
        seed = self.generator if seed is None else seed
        chosen = self._chosen(data, self.factor, seed)
        sigma = random.uniform((2,), *self.sigma, dtype=self.compute_dtype, seed=seed) + 1e-6
        return {"should_apply_blur": chosen, "blur_factor": sigma}

    def transform_images(self, images, transformation, training=True):
        images = cast(images, self.compute_dtype)
        if not training or transformation is None:
            return images
        sigma = transformation["blur_factor"]
        blurred = image.gaussian_blur(images, self.kernel_size, sigma, self.data_format)
        images = where(transformation["should_apply_blur"], blurred, images)
        return clip_by_value(images, *self.value_range)

    def get_config(self):
        own = ("factor", "kernel_size", "sigma", "value_range", "seed")
        return {**super().get_config(), **self._config_of(*own)}


class AutoContrast(ImageLayer):
    """The values of each channel spread over the whole of `value_range`."""

    def __init__(self, value_range=(0, 255), **kwargs):
        super().__init__(**kwargs)
        self.value_range = checked_range(value_range)

    def transform_images(self, images, transformation=None, training=True):
        given, dtype = images, self.compute_dtype
        images = cast(rescaled(images, self.value_range, (0, 255), dtype), dtype)
        low = reduce_min(images, [1, 2], keepdims=True)
        scale = 255.0 / (reduce_max(images, [1, 2], keepdims=True) - low)
        spread = clip_by_value(images * scale - low * scale, 0.0, 255.0)
        spread = rescaled(spread, (0, 255), self.value_range, dtype)
        return where(is_nan(spread), cast(given, dtype), spread)  # where a channel is constant

    def transform_segmentation_masks(self, segmentation_masks, transformation, training=True):
        return segmentation_masks

    def get_config(self):
        return {**super().get_config(), **self._config_of("value_range")}


class Equalization(ImageLayer):
    """The values of each channel, of all images, spread such that all are equally frequent.

    Args:
      value_range: the least and the largest value of a pixel.
      bins: how many values are told apart.
    """

    def __init__(self, value_range=(0, 255), bins=256, data_format=None, **kwargs):
        super().__init__(data_format=data_format, **kwargs)
        self.bins, self.value_range = bins, checked_range(value_range)

    def transform_images(self, images, transformation=None, training=True):
        if not training:
            return images
        low, high = self.value_range
        images = (cast(images, self.compute_dtype) - low) * (255 / (high - low))
        axis = -3 if self.data_format == "channels_first" else -1
        return _equalized(images, self.bins, axis) * ((high - low) / 255) + low

    def transform_segmentation_masks(self, segmentation_masks, transformation, training=True):
        return segmentation_masks

    def get_config(self):
        return {**super().get_config(), **self._config_of("bins", "value_range")}


@of_arrays(1)
def _equalized(images, bins, axis):
    """Each channel of images of numbers in [0, 255], by its own table of new values."""

    def channel(x):
        places = (x.astype("float32") * (bins - 1) / 255).astype("int32")
        counts = jnp.bincount(jnp.clip(places, 0, bins - 1).ravel(), length=bins)
        total = jnp.cumsum(counts)
        least = total[jnp.argmax(total > 0)]
        span = jnp.maximum(total[-1] - least, 1)
        table = jnp.clip(jnp.round((total - least) * 255 / span), 0, 255).astype(x.dtype)
        new = table[jnp.clip(x / 255.0 * (bins - 1), 0, bins - 1).astype("int32")]
        return jnp.where(jnp.count_nonzero(counts) <= 1, x, new)

    return jax.vmap(channel, axis, axis)(images)


class RandomErasing(ImageLayer):
    """A rectangle of some images filled with noise, or with a colour.

    Args:
      factor: the probability of an image, or the least and the most.
      scale: the sides, as the roots of shares of the area; the least and the most.
      fill_value: a number or three; None: noise.
      value_range: the least and the largest value of a pixel.

    Raises:
      ValueError: `factor` or `scale` is not within [0, 1], or another `fill_value`.
    """

    _is_random = True

    def __init__(self, factor=1.0, scale=(0.02, 0.33), fill_value=None, value_range=(0, 255),
                 seed=None, data_format=None, **kwargs):  # fmt: skip
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor, self.scale = factor_range(factor, 0, 1), factor_range(scale, 0, 1, "scale")
        self.fill_value, self.value_range = fill_value, value_range

    def get_random_transformation(self, data, training=True, seed=None):
        if not training:
            return None
        seed = self.generator if seed is None else seed
        sides = sqrt(self._uniform(data, *self.scale, (2,), seed, self.compute_dtype))
        mask, _ = random_boxes(self, data, sides[:, 0], sides[:, 1], seed)
        chosen = self._chosen(data, self.factor, seed)
        return {"apply_erasing": chosen, "batch_masks": mask, "fill_value": self._fill(data, seed)}

    def _fill(self, images, seed):
        value = self.fill_value
        if value is None:
            noise = random.normal(shape(images), dtype=self.compute_dtype, seed=seed)
            value = noise * self.value_range[1]
        elif isinstance(value, list | tuple) and len(value) == 3:
            value = cast(np.asarray(value, "float32"), self.compute_dtype)
        elif isinstance(value, int | float):
            value = fill([1], cast(value, self.compute_dtype))
        else:
            raise ValueError(
                "The `fill_value` argument should be a number (or a list of three numbers) "
            )
        return clip_by_value(value, *self.value_range)

    def transform_images(self, images, transformation=None, training=True):
        images = cast(images, self.compute_dtype)
        if not training or transformation is None:
            return images
        erased = logical_and(transformation["batch_masks"], transformation["apply_erasing"])
        return where(erased, transformation["fill_value"], images)

    def transform_segmentation_masks(self, segmentation_masks, transformation, training=True):
        return segmentation_masks

    def get_config(self):
        own = ("factor", "scale", "fill_value", "value_range", "seed")
        return {**super().get_config(), **self._config_of(*own)}


def random_boxes(layer, images, width_share, height_share, seed):
    """(which pixels lie in a box at a random place in each image, the share of its area).

    Args:
      layer: the `ImageLayer` that draws.
      width_share, height_share: `[batch]`, the sides of the boxes as shares of those of images.
    """
    dtype = layer.compute_dtype
    inside, area = [], 1.0
    for axis, share in zip(layer._axes()[::-1], (width_share, height_share)):
        size = shape(images)[axis]
        length = cast(size, dtype)
        side = share * length
        start = layer._uniform(images, 0, 1, (), seed, dtype) * (length - side)
        end = start + side
        form = [1] * 4
        form[axis] = -1
        places = reshape(arange(size, dtype=dtype), form)
        start_of, end_of = (reshape(x, [-1, 1, 1, 1]) for x in (start, end))
        inside.append(logical_and(greater_equal(places, start_of), less(places, end_of)))
        area = area * (end - start) / length
    return logical_and(*inside), area
