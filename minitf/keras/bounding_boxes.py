"""`keras.utils.bounding_boxes`: rectangles in images, in nine formats, and how much they overlap.

Whatever the format, a box becomes its corners `(x1, y1, x2, y2)`, and corners become the format.
"""

import math

from minitf.core.dispatch import convert_to_tensor
from minitf.keras.config import epsilon
from minitf.ops.array import expand_dims, ones, shape, transpose
from minitf.ops.gathering import where
from minitf.ops.joining import concat, stack, unstack
from minitf.ops.linalg import clip_by_value, einsum
from minitf.ops.math import (
    atan,
    cast,
    cos,
    exp,
    greater,
    log,
    logical_or,
    maximum,
    minimum,
    pow,
    sin,
    tan,
)
from minitf.ops.reductions import reduce_max, reduce_min

_LAYOUTS = ("xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw")
FORMATS = (*_LAYOUTS, "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh")


def _corners(boxes, layout):
    """x1, y1, x2, y2 of boxes of a layout."""
    a, b, c, d = unstack(boxes, axis=-1)
    if layout in ("yxyx", "center_yxhw"):
        a, b, c, d = b, a, d, c
    if layout.startswith("center"):
        return a - c / 2.0, b - d / 2.0, a + c / 2.0, b + d / 2.0
    return (a, b, a + c, b + d) if layout == "xywh" else (a, b, c, d)


def _in_layout(corners, layout):
    """The four numbers of a layout for these corners."""
    x1, y1, x2, y2 = corners
    width, height = x2 - x1, y2 - y1
    if layout.startswith("center"):
        numbers = x1 + width / 2.0, y1 + height / 2.0, width, height
    else:
        numbers = (x1, y1, width, height) if layout == "xywh" else corners
    a, b, c, d = numbers
    return stack([b, a, d, c] if layout in ("yxyx", "center_yxhw") else [a, b, c, d], -1)


def convert_format(boxes, source, target, height=None, width=None, dtype="float32"):
    """Boxes `[..., 4]` of the format `source` in the format `target`.

    Args:
      boxes: also a dictionary with `"boxes"`, which comes back with them converted.
      source, target: `"xyxy"`, `"yxyx"`, `"xywh"`, `"center_xywh"`, `"center_yxhw"`, or, with
        numbers that are shares of `width` and `height`, `"rel_xyxy"`, `"rel_yxyx"`, `"rel_xywh"`,
        `"rel_center_xywh"`.

    Raises:
      ValueError: another format or shape, or an unknown size where one format is relative.

    >>> convert_format([[10.0, 20.0, 30.0, 50.0]], "xyxy", "xywh").numpy()
    array([[10., 20., 20., 30.]], dtype=float32)
    """
    if isinstance(boxes, dict):
        converted = convert_format(boxes["boxes"], source, target, height, width, dtype)
        return {**boxes, "boxes": converted}
    boxes = convert_to_tensor(boxes)
    if boxes.shape[-1] != 4:
        raise ValueError(
            "`boxes` must be a tensor with the last dimension of 4. "
            f"Received: boxes.shape={tuple(boxes.shape)}"
        )
    source, target = source.lower(), target.lower()
    if source not in FORMATS or target not in FORMATS:
        raise ValueError(f"Invalid source or target format. Supported formats: {FORMATS}")
    relative = source.startswith("rel_"), target.startswith("rel_")
    if any(relative) and (height is None or width is None):
        raise ValueError(
            "convert_format() must receive `height` and `width` transforming between relative and "
            f"absolute formats.convert_format() received source=`{source}`, target=`{target}, "
            f"but height={height} and width={width}."
        )
    boxes = cast(boxes, dtype)
    if source == target:
        return boxes
    corners = _corners(boxes, source.removeprefix("rel_"))
    if relative[0] != relative[1]:
        sizes = [cast(n, dtype) for n in (width, height, width, height)]
        corners = [x * n if relative[0] else x / n for x, n in zip(corners, sizes)]
    return _in_layout(corners, target.removeprefix("rel_"))


