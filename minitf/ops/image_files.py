"""Images as files: PNG, JPEG, GIF, BMP and WebP, read and written by Pillow, which is optional.

`pip install pillow`, or this package's extra `images`, brings it; without it these functions raise
an ImportError that says so. Pixels are uint8 (of PNG also uint16), [height, width, channels].
"""

import io

import numpy as np

from minitf import dtypes, errors
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops import joining, random
from minitf.ops.image_colors import convert_image_dtype
from minitf.shapes import TensorShape

_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
_STARTS = {"jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n", "gif": b"GIF8", "bmp": b"BM"}


def pillow(who):
    """The module `PIL.Image`; ImportError in the name of the function `who` where it is missing."""
    try:
        from PIL import Image  # pyright: ignore[reportMissingImports]  # optional
    except ImportError:
        raise ImportError(
            f"Could not import PIL.Image. The use of `{who}` requires PIL: pip install pillow."
        ) from None
    return Image


def _invalid(message):
    return errors.InvalidArgumentError(None, None, message)


def kind_of(contents):
    """ "jpeg", "png", "gif", "bmp" or "webp": what bytes are, by how they begin; else None."""
    if contents[:4] == b"RIFF" and contents[8:12] == b"WEBP":
        return "webp"
    return next((kind for kind, start in _STARTS.items() if contents.startswith(start)), None)


# Reading -----------------------------------------------------------------------------------------


def _opened(contents, who):
    try:
        image = pillow(who).open(io.BytesIO(contents))
        image.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise _invalid(f"{who}: the bytes are no image that can be read: {error}") from None
    return image


def _natural_channels(image):
    if image.mode in ("1", "L", "I;16", "I", "F"):
        return 1
    alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    return (2 if image.mode == "LA" else 4) if alpha else 3


def _pixels(image, channels, deep):
    """The pixels, with so many channels (0: as many as the file has), 16 bits each if `deep`."""
    channels = channels or _natural_channels(image)
    if image.mode.startswith("I"):  # 16 bits, gray
        wide = np.asarray(image).astype(np.uint16)[..., None]
        wide = np.repeat(wide, min(channels, 3), -1) if channels in (1, 3) else wide
        return wide if deep else (wide >> 8).astype(np.uint8)
    pixels = np.asarray(image.convert(_MODES[channels]))
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    return pixels.astype(np.uint16) * 257 if deep else pixels


def _jpeg_image(contents, channels, ratio, who):
    image = _opened(contents, who)
    if ratio > 1:
        image = image.reduce(ratio)
    return _pixels(image, channels or (1 if image.mode == "L" else 3), False)


def _frames(contents, who):
    """The frames of an animation, RGB, [frames, height, width, 3]."""
    image = _opened(contents, who)
    frames = []
    for i in range(getattr(image, "n_frames", 1)):
        image.seek(i)
        frames.append(np.asarray(image.convert("RGB")))
    return np.stack(frames)


def _decode(contents, *, channels, dtype, expand_animations, ratio, only):
    contents = contents.item()
    kind = kind_of(contents)
    who = f"decode_{only}" if only else "decode_image"
    if kind is None or (only == "bmp") != (kind == "bmp") and only or (
            kind == "gif" and only == "webp"):  # fmt: skip
        raise _invalid(
            "Unknown image file format. One of JPEG, PNG, GIF, BMP, WebP required."
            if kind is None else f"Trying to decode {kind.upper()} format using a wrong op. Use "
            f"`decode_{kind}` or `decode_image` instead."
        )  # fmt: skip
    if kind == "gif":
        pixels = _frames(contents, who)
        if only not in (None, "gif") or not expand_animations:
            pixels = pixels[0]
    elif kind == "jpeg":
        pixels = _jpeg_image(contents, channels, ratio, who)
    else:
        image = _opened(contents, who)
        if kind == "bmp" and channels and channels != _natural_channels(image):
            raise _invalid(f"channels attribute {channels} does not match bits per pixel from file")
        pixels = _pixels(image, channels, dtype == np.uint16)
    if only == "gif" and pixels.ndim == 3:
        pixels = pixels[None]
    return pixels.astype(np.uint16) * 257 if dtype == np.uint16 and pixels.dtype == np.uint8 else (
        pixels)  # fmt: skip


