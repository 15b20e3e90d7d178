"""Arrays as batches, in order or shuffled as TensorFlow shuffles them.

With a global seed the order of the rows is the same at every epoch; without, always another.
"""

import functools
import math

import jax
import numpy as np

from minitf import dtypes, nest
from minitf.core.frames import stack
from minitf.core.tensor import EagerTensor
from minitf.data.seeds import words
from minitf.graphs.func_graph import FuncGraph
from minitf.keras.adapters.batch import (
    Adapter,
    as_array,
    class_weights_of,
    is_array,
    pack_x_y_sample_weight,
    ragged_spec,
)
from minitf.ops.gathering import gather
from minitf.ops.ragged import RaggedTensor
from minitf.ops.random import get_seed
from minitf.specs import TensorSpec


class ArrayAdapter(Adapter):
    """Arrays of equal length, cut into batches in a (shuffled) order of their rows.

    Attributes:
      arrays: the flat list of arrays and ragged tensors; None where the structure has None.
      structure: their structure, `(x, y, sample_weight)`.
      compilable: whether a compiled program can cut batches from them; not from strings, and not
        from ragged tensors.
    """

    def __init__(self, x, y=None, sample_weight=None, batch_size=None, steps=None, shuffle=False,
                 class_weight=None):  # fmt: skip
        if sample_weight is not None:
            if class_weight is not None:
                raise ValueError("You cannot `class_weight` and `sample_weight` at the same time.")
            sample_weight = _weight_per_output(y, sample_weight)
        if class_weight is not None:
            if nest.is_nested(y):
                raise ValueError(
                    "`class_weight` is only supported for Models with a single output."
                )
            sample_weight = class_weights_of(y, class_weight)
        data = pack_x_y_sample_weight(x, y, sample_weight)
        self.num_samples = _common_length(data)
        self.structure = nest.map_structure(as_array, nest.list_to_tuple(data))
        self.arrays = nest.flatten(self.structure)
        self.compilable = not any(
            isinstance(a, RaggedTensor) or a is not None and a.dtype == object for a in self.arrays
        )
        if not batch_size:
            batch_size = math.ceil(self.num_samples / steps) if steps else 32
        self.batch_size = int(batch_size)
        self.num_batches = math.ceil(self.num_samples / self.batch_size)
        self._rows = None if self.num_samples % self.batch_size else self.batch_size
        self.shuffle = shuffle
        self._seeds = _shuffle_seeds() if shuffle else None
        self._seeded_order = self._on_device = None

    @functools.cached_property
    def _random(self):
        """Decides on the order where no seed does: costly to make, and prediction needs none."""
        return np.random.default_rng()

    def spec(self):
        """The `TensorSpec`s of a batch; how many rows it has is known where all have as many."""
        return nest.map_structure(lambda a: _batch_spec(a, self._rows), self.structure)

    def key(self):
        """The shapes and dtypes, where they are all that there is to know."""
        whole = self.structure if type(self.structure) is tuple else (self.structure,)
        if not all(isinstance(a, np.ndarray) for a in whole):
            return self
        return type(self.structure), self._rows, *[(a.dtype, *a.shape[1:]) for a in whole]

    def on_device(self):
        """The flat list of arrays, without None, as JAX arrays."""
        if self._on_device is None:
            self._on_device = [jax.device_put(a) for a in self.arrays if a is not None]
        return self._on_device

    def order(self):
        """The order of the rows in a new pass, int32."""
        if not self.shuffle:
            return np.arange(self.num_samples, dtype=np.int32)
        if self.shuffle == "batch":
            return self._shuffled_batches()
        if self._seeds is None:
            return self._random.permutation(self.num_samples).astype(np.int32)
        if self._seeded_order is None:
            self._seeded_order = permutation(self.num_samples, words(*self._seeds))
        return self._seeded_order

    def _shuffled_batches(self):
        """Batches of neighbours, each shuffled."""
        stream = words(*(self._seeds or self._random.integers(2**31, size=2).tolist()))
        starts = range(0, self.num_samples, self.batch_size)
        sizes = [min(self.batch_size, self.num_samples - start) for start in starts]
        return np.concatenate([s + permutation(n, stream) for s, n in zip(starts, sizes)])

    def start(self):
        return ArrayBatches(self)


