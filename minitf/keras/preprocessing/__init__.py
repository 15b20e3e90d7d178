"""`tf.keras.preprocessing`: texts, sequences and images on their way into a model."""

from minitf.keras.preparing import timeseries_dataset_from_array
from minitf.keras.preprocessing import sequence, text

__all__ = ["sequence", "text", "timeseries_dataset_from_array"]
