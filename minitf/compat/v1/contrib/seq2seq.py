"""`tf.contrib.seq2seq`: losses of sequences, and decoders that run in a loop."""

import collections

from minitf import dtypes, nest
from minitf.compat.v1.nn import embedding_lookup, sparse_softmax_cross_entropy_with_logits
from minitf.compat.v1.variable_scope import variable_scope
from minitf.core.dispatch import convert_to_tensor
from minitf.ops.array import fill, reshape, transpose, zeros
from minitf.ops.array import shape as shape_of
from minitf.ops.control_flow import while_loop
from minitf.ops.gathering import where
from minitf.ops.math import cast, equal, logical_not, logical_or
from minitf.ops.reductions import argmax, reduce_all, reduce_sum
from minitf.ops.tensor_array import TensorArray
from minitf.scopes import name_scope

__all__ = [
    "BasicDecoder", "BasicDecoderOutput", "GreedyEmbeddingHelper", "TrainingHelper",
    "dynamic_decode", "sequence_loss",
]  # fmt: skip

BasicDecoderOutput = collections.namedtuple("BasicDecoderOutput", ["rnn_output", "sample_id"])


def sequence_loss(logits, targets, weights, average_across_timesteps=True,
                  average_across_batch=True, softmax_loss_function=None, name=None):  # fmt: skip
    """The weighted cross entropy of sequences.

    Args:
      logits: `[batch, steps, classes]`.
      targets: `[batch, steps]` classes.
      weights: `[batch, steps]`.

    Raises:
      ValueError: wrong ranks.
    """
    if len(logits.shape) != 3:
        raise ValueError("Logits must be a [batch_size x sequence_length x logits] tensor")
    targets, weights = convert_to_tensor(targets), convert_to_tensor(weights)
    if len(targets.shape) != 2:
        raise ValueError("Targets must be a [batch_size x sequence_length] tensor")
    if len(weights.shape) != 2:
        raise ValueError("Weights must be a [batch_size x sequence_length] tensor")
    with name_scope(name or "sequence_loss"):
        classes = shape_of(logits)[2]
        flat, labels = reshape(logits, [-1, classes]), reshape(targets, [-1])
        loss_of = softmax_loss_function or sparse_softmax_cross_entropy_with_logits
        losses = loss_of(labels=labels, logits=flat) * reshape(weights, [-1])
        if average_across_timesteps and average_across_batch:
            return reduce_sum(losses) / (reduce_sum(weights) + 1e-12)
        losses = reshape(losses, shape_of(logits)[0:2])
        if average_across_timesteps:
            return reduce_sum(losses, [1]) / (reduce_sum(weights, 1) + 1e-12)
        if average_across_batch:
            return reduce_sum(losses, [0]) / (reduce_sum(weights, 0) + 1e-12)
        return losses


class TrainingHelper:
    """Feeds a decoder the inputs of a sequence, as in training.

    Args:
      inputs: `[batch, steps, size]`, or `[steps, batch, size]` where `time_major`.
      sequence_length: `[batch]`.
    """

    def __init__(self, inputs, sequence_length, time_major=False, name=None):
        inputs = convert_to_tensor(inputs)
        self._inputs = inputs if time_major else transpose(inputs, [1, 0, 2])
        self._length = cast(sequence_length, dtypes.int32)
        self.batch_size = shape_of(self._length)[0]

    def initialize(self):
        """(whether each sequence is finished, the first inputs)."""
        return equal(0, self._length), self._inputs[0]

    def sample(self, time, outputs, state):
        """The most likely symbols."""
        return argmax(outputs, -1, dtypes.int32)

    def next_inputs(self, time, outputs, state, sample_ids):
        """(finished, the inputs of the next step, state)."""
        following = time + 1
        last = shape_of(self._inputs)[0] - 1
        at = where(following > last, last, following)
        return following >= self._length, self._inputs[at], state