class ArrayBatches:
    """One pass over an `ArrayAdapter`: an iterator that knows where it stands."""

    def __init__(self, adapter):
        self.adapter = adapter
        self.order = adapter.order()
        self.position = 0  # the number of rows seen

    def __iter__(self):
        return self

    def __next__(self):
        adapter = self.adapter
        first, last = self.position, self.position + adapter.batch_size
        if first >= adapter.num_samples:
            raise StopIteration
        self.position = last = min(last, adapter.num_samples)
        rows = self.order[first:last]
        return nest.map_structure(lambda a: _rows(a, rows), adapter.structure)


def _rows(array, rows):
    if array is None:
        return None
    if isinstance(array, np.ndarray):
        return EagerTensor(array.take(rows, 0))
    return gather(array, rows)


def permutation(length, stream):
    """The order that `tf.random.shuffle` gives to `length` rows, from a stream of random words.

    >>> permutation(8, words(7, 0)).tolist()
    [5, 6, 2, 3, 7, 0, 4, 1]
    """
    order = list(range(length))
    used = max(length - 1, 0)
    for i, word in zip(range(used), stream):
        j = i + word % (length - i)
        order[i], order[j] = order[j], order[i]
    for _ in range(-used % 4):
        next(stream)  # A shuffle uses up whole blocks of four words.
    return np.array(order, np.int32)


def _shuffle_seeds():
    """The pair of seeds of the first random op in a function; None if there is no global seed."""
    with stack.push(FuncGraph("permutation", stack.frame)):
        seeds = get_seed(None)
    return None if seeds == (None, None) else seeds


def _batch_spec(array, rows):
    if array is None:
        return None
    if isinstance(array, RaggedTensor):
        return ragged_spec(array)
    dtype = dtypes.string if array.dtype == object else dtypes.as_dtype(array.dtype)
    return TensorSpec([rows, *array.shape[1:]], dtype)


def _weight_per_output(y, sample_weight):
    if not nest.is_nested(y):
        return sample_weight
    if isinstance(sample_weight, (list, tuple, dict)):
        if len(nest.flatten(y)) != len(nest.flatten(sample_weight)):
            raise ValueError(
                "You should provide one `sample_weight` array per output in `y`. The two "
                f"structures did not match:\n- y: {y}\n- sample_weight: {sample_weight}\n"
            )
        return sample_weight
    shape = sample_weight.shape
    if not (len(shape) == 1 or (len(shape) == 2 and shape[1] == 1)):
        raise ValueError(
            "For a model with multiple outputs, when providing a single `sample_weight` array, it "
            "should only have one scalar score per sample (i.e. shape `(num_samples,)`)."
        )
    return nest.map_structure(lambda _: sample_weight, y)


def _common_length(data):
    sizes = {int(a.shape[0]) for a in nest.flatten(data) if a is not None}
    if len(sizes) != 1:
        message = ("Data cardinality is ambiguous. "
                   "Make sure all arrays contain the same number of samples.")  # fmt: skip
        parts = zip(("x", "y", "sample_weight"), data if isinstance(data, tuple) else (data,))
        for label, part in parts:
            found = ", ".join(str(a.shape[0]) for a in nest.flatten(part) if a is not None)
            message += f"'{label}' sizes: {found}\n"
        raise ValueError(message)
    return sizes.pop()


def split(data, fraction):
    """`(training, validation)` data: the last `fraction` of all rows are for validation."""
    arrays = [a for a in nest.flatten(data) if a is not None]
    wrong = [type(a) for a in arrays if not is_array(a)]
    if wrong:
        raise ValueError(
            "Argument `validation_split` is only supported for tensors or NumPy arrays."
            f"Found incompatible type in the input: {wrong}"
        )
    count = int(arrays[0].shape[0])
    at = math.floor(count * (1.0 - fraction))
    if at in (0, count):
        raise ValueError(
            f"Training data contains {count} samples, which is not sufficient to split it into a "
            f"validation and training set as specified by `validation_split={fraction}`. Either "
            "provide more data, or a different value for the `validation_split` argument."
        )
    arrays = nest.map_structure(as_array, data)
    return _cut(arrays, slice(0, at)), _cut(arrays, slice(at, count))


def _cut(arrays, rows):
    return nest.map_structure(lambda a: None if a is None else a[rows], arrays)
