"""`SimpleRNN`, `LSTM` and `GRU`, and their cells."""

from minitf.keras import initializers, random
from minitf.keras.input_spec import InputSpec
from minitf.keras.layer import Layer
from minitf.keras.layers.rnn import RNN, DropoutCell
from minitf.keras.promotion import promoting
from minitf.ops import linalg
from minitf.ops.array import zeros
from minitf.ops.joining import concat, split

matmul = promoting(linalg.matmul)
_PARTS = (
    "kernel_initializer", "recurrent_initializer", "bias_initializer", "kernel_regularizer",
    "recurrent_regularizer", "bias_regularizer", "kernel_constraint", "recurrent_constraint",
    "bias_constraint",
)  # fmt: skip


class Cell(DropoutCell, Layer):
    """`units` outputs; weights `kernel`, `recurrent_kernel`, `bias` for `gates` gates.

    Args:
      units: the size of the output.
      activation: of the output; `recurrent_activation`: of the gates.
      dropout, recurrent_dropout: shares of the inputs and of the states that become 0.

    Raises:
      ValueError: `units` is not positive.
    """

    _gates = 1
    _own = ("units", "activation", "use_bias", *_PARTS, "dropout", "recurrent_dropout", "seed")

    def _set_up(self, units, use_bias, dropout, recurrent_dropout, seed, **parts):
        if units <= 0:
            raise ValueError(
                "Received an invalid value for argument `units`, expected a positive integer, got "
                f"{units}."
            )
        self.units, self.use_bias, self.seed = units, use_bias, seed
        self._take(**parts)
        self.dropout = min(1.0, max(0.0, dropout))
        self.recurrent_dropout = min(1.0, max(0.0, recurrent_dropout))
        self.state_size = self.output_size = units

    def _choose_implementation(self, implementation):
        """1: the gates one by one, each with its own dropout masks; 2: all gates at once."""
        self.implementation = 1 if self.recurrent_dropout else implementation
        if self.implementation == 1:
            self.dropout_mask_count = self._gates

    def build(self, input_shape):
        size = self._gates * self.units
        self._add_weights((input_shape[-1], size), (self.units, size))

    def _add_weights(self, kernel_shape, recurrent_shape):
        self.kernel = self._add_part("kernel", kernel_shape)
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=recurrent_shape,
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias = self._add_bias(kernel_shape[-1]) if self.use_bias else None

    def _add_bias(self, size):
        return self._add_part("bias", (size,))

    def _by_gate(self, x, masks, training, rate):
        """`x` for each gate: under the mask of the gate where the cell trains with dropout."""
        if not training or not 0.0 < rate < 1.0:
            return [x] * self._gates
        return [x * mask for mask in masks]

    def _dropped(self, inputs, training):
        """The inputs, where the cell trains with dropout under the one mask for all gates."""
        if training and 0.0 < self.dropout < 1.0:
            return inputs * self.get_dropout_mask(inputs)
        return inputs

    def _inputs_by_gate(self, inputs, bias, training):
        """`inputs @ kernel + bias` for each gate."""
        inputs = self._by_gate(inputs, self.get_dropout_mask(inputs), training, self.dropout)
        kernels = split(self.kernel, self._gates, axis=1)
        products = [matmul(x, kernel) for x, kernel in zip(inputs, kernels)]
        if bias is None:
            return products
        return [x + b for x, b in zip(products, split(bias, self._gates, axis=0))]

    def _states_by_gate(self, state, training):
        masks = self.get_recurrent_dropout_mask(state)
        return self._by_gate(state, masks, training, self.recurrent_dropout)

    def get_initial_state(self, batch_size=None):
        sizes = self.state_size if isinstance(self.state_size, list) else [self.state_size]
        return [zeros([batch_size, size], self.compute_dtype) for size in sizes]

    def get_config(self):
        return {**super().get_config(), **self._config_of(*self._own)}


def _state_of(states):
    return states[0] if isinstance(states, list | tuple) else states


def _like(states, state):
    return [state] if isinstance(states, list | tuple) else state


