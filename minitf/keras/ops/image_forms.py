"""Images in any form: one or a batch, with the channels at the end or in front."""

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config as settings
from minitf.ops import array


def for_batch(images, data_format, function, axes=2):
    """`function` of images [batch, height, width, channels], for those of any other form.

    Args:
      axes: how many lie between batch and channels; 3 of volumes.

    Raises:
      ValueError: there is one more axis, or there are two fewer.
    """
    images = convert_to_tensor(images)
    rank = images.shape.rank
    if rank not in (axes + 1, axes + 2):
        raise ValueError(
            f"Invalid images rank: expected rank {axes + 1} (single image) or rank {axes + 2} "
            f"(batch of images). Received input with shape: images.shape={images.shape}"
        )
    first = settings.standardize_data_format(data_format) == "channels_first"
    is_batch = rank == axes + 2
    batch = images if is_batch else array.expand_dims(images, 0)
    batch = array.transpose(batch, [0, *range(2, axes + 2), 1]) if first else batch
    result = function(batch)
    result = array.transpose(result, [0, axes + 1, *range(1, axes + 1)]) if first else result
    return result if is_batch else array.squeeze(result, [0])


def one_of(name, value, allowed):
    """Raises ValueError for an argument that is none of the allowed values."""
    if value not in allowed:
        raise ValueError(
            f"Invalid value for argument `{name}`. Expected of one {allowed}. "
            f"Received: {name}={value}"
        )
