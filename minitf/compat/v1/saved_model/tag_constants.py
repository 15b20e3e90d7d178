"""The tags of meta graphs that have a meaning."""

from minitf.saved_model import GPU, SERVING, TPU, TRAINING

__all__ = ["GPU", "SERVING", "TPU", "TRAINING"]
