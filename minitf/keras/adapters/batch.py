"""A batch of data: `x`, `(x, y)` or `(x, y, sample_weight)`, of arrays in any structure."""

import jax
import numpy as np

from minitf import nest
from minitf.core.dispatch import convert_to_tensor
from minitf.core.tensor import EagerTensor, Tensor
from minitf.keras import config
from minitf.keras.calling import dense
from minitf.ops.math import cast
from minitf.ops.ragged import RaggedTensor, RaggedTensorSpec


def pack_x_y_sample_weight(x, y=None, sample_weight=None):
    """The tuple that a batch is, without the parts that are not there."""
    if y is None:
        return (x,) if isinstance(x, (tuple, list)) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def unpack_x_y_sample_weight(data):
    """`(x, y, sample_weight)` of a batch, None for what it does not have.

    >>> unpack_x_y_sample_weight((1, 2))
    (1, 2, None)
    """
    data = tuple(data) if isinstance(data, list) else data
    if not isinstance(data, tuple):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise ValueError(
            "Data is expected to be in format `x`, `(x,)`, `(x, y)`, or `(x, y, sample_weight)`, "
            f"found: {data}"
        )
    return (*data, None, None)[:3]


def class_weights_of(y, class_weight):
    """The weight of each row of `y` (classes, or one-hot rows) by `{class: weight}`."""
    y = np.asarray(y)
    if y.ndim > 1:
        y = np.argmax(y, axis=-1) if y.shape[-1] != 1 else np.squeeze(y, axis=-1)
    classes = np.round(y).astype("int32")
    return np.array([class_weight.get(int(c), 1.0) for c in classes], config.floatx())


class Batches:
    """One pass over an adapter's batches: an iterator that knows whose they are."""

    def __init__(self, adapter):
        self.adapter = adapter
        self._iterator = iter(adapter.batches())

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._iterator)


class Adapter:
    """Data, seen as batches.

    Attributes:
      num_batches: the batches of one pass, None where unknown.
    """

    num_batches: int | None = None

    def spec(self):
        """The specs of a batch."""
        raise NotImplementedError

    def key(self):
        """What two adapters have in common whose `spec` is the same, if it is quick to say."""
        return self

    def batches(self):
        """The batches of one pass."""
        raise NotImplementedError

    def start(self):
        """A new pass: an iterator that has this adapter as its attribute `adapter`."""
        return Batches(self)

    def skip(self):
        """Keras also starts a pass when one ends, and reads it never: the seeds move on."""

    def on_epoch_begin(self):
        """Called before an epoch."""

    def on_epoch_end(self):
        """Called after an epoch, and before the first."""


def as_array(x):
    """An array-like as NumPy array or eager tensor's array; floats as Keras's `floatx`."""
    if x is None:
        return None
    if isinstance(x, RaggedTensor):
        return cast(x, config.floatx()) if x.dtype.is_floating else x
    if hasattr(x, "to_numpy"):  # pandas; a Series becomes one column
        x = x.to_numpy() if x.ndim > 1 else np.expand_dims(x.to_numpy(), -1)
    elif hasattr(x, "toarray"):  # scipy.sparse
        x = x.toarray()
    array = x._value if isinstance(x, EagerTensor) else x
    array = array if isinstance(array, (np.ndarray, jax.Array)) else np.asarray(array)
    if array.dtype.kind in "SU" or (array.dtype == object):
        return np.asarray(convert_to_tensor(array, "string")._value)
    if array.dtype.kind in "fV" and array.dtype != config.floatx() and (
        config.is_float_dtype(str(array.dtype))
    ):  # fmt: skip
        array = array.astype(config.floatx())
    return array


def ragged_spec(x):
    """The spec of the batches that the ragged tensor `x` is, or is cut into."""
    return RaggedTensorSpec([None, *x.shape[1:]], x.dtype, x.ragged_rank, x.row_splits.dtype)


def is_array(x):
    """Whether rows can be cut from `x`."""
    arrays = np.ndarray, jax.Array, Tensor, RaggedTensor
    return isinstance(x, arrays) or hasattr(x, "__array__") or hasattr(x, "tocoo")


def as_batch(batch):
    """A batch of arrays as a batch of tensors."""

    def as_tensor(x):
        return x if x is None or isinstance(x, (Tensor, RaggedTensor)) else convert_to_tensor(x)

    return nest.map_structure(as_tensor, dense(batch))
