"""`tf.nn.rnn_cell`: one step of a recurrent network, (inputs, state) to (output, new state)."""

import collections

from minitf import nest
from minitf.compat.v1 import initializers
from minitf.compat.v1.layer import Layer, last_dim
from minitf.compat.v1.variable_scope import variable_scope
from minitf.core.dispatch import convert_to_tensor
from minitf.ops.array import zeros
from minitf.ops.cell_dropout import CellDropout
from minitf.ops.joining import concat, split
from minitf.ops.linalg import clip_by_value, matmul
from minitf.ops.math import sigmoid, tanh
from minitf.ops.normalization import bias_add
from minitf.scopes import device, name_scope

LSTMStateTuple = collections.namedtuple("LSTMStateTuple", ("c", "h"))


class RNNCell(Layer):
    """Base class: a subclass has `state_size`, `output_size` and `call(inputs, state)`."""

    default_name = "rnn_cell"

    def __init__(self, trainable=True, name=None, dtype=None, **kwargs):
        super().__init__(trainable, name, dtype, **kwargs)

    state_size = property(lambda self: NotImplementedError("state_size"))
    output_size = property(lambda self: NotImplementedError("output_size"))

    def __call__(self, inputs, state, scope=None):
        if scope is not None and self._scope is None:
            with variable_scope(scope) as self._scope:
                return super().__call__(inputs, state)
        return super().__call__(inputs, state)

    def _converted(self, inputs):
        return nest.map_structure(convert_to_tensor, inputs)

    def _dtype_of(self, inputs):
        return nest.flatten(inputs)[0].dtype

    def _shape_of(self, inputs):
        return nest.flatten(inputs)[0].shape

    def zero_state(self, batch_size, dtype):
        """Zeros, in the structure of `state_size`."""
        return nest.map_structure(lambda n: zeros(_sizes(batch_size, n), dtype), self.state_size)

    def get_initial_state(self, inputs=None, batch_size=None, dtype=None):
        """As `zero_state`, with the batch size and dtype of `inputs`."""
        if inputs is not None:
            batch_size, dtype = convert_to_tensor(inputs).shape[0], inputs.dtype
        return self.zero_state(batch_size, dtype)


def _sizes(batch_size, n):
    rest = [n] if isinstance(n, int) else list(n)
    return [batch_size, *rest]


class BasicRNNCell(RNNCell):
    """`activation([inputs, state] @ kernel + bias)`."""

    default_name = "basic_rnn_cell"

    def __init__(self, num_units, activation=None, reuse=None, name=None, dtype=None, **kwargs):
        super().__init__(name=name, dtype=dtype, _reuse=reuse, **kwargs)
        self._num_units, self._activation = num_units, activation or tanh

    state_size = output_size = property(lambda self: self._num_units)

    def build(self, input_shape):
        size = last_dim(self, input_shape) + self._num_units
        self._kernel = self.add_weight("kernel", [size, self._num_units])
        self._bias = self.add_weight("bias", [self._num_units], initializers.Zeros())

    def call(self, inputs, state):
        output = bias_add(matmul(concat([inputs, state], 1), self._kernel), self._bias)
        output = self._activation(output)
        return output, output


class GRUCell(RNNCell):
    """A gated recurrent unit (Cho et al., 2014)."""

    default_name = "gru_cell"

    def __init__(self, num_units, activation=None, reuse=None, kernel_initializer=None,
                 bias_initializer=None, name=None, dtype=None, **kwargs):  # fmt: skip
        super().__init__(name=name, dtype=dtype, _reuse=reuse, **kwargs)
        self._num_units, self._activation = num_units, activation or tanh
        self._kernel_initializer, self._bias_initializer = kernel_initializer, bias_initializer

    state_size = output_size = property(lambda self: self._num_units)

    def build(self, input_shape):
        n, first = self._num_units, self._kernel_initializer
        size = last_dim(self, input_shape) + n
        gate_bias = self._bias_initializer or initializers.Constant(1.0)
        self._gate_kernel = self.add_weight("gates/kernel", [size, 2 * n], first)
        self._gate_bias = self.add_weight("gates/bias", [2 * n], gate_bias)
        self._candidate_kernel = self.add_weight("candidate/kernel", [size, n], first)
        bias = self._bias_initializer or initializers.Zeros()
        self._candidate_bias = self.add_weight("candidate/bias", [n], bias)

    def call(self, inputs, state):
        gates = matmul(concat([inputs, state], 1), self._gate_kernel)
        reset, update = split(sigmoid(bias_add(gates, self._gate_bias)), 2, 1)
        candidate = matmul(concat([inputs, reset * state], 1), self._candidate_kernel)
        candidate = self._activation(bias_add(candidate, self._candidate_bias))
        new = update * state + (1 - update) * candidate
        return new, new