def clip_to_image_size(bounding_boxes, height=None, width=None, bounding_box_format="xyxy"):
    """The parts of boxes inside an image; labels of boxes outside become -1.

    Args:
      bounding_boxes: a dictionary of `"boxes"` `[..., 4]` and maybe `"labels"`.

    Raises:
      NotImplementedError: another format than `"xyxy"` and `"rel_xyxy"`.
      ValueError: an unknown size.
    """
    if bounding_box_format not in ("xyxy", "rel_xyxy"):
        raise NotImplementedError(f"clip_to_image_size: bounding_box_format={bounding_box_format}")
    if bounding_box_format == "rel_xyxy":
        height = width = 1.0
    elif height is None or width is None:
        raise ValueError("`height` and `width` must be set if `format='xyxy'`.")
    boxes = convert_to_tensor(bounding_boxes["boxes"])
    clipped = _clipped(boxes, height, width)
    result = {**bounding_boxes, "boxes": clipped}
    if bounding_boxes.get("labels") is not None:
        labels = convert_to_tensor(bounding_boxes["labels"])
        result["labels"] = where(greater(_area(clipped), 0), labels, cast(-1, labels.dtype))
    return result


def _clipped(boxes, height, width):
    height, width = cast(height, boxes.dtype), cast(width, boxes.dtype)
    corners = zip(unstack(boxes, axis=-1), (width, height, width, height))
    return stack([clip_by_value(x, cast(0, boxes.dtype), most) for x, most in corners], -1)


def _area(boxes):
    x1, y1, x2, y2 = unstack(boxes, axis=-1)
    return (x2 - x1) * (y2 - y1)


def _only_corners(function, bounding_box_format):
    if bounding_box_format != "xyxy":
        raise NotImplementedError(f"{function}: bounding_box_format={bounding_box_format}")


def crop(boxes, top, left, height, width, bounding_box_format="xyxy"):
    """Boxes as they lie in a window of an image; NotImplementedError but for `"xyxy"`."""
    _only_corners("crop", bounding_box_format)
    boxes = convert_to_tensor(boxes)
    x1, y1, x2, y2 = unstack(boxes, axis=-1)
    return _clipped(stack([x1 - left, y1 - top, x2 - left, y2 - top], -1), height, width)


def pad(boxes, top, left, height=None, width=None, bounding_box_format="xyxy"):
    """Boxes in an image with a border added above and on the left; only `"xyxy"`."""
    _only_corners("pad", bounding_box_format)
    x1, y1, x2, y2 = unstack(convert_to_tensor(boxes), axis=-1)
    return stack([x1 + left, y1 + top, x2 + left, y2 + top], -1)


def affine_transform(boxes, angle, translate_x, translate_y, scale, shear_x, shear_y, height, width,
                     center_x=None, center_y=None, bounding_box_format="xyxy"):  # fmt: skip
    """The boxes around the boxes `[batch, n, 4]` of images that are turned, moved, scaled, sheared.

    Args:
      angle, shear_x, shear_y: `[batch]`, in degrees.
      translate_x, translate_y: `[batch]`, as shares of the size.
      scale: `[batch]`.
      center_x, center_y: what stays in its place, as shares of the size; None: the middle.

    Raises:
      NotImplementedError: another format than `"xyxy"`.
    """
    _only_corners("affine_transform", bounding_box_format)
    angle = -convert_to_tensor(angle)
    turn, lean_x, lean_y = (x * (math.pi / 180.0) for x in (angle, -shear_x, -shear_y))
    x, y = (
        (width - 1) * (0.5 if center_x is None else center_x),
        (height - 1) * (0.5 if center_y is None else center_y),
    )
    from_x, from_y = x - translate_x * (width - 1), y - translate_y * (height - 1)
    a, c = cos(turn - lean_y) / cos(lean_y), -sin(turn - lean_y) / cos(lean_y)
    b, d = a * tan(lean_x) + sin(turn), cos(turn) - c * tan(lean_x)
    rows = [(d * scale, -b * scale, x), (-c * scale, a * scale, y)]
    matrix = stack([stack([p, q, to - p * from_x - q * from_y], -1) for p, q, to in rows], 1)
    x1, y1, x2, y2 = unstack(cast(boxes, matrix.dtype), axis=-1)
    corners = stack([stack(p, -1) for p in ((x1, y1), (x2, y1), (x2, y2), (x1, y2))], -2)
    corners = concat([corners, ones(shape(corners[..., :1]), matrix.dtype)], -1)
    moved = einsum("bncz,byz->bncy", corners, matrix)
    return concat([reduce_min(moved, 2), reduce_max(moved, 2)], -1)


