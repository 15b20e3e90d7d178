"""The base class of layers of images, alone or with their masks, labels and boxes."""

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config as settings
from minitf.keras import random
from minitf.keras.layer import Layer
from minitf.ops.array import expand_dims, shape, squeeze
from minitf.ops.math import cast
from minitf.ops.ragged import RaggedTensor


class ImageLayer(Layer):
    """A layer of images [height, width, channels] or batches of them, alone or in a dictionary.

    A subclass has `transform_images(batch, transformation, training)`, and, if it is random,
    `get_random_transformation(data, training)`. In a dictionary, `"images"` are transformed,
    `"segmentation_masks"`, `"labels"` and `"bounding_boxes"` where that has a meaning.

    Args:
      data_format: where the channels are.
      seed: of the random numbers.
      bounding_box_format: of the boxes, see `keras.utils.bounding_boxes.convert_format`.

    Raises:
      ValueError: images of another rank; boxes of an unknown format or shape.
      NotImplementedError: boxes, where the layer moves pixels in a way that boxes cannot follow.
    """

    _is_random = False
    _takes_box_format = True

    def __init__(self, data_format=None, seed=None, bounding_box_format=None, **kwargs):
        super().__init__(**kwargs)
        self.bounding_box_format = bounding_box_format
        self.data_format = settings.standardize_data_format(data_format)
        self._allow_non_tensor_positional_args = True
        if self._is_random:
            self.seed = seed
            self.generator = random.SeedGenerator(seed)

    def call(self, data, training=True):
        images = convert_to_tensor(data["images"] if isinstance(data, dict) else data)
        rank = images.shape.rank
        if rank not in (3, 4):
            raise ValueError(
                "Expected image tensor to have rank 3 (single image) or 4 (batch of images). "
                f"Received: data.shape={images.shape}"
            )
        one = rank == 3
        transformation = self.get_random_transformation(images, training=training)
        if not isinstance(data, dict):
            images = expand_dims(images, 0) if one else images
            images = self.transform_images(images, transformation, training=training)
            return squeeze(images, [0]) if one else images
        kinds = {
            "images": self.transform_images,
            "labels": self.transform_labels,
            "segmentation_masks": self.transform_segmentation_masks,
        }
        changed = dict(data)
        for name, transform in kinds.items():
            if name in data:
                batch = convert_to_tensor(data[name])
                batch = expand_dims(batch, 0) if one else batch
                batch = transform(batch, transformation, training=training)
                changed[name] = squeeze(batch, [0]) if one else batch
        if "bounding_boxes" in data:
            boxes = self._checked_boxes(data["bounding_boxes"])
            boxes = {k: expand_dims(v, 0) for k, v in boxes.items()} if one else boxes
            boxes = self.transform_bounding_boxes(boxes, transformation, training=training)
            boxes = {k: squeeze(v, [0]) for k, v in boxes.items()} if one else boxes
            changed["bounding_boxes"] = boxes
        return changed

    def _checked_boxes(self, bounding_boxes):
        """`"boxes"` and `"labels"` as tensors, ragged ones filled with 0 and -1."""
        name = type(self).__name__
        if not self.bounding_box_format and self._takes_box_format:
            raise ValueError(
                "You passed an input with a 'bounding_boxes' key, but you didn't specify a "
                "bounding box format. Pass a `bounding_box_format` argument to your "
                f"{name} layer, e.g. `bounding_box_format='xyxy'`."
            )
        if not isinstance(bounding_boxes, dict) or not {"boxes", "labels"} <= bounding_boxes.keys():
            raise ValueError(
                "Expected `bounding_boxes` agurment to be a dict with keys 'boxes' and 'labels'. "
                f"Received: bounding_boxes={bounding_boxes}"
            )
        boxes, labels = bounding_boxes["boxes"], bounding_boxes["labels"]
        if isinstance(boxes, RaggedTensor):
            sizes = [*boxes.shape.as_list()[:-1], 4]
            boxes, labels = boxes.to_tensor(0, shape=sizes), labels.to_tensor(-1)
        boxes, labels = cast(convert_to_tensor(boxes), "float32"), convert_to_tensor(labels)
        if boxes.shape.rank not in (2, 3) or labels.shape.rank - boxes.shape.rank not in (-1, 0):
            raise ValueError(
                "Expected `bounding_boxes['boxes']` to have rank 2 or 3, with shape (num_boxes, 4) "
                "or (batch_size, num_boxes, 4), and `bounding_boxes['labels']` one axis less or as "
                f"many. Received: {tuple(boxes.shape)} and {tuple(labels.shape)}"
            )
        return {**bounding_boxes, "boxes": boxes, "labels": labels}

    def get_random_transformation(self, data, training=True, seed=None):
        """What is drawn for these images; None where there is nothing to draw."""
        return None

    def transform_images(self, images, transformation, training=True):
        """A batch of images, changed."""
        raise NotImplementedError

    def transform_labels(self, labels, transformation, training=True):
        """The labels of a batch of images."""
        return labels

    def transform_segmentation_masks(self, segmentation_masks, transformation, training=True):
        """The masks of a batch of images, changed as the images are."""
        return self.transform_images(segmentation_masks, transformation, training=training)

    def transform_bounding_boxes(self, bounding_boxes, transformation, training=True):
        """The boxes of a batch of images: where pixels stay in their places, so do the boxes."""
        return bounding_boxes

    # For subclasses ------------------------------------------------------------------------------

    def _axes(self):
        """(height, width), counted from the end."""
        return (-2, -1) if self.data_format == "channels_first" else (-3, -2)

    def _sizes(self, images):
        """(height, width), as integers where they are known."""
        images = convert_to_tensor(images)
        return tuple(
            shape(images)[axis] if images.shape[axis] is None else images.shape[axis]
            for axis in self._axes()
        )

    @staticmethod
    def _batch_size(images):
        """The number of images, 1 for one image."""
        images = convert_to_tensor(images)
        batch = 1 if images.shape.rank == 3 else images.shape[0]
        return shape(images)[0] if batch is None else batch

    def _uniform(self, images, low, high, sizes=(), seed=None, dtype=None):
        """Random numbers `[batch, *sizes]`."""
        seed = self.generator if seed is None else seed
        return random.uniform([self._batch_size(images), *sizes], low, high, dtype, seed)

    def _chosen(self, images, probability, seed=None):
        """`[batch, 1, 1, 1]`: whether an image is changed; the probability is drawn from a pair."""
        probability = self._uniform(images, *probability, sizes=(1, 1, 1), seed=seed)
        return self._uniform(images, 0, 1, sizes=(1, 1, 1), seed=seed) < probability

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        own = ["data_format", *(["bounding_box_format"] if self.bounding_box_format else [])]
        return {**super().get_config(), **self._config_of(*own)}


