"""Protocol buffers: messages declared in their own language, read and written as bytes and text.

`declare(text)` makes a class of every `message` in the text, with the face that Google's library
gives them. Their bytes are put together in `wire.py`.
"""

import re
import struct

from minitf.ops.wire import fields, read_varint, varint

_FIXED = {"double": ("<d", 1), "float": ("<f", 5), "fixed32": ("<I", 5), "fixed64": ("<Q", 1)}
_INTEGERS = {"int32": 31, "int64": 63, "uint32": 32, "uint64": 64}  # kind -> bits of its range
_DEFAULTS = {"string": "", "bytes": b"", "bool": False, "double": 0.0, "float": 0.0}


# Fields -------------------------------------------------------------------------------------------


class _Field:
    """One line of a message: `repeated float float_val = 5 [packed = true];`."""

    def __init__(self, name, number, kind, is_repeated, key, oneof):
        self.name, self.number, self.kind = name, number, kind
        self.is_repeated, self.key, self.oneof = is_repeated, key, oneof
        self.type = None  # the class of a message, the members of an enum

    is_map = property(lambda self: self.key is not None)
    is_message = property(lambda self: isinstance(self.type, type))

    def default(self):
        return _DEFAULTS.get(self.kind, 0)

    def checked(self, value):
        """`value` as this field keeps it; TypeError where it cannot."""
        kind = self.kind
        if self.is_message:
            if isinstance(value, dict):
                return self.type(**value)
            if isinstance(value, self.type):
                return value
        elif kind == "string" and isinstance(value, str | bytes):
            return value.decode() if isinstance(value, bytes) else value
        elif kind == "bytes" and isinstance(value, bytes):
            return value
        elif kind in _FIXED and kind != "fixed64" and hasattr(value, "__float__"):
            number = float(value)
            return struct.unpack("<f", struct.pack("<f", number))[0] if kind == "float" else number
        elif kind == "bool" and hasattr(value, "__bool__"):
            return bool(value)
        elif self.type is not None:  # an enum
            value = self.type.get(value, value)
            return int(getattr(value, "as_datatype_enum", value))
        elif kind not in _DEFAULTS and hasattr(value, "__index__"):
            return self._in_range(value.__index__())
        got = type(value).__name__
        if self.is_message:
            raise TypeError(
                "Parameter to initialize message field must be dict or instance of same class: "
                f"expected {self.type} got {type(value)}."
            )
        raise TypeError(_REFUSALS.get(kind, "'{}' object cannot be interpreted as an integer")
                        .format(got))  # fmt: skip

    def _in_range(self, number):
        bits = _INTEGERS.get(self.kind, 64)
        low = 0 if self.kind.startswith(("u", "fixed")) else -(1 << bits)
        if not low <= number < 1 << bits:
            raise ValueError(f"Value out of range: {number}")
        return number

    def encode(self, value):
        """One value, without the field's number."""
        if self.is_message:
            content = value.SerializeToString()
            return varint(len(content)) + content
        if self.kind in _FIXED:
            return struct.pack(_FIXED[self.kind][0], value)
        if self.kind in ("string", "bytes"):
            content = value.encode() if self.kind == "string" else value
            return varint(len(content)) + content
        return varint(int(value))

    def tag(self):
        wire = 2 if self.is_message or self.kind in ("string", "bytes") else 0
        return varint(self.number << 3 | _FIXED.get(self.kind, (None, wire))[1])

    def decode(self, content):
        """The value that is one field's content."""
        if self.is_message:
            return self.type.FromString(content)
        if self.kind in _FIXED:
            return struct.unpack(_FIXED[self.kind][0], content)[0]
        if self.kind == "string":
            return content.decode()
        if self.kind == "bytes":
            return bytes(content)
        if self.kind == "bool":
            return bool(content)
        signed = self.kind.startswith("int") or self.type is not None
        return content - (1 << 64) if signed and content >> 63 else content

    def packed(self, content):
        """The numbers of a repeated field whose content may be many or one."""
        if isinstance(content, int):
            return [self.decode(content)]
        if self.kind in _FIXED:
            code, _ = _FIXED[self.kind]
            return [x for (x,) in struct.iter_unpack(code, content)]
        numbers, at = [], 0
        while at < len(content):
            number, at = read_varint(content, at)
            numbers.append(self.decode(number))
        return numbers

    @property
    def is_packable(self):
        return not self.is_message and self.kind not in ("string", "bytes")

    def text(self, value):
        """A scalar in text format."""
        if self.kind in ("string", "bytes"):
            return quoted(value.encode() if self.kind == "string" else value)
        if self.kind == "bool":
            return "true" if value else "false"
        if self.kind in ("float", "double"):
            return _number_text(value, self.kind)
        if self.type is not None:
            return next((name for name, number in self.type.items() if number == value), str(value))
        return str(value)


