"""Images: sizes, colours, boxes, similarity."""

from rows import A, F, I, row

IMAGE, BATCH = F(5, 6, 3, low=0.0, high=1.0), F(2, 5, 6, 3, low=0.0, high=1.0)
BYTES = I(4, 5, 3, low=0, high=256, dtype="uint8")
METHODS = ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian",
           "mitchellcubic")  # fmt: skip

SIZES = [
    row("image.resize", BATCH, size, method=method, antialias=antialias, rtol=2e-5, atol=2e-5,
        gradient=method != "area", unknown=[[None, None, None, 3]])
    for method in METHODS for size, antialias in [([8, 9], False), ([3, 2], False), ([3, 2], True)]
] + [
    row("image.resize", IMAGE, [3, 3]),
    row("image.resize", BYTES, [3, 3]),
    row("image.resize", BYTES, [7, 3], method="nearest"),
    row("image.resize", IMAGE, [4, 4], preserve_aspect_ratio=True, unknown=False),
    row("image.resize", F(3, 3), [2, 2], raises=[], compiled=False),
    row("image.resize", IMAGE, [2, 2, 2], raises=[], compiled=False),
    row("image.resize", IMAGE, [2, 2], method="cubic", raises=[], compiled=False),
    row("image.crop_to_bounding_box", IMAGE, 1, 2, 3, 3),
    row("image.crop_to_bounding_box", BATCH, 0, 0, 5, 2),
    row("image.crop_to_bounding_box", IMAGE, 3, 3, 4, 4, raises=[], compiled=False),
    row("image.pad_to_bounding_box", IMAGE, 1, 2, 8, 9),
    row("image.pad_to_bounding_box", IMAGE, 1, 2, 4, 4, raises=[], compiled=False),
    row("image.central_crop", IMAGE, 0.5),
    row("image.central_crop", BATCH, 0.8),
    row("image.central_crop", IMAGE, 1.5, raises=[], compiled=False),
    row("image.resize_with_crop_or_pad", IMAGE, 3, 9),
    row("image.resize_with_crop_or_pad", BATCH, 8, 4),
    row("image.resize_with_pad", IMAGE, 8, 4, unknown=False),
    row("image.resize_with_pad", IMAGE, 3, 9, method="nearest", unknown=False),
    row("image.flip_left_right", IMAGE), row("image.flip_left_right", BATCH),
    row("image.flip_up_down", IMAGE), row("image.transpose", IMAGE),
    row("image.flip_up_down", F(3), raises=[], compiled=False),
    *[row("image.rot90", IMAGE, k, compiled=False) for k in range(-1, 4)],
    row("image.rot90", BATCH, k=1, compiled=False),
    row("image.extract_patches", BATCH, [1, 2, 3, 1], [1, 2, 1, 1], [1, 1, 1, 1], "VALID",
        unknown=False),
    row("image.extract_patches", BATCH, [1, 2, 2, 1], [1, 2, 2, 1], [1, 2, 1, 1], "SAME",
        unknown=False),
]  # fmt: skip

COLOURS = [
    row("image.rgb_to_grayscale", IMAGE), row("image.rgb_to_grayscale", BYTES),
    row("image.grayscale_to_rgb", F(4, 4, 1)), row("image.grayscale_to_rgb", BYTES[..., :1]),
    row("image.rgb_to_hsv", IMAGE, gradient=False), row("image.hsv_to_rgb", IMAGE, gradient=False),
    row("image.rgb_to_yuv", IMAGE), row("image.yuv_to_rgb", IMAGE),
    row("image.rgb_to_yiq", IMAGE), row("image.yiq_to_rgb", IMAGE),
    row("image.rgb_to_grayscale", F(4, 4, 2), raises=[], compiled=False),
    row("image.adjust_brightness", IMAGE, 0.2), row("image.adjust_brightness", BYTES, 0.2),
    row("image.adjust_contrast", IMAGE, 2.0, gradient=False),
    row("image.adjust_contrast", BYTES, 0.5),
    row("image.adjust_hue", IMAGE, 0.3, unknown=False, gradient=False, rtol=1e-4), row("image.adjust_hue", BYTES, -0.1, unknown=False),
    row("image.adjust_saturation", IMAGE, 1.7, unknown=False, gradient=False, rtol=1e-4),
    row("image.adjust_saturation", BYTES, 0.4, unknown=False),
    row("image.adjust_gamma", IMAGE, 2.0, 0.8), row("image.adjust_gamma", BYTES, 0.5),
    row("image.adjust_gamma", IMAGE, -1.0, raises=[], compiled=False),
    row("image.per_image_standardization", IMAGE), row("image.per_image_standardization", BYTES),
    *[row("image.convert_image_dtype", image, dtype) for image, dtype in [
        (IMAGE, "uint8"), (BYTES, "float32"), (BYTES, "uint16"), (I(3, low=0, high=60000), "uint8"),
        (BYTES, "float16"), (IMAGE, "float64"), (BYTES, "uint8"), (BYTES, "int32")]],
    row("image.convert_image_dtype", F(4), "uint8", saturate=True),
    row("image.image_gradients", BATCH), row("image.sobel_edges", BATCH, unknown=False),
    row("image.total_variation", IMAGE), row("image.total_variation", BATCH),
    row("image.psnr", IMAGE, F(5, 6, 3, low=0.0, high=1.0, seed=1), max_val=1.0),
    row("image.psnr", BYTES, I(4, 5, 3, low=0, high=256, dtype="uint8", seed=2), max_val=255),
    row("image.ssim", F(1, 13, 12, 2, low=0.0, high=1.0), F(1, 13, 12, 2, low=0.0, high=1.0, seed=3), 1.0,
        unknown=False, rtol=2e-4, atol=1e-5),
    row("image.ssim", F(9, 9, 1, low=0.0, high=1.0), F(9, 9, 1, low=0.0, high=1.0, seed=3), 1.0,
        filter_size=4, return_index_map=True, unknown=False, rtol=2e-4, atol=1e-5),
    row("image.ssim", F(1, 8, 8, 1), F(1, 8, 8, 1), 1.0, raises=[], compiled=False),
    row("image.ssim_multiscale", F(1, 21, 18, 1, low=0.0, high=1.0),
        F(1, 21, 18, 1, low=0.0, high=1.0), 1.0, power_factors=(0.5, 0.3, 0.2), filter_size=3,
        unknown=False, rtol=2e-4, atol=1e-5),
]  # fmt: skip

