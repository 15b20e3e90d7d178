"""RE2's regular expressions in Python's: what TensorFlow matches texts with.

https://github.com/google/re2/wiki/Syntax says what there is. Classes such as `\\w` and `\\d` are
ASCII in RE2; those of Unicode are spelled `\\pL` or `\\p{Lu}`, and POSIX ones `[[:alpha:]]`.
"""

import functools
import re
import sys
import unicodedata

from minitf import errors

_POSIX = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7f", "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f", "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~",
    "punct": r"!-/:-@\[-`{-~", "space": r"\t\n\v\f\r ", "upper": "A-Z", "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_TOKEN = re.compile(
    r"\\Q(?P<quoted>.*?)(?:\\E|$)"
    r"|\\(?P<sign>[pP])(?:\{(?P<negated>\^?)(?P<long>\w+)\}|(?P<short>\w))"
    r"|\[:(?P<outside>\^?)(?P<posix>\w+):\]"
    r"|(?P<end>\\z|\$)|\\.|.",
    re.DOTALL,
)


@functools.lru_cache
def _ranges(category, inside):
    """The characters whose category begins so (or does not), as the inside of a class."""
    ranges, start = [], None
    for point in range(sys.maxunicode + 2):
        found = point <= sys.maxunicode and (
            unicodedata.category(chr(point)).startswith(category) == inside
        )
        if found and start is None:
            start = point
        elif not found and start is not None:
            ranges.append(f"\\U{start:08x}-\\U{point - 1:08x}")
            start = None
    return "".join(ranges)


@functools.lru_cache
def compiled(pattern):
    """The compiled form of RE2's `pattern` (bytes).

    Raises:
      InvalidArgumentError: it is no pattern.

    >>> bool(compiled(rb"\\p{Lu}[[:digit:]]").fullmatch("É1"))
    True
    """
    text, parts, in_class = pattern.decode("utf-8", "surrogateescape"), [], False
    many_lines = re.match(r"\(\?[a-zA-Z]*m", text)
    for token in _TOKEN.finditer(text):
        piece = token[0]
        if token["quoted"] is not None:
            piece = re.escape(token["quoted"])
        elif token["sign"]:
            inside = (token["sign"] == "p") != bool(token["negated"])
            piece = _ranges(token["long"] or token["short"], inside)
            piece = piece if in_class else f"[{piece}]"
        elif token["posix"] and in_class:
            ranges = _POSIX.get(token["posix"])
            if ranges is None or token["outside"]:
                raise _invalid(text, f"invalid character class range: {piece}")
            piece = ranges
        elif token["end"] and not in_class:
            piece = "$" if many_lines and token["end"] == "$" else r"\Z"  # not before a last \n
        elif piece == "[" and not in_class:
            in_class = True
        elif piece == "[" and in_class:
            piece = r"\["
        elif piece == "]":
            in_class = False
        parts.append(piece)
    try:
        return re.compile("".join(parts), re.ASCII)
    except re.error as error:
        raise _invalid(text, error) from None


def _invalid(pattern, error):
    return errors.InvalidArgumentError(None, None, f"Invalid pattern: {pattern}, error: {error}")
