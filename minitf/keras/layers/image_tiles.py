"""`ContrastLimitedAdaptiveHistogramEqualization`: each part of an image gets its own contrast."""

import jax
import jax.numpy as jnp

from minitf.keras.layers.images import ImageLayer, rescaled
from minitf.keras.ops.defining import of_arrays
from minitf.ops.array import transpose
from minitf.ops.math import cast


class ContrastLimitedAdaptiveHistogramEqualization(ImageLayer):
    """The values of each channel spread by what is frequent near each pixel (Zuiderveld, 1994).

    Images are divided into tiles. Each tile has a table of new values, by which all would be
    equally frequent in it; a pixel gets a mean of what the tables of the tiles around it say.

    Args:
      value_range: the least and the largest value of a pixel.
      clip_limit: how many times the mean frequency a value counts at most; 0: without limit. It
        keeps even parts from being spread as much as their noise is.
      tile_grid_size: how many tiles there are down and across.

    >>> import numpy as np
    >>> layer = ContrastLimitedAdaptiveHistogramEqualization(tile_grid_size=(1, 1), clip_limit=0)
    >>> layer(np.array([[[100.0], [101.0]]], "float32")).numpy().ravel()
    array([127.5, 255. ], dtype=float32)
    """

    def __init__(self, value_range=(0, 255), clip_limit=4.0, tile_grid_size=(8, 8),
                 data_format=None, **kwargs):  # fmt: skip
        super().__init__(data_format=data_format, **kwargs)
        self.value_range, self.clip_limit = value_range, clip_limit
        self.tile_grid_size = tile_grid_size

    def transform_images(self, images, transformation=None, training=True):
        first = self.data_format == "channels_first"
        given = images.dtype
        images = transpose(images, [0, 2, 3, 1]) if first else images
        images = cast(rescaled(images, self.value_range, (0, 255)), "float32")
        images = _equalized_tiles(images, float(self.clip_limit), tuple(self.tile_grid_size))
        images = cast(rescaled(images, (0, 255), self.value_range), given)
        return transpose(images, [0, 3, 1, 2]) if first else images

    def get_config(self):
        own = ("value_range", "clip_limit", "tile_grid_size", "data_format")
        return {**super().get_config(), **self._config_of(*own)}


@of_arrays(1)
def _equalized_tiles(images, clip_limit, grid):
    """Images `[batch, height, width, channels]` of numbers in [0, 255]."""
    height, width = images.shape[1:3]
    tile = [-(-size // count) for size, count in zip((height, width), grid)]
    missing = [(0, t * count - size) for t, count, size in zip(tile, grid, (height, width))]

    def channel(image):
        pixels = jnp.clip(jnp.pad(image, missing, mode="symmetric"), 0, 255).astype("int32")
        tiles = pixels.reshape(grid[0], tile[0], grid[1], tile[1]).swapaxes(1, 2)
        tables = _tables(tiles.reshape(*grid, -1), clip_limit)
        # A pixel beyond the middle of an outer tile has that tile on both sides.
        return _between(jnp.pad(tables, [(1, 1), (1, 1), (0, 0)], "edge"), pixels, tile)

    return jax.vmap(jax.vmap(channel, -1, -1))(images)[:, :height, :width]


def _tables(tiles, clip_limit):
    """The new values of 0 ... 255 in each tile, `[down, across, 256]`."""
    size = tiles.shape[-1]
    counts = jax.nn.one_hot(tiles, 256).sum(-2)
    if clip_limit > 0:
        kept = jnp.clip(counts, 0, clip_limit * size / 256.0)
        counts = kept + (counts - kept).sum(-1, keepdims=True) / 256.0
    total = jnp.cumsum(counts, -1)
    least = total.min(-1, keepdims=True)
    span = size - least
    return jnp.clip((total - least) * 255.0 / jnp.where(span == 0, 1, span), 0, 255)


def _between(tables, pixels, tile):
    """What the tables of the four tiles around each pixel say, by how near they are."""
    places = [(jnp.arange(n, dtype="float32") - t / 2.0) / t + 1.0
              for n, t in zip(pixels.shape, tile)]  # fmt: skip
    before = [jnp.floor(p).astype("int32") for p in places]
    (y, x), (down, right) = before, (p - b for p, b in zip(places, before))
    y, down = y[:, None], down[:, None]

    def at(row, column):
        return tables[row, column, pixels]

    above = at(y, x) * (1.0 - right) + at(y, x + 1) * right
    below = at(y + 1, x) * (1.0 - right) + at(y + 1, x + 1) * right
    return above * (1.0 - down) + below * down
