"""From the scores of connectionist temporal classification to labels: greedily, or by beam search.

A path is a class for each time. Its labels are what is left when equal neighbours are merged and
blanks are dropped. Source: Graves et al., 2006; Hannun et al., 2014.
"""

import numpy as np

from minitf import dtypes, errors
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops.sparse import SparseTensor
from minitf.shapes import TensorShape


def _sparse_rows(rows):
    """(indices, values, dense_shape) of rows of numbers, as a sparse matrix has them."""
    places = [[i, j] for i, row in enumerate(rows) for j in range(len(row))]
    values = [label for row in rows for label in row]
    longest = max(map(len, rows), default=0)
    return (np.array(places, np.int64).reshape(-1, 2), np.array(values, np.int64),
            np.array([len(rows), longest], np.int64))  # fmt: skip


def _check_lengths(lengths, steps):
    for batch, length in enumerate(lengths.tolist()):
        if not 0 <= length <= steps:
            raise errors.InvalidArgumentError(
                None, None, f"sequence_length({batch}) <= {steps}: it is {length}"
            )


def _greedy(inputs, sequence_length, *, merge_repeated, blank):
    _check_lengths(sequence_length, len(inputs))
    best, scores = inputs.argmax(2), inputs.max(2)
    blank = blank % inputs.shape[2]
    rows = []
    for batch, length in enumerate(sequence_length.tolist()):
        path = best[:length, batch].tolist()
        rows.append([
            label for before, label in zip([None, *path], path)
            if label != blank and not (merge_repeated and label == before)
        ])  # fmt: skip
    inside = np.arange(len(inputs))[:, None] < sequence_length[None]
    total = -np.where(inside, scores, 0).sum(0, keepdims=True).T
    return (*_sparse_rows(rows), total.astype(inputs.dtype))


def _beams(scores, width, top, merge_repeated, blank):
    """The `top` likeliest label sequences of one example, and their log probabilities."""
    never = -np.inf
    beams = {(): (0.0, never)}  # labels -> (log probability ending in a blank, in the last label)
    for step in scores:
        step = step - step.max()
        step = step - np.log(np.exp(step).sum())
        grown = {}

        def add(labels, in_blank, in_label, grown=grown):
            old = grown.get(labels, (never, never))
            grown[labels] = np.logaddexp(old[0], in_blank), np.logaddexp(old[1], in_label)

        for labels, (in_blank, in_label) in beams.items():
            total = np.logaddexp(in_blank, in_label)
            add(labels, total + step[blank], in_label + step[labels[-1]] if labels else never)
            for label, score in enumerate(step.tolist()):
                if label != blank:
                    from_ = in_blank if labels and labels[-1] == label else total
                    add((*labels, label), never, from_ + score)
        order = sorted(grown, key=lambda labels: -np.logaddexp(*grown[labels]))
        beams = {labels: grown[labels] for labels in order[:width]}
    found = sorted(((float(np.logaddexp(*p)), labels) for labels, p in beams.items()),
                   key=lambda pair: -pair[0])[:top]  # fmt: skip
    if merge_repeated:
        found = [(p, tuple(b for a, b in zip((None, *s), s) if a != b)) for p, s in found]
    return found


def _beam_search(inputs, sequence_length, *, beam_width, top_paths, merge_repeated):
    _check_lengths(sequence_length, len(inputs))
    if top_paths > beam_width:
        raise errors.InvalidArgumentError(None, None, "requested more paths than the beam width.")
    blank = inputs.shape[2] - 1
    found = [
        _beams(inputs[:length, batch].astype(np.float64), beam_width, top_paths, merge_repeated,
               blank) for batch, length in enumerate(sequence_length.tolist())
    ]  # fmt: skip
    if any(len(paths) < top_paths for paths in found):
        raise errors.InvalidArgumentError(
            None, None, "fewer paths than requested: top_paths is too large"
        )
    parts = [_sparse_rows([paths[i][1] for paths in found]) for i in range(top_paths)]
    likelihood = np.array([[p for p, _ in paths] for paths in found], inputs.dtype)
    return (*(part[i] for i in range(3) for part in parts),
            likelihood.reshape(-1, top_paths))  # fmt: skip


def _described(inputs, paths, columns):
    sparse = [(TensorShape([None, 2]), dtypes.int64)] * paths
    sparse += [(TensorShape([None]), dtypes.int64)] * paths
    sparse += [(TensorShape([2]), dtypes.int64)] * paths
    return [*sparse, (TensorShape([inputs[0].shape[1], columns]), inputs[0].dtype)]


