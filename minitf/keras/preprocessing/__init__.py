"""`tf.keras.preprocessing`: texts, sequences and images on their way into a model."""

from minitf.keras.folders import image_dataset_from_directory, text_dataset_from_directory
from minitf.keras.preparing import timeseries_dataset_from_array
from minitf.keras.preprocessing import image, sequence, text

__all__ = [
    "image", "image_dataset_from_directory", "sequence", "text", "text_dataset_from_directory",
    "timeseries_dataset_from_array",
]  # fmt: skip
