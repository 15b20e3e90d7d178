"""Images whose pixels are moved: transforms, coordinates, distortions, blur.

The functions are part of `tf.keras.ops.image`.
"""

import jax
import jax.numpy as jnp

from minitf.core.dispatch import convert_to_tensor, execute
from minitf.keras import random
from minitf.keras.ops.defining import floating, of_arrays
from minitf.keras.ops.image_forms import for_batch, one_of
from minitf.ops import array, math
from minitf.ops.image_warps import PROJECT
from minitf.ops.random import stateless_normal

_FILLS = ("constant", "nearest", "wrap", "reflect")
_METHODS = {
    "linear": "linear", "bilinear": "linear", "trilinear": "linear", "triangle": "linear",
    "cubic": "cubic", "bicubic": "cubic", "tricubic": "cubic",
    "lanczos3": "lanczos3", "lanczos5": "lanczos5",
}  # fmt: skip


def affine_transform(images, transform, interpolation="bilinear", fill_mode="constant",
                     fill_value=0, data_format=None):  # fmt: skip
    """Images in which pixel (x, y) is what lay at ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k),

    with k = c0 x + c1 y + 1.

    Args:
      transform: [8] or [batch, 8], a0, a1, a2, b0, b1, b2, c0, c1.
      interpolation: `"bilinear"` or `"nearest"`.
      fill_mode: what lies beyond the border: `"constant"` (`fill_value`), `"nearest"`, `"reflect"`,
        `"wrap"`.

    Raises:
      ValueError: another interpolation or fill mode, or shapes that do not fit.

    >>> affine_transform([[[1.0], [2.0]]], [1.0, 0, 1, 0, 1, 0, 0, 0]).numpy().ravel()
    array([2., 0.], dtype=float32)
    """
    one_of("interpolation", interpolation, ("nearest", "bilinear"))
    one_of("fill_mode", fill_mode, _FILLS)
    transform = math.cast(transform, "float32")
    if transform.shape.rank not in (1, 2):
        raise ValueError(
            "Invalid transform rank: expected rank 1 (single transform) or rank 2 (batch of "
            f"transforms). Received input with shape: transform.shape={transform.shape}"
        )
    if transform.shape.rank == 1:
        transform = array.expand_dims(transform, 0)
    fill_value = convert_to_tensor(float(fill_value))
    attrs = interpolation, fill_mode
    return for_batch(
        images, data_format, lambda batch: execute(PROJECT, (batch, transform, fill_value), attrs)
    )


def map_coordinates(inputs, coordinates, order, fill_mode="constant", fill_value=0):
    """The elements of `inputs` at places that need not be whole numbers.

    Args:
      coordinates: `[rank of inputs, ...]`.
      order: 0 takes the nearest element, 1 goes straight from one to the next.
      fill_mode: what lies outside: `"constant"`, `"nearest"`, `"wrap"`, `"mirror"`, `"reflect"`.

    Raises:
      ValueError: `coordinates` for another rank.
    """
    inputs, coordinates = convert_to_tensor(inputs), convert_to_tensor(coordinates)
    if coordinates.shape[0] != len(inputs.shape):
        raise ValueError(
            "First dim of `coordinates` must be the same as the rank of `inputs`. Received inputs "
            f"with shape: {tuple(inputs.shape)} and coordinate leading dim of "
            f"{coordinates.shape[0]}"
        )
    return _interpolated(inputs, coordinates, order=order, fill_mode=fill_mode,
                         fill_value=fill_value)  # fmt: skip


@of_arrays(2)
def _interpolated(inputs, coordinates, order, fill_mode, fill_value):
    places = list(coordinates)
    if order == 0:
        places = [jnp.round(p) for p in places]  # halves go to the even place
    return jax.scipy.ndimage.map_coordinates(inputs, places, order, fill_mode, fill_value)


def perspective_transform(images, start_points, end_points, interpolation="bilinear",
                          fill_value=0, data_format=None):  # fmt: skip
    """Images moved so that four points come to lie at four others.

    Args:
      start_points, end_points: `[4, 2]` or `[batch, 4, 2]`, each (x, y).

    Raises:
      ValueError: points of another shape, or of two shapes.
    """
    start, end = floating(start_points, end_points)
    for name, points in (("start", start), ("end", end)):
        if len(points.shape) not in (2, 3) or tuple(points.shape[-2:]) != (4, 2):
            raise ValueError(
                f"Invalid {name}_points shape: expected (4,2) for a single image or (N,4,2) for a "
                f"batch. Received shape: {tuple(points.shape)}"
            )
    if tuple(start.shape) != tuple(end.shape):
        raise ValueError(
            "start_points and end_points must have the same shape. Received start_points.shape="
            f"{tuple(start.shape)}, end_points.shape={tuple(end.shape)}"
        )
    return affine_transform(images, homography(start, end), interpolation, "constant",
                            fill_value, data_format)  # fmt: skip