_REFUSALS = {
    "bytes": "expected bytes, {} found", "string": "expected str, {} found",
    "float": "must be real number, not {}", "double": "must be real number, not {}",
}  # fmt: skip


def quoted(data):
    """Bytes in quotes, as text format has them.

    >>> quoted(b'a"b')
    '"a\\\\"b"'
    """
    names = {9: "\\t", 10: "\\n", 13: "\\r", 34: '\\"', 39: "\\'", 92: "\\\\"}
    shown = [names.get(b) or (chr(b) if 32 <= b < 127 else f"\\{b:03o}") for b in data]
    return f'"{"".join(shown)}"'


def _number_text(value, kind):
    few, many = (6, 9) if kind == "float" else (15, 17)
    code = "<f" if kind == "float" else "<d"
    short = f"{value:.{few}g}"
    same = struct.pack(code, float(short)) == struct.pack(code, value) or value != value
    return short if same else f"{value:.{many}g}"


class _Repeated(list):
    """The values of a repeated field."""

    def __init__(self, field, values=()):
        self._field = field
        super().__init__([field.checked(v) for v in values])

    def append(self, value):
        super().append(self._field.checked(value))

    def extend(self, values):
        super().extend([self._field.checked(v) for v in values])

    MergeFrom = extend

    def add(self, **fields):
        """A new message at the end."""
        self.append(self._field.type(**fields))
        return self[-1]


class _Map(dict):
    """The values of a map field; reading a key that is not there makes an empty message."""

    def __init__(self, field, values=()):
        super().__init__()
        self._field = field
        for key, value in dict(values).items():
            self[key] = value

    def __setitem__(self, key, value):
        super().__setitem__(key, self._field.checked(value))

    def __missing__(self, key):
        if not self._field.is_message:
            return self._field.default()
        made = self._field.type()
        super().__setitem__(key, made)
        return made

    def get_or_create(self, key):
        """The message of a key, an empty one where there was none."""
        return self[key]


# Messages -----------------------------------------------------------------------------------------


