"""`tf.saved_model`: models in folders that need none of the code they were made with.

- `save` writes an object's variables and traced functions, `load` reads them.
- `graphs.py`: traced functions as bytes; `signatures.py`: functions that clients call by name.
"""

from minitf.saved_model.loading import contains_saved_model, load
from minitf.saved_model.saving import SaveOptions, save
from minitf.saved_model.signatures import DEFAULT as DEFAULT_SERVING_SIGNATURE_DEF_KEY

PREDICT_METHOD_NAME = "tensorflow/serving/predict"
SERVING = "serve"
ASSETS_DIRECTORY, ASSETS_KEY = "assets", "saved_model_assets"
CLASSIFY_METHOD_NAME = "tensorflow/serving/classify"
CLASSIFY_INPUTS = PREDICT_INPUTS = REGRESS_INPUTS = "inputs"
CLASSIFY_OUTPUT_CLASSES, CLASSIFY_OUTPUT_SCORES = "classes", "scores"
DEBUG_DIRECTORY, DEBUG_INFO_FILENAME_PB = "debug", "saved_model_debug_info.pb"
PREDICT_OUTPUTS = REGRESS_OUTPUTS = "outputs"
REGRESS_METHOD_NAME = "tensorflow/serving/regress"
SAVED_MODEL_FILENAME_PB, SAVED_MODEL_FILENAME_PBTXT = "saved_model.pb", "saved_model.pbtxt"
SAVED_MODEL_SCHEMA_VERSION = 1
GPU, TPU, TRAINING = "gpu", "tpu", "train"
VARIABLES_DIRECTORY = VARIABLES_FILENAME = "variables"

__all__ = [
    "DEFAULT_SERVING_SIGNATURE_DEF_KEY", "PREDICT_METHOD_NAME", "SERVING", "SaveOptions",
    "contains_saved_model", "load", "save",
]  # fmt: skip
