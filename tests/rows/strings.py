"""Texts."""

from rows import A, F, I, S, row

WORDS = S("Hello, World", "", "  pad ded ", "ÀÉ ñ", "a1b22")
GRID = S(["a", "bb", "ccc"], ["dddd", "", "ff"])


def _of(name, *inputs, **options):
    return row(f"strings.{name}", *inputs, unknown=False, alone=True, **options)


ELEMENTWISE = [
    _of("lower", WORDS), _of("upper", WORDS),
    _of("lower", S("ÀÉ", "Hi"), encoding="utf-8"), _of("upper", S("àé", "hi"), encoding="utf-8"),
    _of("lower", S("a"), encoding="latin-1", raises=[], compiled=False),
    _of("strip", WORDS), _of("length", WORDS), _of("length", S("ÀÉ", "日本"), unit="UTF8_CHAR"),
    _of("length", S("a"), unit="WORD", raises=[], compiled=False),
    _of("substr", S("hello", "world!"), 1, 3), _of("substr", S("hello", "world!"), -3, 2),
    _of("substr", S("hello", "world!"), A(0, 2, dtype="int32"), A(2, 9, dtype="int32")),
    _of("substr", S("日本語", "héllo"), 1, 2, unit="UTF8_CHAR"),
    _of("substr", S("hi"), 5, 1, raises=[], compiled=False),
    _of("substr", S(["abc", "def"], ["ghi", "jkl"]), A([0], [1], dtype="int32"),
        A([1], [2], dtype="int32")),
    _of("regex_replace", S("a1b22", "none"), r"\d+", "#", id="regex_1"),
    _of("regex_replace", S("a1b22"), r"(\w)(\d)", r"\2\1", id="regex_2"),
    _of("regex_replace", S("aaa"), "a", "b", replace_global=False, id="regex_3"),
    _of("regex_replace", S("<b>bold</b> text"), "<[^>]+>", "", id="regex_4"),
    _of("regex_replace", S("x.y"), "[.]", r"\\", id="regex_5"),
    _of("regex_replace", S("Tab\there"), r"[[:space:]]", "_", id="regex_6"),
    _of("regex_replace", S("ÀÉ x"), r"\pL", "l", id="regex_7"),
    _of("regex_replace", S("a"), "(", "", raises=[], compiled=False),
    _of("regex_full_match", S("abc", "abcd", ""), "[a-c]+", id="regex_8"),
    _of("regex_full_match", S("Abc", "abc"), "(?i)ABC", id="regex_9"),
    _of("regex_full_match", S("a\nb"), "a.b"), _of("regex_full_match", S("a"), "[", raises=[], compiled=False),
    _of("to_number", S("1.5", " 2 ", "-3e2", "inf", "nan")), _of("to_number", S("12", "-7"), "int32"),
    _of("to_number", S("9007199254740993"), "int64"), _of("to_number", S("0.1"), "float64"),
    _of("to_number", S("abc"), raises=[], compiled=False),
    _of("to_number", S("1.5"), "int32", raises=[], compiled=False),
    _of("to_number", S("99999999999"), "int32", raises=[], compiled=False),
    _of("as_string", A(1.5, -2.0, 1e10, 1e-5, float("nan"), float("inf"))),
    _of("as_string", A(0.1, 1.0 / 3, dtype="float64")), _of("as_string", I(4)),
    _of("as_string", A(True, False, dtype=bool)), _of("as_string", A(3.14159, 2.0), precision=2),
    _of("as_string", A(3.14159, 200.0), scientific=True),
    _of("as_string", A(3.14159, 1e-7), shortest=True),
    _of("as_string", A(3.5), width=8, fill="0"), _of("as_string", I(3), width=5, fill=" "),
    _of("as_string", I(3), width=5, fill="-"), _of("as_string", A(1 + 2j, dtype="complex64")),
    _of("as_string", I(3), precision=2, raises=[], compiled=False),
    _of("as_string", A(1.5), fill="ab", raises=[], compiled=False),
    row("fingerprint", S("a", "bc")), row("fingerprint", F(2, 3), gradient=False),
    _of("to_hash_bucket", WORDS, 1000), _of("to_hash_bucket_fast", WORDS, 1000),
    _of("to_hash_bucket_strong", WORDS, 1000, [1, 2]),
    _of("to_hash_bucket_fast", S("a" * 100, "b" * 64, "c" * 33, "d" * 17, "e" * 8), 2**40),
    _of("to_hash_bucket", S("a"), 0, raises=[], compiled=False),
    _of("unicode_transcode", S("é", "日本"), "UTF-8", "UTF-16-BE"),
    _of("unicode_transcode", S("a\tb"), "UTF-8", "UTF-8", replace_control_characters=True),
    row(lambda tf, x: tf.strings.unicode_transcode([b"a\xffb"], "UTF-8", "UTF-8"), A(0.0),
        id="transcode_bad", gradient=False, unknown=False, alone=True),
    row(lambda tf, x: tf.strings.unicode_transcode([b"a\xffb"], "UTF-8", "UTF-8", errors="ignore"), A(0.0),
        id="transcode_ignore", gradient=False, unknown=False, alone=True),
    row(lambda tf, x: tf.strings.unicode_transcode([b"a\xff"], "UTF-8", "UTF-8", errors="strict"), A(0.0),
        id="transcode_strict", raises=[], compiled=False),
]  # fmt: skip

