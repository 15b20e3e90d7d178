"""`tf.keras.models`: models of layers, and copies of them."""

from minitf.keras.cloning import clone_model
from minitf.keras.model import Model, model_from_json
from minitf.keras.sequential import Sequential

__all__ = ["Model", "Sequential", "clone_model", "model_from_json"]
