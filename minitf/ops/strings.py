"""Texts are bytes: ops that join, change, measure and read tensors of strings, on the host.

Offers the elementwise functions of `tf.strings`. Those whose results are ragged (`split`) are in
`minitf.ops.text_pieces`.
"""

import re

import numpy as np

from minitf import dtypes, errors
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import define
from minitf.core.tensor import Tensor
from minitf.ops import array as array_ops
from minitf.ops import fingerprints, regex
from minitf.ops.effects import summary
from minitf.shapes import TensorShape


def each(function, *arrays, dtype=object):
    """`function` of the elements of arrays that broadcast; for texts NumPy has no ufuncs."""
    broadcast = np.broadcast_arrays(*arrays)
    result = np.empty(broadcast[0].shape, dtype)
    for position in np.ndindex(result.shape):
        result[position] = function(*[array[position] for array in broadcast])
    return result


def _like_input(dtype):
    return lambda inputs, attrs: [(inputs[0].shape, dtype)]


def _elementwise(name, fn, dtype=dtypes.string, types="S"):
    return define(name, fn, types, host=True, infer=_like_input(dtype), differentiable=False)


def _texts(value):
    """A tensor (the op says if it is none of texts), or what else are texts."""
    return value if isinstance(value, Tensor) else convert_to_tensor(value, dtypes.string)


# Letters -----------------------------------------------------------------------------------------


def _cased(change):
    """An op's function: ASCII letters alone are changed unless the encoding says UTF-8."""

    def fn(input, *, encoding):
        if encoding not in ("", "utf-8"):
            raise errors.InvalidArgumentError(
                None, None, f"only utf8 or '' (no encoding) is supported, received {encoding}"
            )
        if not encoding:
            return each(change, input)
        return each(lambda s: change(s.decode(errors="replace")).encode(), input)

    return fn


LOWER = _elementwise("StringLower", _cased(lambda s: s.lower()))
UPPER = _elementwise("StringUpper", _cased(lambda s: s.upper()))
STRIP = _elementwise("StringStrip", lambda input: each(lambda s: s.strip(), input))


def lower(input, encoding="", name=None):
    """Texts in lower case: ASCII letters, or all with `encoding="utf-8"`.

    >>> lower(["MiniTF"]).numpy().tolist()
    [b'minitf']
    """
    return execute(LOWER, (_texts(input),), (encoding,), name)


def upper(input, encoding="", name=None):
    """Texts in upper case: ASCII letters, or all with `encoding="utf-8"`."""
    return execute(UPPER, (_texts(input),), (encoding,), name)


def strip(input, name=None):
    """Texts without the white space around them."""
    return execute(STRIP, (_texts(input),), (), name)


# Measures and parts ------------------------------------------------------------------------------


def _units(text, unit):
    """`text` as something that is indexed by `unit`: bytes, or characters of UTF-8."""
    return text if unit == "BYTE" else text.decode("utf-8", "surrogateescape")


