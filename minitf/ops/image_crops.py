"""Parts of images and volumes: glimpses, boxes drawn at random, the patches of a volume."""

import collections
import itertools

import jax.numpy as jnp
import numpy as np

from minitf import dtypes, errors
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.gradients import unregistered
from minitf.core.registry import define
from minitf.ops import philox, windows
from minitf.ops.random import get_seed, random_stream
from minitf.shapes import TensorShape

# Glimpses ----------------------------------------------------------------------------------------


def _first_pixel(offset, whole, part, is_centered, is_normalized, is_older):
    """Where along an axis a glimpse begins, as TensorFlow's kernel (or its older one) reckons."""
    place = offset * whole if is_normalized else offset
    if is_centered:
        place = (place / 2 if is_normalized or is_older else place) + whole / 2
    if is_older or is_centered and is_normalized:
        place -= part / 2
    return int(place)


def _around(image, shape, noise):
    """What is seen beyond the border of an image: nothing, or numbers like its own."""
    if noise == "uniform":
        return np.random.uniform(image.min(), image.max(), shape)
    if noise == "gaussian":
        return np.random.normal(image.mean(), image.std(), shape)
    return 0


def _glimpse(input, size, offsets, *, centered, normalized, noise, older):
    if input.ndim != 4:
        raise ValueError("input must be 4-dimensional (batch_size, height, width, depth)")
    if size.shape != (2,):
        raise ValueError(f"input must be a vector of size 2 (height, width): {list(size.shape)}")
    if offsets.shape != (input.shape[0], 2):
        raise ValueError(f"offsets should be [batch, 2]: {list(offsets.shape)}")
    batch, depth = input.shape[0], input.shape[3]
    result = np.zeros((batch, *size, depth), input.dtype)
    for image, offset, glimpse in zip(input, offsets.tolist(), result):
        starts = [_first_pixel(o, w, p, centered, normalized, older)
                  for o, w, p in zip(offset, image.shape, size.tolist())]  # fmt: skip
        inside = [slice(max(s, 0), max(min(s + p, w), 0))
                  for s, w, p in zip(starts, image.shape, size.tolist())]  # fmt: skip
        seen = image[tuple(inside)]
        if seen.shape != glimpse.shape:
            glimpse[:] = _around(image, glimpse.shape, noise)
        to = tuple(slice(max(-s, 0), max(-s, 0) + n) for s, n in zip(starts, seen.shape))
        glimpse[to] = seen
    return result


def _glimpse_shape(inputs, attrs):
    from_size = inputs[1].static_value()
    size = [None, None] if from_size is None else from_size.tolist()
    rank = inputs[0].shape.rank
    batch, depth = (None, None) if rank is None else (inputs[0].shape[0], inputs[0].shape[-1])
    if inputs[2].shape.rank is not None and batch is None:
        batch = inputs[2].shape[0]
    return [(TensorShape([batch, *size, depth]), inputs[0].dtype)]


GLIMPSE = define(
    "ExtractGlimpse", _glimpse, "TiF", host=True, backward=unregistered, infer=_glimpse_shape
)


def extract_glimpse(input, size, offsets, centered=True, normalized=True, noise="uniform",
                    name=None):  # fmt: skip
    """A window of each image, at a place of its own.

    Args:
      input: [batch, height, width, channels].
      size: (height, width) of the windows.
      offsets: [batch, 2], where each window is.
      centered: whether places are counted from the middle of the image.
      normalized: whether they are parts of its size: from -1 to 1 if centered, else from 0 to 1.
      noise: what is seen beyond the border: "uniform" or "gaussian" noise with numbers like those
        of the image, or "zero".

    Raises:
      tf.errors.InvalidArgumentError: shapes that do not fit, or another noise.

    >>> import numpy as np
    >>> image = np.arange(16.0, dtype="f").reshape(1, 4, 4, 1)
    >>> extract_glimpse(image, [2, 2], [[0.0, 0.0]]).numpy().ravel()
    array([ 5.,  6.,  9., 10.], dtype=float32)
    """
    return glimpses(input, size, offsets, centered, normalized, noise, False, name)