def _decoded(inputs, attrs):
    channels, dtype, expand, _, only = attrs
    sizes = [None, None, channels or None]
    if only == "gif":
        shape = TensorShape([None, None, None, 3])
    else:
        shape = TensorShape(None if only is None and expand else sizes)
    return [(shape, dtypes.from_numpy_dtype(dtype))]


DECODE = define("DecodeImage", _decode, "S", host=True, differentiable=False,
                infer=_decoded)  # fmt: skip


def _read(contents, only, channels=0, dtype=dtypes.uint8, name=None, ratio=1, expand=True,
          allowed=(0, 1, 3, 4)):  # fmt: skip
    channels = channels or 0
    if channels not in allowed:
        raise _invalid(f"channels must be one of {', '.join(map(str, allowed))}; got {channels}")
    dtype = dtypes.as_dtype(dtype)
    attrs = (int(channels), dtype.np, bool(expand), int(ratio), only)
    return execute(DECODE, (convert_to_tensor(contents, dtypes.string),), attrs, name)


def decode_jpeg(contents, channels=0, ratio=1, fancy_upscaling=True, try_recover_truncated=False,
                acceptable_fraction=1, dct_method="", name=None):  # fmt: skip
    """The pixels of a JPEG file, uint8 [height, width, channels]; it reads PNG and GIF files too.

    Args:
      contents: the bytes of the file.
      channels: 1 for gray, 3 for colours, 0 for what the file has.
      ratio: 1, 2, 4 or 8: how much smaller the image is to be.
      fancy_upscaling, dct_method: which of several ways libjpeg goes; Pillow has one.

    Raises:
      tf.errors.InvalidArgumentError: the bytes are no image.
      NotImplementedError: `try_recover_truncated`.
    """
    if try_recover_truncated:
        raise NotImplementedError("decode_jpeg: try_recover_truncated")
    if ratio not in (1, 2, 4, 8):
        raise _invalid(f"ratio must be 1, 2, 4, or 8, got {ratio}")
    return _read(contents, "jpeg", channels, name=name, ratio=ratio, allowed=(0, 1, 3))


def decode_png(contents, channels=0, dtype=dtypes.uint8, name=None):
    """The pixels of a PNG file, uint8 or uint16; it reads JPEG and GIF files too.

    Args:
      channels: 1 gray, 2 gray and alpha, 3 colours, 4 colours and alpha, 0 what the file has.
    """
    return _read(contents, "png", channels, dtype, name, allowed=(0, 1, 2, 3, 4))


def decode_gif(contents, name=None):
    """The frames of a GIF file, uint8 [frames, height, width, 3]."""
    return _read(contents, "gif", name=name)


def decode_bmp(contents, channels=0, name=None):
    """The pixels of a BMP file, uint8."""
    return _read(contents, "bmp", channels, name=name)


def decode_webp(contents, channels=0, dtype=dtypes.uint8, name=None):
    """The pixels of a WebP file, uint8."""
    if dtype != dtypes.uint8:
        raise TypeError(
            f"Value for attr 'dtype' of {dtype} is not in the list of allowed values: uint8"
        )
    return _read(contents, "webp", channels, name=name)


def decode_image(contents, channels=None, dtype=dtypes.uint8, name=None, expand_animations=True):
    """The pixels of a file of any of these formats.

    Args:
      dtype: uint8, uint16 or float32; floats are in [0, 1].
      expand_animations: whether a GIF file has all its frames, [frames, height, width, 3].
    """
    dtype = dtypes.as_dtype(dtype)
    if dtype not in (dtypes.float32, dtypes.uint8, dtypes.uint16):
        raise ValueError(f"Unsupported dtype {dtype}: float32, uint8 or uint16 is needed")
    read = dtypes.uint16 if dtype == dtypes.uint16 else dtypes.uint8
    pixels = _read(contents, None, channels, read, name, expand=expand_animations)
    return convert_image_dtype(pixels, dtype)


