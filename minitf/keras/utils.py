"""`tf.keras.utils`: seeds, labels, sequences, progress bars, objects as dictionaries."""

from minitf.keras import bounding_boxes
from minitf.keras.adapters import (
    PyDataset,
    pack_x_y_sample_weight,
    unpack_x_y_sample_weight,
)
from minitf.keras.adapters import PyDataset as Sequence
from minitf.keras.backend import clear_session, is_keras_tensor
from minitf.keras.config import (
    disable_interactive_logging,
    enable_interactive_logging,
    is_interactive_logging_enabled,
    standardize_dtype,
)
from minitf.keras.downloads import get_file
from minitf.keras.drawing import model_to_dot, plot_model
from minitf.keras.feature_space import FeatureSpace
from minitf.keras.folders import (
    audio_dataset_from_directory,
    image_dataset_from_directory,
    text_dataset_from_directory,
)
from minitf.keras.preparing import (
    normalize,
    pad_sequences,
    timeseries_dataset_from_array,
    to_categorical,
)
from minitf.keras.preprocessing.image_files import array_to_img, img_to_array, load_img, save_img
from minitf.keras.progress import Progbar
from minitf.keras.random import set_random_seed
from minitf.keras.registration import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from minitf.keras.serialization import deserialize_keras_object, serialize_keras_object
from minitf.keras.splitting import split_dataset
from minitf.keras.topology import source_inputs as get_source_inputs

__all__ = [
    "CustomObjectScope",
    "FeatureSpace",
    "Progbar",
    "PyDataset",
    "Sequence",
    "array_to_img",
    "audio_dataset_from_directory",
    "bounding_boxes",
    "clear_session",
    "custom_object_scope",
    "image_dataset_from_directory",
    "img_to_array",
    "is_keras_tensor",
    "load_img",
    "save_img",
    "deserialize_keras_object",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "get_custom_objects",
    "get_file",
    "get_registered_name",
    "get_registered_object",
    "get_source_inputs",
    "is_interactive_logging_enabled",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "model_to_dot",
    "plot_model",
    "register_keras_serializable",
    "serialize_keras_object",
    "set_random_seed",
    "split_dataset",
    "standardize_dtype",
    "text_dataset_from_directory",
    "timeseries_dataset_from_array",
    "to_categorical",
    "unpack_x_y_sample_weight",
]