class Message:
    """What all messages have; they are equal when their bytes are.

    Fields are attributes. One that was not set has its default: zero, an empty text, list, map or
    message. A field of type message is there once something in it is.
    """

    _fields = {}  # by name
    _by_number = {}

    def __init__(self, **fields):
        object.__setattr__(self, "_values", {})
        object.__setattr__(self, "_given", set())  # messages that count, even if empty
        for name, value in fields.items():
            if name not in self._fields:
                raise ValueError(f'Protocol message {type(self).__name__} has no "{name}" field.')
            if value is not None:
                setattr(self, name, value)

    def __getattr__(self, name):
        field = type(self)._fields.get(name)
        if field is None:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        if name in self._values:
            return self._values[name]
        if field.is_map or field.is_repeated or field.is_message:
            made = self._empty(field)
            self._values[name] = made
            return made
        return field.default()

    @staticmethod
    def _empty(field):
        return _Map(field) if field.is_map else _Repeated(field) if field.is_repeated else (
            field.type())  # fmt: skip

    def __setattr__(self, name, value):
        field = type(self)._fields.get(name)
        if field is None:
            raise AttributeError(
                f'Assignment not allowed (no field "{name}" in protocol message object).'
            )
        if field.is_map or field.is_repeated:
            make = _Map if field.is_map else _Repeated
            value = make(field, value)
        else:
            value = field.checked(value)
        if field.oneof is not None:
            for other in type(self)._fields.values():
                if other.oneof == field.oneof:
                    self.ClearField(other.name)
        self._values[name] = value
        if field.is_message:
            self._given.add(name)

    def _is_present(self, field):
        if field.name not in self._values:
            return False
        value = self._values[field.name]
        if field.is_map or field.is_repeated:
            return bool(value)
        if field.is_message:
            return field.name in self._given or bool(value.ListFields())
        return field.oneof is not None or value != field.default()

    def HasField(self, name):
        """Whether a field of type message, or of a oneof, is given."""
        if name not in self._fields:
            raise ValueError(f'Protocol message {type(self).__name__} has no field "{name}".')
        return self._is_present(self._fields[name])

    def WhichOneof(self, oneof_group):
        """The name of the field that is given, of those of which only one may be."""
        group = [f for f in self._fields.values() if f.oneof == oneof_group]
        if not group:
            raise ValueError(f"no oneof {oneof_group!r} in {type(self).__name__}")
        return next((f.name for f in group if self._is_present(f)),
                    next((f.name for f in group if f.name in self._values), None))  # fmt: skip

    def ListFields(self):
        """What is given: [(field, value)], by number."""
        return [(f, self._values[f.name]) for f in sorted(self._fields.values(),
                key=lambda f: f.number) if self._is_present(f)]  # fmt: skip

    def ClearField(self, name):
        """Takes back what the field was set to."""
        self._values.pop(name, None)
        self._given.discard(name)

    def Clear(self):
        """Takes back everything."""
        self._values.clear()
        self._given.clear()

    def CopyFrom(self, other):
        """Becomes equal to `other`."""
        self.ParseFromString(other.SerializeToString())

    def MergeFrom(self, other):
        """Adds what `other` has: its lists to the lists, its values over the values."""
        self.MergeFromString(other.SerializeToString())

    def SerializeToString(self, deterministic=None):
        """The message as bytes."""
        parts = []
        for field, value in self.ListFields():
            if field.is_map:
                key = _Field("key", 1, field.key, False, None, None)
                held = _Field("value", 2, field.kind, False, None, None)
                held.type = field.type
                for k, v in sorted(value.items()):
                    entry = key.tag() + key.encode(k) + held.tag() + held.encode(v)
                    parts += [varint(field.number << 3 | 2), varint(len(entry)), entry]
            elif field.is_repeated and field.is_packable:
                content = b"".join(map(field.encode, value))
                parts += [varint(field.number << 3 | 2), varint(len(content)), content]
            else:
                for one in value if field.is_repeated else [value]:
                    parts += [field.tag(), field.encode(one)]
        return b"".join(parts)

    def ByteSize(self):
        """How many bytes the message takes."""
        return len(self.SerializeToString())

    def ParseFromString(self, serialized):
        """Takes the contents of bytes; returns how many there were."""
        self.Clear()
        return self.MergeFromString(serialized)

    def MergeFromString(self, serialized):
        """Adds the contents of bytes; fields that this message does not know are left out."""
        try:
            for number, content in fields(serialized):
                field = self._by_number.get(number)
                if field is not None:
                    self._take(field, content)
        except (IndexError, KeyError, struct.error, UnicodeDecodeError, TypeError) as error:
            raise ValueError(f"Error parsing message: {error}") from error
        return len(serialized)

    def _take(self, field, content):
        if field.is_map:
            parts = dict(fields(content))
            key = parts.get(1, b"" if field.key == "string" else 0)
            key = key.decode() if field.key == "string" else key
            values = getattr(self, field.name)
            values[key] = field.decode(parts[2]) if 2 in parts else values[key]
        elif field.is_repeated:
            values = field.packed(content) if field.is_packable else [field.decode(content)]
            list.extend(getattr(self, field.name), values)
        elif field.is_message and field.name in self._values:
            self._values[field.name].MergeFromString(content)
        else:
            setattr(self, field.name, field.decode(content))

    @classmethod
    def FromString(cls, s):
        """The message that bytes are."""
        made = cls()
        made.MergeFromString(s)
        return made

    def __eq__(self, other):
        return type(self) is type(other) and self.SerializeToString() == other.SerializeToString()

    __hash__ = object.__hash__

    def __reduce__(self):
        return type(self).FromString, (self.SerializeToString(),)

    def __repr__(self):
        return "".join(f"{line}\n" for line in self._lines())

    def _lines(self):
        lines = []
        for field, value in self.ListFields():
            if field.is_map:
                for k, v in sorted(value.items()):
                    inner = v._block("value") if field.is_message else [f"value: {field.text(v)}"]
                    key = quoted(k.encode()) if field.key == "string" else k
                    lines += [f"{field.name} {{", f"  key: {key}", *[f"  {x}" for x in inner], "}"]
                continue
            for one in value if field.is_repeated else [value]:
                if field.is_message:
                    lines += one._block(field.name)
                else:
                    lines.append(f"{field.name}: {field.text(one)}")
        return lines

    def _block(self, name):
        return [f"{name} {{", *[f"  {line}" for line in self._lines()], "}"]


