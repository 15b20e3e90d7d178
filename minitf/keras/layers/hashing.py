"""`Hashing`: texts or integers as one of a fixed number of bins, without a vocabulary."""

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config as settings
from minitf.keras.layer import Layer
from minitf.keras.layers.preprocessing import encode
from minitf.keras.symbolic import KerasTensor
from minitf.ops.array import zeros_like
from minitf.ops.gathering import where
from minitf.ops.math import cast, equal
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
      NotImplementedError: `sparse`.

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
        if sparse:
            raise NotImplementedError("minitf's Hashing has no sparse outputs: sparse.")
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
        bins = self._bins(convert_to_tensor(inputs))
        if self.output_mode == "int":
            return cast(bins, self.compute_dtype)
        return encode(bins, self.output_mode, self.num_bins, self.compute_dtype)

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
