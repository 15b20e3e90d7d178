"""Boxes in images: the best of many, what they hold, how they are drawn.

A box is `[y1, x1, y2, x2]`; where it belongs to an image, as shares of its height and width.
"""

import collections
import heapq

import jax.numpy as jnp
import numpy as np

from minitf import dtypes, errors
from minitf.core.checks import inspected, shows
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.gradients import unregistered
from minitf.core.registry import define
from minitf.ops import array
from minitf.ops.windows import patches
from minitf.shapes import TensorShape

# The best of many --------------------------------------------------------------------------------


def _overlaps(boxes):
    """(i, j) -> the intersection over the union of two boxes; opposite corners in any order."""
    low, high = np.minimum(boxes[:, :2], boxes[:, 2:]), np.maximum(boxes[:, :2], boxes[:, 2:])
    areas = (high - low).prod(1)

    def overlap(i, j):
        if areas[i] <= 0 or areas[j] <= 0:
            return 0.0
        sides = np.minimum(high[i], high[j]) - np.maximum(low[i], low[j])
        common = np.maximum(sides, 0).prod()
        return float(common / (areas[i] + areas[j] - common))

    return overlap


def _suppress(scores, overlap, most, threshold, score_threshold, sigma):
    """The boxes that are kept, best first, and their scores.

    A box goes where it overlaps a better one by more than `threshold`; with `sigma` its score
    shrinks instead, with the overlap, and it waits for its turn again.
    """
    queue = [(-s, i, 0) for i, s in enumerate(scores.tolist()) if s > score_threshold]
    heapq.heapify(queue)
    kept, kept_scores = [], []
    while queue and len(kept) < most:
        negative, i, compared = heapq.heappop(queue)
        score = before = -negative
        gone = False
        for j in reversed(kept[compared:]):
            similarity = overlap(i, j)
            gone = not sigma and similarity > threshold
            if sigma:
                score *= np.exp(-0.5 / sigma * similarity**2)
            if gone or score <= score_threshold:
                break
        if gone:
            continue
        if score == before:
            kept.append(i)
            kept_scores.append(score)
        elif score > score_threshold:
            heapq.heappush(queue, (-score, i, len(kept)))
    return np.array(kept, np.int32), np.array(kept_scores, scores.dtype)


def _check(boxes, scores, threshold):
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise errors.InvalidArgumentError(
            None, None, f"boxes must have 4 columns, got shape {list(boxes.shape)}"
        )
    if scores.shape != boxes.shape[:1]:
        raise errors.InvalidArgumentError(None, None, "scores has incompatible shape")
    if not 0 <= threshold <= 1:
        raise errors.InvalidArgumentError(None, None, "iou_threshold must be in [0, 1]")


def _suppress_boxes(boxes, scores, most, threshold, score_threshold, sigma):
    _check(boxes, scores, threshold)
    return _suppress(scores, _overlaps(boxes), int(most), float(threshold),
                     float(score_threshold), float(sigma))  # fmt: skip


def _suppress_overlaps(overlaps, scores, most, threshold, score_threshold):
    return _suppress(scores, lambda i, j: overlaps[i, j], int(most), float(threshold),
                     float(score_threshold), 0.0)[0]  # fmt: skip


SUPPRESS = define(
    "NonMaxSuppressionV5", _suppress_boxes, "TTi???", num_outputs=2, host=True,
    differentiable=False,
    infer=lambda inputs, attrs: [(TensorShape([None]), dtypes.int32),
                                 (TensorShape([None]), inputs[1].dtype)],
)  # fmt: skip
SUPPRESS_OVERLAPS = define(
    "NonMaxSuppressionWithOverlaps", _suppress_overlaps, "TTi??", host=True, differentiable=False,
    infer=lambda inputs, attrs: [(TensorShape([None]), dtypes.int32)],
)  # fmt: skip


def non_max_suppression(boxes, scores, max_output_size, iou_threshold=0.5,
                        score_threshold=float("-inf"), name=None):  # fmt: skip
    """int32: which boxes to keep, the best first; one that overlaps a better one is left out.

    Args:
      boxes: floats [boxes, 4].
      scores: floats [boxes].
      max_output_size: how many are kept at most.
      iou_threshold: how much, intersection over union, two kept boxes may overlap.
      score_threshold: boxes whose score is not above it are left out.

    >>> boxes = [[0.0, 0.0, 1.0, 1.0], [0.0, 0.1, 1.0, 1.1], [2.0, 2.0, 3.0, 3.0]]
    >>> non_max_suppression(boxes, [0.8, 0.9, 0.1], 3).numpy()
    array([1, 2], dtype=int32)
    """
    inputs = (boxes, scores, max_output_size, iou_threshold, score_threshold, 0.0)
    return execute(SUPPRESS, inputs, (), name)[0]


