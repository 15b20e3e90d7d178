"""Texts or integers, one or several together, as one of a fixed number of bins: `Hashing`."""

import numpy as np

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.keras import config as settings
from minitf.keras.layer import Layer
from minitf.keras.layers.preprocessing import encode
from minitf.keras.symbolic import KerasTensor
from minitf.ops.array import zeros_like
from minitf.ops.gathering import where
from minitf.ops.math import cast, equal
from minitf.ops.sparse import SparseTensor
from minitf.ops.sparse_math import hash_of
from minitf.ops.strings import as_string, to_hash_bucket_fast, to_hash_bucket_strong


class Hashing(Layer):
    """The bin of each text or integer, by a hash that is always the same.

    Args:
      num_bins: how many bins there are, that of `mask_value` included.
      mask_value: what gets bin 0 for itself; None: nothing.
      salt: one or two integers, the key of a hash that is hard to guess.
      output_mode: `"int"`; or `"one_hot"`, `"multi_hot"`, `"count"`: vectors.

    Raises:
      ValueError: another number of bins, mode or salt.

    >>> Hashing(3)(["a", "b", "c"]).shape
    TensorShape([3])
    """

    def __init__(self, num_bins, mask_value=None, salt=None, output_mode="int", sparse=False,
                 dtype=None, **kwargs):  # fmt: skip
        plain = "int64" if output_mode == "int" else settings.floatx()
        super().__init__(dtype=plain if dtype is None else dtype, **kwargs)
        if num_bins is None or num_bins <= 0:
            raise ValueError(
                "The `num_bins` for `Hashing` cannot be `None` or non-positive values. "
                f"Received: num_bins={num_bins}."
            )
        if output_mode == "int" and self.dtype_policy.name not in ("int32", "int64"):
            raise ValueError(
                "When `output_mode=\"int\"`, `dtype` should be an integer type, 'int32' or "
                f"'int64'. Received: dtype={dtype}"
            )
        if output_mode not in ("int", "one_hot", "multi_hot", "count"):
            raise ValueError(
                "Invalid value for argument `output_mode`. Expected one of ('int', 'one_hot', "
                f"'multi_hot', 'count'). Received: output_mode={output_mode}"
            )
        if salt is not None and not isinstance(salt, int):
            if not isinstance(salt, list | tuple) or len(salt) != 2:
                raise ValueError(
                    "The `salt` argument for `Hashing` can only be a tuple of size 2 integers, or "
                    f"a single integer. Received: salt={salt}."
                )
        self.num_bins, self.mask_value, self.sparse = num_bins, mask_value, sparse
        self.salt = [salt, salt] if isinstance(salt, int) else salt and list(salt)
        self.output_mode = output_mode
        self._convert_input_args, self._allow_non_tensor_positional_args = False, True

    def call(self, inputs):
        if isinstance(inputs, SparseTensor):
            return SparseTensor(inputs.indices, self.call(inputs.values), inputs.dense_shape)
        bins = self._bins(convert_to_tensor(inputs))
        if self.output_mode == "int":
            return cast(bins, self.compute_dtype)
        return encode(bins, self.output_mode, self.num_bins, self.compute_dtype, sparse=self.sparse)

    def _bins(self, values):
        masks = self.mask_value is not None and self.num_bins > 1
        texts = cast(values, "int64") if values.dtype.is_floating else values
        texts = texts if texts.dtype == "string" else as_string(texts)
        count = self.num_bins - masks
        if self.salt is None:
            bins = to_hash_bucket_fast(texts, count)
        else:
            bins = to_hash_bucket_strong(texts, count, list(self.salt))
        return where(equal(values, self.mask_value), zeros_like(bins), bins + 1) if masks else bins

    def compute_output_shape(self, input_shape):
        if self.output_mode == "int":
            return tuple(input_shape)
        return (*input_shape[:-1], self.num_bins)

    def compute_output_spec(self, inputs):
        return KerasTensor(self.compute_output_shape(tuple(inputs.shape)), self.compute_dtype)

    def get_config(self):
        own = ("num_bins", "salt", "mask_value", "output_mode", "sparse")
        return {**super().get_config(), **self._config_of(*own)}