GREEDY = define("CTCGreedyDecoder", _greedy, "TI", num_outputs=4, host=True,
                infer=lambda inputs, attrs: _described(inputs, 1, 1))  # fmt: skip
BEAM_SEARCH = define(
    "CTCBeamSearchDecoder", _beam_search, "TI", num_outputs=None, host=True,
    infer=lambda inputs, attrs: _described(inputs, attrs[1], attrs[1]),
)  # fmt: skip


def ctc_greedy_decoder(inputs, sequence_length, merge_repeated=True, blank_index=None):
    """The labels of the likeliest path.

    Args:
      inputs: [time, batch, classes].
      sequence_length: how many times each example has, [batch].
      merge_repeated: whether equal neighbours are one label.
      blank_index: the class that stands for no label, by default the last.

    Returns:
      ([labels, sparse [batch, longest]], minus the sum of the path's scores [batch, 1]).

    >>> scores = [[[0.0, 1.0, 0.0]], [[0.0, 1.0, 0.0]], [[2.0, 0.0, 0.0]]]
    >>> (labels,), _ = ctc_greedy_decoder(scores, [3])
    >>> labels.values.numpy().tolist()
    [1, 0]
    """
    attrs = (bool(merge_repeated), -1 if blank_index is None else int(blank_index))
    indices, values, shape, total = execute(GREEDY, (inputs, sequence_length), attrs)
    return [SparseTensor(indices, values, shape)], total


def ctc_beam_search_decoder(inputs, sequence_length, beam_width=100, top_paths=1):
    """The likeliest label sequences, over all paths that give them, by beam search.

    Args:
      inputs: [time, batch, classes]; the last class is the blank.
      sequence_length: how many times each example has, [batch].
      beam_width: how many sequences are followed.
      top_paths: how many are returned.

    Returns:
      (a list of `top_paths` sparse tensors [batch, longest], log probabilities [batch, top_paths]).
    """
    return beam_search(inputs, sequence_length, beam_width, top_paths, False)


def beam_search(inputs, sequence_length, beam_width, top_paths, merge_repeated):
    """`ctc_beam_search_decoder`; `merge_repeated` merges equal neighbours of the results too."""
    attrs = (int(beam_width), int(top_paths), bool(merge_repeated))
    *parts, likelihood = execute(BEAM_SEARCH, (inputs, sequence_length), attrs)
    n = int(top_paths)
    return [SparseTensor(*parts[i::n]) for i in range(n)], likelihood


# Labels without repetitions -----------------------------------------------------------------------


def _unique_labels(labels):
    rows = [np.unique(row, return_inverse=True, return_index=True) for row in labels]
    found = np.zeros(labels.shape, np.int64)
    places = np.zeros(labels.shape, np.int32)
    for i, (values, first, inverse) in enumerate(rows):
        order = np.argsort(first)
        found[i, : len(values)] = values[order]
        places[i] = np.argsort(order)[inverse.ravel()]
    return found, places


UNIQUE_LABELS = define(
    "CTCUniqueLabels", _unique_labels, "I", num_outputs=2, host=True,
    infer=lambda inputs, attrs: [(inputs[0].shape, d) for d in (dtypes.int64, dtypes.int32)],
)  # fmt: skip


def ctc_unique_labels(labels, name=None):
    """[the different labels of each row, padded with 0; where each label stands among them]."""
    return list(execute(UNIQUE_LABELS, (labels,), (), name))


def collapse_repeated(labels, seq_length, name=None):
    """Each row without labels that repeat the one before, and the new lengths.

    >>> labels, lengths = collapse_repeated([[1, 1, 2]], [3])
    >>> labels.numpy().tolist(), lengths.numpy().tolist()
    ([[1, 2]], [2])
    """
    labels, seq_length = convert_to_tensor(labels), convert_to_tensor(seq_length)
    return tuple(execute(COLLAPSE, (labels, seq_length), (), name))


def _collapse(labels, seq_length):
    rows = [
        [label for before, label in zip([None, *row], row) if label != before]
        for row in (line[:n].tolist() for line, n in zip(labels, seq_length.tolist()))
    ]
    lengths = np.array([len(row) for row in rows], seq_length.dtype)
    result = np.zeros((len(rows), lengths.max(initial=0)), labels.dtype)
    for line, row in zip(result, rows):
        line[: len(row)] = row
    return result, lengths


COLLAPSE = define(
    "CollapseRepeated", _collapse, "IJ", num_outputs=2, host=True,
    infer=lambda inputs, attrs: [(TensorShape([inputs[0].shape[0], None]), inputs[0].dtype),
                                 (inputs[1].shape, inputs[1].dtype)],
)  # fmt: skip
