"""Images of other sizes: resized, cropped, padded, turned.

An image is `[height, width, channels]`, or `[batch, height, width, channels]`. Every way to resize
is a matrix of weights along each axis: row `i` says what pixel `i` of the result is made of.
"""

import jax
import jax.numpy as jnp
import numpy as np

from minitf import dtypes
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops import array, math, random
from minitf.ops.debugging import Assert
from minitf.ops.effects import tuple_
from minitf.ops.reductions import reduce_all, reduce_max, reduce_min
from minitf.ops.slicing import slice_

# Resizing ----------------------------------------------------------------------------------------


def _linear_weights(size, new):
    """Each pixel lies between two; beyond the border the outermost counts twice."""
    place = ((np.arange(new, dtype=np.float32) + np.float32(0.5)) * np.float32(size / new)
             - np.float32(0.5))  # fmt: skip
    below = np.floor(place)
    share = place - below
    weights = np.zeros((new, size), np.float32)
    np.add.at(weights, (np.arange(new), np.clip(below, 0, size - 1).astype(int)), 1 - share)
    np.add.at(weights, (np.arange(new), np.clip(below + 1, 0, size - 1).astype(int)), share)
    return weights


def _area_weights(size, new, scale):
    """Each pixel is the mean of the stretch of length `scale` that it covers.

    Beyond the border the outermost pixel goes on.
    """
    start = np.arange(new)[:, None] * scale
    pixel = np.arange(size + int(np.ceil(scale)))[None]
    overlap = np.maximum(np.minimum(start + scale, pixel + 1) - np.maximum(start, pixel), 0)
    overlap[:, size - 1] += overlap[:, size:].sum(1)
    return (overlap[:, :size] / scale).astype(np.float32)


def _cubic(x, a=-0.5):
    """Keys's cubic convolution."""
    x = np.abs(x)
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return np.where(x <= 1, near, np.where(x < 2, far, 0))


def _mitchell(x):
    x = np.abs(x)
    near = ((7 * x - 12) * x * x + 16 / 3) / 6
    far = (((-7 / 3 * x + 12) * x - 20) * x + 32 / 3) / 6
    return np.where(x < 1, near, np.where(x < 2, far, 0))


def _lanczos(radius):
    return lambda x: np.where(np.abs(x) < radius, np.sinc(x) * np.sinc(x / radius), 0)


_KERNELS = {  # method -> (kernel, radius)
    "bilinear": (lambda x: np.maximum(1 - np.abs(x), 0), 1),
    "bicubic": (_cubic, 2),
    "lanczos3": (_lanczos(3), 3),
    "lanczos5": (_lanczos(5), 5),
    "gaussian": (lambda x: np.exp(-2 * x * x), 1.5),
    "mitchellcubic": (_mitchell, 2),
}


def _kernel_weights(size, new, kernel, radius, antialias):
    """Pixels weighted by a kernel, which antialiasing widens when the image shrinks."""
    scale = size / new
    width = max(scale, 1) if antialias else 1
    distance = (np.arange(size) + 0.5)[None] - ((np.arange(new) + 0.5) * scale)[:, None]
    weights = np.where(np.abs(distance) < radius * width, kernel(distance / width), 0)
    return (weights / weights.sum(1, keepdims=True)).astype(np.float32)


def _table_cubic_weights(size, new):
    """Cubic weights from TensorFlow's table of 1024 steps, without what is beyond the border."""
    place = (np.arange(new) + 0.5) * (size / new) - 0.5
    below = np.floor(place)
    share = np.rint((place - below) * 1024) / 1024
    distance = np.arange(size)[None] - (below + share)[:, None]
    weights = _cubic(distance)
    return (weights / weights.sum(1, keepdims=True)).astype(np.float32)


def _weights(method, size, new, antialias):
    if method == "area":
        return _area_weights(size, new, size / new)
    if not antialias and method == "bilinear":
        return _linear_weights(size, new)
    if not antialias and method == "bicubic":
        return _table_cubic_weights(size, new)
    return _kernel_weights(size, new, *_KERNELS[method], antialias)


def _resize(images, size, *, method, antialias):
    height, width = (int(n) for n in size)
    if method == "nearest":
        rows, columns = (
            np.minimum(((np.arange(new) + 0.5) * (old / new)).astype(int), old - 1)
            for old, new in ((images.shape[1], height), (images.shape[2], width))
        )
        return images[:, rows][:, :, columns]
    return _weighted(
        images, *(_weights(method, old, new, antialias)
                  for old, new in zip(images.shape[1:3], (height, width)))
    )  # fmt: skip


