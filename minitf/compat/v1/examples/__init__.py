"""`tf.examples` of TF 1.x: the tutorials' own modules."""

from minitf.compat.v1.examples import tutorials

__all__ = ["tutorials"]
