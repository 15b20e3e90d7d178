"""`RNN`: a cell, run along time. A cell maps the inputs of one time, and states, to an output."""

from minitf import nest
from minitf.core.dispatch import convert_to_tensor
from minitf.keras import random, serialization
from minitf.keras.layer import Layer
from minitf.keras.recurrence import recur
from minitf.keras.variable import Variable
from minitf.ops.array import ones_like, shape, zeros, zeros_like
from minitf.ops.math import cast


class DropoutCell:
    """Dropout masks of a cell, drawn once for all times: `dropout`, `recurrent_dropout`."""

    dropout = recurrent_dropout = 0.0
    dropout_mask_count = None  # a mask for each of so many gates; None: one mask for all
    _dropout_mask = _recurrent_dropout_mask = None

    def get_dropout_mask(self, step_input):
        if self._dropout_mask is None and self.dropout > 0:
            self._dropout_mask = self._drawn(step_input, self.dropout)
        return self._dropout_mask

    def get_recurrent_dropout_mask(self, step_input):
        if self._recurrent_dropout_mask is None and self.recurrent_dropout > 0:
            self._recurrent_dropout_mask = self._drawn(step_input, self.recurrent_dropout)
        return self._recurrent_dropout_mask

    def _drawn(self, like, rate):
        ones, count = ones_like(like), self.dropout_mask_count
        if count is None:
            return random.dropout(ones, rate, seed=self.seed_generator)
        return [random.dropout(ones, rate, seed=self.seed_generator) for _ in range(count)]

    def reset_dropout_mask(self):
        self._dropout_mask = None

    def reset_recurrent_dropout_mask(self):
        self._recurrent_dropout_mask = None