def _size_of(image_shape):
    return (None, None) if image_shape is None else image_shape[:2]


def _variance(variance):
    if variance is None:
        return None
    variance = convert_to_tensor(variance, "float32")
    if variance.shape[-1] != 4:
        raise ValueError(f"`variance` must be length 4, got {variance}")
    return variance


def _check_encoding(name, encoding):
    if encoding not in ("center_xywh", "center_yxhw"):
        raise ValueError(
            f"`{name}` should be one of 'center_xywh' or 'center_yxhw', got {encoding}"
        )


def encode_box_to_deltas(anchors, boxes, anchor_format, box_format, encoding_format="center_yxhw",
                         variance=None, image_shape=None):  # fmt: skip
    """How boxes differ from their anchors: shifts in anchors' sizes, and logarithms of ratios.

    Args:
      variance: four numbers that divide the deltas.
      image_shape: (height, width, channels), for relative formats.

    Raises:
      ValueError: another `encoding_format`, or a `variance` of another length.
    """
    variance = _variance(variance)
    _check_encoding("encoding_format", encoding_format)
    size = _size_of(image_shape)
    anchors = convert_format(anchors, anchor_format, encoding_format, *size)
    boxes = convert_format(boxes, box_format, encoding_format, *size)
    sizes = maximum(anchors[..., 2:], epsilon())
    shifts = (boxes[..., :2] - anchors[..., :2]) / sizes
    deltas = concat([shifts, log(maximum(boxes[..., 2:], epsilon()) / sizes)], -1)
    return deltas if variance is None else deltas / variance


def decode_deltas_to_boxes(anchors, boxes_delta, anchor_format, box_format,
                           encoded_format="center_yxhw", variance=None,
                           image_shape=None):  # fmt: skip
    """The boxes that `encode_box_to_deltas` encoded; also dictionaries of anchors and deltas."""
    if isinstance(anchors, dict) and isinstance(boxes_delta, dict):
        options = anchor_format, box_format, encoded_format, variance, image_shape
        return {level: decode_deltas_to_boxes(anchors[level], boxes_delta[level], *options)
                for level in anchors}  # fmt: skip
    variance = _variance(variance)
    _check_encoding("encoded_format", encoded_format)
    size = _size_of(image_shape)
    anchors = convert_format(anchors, anchor_format, encoded_format, *size)
    deltas = convert_to_tensor(boxes_delta)
    deltas = deltas if variance is None else deltas * variance
    shifts = deltas[..., :2] * anchors[..., 2:] + anchors[..., :2]
    boxes = concat([shifts, exp(deltas[..., 2:]) * anchors[..., 2:]], -1)
    return convert_format(boxes, encoded_format, box_format, *size)


