"""Changes to one image, an array of three axes: moved, brightened, given or at random.

The random numbers are NumPy's. SciPy moves the pixels, Pillow changes the brightness.
"""

import functools

import numpy as np

from minitf.keras.ops import image
from minitf.keras.preprocessing.image_files import array_to_img, img_to_array


def apply_affine_transform(x, theta=0, tx=0, ty=0, shear=0, zx=1, zy=1, row_axis=1, col_axis=2,
                           channel_axis=0, fill_mode="nearest", cval=0.0, order=1):  # fmt: skip
    """The image turned, shifted, sheared and zoomed around its middle.

    Args:
      theta, shear: degrees; tx, ty: pixels along rows and columns; zx, zy: factors.
      fill_mode, cval: what is outside the image: `"nearest"`, `"constant"`, `"reflect"`, `"wrap"`.
      order: of the spline between the pixels.

    Raises:
      ValueError: axes that are no permutation of 0, 1, 2 with the channels at an end.
    """
    if sorted([row_axis, col_axis, channel_axis]) != [0, 1, 2]:
        raise ValueError("'row_axis', 'col_axis', and 'channel_axis' must be distinct, 0, 1 and 2")
    if x.ndim != 3:
        raise ValueError("Input arrays must be multi-channel 2D images.")
    if channel_axis == 1:
        raise ValueError("Channels are allowed and the first and last dimensions.")
    matrix = _affine(theta, tx, ty, shear, zx, zy)
    if matrix is None:
        return x
    from scipy.ndimage import affine_transform  # slow to load

    middle = (np.array([x.shape[row_axis], x.shape[col_axis]]) - 1) / 2
    turn = matrix[:2, :2]
    offset = middle + matrix[:2, 2] - turn @ middle
    if col_axis > row_axis:  # x and y are columns and rows
        turn, offset = turn[::-1, ::-1], offset[::-1]
    moved = [
        affine_transform(channel, turn, offset, order=order, mode=fill_mode, cval=cval)
        for channel in np.moveaxis(x, channel_axis, 0)
    ]
    return np.moveaxis(np.stack(moved), 0, channel_axis)


def _affine(theta, tx, ty, shear, zx, zy):
    """Rotation, shift, shear and zoom as one matrix; None if nothing moves."""
    parts = []
    if theta:
        c, s = np.cos(np.deg2rad(theta)), np.sin(np.deg2rad(theta))
        parts.append(np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]))
    if tx or ty:
        parts.append(np.array([[1, 0, tx], [0, 1, ty], [0, 0, 1]]))
    if shear:
        c, s = np.cos(np.deg2rad(shear)), np.sin(np.deg2rad(shear))
        parts.append(np.array([[1, -s, 0], [0, c, 0], [0, 0, 1]]))
    if (zx, zy) != (1, 1):
        parts.append(np.diag([zx, zy, 1.0]))
    return functools.reduce(np.dot, parts) if parts else None


def apply_channel_shift(x, intensity, channel_axis=0):
    """The same added to all channels; no value leaves the range that there was."""
    return np.clip(x + intensity, np.min(x), np.max(x))


def apply_brightness_shift(x, brightness, scale=True):
    """The brightness times a factor, by Pillow.

    Args:
      scale: whether the values are first brought into 0 to 255; they always are if they lie
        outside, and then brought back.
    """
    from PIL import ImageEnhance  # pyright: ignore[reportMissingImports]  # optional

    low, high = np.min(x), np.max(x)
    is_outside = low < 0 or high > 255
    picture = ImageEnhance.Brightness(array_to_img(x, scale=is_outside or scale))
    bright = img_to_array(picture.enhance(brightness))
    return bright / 255 * (high - low) + low if is_outside and not scale else bright


# At random ----------------------------------------------------------------------------------------


def random_rotation(x, rg, row_axis=1, col_axis=2, channel_axis=0, fill_mode="nearest", cval=0.0,
                    interpolation_order=1):  # fmt: skip
    """The image turned by up to `rg` degrees."""
    return apply_affine_transform(
        x, theta=np.random.uniform(-rg, rg), row_axis=row_axis, col_axis=col_axis,
        channel_axis=channel_axis, fill_mode=fill_mode, cval=cval,
        order=interpolation_order)  # fmt: skip


def random_shift(x, wrg, hrg, row_axis=1, col_axis=2, channel_axis=0, fill_mode="nearest",
                 cval=0.0, interpolation_order=1):  # fmt: skip
    """The image shifted by up to the shares `wrg` of its width and `hrg` of its height."""
    tx = np.random.uniform(-hrg, hrg) * x.shape[row_axis]
    ty = np.random.uniform(-wrg, wrg) * x.shape[col_axis]
    return apply_affine_transform(
        x, tx=tx, ty=ty, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
        fill_mode=fill_mode, cval=cval, order=interpolation_order)  # fmt: skip


def random_shear(x, intensity, row_axis=1, col_axis=2, channel_axis=0, fill_mode="nearest",
                 cval=0.0, interpolation_order=1):  # fmt: skip
    """The image sheared by up to `intensity` degrees."""
    return apply_affine_transform(
        x, shear=np.random.uniform(-intensity, intensity), row_axis=row_axis, col_axis=col_axis,
        channel_axis=channel_axis, fill_mode=fill_mode, cval=cval,
        order=interpolation_order)  # fmt: skip


def random_zoom(x, zoom_range, row_axis=1, col_axis=2, channel_axis=0, fill_mode="nearest",
                cval=0.0, interpolation_order=1):  # fmt: skip
    """The image zoomed along rows and columns by two factors from `zoom_range`."""
    if len(zoom_range) != 2:
        raise ValueError(
            f"`zoom_range` should be a tuple or list of two floats. Received: {zoom_range}"
        )
    zx, zy = (1, 1) if tuple(zoom_range) == (1, 1) else np.random.uniform(*zoom_range, 2)
    return apply_affine_transform(
        x, zx=zx, zy=zy, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
        fill_mode=fill_mode, cval=cval, order=interpolation_order)  # fmt: skip


def random_channel_shift(x, intensity_range, channel_axis=0):
    """Up to `intensity_range` added to all channels."""
    return apply_channel_shift(x, np.random.uniform(-intensity_range, intensity_range))


def random_brightness(x, brightness_range, scale=True):
    """The brightness times a factor from `brightness_range`."""
    if len(brightness_range) != 2:
        raise ValueError(
            f"`brightness_range should be tuple or list of two floats. Received: {brightness_range}"
        )
    return apply_brightness_shift(x, np.random.uniform(*brightness_range), scale)


def smart_resize(x, size, interpolation="bilinear", data_format="channels_last"):
    """Images of another size, cut out of the middle rather than distorted.

    Args:
      x: one image or a batch; an array gives an array.
      size: (height, width).

    Raises:
      ValueError: `size` has not two numbers, or `x` is no image.
    """
    if len(size) != 2:
        raise ValueError(f"Expected `size` to be a tuple of 2 integers, but got: {size}.")
    if len(x.shape) not in (3, 4):
        raise ValueError(
            "Expected an image array with shape `(height, width, channels)`, or `(batch_size, "
            f"height, width, channels)`, but got input with incorrect rank, of shape {x.shape}."
        )
    resized = image.resize(x, tuple(size), interpolation, crop_to_aspect_ratio=True,
                           data_format=data_format)  # fmt: skip
    return np.array(resized) if isinstance(x, np.ndarray) else resized
