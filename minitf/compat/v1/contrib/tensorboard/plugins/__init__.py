"""`tf.contrib.tensorboard.plugins`."""

from minitf.compat.v1.contrib.tensorboard.plugins import projector

__all__ = ["projector"]
