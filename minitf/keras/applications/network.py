"""What the networks of `keras.applications` share: arguments, input, classifier and weights.

A network is a function from images to features (`body`), and one from features to classes (`top`).
"""

import dataclasses
import os
import warnings
from collections.abc import Callable

from minitf.keras import activations
from minitf.keras import config as settings
from minitf.keras.backend import is_keras_tensor
from minitf.keras.downloads import get_file
from minitf.keras.layers import (
    BatchNormalization,
    Dense,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Input,
)
from minitf.keras.models import Model
from minitf.keras.topology import source_inputs

STORE = "https://storage.googleapis.com/tensorflow/keras-applications/"


@dataclasses.dataclass(frozen=True)
class Files:
    """Where trained weights lie: the first file is that with the classifier, the second without.

    Attributes:
      folder: the URL in front of `names`.
      hashes: MD5 or SHA-256.
      saved_as: the names on the user's disk, where they differ.
    """

    folder: str
    names: tuple
    hashes: tuple = (None, None)
    saved_as: tuple = ()

    def path(self, include_top):
        """The path of the downloaded file."""
        i = 0 if include_top else 1
        saved_as = (self.saved_as or self.names)[i]
        return get_file(saved_as, self.folder + self.names[i], cache_subdir="models",
                        file_hash=self.hashes[i])  # fmt: skip


def kernels(folder, name, *hashes):
    """The files under the names that most of the networks' weights have."""
    stem = f"{name}_weights_tf_dim_ordering_tf_kernels"
    return Files(f"{STORE}{folder}/", (f"{stem}.h5", f"{stem}_notop.h5"), hashes)


def pooled_and_dense(pool_name=None, **kwargs):
    """A `top`: the mean over the image, and a dense layer."""

    def top(x, classes, activation):
        x = GlobalAveragePooling2D(name=pool_name)(x)
        return Dense(classes, activation=activation, name="predictions", **kwargs)(x)

    return top


@dataclasses.dataclass(frozen=True)
class Network:
    """One network of `keras.applications`.

    Attributes:
      body: images -> features.
      top: (features, classes, activation) -> the classes' probabilities.
      files: where the trained weights are.
      size: of the images that it was trained on.
      smallest: the size of the smallest images that it takes.
      pool_names: of the layers that `pooling="avg"` and `"max"` mean.
      bottom: what comes after the pooled features where there is no classifier.
    """

    body: Callable
    top: Callable
    files: Files
    size: int = 224
    smallest: int = 32
    pool_names: tuple = (None, None)
    bottom: Callable | None = None

    def model(self, include_top, weights, input_tensor, input_shape, pooling, classes,
              classifier_activation, name):  # fmt: skip
        """The functional model; see `_ARGUMENTS`."""
        check_weights(weights, include_top, classes)
        shape = self.input_shape(input_shape, include_top, weights)
        return self.model_of(shape, include_top, weights, input_tensor, pooling, classes,
                             classifier_activation, name)  # fmt: skip

    def model_of(self, shape, include_top, weights, input_tensor, pooling, classes,
                 classifier_activation, name):  # fmt: skip
        """The same for arguments that have been checked, and images of this shape."""
        images = input_tensor
        if not is_keras_tensor(images):
            images = Input(shape, tensor=input_tensor)
        x = self.body(images)
        if include_top:
            _check_activation(classifier_activation, weights)
            x = self.top(x, classes, classifier_activation)
        else:
            average, maximum = self.pool_names
            if pooling == "avg":
                x = GlobalAveragePooling2D(name=average)(x)
            elif pooling == "max":
                x = GlobalMaxPooling2D(name=maximum)(x)
            x = self.bottom(x) if self.bottom else x
        model = Model(images if input_tensor is None else source_inputs(images), x, name=name)
        if weights == "imagenet":
            model.load_weights(self.files.path(include_top))
        elif weights is not None:
            model.load_weights(weights)
        return model

    def input_shape(self, given, include_top, weights):
        """The shape of an image: `given`, or what the network was trained on, or any size."""
        last = settings.image_data_format() == "channels_last"

        def shape(size, channels):
            return (size, size, channels) if last else (channels, size, size)

        channels = 3
        if weights != "imagenet" and given and len(given) == 3:
            channels = given[-1 if last else 0]
            if channels not in (1, 3):
                warnings.warn(
                    "This model usually expects 1 or 3 input channels. However, it was passed an "
                    f"input_shape with {channels} input channels.",
                    stacklevel=4,
                )
        default = shape(self.size, channels)
        if weights == "imagenet" and include_top:
            if given is not None and tuple(given) != default:
                raise ValueError(
                    "When setting `include_top=True` and loading `imagenet` weights, "
                    f"`input_shape` should be {default}.  Received: input_shape={given}"
                )
            return default
        if not given:
            return default if include_top else shape(None, 3)
        self._check_shape(given, given[:2] if last else given[1:], given[-1 if last else 0],
                          include_top, weights)  # fmt: skip
        return given

    def _check_shape(self, given, sizes, channels, include_top, weights):
        if len(given) != 3:
            raise ValueError("`input_shape` must be a tuple of three integers.")
        if channels != 3 and weights == "imagenet":
            raise ValueError(f"The input must have 3 channels; Received `input_shape={given}`")
        if any(size is not None and size < self.smallest for size in sizes):
            raise ValueError(
                f"Input size must be at least {self.smallest}x{self.smallest}; Received: "
                f"input_shape={given}"
            )
        if include_top and None in given:
            raise ValueError(
                "If `include_top` is True, you should specify a static `input_shape`. "
                f"Received: input_shape={given}"
            )