class SimpleRNNCell(Cell):
    """`activation(inputs @ kernel + state @ recurrent_kernel + bias)`."""

    def __init__(self, units, activation="tanh", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal",
                 bias_initializer="zeros", kernel_regularizer=None, recurrent_regularizer=None,
                 bias_regularizer=None, kernel_constraint=None, recurrent_constraint=None,
                 bias_constraint=None, dropout=0.0, recurrent_dropout=0.0, seed=None,
                 **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        # Before the initializers, which draw their seeds from the same sequence.
        self.seed_generator = random.SeedGenerator(seed)
        self._set_up(
            units, use_bias, dropout, recurrent_dropout, seed, activation=activation,
            kernel_initializer=kernel_initializer, recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer, kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer, bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint, recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
        )  # fmt: skip

    def call(self, sequence, states, training=False):
        state = _state_of(states)
        mask, recurrent_mask = (
            self.get_dropout_mask(sequence), self.get_recurrent_dropout_mask(state)
        )  # fmt: skip
        if training and mask is not None:
            sequence = sequence * mask
        if training and recurrent_mask is not None:
            state = state * recurrent_mask
        x = matmul(sequence, self.kernel)
        x = x if self.bias is None else x + self.bias
        output = self.activation(x + matmul(state, self.recurrent_kernel))
        return output, _like(states, output)


class LSTMCell(Cell):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997); gates: in, forget, carry, out.

    Args:
      unit_forget_bias: whether the forget gate's bias begins at 1.
    """

    _gates = 4
    _own = (*Cell._own[:2], "recurrent_activation", "use_bias", "unit_forget_bias",
            *Cell._own[3:])  # fmt: skip

    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal",
                 bias_initializer="zeros", unit_forget_bias=True, kernel_regularizer=None,
                 recurrent_regularizer=None, bias_regularizer=None, kernel_constraint=None,
                 recurrent_constraint=None, bias_constraint=None, dropout=0.0,
                 recurrent_dropout=0.0, seed=None, **kwargs):  # fmt: skip
        implementation = kwargs.pop("implementation", 2)
        super().__init__(**kwargs)
        self._set_up(
            units, use_bias, dropout, recurrent_dropout, seed, activation=activation,
            recurrent_activation=recurrent_activation, kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer, kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint, bias_constraint=bias_constraint,
        )  # fmt: skip
        self._choose_implementation(implementation)
        self.seed_generator = random.SeedGenerator(seed)
        self.unit_forget_bias = unit_forget_bias
        self.state_size = [units, units]

    def _add_bias(self, size):
        def initializer(shape, *args, **kwargs):
            return concat(
                [
                    self.bias_initializer((self.units,), *args, **kwargs),
                    initializers.Ones()((self.units,), *args, **kwargs),
                    self.bias_initializer((self.units * 2,), *args, **kwargs),
                ],
                0,
            )

        return self.add_weight(
            name="bias",
            shape=(size,),
            initializer=initializer if self.unit_forget_bias else self.bias_initializer,
            regularizer=self.bias_regularizer,
            constraint=self.bias_constraint,
        )

    def call(self, inputs, states, training=False):
        state, carry = states
        if self.implementation == 2:
            z = matmul(self._dropped(inputs, training), self.kernel)
            z = z + matmul(state, self.recurrent_kernel)
            z = z if self.bias is None else z + self.bias
            gates = split(z, 4, axis=1)
        else:
            x = self._inputs_by_gate(inputs, self.bias, training)
            kernels = split(self.recurrent_kernel, 4, axis=1)
            rows = self._states_by_gate(state, training)
            gates = [a + matmul(h, kernel) for a, h, kernel in zip(x, rows, kernels)]
        into, forget, candidate, out = gates
        carry = self.recurrent_activation(forget) * carry + self.recurrent_activation(
            into
        ) * self.activation(candidate)
        state = self.recurrent_activation(out) * self.activation(carry)
        return state, [state, carry]


class GRUCell(Cell):
    """Gated recurrent unit (Cho et al., 2014); gates: update, reset, candidate.

    Args:
      reset_after: whether the reset gate works after the product with the state, as on cuDNN; the
        bias then has two rows, for the inputs and for the state.
    """

    _gates = 3
    _own = (*Cell._own[:2], "recurrent_activation", *Cell._own[2:-1], "reset_after", "seed")

    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal",
                 bias_initializer="zeros", kernel_regularizer=None, recurrent_regularizer=None,
                 bias_regularizer=None, kernel_constraint=None, recurrent_constraint=None,
                 bias_constraint=None, dropout=0.0, recurrent_dropout=0.0, reset_after=True,
                 seed=None, **kwargs):  # fmt: skip
        implementation = kwargs.pop("implementation", 2)
        super().__init__(**kwargs)
        self._set_up(
            units, use_bias, dropout, recurrent_dropout, seed, activation=activation,
            recurrent_activation=recurrent_activation, kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer, kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint, bias_constraint=bias_constraint,
        )  # fmt: skip
        self._choose_implementation(implementation)
        self.seed_generator = random.SeedGenerator(seed)
        self.reset_after = reset_after

    def _add_bias(self, size):
        return self._add_part("bias", (2, size) if self.reset_after else (size,))

    def _products(self, states, bias):
        """`states @ recurrent_kernel + bias` for the first gates: of one state for all if alike."""
        count = len(states)
        kernel = self.recurrent_kernel[:, : count * self.units]
        if self.implementation == 2:
            product = matmul(states[0], kernel)
            return split(product if bias is None else product + bias, count, axis=1)
        products = [matmul(h, k) for h, k in zip(states, split(kernel, count, axis=1))]
        if bias is None:
            return products
        return [product + b for product, b in zip(products, split(bias, count))]

    def call(self, inputs, states, training=False):
        state = _state_of(states)
        bias = recurrent_bias = None
        if self.bias is not None:
            bias, recurrent_bias = (
                (self.bias[0], self.bias[1]) if self.reset_after else (self.bias, None)
            )
        if self.implementation == 2:
            x = matmul(self._dropped(inputs, training), self.kernel)
            x = split(x if bias is None else x + bias, 3, axis=-1)
        else:
            x = self._inputs_by_gate(inputs, bias, training)
        by_gate = self._states_by_gate(state, training)
        count = 3 if self.reset_after else 2  # the gates that need no other gate
        products = self._products(by_gate[:count], recurrent_bias)
        update = self.recurrent_activation(x[0] + products[0])
        reset = self.recurrent_activation(x[1] + products[1])
        if self.reset_after:
            recurrent = reset * products[2]
        else:
            recurrent = matmul(reset * by_gate[2], self.recurrent_kernel[:, 2 * self.units :])
        candidate = self.activation(x[2] + recurrent)
        state = update * state + (1 - update) * candidate
        return state, _like(states, state)


def with_activity(names):
    """The names of a cell's arguments and, in its place, that of the layer's own one."""
    place = names.index("bias_regularizer") + 1
    return (*names[:place], "activity_regularizer", *names[place:])


class Recurrent(RNN):
    """An `RNN` of a cell of ours; the cell's arguments are attributes of the layer, too."""

    _own = ()

    def __init__(self, cell_class, cell_name, arguments, kwargs):
        """Takes the `locals()` of a subclass's constructor: its and its cell's arguments."""
        arguments = {k: v for k, v in arguments.items() if k not in ("self", "__class__", "kwargs")}
        of_cell = {k: kwargs[k] for k in ("dtype", "trainable") if k in kwargs}
        if "implementation" in kwargs:
            of_cell["implementation"] = kwargs.pop("implementation")
        names = ("activity_regularizer", "return_sequences", "return_state", "go_backwards",
                 "stateful", "unroll")  # fmt: skip
        of_layer = {name: arguments.pop(name) for name in names if name in arguments}
        use_cudnn = arguments.pop("use_cudnn", "auto")
        super().__init__(cell_class(**arguments, **of_cell, name=cell_name), **of_layer, **kwargs)
        if use_cudnn not in ("auto", True, False):
            raise ValueError(
                "Invalid valid received for argument `use_cudnn`. Expected one of {'auto', True, "
                f"False}}. Received: use_cudnn={use_cudnn}"
            )
        self.use_cudnn = use_cudnn
        self.input_spec = InputSpec(ndim=3)

    def __getattr__(self, name):
        if name in type(self)._own:
            return getattr(self.cell, name)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def inner_loop(self, sequences, initial_state, mask, training=False):
        if self.use_cudnn is True:
            raise ValueError(
                "use_cudnn=True was specified, but cuDNN is not supported for this layer "
                "configuration with this backend. Pass use_cudnn='auto' to fallback to a non-cuDNN "
                "implementation."
            )
        return super().inner_loop(sequences, initial_state, mask, training)

    def get_config(self):
        ours = ("return_sequences", "return_state", "go_backwards", "stateful", "unroll",
                "zero_output_for_mask")  # fmt: skip
        return {**Layer.get_config(self), **self._config_of(*ours, *self._own)}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(**config)


