"""`tf.image` of TF 1.x: resizing that may align corners; the rest is `tf.image`'s."""

import sys

from minitf import image
from minitf.core.dispatch import convert_to_tensor
from minitf.install import missing
from minitf.ops import image_boxes, image_crops, image_sizes

__all__ = [
    "crop_and_resize", "draw_bounding_boxes", "extract_glimpse", "extract_image_patches", "resize",
    "resize_area", "sample_distorted_bounding_box",
    "resize_bicubic", "resize_bilinear", "resize_image_with_crop_or_pad", "resize_image_with_pad",
    "resize_images", "resize_nearest_neighbor", "transpose_image",
]  # fmt: skip


class ResizeMethod:
    """The ways to resize, by number."""

    BILINEAR = 0
    NEAREST_NEIGHBOR = 1
    BICUBIC = 2
    AREA = 3


_METHODS = {0: "bilinear", 1: "nearest", 2: "bicubic", 3: "area"}


def resize_images(images, size, method=ResizeMethod.BILINEAR, align_corners=False,
                  preserve_aspect_ratio=False, name=None):  # fmt: skip
    """Images of another size; pixels are points on a grid that begins at the first pixel.

    An image that has this size already is returned as it is.

    Raises:
      ValueError: an unknown method, or a shape that is no image's.
    """
    method = _METHODS.get(method, method)
    if method not in _METHODS.values():
        raise ValueError("Resize method is not implemented.")
    images = convert_to_tensor(images)
    if images.shape.rank is None:
        raise ValueError("'images' contains no shape.")
    if preserve_aspect_ratio:
        size = image_sizes.keep_ratio(images, size)
    if isinstance(size, list | tuple) and list(size) == images.shape.as_list()[-3:-1]:
        return images
    return image_sizes.resize_on_grid(images, size, method, align_corners, name)


resize = resize_images


def _resizer(method):
    def resized(images, size, align_corners=False, name=None, half_pixel_centers=False):
        images = convert_to_tensor(images)
        if half_pixel_centers:
            return image_sizes.resize(images, size, method, name=name)
        return image_sizes.resize_on_grid(images, size, method, align_corners, name)

    resized.__name__ = f"resize_{method}"
    resized.__doc__ = f"Images of another size, by the method {method!r}."
    return resized


resize_bilinear, resize_bicubic = _resizer("bilinear"), _resizer("bicubic")
resize_nearest_neighbor, resize_area = _resizer("nearest"), _resizer("area")
resize_image_with_crop_or_pad = image.resize_with_crop_or_pad
transpose_image = image.transpose


def resize_image_with_pad(image, target_height, target_width, method=ResizeMethod.BILINEAR,
                          align_corners=False):  # fmt: skip
    """An image resized to fit into the target size, with zeros around it."""

    def resized(image, size):
        return resize_images(image, size, method, align_corners)

    return image_sizes.fit_into(image, target_height, target_width, resized)


def extract_image_patches(images, ksizes=None, strides=None, rates=None, padding=None, name=None,
                          sizes=None):  # fmt: skip
    """What windows see, as channels; see `tf.image.extract_patches`."""
    sizes = ksizes if sizes is None else sizes
    return image_boxes.extract_patches(images, sizes, strides, rates, padding, name)


def draw_bounding_boxes(images, boxes, name=None, colors=None):
    """Images with frames of boxes."""
    return image_boxes.draw_bounding_boxes(images, boxes, colors, name)


def extract_glimpse(input, size, offsets, centered=True, normalized=True, uniform_noise=True,
                    name=None):  # fmt: skip
    """A window of each image, with its middle at a place of its own; see `tf.image`."""
    noise = "uniform" if uniform_noise else "gaussian"
    return image_crops.glimpses(input, size, offsets, centered, normalized, noise, True, name)


def sample_distorted_bounding_box(
    image_size, bounding_boxes, seed=None, seed2=None, min_object_covered=0.1,
    aspect_ratio_range=None, area_range=None, max_attempts=None,
    use_image_if_no_bounding_boxes=None, name=None,
):  # fmt: skip
    """A box at random that holds a part of an object; see `tf.image`."""
    attrs = image_crops.box_attrs(aspect_ratio_range, area_range, max_attempts,
                                  use_image_if_no_bounding_boxes)  # fmt: skip
    seeds = seed or 0, seed2 or 0
    return image_crops.sampled_box(image_size, bounding_boxes, seeds, min_object_covered, attrs,
                                   name)  # fmt: skip


def crop_and_resize(image, boxes, box_ind=None, crop_size=None, method="bilinear",
                    extrapolation_value=0, name=None, box_indices=None):  # fmt: skip
    """What boxes hold, each resized to `crop_size`."""
    box_indices = box_ind if box_indices is None else box_indices
    return image_boxes.crop_and_resize(image, boxes, box_indices, crop_size, method,
                                       extrapolation_value, name)  # fmt: skip


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    try:
        return getattr(image, name)
    except AttributeError:
        names = [*dir(sys.modules[__name__]), *dir(image)]
        raise missing(__name__, name, names) from None