def non_max_suppression_with_scores(boxes, scores, max_output_size, iou_threshold=0.5,
                                    score_threshold=float("-inf"), soft_nms_sigma=0.0,
                                    name=None):  # fmt: skip
    """(which boxes to keep, their scores); with `soft_nms_sigma` an overlap lowers the score.

    Source: Bodla et al., 2017. See `non_max_suppression`.
    """
    inputs = (boxes, scores, max_output_size, iou_threshold, score_threshold, soft_nms_sigma)
    return tuple(execute(SUPPRESS, inputs, (), name))


def non_max_suppression_overlaps(overlaps, scores, max_output_size, overlap_threshold=0.5,
                                 score_threshold=float("-inf"), name=None):  # fmt: skip
    """As `non_max_suppression`, of boxes whose overlaps [boxes, boxes] are given."""
    inputs = (overlaps, scores, max_output_size, overlap_threshold, score_threshold)
    return execute(SUPPRESS_OVERLAPS, inputs, (), name)


def _suppress_padded(boxes, scores, most, threshold, score_threshold):
    outer, most = boxes.shape[:-2], int(most)
    chosen, counts = np.zeros((*outer, most), np.int32), np.zeros(outer, np.int32)
    for place in np.ndindex(outer):
        kept = _suppress_boxes(boxes[place], scores[place], most, threshold, score_threshold, 0)[0]
        chosen[place][: len(kept)] = kept
        counts[place] = len(kept)
    return chosen, counts


SUPPRESS_PADDED = define(
    "NonMaxSuppressionPadded", _suppress_padded, "TTi??", num_outputs=2, host=True,
    differentiable=False,
    infer=lambda inputs, attrs: [
        (TensorShape(inputs[0].shape[:-2]).concatenate([None]), dtypes.int32),
        (TensorShape(inputs[0].shape[:-2]), dtypes.int32)],
)  # fmt: skip


def non_max_suppression_padded(boxes, scores, max_output_size, iou_threshold=0.5,
                               score_threshold=float("-inf"), pad_to_max_output_size=False,
                               name=None, sorted_input=False, canonicalized_coordinates=False,
                               tile_size=512):  # fmt: skip
    """(which boxes to keep, how many those are); padded with 0, also of a batch of images.

    The last three arguments are optimisations of TensorFlow's, which change no result.

    Raises:
      ValueError: a batch, and not `pad_to_max_output_size`.
    """
    boxes = convert_to_tensor(boxes)
    if not pad_to_max_output_size and boxes.shape.rank is not None and boxes.shape.rank > 2:
        raise ValueError(
            f"'pad_to_max_output_size' (value {pad_to_max_output_size}) must be True for batched "
            "input"
        )
    inputs = (boxes, scores, max_output_size, iou_threshold, score_threshold)
    chosen, count = execute(SUPPRESS_PADDED, inputs, (), name)
    return (chosen if pad_to_max_output_size else chosen[:count]), count


def _combined(boxes, scores, threshold, score_threshold, *, per_class, total, pad, clip):
    batch, classes = scores.shape[0], scores.shape[2]
    size = min(total, per_class * classes) if pad else total
    results = [np.zeros((batch, size, 4), np.float32), np.zeros((batch, size), np.float32),
               np.zeros((batch, size), np.float32), np.zeros(batch, np.int32)]  # fmt: skip
    for b in range(batch):
        found = []
        for c in range(classes):
            own = boxes[b, :, c if boxes.shape[2] > 1 else 0]
            kept, points = _suppress_boxes(own, scores[b, :, c], per_class, threshold,
                                           score_threshold, 0)  # fmt: skip
            found += [(-s, c, own[i]) for i, s in zip(kept.tolist(), points.tolist())]
        found = sorted(found, key=lambda entry: entry[0])[:size]
        for i, (score, c, box) in enumerate(found):
            results[0][b, i] = np.clip(box, 0, 1) if clip else box
            results[1][b, i], results[2][b, i] = -score, c
        results[3][b] = len(found)
    return tuple(results)


