"""Texts in pieces: words, bytes and characters, as rows of a ragged tensor."""

import numpy as np

from minitf import dtypes, errors
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops import array, joining
from minitf.ops.ragged import RaggedTensor, map_flat_values
from minitf.ops.strings import each
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


def _vector(dtype):
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
    infer=lambda inputs, attrs: [_vector(dtypes.string), (inputs[0].shape, dtypes.int64)],
)  # fmt: skip
BYTES = define(
    "StringBytesSplit",
    _pieces(lambda text: [text[i : i + 1] for i in range(len(text))]),
    "S", num_outputs=2, host=True, differentiable=False,
    infer=lambda inputs, attrs: [_vector(dtypes.string), (inputs[0].shape, dtypes.int64)],
)  # fmt: skip


def _texts(value):
    return value if isinstance(value, RaggedTensor) else convert_to_tensor(value, dtypes.string)


def _rows(input, cut):
    """`cut` (a vector of texts to pieces and lengths) of texts of any rank, as ragged rows."""
    if isinstance(input, RaggedTensor):
        return input.with_values(_rows(input.values, cut))
    if input.shape.rank == 0:
        return _rows(array.reshape(input, [1]), cut).values
    if input.shape.rank and input.shape.rank > 1:
        inner = _rows(array.reshape(input, joining.concat([[-1], array.shape(input)[2:]], 0)), cut)
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
    return _rows(_texts(input), lambda texts: execute(SPLIT, (texts, sep), (int(maxsplit),), name))


def bytes_split(input, name=None):
    """The bytes of each text.

    >>> bytes_split(["hi", ""])
    <tf.RaggedTensor [[b'h', b'i'], []]>
    """
    return _rows(_texts(input), lambda texts: execute(BYTES, (texts,), (), name))


def ngrams(data, ngram_width, separator=" ", pad_values=None, padding_width=None,
           preserve_short_sequences=False, name=None):  # fmt: skip
    """Each run of `ngram_width` texts of a row, joined; rows are padded on demand.

    >>> ngrams(["a", "b", "c"], 2).numpy().tolist()
    [b'a b', b'b c']
    """
    data = _texts(data)
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
    attrs = (widths, separator.encode(), *(None if p is None else bytes(
        p.encode() if isinstance(p, str) else p) for p in (left, right)),
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
    infer=lambda inputs, attrs: [_vector(dtypes.string), (inputs[1].shape, dtypes.int64)],
)

# Unicode -----------------------------------------------------------------------------------------


def _decoded(text, encoding, on_error, replacement, replace_controls):
    """The characters of a text, with what cannot be read replaced, left out or an error."""
    codec = {"UTF-16-BE": "utf-16-be", "UTF-32-BE": "utf-32-be"}.get(encoding, encoding)
    try:
        found = text.decode(codec)
    except UnicodeDecodeError:
        if on_error == "strict":
            raise errors.InvalidArgumentError(
                None, None, "Invalid formatting on input string"
            ) from None
        found = text.decode(codec, "ignore" if on_error == "ignore" else "replace")
        found = found.replace("\ufffd", chr(replacement))
    if replace_controls:
        found = "".join(chr(replacement) if ord(c) < 32 or ord(c) == 127 else c for c in found)
    return found


def _encoded(text, encoding):
    return text.encode({"UTF-16-BE": "utf-16-be", "UTF-32-BE": "utf-32-be"}.get(encoding, encoding))


def _characters(input, *, encoding, on_error, replacement, replace_controls, as_text):
    rows = [_decoded(text, encoding, on_error, replacement, replace_controls)
            for text in input.tolist()]  # fmt: skip
    offsets = [np.cumsum([0, *[len(_encoded(c, encoding)) for c in row]])[:-1] for row in rows]
    line = "".join(rows)
    if as_text:
        values = np.empty(len(line), object)
        values[:] = [c.encode("utf-8") for c in line]
    else:
        values = np.array([ord(c) for c in line], np.int32)
    starts = np.concatenate([*offsets, np.zeros(0)]).astype(np.int64)
    return values, starts, np.array([len(row) for row in rows], np.int64)


CHARACTERS = define(
    "UnicodeDecodeWithOffsets", _characters, "S", num_outputs=3, host=True, differentiable=False,
    infer=lambda inputs, attrs: [
        _vector(dtypes.string if attrs[-1] else dtypes.int32), _vector(dtypes.int64),
        (inputs[0].shape, dtypes.int64)],
)  # fmt: skip


