"""Cells around cells, which are `tf.nn.RNNCell...Wrapper`: dropout, residuals, a device.

A wrapper is a cell too: `RNN` runs it, and it can be called with the inputs of one time and states.
"""

from minitf import nest
from minitf.keras import serialization
from minitf.keras.layer import Layer
from minitf.keras.layers.rnn import output_size_of
from minitf.ops.array import zeros
from minitf.ops.cell_dropout import CellDropout
from minitf.scopes import device as device_scope


class CellWrapper(Layer):
    """A cell that calls the cell `cell`; a subclass says what it does with inputs and outputs."""

    def __init__(self, cell, **kwargs):
        super().__init__(**kwargs)
        if not callable(cell.call):
            raise TypeError(f"The argument 'cell' ({cell}) is not a RNNCell")
        self.cell = cell

    state_size = property(lambda self: self.cell.state_size)
    output_size = property(lambda self: output_size_of(self.cell))
    wrapped_cell = property(lambda self: self.cell)

    def build(self, input_shape):
        if isinstance(self.cell, Layer) and not self.cell.built:
            self.cell.build(input_shape)

    def get_initial_state(self, batch_size=None):
        if hasattr(self.cell, "get_initial_state"):
            return self.cell.get_initial_state(batch_size=batch_size)
        return nest.map_structure(
            lambda size: zeros([batch_size, size], self.compute_dtype), self.cell.state_size
        )

    def get_config(self):
        cell = serialization.serialize_keras_object(self.cell)
        return {**super().get_config(), "cell": cell}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        cell = serialization.deserialize_keras_object(config.pop("cell"), custom_objects)
        return cls(cell, **config)


class DropoutWrapper(CellWrapper):
    """Dropout of what goes into a cell, of what comes out and of its states.

    Args:
      cell: a cell.
      input_keep_prob, output_keep_prob, state_keep_prob: how likely an element is kept, in [0, 1].
      variational_recurrent: whether the masks are drawn once, and are those of all times (Gal and
        Ghahramani, 2015); then `dtype` must be given, and `input_size` where inputs are dropped.
      seed: makes the masks TensorFlow's, each from a seed of its own.
      dropout_state_filter_visitor: tells for a state, or a part of it, whether it may be dropped.

    Raises:
      ValueError: a probability out of range, or one of these arguments is missing.

    >>> import numpy as np
    >>> from minitf.keras.layers.recurrent import GRUCell
    >>> x = np.ones([1, 2], "f")
    >>> DropoutWrapper(GRUCell(3), input_keep_prob=0.5)(x, [np.zeros([1, 3], "f")])[0].shape
    TensorShape([1, 3])
    """

    def __init__(self, cell, input_keep_prob=1.0, output_keep_prob=1.0, state_keep_prob=1.0,
                 variational_recurrent=False, input_size=None, dtype=None, seed=None,
                 dropout_state_filter_visitor=None, **kwargs):  # fmt: skip
        super().__init__(cell, dtype=dtype, **kwargs)
        sizes = {"input": input_size, "state": cell.state_size, "output": self.output_size}
        self._drop = CellDropout(
            {"input": input_keep_prob, "output": output_keep_prob, "state": state_keep_prob},
            sizes if variational_recurrent else None, dtype, seed, dropout_state_filter_visitor,
        )  # fmt: skip
        self._may_drop, self._seed = dropout_state_filter_visitor, seed
        self._input_size, self._variational = input_size, variational_recurrent

    def call(self, inputs, state, **kwargs):
        output, after = self.cell(self._drop("input", inputs), state, **kwargs)
        after = self._drop("state", after)
        return self._drop("output", output), after

    def get_config(self):
        if self._may_drop is not None:
            raise ValueError("DropoutWrapper: a `dropout_state_filter_visitor` is not saved.")
        keep = {f"{what}_keep_prob": value for what, value in self._drop.keep.items()}
        return {**super().get_config(), **keep, "variational_recurrent": self._variational,
                "input_size": self._input_size, "seed": self._seed}  # fmt: skip


class ResidualWrapper(CellWrapper):
    """Adds a cell's inputs to its outputs, or makes the outputs `residual_fn(inputs, outputs)`.

    >>> import numpy as np
    >>> from minitf.keras.layers.recurrent import SimpleRNNCell
    >>> cell = SimpleRNNCell(2, kernel_initializer="zeros")
    >>> ResidualWrapper(cell)(np.ones([1, 2], "f"), [np.zeros([1, 2], "f")])[0].numpy()
    array([[1., 1.]], dtype=float32)
    """

    def __init__(self, cell, residual_fn=None, **kwargs):
        super().__init__(cell, **kwargs)
        self._residual_fn = residual_fn

    def call(self, inputs, state, **kwargs):
        outputs, after = self.cell(inputs, state, **kwargs)
        if self._residual_fn is not None:
            return self._residual_fn(inputs, outputs), after
        nest.assert_same_structure(inputs, outputs)
        return nest.map_structure(lambda i, o: i + o, inputs, outputs), after

    def get_config(self):
        if self._residual_fn is not None:
            raise ValueError("ResidualWrapper: a `residual_fn` is not saved.")
        return super().get_config()


class DeviceWrapper(CellWrapper):
    """Runs a cell on a device."""

    def __init__(self, cell, device, **kwargs):
        super().__init__(cell, **kwargs)
        self._device = device

    def call(self, inputs, state, **kwargs):
        with device_scope(self._device):
            return self.cell(inputs, state, **kwargs)

    def get_config(self):
        return {**super().get_config(), "device": self._device}