class RNN(Layer):
    """A cell, run along axis 1 of the inputs `[batch, time, ...]`.

    Args:
      cell: an object with `call(inputs, states) -> (output, states)`, `state_size` (an integer or
        a list of them), perhaps `output_size` and `get_initial_state(batch_size)`; or a list of
        such objects, each fed by the one before.
      return_sequences: whether the outputs of all times are returned, rather than the last.
      return_state: whether the last states are returned, too.
      go_backwards: whether to begin at the last time.
      stateful: whether the last states of a batch are the first of the next one.
      unroll: whether to write down every step, rather than a loop.
      zero_output_for_mask: whether outputs are 0, rather than the one before, where masked.

    Raises:
      ValueError: the cell lacks one of these.

    >>> import numpy as np
    >>> class Sum(Layer):
    ...     state_size = 2
    ...     def call(self, inputs, states):
    ...         return inputs + states[0], [inputs + states[0]]
    >>> RNN(Sum(), return_sequences=True)(np.ones([1, 3, 2])).numpy()[0, :, 0]
    array([1., 2., 3.], dtype=float32)
    """

    def __init__(self, cell, return_sequences=False, return_state=False, go_backwards=False,
                 stateful=False, unroll=False, zero_output_for_mask=False, **kwargs):  # fmt: skip
        if isinstance(cell, list | tuple):
            cell = StackedRNNCells(cell)
        if not hasattr(cell, "call"):
            raise ValueError(f"Argument `cell` should have a `call` method. Received: cell={cell}")
        if "state_size" not in dir(cell):
            raise ValueError(
                "The RNN cell should have a `state_size` attribute (single integer or list of "
                f"integers, one integer per RNN state). Received: cell={cell}"
            )
        super().__init__(**kwargs)
        self.cell, self.zero_output_for_mask = cell, zero_output_for_mask
        self.return_sequences, self.return_state = return_sequences, return_state
        self.go_backwards, self.stateful, self.unroll = go_backwards, stateful, unroll
        self.supports_masking = True
        self.states = self._batch_size = None
        sizes = cell.state_size
        if not isinstance(sizes, list | tuple | int):
            raise ValueError(
                "state_size must be an integer, or a list/tuple of integers (one for each state "
                "tensor)."
            )
        self.single_state = isinstance(sizes, int)
        self.state_size = [sizes] if isinstance(sizes, int) else list(sizes)

    def build(self, sequences_shape, initial_state_shape=None):
        if isinstance(self.cell, Layer) and not self.cell.built:
            self.cell.build((sequences_shape[0], *sequences_shape[2:]))
        if self.stateful and self.states is not None:
            self.reset_state()
        elif self.stateful:
            self._make_states(sequences_shape)

    def _make_states(self, sequences_shape):
        if sequences_shape[0] is None:
            raise ValueError(
                "When using `stateful=True` in a RNN, the batch size must be static. Found dynamic "
                f"batch size: sequence.shape={sequences_shape}"
            )
        self._batch_size = sequences_shape[0]
        states = nest.map_structure(
            lambda x: Variable(x, trainable=False, dtype=self.variable_dtype, name="rnn_state"),
            self.get_initial_state(self._batch_size),
        )
        object.__setattr__(self, "states", states)  # no weights: they are not saved

    def get_initial_state(self, batch_size):
        """Zeros, or what the cell's `get_initial_state` says, as a list."""
        own = getattr(self.cell, "get_initial_state", None)
        if own is None:
            dtype = self.cell.compute_dtype
            return [zeros([batch_size, size], dtype) for size in self.state_size]
        states = own(batch_size=batch_size)
        return list(states) if nest.is_nested(states) else [states]

    def reset_state(self):
        """Sets the states of a stateful layer to zeros."""
        for variable in nest.flatten(self.states) if self.states is not None else ():
            variable.assign(zeros_like(variable.value))

    reset_states = reset_state

    def call(self, sequences, initial_state=None, mask=None, training=False):
        if self.unroll and sequences.shape[1] is None:
            raise ValueError(
                "Cannot unroll a RNN if the time dimension is undefined. \n"
                "- If using a Sequential model, specify the time dimension by passing an `Input()` "
                "as your first layer.\n- If using the functional API, specify the time dimension "
                "by passing a `shape` or `batch_shape` argument to your `Input()`."
            )
        states = self._first_states(sequences, initial_state)
        dtype = self.cell.compute_dtype
        states = nest.map_structure(lambda x: cast(convert_to_tensor(x), dtype), states)
        try:
            _draw_masks(self.cell, sequences[:, 0], states)
            last, outputs, states = self.inner_loop(sequences, states, mask, training)
        finally:
            _forget_masks(self.cell)
        states = nest.map_structure(lambda x: cast(x, self.compute_dtype), states)
        if self.stateful:
            for variable, state in zip(nest.flatten(self.states), nest.flatten(states)):
                variable.assign(state)
        output = cast(outputs if self.return_sequences else last, self.compute_dtype)
        return (output, *states) if self.return_state else output

    def _first_states(self, sequences, given):
        batch = sequences.shape[0]
        if self.stateful and batch not in (None, self._batch_size):
            raise ValueError(
                "If an RNN is stateful, the batch size of the input sequences must be the same as "
                "the batch size of the initial state. \n"
                f"- Expected batch size: {self._batch_size}\n- Received batch size: {batch}"
            )
        if given is None:
            batch = sequences.shape[0]
            batch = shape(sequences)[0] if batch is None else batch
            given = self.states if self.stateful else self.get_initial_state(batch)
        return list(given) if nest.is_nested(given) else [given]

    def inner_loop(self, sequences, initial_state, mask, training=False):
        """(the last output, all outputs, the last states) of the cell along time."""
        takes_training = isinstance(self.cell, Layer) and self.cell._call_has_training_arg
        wanted = {"training": training} if takes_training else {}

        def step(inputs, states):
            output, states = self.cell(inputs, states, **wanted)
            return output, states if nest.is_nested(states) else [states]

        mask = nest.flatten(mask)[0] if mask is not None else None
        return recur(step, sequences, initial_state, mask, self.go_backwards, self.unroll,
                     self.zero_output_for_mask)  # fmt: skip

    def compute_mask(self, inputs, mask):
        mask = nest.flatten(mask)[0]
        mask = mask if self.return_sequences else None
        return [mask, *[None] * len(self.state_size)] if self.return_state else mask

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        batch, time = sequences_shape[:2]
        size = getattr(self.cell, "output_size", None)
        size = self.state_size[0] if size is None else size
        if not isinstance(size, int):
            raise ValueError("output_size must be an integer.")
        output = (batch, time, size) if self.return_sequences else (batch, size)
        states = nest.map_structure(lambda n: (batch, n), self.state_size)
        return (output, *states) if self.return_state else output

    def get_config(self):
        own = ("return_sequences", "return_state", "go_backwards", "stateful", "unroll",
               "zero_output_for_mask", "cell")  # fmt: skip
        return {**super().get_config(), **self._config_of(*own)}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        cell = serialization.deserialize_keras_object(config.pop("cell"), custom_objects)
        return cls(cell, **config)


