"""`tf.saved_model`: models in folders that need none of the code they were made with.

- `save` writes an object's variables and traced functions, `load` reads them.
- `graphs.py`: traced functions as bytes; `signatures.py`: functions that clients call by name.
"""

from minitf.saved_model.loading import contains_saved_model, load
from minitf.saved_model.saving import SaveOptions, save
from minitf.saved_model.signatures import DEFAULT as DEFAULT_SERVING_SIGNATURE_DEF_KEY

PREDICT_METHOD_NAME = "tensorflow/serving/predict"
SERVING = "serve"

__all__ = [
    "DEFAULT_SERVING_SIGNATURE_DEF_KEY", "PREDICT_METHOD_NAME", "SERVING", "SaveOptions",
    "contains_saved_model", "load", "save",
]  # fmt: skip
