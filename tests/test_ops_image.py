"""`tf.image`: sizes, colours, and what is drawn at random."""

# ruff: noqa: B023
import numpy as np
from rows import Tell


def test_images(tf, answer):
    tell = Tell(answer)
    image = tf.image
    rng = np.random.RandomState(0)
    x = tf.constant(rng.rand(2, 5, 6, 3).astype(np.float32))
    one, whole = x[0], tf.constant(rng.randint(0, 256, (5, 6, 3)).astype(np.uint8))
    calls = {}
    for method in ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian",
                   "mitchellcubic"):  # fmt: skip
        calls[f"larger {method}"] = lambda m=method: image.resize(x, [8, 7], method=m)
        calls[f"smaller {method}"] = lambda m=method: image.resize(x, [3, 2], method=m)
        calls[f"antialias {method}"] = lambda m=method: image.resize(x, [2, 3], m, antialias=True)
    calls |= dict(
        resize_uint8=lambda: image.resize(whole, [3, 3]),
        resize_nearest=lambda: image.resize(whole, [3, 3], "nearest"),
        resize_ratio=lambda: image.resize(x, [10, 9], preserve_aspect_ratio=True),
        resize_method=lambda: image.resize(x, [2, 2], "other"),
        resize_rank=lambda: image.resize([1.0, 2.0], [2, 2]),
        resize_size=lambda: image.resize(x, [2]),
        crop=lambda: image.crop_to_bounding_box(x, 1, 2, 3, 2),
        crop_bad=lambda: image.crop_to_bounding_box(x, 1, 2, 7, 2),
        pad=lambda: image.pad_to_bounding_box(one, 1, 2, 8, 9),
        pad_bad=lambda: image.pad_to_bounding_box(one, 1, 2, 4, 9),
        central=lambda: image.central_crop(x, 0.5),
        central_bad=lambda: image.central_crop(x, 0.0),
        crop_or_pad=lambda: image.resize_with_crop_or_pad(x, 3, 9),
        crop_or_pad_larger=lambda: image.resize_with_crop_or_pad(one, 8, 8),
        with_pad=lambda: image.resize_with_pad(x, 8, 4),
        left_right=lambda: image.flip_left_right(x),
        up_down=lambda: image.flip_up_down(one),
        transpose=lambda: image.transpose(one),
        rot90=lambda: image.rot90(x),
        rot270=lambda: image.rot90(one, k=3),
        to_float=lambda: image.convert_image_dtype(whole, tf.float32),
        to_uint8=lambda: image.convert_image_dtype(x, tf.uint8),
        to_uint8_saturated=lambda: image.convert_image_dtype(x * 2, tf.uint8, saturate=True),
        to_uint16=lambda: image.convert_image_dtype(whole, tf.uint16),
        brightness=lambda: image.adjust_brightness(x, 0.25),
        brightness_uint8=lambda: image.adjust_brightness(whole, 0.25),
        contrast=lambda: image.adjust_contrast(x, 2.0),
        contrast_uint8=lambda: image.adjust_contrast(whole, 0.5),
        hue=lambda: image.adjust_hue(x, 0.2),
        hue_uint8=lambda: image.adjust_hue(whole, -0.3),
        saturation=lambda: image.adjust_saturation(x, 0.5),
        gamma=lambda: image.adjust_gamma(x, 2.0, 0.5),
        gamma_bad=lambda: image.adjust_gamma(x, -1),
        standard=lambda: image.per_image_standardization(x),
        standard_uint8=lambda: image.per_image_standardization(whole),
        gray=lambda: image.rgb_to_grayscale(x),
        gray_uint8=lambda: image.rgb_to_grayscale(whole),
        rgb=lambda: image.grayscale_to_rgb(x[..., :1]),
        hsv=lambda: image.rgb_to_hsv(x),
        from_hsv=lambda: image.hsv_to_rgb(x),
        yuv=lambda: image.rgb_to_yuv(x),
        from_yuv=lambda: image.yuv_to_rgb(x),
        yiq=lambda: image.rgb_to_yiq(x),
        from_yiq=lambda: image.yiq_to_rgb(x),
        gradients=lambda: image.image_gradients(x),
        sobel=lambda: image.sobel_edges(x),
        variation=lambda: image.total_variation(x),
        variation_one=lambda: image.total_variation(one),
        psnr=lambda: image.psnr(x, x * 0.9, max_val=1.0),
        psnr_uint8=lambda: image.psnr(whole, whole // 2, max_val=255),
        random_crop=lambda: image.stateless_random_crop(x, [2, 3, 3, 3], seed=[1, 2]),
        random_brightness=lambda: image.stateless_random_brightness(x, 0.3, [1, 2]),
        random_contrast=lambda: image.stateless_random_contrast(x, 0.3, 0.9, [1, 2]),
        random_hue=lambda: image.stateless_random_hue(x, 0.3, [1, 2]),
        random_saturation=lambda: image.stateless_random_saturation(x, 0.3, 0.9, [1, 2]),
        random_flip=lambda: image.stateless_random_flip_left_right(x, [1, 2]),
        random_flip_one=lambda: image.stateless_random_flip_up_down(one, [5, 2]),
        delta_bad=lambda: image.random_brightness(x, -1.0),
        hue_bad=lambda: image.random_hue(x, 0.7),
        contrast_bad=lambda: image.random_contrast(x, 0.7, 0.2),
    )
    for name, call in calls.items():
        tell(name, call)
    tf.random.set_seed(3)
    tell("drawn flip", lambda: image.random_flip_left_right(one, seed=4))
    tell("drawn crop", lambda: image.random_crop(one, [2, 2, 3], seed=4))
    tell("too large", lambda: image.random_crop(one, [2, 90, 3], seed=4))
    tell("of numbers", lambda: image.random_crop([[1, 2], [3, 4]], [1, 2], seed=4))
    unknown = [tf.TensorSpec([None, None, 3]), tf.TensorSpec([3], tf.int32)]
    crop = tf.function(lambda x, n: image.random_crop(x, n, seed=3), input_signature=unknown)
    tell("crop of unknown sizes", lambda: crop(one, [2, 2, 2]))
    tell("drawn brightness", lambda: image.random_brightness(one, 0.2, seed=4))
    tell("function", lambda: tf.function(lambda t: image.resize(image.rot90(t), [3, 3]))(x))
