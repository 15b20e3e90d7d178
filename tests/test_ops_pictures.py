"""The parity table of `tf.image`, and pictures as files."""

import numpy as np
from rows import I, table
from rows.image import ROWS

test_row, test_compiled = table(ROWS)

PIXELS = I(6, 5, 3, low=0, high=256, dtype="uint8")


def test_png(tf, answer):
    for channels in (1, 2, 3, 4):
        pixels = I(4, 5, channels, low=0, high=256, dtype="uint8")
        contents = tf.io.encode_png(pixels)
        answer(f"{channels} channels", tf.io.decode_png(contents))
        answer(f"{channels} channels as colours", tf.image.decode_png(contents, channels=3))
    deep = tf.io.encode_png(I(3, 4, 1, low=0, high=60000, dtype="uint16"))
    answer("deep", tf.io.decode_png(deep, dtype=tf.uint16))
    answer("deep, cut", tf.io.decode_png(deep))
    contents = tf.io.encode_png(PIXELS, compression=9)
    answer("as image", tf.image.decode_image(contents))
    answer("as floats", tf.io.decode_image(contents, dtype=tf.float32))
    answer("by another name", tf.io.decode_jpeg(contents))
    answer("is jpeg", tf.io.is_jpeg(contents))
    answer("batch", tf.io.encode_png(np.stack([PIXELS, PIXELS])).shape)


def test_jpeg(tf, answer):
    """Decoders may differ in the last bits, so smooth pictures are compared."""
    y, x = np.mgrid[:16, :24]
    smooth = np.stack([y * 8, x * 8, y * 4 + x * 4], -1).astype(np.uint8)
    contents = tf.io.encode_jpeg(smooth, quality=100, chroma_downsampling=False)
    decoded = tf.io.decode_jpeg(contents)
    answer("near", tf.cast(decoded, tf.float32), rtol=0, atol=8)
    answer("dtype", decoded.dtype)
    answer("gray", tf.cast(tf.image.decode_jpeg(contents, channels=1), tf.float32), rtol=0, atol=8)
    answer("half", tf.io.decode_jpeg(contents, ratio=2).shape)
    answer("shape", tf.io.extract_jpeg_shape(contents))
    answer("crop", tf.io.decode_and_crop_jpeg(contents, [2, 3, 4, 5]).shape)
    answer("is jpeg", tf.image.is_jpeg(contents))
    answer("image", tf.io.decode_image(contents, channels=3).dtype)
    lower = tf.image.adjust_jpeg_quality(smooth / np.float32(255), 50)
    answer("quality", tf.cast(tf.round(lower * 10), tf.float32), rtol=0, atol=1)


def test_bad_files(tf, answer):
    contents = tf.io.encode_png(PIXELS)
    answer.raises("no image", lambda: tf.io.decode_image(b"text"), ["nknown image file format"])
    answer.raises("no jpeg", lambda: tf.io.decode_jpeg(b"text"))
    answer.raises("cut off", lambda: tf.io.decode_png(contents.numpy()[:40]))
    answer.raises("channels", lambda: tf.io.decode_jpeg(contents, channels=2))
    answer.raises("floats", lambda: tf.io.encode_png(np.zeros((2, 2, 3), "float32")))
    answer.raises("rank", lambda: tf.io.encode_jpeg(np.zeros((2, 2), "uint8")))
    answer.raises("bmp", lambda: tf.io.decode_bmp(contents))


def test_in_a_function(tf, answer, tmp_path):
    path = str(tmp_path / "picture.png")
    tf.io.write_file(path, tf.io.encode_png(PIXELS))

    @tf.function
    def load(name):
        image = tf.io.decode_png(tf.io.read_file(name), channels=3)
        return tf.image.resize(tf.image.convert_image_dtype(image, tf.float32), [3, 3])

    answer("loaded", load(path))
    answer("many", tf.stack(list(tf.data.Dataset.from_tensors(path).map(load))))
    unknown = tf.function(lambda s: tf.io.decode_jpeg(s, channels=3)).get_concrete_function(
        tf.TensorSpec([], tf.string)
    )
    answer("static", unknown.outputs[0].shape)
