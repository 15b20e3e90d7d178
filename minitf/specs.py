"""A spec describes a family of values: tensors by shape and dtype, others by what they are made of.

Offers `TypeSpec`, which composite values derive theirs from, `TensorSpec`, and `TraceType`.
"""

import abc

from minitf import dtypes
from minitf.shapes import TensorShape, as_shape

_tensor_types = ()  # the classes whose instances a TensorSpec describes


def register_tensor_type(*types):
    """Names the classes that count as tensors; the first becomes `TensorSpec.value_type`."""
    global _tensor_types
    _tensor_types += types


def _freeze(value):
    """A hashable stand-in for a nest of lists and dictionaries."""
    if isinstance(value, (list, tuple)):
        return tuple(_freeze(item) for item in value)
    if isinstance(value, dict):
        return tuple(sorted((key, _freeze(item)) for key, item in value.items()))
    return value


def _matches(a, b, method):
    """Whether two serialised specs agree where `method` of shapes, dtypes and specs decides."""
    if isinstance(a, (TensorShape, TypeSpec)) or (isinstance(a, dtypes.DType) and b is not None):
        return getattr(a, method)(b)
    if isinstance(a, (list, tuple)):
        return (
            type(a) is type(b)
            and len(a) == len(b)
            and all(_matches(x, y, method) for x, y in zip(a, b, strict=True))
        )
    if isinstance(a, dict):
        return (
            isinstance(b, dict)
            and a.keys() == b.keys()
            and all(_matches(a[key], b[key], method) for key in a)
        )
    return a == b


def _join(a, b):
    """The narrowest serialised spec that covers both; raises ValueError where there is none."""
    if isinstance(a, TensorShape) and isinstance(b, TensorShape):
        return a.most_specific_compatible_shape(b)
    if isinstance(a, TypeSpec):
        joined = a.most_specific_common_supertype([b])
        if joined is not None:
            return joined
    elif isinstance(a, (list, tuple)) and type(a) is type(b) and len(a) == len(b):
        return type(a)([_join(x, y) for x, y in zip(a, b, strict=True)])
    elif isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        return {key: _join(a[key], b[key]) for key in a}
    elif a == b:
        return a
    raise ValueError


class TypeSpec:
    """Describes a family of values: what a subclass must give is `_serialize` and `value_type`.

    A subclass for a composite value also gives `_component_specs`, `_to_components` and
    `_from_components`, the way to tensors and back. Specs compare by class and `_serialize`.
    """

    __slots__ = ("__weakref__",)

    @property
    def value_type(self):
        """The class of the values described."""
        raise NotImplementedError(f"{type(self).__name__}.value_type")

    def _serialize(self):
        raise NotImplementedError(f"{type(self).__name__}._serialize")

    @classmethod
    def _deserialize(cls, serialization):
        return cls(*serialization)

    @property
    def _component_specs(self):
        raise NotImplementedError(f"{type(self).__name__}._component_specs")

    def _to_components(self, value):
        raise NotImplementedError(f"{type(self).__name__}._to_components")

    def _from_components(self, components):
        raise NotImplementedError(f"{type(self).__name__}._from_components")

    def is_compatible_with(self, spec_or_value):
        """Whether the spec, or the spec of the value, may describe what this one describes."""
        spec = spec_or_value
        if not isinstance(spec, TypeSpec):
            spec = getattr(spec_or_value, "_type_spec", None)
        return type(self) is type(spec) and _matches(
            self._serialize(), spec._serialize(), "is_compatible_with"
        )

    def is_subtype_of(self, other):
        """Whether every value that this spec describes is also described by `other`."""
        return type(self) is type(other) and _matches(
            self._serialize(), other._serialize(), "is_subtype_of"
        )

    def most_specific_common_supertype(self, others):
        """The narrowest spec that covers this and all `others`, or None if there is none."""
        found = self._serialize()
        for other in others:
            if type(self) is not type(other):
                return None
            try:
                found = _join(found, other._serialize())
            except ValueError:
                return None
        return self._deserialize(found)

    def most_specific_compatible_type(self, other):
        """The narrowest spec that covers both; ValueError if there is none."""
        found = self.most_specific_common_supertype([other])
        if found is None:
            raise ValueError(f"No TypeSpec is compatible with both {self} and {other}")
        return found

    def __eq__(self, other):
        return type(self) is type(other) and _freeze(self._serialize()) == _freeze(
            other._serialize()
        )

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash((type(self), _freeze(self._serialize())))

    def __repr__(self):
        return f"{type(self).__name__}{self._serialize()!r}"

    def __reduce__(self):
        return type(self)._deserialize, (self._serialize(),)


