"""The older names of `keras.backend` for sequences: CTC, loops, sparse tensors."""

import math

from minitf import nest
from minitf.keras import config, recurrence
from minitf.ops import functional
from minitf.ops.array import expand_dims, sequence_mask, squeeze, transpose
from minitf.ops.array import shape as shape_of
from minitf.ops.ctc import ctc_loss
from minitf.ops.ctc_decoding import beam_search, ctc_greedy_decoder
from minitf.ops.gathering import gather_nd, where
from minitf.ops.math import cast, equal, log
from minitf.ops.reductions import reduce_sum
from minitf.ops.selecting import in_top_k as is_in_top_k
from minitf.ops.sparse import SparseTensor
from minitf.ops.sparse import to_dense as sparse_to_dense

# Labels without times (CTC) -----------------------------------------------------------------------


def ctc_label_dense_to_sparse(labels, label_lengths):
    """The first `label_lengths` of each row of labels, as a sparse tensor."""
    places = where(sequence_mask(label_lengths, shape_of(labels)[1]))
    return SparseTensor(places, gather_nd(labels, places), cast(shape_of(labels), "int64"))


def _log_time_first(y_pred):
    return log(transpose(y_pred, [1, 0, 2]) + config.epsilon())


def ctc_batch_cost(y_true, y_pred, input_length, label_length):
    """-log of the probability of each row of labels; the last class stands for no label.

    Args:
      y_true: labels `[batch, longest]`.
      y_pred: probabilities `[batch, time, classes]`.
      input_length, label_length: the lengths of the rows `[batch, 1]`.

    Returns:
      `[batch, 1]`; infinity where the time is too short for the labels.
    """
    labels = cast(y_true, "int32")
    lengths, times = (cast(squeeze(x, -1), "int32") for x in (label_length, input_length))
    losses = ctc_loss(labels, _log_time_first(y_pred), lengths, times,
                      blank_index=y_pred.shape[-1] - 1)  # fmt: skip
    counted = sequence_mask(lengths, shape_of(labels)[1])[:, 1:]
    repeats = equal(labels[:, 1:], labels[:, :-1]) & counted  # a blank must stand between these
    needed = lengths + reduce_sum(cast(repeats, "int32"), 1)
    return expand_dims(where(needed > times, cast(math.inf, losses.dtype), losses), 1)


def ctc_decode(y_pred, input_length, greedy=True, beam_width=100, top_paths=1):
    """The labels that probabilities over time stand for.

    Args:
      y_pred: `[batch, time, classes]`; the last class stands for no label.
      input_length: `[batch]`.
      greedy: whether to take the likeliest class at each time; otherwise the likeliest
        `top_paths` of `beam_width` sequences.

    Returns:
      (a list of labels `[batch, time]`, -1 behind their end; scores).
    """
    scores, lengths = _log_time_first(y_pred), cast(input_length, "int32")
    if greedy:
        found, probabilities = ctc_greedy_decoder(scores, lengths)
    else:
        found, probabilities = beam_search(scores, lengths, beam_width, top_paths, True)
    sizes = cast(shape_of(y_pred)[:2], "int64")
    dense = [
        sparse_to_dense(SparseTensor(x.indices, x.values, sizes), default_value=-1) for x in found
    ]
    return dense, probabilities


# Sparse tensors, and what is likely ---------------------------------------------------------------


def is_sparse(tensor):
    """Whether this is a `SparseTensor`."""
    return isinstance(tensor, SparseTensor)


def to_dense(tensor):
    """A tensor with the zeros of a sparse one."""
    return sparse_to_dense(tensor) if is_sparse(tensor) else tensor


def in_top_k(predictions, targets, k):
    """For each example, whether its class has one of the `k` largest predictions."""
    return is_in_top_k(targets, predictions, k)


# Loops --------------------------------------------------------------------------------------------


def map_fn(fn, elems, name=None, dtype=None):
    """`fn` of each row of `elems`, stacked."""
    return functional.map_fn(fn, elems, dtype, name=name)


def foldl(fn, elems, initializer=None, name=None):
    """`fn(fn(initializer, first row), second row)`, and so on."""
    return functional.foldl(fn, elems, initializer, name=name)


def foldr(fn, elems, initializer=None, name=None):
    """`foldl` from the last row to the first."""
    return functional.foldr(fn, elems, initializer, name=name)


def rnn(step_function, inputs, initial_states, go_backwards=False, mask=None, constants=None,
        unroll=False, input_length=None, time_major=False, zero_output_for_mask=False,
        return_all_outputs=True):  # fmt: skip
    """One step after another along time.

    Args:
      step_function: `(inputs, states) -> (output, new states)`, for one time; the states end
        with the `constants`.
      inputs: `[batch, time, ...]`, or with `time_major` `[time, batch, ...]`.
      initial_states: a list of tensors.
      mask: `[batch, time]`: where it is false, the states stay as they are and the output is
        the one before, or zeros with `zero_output_for_mask`.
      constants: tensors that each step takes.
      unroll: whether to write down every step, rather than a loop.
      input_length: in place of a mask, a tensor of lengths.
      return_all_outputs: whether the outputs are all, or the last alone (in an axis of size 1).

    Returns:
      (the last output, the outputs, the last states).

    Raises:
      NotImplementedError: `inputs` are several tensors.
    """
    if len(nest.flatten(inputs)) != 1:
        raise NotImplementedError("`inputs` of `keras.backend.rnn` must be one tensor in minitf.")
    (inputs,) = nest.flatten(inputs)
    constants, states = list(constants or []), list(initial_states)
    if time_major:
        inputs = _exchanged(inputs)
        mask = None if mask is None else _exchanged(mask)
    if mask is None and hasattr(input_length, "shape") and len(input_length.shape):
        mask = sequence_mask(input_length, shape_of(inputs)[1])

    def step(x, states):
        output, states = step_function(x, (*states, *constants))
        return output, list(states)

    last, outputs, states = recurrence.recur(
        step, inputs, states, mask, go_backwards, unroll, zero_output_for_mask
    )
    outputs = outputs if return_all_outputs else expand_dims(last, 1)
    outputs = _exchanged(outputs) if time_major else outputs
    return last, outputs, states if unroll else tuple(states)


def _exchanged(x):
    """`x` with its first two axes exchanged."""
    return transpose(x, [1, 0, *range(2, len(x.shape))])