def _combined_known(inputs, attrs):
    per_class, total, pad, _ = attrs
    batch, classes = inputs[1].shape[0], inputs[1].shape[2]
    size = total if not pad else None if classes is None else min(total, per_class * classes)
    shapes = [[batch, size, 4], [batch, size], [batch, size], [batch]]
    kinds = [dtypes.float32] * 3 + [dtypes.int32]
    return [(TensorShape(shape), kind) for shape, kind in zip(shapes, kinds)]


CombinedNonMaxSuppression = collections.namedtuple(
    "CombinedNonMaxSuppression",
    ["nmsed_boxes", "nmsed_scores", "nmsed_classes", "valid_detections"],
)
COMBINED = define("CombinedNonMaxSuppression", _combined, "TT??", num_outputs=4, host=True,
                  differentiable=False, infer=_combined_known)  # fmt: skip


def combined_non_max_suppression(boxes, scores, max_output_size_per_class, max_total_size,
                                 iou_threshold=0.5, score_threshold=float("-inf"),
                                 pad_per_class=False, clip_boxes=True, name=None):  # fmt: skip
    """The best boxes of all classes, by `non_max_suppression` of each class.

    Args:
      boxes: [batch, boxes, classes or 1, 4].
      scores: [batch, boxes, classes].
      pad_per_class: whether there are `max_output_size_per_class` times the classes at most.
      clip_boxes: whether boxes are cut at 0 and 1.

    Returns:
      (boxes [batch, n, 4], scores [batch, n], classes [batch, n], how many of them count [batch]).
    """
    attrs = (int(max_output_size_per_class), int(max_total_size), bool(pad_per_class),
             bool(clip_boxes))  # fmt: skip
    inputs = (boxes, scores, iou_threshold, score_threshold)
    return CombinedNonMaxSuppression(*execute(COMBINED, inputs, attrs, name))


# What boxes hold ---------------------------------------------------------------------------------


def _places(start, end, size, count):
    """Where, along an axis of `size`, the `count` pixels of each box lie."""
    if count > 1:
        step = (end - start) * (size - 1) / (count - 1)
        return start[:, None] * (size - 1) + jnp.arange(count) * step[:, None]
    return 0.5 * (start + end)[:, None] * (size - 1)


def _crop_and_resize(image, boxes, box_indices, crop_size, *, method, extrapolation):
    if image.ndim != 4:
        raise ValueError(f"input image must be 4-D{list(image.shape)}")
    height, width = image.shape[1:3]
    y1, x1, y2, x2 = (boxes[:, i] for i in range(4))
    rows = _places(y1, y2, height, int(crop_size[0]))[:, :, None]
    columns = _places(x1, x2, width, int(crop_size[1]))[:, None]
    inside = (rows >= 0) & (rows <= height - 1) & (columns >= 0) & (columns <= width - 1)

    def pixel(y, x):
        y = jnp.clip(y, 0, height - 1).astype(jnp.int32)
        x = jnp.clip(x, 0, width - 1).astype(jnp.int32)
        return image[box_indices[:, None, None], y, x].astype(jnp.float32)

    if method == "nearest":
        result = pixel(jnp.floor(rows + 0.5), jnp.floor(columns + 0.5))
    else:
        top, left = jnp.floor(rows), jnp.floor(columns)
        bottom, right = jnp.ceil(rows), jnp.ceil(columns)
        across = (columns - left)[..., None]
        upper = pixel(top, left) + (pixel(top, right) - pixel(top, left)) * across
        lower = pixel(bottom, left) + (pixel(bottom, right) - pixel(bottom, left)) * across
        result = upper + (lower - upper) * (rows - top)[..., None]
    return jnp.where(inside[..., None], result, jnp.float32(extrapolation))


def _images_of_boxes(image, boxes, box_indices, *, method, extrapolation):
    numbers = inspected(box_indices)
    if numbers is not None and shows((numbers < 0) | (numbers >= image.shape[0])):
        raise errors.OutOfRangeError(None, None, "box_index has values outside [0, batch_size)")


CROP_AND_RESIZE = define("CropAndResize", _crop_and_resize, "?FIi", static=(3,),
                         verify=_images_of_boxes)  # fmt: skip