class TraceType(abc.ABC):
    """What an object counts as among the arguments of a `tf.function`.

    The object has a method `__tf_tracing_type__(context)` that returns it. `TypeSpec`s are some.
    """

    @abc.abstractmethod
    def is_subtype_of(self, other):
        """Whether a call with this may use what was traced for `other`."""

    @abc.abstractmethod
    def most_specific_common_supertype(self, others):
        """The narrowest type of this and all `others`, or None if there is none."""

    @abc.abstractmethod
    def placeholder_value(self, placeholder_context):
        """What the Python function is given while it is traced."""

    @abc.abstractmethod
    def __hash__(self):
        """As `__eq__`: two calls with equal types share a trace."""

    @abc.abstractmethod
    def __eq__(self, other):
        """Whether the two count as one."""


TraceType.register(TypeSpec)


class DenseSpec(TypeSpec):
    """Describes values that have one shape and one dtype, and may have a name."""

    __slots__ = ("_dtype", "_name", "_shape")

    def __init__(self, shape, dtype=dtypes.float32, name=None):
        self._shape = as_shape(shape)
        self._dtype = dtypes.as_dtype(dtype)
        self._name = name

    @property
    def shape(self):
        """The `TensorShape` of the tensors described."""
        return self._shape

    @property
    def dtype(self):
        """The `DType` of the tensors described."""
        return self._dtype

    @property
    def name(self):
        """The name of the argument described, or None."""
        return self._name

    def _serialize(self):
        return self._shape, self._dtype, self._name

    def __hash__(self):
        return hash((self._shape, self._dtype))

    def __repr__(self):
        return (f"{type(self).__name__}(shape={self._shape}, dtype={self._dtype!r}, "
                f"name={self._name!r})")  # fmt: skip


class TensorSpec(DenseSpec):
    """Describes tensors by shape and dtype: what `tf.function`'s `input_signature` lists.

    >>> TensorSpec([None, 2])
    TensorSpec(shape=(None, 2), dtype=tf.float32, name=None)
    >>> TensorSpec([None, 2]).is_compatible_with(TensorSpec([3, 2]))
    True
    """

    __slots__ = ()

    @classmethod
    def from_spec(cls, spec, name=None):
        """A TensorSpec with the shape and dtype of `spec`."""
        return cls(spec.shape, spec.dtype, name or spec.name)

    @classmethod
    def from_tensor(cls, tensor, name=None):
        """The TensorSpec of a tensor; a symbolic tensor also gives its name."""
        if not isinstance(tensor, _tensor_types):
            raise ValueError(f"`tensor` should be a tf.Tensor, but got type {type(tensor)}.")
        op = getattr(tensor, "_op", None)
        return cls(tensor.shape, tensor.dtype, name or (op and op.name))

    @property
    def value_type(self):
        """`tf.Tensor`."""
        return _tensor_types[0]

    def is_compatible_with(self, spec_or_tensor):
        """Whether the tensor, or a tensor that the spec describes, may fit this spec."""
        if not isinstance(spec_or_tensor, (TensorSpec, *_tensor_types)):
            return False
        return self._dtype.is_compatible_with(
            spec_or_tensor.dtype
        ) and self._shape.is_compatible_with(spec_or_tensor.shape)

    def is_subtype_of(self, other):
        """Whether every tensor that fits this spec fits `other`; a name here must be there too."""
        return (
            type(self) is type(other)
            and self._dtype == other._dtype
            and self._shape.is_subtype_of(other._shape)
            and (not self._name or self._name == other._name)
        )
