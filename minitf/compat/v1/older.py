"""Names of TensorFlow 0.x that 1.0 renamed, for programs of 2016 whose meaning is certain."""

from minitf.compat.v1 import summary
from minitf.compat.v1.ops import where as select
from minitf.ops import math
from minitf.ops.joining import stack as pack
from minitf.ops.joining import unstack as unpack
from minitf.ops.linalg import matmul

__all__ = [
    "batch_matmul", "histogram_summary", "image_summary", "inv", "merge_all_summaries",
    "merge_summary", "mul", "neg", "pack", "scalar_summary", "select", "sub", "unpack",
]  # fmt: skip

mul, sub, neg, inv = math.multiply, math.subtract, math.negative, math.reciprocal


def batch_matmul(x, y, adj_x=False, adj_y=False, name=None):
    """The products of the matrices in the last two axes."""
    return matmul(x, y, adjoint_a=adj_x, adjoint_b=adj_y, name=name)


def scalar_summary(tags, values, collections=None, name=None):
    """The summary of a number."""
    return summary.scalar(tags, values, collections)


def histogram_summary(tag, values, collections=None, name=None):
    """The summary of many numbers."""
    return summary.histogram(tag, values, collections)


def image_summary(tag, tensor, max_images=3, collections=None, name=None):
    """The summary of images."""
    return summary.image(tag, tensor, max_images, collections)


def merge_summary(inputs, collections=None, name=None):
    """One summary of several."""
    return summary.merge(inputs, collections, name)


def merge_all_summaries(key="summaries"):
    """One summary of all those of the graph, or None if there is none."""
    return summary.merge_all(key)