def _weighted(images, down, across):
    """Images whose rows and columns are sums of those of `images`, by two matrices of weights."""
    result = images.astype(jnp.float32)
    exact = jax.lax.Precision.HIGHEST
    result = jnp.einsum("oh,bhwc->bowc", down, result, precision=exact)
    return jnp.einsum("ow,bhwc->bhoc", across, result, precision=exact)


RESIZE = define("ScaleAndTranslate", _resize, "Ti", static=(1,))


class ResizeMethod:
    """The ways to resize."""

    BILINEAR = "bilinear"
    NEAREST_NEIGHBOR = "nearest"
    BICUBIC = "bicubic"
    AREA = "area"
    LANCZOS3 = "lanczos3"
    LANCZOS5 = "lanczos5"
    GAUSSIAN = "gaussian"
    MITCHELLCUBIC = "mitchellcubic"


def batched(images, function, what="images"):
    """`function` of a batch of images, for one image or a batch."""
    images = convert_to_tensor(images)
    if images.shape.rank == 3:
        return array.squeeze(function(array.expand_dims(images, 0)), [0])
    if images.shape.rank in (4, None):
        return function(images)
    raise _no_image(what, images.shape)


def _no_image(what, shape):
    return ValueError(f"'{what}' (shape {shape}) must have either 3 or 4 dimensions.")


def resize(images, size, method=ResizeMethod.BILINEAR, preserve_aspect_ratio=False,
           antialias=False, name=None):  # fmt: skip
    """Images of `size` (height, width): float32, or with `"nearest"` of their own dtype.

    Raises:
      ValueError: an unknown method, or a shape that is no image's.

    >>> import numpy as np
    >>> resize(np.ones([2, 2, 1]), [4, 3]).shape
    TensorShape([4, 3, 1])
    """
    if method not in ("nearest", "area", *_KERNELS):
        raise ValueError(f"Resize method is not implemented: {method}")
    images = convert_to_tensor(images)
    if images.shape.rank is None:
        raise ValueError("'images' contains no shape.")
    if preserve_aspect_ratio:
        size = keep_ratio(images, size)
    known = size if isinstance(size, list | tuple) else convert_to_tensor(size)
    is_list = isinstance(known, list | tuple)
    if any(isinstance(n, float) for n in known) if is_list else known.dtype.is_floating:
        raise ValueError("'size' must be a 1-D int32 Tensor")
    if len(known if isinstance(known, list | tuple) else [0] * (known.shape.num_elements())) != 2:
        raise ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width")
    attrs = (method, bool(antialias))
    return batched(images, lambda batch: execute(RESIZE, (batch, known), attrs, name))


def keep_ratio(images, size):
    """The largest [height, width] within `size` in which images are not distorted."""
    size, known = convert_to_tensor(size), images.shape[-3:-1]
    asked = static_value(size)
    if asked is not None and known.is_fully_defined():
        old = np.array(known, np.float32)
        return np.round(old * np.min(np.float32(asked) / old)).astype(int).tolist()
    old = math.cast(array.shape(images)[-3:-1], dtypes.float32)
    scale = reduce_min(math.cast(size, dtypes.float32) / old)
    return math.cast(math.round(old * scale), dtypes.int32)


# As TF 1.x resizes: pixels are the points of a grid that begins at the first one ------------------


def _step(size, new, align_corners):
    """How far apart new pixels are; with `align_corners` the last one lies on the last one."""
    return (size - 1) / (new - 1) if align_corners and new > 1 else size / new


def _grid(size, new, align_corners):
    return np.arange(new, dtype=np.float32) * np.float32(_step(size, new, align_corners))


def _grid_weights(method, size, new, align_corners):
    if method == "area":
        return _area_weights(size, new, _step(size, new, align_corners))
    place = _grid(size, new, align_corners)
    below = np.floor(place).astype(int)
    share = place - below
    if method == "bilinear":
        terms = [(0, 1 - share), (1, share)]
    else:
        share = np.rint(share * 1024) / 1024
        terms = [(step, _cubic(share - step, a=-0.75)) for step in (-1, 0, 1, 2)]
    weights = np.zeros((new, size), np.float32)
    for step, weight in terms:
        np.add.at(weights, (np.arange(new), np.clip(below + step, 0, size - 1)), weight)
    return weights


