"""`tf.keras.models`: models of layers, and copies of them."""

from minitf.keras.cloning import clone_model
from minitf.keras.model import Model, model_from_json
from minitf.keras.saving.archive import load_model, save_model
from minitf.keras.sequential import Sequential

__all__ = ["Model", "Sequential", "clone_model", "load_model", "model_from_json", "save_model"]
