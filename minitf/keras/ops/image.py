"""`tf.keras.ops.image`: images [height, width, channels], or batches of them.

With `data_format="channels_first"` the channels come before the height.
"""

import jax
import jax.numpy as jnp

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config as settings
from minitf.keras.ops.defining import floating, of_arrays
from minitf.keras.ops.image_forms import for_batch, one_of
from minitf.keras.ops.image_warps import (  # noqa: F401  part of this face
    affine_transform,
    elastic_transform,
    gaussian_blur,
    map_coordinates,
    perspective_transform,
    scale_and_translate,
)
from minitf.ops import array, image_colors, image_sizes, math
from minitf.ops.image_similarity import ssim as similarity

_RESIZES = ("bilinear", "nearest", "lanczos3", "lanczos5", "bicubic", "area")


def rgb_to_grayscale(images, data_format=None):
    """Images of one channel, the brightness; those of one channel as they are.

    Raises:
      ValueError: images of another number of channels.
    """
    shape = tuple(convert_to_tensor(images).shape)

    def change(batch):
        if batch.shape[-1] not in (1, 3, None):
            raise ValueError(
                "Invalid channel size: expected 3 (RGB) or 1 (Grayscale). Received input with "
                f"shape: images.shape={shape}"
            )
        return batch if batch.shape[-1] == 1 else image_colors.rgb_to_grayscale(batch)

    return for_batch(images, data_format, change)


def rgb_to_hsv(images, data_format=None):
    """Hue, saturation and value of float images of red, green and blue."""
    return _coloured(_floats(images), data_format, image_colors.rgb_to_hsv)


def hsv_to_rgb(images, data_format=None):
    """Red, green and blue of float images of hue, saturation and value."""
    return _coloured(_floats(images), data_format, image_colors.hsv_to_rgb)


def _floats(images):
    images = convert_to_tensor(images)
    if not images.dtype.is_floating:
        raise ValueError(
            "Invalid images dtype: expected float dtype. "
            f"Received: images.dtype={images.dtype.name}"
        )
    return images


def _coloured(images, data_format, function):
    def change(batch):
        if batch.shape[-1] not in (3, None):
            raise ValueError(
                "Input images must have 3 channels, but received images with "
                f"{batch.shape[-1]} channels."
            )
        return function(batch)

    return for_batch(images, data_format, change)


def sobel_edges(images, data_format=None):
    """The slopes along height and width, on a new last axis."""
    first = settings.standardize_data_format(data_format) == "channels_first"
    images = array.transpose(images, [0, 2, 3, 1]) if first else images
    edges = image_colors.sobel_edges(images)
    return array.transpose(edges, [0, 3, 1, 2, 4]) if first else edges


def resize(images, size, interpolation="bilinear", antialias=False, crop_to_aspect_ratio=False,
           pad_to_aspect_ratio=False, fill_mode="constant", fill_value=0.0,
           data_format=None):  # fmt: skip
    """Images of `size` (height, width), of the same dtype.

    Args:
      interpolation: `"nearest"`, `"bilinear"`, `"bicubic"`, `"lanczos3"`, `"lanczos5"`, `"area"`.
      antialias: whether smaller images are smoothed.
      crop_to_aspect_ratio: whether the middle is cut out in the shape of `size` first.
      pad_to_aspect_ratio: whether a margin of `fill_value` brings them to that shape first.

    Raises:
      ValueError: another interpolation or `fill_mode`, both ways to keep the aspect ratio, or
        a shape that is no image's.

    >>> import numpy as np
    >>> resize(np.ones([4, 6, 3], "uint8"), (2, 2)).dtype
    tf.uint8
    """
    one_of("interpolation", interpolation, _RESIZES)
    if fill_mode != "constant":
        raise ValueError(
            "Invalid value for argument `fill_mode`. Only `'constant'` is supported. "
            f"Received: fill_mode={fill_mode}"
        )
    if pad_to_aspect_ratio and crop_to_aspect_ratio:
        raise ValueError(
            "Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be `True`."
        )
    if len(size) != 2:
        raise ValueError(
            "Argument `size` must be a tuple of two elements (height, width). "
            f"Received: size={size}"
        )
    if any(isinstance(n, int) and n <= 0 for n in size):
        raise ValueError(f"`size` must have positive height and width. Received: size={size}")

    def resized(batch):
        if crop_to_aspect_ratio:
            batch = _cropped_like(batch, *size)
        elif pad_to_aspect_ratio:
            batch = _padded_like(batch, *size, fill_value)
        return image_sizes.resize(batch, list(size), interpolation, antialias=antialias)

    images = convert_to_tensor(images)
    result = for_batch(images, data_format, resized)
    if result.dtype == images.dtype:
        return result
    if images.dtype.is_integer:
        return math.saturate_cast(math.round(result), images.dtype)
    return math.cast(result, images.dtype)


