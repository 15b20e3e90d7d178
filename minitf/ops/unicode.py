"""Texts as characters: code points of bytes in some encoding, and bytes of code points."""

import codecs

import numpy as np

from minitf import dtypes, errors
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import define
from minitf.ops import array
from minitf.ops.ragged import RaggedTensor
from minitf.ops.ragged_values import map_flat_values
from minitf.ops.strings import each
from minitf.ops.text_pieces import rows, texts_of, vector
from minitf.shapes import TensorShape

_WRITTEN = ("UTF-8", "UTF-16-BE", "UTF-32-BE")  # encodings that texts can be written in
_UNKNOWN_ORDER = {"UTF-16": "utf-16-be", "UTF-32": "utf-32-be"}
_MARKS = {  # byte order marks
    "UTF-16": {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"},
    "UTF-32": {codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be"},
}


def _checked(on_error, *written):
    """InvalidArgumentError for a way to handle errors, or for an encoding, that there is not."""
    for attr, value, allowed in (
        ("errors", on_error, ("strict", "replace", "ignore")),
        *(("output_encoding", name, _WRITTEN) for name in written),
    ):
        if value not in allowed:
            listed = ", ".join(f'"{name}"' for name in allowed)
            raise stack.frame.invalid(
                f"Value for attr '{attr}' of \"{value}\" is not in the list of allowed values: "
                f"{listed}"
            )


# Reading -----------------------------------------------------------------------------------------


def _codec(text, encoding):
    """(Python's name of an encoding, how many bytes of `text` only tell which)."""
    for mark, codec in _MARKS.get(encoding, {}).items():
        if text.startswith(mark):
            return codec, len(mark)
    codec = _UNKNOWN_ORDER.get(encoding, encoding)
    try:
        return codecs.lookup(codec).name, 0
    except LookupError:
        raise errors.InvalidArgumentError(
            None, None, f"Could not create converter for input encoding: {encoding}"
        ) from None


def _read(text, encoding):
    """The characters of a text, None for what is no character, and where each of them begins."""
    codec, place = _codec(text, encoding)
    found, starts = [], []
    while place < len(text):
        end, bad = len(text), 0
        try:
            line = text[place:].decode(codec)
        except UnicodeDecodeError as error:
            end, bad = place + error.start, error.end - error.start
            line = text[place:end].decode(codec)
        found += line
        sizes = [len(c.encode(codec)) for c in line] if len(line) < end - place else [1] * len(line)
        starts += (place + np.cumsum([0, *sizes])[:-1]).tolist()
        if bad:
            found.append(None)
            starts.append(end)
        place = end + bad
    return found, starts


def _characters(text, encoding, on_error, replacement, replace_controls):
    """As `_read`, with what is no character replaced, left out or an error."""
    found, starts = _read(text, encoding)
    wrong = [c is None or (replace_controls and c < " ") for c in found]
    if not any(wrong):
        return found, starts
    if on_error == "strict":
        raise errors.InvalidArgumentError(None, None, "Invalid formatting on input string")
    if on_error == "ignore":
        kept = [i for i, bad in enumerate(wrong) if not bad]
        return [found[i] for i in kept], [starts[i] for i in kept]
    return [chr(replacement) if bad else c for c, bad in zip(found, wrong)], starts


def _decode(input, *, encoding, on_error, replacement, replace_controls, as_text):
    read = [_characters(text, encoding, on_error, replacement, replace_controls)
            for text in input.tolist()]  # fmt: skip
    line = [c for found, _ in read for c in found]
    if as_text:
        values = np.empty(len(line), object)
        values[:] = [c.encode(encoding) for c in line]
    else:
        values = np.array([ord(c) for c in line], np.int32)
    starts = np.array([place for _, places in read for place in places], np.int64)
    return values, starts, np.array([len(found) for found, _ in read], np.int64)


DECODE = define(
    "UnicodeDecodeWithOffsets", _decode, "S", num_outputs=3, host=True, differentiable=False,
    infer=lambda inputs, attrs: [
        vector(dtypes.string if attrs[-1] else dtypes.int32), vector(dtypes.int64),
        (inputs[0].shape, dtypes.int64)],
)  # fmt: skip


def _with_offsets(texts, attrs, name):
    """The characters of each text, and where each begins."""
    encoding, on_error, replacement, _, as_text = attrs
    _checked(on_error, *([encoding] if as_text else []))
    if not 0 <= replacement < 0x110000:
        raise errors.InvalidArgumentError(
            None, None, f"replacement_char out of unicode codepoint range: {replacement}"
        )

    def cut(which):
        def of(texts):
            found = execute(DECODE, (texts,), attrs, name)
            return found[which], found[2]

        return rows(texts, of)

    texts = texts_of(texts)
    return cut(0), cut(1)


def unicode_decode_with_offsets(input, input_encoding, errors="replace", replacement_char=65533,
                                replace_control_characters=False, name=None):  # fmt: skip
    """The code points of each text, and the byte at which each begins."""
    attrs = (input_encoding, errors, replacement_char, replace_control_characters, False)
    return _with_offsets(input, attrs, name)


def unicode_split_with_offsets(input, input_encoding, errors="replace", replacement_char=65533,
                               name=None):  # fmt: skip
    """The characters of each text, in its encoding, and the byte at which each begins."""
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
    """The characters of each text, in its encoding."""
    return unicode_split_with_offsets(input, input_encoding, errors, replacement_char, name)[0]


# Writing -----------------------------------------------------------------------------------------


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
        lambda text: "".join(
            _characters(text, source, on_error, replacement, replace_controls)[0]
        ).encode(target),
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
        result[i] = "".join(characters[a:b]).encode(encoding)
    return result


def unicode_encode(input, output_encoding, errors="replace", replacement_char=65533, name=None):
    """Texts of code points: of each row one.

    >>> unicode_encode([72, 105], "UTF-8").numpy()
    b'Hi'

    Raises:
      tf.errors.InvalidArgumentError: there is no such encoding or way to handle errors.
    """
    _checked(errors, output_encoding)
    attrs = (output_encoding, errors, replacement_char)
    if not isinstance(input, RaggedTensor):
        input = convert_to_tensor(input)
        if input.shape.rank is None:
            raise ValueError("Rank of input_tensor must be statically known.")
        if input.shape.rank == 0:
            raise ValueError("input_tensor's rank must be at least 1.")
        if input.shape.rank == 1:
            line = RaggedTensor.from_row_lengths(input, array.shape(input, dtypes.int64))
            return array.squeeze(unicode_encode(line, *attrs), [0])
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
    """Texts in another encoding.

    Raises:
      tf.errors.InvalidArgumentError: there is no such encoding or way to handle errors, or a text
        cannot be read and `errors` is "strict".
    """
    _checked(errors, output_encoding)
    attrs = (input_encoding, output_encoding, errors, replacement_char, replace_control_characters)
    return map_flat_values(lambda x: execute(TRANSCODE, (x,), attrs, name), texts_of(input))
