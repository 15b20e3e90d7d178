"""Layers that shift hues, wash colours out, invert and coarsen them, while training."""

from minitf.keras import config as settings
from minitf.keras import random
from minitf.keras.layers.image_colors import Colours, RandomBrightness, RandomContrast
from minitf.keras.layers.images import ImageLayer, checked_range, factor_range, rescaled
from minitf.keras.ops import image
from minitf.keras.ops.elementwise import bitwise_left_shift, bitwise_right_shift
from minitf.ops.array import ones, ones_like
from minitf.ops.gathering import where
from minitf.ops.joining import stack, unstack
from minitf.ops.linalg import clip_by_value
from minitf.ops.math import cast, greater, less


class _HueOrSaturation(Colours):
    """Images of three colours, of which hue or saturation is changed.

    Args:
      factor: how much; a number or two.
      value_range: the least and the largest value of a pixel.
    """

    def _channels(self, images):
        """Hue, saturation and value, and what makes images of them."""
        axis = -3 if self.data_format == "channels_first" else -1
        hsv = unstack(image.rgb_to_hsv(images, self.data_format), axis=axis)
        return hsv, lambda hsv: image.hsv_to_rgb(stack(hsv, axis), self.data_format)


class RandomHue(_HueOrSaturation):
    """Hues turned by up to half of `factor`, to both sides.

    Raises:
      ValueError: `factor` is not within [0, 1].
    """

    def __init__(self, factor, value_range=(0, 255), data_format=None, seed=None, **kwargs):
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor, self.value_range = factor_range(factor or 0.0, 0, 1), value_range

    def get_random_transformation(self, data, training=True, seed=None):
        side = self._uniform(data, 0, 1, sizes=(1, 1), seed=seed)
        side = where(greater(side, 0.5), -ones_like(side), ones_like(side))
        factor = self._uniform(data, *self.factor, sizes=(1, 1), seed=seed)
        return {"factor": side * factor * 0.5}

    def transform_images(self, images, transformation, training=True):
        if not training:
            return images
        images = rescaled(cast(images, self.compute_dtype), self.value_range, (0, 1))
        (hue, saturation, value), to_rgb = self._channels(images)
        hue = hue + cast(transformation["factor"], hue.dtype)
        hue = where(greater(hue, 1.0), hue - 1.0, hue)
        hue = where(less(hue, 0.0), hue + 1.0, hue)
        images = clip_by_value(to_rgb([hue, saturation, value]), 0, 1)
        return cast(rescaled(images, (0, 1), self.value_range), self.compute_dtype)


class RandomSaturation(_HueOrSaturation):
    """Saturations multiplied by `f / (1 - f)`, `f` being drawn from `factor`.

    Raises:
      ValueError: `factor` is not within [-1, 1].
    """

    def __init__(self, factor, value_range=(0, 255), data_format=None, seed=None, **kwargs):
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor = factor_range(factor or 0.0, -1, 1)
        self.value_range = checked_range(value_range)

    def get_random_transformation(self, data, training=True, seed=None):
        factor = self._uniform(data, *self.factor, sizes=(1, 1), seed=seed)
        return {"factor": factor / (1 - factor + settings.epsilon())}

    def transform_images(self, images, transformation, training=True):
        if not training:
            return images
        (hue, saturation, value), to_rgb = self._channels(images)
        saturation = saturation * cast(transformation["factor"], saturation.dtype)
        return to_rgb([hue, clip_by_value(saturation, *self.value_range), value])


class RandomColorDegeneration(Colours):
    """Images on the way to grey, by a share drawn from `factor`.

    Raises:
      ValueError: `factor` is not within [-1, 1], or images have not three channels.
    """

    def __init__(self, factor, value_range=(0, 255), data_format=None, seed=None, **kwargs):
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor = factor_range(factor or 0.0, -1, 1)
        self.value_range = checked_range(value_range)

    def get_random_transformation(self, data, training=True, seed=None):
        return {"factor": self._uniform(data, *self.factor, sizes=(1, 1, 1), seed=seed)}

    def transform_images(self, images, transformation, training=True):
        if not training:
            return images
        images = cast(images, self.compute_dtype)
        grey = image.rgb_to_grayscale(images, self.data_format)
        changed = images + cast(transformation["factor"], self.compute_dtype) * (grey - images)
        return clip_by_value(changed, *self.value_range)

    def compute_output_shape(self, input_shape):
        if len(input_shape) not in (3, 4):
            raise ValueError(
                "Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). "
                f"Received: input_shape={input_shape}"
            )
        channels = input_shape[-1 if self.data_format == "channels_last" else -3]
        if channels not in (None, 3):
            raise ValueError(
                f"Input images must have 3 channels, but received images with {channels} channels."
            )
        return input_shape


class RandomInvert(Colours):
    """Some images become `value_range[1] - image`, each with a probability drawn from `factor`.

    Raises:
      ValueError: `factor` is not within [0, 1].
    """

    def __init__(self, factor=1.0, value_range=(0, 255), seed=None, data_format=None, **kwargs):
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor, self.value_range = factor_range(factor, 0, 1), value_range

    def get_random_transformation(self, data, training=True, seed=None):
        return {"apply_inversion": self._chosen(data, self.factor, seed)} if training else None

    def transform_images(self, images, transformation, training=True):
        if not training:
            return images
        images = cast(images, self.compute_dtype)
        return where(transformation["apply_inversion"], self.value_range[1] - images, images)


