"""`tf.keras.preprocessing.image`: images as arrays [height, width, channels], and files of them.

Files need Pillow.
"""

import io
import pathlib

import numpy as np

from minitf.keras.config import floatx, standardize_data_format
from minitf.ops.image_files import pillow

_MODES = {"grayscale": ("L", "I;16", "I"), "rgb": ("RGB",), "rgba": ("RGBA",)}
_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")


def img_to_array(img, data_format=None, dtype=None):
    """An image as an array with three axes.

    Raises:
      ValueError: neither two nor three axes.

    >>> img_to_array(np.zeros((2, 3))).shape
    (2, 3, 1)
    """
    channels_first = standardize_data_format(data_format) == "channels_first"
    array = np.asarray(img, dtype or floatx())
    if array.ndim == 2:
        array = array[:, :, None]
    elif array.ndim != 3:
        raise ValueError(f"Unsupported image shape: {array.shape}")
    return array.transpose(2, 0, 1) if channels_first else array


def array_to_img(x, data_format=None, scale=True, dtype=None):
    """An array with three axes as an image of Pillow; `scale` makes its values 0 to 255.

    Raises:
      ValueError: another number of axes, or of channels than 1, 3 or 4.
    """
    data_format = standardize_data_format(data_format)
    image = pillow("array_to_img")
    x = np.asarray(x, dtype or floatx())
    if x.ndim != 3:
        raise ValueError(
            f"Expected image array to have rank 3 (single image). Got array with shape: {x.shape}"
        )
    if data_format == "channels_first":
        x = x.transpose(1, 2, 0)
    if scale:
        x = x - x.min()
        x = x / (x.max() or 1) * 255
    if x.shape[2] not in (1, 3, 4):
        raise ValueError(f"Unsupported channel number: {x.shape[2]}")
    if x.shape[2] > 1:
        return image.fromarray(x.astype("uint8"), "RGB" if x.shape[2] == 3 else "RGBA")
    is_deep = x.max() > 255
    return image.fromarray(x[:, :, 0].astype("int32" if is_deep else "uint8"))


def save_img(path, x, data_format=None, file_format=None, scale=True, **kwargs):
    """Writes an array with three axes into a file, in the format that its ending says."""
    if file_format is None and isinstance(path, (str, pathlib.Path)):
        file_format = pathlib.Path(path).suffix[1:].lower()
    if file_format and file_format.lower() == "jpg":
        file_format = "jpeg"
    img = array_to_img(x, data_format, scale)
    if img.mode == "RGBA" and file_format == "jpeg":
        img = img.convert("RGB")  # JPEG has no alpha
    img.save(path, format=file_format, **kwargs)


def load_img(path, color_mode="rgb", target_size=None, interpolation="nearest",
             keep_aspect_ratio=False):  # fmt: skip
    """The image in a file, as an image of Pillow.

    Args:
      path: of the file, or a `BytesIO` of its content.
      color_mode: `"rgb"`, `"rgba"` or `"grayscale"`.
      target_size: (height, width) to resize to.
      keep_aspect_ratio: cut the borders off rather than to distort the image.

    Raises:
      ValueError: an unknown color mode or interpolation.
      TypeError: `path` is none.
    """
    image = pillow("load_img")
    if not isinstance(path, (io.BytesIO, pathlib.Path, bytes, str)):
        raise TypeError(f"path should be path-like or io.BytesIO, not {type(path)}")
    if color_mode not in _MODES:
        raise ValueError('color_mode must be "grayscale", "rgb", or "rgba"')
    img = image.open(path if isinstance(path, io.BytesIO) else io.BytesIO(_read(path)))
    if img.mode not in _MODES[color_mode]:
        img = img.convert(_MODES[color_mode][0])
    if target_size is None or img.size == (target_size[1], target_size[0]):
        return img
    if interpolation not in _INTERPOLATIONS:
        raise ValueError(
            f"Invalid interpolation method {interpolation} specified. "
            f"Supported methods are {', '.join(_INTERPOLATIONS)}"
        )
    height, width = target_size
    box = _centre(img.size, width, height) if keep_aspect_ratio else None
    return img.resize((width, height), getattr(image.Resampling, interpolation.upper()), box=box)


def _read(path):
    with open(path, "rb") as file:
        return file.read()


def _centre(size, width, height):
    """The largest box in the middle of an image of `size` that has the form width : height."""
    crop_width = min(size[0], size[1] * width // height)
    crop_height = min(size[1], size[0] * height // width)
    left, top = (size[0] - crop_width) // 2, (size[1] - crop_height) // 2
    return [left, top, left + crop_width, top + crop_height]