class GreedyEmbeddingHelper:
    """Feeds a decoder the most likely symbols that it gave, until they are `end_token`.

    Args:
      embedding: a table, or a function of symbols.
      start_tokens: `[batch]`.
    """

    def __init__(self, embedding, start_tokens, end_token):
        is_function = callable(embedding)
        self._embed = embedding if is_function else (
            lambda ids: embedding_lookup(embedding, ids))  # fmt: skip
        self._start = convert_to_tensor(start_tokens, dtypes.int32)
        self._end = convert_to_tensor(end_token, dtypes.int32)
        self.batch_size = shape_of(self._start)[0]

    def initialize(self):
        """(whether each sequence is finished, the first inputs)."""
        return fill([self.batch_size], False), self._embed(self._start)

    def sample(self, time, outputs, state):
        """The most likely symbols."""
        return argmax(outputs, -1, dtypes.int32)

    def next_inputs(self, time, outputs, state, sample_ids):
        """(finished, the inputs of the next step, state)."""
        return equal(sample_ids, self._end), self._embed(sample_ids), state


class BasicDecoder:
    """A cell, the helper that feeds it, and a layer for its outputs."""

    def __init__(self, cell, helper, initial_state, output_layer=None):
        self._cell, self._helper, self._layer = cell, helper, output_layer
        self._initial_state = initial_state

    batch_size = property(lambda self: self._helper.batch_size)

    def initialize(self):
        """(finished, first inputs, first state)."""
        return (*self._helper.initialize(), self._initial_state)

    def step(self, time, inputs, state):
        """(outputs, next state, next inputs, finished)."""
        outputs, state = self._cell(inputs, state)
        if self._layer is not None:
            outputs = self._layer(outputs)
        ids = self._helper.sample(time, outputs, state)
        finished, inputs, state = self._helper.next_inputs(time, outputs, state, ids)
        return BasicDecoderOutput(outputs, ids), state, inputs, finished


def dynamic_decode(decoder, output_time_major=False, impute_finished=False,
                   maximum_iterations=None, parallel_iterations=32, swap_memory=False,
                   scope=None):  # fmt: skip
    """Runs a decoder until all its sequences are finished.

    Returns:
      (outputs, last state, lengths `[batch]`).
    """
    with variable_scope(scope or "decoder"):
        finished, inputs, state = decoder.initialize()
        if maximum_iterations is not None:
            finished = logical_or(finished, 0 >= convert_to_tensor(maximum_iterations))
        described = _described(decoder, inputs, state)
        arrays = nest.map_structure(
            lambda t: TensorArray(t.dtype, 0, dynamic_size=True, element_shape=t.shape), described
        )
        lengths = zeros([decoder.batch_size], dtypes.int32)

        def step(time, state, inputs, finished, lengths, arrays):
            outputs, after, following, now = decoder.step(time, inputs, state)
            done = logical_or(now, finished)
            if maximum_iterations is not None:
                done = logical_or(done, time + 1 >= maximum_iterations)
            lengths = where(logical_not(finished), fill(shape_of(lengths), time + 1), lengths)
            if impute_finished:
                outputs = nest.map_structure(
                    lambda o: where(_beside(finished, o), o * 0, o), outputs
                )
                after = nest.map_structure(
                    lambda new, old: where(_beside(finished, new), old, new), after, state
                )
            arrays = nest.map_structure(lambda a, o: a.write(time, o), arrays, outputs)
            return time + 1, after, following, done, lengths, arrays

        _, state, _, _, lengths, arrays = while_loop(
            lambda time, state, inputs, finished, *_: logical_not(reduce_all(finished)),
            step, (0, state, inputs, finished, lengths, arrays),
        )  # fmt: skip
        outputs = nest.map_structure(lambda a: a.stack(), arrays)
        if not output_time_major:
            outputs = nest.map_structure(
                lambda o: transpose(o, [1, 0, *range(2, o.shape.rank)]), outputs
            )
        return outputs, state, lengths


def _described(decoder, inputs, state):
    """What one step gives: its dtypes and shapes."""
    return decoder.step(0, inputs, state)[0]


def _beside(finished, x):
    return reshape(finished, [-1] + [1] * (x.shape.rank - 1))
