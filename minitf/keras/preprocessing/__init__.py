"""`tf.keras.preprocessing`: texts, sequences and images on their way into a model."""

from minitf.keras.preparing import timeseries_dataset_from_array
from minitf.keras.preprocessing import image, sequence, text

__all__ = ["image", "sequence", "text", "timeseries_dataset_from_array"]
