"""Images as the networks of `keras.applications` take them, and their answers in words."""

import functools
import json

import numpy as np

from minitf.keras import config as settings
from minitf.keras import ops
from minitf.keras.downloads import get_file

_CLASS_INDEX = (
    "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json"
)
# mode: (divisor, mean, deviation) of the channels
_SCALES = {
    "caffe": (None, [103.939, 116.779, 123.68], None),
    "torch": (255.0, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
}


def preprocess_input(x, data_format=None, mode="caffe"):
    """Images with channels of 0 to 255 in the scale that a network was trained on.

    Args:
      x: floating images, one or a batch; a NumPy array is changed in place.
      data_format: where the channels are, default `keras.config.image_data_format()`.
      mode: `"tf"`: from -1 to 1; `"torch"`: the channels have mean 0 and deviation 1 over
        ImageNet; `"caffe"`: blue comes first, and the mean over ImageNet is 0.

    Raises:
      ValueError: an unknown mode or data format.

    >>> preprocess_input(np.array([[[0.0, 127.5, 255.0]]]), mode="tf")
    array([[[-1.,  0.,  1.]]])
    """
    if mode not in ("caffe", "tf", "torch"):
        raise ValueError(
            f"Expected mode to be one of `caffe`, `tf` or `torch`. Received: mode={mode}"
        )
    if data_format not in (None, "channels_first", "channels_last"):
        raise ValueError(
            "Expected data_format to be one of `channels_first` or `channels_last`. "
            f"Received: data_format={data_format}"
        )
    is_array = isinstance(x, np.ndarray)
    if is_array and not issubclass(x.dtype.type, np.floating):
        x = x.astype(settings.floatx())
    if mode == "tf":
        x /= 127.5
        x -= 1.0
        return x
    axis = -3 if (data_format or settings.image_data_format()) == "channels_first" else -1
    divisor, mean, deviation = _SCALES[mode]
    if divisor:
        x /= divisor
    else:
        x = np.flip(x, axis) if is_array else _reversed(x, axis)
    x += _along(axis, -np.array(mean), x, is_array)
    if deviation:
        x /= _along(axis, np.array(deviation), x, is_array)
    return x


def _reversed(x, axis):
    """A tensor with its three channels the other way round."""
    rest = (slice(None),) * (-axis - 1)
    return ops.stack([x[(..., channel, *rest)] for channel in (2, 1, 0)], axis=axis)


def _along(axis, values, x, is_array):
    """One value per channel, in the shape and of the kind that go with `x`."""
    values = values.reshape((1,) * (len(x.shape) + axis) + (3,) + (1,) * (-axis - 1))
    return values.astype(x.dtype) if is_array else ops.convert_to_tensor(values, x.dtype)


def in_mode(mode):
    """`preprocess_input` of a network that was trained in this mode."""

    def preprocess_input_(x, data_format=None):
        return preprocess_input(x, data_format, mode)

    preprocess_input_.__name__ = preprocess_input_.__qualname__ = "preprocess_input"
    preprocess_input_.__doc__ = (
        f'Images of 0 to 255 as this network takes them: `imagenet_utils`\' mode "{mode}".'
    )
    return preprocess_input_


def passed_on(x, data_format=None):
    """The images as they are: the network begins with a layer that scales them."""
    return x


def decode_predictions(preds, top=5):
    """The names of the most probable classes of ImageNet.

    Args:
      preds: probabilities of shape (images, 1000).
      top: how many classes, for each image.

    Returns:
      For each image a list of (WordNet number, name, probability), the most probable first.

    Raises:
      ValueError: another shape.
      Exception: the list of names cannot be downloaded.
    """
    if len(preds.shape) != 2 or preds.shape[1] != 1000:
        raise ValueError(
            "`decode_predictions` expects a batch of predictions (i.e. a 2D array of shape "
            f"(samples, 1000)). Received array with shape: {preds.shape}"
        )
    names = _class_names()
    return [
        [(*names[str(i)], scores[i]) for i in np.argsort(-scores, kind="stable")[:top]]
        for scores in ops.convert_to_numpy(preds)
    ]


@functools.cache
def _class_names():
    path = get_file("imagenet_class_index.json", _CLASS_INDEX, cache_subdir="models",
                    file_hash="c2c37ea517e94d9795004a39431a14cb")  # fmt: skip
    with open(path) as file:
        return json.load(file)


__all__ = ["decode_predictions", "preprocess_input"]