def check_weights(weights, include_top, classes):
    """Raises ValueError for weights that there are not, or that are for other classes."""
    if weights is not None and weights != "imagenet" and not os.path.exists(weights):
        raise ValueError(
            "The `weights` argument should be either `None` (random initialization), 'imagenet' "
            "(pre-training on ImageNet), or the path to the weights file to be loaded.  "
            f"Received: weights={weights}"
        )
    if weights == "imagenet" and include_top and classes != 1000:
        raise ValueError(
            "If using `weights='imagenet'` with `include_top=True`, `classes` should be 1000.  "
            f"Received classes={classes}"
        )


def _check_activation(activation, weights):
    trained = (activations.softmax, activations.linear)
    if weights is not None and activations.get(activation) not in trained:
        raise ValueError(
            "Only `None` and `softmax` activations are allowed for the `classifier_activation` "
            "argument when using pretrained weights, with `include_top=True`; Received: "
            f"classifier_activation={activation}"
        )


# Functions that make models -----------------------------------------------------------------------

_ARGUMENTS = """

Args:
  include_top: whether the model ends with the classifier.
  weights: None (drawn at random), "imagenet" (downloaded), or the path of a file of weights.
  input_tensor: a `KerasTensor` of images, default: a new input.
  input_shape: of one image; with the classifier, default the shape trained on.
  pooling: what becomes of the features if there is no classifier: "avg" or "max", or None.
  classes: how many; with "imagenet" it must be 1000.
  classifier_activation: None for logits.
  name: of the model.

Raises:
  ValueError: there are no such weights, or they do not fit the other arguments.
  Exception: the weights cannot be downloaded.
"""


def described(function, title, source):
    """The function under its public name, with its documentation."""
    function.__name__ = function.__qualname__ = title
    function.__doc__ = f"A functional model, {title} ({source}).{_ARGUMENTS}"
    return function


def classifier(title, source, network, default_name=None):
    """The public function that makes models of a network."""
    default_name = default_name or title.lower()

    def function(include_top=True, weights="imagenet", input_tensor=None, input_shape=None,
                 pooling=None, classes=1000, classifier_activation="softmax",
                 name=default_name):  # fmt: skip
        return network.model(include_top, weights, input_tensor, input_shape, pooling, classes,
                             classifier_activation, name)  # fmt: skip

    return described(function, title, source)


# What bodies are made of --------------------------------------------------------------------------


def channel_axis():
    """The axis of the channels."""
    return 3 if settings.image_data_format() == "channels_last" else 1


def normalized(x, name=None, **kwargs):
    """`x` after batch normalization of its channels."""
    return BatchNormalization(channel_axis(), name=name, **kwargs)(x)


def correct_pad(x, kernel_size):
    """The zeros around `x` with which a convolution of stride 2 halves its size."""
    axis = 1 if channel_axis() == 3 else 2
    before = kernel_size // 2
    return tuple(
        (before - (1 if size is None else 1 - size % 2), before)
        for size in x.shape[axis : axis + 2]
    )


def divisible(value, by=8):
    """The multiple of `by` next to `value`, but not less than 9 tenths of it."""
    rounded = max(by, int(value + by / 2) // by * by)
    return rounded + by if rounded < 0.9 * value else rounded