def _resize_on_grid(images, size, *, method, align_corners):
    height, width = (int(n) for n in size)
    if method == "nearest":
        rows, columns = (
            np.minimum(np.floor(_grid(old, new, align_corners) + align_corners / 2), old - 1)
            for old, new in ((images.shape[1], height), (images.shape[2], width))
        )
        return images[:, rows.astype(int)][:, :, columns.astype(int)]
    return _weighted(
        images, *(_grid_weights(method, old, new, align_corners)
                  for old, new in zip(images.shape[1:3], (height, width)))
    )  # fmt: skip


RESIZE_ON_GRID = define("ResizeOnGrid", _resize_on_grid, "Ti", static=(1,))


def resize_on_grid(images, size, method, align_corners, name=None):
    """As `resize`, in the way of TF 1.x."""
    attrs = (method, bool(align_corners))
    return batched(images, lambda batch: execute(RESIZE_ON_GRID, (batch, size), attrs, name))


# Parts and margins -------------------------------------------------------------------------------


def crop_to_bounding_box(image, offset_height, offset_width, target_height, target_width):
    """The part of an image that begins at an offset and has the target size."""
    image = convert_to_tensor(image)
    if image.shape.rank not in (3, 4, None):
        raise _no_image("image", image.shape)
    height, width = image.shape[-3], image.shape[-2]
    for start, length, whole, side in ((offset_height, target_height, height, "height"),
                                       (offset_width, target_width, width, "width")):  # fmt: skip
        if isinstance(start, int) and start < 0:
            raise ValueError(f"offset_{side} must be >= 0.")
        if isinstance(length, int) and length <= 0:
            raise ValueError(f"target_{side} must be > 0.")
        if whole is not None and isinstance(start, int) and isinstance(length, int) and (
                start + length > whole):  # fmt: skip
            raise ValueError(f"{side} must be >= target + offset.")
    part = image[..., offset_height : offset_height + target_height,
                 offset_width : offset_width + target_width, :]  # fmt: skip
    sizes = [n if isinstance(n, int) else None for n in (target_height, target_width)]
    if hasattr(part, "set_shape") and part.shape.rank is not None:
        part.set_shape([*part.shape[:-3], *sizes, part.shape[-1]])
    return part


def pad_to_bounding_box(image, offset_height, offset_width, target_height, target_width):
    """An image with zeros around it, so that it begins at an offset in one of the target size."""

    def padded(images):
        sizes = array.shape(images)
        height = images.shape[1] if images.shape[1] is not None else sizes[1]
        width = images.shape[2] if images.shape[2] is not None else sizes[2]
        below = target_height - offset_height - height
        right = target_width - offset_width - width
        for value, text in ((offset_height, "offset_height must be >= 0"),
                            (offset_width, "offset_width must be >= 0"),
                            (right, "width must be <= target - offset"),
                            (below, "height must be <= target - offset")):  # fmt: skip
            if isinstance(value, int) and value < 0:
                raise ValueError(text)
        edges = [[0, 0], [offset_height, below], [offset_width, right], [0, 0]]
        padded = array.pad(images, edges)
        if isinstance(target_height, int) and isinstance(target_width, int):
            padded.set_shape([images.shape[0], target_height, target_width, images.shape[3]])
        return padded

    return batched(image, padded, "image")


def central_crop(image, central_fraction):
    """The middle of an image: `central_fraction` of its height and width."""
    if not 0.0 < central_fraction <= 1.0:
        raise ValueError("central_fraction must be within (0, 1]")
    image = convert_to_tensor(image)
    if image.shape.rank not in (3, 4):
        raise ValueError("`image` should either be a Tensor with rank = 3 or rank = 4. "
                         f"Had rank = {image.shape.rank}.")  # fmt: skip
    if central_fraction == 1.0:
        return image
    start, size = [], []
    for axis in (-3, -2):
        length = image.shape[axis]
        if length is None:
            length = array.shape(image)[axis]
            whole = math.cast(length, dtypes.float64)
            before = math.cast((whole - whole * central_fraction) / 2, dtypes.int32)
        else:
            before = int((length - length * central_fraction) / 2)
        start.append(before)
        size.append(length - before)
    return image[..., start[0] : size[0], start[1] : size[1], :]