def factor_range(factor, least, most, name="factor"):
    """(lower, upper) of a number, or of a pair, within `least` and `most`; else ValueError."""
    if isinstance(factor, list | tuple) and len(factor) == 2:
        lower, upper = sorted(factor)
        fits = factor[0] <= most and factor[1] >= least
    elif isinstance(factor, int | float):
        lower, upper = max(-abs(factor), least), abs(factor)
        fits = least <= factor <= most
    else:
        fits = False
    if not fits:
        raise ValueError(
            f"The `{name}` argument should be a number (or a list of two numbers) in the range "
            f"[{least}, {most}]. Received: factor={factor}"
        )
    return lower, upper


def checked_range(value_range):
    """`value_range`, a pair, the smaller number first; ValueError for what is no pair."""
    if not isinstance(value_range, list | tuple) or len(value_range) != 2:
        raise ValueError(
            "The `value_range` argument should be a list of two numbers. "
            f"Received: value_range={value_range}"
        )
    return sorted(value_range)


def rescaled(images, old, new, dtype="float32"):
    """Images of numbers in the range `old`, brought into the range `new`."""
    if tuple(old) == tuple(new):
        return images
    return (cast(images, dtype) - old[0]) / (old[1] - old[0]) * (new[1] - new[0]) + new[0]


def refuse_boxes(layer):
    """Raises NotImplementedError for the boxes of a layer."""
    raise NotImplementedError(f"{type(layer).__name__} does not move bounding_boxes in minitf.")