def decode_and_crop_jpeg(contents, crop_window, channels=0, ratio=1, fancy_upscaling=True,
                         try_recover_truncated=False, acceptable_fraction=1, dct_method="",
                         name=None):  # fmt: skip
    """The part `crop_window` (top, left, height, width) of the pixels of a JPEG file."""
    pixels = decode_jpeg(contents, channels, ratio, fancy_upscaling, try_recover_truncated,
                         acceptable_fraction, dct_method, name)  # fmt: skip
    top, left, height, width = joining.unstack(convert_to_tensor(crop_window), 4)
    return pixels[top : top + height, left : left + width]


SHAPE_OF_JPEG = define(
    "ExtractJpegShape",
    lambda contents, *, dtype: np.array(
        _jpeg_image(contents.item(), 0, 1, "extract_jpeg_shape").shape, dtype
    ),
    "S", host=True, differentiable=False,
    infer=lambda inputs, attrs: [(TensorShape([3]), dtypes.from_numpy_dtype(attrs[0]))],
)  # fmt: skip
IS_JPEG = define(
    "IsJpeg", lambda contents: np.array(contents.item().startswith(_STARTS["jpeg"])), "S",
    host=True, differentiable=False,
    infer=lambda inputs, attrs: [(TensorShape([]), dtypes.bool)],
)  # fmt: skip


def extract_jpeg_shape(contents, output_type=dtypes.int32, name=None):
    """[height, width, channels] of a JPEG file."""
    attrs = (dtypes.as_dtype(output_type).np,)
    return execute(SHAPE_OF_JPEG, (convert_to_tensor(contents, dtypes.string),), attrs, name)


def is_jpeg(contents, name=None):
    """Whether bytes begin as a JPEG file does.

    >>> is_jpeg(b"text").numpy()
    np.False_
    """
    return execute(IS_JPEG, (convert_to_tensor(contents, dtypes.string),), (), name)


# Writing -----------------------------------------------------------------------------------------


def _image_of(pixels, who):
    if pixels.ndim != 3 or pixels.shape[2] not in _MODES:
        raise _invalid(f"image must have shape [height, width, 1, 2, 3 or 4], got {pixels.shape}")
    image = pillow(who)
    if pixels.dtype != np.uint16:
        return image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    if pixels.shape[2] != 1:
        raise errors.UnimplementedError(None, None, f"{who}: uint16 images of several channels")
    return image.fromarray(pixels[..., 0])


def _bytes(image, form, **options):
    file = io.BytesIO()
    image.save(file, form, **options)
    return np.array(file.getvalue(), object)


def _encode_png(image, *, compression):
    level = {} if compression < 0 else {"compress_level": compression}
    if image.ndim == 3:
        return _bytes(_image_of(image, "encode_png"), "PNG", **level)
    outer = image.shape[:-3]
    result = np.empty(outer, object)
    for place in np.ndindex(outer):
        result[place] = _bytes(_image_of(image[place], "encode_png"), "PNG", **level).item()
    return result


def _encode_jpeg(image, *, form, quality, progressive, optimize, half, dpi):
    channels = {"": (1, 3), "grayscale": (1,), "rgb": (3,)}[form]
    if image.ndim != 3 or image.shape[2] not in channels:
        raise _invalid(f"format {form!r} expects {' or '.join(map(str, channels))} channels, image "
                       f"has shape {list(image.shape)}")  # fmt: skip
    return _bytes(
        _image_of(image, "encode_jpeg"), "JPEG", quality=quality, progressive=progressive,
        optimize=optimize, subsampling=2 if half else 0, dpi=dpi,
    )  # fmt: skip


def _one_text(inputs, attrs):
    return [(TensorShape(inputs[0].shape[:-3]), dtypes.string)]


ENCODE_PNG = define("EncodePng", _encode_png, "?", host=True, differentiable=False,
                    infer=_one_text)  # fmt: skip
