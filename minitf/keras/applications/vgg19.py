"""VGG19: `vgg16` with more convolutions in its later blocks."""

from minitf.keras.applications.vgg16 import decode_predictions, preprocess_input, vgg

VGG19 = vgg("VGG19", (2, 2, 4, 4, 4), "cbe5617147190e668d6c5d5026f83318",
            "253f8cb515780f3b799900260a226db6")  # fmt: skip

__all__ = ["VGG19", "decode_predictions", "preprocess_input"]