def crop_and_resize(image, boxes, box_indices, crop_size, method="bilinear",
                    extrapolation_value=0.0, name=None):  # fmt: skip
    """What boxes hold, each resized to `crop_size`: float32 [boxes, height, width, channels].

    Args:
      image: [batch, height, width, channels].
      boxes: floats [boxes, 4]; a box with its corners exchanged gives a mirrored part.
      box_indices: in which image each box lies.
      method: "bilinear" or "nearest".
      extrapolation_value: what is outside the image.
    """
    if method not in ("bilinear", "nearest"):
        raise errors.InvalidArgumentError(
            None, None, f"Value for attr 'method' of \"{method}\" is not in the list of allowed "
            'values: "bilinear", "nearest"'
        )  # fmt: skip
    boxes = convert_to_tensor(boxes)
    if not boxes.shape.is_compatible_with([None, 4]):
        raise errors.InvalidArgumentError(None, None, f"boxes must have 4 columns: {boxes.shape}")
    attrs = (method, float(extrapolation_value))
    return execute(CROP_AND_RESIZE, (image, boxes, box_indices, crop_size), attrs, name)


def _extract_patches(images, *, sizes, strides, rates, padding):
    seen = patches(images, sizes, strides, rates, padding)
    return seen.reshape(*seen.shape[:3], -1)


EXTRACT_PATCHES = define("ExtractImagePatches", _extract_patches, "T")


def extract_patches(images, sizes, strides, rates, padding, name=None):
    """What windows see, as channels: [batch, rows, columns, height * width * channels].

    Args:
      sizes, strides, rates: lists `[1, rows, columns, 1]`; `rates` is how far apart the pixels of a
        window are.
      padding: "SAME" or "VALID".

    >>> image = [[[[1], [2]], [[3], [4]]]]
    >>> extract_patches(image, [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], "VALID").numpy().ravel()
    array([1, 2, 3, 4], dtype=int32)
    """
    for what, values in (("ksizes", sizes), ("strides", strides), ("rates", rates)):
        if len(values) != 4 or values[0] != 1 or values[3] != 1:
            raise errors.UnimplementedError(
                None, None, f"Only support {what} across space, as in [1, rows, columns, 1]"
            )
    inner = [tuple(int(n) for n in values[1:3]) for values in (sizes, strides, rates)]
    return execute(EXTRACT_PATCHES, (images,), (*inner, padding.upper()), name)


# Drawn -------------------------------------------------------------------------------------------

_COLOURS = np.array([
    [1, 1, 0, 1], [0, 0, 1, 1], [1, 0, 0, 1], [0, 1, 0, 1], [0.5, 0, 0.5, 1], [0.5, 0.5, 0, 1],
    [0.5, 0, 0, 1], [0, 0, 0.5, 1], [0, 1, 1, 1], [1, 0, 1, 1],
], np.float32)  # fmt: skip


def _draw(images, boxes, colors):
    result = np.array(images)
    height, width, depth = images.shape[1:]
    table = np.array(colors if len(colors) else _COLOURS, np.float32)[:, :depth]
    if depth == 1:
        table[:, 0] = 1
    ends = np.array([height - 1, width - 1] * 2, np.float32)
    for image, own in zip(result, boxes):
        for number, box in enumerate(own):
            top, left, bottom, right = (box.astype(np.float32) * ends).astype(np.int64).tolist()
            if top > bottom or left > right or top >= height or bottom < 0 or (
                    left >= width or right < 0):  # fmt: skip
                continue
            rows = slice(max(top, 0), min(bottom, height - 1) + 1)
            columns = slice(max(left, 0), min(right, width - 1) + 1)
            color = table[number % len(table)]
            for row in (top, bottom):
                if 0 <= row < height:
                    image[row, columns] = color
            for column in (left, right):
                if 0 <= column < width:
                    image[rows, column] = color
    return result


DRAW = define("DrawBoundingBoxesV2", _draw, "TUV", host=True, backward=unregistered,
              infer=lambda inputs, attrs: [(inputs[0].shape, inputs[0].dtype)])  # fmt: skip


def draw_bounding_boxes(images, boxes, colors, name=None):
    """Images [batch, height, width, channels] with frames of boxes [batch, boxes, 4].

    `colors` [any, channels] are taken in turn; None stands for ten of TensorFlow's.
    """
    colors = array.zeros([0, 4]) if colors is None else colors
    return execute(DRAW, (images, boxes, colors), (), name)