ENCODE_JPEG = define("EncodeJpeg", _encode_jpeg, "?", host=True, differentiable=False,
                     infer=_one_text)  # fmt: skip


def encode_png(image, compression=-1, name=None):
    """A PNG file of uint8 pixels [..., height, width, 1, 2, 3 or 4], or of gray uint16 ones."""
    image = convert_to_tensor(image)
    if image.dtype not in (dtypes.uint8, dtypes.uint16):
        raise _invalid(f"encode_png takes uint8 or uint16, not {image.dtype.name}")
    return execute(ENCODE_PNG, (image,), (int(compression),), name)


def encode_jpeg(image, format="", quality=95, progressive=False, optimize_size=False,
                chroma_downsampling=True, density_unit="in", x_density=300, y_density=300,
                xmp_metadata="", name=None):  # fmt: skip
    """A JPEG file of uint8 pixels [height, width, 1 or 3].

    Args:
      format: "" (by the number of channels), "grayscale" or "rgb".
      quality: 0 to 100.
      chroma_downsampling: whether colours have half the size.
      density_unit: "in" or "cm", of `x_density` and `y_density` (dots per unit).
    """
    if format not in ("", "grayscale", "rgb"):
        raise _invalid(f"Value for attr 'format' of \"{format}\" is not in the list of allowed "
                       'values: "", "grayscale", "rgb"')  # fmt: skip
    if xmp_metadata:
        raise NotImplementedError("encode_jpeg: xmp_metadata")
    image = convert_to_tensor(image)
    if image.dtype != dtypes.uint8:
        raise _invalid(f"encode_jpeg takes uint8, not {image.dtype.name}")
    factor = 2.54 if density_unit == "cm" else 1
    attrs = (format, int(quality), bool(progressive), bool(optimize_size),
             bool(chroma_downsampling), (x_density * factor, y_density * factor))  # fmt: skip
    return execute(ENCODE_JPEG, (image,), attrs, name)


# Quality -----------------------------------------------------------------------------------------


def adjust_jpeg_quality(image, jpeg_quality, dct_method="", name=None):
    """An image as it looks after it was stored as a JPEG file of a quality (0 to 100)."""
    image = convert_to_tensor(image)
    pixels = convert_image_dtype(image, dtypes.uint8, saturate=True)
    stored = execute(RESTORE, (pixels, jpeg_quality), (), name)
    return convert_image_dtype(stored, image.dtype, saturate=True)


def _restore(image, quality):
    channels = image.shape[-1]
    contents = _encode_jpeg(image, form="", quality=int(quality), progressive=False, optimize=False,
                            half=True, dpi=(300, 300))  # fmt: skip
    return _jpeg_image(contents.item(), channels, 1, "adjust_jpeg_quality")


RESTORE = define("AdjustJpegQuality", _restore, "?i", host=True, differentiable=False,
                 infer=lambda inputs, attrs: [(inputs[0].shape, dtypes.uint8)])  # fmt: skip


def _check_qualities(least, most):
    if not 0 <= least <= 100 or not 0 <= most <= 100:
        raise ValueError("jpeg encoding range must be between 0 and 100.")
    if least >= most:
        raise ValueError("`min_jpeg_quality` must be less than `max_jpeg_quality`.")


def random_jpeg_quality(image, min_jpeg_quality, max_jpeg_quality, seed=None):
    """`adjust_jpeg_quality` with a random quality in [min_jpeg_quality, max_jpeg_quality)."""
    _check_qualities(min_jpeg_quality, max_jpeg_quality)
    quality = random.uniform([], min_jpeg_quality, max_jpeg_quality, dtypes.int32, seed)
    return adjust_jpeg_quality(image, quality)


def stateless_random_jpeg_quality(image, min_jpeg_quality, max_jpeg_quality, seed):
    """As `random_jpeg_quality`, determined by `seed`."""
    _check_qualities(min_jpeg_quality, max_jpeg_quality)
    quality = random.stateless_uniform([], seed, min_jpeg_quality, max_jpeg_quality, dtypes.int32)
    return adjust_jpeg_quality(image, quality)
