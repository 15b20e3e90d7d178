"""Texts in pieces: words, bytes and runs of words, as rows of a ragged tensor."""

import numpy as np

from minitf import dtypes
from minitf.core.dispatch import execute
from minitf.core.registry import define
from minitf.ops import array, joining
from minitf.ops.ragged import RaggedTensor, ragged_or_tensor
from minitf.ops.strings import as_bytes
from minitf.shapes import TensorShape


def _pieces(cut, results=1):
    """The function of an op: the pieces of all texts in a line, and how many each text has."""

    def fn(input, **attrs):
        rows = [cut(text, **attrs) for text in input.tolist()]
        line = [piece for row in rows for piece in row]
        values = np.empty(len(line), object)
        values[:] = line
        return values, np.array([len(row) for row in rows], np.int64)

    return fn


def vector(dtype):
    """The shape and dtype of a vector of unknown length."""
    return TensorShape([None]), dtype


def _words(text, sep, maxsplit):
    words = text.split(sep or None, maxsplit if maxsplit > 0 else -1)
    if not sep and len(words) == maxsplit:
        words.append(b"")  # what is left after the last word that is split off
    return words


SPLIT = define(
    "StringSplitV2",
    lambda input, sep, *, maxsplit: _pieces(_words)(input, sep=sep.item(), maxsplit=maxsplit),
    "SS", num_outputs=2, host=True, differentiable=False,
    infer=lambda inputs, attrs: [vector(dtypes.string), (inputs[0].shape, dtypes.int64)],
)  # fmt: skip
BYTES = define(
    "StringBytesSplit",
    _pieces(lambda text: [text[i : i + 1] for i in range(len(text))]),
    "S", num_outputs=2, host=True, differentiable=False,
    infer=lambda inputs, attrs: [vector(dtypes.string), (inputs[0].shape, dtypes.int64)],
)  # fmt: skip


def texts_of(value):
    """A ragged tensor of texts, or a tensor of what else are texts."""
    return ragged_or_tensor(value, dtypes.string)


def rows(input, cut):
    """`cut` (a vector of texts to pieces and lengths) of texts of any rank, as ragged rows."""
    if isinstance(input, RaggedTensor):
        return input.with_values(rows(input.values, cut))
    if input.shape.rank is None:
        raise ValueError("Rank of `input` must be statically known.")
    if input.shape.rank == 0:
        return rows(array.reshape(input, [1]), cut).values
    if input.shape.rank > 1:
        inner = rows(array.reshape(input, joining.concat([[-1], array.shape(input)[2:]], 0)), cut)
        return RaggedTensor.from_uniform_row_length(
            inner, array.shape(input)[1] if input.shape[1] is None else input.shape[1]
        )
    values, lengths = cut(input)
    return RaggedTensor.from_row_lengths(values, lengths)


def split(input, sep=None, maxsplit=-1, name=None):
    """The words of each text: what stands between `sep` (default: any white space).

    >>> split(["hello world", "a"])
    <tf.RaggedTensor [[b'hello', b'world'], [b'a']]>
    """
    sep = "" if sep is None else sep
    return rows(texts_of(input), lambda texts: execute(SPLIT, (texts, sep), (int(maxsplit),), name))


def bytes_split(input, name=None):
    """The bytes of each text.

    >>> bytes_split(["hi", ""])
    <tf.RaggedTensor [[b'h', b'i'], []]>
    """
    return rows(texts_of(input), lambda texts: execute(BYTES, (texts,), (), name))


def ngrams(data, ngram_width, separator=" ", pad_values=None, padding_width=None,
           preserve_short_sequences=False, name=None):  # fmt: skip
    """Each run of `ngram_width` texts of a row, joined; rows are padded on demand.

    >>> ngrams(["a", "b", "c"], 2).numpy().tolist()
    [b'a b', b'b c']
    """
    data = texts_of(data)
    if isinstance(data, RaggedTensor):
        rows, ragged = data, True
    else:
        rows, ragged = RaggedTensor.from_row_lengths(
            array.reshape(data, [-1]),
            array.fill([max(1, data.shape.num_elements() // max(data.shape[-1], 1))],
                       np.int64(data.shape[-1]))), False  # fmt: skip
    widths = (ngram_width,) if isinstance(ngram_width, int) else tuple(ngram_width)
    if min(widths) < 1:
        raise ValueError(f"All ngram_widths must be greater than 0. Got {ngram_width}")
    left, right = (pad_values, pad_values) if isinstance(pad_values, str | bytes) else (
        pad_values or (None, None))  # fmt: skip
    attrs = (widths, as_bytes(separator), *(None if p is None else as_bytes(p)
                                            for p in (left, right)),
        padding_width, bool(preserve_short_sequences))  # fmt: skip
    values, lengths = execute(NGRAMS, (rows.values, rows.row_lengths()), attrs, name)
    made = RaggedTensor.from_row_lengths(values, lengths)
    if ragged:
        return made
    return values if data.shape.rank == 1 else made.to_tensor()


def _ngrams(values, lengths, *, widths, separator, left, right, padding_width, keep_short):
    rows, start = [], 0
    for length in lengths.tolist():
        row, start = values[start : start + length].tolist(), start + length
        made = []
        for width in widths:
            pad = width - 1 if padding_width is None else min(padding_width, width - 1)
            padded = row if left is None else [left] * pad + row + [right] * pad
            made += [separator.join(padded[i : i + width]) for i in range(len(padded) - width + 1)]
        if not made and keep_short and row:
            pad = 0 if left is None else padding_width or 0
            made = [separator.join([left] * pad + row + [right] * pad if pad else row)]
        rows.append(made)
    line = [piece for row in rows for piece in row]
    result = np.empty(len(line), object)
    result[:] = line
    return result, np.array([len(row) for row in rows], np.int64)


NGRAMS = define(
    "StringNGrams",
    _ngrams,
    "Si",
    num_outputs=2,
    host=True,
    differentiable=False,
    infer=lambda inputs, attrs: [vector(dtypes.string), (inputs[1].shape, dtypes.int64)],
)