class BasicLSTMCell(RNNCell):
    """A long short-term memory (Hochreiter and Schmidhuber, 1997) with forget gates."""

    default_name = "basic_lstm_cell"

    def __init__(self, num_units, forget_bias=1.0, state_is_tuple=True, activation=None,
                 reuse=None, name=None, dtype=None, **kwargs):  # fmt: skip
        super().__init__(name=name, dtype=dtype, _reuse=reuse, **kwargs)
        self._num_units, self._forget_bias = num_units, forget_bias
        self._state_is_tuple, self._activation = state_is_tuple, activation or tanh

    output_size = property(lambda self: self._num_units)

    @property
    def state_size(self):
        n = self._num_units
        return LSTMStateTuple(n, n) if self._state_is_tuple else 2 * n

    def build(self, input_shape):
        n = self._num_units
        self._kernel = self.add_weight("kernel", [last_dim(self, input_shape) + n, 4 * n])
        self._bias = self.add_weight("bias", [4 * n], initializers.Zeros())

    def call(self, inputs, state):
        c, h = state if self._state_is_tuple else split(state, 2, 1)
        gates = bias_add(matmul(concat([inputs, h], 1), self._kernel), self._bias)
        i, j, f, o = split(gates, 4, 1)
        c = c * sigmoid(f + self._forget_bias) + sigmoid(i) * self._activation(j)
        h = self._activation(c) * sigmoid(o)
        return h, LSTMStateTuple(c, h) if self._state_is_tuple else concat([c, h], 1)


class LSTMCell(RNNCell):
    """A long short-term memory with, on demand, peepholes, clipping and a projection."""

    default_name = "lstm_cell"

    def __init__(self, num_units, use_peepholes=False, cell_clip=None, initializer=None,
                 num_proj=None, proj_clip=None, num_unit_shards=None, num_proj_shards=None,
                 forget_bias=1.0, state_is_tuple=True, activation=None, reuse=None, name=None,
                 dtype=None, **kwargs):  # fmt: skip
        super().__init__(name=name, dtype=dtype, _reuse=reuse, **kwargs)
        self._num_units, self._peepholes, self._cell_clip = num_units, use_peepholes, cell_clip
        self._initializer, self._num_proj, self._proj_clip = initializer, num_proj, proj_clip
        self._forget_bias, self._state_is_tuple = forget_bias, state_is_tuple
        self._activation = activation or tanh

    output_size = property(lambda self: self._num_proj or self._num_units)

    @property
    def state_size(self):
        sizes = LSTMStateTuple(self._num_units, self.output_size)
        return sizes if self._state_is_tuple else sum(sizes)

    def build(self, input_shape):
        n, first = self._num_units, self._initializer
        size = last_dim(self, input_shape) + self.output_size
        self._kernel = self.add_weight("kernel", [size, 4 * n], first)
        self._bias = self.add_weight("bias", [4 * n], initializers.Zeros())
        if self._peepholes:
            self._w_f, self._w_i, self._w_o = (
                self.add_weight(f"w_{gate}_diag", [n], first) for gate in "fio"
            )
        if self._num_proj is not None:
            self._projection = self.add_weight("projection/kernel", [n, self._num_proj], first)

    def call(self, inputs, state):
        sizes = [self._num_units, self.output_size]
        before, h = state if self._state_is_tuple else split(state, sizes, 1)
        gates = bias_add(matmul(concat([inputs, h], 1), self._kernel), self._bias)
        i, j, f, o = split(gates, 4, 1)
        f = f + self._forget_bias
        if self._peepholes:
            f, i = f + self._w_f * before, i + self._w_i * before
        c = sigmoid(f) * before + sigmoid(i) * self._activation(j)
        c = _clipped(c, self._cell_clip)
        h = sigmoid(o + self._w_o * c if self._peepholes else o) * self._activation(c)
        if self._num_proj is not None:
            h = _clipped(matmul(h, self._projection), self._proj_clip)
        return h, LSTMStateTuple(c, h) if self._state_is_tuple else concat([c, h], 1)


