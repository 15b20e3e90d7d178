"""`tf.compat.v1.image`: resizing on a grid of points, and older argument names."""

import numpy as np
import pytest
from rows import A, F, Tell

IMAGES = F(2, 5, 7, 2, low=0.0, high=9.0)


@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize("method", [0, 1, 2, 3])
def test_resize(tf, answer, method, align_corners):
    images = tf.compat.v1.image
    for size in ([3, 4], [8, 13], [1, 9], [5, 7]):
        found = images.resize_images(IMAGES, size, method, align_corners=align_corners)
        answer(f"{size}", found, rtol=2e-5, atol=2e-5)
    single = [images.resize_bilinear, images.resize_nearest_neighbor, images.resize_bicubic,
              images.resize_area][method]  # fmt: skip
    answer("its own function", single(IMAGES, [4, 4], align_corners), rtol=2e-5, atol=2e-5)
    answer("dtype", images.resize_images(IMAGES.astype("uint8"), [3, 3], method).dtype)


def test_others(tf, answer):
    tell, images = Tell(answer), tf.compat.v1.image
    tell("centers", lambda: images.resize_bilinear(IMAGES, [3, 3], half_pixel_centers=True))
    tell("ratio", lambda: images.resize_images(IMAGES, [4, 4], preserve_aspect_ratio=True).shape)
    tell("crop or pad", lambda: images.resize_image_with_crop_or_pad(IMAGES, 3, 9))
    tell("pad", lambda: images.resize_image_with_pad(IMAGES, 6, 6))
    tell("method", lambda: images.resize_images(IMAGES, [3, 3], method=7))
    tell(
        "patches",
        lambda: images.extract_image_patches(
            IMAGES, [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], "VALID"
        ),
    )
    tell("transpose", lambda: images.transpose_image(IMAGES[0]))
    tell(
        "crop",
        lambda: images.crop_and_resize(
            IMAGES, A([[0.1, 0.2, 0.6, 0.7]]), box_ind=np.array([1], "int32"), crop_size=[2, 2]
        ),
    )
    tell("boxes", lambda: images.draw_bounding_boxes(F(1, 6, 6, 3), A([[[0.1, 0.2, 0.6, 0.7]]])))
    tell("methods", lambda: images.ResizeMethod.BICUBIC)
