"""`tf.contrib.tensorboard`: settings for TensorBoard's projector."""

from minitf.compat.v1.contrib.tensorboard import plugins

__all__ = ["plugins"]