JOINED = [
    _of("join", [S("a", "b"), S("c", "d")]), _of("join", [S("a", "b"), "-", S("c", "d")], separator="_"),
    _of("join", [S("a", "b"), S("c", "d", "e")], raises=[], compiled=False),
    _of("reduce_join", GRID, axis=0), _of("reduce_join", GRID, axis=-1, separator=" "),
    _of("reduce_join", GRID), _of("reduce_join", GRID, axis=[1, 0]),
    _of("reduce_join", GRID, axis=1, keepdims=True),
    _of("reduce_join", GRID, axis=2, raises=[], compiled=False),
    _of("unsorted_segment_join", S("a", "b", "c"), A(0, 1, 0, dtype="int32"), 3),
    _of("unsorted_segment_join", S("a", "b", "c"), A(1, 1, 0, dtype="int32"), 2, separator="+"),
    row(lambda tf, x: x + "!", S("a", "b"), id="add", unknown=False),
    row(lambda tf, x: tf.strings.format("v: {} {}", (x, "s")), A([1.0, 2.5], [3.0, 4.0]), id="format",
        gradient=False, unknown=False, alone=True),
    row(lambda tf, x: tf.strings.format("%s", x, placeholder="%s", summarize=2), I(3, 6),
        id="format_summarize", unknown=False, alone=True),
    row(lambda tf, x: tf.strings.format("{} {}", x), I(3), id="format_bad", raises=[], compiled=False),
]  # fmt: skip

PIECES = [
    _of("split", S("a b  c", "", " d "), compiled=False), _of("split", S("a,b,,c", ","), sep=",", compiled=False),
    _of("split", S("a,b,c"), sep=",", maxsplit=1), _of("split", S("x<>y<>z"), sep="<>"),
    _of("split", S(["a b", "c"], ["d e f", ""]), compiled=False),
    _of("bytes_split", S("hi", "", "é"), compiled=False),
    _of("ngrams", S("a", "b", "c", "d"), 2), _of("ngrams", S(["a", "b", "c"], ["d", "e", "f"]), [1, 3], compiled=False),
    _of("ngrams", S("a", "b", "c"), 3, separator="-", pad_values=("<", ">")),
    _of("ngrams", S("a", "b"), 3, pad_values="_", padding_width=1),
    _of("ngrams", S("a", "b"), 5, preserve_short_sequences=True),
    _of("unicode_decode", S("héllo", "日本"), "UTF-8"), _of("unicode_split", S("héllo", "日本"), "UTF-8"),
    row(lambda tf, x: list(tf.strings.unicode_decode_with_offsets(x, "UTF-8")), S("hé", "日本"),
        id="decode_with_offsets", unknown=False),
    row(lambda tf, x: list(tf.strings.unicode_split_with_offsets(x, "UTF-8")), S("hé", "日本"),
        id="split_with_offsets", unknown=False),
    row(lambda tf, x: tf.strings.unicode_decode([b"a\xff"], "UTF-8", replacement_char=63), A(0.0),
        id="decode_bad", gradient=False, unknown=False, alone=True),
    row(lambda tf, x: tf.strings.unicode_decode([b"a\xff"], "UTF-8", errors="strict"), A(0.0),
        id="decode_strict", raises=[], compiled=False),
    _of("unicode_encode", A([104, 233], [0x65E5, 0x672C], dtype="int32"), "UTF-8"),
    _of("unicode_encode", A(104, 105, dtype="int32"), "UTF-16-BE"),
]  # fmt: skip

ROWS = ELEMENTWISE + JOINED + PIECES