def glimpses(input, size, offsets, centered, normalized, noise, is_older, name=None):
    """`extract_glimpse`; `is_older`: with the middles of windows at the offsets, as in TF 1.x."""
    if noise not in ("uniform", "gaussian", "zero"):
        raise errors.InvalidArgumentError(
            None, None, f"The noise could only be uniform, gaussian, or zero, got {noise}"
        )
    offsets = convert_to_tensor(offsets, dtypes.float32)
    attrs = (bool(centered), bool(normalized), noise, is_older)
    return execute(GLIMPSE, (convert_to_tensor(input), size, offsets), attrs, name)


# Boxes at random ---------------------------------------------------------------------------------


class _Words:
    """The words of a random stream, one after the other."""

    def __init__(self, key, counter):
        self._words = self._read(key, counter)

    @staticmethod
    def _read(key, counter):
        for block in itertools.count(step=16):
            yield from philox.drawn(
                philox.uniform_full_int, key, counter, block, 64, np.uint32
            ).tolist()

    def next(self):
        """A word of 32 bits."""
        return next(self._words)

    def uniform(self):
        """A float32 in [0, 1)."""
        return np.float32((self.next() & 0x7FFFFF) / 2**23)

    def below(self, n):
        """An integer from 0 up to, without, `n`."""
        if n & (n - 1) == 0:
            return self.next() & (n - 1)
        uneven = (2**32 - 1) % n + 1
        while (word := self.next()) < uneven:
            pass
        return word % n


def _drawn_box(height, width, areas, ratio, words):
    """(top, left, height, width) of a box of `ratio` of its sides, or None where none fits."""
    least, most = (np.float32(a) * np.float32(width) * np.float32(height) for a in areas)
    if areas[1] <= 0 or ratio <= 0 or areas[0] > areas[1]:
        return None

    def across(n):
        return int(np.rint(np.float32(n) * ratio))

    low, high = (int(np.rint(np.sqrt(a / ratio))) for a in (least, most))
    if across(high) > width:
        high = int((np.float32(width + 0.5) - np.float32(1e-7)) / ratio)
        high -= across(high) > width
    high = min(high, height)
    h = min(low, high)
    if h < high:
        h += words.below(high - h + 1)
    h += h * across(h) < least
    h -= h * across(h) > most
    w = across(h)
    if not (least <= h * w <= most and 0 < w <= width and 0 < h <= height):
        return None
    top = words.below(height - h) if h < height else 0
    left = words.below(width - w) if w < width else 0
    return top, left, h, w


def _covers(box, objects, share):
    """Whether `box` holds at least `share` of one of the objects (their corners in pixels)."""
    top, left, h, w = box
    for y0, x0, y1, x1 in objects:
        area = (y1 - y0) * (x1 - x0)
        down = max(min(top + h, y1) - max(top, y0), 0)
        across = max(min(left + w, x1) - max(left, x0), 0)
        if area >= 1 and np.float32(down * across) / np.float32(area) >= share:
            return True
    return False


def _sample(key, counter, size, boxes, share, *, ratios, areas, attempts, whole_if_none):
    height, width = _checked(size, boxes, share, whole_if_none)
    scale = np.array([height, width, height, width], np.float32)
    objects = (boxes.reshape(-1, 4) * scale).astype(int).tolist() or [[0, 0, height, width]]
    words, low, high = _Words(key, counter), *map(np.float32, ratios)
    for _ in range(attempts):
        ratio = words.uniform() * (high - low) + low
        box = _drawn_box(height, width, areas, ratio, words)
        if box is not None and _covers(box, objects, share):
            break
    else:
        box = (0, 0, height, width)
    top, left, h, w = box
    corners = np.array([top, left, top + h, left + w], np.float32) / scale
    return (np.array([top, left, 0], size.dtype), np.array([h, w, -1], size.dtype),
            corners.reshape(1, 1, 4))  # fmt: skip


