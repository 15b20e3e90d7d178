"""A dtype is one interned object per TensorFlow element type, and knows its NumPy counterpart.

Offers `DType`, every `tf.*` dtype as a module constant, `as_dtype` (anything to a DType) and
`from_numpy_dtype` (the fast way back from an array).
"""

import builtins

import ml_dtypes
import numpy as np

__all__ = [
    "DType",
    "QUANTIZED_DTYPES",
    "as_dtype",
    "bfloat16",
    "bool",
    "complex128",
    "complex64",
    "double",
    "float16",
    "float32",
    "float4_e2m1fn",
    "float64",
    "float8_e4m3b11fnuz",
    "float8_e4m3fn",
    "float8_e4m3fnuz",
    "float8_e5m2",
    "float8_e5m2fnuz",
    "half",
    "int16",
    "int2",
    "int32",
    "int4",
    "int64",
    "int8",
    "qint16",
    "qint32",
    "qint8",
    "quint16",
    "quint8",
    "resource",
    "string",
    "uint16",
    "uint2",
    "uint32",
    "uint4",
    "uint64",
    "uint8",
    "variant",
]

_QUANTIZED = {
    "qint8": np.int8,
    "quint8": np.uint8,
    "qint16": np.int16,
    "quint16": np.uint16,
    "qint32": np.int32,
}

# TensorFlow's own numbering (types.proto); a reference type is its base's number plus 100.
_NUMBERS = {
    "float32": 1,
    "float64": 2,
    "int32": 3,
    "uint8": 4,
    "int16": 5,
    "int8": 6,
    "string": 7,
    "complex64": 8,
    "int64": 9,
    "bool": 10,
    "qint8": 11,
    "quint8": 12,
    "qint32": 13,
    "bfloat16": 14,
    "qint16": 15,
    "quint16": 16,
    "uint16": 17,
    "complex128": 18,
    "float16": 19,
    "resource": 20,
    "variant": 21,
    "uint32": 22,
    "uint64": 23,
    "float8_e5m2": 24,
    "float8_e4m3fn": 25,
    "float8_e4m3fnuz": 26,
    "float8_e4m3b11fnuz": 27,
    "float8_e5m2fnuz": 28,
    "int4": 29,
    "uint4": 30,
    "int2": 31,
    "uint2": 32,
    "float4_e2m1fn": 33,
}
_REF_OFFSET = 100
_NAMES = {number: name for name, number in _NUMBERS.items()}
_HANDLES = ("resource", "variant")
# What `DType.limits` covers: the range of values that an image of this dtype holds.
_LIMITS = {
    "bool": (0, True),
    "uint8": (0, 255),
    "uint16": (0, 65535),
    "int8": (0, 127),
    "int16": (0, 32767),
    "int32": (0, 2**31 - 1),
    "int64": (0, 2**63 - 1),
    "uint32": (0, 2**32 - 1),
    "uint64": (0, 2**64 - 1),
    "float32": (0, 1),
    "float64": (0, 1),
}

_interned = {}  # number -> DType
_known = {}  # every key that names a dtype: number, string, NumPy type or dtype -> DType
_by_numpy = {}  # np.dtype -> DType


def _numpy_type(name):
    if name in _QUANTIZED:
        return np.dtype([(name, _QUANTIZED[name])])
    if name in _HANDLES:
        return None
    if name == "string":
        return object
    if name == "bool":
        return np.bool_
    return getattr(np, name, None) or getattr(ml_dtypes, name)