def _scaled(n, numerator, denominator):
    return math.cast(math.cast(n * numerator, "float32") / denominator, "int32")


def _cropped_like(batch, height, width):
    """The largest middle part of the shape of height x width."""
    rows, columns = array.shape(batch)[1], array.shape(batch)[2]
    kept_rows = math.maximum(math.minimum(rows, _scaled(columns, height, width)), 1)
    kept_columns = math.maximum(math.minimum(columns, _scaled(rows, width, height)), 1)
    top, left = (rows - kept_rows) // 2, (columns - kept_columns) // 2
    return batch[:, top : top + kept_rows, left : left + kept_columns]


def _padded_like(batch, height, width, fill_value):
    """The smallest frame of the shape of height x width, with the images in the middle."""
    rows, columns = array.shape(batch)[1], array.shape(batch)[2]
    top = (math.maximum(rows, _scaled(columns, height, width)) - rows) // 2
    left = (math.maximum(columns, _scaled(rows, width, height)) - columns) // 2
    margins = [[0, 0], [top, top], [left, left], [0, 0]]
    return array.pad(batch, margins, constant_values=math.cast(fill_value, batch.dtype))


def crop_images(images, top_cropping=None, left_cropping=None, bottom_cropping=None,
                right_cropping=None, target_height=None, target_width=None,
                data_format=None):  # fmt: skip
    """The part of the images that lies between the croppings, or has the target size.

    Raises:
      ValueError: not two of top, bottom and height, or of left, right and width.
    """

    def cropped(batch):
        rows, columns = _sizes(batch)
        top, height, _ = _span(
            "top_cropping", top_cropping, "target_height", target_height,
            "bottom_cropping", bottom_cropping, rows,
        )  # fmt: skip
        left, width, _ = _span(
            "left_cropping", left_cropping, "target_width", target_width,
            "right_cropping", right_cropping, columns,
        )  # fmt: skip
        part = batch[:, top : top + height, left : left + width]
        known = [size if isinstance(size, int) else None for size in (height, width)]
        part.set_shape([None, *known, None])
        return part

    return for_batch(images, data_format, cropped)


def pad_images(images, top_padding=None, left_padding=None, bottom_padding=None, right_padding=None,
               target_height=None, target_width=None, data_format=None):  # fmt: skip
    """The images with zeros around them.

    Raises:
      ValueError: not two of top, bottom and height, or of left, right and width.
    """

    def padded(batch):
        rows, columns = _sizes(batch)
        top, _, bottom = _frame(
            "top_padding", top_padding, "target_height", target_height,
            "bottom_padding", bottom_padding, rows,
        )  # fmt: skip
        left, _, right = _frame(
            "left_padding", left_padding, "target_width", target_width,
            "right_padding", right_padding, columns,
        )  # fmt: skip
        whole = array.pad(batch, [[0, 0], [top, bottom], [left, right], [0, 0]])
        whole.set_shape([None, target_height, target_width, None])
        return whole

    return for_batch(images, data_format, padded)


def _sizes(batch):
    """Height and width, as tensors where they are not known."""
    dynamic = array.shape(batch)
    return [dynamic[i] if batch.shape[i] is None else batch.shape[i] for i in (1, 2)]


def _two_of(names, values):
    for name, value in zip(names, values):
        if isinstance(value, int) and value < 0:
            raise ValueError(f"{name} must be >= 0. Received: {name}={value}")
    if sum(value is not None for value in values) != 2:
        received = ", ".join(f"{name}={value}" for name, value in zip(names, values))
        raise ValueError(f"Must specify exactly two of {', '.join(names)}. Received: {received}")


def _span(first, before, middle, inside, last, after, whole):
    """(before, inside, after) of a whole that is cut, of which two are given."""
    _two_of((first, last, middle), (before, after, inside))
    if before is None:
        before = whole - inside - after
    elif inside is None:
        inside = whole - before - after
    return before, inside, whole - before - inside