def compute_iou(boxes1, boxes2, bounding_box_format, use_masking=False, mask_val=-1,
                image_shape=None):  # fmt: skip
    """Intersection over union of every box of `boxes1` with every one of `boxes2`.

    Args:
      boxes1, boxes2: `[m, 4]` or `[batch, m, 4]`, and `[n, 4]` or `[batch, n, 4]`.
      use_masking: whether pairs with a box of negative numbers alone get `mask_val`.

    Returns:
      `[m, n]` or `[batch, m, n]`.

    Raises:
      ValueError: other ranks, or a relative format without `image_shape`.
    """
    boxes1, boxes2 = convert_to_tensor(boxes1), convert_to_tensor(boxes2)
    for name, boxes in (("boxes1", boxes1), ("boxes2", boxes2)):
        if boxes.shape.rank not in (2, 3):
            raise ValueError(
                f"compute_iou() expects {name} to be batched, or to be unbatched. Received "
                f"len(boxes1.shape)={boxes1.shape.rank}, len(boxes2.shape)={boxes2.shape.rank}. "
                f"Expected either len({name}.shape)=2 AND or len({name}.shape)=3."
            )
    if "rel" in bounding_box_format and image_shape is None:
        raise ValueError(
            "When using relative bounding box formats (e.g. `rel_yxyx`) the `image_shape` argument "
            f"must be provided.Received `image_shape`: {image_shape}"
        )
    size = _size_of(image_shape)
    first, second = (convert_format(b, bounding_box_format, "xyxy", *size)
                     for b in (boxes1, boxes2))  # fmt: skip
    areas = expand_dims(_area(first), -1) + expand_dims(_area(second), -2)
    x1, y1, x2, y2 = (expand_dims(c, -1) for c in unstack(first, axis=-1))
    left, top, right, bottom = (expand_dims(c, -2) for c in unstack(second, axis=-1))
    shared = maximum(minimum(x2, right) - maximum(x1, left), 0.0) * maximum(
        minimum(y2, bottom) - maximum(y1, top), 0.0
    )
    overlap = shared / (areas - shared + epsilon())
    if not use_masking:
        return overlap
    absent = [reduce_max(boxes, -1, keepdims=True) < 0.0 for boxes in (first, second)]
    order = [1, 0] if second.shape.rank == 2 else [0, 2, 1]
    absent = logical_or(absent[0], transpose(absent[1], order))
    return where(absent, cast(mask_val, overlap.dtype), overlap)


def compute_ciou(boxes1, boxes2, bounding_box_format, image_shape=None):
    """Complete intersection over union of boxes `[..., 4]`, each with its own partner.

    Less, the further apart the centers and the shapes are (Zheng et al., 2020).

    Raises:
      ValueError: a relative format.
    """
    if "rel" in bounding_box_format:
        raise ValueError(
            "When using relative bounding box formats (e.g. `rel_yxyx`) the `image_shape` argument "
            f"must be provided.Received `image_shape`: {image_shape}"
        )
    size, tiny = _size_of(image_shape), epsilon()
    corners = [unstack(convert_format(b, bounding_box_format, "xyxy", *size), axis=-1)
               for b in (boxes1, boxes2)]  # fmt: skip
    (x1, y1, x2, y2), (left, top, right, bottom) = corners
    width1, height1, width2, height2 = x2 - x1, y2 - y1 + tiny, right - left, bottom - top + tiny
    shared = maximum(minimum(x2, right) - maximum(x1, left), 0.0) * maximum(
        minimum(y2, bottom) - maximum(y1, top), 0.0
    )
    overlap = shared / (width1 * height1 + width2 * height2 - shared + tiny + tiny)
    around = (maximum(x2, right) - minimum(x1, left)) ** 2
    around = around + (maximum(y2, bottom) - minimum(y1, top)) ** 2 + tiny
    apart = ((x1 + x2) / 2 - (left + right) / 2) ** 2 + ((y1 + y2) / 2 - (top + bottom) / 2) ** 2
    unlike = (4 / math.pi**2) * pow(atan(width2 / height2) - atan(width1 / height1), 2.0)
    return overlap - (apart / around + unlike * (unlike / (unlike - overlap + (1 + tiny))))
