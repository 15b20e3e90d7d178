"""`Discretization`: numbers as the index of their bin; `adapt` finds bins of equal numbers."""

import numpy as np

from minitf.core.dispatch import convert_to_tensor
from minitf.data.dataset import Dataset
from minitf.keras import promotion
from minitf.keras.layer import Layer
from minitf.keras.layers.preprocessing import encode
from minitf.keras.symbolic import KerasTensor
from minitf.ops.array import expand_dims
from minitf.ops.math import cast, greater_equal
from minitf.ops.reductions import reduce_sum

_MODES = ("int", "one_hot", "multi_hot", "count")


class Discretization(Layer):
    """Numbers as the index of their bin, or as vectors.

    Args:
      bin_boundaries: where one bin ends and the next begins, in order.
      num_bins: how many bins `adapt` is to find, in place of `bin_boundaries`.
      epsilon: how exactly it finds them: larger is faster.
      output_mode: `"int"`, `"one_hot"`, `"multi_hot"` or `"count"`.

    Raises:
      ValueError: not one of `bin_boundaries` and `num_bins`, or another mode.

    >>> Discretization([0.0, 1.0])(np.array([-1.0, 0.0, 3.0])).numpy()
    array([0, 1, 2], dtype=int32)
    >>> layer = Discretization(num_bins=2)
    >>> layer.adapt(np.array([1.0, 2.0, 8.0, 9.0]))
    >>> layer.bin_boundaries
    [2.0]
    """

    def __init__(self, bin_boundaries=None, num_bins=None, epsilon=0.01, output_mode="int",
                 sparse=False, dtype=None, name=None):  # fmt: skip
        super().__init__(name=name, dtype=dtype)
        if sparse and output_mode == "int":
            raise ValueError(
                "`sparse=True` may only be used if `output_mode` is `'one_hot'`, `'multi_hot'`, or "
                f"`'count'`. Received: sparse={sparse} and output_mode={output_mode}"
            )
        if output_mode not in _MODES:
            raise ValueError(
                "Unknown value for `output_mode` argument of layer Discretization. Expected one of "
                f"{_MODES}. Received: output_mode={output_mode}"
            )
        if num_bins is not None and num_bins < 0:
            raise ValueError(
                f"`num_bins` must be greater than or equal to 0. Received: `num_bins={num_bins}`"
            )
        if num_bins is not None and bin_boundaries is not None:
            raise ValueError(
                "Both `num_bins` and `bin_boundaries` should not be set. Received: "
                f"`num_bins={num_bins}` and `bin_boundaries={bin_boundaries}`"
            )
        if num_bins is None and bin_boundaries is None:
            raise ValueError("You need to set either `num_bins` or `bin_boundaries`.")
        self.bin_boundaries, self.num_bins, self.epsilon = bin_boundaries, num_bins, epsilon
        self.output_mode, self.sparse = output_mode, sparse
        self.summary = None if bin_boundaries else _nothing()
        self._convert_input_args, self._allow_non_tensor_positional_args = False, True

    output_dtype = property(
        lambda self: "int32" if self.output_mode == "int" else self.compute_dtype
    )

    # Finding bins --------------------------------------------------------------------------------

    def adapt(self, data, steps=None):
        """Finds the bins for an array, or for batches: a dataset or an iterable.

        Args:
          steps: how many batches are taken, None for all.

        Raises:
          ValueError: the layer has `bin_boundaries`.
        """
        if self.num_bins is None:
            raise ValueError(
                "Cannot adapt a Discretization layer that has been initialized with "
                "`bin_boundaries`, use `num_bins` instead."
            )
        self.reset_state()
        whole = hasattr(data, "dtype") or not hasattr(data, "__iter__")
        if isinstance(data, Dataset) and steps is not None:
            data = data.take(steps)
        for i, batch in enumerate([data] if whole else data):
            if steps is not None and i >= steps:
                break
            self.update_state(batch)
        self.finalize_state()

    def update_state(self, data):
        """Takes a batch into the summary of the numbers seen."""
        summary = summarized(np.array(data).astype("float32"), self.epsilon)
        merged = np.concatenate([summary, self.summary], axis=1)
        self.summary = compressed(merged[:, np.argsort(merged[0])], self.epsilon)

    def finalize_state(self):
        """Sets `bin_boundaries` by the summary."""
        if self.num_bins is not None:
            self.bin_boundaries = compressed(self.summary, 1.0 / self.num_bins)[0, :-1].tolist()

    def reset_state(self):
        """Forgets the numbers seen."""
        if self.num_bins is not None:
            self.summary = _nothing()

    # Using them ----------------------------------------------------------------------------------

    def call(self, inputs):
        if self.bin_boundaries is None:
            raise ValueError(
                "You need to either pass the `bin_boundaries` argument at construction time or "
                "call `adapt(dataset)` before you can start using the `Discretization` layer."
            )
        inputs = promotion.convert(inputs)
        boundaries = cast(convert_to_tensor(self.bin_boundaries), inputs.dtype)
        above = greater_equal(expand_dims(inputs, -1), boundaries)
        indices = reduce_sum(cast(above, "int32"), -1)
        if self.output_mode == "int":
            return indices
        depth = len(self.bin_boundaries) + 1
        return encode(indices, self.output_mode, depth, self.compute_dtype, sparse=self.sparse)

    def compute_output_shape(self, input_shape):
        sizes = tuple(input_shape)
        if self.output_mode == "int":
            return sizes
        known = self.bin_boundaries
        depth = self.num_bins if known is None else len(known) + 1
        if self.output_mode == "one_hot":
            return (*(sizes[:-1] if len(sizes) > 1 and sizes[-1] == 1 else sizes), depth)
        return (sizes[0], *sizes[2:], depth) if len(sizes) >= 2 else (depth,)

    def compute_output_spec(self, inputs):
        return KerasTensor(self.compute_output_shape(inputs.shape), self.output_dtype)

    def get_config(self):
        own = ("bin_boundaries", "num_bins", "epsilon", "output_mode", "sparse", "name", "dtype")
        return self._config_of(*own)

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        found = config.pop("bin_boundaries", None) if config.get("num_bins") is not None else None
        layer = cls(**config)
        if found is not None:
            layer.bin_boundaries = found
        return layer


# Summaries `[2, n]` of many numbers: boundaries, and how many numbers lie up to each.


def _nothing():
    return np.zeros((2, 0), "float32")


def summarized(values, epsilon):
    """Every so many of the sorted values, as a share `epsilon` of them tells.

    >>> summarized(np.arange(6.0), 0.5)
    array([[2., 5.],
           [3., 3.]])
    """
    values = np.sort(values.reshape(-1))
    step = max(values.size * epsilon, 1)
    boundaries = values[int(step - 1) :: int(step)]
    return np.stack([boundaries, np.full_like(boundaries, step)])


def compressed(summary, epsilon):
    """The summary with about `1 / epsilon` boundaries, between those that it has."""
    if summary.shape[1] * epsilon < 1:
        return summary
    shares = epsilon + np.arange(0.0, 1.0, epsilon)
    counts = summary[1].cumsum()
    places = counts / counts[-1]
    boundaries = np.interp(shares, places, summary[0])
    counts = np.interp(shares, places, counts)
    return np.stack([boundaries, np.diff(counts, prepend=0)]).astype("float32")