def _clipped(x, limit):
    return x if limit is None else clip_by_value(x, -limit, limit)


class MultiRNNCell(RNNCell):
    """Cells on top of each other; the state is a tuple of theirs.

    Raises:
      ValueError: `cells` is empty.
      TypeError: `cells` is no list or tuple.
    """

    default_name = "multi_rnn_cell"

    def __init__(self, cells, state_is_tuple=True):
        super().__init__()
        if not cells:
            raise ValueError("Must specify at least one cell for MultiRNNCell.")
        if not isinstance(cells, list | tuple):
            raise TypeError(f"cells must be a list or tuple, but received: {cells}")
        self._cells, self._state_is_tuple = list(cells), state_is_tuple

    output_size = property(lambda self: self._cells[-1].output_size)

    @property
    def state_size(self):
        sizes = tuple(cell.state_size for cell in self._cells)
        return sizes if self._state_is_tuple else sum(sizes)

    def call(self, inputs, state):
        if not self._state_is_tuple:
            state = split(state, [cell.state_size for cell in self._cells], 1)
        states = []
        for i, (cell, before) in enumerate(zip(self._cells, state)):
            with variable_scope(f"cell_{i}"):
                inputs, after = cell(inputs, before)
            states.append(after)
        return inputs, tuple(states) if self._state_is_tuple else concat(states, 1)


class _Wrapper(RNNCell):
    """A cell around a cell, without variables or a scope of its own."""

    def __init__(self, cell):
        super().__init__()
        self._cell = cell

    state_size = property(lambda self: self._cell.state_size)
    output_size = property(lambda self: self._cell.output_size)
    wrapped_cell = property(lambda self: self._cell)
    variables = property(lambda self: self._cell.variables)
    trainable_variables = property(lambda self: self._cell.trainable_variables)

    def zero_state(self, batch_size, dtype):
        return self._cell.zero_state(batch_size, dtype)

    def __call__(self, inputs, state, scope=None):
        return self.call(nest.map_structure(convert_to_tensor, inputs), state, scope)


class DropoutWrapper(_Wrapper):
    """Dropout on a cell's inputs, outputs and state; the memory `c` of an LSTM is left alone.

    Args:
      input_keep_prob, output_keep_prob, state_keep_prob: how likely an element is kept, in [0, 1].
      variational_recurrent: whether the masks are drawn once, and are those of all times and
        examples; then `dtype` must be given, and `input_size` where inputs are dropped.
      dropout_state_filter_visitor: tells for a state, or a part of it, whether it may be dropped.

    Raises:
      ValueError: a probability out of range, or one of these arguments is missing.
    """

    def __init__(self, cell, input_keep_prob=1.0, output_keep_prob=1.0, state_keep_prob=1.0,
                 variational_recurrent=False, input_size=None, dtype=None, seed=None,
                 dropout_state_filter_visitor=None, **kwargs):  # fmt: skip
        super().__init__(cell)
        sizes = {"input": input_size, "state": cell.state_size, "output": cell.output_size}
        self._drop = CellDropout(
            {"input": input_keep_prob, "output": output_keep_prob, "state": state_keep_prob},
            sizes if variational_recurrent else None, dtype, seed,
            dropout_state_filter_visitor or _all_but_memory,
        )  # fmt: skip

    def call(self, inputs, state, scope=None):
        output, after = self._cell(self._drop("input", inputs), state, scope)
        after = self._drop("state", after)
        return self._drop("output", output), after


def _all_but_memory(part):
    return LSTMStateTuple(c=False, h=True) if isinstance(part, LSTMStateTuple) else True


class ResidualWrapper(_Wrapper):
    """Adds a cell's inputs to its outputs."""

    def __init__(self, cell, residual_fn=None, **kwargs):
        super().__init__(cell)
        self._residual = residual_fn or (lambda inputs, outputs: inputs + outputs)

    def call(self, inputs, state, scope=None):
        output, after = self._cell(inputs, state, scope)
        return self._residual(inputs, output), after


class DeviceWrapper(_Wrapper):
    """A cell whose ops are placed on a device, as by `tf.device`."""

    def __init__(self, cell, device, **kwargs):
        super().__init__(cell)
        self._device = device

    def zero_state(self, batch_size, dtype):
        with name_scope("DeviceWrapperZeroState"), device(self._device):
            return super().zero_state(batch_size, dtype)

    def call(self, inputs, state, scope=None):
        with device(self._device):
            return self._cell(inputs, state, scope)
