"""Boxes in images: their formats, how much they overlap, and how they move with the images."""

import numpy as np

BOXES = np.array([[[2.0, 1.0, 6.0, 5.0], [0.0, 3.0, 12.0, 9.0]]], "float32")
LABELS = np.array([[1, 2]])
FORMATS = ("xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw", "rel_xyxy", "rel_yxyx",
           "rel_xywh", "rel_center_xywh")  # fmt: skip
CALLS = {
    "clip": lambda b: b.clip_to_image_size({"boxes": BOXES - 3, "labels": LABELS}, 8, 10),
    "clip relative": lambda b: b.clip_to_image_size(
        {"boxes": BOXES / 4 - 1, "labels": LABELS}, bounding_box_format="rel_xyxy"
    ),
    "crop": lambda b: b.crop(BOXES, 2, 1, 4, 5),
    "pad": lambda b: b.pad(BOXES, 2, 1),
    "deltas": lambda b: b.encode_box_to_deltas(BOXES[0] + 1, BOXES, "xyxy", "xyxy"),
    "deltas, other way round": lambda b: b.encode_box_to_deltas(
        BOXES[0] + 1, BOXES, "xywh", "yxyx", "center_xywh", variance=[0.1, 0.1, 0.2, 0.2]
    ),
    "boxes of deltas": lambda b: b.decode_deltas_to_boxes(
        BOXES[0] + 1, BOXES / 9, "xyxy", "xywh", variance=[0.1, 0.1, 0.2, 0.2]
    ),
    "levels": lambda b: b.decode_deltas_to_boxes(
        {"p3": BOXES[0]}, {"p3": BOXES[0] / 9}, "xyxy", "rel_xyxy", image_shape=(8, 10, 3)
    ),
    "iou": lambda b: b.compute_iou(BOXES, BOXES[:, ::-1] + 1, "xyxy"),
    "iou of rows": lambda b: b.compute_iou(BOXES[0], BOXES[0] + 1, "yxyx"),
    "iou, absent ones": lambda b: b.compute_iou(
        BOXES[0], np.concatenate([BOXES[0], [[-1.0] * 4]]), "xywh", use_masking=True
    ),
    "iou of shares": lambda b: b.compute_iou(
        BOXES / 12, BOXES / 11, "rel_xyxy", image_shape=(8, 10, 3)
    ),
    "ciou": lambda b: b.compute_ciou(BOXES[0], BOXES[0] * 1.5 - 1, "xyxy"),
}


def test_formats(tf, answer):
    convert = tf.keras.utils.bounding_boxes.convert_format
    for name in FORMATS:
        there = convert(BOXES, "xyxy", name, 8, 10)
        answer(name, there)
        answer(name + " and back", convert({"boxes": there}, name, "center_xywh", 8, 10)["boxes"])
    answer("two shares", convert(BOXES / 12, "rel_xyxy", "rel_xywh", 8, 10))
    for name, call, keyword in (
        ("format", lambda: convert(BOXES, "xyxy", "abc"), "format"),
        ("size", lambda: convert(BOXES, "xyxy", "rel_xyxy"), "height"),
        ("shape", lambda: convert(BOXES[..., :3], "xyxy", "xywh"), "dimension"),
    ):
        answer.raises(f"refused {name}", call, keywords=[keyword])


def test_calls(tf, answer):
    for name, call in CALLS.items():
        answer(name, call(tf.keras.utils.bounding_boxes), rtol=1e-4, atol=1e-5)


def test_affine(tf, answer):
    numbers = [np.array([x], "float32") for x in (30.0, 0.1, -0.2, 1.5, 10.0, -5.0)]
    move = tf.keras.utils.bounding_boxes.affine_transform
    answer("middle", move(BOXES, *map(tf.constant, numbers), 8, 10), rtol=1e-4)
    answer("corner", move(BOXES, *map(tf.constant, numbers), 8, 10, 0.0, 0.0), rtol=1e-4)


def _moved(tf, layer, size=(8, 12), boxes=BOXES, **kwargs):
    images = np.arange(size[0] * size[1], dtype="float32").reshape(1, *size, 1)
    data = {"images": images, "bounding_boxes": {"boxes": boxes.copy(), "labels": LABELS.copy()}}
    return layer(data, **kwargs)["bounding_boxes"]