class SimpleRNN(Recurrent):
    """A fully connected recurrent network: `SimpleRNNCell` along time.

    Args:
      units: the size of the output.
      return_sequences, return_state, go_backwards, stateful, unroll: as for `RNN`.
      dropout, recurrent_dropout: shares of the inputs and of the states that become 0.

    >>> import numpy as np
    >>> SimpleRNN(3)(np.ones([1, 4, 2])).shape
    TensorShape([1, 3])
    """

    _own = with_activity(SimpleRNNCell._own[:-1])

    def __init__(self, units, activation="tanh", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal",
                 bias_initializer="zeros", kernel_regularizer=None, recurrent_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 recurrent_constraint=None, bias_constraint=None, dropout=0.0,
                 recurrent_dropout=0.0, return_sequences=False, return_state=False,
                 go_backwards=False, stateful=False, unroll=False, seed=None,
                 **kwargs):  # fmt: skip
        super().__init__(SimpleRNNCell, "simple_rnn_cell", locals(), kwargs)


class LSTM(Recurrent):
    """Long short-term memory: `LSTMCell` along time; the states are its output and its carry.

    Args:
      units: the size of the output.
      return_sequences, return_state, go_backwards, stateful, unroll: as for `RNN`.
      use_cudnn: True raises ValueError; the loop is compiled by XLA.

    >>> import numpy as np
    >>> output, state, carry = LSTM(3, return_state=True)(np.ones([1, 4, 2]))
    >>> output.shape, bool((output.numpy() == state.numpy()).all())
    (TensorShape([1, 3]), True)
    """

    _own = with_activity(  # not in the order of the cell's
        (*GRUCell._own[:7], "unit_forget_bias", *LSTMCell._own[8:])
    )

    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal",
                 bias_initializer="zeros", unit_forget_bias=True, kernel_regularizer=None,
                 recurrent_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, recurrent_constraint=None, bias_constraint=None,
                 dropout=0.0, recurrent_dropout=0.0, seed=None, return_sequences=False,
                 return_state=False, go_backwards=False, stateful=False, unroll=False,
                 use_cudnn="auto", **kwargs):  # fmt: skip
        super().__init__(LSTMCell, "lstm_cell", locals(), kwargs)


class GRU(Recurrent):
    """A gated recurrent unit: `GRUCell` along time; the arguments are as for `LSTM`."""

    _own = with_activity(GRUCell._own)

    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal",
                 bias_initializer="zeros", kernel_regularizer=None, recurrent_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 recurrent_constraint=None, bias_constraint=None, dropout=0.0,
                 recurrent_dropout=0.0, seed=None, return_sequences=False, return_state=False,
                 go_backwards=False, stateful=False, unroll=False, reset_after=True,
                 use_cudnn="auto", **kwargs):  # fmt: skip
        super().__init__(GRUCell, "gru_cell", locals(), kwargs)
