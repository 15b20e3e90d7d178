"""`tf.keras.preprocessing.image`: images as arrays, files of them, random changes to them."""

from minitf.keras.preprocessing.augmentation import ImageDataGenerator
from minitf.keras.preprocessing.image_batches import (
    DirectoryIterator,
    Iterator,
    NumpyArrayIterator,
)
from minitf.keras.preprocessing.image_changes import (
    apply_affine_transform,
    apply_brightness_shift,
    apply_channel_shift,
    random_brightness,
    random_channel_shift,
    random_rotation,
    random_shear,
    random_shift,
    random_zoom,
    smart_resize,
)
from minitf.keras.preprocessing.image_files import array_to_img, img_to_array, load_img, save_img

__all__ = [
    "DirectoryIterator",
    "ImageDataGenerator",
    "Iterator",
    "NumpyArrayIterator",
    "apply_affine_transform",
    "apply_brightness_shift",
    "apply_channel_shift",
    "array_to_img",
    "img_to_array",
    "load_img",
    "random_brightness",
    "random_channel_shift",
    "random_rotation",
    "random_shear",
    "random_shift",
    "random_zoom",
    "save_img",
    "smart_resize",
]
