"""`tf.compat`: the TF 1.x face."""

from minitf.compat import v1

__all__ = ["v1"]
