"""`tf.keras.preprocessing.image`: images as arrays, files of them, random changes to them."""

from minitf.keras.preprocessing.augmentation import ImageDataGenerator
from minitf.keras.preprocessing.image_batches import (
    DirectoryIterator,
    Iterator,
    NumpyArrayIterator,
)
from minitf.keras.preprocessing.image_files import array_to_img, img_to_array, load_img, save_img

__all__ = [
    "DirectoryIterator",
    "ImageDataGenerator",
    "Iterator",
    "NumpyArrayIterator",
    "array_to_img",
    "img_to_array",
    "load_img",
    "save_img",
]