def _with_offsets(texts, attrs, name):
    """The characters of each text, and where each begins."""

    def cut(which):
        def of(texts):
            found = execute(CHARACTERS, (texts,), attrs, name)
            return found[which], found[2]

        return _rows(_texts(texts), of)

    return cut(0), cut(1)


def unicode_decode_with_offsets(input, input_encoding, errors="replace", replacement_char=65533,
                                replace_control_characters=False, name=None):  # fmt: skip
    """The code points of each text, and the byte at which each begins."""
    attrs = (input_encoding, errors, replacement_char, replace_control_characters, False)
    return _with_offsets(input, attrs, name)


def unicode_split_with_offsets(input, input_encoding, errors="replace", replacement_char=65533,
                               name=None):  # fmt: skip
    """The characters of each text, in UTF-8, and the byte at which each begins."""
    return _with_offsets(input, (input_encoding, errors, replacement_char, False, True), name)


def unicode_decode(input, input_encoding, errors="replace", replacement_char=65533,
                   replace_control_characters=False, name=None):  # fmt: skip
    """The code points (int32) of each text.

    >>> unicode_decode(["hé"], "UTF-8")
    <tf.RaggedTensor [[104, 233]]>
    """
    return unicode_decode_with_offsets(
        input, input_encoding, errors, replacement_char, replace_control_characters, name
    )[0]


def unicode_split(input, input_encoding, errors="replace", replacement_char=65533, name=None):
    """The characters of each text, in UTF-8."""
    return unicode_split_with_offsets(input, input_encoding, errors, replacement_char, name)[0]


ENCODE = define(
    "UnicodeEncode",
    lambda values, row_splits, *, encoding, on_error, replacement: _encode_rows(
        values, row_splits, encoding, on_error, replacement
    ),
    "VS", host=True, differentiable=False,
    infer=lambda inputs, attrs: [(
        TensorShape([None if (n := inputs[1].shape[0]) is None else n - 1]), dtypes.string)],
)  # fmt: skip
TRANSCODE = define(
    "UnicodeTranscode",
    lambda input, *, source, target, on_error, replacement, replace_controls: each(
        lambda s: _encoded(_decoded(s, source, on_error, replacement, replace_controls), target),
        input),
    "S", host=True, differentiable=False,
    infer=lambda inputs, attrs: [(inputs[0].shape, dtypes.string)],
)  # fmt: skip


def _character(point, on_error, replacement):
    """The character of a code point, or what stands for one that there is not."""
    if 0 <= point < 0x110000 and not 0xD800 <= point < 0xE000:
        return chr(point)
    if on_error == "strict":
        raise errors.InvalidArgumentError(
            None, None, "Code point is out of range for Unicode, or a noncharacter."
        )
    return "" if on_error == "ignore" else chr(replacement)


def _encode_rows(values, row_splits, encoding, on_error, replacement):
    characters = [_character(point, on_error, replacement) for point in values.tolist()]
    result = np.empty(len(row_splits) - 1, object)
    for i, (a, b) in enumerate(zip(row_splits[:-1], row_splits[1:], strict=True)):
        result[i] = _encoded("".join(characters[a:b]), encoding)
    return result


def unicode_encode(input, output_encoding, errors="replace", replacement_char=65533, name=None):
    """Texts of code points: of each row one.

    >>> unicode_encode([72, 105], "UTF-8").numpy()
    b'Hi'
    """
    attrs = (output_encoding, errors, replacement_char)
    if not isinstance(input, RaggedTensor):
        input = convert_to_tensor(input)
        if input.shape.rank == 0:
            raise ValueError("input_tensor's rank must be at least 1.")
        if input.shape.rank == 1:
            rows = RaggedTensor.from_row_lengths(input, array.shape(input, dtypes.int64))
            return array.squeeze(unicode_encode(rows, *attrs), [0])
        input = RaggedTensor.from_tensor(input, ragged_rank=input.shape.rank - 1)
    if isinstance(input.values, RaggedTensor):
        return input.with_values(unicode_encode(input.values, *attrs))
    return execute(ENCODE, (input.values, input.row_splits), attrs, name)


def unicode_transcode(
    input,
    input_encoding,
    output_encoding,
    errors="replace",
    replacement_char=65533,
    replace_control_characters=False,
    name=None,
):
    """Texts in another encoding."""
    attrs = (input_encoding, output_encoding, errors, replacement_char, replace_control_characters)
    return map_flat_values(lambda x: execute(TRANSCODE, (x,), attrs, name), _texts(input))