def _checked(size, boxes, share, whole_if_none):
    """The height and width of the image; ValueError where the arguments do not fit."""
    if size.shape != (3,):
        raise ValueError(f"image_size must contain 3 elements {list(size.shape)}")
    if boxes.ndim != 3 or boxes.shape[-1] != 4:
        raise ValueError(f"input boxes must be [batch, num_boxes, 4]: {list(boxes.shape)}")
    if not boxes.size and not whole_if_none:
        raise ValueError(
            "No bounding boxes provided as input. One must enable use_image_if_no_bounding_boxes "
            "if you wish to not provide any bounding boxes."
        )
    if ((boxes < 0) | (boxes > 1)).any():
        raise ValueError("All bounding box coordinates must be in [0.0, 1.0]")
    if (boxes[..., :2] >= boxes[..., 2:]).any():
        raise ValueError("Bounding box must have a positive height and width")
    if not 0 <= share <= 1:
        raise ValueError(f"Min object covered must be in [0.0, 1.0]: {share}")
    return int(size[0]), int(size[1])


def _stateful(size, resource, boxes, share, **attrs):
    seed, seed2, skip = resource.value.tolist()
    resource.value = np.array([seed, seed2, skip + attrs["attempts"]], np.uint64)
    return _sample(*philox.stateful_key(seed, seed2, skip), size, boxes, share, **attrs)


def _box_shapes(inputs, attrs):
    vector = TensorShape([3]), inputs[0].dtype
    return [vector, vector, (TensorShape([1, 1, 4]), dtypes.float32)]


SAMPLE_BOX = define(
    "SampleDistortedBoundingBoxV2",
    lambda size, resource, boxes, share, *, ratios, areas, attempts, whole_if_none: _stateful(
        size, resource, boxes, share, ratios=ratios, areas=areas, attempts=attempts,
        whole_if_none=whole_if_none,
    ),
    "IrBF", num_outputs=3, host=True, resource=True,
    differentiable=False, infer=_box_shapes,
)  # fmt: skip
SAMPLE_BOX_STATELESS = define(
    "StatelessSampleDistortedBoundingBox",
    lambda size, seed, boxes, share, *, ratios, areas, attempts, whole_if_none: _sample(
        *philox.stateless_stream(seed), size, boxes, share, ratios=ratios, areas=areas,
        attempts=attempts, whole_if_none=whole_if_none,
    ),
    "IiBF", num_outputs=3, host=True, differentiable=False, infer=_box_shapes,
)  # fmt: skip


def box_attrs(aspect_ratio_range, area_range, max_attempts, use_image_if_no_bounding_boxes):
    ratios = tuple(map(float, aspect_ratio_range or (0.75, 1.33)))
    areas = tuple(map(float, area_range or (0.05, 1.0)))
    attempts = 100 if max_attempts is None else int(max_attempts)
    for wrong, words in (
        (len(ratios) != 2, "Aspect ratio range field must specify 2 dimensions"),
        (min(ratios) <= 0, f"Aspect ratio range must be non-negative: {list(ratios)}"),
        (len(areas) != 2, "Area range field must specify 2 dimensions"),
        (min(areas) <= 0 or max(areas) > 1, f"Area range must be in (0, 1]: {list(areas)}"),
        (attempts <= 0, f"Max attempts must be non-negative: {attempts}"),
    ):
        if wrong:
            raise errors.InvalidArgumentError(None, None, words)
    return ratios, areas, attempts, bool(use_image_if_no_bounding_boxes)


def _box_inputs(image_size, bounding_boxes, min_object_covered):
    return (convert_to_tensor(image_size), convert_to_tensor(bounding_boxes, dtypes.float32),
            convert_to_tensor(min_object_covered, dtypes.float32))  # fmt: skip