BOXES = A([0.0, 0.0, 1.0, 1.0], [0.1, 0.1, 1.1, 1.1], [0.0, 0.1, 0.5, 0.6], [0.5, 0.4, 0.1, 0.0],
          [2.0, 2.0, 3.0, 3.0])  # fmt: skip
SCORES = A(0.9, 0.75, 0.6, 0.95, 0.3)
IN_BOXES = [
    row("image.non_max_suppression", BOXES, SCORES, 5, alone=True, gradient=False),
    row("image.non_max_suppression", BOXES, SCORES, 2, iou_threshold=0.1, score_threshold=0.5,
        alone=True, gradient=False),
    row("image.non_max_suppression", F(3, 3), F(3), 5, raises=[], compiled=False),
    row("image.non_max_suppression_with_scores", BOXES, SCORES, 5, alone=True, gradient=False),
    row("image.non_max_suppression_with_scores", BOXES, SCORES, 5, soft_nms_sigma=0.5,
        iou_threshold=1.0, alone=True, gradient=False),
    row("image.non_max_suppression_with_scores", BOXES, SCORES, 5, soft_nms_sigma=0.3,
        iou_threshold=0.4, score_threshold=0.2, alone=True, gradient=False),
    row("image.non_max_suppression_overlaps", F(5, 5, low=0.0, high=1.0), SCORES, 4,
        overlap_threshold=0.4, alone=True, gradient=False),
    row("image.non_max_suppression_padded", BOXES, SCORES, 4, pad_to_max_output_size=True,
        gradient=False, compiled=False),
    row("image.combined_non_max_suppression", F(1, 6, 1, 4, low=0.0, high=1.0),
        F(1, 6, 2, low=0.0, high=1.0), 3, 4, alone=True, gradient=False, unknown=False),
    row("image.combined_non_max_suppression", F(2, 6, 2, 4, low=-0.2, high=1.2),
        F(2, 6, 2, low=0.0, high=1.0), 2, 9, pad_per_class=True, iou_threshold=0.2, clip_boxes=False,
        score_threshold=0.3, alone=True, gradient=False, unknown=False),
    row("image.crop_and_resize", BATCH, A([0.1, 0.2, 0.7, 0.9], [-0.5, 0.0, 1.0, 0.5]),
        A(0, 1, dtype="int32"), [3, 4]),
    row("image.crop_and_resize", BATCH, A([[0.9, 0.8, 0.2, 0.1]]), A([1], dtype="int32"),
        [1, 2], extrapolation_value=-1.0),
    row("image.crop_and_resize", BATCH, A([[0.1, 0.2, 0.7, 0.9]]), A([0], dtype="int32"), [3, 4],
        method="nearest", gradient=False),
    row("image.draw_bounding_boxes", BATCH, A([[[0.1, 0.2, 0.7, 0.9]], [[0.0, -0.5, 1.5, 0.6]]]),
        A([[0.2, 0.4, 0.6]]), alone=True, gradient=False),
    row("image.draw_bounding_boxes", F(1, 6, 7, 1), F(1, 11, 4, low=0.0, high=1.0), None,
        alone=True, gradient=False),
]  # fmt: skip
SEED = [3, 4]
AT_RANDOM = [
    row(f"image.stateless_random_{name}", IMAGE, *arguments, SEED, gradient=False, rtol=1e-4,
        unknown=False)
    for name, arguments in [
        ("brightness", [0.3]), ("contrast", [0.5, 1.5]), ("hue", [0.2]), ("saturation", [0.5, 1.5]),
        ("flip_left_right", []), ("flip_up_down", []), ("crop", [[2, 3, 3]])]
] + [
    row("image.stateless_random_flip_left_right", BATCH, SEED, gradient=False, unknown=False),
    row("extract_volume_patches", F(1, 3, 3, 3, 2), [1, 2, 2, 2, 1], [1, 1, 1, 1, 1], "VALID", unknown=False),
    row("extract_volume_patches", F(1, 3, 3, 3, 1), [1, 1, 2, 3, 1], [1, 2, 2, 1, 1], "SAME", unknown=False),
    row("image.extract_glimpse", F(1, 4, 5, 2), [2, 3], A([[0.5, -0.5]]), gradient=False, alone=True),
    row("image.stateless_sample_distorted_bounding_box", [10, 20, 3], A([[[0.1, 0.1, 0.9, 0.9]]]), [1, 2], gradient=False, alone=True),
]  # fmt: skip

ROWS = SIZES + COLOURS + IN_BOXES + AT_RANDOM
