"""`tf.sets`: the different elements of the rows of tensors."""

from minitf.ops.sets import difference, intersection, size, union

__all__ = ["difference", "intersection", "size", "union"]
