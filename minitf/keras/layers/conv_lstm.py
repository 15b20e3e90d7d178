"""`ConvLSTM1D`, `ConvLSTM2D`, `ConvLSTM3D`: LSTMs whose products are convolutions."""

from minitf.keras import config as settings
from minitf.keras import random
from minitf.keras.arguments import standardize_padding, standardize_tuple
from minitf.keras.input_spec import InputSpec
from minitf.keras.layers.recurrent import LSTM, Cell, LSTMCell, Recurrent
from minitf.ops.array import transpose, zeros
from minitf.ops.convolution import convolution
from minitf.ops.joining import split

_LAST = {1: "NWC", 2: "NHWC", 3: "NDHWC"}
_SIZES = ("filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate")


class ConvLSTMCell(Cell):
    """The cell of convolutional LSTMs (Shi et al., 2015); gates: in, forget, carry, out.

    Args:
      rank: the number of spatial axes.
      filters: the number of channels of the outputs.
      kernel_size, strides, padding, dilation_rate: of the convolution of the inputs; that of the
        states keeps their size.

    Raises:
      ValueError: strides together with dilation; inputs whose spatial sizes are not known.
    """

    _gates = 4
    _own = (*_SIZES, *(name for name in LSTM._own[1:] if name != "activity_regularizer"))
    dropout_mask_count = 4

    def __init__(self, rank, filters, kernel_size, strides=1, padding="valid", data_format=None,
                 dilation_rate=1, unit_forget_bias=True, use_bias=True, dropout=0.0,
                 recurrent_dropout=0.0, seed=None, name=None, dtype=None, trainable=True,
                 **parts):  # fmt: skip
        super().__init__(name=name, dtype=dtype, trainable=trainable)
        self.seed_generator = random.SeedGenerator(seed)
        self._set_up(filters, use_bias, dropout, recurrent_dropout, seed, **parts)
        self.rank, self.filters, self.unit_forget_bias = rank, filters, unit_forget_bias
        self.kernel_size = standardize_tuple(kernel_size, rank, "kernel_size")
        self.strides = standardize_tuple(strides, rank, "strides", allow_zero=True)
        self.dilation_rate = standardize_tuple(dilation_rate, rank, "dilation_rate")
        self.padding = standardize_padding(padding)
        self.data_format = settings.standardize_data_format(data_format)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                "Specifying `strides > 1` is not compatible with `dilation_rate > 1`. Please "
                "provide `strides=1` or `dilation_rate=1`. Received: "
                f"strides={self.strides} and dilation_rate={self.dilation_rate}"
            )
        self.input_spec = InputSpec(ndim=rank + 2)
        self.state_size = -1  # `get_initial_state` knows the shape

    def _spatial(self, shape):
        return tuple(shape[2:] if self.data_format == "channels_first" else shape[1:-1])

    def _shaped(self, batch, sizes, channels):
        first = self.data_format == "channels_first"
        return (batch, channels, *sizes) if first else (batch, *sizes, channels)

    def build(self, inputs_shape, states_shape=None):
        channels = inputs_shape[1 if self.data_format == "channels_first" else -1]
        self._sizes = self._spatial(inputs_shape)
        if None in self._sizes:
            raise ValueError(
                "ConvLSTM layers only support static input shapes for the spatial dimension. "
                f"Received invalid input shape: input_shape={inputs_shape}"
            )
        if channels is None:
            raise ValueError(
                "The channel dimension of the inputs (last axis) should be defined. Found None. "
                f"Full input shape received: input_shape={inputs_shape}"
            )
        size = 4 * self.filters
        kernel_shape = (*self.kernel_size, channels, size)
        self._add_weights(kernel_shape, (*self.kernel_size, self.filters, size))

    _add_bias = LSTMCell._add_bias

    def call(self, inputs, states, training=False):
        state, carry = states
        x = self._by_gate(inputs, self.get_dropout_mask(inputs), training, self.dropout)
        h = self._by_gate(state, self.get_recurrent_dropout_mask(state), training,
                          self.recurrent_dropout)  # fmt: skip
        x = self._convolved(x, self.kernel, self.strides, self.padding, self.dilation_rate)
        ones = [1] * self.rank
        h = self._convolved(h, self.recurrent_kernel, ones, "same", ones)
        if self.bias is not None:
            x = [a + b for a, b in zip(x, split(self.bias, 4))]
        into, forget, candidate, out = (a + b for a, b in zip(x, h))
        new = self.recurrent_activation(into) * self.activation(candidate)
        carry = self.recurrent_activation(forget) * self._last(carry) + new
        state = self.recurrent_activation(out) * self.activation(carry)
        return self._first(state), [self._first(state), self._first(carry)]

    def _convolved(self, by_gate, kernel, strides, padding, dilations):
        """For each gate its convolution, the channels at the end."""
        kernels = split(kernel, 4, axis=self.rank + 1)
        return [convolution(self._last(x), k, list(strides), padding.upper(), _LAST[self.rank],
                            list(dilations)) for x, k in zip(by_gate, kernels)]  # fmt: skip

    def _last(self, x):
        if self.data_format == "channels_last":
            return x
        return transpose(x, [0, *range(2, self.rank + 2), 1])

    def _first(self, x):
        if self.data_format == "channels_last":
            return x
        return transpose(x, [0, self.rank + 1, *range(1, self.rank + 1)])

    def compute_output_shape(self, inputs_shape, states_shape=None):
        sizes = []
        rows = zip(self._spatial(inputs_shape), self.kernel_size, self.strides, self.dilation_rate)
        for size, kernel, stride, dilation in rows:
            reach = dilation * (kernel - 1) + 1 if self.padding == "valid" else 1
            sizes.append(None if size is None else (size - reach) // stride + 1)
        shape = self._shaped(inputs_shape[0], sizes, self.filters)
        return shape, [shape, shape]

    def get_initial_state(self, batch_size=None):
        shape = self.compute_output_shape(self._shaped(batch_size, self._sizes, None))[0]
        return [zeros(shape, self.compute_dtype) for _ in range(2)]


class _ConvLSTM(Recurrent):
    """A convolutional LSTM along time; `rank` is the number of its spatial axes.

    The inputs are `[batch, time, ..., channels]`; with `data_format="channels_first"`
    `[batch, time, channels, ...]`. The arguments are those of `LSTM` and of convolutions.
    """

    rank = 1
    _own = (*_SIZES, *LSTM._own[1:])

    def _set_up(self, arguments, kwargs):
        arguments["rank"] = self.rank
        super().__init__(ConvLSTMCell, "conv_lstm_cell", arguments, kwargs)
        self.input_spec = InputSpec(ndim=self.rank + 3)

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        batch, time, *rest = sequences_shape
        state = tuple(self.cell.compute_output_shape((batch, *rest))[0])
        output = (batch, time, *state[1:]) if self.return_sequences else state
        return (output, state, state) if self.return_state else output

    def compute_mask(self, inputs, mask):
        mask = mask if self.return_sequences else None
        return [mask, None, None] if self.return_state else mask


class ConvLSTM1D(_ConvLSTM):
    """A convolutional LSTM over sequences of rows."""

    rank = 1

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None,
                 dilation_rate=1, activation="tanh", recurrent_activation="sigmoid",
                 use_bias=True, kernel_initializer="glorot_uniform",
                 recurrent_initializer="orthogonal", bias_initializer="zeros",
                 unit_forget_bias=True, kernel_regularizer=None, recurrent_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 recurrent_constraint=None, bias_constraint=None, dropout=0.0,
                 recurrent_dropout=0.0, seed=None, return_sequences=False, return_state=False,
                 go_backwards=False, stateful=False, **kwargs):  # fmt: skip
        self._set_up(locals(), kwargs)


