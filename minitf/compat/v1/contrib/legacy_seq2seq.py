"""`tf.contrib.legacy_seq2seq`: networks unrolled over lists of inputs, and losses of such lists."""

from minitf import dtypes
from minitf.compat.v1.contrib.rnn import EmbeddingWrapper, OutputProjectionWrapper
from minitf.compat.v1.getting import get_variable
from minitf.compat.v1.nn import embedding_lookup, sparse_softmax_cross_entropy_with_logits
from minitf.compat.v1.rnn import static_rnn
from minitf.compat.v1.variable_scope import get_variable_scope, variable_scope
from minitf.ops.array import reshape, shape
from minitf.ops.array import stop_gradient as without_gradient
from minitf.ops.math import add_n, cast
from minitf.ops.reductions import argmax, reduce_sum
from minitf.scopes import name_scope

__all__ = [
    "basic_rnn_seq2seq", "embedding_rnn_decoder", "embedding_rnn_seq2seq", "rnn_decoder",
    "sequence_loss", "sequence_loss_by_example",
]  # fmt: skip


def rnn_decoder(decoder_inputs, initial_state, cell, loop_function=None, scope=None):
    """(outputs, last state) of a cell over a list of inputs `[batch, size]`.

    Args:
      loop_function: `f(previous output, step)` gives the next input in place of the list's.
    """
    with variable_scope(scope or "rnn_decoder"):
        state, outputs = initial_state, []
        for i, given in enumerate(decoder_inputs):
            if loop_function is not None and outputs:
                with variable_scope("loop_function", reuse=True):
                    given = loop_function(outputs[-1], i)
            if i > 0:
                get_variable_scope().reuse_variables()
            output, state = cell(given, state)
            outputs.append(output)
    return outputs, state


def basic_rnn_seq2seq(encoder_inputs, decoder_inputs, cell, dtype=dtypes.float32, scope=None):
    """A network that reads one list, then, from its last state, another with the same cell."""
    with variable_scope(scope or "basic_rnn_seq2seq"):
        _, state = static_rnn(cell, encoder_inputs, dtype=dtype)
        return rnn_decoder(decoder_inputs, state, cell)


def embedding_rnn_decoder(decoder_inputs, initial_state, cell, num_symbols, embedding_size,
                          output_projection=None, feed_previous=False,
                          update_embedding_for_previous=True, scope=None):  # fmt: skip
    """`rnn_decoder` over symbols; with `feed_previous` each step reads what the last one chose."""
    with variable_scope(scope or "embedding_rnn_decoder"):
        table = get_variable("embedding", [num_symbols, embedding_size])

        def chosen(previous, _):
            if output_projection is not None:
                weights, biases = output_projection
                previous = previous @ weights + biases
            vectors = embedding_lookup(table, argmax(previous, 1))
            return vectors if update_embedding_for_previous else without_gradient(vectors)

        inputs = [embedding_lookup(table, i) for i in decoder_inputs]
        return rnn_decoder(inputs, initial_state, cell, chosen if feed_previous else None)


def embedding_rnn_seq2seq(encoder_inputs, decoder_inputs, cell, num_encoder_symbols,
                          num_decoder_symbols, embedding_size, output_projection=None,
                          feed_previous=False, dtype=None, scope=None):  # fmt: skip
    """A network that reads a list of symbols and writes another.

    Raises:
      TypeError: `feed_previous` is a tensor.
    """
    if not isinstance(feed_previous, bool):
        raise TypeError("embedding_rnn_seq2seq: in minitf `feed_previous` is True or False.")
    with variable_scope(scope or "embedding_rnn_seq2seq"):
        encoder = EmbeddingWrapper(cell, num_encoder_symbols, embedding_size)
        _, state = static_rnn(encoder, encoder_inputs, dtype=dtype or dtypes.float32)
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)
        return embedding_rnn_decoder(decoder_inputs, state, cell, num_decoder_symbols,
                                     embedding_size, output_projection, feed_previous)  # fmt: skip


def sequence_loss_by_example(logits, targets, weights, average_across_timesteps=True,
                             softmax_loss_function=None, name=None):  # fmt: skip
    """The weighted cross entropy of each sequence `[batch]`; all arguments are lists over steps.

    Raises:
      ValueError: the lists are not of the same length.
    """
    if len(targets) != len(logits) or len(weights) != len(logits):
        raise ValueError(f"Lengths of logits, weights, and targets must be the same "
                         f"{len(logits)}, {len(weights)}, {len(targets)}.")  # fmt: skip
    with name_scope(name or "sequence_loss_by_example"):
        found = []
        for logit, target, weight in zip(logits, targets, weights):
            if softmax_loss_function is None:
                target = reshape(target, [-1])
                loss = sparse_softmax_cross_entropy_with_logits(labels=target, logits=logit)
            else:
                loss = softmax_loss_function(labels=target, logits=logit)
            found.append(loss * weight)
        total = add_n(found)
        return total / (add_n(list(weights)) + 1e-12) if average_across_timesteps else total


def sequence_loss(logits, targets, weights, average_across_timesteps=True,
                  average_across_batch=True, softmax_loss_function=None, name=None):  # fmt: skip
    """The sum of `sequence_loss_by_example`, by default divided by the size of the batch."""
    with name_scope(name or "sequence_loss"):
        cost = reduce_sum(sequence_loss_by_example(
            logits, targets, weights, average_across_timesteps, softmax_loss_function))  # fmt: skip
        if not average_across_batch:
            return cost
        return cost / cast(shape(targets[0])[0], cost.dtype)