@of_arrays(2)
def homography(start, end):
    """The 8 numbers of the transform that takes each end point from its start point."""
    sx, sy, ex, ey = start[..., 0], start[..., 1], end[..., 0], end[..., 1]
    zero, one = jnp.zeros_like(sx), jnp.ones_like(sx)
    of_x = jnp.stack([ex, ey, one, zero, zero, zero, -sx * ex, -sx * ey], -1)
    of_y = jnp.stack([zero, zero, zero, ex, ey, one, -sy * ex, -sy * ey], -1)
    rows = jnp.concatenate([of_x, of_y], -2)
    known = jnp.concatenate([sx, sy], -1)[..., None]
    if rows.dtype.itemsize == 2:  # LAPACK has no half precision
        rows, known = rows.astype("float32"), known.astype("float32")
    return jnp.linalg.solve(rows, known)[..., 0].astype(start.dtype)


@of_arrays(3)
def _scaled_and_translated(images, scale, translation, shape, dims, method, antialias):
    plain = images if images.dtype.kind == "f" else images.astype("float32")
    result = jax.image.scale_and_translate(
        plain, shape, dims, scale, translation, method, antialias=antialias,
        precision=jax.lax.Precision.HIGHEST)  # fmt: skip
    if plain is images:
        return result
    return jnp.clip(jnp.round(result), images.min(), images.max()).astype(images.dtype)


def scale_and_translate(images, output_shape, scale, translation, spatial_dims, method,
                        antialias=True):  # fmt: skip
    """Images of `output_shape`, scaled and then moved along some axes.

    Args:
      scale, translation: one number for each of `spatial_dims`.
      method: `"linear"`, `"cubic"`, `"lanczos3"` or `"lanczos5"`.
      antialias: whether smaller images are smoothed.

    Raises:
      ValueError: another method.
    """
    one_of("method", method, tuple(_METHODS))
    dims = tuple(d % len(images.shape) for d in spatial_dims)
    scale, translation = floating(scale, translation)
    return _scaled_and_translated(
        images, scale, translation, tuple(output_shape), dims, _METHODS[method], antialias
    )


def elastic_transform(images, alpha=20.0, sigma=5.0, interpolation="bilinear", fill_mode="reflect",
                      fill_value=0.0, seed=None, data_format=None):  # fmt: skip
    """Images distorted as if they were of rubber: each pixel comes from a random place near it.

    Args:
      alpha: how far away that place may be.
      sigma: over how many pixels the distances are smoothed.

    Raises:
      ValueError: another interpolation or fill mode, or shapes that are no images'.
    """
    one_of("interpolation", interpolation, ("nearest", "bilinear"))
    one_of("fill_mode", fill_mode, _FILLS)
    order = 1 if interpolation == "bilinear" else 0
    seed = random.draw_seed(seed)
    size = 6 * int(sigma) | 1

    def distorted(batch):
        moves = stateless_normal(array.shape(batch)[:3], seed, dtype=batch.dtype)
        moves = math.cast(sigma, batch.dtype) * array.expand_dims(moves, -1)
        moves = gaussian_blur(moves, (size, size), (sigma, sigma), "channels_last")
        return _moved(batch, alpha * moves[..., 0], order, fill_mode, fill_value)

    return for_batch(images, data_format, distorted)


@of_arrays(2)
def _moved(batch, moves, order, fill_mode, fill_value):
    """Each pixel is that which lies `moves` further along both axes."""
    height, width = batch.shape[1:3]
    rows, columns = jnp.meshgrid(jnp.arange(height), jnp.arange(width), indexing="ij")

    def plane(pixels, move):
        places = [(axis + move).astype("float32") for axis in (rows, columns)]
        places = [jnp.round(p) for p in places] if order == 0 else places
        return jax.scipy.ndimage.map_coordinates(pixels, places, order, fill_mode, fill_value)

    of_image = jax.vmap(plane, (-1, None), -1)
    return jax.vmap(of_image)(batch, moves).astype(batch.dtype)


def gaussian_blur(images, kernel_size=(3, 3), sigma=(1.0, 1.0), data_format=None):
    """Each element as a mean of those around it, weighted by a normal distribution."""
    size = tuple(map(int, kernel_size))
    return for_batch(images, data_format, lambda x: _blurred(x, math.cast(sigma, x.dtype), size))


@of_arrays(2)
def _blurred(x, sigma, size):
    weights = []
    for i, n in enumerate(size):
        places = jnp.arange(n, dtype=x.dtype) - (n - 1) / 2
        values = jnp.exp(-0.5 * (places / sigma[i]) ** 2)
        weights.append(values / values.sum())
    kernel = jnp.outer(weights[1], weights[0]).reshape(*size, 1, 1)  # as Keras lays it out
    channels = x.shape[-1]
    return jax.lax.conv_general_dilated(
        x, jnp.tile(kernel, (1, 1, 1, channels)), (1, 1), "SAME",
        dimension_numbers=("NHWC", "HWIO", "NHWC"), feature_group_count=channels,
    )  # fmt: skip
