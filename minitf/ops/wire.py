"""The wire format of protocol buffers: a message is a sequence of numbered fields.

A field is a tag (its number and a kind) and a varint, four or eight bytes, or a length with bytes.
Source: https://protobuf.dev/programming-guides/encoding/
"""

_FIXED = {1: 8, 5: 4}  # kind of field -> its size in bytes


def varint(number):
    """A number as seven bits per byte, lowest first; negative ones as 64 bits.

    >>> varint(300).hex()
    'ac02'
    """
    number &= (1 << 64) - 1
    parts = bytearray()
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def read_varint(data, at):
    """(the number that starts at `at`, where it ends)."""
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at


def integer(number, value):
    """Field `number` with an integer."""
    return varint(number << 3) + varint(value)


def field(number, content):
    """Field `number` with bytes, a string or a message."""
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def fixed(number, content):
    """Field `number` with the four or eight bytes of a number."""
    return varint(number << 3 | {8: 1, 4: 5}[len(content)]) + content


def fields(data):
    """(number, content) of each field; the content of a varint is an integer.

    >>> list(fields(field(1, "ab") + integer(2, 7)))
    [(1, b'ab'), (2, 7)]

    Raises:
      ValueError: the message is cut off.
    """
    at = 0
    while at < len(data):
        tag, at = read_varint(data, at)
        kind = tag & 7
        if kind == 0:
            content, at = read_varint(data, at)
        else:
            length, at = read_varint(data, at) if kind == 2 else (_FIXED[kind], at)
            content, at = data[at : at + length], at + length
            if len(content) < length:
                raise ValueError("the message is cut off")
        yield tag >> 3, content