def resize_with_crop_or_pad(image, target_height, target_width):
    """An image of the target size: its middle, with zeros around it where it is too small."""
    image = convert_to_tensor(image)
    height, width = image.shape[-3], image.shape[-2]
    if height is None or width is None:
        sizes = array.shape(image)
        height, width = sizes[-3], sizes[-2]
    down, right = target_height - height, target_width - width
    image = crop_to_bounding_box(
        image, _largest(-down // 2, 0), _largest(-right // 2, 0),
        -_largest(-target_height, -height), -_largest(-target_width, -width),
    )  # fmt: skip
    return pad_to_bounding_box(
        image, _largest(down // 2, 0), _largest(right // 2, 0), target_height, target_width
    )


def _largest(a, b):
    """The greater of two sizes, of which one may be a tensor."""
    return max(a, b) if isinstance(a, int) and isinstance(b, int) else math.maximum(a, b)


def resize_with_pad(
    image, target_height, target_width, method=ResizeMethod.BILINEAR, antialias=False
):
    """An image resized to fit into the target size, with zeros around it."""

    def resized(image, size):
        return resize(image, size, method, antialias=antialias)

    return fit_into(image, target_height, target_width, resized)


def fit_into(image, target_height, target_width, resize):
    """An image resized by `resize(image, size)` to fit, with zeros around it."""
    for side, length in (("height", target_height), ("width", target_width)):
        if length <= 0:
            raise ValueError(f"target_{side} must be > 0.")
    target = np.array([target_height, target_width], np.float32)

    def fitted(images):
        known = images.shape[1:3]
        if known.is_fully_defined():
            old = np.array(known, np.float32)
            inside = old / np.max(old / target)
            size, before = np.floor(inside).astype(int), np.floor((target - inside) / 2).astype(int)
            size, (top, left) = size.tolist(), np.maximum(before, 0).tolist()
        else:
            old = math.cast(array.shape(images)[1:3], dtypes.float32)
            inside = old / reduce_max(old / target)
            size = math.cast(math.floor(inside), dtypes.int32)
            before = math.cast(math.floor((-inside + target) / 2), dtypes.int32)
            before = math.maximum(before, 0)
            top, left = before[0], before[1]
        return pad_to_bounding_box(resize(images, size), top, left, target_height, target_width)

    image = convert_to_tensor(image)
    if image.shape.rank is None:
        image = array.ensure_shape(image, [None] * 3)
    return batched(image, fitted, "image")


# Turning -----------------------------------------------------------------------------------------


def flip_left_right(image):
    """An image mirrored from left to right."""
    return batched(image, lambda images: array.reverse(images, [2]), "image")


def flip_up_down(image):
    """An image mirrored from top to bottom."""
    return batched(image, lambda images: array.reverse(images, [1]), "image")


def transpose(image, name=None):
    """An image with rows for columns."""
    return batched(image, lambda images: array.transpose(images, [0, 2, 1, 3]), "image")


def rot90(image, k=1, name=None):
    """An image turned counter-clockwise `k` times by 90 degrees."""

    def turned(images):
        turns = int(k) % 4
        if turns == 1:
            return array.reverse(array.transpose(images, [0, 2, 1, 3]), [1])
        if turns == 2:
            return array.reverse(images, [1, 2])
        if turns == 3:
            return array.reverse(array.transpose(images, [0, 2, 1, 3]), [2])
        return images

    return batched(image, turned, "image")


def random_crop(value, size, seed=None, name=None):
    """A part of `value` of a `size` (one number for each axis), at a random place.

    Raises:
      InvalidArgumentError: `size` is larger than `value`.
    """

    def draw(shape):
        return random.uniform(shape, 0, dtypes.int32.max, dtypes.int32, seed)

    return _crop(value, size, draw, name)


def stateless_random_crop(value, size, seed, name=None):
    """A part of `value` of a `size`, at a place that `seed` determines."""

    def draw(shape):
        return random.stateless_uniform(shape, seed, 0, dtypes.int32.max, dtypes.int32)

    return _crop(value, size, draw, name)


def _crop(value, size, draw, name):
    """The part of `value` that begins where the numbers drawn say, modulo the number of places."""
    value, size = convert_to_tensor(value), convert_to_tensor(size, dtypes.int32)
    whole = array.shape(value)
    fits = reduce_all(whole >= size)
    if not static_value(fits):  # or not known before the graph runs
        check = Assert(fits, ["Need value.shape >= size, got ", whole, size], 1000)
        (whole,) = tuple_([whole], [check])
    begin = math.floormod(draw(array.shape(size)), whole - size + 1)
    return slice_(value, begin, size, name or "random_crop")