def sample_distorted_bounding_box(image_size, bounding_boxes, seed=0, min_object_covered=0.1,
                                  aspect_ratio_range=None, area_range=None, max_attempts=None,
                                  use_image_if_no_bounding_boxes=None, name=None):  # fmt: skip
    """A box at random in an image, which holds a part of an object: for cropping in training.

    Args:
      image_size: [height, width, channels].
      bounding_boxes: [batch, boxes, 4], the corners of objects (y0, x0, y1, x1) in parts of 1.
      seed: what fixes the numbers; 0 stands for numbers that nobody foresees.
      min_object_covered: the part of an object that the box must hold.
      aspect_ratio_range: of width to height, by default (0.75, 1.33).
      area_range: in parts of the image, by default (0.05, 1).
      max_attempts: after so many (100) the whole image is taken.
      use_image_if_no_bounding_boxes: whether the image is the object where none is given.

    Returns:
      (begin, size, box): `tf.slice(image, begin, size)` cuts the box out, whose corners `box`
      [1, 1, 4] has in parts of 1.

    Raises:
      tf.errors.InvalidArgumentError: shapes or ranges that do not fit.

    >>> begin, size, box = sample_distorted_bounding_box([10, 10, 3], [[[0.1, 0.1, 0.9, 0.9]]])
    >>> begin.shape, size.shape, box.shape
    (TensorShape([3]), TensorShape([3]), TensorShape([1, 1, 4]))
    """
    attrs = box_attrs(aspect_ratio_range, area_range, max_attempts,
                       use_image_if_no_bounding_boxes)  # fmt: skip
    seeds = get_seed(seed) if seed else (0, 0)
    return sampled_box(image_size, bounding_boxes, seeds, min_object_covered, attrs, name)


_PARTS = "begin size bboxes"
SampleDistortedBoundingBoxV2 = collections.namedtuple("SampleDistortedBoundingBoxV2", _PARTS)
StatelessSampleDistortedBoundingBox = collections.namedtuple(
    "StatelessSampleDistortedBoundingBox", _PARTS
)


def sampled_box(image_size, bounding_boxes, seeds, min_object_covered, attrs, name=None):
    """`sample_distorted_bounding_box` with both of a stateful op's seeds."""
    size, boxes, share = _box_inputs(image_size, bounding_boxes, min_object_covered)
    handle = random_stream(SAMPLE_BOX, seeds, size.dtype, *attrs)
    return SampleDistortedBoundingBoxV2(
        *execute(SAMPLE_BOX, (size, handle, boxes, share), attrs, name)
    )


def stateless_sample_distorted_bounding_box(
    image_size, bounding_boxes, seed, min_object_covered=0.1, aspect_ratio_range=None,
    area_range=None, max_attempts=None, use_image_if_no_bounding_boxes=None, name=None,
):  # fmt: skip
    """`sample_distorted_bounding_box` of numbers that depend on the two integers `seed` alone.

    >>> box = stateless_sample_distorted_bounding_box([10, 10, 3], [[[0.1, 0.1, 0.9, 0.9]]], (1, 2))
    >>> box[0].numpy(), box[1].numpy()
    (array([5, 3, 0], dtype=int32), array([ 3,  4, -1], dtype=int32))
    """
    attrs = box_attrs(aspect_ratio_range, area_range, max_attempts,
                       use_image_if_no_bounding_boxes)  # fmt: skip
    size, boxes, share = _box_inputs(image_size, bounding_boxes, min_object_covered)
    return StatelessSampleDistortedBoundingBox(
        *execute(SAMPLE_BOX_STATELESS, (size, seed, boxes, share), attrs, name)
    )


# Volumes -----------------------------------------------------------------------------------------


def _volume_patches(input, *, ksizes, strides, padding):
    if input.ndim != 5:
        raise ValueError(f"input must be 5-dimensional {list(input.shape)}")
    seen = windows.taps(input, ksizes[1:4], strides[1:4], (1, 1, 1), padding, 0)
    return jnp.concatenate(list(seen), -1)


VOLUME_PATCHES = define("ExtractVolumePatches", _volume_patches, "T")


def extract_volume_patches(input, ksizes, strides, padding, name=None):
    """What each window of a volume sees, one after the other in the last axis.

    Args:
      input: [batch, depth, height, width, channels].
      ksizes, strides: five numbers each, the first and the last of which are 1.
      padding: "VALID" or "SAME".

    >>> import numpy as np
    >>> extract_volume_patches(np.ones([1, 3, 3, 3, 2]), [1, 2, 2, 2, 1], [1] * 5, "VALID").shape
    TensorShape([1, 2, 2, 2, 16])
    """
    attrs = (tuple(ksizes), tuple(strides), windows.padding_of(padding, None))
    return execute(VOLUME_PATCHES, (input,), attrs, name)
