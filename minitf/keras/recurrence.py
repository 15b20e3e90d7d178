"""One step after another along time: the loop of all recurrent layers.

Where values are known it is Python's; in a function, and inside JAX's transformations, it is one
op, whose step is traced once.
"""

from minitf import nest
from minitf.core.dispatch import convert_to_tensor
from minitf.ops.array import expand_dims, reverse, shape, transpose, zeros_like
from minitf.ops.control_flow import is_pythons, loop
from minitf.ops.gathering import where
from minitf.ops.joining import stack, unstack
from minitf.ops.math import cast
from minitf.ops.tensor_array import TensorArray
from minitf.shapes import TensorShape


def recur(step, sequence, states, mask=None, go_backwards=False, unroll=False, zeros=False):
    """Runs `step` along axis 1 of `sequence`.

    Args:
      step: `step(inputs, states) -> (output, states)`, for one time.
      sequence: `[batch, time, ...]`.
      states: a list of tensors, or of lists of them.
      mask: `[batch, time]` or `[batch, time, 1]`: where it is false, the states stay as they are
        and the output is the one before (with `zeros`: 0).
      go_backwards: whether to begin at the last time.
      unroll: whether to write down every step, rather than a loop.

    Returns:
      (the last output, all outputs `[batch, time, ...]` in the order of the steps, the last
      states).
    """
    sequences = [sequence]
    if mask is not None:
        mask = cast(mask, "bool")
        sequences.append(mask if mask.shape.rank > 2 else expand_dims(mask, -1))
    if go_backwards:
        sequences = [reverse(x, [1]) for x in sequences]

    def advance(rows, carry):
        """The carry (output, *states) after one step."""
        before = nest.pack_sequence_as(states, carry[1:])
        output, after = step(rows[0], before)
        after = [output, *nest.flatten(after)]
        if len(rows) == 1:
            return after
        if zeros or carry[0] is None:
            carry = [zeros_like(output), *carry[1:]]
        return [_chosen(rows[1], new, old) for new, old in zip(after, carry)]

    carry = [None, *nest.flatten(states)]
    if not unroll:  # as in Keras, a step is made for the shape of its output alone
        output, after = step(sequence[:, 0], states)
        after = [output, *nest.flatten(after)]
        carry[0] = zeros_like(output)
    if unroll or is_pythons([*sequences, *carry, output]):
        outputs, carry = _in_python(advance, sequences, carry)
    else:
        carry = [convert_to_tensor(x) for x in carry]
        shapes = [x.shape.most_specific_compatible_shape(y.shape) for x, y in zip(carry, after)]
        outputs, carry = _in_a_loop(advance, sequences, carry, shapes)
    return carry[0], outputs, nest.pack_sequence_as(states, carry[1:])


def _chosen(mask, new, old):
    """`new` for the examples where `mask`, `[batch, 1]`, is true; `old` for the others."""
    for _ in range(new.shape.rank - mask.shape.rank):
        mask = expand_dims(mask, -1)
    return where(mask, new, old)


def _in_python(advance, sequences, carry):
    outputs = []
    for rows in zip(*(unstack(x, axis=1) for x in sequences)):
        carry = advance(rows, carry)
        outputs.append(carry[0])
    return stack(outputs, axis=1), carry


def _in_a_loop(advance, sequences, carry, shapes):
    """The same as one op: a step reads a row of each sequence, and writes one of the outputs."""
    sequences = [_time_first(x) for x in sequences]
    time = sequences[0].shape[0]
    time = shape(sequences[0])[0] if time is None else time
    outputs = TensorArray(carry[0].dtype, time)

    def body(i, outputs, *carry):
        after = advance([x[i] for x in sequences], carry)
        return (i + 1, outputs.write(i, after[0]), *after)

    _, outputs, *carry = loop(
        lambda i, *_: i < time, body, (0, outputs, *carry), (TensorShape([]), None, *shapes),
        uses=sequences,
    )  # fmt: skip
    outputs = _time_first(outputs.stack())
    outputs.set_shape([None, sequences[0].shape[0], *shapes[0][1:]])
    return outputs, carry


def _time_first(x):
    """`x` with its first two axes exchanged."""
    return transpose(x, [1, 0, *range(2, x.shape.rank)])
