"""tf.data: datasets, computed lazily on NumPy arrays."""

from minitf.data import experimental
from minitf.data.dataset import Dataset
from minitf.data.iterator import Iterator, IteratorSpec, NumpyIterator
from minitf.data.options import Options, ThreadingOptions
from minitf.data.pipeline import INFINITE as INFINITE_CARDINALITY
from minitf.data.pipeline import UNKNOWN as UNKNOWN_CARDINALITY
from minitf.data.readers import FixedLengthRecordDataset, TextLineDataset, TFRecordDataset
from minitf.data.structure import DatasetSpec

AUTOTUNE = -1
