"""`tf.examples.tutorials` of TF 1.x."""

from minitf.compat.v1.examples.tutorials import mnist

__all__ = ["mnist"]
