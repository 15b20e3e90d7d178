"""`tf.keras.ops.image`: images [height, width, channels], or batches of them.

With `data_format="channels_first"` the channels come before the height.
"""

import jax
import jax.numpy as jnp

from minitf.core.dispatch import convert_to_tensor, execute
from minitf.keras import config as settings
from minitf.keras.ops.defining import floating, of_arrays
from minitf.ops import array, image_colors, image_sizes, math
from minitf.ops.image_warps import PROJECT

_RESIZES = ("bilinear", "nearest", "lanczos3", "lanczos5", "bicubic", "area")
_FILLS = ("constant", "nearest", "wrap", "reflect")


def _for_batch(images, data_format, function):
    """`function` of images [batch, height, width, channels], for those of any other form.

    Raises:
      ValueError: the rank is neither 3 nor 4.
    """
    images = convert_to_tensor(images)
    rank = images.shape.rank
    if rank not in (3, 4):
        raise ValueError(
            "Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). "
            f"Received input with shape: images.shape={images.shape}"
        )
    first = settings.standardize_data_format(data_format) == "channels_first"
    batch = images if rank == 4 else array.expand_dims(images, 0)
    batch = array.transpose(batch, [0, 2, 3, 1]) if first else batch
    result = function(batch)
    result = array.transpose(result, [0, 3, 1, 2]) if first else result
    return result if rank == 4 else array.squeeze(result, [0])


def _one_of(name, value, allowed):
    if value not in allowed:
        raise ValueError(
            f"Invalid value for argument `{name}`. Expected of one {allowed}. "
            f"Received: {name}={value}"
        )


def rgb_to_grayscale(images, data_format=None):
    """Images of one channel, the brightness."""
    return _for_batch(images, data_format, image_colors.rgb_to_grayscale)


def rgb_to_hsv(images, data_format=None):
    """Hue, saturation and value of float images of red, green and blue."""
    return _for_batch(images, data_format, image_colors.rgb_to_hsv)


def hsv_to_rgb(images, data_format=None):
    """Red, green and blue of float images of hue, saturation and value."""
    return _for_batch(images, data_format, image_colors.hsv_to_rgb)


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
    _one_of("interpolation", interpolation, _RESIZES)
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

    def resized(batch):
        if crop_to_aspect_ratio:
            batch = _cropped_like(batch, *size)
        elif pad_to_aspect_ratio:
            batch = _padded_like(batch, *size, fill_value)
        return image_sizes.resize(batch, list(size), interpolation, antialias=antialias)

    images = convert_to_tensor(images)
    result = _for_batch(images, data_format, resized)
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


def affine_transform(images, transform, interpolation="bilinear", fill_mode="constant",
                     fill_value=0, data_format=None):  # fmt: skip
    """Images in which pixel (x, y) is what lay at ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k),

    with k = c0 x + c1 y + 1.

    Args:
      transform: [8] or [batch, 8], a0, a1, a2, b0, b1, b2, c0, c1.
      interpolation: `"bilinear"` or `"nearest"`.
      fill_mode: what lies beyond the border: `"constant"` (`fill_value`), `"nearest"`, `"reflect"`,
        `"wrap"`.

    Raises:
      ValueError: another interpolation or fill mode, or shapes that do not fit.

    >>> affine_transform([[[1.0], [2.0]]], [1.0, 0, 1, 0, 1, 0, 0, 0]).numpy().ravel()
    array([2., 0.], dtype=float32)
    """
    _one_of("interpolation", interpolation, ("nearest", "bilinear"))
    _one_of("fill_mode", fill_mode, _FILLS)
    transform = math.cast(transform, "float32")
    if transform.shape.rank not in (1, 2):
        raise ValueError(
            "Invalid transform rank: expected rank 1 (single transform) or rank 2 (batch of "
            f"transforms). Received input with shape: transform.shape={transform.shape}"
        )
    if transform.shape.rank == 1:
        transform = array.expand_dims(transform, 0)
    fill_value = convert_to_tensor(float(fill_value))
    attrs = interpolation, fill_mode
    return _for_batch(
        images, data_format, lambda batch: execute(PROJECT, (batch, transform, fill_value), attrs)
    )


def crop_images(images, top_cropping=None, left_cropping=None, bottom_cropping=None,
                right_cropping=None, target_height=None, target_width=None,
                data_format=None):  # fmt: skip
    """The part of the images that lies between the croppings, or has the target size.

    Raises:
      ValueError: not two of top, bottom and height, or of left, right and width.
    """

    def cropped(batch):
        rows, columns = batch.shape[1], batch.shape[2]
        top, height, _ = _span(
            "top_cropping", top_cropping, "target_height", target_height,
            "bottom_cropping", bottom_cropping, rows,
        )  # fmt: skip
        left, width, _ = _span(
            "left_cropping", left_cropping, "target_width", target_width,
            "right_cropping", right_cropping, columns,
        )  # fmt: skip
        return batch[:, top : top + height, left : left + width]

    return _for_batch(images, data_format, cropped)


