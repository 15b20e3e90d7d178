"""Recurrent networks of TF 1.x: cells (`rnn_cell`) run over the steps of sequences."""

from minitf import dtypes, nest
from minitf.compat.v1.variable_scope import variable_scope
from minitf.core.dispatch import convert_to_tensor
from minitf.ops.array import constant, expand_dims, identity, reverse, transpose, zeros
from minitf.ops.array import range as tf_range
from minitf.ops.array import shape as shape_of
from minitf.ops.control_flow import while_loop
from minitf.ops.gathering import gather, where
from minitf.ops.joining import concat, stack, unstack
from minitf.ops.math import cast
from minitf.ops.reductions import reduce_all
from minitf.ops.tensor_array import TensorArray
from minitf.scopes import control_dependencies
from minitf.shapes import TensorShape


def dynamic_rnn(cell, inputs, sequence_length=None, initial_state=None, dtype=None,
                parallel_iterations=None, swap_memory=False, time_major=False,
                scope=None):  # fmt: skip
    """Runs `cell` over the steps of `inputs` in a loop.

    Args:
      inputs: `[batch, steps, ...]`, or `[steps, batch, ...]` where `time_major`.
      sequence_length: `[batch]`; beyond it outputs are zero and the state stays.
      initial_state: by default zeros of `dtype`.

    Returns:
      The outputs of all steps, laid out as the inputs are, and the last state.

    Raises:
      ValueError: neither `initial_state` nor `dtype` is given.
    """
    with variable_scope(scope or "rnn"):
        inputs = nest.map_structure(convert_to_tensor, inputs)
        if not time_major:
            inputs = nest.map_structure(_swapped, inputs)
        state, length = _start(cell, inputs, sequence_length, initial_state, dtype)
        outputs, state = _loop(cell, inputs, length, state)
        if not time_major:
            outputs = nest.map_structure(_swapped, outputs)
        return outputs, state


def _swapped(x):
    """`x` with the batch and the time axis exchanged."""
    return transpose(x, [1, 0, *range(2, x.shape.rank)])


def _start(cell, inputs, sequence_length, initial_state, dtype):
    """The first state, and the lengths as int32."""
    first = nest.flatten(inputs)[0]
    batch = first.shape[1] if first.shape[1] is not None else shape_of(first)[1]
    if initial_state is not None:
        state = nest.map_structure(convert_to_tensor, initial_state)
    elif dtype is None:
        raise ValueError("If no initial_state is provided, dtype must be specified")
    else:
        state = cell.zero_state(batch, dtype)
    length = None if sequence_length is None else cast(sequence_length, dtypes.int32)
    if length is not None and length.shape.rank not in (None, 1):
        raise ValueError(
            f"sequence_length must be a vector of length batch_size, but saw shape: {length.shape}"
        )
    return state, length


def _loop(cell, inputs, length, state):
    first = nest.flatten(inputs)[0]
    known = first.shape[0]
    steps = shape_of(first)[0] if known is None else known
    sizes = cell.output_size
    dtype = nest.flatten(state)[0].dtype
    batch = shape_of(first)[1] if first.shape[1] is None else first.shape[1]
    arrays = nest.map_structure(lambda n: TensorArray(dtype, steps, element_shape=_row(first, n)),
                                sizes)  # fmt: skip

    def step(t, state, arrays):
        x = nest.map_structure(lambda sequence: sequence[t], inputs)
        for part, whole in zip(nest.flatten(x), nest.flatten(inputs)):
            part.set_shape(whole.shape[1:])
        output, after = cell(x, state)
        if length is not None:
            within = expand_dims(t < length, 1)
            keep = lambda new, old: where(_fit(within, new), new, old)  # noqa: E731
            output = nest.map_structure(
                lambda new, n: keep(new, zeros(_sizes(batch, n), dtype)), output, sizes
            )
            after = nest.map_structure(keep, after, state)
        arrays = nest.map_structure(lambda a, o: a.write(t, o), arrays, output)
        return t + 1, after, arrays

    _, state, arrays = while_loop(lambda t, *_: t < steps, step, (0, state, arrays), name="while")
    outputs = nest.map_structure(lambda a: a.stack(), arrays)
    nest.map_structure(lambda o, n: o.set_shape([known, *_row(first, n)]), outputs, sizes)
    return outputs, state


def _row(first, n):
    return TensorShape([first.shape[1], *([n] if isinstance(n, int) else n)])


def _sizes(batch, n):
    return [batch, *([n] if isinstance(n, int) else n)]


def _fit(mask, like):
    """`mask` with as many axes as `like`."""
    for _ in range(like.shape.rank - mask.shape.rank):
        mask = expand_dims(mask, -1)
    return mask