class StackedRNNCells(Layer):
    """Cells as one cell: the output of each is the input of the next.

    Raises:
      ValueError: a cell lacks `call` or `state_size`.
    """

    def __init__(self, cells, **kwargs):
        super().__init__(**kwargs)
        for cell in cells:
            for needed in ("call", "state_size"):
                if needed not in dir(cell):
                    kind = " method" if needed == "call" else ""
                    raise ValueError(
                        f"All cells must have a `{needed}`{kind}. Received cell without a "
                        f"`{needed}`{kind}: {cell}"
                    )
        self.cells = cells

    @property
    def state_size(self):
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self):
        return output_size_of(self.cells[-1])

    def get_initial_state(self, batch_size=None):
        return [self._initial_state_of(cell, batch_size) for cell in self.cells]

    def _initial_state_of(self, cell, batch_size):
        if hasattr(cell, "get_initial_state"):
            return cell.get_initial_state(batch_size=batch_size)
        return nest.map_structure(
            lambda size: zeros([batch_size, size], self.compute_dtype), cell.state_size
        )

    def build(self, input_shape):
        for cell in self.cells:
            if isinstance(cell, Layer) and not cell.built:
                cell.build(input_shape)
            input_shape = (input_shape[0], output_size_of(cell))

    def call(self, inputs, states, training=False, **kwargs):
        after = []
        for cell, state in zip(self.cells, states):
            given = list(state) if nest.is_nested(state) else [state]
            if isinstance(cell, Layer) and cell._call_has_training_arg:
                kwargs["training"] = training
            else:
                kwargs.pop("training", None)
            inputs, new = (cell if callable(cell) else cell.call)(inputs, given, **kwargs)
            after.append(new[0] if len(new) == 1 and not nest.is_nested(state) else new)
        return inputs, after[0] if len(after) == 1 else after

    def get_config(self):
        return {**super().get_config(), **self._config_of("cells")}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        cells = [serialization.deserialize_keras_object(c, custom_objects)
                 for c in config.pop("cells")]  # fmt: skip
        return cls(cells, **config)


def output_size_of(cell):
    size = getattr(cell, "output_size", None)
    return nest.flatten(cell.state_size)[0] if size is None else size


def _draw_masks(cell, inputs, states):
    """Draws the dropout masks of a cell, or of stacked ones, before the first step."""
    if isinstance(cell, DropoutCell):
        cell.get_dropout_mask(inputs)
        cell.get_recurrent_dropout_mask(states[0])
    if isinstance(cell, StackedRNNCells):
        for inner, state in zip(cell.cells, states):
            state = list(state) if nest.is_nested(state) else [state]
            _draw_masks(inner, inputs, state)
            inputs, _ = (inner if callable(inner) else inner.call)(inputs, state)


def _forget_masks(cell):
    if isinstance(cell, DropoutCell):
        cell.reset_dropout_mask()
        cell.reset_recurrent_dropout_mask()
    for inner in cell.cells if isinstance(cell, StackedRNNCells) else ():
        _forget_masks(inner)
