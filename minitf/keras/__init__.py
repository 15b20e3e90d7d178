"""`tf.keras`: layers, models, losses, metrics and optimizers."""

from minitf.keras import optimizers

__all__ = ["optimizers"]
