"""The values of images: their dtypes, colours, contrast; and how much two images differ."""

import functools
import inspect

import jax
import jax.numpy as jnp

from minitf import dtypes, errors
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.gradients import unregistered
from minitf.core.registry import define
from minitf.ops import (
    array,
    convolution,
    gathering,
    image_sizes,
    joining,
    linalg,
    math,
    random,
    reductions,
)
from minitf.ops.table import unary


def convert_image_dtype(image, dtype, saturate=False, name=None):
    """An image in another dtype, scaled: floats are in [0, 1], integers up to their greatest.

    >>> convert_image_dtype([[[255, 0, 51]]], "float32").dtype
    tf.float32
    """
    image, dtype = convert_to_tensor(image), dtypes.as_dtype(dtype)
    have = image.dtype
    if have == dtype:
        return image
    cast = math.saturate_cast if saturate else math.cast
    if have.is_integer and dtype.is_integer:
        if have.max > dtype.max:
            return cast(image // ((have.max + 1) // (dtype.max + 1)), dtype)
        return cast(image, dtype) * ((dtype.max + 1) // (have.max + 1))
    if have.is_floating and dtype.is_floating:
        return math.cast(image, dtype)
    if have.is_integer:
        return math.cast(image, dtype) * (1.0 / have.max)
    return cast(image * (dtype.max + 0.5), dtype)


def _in_floats(change):
    """`change` of an image in floats, back in the image's dtype."""

    parameters = inspect.signature(change)

    @functools.wraps(change)
    def changed(*args, **kwargs):
        image, *others = parameters.bind(*args, **kwargs).args
        image = convert_to_tensor(image)
        is_float = image.dtype in (dtypes.float32, dtypes.float16)
        floats = image if is_float else convert_image_dtype(image, dtypes.float32)
        return convert_image_dtype(change(floats, *others), image.dtype, saturate=True)

    return changed


# Colours -----------------------------------------------------------------------------------------


def _check_channels(images, error):
    if images.shape[-1] != 3:
        raise error(
            None,
            None,
            f"input must have 3 channels but input only has {images.shape[-1]} channels.",
        )


def _rgb_to_hsv(images):
    _check_channels(images, errors.FailedPreconditionError)
    red, green, blue = images[..., 0], images[..., 1], images[..., 2]
    # Of equal channels one counts as the greatest, one as the least: the gradient goes there.
    red_most, green_most = (red >= blue) & (red >= green), (green > red) & (green >= blue)
    red_least, green_least = (red < blue) & (red < green), (green <= red) & (green < blue)
    value = jnp.where(red_most, red, jnp.where(green_most, green, blue))
    least = jnp.where(red_least, red, jnp.where(green_least, green, blue))
    spread = value - least
    saturation = jnp.where(value > 0, spread / jnp.where(value > 0, value, 1), 0)
    # TensorFlow's gradient divides by the least channel, and by 0 as if the result were 0.
    saturation = jnp.where(least == 0, jax.lax.stop_gradient(saturation), saturation)
    unit = 1 / (6 * jnp.where(spread > 0, spread, 1))
    hue = jnp.where(
        red_most, (green - blue) * unit,
        jnp.where(green_most, (blue - red) * unit + 2 / 6, (red - green) * unit + 4 / 6),
    )  # fmt: skip
    hue = jnp.where(spread > 0, hue, 0)
    return jnp.stack([jnp.where(hue < 0, hue + 1, hue), saturation, value], -1)


def _hsv_to_rgb(images):
    _check_channels(images, errors.FailedPreconditionError)
    hue, saturation, value = images[..., 0] * 6, images[..., 1], images[..., 2]
    full = [jnp.abs(hue - 3) - 1, 2 - jnp.abs(hue - 2), 2 - jnp.abs(hue - 4)]
    channels = [(1 - saturation + saturation * jnp.clip(c, 0, 1)) * value for c in full]
    return jnp.stack(channels, -1).astype(images.dtype)


def _of_three_channels(inputs, attrs):
    """The shape and dtype of the result: those of the images, with three channels."""
    (images,) = inputs
    if images.shape.rank and images.shape[-1] not in (None, 3):
        raise ValueError(
            f"input must have 3 channels but input only has {images.shape[-1]} channels."
        )
    known = images.shape.rank
    return [(images.shape[:-1].concatenate([3]) if known else images.shape, images.dtype)]


rgb_to_hsv = unary("rgb_to_hsv", "RGBToHSV", _rgb_to_hsv, "Hue, saturation, value.", "images",
                   infer=_of_three_channels)  # fmt: skip
hsv_to_rgb = unary("hsv_to_rgb", "HSVToRGB", _hsv_to_rgb, "Red, green, blue.", "images",
                   infer=_of_three_channels, differentiable=False)  # fmt: skip


def rgb_to_grayscale(images, name=None):
    """One channel: how bright the three are."""
    images = convert_to_tensor(images)
    floats = convert_image_dtype(images, dtypes.float32)
    gray = linalg.tensordot(floats, [0.2989, 0.5870, 0.1140], [-1, -1])
    return convert_image_dtype(array.expand_dims(gray, -1), images.dtype)


def grayscale_to_rgb(images, name=None):
    """Three equal channels."""
    images = convert_to_tensor(images)
    colored = array.tile(images, [1] * (images.shape.rank - 1) + [3])
    colored.set_shape(images.shape[:-1].concatenate([3]))
    return colored


_YUV = [[0.299, -0.14714119, 0.61497538], [0.587, -0.28886916, -0.51496512],
        [0.114, 0.43601035, -0.10001026]]  # fmt: skip
_FROM_YUV = [[1, 1, 1], [0, -0.394642334, 2.03206185], [1.13988303, -0.58062185, 0]]
_YIQ = [[0.299, 0.59590059, 0.2115], [0.587, -0.27455667, -0.52273617],
        [0.114, -0.32134392, 0.31119955]]  # fmt: skip
_FROM_YIQ = [[1, 1, 1], [0.95598634, -0.27201283, -1.10674021],
             [0.6208248, -0.64720424, 1.70423049]]  # fmt: skip


def _colours(name, matrix, doc):
    def change(images):
        images = convert_to_tensor(images)
        changed = linalg.tensordot(images, convert_to_tensor(matrix, images.dtype), [[-1], [0]])
        changed.set_shape(images.shape[:-1].concatenate([3]))
        return changed

    change.__name__ = change.__qualname__ = name
    change.__doc__ = doc
    return change


rgb_to_yuv = _colours("rgb_to_yuv", _YUV, "Brightness and two colour differences, of TV in Europe.")
yuv_to_rgb = _colours("yuv_to_rgb", _FROM_YUV, "Red, green, blue.")
rgb_to_yiq = _colours("rgb_to_yiq", _YIQ, "Brightness and two colour differences, of TV in the US.")
yiq_to_rgb = _colours("yiq_to_rgb", _FROM_YIQ, "Red, green, blue.")

# Adjusting ---------------------------------------------------------------------------------------


@_in_floats
def adjust_brightness(image, delta):
    """An image with `delta` added."""
    return image + math.cast(delta, image.dtype)


def _contrast(images, contrast_factor):
    mean = images.mean((-3, -2), keepdims=True)
    return (images - mean) * contrast_factor.astype(images.dtype) + mean


CONTRAST = define("AdjustContrastv2", _contrast, "TF", backward=unregistered)


def _hue(images, delta):
    _check_channels(images, errors.InvalidArgumentError)
    hue, saturation, value = jnp.moveaxis(_rgb_to_hsv(images), -1, 0)
    return _hsv_to_rgb(jnp.stack([(hue + delta.astype(hue.dtype)) % 1, saturation, value], -1))


def _saturation(images, scale):
    _check_channels(images, errors.InvalidArgumentError)
    hue, saturation, value = jnp.moveaxis(_rgb_to_hsv(images), -1, 0)
    scaled = jnp.clip(saturation * scale.astype(hue.dtype), 0, 1)
    return _hsv_to_rgb(jnp.stack([hue, scaled, value], -1))


HUE = define("AdjustHue", _hue, "TF", backward=unregistered)
SATURATION = define("AdjustSaturation", _saturation, "TF", backward=unregistered)


@_in_floats
def adjust_contrast(images, contrast_factor):
    """An image with each channel's distance from its mean multiplied."""
    return execute(CONTRAST, (images, math.cast(contrast_factor, dtypes.float32)))


@_in_floats
def _adjust_hue(image, delta):
    return execute(HUE, (image, math.cast(delta, dtypes.float32)))


@_in_floats
def _adjust_saturation(image, saturation_factor):
    return execute(SATURATION, (image, math.cast(saturation_factor, dtypes.float32)))


def adjust_hue(image, delta, name=None):
    """An image with its hues turned by `delta`, a share of the circle.

    Raises:
      ValueError: `delta` is known and not in [-1, 1].
    """
    if isinstance(delta, int | float) and not -1 <= delta <= 1:
        raise ValueError("delta must be in the interval [-1, 1]")
    return _adjust_hue(image, delta)


def adjust_saturation(image, saturation_factor, name=None):
    """An image with its saturation multiplied."""
    return _adjust_saturation(image, saturation_factor)


@_in_floats
def _adjust_gamma(image, gamma, gain):
    return gain * image**gamma


def adjust_gamma(image, gamma=1, gain=1):
    """`gain * image ** gamma`.

    Raises:
      ValueError: a negative gamma.
    """
    if isinstance(gamma, int | float) and gamma < 0:
        raise ValueError("Gamma should be a non-negative real number.")
    return _adjust_gamma(image, gamma, gain)


def per_image_standardization(image):
    """Each image with mean 0 and variance 1."""
    image = convert_to_tensor(image)
    if image.shape.rank is not None and image.shape.rank < 3:
        raise ValueError(f"'image' (shape {image.shape}) must be at least three-dimensional.")
    image = image if image.dtype.is_floating else math.cast(image, dtypes.float32)
    count = reductions.reduce_prod(array.shape(image)[-3:])
    mean = reductions.reduce_mean(image, axis=[-1, -2, -3], keepdims=True)
    deviation = reductions.reduce_std(image, axis=[-1, -2, -3], keepdims=True)
    least = math.rsqrt(math.cast(count, image.dtype))
    return (image - mean) / math.maximum(deviation, least)


# At random ---------------------------------------------------------------------------------------


def _check_delta(max_delta, most=None):
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    if most is not None and max_delta > most:
        raise ValueError(f"max_delta must be <= {most}.")
    return -max_delta, max_delta


def _check_range(lower, upper):
    if upper <= lower:
        raise ValueError("upper must be > lower.")
    if lower < 0:
        raise ValueError("lower must be non-negative.")
    return lower, upper


def _uniform(seed, low, high):
    return random.uniform([], low, high, seed=seed)


def _stateless(seed, low, high):
    return random.stateless_uniform([], seed, low, high)


def random_brightness(image, max_delta, seed=None):
    """An image with a number in [-max_delta, max_delta) added."""
    return adjust_brightness(image, _uniform(seed, *_check_delta(max_delta)))


def random_contrast(image, lower, upper, seed=None):
    """An image with its contrast multiplied by a number in [lower, upper)."""
    return adjust_contrast(image, _uniform(seed, *_check_range(lower, upper)))


def random_hue(image, max_delta, seed=None):
    """An image with its hues turned by a number in [-max_delta, max_delta)."""
    return adjust_hue(image, _uniform(seed, *_check_delta(max_delta, 0.5)))


def random_saturation(image, lower, upper, seed=None):
    """An image with its saturation multiplied by a number in [lower, upper)."""
    return adjust_saturation(image, _uniform(seed, *_check_range(lower, upper)))


def stateless_random_brightness(image, max_delta, seed):
    """As `random_brightness`, determined by `seed`."""
    return adjust_brightness(image, _stateless(seed, *_check_delta(max_delta)))


def stateless_random_contrast(image, lower, upper, seed):
    """As `random_contrast`, determined by `seed`."""
    return adjust_contrast(image, _stateless(seed, *_check_range(lower, upper)))


def stateless_random_hue(image, max_delta, seed):
    """As `random_hue`, determined by `seed`."""
    return adjust_hue(image, _stateless(seed, *_check_delta(max_delta, 0.5)))


def stateless_random_saturation(image, lower, upper, seed=None):
    """As `random_saturation`, determined by `seed`."""
    return adjust_saturation(image, _stateless(seed, *_check_range(lower, upper)))


def _flipped_at_random(image, flip, draw):
    """Each image flipped or not, as the numbers of `draw(shape)` say."""
    image = convert_to_tensor(image)
    if image.shape.rank == 3:
        return gathering.where(draw([]) < 0.5, flip(image), image)
    count = array.shape(image)[0]  # for a batch TensorFlow compares the other way round
    turned = array.reshape(draw([count]), [count, 1, 1, 1]) > 0.5
    return gathering.where(turned, flip(image), image)


def random_flip_left_right(image, seed=None):
    """An image mirrored from left to right, or not."""
    return _flipped_at_random(image, image_sizes.flip_left_right,
                              lambda shape: random.uniform(shape, seed=seed))  # fmt: skip


def random_flip_up_down(image, seed=None):
    """An image mirrored from top to bottom, or not."""
    return _flipped_at_random(image, image_sizes.flip_up_down,
                              lambda shape: random.uniform(shape, seed=seed))  # fmt: skip


def stateless_random_flip_left_right(image, seed):
    """As `random_flip_left_right`, determined by `seed`."""
    return _flipped_at_random(image, image_sizes.flip_left_right,
                              lambda shape: random.stateless_uniform(shape, seed))  # fmt: skip


def stateless_random_flip_up_down(image, seed):
    """As `random_flip_up_down`, determined by `seed`."""
    return _flipped_at_random(image, image_sizes.flip_up_down,
                              lambda shape: random.stateless_uniform(shape, seed))  # fmt: skip


# Measures ----------------------------------------------------------------------------------------


def image_gradients(image):
    """(dy, dx): the differences to the pixel below and to the right."""
    image = convert_to_tensor(image)
    if image.shape.rank != 4:
        raise ValueError(
            f"image_gradients expects a 4D tensor [batch_size, h, w, d], not {image.shape}."
        )
    dy, dx = image[:, 1:] - image[:, :-1], image[:, :, 1:] - image[:, :, :-1]
    return (array.pad(dy, [[0, 0], [0, 1], [0, 0], [0, 0]]),
            array.pad(dx, [[0, 0], [0, 0], [0, 1], [0, 0]]))  # fmt: skip


def sobel_edges(image):
    """`[..., 2]`: the vertical and the horizontal edges, by Sobel's filters."""
    image = convert_to_tensor(image)
    vertical = [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]
    both = convert_to_tensor([vertical, list(map(list, zip(*vertical, strict=True)))], image.dtype)
    channels = image.shape[-1]
    filters = array.tile(
        array.expand_dims(array.transpose(both, [1, 2, 0]), 2), [1, 1, channels, 1]
    )
    padded = array.pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]], "REFLECT")
    edges = convolution.depthwise_conv2d(padded, filters, [1, 1, 1, 1], "VALID")
    return array.reshape(edges, joining.concat([array.shape(image), [2]], 0))


def total_variation(images, name=None):
    """The sum of the distances between neighbouring pixels, of each image."""
    images = convert_to_tensor(images)
    if images.shape.rank not in (3, 4):
        raise ValueError("'images' must be either 3 or 4-dimensional.")
    down = math.abs(images[..., 1:, :, :] - images[..., :-1, :, :])
    across = math.abs(images[..., :, 1:, :] - images[..., :, :-1, :])
    axes = [-3, -2, -1]
    return reductions.reduce_sum(down, axes) + reductions.reduce_sum(across, axes)


def psnr(a, b, max_val, name=None):
    """The peak signal-to-noise ratio of two images, in decibels."""
    peak = math.cast(max_val, convert_to_tensor(a).dtype)
    a, b, peak = (convert_image_dtype(x, dtypes.float32) for x in (a, b, peak))
    error = reductions.reduce_mean(math.squared_difference(a, b), axis=[-3, -2, -1])
    return (20 * math.log(peak) - 10 * math.log(error)) / math.log(10.0)
