"""`tf.train`: examples as messages."""

from minitf.ops.examples import BytesList, Example, Feature, Features, FloatList, Int64List

__all__ = ["BytesList", "Example", "Feature", "Features", "FloatList", "Int64List"]
