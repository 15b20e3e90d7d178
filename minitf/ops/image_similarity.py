"""How alike two images look: structural similarity, at one scale and at several.

Source: Wang et al., "Image Quality Assessment: From Error Visibility to Structural Similarity"
(2004), and "Multi-scale Structural Similarity" (2003).
"""

import numpy as np

from minitf import dtypes, errors
from minitf.core.dispatch import convert_to_tensor
from minitf.ops import activations, array, convolution, joining, math, pooling, reductions
from minitf.ops.image_colors import convert_image_dtype

_SCALES = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def _bell(size, sigma):
    """A window of weights that fall like a normal distribution; their sum is 1."""
    squares = np.square(np.arange(size, dtype=np.float32) - np.float32((size - 1) / 2.0))
    line = squares * np.float32(-0.5 / sigma**2)
    weights = np.exp(line[:, None] + line[None])
    return (weights / weights.sum()).astype(np.float32)


def _floats(img1, img2, max_val):
    """Both images and the greatest value as float32 in [0, 1]; ValueError where shapes differ."""
    img1, img2 = convert_to_tensor(img1), convert_to_tensor(img2)
    if not img1.shape[-3:].is_compatible_with(img2.shape[-3:]):
        raise ValueError(f"Shapes {img1.shape} and {img2.shape} are incompatible")
    top = convert_image_dtype(math.cast(max_val, img1.dtype), dtypes.float32)
    return *(convert_image_dtype(x, dtypes.float32) for x in (img1, img2)), top


def _similarity(x, y, max_val, size, sigma, k1, k2):
    """(the similarity, its part of contrast and structure) of each window and channel."""
    channels = x.shape[-1]
    for image in (x, y):
        if None not in image.shape[-3:-1] and min(image.shape[-3:-1]) < size:
            raise errors.InvalidArgumentError(
                None, None, f"images of shape {image.shape} are smaller than filter_size={size}"
            )
    kernel = np.tile(_bell(size, sigma)[:, :, None, None], [1, 1, channels, 1])

    def mean(image):
        sizes = array.shape(image)
        flat = array.reshape(image, joining.concat([[-1], sizes[-3:]], 0))
        seen = convolution.depthwise_conv2d(flat, kernel, [1, 1, 1, 1], "VALID")
        return array.reshape(seen, joining.concat([sizes[:-3], array.shape(seen)[1:]], 0))

    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    mean_x, mean_y = mean(x), mean(y)
    product, squares = mean_x * mean_y * 2.0, math.square(mean_x) + math.square(mean_y)
    luminance = (product + c1) / (squares + c1)
    covariance, variances = mean(x * y) * 2.0, mean(math.square(x) + math.square(y))
    structure = (covariance - product + c2) / (variances - squares + c2)
    return luminance * structure, structure


def ssim(img1, img2, max_val, filter_size=11, filter_sigma=1.5, k1=0.01, k2=0.03,
         return_index_map=False):  # fmt: skip
    """The structural similarity of images [..., height, width, channels]: 1 for equal ones.

    Args:
      max_val: the greatest value that pixels can have.
      filter_size, filter_sigma: of the window that is compared.
      return_index_map: whether each window's similarity is returned, not their mean.
    """
    img1, img2, top = _floats(img1, img2, max_val)
    found, _ = _similarity(img1, img2, top, filter_size, filter_sigma, k1, k2)
    found = found if return_index_map else reductions.reduce_mean(found, [-3, -2])
    return reductions.reduce_mean(found, [-1])


def ssim_multiscale(img1, img2, max_val, power_factors=_SCALES, filter_size=11, filter_sigma=1.5,
                    k1=0.01, k2=0.03):  # fmt: skip
    """The product of similarities at several scales, each of half the size of the one before.

    `power_factors` are the powers of the scales, the full size first.
    """
    img1, img2, top = _floats(img1, img2, max_val)
    images, parts, found = [img1, img2], [], None
    for scale in range(len(power_factors)):
        if scale:
            images = [_half(image) for image in images]
        found, structure = (
            reductions.reduce_mean(x, [-3, -2])
            for x in _similarity(*images, top, filter_size, filter_sigma, k1, k2)
        )
        parts.append(activations.relu(structure))
    assert found is not None
    parts[-1] = activations.relu(found)
    factors = joining.stack(parts, axis=-1)
    product = reductions.reduce_prod(math.pow(factors, [float(p) for p in power_factors]), [-1])
    return reductions.reduce_mean(product, [-1])


def _half(images):
    """Images of half the size; an odd row or column is doubled before."""
    sizes = array.shape(images)
    height, width, channels = images.shape[-3:]
    flat = array.reshape(images, [-1, height, width, channels])
    flat = array.pad(flat, [[0, 0], [0, height % 2], [0, width % 2], [0, 0]], "SYMMETRIC")
    small = pooling.avg_pool2d(flat, 2, 2, "VALID")
    return array.reshape(small, joining.concat([sizes[:-3], array.shape(small)[1:]], 0))
