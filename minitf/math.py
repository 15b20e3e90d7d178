"""`tf.math`: elementwise functions and reductions."""

from minitf.ops.math import add, exp, reduce_sum

__all__ = ["add", "exp", "reduce_sum"]
