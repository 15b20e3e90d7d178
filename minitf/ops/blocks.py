"""Blocks of space as channels or as batch, and back: one rearrangement of axes each."""

import math

import jax.numpy as jnp
import numpy as np

from minitf import dtypes
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import define
from minitf.ops import array, joining

# Space and depth ----------------------------------------------------------------------------------


def _space_to_depth(x, *, size):
    b, h, w, c = x.shape
    if h % size or w % size:
        raise ValueError(
            f"Image width {w} and height {h} should be divisible by block_size: {size}"
        )  # noqa: E501
    x = x.reshape(b, h // size, size, w // size, size, c).transpose(0, 1, 3, 2, 4, 5)
    return x.reshape(b, h // size, w // size, size * size * c)


def _depth_to_space(x, *, size):
    b, h, w, c = x.shape
    x = x.reshape(b, h, w, size, size, c // (size * size)).transpose(0, 1, 3, 2, 4, 5)
    return x.reshape(b, h * size, w * size, c // (size * size))


SPACE_TO_DEPTH = define("SpaceToDepth", _space_to_depth, "T")
DEPTH_TO_SPACE = define("DepthToSpace", _depth_to_space, "T")


def _with_channels_last(op, x, size, data_format, name):
    x = convert_to_tensor(x)
    first = data_format == "NCHW"
    x = array.transpose(x, [0, 2, 3, 1]) if first else x
    if size < 2:
        raise stack.frame.invalid(
            f"Value for attr 'block_size' of {size} must be at least minimum 2"
        )
    y = execute(op, (x,), (int(size),), name)
    return array.transpose(y, [0, 3, 1, 2]) if first else y


def space_to_depth(input, block_size, data_format="NHWC", name=None):
    """Blocks of space as channels."""
    return _with_channels_last(SPACE_TO_DEPTH, input, block_size, data_format, name)


def depth_to_space(input, block_size, data_format="NHWC", name=None):
    """Channels as blocks of space."""
    return _with_channels_last(DEPTH_TO_SPACE, input, block_size, data_format, name)


# Space and batch ----------------------------------------------------------------------------------


def _cut(sizes, blocks):
    if any(size % block for size, block in zip(sizes, blocks)):
        raise ValueError(
            f"padded shape {list(sizes)} is not divisible by block_shape {list(blocks)}"
        )
    return [part for size, block in zip(sizes, blocks) for part in (size // block, block)]


def _space_to_batch(input, block_shape, paddings):
    blocks, n = np.atleast_1d(block_shape).tolist(), np.size(block_shape)
    if np.min(paddings, initial=0) < 0:
        raise ValueError("Paddings must be non-negative")
    edges = [(0, 0), *map(tuple, paddings.tolist()), *[(0, 0)] * (input.ndim - n - 1)]
    x = jnp.pad(input, edges)
    rest = x.shape[n + 1 :]
    x = x.reshape(x.shape[0], *_cut(x.shape[1 : n + 1], blocks), *rest)
    order = [*range(2, 2 * n + 1, 2), 0, *range(1, 2 * n, 2), *range(2 * n + 1, x.ndim)]
    x = x.transpose(order)
    return x.reshape(math.prod(x.shape[: n + 1]), *x.shape[n + 1 :])


def _batch_to_space(input, block_shape, crops):
    blocks, n = np.atleast_1d(block_shape).tolist(), np.size(block_shape)
    batch, sizes, rest = input.shape[0], input.shape[1 : n + 1], input.shape[n + 1 :]
    if np.min(crops, initial=0) < 0:
        raise ValueError("Crops must be non-negative")
    if batch % math.prod(blocks):
        raise ValueError(f"batch size {batch} is not divisible by block_shape {blocks}")
    x = input.reshape(*blocks, batch // math.prod(blocks), *sizes, *rest)
    pairs = [axis for i in range(n) for axis in (n + 1 + i, i)]
    x = x.transpose([n, *pairs, *range(2 * n + 1, x.ndim)])
    sizes = [size * block for size, block in zip(sizes, blocks)]
    for i, (size, (a, b)) in enumerate(zip(sizes, crops.tolist())):
        if a + b > size:
            raise ValueError(f"cropped_shape[{i}]={size - a - b} must be non-negative")
    inside = [slice(a, size - b) for size, (a, b) in zip(sizes, crops.tolist())]
    return x.reshape(-1, *sizes, *rest)[(slice(None), *inside)]


SPACE_TO_BATCH = define("SpaceToBatchND", _space_to_batch, "Tii", static=(1, 2))
BATCH_TO_SPACE = define("BatchToSpaceND", _batch_to_space, "Tii", static=(1, 2))


def space_to_batch(input, block_shape, paddings, name=None):
    """Blocks of space (after zero padding) as batch.

    Raises:
      tf.errors.InvalidArgumentError: a size is not divisible by its block.

    >>> space_to_batch([[[1], [2]]], [2], [[0, 0]]).numpy().tolist()
    [[[1]], [[2]]]
    """
    return execute(SPACE_TO_BATCH, (input, _block(block_shape), paddings), (), name)


def space_to_batch_nd(input, block_shape, paddings, name=None):
    """As `space_to_batch`, for any number of spatial axes."""
    return space_to_batch(input, block_shape, paddings, name)


def batch_to_space(input, block_shape, crops, name=None):
    """Batch as blocks of space, cropped."""
    return execute(BATCH_TO_SPACE, (input, _block(block_shape), crops), (), name)


def _block(shape):
    """A number is the size of a square."""
    return [shape, shape] if isinstance(shape, int) else shape


def required_space_to_batch_paddings(input_shape, block_shape, base_paddings=None, name=None):
    """(paddings, crops) with which sizes become divisible by blocks: int32 [axes, 2] each.

    >>> [x.numpy().tolist() for x in required_space_to_batch_paddings([5], [2])]
    [[[0, 1]], [[0, 1]]]
    """
    sizes = convert_to_tensor(input_shape, dtypes.int32)
    blocks = convert_to_tensor(block_shape, dtypes.int32)
    base = array.zeros([blocks.shape[0], 2], dtypes.int32) if base_paddings is None else (
        convert_to_tensor(base_paddings, dtypes.int32))  # fmt: skip
    extra = -(sizes + base[:, 0] + base[:, 1]) % blocks
    crops = joining.stack([array.zeros_like(extra), extra], 1)
    return base + crops, crops


def with_space_to_batch(input, dilation_rate, padding, op, filter_shape=None, spatial_dims=None,
                        data_format=None):  # fmt: skip
    """`op(input, axes, padding)` of windows that are `dilation_rate` apart.

    The image becomes a batch of images, each of every `dilation_rate`-th pixel.

    Args:
      input: `[batch, *sizes, depth]` with known sizes.
      dilation_rate: a number per axis.
      padding: "SAME", which needs `filter_shape`, or "VALID".
      op: a function `(input, number of axes, "VALID")`, which makes windows.
    """
    input = convert_to_tensor(input)
    rates = np.asarray(static_value(dilation_rate))
    n = len(rates)
    if (rates < 1).any():
        raise ValueError(f"`dilation_rate` must be positive. Received: dilation_rate={rates}")
    if (rates == 1).all():
        return op(input, n, padding)
    if list(spatial_dims or range(1, n + 1)) != list(range(1, n + 1)):
        raise NotImplementedError(f"with_space_to_batch: spatial_dims={spatial_dims}")
    if padding == "SAME":
        if filter_shape is None:
            raise ValueError("`filter_shape` must be specified for `padding='SAME'`.")
        reach = (np.asarray(static_value(filter_shape))[:n] - 1) * rates
        base = np.stack([reach // 2, reach - reach // 2], 1)
    elif padding == "VALID":
        base = np.zeros((n, 2), int)
    else:
        raise ValueError(f"Invalid padding method {padding!r}")
    sizes = input.shape.as_list()[1 : n + 1]
    paddings, crops = required_space_to_batch_paddings(sizes, rates, base)
    result = op(space_to_batch(input, rates, paddings), n, "VALID")
    return batch_to_space(result, rates, crops)