class ConvLSTM2D(_ConvLSTM):
    """A convolutional LSTM over films.

    >>> import numpy as np
    >>> ConvLSTM2D(2, 3)(np.ones([1, 4, 5, 6, 3])).shape
    TensorShape([1, 3, 4, 2])
    """

    rank = 2

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None,
                 dilation_rate=1, activation="tanh", recurrent_activation="sigmoid",
                 use_bias=True, kernel_initializer="glorot_uniform",
                 recurrent_initializer="orthogonal", bias_initializer="zeros",
                 unit_forget_bias=True, kernel_regularizer=None, recurrent_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 recurrent_constraint=None, bias_constraint=None, dropout=0.0,
                 recurrent_dropout=0.0, seed=None, return_sequences=False, return_state=False,
                 go_backwards=False, stateful=False, **kwargs):  # fmt: skip
        self._set_up(locals(), kwargs)


class ConvLSTM3D(_ConvLSTM):
    """A convolutional LSTM over sequences of volumes."""

    rank = 3

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None,
                 dilation_rate=1, activation="tanh", recurrent_activation="sigmoid",
                 use_bias=True, kernel_initializer="glorot_uniform",
                 recurrent_initializer="orthogonal", bias_initializer="zeros",
                 unit_forget_bias=True, kernel_regularizer=None, recurrent_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 recurrent_constraint=None, bias_constraint=None, dropout=0.0,
                 recurrent_dropout=0.0, seed=None, return_sequences=False, return_state=False,
                 go_backwards=False, stateful=False, **kwargs):  # fmt: skip
        self._set_up(locals(), kwargs)
