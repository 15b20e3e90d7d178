"""Layers that mix images with each other, or with differently changed copies of themselves."""

import random as python_random

from minitf.keras import random
from minitf.keras.layers.image_colors import RandomBrightness, RandomContrast
from minitf.keras.layers.image_filters import (
    AutoContrast,
    Equalization,
    RandomSharpness,
    random_boxes,
)
from minitf.keras.layers.image_geometry import RandomRotation, RandomShear, RandomTranslation
from minitf.keras.layers.image_tones import (
    RandomColorDegeneration,
    RandomPosterization,
    Solarization,
)
from minitf.keras.layers.images import ImageLayer, factor_range, refuse_boxes
from minitf.ops.array import range as arange
from minitf.ops.array import reshape, zeros_like
from minitf.ops.gathering import gather, where
from minitf.ops.joining import concat
from minitf.ops.linalg import clip_by_value
from minitf.ops.math import cast, equal, sqrt
from minitf.ops.reductions import reduce_any, reduce_sum


class _Mixing(ImageLayer):
    """Base class: images and labels are mixed with those of other images of the batch."""

    _is_random = True

    def _order(self, images, seed):
        return random.shuffle(arange(self._batch_size(images)), seed=seed)

    def transform_labels(self, labels, transformation, training=True):
        if not training or transformation is None:
            return labels
        weight = reshape(transformation["mix_weight"], [-1, 1])
        others = gather(labels, transformation["permutation_order"])
        labels, others = cast(labels, weight.dtype), cast(others, weight.dtype)
        return weight * labels + (1.0 - weight) * others


class MixUp(_Mixing):
    """Weighted sums of two images, and of their labels (Zhang et al., 2018).

    Args:
      alpha: the weights have the distribution beta(alpha, alpha).
    """

    def __init__(self, alpha=0.2, data_format=None, seed=None, **kwargs):
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.alpha = alpha

    def get_random_transformation(self, data, training=True, seed=None):
        seed = self.generator if seed is None else seed
        order = self._order(data, seed)
        weight = random.beta((self._batch_size(data),), self.alpha, self.alpha, seed=seed)
        return {"mix_weight": weight, "permutation_order": order}

    def transform_images(self, images, transformation=None, training=True):
        if not training or transformation is None:
            return images
        images = cast(images, self.compute_dtype)
        weight = cast(reshape(transformation["mix_weight"], [-1, 1, 1, 1]), self.compute_dtype)
        others = gather(images, transformation["permutation_order"])
        return weight * images + (1.0 - weight) * others

    def transform_bounding_boxes(self, bounding_boxes, transformation, training=True):
        if not training:
            return bounding_boxes
        order = transformation["permutation_order"]
        axes = {"boxes": 1, "labels": 0}  # Keras's; labels would belong beside those of an image
        return {name: concat([bounding_boxes[name], gather(bounding_boxes[name], order)], axis)
                for name, axis in axes.items()}  # fmt: skip

    def get_config(self):
        return {**super().get_config(), **self._config_of("alpha", "seed")}


class CutMix(_Mixing):
    """A rectangle of each image comes from another, as a share of the label (Yun et al., 2019).

    Args:
      factor: the parameter of the beta distribution of the shares; or the least and the most.

    Raises:
      ValueError: `factor` is not within [0, 1].
    """

    def __init__(self, factor=1.0, seed=None, data_format=None, **kwargs):
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor = factor_range(factor, 0, 1)

    def get_random_transformation(self, data, training=True, seed=None):
        if not training or len(data.shape) == 3:
            return None
        seed = self.generator if seed is None else seed
        dtype = self.compute_dtype
        alpha = random.uniform((), *self.factor, dtype=dtype, seed=seed) + 1e-6
        kept = random.beta((self._batch_size(data),), alpha, alpha, dtype, seed)
        side = sqrt(1.0 - kept)
        mask, area = random_boxes(self, data, side, side, seed)
        order = self._order(data, seed)
        return {"permutation_order": order, "batch_masks": mask, "mix_weight": 1.0 - area}

    def transform_images(self, images, transformation=None, training=True):
        images = cast(images, self.compute_dtype)
        if not training or transformation is None:
            return images
        others = gather(images, transformation["permutation_order"])
        return where(transformation["batch_masks"], others, images)

    def transform_bounding_boxes(self, bounding_boxes, transformation, training=True):
        refuse_boxes(self)

    def get_config(self):
        return {**super().get_config(), **self._config_of("factor", "seed")}


_MOVES = ("random_shear", "random_translation", "random_rotation")
_TONES = ("random_brightness", "random_color_degeneration", "random_contrast", "random_sharpness")
_FLATTER = ("random_posterization", "solarization", "auto_contrast", "equalization")


class _Augmenting(ImageLayer):
    """Base class: holds a layer of each kind, of the strength `factor`."""

    _is_random = True

    def __init__(self, kinds, value_range, factor, interpolation, seed, data_format, **kwargs):
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.value_range, self.interpolation = value_range, interpolation
        self.factor = share = factor_range(factor, 0, 1)
        plain = {"data_format": data_format, **kwargs}
        common = {"seed": seed, **plain}
        moved, toned = {"interpolation": interpolation}, {"value_range": value_range}
        bits = max(1, int(8 * share[1]))
        makers = {
            "random_shear": lambda: RandomShear(share, share, **moved, **common),
            "random_translation": lambda: RandomTranslation(share, share, **moved, **common),
            "random_rotation": lambda: RandomRotation(share, **moved, **common),
            "random_brightness": lambda: RandomBrightness(share, **toned, **common),
            "random_color_degeneration": lambda: RandomColorDegeneration(share, **toned, **common),
            "random_contrast": lambda: RandomContrast(share, **toned, **common),
            "random_sharpness": lambda: RandomSharpness(share, **toned, **common),
            "solarization": lambda: Solarization(share, share, **toned, **common),
            "random_posterization": lambda: RandomPosterization(bits, **toned, **common),
            "auto_contrast": lambda: AutoContrast(**toned, **plain),
            "equalization": lambda: Equalization(**toned, **plain),
        }
        for kind, make in makers.items():
            if kind in kinds:
                setattr(self, kind, make())

    def build(self, input_shape):
        """Nothing is to be made: the layers have no weights."""
        self.built = True

    def _drawn(self, kind, images):
        return getattr(self, kind).get_random_transformation(images, seed=self.generator)


