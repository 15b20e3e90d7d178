"""Images seen through a projection: rotated, shifted, zoomed, sheared, in perspective."""

import jax.numpy as jnp

from minitf.ops.table import define


def _mirrored(place, size):
    """`place` among the `size` pixels to and fro: `d c b a | a b c d | d c b a`."""
    turn = jnp.mod(place, 2.0 * size)
    return jnp.clip(jnp.where(turn >= size, 2.0 * size - turn - 1, turn), 0, size - 1)


def _wrapped(place, size):
    """`place` among the `size` pixels repeated: `a b c d | a b c d | a b c d`."""
    below = place + size * (jnp.trunc(-place / max(size - 1, 1)) + 1)
    above = place - size * jnp.trunc(place / max(size - 1, 1))
    inside = jnp.where(place < 0, below, jnp.where(place > size - 1, above, place))
    return jnp.clip(inside, 0, size - 1)


_PLACES = {
    "reflect": _mirrored,
    "wrap": _wrapped,
    "constant": lambda place, size: place,
    "nearest": lambda place, size: jnp.clip(place, 0, size - 1),
}


def _project(images, transforms, fill_value, *, interpolation, fill_mode):
    """Pixel (x, y) is what lies at ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k) in the image,

    with k = c0 x + c1 y + 1 and `transforms` [batch or 1, 8] = a0, a1, a2, b0, b1, b2, c0, c1.
    """
    batch, height, width, _ = images.shape
    y, x = jnp.mgrid[:height, :width].astype(jnp.float32)
    a0, a1, a2, b0, b1, b2, c0, c1 = jnp.moveaxis(transforms[:, :, None, None], 1, 0)
    k = c0 * x + c1 * y + 1
    safe = jnp.where(k == 0, 1, k)
    columns = _PLACES[fill_mode]((a0 * x + a1 * y + a2) / safe, width)
    rows = _PLACES[fill_mode]((b0 * x + b1 * y + b2) / safe, height)
    each = jnp.arange(batch)[:, None, None]
    fill_value = fill_value.astype(images.dtype)

    def read(row, column):
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        row, column = (jnp.clip(place, 0, size - 1).astype(jnp.int32)
                       for place, size in ((row, height), (column, width)))  # fmt: skip
        return jnp.where(inside[..., None], images[each, row, column], fill_value)

    if interpolation == "nearest":
        result = read(_round(rows), _round(columns))
    else:
        top, left = jnp.floor(rows), jnp.floor(columns)
        down, right = (rows - top)[..., None], (columns - left)[..., None]
        above = (1 - right) * read(top, left) + right * read(top, left + 1)
        below = (1 - right) * read(top + 1, left) + right * read(top + 1, left + 1)
        result = ((1 - down) * above + down * below).astype(images.dtype)
    return jnp.where((k == 0)[..., None], fill_value, result)


def _round(x):
    """The nearest integer, away from zero where two are as near."""
    return jnp.trunc(x + jnp.where(x < 0, -0.5, 0.5))


PROJECT = define("ImageProjectiveTransformV3", _project, "TPF")