def pad_images(images, top_padding=None, left_padding=None, bottom_padding=None, right_padding=None,
               target_height=None, target_width=None, data_format=None):  # fmt: skip
    """The images with zeros around them.

    Raises:
      ValueError: not two of top, bottom and height, or of left, right and width.
    """

    def padded(batch):
        rows, columns = batch.shape[1], batch.shape[2]
        top, _, bottom = _frame(
            "top_padding", top_padding, "target_height", target_height,
            "bottom_padding", bottom_padding, rows,
        )  # fmt: skip
        left, _, right = _frame(
            "left_padding", left_padding, "target_width", target_width,
            "right_padding", right_padding, columns,
        )  # fmt: skip
        return array.pad(batch, [[0, 0], [top, bottom], [left, right], [0, 0]])

    return _for_batch(images, data_format, padded)


def _two_of(names, values):
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
    """The windows of images, each as one vector of channels."""
    size = (size, size) if isinstance(size, int) else tuple(size)
    strides = size if strides is None else strides
    strides = (strides, strides) if isinstance(strides, int) else tuple(strides)
    rate = (dilation_rate,) * 2 if isinstance(dilation_rate, int) else tuple(dilation_rate)

    def change(x):
        return _patches(x, size=size, strides=strides, rate=rate, padding=padding.upper())

    return _for_batch(images, data_format, change)


@of_arrays(1)
def _patches(x, size, strides, rate, padding):
    found = jax.lax.conv_general_dilated_patches(
        x, size, strides, padding, rhs_dilation=rate,
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )  # fmt: skip
    channels = x.shape[-1]  # JAX puts the channels before the places of a window
    found = found.reshape(*found.shape[:-1], channels, size[0] * size[1])
    return jnp.swapaxes(found, -1, -2).reshape(*found.shape[:-2], -1)


@of_arrays(2)
def map_coordinates(inputs, coordinates, order, fill_mode="constant", fill_value=0):
    """The elements of `inputs` at places that need not be whole numbers.

    Args:
      coordinates: `[rank of inputs, ...]`.
      order: 0 takes the nearest element, 1 goes straight from one to the next.
      fill_mode: what lies outside: `"constant"`, `"nearest"`, `"wrap"`, `"mirror"`, `"reflect"`.
    """
    places = list(coordinates)
    if order == 0:
        places = [jnp.round(p) for p in places]  # halves go to the even place
    return jax.scipy.ndimage.map_coordinates(inputs, places, order, fill_mode, fill_value)


def perspective_transform(images, start_points, end_points, interpolation="bilinear",
                          fill_value=0, data_format=None):  # fmt: skip
    """Images moved so that four points come to lie at four others.

    Args:
      start_points, end_points: `[4, 2]` or `[batch, 4, 2]`, each (x, y).
    """
    start, end = floating(start_points, end_points)
    return affine_transform(images, _perspective(start, end), interpolation, "constant",
                            fill_value, data_format)  # fmt: skip


@of_arrays(2)
def _perspective(start, end):
    """The 8 numbers of the transform that takes each end point from its start point."""
    sx, sy, ex, ey = start[..., 0], start[..., 1], end[..., 0], end[..., 1]
    zero, one = jnp.zeros_like(sx), jnp.ones_like(sx)
    of_x = jnp.stack([ex, ey, one, zero, zero, zero, -sx * ex, -sx * ey], -1)
    of_y = jnp.stack([zero, zero, zero, ex, ey, one, -sy * ex, -sy * ey], -1)
    rows = jnp.concatenate([of_x, of_y], -2)
    return jnp.linalg.solve(rows, jnp.concatenate([sx, sy], -1)[..., None])[..., 0]


def gaussian_blur(images, kernel_size=(3, 3), sigma=(1.0, 1.0), data_format=None):
    """Each element as a mean of those around it, weighted by a normal distribution."""
    size = tuple(map(int, kernel_size))
    return _for_batch(images, data_format, lambda x: _blurred(x, math.cast(sigma, x.dtype), size))


@of_arrays(2)
def _blurred(x, sigma, size):
    weights = []
    for i, n in enumerate(size):
        places = jnp.arange(n, dtype=x.dtype) - (n - 1) / 2
        values = jnp.exp(-0.5 * (places / sigma[i]) ** 2)
        weights.append(values / values.sum())
    kernel = jnp.outer(weights[1], weights[0]).reshape(*size, 1, 1)  # as Keras lays it out
    channels = x.shape[-1]
    return jax.lax.conv_general_dilated(
        x, jnp.tile(kernel, (1, 1, 1, channels)), (1, 1), "SAME",
        dimension_numbers=("NHWC", "HWIO", "NHWC"), feature_group_count=channels,
    )  # fmt: skip