class DType:
    """The type of a tensor's elements, such as `tf.float32`.

    There is one object per type, so `is` and `==` agree; `==` also takes what `as_dtype` takes.
    `np` holds the `numpy.dtype` (of object for strings, handles and variants).

    >>> float32
    tf.float32
    >>> float32 == "float32", float32.as_numpy_dtype, float32.size
    (True, <class 'numpy.float32'>, 4)
    """

    __slots__ = (
        "__weakref__",
        "_is_ref_dtype",
        "_numpy_type",
        "_type_enum",
        "is_bool",
        "is_complex",
        "is_floating",
        "is_integer",
        "is_numeric",
        "is_quantized",
        "is_unsigned",
        "name",
        "np",
    )

    def __new__(cls, type_enum):
        number = int(type_enum)
        if number in _interned:
            return _interned[number]
        is_ref = number > _REF_OFFSET
        base = _NAMES.get(number - _REF_OFFSET * is_ref)
        if base is None:
            raise TypeError(f"{type_enum} does not correspond to a valid tensorflow::DataType")
        self = super().__new__(cls)
        self._type_enum = number
        self._is_ref_dtype = is_ref
        self._numpy_type = _numpy_type(base)
        self.name = base + "_ref" * is_ref
        self.np = np.dtype(object if base in _HANDLES else self._numpy_type)
        self.is_quantized = base in _QUANTIZED
        self.is_floating = "float" in base
        self.is_integer = base.startswith(("int", "uint"))
        self.is_unsigned = base.startswith("uint")
        self.is_complex = base.startswith("complex")
        self.is_bool = base == "bool"
        # Types of 8 bits and fewer that only accelerators compute with are not "numeric" to TF.
        narrow = ("float8", "float4", "int4", "uint4", "int2", "uint2")
        self.is_numeric = not (
            self.is_bool or base == "string" or base in _HANDLES or base.startswith(narrow)
        )
        _interned[number] = self
        return self

    @property
    def as_datatype_enum(self):
        """The number of this type in TensorFlow's `types.proto`."""
        return self._type_enum

    @property
    def as_numpy_dtype(self):
        """The NumPy type of the elements: `tf.int32.as_numpy_dtype` is `numpy.int32`."""
        if self._numpy_type is None:
            raise KeyError(self._type_enum)
        return self._numpy_type

    @property
    def is_numpy_compatible(self):
        """Whether NumPy can hold the elements: true of all but resource and variant."""
        return self._numpy_type is not None

    @property
    def base_dtype(self):
        """This type without its reference flag."""
        return _interned[self._type_enum - _REF_OFFSET] if self._is_ref_dtype else self

    @property
    def _as_ref(self):
        return self if self._is_ref_dtype else DType(self._type_enum + _REF_OFFSET)

    @property
    def real_dtype(self):
        """The type of the real part: `tf.complex64.real_dtype` is `tf.float32`."""
        return {"complex64": float32, "complex128": float64}.get(self.base_dtype.name, self)

    @property
    def size(self):
        """Bytes in one element; 0 where that has no answer (strings, handles)."""
        return 0 if self.np.hasobject else self.np.itemsize

    @property
    def min(self):
        """The least value that the type represents; TypeError where there is none."""
        return self._extreme("min", "minimum")

    @property
    def max(self):
        """The greatest value that the type represents; TypeError where there is none."""
        return self._extreme("max", "maximum")

    def _extreme(self, which, word):
        if self.is_floating:
            info = (
                np.finfo
                if self.np.type in (np.float16, np.float32, np.float64)
                else ml_dtypes.finfo
            )
        elif self.is_integer:
            info = np.iinfo if self.is_numeric else ml_dtypes.iinfo
        else:
            kind = (
                ""
                if self._numpy_type is None
                else f" with {'quantized ' * self.is_quantized}type {self.base_dtype}"
            )
            raise TypeError(f"Cannot find {word} value of {self}{kind}.")
        return getattr(info(self.np), which)

    @property
    def limits(self):
        """`(min, max)` of the values that an image of this type holds."""
        return self._limits()

    def _limits(self, clip_negative=True):
        if self._numpy_type is None:
            raise KeyError(self._type_enum)
        if self.base_dtype.name not in _LIMITS:
            raise ValueError(f"{self} does not have defined limits.")
        return _LIMITS[self.base_dtype.name]

    def is_compatible_with(self, other):
        """Whether a value of type `other` (or its base type) may be used as this type.

        >>> float32.is_compatible_with("float32"), float32.is_compatible_with(int32)
        (True, False)
        """
        other = as_dtype(other)
        return self is other or self is other.base_dtype

    def is_subtype_of(self, other):
        """Whether this is the same type as `other`."""
        return self == other

    def most_specific_common_supertype(self, types):
        """This type if all `types` equal it, else None."""
        return self if all(self == other for other in types) else None

    def __eq__(self, other):
        if self is other:
            return True
        if other is None or isinstance(other, DType):
            return False
        try:
            return self is as_dtype(other)
        except TypeError:
            return False

    def __ne__(self, other):
        return not self.__eq__(other)

    def __hash__(self):
        return self._type_enum

    def __repr__(self):
        return "tf." + self.name

    def __str__(self):
        return f"<dtype: '{self.name}'>"

    def __reduce__(self):
        return as_dtype, (self.name,)


