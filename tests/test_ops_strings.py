"""`tf.strings`, eagerly and in functions."""

# ruff: noqa: B023
from rows import Tell


def test_strings(tf, answer):
    tell = Tell(answer)
    s = tf.constant([" Ab c\n", "héLLo", ""])
    words = tf.constant([["a", "bb"], ["ccc", "d"]])
    strings = tf.strings
    calls = dict(
        lower=lambda: strings.lower(s),
        lower_utf8=lambda: strings.lower(s, encoding="utf-8"),
        lower_bad=lambda: strings.lower(s, encoding="latin"),
        upper=lambda: strings.upper(s),
        upper_utf8=lambda: strings.upper(s, "utf-8"),
        strip=lambda: strings.strip(s),
        length=lambda: strings.length(s),
        length_utf8=lambda: strings.length(s, unit="UTF8_CHAR"),
        length_scalar=lambda: strings.length("abc"),
        substr=lambda: strings.substr(words, 0, 1),
        substr_from_end=lambda: strings.substr("Hello", -3, 2),
        substr_each=lambda: strings.substr(["abc", "defg"], [1, 2], [1, 2]),
        substr_utf8=lambda: strings.substr("héLLo", 1, 2, unit="UTF8_CHAR"),
        substr_outside=lambda: strings.substr("abc", 7, 1),
        replace=lambda: strings.regex_replace(s, "[Lb]", "_"),
        replace_first=lambda: strings.regex_replace("aaa", "a", "b", replace_global=False),
        replace_groups=lambda: strings.regex_replace("ab12", r"(\w)(\d)", r"\2\1<\0>"),
        replace_punctuation=lambda: strings.regex_replace("a,b!c", "[[:punct:]]", ""),
        replace_bad=lambda: strings.regex_replace("a", "(", ""),
        match=lambda: strings.regex_full_match(words, "[a-c]+"),
        join=lambda: strings.join(["x", words, "y"], separator="-"),
        join_mismatch=lambda: strings.join([["a", "b"], ["a", "b", "c"]]),
        reduce_join=lambda: strings.reduce_join(words),
        reduce_join_axis=lambda: strings.reduce_join(words, axis=0, separator="+"),
        reduce_join_keep=lambda: strings.reduce_join(words, axis=-1, keepdims=True),
        reduce_join_order=lambda: strings.reduce_join(words, axis=[1, 0]),
        segment=lambda: strings.unsorted_segment_join(["a", "b", "c"], [1, 0, 1], 3, ":"),
        as_string=lambda: strings.as_string([3.14159265, -2.0]),
        as_string_digits=lambda: strings.as_string([3.14159265, -2.0], precision=2),
        as_string_short=lambda: strings.as_string([3.14159265, 1e20], shortest=True),
        as_string_scientific=lambda: strings.as_string([31415.9265], scientific=True),
        as_string_both=lambda: strings.as_string([1.0], scientific=True, shortest=True),
        as_string_ints=lambda: strings.as_string([5, -12], width=4, fill="0"),
        as_string_bool=lambda: strings.as_string([True, False]),
        as_string_complex=lambda: strings.as_string(tf.constant([1 + 2j])),
        to_number=lambda: strings.to_number(["1", " 2.5", "-3e2"]),
        to_number_int=lambda: strings.to_number(["1", "-7"], tf.int32),
        to_number_bad=lambda: strings.to_number("a"),
        to_number_not_int=lambda: strings.to_number("2.5", tf.int64),
        format=lambda: strings.format("{} and {}", (tf.range(10), "a")),
        format_one=lambda: strings.format("x={}", tf.constant([[1.5, 2.0]])),
        format_mismatch=lambda: strings.format("{}", (1, 2)),
        bucket=lambda: strings.to_hash_bucket(words, 100),
        bucket_fast=lambda: strings.to_hash_bucket_fast(words, 100),
        bucket_strong=lambda: strings.to_hash_bucket_strong(words, 100, [1, 2]),
    )
    for name, call in calls.items():
        tell(name, call)
        tell(f"{name} in a function", tf.function(call))