def as_bytes(text):
    """The bytes of a text."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


def _check_unit(unit):
    if unit not in ("BYTE", "UTF8_CHAR"):
        raise stack.frame.invalid(
            f"Value for attr 'unit' of \"{unit}\" is not in the list of allowed values: "
            '"BYTE", "UTF8_CHAR"',
        )
    return unit


def _substr(input, pos, len, *, unit):
    if pos.shape != len.shape:
        raise errors.InvalidArgumentError(
            None, None, f"pos and len should have the same shape, got: {list(pos.shape)} vs. "
            f"{list(len.shape)}")  # fmt: skip
    if pos.ndim and pos.shape != input.shape and max(pos.ndim, input.ndim) > 2:
        raise errors.UnimplementedError(
            None, None, f"Substr broadcast not implemented for {max(pos.ndim, input.ndim)} "
            "dimensions")  # fmt: skip

    def part(text, start, length):
        text = _units(text, unit)
        size = text.__len__()
        if not -size <= start <= size:
            raise errors.InvalidArgumentError(
                None, None, f"pos {start} out of range for string b'{as_bytes(text)}'"
            )
        start = start + size if start < 0 else start
        return as_bytes(text[start:] if length < 0 else text[start : start + length])

    return each(part, input, pos, len)


def _substr_shape(inputs, attrs):
    text, pos, length = inputs
    pos.shape.merge_with(length.shape)
    return [(array_ops.broadcast_static_shape(text.shape, pos.shape), dtypes.string)]


LENGTH = _elementwise(
    "StringLength",
    lambda input, *, unit: each(lambda s: len(_units(s, unit)), input, dtype=np.int32),
    dtypes.int32,
)
SUBSTR = define("Substr", _substr, "Sii", host=True, infer=_substr_shape, differentiable=False)


def length(input, unit="BYTE", name=None):
    """int32: how many bytes, or with `unit="UTF8_CHAR"` characters, each text has."""
    return execute(LENGTH, (_texts(input),), (_check_unit(unit),), name)


def substr(input, pos, len, unit="BYTE", name=None):
    """The `len` bytes (or characters) of each text from `pos` on; a negative `pos` is from the end.

    >>> substr(["Hello", "World"], 1, 3).numpy().tolist()
    [b'ell', b'orl']

    Raises:
      InvalidArgumentError: a position is outside of its text.
    """
    return execute(SUBSTR, (_texts(input), pos, len), (_check_unit(unit),), name)


# Regular expressions -----------------------------------------------------------------------------


def _regex_replace(input, pattern, rewrite, *, replace_global):
    compiled = regex.compiled(pattern.item())
    rewrite = re.sub(r"\\(\d)", r"\\g<\1>", _units(rewrite.item(), "UTF8_CHAR"))
    count = 0 if replace_global else 1
    return each(lambda s: as_bytes(compiled.sub(rewrite, _units(s, ""), count=count)), input)


def _regex_full_match(input, pattern):
    compiled = regex.compiled(pattern.item())
    return each(lambda s: compiled.fullmatch(_units(s, "")) is not None, input, dtype=np.bool_)


REGEX_REPLACE = _elementwise("RegexReplace", _regex_replace, types="SSS")
REGEX_FULL_MATCH = _elementwise("RegexFullMatch", _regex_full_match, dtypes.bool, "SS")


def regex_replace(input, pattern, rewrite, replace_global=True, name=None):
    r"""Texts with the matches of `pattern` (or the first alone) replaced by `rewrite`.

    >>> regex_replace("Text with tags.<br /><b>contains html</b>", "<[^>]+>", " ").numpy()
    b'Text with tags.  contains html '
    """
    inputs = (_texts(input), _texts(pattern), _texts(rewrite))
    return execute(REGEX_REPLACE, inputs, (bool(replace_global),), name)


def regex_full_match(input, pattern, name=None):
    """bool: whether all of each text matches `pattern`."""
    return execute(REGEX_FULL_MATCH, (_texts(input), _texts(pattern)), (), name)


# Joining -----------------------------------------------------------------------------------------


def _broadcast_shape(inputs, attrs):
    shapes = [tensor.shape for tensor in inputs]
    merged = TensorShape([]) if all(shape.rank == 0 for shape in shapes) else TensorShape(None)
    for shape in shapes:
        merged = merged if shape.rank == 0 else merged.merge_with(shape)
    return [(merged, dtypes.string)]


def _reduce_join(inputs, reduction_indices, *, keepdims, separator):
    indices = np.ravel(reduction_indices).tolist()
    for a in indices:
        if not -inputs.ndim <= a < inputs.ndim:
            raise errors.OutOfRangeError(
                None, None, f"Invalid reduction dimension {a} for input with {inputs.ndim} dims"
            )
    axes = [a % inputs.ndim for a in indices]
    for i, a in enumerate(axes):
        if a in axes[:i]:
            raise errors.InvalidArgumentError(None, None, f"Duplicate reduction dimension {a}")
    rest = [a for a in range(inputs.ndim) if a not in axes]
    if not inputs.ndim:
        return inputs
    moved = inputs.transpose([*rest, *axes[::-1]])  # the first axis is joined first
    outer = [inputs.shape[a] for a in rest]
    result = np.empty(outer, object)
    for position in np.ndindex(*outer):
        result[position] = separator.join(np.ravel(moved[position]).tolist())
    if keepdims:
        result = result.reshape([1 if a in axes else n for a, n in enumerate(inputs.shape)])
    return result


def _reduced_shape(inputs, attrs):
    keepdims, _ = attrs
    shape, indices = inputs[0].shape, static_value(inputs[1])
    if shape.rank is None or indices is None:
        rank = shape.rank if keepdims else None
        return [(TensorShape(None if rank is None else [None] * rank), dtypes.string)]
    for a in np.ravel(indices):
        if not -shape.rank <= a < shape.rank:
            raise ValueError(f"Invalid reduction dimension {a} for input with {shape.rank} dims")
    axes = [a % shape.rank for a in np.ravel(indices)]
    kept = [1 if a in axes else n for a, n in enumerate(shape) if keepdims or a not in axes]
    return [(TensorShape(kept), dtypes.string)]


def _segment_join(inputs, segment_ids, num_segments, *, separator):
    if inputs.shape[: segment_ids.ndim] != segment_ids.shape or not inputs.size:
        raise errors.InvalidArgumentError(
            None, None, f"The shape of segment_ids {list(segment_ids.shape)} must be that with "
            f"which the shape of inputs {list(inputs.shape)} begins, and inputs not be empty"
        )  # fmt: skip
    if (segment_ids >= num_segments).any() or (segment_ids < 0).any():
        raise errors.InvalidArgumentError(
            None, None, f"segment_ids {segment_ids.tolist()} must be from 0 to the number of "
            f"segments, {num_segments}, without it")  # fmt: skip
    rows = inputs.reshape(segment_ids.size, -1)
    result = np.empty((int(num_segments), rows.shape[1]), object)
    for position in np.ndindex(result.shape):
        chosen = rows[segment_ids.ravel() == position[0], position[1]]
        result[position] = separator.join(chosen.tolist())
    return result.reshape([int(num_segments), *inputs.shape[segment_ids.ndim :]])


def _segments_shape(inputs, attrs):
    texts, ids, number = inputs
    texts.shape[: ids.shape.rank].merge_with(ids.shape)
    known = static_value(number)
    rows = TensorShape([None if known is None else int(known)])
    return [(rows.concatenate(texts.shape[ids.shape.rank :]), dtypes.string)]


def _join(inputs, separator):
    shapes = {x.shape for x in inputs if x.ndim}
    if len(shapes) > 1:
        shown = " != ".join(str(list(shape)) for shape in shapes)
        raise errors.InvalidArgumentError(None, None, f"Input shapes do not match: {shown}")
    return each(lambda *texts: separator.join(texts), *inputs)


JOIN = define(
    "StringJoin",
    lambda *inputs, separator: _join(inputs, separator),
    "S*", host=True, infer=_broadcast_shape, differentiable=False,
)  # fmt: skip
REDUCE_JOIN = define("ReduceJoin", _reduce_join, "Si", host=True, infer=_reduced_shape,
                     differentiable=False)  # fmt: skip
SEGMENT_JOIN = define(
    "UnsortedSegmentJoin", _segment_join, "Sii", host=True, infer=_segments_shape,
    differentiable=False,
)  # fmt: skip


def join(inputs, separator="", name=None):
    """Texts joined element by element; scalars and tensors of one shape.

    >>> join(["a", ["b", "c"]], separator="-").numpy().tolist()
    [b'a-b', b'a-c']
    """
    texts = tuple(map(convert_to_tensor, inputs)) or (convert_to_tensor(""),)
    return execute(JOIN, texts, (as_bytes(separator),), name)


def reduce_join(inputs, axis=None, keepdims=False, separator="", name=None):
    """The texts along `axis` (default: all, row by row) as one.

    Raises:
      tf.errors.OutOfRangeError: there is no such axis.
      tf.errors.InvalidArgumentError: an axis is given twice.
    """
    inputs = _texts(inputs)
    if axis is None and inputs.shape.rank is None:
        axis = array_ops.range(array_ops.rank(inputs) - 1, -1, -1)
    elif axis is None:
        axis = np.arange(inputs.shape.rank, dtype=np.int32)[::-1]
    return execute(REDUCE_JOIN, (inputs, axis), (bool(keepdims), as_bytes(separator)), name)


def unsorted_segment_join(inputs, segment_ids, num_segments, separator="", name=None):
    """The texts with one segment id as one, in order; segments without texts are empty."""
    inputs = (_texts(inputs), segment_ids, num_segments)
    return execute(SEGMENT_JOIN, inputs, (as_bytes(separator),), name)


# Numbers and texts -------------------------------------------------------------------------------


def _as_string(input, *, precision, scientific, shortest, width, fill):
    sizes = f"{fill}{width if width >= 0 else ''}"
    kind = input.dtype.kind
    digits = f".{precision}" if precision >= 0 else ""
    real = f"%{sizes}{digits}{'e' if scientific else 'g' if shortest else 'f'}"

    def text(x):
        if kind == "b":
            return b"true" if x else b"false"
        if kind in "iu":
            return (f"%{sizes}d" % x).encode()
        if kind == "c":
            return f"({real % x.real},{real % x.imag})".encode()
        return (real % float(x)).encode()

    return each(lambda s: s.rjust(width), input) if kind == "O" else each(text, input)


def _to_number(input, *, out_type):
    def number(text):
        try:
            if b"_" not in text:
                if out_type.kind in "iu":
                    return out_type.type(int(text.strip()))
                hexadecimal = text.strip().lower().lstrip(b"+-").startswith(b"0x")
                return out_type.type(float.fromhex(text.decode()) if hexadecimal else float(text))
        except (ValueError, OverflowError):
            pass
        shown = text.decode(errors="replace")
        raise errors.InvalidArgumentError(
            None, None, f"StringToNumberOp could not correctly convert string: {shown}"
        )

    return each(number, input, dtype=out_type)


AS_STRING = _elementwise("AsString", _as_string, types="?")
TO_NUMBER = define(
    "StringToNumber", _to_number, "S", host=True, differentiable=False,
    infer=lambda inputs, attrs: [(inputs[0].shape, dtypes.as_dtype(attrs[0]))],
)  # fmt: skip


def as_string(
    input, precision=-1, scientific=False, shortest=False, width=-1, fill="", name=None
):  # fmt: skip
    """Numbers as texts, as `printf` writes them.

    >>> as_string([3.1415926, 2.72], precision=2).numpy().tolist()
    [b'3.14', b'2.72']
    """
    if scientific and shortest:
        raise errors.InvalidArgumentError(
            None, None, "Cannot select both scientific and shortest notation"
        )
    input = convert_to_tensor(input)
    if precision >= 0 and not (input.dtype.is_floating or input.dtype.is_complex):
        raise errors.InvalidArgumentError(
            None, None, f"precision, scientific and shortest are for floats, not {input.dtype.name}"
        )
    if len(fill) > 1:
        raise errors.InvalidArgumentError(
            None, None, f"Fill string must be one or fewer characters: {fill}"
        )
    attrs = (int(precision), bool(scientific), bool(shortest), int(width), fill)
    return execute(AS_STRING, (input,), attrs, name)


def to_number(input, out_type=dtypes.float32, name=None):
    """The numbers that texts spell.

    Raises:
      InvalidArgumentError: a text spells none.
    """
    out_type = dtypes.as_dtype(out_type)
    if out_type.name not in ("float32", "float64", "int32", "int64", "uint32", "uint64"):
        raise errors.InvalidArgumentError(
            None, None, f"Value for attr 'out_type' of {out_type.name} is not in the list of "
            "allowed values: float, double, int32, int64, uint32, uint64")  # fmt: skip
    return execute(TO_NUMBER, (_texts(input),), (out_type.np,), name)


def _format(*inputs, template, placeholder, summarize, ragged_ranks):
    parts, given = template.split(placeholder), iter(inputs)
    shown = []
    for ragged_rank in ragged_ranks:
        array = next(given)
        shown.append(_rows(array, [next(given) for _ in range(ragged_rank)], summarize)
                     if ragged_rank else summary(array, summarize, quoted=True))  # fmt: skip
    text = parts[0] + "".join(value + part for value, part in zip(shown, parts[1:], strict=True))
    return np.array(text.encode(errors="surrogateescape"), object)


def _rows(values, splits, summarize):
    """The text of a ragged tensor: lists in lists, of the elements as `as_string` writes them."""
    if values.dtype == object:
        items = [f"'{x.decode(errors='surrogateescape')}'" for x in values.flat]
    else:
        texts = _as_string(
            values, precision=-1, scientific=False, shortest=False, width=-1, fill=""
        )
        items = [text.decode() for text in texts.flat]
    uniform = [np.arange(np.prod(values.shape[:i], dtype=int) + 1) * n
               for i, n in enumerate(values.shape[1:], 1)]  # fmt: skip
    for ends in reversed([np.array([0, None]), *splits, *uniform]):
        rows = [items[a:b] for a, b in zip(ends[:-1], ends[1:])]
        if summarize >= 0:
            rows = [row if len(row) <= 2 * summarize else
                    [*row[:summarize], "...", *row[-summarize:]] for row in rows]  # fmt: skip
        items = [f"[{', '.join(row)}]" for row in rows]
    return items[0]


FORMAT = define("StringFormat", _format, "?*", host=True, differentiable=False,
                infer=lambda inputs, attrs: [(TensorShape([]), dtypes.string)])  # fmt: skip


def format(template, inputs, placeholder="{}", summarize=3, name=None):
    """A text with the values of tensors at the places where `template` has `placeholder`.

    >>> format("a: {}, b: {}", (1, [2, 3])).numpy()
    b'a: 1, b: [2 3]'
    """
    given = inputs if isinstance(inputs, list | tuple) else [inputs]
    tensors = tuple(convert_to_tensor(x) for x in given)
    if template.count(placeholder) != len(tensors):
        raise ValueError(
            f"The template expects {template.count(placeholder)} tensors, but the inputs only has "
            f"{len(tensors)}. Please ensure the number of placeholders in template matches inputs "
            "length."
        )
    attrs = (template, placeholder, int(summarize), (0,) * len(tensors))
    return execute(FORMAT, tensors, attrs, name)


# Fingerprints ------------------------------------------------------------------------------------


def _bucket(name, hash_of):
    def fn(input, *, num_buckets):
        return each(lambda s: hash_of(s) % num_buckets, input, dtype=np.int64)

    return _elementwise(name, fn, dtypes.int64)


BUCKET = _bucket("StringToHashBucket", fingerprints.hash64)
BUCKET_FAST = _bucket("StringToHashBucketFast", fingerprints.fingerprint64)
BUCKET_STRONG = _elementwise(
    "StringToHashBucketStrong",
    lambda input, *, num_buckets, key: each(
        lambda s: fingerprints.siphash(s, key) % num_buckets, input, dtype=np.int64
    ),
    dtypes.int64,
)


def _fingerprint(data):
    if data.dtype == object and data[:1].size == 1:
        hashed = data.ravel().tolist()
    elif data.dtype == object:  # of a row of texts, that of their fingerprints
        hashed = [b"".join(map(_little, row.ravel())) for row in data]
    else:
        hashed = [row.tobytes() for row in data]
    return np.frombuffer(b"".join(map(_little, hashed)), np.uint8).reshape(len(data), 8)


def _little(text):
    return fingerprints.fingerprint64(text).to_bytes(8, "little")


FINGERPRINT = define("Fingerprint", _fingerprint, "?", host=True, differentiable=False,
                     infer=lambda inputs, attrs: [
                         (TensorShape([inputs[0].shape[0], 8]), dtypes.uint8)])  # fmt: skip


def fingerprint(data, method="farmhash64", name=None):
    """uint8 [rows, 8]: FarmHash's fingerprint of the bytes of each row of `data`.

    Raises:
      tf.errors.InvalidArgumentError: another method, or a scalar.

    >>> fingerprint(["a"]).numpy().tolist()
    [[227, 117, 223, 182, 101, 66, 69, 179]]
    """
    data = convert_to_tensor(data)
    if method != "farmhash64":
        raise errors.InvalidArgumentError(None, None, f"Unsupported fingerprint method: {method}")
    if data.shape.rank == 0:
        raise errors.InvalidArgumentError(None, None, "`data` should have at least one dimension")
    return execute(FINGERPRINT, (data,), (), name)


def to_hash_bucket(input, num_buckets, name=None):
    """int64: each text's fingerprint modulo `num_buckets`."""
    return execute(BUCKET, (_texts(input),), (_buckets(num_buckets),), name)


def _buckets(number):
    if number < 1:
        raise errors.InvalidArgumentError(
            None, None, f"Value for attr 'num_buckets' of {number} must be at least minimum 1"
        )
    return int(number)


def to_hash_bucket_fast(input, num_buckets, name=None):
    """As `to_hash_bucket`, by FarmHash.

    >>> to_hash_bucket_fast(["Hello", "TensorFlow", "2.x"], 3).numpy().tolist()
    [0, 2, 2]
    """
    return execute(BUCKET_FAST, (_texts(input),), (_buckets(num_buckets),), name)


def to_hash_bucket_strong(input, num_buckets, key, name=None):
    """As `to_hash_bucket`, by SipHash under a key of two numbers."""
    if len(key) != 2:
        raise stack.frame.invalid(f"Key must have 2 elements, got {list(key)}")
    return execute(BUCKET_STRONG, (_texts(input),), (_buckets(num_buckets), tuple(key)), name)
