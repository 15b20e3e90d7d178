"""`tf.contrib.rnn`: the cells of `tf.nn.rnn_cell`, wrappers of them, and unrolled networks."""

from minitf import dtypes, nest
from minitf.compat.v1.contrib import layers
from minitf.compat.v1.getting import get_variable
from minitf.compat.v1.nn import embedding_lookup
from minitf.compat.v1.rnn import (
    bidirectional_dynamic_rnn,
    static_bidirectional_rnn,
    static_rnn,
)
from minitf.compat.v1.rnn_cell import (
    BasicLSTMCell,
    BasicRNNCell,
    DropoutWrapper,
    GRUCell,
    LSTMCell,
    LSTMStateTuple,
    MultiRNNCell,
    ResidualWrapper,
    RNNCell,
)
from minitf.compat.v1.variable_scope import variable_scope
from minitf.ops.joining import concat

__all__ = [
    "BasicLSTMCell", "BasicRNNCell", "DropoutWrapper", "EmbeddingWrapper", "GRUCell",
    "InputProjectionWrapper", "LSTMCell", "LSTMStateTuple", "MultiRNNCell",
    "OutputProjectionWrapper", "RNNCell", "ResidualWrapper", "stack_bidirectional_dynamic_rnn",
    "static_bidirectional_rnn", "static_rnn",
]  # fmt: skip


class _Around(RNNCell):
    """A cell around another one, whose state it has."""

    def __init__(self, cell, reuse=None):
        super().__init__(_reuse=reuse)
        self._cell = cell

    state_size = property(lambda self: self._cell.state_size)
    output_size = property(lambda self: self._cell.output_size)

    def zero_state(self, batch_size, dtype):
        return self._cell.zero_state(batch_size, dtype)


class OutputProjectionWrapper(_Around):
    """A cell whose outputs go through a dense layer of `output_size`."""

    def __init__(self, cell, output_size, activation=None, reuse=None):
        super().__init__(cell, reuse)
        self._size, self._activation = output_size, activation

    output_size = property(lambda self: self._size)

    def call(self, inputs, state):
        output, state = self._cell(inputs, state)
        return _projected(output, self._size, self._activation), state


class InputProjectionWrapper(_Around):
    """A cell whose inputs come through a dense layer of `num_proj`."""

    def __init__(self, cell, num_proj, activation=None, input_size=None, reuse=None):
        super().__init__(cell, reuse)
        self._size, self._activation = num_proj, activation

    def call(self, inputs, state):
        return self._cell(_projected(inputs, self._size, self._activation), state)


def _projected(x, size, activation):
    kernel = get_variable("kernel", [x.shape[-1], size], x.dtype)
    bias = get_variable("bias", [size], x.dtype, layers.Zeros)
    found = x @ kernel + bias
    return found if activation is None else activation(found)


class EmbeddingWrapper(_Around):
    """A cell whose inputs are symbols, looked up in a variable `embedding`."""

    def __init__(self, cell, embedding_classes, embedding_size, initializer=None, reuse=None):
        super().__init__(cell, reuse)
        self._shape, self._initializer = [embedding_classes, embedding_size], initializer

    def call(self, inputs, state):
        table = get_variable("embedding", self._shape, dtypes.float32, self._initializer)
        return self._cell(embedding_lookup(table, inputs), state)


def stack_bidirectional_dynamic_rnn(cells_fw, cells_bw, inputs, initial_states_fw=None,
                                    initial_states_bw=None, dtype=None, sequence_length=None,
                                    parallel_iterations=None, time_major=False,
                                    scope=None):  # fmt: skip
    """Bidirectional networks one on top of the other: (outputs, forward states, backward states).

    Raises:
      ValueError: the lists of cells are empty or not of the same length.
    """
    if not cells_fw or len(cells_fw) != len(cells_bw):
        raise ValueError("Forward and Backward cells must have the same depth.")
    states_fw, states_bw = [], []
    with variable_scope(scope or "stack_bidirectional_rnn"):
        for i, (forward, backward) in enumerate(zip(cells_fw, cells_bw)):
            with variable_scope(f"cell_{i}"):
                outputs, (after_fw, after_bw) = bidirectional_dynamic_rnn(
                    forward, backward, inputs, sequence_length,
                    initial_states_fw[i] if initial_states_fw else None,
                    initial_states_bw[i] if initial_states_bw else None,
                    dtype, time_major=time_major,
                )  # fmt: skip
                inputs = concat(nest.flatten(outputs), 2)
            states_fw.append(after_fw)
            states_bw.append(after_bw)
    return inputs, tuple(states_fw), tuple(states_bw)
