"""Data made ready for a model: one-hot labels, unit rows, sequences of one length, windows."""

import numpy as np

from minitf.core.tensor import Tensor
from minitf.data.dataset import Dataset
from minitf.ops.array import one_hot, reshape
from minitf.ops.gathering import gather
from minitf.ops.math import maximum
from minitf.ops.reductions import reduce_sum


def to_categorical(x, num_classes=None):
    """Classes as one-hot rows: float64 for NumPy arrays, float32 for tensors.

    >>> to_categorical([0, 2], num_classes=3)
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    if isinstance(x, Tensor):
        dims = x.shape.as_list()
        x = reshape(x, dims[:-1]) if len(dims) > 1 and dims[-1] == 1 else x
        return one_hot(x, num_classes)
    x = np.array(x, dtype="int64")
    if x.ndim > 1 and x.shape[-1] == 1:
        x = x[..., 0]
    num_classes = num_classes or np.max(x) + 1
    rows = np.zeros((x.size, num_classes))
    rows[np.arange(x.size), x.ravel()] = 1
    return rows.reshape(*x.shape, num_classes)


def normalize(x, axis=-1, order=2):
    """`x` divided by its norms along `axis`; rows of zeros stay as they are.

    >>> normalize(np.array([[3.0, 4.0]]))
    array([[0.6, 0.8]])
    """
    if isinstance(x, Tensor):
        norms = reduce_sum(abs(x) ** order, axis=axis, keepdims=True) ** (1 / order)
        return x / maximum(norms, 1e-12)
    norms = np.atleast_1d(np.linalg.norm(x, order, axis))
    norms[norms == 0] = 1
    return x / np.expand_dims(norms, axis or -1)


def pad_sequences(sequences, maxlen=None, dtype="int32", padding="pre", truncating="pre",
                  value=0.0):  # fmt: skip
    """Lists of different lengths as one array, cut or filled with `value` at "pre" or "post".

    >>> pad_sequences([[1], [2, 3]])
    array([[0, 1],
           [2, 3]], dtype=int32)
    """
    if not hasattr(sequences, "__len__"):
        raise ValueError("`sequences` must be iterable.")
    for name, side in (("Truncating", truncating), ("Padding", padding)):
        if side not in ("pre", "post"):
            raise ValueError(f'{name} type "{side}" not understood')
    for sequence in sequences:
        if not hasattr(sequence, "__len__"):
            raise ValueError(
                f"`sequences` must be a list of iterables. Found non-iterable: {sequence}"
            )
    text = np.issubdtype(dtype, np.str_) or np.issubdtype(dtype, np.bytes_)
    if isinstance(value, str) and dtype is not object and not text:
        raise ValueError(
            f"`dtype` {dtype} is not compatible with `value`'s type: {type(value)}\n"
            "You should set `dtype=object` for variable length strings."
        )
    maxlen = max(map(len, sequences)) if maxlen is None else maxlen
    shape = next((np.asarray(s).shape[1:] for s in sequences if len(s)), ())
    padded = np.full((len(sequences), maxlen, *shape), value, dtype=dtype)
    for i, sequence in enumerate(sequences):
        if not len(sequence):
            continue
        kept = np.asarray(sequence[-maxlen:] if truncating == "pre" else sequence[:maxlen], dtype)
        if kept.shape[1:] != shape:
            raise ValueError(
                f"Shape of sample {kept.shape[1:]} of sequence at position {i} is different from "
                f"expected shape {shape}"
            )
        where = slice(0, len(kept)) if padding == "post" else slice(maxlen - len(kept), maxlen)
        padded[i, where] = kept
    return padded


def timeseries_dataset_from_array(data, targets, sequence_length, sequence_stride=1,
                                  sampling_rate=1, batch_size=128, shuffle=False, seed=None,
                                  start_index=None, end_index=None, format="tf"):  # fmt: skip
    """A dataset of windows `data[i : i + sequence_length * sampling_rate : sampling_rate]`.

    With `targets` its elements are (windows, `targets[i]`). `batch_size=None` gives single windows.
    """
    if format != "tf":
        raise ValueError(f'`format` should be "tf" in minitf. Received: format={format}')
    if start_index is not None and not 0 <= start_index < len(data):
        raise ValueError(
            "`start_index` must be between 0 and the length of the data. "
            f"Received: start_index={start_index}"
        )
    if end_index is not None and not 0 < end_index <= len(data):
        raise ValueError(
            f"`end_index` must be positive and within the data. Received: end_index={end_index}"
        )
    for name, number in (("sampling_rate", sampling_rate), ("sequence_stride", sequence_stride)):
        if not 0 < number < len(data):
            raise ValueError(
                f"`{name}` must be higher than 0 and lower than the length of the data. "
                f"Received: {name}={number}"
            )
    first, last = start_index or 0, len(data) if end_index is None else end_index
    count = last - first - sequence_length * sampling_rate + sampling_rate
    if targets is not None:
        count = min(count, len(targets))
    starts = np.arange(0, count, sequence_stride, dtype="int32")
    if shuffle:
        seed = np.random.randint(10**6) if seed is None else seed
        np.random.RandomState(seed).shuffle(starts)
    array = np.asarray(data[first:last])
    offsets = np.arange(0, sequence_length * sampling_rate, sampling_rate, dtype="int32")
    windows = Dataset.from_tensor_slices(starts).map(lambda i: gather(array, i + offsets))
    if targets is not None:
        labels = np.asarray(targets)[first:last]
        windows = Dataset.zip((
            windows, Dataset.from_tensor_slices(starts).map(lambda i: gather(labels, i)),
        ))  # fmt: skip
    if batch_size is None:
        return windows.shuffle(1024, seed=seed) if shuffle else windows
    if shuffle:
        windows = windows.shuffle(buffer_size=batch_size * 8, seed=seed)
    return windows.batch(batch_size)
