"""`Example`: named lists of bytes, floats or integers, and how they are written as bytes."""

import struct

from minitf.ops.wire import field, fields, read_varint, varint


class _Message:
    """What all messages have; they are equal when their bytes are."""

    def __eq__(self, other):
        return type(self) is type(other) and self.SerializeToString() == other.SerializeToString()

    __hash__ = object.__hash__

    def SerializeToString(self, deterministic=None):
        """The message as bytes."""
        raise NotImplementedError(f"{type(self).__name__}.SerializeToString")

    def ParseFromString(self, serialized):
        """Takes the contents of bytes; returns how many there were."""
        self.__dict__.update(self.FromString(serialized).__dict__)
        return len(serialized)

    def ByteSize(self):
        """How many bytes the message takes."""
        return len(self.SerializeToString())

    @classmethod
    def FromString(cls, s):
        """The message that bytes are."""
        raise NotImplementedError(f"{cls.__name__}.FromString")

    def __repr__(self):
        return "\n".join(self._lines()) + "\n"

    def _lines(self):
        raise NotImplementedError(f"{type(self).__name__}._lines")


class _List(_Message):
    """A list of values of one kind."""

    def __init__(self, value=()):
        self.value = [self._checked(v) for v in value]

    _checked = staticmethod(lambda value: value)

    def _lines(self):
        return [f"value: {self._text(v)}" for v in self.value]

    _text = staticmethod(repr)


class BytesList(_List):
    """A list of bytes.

    >>> BytesList.FromString(BytesList(value=[b"ab"]).SerializeToString()).value
    [b'ab']
    """

    @staticmethod
    def _checked(value):
        if isinstance(value, str):
            return value.encode()
        if not isinstance(value, bytes):
            raise TypeError(
                f"{value!r} has type {type(value).__name__}, but expected one of: bytes"
            )
        return value

    @staticmethod
    def _text(value):
        return '"' + repr(value + b"'")[2:-2].replace('"', '\\"').replace("'\\''", "'") + '"'

    def SerializeToString(self, deterministic=None):
        return b"".join(field(1, v) for v in self.value)

    @classmethod
    def FromString(cls, s):
        return cls([content for _, content in fields(s)])


class FloatList(_List):
    """A list of float32 numbers."""

    @staticmethod
    def _checked(value):
        return struct.unpack("<f", struct.pack("<f", value))[0]

    def SerializeToString(self, deterministic=None):
        packed = struct.pack(f"<{len(self.value)}f", *self.value)
        return field(1, packed) if packed else b""

    @classmethod
    def FromString(cls, s):
        chunks = b"".join(content for _, content in fields(s))
        return cls(struct.unpack(f"<{len(chunks) // 4}f", chunks))

    @staticmethod
    def _text(value):
        return f"{value:.9g}"


class Int64List(_List):
    """A list of integers."""

    @staticmethod
    def _checked(value):
        if isinstance(value, float | str | bytes):
            raise TypeError(f"{value!r} has type {type(value).__name__}, but expected one of: int")
        return int(value)

    def SerializeToString(self, deterministic=None):
        packed = b"".join(map(varint, self.value))
        return field(1, packed) if packed else b""

    @classmethod
    def FromString(cls, s):
        numbers = []
        for _, content in fields(s):
            at = 0
            if isinstance(content, int):
                numbers.append(content)
                continue
            while at < len(content):
                number, at = read_varint(content, at)
                numbers.append(number)
        return cls([n - (1 << 64) if n >> 63 else n for n in numbers])


_KINDS = {"bytes_list": (1, BytesList), "float_list": (2, FloatList), "int64_list": (3, Int64List)}


class Feature(_Message):
    """One list: `bytes_list`, `float_list` or `int64_list`."""

    def __init__(self, bytes_list=None, float_list=None, int64_list=None):
        given = {"bytes_list": bytes_list, "float_list": float_list, "int64_list": int64_list}
        self._kind = next((name for name, value in given.items() if value is not None), None)
        for name, (_, make) in _KINDS.items():
            setattr(self, name, make() if given[name] is None else given[name])

    def WhichOneof(self, oneof_group):
        """The name of the list that is given."""
        used = [name for name in _KINDS if getattr(self, name).value]
        return self._kind or (used[0] if used else None)

    def SerializeToString(self, deterministic=None):
        kind = self.WhichOneof("kind")
        return b"" if kind is None else field(
            _KINDS[kind][0], getattr(self, kind).SerializeToString())  # fmt: skip

    @classmethod
    def FromString(cls, s):
        names = {number: (name, make) for name, (number, make) in _KINDS.items()}
        found = {}
        for number, content in fields(s):
            name, make = names[number]
            found[name] = make.FromString(content)
        return cls(**found)

    def _lines(self):
        kind = self.WhichOneof("kind")
        if kind is None:
            return []
        return [f"{kind} {{", *[f"  {line}" for line in getattr(self, kind)._lines()], "}"]


class Features(_Message):
    """Features by name."""

    def __init__(self, feature=None):
        self.feature = dict(feature or {})

    def SerializeToString(self, deterministic=None):
        return b"".join(
            field(1, field(1, name.encode()) + field(2, feature.SerializeToString()))
            for name, feature in self.feature.items()
        )

    @classmethod
    def FromString(cls, s):
        made = cls()
        for _, entry in fields(s):
            parts = dict(fields(entry))
            made.feature[parts.get(1, b"").decode()] = Feature.FromString(parts.get(2, b""))
        return made

    def _lines(self):
        lines = []
        for name, feature in sorted(self.feature.items()):
            inner = [f"    {line}" for line in feature._lines()]
            lines += ["feature {", f'  key: "{name}"', "  value {", *inner, "  }", "}"]
        return lines


class Example(_Message):
    """One example of a data set: its `features`.

    >>> seven = Feature(int64_list=Int64List(value=[7]))
    >>> example = Example(features=Features(feature={"n": seven}))
    >>> Example.FromString(example.SerializeToString()).features.feature["n"].int64_list.value
    [7]
    """

    def __init__(self, features=None):
        self.features = Features() if features is None else features

    def SerializeToString(self, deterministic=None):
        return field(1, self.features.SerializeToString())

    @classmethod
    def FromString(cls, s):
        return cls(Features.FromString(b"".join(content for n, content in fields(s) if n == 1)))

    def _lines(self):
        return ["features {", *[f"  {line}" for line in self.features._lines()], "}"]