bfloat16, float16, float32, float64 = map(DType, (14, 19, 1, 2))
half, double = float16, float64
int8, int16, int32, int64 = map(DType, (6, 5, 3, 9))
uint8, uint16, uint32, uint64 = map(DType, (4, 17, 22, 23))
bool = DType(10)
complex64, complex128 = map(DType, (8, 18))
string, resource, variant = map(DType, (7, 20, 21))
qint8, quint8, qint16, quint16, qint32 = map(DType, (11, 12, 15, 16, 13))
float8_e5m2, float8_e4m3fn, float8_e4m3fnuz = map(DType, (24, 25, 26))
float8_e4m3b11fnuz, float8_e5m2fnuz, float4_e2m1fn = map(DType, (27, 28, 33))
int4, uint4, int2, uint2 = map(DType, (29, 30, 31, 32))

QUANTIZED_DTYPES = frozenset(
    variant_
    for base in (qint8, quint8, qint16, quint16, qint32)
    for variant_ in (base, base._as_ref)
)


def _index_names():
    for base in [DType(number) for number in _NUMBERS.values()]:
        for dtype in (base, base._as_ref):
            _known[dtype.name] = _known[dtype._type_enum] = dtype
        if base._numpy_type is not None:
            _by_numpy[base.np] = base
            _known[base.np] = base
            if not base.is_quantized:
                _known[base.np.type] = base
    for alias, dtype in (("half", float16), ("float", float32), ("double", float64)):
        _known[alias], _known[alias + "_ref"] = dtype, dtype._as_ref
    _known[builtins.float], _known[builtins.bool], _known[object] = float32, bool, string
    for text in (np.str_, np.bytes_):
        _known[text] = _known[np.dtype(text)] = _by_numpy[np.dtype(text)] = string
    for same in (np.longlong, np.intc, np.long):
        _known[same] = _known[np.dtype(same)] = _by_numpy[np.dtype(same)] = _known[
            np.dtype(f"i{np.dtype(same).itemsize}")
        ]
    for same in (np.ulonglong, np.uintc, np.ulong):
        _known[same] = _known[np.dtype(same)] = _by_numpy[np.dtype(same)] = _known[
            np.dtype(f"u{np.dtype(same).itemsize}")
        ]


_index_names()


def as_dtype(type_value):
    """The `DType` that `type_value` names: a DType, its number or name, or a NumPy type.

    As in TensorFlow, Python's `float` and `bool` are dtypes and its `int` is not.

    >>> as_dtype("float"), as_dtype(np.int64), as_dtype(np.dtype("S3"))
    (tf.float32, tf.int64, tf.string)
    >>> as_dtype("int")
    Traceback (most recent call last):
    TypeError: Cannot convert the argument `type_value`: 'int' to a TensorFlow DType.
    """
    if type(type_value) is DType:
        return type_value
    try:
        return _known[type_value]
    except (KeyError, TypeError):
        pass
    found = None
    if isinstance(type_value, np.dtype):
        found = _by_numpy.get(type_value) or _known.get(type_value.type)
    elif not isinstance(type_value, type) and hasattr(type_value, "dtype"):
        return as_dtype(type_value.dtype)
    if found is None:
        raise TypeError(
            f"Cannot convert the argument `type_value`: {type_value!r} to a TensorFlow DType."
        )
    return found


def from_numpy_dtype(np_dtype):
    """The `DType` of arrays whose `.dtype` is `np_dtype`: one dictionary look-up.

    >>> from_numpy_dtype(np.zeros(2).dtype)
    tf.float64
    """
    try:
        return _by_numpy[np_dtype]
    except (KeyError, TypeError):
        return as_dtype(np_dtype)
