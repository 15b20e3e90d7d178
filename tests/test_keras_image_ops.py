"""`keras.ops.image`: patches of volumes, similarity, scaling, distortions; what it refuses."""

import numpy as np
import pytest

X = np.linspace(0, 1, 2 * 6 * 7 * 3).reshape(2, 6, 7, 3).astype("float32")
V = np.arange(2 * 4 * 4 * 4 * 2).reshape(2, 4, 4, 4, 2).astype("float32")
HALF, ZERO = np.array([0.5, 0.7], "float32"), np.zeros(2, "float32")


@pytest.fixture
def image(tf):
    return tf.keras.ops.image


def test_patches(image, answer):
    answer("cubes", image.extract_patches_3d(V, 2))
    answer("same", image.extract_patches_3d(V, (2, 1, 2), strides=1, padding="same"))
    answer("one", image.extract_patches(V[0], (2, 2, 2), dilation_rate=2, strides=1))
    answer.raises("size", lambda: image.extract_patches_3d(V, (2, 2)), ["size"])
    answer.raises("strides", lambda: image.extract_patches_3d(V, 2, (1, 1)), ["strides"])


def test_similarity(image, answer):
    answer("batch", image.ssim(X, X**2, filter_size=3), rtol=1e-4)
    answer("one", image.ssim(X[0], X[0] * 0.5, filter_size=4, k1=0.1), rtol=1e-4)
    answer.raises("rank", lambda: image.ssim(X[0, 0], X[0, 0]), ["Invalid image1 rank"])


def test_scaling(image, answer):
    larger = image.scale_and_translate(
        X, (2, 8, 9, 3), np.array([1.5, 0.7], "float32"), np.array([1.0, -1.0], "float32"),
        (1, 2), "linear")  # fmt: skip
    answer("larger", larger, rtol=1e-4, atol=1e-5)
    for method in ("cubic", "lanczos3", "lanczos5"):
        smaller = image.scale_and_translate(X, (2, 3, 4, 3), HALF, ZERO, (1, 2), method)
        answer(method, smaller, rtol=1e-4, atol=1e-5)
    jagged = image.scale_and_translate(X, (2, 3, 4, 3), HALF, ZERO, (1, 2), "linear", False)
    answer("jagged", jagged, rtol=1e-4, atol=1e-5)
    wrong = lambda: image.scale_and_translate(X, (2, 3, 4, 3), HALF, ZERO, (1, 2), "none")  # noqa: E731
    answer.raises("method", wrong, ["method", "none"])


def test_distortion(image, answer):
    distorted = image.elastic_transform(X, alpha=2.0, sigma=1.0, seed=3, fill_mode="nearest")
    answer("batch", distorted, rtol=1e-3, atol=1e-4)
    one = image.elastic_transform(X[0], 1.0, 2.0, "nearest", "constant", seed=5)
    answer("one", one, rtol=1e-3, atol=1e-4)
    answer.raises("mode", lambda: image.elastic_transform(X, fill_mode="none"), ["fill_mode"])
    answer.raises("rank", lambda: image.elastic_transform(X[0, 0]), ["rank"])


def test_refused(image, answer):
    size = dict(target_height=2, target_width=2)
    answer.raises("crop", lambda: image.crop_images(X, -1, 0, **size), ["must be >= 0"])
    answer.raises("pad", lambda: image.pad_images(X, -1, 0, **size), ["must be >= 0"])
    answer.raises("dtype", lambda: image.rgb_to_hsv((X * 255).astype("uint8")), ["float dtype"])


def test_symbolic(tf, image, answer):
    x, v = tf.keras.Input((None, None, 3)), tf.keras.Input((4, 4, 4, 2))
    cropped = image.crop_images(x, 1, 1, target_height=2, target_width=2)
    padded = image.pad_images(tf.keras.Input((5, 5, 3)), 1, 1, 2, 2)
    answer("frames", [tuple(y.shape) for y in (cropped, padded)])
    answer("volumes", tuple(image.extract_patches_3d(v, 2).shape))
    answer("similarity", tuple(image.ssim(x, x).shape))
    model = tf.keras.Model(v, image.extract_patches_3d(v, 2, strides=1))
    answer("value", model(V))