def _crossed(*columns, num_bins):
    choices = zip(*(column.ravel().tolist() for column in columns))
    bins = [hash_of(choice, num_bins) for choice in choices]
    return np.array(bins, np.int64).reshape(columns[0].shape)


CROSSED = define(
    "HashedCrossing", _crossed, "?*", host=True,
    infer=lambda inputs, attrs: [(inputs[0].shape, dtypes.int64)],
)  # fmt: skip


class HashedCrossing(Layer):
    """The bin of a combination of values, by a hash: of `("a", 1)`, of `("a", 2)`, ...

    Args:
      num_bins: how many bins there are.
      output_mode: `"int"` or `"one_hot"`.

    Call arguments:
      inputs: a list of at least two tensors of integers or texts, all of the shape `()`, `[batch]`
        or `[batch, 1]`.

    Raises:
      ValueError: another mode, or other inputs.
    """

    def __init__(self, num_bins, output_mode="int", sparse=False, name=None, dtype=None,
                 **kwargs):  # fmt: skip
        if output_mode == "int" and dtype is None:
            dtype = "int64"
        super().__init__(name=name, dtype=dtype, **kwargs)
        if output_mode not in ("int", "one_hot"):
            raise ValueError(
                "Unknown value for `output_mode` argument of layer HashedCrossing. If a string, "
                f"allowed values are: ('int', 'one_hot'). Received: output_mode={output_mode}"
            )
        self.num_bins, self.output_mode, self.sparse = num_bins, output_mode, sparse
        self._convert_input_args, self._allow_non_tensor_positional_args = False, True

    def call(self, inputs):
        if not isinstance(inputs, list | tuple):
            raise ValueError(
                "`HashedCrossing` should be called on a list or tuple of inputs. "
                f"Received: inputs={inputs}"
            )
        if len(inputs) < 2:
            raise ValueError(
                "`HashedCrossing` should be called on at least two inputs. "
                f"Received: inputs={inputs}"
            )
        inputs = [convert_to_tensor(x) for x in inputs]
        self._check(inputs)
        bins = execute(CROSSED, inputs, (self.num_bins,))
        if self.output_mode == "int":
            return cast(bins, self.compute_dtype)
        return encode(bins, "one_hot", self.num_bins, self.compute_dtype, sparse=self.sparse)

    @staticmethod
    def _check(inputs):
        sizes = inputs[0].shape
        if sizes.rank > 2 or (sizes.rank == 2 and sizes[-1] != 1):
            raise ValueError(
                "All `HashedCrossing` inputs should have shape `()`, `(batch_size)` or "
                f"`(batch_size, 1)`. Received: inputs={inputs}"
            )
        if any(x.shape.as_list() != sizes.as_list() for x in inputs):
            raise ValueError(
                f"All `HashedCrossing` inputs should have equal shape. Received: inputs={inputs}"
            )
        if not all(x.dtype.is_integer or x.dtype == "string" for x in inputs):
            raise ValueError(
                "All `HashedCrossing` inputs should have an integer or string dtype. "
                f"Received: inputs={inputs}"
            )

    def compute_output_shape(self, input_shape):
        if len(input_shape) < 2 or not all(isinstance(s, list | tuple) for s in input_shape[:2]):
            raise ValueError(
                f"Expected as input a list/tuple of 2 tensors. Received input_shape={input_shape}"
            )
        first = tuple(input_shape[0])
        if first[-1:] != tuple(input_shape[1])[-1:]:
            raise ValueError(
                "Expected the two input tensors to have identical shapes. "
                f"Received input_shape={input_shape}"
            )
        if self.output_mode == "int":
            return first
        return (*(first[:-1] if first[-1:] == (1,) else first), self.num_bins)

    def compute_output_spec(self, inputs):
        shapes = [tuple(x.shape) for x in inputs]
        return KerasTensor(self.compute_output_shape(shapes), self.compute_dtype)

    def get_config(self):
        own = ("num_bins", "output_mode", "sparse", "name", "dtype")
        return {name: getattr(self, name) for name in own}