def test_layers_move_boxes(tf, answer):
    layers, xyxy = tf.keras.layers, {"bounding_box_format": "xyxy"}
    answer("stretched", _moved(tf, layers.Resizing(4, 4, **xyxy)))
    answer("padded", _moved(tf, layers.Resizing(4, 4, pad_to_aspect_ratio=True, **xyxy)))
    answer("cropped", _moved(tf, layers.Resizing(4, 4, crop_to_aspect_ratio=True, **xyxy)))
    answer("shares", _moved(tf, layers.Resizing(4, 6, bounding_box_format="rel_xywh"),
                            boxes=BOXES / 12))  # fmt: skip
    answer("middle", _moved(tf, layers.CenterCrop(4, 6, **xyxy)))
    answer("small", _moved(tf, layers.CenterCrop(10, 20, **xyxy)))
    for mode in ("horizontal", "vertical"):
        for seed in (1, 2, 3):
            layer = layers.RandomFlip(mode, seed=seed, **xyxy)
            answer(f"flipped {mode} {seed}", _moved(tf, layer, training=True))
    answer("brighter", _moved(tf, layers.RandomBrightness(0.5, seed=1, **xyxy)))
    answer("predicting", _moved(tf, layers.RandomRotation(0.2, seed=1, **xyxy), training=False))
    answer("more", _moved(tf, layers.MaxNumBoundingBoxes(3, **xyxy)))
    answer("fewer", _moved(tf, layers.MaxNumBoundingBoxes(1, fill_value=0, **xyxy)))
    one = {"boxes": BOXES[0].copy(), "labels": LABELS[0].copy()}
    data = {"images": np.zeros((8, 12, 1), "float32"), "bounding_boxes": one}
    answer("one", layers.Resizing(4, 4, **xyxy)(data)["bounding_boxes"])
    answer.raises("no format", lambda: _moved(tf, layers.Resizing(4, 4)), keywords=["format"])


RANDOM = {
    "turned": lambda layers, **k: layers.RandomRotation(0.2, seed=1, **k),
    "zoomed": lambda layers, **k: layers.RandomZoom(0.4, 0.3, seed=3, **k),
    "shifted": lambda layers, **k: layers.RandomTranslation(0.3, 0.2, seed=1, **k),
    "sheared": lambda layers, **k: layers.RandomShear(0.3, 0.2, seed=2, **k),
    "in perspective": lambda layers, **k: layers.RandomPerspective(scale=0.6, seed=1, **k),
    "cropped": lambda layers, **k: layers.RandomCrop(5, 7, seed=1, **k),
}


def test_boxes_move_at_random(tf, answer):
    for name, make in RANDOM.items():
        layer = make(tf.keras.layers, bounding_box_format="xyxy")
        answer(name, _moved(tf, layer, training=True), rtol=1e-4, atol=1e-4)
        answer(f"{name}, not training", _moved(tf, layer, training=False))
        if name not in ("turned", "in perspective"):  # Keras forgets the format of these
            layer = make(tf.keras.layers, bounding_box_format="rel_xywh")
            answer(f"{name}, shares", _moved(tf, layer, boxes=BOXES / 12, training=True),
                   rtol=1e-4, atol=1e-4)  # fmt: skip
    images = np.arange(192.0, dtype="float32").reshape(2, 8, 12, 1)
    both = {"boxes": np.repeat(BOXES, 2, 0), "labels": np.repeat(LABELS, 2, 0)}
    data = {"images": images, "bounding_boxes": both}
    layers, xyxy = tf.keras.layers, {"bounding_box_format": "xyxy"}
    answer("mixed", layers.MixUp(seed=1, **xyxy)(data)["bounding_boxes"])
    answer.raises("cut", lambda: layers.CutMix(seed=1, **xyxy)(data), [])
    elastic = tf.keras.layers.RandomElasticTransform(seed=1, bounding_box_format="xyxy")
    answer.raises("elastic", lambda: _moved(tf, elastic, training=True), [])


IMAGES = np.random.RandomState(3).randint(0, 256, (2, 9, 13, 2)).astype("float32")


def test_contrast_of_tiles(tf, answer):
    layer = tf.keras.layers.ContrastLimitedAdaptiveHistogramEqualization
    answer("tiles", layer(tile_grid_size=(2, 3))(IMAGES), rtol=1e-4)
    answer("all", layer()(IMAGES[0]), rtol=1e-4)
    answer("free", layer(clip_limit=0, tile_grid_size=(3, 3))(IMAGES), rtol=1e-4)
    answer("shares", layer((0, 1), 2.0, (2, 2))(IMAGES / 255), rtol=1e-4)
    answer("config", layer(tile_grid_size=(2, 2), name="c").get_config())


def test_elastic(tf, answer):
    layer = tf.keras.layers.RandomElasticTransform
    images = np.random.RandomState(0).rand(2, 24, 24, 1).astype("float32")
    for name, options in {
        "plain": {"fill_mode": "nearest"},  # reflections differ: docs/differences.md
        "nearest": {"interpolation": "nearest", "fill_mode": "constant"},
        "some": {"factor": 0.5, "scale": (0.4, 0.5), "fill_mode": "wrap"},
    }.items():
        answer(name, layer(value_range=(0, 1), seed=4, **options)(images), rtol=1e-3, atol=1e-4)
    answer("predicting", layer(seed=4)(images, training=False))
    config = layer(0.3, name="e", seed=1).get_config()
    answer("config", {k: v for k, v in config.items() if k != "dtype"})
    answer.raises("factor", lambda: layer(factor=2.0), keywords=["factor"])
    answer.raises("fill", lambda: layer(fill_mode="x"), keywords=["fill_mode"])