# Declarations -------------------------------------------------------------------------------------

_TOKEN = re.compile(r"[\w.]+|[{}=;<>,-]|\[[^\]]*\]")


def declare(text, module):
    """{name: class or enum} of the messages and enums that `text` declares.

    >>> point = declare("message Point { int32 x = 1; repeated float tail = 2; }", "m")["Point"]
    >>> point.FromString(point(x=-1, tail=[0.5]).SerializeToString())
    x: -1
    tail: 0.5
    <BLANKLINE>
    """
    tokens = iter(_TOKEN.findall(re.sub(r"//.*", "", text)))
    made, fields = {}, []
    for token in tokens:
        _declare_one(token, tokens, "", module, made, fields)
    for scope, field in fields:
        field.type = _resolve(field.kind, scope, made)
    return made


def _declare_one(token, tokens, scope, module, made, fields):
    name = scope + next(tokens)
    next(tokens)  # {
    if token == "enum":
        made[name] = {}
        for word in tokens:
            if word == "}":
                break
            next(tokens)
            number = next(tokens)
            made[name][word] = -int(next(tokens)) if number == "-" else int(number)
            next(tokens)
        return
    assert token == "message", token
    short = name.rpartition(".")[2]
    members = {"_fields": {}, "_by_number": {}, "__module__": module, "__qualname__": name}
    made[name] = cls = type(short, (Message,), members)
    oneof = None
    for word in tokens:
        if word == "}":
            if oneof is None:
                break
            oneof = None
        elif word in ("message", "enum"):
            _declare_one(word, tokens, name + ".", module, made, fields)
        elif word == "oneof":
            oneof = next(tokens)
            next(tokens)
        else:
            field = _declare_field(word, tokens, oneof)
            cls._fields[field.name] = field
            cls._by_number[field.number] = field
            fields.append((name + ".", field))
    for full, member in list(made.items()):
        if full.rpartition(".")[0] == name:
            inner = {full.rpartition(".")[2]: member} if isinstance(member, type) else member
            for word, value in inner.items():
                type.__setattr__(cls, word, value)


def _declare_field(word, tokens, oneof):
    key = None
    is_repeated = word == "repeated"
    kind = next(tokens) if word in ("repeated", "optional") else word
    if kind == "map":
        next(tokens)  # <
        key = next(tokens)
        next(tokens)  # ,
        kind = next(tokens)
        next(tokens)  # >
    name = next(tokens)
    next(tokens)  # =
    number = int(next(tokens))
    if next(tokens) != ";":  # options
        next(tokens)
    return _Field(name, number, kind, is_repeated, key, oneof)


def _resolve(kind, scope, made):
    """The class or enum that `kind` means inside `scope`; None for a scalar."""
    while True:
        if scope + kind in made:
            return made[scope + kind]
        if not scope:
            break
        scope = scope[:-1].rpartition(".")[0]
        scope = scope + "." if scope else ""
    if kind in _DEFAULTS or kind in _INTEGERS or kind in _FIXED:
        return None
    raise KeyError(f"no message, enum or scalar {kind!r}")
