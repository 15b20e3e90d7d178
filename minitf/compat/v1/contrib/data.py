"""`tf.contrib.data`: what `tf.data` was before TF 1.4, and its transformations as functions."""

from minitf.compat.v1.data import (
    Dataset,
    FixedLengthRecordDataset,
    Iterator,
    TextLineDataset,
    TFRecordDataset,
)

__all__ = [
    "Dataset", "FixedLengthRecordDataset", "Iterator", "TFRecordDataset", "TextLineDataset",
    "batch_and_drop_remainder", "map_and_batch", "shuffle_and_repeat", "unbatch",
]  # fmt: skip


def batch_and_drop_remainder(batch_size):
    """For `Dataset.apply`: batches of this size only."""
    return lambda dataset: dataset.batch(batch_size, drop_remainder=True)


def map_and_batch(map_func, batch_size, num_parallel_batches=None, drop_remainder=False,
                  num_parallel_calls=None):  # fmt: skip
    """For `Dataset.apply`: `map`, then `batch`."""
    return lambda dataset: dataset.map(map_func).batch(batch_size, drop_remainder)


def shuffle_and_repeat(buffer_size, count=None, seed=None):
    """For `Dataset.apply`: `shuffle`, then `repeat`."""
    return lambda dataset: dataset.shuffle(buffer_size, seed).repeat(count)


def unbatch():
    """For `Dataset.apply`: single elements."""
    return lambda dataset: dataset.unbatch()