def static_rnn(cell, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
    """Runs `cell` over a list of inputs, one copy of its ops per step.

    Returns:
      The list of outputs, and the last state.

    Raises:
      TypeError: `inputs` is no list.
      ValueError: it is empty.
    """
    if not isinstance(inputs, list | tuple):
        raise TypeError("inputs must be a sequence")
    if not inputs:
        raise ValueError("inputs must not be empty")
    inputs = [nest.map_structure(convert_to_tensor, x) for x in inputs]
    with variable_scope(scope or "rnn"):
        first = nest.flatten(inputs[0])[0]
        batch = first.shape[0] if first.shape[0] is not None else shape_of(first)[0]
        if initial_state is not None:
            state = initial_state
        elif dtype is None:
            raise ValueError("If no initial_state is provided, dtype must be specified")
        else:
            state = cell.zero_state(batch, dtype)
        length = None if sequence_length is None else cast(sequence_length, dtypes.int32)
        outputs = []
        for t, x in enumerate(inputs):
            output, after = cell(x, state)
            if length is not None:
                within = expand_dims(convert_to_tensor(t) < length, 1)
                output = where(within, output, zeros(_sizes(batch, cell.output_size), output.dtype))
                after = nest.map_structure(lambda new, old, w=within: where(w, new, old), after,
                                           state)  # fmt: skip
            outputs.append(output)
            state = after
        return outputs, state


def bidirectional_dynamic_rnn(cell_fw, cell_bw, inputs, sequence_length=None,
                              initial_state_fw=None, initial_state_bw=None, dtype=None,
                              parallel_iterations=None, swap_memory=False, time_major=False,
                              scope=None):  # fmt: skip
    """One `dynamic_rnn` forwards and one backwards: (both outputs), (both last states)."""
    axis = 0 if time_major else 1
    with variable_scope(scope or "bidirectional_rnn"):
        with variable_scope("fw") as forwards:
            outputs_fw, state_fw = dynamic_rnn(cell_fw, inputs, sequence_length, initial_state_fw,
                                               dtype, time_major=time_major,
                                               scope=forwards)  # fmt: skip
        with variable_scope("bw") as backwards:
            turned = _turned(inputs, sequence_length, axis)
            outputs_bw, state_bw = dynamic_rnn(cell_bw, turned, sequence_length, initial_state_bw,
                                               dtype, time_major=time_major,
                                               scope=backwards)  # fmt: skip
        outputs_bw = _turned(outputs_bw, sequence_length, axis)
    return (outputs_fw, outputs_bw), (state_fw, state_bw)


def _turned(x, lengths, axis):
    """Each sequence backwards; what lies beyond its length stays where it is."""
    if lengths is None:
        return nest.map_structure(lambda t: reverse(convert_to_tensor(t), [axis]), x)
    return nest.map_structure(lambda t: _turned_within(convert_to_tensor(t), lengths, axis), x)


def _turned_within(x, lengths, axis):
    if axis == 0:
        return _swapped(_turned_within(_swapped(x), lengths, 1))
    steps = tf_range(shape_of(x)[1])
    lengths = expand_dims(cast(lengths, dtypes.int32), 1)
    return gather(x, where(steps < lengths, lengths - 1 - steps, steps), axis=1, batch_dims=1)


def static_bidirectional_rnn(cell_fw, cell_bw, inputs, initial_state_fw=None,
                             initial_state_bw=None, dtype=None, sequence_length=None,
                             scope=None):  # fmt: skip
    """One `static_rnn` forwards and one backwards; outputs are joined step by step.

    Returns:
      The list of outputs, the last state forwards, and the last state backwards.
    """
    with variable_scope(scope or "bidirectional_rnn"):
        with variable_scope("fw") as forwards:
            outputs_fw, state_fw = static_rnn(cell_fw, inputs, initial_state_fw, dtype,
                                              sequence_length, forwards)  # fmt: skip
        with variable_scope("bw") as backwards:
            turned = _turned_list(inputs, sequence_length)
            outputs_bw, state_bw = static_rnn(cell_bw, turned, initial_state_bw, dtype,
                                              sequence_length, backwards)  # fmt: skip
        outputs_bw = _turned_list(outputs_bw, sequence_length)
    outputs = [concat([f, b], 1) for f, b in zip(outputs_fw, outputs_bw)]
    return outputs, state_fw, state_bw


def _turned_list(rows, lengths):
    """As `_turned`, for a list of the rows of all times."""
    if lengths is None:
        return list(reversed(rows))
    whole = nest.map_structure(lambda *parts: stack(parts), *rows)
    parts = [unstack(t, len(rows)) for t in nest.flatten(_turned(whole, lengths, 0))]
    return [nest.pack_sequence_as(whole, list(row)) for row in zip(*parts)]


def static_state_saving_rnn(cell, inputs, state_saver, state_name, sequence_length=None,
                            scope=None):  # fmt: skip
    """`static_rnn` that begins with the states which `state_saver` holds, and leaves the last
    ones there.

    Args:
      state_saver: an object with `state(name)` and `save_state(name, value) -> operation`.
      state_name: the name of the state, or names in the structure of `cell.state_size`.

    Raises:
      ValueError: the names do not fit the cell's states.
    """
    names, sizes = nest.flatten(state_name), nest.flatten(cell.state_size)
    if nest.is_nested(state_name) != nest.is_nested(cell.state_size):
        raise ValueError(
            "Argument `state_name` should be the same type as `cell.state_size`. Received: "
            f"state_name={state_name}, cell.state_size={cell.state_size}."
        )
    if len(names) != len(sizes):
        raise ValueError(
            f"Number of elements in argument `state_name` ({len(names)}) and `cell.state_size` "
            f"({len(sizes)}) are mismatched."
        )
    first = nest.pack_sequence_as(cell.state_size, [state_saver.state(name) for name in names])
    outputs, state = static_rnn(cell, inputs, first, None, sequence_length, scope)
    saved = [state_saver.save_state(n, part) for n, part in zip(names, nest.flatten(state))]
    with control_dependencies(saved):
        outputs[-1] = nest.map_structure(identity, outputs[-1])
        return outputs, nest.map_structure(identity, state)


def raw_rnn(cell, loop_fn, parallel_iterations=None, swap_memory=False, scope=None):
    """Runs `cell` on inputs that a function makes, step by step, until it says all are finished.

    Args:
      loop_fn: `loop_fn(time, cell_output, cell_state, loop_state) -> (finished [batch], the next
        input, the next state, what is emitted, the next loop state)`. First it is called with time
        0 and None: then it gives the first state, and, as what is emitted, zeros of one example
        (None: what is emitted is the cell's output).

    Returns:
      The `TensorArray`s of what was emitted (0 where finished), the last state, the last loop
      state.

    Raises:
      TypeError: `loop_fn` cannot be called.
    """
    if not callable(loop_fn):
        raise TypeError(f"Argument `loop_fn` must be a callable. Received: {loop_fn}.")
    with variable_scope(scope or "rnn"):
        time = constant(0, dtypes.int32)
        finished, inputs, state, emitted, loop_state = loop_fn(time, None, None, None)
        has_loop_state = loop_state is not None
        loop_state = loop_state if has_loop_state else constant(0, dtypes.int32)
        inputs, state = (nest.map_structure(convert_to_tensor, x) for x in (inputs, state))
        first = nest.flatten(inputs)[0]
        batch = shape_of(first)[0] if first.shape[0] is None else first.shape[0]
        zero = _nothing_emitted(cell, state, emitted, batch)
        arrays = nest.map_structure(
            lambda z: TensorArray(z.dtype, 0, dynamic_size=True, element_shape=z.shape), zero
        )

        def step(time, finished, inputs, arrays, state, loop_state):
            output, after = cell(inputs, state)
            now, inputs, after, emitted, new = loop_fn(
                time + 1, output, after, loop_state if has_loop_state else None
            )
            keep = lambda old, new: _kept(finished, old, new)  # noqa: E731
            emitted = nest.map_structure(keep, zero, output if emitted is None else emitted)
            arrays = nest.map_structure(lambda a, row: a.write(time, row), arrays, emitted)
            after = nest.map_structure(keep, state, after)
            new = loop_state if new is None else new
            return time + 1, finished | now, inputs, arrays, after, new

        _, _, _, arrays, state, loop_state = while_loop(
            lambda time, finished, *_: ~reduce_all(finished), step,
            (time, convert_to_tensor(finished), inputs, arrays, state, loop_state),
        )  # fmt: skip
        return arrays, state, loop_state if has_loop_state else None


def _nothing_emitted(cell, state, emitted, batch):
    """Zeros in the structure of what `raw_rnn` emits at each step."""
    dtype = nest.flatten(state)[0].dtype
    if emitted is None:
        return nest.map_structure(lambda n: zeros(_sizes(batch, n), dtype), cell.output_size)
    emitted = nest.map_structure(convert_to_tensor, emitted)
    return nest.map_structure(lambda x: zeros(concat([[batch], shape_of(x)], 0), x.dtype), emitted)


def _kept(finished, old, new):
    """`old` for the examples that are finished; what is no tensor of examples is always `new`."""
    if isinstance(old, TensorArray) or old.shape.rank == 0:
        return new
    return where(_fit(finished, convert_to_tensor(new)), old, new)