def _frame(first, before, middle, outside, last, after, inside):
    """(before, outside, after) of something that is framed, of which two are given."""
    _two_of((first, last, middle), (before, after, outside))
    if before is None:
        before = outside - inside - after
    elif after is None:
        after = outside - inside - before
    return before, before + inside + after, after


def extract_patches(images, size, strides=None, dilation_rate=1, padding="valid",
                    data_format=None):  # fmt: skip
    """The windows of images, each as one vector of channels; of volumes, if `size` has 3 numbers.

    Raises:
      TypeError: `size` is something else than an integer or a tuple.
      ValueError: there are not 2 or 3 numbers in it, or `strides` of another length.
    """
    if not isinstance(size, int | list | tuple):
        raise TypeError(
            "Invalid `size` argument. Expected an int or a tuple. "
            f"Received: size={size} of type {type(size).__name__}"
        )
    if not isinstance(size, int) and len(size) not in (2, 3):
        raise ValueError(
            "Invalid `size` argument. Expected a tuple of length 2 or 3. "
            f"Received: size={size} with length {len(size)}"
        )
    if not isinstance(size, int) and len(size) == 3:
        return extract_patches_3d(images, size, strides, dilation_rate, padding, data_format)
    return _extracted(2, images, size, strides, dilation_rate, padding, data_format)


def extract_patches_3d(volumes, size, strides=None, dilation_rate=1, padding="valid",
                       data_format=None):  # fmt: skip
    """The windows of volumes [depth, height, width, channels], or of a batch of them."""
    return _extracted(3, volumes, size, strides, dilation_rate, padding, data_format)


def _extracted(rank, images, size, strides, dilation_rate, padding, data_format):
    if not isinstance(size, int) and len(size) != rank:
        raise TypeError(
            f"Invalid `size` argument. Expected an int or a tuple of length {rank}. "
            f"Received: size={size}"
        )
    size = (size,) * rank if isinstance(size, int) else tuple(size)
    strides = size if strides is None else strides
    strides = (strides,) * rank if isinstance(strides, int) else tuple(strides)
    if len(strides) != rank:
        raise ValueError(f"Invalid `strides` argument. Got: {strides}")
    rate = (dilation_rate,) * rank if isinstance(dilation_rate, int) else tuple(dilation_rate)

    def change(x):
        return _patches(x, size=size, strides=strides, rate=rate, padding=padding.upper())

    return for_batch(images, data_format, change, rank)


@of_arrays(1)
def _patches(x, size, strides, rate, padding):
    layout = ("NHWC", "HWIO", "NHWC") if len(size) == 2 else ("NDHWC", "DHWIO", "NDHWC")
    found = jax.lax.conv_general_dilated_patches(
        x, size, strides, padding, rhs_dilation=rate, dimension_numbers=layout
    )
    channels = x.shape[-1]  # JAX puts the channels before the places of a window
    found = found.reshape(*found.shape[:-1], channels, found.shape[-1] // channels)
    return jnp.swapaxes(found, -1, -2).reshape(*found.shape[:-2], -1)


def ssim(image1, image2, max_val=1.0, filter_size=11, filter_sigma=1.5, k1=0.01, k2=0.03,
         data_format=None):  # fmt: skip
    """How alike two images are (structural similarity, Wang et al., 2004); 1 for the same.

    Args:
      max_val: the largest value that a pixel may have.
      filter_size, filter_sigma: of the window in which they are compared.

    Raises:
      ValueError: the rank of an image is neither 3 nor 4.
    """
    first = settings.standardize_data_format(data_format) == "channels_first"
    images = [convert_to_tensor(image) for image in (image1, image2)]
    for name, x in zip(("image1", "image2"), images, strict=True):
        if x.shape.rank not in (3, 4):
            raise ValueError(
                f"Invalid {name} rank: expected rank 3 (single image) or rank 4 (batch of "
                f"images). Received input with shape: {name}.shape={x.shape}"
            )
    dtype = images[0].dtype
    images = floating(*images)
    if first:
        order = [0, 2, 3, 1] if images[0].shape.rank == 4 else [1, 2, 0]
        images = [array.transpose(x, order) for x in images]
    found = similarity(*images, max_val, filter_size, filter_sigma, k1, k2)
    return math.cast(found, dtype)