class RandomPosterization(Colours):
    """Each channel keeps only some of its 8 bits, the most significant ones.

    Args:
      factor: how many bits, from 1 to 8; or the least, and one more than the most.
      value_range: the least and the largest value of a pixel.

    Raises:
      ValueError: `factor` is not within [1, 8].
    """

    def __init__(self, factor, value_range=(0, 255), data_format=None, seed=None, **kwargs):
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor, self.value_range = factor_range(factor, 1, 8), checked_range(value_range)

    def get_random_transformation(self, data, training=True, seed=None):
        sizes, (lower, upper) = [self._batch_size(data), 1, 1, 1], self.factor
        seed = self.generator if seed is None else seed
        kept = (
            random.randint(sizes, lower, upper, "uint8", seed)
            if lower != upper
            else ones(sizes, "uint8") * int(lower)
        )
        return {"shift_factor": 8 - kept}

    def transform_images(self, images, transformation, training=True):
        if not training:
            return images
        shift = transformation["shift_factor"]
        images = cast(rescaled(images, self.value_range, (0, 255), self.compute_dtype), "uint8")
        images = bitwise_left_shift(bitwise_right_shift(images, shift), shift)
        images = cast(images, self.compute_dtype)
        return rescaled(images, (0, 255), self.value_range, self.compute_dtype)


class Solarization(ImageLayer):
    """Values, with something added to them, are inverted where they reach a threshold.

    Args:
      addition_factor, threshold_factor: up to what share of 255 is added, and is the threshold.
      value_range: the least and the largest value of a pixel.

    Raises:
      ValueError: a factor is not within [0, 1].
    """

    _is_random = True

    def __init__(self, addition_factor=0.0, threshold_factor=0.0, value_range=(0, 255), seed=None,
                 **kwargs):  # fmt: skip
        super().__init__(seed=seed, **kwargs)
        self.addition_factor = self._share(addition_factor, "addition_factor")
        self.threshold_factor = self._share(threshold_factor, "threshold_factor")
        self.value_range = checked_range(value_range)

    @staticmethod
    def _share(factor, name):
        pair = factor if isinstance(factor, list | tuple) else [0, factor]
        if len(pair) != 2 or not all(isinstance(x, int | float) and 0 <= x <= 1 for x in pair):
            raise ValueError(
                "The `addition_factor` and `threshold_factor` arguments should be a number (or a "
                f"list of two numbers) in the range [0, 1]. Received: {name}={factor}"
            )
        return tuple(sorted(pair))

    def get_random_transformation(self, data, training=True, seed=None):
        if not training:
            return None
        ends = {"additions": self.addition_factor, "thresholds": self.threshold_factor}
        return {
            name: self._uniform(data, low, high * 255, (1, 1, 1), seed, self.compute_dtype)
            for name, (low, high) in ends.items()
        }

    def transform_images(self, images, transformation, training=True):
        images = cast(images, self.compute_dtype)
        if not training or transformation is None:
            return images
        images = rescaled(images, self.value_range, (0, 255), self.compute_dtype)
        lighter = clip_by_value(images + transformation["additions"], 0, 255)
        changed = where(less(lighter, transformation["thresholds"]), lighter, 255 - lighter)
        return rescaled(changed, (0, 255), self.value_range, self.compute_dtype)

    def transform_segmentation_masks(self, segmentation_masks, transformation, training=True):
        return segmentation_masks

    def get_config(self):
        own = ("value_range", "addition_factor", "threshold_factor", "seed")
        return {**super().get_config(), **self._config_of(*own)}


class RandomColorJitter(Colours):
    """Brightness, contrast, saturation and hue changed at random, one after the other.

    Args:
      value_range: the least and the largest value of a pixel.
      brightness_factor, contrast_factor, saturation_factor, hue_factor: as in `RandomBrightness`
        and so on; None leaves this out.
    """

    _parts = {"brightness": RandomBrightness, "contrast": RandomContrast,
              "saturation": RandomSaturation, "hue": RandomHue}  # fmt: skip

    def __init__(self, value_range=(0, 255), brightness_factor=None, contrast_factor=None,
                 saturation_factor=None, hue_factor=None, seed=None, data_format=None,
                 **kwargs):  # fmt: skip
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.value_range = value_range
        self.brightness_factor, self.contrast_factor = brightness_factor, contrast_factor
        self.saturation_factor, self.hue_factor = saturation_factor, hue_factor
        for part, kind in self._parts.items():
            factor = getattr(self, f"{part}_factor")
            layer = None if factor is None else kind(factor, value_range=value_range, seed=seed)
            setattr(self, f"random_{part}", layer)

    def build(self, input_shape):
        """Nothing is to be made: the parts have no weights."""
        self.built = True

    def transform_images(self, images, transformation, training=True):
        if not training:
            return images
        images = cast(images, self.compute_dtype)
        for part in self._parts:
            layer = getattr(self, f"random_{part}")
            if layer is not None:
                drawn = layer.get_random_transformation(images, seed=self.generator)
                images = layer.transform_images(images, drawn)
        return cast(images, self.compute_dtype)

    def get_config(self):
        own = ("value_range", *(f"{part}_factor" for part in self._parts), "seed")
        return {**ImageLayer.get_config(self), **self._config_of(*own)}