class RandAugment(_Augmenting):
    """`num_ops` random changes, one after the other, out of eleven (Cubuk et al., 2020).

    Args:
      value_range: the least and the largest value of a pixel.
      num_ops: how many.
      factor: how strong they are, from 0 to 1; or the least and the most.
      interpolation: of those that move pixels.
    """

    _kinds = _MOVES + _TONES + _FLATTER

    def __init__(self, value_range=(0, 255), num_ops=2, factor=0.5, interpolation="bilinear",
                 seed=None, data_format=None, **kwargs):  # fmt: skip
        super().__init__(self._kinds, value_range, factor, interpolation, seed, data_format,
                         **kwargs)  # fmt: skip
        self.num_ops = num_ops

    def get_random_transformation(self, data, training=True, seed=None):
        if not training:
            return None
        chosen = random.randint((self.num_ops,), 0, len(self._kinds), seed=self.generator)
        transforms = {kind: self._drawn(kind, data) for kind in self._kinds}
        return {"transforms": transforms, "layer_idxes": chosen}

    def transform_images(self, images, transformation, training=True):
        images = cast(images, self.compute_dtype)
        if not training:
            return images
        for i in range(self.num_ops):
            chosen = transformation["layer_idxes"][i]
            for place, (kind, drawn) in enumerate(transformation["transforms"].items()):
                changed = getattr(self, kind).transform_images(images, drawn)
                images = where(equal(chosen, place), cast(changed, images.dtype), images)
        return images

    def transform_bounding_boxes(self, bounding_boxes, transformation, training=True):
        if not training:
            return bounding_boxes
        boxes = bounding_boxes
        for place, (kind, drawn) in enumerate(transformation["transforms"].items()):
            moved = getattr(self, kind).transform_bounding_boxes(dict(boxes), drawn)
            chosen = reduce_any(equal(transformation["layer_idxes"], place))
            boxes = {name: where(chosen, moved[name], boxes[name]) for name in boxes}
        return boxes

    def get_config(self):
        own = ("value_range", "num_ops", "factor", "interpolation", "seed")
        return {**super().get_config(), **self._config_of(*own)}


class AugMix(_Augmenting):
    """Images mixed with chains of random changes of themselves (Hendrycks et al., 2020).

    Args:
      value_range: the least and the largest value of a pixel.
      num_chains, chain_depth: how many chains, of up to how many changes.
      factor: how strong they are, from 0 to 1; or the least and the most.
      alpha: of the distributions of the weights, beta and Dirichlet.
      all_ops: whether brightness, contrast, colour and sharpness are changed, too.
      interpolation: of those that move pixels.
    """

    def __init__(self, value_range=(0, 255), num_chains=3, chain_depth=3, factor=0.3, alpha=1.0,
                 all_ops=True, interpolation="bilinear", seed=None, data_format=None,
                 **kwargs):  # fmt: skip
        self._kinds = _MOVES + _FLATTER + (_TONES if all_ops else ())
        super().__init__(self._kinds, value_range, factor, interpolation, seed, data_format,
                         **kwargs)  # fmt: skip
        self.num_chains, self.chain_depth = num_chains, chain_depth
        self.alpha, self.all_ops = alpha, all_ops

    def get_random_transformation(self, data, training=True, seed=None):
        if not training:
            return None
        seed = self.generator if seed is None else seed
        shares = random.gamma((self.num_chains,), self.alpha, seed=seed)
        shares = shares / reduce_sum(shares, -1, keepdims=True)
        weight = random.beta((), self.alpha, self.alpha, seed=seed)
        chains = []
        for _ in range(self.num_chains):
            kinds = [python_random.choice([*self._kinds, None]) for _ in range(self.chain_depth)]
            chains.append([(kind, self._drawn(kind, data)) for kind in kinds if kind])
        return {"chain_mixing_weights": shares, "weight_sample": weight,
                "chain_transforms": chains}  # fmt: skip

    def transform_images(self, images, transformation, training=True):
        images = cast(images, self.compute_dtype)
        if not training:
            return images
        shares = cast(transformation["chain_mixing_weights"], images.dtype)
        weight = cast(transformation["weight_sample"], images.dtype)
        mixed = zeros_like(images)
        for i, chain in enumerate(transformation["chain_transforms"]):
            changed = images
            for kind, drawn in chain:
                changed = getattr(self, kind).transform_images(changed, drawn)
            mixed = mixed + cast(changed, images.dtype) * shares[i]
        return clip_by_value(weight * images + (1 - weight) * mixed, *self.value_range)

    def get_config(self):
        own = ("value_range", "num_chains", "chain_depth", "factor", "alpha", "all_ops",
               "interpolation", "seed")  # fmt: skip
        return {**super().get_config(), **self._config_of(*own)}
