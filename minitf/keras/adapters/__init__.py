"""What `fit` can read: arrays, `tf.data` datasets, generators and `PyDataset`s, as batches.

`adapt` finds the `Adapter` for some data; `Adapter.batches()` is one pass over it.
"""

import types
import warnings

from minitf import nest
from minitf.data.dataset import Dataset
from minitf.keras.adapters.arrays import ArrayAdapter, is_array, split
from minitf.keras.adapters.batch import (
    class_weights_of,
    pack_x_y_sample_weight,
    unpack_x_y_sample_weight,
)
from minitf.keras.adapters.streams import (
    DatasetAdapter,
    GeneratorAdapter,
    PyDataset,
    PyDatasetAdapter,
)
from minitf.keras.calling import dense

__all__ = [
    "PyDataset",
    "adapt",
    "class_weights_of",
    "pack_x_y_sample_weight",
    "split",
    "unpack_x_y_sample_weight",
]


def adapt(x, y=None, sample_weight=None, batch_size=None, steps_per_epoch=None, shuffle=False,
          class_weight=None):  # fmt: skip
    """The `Adapter` for the data that a user gave; ValueError where there is none."""
    x, y = dense(x), dense(y)
    if all(a is None or is_array(a) for a in nest.flatten((x, y, sample_weight))):
        return ArrayAdapter(x, y, sample_weight, batch_size, steps_per_epoch, shuffle, class_weight)
    kinds = {Dataset: "tf.data.Dataset", PyDataset: "PyDataset", types.GeneratorType: "generator"}
    kind = next((name for cls, name in kinds.items() if isinstance(x, cls)), None)
    if kind is None:
        raise ValueError(f"Unrecognized data type: x={x} (of type {type(x)})")
    for name, what, value in (("y", "the targets", y),
                              ("sample_weights", "the sample weights", sample_weight)):  # fmt: skip
        if value is not None:
            raise ValueError(
                f"When providing `x` as a {kind}, `{name}` should not be passed. "
                f"Instead, {what} should be included as part of the {kind}."
            )
    if isinstance(x, PyDataset):
        return PyDatasetAdapter(x, class_weight, shuffle)
    if shuffle:
        message = (
            "`shuffle=True` was passed, but will be ignored since the data `x` was provided as a "
            f"{kind}: it is expected to be shuffled already."
        )
        warnings.warn(message, stacklevel=3)
    if isinstance(x, Dataset):
        return DatasetAdapter(x, class_weight)
    if class_weight is not None:
        raise ValueError(
            "Argument `class_weight` is not supported for Python generator inputs. "
            f"Received: class_weight={class_weight}"
        )
    return GeneratorAdapter(x)
