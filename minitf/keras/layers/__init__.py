"""`tf.keras.layers`: what models are made of."""

from minitf.keras.input_spec import InputSpec
from minitf.keras.layer import Layer
from minitf.keras.layers.core import Dense, Embedding, Identity, Lambda, Masking, Wrapper
from minitf.keras.layers.input import Input, InputLayer

__all__ = [
    "Dense",
    "Embedding",
    "Identity",
    "Input",
    "InputLayer",
    "InputSpec",
    "Lambda",
    "Layer",
    "Masking",
    "Wrapper",
]
